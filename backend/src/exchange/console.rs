//! Imports from the command line: the same files, proposals and engine as through the API, with the
//! proposals accepted.

use super::engine::{self, CHECK, EXPIRE, RUN};
use super::intake;
use super::reading::Wish;
use super::rejects::{self, Rejects};
use super::store::{files, imports};
use crate::app::App;
use crate::db::{Scope, Tx};
use crate::error::AppError;
use crate::files::Spool;
use crate::identity::store::{callers, logins, organisations, users};
use crate::jobs;
use anyhow::{Context, anyhow, bail};
use shared::check::Validate;
use shared::event::ActorKind;
use shared::exchange::plan::ColumnChoices;
use shared::exchange::words::{self, Sentence};
use shared::exchange::{
    DateFormat, Import, ImportProgress, ImportState, MAX_FILE_BYTES, MissingAmount, NewImport,
    UnmetCriteria,
};
use shared::id::{ImportId, OrgId, UserId};
use shared::identity::{Locale, Permission, Role, User, UserState, plain_email};
use shared::money::Currency;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often to look how far it is.
const LOOK: Duration = Duration::from_millis(400);

/// What is to be imported, and how.
#[derive(Debug, Clone)]
pub struct Order {
    /// The e-mail of the one who imports, or the id of an organisation.
    pub who: String,
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
    /// What becomes of open deals that lack what their stage asks.
    pub unmet_criteria: UnmetCriteria,
    /// The folder for rows that are left out.
    pub rejects: PathBuf,
    /// The language of all that is said.
    pub locale: Locale,
    /// The files.
    pub files: Vec<PathBuf>,
}

/// What is told on the way.
#[derive(Debug)]
pub enum News {
    /// A line of the report.
    Line(String),
    /// How far a check or an import is.
    Progress(ImportProgress),
}

/// One who imports from the command line.
struct Desk<'a> {
    app: &'a App,
    scope: Scope,
    user: UserId,
    order: &'a Order,
    tell: &'a dyn Fn(News),
}

/// Imports files, tells what it does, and answers how many rows were left out.
///
/// # Errors
/// One sentence for the person at the terminal.
pub async fn import(app: &App, order: &Order, tell: &dyn Fn(News)) -> anyhow::Result<i64> {
    let (org, user) = somebody(app, order).await?;
    let system = Scope::of_system(org, ActorKind::Import, Some(user.id));
    let mut tx = app.db.begin(&system).await.map_err(|e| order.plain(e))?;
    let team = user.team_id.map(|team| team.0);
    let view = callers::view(tx.conn(), org, user.id, user.role, team).await?;
    tx.commit().await.map_err(|e| order.plain(e))?;
    let desk = Desk {
        app,
        scope: Scope { view, ..system },
        user: user.id,
        order,
        tell,
    };
    if !order.is_check {
        desk.finish_interrupted().await?;
    }
    let id = desk.prepare().await?;
    let outcome = desk.run(id).await;
    // Leaves no draft behind that nobody would find again; what was started goes on.
    desk.clear(id).await?;
    outcome
}

impl Order {
    fn say(&self, sentence: Sentence, values: &[(&str, &str)]) -> String {
        sentence.say(self.locale, values)
    }

    /// A request's error as a sentence.
    fn plain(&self, error: AppError) -> anyhow::Error {
        match error {
            AppError::Internal(cause) | AppError::Unavailable(cause) => cause,
            error => {
                let code = error.code();
                let (title, remedy) = (code.title(self.locale), code.remedy(self.locale));
                let remedy = remedy.trim_end_matches(['.', '。']);
                anyhow!(self.say(Sentence::Reason, &[("title", &title), ("remedy", remedy)]))
            }
        }
    }

    /// What the disk said about a file.
    fn of_disk(&self, error: std::io::Error) -> anyhow::Error {
        let sentence = match error.kind() {
            ErrorKind::NotFound => Sentence::NoFile,
            ErrorKind::PermissionDenied => Sentence::NoAccess,
            ErrorKind::IsADirectory => Sentence::IsFolder,
            _ => return error.into(),
        };
        anyhow!(self.say(sentence, &[]))
    }
}

/// The one who imports: somebody by e-mail, or the first administrator of an organisation.
async fn somebody(app: &App, order: &Order) -> anyhow::Result<(OrgId, User)> {
    let who = [("who", order.who.as_str())];
    let plain = |error| order.plain(error);
    if let Ok(org) = order.who.parse::<OrgId>() {
        let scope = Scope::of_system(org, ActorKind::System, None);
        let mut tx = app.db.begin(&scope).await.map_err(plain)?;
        let people = users::all(tx.conn(), org).await?;
        tx.commit().await.map_err(plain)?;
        let administrator = people
            .into_iter()
            .find(|user| user.role == Role::Administrator && user.state == UserState::Active);
        let administrator =
            administrator.with_context(|| order.say(Sentence::NoOrganisation, &who))?;
        return Ok((org, administrator));
    }
    let mut conn = app.db.conn().await.map_err(plain)?;
    let found = logins::find(&mut conn, &plain_email(&order.who)).await?;
    drop(conn);
    let (org, id) = found.with_context(|| order.say(Sentence::Nobody, &who))?;
    let scope = Scope::of_system(org, ActorKind::System, None);
    let mut tx = app.db.begin(&scope).await.map_err(plain)?;
    let user = users::find(tx.conn(), org, id).await?;
    tx.commit().await.map_err(plain)?;
    if user.state != UserState::Active || !user.role.may(Permission::ImportFiles) {
        bail!(order.say(Sentence::MayNot, &who));
    }
    Ok((org, user))
}

impl Desk<'_> {
    fn plain(&self, error: AppError) -> anyhow::Error {
        self.order.plain(error)
    }

    fn line(&self, text: String) {
        (self.tell)(News::Line(text));
    }

    async fn begin(&self) -> anyhow::Result<Tx> {
        self.app
            .db
            .begin(&self.scope)
            .await
            .map_err(|e| self.plain(e))
    }

    async fn commit(&self, tx: Tx) -> anyhow::Result<()> {
        tx.commit().await.map_err(|e| self.plain(e))
    }

    async fn look(&self, id: ImportId) -> anyhow::Result<imports::Stored> {
        let mut tx = self.begin().await?;
        let (conn, scope) = tx.parts();
        let job = imports::find(conn, scope, id).await?;
        self.commit(tx).await?;
        Ok(job)
    }

    /// Ends what an earlier command of the same person left when it was killed.
    async fn finish_interrupted(&self) -> anyhow::Result<()> {
        let mut tx = self.begin().await?;
        let left = imports::unfinished(tx.conn(), self.scope.org, self.user).await?;
        self.commit(tx).await?;
        for job in left {
            let names = job.head.file_names.join(", ");
            self.line(self.order.say(Sentence::GoesOn, &[("files", &names)]));
            self.follow(job.head.id, RUN).await?;
            self.settle(job.head.id).await?;
        }
        Ok(())
    }

    /// Makes the import and takes the files in.
    async fn prepare(&self) -> anyhow::Result<ImportId> {
        let order = self.order;
        let currency = match &order.currency {
            Some(code) => Some(
                Currency::parse(code)
                    .with_context(|| order.say(Sentence::NoCurrency, &[("code", code)]))?,
            ),
            None => None,
        };
        let new = NewImport {
            source: Some(order.source.clone()),
            currency,
        };
        if let Err(errors) = new.validated() {
            let names = errors.iter().map(|error| {
                let reason = error.code.title(order.locale);
                let name = error.pointer.replace('/', "--");
                order.say(Sentence::Setting, &[("name", &name), ("reason", &reason)])
            });
            bail!(names.collect::<Vec<_>>().join("; "));
        }
        let mut tx = self.begin().await?;
        let currency = match currency {
            Some(currency) => currency,
            None => {
                organisations::find(tx.conn(), self.scope.org)
                    .await?
                    .currency
            }
        };
        let id = intake::create(&mut tx, self.user, &order.source, currency)
            .await
            .map_err(|e| self.plain(e))?;
        self.commit(tx).await?;
        for path in &order.files {
            if let Err(reason) = self.take(id, path).await {
                self.clear(id).await?;
                let file = path.display().to_string();
                let values = [("reason", &*reason.to_string()), ("file", &file)];
                bail!(order.say(Sentence::CannotImport, &values));
            }
        }
        Ok(id)
    }

    /// Takes one file in.
    async fn take(&self, id: ImportId, path: &Path) -> anyhow::Result<()> {
        let plain = |error| self.plain(error);
        let mut source = std::fs::File::open(path).map_err(|e| self.order.of_disk(e))?;
        let mut spool = Spool::new(&self.app.config.data_dir)?;
        let mut bytes = vec![0; 64 * 1024];
        let mut size: u64 = 0;
        loop {
            let count = source.read(&mut bytes).map_err(|e| self.order.of_disk(e))?;
            if count == 0 {
                break;
            }
            size += u64::try_from(count)?;
            if size > MAX_FILE_BYTES {
                let max = format!("{} MB", MAX_FILE_BYTES / 1024 / 1024);
                bail!(self.order.say(Sentence::TooLarge, &[("max", &max)]));
            }
            spool
                .write(bytes.get(..count).unwrap_or_default())
                .map_err(plain)?;
        }
        let sealed = spool.seal().map_err(plain)?;
        let facts = intake::survey(&sealed, Wish::default())
            .await
            .map_err(plain)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut tx = self.begin().await?;
        let job = find(&mut tx, id).await?;
        intake::add_file(&mut tx, id, &name, i64::try_from(size)?, facts, &sealed)
            .await
            .map_err(plain)?;
        intake::redraw(&mut tx, job).await.map_err(plain)?;
        self.commit(tx).await
    }

    /// Checks or imports, and answers how many rows were left out.
    async fn run(&self, id: ImportId) -> anyhow::Result<i64> {
        let order = self.order;
        let mut tx = self.begin().await?;
        let mut job = find(&mut tx, id).await?;
        if let Some(format) = order.dates {
            choose_dates(&mut job, format);
        }
        job.missing_amount = order.missing_amount;
        job.unmet_criteria = order.unmet_criteria;
        let job = intake::redraw(&mut tx, job)
            .await
            .map_err(|e| self.plain(e))?;
        if !order.is_check && !job.plan.open_questions.is_empty() {
            let import = job.into_import();
            let mut lines = vec![order.say(Sentence::OpenQuestions, &[])];
            lines.extend(
                import.open_questions.iter().map(|question| {
                    format!("  {}", words::question(&import, question, order.locale))
                }),
            );
            bail!(lines.join("\n"));
        }
        let kind = if order.is_check { CHECK } else { RUN };
        intake::queue(&mut tx, job, kind)
            .await
            .map_err(|e| self.plain(e))?;
        self.commit(tx).await?;
        self.follow(id, kind).await?;
        self.settle(id).await
    }

    /// Works until nothing is queued any more, and tells how far it is.
    async fn follow(&self, id: ImportId, kind: &str) -> anyhow::Result<()> {
        let work = jobs::run_one(self.app, engine::work, kind, id.0);
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => break done.map_err(|e| self.plain(e))?,
                () = tokio::time::sleep(LOOK) => {
                    (self.tell)(News::Progress(self.look(id).await?.head.progress));
                }
            }
        }
        (self.tell)(News::Progress(self.look(id).await?.head.progress));
        Ok(())
    }

    /// Tells what became of an import or a check, and writes down the rows that were left out.
    async fn settle(&self, id: ImportId) -> anyhow::Result<i64> {
        let order = self.order;
        let job = self.look(id).await?;
        if job.head.state.is_busy() {
            bail!(order.say(Sentence::Interrupted, &[]));
        }
        let (state, failure) = (job.head.state, job.head.failure);
        let import = job.into_import();
        for line in words::lines(&import, order.locale) {
            self.line(line);
        }
        if state.is_over() {
            self.write_rejects(&import).await?;
        } else if words::rejected(&import) > 0 {
            let rows = words::rows(words::rejected(&import), order.locale);
            self.line(order.say(Sentence::WouldReject, &[("rows", &rows)]));
        }
        if let Some(code) = failure {
            let title = code.title(order.locale);
            bail!(order.say(Sentence::Failed, &[("reason", &title)]));
        }
        if state == ImportState::Cancelled {
            bail!(order.say(Sentence::Cancelled, &[]));
        }
        Ok(words::rejected(&import))
    }

    /// Writes a file of rejects for each file that has some, over none that is there.
    async fn write_rejects(&self, import: &Import) -> anyhow::Result<()> {
        let counts = import.report.iter().flat_map(|report| &report.files);
        for count in counts.filter(|count| count.rejected > 0) {
            let Some(file) = import.files.iter().find(|file| file.id == count.file_id) else {
                continue;
            };
            let mut rejects = Rejects::new(
                self.app,
                &self.scope,
                import.head.id,
                file,
                self.order.locale,
            );
            let (path, mut target) =
                create_new(&self.order.rejects, &rejects::name(&file.name, false))
                    .with_context(|| self.order.rejects.display().to_string())?;
            while let Some(piece) = rejects.piece().await {
                target.write_all(&piece.map_err(|e| self.plain(e))?)?;
            }
            target.sync_all()?;
            let rows = words::rows(count.rejected, self.order.locale);
            let path = path.display().to_string();
            self.line(
                self.order
                    .say(Sentence::Rejects, &[("rows", &rows), ("path", &path)]),
            );
        }
        Ok(())
    }

    /// Ends an import that was not started.
    async fn clear(&self, id: ImportId) -> anyhow::Result<()> {
        let mut tx = self.begin().await?;
        let mut job = find(&mut tx, id).await?;
        let is_started = matches!(job.head.state, ImportState::Queued | ImportState::Running);
        if is_started || job.head.state.is_over() {
            return Ok(());
        }
        job.head.state = ImportState::Cancelled;
        job.head.finished_at = Some(crate::clock::now());
        let (conn, scope) = tx.parts();
        imports::update(conn, scope.org, &job).await?;
        files::delete_chunks(conn, scope.org, id).await?;
        for kind in [EXPIRE, CHECK] {
            jobs::forget(tx.conn(), kind, id.0)
                .await
                .map_err(|e| self.plain(e))?;
        }
        tx.record(engine::finished(&job))
            .await
            .map_err(|e| self.plain(e))?;
        self.commit(tx).await
    }
}

async fn find(tx: &mut Tx, id: ImportId) -> anyhow::Result<imports::Stored> {
    let (conn, scope) = tx.parts();
    Ok(imports::find_for_update(conn, scope, id).await?)
}

/// Reads days by a format wherever all of a column's days can be read by it.
fn choose_dates(job: &mut imports::Stored, format: DateFormat) {
    for file in &job.plan.files {
        let choices = job.choices.files.entry(file.id.0).or_default();
        for column in &file.columns {
            let dates = column.dates.as_ref();
            if dates.is_some_and(|dates| dates.possible.contains(&format)) {
                let choice = ColumnChoices {
                    date_format: Some(format),
                    ..ColumnChoices::default()
                };
                choices.columns.insert(column.index, choice);
            }
        }
    }
}

/// Makes a file that is not there yet, with a number in its name where needed.
fn create_new(folder: &Path, name: &str) -> std::io::Result<(PathBuf, std::fs::File)> {
    let stem = name.strip_suffix(".csv").unwrap_or(name);
    for number in 1_u32.. {
        let path = match number {
            1 => folder.join(name),
            _ => folder.join(format!("{stem}-{number}.csv")),
        };
        match std::fs::File::create_new(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            outcome => return outcome.map(|file| (path, file)),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}
