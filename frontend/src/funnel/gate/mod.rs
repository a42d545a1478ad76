//! Gates: what stages ask of a deal, what shows that it is met, and what is missing to go on.

mod body;
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
use shared::funnel::gate::{Facts, GateMiss, Known, MoveFacts, Verdict, judge};
use shared::funnel::{Deal, Funnel, LossReason, Stage};
use shared::id::StageId;

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
        reached: None,
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
