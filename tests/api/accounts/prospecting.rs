//! How an account was found: one of six methods, kept as a coded value beside the words on its source.

use super::{names, path};
use shared::error::ErrorCode;
use tests::{TestApp, Value, json, rows};

const METHODS: [&str; 6] = [
    "carpet",
    "advertising",
    "centre",
    "chain",
    "seminar",
    "meeting",
];

/// LEAD-01: each of the six can be said, asked for, changed and taken away.
#[tokio::test]
async fn an_account_was_found_by_one_of_six_methods_or_nobody_knows() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    for method in METHODS {
        let body = json!({ "name": method, "prospecting": method, "source": "Fair" });
        let made = admin.make("/accounts", body).await;
        assert_eq!(made["prospecting"], method);
        assert_eq!(made["source"], "Fair");
        assert_eq!(admin.read(&path(&made)).await, made);
    }
    let plain = admin.make("/accounts", json!({ "name": "plain" })).await;
    assert_eq!(plain["prospecting"], Value::Null);
    for (query, expected) in [
        ("prospecting=chain", vec!["chain"]),
        (
            "prospecting[in]=carpet,seminar&sort=name",
            vec!["carpet", "seminar"],
        ),
        ("prospecting[is_null]=true", vec!["plain"]),
        ("prospecting=meeting&source=Walk", vec![]),
    ] {
        let found = names(&admin.get(&format!("/accounts?{query}")).await);
        assert_eq!(found, expected, "{query}");
    }

    let change = |account: &Value, method: Value| {
        let request = admin.patch(&path(account)).if_match(account);
        request.json(&json!({ "prospecting": method }))
    };
    let now = change(&plain, json!("centre")).await.expect(200).value();
    assert_eq!(
        (&now["prospecting"], &now["version"]),
        (&json!("centre"), &json!(2))
    );
    change(&plain, json!("chain"))
        .await
        .refused(412, ErrorCode::Stale);
    let cleared = change(&now, Value::Null).await.expect(200).value();
    assert_eq!(cleared["prospecting"], Value::Null);
    let events = admin
        .get(&format!("{}/timeline", path(&plain)))
        .await
        .items();
    let told: Vec<_> = events
        .iter()
        .filter(|event| event["kind"] == "account.updated")
        .map(|event| (event["data"]["old"].clone(), event["data"]["new"].clone()))
        .map(|(old, new)| (old["prospecting"].clone(), new["prospecting"].clone()))
        .collect();
    assert_eq!(
        told,
        [
            (json!("centre"), Value::Null),
            (Value::Null, json!("centre"))
        ],
        "the newest first"
    );
}

/// LEAD-01: there is no seventh, for a new account, for a change and for a list.
#[tokio::test]
async fn a_method_that_is_none_of_the_six_is_refused_and_nothing_is_written() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let made = admin
        .make(
            "/accounts",
            json!({ "name": "Pier", "prospecting": "chain" }),
        )
        .await;
    let db = app.db().await;
    let before = rows::checksums(&db, admin.org(), &[]).await;
    for (method, code) in [
        (json!("luck"), ErrorCode::NotAllowed),
        (json!("Chain"), ErrorCode::NotAllowed),
        (json!(""), ErrorCode::NotAllowed),
    ] {
        let body = json!({ "name": "Quay", "prospecting": method });
        let refused = admin.post("/accounts").json(&body).await;
        refused.invalid(&[("/prospecting", code)]);
        let body = json!({ "prospecting": method });
        let refused = admin.patch(&path(&made)).if_match(&made).json(&body).await;
        refused.invalid(&[("/prospecting", code)]);
    }
    let asked = admin.get("/accounts?prospecting=luck").await;
    asked.refused(422, ErrorCode::Invalid);
    assert_eq!(rows::checksums(&db, admin.org(), &[]).await, before);
}
