//! The reducer while the columns are owners, months, tiers or accounts.

use super::action::BoardAction;
use super::fixture::{at, board, deal, deal_id, funnel, stage_id};
use super::keys::{Command, May, command};
use super::lane_id::LaneId;
use super::moves::{Input, Place};
use super::state::BoardState;
use super::state_tests::{Server, event, settle};
use super::totals;
use chrono::NaiveDate;
use proptest::prelude::*;
use shared::event::{MovedData, MovedPlace};
use shared::funnel::{
    Board, BoardTotals, CardOrder, CardSort, ColumnTotals, Deal, Group, GroupKey, GroupTotals,
    Grouping, Groups, GroupsTotals, LossReason, OtherGroups, StageKind,
};
use shared::id::UserId;
use shared::money::{Currency, Money};
use std::collections::BTreeMap;
use std::rc::Rc;
use uuid::Uuid;

const HOUSE: Currency = Currency::CNY;

fn owner(number: u128) -> GroupKey {
    GroupKey::Owner((number > 0).then(|| UserId(Uuid::from_u128(number))))
}

/// A deal of an owner, worth so much; nobody's is of owner 0.
fn owned(number: u128, stage: usize, of: u128, amount: i64) -> Deal {
    let GroupKey::Owner(owner_id) = owner(of) else {
        unreachable!()
    };
    Deal {
        owner_id,
        amount: Some(Money::new(amount.into(), HOUSE)),
        ..deal(number, stage, "b")
    }
}

/// The board as the server answers it by owners: open deals alone, in the order of their amounts.
fn grouped(deals: &[Deal]) -> Board {
    let by = Grouping::Owner;
    let mut found: BTreeMap<GroupKey, (ColumnTotals, Vec<Deal>)> = BTreeMap::new();
    for deal in deals {
        let stage = funnel()
            .stages
            .into_iter()
            .find(|stage| stage.id == deal.stage_id)
            .unwrap();
        if stage.fields.kind == StageKind::Open {
            let group = found.entry(GroupKey::of(by, deal).unwrap()).or_default();
            totals::add(&mut group.0, deal, &stage);
            group.1.push(deal.clone());
        }
    }
    let items = found.into_iter().map(|(key, (totals, mut cards))| {
        let sort = CardSort {
            by: CardOrder::Amount,
            house: HOUSE,
        };
        cards.sort_by(|a, b| sort.compare(a, b));
        Group {
            key: key.to_string(),
            name: (!key.is_none()).then(|| "somebody".to_owned()),
            totals,
            cards,
            next_cursor: None,
        }
    });
    Board {
        group_by: by,
        sort: CardOrder::Amount,
        columns: Vec::new(),
        groups: Some(Groups {
            items: items.collect(),
            others: None,
        }),
        ..board(&[])
    }
}

fn ids(state: &BoardState, key: GroupKey) -> Vec<u128> {
    let cards = state.cards(key);
    cards.iter().map(|deal| deal.id.0.as_u128()).collect()
}

/// Every column with its figures and cards.
fn shown(state: &BoardState) -> Vec<(LaneId, ColumnTotals, Vec<u128>)> {
    let lanes = state.lanes().map(|(lane, _)| lane);
    lanes
        .map(|lane| {
            let cards = state.cards(lane);
            let ids = cards.iter().map(|deal| deal.id.0.as_u128()).collect();
            (lane, state.totals(lane), ids)
        })
        .collect()
}

/// As "Move to…" does it.
fn moves(state: &mut BoardState, number: u128, stage: usize) {
    state.apply(BoardAction::Lifted {
        deal: deal_id(number),
        input: Input::Menu,
    });
    state.apply(BoardAction::MovedOver(Some(Place::top(stage_id(stage)))));
    state.apply(BoardAction::Dropped(at(0)));
    if state.asking().is_some() {
        state.apply(BoardAction::ReasonGiven {
            reason: LossReason::Price,
            note: None,
        });
    }
}

fn two_owners() -> Vec<Deal> {
    vec![
        owned(1, 0, 7, 30),
        owned(2, 1, 7, 20),
        owned(3, 0, 8, 10),
        owned(4, 0, 0, 5),
    ]
}

#[test]
fn a_card_keeps_its_column_while_its_stage_changes_and_the_weighted_sum_follows() {
    let mut state = BoardState::new(&grouped(&two_owners()));
    // 10 % of 30 and 50 % of 20.
    let weighted = |state: &BoardState| state.totals(owner(7)).weighted[0].amount;
    assert_eq!(weighted(&state), 13.into());
    moves(&mut state, 1, 1);
    assert_eq!(ids(&state, owner(7)), [1, 2]);
    assert_eq!(weighted(&state), 25.into());
    assert_eq!(state.totals(owner(7)).count, 2);
    let sent = &state.ready()[0].body;
    assert_eq!((sent.to_stage_id, sent.after_deal_id), (stage_id(1), None));
}

#[test]
fn a_closed_deal_leaves_and_undoing_brings_it_back() {
    for closed in [2, 3] {
        let mut server = Server::new(&[0, 0, 1]);
        for (deal, of) in server.deals.values_mut().zip([7, 8, 7]) {
            deal.owner_id = Some(UserId(Uuid::from_u128(of)));
        }
        let deals = |server: &Server| -> Vec<Deal> { server.deals.values().cloned().collect() };
        let mut state = BoardState::new(&grouped(&deals(&server)));
        let before = shown(&state);
        moves(&mut state, 1, closed);
        assert_eq!(ids(&state, owner(7)), [3]);
        settle(&mut state, &mut server);
        assert_eq!(ids(&state, owner(7)), [3]);
        assert_eq!(state.totals(owner(7)).count, 1);
        // Also after the board was read anew, where the deal is in no column.
        state.apply(BoardAction::Loaded(Rc::new(grouped(&deals(&server)))));
        let op = state.done()[0].op;
        assert!(state.can_undo(op));
        state.apply(BoardAction::Undone(op, at(0)));
        settle(&mut state, &mut server);
        assert_eq!(shown(&state), before);
    }
}

#[test]
fn a_deal_given_to_somebody_else_changes_its_column_and_both_figures() {
    let mut state = BoardState::new(&grouped(&two_owners()));
    let now = Deal {
        version: 2,
        ..owned(2, 1, 8, 20)
    };
    state.apply(BoardAction::DealSeen(Box::new(now)));
    assert_eq!(ids(&state, owner(7)), [1]);
    assert_eq!(ids(&state, owner(8)), [2, 3]);
    assert_eq!(state.totals(owner(7)).count, 1);
    let sum = Money::new(30.into(), HOUSE);
    assert_eq!(state.totals(owner(8)).sums, [sum]);
    assert!(!state.is_doubtful);
}

#[test]
fn the_first_deal_of_a_new_group_has_the_board_read_anew() {
    let mut state = BoardState::new(&grouped(&two_owners()));
    state.apply(BoardAction::DealSeen(Box::new(owned(9, 0, 99, 1))));
    assert!(state.is_doubtful);
    state.apply(BoardAction::Loaded(Rc::new(grouped(&two_owners()))));
    assert!(!state.is_doubtful);
}

#[test]
fn a_deal_of_a_group_without_a_column_is_counted_among_the_others() {
    let mut first = grouped(&two_owners());
    first.groups.as_mut().unwrap().others = Some(OtherGroups {
        groups: 3,
        totals: ColumnTotals {
            count: 3,
            ..ColumnTotals::default()
        },
    });
    let mut state = BoardState::new(&first);
    let now = Deal {
        version: 2,
        ..owned(2, 1, 99, 20)
    };
    state.apply(BoardAction::DealSeen(Box::new(now)));
    assert_eq!(ids(&state, owner(7)), [1]);
    assert_eq!(state.others.as_ref().unwrap().totals.count, 4);
    assert!(!state.is_doubtful, "it may well be one of the three");
}

#[test]
fn figures_of_other_groups_than_those_shown_have_the_board_read_anew() {
    let group = |of: u128| GroupTotals {
        key: owner(of).to_string(),
        totals: ColumnTotals {
            count: 40,
            ..ColumnTotals::default()
        },
    };
    let came = |of: &[u128], others: i64| {
        let mut state = BoardState::new(&grouped(&two_owners()));
        let epoch = state.epoch;
        let others = OtherGroups {
            groups: others,
            ..OtherGroups::default()
        };
        let totals = BoardTotals {
            columns: Vec::new(),
            groups: Some(GroupsTotals {
                items: of.iter().copied().map(group).collect(),
                others: (others.groups > 0).then_some(others),
            }),
        };
        state.apply(BoardAction::TotalsLoaded { epoch, totals });
        state
    };
    let same = came(&[7, 8, 0], 0);
    assert_eq!((same.totals(owner(7)).count, same.is_doubtful), (40, false));
    let emptied = came(&[8, 0], 0);
    assert_eq!(
        (emptied.totals(owner(7)).count, emptied.is_doubtful),
        (0, false)
    );
    assert!(came(&[8, 0], 2).is_doubtful, "another one is larger now");
    assert!(came(&[7, 8, 9, 0], 0).is_doubtful, "there is a new one");
}

#[test]
fn a_move_by_somebody_else_is_followed_and_an_unknown_open_deal_asked_for() {
    let mut state = BoardState::new(&grouped(&two_owners()));
    let stands = |stage: usize, rank: &str| MovedPlace {
        stage_id: stage_id(stage),
        rank: rank.into(),
    };
    let moved = |to: usize| MovedData {
        old: stands(0, "b"),
        new: stands(to, "d"),
        version: 2,
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
    state.apply(event(&(deal_id(3), moved(2))));
    assert_eq!(ids(&state, owner(8)), [0; 0]);
    assert_eq!(state.totals(owner(8)).count, 0);
    state.apply(event(&(deal_id(55), moved(1))));
    assert!(state.wanted.contains(&deal_id(55)));
}

/// As a pointer or keys do it.
fn carries(state: &mut BoardState, number: u128, to: GroupKey) {
    state.apply(BoardAction::Lifted {
        deal: deal_id(number),
        input: Input::Mouse,
    });
    state.apply(BoardAction::MovedOver(Some(Place {
        lane: to.into(),
        index: 0,
    })));
    state.apply(BoardAction::Dropped(at(0)));
}

/// The server does every change that may go out, and nothing else.
fn saves(state: &mut BoardState, server: &mut BTreeMap<u128, Deal>) {
    while let Some(sent) = state.ready_edits().into_iter().next() {
        state.apply(BoardAction::EditSent(sent.op));
        let deal = server.get_mut(&sent.deal.id.0.as_u128()).unwrap();
        assert_eq!(deal.version, sent.deal.version);
        let patch = sent.edit.patch;
        deal.version += 1;
        deal.owner_id = patch.owner_id.unwrap_or(deal.owner_id);
        deal.expected_close_on = patch.expected_close_on.unwrap_or(deal.expected_close_on);
        let (op, deal) = (sent.op, Box::new(deal.clone()));
        state.apply(BoardAction::EditConfirmed { op, deal });
    }
}

fn of(deals: &[Deal]) -> BTreeMap<u128, Deal> {
    let named = deals.iter().map(|deal| (deal.id.0.as_u128(), deal.clone()));
    named.collect()
}

#[test]
fn a_card_carried_to_another_owner_is_given_to_them_and_put_back_by_undo() {
    let mut state = BoardState::new(&grouped(&two_owners()));
    let mut server = of(&two_owners());
    let before = shown(&state);
    carries(&mut state, 2, owner(8));
    assert_eq!(ids(&state, owner(8)), [2, 3], "in its place by its amount");
    assert_eq!(state.totals(owner(8)).count, 2);
    let card = state.card(deal_id(2)).unwrap();
    assert_eq!(card.owner_name.as_deref(), Some("somebody"));
    assert!(state.ready().is_empty(), "its stage stays");
    assert_eq!(state.last_done(), None, "nothing to undo before it is done");
    saves(&mut state, &mut server);
    assert_eq!(GroupKey::Owner(server[&2].owner_id), owner(8));
    let op = state.last_done().unwrap();
    assert!(state.can_undo(op));
    state.apply(BoardAction::Undone(op, at(1)));
    saves(&mut state, &mut server);
    assert_eq!(shown(&state), before);
    assert_eq!(GroupKey::Owner(server[&2].owner_id), owner(7));
    assert_eq!(
        state.last_done(),
        None,
        "what was taken back is not taken back again"
    );
}

#[test]
fn a_card_that_was_given_on_since_is_not_put_back() {
    let mut state = BoardState::new(&grouped(&two_owners()));
    let mut server = of(&two_owners());
    carries(&mut state, 2, owner(8));
    saves(&mut state, &mut server);
    let op = state.last_done().unwrap();
    let elsewhere = Deal {
        version: 3,
        ..owned(2, 1, 0, 20)
    };
    state.apply(BoardAction::DealSeen(Box::new(elsewhere)));
    assert!(!state.can_undo(op));
    state.apply(BoardAction::Undone(op, at(1)));
    assert!(state.edits().is_empty());
}

#[test]
fn a_refused_gift_takes_back_itself_and_no_other() {
    let mut state = BoardState::new(&grouped(&two_owners()));
    carries(&mut state, 1, owner(8));
    carries(&mut state, 2, owner(0));
    let op = state.ready_edits()[0].op;
    state.apply(BoardAction::EditSent(op));
    state.apply(BoardAction::EditFailed { op, current: None });
    assert_eq!(ids(&state, owner(7)), [1]);
    assert_eq!(ids(&state, owner(0)), [2, 4]);
    assert_eq!(state.last_done(), None);
}

#[test]
fn a_card_let_go_in_its_own_group_stays_as_it_is() {
    let mut state = BoardState::new(&grouped(&two_owners()));
    carries(&mut state, 2, owner(7));
    assert!(state.edits().is_empty() && state.drag().is_none());
}

#[test]
fn a_card_is_carried_to_another_owner_by_keys_alone() {
    let mut state = BoardState::new(&grouped(&two_owners()));
    let lanes: Vec<LaneId> = state.lanes().map(|(lane, _)| lane).collect();
    let may = May {
        can_edit: true,
        can_carry: true,
    };
    let press = |key: &str, state: &BoardState| command(key, deal_id(1), state, &lanes, may);
    assert_eq!(press(" ", &state), Some(Command::Lift));
    state.apply(BoardAction::Lifted {
        deal: deal_id(1),
        input: Input::Keyboard,
    });
    assert_eq!(
        press("ArrowDown", &state),
        Some(Command::Hold),
        "they are sorted"
    );
    let Some(Command::Carry(place)) = press("ArrowRight", &state) else {
        panic!("not carried")
    };
    assert_eq!(place.lane, owner(8).into());
    state.apply(BoardAction::MovedOver(Some(place)));
    assert_eq!(press(" ", &state), Some(Command::Drop));
    state.apply(BoardAction::Dropped(at(0)));
    assert_eq!(ids(&state, owner(8)), [1, 3]);
}

#[test]
fn a_card_carried_to_another_month_closes_on_the_same_day_of_it() {
    let day = |text: &str| -> Option<NaiveDate> { text.parse().ok() };
    let closes = |number, on| Deal {
        expected_close_on: day(on),
        ..owned(number, 0, 7, 1)
    };
    let deals = [
        closes(1, "2027-01-31"),
        closes(2, "2027-02-10"),
        closes(3, ""),
    ];
    let by = Grouping::CloseMonth;
    let group = |deal: &Deal| Group {
        key: GroupKey::of(by, deal).unwrap().to_string(),
        name: None,
        totals: ColumnTotals::default(),
        cards: vec![deal.clone()],
        next_cursor: None,
    };
    let board = Board {
        group_by: by,
        groups: Some(Groups {
            items: deals.iter().map(group).collect(),
            others: None,
        }),
        ..grouped(&[])
    };
    let keys = deals.clone().map(|deal| GroupKey::of(by, &deal).unwrap());
    let mut state = BoardState::new(&board);
    let mut server = of(&deals);
    carries(&mut state, 1, keys[1]);
    carries(&mut state, 2, keys[2]);
    carries(&mut state, 3, keys[0]);
    saves(&mut state, &mut server);
    let on = |number| server[&number].expected_close_on;
    assert_eq!(on(1), day("2027-02-28"), "February has no 31st");
    assert_eq!(on(2), None);
    assert_eq!(
        on(3),
        day("2027-01-31"),
        "the last day where there was none"
    );
    while let Some(op) = state.last_done() {
        state.apply(BoardAction::Undone(op, at(1)));
        saves(&mut state, &mut server);
    }
    assert_eq!(
        server,
        of(&deals)
            .into_iter()
            .map(|(id, deal)| (id, Deal { version: 3, ..deal }))
            .collect()
    );
}

#[test]
fn space_opens_the_menu_where_cards_are_not_carried() {
    let state = BoardState::new(&grouped(&two_owners()));
    let lanes: Vec<LaneId> = state.lanes().map(|(lane, _)| lane).collect();
    let may = May {
        can_edit: true,
        can_carry: false,
    };
    let press = |key: &str| command(key, deal_id(1), &state, &lanes, may);
    assert_eq!(press(" "), Some(Command::Menu));
    assert_eq!(press("ArrowRight"), Some(Command::Focus(deal_id(3))));
    assert_eq!(press("ArrowDown"), Some(Command::Focus(deal_id(2))));
    assert_eq!(press("n"), None);
}

proptest! {
    /// Whoever gets which cards, the columns are those the server would answer; undone in turn, they are
    /// those of before.
    #[test]
    fn cards_given_from_owner_to_owner_agree_with_the_server_and_are_undone(
        owners in prop::collection::vec(0u128..3, 8),
        steps in prop::collection::vec((1u128..9, 0u128..3), 0..12),
    ) {
        let deals: Vec<Deal> = (1u128..).zip(owners).zip(1..)
            .map(|((number, of), amount)| owned(number, (number % 2) as usize, of, amount % 4))
            .collect();
        // Every owner has a column all the time.
        let kept: Vec<Deal> = (0..3).map(|of| owned(90 + of, 0, of, 7)).collect();
        let answer = |server: &BTreeMap<u128, Deal>| grouped(&server.values().cloned().collect::<Vec<_>>());
        let mut server = of(&[deals, kept].concat());
        let mut state = BoardState::new(&answer(&server));
        let before = shown(&state);
        for (card, to) in steps {
            carries(&mut state, card, owner(to));
            let dropped = shown(&state);
            saves(&mut state, &mut server);
            prop_assert_eq!(&shown(&state), &dropped);
            prop_assert_eq!(shown(&BoardState::new(&answer(&server))), dropped);
        }
        while let Some(op) = state.last_done() {
            prop_assert!(state.can_undo(op));
            state.apply(BoardAction::Undone(op, at(0)));
            saves(&mut state, &mut server);
        }
        prop_assert_eq!(shown(&state), before);
    }

    /// Whatever is moved, the columns are those the server would answer now, before and after it did;
    /// undone in turn, they are those of before.
    #[test]
    fn moves_of_grouped_cards_agree_with_the_server_and_are_undone(
        stages in prop::collection::vec(0usize..2, 10),
        owners in prop::collection::vec(0u128..3, 10),
        steps in prop::collection::vec((1u128..11, 0usize..4), 0..10),
    ) {
        let mut server = Server::new(&stages);
        for ((deal, of), amount) in server.deals.values_mut().zip(owners).zip(1..) {
            let new = owned(deal.id.0.as_u128(), 0, of, amount % 4);
            (deal.owner_id, deal.amount) = (new.owner_id, new.amount);
        }
        let answer = |server: &Server| grouped(&server.deals.values().cloned().collect::<Vec<_>>());
        let mut state = BoardState::new(&answer(&server));
        let before = shown(&state);
        for (card, stage) in steps {
            moves(&mut state, card, stage);
            let dropped = shown(&state);
            settle(&mut state, &mut server);
            prop_assert_eq!(&shown(&state), &dropped);
            // What is empty now would have no column any more.
            let left: Vec<_> = dropped.into_iter().filter(|lane| !lane.2.is_empty()).collect();
            prop_assert_eq!(shown(&BoardState::new(&answer(&server))), left);
        }
        while let Some(done) = state.done().last().cloned() {
            prop_assert!(state.can_undo(done.op));
            state.apply(BoardAction::Undone(done.op, at(0)));
            settle(&mut state, &mut server);
        }
        prop_assert_eq!(shown(&state), before);
    }
}
