//! What the person does: take a card, let it go, give a reason, undo; and what becomes of each move.

use super::further;
use super::lane_id::LaneId;
use super::moves::{Done, Drag, Input, OpId, Origin, PendingMove, Place, above, placed};
use super::state::BoardState;
use chrono::{DateTime, Utc};
use shared::funnel::gate::Verdict;
use shared::funnel::{Deal, StageKind};
use shared::id::{DealId, StageId};
use std::rc::Rc;

/// How many moves can be undone.
pub(super) const HISTORY: usize = 50;

impl BoardState {
    pub(super) fn lift(&mut self, deal: DealId, input: Input) {
        if self.drag.is_some() || self.asking.is_some() || self.blocked.is_some() {
            return;
        }
        let Some(place) = self.place_of(deal) else {
            return;
        };
        let Some(card) = self.card(deal) else { return };
        let version = self
            .deals
            .get(&deal)
            .map_or(card.version, |known| known.version);
        self.drag = Some(Drag {
            input,
            deal: card,
            version,
            from: place,
            // What lies below a pointer is seen in the next frame: the columns and the copy, drawn anew at
            // once, would be too much for one.
            over: (!input.is_pointer()).then_some(place),
        });
    }

    pub(super) fn drop_card(&mut self, at: DateTime<Utc>) {
        let Some(drag) = self.drag.take() else { return };
        let Some(over) = drag.over.filter(|_| drag.is_elsewhere()) else {
            return;
        };
        let to = match over.lane {
            LaneId::Stage(stage) => stage,
            LaneId::Group(key) => return further::regroup(self, &drag, key),
        };
        if self.verdict(&drag.deal, to) != Verdict::Allowed {
            return;
        }
        let deal = &drag.deal;
        if !self.is_by_hand() && to == deal.stage_id {
            return;
        }
        // Sorted cards say nothing of the order by hand: there it comes to the top.
        let trail = if self.is_by_hand() {
            above(&self.cards(to), deal.id, over.index)
        } else {
            Vec::new()
        };
        let mut pending = PendingMove::new(&drag, to, self.above(deal), trail, at);
        if self.miss(deal, to, at).is_some() {
            self.blocked = Some(pending);
            return;
        }
        let kind = |stage| self.stage(stage).map(|stage| stage.fields.kind);
        let is_lost_now = kind(drag.deal.stage_id) == Some(StageKind::Lost);
        if kind(to) == Some(StageKind::Lost) && !is_lost_now {
            self.asking = Some(pending);
        } else {
            pending.loss_reason = drag
                .deal
                .loss_reason
                .filter(|_| kind(to) == Some(StageKind::Lost));
            self.push(pending);
        }
    }

    /// Gives up a move whose deal or stages are no longer here.
    pub(super) fn leave_gate(&mut self) {
        let is_here = |blocked: &PendingMove| {
            let known = self.deals.get(&blocked.deal());
            known.is_some_and(|deal| self.stage(deal.stage_id).is_some())
                && self.stage(blocked.to()).is_some()
        };
        if !self.blocked.as_ref().is_some_and(is_here) {
            self.blocked = None;
        }
    }

    /// The server found something missing that was not known here.
    pub(super) fn miss_gate(&mut self, op: OpId) {
        let missed = self
            .pending
            .iter()
            .find(|pending| pending.op == op)
            .cloned();
        self.fail(op, None);
        // Parts of an action on many are told together.
        self.blocked = missed.filter(|missed| missed.bulk.is_none());
    }

    /// A move to the top of a stage, not made but looked at.
    pub(super) fn show_gate(&mut self, deal: DealId, to: StageId, at: DateTime<Utc>) {
        let card = self.deals.get(&deal).cloned();
        let Some(card) = card.filter(|_| self.stage(to).is_some()) else {
            return;
        };
        let place = Place::top(card.stage_id);
        let drag = Drag {
            input: Input::Menu,
            version: card.version,
            deal: card,
            from: place,
            over: None,
        };
        let above = self.above(&drag.deal);
        self.blocked = Some(PendingMove::new(&drag, to, above, Vec::new(), at));
    }

    /// Makes the move that lacked something, by the deal as it is now.
    pub(super) fn try_gate(&mut self, reason: Option<String>, at: DateTime<Utc>) {
        let Some(mut tried) = self.blocked.take() else {
            return;
        };
        let Some(known) = self.deals.get(&tried.deal()) else {
            return;
        };
        tried.version = known.version;
        tried.card = Rc::new(placed(known, tried.to(), at));
        tried.sent_after = None;
        tried.override_reason = reason;
        self.push(tried);
    }

    pub(super) fn push(&mut self, mut pending: PendingMove) {
        pending.op = self.name_op();
        self.pending.push(pending);
    }

    pub(super) fn mark_sent(&mut self, op: OpId) {
        let anchor = self
            .pending
            .iter()
            .find(|pending| pending.op == op)
            .and_then(|pending| self.anchor(pending));
        if let Some(pending) = self.pending.iter_mut().find(|pending| pending.op == op) {
            pending.sent_after = Some(anchor);
        }
    }

    pub(super) fn lose_anchor(&mut self, op: OpId) {
        if let Some(pending) = self.pending.iter_mut().find(|pending| pending.op == op) {
            let lost = pending.sent_after.take().flatten();
            pending.trail.retain(|id| Some(*id) != lost);
        }
    }

    /// The cards of a stage in the order by hand, whatever the columns and orders they are shown in.
    fn in_rank(&self, stage: StageId) -> Rc<Vec<Rc<Deal>>> {
        if self.is_by_hand() {
            return self.cards(stage);
        }
        let all = self.deals.values().filter(|deal| deal.stage_id == stage);
        let mut cards: Vec<Rc<Deal>> = all.cloned().collect();
        cards.sort_by(|a, b| (&a.rank, a.id).cmp(&(&b.rank, b.id)));
        Rc::new(cards)
    }

    /// The cards above one in the order by hand, nearest first.
    pub(super) fn above(&self, deal: &Deal) -> Vec<DealId> {
        let column = self.in_rank(deal.stage_id);
        let index = column.iter().position(|card| card.id == deal.id);
        above(&column, deal.id, index.unwrap_or_default())
    }

    fn take_pending(&mut self, op: OpId) -> Option<PendingMove> {
        let index = self.pending.iter().position(|pending| pending.op == op)?;
        Some(self.pending.remove(index))
    }

    pub(super) fn confirm(&mut self, op: OpId, deal: Deal) {
        self.pin(deal.id, deal.version);
        if let Some(pending) = self.take_pending(op) {
            let followed = pending
                .sent_after
                .flatten()
                .and_then(|id| self.deals.get(&id));
            self.is_doubtful |= followed
                .is_some_and(|card| card.stage_id == deal.stage_id && card.rank >= deal.rank);
            self.remember(pending, &deal);
        }
        // The card was dropped where the user sees it, so it stays in view also past the loaded part.
        self.reach(&deal);
        self.see(deal);
    }

    /// Keeps what undo needs. An undo is not undone, but the move before it can be: its card is back
    /// where that move had put it, under a new key.
    fn remember(&mut self, pending: PendingMove, deal: &Deal) {
        let (stage, rank) = (deal.stage_id, deal.rank.clone());
        if let Some(restored) = &pending.restores {
            let is_before = |done: &&mut Done| {
                done.deal == deal.id && done.stage == stage && done.rank == *restored
            };
            if let Some(before) = self.done.iter_mut().rev().find(is_before) {
                before.rank = rank;
            }
            return;
        }
        self.done.push(Done {
            op: pending.op,
            group: pending.op,
            deal: deal.id,
            origin: pending.origin,
            stage,
            rank,
        });
        self.forget();
    }

    /// Forgets the oldest moves beyond what can be undone, but none of the newest group.
    pub(super) fn forget(&mut self) {
        let newest = self.done.last().map(|done| done.group);
        let kept = self
            .done
            .iter()
            .rev()
            .take_while(|done| Some(done.group) == newest);
        let kept = kept.count().max(HISTORY);
        let extra = self.done.len().saturating_sub(kept);
        self.done.drain(..extra);
    }

    /// Shows a card where it was put, also past the loaded part of its column.
    pub(super) fn reach(&mut self, deal: &Deal) {
        if let Some(lane) = self.lane_of(deal) {
            self.with_column(lane, |column| column.reach(deal));
        }
    }

    pub(super) fn fail(&mut self, op: OpId, current: Option<Deal>) {
        let failed = self.take_pending(op);
        let Some(current) = current else { return };
        // Later moves of the same card were made without knowing what the server knows.
        if let Some(failed) = failed {
            self.pending
                .retain(|pending| pending.deal() != failed.deal());
        }
        self.see(current);
    }

    pub(super) fn undo(&mut self, op: OpId, at: DateTime<Utc>) {
        if !self.can_undo(op) {
            return;
        }
        if self.regrouped.iter().any(|regrouped| regrouped.op == op) {
            return further::put_back(self, op);
        }
        let Some(index) = self.done.iter().position(|done| done.op == op) else {
            return;
        };
        let done = self.done.remove(index);
        let Some(deal) = self.deals.get(&done.deal).cloned() else {
            return;
        };
        if self.stage(done.origin.stage).is_none() {
            return;
        }
        let column = self.in_rank(done.origin.stage);
        let is_there = |id: &DealId| *id != deal.id && column.iter().any(|card| card.id == *id);
        let mut trail: Vec<DealId> = done.origin.above.iter().copied().filter(is_there).collect();
        if trail.is_empty() && !done.origin.above.is_empty() {
            // All that stood above have left: the key says where it was among those that came.
            let spot = column
                .iter()
                .filter(|card| card.id != deal.id && card.rank < done.origin.rank)
                .count();
            trail = above(&column, deal.id, spot);
        }
        let pending = PendingMove {
            op: OpId::default(),
            input: Input::Undo,
            card: Rc::new(placed(&deal, done.origin.stage, at)),
            origin: Origin::of(&deal, Vec::new()),
            version: deal.version,
            trail,
            loss_reason: done.origin.loss_reason,
            loss_note: done.origin.loss_note,
            override_reason: None,
            restores: Some(done.origin.rank),
            sent_after: None,
            bulk: None,
        };
        self.push(pending);
    }
}
