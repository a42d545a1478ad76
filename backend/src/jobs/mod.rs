//! Work beside the requests: it runs in the background, resumes after a crash and shows its progress.
//!
//! A row of the queue is one piece of work. A process claims it and says every few seconds that it is
//! still there; when it falls silent, another process, or the same after a restart, takes over. Of one
//! kind, an organisation has one piece under way at a time. The work
//! itself writes in steps and keeps its place in the transaction of each step, after asking
//! [`Claim::hold`] there whether the claim still counts: so a process that was only slow, and not dead,
//! writes nothing twice.

pub mod cleaning;
mod store;

use crate::app::App;
use crate::clock;
use crate::db::{Conn, Db};
use crate::error::AppResult;
use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use shared::id::OrgId;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use uuid::Uuid;

/// How often an idle process looks for work.
const IDLE: Duration = Duration::from_millis(500);
/// How often a process at work says so.
const BEAT: Duration = Duration::from_secs(3);
/// How long it may be silent.
const SILENCE: chrono::TimeDelta = chrono::TimeDelta::seconds(12);
/// How long to wait after a fault before looking again.
const PAUSE: Duration = Duration::from_secs(2);

/// A piece of work that this process does.
#[derive(Debug, Clone)]
pub struct Claim {
    id: Uuid,
    holder: Uuid,
    /// The organisation it is for.
    pub org: OrgId,
    /// What sort of work.
    pub kind: String,
    /// The record it is about.
    pub subject: Uuid,
    /// How often it was begun since its last step, this time included.
    pub attempts: i32,
}

impl Claim {
    /// Whether the claim still counts; if so, it does until the transaction ends.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn hold(&self, conn: &mut Conn) -> AppResult<bool> {
        Ok(store::hold(conn, self.id, self.holder).await?)
    }

    /// The same, in the transaction of a step: once that is committed, the work has come on, and counts as
    /// begun for the first time again.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn step(&self, conn: &mut Conn) -> AppResult<bool> {
        Ok(store::step(conn, self.id, self.holder, clock::now()).await?)
    }
}

/// How a piece of work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// For good.
    Done,
    /// It goes on later, from its last step.
    Again(Duration),
}

/// Does a piece of work.
pub type Work = fn(App, Claim) -> BoxFuture<'static, Outcome>;

/// Queues a piece of work, in the transaction that makes it necessary; queued already, it begins anew at
/// the new time.
///
/// # Errors
/// Those of the database.
pub async fn enqueue(
    conn: &mut Conn,
    org: OrgId,
    kind: &str,
    subject: Uuid,
    due_at: DateTime<Utc>,
) -> AppResult<()> {
    Ok(store::insert(conn, clock::new_id(), org, kind, subject, due_at).await?)
}

/// Queues a piece of work that is due now, unless it is in the queue already.
///
/// # Errors
/// Those of the database.
pub async fn ensure(conn: &mut Conn, org: OrgId, kind: &str, subject: Uuid) -> AppResult<()> {
    Ok(store::ensure(conn, clock::new_id(), org, kind, subject).await?)
}

/// Takes a piece of work out of the queue, also one that is under way: it finds its claim gone.
///
/// # Errors
/// Those of the database.
pub async fn forget(conn: &mut Conn, kind: &str, subject: Uuid) -> AppResult<()> {
    Ok(store::delete_of(conn, kind, subject).await?)
}

/// Runs until the server stops: one piece of work at a time, so that requests keep most of the machine.
pub async fn run(app: App, work: Work) {
    let holder: Uuid = clock::new_id();
    crate::files::sweep(&app.config.data_dir);
    while app.is_serving() {
        match next(&app.db, holder).await {
            Ok(Some(claim)) => attend(&app, work, claim).await,
            Ok(None) => tokio::time::sleep(IDLE).await,
            Err(error) => {
                tracing::warn!(error = %error, "the queue of work cannot be read");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Takes the work back from processes that cannot live any more, instead of waiting for their silence: for
/// who has the database to itself.
///
/// # Errors
/// Those of the database.
pub async fn take_back(db: &Db) -> AppResult<()> {
    let mut conn = db.conn().await?;
    Ok(store::release_all(&mut conn).await?)
}

/// Does one queued piece of work here and now, whatever else is queued; where another process is at it,
/// waits for that. Ends early when the program is asked to stop. For the command line.
///
/// # Errors
/// Those of the database.
pub async fn run_one(app: &App, work: Work, kind: &str, subject: Uuid) -> AppResult<()> {
    let holder: Uuid = clock::new_id();
    while app.is_serving() {
        let mut conn = app.db.conn().await?;
        let now = clock::now();
        store::release_silent(&mut conn, now - SILENCE).await?;
        let claim = store::claim(&mut conn, holder, now, Some((kind, subject))).await?;
        drop(conn);
        match claim {
            Some(claim) => attend(app, work, claim).await,
            None => {
                let mut conn = app.db.conn().await?;
                if !store::exists_of(&mut conn, kind, subject).await? {
                    return Ok(());
                }
                drop(conn);
                tokio::time::sleep(IDLE).await;
            }
        }
    }
    Ok(())
}

async fn next(db: &Db, holder: Uuid) -> AppResult<Option<Claim>> {
    let mut conn = db.conn().await?;
    let now = clock::now();
    store::release_silent(&mut conn, now - SILENCE).await?;
    Ok(store::claim(&mut conn, holder, now, None).await?)
}

/// Does a piece of work and says all the while that it is being done.
async fn attend(app: &App, work: Work, claim: Claim) {
    let beating = tokio::spawn(keep_beating(app.clone(), claim.clone()));
    let outcome = AssertUnwindSafe(work(app.clone(), claim.clone()))
        .catch_unwind()
        .await;
    beating.abort();
    let outcome = outcome.unwrap_or_else(|_| {
        tracing::error!(job.id = %claim.id, job.kind = %claim.kind, "a piece of work panicked");
        Outcome::Again(PAUSE)
    });
    if let Err(error) = settle(app, &claim, outcome).await {
        // The claim falls silent and the work is taken up again.
        tracing::warn!(error = %error, job.id = %claim.id, "the end of work was not written");
    }
}

async fn keep_beating(app: App, claim: Claim) {
    loop {
        tokio::time::sleep(BEAT).await;
        if let Err(error) = beat(&app, &claim).await {
            tracing::warn!(error = %error, job.id = %claim.id, "a sign of life was not written");
        }
    }
}

async fn beat(app: &App, claim: &Claim) -> AppResult<()> {
    let mut conn = app.db.conn().await?;
    Ok(store::beat(&mut conn, claim.id, claim.holder, clock::now()).await?)
}

async fn settle(app: &App, claim: &Claim, outcome: Outcome) -> AppResult<()> {
    let mut conn = app.db.conn().await?;
    match outcome {
        Outcome::Done => store::delete(&mut conn, claim.id, claim.holder).await?,
        Outcome::Again(wait) => {
            let due_at = clock::now() + chrono::TimeDelta::from_std(wait).unwrap_or_default();
            store::release(&mut conn, claim.id, claim.holder, due_at).await?;
        }
    }
    Ok(())
}
