//! The small set goes in whole, with its history, and only once.

use super::{SET, all, check, import_set, path, problem, records, run, with_files};
use tests::{TestApp, Value, json, rows};

fn by<'a>(items: &'a [Value], field: &str, value: &str) -> &'a Value {
    items
        .iter()
        .find(|item| item[field] == value)
        .unwrap_or_else(|| panic!("nothing with {field} {value}"))
}

#[tokio::test]
async fn a_check_counts_everything_and_writes_nothing() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let import = with_files(&admin, SET).await;
    let db = app.db().await;
    let ignoring = ["imports", "import_problems", "events", "idempotency_keys"];
    let before = rows::checksums(&db, admin.org(), &ignoring).await;
    let checked = check(&admin, &import).await;
    assert_eq!(rows::checksums(&db, admin.org(), &ignoring).await, before);

    assert_eq!(checked["report"]["is_dry_run"], true);
    for (kind, count) in [
        ("team", 6),
        ("user", 9),
        ("product", 4),
        ("account", 8),
        ("deal", 32),
        ("funnel", 1),
    ] {
        assert_eq!(records(&checked, kind), (count, 0), "{kind}");
    }
    for (code, rows) in [
        ("no_account", 5),
        ("no_start_day", 4),
        ("no_close_day", 10),
        ("no_amount", 10),
        ("zero_amount_of_lost", 8),
        ("no_loss_reason", 8),
        ("matched_normalised", 6),
        ("matched_near", 2),
        ("column_left_out", 8),
    ] {
        assert_eq!(problem(&checked, code), rows, "{code}");
    }
}

#[tokio::test]
async fn the_set_goes_in_whole() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let done = import_set(&admin).await;
    assert_eq!(
        done["progress"],
        json!({ "rows_done": 50, "rows_total": 50 })
    );
    assert_eq!(records(&done, "deal"), (32, 0));

    let accounts = all(&admin, "/accounts?limit=100").await;
    let meridian = by(&accounts, "name", "Meridian Optics");
    assert_eq!(meridian["industry"], "technology");
    assert_eq!(
        meridian["parent_id"],
        by(&accounts, "name", "Northlight Group")["id"]
    );
    assert_eq!(
        by(&accounts, "name", "Harbour & Sons")["region"],
        "Philippines"
    );

    let teams = all(&admin, "/teams?limit=100").await;
    let team = by(&teams, "name", "North · Greta Holm");
    assert_eq!(team["parent_id"], by(&teams, "name", "North")["id"]);
    let users = all(&admin, "/users?limit=100").await;
    let greta = by(&users, "name", "Greta Holm");
    assert_eq!(
        (&greta["role"], &greta["state"]),
        (&json!("manager"), &json!("named"))
    );
    let ida = by(&users, "name", "Ida Falk");
    assert_eq!(
        (&ida["role"], &ida["team_id"]),
        (&json!("rep"), &team["id"])
    );

    let deals = all(&admin, "/deals?limit=100").await;
    assert_eq!(deals.len(), 32);
    let first = deals
        .iter()
        .find(|deal| deal["external_ids"]["csv"] == "D0001")
        .unwrap();
    assert_eq!(first["title"], "Polar Pro · Quietwater Health");
    assert_eq!(first["amount"]["amount"], "3899");
    assert_eq!(first["closed_at"], "2024-02-13T12:00:00Z");
    let whole = admin
        .read(&format!("/deals/{}", first["id"].as_str().unwrap()))
        .await;
    assert_eq!(whole["lines"][0]["product_name"], "Polar Pro");
}

#[tokio::test]
async fn history_begins_with_the_days_of_the_file() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    import_set(&admin).await;
    let deals = all(&admin, "/deals?limit=100").await;
    let stays = async |external: &str| {
        let deal = deals
            .iter()
            .find(|deal| deal["external_ids"]["csv"] == external)
            .unwrap();
        let path = format!("/deals/{}/stage-history", deal["id"].as_str().unwrap());
        let items = admin.read(&path).await["items"].clone();
        let items = items.as_array().unwrap();
        items
            .iter()
            .map(|stay| json!([stay["stage_name"], stay["entered_at"], stay["left_at"]]))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        json!(stays("D0001").await),
        json!([
            ["Engaging", "2024-01-17T12:00:00Z", "2024-02-13T12:00:00Z"],
            ["Won", "2024-02-13T12:00:00Z", null],
        ])
    );
    let open = stays("D0023").await;
    assert_eq!(
        json!(open),
        json!([["Engaging", "2024-08-02T12:00:00Z", null]])
    );
    // Of an open deal without days only the import is known.
    assert_eq!(stays("D0029").await[0][0], "Prospecting");

    let funnels = admin.read("/funnels").await;
    let funnel = funnels["items"][0]["id"].as_str().unwrap();
    let board = admin.read(&format!("/funnels/{funnel}/board")).await;
    let counts: Vec<_> = board["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| column["totals"]["count"].clone())
        .collect();
    assert_eq!(json!(counts), json!([4, 6, 14, 8]));
    // Of 28 that were worked on, 14 were won.
    assert_eq!(board["columns"][1]["totals"]["conversion"], 50);
    // Cards stand in the order of the file.
    let cards = board["columns"][1]["cards"].as_array().unwrap();
    let ids: Vec<_> = cards
        .iter()
        .map(|card| &card["external_ids"]["csv"])
        .collect();
    assert!(ids.iter().all(|id| id.is_null()) || ids.is_sorted_by_key(|id| id.as_str()));
}

#[tokio::test]
async fn the_same_files_again_change_nothing() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    import_set(&admin).await;
    let db = app.db().await;
    let ignoring = [
        "imports",
        "import_files",
        "import_problems",
        "events",
        "idempotency_keys",
    ];
    let before = rows::checksums(&db, admin.org(), &ignoring).await;
    let again = import_set(&admin).await;
    for (kind, count) in [("user", 6), ("product", 4), ("account", 8), ("deal", 32)] {
        assert_eq!(records(&again, kind), (0, count), "{kind}");
    }
    assert_eq!(problem(&again, "differs_from_ours"), 0);
    assert_eq!(rows::checksums(&db, admin.org(), &ignoring).await, before);
    // Nor is there an event of anything but the import itself.
    let sql = "select count(*) from events where kind not like 'import.%' \
        and at > (select min(created_at) from imports where id = $1::text::uuid)";
    let id = again["id"].as_str().unwrap();
    let count: i64 = db.query_one(sql, &[&id]).await.unwrap().get(0);
    assert_eq!(count, 0);
}

#[tokio::test]
async fn what_people_changed_since_stays_and_is_told() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    import_set(&admin).await;
    let deals = all(&admin, "/deals?limit=100").await;
    let deal = deals
        .iter()
        .find(|deal| deal["external_ids"]["csv"] == "D0024")
        .unwrap();
    let address = format!("/deals/{}", deal["id"].as_str().unwrap());
    let deal = admin.read(&address).await;
    let body = json!({ "account_id": null, "title": "Mine" });
    admin
        .patch(&address)
        .if_match(&deal)
        .json(&body)
        .await
        .expect(200);
    let again = import_set(&admin).await;
    assert_eq!(problem(&again, "differs_from_ours"), 1);
    assert_eq!(admin.read(&address).await["title"], "Mine");
}

#[tokio::test]
async fn chinese_files_go_in_as_people_write_them() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let done = run(&admin, &with_files(&admin, &["商机-gbk.csv"]).await).await;
    assert_eq!(records(&done, "deal"), (5, 0));
    let deals = all(&admin, "/deals?limit=100").await;
    let amount = |id: &str| {
        let deal = deals.iter().find(|deal| deal["external_ids"]["csv"] == id);
        deal.unwrap()["amount"]["amount"].clone()
    };
    assert_eq!(amount("S-01"), "120000");
    assert_eq!(amount("S-02"), json!(null));
    assert_eq!(amount("S-03"), "35000");
    assert_eq!(amount("S-05"), "88000");
    let funnel = &admin.read("/funnels").await["items"][0];
    let stages: Vec<_> = funnel["stages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stage| (&stage["name"], &stage["kind"]))
        .collect();
    assert_eq!(
        json!(stages),
        json!([
            ["线索", "open"],
            ["方案", "open"],
            ["商务谈判", "open"],
            ["赢单", "won"],
            ["丢单", "lost"]
        ])
    );
}

#[tokio::test]
async fn progress_rises_and_an_unchanged_import_is_not_sent_twice() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let done = import_set(&admin).await;
    let first = admin.get(&path(&done)).await.expect(200);
    let tag = first.header("etag").to_owned();
    let second = admin.get(&path(&done)).header("if-none-match", &tag).await;
    assert_eq!(second.status, 304);
    assert!(done["version"].as_i64().unwrap() > 4);
    let list = admin.read("/imports").await;
    assert_eq!(list["items"][0]["id"], done["id"]);
    assert_eq!(list["items"][0]["state"], "done");
}
