//! What an import is told to do: check, start, cancel.

use super::imports::{answer, is_open, load, load_own};
use crate::app::App;
use crate::clock;
use crate::error::{AppError, AppResult};
use crate::exchange::engine::{self, CHECK, EXPIRE, RUN};
use crate::exchange::intake;
use crate::exchange::store::{files, imports};
use crate::http::{Answer, IfMatch, Once, Replay};
use crate::identity::Require;
use crate::identity::permit::ImportFiles;
use crate::jobs;
use actix_web::{post, web};
use shared::error::{ErrorCode, Problem};
use shared::exchange::{FunnelChoice, Import, ImportState};
use shared::id::ImportId;
use shared::identity::Permission;

/// Checks an import: goes through all rows as if they were imported, and reports. Nothing is written.
#[utoipa::path(
    tag = "exchange", operation_id = "check_import",
    params(("id" = ImportId, Path), ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 200, body = Import),
        (status = 409, body = Problem, description = "`wrong_job_state`, `key_in_flight`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["import_files"]))
)]
#[post("/imports/{id}/check")]
pub async fn check_import(
    app: web::Data<App>,
    caller: Require<ImportFiles>,
    id: web::Path<ImportId>,
    if_match: IfMatch,
    once: Once,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let claim = match once.begin(&mut tx, "check_import", id.0.as_bytes()).await? {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };
    let job = load_own(&mut tx, *id, &if_match).await?;
    is_open(&job)?;
    if job.plan.files.is_empty() {
        return Err(AppError::field("/files", ErrorCode::Required));
    }
    let job = intake::redraw(&mut tx, job).await?;
    let job = intake::queue(&mut tx, job, CHECK).await?;
    claim.finish(tx, answer(job)?).await
}

/// Starts an import that has no open questions.
#[utoipa::path(
    tag = "exchange", operation_id = "start_import",
    params(("id" = ImportId, Path), ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 200, body = Import),
        (status = 409, body = Problem, description = "`wrong_job_state`, `key_in_flight`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["import_files"]))
)]
#[post("/imports/{id}/start")]
pub async fn start_import(
    app: web::Data<App>,
    caller: Require<ImportFiles>,
    id: web::Path<ImportId>,
    if_match: IfMatch,
    once: Once,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let claim = match once.begin(&mut tx, "start_import", id.0.as_bytes()).await? {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };
    let job = load_own(&mut tx, *id, &if_match).await?;
    is_open(&job)?;
    // What is known may have changed since the plan was drawn.
    let job = intake::redraw(&mut tx, job).await?;
    intake::check_questions(&job)?;
    if matches!(job.plan.funnel, Some(FunnelChoice::New { .. })) {
        caller.demand(Permission::EditFunnels)?;
    }
    let job = intake::queue(&mut tx, job, RUN).await?;
    claim.finish(tx, answer(job)?).await
}

/// Ends an import; rows that are in stay in. A check is only left, and the import is a draft again.
#[utoipa::path(
    tag = "exchange", operation_id = "cancel_import",
    params(("id" = ImportId, Path), ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 200, body = Import),
        (status = 409, body = Problem, description = "`wrong_job_state`, `key_in_flight`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["import_files"]))
)]
#[post("/imports/{id}/cancel")]
pub async fn cancel_import(
    app: web::Data<App>,
    caller: Require<ImportFiles>,
    id: web::Path<ImportId>,
    if_match: IfMatch,
    once: Once,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let claim = match once
        .begin(&mut tx, "cancel_import", id.0.as_bytes())
        .await?
    {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };
    let mut job = load(&mut tx, *id, &if_match).await?;
    let was_checking = job.head.state == ImportState::Checking;
    if job.head.state.is_over() {
        return Err(AppError::Conflict(ErrorCode::WrongJobState));
    }

    // The one at work finds the state changed at its next step; its claim may stay until then.
    if was_checking {
        job.head.state = ImportState::Draft;
        job.checkpoint = None;
    } else {
        let was_running = job.head.state == ImportState::Running;
        job.report = was_running.then(|| engine::report_so_far(&job));
        job.head.state = ImportState::Cancelled;
        job.head.finished_at = Some(clock::now());
        let (conn, scope) = tx.parts();
        files::delete_chunks(conn, scope.org, *id).await?;
        jobs::forget(conn, EXPIRE, id.0).await?;
    }
    let (conn, scope) = tx.parts();
    job.head.version = imports::update(conn, scope.org, &job).await?;
    let event = if was_checking {
        intake::updated(&job, serde_json::json!({ "state": job.head.state }))
    } else {
        engine::finished(&job)
    };
    tx.record(event).await?;
    claim.finish(tx, answer(job)?).await
}
