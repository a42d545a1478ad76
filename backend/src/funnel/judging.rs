//! Asks for the verdict on a deal that comes into a stage, with what is known of it.

use super::store::facts::{self, Needs, Subject};
use super::store::stages::{KnownStage, standing_for};
use crate::clock;
use crate::db::Conn;
use crate::error::{AppError, AppResult};
use crate::events::NewEvent;
use shared::error::ErrorCode;
use shared::funnel::gate::{
    Fact, Facts, GateVersion, Known, MissingCriterion, MissingOtherwise, MoveFacts, Passage,
    Verdict, judge, judged_by,
};
use shared::funnel::{Deal, LossReason, Stage};
use shared::id::{CriterionId, OrgId};

/// A deal on its way into a stage.
pub struct Asked<'a> {
    /// The deal as it is, or as it would begin.
    pub deal: &'a Deal,
    /// All stages of its funnel.
    pub stages: &'a [KnownStage],
    /// Whether it is being made, so that it leaves no stage.
    pub is_new: bool,
    /// How many products it is made with, where they are not written yet.
    pub lines: Option<usize>,
    /// The stage asked for.
    pub to: &'a KnownStage,
    /// The loss reason that comes along.
    pub loss_reason: Option<LossReason>,
    /// Why it should go on although something is missing, from somebody who may say so.
    pub override_reason: Option<&'a str>,
}

/// What the verdict allows, and over what it passed.
#[derive(Debug, Clone, Default)]
pub struct Allowed {
    /// By what right it comes in.
    pub passage: Passage,
    /// The version of the gate of the stage it left.
    pub gate_version: i32,
    /// All criteria it was judged by.
    pub judged_by: Vec<GateVersion>,
    /// What is missing, when it goes on all the same.
    pub missing: Vec<MissingCriterion>,
    /// What was gathered of the deal to judge it.
    pub facts: Option<Facts>,
}

impl Allowed {
    /// What a file tells of the past: a deal was where it says, whatever the criteria would have said.
    #[must_use]
    pub fn imported() -> Self {
        Self {
            passage: Passage::Imported,
            ..Self::default()
        }
    }

    /// Adds what is missing besides criteria to the event of a deal that comes in.
    #[must_use]
    pub fn tell_otherwise(&self, mut event: NewEvent) -> NewEvent {
        let items = self.missing.iter();
        let otherwise: Vec<MissingOtherwise> = items
            .filter(|item| item.criterion_id.is_none())
            .map(|item| MissingOtherwise {
                kind: item.kind,
                stage_id: item.stage_id,
            })
            .collect();
        if let Some(data) = event.data.as_object_mut().filter(|_| !otherwise.is_empty()) {
            data.insert("missing_otherwise".into(), serde_json::json!(otherwise));
        }
        event
    }

    /// Adds it to the event of a deal that is made.
    #[must_use]
    pub fn tell(&self, event: NewEvent) -> NewEvent {
        let mut event = self.tell_otherwise(event);
        if let Some(data) = event.data.as_object_mut() {
            data.insert("passage".into(), self.passage.as_ref().into());
            if !self.judged_by.is_empty() {
                data.insert("judged_by".into(), serde_json::json!(self.judged_by));
            }
            let criteria = self.criteria();
            if !criteria.is_empty() {
                data.insert("missing".into(), serde_json::json!(criteria));
            }
        }
        event
    }

    /// The criteria among what is missing.
    #[must_use]
    pub fn criteria(&self) -> Vec<CriterionId> {
        let ids = self.missing.iter().filter_map(|item| item.criterion_id);
        ids.collect()
    }
}

/// Judges it.
///
/// # Errors
/// 422 with what is missing, 409 and 422 by the verdict, each refusal at its field.
pub async fn admit(conn: &Conn, org: OrgId, asked: &Asked<'_>) -> AppResult<Allowed> {
    let live: Vec<&Stage> = asked
        .stages
        .iter()
        .filter(|known| known.takes_deals())
        .map(|known| &known.stage)
        .collect();
    let deal = asked.deal;
    let mut all = asked.stages.iter().map(|known| &known.stage);
    let from = all.find(|stage| !asked.is_new && stage.id == deal.stage_id);
    // A stage that was removed counts as the one that stands for it.
    let reached = standing_for(asked.stages, deal.reached_stage_id);
    let mut reached = live.iter().copied().filter(|stage| stage.id == reached);
    let reached = reached.next().filter(|_| !asked.is_new);
    // It is not the deal that goes on: its stage is taken away, and this is where its deals go.
    let is_restaged = from.is_some_and(|from| {
        !from.takes_deals() && standing_for(asked.stages, from.id) == asked.to.stage.id
    });
    let facts = MoveFacts {
        funnel_id: deal.funnel_id,
        is_archived: deal.archived_at.is_some(),
        stages: &live,
        from,
        reached,
        to: &asked.to.stage,
        is_stage_archived: !asked.to.takes_deals(),
        loss_reason: asked.loss_reason,
        known_loss_reason: deal.loss_reason,
        known: None,
        override_reason: asked.override_reason,
    };
    let is_within = from.is_some_and(|from| from.id == asked.to.stage.id);
    let is_free = live.iter().all(|stage| stage.gate.is_open());
    let gathered = if is_within || is_free {
        None
    } else {
        let needs = Needs::of(live.iter().copied());
        let found = facts::gather(conn, org, needs, &[Subject::of(deal)]).await?;
        let mut known = found.into_values().next().unwrap_or_default();
        if let Some(lines) = asked.lines {
            known.number(Fact::Products, i64::try_from(lines).unwrap_or(i64::MAX));
        }
        Some(known)
    };
    let nothing = Facts::default();
    let known = Known {
        deal,
        gathered: gathered.as_ref().unwrap_or(&nothing),
        now: clock::now(),
    };
    let gate_version = from.map_or(0, |from| from.gate_version);
    let facts = if is_restaged {
        MoveFacts {
            from: None,
            stages: &[],
            ..facts
        }
    } else {
        MoveFacts {
            known: Some(known),
            ..facts
        }
    };
    match judge(&facts) {
        Verdict::Allowed => Ok(Allowed {
            passage: if is_restaged {
                Passage::Restaged
            } else {
                Passage::Passed
            },
            gate_version,
            judged_by: judged_by(&facts),
            missing: Vec::new(),
            facts: gathered,
        }),
        Verdict::Overridden(missing) => Ok(Allowed {
            passage: Passage::Overridden,
            gate_version,
            judged_by: judged_by(&facts),
            missing,
            facts: gathered,
        }),
        Verdict::Missing(mut miss) => {
            // There is no page yet of a deal that is not made.
            if asked.is_new {
                miss.missing.iter_mut().for_each(|item| item.link.clear());
            }
            Err(AppError::GateNotMet(Box::new(miss)))
        }
        Verdict::Refused(code) => Err(refusal(code, asked.is_new)),
    }
}

/// The error of a refused move.
fn refusal(code: ErrorCode, is_new: bool) -> AppError {
    match code {
        ErrorCode::LossReasonRequired => AppError::field("/loss_reason", code),
        _ if is_new => AppError::field("/stage_id", code),
        ErrorCode::Archived | ErrorCode::StageArchived => AppError::Conflict(code),
        _ => AppError::field("/to_stage_id", code),
    }
}
