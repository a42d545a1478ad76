//! Passwords: Argon2id at the strength ASVS asks for, on a bounded number of threads, so that a wave
//! of sign-ins does not slow everything else down (AUTH-4).

use crate::error::{AppError, AppResult};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Hashes and checks passwords.
pub struct Passwords {
    slots: Arc<Semaphore>,
    /// Checked when the e-mail is unknown, so that both answers take the same time.
    decoy: String,
}

fn argon() -> anyhow::Result<Argon2<'static>> {
    // ASVS 5.0, appendix C: t = 2, m = 19 MiB, p = 1.
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str) -> anyhow::Result<String> {
    let hash = argon()?
        .hash_password(password.as_bytes())
        .map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok(hash.to_string())
}

impl Passwords {
    /// At most `threads` at once.
    ///
    /// # Errors
    /// When the decoy cannot be hashed.
    pub fn new(threads: usize) -> anyhow::Result<Self> {
        Ok(Self {
            slots: Arc::new(Semaphore::new(threads)),
            decoy: hash("no such person")?,
        })
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// 500 when hashing fails.
    pub async fn hash(&self, password: String) -> AppResult<String> {
        self.run(move || hash(&password)).await
    }

    /// Checks a password against the stored hash, or against a decoy when there is none.
    ///
    /// # Errors
    /// 500 when checking fails.
    pub async fn check(&self, password: String, stored: Option<String>) -> AppResult<bool> {
        let is_known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.decoy.clone());
        let is_right = self
            .run(move || {
                let parsed =
                    PasswordHash::new(&stored).map_err(|error| anyhow::anyhow!("{error}"))?;
                Ok(argon()?
                    .verify_password(password.as_bytes(), &parsed)
                    .is_ok())
            })
            .await?;
        Ok(is_right && is_known)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
    ) -> AppResult<T> {
        let slot = Arc::clone(&self.slots)
            .acquire_owned()
            .await
            .map_err(|error| AppError::Internal(error.into()))?;
        let done = tokio::task::spawn_blocking(move || {
            let _slot = slot;
            work()
        });
        done.await
            .map_err(|error| AppError::Internal(error.into()))?
            .map_err(AppError::Internal)
    }
}
