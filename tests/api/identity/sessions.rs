//! Sessions of browsers: sign-in, renewal, sign-out.

use super::{cookie, event_kinds, whole_cookie};
use shared::error::ErrorCode;
use shared::identity::Role;
use std::time::Duration;
use tests::{Client, PASSWORD, Response, TestApp, TestConfig, User, json, wait};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn sign_in(client: &Client, email: &str, password: &str) -> Response {
    let body = json!({ "email": email, "password": password });
    client.post("/sessions").json(&body).await
}

/// Signs in on another device; gives its client and its refresh token.
async fn device(user: &User) -> (Client, String) {
    let client = user.stranger();
    let response = sign_in(&client, &user.email, PASSWORD).await.expect(200);
    let token = cookie(&response, "dipper_refresh");
    (client, token)
}

async fn refresh(client: &Client, token: &str) -> Response {
    let request = client.post("/sessions/refresh");
    request
        .header("cookie", &format!("dipper_refresh={token}"))
        .await
}

#[tokio::test]
async fn sign_in_gives_cookies_that_scripts_and_other_sites_cannot_use() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let client = app.anonymous();

    let response = sign_in(
        &client,
        &format!(" {} ", user.email.to_uppercase()),
        PASSWORD,
    )
    .await
    .expect(200);

    for name in ["dipper_access", "dipper_refresh"] {
        let cookie = whole_cookie(&response, name);
        for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
    }
    assert_eq!(response.header("cache-control"), "no-store");
    assert_eq!(response.value(), user.me);
    assert_eq!(client.read("/me").await, user.me);
}

#[tokio::test]
async fn unknown_person_wrong_password_and_disabled_person_are_refused_alike() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let rep = admin.invite(Role::Rep).await;
    let change = json!({ "state": "disabled" });
    let path = format!("/users/{}", rep.id());
    admin
        .patch(&path)
        .if_version(1)
        .json(&change)
        .await
        .expect(200);

    let mut answers = Vec::new();
    for (email, password) in [
        ("nobody@example.com", PASSWORD),
        (&admin.email, "not the password"),
        (&rep.email, PASSWORD),
    ] {
        let response = sign_in(&app.anonymous(), email, password).await;
        let problem = response.refused(401, ErrorCode::WrongCredentials);
        assert!(response.headers.get("set-cookie").is_none());
        answers.push((problem.title, problem.detail, problem.errors));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
}

// AUTH-4
#[tokio::test]
async fn five_wrong_passwords_slow_the_next_try_down_and_nobody_elses() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let other = app.sign_up("South").await;
    let client = app.anonymous();
    for _ in 0..5 {
        sign_in(&client, &user.email, "not the password")
            .await
            .refused(401, ErrorCode::WrongCredentials);
    }

    let response = sign_in(&client, &user.email, PASSWORD).await;

    response.refused(429, ErrorCode::TooMany);
    let seconds: u64 = response.header("retry-after").parse().unwrap();
    assert!((1..=6).contains(&seconds), "{seconds}");
    sign_in(&client, &other.email, PASSWORD).await.expect(200);
    // Who is in stays in.
    user.get("/me").await.expect(200);
}

// AUTH-4
#[tokio::test]
async fn who_guesses_a_password_does_not_lock_its_owner_out() {
    let config = TestConfig {
        proxies: vec!["127.0.0.1".parse().unwrap()],
        ..TestConfig::default()
    };
    let app = TestApp::start_with(config).await;
    let user = app.sign_up("North").await;
    let sign_in_from = async |address: &str, password: &str| {
        let body = json!({ "email": user.email, "password": password });
        let request = app.anonymous().post("/sessions").json(&body);
        request.header("x-forwarded-for", address).await
    };
    for invented in 0..5 {
        let addresses = format!("203.0.113.{invented}, 192.0.2.1");
        sign_in_from(&addresses, "not the password")
            .await
            .refused(401, ErrorCode::WrongCredentials);
    }
    sign_in_from("192.0.2.1", PASSWORD)
        .await
        .refused(429, ErrorCode::TooMany);
    sign_in_from("192.0.2.2", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_wrong_password_now_and_then_costs_nothing() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    for _ in 0..3 {
        for _ in 0..4 {
            sign_in(&app.anonymous(), &user.email, "not the password")
                .await
                .refused(401, ErrorCode::WrongCredentials);
        }
        sign_in(&app.anonymous(), &user.email, PASSWORD)
            .await
            .expect(200);
    }
}

#[tokio::test]
async fn sign_in_names_bad_fields() {
    let app = TestApp::start().await;
    let client = app.anonymous();
    let post = |body| client.post("/sessions").json(&body).into_future();
    use ErrorCode as E;
    post(json!({ "email": "", "password": "" }))
        .await
        .invalid(&[("/email", E::Required), ("/password", E::Required)]);
    post(json!({ "email": "a@b.c" }))
        .await
        .invalid(&[("/password", E::Required)]);
    post(json!({ "email": "a@b.c", "password": "x".repeat(201) }))
        .await
        .invalid(&[("/password", E::TooLong)]);
    post(json!({ "email": "a@b.c", "password": "x", "remember": true }))
        .await
        .invalid(&[("/remember", E::UnknownField)]);
}

#[tokio::test]
async fn a_page_of_another_site_cannot_sign_anybody_in() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let body = json!({ "email": user.email, "password": PASSWORD });
    let request = app.anonymous().post("/sessions").json(&body);
    let request = request.header("origin", "https://elsewhere.example.com");
    request.await.refused(403, ErrorCode::ForeignOrigin);
}

#[tokio::test]
async fn a_refreshed_session_goes_on() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let (client, first) = device(&user).await;

    let response = client.post("/sessions/refresh").await.expect(204);

    let second = cookie(&response, "dipper_refresh");
    assert_ne!(second, first);
    assert!(response.body.is_empty());
    client.get("/me").await.expect(200);
    client.post("/sessions/refresh").await.expect(204);
}

#[tokio::test]
async fn without_a_refresh_token_of_ours_nothing_is_refreshed() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let (client, token) = device(&user).await;
    app.anonymous()
        .post("/sessions/refresh")
        .await
        .refused(401, ErrorCode::Unauthenticated);
    let access = cookie(
        &sign_in(&app.anonymous(), &user.email, PASSWORD).await,
        "dipper_access",
    );
    let changed = format!("B{}", &token[1..]);
    for bad in ["", "x", &access, &changed, &token[..token.len() - 1]] {
        refresh(&client, bad)
            .await
            .refused(401, ErrorCode::Unauthenticated);
    }
    refresh(&client, &token).await.expect(204);
}

// AUTH-2
#[tokio::test]
async fn a_lost_answer_is_given_again_and_several_tabs_get_the_same_one() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let (client, token) = device(&user).await;
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let (client, token) = (client.clone(), token.clone());
        all.spawn(async move {
            let response = refresh(&client, &token).await.expect(204);
            cookie(&response, "dipper_refresh")
        });
    }
    let mut successors = all.join_all().await;
    successors.dedup();
    assert_eq!(successors.len(), 1, "{successors:?}");
    refresh(&client, &successors[0]).await.expect(204);
}

// AUTH-2: the connection is cut after the server committed, 1,000 times.
#[tokio::test]
async fn a_thousand_cut_connections_sign_nobody_out_and_hide_no_reuse() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let (client, first) = device(&user).await;
        let address = app.address();
        all.spawn(async move {
            let mut token = first.clone();
            for _ in 0..100 {
                cut_after_commit(address, &token).await;
                let response = refresh(&client, &token).await.expect(204);
                token = cookie(&response, "dipper_refresh");
            }
            refresh(&client, &first)
                .await
                .refused(401, ErrorCode::Unauthenticated);
            refresh(&client, &token)
                .await
                .refused(401, ErrorCode::Unauthenticated);
        });
    }
    all.join_all().await;
}

/// Sends a refresh and goes away as soon as the answer begins, which is after the commit.
async fn cut_after_commit(address: std::net::SocketAddr, token: &str) {
    let mut connection = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!(
        "POST /api/v1/sessions/refresh HTTP/1.1\r\nhost: {address}\r\n\
         cookie: dipper_refresh={token}\r\ncontent-length: 0\r\n\r\n"
    );
    connection.write_all(request.as_bytes()).await.unwrap();
    assert_eq!(connection.read_u8().await.unwrap(), b'H');
}

// AUTH-2
#[tokio::test]
async fn a_refresh_token_used_again_after_the_grace_ends_its_session_and_no_other() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let (thief, token) = device(&user).await;
    let (victim, other) = (user.stranger(), user.stranger());
    sign_in(&other, &user.email, PASSWORD).await.expect(200);
    let second = cookie(
        &refresh(&victim, &token).await.expect(204),
        "dipper_refresh",
    );
    let db = app.db().await;
    let sql = "update sessions set rotated_at = rotated_at - interval '31 seconds'";
    db.execute(sql, &[]).await.unwrap();

    refresh(&thief, &token)
        .await
        .refused(401, ErrorCode::Unauthenticated);

    refresh(&victim, &second)
        .await
        .refused(401, ErrorCode::Unauthenticated);
    victim
        .get("/me")
        .await
        .refused(401, ErrorCode::Unauthenticated);
    other.get("/me").await.expect(200);
    assert!(!event_kinds(&user, "user.signed_out").await.is_empty());
}

#[tokio::test]
async fn a_session_ends_after_thirty_idle_days_and_after_ninety_in_all() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let (client, token) = device(&user).await;
    let db = app.db().await;
    let days = async || -> i32 {
        let sql =
            "select round(extract(epoch from max(expires_at) - now()) / 86400)::int from sessions";
        db.query_one(sql, &[]).await.unwrap().get(0)
    };
    assert_eq!(days().await, 30);

    db.execute(
        "update sessions set created_at = now() - interval '80 days'",
        &[],
    )
    .await
    .unwrap();
    let response = refresh(&client, &token).await.expect(204);
    let token = cookie(&response, "dipper_refresh");
    let sql =
        "select round(extract(epoch from min(expires_at) - now()) / 86400)::int from sessions";
    let left: i32 = db.query_one(sql, &[]).await.unwrap().get(0);
    assert_eq!(left, 10);
    let age = whole_cookie(&response, "dipper_refresh");
    let ten_days = 10 * 86_400;
    assert!(
        age.contains(&format!("Max-Age={ten_days}"))
            || age.contains(&format!("Max-Age={}", ten_days - 1)),
        "{age}"
    );

    db.execute(
        "update sessions set expires_at = now() - interval '1 second'",
        &[],
    )
    .await
    .unwrap();
    refresh(&client, &token)
        .await
        .refused(401, ErrorCode::Unauthenticated);
}

#[tokio::test]
async fn sign_out_ends_this_session_and_takes_the_cookies_away() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let (client, token) = device(&user).await;

    let response = client.delete("/sessions/current").await.expect(204);

    for name in ["dipper_access", "dipper_refresh"] {
        assert!(whole_cookie(&response, name).contains("Max-Age=0"));
    }
    client
        .get("/me")
        .await
        .refused(401, ErrorCode::Unauthenticated);
    refresh(&client, &token)
        .await
        .refused(401, ErrorCode::Unauthenticated);
    user.get("/me").await.expect(200);
}

#[tokio::test]
async fn sign_out_works_when_the_access_token_has_run_out() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let (client, token) = device(&user).await;
    let only_refresh = format!("dipper_refresh={token}");
    let request = app.anonymous().delete("/sessions/current");

    request.header("cookie", &only_refresh).await.expect(204);

    client
        .get("/me")
        .await
        .refused(401, ErrorCode::Unauthenticated);
    app.anonymous()
        .delete("/sessions/current")
        .await
        .refused(401, ErrorCode::Unauthenticated);
}

#[tokio::test]
async fn sign_out_everywhere_ends_every_session_of_ones_own_at_every_server() {
    let app = TestApp::start().await;
    let second = app.another().await;
    let user = app.sign_up("North").await;
    let colleague = user.invite(Role::Rep).await;
    let (client, token) = device(&user).await;
    let tool = user.tool().await;
    let elsewhere = client.at(second.origin());
    elsewhere.get("/me").await.expect(200);

    user.delete("/sessions").await.expect(204);

    for gone in [&client, &tool] {
        gone.get("/me")
            .await
            .refused(401, ErrorCode::Unauthenticated);
    }
    refresh(&client, &token)
        .await
        .refused(401, ErrorCode::Unauthenticated);
    colleague.get("/me").await.expect(200);
    wait::within(
        Duration::from_secs(1),
        "the other server to know",
        async || (elsewhere.get("/me").await.status == 401).then_some(()),
    )
    .await;
}
