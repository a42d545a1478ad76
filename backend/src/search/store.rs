//! The tables of the search: grams looked up by equality and range, and the names behind what is found.

use crate::db::schema::{accounts, contacts, deals, search_grams as grams, search_names as names};
use crate::db::{Conn, Scope, View, visible};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, SmallInt, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use shared::accounts::{HitKind, SearchHit};
use shared::id::{AccountId, OrgId};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Rows of one statement.
const ROWS: usize = 20_000;

/// A record as the tables name it.
pub type Subject = (i16, Uuid);

/// The number of a kind in the tables.
#[must_use]
pub const fn number(kind: HitKind) -> i16 {
    match kind {
        HitKind::Account => 1,
        HitKind::Contact => 2,
        HitKind::Deal => 3,
    }
}

/// Grams of subjects, as one statement sends them.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    grams: Vec<String>,
    kinds: Vec<i16>,
    ids: Vec<Uuid>,
}

impl Rows {
    /// Adds the grams of a subject.
    pub fn add(&mut self, (kind, id): Subject, grams: impl Iterator<Item = String>) {
        for gram in grams {
            self.grams.push(gram);
            self.kinds.push(kind);
            self.ids.push(id);
        }
    }

    fn parts(mut self) -> Vec<Self> {
        let mut parts = Vec::new();
        while !self.grams.is_empty() {
            let place = self.grams.len().saturating_sub(ROWS);
            parts.push(Self {
                grams: self.grams.split_off(place),
                kinds: self.kinds.split_off(place),
                ids: self.ids.split_off(place),
            });
        }
        parts
    }
}

/// A statement over rows sent as arrays: its text stays the same, so it is prepared once.
struct OverRows {
    before: &'static str,
    after: &'static str,
    org: Uuid,
    rows: Rows,
}

impl QueryId for OverRows {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Pg> for OverRows {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(self.before);
        out.push_bind_param::<SqlUuid, _>(&self.org)?;
        out.push_sql("::uuid as org_id, r.gram, r.kind, r.subject_id from unnest(");
        out.push_bind_param::<Array<Text>, _>(&self.rows.grams)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<SmallInt>, _>(&self.rows.kinds)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.rows.ids)?;
        out.push_sql(") as r (gram, kind, subject_id)");
        out.push_sql(self.after);
        Ok(())
    }
}

/// The names subjects are indexed by.
///
/// # Errors
/// Those of the database.
pub async fn indexed(
    mut conn: &Conn,
    org: OrgId,
    ids: &[Uuid],
) -> QueryResult<HashMap<Subject, String>> {
    let rows: Vec<(i16, Uuid, String)> = names::table
        .filter(names::org_id.eq(org.0).and(names::subject_id.eq_any(ids)))
        .select((names::kind, names::subject_id, names::name))
        .load(&mut conn)
        .await?;
    let rows = rows.into_iter();
    Ok(rows.map(|(kind, id, name)| ((kind, id), name)).collect())
}

/// Remembers the names subjects are indexed by.
///
/// # Errors
/// Those of the database.
pub async fn remember(mut conn: &Conn, org: OrgId, named: Rows) -> QueryResult<()> {
    for rows in named.parts() {
        let statement = OverRows {
            before: "insert into search_names (org_id, name, kind, subject_id) select ",
            after: " on conflict on constraint search_names_pkey do update set name = excluded.name",
            org: org.0,
            rows,
        };
        statement.execute(&mut conn).await?;
    }
    Ok(())
}

/// Forgets a subject's name.
///
/// # Errors
/// Those of the database.
pub async fn forget(mut conn: &Conn, org: OrgId, (kind, id): Subject) -> QueryResult<()> {
    diesel::delete(names::table)
        .filter(
            names::org_id
                .eq(org.0)
                .and(names::subject_id.eq(id))
                .and(names::kind.eq(kind)),
        )
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Adds grams.
///
/// # Errors
/// Those of the database.
pub async fn insert(mut conn: &Conn, org: OrgId, grams: Rows) -> QueryResult<()> {
    for rows in grams.parts() {
        let statement = OverRows {
            before: "insert into search_grams (org_id, gram, kind, subject_id) select ",
            after: " on conflict do nothing",
            org: org.0,
            rows,
        };
        statement.execute(&mut conn).await?;
    }
    Ok(())
}

/// Takes grams away.
///
/// # Errors
/// Those of the database.
pub async fn delete(mut conn: &Conn, org: OrgId, grams: Rows) -> QueryResult<()> {
    for rows in grams.parts() {
        let statement = OverRows {
            before: "delete from search_grams g using (select ",
            after: ") d where g.org_id = d.org_id and g.gram = d.gram and g.kind = d.kind \
                    and g.subject_id = d.subject_id",
            org: org.0,
            rows,
        };
        statement.execute(&mut conn).await?;
    }
    Ok(())
}

/// The subjects that have a gram which begins so, in the order of their grams.
///
/// # Errors
/// Those of the database.
pub async fn beginning(
    mut conn: &Conn,
    org: OrgId,
    gram: &str,
    limit: i64,
) -> QueryResult<Vec<Subject>> {
    grams::table
        .filter(grams::org_id.eq(org.0))
        .filter(grams::gram.ge(gram))
        .filter(grams::gram.lt(format!("{gram}\u{10ffff}")))
        .order((grams::gram, grams::kind, grams::subject_id))
        .select((grams::kind, grams::subject_id))
        .limit(limit)
        .load(&mut conn)
        .await
}

/// The subjects that have one of some grams.
///
/// # Errors
/// Those of the database.
pub async fn having(
    mut conn: &Conn,
    org: OrgId,
    some: Vec<String>,
    limit: i64,
) -> QueryResult<Vec<Subject>> {
    grams::table
        .filter(grams::org_id.eq(org.0).and(grams::gram.eq_any(some)))
        .select((grams::kind, grams::subject_id))
        .limit(limit)
        .load(&mut conn)
        .await
}

/// Which records are read.
#[derive(Debug, Clone)]
pub enum Among {
    /// These.
    Ids(Vec<Uuid>),
    /// Those of these owners, the latest ones, up to a number.
    Owned(Vec<Uuid>, i64),
}

/// Reads accounts within view, in use.
///
/// # Errors
/// Those of the database.
pub async fn accounts(mut conn: &Conn, scope: &Scope, among: Among) -> QueryResult<Vec<SearchHit>> {
    let query = accounts::table
        .filter(accounts::org_id.eq(scope.org.0))
        .filter(accounts::archived_at.is_null())
        .select((accounts::id, accounts::name))
        .into_boxed();
    let query = match among {
        Among::Ids(ids) => query
            .filter(accounts::id.eq_any(ids))
            .filter(visible::accounts(scope)),
        Among::Owned(owners, limit) => query
            .filter(accounts::owner_id.eq_any(owners))
            .order(accounts::id.desc())
            .limit(limit),
    };
    let rows: Vec<(Uuid, String)> = query.load(&mut conn).await?;
    let hits = rows.into_iter().map(|(id, name)| SearchHit {
        kind: HitKind::Account,
        id,
        account_id: Some(AccountId(id)),
        account_name: Some(name.clone()),
        name,
    });
    Ok(hits.collect())
}

/// Accounts at which these owners have deals: in view, whoever's they are.
///
/// # Errors
/// Those of the database.
pub async fn accounts_with_deals(
    mut conn: &Conn,
    scope: &Scope,
    owners: Vec<Uuid>,
    limit: i64,
) -> QueryResult<Vec<Uuid>> {
    let ids: Vec<Option<Uuid>> = deals::table
        .filter(deals::org_id.eq(scope.org.0))
        .filter(deals::account_id.is_not_null())
        .filter(deals::owner_id.eq_any(owners))
        .select(deals::account_id)
        .distinct()
        .limit(limit)
        .load(&mut conn)
        .await?;
    Ok(ids.into_iter().flatten().collect())
}

/// Reads contacts at accounts within view, in use.
///
/// # Errors
/// Those of the database.
pub async fn contacts(
    mut conn: &Conn,
    scope: &Scope,
    ids: Vec<Uuid>,
) -> QueryResult<Vec<SearchHit>> {
    let query = contacts_in_use(scope).filter(contacts::id.eq_any(ids));
    let mut rows: Vec<ContactRow> = query.load(&mut conn).await?;
    if scope.view != View::All {
        let ids = rows.iter().map(|row| row.2).collect();
        let seen = accounts_in_view(conn, scope, ids).await?;
        rows.retain(|row| seen.contains(&row.2));
    }
    Ok(rows.into_iter().map(to_hit).collect())
}

/// Reads contacts in use at accounts that are known to be within view, the latest ones, up to a number.
///
/// # Errors
/// Those of the database.
pub async fn contacts_at(
    mut conn: &Conn,
    scope: &Scope,
    accounts: Vec<Uuid>,
    limit: i64,
) -> QueryResult<Vec<SearchHit>> {
    let rows: Vec<ContactRow> = contacts_in_use(scope)
        .filter(contacts::account_id.eq_any(accounts))
        .order(contacts::id.desc())
        .limit(limit)
        .load(&mut conn)
        .await?;
    Ok(rows.into_iter().map(to_hit).collect())
}

type ContactRow = (Uuid, String, Uuid, String);

#[diesel::dsl::auto_type(no_type_alias)]
fn contacts_in_use(scope: &Scope) -> _ {
    let account = accounts::org_id
        .eq(contacts::org_id)
        .and(accounts::id.eq(contacts::account_id));
    let org: Uuid = scope.org.0;
    contacts::table
        .inner_join(accounts::table.on(account))
        .filter(contacts::org_id.eq(org))
        .filter(contacts::archived_at.is_null())
        .select((contacts::id, contacts::name, accounts::id, accounts::name))
}

fn to_hit((id, name, account, account_name): ContactRow) -> SearchHit {
    SearchHit {
        kind: HitKind::Contact,
        id,
        name,
        account_id: Some(AccountId(account)),
        account_name: Some(account_name),
    }
}

/// Which of some accounts are within view.
async fn accounts_in_view(
    mut conn: &Conn,
    scope: &Scope,
    ids: Vec<Uuid>,
) -> QueryResult<HashSet<Uuid>> {
    let seen: Vec<Uuid> = accounts::table
        .filter(
            accounts::org_id
                .eq(scope.org.0)
                .and(accounts::id.eq_any(ids)),
        )
        .filter(visible::accounts(scope))
        .select(accounts::id)
        .load(&mut conn)
        .await?;
    Ok(seen.into_iter().collect())
}

/// Reads deals within view, in use.
///
/// # Errors
/// Those of the database.
pub async fn deals(mut conn: &Conn, scope: &Scope, among: Among) -> QueryResult<Vec<SearchHit>> {
    let query = deals::table
        .left_join(
            accounts::table.on(accounts::org_id
                .eq(deals::org_id)
                .and(accounts::id.nullable().eq(deals::account_id))),
        )
        .filter(deals::org_id.eq(scope.org.0))
        .filter(deals::archived_at.is_null())
        .select((
            deals::id,
            deals::title,
            deals::account_id,
            accounts::name.nullable(),
        ))
        .into_boxed();
    let query = match among {
        Among::Ids(ids) => {
            let query = query.filter(deals::id.eq_any(ids));
            match scope.owners() {
                None => query,
                Some(owners) => query.filter(
                    deals::owner_id
                        .is_null()
                        .or(deals::owner_id.eq_any(owners).assume_not_null()),
                ),
            }
        }
        Among::Owned(owners, limit) => query
            .filter(deals::owner_id.eq_any(owners))
            .order(deals::id.desc())
            .limit(limit),
    };
    let rows: Vec<(Uuid, String, Option<Uuid>, Option<String>)> = query.load(&mut conn).await?;
    let hits = rows
        .into_iter()
        .map(|(id, name, account, account_name)| SearchHit {
            kind: HitKind::Deal,
            id,
            name,
            account_id: account.map(AccountId),
            account_name,
        });
    Ok(hits.collect())
}
