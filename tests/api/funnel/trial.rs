//! A trial of counted rules: what they would have done over everything that was recorded.

use super::counted::{layers, rules, setting, touch};
use super::gate::read;
use super::{deal, id, moved, stage, team};
use shared::error::ErrorCode;
use tests::{Client, TestApp, Value, json, rows};

const C: usize = 0;
const B: usize = 1;
const A: usize = 2;
const WON: usize = 3;
const F: usize = 4;

async fn trying(user: &Client, funnel: &Value, body: Value) -> tests::Response {
    let path = format!("/funnels/{}/trial/search", id(funnel));
    user.post(&path).json(&body).await
}

/// The funnel's rules, none of which runs.
async fn asleep(admin: &Client, funnel: &Value) -> Value {
    let awake = rules(admin, funnel).await["set"].clone();
    let mut set = awake.clone();
    for rule in set["rules"].as_array_mut().unwrap() {
        rule["enabled"] = json!(false);
    }
    setting(admin, funnel, &set).await.expect(200);
    awake
}

/// CLS-20..25: which deals would have moved and when, what became of those, and the shares then and now
/// against those expected; nothing is written.
#[tokio::test]
async fn a_trial_says_what_would_have_moved_when_and_what_became_of_it() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let funnel = layers(&admin).await;
    let set = asleep(&admin, &funnel).await;
    let hot = deal(&admin, &funnel, B, "Hot", json!({})).await;
    touch(&admin, &hot, "showing", 2).await;
    touch(&admin, &hot, "offer", 1).await;
    let raised = touch(&admin, &hot, "raise", 1).await;
    let hot = read(&admin, &hot).await;
    moved(&admin, &hot, stage(&funnel, WON), None).await;
    let cold = deal(&admin, &funnel, B, "Cold", json!({})).await;
    let ninth = touch(&admin, &cold, "showing", 9).await;
    let dead = deal(&admin, &funnel, C, "Dead", json!({})).await;
    touch(&admin, &dead, "recommendation", 9).await;
    let quiet = deal(&admin, &funnel, C, "Quiet", json!({})).await;
    touch(&admin, &quiet, "recommendation", 1).await;

    let db = app.db().await;
    let before = rows::checksums(&db, admin.org(), &[]).await;
    let none = trying(&admin, &funnel, json!({})).await.expect(200).value();
    assert_eq!(none["moves"], json!([]), "those in force do not run");
    let trial = trying(&admin, &funnel, json!({ "set": set })).await;
    let trial = trial.expect(200).value();
    assert_eq!(rows::checksums(&db, admin.org(), &[]).await, before);

    let figures = &trial["figures"];
    assert_eq!(
        (&figures["touches"], &figures["deals"]),
        (&json!(23), &json!(4))
    );
    let of = |n: usize| {
        let rule = &figures["rules"][n];
        ["moves", "deals", "stopped", "open", "won", "lost"]
            .map(|name| rule[name].as_i64().unwrap())
    };
    assert_eq!(of(0), [1, 1, 0, 0, 1, 0], "the one for A was won");
    assert_eq!(of(1), [1, 1, 0, 1, 0, 0]);
    assert_eq!(of(2), [1, 1, 0, 1, 0, 0], "thrown out once, and still open");
    let moves = trial["moves"].as_array().unwrap();
    let told: Vec<_> = moves
        .iter()
        .map(|one| {
            let text = |name: &str| one[name].as_str().unwrap().to_owned();
            (
                text("deal_title"),
                text("from_stage_id"),
                text("to_stage_id"),
                text("status"),
            )
        })
        .collect();
    let line = |title: &str, from: usize, to: usize, status: &str| {
        let id = |place| stage(&funnel, place).to_owned();
        (title.to_owned(), id(from), id(to), status.to_owned())
    };
    assert_eq!(
        told,
        [
            line("Hot", B, A, "won"),
            line("Cold", B, C, "open"),
            line("Dead", C, F, "open"),
        ]
    );
    assert_eq!(moves[0]["at"], raised["at"]);
    assert_eq!(moves[1]["at"], ninth["at"]);

    // Now one is in B and two in C; then it would be two in C.
    let spread: Vec<_> = figures["stages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            [
                "deals",
                "percent",
                "replayed",
                "replayed_percent",
                "expected",
            ]
            .map(|name| one[name].as_i64().unwrap())
        })
        .collect();
    assert_eq!(
        spread,
        [[2, 67, 2, 100, 50], [1, 33, 0, 0, 30], [0, 0, 0, 0, 20]]
    );
}

/// The list goes on from page to page, deal by deal, and each page is the same as in the whole.
#[tokio::test]
async fn the_moves_of_a_trial_are_read_from_page_to_page() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let funnel = layers(&admin).await;
    asleep(&admin, &funnel).await;
    let rule = |n: u16, from: usize, to: usize| {
        json!({
            "id": uuid::Uuid::now_v7(), "name": format!("Rule {n}"), "enabled": true, "since": "stage",
            "tests": [{ "count": "showing", "at_least": n }],
            "from": [stage(&funnel, from)], "to_stage_id": stage(&funnel, to),
        })
    };
    // Each goes to B, to A and back to C: two moves and more of one deal, over the ends of pages.
    let set = json!({ "rules": [rule(1, C, B), rule(2, B, A), rule(3, A, C)] });
    for n in 0..5 {
        let made = deal(&admin, &funnel, C, &format!("Deal {n}"), json!({})).await;
        touch(&admin, &made, "showing", 3 + n).await;
    }
    let whole = trying(&admin, &funnel, json!({ "set": set, "limit": 200 })).await;
    let whole = whole.expect(200).value();
    let all = whole["moves"].as_array().unwrap().clone();
    assert_eq!(all.len(), 2 + 2 + 2 + 3 + 4);
    assert_eq!(whole.get("next_cursor"), None);
    let (mut seen, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let mut body = json!({ "set": set, "limit": 3 });
        if cursor.is_string() {
            body["cursor"] = cursor.clone();
        }
        let page = trying(&admin, &funnel, body).await.expect(200).value();
        assert_eq!(page.get("figures").is_some(), seen.is_empty());
        let moves = page["moves"].as_array().unwrap();
        assert!(!moves.is_empty() && moves.len() <= 3);
        seen.extend(moves.iter().cloned());
        cursor = page["next_cursor"].clone();
        if !cursor.is_string() {
            break;
        }
    }
    assert_eq!(seen, all);
}

/// Moves by people stand, moves by rules are replayed, and only what one sees is tried.
#[tokio::test]
async fn a_trial_replays_what_people_did_and_only_within_view() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let team = team(&admin).await;
    let funnel = layers(&admin).await;
    // A rule moved it back to C, a person took it to A, where nine more showings count again.
    let made = deal(&team.rep, &funnel, B, "Flat", json!({})).await;
    touch(&team.rep, &made, "showing", 9).await;
    let now = read(&team.rep, &made).await;
    assert_eq!(now["stage_id"], stage(&funnel, C));
    moved(&team.rep, &now, stage(&funnel, A), None).await;
    touch(&team.rep, &made, "showing", 1).await;
    deal(&team.other, &funnel, C, "Other", json!({})).await;
    let foreign = deal(&team.other, &funnel, B, "House", json!({})).await;
    touch(&team.other, &foreign, "showing", 9).await;

    let trial = trying(&admin, &funnel, json!({})).await.expect(200).value();
    let titles: Vec<_> = trial["moves"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["deal_title"].clone())
        .collect();
    assert_eq!(titles, ["Flat", "Flat", "House"]);
    assert_eq!(trial["moves"][1]["from_stage_id"], stage(&funnel, A));
    let shown = read(&admin, &made).await;
    assert_eq!(shown["stage_id"], stage(&funnel, C), "as it went in fact");

    let trial = trying(&team.manager, &funnel, json!({})).await;
    let trial = trial.expect(200).value();
    assert_eq!(trial["figures"]["deals"], 1, "the team's alone");
    assert_eq!(trial["moves"].as_array().unwrap().len(), 2);
    trying(&team.rep, &funnel, json!({}))
        .await
        .refused(403, ErrorCode::Forbidden);
    let south = app.sign_up("South").await;
    trying(&south, &funnel, json!({}))
        .await
        .refused(404, ErrorCode::NotFound);
}

/// What is wrong with the rules is said at its place, as when they are set.
#[tokio::test]
async fn rules_that_could_not_be_set_are_not_tried() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let funnel = layers(&admin).await;
    let mut set = rules(&admin, &funnel).await["set"].clone();
    set["rules"][0]["tests"][0]["at_most"] = json!(20);
    let refused = trying(&admin, &funnel, json!({ "set": set })).await;
    refused.invalid(&[("/set/rules/1", ErrorCode::RulesGoRound)]);
    set["rules"] = json!([]);
    set["shares"][0]["stage_id"] = json!(uuid::Uuid::now_v7());
    let refused = trying(&admin, &funnel, json!({ "set": set })).await;
    refused.invalid(&[("/set/shares/0/stage_id", ErrorCode::NoSuchRecord)]);
    let refused = trying(&admin, &funnel, json!({ "limit": 0 })).await;
    refused.invalid(&[("/limit", ErrorCode::OutOfRange)]);
    let refused = trying(&admin, &funnel, json!({ "cursor": "nonsense" })).await;
    refused.invalid(&[("cursor", ErrorCode::BadFormat)]);
}
