//! The reducer and the gate: what lacks something is not sent, and what the stages allow is.

use super::action::BoardAction;
use super::fixture::{at, board, deal, deal_id, stage_id};
use super::lane::LaneDrag;
use super::lane_id::LaneId;
use super::moves::{Input, Place};
use super::say;
use super::state::BoardState;
use super::state_tests::drag;
use crate::i18n::Lang;
use shared::funnel::Board;
use shared::funnel::gate::{Criterion, Facts, GoingBack, Rule, Side, StageGate};
use shared::id::CriterionId;
use std::rc::Rc;
use uuid::Uuid;

const PROOF: CriterionId = CriterionId(Uuid::from_u128(7));

/// One card in a stage of a funnel whose stage of that place has this gate.
fn asked(stage: usize, gate: StageGate) -> Board {
    let mut card = deal(1, stage, "b");
    card.facts = Some(Facts::default());
    let mut board = board(&[card]);
    board.funnel.stages[stage].gate = gate;
    board
}

fn needs_proof() -> StageGate {
    StageGate {
        criteria: vec![Criterion {
            id: PROOF,
            side: Side::Exit,
            name: "proof".into(),
            hint: String::new(),
            weight: 1,
            mandatory: true,
            rule: Rule::Evidence,
        }],
        ..StageGate::default()
    }
}

#[test]
fn a_drop_that_lacks_something_is_shown_and_not_sent_and_goes_once_it_is_there() {
    let mut state = BoardState::new(&asked(0, needs_proof()));
    drag(&mut state, deal_id(1), Place::top(stage_id(1)));
    assert!(state.ready().is_empty());
    assert_eq!(state.blocked().unwrap().to(), stage_id(1));
    assert_eq!(state.card(deal_id(1)).unwrap().stage_id, stage_id(0));

    let mut now = deal(1, 0, "b");
    now.version = 2;
    let mut facts = Facts::default();
    facts.evidence.insert(PROOF);
    now.facts = Some(facts);
    state.apply(BoardAction::DealSeen(Box::new(now)));
    state.apply(BoardAction::GateTried {
        reason: None,
        at: at(1),
    });
    let sent = state.ready();
    assert_eq!(
        (sent[0].version, sent[0].body.to_stage_id),
        (2, stage_id(1))
    );
    assert_eq!(sent[0].body.override_reason, None);
    assert!(state.blocked().is_none());
}

#[test]
fn while_it_is_carried_a_card_says_what_it_lacks_where_it_would_fall_and_nowhere_else() {
    let mut state = BoardState::new(&asked(0, needs_proof()));
    state.apply(BoardAction::Lifted {
        deal: deal_id(1),
        input: Input::Keyboard,
    });
    let lacks = |state: &BoardState, stage: usize| {
        let (drag, lane) = (state.drag().unwrap(), LaneId::from(stage_id(stage)));
        let lacks = state.lacks(&drag.deal, lane, at(0));
        (lacks, LaneDrag::of(Some(drag), lane, lacks).lacks)
    };
    assert_eq!(lacks(&state, 0), (0, 0), "it is at home");
    let to = Place::top(stage_id(1));
    let said = say::over(Lang::En, &state, state.drag().unwrap(), to);
    assert!(said.ends_with("position 1 of 1. 1 still missing"), "{said}");
    state.apply(BoardAction::MovedOver(Some(to)));
    assert_eq!(lacks(&state, 1), (1, 1));
    assert_eq!(lacks(&state, 2), (1, 0), "it is not there");
    let again = say::over(Lang::En, &state, state.drag().unwrap(), to);
    assert!(again.ends_with("position 1 of 1."), "{again}");
    let back = say::over(
        Lang::En,
        &state,
        state.drag().unwrap(),
        Place::top(stage_id(0)),
    );
    assert!(back.ends_with("position 1 of 1."), "{back}");
}

#[test]
fn a_reason_goes_with_the_move_that_lacks_something() {
    let mut state = BoardState::new(&asked(0, needs_proof()));
    drag(&mut state, deal_id(1), Place::top(stage_id(1)));
    state.apply(BoardAction::GateTried {
        reason: Some("the review is on Friday".into()),
        at: at(1),
    });
    let sent = state.ready();
    assert_eq!(
        sent[0].body.override_reason.as_deref(),
        Some("the review is on Friday")
    );
}

#[test]
fn going_back_is_sent_where_the_stage_allows_it_and_shown_where_not() {
    for (going_back, goes) in [
        (GoingBack::Free, true),
        (GoingBack::OneStage, true),
        (GoingBack::Refused, false),
    ] {
        let gate = StageGate {
            going_back,
            ..StageGate::default()
        };
        let mut state = BoardState::new(&asked(1, gate));
        drag(&mut state, deal_id(1), Place::top(stage_id(0)));
        assert_eq!(!state.ready().is_empty(), goes, "{going_back:?}");
        assert_eq!(state.blocked().is_some(), !goes, "{going_back:?}");
    }
}

#[test]
fn a_blocked_move_is_given_up_when_its_stage_or_its_deal_is_gone() {
    let mut state = BoardState::new(&asked(0, needs_proof()));
    drag(&mut state, deal_id(1), Place::top(stage_id(1)));
    let mut other = asked(0, needs_proof());
    other.funnel.stages.remove(1);
    other.columns.remove(1);
    state.apply(BoardAction::Loaded(Rc::new(other)));
    assert!(state.blocked().is_none());

    let mut state = BoardState::new(&asked(0, needs_proof()));
    drag(&mut state, deal_id(1), Place::top(stage_id(1)));
    state.apply(BoardAction::DealGone {
        deal: deal_id(1),
        version: None,
    });
    assert!(state.blocked().is_none());
}

#[test]
fn a_blocked_move_stays_when_a_reload_does_not_bring_its_card() {
    let mut state = BoardState::new(&asked(0, needs_proof()));
    drag(&mut state, deal_id(1), Place::top(stage_id(1)));
    let mut further_down = asked(0, needs_proof());
    further_down.columns[0].cards.clear();
    further_down.columns[0].next_cursor = Some("more".into());
    state.apply(BoardAction::Loaded(Rc::new(further_down)));
    assert_eq!(state.blocked().unwrap().deal(), deal_id(1));
    state.apply(BoardAction::GateTried {
        reason: Some("the review is on Friday".into()),
        at: at(1),
    });
    assert_eq!(state.ready().len(), 1);
}

#[test]
fn what_comes_back_from_the_lost_meets_what_it_had_not_reached() {
    for (reached, goes) in [(1, true), (0, false)] {
        let mut card = deal(1, 3, "b");
        card.facts = Some(Facts::default());
        card.reached_stage_id = stage_id(reached);
        let mut board = board(&[card.clone()]);
        board.funnel.stages[0].gate = needs_proof();
        let mut state = BoardState::new(&board);
        let to = board.funnel.stages[1].clone();
        let asked = crate::funnel::gate::way(&board.funnel, &card, &to);
        assert_eq!(asked.is_empty(), goes, "the sheet shows what is judged");
        drag(&mut state, deal_id(1), Place::top(stage_id(1)));
        assert_eq!(!state.ready().is_empty(), goes, "{reached}");
        assert_eq!(state.blocked().is_some(), !goes, "{reached}");
    }
}
