//! The board: columns with their figures and cards, and the filters they are seen through.

use super::{CardOrder, Deal, Funnel, Grouping};
use crate::accounts::{Prospecting, Tier};
use crate::id::{StageId, TeamId, UserId};
use crate::money::{Currency, Money};
use serde::{Deserialize, Serialize};

/// Cards of a column that come with the board.
pub const FIRST_CARDS: u32 = 50;

/// The most groups a board shows as columns, beside the one of deals that have none.
pub const MAX_GROUPS: u32 = 20;

/// Cards of a group that come with the board.
pub const GROUP_CARDS: u32 = 25;

/// What the board is narrowed to; kept in the page's address. All given conditions hold together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields, default)]
pub struct BoardFilter {
    /// Only deals of this owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    /// Only deals of owners in this team or below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team_id: Option<TeamId>,
    /// Only deals of accounts in this industry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub industry: Option<String>,
    /// Only deals of accounts of this tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// Only deals of accounts that came from here, in these words (FUN-25).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Only deals of accounts found by this method (FUN-25).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prospecting: Option<Prospecting>,
    /// Only open deals whose next step is due before this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overdue_on: Option<chrono::NaiveDate>,
    /// Only open deals that on this day have been in their stage for longer than its `rot_days`, by the
    /// organisation's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over_limit_on: Option<chrono::NaiveDate>,
    /// Only deals on which little is to be spent, the five tests having fallen short (GATE-21).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_low_investment: bool,
    /// Only deals whose title or account name contains this text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl BoardFilter {
    /// Whether nothing is narrowed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The same filter as it reads on a day: what is overdue, or over its limit, is so today.
    #[must_use]
    pub fn on(mut self, today: chrono::NaiveDate) -> Self {
        self.overdue_on = self.overdue_on.map(|_| today);
        self.over_limit_on = self.over_limit_on.map(|_| today);
        self
    }
}

/// The figures of one column; they count every deal that passes the filter, loaded or not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ColumnTotals {
    /// How many deals.
    pub count: i64,
    /// Their amounts, one per currency, the organisation's currency first.
    pub sums: Vec<Money>,
    /// Their amounts weighted by probability, in the same order.
    pub weighted: Vec<Money>,
    /// Share of deals that reached this stage and went on to the next, in percent; absent before any
    /// did, on the last stage and on lost stages (FUN-01).
    pub conversion: Option<i16>,
}

/// One column of the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Column {
    /// The stage it shows.
    pub stage_id: StageId,
    /// Its figures.
    pub totals: ColumnTotals,
    /// The first cards in order; deals without `lines`.
    pub cards: Vec<Deal>,
    /// Gets the cards that follow; absent when these are all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// A column of a board that is grouped by something other than stages; of open deals alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Group {
    /// What stands for it: the id of an owner or account, a month such as `2026-12`, a tier, or `none`
    /// for deals that have none.
    pub key: String,
    /// The owner's or the account's name.
    pub name: Option<String>,
    /// Its figures.
    pub totals: ColumnTotals,
    /// The first cards in order; deals without `lines`.
    pub cards: Vec<Deal>,
    /// Gets the cards that follow; absent when these are all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// The groups that are no columns, because there are too many.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OtherGroups {
    /// How many.
    pub groups: i64,
    /// The figures of all of them together.
    pub totals: ColumnTotals,
}

/// The columns of a board that is grouped by something other than stages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Groups {
    /// At most 20: the first months or tiers, or the owners or accounts with the largest sums. Beside
    /// them, and last, the group of deals that have none.
    pub items: Vec<Group>,
    /// The others; absent when these are all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub others: Option<OtherGroups>,
}

/// A funnel with its deals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Board {
    /// The funnel and its stages.
    pub funnel: Funnel,
    /// What the columns are.
    pub group_by: Grouping,
    /// The order of the cards of a column.
    pub sort: CardOrder,
    /// The organisation's currency, whose figures and amounts come first.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "CNY"))]
    pub currency: Currency,
    /// One column for each stage, in the same order; none when it is grouped by something else.
    pub columns: Vec<Column>,
    /// The columns when it is grouped by something other than stages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Groups>,
    /// Events after this position are not in it yet; the live stream goes on from here.
    pub sequence: i64,
}

/// The figures alone, as asked again after live changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BoardTotals {
    /// Per stage, in the funnel's order; none when grouped by something else.
    pub columns: Vec<StageTotals>,
    /// Per group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<GroupsTotals>,
}

/// The figures of groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupsTotals {
    /// Of those that a board shows as columns now.
    pub items: Vec<GroupTotals>,
    /// Of the others; absent when these are all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub others: Option<OtherGroups>,
}

/// The figures of one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupTotals {
    /// What stands for it, as in `Group`.
    pub key: String,
    /// Its figures.
    pub totals: ColumnTotals,
}

/// The figures of one stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StageTotals {
    /// The stage.
    pub stage_id: StageId,
    /// Its figures.
    pub totals: ColumnTotals,
}
