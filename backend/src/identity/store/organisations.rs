//! The tenants themselves.

use crate::clock::now;
use crate::db::Conn;
use crate::db::schema::organisations;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, SmallInt, Text};
use diesel_async::RunQueryDsl;
use shared::id::OrgId;
use shared::identity::Organisation;
use shared::money::Currency;
use uuid::Uuid;

type Row = (Uuid, String, String, String, i32);

const COLUMNS: (
    organisations::id,
    organisations::name,
    organisations::currency,
    organisations::time_zone,
    organisations::version,
) = (
    organisations::id,
    organisations::name,
    organisations::currency,
    organisations::time_zone,
    organisations::version,
);

fn organisation((id, name, currency, time_zone, version): Row) -> QueryResult<Organisation> {
    let currency = Currency::parse(&currency)
        .ok_or_else(|| diesel::result::Error::DeserializationError("not a currency".into()))?;
    Ok(Organisation {
        id: OrgId(id),
        name,
        currency,
        time_zone,
        version,
    })
}

/// The organisation.
///
/// # Errors
/// Those of the database.
pub async fn find(conn: &mut Conn, org: OrgId) -> QueryResult<Organisation> {
    let query = organisations::table.find(org.0).select(COLUMNS);
    organisation(query.first(conn).await?)
}

/// The organisation, locked against other changes of itself; who refers to it does not wait.
///
/// # Errors
/// Those of the database.
pub async fn find_for_update(conn: &mut Conn, org: OrgId) -> QueryResult<Organisation> {
    let query = organisations::table.find(org.0).select(COLUMNS);
    organisation(query.for_no_key_update().first(conn).await?)
}

/// Adds an organisation.
///
/// # Errors
/// Those of the database.
pub async fn insert(
    conn: &mut Conn,
    org: OrgId,
    name: &str,
    currency: Currency,
    time_zone: &str,
) -> QueryResult<Organisation> {
    let query = diesel::insert_into(organisations::table).values((
        organisations::id.eq(org.0),
        organisations::name.eq(name),
        organisations::currency.eq(currency.as_str()),
        organisations::time_zone.eq(time_zone),
    ));
    organisation(query.returning(COLUMNS).get_result(conn).await?)
}

/// How far the organisation's clock is ahead of UTC at this moment, in minutes.
///
/// # Errors
/// Those of the database.
pub async fn utc_offset(mut conn: &Conn, org: OrgId) -> QueryResult<i16> {
    organisations::table
        .filter(organisations::id.eq(org.0))
        .select(sql::<SmallInt>(
            "(extract(epoch from (now() at time zone time_zone) - (now() at time zone 'UTC')) / 60)::int2",
        ))
        .first(&mut conn)
        .await
}

/// Whether there is a time zone of this name.
///
/// # Errors
/// Those of the database.
pub async fn has_zone(conn: &mut Conn, name: &str) -> QueryResult<bool> {
    diesel::select(
        sql::<Bool>("exists (select 1 from pg_timezone_names where name = ")
            .bind::<Text, _>(name)
            .sql(")"),
    )
    .get_result(conn)
    .await
}

/// Changes the settings.
///
/// # Errors
/// Those of the database.
pub async fn update(conn: &mut Conn, new: &Organisation) -> QueryResult<Organisation> {
    let query = diesel::update(organisations::table.find(new.id.0)).set((
        organisations::name.eq(&new.name),
        organisations::currency.eq(new.currency.as_str()),
        organisations::time_zone.eq(&new.time_zone),
        organisations::version.eq(organisations::version + 1),
        organisations::updated_at.eq(now()),
    ));
    organisation(query.returning(COLUMNS).get_result(conn).await?)
}
