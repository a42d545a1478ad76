//! Where the databases of the tests come from: one Postgres for the run, one migrated template, one
//! copy of it for each test.
//!
//! `DIPPER_TEST_DATABASE_URL` or `TEST_DATABASE_URL` names a server to use, as a superuser. Without it
//! the run has a private throwaway cluster, which a watching shell stops and removes however this
//! process ends. On a server of somebody else's, databases of runs that crashed are dropped at the
//! start of the next run, and the template is kept for it.

use crate::settings;
use anyhow::{Context, Result};
use backend::db::migrate;
use backend::db::private::{APP_ROLE, OWNER_ROLE, PrivatePostgres};
use std::hash::{DefaultHasher, Hasher};
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls};

/// Enough for every server that runs at the same time.
const MAX_CONNECTIONS: u32 = 200;
/// The longest that cleaning up after a test may hold it up.
const CLEANING: Duration = Duration::from_secs(15);
/// Held while the template is made, on a server that other runs may use too.
const TEMPLATE_LOCK: i64 = 4_747_002;

static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();
static NEXT: AtomicU32 = AtomicU32::new(1);

/// The threads that servers and databases live on, beside the tests that use them: what they hold can
/// be put away while a test is being dropped.
pub(crate) fn engine_room() -> &'static Runtime {
    static ROOM: OnceLock<Runtime> = OnceLock::new();
    ROOM.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("engine-room")
            .enable_all()
            .build()
            .expect("threads for the servers under test")
    })
}

/// Runs something in the engine room and waits for it without a runtime of one's own, as when dropping.
pub(crate) fn wait_in_engine_room(work: impl Future<Output = ()> + Send + 'static) {
    let (done, waiting) = std::sync::mpsc::channel();
    engine_room().spawn(async move {
        work.await;
        done.send(()).ok();
    });
    if waiting.recv_timeout(CLEANING).is_err() {
        eprintln!("cleaning up after a test took longer than {CLEANING:?}");
    }
}

struct Cluster {
    /// Lives as long as the process; its end makes the watching shell clean up.
    private: Option<PrivatePostgres>,
    /// A superuser's address, to any database.
    url: String,
    admin: Client,
    /// Names this run's databases.
    run: String,
    template: String,
}

impl Cluster {
    async fn get() -> &'static Self {
        CLUSTER
            .get_or_init(async || {
                engine_room()
                    .spawn(Self::open())
                    .await
                    .expect("the task that opens the test database")
                    .expect("a Postgres for the tests")
            })
            .await
    }

    async fn open() -> Result<Self> {
        let (private, url) = match settings::database_url() {
            Some(url) => (None, url),
            None => {
                let private =
                    PrivatePostgres::throwaway(settings::pg_bin(), MAX_CONNECTIONS).await?;
                let url = private.url(OWNER_ROLE, "postgres");
                (Some(private), url)
            }
        };
        let run = format!(
            "{}_{:x}",
            std::process::id(),
            uuid::Uuid::now_v7().as_u128() as u32
        );
        let admin = connect(&with_database(&url, "postgres"))
            .await
            .context("the test database server")?;
        // The name of the connection tells other runs that this one's databases are in use.
        admin
            .batch_execute(&format!("set application_name = 'dipper-tests-{run}'"))
            .await?;
        let mut cluster = Self {
            private,
            url,
            admin,
            run,
            template: String::new(),
        };
        cluster.sweep().await?;
        cluster.template = cluster.make_template().await?;
        Ok(cluster)
    }

    /// Drops what runs left behind that no longer run.
    async fn sweep(&self) -> Result<()> {
        let leftover = self
            .admin
            .query(
                "select datname from pg_database where datname ~ '^dipper_test_.*_[0-9]+$' and not exists \
                 (select from pg_stat_activity where datname is not null and application_name = \
                 'dipper-tests-' || regexp_replace(pg_database.datname, '^dipper_test_(.*)_[0-9]+$', '\\1'))",
                &[],
            )
            .await?;
        for row in leftover {
            let name: String = row.get(0);
            self.drop_database(&name).await?;
        }
        Ok(())
    }

    /// The migrated database that tests copy.
    async fn make_template(&self) -> Result<String> {
        let name = format!("dipper_template_{:016x}", migrations_hash()?);
        self.admin
            .execute("select pg_advisory_lock($1)", &[&TEMPLATE_LOCK])
            .await?;
        let is_there = self
            .admin
            .query_opt("select from pg_database where datname = $1", &[&name])
            .await?
            .is_some();
        if !is_there {
            // Under another name until it is whole.
            let raw = format!("{name}_raw");
            self.drop_database(&raw).await?;
            self.admin
                .batch_execute(&format!("create database {raw}"))
                .await?;
            migrate::run(&with_database(&self.url, &raw)).await?;
            // Waits a few seconds by itself for the migrations' connection to end.
            self.admin
                .batch_execute(&format!("alter database {raw} rename to {name}"))
                .await?;
        }
        self.admin
            .execute("select pg_advisory_unlock($1)", &[&TEMPLATE_LOCK])
            .await?;
        Ok(name)
    }

    async fn drop_database(&self, name: &str) -> Result<()> {
        self.admin
            .batch_execute(&format!("drop database if exists {name} with (force)"))
            .await?;
        Ok(())
    }

    /// Where requests are served from: the plain role on a private cluster; elsewhere the server itself
    /// steps down to it.
    fn app_url(&self, database: &str) -> String {
        match &self.private {
            Some(private) => private.url(APP_ROLE, database),
            None => with_database(&self.url, database),
        }
    }
}

/// A database that is gone when this value is.
pub struct TestDatabase {
    name: String,
    /// Where a superuser connects, who sees the rows of all organisations.
    pub owner_url: String,
    /// Where the server connects.
    pub app_url: String,
}

impl TestDatabase {
    /// A fresh copy of the migrated template.
    pub async fn migrated() -> Self {
        let cluster = Cluster::get().await;
        // Copying files beats writing them to the log; older servers know no other way.
        let strategy = match server_version(&cluster.admin).await {
            150_000.. => "strategy file_copy",
            _ => "",
        };
        Self::make(
            cluster,
            &format!("template {} {strategy}", cluster.template),
        )
        .await
    }

    /// A database without a table.
    pub async fn empty() -> Self {
        Self::make(Cluster::get().await, "template template0").await
    }

    async fn make(cluster: &'static Cluster, how: &str) -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("dipper_test_{}_{number}", cluster.run);
        let sql = format!("create database {name} {how}");
        engine_room()
            .spawn(async move { cluster.admin.batch_execute(&sql).await })
            .await
            .expect("the task that makes a database")
            .expect("a database for the test");
        Self {
            owner_url: with_database(&cluster.url, &name),
            app_url: cluster.app_url(&name),
            name,
        }
    }

    /// Ends every connection and lets nobody in, as if the database were away.
    pub async fn refuse_connections(&self) {
        let cluster = Cluster::get().await;
        let name = &self.name;
        let sql = format!(
            "alter database {name} allow_connections false; \
             select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"
        );
        cluster
            .admin
            .batch_execute(&sql)
            .await
            .expect("no connections");
    }

    /// The end of [`TestDatabase::refuse_connections`].
    pub async fn take_connections(&self) {
        let cluster = Cluster::get().await;
        let sql = format!("alter database {} allow_connections true", self.name);
        cluster
            .admin
            .batch_execute(&sql)
            .await
            .expect("connections");
    }

    /// A superuser's connection.
    pub async fn connect(&self) -> Client {
        connect(&self.owner_url)
            .await
            .expect("a connection to the test's database")
    }

    /// A connection in the role that serves, which row-level security binds.
    pub async fn connect_as_app(&self) -> Client {
        let client = connect(&self.app_url)
            .await
            .expect("a connection to the test's database");
        client
            .batch_execute(&format!("set role {APP_ROLE}"))
            .await
            .expect("the role that serves");
        client
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let name = std::mem::take(&mut self.name);
        wait_in_engine_room(async move {
            if let Some(cluster) = CLUSTER.get()
                && let Err(error) = cluster.drop_database(&name).await
            {
                eprintln!("the test database {name} stays behind: {error:#}");
            }
        });
    }
}

async fn connect(url: &str) -> Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    engine_room().spawn(connection);
    Ok(client)
}

async fn server_version(client: &Client) -> i32 {
    let row = client
        .query_one("select current_setting('server_version_num')::integer", &[])
        .await
        .expect("the version of the database server");
    row.get(0)
}

/// The same server, another database.
fn with_database(url: &str, name: &str) -> String {
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        // Of a keyword given twice, the later counts.
        return format!("{url} dbname={name}");
    }
    let (address, options) = match url.split_once('?') {
        Some((address, options)) => (address, format!("?{options}")),
        None => (url, String::new()),
    };
    let after_scheme = address.find("://").map_or(0, |at| at + 3);
    let end = address
        .get(after_scheme..)
        .and_then(|rest| rest.find('/'))
        .map_or(address.len(), |at| after_scheme + at);
    format!("{}/{name}{options}", address.get(..end).unwrap_or(address))
}

/// Changes with the migrations.
fn migrations_hash() -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    let mut folders: Vec<_> = std::fs::read_dir(settings::root().join("migrations"))?
        .collect::<std::io::Result<Vec<_>>>()?
        .into_iter()
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    for folder in folders {
        hash_file(&mut hasher, &folder.join("up.sql"))?;
    }
    Ok(hasher.finish())
}

fn hash_file(hasher: &mut DefaultHasher, path: &Path) -> Result<()> {
    hasher.write(path.as_os_str().as_encoded_bytes());
    hasher.write(&std::fs::read(path).with_context(|| path.display().to_string())?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_of_an_address_is_exchanged() {
        let cases = [
            (
                "postgresql://o@%2Ftmp%2Fx/postgres",
                "postgresql://o@%2Ftmp%2Fx/db",
            ),
            (
                "postgres://u:p@host:1/a?sslmode=disable",
                "postgres://u:p@host:1/db?sslmode=disable",
            ),
            ("postgres://host", "postgres://host/db"),
            (
                "host=/tmp user=u dbname=a",
                "host=/tmp user=u dbname=a dbname=db",
            ),
        ];
        for (url, expected) in cases {
            assert_eq!(with_database(url, "db"), expected);
        }
    }
}
