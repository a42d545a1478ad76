//! Contacts: create, read, update, archive, list, search. They are seen and edited with their account.

use crate::accounts::store::accounts as account_store;
use crate::accounts::store::contacts as store;
use crate::accounts::store::lists::{self, Contacts};
use crate::app::App;
use crate::clock::{self, new_id};
use crate::db::{Conn, Scope, Tx};
use crate::error::{AppError, AppResult, OnConstraint, optional, query};
use crate::events::NewEvent;
use crate::http::list::{List, ListQuery, Listed};
use crate::http::shape::ShapeOf;
use crate::http::{Answer, Body, IfMatch, Once, Replay};
use crate::identity::Require;
use crate::identity::permit::{EditAccounts, ReadAccounts};
use crate::search;
use actix_web::{delete, get, patch, post, web};
use shared::accounts::{Account, Contact, ContactPatch, HitKind, NewContact};
use shared::check::tidy;
use shared::error::{ErrorCode, Problem};
use shared::event::{EventKind, SubjectKind};
use shared::filter::Search;
use shared::id::{AccountId, ContactId};
use shared::page::Page;

type ContactList = List<Contacts>;
type ContactShape = ShapeOf<Contacts>;

/// Lists the contacts at accounts within view.
#[utoipa::path(
    tag = "accounts", operation_id = "list_contacts", params(ContactList),
    responses((status = 200, body = Page<Contact>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_accounts"]))
)]
#[get("/contacts")]
pub async fn list_contacts(
    app: web::Data<App>,
    caller: Require<ReadAccounts>,
    list: ContactList,
) -> AppResult<Answer> {
    page(&app, &caller.scope, &list).await
}

/// Lists contacts by nested conditions.
#[utoipa::path(
    tag = "accounts", operation_id = "search_contacts", request_body = Search,
    responses((status = 200, body = Page<Contact>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_accounts"]))
)]
#[post("/contacts/search")]
pub async fn search_contacts(
    app: web::Data<App>,
    caller: Require<ReadAccounts>,
    body: Body<Search>,
) -> AppResult<Answer> {
    let list = Contacts::search(&body.value)?;

    page(&app, &caller.scope, &list).await
}

/// Adds a person to an account.
#[utoipa::path(
    tag = "accounts", operation_id = "create_contact", request_body = NewContact,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Contact), (status = "4XX", body = Problem)),
    security(("bearer" = ["edit_accounts"]))
)]
#[post("/contacts")]
pub async fn create_contact(
    app: web::Data<App>,
    caller: Require<EditAccounts>,
    once: Once,
    body: Body<NewContact>,
) -> AppResult<Answer> {
    let new = body.value;

    let mut tx = app.db.begin(&caller.scope).await?;
    let claim = match once.begin(&mut tx, "create_contact", &body.hash).await? {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };
    let account = account_of(&mut tx, new.account_id).await?;

    let now = clock::now();
    let contact = Contact {
        id: new_id(),
        account_id: account.id,
        account_name: account.name.clone(),
        name: new.name.trim().to_owned(),
        title: tidy(new.title),
        department: tidy(new.department),
        level: new.level,
        phones: new.phones,
        mail: tidy(new.mail),
        wechat: tidy(new.wechat),
        version: 1,
        archived_at: None,
        created_at: now,
        updated_at: now,
    };
    let (conn, scope) = tx.parts();
    references(store::insert(conn, scope.org, &contact).await)?;
    let (id, name) = (contact.id.0, &contact.name);
    search::index(conn, scope.org, HitKind::Contact, id, name).await?;
    tx.record(event(EventKind::ContactCreated, None, &contact, &account))
        .await?;

    let location = format!("/api/v1/contacts/{}", contact.id);
    claim
        .finish(tx, Answer::created(&contact, contact.version, location)?)
        .await
}

/// Answers one contact.
#[utoipa::path(
    tag = "accounts", operation_id = "get_contact", params(("id" = ContactId, Path), ContactShape),
    responses((status = 200, body = Contact), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_accounts"]))
)]
#[get("/contacts/{id}")]
pub async fn get_contact(
    app: web::Data<App>,
    caller: Require<ReadAccounts>,
    id: web::Path<ContactId>,
    shape: ContactShape,
) -> AppResult<Answer> {
    let scope = &caller.scope;
    let work = async |conn: &Conn| query(store::find(conn, scope, *id)).await;
    let (tx, contact) = app.db.snapshot_with(scope, work).await?;
    let answer = shape.one(&tx, &contact, contact.version).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Changes a contact.
#[utoipa::path(
    tag = "accounts", operation_id = "update_contact",
    params(("id" = ContactId, Path), ("If-Match" = String, Header)), request_body = ContactPatch,
    responses(
        (status = 200, body = Contact),
        (status = 409, body = Problem, description = "`archived`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["edit_accounts"]))
)]
#[patch("/contacts/{id}")]
pub async fn update_contact(
    app: web::Data<App>,
    caller: Require<EditAccounts>,
    id: web::Path<ContactId>,
    if_match: IfMatch,
    body: Body<ContactPatch>,
) -> AppResult<Answer> {
    let patch = body.value;

    let mut tx = app.db.begin(&caller.scope).await?;
    let old = load(&mut tx, *id, &if_match).await?;
    if old.archived_at.is_some() {
        return Err(AppError::Conflict(ErrorCode::Archived));
    }
    let mut new = old.clone();
    if let Some(account) = patch.account_id
        && account != old.account_id
    {
        let account = account_of(&mut tx, account).await?;
        new.account_id = account.id;
        new.account_name = account.name;
    }

    if let Some(name) = patch.name {
        name.trim().clone_into(&mut new.name);
    }
    for (field, value) in [
        (&mut new.title, patch.title),
        (&mut new.department, patch.department),
        (&mut new.mail, patch.mail),
        (&mut new.wechat, patch.wechat),
    ] {
        if let Some(value) = value {
            *field = tidy(value);
        }
    }
    new.level = patch.level.unwrap_or(new.level);
    new.phones = patch.phones.unwrap_or(new.phones);
    let answer = write(&mut tx, EventKind::ContactUpdated, &old, new).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Archives a contact.
#[utoipa::path(
    tag = "accounts", operation_id = "archive_contact",
    params(("id" = ContactId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = Contact), (status = "4XX", body = Problem)),
    security(("bearer" = ["edit_accounts"]))
)]
#[delete("/contacts/{id}")]
pub async fn archive_contact(
    app: web::Data<App>,
    caller: Require<EditAccounts>,
    id: web::Path<ContactId>,
    if_match: IfMatch,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let old = load(&mut tx, *id, &if_match).await?;

    let mut new = old.clone();
    new.archived_at = old.archived_at.or_else(|| Some(clock::now()));
    let answer = write(&mut tx, EventKind::ContactArchived, &old, new).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Takes a contact out of the archive.
#[utoipa::path(
    tag = "accounts", operation_id = "restore_contact",
    params(("id" = ContactId, Path), ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Contact), (status = "4XX", body = Problem)),
    security(("bearer" = ["edit_accounts"]))
)]
#[post("/contacts/{id}/restore")]
pub async fn restore_contact(
    app: web::Data<App>,
    caller: Require<EditAccounts>,
    id: web::Path<ContactId>,
    if_match: IfMatch,
    once: Once,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let hash = id.0.as_bytes();
    let claim = match once.begin(&mut tx, "restore_contact", hash).await? {
        Replay::Answered(answer) => return Ok(answer),
        Replay::New(claim) => claim,
    };
    let old = load(&mut tx, *id, &if_match).await?;

    let mut new = old.clone();
    new.archived_at = None;
    let answer = write(&mut tx, EventKind::ContactRestored, &old, new).await?;
    claim.finish(tx, answer).await
}

async fn page(app: &App, scope: &Scope, list: &ListQuery) -> AppResult<Answer> {
    let work = async |conn: &Conn| query(store::list(conn, scope, list)).await;
    let (tx, (rows, total)) = app.db.snapshot_with(scope, work).await?;
    let page = list.page(rows, total, lists::place_of_contact)?;
    let answer = list.shape.page(&tx, page).await?;
    tx.commit().await?;
    Ok(answer)
}

/// The contact as it is, locked, when the writer has seen its version.
async fn load(tx: &mut Tx, id: ContactId, if_match: &IfMatch) -> AppResult<Contact> {
    let (conn, scope) = tx.parts();
    let contact = store::find_for_update(conn, scope, id).await?;
    if_match.check(&contact, contact.version)?;
    Ok(contact)
}

/// The account a person is put at: within view and in use.
async fn account_of(tx: &mut Tx, id: AccountId) -> AppResult<Account> {
    let (conn, scope) = tx.parts();
    let account = optional(account_store::find(conn, scope, id).await)?
        .ok_or_else(|| AppError::field("/account_id", ErrorCode::NoSuchRecord))?;
    if account.archived_at.is_some() {
        return Err(AppError::field("/account_id", ErrorCode::Archived));
    }
    Ok(account)
}

/// Writes what differs, if anything does, and answers it.
async fn write(tx: &mut Tx, kind: EventKind, old: &Contact, mut new: Contact) -> AppResult<Answer> {
    if new != *old {
        new.version += 1;
        new.updated_at = clock::now();
        let (conn, scope) = tx.parts();
        let (org, id) = (scope.org, new.id.0);
        references(store::update(conn, org, &new).await)?;
        if new.archived_at.is_some() {
            search::remove(conn, org, HitKind::Contact, id).await?;
        } else {
            search::index(conn, org, HitKind::Contact, id, &new.name).await?;
        }
        let account = account_store::find(conn, scope, new.account_id).await?;
        tx.record(event(kind, Some(old), &new, &account)).await?;
    }
    Answer::versioned(&new, new.version)
}

/// Whoever may read the account's events may read those of its people.
fn event(kind: EventKind, old: Option<&Contact>, new: &Contact, account: &Account) -> NewEvent {
    NewEvent::new(kind, SubjectKind::Contact, new.id.0)
        .on_account(Some(new.account_id))
        .owned_by(account.owner_id, account.owner_id)
        .with_change(old, Some(new))
}

/// Turns a breached reference into a field error.
fn references(result: diesel::QueryResult<()>) -> AppResult<()> {
    result.on_constraint("contacts_account_id_fkey", || {
        AppError::field("/account_id", ErrorCode::NoSuchRecord)
    })
}
