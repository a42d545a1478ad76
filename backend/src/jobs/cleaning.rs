//! Clears away rows whose time is over: a little at a time, so that nobody waits for it, and over and
//! over, so that there is never much.

use crate::app::App;
use crate::clock;
use crate::db::{Conn, Db, Scope};
use crate::error::AppResult;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::QueryResult;
use futures_util::future::BoxFuture;
use shared::event::ActorKind;
use shared::id::OrgId;
use std::time::Duration;

/// How often everything is gone through.
const EVERY: Duration = Duration::from_secs(3_600);
/// The most rows that one transaction removes.
const BATCH: i64 = 500;
/// The rest between two of them.
const REST: Duration = Duration::from_millis(50);
/// The most transactions for one table of one organisation; what is left waits for the next round.
const MOST: usize = 200;

/// Removes at most so many rows of an organisation whose time was over before a moment; answers how many.
pub type Sweep =
    for<'a> fn(&'a mut Conn, OrgId, DateTime<Utc>, i64) -> BoxFuture<'a, QueryResult<usize>>;

/// What is cleared away from one table; the room that owns the table says how.
#[derive(Debug, Clone, Copy)]
pub struct Broom {
    /// The table, as the figures name it.
    pub table: &'static str,
    /// How long rows are kept after their time.
    pub keep: TimeDelta,
    /// How they are removed.
    pub sweep: Sweep,
}

/// All organisations there are.
pub type Organisations = for<'a> fn(&'a Db) -> BoxFuture<'a, AppResult<Vec<OrgId>>>;

/// Runs until the server stops: at once, and then every hour. Several servers may run at the same time:
/// each passes over the rows that another one is removing.
pub async fn run(app: App, organisations: Organisations, brooms: Vec<Broom>) {
    while app.is_serving() {
        if let Err(error) = round(&app, organisations, &brooms).await {
            tracing::warn!(error = %error, "old rows could not be cleared away");
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn round(app: &App, organisations: Organisations, brooms: &[Broom]) -> AppResult<()> {
    let now = clock::now();
    for org in organisations(&app.db).await? {
        for broom in brooms {
            let removed = clear(app, org, broom, now).await?;
            if removed > 0 {
                tracing::info!(org.id = %org, table = broom.table, removed, "old rows are cleared away");
            }
        }
    }
    Ok(())
}

async fn clear(app: &App, org: OrgId, broom: &Broom, now: DateTime<Utc>) -> AppResult<usize> {
    let mut all = 0;
    for _ in 0..MOST {
        if !app.is_serving() {
            break;
        }
        let scope = Scope::of_system(org, ActorKind::System, None);
        let mut tx = app.db.begin(&scope).await?;
        let removed = (broom.sweep)(tx.conn(), org, now - broom.keep, BATCH).await?;
        tx.commit().await?;
        app.figures.rows_removed(broom.table, removed);
        all += removed;
        if i64::try_from(removed).unwrap_or(i64::MAX) < BATCH {
            break;
        }
        tokio::time::sleep(REST).await;
    }
    Ok(all)
}
