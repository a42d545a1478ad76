//! What an operation answers, it declares: whichever way it is asked wrongly, the status stands in the
//! document.

use super::operations::{Document, Operation};
use super::world::Tenant;
use reqwest::Method;
use shared::identity::Role;
use std::collections::BTreeSet;
use tests::{Client, Request, TestApp};
use uuid::Uuid;

/// Ways to ask wrongly, each for its own reason.
fn wrongly(tenant: &Tenant, rep: &Client, operation: &Operation) -> Vec<Request> {
    let admin: &Client = &tenant.administrator;
    let there = operation.address(&tenant.variable(operation));
    let nowhere = operation.address(&Uuid::now_v7().to_string());
    let ask = |client: &Client, address: &str| {
        let request = client.api(operation.method.clone(), address);
        match operation.body() {
            Some(_) => request.json(&tenant.body(operation)),
            None => request,
        }
    };
    let unknown = ask(&admin.stranger(), &there).if_version(1);
    // What never ends, and what would end the administrator's session, is asked by nobody else.
    if operation.is_stream() || operation.path.starts_with("/sessions") {
        return vec![unknown];
    }
    let mut requests = vec![unknown, ask(admin, &nowhere).if_version(1)];
    if operation.method != Method::GET {
        let elsewhere = ask(admin, &there).header("origin", "https://evil.example");
        requests.push(elsewhere);
    }
    if operation.needs_version() {
        requests.push(ask(admin, &there));
        requests.push(ask(admin, &there).if_version(0));
    }
    if operation.body().is_some() {
        for (media, bytes) in [
            ("application/json", "{"),
            ("application/json", "[]"),
            ("application/json", "{\"zz\":1}"),
            ("text/plain", "x"),
        ] {
            requests.push(ask(admin, &there).body(media, bytes).if_version(1));
        }
        let large = vec![b' '; 1024 * 1024 + 1];
        requests.push(
            ask(admin, &there)
                .body("application/json", large)
                .if_version(1),
        );
    }
    if operation.is_read() {
        requests.push(ask(rep, &there));
        for (name, value) in [
            ("zz", "1"),
            ("limit", "0"),
            ("cursor", "x"),
            ("fields", "zz"),
            ("after", "x"),
        ] {
            requests.push(ask(admin, &there).query(name, value));
        }
    }
    if operation.has("header", "Idempotency-Key") {
        requests.push(ask(admin, &there).key(&"k".repeat(256)).if_version(1));
    }
    requests
}

#[tokio::test]
async fn every_error_that_is_answered_is_declared_with_its_status() {
    let app = TestApp::start().await;
    let document = Document::read();
    let tenant = Tenant::found(&app, &document).await;
    let rep = tenant.administrator.invite(Role::Rep).await;
    let (mut wrong, mut seen) = (BTreeSet::new(), BTreeSet::new());
    for operation in document.operations() {
        for request in wrongly(&tenant, &rep, &operation) {
            let answer = request.await;
            if answer.status < 400 {
                continue;
            }
            let code = answer.problem().code;
            seen.insert(answer.status);
            if !operation.declares(answer.status) {
                wrong.insert(format!(
                    "{} answers {} {code:?}",
                    operation.label(),
                    answer.status
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let expected = [400, 401, 403, 404, 412, 413, 415, 422, 428];
    assert!(
        expected.iter().all(|status| seen.contains(status)),
        "{seen:?}"
    );
}
