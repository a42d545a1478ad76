//! A server for one test: the real one, in this process, on a port and a database of its own.

use crate::client::Client;
use crate::logged;
use crate::postgres::{TestDatabase, engine_room, wait_in_engine_room};
use crate::user::User;
use crate::wait;
use backend::config::{Config, SignUp};
use backend::http::Network;
use backend::serve::Running;
use serde_json::Value;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Signs the tokens of every server under test.
pub const SECRET: &str = "a secret for the tests, which is long enough";

/// What a test may want otherwise.
#[derive(Debug, Clone)]
pub struct TestConfig {
    /// Who may make an organisation.
    pub sign_up: SignUp,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub proxies: Vec<Network>,
    /// Connections that one address may hold; all of a test come from one.
    pub connections_per_address: usize,
    /// Worker threads.
    pub workers: usize,
    /// Connections of each worker.
    pub pool_size: usize,
    /// Whether the demo organisation is made.
    pub has_demo: bool,
}

impl Default for TestConfig {
    fn default() -> Self {
        Self {
            sign_up: SignUp::Open,
            proxies: Vec::new(),
            connections_per_address: 1_000,
            workers: 2,
            pool_size: 3,
            has_demo: false,
        }
    }
}

/// A server that runs as long as this value lives.
pub struct TestApp {
    /// Stopped before the database goes.
    server: Server,
    database: Arc<TestDatabase>,
    _slot: Arc<OwnedSemaphorePermit>,
}

struct Server {
    running: Option<Running>,
    address: SocketAddr,
    folder: PathBuf,
}

impl TestApp {
    /// A server on an empty, migrated database, where anybody may sign up.
    pub async fn start() -> Self {
        Self::start_with(TestConfig::default()).await
    }

    /// The same with other settings.
    pub async fn start_with(config: TestConfig) -> Self {
        logged::begin();
        let slot = slots()
            .acquire_owned()
            .await
            .expect("the slots are never closed");
        let database = Arc::new(TestDatabase::migrated().await);
        Self {
            server: Server::start(config, database.app_url.clone()).await,
            database,
            _slot: Arc::new(slot),
        }
    }

    /// A second server process, as it were, on the same database.
    pub async fn another(&self) -> Self {
        Self {
            server: Server::start(TestConfig::default(), self.database.app_url.clone()).await,
            database: Arc::clone(&self.database),
            _slot: Arc::clone(&self._slot),
        }
    }

    /// The address with its port.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// What people type: `http://127.0.0.1:…`.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// Somebody who has not signed in.
    #[must_use]
    pub fn anonymous(&self) -> Client {
        Client::new(self.origin())
    }

    /// The administrator of a new organisation, signed in.
    pub async fn sign_up(&self, organisation: &str) -> User {
        User::sign_up(self.anonymous(), organisation).await
    }

    /// A superuser's connection to the database, for looking at rows.
    pub async fn db(&self) -> tokio_postgres::Client {
        self.database.connect().await
    }

    /// Waits until all that is written is in the feed, whoever wrote it: an open transaction anywhere on the
    /// database server, also one of another test, holds the feed back, and a stream begins earlier.
    pub async fn settle(&self) {
        let db = self.db().await;
        let sql = "select exists (select from events where xid >= pg_snapshot_xmin(pg_current_snapshot()))";
        wait::until("what is written to be in the feed", async || {
            let is_held: bool = db.query_one(sql, &[]).await.expect("an answer").get(0);
            (!is_held).then_some(())
        })
        .await;
    }

    /// The first 200 events that somebody may read, once all that is written is among them.
    pub async fn feed(&self, reader: &Client) -> Vec<Value> {
        self.settle().await;
        reader.get("/events?limit=200").await.expect(200).items()
    }

    /// The database itself.
    #[must_use]
    pub fn database(&self) -> &TestDatabase {
        &self.database
    }
}

impl Server {
    async fn start(config: TestConfig, app_url: String) -> Self {
        let folder = std::env::temp_dir().join(format!("dipper-test-{}", uuid::Uuid::now_v7()));
        let config = Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            data_dir: folder.clone(),
            sign_up: config.sign_up,
            proxies: config.proxies,
            connections_per_address: config.connections_per_address,
            secret: Some(SECRET.into()),
            workers: config.workers,
            pool_size: config.pool_size,
            demo: config.has_demo,
            // Clients of the test may still hold connections when it ends: nobody waits for them.
            drain: Duration::ZERO,
            ..Config::default()
        };
        std::fs::create_dir_all(&folder).expect("a folder for the server's files");
        let running = engine_room()
            .spawn(async move { Running::start_migrated(config, &app_url).await })
            .await
            .expect("the task that starts the server")
            .expect("a server");
        Self {
            address: running.address,
            running: Some(running),
            folder,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            wait_in_engine_room(running.stop());
        }
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

/// As many servers as the machine can bear at once, whatever the number of test threads.
fn slots() -> Arc<Semaphore> {
    static SLOTS: OnceLock<Arc<Semaphore>> = OnceLock::new();
    let slots = SLOTS.get_or_init(|| {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Arc::new(Semaphore::new(cores.clamp(2, 8)))
    });
    Arc::clone(slots)
}
