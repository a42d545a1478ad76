//! Gates: what stages ask, what shows that it is met, and one verdict for every path.

use super::{OFFER, TALK, TERMS, deal, funnel, id, moving, path, stage, team};
use shared::error::ErrorCode;
use shared::identity::Role;
use tests::{Client, Response, TestApp, User, Value, json};
use uuid::Uuid;

/// A mandatory criterion to go on from a stage.
pub(super) fn criterion(name: &str, rule: Value) -> Value {
    json!({ "id": Uuid::now_v7(), "side": "exit", "name": name, "mandatory": true, "rule": rule })
}

/// Sets what a stage asks.
pub(super) async fn ask(user: &Client, funnel: &Value, place: usize, gate: Value) -> Value {
    let path = format!("/stages/{}/gate", stage(funnel, place));
    let now = user.read(&path).await;
    let answer = user.put(&path).if_match(&now).json(&gate).await;
    answer.expect(200).value()
}

/// Files a link for a criterion.
pub(super) async fn file(user: &Client, deal: &Value, criterion: &Value) -> Value {
    let body = json!({
        "criterion_id": criterion["id"], "title": "Letter of the customer",
        "url": "https://example.com/letter.pdf",
    });
    user.make(&format!("{}/evidence", path(deal)), body).await
}

/// The names of what is missing.
pub(super) fn missing(answer: &Response) -> Vec<String> {
    let problem = answer.refused(422, ErrorCode::GateNotMet);
    let list = problem.missing_criteria.iter();
    list.map(|item| item.name.clone()).collect()
}

pub(super) async fn read(user: &Client, deal: &Value) -> Value {
    user.read(&path(deal)).await
}

/// GATE-01: the goal not reached, the customer may only stay; with evidence it goes on.
#[tokio::test]
async fn a_deal_goes_on_when_evidence_is_filed_and_not_before() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let pain = criterion(
        "The customer confirmed the pain in writing",
        json!("evidence"),
    );
    ask(&admin, &sales, TALK, json!({ "criteria": [pain] })).await;
    let made = deal(&admin, &sales, TALK, "Cranes", json!({})).await;

    let refused = moving(&admin, &made, stage(&sales, OFFER), None).await;
    let problem = refused.refused(422, ErrorCode::GateNotMet);
    let item = &problem.missing_criteria[0];
    assert_eq!(item.name, pain["name"].as_str().unwrap());
    assert_eq!(item.stage_id.to_string(), stage(&sales, TALK));
    assert!(!item.unknown);
    assert_eq!(
        item.link,
        format!(
            "/deals/{}#criterion-{}",
            id(&made),
            pain["id"].as_str().unwrap()
        )
    );
    assert_eq!(read(&admin, &made).await["version"], made["version"]);

    // A tick is no evidence: a link or a person must stand for it.
    let bare = json!({ "criterion_id": pain["id"], "title": "They said so" });
    let answer = admin
        .post(&format!("{}/evidence", path(&made)))
        .json(&bare)
        .await;
    answer.invalid(&[("/url", ErrorCode::Required)]);

    let filed = file(&admin, &made, &pain).await;
    let now = read(&admin, &made).await;
    assert_eq!(now["facts"]["evidence"], json!([pain["id"]]));
    let there = moving(&admin, &now, stage(&sales, OFFER), None).await;
    assert_eq!(there.expect(200).value()["stage_id"], stage(&sales, OFFER));

    // Withdrawn, it counts no more, and what it was stays in the history.
    let now = read(&admin, &made).await;
    let back = moving(&admin, &now, stage(&sales, TALK), None)
        .await
        .expect(200)
        .value();
    let address = format!("{}/evidence/{}", path(&made), id(&filed));
    let sheet = admin
        .delete(&address)
        .if_match(&back)
        .await
        .expect(200)
        .value();
    assert_eq!(sheet["evidence"], json!([]));
    let now = read(&admin, &made).await;
    assert_eq!(sheet["version"], now["version"]);
    let again = moving(&admin, &now, stage(&sales, OFFER), None).await;
    assert_eq!(missing(&again), [pain["name"].as_str().unwrap()]);
    let audit = admin.get(&format!("{}/audit", path(&made))).await.items();
    let kinds: Vec<_> = audit
        .iter()
        .map(|event| event["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "deal.evidence_withdrawn",
            "deal.moved",
            "deal.moved",
            "deal.evidence_filed",
            "deal.created"
        ]
    );
    assert_eq!(audit[0]["data"]["old"]["title"], "Letter of the customer");
}

/// Every path yields the same verdict: a move, its dry run, a bulk and a deal that begins further on.
#[tokio::test]
async fn every_path_ends_in_the_same_verdict() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let pain = criterion("Pain", json!("evidence"));
    let budget = criterion("Budget", json!("evidence"));
    ask(&admin, &sales, TALK, json!({ "criteria": [pain] })).await;
    ask(&admin, &sales, OFFER, json!({ "criteria": [budget] })).await;
    let made = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    // TERMS lies two stages on: the one between is judged too.
    let to = stage(&sales, TERMS);
    let both = ["Pain", "Budget"];

    assert_eq!(missing(&moving(&admin, &made, to, None).await), both);
    let dry = moving(&admin, &made, to, None).query("dry_run", true).await;
    assert_eq!(missing(&dry), both);
    let body = json!({
        "action": { "move": { "to_stage_id": to } },
        "deals": [{ "id": made["id"], "version": made["version"] }],
    });
    let bulk = admin
        .post("/deals/bulk")
        .json(&body)
        .await
        .expect(200)
        .value();
    let names: Vec<_> = bulk["results"][0]["problem"]["missing_criteria"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, both);
    let new = json!({ "title": "Ships", "funnel_id": sales["id"], "stage_id": to });
    assert_eq!(missing(&admin.post("/deals").json(&new).await), both);
    let lost = json!({ "to_stage_id": sales["stages"][4]["id"], "loss_reason": "price" });
    let left = admin
        .post(&format!("{}/move", path(&made)))
        .if_match(&made)
        .json(&lost)
        .await;
    left.expect(200);
}

/// An override needs the permission and a reason; the reason stays on the deal, in its history and in
/// the event, until the deal goes on by right.
#[tokio::test]
async fn an_override_is_by_permission_and_its_reason_stays_visible() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let pain = criterion("Pain", json!("evidence"));
    let set = ask(&admin, &sales, TALK, json!({ "criteria": [pain] })).await;
    assert_eq!(set["version"], 1);
    let team = team(&admin).await;
    let made = deal(&team.rep, &sales, TALK, "Cranes", json!({})).await;
    let because = "The review is on Friday and needs our offer";
    let send = |user: &User, deal: &Value, to: usize, reason: Value| {
        let body = json!({ "to_stage_id": stage(&sales, to), "override_reason": reason });
        let request = user.post(&format!("{}/move", path(deal)));
        request.if_match(deal).json(&body)
    };

    let refused = send(&team.rep, &made, OFFER, json!(because)).await;
    refused.refused(403, ErrorCode::Forbidden);
    let short = send(&team.manager, &made, OFFER, json!("go")).await;
    short.invalid(&[("/override_reason", ErrorCode::TooShort)]);
    let gone = send(&team.manager, &made, OFFER, json!(because)).await;
    let gone = gone.expect(200).value();
    assert_eq!(gone["override_reason"], because);

    let history = admin.read(&format!("{}/stage-history", path(&made))).await;
    let stays = history["items"].as_array().unwrap();
    let told: Vec<_> = stays
        .iter()
        .map(|stay| {
            (
                stay["passage"].as_str().unwrap(),
                stay["gate_version"].as_i64().unwrap(),
            )
        })
        .collect();
    assert_eq!(told, [("passed", 0), ("overridden", 1)]);
    assert_eq!(stays[1]["override_reason"], because);
    let judged = json!([{ "stage_id": stage(&sales, TALK), "version": 1 }]);
    assert_eq!(stays[1]["judged_by"], judged);
    let audit = admin.get(&format!("{}/audit", path(&made))).await.items();
    assert_eq!(audit[0]["data"]["missing"], json!([pain["id"]]));

    // Nothing is missing from here on, so no reason is kept.
    let on = send(
        &team.manager,
        &gone,
        TERMS,
        json!("I would rather say something"),
    )
    .await;
    assert_eq!(on.expect(200).value().get("override_reason"), None);
}

/// GATE-02: the goal not reached, the deal may only be moved back, and the answer says where to.
#[tokio::test]
async fn a_stage_may_send_what_misses_its_goal_back() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let made = deal(&admin, &sales, OFFER, "Cranes", json!({})).await;
    let pain = criterion("Pain", json!("evidence"));
    let gate = json!({ "criteria": [pain], "on_miss": "step_back" });
    ask(&admin, &sales, OFFER, gate).await;
    let refused = moving(&admin, &made, stage(&sales, TERMS), None).await;
    let problem = refused.refused(422, ErrorCode::GateNotMet);
    let back = problem.step_back_to.unwrap().to_string();
    assert_eq!(back, stage(&sales, TALK));
    moving(&admin, &made, &back, None).await.expect(200);
}

/// What makes no sense is refused by name, and nothing is written.
#[tokio::test]
async fn gates_and_evidence_that_make_no_sense_are_refused_by_name() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let south = app.sign_up("South").await;
    let (sales, theirs) = (funnel(&admin, "Sales").await, funnel(&south, "Sales").await);
    let path_of = |funnel: &Value| format!("/stages/{}/gate", stage(funnel, TALK));
    let put = |gate: Value| admin.put(&path_of(&sales)).if_version(0).json(&gate);
    let with = |rule: Value| json!({ "criteria": [criterion("x", rule)] });

    let unknown = put(with(
        json!({ "fact": { "fact": "weather", "is": "known" } }),
    ))
    .await;
    let problem = unknown.refused(422, ErrorCode::Invalid);
    assert_eq!(problem.errors[0].pointer, "/criteria/0/rule/fact/fact");
    let wrong = put(with(
        json!({ "fact": { "fact": "region", "is": { "at_least": 3 } } }),
    ))
    .await;
    wrong.invalid(&[("/criteria/0/rule/fact/is", ErrorCode::TestDoesNotFit)]);
    let deep = json!({ "not": { "not": { "not": { "not": "evidence" } } } });
    let too_deep = put(with(deep)).await;
    too_deep.invalid(&[("/criteria/0/rule/not/not/not/not", ErrorCode::OutOfRange)]);
    let weights = json!({ "budget": 50, "timing": 25, "fit": 20, "worth": 10, "win": 15 });
    let uneven = put(json!({ "tests": { "at_least": 70, "weights": weights } })).await;
    uneven.invalid(&[("/tests/weights", ErrorCode::NotAHundred)]);
    let twin = criterion("x", json!("evidence"));
    let twins = put(json!({ "criteria": [twin, twin] })).await;
    twins.invalid(&[("/criteria/1/id", ErrorCode::Taken)]);
    let foreign = admin
        .put(&path_of(&theirs))
        .if_version(0)
        .json(&json!({}))
        .await;
    foreign.refused(404, ErrorCode::NotFound);
    assert_eq!(admin.read(&path_of(&sales)).await["version"], 0);

    let pain = criterion("Pain", json!("evidence"));
    ask(&admin, &sales, TALK, json!({ "criteria": [pain] })).await;
    let stale = put(json!({})).await.refused(412, ErrorCode::Stale);
    assert_eq!(stale.current.unwrap()["version"], 1);
    let made = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    let evidence = format!("{}/evidence", path(&made));
    let file = |body: Value| admin.post(&evidence).json(&body);
    let stranger =
        json!({ "criterion_id": Uuid::now_v7(), "title": "x", "url": "https://example.com" });
    let answer = file(stranger).await;
    answer.invalid(&[("/criterion_id", ErrorCode::NoSuchRecord)]);
    let account = admin
        .make("/accounts", json!({ "name": "Harbour", "kind": "company" }))
        .await;
    let person = json!({ "account_id": account["id"], "name": "Zhou" });
    let person = admin.make("/contacts", person).await;
    let elsewhere = json!({ "criterion_id": pain["id"], "title": "x", "contact_id": person["id"] });
    let answer = file(elsewhere).await;
    answer.invalid(&[("/contact_id", ErrorCode::NoSuchRecord)]);
    let script = json!({ "criterion_id": pain["id"], "title": "x", "url": "javascript:alert(1)" });
    file(script)
        .await
        .invalid(&[("/url", ErrorCode::BadFormat)]);
    assert_eq!(read(&admin, &made).await["version"], made["version"]);
}

/// Every gate there was can be read again, and who may only sell does not set one.
#[tokio::test]
async fn the_gates_a_stage_had_are_kept() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    for name in ["one", "two", "three"] {
        let gate = json!({ "criteria": [criterion(name, json!("evidence"))] });
        ask(&admin, &sales, TALK, gate).await;
    }
    let list = format!("/stages/{}/gates", stage(&sales, TALK));
    let page = admin.get(&list).query("limit", 2).await;
    let next = page.value()["next_cursor"].as_str().unwrap().to_owned();
    let last = admin
        .get(&list)
        .query("limit", 2)
        .query("cursor", next)
        .await;
    let versions: Vec<_> = [page.items(), last.items()]
        .concat()
        .iter()
        .map(|gate| gate["version"].as_i64().unwrap())
        .collect();
    assert_eq!(versions, [3, 2, 1]);
    assert_eq!(last.items()[0]["gate"]["criteria"][0]["name"], "one");
    assert_eq!(last.items()[0]["set_by_name"], admin.me["user"]["name"]);

    let rep = admin.invite(Role::Rep).await;
    let path = format!("/stages/{}/gate", stage(&sales, TALK));
    let refused = rep.put(&path).if_version(3).json(&json!({})).await;
    refused.refused(403, ErrorCode::Forbidden);
}

/// A board tells of each card what criteria ask for, at once after it changed.
#[tokio::test]
async fn a_board_tells_the_facts_of_its_cards_and_is_never_behind() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let made = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    let board = format!("/funnels/{}/board", id(&sales));
    let before = admin.read(&board).await;
    assert_eq!(
        before["columns"][TALK]["cards"][0].get("facts"),
        None,
        "nothing is asked"
    );

    let pain = criterion("Pain", json!("evidence"));
    let people = criterion(
        "People",
        json!({ "fact": { "fact": "people", "is": { "at_least": 1 } } }),
    );
    ask(&admin, &sales, TALK, json!({ "criteria": [pain, people] })).await;
    let asked = admin.read(&board).await;
    assert_eq!(
        asked["funnel"]["stages"][TALK]["gate"]["criteria"][0]["name"],
        "Pain"
    );
    assert_eq!(asked["columns"][TALK]["cards"][0]["facts"], json!({}));
    file(&admin, &made, &pain).await;
    let cards = [
        admin.read(&board).await["columns"][TALK]["cards"][0].clone(),
        admin
            .get(&format!("/stages/{}/cards", stage(&sales, TALK)))
            .await
            .items()[0]
            .clone(),
        admin.read(&format!("{board}?group_by=owner")).await["groups"]["items"][0]["cards"][0]
            .clone(),
        read(&admin, &made).await,
    ];
    for card in cards {
        assert_eq!(card["facts"], json!({ "evidence": [pain["id"]] }));
    }
}

/// A stage that is removed asks nothing: its deals go where the remover said, whatever its gate was.
#[tokio::test]
async fn a_stage_that_is_removed_holds_no_deal_back_on_its_way_out() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let made = deal(&admin, &sales, OFFER, "Cranes", json!({})).await;
    let pain = criterion("Pain", json!("evidence"));
    let gate = json!({ "criteria": [pain], "going_back": "refused" });
    ask(&admin, &sales, OFFER, gate).await;
    let address = format!("/funnels/{}", id(&sales));
    let now = admin.read(&address).await;
    let stages: Vec<Value> = [TALK, TERMS, 3, 4]
        .into_iter()
        .map(|place| {
            let stage = &now["stages"][place];
            json!({ "id": stage["id"], "name": stage["name"], "kind": stage["kind"], "probability": stage["probability"] })
        })
        .collect();
    let moved =
        json!([{ "from_stage_id": stage(&sales, OFFER), "to_stage_id": stage(&sales, TALK) }]);
    let body = json!({ "stages": stages, "moved": moved });
    admin
        .patch(&address)
        .if_match(&now)
        .json(&body)
        .await
        .expect(200);
    let there = tests::wait::until("the deal has moved", async || {
        let now = read(&admin, &made).await;
        (now["stage_id"] == stage(&sales, TALK)).then_some(now)
    })
    .await;
    let history = admin.read(&format!("{}/stage-history", path(&there))).await;
    assert_eq!(history["items"][1]["passage"], "restaged");
}

/// Neither being lost for a while nor a shared criterion is a way around a stage; products count at once.
#[tokio::test]
async fn there_is_no_way_around_a_stage() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let pain = criterion("Pain", json!("evidence"));
    ask(&admin, &sales, TALK, json!({ "criteria": [pain] })).await;
    let made = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    let lost = json!({ "to_stage_id": sales["stages"][4]["id"], "loss_reason": "price" });
    let lost = admin
        .post(&format!("{}/move", path(&made)))
        .if_match(&made)
        .json(&lost)
        .await;
    let lost = lost.expect(200).value();
    assert_eq!(
        missing(&moving(&admin, &lost, stage(&sales, TERMS), None).await),
        ["Pain"]
    );
    moving(&admin, &lost, stage(&sales, TALK), None)
        .await
        .expect(200);

    let twice = admin
        .put(&format!("/stages/{}/gate", stage(&sales, OFFER)))
        .if_version(0);
    let twice = twice.json(&json!({ "criteria": [pain] })).await;
    twice.invalid(&[("/criteria/0/id", ErrorCode::Taken)]);

    let second = funnel(&admin, "Second").await;
    let products = criterion(
        "A product is named",
        json!({ "fact": { "fact": "products", "is": { "at_least": 1 } } }),
    );
    ask(&admin, &second, TALK, json!({ "criteria": [products] })).await;
    let bare =
        json!({ "title": "Ships", "funnel_id": second["id"], "stage_id": stage(&second, OFFER) });
    assert_eq!(
        missing(&admin.post("/deals").json(&bare).await),
        ["A product is named"]
    );
    let product = admin.make("/products", json!({ "name": "Crane" })).await;
    let mut named = bare;
    named["lines"] = json!([{ "product_id": product["id"], "quantity": "1" }]);
    admin.post("/deals").json(&named).await.expect(201);
}
