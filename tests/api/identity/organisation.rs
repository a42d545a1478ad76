//! The organisation's settings.

use shared::error::ErrorCode;
use shared::identity::Role;
use tests::{TestApp, json};

#[tokio::test]
async fn an_administrator_changes_name_and_currency() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let organisation = admin.read("/organisation").await;
    let change = json!({ "name": " North Star ", "currency": "EUR" });

    let response = admin
        .patch("/organisation")
        .if_match(&organisation)
        .json(&change)
        .await
        .expect(200);

    assert_eq!(response.header("etag"), "\"2\"");
    assert_eq!(response.value()["name"], "North Star");
    assert_eq!(response.value()["currency"], "EUR");
    assert_eq!(admin.read("/me").await["organisation"], response.value());
    let events = super::events_to(&admin, "organisation.updated").await;
    let event = events.last().unwrap();
    assert_eq!(event["data"]["old"]["currency"], "USD");
}

#[tokio::test]
async fn everybody_reads_and_nobody_else_changes_it() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    for role in [Role::Rep, Role::Manager, Role::Executive] {
        let user = admin.invite(role).await;
        let organisation = user.read("/organisation").await;
        let request = user.patch("/organisation").if_match(&organisation);
        request
            .json(&json!({ "name": "Mine" }))
            .await
            .refused(403, ErrorCode::Forbidden);
    }
}

#[tokio::test]
async fn bad_changes_are_refused() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let patch = |body| {
        let request = admin.patch("/organisation").if_version(1);
        request.json(&body).into_future()
    };
    use ErrorCode as E;
    patch(json!({ "name": "" }))
        .await
        .invalid(&[("/name", E::Required)]);
    patch(json!({ "name": "x".repeat(201) }))
        .await
        .invalid(&[("/name", E::TooLong)]);
    patch(json!({ "currency": "eur" }))
        .await
        .invalid(&[("/currency", E::BadFormat)]);
    patch(json!({ "id": "x" }))
        .await
        .invalid(&[("/id", E::UnknownField)]);
    let change = json!({ "name": "X" });
    let request = admin.patch("/organisation").json(&change);
    request.await.refused(428, E::VersionRequired);
    let request = admin.patch("/organisation").if_version(2).json(&change);
    let problem = request.await.refused(412, E::Stale);
    assert_eq!(problem.current.unwrap()["name"], "North");
}
