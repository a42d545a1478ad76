//! Stage history, read from a deal's events: the stays tile its life without gap or overlap.

use super::Stay;
use crate::event::{Event, EventKind};
use crate::id::StageId;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::hash::BuildHasher;

/// The stays of one deal, oldest first, from its events in any order.
///
/// `names` gives the stages' names now; a stage that is not in it keeps an empty name.
#[must_use]
pub fn stays<S: BuildHasher>(events: &[Event], names: &HashMap<StageId, String, S>) -> Vec<Stay> {
    let mut events: Vec<&Event> = events
        .iter()
        .filter(|event| matches!(event.kind, EventKind::DealCreated | EventKind::DealMoved))
        .collect();
    events.sort_by_key(|event| (event.at, event.sequence));
    let mut stays: Vec<Stay> = Vec::new();
    for event in events {
        let Some(stage_id) = stage_of(event) else {
            continue;
        };
        if let Some(last) = stays.last_mut() {
            if last.stage_id == stage_id {
                continue;
            }
            last.left_at = Some(event.at);
        }
        stays.push(Stay {
            stage_id,
            stage_name: names.get(&stage_id).cloned().unwrap_or_default(),
            entered_at: event.at,
            left_at: None,
            moved_by: event.actor_id,
            moved_by_name: event.actor_name.clone(),
            passage: read(event, "passage").unwrap_or_default(),
            gate_version: read(event, "gate_version").unwrap_or_default(),
            judged_by: read(event, "judged_by").unwrap_or_default(),
            missing: read(event, "missing").unwrap_or_default(),
            missing_otherwise: read(event, "missing_otherwise").unwrap_or_default(),
            override_reason: read(event, "override_reason"),
            moved_by_rule: read(event, "rule"),
        });
    }
    stays
}

/// A part of what the event says; for a deal that was made, of what it was made as.
fn read<T: DeserializeOwned>(event: &Event, name: &str) -> Option<T> {
    let data = &event.data;
    let value = data.get(name).or_else(|| data.get("new")?.get(name))?;
    T::deserialize(value).ok()
}

fn stage_of(event: &Event) -> Option<StageId> {
    event
        .data
        .get("new")?
        .get("stage_id")?
        .as_str()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{ActorKind, SubjectKind};
    use chrono::DateTime;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn event(sequence: i64, minutes: i64, stage: u128) -> Event {
        let stage = StageId(Uuid::from_u128(stage));
        Event {
            sequence,
            at: DateTime::from_timestamp(minutes * 60, 0).unwrap(),
            actor_kind: ActorKind::User,
            actor_id: None,
            actor_name: None,
            kind: if sequence == 0 {
                EventKind::DealCreated
            } else {
                EventKind::DealMoved
            },
            subject_kind: SubjectKind::Deal,
            subject_id: Uuid::nil(),
            account_id: None,
            deal_id: None,
            data: serde_json::json!({ "new": { "stage_id": stage } }),
        }
    }

    proptest! {
        #[test]
        fn stays_tile_a_deals_life(steps in prop::collection::vec((0i64..500, 0u128..5), 1..40)) {
            let mut minutes = 0;
            let events: Vec<Event> = (0..).zip(&steps).map(|(sequence, (wait, stage))| {
                minutes += wait;
                event(sequence, minutes, *stage)
            }).collect();
            let stays = stays(&events, &HashMap::new());
            prop_assert_eq!(stays[0].entered_at, events[0].at);
            prop_assert!(stays.last().unwrap().left_at.is_none());
            for pair in stays.windows(2) {
                prop_assert_eq!(pair[0].left_at, Some(pair[1].entered_at));
                prop_assert_ne!(pair[0].stage_id, pair[1].stage_id);
            }
        }
    }
}
