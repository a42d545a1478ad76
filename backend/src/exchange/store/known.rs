//! What is here before an import: the names that values of files are matched with.

use crate::db::schema::{accounts, products, teams, users};
use crate::db::{Conn, Scope, visible};
use crate::funnel::store::funnels;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use shared::exchange::plan::{Known, Named};
use uuid::Uuid;

/// The most words of one sort.
const WORDS: i64 = 2_000;

/// The names within view.
///
/// # Errors
/// Those of the database.
pub async fn load(conn: &mut Conn, scope: &Scope) -> QueryResult<Known> {
    let org = scope.org.0;
    let named = |rows: Vec<(Uuid, String)>| {
        rows.into_iter()
            .map(|(id, name)| Named { id, name })
            .collect()
    };
    let words = |rows: Vec<Option<String>>| rows.into_iter().flatten().collect();
    Ok(Known {
        teams: named(
            teams::table
                .filter(teams::org_id.eq(org))
                .select((teams::id, teams::name))
                .load(conn)
                .await?,
        ),
        users: named(
            users::table
                .filter(users::org_id.eq(org))
                .select((users::id, users::name))
                .load(conn)
                .await?,
        ),
        products: named(
            products::table
                .filter(products::org_id.eq(org))
                .select((products::id, products::name))
                .load(conn)
                .await?,
        ),
        accounts: named(
            accounts::table
                .filter(
                    accounts::org_id
                        .eq(org)
                        .and(accounts::archived_at.is_null()),
                )
                .filter(visible::accounts(scope))
                .select((accounts::id, accounts::name))
                .order(accounts::id)
                .load(conn)
                .await?,
        ),
        industries: words(
            accounts::table
                .filter(accounts::org_id.eq(org))
                .filter(visible::accounts(scope))
                .select(accounts::industry)
                .distinct()
                .limit(WORDS)
                .load(conn)
                .await?,
        ),
        regions: words(
            accounts::table
                .filter(accounts::org_id.eq(org))
                .filter(visible::accounts(scope))
                .select(accounts::region)
                .distinct()
                .limit(WORDS)
                .load(conn)
                .await?,
        ),
        lines: words(
            products::table
                .filter(products::org_id.eq(org))
                .select(products::line)
                .distinct()
                .limit(WORDS)
                .load(conn)
                .await?,
        ),
        funnels: funnels::list(conn, scope.org, false, None, 200).await?,
    })
}
