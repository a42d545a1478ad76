//! Saved views: made, listed, changed, put away and taken back.

use crate::app::App;
use crate::clock::{self, new_id};
use crate::db::Tx;
use crate::error::{AppError, AppResult, OnConstraint};
use crate::events::NewEvent;
use crate::funnel::store::views as store;
use crate::http::page::limit;
use crate::http::{Answer, Body, Cursor, IfMatch, NoParams, Once, Params, Replay};
use crate::identity::permit::ReadDeals;
use crate::identity::store::teams;
use crate::identity::{Caller, Require};
use actix_web::{delete, get, patch, post, web};
use serde::Deserialize;
use serde_json::json;
use shared::error::{ErrorCode, Problem};
use shared::event::{EventKind, SubjectKind};
use shared::funnel::{BoardFilter, NewView, SavedView, ViewPatch, Viewer};
use shared::id::{FunnelId, TeamId, ViewId};
use shared::identity::Permission;
use shared::page::Page;
use uuid::Uuid;

/// Which views.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ViewParams {
    /// Only those of this funnel.
    funnel_id: Option<FunnelId>,
    /// Those put away instead of those in use.
    archived: bool,
    /// Where to go on; from `next_cursor`.
    cursor: Option<String>,
    /// Items of a page, 1 to 200; default 50.
    limit: Option<u32>,
}

/// Lists one's own views and those of teams one is in, in their order.
#[utoipa::path(
    tag = "funnel", operation_id = "list_views", params(ViewParams),
    responses((status = 200, body = Page<SavedView>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[get("/views")]
pub async fn list_views(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    params: Params<ViewParams>,
) -> AppResult<Answer> {
    let params = params.0;
    let funnel = params.funnel_id.map(|id| format!("&funnel_id={id}"));
    let asked = format!(
        "archived={}{}",
        params.archived,
        funnel.as_deref().unwrap_or_default()
    );
    let what = format!("views:{asked}");
    let limit = limit(params.limit)?;
    let after: Option<(i32, Uuid)> = Cursor::read(&what, params.cursor.as_deref())?;

    let mut tx = app.db.snapshot(&caller.scope).await?;
    let viewer = viewer(&mut tx, &caller).await?;
    let rows = store::list(
        tx.conn(),
        caller.scope.org,
        &viewer,
        params.funnel_id,
        params.archived,
        after,
        limit + 1,
    )
    .await?;
    tx.commit().await?;

    let mut page = Cursor::page(&what, rows, limit, |view| (view.position, view.id.0))?;
    page.next = page
        .next_cursor
        .as_ref()
        .map(|cursor| format!("/api/v1/views?{asked}&limit={limit}&cursor={cursor}"));
    Answer::list(&page)
}

/// Makes a view, one's own or, with `team_id`, for a team; the latter needs `share_views`.
#[utoipa::path(
    tag = "funnel", operation_id = "create_view", request_body = NewView,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key answers the same")),
    responses((status = 201, body = SavedView), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[post("/views")]
pub async fn create_view(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    once: Once,
    body: Body<NewView>,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let claim = match once.begin(&mut tx, "create_view", &body.hash).await? {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };
    let (new, org) = (body.value, caller.scope.org);
    if !store::is_funnel_open(tx.conn(), org, new.funnel_id).await? {
        return Err(AppError::field("/funnel_id", ErrorCode::NoSuchRecord));
    }
    if let Some(team) = new.team_id {
        may_share(&mut tx, &caller, team).await?;
    }
    names_known(&mut tx, &new.filter).await?;

    let now = clock::now();
    let view = SavedView {
        id: new_id(),
        owner_id: caller.user,
        team_id: new.team_id,
        funnel_id: new.funnel_id,
        name: new.name.trim().to_owned(),
        kind: new.kind,
        filter: new.filter,
        group_by: new.group_by,
        sort: new.sort,
        position: store::next_position(tx.conn(), org, caller.user, new.team_id).await?,
        version: 1,
        archived_at: None,
        created_at: now,
        updated_at: now,
    };
    name_taken(store::insert(tx.conn(), org, &view).await)?;
    tx.record(event(EventKind::ViewCreated, &view)).await?;

    let location = format!("/api/v1/views/{}", view.id);
    claim
        .finish(tx, Answer::created(&view, view.version, location)?)
        .await
}

/// Answers one view.
#[utoipa::path(
    tag = "funnel", operation_id = "get_view", params(("id" = ViewId, Path)),
    responses((status = 200, body = SavedView), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[get("/views/{id}")]
pub async fn get_view(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    id: web::Path<ViewId>,
    _: Params<NoParams>,
) -> AppResult<Answer> {
    let mut tx = app.db.snapshot(&caller.scope).await?;
    let viewer = viewer(&mut tx, &caller).await?;
    let view = store::find(tx.conn(), caller.scope.org, &viewer, *id).await?;
    tx.commit().await?;
    Answer::versioned(&view, view.version)
}

/// Changes a view; a team's needs `share_views`.
#[utoipa::path(
    tag = "funnel", operation_id = "update_view",
    params(("id" = ViewId, Path), ("If-Match" = String, Header)),
    request_body = ViewPatch,
    responses(
        (status = 200, body = SavedView),
        (status = 409, body = Problem, description = "`archived`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["read_deals"]))
)]
#[patch("/views/{id}")]
pub async fn update_view(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    id: web::Path<ViewId>,
    if_match: IfMatch,
    body: Body<ViewPatch>,
) -> AppResult<Answer> {
    let patch = body.value;
    let mut tx = app.db.begin(&caller.scope).await?;
    let old = load(&mut tx, &caller, *id, &if_match).await?;
    if old.archived_at.is_some() {
        return Err(AppError::Conflict(ErrorCode::Archived));
    }
    if let Some(filter) = &patch.filter {
        names_known(&mut tx, filter).await?;
    }

    let mut new = old.clone();
    if let Some(name) = &patch.name {
        name.trim().clone_into(&mut new.name);
    }
    new.kind = patch.kind.unwrap_or(old.kind);
    new.filter = patch.filter.unwrap_or(new.filter);
    new.group_by = patch.group_by.unwrap_or(old.group_by);
    new.sort = patch.sort.unwrap_or(old.sort);
    new.position = patch.position.unwrap_or(old.position);
    let answer = write(&mut tx, EventKind::ViewUpdated, old, new).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Puts a view away; its name is free again.
#[utoipa::path(
    tag = "funnel", operation_id = "archive_view",
    params(("id" = ViewId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = SavedView), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[delete("/views/{id}")]
pub async fn archive_view(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    id: web::Path<ViewId>,
    if_match: IfMatch,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let old = load(&mut tx, &caller, *id, &if_match).await?;

    let mut new = old.clone();
    new.archived_at = old.archived_at.or_else(|| Some(clock::now()));
    let answer = write(&mut tx, EventKind::ViewArchived, old, new).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Takes a view back, unless its name was given to another meanwhile.
#[utoipa::path(
    tag = "funnel", operation_id = "restore_view",
    params(("id" = ViewId, Path), ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = SavedView), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[post("/views/{id}/restore")]
pub async fn restore_view(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    id: web::Path<ViewId>,
    if_match: IfMatch,
    once: Once,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let claim = match once.begin(&mut tx, "restore_view", id.0.as_bytes()).await? {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };
    let old = load(&mut tx, &caller, *id, &if_match).await?;

    let mut new = old.clone();
    new.archived_at = None;
    let answer = write(&mut tx, EventKind::ViewRestored, old, new).await?;
    claim.finish(tx, answer).await
}

async fn viewer(tx: &mut Tx, caller: &Caller) -> AppResult<Viewer> {
    Ok(store::viewer(tx.conn(), caller.scope.org, caller.user, caller.role).await?)
}

/// A view that is to be changed.
async fn load(
    tx: &mut Tx,
    caller: &Caller,
    id: ViewId,
    if_match: &IfMatch,
) -> AppResult<SavedView> {
    let viewer = viewer(tx, caller).await?;
    let view = store::find_for_update(tx.conn(), caller.scope.org, &viewer, id).await?;
    if !viewer.may_change(view.owner_id, view.team_id) {
        return Err(AppError::Forbidden(ErrorCode::Forbidden));
    }
    if_match.check(&view, view.version)?;
    Ok(view)
}

/// Lets views be made for teams one leads.
async fn may_share(tx: &mut Tx, caller: &Caller, team: TeamId) -> AppResult<()> {
    caller.demand(Permission::ShareViews)?;
    let viewer = viewer(tx, caller).await?;
    if viewer.may_share(team) && teams::is_open(tx.conn(), caller.scope.org, team).await? {
        Ok(())
    } else {
        Err(AppError::field("/team_id", ErrorCode::NoSuchRecord))
    }
}

/// Lets a filter through that names nobody unknown; who has left is known.
async fn names_known(tx: &mut Tx, filter: &BoardFilter) -> AppResult<()> {
    let org = tx.scope().org;
    let pointer = match store::knows(tx.conn(), org, filter).await? {
        (true, true) => return Ok(()),
        (false, _) => "/filter/owner_id",
        (true, false) => "/filter/team_id",
    };
    Err(AppError::field(pointer, ErrorCode::NoSuchRecord))
}

/// Writes what differs, if anything does, and answers it.
async fn write(
    tx: &mut Tx,
    kind: EventKind,
    old: SavedView,
    mut new: SavedView,
) -> AppResult<Answer> {
    if new != old {
        new.version += 1;
        new.updated_at = clock::now();
        let org = tx.scope().org;
        name_taken(store::update(tx.conn(), org, &new).await)?;
        tx.record(event(kind, &new)).await?;
    }
    Answer::versioned(&new, new.version)
}

/// An event that more people read than may see the view: an own view's is within the view of the owner's
/// manager, a team's in everybody's. So it says that and where something changed, but neither the name nor
/// the filter; whoever may see the view reads it.
fn event(kind: EventKind, view: &SavedView) -> NewEvent {
    let owner = view.team_id.is_none().then_some(view.owner_id);
    NewEvent::new(kind, SubjectKind::View, view.id.0)
        .owned_by(owner, owner)
        .with(json!({ "new": { "funnel_id": view.funnel_id, "team_id": view.team_id } }))
}

fn name_taken(result: diesel::QueryResult<()>) -> AppResult<()> {
    let taken = || AppError::field("/name", ErrorCode::Taken);
    result
        .on_constraint("saved_views_own_name_key", taken)
        .on_constraint("saved_views_team_name_key", taken)
}
