//! Signed-in browsers and tools.

use crate::db::Conn;
use crate::db::schema::sessions;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use shared::id::{OrgId, SessionId, UserId};
use strum::{AsRefStr, EnumString};
use uuid::Uuid;

/// What a session was made for; its refresh token only works there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsRefStr, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum SessionKind {
    /// Tokens in cookies.
    Browser,
    /// Tokens in the hands of a tool.
    Tool,
}

/// A session.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct SessionRow {
    /// Whose it is.
    pub user_id: Uuid,
    /// What it was made for.
    pub kind: String,
    /// The rotation whose token is the current one.
    pub rotation: i32,
    /// Since when it is.
    pub rotated_at: DateTime<Utc>,
    /// Until when it lasts without another refresh.
    pub expires_at: DateTime<Utc>,
    /// Since when it is over.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it began.
    pub created_at: DateTime<Utc>,
}

/// Begins a session.
///
/// # Errors
/// Those of the database.
pub async fn insert(
    conn: &mut Conn,
    org: OrgId,
    id: SessionId,
    user: UserId,
    kind: SessionKind,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::org_id.eq(org.0),
            sessions::id.eq(id.0),
            sessions::user_id.eq(user.0),
            sessions::kind.eq(kind.as_ref()),
            sessions::rotated_at.eq(now),
            sessions::created_at.eq(now),
            sessions::expires_at.eq(expires_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// A session, locked: whoever refreshes it at the same moment waits.
///
/// # Errors
/// Those of the database.
pub async fn find_for_update(
    conn: &mut Conn,
    org: OrgId,
    id: SessionId,
) -> QueryResult<Option<SessionRow>> {
    sessions::table
        .find((org.0, id.0))
        .select(SessionRow::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()
}

/// Makes the next rotation the current one.
///
/// # Errors
/// Those of the database.
pub async fn rotate(
    conn: &mut Conn,
    org: OrgId,
    id: SessionId,
    from: i32,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> QueryResult<()> {
    let current = sessions::table
        .find((org.0, id.0))
        .filter(sessions::rotation.eq(from));
    diesel::update(current)
        .set((
            sessions::rotation.eq(from + 1),
            sessions::rotated_at.eq(now),
            sessions::expires_at.eq(expires_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends a session and answers whose it was; `None` when it is over already.
///
/// # Errors
/// Those of the database.
pub async fn revoke(
    conn: &mut Conn,
    org: OrgId,
    id: SessionId,
    now: DateTime<Utc>,
) -> QueryResult<Option<UserId>> {
    let open = sessions::table
        .find((org.0, id.0))
        .filter(sessions::revoked_at.is_null());
    let user: Option<Uuid> = diesel::update(open)
        .set(sessions::revoked_at.eq(now))
        .returning(sessions::user_id)
        .get_result(conn)
        .await
        .optional()?;
    Ok(user.map(UserId))
}

/// Ends all sessions of a person, but one where given; answers how many.
///
/// # Errors
/// Those of the database.
pub async fn revoke_all(
    conn: &mut Conn,
    org: OrgId,
    user: UserId,
    but: Option<SessionId>,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    let open = sessions::table
        .filter(sessions::org_id.eq(org.0))
        .filter(sessions::user_id.eq(user.0))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::id.ne(but.map_or(Uuid::nil(), |id| id.0)));
    diesel::update(open)
        .set(sessions::revoked_at.eq(now))
        .execute(conn)
        .await
}

/// Removes sessions that ended long ago, some at a time.
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
        "delete from sessions s using ( \
             select id from sessions where org_id = $1 and least(expires_at, revoked_at) < $2 \
             limit $3 for update skip locked \
         ) old where s.org_id = $1 and s.id = old.id",
    )
    .bind::<SqlUuid, _>(org.0)
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(most)
    .execute(conn)
    .await
}
