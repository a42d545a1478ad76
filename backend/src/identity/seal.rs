//! Secrets that are derived and not stored: a few ids under a seal that only this server can make.
//!
//! What is derived can be given again word for word, which a retried request needs, although the
//! database never holds it.

use super::token::TokenKeys;
use crate::error::{AppError, AppResult};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use shared::id::{InvitationId, OrgId, SessionId};
use uuid::Uuid;

/// A session ends this long after its last refresh.
pub const SESSION_IDLE: Duration = Duration::days(30);
/// A session ends this long after its sign-in, refreshed or not.
pub const SESSION_WHOLE: Duration = Duration::days(90);
/// An answer that got lost can be asked for again within this time (AUTH-2).
pub const GRACE: Duration = Duration::seconds(30);

/// Bytes of a seal.
const SEAL: usize = 32;
/// The longest text that is looked at.
const MAX_TEXT: usize = 200;

/// What a refresh token says: its session, and the rotation it is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refresh {
    /// The organisation.
    pub org: OrgId,
    /// The session it goes on with.
    pub session: SessionId,
    /// The rotation it is good for.
    pub rotation: i32,
}

impl Refresh {
    // A seal for one purpose never passes for another.
    const PURPOSE: &str = "dipper refresh 1";

    /// Writes the token.
    ///
    /// # Errors
    /// 500 when it cannot be sealed.
    pub fn write(&self, keys: &TokenKeys) -> AppResult<String> {
        let mut body = ids(self.org.0, self.session.0);
        body.extend_from_slice(&self.rotation.to_be_bytes());
        seal(keys, Self::PURPOSE, body)
    }

    /// Reads a token of ours; `None` for everything else.
    #[must_use]
    pub fn read(keys: &TokenKeys, text: &str) -> Option<Self> {
        let body = open(keys, Self::PURPOSE, text)?;
        let (org, session, rest) = split_ids(&body)?;
        Some(Self {
            org: OrgId(org),
            session: SessionId(session),
            rotation: i32::from_be_bytes(rest.try_into().ok()?),
        })
    }
}

/// What the secret part of an invitation's link says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The organisation.
    pub org: OrgId,
    /// The invitation.
    pub invitation: InvitationId,
}

impl Link {
    const PURPOSE: &str = "dipper invitation 1";

    /// Writes the secret part of the link.
    ///
    /// # Errors
    /// 500 when it cannot be sealed.
    pub fn write(&self, keys: &TokenKeys) -> AppResult<String> {
        seal(keys, Self::PURPOSE, ids(self.org.0, self.invitation.0))
    }

    /// Reads a link of ours; `None` for everything else.
    #[must_use]
    pub fn read(keys: &TokenKeys, text: &str) -> Option<Self> {
        let body = open(keys, Self::PURPOSE, text)?;
        let (org, invitation, rest) = split_ids(&body)?;
        rest.is_empty().then_some(Self {
            org: OrgId(org),
            invitation: InvitationId(invitation),
        })
    }
}

fn ids(first: Uuid, second: Uuid) -> Vec<u8> {
    [first.into_bytes(), second.into_bytes()].concat()
}

fn split_ids(body: &[u8]) -> Option<(Uuid, Uuid, &[u8])> {
    let (first, rest) = body.split_first_chunk::<16>()?;
    let (second, rest) = rest.split_first_chunk::<16>()?;
    Some((Uuid::from_bytes(*first), Uuid::from_bytes(*second), rest))
}

fn mac(keys: &TokenKeys, purpose: &str, body: &[u8]) -> anyhow::Result<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(keys.secret())?;
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    mac.update(body);
    Ok(mac)
}

fn seal(keys: &TokenKeys, purpose: &str, mut body: Vec<u8>) -> AppResult<String> {
    let seal = mac(keys, purpose, &body).map_err(AppError::Internal)?;
    body.extend_from_slice(&seal.finalize().into_bytes());
    Ok(URL_SAFE_NO_PAD.encode(body))
}

fn open(keys: &TokenKeys, purpose: &str, text: &str) -> Option<Vec<u8>> {
    if text.len() > MAX_TEXT {
        return None;
    }
    let mut bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let seal = bytes.split_off(bytes.len().checked_sub(SEAL)?);
    mac(keys, purpose, &bytes).ok()?.verify_slice(&seal).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> TokenKeys {
        TokenKeys::new(b"seven stars point to the north, always")
    }

    fn refresh(rotation: i32) -> Refresh {
        Refresh {
            org: OrgId(Uuid::from_u128(1)),
            session: SessionId(Uuid::from_u128(2)),
            rotation,
        }
    }

    #[test]
    fn a_refresh_token_is_the_same_each_time_and_reads_back() {
        let token = refresh(7).write(&keys()).unwrap();
        assert_eq!(token, refresh(7).write(&keys()).unwrap());
        assert_ne!(token, refresh(8).write(&keys()).unwrap());
        assert_eq!(Refresh::read(&keys(), &token), Some(refresh(7)));
    }

    #[test]
    fn a_refresh_token_with_any_bit_changed_is_none_of_ours() {
        let token = refresh(7).write(&keys()).unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        for position in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[position / 8] ^= 1 << (position % 8);
            let text = URL_SAFE_NO_PAD.encode(changed);
            assert_eq!(Refresh::read(&keys(), &text), None, "bit {position}");
        }
        for length in 0..token.len() {
            assert_eq!(
                Refresh::read(&keys(), token.get(..length).unwrap_or_default()),
                None,
                "{length}"
            );
        }
    }

    #[test]
    fn tokens_of_another_server_or_another_purpose_are_none_of_ours() {
        let token = refresh(7).write(&keys()).unwrap();
        let other = TokenKeys::new(b"another secret, just as long as this");
        assert_eq!(Refresh::read(&other, &token), None);
        let link = Link {
            org: OrgId(Uuid::from_u128(1)),
            invitation: InvitationId(Uuid::from_u128(2)),
        };
        let text = link.write(&keys()).unwrap();
        assert_eq!(Link::read(&keys(), &text), Some(link));
        assert_eq!(Refresh::read(&keys(), &text), None);
        assert_eq!(Link::read(&keys(), &token), None);
    }

    #[test]
    fn what_is_not_a_token_at_all_is_none_of_ours() {
        let long = "A".repeat(100_000);
        let padded = format!("{}=", refresh(7).write(&keys()).unwrap());
        for text in [
            "",
            "A",
            "!!",
            "北斗",
            "eyJhbGciOiJub25lIn0.e30.",
            &long,
            &padded,
        ] {
            assert_eq!(Refresh::read(&keys(), text), None, "{text:.20}");
        }
    }
}
