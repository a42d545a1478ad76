//! Finds accounts, contacts and deals by characters, pinyin and initials (I18N-3).
//!
//! The rooms that own the records keep the index in step: [`index`] with every new or changed name,
//! [`remove`] when a record is archived, [`index_all`] for many at once, all in the transaction of the
//! write. Calling [`index`] with the name that is indexed already costs one look.
//!
//! `name` takes a name apart, `pinyin` reads its characters, `grams` says by which beginnings it
//! is found, `rank` how well it fits, `find` asks the tables.

mod find;
mod grams;
mod name;
mod pinyin;
mod rank;
pub mod routes;
mod store;
#[cfg(test)]
mod tests;

use crate::db::Conn;
use diesel::QueryResult;
use name::Name;
use shared::accounts::HitKind;
use shared::id::OrgId;
use std::collections::BTreeSet;
use store::Rows;
use uuid::Uuid;

/// Names that are indexed at once: bounds what is held in memory.
const NAMES: usize = 1_000;

/// A record to be found by its name.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// What it is.
    pub kind: HitKind,
    /// Its id.
    pub id: Uuid,
    /// Its name or title.
    pub name: &'a str,
}

/// Makes a record findable by its name, and no longer by an earlier one.
///
/// # Errors
/// Those of the database.
pub async fn index(
    conn: &Conn,
    org: OrgId,
    kind: HitKind,
    id: Uuid,
    name: &str,
) -> QueryResult<()> {
    index_all(conn, org, &[Entry { kind, id, name }]).await
}

/// The same for many records.
///
/// # Errors
/// Those of the database.
pub async fn index_all(conn: &Conn, org: OrgId, entries: &[Entry<'_>]) -> QueryResult<()> {
    for entries in entries.chunks(NAMES) {
        let ids: Vec<Uuid> = entries.iter().map(|entry| entry.id).collect();
        let indexed = store::indexed(conn, org, &ids).await?;
        let (mut gone, mut new, mut named) = (Rows::default(), Rows::default(), Rows::default());
        for entry in entries {
            let subject = (store::number(entry.kind), entry.id);
            let old_name = indexed.get(&subject).map(String::as_str);
            if old_name == Some(entry.name) {
                continue;
            }
            let old = old_name.map_or_else(BTreeSet::new, grams_of);
            let now = grams_of(entry.name);
            gone.add(subject, old.difference(&now).cloned());
            new.add(subject, now.difference(&old).cloned());
            named.add(subject, std::iter::once(entry.name.to_owned()));
        }
        futures_util::try_join!(
            store::delete(conn, org, gone),
            store::insert(conn, org, new),
            store::remember(conn, org, named),
        )?;
    }
    Ok(())
}

/// Makes a record not to be found any more.
///
/// # Errors
/// Those of the database.
pub async fn remove(conn: &Conn, org: OrgId, kind: HitKind, id: Uuid) -> QueryResult<()> {
    let subject = (store::number(kind), id);
    let indexed = store::indexed(conn, org, &[id]).await?;
    let Some(name) = indexed.get(&subject) else {
        return Ok(());
    };
    let mut gone = Rows::default();
    gone.add(subject, grams_of(name).into_iter());
    futures_util::try_join!(
        store::delete(conn, org, gone),
        store::forget(conn, org, subject)
    )?;
    Ok(())
}

fn grams_of(name: &str) -> BTreeSet<String> {
    grams::of_name(&Name::new(name))
}
