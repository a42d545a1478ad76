//! The rows of an import that were left out, as a CSV file to correct and import again.

use super::store::problems::{self, Which};
use crate::app::App;
use crate::db::Scope;
use crate::error::{AppError, AppResult};
use bytes::Bytes;
use shared::exchange::text::escape;
use shared::exchange::{ImportFile, ImportProblem, Severity};
use shared::id::ImportId;
use shared::identity::Locale;

/// Rows per piece of the file.
const PIECE: i64 = 500;

/// A name for the rejects of a file; a plain one has only signs that every header and disk takes.
#[must_use]
pub fn name(file: &str, is_plain: bool) -> String {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let stem: String = stem
        .chars()
        .map(|c| match c {
            '-' | '_' => c,
            c if c.is_ascii_alphanumeric() || (c.is_alphanumeric() && !is_plain) => c,
            _ => '_',
        })
        .take(80)
        .collect();
    format!("{stem}-rejects.csv")
}

/// The file of rejects, piece by piece.
pub struct Rejects {
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
    /// Those of one file of an import, with the reasons in a language.
    #[must_use]
    pub fn new(
        app: &App,
        scope: &Scope,
        import: ImportId,
        file: &ImportFile,
        locale: Locale,
    ) -> Self {
        let headers = file.columns.iter().map(|column| column.header.clone());
        Self {
            app: app.clone(),
            scope: scope.clone(),
            import,
            which: Which {
                severity: Some(Severity::Error),
                code: None,
                file: Some(file.id),
            },
            headers: headers.collect(),
            locale,
            after: 0,
            is_begun: false,
            open: None,
            is_over: false,
        }
    }

    /// The next piece, for a stream.
    pub async fn next(mut self) -> Option<(Result<Bytes, actix_web::Error>, Self)> {
        let piece = self.piece().await?;
        Some((piece.map_err(Into::into), self))
    }

    /// The next piece; `None` after the last, and after an error.
    pub async fn piece(&mut self) -> Option<AppResult<Bytes>> {
        if self.is_over {
            return None;
        }
        let piece = self.read().await;
        self.is_over |= piece.is_err();
        Some(piece)
    }

    async fn read(&mut self) -> AppResult<Bytes> {
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
