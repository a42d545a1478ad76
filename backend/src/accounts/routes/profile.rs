//! What a profile shows beside the account itself: its figures and its timeline.

use crate::accounts::store::{accounts, summary};
use crate::app::App;
use crate::error::AppResult;
use crate::events::store::{self as events, History};
use crate::http::page::limit;
use crate::http::{Answer, Cursor, NoParams, PageParams, Params};
use crate::identity::Require;
use crate::identity::permit::{ReadAccounts, ReadEvents};
use actix_web::{get, web};
use chrono::{DateTime, Utc};
use shared::accounts::AccountSummary;
use shared::error::Problem;
use shared::event::Event;
use shared::id::AccountId;
use shared::page::Page;

/// Answers the figures at the head of an account's profile, as far as the caller sees its deals.
#[utoipa::path(
    tag = "accounts", operation_id = "get_account_summary", params(("id" = AccountId, Path)),
    responses((status = 200, body = AccountSummary), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_accounts"]))
)]
#[get("/accounts/{id}/summary")]
pub async fn get_account_summary(
    app: web::Data<App>,
    caller: Require<ReadAccounts>,
    id: web::Path<AccountId>,
    _: Params<NoParams>,
) -> AppResult<Answer> {
    let mut tx = app.db.snapshot(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    let account = accounts::find(conn, scope, *id).await?;
    let summary = summary::find(conn, scope, &account).await?;
    tx.commit().await?;
    Answer::list(&summary)
}

/// Lists what happened with an account, its contacts and its deals, newest first.
#[utoipa::path(
    tag = "accounts", operation_id = "list_account_timeline", params(("id" = AccountId, Path), PageParams),
    responses((status = 200, body = Page<Event>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_events"]))
)]
#[get("/accounts/{id}/timeline")]
pub async fn list_account_timeline(
    app: web::Data<App>,
    caller: Require<ReadEvents>,
    id: web::Path<AccountId>,
    params: Params<PageParams>,
) -> AppResult<Answer> {
    let limit = limit(params.0.limit)?;
    let what = format!("timeline:{id}");
    let before: Option<(DateTime<Utc>, i64)> = Cursor::read(&what, params.0.cursor.as_deref())?;

    let mut tx = app.db.snapshot(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    accounts::find(conn, scope, *id).await?;
    let rows = events::history(conn, scope, History::Account(*id), before, limit + 1).await?;
    tx.commit().await?;

    let mut page = Cursor::page(&what, rows, limit, |event| (event.at, event.sequence))?;
    page.next = page
        .next_cursor
        .as_ref()
        .map(|cursor| format!("/api/v1/accounts/{id}/timeline?limit={limit}&cursor={cursor}"));
    Answer::list(&page)
}
