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
use shared::money::Currency;
use uuid::Uuid;

/// The place of the last card seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CardPlace {
    /// Its rank, its id and its version.
    Hand(String, (Uuid, i32)),
    /// The place of its currency, its amount below zero, its id.
    Amount(String, Decimal, Uuid),
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
            CardOrder::Amount => match deal.amount {
                Some(money) if money.currency == sort.house => {
                    Self::Amount(String::new(), -money.amount, id)
                }
                Some(money) => Self::Amount(money.currency.to_string(), -money.amount, id),
                None => Self::Amount(LAST.to_owned(), Decimal::ONE, id),
            },
            CardOrder::CloseDate => Self::CloseDate(deal.expected_close_on, id),
            CardOrder::Age => Self::Age(deal.stage_entered_at, id),
        }
    }

    /// The condition that a card comes after it.
    #[must_use]
    pub fn before(self, house: Currency) -> Condition {
        match self {
            Self::Hand(rank, _) => Box::new(deals::rank.gt(rank)),
            Self::Amount(currency, amount, id) => Box::new(
                sql::<Bool>("(")
                    .sql(CURRENCY_CASE)
                    .bind::<Text, _>(house.to_string())
                    .sql(CURRENCY_REST)
                    .sql(", ")
                    .sql(AMOUNT)
                    .sql(", deals.id) > (")
                    .bind::<Text, _>(currency)
                    .sql(", ")
                    .bind::<Numeric, _>(amount)
                    .sql(", ")
                    .bind::<SqlUuid, _>(id)
                    .sql(")"),
            ),
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

/// After every currency's code.
const LAST: &str = "~";
/// Where a currency stands: before the organisation's currency is named, and after it.
pub(super) const CURRENCY_CASE: &str = "case when deals.currency = ";
pub(super) const CURRENCY_REST: &str =
    " then '' else coalesce(deals.currency, '~') end collate \"C\"";
/// The largest first.
pub(super) const AMOUNT: &str = "-coalesce(deals.amount, -1)";
/// The earliest first.
pub(super) const CLOSE: &str = "coalesce(deals.expected_close_on, 'infinity'::date)";
