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
    conn: &mut Conn,
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
        .load(conn)
        .await?;
    for (subject, source, id) in rows {
        found.entry(subject).or_default().insert(source, id);
    }
    Ok(found)
}

/// Makes the ids of a record those of `new`.
///
/// # Errors
/// 422 at `/external_ids/<source>` when another record has the id.
pub async fn replace(
    conn: &mut Conn,
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
            .execute(conn)
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
            .execute(conn)
            .await
            .on_constraint("external_ids_pkey", || {
                AppError::field(format!("/external_ids/{source}"), ErrorCode::Taken)
            })?;
    }
    Ok(())
}
