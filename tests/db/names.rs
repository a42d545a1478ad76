//! Constraints and indexes have the names that code and people look for.

use tests::postgres::TestDatabase;

#[tokio::test]
async fn constraints_are_named_after_their_table_and_kind() {
    let db = TestDatabase::migrated().await;
    let rows = db
        .connect()
        .await
        .query(
            "select c.relname::text, k.conname::text, k.contype::text from pg_constraint k \
             join pg_class c on c.oid = k.conrelid \
             where k.connamespace = 'public'::regnamespace and c.relname not like '\\_\\_%' \
             and k.contype in ('p', 'u', 'f', 'c', 'x')",
            &[],
        )
        .await
        .unwrap();
    assert!(rows.len() > 50);

    let mut wrong = Vec::new();
    for row in rows {
        let (table, name, kind): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        let end = match kind.as_str() {
            "p" => "_pkey",
            "u" => "_key",
            "f" => "_fkey",
            "c" => "_check",
            _ => "_excl",
        };
        let middle = name
            .strip_prefix(&table)
            .and_then(|rest| rest.strip_suffix(end));
        // Postgres numbers the names it makes up itself.
        let is_numbered = name.ends_with(|last: char| last.is_ascii_digit());
        let is_right = match (kind.as_str(), middle) {
            ("p", Some("")) => true,
            ("p", _) | (_, None) => false,
            (_, Some(middle)) => middle.len() > 1 && middle.starts_with('_'),
        };
        if !is_right || is_numbered {
            wrong.push(format!("{table}: {name}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn indexes_are_named_after_their_table() {
    let db = TestDatabase::migrated().await;
    let rows = db
        .connect()
        .await
        .query(
            "select t.relname::text, c.relname::text from pg_index i \
             join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid \
             where c.relnamespace = 'public'::regnamespace and t.relname not like '\\_\\_%' \
             and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype <> 'f')",
            &[],
        )
        .await
        .unwrap();
    assert!(rows.len() > 20);

    let wrong: Vec<String> = rows
        .iter()
        .map(|row| (row.get::<_, String>(0), row.get::<_, String>(1)))
        .filter(|(table, name)| {
            !name.starts_with(&format!("{table}_"))
                || !(name.ends_with("_idx") || name.ends_with("_key"))
        })
        .map(|(table, name)| format!("{table}: {name}"))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
