//! The queue of work.

use super::Claim;
use crate::db::Conn;
use crate::db::schema::job_queue as queue;
use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};
use diesel::sql_types::{Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use shared::id::OrgId;
use uuid::Uuid;

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

/// Adds a piece of work, or queues it anew; who was at it finds the claim gone.
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
        .set((
            queue::due_at.eq(due_at),
            queue::attempts.eq(0),
            queue::claimed_by.eq(None::<Uuid>),
            queue::heartbeat_at.eq(None::<DateTime<Utc>>),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Adds a piece of work that is due now, unless it is there.
pub async fn ensure(
    conn: &mut Conn,
    id: Uuid,
    org: OrgId,
    kind: &str,
    subject: Uuid,
) -> QueryResult<()> {
    diesel::insert_into(queue::table)
        .values((
            queue::id.eq(id),
            queue::organisation_id.eq(org.0),
            queue::kind.eq(kind),
            queue::subject_id.eq(subject),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes work back from those who fell silent; a step under way is a sign of life.
pub async fn release_silent(conn: &mut Conn, silent_since: DateTime<Utc>) -> QueryResult<()> {
    diesel::sql_query(
        "with silent as materialized ( \
             select id from job_queue where heartbeat_at < $1 for update skip locked \
         ) \
         update job_queue q set claimed_by = null, heartbeat_at = null from silent where q.id = silent.id",
    )
    .bind::<Timestamptz, _>(silent_since)
    .execute(conn)
    .await?;
    Ok(())
}

/// Claims the piece of work that is due longest and that nobody has; where a subject is given, that one,
/// due or not. While one of a kind is under way for an organisation, its others wait.
pub async fn claim(
    conn: &mut Conn,
    holder: Uuid,
    now: DateTime<Utc>,
    of: Option<(&str, Uuid)>,
) -> QueryResult<Option<Claim>> {
    // The inner query runs once and passes over what others are claiming.
    let found: QueryResult<ClaimRow> = diesel::sql_query(
        "with free as materialized ( \
             select id from job_queue q where claimed_by is null \
                 and case when $4 is null then due_at <= $1 else kind = $3 and subject_id = $4 end \
                 and not exists (select from job_queue o where o.organisation_id = q.organisation_id \
                     and o.kind = q.kind and o.claimed_by is not null) \
             order by due_at limit 1 for update skip locked \
         ) \
         update job_queue q set claimed_by = $2, heartbeat_at = $1, attempts = q.attempts + 1 \
         from free where q.id = free.id \
         returning q.id, q.organisation_id, q.kind, q.subject_id, q.attempts",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(holder)
    .bind::<Nullable<Text>, _>(of.map(|(kind, _)| kind))
    .bind::<Nullable<SqlUuid>, _>(of.map(|(_, subject)| subject))
    .get_result(conn)
    .await;
    match found {
        Ok(row) => Ok(Some(Claim {
            id: row.id,
            holder,
            org: OrgId(row.organisation_id),
            kind: row.kind,
            subject: row.subject_id,
            attempts: row.attempts,
        })),
        // Somebody claimed another one of its kind at the same moment.
        Err(Error::NotFound | Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
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

/// The same, and says that the work has come on.
pub async fn step(
    conn: &mut Conn,
    id: Uuid,
    holder: Uuid,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let count = diesel::update(queue::table)
        .filter(queue::id.eq(id).and(queue::claimed_by.eq(holder)))
        .set((queue::attempts.eq(1), queue::heartbeat_at.eq(now)))
        .execute(conn)
        .await?;
    Ok(count == 1)
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

/// Gives all of them back, whoever has them.
pub async fn release_all(conn: &mut Conn) -> QueryResult<()> {
    diesel::update(queue::table)
        .filter(queue::claimed_by.is_not_null())
        .set((
            queue::claimed_by.eq(None::<Uuid>),
            queue::heartbeat_at.eq(None::<DateTime<Utc>>),
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
