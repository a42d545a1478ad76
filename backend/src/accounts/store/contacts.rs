//! The contacts table. A contact is visible with its account.

use super::lists::of_contact;
use crate::db::conditions::{self, Condition, by_pinyin, count, keyset, text_key, time_key};
use crate::db::first::first_rows;
use crate::db::schema::{accounts, contacts};
use crate::db::{Conn, Scope, View, visible};
use crate::http::list::ListQuery;
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use shared::accounts::Contact;
use shared::id::{AccountId, ContactId, OrgId};
use std::collections::HashMap;
use uuid::Uuid;

/// Rows of one statement: a row has 14 parameters, and a statement carries at most 65,535.
const ROWS: usize = 4_000;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = contacts, treat_none_as_null = true)]
struct ContactRow {
    org_id: Uuid,
    id: Uuid,
    account_id: Uuid,
    name: String,
    title: Option<String>,
    department: Option<String>,
    level: Option<String>,
    phones: Vec<String>,
    mail: Option<String>,
    wechat: Option<String>,
    version: i32,
    archived_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl ContactRow {
    fn of(org: OrgId, contact: &Contact) -> Self {
        Self {
            org_id: org.0,
            id: contact.id.0,
            account_id: contact.account_id.0,
            name: contact.name.clone(),
            title: contact.title.clone(),
            department: contact.department.clone(),
            level: contact.level.map(|level| level.as_ref().to_owned()),
            phones: contact.phones.clone(),
            mail: contact.mail.clone(),
            wechat: contact.wechat.clone(),
            version: contact.version,
            archived_at: contact.archived_at,
            created_at: contact.created_at,
            updated_at: contact.updated_at,
        }
    }

    fn into_contact(self, account_name: String) -> Contact {
        Contact {
            id: ContactId(self.id),
            account_id: AccountId(self.account_id),
            account_name,
            name: self.name,
            title: self.title,
            department: self.department,
            level: self.level.and_then(|level| level.parse().ok()),
            phones: self.phones,
            mail: self.mail,
            wechat: self.wechat,
            version: self.version,
            archived_at: self.archived_at,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

/// Contacts at accounts within view.
fn in_view(scope: &Scope) -> Condition<contacts::table> {
    if scope.view == View::All {
        return conditions::constant(true);
    }
    let seen = accounts::table
        .filter(accounts::org_id.eq(scope.org.0))
        .filter(visible::accounts(scope))
        .select(accounts::id.nullable())
        .into_boxed::<Pg>();
    Box::new(contacts::account_id.nullable().eq_any(seen))
}

/// Reads a page of contacts within view, with one row more to tell whether there is another, and their
/// number if it is wanted.
///
/// # Errors
/// Those of the database.
pub async fn list(
    mut conn: &Conn,
    scope: &Scope,
    list: &ListQuery,
) -> QueryResult<(Vec<Contact>, Option<i64>)> {
    let matching = || {
        contacts::table
            .filter(contacts::org_id.eq(scope.org.0))
            .filter(in_view(scope))
            .filter(conditions::fold(&list.filter, &of_contact))
            .filter(conditions::archived(contacts::archived_at, list.archived))
            .into_boxed()
    };
    let query = matching().select(ContactRow::as_select());
    let query = match list.sort.field {
        "created_at" => keyset!(query, list, contacts::created_at, contacts::id, time_key),
        "updated_at" => keyset!(query, list, contacts::updated_at, contacts::id, time_key),
        _ => keyset!(
            query,
            list,
            by_pinyin(contacts::name),
            contacts::id,
            text_key
        ),
    };
    let rows: Vec<ContactRow> = first_rows(conn, query, list.limit + 1).await?;
    let total = count!(&mut conn, list, matching());
    Ok((with_account_names(conn, scope.org, rows).await?, total))
}

/// Finds a contact within view.
///
/// # Errors
/// `NotFound` when there is none.
pub async fn find(mut conn: &Conn, scope: &Scope, id: ContactId) -> QueryResult<Contact> {
    let row: ContactRow = contacts::table
        .filter(contacts::org_id.eq(scope.org.0).and(contacts::id.eq(id.0)))
        .filter(in_view(scope))
        .select(ContactRow::as_select())
        .first(&mut conn)
        .await?;
    one(conn, scope.org, row).await
}

/// Finds a contact within view and keeps others from changing it.
///
/// # Errors
/// As [`find`].
pub async fn find_for_update(
    mut conn: &Conn,
    scope: &Scope,
    id: ContactId,
) -> QueryResult<Contact> {
    let row: ContactRow = contacts::table
        .filter(contacts::org_id.eq(scope.org.0).and(contacts::id.eq(id.0)))
        .filter(in_view(scope))
        .select(ContactRow::as_select())
        .for_no_key_update()
        .first(&mut conn)
        .await?;
    one(conn, scope.org, row).await
}

/// Adds a contact.
///
/// # Errors
/// Those of the database: `contacts_account_id_fkey` for an account that is not there.
pub async fn insert(mut conn: &Conn, org: OrgId, contact: &Contact) -> QueryResult<()> {
    diesel::insert_into(contacts::table)
        .values(ContactRow::of(org, contact))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Adds many contacts.
///
/// # Errors
/// As [`insert`].
pub async fn insert_all(mut conn: &Conn, org: OrgId, list: &[Contact]) -> QueryResult<()> {
    for part in list.chunks(ROWS) {
        let rows: Vec<ContactRow> = part
            .iter()
            .map(|contact| ContactRow::of(org, contact))
            .collect();
        diesel::insert_into(contacts::table)
            .values(&rows)
            .execute(&mut conn)
            .await?;
    }
    Ok(())
}

/// Writes a contact as it is now.
///
/// # Errors
/// As [`insert`].
pub async fn update(mut conn: &Conn, org: OrgId, contact: &Contact) -> QueryResult<()> {
    diesel::update(contacts::table)
        .filter(
            contacts::org_id
                .eq(org.0)
                .and(contacts::id.eq(contact.id.0)),
        )
        .set(ContactRow::of(org, contact))
        .execute(&mut conn)
        .await?;
    Ok(())
}

async fn one(conn: &Conn, org: OrgId, row: ContactRow) -> QueryResult<Contact> {
    let mut list = with_account_names(conn, org, vec![row]).await?;
    list.pop().ok_or(diesel::result::Error::NotFound)
}

async fn with_account_names(
    mut conn: &Conn,
    org: OrgId,
    rows: Vec<ContactRow>,
) -> QueryResult<Vec<Contact>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut ids: Vec<Uuid> = rows.iter().map(|row| row.account_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let names: Vec<(Uuid, String)> = accounts::table
        .filter(accounts::org_id.eq(org.0).and(accounts::id.eq_any(ids)))
        .select((accounts::id, accounts::name))
        .load(&mut conn)
        .await?;
    let names: HashMap<Uuid, String> = names.into_iter().collect();
    Ok(rows
        .into_iter()
        .map(|row| {
            let name = names.get(&row.account_id).cloned().unwrap_or_default();
            row.into_contact(name)
        })
        .collect())
}
