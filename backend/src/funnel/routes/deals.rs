//! Deals: create, read, update, archive. The stage is changed by a move only.

use crate::app::App;
use crate::clock::{self, new_id};
use crate::db::{Scope, Tx};
use crate::error::{AppError, AppResult, OnConstraint};
use crate::events::NewEvent;
use crate::funnel::placing;
use crate::funnel::store::deals::{self as store, DealRow};
use crate::funnel::store::{funnels, lines, ranks};
use crate::http::{Answer, Body, IfMatch, Once, Replay};
use crate::identity::permit::{EditDeals, ReadDeals};
use crate::identity::{Caller, Require};
use crate::search;
use actix_web::{delete, get, patch, post, web};
use shared::accounts::HitKind;
use shared::error::{ErrorCode, Problem};
use shared::event::{EventKind, SubjectKind};
use shared::funnel::gate::{MoveFacts, Verdict, judge};
use shared::funnel::{Deal, DealLine, DealPatch, NewDeal, StageKind};
use shared::id::{AccountId, DealId, UserId};
use shared::identity::Permission;

/// Makes a deal, at the top of its column.
#[utoipa::path(
    tag = "funnel", operation_id = "create_deal", request_body = NewDeal,
    responses((status = 201, body = Deal), (status = "4XX", body = Problem)),
    security(("bearer" = ["edit_deals"]))
)]
#[post("/deals")]
pub async fn create_deal(
    app: web::Data<App>,
    caller: Require<EditDeals>,
    once: Once,
    body: Body<NewDeal>,
) -> AppResult<Answer> {
    let new = body.value;
    let owner = caller.owner(new.owner_id)?;

    let mut tx = app.db.begin(&caller.scope).await?;
    let claim = match once.begin(&mut tx, "create_deal", &body.hash).await? {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };

    let stages = funnels::stages(tx.conn(), caller.scope.org, new.funnel_id).await?;
    let known = match new.stage_id {
        None => stages.iter().find(|known| !known.is_archived),
        Some(id) => Some(
            stages
                .iter()
                .find(|known| known.stage.id == id)
                .ok_or_else(|| AppError::field("/stage_id", ErrorCode::NoSuchRecord))?,
        ),
    };
    let known = known.ok_or_else(|| AppError::field("/funnel_id", ErrorCode::NoSuchRecord))?;
    let verdict = judge(&MoveFacts {
        funnel_id: new.funnel_id,
        is_archived: false,
        to: &known.stage,
        is_stage_archived: known.is_archived,
        loss_reason: new.loss_reason,
        known_loss_reason: None,
    });
    if let Verdict::Refused(code) = verdict {
        let pointer = if code == ErrorCode::LossReasonRequired {
            "/loss_reason"
        } else {
            "/stage_id"
        };
        return Err(AppError::field(pointer, code));
    }
    check_account(&mut tx, new.account_id).await?;

    ranks::lock(tx.conn(), known.stage.id).await?;
    let rank = placing::rank_after(tx.conn(), caller.scope.org, known.stage.id, None, None).await?;
    let kind = known.stage.fields.kind;
    // A deal that begins as lost has reached the first stage.
    let reached = match kind {
        StageKind::Lost => stages
            .iter()
            .find(|stage| !stage.is_archived)
            .map_or(known.stage.id, |s| s.stage.id),
        _ => known.stage.id,
    };
    let now = clock::now();
    let id: DealId = new_id();
    let row = DealRow {
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
        loss_reason: new
            .loss_reason
            .filter(|_| kind == StageKind::Lost)
            .map(|reason| reason.as_ref().to_owned()),
        loss_note: new.loss_note.filter(|_| kind == StageKind::Lost),
        stage_entered_at: now,
        closed_at: (kind != StageKind::Open).then_some(now),
        version: 1,
        archived_at: None,
        created_at: now,
        updated_at: now,
    };
    let inserted = store::insert(tx.conn(), &row).await;
    constraints(inserted)?;
    write_lines(&mut tx, id, &new.lines).await?;
    write_external(&mut tx, id, &new.external_ids).await?;
    let (conn, scope) = tx.parts();
    let deal = store::find(conn, scope, id).await?;
    index(&mut tx, &deal).await?;
    tx.record(event(EventKind::DealCreated, None, &deal))
        .await?;

    let location = format!("/api/v1/deals/{id}");
    claim
        .finish(tx, Answer::created(&deal, deal.version, location)?)
        .await
}

/// Answers one deal with its products.
#[utoipa::path(
    tag = "funnel", operation_id = "get_deal", params(("id" = DealId, Path)),
    responses((status = 200, body = Deal), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[get("/deals/{id}")]
pub async fn get_deal(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    id: web::Path<DealId>,
) -> AppResult<Answer> {
    let scope = &caller.scope;
    let deal = app
        .db
        .read(scope, async |conn| Ok(store::find(conn, scope, *id).await?))
        .await?;
    Answer::versioned(&deal, deal.version)
}

/// Changes a deal; its stage stays.
#[utoipa::path(
    tag = "funnel", operation_id = "update_deal", params(("id" = DealId, Path), ("If-Match" = String, Header)),
    request_body = DealPatch,
    responses((status = 200, body = Deal), (status = "4XX", body = Problem)),
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
    let patch = body.value;
    let mut tx = app.db.begin(&caller.scope).await?;
    let (old, mut row) = load(&mut tx, *id, &if_match).await?;
    if row.archived_at.is_some() {
        return Err(AppError::Conflict(ErrorCode::Archived));
    }

    if let Some(owner) = patch.owner_id {
        row.owner_id = new_owner(&caller, &row, owner)?.map(|id| id.0);
    }
    if let Some(account) = patch.account_id {
        check_account(&mut tx, account).await?;
        row.account_id = account.map(|id| id.0);
    }
    if let Some(title) = patch.title {
        title.trim().clone_into(&mut row.title);
    }
    if let Some(amount) = patch.amount {
        row.amount = amount.map(|money| money.amount);
        row.currency = amount.map(|money| money.currency.to_string());
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
    if let Some(reason) = patch.loss_reason {
        if row.status != "lost" {
            return Err(AppError::field("/loss_reason", ErrorCode::NotAllowed));
        }
        row.loss_reason = Some(reason.as_ref().to_owned());
    }
    if let Some(note) = patch.loss_note {
        row.loss_note = note;
    }
    constraints(store::update(tx.conn(), &row).await)?;
    if let Some(list) = &patch.lines {
        write_lines(&mut tx, *id, list).await?;
    }
    if let Some(ids) = &patch.external_ids {
        write_external(&mut tx, *id, ids).await?;
    }

    finish(tx, *id, Some(&old), EventKind::DealUpdated).await
}

/// Puts a deal away.
#[utoipa::path(
    tag = "funnel", operation_id = "archive_deal", params(("id" = DealId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = Deal), (status = "4XX", body = Problem)),
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
    finish(tx, *id, Some(&old), EventKind::DealArchived).await
}

/// Takes a deal back, to the place it had.
#[utoipa::path(
    tag = "funnel", operation_id = "restore_deal", params(("id" = DealId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = Deal), (status = "4XX", body = Problem)),
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
    let (old, mut row) = load(&mut tx, *id, &if_match).await?;
    let stage = funnels::find_stage(tx.conn(), caller.scope.org, old.stage_id).await?;
    if stage.is_archived {
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

/// Reads the deal again, indexes it, records what happened and commits.
async fn finish(mut tx: Tx, id: DealId, old: Option<&Deal>, kind: EventKind) -> AppResult<Answer> {
    let answer = written(&mut tx, id, old, kind).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Reads the deal again, indexes it and records what happened.
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

/// The account must exist and be within view.
async fn check_account(tx: &mut Tx, account: Option<AccountId>) -> AppResult<()> {
    let Some(account) = account else {
        return Ok(());
    };
    let (conn, scope) = tx.parts();
    match store::is_account_archived(conn, scope, account).await? {
        Some(false) => Ok(()),
        Some(true) => Err(AppError::field("/account_id", ErrorCode::Archived)),
        None => Err(AppError::field("/account_id", ErrorCode::NoSuchRecord)),
    }
}

async fn write_lines(tx: &mut Tx, id: DealId, list: &[DealLine]) -> AppResult<()> {
    let org = tx.scope().org;
    lines::replace(tx.conn(), org, id, list)
        .await
        .on_constraint("deal_lines_product_id_fkey", || {
            AppError::field("/lines", ErrorCode::NoSuchRecord)
        })
}

async fn write_external(
    tx: &mut Tx,
    id: DealId,
    ids: &std::collections::BTreeMap<String, String>,
) -> AppResult<()> {
    let org = tx.scope().org;
    store::replace_external(tx.conn(), org, id, ids)
        .await
        .on_constraint("external_ids_pkey", || {
            AppError::field("/external_ids", ErrorCode::Taken)
        })
}

/// Keeps the search index in step with a deal's title.
async fn index(tx: &mut Tx, deal: &Deal) -> AppResult<()> {
    let org = tx.scope().org;
    if deal.archived_at.is_some() {
        search::remove(tx.conn(), org, HitKind::Deal, deal.id.0).await?;
    } else {
        search::index(tx.conn(), org, HitKind::Deal, deal.id.0, &deal.title).await?;
    }
    Ok(())
}

/// Turns breached references into field errors.
fn constraints<T>(result: diesel::QueryResult<T>) -> AppResult<T> {
    result
        .on_constraint("deals_owner_id_fkey", || {
            AppError::field("/owner_id", ErrorCode::NoSuchRecord)
        })
        .on_constraint("deals_account_id_fkey", || {
            AppError::field("/account_id", ErrorCode::NoSuchRecord)
        })
        .on_constraint("deals_currency_check", || {
            AppError::field("/amount/currency", ErrorCode::Required)
        })
}
