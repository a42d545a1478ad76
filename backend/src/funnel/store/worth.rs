//! Profit by stage, counted in one query: the cuts of the bands, and the deals of each stage and band with
//! the effort that goes into them.

use super::board::{Narrow, in_view, passes};
use super::deals::named;
use crate::db::schema::deals;
use crate::db::{Conn, Scope};
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Double, Nullable, Numeric, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;
use shared::funnel::worth::{Counted, HIGH_SHARE, MIDDLE_SHARE, ProfitBand, WorthCell};
use shared::id::{FunnelId, StageId};
use shared::money::Currency;
use uuid::Uuid;

/// What the query is made of.
struct Matrix<A, W> {
    /// The profits of all open deals of the funnel within view, which the bands are cut by.
    all: A,
    /// The deals that are counted.
    wanted: W,
    /// The shares of deals in the highest band, and in it or the middle one.
    high: f64,
    middle: f64,
    org: Uuid,
    currency: String,
    /// Since when touches and tasks that are done count.
    since: DateTime<Utc>,
}

impl<A, W> QueryId for Matrix<A, W> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<A, W> Query for Matrix<A, W> {
    type SqlType = (
        Nullable<SqlUuid>,
        Nullable<Text>,
        BigInt,
        Nullable<Numeric>,
        Nullable<Numeric>,
        Nullable<Numeric>,
        Nullable<Numeric>,
        Nullable<Numeric>,
    );
}

impl<A: QueryFragment<Pg>, W: QueryFragment<Pg>> QueryFragment<Pg> for Matrix<A, W> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("with cut as (select percentile_disc(");
        out.push_bind_param::<Double, _>(&self.high)?;
        out.push_sql(") within group (order by profit desc) as high, percentile_disc(");
        out.push_bind_param::<Double, _>(&self.middle)?;
        out.push_sql(") within group (order by profit desc) as middle from (");
        self.all.walk_ast(out.reborrow())?;
        out.push_sql(
            ") a (profit)), \
             wanted (id, stage_id, amount, currency, profit, next_step_on) as materialized (",
        );
        self.wanted.walk_ast(out.reborrow())?;
        out.push_sql(
            "), touched as (select t.deal_id, count(*) as n from touches t \
             where t.withdrawn_at is null and t.org_id = ",
        );
        out.push_bind_param::<SqlUuid, _>(&self.org)?;
        out.push_sql(" and t.at >= ");
        out.push_bind_param::<Timestamptz, _>(&self.since)?;
        out.push_sql(
            " group by t.deal_id), \
             planned as (select t.deal_id, count(*) as n from deal_tasks t where t.org_id = ",
        );
        out.push_bind_param::<SqlUuid, _>(&self.org)?;
        out.push_sql(" and (t.done_at is null or t.done_at >= ");
        out.push_bind_param::<Timestamptz, _>(&self.since)?;
        out.push_sql(
            ") group by t.deal_id), \
             banded as (select w.stage_id, w.amount, w.profit, \
             case when w.currency is null then 'unknown' when w.currency <> ",
        );
        out.push_bind_param::<Text, _>(&self.currency)?;
        out.push_sql(
            " then 'other' when w.profit is null then 'unknown' when w.profit <= 0 then 'nothing' \
             when w.profit >= cut.high then 'high' when w.profit >= cut.middle then 'middle' \
             else 'low' end as band, \
             coalesce(touched.n, 0) + coalesce(planned.n, 0) + (w.next_step_on is not null)::int as effort \
             from wanted w cross join cut \
             left join touched on touched.deal_id = w.id left join planned on planned.deal_id = w.id) \
             select stage_id, band, count(*), sum(amount), sum(profit), sum(effort), null, null \
             from banded group by stage_id, band \
             union all select null, null, 0, null, null, null, high, middle from cut",
        );
        Ok(())
    }
}

/// A row: a cell, or, without a stage, the cuts.
type Row = (
    Option<Uuid>,
    Option<String>,
    i64,
    Option<Decimal>,
    Option<Decimal>,
    Option<Decimal>,
    Option<Decimal>,
    Option<Decimal>,
);

/// The open deals of a funnel that pass, by stage and band; effort counts since a moment.
///
/// # Errors
/// Those of the database.
pub async fn count(
    mut conn: &Conn,
    scope: &Scope,
    funnel: FunnelId,
    narrow: &Narrow,
    currency: Currency,
    since: DateTime<Utc>,
) -> QueryResult<Counted> {
    let open = || deals::funnel_id.eq(funnel.0).and(deals::status.eq("open"));
    let matrix = Matrix {
        all: named()
            .filter(in_view(scope))
            .filter(open())
            .filter(deals::archived_at.is_null())
            .filter(deals::currency.eq(currency.to_string()))
            .filter(deals::expected_profit.gt(Decimal::ZERO))
            .select(deals::expected_profit),
        wanted: named()
            .filter(passes(scope, narrow))
            .filter(open())
            .select((
                deals::id,
                deals::stage_id,
                deals::amount,
                deals::currency,
                deals::expected_profit,
                deals::next_step_on,
            )),
        high: f64::from(HIGH_SHARE) / 100.0,
        middle: f64::from(MIDDLE_SHARE) / 100.0,
        org: scope.org.0,
        currency: currency.to_string(),
        since,
    };
    let rows: Vec<Row> = matrix.load(&mut conn).await?;
    let mut counted = Counted::default();
    for (stage, band, count, amount, profit, effort, high, middle) in rows {
        let Some((stage, band)) = stage.zip(band) else {
            counted.high_from = high.map(|cut| cut.normalize());
            counted.middle_from = middle.map(|cut| cut.normalize());
            continue;
        };
        match band.parse::<ProfitBand>() {
            Ok(band) => counted.cells.push(WorthCell {
                stage_id: StageId(stage),
                band,
                count,
                amount: amount.unwrap_or_default().normalize(),
                profit: profit.unwrap_or_default().normalize(),
                effort: effort.and_then(|n| n.try_into().ok()).unwrap_or(0),
                profit_share: 0,
                effort_share: 0,
            }),
            Err(_) => counted.other_currencies += count,
        }
    }
    Ok(counted)
}
