//! The board's one reducer: what the server confirmed, the moves on their way, the card in the air.
//!
//! Six inputs share it (mouse, touch, pen, keyboard lift, "Move to…", stage stepper). Nothing here asks
//! the server or the clock: the page sends what [`BoardState::ready`] names and reports back.
//! While a card is in the air the columns are frozen, so that nobody else's move shifts them.

use super::action::BoardAction;
use super::column::ColumnState;
use super::edits::PendingEdit;
use super::further;
use super::lane_id::LaneId;
use super::moves::{Done, Drag, OpId, Outgoing, PendingMove, Place};
use super::regroup::Regrouped;
use super::totals;
use crate::funnel::gate;
use chrono::{DateTime, Utc};
use shared::funnel::gate::{FactSource, GateMiss, MoveFacts, Verdict, judge};
use shared::funnel::{
    Board, CardOrder, CardSort, ColumnTotals, Deal, Funnel, GroupKey, Grouping, LossReason,
    MoveDeal, OtherGroups, Stage, StageKind,
};
use shared::id::{AccountId, DealId, StageId};
use shared::money::Currency;
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

/// Everything the board draws from.
#[derive(Debug, Clone, PartialEq)]
pub struct BoardState {
    /// The funnel and its stages.
    pub funnel: Rc<Funnel>,
    /// What the columns are.
    pub group_by: Grouping,
    /// The order of the cards of a column.
    pub sort: CardSort,
    /// The groups that are no columns, with their figures.
    pub others: Option<OtherGroups>,
    /// Counts up with every change of a confirmed deal, and of those that are not loaded.
    pub epoch: u64,
    /// Events up to this position are in it.
    pub sequence: i64,
    /// Whether the known keys no longer fit those of the server, as after it spread a column anew; the page
    /// asks for the board again.
    pub is_doubtful: bool,
    /// Deals that events named but that are not known; the page asks for them.
    pub wanted: BTreeSet<DealId>,
    pub(super) deals: Rc<HashMap<DealId, Rc<Deal>>>,
    pub(super) gone: Rc<HashMap<DealId, i32>>,
    pub(super) columns: Vec<ColumnState>,
    pub(super) pending: Vec<PendingMove>,
    pub(super) edits: Vec<PendingEdit>,
    pub(super) asking: Option<PendingMove>,
    pub(super) blocked: Option<PendingMove>,
    pub(super) drag: Option<Drag>,
    pub(super) done: Vec<Done>,
    pub(super) regrouped: Vec<Regrouped>,
    shown: Vec<Rc<Vec<Rc<Deal>>>>,
    pub(super) next_op: u64,
}

impl yew::Reducible for BoardState {
    type Action = BoardAction;

    fn reduce(self: Rc<Self>, action: BoardAction) -> Rc<Self> {
        let mut next = (*self).clone();
        next.apply(action);
        Rc::new(next)
    }
}

impl BoardState {
    /// A board as it came from the server.
    #[must_use]
    pub fn new(board: &Board) -> Self {
        let mut state = Self {
            funnel: Rc::new(board.funnel.clone()),
            group_by: board.group_by,
            others: None,
            sort: CardSort {
                by: board.sort,
                house: board.currency,
            },
            epoch: 0,
            sequence: board.sequence,
            is_doubtful: false,
            wanted: BTreeSet::new(),
            deals: Rc::default(),
            gone: Rc::default(),
            columns: Vec::new(),
            pending: Vec::new(),
            edits: Vec::new(),
            asking: None,
            blocked: None,
            drag: None,
            done: Vec::new(),
            regrouped: Vec::new(),
            shown: Vec::new(),
            next_op: 1,
        };
        state.load(board);
        state.redraw();
        state
    }

    /// A board of one card, for the stage stepper on a deal's own page.
    #[must_use]
    pub fn of_deal(funnel: &Funnel, deal: &Deal) -> Self {
        let column = |stage: &Stage| shared::funnel::Column {
            stage_id: stage.id,
            totals: ColumnTotals::default(),
            cards: if stage.id == deal.stage_id {
                vec![deal.clone()]
            } else {
                Vec::new()
            },
            next_cursor: None,
        };
        let columns = funnel.stages.iter().map(column).collect();
        Self::new(&Board {
            funnel: funnel.clone(),
            group_by: Grouping::Stage,
            groups: None,
            sort: CardOrder::Hand,
            currency: Currency::CNY,
            columns,
            sequence: 0,
        })
    }

    /// Takes one step. Actions that no longer fit the state change nothing.
    pub fn apply(&mut self, action: BoardAction) {
        match action {
            BoardAction::Loaded(board) => self.load(&board),
            BoardAction::CardsAsked(lane) => {
                self.with_column(lane, |column| column.is_loading = true)
            }
            BoardAction::CardsLoaded { lane, cursor, page } => self.append(lane, &cursor, page),
            BoardAction::CardsFailed(lane) => {
                self.with_column(lane, |column| column.is_loading = false)
            }
            BoardAction::TotalsLoaded { epoch, totals } => self.set_totals(epoch, totals),
            BoardAction::Lifted { deal, input } => {
                self.lift(deal, input);
                return;
            }
            BoardAction::MovedOver(over) => {
                let over = self.drag.as_ref().and_then(|drag| {
                    let over = over.filter(|place| self.takes(&drag.deal, place.lane));
                    over.map(|place| self.landing(&drag.deal, place))
                });
                if let Some(drag) = &mut self.drag {
                    drag.over = over;
                }
                return;
            }
            BoardAction::Dropped(at) => self.drop_card(at),
            BoardAction::Cancelled => self.drag = None,
            BoardAction::ReasonGiven { reason, note } => {
                if let Some(mut asked) = self.asking.take() {
                    asked.loss_reason = Some(reason);
                    asked.loss_note = note;
                    self.push(asked);
                }
            }
            BoardAction::ReasonDeclined => self.asking = None,
            BoardAction::GateMissed(op) => self.miss_gate(op),
            BoardAction::GateShown { deal, to, at } => self.show_gate(deal, to, at),
            BoardAction::GateTried { reason, at } => self.try_gate(reason, at),
            BoardAction::GateLeft => self.blocked = None,
            BoardAction::Sent(op) => self.mark_sent(op),
            BoardAction::MoveConfirmed { op, deal } => self.confirm(op, *deal),
            BoardAction::AnchorLost(op) => self.lose_anchor(op),
            BoardAction::MoveFailed { op, current } => self.fail(op, current.map(|deal| *deal)),
            BoardAction::Undone(op, at) => self.undo(op, at),
            BoardAction::Edited { deal, edit } => self.edit(deal, *edit),
            BoardAction::EditSent(op) => {
                self.mark_edit_sent(op);
                return;
            }
            BoardAction::EditConfirmed { op, deal } => self.confirm_edit(op, *deal),
            BoardAction::EditFailed { op, current } => {
                self.fail_edit(op, current.map(|deal| *deal))
            }
            BoardAction::DealMoved { deal, data, at } => self.follow(deal, &data, at),
            BoardAction::Together {
                bulk,
                action,
                owner,
                cards,
                at,
            } => self.begin_together(bulk, (&action, owner), &cards, at),
            BoardAction::Settled {
                bulk,
                deals,
                origins,
            } => self.settle(bulk, deals, origins),
            BoardAction::DealSeen(deal) => self.see(*deal),
            BoardAction::DealGone { deal, version } => self.lose(deal, version),
            BoardAction::ChangedElsewhere => {
                self.epoch += 1;
                return;
            }
            BoardAction::DealAsked(deal) => {
                self.wanted.remove(&deal);
                return;
            }
        }
        self.redraw();
    }

    /// The card in the air.
    #[must_use]
    pub fn drag(&self) -> Option<&Drag> {
        self.drag.as_ref()
    }

    /// The move that waits for its loss reason.
    #[must_use]
    pub fn asking(&self) -> Option<&PendingMove> {
        self.asking.as_ref()
    }

    /// The move that lacks what the stages on its way ask.
    #[must_use]
    pub fn blocked(&self) -> Option<&PendingMove> {
        self.blocked.as_ref()
    }

    /// The moves on their way, oldest first.
    #[must_use]
    pub fn pending(&self) -> &[PendingMove] {
        &self.pending
    }

    /// Names what the person does next.
    pub(super) fn name_op(&mut self) -> OpId {
        self.next_op += 1;
        OpId(self.next_op - 1)
    }

    /// Whether a move of this deal is on its way.
    #[must_use]
    pub fn is_pending(&self, deal: DealId) -> bool {
        self.pending.iter().any(|pending| pending.deal() == deal)
    }

    /// The confirmed moves that can be undone, oldest first.
    #[must_use]
    pub fn done(&self) -> &[Done] {
        &self.done
    }

    /// A stage of the funnel.
    #[must_use]
    pub fn stage(&self, id: StageId) -> Option<&Stage> {
        self.funnel.stages.iter().find(|stage| stage.id == id)
    }

    /// Whether the columns are stages.
    #[must_use]
    pub fn has_stages(&self) -> bool {
        self.group_by == Grouping::Stage
    }

    /// The columns from the left, with the names of owners and accounts.
    pub fn lanes(&self) -> impl Iterator<Item = (LaneId, Option<&str>)> {
        let columns = self.columns.iter();
        columns.map(|column| (column.lane, column.name.as_deref()))
    }

    /// The column a deal belongs in, shown or not. Where the columns are no stages, closed deals belong
    /// in none.
    #[must_use]
    pub fn lane_of(&self, deal: &Deal) -> Option<LaneId> {
        let Some(key) = GroupKey::of(self.group_by, deal) else {
            return Some(deal.stage_id.into());
        };
        let stage = self.stage(deal.stage_id)?;
        (stage.fields.kind == StageKind::Open).then_some(key.into())
    }

    /// The cards of a column as they show, from the top.
    #[must_use]
    pub fn cards(&self, lane: impl Into<LaneId>) -> Rc<Vec<Rc<Deal>>> {
        self.index_of(lane.into())
            .and_then(|index| self.shown.get(index))
            .cloned()
            .unwrap_or_default()
    }

    /// Where a card shows.
    #[must_use]
    pub fn place_of(&self, deal: DealId) -> Option<Place> {
        self.columns
            .iter()
            .zip(&self.shown)
            .find_map(|(column, cards)| {
                let index = cards.iter().position(|card| card.id == deal)?;
                let lane = column.lane;
                Some(Place { lane, index })
            })
    }

    /// A card as it shows.
    #[must_use]
    pub fn card(&self, deal: DealId) -> Option<Rc<Deal>> {
        let place = self.place_of(deal)?;
        self.cards(place.lane).get(place.index).cloned()
    }

    /// A deal as the server last confirmed it.
    #[must_use]
    pub fn confirmed(&self, deal: DealId) -> Option<&Rc<Deal>> {
        self.deals.get(&deal)
    }

    /// Whether any card is of this account.
    #[must_use]
    pub fn has_account(&self, account: AccountId) -> bool {
        self.deals
            .values()
            .any(|deal| deal.account_id == Some(account))
    }

    /// Whether a criterion asks for facts of that source.
    #[must_use]
    pub fn asks_of(&self, source: FactSource) -> bool {
        let mut stages = self.funnel.stages.iter();
        stages.any(|stage| stage.gate.asks(source))
    }

    /// The cursor that gets more cards of a column, unless they are under way.
    #[must_use]
    pub fn more(&self, lane: impl Into<LaneId>) -> Option<&str> {
        let column = self.column(lane.into())?;
        if column.is_loading {
            None
        } else {
            column.cursor.as_deref()
        }
    }

    /// Whether a column has cards that are not loaded.
    #[must_use]
    pub fn has_more(&self, lane: impl Into<LaneId>) -> bool {
        let column = self.column(lane.into());
        column.is_some_and(|column| column.cursor.is_some())
    }

    /// How many cards of a column were loaded, shown or not.
    #[must_use]
    pub fn loaded(&self, lane: impl Into<LaneId>) -> usize {
        let column = self.column(lane.into());
        column.map_or(0, |column| column.cards.len())
    }

    /// A column's figures, with the moves on their way counted as done.
    #[must_use]
    pub fn totals(&self, lane: impl Into<LaneId>) -> ColumnTotals {
        let lane = lane.into();
        let Some(column) = self.column(lane) else {
            return ColumnTotals::default();
        };
        let mut figures = column.totals.clone();
        let on_their_way: BTreeSet<DealId> = self.busy().into_iter().collect();
        for before in on_their_way.iter().filter_map(|id| self.deals.get(id)) {
            let after = self.overlaid(before);
            let (from, to) = (self.stage(before.stage_id), self.stage(after.stage_id));
            if let Some(from) = from.filter(|_| self.lane_of(before) == Some(lane)) {
                totals::take(&mut figures, before, from);
            }
            if let Some(to) = to.filter(|_| self.lane_of(&after) == Some(lane)) {
                totals::add(&mut figures, &after, to);
            }
        }
        figures
    }

    /// Whether people put the cards of a column in their order.
    #[must_use]
    pub fn is_by_hand(&self) -> bool {
        self.sort.by == CardOrder::Hand
    }

    /// Where a card lands that is let go at a place: there, unless the cards are sorted.
    #[must_use]
    pub fn landing(&self, deal: &Deal, place: Place) -> Place {
        let cards = self.cards(place.lane);
        let to = place.lane.stage();
        let entered = place
            .lane
            .group()
            .and_then(|key| further::entered(key, deal));
        let deal = entered.as_ref().unwrap_or(deal);
        let index = match self.sort.by {
            CardOrder::Hand => place.index,
            // Who comes into a stage now has been in it for the shortest time.
            CardOrder::Age if to.is_some_and(|to| to != deal.stage_id) => cards.len(),
            _ => cards.partition_point(|card| self.sort.compare(card, deal) == Ordering::Less),
        };
        Place { index, ..place }
    }

    /// Whether a card may be let go in a column, apart from what is asked for then.
    #[must_use]
    pub fn takes(&self, deal: &Deal, lane: LaneId) -> bool {
        match lane {
            LaneId::Stage(stage) => self.verdict(deal, stage) == Verdict::Allowed,
            LaneId::Group(key) => {
                self.index_of(lane).is_some() && further::entered(key, deal).is_some()
            }
        }
    }

    /// What the rule says about a move there, apart from what is asked for: a loss reason, and what the
    /// stages on the way ask.
    #[must_use]
    pub fn verdict(&self, deal: &Deal, to: StageId) -> Verdict {
        let Some(stage) = self.stage(to) else {
            return Verdict::Refused(shared::error::ErrorCode::StageArchived);
        };
        judge(&MoveFacts {
            funnel_id: deal.funnel_id,
            is_archived: deal.archived_at.is_some(),
            stages: &[],
            from: None,
            reached: None,
            to: stage,
            is_stage_archived: false,
            loss_reason: Some(LossReason::Unknown),
            known_loss_reason: None,
            known: None,
            override_reason: None,
        })
    }

    /// What a deal lacks to move there, as far as that is known here.
    #[must_use]
    pub fn miss(&self, deal: &Deal, to: StageId, now: DateTime<Utc>) -> Option<GateMiss> {
        let facts = deal.facts.as_ref()?;
        gate::miss(&self.funnel, deal, to, facts, now)
    }

    /// How many things a deal lacks to come into a column, as far as that is known here.
    #[must_use]
    pub fn lacks(&self, deal: &Deal, lane: LaneId, now: DateTime<Utc>) -> usize {
        let miss = lane.stage().and_then(|to| self.miss(deal, to, now));
        miss.map_or(0, |miss| miss.missing.len())
    }

    /// The moves that may go out now. One of a deal waits for the one before; one that follows a card
    /// waits until that card has arrived.
    #[must_use]
    pub fn ready(&self) -> Vec<Outgoing> {
        let unsent = self
            .pending
            .iter()
            .enumerate()
            .filter(|(_, pending)| pending.sent_after.is_none());
        let ready = unsent.filter_map(|(index, pending)| {
            let earlier = self.pending.get(..index).unwrap_or_default();
            let after = self.anchor(pending);
            let is_blocked = earlier.iter().any(|before| {
                before.deal() == pending.deal()
                    || Some(before.deal()) == after
                    || before.sent_after.flatten().or_else(|| self.anchor(before))
                        == Some(pending.deal())
            });
            let is_blocked = is_blocked || self.is_edited_before(pending);
            (!is_blocked).then(|| Outgoing {
                op: pending.op,
                deal: pending.deal(),
                version: pending.version,
                body: MoveDeal {
                    to_stage_id: pending.to(),
                    after_deal_id: after,
                    loss_reason: pending.loss_reason,
                    loss_note: pending.loss_note.clone(),
                    override_reason: pending.override_reason.clone(),
                },
            })
        });
        ready.collect()
    }

    /// Why a move cannot be undone, if it cannot: the deal has moved since.
    #[must_use]
    pub fn can_undo(&self, op: OpId) -> bool {
        if let Some(regrouped) = self.regrouped.iter().find(|regrouped| regrouped.op == op) {
            return self.can_return(regrouped);
        }
        self.done
            .iter()
            .find(|done| done.op == op)
            .is_some_and(|done| {
                let is_moving = self.is_pending(done.deal);
                let deal = self.deals.get(&done.deal);
                !is_moving
                    && deal
                        .is_some_and(|deal| deal.stage_id == done.stage && deal.rank == done.rank)
            })
    }

    pub(super) fn index_of(&self, lane: LaneId) -> Option<usize> {
        self.columns.iter().position(|column| column.lane == lane)
    }

    pub(super) fn column(&self, lane: LaneId) -> Option<&ColumnState> {
        self.columns.iter().find(|column| column.lane == lane)
    }

    pub(super) fn with_column(&mut self, lane: LaneId, change: impl FnOnce(&mut ColumnState)) {
        if let Some(column) = self.columns.iter_mut().find(|column| column.lane == lane) {
            change(column);
        }
    }

    /// The nearest card above the drop that is in the target column.
    pub(super) fn anchor(&self, pending: &PendingMove) -> Option<DealId> {
        let is_there = |id: &DealId| {
            let on_its_way = self
                .pending
                .iter()
                .take_while(|other| other.op != pending.op)
                .filter(|other| other.deal() == *id)
                .last();
            let stage = match on_its_way {
                Some(other) => Some(other.to()),
                None => self.deals.get(id).map(|deal| deal.stage_id),
            };
            stage == Some(pending.to())
        };
        pending.trail.iter().copied().find(is_there)
    }

    /// Lays the moves over the confirmed cards, unless a card is in the air.
    fn redraw(&mut self) {
        if self.drag.is_some() {
            return;
        }
        let mut shown: Vec<Rc<Vec<Rc<Deal>>>> =
            self.columns.iter().map(ColumnState::visible).collect();
        for pending in self.pending.iter().chain(&self.asking) {
            take_out(&mut shown, pending.deal());
            let card = self.as_moved(pending);
            let to = self.lane_of(&card).and_then(|lane| self.index_of(lane));
            if let Some(cards) = to.and_then(|index| shown.get_mut(index)) {
                let cards = Rc::make_mut(cards);
                if self.is_by_hand() {
                    pending.lay_over(cards, card);
                } else {
                    self.put_in_order(cards, card);
                }
            }
        }
        for edited in self.edits.iter().map(|edit| edit.deal) {
            let card = shown
                .iter()
                .find_map(|cards| cards.iter().find(|card| card.id == edited));
            let Some(card) = card.map(|card| self.with_edits(card)) else {
                continue;
            };
            if self.is_by_hand() {
                for cards in &mut shown {
                    if let Some(at) = cards.iter().position(|old| old.id == edited)
                        && let Some(old) = Rc::make_mut(cards).get_mut(at)
                    {
                        *old = Rc::clone(&card);
                    }
                }
                continue;
            }
            // What changed may be what it is sorted or grouped by.
            take_out(&mut shown, edited);
            let to = self.lane_of(&card).and_then(|lane| self.index_of(lane));
            if let Some(cards) = to.and_then(|index| shown.get_mut(index)) {
                self.put_in_order(Rc::make_mut(cards), card);
            }
        }
        self.shown = shown;
    }
    /// Puts a card where the order of the cards has it.
    fn put_in_order(&self, cards: &mut Vec<Rc<Deal>>, card: Rc<Deal>) {
        let spot = cards.partition_point(|other| self.sort.compare(other, &card).is_lt());
        cards.insert(spot, card);
    }
}

/// Takes a card out of the columns as they show.
fn take_out(shown: &mut [Rc<Vec<Rc<Deal>>>], deal: DealId) {
    for cards in shown {
        if cards.iter().any(|card| card.id == deal) {
            Rc::make_mut(cards).retain(|card| card.id != deal);
        }
    }
}
