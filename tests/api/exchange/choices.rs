//! What only a person can say is asked, and what they say counts.

use super::{
    SET, add, all, check, column, command, path, problem, records, run, settled, with_files,
};
use shared::error::ErrorCode;
use tests::{TestApp, User, Value, json};

async fn patch(user: &User, import: &Value, body: Value) -> Value {
    let request = user.patch(&path(import)).if_match(import).json(&body);
    request.await.expect(200).value()
}

#[tokio::test]
async fn days_that_can_be_read_in_several_ways_must_be_chosen() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let import = with_files(&admin, &["ambiguous-dates.csv"]).await;
    let dates = &column(&import, 0, "engage_date")["dates"];
    assert_eq!(dates["is_ambiguous"], true);
    assert_eq!(
        dates["possible"],
        json!(["dd-mm-yy", "mm-dd-yy", "yy-mm-dd"])
    );
    let start = admin.post(&format!("{}/start", path(&import)));
    start.if_match(&import).await.invalid(&[
        ("/files/0/columns/5/dates/format", ErrorCode::UnmappedValue),
        ("/files/0/columns/6/dates/format", ErrorCode::UnmappedValue),
    ]);

    let body = json!({ "files": [{
        "id": import["files"][0]["id"],
        "columns": [{ "index": 5, "date_format": "mm-dd-yy" }],
    }]});
    let import = patch(&admin, &import, body).await;
    // One column's format settles the other's.
    assert_eq!(
        column(&import, 0, "close_date")["dates"]["format"],
        "mm-dd-yy"
    );
    run(&admin, &import).await;
    let deals = all(&admin, "/deals?limit=100").await;
    let first = deals
        .iter()
        .find(|deal| deal["external_ids"]["csv"] == "A-1");
    assert_eq!(first.unwrap()["closed_at"], "2024-02-03T12:00:00Z");
}

#[tokio::test]
async fn a_stage_the_funnel_does_not_have_is_asked_for_and_mapped() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let funnel = admin
        .make(
            "/funnels",
            json!({ "name": "Ours", "stages": [
                { "name": "First", "kind": "open", "probability": 10 },
                { "name": "Second", "kind": "open", "probability": 50 },
                { "name": "Signed", "kind": "won", "probability": 100 },
                { "name": "Gone", "kind": "lost", "probability": 0 },
            ]}),
        )
        .await;
    let import = with_files(&admin, &["pipeline.csv"]).await;
    let body = json!({ "funnel": { "kind": "existing", "funnel_id": funnel["id"] } });
    let import = patch(&admin, &import, body).await;
    let stage = |import: &Value, value: &str| {
        let values = import["values"].as_array().unwrap();
        let found = values
            .iter()
            .find(|it| it["field"] == "stage" && it["value"] == value);
        found.unwrap()["target"]["text"].clone()
    };
    // Won and lost have one meaning in this funnel; the others must be said.
    assert_eq!(stage(&import, "Won"), "Signed");
    assert_eq!(stage(&import, "Lost"), "Gone");
    assert_eq!(stage(&import, "Engaging"), json!(null));
    assert_eq!(import["open_questions"].as_array().unwrap().len(), 2);

    let file = &import["files"][0]["id"];
    let choice = |value: &str, stage: &str| json!({ "file_id": file, "field": "stage", "value": value, "target": { "take": "text", "text": stage } });
    let body = json!({ "values": [choice("Prospecting", "First"), choice("Engaging", "Second")] });
    let import = patch(&admin, &import, body).await;
    assert_eq!(import["open_questions"], json!([]));
    run(&admin, &import).await;
    let id = funnel["id"].as_str().unwrap();
    let board = admin.read(&format!("/funnels/{id}/board")).await;
    let counts: Vec<_> = board["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| column["totals"]["count"].clone())
        .collect();
    assert_eq!(json!(counts), json!([4, 6, 14, 8]));
}

#[tokio::test]
async fn a_value_is_taken_for_what_a_person_says() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let import = with_files(&admin, SET).await;
    let file = &import["files"][0]["id"];
    let body = json!({ "values": [
        { "file_id": file, "field": "product", "value": "PolarPro", "target": { "take": "text", "text": "Polar Pro Plus" } },
        { "file_id": file, "field": "account", "value": "Ansel Bank", "target": { "take": "empty" } },
        { "file_id": import["files"][1]["id"], "field": "industry", "value": "technolgy", "target": { "take": "as_is" } },
    ]});
    let import = patch(&admin, &import, body).await;
    let done = run(&admin, &import).await;
    assert_eq!(problem(&done, "matched_normalised"), 0);
    assert_eq!(problem(&done, "matched_other"), 6 + 3 + 1);
    let accounts = all(&admin, "/accounts?limit=100").await;
    let meridian = accounts
        .iter()
        .find(|it| it["name"] == "Meridian Optics")
        .unwrap();
    assert_eq!(meridian["industry"], "technolgy");
    let deals = all(&admin, "/deals?limit=100").await;
    let deal = |id: &str| {
        deals
            .iter()
            .find(|it| it["external_ids"]["csv"] == id)
            .unwrap()
    };
    assert!(
        deal("D0001")["title"]
            .as_str()
            .unwrap()
            .starts_with("Polar Pro Plus")
    );
    assert_eq!(deal("D0005")["account_id"], json!(null));
}

#[tokio::test]
async fn open_deals_without_an_amount_get_the_list_price_when_asked() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let import = with_files(&admin, SET).await;
    let body = json!({ "missing_amount": "list_price", "currency": "EUR", "source": "crm" });
    let import = patch(&admin, &import, body).await;
    let checked = check(&admin, &import).await;
    assert_eq!(problem(&checked, "amount_from_list_price"), 10);
    let done = run(&admin, &checked).await;
    assert_eq!(
        (
            problem(&done, "amount_from_list_price"),
            problem(&done, "no_amount")
        ),
        (10, 0)
    );
    let deals = all(&admin, "/deals?limit=100").await;
    let deal = deals
        .iter()
        .find(|it| it["external_ids"]["crm"] == "D0023")
        .unwrap();
    assert_eq!(
        deal["amount"],
        json!({ "amount": "18500", "currency": "EUR" })
    );
}

#[tokio::test]
async fn a_column_fills_what_a_person_says() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let import = with_files(&admin, &["accounts.csv"]).await;
    let body = json!({ "files": [{ "id": import["files"][0]["id"], "columns": [
        { "index": 2, "field": "nature" },
        { "index": 1, "field": null },
    ]}]});
    let import = patch(&admin, &import, body).await;
    assert_eq!(column(&import, 0, "founded")["field"], "nature");
    assert_eq!(column(&import, 0, "founded")["is_chosen"], true);
    run(&admin, &import).await;
    let accounts = all(&admin, "/accounts?limit=100").await;
    let ansel = accounts
        .iter()
        .find(|it| it["name"] == "Ansel Bank")
        .unwrap();
    assert_eq!(
        (&ansel["nature"], &ansel["industry"]),
        (&json!("1934"), &json!(null))
    );
}

#[tokio::test]
async fn choices_that_make_no_sense_are_named() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let import = with_files(&admin, SET).await;
    let file = &import["files"][0]["id"];
    let nobody = "01930000-0000-7000-8000-000000000000";
    for (body, pointer, code) in [
        (
            json!({ "source": "Not a name" }),
            "/source",
            ErrorCode::BadFormat,
        ),
        (
            json!({ "files": [{ "id": nobody }] }),
            "/files/0/id",
            ErrorCode::NoSuchRecord,
        ),
        (
            json!({ "files": [{ "id": file, "columns": [{ "index": 99, "field": "stage" }] }] }),
            "/files/0/columns/0/index",
            ErrorCode::NoSuchRecord,
        ),
        (
            json!({ "values": [{ "file_id": nobody, "field": "stage", "value": "x", "target": null }] }),
            "/values/0/file_id",
            ErrorCode::NoSuchRecord,
        ),
        (
            json!({ "values": [{ "file_id": file, "field": "amount", "value": "x", "target": null }] }),
            "/values/0/field",
            ErrorCode::NotAllowed,
        ),
        (
            json!({ "funnel": { "kind": "existing", "funnel_id": nobody } }),
            "/funnel/funnel_id",
            ErrorCode::NoSuchRecord,
        ),
        (
            json!({ "funnel": { "kind": "new", "name": "N", "stages": [] } }),
            "/funnel/stages",
            ErrorCode::FunnelIncomplete,
        ),
    ] {
        let request = admin.patch(&path(&import)).if_match(&import).json(&body);
        request.await.invalid(&[(pointer, code)]);
    }
    assert_eq!(admin.read(&path(&import)).await, import);
}

#[tokio::test]
async fn an_import_that_is_under_way_or_over_takes_no_choices() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let done = run(&admin, &with_files(&admin, &["accounts.csv"]).await).await;
    let body = json!({ "source": "crm" });
    let request = admin.patch(&path(&done)).if_match(&done).json(&body);
    request.await.refused(409, ErrorCode::WrongJobState);
    for what in ["check", "start", "cancel"] {
        let request = admin
            .post(&format!("{}/{what}", path(&done)))
            .if_match(&done);
        request.await.refused(409, ErrorCode::WrongJobState);
    }
    let request = admin.post(&format!("{}/files", path(&done)));
    let request = request.body("text/csv", "account\nx\n");
    request.await.refused(409, ErrorCode::WrongJobState);
}

#[tokio::test]
async fn a_draft_can_be_cancelled_and_a_check_only_left() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let import = with_files(&admin, &["accounts.csv"]).await;
    let checking = command(&admin, &import, "check").await;
    // The check may have ended by itself.
    let left = admin
        .post(&format!("{}/cancel", path(&checking)))
        .header("if-match", "*")
        .await;
    let state = left.expect(200).value()["state"].clone();
    assert!(state == "draft" || state == "cancelled", "{state}");

    let import = with_files(&admin, &["accounts.csv"]).await;
    let over = command(&admin, &import, "cancel").await;
    assert_eq!(settled(&admin, &over).await["state"], "cancelled");
    assert_eq!(admin.read("/accounts").await["items"], json!([]));
    let db = app.db().await;
    let sql = "select count(*) from import_chunks c join import_files f on f.id = c.file_id where f.import_id = $1::text::uuid";
    let id = over["id"].as_str().unwrap();
    let kept: i64 = db.query_one(sql, &[&id]).await.unwrap().get(0);
    assert_eq!(kept, 0);
    assert_eq!(
        records(&json!({ "report": { "records": [] } }), "deal"),
        (0, 0)
    );
}

/// LEAD-01: a file's words for the method an account was found by mean one of the six, or are asked for.
#[tokio::test]
async fn a_files_words_for_how_accounts_were_found_become_one_of_the_six_methods() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let import = admin.make("/imports", json!({})).await;
    let file = "客户名称,行业,获客方式\n甲公司,钢铁,中心开花法\n乙公司,钢铁,转介绍\n丙公司,钢铁,chain\n丁公司,钢铁,缘分\n戊公司,钢铁,\n";
    let import = add(&admin, &import, "accounts.csv", file.into()).await;
    assert_eq!(column(&import, 0, "获客方式")["field"], "prospecting");
    let open = admin.post(&format!("{}/start", path(&import)));
    let problem = open
        .if_match(&import)
        .await
        .refused(422, ErrorCode::Invalid);
    assert_eq!(problem.errors.len(), 1, "one word is none of the six");
    assert_eq!(problem.errors[0].code, ErrorCode::UnmappedValue);

    let file = &import["files"][0]["id"];
    let body = json!({ "values": [
        { "file_id": file, "field": "prospecting", "value": "缘分", "target": { "take": "text", "text": "meeting" } },
    ]});
    let import = patch(&admin, &import, body).await;
    run(&admin, &import).await;
    let accounts = all(&admin, "/accounts?limit=100&sort=name").await;
    let found = |name: &str| {
        let account = accounts.iter().find(|account| account["name"] == name);
        account.unwrap()["prospecting"].clone()
    };
    let methods = ["甲公司", "乙公司", "丙公司", "丁公司", "戊公司"].map(found);
    assert_eq!(
        methods,
        [
            json!("centre"),
            json!("chain"),
            json!("chain"),
            json!("meeting"),
            Value::Null
        ]
    );
}

/// CLS-41: a column of expected profits goes in, losses too; without an amount, which says in which currency
/// it is, a profit is left out and counted.
#[tokio::test]
async fn expected_profit_goes_in_with_an_amount_and_is_reported_without() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let import = admin.make("/imports", json!({})).await;
    let file = "id,title,stage,amount,expected profit\n\
                P1,Gain,Won,1000,250.5\nP2,Loss,Won,1000,-30\nP3,Bare,Won,,70\n";
    let import = add(&admin, &import, "deals.csv", file.into()).await;
    assert_eq!(
        column(&import, 0, "expected profit")["field"],
        "expected_profit"
    );
    let done = run(&admin, &import).await;
    assert_eq!(problem(&done, "profit_without_amount"), 1);
    let deals = all(&admin, "/deals?limit=100").await;
    let profit = |id: &str| {
        let deal = deals.iter().find(|it| it["external_ids"]["csv"] == id);
        deal.unwrap()["expected_profit"].clone()
    };
    assert_eq!(
        (profit("P1"), profit("P2"), profit("P3")),
        (json!("250.5"), json!("-30"), json!(null))
    );
}
