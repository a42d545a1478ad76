//! Access tokens: short-lived JWTs of one algorithm, every claim required (AUTH-1).

use crate::clock::now;
use crate::error::AppError;
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use shared::error::ErrorCode;
use shared::id::{OrgId, SessionId, UserId};

/// Seconds an access token lives.
pub const ACCESS_SECONDS: i64 = 600;
const ISSUER: &str = "dipper";
const AUDIENCE: &str = "dipper-api";
const ALGORITHM: Algorithm = Algorithm::HS256;
/// Seconds that the clocks of several servers may differ.
const LEEWAY: i64 = 5;
/// The longest text that is looked at.
const MAX_TEXT: usize = 4096;

/// What a token is for; one for refreshing is of another make and never passes here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenType {
    /// Calls the API.
    Access,
}

/// The claims of an access token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// Who issued it.
    pub iss: String,
    /// For whom.
    pub aud: String,
    /// The user.
    pub sub: UserId,
    /// Until when, in seconds since 1970.
    pub exp: i64,
    /// Since when.
    pub iat: i64,
    /// What for.
    pub typ: TokenType,
    /// The organisation.
    pub org: OrgId,
    /// The session it belongs to.
    pub sid: SessionId,
    /// The user's epoch at its making; a newer one ends it.
    pub epoch: i32,
}

/// Signs and checks access tokens.
pub struct TokenKeys {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
    secret: Vec<u8>,
}

impl TokenKeys {
    /// Keys from the server's secret.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        let mut validation = Validation::new(ALGORITHM);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.leeway = LEEWAY.unsigned_abs();
        Self {
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
            validation,
            secret: secret.to_vec(),
        }
    }

    /// The server's secret, for refresh tokens and invitations.
    #[must_use]
    pub fn secret(&self) -> &[u8] {
        &self.secret
    }

    /// Signs an access token.
    ///
    /// # Errors
    /// 500 when signing fails.
    pub fn sign(
        &self,
        org: OrgId,
        user: UserId,
        session: SessionId,
        epoch: i32,
        now: DateTime<Utc>,
    ) -> Result<String, AppError> {
        let claims = Claims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: user,
            exp: now.timestamp() + ACCESS_SECONDS,
            iat: now.timestamp(),
            typ: TokenType::Access,
            org,
            sid: session,
            epoch,
        };
        jsonwebtoken::encode(&Header::new(ALGORITHM), &claims, &self.encoding)
            .map_err(|error| AppError::Internal(error.into()))
    }

    /// Reads the claims of a token of ours that may have run out, for a stream it opened.
    #[must_use]
    pub fn read(&self, token: &str) -> Option<Claims> {
        let mut validation = self.validation.clone();
        validation.validate_exp = false;
        self.decode(token, &validation)
    }

    /// Checks a token and reads its claims.
    ///
    /// # Errors
    /// 401 for anything but a whole, current token of ours.
    pub fn check(&self, token: &str) -> Result<Claims, AppError> {
        self.decode(token, &self.validation)
            .filter(|claims| claims.iat <= now().timestamp() + LEEWAY)
            .ok_or(AppError::Unauthenticated(ErrorCode::Unauthenticated))
    }

    fn decode(&self, token: &str, validation: &Validation) -> Option<Claims> {
        if token.len() > MAX_TEXT {
            return None;
        }
        let data = jsonwebtoken::decode::<Claims>(token, &self.decoding, validation).ok()?;
        // Ours have no key id, no key address and no certificate, so nothing may follow one.
        let is_plain = data.header == Header::new(ALGORITHM);
        let life = data.claims.exp.checked_sub(data.claims.iat)?;
        (is_plain && (0..=ACCESS_SECONDS).contains(&life)).then_some(data.claims)
    }
}

#[cfg(test)]
mod tests;
