//! Portfolio limits as they were set, and what sellers' accounts are made of.

use super::classes::{IS_LARGE, URGENCY};
use crate::db::schema::portfolio_limits;
use crate::db::{Conn, Scope};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Numeric, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;
use shared::accounts::{LimitSetting, Mix, SwapAccount, UrgencyClass};
use shared::id::{AccountId, LimitsId, OrgId, UserId};
use shared::identity::SellerLevel;
use shared::money::{Currency, Money};
use uuid::Uuid;

#[derive(Queryable, Selectable)]
#[diesel(table_name = portfolio_limits)]
struct SettingRow {
    id: Uuid,
    level: String,
    valid_from: NaiveDate,
    limits: serde_json::Value,
    set_by: Option<Uuid>,
    created_at: DateTime<Utc>,
}

impl SettingRow {
    fn read(self) -> QueryResult<LimitSetting> {
        let wrong = |error| diesel::result::Error::DeserializationError(error);
        Ok(LimitSetting {
            id: LimitsId(self.id),
            level: level(&self.level)?,
            valid_from: self.valid_from,
            limits: serde_json::from_value(self.limits).map_err(|error| wrong(error.into()))?,
            set_by: self.set_by.map(UserId),
            created_at: self.created_at,
        })
    }
}

fn level(word: &str) -> QueryResult<SellerLevel> {
    word.parse()
        .map_err(|_| diesel::result::Error::DeserializationError("not a seller level".into()))
}

/// Limits as they were set, those from the latest day first, before a place.
///
/// # Errors
/// Those of the database.
pub async fn settings(
    mut conn: &Conn,
    org: OrgId,
    before: Option<(NaiveDate, LimitsId)>,
    limit: i64,
) -> QueryResult<Vec<LimitSetting>> {
    let mut query = portfolio_limits::table
        .filter(portfolio_limits::org_id.eq(org.0))
        .select(SettingRow::as_select())
        .order((
            portfolio_limits::valid_from.desc(),
            portfolio_limits::id.desc(),
        ))
        .limit(limit)
        .into_boxed();
    if let Some((day, id)) = before {
        query = query.filter(
            portfolio_limits::valid_from
                .lt(day)
                .or(portfolio_limits::valid_from
                    .eq(day)
                    .and(portfolio_limits::id.lt(id.0))),
        );
    }
    let rows: Vec<SettingRow> = query.load(&mut conn).await?;
    rows.into_iter().map(SettingRow::read).collect()
}

/// For each level the limits last set for that day or one before.
///
/// # Errors
/// Those of the database.
pub async fn until(mut conn: &Conn, org: OrgId, day: NaiveDate) -> QueryResult<Vec<LimitSetting>> {
    let rows: Vec<SettingRow> = portfolio_limits::table
        .filter(portfolio_limits::org_id.eq(org.0))
        .filter(portfolio_limits::valid_from.le(day))
        .distinct_on(portfolio_limits::level)
        .select(SettingRow::as_select())
        .order((
            portfolio_limits::level,
            portfolio_limits::valid_from.desc(),
            portfolio_limits::id.desc(),
        ))
        .load(&mut conn)
        .await?;
    rows.into_iter().map(SettingRow::read).collect()
}

/// Keeps limits that were set.
///
/// # Errors
/// Those of the database.
pub async fn insert(mut conn: &Conn, org: OrgId, setting: &LimitSetting) -> QueryResult<()> {
    let limits = serde_json::to_value(setting.limits)
        .map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
    diesel::insert_into(portfolio_limits::table)
        .values((
            portfolio_limits::org_id.eq(org.0),
            portfolio_limits::id.eq(setting.id.0),
            portfolio_limits::level.eq(setting.level.as_ref()),
            portfolio_limits::valid_from.eq(setting.valid_from),
            portfolio_limits::limits.eq(limits),
            portfolio_limits::set_by.eq(setting.set_by.map(|id| id.0)),
            portfolio_limits::created_at.eq(setting.created_at),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// A seller and what their accounts are made of.
#[derive(Debug, Clone)]
pub struct Seller {
    /// Their id.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Their level.
    pub level: SellerLevel,
    /// Their accounts.
    pub mix: Mix,
}

#[derive(QueryableByName)]
struct SellerRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    level: String,
    #[diesel(sql_type = BigInt)]
    a: i64,
    #[diesel(sql_type = BigInt)]
    b: i64,
    #[diesel(sql_type = BigInt)]
    c: i64,
    #[diesel(sql_type = BigInt)]
    unclassed: i64,
    #[diesel(sql_type = BigInt)]
    large: i64,
}

/// A page of the sellers within view by name, as `sellers`: the organisation, the only one wanted, the
/// owners within view, after which name and id, and how many. Of all, those without accounts only where
/// selling is their job.
pub(super) const SELLERS: &str = "with sellers as ( \
        select u.id, u.name, u.level from users u \
        where u.org_id = $1 and ($2 is null or u.id = $2) and ($3 is null or u.id = any($3)) \
        and ($2 is not null or u.role = 'rep' and u.state <> 'disabled' or exists ( \
            select 1 from accounts o where o.org_id = $1 and o.owner_id = u.id and o.archived_at is null)) \
        and ($4 is null or (u.name collate \"zh-x-icu\", u.id) > ($4 collate \"zh-x-icu\", $5)) \
        order by u.name collate \"zh-x-icu\", u.id limit $6 \
    )";

/// What the accounts of one seller, or of all within view, are made of, by name; of all, those without
/// accounts only where selling is their job.
///
/// # Errors
/// Those of the database.
pub async fn mixes(
    mut conn: &Conn,
    scope: &Scope,
    only: Option<UserId>,
    after: Option<(String, Uuid)>,
    limit: i64,
) -> QueryResult<Vec<Seller>> {
    let (name, id) = after.unzip();
    let sql = format!(
        "{SELLERS} \
        select s.id, s.name, s.level, m.a, m.b, m.c, m.unclassed, m.large \
        from sellers s cross join lateral ( \
            select count(*) filter (where one.class = 'A') as a, count(*) filter (where one.class = 'B') as b, \
                count(*) filter (where one.class = 'C') as c, count(*) filter (where one.class is null) as unclassed, \
                count(*) filter (where one.is_large) as large \
            from (select {URGENCY} as class, {IS_LARGE} as is_large from accounts \
                where accounts.org_id = $1 and accounts.owner_id = s.id and accounts.archived_at is null) one \
        ) m order by s.name collate \"zh-x-icu\", s.id"
    );
    let rows: Vec<SellerRow> = diesel::sql_query(sql)
        .bind::<SqlUuid, _>(scope.org.0)
        .bind::<Nullable<SqlUuid>, _>(only.map(|id| id.0))
        .bind::<Nullable<Array<SqlUuid>>, _>(scope.owners())
        .bind::<Nullable<Text>, _>(name)
        .bind::<Nullable<SqlUuid>, _>(id)
        .bind::<BigInt, _>(limit)
        .load(&mut conn)
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Seller {
                id: UserId(row.id),
                name: row.name,
                level: level(&row.level)?,
                mix: Mix {
                    a: row.a,
                    b: row.b,
                    c: row.c,
                    unclassed: row.unclassed,
                    large: row.large,
                },
            })
        })
        .collect()
}

/// An account as far as a mix counts it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Change {
    /// Whose it is.
    pub owner: Option<UserId>,
    /// Whether it is in use.
    pub is_open: bool,
    /// Its class.
    pub class: Option<UrgencyClass>,
    /// Whether it is a large firm.
    pub is_large: bool,
}

#[derive(QueryableByName)]
struct ChangeRow {
    #[diesel(sql_type = Nullable<SqlUuid>)]
    owner_id: Option<Uuid>,
    #[diesel(sql_type = Bool)]
    is_open: bool,
    #[diesel(sql_type = Nullable<Text>)]
    class: Option<String>,
    #[diesel(sql_type = Bool)]
    is_large: bool,
}

/// How a mix counts an account.
///
/// # Errors
/// `NotFound`, or those of the database.
pub async fn change(mut conn: &Conn, org: OrgId, id: AccountId) -> QueryResult<Change> {
    let sql = format!(
        "select owner_id, archived_at is null as is_open, {URGENCY} as class, {IS_LARGE} as is_large \
         from accounts where org_id = $1 and id = $2"
    );
    let row: ChangeRow = diesel::sql_query(sql)
        .bind::<SqlUuid, _>(org.0)
        .bind::<SqlUuid, _>(id.0)
        .get_result(&mut conn)
        .await?;
    Ok(Change {
        owner: row.owner_id.map(UserId),
        is_open: row.is_open,
        class: row.class.and_then(|class| class.parse().ok()),
        is_large: row.is_large,
    })
}

/// Whether an account counts as a large firm.
///
/// # Errors
/// As [`change`].
pub async fn is_large(conn: &Conn, org: OrgId, id: AccountId) -> QueryResult<bool> {
    Ok(change(conn, org, id).await?.is_large)
}

#[derive(QueryableByName)]
struct CandidateRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Nullable<Text>)]
    class: Option<String>,
    #[diesel(sql_type = Bool)]
    is_large: bool,
    #[diesel(sql_type = Numeric)]
    expected: Decimal,
}

/// The accounts a seller could hand back: of each class, large or not, the one whose open deals are
/// expected to bring least. Sums are in one currency; deals in others count nothing.
///
/// # Errors
/// Those of the database.
pub async fn candidates(
    mut conn: &Conn,
    scope: &Scope,
    owner: UserId,
    but: Option<AccountId>,
    currency: Currency,
) -> QueryResult<Vec<SwapAccount>> {
    let sql = format!(
        "select distinct on (class, is_large) id, name, class, is_large, expected from ( \
            select accounts.id, accounts.name, {URGENCY} as class, {IS_LARGE} as is_large, \
                coalesce(d.expected, 0) as expected \
            from accounts left join lateral ( \
                select sum(d.amount * coalesce(d.probability, d.evidence_probability, (s.probability + coalesce(s.probability_high, s.probability)) / 2) / 100.0) as expected \
                from deals d join stages s on s.org_id = d.org_id and s.id = d.stage_id \
                where d.org_id = $1 and d.account_id = accounts.id and d.status = 'open' \
                and d.archived_at is null and d.currency = $4 \
            ) d on true \
            where accounts.org_id = $1 and accounts.owner_id = $2 and accounts.archived_at is null \
            and ($3 is null or accounts.id <> $3) \
        ) one order by class, is_large, expected, id"
    );
    let rows: Vec<CandidateRow> = diesel::sql_query(sql)
        .bind::<SqlUuid, _>(scope.org.0)
        .bind::<SqlUuid, _>(owner.0)
        .bind::<Nullable<SqlUuid>, _>(but.map(|id| id.0))
        .bind::<Text, _>(currency.as_str())
        .load(&mut conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| SwapAccount {
            id: AccountId(row.id),
            name: row.name,
            class: row.class.and_then(|class| class.parse().ok()),
            is_large: row.is_large,
            expected: Money::new(row.expected.round_dp(2).normalize(), currency),
        })
        .collect())
}
