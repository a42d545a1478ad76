//! Contacts: the people at an account.

use super::{account, contact, id, names, path};
use shared::error::ErrorCode;
use tests::{TestApp, Value, json, rows};

fn at(contact: &Value) -> String {
    format!("/contacts/{}", id(contact))
}

#[tokio::test]
async fn a_person_is_added_changed_archived_and_restored() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let acme = account(&admin, "Acme").await;
    let body = json!({
        "account_id": acme["id"], "name": "单雄信", "title": "CFO", "level": "deciding",
        "phones": ["1"], "mail": "shan@example.com", "wechat": "shan",
    });
    let made = admin.make("/contacts", body).await;
    assert_eq!(made["account_name"], "Acme");
    assert_eq!(admin.read(&at(&made)).await, made);

    let patch = json!({ "title": null, "department": "Finance" });
    let new = admin
        .patch(&at(&made))
        .if_match(&made)
        .json(&patch)
        .await
        .expect(200)
        .value();
    assert_eq!(
        (&new["title"], &new["department"]),
        (&Value::Null, &json!("Finance"))
    );
    let gone = admin
        .delete(&at(&made))
        .if_match(&new)
        .await
        .expect(200)
        .value();
    assert!(names(&admin.get("/contacts").await).is_empty());
    let restore = admin
        .post(&format!("{}/restore", at(&made)))
        .if_match(&gone);
    restore.await.expect(200);
    assert_eq!(names(&admin.get("/contacts").await), ["单雄信"]);
}

#[tokio::test]
async fn a_person_needs_an_account_in_use_within_view() {
    let app = TestApp::start().await;
    let (admin, other) = (app.sign_up("North").await, app.sign_up("South").await);
    let foreign = account(&other, "Acme").await;
    let gone = account(&admin, "Gone").await;
    admin.delete(&path(&gone)).if_match(&gone).await.expect(200);
    for (account, code) in [
        (&foreign, ErrorCode::NoSuchRecord),
        (&gone, ErrorCode::Archived),
    ] {
        let body = json!({ "account_id": account["id"], "name": "Lin" });
        let refused = admin.post("/contacts").json(&body).await;
        refused.invalid(&[("/account_id", code)]);
    }
    let refused = admin
        .post("/contacts")
        .json(&json!({ "name": "", "mail": "x" }))
        .await;
    refused.invalid(&[("/account_id", ErrorCode::Required)]);
}

#[tokio::test]
async fn a_person_who_changes_firms_is_listed_there() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let (from, to) = (account(&admin, "From").await, account(&admin, "To").await);
    let lin = contact(&admin, &from, "Lin").await;
    let patch = json!({ "account_id": to["id"] });
    let moved = admin
        .patch(&at(&lin))
        .if_match(&lin)
        .json(&patch)
        .await
        .expect(200)
        .value();
    assert_eq!(moved["account_name"], "To");
    let of = |account: &Value| format!("/contacts?account_id={}", id(account));
    assert!(names(&admin.get(&of(&from)).await).is_empty());
    assert_eq!(names(&admin.get(&of(&to)).await), ["Lin"]);
}

#[tokio::test]
async fn a_person_of_another_tenant_is_not_found_and_stays() {
    let app = TestApp::start().await;
    let (ours, theirs) = (app.sign_up("North").await, app.sign_up("South").await);
    let acme = account(&theirs, "Acme").await;
    let lin = contact(&theirs, &acme, "Lin").await;
    let db = app.db().await;
    let before = rows::checksums(&db, theirs.org(), &[]).await;
    for request in [
        ours.get(&at(&lin)),
        ours.patch(&at(&lin))
            .if_match(&lin)
            .json(&json!({ "name": "X" })),
        ours.delete(&at(&lin)).if_match(&lin),
    ] {
        request.await.refused(404, ErrorCode::NotFound);
    }
    assert_eq!(rows::checksums(&db, theirs.org(), &[]).await, before);
}
