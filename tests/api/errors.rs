//! Every refusal is problem+json, whoever refuses: our handlers, the framework, or the parser of requests.

use reqwest::Method;
use serde_json::{Value, json};
use shared::error::{ErrorCode, Problem};
use tests::raw::exchange;
use tests::{PASSWORD, Request, TestApp};

/// A sign-in without a mistake but the credentials.
fn sign_in(app: &TestApp) -> Request {
    let body = json!({ "email": "nobody@north.example.com", "password": PASSWORD });
    app.anonymous().post("/sessions").json(&body)
}

#[tokio::test]
async fn address_the_api_does_not_have_is_404() {
    let app = TestApp::start().await;
    for path in [
        "/api/v1/nothing",
        "/api/v1/",
        "/api/v1",
        "/api/nothing",
        "/api",
        "/api/v2/deals",
        "/api/v1/deals/%ff/move",
        "/api/v1//deals",
        "/api/v1/../../etc/passwd",
        "/api/v1/deals/.",
    ] {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let response = app.anonymous().request(method, path).await;
            // Dots are resolved before they are sent.
            if response.header("content-type").starts_with("text/html") {
                assert_eq!(path, "/api/v1/../../etc/passwd");
                continue;
            }
            let problem = response.problem();
            let is_hidden = problem.code == ErrorCode::Unauthenticated;
            let is_absent = matches!(response.status, 404 | 405);
            assert!(is_hidden || is_absent, "{path}: {}", response.text());
            assert_eq!(response.header("x-request-id"), problem.request_id);
        }
    }
    let problem = app
        .anonymous()
        .get("/nothing")
        .await
        .refused(404, ErrorCode::NotFound);
    assert_eq!(problem.instance, "/api/v1/nothing");
}

#[tokio::test]
async fn method_that_an_address_does_not_take_is_405() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    for (method, path) in [
        (Method::PUT, "/me"),
        (Method::DELETE, "/organisation"),
        (Method::PATCH, "/sessions"),
        (Method::POST, "/events"),
        (Method::TRACE, "/me"),
    ] {
        let response = user.api(method, path).json(&json!({})).await;
        response.refused(405, ErrorCode::MethodNotAllowed);
        assert!(!response.header("allow").is_empty(), "{path}");
    }
}

#[tokio::test]
async fn body_over_the_limit_is_413() {
    let app = TestApp::start().await;
    let big = json!({ "email": "x".repeat(1024 * 1024), "password": PASSWORD });
    let response = sign_in(&app).json(&big).await;
    response.refused(413, ErrorCode::TooLarge);

    let fits = json!({ "email": "x".repeat(1024 * 1024 - 100), "password": PASSWORD });
    let response = sign_in(&app).json(&fits).await;
    response.invalid(&[("/email", ErrorCode::TooLong)]);
}

#[tokio::test]
async fn other_content_is_415() {
    let app = TestApp::start().await;
    let bare = sign_in(&app).without("content-type").await;
    bare.refused(415, ErrorCode::UnsupportedMedia);
    let packed = sign_in(&app).header("content-encoding", "br").await;
    packed.refused(415, ErrorCode::UnsupportedMedia);
    let named = sign_in(&app).header("content-type", "application/json; charset=utf-8");
    named.await.refused(401, ErrorCode::WrongCredentials);
}

#[tokio::test]
async fn body_that_is_no_json_is_400_and_says_where() {
    let app = TestApp::start().await;
    for body in ["", "{", "{]", "nul", "{\"email\": }", "\u{feff}{}"] {
        let response = sign_in(&app).body("application/json", body).await;
        let problem = response.refused(400, ErrorCode::Malformed);
        assert!(problem.detail.contains("column"), "{}", problem.detail);
    }
    let response = sign_in(&app)
        .body("application/json", b"{\"email\": \"\xff\"}".as_slice())
        .await;
    response.refused(400, ErrorCode::Malformed);
}

#[tokio::test]
async fn missing_and_wrong_fields_are_422_at_their_places() {
    let app = TestApp::start().await;
    let response = sign_in(&app).json(&json!({ "email": "a@b.example" })).await;
    response.invalid(&[("/password", ErrorCode::Required)]);
    let response = sign_in(&app)
        .json(&json!({ "email": 1, "password": "x" }))
        .await;
    response.invalid(&[("/email", ErrorCode::BadFormat)]);
    let response = sign_in(&app)
        .json(&json!({ "email": "", "password": "" }))
        .await;
    response.invalid(&[
        ("/email", ErrorCode::Required),
        ("/password", ErrorCode::Required),
    ]);
}

#[tokio::test]
async fn caller_without_a_sign_in_is_told_how_to_sign_in() {
    let app = TestApp::start().await;
    for token in ["", "x", "e30.e30.e30", "Bearer"] {
        let response = app.anonymous().with_token(token).get("/me").await;
        response.refused(401, ErrorCode::Unauthenticated);
        assert!(response.header("www-authenticate").starts_with("Bearer"));
    }
    let basic = app
        .anonymous()
        .get("/me")
        .header("authorization", "Basic YTpi");
    basic.await.refused(401, ErrorCode::Unauthenticated);
}

#[tokio::test]
async fn problem_speaks_the_callers_language() {
    let app = TestApp::start().await;
    for (accepted, title) in [
        ("en", "Not found"),
        ("en-GB,en;q=0.9", "Not found"),
        ("zh-CN,zh;q=0.9", "找不到"),
        ("zh", "找不到"),
        ("fr, en;q=0.5", "Not found"),
        ("fr", "找不到"),
        ("", "找不到"),
        ("*;;;q=,", "找不到"),
    ] {
        let request = app
            .anonymous()
            .get("/nothing")
            .header("accept-language", accepted);
        let problem = request.await.refused(404, ErrorCode::NotFound);
        assert_eq!(problem.title, title, "{accepted}");
    }
}

#[tokio::test]
async fn every_answer_has_an_id_of_its_own_and_the_security_headers() {
    let app = TestApp::start().await;
    let mut ids = std::collections::BTreeSet::new();
    for path in [
        "/api/v1/me",
        "/api/v1/nothing",
        "/livez",
        "/readyz",
        "/metrics",
        "/",
        "/deals",
        "/missing.js",
    ] {
        let response = app.anonymous().request(Method::GET, path).await;
        let id = response.header("x-request-id").to_owned();
        assert!(id.len() >= 16, "{path}: {id}");
        assert!(ids.insert(id));
        assert_eq!(
            response.header("x-content-type-options"),
            "nosniff",
            "{path}"
        );
        assert_eq!(response.header("x-frame-options"), "DENY", "{path}");
        let policy = response.header("content-security-policy");
        assert!(policy.contains("default-src 'self'"), "{path}: {policy}");
        assert!(!policy.contains("'unsafe-inline'") && !policy.contains("'unsafe-eval'"));
        assert_eq!(response.header("server"), "", "{path}");
    }
}

#[tokio::test]
async fn a_client_cannot_choose_the_id_of_its_request() {
    let app = TestApp::start().await;
    let request = app
        .anonymous()
        .get("/me")
        .header("x-request-id", "mine\u{e4}");
    let response = request.await.expect(401);
    assert!(!response.text().contains("mine"));
}

#[tokio::test]
async fn requests_that_are_no_http_end_without_a_page() {
    let app = TestApp::start().await;
    for bytes in [
        &b"nonsense\r\n\r\n"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /api/v1/me HTTP/1.1\r\nhost: x\r\nno colon here\r\n\r\n",
        b"POST /api/v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-length: nonsense\r\n\r\n",
        b"POST /api/v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /api/v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"GET http://[::bad/ HTTP/1.1\r\nhost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01",
    ] {
        let answer = exchange(app.address(), [bytes, b"\r\n\r\n"].concat()).await;
        let label = format!("{}: {answer:?}", String::from_utf8_lossy(bytes));
        assert!(answer.status == 0 || (400..500).contains(&answer.status), "{label}");
        assert!(answer.body.is_empty() || answer.body.contains("\"request_id\""), "{label}");
    }
    app.anonymous()
        .get("/me")
        .await
        .refused(401, ErrorCode::Unauthenticated);
}

#[tokio::test]
async fn bytes_that_are_no_text_in_an_address_are_refused_politely() {
    let app = TestApp::start().await;
    for path in [
        "/api/v1/deals/%00",
        "/api/v1/deals/%c3%28",
        "/api/v1/%2e%2e/%2e%2e/etc/passwd",
        "/%00",
        "/a%0d%0aset-cookie:x",
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        let answer = exchange(app.address(), request).await;
        assert!(
            answer.status < 500 && answer.status != 0,
            "{path}: {answer:?}"
        );
        assert_eq!(answer.header("set-cookie"), "", "{path}");
        if answer.status >= 400 {
            assert_eq!(
                answer.header("content-type"),
                "application/problem+json",
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn database_that_is_away_is_503_and_not_ready_but_alive() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    user.get("/me").await.expect(200);
    app.database().refuse_connections().await;

    let response = tests::wait::until("the server notices", async || {
        let response = user.get("/organisation").await;
        (response.status != 200).then_some(response)
    })
    .await;
    let problem = response.refused(503, ErrorCode::Unavailable);
    assert!(!response.header("retry-after").is_empty());
    assert!(!problem.detail.contains("postgres"), "{}", problem.detail);
    let ready = app.anonymous().request(Method::GET, "/readyz").await;
    assert_eq!(ready.status, 503);
    let alive = app.anonymous().request(Method::GET, "/livez").await;
    assert_eq!(alive.status, 200);

    app.database().take_connections().await;
    let back = tests::wait::until("the server is back", async || {
        let response = user.get("/organisation").await;
        (response.status == 200).then_some(response)
    });
    back.await.expect(200);
}

#[tokio::test]
async fn problems_are_read_by_our_own_type_without_a_rest() {
    let app = TestApp::start().await;
    let response = sign_in(&app).json(&json!({})).await.expect(422);
    let value: Value = response.value();
    let problem: Problem = response.parse();
    assert_eq!(serde_json::to_value(&problem).unwrap(), value);
}
