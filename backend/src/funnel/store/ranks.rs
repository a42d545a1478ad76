//! The order of cards within a stage.

use crate::db::schema::deals;
use crate::db::{Conn, locks};
use diesel::prelude::*;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use shared::funnel::rank;
use shared::id::{DealId, OrgId, StageId};
use uuid::Uuid;

/// Lets one transaction at a time choose places in a stage, until it ends. Taken before any deal is
/// locked, so that nobody waits in a circle.
///
/// # Errors
/// Those of the database.
pub async fn lock(conn: &Conn, stage: StageId) -> QueryResult<()> {
    locks::hold_id(conn, stage.0, 0).await
}

/// The rank and stage of a card that is not archived.
///
/// # Errors
/// Those of the database.
pub async fn of(mut conn: &Conn, org: OrgId, deal: DealId) -> QueryResult<Option<(Uuid, String)>> {
    deals::table
        .filter(
            deals::org_id
                .eq(org.0)
                .and(deals::id.eq(deal.0))
                .and(deals::archived_at.is_null()),
        )
        .select((deals::stage_id, deals::rank))
        .first(&mut conn)
        .await
        .optional()
}

/// The first rank after `after` in a stage, the moved card left out; archived cards keep their ranks
/// and count.
///
/// # Errors
/// Those of the database.
pub async fn next(
    mut conn: &Conn,
    org: OrgId,
    stage: StageId,
    after: Option<&str>,
    moved: Option<DealId>,
) -> QueryResult<Option<String>> {
    let mut query = deals::table
        .filter(deals::org_id.eq(org.0).and(deals::stage_id.eq(stage.0)))
        .select(deals::rank)
        .order(deals::rank)
        .limit(1)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(deals::rank.gt(after.to_owned()));
    }
    if let Some(moved) = moved {
        query = query.filter(deals::id.ne(moved.0));
    }
    query.first(&mut conn).await.optional()
}

/// The last rank of a stage.
///
/// # Errors
/// Those of the database.
pub async fn last(mut conn: &Conn, org: OrgId, stage: StageId) -> QueryResult<Option<String>> {
    deals::table
        .filter(deals::org_id.eq(org.0).and(deals::stage_id.eq(stage.0)))
        .select(deals::rank)
        .order(deals::rank.desc())
        .first(&mut conn)
        .await
        .optional()
}

/// The rank a card has now, where it is the same version in the same stage as it was seen: then it has
/// not been moved, but the stage may have been spread.
///
/// # Errors
/// Those of the database.
pub async fn of_version(
    mut conn: &Conn,
    org: OrgId,
    stage: StageId,
    (deal, version): (Uuid, i32),
) -> QueryResult<Option<String>> {
    deals::table
        .filter(deals::org_id.eq(org.0).and(deals::id.eq(deal)))
        .filter(deals::stage_id.eq(stage.0).and(deals::version.eq(version)))
        .select(deals::rank)
        .first(&mut conn)
        .await
        .optional()
}

/// Gives all cards of a stage new ranks, evenly apart, in the same order. Versions stay: nothing has
/// moved. A card that leaves meanwhile is left alone.
///
/// # Errors
/// Those of the database.
pub async fn spread(conn: &mut Conn, org: OrgId, stage: StageId) -> QueryResult<()> {
    let ids: Vec<Uuid> = deals::table
        .filter(deals::org_id.eq(org.0).and(deals::stage_id.eq(stage.0)))
        .select(deals::id)
        .order(deals::rank)
        .load(conn)
        .await?;
    let ranks = rank::spread(ids.len());
    diesel::sql_query(
        "update deals set rank = fresh.rank from unnest($2::uuid[], $3::text[]) fresh (id, rank) \
         where deals.org_id = $1 and deals.id = fresh.id and deals.stage_id = $4",
    )
    .bind::<SqlUuid, _>(org.0)
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<Text>, _>(ranks)
    .bind::<SqlUuid, _>(stage.0)
    .execute(conn)
    .await?;
    Ok(())
}
