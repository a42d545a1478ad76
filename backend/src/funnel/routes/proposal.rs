//! The proposal on a deal: its points, their order, and what the decision chain lacks in it.

use super::gate::{changed, event, open_deal};
use crate::app::App;
use crate::clock::{self, new_id};
use crate::db::Conn;
use crate::error::{AppError, AppResult, query};
use crate::funnel::store::{deals, proposal as store};
use crate::http::{Answer, Body, IfMatch, NoParams, Once, Params, Replay};
use crate::identity::Require;
use crate::identity::permit::{EditDeals, ReadDeals};
use actix_web::{delete, get, patch, post, put, web};
use futures_util::try_join;
use shared::error::{ErrorCode, Problem};
use shared::event::EventKind;
use shared::funnel::{
    Deal, MAX_PROPOSAL_POINTS, NewPoint, PointOrder, PointPatch, Proposal, ProposalPoint,
};
use shared::id::{ContactId, DealId, OrgId, PointId};

/// The points of the proposal in their order, the people at the account, whom of the decision chain no point
/// serves and where points contradict.
#[utoipa::path(
    tag = "funnel", operation_id = "get_proposal", params(("id" = DealId, Path)),
    responses((status = 200, body = Proposal), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[get("/deals/{id}/proposal")]
pub async fn get_proposal(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    id: web::Path<DealId>,
    _: Params<NoParams>,
) -> AppResult<Answer> {
    let scope = &caller.scope;
    let (version, points, people) = app
        .db
        .read(scope, async |conn| {
            let (deal, points) = try_join!(
                query(deals::find(conn, scope, *id)),
                query(store::list(conn, scope.org, *id)),
            )?;
            let people = match deal.account_id {
                Some(account) => query(store::people(conn, scope.org, account)).await?,
                None => Vec::new(),
            };
            Ok((deal.version, points, people))
        })
        .await?;
    Answer::versioned(&Proposal::new(points, people), version)
}

/// Adds a point behind those there are. Counts the deal's version up.
#[utoipa::path(
    tag = "funnel", operation_id = "add_proposal_point", request_body = NewPoint,
    params(("id" = DealId, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, body = ProposalPoint),
        (status = 409, body = Problem, description = "`archived`, `key_in_flight`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_deals"]))
)]
#[post("/deals/{id}/proposal/points")]
pub async fn add_proposal_point(
    app: web::Data<App>,
    caller: Require<EditDeals>,
    id: web::Path<DealId>,
    once: Once,
    body: Body<NewPoint>,
) -> AppResult<Answer> {
    let new = body.value;
    let mut tx = app.db.begin(&caller.scope).await?;
    let claim = match once
        .begin(&mut tx, "add_proposal_point", &body.hash)
        .await?
    {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };
    let row = open_deal(&mut tx, *id, None).await?;
    let (conn, scope) = tx.parts();
    if store::list(conn, scope.org, *id).await?.len() >= MAX_PROPOSAL_POINTS {
        return Err(AppError::field("/feature", ErrorCode::TooManyItems));
    }
    people_there(conn, scope.org, *id, &new.serves, &new.harms).await?;

    let point = ProposalPoint {
        id: new_id(),
        deal_id: *id,
        feature: new.feature.trim().to_owned(),
        advantage: new.advantage.trim().to_owned(),
        benefit: new.benefit.trim().to_owned(),
        serves: new.serves,
        harms: new.harms,
        created_at: clock::now(),
    };
    let place = store::next_place(conn, scope.org, *id).await?;
    store::insert(conn, scope, &point, place).await?;
    let event = event(EventKind::ProposalPointAdded, &row);
    changed(&mut tx, *id, event.with_change(None, Some(&point))).await?;
    let location = format!("/api/v1/deals/{id}/proposal");
    claim
        .finish(tx, Answer::created(&point, 1, location)?)
        .await
}

/// Changes a point: its texts, whom it serves, whom it goes against. Answers the deal.
#[utoipa::path(
    tag = "funnel", operation_id = "update_proposal_point", request_body = PointPatch,
    params(("id" = DealId, Path), ("point_id" = PointId, Path), ("If-Match" = String, Header)),
    responses(
        (status = 200, body = Deal),
        (status = 409, body = Problem, description = "`archived`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_deals"]))
)]
#[patch("/deals/{id}/proposal/points/{point_id}")]
pub async fn update_proposal_point(
    app: web::Data<App>,
    caller: Require<EditDeals>,
    path: web::Path<(DealId, PointId)>,
    if_match: IfMatch,
    body: Body<PointPatch>,
) -> AppResult<Answer> {
    let (id, point_id) = path.into_inner();
    let patch = body.value;
    let scope = &caller.scope;
    let mut tx = app.db.begin(scope).await?;
    let row = open_deal(&mut tx, id, Some(&if_match)).await?;
    let points = store::list(tx.shared(), scope.org, id).await?;
    let old = find(&points, point_id)?;
    let serves = patch.serves.as_deref().unwrap_or_default();
    let harms = patch.harms.as_deref().unwrap_or_default();
    people_there(tx.shared(), scope.org, id, serves, harms).await?;
    let new = old.clone().patched(patch);
    if !new.names_each_once() {
        return Err(AppError::field("/harms", ErrorCode::NotAllowed));
    }
    if new != *old {
        store::update(tx.shared(), scope.org, &new).await?;
        let event = event(EventKind::ProposalPointUpdated, &row);
        changed(&mut tx, id, event.with_change(Some(old), Some(&new))).await?;
    }
    let deal = deals::find(tx.shared(), scope, id).await?;
    tx.commit().await?;
    Answer::versioned(&deal, deal.version)
}

/// Takes a point away; the deal's history keeps it. Answers the deal.
#[utoipa::path(
    tag = "funnel", operation_id = "remove_proposal_point",
    params(("id" = DealId, Path), ("point_id" = PointId, Path), ("If-Match" = String, Header)),
    responses(
        (status = 200, body = Deal),
        (status = 409, body = Problem, description = "`archived`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_deals"]))
)]
#[delete("/deals/{id}/proposal/points/{point_id}")]
pub async fn remove_proposal_point(
    app: web::Data<App>,
    caller: Require<EditDeals>,
    path: web::Path<(DealId, PointId)>,
    if_match: IfMatch,
) -> AppResult<Answer> {
    let (id, point_id) = path.into_inner();
    let scope = &caller.scope;
    let mut tx = app.db.begin(scope).await?;
    let row = open_deal(&mut tx, id, Some(&if_match)).await?;
    let points = store::list(tx.shared(), scope.org, id).await?;
    let old = find(&points, point_id)?;
    store::delete(tx.shared(), scope.org, point_id).await?;
    let event = event(EventKind::ProposalPointRemoved, &row).with_change(Some(old), None);
    changed(&mut tx, id, event).await?;
    let deal = deals::find(tx.shared(), scope, id).await?;
    tx.commit().await?;
    Answer::versioned(&deal, deal.version)
}

/// Puts the points into another order, which names each of them once. Answers the deal.
#[utoipa::path(
    tag = "funnel", operation_id = "order_proposal", request_body = PointOrder,
    params(("id" = DealId, Path), ("If-Match" = String, Header)),
    responses(
        (status = 200, body = Deal),
        (status = 409, body = Problem, description = "`archived`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_deals"]))
)]
#[put("/deals/{id}/proposal/order")]
pub async fn order_proposal(
    app: web::Data<App>,
    caller: Require<EditDeals>,
    id: web::Path<DealId>,
    if_match: IfMatch,
    body: Body<PointOrder>,
) -> AppResult<Answer> {
    let new = body.value;
    let scope = &caller.scope;
    let mut tx = app.db.begin(scope).await?;
    let row = open_deal(&mut tx, *id, Some(&if_match)).await?;
    let points = store::list(tx.shared(), scope.org, *id).await?;
    if !new.is_of(&points) {
        return Err(AppError::field("/points", ErrorCode::NotAllowed));
    }
    let old = PointOrder {
        points: points.iter().map(|point| point.id).collect(),
    };
    store::set_order(tx.shared(), scope.org, &new.points).await?;
    let event = event(EventKind::ProposalReordered, &row);
    changed(&mut tx, *id, event.with_change(Some(&old), Some(&new))).await?;
    let deal = deals::find(tx.shared(), scope, *id).await?;
    tx.commit().await?;
    Answer::versioned(&deal, deal.version)
}

fn find(points: &[ProposalPoint], id: PointId) -> AppResult<&ProposalPoint> {
    let mut points = points.iter();
    points
        .find(|point| point.id == id)
        .ok_or(AppError::NotFound)
}

/// Whether all who are named are at the deal's account.
async fn people_there(
    conn: &Conn,
    org: OrgId,
    deal: DealId,
    serves: &[ContactId],
    harms: &[ContactId],
) -> AppResult<()> {
    for (pointer, people) in [("/serves", serves), ("/harms", harms)] {
        let is_named = !people.is_empty();
        if is_named && store::count_there(conn, org, deal, people).await? != people.len() {
            return Err(AppError::field(pointer, ErrorCode::NoSuchRecord));
        }
    }
    Ok(())
}
