//! Counted rules: a funnel moves its deals by what was counted (CLS-20..25).
//!
//! A rule is conditions on counts, and a stage to move to. It is typed and bounded, and whether it holds
//! follows from the order of what happened alone ([`Course`]), so that the same function runs it when
//! something is recorded and tries it over history ([`replay`]).

mod course;
#[cfg(test)]
mod laws;
mod trial;

pub use course::*;
pub use trial::*;

use super::{LossReason, Stage, StageKind, TouchKind};
use crate::check::{Check, Validate};
use crate::error::{ErrorCode, FieldError};
use crate::id::{RuleId, StageId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use strum::{AsRefStr, EnumIter, EnumString};

/// The most rules of a funnel.
pub const MAX_RULES: usize = 20;
/// The most conditions of a rule.
pub const MAX_TESTS: usize = 8;
/// The highest count a condition may name.
pub const MAX_COUNT: u16 = 1_000;

/// The rules of a funnel, in the order in which they are asked, and what is expected of its stages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct CountedRules {
    /// The rules; the first that holds decides.
    pub rules: Vec<CountedRule>,
    /// The shares of its open deals that the stages are expected to hold (CLS-20..22).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<ExpectedShare>,
}

/// A rule that moves deals by what was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CountedRule {
    /// Its id, made by whoever writes it first and kept from then on.
    pub id: RuleId,
    /// What it is called in what it does.
    pub name: String,
    /// Whether it runs.
    pub enabled: bool,
    /// The open stages it applies in; empty: all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<StageId>,
    /// Since when it counts.
    pub since: CountSince,
    /// Its conditions; each must hold.
    pub tests: Vec<CountTest>,
    /// The stage it moves to.
    pub to_stage_id: StageId,
    /// The reason, where that stage is a lost one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss_reason: Option<LossReason>,
}

/// Since when a rule counts.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString, EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum CountSince {
    /// Over the deal's whole life.
    Life,
    /// Since it last came into the stage it is in.
    Stage,
}

/// A condition on a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CountTest {
    /// What is counted.
    pub count: TouchKind,
    /// In a row: only those since the last one of this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without: Option<TouchKind>,
    /// This many or more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u16>,
    /// This many or fewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u16>,
}

/// The share of a funnel's open deals that a stage is expected to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ExpectedShare {
    /// The stage.
    pub stage_id: StageId,
    /// Percent.
    pub percent: i16,
}

/// The rules of a funnel as they are in force.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RulesInForce {
    /// Rules and shares.
    pub set: CountedRules,
    /// The funnel's version they belong to; also the `ETag`.
    pub version: i32,
    /// When they were set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_at: Option<DateTime<Utc>>,
    /// The rules that stopped because a stage was removed; they move nothing until they are set anew.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stopped: Vec<StoppedRule>,
}

/// A rule that moves nothing any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StoppedRule {
    /// The rule.
    pub rule_id: RuleId,
    /// The stages it names that are gone.
    pub gone: Vec<GoneStage>,
}

/// A stage that was removed, by its last name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GoneStage {
    /// The stage.
    pub stage_id: StageId,
    /// What it was called.
    pub name: String,
}

impl CountedRule {
    /// Whether it applies to deals in this stage, which is open.
    #[must_use]
    pub fn applies(&self, stage: StageId) -> bool {
        self.to_stage_id != stage && (self.from.is_empty() || self.from.contains(&stage))
    }

    /// Whether it stopped: the stage it moves to takes no deals any more, or none of those it applies in does.
    /// Where its deals went is no answer to where the rule should move others.
    #[must_use]
    pub fn is_stopped(&self, takes_deals: impl Fn(StageId) -> bool) -> bool {
        let is_nowhere = !self.from.is_empty() && !self.from.iter().any(|from| takes_deals(*from));
        is_nowhere || !takes_deals(self.to_stage_id)
    }

    /// Whether it speaks of this kind of touch: one it does not name never sets it off.
    #[must_use]
    pub fn names(&self, kind: TouchKind) -> bool {
        self.tests
            .iter()
            .any(|test| test.count == kind || test.without == Some(kind))
    }

    /// Whether each condition holds by these counts.
    #[must_use]
    pub fn holds(&self, tally: &Tally) -> bool {
        self.tests.iter().all(|test| test.holds(tally))
    }

    /// Whether it can be seen from both that they never hold at once: one of them asks for more of
    /// something than the other allows.
    #[must_use]
    pub fn excludes(&self, other: &Self) -> bool {
        let one_way = |low: &Self, high: &Self| {
            // Since the stage is never more than over life, and in a row never more than altogether.
            let is_wider = low.since == CountSince::Life || high.since == CountSince::Stage;
            is_wider
                && low.tests.iter().any(|allowed| {
                    high.tests.iter().any(|asked| {
                        allowed.count == asked.count
                            && (allowed.without.is_none() || allowed.without == asked.without)
                            && allowed
                                .at_most
                                .zip(asked.at_least)
                                .is_some_and(|(most, least)| most < least)
                    })
                })
        };
        one_way(self, other) || one_way(other, self)
    }

    /// Whether the two could move a deal back and forth by the same counts: each moves to where the
    /// other applies. Where both count since the stage was entered, each way needs something new.
    #[must_use]
    pub fn goes_round_with(&self, other: &Self) -> bool {
        let is_ring = self.to_stage_id != other.to_stage_id
            && self.applies(other.to_stage_id)
            && other.applies(self.to_stage_id);
        let is_fresh = self.since == CountSince::Stage && other.since == CountSince::Stage;
        self.enabled && other.enabled && is_ring && !is_fresh && !self.excludes(other)
    }

    fn check(&self, check: &mut Check, base: &str) {
        check.text(&format!("{base}/name"), &self.name, 100);
        if self.from.len() > super::MAX_STAGES {
            check.fail(&format!("{base}/from"), ErrorCode::TooManyItems);
        }
        let tests = format!("{base}/tests");
        if self.tests.is_empty() {
            check.fail(&tests, ErrorCode::Required);
        } else if self.tests.len() > MAX_TESTS {
            check.add(FieldError::new(&tests, ErrorCode::TooManyItems).with_limit(MAX_TESTS));
        } else if self.tests.iter().all(|test| test.at_least.is_none()) {
            check.fail(&tests, ErrorCode::RuleCountsNothing);
        }
        for (index, test) in self.tests.iter().enumerate() {
            test.check(check, &format!("{tests}/{index}"));
            let mut before = self.tests.iter().take(index);
            if before.any(|before| before.excludes(test)) {
                check.fail(&format!("{tests}/{index}"), ErrorCode::LimitsContradict);
            }
        }
        if self.from.contains(&self.to_stage_id) {
            check.fail(&format!("{base}/to_stage_id"), ErrorCode::NotAllowed);
        }
    }
}

impl CountTest {
    /// Whether it holds by these counts.
    #[must_use]
    pub fn holds(&self, tally: &Tally) -> bool {
        let count = tally.count(self.count, self.without);
        self.at_least.is_none_or(|least| count >= u32::from(least))
            && self.at_most.is_none_or(|most| count <= u32::from(most))
    }

    /// Whether both, of the same count, can never hold together.
    fn excludes(&self, other: &Self) -> bool {
        let is_same = self.count == other.count && self.without == other.without;
        let apart =
            |one: &Self, two: &Self| one.at_least.zip(two.at_most).is_some_and(|(a, b)| a > b);
        is_same && (apart(self, other) || apart(other, self))
    }

    fn check(&self, check: &mut Check, base: &str) {
        if self.without == Some(self.count) {
            check.fail(&format!("{base}/without"), ErrorCode::NotAllowed);
        }
        if self.at_least.is_none() && self.at_most.is_none() {
            check.fail(&format!("{base}/at_least"), ErrorCode::Required);
        }
        if let Some(least) = self.at_least {
            check.range(&format!("{base}/at_least"), least, 1, MAX_COUNT);
        }
        if let Some(most) = self.at_most {
            let least = self.at_least.unwrap_or(0).min(MAX_COUNT);
            check.range(&format!("{base}/at_most"), most, least, MAX_COUNT);
        }
    }
}

impl Validate for CountedRules {
    fn validate(&self, check: &mut Check) {
        if self.rules.len() > MAX_RULES {
            check.add(FieldError::new("/rules", ErrorCode::TooManyItems).with_limit(MAX_RULES));
            return;
        }
        let mut known = HashSet::new();
        for (index, rule) in self.rules.iter().enumerate() {
            let base = format!("/rules/{index}");
            if !known.insert(rule.id) {
                check.fail(&format!("{base}/id"), ErrorCode::Taken);
            }
            rule.check(check, &base);
        }
        if self.shares.len() > super::MAX_STAGES {
            check.fail("/shares", ErrorCode::TooManyItems);
        }
        let mut known = HashSet::new();
        for (index, share) in self.shares.iter().enumerate() {
            if !known.insert(share.stage_id) {
                check.fail(&format!("/shares/{index}/stage_id"), ErrorCode::Taken);
            }
            check.range(&format!("/shares/{index}/percent"), share.percent, 0, 100);
        }
        let sum: i32 = self.shares.iter().map(|one| i32::from(one.percent)).sum();
        if !self.shares.is_empty() && sum != 100 {
            check.fail("/shares", ErrorCode::NotAHundred);
        }
    }
}

/// Checks rules against the stages of their funnel, those that take deals.
///
/// # Errors
/// One at each stage that will not do, where a lost stage lacks its reason or another one has it, and at
/// each rule that could move a deal back and forth with one before it; the limit names both.
pub fn check_stages(set: &CountedRules, stages: &[&Stage]) -> Result<(), Vec<FieldError>> {
    let mut check = Check::default();
    let kind = |id: StageId| {
        let stage = stages.iter().find(|stage| stage.id == id);
        stage.map(|stage| stage.fields.kind)
    };
    let open = |check: &mut Check, pointer: &str, id: StageId| match kind(id) {
        None => check.fail(pointer, ErrorCode::NoSuchRecord),
        Some(StageKind::Open) => {}
        Some(StageKind::Won | StageKind::Lost) => check.fail(pointer, ErrorCode::NotAllowed),
    };
    for (index, rule) in set.rules.iter().enumerate() {
        let base = format!("/rules/{index}");
        for (place, id) in rule.from.iter().enumerate() {
            open(&mut check, &format!("{base}/from/{place}"), *id);
        }
        let reason = format!("{base}/loss_reason");
        match kind(rule.to_stage_id) {
            None => check.fail(&format!("{base}/to_stage_id"), ErrorCode::NoSuchRecord),
            Some(StageKind::Lost) if rule.loss_reason.is_none() => {
                check.fail(&reason, ErrorCode::LossReasonRequired);
            }
            Some(StageKind::Open | StageKind::Won) if rule.loss_reason.is_some() => {
                check.fail(&reason, ErrorCode::NotAllowed);
            }
            Some(_) => {}
        }
        // From a stage that is not open, no rule takes a deal away.
        let is_open = |rule: &CountedRule| kind(rule.to_stage_id) == Some(StageKind::Open);
        let mut earlier = set.rules.iter().take(index).filter(|other| is_open(other));
        let ring = earlier.find(|other| is_open(rule) && other.goes_round_with(rule));
        if let Some(other) = ring {
            let names = format!("{} · {}", other.name.trim(), rule.name.trim());
            check.add(FieldError::new(base, ErrorCode::RulesGoRound).with_limit(names));
        }
    }
    for (index, share) in set.shares.iter().enumerate() {
        open(
            &mut check,
            &format!("/shares/{index}/stage_id"),
            share.stage_id,
        );
    }
    check.into_result()
}
