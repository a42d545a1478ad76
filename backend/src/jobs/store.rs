//! The queue of work.

use super::Claim;
use crate::db::Conn;
use crate::db::schema::job_queue as queue;
use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use shared::id::OrgId;
use uuid::Uuid;

/// Id, organisation, kind, subject and attempts of a row.
type Row = (Uuid, Uuid, String, Uuid, i32);

#[derive(QueryableByName)]
struct ClaimRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = SqlUuid)]
    subject_id: Uuid,
    #[diesel(sql_type = Integer)]
    attempts: i32,
}

fn to_claim(holder: Uuid) -> impl Fn(Row) -> Claim {
    move |(id, org, kind, subject, attempts)| Claim {
        id,
        holder,
        org: OrgId(org),
        kind,
        subject,
        attempts,
    }
}

/// Adds a piece of work, or moves the time of one that waits.
pub async fn insert(
    conn: &mut Conn,
    id: Uuid,
    org: OrgId,
    kind: &str,
    subject: Uuid,
    due_at: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::insert_into(queue::table)
        .values((
            queue::id.eq(id),
            queue::organisation_id.eq(org.0),
            queue::kind.eq(kind),
            queue::subject_id.eq(subject),
            queue::due_at.eq(due_at),
        ))
        .on_conflict((queue::kind, queue::subject_id))
        .do_update()
        .set((queue::due_at.eq(due_at), queue::attempts.eq(0)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Claims the piece of work that is due longest and that nobody alive has.
pub async fn claim(
    conn: &mut Conn,
    holder: Uuid,
    now: DateTime<Utc>,
    silent_since: DateTime<Utc>,
) -> QueryResult<Option<Claim>> {
    // The inner query runs once and passes over what others are claiming or working on.
    let row: Option<ClaimRow> = diesel::sql_query(
        "with free as materialized ( \
             select id from job_queue where due_at <= $1 and (heartbeat_at is null or heartbeat_at < $2) \
             order by due_at limit 1 for update skip locked \
         ) \
         update job_queue q set claimed_by = $3, heartbeat_at = $1, attempts = q.attempts + 1 \
         from free where q.id = free.id \
         returning q.id, q.organisation_id, q.kind, q.subject_id, q.attempts",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(silent_since)
    .bind::<SqlUuid, _>(holder)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(|row| {
        to_claim(holder)((
            row.id,
            row.organisation_id,
            row.kind,
            row.subject_id,
            row.attempts,
        ))
    }))
}

/// Claims a certain piece of work, if nobody alive has it.
pub async fn claim_of(
    conn: &mut Conn,
    holder: Uuid,
    kind: &str,
    subject: Uuid,
    silent_since: DateTime<Utc>,
) -> QueryResult<Option<Claim>> {
    let row: Option<Row> = diesel::update(queue::table)
        .filter(queue::kind.eq(kind).and(queue::subject_id.eq(subject)))
        .filter(
            queue::heartbeat_at
                .is_null()
                .or(queue::heartbeat_at.lt(silent_since).assume_not_null()),
        )
        .set((
            queue::claimed_by.eq(holder),
            queue::heartbeat_at.eq(crate::clock::now()),
            queue::attempts.eq(queue::attempts + 1),
        ))
        .returning((
            queue::id,
            queue::organisation_id,
            queue::kind,
            queue::subject_id,
            queue::attempts,
        ))
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(to_claim(holder)))
}

/// Whether a piece of work waits or runs.
pub async fn exists_of(conn: &mut Conn, kind: &str, subject: Uuid) -> QueryResult<bool> {
    diesel::select(exists(
        queue::table.filter(queue::kind.eq(kind).and(queue::subject_id.eq(subject))),
    ))
    .get_result(conn)
    .await
}

/// Whether the holder still has it. Until the transaction ends nobody else can claim it: who claims
/// passes over what is locked.
pub async fn hold(conn: &mut Conn, id: Uuid, holder: Uuid) -> QueryResult<bool> {
    let found: Option<Uuid> = queue::table
        .filter(queue::id.eq(id).and(queue::claimed_by.eq(holder)))
        .select(queue::id)
        .for_update()
        .first(conn)
        .await
        .optional()?;
    Ok(found.is_some())
}

/// Writes a sign of life; a step under way is one already, and is not waited for.
pub async fn beat(conn: &mut Conn, id: Uuid, holder: Uuid, now: DateTime<Utc>) -> QueryResult<()> {
    diesel::sql_query(
        "with ours as materialized ( \
             select id from job_queue where id = $1 and claimed_by = $2 for update skip locked \
         ) \
         update job_queue q set heartbeat_at = $3 from ours where q.id = ours.id",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(holder)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives it back, to be taken up from a time on.
pub async fn release(
    conn: &mut Conn,
    id: Uuid,
    holder: Uuid,
    due_at: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::update(queue::table)
        .filter(queue::id.eq(id).and(queue::claimed_by.eq(holder)))
        .set((
            queue::claimed_by.eq(None::<Uuid>),
            queue::heartbeat_at.eq(None::<DateTime<Utc>>),
            queue::due_at.eq(due_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes it off the queue.
pub async fn delete(conn: &mut Conn, id: Uuid, holder: Uuid) -> QueryResult<()> {
    diesel::delete(queue::table)
        .filter(queue::id.eq(id).and(queue::claimed_by.eq(holder)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes the work about a record off the queue.
pub async fn delete_of(conn: &mut Conn, kind: &str, subject: Uuid) -> QueryResult<()> {
    diesel::delete(queue::table)
        .filter(queue::kind.eq(kind).and(queue::subject_id.eq(subject)))
        .execute(conn)
        .await?;
    Ok(())
}
