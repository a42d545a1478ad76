//! Objections of a deal: logged with who said it, answered in four moves, settled, withdrawn; and as a fact.

use super::gate::{ask, criterion, read};
use super::{OFFER, TALK, archived, deal, funnel, id, moving, path, stage, team};
use shared::error::ErrorCode;
use shared::identity::Role;
use tests::{Request, TestApp, User, Value, json, rows};

fn logging(user: &User, deal: &Value, body: &Value) -> Request {
    user.post(&format!("{}/objections", path(deal))).json(body)
}

async fn logged(user: &User, deal: &Value, body: Value) -> Value {
    logging(user, deal, &body).await.expect(201).value()
}

/// Changes an objection by the deal's present version, and answers the deal then.
async fn changing(user: &User, deal: &Value, objection: &Value, body: Value) -> Value {
    let now = read(user, deal).await;
    let one = format!("{}/objections/{}", path(deal), id(objection));
    let request = user.patch(&one).if_match(&now).json(&body);
    request.await.expect(200).value()
}

async fn listed(user: &User, deal: &Value) -> Vec<Value> {
    user.get(&format!("{}/objections", path(deal)))
        .await
        .items()
}

/// The kinds of the deal's events about objections, the first one first.
async fn events(user: &User, deal: &Value) -> Vec<(String, Value)> {
    let mut events: Vec<(String, Value)> = user
        .get(&format!("{}/audit?limit=100", path(deal)))
        .await
        .items()
        .into_iter()
        .map(|event| {
            let kind = event["kind"].as_str().unwrap().to_owned();
            (kind, event["data"].clone())
        })
        .filter(|(kind, _)| kind.contains("objection"))
        .collect();
    events.reverse();
    events
}

/// SIX-10, SIX-11: an objection is logged, answered in the four moves and settled, each step an event.
#[tokio::test]
async fn an_objection_is_logged_answered_in_four_moves_and_settled() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let account = admin.make("/accounts", json!({ "name": "Harbour" })).await;
    let person = json!({ "account_id": account["id"], "name": "Zhou" });
    let person = admin.make("/contacts", person).await;
    let of = json!({ "account_id": account["id"] });
    let made = deal(&admin, &sales, TALK, "Cranes", of).await;
    let body = json!({
        "class": "price", "said": " Too dear by a third ", "contact_id": person["id"],
        "moves": { "listen": "Let him finish" },
    });
    let new = logged(&admin, &made, body).await;
    assert_eq!(new["said"], "Too dear by a third");
    assert_eq!(new["contact_name"], "Zhou");
    assert_eq!(new["moves"], json!({ "listen": "Let him finish" }));
    assert_eq!(new["settled_at"], Value::Null);
    assert_eq!(read(&admin, &made).await["version"], 2);

    let moves = json!({
        "listen": "Let him finish", "ask": "Dear compared with what?", "flow": "", "lead": "A trial",
    });
    let now = changing(&admin, &made, &new, json!({ "moves": moves })).await;
    assert_eq!(now["version"], 3);
    changing(&admin, &made, &new, json!({ "settled": true })).await;
    let known = listed(&admin, &made).await;
    assert_eq!(known.len(), 1);
    assert_eq!(known[0]["moves"], moves);
    assert_eq!(known[0]["contact_name"], "Zhou");
    assert_eq!(known[0]["logged_by_name"], admin.me["user"]["name"]);
    let since = known[0]["settled_at"].clone();
    assert!(since.is_string());

    // What changes nothing is no change, and what is settled stays settled since then.
    let same = changing(
        &admin,
        &made,
        &new,
        json!({ "settled": true, "class": "price" }),
    )
    .await;
    assert_eq!(same["version"], 4);
    assert_eq!(listed(&admin, &made).await[0]["settled_at"], since);
    let change = json!({ "settled": false, "class": "quality", "contact_id": null });
    changing(&admin, &made, &new, change).await;
    let told = events(&admin, &made).await;
    let kinds: Vec<&str> = told.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(
        kinds,
        [
            "deal.objection_logged",
            "deal.objection_updated",
            "deal.objection_settled",
            "deal.objection_updated",
        ]
    );
    assert_eq!(told[0].1["new"]["class"], "price");
    assert_eq!(told[3].1["new"]["class"], "quality");
    let account = admin
        .get(&format!("/accounts/{}/timeline?limit=100", id(&account)))
        .await
        .items();
    let is_told = |event: &&Value| event["kind"] == "deal.objection_settled";
    assert_eq!(account.iter().filter(is_told).count(), 1);
}

/// SIX-10: one that was logged by mistake is withdrawn, counts no more and stays readable.
#[tokio::test]
async fn an_objection_that_was_withdrawn_stays_readable_and_is_changed_no_more() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let made = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    for n in 0..3 {
        let body = json!({ "class": "other", "said": format!("No {n}") });
        logged(&admin, &made, body).await;
    }
    let known = listed(&admin, &made).await;
    let said: Vec<&Value> = known.iter().map(|one| &one["said"]).collect();
    assert_eq!(said, ["No 2", "No 1", "No 0"], "the last first");
    let one = format!("{}/objections/{}", path(&made), id(&known[1]));
    let stale = admin.delete(&one).if_match(&made).await;
    stale.refused(412, ErrorCode::Stale);
    let now = read(&admin, &made).await;
    admin.delete(&one).if_match(&now).await.expect(200);
    let after = listed(&admin, &made).await;
    assert!(after[1]["withdrawn_at"].is_string());
    let now = read(&admin, &made).await;
    for request in [
        admin.delete(&one).if_match(&now),
        admin
            .patch(&one)
            .if_match(&now)
            .json(&json!({ "settled": true })),
    ] {
        request.await.refused(404, ErrorCode::NotFound);
    }
    assert_eq!(listed(&admin, &made).await, after);
    let kinds = events(&admin, &made).await;
    assert_eq!(kinds.last().unwrap().0, "deal.objection_withdrawn");

    let objections = format!("{}/objections", path(&made));
    let page = admin.get(&objections).query("limit", 2).await;
    let cursor = page.value()["next_cursor"].as_str().unwrap().to_owned();
    let rest = admin
        .get(&objections)
        .query("limit", 2)
        .query("cursor", &cursor)
        .await
        .items();
    assert_eq!(rest, [after[2].clone()]);
}

/// Bad input is named, and nothing is written.
#[tokio::test]
async fn an_objection_that_says_nothing_or_of_somebody_elsewhere_is_refused() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let account = admin.make("/accounts", json!({ "name": "Harbour" })).await;
    let other = admin.make("/accounts", json!({ "name": "Quay" })).await;
    let elsewhere = json!({ "account_id": other["id"], "name": "Zhou" });
    let elsewhere = admin.make("/contacts", elsewhere).await;
    let of = json!({ "account_id": account["id"] });
    let made = deal(&admin, &sales, TALK, "Cranes", of).await;
    let known = logged(&admin, &made, json!({ "class": "price", "said": "Dear" })).await;
    let now = read(&admin, &made).await;
    let db = app.db().await;
    let before = rows::checksums(&db, admin.org(), &[]).await;
    let one = format!("{}/objections/{}", path(&made), id(&known));
    for (change, pointer, code) in [
        (json!({ "said": " " }), "/said", ErrorCode::Required),
        (
            json!({ "said": "x".repeat(1001) }),
            "/said",
            ErrorCode::TooLong,
        ),
        (json!({ "said": "a\u{0}" }), "/said", ErrorCode::BadFormat),
        (
            json!({ "class": "colour" }),
            "/class",
            ErrorCode::NotAllowed,
        ),
        (
            json!({ "moves": { "flow": "x".repeat(501) } }),
            "/moves/flow",
            ErrorCode::TooLong,
        ),
        (
            json!({ "moves": { "shout": "" } }),
            "/moves/shout",
            ErrorCode::UnknownField,
        ),
        (
            json!({ "contact_id": elsewhere["id"] }),
            "/contact_id",
            ErrorCode::NoSuchRecord,
        ),
        (json!({ "loud": true }), "/loud", ErrorCode::UnknownField),
    ] {
        let mut whole = json!({ "class": "price", "said": "Dear" });
        let parts = change.as_object().unwrap().clone();
        whole.as_object_mut().unwrap().extend(parts);
        let refused = logging(&admin, &made, &whole).await;
        refused.invalid(&[(pointer, code)]);
        let refused = admin.patch(&one).if_match(&now).json(&change).await;
        refused.invalid(&[(pointer, code)]);
    }
    assert_eq!(rows::checksums(&db, admin.org(), &[]).await, before);

    let gone = archived(&admin, &now).await;
    let body = json!({ "class": "price", "said": "Dear" });
    let refused = logging(&admin, &gone, &body).await;
    refused.refused(409, ErrorCode::Archived);
    let refused = admin
        .patch(&one)
        .if_match(&gone)
        .json(&json!({ "settled": true }));
    refused.await.refused(409, ErrorCode::Archived);
}

/// Who sees the deal reads, who may change it writes; others' deals are not there. One key logs once.
#[tokio::test]
async fn objections_follow_the_rights_of_their_deal_and_one_key_logs_once() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let south = app.sign_up("South").await;
    let team = team(&admin).await;
    let sales = funnel(&admin, "Sales").await;
    let made = deal(&team.rep, &sales, TALK, "Cranes", json!({})).await;
    let body = json!({ "class": "after_sales", "said": "Who comes at night?" });
    let first = logging(&team.rep, &made, &body)
        .key("one")
        .await
        .expect(201);
    let again = logging(&team.rep, &made, &body)
        .key("one")
        .await
        .expect(201);
    assert_eq!(first.value(), again.value());
    assert_eq!(listed(&team.manager, &made).await.len(), 1);
    let one = format!("{}/objections/{}", path(&made), id(&first.value()));
    let now = read(&team.rep, &made).await;
    for stranger in [&team.other, &south] {
        for request in [
            stranger.get(&format!("{}/objections", path(&made))),
            logging(stranger, &made, &body),
            stranger
                .patch(&one)
                .if_match(&now)
                .json(&json!({ "settled": true })),
            stranger.delete(&one).if_match(&now),
        ] {
            request.await.refused(404, ErrorCode::NotFound);
        }
    }
    let reader = admin.invite(Role::Executive).await;
    let refused = logging(&reader, &made, &body).await;
    refused.refused(403, ErrorCode::Forbidden);
    assert_eq!(listed(&reader, &made).await.len(), 1);

    // An objection of one deal is not found at another.
    let other = deal(&team.rep, &sales, TALK, "Docks", json!({})).await;
    let there = format!("{}/objections/{}", path(&other), id(&first.value()));
    let there = team.rep.delete(&there).if_match(&other).await;
    there.refused(404, ErrorCode::NotFound);
    assert_eq!(read(&team.rep, &made).await, now);
}

/// SIX-10: a stage may ask that no objection is open; none at all is none.
#[tokio::test]
async fn a_stage_may_ask_that_no_objection_is_open() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let asked = criterion(
        "No objection is open",
        json!({ "fact": { "fact": "objections_open", "is": { "at_most": 0 } } }),
    );
    ask(&admin, &sales, TALK, json!({ "criteria": [asked] })).await;
    let quiet = deal(&admin, &sales, TALK, "Docks", json!({})).await;
    moving(&admin, &quiet, stage(&sales, OFFER), None)
        .await
        .expect(200);

    let made = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    let new = logged(&admin, &made, json!({ "class": "price", "said": "Dear" })).await;
    let mistaken = logged(&admin, &made, json!({ "class": "other", "said": "Oops" })).await;
    let now = read(&admin, &made).await;
    moving(&admin, &now, stage(&sales, OFFER), None)
        .await
        .refused(422, ErrorCode::GateNotMet);
    let now = changing(&admin, &made, &new, json!({ "settled": true })).await;
    moving(&admin, &now, stage(&sales, OFFER), None)
        .await
        .refused(422, ErrorCode::GateNotMet);
    let one = format!("{}/objections/{}", path(&made), id(&mistaken));
    let now = admin.delete(&one).if_match(&now).await.expect(200).value();
    moving(&admin, &now, stage(&sales, OFFER), None)
        .await
        .expect(200);
}
