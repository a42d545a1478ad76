//! The route of the search box.

use super::find;
use super::rank::Query;
use crate::app::App;
use crate::error::{AppError, AppResult, query};
use crate::http::{Answer, Params};
use crate::identity::Require;
use crate::identity::permit::ReadAccounts;
use actix_web::{get, web};
use serde::Deserialize;
use shared::accounts::SearchHits;
use shared::check::Check;
use shared::error::{ErrorCode, Problem};
use shared::identity::Permission;
use utoipa_actix_web::service_config::ServiceConfig;

/// The most characters of a query.
const MAX_QUERY: usize = 100;
/// The most hits.
const MAX_HITS: u32 = 20;

/// Adds the route.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(search);
}

/// What is looked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SearchParams {
    /// Characters, pinyin, initials, or the beginning of a word; one slip in a word is forgiven.
    #[serde(default)]
    q: String,
    /// Hits, 1 to 20; default 20.
    limit: Option<u32>,
}

/// Finds accounts, contacts and deals by their names, best first.
///
/// Whole names come before beginnings, those before initials, parts and words with a slip. Archived
/// records are not found.
#[utoipa::path(
    tag = "accounts", operation_id = "search", params(SearchParams),
    responses((status = 200, body = SearchHits), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_accounts"]))
)]
#[get("/search")]
async fn search(
    app: web::Data<App>,
    caller: Require<ReadAccounts>,
    params: Params<SearchParams>,
) -> AppResult<Answer> {
    let params = params.0;
    let limit = params.limit.unwrap_or(MAX_HITS);
    let mut check = Check::default();
    check.text("q", &params.q, MAX_QUERY);
    check.range("limit", limit, 1, MAX_HITS);
    check.into_result()?;
    let Some(asked) = Query::new(&params.q) else {
        return Err(AppError::field("q", ErrorCode::BadFormat));
    };

    let limit = usize::try_from(limit).unwrap_or_default();
    let with_deals = caller.may(Permission::ReadDeals);
    let scope = &caller.scope;
    let items = app
        .db
        .read(scope, async |conn| {
            query(find::find(conn, scope, &asked, limit, with_deals)).await
        })
        .await?;
    Answer::list(&SearchHits { items })
}
