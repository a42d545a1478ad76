//! What routes and the command line share: taking a file in, and drawing the plan anew.

use super::engine::{self, EXPIRE};
use super::reading::{self, ReadError, Wish};
use super::store::files::{self, StoredFile};
use super::store::imports::{self, Stored};
use super::store::known;
use crate::clock;
use crate::db::Tx;
use crate::error::{AppError, AppResult};
use crate::events::NewEvent;
use crate::files::Sealed;
use crate::jobs;
use shared::error::{ErrorCode, FieldError};
use shared::event::{EventKind, SubjectKind};
use shared::exchange::facts::FileFacts;
use shared::exchange::{ImportState, MAX_FILES};
use shared::id::{ImportId, UserId};
use shared::money::Currency;
use std::io::Read;
use tokio::sync::Semaphore;

/// Bytes of all files of one import.
const MAX_BYTES: i64 = 200 * 1024 * 1024;
/// Bytes of a piece of a file in the database.
const CHUNK: usize = 256 * 1024;
/// How long a draft is kept.
const KEPT: chrono::TimeDelta = chrono::TimeDelta::days(7);
/// A workbook fills memory while it is read, so they are read one after another.
static READING: Semaphore = Semaphore::const_new(1);

/// Makes an import without files, which is cleared after a week.
///
/// # Errors
/// Those of the database.
pub async fn create(
    tx: &mut Tx,
    user: UserId,
    source: &str,
    currency: Currency,
) -> AppResult<ImportId> {
    let id: ImportId = clock::new_id();
    let (conn, scope) = tx.parts();
    imports::insert(conn, scope.org, id, user, source, currency).await?;
    jobs::enqueue(conn, scope.org, EXPIRE, id.0, clock::now() + KEPT).await?;
    let event = NewEvent::new(EventKind::ImportCreated, SubjectKind::Import, id.0);
    let new = serde_json::json!({ "new": { "source": source, "currency": currency } });
    tx.record(event.owned_by(None, Some(user)).with(new))
        .await?;
    Ok(id)
}

/// Goes through a file once, on a thread for blocking work.
///
/// # Errors
/// 422 when it cannot be read or is larger than allowed in any way.
pub async fn survey(file: &Sealed, wish: Wish) -> AppResult<FileFacts> {
    let _permit = READING
        .acquire()
        .await
        .map_err(|error| AppError::Internal(error.into()))?;
    let path = file.path().to_owned();
    let outcome = tokio::task::spawn_blocking(move || reading::survey(&path, &wish)).await;
    match outcome {
        Ok(Ok(facts)) => Ok(facts),
        Ok(Err(error)) => Err(refusal(&error)),
        // A broken file may bring a library to panic; it is still the file.
        Err(error) => {
            tracing::warn!(error = %error, "a file could not be read");
            Err(AppError::rule(ErrorCode::UnreadableFile))
        }
    }
}

fn refusal(error: &ReadError) -> AppError {
    let field = FieldError::new("/file", error.code());
    let field = match error {
        ReadError::TooMany(max, what) => field.with_limit(format!("{max} {what}")),
        _ => field,
    };
    AppError::Invalid(error.code(), vec![field])
}

/// Adds a file with its bytes to an import that is locked.
///
/// # Errors
/// 422 for too many files, 413 for too many bytes.
pub async fn add_file(
    tx: &mut Tx,
    import: ImportId,
    name: &str,
    bytes: i64,
    facts: FileFacts,
    sealed: &Sealed,
) -> AppResult<()> {
    let (conn, scope) = tx.parts();
    let others = files::list(conn, scope.org, import).await?;
    if others.len() >= MAX_FILES {
        return Err(AppError::Invalid(
            ErrorCode::TooManyItems,
            vec![FieldError::new("/files", ErrorCode::TooManyItems).with_limit(MAX_FILES)],
        ));
    }
    if others.iter().map(|file| file.bytes).sum::<i64>() + bytes > MAX_BYTES {
        return Err(AppError::TooLarge(ErrorCode::TooLarge));
    }
    let file = StoredFile {
        id: clock::new_id(),
        name: plain_name(name),
        bytes,
        facts,
    };
    files::insert(conn, scope.org, import, &file).await?;
    let internal = |error: std::io::Error| AppError::Internal(error.into());
    let mut source = std::fs::File::open(sealed.path()).map_err(internal)?;
    for position in 0.. {
        let mut chunk = Vec::with_capacity(CHUNK);
        let limit = u64::try_from(CHUNK).unwrap_or(u64::MAX);
        (&mut source)
            .take(limit)
            .read_to_end(&mut chunk)
            .map_err(internal)?;
        if chunk.is_empty() {
            break;
        }
        files::insert_chunk(conn, scope.org, file.id, position, &chunk).await?;
    }
    Ok(())
}

/// A name without folders and signs that no name has.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !c.is_control()).take(200).collect();
    match plain.trim() {
        "" => "file".to_owned(),
        name => name.to_owned(),
    }
}

/// Draws the plan anew, writes the import as a draft and answers it as it is then.
///
/// # Errors
/// Those of the database.
pub async fn redraw(tx: &mut Tx, mut job: Stored) -> AppResult<Stored> {
    let (conn, scope) = tx.parts();
    let known = known::load(conn, scope).await?;
    let stored = files::list(conn, scope.org, job.head.id).await?;
    let (plan, _) = engine::draw(&stored, &job, &known);
    job.head.state = ImportState::Draft;
    job.head.failure = None;
    job.head.progress.rows_done = 0;
    job.head.progress.rows_total = plan.files.iter().map(|file| file.rows).sum();
    job.head.file_names = plan.files.iter().map(|file| file.name.clone()).collect();
    job.plan = plan;
    job.report = None;
    job.checkpoint = None;
    job.head.version = imports::update(conn, scope.org, &job).await?;
    Ok(job)
}

/// The event of a change of an import.
#[must_use]
pub fn updated(job: &Stored, new: serde_json::Value) -> NewEvent {
    NewEvent::new(EventKind::ImportUpdated, SubjectKind::Import, job.head.id.0)
        .owned_by(None, Some(job.head.created_by))
        .with(serde_json::json!({ "new": new }))
}

/// Refuses to start what still has open questions.
///
/// # Errors
/// 422 that names them.
pub fn check_questions(job: &Stored) -> AppResult<()> {
    if job.plan.open_questions.is_empty() {
        Ok(())
    } else {
        Err(job.plan.open_questions.clone().into())
    }
}

/// Queues the check or the import itself, and answers it as it is then.
///
/// # Errors
/// Those of the database.
pub async fn queue(tx: &mut Tx, mut job: Stored, kind: &str) -> AppResult<Stored> {
    job.head.state = if kind == engine::CHECK {
        ImportState::Checking
    } else {
        ImportState::Queued
    };
    job.head.failure = None;
    job.head.progress.rows_done = 0;
    job.report = None;
    job.checkpoint = None;
    let (conn, scope) = tx.parts();
    job.head.version = imports::update(conn, scope.org, &job).await?;
    jobs::enqueue(conn, scope.org, kind, job.head.id.0, clock::now()).await?;
    let mut event = updated(&job, serde_json::json!({ "state": job.head.state }));
    if kind == engine::RUN {
        event.kind = EventKind::ImportStarted;
    }
    tx.record(event).await?;
    Ok(job)
}
