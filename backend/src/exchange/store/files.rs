//! The files of imports and their bytes.

use crate::db::Conn;
use crate::db::schema::{import_chunks, import_files};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use shared::exchange::facts::FileFacts;
use shared::id::{ImportFileId, ImportId, OrgId};
use uuid::Uuid;

/// A file as stored.
#[derive(Debug, Clone)]
pub struct StoredFile {
    /// Its id.
    pub id: ImportFileId,
    /// The name it was sent with.
    pub name: String,
    /// Its size.
    pub bytes: i64,
    /// What is in it.
    pub facts: FileFacts,
}

/// The files of an import, in the order they were added.
///
/// # Errors
/// Those of the database.
pub async fn list(conn: &mut Conn, org: OrgId, import: ImportId) -> QueryResult<Vec<StoredFile>> {
    let rows: Vec<(Uuid, String, i64, serde_json::Value)> = import_files::table
        .filter(
            import_files::org_id
                .eq(org.0)
                .and(import_files::import_id.eq(import.0)),
        )
        .select((
            import_files::id,
            import_files::name,
            import_files::bytes,
            import_files::facts,
        ))
        .order(import_files::position)
        .load(conn)
        .await?;
    rows.into_iter()
        .map(|(id, name, bytes, facts)| {
            let facts = serde_json::from_value(facts)
                .map_err(|error| diesel::result::Error::DeserializationError(Box::new(error)))?;
            Ok(StoredFile {
                id: ImportFileId(id),
                name,
                bytes,
                facts,
            })
        })
        .collect()
}

/// Adds a file at the end, without its bytes.
///
/// # Errors
/// Those of the database.
pub async fn insert(
    conn: &mut Conn,
    org: OrgId,
    import: ImportId,
    file: &StoredFile,
) -> QueryResult<()> {
    let last: Option<i32> = import_files::table
        .filter(
            import_files::org_id
                .eq(org.0)
                .and(import_files::import_id.eq(import.0)),
        )
        .select(diesel::dsl::max(import_files::position))
        .first(conn)
        .await?;
    diesel::insert_into(import_files::table)
        .values((
            import_files::org_id.eq(org.0),
            import_files::id.eq(file.id.0),
            import_files::import_id.eq(import.0),
            import_files::position.eq(last.map_or(0, |last| last + 1)),
            import_files::name.eq(&file.name),
            import_files::bytes.eq(file.bytes),
            import_files::facts.eq(to_json(&file.facts)?),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes what a new pass over a file found.
///
/// # Errors
/// Those of the database.
pub async fn update_facts(
    conn: &mut Conn,
    org: OrgId,
    id: ImportFileId,
    facts: &FileFacts,
) -> QueryResult<()> {
    diesel::update(
        import_files::table.filter(
            import_files::org_id
                .eq(org.0)
                .and(import_files::id.eq(id.0)),
        ),
    )
    .set(import_files::facts.eq(to_json(facts)?))
    .execute(conn)
    .await?;
    Ok(())
}

fn to_json(facts: &FileFacts) -> QueryResult<serde_json::Value> {
    serde_json::to_value(facts)
        .map_err(|error| diesel::result::Error::SerializationError(Box::new(error)))
}

/// Takes a file away with its bytes.
///
/// # Errors
/// Those of the database.
pub async fn delete(conn: &mut Conn, org: OrgId, id: ImportFileId) -> QueryResult<()> {
    diesel::delete(
        import_chunks::table.filter(
            import_chunks::org_id
                .eq(org.0)
                .and(import_chunks::file_id.eq(id.0)),
        ),
    )
    .execute(conn)
    .await?;
    diesel::delete(
        import_files::table.filter(
            import_files::org_id
                .eq(org.0)
                .and(import_files::id.eq(id.0)),
        ),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds a piece of a file's bytes.
///
/// # Errors
/// Those of the database.
pub async fn insert_chunk(
    conn: &mut Conn,
    org: OrgId,
    file: ImportFileId,
    position: i32,
    bytes: &[u8],
) -> QueryResult<()> {
    diesel::insert_into(import_chunks::table)
        .values((
            import_chunks::org_id.eq(org.0),
            import_chunks::file_id.eq(file.0),
            import_chunks::position.eq(position),
            import_chunks::bytes.eq(bytes),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// A piece of a file's bytes; `None` after the last.
///
/// # Errors
/// Those of the database.
pub async fn chunk(
    conn: &mut Conn,
    org: OrgId,
    file: ImportFileId,
    position: i32,
) -> QueryResult<Option<Vec<u8>>> {
    import_chunks::table
        .find((org.0, file.0, position))
        .select(import_chunks::bytes)
        .first(conn)
        .await
        .optional()
}

/// Forgets the bytes of all files of an import.
///
/// # Errors
/// Those of the database.
pub async fn delete_chunks(conn: &mut Conn, org: OrgId, import: ImportId) -> QueryResult<()> {
    let files = import_files::table
        .filter(
            import_files::org_id
                .eq(org.0)
                .and(import_files::import_id.eq(import.0)),
        )
        .select(import_files::id);
    diesel::delete(
        import_chunks::table.filter(
            import_chunks::org_id
                .eq(org.0)
                .and(import_chunks::file_id.eq_any(files)),
        ),
    )
    .execute(conn)
    .await?;
    Ok(())
}
