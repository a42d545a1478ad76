//! What criteria ask of the records themselves: the account, its people, the five tests, the last round.

use super::gate::{ask, criterion, file, missing, read};
use super::{OFFER, TALK, TERMS, archived, deal, funnel, id, moving, path, stage, team};
use shared::error::ErrorCode;
use shared::funnel::methods::Method;
use shared::identity::{Locale, Role};
use tests::{TestApp, Value, json};

/// GATE-04, ORG-15: facts of the account and the people there are asked of the records themselves.
#[tokio::test]
async fn facts_of_the_account_and_its_people_meet_criteria_without_anybody_ticking() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let staff = criterion(
        "At least 50 people",
        json!({ "fact": { "fact": "employees", "is": { "at_least": 50 } } }),
    );
    let decider = criterion(
        "Somebody who decides is known",
        json!({ "fact": { "fact": "people_deciding", "is": { "at_least": 1 } } }),
    );
    ask(
        &admin,
        &sales,
        TALK,
        json!({ "criteria": [staff, decider] }),
    )
    .await;
    let account = admin
        .make("/accounts", json!({ "name": "Harbour", "kind": "company" }))
        .await;
    let of = json!({ "account_id": account["id"] });
    let made = deal(&admin, &sales, TALK, "Cranes", of).await;
    let to = stage(&sales, OFFER);

    let refused = moving(&admin, &made, to, None).await;
    let problem = refused.refused(422, ErrorCode::GateNotMet);
    let unknown: Vec<_> = problem
        .missing_criteria
        .iter()
        .map(|item| item.unknown)
        .collect();
    assert_eq!(
        unknown,
        [true, false],
        "the staff is not known, people are counted"
    );
    let staffed = admin
        .patch(&format!("/accounts/{}", id(&account)))
        .if_match(&account);
    staffed.json(&json!({ "employees": 49 })).await.expect(200);
    let refused = moving(&admin, &made, to, None).await;
    assert_eq!(missing(&refused).len(), 2);
    let account = admin.read(&format!("/accounts/{}", id(&account))).await;
    let staffed = admin
        .patch(&format!("/accounts/{}", id(&account)))
        .if_match(&account);
    staffed.json(&json!({ "employees": 50 })).await.expect(200);
    let person = json!({ "account_id": account["id"], "name": "Zhou", "level": "deciding" });
    admin.make("/contacts", person).await;
    moving(&admin, &made, to, None).await.expect(200);
}

/// GATE-24: facts that count days take the day it is where the organisation is, on the card and at the gate.
#[tokio::test]
async fn days_are_counted_where_the_organisation_is() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let (now, hours) = super::on_another_day(&admin).await;
    let sales = funnel(&admin, "Sales").await;
    let due = json!({ "fact": { "fact": "days_to_next_step", "is": { "at_least": 0 } } });
    let fresh = json!({ "fact": { "fact": "days_to_next_step", "is": { "at_most": 0 } } });
    let criteria = [
        criterion("Not yet past", due),
        criterion("Nothing later", fresh),
    ];
    ask(&admin, &sales, TALK, json!({ "criteria": criteria })).await;
    let today = (now + chrono::TimeDelta::hours(hours)).date_naive();
    assert_ne!(today, now.date_naive());
    let to = stage(&sales, OFFER);
    for (day, allowed) in [
        (today.pred_opt().unwrap(), false),
        (today.succ_opt().unwrap(), false),
        (today, true),
    ] {
        let step = json!({ "next_step": "Call", "next_step_on": day });
        let made = deal(&admin, &sales, TALK, &format!("Cranes {day}"), step).await;
        let card = read(&admin, &made).await;
        assert_eq!(card["facts"]["utc_offset"], hours * 60);
        let moved = moving(&admin, &made, to, None).await;
        if allowed {
            moved.expect(200);
        } else {
            moved.refused(422, ErrorCode::GateNotMet);
        }
    }
}

/// GATE-24: who jumps over a stage that wants a next step named needs one as well, and is told once.
#[tokio::test]
async fn a_next_step_is_asked_of_who_passes_a_stage_by() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    for place in [TALK, OFFER] {
        ask(&admin, &sales, place, json!({ "needs_next_step": true })).await;
    }
    let made = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    let refused = moving(&admin, &made, stage(&sales, TERMS), None).await;
    let problem = refused.refused(422, ErrorCode::GateNotMet);
    let kinds: Vec<_> = problem
        .missing_criteria
        .iter()
        .map(|item| item.kind.as_ref())
        .collect();
    assert_eq!(kinds, ["next_step"]);
    ask(&admin, &sales, TALK, json!({})).await;
    let refused = moving(&admin, &made, stage(&sales, TERMS), None).await;
    let problem = refused.refused(422, ErrorCode::GateNotMet);
    assert_eq!(
        problem.missing_criteria[0].stage_id.to_string(),
        stage(&sales, OFFER)
    );
    moving(&admin, &made, stage(&sales, OFFER), None)
        .await
        .expect(200);
}

/// GATE-20, GATE-21, GATE-24: the five tests are weighed, and a next step is named before the next stage.
#[tokio::test]
async fn five_tests_and_a_next_step_are_asked_before_the_next_stage() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let gate = json!({ "tests": { "at_least": 70 }, "needs_next_step": true });
    ask(&admin, &sales, TALK, gate).await;
    let made = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    let to = stage(&sales, OFFER);
    let english = |deal: &Value| moving(&admin, deal, to, None).header("accept-language", "en");

    let problem = english(&made).await.refused(422, ErrorCode::GateNotMet);
    let kinds: Vec<_> = problem
        .missing_criteria
        .iter()
        .map(|item| item.kind.as_ref())
        .collect();
    assert_eq!(kinds, ["five_tests", "next_step"]);
    assert_eq!(problem.missing_criteria[1].name, "A next step with its day");

    let answers = |win: i16| {
        json!({
            "budget": { "score": 4, "why": "set aside for this year" }, "timing": { "score": 4 },
            "fit": { "score": 4 }, "worth": { "score": 4 }, "win": { "score": win },
        })
    };
    let tests = format!("{}/tests", path(&made));
    let sheet = admin.put(&tests).if_match(&made).json(&answers(0)).await;
    let sheet = sheet.expect(200).value();
    assert_eq!(sheet["facts"]["values"]["test_budget"], 4);
    let now = read(&admin, &made).await;
    let problem = english(&now).await.refused(422, ErrorCode::GateNotMet);
    assert!(
        !problem.missing_criteria[0].unknown,
        "68 points are not enough"
    );
    let too_good = admin.put(&tests).if_match(&now).json(&answers(6)).await;
    too_good.invalid(&[("/win/score", ErrorCode::OutOfRange)]);
    admin
        .put(&tests)
        .if_match(&now)
        .json(&answers(2))
        .await
        .expect(200);
    let now = read(&admin, &made).await;
    let step = json!({ "next_step": "Call", "next_step_on": "2026-12-01" });
    let now = admin
        .patch(&path(&made))
        .if_match(&now)
        .json(&step)
        .await
        .expect(200)
        .value();
    english(&now).await.expect(200);
}

/// GATE-10..14: rounds are numbered, dated and never change; what was judged last is asked by criteria.
#[tokio::test]
async fn evaluation_rounds_are_numbered_snapshots_that_criteria_can_ask_for() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let accepted = criterion("The customer accepts our solution", json!("evidence"));
    let shortlist = criterion(
        "At most three vendors are left",
        json!({ "fact": { "fact": "shortlist", "is": { "at_most": 3 } } }),
    );
    let chance = criterion(
        "Signed within three months as likely as not",
        json!({ "fact": { "fact": "chance_soon", "is": { "at_least": 50 } } }),
    );
    let gate = json!({ "criteria": [accepted, shortlist, chance] });
    ask(&admin, &sales, TALK, gate).await;
    let made = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    let rounds = format!("{}/rounds", path(&made));
    let to = stage(&sales, OFFER);
    let refused = moving(&admin, &made, to, None)
        .await
        .refused(422, ErrorCode::GateNotMet);
    let unknown: Vec<_> = refused
        .missing_criteria
        .iter()
        .map(|item| item.unknown)
        .collect();
    assert_eq!(unknown, [false, true, true]);

    // The next one is due today at the earliest.
    let day = |days| (backend::clock::now() + chrono::Duration::days(days)).date_naive();
    let late = admin
        .post(&rounds)
        .json(&json!({ "next_on": day(-2) }))
        .await;
    late.invalid(&[("/next_on", ErrorCode::OutOfRange)]);
    let due = day(30);

    let money = |amount: &str| json!({ "amount": amount, "currency": "CNY" });
    let first = json!({
        "shortlist": 5, "chance_soon": 30, "note": "Two rivals are cheaper",
        "quote": { "software": money("900000"), "implementation": money("200000"), "service": money("60000") },
        "quote_fits": false, "next_on": due,
    });
    let one = admin.make(&rounds, first.clone()).await;
    assert_eq!(
        (&one["number"], &one["gate_version"]),
        (&json!(1), &json!(1))
    );
    let met: Vec<_> = one["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["met"].clone())
        .collect();
    assert_eq!(met, [false, false, false]);
    file(&admin, &made, &accepted).await;
    let two = admin
        .make(&rounds, json!({ "shortlist": 3, "chance_soon": 50 }))
        .await;
    assert_eq!(two["number"], 2);
    let page = admin.get(&rounds).query("limit", 1).await;
    assert_eq!(page.items()[0]["number"], 2);
    let next = page.value()["next_cursor"].as_str().unwrap().to_owned();
    let rest = admin
        .get(&rounds)
        .query("limit", 1)
        .query("cursor", next)
        .await
        .items();
    assert_eq!(rest[0]["quote"], first["quote"], "the first is as it was");
    assert_eq!(rest[0]["held_by_name"], admin.me["user"]["name"]);
    let now = read(&admin, &made).await;
    assert_eq!(now["facts"]["values"]["shortlist"], 3);
    moving(&admin, &now, to, None).await.expect(200);

    let mixed = json!({ "quote": { "software": money("1"), "service": { "amount": "1", "currency": "USD" } } });
    admin
        .post(&rounds)
        .json(&mixed)
        .await
        .invalid(&[("/quote/service/currency", ErrorCode::NotAllowed)]);
    let absurd = json!({ "shortlist": 0, "chance_soon": 101 });
    let answer = admin.post(&rounds).json(&absurd).await;
    answer.invalid(&[
        ("/shortlist", ErrorCode::OutOfRange),
        ("/chance_soon", ErrorCode::OutOfRange),
    ]);
}

/// CLS-38: money, authority and need of the account can be asked by a stage; unknown never passes.
#[tokio::test]
async fn money_authority_and_need_of_the_account_are_facts() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let yes = |fact: &str| {
        criterion(
            fact,
            json!({ "fact": { "fact": fact, "is": { "flag": true } } }),
        )
    };
    let gate = json!({ "criteria": [yes("man_money"), yes("man_authority"), yes("man_need")] });
    ask(&admin, &sales, TALK, gate).await;
    let account = admin.make("/accounts", json!({ "name": "Harbour" })).await;
    let of = json!({ "account_id": account["id"] });
    let made = deal(&admin, &sales, TALK, "Cranes", of).await;
    let to = stage(&sales, OFFER);

    let answer = async |man: Value| {
        let path = format!("/accounts/{}", id(&account));
        let now = admin.read(&path).await;
        let request = admin.patch(&path).if_match(&now);
        request.json(&json!({ "man": man })).await.expect(200);
    };
    let yes = json!({ "is": true });
    answer(json!({ "money": yes, "authority": yes, "need": { "is": null } })).await;
    let refused = moving(&admin, &made, to, None).await;
    assert_eq!(missing(&refused), ["man_need"]);
    let problem = refused.refused(422, ErrorCode::GateNotMet);
    assert!(problem.missing_criteria[0].unknown);
    answer(json!({ "need": { "is": false } })).await;
    let refused = moving(&admin, &made, to, None).await;
    let problem = refused.refused(422, ErrorCode::GateNotMet);
    assert!(!problem.missing_criteria[0].unknown);
    answer(json!({ "need": yes })).await;
    moving(&admin, &made, to, None).await.expect(200);
}

/// GATE-05, GATE-06: a target passes the first screening of the seven stages when it needs the product, can
/// pay and somebody there confirmed it; the record says who, in which function, and how.
#[tokio::test]
async fn the_first_screening_is_confirmed_by_a_named_person_by_phone_or_visit() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let told = Method::SevenStages.told(Locale::En);
    let body = json!({ "name": told.name, "method": told.key, "stages": told.stages });
    let sales = admin.make("/funnels", body).await;
    let yes = json!({ "is": true });
    let account = json!({ "name": "Harbour", "man": { "money": yes, "need": yes } });
    let account = admin.make("/accounts", account).await;
    let body =
        json!({ "account_id": account["id"], "name": "Zhou", "title": "Head of information" });
    let person = admin.make("/contacts", body).await;
    let of = json!({
        "account_id": account["id"], "next_step": "Call", "next_step_on": "2030-01-01",
    });
    let made = deal(&admin, &sales, 0, "Office system", of).await;
    let to = stage(&sales, 1);
    let refused = moving(&admin, &made, to, None).await;
    let lacks = missing(&refused);
    assert_eq!(lacks.len(), 2, "{lacks:?}");
    let gate = sales["stages"][0]["gate"]["criteria"].as_array().unwrap();
    let named = |name: &str| gate.iter().find(|one| one["name"] == name).unwrap();
    let confirmed = named("Confirmed by the head, administration or IT");
    assert!(lacks.iter().any(|name| *name == confirmed["name"]));

    let names = lacks.iter().find(|name| *name != &confirmed["name"]);
    file(&admin, &made, named(names.unwrap())).await;
    let evidence = json!({
        "criterion_id": confirmed["id"], "title": "By telephone", "contact_id": person["id"],
    });
    admin
        .make(&format!("{}/evidence", path(&made)), evidence)
        .await;
    let now = read(&admin, &made).await;
    moving(&admin, &now, to, None).await.expect(200);
    let sheet = admin.read(&format!("{}/gate", path(&made))).await;
    let kept = sheet["evidence"].as_array().unwrap().iter();
    let mut kept = kept.filter(|one| one["criterion_id"] == confirmed["id"]);
    let kept = kept.next().unwrap();
    assert_eq!(
        (
            &kept["contact_name"],
            &kept["title"],
            &kept["filed_by_name"]
        ),
        (
            &json!("Zhou"),
            &json!("By telephone"),
            &admin.me["user"]["name"]
        )
    );
}

/// SIX-01: need, trust, value, price and experience are scored on a deal, changed, and asked for by a stage.
#[tokio::test]
async fn five_elements_of_the_purchase_are_scored_changed_and_asked_for() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let asked = criterion(
        "They trust us",
        json!({ "fact": { "fact": "element_trust", "is": { "at_least": 3 } } }),
    );
    ask(&admin, &sales, TALK, json!({ "criteria": [asked] })).await;
    let made = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    let to = stage(&sales, OFFER);
    let problem = moving(&admin, &made, to, None).await;
    let problem = problem.refused(422, ErrorCode::GateNotMet);
    assert!(problem.missing_criteria[0].unknown, "nobody said yet");

    // Answers to the five tests are beside them and stay.
    let tests = json!({ "budget": { "score": 4, "why": "set aside" } });
    let request = admin.put(&format!("{}/tests", path(&made))).if_match(&made);
    request.json(&tests).await.expect(200);
    let elements = format!("{}/elements", path(&made));
    let score = |trust: i16| {
        json!({
            "need": { "score": 5, "why": "their line stands still" }, "trust": { "score": trust },
            "value": { "score": 0 }, "price": { "score": 3 }, "experience": { "score": 1 },
        })
    };
    let now = read(&admin, &made).await;
    let sheet = admin.put(&elements).if_match(&now).json(&score(2)).await;
    let sheet = sheet.expect(200).value();
    assert_eq!(sheet["elements"]["need"], score(2)["need"]);
    assert_eq!(sheet["tests"], tests);
    assert_eq!(sheet["facts"]["values"]["element_trust"], 2);
    let now = read(&admin, &made).await;
    assert_eq!(now["version"], 3);
    moving(&admin, &now, to, None)
        .await
        .refused(422, ErrorCode::GateNotMet);

    let stale = admin.put(&elements).if_match(&made).json(&score(5)).await;
    stale.refused(412, ErrorCode::Stale);
    for (body, pointer, code) in [
        (
            json!({ "need": { "score": 6 } }),
            "/need/score",
            ErrorCode::OutOfRange,
        ),
        (
            json!({ "price": { "score": -1 } }),
            "/price/score",
            ErrorCode::OutOfRange,
        ),
        (
            json!({ "value": { "score": 1, "why": "x".repeat(201) } }),
            "/value/why",
            ErrorCode::TooLong,
        ),
        (
            json!({ "luck": { "score": 1 } }),
            "/luck",
            ErrorCode::UnknownField,
        ),
    ] {
        let refused = admin.put(&elements).if_match(&now).json(&body).await;
        refused.invalid(&[(pointer, code)]);
    }
    assert_eq!(read(&admin, &made).await, now);

    let scored = admin.put(&elements).if_match(&now).json(&score(3)).await;
    scored.expect(200);
    let audit = admin.get(&format!("{}/audit", path(&made))).await.items();
    let told: Vec<&Value> = audit
        .iter()
        .filter(|event| event["kind"] == "deal.elements_scored")
        .map(|event| &event["data"]["new"])
        .collect();
    assert_eq!(told.len(), 2);
    assert_eq!(*told[0], json!({ "trust": { "score": 3 } }), "what changed");
    let now = read(&admin, &made).await;
    moving(&admin, &now, to, None).await.expect(200);
}

/// SIX-01: the elements follow the rights of their deal, and an archived one keeps them as they are.
#[tokio::test]
async fn elements_are_scored_by_who_may_change_the_deal() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let south = app.sign_up("South").await;
    let team = team(&admin).await;
    let sales = funnel(&admin, "Sales").await;
    let made = deal(&team.rep, &sales, TALK, "Cranes", json!({})).await;
    let elements = format!("{}/elements", path(&made));
    let body = json!({ "price": { "score": 3 } });
    for stranger in [&team.other, &south] {
        let refused = stranger.put(&elements).if_match(&made).json(&body).await;
        refused.refused(404, ErrorCode::NotFound);
    }
    let reader = admin.invite(Role::Executive).await;
    let refused = reader.put(&elements).if_match(&made).json(&body).await;
    refused.refused(403, ErrorCode::Forbidden);
    let scored = team
        .manager
        .put(&elements)
        .if_match(&made)
        .json(&body)
        .await;
    scored.expect(200);
    let gone = archived(&admin, &read(&admin, &made).await).await;
    let refused = admin.put(&elements).if_match(&gone).json(&json!({})).await;
    refused.refused(409, ErrorCode::Archived);
    let sheet = admin.read(&format!("{}/gate", path(&made))).await;
    assert_eq!(sheet["elements"], body);
}
