//! The person signed in: who they are, what they may do, and their own settings.

use crate::app::App;
use crate::clock::now;
use crate::error::{AppError, AppResult};
use crate::events::NewEvent;
use crate::http::{Answer, Body, IfMatch, NoParams, Params, address_of};
use crate::identity::entry::me;
use crate::identity::permit::SignedIn;
use crate::identity::store::{sessions, users};
use crate::identity::tries::Guess;
use crate::identity::{Caller, Require};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder, get, patch, web};
use serde_json::json;
use shared::check::Check;
use shared::error::{ErrorCode, Problem};
use shared::event::{EventKind, SubjectKind};
use shared::identity::{Me, MePatch, User, password};

/// Reads who is signed in and what they may do.
#[utoipa::path(
    tag = "identity", operation_id = "read_me",
    responses((status = 200, body = Me), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
#[get("/me")]
pub async fn read_me(
    request: HttpRequest,
    app: web::Data<App>,
    caller: Require<SignedIn>,
    _: Params<NoParams>,
) -> AppResult<HttpResponse> {
    let mut tx = app.db.snapshot(&caller.scope).await?;
    let me = me(&mut tx, caller.user).await?;
    tx.commit().await?;

    // The tag is the person's version, for the change of their settings; the organisation has its own.
    // A browser that kept this answer would miss changes of the organisation.
    let mut response = Answer::versioned(&me, me.user.version)?.respond_to(&request);
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        header::HeaderValue::from_static("no-store"),
    );
    Ok(response)
}

/// Changes one's own settings. A new password ends all other sessions.
#[utoipa::path(
    tag = "identity", operation_id = "change_me", request_body = MePatch,
    params(("If-Match" = String, Header, description = "The version of the person that was read")),
    responses(
        (status = 200, body = Me),
        (status = 429, body = Problem, description = "`too_many`: wrong passwords, or many hashed for others"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = []))
)]
#[patch("/me")]
pub async fn change_me(
    request: HttpRequest,
    app: web::Data<App>,
    caller: Require<SignedIn>,
    if_match: IfMatch,
    body: Body<MePatch>,
) -> AppResult<Answer> {
    let patch = body.value;
    let password_hash = match (patch.password, patch.current_password) {
        (Some(new), Some(current)) => {
            Some(change_password(&request, &app, &caller, new, current).await?)
        }
        _ => None,
    };

    let mut tx = app.db.begin(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    let old = users::find_for_update(conn, scope.org, caller.user).await?;
    if !if_match.matches(old.version) {
        let current = me(&mut tx, caller.user).await?;
        if_match.check(&current, old.version)?;
    }

    let (conn, scope) = tx.parts();
    let new = User {
        name: patch.name.unwrap_or_else(|| old.name.clone()),
        locale: patch.locale.unwrap_or(old.locale),
        ..old.clone()
    };
    let new = users::update(conn, scope.org, &new).await?;
    let mut event = NewEvent::new(EventKind::UserUpdated, SubjectKind::User, new.id.0)
        .with_change(Some(&old), Some(&new));
    if let Some(hash) = password_hash {
        users::set_password(conn, scope.org, caller.user, &hash).await?;
        let kept = Some(caller.session);
        let ended = sessions::revoke_all(conn, scope.org, caller.user, kept, now()).await?;
        if let Some(new) = event
            .data
            .get_mut("new")
            .and_then(|new| new.as_object_mut())
        {
            new.insert("password_changed".to_owned(), json!(true));
            new.insert("sessions_ended".to_owned(), json!(ended));
        }
    }
    tx.record(event).await?;
    let me = me(&mut tx, caller.user).await?;
    tx.commit().await?;

    app.callers.forget(caller.scope.org, caller.user);
    Answer::versioned(&me, me.user.version)
}

/// Checks the password until now and hashes the new one, outside a transaction: both take their time.
async fn change_password(
    request: &HttpRequest,
    app: &App,
    caller: &Caller,
    new: String,
    current: String,
) -> AppResult<String> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    let user = users::find(conn, scope.org, caller.user).await?;
    let known = users::credentials(conn, scope.org, caller.user).await?;
    tx.commit().await?;

    let email = user.email.unwrap_or_default();
    let mut check = Check::default();
    password(&mut check, "/password", &new, &email);
    check.into_result()?;
    let guess = Guess::new(&email, address_of(request, &app.config));
    let stored = known.and_then(|known| known.password_hash);
    if !app.passwords.check(guess, current, stored).await? {
        let code = ErrorCode::WrongCredentials;
        return Err(AppError::field("/current_password", code));
    }
    app.passwords.hash(new).await
}
