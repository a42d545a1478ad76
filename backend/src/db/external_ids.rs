//! Ids of records in other systems, for the stores of the rooms that own the records.

use super::Conn;
use super::schema::external_ids as ids;
use crate::error::{AppError, AppResult, OnConstraint};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use shared::error::ErrorCode;
use shared::event::SubjectKind;
use shared::id::OrgId;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Reads the ids of several records of one kind.
///
/// # Errors
/// Those of the database.
pub async fn find(
    mut conn: &Conn,
    org: OrgId,
    kind: SubjectKind,
    of: &[Uuid],
) -> QueryResult<HashMap<Uuid, BTreeMap<String, String>>> {
    let mut found: HashMap<Uuid, BTreeMap<String, String>> = HashMap::new();
    if of.is_empty() {
        return Ok(found);
    }
    let rows: Vec<(Uuid, String, String)> = ids::table
        .filter(
            ids::org_id
                .eq(org.0)
                .and(ids::subject_kind.eq(kind.as_ref()))
                .and(ids::subject_id.eq_any(of)),
        )
        .select((ids::subject_id, ids::source, ids::external_id))
        .load(&mut conn)
        .await?;
    for (subject, source, id) in rows {
        found.entry(subject).or_default().insert(source, id);
    }
    Ok(found)
}

/// Finds the records that have these ids in one system.
///
/// # Errors
/// Those of the database.
pub async fn find_by(
    conn: &mut Conn,
    org: OrgId,
    kind: SubjectKind,
    source: &str,
    of: &[String],
) -> QueryResult<HashMap<String, Uuid>> {
    let rows: Vec<(String, Uuid)> = ids::table
        .filter(
            ids::org_id
                .eq(org.0)
                .and(ids::subject_kind.eq(kind.as_ref()))
                .and(ids::source.eq(source))
                .and(ids::external_id.eq_any(of)),
        )
        .select((ids::external_id, ids::subject_id))
        .load(conn)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Gives many records their id in one system.
///
/// # Errors
/// Those of the database: `external_ids_pkey` for an id that is taken.
pub async fn insert_all(
    conn: &mut Conn,
    org: OrgId,
    kind: SubjectKind,
    source: &str,
    list: &[(Uuid, String)],
) -> QueryResult<()> {
    // A row has 5 parameters, and a statement carries at most 65,535.
    for part in list.chunks(10_000) {
        let rows: Vec<_> = part
            .iter()
            .map(|(subject, id)| {
                (
                    ids::org_id.eq(org.0),
                    ids::subject_kind.eq(kind.as_ref()),
                    ids::source.eq(source),
                    ids::external_id.eq(id),
                    ids::subject_id.eq(subject),
                )
            })
            .collect();
        diesel::insert_into(ids::table)
            .values(rows)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Makes the ids of a record those of `new`.
///
/// # Errors
/// 422 at `/external_ids/<source>` when another record has the id.
pub async fn replace(
    mut conn: &Conn,
    org: OrgId,
    kind: SubjectKind,
    id: Uuid,
    old: &BTreeMap<String, String>,
    new: &BTreeMap<String, String>,
) -> AppResult<()> {
    let gone: Vec<&String> = old
        .iter()
        .filter(|(source, id)| new.get(*source) != Some(id))
        .map(|(source, _)| source)
        .collect();
    if !gone.is_empty() {
        diesel::delete(ids::table)
            .filter(
                ids::org_id
                    .eq(org.0)
                    .and(ids::subject_kind.eq(kind.as_ref()))
                    .and(ids::subject_id.eq(id))
                    .and(ids::source.eq_any(gone)),
            )
            .execute(&mut conn)
            .await?;
    }
    // One by one, at most ten: the breach of the key then tells which of them is taken.
    for (source, external_id) in new {
        if old.get(source) == Some(external_id) {
            continue;
        }
        diesel::insert_into(ids::table)
            .values((
                ids::org_id.eq(org.0),
                ids::subject_kind.eq(kind.as_ref()),
                ids::source.eq(source),
                ids::external_id.eq(external_id),
                ids::subject_id.eq(id),
            ))
            .execute(&mut conn)
            .await
            .on_constraint("external_ids_pkey", || {
                AppError::field(format!("/external_ids/{source}"), ErrorCode::Taken)
            })?;
    }
    Ok(())
}
