//! Carrying a card from one group into another: it is given to another owner, or expected to close in
//! another month. On its way it is a change like any other; what is kept here takes it back.

use super::moves::OpId;
use super::state::BoardState;
use shared::funnel::{Deal, DealPatch, GroupKey};
use shared::id::DealId;

/// From which group a card was carried into which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regroup {
    /// Where it was.
    pub from: GroupKey,
    /// Where it was let go.
    pub to: GroupKey,
    /// The change that brings it back.
    pub back: DealPatch,
    /// Whether it takes back an earlier one.
    pub is_undo: bool,
    /// The deal's version when the card was taken: what others did since comes to light.
    pub version: i32,
}

/// A card the server has put into another group, and that can be put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regrouped {
    /// The change.
    pub op: OpId,
    /// The deal.
    pub deal: DealId,
    /// What the change set.
    pub set: DealPatch,
    /// The groups.
    pub regroup: Regroup,
}

impl BoardState {
    /// Whether a card can be put back: nobody has changed since what the change set.
    pub(super) fn can_return(&self, regrouped: &Regrouped) -> bool {
        let mut edits = self.edits.iter();
        let is_changing = edits.any(|edit| edit.deal == regrouped.deal && edit.regroup.is_some());
        let deal = self.deals.get(&regrouped.deal);
        !is_changing && deal.is_some_and(|deal| is_so(deal, &regrouped.set))
    }

    /// The newest of what can be taken back.
    #[must_use]
    pub fn last_done(&self) -> Option<OpId> {
        let moved = self.done.last().map(|done| done.op);
        moved.max(self.regrouped.last().map(|regrouped| regrouped.op))
    }

    /// The deal that was moved, or carried into another group, by what can be taken back.
    #[must_use]
    pub fn done_to(&self, op: OpId) -> Option<DealId> {
        let moved = self.done.iter().find(|done| done.op == op);
        let regrouped = self.regrouped.iter().find(|regrouped| regrouped.op == op);
        moved
            .map(|done| done.deal)
            .or_else(|| regrouped.map(|regrouped| regrouped.deal))
    }
}

/// Whether a deal has what a change of its group set.
fn is_so(deal: &Deal, set: &DealPatch) -> bool {
    set.owner_id.is_none_or(|owner| owner == deal.owner_id)
        && set
            .expected_close_on
            .is_none_or(|day| day == deal.expected_close_on)
}

/// What only the whole app does, where the columns can be groups.
#[cfg(feature = "whole")]
pub mod whole {
    use super::{Regroup, Regrouped};
    use crate::accounts::form::{Form, FormAction};
    use crate::funnel::board::edits::{PendingEdit, patched};
    use crate::funnel::board::local::HISTORY;
    use crate::funnel::board::moves::{Drag, OpId};
    use crate::funnel::board::state::BoardState;
    use crate::funnel::deal::edit::Edit;
    use crate::funnel::deal::fields::{DealField, texts};
    use shared::funnel::{Deal, DealPatch, GroupKey, Grouping};
    use std::rc::Rc;

    /// Whether cards are carried from column to column: not where the columns are what only accounts say,
    /// and between owners only by whoever may give deals away.
    #[must_use]
    pub const fn carries(by: Grouping, can_assign: bool) -> bool {
        match by {
            Grouping::Stage | Grouping::CloseMonth => true,
            Grouping::Owner => can_assign,
            Grouping::Tier | Grouping::Account => false,
        }
    }

    /// A deal as it is in another group.
    #[must_use]
    pub fn entered(key: GroupKey, deal: &Deal) -> Option<Deal> {
        let patch = key.entry(deal)?;
        let mut entered = patched(deal, &patch);
        if let Some(owner) = patch.owner_id {
            entered.owner_id = owner;
        }
        Some(entered)
    }

    /// A card is let go in another group.
    pub fn regroup(state: &mut BoardState, drag: &Drag, to: GroupKey) {
        let deal = &drag.deal;
        let from = GroupKey::of(state.group_by, deal).filter(|from| *from != to);
        let Some((from, patch)) = from.zip(to.entry(deal)) else {
            return;
        };
        let back = DealPatch {
            owner_id: patch.owner_id.map(|_| deal.owner_id),
            expected_close_on: patch.expected_close_on.map(|_| deal.expected_close_on),
            ..DealPatch::default()
        };
        let regroup = Regroup {
            from,
            to,
            back,
            is_undo: false,
            version: drag.version,
        };
        push(state, deal, patch, regroup);
    }

    /// Takes a card back that was carried into another group.
    pub fn put_back(state: &mut BoardState, op: OpId) {
        let at = state.regrouped.iter().position(|done| done.op == op);
        let Some(done) = at.map(|at| state.regrouped.remove(at)) else {
            return;
        };
        let Some(known) = state.confirmed(done.deal).cloned() else {
            return;
        };
        let regroup = Regroup {
            from: done.regroup.to,
            to: done.regroup.from,
            back: done.set,
            is_undo: true,
            version: known.version,
        };
        push(state, &known, done.regroup.back, regroup);
    }

    /// Remembers what the server has done, unless it took something back.
    pub fn regrouped(state: &mut BoardState, edit: PendingEdit) {
        let Some(regroup) = edit.regroup.filter(|regroup| !regroup.is_undo) else {
            return;
        };
        state.regrouped.push(Regrouped {
            op: edit.op,
            deal: edit.deal,
            set: edit.edit.patch,
            regroup,
        });
        let extra = state.regrouped.len().saturating_sub(HISTORY);
        state.regrouped.drain(..extra);
    }

    /// Puts the change on its way. It is held against what the card showed: where somebody else changed the
    /// same since, it is not made.
    fn push(state: &mut BoardState, shown: &Deal, patch: DealPatch, regroup: Regroup) {
        let field = match regroup.to {
            GroupKey::CloseMonth(_) => DealField::ExpectedCloseOn,
            _ => DealField::OwnerId,
        };
        let fields = vec![field];
        let mut wanted = patched(shown, &patch);
        if let Some(owner) = patch.owner_id {
            wanted.owner_id = owner;
        }
        let form = Form::new(texts(&fields, shown));
        let form = form.after(FormAction::Typed(field.name(), field.read(&wanted)));
        let owner_name = state.name_of_lane(regroup.to);
        let op = state.name_op();
        state.edits.push(PendingEdit {
            op,
            deal: shown.id,
            edit: Edit {
                fields,
                form,
                patch,
            },
            is_sent: false,
            bulk: None,
            owner_name,
            regroup: Some(regroup),
        });
    }

    impl BoardState {
        /// What a column is called by its owner or account.
        fn name_of_lane(&self, key: GroupKey) -> Option<Rc<str>> {
            self.column(key.into())?.name.clone()
        }
    }
}
