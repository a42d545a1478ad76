//! What the stages of a funnel stand for in another one.

use crate::db::Conn;
use crate::db::schema::stage_mappings as mappings;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use shared::funnel::mapping::StagePair;
use shared::id::{FunnelId, OrgId, StageId};
use uuid::Uuid;

/// What the stages of a funnel stand for, in no order.
///
/// # Errors
/// Those of the database.
pub async fn find(
    mut conn: &Conn,
    org: OrgId,
    funnel: FunnelId,
    through: FunnelId,
) -> QueryResult<Vec<StagePair>> {
    let rows: Vec<(Uuid, Uuid)> = mappings::table
        .filter(mappings::org_id.eq(org.0))
        .filter(mappings::funnel_id.eq(funnel.0))
        .filter(mappings::through_id.eq(through.0))
        .select((mappings::from_stage_id, mappings::to_stage_id))
        .load(&mut conn)
        .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|(from, to)| StagePair {
            from_stage_id: StageId(from),
            to_stage_id: StageId(to),
        })
        .collect())
}

/// Makes what the stages stand for what is given.
///
/// # Errors
/// Those of the database.
pub async fn replace(
    conn: &mut Conn,
    org: OrgId,
    funnel: FunnelId,
    through: FunnelId,
    pairs: &[StagePair],
) -> QueryResult<()> {
    let old = mappings::table
        .filter(mappings::org_id.eq(org.0))
        .filter(mappings::funnel_id.eq(funnel.0))
        .filter(mappings::through_id.eq(through.0));
    diesel::delete(old).execute(conn).await?;
    let rows: Vec<_> = pairs
        .iter()
        .map(|pair| {
            (
                mappings::org_id.eq(org.0),
                mappings::funnel_id.eq(funnel.0),
                mappings::through_id.eq(through.0),
                mappings::from_stage_id.eq(pair.from_stage_id.0),
                mappings::to_stage_id.eq(pair.to_stage_id.0),
            )
        })
        .collect();
    diesel::insert_into(mappings::table)
        .values(rows)
        .execute(conn)
        .await?;
    Ok(())
}
