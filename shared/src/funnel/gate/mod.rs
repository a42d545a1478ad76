//! The one verdict on a move: may this deal go to that stage, now, with what is known.
//!
//! Drag, menu, form, bulk, import, rule and API end here; the board asks before the drop what the
//! server asks after it.

mod criterion;
mod fact;
mod rule;

pub use criterion::*;
pub use fact::*;
pub use rule::*;

use super::{LossReason, Stage, StageKind};
use crate::error::ErrorCode;
use crate::id::{CriterionId, FunnelId, StageId};
use crate::identity::Locale;
use serde::{Deserialize, Serialize};
use strum::{AsRefStr, EnumString};

/// What a verdict is about: the move asked for, and what it is judged by.
#[derive(Debug, Clone, Copy)]
pub struct MoveFacts<'a> {
    /// The funnel the deal is in.
    pub funnel_id: FunnelId,
    /// Whether the deal is archived.
    pub is_archived: bool,
    /// The funnel's stages in their order, without those archived.
    pub stages: &'a [&'a Stage],
    /// The stage it leaves; none for a deal that is being made.
    pub from: Option<&'a Stage>,
    /// How far it ever got on the way to winning, where that is known: what a lost deal comes back from.
    pub reached: Option<&'a Stage>,
    /// The stage asked for.
    pub to: &'a Stage,
    /// Whether that stage was archived.
    pub is_stage_archived: bool,
    /// The loss reason given with the move.
    pub loss_reason: Option<LossReason>,
    /// The loss reason the deal already has.
    pub known_loss_reason: Option<LossReason>,
    /// What is known of the deal; none where only the server can judge the criteria.
    pub known: Option<Known<'a>>,
    /// Why it should go all the same; given only by somebody who may say so.
    pub override_reason: Option<&'a str>,
}

/// The answer to a move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Go.
    Allowed,
    /// Go, for a reason that stays visible, although this is missing.
    Overridden(Vec<MissingCriterion>),
    /// Not before this is met.
    Missing(GateMiss),
    /// Not so; the code says why and what is missing.
    Refused(ErrorCode),
}

/// What a deal lacks to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateMiss {
    /// What is missing, in the order of the way.
    pub missing: Vec<MissingCriterion>,
    /// The stage it should step back to, where its own says so (GATE-02).
    pub step_back: Option<StageId>,
}

/// What sort of thing is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, AsRefStr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MissingKind {
    /// A mandatory criterion.
    Criterion,
    /// Enough points in the five tests (GATE-20).
    FiveTests,
    /// A next step with its day (GATE-24).
    NextStep,
    /// The stage must not be passed by.
    StageSkipped,
    /// From the stage a deal does not go back so far.
    GoingBack,
}

/// One thing that is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MissingCriterion {
    /// What sort of thing.
    pub kind: MissingKind,
    /// The criterion, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criterion_id: Option<CriterionId>,
    /// The stage that asks for it.
    pub stage_id: StageId,
    /// Which way of the stage it stands in.
    pub side: Side,
    /// What must hold.
    pub name: String,
    /// What would meet it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hint: String,
    /// Whether nobody knows, rather than that it does not hold.
    pub unknown: bool,
    /// Where it can be met: an address of the web app.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub link: String,
}

impl MissingCriterion {
    /// Names what is missing where it is no criterion of somebody's own, in a language.
    pub fn fill_in(&mut self, locale: Locale) {
        if !self.name.is_empty() {
            return;
        }
        let word = |part: &str| {
            let key = format!("gate.{}.{part}", self.kind.as_ref());
            rust_i18n::t!(&key, locale = locale.as_ref()).into_owned()
        };
        (self.name, self.hint) = (word("name"), word("hint"));
    }
}

/// Something that was missing when a deal came in all the same, and that is no criterion with an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MissingOtherwise {
    /// What sort of thing.
    pub kind: MissingKind,
    /// The stage that asked for it.
    pub stage_id: StageId,
}

/// The criteria of a stage as they were: a gate's versions are all kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GateVersion {
    /// The stage.
    pub stage_id: StageId,
    /// Which version of its criteria.
    pub version: i32,
}

/// How a deal came into a stage.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, AsRefStr, EnumString,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Passage {
    /// What the stages ask was met.
    #[default]
    Passed,
    /// It was not, and somebody gave a reason.
    Overridden,
    /// It came from a file with the stage it had there.
    Imported,
    /// The stage it was in was removed, and this is the one its deals went to.
    Restaged,
}

/// Judges a move. Pure: the same facts always give the same verdict.
#[must_use]
pub fn judge(facts: &MoveFacts<'_>) -> Verdict {
    if facts.is_archived {
        return Verdict::Refused(ErrorCode::Archived);
    }
    if facts.to.funnel_id != facts.funnel_id {
        return Verdict::Refused(ErrorCode::StageOfAnotherFunnel);
    }
    if facts.is_stage_archived {
        return Verdict::Refused(ErrorCode::StageArchived);
    }
    let has_reason = facts.loss_reason.or(facts.known_loss_reason).is_some();
    if facts.to.fields.kind == StageKind::Lost && !has_reason {
        return Verdict::Refused(ErrorCode::LossReasonRequired);
    }
    let missing = Walk::over(facts).missing;
    if missing.is_empty() {
        return Verdict::Allowed;
    }
    if facts.override_reason.is_some() {
        return Verdict::Overridden(missing);
    }
    let from = facts
        .from
        .filter(|from| from.gate.on_miss == OnMiss::StepBack);
    Verdict::Missing(GateMiss {
        step_back: from.and_then(|from| before(facts.stages, from)),
        missing,
    })
}

/// The open stage right before another.
fn before(stages: &[&Stage], stage: &Stage) -> Option<StageId> {
    stages
        .iter()
        .filter(|other| other.fields.kind == StageKind::Open && other.position < stage.position)
        .max_by_key(|other| other.position)
        .map(|other| other.id)
}

/// The written criteria a move is judged by, in the order of the way; stages that never asked for anything
/// are left out.
#[must_use]
pub fn judged_by(facts: &MoveFacts<'_>) -> Vec<GateVersion> {
    // Who is asked follows from the way alone, so nothing needs to be known of the deal.
    let way = MoveFacts {
        known: None,
        ..*facts
    };
    let asked = Walk::over(&way).asked;
    let written = asked.into_iter().filter(|stage| stage.gate_version > 0);
    let mut list: Vec<GateVersion> = Vec::new();
    for stage in written {
        if list.last().is_none_or(|last| last.stage_id != stage.id) {
            list.push(GateVersion {
                stage_id: stage.id,
                version: stage.gate_version,
            });
        }
    }
    list
}

/// The way of a move through the stages.
#[derive(Default)]
struct Walk<'a> {
    /// What the stages on the way ask and the deal does not have.
    missing: Vec<MissingCriterion>,
    /// The stages that were asked.
    asked: Vec<&'a Stage>,
}

impl<'a> Walk<'a> {
    fn over(facts: &MoveFacts<'a>) -> Self {
        let mut walk = Self::default();
        walk.go(facts);
        walk
    }

    fn go(&mut self, facts: &MoveFacts<'a>) {
        let (from, to) = (facts.from, facts.to);
        // A customer may leave at every stage (FUN-07); within a stage only the order changes.
        if to.fields.kind == StageKind::Lost || from.is_some_and(|from| from.id == to.id) {
            return;
        }
        let is_lost = from.is_some_and(|from| from.fields.kind == StageKind::Lost);
        // Who comes back from the lost goes on from where they had got to; where only the server knows how
        // far that was, it decides.
        let start = if is_lost { facts.reached } else { from };
        if let Some(start) = start.filter(|start| start.position > to.position && !is_lost) {
            let is_next = before(facts.stages, start) == Some(to.id);
            let may = match start.gate.going_back {
                GoingBack::Free => true,
                GoingBack::OneStage => is_next,
                GoingBack::Refused => false,
            };
            self.asked.push(start);
            if !may {
                self.missing
                    .push(built_in(facts, MissingKind::GoingBack, start, Side::Exit));
            }
            return;
        }
        let is_known_way = if is_lost {
            start.is_none_or(|start| to.position <= start.position)
        } else {
            false
        };
        if !is_known_way {
            if let Some(start) = start {
                self.leave(facts, start);
            }
            let position = start.map_or(i32::MIN, |start| start.position);
            let between = facts.stages.iter().filter(|stage| {
                stage.fields.kind == StageKind::Open
                    && stage.position > position
                    && stage.position < to.position
            });
            for stage in between.copied() {
                match stage.gate.skipping {
                    Skipping::Free => {}
                    // As if it went through: else it could come back into what it was never let into.
                    Skipping::Judged => {
                        self.unmet(facts, stage, Side::Entry);
                        self.leave(facts, stage);
                    }
                    Skipping::Refused => {
                        self.asked.push(stage);
                        self.missing.push(built_in(
                            facts,
                            MissingKind::StageSkipped,
                            stage,
                            Side::Exit,
                        ));
                    }
                }
            }
        }
        self.unmet(facts, to, Side::Entry);
    }

    /// What a stage asks to go on from it.
    fn leave(&mut self, facts: &MoveFacts<'a>, stage: &'a Stage) {
        self.unmet(facts, stage, Side::Exit);
        if let (Some(tests), Some(known)) = (&stage.gate.tests, &facts.known) {
            let points = tests.points(known);
            if points.is_none_or(|points| points < tests.at_least) {
                let mut item = built_in(facts, MissingKind::FiveTests, stage, Side::Exit);
                item.unknown = points.is_none();
                self.missing.push(item);
            }
        }
        if stage.gate.needs_next_step {
            self.need_step(facts, stage);
        }
    }

    /// The next step is one of the deal, so it is missing once, however many stages ask for it (GATE-24).
    /// A deal that is only made begins where it is put, and is asked when it goes on from there.
    fn need_step(&mut self, facts: &MoveFacts<'a>, stage: &'a Stage) {
        let is_named = facts
            .known
            .is_none_or(|known| known.value(Fact::NextStep) == Some(FactValue::Flag(true)));
        let is_told = || {
            self.missing
                .iter()
                .any(|one| one.kind == MissingKind::NextStep)
        };
        let goes_on = facts.from.is_some() && facts.to.fields.kind == StageKind::Open;
        if goes_on && !is_named && !is_told() {
            self.missing
                .push(built_in(facts, MissingKind::NextStep, stage, Side::Exit));
        }
    }

    fn unmet(&mut self, facts: &MoveFacts<'a>, stage: &'a Stage, side: Side) {
        self.asked.push(stage);
        let Some(known) = &facts.known else { return };
        let gathered = known.gathered.asked_by(stage, side, known.deal);
        let known = &Known {
            gathered: &gathered,
            ..*known
        };
        for criterion in stage
            .gate
            .side(side)
            .filter(|criterion| criterion.mandatory)
        {
            let truth = criterion.truth(known);
            if truth != Truth::True {
                self.missing.push(MissingCriterion {
                    kind: MissingKind::Criterion,
                    criterion_id: Some(criterion.id),
                    stage_id: stage.id,
                    side,
                    name: criterion.name.clone(),
                    hint: criterion.hint.clone(),
                    unknown: truth == Truth::Unknown,
                    link: format!("/deals/{}#criterion-{}", known.deal.id, criterion.id),
                });
            }
        }
    }
}

fn built_in(
    facts: &MoveFacts<'_>,
    kind: MissingKind,
    stage: &Stage,
    side: Side,
) -> MissingCriterion {
    MissingCriterion {
        kind,
        criterion_id: None,
        stage_id: stage.id,
        side,
        name: String::new(),
        hint: String::new(),
        unknown: false,
        link: facts
            .known
            .map(|known| format!("/deals/{}#gate", known.deal.id))
            .unwrap_or_default(),
    }
}

/// The probability of a deal by the evidence, in percent: its stage's range, placed by the weight of what is
/// met to go on from it. None where the stage is closed, gives no range, or asks for nothing to go on.
///
/// It weighs in sums where the seller says no figure, and stands beside that figure otherwise.
#[must_use]
pub fn evidence_probability(stage: &Stage, known: &Known<'_>) -> Option<i16> {
    let fields = &stage.fields;
    let high = fields
        .probability_high
        .filter(|_| stage.gate.places(fields.kind))?;
    let gathered = known.gathered.asked_by(stage, Side::Exit, known.deal);
    let known = Known {
        gathered: &gathered,
        ..*known
    };
    let progress = stage.gate.progress(Side::Exit, &known);
    let span = i32::from(high - fields.probability);
    let share = span * i32::from(progress.weight_met) / i32::from(progress.weight);
    Some(fields.probability + i16::try_from(share).unwrap_or(0))
}

/// What the server keeps of an open deal by what is known of it where it stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weight {
    /// See [`evidence_probability`].
    pub probability: Option<i16>,
    /// Whether little is to be spent on it: the five tests of its stage were answered and fall short
    /// (GATE-21).
    pub is_low_investment: bool,
}

impl Weight {
    /// What a deal weighs in a stage.
    #[must_use]
    pub fn of(stage: &Stage, known: &Known<'_>) -> Self {
        let is_open = stage.fields.kind == StageKind::Open;
        let tests = stage.gate.tests.filter(|_| is_open);
        Self {
            probability: evidence_probability(stage, known),
            is_low_investment: tests.is_some_and(|tests| tests.is_failed(known)),
        }
    }

    /// Whether deals in a stage may weigh anything there; else nothing needs to be known of them.
    #[must_use]
    pub fn is_given_by(stage: &Stage) -> bool {
        let (fields, gate) = (&stage.fields, &stage.gate);
        let is_placed = fields.probability_high.is_some() && gate.places(fields.kind);
        is_placed || (gate.tests.is_some() && fields.kind == StageKind::Open)
    }
}

#[cfg(test)]
mod judge_laws;
#[cfg(test)]
mod judge_tests;
