//! Screening of potential customers: the set of rules, sheets of accounts, lists by verdict, and the report.

use super::classes::days;
use super::{account, contact, deal, funnel, id, names, path};
use chrono::Days;
use shared::accounts::{AccountScreening, ScreeningOutcome, ScreeningRules, screen};
use shared::error::ErrorCode;
use shared::identity::{Locale, Role};
use tests::{Request, TestApp, User, Value, json};
use uuid::Uuid;

pub(crate) async fn told(user: &User, account: &Value) -> Value {
    user.read(&format!("{}/screening", path(account))).await
}

/// Writes a set in place of the one that is there.
async fn set(user: &User, body: &Value) -> Value {
    let now = user.read("/screening").await;
    let request = user.put("/screening").if_match(&now).json(body);
    request.await.expect(200).value()
}

fn answering(user: &User, account: &Value, seen: &Value, answers: &Value) -> Request {
    let address = format!("{}/screening", path(account));
    let request = user.put(&address).if_match(seen);
    request.json(&json!({ "answers": answers }))
}

/// Answers with what is on the sheet now.
async fn answer(user: &User, account: &Value, answers: Value) -> Value {
    let seen = told(user, account).await;
    let answer = answering(user, account, &seen, &answers).await;
    answer.expect(200).value()
}

fn criterion(name: &str, mandatory: bool, test: Value) -> Value {
    json!({
        "id": Uuid::now_v7(), "topic": "other", "name": name, "weight": 2, "mandatory": mandatory,
        "test": test,
    })
}

/// A question whose three answers speak for, neither way, and against.
fn question(name: &str, mandatory: bool) -> Value {
    let choice =
        |name: &str, says: &str| json!({ "id": Uuid::now_v7(), "name": name, "says": says });
    let choices = json!([
        choice("Good", "for"),
        choice("So so", "neutral"),
        choice("Bad", "against")
    ]);
    criterion(name, mandatory, json!({ "question": choices }))
}

fn choice(question: &Value, place: usize) -> Value {
    question["test"]["question"][place]["id"].clone()
}

/// An answer to a question, as a body has it.
fn says(question: &Value, place: usize) -> Value {
    json!({ id(question): choice(question, place) })
}

fn rules(criteria: Value) -> Value {
    json!({ "criteria": criteria, "pass_share": 60, "review_days": 90 })
}

/// GATE-23: who wrote no set has ours, in their language, over the five topics; it is replaced by the
/// organisation's, which administrators alone may write, and the change is an event.
#[tokio::test]
async fn the_set_is_ours_until_an_administrator_writes_another() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let rep = admin.invite(Role::Rep).await;
    let ours = admin.get("/screening").header("accept-language", "en");
    let ours = ours.await.expect(200).value();
    assert_eq!(ours["is_usual"], true);
    let usual = ScreeningRules::usual(admin.org().into(), Locale::En);
    assert_eq!(ours, serde_json::to_value(&usual).unwrap());
    let zh = admin.get("/screening").header("accept-language", "zh-CN");
    let zh = zh.await.expect(200).value();
    assert_ne!(zh["criteria"][0]["name"], ours["criteria"][0]["name"]);
    assert_eq!(zh["criteria"][0]["id"], ours["criteria"][0]["id"]);

    let asked = question("  Who decides?  ", true);
    let body = rules(json!([asked]));
    let write = |user: &User, seen: &Value| user.put("/screening").if_match(seen).json(&body);
    write(&rep, &ours).await.refused(403, ErrorCode::Forbidden);
    let new = write(&admin, &ours).await.expect(200).value();
    assert_eq!(
        (&new["version"], &new["is_usual"]),
        (&json!(2), &json!(false))
    );
    assert_eq!(new["criteria"][0]["name"], "Who decides?");
    write(&admin, &ours).await.refused(412, ErrorCode::Stale);
    assert_eq!(rep.read("/screening").await, new);
    let events = app.feed(&admin).await;
    let kinds = events
        .iter()
        .filter(|it| it["kind"] == "screening_rules.updated");
    assert_eq!(kinds.count(), 1);
    let south = app.sign_up("South").await;
    assert_eq!(south.read("/screening").await["is_usual"], true);
}

/// GATE-23: an empty set, and one that nobody could pass, are refused at the field, and nothing is written.
#[tokio::test]
async fn an_empty_or_contradictory_set_is_refused_at_its_field() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let before = admin.read("/screening").await;
    let industry = |name: &str| criterion(name, true, json!({ "industry": [name] }));
    let mut hopeless = question("Hopeless", false);
    hopeless["test"]["question"][0]["says"] = json!("against");
    let many: Vec<Value> = (0..21).map(|n| question(&format!("{n}"), false)).collect();
    for (body, pointer, code) in [
        (rules(json!([])), "/criteria", ErrorCode::Required),
        (rules(json!(many)), "/criteria", ErrorCode::TooManyItems),
        (
            rules(json!([industry("IT"), industry("Retail")])),
            "/criteria/1/test/industry",
            ErrorCode::LimitsContradict,
        ),
        (
            rules(json!([hopeless])),
            "/criteria/0/test/question",
            ErrorCode::Required,
        ),
        (
            rules(json!([criterion(
                "Soon",
                false,
                json!({ "signs_within": 0 })
            )])),
            "/criteria/0/test/signs_within",
            ErrorCode::OutOfRange,
        ),
        (
            rules(json!([
                question("Fine", false),
                criterion("Two", false, json!({ "employees": 5, "man": "need" }))
            ])),
            "/criteria/1/test",
            ErrorCode::OneOnly,
        ),
        (
            rules(json!([criterion(
                "Most",
                false,
                json!({ "people": { "at_least": 1, "at_most": 3 } })
            )])),
            "/criteria/0/test/people/at_most",
            ErrorCode::UnknownField,
        ),
    ] {
        let request = admin.put("/screening").if_match(&before).json(&body);
        request.await.invalid(&[(pointer, code)]);
        let request = admin.post("/screening/trial/search").json(&body);
        request.await.invalid(&[(pointer, code)]);
    }
    let unknown = rules(json!([criterion("Stars", true, json!({ "stars": 5 }))]));
    let request = admin.put("/screening").if_match(&before).json(&unknown);
    assert_eq!(request.await.status, 422);
    assert_eq!(admin.read("/screening").await, before);
}

/// GATE-23: an account is answered for, the verdict follows, its timeline tells it, and the same answers
/// once more say that somebody looked again.
#[tokio::test]
async fn answers_make_the_verdict_and_the_same_answers_again_are_another_look() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let (decides, buys) = (question("Decides", true), question("Buys", false));
    let decider = json!({ "people": { "level": "deciding", "at_least": 1 } });
    set(
        &admin,
        &rules(json!([decides, buys, criterion("Known", false, decider)])),
    )
    .await;
    let made = account(&admin, "Acme").await;
    let open = told(&admin, &made).await;
    assert_eq!(open["screening"]["outcome"], "incomplete");
    assert_eq!(
        (&open["looked_at"], &open["is_due"]),
        (&Value::Null, &json!(true))
    );
    let settled: Vec<&Value> = (0..3)
        .map(|n| &open["screening"]["criteria"][n]["settled_by"])
        .collect();
    assert_eq!(settled, ["answer", "answer", "person"]);

    let now = answer(&admin, &made, says(&decides, 0)).await;
    assert_eq!(
        (&now["screening"]["outcome"], &now["screening"]["score"]),
        (&json!("incomplete"), &json!(33))
    );
    assert_eq!(
        (&now["version"], &now["is_due"]),
        (&json!(2), &json!(false))
    );
    assert!(now["looked_by_name"].is_string());
    let person = contact(&admin, &made, "Xia").await;
    let request = admin
        .patch(&format!("/contacts/{}", id(&person)))
        .if_match(&person);
    request
        .json(&json!({ "level": "deciding" }))
        .await
        .expect(200);
    let now = told(&admin, &made).await;
    assert_eq!(
        (&now["screening"]["outcome"], &now["screening"]["score"]),
        (&json!("target"), &json!(66))
    );

    let mut both = says(&decides, 0);
    both[id(&buys)] = choice(&buys, 1);
    let later = answer(&admin, &made, both.clone()).await;
    assert_eq!(
        later["screening"]["score"], 83,
        "a neutral answer counts half"
    );
    let (first, again) = (
        &now["answers"][id(&decides)],
        &later["answers"][id(&decides)],
    );
    assert_eq!(first, again, "an answer that stays is the old one");
    let again = answer(&admin, &made, both).await;
    assert_eq!(
        (&again["version"], &again["answers"]),
        (&json!(4), &later["answers"])
    );
    let out = answer(&admin, &made, says(&decides, 2)).await;
    assert_eq!(out["screening"]["outcome"], "unsuitable");
    assert_eq!(
        out["answers"].as_object().unwrap().len(),
        1,
        "what is left out is answered no more"
    );

    let timeline = admin
        .get(&format!("{}/timeline", path(&made)))
        .await
        .items();
    assert_eq!(timeline[0]["kind"], "account.screened");
    assert_eq!(timeline[0]["data"]["old"]["outcome"], "target");
    assert_eq!(timeline[0]["data"]["new"]["outcome"], "unsuitable");
}

/// GATE-23: what the set does not ask, what is no choice, an old version and an archived account are
/// refused; out of view there is no such account.
#[tokio::test]
async fn wrong_answers_are_refused_by_name_and_nothing_is_kept() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let rep = admin.invite(Role::Rep).await;
    let executive = admin.invite(Role::Executive).await;
    let asked = question("Decides", true);
    let staff = criterion("Staff", false, json!({ "employees": 50 }));
    set(&admin, &rules(json!([asked, staff]))).await;
    let made = account(&admin, "Acme").await;
    let seen = told(&admin, &made).await;
    for (answers, of, code) in [
        (
            json!({ id(&asked): Uuid::now_v7() }),
            id(&asked),
            ErrorCode::NotAllowed,
        ),
        (
            json!({ id(&staff): choice(&asked, 0) }),
            id(&staff),
            ErrorCode::NoSuchRecord,
        ),
    ] {
        let pointer = format!("/answers/{of}");
        let refused = answering(&admin, &made, &seen, &answers).await;
        refused.invalid(&[(&pointer, code)]);
    }
    let south = app.sign_up("South").await;
    for user in [&rep, &south] {
        let address = format!("{}/screening", path(&made));
        user.get(&address).await.refused(404, ErrorCode::NotFound);
        let refused = answering(user, &made, &seen, &says(&asked, 0)).await;
        refused.refused(404, ErrorCode::NotFound);
    }
    told(&executive, &made).await;
    let refused = answering(&executive, &made, &seen, &says(&asked, 0)).await;
    refused.refused(403, ErrorCode::Forbidden);
    assert_eq!(told(&admin, &made).await, seen);

    answer(&admin, &made, says(&asked, 0)).await;
    let stale = answering(&admin, &made, &seen, &says(&asked, 2)).await;
    stale.refused(412, ErrorCode::Stale);
    let now = told(&admin, &made).await;
    assert_eq!(now["answers"][id(&asked)]["choice_id"], choice(&asked, 0));
    let away = admin.delete(&path(&made)).if_match(&now).await;
    let away = away.expect(200).value();
    let archived = answering(&admin, &made, &away, &says(&asked, 2)).await;
    archived.refused(409, ErrorCode::Archived);
    let kept = told(&admin, &made).await;
    assert_eq!(kept["answers"], now["answers"]);
}

/// GATE-23: an account is due when nobody looked at it, too long ago, or before the criteria became others;
/// other days of review alone make nobody due by that.
#[tokio::test]
async fn other_criteria_and_the_interval_make_accounts_due_again() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let asked = question("Decides", true);
    let mut body = rules(json!([asked]));
    set(&admin, &body).await;
    let made = account(&admin, "Acme").await;
    account(&admin, "New").await;
    let due = async || names(&admin.get("/accounts?is_screening_due=true").await);
    assert_eq!(due().await, ["Acme", "New"]);
    answer(&admin, &made, says(&asked, 0)).await;
    assert_eq!(due().await, ["New"]);

    body["review_days"] = json!(30);
    set(&admin, &body).await;
    assert_eq!(due().await, ["New"]);
    let db = app.db().await;
    let key: Uuid = id(&made).parse().unwrap();
    let sql = "update screening_sheets set looked_at = looked_at - interval '31 days' where account_id = $1";
    db.execute(sql, &[&key]).await.unwrap();
    assert_eq!(due().await, ["Acme", "New"]);
    assert_eq!(told(&admin, &made).await["is_due"], true);
    answer(&admin, &made, says(&asked, 0)).await;
    assert_eq!(due().await, ["New"]);

    // Another choice speaks for it now, and the old answer against it.
    body["criteria"][0]["test"]["question"][0]["says"] = json!("against");
    body["criteria"][0]["test"]["question"][2]["says"] = json!("for");
    set(&admin, &body).await;
    assert_eq!(due().await, ["Acme", "New"]);
    let now = told(&admin, &made).await;
    assert_eq!(
        now["screening"]["outcome"], "unsuitable",
        "computed anew at once"
    );
    let page = admin.get("/accounts?screening=unsuitable").await;
    assert_eq!(names(&page), ["Acme"]);
}

/// A set with every sort of test.
fn everything() -> [Value; 10] {
    [
        criterion(
            "Industry",
            false,
            json!({ "industry": ["IT", "Bau & Söhne"] }),
        ),
        criterion("Nature", false, json!({ "nature": ["private"] })),
        criterion("Region", false, json!({ "region": ["深圳", "NÎMES"] })),
        criterion("Size", false, json!({ "size": ["small", "large"] })),
        criterion("Staff", false, json!({ "employees": 50 })),
        criterion("People", false, json!({ "people": { "at_least": 1 } })),
        criterion("Need", true, json!({ "man": "need" })),
        criterion("Soon", false, json!({ "signs_within": 30 })),
        question("Decides", true),
        question("Buys", false),
    ]
}

/// GATE-23: lists and the report have the verdict that the rule gives, and so has a trial.
#[tokio::test]
async fn lists_the_report_and_trials_agree_with_the_rule() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let rep = admin.invite(Role::Rep).await;
    let criteria = everything();
    let mut body = rules(json!(criteria));
    body["pass_share"] = json!(45);
    let sales = funnel(&admin).await;
    let days = days(&admin).await;
    let mut seed = 20_261_123_u64;
    let mut next = |of: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((seed >> 33) % u64::try_from(of).unwrap()).unwrap()
    };
    let mut made = Vec::new();
    for number in 0..48 {
        let mut new = json!({
            "name": format!("{number:02}"),
            "industry": ([None, Some("it"), Some("BAU & SÖHNE"), Some("Retail")][next(4)]),
            "nature": ([None, Some("Private"), Some("state-owned")][next(3)]),
            "region": ([None, Some("广东深圳"), Some("Nîmes, Gard"), Some("Nairobi")][next(4)]),
            "size": ([None, Some("micro"), Some("small"), Some("large")][next(4)]),
            "employees": ([None, Some(49), Some(50)][next(3)]),
            "man": { "need": { "is": ([None, Some(true), Some(true), Some(false)][next(4)]) } },
            "owner_id": ([admin.id(), rep.id()][next(2)]),
        });
        let late = Days::new([30, 31][next(2)]);
        match next(3) {
            0 => new["purchase_on"] = json!(days.today + late),
            1 => new["purchase_on"] = json!(days.today - Days::new(1)),
            _ => {}
        }
        let one = admin.make("/accounts", new).await;
        if next(2) == 0 {
            contact(&admin, &one, "Xia").await;
        }
        if next(3) == 0 {
            let deal = deal(&admin, &sales, &one, &admin, 0).await;
            let close = json!({ "expected_close_on": days.today + Days::new(30) });
            let request = admin
                .patch(&format!("/deals/{}", id(&deal)))
                .if_match(&deal);
            request.json(&close).await.expect(200);
        }
        made.push(one);
    }
    let request = admin.post("/screening/trial/search").json(&body);
    let trial = request.await.expect(200).value();
    set(&admin, &body).await;
    for one in &made {
        let mut answers = json!({});
        for question in &criteria[8..] {
            if let Some(place) = [Some(0), Some(0), Some(1), Some(2), None][next(5)] {
                answers[id(question)] = choice(question, place);
            }
        }
        if next(6) > 0 {
            answer(&admin, one, answers).await;
        }
    }

    let mut expected: Vec<(String, String, ScreeningOutcome)> = Vec::new();
    for one in &made {
        let sheet: AccountScreening = serde_json::from_value(told(&admin, one).await).unwrap();
        let found = screen(&sheet.rules, &sheet.facts, &sheet.chosen());
        assert_eq!(found, sheet.screening);
        let text = |name: &str| one[name].as_str().unwrap().to_owned();
        expected.push((text("name"), text("owner_id"), found.outcome));
    }
    let report = admin.get("/screening/report").await.items();
    assert_eq!(report.len(), 2);
    for outcome in ["target", "unsuitable", "incomplete"] {
        let page = admin
            .get(&format!("/accounts?limit=200&screening={outcome}"))
            .await;
        let own = || {
            expected
                .iter()
                .filter(|(_, _, found)| found.as_ref() == outcome)
        };
        let listed: Vec<&str> = own().map(|(name, ..)| name.as_str()).collect();
        assert!(!listed.is_empty(), "{outcome} is proved by nothing");
        assert_eq!(names(&page), listed, "{outcome}");
        for line in &report {
            let count = own()
                .filter(|(_, owner, _)| line["id"] == json!(owner))
                .count();
            assert_eq!(line[outcome], json!(count), "{outcome}");
        }
    }
    for line in &report {
        let owner = line["id"].as_str().unwrap();
        let page = admin
            .get(&format!(
                "/accounts?limit=200&is_screening_due=true&owner_id={owner}"
            ))
            .await;
        assert_eq!(line["due"], json!(names(&page).len()));
    }
    // Before anybody answered a mandatory question, nobody was a target.
    let sum = |side: &str| {
        let counts = trial[side].as_object().unwrap().values();
        counts.filter_map(Value::as_i64).sum::<i64>()
    };
    assert_eq!((sum("before"), sum("after")), (48, 48));
    assert_eq!(
        (&trial["after"]["target"], &trial["is_part"]),
        (&json!(0), &json!(false))
    );
    let again = admin
        .post("/screening/trial/search")
        .json(&body)
        .await
        .expect(200)
        .value();
    assert_eq!(again["before"], again["after"]);
    let targets = expected
        .iter()
        .filter(|(.., found)| *found == ScreeningOutcome::Target);
    assert_eq!(again["after"]["target"], json!(targets.count()));

    // A seller's report is of their own accounts, in pages as every list.
    let own = rep.get("/screening/report").await.items();
    assert_eq!(
        own,
        [report
            .iter()
            .find(|line| line["id"] == json!(rep.id()))
            .unwrap()
            .clone()]
    );
    let first = admin
        .get("/screening/report?limit=1")
        .await
        .expect(200)
        .value();
    let second = admin
        .get(
            first["next"]
                .as_str()
                .unwrap()
                .trim_start_matches("/api/v1"),
        )
        .await;
    assert_eq!(
        [first["items"][0].clone(), second.items()[0].clone()].to_vec(),
        report
    );
}
