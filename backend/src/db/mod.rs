//! The one door to the database: a pool per worker, and transactions bound to an organisation.

pub mod conditions;
pub mod dial;
pub mod external_ids;
pub mod first;
pub mod locks;
pub mod migrate;
pub mod names;
pub mod private;
pub mod restored;
pub mod schema;
mod scope;
pub mod visible;

pub use scope::{Scope, View};

use dial::Dialer;

use crate::error::{AppError, AppResult};
use crate::events::Hub;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures_util::FutureExt;
use std::sync::Arc;
use std::time::Duration;

/// A connection as stores take it.
pub type Conn = AsyncPgConnection;

/// How long a request waits for a free connection.
const WAIT: Duration = Duration::from_secs(3);
/// How long the server tries to open one.
const CONNECT: Duration = Duration::from_secs(2);

/// The settings every connection starts with: no wait without an end (reliability.md, limits).
const SETUP: &str = "set statement_timeout = '5s'; set lock_timeout = '2s'; \
    set idle_in_transaction_session_timeout = '10s'; set timezone = 'UTC'; set application_name = 'dipper'";

/// How a transaction that writes is opened: each statement sees what was committed before it.
const WRITING: &str = "begin";
/// How one that only reads is opened: all statements see what was committed before the first.
const READING: &str = "begin isolation level repeatable read read only";

/// The database as one worker sees it.
#[derive(Clone)]
pub struct Db {
    pool: Pool<Conn>,
    hub: Arc<Hub>,
}

impl Db {
    /// Makes a pool; connections are opened when first needed.
    ///
    /// # Errors
    /// When the pool's settings make no sense.
    pub fn new(url: &str, size: usize, hub: Arc<Hub>) -> anyhow::Result<Self> {
        let mut config = ManagerConfig::default();
        // The default runs a query at each checkout; a broken connection shows at its first use anyway.
        config.recycling_method = RecyclingMethod::Fast;
        let dialer = Dialer::new(url)?;
        config.custom_setup = Box::new(move |_| connect(dialer.clone()).boxed());
        let manager = AsyncDieselConnectionManager::new_with_config(url, config);
        let pool = Pool::builder(manager)
            .max_size(size)
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(CONNECT))
            .runtime(deadpool::Runtime::Tokio1)
            .build()?;
        Ok(Self { pool, hub })
    }

    /// Opens a transaction in which only the scope's organisation exists.
    ///
    /// # Errors
    /// 503 when no connection is to be had.
    pub async fn begin(&self, scope: &Scope) -> AppResult<Tx> {
        let (tx, ()) = self.begin_with(scope, async |_| Ok(())).await?;
        Ok(tx)
    }

    /// Opens a transaction and runs the first statements in the same trip to the database.
    ///
    /// The statements of `work` follow the opening on the wire without waiting for its answer; those it
    /// starts together, by `try_join!`, follow each other the same way. What must come after a lock is
    /// awaited after it.
    ///
    /// # Errors
    /// 503 when no connection is to be had, or what `work` fails with.
    pub async fn begin_with<T>(
        &self,
        scope: &Scope,
        work: impl AsyncFnOnce(&Conn) -> AppResult<T>,
    ) -> AppResult<(Tx, T)> {
        self.enter(scope, WRITING, work).await
    }

    /// Opens a transaction that only reads, and in which every statement sees the same moment: an answer
    /// put together from several never tells of a version that it does not show.
    ///
    /// # Errors
    /// 503 when no connection is to be had.
    pub async fn snapshot(&self, scope: &Scope) -> AppResult<Tx> {
        let (tx, ()) = self.snapshot_with(scope, async |_| Ok(())).await?;
        Ok(tx)
    }

    /// The same, with the first statements in the same trip, see [`Db::begin_with`].
    ///
    /// # Errors
    /// 503 when no connection is to be had, or what `work` fails with.
    pub async fn snapshot_with<T>(
        &self,
        scope: &Scope,
        work: impl AsyncFnOnce(&Conn) -> AppResult<T>,
    ) -> AppResult<(Tx, T)> {
        self.enter(scope, READING, work).await
    }

    async fn enter<T>(
        &self,
        scope: &Scope,
        opening: &str,
        work: impl AsyncFnOnce(&Conn) -> AppResult<T>,
    ) -> AppResult<(Tx, T)> {
        let conn = self.conn().await?;
        let tx = Tx {
            conn: Some(conn),
            scope: scope.clone(),
            hub: Arc::clone(&self.hub),
            is_noisy: false,
        };
        let value = {
            let conn = tx.shared();
            let (_, value) = futures_util::try_join!(open(conn, opening, scope), work(conn))?;
            value
        };
        Ok((tx, value))
    }

    /// Runs reads of one moment in a transaction of their own, opened in the same trip.
    ///
    /// # Errors
    /// 503 when no connection is to be had, or what `work` fails with.
    pub async fn read<T>(
        &self,
        scope: &Scope,
        work: impl AsyncFnOnce(&Conn) -> AppResult<T>,
    ) -> AppResult<T> {
        let (tx, value) = self.snapshot_with(scope, work).await?;
        tx.commit().await?;
        Ok(value)
    }

    /// A bare connection: no organisation, so tenant tables are empty through it. For health checks and
    /// the login directory.
    ///
    /// # Errors
    /// 503 when none is to be had.
    pub async fn conn(&self) -> AppResult<Object<Conn>> {
        self.pool
            .get()
            .await
            .map_err(|error| AppError::Unavailable(error.into()))
    }

    /// The hub that wakes live readers.
    #[must_use]
    pub fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }
}

/// Opens a connection, with the role that row-level security binds.
async fn connect(dialer: Dialer) -> diesel::ConnectionResult<Conn> {
    let mut conn = dialer
        .open()
        .await
        .map_err(|error| diesel::ConnectionError::BadConnection(error.to_string()))?;
    conn.batch_execute(SETUP)
        .await
        .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
    // A superuser bypasses row-level security even when it is forced, so step down to the plain role.
    conn.batch_execute(
        "do $$ begin if (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) \
         then set role dipper_app; end if; end $$",
    )
    .await
    .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
    Ok(conn)
}

/// Opens a transaction for an organisation.
async fn open(mut conn: &Conn, opening: &str, scope: &Scope) -> AppResult<()> {
    conn.batch_execute(&format!(
        "{opening}; set local app.org_id = '{}'",
        scope.org.0
    ))
    .await
    .map_err(|error| AppError::Unavailable(error.into()))
}

/// A transaction bound to an organisation. Dropped without [`Tx::commit`], it is rolled back.
pub struct Tx {
    conn: Option<Object<Conn>>,
    scope: Scope,
    hub: Arc<Hub>,
    is_noisy: bool,
}

impl Tx {
    /// The connection, for stores.
    ///
    /// # Panics
    /// Never: the connection is only taken by `commit` and `drop`, which end the value.
    #[expect(
        clippy::expect_used,
        reason = "the connection is there for as long as the value is"
    )]
    pub fn conn(&mut self) -> &mut Conn {
        self.conn
            .as_mut()
            .expect("a transaction has its connection until it ends")
    }

    /// The connection for several statements at once.
    ///
    /// # Panics
    /// Never, as with [`Tx::conn`].
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "the connection is there for as long as the value is"
    )]
    pub fn shared(&self) -> &Conn {
        self.conn
            .as_ref()
            .expect("a transaction has its connection until it ends")
    }

    /// The scope it was opened for.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The connection and the scope together, for stores that need both.
    #[expect(
        clippy::expect_used,
        reason = "the connection is there for as long as the value is"
    )]
    pub fn parts(&mut self) -> (&mut Conn, &Scope) {
        (
            self.conn
                .as_mut()
                .expect("a transaction has its connection until it ends"),
            &self.scope,
        )
    }

    /// Says that an event is recorded in this transaction beside other writes, so that its commit wakes
    /// live readers.
    pub const fn noisy(&mut self) {
        self.is_noisy = true;
    }

    /// Records what was done, in this transaction.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn record(&mut self, event: crate::events::NewEvent) -> AppResult<i64> {
        self.is_noisy = true;
        let (conn, scope) = self.parts();
        crate::events::queue_weighing(conn, scope.org, std::slice::from_ref(&event)).await?;
        Ok(crate::events::store::insert(conn, scope, event).await?)
    }

    /// Records many at once, in order.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn record_all(&mut self, events: Vec<crate::events::NewEvent>) -> AppResult<()> {
        self.is_noisy = true;
        let (conn, scope) = self.parts();
        crate::events::queue_weighing(conn, scope.org, &events).await?;
        Ok(crate::events::store::insert_all(conn, scope, events).await?)
    }

    /// Lets this transaction take longer than a request may: for work beside the requests.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn take_time(&mut self) -> AppResult<()> {
        let limits = "set local statement_timeout = '60s'; set local lock_timeout = '30s'; \
            set local idle_in_transaction_session_timeout = '60s'";
        Ok(self.conn().batch_execute(limits).await?)
    }

    /// Makes it last, and wakes live readers if something was recorded.
    ///
    /// # Errors
    /// Those of the database; then nothing was written, or the connection broke and the client must
    /// retry with its idempotency key to learn which.
    pub async fn commit(mut self) -> AppResult<()> {
        self.conn().batch_execute("commit").await?;
        self.conn = None;
        if self.is_noisy {
            self.hub.touched(self.scope.org);
        }
        Ok(())
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        let Some(mut conn) = self.conn.take() else {
            return;
        };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(async move {
                    if conn.batch_execute("rollback").await.is_err() {
                        drop(Object::take(conn));
                    }
                });
            }
            // Outside a runtime nothing can be awaited: close the connection, which rolls back.
            Err(_) => drop(Object::take(conn)),
        }
    }
}
