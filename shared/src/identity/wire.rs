//! The wire types of organisations, teams, users, invitations and sessions.

use super::{Permission, Role};
use crate::check::{Check, Validate};
use crate::error::ErrorCode;
use crate::id::{InvitationId, OrgId, TeamId, UserId};
use crate::money::Currency;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{AsRefStr, EnumIter, EnumString};

/// Characters a password must have at least (ASVS 5.0, 6.2.1 asks for 8 and recommends 15).
pub const PASSWORD_MIN: usize = 10;
/// Characters a password may have at most.
pub const PASSWORD_MAX: usize = 200;

/// A seller's maturity (TEAM-05, CLS-35).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString, EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum SellerLevel {
    /// 初级.
    Junior,
    /// 中级.
    Middle,
    /// 高级.
    Senior,
}

/// Whether a user can sign in.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString, EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum UserState {
    /// Can sign in.
    Active,
    /// Known by name only, as a seller from an import; cannot sign in until invited.
    Named,
    /// Cannot sign in; every session has ended.
    Disabled,
}

/// The interface language.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    AsRefStr,
    EnumString,
    EnumIter,
    Default,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Locale {
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    #[strum(serialize = "zh-CN")]
    #[default]
    ZhCn,
    /// English.
    #[serde(rename = "en")]
    #[strum(serialize = "en")]
    En,
}

/// The tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Organisation {
    /// Its id.
    pub id: OrgId,
    /// Its name.
    pub name: String,
    /// The currency figures are summed in.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub currency: Currency,
    /// Where its days begin and end, as the IANA database of time zones names it.
    #[serde(default = "universal_time")]
    pub time_zone: String,
    /// Counts up with every change.
    pub version: i32,
}

fn universal_time() -> String {
    "UTC".to_owned()
}

/// A change of the organisation's settings; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct OrganisationPatch {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The currency figures are summed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub currency: Option<Currency>,
    /// Where its days begin and end, such as `Asia/Shanghai`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

impl Validate for OrganisationPatch {
    fn validate(&self, check: &mut Check) {
        if let Some(name) = &self.name {
            check.text("/name", name, 200);
        }
        if let Some(zone) = &self.time_zone {
            check.text("/time_zone", zone, 60);
        }
    }
}

/// Sign-up of an organisation with its first administrator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewOrganisation {
    /// The organisation's name.
    pub organisation_name: String,
    /// The administrator's name.
    pub name: String,
    /// The administrator's e-mail, which is also the sign-in name.
    pub email: String,
    /// The administrator's password.
    pub password: String,
    /// The administrator's language.
    #[serde(default)]
    pub locale: Locale,
    /// The currency figures are summed in; by the language when absent.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub currency: Option<Currency>,
}

impl Validate for NewOrganisation {
    fn validate(&self, check: &mut Check) {
        check.text("/organisation_name", &self.organisation_name, 200);
        check.text("/name", &self.name, 100);
        check.mail("/email", &self.email);
        password(check, "/password", &self.password, &self.email);
    }
}

/// The rule for a new password: length first, not the most common ones, not the e-mail.
pub fn password(check: &mut Check, pointer: &str, password: &str, email: &str) {
    let length = password.chars().count();
    if length < PASSWORD_MIN {
        check.fail(pointer, ErrorCode::TooShort);
    } else if length > PASSWORD_MAX {
        check.fail(pointer, ErrorCode::TooLong);
    } else if is_guessable(password, email) {
        check.fail(pointer, ErrorCode::WeakPassword);
    }
}

fn is_guessable(password: &str, email: &str) -> bool {
    let password = password.to_lowercase();
    let local = email.split('@').next().unwrap_or_default().to_lowercase();
    let distinct: std::collections::HashSet<char> = password.chars().collect();
    let plain: String = password.chars().filter(|c| c.is_alphanumeric()).collect();
    let in_a_row =
        "abcdefghijklmnopqrstuvwxyz0123456789012345678909876543210qwertyuiopasdfghjklzxcvbnm";
    distinct.len() < 5
        || password == email.to_lowercase()
        || (local.len() > 3 && plain.trim_end_matches(|c: char| c.is_ascii_digit()) == local)
        || in_a_row.contains(&plain)
        || [
            "password", "passw0rd", "iloveyou", "letmein", "admin", "welcome", "qwerty",
        ]
        .iter()
        .any(|word| plain.replace(|c: char| c.is_ascii_digit(), "") == *word)
}

/// A team in the tree of teams.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// Its name.
    pub name: String,
    /// The team above it.
    pub parent_id: Option<TeamId>,
    /// Counts up with every change.
    pub version: i32,
    /// Since when it is put away.
    pub archived_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A team to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTeam {
    /// Its name, unique in the organisation.
    pub name: String,
    /// The team above it.
    #[serde(default)]
    pub parent_id: Option<TeamId>,
}

impl Validate for NewTeam {
    fn validate(&self, check: &mut Check) {
        check.text("/name", &self.name, 100);
    }
}

/// A change of a team; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct TeamPatch {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The team above it; `null` makes it a root.
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<TeamId>))]
    pub parent_id: Option<Option<TeamId>>,
}

impl Validate for TeamPatch {
    fn validate(&self, check: &mut Check) {
        if let Some(name) = &self.name {
            check.text("/name", name, 100);
        }
    }
}

/// A person of the organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Their e-mail; absent for sellers known by name only.
    pub email: Option<String>,
    /// Their job.
    pub role: Role,
    /// Their maturity as a seller.
    pub level: SellerLevel,
    /// Their team.
    pub team_id: Option<TeamId>,
    /// Whether they can sign in.
    pub state: UserState,
    /// Their language.
    pub locale: Locale,
    /// Counts up with every change.
    pub version: i32,
    /// When they were added.
    pub created_at: DateTime<Utc>,
    /// When last changed.
    pub updated_at: DateTime<Utc>,
}

/// A change of a user by an administrator; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct UserPatch {
    /// Their name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Their maturity as a seller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<SellerLevel>,
    /// Their team; `null` takes them out of it.
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<TeamId>))]
    pub team_id: Option<Option<TeamId>>,
    /// `active` or `disabled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<UserState>,
}

impl Validate for UserPatch {
    fn validate(&self, check: &mut Check) {
        if let Some(name) = &self.name {
            check.text("/name", name, 100);
        }
        if self.state == Some(UserState::Named) {
            check.fail("/state", ErrorCode::NotAllowed);
        }
    }
}

/// A change of one's own settings; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct MePatch {
    /// One's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// One's language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<Locale>,
    /// A new password; needs `current_password`, and ends all other sessions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// The password until now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_password: Option<String>,
}

impl Validate for MePatch {
    fn validate(&self, check: &mut Check) {
        if let Some(name) = &self.name {
            check.text("/name", name, 100);
        }
        if let Some(new) = &self.password {
            password(check, "/password", new, "");
        }
        match &self.current_password {
            Some(current) => secret(check, "/current_password", current),
            None if self.password.is_some() => {
                check.fail("/current_password", ErrorCode::Required);
            }
            None => {}
        }
    }
}

/// Who is signed in and what they may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// The person.
    pub user: User,
    /// Their organisation.
    pub organisation: Organisation,
    /// What the role allows.
    pub permissions: Vec<Permission>,
}

/// Sign-in with e-mail and password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// The e-mail.
    pub email: String,
    /// The password.
    pub password: String,
}

impl Validate for NewSession {
    fn validate(&self, check: &mut Check) {
        check.text("/email", &self.email, 254);
        secret(check, "/password", &self.password);
    }
}

/// What a tool sends to get tokens: a password, or the refresh token of before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "grant_type", rename_all = "snake_case", deny_unknown_fields)]
pub enum NewToken {
    /// Signs in.
    Password {
        /// The e-mail.
        email: String,
        /// The password.
        password: String,
    },
    /// Goes on with a session.
    RefreshToken {
        /// The refresh token got last.
        refresh_token: String,
    },
}

impl Validate for NewToken {
    fn validate(&self, check: &mut Check) {
        match self {
            Self::Password { email, password } => {
                check.text("/email", email, 254);
                secret(check, "/password", password);
            }
            Self::RefreshToken { refresh_token } => {
                check.text("/refresh_token", refresh_token, 500);
            }
        }
    }
}

/// A password that is to be checked, not set: only its size matters.
fn secret(check: &mut Check, pointer: &str, password: &str) {
    if password.is_empty() {
        check.fail(pointer, ErrorCode::Required);
    }
    if password.chars().count() > PASSWORD_MAX {
        check.fail(pointer, ErrorCode::TooLong);
    }
}

/// Tokens for a tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tokens {
    /// Send as `Authorization: Bearer …`.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// Seconds until the access token ends.
    pub expires_in: i64,
    /// Gets the next pair; each is good once, a lost answer can be retried for 30 s.
    pub refresh_token: String,
}

/// An invitation to join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// To whom.
    pub email: String,
    /// Their name.
    pub name: String,
    /// The job they will have.
    pub role: Role,
    /// Their maturity as a seller.
    pub level: SellerLevel,
    /// Their team.
    pub team_id: Option<TeamId>,
    /// The organisation's name, for the page that accepts it.
    pub organisation_name: String,
    /// Until when it can be accepted.
    pub expires_at: DateTime<Utc>,
}

/// An invitation to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    /// To whom; the sign-in name later.
    pub email: String,
    /// Their name.
    pub name: String,
    /// The job they will have.
    pub role: Role,
    /// Their maturity as a seller.
    #[serde(default = "junior")]
    pub level: SellerLevel,
    /// Their team.
    #[serde(default)]
    pub team_id: Option<TeamId>,
    /// A seller known by name only who becomes this person, as after an import.
    #[serde(default)]
    pub user_id: Option<UserId>,
}

const fn junior() -> SellerLevel {
    SellerLevel::Junior
}

impl Validate for NewInvitation {
    fn validate(&self, check: &mut Check) {
        check.mail("/email", &self.email);
        check.text("/name", &self.name, 100);
    }
}

/// The invitation with its secret, shown once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationMade {
    /// The invitation.
    pub invitation: Invitation,
    /// The secret part of the link `/invitations/{token}`.
    pub token: String,
}

/// Accepting an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AcceptInvitation {
    /// One's name.
    pub name: String,
    /// One's password.
    pub password: String,
    /// One's language.
    #[serde(default)]
    pub locale: Locale,
}

impl Validate for AcceptInvitation {
    fn validate(&self, check: &mut Check) {
        check.text("/name", &self.name, 100);
        password(check, "/password", &self.password, "");
    }
}

/// An e-mail as it is stored and compared: without spaces around it, in small letters.
#[must_use]
pub fn plain_email(email: &str) -> String {
    email.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(text: &str) -> Option<ErrorCode> {
        let mut check = Check::default();
        password(&mut check, "/password", text, "shen.zhixia@example.com");
        check
            .into_result()
            .err()
            .and_then(|errors| errors.first().map(|error| error.code))
    }

    #[test]
    fn passwords_are_long_and_not_guessable() {
        assert_eq!(verdict("short"), Some(ErrorCode::TooShort));
        assert_eq!(verdict("1234567890"), Some(ErrorCode::WeakPassword));
        assert_eq!(verdict("aaaaaaaaaaaa"), Some(ErrorCode::WeakPassword));
        assert_eq!(verdict("password2026"), Some(ErrorCode::WeakPassword));
        assert_eq!(verdict("五条河流都向东方奔去"), None);
        assert_eq!(verdict("seven stars point north"), None);
    }
}
