//! Changes of a deal's fields, laid over what the server has confirmed until it answers. Taking one off
//! leaves the others, and the moves.

use super::further;
use super::moves::{BulkId, OpId, PendingMove};
use super::regroup::Regroup;
use super::state::BoardState;
use super::totals;
use crate::funnel::deal::edit::Edit;
use shared::funnel::{Deal, DealPatch};
use shared::id::{DealId, UserId};
use std::rc::Rc;

/// A change of one deal that the server has not answered yet.
#[derive(Debug, Clone, PartialEq)]
pub struct PendingEdit {
    /// Its name.
    pub op: OpId,
    /// The deal.
    pub deal: DealId,
    /// What was typed, and the change it makes.
    pub edit: Edit,
    /// Whether it went out.
    pub is_sent: bool,
    /// The action on many it is a part of.
    pub bulk: Option<BulkId>,
    /// What the owner is called whom it gives the deal to.
    pub owner_name: Option<Rc<str>>,
    /// The groups, where the card was carried from one to another.
    pub regroup: Option<Regroup>,
}

/// What goes over the wire for one change.
#[derive(Debug, Clone, PartialEq)]
pub struct OutgoingEdit {
    /// The change it belongs to.
    pub op: OpId,
    /// The deal as the server last confirmed it.
    pub deal: Rc<Deal>,
    /// The change.
    pub edit: Edit,
    /// The groups, where the card was carried from one to another.
    pub regroup: Option<Regroup>,
}

/// A deal with the changed values that a card shows.
pub(super) fn patched(deal: &Deal, patch: &DealPatch) -> Deal {
    let mut deal = deal.clone();
    if let Some(amount) = patch.amount {
        deal.amount = amount;
    }
    if let Some(day) = patch.expected_close_on {
        deal.expected_close_on = day;
    }
    if let Some(step) = &patch.next_step {
        deal.next_step.clone_from(step);
    }
    if let Some(day) = patch.next_step_on {
        deal.next_step_on = day;
    }
    deal
}

impl BoardState {
    /// The changes on their way, oldest first.
    #[must_use]
    pub fn edits(&self) -> &[PendingEdit] {
        &self.edits
    }

    /// The changes that may go out now. What is done to one deal goes in order, whether move or change.
    #[must_use]
    pub fn ready_edits(&self) -> Vec<OutgoingEdit> {
        let ready = self.edits.iter().filter_map(|pending| {
            let is_before = |deal, op| deal == pending.deal && op < pending.op;
            let is_blocked = pending.is_sent
                || self
                    .edits
                    .iter()
                    .any(|other| is_before(other.deal, other.op))
                || self
                    .pending
                    .iter()
                    .any(|other| is_before(other.deal(), other.op));
            let known = self.deals.get(&pending.deal).filter(|_| !is_blocked)?;
            let mut deal = Rc::clone(known);
            if let Some(regroup) = &pending.regroup {
                Rc::make_mut(&mut deal).version = regroup.version;
            }
            Some(OutgoingEdit {
                op: pending.op,
                deal,
                edit: pending.edit.clone(),
                regroup: pending.regroup.clone(),
            })
        });
        ready.collect()
    }

    /// Whether a change of that deal, made before, has to be answered first.
    pub(super) fn is_edited_before(&self, pending: &PendingMove) -> bool {
        let mut edits = self.edits.iter();
        edits.any(|edit| edit.deal == pending.deal() && edit.op < pending.op)
    }

    pub(super) fn edit(&mut self, deal: DealId, edit: Edit) {
        if !self.deals.contains_key(&deal) {
            return;
        }
        let op = self.name_op();
        self.edits.push(PendingEdit {
            op,
            deal,
            edit,
            is_sent: false,
            bulk: None,
            owner_name: None,
            regroup: None,
        });
    }

    pub(super) fn mark_edit_sent(&mut self, op: OpId) {
        if let Some(pending) = self.edits.iter_mut().find(|pending| pending.op == op) {
            pending.is_sent = true;
        }
    }

    /// The server did it: moves of the deal that wait are pinned to the version it has now.
    pub(super) fn confirm_edit(&mut self, op: OpId, deal: Deal) {
        let at = self.edits.iter().position(|pending| pending.op == op);
        let done = at.map(|at| self.edits.remove(at));
        if let Some(done) = done.filter(|done| done.regroup.is_some()) {
            // The card was let go where the person sees it, also past the loaded part.
            self.reach(&deal);
            further::regrouped(self, done);
        }
        self.pin(deal.id, deal.version);
        self.see(deal);
    }

    /// Pins what waits to be done to a deal to the version that its own change gave it.
    pub(super) fn pin(&mut self, id: DealId, version: i32) {
        let waiting = self.pending.iter_mut().chain(&mut self.asking);
        for pending in waiting.filter(|pending| pending.deal() == id) {
            pending.version = pending.version.max(version);
        }
        if let Some(drag) = self.drag.as_mut().filter(|drag| drag.deal.id == id) {
            drag.version = drag.version.max(version);
        }
        let carried = self.edits.iter_mut().filter(|edit| edit.deal == id);
        for regroup in carried.filter_map(|edit| edit.regroup.as_mut()) {
            regroup.version = regroup.version.max(version);
        }
    }

    /// The server did not do it; this change is taken back and no other.
    pub(super) fn fail_edit(&mut self, op: OpId, current: Option<Deal>) {
        self.edits.retain(|pending| pending.op != op);
        if let Some(current) = current {
            self.see(current);
        }
    }

    /// The card of a move as it shows: what is confirmed of the deal, in its new stage.
    pub(super) fn as_moved(&self, pending: &PendingMove) -> Rc<Deal> {
        let Some(known) = self.deals.get(&pending.deal()) else {
            return Rc::clone(&pending.card);
        };
        let mut card = (**known).clone();
        card.stage_id = pending.card.stage_id;
        card.stage_entered_at = pending.card.stage_entered_at;
        if card.stage_id != known.stage_id {
            let to = self.stage(card.stage_id);
            let weight = to.and_then(|to| totals::weight(known, to, card.stage_entered_at));
            let weight = weight.unwrap_or_default();
            card.evidence_probability = weight.probability;
            card.is_low_investment = weight.is_low_investment;
        }
        Rc::new(card)
    }

    /// A deal with everything on its way laid over it.
    pub(super) fn overlaid(&self, deal: &Rc<Deal>) -> Rc<Deal> {
        let mut moves = self.pending.iter().rev();
        let moved = moves.find(|pending| pending.deal() == deal.id);
        let card = moved.map_or_else(|| Rc::clone(deal), |pending| self.as_moved(pending));
        self.with_edits(&card)
    }

    /// A card with the changes on their way laid over it.
    pub(super) fn with_edits(&self, card: &Rc<Deal>) -> Rc<Deal> {
        let edits = self.edits.iter().filter(|pending| pending.deal == card.id);
        edits.fold(Rc::clone(card), |card, pending| {
            let mut card = patched(&card, &pending.edit.patch);
            if let Some(owner) = pending.edit.patch.owner_id {
                card.owner_id = owner;
                let told = pending.owner_name.as_deref().map(str::to_owned);
                card.owner_name = told.or_else(|| self.name_of(owner));
            }
            Rc::new(card)
        })
    }

    /// The name of somebody who owns a deal of the board.
    fn name_of(&self, owner: Option<UserId>) -> Option<String> {
        let mut deals = self.deals.values();
        let theirs = deals.find(|deal| owner.is_some() && deal.owner_id == owner);
        theirs?.owner_name.clone()
    }

    /// The deals of which something is on its way.
    #[must_use]
    pub fn busy(&self) -> Vec<DealId> {
        let moves = self.pending.iter().map(PendingMove::deal);
        let edits = self.edits.iter().map(|pending| pending.deal);
        moves.chain(edits).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::action::BoardAction;
    use super::super::fixture::{at, board, deal, deal_id, stage_id};
    use super::super::moves::{Input, Place};
    use super::*;
    use crate::accounts::form::{Form, FormAction};
    use crate::funnel::deal::fields::{DealField, change, texts};
    use rust_decimal::Decimal;
    use shared::money::{Currency, Money};

    fn state() -> BoardState {
        BoardState::new(&board(&[deal(1, 0, "a"), deal(2, 0, "b"), deal(3, 1, "a")]))
    }

    fn typed(state: &BoardState, number: u128, name: &'static str, text: &str) -> BoardAction {
        let fields = DealField::CARD;
        let card = state.card(deal_id(number)).unwrap();
        let form = Form::new(texts(&fields, &card));
        let form = form.after(FormAction::Typed(name, text.to_owned()));
        let patch = change(&fields, &form, Currency::CNY).unwrap();
        let fields = fields.to_vec();
        let edit = Box::new(Edit {
            fields,
            form,
            patch,
        });
        let deal = deal_id(number);
        BoardAction::Edited { deal, edit }
    }

    fn amount(state: &BoardState, number: u128) -> Decimal {
        state.card(deal_id(number)).unwrap().amount.unwrap().amount
    }

    fn sum(state: &BoardState, stage: usize) -> Vec<Decimal> {
        let totals = state.totals(stage_id(stage));
        totals.sums.iter().map(|money| money.amount).collect()
    }

    fn moves(state: &mut BoardState, number: u128, to: usize) {
        state.apply(BoardAction::Lifted {
            deal: deal_id(number),
            input: Input::Mouse,
        });
        state.apply(BoardAction::MovedOver(Some(Place {
            lane: stage_id(to).into(),
            index: 0,
        })));
        state.apply(BoardAction::Dropped(at(0)));
    }

    /// The deal as the server answers it after a change of its amount.
    fn answered(number: u128, version: i32, thousands: i64) -> Box<Deal> {
        let amount = Decimal::from(thousands * 1_000);
        Box::new(Deal {
            version,
            amount: Some(Money::new(amount, Currency::CNY)),
            ..deal(number, 0, "a")
        })
    }

    #[test]
    fn a_change_shows_at_once_and_the_sums_follow() {
        let mut state = state();
        let before = sum(&state, 0);
        state.apply(typed(&state, 1, "amount", "5k"));
        assert_eq!(amount(&state, 1), Decimal::from(5_000));
        assert_eq!(sum(&state, 0), [before[0] + Decimal::from(4_000)]);
        let op = state.ready_edits()[0].op;
        state.apply(BoardAction::EditSent(op));
        assert!(state.ready_edits().is_empty());
        let deal = answered(1, 2, 5);
        state.apply(BoardAction::EditConfirmed { op, deal });
        assert!(state.edits().is_empty());
        assert_eq!(sum(&state, 0), [before[0] + Decimal::from(4_000)]);
    }

    #[test]
    fn a_refused_change_is_taken_back_and_no_other() {
        let mut state = state();
        state.apply(typed(&state, 1, "amount", "5k"));
        state.apply(typed(&state, 1, "next_step", "Call"));
        state.apply(typed(&state, 2, "amount", "7k"));
        moves(&mut state, 1, 1);
        let op = state.ready_edits()[0].op;
        state.apply(BoardAction::EditSent(op));
        state.apply(BoardAction::EditFailed { op, current: None });
        let card = state.card(deal_id(1)).unwrap();
        assert_eq!(card.stage_id, stage_id(1), "the move stays");
        assert_eq!(
            card.next_step.as_deref(),
            Some("Call"),
            "so does the other change"
        );
        assert_eq!(amount(&state, 1), Decimal::from(1_000));
        assert_eq!(amount(&state, 2), Decimal::from(7_000));
        assert_eq!(sum(&state, 0), [Decimal::from(7_000)]);
        assert_eq!(sum(&state, 1), [Decimal::from(2_000)]);
    }

    #[test]
    fn what_is_done_to_one_deal_goes_out_in_order_on_the_version_before_it() {
        let mut state = state();
        state.apply(typed(&state, 1, "amount", "5k"));
        moves(&mut state, 1, 1);
        state.apply(typed(&state, 1, "amount", "6k"));
        assert!(state.ready().is_empty(), "the move waits for the change");
        let first = state.ready_edits();
        assert_eq!(first.len(), 1);
        state.apply(BoardAction::EditSent(first[0].op));
        state.apply(BoardAction::EditConfirmed {
            op: first[0].op,
            deal: answered(1, 2, 5),
        });
        assert!(
            state.ready_edits().is_empty(),
            "the second waits for the move"
        );
        let ready = state.ready();
        assert_eq!((ready[0].deal, ready[0].version), (deal_id(1), 2));
        assert_eq!(amount(&state, 1), Decimal::from(6_000));
        let moved = Deal {
            stage_id: stage_id(1),
            ..*answered(1, 3, 5)
        };
        let (op, deal) = (ready[0].op, Box::new(moved));
        state.apply(BoardAction::Sent(op));
        state.apply(BoardAction::MoveConfirmed { op, deal });
        let last = state.ready_edits();
        assert_eq!((last.len(), last[0].deal.version), (1, 3));
    }

    #[test]
    fn what_somebody_else_changed_shows_through_a_move_on_its_way() {
        let mut state = state();
        moves(&mut state, 1, 1);
        state.apply(BoardAction::DealSeen(answered(1, 2, 9)));
        assert_eq!(amount(&state, 1), Decimal::from(9_000));
        assert_eq!(state.card(deal_id(1)).unwrap().stage_id, stage_id(1));
        assert_eq!(sum(&state, 1), [Decimal::from(10_000)]);
    }

    #[test]
    fn a_change_made_while_the_card_is_carried_does_not_make_the_drop_stale() {
        let mut state = state();
        state.apply(typed(&state, 1, "amount", "5k"));
        let op = state.ready_edits()[0].op;
        state.apply(BoardAction::EditSent(op));
        state.apply(BoardAction::Lifted {
            deal: deal_id(1),
            input: Input::Touch,
        });
        let deal = answered(1, 2, 5);
        state.apply(BoardAction::EditConfirmed { op, deal });
        state.apply(BoardAction::MovedOver(Some(Place {
            lane: stage_id(1).into(),
            index: 0,
        })));
        state.apply(BoardAction::Dropped(at(1)));
        assert_eq!(state.ready()[0].version, 2);
    }
}
