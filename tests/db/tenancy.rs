//! Organisations are kept apart by the schema itself (RLS-1).

use tests::postgres::TestDatabase;
use tests::rows::tenant_tables;
use tokio_postgres::error::SqlState;
use uuid::Uuid;

/// Tables without `org_id`, each with its reason.
const OUTSIDE: [(&str, &str); 3] = [
    (
        "job_queue",
        "a server finds work before it knows whose it is; says which record, and nothing of it",
    ),
    ("organisations", "is the tenant itself: protected by its id"),
    (
        "logins",
        "finds the organisation an e-mail belongs to before anybody is signed in",
    ),
];

/// The first column of every key, as `table: key (kind) begins with column`.
const KEYS: &str = "
    select c.relname::text, k.conname::text, a.attname::text
    from pg_constraint k
    join pg_class c on c.oid = k.conrelid
    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
    where k.connamespace = 'public'::regnamespace and k.contype in ('p', 'u', 'f')
    union all
    select t.relname::text, i.relname::text, coalesce(a.attname::text, '')
    from pg_index x
    join pg_class i on i.oid = x.indexrelid
    join pg_class t on t.oid = x.indrelid
    left join pg_attribute a on a.attrelid = x.indrelid and a.attnum = x.indkey[0] and a.attnum > 0
    where x.indisunique and t.relnamespace = 'public'::regnamespace";

#[tokio::test]
async fn every_key_of_a_tenant_table_begins_with_the_tenant() {
    let db = TestDatabase::migrated().await;
    let db = db.connect().await;
    let tables = tenant_tables(&db).await;
    assert!(tables.len() > 10);

    let mut wrong = Vec::new();
    for row in db.query(KEYS, &[]).await.unwrap() {
        let (table, key, first): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        if tables.contains(&table) && first != "org_id" {
            wrong.push(format!("{table}: {key} begins with {first:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn every_tenant_table_is_not_null_at_its_tenant_and_has_a_key() {
    let db = TestDatabase::migrated().await;
    let rows = db
        .connect()
        .await
        .query(
            "select c.relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid \
             where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attname = 'org_id' \
             and (not a.attnotnull or not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'p'))",
            &[],
        )
        .await
        .unwrap();
    let wrong: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn every_table_is_of_a_tenant_or_on_the_short_list() {
    let db = TestDatabase::migrated().await;
    let db = db.connect().await;
    let tenants = tenant_tables(&db).await;
    let rows = db
        .query(
            "select relname::text from pg_class where relnamespace = 'public'::regnamespace \
             and relkind in ('r', 'p', 'v', 'm', 'f') and relname not like '\\_\\_%'",
            &[],
        )
        .await
        .unwrap();
    let mut others: Vec<String> = rows
        .iter()
        .map(|row| row.get(0))
        .filter(|table| !tenants.contains(table))
        .collect();
    others.sort();
    let mut expected = OUTSIDE.map(|(table, _)| table);
    expected.sort_unstable();
    assert_eq!(others, expected);
}

#[tokio::test]
async fn row_security_is_enabled_and_forced_on_every_tenant_table() {
    let db = TestDatabase::migrated().await;
    let db = db.connect().await;
    let mut tables = tenant_tables(&db).await;
    tables.push("organisations".into());

    for table in tables {
        let row = db
            .query_one(
                "select c.relrowsecurity, c.relforcerowsecurity, count(p.*), \
                 bool_and(p.permissive = 'PERMISSIVE' and p.cmd = 'ALL' and p.roles = '{public}' \
                   and p.qual like '%current_setting(''app.org_id''%' and p.with_check = p.qual) \
                 from pg_class c left join pg_policies p on p.tablename = c.relname and p.schemaname = 'public' \
                 where c.relname = $1 and c.relnamespace = 'public'::regnamespace group by 1, 2",
                &[&table],
            )
            .await
            .unwrap();
        let (is_on, is_forced, policies): (bool, bool, i64) = (row.get(0), row.get(1), row.get(2));
        assert!(is_on && is_forced, "{table}");
        // A second permissive policy would widen the first.
        assert_eq!(policies, 1, "{table}");
        assert_eq!(row.get::<_, Option<bool>>(3), Some(true), "{table}");
    }
}

#[tokio::test]
async fn the_role_that_serves_has_no_way_around_row_security() {
    let database = TestDatabase::migrated().await;
    let app = database.connect_as_app().await;
    let row = app
        .query_one(
            "select current_user::text, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication \
             from pg_roles where rolname = current_user",
            &[],
        )
        .await
        .unwrap();
    assert_eq!(row.get::<_, String>(0), "dipper_app");
    for column in 1..6 {
        assert!(!row.get::<_, bool>(column), "attribute {column}");
    }

    let row = app
        .query_one(
            "select (select count(*) from pg_class where pg_get_userbyid(relowner) = 'dipper_app'), \
             (select count(*) from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname = 'dipper_app'), \
             (select count(*) from pg_proc where prosecdef and pronamespace = 'public'::regnamespace), \
             has_schema_privilege('dipper_app', 'public', 'create')",
            &[],
        )
        .await
        .unwrap();
    assert_eq!(row.get::<_, i64>(0), 0, "it owns relations");
    assert_eq!(row.get::<_, i64>(1), 0, "it is a member of other roles");
    assert_eq!(row.get::<_, i64>(2), 0, "functions run as their owner");
    assert!(!row.get::<_, bool>(3), "it may make tables");
}

#[tokio::test]
async fn without_an_organisation_there_are_no_rows_and_no_writes() {
    let database = TestDatabase::migrated().await;
    let owner = database.connect().await;
    let (org, name) = (Uuid::now_v7(), "Somebody's");
    let insert = "insert into organisations (id, name, currency) values ($1, $2, 'CNY')";
    owner.execute(insert, &[&org, &name]).await.unwrap();
    let team = "insert into teams (org_id, id, name) values ($1, $2, 'North')";
    owner.execute(team, &[&org, &Uuid::now_v7()]).await.unwrap();

    let app = database.connect_as_app().await;
    for setting in ["", "set app.org_id = ''"] {
        app.batch_execute(setting).await.unwrap();
        for table in ["organisations", "teams"] {
            let sql = format!("select count(*) from {table}");
            let count: i64 = app.query_one(&sql, &[]).await.unwrap().get(0);
            assert_eq!(count, 0, "{table} after {setting:?}");
            let sql = format!("update {table} set name = 'Mine'");
            assert_eq!(app.execute(&sql, &[]).await.unwrap(), 0);
        }
        let refused = app
            .execute(team, &[&org, &Uuid::now_v7()])
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE));
    }
}

#[tokio::test]
async fn inside_one_organisation_the_other_does_not_exist() {
    let database = TestDatabase::migrated().await;
    let owner = database.connect().await;
    let (ours, theirs) = (Uuid::now_v7(), Uuid::now_v7());
    for org in [ours, theirs] {
        let insert = "insert into organisations (id, name, currency) values ($1, 'One', 'CNY')";
        owner.execute(insert, &[&org]).await.unwrap();
        let insert = "insert into teams (org_id, id, name) values ($1, $1, 'North')";
        owner.execute(insert, &[&org]).await.unwrap();
    }

    let app = database.connect_as_app().await;
    app.batch_execute(&format!("begin; set local app.org_id = '{ours}'"))
        .await
        .unwrap();
    let rows = app.query("select org_id from teams", &[]).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].get::<_, Uuid>(0), ours);
    let moved = "update teams set org_id = $1";
    let refused = app.execute(moved, &[&theirs]).await.unwrap_err();
    assert_eq!(refused.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE));
    app.batch_execute("rollback").await.unwrap();

    // The setting ends with its transaction: the next request on the connection begins with nothing.
    let rows = app.query("select org_id from teams", &[]).await.unwrap();
    assert!(rows.is_empty());
}
