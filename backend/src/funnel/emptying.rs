//! Empties a stage that was removed: each deal is moved by the one move command, in a transaction of its
//! own with its event, so nobody waits for longer than for one move. It resumes after a crash where it
//! stopped, since what is left to do is what still stands in the stage.

use crate::app::App;
use crate::db::Scope;
use crate::error::{AppError, AppResult, optional};
use crate::events::NewEvent;
use crate::funnel::routes::moves::{self, AskedMove};
use crate::funnel::store::stages::{self as store, KnownStage, standing_for};
use crate::funnel::store::{funnels, ranks};
use crate::http::{IfMatch, Once};
use crate::jobs::{Claim, Outcome};
use futures_util::future::BoxFuture;
use shared::event::{ActorKind, EventKind, SubjectKind};
use shared::funnel::MoveDeal;
use shared::id::{DealId, StageId};
use std::time::Duration;

/// The kind of this work in the queue; its subject is the stage.
pub const KIND: &str = "empty_stage";

/// Deals looked up at a time.
const BATCH: i64 = 100;
/// Deals at a time whose furthest stage is written anew.
const REACHED: i64 = 1_000;
/// How long to wait when something is in the way.
const PAUSE: Duration = Duration::from_secs(2);

/// Does a piece of work of the queue.
pub fn work(app: App, claim: Claim) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        match go(&app, &claim).await {
            Ok(outcome) => outcome,
            Err(error) => {
                tracing::warn!(error = ?error, stage.id = %claim.subject, "a stage is emptied later");
                Outcome::Again(PAUSE)
            }
        }
    })
}

async fn go(app: &App, claim: &Claim) -> AppResult<Outcome> {
    let id = StageId(claim.subject);
    while app.is_serving() {
        let system = Scope::of_system(claim.org, ActorKind::System, None);
        let mut tx = app.db.begin(&system).await?;
        if !claim.step(tx.conn()).await? {
            return Ok(Outcome::Done);
        }
        let Some(stage) = optional(store::find(tx.conn(), claim.org, id).await)? else {
            return Ok(Outcome::Done);
        };
        let all = store::list(tx.conn(), claim.org, stage.stage.funnel_id).await?;
        let to = standing_for(&all, id);
        if to == id {
            return Ok(Outcome::Done);
        }
        let standing = match stage.is_archived {
            true => Vec::new(),
            false => store::standing(tx.conn(), claim.org, id, BATCH).await?,
        };
        tx.commit().await?;

        if !standing.is_empty() {
            let scope = Scope::of_system(claim.org, ActorKind::System, stage.moved_by);
            if !move_some(app, &scope, standing, to).await? {
                return Ok(Outcome::Again(PAUSE));
            }
        } else if !reach(app, claim, &system, id, to).await? {
            return Ok(Outcome::Again(PAUSE));
        } else if close(app, claim, &stage).await? {
            return Ok(Outcome::Done);
        }
    }
    Ok(Outcome::Again(Duration::ZERO))
}

/// Moves deals, the lowest first and each to the top, so that they keep their order. Answers whether any
/// was moved.
async fn move_some(
    app: &App,
    scope: &Scope,
    deals: Vec<(DealId, i32)>,
    to: StageId,
) -> AppResult<bool> {
    let command = MoveDeal {
        to_stage_id: to,
        after_deal_id: None,
        loss_reason: None,
        loss_note: None,
        override_reason: None,
    };
    let mut has_moved = false;
    for (id, version) in deals {
        let asked = AskedMove {
            id,
            command: &command,
            if_match: IfMatch::Versions(vec![version]),
            is_dry: false,
            once: Once::default(),
            operation: KIND,
            hash: &[],
        };
        match moves::make(&app.db, scope, asked).await {
            Ok(_) => has_moved = true,
            // Somebody was faster, or the destination was removed as well: the next look tells.
            Err(AppError::Stale(_) | AppError::NotFound | AppError::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(has_moved)
}

/// Lets the deals that got as far as the stage have got as far as the one that stands for it. Answers
/// whether all did.
async fn reach(
    app: &App,
    claim: &Claim,
    system: &Scope,
    id: StageId,
    to: StageId,
) -> AppResult<bool> {
    loop {
        let mut tx = app.db.begin(system).await?;
        if !claim.step(tx.conn()).await? {
            return Ok(false);
        }
        let done = store::reach(tx.conn(), claim.org, id, to, REACHED).await?;
        let is_left = done == 0 && store::is_furthest(tx.conn(), claim.org, id).await?;
        tx.commit().await?;
        if done == 0 {
            return Ok(!is_left);
        }
    }
}

/// Archives the stage when nobody stands in it any more, and says that the funnel is another one.
async fn close(app: &App, claim: &Claim, known: &KnownStage) -> AppResult<bool> {
    let (id, funnel) = (known.stage.id, known.stage.funnel_id);
    let scope = Scope::of_system(claim.org, ActorKind::System, known.moved_by);
    let mut tx = app.db.begin(&scope).await?;
    let old = funnels::find_for_update(tx.conn(), claim.org, funnel).await?;
    let mut event = NewEvent::new(EventKind::FunnelUpdated, SubjectKind::Funnel, funnel.0);
    if !known.is_archived {
        ranks::lock(tx.shared(), id).await?;
        if store::holds_deals(tx.shared(), claim.org, id).await? {
            return Ok(false);
        }
        store::archive(tx.conn(), claim.org, id).await?;
        funnels::touch(tx.conn(), claim.org, funnel, None, None).await?;
        let new = funnels::find(tx.conn(), claim.org, funnel).await?;
        event = event.with_change(Some(&old), Some(&new));
    }
    tx.record(event).await?;
    tx.commit().await?;
    Ok(true)
}
