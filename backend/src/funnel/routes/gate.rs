//! What a gate knows of a deal: its evidence and its five tests; and what stages ask.

use crate::accounts::store::contacts;
use crate::app::App;
use crate::clock::{self, new_id};
use crate::db::{Conn, Scope, Tx};
use crate::error::{AppError, AppResult, optional, query};
use crate::events::NewEvent;
use crate::funnel::store::deals::{self, DealRow};
use crate::funnel::store::facts::{self, Needs, Subject};
use crate::funnel::store::{evidence as store, funnels, gates, stages};
use crate::funnel::weighing;
use crate::http::page::{PageParams, limit};
use crate::http::{Answer, Body, Cursor, IfMatch, NoParams, Once, Params, Replay};
use crate::identity::Require;
use crate::identity::permit::{EditDeals, EditFunnels, ReadDeals, ReadFunnels};
use actix_web::{delete, get, post, put, web};
use futures_util::try_join;
use shared::check::tidy;
use shared::error::{ErrorCode, FieldError, Problem};
use shared::event::{EventKind, SubjectKind};
use shared::funnel::gate::StageGate;
use shared::funnel::{Evidence, GateSheet, GateVersion, MAX_EVIDENCE, NewEvidence, TestAnswers};
use shared::id::{AccountId, ContactId, CriterionId, DealId, EvidenceId, FunnelId, StageId};
use shared::page::Page;
use std::collections::HashSet;

/// Answers what a stage asks of the deals that come and go.
#[utoipa::path(
    tag = "funnel", operation_id = "get_stage_gate", params(("id" = StageId, Path)),
    responses((status = 200, body = GateVersion), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_funnels"]))
)]
#[get("/stages/{id}/gate")]
pub async fn get_stage_gate(
    app: web::Data<App>,
    caller: Require<ReadFunnels>,
    id: web::Path<StageId>,
    _: Params<NoParams>,
) -> AppResult<Answer> {
    let org = caller.scope.org;
    let gate = app
        .db
        .read(&caller.scope, async |conn| {
            let stage = query(stages::find(conn, org, *id)).await?.stage;
            query(gates::in_force(conn, org, stage)).await
        })
        .await?;
    Answer::versioned(&gate, gate.version)
}

/// Sets what a stage asks of the deals that come and go, as a new version. Deals that are in it stay.
#[utoipa::path(
    tag = "funnel", operation_id = "set_stage_gate",
    params(("id" = StageId, Path), ("If-Match" = String, Header)), request_body = StageGate,
    responses(
        (status = 200, body = GateVersion),
        (status = 409, body = Problem, description = "`archived`, `stage_archived`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_funnels"]))
)]
#[put("/stages/{id}/gate")]
pub async fn set_stage_gate(
    app: web::Data<App>,
    caller: Require<EditFunnels>,
    id: web::Path<StageId>,
    if_match: IfMatch,
    body: Body<StageGate>,
) -> AppResult<Answer> {
    let org = caller.scope.org;
    let mut tx = app.db.begin(&caller.scope).await?;
    let funnel = stages::find(tx.conn(), org, *id).await?.stage.funnel_id;
    let funnel = funnels::find_for_update(tx.conn(), org, funnel).await?;
    // Read again: nobody changes the funnel's stages from here on.
    let known = stages::find(tx.conn(), org, *id).await?;
    let old = gates::in_force(tx.shared(), org, known.stage).await?;
    if_match.check(&old, old.version)?;
    if funnel.archived_at.is_some() {
        return Err(AppError::Conflict(ErrorCode::Archived));
    }
    if known.is_archived {
        return Err(AppError::Conflict(ErrorCode::StageArchived));
    }
    let others = stages::list(tx.shared(), org, funnel.id).await?;
    let taken: HashSet<CriterionId> = others
        .iter()
        .filter(|other| !other.is_archived && other.stage.id != *id)
        .flat_map(|other| &other.stage.gate.criteria)
        .map(|criterion| criterion.id)
        .collect();
    // Evidence is filed for a criterion by its id: two stages with one would be met by one letter.
    let twice: Vec<FieldError> = (0..)
        .zip(&body.value.criteria)
        .filter(|(_, criterion)| taken.contains(&criterion.id))
        .map(|(index, _): (usize, _)| {
            FieldError::new(format!("/criteria/{index}/id"), ErrorCode::Taken)
        })
        .collect();
    if !twice.is_empty() {
        return Err(twice.into());
    }
    let (conn, scope) = tx.parts();
    gates::set(conn, scope, *id, old.version + 1, &body.value).await?;
    funnels::touch(tx.conn(), org, funnel.id, None, None).await?;
    let stage = stages::find(tx.conn(), org, *id).await?.stage;
    let new = gates::in_force(tx.shared(), org, stage).await?;
    let event = NewEvent::new(EventKind::StageUpdated, SubjectKind::Stage, id.0);
    tx.record(event.with_change(Some(&old), Some(&new))).await?;
    tx.commit().await?;
    Answer::versioned(&new, new.version)
}

/// Lists what a stage asked over time, newest first.
#[utoipa::path(
    tag = "funnel", operation_id = "list_stage_gates", params(("id" = StageId, Path), PageParams),
    responses((status = 200, body = Page<GateVersion>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_funnels"]))
)]
#[get("/stages/{id}/gates")]
pub async fn list_stage_gates(
    app: web::Data<App>,
    caller: Require<ReadFunnels>,
    id: web::Path<StageId>,
    params: Params<PageParams>,
) -> AppResult<Answer> {
    let limit = limit(params.0.limit)?;
    let what = format!("gates:{id}");
    let before: Option<i32> = Cursor::read(&what, params.0.cursor.as_deref())?;
    let org = caller.scope.org;
    let rows = app
        .db
        .read(&caller.scope, async |conn| {
            let (_, rows) = try_join!(
                query(stages::find(conn, org, *id)),
                query(gates::list(conn, org, *id, before, limit + 1)),
            )?;
            Ok(rows)
        })
        .await?;
    let mut page = Cursor::page(&what, rows, limit, |gate| gate.version)?;
    page.next = page
        .next_cursor
        .as_ref()
        .map(|cursor| format!("/api/v1/stages/{id}/gates?limit={limit}&cursor={cursor}"));
    Answer::list(&page)
}

/// Answers everything the gates know of a deal: facts, evidence and the five tests.
#[utoipa::path(
    tag = "funnel", operation_id = "get_gate_sheet", params(("id" = DealId, Path)),
    responses((status = 200, body = GateSheet), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[get("/deals/{id}/gate")]
pub async fn get_gate_sheet(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    id: web::Path<DealId>,
    _: Params<NoParams>,
) -> AppResult<Answer> {
    let scope = &caller.scope;
    let sheet = app
        .db
        .read(scope, async |conn| {
            let deal = query(deals::find(conn, scope, *id)).await?;
            read_sheet(
                conn,
                scope,
                deal.funnel_id,
                Subject::of(&deal),
                deal.version,
            )
            .await
        })
        .await?;
    Answer::versioned(&sheet, sheet.version)
}

/// Files evidence for a criterion of a deal.
#[utoipa::path(
    tag = "funnel", operation_id = "file_evidence", request_body = NewEvidence,
    params(("id" = DealId, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, body = Evidence),
        (status = 409, body = Problem, description = "`archived`, `key_in_flight`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_deals"]))
)]
#[post("/deals/{id}/evidence")]
pub async fn file_evidence(
    app: web::Data<App>,
    caller: Require<EditDeals>,
    id: web::Path<DealId>,
    once: Once,
    body: Body<NewEvidence>,
) -> AppResult<Answer> {
    let new = body.value;
    let scope = &caller.scope;
    let mut tx = app.db.begin(scope).await?;
    let claim = match once.begin(&mut tx, "file_evidence", &body.hash).await? {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };
    let row = open_deal(&mut tx, *id, None).await?;
    let conn = tx.shared();
    let (stages, filed) = try_join!(
        query(stages::list(conn, scope.org, FunnelId(row.funnel_id))),
        query(store::list(conn, scope.org, *id)),
    )?;
    let mut known = stages.iter().flat_map(|known| &known.stage.gate.criteria);
    let criterion = known.find(|criterion| criterion.id == new.criterion_id);
    let criterion =
        criterion.ok_or_else(|| AppError::field("/criterion_id", ErrorCode::NoSuchRecord))?;
    // What is met by facts alone stays unmet whatever is filed for it.
    if !criterion.rule.asks_evidence() {
        return Err(AppError::field(
            "/criterion_id",
            ErrorCode::EvidenceNotAsked,
        ));
    }
    if filed.len() >= usize::try_from(MAX_EVIDENCE).unwrap_or(usize::MAX) {
        return Err(AppError::field("/criterion_id", ErrorCode::TooManyItems));
    }
    let contact_name = person_there(conn, scope, &row, new.contact_id).await?;
    let evidence = Evidence {
        id: new_id(),
        deal_id: *id,
        criterion_id: new.criterion_id,
        title: new.title.trim().to_owned(),
        url: tidy(new.url),
        contact_id: new.contact_id,
        contact_name,
        filed_by: scope.user,
        filed_by_name: None,
        filed_at: clock::now(),
    };
    store::insert(conn, scope, &evidence).await?;
    let event = event(EventKind::EvidenceFiled, &row);
    changed(&mut tx, *id, event.with_change(None, Some(&evidence))).await?;
    let location = format!("/api/v1/deals/{id}/gate");
    claim
        .finish(tx, Answer::created(&evidence, 1, location)?)
        .await
}

/// Withdraws a piece of evidence; it stays readable in the deal's history.
#[utoipa::path(
    tag = "funnel", operation_id = "withdraw_evidence",
    params(("id" = DealId, Path), ("evidence_id" = EvidenceId, Path), ("If-Match" = String, Header)),
    responses(
        (status = 200, body = GateSheet),
        (status = 409, body = Problem, description = "`archived`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_deals"]))
)]
#[delete("/deals/{id}/evidence/{evidence_id}")]
pub async fn withdraw_evidence(
    app: web::Data<App>,
    caller: Require<EditDeals>,
    path: web::Path<(DealId, EvidenceId)>,
    if_match: IfMatch,
) -> AppResult<Answer> {
    let (id, evidence_id) = path.into_inner();
    let org = caller.scope.org;
    let mut tx = app.db.begin(&caller.scope).await?;
    let row = open_deal(&mut tx, id, Some(&if_match)).await?;
    let filed = store::list(tx.shared(), org, id).await?;
    let old = filed.iter().find(|one| one.id == evidence_id);
    if !store::withdraw(tx.shared(), org, id, evidence_id).await? {
        return Err(AppError::NotFound);
    }
    let event = event(EventKind::EvidenceWithdrawn, &row).with_change(old, None);
    let answer = finished(&mut tx, &row, event).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Answers the five tests of a deal, in place of the answers before.
#[utoipa::path(
    tag = "funnel", operation_id = "answer_tests",
    params(("id" = DealId, Path), ("If-Match" = String, Header)), request_body = TestAnswers,
    responses(
        (status = 200, body = GateSheet),
        (status = 409, body = Problem, description = "`archived`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_deals"]))
)]
#[put("/deals/{id}/tests")]
pub async fn answer_tests(
    app: web::Data<App>,
    caller: Require<EditDeals>,
    id: web::Path<DealId>,
    if_match: IfMatch,
    body: Body<TestAnswers>,
) -> AppResult<Answer> {
    let org = caller.scope.org;
    let mut tx = app.db.begin(&caller.scope).await?;
    let row = open_deal(&mut tx, *id, Some(&if_match)).await?;
    let (old, _) = store::scores(tx.shared(), org, *id).await?;
    store::set_tests(tx.shared(), org, *id, &body.value).await?;
    let event = event(EventKind::TestsAnswered, &row).with_change(Some(&old), Some(&body.value));
    let answer = finished(&mut tx, &row, event).await?;
    tx.commit().await?;
    Ok(answer)
}

/// The deal, locked, within view and not archived, when the writer has seen its version.
pub(super) async fn open_deal(
    tx: &mut Tx,
    id: DealId,
    if_match: Option<&IfMatch>,
) -> AppResult<DealRow> {
    let (conn, scope) = tx.parts();
    let row = deals::find_for_update(conn, scope, id).await?;
    if let Some(if_match) = if_match.filter(|if_match| !if_match.matches(row.version)) {
        let deal = deals::find(conn, scope, id).await?;
        if_match.check(&deal, row.version)?;
    }
    if row.archived_at.is_some() {
        return Err(AppError::Conflict(ErrorCode::Archived));
    }
    Ok(row)
}

/// The name of a person at the deal's account; none where nobody is named.
pub(super) async fn person_there(
    conn: &Conn,
    scope: &Scope,
    row: &DealRow,
    contact: Option<ContactId>,
) -> AppResult<Option<String>> {
    let Some(contact) = contact else {
        return Ok(None);
    };
    optional(contacts::find(conn, scope, contact).await)?
        .filter(|found| Some(found.account_id.0) == row.account_id)
        .filter(|found| found.archived_at.is_none())
        .map(|found| Some(found.name))
        .ok_or_else(|| AppError::field("/contact_id", ErrorCode::NoSuchRecord))
}

/// The event of something that hangs on a deal.
pub(super) fn event(kind: EventKind, row: &DealRow) -> NewEvent {
    NewEvent::new(kind, SubjectKind::Deal, row.id)
        .on_deal(DealId(row.id))
        .on_account(row.account_id.map(AccountId))
        .owned_by(row.owner(), row.owner())
}

/// Counts the deal's version up, weighs it anew by the evidence, and records what happened.
pub(super) async fn changed(tx: &mut Tx, id: DealId, event: NewEvent) -> AppResult<i32> {
    let org = tx.scope().org;
    let version = deals::touch(tx.shared(), org, id).await?;
    weighing::one(tx.shared(), org, id).await?;
    tx.record(event).await?;
    Ok(version)
}

/// The same, and the sheet as it is then.
pub(super) async fn finished(tx: &mut Tx, row: &DealRow, event: NewEvent) -> AppResult<Answer> {
    let id = DealId(row.id);
    let version = changed(tx, id, event).await?;
    let (conn, scope) = tx.parts();
    let sheet = read_sheet(
        conn,
        scope,
        FunnelId(row.funnel_id),
        Subject {
            deal: row.id,
            stage: row.stage_id,
            account: row.account_id,
        },
        version,
    )
    .await?;
    Answer::versioned(&sheet, sheet.version)
}

async fn read_sheet(
    conn: &Conn,
    scope: &Scope,
    funnel: FunnelId,
    subject: Subject,
    version: i32,
) -> AppResult<GateSheet> {
    let id = DealId(subject.deal);
    let (stages, evidence, (tests, elements)) = try_join!(
        query(stages::list(conn, scope.org, funnel)),
        query(store::list(conn, scope.org, id)),
        query(store::scores(conn, scope.org, id)),
    )?;
    let live = stages.iter().filter(|known| !known.is_archived);
    let needs = Needs::of(live.map(|known| &known.stage));
    let mut facts = facts::gather(conn, scope.org, needs, &[subject]).await?;
    Ok(GateSheet {
        facts: facts.remove(&subject.deal).unwrap_or_default(),
        evidence,
        tests,
        elements,
        version,
    })
}
