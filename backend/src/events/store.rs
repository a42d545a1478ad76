//! The events table: written with every change, read by horizon.

use super::NewEvent;
use crate::db::schema::{events, users};
use crate::db::{Conn, Scope};
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use shared::event::{ActorKind, Event, EventKind, SubjectKind};
use shared::id::{AccountId, DealId, UserId};
use uuid::Uuid;

#[derive(Insertable)]
#[diesel(table_name = events)]
struct NewEventRow {
    org_id: Uuid,
    at: DateTime<Utc>,
    actor_kind: String,
    actor_id: Option<Uuid>,
    kind: String,
    subject_kind: String,
    subject_id: Uuid,
    account_id: Option<Uuid>,
    deal_id: Option<Uuid>,
    owner_id: Option<Uuid>,
    previous_owner_id: Option<Uuid>,
    request_id: Option<String>,
    data: serde_json::Value,
}

fn row(scope: &Scope, event: NewEvent) -> NewEventRow {
    NewEventRow {
        org_id: scope.org.0,
        at: event.at.unwrap_or_else(crate::clock::now),
        actor_kind: scope.actor.as_ref().to_owned(),
        actor_id: scope.user.map(|id| id.0),
        kind: event.kind.as_ref().to_owned(),
        subject_kind: event.subject_kind.as_ref().to_owned(),
        subject_id: event.subject_id,
        account_id: event.account_id.map(|id| id.0),
        deal_id: event.deal_id.map(|id| id.0),
        owner_id: event.owner_id.map(|id| id.0),
        previous_owner_id: event.previous_owner_id.map(|id| id.0),
        request_id: scope.request_id.as_deref().map(str::to_owned),
        data: event.data,
    }
}

/// Writes one event and answers its sequence.
///
/// # Errors
/// Those of the database.
pub async fn insert(mut conn: &Conn, scope: &Scope, event: NewEvent) -> QueryResult<i64> {
    diesel::insert_into(events::table)
        .values(row(scope, event))
        .returning(events::sequence)
        .get_result(&mut conn)
        .await
}

/// Writes many events in order.
///
/// # Errors
/// Those of the database.
pub async fn insert_all(conn: &mut Conn, scope: &Scope, list: Vec<NewEvent>) -> QueryResult<()> {
    let mut rows: Vec<NewEventRow> = list.into_iter().map(|event| row(scope, event)).collect();
    // A statement carries at most 65,535 parameters; a row has 13.
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(4_000));
        diesel::insert_into(events::table)
            .values(&rows)
            .execute(conn)
            .await?;
        rows = rest;
    }
    Ok(())
}

#[derive(QueryableByName, Queryable)]
struct EventRow {
    #[diesel(sql_type = BigInt)]
    sequence: i64,
    #[diesel(sql_type = diesel::sql_types::Timestamptz)]
    at: DateTime<Utc>,
    #[diesel(sql_type = diesel::sql_types::Text)]
    actor_kind: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    actor_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<diesel::sql_types::Text>)]
    actor_name: Option<String>,
    #[diesel(sql_type = diesel::sql_types::Text)]
    kind: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    subject_kind: String,
    #[diesel(sql_type = SqlUuid)]
    subject_id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    account_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    deal_id: Option<Uuid>,
    #[diesel(sql_type = diesel::sql_types::Jsonb)]
    data: serde_json::Value,
}

impl EventRow {
    /// `None` for an event of a kind this build does not know, as after going back a version.
    fn into_event(self) -> Option<Event> {
        Some(Event {
            sequence: self.sequence,
            at: self.at,
            actor_kind: self.actor_kind.parse::<ActorKind>().ok()?,
            actor_id: self.actor_id.map(UserId),
            actor_name: self.actor_name,
            kind: self.kind.parse::<EventKind>().ok()?,
            subject_kind: self.subject_kind.parse::<SubjectKind>().ok()?,
            subject_id: self.subject_id,
            account_id: self.account_id.map(AccountId),
            deal_id: self.deal_id.map(DealId),
            data: self.data,
        })
    }
}

/// A stretch of the feed.
pub struct Stretch {
    /// The events the scope may read, in order.
    pub events: Vec<Event>,
    /// The sequence to go on from, which may lie after the last event shown.
    pub position: i64,
    /// Whether there is more at once.
    pub is_full: bool,
}

/// Reads what follows the event `after` in the feed's order and is below the horizon: every transaction
/// that could still add something before it has ended.
///
/// # Errors
/// Those of the database.
pub async fn after(mut conn: &Conn, scope: &Scope, after: i64, limit: i64) -> QueryResult<Stretch> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(embed)]
        event: EventRow,
        #[diesel(sql_type = diesel::sql_types::Bool)]
        is_visible: bool,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "select e.sequence, e.at, e.actor_kind, e.actor_id, u.name as actor_name, e.kind, e.subject_kind, \
                e.subject_id, e.account_id, e.deal_id, e.data, \
                coalesce($4::uuid[] is null or (e.owner_id is null and e.previous_owner_id is null) \
                 or e.owner_id = any($4) or e.previous_owner_id = any($4), false) as is_visible \
         from events e left join users u on u.org_id = e.org_id and u.id = e.actor_id \
         where e.org_id = $1 and e.xid < pg_snapshot_xmin(pg_current_snapshot()) \
         and (e.xid, e.sequence) > (coalesce((select p.xid from events p where p.org_id = $1 and p.sequence = $2), '0'::xid8), $2) \
         order by e.xid, e.sequence limit $3",
    )
    .bind::<SqlUuid, _>(scope.org.0)
    .bind::<BigInt, _>(after)
    .bind::<BigInt, _>(limit)
    .bind::<Nullable<Array<SqlUuid>>, _>(scope.owners())
    .load(&mut conn)
    .await?;
    let is_full = i64::try_from(rows.len()).unwrap_or(i64::MAX) >= limit;
    let position = rows.last().map_or(after, |row| row.event.sequence);
    let events = rows
        .into_iter()
        .filter(|row| row.is_visible)
        .filter_map(|row| row.event.into_event())
        .collect();
    Ok(Stretch {
        events,
        position,
        is_full,
    })
}

/// The position a reader that has just loaded its data may go on from: nothing committed by now lies
/// after it unseen, though some of what follows may be known already.
///
/// # Errors
/// Those of the database.
pub async fn horizon(mut conn: &Conn, scope: &Scope) -> QueryResult<i64> {
    let position: Option<i64> = Horizon(scope.org.0).get_result(&mut conn).await?;
    Ok(position.unwrap_or_default())
}

/// The last event of an organisation below the horizon. Every board asks for it; unlike a query of
/// `sql_query` it is prepared once.
#[derive(QueryId)]
struct Horizon(Uuid);

impl QueryFragment<Pg> for Horizon {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("select (select sequence from events where org_id = ");
        out.push_bind_param::<SqlUuid, _>(&self.0)?;
        out.push_sql(
            " and xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid desc, sequence desc limit 1)",
        );
        Ok(())
    }
}

impl Query for Horizon {
    type SqlType = Nullable<BigInt>;
}

/// What the database shows now, as text, and whether it shows an event of the organisation that it did
/// not show at `since`; without a `since`, it does.
///
/// # Errors
/// Those of the database.
pub async fn news(
    mut conn: &Conn,
    scope: &Scope,
    since: Option<&str>,
) -> QueryResult<(String, bool)> {
    let asked = News {
        org: scope.org.0,
        since: since.map(str::to_owned),
    };
    asked.get_result(&mut conn).await
}

/// Which events came since. Those of transactions below the snapshot's `xmin` were all shown.
struct News {
    org: Uuid,
    since: Option<String>,
}

impl QueryFragment<Pg> for News {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("select pg_current_snapshot()::text, ");
        let Some(since) = &self.since else {
            out.push_sql("true");
            return Ok(());
        };
        out.push_sql("exists (select from events where org_id = ");
        out.push_bind_param::<SqlUuid, _>(&self.org)?;
        out.push_sql(" and xid >= pg_snapshot_xmin(");
        out.push_bind_param::<Text, _>(since)?;
        out.push_sql("::pg_snapshot) and not pg_visible_in_snapshot(xid, ");
        out.push_bind_param::<Text, _>(since)?;
        out.push_sql("::pg_snapshot))");
        Ok(())
    }
}

// Its text has two forms.
impl QueryId for News {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for News {
    type SqlType = (Text, Bool);
}

/// Which history is read.
#[derive(Debug, Clone, Copy)]
pub enum History {
    /// An account's timeline.
    Account(AccountId),
    /// Everything about a deal.
    Deal(DealId),
}

/// Reads a history newest first, before a place given as time and sequence.
///
/// # Errors
/// Those of the database.
pub async fn history(
    mut conn: &Conn,
    scope: &Scope,
    of: History,
    before: Option<(DateTime<Utc>, i64)>,
    limit: i64,
) -> QueryResult<Vec<Event>> {
    let mut query = events::table
        .left_join(
            users::table.on(users::org_id
                .eq(events::org_id)
                .and(users::id.nullable().eq(events::actor_id))),
        )
        .filter(events::org_id.eq(scope.org.0))
        .select((
            events::sequence,
            events::at,
            events::actor_kind,
            events::actor_id,
            users::name.nullable(),
            events::kind,
            events::subject_kind,
            events::subject_id,
            events::account_id,
            events::deal_id,
            events::data,
        ))
        .order((events::at.desc(), events::sequence.desc()))
        .limit(limit)
        .into_boxed();
    query = match of {
        History::Account(id) => query.filter(events::account_id.eq(id.0)),
        History::Deal(id) => query.filter(events::deal_id.eq(id.0)),
    };
    if let Some((at, sequence)) = before {
        query = query.filter(
            events::at
                .lt(at)
                .or(events::at.eq(at).and(events::sequence.lt(sequence))),
        );
    }
    if let Some(owners) = scope.owners() {
        query = query.filter(
            events::owner_id
                .is_null()
                .and(events::previous_owner_id.is_null())
                .or(events::owner_id.eq_any(owners.clone()).assume_not_null())
                .or(events::previous_owner_id.eq_any(owners).assume_not_null()),
        );
    }
    let rows: Vec<EventRow> = query.load(&mut conn).await?;
    Ok(rows.into_iter().filter_map(EventRow::into_event).collect())
}
