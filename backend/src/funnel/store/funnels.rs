//! Funnels and their stages.

use crate::clock;
use crate::db::Conn;
use crate::db::schema::{deals, funnels, stages};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use shared::funnel::{Funnel, Stage, StageFields};
use shared::id::{FunnelId, OrgId, StageId};
use uuid::Uuid;

#[derive(Queryable, Selectable)]
#[diesel(table_name = funnels)]
struct FunnelRow {
    id: Uuid,
    name: String,
    version: i32,
    archived_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = stages)]
struct StageRow {
    id: Uuid,
    funnel_id: Uuid,
    position: i32,
    name: String,
    kind: String,
    probability: i16,
    probability_high: Option<i16>,
    definition: String,
    goal: String,
    entry_text: String,
    exit_text: String,
    rot_days: Option<i16>,
    colour: String,
    archived_at: Option<DateTime<Utc>>,
}

/// A stage with what the wire type leaves out.
#[derive(Debug, Clone)]
pub struct KnownStage {
    /// The stage.
    pub stage: Stage,
    /// Whether it was archived.
    pub is_archived: bool,
}

impl From<StageRow> for KnownStage {
    fn from(row: StageRow) -> Self {
        Self {
            is_archived: row.archived_at.is_some(),
            stage: Stage {
                id: StageId(row.id),
                funnel_id: FunnelId(row.funnel_id),
                position: row.position,
                fields: StageFields {
                    name: row.name,
                    kind: row.kind.parse().unwrap_or_default(),
                    probability: row.probability,
                    probability_high: row.probability_high,
                    definition: row.definition,
                    goal: row.goal,
                    entry_text: row.entry_text,
                    exit_text: row.exit_text,
                    rot_days: row.rot_days,
                    colour: row.colour.parse().unwrap_or_default(),
                },
            },
        }
    }
}

fn assemble(row: FunnelRow, stages: Vec<Stage>) -> Funnel {
    Funnel {
        id: FunnelId(row.id),
        name: row.name,
        stages,
        version: row.version,
        archived_at: row.archived_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// One funnel with its stages that are not archived.
///
/// # Errors
/// `NotFound`, or those of the database.
pub async fn find(mut conn: &Conn, org: OrgId, id: FunnelId) -> QueryResult<Funnel> {
    let row = funnels::table
        .filter(funnels::org_id.eq(org.0).and(funnels::id.eq(id.0)))
        .select(FunnelRow::as_select())
        .first(&mut conn);
    let (row, stages) = futures_util::try_join!(row, live_stages(conn, org, id))?;
    Ok(assemble(row, stages))
}

/// The same, locked against other changes of the funnel. Deals may refer to it meanwhile: who makes one
/// holds the places of a stage that a change of the funnel waits for.
///
/// # Errors
/// `NotFound`, or those of the database.
pub async fn find_for_update(mut conn: &Conn, org: OrgId, id: FunnelId) -> QueryResult<Funnel> {
    let row: FunnelRow = funnels::table
        .filter(funnels::org_id.eq(org.0).and(funnels::id.eq(id.0)))
        .select(FunnelRow::as_select())
        .for_no_key_update()
        .first(&mut conn)
        .await?;
    let stages = live_stages(conn, org, id).await?;
    Ok(assemble(row, stages))
}

/// Whether a funnel is archived.
///
/// # Errors
/// `NotFound`, or those of the database.
pub async fn is_archived(mut conn: &Conn, org: OrgId, id: FunnelId) -> QueryResult<bool> {
    funnels::table
        .filter(funnels::org_id.eq(org.0).and(funnels::id.eq(id.0)))
        .select(funnels::archived_at.is_not_null())
        .first(&mut conn)
        .await
}

/// All funnels of an organisation, oldest first; an organisation has a handful.
///
/// # Errors
/// Those of the database.
pub async fn list(
    mut conn: &Conn,
    org: OrgId,
    is_archived: bool,
    after: Option<(String, Uuid)>,
    limit: i64,
) -> QueryResult<Vec<Funnel>> {
    let mut query = funnels::table
        .filter(
            funnels::org_id
                .eq(org.0)
                .and(funnels::archived_at.is_not_null().eq(is_archived)),
        )
        .select(FunnelRow::as_select())
        .order((funnels::created_at, funnels::id))
        .limit(limit)
        .into_boxed();
    if let Some((at, id)) = after {
        let at: DateTime<Utc> = at.parse().unwrap_or_default();
        query = query.filter(
            funnels::created_at
                .gt(at)
                .or(funnels::created_at.eq(at).and(funnels::id.gt(id))),
        );
    }
    let rows: Vec<FunnelRow> = query.load(&mut conn).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let all: Vec<StageRow> = stages::table
        .filter(
            stages::org_id
                .eq(org.0)
                .and(stages::funnel_id.eq_any(ids))
                .and(stages::archived_at.is_null()),
        )
        .select(StageRow::as_select())
        .order(stages::position)
        .load(&mut conn)
        .await?;
    let mut all: Vec<Stage> = all
        .into_iter()
        .map(|row| KnownStage::from(row).stage)
        .collect();
    Ok(rows
        .into_iter()
        .map(|row| {
            let (own, rest) = std::mem::take(&mut all)
                .into_iter()
                .partition(|stage| stage.funnel_id.0 == row.id);
            all = rest;
            assemble(row, own)
        })
        .collect())
}

async fn live_stages(conn: &Conn, org: OrgId, funnel: FunnelId) -> QueryResult<Vec<Stage>> {
    let all = stages(conn, org, funnel).await?;
    Ok(all
        .into_iter()
        .filter(|known| !known.is_archived)
        .map(|known| known.stage)
        .collect())
}

/// All stages of a funnel in order, archived ones too.
///
/// # Errors
/// Those of the database.
pub async fn stages(mut conn: &Conn, org: OrgId, funnel: FunnelId) -> QueryResult<Vec<KnownStage>> {
    let rows: Vec<StageRow> = stages::table
        .filter(stages::org_id.eq(org.0).and(stages::funnel_id.eq(funnel.0)))
        .select(StageRow::as_select())
        .order((stages::position, stages::id))
        .load(&mut conn)
        .await?;
    Ok(rows.into_iter().map(KnownStage::from).collect())
}

/// One stage.
///
/// # Errors
/// `NotFound`, or those of the database.
pub async fn find_stage(mut conn: &Conn, org: OrgId, id: StageId) -> QueryResult<KnownStage> {
    let row: StageRow = stages::table
        .filter(stages::org_id.eq(org.0).and(stages::id.eq(id.0)))
        .select(StageRow::as_select())
        .first(&mut conn)
        .await?;
    Ok(row.into())
}

/// Makes a funnel without stages.
///
/// # Errors
/// Those of the database.
pub async fn insert(conn: &mut Conn, org: OrgId, id: FunnelId, name: &str) -> QueryResult<()> {
    diesel::insert_into(funnels::table)
        .values((
            funnels::org_id.eq(org.0),
            funnels::id.eq(id.0),
            funnels::name.eq(name),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Counts the version up, with a new name when one is given.
///
/// # Errors
/// Those of the database.
pub async fn touch(
    conn: &mut Conn,
    org: OrgId,
    id: FunnelId,
    name: Option<&str>,
) -> QueryResult<()> {
    let target = funnels::table.filter(funnels::org_id.eq(org.0).and(funnels::id.eq(id.0)));
    diesel::update(target)
        .set((
            funnels::version.eq(funnels::version + 1),
            funnels::updated_at.eq(clock::now()),
            name.map(|name| funnels::name.eq(name)),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Puts a funnel away, or takes it back.
///
/// # Errors
/// Those of the database.
pub async fn archive(
    conn: &mut Conn,
    org: OrgId,
    id: FunnelId,
    at: Option<DateTime<Utc>>,
) -> QueryResult<()> {
    diesel::update(funnels::table.filter(funnels::org_id.eq(org.0).and(funnels::id.eq(id.0))))
        .set((
            funnels::version.eq(funnels::version + 1),
            funnels::updated_at.eq(clock::now()),
            funnels::archived_at.eq(at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Makes a stage.
///
/// # Errors
/// Those of the database.
pub async fn insert_stage(conn: &mut Conn, org: OrgId, stage: &Stage) -> QueryResult<()> {
    let fields = &stage.fields;
    diesel::insert_into(stages::table)
        .values((
            stages::org_id.eq(org.0),
            stages::id.eq(stage.id.0),
            stages::funnel_id.eq(stage.funnel_id.0),
            stages::position.eq(stage.position),
            stages::name.eq(&fields.name),
            stages::kind.eq(fields.kind.as_ref()),
            stages::probability.eq(fields.probability),
            stages::probability_high.eq(fields.probability_high),
            stages::definition.eq(&fields.definition),
            stages::goal.eq(&fields.goal),
            stages::entry_text.eq(&fields.entry_text),
            stages::exit_text.eq(&fields.exit_text),
            stages::rot_days.eq(fields.rot_days),
            stages::colour.eq(fields.colour.as_ref()),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Changes a stage: all its fields and its place.
///
/// # Errors
/// Those of the database.
pub async fn update_stage(conn: &mut Conn, org: OrgId, stage: &Stage) -> QueryResult<()> {
    let fields = &stage.fields;
    diesel::update(stages::table.filter(stages::org_id.eq(org.0).and(stages::id.eq(stage.id.0))))
        .set((
            stages::position.eq(stage.position),
            stages::name.eq(&fields.name),
            stages::kind.eq(fields.kind.as_ref()),
            stages::probability.eq(fields.probability),
            stages::probability_high.eq(fields.probability_high),
            stages::definition.eq(&fields.definition),
            stages::goal.eq(&fields.goal),
            stages::entry_text.eq(&fields.entry_text),
            stages::exit_text.eq(&fields.exit_text),
            stages::rot_days.eq(fields.rot_days),
            stages::colour.eq(fields.colour.as_ref()),
            stages::updated_at.eq(clock::now()),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Puts a stage away.
///
/// # Errors
/// Those of the database.
pub async fn archive_stage(conn: &mut Conn, org: OrgId, id: StageId) -> QueryResult<()> {
    diesel::update(stages::table.filter(stages::org_id.eq(org.0).and(stages::id.eq(id.0))))
        .set((
            stages::archived_at.eq(clock::now()),
            stages::updated_at.eq(clock::now()),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether any deal that is not archived stands in the stage.
///
/// # Errors
/// Those of the database.
pub async fn holds_deals(mut conn: &Conn, org: OrgId, stage: StageId) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(
        deals::table
            .filter(deals::org_id.eq(org.0).and(deals::stage_id.eq(stage.0)))
            .filter(deals::archived_at.is_null()),
    ))
    .get_result(&mut conn)
    .await
}
