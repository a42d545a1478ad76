//! Sign-up of an organisation, and its settings.

use crate::app::App;
use crate::clock::new_id;
use crate::config::SignUp;
use crate::error::{AppError, AppResult};
use crate::events::NewEvent;
use crate::http::{Answer, Body, IfMatch, NoParams, Params, RequestId};
use crate::identity::Require;
use crate::identity::entry::{enter, me, scope_of};
use crate::identity::people::found;
use crate::identity::permit::{ManageOrganisation, SignedIn};
use crate::identity::store::sessions::SessionKind;
use crate::identity::store::users::NewUser;
use crate::identity::store::{logins, organisations};
use actix_web::{HttpRequest, HttpResponse, get, patch, post, web};
use shared::error::{ErrorCode, Problem};
use shared::event::{EventKind, SubjectKind};
use shared::id::{OrgId, UserId};
use shared::identity::{
    Locale, Me, NewOrganisation, Organisation, OrganisationPatch, Role, SellerLevel, plain_email,
};
use shared::money::Currency;

/// Signs an organisation up with its first administrator, and signs them in; the tokens come as cookies.
#[utoipa::path(
    tag = "identity", operation_id = "sign_up", request_body = NewOrganisation,
    responses(
        (status = 201, body = Me),
        (status = 429, body = Problem, description = "`too_many`: passwords are being hashed for others"),
        (status = "4XX", body = Problem)
    ),
    security(())
)]
#[post("/organisations")]
pub async fn sign_up(
    request: HttpRequest,
    app: web::Data<App>,
    request_id: RequestId,
    body: Body<NewOrganisation>,
) -> AppResult<HttpResponse> {
    let new = body.value;
    let closed = || AppError::Forbidden(ErrorCode::SignUpClosed);
    let is_open = match app.config.sign_up {
        SignUp::Open => true,
        SignUp::Closed => false,
        SignUp::First => logins::is_empty(&mut *app.db.conn().await?).await?,
    };
    if !is_open {
        return Err(closed());
    }
    let password_hash = app.passwords.hash(new.password).await?;
    let (org, user): (OrgId, UserId) = (new_id(), new_id());

    let mut tx = app.db.begin(&scope_of(org, user, request_id)).await?;
    if app.config.sign_up == SignUp::First {
        // Two may ask at the same moment; the second finds the first one's sign-in.
        logins::lock_first(tx.conn()).await?;
        if !logins::is_empty(tx.conn()).await? {
            return Err(closed());
        }
    }

    let email = plain_email(&new.email);
    let currency = new.currency.unwrap_or(match new.locale {
        Locale::ZhCn => Currency::CNY,
        Locale::En => Currency::USD,
    });
    let administrator = NewUser {
        id: user,
        name: &new.name,
        sign_in: Some((&email, &password_hash)),
        role: Role::Administrator,
        level: SellerLevel::Senior,
        team_id: None,
        locale: new.locale,
    };
    found(&mut tx, &new.organisation_name, currency, &administrator).await?;
    let pair = enter(&app, &mut tx, user, SessionKind::Browser).await?;
    let me = me(&mut tx, user).await?;
    tx.commit().await?;

    let location = "/api/v1/organisation".to_owned();
    let answer = Answer::created(&me, me.user.version, location)?;
    pair.answer(&app, &request, answer)
}

/// Reads the organisation's settings.
#[utoipa::path(
    tag = "identity", operation_id = "read_organisation",
    responses((status = 200, body = Organisation), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
#[get("/organisation")]
pub async fn read_organisation(
    app: web::Data<App>,
    caller: Require<SignedIn>,
    _: Params<NoParams>,
) -> AppResult<Answer> {
    let mut tx = app.db.snapshot(&caller.scope).await?;
    let organisation = organisations::find(tx.conn(), caller.scope.org).await?;
    tx.commit().await?;

    Answer::versioned(&organisation, organisation.version)
}

/// Changes the organisation's settings.
#[utoipa::path(
    tag = "identity", operation_id = "change_organisation", request_body = OrganisationPatch,
    params(("If-Match" = String, Header, description = "The version that was read")),
    responses((status = 200, body = Organisation), (status = "4XX", body = Problem)),
    security(("bearer" = ["manage_organisation"]))
)]
#[patch("/organisation")]
pub async fn change_organisation(
    app: web::Data<App>,
    caller: Require<ManageOrganisation>,
    if_match: IfMatch,
    body: Body<OrganisationPatch>,
) -> AppResult<Answer> {
    let mut tx = app.db.begin(&caller.scope).await?;
    let old = organisations::find_for_update(tx.conn(), caller.scope.org).await?;
    if_match.check(&old, old.version)?;

    let patch = body.value;
    if let Some(zone) = &patch.time_zone
        && !organisations::has_zone(tx.conn(), zone).await?
    {
        return Err(AppError::field("/time_zone", ErrorCode::NotAllowed));
    }
    let new = Organisation {
        name: patch
            .name
            .map_or_else(|| old.name.clone(), |name| name.trim().to_owned()),
        currency: patch.currency.unwrap_or(old.currency),
        time_zone: patch.time_zone.unwrap_or_else(|| old.time_zone.clone()),
        ..old.clone()
    };
    let new = organisations::update(tx.conn(), &new).await?;
    let event = NewEvent::new(
        EventKind::OrganisationUpdated,
        SubjectKind::Organisation,
        new.id.0,
    )
    .with_change(Some(&old), Some(&new));
    tx.record(event).await?;
    tx.commit().await?;

    Answer::versioned(&new, new.version)
}
