//! Accounts: create, read, update, archive, restore.

use super::{account, id, path};
use shared::error::ErrorCode;
use shared::identity::Role;
use tests::{TestApp, Value, json, rows};

#[tokio::test]
async fn a_new_account_has_what_was_said_and_what_follows_from_it() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let body = json!({
        "name": " 重庆银行 ", "kind": "company", "industry": "banking", "nature": "  ", "employees": 700,
        "region": "重庆", "website": "https://example.com", "phones": ["+86 23 1"], "tier": "A",
        "tags": ["vip"], "source": "fair", "external_ids": { "erp": "7" },
    });
    let answer = admin.post("/accounts").json(&body).await.expect(201);
    let made = answer.value();
    assert_eq!(made["name"], "重庆银行");
    assert_eq!(made["nature"], Value::Null);
    assert_eq!(made["size"], "medium");
    assert_eq!(made["owner_id"], admin.id());
    assert_eq!(made["version"], 1);
    assert_eq!(answer.header("etag"), "\"1\"");
    assert_eq!(answer.header("location"), format!("/api/v1{}", path(&made)));
    assert_eq!(admin.read(&path(&made)).await, made);
}

#[tokio::test]
async fn fields_that_are_not_acceptable_are_all_named_and_nothing_is_written() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let nobody = uuid::Uuid::now_v7();
    let cases = [
        (json!({}), vec![("/name", ErrorCode::Required)]),
        (
            json!({ "name": " ", "employees": -1, "website": "javascript:alert(1)", "phones": [""], "external_ids": { "A B": "1" } }),
            vec![
                ("/name", ErrorCode::Required),
                ("/employees", ErrorCode::OutOfRange),
                ("/website", ErrorCode::BadFormat),
                ("/phones/0", ErrorCode::Required),
                ("/external_ids/A B", ErrorCode::BadFormat),
            ],
        ),
        (
            json!({ "name": "a".repeat(201) }),
            vec![("/name", ErrorCode::TooLong)],
        ),
        (
            json!({ "name": "a\u{0}" }),
            vec![("/name", ErrorCode::BadFormat)],
        ),
        (
            json!({ "name": "a", "kind": "dog" }),
            vec![("/kind", ErrorCode::NotAllowed)],
        ),
        (
            json!({ "name": "a", "colour": "red" }),
            vec![("/colour", ErrorCode::UnknownField)],
        ),
        (json!({ "name": 7 }), vec![("/name", ErrorCode::BadFormat)]),
        (
            json!({ "name": "a", "parent_id": nobody }),
            vec![("/parent_id", ErrorCode::NoSuchRecord)],
        ),
        (
            json!({ "name": "a", "owner_id": nobody }),
            vec![("/owner_id", ErrorCode::NoSuchRecord)],
        ),
    ];
    let db = app.db().await;
    let before = rows::checksums(&db, admin.org(), &[]).await;
    for (body, expected) in cases {
        admin.post("/accounts").json(&body).await.invalid(&expected);
    }
    assert_eq!(rows::checksums(&db, admin.org(), &[]).await, before);
}

#[tokio::test]
async fn a_change_leaves_what_it_does_not_name_and_clears_what_it_names_null() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let body = json!({ "name": "Acme", "industry": "steel", "region": "East", "employees": 10 });
    let old = admin.make("/accounts", body).await;
    let patch = json!({ "industry": null, "name": "Acme 2", "employees": 5000 });
    let answer = admin
        .patch(&path(&old))
        .if_match(&old)
        .json(&patch)
        .await
        .expect(200);
    let new = answer.value();
    assert_eq!(new["name"], "Acme 2");
    assert_eq!(new["industry"], Value::Null);
    assert_eq!(new["region"], "East");
    assert_eq!(new["size"], "large");
    assert_eq!(new["version"], 2);
    assert_eq!(answer.header("etag"), "\"2\"");

    // What changes nothing is no change.
    let again = admin
        .patch(&path(&old))
        .if_match(&new)
        .json(&patch)
        .await
        .expect(200);
    assert_eq!(again.value(), new);
}

#[tokio::test]
async fn a_writer_must_have_seen_the_present_version() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let made = account(&admin, "Acme").await;
    let patch = json!({ "region": "East" });
    let blind = admin.patch(&path(&made)).json(&patch).await;
    blind.refused(428, ErrorCode::VersionRequired);
    let new = admin
        .patch(&path(&made))
        .if_match(&made)
        .json(&patch)
        .await
        .expect(200)
        .value();
    for request in [
        admin.patch(&path(&made)).json(&json!({ "region": "West" })),
        admin.delete(&path(&made)),
    ] {
        let problem = request.if_match(&made).await.refused(412, ErrorCode::Stale);
        assert_eq!(problem.current, Some(new.clone()));
    }
    assert_eq!(admin.read(&path(&made)).await, new);
}

#[tokio::test]
async fn an_unchanged_account_is_not_sent_again() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let made = account(&admin, "Acme").await;
    let same = admin
        .get(&path(&made))
        .header("if-none-match", "\"1\"")
        .await;
    assert_eq!(same.status, 304);
    let other = admin
        .get(&path(&made))
        .header("if-none-match", "\"9\"")
        .await;
    other.expect(200);
}

#[tokio::test]
async fn a_retried_creation_makes_one_account() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let post = |name: &str| {
        admin
            .post("/accounts")
            .key("once")
            .json(&json!({ "name": name }))
    };
    let (first, second) = (
        post("Acme").await.expect(201),
        post("Acme").await.expect(201),
    );
    assert_eq!(first.value(), second.value());
    assert_eq!(first.header("location"), second.header("location"));
    post("Other").await.refused(422, ErrorCode::KeyReused);
    assert_eq!(admin.get("/accounts").await.items().len(), 1);
}

#[tokio::test]
async fn an_account_of_another_tenant_is_not_found_and_stays_as_it_is() {
    let app = TestApp::start().await;
    let (ours, theirs) = (app.sign_up("North").await, app.sign_up("South").await);
    let foreign = account(&theirs, "Acme").await;
    let path = path(&foreign);
    let db = app.db().await;
    let before = rows::checksums(&db, theirs.org(), &[]).await;
    for request in [
        ours.get(&path),
        ours.get(&format!("{path}/summary")),
        ours.get(&format!("{path}/timeline")),
        ours.patch(&path)
            .json(&json!({ "name": "X" }))
            .if_match(&foreign),
        ours.delete(&path).if_match(&foreign),
        ours.post(&format!("{path}/restore")).if_match(&foreign),
    ] {
        request.await.refused(404, ErrorCode::NotFound);
    }
    let child = json!({ "name": "Child", "parent_id": foreign["id"] });
    let refused = ours.post("/accounts").json(&child).await;
    refused.invalid(&[("/parent_id", ErrorCode::NoSuchRecord)]);
    assert_eq!(rows::checksums(&db, theirs.org(), &[]).await, before);
}

/// CLS-12: groups are trees.
#[tokio::test]
async fn nobody_becomes_its_own_ancestor() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let top = account(&admin, "Top").await;
    let child = |name: &str, parent: &Value| json!({ "name": name, "parent_id": parent["id"] });
    let middle = admin.make("/accounts", child("Middle", &top)).await;
    let low = admin.make("/accounts", child("Low", &middle)).await;
    for parent in [&top, &middle, &low] {
        let patch = json!({ "parent_id": parent["id"] });
        let refused = admin.patch(&path(&top)).if_match(&top).json(&patch).await;
        refused.invalid(&[("/parent_id", ErrorCode::Cycle)]);
    }
    let moved = json!({ "parent_id": top["id"] });
    admin
        .patch(&path(&low))
        .if_match(&low)
        .json(&moved)
        .await
        .expect(200);
}

#[tokio::test]
async fn two_changes_at_once_make_no_circle() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    for _ in 0..5 {
        let (a, b) = (account(&admin, "A").await, account(&admin, "B").await);
        let below = |child: &Value, parent: &Value| {
            let patch = json!({ "parent_id": parent["id"] });
            admin.patch(&path(child)).if_match(child).json(&patch)
        };
        let (one, two) = tokio::join!(async { below(&a, &b).await }, async { below(&b, &a).await });
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422]);
    }
}

#[tokio::test]
async fn an_archived_account_is_kept_apart_until_it_is_restored() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let made = account(&admin, "Acme").await;
    let gone = admin
        .delete(&path(&made))
        .if_match(&made)
        .await
        .expect(200)
        .value();
    assert!(gone["archived_at"].is_string());
    assert_eq!(gone["version"], 2);
    assert!(admin.get("/accounts").await.items().is_empty());
    assert_eq!(admin.get("/accounts?archived=true").await.items().len(), 1);
    assert_eq!(admin.get("/accounts?archived=any").await.items().len(), 1);
    let change = admin
        .patch(&path(&made))
        .if_match(&gone)
        .json(&json!({ "name": "X" }));
    change.await.refused(409, ErrorCode::Archived);
    let child = json!({ "name": "Child", "parent_id": made["id"] });
    let refused = admin.post("/accounts").json(&child).await;
    refused.invalid(&[("/parent_id", ErrorCode::Archived)]);

    let restore = || {
        admin
            .post(&format!("{}/restore", path(&made)))
            .if_match(&gone)
            .key("back")
    };
    let back = restore().await.expect(200).value();
    assert_eq!(back["archived_at"], Value::Null);
    assert_eq!(restore().await.expect(200).value(), back);
    assert_eq!(admin.get("/accounts").await.items().len(), 1);
}

#[tokio::test]
async fn an_external_id_belongs_to_one_account() {
    let app = TestApp::start().await;
    let (admin, other) = (app.sign_up("North").await, app.sign_up("South").await);
    let body = |name: &str| json!({ "name": name, "external_ids": { "erp": "7", "web": "9" } });
    let first = admin.make("/accounts", body("A")).await;
    let taken = admin.post("/accounts").json(&body("B")).await;
    taken.invalid(&[("/external_ids/erp", ErrorCode::Taken)]);
    other.make("/accounts", body("C")).await;

    let patch = json!({ "external_ids": { "web": "10" } });
    let new = admin
        .patch(&path(&first))
        .if_match(&first)
        .json(&patch)
        .await
        .expect(200)
        .value();
    assert_eq!(new["external_ids"], json!({ "web": "10" }));
    admin.make("/accounts", body("B")).await;
}

#[tokio::test]
async fn an_executive_reads_and_changes_nothing() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let made = account(&admin, "Acme").await;
    let executive = admin.invite(Role::Executive).await;
    assert_eq!(executive.read(&path(&made)).await["name"], "Acme");
    for request in [
        executive.post("/accounts").json(&json!({ "name": "X" })),
        executive
            .patch(&path(&made))
            .if_match(&made)
            .json(&json!({ "name": "X" })),
        executive.delete(&path(&made)).if_match(&made),
    ] {
        request.await.refused(403, ErrorCode::Forbidden);
    }
    assert_eq!(admin.read(&path(&made)).await, made);
    assert_eq!(id(&made), admin.get("/accounts").await.items()[0]["id"]);
}
