//! What a board shows: whom it is narrowed to, and how the cards are laid out.

use super::super::filter::{from_pairs, to_pairs};
use chrono::NaiveDate;
use shared::funnel::{BoardFilter, CardOrder, Layout, SavedView};

/// The filter and the layout, as a view keeps them and an address says them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// What it is narrowed to.
    pub filter: BoardFilter,
    /// How it is laid out.
    pub layout: Layout,
}

impl Look {
    /// What a view shows on a day.
    #[must_use]
    pub fn of(view: &SavedView, today: NaiveDate) -> Self {
        Self {
            filter: view.filter.clone().on(today),
            layout: Layout {
                group_by: view.group_by,
                sort: view.sort,
            },
        }
    }

    /// Whether it is the whole board as it opens.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// Reads the pairs of an address; what is not understood is passed over.
    #[must_use]
    pub fn read(pairs: &[(String, String)]) -> Self {
        let value = |name: &str| pairs.iter().find(|(key, _)| key == name);
        let group_by = value("group").and_then(|(_, group)| group.parse().ok());
        let sort = value("sort").and_then(|(_, sort)| sort.parse().ok());
        Self {
            filter: from_pairs(pairs),
            layout: Layout {
                group_by: group_by.unwrap_or_default(),
                sort: sort.unwrap_or_default(),
            },
        }
    }

    /// The pairs that say the same.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = to_pairs(&self.filter);
        if !self.layout.has_stages() {
            pairs.push(("group", self.layout.group_by.as_ref().to_owned()));
        }
        if self.layout.sort != CardOrder::default() {
            pairs.push(("sort", self.layout.sort.as_ref().to_owned()));
        }
        pairs
    }
}

impl From<BoardFilter> for Look {
    fn from(filter: BoardFilter) -> Self {
        Self {
            filter,
            layout: Layout::default(),
        }
    }
}
