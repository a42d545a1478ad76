//! What became of a deal: its stays in stages, and everything that was done to it.

use crate::app::App;
use crate::error::AppResult;
use crate::events::store::{self as events, History};
use crate::funnel::store::{deals, stages};
use crate::http::page::{PageParams, limit};
use crate::http::{Answer, Cursor, Params};
use crate::identity::Require;
use crate::identity::permit::{ReadDeals, ReadEvents};
use actix_web::{get, web};
use chrono::{DateTime, Utc};
use shared::error::Problem;
use shared::event::Event;
use shared::funnel::{Stay, history};
use shared::id::DealId;
use shared::page::{MAX_LIMIT, Page};
use std::collections::HashMap;

/// The most stretches of events that are read for one history.
const MAX_STRETCHES: usize = 50;

/// Lists a deal's stays in stages, oldest first, from its creation on.
#[utoipa::path(
    tag = "funnel", operation_id = "list_stage_history", params(("id" = DealId, Path), PageParams),
    responses((status = 200, body = Page<Stay>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_deals"]))
)]
#[get("/deals/{id}/stage-history")]
pub async fn list_stage_history(
    app: web::Data<App>,
    caller: Require<ReadDeals>,
    id: web::Path<DealId>,
    params: Params<PageParams>,
) -> AppResult<Answer> {
    let limit = limit(params.0.limit)?;
    let what = format!("stays:{id}");
    // A stay that was is never taken back, so a place is how many came before it.
    let seen: usize = Cursor::read(&what, params.0.cursor.as_deref())?.unwrap_or_default();

    let mut tx = app.db.snapshot(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    let deal = deals::find(conn, scope, *id).await?;
    let everywhere = crate::db::Scope {
        view: crate::db::View::All,
        ..scope.clone()
    };
    // A reader of the deal reads its whole history, also from before it had its present owner.
    let mut all: Vec<Event> = Vec::new();
    for _ in 0..MAX_STRETCHES {
        let before = all.last().map(|event| (event.at, event.sequence));
        let more = events::history(
            conn,
            &everywhere,
            History::Deal(*id),
            before,
            i64::from(MAX_LIMIT),
        )
        .await?;
        let is_end = more.is_empty();
        all.extend(more);
        if is_end {
            break;
        }
    }
    let names = stages::list(conn, scope.org, deal.funnel_id)
        .await?
        .into_iter()
        .map(|known| (known.stage.id, known.stage.fields.name))
        .collect::<HashMap<_, _>>();
    tx.commit().await?;

    let mut rest: Vec<Stay> = history::stays(&all, &names)
        .into_iter()
        .skip(seen)
        .collect();
    let count = usize::try_from(limit).unwrap_or(usize::MAX);
    let next_cursor = if rest.len() > count {
        Some(Cursor::write(&what, &(seen + count))?)
    } else {
        None
    };
    rest.truncate(count);
    Answer::list(&Page {
        items: rest,
        next: next_cursor.as_ref().map(|cursor| {
            format!("/api/v1/deals/{id}/stage-history?limit={limit}&cursor={cursor}")
        }),
        next_cursor,
        total: None,
    })
}

/// Lists everything that was done to a deal, newest first.
#[utoipa::path(
    tag = "funnel", operation_id = "list_deal_audit", params(("id" = DealId, Path), PageParams),
    responses((status = 200, body = Page<Event>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_events"]))
)]
#[get("/deals/{id}/audit")]
pub async fn list_deal_audit(
    app: web::Data<App>,
    caller: Require<ReadEvents>,
    id: web::Path<DealId>,
    params: Params<PageParams>,
) -> AppResult<Answer> {
    let limit = limit(params.0.limit)?;
    let what = format!("audit:{id}");
    let before: Option<(DateTime<Utc>, i64)> = Cursor::read(&what, params.0.cursor.as_deref())?;

    let mut tx = app.db.snapshot(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    deals::find(conn, scope, *id).await?;
    let rows = events::history(conn, scope, History::Deal(*id), before, limit + 1).await?;
    tx.commit().await?;

    let mut page = Cursor::page(&what, rows, limit, |event| (event.at, event.sequence))?;
    page.next = page
        .next_cursor
        .as_ref()
        .map(|cursor| format!("/api/v1/deals/{id}/audit?limit={limit}&cursor={cursor}"));
    Answer::list(&page)
}
