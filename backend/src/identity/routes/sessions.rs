//! Sign-in, renewal and sign-out, for browsers by cookies and for tools by tokens.

use crate::app::App;
use crate::clock::now;
use crate::db::Scope;
use crate::error::{AppError, AppResult};
use crate::events::NewEvent;
use crate::http::{Answer, Body, RequestId};
use crate::identity::entry::{enter, leave, me, recognise, renew, scope_of};
use crate::identity::permit::SignedIn;
use crate::identity::seal::Refresh;
use crate::identity::store::sessions::SessionKind;
use crate::identity::store::{sessions, users};
use crate::identity::token::ACCESS_SECONDS;
use crate::identity::{Caller, Require, cookies};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder, delete, post, web};
use serde_json::json;
use shared::error::{ErrorCode, Problem};
use shared::event::{EventKind, SubjectKind};
use shared::identity::{Me, NewSession, NewToken, Tokens};

/// Signs in with e-mail and password; the tokens come as cookies.
#[utoipa::path(
    tag = "identity", operation_id = "sign_in", request_body = NewSession,
    responses(
        (status = 200, body = Me),
        (status = 401, body = Problem, description = "`wrong_credentials`"),
        (status = 429, body = Problem, description = "`too_many`: wrong passwords, or many sign-ins wait"),
        (status = "4XX", body = Problem)
    ),
    security(())
)]
#[post("/sessions")]
pub async fn sign_in(
    request: HttpRequest,
    app: web::Data<App>,
    request_id: RequestId,
    body: Body<NewSession>,
) -> AppResult<HttpResponse> {
    let NewSession { email, password } = body.value;
    let (org, user) = recognise(&app, &request, &email, &password).await?;

    let mut tx = app.db.begin(&scope_of(org, user, request_id)).await?;
    let pair = enter(&app, &mut tx, user, SessionKind::Browser).await?;
    let me = me(&mut tx, user).await?;
    tx.commit().await?;

    let answer = Answer::versioned(&me, me.user.version)?;
    pair.answer(&app, &request, answer)
}

/// Renews the browser's tokens by its refresh cookie.
///
/// A lost answer can be asked for again for 30 seconds; using an old cookie after that ends the session.
#[utoipa::path(
    tag = "identity", operation_id = "refresh_session",
    responses(
        (status = 204),
        (status = 401, body = Problem, description = "`unauthenticated`: the refresh token is used, over or not ours"),
        (status = "4XX", body = Problem)
    ),
    security(())
)]
#[post("/sessions/refresh")]
pub async fn refresh_session(
    request: HttpRequest,
    app: web::Data<App>,
    request_id: RequestId,
) -> AppResult<HttpResponse> {
    let token = cookies::refresh_token(&request, app.config.secure_cookies)
        .ok_or(AppError::Unauthenticated(ErrorCode::Unauthenticated))?;
    let pair = renew(&app, &token, SessionKind::Browser, request_id).await?;
    pair.answer(&app, &request, Answer::empty())
}

/// Signs out here: ends the session of the access token, or of the refresh cookie when the access token
/// has run out.
#[utoipa::path(
    tag = "identity", operation_id = "sign_out",
    responses((status = 204), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
#[delete("/sessions/current")]
pub async fn sign_out(
    request: HttpRequest,
    app: web::Data<App>,
    request_id: RequestId,
) -> AppResult<HttpResponse> {
    let is_secure = app.config.secure_cookies;
    let (scope, session) = match Caller::of(&request).await {
        Ok(caller) => (caller.scope, caller.session),
        Err(error) => {
            let refresh = cookies::refresh_token(&request, is_secure)
                .and_then(|token| Refresh::read(&app.tokens, &token))
                .ok_or(error)?;
            let scope = Scope {
                request_id: Some(request_id.0),
                ..Scope::of_system(refresh.org, shared::event::ActorKind::System, None)
            };
            (scope, refresh.session)
        }
    };

    let mut tx = app.db.begin(&scope).await?;
    let user = leave(&mut tx, session, "signed_out").await?;
    tx.commit().await?;

    if let Some(user) = user {
        app.callers.forget(scope.org, user);
    }
    let mut response = Answer::empty().respond_to(&request);
    cookies::clear(&mut response, is_secure)?;
    Ok(response)
}

/// Signs out everywhere: ends every session of one's own, in browsers and tools.
#[utoipa::path(
    tag = "identity", operation_id = "sign_out_everywhere",
    responses((status = 204), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
#[delete("/sessions")]
pub async fn sign_out_everywhere(
    request: HttpRequest,
    app: web::Data<App>,
    caller: Require<SignedIn>,
) -> AppResult<HttpResponse> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    let ended = sessions::revoke_all(conn, scope.org, caller.user, None, now()).await?;
    users::begin_epoch(conn, scope.org, caller.user).await?;
    let event = NewEvent::new(EventKind::UserSignedOut, SubjectKind::User, caller.user.0)
        .owned_by(None, Some(caller.user))
        .with(json!({ "new": { "reason": "signed_out_everywhere", "sessions": ended } }));
    tx.record(event).await?;
    tx.commit().await?;

    app.callers.forget(caller.scope.org, caller.user);
    let mut response = Answer::empty().respond_to(&request);
    cookies::clear(&mut response, app.config.secure_cookies)?;
    Ok(response)
}

/// Gives a tool its tokens: by password at first, then by the refresh token of before.
///
/// Each refresh token is good once; a lost answer can be asked for again for 30 seconds.
#[utoipa::path(
    tag = "identity", operation_id = "create_tokens", request_body = NewToken,
    responses(
        (status = 200, body = Tokens),
        (status = 401, body = Problem, description = "`wrong_credentials`"),
        (status = 429, body = Problem, description = "`too_many`: wrong passwords, or many sign-ins wait"),
        (status = "4XX", body = Problem)
    ),
    security(())
)]
#[post("/tokens")]
pub async fn create_tokens(
    request: HttpRequest,
    app: web::Data<App>,
    request_id: RequestId,
    body: Body<NewToken>,
) -> AppResult<HttpResponse> {
    let pair = match body.value {
        NewToken::Password { email, password } => {
            let (org, user) = recognise(&app, &request, &email, &password).await?;
            let mut tx = app.db.begin(&scope_of(org, user, request_id)).await?;
            let pair = enter(&app, &mut tx, user, SessionKind::Tool).await?;
            tx.commit().await?;
            pair
        }
        NewToken::RefreshToken { refresh_token } => {
            renew(&app, &refresh_token, SessionKind::Tool, request_id).await?
        }
    };

    let tokens = Tokens {
        access_token: pair.access,
        token_type: "Bearer".into(),
        expires_in: ACCESS_SECONDS,
        refresh_token: pair.refresh,
    };
    let mut response = Answer::json(&tokens)?.respond_to(&request);
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        header::HeaderValue::from_static("no-store"),
    );
    Ok(response)
}
