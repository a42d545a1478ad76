//! The probability by the evidence: one figure kept by the server, in every sum, beside the seller's own.

use super::gate::{ask, criterion, file, read};
use super::{LOST, OFFER, TALK, TERMS, WON, deal, id, moved, path, stage, stages};
use shared::error::ErrorCode;
use shared::funnel::gate::{Known, evidence_probability};
use shared::funnel::{Deal, Funnel};
use std::collections::BTreeMap;
use tests::{Client, TestApp, User, Value, json, wait};

/// A funnel whose first stages say ranges: 20 to 40 and 50 to 70 percent.
async fn ranged(admin: &Client) -> Value {
    let mut list = stages();
    list[TALK]["probability_high"] = json!(40);
    list[OFFER]["probability_high"] = json!(70);
    let body = json!({ "name": "Ranged", "stages": list });
    admin.make("/funnels", body).await
}

/// A criterion that counts and holds nobody back.
fn counting(name: &str, weight: i16, rule: Value) -> Value {
    let mut criterion = criterion(name, rule);
    criterion["mandatory"] = json!(false);
    criterion["weight"] = json!(weight);
    criterion
}

fn fact(name: &str, is: Value) -> Value {
    json!({ "fact": { "fact": name, "is": is } })
}

fn thousand() -> Value {
    json!({ "amount": { "amount": "1000", "currency": "CNY" } })
}

/// What a column says its deals weigh, by the kept sums, by counting anew, and in groups.
async fn weighed(user: &Client, funnel: &Value, place: usize) -> Vec<Value> {
    let mut all = Vec::new();
    for query in ["", "?text=Cranes"] {
        let totals = user
            .read(&format!("/funnels/{}/totals{query}", id(funnel)))
            .await;
        all.push(totals["columns"][place]["totals"]["weighted"][0]["amount"].clone());
    }
    let grouped = user
        .read(&format!("/funnels/{}/totals?group_by=owner", id(funnel)))
        .await;
    let groups = grouped["groups"]["items"].as_array().unwrap();
    let group = groups.iter().find(|group| group["totals"]["count"] == 1);
    all.push(group.unwrap()["totals"]["weighted"][0]["amount"].clone());
    all
}

/// Waits until a deal weighs this much by the evidence.
async fn comes_to(user: &Client, deal: &Value, percent: i64) {
    wait::until(&format!("{percent} % by the evidence"), async || {
        let now = read(user, deal).await["evidence_probability"].clone();
        (now == percent).then_some(())
    })
    .await;
}

/// FUN-14: a stage's range is placed by the weight of what is met; columns, groups, the account's figures and
/// the deal say the same, and the seller's own figure comes before it.
#[tokio::test]
async fn evidence_places_a_deal_in_the_range_and_every_sum_says_so() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = ranged(&admin).await;
    let letter = counting("A letter", 1, json!("evidence"));
    let price = counting("A price", 3, fact("amount", json!({ "at_least": 500 })));
    ask(&admin, &sales, TALK, json!({ "criteria": [letter, price] })).await;
    let account = admin.make("/accounts", json!({ "name": "Harbour" })).await;
    let mut more = thousand();
    more["account_id"] = account["id"].clone();
    let made = deal(&admin, &sales, TALK, "Cranes", more).await;
    assert_eq!(made["evidence_probability"], 35);
    assert_eq!(weighed(&admin, &sales, TALK).await, ["350", "350", "350"]);

    file(&admin, &made, &letter).await;
    let now = read(&admin, &made).await;
    assert_eq!(now["evidence_probability"], 40);
    assert_eq!(weighed(&admin, &sales, TALK).await, ["400", "400", "400"]);
    let summary = admin
        .read(&format!("/accounts/{}/summary", id(&account)))
        .await;
    assert_eq!(summary["weighted_amounts"][0]["amount"], "400");
    let listed = admin.get("/deals").await.items();
    assert_eq!(listed[0]["evidence_probability"], 40);

    // The seller's own figure weighs, and what the evidence says stays beside it.
    let change = admin.patch(&path(&now)).if_match(&now);
    let own = change.json(&json!({ "probability": 90 })).await.expect(200);
    assert_eq!(own.value()["evidence_probability"], 40);
    assert_eq!(weighed(&admin, &sales, TALK).await, ["900", "900", "900"]);

    // A smaller amount is less evidence.
    let less = json!({ "probability": null, "amount": { "amount": "400", "currency": "CNY" } });
    let now = own.value();
    let change = admin.patch(&path(&now)).if_match(&now).json(&less);
    assert_eq!(change.await.expect(200).value()["evidence_probability"], 25);
    assert_eq!(weighed(&admin, &sales, TALK).await, ["100", "100", "100"]);
}

/// A move says with its event what the deal weighs where it came to; where nothing places it, nothing.
#[tokio::test]
async fn a_move_weighs_the_deal_by_what_its_new_stage_asks() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = ranged(&admin).await;
    let price = counting("A price", 1, fact("amount", json!({ "at_least": 500 })));
    let asked = counting(
        "Asked",
        1,
        fact("questions_answered", json!({ "at_least": 1 })),
    );
    ask(&admin, &sales, OFFER, json!({ "criteria": [price, asked] })).await;
    let mut now = deal(&admin, &sales, TALK, "Cranes", thousand()).await;
    assert_eq!(now["evidence_probability"], Value::Null, "nothing is asked");
    assert_eq!(weighed(&admin, &sales, TALK).await[0], "300");

    now = moved(&admin, &now, stage(&sales, OFFER), None).await;
    assert_eq!(now["evidence_probability"], 60);
    assert_eq!(weighed(&admin, &sales, OFFER).await, ["600", "600", "600"]);
    now = moved(&admin, &now, stage(&sales, OFFER), None).await;
    assert_eq!(now["evidence_probability"], 60, "within the stage");
    now = moved(&admin, &now, stage(&sales, TERMS), None).await;
    assert_eq!(now["evidence_probability"], Value::Null);
    now = moved(&admin, &now, stage(&sales, OFFER), None).await;
    now = moved(&admin, &now, stage(&sales, WON), None).await;
    assert_eq!(now["evidence_probability"], Value::Null);
    assert_eq!(weighed_of(&admin, &sales, WON).await, "1000");

    let told: Vec<Value> = app.feed(&admin).await;
    let told = told.iter().filter(|event| event["kind"] == "deal.moved");
    let told: Vec<Value> = told
        .map(|event| event["data"]["evidence_probability"].clone())
        .collect();
    let none = Value::Null;
    assert_eq!(told, [json!(60), json!(60), none.clone(), json!(60), none]);
}

async fn weighed_of(user: &Client, funnel: &Value, place: usize) -> Value {
    let totals = user.read(&format!("/funnels/{}/totals", id(funnel))).await;
    totals["columns"][place]["totals"]["weighted"][0]["amount"].clone()
}

/// What lies beside the deal weighs as well: people who come and go, the account, the criteria, the range.
/// Nobody's version of the deal grows old by it, and an event has boards read anew.
#[tokio::test]
async fn people_accounts_and_criteria_weigh_deals_anew_soon_after() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = ranged(&admin).await;
    let account = |name: &str| json!({ "name": name });
    let harbour = admin.make("/accounts", account("Harbour")).await;
    let mill = admin.make("/accounts", account("Mill")).await;
    let somebody = counting("Somebody", 1, fact("people", json!({ "at_least": 1 })));
    let state = counting("State", 1, fact("nature", json!({ "one_of": ["state"] })));
    let gate = json!({ "criteria": [somebody, state] });
    ask(&admin, &sales, TALK, gate).await;
    let mut more = thousand();
    more["account_id"] = harbour["id"].clone();
    let made = deal(&admin, &sales, TALK, "Cranes", more).await;
    assert_eq!(made["evidence_probability"], 20);

    let person = json!({ "account_id": harbour["id"], "name": "Zhou" });
    let person = admin.make("/contacts", person).await;
    comes_to(&admin, &made, 30).await;
    assert_eq!(weighed(&admin, &sales, TALK).await, ["300", "300", "300"]);
    assert_eq!(read(&admin, &made).await["version"], made["version"]);
    let told = app.feed(&admin).await;
    let told: Vec<&Value> = told
        .iter()
        .filter(|event| event["kind"] == "funnel.weighed")
        .collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["subject_id"], sales["id"]);
    assert_eq!(told[0]["data"]["deals"], 1);

    let path = format!("/contacts/{}", id(&person));
    let elsewhere = json!({ "account_id": mill["id"] });
    let gone = admin.patch(&path).if_match(&person).json(&elsewhere).await;
    comes_to(&admin, &made, 20).await;
    let back = json!({ "account_id": harbour["id"] });
    let change = admin.patch(&path).if_match(&gone.expect(200).value());
    change.json(&back).await.expect(200);
    comes_to(&admin, &made, 30).await;

    let account = format!("/accounts/{}", id(&harbour));
    let nature = json!({ "nature": "state" });
    let change = admin.patch(&account).if_match(&harbour).json(&nature);
    change.await.expect(200);
    comes_to(&admin, &made, 40).await;

    let heavy = counting("A letter", 2, json!("evidence"));
    let gate = json!({ "criteria": [somebody, state, heavy] });
    ask(&admin, &sales, TALK, gate).await;
    comes_to(&admin, &made, 30).await;

    let mut wider = admin.read(&format!("/funnels/{}", id(&sales))).await;
    wider["stages"][TALK]["probability_high"] = json!(60);
    let stages: Vec<Value> = wider["stages"]
        .as_array()
        .unwrap()
        .iter()
        .map(draft)
        .collect();
    let change = admin.patch(&format!("/funnels/{}", id(&sales)));
    let change = change.if_match(&wider).json(&json!({ "stages": stages }));
    change.await.expect(200);
    comes_to(&admin, &made, 40).await;
    ask(&admin, &sales, TALK, json!({ "criteria": [] })).await;
    wait::until("nothing places it any more", async || {
        let now = read(&admin, &made).await;
        now["evidence_probability"].is_null().then_some(())
    })
    .await;
    assert_eq!(weighed(&admin, &sales, TALK).await, ["400", "400", "400"]);
}

/// A stage as it is sent.
fn draft(stage: &Value) -> Value {
    let mut sent = json!({});
    for field in ["id", "name", "kind", "probability", "probability_high"] {
        if !stage[field].is_null() {
            sent[field] = stage[field].clone();
        }
    }
    sent
}

/// GATE-21: a deal whose five tests fall short is one to spend little on, until they are enough, the stage asks
/// for less or it leaves; lists, boards and sums are narrowed to such deals.
#[tokio::test]
async fn a_deal_that_fails_the_five_tests_is_marked_for_little_investment() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = ranged(&admin).await;
    ask(&admin, &sales, TALK, asking(70)).await;
    let poor = deal(&admin, &sales, TALK, "Cranes", thousand()).await;
    deal(&admin, &sales, TALK, "Lifts", thousand()).await;
    assert_eq!(poor["is_low_investment"], false, "nothing is answered");
    assert_eq!(narrowed(&admin, &sales).await, Vec::<String>::new());

    answer(&admin, &poor, 3).await;
    assert_eq!(read(&admin, &poor).await["is_low_investment"], true);
    assert_eq!(narrowed(&admin, &sales).await, ["Cranes"]);
    let others = admin.get("/deals?is_low_investment=false").await.items();
    assert_eq!(others.len(), 1);
    assert_eq!(others[0]["title"], "Lifts");
    answer(&admin, &poor, 4).await;
    assert_eq!(narrowed(&admin, &sales).await, Vec::<String>::new());

    // The stage asks for more, and for less again.
    ask(&admin, &sales, TALK, asking(90)).await;
    wait::until("it falls short of more", async || {
        (listed_low(&admin).await == ["Cranes"]).then_some(())
    })
    .await;
    assert_eq!(narrowed(&admin, &sales).await, ["Cranes"]);
    ask(&admin, &sales, TALK, asking(80)).await;
    wait::until("it is enough again", async || {
        listed_low(&admin).await.is_empty().then_some(())
    })
    .await;
    assert_eq!(narrowed(&admin, &sales).await, Vec::<String>::new());

    // Where nobody asks, nothing falls short; the event of a move says what is so there.
    ask(&admin, &sales, OFFER, asking(90)).await;
    let now = read(&admin, &poor).await;
    let now = moved(&admin, &now, stage(&sales, OFFER), None).await;
    assert_eq!(now["is_low_investment"], true);
    let now = moved(&admin, &now, stage(&sales, TALK), None).await;
    assert_eq!(now["is_low_investment"], false);
    let now = moved(&admin, &now, stage(&sales, OFFER), None).await;
    let lost = json!({ "to_stage_id": stage(&sales, LOST), "loss_reason": "price" });
    let lose = admin.post(&format!("{}/move", path(&now))).if_match(&now);
    let lost = lose.json(&lost).await.expect(200).value();
    assert_eq!(lost["is_low_investment"], false);
    let told = app.feed(&admin).await;
    let told = told.iter().filter(|event| event["kind"] == "deal.moved");
    let told: Vec<bool> = told
        .map(|event| event["data"]["is_low_investment"] == true)
        .collect();
    assert_eq!(told, [true, false, true, false]);
    let wrong = admin.get("/deals?is_low_investment=perhaps").await;
    wrong.invalid(&[("is_low_investment", ErrorCode::NotAllowed)]);
}

/// Days are counted where the organisation is: moved to another zone, its deals weigh what they do there.
#[tokio::test]
async fn another_time_zone_weighs_the_deals_anew() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = ranged(&admin).await;
    // A zone in which it is another day than in UTC at this moment, and for an hour more.
    let now = backend::clock::now();
    let (zone, hours, bound) = match chrono::Timelike::hour(&now) {
        0..11 => ("Etc/GMT+12", -12, "at_least"),
        _ => ("Etc/GMT-14", 14, "at_most"),
    };
    let there = (now + chrono::TimeDelta::hours(hours)).date_naive();
    set_zone(&admin, "UTC").await;
    let today = counting(
        "Closes today",
        1,
        fact("days_to_close", json!({ bound: 0 })),
    );
    ask(&admin, &sales, TALK, json!({ "criteria": [today] })).await;
    let mut more = thousand();
    more["expected_close_on"] = json!(there);
    let made = deal(&admin, &sales, TALK, "Cranes", more).await;
    assert_eq!(made["evidence_probability"], 20);
    set_zone(&admin, zone).await;
    comes_to(&admin, &made, 40).await;
}

async fn set_zone(admin: &Client, zone: &str) {
    let organisation = admin.read("/organisation").await;
    let change = admin.patch("/organisation").if_match(&organisation);
    change.json(&json!({ "time_zone": zone })).await.expect(200);
}

/// A gate that takes so many points of the five tests.
fn asking(points: i16) -> Value {
    json!({ "tests": { "at_least": points } })
}

/// Answers all five tests alike.
async fn answer(user: &User, deal: &Value, score: i16) {
    let names = ["budget", "timing", "fit", "worth", "win"];
    let answers: BTreeMap<_, _> = names.map(|name| (name, json!({ "score": score }))).into();
    let now = read(user, deal).await;
    let put = user.put(&format!("{}/tests", path(&now))).if_match(&now);
    put.json(&json!(answers)).await.expect(200);
}

fn title(deal: &Value) -> String {
    deal["title"].as_str().unwrap().to_owned()
}

async fn listed_low(user: &User) -> Vec<String> {
    let listed = user.get("/deals?is_low_investment=true").await.items();
    listed.iter().map(title).collect()
}

/// The deals to spend little on: by the list, and the same by the board, its sums and the funnel view.
async fn narrowed(user: &User, funnel: &Value) -> Vec<String> {
    let listed = listed_low(user).await;
    let base = format!("/funnels/{}", id(funnel));
    let board = user
        .read(&format!("{base}/board?is_low_investment=true"))
        .await;
    let cards = board["columns"][TALK]["cards"].as_array().unwrap();
    assert_eq!(cards.iter().map(title).collect::<Vec<_>>(), listed);
    let count = json!(listed.len());
    assert_eq!(board["columns"][TALK]["totals"]["count"], count);
    let totals = user
        .read(&format!("{base}/totals?is_low_investment=true"))
        .await;
    assert_eq!(totals["columns"][TALK]["totals"]["count"], count);
    let shape = user
        .read(&format!("{base}/shape?is_low_investment=true"))
        .await;
    assert_eq!(shape["stages"][TALK]["entered"]["count"], count);
    listed
}

/// What is kept is what the rule says of the facts that the server tells, for deals in every stage after all
/// sorts of writes.
#[tokio::test]
async fn the_figure_kept_is_the_one_that_the_shared_rule_gives() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = ranged(&admin).await;
    let letter = counting("A letter", 2, json!("evidence"));
    let soon = counting("Soon", 3, fact("days_to_close", json!({ "at_most": 30 })));
    let shown = counting("Shown", 1, fact("showings", json!({ "at_least": 1 })));
    let gate = json!({ "criteria": [letter, soon, shown] });
    ask(&admin, &sales, TALK, gate).await;
    let worth = counting("Worth", 5, fact("test_worth", json!({ "at_least": 3 })));
    let fresh = counting("Fresh", 2, fact("days_in_stage", json!({ "at_most": 3 })));
    let gate = json!({ "criteria": [worth, fresh] });
    ask(&admin, &sales, OFFER, gate).await;
    let today = backend::clock::now().date_naive();
    for (number, days) in (0_u8..).zip([10, 20, 40, 60]) {
        let mut more = thousand();
        more["expected_close_on"] = json!(today + chrono::Days::new(days));
        let one = deal(&admin, &sales, TALK, &format!("Cranes {number}"), more).await;
        if number % 2 == 0 {
            file(&admin, &one, &letter).await;
            let touch = json!({ "kind": "showing" });
            admin.make(&format!("{}/touches", path(&one)), touch).await;
        }
        if number > 1 {
            let now = read(&admin, &one).await;
            moved(&admin, &now, stage(&sales, OFFER), None).await;
            let tests = json!({ "worth": { "score": i16::from(number) + 1 } });
            let put = admin.put(&format!("{}/tests", path(&one)));
            let now = read(&admin, &one).await;
            put.if_match(&now).json(&tests).await.expect(200);
        }
    }
    let kept = checked(&admin, &sales).await;
    assert_eq!(kept.values().copied().collect::<Vec<_>>(), [40, 30, 70, 70]);
}

/// Compares what is kept of each deal with the rule, and answers it by title.
async fn checked(user: &User, sales: &Value) -> BTreeMap<String, i16> {
    let funnel: Funnel =
        serde_json::from_value(user.read(&format!("/funnels/{}", id(sales))).await).unwrap();
    let mut kept = BTreeMap::new();
    for listed in user.get("/deals").await.items() {
        let deal: Deal = serde_json::from_value(read(user, &listed).await).unwrap();
        let gathered = deal.facts.clone().unwrap();
        let known = Known {
            deal: &deal,
            gathered: &gathered,
            now: backend::clock::now(),
        };
        let stage = funnel.stages.iter().find(|stage| stage.id == deal.stage_id);
        let by_rule = evidence_probability(stage.unwrap(), &known);
        assert_eq!(deal.evidence_probability, by_rule, "{}", deal.title);
        kept.insert(deal.title.clone(), by_rule.unwrap());
    }
    kept
}

/// Facts count days: every organisation is weighed once a day without anybody's doing, and again when the
/// server finds work that was not done.
#[tokio::test]
async fn every_day_weighs_an_organisation_by_itself() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = ranged(&admin).await;
    let fresh = counting("Fresh", 1, fact("days_in_stage", json!({ "at_most": 3 })));
    ask(&admin, &sales, TALK, json!({ "criteria": [fresh] })).await;
    let made = deal(&admin, &sales, TALK, "Cranes", thousand()).await;
    comes_to(&admin, &made, 40).await;

    let db = app.db().await;
    let due = "select due_at::date - current_date as days from job_queue \
        where kind = 'weigh_organisation' and organisation_id = $1 and claimed_by is null";
    let org = admin.org();
    wait::until("the next weighing is tomorrow", async || {
        let row = db.query_opt(due, &[&org]).await.unwrap()?;
        (row.get::<_, i32>("days") == 1).then_some(())
    })
    .await;
    // Five days go by, and the next morning comes.
    let sql = "update deals set stage_entered_at = stage_entered_at - interval '5 days' where org_id = $1";
    db.execute(sql, &[&org]).await.unwrap();
    let sql = "update job_queue set due_at = now() where organisation_id = $1 and kind = 'weigh_organisation'";
    db.execute(sql, &[&org]).await.unwrap();
    comes_to(&admin, &made, 20).await;
    assert_eq!(weighed(&admin, &sales, TALK).await, ["200", "200", "200"]);
}
