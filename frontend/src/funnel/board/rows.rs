//! The rows of a column as they stand now: its cards, without the one in the air, with the place it would
//! fall.

use shared::funnel::Deal;
use shared::id::DealId;
use std::ops::Range;
use std::rc::Rc;

/// One row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Row<'a> {
    /// A card, and its place among the cards of the column, from 0.
    Card(usize, &'a Rc<Deal>),
    /// Where the card in the air would fall.
    Slot,
}

/// The rows of one column, without building them.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    cards: &'a [Rc<Deal>],
    without: Option<usize>,
    slot: Option<usize>,
}

impl<'a> Rows<'a> {
    /// The cards without one of them, with a slot at a row.
    #[must_use]
    pub fn new(cards: &'a [Rc<Deal>], without: Option<DealId>, slot: Option<usize>) -> Self {
        let without = without.and_then(|id| cards.iter().position(|card| card.id == id));
        let most = cards.len() - usize::from(without.is_some());
        Self {
            cards,
            without,
            slot: slot.map(|row| row.min(most)),
        }
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cards.len() + usize::from(self.slot.is_some()) - usize::from(self.without.is_some())
    }

    /// How many there would be without a slot that takes no card's place.
    #[must_use]
    pub fn without_slot(&self) -> usize {
        self.len() - usize::from(self.is_longer())
    }

    /// The rows to draw, from those to draw without such a slot: the same cards, so that none is made anew
    /// because a card is carried past.
    #[must_use]
    pub fn widened(&self, range: Range<usize>) -> Range<usize> {
        match self.slot.filter(|_| self.is_longer()) {
            Some(slot) if slot < range.start => range.start + 1..range.end + 1,
            Some(slot) if slot <= range.end => range.start..range.end + 1,
            _ => range,
        }
    }

    /// The rows to draw, from those to draw with the card that is left out: the same cards, for the same reason.
    #[must_use]
    pub fn left_of(&self, range: Range<usize>) -> Range<usize> {
        match self.without {
            Some(without) if without < range.start => range.start - 1..range.end - 1,
            Some(without) if without < range.end => range.start..range.end - 1,
            _ => range,
        }
    }

    /// Whether the slot takes no card's place.
    fn is_longer(&self) -> bool {
        self.slot.is_some() && self.without.is_none()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<Row<'a>> {
        if self.slot == Some(row) {
            return Some(Row::Slot);
        }
        let row = row - usize::from(self.slot.is_some_and(|slot| slot < row));
        let index = row + usize::from(self.without.is_some_and(|without| without <= row));
        let card = self.cards.get(index)?;
        Some(Row::Card(index, card))
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{deal, deal_id};
    use super::*;

    fn cards() -> Vec<Rc<Deal>> {
        (1..=4)
            .map(|number| Rc::new(deal(number, 0, "a")))
            .collect()
    }

    fn read(rows: Rows<'_>) -> Vec<u128> {
        let all = (0..rows.len()).map(|row| match rows.get(row).unwrap() {
            Row::Card(_, card) => card.id.0.as_u128(),
            Row::Slot => 0,
        });
        all.collect()
    }

    #[test]
    fn rows_leave_out_the_lifted_card_and_hold_its_slot() {
        let cards = cards();
        assert_eq!(read(Rows::new(&cards, None, None)), [1, 2, 3, 4]);
        assert_eq!(read(Rows::new(&cards, None, Some(1))), [1, 0, 2, 3, 4]);
        assert_eq!(
            read(Rows::new(&cards, Some(deal_id(2)), Some(0))),
            [0, 1, 3, 4]
        );
        assert_eq!(
            read(Rows::new(&cards, Some(deal_id(2)), Some(2))),
            [1, 3, 0, 4]
        );
        assert_eq!(
            read(Rows::new(&cards, Some(deal_id(1)), Some(3))),
            [2, 3, 4, 0]
        );
        assert_eq!(read(Rows::new(&cards, Some(deal_id(4)), None)), [1, 2, 3]);
        assert_eq!(read(Rows::new(&cards, None, Some(99))), [1, 2, 3, 4, 0]);
    }

    #[test]
    fn a_card_carried_past_draws_no_other_card() {
        let cards: Vec<_> = (1..=12)
            .map(|number| Rc::new(deal(number, 0, "a")))
            .collect();
        let drawn = |rows: &Rows<'_>, range: Range<usize>| {
            let cards = range.filter_map(|row| match rows.get(row)? {
                Row::Card(index, _) => Some(index),
                Row::Slot => None,
            });
            cards.collect::<Vec<_>>()
        };
        let plain = Rows::new(&cards, None, None);
        let before = drawn(&plain, plain.widened(3..8));
        for slot in 0..=12 {
            let rows = Rows::new(&cards, None, Some(slot));
            assert_eq!((rows.len(), rows.without_slot()), (13, 12));
            let range = rows.widened(3..8);
            assert_eq!(range.contains(&slot), (3..=8).contains(&slot));
            assert_eq!(drawn(&rows, range), before, "{slot}");
        }
        let own = Rows::new(&cards, Some(deal_id(5)), Some(2));
        assert_eq!((own.without_slot(), own.widened(3..8)), (12, 3..8));
        for number in 1..=12 {
            let rows = Rows::new(&cards, Some(deal_id(number)), None);
            let left = drawn(&rows, rows.left_of(3..8));
            let taken = usize::try_from(number).unwrap() - 1;
            let expected: Vec<_> = (3..8).filter(|index| *index != taken).collect();
            assert_eq!(left, expected, "{number}");
        }
    }
}
