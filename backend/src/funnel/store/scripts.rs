//! The scripts of an organisation, and where a deal stands for them.

use crate::db::schema::{accounts, deals, scripts, stages};
use crate::db::{Conn, locks};
use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use shared::funnel::playbook::Playbook;
use shared::funnel::{MAX_SCRIPTS, Script, ScriptAim, ScriptKind, ScriptSetting};
use shared::id::{DealId, OrgId, ScriptId, StageId};
use std::str::FromStr;
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = scripts, treat_none_as_null = true)]
struct ScriptRow {
    org_id: Uuid,
    id: Uuid,
    kind: String,
    title: String,
    body: String,
    stage_id: Option<Uuid>,
    stage_kind: Option<String>,
    account_kind: Option<String>,
    size: Option<String>,
    tier: Option<String>,
    playbook: Option<String>,
    version: i32,
    archived_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = scripts)]
struct AimRow {
    stage_id: Option<Uuid>,
    stage_kind: Option<String>,
    account_kind: Option<String>,
    size: Option<String>,
    tier: Option<String>,
}

fn word<T: FromStr<Err: std::error::Error + Send + Sync + 'static>>(text: &str) -> QueryResult<T> {
    text.parse()
        .map_err(|error| diesel::result::Error::DeserializationError(Box::new(error)))
}

fn may_be<T: FromStr<Err: std::error::Error + Send + Sync + 'static>>(
    text: Option<&String>,
) -> QueryResult<Option<T>> {
    text.map(|text| word(text)).transpose()
}

fn written<T: AsRef<str>>(word: Option<T>) -> Option<String> {
    word.map(|word| word.as_ref().to_owned())
}

impl AimRow {
    fn read(&self) -> QueryResult<ScriptAim> {
        Ok(ScriptAim {
            stage_id: self.stage_id.map(StageId),
            stage_kind: may_be(self.stage_kind.as_ref())?,
            account_kind: may_be(self.account_kind.as_ref())?,
            size: may_be(self.size.as_ref())?,
            tier: may_be(self.tier.as_ref())?,
        })
    }
}

impl ScriptRow {
    fn of(org: OrgId, script: &Script) -> Self {
        Self {
            org_id: org.0,
            id: script.id.0,
            kind: script.kind.as_ref().to_owned(),
            title: script.title.clone(),
            body: script.body.clone(),
            stage_id: script.aim.stage_id.map(|id| id.0),
            stage_kind: written(script.aim.stage_kind),
            account_kind: written(script.aim.account_kind),
            size: written(script.aim.size),
            tier: written(script.aim.tier),
            playbook: written(script.playbook),
            version: script.version,
            archived_at: script.archived_at,
            created_at: script.created_at,
            updated_at: script.updated_at,
        }
    }

    fn read(self) -> QueryResult<Script> {
        let aim = AimRow {
            stage_id: self.stage_id,
            stage_kind: self.stage_kind,
            account_kind: self.account_kind,
            size: self.size,
            tier: self.tier,
        };
        Ok(Script {
            id: ScriptId(self.id),
            kind: word(&self.kind)?,
            aim: aim.read()?,
            playbook: may_be(self.playbook.as_ref())?,
            title: self.title,
            body: self.body,
            version: self.version,
            archived_at: self.archived_at,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

/// The scripts of a kind or all, in use or put away, the newest first.
///
/// # Errors
/// Those of the database.
pub async fn list(
    mut conn: &Conn,
    org: OrgId,
    kind: Option<ScriptKind>,
    is_archived: bool,
    before: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<Script>> {
    let mut query = scripts::table
        .filter(scripts::org_id.eq(org.0))
        .filter(scripts::archived_at.is_not_null().eq(is_archived))
        .select(ScriptRow::as_select())
        .order(scripts::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(kind) = kind {
        query = query.filter(scripts::kind.eq(kind.as_ref().to_owned()));
    }
    if let Some(before) = before {
        query = query.filter(scripts::id.lt(before));
    }
    let rows: Vec<ScriptRow> = query.load(&mut conn).await?;
    rows.into_iter().map(ScriptRow::read).collect()
}

/// Finds a script.
///
/// # Errors
/// `NotFound`, or those of the database.
pub async fn find(mut conn: &Conn, org: OrgId, id: ScriptId) -> QueryResult<Script> {
    let row: ScriptRow = scripts::table
        .filter(scripts::org_id.eq(org.0).and(scripts::id.eq(id.0)))
        .select(ScriptRow::as_select())
        .first(&mut conn)
        .await?;
    row.read()
}

/// Finds a script and keeps others from changing it.
///
/// # Errors
/// As [`find`].
pub async fn find_for_update(mut conn: &Conn, org: OrgId, id: ScriptId) -> QueryResult<Script> {
    let row: ScriptRow = scripts::table
        .filter(scripts::org_id.eq(org.0).and(scripts::id.eq(id.0)))
        .select(ScriptRow::as_select())
        .for_update()
        .first(&mut conn)
        .await?;
    row.read()
}

/// Lets one transaction at a time add to the library of an organisation.
///
/// # Errors
/// Those of the database.
pub async fn lock(conn: &Conn, org: OrgId) -> QueryResult<()> {
    const LIBRARY: i64 = 4_747_032;
    locks::hold_id(conn, org.0, LIBRARY).await
}

/// How many are in use.
///
/// # Errors
/// Those of the database.
pub async fn count(mut conn: &Conn, org: OrgId) -> QueryResult<i64> {
    scripts::table
        .filter(scripts::org_id.eq(org.0))
        .filter(scripts::archived_at.is_null())
        .select(count_star())
        .first(&mut conn)
        .await
}

/// Whether the organisation has this stage, and it takes deals.
///
/// # Errors
/// Those of the database.
pub async fn is_stage(mut conn: &Conn, org: OrgId, id: StageId) -> QueryResult<bool> {
    let known = stages::table
        .filter(stages::org_id.eq(org.0).and(stages::id.eq(id.0)))
        .filter(stages::archived_at.is_null())
        .select(count_star())
        .first::<i64>(&mut conn)
        .await?;
    Ok(known > 0)
}

/// Adds a script.
///
/// # Errors
/// Those of the database.
pub async fn insert(mut conn: &Conn, org: OrgId, script: &Script) -> QueryResult<()> {
    diesel::insert_into(scripts::table)
        .values(ScriptRow::of(org, script))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Writes a script as it is now.
///
/// # Errors
/// Those of the database.
pub async fn update(mut conn: &Conn, org: OrgId, script: &Script) -> QueryResult<()> {
    let target = scripts::table.filter(scripts::org_id.eq(org.0).and(scripts::id.eq(script.id.0)));
    diesel::update(target)
        .set(ScriptRow::of(org, script))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// The playbooks from which a script in use was taken over.
///
/// # Errors
/// Those of the database.
pub async fn taken(mut conn: &Conn, org: OrgId) -> QueryResult<Vec<Playbook>> {
    let words: Vec<Option<String>> = scripts::table
        .filter(scripts::org_id.eq(org.0))
        .filter(scripts::archived_at.is_null())
        .filter(scripts::playbook.is_not_null())
        .select(scripts::playbook)
        .distinct()
        .load(&mut conn)
        .await?;
    words.iter().flatten().map(|text| word(text)).collect()
}

/// For which deals the scripts in use of a kind or all are, the newest first.
///
/// # Errors
/// Those of the database.
pub async fn aims(
    mut conn: &Conn,
    org: OrgId,
    kind: Option<ScriptKind>,
) -> QueryResult<Vec<(ScriptId, ScriptAim)>> {
    let mut asked = scripts::table
        .filter(scripts::org_id.eq(org.0))
        .filter(scripts::archived_at.is_null())
        .select((scripts::id, AimRow::as_select()))
        .order(scripts::id.desc())
        .limit(MAX_SCRIPTS)
        .into_boxed();
    if let Some(kind) = kind {
        asked = asked.filter(scripts::kind.eq(kind.as_ref().to_owned()));
    }
    let rows: Vec<(Uuid, AimRow)> = asked.load(&mut conn).await?;
    rows.into_iter()
        .map(|(id, aim)| Ok((ScriptId(id), aim.read()?)))
        .collect()
}

/// These scripts in this order.
///
/// # Errors
/// Those of the database.
pub async fn these(mut conn: &Conn, org: OrgId, ids: &[ScriptId]) -> QueryResult<Vec<Script>> {
    let asked: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<ScriptRow> = scripts::table
        .filter(scripts::org_id.eq(org.0).and(scripts::id.eq_any(asked)))
        .select(ScriptRow::as_select())
        .load(&mut conn)
        .await?;
    let found: QueryResult<Vec<Script>> = rows.into_iter().map(ScriptRow::read).collect();
    let mut found = found?;
    found.sort_by_key(|script| ids.iter().position(|id| *id == script.id));
    Ok(found)
}

/// Where a deal stands: its stage, and of what type its account is.
///
/// # Errors
/// `NotFound`, or those of the database.
pub async fn setting(mut conn: &Conn, org: OrgId, deal: DealId) -> QueryResult<ScriptSetting> {
    type Row = (Uuid, String, Option<String>, Option<String>, Option<String>);
    let (stage, stage_kind, kind, size, tier): Row = deals::table
        .inner_join(
            stages::table.on(stages::org_id
                .eq(deals::org_id)
                .and(stages::id.eq(deals::stage_id))),
        )
        .left_join(
            accounts::table.on(accounts::org_id
                .eq(deals::org_id)
                .and(accounts::id.nullable().eq(deals::account_id))),
        )
        .filter(deals::org_id.eq(org.0).and(deals::id.eq(deal.0)))
        .select((
            stages::id,
            stages::kind,
            accounts::kind.nullable(),
            accounts::size.nullable(),
            accounts::tier.nullable(),
        ))
        .first(&mut conn)
        .await?;
    Ok(ScriptSetting {
        stage_id: StageId(stage),
        stage_kind: word(&stage_kind)?,
        account_kind: may_be(kind.as_ref())?,
        size: may_be(size.as_ref())?,
        tier: may_be(tier.as_ref())?,
    })
}
