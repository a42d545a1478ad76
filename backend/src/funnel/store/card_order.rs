//! The order of a column's cards in the database, as `CardSort::compare` has it, and the places to go on
//! after.

use super::board::Condition;
use crate::db::schema::deals;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Date, Nullable, Numeric, Text, Timestamptz, Uuid as SqlUuid};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use shared::funnel::{CardOrder, CardSort, Deal};
use shared::money::{Currency, Money};
use uuid::Uuid;

/// The place of the last card seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CardPlace {
    /// Its rank, its id and its version.
    Hand(String, (Uuid, i32)),
    /// The place of its currency, its amount below zero, its id.
    Amount(String, Decimal, Uuid),
    /// The same of its expected profit.
    Profit(String, Decimal, Uuid),
    /// Its day and its id.
    CloseDate(Option<NaiveDate>, Uuid),
    /// Since when it is in its stage, and its id.
    Age(DateTime<Utc>, Uuid),
}

impl CardPlace {
    /// The place of a card.
    #[must_use]
    pub fn of(sort: CardSort, deal: &Deal) -> Self {
        let id = deal.id.0;
        match sort.by {
            CardOrder::Hand => Self::Hand(deal.rank.clone(), (id, deal.version)),
            CardOrder::Amount => {
                let (currency, amount) = place_of(sort.house, deal.amount);
                Self::Amount(currency, amount, id)
            }
            CardOrder::Profit => {
                let (currency, profit) = place_of(sort.house, deal.profit());
                Self::Profit(currency, profit, id)
            }
            CardOrder::CloseDate => Self::CloseDate(deal.expected_close_on, id),
            CardOrder::Age => Self::Age(deal.stage_entered_at, id),
        }
    }

    /// The condition that a card comes after it.
    #[must_use]
    pub fn before(self, house: Currency) -> Condition {
        match self {
            Self::Hand(rank, _) => Box::new(deals::rank.gt(rank)),
            Self::Amount(currency, amount, id) => {
                after_money((CURRENCY_CASE, AMOUNT), house, (currency, amount, id))
            }
            Self::Profit(currency, profit, id) => {
                after_money((PROFIT_CASE, PROFIT), house, (currency, profit, id))
            }
            Self::CloseDate(day, id) => Box::new(
                sql::<Bool>("(")
                    .sql(CLOSE)
                    .sql(", deals.id) > (coalesce(")
                    .bind::<Nullable<Date>, _>(day)
                    .sql(", 'infinity'::date), ")
                    .bind::<SqlUuid, _>(id)
                    .sql(")"),
            ),
            Self::Age(at, id) => Box::new(
                sql::<Bool>("(deals.stage_entered_at, deals.id) > (")
                    .bind::<Timestamptz, _>(at)
                    .sql(", ")
                    .bind::<SqlUuid, _>(id)
                    .sql(")"),
            ),
        }
    }
}

/// The place of money: its currency, and what is below zero, so that the largest comes first.
fn place_of(house: Currency, money: Option<Money>) -> (String, Decimal) {
    match money {
        Some(money) if money.currency == house => (String::new(), -money.amount),
        Some(money) => (money.currency.to_string(), -money.amount),
        None => (LAST.to_owned(), Decimal::ONE),
    }
}

/// The condition that a card's money comes after a place.
fn after_money(
    (case, figure): (&str, &str),
    house: Currency,
    (currency, place, id): (String, Decimal, Uuid),
) -> Condition {
    Box::new(
        sql::<Bool>("(")
            .sql(case)
            .bind::<Text, _>(house.to_string())
            .sql(CURRENCY_REST)
            .sql(", ")
            .sql(figure)
            .sql(", deals.id) > (")
            .bind::<Text, _>(currency)
            .sql(", ")
            .bind::<Numeric, _>(place)
            .sql(", ")
            .bind::<SqlUuid, _>(id)
            .sql(")"),
    )
}

/// After every currency's code.
const LAST: &str = "~";
/// Where a currency stands: before the organisation's currency is named, and after it.
pub(super) const CURRENCY_CASE: &str = "case when deals.currency = ";
pub(super) const CURRENCY_REST: &str =
    " then '' else coalesce(deals.currency, '~') end collate \"C\"";
/// Where the currency of an expected profit stands; without one it comes last, whatever the currency.
pub(super) const PROFIT_CASE: &str =
    "case when deals.expected_profit is null then '~' when deals.currency = ";
/// The largest profit first.
pub(super) const PROFIT: &str = "-coalesce(deals.expected_profit, -1)";
/// The largest first.
pub(super) const AMOUNT: &str = "-coalesce(deals.amount, -1)";
/// The earliest first.
pub(super) const CLOSE: &str = "coalesce(deals.expected_close_on, 'infinity'::date)";
