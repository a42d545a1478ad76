//! Deals: create, read, update, archive. The stage is changed by a move only.

use crate::app::App;
use crate::clock::{self, new_id};
use crate::db::{Conn, Scope, Tx};
use crate::error::{AppError, AppResult, query};
use crate::events::NewEvent;
use crate::funnel::judging;
use crate::funnel::placing;
use crate::funnel::routes::moves::{DryRun, day_there};
use crate::funnel::store::deal_list::Deals;
use crate::funnel::store::deals::{self as store, DealRow};
use crate::funnel::store::{facts, funnels, ranks, stages};
use crate::funnel::weighing;
use crate::funnel::writing::{
    check_account, constraints, index, no_loss, stages_of, write_external, write_lines,
};
use crate::http::shape::ShapeOf;
use crate::http::{Answer, Body, IfMatch, Once, Params, Replay};
use crate::identity::permit::{EditDeals, ReadDeals};
use crate::identity::{Caller, Require};
use actix_web::{delete, get, patch, post, web};
use shared::error::{ErrorCode, Problem};
use shared::event::{EventKind, SubjectKind};
use shared::funnel::{Deal, DealPatch, NewDeal, StageKind, step_on_entry};
use shared::id::{DealId, UserId};
use shared::identity::Permission;
use std::collections::BTreeMap;

type DealShape = ShapeOf<Deals>;

/// Makes a deal, at the top of its column. With `dry_run` the answer is 200 with the deal as it would be.
#[utoipa::path(
    tag = "funnel", operation_id = "create_deal", request_body = NewDeal,
    params(DryRun, ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, body = Deal),
        (status = 200, body = Deal, description = "It would be made; only with `dry_run`."),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_deals"]))
)]
#[post("/deals")]
pub async fn create_deal(
    app: web::Data<App>,
    caller: Require<EditDeals>,
    params: Params<DryRun>,
    once: Once,
    body: Body<NewDeal>,
) -> AppResult<Answer> {
    let is_dry = params.0.dry_run;
    let once = if is_dry { Once::default() } else { once };
    let new = body.value;
    let owner = caller.owner(new.owner_id)?;
    if new.override_reason.is_some() {
        caller.demand(Permission::OverrideGate)?;
    }

    let mut tx = app.db.begin(&caller.scope).await?;
    let claim = match once.begin(&mut tx, "create_deal", &body.hash).await? {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };

    let stages = stages_of(&mut tx, new.funnel_id, new.stage_id).await?;
    let known = match new.stage_id {
        None => stages.iter().find(|known| known.takes_deals()),
        Some(id) => stages.iter().find(|known| known.stage.id == id),
    };
    let known = known.ok_or_else(|| AppError::field("/stage_id", ErrorCode::NoSuchRecord))?;
    let kind = known.stage.fields.kind;
    if !known.takes_deals() {
        return Err(AppError::field("/stage_id", ErrorCode::StageArchived));
    }
    if kind != StageKind::Lost {
        no_loss(new.loss_reason.is_some(), new.loss_note.is_some())?;
    }
    check_account(&mut tx, new.account_id).await?;

    let rank = placing::rank_after(&mut tx, known.stage.id, None, None).await?;
    // A deal that begins as lost has reached the first stage.
    let reached = match kind {
        StageKind::Lost => stages
            .iter()
            .find(|stage| stage.takes_deals())
            .map_or(known.stage.id, |s| s.stage.id),
        _ => known.stage.id,
    };
    let now = clock::now();
    let id: DealId = new_id();
    let mut row = DealRow {
        org_id: caller.scope.org.0,
        id: id.0,
        title: new.title.trim().to_owned(),
        account_id: new.account_id.map(|id| id.0),
        funnel_id: new.funnel_id.0,
        stage_id: known.stage.id.0,
        reached_stage_id: reached.0,
        status: kind.as_ref().to_owned(),
        rank,
        amount: new.amount.map(|money| money.amount),
        currency: new.amount.map(|money| money.currency.to_string()),
        probability: new.probability,
        expected_close_on: new.expected_close_on,
        next_step: new.next_step,
        next_step_on: new.next_step_on,
        owner_id: Some(owner.0),
        loss_reason: new.loss_reason.map(|reason| reason.as_ref().to_owned()),
        loss_note: new.loss_note,
        stage_entered_at: now,
        closed_at: (kind != StageKind::Open).then_some(now),
        version: 1,
        archived_at: None,
        created_at: now,
        updated_at: now,
        override_reason: None,
        expected_profit: new.expected_profit,
        evidence_probability: None,
        is_low_investment: false,
    };
    let names = store::names(tx.shared(), caller.scope.org, &row).await?;
    let entry = judging::Asked {
        deal: &row
            .clone()
            .into_deal(names.account, names.tier, names.owner),
        stages: &stages,
        is_new: true,
        lines: Some(new.lines.len()),
        to: known,
        loss_reason: new.loss_reason,
        override_reason: new.override_reason.as_deref().map(str::trim),
    };
    let allowed = judging::admit(tx.shared(), caller.scope.org, &entry).await?;
    let reason = entry
        .override_reason
        .filter(|_| !allowed.missing.is_empty());
    row.override_reason = reason.map(str::to_owned);
    // Who says no next step gets that of the stage (CLS-26).
    let fields = &known.stage.fields;
    let today = day_there(tx.shared(), caller.scope.org, known).await?;
    if let Some(step) = step_on_entry(row.next_step.as_deref(), None, fields, today) {
        row.next_step = step.next_step;
        row.next_step_on = step.next_step_on;
    }
    let inserted = store::insert(tx.conn(), &row).await;
    constraints(inserted)?;
    write_lines(&mut tx, id, &new.lines).await?;
    write_external(&mut tx, id, &BTreeMap::new(), &new.external_ids).await?;
    weighing::one(tx.shared(), caller.scope.org, id).await?;
    let (conn, scope) = tx.parts();
    let deal = store::find(conn, scope, id).await?;
    if is_dry {
        return Answer::json(&deal);
    }
    index(&mut tx, &deal).await?;
    let created = allowed.tell(event(EventKind::DealCreated, None, &deal));
    tx.record(created.at(deal.created_at)).await?;

    let location = format!("/api/v1/deals/{id}");
    claim
        .finish(tx, Answer::created(&deal, deal.version, location)?)
        .await
}

/// Answers one deal with its products.
#[utoipa::path(
    tag = "funnel", operation_id = "get_deal", params(("id" = DealId, Path), DealShape),
    responses((status = 200, body = Deal), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[get("/deals/{id}")]
pub async fn get_deal(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    id: web::Path<DealId>,
    shape: DealShape,
) -> AppResult<Answer> {
    let scope = &caller.scope;
    let work = async |conn: &Conn| {
        let mut deal = query(store::find(conn, scope, *id)).await?;
        let funnel = query(funnels::find(conn, scope.org, deal.funnel_id)).await?;
        query(facts::adorn(conn, scope.org, &funnel.stages, [&mut deal])).await?;
        Ok(deal)
    };
    let (tx, deal) = app.db.snapshot_with(scope, work).await?;
    let answer = shape.one(&tx, &deal, deal.version).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Changes a deal; its stage stays.
#[utoipa::path(
    tag = "funnel", operation_id = "update_deal", params(("id" = DealId, Path), ("If-Match" = String, Header)),
    request_body = DealPatch,
    responses(
        (status = 200, body = Deal),
        (status = 409, body = Problem, description = "`archived`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_deals"]))
)]
#[patch("/deals/{id}")]
pub async fn update_deal(
    app: web::Data<App>,
    caller: Require<EditDeals>,
    id: web::Path<DealId>,
    if_match: IfMatch,
    body: Body<DealPatch>,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let answer = change(&mut tx, &caller, *id, &if_match, body.value).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Changes a deal, in the caller's transaction.
///
/// # Errors
/// 404 out of view, 412 when somebody was faster, 409 when it is archived, 403 and 422 by its fields.
pub async fn change(
    tx: &mut Tx,
    caller: &Caller,
    id: DealId,
    if_match: &IfMatch,
    patch: DealPatch,
) -> AppResult<Answer> {
    let (old, mut row) = load(tx, id, if_match).await?;
    if row.archived_at.is_some() {
        return Err(AppError::Conflict(ErrorCode::Archived));
    }

    if let Some(owner) = patch.owner_id {
        row.owner_id = new_owner(caller, &row, owner)?.map(|id| id.0);
    }
    if let Some(account) = patch.account_id {
        check_account(tx, account).await?;
        row.account_id = account.map(|id| id.0);
    }
    if let Some(title) = patch.title {
        title.trim().clone_into(&mut row.title);
    }
    if let Some(amount) = patch.amount {
        row.amount = amount.map(|money| money.amount);
        row.currency = amount.map(|money| money.currency.to_string());
    }
    if let Some(profit) = patch.expected_profit {
        row.expected_profit = profit;
    }
    if let Some(probability) = patch.probability {
        row.probability = probability;
    }
    if let Some(date) = patch.expected_close_on {
        row.expected_close_on = date;
    }
    if let Some(step) = patch.next_step {
        row.next_step = step;
    }
    if let Some(date) = patch.next_step_on {
        row.next_step_on = date;
    }
    if row.status != "lost" {
        let note = patch.loss_note.as_ref();
        no_loss(
            patch.loss_reason.is_some(),
            note.is_some_and(Option::is_some),
        )?;
    }
    if let Some(reason) = patch.loss_reason {
        row.loss_reason = Some(reason.as_ref().to_owned());
    }
    if let Some(note) = patch.loss_note {
        row.loss_note = note;
    }
    constraints(store::update(tx.conn(), &row).await)?;
    if let Some(list) = &patch.lines {
        write_lines(tx, id, list).await?;
    }
    if let Some(ids) = &patch.external_ids {
        write_external(tx, id, &old.external_ids, ids).await?;
    }

    written(tx, id, Some(&old), EventKind::DealUpdated).await
}

/// Puts a deal away.
#[utoipa::path(
    tag = "funnel", operation_id = "archive_deal", params(("id" = DealId, Path), ("If-Match" = String, Header)),
    responses(
        (status = 200, body = Deal),
        (status = 409, body = Problem, description = "`archived`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_deals"]))
)]
#[delete("/deals/{id}")]
pub async fn archive_deal(
    app: web::Data<App>,
    caller: Require<EditDeals>,
    id: web::Path<DealId>,
    if_match: IfMatch,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let (old, mut row) = load(&mut tx, *id, &if_match).await?;
    if row.archived_at.is_some() {
        return Err(AppError::Conflict(ErrorCode::Archived));
    }
    row.archived_at = Some(clock::now());
    store::update(tx.conn(), &row).await?;
    let answer = written(&mut tx, *id, Some(&old), EventKind::DealArchived).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Takes a deal back, to the place it had.
#[utoipa::path(
    tag = "funnel", operation_id = "restore_deal",
    params(("id" = DealId, Path), ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 200, body = Deal),
        (status = 409, body = Problem, description = "`stage_archived`, `key_in_flight`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_deals"]))
)]
#[post("/deals/{id}/restore")]
pub async fn restore_deal(
    app: web::Data<App>,
    caller: Require<EditDeals>,
    id: web::Path<DealId>,
    if_match: IfMatch,
    once: Once,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    // There is no body; the key is bound to the id.
    let claim = match once.begin(&mut tx, "restore_deal", id.0.as_bytes()).await? {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };
    // As with a move: first the places of the stage, then the deal.
    let (conn, scope) = tx.parts();
    let stage_id = store::find(conn, scope, *id).await?.stage_id;
    ranks::lock(conn, stage_id).await?;
    let (old, mut row) = load(&mut tx, *id, &if_match).await?;
    let org = caller.scope.org;
    let stage = stages::find(tx.conn(), org, old.stage_id).await?;
    if !stage.takes_deals() || funnels::is_archived(tx.conn(), org, old.funnel_id).await? {
        return Err(AppError::Conflict(ErrorCode::StageArchived));
    }
    row.archived_at = None;
    store::update(tx.conn(), &row).await?;
    let answer = written(&mut tx, *id, Some(&old), EventKind::DealRestored).await?;
    claim.finish(tx, answer).await
}

/// The deal as it is, locked, when the writer has seen its version.
async fn load(tx: &mut Tx, id: DealId, if_match: &IfMatch) -> AppResult<(Deal, DealRow)> {
    let (conn, scope) = tx.parts();
    let row = store::find_for_update(conn, scope, id).await?;
    let deal = store::find(conn, scope, id).await?;
    if_match.check(&deal, row.version)?;
    Ok((deal, row))
}

/// Weighs the deal by the evidence, reads it again, indexes it and records what happened.
async fn written(
    tx: &mut Tx,
    id: DealId,
    old: Option<&Deal>,
    kind: EventKind,
) -> AppResult<Answer> {
    // The deal may just have left the caller's view, by a new owner.
    let everywhere = Scope {
        view: crate::db::View::All,
        ..tx.scope().clone()
    };
    weighing::one(tx.shared(), everywhere.org, id).await?;
    let deal = store::find(tx.conn(), &everywhere, id).await?;
    index(tx, &deal).await?;
    tx.record(event(kind, old, &deal)).await?;
    Answer::versioned(&deal, deal.version)
}

/// The event of a write of a deal.
fn event(kind: EventKind, old: Option<&Deal>, deal: &Deal) -> NewEvent {
    NewEvent::new(kind, SubjectKind::Deal, deal.id.0)
        .on_deal(deal.id)
        .on_account(deal.account_id)
        .owned_by(old.and_then(|old| old.owner_id), deal.owner_id)
        .with_change(old, Some(deal))
}

/// The owner after a change: giving a record away, or taking one, needs the right to assign.
fn new_owner(caller: &Caller, row: &DealRow, owner: Option<UserId>) -> AppResult<Option<UserId>> {
    if owner == row.owner() {
        return Ok(owner);
    }
    match owner {
        Some(owner) if row.owner_id.is_none() => caller.owner(Some(owner)).map(Some),
        Some(owner) => {
            caller.demand(Permission::AssignOwner)?;
            caller.owner(Some(owner)).map(Some)
        }
        None => caller.demand(Permission::AssignOwner).map(|()| None),
    }
}
