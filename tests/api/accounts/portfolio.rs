//! Portfolio limits, the mix of a seller's accounts, and what one more would do to it.

use super::classes::{change, days, important};
use super::{account, deal, funnel, id, names};
use chrono::Days;
use shared::accounts::{Limits, Measure, Mix, Standing};
use shared::error::ErrorCode;
use shared::identity::{Role, SellerLevel};
use tests::{TestApp, User, Value, json, rows};

/// Accounts of somebody: so many of each class, in the order A, B, C, none.
async fn accounts(user: &User, counts: [usize; 4]) -> Vec<Value> {
    let days = days(user).await;
    let mut made = Vec::new();
    for (class, count) in ["A", "B", "C", "none"].into_iter().zip(counts) {
        for number in 0..count {
            let mut body = match class {
                "A" => important(days.today),
                "B" => important(days.until + Days::new(30)),
                "C" => json!({ "values_it": false }),
                _ => json!({}),
            };
            body["name"] = json!(format!("{class} {number}"));
            made.push(user.make("/accounts", body).await);
        }
    }
    made
}

fn mix(value: &Value) -> Mix {
    serde_json::from_value(value.clone()).unwrap()
}

fn limits(value: &Value) -> Limits {
    serde_json::from_value(value.clone()).unwrap()
}

/// CLS-30..33: what somebody's accounts are made of, archived ones and those of others left out.
#[tokio::test]
async fn a_mix_counts_the_open_accounts_of_a_seller() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let rep = admin.invite(Role::Rep).await;
    let mine = accounts(&rep, [2, 3, 1, 1]).await;
    accounts(&admin, [5, 0, 0, 0]).await;
    change(&rep, &mine[0], json!({ "employees": 1001 })).await;
    change(&rep, &mine[2], json!({ "employees": 1000 })).await;
    let gone = rep.read(&format!("/accounts/{}", id(&mine[1]))).await;
    let path = format!("/accounts/{}", id(&gone));
    rep.delete(&path).if_match(&gone).await.expect(200);

    let own = rep.read("/portfolio").await;
    let expected = Mix {
        a: 1,
        b: 3,
        c: 1,
        unclassed: 1,
        large: 1,
    };
    assert_eq!(mix(&own["mix"]), expected);
    assert_eq!(limits(&own["limits"]), Limits::usual(SellerLevel::Junior));
    assert_eq!(own["id"], rep.id());
}

/// CLS-35: whoever leads sees the mix by seller; a seller sees one's own, another organisation nothing.
#[tokio::test]
async fn managers_see_the_mix_by_seller_and_sellers_their_own() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let other = app.sign_up("South").await;
    let team = admin.make("/teams", json!({ "name": "East" })).await;
    let in_team = json!({ "team_id": team["id"] });
    let manager = admin.invite_with(Role::Manager, in_team.clone()).await;
    let mut senior = in_team.clone();
    senior["level"] = json!("senior");
    let rep = admin.invite_with(Role::Rep, senior).await;
    let outside = admin.invite(Role::Rep).await;
    accounts(&rep, [1, 0, 0, 0]).await;
    accounts(&outside, [0, 1, 0, 0]).await;

    let ids = async |user: &User| -> Vec<String> {
        let page = user.get("/portfolios").await;
        page.items().iter().map(|row| id(row).to_owned()).collect()
    };
    assert_eq!(ids(&manager).await, [rep.id()]);
    assert_eq!(ids(&rep).await, [rep.id()]);
    assert_eq!(ids(&other).await, [] as [String; 0]);
    let all = ids(&admin).await;
    assert!(all.contains(&rep.id()) && all.contains(&outside.id()));
    let row = manager.get("/portfolios").await.items()[0].clone();
    assert_eq!(mix(&row["mix"]).a, 1);
    assert_eq!(limits(&row["limits"]).large.max, Some(20));

    // Page by page everybody comes once.
    let first = admin.get("/portfolios?limit=1").await.value();
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = admin
        .get(&format!("/portfolios?limit=1&cursor={cursor}"))
        .await;
    let walked = [
        id(&first["items"][0]).to_owned(),
        id(&second.items()[0]).to_owned(),
    ];
    assert_eq!(walked.to_vec(), all);
}

/// CLS-30..35: limits are set from a day on; those of before stay readable.
#[tokio::test]
async fn limits_hold_from_their_day_on_and_the_history_stays() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let today = days(&admin).await.today;
    let set = async |from: u64, max: i16| {
        let body = json!({
            "level": "senior", "valid_from": today + Days::new(from),
            "limits": { "a": { "max": max }, "b": { "min": 50 } },
        });
        admin
            .post("/portfolio/limits")
            .json(&body)
            .await
            .expect(201)
            .value()
    };
    let now = async || limits(&admin.read("/portfolio").await["limits"]).a.max;
    assert_eq!(now().await, Some(40));
    set(1, 30).await;
    assert_eq!(now().await, Some(40), "tomorrow's do not hold today");
    set(0, 45).await;
    set(0, 35).await;
    assert_eq!(now().await, Some(35), "the later of two");
    let history = admin.get("/portfolio/limits").await;
    let set: Vec<Value> = history
        .items()
        .iter()
        .map(|row| row["limits"]["a"]["max"].clone())
        .collect();
    assert_eq!(set, [30, 35, 45]);
    assert_eq!(history.items()[0]["set_by"], admin.id());

    // What was set for a day that has come holds.
    let db = app.db().await;
    let sql = "update portfolio_limits set valid_from = valid_from - 1 where org_id = $1";
    db.execute(sql, &[&admin.org()]).await.unwrap();
    assert_eq!(now().await, Some(30));
}

#[tokio::test]
async fn limits_are_set_by_administrators_and_only_such_as_can_be_kept() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let today = days(&admin).await.today;
    let body = |limits: Value| json!({ "level": "junior", "valid_from": today, "limits": limits });
    let db = app.db().await;
    let manager = admin.invite(Role::Manager).await;
    let before = rows::checksums(&db, admin.org(), &[]).await;
    let refused = manager.post("/portfolio/limits").json(&body(json!({})));
    refused.await.refused(403, ErrorCode::Forbidden);
    let contradict = ErrorCode::LimitsContradict;
    for (limits, expected) in [
        (
            json!({ "a": { "max": 40 }, "b": { "min": 70 } }),
            vec![("/limits/a/max", contradict), ("/limits/b/min", contradict)],
        ),
        (
            json!({ "a": { "min": 60 }, "b": { "min": 50 } }),
            vec![("/limits/a/min", contradict), ("/limits/b/min", contradict)],
        ),
        (
            json!({ "large": { "min": 5, "max": 4 } }),
            vec![
                ("/limits/large/max", contradict),
                ("/limits/large/min", contradict),
            ],
        ),
        (
            json!({ "c": { "max": 101 } }),
            vec![("/limits/c/max", ErrorCode::OutOfRange)],
        ),
    ] {
        let answer = admin.post("/portfolio/limits").json(&body(limits)).await;
        answer.invalid(&expected);
    }
    let mut past = body(json!({}));
    past["valid_from"] = json!(today - Days::new(1));
    let answer = admin.post("/portfolio/limits").json(&past).await;
    answer.invalid(&[("/valid_from", ErrorCode::OutOfRange)]);
    assert_eq!(rows::checksums(&db, admin.org(), &[]).await, before);
}

/// CLS-30..32: before an account comes, the mix afterwards is shown, with the one to hand back.
#[tokio::test]
async fn an_account_more_shows_the_mix_afterwards_and_a_swap() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let rep = admin.invite(Role::Rep).await;
    // Sums are in the organisation's currency, which is that of the deal.
    let organisation = admin.read("/organisation").await;
    let request = admin.patch("/organisation").if_match(&organisation);
    request
        .json(&json!({ "currency": "CNY" }))
        .await
        .expect(200);
    let mine = accounts(&rep, [4, 14, 1, 0]).await;
    let funnel = funnel(&admin).await;
    let before = rep.read("/portfolio").await;

    // A fifth of class C would be too many; what is expected of each decides which one goes back.
    let second = rep
        .make("/accounts", json!({ "name": "C 1", "has_plan": false }))
        .await;
    deal(&admin, &funnel, &mine[18], &rep, 0).await;
    let effect = rep.read("/portfolio/effect?class=C").await;
    assert_eq!(mix(&effect["before"]).c, 2);
    assert_eq!(mix(&effect["after"]).c, 3);
    assert_eq!(effect["worsened"], json!(["c"]));
    assert_eq!(effect["swap"]["id"], second["id"], "the other has a deal");
    assert_eq!(effect["swap"]["expected"]["amount"], "0");

    // One that fits is no cause for a swap, and asking wrote nothing.
    let fits = rep.read("/portfolio/effect?class=B").await;
    assert_eq!(
        (&fits["worsened"], &fits["swap"]),
        (&json!([]), &Value::Null)
    );
    let again = rep.read("/portfolio").await;
    assert_eq!(mix(&again["mix"]).c, mix(&before["mix"]).c + 1);
    // CLS-33: a junior holds no large firm.
    let large = rep.read("/portfolio/effect?class=B&is_large=true").await;
    assert_eq!(large["worsened"], json!(["large"]));
    assert_eq!(large["swap"], Value::Null, "nothing handed back mends it");
}

/// CLS-33, CLS-35: for a large firm too many a large one could go back, though others are too many as well.
#[tokio::test]
async fn a_large_firm_is_swapped_for_a_large_firm() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let rep = admin
        .invite_with(Role::Rep, json!({ "level": "senior" }))
        .await;
    let mine = accounts(&rep, [1, 8, 1, 0]).await;
    for account in &mine[..2] {
        change(&rep, account, json!({ "employees": 1001 })).await;
    }
    let effect = rep.read("/portfolio/effect?class=B&is_large=true").await;
    assert_eq!(mix(&effect["before"]).large, 2);
    assert_eq!(effect["worsened"], json!(["large"]));
    assert_eq!(effect["swap"]["is_large"], true, "{effect}");
    assert_eq!(effect["swap"]["id"], mine[1]["id"], "B before A");
}

/// CLS-30..32: an account that is classed anew or handed over is counted where it is and where it goes.
#[tokio::test]
async fn a_new_class_and_a_hand_over_are_shown_beforehand() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let rep = admin.invite(Role::Rep).await;
    let mine = accounts(&rep, [2, 3, 0, 0]).await;
    let of = |more: &str| format!("/portfolio/effect?account_id={}{more}", id(&mine[4]));

    let anew = rep.read(&of("&class=A")).await;
    assert_eq!((mix(&anew["before"]).a, mix(&anew["after"]).a), (2, 3));
    assert_eq!((mix(&anew["before"]).b, mix(&anew["after"]).b), (3, 2));
    assert_eq!(mix(&anew["after"]).total(), 5);
    assert_eq!(anew["worsened"], json!(["a", "b"]));

    let over = admin.read(&of(&format!("&owner_id={}", admin.id()))).await;
    assert_eq!((mix(&over["before"]).b, mix(&over["after"]).b), (0, 1));
    assert_eq!(over["owner_id"], admin.id());
}

#[tokio::test]
async fn the_effect_on_people_and_accounts_out_of_view_is_not_told() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let rep = admin.invite(Role::Rep).await;
    let other = app.sign_up("South").await;
    let theirs = account(&admin, "Acme").await;
    let unknown = ErrorCode::NoSuchRecord;
    for stranger in [&rep, &other] {
        let path = format!("/portfolio/effect?account_id={}", id(&theirs));
        stranger
            .get(&path)
            .await
            .invalid(&[("account_id", unknown)]);
        let path = format!("/portfolio/effect?owner_id={}", admin.id());
        stranger.get(&path).await.invalid(&[("owner_id", unknown)]);
    }
    let wrong = rep.get("/portfolio/effect?class=D").await;
    assert!(matches!(wrong.status, 400 | 422), "{}", wrong.text());
    assert_eq!(
        names(&rep.get("/accounts?is_large=false").await),
        [] as [String; 0]
    );
}

/// CLS-31, CLS-32: of a seller's accounts at least 55 percent should be B and at most 5 percent C; one more
/// or less on the wrong side is named, and an account more says what it would do.
#[tokio::test]
async fn too_few_of_b_and_too_many_of_c_are_named() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let rep = admin.invite(Role::Rep).await;
    // 11 of 20 are 55 percent, one of 20 is 5 percent.
    let made = accounts(&rep, [8, 11, 1, 0]).await;
    let standing = async |measure| {
        let own = rep.read("/portfolio").await;
        mix(&own["mix"]).standing(measure, &limits(&own["limits"]))
    };
    assert_eq!(standing(Measure::B).await, Standing::Within);
    assert_eq!(standing(Measure::C).await, Standing::Within);
    // One B less, one C more.
    change(&rep, &made[8], json!({ "values_it": false })).await;
    assert_eq!(standing(Measure::B).await, Standing::Under);
    assert_eq!(standing(Measure::C).await, Standing::Over);
    let more = format!(
        "/portfolio/effect?owner_id={}&class=C&is_large=false",
        rep.id()
    );
    let effect = rep.read(&more).await;
    let worse = effect["worsened"].as_array().unwrap();
    assert!(worse.contains(&json!("c")), "{effect}");
}

/// CLS-34: firms of 50 to 1,000 staff are everybody's focus: they are found by their size bands, which follow
/// from the number of employees.
#[tokio::test]
async fn small_and_medium_firms_are_found_by_their_staff() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    for employees in [49, 50, 499, 500, 1000, 1001] {
        let body = json!({ "name": format!("{employees:04}"), "employees": employees });
        admin.make("/accounts", body).await;
    }
    let page = admin.get("/accounts?size[in]=small,medium").await;
    assert_eq!(names(&page), ["0050", "0499", "0500", "1000"]);
}
