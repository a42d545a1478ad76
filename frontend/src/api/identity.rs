//! Sessions, the person signed in, teams, users and invitations.

use super::{Api, ApiResult, Method, encode, query};
use shared::id::{TeamId, UserId};
use shared::identity::{
    AcceptInvitation, Invitation, InvitationMade, Me, MePatch, NewInvitation, NewOrganisation,
    NewSession, NewTeam, Team, TeamPatch, User, UserPatch,
};
use shared::page::Page;

impl Api {
    /// Signs in.
    ///
    /// # Errors
    /// `wrong_credentials`, or too many tries.
    pub async fn sign_in(&self, body: &NewSession) -> ApiResult<Me> {
        self.call(Method::Post, "/sessions")
            .json(body)
            .without_renewal()
            .send()
            .await
    }

    /// Signs this device out.
    ///
    /// # Errors
    /// When there is no network.
    pub async fn sign_out(&self) -> ApiResult<()> {
        self.call(Method::Delete, "/sessions/current")
            .without_renewal()
            .send()
            .await
    }

    /// Signs out on every device.
    ///
    /// # Errors
    /// When there is no network.
    pub async fn sign_out_everywhere(&self) -> ApiResult<()> {
        self.call(Method::Delete, "/sessions").send().await
    }

    /// Makes an organisation and signs its first administrator in.
    ///
    /// # Errors
    /// Field errors, or `sign_up_closed`.
    pub async fn sign_up(&self, body: &NewOrganisation) -> ApiResult<Me> {
        self.call(Method::Post, "/organisations")
            .json(body)
            .without_renewal()
            .send()
            .await
    }

    /// Who is signed in.
    ///
    /// # Errors
    /// `unauthenticated` when nobody is.
    pub async fn me(&self) -> ApiResult<Me> {
        self.get("/me").await
    }

    /// Changes one's own settings.
    ///
    /// # Errors
    /// Field errors.
    pub async fn patch_me(&self, version: i32, body: &MePatch) -> ApiResult<Me> {
        self.patch("/me", version, body).await
    }

    /// All teams.
    ///
    /// # Errors
    /// As every read.
    pub async fn teams(&self) -> ApiResult<Page<Team>> {
        self.get("/teams?limit=200").await
    }

    /// Makes a team.
    ///
    /// # Errors
    /// Field errors.
    pub async fn create_team(&self, body: &NewTeam) -> ApiResult<Team> {
        self.post("/teams", body).await
    }

    /// Changes a team.
    ///
    /// # Errors
    /// Field errors, `cycle`, or stale.
    pub async fn patch_team(&self, id: TeamId, version: i32, body: &TeamPatch) -> ApiResult<Team> {
        self.patch(format!("/teams/{id}"), version, body).await
    }

    /// Colleagues, a page at a time.
    ///
    /// # Errors
    /// As every read.
    pub async fn users(&self, cursor: Option<String>) -> ApiResult<Page<User>> {
        let query = query([("limit", Some("200".to_owned())), ("cursor", cursor)]);
        self.get(format!("/users{query}")).await
    }

    /// All colleagues, page after page.
    ///
    /// # Errors
    /// As every read.
    pub async fn all_users(&self) -> ApiResult<Vec<User>> {
        // More than the bound is no sales team; it keeps a broken cursor from asking for ever.
        const MOST_PAGES: usize = 50;
        let mut users = Vec::new();
        let mut cursor = None;
        for _ in 0..MOST_PAGES {
            let page = self.users(cursor).await?;
            users.extend(page.items);
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        Ok(users)
    }

    /// Changes a colleague.
    ///
    /// # Errors
    /// Field errors, `last_administrator`, or stale.
    pub async fn patch_user(&self, id: UserId, version: i32, body: &UserPatch) -> ApiResult<User> {
        self.patch(format!("/users/{id}"), version, body).await
    }

    /// Invites a colleague; the answer holds the link's secret, once.
    ///
    /// # Errors
    /// Field errors.
    pub async fn invite(&self, body: &NewInvitation) -> ApiResult<InvitationMade> {
        self.post("/invitations", body).await
    }

    /// The invitation behind a link.
    ///
    /// # Errors
    /// `link_expired` or `not_found`.
    pub async fn invitation(&self, token: &str) -> ApiResult<Invitation> {
        self.call(
            Method::Get,
            format!("/invitations/by-token/{}", encode(token)),
        )
        .without_renewal()
        .send()
        .await
    }

    /// Accepts an invitation and signs in.
    ///
    /// # Errors
    /// Field errors, `link_expired`.
    pub async fn accept_invitation(&self, token: &str, body: &AcceptInvitation) -> ApiResult<Me> {
        self.call(
            Method::Post,
            format!("/invitations/by-token/{}/accept", encode(token)),
        )
        .json(body)
        .without_renewal()
        .send()
        .await
    }
}
