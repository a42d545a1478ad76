//! Priorities by size, need and intent, what each gets, and when they are due to be looked at again.

use super::classes::{change, days};
use super::{account, id, names, path};
use chrono::Days;
use shared::accounts::{Account, PriorityRules, factor_points, priority};
use shared::error::ErrorCode;
use shared::identity::Role;
use tests::{TestApp, User, Value, json};
use uuid::Uuid;

async fn told(user: &User, account: &Value) -> Value {
    user.read(&format!("{}/priority", path(account))).await
}

/// Lets what was confirmed lie so many days back, and the making of the account too.
async fn lay_back(app: &TestApp, account: &Value, days: i32) {
    let db = app.db().await;
    let id: Uuid = id(account).parse().unwrap();
    for sql in [
        "update priority_confirmations set confirmed_at = confirmed_at - make_interval(days => $2) where account_id = $1",
        "update accounts set created_at = created_at - make_interval(days => $2) where id = $1",
    ] {
        db.execute(sql, &[&id, &days]).await.unwrap();
    }
}

fn confirming(user: &User, seen: &Value) -> tests::Request {
    let address = format!("{}/priority/confirm", path(seen));
    user.post(&address).if_match(seen)
}

/// CLS-17: size, need and purchase intent make the priority, each shown with its points, beside what
/// accounts of that priority get.
#[tokio::test]
async fn a_priority_follows_from_size_need_and_intent_and_brings_its_plan() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let made = account(&admin, "Acme").await;
    let open = told(&admin, &made).await;
    assert_eq!(
        (&open["priority"], &open["plan"]),
        (&Value::Null, &Value::Null)
    );
    let until = days(&admin).await.until;
    for (patch, expected, points) in [
        (
            json!({ "size": "large" }),
            Value::Null,
            [Some(2), None, None],
        ),
        (
            json!({ "man": { "need": { "is": true } } }),
            Value::Null,
            [Some(2), Some(2), None],
        ),
        (
            json!({ "purchase_on": until }),
            json!("high"),
            [Some(2), Some(2), Some(2)],
        ),
        (
            json!({ "purchase_on": null, "has_date": false }),
            json!("middle"),
            [Some(2), Some(2), Some(0)],
        ),
        (
            json!({ "man": { "need": { "is": false } } }),
            json!("low"),
            [Some(2), Some(0), Some(0)],
        ),
    ] {
        change(&admin, &made, patch.clone()).await;
        let now = told(&admin, &made).await;
        assert_eq!(now["priority"], expected, "{patch}");
        let found: Vec<Value> = now["points"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["points"].clone())
            .collect();
        assert_eq!(json!(found), json!(points), "{patch}");
        assert_eq!(now["plan"].is_null(), expected.is_null());
    }
    let low = told(&admin, &made).await;
    assert_eq!(low["plan"]["contact_days"], 90);
    assert_eq!(low["plan"]["lead"], "seller");
    // It is none of the three classes, and the account holds none of it.
    let kept = admin.read(&path(&made)).await;
    assert_eq!(kept.get("priority"), None);
}

/// CLS-17: lists find accounts by the priority the rule gives them on the same day.
#[tokio::test]
async fn lists_find_accounts_by_their_priority_as_the_rule_has_it() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let days = days(&admin).await;
    let rules = PriorityRules::usual(admin.org().into());
    let mut seed = 20_261_122_u64;
    let mut next = |of: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((seed >> 33) % u64::try_from(of).unwrap()).unwrap()
    };
    let answers = [None, Some(true), Some(false)];
    let sizes = [
        None,
        Some("micro"),
        Some("small"),
        Some("medium"),
        Some("large"),
    ];
    let dates = [
        None,
        Some(days.today - Days::new(1)),
        Some(days.today),
        Some(days.until),
        Some(days.until + Days::new(1)),
    ];
    let mut expected: Vec<(String, Option<&str>)> = Vec::new();
    for number in 0..80 {
        let name = format!("{number:02}");
        let mut body = json!({
            "name": name, "size": sizes[next(5)], "values_it": answers[next(3)], "has_plan": answers[next(3)],
            "man": { "need": { "is": answers[next(3)] } },
        });
        match dates[next(5)] {
            Some(day) => body["purchase_on"] = json!(day),
            None => body["has_date"] = json!(answers[next(3)]),
        }
        let made = admin.make("/accounts", body).await;
        let made: Account = serde_json::from_value(made).unwrap();
        let found = priority(&factor_points(&made, &days), &rules);
        expected.push((
            name,
            found.map(|found| match found {
                shared::accounts::Priority::High => "high",
                shared::accounts::Priority::Middle => "middle",
                shared::accounts::Priority::Low => "low",
            }),
        ));
    }
    for asked in [Some("high"), Some("middle"), Some("low"), None] {
        let query = match asked {
            Some(word) => format!("priority={word}"),
            None => "priority[is_null]=true".to_owned(),
        };
        let page = admin.get(&format!("/accounts?limit=200&{query}")).await;
        let own = expected.iter().filter(|(_, found)| *found == asked);
        let own: Vec<&str> = own.map(|(name, _)| name.as_str()).collect();
        assert!(!own.is_empty(), "{query} is proved by nothing");
        assert_eq!(names(&page), own, "{query}");
    }
}

/// CLS-18, GATE-23: what was not confirmed for the interval is due; a person confirms it as it is, or changes
/// it, and the timeline says so.
#[tokio::test]
async fn a_priority_is_due_after_the_interval_and_confirmed_with_one_call() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let old = account(&admin, "Old").await;
    let other = account(&admin, "Other").await;
    account(&admin, "New").await;
    for account in [&old, &other] {
        lay_back(&app, account, 91).await;
    }
    let due = async || names(&admin.get("/accounts?is_priority_due=true").await);
    assert_eq!(due().await, ["Old", "Other"]);
    let told_of = told(&admin, &old).await;
    assert_eq!(
        (&told_of["is_due"], &told_of["confirmed_by_name"]),
        (&json!(true), &Value::Null)
    );

    let seen = admin.read(&path(&old)).await;
    let confirmed = confirming(&admin, &seen)
        .key("once")
        .await
        .expect(200)
        .value();
    assert_eq!(confirmed["is_due"], false);
    assert!(confirmed["confirmed_by_name"].is_string());
    let again = confirming(&admin, &seen)
        .key("once")
        .await
        .expect(200)
        .value();
    assert_eq!(again, confirmed, "done once for its key");
    assert_eq!(due().await, ["Other"]);
    let timeline = admin.get(&format!("{}/timeline", path(&old))).await;
    let kinds: Vec<Value> = timeline
        .items()
        .iter()
        .map(|it| it["kind"].clone())
        .collect();
    assert_eq!(kinds, ["account.priority_confirmed", "account.created"]);

    // A change of what it rests on confirms it; another change does not.
    change(&admin, &other, json!({ "website": "https://example.com" })).await;
    assert_eq!(due().await, ["Other"]);
    change(&admin, &other, json!({ "size": "small" })).await;
    assert!(due().await.is_empty());

    // What was seen is not what is there any more.
    confirming(&admin, &other)
        .await
        .refused(412, ErrorCode::Stale);
}

/// CLS-17, CLS-18: thresholds, plans and the interval are settings of administrators, bounded, with their
/// defaults, and count at once.
#[tokio::test]
async fn what_priorities_go_by_is_a_setting_of_administrators() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let rep = admin.invite(Role::Rep).await;
    let rules = rep.read("/priority-rules").await;
    assert_eq!(
        (
            &rules["high_from"],
            &rules["middle_from"],
            &rules["review_days"]
        ),
        (&json!(5), &json!(3), &json!(90))
    );
    let patch = |user: &User, rules: &Value, body: Value| {
        let request = user.patch("/priority-rules").if_match(rules);
        request.json(&body)
    };
    patch(&rep, &rules, json!({ "review_days": 30 }))
        .await
        .refused(403, ErrorCode::Forbidden);
    for (body, pointer) in [
        (json!({ "review_days": 6 }), "/review_days"),
        (
            json!({ "points": { "high": 2, "middle": 2 } }),
            "/points/high",
        ),
        (
            json!({ "points": { "high": 7, "middle": 2 } }),
            "/points/high",
        ),
    ] {
        patch(&admin, &rules, body)
            .await
            .invalid(&[(pointer, ErrorCode::OutOfRange)]);
    }
    let mut plans = rules["plans"].clone();
    plans["high"]["strategy"] = json!("  Lead with the board.  ");
    plans["high"]["time_share"] = json!(70);
    patch(&admin, &rules, json!({ "plans": plans }))
        .await
        .invalid(&[("/plans/low/time_share", ErrorCode::OutOfRange)]);
    plans["high"]["time_share"] = json!(50);
    let body = json!({ "plans": plans, "points": { "high": 3, "middle": 1 }, "review_days": 30 });
    let now = patch(&admin, &rules, body).await.expect(200).value();
    assert_eq!(now["plans"]["high"]["strategy"], "Lead with the board.");
    patch(&admin, &rules, json!({ "review_days": 60 }))
        .await
        .refused(412, ErrorCode::Stale);

    let made = account(&admin, "Acme").await;
    let facts = json!({ "size": "small", "man": { "need": { "is": true } }, "has_date": false });
    change(&admin, &made, facts).await;
    let found = told(&admin, &made).await;
    assert_eq!(found["priority"], "high");
    assert_eq!(found["plan"]["strategy"], "Lead with the board.");
    let page = admin.get("/accounts?priority=high").await;
    assert_eq!(names(&page), ["Acme"]);
    lay_back(&app, &made, 31).await;
    assert_eq!(told(&admin, &made).await["is_due"], true);
    let south = app.sign_up("South").await;
    assert_eq!(south.read("/priority-rules").await["review_days"], 90);
}

/// CLS-17, CLS-18: out of view and in other organisations there is no such account.
#[tokio::test]
async fn a_priority_is_shown_and_confirmed_by_whoever_sees_the_account() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let rep = admin.invite(Role::Rep).await;
    let executive = admin.invite(Role::Executive).await;
    let made = account(&admin, "Acme").await;
    let south = app.sign_up("South").await;
    for user in [&rep, &south] {
        let address = format!("{}/priority", path(&made));
        user.get(&address).await.refused(404, ErrorCode::NotFound);
        confirming(user, &made)
            .await
            .refused(404, ErrorCode::NotFound);
    }
    told(&executive, &made).await;
    confirming(&executive, &made)
        .await
        .refused(403, ErrorCode::Forbidden);
    let archived = admin.delete(&path(&made)).if_match(&made).await;
    let archived = archived.expect(200).value();
    confirming(&admin, &archived)
        .await
        .refused(409, ErrorCode::Archived);
    assert_eq!(told(&admin, &made).await["confirmed_by_name"], Value::Null);
}
