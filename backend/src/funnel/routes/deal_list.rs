//! Lists of deals.

use crate::app::App;
use crate::db::Tx;
use crate::error::AppResult;
use crate::funnel::store::deal_list::{self as store, Deals};
use crate::http::list::{List, ListQuery, Listed};
use crate::http::{Answer, Body};
use crate::identity::Require;
use crate::identity::permit::ReadDeals;
use actix_web::{get, post, web};
use shared::error::Problem;
use shared::filter::Search;
use shared::funnel::Deal;
use shared::page::Page;

type DealList = List<Deals>;

/// Lists deals.
#[utoipa::path(
    tag = "funnel", operation_id = "list_deals", params(DealList),
    responses((status = 200, body = Page<Deal>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[get("/deals")]
pub async fn list_deals(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    list: DealList,
) -> AppResult<Answer> {
    let mut tx = app.db.snapshot(&caller.scope).await?;
    let answer = page(&mut tx, &list).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Lists deals by nested conditions.
#[utoipa::path(
    tag = "funnel", operation_id = "search_deals", request_body = Search,
    responses((status = 200, body = Page<Deal>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[post("/deals/search")]
pub async fn search_deals(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    body: Body<Search>,
) -> AppResult<Answer> {
    let list = Deals::search(&body.value)?;

    let mut tx = app.db.snapshot(&caller.scope).await?;
    let answer = page(&mut tx, &list).await?;
    tx.commit().await?;
    Ok(answer)
}

async fn page(tx: &mut Tx, list: &ListQuery) -> AppResult<Answer> {
    let (deals, total) = store::list(tx.shared(), tx.scope(), list).await?;
    let page = list.page(deals, total, store::place)?;
    list.shape.page(tx, page).await
}
