//! The one move command: every path a deal can take ends here, in one verdict and one transaction.

use crate::accounts::store::classes;
use crate::app::App;
use crate::clock;
use crate::db::{Conn, Db, Scope, Tx};
use crate::error::{AppError, AppResult, optional, query};
use crate::events::{NewEvent, store as events};
use crate::funnel::judging::{self, Allowed};
use crate::funnel::placing;
use crate::funnel::store::deals::{self as store, DealRow, Names};
use crate::funnel::store::ranks;
use crate::funnel::store::stages::{self, KnownStage, standing_for};
use crate::funnel::weighing;
use crate::http::{Answer, Body, IfMatch, Once, Params, Replay};
use crate::identity::Require;
use crate::identity::permit::EditDeals;
use actix_web::{post, web};
use chrono::NaiveDate;
use futures_util::try_join;
use serde::Deserialize;
use shared::error::{ErrorCode, Problem};
use shared::event::{ActorKind, EventKind, MovedData, MovedPlace, SubjectKind};
use shared::funnel::gate::{Passage, Weight};
use shared::funnel::{Deal, MoveDeal, StageKind, StepChange, step_on_entry};
use shared::id::{AccountId, DealId, FunnelId, OrgId, StageId};
use shared::identity::Permission;

/// Whether to do it, or only to say what would come of it.
#[derive(Debug, Default, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct DryRun {
    /// Only asks for the verdict: nothing is written, and no key is used up.
    pub dry_run: bool,
}

/// Moves a deal to a stage and a place in it.
///
/// The server computes the rank; only the moved card changes. A lost stage needs a reason. What the
/// stages on the way ask must be met; otherwise the answer says what is missing, unless somebody with
/// `override_gate` gives a reason.
#[utoipa::path(
    tag = "funnel", operation_id = "move_deal",
    params(("id" = DealId, Path), DryRun, ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    request_body = MoveDeal,
    responses(
        (status = 200, body = Deal),
        (status = 409, body = Problem, description = "`archived`, `stage_archived`, `neighbour_left`, `key_in_flight`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_deals"]))
)]
#[post("/deals/{id}/move")]
pub async fn move_deal(
    app: web::Data<App>,
    caller: Require<EditDeals>,
    id: web::Path<DealId>,
    params: Params<DryRun>,
    if_match: IfMatch,
    once: Once,
    body: Body<MoveDeal>,
) -> AppResult<Answer> {
    if body.value.override_reason.is_some() {
        caller.demand(Permission::OverrideGate)?;
    }
    let asked = AskedMove {
        id: *id,
        command: &body.value,
        if_match,
        is_dry: params.0.dry_run,
        once,
        operation: "move_deal",
        hash: &body.hash,
    };
    make(&app.db, &caller.scope, asked).await
}

/// A move as somebody asks for it.
pub struct AskedMove<'a> {
    /// Which deal.
    pub id: DealId,
    /// Where to.
    pub command: &'a MoveDeal,
    /// The versions the writer has seen.
    pub if_match: IfMatch,
    /// Whether only the verdict is asked for.
    pub is_dry: bool,
    /// The key it is made once for.
    pub once: Once,
    /// The operation that key belongs to.
    pub operation: &'static str,
    /// The body that key is bound to.
    pub hash: &'a [u8],
}

/// Makes a move in a transaction of its own.
///
/// # Errors
/// 404 out of view, 412 when somebody was faster, 409 and 422 by the verdict, those of the key.
pub async fn make(db: &Db, scope: &Scope, asked: AskedMove<'_>) -> AppResult<Answer> {
    let AskedMove {
        id,
        command,
        if_match,
        ..
    } = asked;
    let (mut tx, (replay, row)) = db
        .begin_with(scope, async |conn| {
            // Nobody else chooses a place in the stage until this transaction ends.
            let row = async {
                query(ranks::lock(conn, command.to_stage_id)).await?;
                Ok(optional(store::find_for_update(conn, scope, id).await)?)
            };
            let once = asked.once.look(conn, scope, asked.operation, asked.hash);
            try_join!(once, row)
        })
        .await?;
    let claim = match replay {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };
    let row = row.ok_or(AppError::NotFound)?;
    let conn = tx.shared();
    let (names, stages, rank) = try_join!(
        query(store::names(conn, scope.org, &row)),
        query(stages::list(conn, scope.org, FunnelId(row.funnel_id))),
        // The commonest place, found beside the rest; another one is looked for below.
        placing::rank_at_top(conn, scope.org, command.to_stage_id, id),
    )?;
    if !if_match.matches(row.version) {
        let version = row.version;
        if_match.check(&named(row, names), version)?;
        return Err(AppError::Stale(None));
    }
    let to = target(&tx, &stages, command.to_stage_id).await?;
    let deal = named(row.clone(), names.clone());
    let allowed = judged(&tx, &deal, &stages, &to, command).await?;
    if asked.is_dry {
        return Answer::versioned(&deal, deal.version);
    }

    let rank = match (command.after_deal_id, rank) {
        (None, Some(rank)) => rank,
        (Some(after), _) if after == id => {
            return Err(AppError::field("/after_deal_id", ErrorCode::NotAllowed));
        }
        (after, _) => placing::rank_after(&mut tx, to.stage.id, after, Some(id)).await?,
    };
    let way = Way {
        stages: &stages,
        to: &to,
        today: day_there(tx.shared(), scope.org, &to).await?,
    };
    let mut new = placed(&row, &way, command, rank, &allowed);
    let weighed = weigh(tx.shared(), (&row, &new), &names, &to, &allowed).await?;
    new.weigh(weighed);
    // What the write leaves is known beforehand, so the answer is stored beside it.
    let event = moved(&row, &new, &allowed);
    let deal = named(new.clone(), names);
    let answer = Answer::versioned(&deal, deal.version)?;
    tx.noisy();
    let conn = tx.shared();
    try_join!(
        query(store::place(conn, &new)),
        query(events::insert(conn, scope, event)),
        claim.store(conn, scope, &answer),
    )?;
    tx.commit().await?;
    Ok(answer)
}

/// A move that was allowed in a transaction that writes more than the move.
pub struct Prepared {
    new: DealRow,
    event: NewEvent,
}

/// Asks for the move of a deal by a counted rule: the same verdict, place and event as for anybody. The
/// places of the stage and the deal's row are locked; nothing of the deal is written yet.
///
/// # Errors
/// 409 and 422 by the verdict.
pub async fn prepare_by_rule(
    tx: &mut Tx,
    row: &DealRow,
    stages: &[KnownStage],
    command: &MoveDeal,
    rule: &str,
) -> AppResult<Prepared> {
    let names = store::names(tx.shared(), tx.scope().org, row).await?;
    let to = target(tx, stages, command.to_stage_id).await?;
    let deal = named(row.clone(), names.clone());
    let allowed = judged(tx, &deal, stages, &to, command).await?;
    let rank = placing::rank_after(tx, to.stage.id, None, Some(deal.id)).await?;
    let way = Way {
        stages,
        to: &to,
        today: day_there(tx.shared(), tx.scope().org, &to).await?,
    };
    let mut new = placed(row, &way, command, rank, &allowed);
    let weighed = weigh(tx.shared(), (row, &new), &names, &to, &allowed).await?;
    new.weigh(weighed);
    let event = moved_by(row, &new, &allowed, Some(rule));
    Ok(Prepared { new, event })
}

impl Prepared {
    /// Writes it, with its event by the actor "rule".
    ///
    /// # Errors
    /// Those of the database.
    pub async fn write(self, tx: &mut Tx) -> AppResult<()> {
        let scope = Scope {
            actor: ActorKind::Rule,
            user: None,
            ..tx.scope().clone()
        };
        tx.noisy();
        let conn = tx.shared();
        try_join!(
            query(store::place(conn, &self.new)),
            query(events::insert(conn, &scope, self.event)),
        )?;
        Ok(())
    }
}

/// The verdict on a move.
async fn judged(
    tx: &Tx,
    deal: &Deal,
    stages: &[KnownStage],
    to: &KnownStage,
    command: &MoveDeal,
) -> AppResult<Allowed> {
    let entry = judging::Asked {
        deal,
        stages,
        is_new: false,
        lines: None,
        to,
        loss_reason: command.loss_reason,
        override_reason: command.override_reason.as_deref().map(str::trim),
    };
    judging::admit(tx.shared(), tx.scope().org, &entry).await
}

/// Where a move goes, and on which day.
struct Way<'a> {
    stages: &'a [KnownStage],
    to: &'a KnownStage,
    today: NaiveDate,
}

/// Today where the organisation is; asked only for a stage whose step counts from it.
///
/// # Errors
/// Those of the database.
pub async fn day_there(conn: &Conn, org: OrgId, to: &KnownStage) -> AppResult<NaiveDate> {
    if to.stage.fields.next_step.is_empty() {
        return Ok(clock::now().date_naive());
    }
    query(classes::today(conn, org)).await
}

/// The deal in its new place.
fn placed(
    old: &DealRow,
    way: &Way<'_>,
    command: &MoveDeal,
    rank: String,
    allowed: &Allowed,
) -> DealRow {
    let to = way.to;
    let now = clock::now();
    let mut new = old.clone();
    new.rank = rank;
    new.updated_at = now;
    if new.stage_id != to.stage.id.0 {
        let kind = to.stage.fields.kind;
        new.stage_id = to.stage.id.0;
        new.reached_stage_id = furthest(way.stages, StageId(old.reached_stage_id), to).0;
        kind.as_ref().clone_into(&mut new.status);
        new.stage_entered_at = now;
        new.closed_at = match kind {
            StageKind::Open => None,
            // What goes on after the sale was won when it was won.
            _ if old.status == new.status => old.closed_at,
            StageKind::Won | StageKind::Lost => Some(now),
        };
        if allowed.passage != Passage::Restaged {
            let reason = command.override_reason.as_deref().map(str::trim);
            let reason = reason.filter(|_| !allowed.missing.is_empty());
            new.override_reason = reason.map(str::to_owned);
            step_in(&mut new, way, StageId(old.stage_id));
        }
    }
    if to.stage.fields.kind == StageKind::Lost {
        if let Some(reason) = command.loss_reason {
            new.loss_reason = Some(reason.as_ref().to_owned());
            new.loss_note.clone_from(&command.loss_note);
        }
    } else {
        new.loss_reason = None;
        new.loss_note = None;
    }
    new.version += 1;
    new
}

/// What it weighs in a stage it comes to; within a stage it stays.
async fn weigh(
    conn: &Conn,
    (old, new): (&DealRow, &DealRow),
    names: &Names,
    to: &KnownStage,
    allowed: &Allowed,
) -> AppResult<Weight> {
    if new.stage_id == old.stage_id {
        return Ok(old.weight());
    }
    let (org, facts) = (OrgId(new.org_id), allowed.facts.as_ref());
    let deal = named(new.clone(), names.clone());
    weighing::on_entry(conn, org, &deal, &to.stage, facts).await
}

/// The next step it gets with its stage, in place of none or of that of the stage it leaves (CLS-26).
fn step_in(new: &mut DealRow, way: &Way<'_>, from: StageId) {
    let mut all = way.stages.iter().map(|known| &known.stage);
    let from = all.find(|stage| stage.id == from);
    let change = step_on_entry(
        new.next_step.as_deref(),
        from.map(|from| &from.fields),
        &way.to.stage.fields,
        way.today,
    );
    if let Some(change) = change {
        new.next_step = change.next_step;
        new.next_step_on = change.next_step_on;
    }
}

/// The stage on the way to winning that lies furthest along.
fn furthest(stages: &[KnownStage], reached: StageId, to: &KnownStage) -> StageId {
    let position = |id| {
        stages
            .iter()
            .find(|known| known.stage.id == id)
            .map(|known| known.stage.position)
    };
    // A stage that was removed counts as the one that stands for it.
    let reached = standing_for(stages, reached);
    let is_further = Some(to.stage.position) > position(reached);
    if to.stage.fields.kind != StageKind::Lost && is_further {
        to.stage.id
    } else {
        reached
    }
}

/// The stage asked for: of the deal's funnel, or another one for the verdict to refuse.
async fn target(tx: &Tx, stages: &[KnownStage], id: StageId) -> AppResult<KnownStage> {
    if let Some(known) = stages.iter().find(|known| known.stage.id == id) {
        return Ok(known.clone());
    }
    let found = optional(stages::find(tx.shared(), tx.scope().org, id).await)?;
    found.ok_or_else(|| AppError::field("/to_stage_id", ErrorCode::NoSuchRecord))
}

/// The event of a move: everything a board needs to follow it.
#[must_use]
pub fn moved(old: &DealRow, new: &DealRow, allowed: &Allowed) -> NewEvent {
    moved_by(old, new, allowed, None)
}

fn moved_by(old: &DealRow, new: &DealRow, allowed: &Allowed, rule: Option<&str>) -> NewEvent {
    let side = |row: &DealRow| MovedPlace {
        stage_id: StageId(row.stage_id),
        rank: row.rank.clone(),
    };
    let data = MovedData {
        old: side(old),
        new: side(new),
        version: new.version,
        passage: allowed.passage,
        gate_version: allowed.gate_version,
        judged_by: allowed.judged_by.clone(),
        missing: allowed.criteria(),
        override_reason: new
            .override_reason
            .clone()
            .filter(|_| allowed.passage == Passage::Overridden),
        rule: rule.map(str::to_owned),
        step: step_changed(old, new),
        evidence_probability: new.evidence_probability,
        is_low_investment: new.is_low_investment,
    };
    let event = NewEvent::new(EventKind::DealMoved, SubjectKind::Deal, new.id)
        .on_deal(DealId(new.id))
        .on_account(new.account_id.map(AccountId))
        .owned_by(old.owner(), new.owner())
        // The very moment the deal says it came in.
        .at(new.updated_at)
        .with(serde_json::to_value(data).unwrap_or_default());
    allowed.tell_otherwise(event)
}

/// The next step, where the move changed it.
fn step_changed(old: &DealRow, new: &DealRow) -> Option<StepChange> {
    let step = |row: &DealRow| StepChange {
        next_step: row.next_step.clone(),
        next_step_on: row.next_step_on,
    };
    Some(step(new)).filter(|now| *now != step(old))
}

fn named(row: DealRow, names: Names) -> Deal {
    Deal {
        external_ids: names.external_ids,
        ..row.into_deal(names.account, names.tier, names.owner)
    }
}
