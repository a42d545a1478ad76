//! Idempotency keys: the same POST twice has one effect and one answer.
//!
//! The answer is stored in the transaction of the effect, so either both exist or neither does.

use super::Answer;
use crate::db::{Conn, Scope, Tx};
use crate::error::{AppError, AppResult};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use sha2::{Digest, Sha256};
use shared::error::ErrorCode;
use std::future::{Ready, ready};

mod store;

pub use store::clear as clear_keys;

/// The longest key.
const MAX_KEY: usize = 255;

/// The `Idempotency-Key` of a request, if it has one.
#[derive(Debug, Clone, Default)]
pub struct Once {
    key: Option<String>,
    /// What the request was sent to: a key used for one record says nothing of another.
    path: String,
}

/// What [`Once::begin`] found.
pub enum Replay {
    /// The request was served before; this was the answer.
    Answered(Answer),
    /// It is new; hand this to its `finish`.
    New(Claim),
}

/// A key that this transaction will answer.
pub struct Claim {
    key: Option<String>,
    operation: &'static str,
    hash: Vec<u8>,
}

impl Once {
    /// Whether the request has a key.
    #[must_use]
    pub const fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// The key of one part of a request whose parts are written each in a transaction of its own: sent
    /// again after a break, the parts that were done answer as they did, and the others are done.
    #[must_use]
    pub fn part(&self, part: uuid::Uuid) -> Self {
        let of = |key: &String| {
            let digest = Sha256::digest(key);
            let number = digest
                .first_chunk()
                .map_or(0, |bytes| u128::from_be_bytes(*bytes));
            format!("{number:032x}/{part}")
        };
        Self {
            key: self.key.as_ref().map(of),
            path: self.path.clone(),
        }
    }

    /// Looks the key up, and claims it for this transaction.
    ///
    /// # Errors
    /// 422 when the key came with another body or to another address, 409 while its first request is still running.
    pub async fn begin(
        self,
        tx: &mut Tx,
        operation: &'static str,
        hash: &[u8],
    ) -> AppResult<Replay> {
        self.look(tx.shared(), tx.scope(), operation, hash).await
    }

    /// The same on a shared connection, beside other first statements.
    ///
    /// # Errors
    /// As [`Once::begin`].
    pub async fn look(
        self,
        conn: &Conn,
        scope: &Scope,
        operation: &'static str,
        hash: &[u8],
    ) -> AppResult<Replay> {
        let hash = Sha256::new()
            .chain_update(&self.path)
            .chain_update([0])
            .chain_update(hash)
            .finalize()
            .to_vec();
        let new = |key| {
            Replay::New(Claim {
                key,
                operation,
                hash: hash.clone(),
            })
        };
        let Some(key) = self.key else {
            return Ok(new(None));
        };
        let user = scope.user.map_or(uuid::Uuid::nil(), |user| user.0);
        let find = || store::find(conn, scope.org.0, user, &key);
        // What was answered needs no lock; one that is held by an answer on its way would refuse the next.
        let mut stored = find().await?;
        if stored.is_none() {
            let (is_ours, now) =
                futures_util::try_join!(store::try_lock(conn, scope.org.0, user, &key), find())?;
            if !is_ours {
                return Err(AppError::Conflict(ErrorCode::KeyInFlight));
            }
            stored = now;
        }
        match stored {
            None => Ok(new(Some(key))),
            Some(stored) if stored.operation != operation || stored.body_hash != hash => {
                Err(AppError::rule(ErrorCode::KeyReused))
            }
            Some(stored) => Ok(Replay::Answered(stored.into())),
        }
    }
}

impl Claim {
    /// Stores the answer under the key, beside other writes.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn store(&self, conn: &Conn, scope: &Scope, answer: &Answer) -> AppResult<()> {
        if let Some(key) = &self.key {
            let user = scope.user.map_or(uuid::Uuid::nil(), |user| user.0);
            store::insert(
                conn,
                scope.org.0,
                user,
                key,
                self.operation,
                &self.hash,
                answer,
            )
            .await?;
        }
        Ok(())
    }

    /// Stores the answer under the key and commits.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn finish(self, tx: Tx, answer: Answer) -> AppResult<Answer> {
        self.store(tx.shared(), tx.scope(), &answer).await?;
        tx.commit().await?;
        Ok(answer)
    }
}

impl FromRequest for Once {
    type Error = AppError;
    type Future = Ready<AppResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(value) = request.headers().get("Idempotency-Key") else {
            return ready(Ok(Self::default()));
        };
        let key = value.to_str().unwrap_or_default().trim();
        if key.is_empty() || key.len() > MAX_KEY || key.chars().any(char::is_control) {
            return ready(Err(AppError::field(
                "Idempotency-Key",
                ErrorCode::BadFormat,
            )));
        }
        ready(Ok(Self {
            key: Some(key.to_owned()),
            path: request.path().to_owned(),
        }))
    }
}
