//! The tree of teams.

use crate::app::App;
use crate::clock::{new_id, now};
use crate::db::Tx;
use crate::db::names::Named;
use crate::error::{AppError, AppResult, OnConstraint};
use crate::events::NewEvent;
use crate::http::list::{FieldSpec, Kind, List, ListSpec, Listed, Place, Value};
use crate::http::shape::{Expand, ShapeOf};
use crate::http::{Answer, Body, IfMatch, Once, Replay};
use crate::identity::Require;
use crate::identity::permit::{ManageUsers, ReadUsers};
use crate::identity::store::{organisations, teams};
use actix_web::{delete, get, patch, post, web};
use shared::error::{ErrorCode, Problem};
use shared::event::{EventKind, SubjectKind};
use shared::id::TeamId;
use shared::identity::{NewTeam, Team, TeamPatch};
use shared::page::Page;

/// The list of teams.
#[derive(Debug)]
pub struct Teams;

impl Listed for Teams {
    const SPEC: ListSpec = ListSpec {
        resource: "teams",
        fields: &[
            FieldSpec::new("name", Kind::Text).sortable(),
            FieldSpec::new("parent_id", Kind::Id).nullable(),
        ],
        sort: "name",
        has_archived: true,
        shown: &[
            "id",
            "name",
            "parent_id",
            "version",
            "archived_at",
            "created_at",
            "updated_at",
        ],
        expand: &[Expand {
            name: "parent",
            from: "parent_id",
            of: Named::Team,
        }],
    };
}

/// Lists teams.
#[utoipa::path(
    tag = "identity", operation_id = "list_teams", params(List<Teams>),
    responses((status = 200, body = Page<Team>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_users"]))
)]
#[get("/teams")]
pub async fn list_teams(
    app: web::Data<App>,
    caller: Require<ReadUsers>,
    list: List<Teams>,
) -> AppResult<Answer> {
    let mut tx = app.db.snapshot(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    let rows = teams::list(conn, scope.org, &list).await?;
    let total = match list.count {
        None => None,
        Some(_) => Some(teams::count(conn, scope.org, &list).await?),
    };
    let page = list.page(rows, total, |team, _| {
        Place::new(team.id.0, Value::Text(team.name.clone()))
    })?;
    let answer = list.shape.page(&tx, page).await?;
    tx.commit().await?;

    Ok(answer)
}

/// Makes a team.
#[utoipa::path(
    tag = "identity", operation_id = "create_team", request_body = NewTeam,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key answers the same")),
    responses((status = 201, body = Team), (status = "4XX", body = Problem)),
    security(("bearer" = ["manage_users"]))
)]
#[post("/teams")]
pub async fn create_team(
    app: web::Data<App>,
    caller: Require<ManageUsers>,
    once: Once,
    body: Body<NewTeam>,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let claim = match once.begin(&mut tx, "create_team", &body.hash).await? {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };

    let new = body.value;
    parent_is_open(&mut tx, new.parent_id).await?;
    let (conn, scope) = tx.parts();
    let team = teams::insert(conn, scope.org, new_id(), &new.name, new.parent_id)
        .await
        .on_constraint("teams_name_key", || {
            AppError::field("/name", ErrorCode::Taken)
        })?;
    let event = NewEvent::new(EventKind::TeamCreated, SubjectKind::Team, team.id.0)
        .with_change(None, Some(&team));
    tx.record(event).await?;

    let location = format!("/api/v1/teams/{}", team.id);
    claim
        .finish(tx, Answer::created(&team, team.version, location)?)
        .await
}

/// Reads a team.
#[utoipa::path(
    tag = "identity", operation_id = "read_team", params(("id" = TeamId, Path), ShapeOf<Teams>),
    responses((status = 200, body = Team), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_users"]))
)]
#[get("/teams/{id}")]
pub async fn read_team(
    app: web::Data<App>,
    caller: Require<ReadUsers>,
    path: web::Path<TeamId>,
    shape: ShapeOf<Teams>,
) -> AppResult<Answer> {
    let mut tx = app.db.snapshot(&caller.scope).await?;
    let team = teams::find(tx.conn(), caller.scope.org, *path).await?;
    let answer = shape.one(&tx, &team, team.version).await?;
    tx.commit().await?;

    Ok(answer)
}

/// Renames a team or moves it, with everything below it, in the tree.
#[utoipa::path(
    tag = "identity", operation_id = "change_team", request_body = TeamPatch,
    params(("id" = TeamId, Path), ("If-Match" = String, Header, description = "The version that was read")),
    responses(
        (status = 200, body = Team),
        (status = 409, body = Problem, description = "`archived`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["manage_users"]))
)]
#[patch("/teams/{id}")]
pub async fn change_team(
    app: web::Data<App>,
    caller: Require<ManageUsers>,
    path: web::Path<TeamId>,
    if_match: IfMatch,
    body: Body<TeamPatch>,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let org = caller.scope.org;
    // One change of the tree at a time: two moves at once could make a circle that neither sees.
    organisations::find_for_update(tx.conn(), org).await?;
    let old = teams::find_for_update(tx.conn(), org, *path).await?;
    if_match.check(&old, old.version)?;
    if old.archived_at.is_some() {
        return Err(AppError::Conflict(ErrorCode::Archived));
    }

    let patch = body.value;
    let new = Team {
        name: patch.name.unwrap_or_else(|| old.name.clone()),
        parent_id: patch.parent_id.unwrap_or(old.parent_id),
        ..old.clone()
    };
    if new.parent_id != old.parent_id {
        parent_is_open(&mut tx, new.parent_id).await?;
        if let Some(parent) = new.parent_id
            && teams::is_within(tx.conn(), org, parent, new.id).await?
        {
            return Err(AppError::field("/parent_id", ErrorCode::Cycle));
        }
    }
    let new = teams::update(tx.conn(), org, &new)
        .await
        .on_constraint("teams_name_key", || {
            AppError::field("/name", ErrorCode::Taken)
        })?;
    let event = NewEvent::new(EventKind::TeamUpdated, SubjectKind::Team, new.id.0)
        .with_change(Some(&old), Some(&new));
    tx.record(event).await?;
    tx.commit().await?;

    Answer::versioned(&new, new.version)
}

/// Archives a team that has no people and no teams below it.
#[utoipa::path(
    tag = "identity", operation_id = "archive_team",
    params(("id" = TeamId, Path), ("If-Match" = String, Header, description = "The version that was read")),
    responses(
        (status = 200, body = Team),
        (status = 409, body = Problem, description = "`archived`; `not_empty`: it has members or teams below it"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["manage_users"]))
)]
#[delete("/teams/{id}")]
pub async fn archive_team(
    app: web::Data<App>,
    caller: Require<ManageUsers>,
    path: web::Path<TeamId>,
    if_match: IfMatch,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let org = caller.scope.org;
    organisations::find_for_update(tx.conn(), org).await?;
    let old = teams::find_for_update(tx.conn(), org, *path).await?;
    if_match.check(&old, old.version)?;
    if old.archived_at.is_some() {
        return Err(AppError::Conflict(ErrorCode::Archived));
    }
    if teams::is_in_use(tx.conn(), org, old.id).await? {
        return Err(AppError::Conflict(ErrorCode::NotEmpty));
    }

    let new = Team {
        archived_at: Some(now()),
        ..old.clone()
    };
    let new = teams::update(tx.conn(), org, &new).await?;
    let event = NewEvent::new(EventKind::TeamArchived, SubjectKind::Team, new.id.0)
        .with_change(Some(&old), Some(&new));
    tx.record(event).await?;
    tx.commit().await?;

    Answer::versioned(&new, new.version)
}

async fn parent_is_open(tx: &mut Tx, parent: Option<TeamId>) -> AppResult<()> {
    let (conn, scope) = tx.parts();
    if let Some(parent) = parent
        && !teams::is_open(conn, scope.org, parent).await?
    {
        return Err(AppError::field("/parent_id", ErrorCode::NoSuchRecord));
    }
    Ok(())
}
