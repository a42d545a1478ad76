//! Imports: their state, choices, plan, progress and report.

use crate::clock;
use crate::db::schema::{imports, users};
use crate::db::{Conn, Scope};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::error::ErrorCode;
use shared::exchange::plan::{Choices, Plan};
use shared::exchange::{
    Import, ImportHead, ImportProgress, ImportReport, ImportState, MissingAmount, UnmetCriteria,
};
use shared::id::{ImportId, OrgId, UserId};
use shared::money::Currency;
use uuid::Uuid;

/// Unfinished imports that are looked at together.
const UNFINISHED: i64 = 50;

#[derive(Queryable, Selectable)]
#[diesel(table_name = imports)]
struct ImportRow {
    id: Uuid,
    state: String,
    created_by: Uuid,
    source: String,
    currency: String,
    missing_amount: String,
    unmet_criteria: String,
    choices: serde_json::Value,
    plan: serde_json::Value,
    report: Option<serde_json::Value>,
    checkpoint: Option<serde_json::Value>,
    rows_done: i64,
    rows_total: i64,
    failure: Option<String>,
    version: i32,
    created_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
}

/// An import as stored.
#[derive(Debug, Clone)]
pub struct Stored {
    /// State, progress, times.
    pub head: ImportHead,
    /// The system the files come from.
    pub source: String,
    /// The currency of amounts whose row names none.
    pub currency: Currency,
    /// What open deals without an amount get.
    pub missing_amount: MissingAmount,
    /// What becomes of open deals that lack what their stage asks.
    pub unmet_criteria: UnmetCriteria,
    /// What a person chose.
    pub choices: Choices,
    /// What it comes to.
    pub plan: Plan,
    /// What the last check or the import found.
    pub report: Option<ImportReport>,
    /// How far it is, for the engine.
    pub checkpoint: Option<serde_json::Value>,
}

impl Stored {
    fn of(row: ImportRow, created_by_name: Option<String>) -> Self {
        let plan: Plan = read(row.plan);
        Self {
            head: ImportHead {
                id: ImportId(row.id),
                state: row.state.parse().unwrap_or(ImportState::Failed),
                file_names: plan.files.iter().map(|file| file.name.clone()).collect(),
                created_by: UserId(row.created_by),
                created_by_name,
                progress: ImportProgress {
                    rows_done: row.rows_done,
                    rows_total: row.rows_total,
                },
                failure: row.failure.and_then(|code| code.parse().ok()),
                version: row.version,
                created_at: row.created_at,
                started_at: row.started_at,
                finished_at: row.finished_at,
            },
            source: row.source,
            currency: Currency::parse(&row.currency).unwrap_or(Currency::CNY),
            missing_amount: row.missing_amount.parse().unwrap_or_default(),
            unmet_criteria: row.unmet_criteria.parse().unwrap_or_default(),
            choices: read(row.choices),
            plan,
            report: row
                .report
                .and_then(|json| serde_json::from_value(json).ok()),
            checkpoint: row.checkpoint,
        }
    }

    /// The wire form.
    #[must_use]
    pub fn into_import(self) -> Import {
        Import {
            head: self.head,
            source: self.source,
            currency: self.currency,
            missing_amount: self.missing_amount,
            unmet_criteria: self.unmet_criteria,
            files: self.plan.files,
            funnel: self.plan.funnel,
            values: self.plan.values,
            open_questions: self.plan.open_questions,
            report: self.report,
        }
    }
}

/// What an older build wrote in a way we no longer read counts as nothing.
fn read<T: DeserializeOwned + Default>(json: serde_json::Value) -> T {
    serde_json::from_value(json).unwrap_or_default()
}

fn write<T: Serialize>(value: &T) -> QueryResult<serde_json::Value> {
    serde_json::to_value(value)
        .map_err(|error| diesel::result::Error::SerializationError(Box::new(error)))
}

/// Makes an import without files.
///
/// # Errors
/// Those of the database.
pub async fn insert(
    conn: &mut Conn,
    org: OrgId,
    id: ImportId,
    user: UserId,
    source: &str,
    currency: Currency,
) -> QueryResult<()> {
    diesel::insert_into(imports::table)
        .values((
            imports::org_id.eq(org.0),
            imports::id.eq(id.0),
            imports::state.eq(ImportState::Draft.as_ref()),
            imports::created_by.eq(user.0),
            imports::source.eq(source),
            imports::currency.eq(currency.as_str()),
            imports::missing_amount.eq(MissingAmount::Empty.as_ref()),
            imports::unmet_criteria.eq(UnmetCriteria::default().as_ref()),
            imports::choices.eq(write(&Choices::default())?),
            imports::plan.eq(write(&Plan::default())?),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// An import within view: made by oneself or somebody one sees.
///
/// # Errors
/// `NotFound`, or those of the database.
pub async fn find(conn: &mut Conn, scope: &Scope, id: ImportId) -> QueryResult<Stored> {
    let (row, name): (ImportRow, Option<String>) = imports::table
        .left_join(
            users::table.on(users::org_id
                .eq(imports::org_id)
                .and(users::id.eq(imports::created_by))),
        )
        .filter(imports::org_id.eq(scope.org.0).and(imports::id.eq(id.0)))
        .select((ImportRow::as_select(), users::name.nullable()))
        .first(conn)
        .await?;
    if scope.sees(Some(row.created_by)) {
        Ok(Stored::of(row, name))
    } else {
        Err(diesel::result::Error::NotFound)
    }
}

/// The same, locked.
///
/// # Errors
/// `NotFound`, or those of the database.
pub async fn find_for_update(conn: &mut Conn, scope: &Scope, id: ImportId) -> QueryResult<Stored> {
    imports::table
        .filter(imports::org_id.eq(scope.org.0).and(imports::id.eq(id.0)))
        .select(imports::id)
        .for_no_key_update()
        .first::<Uuid>(conn)
        .await?;
    find(conn, scope, id).await
}

/// Imports within view, newest first, before a place.
///
/// # Errors
/// Those of the database.
pub async fn list(
    conn: &mut Conn,
    scope: &Scope,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> QueryResult<Vec<Stored>> {
    let mut query = imports::table
        .left_join(
            users::table.on(users::org_id
                .eq(imports::org_id)
                .and(users::id.eq(imports::created_by))),
        )
        .filter(imports::org_id.eq(scope.org.0))
        .select((ImportRow::as_select(), users::name.nullable()))
        .order((imports::created_at.desc(), imports::id))
        .limit(limit)
        .into_boxed();
    if let Some(owners) = scope.owners() {
        query = query.filter(imports::created_by.eq_any(owners));
    }
    if let Some((at, id)) = before {
        query = query.filter(
            imports::created_at
                .lt(at)
                .or(imports::created_at.eq(at).and(imports::id.gt(id))),
        );
    }
    let rows: Vec<(ImportRow, Option<String>)> = query.load(conn).await?;
    Ok(rows
        .into_iter()
        .map(|(row, name)| Stored::of(row, name))
        .collect())
}

/// Imports that somebody started and that are not over, oldest first.
///
/// # Errors
/// Those of the database.
pub async fn unfinished(conn: &mut Conn, org: OrgId, user: UserId) -> QueryResult<Vec<Stored>> {
    let states = [ImportState::Queued, ImportState::Running].map(|state| state.as_ref().to_owned());
    let rows: Vec<ImportRow> = imports::table
        .filter(
            imports::org_id
                .eq(org.0)
                .and(imports::created_by.eq(user.0)),
        )
        .filter(imports::state.eq_any(states))
        .select(ImportRow::as_select())
        .order((imports::created_at, imports::id))
        .limit(UNFINISHED)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| Stored::of(row, None)).collect())
}

/// Writes everything about an import that can change, and counts the version up; answers the version.
///
/// # Errors
/// Those of the database.
pub async fn update(conn: &mut Conn, org: OrgId, new: &Stored) -> QueryResult<i32> {
    let report = new.report.as_ref().map(write).transpose()?;
    diesel::update(
        imports::table.filter(imports::org_id.eq(org.0).and(imports::id.eq(new.head.id.0))),
    )
    .set((
        imports::state.eq(new.head.state.as_ref()),
        imports::source.eq(&new.source),
        imports::currency.eq(new.currency.as_str()),
        imports::missing_amount.eq(new.missing_amount.as_ref()),
        imports::unmet_criteria.eq(new.unmet_criteria.as_ref()),
        imports::choices.eq(write(&new.choices)?),
        imports::plan.eq(write(&new.plan)?),
        imports::report.eq(report),
        imports::checkpoint.eq(&new.checkpoint),
        imports::rows_done.eq(new.head.progress.rows_done),
        imports::rows_total.eq(new.head.progress.rows_total),
        imports::failure.eq(new.head.failure.as_ref().map(ErrorCode::as_ref)),
        imports::started_at.eq(new.head.started_at),
        imports::finished_at.eq(new.head.finished_at),
        imports::updated_at.eq(clock::now()),
        imports::version.eq(imports::version + 1),
    ))
    .returning(imports::version)
    .get_result(conn)
    .await
}

/// Writes how far the rows are dealt with, unless the import was ended meanwhile. Answers whether it goes
/// on.
///
/// # Errors
/// Those of the database.
pub async fn advance(
    conn: &mut Conn,
    org: OrgId,
    id: ImportId,
    state: ImportState,
    checkpoint: &serde_json::Value,
    rows_done: i64,
) -> QueryResult<bool> {
    let count = diesel::update(
        imports::table
            .filter(imports::org_id.eq(org.0).and(imports::id.eq(id.0)))
            .filter(imports::state.eq(state.as_ref())),
    )
    .set((
        imports::checkpoint.eq(checkpoint),
        imports::rows_done.eq(rows_done),
        imports::updated_at.eq(clock::now()),
        imports::version.eq(imports::version + 1),
    ))
    .execute(conn)
    .await?;
    Ok(count == 1)
}
