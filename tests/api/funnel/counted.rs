//! Counted rules: what is recorded of a deal moves it, by the one verdict, and never back and forth.

use super::gate::{ask, criterion, file, read};
use super::{all, archived, deal, id, moved, moving, path, stage, team};
use shared::error::ErrorCode;
use shared::funnel::methods::Method;
use shared::identity::{Locale, Role};
use tests::{Client, Response, TestApp, Value, json};

const C: usize = 0;
const B: usize = 1;
const A: usize = 2;
const F: usize = 4;

/// The three layers of the library (FUN-20).
pub(super) async fn layers(admin: &Client) -> Value {
    let told = Method::ThreeLayers.told(Locale::En);
    let body = json!({ "name": told.name, "method": told.key, "stages": told.stages });
    admin.make("/funnels", body).await
}

async fn touching(user: &Client, deal: &Value, body: Value) -> Response {
    let touches = format!("{}/touches", path(deal));
    user.post(&touches).json(&body).await
}

/// Records so many touches of a kind and answers the last.
pub(super) async fn touch(user: &Client, deal: &Value, kind: &str, times: usize) -> Value {
    let mut last = Value::Null;
    for _ in 0..times {
        let answer = touching(user, deal, json!({ "kind": kind })).await;
        last = answer.expect(201).value();
    }
    last
}

async fn stage_of(user: &Client, deal: &Value) -> Value {
    read(user, deal).await["stage_id"].clone()
}

pub(super) async fn rules(user: &Client, funnel: &Value) -> Value {
    user.read(&format!("/funnels/{}/rules", id(funnel))).await
}

pub(super) async fn setting(user: &Client, funnel: &Value, set: &Value) -> Response {
    let path = format!("/funnels/{}/rules", id(funnel));
    let now = user.read(&path).await;
    user.put(&path).if_match(&now).json(set).await
}

async fn events(app: &TestApp, user: &Client, kind: &str) -> Vec<Value> {
    let mut events = app.feed(user).await;
    events.retain(|event| event["kind"] == kind);
    events
}

/// FUN-20, CLS-20, CLS-21, CLS-22: the funnel brings its rules and the shares it expects; both are changed.
#[tokio::test]
async fn three_layers_come_with_three_rules_and_the_shares_50_30_20_that_can_be_changed() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let funnel = layers(&admin).await;
    let found = rules(&admin, &funnel).await;
    let set = &found["set"];
    let targets: Vec<&Value> = (0..3).map(|n| &set["rules"][n]["to_stage_id"]).collect();
    assert_eq!(
        targets,
        [stage(&funnel, A), stage(&funnel, C), stage(&funnel, F)]
    );
    for (place, percent) in [(C, 50), (B, 30), (A, 20)] {
        let share = json!({ "stage_id": stage(&funnel, place), "percent": percent });
        assert!(set["shares"].as_array().unwrap().contains(&share));
    }
    assert_eq!(events(&app, &admin, "funnel.rules_set").await.len(), 1);

    let mut changed = set.clone();
    changed["rules"][0]["tests"][0]["at_most"] = json!(6);
    changed["rules"][1]["enabled"] = json!(false);
    let saved = setting(&admin, &funnel, &changed).await.expect(200).value();
    assert_eq!(saved["set"], changed);
    assert_eq!(rules(&admin, &funnel).await, saved);
    let told = &events(&app, &admin, "funnel.rules_set").await;
    let told = told.iter().max_by_key(|event| event["sequence"].as_i64());
    let told = &told.unwrap()["data"];
    assert_eq!(told["old"]["rules"][0]["tests"][0]["at_most"], 4);
    assert_eq!(told["new"]["rules"][0]["tests"][0]["at_most"], 6);

    // A funnel of another method has none, until somebody writes some.
    let plain = super::funnel(&admin, "Plain").await;
    assert_eq!(rules(&admin, &plain).await["set"], json!({ "rules": [] }));
}

/// CLS-23: offer and raise within four showings move to A, by the actor "rule", in the same transaction.
#[tokio::test]
async fn an_offer_and_a_raise_within_four_showings_move_to_a() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let funnel = layers(&admin).await;
    let made = deal(&admin, &funnel, B, "Flat", json!({})).await;
    touch(&admin, &made, "showing", 4).await;
    let offer = touch(&admin, &made, "offer", 1).await;
    assert_eq!(offer.get("outcome"), None, "no rule holds yet");
    assert_eq!(stage_of(&admin, &made).await, stage(&funnel, B));
    let raise = touch(&admin, &made, "raise", 1).await;
    assert_eq!(raise["outcome"]["result"], "moved");
    assert_eq!(raise["outcome"]["from_stage_id"], stage(&funnel, B));

    let now = read(&admin, &made).await;
    assert_eq!(now["stage_id"], stage(&funnel, A));
    assert_eq!(
        now["version"], 7,
        "each touch counts up by one, also the last"
    );
    let moves = events(&app, &admin, "deal.moved").await;
    assert_eq!(moves.len(), 1);
    assert_eq!(moves[0]["actor_kind"], "rule");
    assert_eq!(moves[0]["actor_id"], Value::Null);
    let rule = &raise["outcome"]["rule_name"];
    assert_eq!(&moves[0]["data"]["rule"], rule);
    assert_eq!(moves[0]["data"]["passage"], "passed");
    let stays = format!("{}/stage-history", path(&made));
    let stays = admin.get(&stays).await.items();
    assert_eq!(&stays[1]["moved_by_rule"], rule);
    assert_eq!(events(&app, &admin, "deal.touch_recorded").await.len(), 6);

    // One showing more, and the same is not enough.
    let other = deal(&admin, &funnel, B, "House", json!({})).await;
    touch(&admin, &other, "showing", 5).await;
    touch(&admin, &other, "offer", 1).await;
    let raise = touch(&admin, &other, "raise", 1).await;
    assert_eq!(raise.get("outcome"), None);
    assert_eq!(stage_of(&admin, &other).await, stage(&funnel, B));
}

/// CLS-24: nine showings in a row without an offer move back to C.
#[tokio::test]
async fn nine_showings_in_a_row_without_an_offer_move_back_to_c() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let funnel = layers(&admin).await;
    let made = deal(&admin, &funnel, B, "Flat", json!({})).await;
    touch(&admin, &made, "showing", 8).await;
    assert_eq!(stage_of(&admin, &made).await, stage(&funnel, B));
    let ninth = touch(&admin, &made, "showing", 1).await;
    assert_eq!(ninth["outcome"]["result"], "moved");
    assert_eq!(stage_of(&admin, &made).await, stage(&funnel, C));

    let other = deal(&admin, &funnel, B, "House", json!({})).await;
    touch(&admin, &other, "showing", 8).await;
    touch(&admin, &other, "offer", 1).await;
    touch(&admin, &other, "showing", 8).await;
    assert_eq!(
        stage_of(&admin, &other).await,
        stage(&funnel, B),
        "an offer lies between"
    );
}

/// CLS-25: eight recommendations without a viewing throw it out of the funnel, with a reason.
#[tokio::test]
async fn eight_recommendations_without_a_viewing_throw_a_deal_out() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let funnel = layers(&admin).await;
    let made = deal(&admin, &funnel, C, "Flat", json!({})).await;
    touch(&admin, &made, "recommendation", 7).await;
    touch(&admin, &made, "showing", 1).await;
    touch(&admin, &made, "recommendation", 7).await;
    assert_eq!(stage_of(&admin, &made).await, stage(&funnel, C));
    touch(&admin, &made, "recommendation", 1).await;
    let now = read(&admin, &made).await;
    assert_eq!(now["stage_id"], stage(&funnel, F));
    assert_eq!(now["loss_reason"], "no_decision");
    assert_ne!(now["closed_at"], Value::Null);
    // What is lost is recorded, and nothing moves it.
    let more = touch(&admin, &made, "recommendation", 1).await;
    assert_eq!(more.get("outcome"), None);
}

/// CLS-26: those to close are seen to first: their stage is overdue soonest and says how.
#[tokio::test]
async fn class_a_is_overdue_soonest_and_says_how_it_is_looked_after() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let funnel = layers(&admin).await;
    let days = |place: usize| funnel["stages"][place]["rot_days"].as_i64().unwrap();
    assert!(days(A) <= 7 && days(A) < days(B) && days(B) < days(C));
    let tasks = funnel["stages"][A]["tasks"].to_string();
    assert!(tasks.contains("call back"), "{tasks}");
}

/// GATE-01: a rule overrides nothing: the touch is kept and says what is missing.
#[tokio::test]
async fn a_rule_does_not_pass_a_gate_and_the_touch_is_kept() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let funnel = layers(&admin).await;
    let price = criterion("The price is in writing", json!("evidence"));
    ask(&admin, &funnel, B, json!({ "criteria": [price] })).await;
    let made = deal(&admin, &funnel, B, "Flat", json!({})).await;
    touch(&admin, &made, "showing", 1).await;
    touch(&admin, &made, "offer", 1).await;
    let held = touch(&admin, &made, "raise", 1).await;
    assert_eq!(held["outcome"]["result"], "held");
    assert_eq!(held["outcome"]["code"], "gate_not_met");
    assert_eq!(
        held["outcome"]["missing"][0]["name"],
        "The price is in writing"
    );
    assert_eq!(stage_of(&admin, &made).await, stage(&funnel, B));
    assert!(events(&app, &admin, "deal.moved").await.is_empty());
    let recorded = events(&app, &admin, "deal.touch_recorded").await;
    assert!(
        recorded
            .iter()
            .any(|event| event["data"]["new"]["outcome"]["result"] == "held")
    );

    file(&admin, &made, &price).await;
    let again = touch(&admin, &made, "raise", 1).await;
    assert_eq!(again["outcome"]["result"], "moved");
    assert_eq!(stage_of(&admin, &made).await, stage(&funnel, A));
}

/// CLS-23, CLS-24: two rules that could move a deal back and forth are refused by name; what only the run
/// can see is stopped there and said.
#[tokio::test]
async fn rules_that_go_round_are_refused_and_a_way_back_by_the_same_counts_is_stopped() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let funnel = layers(&admin).await;
    let mut set = rules(&admin, &funnel).await["set"].clone();
    set["rules"] = json!([
        {
            "id": uuid::Uuid::now_v7(), "name": "Shown: to B", "enabled": true, "since": "life",
            "tests": [{ "count": "showing", "at_least": 1 }], "to_stage_id": stage(&funnel, B),
        },
        {
            "id": uuid::Uuid::now_v7(), "name": "Shown twice: to C", "enabled": true, "since": "life",
            "tests": [{ "count": "showing", "at_least": 2 }], "to_stage_id": stage(&funnel, C),
        },
    ]);
    let refused = setting(&admin, &funnel, &set).await;
    refused.invalid(&[("/rules/1", ErrorCode::RulesGoRound)]);
    let limit = refused.problem().errors[0].limit.clone();
    assert_eq!(limit.as_deref(), Some("Shown: to B · Shown twice: to C"));
    assert_eq!(
        rules(&admin, &funnel).await["set"]["rules"][2]["to_stage_id"],
        stage(&funnel, F)
    );

    // Over three stages each pair is fair, and together they go round.
    set["rules"][0]["from"] = json!([stage(&funnel, C)]);
    set["rules"][1]["from"] = json!([stage(&funnel, A)]);
    set["rules"].as_array_mut().unwrap().push(json!({
        "id": uuid::Uuid::now_v7(), "name": "Shown: to A", "enabled": true, "since": "life",
        "tests": [{ "count": "showing", "at_least": 1 }], "from": [stage(&funnel, B)],
        "to_stage_id": stage(&funnel, A),
    }));
    setting(&admin, &funnel, &set).await.expect(200);
    let made = deal(&admin, &funnel, C, "Flat", json!({})).await;
    let mut results = Vec::new();
    for _ in 0..4 {
        let told = touch(&admin, &made, "showing", 1).await;
        results.push((
            told["outcome"]["result"].as_str().unwrap().to_owned(),
            stage_of(&admin, &made).await,
        ));
    }
    let of = |result: &str, place: usize| (result.to_owned(), json!(stage(&funnel, place)));
    // At the third, "Shown twice" is news since C was left; the fourth way back to B would be by the
    // first showing again.
    assert_eq!(
        results,
        [
            of("moved", B),
            of("moved", A),
            of("moved", C),
            of("stopped", C)
        ]
    );
    assert_eq!(events(&app, &admin, "deal.moved").await.len(), 3);
}

/// One press, one touch: the same key records and moves once; pressed together, each counts once.
#[tokio::test]
async fn a_touch_is_recorded_once_for_its_key_and_together_with_others_none_is_lost() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let funnel = layers(&admin).await;
    let made = deal(&admin, &funnel, B, "Flat", json!({})).await;
    let touches = format!("{}/touches", path(&made));
    let body = json!({ "kind": "showing" });
    let first = admin.post(&touches).key("one").json(&body).await;
    let again = admin.post(&touches).key("one").json(&body).await;
    assert_eq!(first.expect(201).value(), again.expect(201).value());
    assert_eq!(admin.get(&touches).await.items().len(), 1);

    let presses = (0..8).map(|_| touching(&admin, &made, body.clone()));
    for answer in futures_util::future::join_all(presses).await {
        answer.expect(201);
    }
    let listed = admin.get(&touches).await.items();
    assert_eq!(listed.len(), 9);
    let movers = listed
        .iter()
        .filter(|one| one["outcome"]["result"] == "moved");
    assert_eq!(movers.count(), 1, "the ninth and no other");
    assert_eq!(stage_of(&admin, &made).await, stage(&funnel, C));
    assert_eq!(events(&app, &admin, "deal.moved").await.len(), 1);
}

/// A person who drags with an old version is told so as ever, and the rules' move stands.
#[tokio::test]
async fn a_move_with_the_version_before_the_rule_is_stale() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let funnel = layers(&admin).await;
    let made = deal(&admin, &funnel, B, "Flat", json!({})).await;
    touch(&admin, &made, "showing", 9).await;
    let late = moving(&admin, &made, stage(&funnel, A), None).await;
    late.refused(412, ErrorCode::Stale);
    let now = read(&admin, &made).await;
    assert_eq!(now["stage_id"], stage(&funnel, C));
    let now = moved(&admin, &now, stage(&funnel, A), None).await;
    assert_eq!(now["stage_id"], stage(&funnel, A));
}

/// What was withdrawn counts no more and stays readable, and what a rule did on it stands.
#[tokio::test]
async fn a_touch_that_was_withdrawn_counts_no_more_and_stays_in_the_list() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let funnel = layers(&admin).await;
    let made = deal(&admin, &funnel, B, "Flat", json!({})).await;
    let wrong = touch(&admin, &made, "showing", 8).await;
    let one = format!("{}/touches/{}", path(&made), id(&wrong));
    let now = read(&admin, &made).await;
    admin
        .delete(&one)
        .if_match(&made)
        .await
        .refused(412, ErrorCode::Stale);
    let now = admin.delete(&one).if_match(&now).await.expect(200).value();
    admin
        .delete(&one)
        .if_match(&now)
        .await
        .refused(404, ErrorCode::NotFound);
    assert_eq!(events(&app, &admin, "deal.touch_withdrawn").await.len(), 1);

    // Eight count again, not nine.
    let eighth = touch(&admin, &made, "showing", 1).await;
    assert_eq!(eighth.get("outcome"), None);
    let touches = format!("{}/touches", path(&made));
    let listed = admin.get(&touches).await.items();
    assert_eq!(listed.len(), 9);
    let withdrawn = listed
        .iter()
        .filter(|one| one["withdrawn_at"] != Value::Null);
    assert_eq!(withdrawn.count(), 1);
    let page = admin.get(&touches).query("limit", 5).await;
    assert_eq!(page.items().len(), 5);
    let next = page.value()["next_cursor"].as_str().unwrap().to_owned();
    let rest = admin
        .get(&touches)
        .query("limit", 5)
        .query("cursor", next)
        .await;
    let mut ids = all(&page, "id");
    ids.extend(all(&rest, "id"));
    let whole: Vec<_> = listed.iter().map(|one| id(one).to_owned()).collect();
    assert_eq!(ids, whole);
    assert_eq!(
        touch(&admin, &made, "showing", 1).await["outcome"]["result"],
        "moved"
    );
}

/// GATE-04's language asks for what was counted: showings and raises are facts like others.
#[tokio::test]
async fn criteria_ask_for_what_was_counted() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = super::funnel(&admin, "Sales").await;
    let fact = |fact: &str| json!({ "fact": { "fact": fact, "is": { "at_least": 1 } } });
    let gate = json!({ "criteria": [criterion("Shown", fact("showings")), criterion("Raised", fact("raises"))] });
    ask(&admin, &sales, super::TALK, gate).await;
    let made = deal(&admin, &sales, super::TALK, "Cranes", json!({})).await;
    let to = stage(&sales, super::OFFER);
    let refused = moving(&admin, &made, to, None).await;
    let problem = refused.refused(422, ErrorCode::GateNotMet);
    assert!(problem.missing_criteria.iter().all(|item| !item.unknown));
    touch(&admin, &made, "showing", 1).await;
    touch(&admin, &made, "raise", 1).await;
    let now = read(&admin, &made).await;
    moved(&admin, &now, to, None).await;
}

/// Bad input is named, and nothing is written.
#[tokio::test]
async fn what_cannot_have_happened_or_cannot_be_counted_is_refused() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let funnel = layers(&admin).await;
    let made = deal(&admin, &funnel, B, "Flat", json!({})).await;
    let tomorrow = backend::clock::now() + chrono::Duration::days(1);
    let refused = touching(&admin, &made, json!({ "kind": "showing", "at": tomorrow })).await;
    refused.invalid(&[("/at", ErrorCode::InTheFuture)]);
    let refused = touching(&admin, &made, json!({ "kind": "visit" })).await;
    assert_eq!(refused.status, 422);
    let long = json!({ "kind": "showing", "note": "x".repeat(501) });
    let refused = touching(&admin, &made, long).await;
    refused.invalid(&[("/note", ErrorCode::TooLong)]);
    let touches = format!("{}/touches", path(&made));
    assert!(admin.get(&touches).await.items().is_empty());
    let gone = archived(&admin, &made).await;
    let refused = touching(&admin, &gone, json!({ "kind": "showing" })).await;
    refused.refused(409, ErrorCode::Archived);

    let plain = super::funnel(&admin, "Plain").await;
    let rule = |to: &str| {
        json!({
            "id": uuid::Uuid::now_v7(), "name": "Rule", "enabled": true, "since": "stage",
            "tests": [{ "count": "showing", "at_least": 1 }], "to_stage_id": to,
        })
    };
    let foreign = json!({ "rules": [rule(stage(&plain, C))] });
    let refused = setting(&admin, &funnel, &foreign).await;
    refused.invalid(&[("/rules/0/to_stage_id", ErrorCode::NoSuchRecord)]);
    let lost = json!({ "rules": [rule(stage(&funnel, F))] });
    let refused = setting(&admin, &funnel, &lost).await;
    refused.invalid(&[("/rules/0/loss_reason", ErrorCode::LossReasonRequired)]);
    let mut bare = rule(stage(&funnel, A));
    bare["tests"] = json!([{ "count": "showing", "at_most": 4 }]);
    let refused = setting(&admin, &funnel, &json!({ "rules": [bare] })).await;
    refused.invalid(&[("/rules/0/tests", ErrorCode::RuleCountsNothing)]);
    let many: Vec<Value> = (0..21).map(|_| rule(stage(&funnel, A))).collect();
    let refused = setting(&admin, &funnel, &json!({ "rules": many })).await;
    refused.invalid(&[("/rules", ErrorCode::TooManyItems)]);
    assert_eq!(
        rules(&admin, &funnel).await["set"]["rules"][2]["to_stage_id"],
        stage(&funnel, F)
    );
}

/// Who may change the deal records; who may change funnels sets rules; others' organisations are not there.
#[tokio::test]
async fn rights_are_those_of_the_deal_and_of_the_funnel() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let south = app.sign_up("South").await;
    let team = team(&admin).await;
    let funnel = layers(&admin).await;
    let made = deal(&team.rep, &funnel, B, "Flat", json!({})).await;
    let showing = json!({ "kind": "showing" });
    touching(&team.rep, &made, showing.clone())
        .await
        .expect(201);
    touching(&team.manager, &made, showing.clone())
        .await
        .expect(201);
    for stranger in [&team.other, &south] {
        let refused = touching(stranger, &made, showing.clone()).await;
        refused.refused(404, ErrorCode::NotFound);
        let list = stranger.get(&format!("{}/touches", path(&made))).await;
        list.refused(404, ErrorCode::NotFound);
    }
    let reader = admin.invite(Role::Executive).await;
    let refused = touching(&reader, &made, showing).await;
    refused.refused(403, ErrorCode::Forbidden);
    let now = rules(&team.rep, &funnel).await;
    let path = format!("/funnels/{}/rules", id(&funnel));
    let refused = team.rep.put(&path).if_match(&now).json(&now["set"]).await;
    refused.refused(403, ErrorCode::Forbidden);
    south.get(&path).await.refused(404, ErrorCode::NotFound);
}

/// CLS-23, CLS-24: a rule whose stage was removed has stopped: it says so by the name of what is gone, moves
/// nothing, is not tried, and goes on only when somebody names another stage.
#[tokio::test]
async fn a_rule_stops_when_the_stage_it_names_is_removed() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let funnel = layers(&admin).await;
    let standing = deal(&admin, &funnel, C, "House", json!({})).await;
    let made = deal(&admin, &funnel, A, "Flat", json!({})).await;
    let before = rules(&admin, &funnel).await;
    assert_eq!(before.get("stopped"), None);
    let mut kept = funnel["stages"].as_array().unwrap().clone();
    let gone = kept.remove(C);
    let stages: Vec<Value> = kept
        .iter()
        .map(|stage| json!({ "id": stage["id"], "name": stage["name"], "kind": stage["kind"], "probability": stage["probability"] }))
        .collect();
    let moved = json!([{ "from_stage_id": gone["id"], "to_stage_id": stage(&funnel, B) }]);
    let change = admin
        .patch(&format!("/funnels/{}", id(&funnel)))
        .if_match(&funnel);
    let body = json!({ "stages": stages, "moved": moved });
    change.json(&body).await.expect(200);

    // It says so, by the name of what is gone.
    let now = rules(&admin, &funnel).await;
    let rule = &now["set"]["rules"][1];
    assert_eq!(rule["to_stage_id"], gone["id"]);
    assert_eq!(
        now["stopped"],
        json!([{ "rule_id": rule["id"], "gone": [{ "stage_id": gone["id"], "name": gone["name"] }] }])
    );

    // What it would have moved stays, and the touch says why.
    let ninth = touch(&admin, &made, "showing", 9).await;
    assert_eq!(ninth["outcome"]["result"], "held");
    assert_eq!(ninth["outcome"]["code"], "rule_stopped");
    assert_eq!(stage_of(&admin, &made).await, stage(&funnel, A));
    // With the last deal gone the stage goes as well, and the funnel's version counts up once more.
    super::restaging::settled(&admin, &funnel).await;
    assert_eq!(stage_of(&admin, &standing).await, stage(&funnel, B));
    let trial = format!("/funnels/{}/trial/search", id(&funnel));
    let tried = admin.post(&trial).json(&json!({})).await.expect(200);
    assert_eq!(tried.value()["moves"], json!([]));

    // As it is, the set is not written again: that would set the rule going by chance.
    let refused = setting(&admin, &funnel, &now["set"]).await;
    refused.invalid(&[("/rules/1/to_stage_id", ErrorCode::NoSuchRecord)]);
    let mut set = now["set"].clone();
    set["rules"][1]["to_stage_id"] = json!(stage(&funnel, B));
    let set = setting(&admin, &funnel, &set).await.expect(200).value();
    assert_eq!(set.get("stopped"), None);
    let tenth = touch(&admin, &made, "showing", 1).await;
    assert_eq!(tenth["outcome"]["result"], "moved");
    assert_eq!(stage_of(&admin, &made).await, stage(&funnel, B));
}

/// CLS-24: of the stages a rule applies in some may be removed, and it goes on in the others; where none is
/// left, it has stopped rather than apply everywhere or where their deals went.
#[tokio::test]
async fn a_rule_applies_in_the_stages_left_of_its_own_and_stops_without_any() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let funnel = layers(&admin).await;
    let mut set = rules(&admin, &funnel).await["set"].clone();
    let of = |places: &[usize]| {
        places
            .iter()
            .map(|at| stage(&funnel, *at))
            .collect::<Vec<_>>()
    };
    let to_f = |from: &[usize], name: &str, showings: u16| {
        json!({
            "id": uuid::Uuid::now_v7(), "name": name, "enabled": true, "since": "life",
            "tests": [{ "count": "showing", "at_least": showings }], "from": of(from),
            "to_stage_id": stage(&funnel, F), "loss_reason": "no_decision",
        })
    };
    set["rules"] = json!([to_f(&[C], "from C", 1), to_f(&[C, A], "from C and A", 2)]);
    setting(&admin, &funnel, &set).await.expect(200);
    let in_b = deal(&admin, &funnel, B, "Flat", json!({})).await;
    let in_a = deal(&admin, &funnel, A, "House", json!({})).await;
    let mut kept = funnel["stages"].as_array().unwrap().clone();
    kept.remove(C);
    let stages: Vec<Value> = kept
        .iter()
        .map(|stage| json!({ "id": stage["id"], "name": stage["name"], "kind": stage["kind"], "probability": stage["probability"] }))
        .collect();
    let path = format!("/funnels/{}", id(&funnel));
    let now = admin.read(&path).await;
    let moved = json!([{ "from_stage_id": stage(&funnel, C), "to_stage_id": stage(&funnel, B) }]);
    let body = json!({ "stages": stages, "moved": moved });
    admin
        .patch(&path)
        .if_match(&now)
        .json(&body)
        .await
        .expect(200);

    let now = rules(&admin, &funnel).await;
    assert_eq!(now["stopped"].as_array().unwrap().len(), 1);
    assert_eq!(now["stopped"][0]["rule_id"], set["rules"][0]["id"]);
    assert_eq!(now["set"]["rules"][0]["from"], json!(of(&[C])));
    assert_eq!(now["set"]["rules"][1]["from"], json!(of(&[A])));
    let told = touch(&admin, &in_b, "showing", 2).await;
    assert_eq!(told.get("outcome"), None, "nothing applies where C went");
    let told = touch(&admin, &in_a, "showing", 2).await;
    assert_eq!(told["outcome"]["result"], "moved");
}
