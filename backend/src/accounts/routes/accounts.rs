//! Accounts: create, read, update, archive, list, search.

use crate::accounts::store::accounts as store;
use crate::accounts::store::classes;
use crate::accounts::store::lists::{self, Accounts};
use crate::accounts::store::{parents, priority};
use crate::app::App;
use crate::clock::{self, new_id};
use crate::db::{Conn, Scope, Tx, external_ids};
use crate::error::{AppError, AppResult, OnConstraint, optional, query};
use crate::events::NewEvent;
use crate::http::list::{List, ListQuery, Listed};
use crate::http::shape::ShapeOf;
use crate::http::{Answer, Body, IfMatch, Once, Replay};
use crate::identity::permit::{EditAccounts, ReadAccounts};
use crate::identity::{Caller, Require};
use crate::search;
use actix_web::{delete, get, patch, post, web};
use shared::accounts::{
    Account, AccountPatch, HitKind, Man, NewAccount, SizeBand, SizeBands, changes_priority,
};
use shared::check::tidy;
use shared::error::{ErrorCode, Problem};
use shared::event::{EventKind, SubjectKind};
use shared::filter::Search;
use shared::id::{AccountId, UserId};
use shared::identity::Permission;
use shared::page::Page;
use std::collections::BTreeMap;

type AccountList = List<Accounts>;
type AccountShape = ShapeOf<Accounts>;

/// Lists the accounts within view.
#[utoipa::path(
    tag = "accounts", operation_id = "list_accounts", params(AccountList),
    responses((status = 200, body = Page<Account>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_accounts"]))
)]
#[get("/accounts")]
pub async fn list_accounts(
    app: web::Data<App>,
    caller: Require<ReadAccounts>,
    list: AccountList,
) -> AppResult<Answer> {
    page(&app, &caller.scope, &list).await
}

/// Lists accounts by nested conditions.
#[utoipa::path(
    tag = "accounts", operation_id = "search_accounts", request_body = Search,
    responses((status = 200, body = Page<Account>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_accounts"]))
)]
#[post("/accounts/search")]
pub async fn search_accounts(
    app: web::Data<App>,
    caller: Require<ReadAccounts>,
    body: Body<Search>,
) -> AppResult<Answer> {
    let list = Accounts::search(&body.value)?;

    page(&app, &caller.scope, &list).await
}

/// Makes an account; without an owner it is the caller's.
#[utoipa::path(
    tag = "accounts", operation_id = "create_account", request_body = NewAccount,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Account), (status = "4XX", body = Problem)),
    security(("bearer" = ["edit_accounts"]))
)]
#[post("/accounts")]
pub async fn create_account(
    app: web::Data<App>,
    caller: Require<EditAccounts>,
    once: Once,
    body: Body<NewAccount>,
) -> AppResult<Answer> {
    let new = body.value;
    let owner = caller.owner(new.owner_id)?;

    let mut tx = app.db.begin(&caller.scope).await?;
    let claim = match once.begin(&mut tx, "create_account", &body.hash).await? {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };
    check_parent(&mut tx, new.parent_id, None).await?;
    let by_employees = match (new.size, new.employees) {
        (None, Some(employees)) => Some(SizeBand::of(employees, &sizes(&mut tx).await?)),
        _ => None,
    };

    let now = clock::now();
    let signs = new.signs().settled();
    let account = Account {
        id: new_id(),
        name: new.name.trim().to_owned(),
        kind: new.kind,
        industry: tidy(new.industry),
        nature: tidy(new.nature),
        size: new.size.or(by_employees),
        employees: new.employees,
        region: tidy(new.region),
        address: tidy(new.address),
        website: tidy(new.website),
        phones: new.phones,
        parent_id: new.parent_id,
        owner_id: Some(owner),
        source: tidy(new.source),
        prospecting: new.prospecting,
        tier: new.tier,
        signs,
        man: Man::default().patched(new.man.unwrap_or_default()),
        tags: new.tags,
        external_ids: new.external_ids,
        version: 1,
        archived_at: None,
        created_at: now,
        updated_at: now,
    };
    let (conn, scope) = tx.parts();
    let org = scope.org;
    references(store::insert(conn, org, &account).await)?;
    let (kind, ids) = (SubjectKind::Account, &account.external_ids);
    external_ids::replace(conn, org, kind, account.id.0, &BTreeMap::new(), ids).await?;
    search::index(conn, org, HitKind::Account, account.id.0, &account.name).await?;
    tx.record(event(EventKind::AccountCreated, None, &account))
        .await?;

    let location = format!("/api/v1/accounts/{}", account.id);
    claim
        .finish(tx, Answer::created(&account, account.version, location)?)
        .await
}

/// Answers one account.
#[utoipa::path(
    tag = "accounts", operation_id = "get_account", params(("id" = AccountId, Path), AccountShape),
    responses((status = 200, body = Account), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_accounts"]))
)]
#[get("/accounts/{id}")]
pub async fn get_account(
    app: web::Data<App>,
    caller: Require<ReadAccounts>,
    id: web::Path<AccountId>,
    shape: AccountShape,
) -> AppResult<Answer> {
    let scope = &caller.scope;
    let work = async |conn: &Conn| query(store::find(conn, scope, *id)).await;
    let (tx, account) = app.db.snapshot_with(scope, work).await?;
    let answer = shape.one(&tx, &account, account.version).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Changes an account.
#[utoipa::path(
    tag = "accounts", operation_id = "update_account",
    params(("id" = AccountId, Path), ("If-Match" = String, Header)), request_body = AccountPatch,
    responses(
        (status = 200, body = Account),
        (status = 409, body = Problem, description = "`archived`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_accounts"]))
)]
#[patch("/accounts/{id}")]
pub async fn update_account(
    app: web::Data<App>,
    caller: Require<EditAccounts>,
    id: web::Path<AccountId>,
    if_match: IfMatch,
    body: Body<AccountPatch>,
) -> AppResult<Answer> {
    let patch = body.value;

    let mut tx = app.db.begin(&caller.scope).await?;
    let old = load(&mut tx, *id, &if_match).await?;
    if old.archived_at.is_some() {
        return Err(AppError::Conflict(ErrorCode::Archived));
    }
    if let Some(owner) = patch.owner_id {
        check_owner(&caller, old.owner_id, owner)?;
    }
    if let Some(parent) = patch.parent_id
        && parent != old.parent_id
    {
        check_parent(&mut tx, parent, Some(*id)).await?;
    }

    let sizes = sizes(&mut tx).await?;
    let new = patched(old.clone(), patch, &sizes);
    if changes_priority(&old, &new) {
        // Who changes what a priority rests on has looked at it.
        let (conn, scope) = tx.parts();
        priority::confirm(conn, scope.org, *id, caller.user).await?;
    }
    let answer = write(&mut tx, EventKind::AccountUpdated, &old, new).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Archives an account; its contacts and deals stay.
#[utoipa::path(
    tag = "accounts", operation_id = "archive_account",
    params(("id" = AccountId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = Account), (status = "4XX", body = Problem)),
    security(("bearer" = ["edit_accounts"]))
)]
#[delete("/accounts/{id}")]
pub async fn archive_account(
    app: web::Data<App>,
    caller: Require<EditAccounts>,
    id: web::Path<AccountId>,
    if_match: IfMatch,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let old = load(&mut tx, *id, &if_match).await?;

    let mut new = old.clone();
    new.archived_at = old.archived_at.or_else(|| Some(clock::now()));
    let answer = write(&mut tx, EventKind::AccountArchived, &old, new).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Takes an account out of the archive.
#[utoipa::path(
    tag = "accounts", operation_id = "restore_account",
    params(("id" = AccountId, Path), ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Account), (status = "4XX", body = Problem)),
    security(("bearer" = ["edit_accounts"]))
)]
#[post("/accounts/{id}/restore")]
pub async fn restore_account(
    app: web::Data<App>,
    caller: Require<EditAccounts>,
    id: web::Path<AccountId>,
    if_match: IfMatch,
    once: Once,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let hash = id.0.as_bytes();
    let claim = match once.begin(&mut tx, "restore_account", hash).await? {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };
    let old = load(&mut tx, *id, &if_match).await?;

    let mut new = old.clone();
    new.archived_at = None;
    let answer = write(&mut tx, EventKind::AccountRestored, &old, new).await?;
    claim.finish(tx, answer).await
}

async fn page(app: &App, scope: &Scope, list: &ListQuery) -> AppResult<Answer> {
    let work = async |conn: &Conn| query(store::list(conn, scope, list)).await;
    let (tx, (rows, total)) = app.db.snapshot_with(scope, work).await?;
    let page = list.page(rows, total, lists::place_of_account)?;
    let answer = list.shape.page(&tx, page).await?;
    tx.commit().await?;
    Ok(answer)
}

/// The account as it is, locked, when the writer has seen its version.
async fn load(tx: &mut Tx, id: AccountId, if_match: &IfMatch) -> AppResult<Account> {
    let (conn, scope) = tx.parts();
    let account = store::find_for_update(conn, scope, id).await?;
    if_match.check(&account, account.version)?;
    Ok(account)
}

/// Taking a record from somebody else, like giving it to somebody else, needs the permission for it.
fn check_owner(caller: &Caller, old: Option<UserId>, new: Option<UserId>) -> AppResult<()> {
    if old == new {
        return Ok(());
    }
    if old.is_some_and(|owner| owner != caller.user) {
        caller.demand(Permission::AssignOwner)?;
    }
    match new {
        Some(_) => caller.owner(new).map(drop),
        None => Ok(()),
    }
}

/// A parent must be within view, in use, and not below the account itself.
async fn check_parent(
    tx: &mut Tx,
    parent: Option<AccountId>,
    child: Option<AccountId>,
) -> AppResult<()> {
    let Some(parent) = parent else {
        return Ok(());
    };
    let fail = |code| Err(AppError::field("/parent_id", code));
    let (conn, scope) = tx.parts();
    match optional(store::find(conn, scope, parent).await)? {
        None => return fail(ErrorCode::NoSuchRecord),
        Some(parent) if parent.archived_at.is_some() => return fail(ErrorCode::Archived),
        Some(_) => {}
    }
    if let Some(child) = child {
        parents::lock(conn, scope.org).await?;
        if parents::is_above(conn, scope.org, child, parent).await? {
            return fail(ErrorCode::Cycle);
        }
    }
    Ok(())
}

/// The size bands of the organisation.
async fn sizes(tx: &mut Tx) -> AppResult<SizeBands> {
    let (conn, scope) = tx.parts();
    Ok(classes::rules(conn, scope.org).await?.sizes)
}

fn patched(mut account: Account, patch: AccountPatch, sizes: &SizeBands) -> Account {
    account.signs = account.signs.patched(&patch);
    // A size that is said counts; else one follows from the number of employees, when that is said.
    if let Some(size) = patch.size {
        account.size = size;
    } else if let Some(Some(employees)) = patch.employees {
        account.size = Some(SizeBand::of(employees, sizes));
    }
    if let Some(name) = patch.name {
        name.trim().clone_into(&mut account.name);
    }
    for (field, value) in [
        (&mut account.industry, patch.industry),
        (&mut account.nature, patch.nature),
        (&mut account.region, patch.region),
        (&mut account.address, patch.address),
        (&mut account.website, patch.website),
        (&mut account.source, patch.source),
    ] {
        if let Some(value) = value {
            *field = tidy(value);
        }
    }
    account.kind = patch.kind.unwrap_or(account.kind);
    account.employees = patch.employees.unwrap_or(account.employees);
    account.phones = patch.phones.unwrap_or(account.phones);
    account.parent_id = patch.parent_id.unwrap_or(account.parent_id);
    account.owner_id = patch.owner_id.unwrap_or(account.owner_id);
    account.prospecting = patch.prospecting.unwrap_or(account.prospecting);
    account.tier = patch.tier.unwrap_or(account.tier);
    if let Some(man) = patch.man {
        account.man = account.man.patched(man);
    }
    account.tags = patch.tags.unwrap_or(account.tags);
    account.external_ids = patch.external_ids.unwrap_or(account.external_ids);
    account
}

/// Writes what differs, if anything does, and answers it.
async fn write(tx: &mut Tx, kind: EventKind, old: &Account, mut new: Account) -> AppResult<Answer> {
    if new != *old {
        new.version += 1;
        new.updated_at = clock::now();
        let (conn, scope) = tx.parts();
        let (org, id) = (scope.org, new.id.0);
        references(store::update(conn, org, &new).await)?;
        let ids = (&old.external_ids, &new.external_ids);
        external_ids::replace(conn, org, SubjectKind::Account, id, ids.0, ids.1).await?;
        if new.archived_at.is_some() {
            search::remove(conn, org, HitKind::Account, id).await?;
        } else {
            search::index(conn, org, HitKind::Account, id, &new.name).await?;
        }
        tx.record(event(kind, Some(old), &new)).await?;
    }
    Answer::versioned(&new, new.version)
}

fn event(kind: EventKind, old: Option<&Account>, new: &Account) -> NewEvent {
    NewEvent::new(kind, SubjectKind::Account, new.id.0)
        .on_account(Some(new.id))
        .owned_by(old.and_then(|old| old.owner_id), new.owner_id)
        .with_change(old, Some(new))
}

/// Turns breached references into field errors.
fn references(result: diesel::QueryResult<()>) -> AppResult<()> {
    result
        .on_constraint("accounts_owner_id_fkey", || {
            AppError::field("/owner_id", ErrorCode::NoSuchRecord)
        })
        .on_constraint("accounts_parent_id_fkey", || {
            AppError::field("/parent_id", ErrorCode::NoSuchRecord)
        })
}
