//! Objections of a deal: logged, answered, settled, withdrawn.

use super::gate::{changed, event, open_deal, person_there};
use crate::app::App;
use crate::clock::{self, new_id};
use crate::error::{AppError, AppResult, query};
use crate::funnel::store::deals;
use crate::funnel::store::objections::{self as store, Which};
use crate::http::page::{PageParams, limit};
use crate::http::{Answer, Body, Cursor, IfMatch, Once, Params, Replay};
use crate::identity::Require;
use crate::identity::permit::{EditDeals, ReadDeals};
use actix_web::{delete, get, patch, post, web};
use futures_util::try_join;
use shared::error::{ErrorCode, Problem};
use shared::event::EventKind;
use shared::funnel::{Deal, MAX_OBJECTIONS, NewObjection, Objection, ObjectionPatch};
use shared::id::{DealId, ObjectionId};
use shared::page::Page;
use uuid::Uuid;

/// Lists what was objected, the last first; those withdrawn too.
#[utoipa::path(
    tag = "funnel", operation_id = "list_objections", params(("id" = DealId, Path), PageParams),
    responses((status = 200, body = Page<Objection>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[get("/deals/{id}/objections")]
pub async fn list_objections(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    id: web::Path<DealId>,
    params: Params<PageParams>,
) -> AppResult<Answer> {
    let limit = limit(params.0.limit)?;
    let what = format!("objections:{id}");
    let before: Option<Uuid> = Cursor::read(&what, params.0.cursor.as_deref())?;
    let scope = &caller.scope;
    let which = Which::Before(before, limit + 1);
    let rows = app
        .db
        .read(scope, async |conn| {
            let (_, rows) = try_join!(
                query(deals::find(conn, scope, *id)),
                query(store::list(conn, scope.org, *id, which)),
            )?;
            Ok(rows)
        })
        .await?;
    let mut page = Cursor::page(&what, rows, limit, |objection| objection.id.0)?;
    page.next = page
        .next_cursor
        .as_ref()
        .map(|cursor| format!("/api/v1/deals/{id}/objections?limit={limit}&cursor={cursor}"));
    Answer::list(&page)
}

/// Logs an objection of a deal. Counts the deal's version up.
#[utoipa::path(
    tag = "funnel", operation_id = "log_objection", request_body = NewObjection,
    params(("id" = DealId, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, body = Objection),
        (status = 409, body = Problem, description = "`archived`, `key_in_flight`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_deals"]))
)]
#[post("/deals/{id}/objections")]
pub async fn log_objection(
    app: web::Data<App>,
    caller: Require<EditDeals>,
    id: web::Path<DealId>,
    once: Once,
    body: Body<NewObjection>,
) -> AppResult<Answer> {
    let new = body.value;
    let mut tx = app.db.begin(&caller.scope).await?;
    let claim = match once.begin(&mut tx, "log_objection", &body.hash).await? {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };
    let row = open_deal(&mut tx, *id, None).await?;
    let (conn, scope) = tx.parts();
    if store::count(conn, scope.org, *id).await? >= MAX_OBJECTIONS {
        return Err(AppError::field("/said", ErrorCode::TooManyItems));
    }
    let contact_name = person_there(conn, scope, &row, new.contact_id).await?;

    let now = clock::now();
    let objection = Objection {
        id: new_id(),
        deal_id: *id,
        class: new.class,
        said: new.said.trim().to_owned(),
        contact_id: new.contact_id,
        contact_name,
        moves: new.moves,
        settled_at: new.settled.then_some(now),
        logged_by: scope.user,
        logged_by_name: None,
        logged_at: now,
        withdrawn_at: None,
    };
    store::insert(conn, scope, &objection).await?;
    let event = event(EventKind::ObjectionLogged, &row);
    changed(&mut tx, *id, event.with_change(None, Some(&objection))).await?;
    let location = format!("/api/v1/deals/{id}/objections");
    claim
        .finish(tx, Answer::created(&objection, 1, location)?)
        .await
}

/// Changes an objection: what was said, how it was answered, whether it is settled. Answers the deal.
#[utoipa::path(
    tag = "funnel", operation_id = "update_objection", request_body = ObjectionPatch,
    params(("id" = DealId, Path), ("objection_id" = ObjectionId, Path), ("If-Match" = String, Header)),
    responses(
        (status = 200, body = Deal),
        (status = 409, body = Problem, description = "`archived`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_deals"]))
)]
#[patch("/deals/{id}/objections/{objection_id}")]
pub async fn update_objection(
    app: web::Data<App>,
    caller: Require<EditDeals>,
    path: web::Path<(DealId, ObjectionId)>,
    if_match: IfMatch,
    body: Body<ObjectionPatch>,
) -> AppResult<Answer> {
    let (id, objection_id) = path.into_inner();
    let scope = &caller.scope;
    let mut tx = app.db.begin(scope).await?;
    let row = open_deal(&mut tx, id, Some(&if_match)).await?;
    let old = store::find(tx.shared(), scope.org, id, objection_id).await?;
    let mut new = old.clone().patched(body.value, clock::now());
    if new.contact_id != old.contact_id {
        let (conn, scope) = tx.parts();
        new.contact_name = person_there(conn, scope, &row, new.contact_id).await?;
    }
    if new != old {
        store::update(tx.shared(), scope.org, &new).await?;
        let is_settled = old.settled_at.is_none() && new.settled_at.is_some();
        let kind = if is_settled {
            EventKind::ObjectionSettled
        } else {
            EventKind::ObjectionUpdated
        };
        let event = event(kind, &row).with_change(Some(&old), Some(&new));
        changed(&mut tx, id, event).await?;
    }
    let deal = deals::find(tx.shared(), scope, id).await?;
    tx.commit().await?;
    Answer::versioned(&deal, deal.version)
}

/// Withdraws an objection that was logged by mistake: it counts no more and stays readable.
#[utoipa::path(
    tag = "funnel", operation_id = "withdraw_objection",
    params(("id" = DealId, Path), ("objection_id" = ObjectionId, Path), ("If-Match" = String, Header)),
    responses(
        (status = 200, body = Deal),
        (status = 409, body = Problem, description = "`archived`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_deals"]))
)]
#[delete("/deals/{id}/objections/{objection_id}")]
pub async fn withdraw_objection(
    app: web::Data<App>,
    caller: Require<EditDeals>,
    path: web::Path<(DealId, ObjectionId)>,
    if_match: IfMatch,
) -> AppResult<Answer> {
    let (id, objection_id) = path.into_inner();
    let scope = &caller.scope;
    let mut tx = app.db.begin(scope).await?;
    let row = open_deal(&mut tx, id, Some(&if_match)).await?;
    let old = store::find(tx.shared(), scope.org, id, objection_id).await?;
    store::withdraw(tx.shared(), scope.org, objection_id).await?;
    let event = event(EventKind::ObjectionWithdrawn, &row).with_change(Some(&old), None);
    changed(&mut tx, id, event).await?;
    let deal = deals::find(tx.shared(), scope, id).await?;
    tx.commit().await?;
    Answer::versioned(&deal, deal.version)
}
