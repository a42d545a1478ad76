//! Which columns show as strips, remembered on this device for each funnel; lost ones at first.

use crate::browser;
use shared::funnel::{Funnel, StageKind};
use shared::id::{FunnelId, StageId};
use std::collections::BTreeSet;

fn key(funnel: FunnelId) -> String {
    format!("dipper.board.folded.{funnel}")
}

/// The folded columns of a funnel.
#[must_use]
pub fn load(funnel: &Funnel) -> BTreeSet<StageId> {
    match browser::stored(&key(funnel.id)) {
        Some(text) => text.split(',').filter_map(|id| id.parse().ok()).collect(),
        None => funnel
            .stages
            .iter()
            .filter(|stage| stage.fields.kind == StageKind::Lost)
            .map(|stage| stage.id)
            .collect(),
    }
}

/// Remembers them.
pub fn store(funnel: FunnelId, folded: &BTreeSet<StageId>) {
    let ids: Vec<String> = folded.iter().map(ToString::to_string).collect();
    browser::store(&key(funnel), Some(&ids.join(",")));
}
