//! The people of a server as its operator handles them: what `dipper user` does.

use super::hash_here;
use super::people::{add, email_is_taken, found};
use super::store::users::NewUser;
use super::store::{logins, organisations, sessions, users};
use crate::clock::{new_id, now};
use crate::db::{Db, Scope};
use crate::error::{AppError, AppResult};
use crate::events::NewEvent;
use anyhow::{Context, bail};
use serde_json::json;
use shared::check::Check;
use shared::event::{ActorKind, EventKind, SubjectKind};
use shared::id::{OrgId, UserId};
use shared::identity::{Locale, Organisation, Role, SellerLevel, User, password, plain_email};
use shared::money::Currency;

/// Somebody to be added.
#[derive(Debug)]
pub struct Newcomer {
    /// Name or id of the organisation; needed when there is none yet or more than one.
    pub organisation: Option<String>,
    /// The e-mail.
    pub email: String,
    /// The name.
    pub name: String,
    /// The job.
    pub role: Role,
    /// The password.
    pub password: String,
}

fn scope(org: OrgId) -> Scope {
    Scope::of_system(org, ActorKind::System, None)
}

async fn all_organisations(db: &Db) -> AppResult<Vec<Organisation>> {
    let ids = logins::organisations(&mut *db.conn().await?).await?;
    let mut list = Vec::with_capacity(ids.len());
    for org in ids {
        let mut tx = db.begin(&scope(org)).await?;
        list.push(organisations::find(tx.conn(), org).await?);
        tx.commit().await?;
    }
    Ok(list)
}

/// Everybody, organisation by organisation, by name.
///
/// # Errors
/// Those of the database.
pub async fn list(db: &Db) -> anyhow::Result<Vec<(Organisation, User)>> {
    let mut people = Vec::new();
    for organisation in all_organisations(db).await? {
        let mut tx = db.begin(&scope(organisation.id)).await?;
        let found = users::all(tx.conn(), organisation.id).await?;
        tx.commit().await?;
        people.extend(found.into_iter().map(|user| (organisation.clone(), user)));
    }
    Ok(people)
}

/// Adds a person; where there is no organisation yet, makes it with this person as administrator.
///
/// # Errors
/// One sentence on what is wrong with them.
pub async fn create(db: &Db, new: &Newcomer) -> anyhow::Result<(Organisation, User)> {
    let email = plain_email(&new.email);
    let mut check = Check::default();
    check.mail("e-mail", &email);
    check.text("name", &new.name, 100);
    password(&mut check, "password", &new.password, &email);
    explain(check)?;
    let hash = hash_here(&new.password)?;
    let mut user = NewUser {
        id: new_id(),
        name: &new.name,
        sign_in: Some((&email, &hash)),
        role: new.role,
        level: SellerLevel::Junior,
        team_id: None,
        locale: Locale::default(),
    };

    let existing = all_organisations(db).await?;
    let (organisation, user) = match pick(&existing, new.organisation.as_deref())? {
        Some(organisation) => {
            let mut tx = db.begin(&scope(organisation.id)).await?;
            let user = add(&mut tx, &user, email_is_taken).await.map_err(plain)?;
            tx.commit().await?;
            (organisation.clone(), user)
        }
        None => {
            let name = new.organisation.as_deref().unwrap_or_default();
            user.role = Role::Administrator;
            let mut tx = db.begin(&scope(new_id())).await?;
            let founded = found(&mut tx, name, Currency::CNY, &user)
                .await
                .map_err(plain)?;
            tx.commit().await?;
            founded
        }
    };
    Ok((organisation, user))
}

/// The organisation that is meant; `None` when it is to be made.
fn pick<'a>(
    existing: &'a [Organisation],
    asked: Option<&str>,
) -> anyhow::Result<Option<&'a Organisation>> {
    let is_asked = |one: &&Organisation| {
        asked.is_some_and(|name| one.name == name || one.id.to_string() == name)
    };
    let matching: Vec<&Organisation> = existing.iter().filter(is_asked).collect();
    match (existing, asked, matching.as_slice()) {
        ([only], None, _) => Ok(Some(only)),
        ([], None, _) => bail!("there is no organisation yet; name it with --organisation"),
        ([], Some(_), _) => Ok(None),
        (_, None, _) => bail!("there are several organisations; choose one with --organisation"),
        (_, Some(_), [one]) => Ok(Some(one)),
        (_, Some(name), []) => bail!("there is no organisation {name}"),
        (_, Some(name), _) => bail!("several organisations are called {name}; give its id"),
    }
}

/// Gives a person a new password and ends all their sessions.
///
/// # Errors
/// One sentence: the person is unknown, or the password too weak.
pub async fn reset_password(db: &Db, email: &str, new: &str) -> anyhow::Result<User> {
    let email = plain_email(email);
    let mut check = Check::default();
    password(&mut check, "password", new, &email);
    explain(check)?;
    let hash = hash_here(new)?;

    let login = logins::find(&mut *db.conn().await?, &email).await?;
    let (org, id): (OrgId, UserId) =
        login.with_context(|| format!("nobody signs in as {email}"))?;
    let mut tx = db.begin(&scope(org)).await?;
    let (conn, _) = tx.parts();
    let old = users::find_for_update(conn, org, id).await?;
    let user = users::update(conn, org, &old).await?;
    users::set_password(conn, org, id, &hash).await?;
    users::begin_epoch(conn, org, id).await?;
    sessions::revoke_all(conn, org, id, None, now()).await?;
    let event = NewEvent::new(EventKind::UserUpdated, SubjectKind::User, id.0)
        .with(json!({ "old": {}, "new": { "password_changed": true } }));
    tx.record(event).await?;
    tx.commit().await?;
    Ok(user)
}

/// A password that nobody thought of: some 100 bits in letters and digits that are not mixed up.
///
/// # Errors
/// When there are no random numbers.
pub fn make_password() -> anyhow::Result<String> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0_u8; 20];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    let letters = bytes
        .iter()
        .filter_map(|byte| LETTERS.get(usize::from(byte % 32)))
        .map(|letter| char::from(*letter));
    Ok(letters.collect())
}

fn explain(check: Check) -> anyhow::Result<()> {
    match check.into_result() {
        Ok(()) => Ok(()),
        Err(errors) => {
            let list: Vec<String> = errors
                .iter()
                .map(|error| format!("{}: {}", error.pointer, error.code.title(Locale::En)))
                .collect();
            bail!("{}", list.join("; "))
        }
    }
}

/// The errors of a form as a sentence for a terminal.
fn plain(error: AppError) -> anyhow::Error {
    match error {
        AppError::Invalid(_, errors) if !errors.is_empty() => {
            anyhow::anyhow!("somebody signs in with this e-mail already")
        }
        other => other.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn organisation(name: &str, id: u128) -> Organisation {
        Organisation {
            id: OrgId(uuid::Uuid::from_u128(id)),
            name: name.into(),
            currency: Currency::CNY,
            time_zone: "UTC".to_owned(),
            version: 1,
        }
    }

    #[test]
    fn the_organisation_is_only_guessed_when_there_is_one() {
        let one = [organisation("a", 1)];
        let two = [organisation("a", 1), organisation("b", 2)];
        let twins = [organisation("a", 1), organisation("a", 2)];
        let name = |list: &[Organisation], asked| {
            pick(list, asked).map(|found| found.map(|one| one.id.0.as_u128()))
        };
        assert_eq!(name(&one, None).unwrap(), Some(1));
        assert_eq!(name(&two, Some("b")).unwrap(), Some(2));
        let id = two[1].id.to_string();
        assert_eq!(name(&two, Some(&id)).unwrap(), Some(2));
        assert_eq!(name(&[], Some("a")).unwrap(), None);
        assert!(name(&[], None).is_err());
        assert!(name(&two, None).is_err());
        assert!(name(&one, Some("b")).is_err());
        assert!(name(&twins, Some("a")).is_err());
    }

    #[test]
    fn made_passwords_differ_and_fulfil_the_rule() {
        let (one, two) = (make_password().unwrap(), make_password().unwrap());
        assert_ne!(one, two);
        let mut check = Check::default();
        password(&mut check, "password", &one, "a@example.com");
        assert!(check.into_result().is_ok(), "{one}");
    }
}
