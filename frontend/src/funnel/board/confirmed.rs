//! What the server says: boards, pages, figures, events, applied in any order by the deals' versions.

use super::column::{ColumnState, key_of};
use super::moves::placed;
use super::state::BoardState;
use super::totals;
use chrono::{DateTime, Utc};
use shared::event::MovedData;
use shared::funnel::{Board, BoardTotals, ColumnTotals, Deal, Stage};
use shared::id::{DealId, StageId};
use shared::page::Page;
use std::collections::HashMap;
use std::rc::Rc;

impl BoardState {
    pub(super) fn load(&mut self, board: &Board) {
        let before = std::mem::take(&mut self.deals);
        let mut deals = HashMap::new();
        self.funnel = Rc::new(board.funnel.clone());
        self.sequence = self.sequence.max(board.sequence);
        self.columns = board.columns.iter().map(ColumnState::of).collect();
        for deal in board.columns.iter().flat_map(|column| &column.cards) {
            let is_gone = self
                .gone
                .get(&deal.id)
                .is_some_and(|version| *version >= deal.version);
            let newer = before
                .get(&deal.id)
                .filter(|known| known.version > deal.version);
            let deal = newer.cloned().unwrap_or_else(|| Rc::new(deal.clone()));
            if !is_gone {
                deals.insert(deal.id, deal);
            }
        }
        for deal in deals.values() {
            self.with_column(deal.stage_id, |column| column.insert(deal));
        }
        self.deals = Rc::new(deals);
        self.wanted.clear();
        self.is_doubtful = false;
        self.epoch += 1;
    }

    pub(super) fn append(&mut self, stage: StageId, cursor: &str, page: Page<Deal>) {
        let Some(index) = self.index_of(stage) else {
            return;
        };
        let Some(column) = self.columns.get_mut(index) else {
            return;
        };
        if column.cursor.as_deref() != Some(cursor) {
            return;
        }
        column.is_loading = false;
        column.cursor = page.next_cursor;
        column.frontier = match (&column.cursor, page.items.last()) {
            (None, _) => None,
            (Some(_), last) => last.map(key_of).max(column.frontier.take()),
        };
        for deal in page.items {
            let is_known = self
                .deals
                .get(&deal.id)
                .is_some_and(|known| known.version >= deal.version);
            let is_gone = self
                .gone
                .get(&deal.id)
                .is_some_and(|version| *version >= deal.version);
            if !is_known && !is_gone {
                self.put(Rc::new(deal));
            }
        }
    }

    pub(super) fn set_totals(&mut self, epoch: u64, totals: BoardTotals) {
        if epoch != self.epoch {
            return;
        }
        for figures in totals.columns {
            self.with_column(figures.stage_id, |column| column.totals = figures.totals);
        }
    }

    pub(super) fn follow(&mut self, id: DealId, data: &MovedData, at: DateTime<Utc>) {
        if self
            .gone
            .get(&id)
            .is_some_and(|version| *version >= data.version)
        {
            return;
        }
        let is_ours = self.stage(data.new.stage_id).is_some();
        match self.deals.get(&id).cloned() {
            Some(known) if known.version >= data.version => {}
            Some(_) if !is_ours => self.lose(id, Some(data.version)),
            Some(known) => {
                let is_next = known.version + 1 == data.version;
                self.is_doubtful |= is_next && known.rank != data.old.rank;
                let mut moved = placed(&known, data.new.stage_id, at);
                moved.rank.clone_from(&data.new.rank);
                moved.version = data.version;
                self.replace(Rc::new(moved));
                if !is_next {
                    self.wanted.insert(id);
                }
            }
            None if is_ours => {
                let key = (data.new.rank.clone(), id);
                let column = self
                    .columns
                    .iter()
                    .find(|column| column.stage == data.new.stage_id);
                if column.is_some_and(|column| column.reaches(&key)) {
                    self.wanted.insert(id);
                }
            }
            None => {}
        }
    }

    pub(super) fn see(&mut self, deal: Deal) {
        let is_old = self
            .deals
            .get(&deal.id)
            .is_some_and(|known| known.version > deal.version)
            || self
                .gone
                .get(&deal.id)
                .is_some_and(|version| *version > deal.version);
        if is_old {
            return;
        }
        let is_ours = deal.funnel_id == self.funnel.id && self.stage(deal.stage_id).is_some();
        if deal.archived_at.is_some() || !is_ours {
            self.lose(deal.id, Some(deal.version));
            return;
        }
        self.replace(Rc::new(deal));
    }

    /// Puts a newer state in place of the known one and lets the figures follow.
    fn replace(&mut self, deal: Rc<Deal>) {
        if let Some(known) = self.deals.get(&deal.id).cloned() {
            self.count(&known, totals::take);
            self.count(&deal, totals::add);
        }
        self.epoch += 1;
        self.put(deal);
    }

    fn count(&mut self, deal: &Deal, change: fn(&mut ColumnTotals, &Deal, &Stage)) {
        let Some(stage) = self.stage(deal.stage_id).cloned() else {
            return;
        };
        self.with_column(stage.id, |column| change(&mut column.totals, deal, &stage));
    }

    fn put(&mut self, deal: Rc<Deal>) {
        Rc::make_mut(&mut self.gone).remove(&deal.id);
        let before = Rc::make_mut(&mut self.deals).insert(deal.id, Rc::clone(&deal));
        if let Some(before) = before {
            self.with_column(before.stage_id, |column| column.remove(&before));
        }
        self.with_column(deal.stage_id, |column| column.insert(&deal));
    }

    pub(super) fn lose(&mut self, id: DealId, version: Option<i32>) {
        self.wanted.remove(&id);
        let known = self.deals.get(&id).cloned();
        let version = version.or_else(|| known.as_ref().map(|known| known.version));
        if known
            .as_ref()
            .zip(version)
            .is_some_and(|(known, version)| known.version > version)
        {
            return;
        }
        if let Some(version) = version {
            let newest = Rc::make_mut(&mut self.gone).entry(id).or_insert(version);
            *newest = version.max(*newest);
        }
        if let Some(known) = known {
            self.count(&known, totals::take);
            self.with_column(known.stage_id, |column| column.remove(&known));
            Rc::make_mut(&mut self.deals).remove(&id);
        }
        self.epoch += 1;
    }
}
