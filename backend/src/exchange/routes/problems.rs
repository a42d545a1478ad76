//! The odd rows of an import, and those left out as a file to correct and import again.

use crate::app::App;
use crate::db::Scope;
use crate::error::{AppError, AppResult};
use crate::exchange::store::problems::Which;
use crate::exchange::store::{imports, problems};
use crate::http::page::limit;
use crate::http::{Answer, Cursor, Params, etag, language};
use crate::identity::Require;
use crate::identity::permit::ImportFiles;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use bytes::Bytes;
use serde::Deserialize;
use shared::error::{ErrorCode, Problem};
use shared::exchange::text::escape;
use shared::exchange::{ImportProblem, ProblemCode, Severity};
use shared::id::{ImportFileId, ImportId};
use shared::identity::Locale;
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

    let mut tx = app.db.begin(&caller.scope).await?;
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
    let mut tx = app.db.begin(&caller.scope).await?;
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

    let stem = file
        .name
        .rsplit_once('.')
        .map_or(file.name.as_str(), |(stem, _)| stem);
    let plain: String = stem
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') {
                c
            } else {
                '_'
            }
        })
        .take(80)
        .collect();
    let rejects = Rejects {
        app: app.get_ref().clone(),
        scope: caller.scope.clone(),
        import: *id,
        which: Which {
            severity: Some(Severity::Error),
            code: None,
            file: Some(file.id),
        },
        headers: file
            .columns
            .iter()
            .map(|column| column.header.clone())
            .collect(),
        locale: language(&request),
        after: 0,
        is_begun: false,
        open: None,
        is_over: false,
    };
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{plain}-rejects.csv\""),
        ))
        .streaming(futures_util::stream::unfold(rejects, Rejects::next)))
}

/// Rows per piece of the file.
const PIECE: i64 = 500;

/// The file of rejects, piece by piece.
struct Rejects {
    app: App,
    scope: Scope,
    import: ImportId,
    which: Which,
    headers: Vec<String>,
    locale: Locale,
    after: i64,
    is_begun: bool,
    /// The row whose reasons are still being gathered.
    open: Option<Reject>,
    is_over: bool,
}

/// A row with all that is wrong with it.
struct Reject {
    line: i64,
    cells: Vec<String>,
    reasons: Vec<String>,
}

impl Rejects {
    async fn next(mut self) -> Option<(Result<Bytes, actix_web::Error>, Self)> {
        if self.is_over {
            return None;
        }
        match self.piece().await {
            Ok(bytes) => Some((Ok(bytes), self)),
            Err(error) => {
                self.is_over = true;
                Some((Err(error.into()), self))
            }
        }
    }

    async fn piece(&mut self) -> AppResult<Bytes> {
        let mut tx = self.app.db.begin(&self.scope).await?;
        let (conn, scope) = tx.parts();
        let rows =
            problems::list(conn, scope.org, self.import, self.which, self.after, PIECE).await?;
        tx.commit().await?;
        // A row with too many cells stays one: what is beyond the columns comes last.
        let mut writer = csv::WriterBuilder::new()
            .flexible(true)
            .from_writer(Vec::new());
        let mut done = Vec::new();
        self.is_over = i64::try_from(rows.len()).unwrap_or(0) < PIECE;
        for (place, problem) in rows {
            self.after = place;
            let reason = reason(&problem, self.locale);
            match &mut self.open {
                Some(open) if open.line == problem.row => open.reasons.push(reason),
                _ => done.extend(self.open.replace(Reject {
                    line: problem.row,
                    cells: problem.cells.unwrap_or_default(),
                    reasons: vec![reason],
                })),
            }
        }
        if self.is_over {
            done.extend(self.open.take());
        }
        let internal = |error: csv::Error| AppError::Internal(error.into());
        if !self.is_begun {
            let added = ["reject_row".to_owned(), "reject_reason".to_owned()];
            let headers = self.headers.iter().chain(&added);
            writer
                .write_record(headers.map(|header| escape(header)))
                .map_err(internal)?;
        }
        for reject in done {
            let width = self.headers.len();
            let mut cells = reject.cells;
            cells.resize(width.max(cells.len()), String::new());
            cells.insert(width, reject.line.to_string());
            cells.insert(width + 1, reject.reasons.join("; "));
            let safe: Vec<String> = cells.iter().map(|cell| escape(cell)).collect();
            writer.write_record(&safe).map_err(internal)?;
        }
        let body = writer
            .into_inner()
            .map_err(|error| AppError::Internal(anyhow::anyhow!(error.to_string())))?;
        let mut piece = Vec::new();
        if !self.is_begun {
            // Spreadsheets take it for UTF-8 by this mark only.
            piece.extend_from_slice("\u{feff}".as_bytes());
            self.is_begun = true;
        }
        piece.extend_from_slice(&body);
        Ok(piece.into())
    }
}

/// What is wrong, in words: the problem, the column and the cell.
fn reason(problem: &ImportProblem, locale: Locale) -> String {
    let title = problem.code.title(locale);
    match (&problem.column, &problem.value) {
        (Some(column), Some(value)) => format!("{title} ({column}: {value})"),
        (Some(column), None) => format!("{title} ({column})"),
        (None, Some(value)) => format!("{title} ({value})"),
        (None, None) => title,
    }
}
