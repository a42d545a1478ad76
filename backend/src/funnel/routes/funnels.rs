//! Funnels: made whole with their stages, changed whole.

use super::counted;
use crate::app::App;
use crate::clock::{self, new_id};
use crate::db::Tx;
use crate::error::{AppError, AppResult, OnConstraint};
use crate::events::NewEvent;
use crate::funnel::restaging;
use crate::funnel::store::{funnels as store, gates, ranks, stages};
use crate::http::page::limit;
use crate::http::{Answer, Body, Cursor, IfMatch, NoParams, Once, Params, Replay};
use crate::identity::Require;
use crate::identity::permit::{EditFunnels, ReadFunnels};
use actix_web::{delete, get, patch, post, web};
use serde::Deserialize;
use shared::check::tidy;
use shared::error::{ErrorCode, Problem};
use shared::event::{EventKind, SubjectKind};
use shared::funnel::{Funnel, FunnelPatch, NewFunnel, Stage};
use shared::id::FunnelId;
use shared::page::Page;
use uuid::Uuid;

/// Which funnels.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct FunnelParams {
    /// Those put away instead of those in use.
    archived: bool,
    /// Where to go on; from `next_cursor`.
    cursor: Option<String>,
    /// Items of a page, 1 to 200; default 50.
    limit: Option<u32>,
}

/// Lists funnels with their stages, oldest first.
#[utoipa::path(
    tag = "funnel", operation_id = "list_funnels", params(FunnelParams),
    responses((status = 200, body = Page<Funnel>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_funnels"]))
)]
#[get("/funnels")]
pub async fn list_funnels(
    app: web::Data<App>,
    caller: Require<ReadFunnels>,
    params: Params<FunnelParams>,
) -> AppResult<Answer> {
    let params = params.0;
    let what = format!("funnels:{}", params.archived);
    let limit = limit(params.limit)?;
    let after: Option<(String, Uuid)> = Cursor::read(&what, params.cursor.as_deref())?;

    let mut tx = app.db.snapshot(&caller.scope).await?;
    let rows = store::list(
        tx.conn(),
        caller.scope.org,
        params.archived,
        after,
        limit + 1,
    )
    .await?;
    tx.commit().await?;

    let mut page = Cursor::page(&what, rows, limit, |funnel| {
        (funnel.created_at.to_rfc3339(), funnel.id.0)
    })?;
    page.next = page.next_cursor.as_ref().map(|cursor| {
        format!(
            "/api/v1/funnels?archived={}&limit={limit}&cursor={cursor}",
            params.archived
        )
    });
    Answer::list(&page)
}

/// Makes a funnel with its stages.
#[utoipa::path(
    tag = "funnel", operation_id = "create_funnel", request_body = NewFunnel,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Funnel), (status = "4XX", body = Problem)),
    security(("bearer" = ["edit_funnels"]))
)]
#[post("/funnels")]
pub async fn create_funnel(
    app: web::Data<App>,
    caller: Require<EditFunnels>,
    once: Once,
    body: Body<NewFunnel>,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let claim = match once.begin(&mut tx, "create_funnel", &body.hash).await? {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };

    let funnel = insert(&mut tx, body.value).await?;

    let location = format!("/api/v1/funnels/{}", funnel.id);
    claim
        .finish(tx, Answer::created(&funnel, funnel.version, location)?)
        .await
}

/// Writes a new funnel with its stages and its event.
///
/// # Errors
/// 422 when the name is taken.
pub async fn insert(tx: &mut Tx, new: NewFunnel) -> AppResult<Funnel> {
    let org = tx.scope().org;
    let id: FunnelId = new_id();
    let line = tidy(new.product_line);
    let row = store::insert(
        tx.conn(),
        org,
        id,
        new.name.trim(),
        new.method,
        line.as_deref(),
    );
    row.await.on_constraint("funnels_name_key", || {
        AppError::field("/name", ErrorCode::Taken)
    })?;
    let mut made = Vec::with_capacity(new.stages.len());
    for (position, draft) in (0..).zip(new.stages) {
        let stage = Stage::new(new_id(), id, position, draft.fields);
        stages::insert(tx.conn(), org, &stage).await?;
        made.push(stage);
    }
    if let Some(method) = new.method {
        let (conn, scope) = tx.parts();
        for (stage, gate) in method.gates(&made, new_id) {
            gates::set(conn, scope, stage, 1, &gate).await?;
        }
    }
    let funnel = store::find(tx.conn(), org, id).await?;
    tx.record(
        NewEvent::new(EventKind::FunnelCreated, SubjectKind::Funnel, id.0)
            .with_change(None, Some(&funnel)),
    )
    .await?;
    if let Some(method) = new.method {
        counted::begin(tx, id, method, &made).await?;
    }
    Ok(funnel)
}

/// Answers one funnel with its stages.
#[utoipa::path(
    tag = "funnel", operation_id = "get_funnel", params(("id" = FunnelId, Path)),
    responses((status = 200, body = Funnel), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_funnels"]))
)]
#[get("/funnels/{id}")]
pub async fn get_funnel(
    app: web::Data<App>,
    caller: Require<ReadFunnels>,
    id: web::Path<FunnelId>,
    _: Params<NoParams>,
) -> AppResult<Answer> {
    let mut tx = app.db.snapshot(&caller.scope).await?;
    let funnel = store::find(tx.conn(), caller.scope.org, *id).await?;
    tx.commit().await?;
    Answer::versioned(&funnel, funnel.version)
}

/// Changes a funnel: its name, or all its stages at once.
///
/// Stages with an id are kept and changed, those without are new, those left out are archived. Of a stage
/// that still holds deals `moved` says where they go: it takes none any more, its deals are moved one
/// after the other, each with its event, and it is archived when the last one has left.
#[utoipa::path(
    tag = "funnel", operation_id = "update_funnel", params(("id" = FunnelId, Path), ("If-Match" = String, Header)),
    request_body = FunnelPatch,
    responses(
        (status = 200, body = Funnel),
        (status = 409, body = Problem, description = "`archived`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_funnels"]))
)]
#[patch("/funnels/{id}")]
pub async fn update_funnel(
    app: web::Data<App>,
    caller: Require<EditFunnels>,
    id: web::Path<FunnelId>,
    if_match: IfMatch,
    body: Body<FunnelPatch>,
) -> AppResult<Answer> {
    let org = caller.scope.org;
    let mut tx = app.db.begin(&caller.scope).await?;
    let old = store::find_for_update(tx.conn(), org, *id).await?;
    if_match.check(&old, old.version)?;
    if old.archived_at.is_some() {
        return Err(AppError::Conflict(ErrorCode::Archived));
    }

    if let Some(drafts) = body.value.stages {
        restaging::replace(&mut tx, &old, drafts, &body.value.moved).await?;
    }
    let line = body.value.product_line.map(tidy);
    // A new name locks the funnel against references, so it comes after the places were waited for.
    store::touch(
        tx.conn(),
        org,
        *id,
        body.value.name.as_deref().map(str::trim),
        line.as_ref().map(Option::as_deref),
    )
    .await
    .on_constraint("funnels_name_key", || {
        AppError::field("/name", ErrorCode::Taken)
    })?;

    let funnel = store::find(tx.conn(), org, *id).await?;
    let event = NewEvent::new(EventKind::FunnelUpdated, SubjectKind::Funnel, id.0);
    tx.record(event.with_change(Some(&old), Some(&funnel)))
        .await?;
    tx.commit().await?;
    Answer::versioned(&funnel, funnel.version)
}

/// Puts a funnel away; it must hold no deals.
#[utoipa::path(
    tag = "funnel", operation_id = "archive_funnel", params(("id" = FunnelId, Path), ("If-Match" = String, Header)),
    responses(
        (status = 200, body = Funnel),
        (status = 409, body = Problem, description = "`not_empty`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_funnels"]))
)]
#[delete("/funnels/{id}")]
pub async fn archive_funnel(
    app: web::Data<App>,
    caller: Require<EditFunnels>,
    id: web::Path<FunnelId>,
    if_match: IfMatch,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let old = store::find_for_update(tx.conn(), caller.scope.org, *id).await?;
    if_match.check(&old, old.version)?;
    for stage in &old.stages {
        ranks::lock(tx.shared(), stage.id).await?;
        if stages::holds_deals(tx.conn(), caller.scope.org, stage.id).await? {
            return Err(AppError::Conflict(ErrorCode::NotEmpty));
        }
    }
    let answer = set_archived(&mut tx, *id, EventKind::FunnelArchived).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Takes a funnel back.
#[utoipa::path(
    tag = "funnel", operation_id = "restore_funnel",
    params(("id" = FunnelId, Path), ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Funnel), (status = "4XX", body = Problem)),
    security(("bearer" = ["edit_funnels"]))
)]
#[post("/funnels/{id}/restore")]
pub async fn restore_funnel(
    app: web::Data<App>,
    caller: Require<EditFunnels>,
    id: web::Path<FunnelId>,
    if_match: IfMatch,
    once: Once,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let claim = match once
        .begin(&mut tx, "restore_funnel", id.0.as_bytes())
        .await?
    {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };
    let old = store::find_for_update(tx.conn(), caller.scope.org, *id).await?;
    if_match.check(&old, old.version)?;
    let answer = set_archived(&mut tx, *id, EventKind::FunnelRestored).await?;
    claim.finish(tx, answer).await
}

async fn set_archived(tx: &mut Tx, id: FunnelId, kind: EventKind) -> AppResult<Answer> {
    let org = tx.scope().org;
    let at = (kind == EventKind::FunnelArchived).then(clock::now);
    store::archive(tx.conn(), org, id, at).await?;
    let funnel = store::find(tx.conn(), org, id).await?;
    tx.record(NewEvent::new(kind, SubjectKind::Funnel, id.0))
        .await?;
    Answer::versioned(&funnel, funnel.version)
}
