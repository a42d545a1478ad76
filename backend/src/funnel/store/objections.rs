//! What customers object, by deal.

use crate::clock;
use crate::db::schema::{contacts, objections, users};
use crate::db::{Conn, Scope};
use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use shared::funnel::Objection;
use shared::id::{ContactId, DealId, ObjectionId, OrgId, UserId};
use uuid::Uuid;

#[derive(Queryable, Selectable)]
#[diesel(table_name = objections)]
struct ObjectionRow {
    id: Uuid,
    deal_id: Uuid,
    class: String,
    said: String,
    contact_id: Option<Uuid>,
    moves: serde_json::Value,
    logged_by: Option<Uuid>,
    created_at: DateTime<Utc>,
    settled_at: Option<DateTime<Utc>>,
    withdrawn_at: Option<DateTime<Utc>>,
}

/// A row with the names of who said it and who logged it.
type Named = (ObjectionRow, Option<String>, Option<String>);

fn read((row, contact_name, logged_by_name): Named) -> QueryResult<Objection> {
    let class = row.class.parse().map_err(|error: strum::ParseError| {
        diesel::result::Error::DeserializationError(error.into())
    })?;
    let moves = serde_json::from_value(row.moves)
        .map_err(|error| diesel::result::Error::DeserializationError(error.into()))?;
    Ok(Objection {
        id: ObjectionId(row.id),
        deal_id: DealId(row.deal_id),
        class,
        said: row.said,
        contact_id: row.contact_id.map(ContactId),
        contact_name,
        moves,
        settled_at: row.settled_at,
        logged_by: row.logged_by.map(UserId),
        logged_by_name,
        logged_at: row.created_at,
        withdrawn_at: row.withdrawn_at,
    })
}

fn moves(objection: &Objection) -> QueryResult<serde_json::Value> {
    serde_json::to_value(&objection.moves)
        .map_err(|error| diesel::result::Error::SerializationError(error.into()))
}

/// The objections of a deal, the last logged first, before one of them or only one; those withdrawn too.
///
/// # Errors
/// Those of the database.
pub async fn list(
    mut conn: &Conn,
    org: OrgId,
    deal: DealId,
    which: Which,
) -> QueryResult<Vec<Objection>> {
    let mut query = objections::table
        .left_join(
            contacts::table.on(contacts::org_id
                .eq(objections::org_id)
                .and(contacts::id.nullable().eq(objections::contact_id))),
        )
        .left_join(
            users::table.on(users::org_id
                .eq(objections::org_id)
                .and(users::id.nullable().eq(objections::logged_by))),
        )
        .filter(
            objections::org_id
                .eq(org.0)
                .and(objections::deal_id.eq(deal.0)),
        )
        .select((
            ObjectionRow::as_select(),
            contacts::name.nullable(),
            users::name.nullable(),
        ))
        .order(objections::id.desc())
        .into_boxed();
    query = match which {
        Which::One(id) => query.filter(objections::id.eq(id.0)),
        Which::Before(None, limit) => query.limit(limit),
        Which::Before(Some(before), limit) => query.filter(objections::id.lt(before)).limit(limit),
    };
    let rows: Vec<Named> = query.load(&mut conn).await?;
    rows.into_iter().map(read).collect()
}

/// Which objections of a deal.
#[derive(Debug, Clone, Copy)]
pub enum Which {
    /// This one.
    One(ObjectionId),
    /// So many before this one, or the last.
    Before(Option<Uuid>, i64),
}

/// One objection of a deal that was not withdrawn.
///
/// # Errors
/// `NotFound`, or those of the database.
pub async fn find(
    conn: &Conn,
    org: OrgId,
    deal: DealId,
    id: ObjectionId,
) -> QueryResult<Objection> {
    let found = list(conn, org, deal, Which::One(id)).await?;
    let mut found = found.into_iter();
    found
        .find(|objection| objection.withdrawn_at.is_none())
        .ok_or(diesel::result::Error::NotFound)
}

/// How many a deal has, those withdrawn too.
///
/// # Errors
/// Those of the database.
pub async fn count(mut conn: &Conn, org: OrgId, deal: DealId) -> QueryResult<i64> {
    objections::table
        .filter(
            objections::org_id
                .eq(org.0)
                .and(objections::deal_id.eq(deal.0)),
        )
        .select(count_star())
        .first(&mut conn)
        .await
}

/// How many of these deals' are open, by deal.
///
/// # Errors
/// Those of the database.
pub async fn open(mut conn: &Conn, org: OrgId, deals: &[Uuid]) -> QueryResult<Vec<(Uuid, i64)>> {
    objections::table
        .filter(
            objections::org_id
                .eq(org.0)
                .and(objections::deal_id.eq_any(deals)),
        )
        .filter(objections::settled_at.is_null())
        .filter(objections::withdrawn_at.is_null())
        .group_by(objections::deal_id)
        .select((objections::deal_id, count_star()))
        .load(&mut conn)
        .await
}

/// Keeps an objection.
///
/// # Errors
/// Those of the database.
pub async fn insert(mut conn: &Conn, scope: &Scope, new: &Objection) -> QueryResult<()> {
    diesel::insert_into(objections::table)
        .values((
            objections::org_id.eq(scope.org.0),
            objections::id.eq(new.id.0),
            objections::deal_id.eq(new.deal_id.0),
            objections::class.eq(new.class.as_ref()),
            objections::said.eq(&new.said),
            objections::contact_id.eq(new.contact_id.map(|id| id.0)),
            objections::moves.eq(moves(new)?),
            objections::logged_by.eq(new.logged_by.map(|id| id.0)),
            objections::created_at.eq(new.logged_at),
            objections::settled_at.eq(new.settled_at),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Writes an objection as it is now.
///
/// # Errors
/// Those of the database.
pub async fn update(mut conn: &Conn, org: OrgId, new: &Objection) -> QueryResult<()> {
    let target = objections::table.filter(
        objections::org_id
            .eq(org.0)
            .and(objections::id.eq(new.id.0)),
    );
    diesel::update(target)
        .set((
            objections::class.eq(new.class.as_ref()),
            objections::said.eq(&new.said),
            objections::contact_id.eq(new.contact_id.map(|id| id.0)),
            objections::moves.eq(moves(new)?),
            objections::settled_at.eq(new.settled_at),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Withdraws an objection.
///
/// # Errors
/// Those of the database.
pub async fn withdraw(mut conn: &Conn, org: OrgId, id: ObjectionId) -> QueryResult<()> {
    let target =
        objections::table.filter(objections::org_id.eq(org.0).and(objections::id.eq(id.0)));
    diesel::update(target)
        .set(objections::withdrawn_at.eq(clock::now()))
        .execute(&mut conn)
        .await?;
    Ok(())
}
