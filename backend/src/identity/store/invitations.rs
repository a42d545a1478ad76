//! Invitations to join. The secret of the link is kept as its hash only.

use super::word;
use crate::db::Conn;
use crate::db::schema::{invitations, organisations};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use sha2::{Digest, Sha256};
use shared::id::{InvitationId, OrgId, TeamId, UserId};
use shared::identity::Invitation;
use uuid::Uuid;

#[derive(Queryable, Selectable)]
#[diesel(table_name = invitations)]
struct InvitationRow {
    id: Uuid,
    email: String,
    name: String,
    role: String,
    level: String,
    team_id: Option<Uuid>,
    user_id: Option<Uuid>,
    expires_at: DateTime<Utc>,
    accepted_at: Option<DateTime<Utc>>,
    withdrawn_at: Option<DateTime<Utc>>,
}

/// An invitation with what only the server looks at.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The invitation.
    pub invitation: Invitation,
    /// The person known by name only who becomes this one.
    pub user_id: Option<UserId>,
    /// Whether it was accepted or withdrawn.
    pub is_over: bool,
}

impl InvitationRow {
    fn into_stored(self, organisation_name: String) -> QueryResult<Stored> {
        Ok(Stored {
            user_id: self.user_id.map(UserId),
            is_over: self.accepted_at.is_some() || self.withdrawn_at.is_some(),
            invitation: Invitation {
                id: InvitationId(self.id),
                email: self.email,
                name: self.name,
                role: word(&self.role)?,
                level: word(&self.level)?,
                team_id: self.team_id.map(TeamId),
                organisation_name,
                expires_at: self.expires_at,
            },
        })
    }
}

fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}

/// Adds an invitation.
///
/// # Errors
/// Those of the database.
pub async fn insert(
    conn: &mut Conn,
    org: OrgId,
    new: &Invitation,
    becomes: Option<UserId>,
    invited_by: UserId,
    token: &str,
) -> QueryResult<()> {
    diesel::insert_into(invitations::table)
        .values((
            invitations::org_id.eq(org.0),
            invitations::id.eq(new.id.0),
            invitations::email.eq(&new.email),
            invitations::name.eq(&new.name),
            invitations::role.eq(new.role.as_ref()),
            invitations::level.eq(new.level.as_ref()),
            invitations::team_id.eq(new.team_id.map(|id| id.0)),
            invitations::user_id.eq(becomes.map(|id| id.0)),
            invitations::invited_by.eq(invited_by.0),
            invitations::token_hash.eq(hash(token)),
            invitations::expires_at.eq(new.expires_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// The invitation of a link, whatever became of it.
///
/// # Errors
/// `NotFound`, or those of the database.
pub async fn find_by_token(
    conn: &mut Conn,
    org: OrgId,
    id: InvitationId,
    token: &str,
) -> QueryResult<Stored> {
    let (row, name): (InvitationRow, String) = invitations::table
        .inner_join(organisations::table.on(organisations::id.eq(invitations::org_id)))
        .filter(invitations::org_id.eq(org.0))
        .filter(invitations::id.eq(id.0))
        .filter(invitations::token_hash.eq(hash(token)))
        .select((InvitationRow::as_select(), organisations::name))
        .first(conn)
        .await?;
    row.into_stored(name)
}

/// Locks an invitation, so that it is accepted or withdrawn once.
///
/// # Errors
/// `NotFound`, or those of the database.
pub async fn lock(conn: &mut Conn, org: OrgId, id: InvitationId) -> QueryResult<()> {
    let _: Uuid = invitations::table
        .find((org.0, id.0))
        .select(invitations::id)
        .for_update()
        .first(conn)
        .await?;
    Ok(())
}

/// An invitation of the organisation.
///
/// # Errors
/// `NotFound`, or those of the database.
pub async fn find(conn: &mut Conn, org: OrgId, id: InvitationId) -> QueryResult<Stored> {
    let (row, name): (InvitationRow, String) = invitations::table
        .inner_join(organisations::table.on(organisations::id.eq(invitations::org_id)))
        .filter(invitations::org_id.eq(org.0))
        .filter(invitations::id.eq(id.0))
        .select((InvitationRow::as_select(), organisations::name))
        .first(conn)
        .await?;
    row.into_stored(name)
}

/// Invitations that wait for an answer, or whose time ran out, the youngest first.
///
/// # Errors
/// Those of the database.
pub async fn list_open(
    conn: &mut Conn,
    org: OrgId,
    before: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<Invitation>> {
    let rows: Vec<(InvitationRow, String)> = invitations::table
        .inner_join(organisations::table.on(organisations::id.eq(invitations::org_id)))
        .filter(invitations::org_id.eq(org.0))
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::withdrawn_at.is_null())
        .filter(invitations::id.lt(before.unwrap_or(Uuid::max())))
        .select((InvitationRow::as_select(), organisations::name))
        .order_by(invitations::id.desc())
        .limit(limit)
        .load(conn)
        .await?;
    rows.into_iter()
        .map(|(row, name)| Ok(row.into_stored(name)?.invitation))
        .collect()
}

/// Takes an invitation back; `false` when it is over already.
///
/// # Errors
/// Those of the database.
pub async fn withdraw(
    conn: &mut Conn,
    org: OrgId,
    id: InvitationId,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let open = invitations::table
        .find((org.0, id.0))
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::withdrawn_at.is_null());
    let changed = diesel::update(open)
        .set(invitations::withdrawn_at.eq(now))
        .execute(conn)
        .await?;
    Ok(changed > 0)
}

/// Takes back what an e-mail, or a person known by name only, was sent before.
///
/// # Errors
/// Those of the database.
pub async fn withdraw_earlier(
    conn: &mut Conn,
    org: OrgId,
    email: &str,
    becomes: Option<UserId>,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    let open = invitations::table
        .filter(invitations::org_id.eq(org.0))
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::withdrawn_at.is_null())
        .filter(
            invitations::email.eq(email).or(invitations::user_id
                .is_not_null()
                .and(invitations::user_id.is_not_distinct_from(becomes.map(|id| id.0)))),
        );
    diesel::update(open)
        .set(invitations::withdrawn_at.eq(now))
        .execute(conn)
        .await?;
    Ok(())
}

/// Marks an invitation as accepted.
///
/// # Errors
/// Those of the database.
pub async fn accept(
    conn: &mut Conn,
    org: OrgId,
    id: InvitationId,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::update(invitations::table.find((org.0, id.0)))
        .set(invitations::accepted_at.eq(now))
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes invitations that were over long ago, some at a time.
///
/// # Errors
/// Those of the database.
pub async fn clear(
    conn: &mut Conn,
    org: OrgId,
    before: DateTime<Utc>,
    most: i64,
) -> QueryResult<usize> {
    diesel::sql_query(
        "delete from invitations i using ( \
             select id from invitations where org_id = $1 \
             and least(expires_at, accepted_at, withdrawn_at) < $2 \
             limit $3 for update skip locked \
         ) old where i.org_id = $1 and i.id = old.id",
    )
    .bind::<SqlUuid, _>(org.0)
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(most)
    .execute(conn)
    .await
}
