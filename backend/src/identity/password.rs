//! Passwords: Argon2id at the strength ASVS asks for, on a bounded number of threads, so that a wave
//! of sign-ins does not slow everything else down (AUTH-4).

use super::tries::{Guess, Tries};
use crate::error::{AppError, AppResult};
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::{self, CustomizedPasswordHasher};
use argon2::{Algorithm, Argon2, Block, Params, PasswordHasher, PasswordVerifier, Version};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a request waits for a free thread.
const WAIT: Duration = Duration::from_secs(15);

/// Hashes and checks passwords.
pub struct Passwords {
    slots: Arc<Semaphore>,
    hasher: Arc<Hasher>,
    tries: Tries,
    /// Checked when the e-mail is unknown, so that both answers take the same time.
    decoy: String,
}

/// Argon2id with its working memory, which one hash leaves to the next: 19 MiB that are made and given
/// back with each would lie about in the allocator.
#[derive(Default)]
struct Hasher(Mutex<Vec<Block>>);

impl Hasher {
    fn hash(&self, password: &str) -> anyhow::Result<String> {
        let hash = self
            .hash_password(password.as_bytes())
            .map_err(|error| anyhow::anyhow!("{error}"))?;
        Ok(hash.to_string())
    }

    fn is_right(&self, password: &str, stored: &str) -> anyhow::Result<bool> {
        let stored = PasswordHash::new(stored).map_err(|error| anyhow::anyhow!("{error}"))?;
        Ok(self.verify_password(password.as_bytes(), &stored).is_ok())
    }
}

impl PasswordHasher<PasswordHash> for Hasher {
    fn hash_password_with_salt(
        &self,
        password: &[u8],
        salt: &[u8],
    ) -> password_hash::Result<PasswordHash> {
        // ASVS 5.0, appendix C: t = 2, m = 19 MiB, p = 1.
        let params = Params::new(19 * 1024, 2, 1, None)?;
        self.hash_password_with_params(password, salt, params)
    }
}

impl CustomizedPasswordHasher<PasswordHash> for Hasher {
    type Params = Params;

    fn hash_password_customized(
        &self,
        password: &[u8],
        salt: &[u8],
        algorithm: Option<&str>,
        version: Option<u32>,
        params: Params,
    ) -> password_hash::Result<PasswordHash> {
        let algorithm = algorithm.map(Algorithm::try_from).transpose()?;
        let algorithm = algorithm.unwrap_or(Algorithm::Argon2id);
        let version = version.map(Version::try_from).transpose()?;
        let version = version.unwrap_or(Version::V0x13);
        let salt = Salt::new(salt)?;
        let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);

        let mut buffer = [0; Output::MAX_LENGTH];
        let out = buffer
            .get_mut(..length)
            .ok_or(password_hash::Error::OutputSize)?;

        // Of those who hash at the same time all but one have memory of their own.
        let spare = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut memory = std::mem::take(&mut *spare());
        memory.resize(params.block_count(), Block::new());
        let argon = Argon2::new(algorithm, version, params.clone());
        let done = argon.hash_password_into_with_memory(password, &salt, out, &mut memory);
        *spare() = memory;
        done?;
        let hash = Output::new(out)?;
        Ok(PasswordHash {
            algorithm: algorithm.ident(),
            version: Some(version.into()),
            params: ParamsString::try_from(&params)?,
            salt: Some(salt),
            hash: Some(hash),
        })
    }
}

/// Hashes a password on this thread, for the command line.
///
/// # Errors
/// When there are no random numbers.
pub fn hash_here(password: &str) -> anyhow::Result<String> {
    Hasher::default().hash(password)
}

impl Passwords {
    /// At most `threads` at once.
    ///
    /// # Errors
    /// When the decoy cannot be hashed.
    pub fn new(threads: usize) -> anyhow::Result<Self> {
        let hasher = Arc::new(Hasher::default());
        Ok(Self {
            slots: Arc::new(Semaphore::new(threads)),
            decoy: hasher.hash("no such person")?,
            hasher,
            tries: Tries::default(),
        })
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// 500 when hashing fails, 429 when too many wait already.
    pub async fn hash(&self, password: String) -> AppResult<String> {
        let slot = self.slot().await?;
        let hasher = Arc::clone(&self.hasher);
        let (hash, _slot) = run(slot, move || hasher.hash(&password)).await?;
        Ok(hash)
    }

    /// Lets a try go on unless it has to wait.
    ///
    /// # Errors
    /// 429 with the time to wait.
    pub fn admit(&self, guess: Guess) -> AppResult<()> {
        match self.tries.wait(guess, Instant::now()) {
            None => Ok(()),
            // Whole seconds go into the header, and none may be too few.
            Some(wait) => Err(AppError::TooMany {
                retry_after: Duration::from_secs(wait.as_secs() + 1),
            }),
        }
    }

    /// Checks a password against the stored hash, or against a decoy when there is none.
    ///
    /// # Errors
    /// 429 after too many wrong ones, or when too many wait already; 500 when checking fails.
    pub async fn check(
        &self,
        guess: Guess,
        password: String,
        stored: Option<String>,
    ) -> AppResult<bool> {
        let is_known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.decoy.clone());
        let slot = self.slot().await?;
        // Only now, and the slot is kept until the outcome is remembered: tries that came all at once
        // would otherwise all be admitted before the first is found wrong.
        self.admit(guess)?;
        let hasher = Arc::clone(&self.hasher);
        let (is_right, slot) = run(slot, move || hasher.is_right(&password, &stored)).await?;
        let is_right = is_right && is_known;
        if is_right {
            self.tries.succeeded(guess);
        } else {
            self.tries.failed(guess, Instant::now());
        }
        drop(slot);
        Ok(is_right)
    }

    async fn slot(&self) -> AppResult<OwnedSemaphorePermit> {
        let slot = tokio::time::timeout(WAIT, Arc::clone(&self.slots).acquire_owned())
            .await
            .map_err(|_| AppError::TooMany { retry_after: WAIT })?;
        slot.map_err(|error| AppError::Internal(error.into()))
    }
}

/// Works on a thread of its own and gives the slot back with the outcome. The slot travels along, so
/// that it stays taken when the one who waits goes away.
async fn run<T: Send + 'static>(
    slot: OwnedSemaphorePermit,
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> AppResult<(T, OwnedSemaphorePermit)> {
    let done = tokio::task::spawn_blocking(move || (work(), slot));
    let (outcome, slot) = done
        .await
        .map_err(|error| AppError::Internal(error.into()))?;
    Ok((outcome.map_err(AppError::Internal)?, slot))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{IpAddr, Ipv4Addr};

    fn guess(email: &str) -> Guess {
        Guess::new(email, IpAddr::V4(Ipv4Addr::LOCALHOST))
    }

    #[tokio::test]
    async fn only_the_right_password_of_a_known_person_passes() {
        let passwords = Passwords::new(1).unwrap();
        let stored = passwords.hash("seven stars".into()).await.unwrap();
        let check = async |password: &str, stored: Option<&String>| {
            passwords
                .check(guess("a@b.c"), password.into(), stored.cloned())
                .await
                .unwrap()
        };
        assert!(check("seven stars", Some(&stored)).await);
        assert!(!check("six stars", Some(&stored)).await);
        assert!(!check("no such person", None).await);
    }

    /// Made by another program; hashes outlive the code that made them.
    #[test]
    fn a_hash_of_argon2_is_read_whoever_made_it() {
        let hasher = Hasher::default();
        let stored =
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        assert!(hasher.is_right("password", stored).unwrap());
        assert!(!hasher.is_right("passwort", stored).unwrap());
        // And ours by another's reading.
        let ours = hasher.hash("seven stars").unwrap();
        assert!(
            ours.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{ours}"
        );
        let parsed = PasswordHash::new(&ours).unwrap();
        let theirs = Argon2::default();
        assert!(theirs.verify_password(b"seven stars", &parsed).is_ok());
    }

    #[tokio::test]
    async fn wrong_passwords_sent_all_at_once_are_slowed_down_too() {
        let passwords = Passwords::new(1).unwrap();
        let stored = passwords.hash("seven stars".into()).await.unwrap();
        let all = (0..12).map(|number| {
            passwords.check(
                guess("a@b.c"),
                format!("{number} stars"),
                Some(stored.clone()),
            )
        });
        let outcomes = futures_util::future::join_all(all).await;
        let checked = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(checked, 5);
        assert!(matches!(
            outcomes.last(),
            Some(Err(AppError::TooMany { .. }))
        ));
    }
}
