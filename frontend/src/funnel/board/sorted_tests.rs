//! The reducer while the cards are sorted by amount, close date or age.

use super::action::BoardAction;
use super::fixture::{at, board, deal, deal_id, stage_id};
use super::keys::{Command, May, command};
use super::moves::Input;
use super::state::BoardState;
use super::state_tests::{Server, drag, event, figures, ids, place, settle};
use proptest::prelude::*;
use rust_decimal::Decimal;
use shared::event::{MovedData, MovedPlace};
use shared::funnel::{Board, CardOrder, CardSort, Deal};
use shared::id::DealId;
use shared::money::{Currency, Money};
use shared::page::Page;
use std::rc::Rc;

/// The board as the server answers it in another order.
fn sorted(mut board: Board, by: CardOrder) -> Board {
    board.sort = by;
    let house = board.currency;
    for column in &mut board.columns {
        let sort = CardSort { by, house };
        column.cards.sort_by(|a, b| sort.compare(a, b));
    }
    board
}

fn worth(number: u128, stage: usize, rank: &str, amount: i64) -> Deal {
    Deal {
        amount: Some(Money::new(amount.into(), Currency::CNY)),
        ..deal(number, stage, rank)
    }
}

/// Three in the first stage worth 30, 20 and 10, by hand the other way round; two in the second worth
/// 25 and 5.
fn by_amount() -> BoardState {
    let deals = [
        worth(1, 0, "f", 30),
        worth(2, 0, "d", 20),
        worth(3, 0, "b", 10),
        worth(4, 1, "b", 25),
        worth(5, 1, "d", 5),
    ];
    BoardState::new(&sorted(board(&deals), CardOrder::Amount))
}

#[test]
fn a_card_lands_where_its_amount_puts_it_and_at_the_top_of_the_order_by_hand() {
    let mut state = by_amount();
    state.apply(BoardAction::Lifted {
        deal: deal_id(2),
        input: Input::Mouse,
    });
    state.apply(BoardAction::MovedOver(Some(place(1, 0))));
    assert_eq!(state.drag().unwrap().over, Some(place(1, 1)));
    state.apply(BoardAction::Dropped(at(0)));
    assert_eq!(ids(&state, 1), [4, 2, 5]);
    assert_eq!(state.totals(stage_id(1)).count, 3);
    let sent = &state.ready()[0].body;
    assert_eq!((sent.to_stage_id, sent.after_deal_id), (stage_id(1), None));
}

#[test]
fn a_card_let_go_in_its_own_sorted_column_stays_and_nothing_is_sent() {
    let mut state = by_amount();
    let before = state.clone();
    drag(&mut state, deal_id(3), place(0, 0));
    assert_eq!(state, before);
}

#[test]
fn keys_carry_a_sorted_card_from_stage_to_stage_but_not_up_or_down() {
    let mut state = by_amount();
    state.apply(BoardAction::Lifted {
        deal: deal_id(3),
        input: Input::Keyboard,
    });
    let shown = [stage_id(0).into(), stage_id(1).into()];
    let may = May {
        can_edit: true,
        can_carry: true,
    };
    let press = |key, state: &BoardState| command(key, deal_id(3), state, &shown, may);
    for key in ["ArrowUp", "ArrowDown", "Home", "End"] {
        assert_eq!(press(key, &state), Some(Command::Hold));
    }
    assert_eq!(
        press("ArrowRight", &state),
        Some(Command::Carry(place(1, 1)))
    );
}

#[test]
fn a_changed_amount_puts_a_card_elsewhere_in_its_column() {
    let mut state = by_amount();
    let now = Deal {
        version: 2,
        ..worth(3, 0, "b", 40)
    };
    state.apply(BoardAction::DealSeen(Box::new(now)));
    assert_eq!(ids(&state, 0), [3, 1, 2]);
    let sum = Money::new(Decimal::from(90), Currency::CNY);
    assert_eq!(state.totals(stage_id(0)).sums, [sum]);
}

#[test]
fn a_card_that_others_moved_in_is_asked_for_as_its_event_does_not_say_where_it_stands() {
    let mut state = by_amount();
    let stands = |stage: usize| MovedPlace {
        stage_id: stage_id(stage),
        rank: "zz".into(),
    };
    let data = MovedData {
        old: stands(1),
        new: stands(0),
        version: 4,
        passage: Default::default(),
        gate_version: 0,
        judged_by: Vec::new(),
        missing: Vec::new(),
        override_reason: None,
        rule: None,
        step: None,
        evidence_probability: None,
        is_low_investment: false,
    };
    state.apply(event(&(deal_id(9), data)));
    assert!(state.wanted.contains(&deal_id(9)));
}

#[test]
fn who_comes_into_a_stage_is_last_by_age_and_no_date_comes_after_all_dates() {
    let closing = |number, day: Option<&str>| Deal {
        expected_close_on: day.map(|day| day.parse().unwrap()),
        ..deal(number, 0, "b")
    };
    let deals = [
        closing(1, None),
        closing(2, Some("2027-02-01")),
        closing(3, Some("2026-12-31")),
    ];
    let state = BoardState::new(&sorted(board(&deals), CardOrder::CloseDate));
    assert_eq!(ids(&state, 0), [3, 2, 1]);

    let since = |number, stage, seconds| Deal {
        stage_entered_at: at(seconds),
        ..deal(number, stage, "b")
    };
    let deals = [since(1, 0, -9), since(2, 1, -2), since(3, 1, -1)];
    let mut state = BoardState::new(&sorted(board(&deals), CardOrder::Age));
    drag(&mut state, deal_id(1), place(1, 0));
    assert_eq!(ids(&state, 1), [2, 3, 1]);
}

#[test]
fn another_order_of_the_same_board_is_taken_over() {
    let server = Server::new(&[0, 0, 1]);
    let mut state = BoardState::new(&server.board());
    let by_amount = sorted(server.board(), CardOrder::Amount);
    state.apply(BoardAction::Loaded(Rc::new(by_amount.clone())));
    assert_eq!(state, {
        let mut fresh = BoardState::new(&by_amount);
        fresh.epoch = state.epoch;
        fresh
    });
    assert!(!state.is_by_hand());
}

proptest! {
    /// What shows before the answers shows after them, in the server's order, and undone in turn all
    /// cards are back where they were, by hand as well.
    #[test]
    fn sorted_moves_hold_and_are_undone_to_the_order_by_hand(
        stages in prop::collection::vec(0usize..3, 12),
        amounts in prop::collection::vec(0i64..4, 12),
        steps in prop::collection::vec((0usize..12, 0usize..3), 0..10),
    ) {
        let mut server = Server::new(&stages);
        for (deal, amount) in server.deals.values_mut().zip(amounts) {
            deal.amount = Some(Money::new(amount.into(), Currency::CNY));
        }
        let mut state = BoardState::new(&sorted(server.board(), CardOrder::Amount));
        let by_hand = |server: &Server| -> Vec<Vec<DealId>> {
            (0..4).map(|stage| server.column(stage).iter().map(|deal| deal.id).collect()).collect()
        };
        let shown = |state: &BoardState| -> Vec<Vec<u128>> { (0..4).map(|stage| ids(state, stage)).collect() };
        let before = (shown(&state), figures(&state), by_hand(&server));
        for (card, stage) in steps {
            drag(&mut state, deal_id(card as u128 + 1), place(stage, 0));
            let dropped = (shown(&state), figures(&state));
            settle(&mut state, &mut server);
            prop_assert_eq!((shown(&state), figures(&state)), dropped);
            let fresh = BoardState::new(&sorted(server.board(), CardOrder::Amount));
            prop_assert_eq!(shown(&state), shown(&fresh));
        }
        while let Some(done) = state.done().last().cloned() {
            prop_assert!(state.can_undo(done.op));
            state.apply(BoardAction::Undone(done.op, at(0)));
            settle(&mut state, &mut server);
        }
        prop_assert_eq!((shown(&state), figures(&state), by_hand(&server)), before);
    }
}

#[test]
fn a_move_is_undone_also_where_the_card_is_not_among_those_loaded_in_a_new_order() {
    let mut state = by_amount();
    drag(&mut state, deal_id(2), place(1, 0));
    let op = state.ready()[0].op;
    state.apply(BoardAction::Sent(op));
    let moved = Deal {
        version: 2,
        ..worth(2, 1, "m", 20)
    };
    let deal = Box::new(moved.clone());
    state.apply(BoardAction::MoveConfirmed { op, deal });

    let first = [
        worth(1, 0, "f", 30),
        worth(3, 0, "b", 10),
        worth(4, 1, "b", 25),
    ];
    let mut by_hand = board(&first);
    by_hand.columns[1].next_cursor = Some("more".into());
    state.apply(BoardAction::Loaded(Rc::new(by_hand)));
    assert_eq!(ids(&state, 1), [4], "it lies further down");
    assert!(state.can_undo(op));

    let mut read_on = state.clone();
    read_on.apply(BoardAction::CardsLoaded {
        lane: stage_id(1).into(),
        cursor: "more".into(),
        page: Page {
            items: vec![moved, worth(5, 1, "p", 5)],
            next_cursor: None,
            next: None,
            total: None,
        },
    });
    assert_eq!(ids(&read_on, 1), [4, 2, 5]);

    state.apply(BoardAction::Undone(op, at(1)));
    assert_eq!(ids(&state, 0), [3, 2, 1]);
    assert_eq!(state.ready()[0].version, 2);
}
