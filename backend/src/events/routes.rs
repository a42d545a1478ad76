//! The routes of events: the pull feed and the live stream.

use crate::app::App;
use crate::db::Scope;
use crate::error::{AppError, AppResult};
use crate::events::store;
use crate::http::page::limit;
use crate::http::{Answer, Params};
use crate::identity::permit::ReadEvents;
use crate::identity::{Caller, Require};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use bytes::Bytes;
use serde::Deserialize;
use shared::error::{ErrorCode, Problem};
use shared::event::Event;
use shared::page::Page;
use std::time::Duration;
use utoipa_actix_web::service_config::ServiceConfig;

/// A comment is sent this often, so that dead connections are noticed; the caller's rights are checked
/// as often.
const BEAT: Duration = Duration::from_millis(900);
/// Beats between two comments.
const BEATS_PER_COMMENT: u32 = 16;
/// Events read at once.
const STRETCH: i64 = 200;

/// Adds the routes.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(stream_events).service(list_events);
}

/// Where to go on in the feed.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct FeedParams {
    /// The `sequence` of the last event seen, or `next_cursor` of the last page; default 0, the beginning.
    after: i64,
    /// Events of a page, 1 to 200; default 50.
    limit: Option<u32>,
}

/// Lists what happened, in order, as far as the caller may read.
///
/// `next_cursor` is always there: pass it as `after` to go on, now or later.
#[utoipa::path(
    tag = "events", operation_id = "list_events", params(FeedParams),
    responses((status = 200, body = Page<Event>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_events"]))
)]
#[get("/events")]
async fn list_events(
    app: web::Data<App>,
    caller: Require<ReadEvents>,
    params: Params<FeedParams>,
) -> AppResult<Answer> {
    let limit = limit(params.0.limit)?;
    if params.0.after < 0 {
        return Err(AppError::field("after", ErrorCode::OutOfRange));
    }

    let mut tx = app.db.snapshot(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    let stretch = store::after(conn, scope, params.0.after, limit).await?;
    tx.commit().await?;

    let next = stretch
        .is_full
        .then(|| format!("/api/v1/events?after={}&limit={limit}", stretch.position));
    let page = Page {
        items: stretch.events,
        next_cursor: Some(stretch.position.to_string()),
        next,
        total: None,
    };
    Answer::list(&page)
}

/// Where a live stream begins.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct StreamParams {
    /// The sequence of the last event known; default: only what happens from now on. `Last-Event-ID` wins.
    after: Option<i64>,
}

/// Streams what happens as server-sent events, as far as the caller may read.
///
/// Each has the event's `sequence` as id, its kind as type and the event as JSON data. The first one
/// is `hello`, with the position the stream goes on from.
#[utoipa::path(
    tag = "events", operation_id = "stream_events", params(StreamParams),
    responses((status = 200, content_type = "text/event-stream", body = String), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_events"]))
)]
#[get("/events/stream")]
async fn stream_events(
    request: HttpRequest,
    app: web::Data<App>,
    caller: Require<ReadEvents>,
    params: Params<StreamParams>,
) -> AppResult<HttpResponse> {
    let last_id = request
        .headers()
        .get("Last-Event-ID")
        .and_then(|value| value.to_str().ok()?.parse().ok());
    let position = match last_id.or(params.0.after) {
        Some(position) => position,
        None => {
            let mut tx = app.db.snapshot(&caller.scope).await?;
            let (conn, scope) = tx.parts();
            let position = store::horizon(conn, scope).await?;
            tx.commit().await?;
            position
        }
    };

    let live = Live {
        wakes: app.db.hub().subscribe(caller.scope.org),
        _open: OpenStream::new(app.get_ref().clone()),
        app: app.get_ref().clone(),
        scope: caller.scope.clone(),
        request,
        position,
        beats: 0,
        is_new: true,
        is_behind: true,
    };
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(futures_util::stream::unfold(live, Live::next)))
}

struct OpenStream(App);

impl OpenStream {
    fn new(app: App) -> Self {
        app.figures.stream_opened();
        Self(app)
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.0.figures.stream_closed();
    }
}

struct Live {
    app: App,
    scope: Scope,
    request: HttpRequest,
    wakes: tokio::sync::watch::Receiver<u64>,
    position: i64,
    beats: u32,
    is_new: bool,
    is_behind: bool,
    _open: OpenStream,
}

impl Live {
    /// The next piece of the stream; `None` ends it, after which the browser comes back with the id of
    /// the last event it saw.
    async fn next(mut self) -> Option<(Result<Bytes, actix_web::Error>, Self)> {
        if self.is_new {
            self.is_new = false;
            let hello = format!(
                "retry: 1000\nid: {0}\nevent: hello\ndata: {{\"sequence\":{0}}}\n\n",
                self.position
            );
            return Some((Ok(hello.into()), self));
        }
        loop {
            if !self.app.is_serving() {
                return None;
            }
            if self.is_behind {
                match self.read().await {
                    Ok(Some(text)) => return Some((Ok(text), self)),
                    Ok(None) => {}
                    Err(_) => return None,
                }
            }
            let is_woken = tokio::select! {
                change = self.wakes.changed() => change.is_ok(),
                () = tokio::time::sleep(BEAT) => false,
            };
            // Rights may have ended or changed since (AUTH-3); a changed view begins a new stream.
            let caller = Caller::of_stream(&self.request, &self.scope).await?;
            self.scope.view = caller.scope.view;
            if is_woken {
                self.is_behind = true;
                continue;
            }
            self.beats += 1;
            if self.beats.is_multiple_of(BEATS_PER_COMMENT) {
                // A wake-up may be lost with another process's connection; look now and then.
                self.is_behind = true;
                return Some((Ok(Bytes::from_static(b": still here\n\n")), self));
            }
        }
    }

    async fn read(&mut self) -> AppResult<Option<Bytes>> {
        let mut tx = self.app.db.snapshot(&self.scope).await?;
        let (conn, scope) = tx.parts();
        let stretch = store::after(conn, scope, self.position, STRETCH).await?;
        tx.commit().await?;
        self.is_behind = stretch.is_full;
        self.position = stretch.position;
        let mut text = String::new();
        for event in &stretch.events {
            let data =
                serde_json::to_string(event).map_err(|error| AppError::Internal(error.into()))?;
            text.push_str(&format!(
                "id: {}\nevent: {}\ndata: {data}\n\n",
                event.sequence,
                event.kind.as_ref()
            ));
        }
        Ok((!text.is_empty()).then(|| text.into()))
    }
}
