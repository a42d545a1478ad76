//! One action for many deals: the single commands, a result for each deal, and one effect for a key.

use super::{
    LOST, OFFER, TALK, TERMS, WON, archived, column, deal, funnel, id, moved, path, stage, team,
};
use shared::error::ErrorCode;
use shared::identity::Role;
use std::time::Duration;
use tests::{Client, Request, Response, TestApp, Value, json, rows};

/// An action for deals in the versions they were read in.
fn bulk(user: &Client, action: Value, deals: &[Value]) -> Request {
    let seen = |deal: &Value| json!({ "id": deal["id"], "version": deal["version"] });
    let deals: Vec<Value> = deals.iter().map(seen).collect();
    let body = json!({ "action": action, "deals": deals });
    user.post("/deals/bulk").json(&body)
}

fn to(stage: &str) -> Value {
    json!({ "move": { "to_stage_id": stage } })
}

fn results(answer: &Response) -> Vec<Value> {
    answer.value()["results"].as_array().unwrap().clone()
}

/// The codes of the results; empty for what was done.
fn codes(answer: &Response) -> Vec<String> {
    let code = |result: &Value| match &result["problem"]["code"] {
        Value::String(code) => code.clone(),
        _ => String::new(),
    };
    results(answer).iter().map(code).collect()
}

async fn deals(user: &Client, funnel: &Value, titles: &[&str]) -> Vec<Value> {
    let mut made = Vec::new();
    for title in titles {
        made.push(deal(user, funnel, TALK, title, json!({})).await);
    }
    made
}

#[tokio::test]
async fn many_deals_go_to_the_top_of_a_stage_in_the_order_of_the_list() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    deal(&admin, &sales, OFFER, "old", json!({})).await;
    let made = deals(&admin, &sales, &["a", "b", "c"]).await;
    let answer = bulk(&admin, to(stage(&sales, OFFER)), &made)
        .await
        .expect(200);
    for (result, before) in results(&answer).iter().zip(&made) {
        assert_eq!(result["id"], before["id"]);
        assert_eq!(result["deal"]["version"], 2);
        let mut now = admin.read(&path(before)).await;
        now.as_object_mut().unwrap().remove("lines");
        assert_eq!(result["deal"], now);
        // Each has its own event, as after a move alone.
        let audit = admin.get(&format!("{}/audit", path(before))).await.items();
        assert_eq!((audit.len(), &audit[0]["kind"]), (2, &json!("deal.moved")));
    }
    let order = column(&admin, stage(&sales, OFFER)).await;
    assert_eq!(order, ["a", "b", "c", "old"]);
}

#[tokio::test]
async fn each_deal_that_is_refused_says_why_and_the_others_are_done() {
    let app = TestApp::start().await;
    let (admin, south) = (app.sign_up("North").await, app.sign_up("South").await);
    let (sales, second) = (
        funnel(&admin, "Sales").await,
        funnel(&admin, "Second").await,
    );
    let theirs = deal(&south, &funnel(&south, "Sales").await, TALK, "x", json!({})).await;
    let mut made = deals(&admin, &sales, &["good", "stale", "archived"]).await;
    moved(&admin, &made[1], stage(&sales, TERMS), None).await;
    made[2] = archived(&admin, &made[2]).await;
    made.push(deal(&admin, &second, TALK, "elsewhere", json!({})).await);
    made.push(theirs.clone());
    made.push(json!({ "id": uuid::Uuid::now_v7(), "version": 1 }));

    let db = app.db().await;
    let before = rows::checksums(&db, south.org(), &[]).await;
    let refused: Vec<Value> = {
        let mut states = Vec::new();
        for deal in &made[1..4] {
            states.push(admin.read(&path(deal)).await);
        }
        states
    };
    let answer = bulk(&admin, to(stage(&sales, WON)), &made)
        .await
        .expect(200);
    let expected = ["", "stale", "archived", "invalid", "not_found", "not_found"];
    assert_eq!(codes(&answer), expected);
    let list = results(&answer);
    for (result, state) in list[1..4].iter().zip(&refused) {
        assert_eq!(admin.read(&path(result)).await, *state);
    }
    // The problem is that of the single call.
    assert_eq!(list[1]["problem"]["status"], 412);
    let current = &list[1]["problem"]["current"];
    assert_eq!(current["stage_id"], json!(stage(&sales, TERMS)));
    let error = &list[3]["problem"]["errors"][0];
    assert_eq!(
        (&error["pointer"], &error["code"]),
        (&json!("/to_stage_id"), &json!("stage_of_another_funnel"))
    );
    assert_eq!(
        list[0]["deal"]["stage_id"],
        admin.read(&path(&made[0])).await["stage_id"]
    );
    assert_eq!(rows::checksums(&db, south.org(), &[]).await, before);
    assert_eq!(south.read(&path(&theirs)).await["version"], 1);
}

/// FUN-07: the reason is asked once, and every loss has it.
#[tokio::test]
async fn deals_are_lost_together_for_one_reason() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let made = deals(&admin, &sales, &["a", "b"]).await;
    let without = bulk(&admin, to(stage(&sales, LOST)), &made)
        .await
        .expect(200);
    assert_eq!(codes(&without), ["invalid", "invalid"]);
    let mut action = to(stage(&sales, LOST));
    action["move"]["loss_reason"] = json!("budget");
    action["move"]["loss_note"] = json!("Frozen");
    let lost = bulk(&admin, action, &made).await.expect(200);
    for result in results(&lost) {
        let deal = &result["deal"];
        assert_eq!(
            (&deal["loss_reason"], &deal["loss_note"]),
            (&json!("budget"), &json!("Frozen"))
        );
    }
}

#[tokio::test]
async fn a_next_step_is_set_and_cleared_for_many() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let made = deals(&admin, &sales, &["a", "b"]).await;
    let set = json!({ "next_step": { "next_step": "Call", "next_step_on": "2031-05-06" } });
    let set = bulk(&admin, set, &made).await.expect(200);
    let now: Vec<Value> = results(&set).iter().map(|it| it["deal"].clone()).collect();
    for deal in &now {
        assert_eq!(
            (&deal["next_step"], &deal["next_step_on"]),
            (&json!("Call"), &json!("2031-05-06"))
        );
    }
    let clear = json!({ "next_step": { "next_step_on": null } });
    let cleared = bulk(&admin, clear, &now).await.expect(200);
    for result in results(&cleared) {
        let deal = &result["deal"];
        assert_eq!(
            (&deal["next_step"], &deal["next_step_on"]),
            (&json!("Call"), &Value::Null)
        );
    }
}

/// ORG-07: many at once is no way around the rights of one.
#[tokio::test]
async fn many_at_once_need_the_same_rights_and_view_as_one() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let team = team(&admin).await;
    let sales = funnel(&admin, "Sales").await;
    let own = deals(&team.rep, &sales, &["mine"]).await;
    let hidden = deals(&team.other, &sales, &["hidden"]).await;
    let both = [own[0].clone(), hidden[0].clone()];
    let give = json!({ "assign": { "owner_id": team.manager.id() } });

    let executive = admin.invite(Role::Executive).await;
    let refused = bulk(&executive, to(stage(&sales, OFFER)), &both).await;
    refused.refused(403, ErrorCode::Forbidden);
    // A seller gives nothing away, and does not see what others own.
    let refused = bulk(&team.rep, give.clone(), &both).await.expect(200);
    assert_eq!(codes(&refused), ["forbidden", "not_found"]);
    let moved = bulk(&team.rep, to(stage(&sales, OFFER)), &both)
        .await
        .expect(200);
    assert_eq!(codes(&moved), ["", "not_found"]);
    assert_eq!(admin.read(&path(&hidden[0])).await["version"], 1);
    // The manager gives what the team has to whom the team has.
    let now = [results(&moved)[0]["deal"].clone(), hidden[0].clone()];
    let given = bulk(&team.manager, give, &now).await.expect(200);
    assert_eq!(codes(&given), ["", "not_found"]);
    assert_eq!(results(&given)[0]["deal"]["owner_id"], team.manager.id());
    let away = json!({ "assign": { "owner_id": team.other.id() } });
    let now = [results(&given)[0]["deal"].clone()];
    let away = bulk(&team.manager, away, &now).await.expect(200);
    assert_eq!(codes(&away), ["invalid"]);
}

#[tokio::test]
async fn a_list_is_bounded_and_names_each_deal_once() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let made = deals(&admin, &sales, &["a"]).await;
    let db = app.db().await;
    let before = rows::checksums(&db, admin.org(), &[]).await;
    let offer = to(stage(&sales, OFFER));
    let other = |_| json!({ "id": uuid::Uuid::now_v7(), "version": 1 });
    let many: Vec<Value> = made.iter().cloned().chain((0..200).map(other)).collect();
    let refused = bulk(&admin, offer.clone(), &many).await;
    refused.invalid(&[("/deals", ErrorCode::TooManyItems)]);
    let refused = bulk(&admin, offer.clone(), &[]).await;
    refused.invalid(&[("/deals", ErrorCode::Required)]);
    let refused = bulk(&admin, offer.clone(), &[made[0].clone(), made[0].clone()]).await;
    refused.invalid(&[("/deals/1/id", ErrorCode::NotAllowed)]);
    let long = json!({ "next_step": { "next_step": "x".repeat(501) } });
    let refused = bulk(&admin, long, &made).await;
    refused.invalid(&[("/action/next_step/next_step", ErrorCode::TooLong)]);
    let unknown = json!({ "burn": {} });
    let refused = bulk(&admin, unknown, &made).await;
    refused.invalid(&[("/action/burn", ErrorCode::UnknownField)]);
    let refused = bulk(&admin, json!({}), &made).await;
    refused.invalid(&[("/action", ErrorCode::Required)]);
    let mut both = offer.clone();
    both["next_step"] = json!({ "next_step": "Call" });
    let refused = bulk(&admin, both, &made).await;
    refused.invalid(&[("/action", ErrorCode::NotAllowed)]);
    assert_eq!(rows::checksums(&db, admin.org(), &[]).await, before);
    // 200 are not too many.
    let most = bulk(&admin, offer, &many[..200]).await.expect(200);
    assert_eq!(codes(&most).iter().filter(|it| it.is_empty()).count(), 1);
}

#[tokio::test]
async fn the_same_key_does_it_once_and_gives_the_same_answer() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let mut made = deals(&admin, &sales, &["a", "b"]).await;
    made[1]["version"] = json!(7);
    let send = |place: usize| bulk(&admin, to(stage(&sales, place)), &made).key("one press");
    let first = send(OFFER).await.expect(200);
    assert_eq!(codes(&first), ["", "stale"]);
    let done = results(&first)[0]["deal"].clone();
    moved(&admin, &done, stage(&sales, TERMS), None).await;
    let db = app.db().await;
    let before = rows::checksums(&db, admin.org(), &[]).await;
    assert_eq!(send(OFFER).await.expect(200).value(), first.value());
    send(WON).await.refused(422, ErrorCode::KeyReused);
    assert_eq!(rows::checksums(&db, admin.org(), &[]).await, before);
}

/// API-4: whoever lost the connection midway sends the same again; every deal is moved, and none twice.
#[tokio::test]
async fn what_broke_off_midway_goes_on_with_the_same_key() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let titles: Vec<String> = (0..60).map(|number| number.to_string()).collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let made = deals(&admin, &sales, &titles).await;
    let send = || {
        let request = bulk(&admin, to(stage(&sales, OFFER)), &made);
        request.key("k").into_future()
    };
    for millis in [20, 60, 120] {
        let cut = tokio::time::timeout(Duration::from_millis(millis), send()).await;
        drop(cut);
    }
    let answer = tests::wait::until("the request is answered", async || {
        let answer = send().await;
        // The request that was cut off may still be at work.
        (answer.status != 409).then_some(answer)
    })
    .await
    .expect(200);
    assert!(
        codes(&answer).iter().all(String::is_empty),
        "{}",
        answer.text()
    );
    for deal in &made {
        assert_eq!(admin.read(&path(deal)).await["version"], 2, "{}", id(deal));
    }
    assert_eq!(column(&admin, stage(&sales, OFFER)).await.len(), 60);
    assert_eq!(send().await.expect(200).value(), answer.value());
}
