//! Who is let in: sign-in, permission, organisation, view.

use super::operations::{Document, FILE, Operation};
use super::world::Tenant;
use reqwest::Method;
use serde_json::{Value, json};
use shared::error::ErrorCode;
use shared::identity::Role;
use tests::{Client, Request, TestApp, rows};
use uuid::Uuid;

/// A request that is right in everything but what the test is about.
fn whole(client: &Client, operation: &Operation, id: &str, body: &Value) -> Request {
    let mut request = client.api(operation.method.clone(), &operation.address(id));
    if operation.body().is_some() {
        request = request.json(body);
    } else if operation.takes_file() {
        request = request.body("text/csv", FILE);
    }
    if operation.needs_version() {
        request = request.if_version(1);
    }
    request
}

#[tokio::test]
async fn nobody_gets_in_without_a_sign_in() {
    let app = TestApp::start().await;
    let document = Document::read();
    let tenant = Tenant::found(&app, &document).await;
    let db = app.db().await;
    let before = rows::checksums(&db, tenant.administrator.org(), &[]).await;
    let strangers = [
        app.anonymous(),
        app.anonymous().with_token("nonsense"),
        app.anonymous().with_token(""),
    ];

    for operation in document.operations() {
        if operation.is_anonymous() {
            continue;
        }
        for stranger in &strangers {
            let request = whole(
                stranger,
                &operation,
                &tenant.variable(&operation),
                &tenant.body(&operation),
            );
            let answer = request.await;
            answer.refused(401, ErrorCode::Unauthenticated);
            assert!(
                answer.header("www-authenticate").starts_with("Bearer"),
                "{}",
                operation.label()
            );
        }
    }
    assert_eq!(
        rows::checksums(&db, tenant.administrator.org(), &[]).await,
        before
    );
}

#[tokio::test]
async fn nobody_does_what_their_role_may_not() {
    let app = TestApp::start().await;
    let document = Document::read();
    let tenant = Tenant::found(&app, &document).await;
    let mut people = Vec::new();
    for role in [Role::Rep, Role::Manager, Role::Executive] {
        people.push((role, tenant.administrator.invite(role).await));
    }
    let db = app.db().await;
    let before = rows::checksums(&db, tenant.administrator.org(), &[]).await;

    for operation in document.operations() {
        let Some(permissions) = operation.permissions() else {
            continue;
        };
        for (role, person) in &people {
            if permissions.iter().all(|permission| role.may(*permission)) {
                continue;
            }
            let request = whole(
                person,
                &operation,
                &tenant.variable(&operation),
                &tenant.body(&operation),
            );
            request.await.refused(403, ErrorCode::Forbidden);
            let after = rows::checksums(&db, tenant.administrator.org(), &[]).await;
            assert_eq!(after, before, "{role:?}: {}", operation.label());
        }
    }
}

#[tokio::test]
async fn things_of_another_organisation_are_not_there() {
    let app = TestApp::start().await;
    let document = Document::read();
    let ours = Tenant::found(&app, &document).await;
    let theirs = Tenant::found(&app, &document).await;
    let db = app.db().await;
    let before = rows::checksums(&db, theirs.administrator.org(), &[]).await;

    for operation in document.operations() {
        if operation.variables().is_empty() || operation.is_anonymous() {
            continue;
        }
        let request = whole(
            &ours.administrator,
            &operation,
            &theirs.variable(&operation),
            &ours.body(&operation),
        );
        let answer = request.await;
        answer.refused(404, ErrorCode::NotFound);
        assert!(!answer.text().contains(&theirs.mark));
        let after = rows::checksums(&db, theirs.administrator.org(), &[]).await;
        assert_eq!(after, before, "{}", operation.label());
    }
}

#[tokio::test]
async fn bodies_cannot_refer_to_things_of_another_organisation() {
    let app = TestApp::start().await;
    let document = Document::read();
    let ours = Tenant::found(&app, &document).await;
    let theirs = Tenant::found(&app, &document).await;
    let db = app.db().await;
    let before = rows::checksums(&db, theirs.administrator.org(), &[]).await;
    let own_before = rows::checksums(&db, ours.administrator.org(), &[]).await;

    let mut cases = 0;
    for operation in document.operations() {
        let Some(schema) = operation.body() else {
            continue;
        };
        for (property, _) in document.properties(schema) {
            let Some(id) = foreign_id(&theirs, &property) else {
                continue;
            };
            let mut body = ours.body(&operation);
            body[&property] = json!(id);
            let answer = whole(
                &ours.administrator,
                &operation,
                &ours.variable(&operation),
                &body,
            )
            .if_version(current_version(&ours, &operation))
            .await;

            let problem = answer.problem();
            let is_named = problem
                .errors
                .iter()
                .any(|error| error.pointer == format!("/{property}"));
            let label = format!("{} {property}: {}", operation.label(), answer.text());
            let is_refused = match answer.status {
                422 => is_named,
                // A card that is not in the stage any more, or never was.
                409 => problem.code == ErrorCode::NeighbourLeft,
                status => status == 404,
            };
            assert!(is_refused, "{label}");
            assert!(!answer.text().contains(&theirs.mark), "{label}");
            cases += 1;
        }
    }
    assert!(cases >= 5, "only {cases} references were tried");
    assert_eq!(
        rows::checksums(&db, theirs.administrator.org(), &[]).await,
        before
    );
    assert_eq!(
        rows::checksums(&db, ours.administrator.org(), &[]).await,
        own_before
    );
}

/// The id of a thing of theirs that a property such as `account_id` could name.
fn foreign_id(theirs: &Tenant, property: &str) -> Option<String> {
    let kind = match property {
        "owner_id" => "users",
        "to_stage_id" => "stages",
        "after_deal_id" => "deals",
        _ => property.strip_suffix("_id")?,
    };
    let id = theirs
        .id(kind)
        .or_else(|| theirs.id(&format!("{kind}s")))
        .map(str::to_owned);
    match kind {
        "users" => id.or_else(|| Some(theirs.administrator.id())),
        _ => id,
    }
}

fn current_version(tenant: &Tenant, operation: &Operation) -> i64 {
    operation
        .subject()
        .and_then(|kind| tenant.thing(kind)?["version"].as_i64())
        .unwrap_or(1)
}

#[tokio::test]
async fn lists_never_show_another_organisation() {
    let app = TestApp::start().await;
    let document = Document::read();
    let ours = Tenant::found(&app, &document).await;
    let theirs = Tenant::found(&app, &document).await;

    let mut lists = 0;
    for operation in document.operations() {
        if !operation.is_read() || operation.is_stream() || !operation.variables().is_empty() {
            continue;
        }
        let mut filters = vec![None];
        for parameter in operation.parameters() {
            if let Some(id) = foreign_id(&theirs, &parameter.name) {
                filters.push(Some((parameter.name, id)));
            }
        }
        for filter in filters {
            let mut request = ours.administrator.get(&operation.path);
            if let Some((name, id)) = &filter {
                request = request.query(name, id);
            }
            if operation.has("query", "q") {
                request = request.query("q", &theirs.mark);
            }
            let answer = request.await;
            let label = format!("{} {filter:?}: {}", operation.label(), answer.text());
            assert!(answer.status < 500, "{label}");
            assert!(!answer.text().contains(&theirs.mark), "{label}");
            lists += 1;
        }
    }
    assert!(lists >= 3);
}

#[tokio::test]
async fn ids_that_name_nothing_are_not_there() {
    let app = TestApp::start().await;
    let document = Document::read();
    let tenant = Tenant::found(&app, &document).await;
    let unknown = Uuid::now_v7().to_string();
    let strange = [
        unknown.as_str(),
        "00000000-0000-0000-0000-000000000000",
        "nothing",
        "1",
        "%00",
        "%ff",
        "..%2f..%2fetc",
        "{id}",
    ];

    for operation in document.operations() {
        if operation.variables().is_empty() {
            continue;
        }
        for id in strange {
            let request = whole(
                &tenant.administrator,
                &operation,
                id,
                &tenant.body(&operation),
            );
            let answer = request.await;
            let problem = answer.problem();
            let is_gone = operation.subject() == Some("by-token") && answer.status == 410;
            assert!(
                is_gone || (answer.status, problem.code) == (404, ErrorCode::NotFound),
                "{} with {id}: {}",
                operation.label(),
                answer.text()
            );
        }
    }
}

/// Things whose owner decides who sees them.
const OWNED: [&str; 4] = ["accounts", "contacts", "deals", "views"];

#[tokio::test]
async fn things_out_of_a_sellers_view_are_not_there() {
    let app = TestApp::start().await;
    let document = Document::read();
    let tenant = Tenant::found(&app, &document).await;
    let rep = tenant.administrator.invite(Role::Rep).await;
    let db = app.db().await;
    let before = rows::checksums(&db, tenant.administrator.org(), &[]).await;

    let mut cases = 0;
    for operation in document.operations() {
        let is_owned = operation
            .subject()
            .is_some_and(|kind| OWNED.contains(&kind));
        let may = operation
            .permissions()
            .is_some_and(|all| all.iter().all(|permission| Role::Rep.may(*permission)));
        if !is_owned || !may {
            continue;
        }
        let request = whole(
            &rep,
            &operation,
            &tenant.variable(&operation),
            &tenant.body(&operation),
        );
        request.await.refused(404, ErrorCode::NotFound);
        let after = rows::checksums(&db, tenant.administrator.org(), &[]).await;
        assert_eq!(after, before, "{}", operation.label());
        cases += 1;
    }
    assert!(cases >= 5);
}

#[tokio::test]
async fn writes_from_pages_of_other_sites_are_refused() {
    let app = TestApp::start().await;
    let document = Document::read();
    let tenant = Tenant::found(&app, &document).await;
    let db = app.db().await;
    let before = rows::checksums(&db, tenant.administrator.org(), &[]).await;

    for operation in document.operations() {
        if operation.method == Method::GET {
            continue;
        }
        for (header, value) in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
        ] {
            let request = whole(
                &tenant.administrator,
                &operation,
                &tenant.variable(&operation),
                &tenant.body(&operation),
            );
            let answer = request.header(header, value).await;
            answer.refused(403, ErrorCode::ForeignOrigin);
        }
    }
    assert_eq!(
        rows::checksums(&db, tenant.administrator.org(), &[]).await,
        before
    );
}
