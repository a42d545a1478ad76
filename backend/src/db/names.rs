//! The names behind ids, for lists that expand their references.

use super::schema::{accounts, funnels, products, stages, teams, users};
use super::{Conn, Scope, visible};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use std::collections::HashMap;
use uuid::Uuid;

/// What an id refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the resources")]
pub enum Named {
    User,
    Team,
    Account,
    Product,
    Funnel,
    Stage,
}

/// Finds the names of records, as far as the scope may see them.
///
/// # Errors
/// Those of the database.
pub async fn find(
    mut conn: &Conn,
    scope: &Scope,
    of: Named,
    ids: Vec<Uuid>,
) -> QueryResult<HashMap<Uuid, String>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    macro_rules! names_in {
        ($table:ident) => {
            $table::table
                .filter($table::org_id.eq(scope.org.0).and($table::id.eq_any(ids)))
                .select(($table::id, $table::name))
        };
    }
    let rows: Vec<(Uuid, String)> = match of {
        Named::User => names_in!(users).load(&mut conn).await?,
        Named::Team => names_in!(teams).load(&mut conn).await?,
        Named::Account => {
            names_in!(accounts)
                .filter(visible::accounts(scope))
                .load(&mut conn)
                .await?
        }
        Named::Product => names_in!(products).load(&mut conn).await?,
        Named::Funnel => names_in!(funnels).load(&mut conn).await?,
        Named::Stage => names_in!(stages).load(&mut conn).await?,
    };
    Ok(rows.into_iter().collect())
}
