//! Imports: made, listed, looked at, and chosen about.

use crate::app::App;
use crate::db::Tx;
use crate::error::{AppError, AppResult, optional};
use crate::exchange::intake;
use crate::exchange::reading::Wish;
use crate::exchange::store::files;
use crate::exchange::store::imports::{self as store, Stored};
use crate::funnel::store::funnels;
use crate::http::page::limit;
use crate::http::{Answer, Body, Cursor, IfMatch, Once, PageParams, Params, Replay};
use crate::identity::Require;
use crate::identity::permit::ImportFiles;
use crate::identity::store::organisations;
use actix_web::{get, patch, post, web};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::error::{ErrorCode, Problem};
use shared::exchange::facts::FileFacts;
use shared::exchange::plan::{Choices, ValueChoice};
use shared::exchange::{FilePatch, FunnelChoice, Import, ImportHead, ImportPatch, NewImport};
use shared::id::{ImportFileId, ImportId};
use shared::page::Page;
use uuid::Uuid;

/// No parameters at all: one that is there is named in the refusal.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoParams {}

/// Makes an import; files are added to it one by one.
#[utoipa::path(
    tag = "exchange", operation_id = "create_import", request_body = NewImport,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key answers the same")),
    responses((status = 201, body = Import), (status = "4XX", body = Problem)),
    security(("bearer" = ["import_files"]))
)]
#[post("/imports")]
pub async fn create_import(
    app: web::Data<App>,
    caller: Require<ImportFiles>,
    once: Once,
    body: Body<NewImport>,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let claim = match once.begin(&mut tx, "create_import", &body.hash).await? {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };

    let currency = match body.value.currency {
        Some(currency) => currency,
        None => {
            let (conn, scope) = tx.parts();
            organisations::find(conn, scope.org).await?.currency
        }
    };
    let source = body.value.source.as_deref().unwrap_or("csv");
    let id = intake::create(&mut tx, caller.user, source, currency).await?;
    let (conn, scope) = tx.parts();
    let stored = store::find(conn, scope, id).await?;
    let import = intake::redraw(&mut tx, stored).await?.into_import();

    let location = format!("/api/v1/imports/{id}");
    let version = import.head.version;
    claim
        .finish(tx, Answer::created(&import, version, location)?)
        .await
}

/// Lists imports within view, newest first.
#[utoipa::path(
    tag = "exchange", operation_id = "list_imports", params(PageParams),
    responses((status = 200, body = Page<ImportHead>), (status = "4XX", body = Problem)),
    security(("bearer" = ["import_files"]))
)]
#[get("/imports")]
pub async fn list_imports(
    app: web::Data<App>,
    caller: Require<ImportFiles>,
    params: Params<PageParams>,
) -> AppResult<Answer> {
    let limit = limit(params.0.limit)?;
    let before: Option<(DateTime<Utc>, Uuid)> =
        Cursor::read("imports", params.0.cursor.as_deref())?;

    let mut tx = app.db.snapshot(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    let rows = store::list(conn, scope, before, limit + 1).await?;
    tx.commit().await?;

    let heads: Vec<ImportHead> = rows.into_iter().map(|row| row.head).collect();
    let mut page = Cursor::page("imports", heads, limit, |head| (head.created_at, head.id.0))?;
    page.next = page
        .next_cursor
        .as_ref()
        .map(|cursor| format!("/api/v1/imports?limit={limit}&cursor={cursor}"));
    Answer::list(&page)
}

/// Answers an import with its files, proposals, progress and report; ask again with `If-None-Match`
/// while it is busy.
#[utoipa::path(
    tag = "exchange", operation_id = "get_import", params(("id" = ImportId, Path)),
    responses((status = 200, body = Import), (status = "4XX", body = Problem)),
    security(("bearer" = ["import_files"]))
)]
#[get("/imports/{id}")]
pub async fn get_import(
    app: web::Data<App>,
    caller: Require<ImportFiles>,
    id: web::Path<ImportId>,
    _: Params<NoParams>,
) -> AppResult<Answer> {
    let mut tx = app.db.snapshot(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    let stored = store::find(conn, scope, *id).await?;
    tx.commit().await?;
    answer(stored)
}

/// Takes choices about an import and proposes anew what follows from them.
#[utoipa::path(
    tag = "exchange", operation_id = "update_import",
    params(("id" = ImportId, Path), ("If-Match" = String, Header)),
    request_body = ImportPatch,
    responses(
        (status = 200, body = Import),
        (status = 409, body = Problem, description = "`wrong_job_state`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["import_files"]))
)]
#[patch("/imports/{id}")]
pub async fn update_import(
    app: web::Data<App>,
    caller: Require<ImportFiles>,
    id: web::Path<ImportId>,
    if_match: IfMatch,
    body: Body<ImportPatch>,
) -> AppResult<Answer> {
    let patch = body.value;
    // Reading a file again takes its time, which no transaction waits for.
    let reread = reread(&app, &caller.scope, *id, &patch.files).await?;

    let mut tx = app.db.begin(&caller.scope).await?;
    let mut job = load_own(&mut tx, *id, &if_match).await?;
    is_open(&job)?;
    for (file, facts) in &reread {
        let (conn, scope) = tx.parts();
        files::update_facts(conn, scope.org, *file, facts).await?;
        // What was chosen about columns may mean others now.
        if let Some(choices) = job.choices.files.get_mut(&file.0) {
            choices.columns.clear();
        }
    }
    check_files(&job, &patch)?;
    if let Some(Some(FunnelChoice::Existing { funnel_id })) = &patch.funnel {
        let found = funnels::find(tx.conn(), caller.scope.org, *funnel_id).await;
        if optional(found)?.is_none_or(|funnel| funnel.archived_at.is_some()) {
            return Err(AppError::field(
                "/funnel/funnel_id",
                ErrorCode::NoSuchRecord,
            ));
        }
    }
    let chosen = serde_json::to_value(&patch).map_err(|error| AppError::Internal(error.into()))?;
    if let Some(source) = patch.source {
        job.source = source;
    }
    job.currency = patch.currency.unwrap_or(job.currency);
    job.missing_amount = patch.missing_amount.unwrap_or(job.missing_amount);
    job.unmet_criteria = patch.unmet_criteria.unwrap_or(job.unmet_criteria);
    if let Some(funnel) = patch.funnel {
        job.choices.funnel = funnel;
    }
    for file in patch.files {
        choose(&mut job.choices, file);
    }
    for value in patch.values {
        job.choices.values.retain(|known| {
            (known.file_id, known.field, &known.value) != (value.file_id, value.field, &value.value)
        });
        if let Some(target) = value.target {
            job.choices.values.push(ValueChoice {
                file_id: value.file_id,
                field: value.field,
                value: value.value,
                target,
            });
        }
    }
    let job = intake::redraw(&mut tx, job).await?;
    tx.record(intake::updated(&job, chosen)).await?;
    tx.commit().await?;
    answer(job)
}

/// The import as it is, locked, when the writer has seen its version.
///
/// # Errors
/// 404 when it is not there or out of view, 412 when it changed since.
pub async fn load(tx: &mut Tx, id: ImportId, if_match: &IfMatch) -> AppResult<Stored> {
    let (conn, scope) = tx.parts();
    let stored = store::find_for_update(conn, scope, id).await?;
    if !if_match.matches(stored.head.version) {
        let version = stored.head.version;
        if_match.check(&stored.clone().into_import(), version)?;
    }
    Ok(stored)
}

/// The same for whoever made it: an import works with their rights, so nobody else says what it does.
///
/// # Errors
/// As [`load`], and 403 for others.
pub async fn load_own(tx: &mut Tx, id: ImportId, if_match: &IfMatch) -> AppResult<Stored> {
    let stored = load(tx, id, if_match).await?;
    if tx.scope().user == Some(stored.head.created_by) {
        Ok(stored)
    } else {
        Err(AppError::Forbidden(ErrorCode::Forbidden))
    }
}

/// Refuses changes of an import that is under way or over.
///
/// # Errors
/// 409 then.
pub fn is_open(job: &Stored) -> AppResult<()> {
    if job.head.state.is_open() {
        Ok(())
    } else {
        Err(AppError::Conflict(ErrorCode::WrongJobState))
    }
}

/// The import as an answer.
///
/// # Errors
/// 500 when it cannot be written as JSON.
pub fn answer(job: Stored) -> AppResult<Answer> {
    let version = job.head.version;
    Answer::versioned(&job.into_import(), version)
}

/// Goes through files again that are to be read in another way.
async fn reread(
    app: &App,
    scope: &crate::db::Scope,
    import: ImportId,
    patches: &[FilePatch],
) -> AppResult<Vec<(ImportFileId, FileFacts)>> {
    let mut found = Vec::new();
    for (place, patch) in patches.iter().enumerate() {
        let is_new_form = patch.encoding.is_some()
            || patch.delimiter.is_some()
            || patch.sheet.is_some()
            || patch.header_row.is_some();
        if !is_new_form {
            continue;
        }
        let mut tx = app.db.begin(scope).await?;
        let (conn, scope_now) = tx.parts();
        let job = store::find(conn, scope_now, import).await?;
        is_open(&job)?;
        let list = files::list(conn, scope_now.org, import).await?;
        tx.commit().await?;
        let file = list
            .into_iter()
            .find(|file| file.id == patch.id)
            .ok_or_else(|| no_such_file(place))?;
        let is_text = file.facts.encoding.is_some();
        let is_fitting = if is_text {
            patch.sheet.is_none()
        } else {
            patch.encoding.is_none() && patch.delimiter.is_none()
        };
        if !is_fitting {
            return Err(AppError::field(
                format!("/files/{place}"),
                ErrorCode::NotAllowed,
            ));
        }
        let is_same_sheet = patch.sheet.is_none() || patch.sheet == file.facts.sheet;
        let wish =
            Wish {
                encoding: patch.encoding.or(file.facts.encoding),
                delimiter: patch.delimiter.or(file.facts.delimiter),
                sheet: patch.sheet.clone().or(file.facts.sheet),
                header_row: patch.header_row.or(Some(file.facts.header_row)
                    .filter(|_| is_same_sheet && patch.encoding.is_none())),
            };
        let sealed = crate::exchange::engine::spool(app, scope, file.id).await?;
        found.push((file.id, intake::survey(&sealed, wish).await?));
    }
    Ok(found)
}

fn no_such_file(place: usize) -> AppError {
    AppError::field(format!("/files/{place}/id"), ErrorCode::NoSuchRecord)
}

/// Files and columns that are chosen about must be there.
fn check_files(job: &Stored, patch: &ImportPatch) -> AppResult<()> {
    let find = |id: ImportFileId| job.plan.files.iter().find(|file| file.id == id);
    for (place, file) in patch.files.iter().enumerate() {
        let known = find(file.id).ok_or_else(|| no_such_file(place))?;
        for (at, column) in file.columns.iter().enumerate() {
            let index = usize::try_from(column.index).unwrap_or(usize::MAX);
            if known.columns.len() <= index {
                return Err(AppError::field(
                    format!("/files/{place}/columns/{at}/index"),
                    ErrorCode::NoSuchRecord,
                ));
            }
        }
    }
    for (place, value) in patch.values.iter().enumerate() {
        if find(value.file_id).is_none() {
            return Err(AppError::field(
                format!("/values/{place}/file_id"),
                ErrorCode::NoSuchRecord,
            ));
        }
    }
    Ok(())
}

/// Takes choices about a file.
fn choose(choices: &mut Choices, patch: FilePatch) {
    let file = choices.files.entry(patch.id.0).or_default();
    if let Some(kind) = patch.kind {
        if file.kind != Some(kind) {
            file.columns.values_mut().for_each(|column| {
                column.is_field_chosen = false;
                column.field = None;
            });
        }
        file.kind = Some(kind);
    }
    for column in patch.columns {
        if let Some(Some(field)) = column.field {
            // The field leaves the column that had it by choice.
            for other in file.columns.values_mut() {
                if other.field == Some(field) {
                    other.field = None;
                }
            }
        }
        let choice = file.columns.entry(column.index).or_default();
        if let Some(field) = column.field {
            choice.is_field_chosen = true;
            choice.field = field;
        }
        choice.date_format = column.date_format.or(choice.date_format);
        choice.decimal_mark = column.decimal_mark.or(choice.decimal_mark);
    }
}
