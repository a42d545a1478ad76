//! The sheet of a deal: push questions answered, tasks planned and done.

use super::gate::{changed, event, open_deal};
use crate::app::App;
use crate::clock;
use crate::db::Tx;
use crate::error::{AppError, AppResult, OnConstraint, query};
use crate::events::NewEvent;
use crate::funnel::store::deals::DealRow;
use crate::funnel::store::stages::KnownStage;
use crate::funnel::store::{deals, sheet as store, stages};
use crate::http::{Answer, Body, IfMatch, NoParams, Once, Params, Replay};
use crate::identity::Require;
use crate::identity::permit::{EditDeals, ReadDeals};
use actix_web::{get, post, web};
use futures_util::try_join;
use serde_json::json;
use shared::check::tidy;
use shared::error::{ErrorCode, Problem};
use shared::event::EventKind;
use shared::funnel::{
    AnswerQuestion, DealSheet, MAX_ENTRIES, PlanTask, PushAnswer, StageFields, StageTask,
};
use shared::id::{DealId, FunnelId, StageId};

/// Answers what was answered and planned of a deal, in all its stages.
#[utoipa::path(
    tag = "funnel", operation_id = "get_deal_sheet", params(("id" = DealId, Path)),
    responses((status = 200, body = DealSheet), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[get("/deals/{id}/sheet")]
pub async fn get_deal_sheet(
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
            query(store::read(conn, scope.org, *id, deal.version)).await
        })
        .await?;
    Answer::versioned(&sheet, sheet.version)
}

/// Answers a push question of a stage, in place of the answer before; an empty answer erases it.
///
/// The question is one that the stage asks now, or one that was answered before.
#[utoipa::path(
    tag = "funnel", operation_id = "answer_question", request_body = AnswerQuestion,
    params(
        ("id" = DealId, Path), ("If-Match" = String, Header),
        ("Idempotency-Key" = Option<String>, Header)
    ),
    responses(
        (status = 200, body = DealSheet),
        (status = 409, body = Problem, description = "`archived`, `key_in_flight`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_deals"]))
)]
#[post("/deals/{id}/sheet/answer")]
pub async fn answer_question(
    app: web::Data<App>,
    caller: Require<EditDeals>,
    id: web::Path<DealId>,
    if_match: IfMatch,
    once: Once,
    body: Body<AnswerQuestion>,
) -> AppResult<Answer> {
    let sent = body.value;
    let scope = &caller.scope;
    let org = scope.org;
    let mut tx = app.db.begin(scope).await?;
    let claim = match once.begin(&mut tx, "answer_question", &body.hash).await? {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };
    let row = open_deal(&mut tx, *id, Some(&if_match)).await?;
    let (stages, sheet) = known(&tx, &row).await?;
    let old = sheet.answer(sent.stage_id, &sent.question);
    if old.is_none() {
        let asks = |fields: &StageFields| fields.questions.contains(&sent.question);
        named(&stages, sent.stage_id, "/question", asks)?;
        room("/question", sheet.answers.len())?;
    }
    let text = tidy(Some(sent.text));
    let new = text.map(|text| PushAnswer {
        stage_id: sent.stage_id,
        question: sent.question.clone(),
        text,
        answered_by: scope.user,
        answered_by_name: None,
        answered_at: clock::now(),
    });
    let conn = tx.shared();
    let kind = match (old, &new) {
        (None, None) => None,
        (Some(old), Some(new)) if old.text == new.text => None,
        (_, Some(new)) => {
            store::set_answer(conn, org, *id, new).await?;
            Some(EventKind::SheetAnswered)
        }
        (Some(_), None) => {
            store::erase_answer(conn, org, *id, (sent.stage_id, &sent.question)).await?;
            Some(EventKind::SheetAnswerErased)
        }
    };
    let event = kind.map(|kind| {
        let event = event(kind, &row).with_change(old, new.as_ref());
        about(event, sent.stage_id, &sent.question)
    });
    let answer = finished(&mut tx, &row, event).await?;
    claim.finish(tx, answer).await
}

/// Says what is planned and done of a stage's task, in place of what was said before.
///
/// The task is one that the stage names now, or one that something was said of before; when nothing is
/// said of it any more, it leaves the plan.
#[utoipa::path(
    tag = "funnel", operation_id = "plan_task", request_body = PlanTask,
    params(
        ("id" = DealId, Path), ("If-Match" = String, Header),
        ("Idempotency-Key" = Option<String>, Header)
    ),
    responses(
        (status = 200, body = DealSheet),
        (status = 409, body = Problem, description = "`archived`, `key_in_flight`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_deals"]))
)]
#[post("/deals/{id}/sheet/plan")]
pub async fn plan_task(
    app: web::Data<App>,
    caller: Require<EditDeals>,
    id: web::Path<DealId>,
    if_match: IfMatch,
    once: Once,
    body: Body<PlanTask>,
) -> AppResult<Answer> {
    let sent = body.value;
    let scope = &caller.scope;
    let org = scope.org;
    let mut tx = app.db.begin(scope).await?;
    let claim = match once.begin(&mut tx, "plan_task", &body.hash).await? {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };
    let row = open_deal(&mut tx, *id, Some(&if_match)).await?;
    let (stages, sheet) = known(&tx, &row).await?;
    let old = sheet.task(sent.stage_id, &sent.task);
    if old.is_none() {
        let has = |fields: &StageFields| fields.tasks.contains(&sent.task);
        named(&stages, sent.stage_id, "/task", has)?;
        room("/task", sheet.tasks.len())?;
    }
    let was_done = old.and_then(|old| Some((old.done_at?, old.done_by)));
    let done = sent
        .is_done
        .then(|| was_done.unwrap_or_else(|| (clock::now(), scope.user)));
    let new = StageTask {
        stage_id: sent.stage_id,
        task: sent.task,
        due_on: sent.due_on,
        person_id: sent.person_id,
        person_name: None,
        done_at: done.map(|(at, _)| at),
        done_by: done.and_then(|(_, by)| by),
        done_by_name: None,
        note: sent.note.trim().to_owned(),
        url: tidy(sent.url),
    };
    let new = Some(new).filter(|new| !new.is_blank());
    // Names are those at the time of reading and no part of what is kept.
    let old = old.map(|old| StageTask {
        person_name: None,
        done_by_name: None,
        ..old.clone()
    });
    let conn = tx.shared();
    let event = if new == old {
        None
    } else {
        let at = (sent.stage_id, new.as_ref().or(old.as_ref()));
        let task = at.1.map(|task| task.task.clone()).unwrap_or_default();
        match &new {
            Some(new) => store::set_task(conn, org, *id, new)
                .await
                .on_constraint("deal_tasks_person_id_fkey", || {
                    AppError::field("/person_id", ErrorCode::NoSuchRecord)
                })?,
            None => store::clear_task(conn, org, *id, (sent.stage_id, &task)).await?,
        }
        let kind = match done {
            Some(_) if was_done.is_none() => EventKind::SheetTaskDone,
            _ => EventKind::SheetTaskPlanned,
        };
        let event = event(kind, &row).with_change(old.as_ref(), new.as_ref());
        Some(about(event, sent.stage_id, &task))
    };
    let answer = finished(&mut tx, &row, event).await?;
    claim.finish(tx, answer).await
}

/// The stages of a deal's funnel and its sheet.
async fn known(tx: &Tx, row: &DealRow) -> AppResult<(Vec<KnownStage>, DealSheet)> {
    let (conn, org) = (tx.shared(), tx.scope().org);
    Ok(try_join!(
        query(stages::list(conn, org, FunnelId(row.funnel_id))),
        query(store::read(conn, org, DealId(row.id), row.version)),
    )?)
}

/// Refuses what a stage of the funnel does not say.
fn named(
    stages: &[KnownStage],
    id: StageId,
    pointer: &str,
    says: impl Fn(&StageFields) -> bool,
) -> AppResult<()> {
    let mut live = stages.iter().filter(|known| !known.is_archived);
    match live.find(|known| known.stage.id == id) {
        None => Err(AppError::field("/stage_id", ErrorCode::NoSuchRecord)),
        Some(known) if !says(&known.stage.fields) => {
            Err(AppError::field(pointer, ErrorCode::NoSuchRecord))
        }
        Some(_) => Ok(()),
    }
}

/// Refuses an entry more than a sheet holds.
fn room(pointer: &str, entries: usize) -> AppResult<()> {
    if entries < MAX_ENTRIES {
        Ok(())
    } else {
        Err(AppError::field(pointer, ErrorCode::TooManyItems))
    }
}

/// Names the question or task, which a change alone leaves out.
fn about(mut event: NewEvent, stage: StageId, words: &str) -> NewEvent {
    if let Some(data) = event.data.as_object_mut() {
        let about = json!({ "stage_id": stage, "text": words });
        data.insert("about".to_owned(), about);
    }
    event
}

/// Records what happened, if anything did, and answers the sheet as it is then.
async fn finished(tx: &mut Tx, row: &DealRow, event: Option<NewEvent>) -> AppResult<Answer> {
    let id = DealId(row.id);
    let version = match event {
        Some(event) => changed(tx, id, event).await?,
        None => row.version,
    };
    let sheet = store::read(tx.shared(), tx.scope().org, id, version).await?;
    Answer::versioned(&sheet, version)
}
