//! One's own settings.

use serde_json::Value;
use shared::error::ErrorCode;
use shared::identity::{Permission, Role};
use tests::{PASSWORD, TestApp, json};

#[tokio::test]
async fn me_says_what_the_role_allows() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    for role in [
        Role::Rep,
        Role::Manager,
        Role::Executive,
        Role::Administrator,
    ] {
        let user = admin.invite(role).await;
        let me: shared::identity::Me = user.get("/me").await.expect(200).parse();
        assert_eq!(me.permissions, role.permissions());
        assert_eq!(me.organisation.name, "North");
    }
    assert!(!Role::Rep.may(Permission::ManageUsers));
}

#[tokio::test]
async fn name_and_language_change_and_the_change_is_recorded() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let change = json!({ "name": " Zhixia ", "locale": "zh-CN" });

    let response = user
        .patch("/me")
        .if_match(&user.me)
        .json(&change)
        .await
        .expect(200);

    assert_eq!(response.header("etag"), "\"2\"");
    let me = response.value();
    assert_eq!(me["user"]["name"], "Zhixia");
    assert_eq!(me["user"]["locale"], "zh-CN");
    assert_eq!(user.read("/me").await, me);
    let events = super::events_to(&user, "user.updated").await;
    let event = events.last().unwrap();
    assert_eq!(event["data"]["old"]["name"], "Administrator");
    assert_eq!(event["data"]["new"]["name"], "Zhixia");
}

#[tokio::test]
async fn a_change_needs_the_version_that_was_read() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let change = json!({ "name": "Zhixia" });
    user.patch("/me")
        .json(&change)
        .await
        .refused(428, ErrorCode::VersionRequired);
    let response = user.patch("/me").if_version(7).json(&change).await;
    let problem = response.refused(412, ErrorCode::Stale);
    assert_eq!(problem.current, Some(user.me.clone()));
    assert_eq!(response.header("etag"), "\"1\"");
    assert_eq!(user.read("/me").await, user.me);
}

#[tokio::test]
async fn a_new_password_needs_the_old_one_and_ends_the_other_sessions() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let tool = user.tool().await;
    let patch = |body| {
        user.patch("/me")
            .if_match(&user.me)
            .json(&body)
            .into_future()
    };
    use ErrorCode as E;
    patch(json!({ "password": "five rivers flow east" }))
        .await
        .invalid(&[("/current_password", E::Required)]);
    patch(json!({ "password": "five rivers flow east", "current_password": "wrong" }))
        .await
        .invalid(&[("/current_password", E::WrongCredentials)]);
    patch(json!({ "password": "short", "current_password": PASSWORD }))
        .await
        .invalid(&[("/password", E::TooShort)]);
    patch(json!({ "password": user.email, "current_password": PASSWORD }))
        .await
        .invalid(&[("/password", E::WeakPassword)]);

    patch(json!({ "password": "five rivers flow east", "current_password": PASSWORD }))
        .await
        .expect(200);

    user.get("/me").await.expect(200);
    tool.get("/me").await.refused(401, E::Unauthenticated);
    let sign_in = async |password: &str| {
        let body = json!({ "email": user.email, "password": password });
        app.anonymous().post("/sessions").json(&body).await
    };
    sign_in(PASSWORD).await.refused(401, E::WrongCredentials);
    sign_in("five rivers flow east").await.expect(200);
    let text = Value::from(app.feed(&user).await).to_string();
    assert!(
        text.contains("password_changed") && !text.contains("argon2"),
        "{text}"
    );
}

#[tokio::test]
async fn nobody_gives_oneself_a_role_or_a_team() {
    let app = TestApp::start().await;
    let rep = app.sign_up("North").await.invite(Role::Rep).await;
    for (name, value) in [
        ("role", "administrator"),
        ("state", "active"),
        ("email", "a@b.c"),
    ] {
        let request = rep
            .patch("/me")
            .if_match(&rep.me)
            .json(&json!({ name: value }));
        request
            .await
            .invalid(&[(&format!("/{name}"), ErrorCode::UnknownField)]);
    }
}
