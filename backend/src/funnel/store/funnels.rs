//! Funnels.

use super::stages;
use crate::clock;
use crate::db::Conn;
use crate::db::schema::funnels;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use shared::funnel::methods::Method;
use shared::funnel::{Funnel, Stage};
use shared::id::{FunnelId, OrgId};
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
    method: Option<String>,
    product_line: Option<String>,
}

fn assemble(row: FunnelRow, stages: Vec<Stage>) -> Funnel {
    Funnel {
        id: FunnelId(row.id),
        name: row.name,
        method: row.method.as_deref().and_then(|key| key.parse().ok()),
        product_line: row.product_line,
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
    let (row, stages) = futures_util::try_join!(row, stages::live(conn, org, id))?;
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
    let stages = stages::live(conn, org, id).await?;
    Ok(assemble(row, stages))
}

/// Two funnels, both locked against changes, the second if it is there. Whoever takes the same two the other
/// way round takes them in the same order, so that neither waits for the other for ever.
///
/// # Errors
/// `NotFound` where the first is missing, or those of the database.
pub async fn find_two_for_update(
    conn: &Conn,
    org: OrgId,
    (first, second): (FunnelId, FunnelId),
) -> QueryResult<(Funnel, Option<Funnel>)> {
    if first <= second {
        let one = find_for_update(conn, org, first).await?;
        Ok((one, find_for_update(conn, org, second).await.optional()?))
    } else {
        let other = find_for_update(conn, org, second).await.optional()?;
        Ok((find_for_update(conn, org, first).await?, other))
    }
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
    let mut all = stages::live_of(conn, org, ids).await?;
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

/// Makes a funnel without stages.
///
/// # Errors
/// Those of the database.
pub async fn insert(
    conn: &mut Conn,
    org: OrgId,
    id: FunnelId,
    name: &str,
    method: Option<Method>,
    product_line: Option<&str>,
) -> QueryResult<()> {
    diesel::insert_into(funnels::table)
        .values((
            funnels::org_id.eq(org.0),
            funnels::id.eq(id.0),
            funnels::name.eq(name),
            funnels::method.eq(method.as_ref().map(AsRef::as_ref)),
            funnels::product_line.eq(product_line),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Counts the version up, with a new name and another line of products when they are given.
///
/// # Errors
/// Those of the database.
pub async fn touch(
    conn: &mut Conn,
    org: OrgId,
    id: FunnelId,
    name: Option<&str>,
    product_line: Option<Option<&str>>,
) -> QueryResult<()> {
    let target = funnels::table.filter(funnels::org_id.eq(org.0).and(funnels::id.eq(id.0)));
    diesel::update(target)
        .set((
            funnels::version.eq(funnels::version + 1),
            funnels::updated_at.eq(clock::now()),
            name.map(|name| funnels::name.eq(name)),
            product_line.map(|line| funnels::product_line.eq(line)),
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
