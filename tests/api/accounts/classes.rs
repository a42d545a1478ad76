//! Classes by importance and urgency, money-authority-need, and what classes go by.

use super::{account, funnel, id, names, path};
use chrono::{Days, NaiveDate};
use shared::accounts::{Account, AmountCuts, ClassRules, UrgentDays, amount_classes, urgency};
use shared::error::ErrorCode;
use shared::identity::Role;
use shared::money::Money;
use tests::{TestApp, User, Value, json, rows};

pub(super) async fn change(user: &User, account: &Value, patch: Value) -> Value {
    let now = user.read(&path(account)).await;
    let request = user.patch(&path(account)).if_match(&now).json(&patch);
    request.await.expect(200).value()
}

pub(super) async fn classes(user: &User, account: &Value) -> Value {
    user.read(&format!("{}/classes", path(account))).await
}

pub(super) async fn days(user: &User) -> UrgentDays {
    serde_json::from_value(user.read("/portfolio").await["days"].clone()).unwrap()
}

/// Important, with a purchase on that day.
pub(super) fn important(on: NaiveDate) -> Value {
    json!({ "values_it": true, "has_plan": true, "has_person": true, "purchase_on": on })
}

/// CLS-27, CLS-28, CLS-29: the class follows from the answers, and what is not known is named.
#[tokio::test]
async fn an_account_is_classed_by_what_is_known_of_it() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let made = account(&admin, "Acme").await;
    let open = classes(&admin, &made).await;
    assert_eq!(open["urgency"]["class"], Value::Null);
    assert_eq!(
        open["urgency"]["missing"],
        json!(["values_it", "has_plan", "has_person", "purchase_on"])
    );

    let days = days(&admin).await;
    let class = async |patch: Value| {
        change(&admin, &made, patch).await;
        classes(&admin, &made).await["urgency"]["class"].clone()
    };
    assert_eq!(class(important(days.until)).await, "A");
    let later = days.until + Days::new(1);
    assert_eq!(class(json!({ "purchase_on": later })).await, "B");
    // A day said means that there is one; no time of purchase takes it away.
    let now = admin.read(&path(&made)).await;
    assert_eq!(now["has_date"], true);
    assert_eq!(class(json!({ "has_date": false })).await, "B");
    assert_eq!(admin.read(&path(&made)).await["purchase_on"], Value::Null);
    assert_eq!(class(json!({ "has_plan": false })).await, "C");

    let past = days.today - Days::new(1);
    let patch = json!({ "has_plan": true, "purchase_on": past });
    assert_eq!(class(patch).await, Value::Null);
    let missing = classes(&admin, &made).await["urgency"]["missing"].clone();
    assert_eq!(missing, json!(["new_day"]));
}

/// CLS-27..29: the list filters by the class that the rule gives on the same day.
#[tokio::test]
async fn lists_find_accounts_by_the_class_that_the_rule_gives_them() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let days = days(&admin).await;
    let answers = [None, Some(true), Some(false)];
    let mut seed = 20_261_122_u64;
    let mut next = |of: u64| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % of
    };
    let mut expected: Vec<(String, Option<String>)> = Vec::new();
    for number in 0..90 {
        // Mostly yes, so that there are enough of each class.
        let mut answer = || match next(8) {
            0 => answers[0],
            1 => answers[2],
            _ => answers[1],
        };
        let (values_it, has_plan, has_person) = (answer(), answer(), answer());
        let edges = [
            Some(days.today - Days::new(1)),
            Some(days.today),
            Some(days.until),
            Some(days.until + Days::new(1)),
            Some(days.today + Days::new(next(120))),
            None,
        ];
        let purchase_on = edges[usize::try_from(next(6)).unwrap()];
        let has_date = match purchase_on {
            Some(_) => None,
            None => answers[usize::try_from(next(3)).unwrap()],
        };
        let name = format!("Account {number:02}");
        let body = json!({
            "name": name, "values_it": values_it, "has_plan": has_plan, "has_person": has_person,
            "has_date": has_date, "purchase_on": purchase_on,
        });
        let made = admin.make("/accounts", body).await;
        let read: Account = serde_json::from_value(made.clone()).unwrap();
        let class = urgency(&read.signs, &days).class;
        expected.push((name, class.map(|class| class.as_ref().to_owned())));
    }
    for (query, class) in [
        ("urgency_class=A", Some("A")),
        ("urgency_class=B", Some("B")),
        ("urgency_class[in]=C", Some("C")),
        ("urgency_class[is_null]=true", None),
    ] {
        let page = admin.get(&format!("/accounts?limit=200&{query}")).await;
        let wanted: Vec<String> = expected
            .iter()
            .filter(|(_, found)| found.as_deref() == class)
            .map(|(name, _)| name.clone())
            .collect();
        assert!(wanted.len() > 3, "too few of {query}");
        assert_eq!(names(&page), wanted, "{query}");
    }
}

/// CLS-41: prospects in the order of their expected purchase, those without a day last.
#[tokio::test]
async fn accounts_are_sorted_by_their_expected_purchase() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let today = days(&admin).await.today;
    for (name, day) in [
        ("late", Some(90)),
        ("none", None),
        ("soon", Some(3)),
        ("mid", Some(30)),
    ] {
        let day = day.map(|days| today + Days::new(days));
        let body = json!({ "name": name, "purchase_on": day });
        admin.make("/accounts", body).await;
    }
    let up = names(&admin.get("/accounts?sort=purchase_on").await);
    assert_eq!(up, ["soon", "mid", "late", "none"]);
    // Page by page, through the row that has none.
    let mut walked = Vec::new();
    let mut at = "/accounts?sort=-purchase_on&limit=1".to_owned();
    loop {
        let page = admin.get(&at).await;
        walked.extend(names(&page));
        match page.value()["next_cursor"].as_str() {
            Some(cursor) => at = format!("/accounts?sort=-purchase_on&limit=1&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(walked, ["none", "late", "mid", "soon"]);
}

/// CLS-38: money, authority and need, each with its note; what is not said stays.
#[tokio::test]
async fn money_authority_and_need_are_answered_one_by_one() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let made = account(&admin, "Acme").await;
    assert_eq!(made["man"]["money"]["is"], Value::Null);
    let money = json!({ "man": { "money": { "is": true, "note": " set aside " } } });
    change(&admin, &made, money).await;
    let need = json!({ "man": { "need": { "is": false } } });
    let now = change(&admin, &made, need).await;
    assert_eq!(
        now["man"],
        json!({ "money": { "is": true, "note": "set aside" }, "authority": { "is": null }, "need": { "is": false } })
    );
    let wrong = json!({ "man": { "money": { "note": "x".repeat(501) } } });
    let request = admin.patch(&path(&made)).if_match(&now).json(&wrong);
    request
        .await
        .invalid(&[("/man/money/note", ErrorCode::TooLong)]);
}

#[tokio::test]
async fn answers_that_contradict_each_other_are_refused_and_nothing_is_written() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let made = account(&admin, "Acme").await;
    let db = app.db().await;
    let before = rows::checksums(&db, admin.org(), &[]).await;
    for (body, pointer, code) in [
        (
            json!({ "has_date": false, "purchase_on": "2030-01-01" }),
            "/purchase_on",
            ErrorCode::NotAllowed,
        ),
        (
            json!({ "purchase_on": "0030-01-01" }),
            "/purchase_on",
            ErrorCode::OutOfRange,
        ),
        (
            json!({ "values_it": "perhaps" }),
            "/values_it",
            ErrorCode::BadFormat,
        ),
        (
            json!({ "urgency_class": "A" }),
            "/urgency_class",
            ErrorCode::UnknownField,
        ),
    ] {
        let request = admin.patch(&path(&made)).if_match(&made).json(&body);
        request.await.invalid(&[(pointer, code)]);
        let mut new = body.clone();
        new["name"] = json!("Another");
        admin
            .post("/accounts")
            .json(&new)
            .await
            .invalid(&[(pointer, code)]);
    }
    assert_eq!(rows::checksums(&db, admin.org(), &[]).await, before);
}

/// CLS-27, CLS-33: how many months are urgent and where large firms begin are settings.
#[tokio::test]
async fn what_classes_go_by_is_a_setting_of_administrators() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let other = app.sign_up("South").await;
    let manager = admin.invite(Role::Manager).await;
    let old: ClassRules = serde_json::from_value(admin.read("/class-rules").await).unwrap();
    assert_eq!(old, ClassRules::usual(old.id));
    let days = days(&admin).await;
    let far = important(days.until + Days::new(20));
    let made = account(&admin, "Acme").await;
    change(&admin, &made, far).await;
    change(&admin, &made, json!({ "employees": 900 })).await;
    let now = classes(&admin, &made).await;
    assert_eq!(
        (&now["urgency"]["class"], &now["is_large"]),
        (&json!("B"), &json!(false))
    );

    let patch =
        json!({ "urgent_months": 3, "sizes": { "small": 20, "medium": 100, "large": 800 } });
    let rules = admin.read("/class-rules").await;
    let by = |user: &User| user.patch("/class-rules").if_match(&rules).json(&patch);
    by(&manager).await.refused(403, ErrorCode::Forbidden);
    let new = by(&admin).await.expect(200).value();
    assert_eq!(
        (&new["urgent_months"], &new["version"]),
        (&json!(3), &json!(2))
    );
    by(&admin).await.refused(412, ErrorCode::Stale);
    let now = classes(&admin, &made).await;
    assert_eq!(
        (&now["urgency"]["class"], &now["is_large"]),
        (&json!("A"), &json!(true))
    );
    assert_eq!(names(&admin.get("/accounts?is_large=true").await), ["Acme"]);
    // A size follows from the bands of the organisation.
    let body = json!({ "name": "Small", "employees": 99 });
    assert_eq!(admin.make("/accounts", body).await["size"], "small");
    assert_eq!(other.read("/class-rules").await["urgent_months"], 2);

    for (patch, pointers) in [
        (
            json!({ "urgent_months": 0 }),
            vec![("/urgent_months", ErrorCode::OutOfRange)],
        ),
        (
            json!({ "sizes": { "small": 50, "medium": 50, "large": 40 } }),
            vec![
                ("/sizes/medium", ErrorCode::OutOfRange),
                ("/sizes/large", ErrorCode::OutOfRange),
            ],
        ),
    ] {
        let request = admin.patch("/class-rules").if_match(&new).json(&patch);
        request.await.invalid(&pointers);
    }
}

/// The day by which an account is classed begins and ends where the organisation is.
#[tokio::test]
async fn a_day_is_that_of_the_organisation() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let db = app.db().await;
    let there = async |zone: &str| -> (String, String) {
        let sql = "select (now() at time zone $1)::date::text";
        let before: String = db.query_one(sql, &[&zone]).await.unwrap().get(0);
        let organisation = admin.read("/organisation").await;
        let request = admin.patch("/organisation").if_match(&organisation);
        request
            .json(&json!({ "time_zone": zone }))
            .await
            .expect(200);
        (before, days(&admin).await.today.to_string())
    };
    // One of the two is not the day in Greenwich.
    for zone in ["Pacific/Kiritimati", "Pacific/Pago_Pago"] {
        let (day, ours) = there(zone).await;
        let after: String = db
            .query_one("select (now() at time zone $1)::date::text", &[&zone])
            .await
            .unwrap()
            .get(0);
        assert!(ours == day || ours == after, "{zone}: {ours}, not {day}");
    }
    let organisation = admin.read("/organisation").await;
    let request = admin.patch("/organisation").if_match(&organisation);
    let wrong = request.json(&json!({ "time_zone": "Mars/Olympus" })).await;
    wrong.invalid(&[("/time_zone", ErrorCode::NotAllowed)]);
}

/// CLS-01: by amount an account is classed by its won deals, as the rule does it, and nobody sets it.
#[tokio::test]
async fn an_account_is_classed_by_what_it_bought() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let funnel = funnel(&admin).await;
    let money =
        |amount: i64, currency: &str| json!({ "amount": amount.to_string(), "currency": currency });
    let amounts = [700, 150, 100, 30, 30, 10, 0];
    let decimals = amounts.map(|amount| {
        let money: Money = serde_json::from_value(money(amount, "USD")).unwrap();
        money.amount
    });
    let found = amount_classes(&decimals, AmountCuts::default());
    let mut expected = Vec::new();
    for (number, amount) in amounts.into_iter().enumerate() {
        let made = account(&admin, &format!("Account {number}")).await;
        // In two deals; what is open, or in another currency, was not bought.
        for (amount, currency, stage) in [
            (amount - amount / 3, "USD", 1),
            (amount / 3, "USD", 1),
            (100_000, "USD", 0),
            (100_000, "CNY", 1),
        ] {
            let body = json!({
                "title": "Cranes", "account_id": made["id"], "funnel_id": funnel["id"],
                "stage_id": funnel["stages"][stage]["id"], "amount": money(amount, currency),
            });
            admin.make("/deals", body).await;
        }
        let class = found[number].map(|class| class.as_ref().to_owned());
        expected.push((made, class));
    }
    for (made, class) in &expected {
        assert_eq!(
            classes(&admin, made).await["amount"],
            json!(class),
            "{made}"
        );
    }
    for (query, class) in [
        ("amount_class=A", Some("A")),
        ("amount_class=B", Some("B")),
        ("amount_class=C", Some("C")),
        ("amount_class[is_null]=true", None),
    ] {
        let page = admin.get(&format!("/accounts?{query}")).await;
        let wanted: Vec<&str> = expected
            .iter()
            .filter(|(_, found)| found.as_deref() == class)
            .map(|(made, _)| made["name"].as_str().unwrap())
            .collect();
        assert!(!wanted.is_empty(), "none of {query}");
        assert_eq!(names(&page), wanted, "{query}");
    }
    let rules = admin.read("/class-rules").await;
    let request = admin.patch("/class-rules").if_match(&rules);
    let cuts = json!({ "amount": { "a": 60, "b": 99 } });
    request.json(&cuts).await.expect(200);
    assert_eq!(classes(&admin, &expected[1].0).await["amount"], "B");
}

/// An account out of view has no class either.
#[tokio::test]
async fn classes_of_an_account_are_shown_to_whoever_sees_it() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let rep = admin.invite(Role::Rep).await;
    let other = app.sign_up("South").await;
    let made = account(&admin, "Acme").await;
    let address = format!("/accounts/{}/classes", id(&made));
    for stranger in [&rep, &other] {
        stranger
            .get(&address)
            .await
            .refused(404, ErrorCode::NotFound);
    }
}
