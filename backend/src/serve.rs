//! Starts and stops the server: database, migrations, secret, workers, and the way down.

use crate::app::App;
use crate::config::Config;
use crate::db::private::{Beside, InUse, PrivatePostgres, StartOptions};
use crate::db::{Db, migrate};
use crate::error::AppResult;
use crate::events::Hub;
use crate::funnel::{emptying, weighing};
use crate::http::{self, Connections, Figures};
use crate::identity::store::{invitations, logins, sessions};
use crate::identity::{Callers, Passwords, TokenKeys};
use crate::jobs::cleaning::{self, Broom};
use crate::jobs::{Claim, Outcome};
use crate::router;
use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::{App as ActixApp, HttpServer, web};
use anyhow::Context;
use futures_util::future::BoxFuture;
use secrecy::ExposeSecret;
use shared::id::OrgId;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;

/// The databases of a server: who owns the tables, and who serves.
pub struct Database {
    /// The private server, when it is ours.
    pub private: Option<PrivatePostgres>,
    /// Where the owner of the tables connects.
    pub owner_url: String,
    /// Where requests are served from.
    pub app_url: String,
}

impl Database {
    /// Starts the private database, or takes the one of the settings.
    ///
    /// # Errors
    /// One sentence on why there is none.
    pub async fn open(config: &Config) -> anyhow::Result<Self> {
        match &config.database_url {
            Some(url) => {
                let url = url.expose_secret().to_owned();
                Ok(Self {
                    private: None,
                    owner_url: url.clone(),
                    app_url: url,
                })
            }
            None => {
                let mut options = StartOptions::new(&config.data_dir);
                options.pg_bin.clone_from(&config.pg_bin);
                // A pool for each worker and one for the server's own tasks, and some to spare for the
                // live hub, the migrations and an operator.
                let pools = config
                    .workers
                    .saturating_add(1)
                    .saturating_mul(config.pool_size);
                options.max_connections =
                    u32::try_from(pools).unwrap_or(u32::MAX).saturating_add(15);
                let private = PrivatePostgres::start_with(options).await?;
                Ok(Self {
                    owner_url: private.owner_url(),
                    app_url: private.app_url(),
                    private: Some(private),
                })
            }
        }
    }

    /// The same for a command: where a server is at work on the data folder, its database, beside it.
    ///
    /// # Errors
    /// One sentence on why there is none.
    pub async fn open_beside(config: &Config) -> anyhow::Result<Self> {
        match Self::open(config).await {
            Err(error) if error.is::<InUse>() => {
                let beside = Beside::find(&config.data_dir).await?;
                Ok(Self {
                    private: None,
                    owner_url: beside.owner_url,
                    app_url: beside.app_url,
                })
            }
            outcome => outcome,
        }
    }

    /// Brings the tables up to date. Work of a private database that a killed process left is free at once:
    /// nobody else can be at it.
    ///
    /// # Errors
    /// One sentence on what is in the way.
    pub async fn prepare(&self) -> anyhow::Result<()> {
        migrate::run(&self.owner_url).await?;
        if self.private.is_some() {
            let db = Db::new(&self.app_url, 1, Hub::new())?;
            crate::jobs::take_back(&db).await?;
        }
        Ok(())
    }

    /// Waits until a private database keeps dying and is given up, and says why.
    pub async fn failed(&self) -> String {
        match &self.private {
            Some(private) => private.failed().await,
            None => std::future::pending().await,
        }
    }

    /// Stops the private database, if it is ours.
    ///
    /// # Errors
    /// When it does not stop.
    pub async fn close(self) -> anyhow::Result<()> {
        match self.private {
            Some(private) => private.stop().await,
            None => Ok(()),
        }
    }
}

/// A server that accepts requests.
pub struct Running {
    /// The address it listens on; with port 0 in the settings, the port it got.
    pub address: SocketAddr,
    /// The state of the server's own tasks.
    pub app: App,
    server: JoinHandle<std::io::Result<()>>,
    handle: ServerHandle,
    background: Vec<JoinHandle<()>>,
}

impl Running {
    /// Migrates the database and starts to accept requests on it.
    ///
    /// # Errors
    /// One sentence: the database, the address or the settings.
    pub async fn start(config: Config, database: &Database) -> anyhow::Result<Self> {
        database.prepare().await?;
        let folder = database.private.as_ref().map(PrivatePostgres::folder);
        Self::listen_on(config, &database.app_url, folder).await
    }

    /// Starts to accept requests on a database that is up to date.
    ///
    /// # Errors
    /// One sentence: the address or the settings.
    pub async fn start_migrated(config: Config, app_url: &str) -> anyhow::Result<Self> {
        Self::listen_on(config, app_url, None).await
    }

    async fn listen_on(
        config: Config,
        app_url: &str,
        database_folder: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let listener = std::net::TcpListener::bind(config.listen)
            .with_context(|| format!("the address {} cannot be used", config.listen))?;
        let address = listener.local_addr()?;
        let config = Arc::new(config);
        let hub = Hub::new();
        let app = App {
            db: Db::new(app_url, config.pool_size, Arc::clone(&hub))?,
            tokens: Arc::new(TokenKeys::new(&secret(&config)?)),
            callers: Arc::new(Callers::default()),
            passwords: Arc::new(Passwords::new((config.workers / 2).max(1))?),
            figures: Arc::new(Figures::default()),
            folding: Arc::default(),
            boards: Arc::default(),
            database_folder: database_folder.map(Into::into),
            is_draining: Arc::new(AtomicBool::new(false)),
            config: Arc::clone(&config),
        };

        if config.demo
            && crate::demo::make_once(&app.db, &app.passwords)
                .await
                .map_err(|error| {
                    anyhow::anyhow!("the demo organisation cannot be made: {error:?}")
                })?
        {
            tracing::info!("the demo organisation is ready");
        }
        weighing::begin(&app.db, &organisations(&app.db).await?).await?;
        let background = vec![
            tokio::spawn(Arc::clone(&hub).run(app_url.to_owned())),
            tokio::spawn(crate::jobs::run(app.clone(), work)),
            tokio::spawn(cleaning::run(app.clone(), organisations, brooms(&config))),
        ];
        let server = listen(&app, app_url.to_owned(), listener)?;
        let handle = server.handle();
        Ok(Self {
            address,
            app,
            server: tokio::spawn(server),
            handle,
            background,
        })
    }

    /// Waits until the listener ends by itself, which it only does when something is broken.
    ///
    /// # Errors
    /// Why it ended.
    pub async fn ended(&mut self) -> anyhow::Result<()> {
        Ok((&mut self.server).await??)
    }

    /// Stops: first unready, then no new requests, then those that run, then the rest (DUR-3).
    pub async fn stop(self) {
        self.app.is_draining.store(true, Ordering::Relaxed);
        let drain = self.app.config.drain;
        if tokio::time::timeout(drain, self.handle.stop(true))
            .await
            .is_err()
        {
            self.handle.stop(false).await;
        }
        for task in self.background {
            task.abort();
        }
    }
}

/// Every organisation somebody can sign in to.
fn organisations(db: &Db) -> BoxFuture<'_, AppResult<Vec<OrgId>>> {
    Box::pin(async move { Ok(logins::organisations(&mut *db.conn().await?).await?) })
}

/// Does the work of the queue that the rooms have put there.
fn work(app: App, claim: Claim) -> BoxFuture<'static, Outcome> {
    match claim.kind.as_str() {
        emptying::KIND => emptying::work(app, claim),
        kind if weighing::is_ours(kind) => weighing::work(app, claim),
        _ => crate::exchange::work(app, claim),
    }
}

/// What is cleared away, table by table.
fn brooms(config: &Config) -> Vec<Broom> {
    vec![
        Broom {
            table: "idempotency_keys",
            keep: config.keep_keys,
            sweep: |conn, org, before, most| Box::pin(http::clear_keys(conn, org, before, most)),
        },
        Broom {
            table: "sessions",
            keep: config.keep_sessions,
            sweep: |conn, org, before, most| Box::pin(sessions::clear(conn, org, before, most)),
        },
        Broom {
            table: "invitations",
            keep: config.keep_invitations,
            sweep: |conn, org, before, most| Box::pin(invitations::clear(conn, org, before, most)),
        },
    ]
}

fn listen(app: &App, app_url: String, listener: std::net::TcpListener) -> anyhow::Result<Server> {
    let shared = app.clone();
    let (workers, drain) = (app.config.workers, app.config.drain);
    let connections = Connections::new(
        app.config.connections_per_address,
        app.config.proxies.clone(),
        Arc::clone(&app.figures),
    );
    let server = HttpServer::new(move || {
        // A pool of its own for each worker: no wake-ups across threads (performance.md).
        let db = Db::new(
            &app_url,
            shared.config.pool_size,
            Arc::clone(shared.db.hub()),
        );
        let state = App {
            db: db.unwrap_or_else(|_| shared.db.clone()),
            ..shared.clone()
        };
        ActixApp::new()
            .app_data(web::Data::new(state))
            .wrap(from_fn(http::around))
            .configure(router::configure)
    })
    .on_connect(move |connection, extensions| connections.meet(connection, extensions))
    .workers(workers)
    .max_connections(2_000 / workers.max(1))
    .client_request_timeout(Duration::from_secs(10))
    .keep_alive(Duration::from_secs(15))
    .shutdown_timeout(drain.as_secs())
    .disable_signals()
    .listen(listener)?
    .run();
    Ok(server)
}

/// The secret that signs tokens: from the settings, else made once and kept in the data folder.
fn secret(config: &Config) -> anyhow::Result<Vec<u8>> {
    if let Some(secret) = &config.secret {
        return Ok(secret.expose_secret().as_bytes().to_vec());
    }
    let path = config.data_dir.join("secret");
    match std::fs::read(&path) {
        Ok(secret) if secret.len() >= 32 => return Ok(secret),
        Ok(_) => anyhow::bail!(
            "{} is shorter than 32 bytes; remove it to have a new one made",
            path.display()
        ),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => {
            return Err(error).with_context(|| format!("{} cannot be read", path.display()));
        }
    }
    let mut secret = vec![0; 48];
    getrandom::fill(&mut secret).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    std::fs::create_dir_all(&config.data_dir)?;
    write_private(&path, &secret)
        .with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(secret)
}

/// Writes a file that only its owner can read.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;

    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
