//! What was recorded of deals to be counted.

use crate::clock;
use crate::db::schema::{touches, users};
use crate::db::{Conn, Scope};
use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use shared::funnel::{RuleOutcome, RuleResult, Touch, TouchKind};
use shared::id::{DealId, OrgId, StageId, TouchId, UserId};
use uuid::Uuid;

#[derive(Queryable, Selectable)]
#[diesel(table_name = touches)]
struct TouchRow {
    id: Uuid,
    deal_id: Uuid,
    kind: String,
    at: DateTime<Utc>,
    note: String,
    recorded_by: Option<Uuid>,
    created_at: DateTime<Utc>,
    withdrawn_at: Option<DateTime<Utc>>,
    outcome: Option<serde_json::Value>,
}

impl TouchRow {
    fn read(self, recorded_by_name: Option<String>) -> QueryResult<Touch> {
        Ok(Touch {
            id: TouchId(self.id),
            deal_id: DealId(self.deal_id),
            kind: kind(&self.kind)?,
            at: self.at,
            note: self.note,
            recorded_by: self.recorded_by.map(UserId),
            recorded_by_name,
            recorded_at: self.created_at,
            withdrawn_at: self.withdrawn_at,
            outcome: self.outcome.map(outcome).transpose()?,
        })
    }
}

/// A kind as it is kept.
///
/// # Errors
/// When it is none that this server knows.
pub fn kind(text: &str) -> QueryResult<TouchKind> {
    text.parse().map_err(|error: strum::ParseError| {
        diesel::result::Error::DeserializationError(error.into())
    })
}

fn outcome(json: serde_json::Value) -> QueryResult<RuleOutcome> {
    serde_json::from_value(json)
        .map_err(|error| diesel::result::Error::DeserializationError(error.into()))
}

/// The touches of a deal, the last recorded first, before one of them; those withdrawn too.
///
/// # Errors
/// Those of the database.
pub async fn list(
    mut conn: &Conn,
    org: OrgId,
    deal: DealId,
    before: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<Touch>> {
    let mut query = touches::table
        .left_join(
            users::table.on(users::org_id
                .eq(touches::org_id)
                .and(users::id.nullable().eq(touches::recorded_by))),
        )
        .filter(touches::org_id.eq(org.0).and(touches::deal_id.eq(deal.0)))
        .select((TouchRow::as_select(), users::name.nullable()))
        .order(touches::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(touches::id.lt(before));
    }
    let rows: Vec<(TouchRow, Option<String>)> = query.load(&mut conn).await?;
    rows.into_iter().map(|(row, name)| row.read(name)).collect()
}

/// One touch of a deal, withdrawn or not.
///
/// # Errors
/// `NotFound`, or those of the database.
pub async fn find(mut conn: &Conn, org: OrgId, deal: DealId, id: TouchId) -> QueryResult<Touch> {
    let row: TouchRow = touches::table
        .filter(touches::org_id.eq(org.0).and(touches::id.eq(id.0)))
        .filter(touches::deal_id.eq(deal.0))
        .select(TouchRow::as_select())
        .first(&mut conn)
        .await?;
    row.read(None)
}

/// A touch that counts.
#[derive(Debug, Clone)]
pub struct Counted {
    /// Its id.
    pub id: Uuid,
    /// What happened.
    pub kind: TouchKind,
    /// When.
    pub at: DateTime<Utc>,
    /// The stage a rule took the deal from on it.
    pub taken_from: Option<StageId>,
}

/// What counts of a deal, in the order in which it happened.
///
/// # Errors
/// Those of the database.
pub async fn counted(mut conn: &Conn, org: OrgId, deal: DealId) -> QueryResult<Vec<Counted>> {
    type Row = (Uuid, String, DateTime<Utc>, Option<serde_json::Value>);
    let rows: Vec<Row> = touches::table
        .filter(touches::org_id.eq(org.0).and(touches::deal_id.eq(deal.0)))
        .filter(touches::withdrawn_at.is_null())
        .select((touches::id, touches::kind, touches::at, touches::outcome))
        .order((touches::at, touches::id))
        .load(&mut conn)
        .await?;
    rows.into_iter()
        .map(|(id, text, at, json)| {
            let outcome = json.map(outcome).transpose()?;
            let moved = outcome.filter(|outcome| outcome.result == RuleResult::Moved);
            Ok(Counted {
                id,
                kind: kind(&text)?,
                at,
                taken_from: moved.map(|outcome| outcome.from_stage_id),
            })
        })
        .collect()
}

/// How many of each kind deals have.
///
/// # Errors
/// Those of the database.
pub async fn counts(
    mut conn: &Conn,
    org: OrgId,
    deals: &[Uuid],
) -> QueryResult<Vec<((Uuid, TouchKind), i64)>> {
    let rows: Vec<(Uuid, String, i64)> = touches::table
        .filter(
            touches::org_id
                .eq(org.0)
                .and(touches::deal_id.eq_any(deals)),
        )
        .filter(touches::withdrawn_at.is_null())
        .group_by((touches::deal_id, touches::kind))
        .select((touches::deal_id, touches::kind, count_star()))
        .load(&mut conn)
        .await?;
    rows.into_iter()
        .map(|(deal, text, count)| Ok(((deal, kind(&text)?), count)))
        .collect()
}

/// Keeps a touch.
///
/// # Errors
/// Those of the database.
pub async fn insert(mut conn: &Conn, scope: &Scope, touch: &Touch) -> QueryResult<()> {
    let outcome = touch.outcome.as_ref().map(serde_json::to_value);
    let outcome = outcome
        .transpose()
        .map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
    diesel::insert_into(touches::table)
        .values((
            touches::org_id.eq(scope.org.0),
            touches::id.eq(touch.id.0),
            touches::deal_id.eq(touch.deal_id.0),
            touches::kind.eq(touch.kind.as_ref()),
            touches::at.eq(touch.at),
            touches::note.eq(&touch.note),
            touches::recorded_by.eq(touch.recorded_by.map(|id| id.0)),
            touches::created_at.eq(touch.recorded_at),
            touches::outcome.eq(outcome),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Withdraws a touch of a deal; whether it was there and counted.
///
/// # Errors
/// Those of the database.
pub async fn withdraw(mut conn: &Conn, org: OrgId, deal: DealId, id: TouchId) -> QueryResult<bool> {
    let target = touches::table
        .filter(touches::org_id.eq(org.0).and(touches::id.eq(id.0)))
        .filter(touches::deal_id.eq(deal.0))
        .filter(touches::withdrawn_at.is_null());
    let rows = diesel::update(target)
        .set(touches::withdrawn_at.eq(clock::now()))
        .execute(&mut conn)
        .await?;
    Ok(rows > 0)
}
