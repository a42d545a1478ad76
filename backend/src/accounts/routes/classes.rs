//! How an account is classed, and what classes go by.

use crate::accounts::store::{accounts, classes, portfolio};
use crate::app::App;
use crate::error::AppResult;
use crate::events::NewEvent;
use crate::http::{Answer, Body, IfMatch, NoParams, Params};
use crate::identity::Require;
use crate::identity::permit::{ManageOrganisation, ReadAccounts};
use actix_web::{get, patch, web};
use shared::accounts::{AccountClasses, ClassRules, ClassRulesPatch, urgency};
use shared::error::Problem;
use shared::event::{EventKind, SubjectKind};
use shared::id::AccountId;

/// Says how an account is classed today, and what is missing where it is not.
#[utoipa::path(
    tag = "accounts", operation_id = "get_account_classes", params(("id" = AccountId, Path)),
    responses((status = 200, body = AccountClasses), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_accounts"]))
)]
#[get("/accounts/{id}/classes")]
pub async fn get_account_classes(
    app: web::Data<App>,
    caller: Require<ReadAccounts>,
    id: web::Path<AccountId>,
    _: Params<NoParams>,
) -> AppResult<Answer> {
    let mut tx = app.db.snapshot(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    let account = accounts::find(conn, scope, *id).await?;
    let rules = classes::rules(conn, scope.org).await?;
    let days = classes::urgent_days(conn, &rules).await?;
    let amount = classes::amount_class(conn, scope.org, *id).await?;
    let is_large = portfolio::is_large(conn, scope.org, *id).await?;
    tx.commit().await?;

    Answer::list(&AccountClasses {
        urgency: urgency(&account.signs, &days),
        days,
        amount,
        is_large,
        sizes: rules.sizes,
    })
}

/// Reads what classes go by.
#[utoipa::path(
    tag = "accounts", operation_id = "read_class_rules",
    responses((status = 200, body = ClassRules), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_accounts"]))
)]
#[get("/class-rules")]
pub async fn read_class_rules(
    app: web::Data<App>,
    caller: Require<ReadAccounts>,
    _: Params<NoParams>,
) -> AppResult<Answer> {
    let mut tx = app.db.snapshot(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    let rules = classes::rules(conn, scope.org).await?;
    tx.commit().await?;

    Answer::versioned(&rules, rules.version)
}

/// Changes what classes go by. Sizes that accounts have already stay; large firms are counted anew.
#[utoipa::path(
    tag = "accounts", operation_id = "change_class_rules", request_body = ClassRulesPatch,
    params(("If-Match" = String, Header, description = "The version that was read")),
    responses((status = 200, body = ClassRules), (status = "4XX", body = Problem)),
    security(("bearer" = ["manage_organisation"]))
)]
#[patch("/class-rules")]
pub async fn change_class_rules(
    app: web::Data<App>,
    caller: Require<ManageOrganisation>,
    if_match: IfMatch,
    body: Body<ClassRulesPatch>,
) -> AppResult<Answer> {
    let patch = body.value;

    let mut tx = app.db.begin(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    let old = classes::rules_for_update(conn, scope.org).await?;
    if_match.check(&old, old.version)?;

    let new = ClassRules {
        urgent_months: patch.urgent_months.unwrap_or(old.urgent_months),
        sizes: patch.sizes.unwrap_or(old.sizes),
        amount: patch.amount.unwrap_or(old.amount),
        version: old.version + 1,
        ..old.clone()
    };
    classes::keep_rules(conn, &new).await?;
    let event = NewEvent::new(
        EventKind::ClassRulesUpdated,
        SubjectKind::Organisation,
        new.id.0,
    )
    .with_change(Some(&old), Some(&new));
    tx.record(event).await?;
    tx.commit().await?;

    Answer::versioned(&new, new.version)
}
