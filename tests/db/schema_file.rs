//! `backend/src/db/schema.rs` says what the migrations make.

use std::collections::BTreeMap;
use std::fmt::Write;
use tests::postgres::TestDatabase;
use tokio_postgres::Client;

/// Columns that diesel need not know: of a type it has no name for, and only compared in SQL.
const LEFT_OUT: [(&str, &str); 1] = [("events", "xid")];

/// A table as text: its key, then its columns with their types.
type Tables = BTreeMap<String, String>;

/// Reads the `table!` macros.
fn declared(source: &str) -> Tables {
    let mut tables = Tables::new();
    for part in source.split("diesel::table! {").skip(1) {
        let body = part.split_once('{').unwrap();
        let (name, key) = body.0.trim().split_once(' ').unwrap();
        let mut text = format!("{key}\n");
        for line in body.1.lines().map(str::trim) {
            if line == "}" {
                break;
            }
            if line.contains("->") {
                writeln!(text, "{}", line.trim_end_matches(',')).unwrap();
            }
        }
        tables.insert(name.to_owned(), text);
    }
    tables
}

/// The same from the catalogue.
async fn migrated(db: &Client) -> Tables {
    let rows = db
        .query(
            "select c.relname::text, a.attname::text, t.typname::text, not a.attnotnull, \
             (select string_agg(k.attname, ', ' order by array_position(i.indkey::int[], k.attnum::int)) \
              from pg_index i join pg_attribute k on k.attrelid = i.indrelid and k.attnum = any(i.indkey) \
              where i.indrelid = c.oid and i.indisprimary) \
             from pg_class c join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid \
             where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 \
             and not a.attisdropped and c.relname not like '\\_\\_%' order by c.relname, a.attnum",
            &[],
        )
        .await
        .unwrap();
    let mut tables = Tables::new();
    for row in rows {
        let (table, column, kind): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        let (is_null, key): (bool, String) = (row.get(3), row.get(4));
        if LEFT_OUT.contains(&(table.as_str(), column.as_str())) {
            continue;
        }
        let name = |kind: &str| match kind {
            "timestamptz" => "Timestamptz".to_owned(),
            kind => format!("{}{}", kind[..1].to_uppercase(), &kind[1..]),
        };
        let mut kind = match kind.strip_prefix('_') {
            Some(element) => format!("Array<{}>", name(element)),
            None => name(&kind),
        };
        if is_null {
            kind = format!("Nullable<{kind}>");
        }
        let text = tables.entry(table).or_insert_with(|| format!("({key})\n"));
        writeln!(text, "{column} -> {kind}").unwrap();
    }
    tables
}

#[tokio::test]
async fn schema_file_says_what_the_migrations_make() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../backend/src/db/schema.rs");
    let declared = declared(&std::fs::read_to_string(path).unwrap());
    let database = TestDatabase::migrated().await;

    let migrated = migrated(&database.connect().await).await;

    assert!(migrated.len() > 10);
    for (table, columns) in &migrated {
        assert_eq!(declared.get(table), Some(columns), "{table}");
    }
    let unknown: Vec<&String> = declared
        .keys()
        .filter(|table| !migrated.contains_key(*table))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
