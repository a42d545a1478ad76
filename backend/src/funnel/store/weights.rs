//! The probability of deals by the evidence, kept beside the seller's own so that sums can use it.

use super::deals::{NamedRow, columns, named, to_deal};
use crate::db::Conn;
use crate::db::schema::{deals, stages};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, SmallInt, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use shared::funnel::Deal;
use shared::id::OrgId;
use uuid::Uuid;

/// Whose deals are weighed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Those of an account.
    Account(Uuid),
    /// Those in a stage.
    Stage(Uuid),
    /// Those of a funnel.
    Funnel(Uuid),
    /// All.
    Organisation,
}

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// The next open deals that have a figure, or stand where there may be one, in the order of their ids.
///
/// # Errors
/// Those of the database.
pub async fn standing(
    mut conn: &Conn,
    org: OrgId,
    whose: Whose,
    after: Option<Uuid>,
    most: i64,
) -> QueryResult<Vec<Uuid>> {
    let (column, subject) = match whose {
        Whose::Account(id) => ("d.account_id = $4", id),
        Whose::Stage(id) => ("d.stage_id = $4", id),
        Whose::Funnel(id) => ("d.funnel_id = $4", id),
        Whose::Organisation => ("d.org_id = $4", org.0),
    };
    let rows: Vec<IdRow> = diesel::sql_query(format!(
        "select d.id from deals d join stages s on s.org_id = d.org_id and s.id = d.stage_id \
         where d.org_id = $1 and {column} and ($2 is null or d.id > $2) \
         and d.status = 'open' and d.archived_at is null \
         and (d.evidence_probability is not null or s.probability_high is not null) \
         order by d.id limit $3",
    ))
    .bind::<SqlUuid, _>(org.0)
    .bind::<Nullable<SqlUuid>, _>(after)
    .bind::<BigInt, _>(most)
    .bind::<SqlUuid, _>(subject)
    .load(&mut conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Locks those of these deals that nobody else writes at the moment, and answers which.
///
/// # Errors
/// Those of the database.
pub async fn free(mut conn: &Conn, org: OrgId, ids: &[Uuid]) -> QueryResult<Vec<Uuid>> {
    let rows: Vec<IdRow> = diesel::sql_query(
        "select id from deals where org_id = $1 and id = any($2) for no key update skip locked",
    )
    .bind::<SqlUuid, _>(org.0)
    .bind::<Array<SqlUuid>, _>(ids)
    .load(&mut conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Those of these deals that have a figure, or stand where there may be one.
///
/// # Errors
/// Those of the database.
pub async fn placeable(mut conn: &Conn, org: OrgId, ids: &[Uuid]) -> QueryResult<Vec<Deal>> {
    let ranged = stages::table
        .filter(stages::org_id.eq(deals::org_id))
        .filter(stages::id.eq(deals::stage_id))
        .filter(stages::kind.eq("open"))
        .filter(stages::probability_high.is_not_null());
    let rows: Vec<NamedRow> = named()
        .filter(deals::org_id.eq(org.0).and(deals::id.eq_any(ids)))
        .filter(
            deals::evidence_probability
                .is_not_null()
                .or(diesel::dsl::exists(ranged)),
        )
        .select(columns())
        .load(&mut conn)
        .await?;
    Ok(rows.into_iter().map(to_deal).collect())
}

/// Keeps figures. The version of the deals stays: nobody wrote them.
///
/// # Errors
/// Those of the database.
pub async fn keep(mut conn: &Conn, org: OrgId, figures: &[(Uuid, Option<i16>)]) -> QueryResult<()> {
    if figures.is_empty() {
        return Ok(());
    }
    let (ids, percents): (Vec<Uuid>, Vec<Option<i16>>) = figures.iter().copied().unzip();
    diesel::sql_query(
        "update deals d set evidence_probability = v.percent \
         from unnest($2, $3) v (id, percent) where d.org_id = $1 and d.id = v.id",
    )
    .bind::<SqlUuid, _>(org.0)
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<Nullable<SmallInt>>, _>(percents)
    .execute(&mut conn)
    .await?;
    Ok(())
}
