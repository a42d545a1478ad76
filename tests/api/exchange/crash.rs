//! An import that is interrupted goes on where it was, and nothing is in twice or half (DUR-1).

use super::{add, command, problem, records, settled};
use std::fmt::Write;
use tests::{TestApp, json, rows, wait};

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

#[tokio::test]
async fn an_import_goes_on_after_its_server_is_gone() {
    let first = TestApp::start().await;
    let admin = first.sign_up("North").await;
    let import = admin.make("/imports", json!({})).await;
    let import = add(&admin, &import, "deals.csv", deals()).await;
    let import = command(&admin, &import, "start").await;
    let path = super::path(&import);
    wait::within(super::LONG, "the import has begun", async || {
        let import = admin.read(&path).await;
        (import["progress"]["rows_done"].as_i64() > Some(0)).then_some(())
    })
    .await;

    let second = first.another().await;
    let there = admin.at(second.origin());
    // Its tasks are dropped where they stand, transactions and all.
    drop(first);
    let before = there.read(&path).await;
    assert_eq!(before["state"], "running");
    let done = wait::within(super::LONG, "the other server goes on", async || {
        let import = there.read(&path).await;
        (import["state"] == "done").then_some(import)
    })
    .await;

    // The report counts every row once.
    assert_eq!(records(&done, "deal"), (DEALS, 0));
    assert_eq!(records(&done, "user"), (9, 0));
    assert_eq!(problem(&done, "no_account"), (DEALS + 6) / 7);
    assert_eq!(done["report"]["files"][0]["created"], DEALS);
    // So do the tables.
    let db = second.db().await;
    assert_eq!(rows::count(&db, "deals").await, DEALS);
    assert_eq!(rows::count(&db, "deal_lines").await, DEALS);
    let count = async |sql: &str| -> i64 { db.query_one(sql, &[]).await.unwrap().get(0) };
    assert_eq!(
        count("select count(distinct external_id) from external_ids where subject_kind = 'deal'")
            .await,
        DEALS
    );
    assert_eq!(
        count("select count(*) from events where kind = 'deal.created'").await,
        DEALS
    );
    assert_eq!(
        count("select count(*) from events where kind = 'deal.moved'").await,
        DEALS / 3 * 2
    );
    assert_eq!(
        count("select count(*) from events where kind = 'account.created'").await,
        rows::count(&db, "accounts").await
    );
    assert_eq!(
        count("select sum(deals)::bigint from stage_totals where measure = 'at'").await,
        DEALS
    );
    assert_eq!(count("select count(*) from import_chunks").await, 0);
    assert_eq!(count("select count(*) from job_queue").await, 0);
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
