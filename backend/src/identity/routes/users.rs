//! The people of an organisation, as its administrators see and change them.

use crate::app::App;
use crate::clock::now;
use crate::db::names::Named;
use crate::error::{AppError, AppResult};
use crate::events::NewEvent;
use crate::http::list::{FieldSpec, Kind, List, ListSpec, Listed, Place, Value, words};
use crate::http::shape::{Expand, ShapeOf};
use crate::http::{Answer, Body, IfMatch};
use crate::identity::Require;
use crate::identity::permit::{ManageUsers, ReadUsers};
use crate::identity::store::{sessions, teams, users};
use actix_web::{get, patch, web};
use shared::error::{ErrorCode, Problem};
use shared::event::{EventKind, SubjectKind};
use shared::id::UserId;
use shared::identity::{Role, SellerLevel, User, UserPatch, UserState};
use shared::page::Page;

/// The list of people.
#[derive(Debug)]
pub struct Users;

impl Listed for Users {
    const SPEC: ListSpec = ListSpec {
        resource: "users",
        fields: &[
            FieldSpec::new("name", Kind::Text).sortable(),
            FieldSpec::new("email", Kind::Text).nullable(),
            FieldSpec::new("role", Kind::Word(words::<Role>)),
            FieldSpec::new("level", Kind::Word(words::<SellerLevel>)),
            FieldSpec::new("state", Kind::Word(words::<UserState>)),
            FieldSpec::new("team_id", Kind::Id).nullable(),
        ],
        sort: "name",
        has_archived: false,
        shown: &[
            "id",
            "name",
            "email",
            "role",
            "level",
            "team_id",
            "state",
            "locale",
            "version",
            "created_at",
            "updated_at",
        ],
        expand: &[Expand {
            name: "team",
            from: "team_id",
            of: Named::Team,
        }],
    };
}

/// Lists people: those who can sign in, those known by name only, and those who were disabled.
///
/// For a choice of owners ask for `state[in]=active,named`.
#[utoipa::path(
    tag = "identity", operation_id = "list_users", params(List<Users>),
    responses((status = 200, body = Page<User>), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_users"]))
)]
#[get("/users")]
pub async fn list_users(
    app: web::Data<App>,
    caller: Require<ReadUsers>,
    list: List<Users>,
) -> AppResult<Answer> {
    let mut tx = app.db.snapshot(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    let rows = users::list(conn, scope.org, &list).await?;
    let total = match list.count {
        None => None,
        Some(_) => Some(users::count(conn, scope.org, &list).await?),
    };
    let page = list.page(rows, total, |user, _| {
        Place::new(user.id.0, Value::Text(user.name.clone()))
    })?;
    let answer = list.shape.page(&tx, page).await?;
    tx.commit().await?;

    Ok(answer)
}

/// Reads a person.
#[utoipa::path(
    tag = "identity", operation_id = "read_user", params(("id" = UserId, Path), ShapeOf<Users>),
    responses((status = 200, body = User), (status = "4XX", body = Problem)),
    security(("bearer" = ["read_users"]))
)]
#[get("/users/{id}")]
pub async fn read_user(
    app: web::Data<App>,
    caller: Require<ReadUsers>,
    path: web::Path<UserId>,
    shape: ShapeOf<Users>,
) -> AppResult<Answer> {
    let mut tx = app.db.snapshot(&caller.scope).await?;
    let user = users::find(tx.conn(), caller.scope.org, *path).await?;
    let answer = shape.one(&tx, &user, user.version).await?;
    tx.commit().await?;

    Ok(answer)
}

/// Changes a person's name, job, level, team, or whether they can sign in.
///
/// Disabling ends all their sessions within a second.
#[utoipa::path(
    tag = "identity", operation_id = "change_user", request_body = UserPatch,
    params(("id" = UserId, Path), ("If-Match" = String, Header, description = "The version that was read")),
    responses(
        (status = 200, body = User),
        (status = 409, body = Problem, description = "`last_administrator`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["manage_users"]))
)]
#[patch("/users/{id}")]
pub async fn change_user(
    app: web::Data<App>,
    caller: Require<ManageUsers>,
    path: web::Path<UserId>,
    if_match: IfMatch,
    body: Body<UserPatch>,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let org = caller.scope.org;
    // Before the person's own row, so that two changes at once lock in the same order.
    let has_other = users::has_other_administrator(tx.conn(), org, *path).await?;
    let old = users::find_for_update(tx.conn(), org, *path).await?;
    if_match.check(&old, old.version)?;

    let patch = body.value;
    let new = User {
        name: patch.name.unwrap_or_else(|| old.name.clone()),
        role: patch.role.unwrap_or(old.role),
        level: patch.level.unwrap_or(old.level),
        team_id: patch.team_id.unwrap_or(old.team_id),
        state: patch.state.unwrap_or(old.state),
        ..old.clone()
    };
    if is_head(&old) && !is_head(&new) && !has_other {
        return Err(AppError::Conflict(ErrorCode::LastAdministrator));
    }
    if let Some(team) = new.team_id
        && new.team_id != old.team_id
        && !teams::is_open(tx.conn(), org, team).await?
    {
        return Err(AppError::field("/team_id", ErrorCode::NoSuchRecord));
    }
    if new.state == UserState::Active && old.state != UserState::Active {
        let known = users::credentials(tx.conn(), org, old.id).await?;
        if known.is_none_or(|known| known.password_hash.is_none()) {
            // Without a password there is nothing to sign in with; an invitation gives one.
            return Err(AppError::field("/state", ErrorCode::NotAllowed));
        }
    }

    let new = users::update(tx.conn(), org, &new).await?;
    if new.state == UserState::Disabled && old.state != UserState::Disabled {
        sessions::revoke_all(tx.conn(), org, new.id, None, now()).await?;
        users::begin_epoch(tx.conn(), org, new.id).await?;
    }
    let event = NewEvent::new(EventKind::UserUpdated, SubjectKind::User, new.id.0)
        .with_change(Some(&old), Some(&new));
    tx.record(event).await?;
    tx.commit().await?;

    app.callers.forget(org, new.id);
    Answer::versioned(&new, new.version)
}

/// Whether a person is one of those who run the organisation's account.
fn is_head(user: &User) -> bool {
    user.role == Role::Administrator && user.state == UserState::Active
}
