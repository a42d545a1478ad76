//! The points of proposals and whom they serve, by deal.

use super::facts::Subject;
use crate::db::schema::{deals, proposal_points, proposal_stakes};
use crate::db::{Conn, Scope};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, SmallInt, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use futures_util::try_join;
use shared::accounts::ContactLevel;
use shared::funnel::{MAX_PROPOSAL_PEOPLE, ProposalPerson, ProposalPoint, ProposalReview, Stake};
use shared::id::{AccountId, ContactId, DealId, OrgId, PointId};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

#[derive(Queryable, Selectable)]
#[diesel(table_name = proposal_points)]
struct PointRow {
    id: Uuid,
    deal_id: Uuid,
    feature: String,
    advantage: String,
    benefit: String,
    created_at: DateTime<Utc>,
}

impl PointRow {
    fn into_point(self) -> ProposalPoint {
        ProposalPoint {
            id: PointId(self.id),
            deal_id: DealId(self.deal_id),
            feature: self.feature,
            advantage: self.advantage,
            benefit: self.benefit,
            serves: Vec::new(),
            harms: Vec::new(),
            created_at: self.created_at,
        }
    }
}

/// The points of a deal in their order, with those people who are at its account now.
///
/// # Errors
/// Those of the database.
pub async fn list(conn: &Conn, org: OrgId, deal: DealId) -> QueryResult<Vec<ProposalPoint>> {
    let of = [deal.0];
    let (points, stakes) = try_join!(points(conn, org, deal), stakes(conn, org, &of))?;
    let mut points: Vec<ProposalPoint> = points.into_iter().map(PointRow::into_point).collect();
    for row in stakes {
        let Some(point) = points.iter_mut().find(|point| point.id.0 == row.point_id) else {
            continue;
        };
        if let (Some(person), Some(is_harm)) = (row.contact_id, row.is_harm) {
            let people = if is_harm {
                &mut point.harms
            } else {
                &mut point.serves
            };
            people.push(ContactId(person));
        }
    }
    Ok(points)
}

async fn points(mut conn: &Conn, org: OrgId, deal: DealId) -> QueryResult<Vec<PointRow>> {
    proposal_points::table
        .filter(
            proposal_points::org_id
                .eq(org.0)
                .and(proposal_points::deal_id.eq(deal.0)),
        )
        .order((proposal_points::place, proposal_points::id))
        .select(PointRow::as_select())
        .load(&mut conn)
        .await
}

#[derive(QueryableByName)]
struct StakeRow {
    #[diesel(sql_type = SqlUuid)]
    deal_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    point_id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    contact_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Bool>)]
    is_harm: Option<bool>,
}

/// Every point of these deals with each person it names; one that names nobody comes once.
async fn stakes(mut conn: &Conn, org: OrgId, deals: &[Uuid]) -> QueryResult<Vec<StakeRow>> {
    diesel::sql_query(
        "select p.deal_id, p.id as point_id, s.contact_id, s.is_harm \
         from proposal_points p join deals d on d.org_id = p.org_id and d.id = p.deal_id \
         left join (proposal_stakes s join contacts c \
         on c.org_id = s.org_id and c.id = s.contact_id and c.archived_at is null) \
         on s.org_id = p.org_id and s.point_id = p.id and c.account_id = d.account_id \
         where p.org_id = $1 and p.deal_id = any($2) order by p.place, p.id, s.contact_id",
    )
    .bind::<SqlUuid, _>(org.0)
    .bind::<Array<SqlUuid>, _>(deals)
    .load(&mut conn)
    .await
}

#[derive(QueryableByName)]
struct PersonRow {
    #[diesel(sql_type = SqlUuid)]
    account_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Nullable<Text>)]
    title: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    level: Option<String>,
}

impl PersonRow {
    fn level(&self) -> Option<ContactLevel> {
        self.level.as_ref().and_then(|level| level.parse().ok())
    }
}

/// The people at these accounts: those who decide first, as many as a proposal looks at.
async fn people_of(mut conn: &Conn, org: OrgId, accounts: &[Uuid]) -> QueryResult<Vec<PersonRow>> {
    diesel::sql_query(
        "select c.account_id, c.id, c.name, c.title, c.level from unnest($2) a cross join lateral (\
         select account_id, id, name, title, level from contacts \
         where org_id = $1 and account_id = a and archived_at is null \
         order by array_position(array['deciding', 'managing', 'operating'], level), id \
         limit $3) c",
    )
    .bind::<SqlUuid, _>(org.0)
    .bind::<Array<SqlUuid>, _>(accounts)
    .bind::<BigInt, _>(i64::try_from(MAX_PROPOSAL_PEOPLE).unwrap_or(i64::MAX))
    .load(&mut conn)
    .await
}

/// The people at an account, as a proposal looks at them.
///
/// # Errors
/// Those of the database.
pub async fn people(
    conn: &Conn,
    org: OrgId,
    account: AccountId,
) -> QueryResult<Vec<ProposalPerson>> {
    let rows = people_of(conn, org, &[account.0]).await?;
    let people = rows.into_iter().map(|row| ProposalPerson {
        id: ContactId(row.id),
        level: row.level(),
        name: row.name,
        title: row.title,
    });
    Ok(people.collect())
}

/// How many of these people are at a deal's account.
///
/// # Errors
/// Those of the database.
pub async fn count_there(
    mut conn: &Conn,
    org: OrgId,
    deal: DealId,
    people: &[ContactId],
) -> QueryResult<usize> {
    use crate::db::schema::contacts;
    let ids: Vec<Uuid> = people.iter().map(|id| id.0).collect();
    let account = deals::table
        .filter(deals::org_id.eq(org.0).and(deals::id.eq(deal.0)))
        .select(deals::account_id);
    let there: i64 = contacts::table
        .filter(contacts::org_id.eq(org.0).and(contacts::id.eq_any(ids)))
        .filter(contacts::archived_at.is_null())
        .filter(contacts::account_id.nullable().eq_any(account))
        .count()
        .get_result(&mut conn)
        .await?;
    Ok(usize::try_from(there).unwrap_or(0))
}

/// How many points these deals have and what their proposals lack, by deal.
///
/// # Errors
/// Those of the database.
pub async fn reviews(
    conn: &Conn,
    org: OrgId,
    subjects: &[Subject],
) -> QueryResult<Vec<(Uuid, (usize, ProposalReview))>> {
    let deals: Vec<Uuid> = subjects.iter().map(|subject| subject.deal).collect();
    let accounts: HashSet<Uuid> = subjects.iter().filter_map(|one| one.account).collect();
    let accounts: Vec<Uuid> = accounts.into_iter().collect();
    let (rows, people) = try_join!(stakes(conn, org, &deals), people_of(conn, org, &accounts))?;
    let mut points: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    let mut stakes: HashMap<Uuid, Vec<Stake>> = HashMap::new();
    for row in rows {
        let of_deal = points.entry(row.deal_id).or_default();
        // The rows of a point lie together.
        if of_deal.last() != Some(&row.point_id) {
            of_deal.push(row.point_id);
        }
        if let (Some(person), Some(is_harm)) = (row.contact_id, row.is_harm) {
            stakes.entry(row.deal_id).or_default().push(Stake {
                point: PointId(row.point_id),
                person: ContactId(person),
                is_harm,
            });
        }
    }
    let mut chains: HashMap<Uuid, Vec<(ContactId, bool)>> = HashMap::new();
    for row in people {
        let of_account = chains.entry(row.account_id).or_default();
        of_account.push((ContactId(row.id), row.level().is_some()));
    }
    let of = |subject: &Subject| {
        let many = points.get(&subject.deal).map_or(0, Vec::len);
        let chain = subject.account.and_then(|account| chains.get(&account));
        let chain = chain.into_iter().flatten().copied();
        let stakes = stakes.get(&subject.deal).map_or(&[][..], Vec::as_slice);
        (subject.deal, (many, ProposalReview::of(chain, stakes)))
    };
    Ok(subjects.iter().map(of).collect())
}

/// Adds a point behind those of its deal.
///
/// # Errors
/// Those of the database.
pub async fn insert(
    mut conn: &Conn,
    scope: &Scope,
    new: &ProposalPoint,
    place: usize,
) -> QueryResult<()> {
    diesel::insert_into(proposal_points::table)
        .values((
            proposal_points::org_id.eq(scope.org.0),
            proposal_points::id.eq(new.id.0),
            proposal_points::deal_id.eq(new.deal_id.0),
            proposal_points::place.eq(i16::try_from(place).unwrap_or(i16::MAX)),
            proposal_points::feature.eq(&new.feature),
            proposal_points::advantage.eq(&new.advantage),
            proposal_points::benefit.eq(&new.benefit),
            proposal_points::created_at.eq(new.created_at),
        ))
        .execute(&mut conn)
        .await?;
    name(conn, scope.org, new).await
}

/// Writes whom a point serves and whom it goes against.
async fn name(mut conn: &Conn, org: OrgId, point: &ProposalPoint) -> QueryResult<()> {
    let served = point.serves.iter().map(|person| (person, false));
    let harmed = point.harms.iter().map(|person| (person, true));
    let rows: Vec<_> = served
        .chain(harmed)
        .map(|(person, is_harm)| {
            (
                proposal_stakes::org_id.eq(org.0),
                proposal_stakes::point_id.eq(point.id.0),
                proposal_stakes::contact_id.eq(person.0),
                proposal_stakes::is_harm.eq(is_harm),
            )
        })
        .collect();
    if !rows.is_empty() {
        diesel::insert_into(proposal_stakes::table)
            .values(rows)
            .execute(&mut conn)
            .await?;
    }
    Ok(())
}

/// Writes a point as it is now, in its place.
///
/// # Errors
/// Those of the database.
pub async fn update(mut conn: &Conn, org: OrgId, new: &ProposalPoint) -> QueryResult<()> {
    let target = proposal_points::table.filter(
        proposal_points::org_id
            .eq(org.0)
            .and(proposal_points::id.eq(new.id.0)),
    );
    diesel::update(target)
        .set((
            proposal_points::feature.eq(&new.feature),
            proposal_points::advantage.eq(&new.advantage),
            proposal_points::benefit.eq(&new.benefit),
        ))
        .execute(&mut conn)
        .await?;
    let stakes = proposal_stakes::table.filter(
        proposal_stakes::org_id
            .eq(org.0)
            .and(proposal_stakes::point_id.eq(new.id.0)),
    );
    diesel::delete(stakes).execute(&mut conn).await?;
    name(conn, org, new).await
}

/// Takes a point away.
///
/// # Errors
/// Those of the database.
pub async fn delete(mut conn: &Conn, org: OrgId, id: PointId) -> QueryResult<()> {
    let target = proposal_points::table.filter(
        proposal_points::org_id
            .eq(org.0)
            .and(proposal_points::id.eq(id.0)),
    );
    diesel::delete(target).execute(&mut conn).await?;
    Ok(())
}

/// Puts the points of a deal into this order.
///
/// # Errors
/// Those of the database.
pub async fn set_order(mut conn: &Conn, org: OrgId, order: &[PointId]) -> QueryResult<()> {
    let ids: Vec<Uuid> = order.iter().map(|id| id.0).collect();
    let places: Vec<i16> = (0i16..).take(ids.len()).collect();
    diesel::sql_query(
        "update proposal_points p set place = o.place \
         from unnest($2, $3) as o (id, place) where p.org_id = $1 and p.id = o.id",
    )
    .bind::<SqlUuid, _>(org.0)
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<SmallInt>, _>(places)
    .execute(&mut conn)
    .await?;
    Ok(())
}

/// The place behind the last point of a deal.
///
/// # Errors
/// Those of the database.
pub async fn next_place(mut conn: &Conn, org: OrgId, deal: DealId) -> QueryResult<usize> {
    let last: Option<i16> = proposal_points::table
        .filter(
            proposal_points::org_id
                .eq(org.0)
                .and(proposal_points::deal_id.eq(deal.0)),
        )
        .select(diesel::dsl::max(proposal_points::place))
        .first(&mut conn)
        .await?;
    Ok(last.map_or(0, |last| usize::try_from(last).unwrap_or(0) + 1))
}
