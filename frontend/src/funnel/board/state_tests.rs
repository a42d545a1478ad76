//! The reducer against a small server: moves, failures, echoes and strangers' events in any order.

use super::action::BoardAction;
use super::fixture::{at, board, deal, deal_id, stage_id};
use super::moves::{Input, OpId, Outgoing, Place};
use super::state::BoardState;
use proptest::prelude::*;
use shared::event::{MovedData, MovedPlace};
use shared::funnel::{Board, Deal, LossReason, rank};
use shared::id::DealId;
use shared::page::Page;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What the server holds and what it told everybody.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) deals: BTreeMap<DealId, Deal>,
    pub(super) events: Vec<(DealId, MovedData)>,
}

impl Server {
    pub(super) fn new(stages: &[usize]) -> Self {
        let ranks = rank::spread(stages.len());
        let deals = stages
            .iter()
            .zip(ranks)
            .enumerate()
            .map(|(index, (stage, rank))| {
                let deal = deal(index as u128 + 1, *stage, &rank);
                (deal.id, deal)
            });
        Self {
            deals: deals.collect(),
            events: Vec::new(),
        }
    }

    pub(super) fn board(&self) -> Board {
        board(&self.deals.values().cloned().collect::<Vec<_>>())
    }

    pub(super) fn column(&self, stage: usize) -> Vec<&Deal> {
        let mut cards: Vec<_> = self
            .deals
            .values()
            .filter(|deal| deal.stage_id == stage_id(stage))
            .collect();
        cards.sort_by_key(|deal| (&deal.rank, deal.id));
        cards
    }

    /// Does what was asked, or answers the deal as it is (stale) or nothing (neighbour left).
    fn run(&mut self, asked: &Outgoing) -> Result<Deal, Option<Box<Deal>>> {
        let known = self.deals[&asked.deal].clone();
        if known.version != asked.version {
            return Err(Some(Box::new(known)));
        }
        let stage = (0..4)
            .find(|index| stage_id(*index) == asked.body.to_stage_id)
            .unwrap();
        let others: Vec<_> = self
            .column(stage)
            .into_iter()
            .filter(|deal| deal.id != asked.deal)
            .collect();
        let spot = match asked.body.after_deal_id {
            None => 0,
            Some(after) => {
                others
                    .iter()
                    .position(|deal| deal.id == after)
                    .ok_or(None)?
                    + 1
            }
        };
        let before = spot.checked_sub(1).map(|index| others[index].rank.as_str());
        let after = others.get(spot).map(|deal| deal.rank.as_str());
        let rank = rank::between(before, after).unwrap();
        let mut moved = known.clone();
        moved.version += 1;
        moved.rank.clone_from(&rank);
        if moved.stage_id != asked.body.to_stage_id {
            moved.stage_entered_at = at(i64::from(moved.version));
        }
        moved.stage_id = asked.body.to_stage_id;
        moved.loss_reason = asked.body.loss_reason;
        let data = MovedData {
            old: MovedPlace {
                stage_id: known.stage_id,
                rank: known.rank,
            },
            new: MovedPlace {
                stage_id: moved.stage_id,
                rank,
            },
            version: moved.version,
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
        self.events.push((moved.id, data));
        self.deals.insert(moved.id, moved.clone());
        Ok(moved)
    }
}

pub(super) fn event((deal, data): &(DealId, MovedData)) -> BoardAction {
    BoardAction::DealMoved {
        deal: *deal,
        data: Box::new(data.clone()),
        at: at(i64::from(data.version)),
    }
}

pub(super) fn drag(state: &mut BoardState, deal: DealId, to: Place) {
    state.apply(BoardAction::Lifted {
        deal,
        input: Input::Mouse,
    });
    state.apply(BoardAction::MovedOver(Some(to)));
    state.apply(BoardAction::Dropped(at(0)));
    if state.asking().is_some() {
        state.apply(BoardAction::ReasonGiven {
            reason: LossReason::Price,
            note: None,
        });
    }
}

/// Sends all that may go, until nothing may.
pub(super) fn settle(state: &mut BoardState, server: &mut Server) {
    while let Some(asked) = state.ready().into_iter().next() {
        state.apply(BoardAction::Sent(asked.op));
        answer(state, server, &asked);
    }
}

fn answer(state: &mut BoardState, server: &mut Server, asked: &Outgoing) {
    match server.run(asked) {
        Ok(deal) => state.apply(BoardAction::MoveConfirmed {
            op: asked.op,
            deal: Box::new(deal),
        }),
        Err(Some(current)) => state.apply(BoardAction::MoveFailed {
            op: asked.op,
            current: Some(current),
        }),
        Err(None) => state.apply(BoardAction::AnchorLost(asked.op)),
    }
}

pub(super) fn shown(state: &BoardState) -> Vec<Vec<DealId>> {
    (0..4)
        .map(|index| {
            state
                .cards(stage_id(index))
                .iter()
                .map(|deal| deal.id)
                .collect()
        })
        .collect()
}

pub(super) fn figures(state: &BoardState) -> Vec<shared::funnel::ColumnTotals> {
    (0..4).map(|index| state.totals(stage_id(index))).collect()
}

pub(super) fn ids(state: &BoardState, stage: usize) -> Vec<u128> {
    state
        .cards(stage_id(stage))
        .iter()
        .map(|deal| deal.id.0.as_u128())
        .collect()
}

pub(super) fn place(stage: usize, index: usize) -> Place {
    Place {
        lane: stage_id(stage).into(),
        index,
    }
}

#[test]
fn a_dropped_card_is_at_its_place_before_the_server_answers() {
    let mut server = Server::new(&[0, 0, 1, 1]);
    let mut state = BoardState::new(&server.board());
    drag(&mut state, deal_id(1), place(1, 1));
    assert_eq!(ids(&state, 1), [3, 1, 4]);
    assert!(state.is_pending(deal_id(1)));
    assert_eq!(state.totals(stage_id(0)).count, 1);
    assert_eq!(state.totals(stage_id(1)).count, 3);
    settle(&mut state, &mut server);
    assert_eq!(ids(&state, 1), [3, 1, 4]);
    assert!(!state.is_pending(deal_id(1)));
    assert_eq!(state.totals(stage_id(1)).count, 3);
}

#[test]
fn a_failed_move_in_the_middle_of_three_leaves_the_other_two() {
    let server = Server::new(&[0, 0, 0, 1]);
    let mut state = BoardState::new(&server.board());
    for number in 1..=3 {
        drag(&mut state, deal_id(number), place(1, 0));
    }
    assert_eq!(ids(&state, 1), [3, 2, 1, 4]);
    state.apply(BoardAction::MoveFailed {
        op: OpId(2),
        current: None,
    });
    assert_eq!(ids(&state, 1), [3, 1, 4]);
    assert_eq!(ids(&state, 0), [2]);
}

#[test]
fn a_move_after_a_card_on_its_way_waits_for_it() {
    let mut server = Server::new(&[0, 0, 1]);
    let mut state = BoardState::new(&server.board());
    drag(&mut state, deal_id(1), place(1, 1));
    drag(&mut state, deal_id(2), place(1, 2));
    let ready = state.ready();
    assert_eq!(ready.len(), 1);
    assert_eq!(ready[0].deal, deal_id(1));
    settle(&mut state, &mut server);
    assert_eq!(ids(&state, 1), [3, 1, 2]);
    assert_eq!(
        server
            .column(1)
            .iter()
            .map(|deal| deal.id)
            .collect::<Vec<_>>(),
        shown(&state)[1]
    );
}

#[test]
fn a_second_move_of_a_card_is_pinned_to_the_version_of_the_first() {
    let mut server = Server::new(&[0, 1, 2]);
    let mut state = BoardState::new(&server.board());
    drag(&mut state, deal_id(1), place(1, 0));
    drag(&mut state, deal_id(1), place(2, 0));
    settle(&mut state, &mut server);
    assert_eq!(ids(&state, 2), [1, 3]);
    assert_eq!(server.deals[&deal_id(1)].version, 3);
    assert!(state.pending().is_empty());
}

#[test]
fn the_loser_of_two_movers_sees_where_the_card_went() {
    let mut server = Server::new(&[0, 1]);
    let mut state = BoardState::new(&server.board());
    let mut other = BoardState::new(&server.board());
    drag(&mut state, deal_id(1), place(1, 0));
    drag(&mut other, deal_id(1), place(2, 0));
    settle(&mut other, &mut server);
    settle(&mut state, &mut server);
    assert_eq!(ids(&state, 2), [1]);
    assert_eq!(shown(&state), shown(&other));
    assert_eq!(figures(&state), figures(&other));
}

#[test]
fn a_card_in_the_air_keeps_the_version_it_was_drawn_with() {
    let mut server = Server::new(&[0, 1]);
    let mut state = BoardState::new(&server.board());
    let mut other = BoardState::new(&server.board());
    state.apply(BoardAction::Lifted {
        deal: deal_id(1),
        input: Input::Touch,
    });
    drag(&mut other, deal_id(1), place(1, 0));
    settle(&mut other, &mut server);
    let before = shown(&state);
    state.apply(event(&server.events[0]));
    assert_eq!(
        shown(&state),
        before,
        "the columns hold still under the card"
    );
    assert!(state.drag().is_some());
    state.apply(BoardAction::MovedOver(Some(place(2, 0))));
    state.apply(BoardAction::Dropped(at(1)));
    settle(&mut state, &mut server);
    assert_eq!(ids(&state, 1), [1, 2], "the first move won");
}

#[test]
fn a_lost_stage_asks_for_the_reason_before_anything_is_sent() {
    let server = Server::new(&[0, 0]);
    let mut state = BoardState::new(&server.board());
    let before = state.clone();
    state.apply(BoardAction::Lifted {
        deal: deal_id(1),
        input: Input::Menu,
    });
    state.apply(BoardAction::MovedOver(Some(place(3, 0))));
    state.apply(BoardAction::Dropped(at(0)));
    assert!(state.asking().is_some());
    assert_eq!(ids(&state, 3), [1]);
    assert!(state.ready().is_empty());
    state.apply(BoardAction::ReasonDeclined);
    assert_eq!(state, before);
}

#[test]
fn undo_brings_the_card_to_its_exact_place_and_refuses_after_somebody_elses_move() {
    let mut server = Server::new(&[0, 0, 0, 1]);
    let mut state = BoardState::new(&server.board());
    drag(&mut state, deal_id(2), place(1, 0));
    settle(&mut state, &mut server);
    let op = state.done()[0].op;
    assert!(state.can_undo(op));
    let mut stranger = BoardState::new(&server.board());
    state.apply(BoardAction::Undone(op, at(9)));
    settle(&mut state, &mut server);
    assert_eq!(ids(&state, 0), [1, 2, 3]);
    assert!(!state.can_undo(op), "an undo is not undone");

    drag(&mut state, deal_id(2), place(1, 1));
    settle(&mut state, &mut server);
    let op = state.done()[0].op;
    stranger.apply(BoardAction::Loaded(Rc::new(server.board())));
    drag(&mut stranger, deal_id(2), place(2, 0));
    settle(&mut stranger, &mut server);
    state.apply(event(server.events.last().unwrap()));
    assert!(!state.can_undo(op));
}

#[test]
fn a_neighbour_that_left_is_replaced_by_the_next_one_above() {
    let mut server = Server::new(&[0, 1, 1, 1]);
    let mut state = BoardState::new(&server.board());
    let mut other = BoardState::new(&server.board());
    drag(&mut state, deal_id(1), place(1, 2));
    drag(&mut other, deal_id(3), place(2, 0));
    settle(&mut other, &mut server);
    settle(&mut state, &mut server);
    assert_eq!(
        server
            .column(1)
            .iter()
            .map(|deal| deal.id.0.as_u128())
            .collect::<Vec<_>>(),
        [2, 1, 4]
    );
    for happened in &server.events {
        state.apply(event(happened));
    }
    assert_eq!(ids(&state, 1), [2, 1, 4]);
}

#[test]
fn cards_past_the_loaded_part_stay_hidden_until_the_page_comes() {
    let server = Server::new(&[0, 0, 0, 0]);
    let mut first = server.board();
    let rest = first.columns[0].cards.split_off(2);
    first.columns[0].next_cursor = Some("c".into());
    let mut state = BoardState::new(&first);
    assert_eq!(ids(&state, 0), [1, 2]);
    assert_eq!(state.more(stage_id(0)), Some("c"));
    state.apply(BoardAction::CardsAsked(stage_id(0).into()));
    assert_eq!(state.more(stage_id(0)), None);
    state.apply(BoardAction::DealSeen(Box::new(rest[1].clone())));
    assert_eq!(
        ids(&state, 0),
        [1, 2],
        "what comes after the gap is not shown before it is closed"
    );
    let page = Page {
        items: rest,
        next_cursor: None,
        next: None,
        total: None,
    };
    state.apply(BoardAction::CardsLoaded {
        lane: stage_id(0).into(),
        cursor: "old".into(),
        page: page.clone(),
    });
    assert_eq!(ids(&state, 0), [1, 2]);
    state.apply(BoardAction::CardsLoaded {
        lane: stage_id(0).into(),
        cursor: "c".into(),
        page,
    });
    assert_eq!(ids(&state, 0), [1, 2, 3, 4]);
    assert!(!state.has_more(stage_id(0)));
}

#[test]
fn a_card_dropped_at_the_end_of_the_loaded_part_stays_in_view() {
    let mut server = Server::new(&[0, 0, 0, 1]);
    let mut first = server.board();
    first.columns[0].cards.truncate(2);
    first.columns[0].next_cursor = Some("c".into());
    let mut state = BoardState::new(&first);
    drag(&mut state, deal_id(4), place(0, 2));
    settle(&mut state, &mut server);
    assert_eq!(ids(&state, 0), [1, 2, 4]);
}

#[test]
fn figures_asked_for_before_a_change_do_not_undo_it() {
    let mut server = Server::new(&[0, 1]);
    let mut state = BoardState::new(&server.board());
    let asked = state.epoch;
    let stale = shared::funnel::BoardTotals {
        groups: None,
        columns: server
            .board()
            .columns
            .into_iter()
            .map(|column| shared::funnel::StageTotals {
                stage_id: column.stage_id,
                totals: column.totals,
            })
            .collect(),
    };
    drag(&mut state, deal_id(1), place(1, 0));
    settle(&mut state, &mut server);
    state.apply(BoardAction::TotalsLoaded {
        epoch: asked,
        totals: stale,
    });
    assert_eq!(state.totals(stage_id(1)).count, 2);
}

#[test]
fn an_archived_card_goes_and_an_older_event_does_not_bring_it_back() {
    let mut server = Server::new(&[0, 0]);
    let mut state = BoardState::new(&server.board());
    let mut other = BoardState::new(&server.board());
    drag(&mut other, deal_id(1), place(1, 0));
    settle(&mut other, &mut server);
    state.apply(BoardAction::DealGone {
        deal: deal_id(1),
        version: Some(3),
    });
    state.apply(event(&server.events[0]));
    assert_eq!(shown(&state)[1], []);
    assert!(state.wanted.is_empty());
    assert_eq!(state.totals(stage_id(0)).count, 1);
}

#[derive(Debug, Clone)]
enum Step {
    Drag {
        card: usize,
        stage: usize,
        index: usize,
    },
    LiftAndCancel {
        card: usize,
        stage: usize,
    },
    Decline {
        card: usize,
    },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0usize..12, 0usize..4, 0usize..6).prop_map(|(card, stage, index)| Step::Drag { card, stage, index }),
        1 => (0usize..12, 0usize..4).prop_map(|(card, stage)| Step::LiftAndCancel { card, stage }),
        1 => (0usize..12).prop_map(|card| Step::Decline { card }),
    ]
}

fn take(state: &mut BoardState, step: &Step) {
    match *step {
        Step::Drag { card, stage, index } => {
            let index = index.min(state.cards(stage_id(stage)).len());
            drag(state, deal_id(card as u128 + 1), place(stage, index));
        }
        Step::LiftAndCancel { card, stage } => {
            state.apply(BoardAction::Lifted {
                deal: deal_id(card as u128 + 1),
                input: Input::Keyboard,
            });
            state.apply(BoardAction::MovedOver(Some(place(stage, 0))));
            state.apply(BoardAction::Cancelled);
        }
        Step::Decline { card } => {
            state.apply(BoardAction::Lifted {
                deal: deal_id(card as u128 + 1),
                input: Input::Pen,
            });
            state.apply(BoardAction::MovedOver(Some(place(3, 0))));
            state.apply(BoardAction::Dropped(at(0)));
            state.apply(BoardAction::ReasonDeclined);
        }
    }
}

fn stages() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0usize..4, 12)
}

proptest! {
    #[test]
    fn steps_that_all_fail_end_where_they_began(
        stages in stages(),
        steps in prop::collection::vec(step(), 0..20),
        order in any::<prop::sample::Index>(),
    ) {
        let server = Server::new(&stages);
        let mut state = BoardState::new(&server.board());
        let before = (shown(&state), figures(&state));
        for step in &steps {
            take(&mut state, step);
        }
        while !state.pending().is_empty() {
            let op = state.pending()[order.index(state.pending().len())].op;
            state.apply(BoardAction::MoveFailed { op, current: None });
        }
        prop_assert_eq!((shown(&state), figures(&state)), before);
    }

    #[test]
    fn what_shows_before_the_answers_is_what_shows_after_them(
        stages in stages(),
        steps in prop::collection::vec(step(), 0..12),
    ) {
        let mut server = Server::new(&stages);
        let mut state = BoardState::new(&server.board());
        for step in &steps {
            take(&mut state, step);
        }
        let dropped = (shown(&state), figures(&state));
        settle(&mut state, &mut server);
        prop_assert!(state.pending().is_empty());
        prop_assert_eq!((shown(&state), figures(&state)), dropped);
        let columns: Vec<Vec<DealId>> =
            (0..4).map(|stage| server.column(stage).iter().map(|deal| deal.id).collect()).collect();
        prop_assert_eq!(shown(&state), columns);
    }

    #[test]
    fn moves_undone_in_turn_end_where_they_began(
        stages in prop::collection::vec(0usize..3, 12),
        steps in prop::collection::vec((0usize..12, 0usize..3, 0usize..6), 0..12),
    ) {
        let mut server = Server::new(&stages);
        let mut state = BoardState::new(&server.board());
        let before = (shown(&state), figures(&state));
        for (card, stage, index) in steps {
            take(&mut state, &Step::Drag { card, stage, index });
            settle(&mut state, &mut server);
        }
        while let Some(done) = state.done().last().cloned() {
            prop_assert!(state.can_undo(done.op));
            state.apply(BoardAction::Undone(done.op, at(0)));
            settle(&mut state, &mut server);
        }
        prop_assert_eq!((shown(&state), figures(&state)), before);
    }

    #[test]
    fn replicas_fed_the_same_events_in_any_order_end_equal(
        stages in stages(),
        steps in prop::collection::vec(step(), 1..16),
        swaps in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..30),
        repeats in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let mut server = Server::new(&stages);
        let first = server.board();
        let mut mover = BoardState::new(&first);
        for step in &steps {
            take(&mut mover, step);
            settle(&mut mover, &mut server);
        }
        let mut jumbled = server.events.clone();
        if !jumbled.is_empty() {
            for (a, b) in swaps {
                let (a, b) = (a.index(jumbled.len()), b.index(jumbled.len()));
                jumbled.swap(a, b);
            }
            for index in repeats {
                jumbled.push(jumbled[index.index(jumbled.len())].clone());
            }
        }
        let mut in_order = BoardState::new(&first);
        let mut any_order = BoardState::new(&first);
        server.events.iter().for_each(|happened| in_order.apply(event(happened)));
        jumbled.iter().for_each(|happened| any_order.apply(event(happened)));
        // The mover hears its own moves as well.
        jumbled.iter().for_each(|happened| mover.apply(event(happened)));
        prop_assert_eq!(shown(&in_order), shown(&any_order));
        prop_assert_eq!(figures(&in_order), figures(&any_order));
        prop_assert_eq!(shown(&in_order), shown(&mover));
        prop_assert_eq!(figures(&in_order), figures(&mover));
        let columns: Vec<Vec<DealId>> =
            (0..4).map(|stage| server.column(stage).iter().map(|deal| deal.id).collect()).collect();
        prop_assert_eq!(shown(&in_order), columns);
    }

    #[test]
    fn answers_and_echoes_may_cross(
        stages in stages(),
        steps in prop::collection::vec(step(), 1..10),
        echoes_first in prop::collection::vec(any::<bool>(), 40),
    ) {
        let mut server = Server::new(&stages);
        let mut state = BoardState::new(&server.board());
        for step in &steps {
            take(&mut state, step);
        }
        let dropped = shown(&state);
        for echo_first in echoes_first {
            let Some(asked) = state.ready().into_iter().next() else { break };
            state.apply(BoardAction::Sent(asked.op));
            match server.run(&asked) {
                Ok(deal) => {
                    let echo = event(server.events.last().unwrap());
                    let answer = BoardAction::MoveConfirmed { op: asked.op, deal: Box::new(deal) };
                    let both = if echo_first { [echo, answer] } else { [answer, echo] };
                    for action in both {
                        state.apply(action);
                        prop_assert_eq!(&shown(&state), &dropped, "no card jumps in between");
                    }
                }
                Err(_) => prop_assert!(false, "nobody else moves"),
            }
        }
    }
}
