//! What a browser needs to judge a whole board: the rule of `shared`, compiled as the web app is. `cargo xtask
//! bench` opens it in Chromium and holds the watch.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use shared::funnel::gate::{Known, MoveFacts, Verdict, judge};
use shared::funnel::{Deal, Funnel, Stage};
use std::cell::RefCell;
use wasm_bindgen::prelude::wasm_bindgen;

/// Open stages of the board.
const STAGES: u128 = 5;

/// A board whose cards can be judged.
struct Board {
    funnel: Funnel,
    cards: Vec<Deal>,
}

thread_local! {
    static BOARD: RefCell<Option<Board>> = const { RefCell::new(None) };
}

fn id(kind: u128, number: u128) -> Value {
    json!(uuid::Uuid::from_u128(kind << 64 | number))
}

/// A stage as the server tells it, which asks so many things of who goes on.
fn stage(number: u128, criteria: u128) -> Value {
    let tests = [
        ("amount", json!({ "at_least": 1_000 })),
        ("people", json!({ "at_least": 2 })),
        ("days_in_stage", json!({ "at_most": 9_999_999 })),
        ("industry", json!({ "one_of": ["software", "retail"] })),
        ("next_step", json!({ "flag": true })),
    ];
    let list = tests.iter().cycle().zip(0..criteria);
    let list = list.map(|((fact, is), index)| {
        json!({
            "id": id(9, number * 100 + index), "side": "exit", "name": format!("Criterion {index}"),
            "weight": 1, "mandatory": true, "rule": { "fact": { "fact": fact, "is": is } },
        })
    });
    json!({
        "id": id(2, number), "funnel_id": id(1, 1), "position": number, "name": format!("Stage {number}"),
        "kind": "open", "probability": 10, "gate": { "criteria": list.collect::<Vec<_>>() },
    })
}

/// A card as the server tells it; every second one meets all that is asked.
fn card(number: u128) -> Value {
    let people = number % 2 + 1;
    json!({
        "id": id(3, number), "title": format!("Deal {number}"), "account_id": null, "account_name": null,
        "funnel_id": id(1, 1), "stage_id": id(2, number % STAGES), "reached_stage_id": id(2, number % STAGES),
        "rank": format!("{number:08}"), "amount": { "amount": "250000", "currency": "CNY" }, "probability": null,
        "expected_close_on": "2027-03-01", "next_step": "Visit", "next_step_on": "2026-12-01", "owner_id": null,
        "owner_name": null, "loss_reason": null, "loss_note": null, "stage_entered_at": "2026-11-01T08:00:00Z",
        "closed_at": null, "version": 1, "archived_at": null, "created_at": "2026-10-01T08:00:00Z",
        "updated_at": "2026-11-01T08:00:00Z",
        "facts": { "values": { "people": people, "industry": "software" } },
    })
}

/// Reads a board of so many cards, as it comes from the server, whose stages each ask so many things; answers
/// how many were read.
#[wasm_bindgen]
#[must_use]
pub fn prepare(cards: u32, criteria: u32) -> usize {
    let funnel = json!({
        "id": id(1, 1), "name": "Board", "version": 1, "archived_at": null,
        "created_at": "2026-10-01T08:00:00Z", "updated_at": "2026-10-01T08:00:00Z",
        "stages": (0..STAGES).map(|number| stage(number, criteria.into())).collect::<Vec<_>>(),
    });
    let read =
        (0..u128::from(cards)).filter_map(|number| serde_json::from_value(card(number)).ok());
    let cards: Vec<Deal> = read.collect();
    let count = cards.len();
    BOARD.with_borrow_mut(|board| {
        *board = serde_json::from_value(funnel)
            .ok()
            .map(|funnel| Board { funnel, cards });
        if board.is_some() { count } else { 0 }
    })
}

/// Asks for the verdict on each card, were it let go over the stage after its own; answers how many may go.
#[wasm_bindgen]
#[must_use]
pub fn judge_all() -> usize {
    BOARD.with_borrow(|board| board.as_ref().map_or(0, |board| board.allowed()))
}

impl Board {
    fn allowed(&self) -> usize {
        let stages: Vec<&Stage> = self.funnel.stages.iter().collect();
        let now = DateTime::<Utc>::UNIX_EPOCH;
        let verdicts = self.cards.iter().filter_map(|deal| {
            let place = stages.iter().position(|stage| stage.id == deal.stage_id)?;
            let from = stages.get(place).copied();
            let to = stages.get((place + 1) % stages.len())?;
            Some(judge(&MoveFacts {
                funnel_id: self.funnel.id,
                is_archived: false,
                stages: &stages,
                from,
                reached: None,
                to,
                is_stage_archived: false,
                loss_reason: None,
                known_loss_reason: None,
                known: Some(Known {
                    deal,
                    gathered: deal.facts.as_ref()?,
                    now,
                }),
                override_reason: None,
            }))
        });
        verdicts
            .filter(|verdict| *verdict == Verdict::Allowed)
            .count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of those in the last stage nothing is asked, since they go back.
    #[test]
    fn half_of_the_cards_that_go_on_may() {
        assert_eq!(prepare(100, 20), 100);
        assert_eq!(judge_all(), 40 + 20);
    }
}
