//! The columns of a board that is grouped by something other than stages, of open deals alone: which
//! there are, their figures counted by the database, and their first cards.

use super::board::{Asked, Condition, passes};
use super::card_order::{AMOUNT, CLOSE, CURRENCY_CASE, CURRENCY_REST, PROFIT, PROFIT_CASE};
use super::deals::{self as deal_store, NamedRow, columns, named};
use super::totals::{Sum, tally};
use crate::db::Conn;
use crate::db::schema::{accounts, deals};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Numeric, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;
use shared::funnel::{CardOrder, ColumnTotals, Deal, GroupKey, Grouping, MAX_GROUPS, Stage};
use shared::id::{DealId, FunnelId};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Whose deals of which funnel are grouped, and by what.
#[derive(Debug, Clone, Copy)]
pub struct Grouped<'a> {
    /// Who asks, through which filter, in which order.
    pub asked: &'a Asked<'a>,
    /// The funnel.
    pub funnel: FunnelId,
    /// What the groups are.
    pub by: Grouping,
}

impl Grouped<'_> {
    /// The condition on the deals that count.
    fn open(&self) -> Condition {
        Box::new(
            passes(self.asked.scope, self.asked.narrow)
                .and(deals::funnel_id.eq(self.funnel.0))
                .and(deals::status.eq("open")),
        )
    }
}

/// A group without its figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Which.
    pub key: GroupKey,
    /// The owner's or the account's name.
    pub name: Option<String>,
    /// Its first cards, in order.
    pub first: Vec<DealId>,
}

/// The groups that are shown, and how many there are beside them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heads {
    /// Those that are shown, in order.
    pub shown: Vec<Head>,
    /// How many more there are.
    pub others: i64,
}

/// The figures of groups.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Of those asked for.
    pub by_key: HashMap<GroupKey, ColumnTotals>,
    /// Of all others together.
    pub others: ColumnTotals,
}

/// What stands for a group on the wire.
const fn key(by: Grouping) -> &'static str {
    match by {
        Grouping::Stage => "deals.stage_id::text",
        Grouping::Owner => "coalesce(deals.owner_id::text, 'none')",
        Grouping::CloseMonth => "coalesce(to_char(deals.expected_close_on, 'YYYY-MM'), 'none')",
        Grouping::Tier => "coalesce(accounts.tier, 'none')",
        Grouping::Account => "coalesce(deals.account_id::text, 'none')",
    }
}

/// The name of a group's owner or account.
const fn name(by: Grouping) -> &'static str {
    match by {
        Grouping::Owner => "max(users.name)",
        Grouping::Account => "max(accounts.name)",
        Grouping::Stage | Grouping::CloseMonth | Grouping::Tier => "null::text",
    }
}

/// What groups are ordered by before their keys: owners and accounts by their sum in the organisation's
/// currency, named in between; months and tiers by their keys alone.
const fn weight(by: Grouping) -> &'static str {
    match by {
        Grouping::Owner | Grouping::Account => {
            "coalesce(sum(deals.amount) filter (where deals.currency = "
        }
        Grouping::Stage | Grouping::CloseMonth | Grouping::Tier => {
            "coalesce(sum(0) filter (where '' = "
        }
    }
}

/// The order of the cards of a group, in two parts around the organisation's currency.
const fn order(by: CardOrder) -> (&'static str, &'static str) {
    match by {
        CardOrder::Hand | CardOrder::Amount => (CURRENCY_CASE, CURRENCY_REST),
        CardOrder::Profit => (PROFIT_CASE, CURRENCY_REST),
        CardOrder::CloseDate | CardOrder::Age => ("('' = ", ")"),
    }
}

/// The rest of that order.
const fn then(by: CardOrder) -> &'static str {
    match by {
        CardOrder::Hand | CardOrder::Amount => AMOUNT,
        CardOrder::Profit => PROFIT,
        CardOrder::CloseDate => CLOSE,
        CardOrder::Age => "deals.stage_entered_at",
    }
}

/// The groups of a funnel's open deals with the ids of their first cards: at most as many as a board
/// shows, and the one of deals that have none, which comes last.
///
/// # Errors
/// Those of the database.
pub async fn heads(mut conn: &Conn, grouped: &Grouped<'_>, cards: i32) -> QueryResult<Heads> {
    type Row = (String, Option<String>, i64, Vec<Uuid>);
    let (by, sort) = (grouped.by, grouped.asked.sort);
    let house = sort.house.to_string();
    // Where no cards are asked for, none are put in order.
    let (before, after) = if cards > 0 {
        let (before, after) = order(sort.by);
        let after = format!("{after}, {}, deals.id))[1:", then(sort.by));
        (format!("(array_agg(deals.id order by {before}"), after)
    } else {
        let after = " then array[]::uuid[] else array[]::uuid[] end)[1:";
        ("(case when '' = ".to_owned(), after.to_owned())
    };
    let first = sql::<Array<SqlUuid>>(&before)
        .bind::<Text, _>(house.clone())
        .sql(&after)
        .bind::<diesel::sql_types::Integer, _>(cards)
        .sql("]");
    let rows: Vec<Row> = named()
        .filter(grouped.open())
        .group_by(sql::<Text>(key(by)))
        .select((
            sql::<Text>(key(by)),
            sql::<Nullable<Text>>(name(by)),
            sql::<BigInt>("count(*) over ()"),
            first,
        ))
        .order((
            sql::<Bool>(key(by)).sql(" = 'none' desc"),
            sql::<Numeric>(weight(by))
                .bind::<Text, _>(house)
                .sql("), 0) desc"),
            sql::<Text>(key(by)).sql(" collate \"C\""),
        ))
        .limit(i64::from(MAX_GROUPS) + 1)
        .load(&mut conn)
        .await?;
    let all = rows.as_slice().first().map_or(0, |row| row.2);
    let mut shown: Vec<Head> = rows
        .into_iter()
        .filter_map(|(key, name, _, first)| {
            Some(Head {
                key: GroupKey::parse(by, &key)?,
                name,
                first: first.into_iter().map(DealId).collect(),
            })
        })
        .collect();
    let most = usize::try_from(MAX_GROUPS).unwrap_or(usize::MAX);
    if shown
        .as_slice()
        .first()
        .is_some_and(|head| head.key.is_none())
    {
        shown.rotate_left(1);
    } else {
        shown.truncate(most);
    }
    let others = all - i64::try_from(shown.len()).unwrap_or(all);
    Ok(Heads { shown, others })
}

/// The figures of groups and of the others together, counted anew; `stages` are the funnel's.
///
/// # Errors
/// Those of the database.
pub async fn figures(
    mut conn: &Conn,
    grouped: &Grouped<'_>,
    heads: &Heads,
    stages: &[Stage],
) -> QueryResult<Figures> {
    type Row = (
        Option<String>,
        Uuid,
        Option<String>,
        i64,
        Option<Decimal>,
        Option<Decimal>,
        Option<Decimal>,
    );
    let by = grouped.by;
    let keys: Vec<String> = heads
        .shown
        .iter()
        .map(|head| head.key.to_string())
        .collect();
    // The key of a group that is shown, and nothing for the others.
    let shown = || {
        sql::<Nullable<Text>>("case when ")
            .sql(key(by))
            .sql(" = any(")
            .bind::<Array<Text>, _>(keys.clone())
            .sql(") then ")
            .sql(key(by))
            .sql(" end")
    };
    // Grouped by its place among what is selected: the two would not be known to be the same.
    let rows: Vec<Row> = named()
        .filter(grouped.open())
        .group_by((
            sql::<BigInt>("1"),
            deals::stage_id,
            deals::currency,
        ))
        .select((
            shown(),
            sql::<SqlUuid>("deals.stage_id"),
            sql::<Nullable<Text>>("deals.currency"),
            sql::<BigInt>("count(*)"),
            sql::<Nullable<Numeric>>("sum(deals.amount)"),
            sql::<Nullable<Numeric>>(
                "sum(deals.amount * coalesce(deals.probability, deals.evidence_probability) / 100)",
            ),
            sql::<Nullable<Numeric>>(
                "sum(deals.amount) filter (where coalesce(deals.probability, deals.evidence_probability) is null)",
            ),
        ))
        .load(&mut conn)
        .await?;
    let mut sums: BTreeMap<Option<GroupKey>, Vec<Sum>> = BTreeMap::new();
    for (key, stage, currency, count, amount, own, loose) in rows {
        let key = key.and_then(|key| GroupKey::parse(by, &key));
        sums.entry(key).or_default().push(Sum {
            stage,
            is_reached: false,
            currency,
            deals: count,
            amount: amount.unwrap_or_default(),
            own_weighted: own.unwrap_or_default(),
            loose: loose.unwrap_or_default(),
        });
    }
    let house = grouped.asked.sort.house;
    let mut figures = Figures::default();
    for (key, sums) in sums {
        let totals = tally(&sums, stages, house);
        match key {
            Some(key) => {
                figures.by_key.insert(key, totals);
            }
            None => figures.others = totals,
        }
    }
    Ok(figures)
}

/// The first cards of groups, by group and in order.
///
/// # Errors
/// Those of the database.
pub async fn first_cards(
    mut conn: &Conn,
    grouped: &Grouped<'_>,
    heads: &Heads,
) -> QueryResult<HashMap<GroupKey, Vec<Deal>>> {
    let ids: Vec<Uuid> = heads
        .shown
        .iter()
        .flat_map(|head| head.first.iter().map(|id| id.0))
        .collect();
    let rows: Vec<NamedRow> = named()
        .filter(grouped.open())
        .filter(deals::id.eq_any(ids))
        .select(columns())
        .load(&mut conn)
        .await?;
    let mut cards: HashMap<GroupKey, Vec<Deal>> = HashMap::new();
    for deal in rows.into_iter().map(deal_store::to_deal) {
        if let Some(key) = GroupKey::of(grouped.by, &deal) {
            cards.entry(key).or_default().push(deal);
        }
    }
    for cards in cards.values_mut() {
        cards.sort_by(|a, b| grouped.asked.sort.compare(a, b));
    }
    Ok(cards)
}

/// The condition that a deal is open in a funnel.
#[must_use]
pub fn in_funnel(funnel: FunnelId) -> Condition {
    Box::new(deals::funnel_id.eq(funnel.0).and(deals::status.eq("open")))
}

/// The condition that an open deal of a funnel is in a group.
#[must_use]
pub fn in_group(funnel: FunnelId, key: GroupKey) -> Condition {
    let open = deals::funnel_id.eq(funnel.0).and(deals::status.eq("open"));
    match key {
        GroupKey::Owner(Some(id)) => Box::new(open.and(deals::owner_id.eq(id.0).assume_not_null())),
        GroupKey::Owner(None) => Box::new(open.and(deals::owner_id.is_null())),
        GroupKey::CloseMonth(Some(month)) => Box::new(
            open.and(deals::expected_close_on.ge(month.first()).assume_not_null())
                .and(deals::expected_close_on.lt(month.end()).assume_not_null()),
        ),
        GroupKey::CloseMonth(None) => Box::new(open.and(deals::expected_close_on.is_null())),
        GroupKey::Tier(Some(tier)) => {
            let tier = tier.as_ref().to_owned();
            Box::new(open.and(accounts::tier.nullable().eq(tier).assume_not_null()))
        }
        GroupKey::Tier(None) => Box::new(open.and(accounts::tier.nullable().is_null())),
        GroupKey::Account(Some(id)) => {
            Box::new(open.and(deals::account_id.eq(id.0).assume_not_null()))
        }
        GroupKey::Account(None) => Box::new(open.and(deals::account_id.is_null())),
    }
}
