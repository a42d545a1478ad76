//! What is not as declared is refused by name, and changes nothing.

use super::operations::{Document, Operation};
use super::world::Tenant;
use serde_json::{Value, json};
use shared::error::ErrorCode;
use tests::{Request, TestApp, rows};

/// A request of the administrator, with a version where one is needed.
fn request(tenant: &Tenant, operation: &Operation) -> Request {
    let address = operation.address(&tenant.variable(operation));
    let request = tenant.administrator.api(operation.method.clone(), &address);
    if operation.needs_version() {
        request.if_version(1)
    } else {
        request
    }
}

/// A tenant, and the checksums of its rows before anything was tried.
struct Stage {
    app: TestApp,
    document: Document,
    tenant: Tenant,
    before: std::collections::BTreeMap<String, String>,
}

impl Stage {
    async fn set() -> Self {
        let app = TestApp::start().await;
        let document = Document::read();
        let tenant = Tenant::found(&app, &document).await;
        let before = Self::sums(&app, &tenant).await;
        Self {
            app,
            document,
            tenant,
            before,
        }
    }

    async fn sums(app: &TestApp, tenant: &Tenant) -> std::collections::BTreeMap<String, String> {
        rows::checksums(&app.db().await, tenant.administrator.org(), &[]).await
    }

    async fn nothing_changed(self) {
        assert_eq!(Self::sums(&self.app, &self.tenant).await, self.before);
    }

    fn with_body(&self) -> Vec<Operation> {
        let mut operations = self.document.operations();
        operations.retain(|operation| operation.body().is_some());
        assert!(operations.len() > 5);
        operations
    }
}

#[tokio::test]
async fn unknown_query_parameters_are_named() {
    let stage = Stage::set().await;
    let mut wrong = Vec::new();
    for operation in stage.document.operations() {
        if !operation.is_read() || operation.is_anonymous() {
            continue;
        }
        let answer = request(&stage.tenant, &operation)
            .query("zz_unknown", 1)
            .await;
        let is_right = answer.status == 400
            && answer.problem().code == ErrorCode::UnknownParameter
            && answer.problem().detail.contains("zz_unknown");
        if !is_right {
            wrong.push(format!("{} answers {}", operation.label(), answer.status));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    stage.nothing_changed().await;
}

#[tokio::test]
async fn pages_have_limits_and_cursors_of_their_own_making() {
    let stage = Stage::set().await;
    let mut pages = 0;
    for operation in stage.document.operations() {
        if operation.has("query", "limit") {
            for limit in ["0", "201", "-1", "many", "99999999999"] {
                let answer = request(&stage.tenant, &operation)
                    .query("limit", limit)
                    .await;
                assert!(
                    matches!(answer.status, 400 | 422),
                    "{} limit={limit}: {}",
                    operation.label(),
                    answer.text()
                );
                assert!(!answer.problem().detail.is_empty());
            }
            pages += 1;
        }
        if operation.has("query", "cursor") {
            for cursor in ["nonsense", "!!", "W10", "eyJhIjoxfQ"] {
                let answer = request(&stage.tenant, &operation)
                    .query("cursor", cursor)
                    .await;
                answer.invalid(&[("cursor", ErrorCode::BadFormat)]);
            }
        }
    }
    assert!(pages >= 2);
    stage.nothing_changed().await;
}

#[tokio::test]
async fn broken_json_is_malformed() {
    let stage = Stage::set().await;
    for operation in stage.with_body() {
        let whole = stage.tenant.body(&operation).to_string();
        let cut = &whole.as_bytes()[..whole.len() - 1];
        let after = format!("{whole} x").into_bytes();
        let torn = whole
            .replacen(": \"", ":\"", 1)
            .replacen("\":\"", "\":\"\u{1}", 1);
        let torn: Vec<u8> = torn
            .bytes()
            .map(|byte| if byte == 1 { 0xff } else { byte })
            .collect();
        for body in [
            &b""[..],
            b"{",
            b"{\"",
            b"{'a': 1}",
            b"\xff\xfe{}",
            b"\"\xed\xa0\x80\"",
            cut,
            &after,
            &torn,
        ] {
            // An empty object has nothing to tear.
            if body == whole.as_bytes() {
                continue;
            }
            let answer = request(&stage.tenant, &operation)
                .body("application/json", body)
                .await;
            answer.refused(400, ErrorCode::Malformed);
        }
        let deep = "[".repeat(10_000);
        let answer = request(&stage.tenant, &operation)
            .body("application/json", deep)
            .await;
        assert!(matches!(answer.status, 400 | 422), "{}", answer.text());
    }
    stage.nothing_changed().await;
}

#[tokio::test]
async fn other_media_are_refused() {
    let stage = Stage::set().await;
    for operation in stage.with_body() {
        let body = stage.tenant.body(&operation).to_string();
        for kind in [
            "text/plain",
            "application/xml",
            "application/x-www-form-urlencoded",
        ] {
            let answer = request(&stage.tenant, &operation)
                .body(kind, body.clone())
                .await;
            answer.refused(415, ErrorCode::UnsupportedMedia);
        }
        let packed = request(&stage.tenant, &operation)
            .body("application/json", body)
            .header("content-encoding", "gzip");
        packed.await.refused(415, ErrorCode::UnsupportedMedia);
    }
    stage.nothing_changed().await;
}

#[tokio::test]
async fn bodies_of_another_shape_are_invalid() {
    let stage = Stage::set().await;
    for operation in stage.with_body() {
        for body in [json!(null), json!("text"), json!(7), json!([]), json!([{}])] {
            let answer = request(&stage.tenant, &operation).json(&body).await;
            assert_eq!(
                (answer.status, answer.problem().code),
                (422, ErrorCode::Invalid),
                "{} with {body}: {}",
                operation.label(),
                answer.text()
            );
        }
    }
    stage.nothing_changed().await;
}

#[tokio::test]
async fn unknown_fields_are_named() {
    let stage = Stage::set().await;
    for operation in stage.with_body() {
        let mut body = stage.tenant.body(&operation);
        body["zz_unknown"] = json!(1);
        let answer = request(&stage.tenant, &operation).json(&body).await;
        answer.invalid(&[("/zz_unknown", ErrorCode::UnknownField)]);
    }
    stage.nothing_changed().await;
}

#[tokio::test]
async fn fields_of_another_type_are_named() {
    let stage = Stage::set().await;
    let mut cases = 0;
    for operation in stage.with_body() {
        let schema = operation.body().unwrap();
        for (property, schema) in stage.document.properties(schema) {
            let types = stage.document.types(&schema);
            let wrong = if types.is_empty() {
                continue;
            } else if types.contains("object") {
                json!(17)
            } else {
                json!({ "a": 1 })
            };
            let mut body = stage.tenant.body(&operation);
            body[&property] = wrong.clone();
            let answer = request(&stage.tenant, &operation).json(&body).await;
            let is_named = answer.status == 422
                && answer
                    .problem()
                    .errors
                    .iter()
                    .all(|error| error.pointer == format!("/{property}"));
            assert!(
                is_named,
                "{} with {property}: {wrong}: {}",
                operation.label(),
                answer.text()
            );
            cases += 1;
        }
    }
    assert!(cases > 40, "only {cases} fields were tried");
    stage.nothing_changed().await;
}

#[tokio::test]
async fn texts_have_an_end_and_no_control_characters() {
    let stage = Stage::set().await;
    let mut cases = 0;
    for operation in stage.with_body() {
        let schema = operation.body().unwrap();
        for (property, schema) in stage.document.properties(schema) {
            if !stage.document.types(&schema).contains("string") {
                continue;
            }
            // Compared with a hash, never stored.
            if property == "current_password" {
                continue;
            }
            for text in [
                "长".repeat(70_000),
                "a\u{0}b".to_owned(),
                "x".repeat(70_000),
            ] {
                let mut body = stage.tenant.body(&operation);
                body[&property] = json!(text);
                let answer = request(&stage.tenant, &operation).json(&body).await;
                // A search names what it does not know as parameters.
                let is_search = operation.is_search() && matches!(answer.status, 400 | 422);
                // A sign-in with wrong credentials is not told why.
                let is_hidden = operation.is_anonymous() && answer.status == 401;
                let is_named = answer.status == 422
                    && answer
                        .problem()
                        .errors
                        .iter()
                        .any(|error| error.pointer == format!("/{property}"));
                assert!(
                    is_hidden || is_named || is_search,
                    "{} with {} characters in {property}: {}",
                    operation.label(),
                    text.chars().count(),
                    answer.text()
                );
                cases += 1;
            }
        }
    }
    assert!(cases > 40, "only {cases} texts were tried");
    stage.nothing_changed().await;
}

#[tokio::test]
async fn lists_in_bodies_have_an_end() {
    let stage = Stage::set().await;
    let mut cases = 0;
    for operation in stage.with_body() {
        let schema = operation.body().unwrap();
        for (property, schema) in stage.document.properties(schema) {
            let resolved = stage.document.resolve(&schema);
            if !stage.document.types(&schema).contains("array") {
                continue;
            }
            let is_texts = stage.document.types(&resolved["items"]).contains("string");
            let items: Vec<Value> = (0..1_001)
                .map(|n| {
                    if is_texts {
                        json!(n.to_string())
                    } else {
                        json!({})
                    }
                })
                .collect();
            let mut body = stage.tenant.body(&operation);
            body[&property] = json!(items);
            let answer = request(&stage.tenant, &operation).json(&body).await;
            let is_refused = match operation.is_search() {
                true => matches!(answer.status, 400 | 422),
                false => answer.status == 422,
            };
            assert!(
                is_refused,
                "{} {property}: {}",
                operation.label(),
                answer.text()
            );
            cases += 1;
        }
    }
    assert!(cases > 1);
    stage.nothing_changed().await;
}
