//! Imports from the command line: the same files, proposals and engine as through the API, with the
//! proposals accepted.

use super::engine::{self, CHECK, EXPIRE, RUN};
use super::intake;
use super::reading::Wish;
use super::store::{files, imports};
use crate::app::App;
use crate::db::{Scope, Tx};
use crate::error::AppError;
use crate::files::Spool;
use crate::identity::store::{callers, logins, organisations, users};
use crate::jobs;
use anyhow::{Context, bail};
use shared::error::FieldError;
use shared::event::ActorKind;
use shared::exchange::plan::ColumnChoices;
use shared::exchange::{DateFormat, Import, ImportState, MissingAmount, Severity, ValueTarget};
use shared::id::{ImportId, OrgId, UserId};
use shared::identity::{Locale, Permission, Role, User, UserState, plain_email};
use shared::money::Currency;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The language of the report.
const LOCALE: Locale = Locale::En;

/// What is to be imported, and how.
#[derive(Debug, Clone)]
pub struct Order {
    /// The e-mail of the one who imports, or the id of an organisation.
    pub org: String,
    /// Whether nothing is to be written.
    pub is_check: bool,
    /// The system the files come from.
    pub source: String,
    /// The currency of amounts whose row names none.
    pub currency: Option<String>,
    /// How days are written where the file does not tell.
    pub dates: Option<DateFormat>,
    /// What open deals without an amount get.
    pub missing_amount: MissingAmount,
    /// The files.
    pub files: Vec<PathBuf>,
}

/// Imports files and answers the import as it ended.
///
/// # Errors
/// One sentence for the person at the terminal.
pub async fn import(app: &App, order: &Order) -> anyhow::Result<Import> {
    let (org, user) = somebody(app, &order.org).await?;
    let scope = scope_of(app, org, &user).await?;
    let id = prepare(app, &scope, user.id, order).await?;

    let mut tx = app.db.begin(&scope).await.map_err(plain)?;
    let mut job = find(&mut tx, id).await?;
    if let Some(format) = order.dates {
        for file in &job.plan.files {
            let choices = job.choices.files.entry(file.id.0).or_default();
            for column in &file.columns {
                let is_possible = column
                    .dates
                    .as_ref()
                    .is_some_and(|dates| dates.possible.contains(&format));
                if is_possible {
                    choices.columns.insert(
                        column.index,
                        ColumnChoices {
                            date_format: Some(format),
                            ..ColumnChoices::default()
                        },
                    );
                }
            }
        }
    }
    job.missing_amount = order.missing_amount;
    let job = intake::redraw(&mut tx, job).await.map_err(plain)?;
    if !order.is_check && !job.plan.open_questions.is_empty() {
        let questions: Vec<String> = job
            .plan
            .open_questions
            .iter()
            .map(|question| explain(&job.clone().into_import(), question))
            .collect();
        tx.commit().await.map_err(plain)?;
        give_up(app, &scope, id).await?;
        bail!(
            "the files leave open what only a person can say:\n  {}",
            questions.join("\n  ")
        );
    }
    let kind = if order.is_check { CHECK } else { RUN };
    intake::queue(&mut tx, job, kind).await.map_err(plain)?;
    tx.commit().await.map_err(plain)?;
    jobs::run_one(app, engine::work, kind, id.0)
        .await
        .map_err(plain)?;

    let mut tx = app.db.begin(&scope).await.map_err(plain)?;
    let job = find(&mut tx, id).await?;
    tx.commit().await.map_err(plain)?;
    if order.is_check {
        give_up(app, &scope, id).await?;
    }
    if let Some(code) = job.head.failure {
        bail!("the import failed: {}", code.title(LOCALE).to_lowercase());
    }
    Ok(job.into_import())
}

/// The one who imports: somebody by e-mail, or the first administrator of an organisation.
async fn somebody(app: &App, who: &str) -> anyhow::Result<(OrgId, User)> {
    if let Ok(org) = who.parse::<OrgId>() {
        let scope = Scope::of_system(org, ActorKind::System, None);
        let mut tx = app.db.begin(&scope).await.map_err(plain)?;
        let people = users::all(tx.conn(), org).await?;
        tx.commit().await.map_err(plain)?;
        let administrator = people
            .into_iter()
            .find(|user| user.role == Role::Administrator && user.state == UserState::Active);
        let administrator =
            administrator.with_context(|| format!("there is no organisation {org}"))?;
        return Ok((org, administrator));
    }
    let mut conn = app.db.conn().await.map_err(plain)?;
    let found = logins::find(&mut conn, &plain_email(who)).await?;
    drop(conn);
    let (org, id) = found.with_context(|| format!("nobody signs in as {who}"))?;
    let scope = Scope::of_system(org, ActorKind::System, None);
    let mut tx = app.db.begin(&scope).await.map_err(plain)?;
    let user = users::find(tx.conn(), org, id).await?;
    tx.commit().await.map_err(plain)?;
    if user.state != UserState::Active || !user.role.may(Permission::ImportFiles) {
        bail!("{who} may not import files");
    }
    Ok((org, user))
}

async fn scope_of(app: &App, org: OrgId, user: &User) -> anyhow::Result<Scope> {
    let system = Scope::of_system(org, ActorKind::Import, Some(user.id));
    let mut tx = app.db.begin(&system).await.map_err(plain)?;
    let team = user.team_id.map(|team| team.0);
    let view = callers::view(tx.conn(), org, user.id, user.role, team).await?;
    tx.commit().await.map_err(plain)?;
    Ok(Scope { view, ..system })
}

/// Makes the import and takes the files in.
async fn prepare(
    app: &App,
    scope: &Scope,
    user: UserId,
    order: &Order,
) -> anyhow::Result<ImportId> {
    let mut tx = app.db.begin(scope).await.map_err(plain)?;
    let currency = match &order.currency {
        Some(code) => Currency::parse(code)
            .with_context(|| format!("{code} is not a currency such as USD"))?,
        None => organisations::find(tx.conn(), scope.org).await?.currency,
    };
    let id = intake::create(&mut tx, user, &order.source, currency)
        .await
        .map_err(plain)?;
    tx.commit().await.map_err(plain)?;
    for path in &order.files {
        if let Err(error) = take(app, scope, id, path).await {
            give_up(app, scope, id).await?;
            return Err(error).with_context(|| format!("{} cannot be imported", path.display()));
        }
    }
    Ok(id)
}

/// Takes one file in.
async fn take(app: &App, scope: &Scope, id: ImportId, path: &Path) -> anyhow::Result<()> {
    let mut source = std::fs::File::open(path)?;
    let mut spool = Spool::new(&app.config.data_dir)?;
    let mut bytes = vec![0; 64 * 1024];
    let mut size: u64 = 0;
    loop {
        let count = source.read(&mut bytes)?;
        if count == 0 {
            break;
        }
        size += u64::try_from(count)?;
        if size > shared::exchange::MAX_FILE_BYTES {
            bail!("it is larger than 50 MB");
        }
        spool
            .write(bytes.get(..count).unwrap_or_default())
            .map_err(plain)?;
    }
    let sealed = spool.seal().map_err(plain)?;
    let facts = intake::survey(&sealed, Wish::default())
        .await
        .map_err(plain)?;
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let mut tx = app.db.begin(scope).await.map_err(plain)?;
    let job = find(&mut tx, id).await?;
    intake::add_file(&mut tx, id, &name, i64::try_from(size)?, facts, &sealed)
        .await
        .map_err(plain)?;
    intake::redraw(&mut tx, job).await.map_err(plain)?;
    tx.commit().await.map_err(plain)
}

async fn find(tx: &mut Tx, id: ImportId) -> anyhow::Result<imports::Stored> {
    let (conn, scope) = tx.parts();
    Ok(imports::find_for_update(conn, scope, id).await?)
}

/// Leaves no draft behind that nobody would find again.
async fn give_up(app: &App, scope: &Scope, id: ImportId) -> anyhow::Result<()> {
    let mut tx = app.db.begin(scope).await.map_err(plain)?;
    let mut job = find(&mut tx, id).await?;
    job.head.state = ImportState::Cancelled;
    job.head.finished_at = Some(crate::clock::now());
    let (conn, scope) = tx.parts();
    imports::update(conn, scope.org, &job).await?;
    files::delete_chunks(conn, scope.org, id).await?;
    jobs::forget(conn, EXPIRE, id.0).await.map_err(plain)?;
    tx.commit().await.map_err(plain)
}

/// A request's error as a sentence.
fn plain(error: AppError) -> anyhow::Error {
    match error {
        AppError::Internal(cause) | AppError::Unavailable(cause) => cause,
        error => anyhow::anyhow!("{}", error.code().title(LOCALE).to_lowercase()),
    }
}

/// An open question with the names of its file, column and value.
fn explain(import: &Import, question: &FieldError) -> String {
    let parts: Vec<&str> = question.pointer.split('/').skip(1).collect();
    let number = |place: usize| parts.get(place).and_then(|part| part.parse::<usize>().ok());
    match parts.as_slice() {
        ["files", _, rest @ ..] => {
            let Some(file) = number(1).and_then(|place| import.files.get(place)) else {
                return question.pointer.clone();
            };
            let column = number(3).and_then(|place| file.columns.get(place));
            match (rest, column) {
                (["kind"], _) => format!("{}: what its rows are", file.name),
                (["columns"], _) => format!(
                    "{}: which column is the {}",
                    file.name,
                    question.limit.as_deref().unwrap_or("field")
                ),
                ([.., "format"], Some(column)) => format!(
                    "{}, column {}: how its days are written (--dates {})",
                    file.name,
                    column.header,
                    column
                        .dates
                        .iter()
                        .flat_map(|dates| dates.possible.iter().map(AsRef::as_ref))
                        .collect::<Vec<&str>>()
                        .join(" or ")
                ),
                (_, Some(column)) => {
                    format!(
                        "{}, column {}: how its numbers are written",
                        file.name, column.header
                    )
                }
                _ => question.pointer.clone(),
            }
        }
        ["values", ..] => match number(1).and_then(|place| import.values.get(place)) {
            Some(value) => format!(
                "what {} “{}” stands for",
                value.field.title(LOCALE).to_lowercase(),
                value.value
            ),
            None => question.pointer.clone(),
        },
        _ => format!(
            "{}: {}",
            question.pointer,
            question.code.title(LOCALE).to_lowercase()
        ),
    }
}

/// How many rows were left out.
#[must_use]
pub fn rejected(import: &Import) -> i64 {
    let files = import.report.iter().flat_map(|report| &report.files);
    files.map(|file| file.rejected).sum()
}

/// The report, line by line.
#[must_use]
pub fn lines(import: &Import) -> Vec<String> {
    let mut lines = Vec::new();
    for file in &import.files {
        let form = [
            file.encoding.map(|it| it.as_ref().to_owned()),
            file.delimiter.map(|it| it.as_ref().to_owned()),
            file.sheet.clone(),
        ];
        let form: Vec<String> = form.into_iter().flatten().collect();
        let kind = file
            .kind
            .map_or_else(|| "?".to_owned(), |kind| kind.title(LOCALE));
        lines.push(format!(
            "{}: {}, {} rows ({})",
            file.name,
            kind.to_lowercase(),
            file.rows,
            form.join(", ")
        ));
        for column in &file.columns {
            let field = match column.field {
                Some(field) => field.title(LOCALE).to_lowercase(),
                None => "not imported".to_owned(),
            };
            let format = column
                .dates
                .as_ref()
                .filter(|_| column.field.is_some_and(|field| field.is_date()))
                .and_then(|dates| dates.format)
                .map_or_else(String::new, |format| format!(" ({})", format.as_ref()));
            lines.push(format!("  {} → {field}{format}", column.header));
        }
    }
    for value in &import.values {
        if let Some(ValueTarget::Text { text }) = &value.target {
            lines.push(format!(
                "{} “{}” → “{text}”, {} rows",
                value.field.title(LOCALE),
                value.value,
                value.rows
            ));
        }
    }
    let Some(report) = &import.report else {
        return lines;
    };
    lines.push(if report.is_dry_run {
        "Would be:".to_owned()
    } else {
        "Imported:".to_owned()
    });
    for count in &report.records {
        lines.push(format!(
            "  {}: {} new, {} there already",
            count.kind.title(LOCALE),
            count.created,
            count.found
        ));
    }
    for problem in &report.problems {
        let mark = match problem.severity {
            Severity::Error => "left out",
            Severity::Warning => "look",
            Severity::Note => "note",
        };
        let column = problem
            .column
            .as_ref()
            .map_or_else(String::new, |column| format!(" [{column}]"));
        let value = match (&problem.value, &problem.taken) {
            (Some(value), Some(taken)) => format!(" “{value}” → “{taken}”"),
            (Some(value), None) => format!(" “{value}”"),
            _ => String::new(),
        };
        let rows: Vec<String> = problem
            .examples
            .iter()
            .map(|example| example.row.to_string())
            .collect();
        lines.push(format!(
            "  {mark}: {}{column}{value}: {} rows, such as line {}",
            problem.code.title(LOCALE),
            problem.rows,
            rows.join(", ")
        ));
    }
    lines.push(format!(
        "{} rows in {:.1} s",
        import.head.progress.rows_done,
        std::time::Duration::from_millis(u64::try_from(report.milliseconds).unwrap_or(0))
            .as_secs_f64()
    ));
    lines
}
