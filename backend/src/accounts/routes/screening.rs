//! What accounts are screened by, how each stands, and the report over all (GATE-23).

use crate::accounts::store::{accounts, screening as store};
use crate::app::App;
use crate::db::Tx;
use crate::error::{AppError, AppResult};
use crate::events::NewEvent;
use crate::http::page::{PageParams, limit};

use crate::http::{Answer, Body, Cursor, IfMatch, NoParams, Params, language};
use crate::identity::Require;
use crate::identity::permit::{EditAccounts, ManageOrganisation, ReadAccounts};
use actix_web::{HttpRequest, get, post, put, web};
use shared::accounts::{
    Account, AccountScreening, Answers, NewScreeningRules, ScreeningRules, ScreeningSheet,
    ScreeningTally, ScreeningTrial,
};
use shared::error::{ErrorCode, Problem};
use shared::event::{EventKind, SubjectKind};
use shared::id::{AccountId, UserId};
use shared::identity::Locale;
use shared::page::Page;
use uuid::Uuid;

/// Reads what accounts are screened by: the organisation's own set, or the one that comes with the product
/// in the caller's language.
#[utoipa::path(
    tag = "accounts", operation_id = "read_screening_rules",
    responses((status = 200, body = ScreeningRules), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_accounts"]))
)]
#[get("/screening")]
pub async fn read_screening_rules(
    app: web::Data<App>,
    caller: Require<ReadAccounts>,
    _: Params<NoParams>,
    request: HttpRequest,
) -> AppResult<Answer> {
    let mut tx = app.db.snapshot(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    let rules = store::rules(conn, scope.org, language(&request)).await?;
    tx.commit().await?;

    Answer::versioned(&rules, rules.version)
}

/// Writes what accounts are screened by, in place of what was. Other criteria make every account due to be
/// looked at again.
#[utoipa::path(
    tag = "accounts", operation_id = "set_screening_rules", request_body = NewScreeningRules,
    params(("If-Match" = String, Header, description = "The version that was read")),
    responses(
        (status = 200, body = ScreeningRules),
        (status = 422, body = Problem, description = "`limits_contradict` at a test that cannot be passed beside another"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["manage_organisation"]))
)]
#[put("/screening")]
pub async fn set_screening_rules(
    app: web::Data<App>,
    caller: Require<ManageOrganisation>,
    if_match: IfMatch,
    body: Body<NewScreeningRules>,
    request: HttpRequest,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    let old = store::rules_for_update(conn, scope.org, language(&request)).await?;
    if_match.check(&old, old.version)?;

    let new = old.clone().replaced(body.value);
    store::keep_rules(conn, &new).await?;
    let event = NewEvent::new(
        EventKind::ScreeningRulesUpdated,
        SubjectKind::Organisation,
        new.id.0,
    )
    .with_change(Some(&old), Some(&new));
    tx.record(event).await?;
    tx.commit().await?;

    Answer::versioned(&new, new.version)
}

/// Says what another set would make of the thousand accounts within view that were changed last. Nothing
/// is written.
#[utoipa::path(
    tag = "accounts", operation_id = "search_screening_trial", request_body = NewScreeningRules,
    responses((status = 200, body = ScreeningTrial), (status = "4XX", body = Problem)),
    security(("bearer" = ["manage_organisation"]))
)]
#[post("/screening/trial/search")]
pub async fn search_screening_trial(
    app: web::Data<App>,
    caller: Require<ManageOrganisation>,
    body: Body<NewScreeningRules>,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    let old = store::rules(conn, scope.org, Locale::default()).await?;
    let new = old.clone().replaced(body.value);
    let trial = store::trial(conn, scope, &old, &new).await?;
    tx.commit().await?;

    Answer::list(&trial)
}

/// Lists how many accounts of each seller within view are targets, unsuitable or not decided yet, and how
/// many are due to be looked at again.
#[utoipa::path(
    tag = "accounts", operation_id = "list_screening_report", params(PageParams),
    responses((status = 200, body = Page<ScreeningTally>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_accounts"]))
)]
#[get("/screening/report")]
pub async fn list_screening_report(
    app: web::Data<App>,
    caller: Require<ReadAccounts>,
    params: Params<PageParams>,
) -> AppResult<Answer> {
    let limit = limit(params.0.limit)?;
    let after: Option<(String, Uuid)> = Cursor::read("screening", params.0.cursor.as_deref())?;

    let mut tx = app.db.snapshot(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    let rules = store::rules(conn, scope.org, Locale::default()).await?;
    let rows = store::tallies(conn, scope, &rules, after, limit + 1).await?;
    tx.commit().await?;

    let mut page = Cursor::page("screening", rows, limit, |row| (row.name.clone(), row.id))?;
    page.next = page
        .next_cursor
        .as_ref()
        .map(|cursor| format!("/api/v1/screening/report?limit={limit}&cursor={cursor}"));
    Answer::list(&page)
}

/// Says how an account stands by the set of rules, why, and when it is due to be looked at again.
#[utoipa::path(
    tag = "accounts", operation_id = "get_account_screening", params(("id" = AccountId, Path)),
    responses((status = 200, body = AccountScreening), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_accounts"]))
)]
#[get("/accounts/{id}/screening")]
pub async fn get_account_screening(
    app: web::Data<App>,
    caller: Require<ReadAccounts>,
    id: web::Path<AccountId>,
    _: Params<NoParams>,
    request: HttpRequest,
) -> AppResult<Answer> {
    let mut tx = app.db.snapshot(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    let account = accounts::find(conn, scope, *id).await?;
    let rules = store::rules(conn, scope.org, language(&request)).await?;
    let told = store::of_account(conn, scope.org, account.id, rules).await?;
    tx.commit().await?;

    // The verdict follows people, deals and days too, so the account's version is no tag for it.
    Answer::list(&told)
}

/// Answers the questions of the set for an account, all at once: what is left out is not answered any more.
/// The same answers again say that they still hold, and the account is not due any more.
#[utoipa::path(
    tag = "accounts", operation_id = "screen_account", request_body = ScreeningSheet,
    params(("id" = AccountId, Path), ("If-Match" = String, Header, description = "The version of the account")),
    responses(
        (status = 200, body = AccountScreening),
        (status = 409, body = Problem, description = "`archived`"),
        (status = 422, body = Problem, description = "`no_such_record` for what the set does not ask, `not_allowed` for what is no choice"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_accounts"]))
)]
#[put("/accounts/{id}/screening")]
pub async fn screen_account(
    app: web::Data<App>,
    caller: Require<EditAccounts>,
    id: web::Path<AccountId>,
    if_match: IfMatch,
    body: Body<ScreeningSheet>,
    request: HttpRequest,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    // Whoever holds the account's row is the only one to write its sheet.
    let account = accounts::find_for_update(conn, scope, *id).await?;
    if_match.check(&account, account.version)?;
    if account.archived_at.is_some() {
        return Err(AppError::Conflict(ErrorCode::Archived));
    }
    let rules = store::rules(conn, scope.org, language(&request)).await?;
    body.value.fits(&rules)?;
    let old = store::of_account(conn, scope.org, account.id, rules).await?;

    let new = screened(&mut tx, &account, &old, &body.value.answers, caller.user).await?;
    tx.commit().await?;

    Answer::versioned(&new, new.version)
}

/// Keeps the answers for an account whose row the caller holds, with the event on its timeline.
///
/// # Errors
/// Those of the database.
pub async fn screened(
    tx: &mut Tx,
    account: &Account,
    old: &AccountScreening,
    answers: &Answers,
    by: UserId,
) -> AppResult<AccountScreening> {
    let (conn, scope) = tx.parts();
    let given = store::given(&old.answers, answers, by);
    let key = (scope.org, account.id, by);
    store::keep_sheet(conn, key, &old.rules, &given).await?;
    accounts::touch(conn, scope.org, account.id).await?;
    let new = store::of_account(conn, scope.org, account.id, old.rules.clone()).await?;
    let told = |told: &AccountScreening| {
        serde_json::json!({
            "outcome": told.screening.outcome, "score": told.screening.score, "answers": told.chosen(),
        })
    };
    let mut event = NewEvent::new(
        EventKind::AccountScreened,
        SubjectKind::Account,
        account.id.0,
    )
    .on_account(Some(account.id))
    .owned_by(account.owner_id, account.owner_id);
    event.data = serde_json::json!({ "old": told(old), "new": told(&new) });
    tx.record(event).await?;
    Ok(new)
}
