//! Deals: chances to sell on their way through a funnel (OPP-01, OPP-18).

use super::gate::{Facts, GateVersion, MissingOtherwise, Passage};
use crate::check::{Check, Validate};
use crate::error::{ErrorCode, FieldError};
use crate::id::{AccountId, CriterionId, DealId, FunnelId, ProductId, StageId, UserId};
use crate::money::Money;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use strum::{AsRefStr, EnumIter, EnumString};

/// The least characters of a reason to go on although criteria are missing.
pub const MIN_REASON: usize = 10;

/// The most product lines of one deal.
pub const MAX_LINES: usize = 100;

/// Why a deal was lost (FUN-07).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString, EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum LossReason {
    /// Too expensive for them.
    Price,
    /// A rival was chosen.
    Competitor,
    /// No money for it.
    Budget,
    /// Put off, no date.
    Timing,
    /// The product does not fit.
    Fit,
    /// We lost touch with those who decide.
    Relationship,
    /// They stay with what they have.
    NoDecision,
    /// Another reason, in the note.
    Other,
    /// Not recorded, as in imported history.
    Unknown,
}

/// One product of a deal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DealLine {
    /// The product.
    pub product_id: ProductId,
    /// Its name; ignored when written.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub product_name: String,
    /// How many, with up to four decimals.
    #[serde(with = "rust_decimal::serde::str")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "12"))]
    pub quantity: Decimal,
    /// Price of one, in the deal's currency.
    #[serde(
        default,
        with = "rust_decimal::serde::str_option",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "4821.00"))]
    pub unit_price: Option<Decimal>,
}

/// A deal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deal {
    /// Its id.
    pub id: DealId,
    /// What it is about.
    pub title: String,
    /// Whom we sell to; absent while it is not known, as in some imported history.
    pub account_id: Option<AccountId>,
    /// That account's name.
    pub account_name: Option<String>,
    /// That account's tier.
    pub account_tier: Option<crate::accounts::Tier>,
    /// The funnel it is in.
    pub funnel_id: FunnelId,
    /// The stage it is in.
    pub stage_id: StageId,
    /// The furthest stage on the way to winning it ever reached.
    pub reached_stage_id: StageId,
    /// Its place within the stage, ordered by bytes.
    pub rank: String,
    /// What it is worth; absent while it is not known.
    pub amount: Option<Money>,
    /// What it should bring after all costs, in the currency of the amount; below zero for a loss
    /// (CLS-41). Absent while it is not known.
    #[serde(
        default,
        with = "rust_decimal::serde::str_option",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "420000"))]
    pub expected_profit: Option<Decimal>,
    /// The seller's own probability in percent; absent, that by the evidence counts, and else the stage's.
    pub probability: Option<i16>,
    /// The probability by the evidence in percent: the stage's range, placed by the weight of what is met
    /// to go on. Kept by the server; absent where the stage gives no range or asks for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence_probability: Option<i16>,
    /// Whether little is to be spent on it: its stage asks for the five tests, all were answered, and they
    /// fall short (GATE-21). Kept by the server.
    #[serde(default)]
    pub is_low_investment: bool,
    /// When it should be signed.
    pub expected_close_on: Option<NaiveDate>,
    /// What happens next (GATE-24).
    pub next_step: Option<String>,
    /// When that is due.
    pub next_step_on: Option<NaiveDate>,
    /// Who works on it.
    pub owner_id: Option<UserId>,
    /// Their name.
    pub owner_name: Option<String>,
    /// Why it was lost, when it is.
    pub loss_reason: Option<LossReason>,
    /// More about that.
    pub loss_note: Option<String>,
    /// Since when it is in the stage.
    pub stage_entered_at: DateTime<Utc>,
    /// When it was won or lost.
    pub closed_at: Option<DateTime<Utc>>,
    /// Why it came into its stage although criteria were missing; absent when it simply passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub override_reason: Option<String>,
    /// What criteria ask for besides its own fields; present on boards and when one deal is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<Facts>,
    /// Its ids in other systems, by system.
    #[serde(default)]
    pub external_ids: BTreeMap<String, String>,
    /// Its products; present when one deal is asked for, absent in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<DealLine>>,
    /// Counts up with every change; also the `ETag`.
    pub version: i32,
    /// Since when it is put away.
    pub archived_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Deal {
    /// The expected profit with its currency, which is the amount's.
    #[must_use]
    pub fn profit(&self) -> Option<Money> {
        Some(Money::new(self.expected_profit?, self.amount?.currency))
    }
}

/// A deal to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "see the same fields of `Deal`")]
pub struct NewDeal {
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    pub funnel_id: FunnelId,
    /// Absent: the funnel's first stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage_id: Option<StageId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    #[serde(
        default,
        with = "rust_decimal::serde::str_option",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub expected_profit: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<i16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_close_on: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_step: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_step_on: Option<NaiveDate>,
    /// Absent: oneself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<DealLine>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss_reason: Option<LossReason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss_note: Option<String>,
    /// Why it may begin in its stage although criteria are missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub override_reason: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub external_ids: BTreeMap<String, String>,
}

impl Validate for NewDeal {
    fn validate(&self, check: &mut Check) {
        check.text("/title", &self.title, 200);
        if let Some(amount) = &self.amount {
            check.money("/amount", amount);
        }
        if let Some(profit) = self.expected_profit {
            check.profit("/expected_profit", profit);
            if self.amount.is_none() {
                check.fail("/amount", ErrorCode::Required);
            }
        }
        if let Some(probability) = self.probability {
            check.range("/probability", probability, 0, 100);
        }
        for (pointer, date) in [
            ("/expected_close_on", self.expected_close_on),
            ("/next_step_on", self.next_step_on),
        ] {
            if let Some(date) = date {
                check.date(pointer, date);
            }
        }
        check.opt("/next_step", self.next_step.as_ref(), 500);
        check.opt("/loss_note", self.loss_note.as_ref(), 2_000);
        override_reason(check, self.override_reason.as_ref());
        lines(check, &self.lines);
        crate::accounts::external_ids(check, &self.external_ids);
    }
}

fn lines(check: &mut Check, lines: &[DealLine]) {
    if lines.len() > MAX_LINES {
        check.fail("/lines", ErrorCode::TooManyItems);
    }
    for (index, line) in lines.iter().enumerate() {
        check.range(
            &format!("/lines/{index}/quantity"),
            line.quantity,
            Decimal::ZERO,
            Decimal::from(1_000_000_000),
        );
        if let Some(price) = line.unit_price {
            check.range(
                &format!("/lines/{index}/unit_price"),
                price,
                Decimal::ZERO,
                Decimal::from(crate::money::MAX_UNITS),
            );
        }
        for (field, value) in [
            ("quantity", Some(line.quantity)),
            ("unit_price", line.unit_price),
        ] {
            if value.is_some_and(|value| value.normalize().scale() > crate::money::MAX_DECIMALS) {
                check.fail(&format!("/lines/{index}/{field}"), ErrorCode::BadFormat);
            }
        }
    }
}

/// A profit in a change: a decimal as text, or `null`, which clears it.
mod profit_patch {
    use rust_decimal::Decimal;
    use serde::{Deserializer, Serializer};

    #[expect(clippy::option_option, reason = "absent and cleared are two things")]
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Option<Decimal>>, D::Error> {
        rust_decimal::serde::str_option::deserialize(deserializer).map(Some)
    }

    #[expect(
        clippy::ref_option,
        clippy::option_option,
        reason = "as serde asks, and absent and cleared are two things"
    )]
    pub fn serialize<S: Serializer>(
        value: &Option<Option<Decimal>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        rust_decimal::serde::str_option::serialize(&value.flatten(), serializer)
    }
}

/// A change of a deal; absent fields stay, `null` clears. The stage is changed by a move, never here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "see the same fields of `Deal`")]
pub struct DealPatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<AccountId>))]
    pub account_id: Option<Option<AccountId>>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Money>))]
    pub amount: Option<Option<Money>>,
    #[serde(with = "profit_patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub expected_profit: Option<Option<Decimal>>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i16>))]
    pub probability: Option<Option<i16>>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<NaiveDate>))]
    pub expected_close_on: Option<Option<NaiveDate>>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub next_step: Option<Option<String>>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<NaiveDate>))]
    pub next_step_on: Option<Option<NaiveDate>>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<UserId>))]
    pub owner_id: Option<Option<UserId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<DealLine>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss_reason: Option<LossReason>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub loss_note: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_ids: Option<BTreeMap<String, String>>,
}

impl Validate for DealPatch {
    fn validate(&self, check: &mut Check) {
        if let Some(title) = &self.title {
            check.text("/title", title, 200);
        }
        if let Some(Some(amount)) = &self.amount {
            check.money("/amount", amount);
        }
        if let Some(Some(profit)) = self.expected_profit {
            check.profit("/expected_profit", profit);
        }
        if let Some(Some(probability)) = self.probability {
            check.range("/probability", probability, 0, 100);
        }
        for (pointer, date) in [
            ("/expected_close_on", self.expected_close_on),
            ("/next_step_on", self.next_step_on),
        ] {
            if let Some(Some(date)) = date {
                check.date(pointer, date);
            }
        }
        check.opt(
            "/next_step",
            self.next_step.as_ref().and_then(Option::as_ref),
            500,
        );
        check.opt(
            "/loss_note",
            self.loss_note.as_ref().and_then(Option::as_ref),
            2_000,
        );
        if let Some(list) = &self.lines {
            lines(check, list);
        }
        if let Some(ids) = &self.external_ids {
            crate::accounts::external_ids(check, ids);
        }
    }
}

/// The one command that moves a deal, whether dragged, chosen, typed or sent by a tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MoveDeal {
    /// Where to; the present stage to change the order only.
    pub to_stage_id: StageId,
    /// The deal it comes right after; absent: the top of the column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_deal_id: Option<DealId>,
    /// Why it was lost; needed for a lost stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss_reason: Option<LossReason>,
    /// More about that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss_note: Option<String>,
    /// Why it goes on although criteria are missing; needs the permission `override_gate`, and is not
    /// kept when nothing is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub override_reason: Option<String>,
}

impl Validate for MoveDeal {
    fn validate(&self, check: &mut Check) {
        check.opt("/loss_note", self.loss_note.as_ref(), 2_000);
        override_reason(check, self.override_reason.as_ref());
    }
}

/// A reason to go on is a sentence: 10 to 500 characters.
fn override_reason(check: &mut Check, reason: Option<&String>) {
    if let Some(reason) = reason {
        check.text("/override_reason", reason, 500);
        let length = reason.trim().chars().count();
        if (1..MIN_REASON).contains(&length) {
            check.add(
                FieldError::new("/override_reason", ErrorCode::TooShort).with_limit(MIN_REASON),
            );
        }
    }
}

/// One stay of a deal in a stage, read from its events; the stays tile its life without gap or overlap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stay {
    /// The stage.
    pub stage_id: StageId,
    /// Its name now.
    pub stage_name: String,
    /// When the deal came in.
    pub entered_at: DateTime<Utc>,
    /// When it left; absent while it is there.
    pub left_at: Option<DateTime<Utc>>,
    /// Who moved it in.
    pub moved_by: Option<UserId>,
    /// Their name.
    pub moved_by_name: Option<String>,
    /// By what right it came in.
    #[serde(default)]
    pub passage: Passage,
    /// The version of the criteria of the stage before, by which it was judged when it came in.
    #[serde(default)]
    pub gate_version: i32,
    /// All criteria it was judged by when it came in: of the stage before, of those it passed by, of this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub judged_by: Vec<GateVersion>,
    /// The criteria that were missing when it came in all the same, by a reason or out of a file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<CriterionId>,
    /// What else was missing then and is no criterion: the five tests, the next step, a stage not to be passed
    /// by, or a way back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing_otherwise: Vec<MissingOtherwise>,
    /// Why it came in although criteria were missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub override_reason: Option<String>,
    /// The counted rule that moved it in, by its name then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_by_rule: Option<String>,
}
