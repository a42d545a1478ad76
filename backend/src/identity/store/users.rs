//! The people of an organisation.

use super::word;
use crate::clock::now;
use crate::db::Conn;
use crate::db::conditions::{self, Condition, by_pinyin, keyset, text_key};
use crate::db::first::first_rows;
use crate::db::schema::users;
use crate::http::list::{Leaf, ListQuery};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use shared::id::{OrgId, TeamId, UserId};
use shared::identity::{Locale, Role, SellerLevel, User, UserState};
use uuid::Uuid;

#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
pub(super) struct UserRow {
    id: Uuid,
    name: String,
    email: Option<String>,
    role: String,
    level: String,
    team_id: Option<Uuid>,
    state: String,
    locale: String,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl UserRow {
    pub(super) fn into_user(self) -> QueryResult<User> {
        Ok(User {
            id: UserId(self.id),
            name: self.name,
            email: self.email,
            role: word(&self.role)?,
            level: word(&self.level)?,
            team_id: self.team_id.map(TeamId),
            state: word(&self.state)?,
            locale: word(&self.locale)?,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

/// A person to be added.
#[derive(Debug, Clone)]
pub struct NewUser<'a> {
    /// Their id.
    pub id: UserId,
    /// Their name.
    pub name: &'a str,
    /// Their e-mail and the hash of their password, for those who can sign in.
    pub sign_in: Option<(&'a str, &'a str)>,
    /// Their job.
    pub role: Role,
    /// Their maturity as a seller.
    pub level: SellerLevel,
    /// Their team.
    pub team_id: Option<TeamId>,
    /// Their language.
    pub locale: Locale,
}

/// What a sign-in is checked against.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The hash, for those who have a password.
    pub password_hash: Option<String>,
    /// Whether they can sign in.
    pub state: UserState,
    /// Their epoch.
    pub epoch: i32,
}

/// A person.
///
/// # Errors
/// `NotFound`, or those of the database.
pub async fn find(conn: &mut Conn, org: OrgId, id: UserId) -> QueryResult<User> {
    let row: UserRow = users::table
        .find((org.0, id.0))
        .select(UserRow::as_select())
        .first(conn)
        .await?;
    row.into_user()
}

/// A person, locked against other changes; who refers to them does not wait.
///
/// # Errors
/// `NotFound`, or those of the database.
pub async fn find_for_update(conn: &mut Conn, org: OrgId, id: UserId) -> QueryResult<User> {
    let row: UserRow = users::table
        .find((org.0, id.0))
        .select(UserRow::as_select())
        .for_no_key_update()
        .first(conn)
        .await?;
    row.into_user()
}

/// What a person's sign-in is checked against; `None` when they are not there.
///
/// # Errors
/// Those of the database.
pub async fn credentials(
    conn: &mut Conn,
    org: OrgId,
    id: UserId,
) -> QueryResult<Option<Credentials>> {
    let row: Option<(Option<String>, String, i32)> = users::table
        .find((org.0, id.0))
        .select((users::password_hash, users::state, users::epoch))
        .first(conn)
        .await
        .optional()?;
    row.map(|(password_hash, state, epoch)| {
        Ok(Credentials {
            password_hash,
            state: word(&state)?,
            epoch,
        })
    })
    .transpose()
}

/// Adds a person: active when they can sign in, else known by name only.
///
/// # Errors
/// Those of the database.
pub async fn insert(conn: &mut Conn, org: OrgId, new: &NewUser<'_>) -> QueryResult<User> {
    let state = match new.sign_in {
        Some(_) => UserState::Active,
        None => UserState::Named,
    };
    let row: UserRow = diesel::insert_into(users::table)
        .values((
            users::org_id.eq(org.0),
            users::id.eq(new.id.0),
            users::name.eq(new.name.trim()),
            users::email.eq(new.sign_in.map(|(email, _)| email)),
            users::password_hash.eq(new.sign_in.map(|(_, hash)| hash)),
            users::role.eq(new.role.as_ref()),
            users::level.eq(new.level.as_ref()),
            users::team_id.eq(new.team_id.map(|id| id.0)),
            users::state.eq(state.as_ref()),
            users::locale.eq(new.locale.as_ref()),
        ))
        .returning(UserRow::as_returning())
        .get_result(conn)
        .await?;
    row.into_user()
}

/// Writes the changeable fields of a person: name, job, level, team, state and language.
///
/// # Errors
/// Those of the database.
pub async fn update(conn: &mut Conn, org: OrgId, new: &User) -> QueryResult<User> {
    let row: UserRow = diesel::update(users::table.find((org.0, new.id.0)))
        .set((
            users::name.eq(new.name.trim()),
            users::role.eq(new.role.as_ref()),
            users::level.eq(new.level.as_ref()),
            users::team_id.eq(new.team_id.map(|id| id.0)),
            users::state.eq(new.state.as_ref()),
            users::locale.eq(new.locale.as_ref()),
            users::version.eq(users::version + 1),
            users::updated_at.eq(now()),
        ))
        .returning(UserRow::as_returning())
        .get_result(conn)
        .await?;
    row.into_user()
}

/// Sets a password's hash, beside an update that counts the version up.
///
/// # Errors
/// Those of the database.
pub async fn set_password(
    conn: &mut Conn,
    org: OrgId,
    id: UserId,
    password_hash: &str,
) -> QueryResult<()> {
    diesel::update(users::table.find((org.0, id.0)))
        .set(users::password_hash.eq(password_hash))
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends every access token of a person.
///
/// # Errors
/// Those of the database.
pub async fn begin_epoch(conn: &mut Conn, org: OrgId, id: UserId) -> QueryResult<()> {
    diesel::update(users::table.find((org.0, id.0)))
        .set(users::epoch.eq(users::epoch + 1))
        .execute(conn)
        .await?;
    Ok(())
}

/// Gives a person known by name only an e-mail and a password, and everything else an invitation
/// says: now they can sign in.
///
/// # Errors
/// Those of the database.
pub async fn admit(conn: &mut Conn, org: OrgId, new: &NewUser<'_>) -> QueryResult<User> {
    let row: UserRow = diesel::update(users::table.find((org.0, new.id.0)))
        .set((
            users::name.eq(new.name.trim()),
            users::email.eq(new.sign_in.map(|(email, _)| email)),
            users::password_hash.eq(new.sign_in.map(|(_, hash)| hash)),
            users::role.eq(new.role.as_ref()),
            users::level.eq(new.level.as_ref()),
            users::team_id.eq(new.team_id.map(|id| id.0)),
            users::state.eq(UserState::Active.as_ref()),
            users::locale.eq(new.locale.as_ref()),
            users::version.eq(users::version + 1),
            users::updated_at.eq(now()),
        ))
        .returning(UserRow::as_returning())
        .get_result(conn)
        .await?;
    row.into_user()
}

/// Whether somebody else is an active administrator, and stays one until the transaction ends.
///
/// # Errors
/// Those of the database.
pub async fn has_other_administrator(
    conn: &mut Conn,
    org: OrgId,
    but: UserId,
) -> QueryResult<bool> {
    // All of them are locked, in one order, so that of two administrators who take each other's role
    // away at once the second finds the first one's change.
    let list: Vec<Uuid> = users::table
        .filter(users::org_id.eq(org.0))
        .filter(users::role.eq(Role::Administrator.as_ref()))
        .filter(users::state.eq(UserState::Active.as_ref()))
        .order_by(users::id)
        .select(users::id)
        .for_no_key_update()
        .load(conn)
        .await?;
    Ok(list.iter().any(|id| *id != but.0))
}

/// Whether somebody of the organisation has this e-mail.
///
/// # Errors
/// Those of the database.
pub async fn has_email(conn: &mut Conn, org: OrgId, email: &str) -> QueryResult<bool> {
    let query = users::table
        .filter(users::org_id.eq(org.0))
        .filter(users::email.eq(email));
    diesel::select(diesel::dsl::exists(query))
        .get_result(conn)
        .await
}

/// People as a list asks for them: one more than a page holds.
///
/// # Errors
/// Those of the database.
pub async fn list(conn: &mut Conn, org: OrgId, list: &ListQuery) -> QueryResult<Vec<User>> {
    let query = users::table
        .filter(users::org_id.eq(org.0))
        .filter(conditions::fold(&list.filter, &condition))
        .select(UserRow::as_select())
        .into_boxed();
    let query = keyset!(query, list, by_pinyin(users::name), users::id, text_key);
    let rows: Vec<UserRow> = first_rows(conn, query, list.limit + 1).await?;
    rows.into_iter().map(UserRow::into_user).collect()
}

/// Everybody, by name; for the command line.
///
/// # Errors
/// Those of the database.
pub async fn all(conn: &mut Conn, org: OrgId) -> QueryResult<Vec<User>> {
    let rows: Vec<UserRow> = users::table
        .filter(users::org_id.eq(org.0))
        .order_by((by_pinyin(users::name), users::id))
        .select(UserRow::as_select())
        .load(conn)
        .await?;
    rows.into_iter().map(UserRow::into_user).collect()
}

/// How many people a list holds in all.
///
/// # Errors
/// Those of the database.
pub async fn count(conn: &mut Conn, org: OrgId, list: &ListQuery) -> QueryResult<i64> {
    users::table
        .filter(users::org_id.eq(org.0))
        .filter(conditions::fold(&list.filter, &condition))
        .count()
        .get_result(conn)
        .await
}

fn condition(leaf: &Leaf) -> Condition<users::table> {
    let test = &leaf.test;
    match leaf.field {
        "name" => conditions::text(users::name.nullable(), test),
        "email" => conditions::text(users::email, test),
        "role" => conditions::word(users::role.nullable(), test),
        "level" => conditions::word(users::level.nullable(), test),
        "state" => conditions::word(users::state.nullable(), test),
        "team_id" => conditions::id(users::team_id, test),
        _ => conditions::constant(false),
    }
}
