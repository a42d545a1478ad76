//! Tokens of tools.

use super::cookie;
use shared::error::ErrorCode;
use tests::{Client, PASSWORD, Response, TestApp, Value, json};

async fn token(client: &Client, body: Value) -> Response {
    client.post("/tokens").json(&body).await
}

fn password(email: &str) -> Value {
    json!({ "grant_type": "password", "email": email, "password": PASSWORD })
}

fn refresh(token: &str) -> Value {
    json!({ "grant_type": "refresh_token", "refresh_token": token })
}

#[tokio::test]
async fn a_tool_gets_tokens_by_password_and_goes_on_by_refresh_token() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let client = app.anonymous();

    let response = token(&client, password(&user.email)).await.expect(200);

    assert!(response.headers.get("set-cookie").is_none());
    assert_eq!(response.header("cache-control"), "no-store");
    let first = response.value();
    assert_eq!(first["token_type"], "Bearer");
    assert_eq!(first["expires_in"], 600);
    let tool = client.with_token(first["access_token"].as_str().unwrap());
    assert_eq!(tool.read("/me").await, user.me);

    let first = first["refresh_token"].as_str().unwrap();
    let second = token(&client, refresh(first)).await.expect(200).value();
    let again = token(&client, refresh(first)).await.expect(200).value();
    assert_eq!(second["refresh_token"], again["refresh_token"]);
    assert_ne!(second["refresh_token"], first);
    let tool = client.with_token(second["access_token"].as_str().unwrap());
    tool.get("/me").await.expect(200);
}

#[tokio::test]
async fn wrong_credentials_and_bad_bodies_give_no_tokens() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let client = app.anonymous();
    let mut wrong = password(&user.email);
    wrong["password"] = json!("not the password");
    token(&client, wrong)
        .await
        .refused(401, ErrorCode::WrongCredentials);
    token(&client, refresh("x"))
        .await
        .refused(401, ErrorCode::Unauthenticated);
    use ErrorCode as E;
    let bad = [
        (json!({ "grant_type": "password" }), "/email", E::Required),
        (
            json!({ "grant_type": "refresh_token" }),
            "/refresh_token",
            E::Required,
        ),
        (
            json!({ "grant_type": "client_credentials" }),
            "/grant_type",
            E::NotAllowed,
        ),
        (json!({}), "/grant_type", E::Required),
        (refresh(""), "/refresh_token", E::Required),
        (refresh(&"x".repeat(501)), "/refresh_token", E::TooLong),
    ];
    for (body, pointer, code) in bad {
        token(&client, body).await.invalid(&[(pointer, code)]);
    }
}

#[tokio::test]
async fn the_refresh_tokens_of_browsers_and_tools_are_two_things() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let client = app.anonymous();
    let body = json!({ "email": user.email, "password": PASSWORD });
    let response = client.stranger().post("/sessions").json(&body).await;
    let of_browser = cookie(&response, "dipper_refresh");
    let tokens = token(&client, password(&user.email))
        .await
        .expect(200)
        .value();
    let of_tool = tokens["refresh_token"].as_str().unwrap();

    token(&client, refresh(&of_browser))
        .await
        .refused(401, ErrorCode::Unauthenticated);
    let request = client.post("/sessions/refresh");
    let request = request.header("cookie", &format!("dipper_refresh={of_tool}"));
    request.await.refused(401, ErrorCode::Unauthenticated);

    token(&client, refresh(of_tool)).await.expect(200);
}

// AUTH-1; the cases of malformed tokens are a table beside the code that reads them.
#[tokio::test]
async fn what_is_no_access_token_of_ours_is_unauthenticated() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let client = app.anonymous();
    let tokens = token(&client, password(&user.email))
        .await
        .expect(200)
        .value();
    let access = tokens["access_token"].as_str().unwrap();
    let (text, _) = access.rsplit_once('.').unwrap();
    let unsigned = format!("{text}.");
    let of_refresh = tokens["refresh_token"].as_str().unwrap();
    for bad in ["", "x", "a.b.c", &unsigned, of_refresh, &"x".repeat(5_000)] {
        let response = client.with_token(bad).get("/me").await;
        response.refused(401, ErrorCode::Unauthenticated);
        assert_eq!(response.header("www-authenticate"), "Bearer");
    }
    for scheme in ["Basic", "Token"] {
        let request = client.get("/me");
        let request = request.header("authorization", &format!("{scheme} {access}"));
        request.await.refused(401, ErrorCode::Unauthenticated);
    }
    let request = client.get("/me");
    let request = request.header("authorization", &format!("bearer {access}"));
    request.await.expect(200);
}

#[tokio::test]
async fn a_bad_bearer_token_is_not_saved_by_good_cookies() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let request = user.get("/me").header("authorization", "Bearer x");
    request.await.refused(401, ErrorCode::Unauthenticated);
}
