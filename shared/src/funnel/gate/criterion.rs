//! Criteria of a stage, and the rest of what its gate says (GATE-01, GATE-02, GATE-20, GATE-24).

use super::fact::{Fact, FactSource, Known};
use super::rule::{Rule, Truth};
use crate::check::{Check, Validate};
use crate::error::{ErrorCode, FieldError};
use crate::funnel::{StageKind, TestsRule};
use crate::id::CriterionId;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// The most criteria of one stage.
pub const MAX_CRITERIA: usize = 40;

/// Which way a criterion stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// To come into the stage.
    Entry,
    /// To go on from it.
    Exit,
}

/// One thing that must hold to come into a stage or to go on from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Its id: made by whoever writes it first and kept for ever, since evidence hangs on it.
    pub id: CriterionId,
    /// Which way it stands in.
    pub side: Side,
    /// What must hold, in the organisation's words.
    pub name: String,
    /// What would meet it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hint: String,
    /// How much it counts for the probability, 1 to 10.
    #[serde(default = "one")]
    pub weight: i16,
    /// Whether nobody passes without it; otherwise it only counts for the probability.
    #[serde(default)]
    pub mandatory: bool,
    /// When it is met.
    pub rule: Rule,
}

const fn one() -> i16 {
    1
}

impl Criterion {
    /// Whether it is met.
    #[must_use]
    pub fn truth(&self, known: &Known<'_>) -> Truth {
        self.rule.truth(self.id, known)
    }
}

/// What becomes of a deal whose stage's goal was missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OnMiss {
    /// It may only stay (GATE-01).
    #[default]
    Stay,
    /// It may only be moved back (GATE-02).
    StepBack,
}

/// Whether a deal may pass the stage by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Skipping {
    /// When it meets what the stage asks to come in and to go on from it.
    #[default]
    Judged,
    /// As it likes.
    Free,
    /// Never.
    Refused,
}

/// Whether a deal may go back from the stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum GoingBack {
    /// To any stage before it.
    #[default]
    Free,
    /// To the one right before it.
    OneStage,
    /// Never.
    Refused,
}

/// What a stage asks of the deals that come and go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct StageGate {
    /// Its criteria, in the order they are shown: at most 40.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub criteria: Vec<Criterion>,
    /// What becomes of a deal that does not meet them.
    #[serde(skip_serializing_if = "is_default")]
    pub on_miss: OnMiss,
    /// Whether the stage may be passed by.
    #[serde(skip_serializing_if = "is_default")]
    pub skipping: Skipping,
    /// Whether a deal may go back from it.
    #[serde(skip_serializing_if = "is_default")]
    pub going_back: GoingBack,
    /// Whether nobody goes on to another open stage without a next step and its day (GATE-24).
    #[serde(skip_serializing_if = "is_default")]
    pub needs_next_step: bool,
    /// The points of the five tests that it takes to go on (GATE-20, GATE-21).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tests: Option<TestsRule>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl StageGate {
    /// Whether it asks for nothing at all.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// Its criteria of one side.
    pub fn side(&self, side: Side) -> impl Iterator<Item = &Criterion> {
        self.criteria
            .iter()
            .filter(move |criterion| criterion.side == side)
    }

    /// Whether anything in it asks for facts of that source.
    #[must_use]
    pub fn asks(&self, source: FactSource) -> bool {
        if source == FactSource::Tests && self.tests.is_some() {
            return true;
        }
        let mut asks = false;
        for criterion in &self.criteria {
            criterion
                .rule
                .each_test(&mut |test| asks |= test.fact.source() == source);
        }
        asks
    }

    /// Whether any criterion counts days.
    #[must_use]
    pub fn asks_days(&self) -> bool {
        let mut asks = false;
        for criterion in &self.criteria {
            criterion
                .rule
                .each_test(&mut |test| asks |= test.fact.counts_days());
        }
        asks
    }

    /// Whether any criterion asks for evidence.
    #[must_use]
    pub fn asks_evidence(&self) -> bool {
        self.criteria
            .iter()
            .any(|criterion| criterion.rule.asks_evidence())
    }

    /// Whether what is met to go on places a deal in the probability of a stage of that kind.
    #[must_use]
    pub fn places(&self, kind: StageKind) -> bool {
        kind == StageKind::Open && self.side(Side::Exit).next().is_some()
    }

    /// How many criteria of a side are met, by number and by weight.
    #[must_use]
    pub fn progress(&self, side: Side, known: &Known<'_>) -> Progress {
        let mut progress = Progress::default();
        for criterion in self.side(side) {
            progress.total += 1;
            progress.weight += criterion.weight;
            if criterion.truth(known) == Truth::True {
                progress.met += 1;
                progress.weight_met += criterion.weight;
            }
        }
        progress
    }
}

/// How many criteria are met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Criteria that are met.
    pub met: usize,
    /// All.
    pub total: usize,
    /// The weights of those that are met.
    pub weight_met: i16,
    /// The weights of all.
    pub weight: i16,
}

/// The least and the most that numbers may be.
#[derive(Debug, Default)]
struct Bounds(HashMap<Fact, (i64, i64)>);

impl Bounds {
    /// Adds what a rule demands; false where nothing can meet all any more.
    fn take(&mut self, rule: &Rule) -> bool {
        let mut can_hold = true;
        rule.each_bound(&mut |fact, least, most| {
            let (low, high) = self.0.entry(fact).or_insert((i64::MIN, i64::MAX));
            *low = least.map_or(*low, |least| least.max(*low));
            *high = most.map_or(*high, |most| most.min(*high));
            can_hold &= low <= high;
        });
        can_hold
    }
}

impl Validate for StageGate {
    fn validate(&self, check: &mut Check) {
        if self.criteria.len() > MAX_CRITERIA {
            check.add(
                FieldError::new("/criteria", ErrorCode::TooManyItems).with_limit(MAX_CRITERIA),
            );
            return;
        }
        let mut ids = HashSet::new();
        // What all of a side demand together; the way in and the way out are asked at different times.
        let mut demanded = [Bounds::default(), Bounds::default()];
        for (index, criterion) in self.criteria.iter().enumerate() {
            let base = format!("/criteria/{index}");
            if !ids.insert(criterion.id) {
                check.fail(&format!("{base}/id"), ErrorCode::Taken);
            }
            check.text(&format!("{base}/name"), &criterion.name, 120);
            check.long(&format!("{base}/hint"), &criterion.hint, 300);
            check.range(&format!("{base}/weight"), criterion.weight, 1, 10);
            criterion.rule.check(check, &format!("{base}/rule"));
            let [entry, exit] = &mut demanded;
            let shared = match criterion.side {
                Side::Entry => entry,
                Side::Exit => exit,
            };
            let mut own = Bounds::default();
            let bounds = if criterion.mandatory {
                shared
            } else {
                &mut own
            };
            if !bounds.take(&criterion.rule) {
                check.fail(&format!("{base}/rule"), ErrorCode::LimitsContradict);
            }
        }
        if let Some(tests) = &self.tests {
            tests.check(check, "/tests");
        }
    }
}
