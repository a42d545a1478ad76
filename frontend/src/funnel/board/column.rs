//! One column as the reducer keeps it: the confirmed cards in order, how far they are loaded, the figures.

use super::lane_id::LaneId;
use shared::funnel::{CardSort, Column, ColumnTotals, Deal, Group, GroupKey};
use shared::id::DealId;
use std::cmp::Ordering;
use std::rc::Rc;

/// One column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ColumnState {
    /// Which.
    pub lane: LaneId,
    /// The name of its owner or account, where the columns are theirs.
    pub name: Option<Rc<str>>,
    /// The order of its cards.
    pub sort: CardSort,
    /// Its confirmed figures.
    pub totals: ColumnTotals,
    /// Its confirmed cards, in order.
    pub cards: Rc<Vec<Rc<Deal>>>,
    /// Gets the cards that follow.
    pub cursor: Option<String>,
    /// Up to this card, as it was then, all are loaded without a gap; none when all are loaded.
    pub frontier: Option<Rc<Deal>>,
    /// Whether more cards are under way.
    pub is_loading: bool,
}

impl ColumnState {
    /// An empty column with the figures and the reach of what came.
    pub fn of(column: &Column, sort: CardSort) -> Self {
        let is_all = column.next_cursor.is_none();
        Self {
            lane: column.stage_id.into(),
            name: None,
            sort,
            totals: column.totals.clone(),
            cards: Rc::default(),
            cursor: column.next_cursor.clone(),
            frontier: if is_all {
                None
            } else {
                column.cards.last().cloned().map(Rc::new)
            },
            is_loading: false,
        }
    }

    /// The same for a group.
    pub fn of_group(key: GroupKey, group: &Group, sort: CardSort) -> Self {
        let is_all = group.next_cursor.is_none();
        let last = group.cards.last().filter(|_| !is_all);
        Self {
            lane: key.into(),
            name: group.name.as_deref().map(Rc::from),
            sort,
            totals: group.totals.clone(),
            cards: Rc::default(),
            cursor: group.next_cursor.clone(),
            frontier: last.cloned().map(Rc::new),
            is_loading: false,
        }
    }

    fn spot(&self, deal: &Deal) -> usize {
        self.cards
            .partition_point(|card| self.sort.compare(card, deal) == Ordering::Less)
    }

    /// Whether a card is among those loaded.
    pub fn holds(&self, deal: &Deal) -> bool {
        let card = self.cards.get(self.spot(deal));
        card.is_some_and(|card| card.id == deal.id)
    }

    /// Puts a card in its place.
    pub fn insert(&mut self, deal: &Rc<Deal>) {
        let spot = self.spot(deal);
        Rc::make_mut(&mut self.cards).insert(spot, Rc::clone(deal));
    }

    /// Takes a card out.
    pub fn remove(&mut self, deal: &Deal) {
        let spot = self.spot(deal);
        if self.cards.get(spot).is_some_and(|card| card.id == deal.id) {
            Rc::make_mut(&mut self.cards).remove(spot);
        }
    }

    /// Whether a place in the order by hand is within the loaded part.
    pub fn reaches_rank(&self, rank: &str, id: DealId) -> bool {
        self.frontier
            .as_ref()
            .is_none_or(|frontier| (rank, id) <= (frontier.rank.as_str(), frontier.id))
    }

    /// Shows the column at least down to there.
    pub fn reach(&mut self, deal: &Deal) {
        let is_beyond =
            |frontier: &Rc<Deal>| self.sort.compare(deal, frontier) == Ordering::Greater;
        if self.frontier.as_ref().is_some_and(is_beyond) {
            self.frontier = Some(Rc::new(deal.clone()));
        }
    }

    /// The cards of the loaded part.
    pub fn visible(&self) -> Rc<Vec<Rc<Deal>>> {
        let Some(frontier) = &self.frontier else {
            return Rc::clone(&self.cards);
        };
        let end = self
            .cards
            .partition_point(|card| self.sort.compare(card, frontier) != Ordering::Greater);
        if end == self.cards.len() {
            Rc::clone(&self.cards)
        } else {
            Rc::new(self.cards.iter().take(end).cloned().collect())
        }
    }
}
