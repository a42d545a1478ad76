//! What a deal takes of its owner's effort and is worth beside their other open deals, in one query over
//! the owner's open deals.

use crate::db::{Conn, Scope};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Numeric, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;
use shared::funnel::effort::EffortCounted;
use shared::id::{DealId, UserId};
use shared::money::Currency;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    effort: i64,
    #[diesel(sql_type = BigInt)]
    owner_effort: i64,
    #[diesel(sql_type = Nullable<Numeric>)]
    value: Option<Decimal>,
    #[diesel(sql_type = Nullable<Numeric>)]
    owner_value: Option<Decimal>,
}

/// Counts the effort and the value of a deal and of all open deals of its owner; effort counts since a
/// moment, value in a currency. The usual probability of a stage is that of `StageFields`.
///
/// # Errors
/// Those of the database.
pub async fn count(
    mut conn: &Conn,
    scope: &Scope,
    deal: DealId,
    owner: UserId,
    currency: Option<Currency>,
    since: DateTime<Utc>,
) -> QueryResult<EffortCounted> {
    let row: Row = diesel::sql_query(
        "with wanted as materialized (select d.id, d.next_step_on, d.currency, greatest(0, coalesce(\
         d.expected_profit, d.amount * coalesce(d.probability, d.evidence_probability, \
         (s.probability + coalesce(s.probability_high, s.probability)) / 2) / 100)) as value \
         from deals d join stages s on s.org_id = d.org_id and s.id = d.stage_id \
         where d.org_id = $1 and d.owner_id = $2 and d.status = 'open' and d.archived_at is null), \
         touched as (select count(*) as whole, count(*) filter (where t.deal_id = $3) as own \
         from wanted w join touches t on t.deal_id = w.id \
         where t.org_id = $1 and t.withdrawn_at is null and t.at >= $4), \
         planned as (select count(*) as whole, count(*) filter (where t.deal_id = $3) as own \
         from wanted w join deal_tasks t on t.deal_id = w.id \
         where t.org_id = $1 and (t.done_at is null or t.done_at >= $4)), \
         summed as (select count(next_step_on) as whole, count(next_step_on) filter (where id = $3) as own, \
         sum(value) filter (where currency = $5 and id = $3) as value, \
         sum(value) filter (where currency = $5) as owner_value from wanted) \
         select touched.own + planned.own + summed.own as effort, \
         touched.whole + planned.whole + summed.whole as owner_effort, \
         round(value, 4) as value, round(owner_value, 4) as owner_value \
         from touched, planned, summed",
    )
    .bind::<SqlUuid, _>(scope.org.0)
    .bind::<SqlUuid, _>(owner.0)
    .bind::<SqlUuid, _>(deal.0)
    .bind::<Timestamptz, _>(since)
    .bind::<Nullable<Text>, _>(currency.map(|currency| currency.to_string()))
    .get_result(&mut conn)
    .await?;
    Ok(EffortCounted {
        effort: row.effort,
        owner_effort: row.owner_effort,
        value: row.value.map(|value| value.normalize()),
        owner_value: row.owner_value.unwrap_or_default().normalize(),
    })
}
