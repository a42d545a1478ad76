//! Invitations: made and withdrawn by administrators, read and accepted by whoever has the link.

use crate::app::App;
use crate::clock::{new_id, now};
use crate::db::Scope;
use crate::error::{AppError, AppResult};
use crate::events::NewEvent;
use crate::http::page::Cursor;
use crate::http::{Answer, Body, NoParams, Once, PageParams, Params, Replay, RequestId};
use crate::identity::Require;
use crate::identity::entry::{enter, me, scope_of};
use crate::identity::people::{add, admit};
use crate::identity::permit::ManageUsers;
use crate::identity::seal::Link;
use crate::identity::store::invitations::Stored;
use crate::identity::store::sessions::SessionKind;
use crate::identity::store::users::NewUser;
use crate::identity::store::{invitations, organisations, teams, users};
use actix_web::{HttpRequest, HttpResponse, delete, get, post, web};
use chrono::Duration;
use shared::check::Check;
use shared::error::{ErrorCode, Problem};
use shared::event::{ActorKind, EventKind, SubjectKind};
use shared::id::{InvitationId, OrgId, UserId};
use shared::identity::{
    AcceptInvitation, Invitation, InvitationMade, Me, NewInvitation, password, plain_email,
};
use shared::page::Page;

/// How long an invitation can be accepted.
const LIFE: Duration = Duration::days(7);

/// Invites somebody. The answer holds the secret of the link, which is shown this once.
///
/// An earlier invitation to the same e-mail ends.
#[utoipa::path(
    tag = "identity", operation_id = "create_invitation", request_body = NewInvitation,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key answers the same")),
    responses((status = 201, body = InvitationMade), (status = "4XX", body = Problem)),
    security(("bearer" = ["manage_users"]))
)]
#[post("/invitations")]
pub async fn create_invitation(
    app: web::Data<App>,
    caller: Require<ManageUsers>,
    once: Once,
    body: Body<NewInvitation>,
) -> AppResult<Answer> {
    let org = caller.scope.org;
    let mut tx = app.db.begin(&caller.scope).await?;
    let claim = match once.begin(&mut tx, "create_invitation", &body.hash).await? {
        Replay::Answered(answer) => return with_token(&app, org, answer),
        Replay::New(claim) => claim,
    };

    let new = body.value;
    let email = plain_email(&new.email);
    if users::has_email(tx.conn(), org, &email).await? {
        return Err(AppError::field("/email", ErrorCode::Taken));
    }
    if let Some(team) = new.team_id
        && !teams::is_open(tx.conn(), org, team).await?
    {
        return Err(AppError::field("/team_id", ErrorCode::NoSuchRecord));
    }
    if let Some(user) = new.user_id {
        let known = users::credentials(tx.conn(), org, user)
            .await?
            .ok_or_else(|| AppError::field("/user_id", ErrorCode::NoSuchRecord))?;
        if known.password_hash.is_some() {
            return Err(AppError::field("/user_id", ErrorCode::NotAllowed));
        }
    }

    let invitation = Invitation {
        id: new_id(),
        email,
        name: new.name.trim().to_owned(),
        role: new.role,
        level: new.level,
        team_id: new.team_id,
        organisation_name: organisations::find(tx.conn(), org).await?.name,
        expires_at: now() + LIFE,
    };
    let (conn, becomes) = (tx.conn(), new.user_id);
    invitations::withdraw_earlier(conn, org, &invitation.email, becomes, now()).await?;
    let link = Link {
        org,
        invitation: invitation.id,
    };
    let token = link.write(&app.tokens)?;
    invitations::insert(conn, org, &invitation, becomes, caller.user, &token).await?;
    let subject = becomes.map_or(invitation.id.0, |user| user.0);
    let event = NewEvent::new(EventKind::UserInvited, SubjectKind::User, subject)
        .with_change(None, Some(&invitation));
    tx.record(event).await?;

    // What is kept for a retry is the invitation alone; its secret is derived again.
    let location = format!("/api/v1/invitations/{}", invitation.id);
    let answer = claim
        .finish(tx, Answer::created(&invitation, 1, location)?)
        .await?;
    with_token(&app, org, answer)
}

/// Adds the secret of the link to an answer that holds the invitation.
fn with_token(app: &App, org: OrgId, answer: Answer) -> AppResult<Answer> {
    let invitation: Invitation =
        serde_json::from_slice(&answer.body).map_err(|error| AppError::Internal(error.into()))?;
    let link = Link {
        org,
        invitation: invitation.id,
    };
    let token = link.write(&app.tokens)?;
    let made = Answer::json(&InvitationMade { invitation, token })?;
    Ok(Answer {
        status: answer.status,
        etag: answer.etag,
        location: answer.location,
        ..made
    })
}

/// Lists invitations that were not accepted or withdrawn, the youngest first.
#[utoipa::path(
    tag = "identity", operation_id = "list_invitations", params(PageParams),
    responses((status = 200, body = Page<Invitation>), (status = "4XX", body = Problem)),
    security(("bearer" = ["manage_users"]))
)]
#[get("/invitations")]
pub async fn list_invitations(
    app: web::Data<App>,
    caller: Require<ManageUsers>,
    params: Params<PageParams>,
) -> AppResult<Answer> {
    let limit = params.0.limit()?;
    let before = Cursor::read("invitations", params.0.cursor.as_deref())?;

    let mut tx = app.db.snapshot(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    let rows = invitations::list_open(conn, scope.org, before, limit + 1).await?;
    tx.commit().await?;

    let mut page = Cursor::page("invitations", rows, limit, |last| last.id.0)?;
    page.next = page
        .next_cursor
        .as_ref()
        .map(|cursor| format!("/api/v1/invitations?limit={limit}&cursor={cursor}"));
    Answer::list(&page)
}

/// Reads an invitation that was not accepted or withdrawn.
#[utoipa::path(
    tag = "identity", operation_id = "read_invitation", params(("id" = InvitationId, Path)),
    responses((status = 200, body = Invitation), (status = "4XX", body = Problem)),
    security(("bearer" = ["manage_users"]))
)]
#[get("/invitations/{id}")]
pub async fn read_invitation(
    app: web::Data<App>,
    caller: Require<ManageUsers>,
    path: web::Path<InvitationId>,
    _: Params<NoParams>,
) -> AppResult<Answer> {
    let mut tx = app.db.snapshot(&caller.scope).await?;
    let stored = invitations::find(tx.conn(), caller.scope.org, *path).await?;
    tx.commit().await?;

    if stored.is_over {
        return Err(AppError::NotFound);
    }
    Answer::versioned(&stored.invitation, 1)
}

/// Withdraws an invitation: its link works no more.
#[utoipa::path(
    tag = "identity", operation_id = "withdraw_invitation", params(("id" = InvitationId, Path)),
    responses(
        (status = 204),
        (status = 410, body = Problem, description = "`link_expired`"),
        (status = "4XX", body = Problem)
    ),
    security(("bearer" = ["manage_users"]))
)]
#[delete("/invitations/{id}")]
pub async fn withdraw_invitation(
    app: web::Data<App>,
    caller: Require<ManageUsers>,
    path: web::Path<InvitationId>,
) -> AppResult<Answer> {
    // An invitation never changes before it ends, so there is no version to match.
    let mut tx = app.db.begin(&caller.scope).await?;
    let (conn, scope) = tx.parts();
    if !invitations::withdraw(conn, scope.org, *path, now()).await? {
        return Err(AppError::NotFound);
    }
    let stored = invitations::find(conn, scope.org, *path).await?;
    let subject = stored.user_id.map_or(path.0, |user| user.0);
    let event = NewEvent::new(
        EventKind::UserInvitationWithdrawn,
        SubjectKind::User,
        subject,
    )
    .with_change(Some(&stored.invitation), None);
    tx.record(event).await?;
    tx.commit().await?;

    Ok(Answer::empty())
}

/// Reads the invitation behind a link.
#[utoipa::path(
    tag = "identity", operation_id = "read_invitation_by_token", params(("token" = String, Path)),
    responses(
        (status = 200, body = Invitation),
        (status = 410, body = Problem, description = "`link_expired`"),
        (status = "4XX", body = Problem)
    ),
    security(())
)]
#[get("/invitations/by-token/{token}")]
pub async fn read_invitation_by_token(
    app: web::Data<App>,
    path: web::Path<String>,
) -> AppResult<Answer> {
    let (_, stored) = behind(&app, &path).await?;

    Answer::versioned(&stored.invitation, 1)
}

/// Accepts the invitation behind a link, and signs in; the tokens come as cookies.
#[utoipa::path(
    tag = "identity", operation_id = "accept_invitation", params(("token" = String, Path)),
    request_body = AcceptInvitation,
    responses(
        (status = 200, body = Me),
        (status = 409, body = Problem, description = "`taken`: the sign-in name belongs to somebody"),
        (status = 410, body = Problem, description = "`link_expired`"),
        (status = 429, body = Problem, description = "`too_many`: passwords are being hashed for others"),
        (status = "4XX", body = Problem)
    ),
    security(())
)]
#[post("/invitations/by-token/{token}/accept")]
pub async fn accept_invitation(
    request: HttpRequest,
    app: web::Data<App>,
    request_id: RequestId,
    path: web::Path<String>,
    body: Body<AcceptInvitation>,
) -> AppResult<HttpResponse> {
    let (link, stored) = behind(&app, &path).await?;
    let own = body.value;
    let email = &stored.invitation.email;
    let mut check = Check::default();
    password(&mut check, "/password", &own.password, email);
    check.into_result()?;
    let password_hash = app.passwords.hash(own.password).await?;

    let user: UserId = stored.user_id.unwrap_or_else(new_id);
    let mut tx = app.db.begin(&scope_of(link.org, user, request_id)).await?;
    invitations::lock(tx.conn(), link.org, link.invitation).await?;
    let stored = still_open(invitations::find(tx.conn(), link.org, link.invitation).await?)?;
    let team_id = match stored.invitation.team_id {
        Some(team) if teams::is_open(tx.conn(), link.org, team).await? => Some(team),
        _ => None,
    };
    let new = NewUser {
        id: user,
        name: &own.name,
        sign_in: Some((email, &password_hash)),
        role: stored.invitation.role,
        level: stored.invitation.level,
        team_id,
        locale: own.locale,
    };
    match stored.user_id {
        Some(_) => admit(&mut tx, &new, taken).await?,
        None => add(&mut tx, &new, taken).await?,
    };
    invitations::accept(tx.conn(), link.org, link.invitation, now()).await?;
    let pair = enter(&app, &mut tx, user, SessionKind::Browser).await?;
    let me = me(&mut tx, user).await?;
    tx.commit().await?;

    let answer = Answer::versioned(&me, me.user.version)?;
    pair.answer(&app, &request, answer)
}

/// The sign-in name belongs to somebody meanwhile, perhaps elsewhere; there is no field to blame.
const fn taken() -> AppError {
    AppError::Conflict(ErrorCode::Taken)
}

/// The invitation behind a link, while it can be accepted.
async fn behind(app: &App, token: &str) -> AppResult<(Link, Stored)> {
    let link = Link::read(&app.tokens, token).ok_or(AppError::NotFound)?;
    let scope = Scope::of_system(link.org, ActorKind::System, None);
    let mut tx = app.db.begin(&scope).await?;
    let stored = invitations::find_by_token(tx.conn(), link.org, link.invitation, token).await?;
    tx.commit().await?;
    Ok((link, still_open(stored)?))
}

fn still_open(stored: Stored) -> AppResult<Stored> {
    if stored.is_over || stored.invitation.expires_at <= now() {
        return Err(AppError::Gone(ErrorCode::LinkExpired));
    }
    Ok(stored)
}
