//! The private PostgreSQL: a cluster in the data folder that `dipper serve` starts, watches and
//! stops when no `DIPPER_DATABASE_URL` names another server.
//!
//! It listens on a unix socket in a folder that only its own user may enter, never on a TCP port.
//! Two roles use it: `dipper_owner`, the cluster's superuser, migrates; `dipper_app`, a plain
//! role that row-level security binds, serves.
//!
//! Where things lie, below the data folder:
//!
//! ```text
//! .dipper-data          marks the folder as Dipper's
//! dipper.lock           held by the one server that uses the folder
//! postgres/cluster/     PostgreSQL's own files
//! postgres/run/         its socket (in /tmp when that path is too long for a socket)
//! postgres.location     only as root, only if needed: where `postgres/` lies instead
//! ```
//!
//! PostgreSQL refuses to run as root. As root its processes run as the user `postgres`, or
//! `nobody` where there is none, and own `postgres/`. Where that user cannot reach the data folder,
//! such as below `/root`, the cluster lies in `/var/lib/dipper-<random>` and `postgres.location`
//! says so.
//!
//! A small watching shell stops PostgreSQL cleanly even when this process is killed outright; if
//! that fails too, the next start stops the orphan, or lets PostgreSQL recover from its log.
//!
//! Reading order: `binaries` finds the programs, `cluster` makes the folders, `postmaster`
//! runs the process, and this file ties them together.

mod beside;
mod binaries;
mod cluster;
mod postmaster;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Child as StdChild;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::process::Child;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use self::beside::Beside;
pub use self::cluster::InUse;

use self::binaries::Binaries;
use self::cluster::Cluster;
use self::postmaster::Launch;

/// The cluster's superuser: owns the database and migrates it.
pub const OWNER_ROLE: &str = "dipper_owner";
/// The role that serves: no superuser, bound by row-level security.
pub const APP_ROLE: &str = "dipper_app";
/// The database that the server uses.
pub const DATABASE: &str = "dipper";

/// Restarts in a row before the supervisor gives up.
const MAX_RESTARTS: u32 = 8;

/// How a private cluster is started.
#[derive(Debug, Clone)]
pub struct StartOptions {
    /// The data folder; made if missing.
    pub data_dir: PathBuf,
    /// A folder with PostgreSQL's programs, instead of looking for one.
    pub pg_bin: Option<PathBuf>,
    /// Where a downloaded PostgreSQL is kept; the user's cache folder by default.
    pub cache_dir: Option<PathBuf>,
    /// Whether a power cut may lose nothing. Tests turn it off for speed.
    pub durable: bool,
    /// The cluster's limit of connections.
    pub max_connections: u32,
}

impl StartOptions {
    /// The options of a server that keeps its data.
    pub fn new(data_dir: impl Into<PathBuf>) -> StartOptions {
        StartOptions {
            data_dir: data_dir.into(),
            pg_bin: None,
            cache_dir: None,
            durable: true,
            max_connections: 60,
        }
    }
}

/// A running private cluster. [`stop`](PrivatePostgres::stop) it; dropping it only sends the signal.
#[derive(Debug)]
pub struct PrivatePostgres {
    cluster: Cluster,
    is_stopping: Arc<AtomicBool>,
    failure: watch::Receiver<Option<String>>,
    supervisor: JoinHandle<()>,
    watcher: Option<StdChild>,
    /// Removed with everything in it when the cluster stops.
    temporary: Option<PathBuf>,
    /// Held as long as this server uses the data folder.
    _lock: File,
}

impl PrivatePostgres {
    /// Starts the cluster of a data folder, making it at the first start.
    ///
    /// Returns once it accepts connections, both roles exist and the database `dipper` is there.
    pub async fn start(data_dir: &Path, pg_bin: Option<PathBuf>) -> Result<PrivatePostgres> {
        let mut options = StartOptions::new(data_dir);
        options.pg_bin = pg_bin;
        PrivatePostgres::start_with(options).await
    }

    /// Starts a cluster for tests in a folder of its own, quick and forgetful.
    ///
    /// The folder goes when the cluster stops, also when this process ends without stopping it.
    pub async fn throwaway(
        pg_bin: Option<PathBuf>,
        max_connections: u32,
    ) -> Result<PrivatePostgres> {
        let folder = cluster::make_temporary_folder()?;
        let options = StartOptions {
            pg_bin,
            durable: false,
            max_connections,
            ..StartOptions::new(&folder)
        };
        let started = start(options, Some(folder.clone())).await;
        if started.is_err() {
            fs::remove_dir_all(&folder).ok();
        }
        started
    }

    /// Starts a cluster as these options say.
    pub async fn start_with(options: StartOptions) -> Result<PrivatePostgres> {
        start(options, None).await
    }

    /// A connection string for the role that migrates, to the database `dipper`.
    pub fn owner_url(&self) -> String {
        self.url(OWNER_ROLE, DATABASE)
    }

    /// A connection string for the role that serves, to the database `dipper`.
    pub fn app_url(&self) -> String {
        self.url(APP_ROLE, DATABASE)
    }

    /// A connection string over the socket, as tokio-postgres, diesel-async and psql read it.
    pub fn url(&self, role: &str, database: &str) -> String {
        socket_url(&self.cluster.socket_dir, role, database)
    }

    /// The folder that holds everything of the cluster.
    pub fn folder(&self) -> &Path {
        &self.cluster.root
    }

    /// The folder of the socket.
    pub fn socket_dir(&self) -> &Path {
        &self.cluster.socket_dir
    }

    /// The process id of the running postmaster, as it wrote it down.
    pub fn pid(&self) -> Option<i32> {
        postmaster::recorded_pid(&self.cluster.data)
    }

    /// Waits until the supervisor gives up restarting a cluster that keeps dying, and says why.
    ///
    /// A server should end then: whatever supervises it knows what comes next.
    pub async fn failed(&self) -> String {
        let mut failure = self.failure.clone();
        match failure.wait_for(Option::is_some).await {
            Ok(reason) => reason.clone().unwrap_or_default(),
            // The supervisor ended without a failure: there is nothing to report, ever.
            Err(_) => std::future::pending().await,
        }
    }

    /// Stops the cluster: open transactions are rolled back, everything committed is on disk.
    pub async fn stop(mut self) -> Result<()> {
        self.is_stopping.store(true, Ordering::SeqCst);
        self.end_watcher();
        let stopped = postmaster::stop(&self.cluster.data).await;
        if tokio::time::timeout(Duration::from_secs(2), &mut self.supervisor)
            .await
            .is_err()
        {
            self.supervisor.abort();
        }
        self.remove_leftovers();
        stopped
    }

    fn end_watcher(&mut self) {
        if let Some(mut watcher) = self.watcher.take() {
            watcher.kill().ok();
            watcher.wait().ok();
        }
    }

    fn remove_leftovers(&self) {
        if !self.cluster.socket_dir.starts_with(&self.cluster.root) {
            fs::remove_dir_all(&self.cluster.socket_dir).ok();
        }
        if let Some(folder) = &self.temporary {
            fs::remove_dir_all(folder).ok();
        }
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        if self.is_stopping.swap(true, Ordering::SeqCst) {
            return;
        }
        if self.temporary.is_some() {
            // Closing its pipe makes the watcher stop the cluster and remove the folder.
            if let Some(mut watcher) = self.watcher.take() {
                drop(watcher.stdin.take());
            }
        } else {
            self.end_watcher();
            postmaster::ask_to_stop(&self.cluster.data);
        }
        self.supervisor.abort();
    }
}

fn socket_url(socket_dir: &Path, role: &str, database: &str) -> String {
    let mut host = String::new();
    for byte in socket_dir.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            host.push(char::from(*byte));
        } else {
            host.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("postgresql://{role}@{host}/{database}")
}

async fn start(options: StartOptions, temporary: Option<PathBuf>) -> Result<PrivatePostgres> {
    let account = cluster::account()?;
    let data_dir = cluster::prepare_data_dir(&options.data_dir)?;
    let lock = cluster::lock(&data_dir)?;
    let mut cluster = Cluster::place(&data_dir, account)?;

    let version = cluster.version()?;
    let programs = Binaries::find(&options, version, cluster.account.as_ref()).await?;
    postmaster::clear_the_way(&cluster.data).await?;
    if version.is_none() {
        cluster.create(&programs, options.durable).await?;
    }
    cluster.make_socket_dir()?;

    let launch = Launch {
        program: programs.program("postgres"),
        cluster: cluster.clone(),
        durable: options.durable,
        max_connections: options.max_connections,
    };
    // Before the postmaster, so that no moment goes unwatched.
    let watcher = postmaster::watch(&cluster, temporary.as_deref())?;
    let child = launch.start().await?;
    let is_stopping = Arc::new(AtomicBool::new(false));
    let (report, failure) = watch::channel(None);
    let supervisor = tokio::spawn(supervise(launch, child, Arc::clone(&is_stopping), report));
    let started = PrivatePostgres {
        cluster,
        is_stopping,
        failure,
        supervisor,
        watcher: Some(watcher),
        temporary,
        _lock: lock,
    };

    prepare_database(&started)
        .await
        .context("cannot prepare the private database")?;
    Ok(started)
}

/// Makes the serving role and the database; both may be there already.
async fn prepare_database(postgres: &PrivatePostgres) -> Result<()> {
    let client = postmaster::connect(&postgres.cluster.socket_dir, "postgres").await?;
    client
        .batch_execute(&format!(
            "do $$ begin
               if not exists (select from pg_roles where rolname = '{APP_ROLE}') then
                 create role {APP_ROLE};
               end if;
             end $$;
             alter role {APP_ROLE} login nosuperuser nobypassrls nocreatedb nocreaterole noreplication"
        ))
        .await?;
    let is_there = client
        .query_opt("select 1 from pg_database where datname = $1", &[&DATABASE])
        .await?
        .is_some();
    if !is_there {
        client
            .batch_execute(&format!("create database {DATABASE}"))
            .await?;
    }

    let client = postmaster::connect(&postgres.cluster.socket_dir, DATABASE).await?;
    // Before PostgreSQL 15 anybody may create tables in `public`.
    client
        .batch_execute("revoke create on schema public from public")
        .await?;
    Ok(())
}

/// Restarts a postmaster that dies, more slowly each time, until it is asked to stop.
async fn supervise(
    launch: Launch,
    mut child: Child,
    is_stopping: Arc<AtomicBool>,
    report: watch::Sender<Option<String>>,
) {
    let mut failures = 0;
    loop {
        let begun = Instant::now();
        let status = child.wait().await;
        if is_stopping.load(Ordering::SeqCst) {
            return;
        }
        tracing::error!(?status, "the private database ended unexpectedly");
        if begun.elapsed() > Duration::from_secs(60) {
            failures = 0;
        }

        child = loop {
            failures += 1;
            if failures > MAX_RESTARTS {
                let reason =
                    format!("the private database ended {failures} times in a row, giving up");
                tracing::error!("{reason}");
                report.send_replace(Some(reason));
                return;
            }
            // 0.1 s, 0.2 s and so on up to 12.8 s.
            tokio::time::sleep(Duration::from_millis(100 << (failures - 1))).await;
            if is_stopping.load(Ordering::SeqCst) {
                return;
            }
            match restart(&launch).await {
                Ok(child) => break child,
                Err(error) => tracing::error!("cannot restart the private database: {error:#}"),
            }
        };
        if is_stopping.load(Ordering::SeqCst) {
            // The request to stop came between two postmasters.
            postmaster::ask_to_stop(&launch.cluster.data);
        }
        tracing::info!("the private database is back");
    }
}

async fn restart(launch: &Launch) -> Result<Child> {
    postmaster::clear_the_way(&launch.cluster.data).await?;
    if !launch.cluster.data.is_dir() {
        bail!("its folder {} is gone", launch.cluster.data.display());
    }
    launch.start().await
}
