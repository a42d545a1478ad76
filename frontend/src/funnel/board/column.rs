//! One column as the reducer keeps it: the confirmed cards in order, how far they are loaded, the figures.

use shared::funnel::{Column, ColumnTotals, Deal};
use shared::id::{DealId, StageId};
use std::rc::Rc;

/// The order of cards: by rank, compared by bytes, then by id.
pub(super) type Key = (String, DealId);

/// A card's place in the order.
pub(super) fn key_of(deal: &Deal) -> Key {
    (deal.rank.clone(), deal.id)
}

/// One column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ColumnState {
    /// The stage it shows.
    pub stage: StageId,
    /// Its confirmed figures.
    pub totals: ColumnTotals,
    /// Its confirmed cards, in order.
    pub cards: Rc<Vec<Rc<Deal>>>,
    /// Gets the cards that follow.
    pub cursor: Option<String>,
    /// Up to here the cards are loaded without a gap; none when all are.
    pub frontier: Option<Key>,
    /// Whether more cards are under way.
    pub is_loading: bool,
}

impl ColumnState {
    /// An empty column with the figures and the reach of what came.
    pub fn of(column: &Column) -> Self {
        let is_all = column.next_cursor.is_none();
        Self {
            stage: column.stage_id,
            totals: column.totals.clone(),
            cards: Rc::default(),
            cursor: column.next_cursor.clone(),
            frontier: if is_all {
                None
            } else {
                column.cards.last().map(key_of)
            },
            is_loading: false,
        }
    }

    fn spot(&self, deal: &Deal) -> usize {
        self.cards
            .partition_point(|card| (card.rank.as_str(), card.id) < (deal.rank.as_str(), deal.id))
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

    /// Whether a place is within the loaded part.
    pub fn reaches(&self, key: &Key) -> bool {
        self.frontier
            .as_ref()
            .is_none_or(|frontier| key <= frontier)
    }

    /// Shows the column at least down to there.
    pub fn reach(&mut self, key: Key) {
        if let Some(frontier) = self.frontier.take() {
            self.frontier = Some(frontier.max(key));
        }
    }

    /// The cards of the loaded part.
    pub fn visible(&self) -> Rc<Vec<Rc<Deal>>> {
        let Some((rank, id)) = &self.frontier else {
            return Rc::clone(&self.cards);
        };
        let end = self
            .cards
            .partition_point(|card| (card.rank.as_str(), card.id) <= (rank.as_str(), *id));
        if end == self.cards.len() {
            Rc::clone(&self.cards)
        } else {
            Rc::new(self.cards.iter().take(end).cloned().collect())
        }
    }
}
