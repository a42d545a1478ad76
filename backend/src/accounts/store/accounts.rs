//! The accounts table.

use super::lists::{SCREENING, of_account, purchase_on};
use super::screening;
use crate::clock;
use crate::db::conditions::{self, by_pinyin, count, date_key, keyset, text_key, time_key};
use crate::db::first::first_rows;
use crate::db::schema::accounts;
use crate::db::{Conn, Scope, external_ids, visible};
use crate::http::list::{Leaf, ListQuery};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use shared::accounts::{Account, Signs};
use shared::event::SubjectKind;
use shared::id::{AccountId, OrgId, UserId};
use shared::identity::Locale;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Rows of one statement: a row has 28 parameters, and a statement carries at most 65,535.
const ROWS: usize = 2_300;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = accounts, treat_none_as_null = true)]
struct AccountRow {
    org_id: Uuid,
    id: Uuid,
    name: String,
    kind: String,
    industry: Option<String>,
    nature: Option<String>,
    size: Option<String>,
    employees: Option<i32>,
    region: Option<String>,
    address: Option<String>,
    website: Option<String>,
    phones: Vec<String>,
    parent_id: Option<Uuid>,
    owner_id: Option<Uuid>,
    source: Option<String>,
    tier: Option<String>,
    tags: Vec<String>,
    version: i32,
    archived_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    values_it: Option<bool>,
    has_plan: Option<bool>,
    has_person: Option<bool>,
    has_date: Option<bool>,
    purchase_on: Option<NaiveDate>,
    man: serde_json::Value,
    prospecting: Option<String>,
}

impl AccountRow {
    fn of(org: OrgId, account: &Account) -> QueryResult<Self> {
        let word = |word: Option<&str>| word.map(str::to_owned);
        let signs = account.signs;
        let man = serde_json::to_value(&account.man)
            .map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
        Ok(Self {
            org_id: org.0,
            id: account.id.0,
            name: account.name.clone(),
            kind: account.kind.as_ref().to_owned(),
            industry: account.industry.clone(),
            nature: account.nature.clone(),
            size: word(account.size.as_ref().map(AsRef::as_ref)),
            employees: account.employees,
            region: account.region.clone(),
            address: account.address.clone(),
            website: account.website.clone(),
            phones: account.phones.clone(),
            parent_id: account.parent_id.map(|id| id.0),
            owner_id: account.owner_id.map(|id| id.0),
            source: account.source.clone(),
            tier: word(account.tier.as_ref().map(AsRef::as_ref)),
            tags: account.tags.clone(),
            version: account.version,
            archived_at: account.archived_at,
            created_at: account.created_at,
            updated_at: account.updated_at,
            values_it: signs.values_it,
            has_plan: signs.has_plan,
            has_person: signs.has_person,
            has_date: signs.has_date,
            purchase_on: signs.purchase_on,
            man,
            prospecting: word(account.prospecting.as_ref().map(AsRef::as_ref)),
        })
    }

    fn into_account(self, external_ids: BTreeMap<String, String>) -> Account {
        Account {
            id: AccountId(self.id),
            name: self.name,
            kind: self.kind.parse().unwrap_or_default(),
            industry: self.industry,
            nature: self.nature,
            size: self.size.and_then(|size| size.parse().ok()),
            employees: self.employees,
            region: self.region,
            address: self.address,
            website: self.website,
            phones: self.phones,
            parent_id: self.parent_id.map(AccountId),
            owner_id: self.owner_id.map(UserId),
            source: self.source,
            prospecting: self.prospecting.and_then(|method| method.parse().ok()),
            tier: self.tier.and_then(|tier| tier.parse().ok()),
            signs: Signs {
                values_it: self.values_it,
                has_plan: self.has_plan,
                has_person: self.has_person,
                has_date: self.has_date,
                purchase_on: self.purchase_on,
            },
            man: serde_json::from_value(self.man).unwrap_or_default(),
            tags: self.tags,
            external_ids,
            version: self.version,
            archived_at: self.archived_at,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

/// Reads a page of accounts within view, with one row more to tell whether there is another, and
/// their number if it is wanted.
///
/// # Errors
/// Those of the database.
pub async fn list(
    mut conn: &Conn,
    scope: &Scope,
    list: &ListQuery,
) -> QueryResult<(Vec<Account>, Option<i64>)> {
    let rules = match list.filter.asks(SCREENING) {
        true => Some(screening::rules(conn, scope.org, Locale::default()).await?),
        false => None,
    };
    let matching = || {
        let leaf = |leaf: &Leaf| of_account(leaf, rules.as_ref());
        accounts::table
            .filter(accounts::org_id.eq(scope.org.0))
            .filter(visible::accounts(scope))
            .filter(conditions::fold(&list.filter, &leaf))
            .filter(conditions::archived(accounts::archived_at, list.archived))
            .into_boxed()
    };
    let query = matching().select(AccountRow::as_select());
    let query = match list.sort.field {
        "created_at" => keyset!(query, list, accounts::created_at, accounts::id, time_key),
        "updated_at" => keyset!(query, list, accounts::updated_at, accounts::id, time_key),
        "purchase_on" => keyset!(query, list, purchase_on(), accounts::id, date_key),
        _ => keyset!(
            query,
            list,
            by_pinyin(accounts::name),
            accounts::id,
            text_key
        ),
    };
    let rows: Vec<AccountRow> = first_rows(conn, query, list.limit + 1).await?;
    let total = count!(&mut conn, list, matching());
    Ok((with_external_ids(conn, scope.org, rows).await?, total))
}

/// Finds an account within view.
///
/// # Errors
/// `NotFound` when there is none.
pub async fn find(mut conn: &Conn, scope: &Scope, id: AccountId) -> QueryResult<Account> {
    let row = accounts::table
        .filter(accounts::org_id.eq(scope.org.0).and(accounts::id.eq(id.0)))
        .filter(visible::accounts(scope))
        .select(AccountRow::as_select())
        .first(&mut conn);
    one(conn, scope.org, id, row).await
}

/// Finds an account within view and keeps others from changing it. References to it go on being made.
///
/// # Errors
/// As [`find`].
pub async fn find_for_update(
    mut conn: &Conn,
    scope: &Scope,
    id: AccountId,
) -> QueryResult<Account> {
    let row = accounts::table
        .filter(accounts::org_id.eq(scope.org.0).and(accounts::id.eq(id.0)))
        .filter(visible::accounts(scope))
        .select(AccountRow::as_select())
        .for_no_key_update()
        .first(&mut conn);
    one(conn, scope.org, id, row).await
}

/// Several accounts, whoever owns them, locked: what is written of them is not older than what was read.
///
/// # Errors
/// Those of the database.
pub async fn find_all(conn: &mut Conn, org: OrgId, ids: &[Uuid]) -> QueryResult<Vec<Account>> {
    let rows: Vec<AccountRow> = accounts::table
        .filter(accounts::org_id.eq(org.0).and(accounts::id.eq_any(ids)))
        .select(AccountRow::as_select())
        // In one order, so that two who lock several do not wait for each other.
        .order(accounts::id)
        .for_no_key_update()
        .load(conn)
        .await?;
    with_external_ids(conn, org, rows).await
}

/// Adds an account, without its external ids.
///
/// # Errors
/// Those of the database: `accounts_owner_id_fkey` and `accounts_parent_id_fkey` for references to
/// nobody.
pub async fn insert(mut conn: &Conn, org: OrgId, account: &Account) -> QueryResult<()> {
    diesel::insert_into(accounts::table)
        .values(AccountRow::of(org, account)?)
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Adds many accounts, without their external ids. A parent must come before its children or be there.
///
/// # Errors
/// As [`insert`].
pub async fn insert_all(mut conn: &Conn, org: OrgId, list: &[Account]) -> QueryResult<()> {
    for part in list.chunks(ROWS) {
        let rows: Vec<AccountRow> = part
            .iter()
            .map(|account| AccountRow::of(org, account))
            .collect::<QueryResult<_>>()?;
        diesel::insert_into(accounts::table)
            .values(&rows)
            .execute(&mut conn)
            .await?;
    }
    Ok(())
}

/// Writes an account as it is now, without its external ids.
///
/// # Errors
/// As [`insert`].
pub async fn update(mut conn: &Conn, org: OrgId, account: &Account) -> QueryResult<()> {
    diesel::update(accounts::table)
        .filter(
            accounts::org_id
                .eq(org.0)
                .and(accounts::id.eq(account.id.0)),
        )
        .set(AccountRow::of(org, account)?)
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Counts an account's version up, as something that hangs on it was written.
///
/// # Errors
/// Those of the database.
pub async fn touch(mut conn: &Conn, org: OrgId, id: AccountId) -> QueryResult<()> {
    diesel::update(accounts::table)
        .filter(accounts::org_id.eq(org.0).and(accounts::id.eq(id.0)))
        .set((
            accounts::version.eq(accounts::version + 1),
            accounts::updated_at.eq(clock::now()),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// The account of a row, whose external ids are read in the same trip.
async fn one(
    conn: &Conn,
    org: OrgId,
    id: AccountId,
    row: impl Future<Output = QueryResult<AccountRow>>,
) -> QueryResult<Account> {
    let ids = [id.0];
    let known = external_ids::find(conn, org, SubjectKind::Account, &ids);
    let (row, mut known) = futures_util::try_join!(row, known)?;
    Ok(row.into_account(known.remove(&id.0).unwrap_or_default()))
}

async fn with_external_ids(
    conn: &Conn,
    org: OrgId,
    rows: Vec<AccountRow>,
) -> QueryResult<Vec<Account>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut known = external_ids::find(conn, org, SubjectKind::Account, &ids).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let ids = known.remove(&row.id).unwrap_or_default();
            row.into_account(ids)
        })
        .collect())
}
