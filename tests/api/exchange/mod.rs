//! How do data come and go: files are taken in, read, checked, imported, and imported again.

mod choices;
mod console;
mod crash;
mod files;
mod gates;
mod real;
mod rejects;
mod rights;
mod whole;

use std::time::Duration;
use tests::{User, Value, json, root, wait};

/// How long an import of a few rows may take, on a machine that does other things too.
const LONG: Duration = Duration::from_secs(180);

/// A file of the small set.
fn fixture(name: &str) -> Vec<u8> {
    let path = root().join("tests/fixtures/import").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The address of an import.
fn path(import: &Value) -> String {
    format!("/imports/{}", import["id"].as_str().unwrap())
}

/// Adds a file to an import and gives the import then.
async fn add(user: &User, import: &Value, name: &str, bytes: Vec<u8>) -> Value {
    user.post(&format!("{}/files", path(import)))
        .query("name", name)
        .body("application/octet-stream", bytes)
        .await
        .expect(201)
        .value()
}

/// An import with these files of the small set.
async fn with_files(user: &User, names: &[&str]) -> Value {
    let mut import = user.make("/imports", json!({})).await;
    for name in names {
        import = add(user, &import, name, fixture(name)).await;
    }
    import
}

/// Gives a command about an import and gives the import then.
async fn command(user: &User, import: &Value, what: &str) -> Value {
    user.post(&format!("{}/{what}", path(import)))
        .if_match(import)
        .await
        .expect(200)
        .value()
}

/// Waits until nothing is under way and gives the import then.
async fn settled(user: &User, import: &Value) -> Value {
    let path = path(import);
    wait::within(LONG, "the import settles", async || {
        let import = user.read(&path).await;
        let state = import["state"].as_str().unwrap();
        let is_busy = ["checking", "queued", "running"].contains(&state);
        (!is_busy).then_some(import)
    })
    .await
}

/// Checks an import.
async fn check(user: &User, import: &Value) -> Value {
    let checked = settled(user, &command(user, import, "check").await).await;
    assert_eq!(checked["state"], "checked", "{checked}");
    checked
}

/// Runs an import.
async fn run(user: &User, import: &Value) -> Value {
    let done = settled(user, &command(user, import, "start").await).await;
    assert_eq!(done["state"], "done", "{done}");
    done
}

/// Imports the small set whole.
async fn import_set(user: &User) -> Value {
    run(user, &with_files(user, SET).await).await
}

/// The small set, in an order in which each file refers to later ones.
const SET: &[&str] = &[
    "pipeline.csv",
    "accounts.csv",
    "sales_teams.csv",
    "products.csv",
];

/// How many records of a kind a report counts: made and found.
fn records(import: &Value, kind: &str) -> (i64, i64) {
    let counts = import["report"]["records"].as_array().unwrap();
    let count = counts.iter().find(|count| count["kind"] == kind);
    count.map_or((0, 0), |count| {
        (
            count["created"].as_i64().unwrap(),
            count["found"].as_i64().unwrap(),
        )
    })
}

/// How many rows a report counts for a sort of problem.
fn problem(import: &Value, code: &str) -> i64 {
    let problems = import["report"]["problems"].as_array().unwrap();
    problems
        .iter()
        .filter(|problem| problem["code"] == code)
        .map(|problem| problem["rows"].as_i64().unwrap())
        .sum()
}

/// The column of a file by its name.
fn column<'a>(import: &'a Value, file: usize, header: &str) -> &'a Value {
    let columns = import["files"][file]["columns"].as_array().unwrap();
    columns
        .iter()
        .find(|column| column["header"] == header)
        .unwrap_or_else(|| panic!("no column {header}"))
}

/// Everything in a list.
async fn all(user: &User, path: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut address = path.to_owned();
    loop {
        let page = user.read(&address).await;
        items.extend(page["items"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(next) => address = next.strip_prefix("/api/v1").unwrap().to_owned(),
            None => return items,
        }
    }
}
