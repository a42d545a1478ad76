//! Locks on what has no row of its own, held until the transaction ends.

use super::Conn;
use diesel::QueryResult;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

diesel::define_sql_function! {
    /// Waits for a lock that ends with the transaction.
    fn pg_advisory_xact_lock(key: BigInt);
}

/// Waits for the lock of a number.
///
/// # Errors
/// Those of the database; `lock_timeout` among them.
pub async fn hold(mut conn: &Conn, key: i64) -> QueryResult<()> {
    diesel::select(pg_advisory_xact_lock(key))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Waits for the lock of an id; `purpose` keeps apart what is locked by the same id.
///
/// # Errors
/// As [`hold`].
pub async fn hold_id(conn: &Conn, id: Uuid, purpose: i64) -> QueryResult<()> {
    let (high, low) = id.as_u64_pair();
    hold(
        conn,
        i64::from_ne_bytes((high ^ low).to_ne_bytes()) ^ purpose,
    )
    .await
}
