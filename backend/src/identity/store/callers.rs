//! What is needed to recognise a caller.

use crate::db::schema::{sessions, users};
use crate::db::{Conn, View};
use diesel::prelude::*;
use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::RunQueryDsl;
use shared::id::{OrgId, SessionId, UserId};
use shared::identity::{Reach, Role};
use uuid::Uuid;

/// A person who may come in.
pub struct CallerRow {
    /// Their role.
    pub role: Role,
    /// Their epoch.
    pub epoch: i32,
    /// Their team.
    pub team_id: Option<Uuid>,
}

/// The person, when they are active and the session has not ended.
///
/// # Errors
/// Those of the database.
pub async fn find(
    conn: &mut Conn,
    org: OrgId,
    user: UserId,
    session: SessionId,
) -> QueryResult<Option<CallerRow>> {
    let row: Option<(String, i32, Option<Uuid>)> = users::table
        .inner_join(
            sessions::table.on(sessions::org_id
                .eq(users::org_id)
                .and(sessions::user_id.eq(users::id))),
        )
        .filter(
            users::org_id
                .eq(org.0)
                .and(users::id.eq(user.0))
                .and(users::state.eq("active")),
        )
        .filter(
            sessions::id
                .eq(session.0)
                .and(sessions::revoked_at.is_null())
                .and(sessions::expires_at.gt(diesel::dsl::now)),
        )
        .select((users::role, users::epoch, users::team_id))
        .first(conn)
        .await
        .optional()?;
    Ok(row.and_then(|(role, epoch, team_id)| {
        Some(CallerRow {
            role: role.parse().ok()?,
            epoch,
            team_id,
        })
    }))
}

/// How far somebody of a role and team sees.
///
/// # Errors
/// Those of the database.
pub async fn view(
    conn: &Conn,
    org: OrgId,
    user: UserId,
    role: Role,
    team: Option<Uuid>,
) -> QueryResult<View> {
    Ok(match role.reach() {
        Reach::All => View::All,
        Reach::Own => View::Owners([user.0].into()),
        Reach::Team => {
            let mut owners = match team {
                Some(team) => members_below(conn, org, team).await?,
                None => Vec::new(),
            };
            if !owners.contains(&user.0) {
                owners.push(user.0);
            }
            View::Owners(owners.into())
        }
    })
}

/// Everybody in a team or below it.
///
/// # Errors
/// Those of the database.
pub async fn members_below(mut conn: &Conn, org: OrgId, team: Uuid) -> QueryResult<Vec<Uuid>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "with recursive below (id) as (select $2::uuid union select t.id from teams t \
         join below b on t.parent_id = b.id where t.org_id = $1) \
         select u.id from users u where u.org_id = $1 and u.team_id in (select id from below)",
    )
    .bind::<SqlUuid, _>(org.0)
    .bind::<SqlUuid, _>(team)
    .load(&mut conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
