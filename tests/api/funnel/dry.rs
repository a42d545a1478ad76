//! Trying: `dry_run` on every way to a stage says what would come of it, and writes nothing.

use super::counted::layers;
use super::gate::{ask, criterion};
use super::{OFFER, TALK, deal, funnel, id, path, stage};
use shared::error::ErrorCode;
use tests::{TestApp, Value, json, rows};

/// A mandatory criterion that nobody meets.
fn hard() -> Value {
    criterion(
        "Far",
        json!({ "fact": { "fact": "amount", "is": { "at_least": 9_000_000 } } }),
    )
}

/// GATE-01: making a deal, moving many, and giving them away: the verdict of each, and no row is another one.
#[tokio::test]
async fn a_try_has_the_verdict_and_leaves_nothing() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let made = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    ask(&admin, &sales, TALK, json!({ "criteria": [hard()] })).await;
    let rep = admin.invite(shared::identity::Role::Rep).await;
    let db = app.db().await;
    let ignored = ["sessions"];
    let before = rows::checksums(&db, admin.org(), &ignored).await;

    let new =
        json!({ "title": "Gates", "funnel_id": sales["id"], "stage_id": stage(&sales, TALK) });
    let tried = admin.post("/deals?dry_run=true").json(&new).await;
    assert_eq!(tried.expect(200).value()["title"], "Gates");
    let new =
        json!({ "title": "Gates", "funnel_id": sales["id"], "stage_id": stage(&sales, OFFER) });
    let tried = admin.post("/deals?dry_run=true").json(&new).await;
    let problem = tried.refused(422, ErrorCode::GateNotMet);
    assert_eq!(problem.missing_criteria[0].link, "", "it has no page");

    let seen = json!([{ "id": made["id"], "version": made["version"] }]);
    let bulk = async |action: Value| {
        let body = json!({ "action": action, "deals": seen });
        let answer = admin.post("/deals/bulk?dry_run=true").json(&body).await;
        answer.expect(200).value()["results"][0].clone()
    };
    let moved = bulk(json!({ "move": { "to_stage_id": stage(&sales, OFFER) } })).await;
    assert_eq!(moved["problem"]["code"], "gate_not_met");
    let given = bulk(json!({ "assign": { "owner_id": rep.id() } })).await;
    assert_eq!(given["deal"]["owner_id"], json!(rep.id()));

    let moving = admin.post(&format!("{}/move?dry_run=true", path(&made)));
    let body = json!({ "to_stage_id": stage(&sales, OFFER) });
    let tried = moving.if_match(&made).json(&body).await;
    tried.refused(422, ErrorCode::GateNotMet);
    assert_eq!(rows::checksums(&db, admin.org(), &ignored).await, before);
}

/// CLS-23: a touch that is only tried says what the rules would do.
#[tokio::test]
async fn a_touch_that_is_tried_says_what_the_rules_would_do() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let funnel = layers(&admin).await;
    let made = deal(&admin, &funnel, 1, "Cranes", json!({})).await;
    let touches = format!("{}/touches", path(&made));
    for kind in ["showing", "offer"] {
        admin.make(&touches, json!({ "kind": kind })).await;
    }
    let db = app.db().await;
    let before = rows::checksums(&db, admin.org(), &["sessions"]).await;
    let raise = admin.post(&format!("{touches}?dry_run=true"));
    let tried = raise.json(&json!({ "kind": "raise" })).await;
    assert_eq!(tried.expect(200).value()["outcome"]["result"], "moved");
    assert_eq!(
        rows::checksums(&db, admin.org(), &["sessions"]).await,
        before
    );
}

/// What somebody hopes only to try is not done for a word that nobody knows.
#[tokio::test]
async fn a_write_refuses_parameters_that_it_does_not_take() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let made = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    let new = json!({ "title": "Gates", "funnel_id": sales["id"] });
    let answers = [
        admin.post("/deals?dryrun=true").json(&new).await,
        admin.post("/deals/bulk?foo=1").json(&json!({})).await,
        admin
            .patch(&format!("{}?dry_run=true", path(&made)))
            .if_match(&made)
            .json(&json!({ "title": "Other" }))
            .await,
        admin
            .post("/accounts?dry_run=true")
            .json(&json!({ "name": "Harbour" }))
            .await,
        admin
            .delete(&format!("{}?x=1", path(&made)))
            .if_match(&made)
            .await,
    ];
    for answer in answers {
        answer.refused(400, ErrorCode::UnknownParameter);
    }
    let now = admin.read(&format!("/deals/{}", id(&made))).await;
    assert_eq!(
        (&now["title"], &now["version"]),
        (&json!("Cranes"), &json!(1))
    );
    assert_eq!(admin.get("/accounts").await.items().len(), 0);
}
