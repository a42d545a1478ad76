//! The reducer and the next step that comes or goes with a stage (CLS-26).

use super::action::BoardAction;
use super::fixture::{at, board, deal, deal_id, stage_id};
use super::state::BoardState;
use shared::event::{MovedData, MovedPlace};
use shared::funnel::StepChange;

/// Somebody else moved the card to a stage.
fn moved(from: usize, to: usize, version: i32, step: Option<StepChange>) -> BoardAction {
    let stands = |stage, rank: &str| MovedPlace {
        stage_id: stage_id(stage),
        rank: rank.into(),
    };
    let data = MovedData {
        old: stands(from, "b"),
        new: stands(to, "b"),
        version,
        passage: Default::default(),
        gate_version: 0,
        judged_by: Vec::new(),
        missing: Vec::new(),
        override_reason: None,
        rule: None,
        step,
        evidence_probability: None,
        is_low_investment: false,
    };
    BoardAction::DealMoved {
        deal: deal_id(1),
        data: Box::new(data),
        at: at(i64::from(version)),
    }
}

/// CLS-26: whose board follows a move sees the step the stage gives, and sees it go again.
#[test]
fn a_followed_move_sets_the_next_step_that_came_with_the_stage_and_takes_it_away() {
    let card = deal(1, 0, "b");
    let version = card.version;
    let mut state = BoardState::new(&board(&[card]));
    let step = |state: &BoardState| {
        let card = state.confirmed(deal_id(1)).unwrap();
        (card.stage_id, card.next_step.clone(), card.next_step_on)
    };
    let due = at(0).date_naive();
    let call = StepChange {
        next_step: Some("Call the customer back".into()),
        next_step_on: Some(due),
    };
    state.apply(moved(0, 1, version + 1, Some(call)));
    let told = (
        stage_id(1),
        Some("Call the customer back".into()),
        Some(due),
    );
    assert_eq!(step(&state), told);

    // A move that says nothing of a step leaves it.
    state.apply(moved(1, 0, version + 2, None));
    assert_eq!(step(&state).1, told.1);
    state.apply(moved(0, 1, version + 3, Some(StepChange::default())));
    assert_eq!(step(&state), (stage_id(1), None, None));
}
