//! What sellers' accounts are made of, the limits they are held against, and what one more would do.

use crate::accounts::store::portfolio::{self as store, Change};
use crate::accounts::store::{accounts, classes};
use crate::app::App;
use crate::clock::{self, new_id};
use crate::db::{Conn, Scope};
use crate::error::{AppError, AppResult};
use crate::events::NewEvent;
use crate::http::page::{PageParams, limit};
use crate::http::{Answer, Body, Cursor, NoParams, Once, Params, Replay};
use crate::identity::Require;
use crate::identity::permit::{ManageOrganisation, ReadAccounts};
use crate::identity::store::organisations;
use actix_web::{get, post, web};
use chrono::NaiveDate;
use serde::Deserialize;
use shared::accounts::{
    Effect, LimitSetting, NewLimits, Portfolio, UrgencyClass, UrgentDays, in_force, swap,
};
use shared::error::{ErrorCode, Problem};
use shared::event::{EventKind, SubjectKind};
use shared::id::{AccountId, LimitsId, UserId};
use shared::page::Page;
use uuid::Uuid;

/// What the caller's own accounts are made of.
#[utoipa::path(
    tag = "accounts", operation_id = "read_portfolio",
    responses((status = 200, body = Portfolio), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_accounts"]))
)]
#[get("/portfolio")]
pub async fn read_portfolio(
    app: web::Data<App>,
    caller: Require<ReadAccounts>,
    _: Params<NoParams>,
) -> AppResult<Answer> {
    let mut tx = app.db.snapshot(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    let portfolio = of(conn, scope, caller.user).await?;
    tx.commit().await?;

    Answer::list(&portfolio)
}

/// Lists what the accounts of the sellers within view are made of.
#[utoipa::path(
    tag = "accounts", operation_id = "list_portfolios", params(PageParams),
    responses((status = 200, body = Page<Portfolio>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_accounts"]))
)]
#[get("/portfolios")]
pub async fn list_portfolios(
    app: web::Data<App>,
    caller: Require<ReadAccounts>,
    params: Params<PageParams>,
) -> AppResult<Answer> {
    let limit = limit(params.0.limit)?;
    let after: Option<(String, Uuid)> = Cursor::read("portfolios", params.0.cursor.as_deref())?;

    let mut tx = app.db.snapshot(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    let days = days(conn, scope).await?;
    let history = store::until(conn, scope.org, days.today).await?;
    let rows = store::mixes(conn, scope, None, after, limit + 1).await?;
    tx.commit().await?;

    let rows: Vec<Portfolio> = rows
        .into_iter()
        .map(|seller| Portfolio {
            limits: in_force(&history, seller.level, days.today),
            id: seller.id,
            name: seller.name,
            level: seller.level,
            mix: seller.mix,
            days,
        })
        .collect();
    let mut page = Cursor::page("portfolios", rows, limit, |row| (row.name.clone(), row.id))?;
    page.next = page
        .next_cursor
        .as_ref()
        .map(|cursor| format!("/api/v1/portfolios?limit={limit}&cursor={cursor}"));
    Answer::list(&page)
}

/// Which account would come to whom.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct EffectParams {
    /// Whose accounts; one's own when absent.
    pub owner_id: Option<UserId>,
    /// The account that is handed over or classed anew; a new one when absent.
    pub account_id: Option<AccountId>,
    /// The class it would have; absent, that of the account now, or none.
    pub class: Option<UrgencyClass>,
    /// Whether it would be a large firm; absent, as the account is now, or not.
    pub is_large: Option<bool>,
}

/// Says what an account more, or one of another class, would do to a seller's accounts, and which one
/// could be handed back. Nothing is written, and nothing is forbidden by it.
#[utoipa::path(
    tag = "accounts", operation_id = "read_effect", params(EffectParams),
    responses((status = 200, body = Effect), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_accounts"]))
)]
#[get("/portfolio/effect")]
pub async fn read_effect(
    app: web::Data<App>,
    caller: Require<ReadAccounts>,
    params: Params<EffectParams>,
) -> AppResult<Answer> {
    let asked = params.0;
    let owner = asked.owner_id.unwrap_or(caller.user);
    let unknown = |field: &str| AppError::field(field, ErrorCode::NoSuchRecord);
    if !caller.scope.sees(Some(owner.0)) {
        return Err(unknown("owner_id"));
    }

    let mut tx = app.db.snapshot(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    let change = match asked.account_id {
        None => Change::default(),
        Some(id) => {
            accounts::find(conn, scope, id)
                .await
                .map_err(|error| match error {
                    diesel::result::Error::NotFound => unknown("account_id"),
                    error => error.into(),
                })?;
            store::change(conn, scope.org, id).await?
        }
    };
    let days = days(conn, scope).await?;
    let history = store::until(conn, scope.org, days.today).await?;
    let seller = store::mixes(conn, scope, Some(owner), None, 1).await?;
    let seller = seller
        .into_iter()
        .next()
        .ok_or_else(|| unknown("owner_id"))?;
    let organisation = organisations::find(tx.conn(), caller.scope.org).await?;

    let (class, is_large) = (
        asked.class.or(change.class),
        asked.is_large.unwrap_or(change.is_large),
    );
    let before = seller.mix;
    let without = match change.owner == Some(owner) && change.is_open {
        true => before.with(change.class, change.is_large, -1),
        false => before,
    };
    let after = without.with(class, is_large, 1);
    let limits = in_force(&history, seller.level, days.today);
    let worsened = after.worsened(&before, &limits);
    let (conn, scope) = tx.parts();
    let candidates = match worsened.is_empty() {
        true => Vec::new(),
        false => {
            let currency = organisation.currency;
            store::candidates(conn, scope, owner, asked.account_id, currency).await?
        }
    };
    tx.commit().await?;

    Answer::list(&Effect {
        owner_id: owner,
        before,
        after,
        limits,
        swap: swap(&before, &after, &limits, &candidates).cloned(),
        worsened,
    })
}

/// Lists the limits that were set, those from the latest day first.
#[utoipa::path(
    tag = "accounts", operation_id = "list_limits", params(PageParams),
    responses((status = 200, body = Page<LimitSetting>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_accounts"]))
)]
#[get("/portfolio/limits")]
pub async fn list_limits(
    app: web::Data<App>,
    caller: Require<ReadAccounts>,
    params: Params<PageParams>,
) -> AppResult<Answer> {
    let limit = limit(params.0.limit)?;
    let before: Option<(NaiveDate, LimitsId)> = Cursor::read("limits", params.0.cursor.as_deref())?;

    let mut tx = app.db.snapshot(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    let rows = store::settings(conn, scope.org, before, limit + 1).await?;
    tx.commit().await?;

    let mut page = Cursor::page("limits", rows, limit, |row| (row.valid_from, row.id))?;
    page.next = page
        .next_cursor
        .as_ref()
        .map(|cursor| format!("/api/v1/portfolio/limits?limit={limit}&cursor={cursor}"));
    Answer::list(&page)
}

/// Sets the limits of a level from a day on; what held before stays in the history.
#[utoipa::path(
    tag = "accounts", operation_id = "set_limits", request_body = NewLimits,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, body = LimitSetting),
        (status = 422, body = Problem, description = "`limits_contradict` at each field that takes part"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["manage_organisation"]))
)]
#[post("/portfolio/limits")]
pub async fn set_limits(
    app: web::Data<App>,
    caller: Require<ManageOrganisation>,
    once: Once,
    body: Body<NewLimits>,
) -> AppResult<Answer> {
    let new = body.value;

    let mut tx = app.db.begin(&caller.scope).await?;
    let claim = match once.begin(&mut tx, "set_limits", &body.hash).await? {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };
    let (conn, scope) = tx.parts();
    if new.valid_from < classes::today(conn, scope.org).await? {
        return Err(AppError::field("/valid_from", ErrorCode::OutOfRange));
    }

    let setting = LimitSetting {
        id: new_id(),
        level: new.level,
        valid_from: new.valid_from,
        limits: new.limits,
        set_by: scope.user,
        created_at: clock::now(),
    };
    store::insert(conn, scope.org, &setting).await?;
    let event = NewEvent::new(
        EventKind::PortfolioLimitsSet,
        SubjectKind::Organisation,
        scope.org.0,
    )
    .with_change(None, Some(&setting));
    tx.record(event).await?;

    let location = "/api/v1/portfolio/limits".to_owned();
    claim
        .finish(tx, Answer::created(&setting, 1, location)?)
        .await
}

async fn days(conn: &Conn, scope: &Scope) -> AppResult<UrgentDays> {
    let rules = classes::rules(conn, scope.org).await?;
    Ok(classes::urgent_days(conn, &rules).await?)
}

/// What the accounts of one person are made of.
async fn of(conn: &Conn, scope: &Scope, user: UserId) -> AppResult<Portfolio> {
    let days = days(conn, scope).await?;
    let history = store::until(conn, scope.org, days.today).await?;
    let sellers = store::mixes(conn, scope, Some(user), None, 1).await?;
    let seller = sellers.into_iter().next().ok_or(AppError::NotFound)?;
    Ok(Portfolio {
        limits: in_force(&history, seller.level, days.today),
        id: seller.id,
        name: seller.name,
        level: seller.level,
        mix: seller.mix,
        days,
    })
}
