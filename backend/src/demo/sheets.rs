//! What was answered to the push questions of the demo's six-step funnel, and what is planned of its tasks
//! (GATE-25, FUN-28).

use crate::clock;
use crate::db::Tx;
use crate::error::AppResult;
use crate::events::NewEvent;
use crate::funnel::store::sheet as store;
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use shared::event::{EventKind, SubjectKind};
use shared::funnel::{Funnel, PushAnswer, Stage, StageKind, StageTask};
use shared::id::{DealId, UserId};

/// What was found out, by the question of the method that asks for it.
const ANSWERS: &[(&str, &str)] = &[
    (
        "客户的预算是多少？",
        "今年技改预算内约 200 万，另有车间自筹",
    ),
    ("有没有具体的采购时间？", "年底前下单，春节后进场"),
    (
        "客户需要的是不是我们擅长、有优势的产品？",
        "在线检测正是强项，节拍已实测",
    ),
    (
        "值得投入吗（赢利、费用和成本、实施风险）？",
        "毛利合理，另有两条产线可以复制",
    ),
    (
        "谁支持我们，谁反对，谁还没有见过？",
        "工艺负责人支持，采购中立，财务还没有见过",
    ),
    ("问题不解决会怎样？", "返工和赔付每月约 12 万，旺季还会翻倍"),
    (
        "与对手相比，客户为什么选择我们？",
        "漏检率低一半，服务两小时到厂",
    ),
    ("还差谁的点头？", "总经理和法务"),
];

/// Fills the sheets of a funnel's deals in part.
///
/// # Errors
/// Those of the database.
pub async fn furnish(
    tx: &mut Tx,
    funnel: &Funnel,
    deals: &[(DealId, usize, Option<UserId>)],
) -> AppResult<()> {
    for (number, (deal, place, owner)) in deals.iter().enumerate() {
        // Some deals keep what was said in the stages behind them.
        let first = if number.is_multiple_of(3) { 0 } else { *place };
        let way = funnel.stages.iter().enumerate().take(place + 1).skip(first);
        for (at, stage) in way.filter(|(_, stage)| stage.fields.kind == StageKind::Open) {
            fill(tx, (*deal, *owner), stage, number, at < *place).await?;
        }
    }
    Ok(())
}

async fn fill(
    tx: &mut Tx,
    (deal, owner): (DealId, Option<UserId>),
    stage: &Stage,
    number: usize,
    is_past: bool,
) -> AppResult<()> {
    let org = tx.scope().org;
    let now = clock::now();
    let ago = |index: usize| now - Duration::days(2 + i64::try_from(index).unwrap_or(0));
    for (index, question) in stage.fields.questions.iter().enumerate() {
        let found = ANSWERS.iter().find(|(asked, _)| asked == question);
        let Some((_, text)) = found.filter(|_| is_past || !(number + index).is_multiple_of(3))
        else {
            continue;
        };
        let answer = PushAnswer {
            stage_id: stage.id,
            question: question.clone(),
            text: (*text).to_owned(),
            answered_by: owner,
            answered_by_name: None,
            answered_at: ago(index),
        };
        store::set_answer(tx.shared(), org, deal, &answer).await?;
        let at = answer.answered_at;
        record(tx, EventKind::SheetAnswered, (deal, owner), at, &answer).await?;
    }
    for (index, task) in stage.fields.tasks.iter().enumerate() {
        let is_done = is_past || (number + index).is_multiple_of(3);
        // Some are late, some lie ahead.
        let days = i64::try_from((number * 5 + index * 4) % 13).unwrap_or(0) - 3;
        let plan = StageTask {
            stage_id: stage.id,
            task: task.clone(),
            due_on: Some((now + Duration::days(days)).date_naive()).filter(|_| !is_done),
            person_id: owner,
            person_name: None,
            done_at: is_done.then(|| ago(index)),
            done_by: owner.filter(|_| is_done),
            done_by_name: None,
            note: String::new(),
            url: None,
        };
        store::set_task(tx.shared(), org, deal, &plan).await?;
        let kind = if is_done {
            EventKind::SheetTaskDone
        } else {
            EventKind::SheetTaskPlanned
        };
        record(tx, kind, (deal, owner), ago(index), &plan).await?;
    }
    Ok(())
}

async fn record<T: Serialize>(
    tx: &mut Tx,
    kind: EventKind,
    (deal, owner): (DealId, Option<UserId>),
    at: DateTime<Utc>,
    new: &T,
) -> AppResult<()> {
    let event = NewEvent::new(kind, SubjectKind::Deal, deal.0)
        .on_deal(deal)
        .owned_by(None, owner)
        .at(at);
    tx.record(event.with_change(None, Some(new))).await?;
    Ok(())
}
