//! Gates: what stages ask of a deal, what shows that it is met, and what is missing to go on.

mod body;
mod elements;
mod file;
mod five;
mod next_step;
mod panel;
mod rounds;
mod sheet;
pub mod words;

pub use panel::GatePanel;
pub use rounds::Rounds;
pub use sheet::{GateSheet, GateSheetProps};

use chrono::{DateTime, Utc};
use shared::funnel::gate::{Facts, GateMiss, Known, MoveFacts, Side, Verdict, judge};
use shared::funnel::{Deal, Funnel, LossReason, Stage, StageKind};
use shared::id::StageId;

/// The stages whose criteria count on a deal's way to another one, each with the side that counts; as
/// [`judge`] has it.
#[must_use]
pub fn way<'a>(funnel: &'a Funnel, deal: &Deal, to: &'a Stage) -> Vec<(&'a Stage, Side)> {
    let find = |id| funnel.stages.iter().find(|stage| stage.id == id);
    let is_lost = |stage: &Stage| stage.fields.kind == StageKind::Lost;
    let from = find(deal.stage_id);
    if is_lost(to) || from.is_none_or(|from| from.id == to.id) {
        return Vec::new();
    }
    let was_lost = from.is_some_and(is_lost);
    let start = if was_lost {
        find(deal.reached_stage_id)
    } else {
        from
    };
    let mut way = Vec::new();
    match start {
        Some(start) if start.position > to.position && !was_lost => return way,
        Some(start) if start.position < to.position => {
            way.push((start, Side::Exit));
            let between = funnel.stages.iter().filter(|stage| {
                stage.fields.kind == StageKind::Open
                    && stage.takes_deals()
                    && stage.position > start.position
                    && stage.position < to.position
            });
            way.extend(between.map(|stage| (stage, Side::Exit)));
        }
        _ => {}
    }
    way.push((to, Side::Entry));
    way.retain(|(stage, side)| {
        let asks_tests = *side == Side::Exit && stage.gate.tests.is_some();
        asks_tests || stage.gate.side(*side).next().is_some()
    });
    way
}

/// What a deal lacks to move to a stage, by the same rule as the server's.
#[must_use]
pub fn miss(
    funnel: &Funnel,
    deal: &Deal,
    to: StageId,
    gathered: &Facts,
    now: DateTime<Utc>,
) -> Option<GateMiss> {
    // Funnels that ask for nothing are most of them, and every card is asked about.
    if funnel.stages.iter().all(|stage| stage.gate.is_open()) {
        return None;
    }
    let stages: Vec<&Stage> = funnel
        .stages
        .iter()
        .filter(|stage| stage.takes_deals())
        .collect();
    let find = |id| funnel.stages.iter().find(|stage| stage.id == id);
    let verdict = judge(&MoveFacts {
        funnel_id: deal.funnel_id,
        is_archived: false,
        stages: &stages,
        from: find(deal.stage_id),
        reached: find(deal.reached_stage_id),
        to: find(to)?,
        is_stage_archived: false,
        loss_reason: Some(LossReason::Unknown),
        known_loss_reason: None,
        known: Some(Known {
            deal,
            gathered,
            now,
        }),
        override_reason: None,
    });
    match verdict {
        Verdict::Missing(miss) => Some(miss),
        _ => None,
    }
}
