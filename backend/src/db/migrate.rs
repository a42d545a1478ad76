//! Brings a database to the current schema, and makes the plain role that serves.

use super::dial::Dialer;
use anyhow::{Context, bail};
use diesel::migration::MigrationSource;
use diesel::pg::Pg;
use diesel::result::QueryResult;
use diesel_async::AsyncMigrationHarness;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// The migrations, inside the binary.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations");

/// The oldest server version we run on.
const MIN_VERSION: i32 = 140_000;

/// The number of the lock that lets one server at a time work on the schema.
pub const LOCK: i64 = 4_747_001;

/// The plain role that row-level security binds.
pub const APP_ROLE: &str = "dipper_app";

/// Runs all pending migrations as the owner, then gives the serving role its rights.
///
/// Several servers may start at once: an advisory lock lets one migrate while the others wait.
///
/// # Errors
/// One sentence: unreachable, too old, or no right to make tables.
pub async fn run(owner_url: &str) -> anyhow::Result<usize> {
    let dialer = Dialer::new(owner_url)?;
    let mut conn = dialer
        .open()
        .await
        .context("the database cannot be reached")?;
    check_version(&mut conn).await?;
    conn.batch_execute(&format!("select pg_advisory_lock({LOCK})"))
        .await?;
    let applied = tokio::task::spawn_blocking(move || {
        let mut harness = AsyncMigrationHarness::new(conn);
        harness
            .run_pending_migrations(MIGRATIONS)
            .map(|done| done.len())
            .map_err(|error| {
                anyhow::anyhow!("the database could not be brought up to date: {error}")
            })
    })
    .await??;
    let mut conn = dialer.open().await?;
    // The connection of the migrations is gone and its lock with it; two that give rights to the same
    // tables at once would fail.
    conn.batch_execute(&format!(
        "begin; select pg_advisory_xact_lock({LOCK}); {}; commit",
        grants()
    ))
    .await
    .context("the serving role could not be given its rights")?;
    let settled = super::restored::settle(&dialer)
        .await
        .context("the events of a restored dump could not be brought in line")?;
    if settled > 0 {
        tracing::warn!(
            settled,
            "the database was restored from another cluster: its events were brought in line with this one"
        );
    }
    Ok(applied)
}

/// How the migrations of a database stand to those of this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// All of ours are there. There may be more: a newer server beside this one has begun, and a migration
    /// lets the server of before it go on working.
    Current,
    /// Some are missing, as after an older dump was restored.
    Behind,
}

/// Compares a database's migrations with those of this program.
///
/// # Errors
/// Those of the database.
pub async fn standing(conn: &mut AsyncPgConnection) -> QueryResult<Standing> {
    static OURS: OnceLock<BTreeSet<String>> = OnceLock::new();

    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        version: String,
    }
    let ours = OURS.get_or_init(|| {
        let list = MigrationSource::<Pg>::migrations(&MIGRATIONS).unwrap_or_default();
        let versions = list.iter().map(|one| one.name().version().to_string());
        versions.collect()
    });
    let rows: Vec<Row> = diesel::sql_query("select version from __diesel_schema_migrations")
        .load(conn)
        .await?;
    let theirs: BTreeSet<String> = rows.into_iter().map(|row| row.version).collect();
    Ok(if ours.is_subset(&theirs) {
        Standing::Current
    } else {
        Standing::Behind
    })
}

/// Takes all migrations back.
///
/// # Errors
/// Those of the database.
pub async fn revert_all(owner_url: &str) -> anyhow::Result<usize> {
    let conn = Dialer::new(owner_url)?.open().await?;
    tokio::task::spawn_blocking(move || {
        let mut harness = AsyncMigrationHarness::new(conn);
        harness
            .revert_all_migrations(MIGRATIONS)
            .map(|done| done.len())
            .map_err(|error| anyhow::anyhow!("the migrations could not be taken back: {error}"))
    })
    .await?
}

async fn check_version(conn: &mut AsyncPgConnection) -> anyhow::Result<()> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        version: String,
    }
    let row: Row = diesel::sql_query("select current_setting('server_version_num') as version")
        .get_result(conn)
        .await?;
    if row.version.parse::<i32>().unwrap_or(0) < MIN_VERSION {
        bail!(
            "the database is Postgres {}, dipper needs 14 or newer",
            row.version
        );
    }
    Ok(())
}

/// The role may be missing in a database of somebody else's making; without the right to make it, the
/// owner itself serves, which forced row-level security binds as long as it is no superuser.
fn grants() -> String {
    format!(
        "do $$ begin
            if not exists (select from pg_roles where rolname = '{APP_ROLE}') then
                begin
                    create role {APP_ROLE} nologin;
                exception when insufficient_privilege then return;
                end;
            end if;
            grant usage on schema public to {APP_ROLE};
            grant select, insert, update, delete on all tables in schema public to {APP_ROLE};
            grant usage, select on all sequences in schema public to {APP_ROLE};
        exception when unique_violation then null;
        end $$"
    )
}
