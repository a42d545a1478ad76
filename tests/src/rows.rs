//! What is in the database, for saying that a request changed nothing or the right thing.

use std::collections::BTreeMap;
use tokio_postgres::Client;
use uuid::Uuid;

/// The tables that hold rows of organisations, by their column that names the organisation.
pub async fn tenant_tables(db: &Client) -> Vec<String> {
    let rows = db
        .query(
            "select c.relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid \
             where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') \
             and a.attname = 'org_id' and not a.attisdropped order by 1",
            &[],
        )
        .await
        .expect("the list of tables");
    rows.iter().map(|row| row.get(0)).collect()
}

/// A checksum of everything an organisation has, table by table.
///
/// `ignoring` names tables that may change by being looked at, such as `sessions`.
pub async fn checksums(db: &Client, org: Uuid, ignoring: &[&str]) -> BTreeMap<String, String> {
    let mut sums = BTreeMap::new();
    let mut tables = tenant_tables(db).await;
    tables.retain(|table| !ignoring.contains(&table.as_str()));
    // One statement: one moment.
    let parts: Vec<String> = tables
        .iter()
        .map(|table| {
            format!("select '{table}' as t, r::text as row from {table} r where org_id = $1")
        })
        .chain([
            "select 'organisations', r::text from organisations r where id = $1".to_owned(),
            "select 'logins', r::text from logins r where organisation_id = $1".to_owned(),
        ])
        .collect();
    let sql = format!(
        "select t, count(*)::text || ' rows ' || md5(string_agg(row, '|' order by row)) from ({}) rows group by t",
        parts.join(" union all ")
    );
    for row in db.query(&sql, &[&org]).await.expect("checksums") {
        sums.insert(row.get(0), row.get(1));
    }
    sums
}

/// The number of rows of a table, of all organisations.
pub async fn count(db: &Client, table: &str) -> i64 {
    let sql = format!("select count(*) from {table}");
    db.query_one(&sql, &[]).await.expect("a count").get(0)
}
