//! Every migration goes up, down and up again.

use backend::db::migrate;
use tests::postgres::TestDatabase;
use tokio_postgres::Client;

/// Everything that migrations make, one line each.
const EVERYTHING: &str = "
    select 'column ' || table_name || '.' || column_name || ' ' || udt_name || ' ' || is_nullable
        || coalesce(' ' || column_default, '') || coalesce(' ' || collation_name, '')
    from information_schema.columns where table_schema = 'public'
    union all
    select 'constraint ' || conname || ' ' || pg_get_constraintdef(oid)
    from pg_constraint where connamespace = 'public'::regnamespace
    union all
    select 'index ' || indexdef from pg_indexes where schemaname = 'public'
    union all
    select 'function ' || oid::regprocedure::text || ' ' || md5(prosrc)
    from pg_proc p where pronamespace = 'public'::regnamespace
        and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    union all
    select 'trigger ' || tgrelid::regclass::text || '.' || tgname from pg_trigger where not tgisinternal
    union all
    select 'policy ' || tablename || '.' || policyname || ' ' || qual || ' ' || with_check
    from pg_policies where schemaname = 'public'
    union all
    select 'relation ' || relname || ' ' || relkind::text || ' ' || relrowsecurity || ' ' || relforcerowsecurity
    from pg_class where relnamespace = 'public'::regnamespace and relkind <> 'i'
    union all
    select 'type ' || typname from pg_type t where typnamespace = 'public'::regnamespace and typtype in ('d', 'e', 'r')
        and not exists (select from pg_depend d where d.objid = t.oid and d.deptype = 'e')";

/// What is there beside diesel's own list of migrations.
async fn everything(db: &Client) -> Vec<String> {
    let rows = db.query(EVERYTHING, &[]).await.unwrap();
    let mut lines: Vec<String> = rows
        .iter()
        .map(|row| row.get(0))
        .filter(|line: &String| !line.contains("__diesel_schema_migrations"))
        .collect();
    lines.sort();
    lines
}

#[tokio::test]
async fn migrations_go_up_down_and_up_again() {
    let database = TestDatabase::empty().await;
    let db = database.connect().await;
    let before = everything(&db).await;

    let applied = migrate::run(&database.owner_url).await.unwrap();
    let first = everything(&db).await;
    let reverted = migrate::revert_all(&database.owner_url).await.unwrap();
    let after = everything(&db).await;
    migrate::run(&database.owner_url).await.unwrap();
    let second = everything(&db).await;

    assert!(applied > 0);
    assert_eq!(reverted, applied);
    assert_eq!(after, before, "down.sql leaves something behind");
    assert_eq!(second, first);
    assert!(first.len() > 100);
}

#[tokio::test]
async fn migrating_a_current_database_does_nothing() {
    let database = TestDatabase::migrated().await;
    assert_eq!(migrate::run(&database.owner_url).await.unwrap(), 0);
}

#[tokio::test]
async fn servers_that_start_together_migrate_once() {
    let database = TestDatabase::empty().await;
    let url = &database.owner_url;

    let (one, two, three) = tokio::join!(migrate::run(url), migrate::run(url), migrate::run(url));

    let mut applied = [one.unwrap(), two.unwrap(), three.unwrap()];
    applied.sort_unstable();
    assert_eq!(applied[..2], [0, 0]);
    assert!(applied[2] > 0);
}
