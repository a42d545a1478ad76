//! The table of idempotency keys.

use crate::db::Conn;
use crate::db::schema::idempotency_keys as keys;
use crate::http::Answer;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use sha2::{Digest, Sha256};
use shared::id::OrgId;
use uuid::Uuid;

diesel::define_sql_function! {
    /// Takes a lock that ends with the transaction, or says at once that somebody has it.
    fn pg_try_advisory_xact_lock(key: diesel::sql_types::BigInt) -> diesel::sql_types::Bool;
}

/// A stored answer.
#[derive(Queryable, Selectable)]
#[diesel(table_name = keys)]
pub struct Stored {
    /// Which operation it answered.
    pub operation: String,
    /// The hash of the body it answered.
    pub body_hash: Vec<u8>,
    status: i16,
    etag: Option<String>,
    location: Option<String>,
    body: Vec<u8>,
}

impl From<Stored> for Answer {
    fn from(stored: Stored) -> Self {
        Self {
            status: u16::try_from(stored.status).unwrap_or(200),
            etag: stored.etag,
            location: stored.location,
            body: stored.body.into(),
            ..Self::empty()
        }
    }
}

/// Takes the lock of a key.
pub async fn try_lock(mut conn: &Conn, org: Uuid, user: Uuid, key: &str) -> QueryResult<bool> {
    let digest = Sha256::new()
        .chain_update(org)
        .chain_update(user)
        .chain_update(key)
        .finalize();
    let number = digest
        .first_chunk()
        .map_or(0, |bytes| i64::from_be_bytes(*bytes));
    diesel::select(pg_try_advisory_xact_lock(number))
        .get_result(&mut conn)
        .await
}

/// Finds the answer of a key.
pub async fn find(
    mut conn: &Conn,
    org: Uuid,
    user: Uuid,
    key: &str,
) -> QueryResult<Option<Stored>> {
    keys::table
        .filter(
            keys::org_id
                .eq(org)
                .and(keys::user_id.eq(user))
                .and(keys::key.eq(key)),
        )
        .select(Stored::as_select())
        .first(&mut conn)
        .await
        .optional()
}

/// Stores the answer of a key.
pub async fn insert(
    mut conn: &Conn,
    org: Uuid,
    user: Uuid,
    key: &str,
    operation: &str,
    hash: &[u8],
    answer: &Answer,
) -> QueryResult<()> {
    diesel::insert_into(keys::table)
        .values((
            keys::org_id.eq(org),
            keys::user_id.eq(user),
            keys::key.eq(key),
            keys::operation.eq(operation),
            keys::body_hash.eq(hash),
            keys::status.eq(i16::try_from(answer.status).unwrap_or(200)),
            keys::etag.eq(&answer.etag),
            keys::location.eq(&answer.location),
            keys::body.eq(answer.body.as_ref()),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Removes old keys, some at a time.
///
/// # Errors
/// Those of the database.
pub async fn clear(
    conn: &mut Conn,
    org: OrgId,
    before: DateTime<Utc>,
    most: i64,
) -> QueryResult<usize> {
    diesel::sql_query(
        "delete from idempotency_keys k using ( \
             select user_id, key from idempotency_keys where org_id = $1 and created_at < $2 \
             order by created_at limit $3 for update skip locked \
         ) old where k.org_id = $1 and k.user_id = old.user_id and k.key = old.key",
    )
    .bind::<SqlUuid, _>(org.0)
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(most)
    .execute(conn)
    .await
}
