//! Profit by stage: what open deals should bring, and how much of the effort goes where.

use super::board::BoardParams;
use crate::app::App;
use crate::clock;
use crate::error::{AppResult, query};
use crate::funnel::store::{funnels, totals, worth as store};
use crate::http::{Answer, Params};
use crate::identity::Require;
use crate::identity::permit::ReadDeals;
use actix_web::{get, web};
use chrono::Duration;
use futures_util::try_join;
use shared::error::Problem;
use shared::funnel::worth::{EFFORT_DAYS, Worth, worth};
use shared::id::FunnelId;

/// Answers the open deals of a funnel by stage and expected profit: for each cell their number, amounts
/// and profits, and its shares of profit and effort (CLS-19). The filter is the board's.
#[utoipa::path(
    tag = "funnel", operation_id = "get_worth", params(("id" = FunnelId, Path), BoardParams),
    responses((status = 200, body = Worth), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[get("/funnels/{id}/worth")]
pub async fn get_worth(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    id: web::Path<FunnelId>,
    params: Params<BoardParams>,
) -> AppResult<Answer> {
    let (params, scope) = (params.0, &caller.scope);
    params.demand_filter_alone()?;
    let since = clock::now() - Duration::days(EFFORT_DAYS);
    let told = app
        .db
        .read(scope, async |conn| {
            let (funnel, currency, narrow) = try_join!(
                query(funnels::find(conn, scope.org, *id)),
                query(totals::currency(conn, scope.org)),
                params.narrow(conn, scope),
            )?;
            let counted = store::count(conn, scope, *id, &narrow, currency, since);
            let counted = query(counted).await?;
            Ok(worth(&funnel.stages, counted, currency))
        })
        .await?;
    Answer::list(&told)
}
