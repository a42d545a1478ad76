//! Touches of a deal: recommendations, showings, offers and raises, recorded, listed and withdrawn.

use super::gate::{changed, event, open_deal};
use super::moves::DryRun;
use crate::app::App;
use crate::clock::{self, new_id};
use crate::db::Tx;
use crate::error::{AppError, AppResult, query};
use crate::funnel::counting::{self, Standing};
use crate::funnel::store::{deals, ranks, touches as store};
use crate::funnel::weighing;
use crate::http::page::{PageParams, limit};
use crate::http::{Answer, Body, Cursor, IfMatch, Once, Params, Replay, language};
use crate::identity::Require;
use crate::identity::permit::{EditDeals, ReadDeals};
use actix_web::{HttpRequest, delete, get, post, web};
use futures_util::try_join;
use shared::error::{ErrorCode, Problem};
use shared::event::EventKind;
use shared::funnel::Touch;
use shared::funnel::{Deal, NewTouch};
use shared::id::{DealId, TouchId};
use shared::identity::Locale;
use shared::page::Page;
use uuid::Uuid;

/// How often a touch is begun anew because the deal changed while it waited for the places of a stage.
const TRIES: usize = 5;

/// Lists what was recorded of a deal, the last first, with what rules did on it.
#[utoipa::path(
    tag = "funnel", operation_id = "list_touches", params(("id" = DealId, Path), PageParams),
    responses((status = 200, body = Page<Touch>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[get("/deals/{id}/touches")]
pub async fn list_touches(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    id: web::Path<DealId>,
    params: Params<PageParams>,
    request: HttpRequest,
) -> AppResult<Answer> {
    let limit = limit(params.0.limit)?;
    let what = format!("touches:{id}");
    let before: Option<Uuid> = Cursor::read(&what, params.0.cursor.as_deref())?;
    let scope = &caller.scope;
    let rows = app
        .db
        .read(scope, async |conn| {
            let (_, rows) = try_join!(
                query(deals::find(conn, scope, *id)),
                query(store::list(conn, scope.org, *id, before, limit + 1)),
            )?;
            Ok(rows)
        })
        .await?;
    let mut page = Cursor::page(&what, rows, limit, |touch| touch.id.0)?;
    let locale = language(&request);
    for touch in &mut page.items {
        fill_in(touch, locale);
    }
    page.next = page
        .next_cursor
        .as_ref()
        .map(|cursor| format!("/api/v1/deals/{id}/touches?limit={limit}&cursor={cursor}"));
    Answer::list(&page)
}

/// Records a touch of a deal and asks the funnel's counted rules, in one transaction.
///
/// A rule that holds moves the deal through the same verdict as anybody; where that refuses, the touch is
/// kept and `outcome` says what is missing. With `dry_run` the answer is 200 with the touch as it would be, so
/// `outcome` says what the rules would do.
#[utoipa::path(
    tag = "funnel", operation_id = "record_touch", request_body = NewTouch,
    params(("id" = DealId, Path), DryRun, ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, body = Touch),
        (status = 200, body = Touch, description = "It would be recorded; only with `dry_run`."),
        (status = 409, body = Problem, description = "`archived`, `key_in_flight`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_deals"]))
)]
#[post("/deals/{id}/touches")]
pub async fn record_touch(
    app: web::Data<App>,
    caller: Require<EditDeals>,
    id: web::Path<DealId>,
    params: Params<DryRun>,
    once: Once,
    body: Body<NewTouch>,
    request: HttpRequest,
) -> AppResult<Answer> {
    let is_dry = params.0.dry_run;
    let once = if is_dry { Once::default() } else { once };
    let scope = &caller.scope;
    let now = clock::now();
    if body.value.at.is_some_and(|at| at > now) {
        return Err(AppError::field("/at", ErrorCode::InTheFuture));
    }
    for _ in 0..TRIES {
        let mut tx = app.db.begin(scope).await?;
        let claim = match once
            .clone()
            .begin(&mut tx, "record_touch", &body.hash)
            .await?
        {
            Replay::Answered(answer) => return Ok(answer),
            Replay::New(claim) => claim,
        };
        let touch = Touch {
            id: new_id(),
            deal_id: *id,
            kind: body.value.kind,
            at: body.value.at.unwrap_or(now),
            note: body.value.note.trim().to_owned(),
            recorded_by: scope.user,
            recorded_by_name: None,
            recorded_at: now,
            withdrawn_at: None,
            outcome: None,
        };
        if let Some(mut touch) = record(&mut tx, touch).await? {
            fill_in(&mut touch, language(&request));
            if is_dry {
                return Answer::json(&touch);
            }
            let location = format!("/api/v1/deals/{id}/touches");
            let answer = Answer::created(&touch, 1, location)?;
            return claim.finish(tx, answer).await;
        }
        // Nothing was written; ended here, so that the key is free when it begins anew.
        tx.commit().await?;
    }
    Err(AppError::Unavailable(anyhow::anyhow!(
        "the deal changed each time its touch was to be recorded"
    )))
}

/// Records a touch and does what the rules say to it; nothing when the deal changed meanwhile so that they
/// say something else.
async fn record(tx: &mut Tx, mut touch: Touch) -> AppResult<Option<Touch>> {
    let id = touch.deal_id;
    let (conn, scope) = tx.parts();
    let org = scope.org;
    let deal = deals::find(conn, scope, id).await?;
    let standing = Standing {
        deal: id,
        funnel: deal.funnel_id,
        stage: deal.stage_id,
        entered_at: deal.stage_entered_at,
    };
    // Places are locked before deals, so what the rules will say must be known before.
    let expected = counting::ask(conn, org, standing, &touch).await?.target();
    if let Some(stage) = expected {
        ranks::lock(conn, stage).await?;
    }
    let row = open_deal(tx, id, None).await?;
    let said = counting::ask(tx.shared(), org, Standing::from(&row), &touch).await?;
    if said.target().is_some() && said.target() != expected {
        return Ok(None);
    }
    let moved = counting::act(tx, &row, said, &mut touch).await?;
    store::insert(tx.shared(), tx.scope(), &touch).await?;
    let event = event(EventKind::TouchRecorded, &row).with_change(None, Some(&touch));
    match moved {
        Some(moved) => {
            tx.record(event).await?;
            moved.write(tx).await?;
            // What was judged before the touch did not know of it.
            weighing::one(tx.shared(), org, id).await?;
        }
        None => _ = changed(tx, id, event).await?,
    }
    Ok(Some(touch))
}

/// Withdraws a touch: it counts no more and stays readable. What rules did on it stands.
#[utoipa::path(
    tag = "funnel", operation_id = "withdraw_touch",
    params(("id" = DealId, Path), ("touch_id" = TouchId, Path), ("If-Match" = String, Header)),
    responses(
        (status = 200, body = Deal),
        (status = 409, body = Problem, description = "`archived`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_deals"]))
)]
#[delete("/deals/{id}/touches/{touch_id}")]
pub async fn withdraw_touch(
    app: web::Data<App>,
    caller: Require<EditDeals>,
    path: web::Path<(DealId, TouchId)>,
    if_match: IfMatch,
) -> AppResult<Answer> {
    let (id, touch_id) = path.into_inner();
    let scope = &caller.scope;
    let mut tx = app.db.begin(scope).await?;
    let row = open_deal(&mut tx, id, Some(&if_match)).await?;
    let old = store::find(tx.shared(), scope.org, id, touch_id).await?;
    if !store::withdraw(tx.shared(), scope.org, id, touch_id).await? {
        return Err(AppError::NotFound);
    }
    let event = event(EventKind::TouchWithdrawn, &row).with_change(Some(&old), None);
    changed(&mut tx, id, event).await?;
    let deal = deals::find(tx.shared(), scope, id).await?;
    tx.commit().await?;
    Answer::versioned(&deal, deal.version)
}

/// Names what is missing where it is no criterion of somebody's own.
fn fill_in(touch: &mut Touch, locale: Locale) {
    for item in touch.outcome.iter_mut().flat_map(|one| &mut one.missing) {
        item.fill_in(locale);
    }
}
