//! What deals weigh by what is known of them, kept up to date: the probability by the evidence, and whether
//! little is to be spent on them (GATE-21).
//!
//! A write of a deal, or of what hangs on it, weighs the deal in its own transaction. What else criteria
//! read (the account, its people, screening, the criteria themselves) queues a piece of work with its event,
//! see `EventKind::weighs`, and so does each new day, since facts count days. What is read is always the figure
//! kept, so sums and cards say the same.

use super::store::facts::{self, Needs, Subject};
use super::store::stages::{self, KnownStage};
use super::store::weights::{self as store, Whose};
use crate::app::App;
use crate::clock;
use crate::db::{Conn, Db, Scope, Tx};
use crate::error::AppResult;
use crate::events::NewEvent;
use crate::identity::store::organisations;
use crate::jobs::{self, Claim, Outcome};
use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use shared::event::{ActorKind, EventKind, SubjectKind, Weighs};
use shared::funnel::gate::{FactSource, Facts, Known, Weight};
use shared::funnel::{Deal, Stage};
use shared::id::{DealId, FunnelId, OrgId};
use std::collections::BTreeMap;
use std::time::Duration;
use uuid::Uuid;

/// Deals weighed in one transaction.
const BATCH: i64 = 200;
/// How long to wait for deals that others write.
const PAUSE: Duration = Duration::from_millis(100);
/// How often to wait for them before the work begins anew.
const PATIENCE: usize = 20;
/// How long to wait when something is in the way.
const LATER: Duration = Duration::from_secs(2);

/// What a deal weighs once it is in a stage, `facts` being what was gathered for the verdict
/// on its move.
///
/// # Errors
/// Those of the database.
pub async fn on_entry(
    conn: &Conn,
    org: OrgId,
    deal: &Deal,
    stage: &Stage,
    facts: Option<&Facts>,
) -> AppResult<Weight> {
    if !Weight::is_given_by(stage) {
        return Ok(Weight::default());
    }
    let now = clock::now();
    // What was gathered tells of the sheet of the stage it left.
    if let Some(gathered) = facts.filter(|_| !stage.gate.asks(FactSource::Sheet)) {
        let known = Known {
            deal,
            gathered,
            now,
        };
        return Ok(Weight::of(stage, &known));
    }
    let found = facts::gather(conn, org, Needs::of([stage]), &[Subject::of(deal)]).await?;
    let gathered = found.into_values().next().unwrap_or_default();
    let known = Known {
        deal,
        gathered: &gathered,
        now,
    };
    Ok(Weight::of(stage, &known))
}

/// Weighs a deal anew whose row the caller holds.
///
/// # Errors
/// Those of the database.
pub async fn one(conn: &Conn, org: OrgId, id: DealId) -> AppResult<()> {
    several(conn, org, &[id.0]).await.map(drop)
}

/// Weighs deals anew whose rows the caller holds, and answers how many have another figure now, by funnel.
///
/// # Errors
/// Those of the database.
pub async fn several(
    conn: &Conn,
    org: OrgId,
    ids: &[Uuid],
) -> AppResult<BTreeMap<FunnelId, usize>> {
    let mut by_funnel: BTreeMap<FunnelId, Vec<Deal>> = BTreeMap::new();
    for deal in store::placeable(conn, org, ids).await? {
        by_funnel.entry(deal.funnel_id).or_default().push(deal);
    }
    let mut changed = BTreeMap::new();
    for (funnel, deals) in by_funnel {
        let stages = stages::list(conn, org, funnel).await?;
        let figures = figures(conn, org, &stages, &deals).await?;
        store::keep(conn, org, &figures).await?;
        if !figures.is_empty() {
            changed.insert(funnel, figures.len());
        }
    }
    Ok(changed)
}

/// What a funnel's deals weigh, where it is something else than what is kept.
async fn figures(
    conn: &Conn,
    org: OrgId,
    stages: &[KnownStage],
    deals: &[Deal],
) -> AppResult<Vec<(Uuid, Weight)>> {
    let stage_of = |deal: &Deal| {
        let mut all = stages.iter().map(|known| &known.stage);
        all.find(|stage| stage.id == deal.stage_id)
    };
    let needs = Needs::of(deals.iter().filter_map(stage_of));
    let subjects: Vec<Subject> = deals.iter().map(Subject::of).collect();
    let mut found = facts::gather(conn, org, needs, &subjects).await?;
    let now = clock::now();
    let weighed = deals.iter().map(|deal| {
        let gathered = found.remove(&deal.id.0).unwrap_or_default();
        let known = Known {
            deal,
            gathered: &gathered,
            now,
        };
        let weight = stage_of(deal).map(|stage| Weight::of(stage, &known));
        (deal, weight.unwrap_or_default())
    });
    Ok(weighed
        .filter(|(deal, weight)| {
            weight.probability != deal.evidence_probability
                || weight.is_low_investment != deal.is_low_investment
        })
        .map(|(deal, weight)| (deal.id.0, weight))
        .collect())
}

/// Queues the daily weighing of organisations that have none yet, as those made before there was one.
///
/// # Errors
/// Those of the database.
pub async fn begin(db: &Db, organisations: &[OrgId]) -> AppResult<()> {
    let mut conn = db.conn().await?;
    for org in organisations {
        jobs::ensure(&mut conn, *org, Weighs::Organisation.as_ref(), org.0).await?;
    }
    Ok(())
}

/// Whether work of the queue is this room's weighing.
#[must_use]
pub fn is_ours(kind: &str) -> bool {
    kind.parse::<Weighs>().is_ok()
}

/// Does a piece of work of the queue.
pub fn work(app: App, claim: Claim) -> BoxFuture<'static, Outcome> {
    Box::pin(async move {
        match go(&app, &claim).await {
            Ok(outcome) => outcome,
            Err(error) => {
                tracing::warn!(error = ?error, subject.id = %claim.subject, "deals are weighed later");
                Outcome::Again(LATER)
            }
        }
    })
}

async fn go(app: &App, claim: &Claim) -> AppResult<Outcome> {
    let whose = match claim.kind.parse::<Weighs>() {
        Ok(Weighs::Account) => Whose::Account(claim.subject),
        Ok(Weighs::Stage) => Whose::Stage(claim.subject),
        Ok(Weighs::Funnel) => Whose::Funnel(claim.subject),
        Ok(Weighs::Organisation) => Whose::Organisation,
        Err(_) => return Ok(Outcome::Done),
    };
    let mut after = None;
    let mut ahead;
    let mut busy: Vec<Uuid> = Vec::new();
    loop {
        let Some(mut tx) = step(app, claim).await? else {
            return Ok(Outcome::Again(Duration::ZERO));
        };
        ahead = organisations::utc_offset(tx.shared(), claim.org).await?;
        let ids = store::standing(tx.shared(), claim.org, whose, after, BATCH).await?;
        let Some(last) = ids.last().copied() else {
            break;
        };
        after = Some(last);
        busy.extend(weigh_free(&mut tx, &ids).await?);
        tx.commit().await?;
    }
    // Waiting for rows in any order could end in a circle, so those that others write come last.
    for _ in 0..PATIENCE {
        if busy.is_empty() {
            break;
        }
        tokio::time::sleep(PAUSE).await;
        let some: Vec<Uuid> = busy.drain(..busy.len().min(BATCH as usize)).collect();
        let Some(mut tx) = step(app, claim).await? else {
            return Ok(Outcome::Again(Duration::ZERO));
        };
        busy.extend(weigh_free(&mut tx, &some).await?);
        tx.commit().await?;
    }
    if !busy.is_empty() {
        return Ok(Outcome::Again(LATER));
    }
    Ok(match whose {
        Whose::Organisation => Outcome::Again(till_tomorrow(clock::now(), ahead)),
        Whose::Account(_) | Whose::Stage(_) | Whose::Funnel(_) => Outcome::Done,
    })
}

/// Opens the transaction of a step; none where the server stops or the claim is gone.
async fn step(app: &App, claim: &Claim) -> AppResult<Option<Tx>> {
    if !app.is_serving() {
        return Ok(None);
    }
    let scope = Scope::of_system(claim.org, ActorKind::System, None);
    let mut tx = app.db.begin(&scope).await?;
    Ok(claim.step(tx.conn()).await?.then_some(tx))
}

/// Weighs those that nobody else writes at the moment, with an event for each funnel in which a figure
/// changed, and answers the others.
async fn weigh_free(tx: &mut Tx, ids: &[Uuid]) -> AppResult<Vec<Uuid>> {
    let org = tx.scope().org;
    let free = store::free(tx.shared(), org, ids).await?;
    for (funnel, deals) in several(tx.shared(), org, &free).await? {
        let event = NewEvent::new(EventKind::FunnelWeighed, SubjectKind::Funnel, funnel.0);
        tx.record(event.with(serde_json::json!({ "deals": deals })))
            .await?;
    }
    let left = ids.iter().filter(|id| !free.contains(id));
    Ok(left.copied().collect())
}

/// How long it is until facts that count days say something else, the organisation's clock being so many
/// minutes ahead of UTC.
fn till_tomorrow(now: DateTime<Utc>, ahead: i16) -> Duration {
    let now = now + TimeDelta::minutes(ahead.into());
    let midnight = now.date_naive().and_time(NaiveTime::MIN).and_utc();
    let next = midnight.checked_add_days(Days::new(1)).unwrap_or(now);
    (next - now).to_std().unwrap_or(LATER) + LATER
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_weighing_is_right_after_midnight() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let wait = till_tomorrow(at("2026-12-31T23:59:50Z"), 0);
        assert_eq!(wait, Duration::from_secs(10) + LATER);
        let wait = till_tomorrow(at("2026-12-31T00:00:00Z"), 0);
        assert_eq!(wait, Duration::from_secs(86_400) + LATER);
        // In Shanghai the day ends at four in the afternoon, by UTC.
        let wait = till_tomorrow(at("2026-12-31T15:59:50Z"), 480);
        assert_eq!(wait, Duration::from_secs(10) + LATER);
        let wait = till_tomorrow(at("2026-12-31T02:00:00Z"), -150);
        assert_eq!(wait, Duration::from_secs(1_800) + LATER);
    }
}
