//! How organisations and their people come to be, for everything that makes them: sign-up,
//! invitations, imports, the demo and the command line.

use super::store::users::NewUser;
use super::store::{logins, organisations, users};
use crate::db::Tx;
use crate::error::{AppError, AppResult, OnConstraint};
use crate::events::NewEvent;
use shared::error::ErrorCode;
use shared::event::{EventKind, SubjectKind};
use shared::identity::{Locale, Organisation, User};
use shared::money::Currency;

/// Makes the organisation of the transaction's scope, with its first administrator.
///
/// # Errors
/// 422 when the administrator's e-mail is taken.
pub async fn found(
    tx: &mut Tx,
    name: &str,
    currency: Currency,
    administrator: &NewUser<'_>,
) -> AppResult<(Organisation, User)> {
    let (conn, scope) = tx.parts();
    let time_zone = match administrator.locale {
        Locale::ZhCn => "Asia/Shanghai",
        Locale::En => "UTC",
    };
    let name = name.trim();
    let organisation = organisations::insert(conn, scope.org, name, currency, time_zone).await?;
    let event = NewEvent::new(
        EventKind::OrganisationCreated,
        SubjectKind::Organisation,
        organisation.id.0,
    )
    .with_change(None, Some(&organisation));
    tx.record(event).await?;
    let user = add(tx, administrator, email_is_taken).await?;
    Ok((organisation, user))
}

/// Adds a person: with a sign-in, or known by name only.
///
/// # Errors
/// What `taken` says when somebody, here or in another organisation, has the e-mail.
pub async fn add(tx: &mut Tx, new: &NewUser<'_>, taken: impl Fn() -> AppError) -> AppResult<User> {
    let (conn, scope) = tx.parts();
    let user = users::insert(conn, scope.org, new)
        .await
        .on_constraint("users_email_key", &taken)?;
    if let Some((email, _)) = new.sign_in {
        logins::insert(conn, email, scope.org, user.id)
            .await
            .on_constraint("logins_pkey", &taken)?;
    }
    let event = NewEvent::new(EventKind::UserCreated, SubjectKind::User, user.id.0)
        .with_change(None, Some(&user));
    tx.record(event).await?;
    Ok(user)
}

/// Gives somebody known by name only a sign-in, and what else an invitation says.
///
/// # Errors
/// 410 when somebody else became this person meanwhile, or what `taken` says.
pub async fn admit(
    tx: &mut Tx,
    new: &NewUser<'_>,
    taken: impl Fn() -> AppError,
) -> AppResult<User> {
    let (conn, scope) = tx.parts();
    let old = users::find_for_update(conn, scope.org, new.id).await?;
    if old.email.is_some() {
        return Err(AppError::Gone(ErrorCode::LinkExpired));
    }
    let user = users::admit(conn, scope.org, new)
        .await
        .on_constraint("users_email_key", &taken)?;
    if let Some((email, _)) = new.sign_in {
        logins::insert(conn, email, scope.org, user.id)
            .await
            .on_constraint("logins_pkey", &taken)?;
    }
    let event = NewEvent::new(EventKind::UserUpdated, SubjectKind::User, user.id.0)
        .with_change(Some(&old), Some(&user));
    tx.record(event).await?;
    Ok(user)
}

/// The error at the field of a form that asks for an e-mail.
#[must_use]
pub fn email_is_taken() -> AppError {
    AppError::field("/email", ErrorCode::Taken)
}
