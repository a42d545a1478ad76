//! HEAD is answered wherever GET is, OPTIONS says what an address takes, and other methods are refused
//! with the same list (RFC 9110, 9.3.2, 9.3.7 and 15.5.6).

use super::operations::Document;
use super::world::Tenant;
use reqwest::Method;
use shared::error::ErrorCode;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tests::raw::RawConnection;
use tests::{Response, TestApp};

/// Addresses beside the API, all of them for reading.
const BESIDE: [&str; 11] = [
    "/livez",
    "/readyz",
    "/metrics",
    "/",
    "/deals",
    "/favicon.ico",
    "/missing.js",
    "/api/docs",
    "/api/docs/",
    "/api/docs/errors",
    "/api/v1/openapi.json",
];

/// An id of nothing.
const ID: &str = "01a20101-11cd-763e-884c-132cecb56862";

fn words(text: &str) -> BTreeSet<String> {
    text.split(',').map(|word| word.trim().to_owned()).collect()
}

#[track_caller]
fn is_head_of(head: &Response, whole: &Response, label: &str) {
    assert_eq!(head.status, whole.status, "{label}");
    assert!(head.body.is_empty(), "{label}: {}", head.text());
    let names = [
        "content-type",
        "content-length",
        "etag",
        "cache-control",
        "location",
        "allow",
    ];
    for name in names {
        // The figures count the requests for themselves.
        if name == "content-length" && label == "/metrics" {
            continue;
        }
        assert_eq!(head.header(name), whole.header(name), "{label}: {name}");
    }
}

#[tokio::test]
async fn head_is_answered_as_get_without_the_body() {
    let app = TestApp::start().await;
    let document = Document::read();
    let tenant = Tenant::found(&app, &document).await;
    let caller = &tenant.administrator;
    let mut reads = 0;
    for operation in document.operations() {
        if !operation.is_read() || operation.is_stream() {
            continue;
        }
        let address = operation.address(&tenant.variable(&operation));
        let whole = caller.api(Method::GET, &address).await;
        let head = caller.api(Method::HEAD, &address).await;
        is_head_of(&head, &whole, &operation.label());
        reads += 1;
    }
    assert!(reads > 15, "{reads}");
    for path in BESIDE {
        let whole = app.anonymous().request(Method::GET, path).await;
        let head = app.anonymous().request(Method::HEAD, path).await;
        is_head_of(&head, &whole, path);
    }
    let stranger = app.anonymous().api(Method::HEAD, "/me").await;
    assert_eq!(stranger.status, 401);
}

#[tokio::test]
async fn head_of_the_live_stream_ends() {
    let app = TestApp::start().await;
    let user = app.sign_up("North").await;
    let head = user.api(Method::HEAD, "/events/stream").await.expect(200);
    assert!(head.header("content-type").starts_with("text/event-stream"));

    // The connection is good for another request afterwards.
    let mut connection = RawConnection::open(app.address()).await;
    for path in ["/livez", "/", "/livez"] {
        connection
            .send(format!("HEAD {path} HTTP/1.1\r\nhost: x\r\n\r\n"))
            .await;
        let answer = connection.head_within(Duration::from_secs(5)).await;
        assert_eq!(answer.unwrap().status, 200, "{path}");
    }
}

#[tokio::test]
async fn options_and_refusals_name_the_methods_of_an_address() {
    let app = TestApp::start().await;
    let mut addresses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for operation in Document::read().operations() {
        let address = operation.address(ID);
        let methods = addresses.entry(format!("/api/v1{address}")).or_default();
        methods.insert(operation.method.to_string());
    }
    // `/accounts/search` could also be the account of that name, which is not there.
    let mut wider: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (address, methods) in &addresses {
        if let Some(parent) = address.strip_suffix(ID) {
            for twin in addresses.keys().filter(|twin| *twin != address) {
                if twin
                    .strip_prefix(parent)
                    .is_some_and(|rest| !rest.contains('/'))
                {
                    let mut methods = methods.clone();
                    methods.insert("HEAD".into());
                    wider.insert(twin.clone(), methods);
                }
            }
        }
    }
    for path in BESIDE {
        addresses.insert(path.to_owned(), words("GET"));
    }
    for (address, mut methods) in addresses {
        if methods.contains("GET") {
            methods.insert("HEAD".into());
        }
        methods.insert("OPTIONS".into());

        let told = app.anonymous().request(Method::OPTIONS, &address).await;
        assert_eq!(told.status, 204, "{address}");
        assert_eq!(words(told.header("allow")), methods, "{address}");
        assert_eq!(told.header("access-control-allow-origin"), "", "{address}");
        for method in [
            "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW",
        ] {
            let twin = wider.get(&address);
            if methods.contains(method) || twin.is_some_and(|twin| twin.contains(method)) {
                continue;
            }
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let answer = app.anonymous().request(method.clone(), &address).await;
            assert_eq!(answer.status, 405, "{method} {address}");
            if method != Method::HEAD {
                answer.refused(405, ErrorCode::MethodNotAllowed);
            }
            assert_eq!(words(answer.header("allow")), methods, "{method} {address}");
        }
    }
    let absent = app
        .anonymous()
        .request(Method::OPTIONS, "/api/v1/nothing")
        .await;
    absent.refused(404, ErrorCode::NotFound);
}
