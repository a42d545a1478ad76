//! The directory of sign-in names: the one table outside tenancy. It leads from an e-mail to its
//! organisation and person, and holds nothing else.

use crate::db::schema::logins;
use crate::db::{Conn, locks};
use diesel::prelude::*;
use diesel::sql_types::Integer;
use diesel_async::RunQueryDsl;
use shared::id::{OrgId, UserId};
use uuid::Uuid;

/// The number of the lock that makes "the first organisation" true for one sign-up only.
const FIRST: i64 = 4_747_002;

/// Whom an e-mail belongs to.
///
/// # Errors
/// Those of the database.
pub async fn find(conn: &mut Conn, email: &str) -> QueryResult<Option<(OrgId, UserId)>> {
    let row: Option<(Uuid, Uuid)> = logins::table
        .find(email)
        .select((logins::organisation_id, logins::user_id))
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(|(org, user)| (OrgId(org), UserId(user))))
}

/// Whether anybody can sign in at all.
///
/// # Errors
/// Those of the database.
pub async fn is_empty(conn: &mut Conn) -> QueryResult<bool> {
    let one: Option<i32> = logins::table
        .select(diesel::dsl::sql::<Integer>("1"))
        .first(conn)
        .await
        .optional()?;
    Ok(one.is_none())
}

/// Lets one transaction at a time ask whether it is the first.
///
/// # Errors
/// Those of the database.
pub async fn lock_first(conn: &mut Conn) -> QueryResult<()> {
    locks::hold(conn, FIRST).await
}

/// Gives an e-mail to a person; `logins_pkey` tells that somebody has it.
///
/// # Errors
/// Those of the database.
pub async fn insert(conn: &mut Conn, email: &str, org: OrgId, user: UserId) -> QueryResult<()> {
    diesel::insert_into(logins::table)
        .values((
            logins::email.eq(email),
            logins::organisation_id.eq(org.0),
            logins::user_id.eq(user.0),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Every organisation somebody can sign in to.
///
/// # Errors
/// Those of the database.
pub async fn organisations(conn: &mut Conn) -> QueryResult<Vec<OrgId>> {
    let list: Vec<Uuid> = logins::table
        .select(logins::organisation_id)
        .distinct()
        .order_by(logins::organisation_id)
        .load(conn)
        .await?;
    Ok(list.into_iter().map(OrgId).collect())
}
