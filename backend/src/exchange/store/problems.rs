//! The odd rows of imports.

use crate::db::Conn;
use crate::db::schema::import_problems as problems;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use shared::exchange::{ImportProblem, ProblemCode, Severity};
use shared::id::{ImportFileId, ImportId, OrgId};
use uuid::Uuid;

/// Rows of one statement.
const ROWS: usize = 4_000;

/// A text a Postgres text column can hold.
fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// Adds many.
///
/// # Errors
/// Those of the database.
pub async fn insert_all(
    conn: &mut Conn,
    org: OrgId,
    import: ImportId,
    list: &[ImportProblem],
) -> QueryResult<()> {
    for part in list.chunks(ROWS) {
        // By arrays: a parameter for each value of each row takes longer than all the rest of a row.
        let texts = |text: fn(&ImportProblem) -> Option<&str>| -> Vec<Option<String>> {
            let all = part.iter().map(|problem| text(problem).map(storable));
            all.collect()
        };
        let cells = part.iter().map(|problem| {
            let cells = problem.cells.as_ref()?;
            serde_json::to_string(cells).ok()
        });
        diesel::sql_query(
            "insert into import_problems \
             (org_id, import_id, file_id, line, code, severity, field, header, value, taken, cells) \
             select $1, $2, p.* from unnest($3, $4, $5, $6, $7, $8, $9, $10, $11) p",
        )
        .bind::<SqlUuid, _>(org.0)
        .bind::<SqlUuid, _>(import.0)
        .bind::<Array<SqlUuid>, _>(part.iter().map(|one| one.file_id.0).collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(part.iter().map(|one| one.row).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(part.iter().map(|one| one.code.as_ref()).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(part.iter().map(|one| one.severity.as_ref()).collect::<Vec<_>>())
        .bind::<Array<Nullable<Text>>, _>(texts(|one| one.field.as_ref().map(AsRef::as_ref)))
        .bind::<Array<Nullable<Text>>, _>(texts(|one| one.column.as_deref()))
        .bind::<Array<Nullable<Text>>, _>(texts(|one| one.value.as_deref()))
        .bind::<Array<Nullable<Text>>, _>(texts(|one| one.taken.as_deref()))
        .bind::<Array<Nullable<Text>>, _>(cells.collect::<Vec<_>>())
        .execute(conn)
        .await?;
    }
    Ok(())
}

/// Forgets those of an import, before rows are gone through again.
///
/// # Errors
/// Those of the database.
pub async fn delete_all(conn: &mut Conn, org: OrgId, import: ImportId) -> QueryResult<()> {
    diesel::delete(
        problems::table.filter(
            problems::org_id
                .eq(org.0)
                .and(problems::import_id.eq(import.0)),
        ),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Which problems are read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Which {
    /// Only of this severity.
    pub severity: Option<Severity>,
    /// Only of this sort.
    pub code: Option<ProblemCode>,
    /// Only of this file.
    pub file: Option<ImportFileId>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = problems)]
struct ProblemRow {
    id: i64,
    file_id: Uuid,
    line: i64,
    code: String,
    severity: String,
    field: Option<String>,
    header: Option<String>,
    value: Option<String>,
    taken: Option<String>,
    cells: Option<String>,
}

impl ProblemRow {
    /// `None` for a sort this build does not know, as after going back a version.
    fn into_problem(self) -> Option<(i64, ImportProblem)> {
        let problem = ImportProblem {
            file_id: ImportFileId(self.file_id),
            row: self.line,
            code: self.code.parse().ok()?,
            severity: self.severity.parse().ok()?,
            field: self.field.and_then(|field| field.parse().ok()),
            column: self.header,
            value: self.value,
            taken: self.taken,
            cells: self
                .cells
                .and_then(|cells| serde_json::from_str(&cells).ok()),
        };
        Some((self.id, problem))
    }
}

/// Problems of an import in the order the rows were gone through, after a place; with each its place.
///
/// # Errors
/// Those of the database.
pub async fn list(
    conn: &mut Conn,
    org: OrgId,
    import: ImportId,
    which: Which,
    after: i64,
    limit: i64,
) -> QueryResult<Vec<(i64, ImportProblem)>> {
    let mut query = problems::table
        .filter(
            problems::org_id
                .eq(org.0)
                .and(problems::import_id.eq(import.0))
                .and(problems::id.gt(after)),
        )
        .select(ProblemRow::as_select())
        .order(problems::id)
        .limit(limit)
        .into_boxed();
    if let Some(severity) = which.severity {
        query = query.filter(problems::severity.eq(severity.as_ref().to_owned()));
    }
    if let Some(code) = which.code {
        query = query.filter(problems::code.eq(code.as_ref().to_owned()));
    }
    if let Some(file) = which.file {
        query = query.filter(problems::file_id.eq(file.0));
    }
    let rows: Vec<ProblemRow> = query.load(conn).await?;
    Ok(rows
        .into_iter()
        .filter_map(ProblemRow::into_problem)
        .collect())
}
