//! What the server says: boards, pages, figures, events, applied in any order by the deals' versions.

use super::column::ColumnState;
use super::lane_id::LaneId;
use super::moves::{PendingMove, placed};
use super::state::BoardState;
use super::totals;
use chrono::{DateTime, Utc};
use shared::event::MovedData;
use shared::funnel::gate::Passage;
use shared::funnel::{
    Board, BoardTotals, CardSort, ColumnTotals, Deal, GroupKey, GroupsTotals, Stage, StageKind,
};
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
        self.sort = CardSort {
            by: board.sort,
            house: board.currency,
        };
        self.group_by = board.group_by;
        self.columns = board
            .columns
            .iter()
            .map(|column| ColumnState::of(column, self.sort))
            .collect();
        self.others = None;
        if let Some(groups) = &board.groups {
            self.others.clone_from(&groups.others);
            self.columns = groups
                .items
                .iter()
                .filter_map(|group| {
                    let key = GroupKey::parse(board.group_by, &group.key)?;
                    Some(ColumnState::of_group(key, group, self.sort))
                })
                .collect();
        }
        let of_stages = board.columns.iter().flat_map(|column| &column.cards);
        let of_groups = board.groups.iter().flat_map(|groups| &groups.items);
        let of_groups = of_groups.flat_map(|group| &group.cards);
        for deal in of_stages.chain(of_groups) {
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
            if let Some(lane) = self.lane_of(deal) {
                self.with_column(lane, |column| column.insert(deal));
            }
        }
        // What was moved here can be put back, also where its card is not among those that came: it lies
        // further down in this order, or in no group any more. The same goes for a move that lacks something.
        let blocked = self.blocked.iter().map(PendingMove::deal);
        for id in self.done.iter().map(|done| done.deal).chain(blocked) {
            let is_gone = self.gone.contains_key(&id);
            if let Some(deal) = before.get(&id).filter(|_| !is_gone) {
                deals.entry(deal.id).or_insert_with(|| Rc::clone(deal));
            }
        }
        self.deals = Rc::new(deals);
        self.leave_gate();
        self.wanted.clear();
        self.is_doubtful = false;
        self.epoch += 1;
    }

    pub(super) fn append(&mut self, lane: LaneId, cursor: &str, page: Page<Deal>) {
        let Some(index) = self.index_of(lane) else {
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
        if column.cursor.is_none() {
            column.frontier = None;
        } else if let Some(last) = page.items.last() {
            column.reach(last);
        }
        for deal in page.items {
            let is_known = self
                .deals
                .get(&deal.id)
                .is_some_and(|known| known.version >= deal.version);
            let is_gone = self
                .gone
                .get(&deal.id)
                .is_some_and(|version| *version >= deal.version);
            if is_gone {
                continue;
            }
            if !is_known {
                self.put(Rc::new(deal));
            } else if let Some(known) = self.deals.get(&deal.id).cloned() {
                // Known for an undo alone, it had no card.
                self.show(known);
            }
        }
    }

    pub(super) fn set_totals(&mut self, epoch: u64, totals: BoardTotals) {
        if epoch != self.epoch {
            return;
        }
        for figures in totals.columns {
            let lane = figures.stage_id.into();
            self.with_column(lane, |column| column.totals = figures.totals);
        }
        if let Some(groups) = totals.groups.filter(|_| !self.has_stages()) {
            self.set_group_totals(groups);
        }
    }

    /// Takes over the figures of groups. When others would be shown now, the board is asked for again.
    fn set_group_totals(&mut self, groups: GroupsTotals) {
        let by = self.group_by;
        let mut known: HashMap<LaneId, ColumnTotals> = groups
            .items
            .into_iter()
            .filter_map(|group| Some((GroupKey::parse(by, &group.key)?.into(), group.totals)))
            .collect();
        for column in &mut self.columns {
            match known.remove(&column.lane) {
                Some(totals) => column.totals = totals,
                None if groups.others.is_none() => column.totals = ColumnTotals::default(),
                None => self.is_doubtful = true,
            }
        }
        self.is_doubtful |= !known.is_empty();
        self.others = groups.others;
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
                moved.reached_stage_id = self.furthest(&known, data.new.stage_id);
                if data.old.stage_id != data.new.stage_id {
                    let known = known.override_reason.clone();
                    moved.override_reason = match data.passage {
                        Passage::Restaged => known,
                        _ => data.override_reason.clone(),
                    };
                }
                if let Some(step) = &data.step {
                    step.apply(&mut moved);
                }
                moved.evidence_probability = data.evidence_probability;
                moved.is_low_investment = data.is_low_investment;
                moved.rank.clone_from(&data.new.rank);
                moved.version = data.version;
                self.replace(Rc::new(moved));
                if !is_next {
                    self.wanted.insert(id);
                }
            }
            None if is_ours => {
                // Where it stands in another order than that by hand, the event does not say.
                let column = self.column(data.new.stage_id.into());
                let may_show = !self.is_by_hand()
                    || column.is_some_and(|column| column.reaches_rank(&data.new.rank, id));
                if may_show {
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
        // Answers to writes leave out what criteria ask for; what was known of it still holds.
        let mut deal = deal;
        if deal.facts.is_none() {
            let known = self.deals.get(&deal.id);
            deal.facts = known.and_then(|known| known.facts.clone());
        }
        self.replace(Rc::new(deal));
    }

    /// How far a deal got that comes to a stage.
    fn furthest(&self, deal: &Deal, to: StageId) -> StageId {
        let reached = self.stage(deal.reached_stage_id);
        let is_further = self.stage(to).is_some_and(|to| {
            let position = reached.map(|reached| reached.position);
            to.fields.kind != StageKind::Lost && Some(to.position) > position
        });
        if is_further {
            to
        } else {
            deal.reached_stage_id
        }
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
        let Some(lane) = self.lane_of(deal) else {
            return;
        };
        if self.index_of(lane).is_none() {
            if let Some(others) = &mut self.others {
                change(&mut others.totals, deal, &stage);
            }
            return;
        }
        self.with_column(lane, |column| change(&mut column.totals, deal, &stage));
    }

    fn put(&mut self, deal: Rc<Deal>) {
        Rc::make_mut(&mut self.gone).remove(&deal.id);
        let before = Rc::make_mut(&mut self.deals).insert(deal.id, Rc::clone(&deal));
        let left = before.as_ref().and_then(|before| self.lane_of(before));
        if let Some((lane, before)) = left.zip(before) {
            self.with_column(lane, |column| column.remove(&before));
        }
        if let Some(lane) = self.lane_of(&deal) {
            // The first of a new group; while there are groups without columns, it may be in one of them.
            self.is_doubtful |= self.others.is_none() && self.index_of(lane).is_none();
            self.with_column(lane, |column| column.insert(&deal));
        }
    }

    /// Gives a known deal its card, where it has none.
    fn show(&mut self, deal: Rc<Deal>) {
        if let Some(lane) = self.lane_of(&deal) {
            self.with_column(lane, |column| {
                if !column.holds(&deal) {
                    column.insert(&deal);
                }
            });
        }
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
            if let Some(lane) = self.lane_of(&known) {
                self.with_column(lane, |column| column.remove(&known));
            }
            Rc::make_mut(&mut self.deals).remove(&id);
        }
        self.leave_gate();
        self.epoch += 1;
    }
}
