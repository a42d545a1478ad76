//! The stages of funnels.

use super::gates;
use crate::clock;
use crate::db::Conn;
use crate::db::schema::{deals, stages};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use shared::funnel::{Stage, StageFields, StagePart};
use shared::id::{DealId, FunnelId, OrgId, StageId, UserId};
use uuid::Uuid;

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
    tasks: Vec<String>,
    questions: Vec<String>,
    roles: Vec<String>,
    is_ours: bool,
    moved_to_id: Option<Uuid>,
    moved_by: Option<Uuid>,
    gate: serde_json::Value,
    gate_version: i32,
    attention: Option<String>,
    next_step: String,
    next_step_days: Option<i16>,
    our_parts: Vec<String>,
}

/// A stage with what the wire type leaves out.
#[derive(Debug, Clone)]
pub struct KnownStage {
    /// The stage.
    pub stage: Stage,
    /// Whether it was archived.
    pub is_archived: bool,
    /// Where its deals went or are going, when it was removed.
    pub moved_to: Option<StageId>,
    /// Who removed it.
    pub moved_by: Option<UserId>,
}

impl KnownStage {
    /// Whether a deal may come in: it is not archived and not being emptied.
    #[must_use]
    pub fn takes_deals(&self) -> bool {
        !self.is_archived && self.moved_to.is_none()
    }
}

/// The stage that stands for another one: itself while it takes deals, else where its deals went, and so
/// on.
#[must_use]
pub fn standing_for(all: &[KnownStage], id: StageId) -> StageId {
    let mut now = id;
    // As many steps as there are stages, should the references ever lead in a circle.
    for _ in all {
        let known = all.iter().find(|known| known.stage.id == now);
        match known.and_then(|known| known.moved_to) {
            Some(next) => now = next,
            None => break,
        }
    }
    now
}

impl StageRow {
    /// The stage. A gate that a newer server wrote is an error: to leave a part of it out would let deals
    /// pass that it is made to hold.
    fn read(self) -> QueryResult<KnownStage> {
        let row = self;
        Ok(KnownStage {
            is_archived: row.archived_at.is_some(),
            moved_to: row.moved_to_id.map(StageId),
            moved_by: row.moved_by.map(UserId),
            stage: Stage {
                id: StageId(row.id),
                funnel_id: FunnelId(row.funnel_id),
                position: row.position,
                moving_to: row
                    .moved_to_id
                    .filter(|_| row.archived_at.is_none())
                    .map(StageId),
                fields: StageFields {
                    name: row.name,
                    kind: row.kind.parse().unwrap_or_default(),
                    probability: row.probability,
                    probability_high: row.probability_high,
                    definition: row.definition,
                    goal: row.goal,
                    entry_text: row.entry_text,
                    exit_text: row.exit_text,
                    tasks: row.tasks,
                    questions: row.questions,
                    roles: row.roles,
                    rot_days: row.rot_days,
                    next_step: row.next_step,
                    next_step_days: row.next_step_days,
                    attention: row.attention.and_then(|level| level.parse().ok()),
                    colour: row.colour.parse().unwrap_or_default(),
                    is_ours: row.is_ours,
                    our_parts: row
                        .our_parts
                        .iter()
                        .filter_map(|part| part.parse().ok())
                        .collect(),
                },
                gate: gates::read(row.gate)?,
                gate_version: row.gate_version,
            },
        })
    }
}

/// The stages of a funnel in order, archived ones left out.
///
/// # Errors
/// Those of the database.
pub async fn live(conn: &Conn, org: OrgId, funnel: FunnelId) -> QueryResult<Vec<Stage>> {
    let all = list(conn, org, funnel).await?;
    Ok(all
        .into_iter()
        .filter(|known| !known.is_archived)
        .map(|known| known.stage)
        .collect())
}

/// The same of several funnels, one funnel's after the other's or mixed.
///
/// # Errors
/// Those of the database.
pub async fn live_of(mut conn: &Conn, org: OrgId, funnels: Vec<Uuid>) -> QueryResult<Vec<Stage>> {
    let rows: Vec<StageRow> = stages::table
        .filter(
            stages::org_id
                .eq(org.0)
                .and(stages::funnel_id.eq_any(funnels))
                .and(stages::archived_at.is_null()),
        )
        .select(StageRow::as_select())
        .order((stages::position, stages::id))
        .load(&mut conn)
        .await?;
    let rows = rows.into_iter();
    rows.map(|row| row.read().map(|known| known.stage))
        .collect()
}

/// All stages of a funnel in order, archived ones too.
///
/// # Errors
/// Those of the database.
pub async fn list(mut conn: &Conn, org: OrgId, funnel: FunnelId) -> QueryResult<Vec<KnownStage>> {
    let rows: Vec<StageRow> = stages::table
        .filter(stages::org_id.eq(org.0).and(stages::funnel_id.eq(funnel.0)))
        .select(StageRow::as_select())
        .order((stages::position, stages::id))
        .load(&mut conn)
        .await?;
    rows.into_iter().map(StageRow::read).collect()
}

/// One stage.
///
/// # Errors
/// `NotFound`, or those of the database.
pub async fn find(mut conn: &Conn, org: OrgId, id: StageId) -> QueryResult<KnownStage> {
    let row: StageRow = stages::table
        .filter(stages::org_id.eq(org.0).and(stages::id.eq(id.0)))
        .select(StageRow::as_select())
        .first(&mut conn)
        .await?;
    row.read()
}

/// What is written of a stage, whether it is made or changed; its gate is written on its own.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = stages, treat_none_as_null = true)]
struct Written<'a> {
    position: i32,
    name: &'a str,
    kind: &'a str,
    probability: i16,
    probability_high: Option<i16>,
    definition: &'a str,
    goal: &'a str,
    entry_text: &'a str,
    exit_text: &'a str,
    tasks: &'a [String],
    questions: &'a [String],
    roles: &'a [String],
    rot_days: Option<i16>,
    next_step: &'a str,
    next_step_days: Option<i16>,
    attention: Option<&'a str>,
    colour: &'a str,
    is_ours: bool,
    our_parts: Vec<&'static str>,
}

impl<'a> Written<'a> {
    fn of(stage: &'a Stage) -> Self {
        let fields = &stage.fields;
        Self {
            position: stage.position,
            name: &fields.name,
            kind: fields.kind.as_ref(),
            probability: fields.probability,
            probability_high: fields.probability_high,
            definition: &fields.definition,
            goal: &fields.goal,
            entry_text: &fields.entry_text,
            exit_text: &fields.exit_text,
            tasks: &fields.tasks,
            questions: &fields.questions,
            roles: &fields.roles,
            rot_days: fields.rot_days,
            next_step: &fields.next_step,
            next_step_days: fields.next_step_days,
            attention: fields.attention.as_ref().map(AsRef::as_ref),
            colour: fields.colour.as_ref(),
            is_ours: fields.is_ours,
            our_parts: fields.our_parts.iter().map(StagePart::into).collect(),
        }
    }
}

/// Makes a stage.
///
/// # Errors
/// Those of the database.
pub async fn insert(conn: &mut Conn, org: OrgId, stage: &Stage) -> QueryResult<()> {
    diesel::insert_into(stages::table)
        .values((
            stages::org_id.eq(org.0),
            stages::id.eq(stage.id.0),
            stages::funnel_id.eq(stage.funnel_id.0),
            Written::of(stage),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Changes a stage: all its fields and its place.
///
/// # Errors
/// Those of the database.
pub async fn update(conn: &mut Conn, org: OrgId, stage: &Stage) -> QueryResult<()> {
    diesel::update(stages::table.filter(stages::org_id.eq(org.0).and(stages::id.eq(stage.id.0))))
        .set((Written::of(stage), stages::updated_at.eq(clock::now())))
        .execute(conn)
        .await?;
    Ok(())
}

/// Puts a stage away.
///
/// # Errors
/// Those of the database.
pub async fn archive(conn: &mut Conn, org: OrgId, id: StageId) -> QueryResult<()> {
    diesel::update(stages::table.filter(stages::org_id.eq(org.0).and(stages::id.eq(id.0))))
        .set((
            stages::archived_at.eq(clock::now()),
            stages::updated_at.eq(clock::now()),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Says which stage stands for one that is removed: it takes no deals any more.
///
/// # Errors
/// Those of the database.
pub async fn replace(
    conn: &mut Conn,
    org: OrgId,
    id: StageId,
    by: StageId,
    user: Option<UserId>,
) -> QueryResult<()> {
    diesel::update(stages::table.filter(stages::org_id.eq(org.0).and(stages::id.eq(id.0))))
        .set((
            stages::moved_to_id.eq(by.0),
            stages::moved_by.eq(user.map(|user| user.0)),
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

/// Deals that stand in a stage, from the bottom up, with their versions; those put away are left out.
///
/// # Errors
/// Those of the database.
pub async fn standing(
    mut conn: &Conn,
    org: OrgId,
    stage: StageId,
    limit: i64,
) -> QueryResult<Vec<(DealId, i32)>> {
    let rows: Vec<(Uuid, i32)> = deals::table
        .filter(deals::org_id.eq(org.0).and(deals::stage_id.eq(stage.0)))
        .filter(deals::archived_at.is_null())
        .select((deals::id, deals::version))
        .order(deals::rank.desc())
        .limit(limit)
        .load(&mut conn)
        .await?;
    let rows = rows.into_iter();
    Ok(rows.map(|(id, version)| (DealId(id), version)).collect())
}

/// Whether a stage is the furthest that any deal reached.
///
/// # Errors
/// Those of the database.
pub async fn is_furthest(mut conn: &Conn, org: OrgId, stage: StageId) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(
        deals::table.filter(
            deals::org_id
                .eq(org.0)
                .and(deals::reached_stage_id.eq(stage.0)),
        ),
    ))
    .get_result(&mut conn)
    .await
}

/// Lets deals whose furthest stage was one that is removed have got as far as the one that stands for it;
/// at most so many, and none that somebody is writing. Answers how many.
///
/// # Errors
/// Those of the database.
pub async fn reach(
    conn: &mut Conn,
    org: OrgId,
    gone: StageId,
    now: StageId,
    limit: i64,
) -> QueryResult<usize> {
    diesel::sql_query(
        "with free as materialized ( \
             select id from deals where org_id = $1 and reached_stage_id = $2 limit $4 for update skip locked \
         ) \
         update deals set reached_stage_id = $3 from free where deals.org_id = $1 and deals.id = free.id",
    )
    .bind::<SqlUuid, _>(org.0)
    .bind::<SqlUuid, _>(gone.0)
    .bind::<SqlUuid, _>(now.0)
    .bind::<BigInt, _>(limit)
    .execute(conn)
    .await
}
