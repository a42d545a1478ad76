//! Funnels and their stages (FUN-01..06).

use crate::check::{Check, Validate};
use crate::error::ErrorCode;
use crate::id::{FunnelId, StageId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{AsRefStr, EnumIter, EnumString};

/// The most stages of one funnel.
pub const MAX_STAGES: usize = 30;

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

/// An ordered list of stages (FUN-01); an organisation has several side by side (FUN-04).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Funnel {
    /// Its id.
    pub id: FunnelId,
    /// Its name, unique in the organisation.
    pub name: String,
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
    /// Its fields.
    #[serde(flatten)]
    pub fields: StageFields,
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
    /// Days after which a deal here is overdue; none for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rot_days: Option<i16>,
    /// Its colour.
    #[serde(default)]
    pub colour: StageColour,
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

    /// What a deal here weighs, in percent: open, the seller's own probability before the stage's; a won
    /// one counts whole and a lost one not at all, whatever was thought of it before.
    #[must_use]
    pub fn weight(&self, own: Option<i16>) -> i16 {
        match self.kind {
            StageKind::Open => own.unwrap_or_else(|| self.usual_probability()),
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
        if let Some(days) = self.rot_days {
            check.range(&format!("{base}/rot_days"), days, 1, 3_650);
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
    rot_days: Option<i16>,
    #[serde(default)]
    colour: StageColour,
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
                rot_days: sent.rot_days,
                colour: sent.colour,
            },
        }
    }
}

/// A funnel to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewFunnel {
    /// Its name, unique in the organisation.
    pub name: String,
    /// Its stages in order: at least one open, one won and one lost.
    pub stages: Vec<StageDraft>,
}

impl Validate for NewFunnel {
    fn validate(&self, check: &mut Check) {
        check.text("/name", &self.name, 100);
        stages(check, &self.stages);
    }
}

/// A change of a funnel; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct FunnelPatch {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// All its stages in their new order; one that is left out is archived, which needs it empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stages: Option<Vec<StageDraft>>,
}

impl Validate for FunnelPatch {
    fn validate(&self, check: &mut Check) {
        if let Some(name) = &self.name {
            check.text("/name", name, 100);
        }
        if let Some(list) = &self.stages {
            stages(check, list);
        }
    }
}

/// The rule for a funnel's stages: complete, bounded, with different names.
fn stages(check: &mut Check, stages: &[StageDraft]) {
    if stages.len() > MAX_STAGES {
        check.fail("/stages", ErrorCode::TooManyItems);
    }
    let has = |kind| stages.iter().any(|stage| stage.fields.kind == kind);
    if ![StageKind::Open, StageKind::Won, StageKind::Lost]
        .into_iter()
        .all(has)
    {
        check.fail("/stages", ErrorCode::FunnelIncomplete);
    }
    let mut names = std::collections::HashSet::new();
    for (index, stage) in stages.iter().enumerate() {
        stage.fields.check(check, &format!("/stages/{index}"));
        if !names.insert(stage.fields.name.trim().to_lowercase()) {
            check.fail(&format!("/stages/{index}/name"), ErrorCode::Taken);
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
        for (kind, own, weight) in [
            (StageKind::Open, None, 50),
            (StageKind::Open, Some(0), 0),
            (StageKind::Open, Some(90), 90),
            (StageKind::Won, None, 100),
            (StageKind::Won, Some(30), 100),
            (StageKind::Lost, None, 0),
            (StageKind::Lost, Some(30), 0),
        ] {
            assert_eq!(stage(kind).weight(own), weight, "{kind:?} {own:?}");
        }
    }
}
