//! What became of a funnel's deals, counted in the database: no card is loaded for it.

use super::board::{Condition, Narrow, passes};
use super::deals::named;
use crate::db::schema::deals;
use crate::db::{Conn, Scope};
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Double, Nullable, Numeric, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;
use shared::funnel::StagePair;
use shared::funnel::shape::{Cell, Stays};
use shared::id::{FunnelId, StageId};
use shared::money::Currency;
use std::collections::HashMap;
use uuid::Uuid;

/// When the deals looked at came into the funnel.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cohort {
    /// Not before this moment.
    pub from: Option<DateTime<Utc>>,
    /// Before this one.
    pub before: Option<DateTime<Utc>>,
}

fn wanted(scope: &Scope, funnel: FunnelId, narrow: &Narrow, cohort: Cohort) -> Condition {
    let mut all: Condition = Box::new(passes(scope, narrow).and(deals::funnel_id.eq(funnel.0)));
    if let Some(from) = cohort.from {
        all = Box::new(all.and(deals::created_at.ge(from)));
    }
    if let Some(before) = cohort.before {
        all = Box::new(all.and(deals::created_at.lt(before)));
    }
    all
}

/// The deals of a funnel that pass, counted by where they got to, where they are, and their currency.
///
/// # Errors
/// Those of the database.
pub async fn cells(
    mut conn: &Conn,
    scope: &Scope,
    funnel: FunnelId,
    narrow: &Narrow,
    cohort: Cohort,
) -> QueryResult<Vec<Cell>> {
    type Row = (Uuid, Uuid, Option<String>, i64, Option<Decimal>);
    let rows: Vec<Row> = named()
        .filter(wanted(scope, funnel, narrow, cohort))
        .group_by((deals::reached_stage_id, deals::stage_id, deals::currency))
        .select((
            deals::reached_stage_id,
            deals::stage_id,
            deals::currency,
            diesel::dsl::sql::<BigInt>("count(*)"),
            diesel::dsl::sql::<Nullable<Numeric>>("sum(deals.amount)"),
        ))
        .load(&mut conn)
        .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|(reached, at, currency, count, amount)| Cell {
            reached: StageId(reached),
            at: StageId(at),
            currency: currency.as_deref().and_then(Currency::parse),
            count,
            amount: amount.unwrap_or_default(),
        })
        .collect())
}

/// How long the stays of some deals last, per stage. The stays are read from the events that made
/// and moved the deals, as the history of one deal is: a stay ends where the next one begins.
struct Lengths<Q> {
    deals: Q,
    org: Uuid,
    now: DateTime<Utc>,
    /// Stages and what they stand for.
    from: Vec<Uuid>,
    to: Vec<Uuid>,
}

impl<Q> QueryId for Lengths<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> Query for Lengths<Q> {
    type SqlType = (SqlUuid, Array<Double>);
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Lengths<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("with seen (id) as (");
        self.deals.walk_ast(out.reborrow())?;
        out.push_sql("), mapped (id, stands) as (select * from unnest(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.from)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.to)?;
        out.push_sql(
            ")), arrivals as ( \
             select e.deal_id, e.at, e.sequence, \
             coalesce(mapped.stands, (e.data -> 'new' ->> 'stage_id')::uuid) as stage_id \
             from events e join seen on seen.id = e.deal_id \
             left join mapped on mapped.id = (e.data -> 'new' ->> 'stage_id')::uuid \
             where e.kind in ('deal.created', 'deal.moved') and e.data -> 'new' ->> 'stage_id' is not null and e.org_id = ",
        );
        out.push_bind_param::<SqlUuid, _>(&self.org)?;
        out.push_sql(
            "), entries as ( \
             select deal_id, at, sequence, stage_id, \
             lag(stage_id) over (partition by deal_id order by at, sequence) as before from arrivals \
             ), stays as ( \
             select stage_id, at, lead(at) over (partition by deal_id order by at, sequence) as left_at \
             from entries where before is distinct from stage_id) \
             select stage_id, percentile_cont(array[0.5, 0.8]) within group (order by \
             greatest(extract(epoch from coalesce(left_at, ",
        );
        out.push_bind_param::<Timestamptz, _>(&self.now)?;
        out.push_sql(") - at), 0)::float8 / 86400) as days from stays group by stage_id");
        Ok(())
    }
}

/// How long the deals of a funnel that pass stay in each stage at a time; a stay that
/// goes on counts until `now`. Stages count as what they stand for, where `pairs` say so.
///
/// # Errors
/// Those of the database.
pub async fn stays(
    mut conn: &Conn,
    scope: &Scope,
    funnel: FunnelId,
    narrow: &Narrow,
    cohort: Cohort,
    now: DateTime<Utc>,
    pairs: &[StagePair],
) -> QueryResult<HashMap<StageId, Stays>> {
    let lengths = Lengths {
        deals: named()
            .filter(wanted(scope, funnel, narrow, cohort))
            .select(deals::id),
        org: scope.org.0,
        now,
        from: pairs.iter().map(|pair| pair.from_stage_id.0).collect(),
        to: pairs.iter().map(|pair| pair.to_stage_id.0).collect(),
    };
    let rows: Vec<(Uuid, Vec<f64>)> = lengths.load(&mut conn).await?;
    let told = rows.into_iter().filter_map(|(stage, days)| {
        let [median, p80] = days.try_into().ok()?;
        Some((StageId(stage), Stays { median, p80 }))
    });
    Ok(told.collect())
}
