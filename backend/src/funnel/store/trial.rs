//! The past of a funnel's deals, read in stretches for a trial of its counted rules.

use super::board::{Narrow, passes};
use super::deals::named;
use super::touches::kind;
use crate::db::schema::{deals, events, touches};
use crate::db::{Conn, Scope};
use chrono::{DateTime, Utc};
use diesel::dsl::{count_star, exists, sql};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use diesel_async::RunQueryDsl;
use shared::event::{ActorKind, EventKind};
use shared::funnel::StageKind;
use shared::funnel::counted::Past;
use shared::id::{FunnelId, OrgId, StageId};
use std::collections::HashMap;
use uuid::Uuid;

/// A deal as it is today.
#[derive(Debug, Clone)]
pub struct Today {
    /// Its id.
    pub id: Uuid,
    /// Its title.
    pub title: String,
    /// The stage it is in.
    pub stage: StageId,
    /// The kind of that stage.
    pub status: StageKind,
}

/// The deals of a funnel within view of which something was recorded, by their ids, from one on.
///
/// # Errors
/// Those of the database.
pub async fn touched(
    mut conn: &Conn,
    scope: &Scope,
    funnel: FunnelId,
    (from, is_after): (Uuid, bool),
    limit: i64,
) -> QueryResult<Vec<Today>> {
    let counts = touches::table
        .filter(touches::org_id.eq(scope.org.0))
        .filter(touches::deal_id.eq(deals::id))
        .filter(touches::withdrawn_at.is_null());
    let mut query = named()
        .filter(passes(scope, &Narrow::default()))
        .filter(deals::funnel_id.eq(funnel.0))
        .filter(exists(counts))
        .select((deals::id, deals::title, deals::stage_id, deals::status))
        .order(deals::id)
        .limit(limit)
        .into_boxed::<diesel::pg::Pg>();
    query = if is_after {
        query.filter(deals::id.gt(from))
    } else {
        query.filter(deals::id.ge(from))
    };
    let rows: Vec<(Uuid, String, Uuid, String)> = query.load(&mut conn).await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|(id, title, stage, status)| Today {
            id,
            title,
            stage: StageId(stage),
            status: status.parse().unwrap_or_default(),
        })
        .collect())
}

/// How many deals within view stand in each stage.
///
/// # Errors
/// Those of the database.
pub async fn standing(
    mut conn: &Conn,
    scope: &Scope,
    funnel: FunnelId,
) -> QueryResult<HashMap<StageId, i64>> {
    let rows: Vec<(Uuid, i64)> = named()
        .filter(passes(scope, &Narrow::default()))
        .filter(deals::funnel_id.eq(funnel.0))
        .group_by(deals::stage_id)
        .select((deals::stage_id, count_star()))
        .load(&mut conn)
        .await?;
    let rows = rows.into_iter();
    Ok(rows.map(|(stage, count)| (StageId(stage), count)).collect())
}

/// What counts of these deals, deal by deal in the order in which it happened.
///
/// # Errors
/// Those of the database.
pub async fn touches_of(
    mut conn: &Conn,
    org: OrgId,
    ids: &[Uuid],
) -> QueryResult<Vec<(Uuid, DateTime<Utc>, Past)>> {
    let rows: Vec<(Uuid, DateTime<Utc>, String)> = touches::table
        .filter(touches::org_id.eq(org.0).and(touches::deal_id.eq_any(ids)))
        .filter(touches::withdrawn_at.is_null())
        .select((touches::deal_id, touches::at, touches::kind))
        .order((touches::deal_id, touches::at, touches::id))
        .load(&mut conn)
        .await?;
    rows.into_iter()
        .map(|(deal, at, text)| Ok((deal, at, Past::Touched(kind(&text)?))))
        .collect()
}

/// Where these deals were made and to which stages they were moved, but not by rules, in the same order.
///
/// # Errors
/// Those of the database.
pub async fn moves_of(
    mut conn: &Conn,
    org: OrgId,
    ids: &[Uuid],
) -> QueryResult<Vec<(Uuid, DateTime<Utc>, Past)>> {
    let made = [EventKind::DealCreated, EventKind::DealMoved].map(|kind| kind.as_ref().to_owned());
    let rows: Vec<(Option<Uuid>, DateTime<Utc>, Option<String>)> = events::table
        .filter(events::org_id.eq(org.0))
        .filter(events::deal_id.eq_any(ids))
        .filter(events::kind.eq_any(made))
        .filter(events::actor_kind.ne(ActorKind::Rule.as_ref()))
        .select((
            events::deal_id,
            events::at,
            sql::<Nullable<Text>>("data -> 'new' ->> 'stage_id'"),
        ))
        .order((events::deal_id, events::at, events::sequence))
        .load(&mut conn)
        .await?;
    let rows = rows.into_iter();
    Ok(rows
        .filter_map(|(deal, at, stage)| Some((deal?, at, Past::Moved(stage?.parse().ok()?))))
        .collect())
}
