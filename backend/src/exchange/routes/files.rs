//! The files of an import: added one by one, taken away again.

use super::imports::{answer, is_open, load_own};
use super::upload;
use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::exchange::intake;
use crate::exchange::reading::Wish;
use crate::exchange::store::{files, imports};
use crate::http::{Answer, IfMatch, Once, Params, Replay};
use crate::identity::Require;
use crate::identity::permit::ImportFiles;
use actix_web::{HttpRequest, delete, post, web};
use serde::Deserialize;
use shared::error::Problem;
use shared::exchange::Import;
use shared::id::{ImportFileId, ImportId};

/// How the file is called.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct FileParams {
    /// Its name, such as `accounts.csv`; a form brings its own.
    name: Option<String>,
}

/// Adds a file, as the body itself or as the part `file` of a form: CSV or XLSX, at most 50 MB.
#[utoipa::path(
    tag = "exchange", operation_id = "add_import_file",
    params(("id" = ImportId, Path), FileParams, ("Idempotency-Key" = Option<String>, Header, description = "The same key answers the same")),
    request_body(content((Vec<u8> = "application/octet-stream"), (Vec<u8> = "text/csv"), (Vec<u8> = "multipart/form-data"))),
    responses((status = 201, body = Import), (status = "4XX", body = Problem)),
    security(("bearer" = ["import_files"]))
)]
#[post("/imports/{id}/files")]
pub async fn add_import_file(
    request: HttpRequest,
    app: web::Data<App>,
    caller: Require<ImportFiles>,
    id: web::Path<ImportId>,
    params: Params<FileParams>,
    once: Once,
    payload: web::Payload,
) -> AppResult<Answer> {
    // Whoever may not add a file is told before sending it.
    let mut tx = app.db.begin(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    imports::find(conn, scope, *id).await?;
    tx.commit().await?;
    let file = upload::receive(&app, &request, payload, params.0.name).await?;
    let facts = intake::survey(&file.sealed, Wish::default()).await;

    let mut tx = app.db.begin(&caller.scope).await?;
    let claim = match once.begin(&mut tx, "add_import_file", &file.hash).await? {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };
    let job = load_own(&mut tx, *id, &IfMatch::Any).await?;
    is_open(&job)?;
    intake::add_file(&mut tx, *id, &file.name, file.bytes, facts?, &file.sealed).await?;
    let job = intake::redraw(&mut tx, job).await?;
    let names = serde_json::json!({ "file_names": job.head.file_names });
    tx.record(intake::updated(&job, names)).await?;
    let import = job.into_import();

    let location = format!("/api/v1/imports/{id}");
    let version = import.head.version;
    claim
        .finish(tx, Answer::created(&import, version, location)?)
        .await
}

/// Takes a file away again.
#[utoipa::path(
    tag = "exchange", operation_id = "delete_import_file",
    params(("id" = ImportId, Path), ("file_id" = ImportFileId, Path), ("If-Match" = String, Header)),
    responses(
        (status = 200, body = Import),
        (status = 409, body = Problem, description = "`wrong_job_state`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["import_files"]))
)]
#[delete("/imports/{id}/files/{file_id}")]
pub async fn delete_import_file(
    app: web::Data<App>,
    caller: Require<ImportFiles>,
    path: web::Path<(ImportId, ImportFileId)>,
    if_match: IfMatch,
) -> AppResult<Answer> {
    let (id, file) = path.into_inner();
    let mut tx = app.db.begin(&caller.scope).await?;
    let mut job = load_own(&mut tx, id, &if_match).await?;
    is_open(&job)?;
    if !job.plan.files.iter().any(|known| known.id == file) {
        return Err(AppError::NotFound);
    }
    let (conn, scope) = tx.parts();
    crate::exchange::store::problems::delete_all(conn, scope.org, id).await?;
    files::delete(conn, scope.org, file).await?;
    job.choices.files.remove(&file.0);
    job.choices.values.retain(|value| value.file_id != file);
    let job = intake::redraw(&mut tx, job).await?;
    let names = serde_json::json!({ "file_names": job.head.file_names });
    tx.record(intake::updated(&job, names)).await?;
    tx.commit().await?;
    answer(job)
}
