//! Products: create, read, update, archive, list.

use shared::error::ErrorCode;
use shared::identity::Role;
use tests::{TestApp, User, Value, json, rows};

fn path(product: &Value) -> String {
    format!("/products/{}", product["id"].as_str().unwrap())
}

async fn product(user: &User, name: &str, price: &str) -> Value {
    let body = json!({ "name": name, "line": "GTX", "list_price": { "amount": price, "currency": "CNY" } });
    user.make("/products", body).await
}

#[tokio::test]
async fn a_product_is_made_changed_archived_and_restored() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let made = product(&admin, "GTX Pro", "4821.50").await;
    assert_eq!(made["list_price"]["amount"], "4821.5");
    assert_eq!(admin.read(&path(&made)).await, made);
    let patch = json!({ "list_price": null, "line": "" });
    let new = admin
        .patch(&path(&made))
        .if_match(&made)
        .json(&patch)
        .await
        .expect(200)
        .value();
    assert_eq!(
        (&new["list_price"], &new["line"]),
        (&Value::Null, &Value::Null)
    );
    let stale = admin.delete(&path(&made)).if_match(&made).await;
    stale.refused(412, ErrorCode::Stale);
    let gone = admin
        .delete(&path(&made))
        .if_match(&new)
        .await
        .expect(200)
        .value();
    assert!(admin.get("/products").await.items().is_empty());
    let change = admin
        .patch(&path(&made))
        .if_match(&gone)
        .json(&json!({ "line": "x" }));
    change.await.refused(409, ErrorCode::Archived);
    let restore = admin
        .post(&format!("{}/restore", path(&made)))
        .if_match(&gone);
    restore.await.expect(200);
    assert_eq!(admin.get("/products").await.items().len(), 1);
}

#[tokio::test]
async fn a_name_is_taken_once_in_an_organisation() {
    let app = TestApp::start().await;
    let (admin, other) = (app.sign_up("North").await, app.sign_up("South").await);
    product(&admin, "GTX Pro", "1").await;
    let basic = product(&admin, "GTX Basic", "1").await;
    let taken = [("/name", ErrorCode::Taken)];
    let body = json!({ "name": " GTX Pro " });
    admin.post("/products").json(&body).await.invalid(&taken);
    let rename = admin.patch(&path(&basic)).if_match(&basic).json(&body);
    rename.await.invalid(&taken);
    product(&other, "GTX Pro", "1").await;
}

#[tokio::test]
async fn prices_have_limits() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    for (amount, currency, expected) in [
        ("-1", "CNY", ("/list_price/amount", ErrorCode::OutOfRange)),
        (
            "1000000000001",
            "CNY",
            ("/list_price/amount", ErrorCode::OutOfRange),
        ),
        (
            "0.00001",
            "CNY",
            ("/list_price/amount", ErrorCode::OutOfRange),
        ),
        ("much", "CNY", ("/list_price/amount", ErrorCode::BadFormat)),
        ("1", "yuan", ("/list_price/currency", ErrorCode::BadFormat)),
    ] {
        let body = json!({ "name": "X", "list_price": { "amount": amount, "currency": currency } });
        admin
            .post("/products")
            .json(&body)
            .await
            .invalid(&[expected]);
    }
}

#[tokio::test]
async fn products_are_listed_by_price_and_line() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    product(&admin, "GTX Pro", "4821").await;
    product(&admin, "GTX Basic", "550").await;
    for (query, expected) in [
        ("", vec!["GTX Basic", "GTX Pro"]),
        ("?list_price[gte]=550.01", vec!["GTX Pro"]),
        ("?list_price=550", vec!["GTX Basic"]),
        ("?line=GTX&sort=-name", vec!["GTX Pro", "GTX Basic"]),
    ] {
        let items = admin.get(&format!("/products{query}")).await.items();
        let names: Vec<&str> = items
            .iter()
            .map(|item| item["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, expected, "{query}");
    }
    let body =
        json!({ "filter": { "not": { "field": "name", "value": "GTX Pro" } }, "fields": ["name"] });
    let page = admin
        .post("/products/search")
        .json(&body)
        .await
        .expect(200)
        .value();
    assert_eq!(page["items"], json!([{ "name": "GTX Basic" }]));
}

#[tokio::test]
async fn sellers_see_products_and_change_none() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let made = product(&admin, "GTX Pro", "1").await;
    let rep = admin.invite(Role::Rep).await;
    assert_eq!(rep.read(&path(&made)).await, made);
    for request in [
        rep.post("/products").json(&json!({ "name": "X" })),
        rep.patch(&path(&made))
            .if_match(&made)
            .json(&json!({ "name": "X" })),
        rep.delete(&path(&made)).if_match(&made),
    ] {
        request.await.refused(403, ErrorCode::Forbidden);
    }
}

#[tokio::test]
async fn a_product_of_another_tenant_is_not_found_and_stays() {
    let app = TestApp::start().await;
    let (ours, theirs) = (app.sign_up("North").await, app.sign_up("South").await);
    let made = product(&theirs, "GTX Pro", "1").await;
    let db = app.db().await;
    let before = rows::checksums(&db, theirs.org(), &[]).await;
    for request in [
        ours.get(&path(&made)),
        ours.patch(&path(&made))
            .if_match(&made)
            .json(&json!({ "name": "X" })),
        ours.delete(&path(&made)).if_match(&made),
        ours.post(&format!("{}/restore", path(&made)))
            .if_match(&made),
    ] {
        request.await.refused(404, ErrorCode::NotFound);
    }
    assert_eq!(rows::checksums(&db, theirs.org(), &[]).await, before);
}
