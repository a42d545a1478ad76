//! Answers to the push questions of stages, and the plan of their tasks, deal by deal.

use super::facts::Subject;
use crate::db::Conn;
use crate::db::schema::{deal_answers, deal_tasks, users};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Uuid as SqlUuid};
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use futures_util::try_join;
use shared::funnel::{DealSheet, PushAnswer, SheetCount, StageTask};
use shared::id::{DealId, OrgId, StageId, UserId};
use std::collections::HashMap;
use uuid::Uuid;

#[derive(Queryable, Selectable)]
#[diesel(table_name = deal_answers)]
struct AnswerRow {
    stage_id: Uuid,
    question: String,
    answer: String,
    answered_by: Option<Uuid>,
    answered_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = deal_tasks)]
struct TaskRow {
    stage_id: Uuid,
    task: String,
    due_on: Option<NaiveDate>,
    person_id: Option<Uuid>,
    done_at: Option<DateTime<Utc>>,
    done_by: Option<Uuid>,
    note: String,
    url: Option<String>,
}

/// What was answered and planned of a deal, at a version of it.
///
/// # Errors
/// Those of the database.
pub async fn read(conn: &Conn, org: OrgId, deal: DealId, version: i32) -> QueryResult<DealSheet> {
    let (answers, tasks) = try_join!(answers(conn, org, deal), tasks(conn, org, deal))?;
    let by = answers.iter().filter_map(|row| row.answered_by);
    let of_tasks = tasks.iter().flat_map(|row| [row.person_id, row.done_by]);
    let mut people: Vec<Uuid> = by.chain(of_tasks.flatten()).collect();
    people.sort_unstable();
    people.dedup();
    let names = names(conn, org, &people).await?;
    let name = |id: Option<Uuid>| id.and_then(|id| names.get(&id).cloned());
    Ok(DealSheet {
        answers: answers
            .into_iter()
            .map(|row| PushAnswer {
                stage_id: StageId(row.stage_id),
                question: row.question,
                text: row.answer,
                answered_by: row.answered_by.map(UserId),
                answered_by_name: name(row.answered_by),
                answered_at: row.answered_at,
            })
            .collect(),
        tasks: tasks
            .into_iter()
            .map(|row| StageTask {
                stage_id: StageId(row.stage_id),
                task: row.task,
                due_on: row.due_on,
                person_id: row.person_id.map(UserId),
                person_name: name(row.person_id),
                done_at: row.done_at,
                done_by: row.done_by.map(UserId),
                done_by_name: name(row.done_by),
                note: row.note,
                url: row.url,
            })
            .collect(),
        version,
    })
}

async fn answers(mut conn: &Conn, org: OrgId, deal: DealId) -> QueryResult<Vec<AnswerRow>> {
    deal_answers::table
        .filter(deal_answers::org_id.eq(org.0))
        .filter(deal_answers::deal_id.eq(deal.0))
        .select(AnswerRow::as_select())
        .order((deal_answers::answered_at, deal_answers::question))
        .load(&mut conn)
        .await
}

async fn tasks(mut conn: &Conn, org: OrgId, deal: DealId) -> QueryResult<Vec<TaskRow>> {
    deal_tasks::table
        .filter(deal_tasks::org_id.eq(org.0))
        .filter(deal_tasks::deal_id.eq(deal.0))
        .select(TaskRow::as_select())
        .order((deal_tasks::due_on.asc().nulls_last(), deal_tasks::task))
        .load(&mut conn)
        .await
}

async fn names(mut conn: &Conn, org: OrgId, ids: &[Uuid]) -> QueryResult<HashMap<Uuid, String>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, String)> = users::table
        .filter(users::org_id.eq(org.0).and(users::id.eq_any(ids)))
        .select((users::id, users::name))
        .load(&mut conn)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Keeps an answer, in place of the one before to the same question of the stage.
///
/// # Errors
/// Those of the database.
pub async fn set_answer(
    mut conn: &Conn,
    org: OrgId,
    deal: DealId,
    answer: &PushAnswer,
) -> QueryResult<()> {
    diesel::insert_into(deal_answers::table)
        .values((
            deal_answers::org_id.eq(org.0),
            deal_answers::deal_id.eq(deal.0),
            deal_answers::stage_id.eq(answer.stage_id.0),
            deal_answers::question.eq(&answer.question),
            deal_answers::answer.eq(&answer.text),
            deal_answers::answered_by.eq(answer.answered_by.map(|id| id.0)),
            deal_answers::answered_at.eq(answer.answered_at),
        ))
        .on_conflict(deal_answers::table.primary_key())
        .do_update()
        .set((
            deal_answers::answer.eq(excluded(deal_answers::answer)),
            deal_answers::answered_by.eq(excluded(deal_answers::answered_by)),
            deal_answers::answered_at.eq(excluded(deal_answers::answered_at)),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Erases an answer.
///
/// # Errors
/// Those of the database.
pub async fn erase_answer(
    mut conn: &Conn,
    org: OrgId,
    deal: DealId,
    (stage, question): (StageId, &str),
) -> QueryResult<()> {
    let target = deal_answers::table.find((org.0, deal.0, stage.0, question));
    diesel::delete(target).execute(&mut conn).await?;
    Ok(())
}

/// Keeps what is said of a task, in place of what was said before.
///
/// # Errors
/// Those of the database.
pub async fn set_task(
    mut conn: &Conn,
    org: OrgId,
    deal: DealId,
    task: &StageTask,
) -> QueryResult<()> {
    diesel::insert_into(deal_tasks::table)
        .values((
            deal_tasks::org_id.eq(org.0),
            deal_tasks::deal_id.eq(deal.0),
            deal_tasks::stage_id.eq(task.stage_id.0),
            deal_tasks::task.eq(&task.task),
            deal_tasks::due_on.eq(task.due_on),
            deal_tasks::person_id.eq(task.person_id.map(|id| id.0)),
            deal_tasks::done_at.eq(task.done_at),
            deal_tasks::done_by.eq(task.done_by.map(|id| id.0)),
            deal_tasks::note.eq(&task.note),
            deal_tasks::url.eq(&task.url),
        ))
        .on_conflict(deal_tasks::table.primary_key())
        .do_update()
        .set((
            deal_tasks::due_on.eq(excluded(deal_tasks::due_on)),
            deal_tasks::person_id.eq(excluded(deal_tasks::person_id)),
            deal_tasks::done_at.eq(excluded(deal_tasks::done_at)),
            deal_tasks::done_by.eq(excluded(deal_tasks::done_by)),
            deal_tasks::note.eq(excluded(deal_tasks::note)),
            deal_tasks::url.eq(excluded(deal_tasks::url)),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Takes a task out of the plan.
///
/// # Errors
/// Those of the database.
pub async fn clear_task(
    mut conn: &Conn,
    org: OrgId,
    deal: DealId,
    (stage, task): (StageId, &str),
) -> QueryResult<()> {
    let target = deal_tasks::table.find((org.0, deal.0, stage.0, task));
    diesel::delete(target).execute(&mut conn).await?;
    Ok(())
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = SqlUuid)]
    deal_id: Uuid,
    #[diesel(sql_type = BigInt)]
    questions: i64,
    #[diesel(sql_type = BigInt)]
    answered: i64,
    #[diesel(sql_type = BigInt)]
    tasks: i64,
    #[diesel(sql_type = BigInt)]
    done: i64,
}

/// How far the sheets of deals are filled, each for the stage its deal is in; as `SheetCount::of` counts.
///
/// # Errors
/// Those of the database.
pub async fn counts(
    mut conn: &Conn,
    org: OrgId,
    subjects: &[Subject],
) -> QueryResult<Vec<(Uuid, SheetCount)>> {
    let deals: Vec<Uuid> = subjects.iter().map(|subject| subject.deal).collect();
    let stages: Vec<Uuid> = subjects.iter().map(|subject| subject.stage).collect();
    let rows: Vec<CountRow> = diesel::sql_query(
        "select asked.deal_id, cardinality(s.questions)::bigint as questions, \
         (select count(*) from unnest(s.questions) as of (question) where exists (\
           select from deal_answers a where a.org_id = $1 and a.deal_id = asked.deal_id \
           and a.stage_id = s.id and a.question = of.question)) as answered, \
         cardinality(s.tasks)::bigint as tasks, \
         (select count(*) from unnest(s.tasks) as of (task) where exists (\
           select from deal_tasks t where t.org_id = $1 and t.deal_id = asked.deal_id \
           and t.stage_id = s.id and t.task = of.task and t.done_at is not null)) as done \
         from unnest($2, $3) as asked (deal_id, stage_id) \
         join stages s on s.org_id = $1 and s.id = asked.stage_id",
    )
    .bind::<SqlUuid, _>(org.0)
    .bind::<Array<SqlUuid>, _>(deals)
    .bind::<Array<SqlUuid>, _>(stages)
    .load(&mut conn)
    .await?;
    let number = |count: i64| usize::try_from(count).unwrap_or(0);
    let read = |row: CountRow| {
        let count = SheetCount {
            questions: number(row.questions),
            answered: number(row.answered),
            tasks: number(row.tasks),
            done: number(row.done),
        };
        (row.deal_id, count)
    };
    Ok(rows.into_iter().map(read).collect())
}
