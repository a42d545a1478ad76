//! The board of a funnel: its columns and cards, what narrows them, and the views that are kept.

use crate::api::{Api, ApiResult, Method, query};
use serde::Deserialize;
use shared::funnel::{
    Board, BoardFilter, BoardTotals, CardOrder, Deal, GroupKey, Grouping, Layout, NewView,
    SavedView, ViewPatch,
};
use shared::id::{FunnelId, StageId, ViewId};
use shared::page::Page;
use std::collections::BTreeSet;

/// Cards asked for at once while a column is scrolled.
const MORE_CARDS: u32 = 100;

/// The pairs of a board's filter, as they stand in addresses, the page's own and the API's.
#[must_use]
pub fn filter_pairs(filter: &BoardFilter) -> [(&'static str, Option<String>); 10] {
    [
        ("owner_id", filter.owner_id.map(|id| id.to_string())),
        ("team_id", filter.team_id.map(|id| id.to_string())),
        ("industry", filter.industry.clone()),
        ("tier", filter.tier.map(|tier| tier.as_ref().to_owned())),
        ("source", filter.source.clone()),
        (
            "prospecting",
            filter.prospecting.map(|method| method.as_ref().to_owned()),
        ),
        ("overdue_on", filter.overdue_on.map(|day| day.to_string())),
        (
            "over_limit_on",
            filter.over_limit_on.map(|day| day.to_string()),
        ),
        (
            "is_low_investment",
            filter.is_low_investment.then(|| true.to_string()),
        ),
        ("text", filter.text.clone()),
    ]
}

/// What the columns are, where they are no stages.
fn group_pair(group_by: Grouping) -> (&'static str, Option<String>) {
    let is_usual = group_by == Grouping::default();
    let group_by = (!is_usual).then(|| group_by.as_ref().to_owned());
    ("group_by", group_by)
}

/// The order of the cards, where it is not the usual one.
fn sort_pair(layout: &Layout) -> (&'static str, Option<String>) {
    let is_usual = layout.sort == CardOrder::default();
    let sort = (!is_usual).then(|| layout.sort.as_ref().to_owned());
    ("sort", sort)
}

/// The fields of an account that the filter needs.
#[derive(Deserialize)]
struct Told {
    industry: Option<String>,
    source: Option<String>,
}

/// The words that accounts are told apart by, for a filter; each in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountWords {
    /// Their industries.
    pub industries: Vec<String>,
    /// Where they came from.
    pub sources: Vec<String>,
}

impl Api {
    /// A funnel with its figures and the first cards of each column.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn board(
        &self,
        id: FunnelId,
        filter: &BoardFilter,
        layout: &Layout,
    ) -> ApiResult<Board> {
        let laid_out = [group_pair(layout.group_by), sort_pair(layout)];
        let pairs = filter_pairs(filter).into_iter().chain(laid_out);
        self.get(format!("/funnels/{id}/board{}", query(pairs)))
            .await
    }

    /// The figures of a board alone.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn board_totals(
        &self,
        id: FunnelId,
        filter: &BoardFilter,
        group_by: Grouping,
    ) -> ApiResult<BoardTotals> {
        let pairs = filter_pairs(filter).into_iter();
        let pairs = pairs.chain([group_pair(group_by)]);
        self.get(format!("/funnels/{id}/totals{}", query(pairs)))
            .await
    }

    /// More cards of a column, in their order.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn cards(
        &self,
        stage: StageId,
        filter: &BoardFilter,
        layout: &Layout,
        cursor: &str,
    ) -> ApiResult<Page<Deal>> {
        let paging = [
            sort_pair(layout),
            ("cursor", Some(cursor.to_owned())),
            ("limit", Some(MORE_CARDS.to_string())),
        ];
        let pairs = filter_pairs(filter).into_iter().chain(paging);
        self.get(format!("/stages/{stage}/cards{}", query(pairs)))
            .await
    }

    /// More cards of a group, in their order.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn group_cards(
        &self,
        funnel: FunnelId,
        key: GroupKey,
        filter: &BoardFilter,
        layout: &Layout,
        cursor: &str,
    ) -> ApiResult<Page<Deal>> {
        let paging = [
            group_pair(layout.group_by),
            ("group", Some(key.to_string())),
            sort_pair(layout),
            ("cursor", Some(cursor.to_owned())),
            ("limit", Some(MORE_CARDS.to_string())),
        ];
        let pairs = filter_pairs(filter).into_iter().chain(paging);
        self.get(format!("/funnels/{funnel}/cards{}", query(pairs)))
            .await
    }

    /// The views of a funnel that one sees, page after page.
    ///
    /// # Errors
    /// As every read.
    pub async fn views(&self, funnel: FunnelId) -> ApiResult<Vec<SavedView>> {
        // Nobody looks through more; it keeps a broken cursor from asking for ever.
        const MOST_PAGES: usize = 10;
        let mut views = Vec::new();
        let mut cursor = None;
        for _ in 0..MOST_PAGES {
            let query = query([
                ("funnel_id", Some(funnel.to_string())),
                ("limit", Some("200".to_owned())),
                ("cursor", cursor),
            ]);
            let page: Page<SavedView> = self.get(format!("/views{query}")).await?;
            views.extend(page.items);
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        Ok(views)
    }

    /// Saves a new view.
    ///
    /// # Errors
    /// Field errors, `taken` at the name among them.
    pub async fn create_view(&self, body: &NewView) -> ApiResult<SavedView> {
        self.post("/views", body).await
    }

    /// Changes a view.
    ///
    /// # Errors
    /// Field errors, `forbidden`, or stale with the view as it is now.
    pub async fn patch_view(
        &self,
        id: ViewId,
        version: i32,
        body: &ViewPatch,
    ) -> ApiResult<SavedView> {
        self.patch(format!("/views/{id}"), version, body).await
    }

    /// Puts a view away.
    ///
    /// # Errors
    /// `forbidden`, or stale.
    pub async fn archive_view(&self, id: ViewId, version: i32) -> ApiResult<SavedView> {
        self.call(Method::Delete, format!("/views/{id}"))
            .if_match(version)
            .send()
            .await
    }

    /// Takes a view back.
    ///
    /// # Errors
    /// `taken` when its name was given to another meanwhile, or stale.
    pub async fn restore_view(&self, id: ViewId, version: i32) -> ApiResult<SavedView> {
        self.call(Method::Post, format!("/views/{id}/restore"))
            .if_match(version)
            .send()
            .await
    }

    /// The industries and sources of the accounts one sees, for a filter; of the first few hundred.
    ///
    /// # Errors
    /// As every read.
    pub async fn account_words(&self) -> ApiResult<AccountWords> {
        let asked = "/accounts?fields=id,industry,source&limit=200";
        let page: Page<Told> = self.get(asked).await?;
        let words = |word: fn(&Told) -> Option<&String>| {
            let words: BTreeSet<&String> = page.items.iter().filter_map(word).collect();
            words.into_iter().cloned().collect()
        };
        Ok(AccountWords {
            industries: words(|account| account.industry.as_ref()),
            sources: words(|account| account.source.as_ref()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::accounts::Tier;

    #[test]
    fn a_filter_in_an_address_leaves_out_what_is_not_set() {
        let filter = BoardFilter {
            tier: Some(Tier::A),
            text: Some("A&B".into()),
            ..BoardFilter::default()
        };
        assert_eq!(query(filter_pairs(&filter)), "?tier=A&text=A%26B");
        assert_eq!(query(filter_pairs(&BoardFilter::default())), "");
    }
}
