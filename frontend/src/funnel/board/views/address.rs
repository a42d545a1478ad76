//! The view and the filter in the page's address.

use super::super::filter::{from_pairs, to_pairs};
use chrono::NaiveDate;
use shared::funnel::{BoardFilter, SavedView};
use shared::id::ViewId;
use uuid::Uuid;

/// Says that the filter beside a view counts although it is empty.
const CHANGED: &str = "changed";

/// What the address of a board says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    /// The open view.
    pub view: Option<ViewId>,
    /// What the board is narrowed to; with a view, only what differs from it as a whole.
    pub own: Option<BoardFilter>,
}

impl Address {
    /// The address of a view as it was saved.
    #[must_use]
    pub const fn to(view: ViewId) -> Self {
        Self {
            view: Some(view),
            own: None,
        }
    }

    /// The address of a filter, seen from an open view.
    #[must_use]
    pub fn of(view: Option<&SavedView>, filter: BoardFilter, today: NaiveDate) -> Self {
        let is_same = view.is_some_and(|view| view.filter.clone().on(today) == filter);
        Self {
            view: view.map(|view| view.id),
            own: (!is_same).then_some(filter),
        }
    }

    /// Reads the pairs of an address; an id that is none stands for a view that is not there.
    #[must_use]
    pub fn read(pairs: &[(String, String)]) -> Self {
        let value = |name: &str| pairs.iter().find(|(key, _)| key == name);
        let view = value("view").map(|(_, id)| id.parse().unwrap_or(ViewId(Uuid::nil())));
        let filter = from_pairs(pairs);
        let counts = view.is_none() || value(CHANGED).is_some() || !filter.is_empty();
        Self {
            view,
            own: counts.then_some(filter),
        }
    }

    /// The pairs that say the same.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if let Some(view) = self.view {
            pairs.push(("view", view.to_string()));
            if self.own.as_ref().is_some_and(BoardFilter::is_empty) {
                pairs.push((CHANGED, "true".to_owned()));
            }
        }
        pairs.extend(self.own.as_ref().map(to_pairs).unwrap_or_default());
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::super::shelf::fixture;
    use super::*;
    use shared::accounts::Tier;

    fn tier(tier: Tier) -> BoardFilter {
        BoardFilter {
            tier: Some(tier),
            ..BoardFilter::default()
        }
    }

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 22).unwrap_or_default()
    }

    fn again(address: &Address) -> Address {
        let pairs: Vec<_> = address
            .pairs()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        Address::read(&pairs)
    }

    #[test]
    fn a_view_and_what_differs_from_it_survive_the_address() {
        let view = fixture(1, tier(Tier::A));
        for filter in [tier(Tier::A), tier(Tier::B), BoardFilter::default()] {
            for from in [Some(&view), None] {
                let address = Address::of(from, filter.clone(), today());
                let read = again(&address);
                assert_eq!(read.view, address.view);
                // Without a view no filter and an empty one are the same.
                assert_eq!(
                    read.own.unwrap_or_default(),
                    address.own.clone().unwrap_or_default()
                );
            }
        }
    }

    #[test]
    fn the_address_of_a_view_as_saved_is_its_id_alone() {
        let view = fixture(1, tier(Tier::A));
        let pairs = Address::of(Some(&view), tier(Tier::A), today()).pairs();
        assert_eq!(pairs, [("view", view.id.to_string())]);
        assert_eq!(again(&Address::to(view.id)), Address::to(view.id));
    }

    #[test]
    fn a_view_whose_filter_was_cleared_is_not_the_view_as_saved() {
        let view = fixture(1, tier(Tier::A));
        let cleared = Address::of(Some(&view), BoardFilter::default(), today());
        assert_eq!(again(&cleared).own, Some(BoardFilter::default()));
    }

    #[test]
    fn what_is_overdue_in_a_view_is_overdue_today() {
        let overdue = |day| BoardFilter {
            overdue_on: Some(day),
            ..BoardFilter::default()
        };
        let before = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or_default();
        let view = fixture(1, overdue(before));
        let address = Address::of(Some(&view), overdue(today()), today());
        assert_eq!(address, Address::to(view.id));
    }

    #[test]
    fn nonsense_for_an_id_is_a_view_that_is_not_there() {
        let address = Address::read(&[("view".to_owned(), "mine".to_owned())]);
        assert_eq!(address.view, Some(ViewId(Uuid::nil())));
    }
}
