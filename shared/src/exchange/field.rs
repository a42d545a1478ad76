//! What the rows of a file are, and which fields its columns can be.

use crate::identity::Locale;
use serde::{Deserialize, Serialize};
use strum::{AsRefStr, EnumIter, EnumString};

/// What each row of a file is. Files of one import go in by this order, whatever order they came in.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    AsRefStr,
    EnumString,
    EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FileKind {
    /// A seller with manager and office.
    Sellers,
    /// A product.
    Products,
    /// An account.
    Accounts,
    /// A deal.
    Deals,
}

/// A field that a column can fill.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    AsRefStr,
    EnumString,
    EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Field {
    /// The record's id in the system the file comes from. Accounts and deals. Deals without such a column
    /// are known by what their row says, so that the same row is not imported twice.
    ExternalId,
    /// The name of the account, product or seller.
    Name,
    /// Accounts: the industry.
    Industry,
    /// Accounts: the legal nature.
    Nature,
    /// Accounts: the number of employees.
    Employees,
    /// Accounts: province, city or country.
    Region,
    /// Accounts: postal address.
    Address,
    /// Accounts: web address.
    Website,
    /// Accounts: telephone numbers, several separated by `;` or `,` or `/`.
    Phones,
    /// Accounts: the name of the account it belongs to.
    Parent,
    /// Accounts: where we got it from.
    Source,
    /// Accounts: by which method we found it.
    Prospecting,
    /// Accounts: A, B or C.
    Tier,
    /// Accounts: labels, several separated by `;` or `,`.
    Tags,
    /// Products: the product line.
    Line,
    /// Products: the list price.
    ListPrice,
    /// Sellers: the name of the one who leads them.
    Manager,
    /// Sellers: the office, region or team.
    Team,
    /// Sellers: junior, middle or senior.
    Level,
    /// Deals: what it is about; made from product and account when there is no such column.
    Title,
    /// Deals: the account's name.
    Account,
    /// Deals: the product's name.
    Product,
    /// Deals: how many of the product.
    Quantity,
    /// Accounts and deals: the seller's name.
    Owner,
    /// Deals: the stage.
    Stage,
    /// Deals: the amount.
    Amount,
    /// Deals: the amount's currency.
    Currency,
    /// Deals: the probability in percent.
    Probability,
    /// Deals: the day it was first known.
    CreatedOn,
    /// Deals: the day work on it began: it entered its open stage, or, closed now, the last open stage.
    EngagedOn,
    /// Deals: the day it was won or lost; for an open deal, the day that is expected.
    ClosedOn,
    /// Deals: the day the signature is expected.
    ExpectedCloseOn,
    /// Deals: what happens next.
    NextStep,
    /// Deals: when that is due.
    NextStepOn,
    /// Deals: why it was lost.
    LossReason,
    /// Deals: the expected profit.
    ExpectedProfit,
}

impl Field {
    /// The fields that files of a kind can fill, in the order they are offered.
    #[must_use]
    pub const fn of(kind: FileKind) -> &'static [Self] {
        use Field as F;
        match kind {
            FileKind::Sellers => &[F::Name, F::Manager, F::Team, F::Level],
            FileKind::Products => &[F::Name, F::Line, F::ListPrice, F::Currency],
            FileKind::Accounts => &[
                F::ExternalId,
                F::Name,
                F::Industry,
                F::Nature,
                F::Employees,
                F::Region,
                F::Address,
                F::Website,
                F::Phones,
                F::Parent,
                F::Owner,
                F::Source,
                F::Prospecting,
                F::Tier,
                F::Tags,
            ],
            FileKind::Deals => &[
                F::ExternalId,
                F::Title,
                F::Account,
                F::Product,
                F::Quantity,
                F::Owner,
                F::Stage,
                F::Amount,
                F::ExpectedProfit,
                F::Currency,
                F::Probability,
                F::CreatedOn,
                F::EngagedOn,
                F::ClosedOn,
                F::ExpectedCloseOn,
                F::NextStep,
                F::NextStepOn,
                F::LossReason,
            ],
        }
    }

    /// Whether a file of the kind needs a column for it.
    #[must_use]
    pub fn is_required(self, kind: FileKind) -> bool {
        match kind {
            FileKind::Sellers | FileKind::Products | FileKind::Accounts => self == Self::Name,
            FileKind::Deals => self == Self::Stage,
        }
    }

    /// Whether its cells are days.
    #[must_use]
    pub const fn is_date(self) -> bool {
        matches!(
            self,
            Self::CreatedOn
                | Self::EngagedOn
                | Self::ClosedOn
                | Self::ExpectedCloseOn
                | Self::NextStepOn
        )
    }

    /// Whether its values are matched with what is known, so that each can be mapped.
    #[must_use]
    pub const fn has_values(self) -> bool {
        matches!(
            self,
            Self::Name
                | Self::Industry
                | Self::Region
                | Self::Parent
                | Self::Prospecting
                | Self::Tier
                | Self::Line
                | Self::Manager
                | Self::Team
                | Self::Level
                | Self::Account
                | Self::Product
                | Self::Owner
                | Self::Stage
                | Self::Currency
                | Self::LossReason
        )
    }

    /// Whether its cells are numbers.
    #[must_use]
    pub const fn is_number(self) -> bool {
        matches!(
            self,
            Self::Employees
                | Self::ListPrice
                | Self::Quantity
                | Self::Amount
                | Self::ExpectedProfit
                | Self::Probability
        )
    }

    /// The field in words.
    #[must_use]
    pub fn title(self, locale: Locale) -> String {
        let key = format!("import.field.{}", self.as_ref());
        rust_i18n::t!(&key, locale = locale.as_ref()).into_owned()
    }
}

impl FileKind {
    /// The kind in words.
    #[must_use]
    pub fn title(self, locale: Locale) -> String {
        let key = format!("import.kind.{}", self.as_ref());
        rust_i18n::t!(&key, locale = locale.as_ref()).into_owned()
    }
}
