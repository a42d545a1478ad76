//! The tree of teams.

use crate::clock::now;
use crate::db::Conn;
use crate::db::conditions::{self, Condition, by_pinyin, keyset, text_key};
use crate::db::first::first_rows;
use crate::db::schema::{teams, users};
use crate::http::list::{Archived, Leaf, ListQuery};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use shared::id::{OrgId, TeamId};
use shared::identity::{Team, UserState};
use uuid::Uuid;

#[derive(Queryable, Selectable)]
#[diesel(table_name = teams)]
pub(super) struct TeamRow {
    id: Uuid,
    name: String,
    parent_id: Option<Uuid>,
    version: i32,
    archived_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<TeamRow> for Team {
    fn from(row: TeamRow) -> Self {
        Self {
            id: TeamId(row.id),
            name: row.name,
            parent_id: row.parent_id.map(TeamId),
            version: row.version,
            archived_at: row.archived_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// A team, archived or not.
///
/// # Errors
/// `NotFound`, or those of the database.
pub async fn find(conn: &mut Conn, org: OrgId, id: TeamId) -> QueryResult<Team> {
    let row: TeamRow = teams::table
        .find((org.0, id.0))
        .select(TeamRow::as_select())
        .first(conn)
        .await?;
    Ok(row.into())
}

/// A team, locked: nobody joins it or goes below it meanwhile.
///
/// # Errors
/// `NotFound`, or those of the database.
pub async fn find_for_update(conn: &mut Conn, org: OrgId, id: TeamId) -> QueryResult<Team> {
    let row: TeamRow = teams::table
        .find((org.0, id.0))
        .select(TeamRow::as_select())
        .for_no_key_update()
        .first(conn)
        .await?;
    Ok(row.into())
}

/// The team with this name that is not archived, as for linking rows of a file.
///
/// # Errors
/// Those of the database.
pub async fn find_by_name(conn: &mut Conn, org: OrgId, name: &str) -> QueryResult<Option<Team>> {
    let row: Option<TeamRow> = teams::table
        .filter(teams::org_id.eq(org.0))
        .filter(teams::name.eq(name))
        .filter(teams::archived_at.is_null())
        .select(TeamRow::as_select())
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(Into::into))
}

/// Whether a team is there and not archived; it stays so until the transaction ends.
///
/// # Errors
/// Those of the database.
pub async fn is_open(conn: &mut Conn, org: OrgId, id: TeamId) -> QueryResult<bool> {
    let found: Option<Uuid> = teams::table
        .find((org.0, id.0))
        .filter(teams::archived_at.is_null())
        .select(teams::id)
        .for_share()
        .first(conn)
        .await
        .optional()?;
    Ok(found.is_some())
}

/// Adds a team; `teams_name_key` tells that another has the name.
///
/// # Errors
/// Those of the database.
pub async fn insert(
    conn: &mut Conn,
    org: OrgId,
    id: TeamId,
    name: &str,
    parent: Option<TeamId>,
) -> QueryResult<Team> {
    let row: TeamRow = diesel::insert_into(teams::table)
        .values((
            teams::org_id.eq(org.0),
            teams::id.eq(id.0),
            teams::name.eq(name.trim()),
            teams::parent_id.eq(parent.map(|id| id.0)),
        ))
        .returning(TeamRow::as_returning())
        .get_result(conn)
        .await?;
    Ok(row.into())
}

/// Writes a team's name, place in the tree and archiving.
///
/// # Errors
/// Those of the database.
pub async fn update(conn: &mut Conn, org: OrgId, new: &Team) -> QueryResult<Team> {
    let row: TeamRow = diesel::update(teams::table.find((org.0, new.id.0)))
        .set((
            teams::name.eq(new.name.trim()),
            teams::parent_id.eq(new.parent_id.map(|id| id.0)),
            teams::archived_at.eq(new.archived_at),
            teams::version.eq(teams::version + 1),
            teams::updated_at.eq(now()),
        ))
        .returning(TeamRow::as_returning())
        .get_result(conn)
        .await?;
    Ok(row.into())
}

/// Whether a team is `other` or lies below it. Lock the organisation first: two moves at once could
/// make a circle that neither sees.
///
/// # Errors
/// Those of the database.
pub async fn is_within(
    conn: &mut Conn,
    org: OrgId,
    team: TeamId,
    other: TeamId,
) -> QueryResult<bool> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        is_within: bool,
    }
    let row: Row = diesel::sql_query(
        "with recursive above (id, parent_id) as (\
         select id, parent_id from teams where org_id = $1 and id = $2 \
         union select t.id, t.parent_id from teams t join above a on t.id = a.parent_id where t.org_id = $1) \
         select exists (select from above where id = $3) as is_within",
    )
    .bind::<SqlUuid, _>(org.0)
    .bind::<SqlUuid, _>(team.0)
    .bind::<SqlUuid, _>(other.0)
    .get_result(conn)
    .await?;
    Ok(row.is_within)
}

/// Whether people or teams belong to a team; those who left for good and archived teams do not count.
///
/// # Errors
/// Those of the database.
pub async fn is_in_use(conn: &mut Conn, org: OrgId, id: TeamId) -> QueryResult<bool> {
    let members = users::table
        .filter(users::org_id.eq(org.0))
        .filter(users::team_id.eq(id.0))
        .filter(users::state.ne(UserState::Disabled.as_ref()));
    let teams_below = teams::table
        .filter(teams::org_id.eq(org.0))
        .filter(teams::parent_id.eq(id.0))
        .filter(teams::archived_at.is_null());
    diesel::select(diesel::dsl::exists(members).or(diesel::dsl::exists(teams_below)))
        .get_result(conn)
        .await
}

/// Teams as a list asks for them: one more than a page holds.
///
/// # Errors
/// Those of the database.
pub async fn list(conn: &mut Conn, org: OrgId, list: &ListQuery) -> QueryResult<Vec<Team>> {
    let query = teams::table
        .filter(teams::org_id.eq(org.0))
        .filter(wanted(list))
        .select(TeamRow::as_select())
        .into_boxed();
    let query = keyset!(query, list, by_pinyin(teams::name), teams::id, text_key);
    let rows: Vec<TeamRow> = first_rows(conn, query, list.limit + 1).await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// How many teams a list holds in all.
///
/// # Errors
/// Those of the database.
pub async fn count(conn: &mut Conn, org: OrgId, list: &ListQuery) -> QueryResult<i64> {
    teams::table
        .filter(teams::org_id.eq(org.0))
        .filter(wanted(list))
        .count()
        .get_result(conn)
        .await
}

fn wanted(list: &ListQuery) -> Condition<teams::table> {
    let filter = conditions::fold(&list.filter, &condition);
    match list.archived {
        Archived::Any => filter,
        Archived::No => Box::new(filter.and(teams::archived_at.is_null())),
        Archived::Yes => Box::new(filter.and(teams::archived_at.is_not_null())),
    }
}

fn condition(leaf: &Leaf) -> Condition<teams::table> {
    match leaf.field {
        "name" => conditions::text(teams::name.nullable(), &leaf.test),
        "parent_id" => conditions::id(teams::parent_id, &leaf.test),
        _ => conditions::constant(false),
    }
}
