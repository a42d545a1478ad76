//! What the list of deals is narrowed to and how it is ordered; kept in the page's address.

use crate::accounts::Order;
use crate::api::funnel::DealQuery;
pub use crate::api::funnel::ProfitRange;
use crate::funnel::channel::Channel;
use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize};
use shared::accounts::{Prospecting, Tier};
use shared::funnel::{BoardFilter, CardOrder, Grouping, Layout, StageKind};
use shared::id::{FunnelId, StageId, TeamId, UserId, ViewId};

/// The fields the API sorts by.
const SORTED: [&str; 11] = [
    "title",
    "account_name",
    "stage_id",
    "amount",
    "expected_profit",
    "expected_close_on",
    "next_step_on",
    "owner_name",
    "stage_entered_at",
    "created_at",
    "updated_at",
];

/// What the list is narrowed to; kept in the page's address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DealFilter {
    /// A part of the title or of the account's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Only in this funnel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub funnel: Option<FunnelId>,
    /// Only in this stage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<StageId>,
    /// Only of this owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<UserId>,
    /// Only of owners in this team or below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// Only of accounts in this industry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub industry: Option<String>,
    /// Only of accounts of this tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// Only of accounts that came from here, in these words (FUN-25).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Only of accounts found by this method (FUN-25).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prospecting: Option<Prospecting>,
    /// Only open ones whose next step is due before this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overdue_on: Option<NaiveDate>,
    /// Only open ones that on this day are over the limit of their stage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over_limit_on: Option<NaiveDate>,
    /// Only those on which little is to be spent (GATE-21).
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "yes_or_no"
    )]
    pub is_low_investment: Option<bool>,
    /// Only those whose furthest stage is one of these, separated by commas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reached: Option<String>,
    /// Only those that came in on this day or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Only those that came in on this day or earlier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
    /// Only open, won or lost ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<StageKind>,
    /// Only those whose expected profit lies here, as [`ProfitRange`] is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profit: Option<String>,
    /// The order; the newest first without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<Order>,
    /// What the columns of the board are, for who goes back there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<Grouping>,
    /// The order of its cards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cards: Option<CardOrder>,
    /// The saved view that is open there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view: Option<ViewId>,
}

/// Reads what an address says; all that is neither narrows nothing.
fn yes_or_no<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
    let text = String::deserialize(from)?;
    Ok(text.parse().ok())
}

impl DealFilter {
    /// The same narrowing as a board's.
    #[must_use]
    pub fn of_board(funnel: FunnelId, filter: &BoardFilter) -> Self {
        Self {
            q: filter.text.clone(),
            funnel: Some(funnel),
            owner: filter.owner_id,
            team: filter.team_id,
            industry: filter.industry.clone(),
            tier: filter.tier,
            source: filter.source.clone(),
            prospecting: filter.prospecting,
            overdue_on: filter.overdue_on,
            over_limit_on: filter.over_limit_on,
            is_low_investment: filter.is_low_investment.then_some(true),
            ..Self::default()
        }
    }

    /// The same of one channel, or of all.
    #[must_use]
    pub fn by_channel(mut self, channel: Option<Channel>) -> Self {
        let mut filter = BoardFilter::default();
        Channel::put(channel, &mut filter);
        (self.source, self.prospecting) = (filter.source, filter.prospecting);
        self
    }

    /// With the layout of the board it was reached from.
    #[must_use]
    pub fn laid_out(self, layout: Layout) -> Self {
        let usual = Layout::default();
        Self {
            group: Some(layout.group_by).filter(|group_by| *group_by != usual.group_by),
            cards: Some(layout.sort).filter(|sort| *sort != usual.sort),
            ..self
        }
    }

    /// How the board is laid out for who goes back there.
    #[must_use]
    pub fn layout(&self) -> Layout {
        Layout {
            group_by: self.group.unwrap_or_default(),
            sort: self.cards.unwrap_or_default(),
        }
    }

    /// What a board can be narrowed to of it.
    #[must_use]
    pub fn to_board(&self) -> BoardFilter {
        BoardFilter {
            owner_id: self.owner,
            team_id: self.team,
            industry: self.industry.clone(),
            tier: self.tier,
            source: self.source.clone(),
            prospecting: self.prospecting,
            overdue_on: self.overdue_on,
            over_limit_on: self.over_limit_on,
            is_low_investment: self.is_low_investment == Some(true),
            text: self.q.clone(),
        }
    }

    /// The pairs of an address that hold it.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let word = |kind: StageKind| kind.as_ref().to_owned();
        let pairs = [
            ("q", self.q.clone()),
            ("funnel", self.funnel.map(|id| id.to_string())),
            ("stage", self.stage.map(|id| id.to_string())),
            ("owner", self.owner.map(|id| id.to_string())),
            ("team", self.team.map(|id| id.to_string())),
            ("industry", self.industry.clone()),
            ("tier", self.tier.map(|tier| tier.as_ref().to_owned())),
            ("source", self.source.clone()),
            (
                "prospecting",
                self.prospecting.map(|method| method.as_ref().to_owned()),
            ),
            ("overdue_on", self.overdue_on.map(|day| day.to_string())),
            (
                "over_limit_on",
                self.over_limit_on.map(|day| day.to_string()),
            ),
            (
                "is_low_investment",
                self.is_low_investment.map(|is| is.to_string()),
            ),
            ("reached", self.reached.clone()),
            ("from", self.from.map(|day| day.to_string())),
            ("to", self.to.map(|day| day.to_string())),
            ("status", self.status.map(word)),
            ("profit", self.profit.clone()),
            (
                "sort",
                self.sort.as_ref().map(|sort| sort.as_str().to_owned()),
            ),
            ("group", self.group.map(|group| group.as_ref().to_owned())),
            ("cards", self.cards.map(|order| order.as_ref().to_owned())),
            ("view", self.view.map(|id| id.to_string())),
        ];
        let pairs = pairs.into_iter();
        pairs
            .filter_map(|(name, value)| Some((name, value?)))
            .collect()
    }

    /// Whether nothing is narrowed.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *self
            == Self {
                sort: self.sort.clone(),
                group: self.group,
                cards: self.cards,
                view: self.view,
                ..Self::default()
            }
    }

    /// The order; one the API does not know, as in an old address, becomes the usual one.
    #[must_use]
    pub fn order(&self) -> Order {
        let known = self
            .sort
            .clone()
            .filter(|order| SORTED.contains(&order.field()));
        known.unwrap_or_else(|| Order::up("updated_at").pressed("updated_at"))
    }

    /// The question to the API.
    #[must_use]
    pub fn query(&self) -> DealQuery {
        DealQuery {
            id: None,
            text: self.q.clone(),
            funnel_id: self.funnel,
            stage_id: self.stage,
            owner_id: self.owner,
            team_id: self.team,
            industry: self.industry.clone(),
            tier: self.tier,
            source: self.source.clone(),
            prospecting: self.prospecting,
            overdue_on: self.overdue_on,
            over_limit_on: self.over_limit_on,
            is_low_investment: self.is_low_investment,
            reached: self.reached.clone(),
            from: self.from,
            to: self.to,
            status: self.status,
            profit: self.profit.as_ref().and_then(|text| text.parse().ok()),
            account_id: None,
            sort: Some(self.order().as_str().to_owned()),
            limit: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn an_order_the_api_does_not_know_becomes_the_newest_first() {
        let filter = DealFilter {
            sort: Some(Order::up("shoe_size")),
            ..DealFilter::default()
        };
        assert_eq!(filter.query().sort.as_deref(), Some("-updated_at"));
        let filter = DealFilter {
            sort: Some(Order::up("amount")),
            ..DealFilter::default()
        };
        assert_eq!(filter.query().sort.as_deref(), Some("amount"));
    }

    #[test]
    fn a_range_of_profits_reads_back_as_it_was_written() {
        let known = |from: Option<i64>, below: Option<i64>| ProfitRange::Known {
            currency: shared::money::Currency::CNY,
            from: from.map(Into::into),
            below: below.map(Into::into),
        };
        for range in [
            known(None, Some(1)),
            known(Some(-5), None),
            known(Some(2), Some(9)),
            ProfitRange::Unknown,
        ] {
            assert_eq!(range.to_string().parse(), Ok(range));
        }
        for text in ["", "much", "cny:1:2", "CNY:x:"] {
            assert!(text.parse::<ProfitRange>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_boards_filter_comes_through_the_list_and_its_address_whole() {
        let board = BoardFilter {
            owner_id: Some(UserId(Uuid::from_u128(7))),
            team_id: Some(TeamId(Uuid::from_u128(8))),
            industry: Some("A & B".into()),
            tier: Some(Tier::B),
            source: Some("fair, 2026".into()),
            prospecting: Some(Prospecting::Chain),
            overdue_on: "2026-11-22".parse().ok(),
            over_limit_on: "2026-11-23".parse().ok(),
            is_low_investment: true,
            text: Some("x=y".into()),
        };
        let funnel = FunnelId(Uuid::from_u128(9));
        let list = DealFilter {
            reached: Some("a,b".into()),
            status: Some(StageKind::Open),
            profit: Some("CNY:0.0001:500".into()),
            sort: Some(Order::up("amount")),
            ..DealFilter::of_board(funnel, &board)
        };
        assert_eq!(list.to_board(), board);
        let query = crate::api::query(
            list.pairs()
                .into_iter()
                .map(|(name, value)| (name, Some(value))),
        );
        let read: DealFilter = serde_json::from_value(serde_json::Value::Object(
            crate::route::parse_query(&query)
                .into_iter()
                .map(|(name, value)| (name, value.into()))
                .collect(),
        ))
        .unwrap();
        assert_eq!(read, list);
        assert!(!list.is_open());
        assert!(
            DealFilter {
                sort: list.sort,
                ..DealFilter::default()
            }
            .is_open()
        );
    }
}
