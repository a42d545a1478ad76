//! The tree of accounts: nobody becomes its own ancestor.

use crate::db::Conn;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use shared::id::{AccountId, OrgId};

diesel::define_sql_function! {
    fn pg_advisory_xact_lock(key: BigInt);
}

diesel::define_sql_function! {
    fn hashtextextended(text: Text, seed: BigInt) -> BigInt;
}

/// Lets one transaction at a time change the tree of an organisation: two changes that are each right
/// could make a circle together. Take it after the row that is changed.
///
/// # Errors
/// Those of the database.
pub async fn lock(mut conn: &Conn, org: OrgId) -> QueryResult<()> {
    let name = format!("accounts.parent_id {org}");
    diesel::select(pg_advisory_xact_lock(hashtextextended(name, 0)))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Whether an account is above another, or is the same.
///
/// # Errors
/// Those of the database.
pub async fn is_above(
    mut conn: &Conn,
    org: OrgId,
    above: AccountId,
    below: AccountId,
) -> QueryResult<bool> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        is_above: bool,
    }
    // `union` drops what was seen, so that even a circle made by hand ends the walk.
    let row: Row = diesel::sql_query(
        "with recursive up (id, parent_id) as ( \
             select id, parent_id from accounts where org_id = $1 and id = $2 \
             union \
             select a.id, a.parent_id from accounts a join up on a.id = up.parent_id where a.org_id = $1 \
         ) select exists (select 1 from up where id = $3) as is_above",
    )
    .bind::<SqlUuid, _>(org.0)
    .bind::<SqlUuid, _>(below.0)
    .bind::<SqlUuid, _>(above.0)
    .get_result(&mut conn)
    .await?;
    Ok(row.is_above)
}
