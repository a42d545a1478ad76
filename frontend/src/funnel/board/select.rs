//! Which cards are chosen for an action on many: toggled one by one, or as a range within a column.

use super::state::BoardState;
use shared::funnel::Deal;
use shared::id::DealId;
use std::collections::BTreeSet;
use std::rc::Rc;

/// The cards chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    chosen: Rc<BTreeSet<DealId>>,
    /// The one a range begins at: the one toggled last.
    anchor: Option<DealId>,
}

/// What may happen to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SelectAction {
    /// One more or one less.
    Toggled(DealId),
    /// All from the one toggled last to this one, where both stand in this column.
    Reached {
        /// The column, from the top.
        column: Vec<DealId>,
        /// The end of the range.
        to: DealId,
    },
    /// These and no others.
    Kept(Vec<DealId>),
    /// None.
    Cleared,
}

impl Selection {
    /// Takes one step.
    pub fn apply(&mut self, action: SelectAction) {
        match action {
            SelectAction::Toggled(deal) => {
                let chosen = Rc::make_mut(&mut self.chosen);
                if !chosen.remove(&deal) {
                    chosen.insert(deal);
                }
                self.anchor = Some(deal);
            }
            SelectAction::Reached { column, to } => {
                let at = |deal: DealId| column.iter().position(|other| *other == deal);
                let (Some(from), Some(end)) = (self.anchor.and_then(at), at(to)) else {
                    // There is nothing to begin at: the range is the card alone.
                    Rc::make_mut(&mut self.chosen).insert(to);
                    self.anchor = Some(to);
                    return;
                };
                let between = from.min(end)..=from.max(end);
                let range = column.get(between).unwrap_or_default();
                Rc::make_mut(&mut self.chosen).extend(range.iter().copied());
            }
            SelectAction::Kept(deals) => {
                self.chosen = Rc::new(deals.into_iter().collect());
                self.anchor = None;
            }
            SelectAction::Cleared => *self = Self::default(),
        }
    }

    /// The ids of those chosen, on the board or not.
    #[must_use]
    pub fn ids(&self) -> &Rc<BTreeSet<DealId>> {
        &self.chosen
    }

    /// The cards chosen that are on the board, in its order.
    #[must_use]
    pub fn cards(&self, state: &BoardState) -> Vec<Rc<Deal>> {
        if self.chosen.is_empty() {
            return Vec::new();
        }
        let columns = state
            .funnel
            .stages
            .iter()
            .map(|stage| state.cards(stage.id));
        let chosen = |cards: Rc<Vec<Rc<Deal>>>| {
            let chosen = cards.iter().filter(|card| self.chosen.contains(&card.id));
            chosen.cloned().collect::<Vec<_>>()
        };
        columns.flat_map(chosen).collect()
    }
}

impl yew::Reducible for Selection {
    type Action = SelectAction;

    fn reduce(self: Rc<Self>, action: SelectAction) -> Rc<Self> {
        let mut next = (*self).clone();
        next.apply(action);
        Rc::new(next)
    }
}

#[cfg(test)]
mod tests {
    use super::super::action::BoardAction;
    use super::super::fixture::{board, deal, deal_id};
    use super::*;

    fn chosen(selection: &Selection) -> Vec<DealId> {
        selection.ids().iter().copied().collect()
    }

    #[test]
    fn a_range_goes_from_the_card_toggled_last_to_the_one_reached() {
        let column: Vec<DealId> = (1..=5).map(deal_id).collect();
        let mut selection = Selection::default();
        let reach = |to| SelectAction::Reached {
            column: column.clone(),
            to: deal_id(to),
        };
        selection.apply(reach(4));
        assert_eq!(chosen(&selection), [deal_id(4)]);
        selection.apply(reach(2));
        assert_eq!(chosen(&selection), [2, 3, 4].map(deal_id));
        // The range begins anew where a card was toggled, also by taking it out.
        selection.apply(SelectAction::Toggled(deal_id(3)));
        selection.apply(reach(5));
        assert_eq!(chosen(&selection), [2, 3, 4, 5].map(deal_id));
        selection.apply(SelectAction::Cleared);
        assert_eq!(chosen(&selection), []);
    }

    #[test]
    fn a_range_into_another_column_is_the_card_alone() {
        let mut selection = Selection::default();
        selection.apply(SelectAction::Toggled(deal_id(9)));
        selection.apply(SelectAction::Reached {
            column: (1..=3).map(deal_id).collect(),
            to: deal_id(3),
        });
        assert_eq!(chosen(&selection), [3, 9].map(deal_id));
    }

    #[test]
    fn what_left_the_board_is_not_acted_on() {
        let mut state =
            BoardState::new(&board(&[deal(1, 1, "a"), deal(2, 0, "b"), deal(3, 0, "a")]));
        let mut selection = Selection::default();
        for number in 1..=3 {
            selection.apply(SelectAction::Toggled(deal_id(number)));
        }
        let order = |state: &BoardState| -> Vec<DealId> {
            let cards = selection.cards(state);
            cards.iter().map(|card| card.id).collect()
        };
        assert_eq!(order(&state), [3, 2, 1].map(deal_id));
        state.apply(BoardAction::DealGone {
            deal: deal_id(2),
            version: None,
        });
        assert_eq!(order(&state), [3, 1].map(deal_id));
    }
}
