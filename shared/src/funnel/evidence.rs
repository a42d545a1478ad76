//! Evidence: what shows that a criterion is met, a link or a record and never a tick.

use super::five_tests::{PurchaseElements, TestAnswers};
use super::gate::{Facts, StageGate};
use crate::check::{Check, Validate};
use crate::error::ErrorCode;
use crate::id::{ContactId, CriterionId, DealId, EvidenceId, UserId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The most pieces of evidence of one deal.
pub const MAX_EVIDENCE: i64 = 200;

/// A piece of evidence for a criterion of a deal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Evidence {
    /// Its id.
    pub id: EvidenceId,
    /// The deal.
    pub deal_id: DealId,
    /// The criterion it meets.
    pub criterion_id: CriterionId,
    /// What it is called.
    pub title: String,
    /// Where it lies: a web address.
    pub url: Option<String>,
    /// The person who stands for it, instead of or beside an address.
    pub contact_id: Option<ContactId>,
    /// That person's name.
    pub contact_name: Option<String>,
    /// Who filed it.
    pub filed_by: Option<UserId>,
    /// Their name.
    pub filed_by_name: Option<String>,
    /// When.
    pub filed_at: DateTime<Utc>,
}

/// Evidence to be filed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "see the same fields of `Evidence`")]
pub struct NewEvidence {
    pub criterion_id: CriterionId,
    pub title: String,
    /// Needed unless a person is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Needed unless an address is given; a person at the deal's account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_id: Option<ContactId>,
}

impl Validate for NewEvidence {
    fn validate(&self, check: &mut Check) {
        check.text("/title", &self.title, 200);
        check.web("/url", self.url.as_ref());
        let is_empty = |text: &String| text.trim().is_empty();
        if self.contact_id.is_none() && self.url.as_ref().is_none_or(is_empty) {
            check.fail("/url", ErrorCode::Required);
        }
    }
}

/// A gate a stage has or had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GateVersion {
    /// Counts up from 1; 0 before the first.
    pub version: i32,
    /// What it asked.
    pub gate: StageGate,
    /// Who set it.
    pub set_by: Option<UserId>,
    /// Their name.
    pub set_by_name: Option<String>,
    /// When.
    pub set_at: Option<DateTime<Utc>>,
}

/// Everything a gate knows of one deal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GateSheet {
    /// What is known besides the deal's own fields.
    pub facts: Facts,
    /// The evidence filed, oldest first; at most 200.
    pub evidence: Vec<Evidence>,
    /// The answers to the five tests.
    pub tests: TestAnswers,
    /// How strong the five elements of the purchase are.
    #[serde(default)]
    pub elements: PurchaseElements,
    /// The deal's version they belong to.
    pub version: i32,
}
