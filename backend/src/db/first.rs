//! The first rows of a query, so that the database plans it once and not at every run.

use super::Conn;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel_async::RunQueryDsl;
use diesel_async::methods::LoadQuery;

/// How many rows are asked for: few different numbers, so few different statements are kept prepared.
const STEPS: [i64; 4] = [26, 51, 101, 201];

/// A query with its limit written out.
///
/// PostgreSQL keeps the plan of a prepared statement where it expects no better one for the values at
/// hand. Of a limit that is a parameter it knows nothing and expects a tenth of all rows, so it planned
/// every page of a board anew, which took longer than reading it.
pub struct First<Q> {
    query: Q,
    rows: i64,
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for First<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.query.walk_ast(out.reborrow())?;
        out.push_sql(" LIMIT ");
        out.push_sql(&self.rows.to_string());
        Ok(())
    }
}

impl<Q: Query> Query for First<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> QueryId for First<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// Loads the first rows of a query that has no limit of its own.
///
/// # Errors
/// Those of the database.
pub async fn first_rows<'c, 'q, Q, T>(
    mut conn: &'c Conn,
    query: Q,
    rows: i64,
) -> QueryResult<Vec<T>>
where
    Q: Send + 'q,
    T: Send + 'q,
    First<Q>: LoadQuery<'q, &'c Conn, T> + 'q,
{
    let step = STEPS.into_iter().find(|step| *step >= rows);
    let query = First {
        query,
        rows: step.unwrap_or(rows),
    };
    let mut list: Vec<T> = query.load(&mut conn).await?;
    list.truncate(usize::try_from(rows).unwrap_or_default());
    Ok(list)
}
