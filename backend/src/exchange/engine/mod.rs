//! Goes through the rows of an import: a check and the import itself take the same way, only that a check
//! writes no record.
//!
//! Files go in by kind: sellers, products, accounts, deals; then the accounts once more for their
//! parents. Rows go in by batches. A batch is one transaction: its records, their events, what the search
//! finds, the odd rows, and the checkpoint. Killed at any point, the import goes on after the last batch
//! that was committed, and no row is in twice or half.

mod accounts;
mod batch;
mod context;
mod deals;
mod feed;
mod gate;
mod parents;
mod products;
mod sellers;
pub mod tally;

pub use context::draw;
pub use feed::spool;

use crate::app::App;
use crate::clock;
use crate::db::{Scope, Tx};
use crate::error::{AppError, AppResult, ConstraintName};
use crate::events::NewEvent;
use crate::exchange::intake;
use crate::exchange::reading::Row;
use crate::exchange::store::{files, imports, problems};
use crate::jobs::{self, Claim, Outcome};
use batch::Batch;
use context::{Context, FileContext};
use feed::Feed;
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use shared::error::ErrorCode;
use shared::event::{ActorKind, EventKind, SubjectKind};
use shared::exchange::{Field, FileKind, ImportReport, ImportState, ProblemCode, RecordKind};
use shared::id::ImportId;
use std::time::{Duration, Instant};
use tally::{Oddity, Tally};

/// A dry run.
pub const CHECK: &str = "import_check";
/// The import itself.
pub const RUN: &str = "import_run";
/// The end of a draft that nobody went on with.
pub const EXPIRE: &str = "import_expire";

/// How often an import is taken up again before it counts as failed.
const MAX_ATTEMPTS: i32 = 10;
/// How long to wait before that.
const PAUSE: Duration = Duration::from_secs(2);
/// How far the rows are dealt with.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Checkpoint {
    /// Passes that are over.
    pass: usize,
    /// The last line of the present pass that is dealt with.
    line: i64,
    /// The counts so far.
    tally: Tally,
}

/// One pass over a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pass {
    /// The file's place among the files.
    file: usize,
    /// Whether it is the second pass over accounts, for their parents.
    is_for_parents: bool,
}

/// Does a piece of work of the queue.
pub fn work(app: App, claim: Claim) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        let outcome = match claim.kind.as_str() {
            EXPIRE => expire(&app, &claim).await,
            _ if claim.attempts > MAX_ATTEMPTS => fail(&app, &claim, ErrorCode::Internal).await,
            _ => go(&app, &claim).await,
        };
        match outcome {
            Ok(outcome) => outcome,
            Err(error) if is_passing(&error) => {
                tracing::warn!(error = ?error, import.id = %claim.subject, "an import is taken up again later");
                Outcome::Again(PAUSE)
            }
            Err(error) => {
                tracing::error!(error = ?error, import.id = %claim.subject, "an import failed");
                match fail(&app, &claim, error.code()).await {
                    Ok(outcome) => outcome,
                    Err(_) => Outcome::Again(PAUSE),
                }
            }
        }
    })
}

/// Whether it may well go right the next time: the database was away, or somebody made a record of the
/// same name meanwhile, which is found then.
fn is_passing(error: &AppError) -> bool {
    matches!(error, AppError::Unavailable(_)) || error.constraint().is_some()
}

fn scope_of(claim: &Claim) -> Scope {
    Scope::of_system(claim.org, ActorKind::Import, None)
}

async fn go(app: &App, claim: &Claim) -> AppResult<Outcome> {
    let is_dry_run = claim.kind == CHECK;
    let id = ImportId(claim.subject);
    let Some(mut context) = Context::load(app, scope_of(claim), id, is_dry_run).await? else {
        return Ok(Outcome::Done);
    };
    let goes_on = if is_dry_run {
        begin_check(app, claim, &mut context).await?
    } else {
        begin(app, claim, &mut context).await?
    };
    if !goes_on {
        return Ok(Outcome::Done);
    }

    let mut checkpoint: Checkpoint = context
        .job
        .checkpoint
        .clone()
        .and_then(|json| serde_json::from_value(json).ok())
        .unwrap_or_default();
    checkpoint.tally.restore();
    if is_dry_run && context.makes_funnel {
        checkpoint.tally.records(RecordKind::Funnel, 1, 0);
    }
    for (number, pass) in passes(&context).into_iter().enumerate() {
        if number < checkpoint.pass {
            continue;
        }
        if !go_through(app, claim, &mut context, &mut checkpoint, pass).await? {
            return Ok(interrupted(app));
        }
        checkpoint.pass = number + 1;
        checkpoint.line = 0;
    }
    finish(app, claim, &context, &checkpoint).await?;
    Ok(Outcome::Done)
}

/// A server that is about to stop leaves the rest to the next one at once.
fn interrupted(app: &App) -> Outcome {
    if app.is_serving() {
        Outcome::Done
    } else {
        Outcome::Again(Duration::ZERO)
    }
}

/// Forgets what an earlier check found; one that was interrupted begins anew, as it left nothing behind.
/// Answers false when the check was ended meanwhile.
async fn begin_check(app: &App, claim: &Claim, context: &mut Context) -> AppResult<bool> {
    let mut tx = app.db.begin(&context.scope).await?;
    if context.job.head.state != ImportState::Checking || !claim.hold(tx.conn()).await? {
        return Ok(false);
    }
    context.job.checkpoint = None;
    let (conn, scope) = tx.parts();
    problems::delete_all(conn, scope.org, context.job.head.id).await?;
    tx.commit().await?;
    Ok(true)
}

/// Marks the import as running and makes its funnel. Answers false when it was ended meanwhile.
async fn begin(app: &App, claim: &Claim, context: &mut Context) -> AppResult<bool> {
    if context.job.head.state != ImportState::Queued {
        return Ok(context.job.head.state == ImportState::Running);
    }
    let mut tx = app.db.begin(&context.scope).await?;
    if !claim.hold(tx.conn()).await? {
        return Ok(false);
    }
    let (conn, scope) = tx.parts();
    let now_stored = imports::find_for_update(conn, scope, context.job.head.id).await?;
    if now_stored.head.state != ImportState::Queued {
        return Ok(false);
    }
    problems::delete_all(conn, scope.org, context.job.head.id).await?;
    let mut checkpoint = Checkpoint::default();
    if context.makes_funnel {
        checkpoint.tally.records(RecordKind::Funnel, 1, 0);
    }
    context.make_funnel(&mut tx).await?;
    context.job.head.state = ImportState::Running;
    context.job.head.started_at = Some(clock::now());
    context.job.head.progress.rows_done = 0;
    context.job.checkpoint = Some(stored(&checkpoint)?);
    context.job.report = None;
    let (conn, scope) = tx.parts();
    imports::update(conn, scope.org, &context.job).await?;
    let running = serde_json::json!({ "state": context.job.head.state });
    tx.record(intake::updated(&context.job, running)).await?;
    tx.commit().await?;
    Ok(true)
}

/// The passes in their order.
fn passes(context: &Context) -> Vec<Pass> {
    let mut passes = Vec::new();
    for kind in [
        FileKind::Sellers,
        FileKind::Products,
        FileKind::Accounts,
        FileKind::Deals,
    ] {
        let of_kind = || {
            context
                .files
                .iter()
                .enumerate()
                .filter(move |(_, file)| file.kind == kind)
        };
        passes.extend(of_kind().map(|(file, _)| Pass {
            file,
            is_for_parents: false,
        }));
        if kind == FileKind::Accounts {
            passes.extend(
                of_kind()
                    .filter(|(_, file)| file.layout.has(Field::Parent))
                    .map(|(file, _)| Pass {
                        file,
                        is_for_parents: true,
                    }),
            );
        }
    }
    passes
}

/// Takes one file through, after the line of the checkpoint; what stands above it is only learned from.
/// Answers false when the import was ended meanwhile or the server stops.
async fn go_through(
    app: &App,
    claim: &Claim,
    context: &mut Context,
    checkpoint: &mut Checkpoint,
    pass: Pass,
) -> AppResult<bool> {
    let from = checkpoint.line;
    let Some(stored) = context.stored.get(pass.file).cloned() else {
        return Ok(true);
    };
    let Some(mut file) = context.files.get(pass.file).cloned() else {
        return Ok(true);
    };
    if from == 0 && !pass.is_for_parents {
        left_out_columns(
            &mut checkpoint.tally,
            &file,
            i64::from(stored.facts.header_row),
        );
    }
    let mut feed = Feed::open(app, &context.scope, &stored).await?;
    while let Some(rows) = feed.next().await? {
        let started = Instant::now();
        let (known, new): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.line <= from);
        for row in &known {
            context.skip(&mut file, row);
        }
        let Some(last) = new.last().map(|row| row.line) else {
            continue;
        };
        if !app.is_serving() {
            return Ok(false);
        }

        let mut tx = app.db.begin(&context.scope).await?;
        tx.take_time().await?;
        if !claim.step(tx.conn()).await? {
            return Ok(false);
        }
        context.demand_same_rights(&mut tx).await?;
        let mut batch = Batch::new(context.is_dry_run);
        for_rows(
            context,
            &mut file,
            pass,
            &new,
            &mut tx,
            &mut batch,
            &mut checkpoint.tally,
        )
        .await?;
        batch.write(&mut tx, context).await?;
        checkpoint.line = last;
        checkpoint.tally.spent(started.elapsed());
        if !keep(&mut tx, context, checkpoint).await? {
            return Ok(false);
        }
        tx.commit().await?;
        context.imagine(batch);
    }
    Ok(true)
}

async fn for_rows(
    context: &mut Context,
    file: &mut FileContext,
    pass: Pass,
    rows: &[Row],
    tx: &mut Tx,
    batch: &mut Batch,
    tally: &mut Tally,
) -> AppResult<()> {
    match file.kind {
        FileKind::Sellers => sellers::take(context, file, rows, tx, tally).await,
        FileKind::Products => products::take(context, file, rows, tx, batch, tally).await,
        FileKind::Accounts if pass.is_for_parents => {
            parents::take(context, file, rows, tx, tally).await
        }
        FileKind::Accounts => accounts::take(context, file, rows, tx, batch, tally).await,
        FileKind::Deals => deals::take(context, file, rows, tx, batch, tally).await,
    }
}

fn stored(checkpoint: &Checkpoint) -> AppResult<serde_json::Value> {
    serde_json::to_value(checkpoint).map_err(|error| AppError::Internal(error.into()))
}

/// Writes the odd rows and the checkpoint. Answers false when the import was ended meanwhile.
async fn keep(tx: &mut Tx, context: &Context, checkpoint: &mut Checkpoint) -> AppResult<bool> {
    let pending = checkpoint.tally.take_pending();
    let id = context.job.head.id;
    let (conn, scope) = tx.parts();
    problems::insert_all(conn, scope.org, id, &pending).await?;
    let json = stored(checkpoint)?;
    let state = if context.is_dry_run {
        ImportState::Checking
    } else {
        ImportState::Running
    };
    let rows = checkpoint.tally.rows_done();
    Ok(imports::advance(conn, scope.org, id, state, &json, rows).await?)
}

/// Columns that fill no field are told once, with the rows that have something in them.
fn left_out_columns(tally: &mut Tally, file: &FileContext, line: i64) {
    for column in file.columns.iter().filter(|column| column.field.is_none()) {
        let oddity = Oddity {
            column: Some(column.header.clone()),
            ..Oddity::default()
        };
        tally.count(
            file.id,
            line,
            ProblemCode::ColumnLeftOut,
            &oddity,
            column.filled,
        );
    }
}

/// Writes the end: the report, and for an import also that its files' bytes are forgotten.
async fn finish(
    app: &App,
    claim: &Claim,
    context: &Context,
    checkpoint: &Checkpoint,
) -> AppResult<()> {
    let mut tx = app.db.begin(&context.scope).await?;
    tx.take_time().await?;
    if !claim.hold(tx.conn()).await? {
        return Ok(());
    }
    let id = context.job.head.id;
    let (conn, scope) = tx.parts();
    let mut job = imports::find_for_update(conn, scope, id).await?;
    let expected = if context.is_dry_run {
        ImportState::Checking
    } else {
        ImportState::Running
    };
    if job.head.state != expected {
        return Ok(());
    }
    let now = clock::now();
    job.report = Some(checkpoint.tally.report(context.is_dry_run, now));
    job.head.progress.rows_done = checkpoint.tally.rows_done();
    job.checkpoint = None;
    if context.is_dry_run {
        job.head.state = ImportState::Checked;
        imports::update(conn, scope.org, &job).await?;
        let checked = intake::updated(&job, serde_json::json!({ "state": job.head.state }));
        tx.record(checked).await?;
        return tx.commit().await;
    }
    job.head.state = ImportState::Done;
    job.head.finished_at = Some(now);
    imports::update(conn, scope.org, &job).await?;
    files::delete_chunks(conn, scope.org, id).await?;
    jobs::forget(conn, EXPIRE, id.0).await?;
    tx.record(finished(&job)).await?;
    tx.commit().await
}

/// The event of an import that is over.
#[must_use]
pub fn finished(job: &imports::Stored) -> NewEvent {
    NewEvent::new(
        EventKind::ImportFinished,
        SubjectKind::Import,
        job.head.id.0,
    )
    .owned_by(None, Some(job.head.created_by))
    .with(serde_json::json!({ "new": { "state": job.head.state } }))
}

/// The report of an import that ends early, from its last checkpoint.
#[must_use]
pub fn report_so_far(job: &imports::Stored) -> ImportReport {
    let checkpoint: Checkpoint = job
        .checkpoint
        .clone()
        .and_then(|json| serde_json::from_value(json).ok())
        .unwrap_or_default();
    checkpoint.tally.report(false, clock::now())
}

/// Ends an import that cannot go on; what is in stays in.
async fn fail(app: &App, claim: &Claim, code: ErrorCode) -> AppResult<Outcome> {
    let scope = scope_of(claim);
    let mut tx = app.db.begin(&scope).await?;
    let id = ImportId(claim.subject);
    let (conn, scope) = tx.parts();
    let Some(mut job) = crate::error::optional(imports::find_for_update(conn, scope, id).await)?
    else {
        return Ok(Outcome::Done);
    };
    // Another piece of work may have taken its place meanwhile; then this one has nothing to say of it.
    let is_ours = match job.head.state {
        ImportState::Checking => claim.kind == CHECK,
        ImportState::Queued | ImportState::Running => claim.kind != CHECK,
        _ => false,
    };
    if !is_ours || !claim.hold(tx.conn()).await? {
        return Ok(Outcome::Done);
    }
    let (conn, scope) = tx.parts();
    // A check that failed leaves a draft, which can be changed and tried again.
    let is_check = job.head.state == ImportState::Checking;
    job.head.state = if is_check {
        ImportState::Draft
    } else {
        ImportState::Failed
    };
    job.head.failure = Some(code);
    job.checkpoint = job.checkpoint.filter(|_| !is_check);
    if !is_check {
        job.report = Some(report_so_far(&job));
        job.head.finished_at = Some(clock::now());
        files::delete_chunks(conn, scope.org, id).await?;
    }
    imports::update(conn, scope.org, &job).await?;
    let event = if is_check {
        intake::updated(&job, serde_json::json!({ "state": job.head.state }))
    } else {
        finished(&job)
    };
    tx.record(event).await?;
    tx.commit().await?;
    Ok(Outcome::Done)
}

/// Clears a draft that nobody went on with: its files' bytes are forgotten.
async fn expire(app: &App, claim: &Claim) -> AppResult<Outcome> {
    let scope = scope_of(claim);
    let mut tx = app.db.begin(&scope).await?;
    let id = ImportId(claim.subject);
    let (conn, scope) = tx.parts();
    let Some(mut job) = crate::error::optional(imports::find_for_update(conn, scope, id).await)?
    else {
        return Ok(Outcome::Done);
    };
    if job.head.state.is_busy() {
        return Ok(Outcome::Again(Duration::from_secs(3_600)));
    }
    let was_open = job.head.state.is_open();
    if was_open {
        job.head.state = ImportState::Cancelled;
        job.head.finished_at = Some(clock::now());
        imports::update(conn, scope.org, &job).await?;
    }
    files::delete_chunks(conn, scope.org, id).await?;
    if was_open {
        tx.record(finished(&job)).await?;
    }
    tx.commit().await?;
    Ok(Outcome::Done)
}
