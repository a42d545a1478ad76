//! The state every request can reach.

use crate::config::Config;
use crate::db::Db;
use crate::http::Figures;
use crate::identity::{Callers, Passwords, TokenKeys};
use dashmap::DashSet;
use shared::id::OrgId;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// One worker's view of the server: its own pool, the rest shared.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The settings.
    pub config: Arc<Config>,
    /// Signs and checks tokens.
    pub tokens: Arc<TokenKeys>,
    /// What is known of signed-in people, for a second at most.
    pub callers: Arc<Callers>,
    /// Hashes passwords on a bounded number of threads.
    pub passwords: Arc<Passwords>,
    /// The figures.
    pub figures: Arc<Figures>,
    /// The organisations whose column figures are being folded.
    pub folding: Arc<DashSet<OrgId>>,
    /// Boards as they were last answered.
    pub boards: Arc<crate::funnel::kept::Kept>,
    /// Where the private database lies, when it is ours.
    pub database_folder: Option<Arc<Path>>,
    /// Set when the server is about to stop: it is no longer ready.
    pub is_draining: Arc<AtomicBool>,
}

impl App {
    /// What a command needs that works on the database and serves nobody.
    ///
    /// # Errors
    /// When no thread or random number is to be had.
    pub fn for_command(db: Db, config: Config) -> anyhow::Result<Self> {
        let mut secret = [0; 48];
        getrandom::fill(&mut secret)
            .map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
        Ok(Self {
            db,
            config: Arc::new(config),
            tokens: Arc::new(TokenKeys::new(&secret)),
            callers: Arc::default(),
            passwords: Arc::new(Passwords::new(1)?),
            figures: Arc::default(),
            folding: Arc::default(),
            boards: Arc::default(),
            database_folder: None,
            is_draining: Arc::default(),
        })
    }

    /// Whether the server still takes new work.
    #[must_use]
    pub fn is_serving(&self) -> bool {
        !self.is_draining.load(Ordering::Relaxed)
    }
}
