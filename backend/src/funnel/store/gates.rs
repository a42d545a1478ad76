//! What stages ask of deals: the gate in force beside its stage, and every one there was.

use crate::clock;
use crate::db::schema::{stage_gates, stages, users};
use crate::db::{Conn, Scope};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use shared::funnel::gate::StageGate;
use shared::funnel::{GateVersion, Stage};
use shared::id::{OrgId, StageId, UserId};
use uuid::Uuid;

/// A gate as it is kept.
///
/// # Errors
/// When it is none that this server knows.
pub fn read(json: serde_json::Value) -> QueryResult<StageGate> {
    serde_json::from_value(json)
        .map_err(|error| diesel::result::Error::DeserializationError(error.into()))
}

fn write(gate: &StageGate) -> QueryResult<serde_json::Value> {
    serde_json::to_value(gate)
        .map_err(|error| diesel::result::Error::SerializationError(error.into()))
}

/// Puts a gate in force, as that version.
///
/// # Errors
/// Those of the database.
pub async fn set(
    mut conn: &Conn,
    scope: &Scope,
    stage: StageId,
    version: i32,
    gate: &StageGate,
) -> QueryResult<()> {
    let json = write(gate)?;
    let target = stages::table.filter(stages::org_id.eq(scope.org.0).and(stages::id.eq(stage.0)));
    diesel::update(target)
        .set((
            stages::gate.eq(&json),
            stages::gate_version.eq(version),
            stages::updated_at.eq(clock::now()),
        ))
        .execute(&mut conn)
        .await?;
    diesel::insert_into(stage_gates::table)
        .values((
            stage_gates::org_id.eq(scope.org.0),
            stage_gates::stage_id.eq(stage.0),
            stage_gates::version.eq(version),
            stage_gates::gate.eq(&json),
            stage_gates::set_by.eq(scope.user.map(|id| id.0)),
            stage_gates::created_at.eq(clock::now()),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// The gate in force of a stage, with who set it; version 0 asks for nothing and was set by nobody.
///
/// # Errors
/// Those of the database.
pub async fn in_force(conn: &Conn, org: OrgId, stage: Stage) -> QueryResult<GateVersion> {
    let version = stage.gate_version;
    let mut set = list(conn, org, stage.id, version.checked_add(1), 1).await?;
    Ok(set.pop().unwrap_or(GateVersion {
        version,
        gate: stage.gate,
        set_by: None,
        set_by_name: None,
        set_at: None,
    }))
}

/// The gates a stage had, newest first, before a version.
///
/// # Errors
/// Those of the database.
pub async fn list(
    mut conn: &Conn,
    org: OrgId,
    stage: StageId,
    before: Option<i32>,
    limit: i64,
) -> QueryResult<Vec<GateVersion>> {
    type Row = (
        i32,
        serde_json::Value,
        Option<Uuid>,
        Option<String>,
        DateTime<Utc>,
    );
    let mut query = stage_gates::table
        .left_join(
            users::table.on(users::org_id
                .eq(stage_gates::org_id)
                .and(users::id.nullable().eq(stage_gates::set_by))),
        )
        .filter(
            stage_gates::org_id
                .eq(org.0)
                .and(stage_gates::stage_id.eq(stage.0)),
        )
        .select((
            stage_gates::version,
            stage_gates::gate,
            stage_gates::set_by,
            users::name.nullable(),
            stage_gates::created_at,
        ))
        .order(stage_gates::version.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(stage_gates::version.lt(before));
    }
    let rows: Vec<Row> = query.load(&mut conn).await?;
    rows.into_iter()
        .map(|(version, gate, set_by, set_by_name, set_at)| {
            Ok(GateVersion {
                version,
                gate: read(gate)?,
                set_by: set_by.map(UserId),
                set_by_name,
                set_at: Some(set_at),
            })
        })
        .collect()
}
