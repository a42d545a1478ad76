//! Effort against value: what a deal takes of its owner's effort, and what it is worth beside the others.

use crate::app::App;
use crate::clock;
use crate::error::{AppResult, query};
use crate::funnel::store::{deals, effort as store};
use crate::http::{Answer, NoParams, Params};
use crate::identity::Require;
use crate::identity::permit::ReadDeals;
use actix_web::{get, web};
use chrono::Duration;
use shared::error::Problem;
use shared::funnel::effort::{DealEffort, EffortCounted, effort};
use shared::funnel::worth::EFFORT_DAYS;
use shared::id::DealId;

/// Answers what an open deal takes of its owner's effort and what it is worth beside all their open deals,
/// and whether it takes an outsized share for little value (GATE-30).
#[utoipa::path(
    tag = "funnel", operation_id = "get_deal_effort", params(("id" = DealId, Path)),
    responses((status = 200, body = DealEffort), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[get("/deals/{id}/effort")]
pub async fn get_deal_effort(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    id: web::Path<DealId>,
    _: Params<NoParams>,
) -> AppResult<Answer> {
    let scope = &caller.scope;
    let since = clock::now() - Duration::days(EFFORT_DAYS);
    let told = app
        .db
        .read(scope, async |conn| {
            let deal = query(deals::find(conn, scope, *id)).await?;
            let currency = deal.amount.map(|amount| amount.currency);
            let counted = match deal.owner_id {
                Some(owner) => {
                    let counted = store::count(conn, scope, *id, owner, currency, since);
                    query(counted).await?
                }
                None => EffortCounted::default(),
            };
            Ok(effort(&counted, currency))
        })
        .await?;
    Answer::list(&told)
}
