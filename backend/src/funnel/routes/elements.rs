//! The five elements of a deal's purchase (SIX-01).

use super::gate::{event, finished, open_deal};
use crate::app::App;
use crate::error::AppResult;
use crate::funnel::store::evidence as store;
use crate::http::{Answer, Body, IfMatch};
use crate::identity::Require;
use crate::identity::permit::EditDeals;
use actix_web::{put, web};
use shared::error::Problem;
use shared::event::EventKind;
use shared::funnel::{GateSheet, PurchaseElements};
use shared::id::DealId;

/// Says how strong the five elements of a deal's purchase are, in place of what was said before.
#[utoipa::path(
    tag = "funnel", operation_id = "score_elements",
    params(("id" = DealId, Path), ("If-Match" = String, Header)), request_body = PurchaseElements,
    responses(
        (status = 200, body = GateSheet),
        (status = 409, body = Problem, description = "`archived`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_deals"]))
)]
#[put("/deals/{id}/elements")]
pub async fn score_elements(
    app: web::Data<App>,
    caller: Require<EditDeals>,
    id: web::Path<DealId>,
    if_match: IfMatch,
    body: Body<PurchaseElements>,
) -> AppResult<Answer> {
    let org = caller.scope.org;
    let mut tx = app.db.begin(&caller.scope).await?;
    let row = open_deal(&mut tx, *id, Some(&if_match)).await?;
    let (_, old) = store::scores(tx.shared(), org, *id).await?;
    store::set_elements(tx.shared(), org, *id, &body.value).await?;
    let event = event(EventKind::ElementsScored, &row).with_change(Some(&old), Some(&body.value));
    let answer = finished(&mut tx, &row, event).await?;
    tx.commit().await?;
    Ok(answer)
}
