//! The priority of an account, its confirmation, and what priorities go by.

use crate::accounts::store::{accounts, priority as store};
use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::events::NewEvent;
use crate::http::{Answer, Body, IfMatch, NoParams, Once, Params, Replay};
use crate::identity::Require;
use crate::identity::permit::{EditAccounts, ManageOrganisation, ReadAccounts};
use actix_web::{get, patch, post, web};
use shared::accounts::{AccountPriority, PriorityRules, PriorityRulesPatch};
use shared::error::{ErrorCode, Problem};
use shared::event::{EventKind, SubjectKind};
use shared::id::AccountId;

/// Says of which priority an account is today and why, what it gets, and when it is due (CLS-17, CLS-18).
#[utoipa::path(
    tag = "accounts", operation_id = "get_account_priority", params(("id" = AccountId, Path)),
    responses((status = 200, body = AccountPriority), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_accounts"]))
)]
#[get("/accounts/{id}/priority")]
pub async fn get_account_priority(
    app: web::Data<App>,
    caller: Require<ReadAccounts>,
    id: web::Path<AccountId>,
    _: Params<NoParams>,
) -> AppResult<Answer> {
    let mut tx = app.db.snapshot(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    let account = accounts::find(conn, scope, *id).await?;
    let priority = store::of_account(conn, scope.org, &account).await?;
    tx.commit().await?;

    Answer::list(&priority)
}

/// Confirms that what an account's priority rests on is still so, as the version that was seen has it.
#[utoipa::path(
    tag = "accounts", operation_id = "confirm_account_priority",
    params(("id" = AccountId, Path), ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 200, body = AccountPriority),
        (status = 409, body = Problem, description = "`archived`, `key_in_flight`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_accounts"]))
)]
#[post("/accounts/{id}/priority/confirm")]
pub async fn confirm_account_priority(
    app: web::Data<App>,
    caller: Require<EditAccounts>,
    id: web::Path<AccountId>,
    if_match: IfMatch,
    once: Once,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    // There is no body; the key is bound to the id.
    let hash = id.0.as_bytes();
    let claim = match once
        .begin(&mut tx, "confirm_account_priority", hash)
        .await?
    {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };
    let (conn, scope) = tx.parts();
    let account = accounts::find_for_update(conn, scope, *id).await?;
    if_match.check(&account, account.version)?;
    if account.archived_at.is_some() {
        return Err(AppError::Conflict(ErrorCode::Archived));
    }

    store::confirm(conn, scope.org, account.id, caller.user).await?;
    let priority = store::of_account(conn, scope.org, &account).await?;
    let mut event = NewEvent::new(
        EventKind::PriorityConfirmed,
        SubjectKind::Account,
        account.id.0,
    )
    .on_account(Some(account.id))
    .owned_by(account.owner_id, account.owner_id);
    event.data = serde_json::json!({ "priority": priority.priority, "points": priority.points });
    tx.record(event).await?;

    let answer = Answer::list(&priority)?;
    claim.finish(tx, answer).await
}

/// Reads what priorities go by.
#[utoipa::path(
    tag = "accounts", operation_id = "read_priority_rules",
    responses((status = 200, body = PriorityRules), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_accounts"]))
)]
#[get("/priority-rules")]
pub async fn read_priority_rules(
    app: web::Data<App>,
    caller: Require<ReadAccounts>,
    _: Params<NoParams>,
) -> AppResult<Answer> {
    let mut tx = app.db.snapshot(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    let rules = store::rules(conn, scope.org).await?;
    tx.commit().await?;

    Answer::versioned(&rules, rules.version)
}

/// Changes what priorities go by, what each gets, and how often they are due.
#[utoipa::path(
    tag = "accounts", operation_id = "change_priority_rules", request_body = PriorityRulesPatch,
    params(("If-Match" = String, Header, description = "The version that was read")),
    responses((status = 200, body = PriorityRules), (status = "4XX", body = Problem)),
    security(("bearer" = ["manage_organisation"]))
)]
#[patch("/priority-rules")]
pub async fn change_priority_rules(
    app: web::Data<App>,
    caller: Require<ManageOrganisation>,
    if_match: IfMatch,
    body: Body<PriorityRulesPatch>,
) -> AppResult<Answer> {
    let patch = body.value;

    let mut tx = app.db.begin(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    let old = store::rules_for_update(conn, scope.org).await?;
    if_match.check(&old, old.version)?;

    let new = old.clone().patched(patch);
    store::keep_rules(conn, &new).await?;
    let event = NewEvent::new(
        EventKind::PriorityRulesUpdated,
        SubjectKind::Organisation,
        new.id.0,
    )
    .with_change(Some(&old), Some(&new));
    tx.record(event).await?;
    tx.commit().await?;

    Answer::versioned(&new, new.version)
}
