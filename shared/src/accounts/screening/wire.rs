//! An account's sheet, the answers that are sent for it, and the report over many.

use super::rules::ScreeningRules;
use super::verdict::{Answers, Screening, ScreeningFacts};
use crate::check::{Check, Validate};
use crate::error::{ErrorCode, FieldError};
use crate::id::{ChoiceId, ScreeningCriterionId, UserId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An answer as it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GivenAnswer {
    /// The choice.
    pub choice_id: ChoiceId,
    /// When it was first given like this.
    pub answered_at: DateTime<Utc>,
    /// Who gave it.
    pub answered_by: Option<UserId>,
}

/// How an account stands by the set of rules, why, and when that is due to be looked at again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountScreening {
    /// What it is screened by.
    pub rules: ScreeningRules,
    /// What is on record.
    pub facts: ScreeningFacts,
    /// What was answered, by criterion.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub answers: BTreeMap<ScreeningCriterionId, GivenAnswer>,
    /// The verdict by all that.
    pub screening: Screening,
    /// When somebody last looked at it; never, where it is absent.
    pub looked_at: Option<DateTime<Utc>>,
    /// Who that was.
    pub looked_by_name: Option<String>,
    /// From when on it is to be looked at again.
    pub due_at: Option<DateTime<Utc>>,
    /// Whether that is so now: nobody looked at it, too long ago, or by other criteria.
    pub is_due: bool,
    /// The account's version, which counts up with every look too.
    pub version: i32,
}

impl AccountScreening {
    /// The answers alone.
    #[must_use]
    pub fn chosen(&self) -> Answers {
        let pairs = self.answers.iter();
        pairs.map(|(id, given)| (*id, given.choice_id)).collect()
    }
}

/// All answers for an account as they are now. The same answers once more say that they still hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ScreeningSheet {
    /// The choice for each question that is answered.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub answers: Answers,
}

impl ScreeningSheet {
    /// Each answer must be to a question of the set, and one of its choices.
    ///
    /// # Errors
    /// A field error for each that is not.
    pub fn fits(&self, rules: &ScreeningRules) -> Result<(), Vec<FieldError>> {
        let mut check = Check::default();
        for (criterion, choice) in &self.answers {
            let pointer = format!("/answers/{criterion}");
            match rules.choices(*criterion) {
                None => check.fail(&pointer, ErrorCode::NoSuchRecord),
                Some(choices) if !choices.iter().any(|one| one.id == *choice) => {
                    check.fail(&pointer, ErrorCode::NotAllowed);
                }
                Some(_) => {}
            }
        }
        check.into_result()
    }
}

impl Validate for ScreeningSheet {
    fn validate(&self, check: &mut Check) {
        let most = super::rules::MAX_SCREENING_CRITERIA;
        if self.answers.len() > most {
            check.add(FieldError::new("/answers", ErrorCode::TooManyItems).with_limit(most));
        }
    }
}

/// How many accounts are what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScreeningCount {
    /// Targets.
    pub target: i64,
    /// None of ours.
    pub unsuitable: i64,
    /// Of which too little is known.
    pub incomplete: i64,
}

/// A seller's accounts in the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScreeningTally {
    /// The seller.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Their accounts, by verdict.
    #[serde(flatten)]
    pub count: ScreeningCount,
    /// Those of all three that are to be looked at again.
    pub due: i64,
}

/// What a set would make of accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScreeningTrial {
    /// By this set.
    pub after: ScreeningCount,
    /// By the set in force.
    pub before: ScreeningCount,
    /// Whether there are more accounts than were looked at: those changed last were.
    pub is_part: bool,
}
