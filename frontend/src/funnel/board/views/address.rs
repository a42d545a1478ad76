//! The view, the filter and the layout in the page's address.

use super::Look;
use chrono::NaiveDate;
use shared::funnel::SavedView;
use shared::id::ViewId;
use uuid::Uuid;

/// Says that what stands beside a view counts although it is nothing.
const CHANGED: &str = "changed";

/// What the address of a board says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    /// The open view.
    pub view: Option<ViewId>,
    /// What the board shows; with a view, only what differs from it as a whole.
    pub own: Option<Look>,
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

    /// The address of what is to be shown, seen from an open view.
    #[must_use]
    pub fn of(view: Option<&SavedView>, look: Look, today: NaiveDate) -> Self {
        let is_same = view.is_some_and(|view| Look::of(view, today) == look);
        Self {
            view: view.map(|view| view.id),
            own: (!is_same).then_some(look),
        }
    }

    /// Reads the pairs of an address; an id that is none stands for a view that is not there.
    #[must_use]
    pub fn read(pairs: &[(String, String)]) -> Self {
        let value = |name: &str| pairs.iter().find(|(key, _)| key == name);
        let view = value("view").map(|(_, id)| id.parse().unwrap_or(ViewId(Uuid::nil())));
        let look = Look::read(pairs);
        let counts = view.is_none() || value(CHANGED).is_some() || !look.is_usual();
        Self {
            view,
            own: counts.then_some(look),
        }
    }

    /// The pairs that say the same.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if let Some(view) = self.view {
            pairs.push(("view", view.to_string()));
            if self.own.as_ref().is_some_and(Look::is_usual) {
                pairs.push((CHANGED, "true".to_owned()));
            }
        }
        pairs.extend(self.own.as_ref().map(Look::pairs).unwrap_or_default());
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::super::shelf::fixture;
    use super::*;
    use shared::accounts::Tier;
    use shared::funnel::{BoardFilter, CardOrder, Grouping, Layout};

    fn tier(tier: Tier) -> Look {
        let filter = BoardFilter {
            tier: Some(tier),
            ..BoardFilter::default()
        };
        filter.into()
    }

    fn sorted(look: Look, sort: CardOrder) -> Look {
        let layout = Layout {
            sort,
            ..look.layout
        };
        Look { layout, ..look }
    }

    fn grouped(mut look: Look, by: Grouping) -> Look {
        look.layout.group_by = by;
        look
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
        let by_owner = grouped(tier(Tier::A), Grouping::Owner);
        let by_age = sorted(tier(Tier::A), CardOrder::Age);
        for look in [
            tier(Tier::A),
            tier(Tier::B),
            Look::default(),
            by_age,
            by_owner,
        ] {
            for from in [Some(&view), None] {
                let address = Address::of(from, look.clone(), today());
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
        let cleared = Address::of(Some(&view), Look::default(), today());
        assert_eq!(again(&cleared).own, Some(Look::default()));
        let by_hand = fixture(2, sorted(Look::default(), CardOrder::Amount));
        let back = Address::of(Some(&by_hand), Look::default(), today());
        assert_eq!(again(&back).own, Some(Look::default()));
    }

    #[test]
    fn what_is_overdue_or_over_its_limit_in_a_view_is_so_today() {
        let overdue = |day| {
            Look::from(BoardFilter {
                overdue_on: Some(day),
                over_limit_on: Some(day),
                ..BoardFilter::default()
            })
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
