//! Touches: what happened between us and a customer that counted rules count, such as a showing.

use super::gate::{Fact, MissingCriterion};
use crate::check::{Check, Validate};
use crate::error::ErrorCode;
use crate::id::{DealId, RuleId, StageId, TouchId, UserId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{AsRefStr, EnumIter, EnumString};

/// The most touches of a deal that count at a time.
pub const MAX_TOUCHES: usize = 1_000;

/// What happened.
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
pub enum TouchKind {
    /// Something was recommended to the customer (CLS-25).
    Recommendation,
    /// The customer came to look (CLS-21, CLS-23).
    Showing,
    /// The customer named a price (CLS-22).
    Offer,
    /// The customer raised it (CLS-22).
    Raise,
}

impl TouchKind {
    /// The fact that criteria ask for it by.
    #[must_use]
    pub const fn fact(self) -> Fact {
        match self {
            Self::Recommendation => Fact::Recommendations,
            Self::Showing => Fact::Showings,
            Self::Offer => Fact::Offers,
            Self::Raise => Fact::Raises,
        }
    }
}

/// A touch as it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTouch {
    /// What happened.
    pub kind: TouchKind,
    /// When; absent: now. Not in the future.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
    /// What is worth knowing of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Validate for NewTouch {
    fn validate(&self, check: &mut Check) {
        if let Some(at) = self.at {
            check.date("/at", at.date_naive());
        }
        check.long("/note", &self.note, 500);
    }
}

/// Something that happened, and what the rules did on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Touch {
    /// Its id.
    pub id: TouchId,
    /// The deal.
    pub deal_id: DealId,
    /// What happened.
    pub kind: TouchKind,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What is worth knowing of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Who recorded it.
    pub recorded_by: Option<UserId>,
    /// That person's name at the time of reading.
    #[serde(default)]
    pub recorded_by_name: Option<String>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Since when it counts no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// What a rule did when it was recorded; absent where none held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<RuleOutcome>,
}

/// What a rule that held did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RuleOutcome {
    /// The rule.
    pub rule_id: RuleId,
    /// Its name then.
    pub rule_name: String,
    /// What came of it.
    pub result: RuleResult,
    /// The stage the deal was in.
    pub from_stage_id: StageId,
    /// The stage the rule names.
    pub to_stage_id: StageId,
    /// Why it was held back, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<ErrorCode>,
    /// What the stages ask and the deal lacks, where that held it back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<MissingCriterion>,
}

/// What came of a rule that held.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString, EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RuleResult {
    /// It moved the deal.
    Moved,
    /// The verdict refused the move; the touch is kept all the same.
    Held,
    /// The move would have gone back to where a rule took the deal from, by what had happened already.
    Stopped,
}
