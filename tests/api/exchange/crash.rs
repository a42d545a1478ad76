//! An import that is interrupted goes on where it was, and nothing is in twice or half (DUR-1).

use super::{add, all, command, problem, records, settled};
use std::fmt::Write;
use std::time::Duration;
use tests::postgres::TestDatabase;
use tests::program::{Program, TestFolder, kill_at, run};
use tests::{TestApp, User, Value, json, rows, wait};

/// Deals of this many rows take some seconds: long enough to be interrupted.
const DEALS: i64 = 6_000;

fn deals() -> Vec<u8> {
    let mut text =
        "id,sales_agent,product,account,stage,engage_date,close_date,amount\n".to_owned();
    for n in 0..DEALS {
        let stage = ["Won", "Lost", "Engaging"][usize::try_from(n % 3).unwrap()];
        let closed = if n % 3 == 2 { "" } else { "2024-05-20" };
        let account = if n % 7 == 0 {
            String::new()
        } else {
            format!("Account {}", n % 300)
        };
        writeln!(
            text,
            "X{n},Seller {},Product {},{account},{stage},2024-04-15,{closed},{}",
            n % 9,
            n % 5,
            n + 1
        )
        .unwrap();
    }
    text.into_bytes()
}

/// Imports the deals, and ends the server without a word in the middle of it, twice.
async fn kill_in_mid_import(settings: &[(&str, &str)]) -> (Program, User, Value) {
    let mut program = Program::serve(settings).await;
    let mut admin = User::sign_up(program.anonymous(), "North").await;
    let import = admin.make("/imports", json!({})).await;
    let import = add(&admin, &import, "deals.csv", deals()).await;
    let import = command(&admin, &import, "start").await;
    let path = super::path(&import);
    let mut before = 0;
    for _ in 0..2 {
        before = wait::within(super::LONG, "the import comes on", async || {
            let rows = admin.read(&path).await["progress"]["rows_done"].as_i64()?;
            (rows > before).then_some(rows)
        })
        .await;
        assert!(before < DEALS, "the import was too quick to be interrupted");
        program.kill().await;
        program = Program::serve(settings).await;
        admin = admin.elsewhere(format!("http://{}", program.address()));
        let import = admin.read(&path).await;
        assert_eq!(import["state"], "running", "{import}");
    }
    let done = settled(&admin, &import).await;
    assert_eq!(done["state"], "done", "{done}");
    (program, admin, done)
}

/// The report counts every row once.
fn told_once(report: &Value) {
    assert_eq!(records(report, "deal"), (DEALS, 0));
    assert_eq!(records(report, "user"), (9, 0));
    assert_eq!(records(report, "product"), (5, 0));
    assert_eq!(records(report, "funnel"), (1, 0));
    assert_eq!(problem(report, "no_account"), (DEALS + 6) / 7);
    assert_eq!(report["report"]["files"][0]["created"], DEALS);
}

/// The tables have every row once, with all that belongs to it.
async fn in_once(database: &TestDatabase) {
    let db = database.connect().await;
    let count = async |sql: &str| -> i64 { db.query_one(sql, &[]).await.unwrap().get(0) };
    for (sql, rows) in [
        ("select count(*) from deals", DEALS),
        ("select count(*) from deal_lines", DEALS),
        (
            "select count(distinct external_id) from external_ids where subject_kind = 'deal'",
            DEALS,
        ),
        (
            "select count(*) from external_ids where subject_kind = 'deal'",
            DEALS,
        ),
        ("select count(*) from search_names where kind = 3", DEALS),
        (
            "select count(*) from events where kind = 'deal.created'",
            DEALS,
        ),
        (
            "select count(*) from events where kind = 'deal.moved'",
            DEALS / 3 * 2,
        ),
        (
            "select sum(deals)::bigint from stage_totals where measure = 'at'",
            DEALS,
        ),
        ("select count(distinct (stage_id, rank)) from deals", DEALS),
        ("select count(*) - count(distinct name) from accounts", 0),
        ("select count(*) - count(distinct name) from products", 0),
        (
            "select count(*) - (select count(*) from accounts) from events where kind = 'account.created'",
            0,
        ),
        ("select count(*) from funnels", 1),
        ("select count(*) from import_chunks", 0),
        // What an organisation does every day stays queued for the next.
        (
            "select count(*) from job_queue where kind <> 'weigh_organisation'",
            0,
        ),
    ] {
        assert_eq!(count(sql).await, rows, "{sql}");
    }
}

#[tokio::test]
async fn an_import_goes_on_after_its_server_was_killed() {
    let database = TestDatabase::migrated().await;
    let folder = TestFolder::new();
    let settings = [
        ("DIPPER_DATA_DIR", folder.path().to_str().unwrap()),
        ("DIPPER_DATABASE_URL", database.owner_url.as_str()),
    ];
    let (_program, _, done) = kill_in_mid_import(&settings).await;
    told_once(&done);
    in_once(&database).await;
}

#[tokio::test]
async fn an_import_goes_on_at_once_in_a_private_database() {
    let folder = TestFolder::new();
    let settings = [("DIPPER_DATA_DIR", folder.path().to_str().unwrap())];
    let (program, admin, done) = kill_in_mid_import(&settings).await;
    told_once(&done);
    assert_eq!(all(&admin, "/deals?limit=200").await.len() as i64, DEALS);
    program.terminate().await;
    assert!(program.ended_within(Duration::from_secs(25)).await);
}

#[tokio::test]
async fn a_command_that_was_killed_is_finished_by_the_next() {
    let database = TestDatabase::migrated().await;
    let folder = TestFolder::new();
    let file = folder.path().join("deals.csv");
    std::fs::write(&file, deals()).unwrap();
    let settings = [
        ("DIPPER_DATA_DIR", folder.path().to_str().unwrap()),
        ("DIPPER_DATABASE_URL", database.owner_url.as_str()),
        ("LC_ALL", "C"),
    ];
    super::console::found(&settings).await;
    let import = [
        "import",
        "--as",
        super::console::WHO,
        file.to_str().unwrap(),
    ];
    kill_at(&import, &settings, |line| {
        line.starts_with("Importing ") && !line.starts_with("Importing 0 ")
    })
    .await;
    let db = database.connect().await;
    let made = rows::count(&db, "deals").await;
    assert!(made > 0 && made < DEALS, "{made}");

    let ended = run(&import, &settings).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let reports: Vec<&str> = ended.output.split("Imported:").collect();
    assert_eq!(reports.len(), 3, "{}", ended.output);
    assert!(
        reports[0].contains("The import of deals.csv was interrupted and goes on"),
        "{}",
        reports[0]
    );
    assert!(
        reports[1].contains("Deals: 6000 new, 0 there already"),
        "{}",
        reports[1]
    );
    assert!(
        reports[2].contains("Deals: 0 new, 6000 there already"),
        "{}",
        reports[2]
    );
    db.execute("delete from job_queue where kind = 'import_expire'", &[])
        .await
        .unwrap();
    in_once(&database).await;
}

#[tokio::test]
async fn a_cancelled_import_keeps_what_is_in_and_says_how_much() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let import = admin.make("/imports", json!({})).await;
    let import = add(&admin, &import, "deals.csv", deals()).await;
    let import = command(&admin, &import, "start").await;
    let path = super::path(&import);
    wait::within(super::LONG, "the import has begun", async || {
        let import = admin.read(&path).await;
        (import["progress"]["rows_done"].as_i64() > Some(0)).then_some(())
    })
    .await;
    let cancel = admin
        .post(&format!("{path}/cancel"))
        .header("if-match", "*");
    let cancelled = cancel.await.expect(200).value();
    assert_eq!(cancelled["state"], "cancelled");
    let (made, _) = records(&cancelled, "deal");
    assert!(made > 0 && made < DEALS, "{made}");

    // Nothing more comes in, and the same file later brings the rest.
    let db = app.db().await;
    assert_eq!(rows::count(&db, "deals").await, made);
    let again = admin.make("/imports", json!({})).await;
    let again = add(&admin, &again, "deals.csv", deals()).await;
    let again = settled(&admin, &command(&admin, &again, "start").await).await;
    assert_eq!(records(&again, "deal"), (DEALS - made, made));
    assert_eq!(rows::count(&db, "deals").await, DEALS);
}

#[tokio::test]
async fn two_servers_do_a_job_once() {
    let first = TestApp::start().await;
    let second = first.another().await;
    let admin = first.sign_up("North").await;
    let mut started = Vec::new();
    for number in 0..3 {
        let import = admin.make("/imports", json!({})).await;
        let text = format!("account\nOnly {number}\nShared\n");
        let import = add(&admin, &import, "accounts.csv", text.into_bytes()).await;
        started.push(command(&admin, &import, "start").await);
    }
    for import in &started {
        assert_eq!(settled(&admin, import).await["state"], "done");
    }
    let db = second.db().await;
    assert_eq!(rows::count(&db, "accounts").await, 4);
    drop(second);
}
