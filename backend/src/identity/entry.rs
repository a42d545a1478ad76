//! How a person comes in and stays in: the password, the session, the pair of tokens, and their
//! renewal.

use super::cookies;
use super::seal::{GRACE, Refresh, SESSION_IDLE, SESSION_WHOLE};
use super::store::sessions::{SessionKind, SessionRow};
use super::store::{logins, organisations, sessions, users};
use super::tries::Guess;
use crate::app::App;
use crate::clock::{new_id, now};
use crate::db::{Scope, Tx, View};
use crate::error::{AppError, AppResult};
use crate::events::NewEvent;
use crate::http::{Answer, RequestId, address_of};
use actix_web::{HttpRequest, HttpResponse, Responder};
use chrono::{DateTime, Utc};
use serde_json::json;
use shared::error::ErrorCode;
use shared::event::{ActorKind, EventKind, SubjectKind};
use shared::id::{OrgId, SessionId, UserId};
use shared::identity::{Me, UserState, plain_email};

/// The pair of tokens of a session.
#[derive(Debug)]
pub struct Pair {
    /// Calls the API.
    pub access: String,
    /// Gets the next pair.
    pub refresh: String,
    /// Seconds until the session ends if it is not refreshed.
    pub seconds: i64,
}

impl Pair {
    fn new(
        app: &App,
        refresh: &Refresh,
        user: UserId,
        epoch: i32,
        expires_at: DateTime<Utc>,
    ) -> AppResult<Self> {
        let now = now();
        Ok(Self {
            access: app
                .tokens
                .sign(refresh.org, user, refresh.session, epoch, now)?,
            refresh: refresh.write(&app.tokens)?,
            seconds: (expires_at - now).num_seconds().max(0),
        })
    }

    /// The answer that gives the pair to a browser.
    ///
    /// # Errors
    /// 500 when a header cannot be written.
    pub fn answer(
        &self,
        app: &App,
        request: &HttpRequest,
        answer: Answer,
    ) -> AppResult<HttpResponse> {
        let mut response = answer.respond_to(request);
        let is_secure = app.config.secure_cookies;
        cookies::set(
            &mut response,
            is_secure,
            &self.access,
            &self.refresh,
            self.seconds,
        )?;
        Ok(response)
    }
}

/// The scope of a person who is just being recognised; nothing is listed through it.
#[must_use]
pub fn scope_of(org: OrgId, user: UserId, request_id: RequestId) -> Scope {
    Scope::of_user(org, user, View::All, Some(request_id.0))
}

/// Recognises a person by e-mail and password. An unknown e-mail takes the same steps and the same
/// time as a known one.
///
/// # Errors
/// 401 when either is wrong or the person cannot sign in; 429 after too many wrong ones.
pub async fn recognise(
    app: &App,
    request: &HttpRequest,
    email: &str,
    password: &str,
) -> AppResult<(OrgId, UserId)> {
    let email = plain_email(email);
    let guess = Guess::new(&email, address_of(request, &app.config));
    app.passwords.admit(guess)?;

    let login = logins::find(&mut *app.db.conn().await?, &email).await?;
    let nobody = (OrgId(uuid::Uuid::nil()), UserId(uuid::Uuid::nil()));
    let (org, user) = login.unwrap_or(nobody);
    let scope = Scope::of_system(org, ActorKind::System, None);
    let mut tx = app.db.begin(&scope).await?;
    let credentials = users::credentials(tx.conn(), org, user).await?;
    tx.commit().await?;

    let credentials = credentials.filter(|known| known.state == UserState::Active);
    let stored = credentials.and_then(|known| known.password_hash);
    let is_right = app
        .passwords
        .check(guess, password.to_owned(), stored)
        .await?;
    if is_right {
        Ok((org, user))
    } else {
        Err(AppError::Unauthenticated(ErrorCode::WrongCredentials))
    }
}

/// Begins a session for a person who was recognised.
///
/// # Errors
/// 401 when the person was disabled meanwhile.
pub async fn enter(app: &App, tx: &mut Tx, user: UserId, kind: SessionKind) -> AppResult<Pair> {
    let (conn, scope) = tx.parts();
    let org = scope.org;
    let known = users::credentials(conn, org, user)
        .await?
        .filter(|known| known.state == UserState::Active)
        .ok_or(AppError::Unauthenticated(ErrorCode::WrongCredentials))?;
    let session: SessionId = new_id();
    let begun = now();
    let expires_at = begun + SESSION_IDLE;
    sessions::insert(conn, org, session, user, kind, begun, expires_at).await?;
    let event = NewEvent::new(EventKind::UserSignedIn, SubjectKind::User, user.0)
        .owned_by(None, Some(user))
        .with(json!({ "new": { "session": kind.as_ref() } }));
    tx.record(event).await?;

    let refresh = Refresh {
        org,
        session,
        rotation: 1,
    };
    Pair::new(app, &refresh, user, known.epoch, expires_at)
}

/// Who somebody is and what they may do.
///
/// # Errors
/// Those of the database.
pub async fn me(tx: &mut Tx, user: UserId) -> AppResult<Me> {
    let (conn, scope) = tx.parts();
    let user = users::find(conn, scope.org, user).await?;
    let organisation = organisations::find(conn, scope.org).await?;
    Ok(Me {
        permissions: user.role.permissions(),
        user,
        organisation,
    })
}

/// What a refresh token is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// The session goes on with the next rotation.
    GoOn,
    /// The answer got lost: the same successor again.
    Again,
    /// It was used before, or was never given: somebody else has it too.
    Reused,
    /// The session has ended, or is of the other kind.
    Over,
}

fn judge(row: &SessionRow, kind: SessionKind, rotation: i32, now: DateTime<Utc>) -> Verdict {
    let is_over = row.revoked_at.is_some() || row.expires_at <= now;
    if is_over || row.kind != kind.as_ref() {
        Verdict::Over
    } else if rotation == row.rotation {
        Verdict::GoOn
    } else if rotation == row.rotation - 1 && now - row.rotated_at <= GRACE {
        Verdict::Again
    } else {
        Verdict::Reused
    }
}

/// Gives the next pair of tokens for a refresh token.
///
/// # Errors
/// 401 when it is not a current one of ours; a used one ends its whole session.
pub async fn renew(
    app: &App,
    token: &str,
    kind: SessionKind,
    request_id: RequestId,
) -> AppResult<Pair> {
    let refused = || AppError::Unauthenticated(ErrorCode::Unauthenticated);
    let refresh = Refresh::read(&app.tokens, token).ok_or_else(refused)?;
    let scope = Scope {
        request_id: Some(request_id.0),
        ..Scope::of_system(refresh.org, ActorKind::System, None)
    };

    let mut tx = app.db.begin(&scope).await?;
    let row = sessions::find_for_update(tx.conn(), refresh.org, refresh.session)
        .await?
        .ok_or_else(refused)?;
    let user = UserId(row.user_id);
    let now = now();
    let verdict = judge(&row, kind, refresh.rotation, now);
    let known = users::credentials(tx.conn(), refresh.org, user)
        .await?
        .filter(|known| known.state == UserState::Active)
        .ok_or_else(refused)?;

    let (rotation, expires_at) = match verdict {
        Verdict::GoOn => {
            let expires_at = (now + SESSION_IDLE).min(row.created_at + SESSION_WHOLE);
            let conn = tx.conn();
            sessions::rotate(
                conn,
                refresh.org,
                refresh.session,
                row.rotation,
                now,
                expires_at,
            )
            .await?;
            (row.rotation + 1, expires_at)
        }
        Verdict::Again => (row.rotation, row.expires_at),
        Verdict::Reused => {
            tracing::warn!(session.id = %refresh.session, "a refresh token was used twice");
            leave(&mut tx, refresh.session, "refresh_token_reused").await?;
            tx.commit().await?;
            app.callers.forget(refresh.org, user);
            return Err(refused());
        }
        Verdict::Over => return Err(refused()),
    };
    tx.commit().await?;

    let next = Refresh {
        rotation,
        ..refresh
    };
    Pair::new(app, &next, user, known.epoch, expires_at)
}

/// Ends a session and says why; answers whose it was, or `None` when it was over already.
///
/// # Errors
/// Those of the database.
pub async fn leave(tx: &mut Tx, session: SessionId, reason: &str) -> AppResult<Option<UserId>> {
    let (conn, scope) = tx.parts();
    let Some(user) = sessions::revoke(conn, scope.org, session, now()).await? else {
        return Ok(None);
    };
    let event = NewEvent::new(EventKind::UserSignedOut, SubjectKind::User, user.0)
        .owned_by(None, Some(user))
        .with(json!({ "new": { "reason": reason } }));
    tx.record(event).await?;
    Ok(Some(user))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;

    fn session(rotation: i32, rotated: DateTime<Utc>) -> SessionRow {
        SessionRow {
            user_id: uuid::Uuid::from_u128(1),
            kind: "browser".into(),
            rotation,
            rotated_at: rotated,
            expires_at: rotated + SESSION_IDLE,
            revoked_at: None,
            created_at: rotated,
        }
    }

    fn verdict(rotation: i32, seconds: i64) -> Verdict {
        let rotated = DateTime::UNIX_EPOCH;
        let row = session(7, rotated);
        let now = rotated + Duration::seconds(seconds);
        judge(&row, SessionKind::Browser, rotation, now)
    }

    #[test]
    fn a_lost_answer_can_be_had_again_for_thirty_seconds_and_reuse_after_that_is_seen() {
        assert_eq!(verdict(7, 0), Verdict::GoOn);
        assert_eq!(verdict(7, 1_000_000), Verdict::GoOn);
        assert_eq!(verdict(6, 0), Verdict::Again);
        assert_eq!(verdict(6, 30), Verdict::Again);
        assert_eq!(verdict(6, 31), Verdict::Reused);
        assert_eq!(verdict(5, 0), Verdict::Reused);
        assert_eq!(verdict(8, 0), Verdict::Reused);
    }

    #[test]
    fn an_ended_session_and_one_of_the_other_kind_go_no_further() {
        assert_eq!(verdict(7, SESSION_IDLE.num_seconds()), Verdict::Over);
        let mut row = session(7, DateTime::UNIX_EPOCH);
        let now = DateTime::UNIX_EPOCH;
        assert_eq!(judge(&row, SessionKind::Tool, 7, now), Verdict::Over);
        row.revoked_at = Some(now);
        assert_eq!(judge(&row, SessionKind::Browser, 7, now), Verdict::Over);
    }
}
