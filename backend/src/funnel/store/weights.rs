//! What deals weigh by what is known of them, kept: the probability by the evidence beside the seller's own, so
//! that sums can use it, and whether little is to be spent on them, so that lists can be narrowed to those.

use super::deals::{NamedRow, columns, named, to_deal};
use crate::db::Conn;
use crate::db::schema::{deals, stages};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, SmallInt, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use shared::funnel::Deal;
use shared::funnel::gate::Weight;
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

/// The next open deals that weigh something, or stand where they may, in the order of their ids.
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
         and (d.evidence_probability is not null or s.probability_high is not null \
              or d.is_low_investment or s.gate ? 'tests') \
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

/// Those of these deals that weigh something, or stand where they may.
///
/// # Errors
/// Those of the database.
pub async fn placeable(mut conn: &Conn, org: OrgId, ids: &[Uuid]) -> QueryResult<Vec<Deal>> {
    let ranged = stages::table
        .filter(stages::org_id.eq(deals::org_id))
        .filter(stages::id.eq(deals::stage_id))
        .filter(stages::kind.eq("open"))
        .filter(
            stages::probability_high
                .is_not_null()
                .or(sql::<Bool>("stages.gate ? 'tests'")),
        );
    let rows: Vec<NamedRow> = named()
        .filter(deals::org_id.eq(org.0).and(deals::id.eq_any(ids)))
        .filter(
            deals::evidence_probability
                .is_not_null()
                .or(deals::is_low_investment)
                .or(diesel::dsl::exists(ranged)),
        )
        .select(columns())
        .load(&mut conn)
        .await?;
    Ok(rows.into_iter().map(to_deal).collect())
}

/// Keeps what deals weigh. The version of the deals stays: nobody wrote them.
///
/// # Errors
/// Those of the database.
pub async fn keep(mut conn: &Conn, org: OrgId, figures: &[(Uuid, Weight)]) -> QueryResult<()> {
    if figures.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = figures.iter().map(|(id, _)| *id).collect();
    let percents: Vec<Option<i16>> = figures.iter().map(|(_, is)| is.probability).collect();
    let low: Vec<bool> = figures.iter().map(|(_, is)| is.is_low_investment).collect();
    diesel::sql_query(
        "update deals d set evidence_probability = v.percent, is_low_investment = v.low \
         from unnest($2, $3, $4) v (id, percent, low) where d.org_id = $1 and d.id = v.id",
    )
    .bind::<SqlUuid, _>(org.0)
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<Nullable<SmallInt>>, _>(percents)
    .bind::<Array<Bool>, _>(low)
    .execute(&mut conn)
    .await?;
    Ok(())
}
