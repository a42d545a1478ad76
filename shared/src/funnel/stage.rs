//! Funnels and their stages (FUN-01..06).

use super::gate::StageGate;
use super::methods::Method;
use super::part::StageParts;
use super::step::MAX_STEP_DAYS;
use crate::check::{Check, Validate};
use crate::error::ErrorCode;
use crate::id::{FunnelId, StageId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{AsRefStr, EnumIter, EnumString};

/// The most stages of one funnel.
pub const MAX_STAGES: usize = 30;

/// The most tasks of a stage, and the most questions.
pub const MAX_TASKS: usize = 20;

/// The most roles of a stage.
pub const MAX_ROLES: usize = 12;

/// What being in the stage means for the deal.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    AsRefStr,
    EnumString,
    EnumIter,
    Default,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum StageKind {
    /// Still on its way.
    #[default]
    Open,
    /// Won; work may go on here (FUN-23).
    Won,
    /// Lost, with a reason (FUN-07).
    Lost,
}

/// The stage's colour in glyphs and charts; never a large fill.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    AsRefStr,
    EnumString,
    EnumIter,
    Default,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "colour names of the design, in its order 1 to 6"
)]
pub enum StageColour {
    #[default]
    Slate,
    Violet,
    Indigo,
    Blue,
    Teal,
    Green,
}

/// How much attention the customers of a stage get, so that each stage treats its own differently (FUN-27).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    AsRefStr,
    EnumString,
    EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Attention {
    /// In passing, with others.
    Low,
    /// As usual.
    Normal,
    /// Before all others.
    High,
}

/// An ordered list of stages (FUN-01); an organisation has several side by side (FUN-04).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Funnel {
    /// Its id.
    pub id: FunnelId,
    /// Its name, unique in the organisation.
    pub name: String,
    /// The method it was made from, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    /// The line of products it is for, where it is for one (FUN-04).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_line: Option<String>,
    /// Its stages in order, archived ones left out.
    pub stages: Vec<Stage>,
    /// Counts up with every change of the funnel or its stages; also the `ETag`.
    pub version: i32,
    /// Since when it is put away.
    pub archived_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// One step of a funnel, with its definition, content, goal and tasks (FUN-05, FUN-06).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stage {
    /// Its id.
    pub id: StageId,
    /// The funnel it belongs to.
    pub funnel_id: FunnelId,
    /// Its place, from 0.
    pub position: i32,
    /// The stage its deals are being moved to, because it was removed: it takes none any more, and is
    /// gone when the last one has left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moving_to: Option<StageId>,
    /// Its fields.
    #[serde(flatten)]
    pub fields: StageFields,
    /// What it asks of the deals that come and go; written on its own.
    #[serde(default, skip_serializing_if = "StageGate::is_open")]
    pub gate: StageGate,
    /// Which version of the gate that is: 0 before the first was written.
    #[serde(default, skip_serializing_if = "is_none_yet")]
    pub gate_version: i32,
}

/// Whether no version was written.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
const fn is_none_yet(version: &i32) -> bool {
    *version == 0
}

impl Stage {
    /// A stage that asks for nothing yet.
    #[must_use]
    pub fn new(id: StageId, funnel_id: FunnelId, position: i32, fields: StageFields) -> Self {
        Self {
            id,
            funnel_id,
            position,
            moving_to: None,
            fields,
            gate: StageGate::default(),
            gate_version: 0,
        }
    }

    /// Whether a deal may come in: its own are not being moved away.
    #[must_use]
    pub const fn takes_deals(&self) -> bool {
        self.moving_to.is_none()
    }
}

/// What one may write about a stage.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StageFields {
    /// Its name, unique in the funnel.
    pub name: String,
    /// Open, won or lost.
    #[serde(default)]
    pub kind: StageKind,
    /// Probability to win here, in percent; the low end of a range.
    #[serde(default)]
    pub probability: i16,
    /// The high end of the range, where the method gives one (FUN-14).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability_high: Option<i16>,
    /// What the stage means (FUN-05).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub definition: String,
    /// What must be reached (FUN-05).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub goal: String,
    /// What must be true to come in.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub entry_text: String,
    /// What must be true to go on.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub exit_text: String,
    /// What is to be done here (FUN-28).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<String>,
    /// The questions that push a deal on (GATE-25..27).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<String>,
    /// Whom to talk to (ORG-07).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Days after which a deal here is overdue; none for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rot_days: Option<i16>,
    /// The next step a deal gets that comes in without one (CLS-26).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub next_step: String,
    /// In how many days that step is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_step_days: Option<i16>,
    /// How much attention its customers get, where that is said (FUN-27).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attention: Option<Attention>,
    /// Its colour.
    #[serde(default)]
    pub colour: StageColour,
    /// Whether its texts are still the defaults that came with the product where a method's source says
    /// nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_ours: bool,
    /// The parts that are such defaults, all or some of their words, where a source says the others
    /// (FUN-28).
    #[serde(default, skip_serializing_if = "StageParts::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<super::StagePart>))]
    pub our_parts: StageParts,
}

impl StageFields {
    /// The probability a deal gets from the stage: the middle of its range, in percent.
    #[must_use]
    pub fn usual_probability(&self) -> i16 {
        match self.kind {
            StageKind::Won => 100,
            StageKind::Lost => 0,
            StageKind::Open => match self.probability_high {
                Some(high) => i16::midpoint(self.probability, high),
                None => self.probability,
            },
        }
    }

    /// What a deal here weighs, in percent: open, the seller's own probability before that by the evidence
    /// and that before the stage's; a won one counts whole and a lost one not at all, whatever was thought
    /// of it before.
    #[must_use]
    pub fn weight(&self, own: Option<i16>, by_evidence: Option<i16>) -> i16 {
        match self.kind {
            StageKind::Open => own
                .or(by_evidence)
                .unwrap_or_else(|| self.usual_probability()),
            StageKind::Won | StageKind::Lost => self.usual_probability(),
        }
    }

    /// Adds what is wrong under `base`, such as `/stages/3`.
    pub fn check(&self, check: &mut Check, base: &str) {
        check.text(&format!("{base}/name"), &self.name, 60);
        check.range(&format!("{base}/probability"), self.probability, 0, 100);
        if let Some(high) = self.probability_high {
            check.range(
                &format!("{base}/probability_high"),
                high,
                self.probability.clamp(0, 100),
                100,
            );
        }
        for (field, text) in [
            ("definition", &self.definition),
            ("goal", &self.goal),
            ("entry_text", &self.entry_text),
            ("exit_text", &self.exit_text),
        ] {
            check.long(&format!("{base}/{field}"), text, 2_000);
        }
        check.list(&format!("{base}/tasks"), &self.tasks, MAX_TASKS, 300);
        check.list(
            &format!("{base}/questions"),
            &self.questions,
            MAX_TASKS,
            300,
        );
        check.list(&format!("{base}/roles"), &self.roles, MAX_ROLES, 60);
        if let Some(days) = self.rot_days {
            check.range(&format!("{base}/rot_days"), days, 1, 3_650);
        }
        self.check_step(check, base);
    }
}

impl StageFields {
    /// A step says what is to be done and by when, or there is none.
    fn check_step(&self, check: &mut Check, base: &str) {
        let (step, days) = (&self.next_step, self.next_step_days);
        if step.is_empty() && days.is_some() {
            check.fail(&format!("{base}/next_step"), ErrorCode::Required);
        }
        if !step.is_empty() {
            check.text(&format!("{base}/next_step"), step, 200);
            let field = format!("{base}/next_step_days");
            match days {
                None => check.fail(&field, ErrorCode::Required),
                Some(days) => check.range(&field, days, 0, MAX_STEP_DAYS),
            }
        }
    }
}

impl Validate for StageFields {
    fn validate(&self, check: &mut Check) {
        self.check(check, "");
    }
}

/// A stage as sent with its funnel: with an id it is kept and changed, without it is new.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(from = "SentStage")]
pub struct StageDraft {
    /// The stage that is kept; absent for a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<StageId>,
    /// Its fields.
    #[serde(flatten)]
    pub fields: StageFields,
}

/// A stage as it is read: side by side, so that a misspelt field is refused and a bad one is named,
/// neither of which serde does through a flattened struct.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SentStage {
    #[serde(default)]
    id: Option<StageId>,
    name: String,
    #[serde(default)]
    kind: StageKind,
    #[serde(default)]
    probability: i16,
    #[serde(default)]
    probability_high: Option<i16>,
    #[serde(default)]
    definition: String,
    #[serde(default)]
    goal: String,
    #[serde(default)]
    entry_text: String,
    #[serde(default)]
    exit_text: String,
    #[serde(default)]
    tasks: Vec<String>,
    #[serde(default)]
    questions: Vec<String>,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    rot_days: Option<i16>,
    #[serde(default)]
    next_step: String,
    #[serde(default)]
    next_step_days: Option<i16>,
    #[serde(default)]
    attention: Option<Attention>,
    #[serde(default)]
    colour: StageColour,
    #[serde(default)]
    is_ours: bool,
    #[serde(default)]
    our_parts: StageParts,
}

impl From<SentStage> for StageDraft {
    fn from(sent: SentStage) -> Self {
        Self {
            id: sent.id,
            fields: StageFields {
                name: sent.name,
                kind: sent.kind,
                probability: sent.probability,
                probability_high: sent.probability_high,
                definition: sent.definition,
                goal: sent.goal,
                entry_text: sent.entry_text,
                exit_text: sent.exit_text,
                tasks: sent.tasks,
                questions: sent.questions,
                roles: sent.roles,
                rot_days: sent.rot_days,
                next_step: sent.next_step,
                next_step_days: sent.next_step_days,
                attention: sent.attention,
                colour: sent.colour,
                is_ours: sent.is_ours,
                our_parts: sent.our_parts,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_won_deal_weighs_whole_a_lost_one_nothing_and_an_open_one_its_own_probability() {
        let stage = |kind| StageFields {
            kind,
            probability: 40,
            probability_high: Some(60),
            ..StageFields::default()
        };
        for (kind, own, by_evidence, weight) in [
            (StageKind::Open, None, None, 50),
            (StageKind::Open, None, Some(43), 43),
            (StageKind::Open, Some(0), Some(43), 0),
            (StageKind::Open, Some(90), None, 90),
            (StageKind::Won, None, Some(43), 100),
            (StageKind::Won, Some(30), None, 100),
            (StageKind::Lost, None, Some(43), 0),
            (StageKind::Lost, Some(30), None, 0),
        ] {
            let found = stage(kind).weight(own, by_evidence);
            assert_eq!(found, weight, "{kind:?} {own:?} {by_evidence:?}");
        }
    }
}
