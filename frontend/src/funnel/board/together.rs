//! Actions on many deals as the server answers them: sent in lists it takes, each deal with its result.

use super::action::BoardAction;
use super::edits::PendingEdit;
use super::moves::{BulkId, Done, Input, OpId, Origin, PendingMove, placed};
use super::state::BoardState;
use crate::accounts::form::Form;
use crate::api::{Api, ApiError};
use crate::funnel::deal::edit::Edit;
use crate::i18n::{Lang, t};
use chrono::{DateTime, Utc};
use shared::error::ErrorCode;
use shared::funnel::{BulkAction, BulkDeals, Deal, DealPatch, MAX_BULK, SeenDeal};
use shared::id::DealId;
use std::rc::Rc;
use std::time::Duration;

/// Pauses before a list without an answer is sent again with the same key, in milliseconds.
const RETRIES: [u32; 2] = [800, 2_500];

/// What became of an action on many deals.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// Those that were done, as they are now, in the order they were sent.
    pub done: Vec<Deal>,
    /// Those that were not, and why.
    pub refused: Vec<Refused>,
}

/// A deal that was refused.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    /// The deal as it was shown.
    pub deal: Rc<Deal>,
    /// Why, in words.
    pub why: String,
    /// The deal as it is now, where the server said.
    pub current: Option<Deal>,
    /// Whether it is out of view or gone.
    pub is_gone: bool,
}

/// Sends an action for the cards, in lists of as many as one request takes.
pub async fn send(api: &Api, lang: Lang, action: &BulkAction, cards: &[Seen]) -> Outcome {
    let mut outcome = Outcome::default();
    // Each list comes to the top of a stage, so the last goes first.
    for list in cards.chunks(MAX_BULK).rev() {
        let (mut done, mut refused) = send_list(api, lang, action, list).await;
        done.append(&mut outcome.done);
        refused.append(&mut outcome.refused);
        outcome = Outcome { done, refused };
    }
    outcome
}

/// A card with the version it is pinned to.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// The card.
    pub deal: Rc<Deal>,
    /// The version the server last confirmed.
    pub version: i32,
}

async fn send_list(
    api: &Api,
    lang: Lang,
    action: &BulkAction,
    list: &[Seen],
) -> (Vec<Deal>, Vec<Refused>) {
    let seen = |card: &Seen| SeenDeal {
        id: card.deal.id,
        version: card.version,
    };
    let body = BulkDeals {
        action: action.clone(),
        deals: list.iter().map(seen).collect(),
    };
    let key = uuid::Uuid::now_v7().to_string();
    let mut pauses = RETRIES.into_iter();
    let answer = loop {
        match api.bulk_deals(&body, &key).await {
            // No answer is no refusal: the same key goes on where it broke off.
            Err(ApiError::Offline) => match pauses.next() {
                Some(millis) => {
                    yew::platform::time::sleep(Duration::from_millis(u64::from(millis))).await
                }
                None => break Err(ApiError::Offline),
            },
            answer => break answer,
        }
    };
    let mut parts = (Vec::new(), Vec::new());
    let results = match answer {
        Ok(answer) => answer.results,
        Err(error) => {
            let refused = |card: &Seen| Refused {
                deal: Rc::clone(&card.deal),
                why: error.message(lang),
                current: None,
                is_gone: false,
            };
            parts.1.extend(list.iter().map(refused));
            return parts;
        }
    };
    for (card, result) in list.iter().zip(results) {
        match (result.deal, result.problem) {
            (Some(deal), _) => parts.0.push(deal),
            (None, problem) => {
                let code = problem.as_ref().map(|problem| problem.code);
                let error = problem.map_or(ApiError::Unreadable, |problem| {
                    ApiError::Problem(Box::new(problem))
                });
                parts.1.push(Refused {
                    deal: Rc::clone(&card.deal),
                    why: error.message(lang),
                    current: error.current(),
                    is_gone: code == Some(ErrorCode::NotFound),
                });
            }
        }
    }
    parts
}

/// What the toast says.
#[must_use]
pub fn summary(lang: Lang, outcome: &Outcome) -> String {
    let (done, refused) = (outcome.done.len(), outcome.refused.len());
    let locale = lang.tag();
    match (done, refused) {
        (_, 0) => t!("board.bulk_done", locale = locale, n = done),
        (0, _) => t!("board.bulk_refused", locale = locale, n = refused),
        _ => t!("board.bulk_mixed", locale = locale, n = done, m = refused),
    }
    .into_owned()
}

impl BoardState {
    /// A card with the version of what the server last confirmed of it.
    #[must_use]
    pub fn seen(&self, deal: &Rc<Deal>) -> Seen {
        let version = self.confirmed(deal.id).map(|known| known.version);
        Seen {
            deal: Rc::clone(deal),
            version: version.unwrap_or(deal.version),
        }
    }

    /// Where cards are before they move together, in their order: what undo needs.
    #[must_use]
    pub fn origins(&self, cards: &[Rc<Deal>]) -> Vec<(DealId, Origin)> {
        let origin = |deal: &Rc<Deal>| {
            self.place_of(deal.id)?;
            Some((deal.id, Origin::of(deal, self.above(deal))))
        };
        cards.iter().filter_map(origin).collect()
    }

    /// Lays an action on many cards over what is confirmed, until its answer settles it.
    pub(super) fn begin_together(
        &mut self,
        bulk: BulkId,
        (action, owner): (&BulkAction, Option<Rc<str>>),
        cards: &[Rc<Deal>],
        at: DateTime<Utc>,
    ) {
        let mut trail: Vec<DealId> = Vec::new();
        for card in cards {
            if self.place_of(card.id).is_none() {
                continue;
            }
            let version = self.seen(card).version;
            if let Some(to) = &action.to {
                let above = self.above(card);
                self.push(PendingMove {
                    op: OpId::default(),
                    input: Input::Bulk,
                    card: Rc::new(placed(card, to.to_stage_id, at)),
                    origin: Origin::of(card, above),
                    version,
                    trail: trail.iter().rev().copied().collect(),
                    loss_reason: to.loss_reason,
                    loss_note: to.loss_note.clone(),
                    override_reason: None,
                    restores: None,
                    sent_after: Some(None),
                    bulk: Some(bulk),
                });
                trail.push(card.id);
            }
            let step = action.next_step.as_ref();
            let patch = DealPatch {
                owner_id: action.assign.as_ref().map(|assign| Some(assign.owner_id)),
                next_step: step.and_then(|step| step.next_step.clone()),
                next_step_on: step.and_then(|step| step.next_step_on),
                ..DealPatch::default()
            };
            if patch != DealPatch::default() {
                let op = self.name_op();
                self.edits.push(PendingEdit {
                    op,
                    deal: card.id,
                    edit: Edit {
                        fields: Vec::new(),
                        form: Form::default(),
                        patch,
                    },
                    is_sent: true,
                    bulk: Some(bulk),
                    owner_name: owner.clone(),
                    regroup: None,
                });
            }
        }
    }

    /// Takes over deals that were changed together; those with an origin were moved and can be put back
    /// together.
    pub(super) fn settle(
        &mut self,
        bulk: Option<BulkId>,
        deals: Vec<Deal>,
        origins: Vec<(DealId, Origin)>,
    ) {
        if bulk.is_some() {
            self.pending.retain(|pending| pending.bulk != bulk);
            self.edits.retain(|pending| pending.bulk != bulk);
        }
        let group = OpId(self.next_op);
        for deal in deals {
            let origin = origins.iter().find(|(id, _)| *id == deal.id);
            if let Some((_, origin)) = origin {
                self.done.push(Done {
                    op: OpId(self.next_op),
                    group,
                    deal: deal.id,
                    origin: origin.clone(),
                    stage: deal.stage_id,
                    rank: deal.rank.clone(),
                });
                self.next_op += 1;
            }
            self.reach(&deal);
            self.pin(deal.id, deal.version);
            self.see(deal);
        }
        self.forget();
    }

    /// The moves that are put back with this one, in the order their cards were in.
    #[must_use]
    pub fn together(&self, op: OpId) -> Vec<OpId> {
        if self.regrouped.iter().any(|regrouped| regrouped.op == op) {
            return vec![op];
        }
        let group = self.done.iter().find(|done| done.op == op);
        let Some(group) = group.map(|done| done.group) else {
            return Vec::new();
        };
        let together = self.done.iter().filter(|done| done.group == group);
        together.map(|done| done.op).collect()
    }

    /// The move that brought a deal where this state of it is, while it can be undone.
    #[must_use]
    pub fn move_of(&self, deal: &Deal) -> Option<OpId> {
        let is_it = |done: &&Done| {
            done.deal == deal.id && done.stage == deal.stage_id && done.rank == deal.rank
        };
        self.done.iter().rev().find(is_it).map(|done| done.op)
    }
}

impl Outcome {
    /// What the board learns from it.
    #[must_use]
    pub fn actions(
        &self,
        bulk: Option<BulkId>,
        origins: Vec<(DealId, Origin)>,
    ) -> Vec<BoardAction> {
        let mut deals = self.done.clone();
        let current = self.refused.iter().filter_map(|it| it.current.clone());
        deals.extend(current);
        let moved = |id: &DealId| self.done.iter().any(|deal| deal.id == *id);
        let origins = origins.into_iter().filter(|(id, _)| moved(id)).collect();
        let gone = self.refused.iter().filter(|it| it.is_gone);
        let gone = gone.map(|it| BoardAction::DealGone {
            deal: it.deal.id,
            version: None,
        });
        let settled = BoardAction::Settled {
            bulk,
            deals,
            origins,
        };
        std::iter::once(settled).chain(gone).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, board, deal, deal_id, stage_id};
    use super::super::moves::{Input, Place};
    use super::*;

    fn drag(state: &mut BoardState, card: u128, to: Place) {
        state.apply(BoardAction::Lifted {
            deal: deal_id(card),
            input: Input::Mouse,
        });
        state.apply(BoardAction::MovedOver(Some(to)));
        state.apply(BoardAction::Dropped(at(0)));
    }

    /// Cards 1 and 2 of three are moved together to the top of the next stage.
    fn moved() -> (BoardState, Deal) {
        let mut state = BoardState::new(&board(&[
            deal(1, 0, "b"),
            deal(2, 0, "d"),
            deal(3, 0, "f"),
            deal(4, 1, "x"),
        ]));
        let cards: Vec<Rc<Deal>> = state.cards(stage_id(0)).iter().take(2).cloned().collect();
        let now = |number, rank: &str| Deal {
            version: 2,
            ..deal(number, 1, rank)
        };
        let outcome = Outcome {
            done: vec![now(1, "l"), now(2, "m")],
            refused: Vec::new(),
        };
        for action in outcome.actions(None, state.origins(&cards)) {
            state.apply(action);
        }
        (state, now(1, "l"))
    }

    fn order(state: &BoardState, stage: usize) -> Vec<DealId> {
        let cards = state.cards(stage_id(stage));
        cards.iter().map(|card| card.id).collect()
    }

    #[test]
    fn cards_that_moved_together_are_put_back_together_where_they_were() {
        let (mut state, first) = moved();
        assert_eq!(order(&state, 1), [1, 2, 4].map(deal_id));
        let together = state.together(state.move_of(&first).unwrap());
        assert_eq!(together.len(), 2);
        for op in together {
            state.apply(BoardAction::Undone(op, at(1)));
        }
        assert_eq!(order(&state, 0), [1, 2, 3].map(deal_id));
        // The second goes out once the first is back, right behind it.
        let ready = state.ready();
        assert_eq!(ready.len(), 1);
        assert_eq!(
            (ready[0].deal, ready[0].version, ready[0].body.after_deal_id),
            (deal_id(1), 2, None)
        );
        assert_eq!(ready[0].body.to_stage_id, stage_id(0));
    }

    #[test]
    fn a_card_that_was_moved_on_stays_where_it_is() {
        let (mut state, first) = moved();
        let op = state.move_of(&first).unwrap();
        let top = Place {
            lane: stage_id(0).into(),
            index: 0,
        };
        drag(&mut state, 1, top);
        let together = state.together(op);
        let may: Vec<bool> = together.iter().map(|op| state.can_undo(*op)).collect();
        assert_eq!(may, [false, true]);
    }

    #[test]
    fn a_refused_card_shows_as_the_server_says_it_is_and_one_that_is_gone_goes() {
        let mut state = BoardState::new(&board(&[deal(1, 0, "b"), deal(2, 0, "d")]));
        let refused = |number, current: Option<Deal>| Refused {
            deal: Rc::new(deal(number, 0, "b")),
            why: String::new(),
            is_gone: current.is_none(),
            current,
        };
        let elsewhere = Deal {
            version: 3,
            ..deal(1, 1, "b")
        };
        let outcome = Outcome {
            done: Vec::new(),
            refused: vec![refused(1, Some(elsewhere)), refused(2, None)],
        };
        let cards = state.cards(stage_id(0));
        for action in outcome.actions(None, state.origins(&cards)) {
            state.apply(action);
        }
        assert_eq!(
            (order(&state, 0), order(&state, 1)),
            (vec![], vec![deal_id(1)])
        );
        assert!(state.done().is_empty(), "what was refused is not undone");
    }

    fn refused(deal: &Rc<Deal>) -> Refused {
        Refused {
            deal: Rc::clone(deal),
            why: String::new(),
            current: None,
            is_gone: false,
        }
    }

    /// All cards of the first stage, moved to the next, with an answer still to come.
    fn under_way() -> (BoardState, Rc<Vec<Rc<Deal>>>) {
        let mut state = BoardState::new(&board(&[
            deal(1, 0, "b"),
            deal(2, 0, "d"),
            deal(3, 0, "f"),
            deal(4, 1, "x"),
        ]));
        let cards = state.cards(stage_id(0));
        state.apply(BoardAction::Together {
            bulk: 7,
            action: Box::new(super::super::bulk_ask::moving(stage_id(1))),
            owner: None,
            cards: Rc::clone(&cards),
            at: at(0),
        });
        (state, cards)
    }

    #[test]
    fn cards_show_where_they_are_moved_to_before_the_answer() {
        let (state, _) = under_way();
        assert_eq!(order(&state, 1), [1, 2, 3, 4].map(deal_id));
        assert!(order(&state, 0).is_empty());
        assert_eq!(state.totals(stage_id(1)).count, 4);
        assert_eq!(state.totals(stage_id(0)).count, 0);
        assert!(state.ready().is_empty(), "they went out together");
    }

    #[test]
    fn exactly_the_refused_cards_go_back() {
        let (mut state, cards) = under_way();
        let done = |number, rank: &str| Deal {
            version: 2,
            ..deal(number, 1, rank)
        };
        let outcome = Outcome {
            done: vec![done(1, "l"), done(3, "m")],
            refused: vec![refused(&cards[1])],
        };
        for action in outcome.actions(Some(7), state.origins(&cards)) {
            state.apply(action);
        }
        assert_eq!(order(&state, 0), [deal_id(2)]);
        assert_eq!(order(&state, 1), [1, 3, 4].map(deal_id));
        assert_eq!(state.totals(stage_id(0)).count, 1);
        assert_eq!(state.totals(stage_id(1)).count, 3);
        assert!(state.pending().is_empty());
    }

    #[test]
    fn what_is_done_to_a_card_meanwhile_waits_for_its_new_version() {
        let (mut state, _) = under_way();
        let top = Place {
            lane: stage_id(2).into(),
            index: 0,
        };
        drag(&mut state, 1, top);
        assert!(state.ready().is_empty());
        let deals = vec![Deal {
            version: 2,
            ..deal(1, 1, "l")
        }];
        state.apply(BoardAction::Settled {
            bulk: Some(7),
            deals,
            origins: Vec::new(),
        });
        let ready = state.ready();
        assert_eq!((ready.len(), ready[0].version), (1, 2));
    }

    #[test]
    fn a_step_for_many_shows_at_once_and_goes_with_a_refusal() {
        let (mut state, _) = under_way();
        let cards = Rc::new(vec![state.card(deal_id(4)).unwrap()]);
        let step = shared::funnel::BulkNextStep {
            next_step: Some(Some("Call".into())),
            next_step_on: None,
        };
        let action = BulkAction {
            next_step: Some(step),
            ..BulkAction::default()
        };
        state.apply(BoardAction::Together {
            bulk: 8,
            action: Box::new(action),
            owner: None,
            cards: Rc::clone(&cards),
            at: at(1),
        });
        let step = |state: &BoardState| state.card(deal_id(4)).unwrap().next_step.clone();
        assert_eq!(step(&state).as_deref(), Some("Call"));
        let outcome = Outcome {
            done: Vec::new(),
            refused: vec![refused(&cards[0])],
        };
        for action in outcome.actions(Some(8), Vec::new()) {
            state.apply(action);
        }
        assert_eq!(step(&state), None);
        assert_eq!(
            order(&state, 1),
            [1, 2, 3, 4].map(deal_id),
            "the other action stays"
        );
    }

    #[test]
    fn who_is_given_cards_is_named_at_once_though_nobody_else_on_the_board_is() {
        let (mut state, cards) = under_way();
        let owner_id = shared::id::UserId(uuid::Uuid::from_u128(99));
        let action = BulkAction {
            assign: Some(shared::funnel::BulkAssign { owner_id }),
            ..BulkAction::default()
        };
        state.apply(BoardAction::Together {
            bulk: 9,
            action: Box::new(action),
            owner: Some("Gu Yan".into()),
            cards,
            at: at(1),
        });
        let card = state.card(deal_id(2)).unwrap();
        assert_eq!(card.owner_id, Some(owner_id));
        assert_eq!(card.owner_name.as_deref(), Some("Gu Yan"));
        assert_eq!(
            state.card(deal_id(4)).unwrap().owner_name,
            deal(4, 1, "x").owner_name
        );
    }
}
