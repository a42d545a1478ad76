//! The odd rows of an import, and those left out as a file to correct and import again.

use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::exchange::rejects::{self, Rejects};
use crate::exchange::store::problems::Which;
use crate::exchange::store::{imports, problems};
use crate::http::page::limit;
use crate::http::{Answer, Cursor, Params, etag, language};
use crate::identity::Require;
use crate::identity::permit::ImportFiles;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;
use shared::error::{ErrorCode, Problem};
use shared::exchange::{ImportProblem, ProblemCode, Severity};
use shared::id::{ImportFileId, ImportId};
use shared::page::Page;

/// Which problems.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ProblemParams {
    /// Only of this severity.
    severity: Option<Severity>,
    /// Only of this sort.
    code: Option<ProblemCode>,
    /// Only of this file.
    file_id: Option<ImportFileId>,
    /// Where to go on; from `next_cursor`.
    cursor: Option<String>,
    /// Items of a page, 1 to 200; default 50.
    limit: Option<u32>,
}

/// Lists rows with problems, in the order they were gone through.
#[utoipa::path(
    tag = "exchange", operation_id = "list_import_problems", params(("id" = ImportId, Path), ProblemParams),
    responses((status = 200, body = Page<ImportProblem>), (status = "4XX", body = Problem)),
    security(("bearer" = ["import_files"]))
)]
#[get("/imports/{id}/problems")]
pub async fn list_import_problems(
    app: web::Data<App>,
    caller: Require<ImportFiles>,
    id: web::Path<ImportId>,
    params: Params<ProblemParams>,
) -> AppResult<Answer> {
    let params = params.0;
    let limit = limit(params.limit)?;
    let which = Which {
        severity: params.severity,
        code: params.code,
        file: params.file_id,
    };
    let what = format!("problems:{id}:{which:?}");
    let after: i64 = Cursor::read(&what, params.cursor.as_deref())?.unwrap_or(0);

    let mut tx = app.db.snapshot(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    imports::find(conn, scope, *id).await?;
    let rows = problems::list(conn, scope.org, *id, which, after, limit + 1).await?;
    tx.commit().await?;

    let page = Cursor::page(&what, rows, limit, |(place, _)| *place)?;
    let narrowed: String = [
        which
            .severity
            .map(|it| format!("&severity={}", it.as_ref())),
        which.code.map(|it| format!("&code={}", it.as_ref())),
        which.file.map(|it| format!("&file_id={it}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    let next = page.next_cursor.as_ref().map(|cursor| {
        format!("/api/v1/imports/{id}/problems?limit={limit}{narrowed}&cursor={cursor}")
    });
    Answer::list(&Page {
        items: page.items.into_iter().map(|(_, problem)| problem).collect(),
        next_cursor: page.next_cursor,
        next,
        total: None,
    })
}

/// Of which file.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct RejectParams {
    /// The file; absent: the first that has rows left out.
    file_id: Option<ImportFileId>,
}

/// Answers the rows that were left out, with their line and the reason, as a CSV file that can be
/// corrected and imported again. Cells that a spreadsheet would run as formulas begin with an apostrophe,
/// which an import takes off.
#[utoipa::path(
    tag = "exchange", operation_id = "get_import_rejects", params(("id" = ImportId, Path), RejectParams),
    responses((status = 200, content_type = "text/csv", body = String), (status = "4XX", body = Problem)),
    security(("bearer" = ["import_files"]))
)]
#[get("/imports/{id}/rejects.csv")]
pub async fn get_import_rejects(
    request: HttpRequest,
    app: web::Data<App>,
    caller: Require<ImportFiles>,
    id: web::Path<ImportId>,
    params: Params<RejectParams>,
) -> AppResult<HttpResponse> {
    let mut tx = app.db.snapshot(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    let job = imports::find(conn, scope, *id).await?;
    tx.commit().await?;
    let tag = etag(job.head.version);
    let is_known = request
        .headers()
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes());
    if is_known {
        return Ok(HttpResponse::NotModified()
            .insert_header((header::ETAG, tag))
            .finish());
    }
    let with_rejects = || {
        let report = job.report.as_ref()?;
        report
            .files
            .iter()
            .find(|file| file.rejected > 0)
            .map(|file| file.file_id)
    };
    let file_id = params
        .0
        .file_id
        .or_else(with_rejects)
        .or_else(|| job.plan.files.first().map(|file| file.id));
    let file = job
        .plan
        .files
        .iter()
        .find(|file| Some(file.id) == file_id)
        .ok_or_else(|| match params.0.file_id {
            Some(_) => AppError::field("file_id", ErrorCode::NoSuchRecord),
            None => AppError::NotFound,
        })?;

    let name = rejects::name(&file.name, true);
    let rejects = Rejects::new(&app, &caller.scope, *id, file, language(&request));
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::VARY, "Accept-Language"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ))
        .streaming(futures_util::stream::unfold(rejects, Rejects::next)))
}
