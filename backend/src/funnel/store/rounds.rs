//! The rounds in which deals were evaluated.

use crate::db::schema::{rounds, users};
use crate::db::{Conn, Scope};
use chrono::{DateTime, Utc};
use diesel::dsl::max;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::funnel::Round;
use shared::id::{DealId, OrgId, RoundId, StageId, UserId};
use uuid::Uuid;

#[derive(Queryable, Selectable)]
#[diesel(table_name = rounds)]
struct RoundRow {
    id: Uuid,
    deal_id: Uuid,
    number: i32,
    stage_id: Uuid,
    gate_version: i32,
    results: serde_json::Value,
    judged: serde_json::Value,
    points: Option<i16>,
    held_by: Option<Uuid>,
    created_at: DateTime<Utc>,
}

impl RoundRow {
    fn read(self, held_by_name: Option<String>) -> QueryResult<Round> {
        Ok(Round {
            id: RoundId(self.id),
            deal_id: DealId(self.deal_id),
            number: self.number,
            stage_id: StageId(self.stage_id),
            gate_version: self.gate_version,
            results: read(self.results)?,
            points: self.points,
            judged: read(self.judged)?,
            held_by: self.held_by.map(UserId),
            held_by_name,
            held_at: self.created_at,
        })
    }
}

fn read<T: DeserializeOwned>(json: serde_json::Value) -> QueryResult<T> {
    serde_json::from_value(json)
        .map_err(|error| diesel::result::Error::DeserializationError(error.into()))
}

fn write<T: Serialize>(value: &T) -> QueryResult<serde_json::Value> {
    serde_json::to_value(value)
        .map_err(|error| diesel::result::Error::SerializationError(error.into()))
}

/// The rounds of a deal, the newest first, before a number.
///
/// # Errors
/// Those of the database.
pub async fn list(
    mut conn: &Conn,
    org: OrgId,
    deal: DealId,
    before: Option<i32>,
    limit: i64,
) -> QueryResult<Vec<Round>> {
    let mut query = rounds::table
        .left_join(
            users::table.on(users::org_id
                .eq(rounds::org_id)
                .and(users::id.nullable().eq(rounds::held_by))),
        )
        .filter(rounds::org_id.eq(org.0).and(rounds::deal_id.eq(deal.0)))
        .select((RoundRow::as_select(), users::name.nullable()))
        .order(rounds::number.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(rounds::number.lt(before));
    }
    let rows: Vec<(RoundRow, Option<String>)> = query.load(&mut conn).await?;
    rows.into_iter().map(|(row, name)| row.read(name)).collect()
}

/// The number the next round of a deal has; the deal must be locked.
///
/// # Errors
/// Those of the database.
pub async fn next_number(mut conn: &Conn, org: OrgId, deal: DealId) -> QueryResult<i32> {
    let last: Option<i32> = rounds::table
        .filter(rounds::org_id.eq(org.0).and(rounds::deal_id.eq(deal.0)))
        .select(max(rounds::number))
        .first(&mut conn)
        .await?;
    Ok(last.unwrap_or(0) + 1)
}

/// Keeps a round.
///
/// # Errors
/// Those of the database.
pub async fn insert(mut conn: &Conn, scope: &Scope, round: &Round) -> QueryResult<()> {
    diesel::insert_into(rounds::table)
        .values((
            rounds::org_id.eq(scope.org.0),
            rounds::id.eq(round.id.0),
            rounds::deal_id.eq(round.deal_id.0),
            rounds::number.eq(round.number),
            rounds::stage_id.eq(round.stage_id.0),
            rounds::gate_version.eq(round.gate_version),
            rounds::results.eq(write(&round.results)?),
            rounds::judged.eq(write(&round.judged)?),
            rounds::points.eq(round.points),
            rounds::shortlist.eq(round.judged.shortlist),
            rounds::chance_soon.eq(round.judged.chance_soon),
            rounds::next_on.eq(round.judged.next_on),
            rounds::held_by.eq(round.held_by.map(|id| id.0)),
            rounds::created_at.eq(round.held_at),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}
