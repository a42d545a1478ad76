//! Changes: versions, idempotency keys, events and tags, for every operation that writes or reads.

use super::operations::{Document, FILE, Operation};
use super::world::Tenant;
use reqwest::Method;
use serde_json::Value;
use shared::error::ErrorCode;
use tests::{Response, TestApp, rows};

/// Where the thing is read that an operation changes.
fn thing_path(operation: &Operation, id: &str) -> String {
    match operation.subject() {
        // A stage is read with its funnel; what it asks is read where it is written.
        Some("stages") => operation.address(id),
        Some(kind) => format!("/{kind}/{id}"),
        None => operation.path.clone(),
    }
}

/// Makes a thing for an operation to be tried on: archived already when it restores.
async fn fresh(tenant: &Tenant, document: &Document, operation: &Operation) -> Option<Value> {
    let kind = operation.subject().map(|kind| match kind {
        "by-token" => "invitations",
        kind => kind,
    });
    let Some(kind) = kind else {
        // One's own things are where they are changed; what a collection makes is not there yet.
        return Some(if operation.needs_version() {
            tenant.administrator.read(&operation.path).await
        } else {
            Value::Null
        });
    };
    if operation.path.ends_with("/case") {
        return Some(tenant.closed_deal(operation.method == Method::DELETE).await);
    }
    let thing = tenant.make(document, kind).await?;
    if !operation.path.ends_with("/restore") {
        return Some(thing);
    }
    let path = format!("/{kind}/{}", thing["id"].as_str().unwrap());
    let archived = tenant.administrator.delete(&path).if_match(&thing).await;
    assert!(archived.status < 300, "{}", archived.text());
    Some(tenant.administrator.read(&path).await)
}

fn id_of(thing: &Value, operation: &Operation) -> String {
    let key = match operation.subject() {
        Some("by-token") => "token",
        _ => "id",
    };
    thing[key].as_str().unwrap_or("").to_owned()
}

#[tokio::test]
async fn changes_without_a_version_are_refused() {
    let app = TestApp::start().await;
    let document = Document::read();
    let tenant = Tenant::found(&app, &document).await;
    let db = app.db().await;
    let before = rows::checksums(&db, tenant.administrator.org(), &[]).await;
    let mut cases = 0;
    for operation in document.operations() {
        if !operation.needs_version() {
            continue;
        }
        let address = operation.address(&tenant.variable(&operation));
        let mut request = tenant.administrator.api(operation.method.clone(), &address);
        if operation.body().is_some() {
            request = request.json(&tenant.body(&operation));
        }
        request.await.refused(428, ErrorCode::VersionRequired);
        cases += 1;
    }
    assert!(cases > 5);
    assert_eq!(
        rows::checksums(&db, tenant.administrator.org(), &[]).await,
        before
    );
}

#[tokio::test]
async fn stale_changes_are_refused_with_the_state_now() {
    let app = TestApp::start().await;
    let document = Document::read();
    let tenant = Tenant::found(&app, &document).await;
    let db = app.db().await;
    for operation in document.operations() {
        if !operation.needs_version() {
            continue;
        }
        let thing = fresh(&tenant, &document, &operation).await.unwrap();
        let id = id_of(&thing, &operation);
        let now = tenant
            .administrator
            .get(&thing_path(&operation, &id))
            .await
            .expect(200);
        let before = rows::checksums(&db, tenant.administrator.org(), &[]).await;

        for stale in ["\"0\"", "\"2147483647\"", "\"nonsense\"", "W/\"1\"", "1"] {
            let mut request = tenant
                .administrator
                .api(operation.method.clone(), &operation.address(&id))
                .header("if-match", stale);
            if operation.body().is_some() {
                request = request.json(&tenant.body(&operation));
            }
            let answer = request.await;
            let problem = answer.refused(412, ErrorCode::Stale);
            assert_same(&problem.current.unwrap(), &now.value(), &operation);
            assert_eq!(
                answer.header("etag"),
                now.header("etag"),
                "{}",
                operation.label()
            );
        }
        let after = rows::checksums(&db, tenant.administrator.org(), &[]).await;
        assert_eq!(after, before, "{}", operation.label());
    }
}

/// The state that comes with a refusal is the one that reading gives; parts that only the single thing
/// has, such as a deal's lines, may be left out.
fn assert_same(current: &Value, now: &Value, operation: &Operation) {
    for (name, value) in current.as_object().unwrap() {
        assert_eq!(Some(value), now.get(name), "{}: {name}", operation.label());
    }
    for name in ["id", "version"] {
        let has_none = operation.path == "/me" || operation.path.ends_with("/gate");
        let is_there = current.get(name).is_some() || has_none;
        assert!(is_there, "{}: {name}", operation.label());
    }
}

/// Sends an operation that should succeed, on a thing of its own.
async fn succeed(tenant: &Tenant, document: &Document, operation: &Operation) -> Option<Response> {
    if operation.id == "refresh_session" || operation.path.starts_with("/sessions") {
        return None;
    }
    // A part of a thing is made by its own tests; work that goes on records more than its beginning.
    if operation.variables().len() > 1 || operation.goes_on() {
        return None;
    }
    let thing = fresh(tenant, document, operation).await?;
    let address = operation.address(&id_of(&thing, operation));
    // Who signs in does so in a browser of their own: the administrator's keeps its cookies.
    let stranger = tenant.administrator.stranger();
    let client = match operation.is_anonymous() {
        true => &stranger,
        false => &tenant.administrator,
    };
    let mut request = client.api(operation.method.clone(), &address);
    if operation.body().is_some() {
        request = request.json(&tenant.body(operation));
    } else if operation.takes_file() {
        request = request.body("text/csv", FILE);
    }
    if operation.needs_version() {
        request = request.if_match(&thing);
    }
    Some(request.await)
}

#[tokio::test]
async fn every_write_that_succeeds_is_recorded_as_an_event() {
    let app = TestApp::start().await;
    let document = Document::read();
    let tenant = Tenant::found(&app, &document).await;
    let db = app.db().await;
    let mut wrong = Vec::new();
    for operation in document.operations() {
        if operation.is_read() || operation.is_search() {
            continue;
        }
        // What is made for the operation is recorded too, so the newest event is looked at.
        let Some(answer) = succeed(&tenant, &document, &operation).await else {
            continue;
        };
        if answer.status >= 300 {
            wrong.push(format!("{} answers {}", operation.label(), answer.text()));
            continue;
        }
        let newest = db
            .query_one(
                "select request_id from events order by sequence desc limit 1",
                &[],
            )
            .await
            .unwrap();
        let request: Option<String> = newest.get(0);
        if request.as_deref() != Some(answer.header("x-request-id")) {
            wrong.push(format!("{} is not recorded", operation.label()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn every_post_is_done_once_for_its_key() {
    let app = TestApp::start().await;
    let document = Document::read();
    let tenant = Tenant::found(&app, &document).await;
    let db = app.db().await;
    let org = tenant.administrator.org();
    let mut wrong = Vec::new();
    for operation in document.operations() {
        let is_write = operation.method == Method::POST && !operation.is_search();
        // Work that goes on changes more than its answer says.
        if !is_write || operation.is_anonymous() || operation.goes_on() {
            continue;
        }
        let thing = fresh(&tenant, &document, &operation).await.unwrap();
        let body = tenant.body(&operation);
        let send = |body: &Value| {
            let address = operation.address(&id_of(&thing, &operation));
            let mut request = tenant
                .administrator
                .post(&address)
                .key(&format!("the key of {}", operation.id));
            if operation.body().is_some() {
                request = request.json(body);
            } else if operation.takes_file() {
                request = request.body("text/csv", FILE);
            }
            if operation.needs_version() {
                request = request.if_match(&thing);
            }
            request
        };

        let first = send(&body).await;
        if first.status >= 300 {
            wrong.push(format!("{} answers {}", operation.label(), first.text()));
            continue;
        }
        let before = rows::checksums(&db, org, &[]).await;
        let second = send(&body).await;
        let same = (
            second.status,
            &second.body,
            second.header("etag"),
            second.header("location"),
        ) == (
            first.status,
            &first.body,
            first.header("etag"),
            first.header("location"),
        );
        if !same {
            wrong.push(format!(
                "{} answers the second time: {}",
                operation.label(),
                second.text()
            ));
        }
        if operation.body().is_some() {
            let mut other = tenant.body(&operation);
            other["zz"] = Value::Null;
            other.as_object_mut().unwrap().remove("zz");
            let other = format!(" {other}");
            let reused = send(&body).body("application/json", other).await;
            let is_right = reused.status == 422 && reused.problem().code == ErrorCode::KeyReused;
            if !is_right {
                wrong.push(format!(
                    "{} with another body answers {}",
                    operation.label(),
                    reused.text()
                ));
            }
        }
        if rows::checksums(&db, org, &[]).await != before {
            wrong.push(format!("{} did it twice", operation.label()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn every_reading_has_a_tag_and_is_not_sent_twice() {
    let app = TestApp::start().await;
    let document = Document::read();
    let tenant = Tenant::found(&app, &document).await;
    let mut wrong = Vec::new();
    for operation in document.operations() {
        if !operation.is_read() || operation.is_stream() {
            continue;
        }
        let address = operation.address(&tenant.variable(&operation));
        let read = || {
            let request = tenant.administrator.get(&address);
            if operation.has("query", "q") {
                request.query("q", &tenant.mark)
            } else {
                request
            }
        };
        let first = read().await;
        let tag = first.header("etag").to_owned();
        if first.status != 200 || tag.is_empty() {
            wrong.push(format!(
                "{} answers {} {tag}",
                operation.label(),
                first.status
            ));
            continue;
        }
        let second = read().header("if-none-match", &tag).await;
        if second.status != 304 || !second.body.is_empty() {
            wrong.push(format!(
                "{} answers {} again",
                operation.label(),
                second.status
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
