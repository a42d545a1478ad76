//! The table of saved views.

use crate::db::Conn;
use crate::db::schema::{funnels, saved_views, teams, users};
use chrono::{DateTime, Utc};
use diesel::dsl::{exists, max};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde::Serialize;
use shared::funnel::{BoardFilter, SavedView, Viewer};
use shared::id::{FunnelId, OrgId, TeamId, UserId, ViewId};
use shared::identity::Role;
use std::str::FromStr;
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = saved_views, treat_none_as_null = true)]
struct ViewRow {
    org_id: Uuid,
    id: Uuid,
    owner_id: Uuid,
    team_id: Option<Uuid>,
    funnel_id: Uuid,
    name: String,
    kind: String,
    filter: serde_json::Value,
    group_by: String,
    sort: String,
    position: i32,
    version: i32,
    archived_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl ViewRow {
    fn of(org: OrgId, view: &SavedView) -> QueryResult<Self> {
        Ok(Self {
            org_id: org.0,
            id: view.id.0,
            owner_id: view.owner_id.0,
            team_id: view.team_id.map(|id| id.0),
            funnel_id: view.funnel_id.0,
            name: view.name.clone(),
            kind: view.kind.as_ref().to_owned(),
            filter: write(&view.filter)?,
            group_by: view.group_by.as_ref().to_owned(),
            sort: view.sort.as_ref().to_owned(),
            position: view.position,
            version: view.version,
            archived_at: view.archived_at,
            created_at: view.created_at,
            updated_at: view.updated_at,
        })
    }
}

impl ViewRow {
    /// The view. A word or filter that a newer server wrote is an error: to leave a part of a filter
    /// out would show deals that the view is made to hide.
    fn read(self) -> QueryResult<SavedView> {
        let row = self;
        Ok(SavedView {
            id: ViewId(row.id),
            owner_id: UserId(row.owner_id),
            team_id: row.team_id.map(TeamId),
            funnel_id: FunnelId(row.funnel_id),
            name: row.name,
            kind: word(&row.kind)?,
            filter: filter(row.filter)?,
            group_by: word(&row.group_by)?,
            sort: word(&row.sort)?,
            position: row.position,
            version: row.version,
            archived_at: row.archived_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> diesel::result::Error {
    diesel::result::Error::DeserializationError(Box::new(error))
}

fn word<T: FromStr<Err: std::error::Error + Send + Sync + 'static>>(text: &str) -> QueryResult<T> {
    text.parse().map_err(unreadable)
}

fn filter(json: serde_json::Value) -> QueryResult<BoardFilter> {
    serde_json::from_value(json).map_err(unreadable)
}

fn write<T: Serialize>(value: &T) -> QueryResult<serde_json::Value> {
    serde_json::to_value(value)
        .map_err(|error| diesel::result::Error::SerializationError(error.into()))
}

/// A person as one who looks at views.
///
/// # Errors
/// Those of the database.
pub async fn viewer(conn: &mut Conn, org: OrgId, user: UserId, role: Role) -> QueryResult<Viewer> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
        #[diesel(sql_type = Bool)]
        is_below: bool,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "with recursive own (id) as (\
         select team_id from users where org_id = $1 and id = $2 and team_id is not null), \
         below (id) as (select id from own union \
         select t.id from teams t join below b on t.parent_id = b.id where t.org_id = $1), \
         above (id) as (select id from own union select t.parent_id from teams t \
         join above a on t.id = a.id where t.org_id = $1 and t.parent_id is not null) \
         select id, true as is_below from below union all select id, false from above",
    )
    .bind::<SqlUuid, _>(org.0)
    .bind::<SqlUuid, _>(user.0)
    .load(conn)
    .await?;
    let side = |is_below: bool| {
        rows.iter()
            .filter(|row| row.is_below == is_below)
            .map(|row| TeamId(row.id))
            .collect()
    };
    Ok(Viewer {
        user,
        role,
        above: side(false),
        below: side(true),
    })
}

type Visible = Box<dyn BoxableExpression<saved_views::table, Pg, SqlType = Bool>>;

/// The condition that a view is visible, as [`Viewer::sees`] has it.
fn visible(org: OrgId, viewer: &Viewer) -> Visible {
    let own = saved_views::team_id
        .is_null()
        .and(saved_views::owner_id.eq(viewer.user.0));
    let here = saved_views::org_id.eq(org.0);
    match viewer.seen_teams() {
        None => Box::new(here.and(own.or(saved_views::team_id.is_not_null()))),
        Some(teams) => {
            let teams: Vec<Uuid> = teams.into_iter().map(|id| id.0).collect();
            let shared = saved_views::team_id.eq_any(teams).assume_not_null();
            Box::new(here.and(own.or(saved_views::team_id.is_not_null().and(shared))))
        }
    }
}

/// Views in their order, after a place.
///
/// # Errors
/// Those of the database.
pub async fn list(
    conn: &mut Conn,
    org: OrgId,
    viewer: &Viewer,
    funnel: Option<FunnelId>,
    is_archived: bool,
    after: Option<(i32, Uuid)>,
    limit: i64,
) -> QueryResult<Vec<SavedView>> {
    let mut query = saved_views::table
        .filter(visible(org, viewer))
        .filter(saved_views::archived_at.is_not_null().eq(is_archived))
        .select(ViewRow::as_select())
        .order((saved_views::position, saved_views::id))
        .limit(limit)
        .into_boxed::<Pg>();
    if let Some(funnel) = funnel {
        query = query.filter(saved_views::funnel_id.eq(funnel.0));
    }
    if let Some((position, id)) = after {
        let later = saved_views::position
            .eq(position)
            .and(saved_views::id.gt(id));
        query = query.filter(saved_views::position.gt(position).or(later));
    }
    let rows: Vec<ViewRow> = query.load(conn).await?;
    rows.into_iter().map(ViewRow::read).collect()
}

/// A view, put away or not.
///
/// # Errors
/// `NotFound` also for one that is not visible.
pub async fn find(
    conn: &mut Conn,
    org: OrgId,
    viewer: &Viewer,
    id: ViewId,
) -> QueryResult<SavedView> {
    saved_views::table
        .filter(visible(org, viewer))
        .filter(saved_views::id.eq(id.0))
        .select(ViewRow::as_select())
        .first::<ViewRow>(conn)
        .await
        .and_then(ViewRow::read)
}

/// The same, and others cannot change it meanwhile.
///
/// # Errors
/// As [`find`].
pub async fn find_for_update(
    conn: &mut Conn,
    org: OrgId,
    viewer: &Viewer,
    id: ViewId,
) -> QueryResult<SavedView> {
    saved_views::table
        .filter(visible(org, viewer))
        .filter(saved_views::id.eq(id.0))
        .select(ViewRow::as_select())
        .for_update()
        .first::<ViewRow>(conn)
        .await
        .and_then(ViewRow::read)
}

/// The place after the last view of the same owner or team.
///
/// # Errors
/// Those of the database.
pub async fn next_position(
    conn: &mut Conn,
    org: OrgId,
    owner: UserId,
    team: Option<TeamId>,
) -> QueryResult<i32> {
    let mut query = saved_views::table
        .filter(saved_views::org_id.eq(org.0))
        .filter(saved_views::archived_at.is_null())
        .select(max(saved_views::position))
        .into_boxed::<Pg>();
    query = match team {
        Some(team) => query.filter(saved_views::team_id.eq(team.0)),
        None => query
            .filter(saved_views::team_id.is_null())
            .filter(saved_views::owner_id.eq(owner.0)),
    };
    let last: Option<i32> = query.first(conn).await?;
    Ok(last.map_or(0, |last| last.saturating_add(1)))
}

/// Whether a funnel is there and in use.
///
/// # Errors
/// Those of the database.
pub async fn is_funnel_open(conn: &mut Conn, org: OrgId, id: FunnelId) -> QueryResult<bool> {
    let open = funnels::table
        .find((org.0, id.0))
        .filter(funnels::archived_at.is_null());
    diesel::select(exists(open)).get_result(conn).await
}

/// Whether the owner and the team that a filter names are, or were, of this organisation.
///
/// # Errors
/// Those of the database.
pub async fn knows(conn: &mut Conn, org: OrgId, filter: &BoardFilter) -> QueryResult<(bool, bool)> {
    let owner = match filter.owner_id {
        None => true,
        Some(id) => {
            let found = exists(users::table.find((org.0, id.0)));
            diesel::select(found).get_result(conn).await?
        }
    };
    let team = match filter.team_id {
        None => true,
        Some(id) => {
            let found = exists(teams::table.find((org.0, id.0)));
            diesel::select(found).get_result(conn).await?
        }
    };
    Ok((owner, team))
}

/// Adds a view.
///
/// # Errors
/// Those of the database: `saved_views_own_name_key` and `saved_views_team_name_key` for a name that is
/// taken.
pub async fn insert(conn: &mut Conn, org: OrgId, view: &SavedView) -> QueryResult<()> {
    diesel::insert_into(saved_views::table)
        .values(ViewRow::of(org, view)?)
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes a view as it is now.
///
/// # Errors
/// As [`insert`].
pub async fn update(conn: &mut Conn, org: OrgId, view: &SavedView) -> QueryResult<()> {
    diesel::update(saved_views::table.find((org.0, view.id.0)))
        .set(ViewRow::of(org, view)?)
        .execute(conn)
        .await?;
    Ok(())
}
