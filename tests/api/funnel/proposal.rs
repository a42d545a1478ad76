//! The proposal on a deal: its points and their order, whom they serve, what the decision chain lacks; and as
//! facts.

use super::gate::{ask, criterion, read};
use super::{OFFER, TALK, archived, deal, funnel, id, moving, path, stage, team};
use shared::error::ErrorCode;
use shared::identity::Role;
use tests::{Request, TestApp, User, Value, json, rows};

async fn proposal(user: &User, deal: &Value) -> Value {
    let there = format!("{}/proposal", path(deal));
    user.get(&there).await.expect(200).value()
}

fn adding(user: &User, deal: &Value, body: &Value) -> Request {
    user.post(&format!("{}/proposal/points", path(deal)))
        .json(body)
}

fn point(feature: &str, serves: &[&Value], harms: &[&Value]) -> Value {
    let ids = |people: &[&Value]| {
        people
            .iter()
            .map(|one| one["id"].clone())
            .collect::<Vec<_>>()
    };
    json!({
        "feature": feature, "advantage": "Better", "benefit": "Quiet nights",
        "serves": ids(serves), "harms": ids(harms),
    })
}

async fn added(user: &User, deal: &Value, body: Value) -> Value {
    adding(user, deal, &body).await.expect(201).value()
}

fn one(deal: &Value, point: &Value) -> String {
    format!("{}/proposal/points/{}", path(deal), id(point))
}

/// Changes a point by the deal's present version, and answers the deal then.
async fn changing(user: &User, deal: &Value, point: &Value, body: Value) -> Value {
    let now = read(user, deal).await;
    let request = user.patch(&one(deal, point)).if_match(&now).json(&body);
    request.await.expect(200).value()
}

/// An account with one person on each level and one whose level is unknown, and a deal there.
struct Chain {
    funnel: Value,
    account: Value,
    deciding: Value,
    managing: Value,
    operating: Value,
    unknown: Value,
    deal: Value,
}

impl Chain {
    async fn of(user: &User) -> Self {
        let funnel = funnel(user, "Sales").await;
        let account = user.make("/accounts", json!({ "name": "Harbour" })).await;
        let person = |name: &str, level: Value| json!({ "account_id": account["id"], "name": name, "level": level });
        let operating = user.make("/contacts", person("Wu", json!("operating")));
        let operating = operating.await;
        let unknown = user.make("/contacts", person("Sun", Value::Null)).await;
        let deciding = user.make("/contacts", person("Zhou", json!("deciding")));
        let deciding = deciding.await;
        let managing = user.make("/contacts", person("Li", json!("managing")));
        let managing = managing.await;
        let of = json!({ "account_id": account["id"] });
        let deal = deal(user, &funnel, TALK, "Cranes", of).await;
        Self {
            funnel,
            account,
            deciding,
            managing,
            operating,
            unknown,
            deal,
        }
    }
}

/// The kinds of the deal's events about its proposal, the first one first.
async fn events(user: &User, deal: &Value) -> Vec<String> {
    let events = user.get(&format!("{}/audit?limit=100", path(deal))).await;
    let mut kinds: Vec<String> = events
        .items()
        .iter()
        .filter_map(|event| event["kind"].as_str())
        .filter(|kind| kind.contains("proposal"))
        .map(str::to_owned)
        .collect();
    kinds.reverse();
    kinds
}

/// SIX-07: points are feature, advantage and benefit, in an order made by hand; each step is an event.
#[tokio::test]
async fn points_of_a_proposal_are_written_ordered_changed_and_removed() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let chain = Chain::of(&admin).await;
    let made = &chain.deal;
    let first = added(
        &admin,
        made,
        point(" Two sensors ", &[&chain.operating], &[]),
    )
    .await;
    assert_eq!(first["feature"], "Two sensors");
    assert_eq!(first["serves"], json!([chain.operating["id"]]));
    let second = added(&admin, made, point("Daily report", &[], &[])).await;
    let third = added(&admin, made, point("Instalments", &[&chain.deciding], &[])).await;
    assert_eq!(read(&admin, made).await["version"], 4);

    let order = format!("{}/proposal/order", path(made));
    let body = json!({ "points": [third["id"], first["id"], second["id"]] });
    let now = read(&admin, made).await;
    let now = admin.put(&order).if_match(&now).json(&body).await;
    let now = now.expect(200).value();
    assert_eq!(now["version"], 5);
    for wrong in [
        json!([third["id"], first["id"]]),
        json!([third["id"], first["id"], first["id"]]),
        json!([third["id"], first["id"], second["id"], second["id"]]),
        json!([third["id"], first["id"], chain.deciding["id"]]),
    ] {
        let body = json!({ "points": wrong });
        let refused = admin.put(&order).if_match(&now).json(&body).await;
        refused.invalid(&[("/points", ErrorCode::NotAllowed)]);
    }

    let change = json!({ "benefit": "Six hours a month", "harms": [chain.operating["id"]] });
    changing(&admin, made, &second, change).await;
    let now = read(&admin, made).await;
    let gone = admin.delete(&one(made, &first)).if_match(&now).await;
    gone.expect(200);
    let known = proposal(&admin, made).await;
    let features: Vec<&Value> = known["points"]
        .as_array()
        .unwrap()
        .iter()
        .map(|point| &point["feature"])
        .collect();
    assert_eq!(features, ["Instalments", "Daily report"]);
    assert_eq!(known["points"][1]["benefit"], "Six hours a month");
    // A new one comes behind those there are.
    added(&admin, made, point("Training", &[], &[])).await;
    let known = proposal(&admin, made).await;
    assert_eq!(known["points"][2]["feature"], "Training");
    assert_eq!(
        events(&admin, made).await,
        [
            "deal.proposal_point_added",
            "deal.proposal_point_added",
            "deal.proposal_point_added",
            "deal.proposal_reordered",
            "deal.proposal_point_updated",
            "deal.proposal_point_removed",
            "deal.proposal_point_added",
        ]
    );
    let told = admin
        .get(&format!(
            "/accounts/{}/timeline?limit=100",
            id(&chain.account)
        ))
        .await
        .items();
    let is_told = |event: &&Value| event["kind"] == "deal.proposal_reordered";
    assert_eq!(told.iter().filter(is_told).count(), 1);
}

/// SIX-09: who of the decision chain is not served and where points contradict; who leaves the account counts
/// no more.
#[tokio::test]
async fn the_review_names_whom_no_point_serves_and_where_points_contradict() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let chain = Chain::of(&admin).await;
    let made = &chain.deal;
    let known = proposal(&admin, made).await;
    let names: Vec<&Value> = known["people"]
        .as_array()
        .unwrap()
        .iter()
        .map(|person| &person["name"])
        .collect();
    assert_eq!(names, ["Zhou", "Li", "Wu", "Sun"], "who decides first");
    let review = &known["review"];
    let all = json!([
        chain.deciding["id"],
        chain.managing["id"],
        chain.operating["id"]
    ]);
    assert_eq!(review["unserved"], all);

    let body = point(
        "Report",
        &[&chain.managing, &chain.unknown],
        &[&chain.operating],
    );
    let report = added(&admin, made, body).await;
    let body = point("Alarm", &[&chain.operating], &[&chain.unknown]);
    let alarm = added(&admin, made, body).await;
    let review = proposal(&admin, made).await["review"].clone();
    assert_eq!(review["unserved"], json!([chain.deciding["id"]]));
    assert_eq!(
        review["conflicts"],
        json!([
            {
                "contact_id": chain.operating["id"],
                "serves": [alarm["id"]], "harms": [report["id"]],
            },
            {
                "contact_id": chain.unknown["id"],
                "serves": [report["id"]], "harms": [alarm["id"]],
            },
        ])
    );

    // Put away, a person counts no more, and is not named.
    let contact = format!("/contacts/{}", id(&chain.operating));
    let gone = admin.delete(&contact).if_match(&chain.operating).await;
    gone.expect(200);
    let known = proposal(&admin, made).await;
    assert_eq!(known["points"][0]["harms"], json!([]));
    assert_eq!(known["review"]["conflicts"].as_array().unwrap().len(), 1);
}

/// Bad input is named, and nothing is written.
#[tokio::test]
async fn a_point_without_its_texts_or_of_somebody_elsewhere_is_refused() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let chain = Chain::of(&admin).await;
    let made = &chain.deal;
    let other = admin.make("/accounts", json!({ "name": "Quay" })).await;
    let elsewhere = json!({ "account_id": other["id"], "name": "Qian" });
    let elsewhere = admin.make("/contacts", elsewhere).await;
    let known = added(&admin, made, point("Alarm", &[&chain.deciding], &[])).await;
    let now = read(&admin, made).await;
    let db = app.db().await;
    let before = rows::checksums(&db, admin.org(), &[]).await;
    let deciding = &chain.deciding["id"];
    for (change, pointer, code) in [
        (json!({ "feature": " " }), "/feature", ErrorCode::Required),
        (
            json!({ "advantage": "" }),
            "/advantage",
            ErrorCode::Required,
        ),
        (
            json!({ "benefit": "x".repeat(501) }),
            "/benefit",
            ErrorCode::TooLong,
        ),
        (
            json!({ "serves": [elsewhere["id"]] }),
            "/serves",
            ErrorCode::NoSuchRecord,
        ),
        (
            json!({ "harms": [elsewhere["id"]] }),
            "/harms",
            ErrorCode::NoSuchRecord,
        ),
        (
            json!({ "serves": [deciding, deciding] }),
            "/serves",
            ErrorCode::NotAllowed,
        ),
        // The point serves this person already.
        (
            json!({ "harms": [deciding] }),
            "/harms",
            ErrorCode::NotAllowed,
        ),
        (json!({ "loud": true }), "/loud", ErrorCode::UnknownField),
    ] {
        let mut whole = point("Alarm", &[&chain.deciding], &[]);
        let parts = change.as_object().unwrap().clone();
        whole.as_object_mut().unwrap().extend(parts);
        let refused = adding(&admin, made, &whole).await;
        refused.invalid(&[(pointer, code)]);
        let patching = admin.patch(&one(made, &known)).if_match(&now);
        patching.json(&change).await.invalid(&[(pointer, code)]);
    }
    let stale = admin.delete(&one(made, &known)).if_match(made).await;
    stale.refused(412, ErrorCode::Stale);
    assert_eq!(rows::checksums(&db, admin.org(), &[]).await, before);

    for n in 1..50 {
        added(&admin, made, point(&format!("Point {n}"), &[], &[])).await;
    }
    let refused = adding(&admin, made, &point("One more", &[], &[])).await;
    refused.invalid(&[("/feature", ErrorCode::TooManyItems)]);
    let gone = archived(&admin, &read(&admin, made).await).await;
    let refused = adding(&admin, &gone, &point("Late", &[], &[])).await;
    refused.refused(409, ErrorCode::Archived);
    let refused = admin.delete(&one(made, &known)).if_match(&gone).await;
    refused.refused(409, ErrorCode::Archived);
}

/// Who sees the deal reads, who may change it writes; others' deals are not there. One key adds once.
#[tokio::test]
async fn a_proposal_follows_the_rights_of_its_deal_and_one_key_adds_once() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let south = app.sign_up("South").await;
    let team = team(&admin).await;
    let sales = funnel(&admin, "Sales").await;
    let made = deal(&team.rep, &sales, TALK, "Cranes", json!({})).await;
    let body = point("Alarm", &[], &[]);
    let first = adding(&team.rep, &made, &body).key("one").await.expect(201);
    let again = adding(&team.rep, &made, &body).key("one").await.expect(201);
    assert_eq!(first.value(), again.value());
    let seen = proposal(&team.manager, &made).await;
    assert_eq!(seen["points"].as_array().unwrap().len(), 1);
    let (known, now) = (first.value(), read(&team.rep, &made).await);
    let there = format!("{}/proposal", path(&made));
    let order = json!({ "points": [known["id"]] });
    for stranger in [&team.other, &south] {
        for request in [
            stranger.get(&there),
            adding(stranger, &made, &body),
            stranger
                .patch(&one(&made, &known))
                .if_match(&now)
                .json(&json!({ "benefit": "x" })),
            stranger.delete(&one(&made, &known)).if_match(&now),
            stranger
                .put(&format!("{there}/order"))
                .if_match(&now)
                .json(&order),
        ] {
            request.await.refused(404, ErrorCode::NotFound);
        }
    }
    let reader = admin.invite(Role::Executive).await;
    let refused = adding(&reader, &made, &body).await;
    refused.refused(403, ErrorCode::Forbidden);
    proposal(&reader, &made).await;

    // A point of one deal is not found at another.
    let other = deal(&team.rep, &sales, TALK, "Docks", json!({})).await;
    let wrong = team.rep.delete(&one(&other, &known)).if_match(&other).await;
    wrong.refused(404, ErrorCode::NotFound);
    assert_eq!(read(&team.rep, &made).await, now);
}

/// SIX-09: a stage may ask that everybody of the chain is served and no point contradicts, of a new deal too.
#[tokio::test]
async fn a_stage_may_ask_for_a_proposal_that_serves_the_whole_chain() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let chain = Chain::of(&admin).await;
    let at_most = |fact: &str| {
        let rule = json!({ "fact": { "fact": fact, "is": { "at_most": 0 } } });
        criterion(fact, rule)
    };
    let some = json!({ "fact": { "fact": "proposal_points", "is": { "at_least": 1 } } });
    let criteria = [
        criterion("Something is proposed", some),
        at_most("proposal_unserved"),
        at_most("proposal_conflicts"),
    ];
    ask(&admin, &chain.funnel, TALK, json!({ "criteria": criteria })).await;
    let made = &chain.deal;
    let lacking = async |expected: &[&str]| {
        let now = read(&admin, made).await;
        let refused = moving(&admin, &now, stage(&chain.funnel, OFFER), None).await;
        let problem = refused.expect(422).value();
        assert_eq!(problem["code"], "gate_not_met");
        let missing: Vec<&str> = problem["missing_criteria"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|one| one["name"].as_str())
            .collect();
        assert_eq!(missing, expected);
    };
    lacking(&["Something is proposed", "proposal_unserved"]).await;
    let body = point(
        "Alarm",
        &[&chain.deciding, &chain.managing],
        &[&chain.operating],
    );
    let alarm = added(&admin, made, body).await;
    lacking(&["proposal_unserved", "proposal_conflicts"]).await;
    let everybody = json!({
        "serves": [chain.deciding["id"], chain.managing["id"], chain.operating["id"]], "harms": [],
    });
    let now = changing(&admin, made, &alarm, everybody).await;
    moving(&admin, &now, stage(&chain.funnel, OFFER), None)
        .await
        .expect(200);
}
