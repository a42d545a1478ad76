//! Effort against value: a deal that takes much of its owner's effort for little is named, with figures.

use super::{OFFER, TALK, archived, deal, funnel, id, path, team};
use shared::error::ErrorCode;
use tests::{TestApp, User, Value, json};

async fn effort(user: &User, deal: &Value) -> Value {
    user.read(&format!("{}/effort", path(deal))).await
}

fn worth(amount: &str) -> Value {
    json!({ "amount": { "amount": amount, "currency": "USD" } })
}

/// Records so many touches of a deal, so many days ago.
async fn touched(user: &User, deal: &Value, times: usize, days: i64) {
    let at = (backend::clock::now() - chrono::Duration::days(days)).to_rfc3339();
    for _ in 0..times {
        let touch = json!({ "kind": "showing", "at": at });
        user.make(&format!("{}/touches", path(deal)), touch).await;
    }
}

/// GATE-30: a deal that takes most of the effort for a small part of the value is outsized, by figures; the
/// one that brings the value is fine.
#[tokio::test]
async fn a_deal_that_takes_much_effort_for_little_value_is_named_with_its_figures() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let small = deal(&admin, &sales, TALK, "Small", worth("1000")).await;
    let big = deal(&admin, &sales, OFFER, "Big", worth("9600")).await;
    touched(&admin, &small, 4, 1).await;
    touched(&admin, &small, 1, 31).await;
    touched(&admin, &big, 1, 1).await;
    // Four touches are too few to say anything, what lies longer back does not count.
    let before = effort(&admin, &small).await;
    assert_eq!(
        (&before["effort"], &before["owner_effort"]),
        (&json!(4), &json!(5))
    );
    assert_eq!(before["is_outsized"], false);

    let step = json!({ "next_step": "Call", "next_step_on": "2030-01-01" });
    let now = admin.read(&path(&small)).await;
    let patch = admin.patch(&path(&small)).if_match(&now).json(&step);
    patch.await.expect(200);
    // By the probabilities of the stages: 20 % of 1,000 beside 50 % of 9,600.
    assert_eq!(
        effort(&admin, &small).await,
        json!({
            "is_outsized": true,
            "effort": 5, "owner_effort": 6, "effort_share": 83,
            "value": { "amount": "200", "currency": "USD" },
            "owner_value": { "amount": "5000", "currency": "USD" },
            "value_share": 4,
        })
    );
    let fine = effort(&admin, &big).await;
    assert_eq!(
        (
            &fine["is_outsized"],
            &fine["effort_share"],
            &fine["value_share"]
        ),
        (&json!(false), &json!(17), &json!(96))
    );
    // What the deal should bring counts before its amount: with it the effort is well spent.
    let now = admin.read(&path(&small)).await;
    let profit = json!({ "expected_profit": "10000" });
    let patch = admin.patch(&path(&small)).if_match(&now).json(&profit);
    let now = patch.await.expect(200).value();
    let told = effort(&admin, &small).await;
    assert_eq!(
        (&told["is_outsized"], &told["value_share"]),
        (&json!(false), &json!(68))
    );
    // A loss is worth nothing.
    let loss = json!({ "expected_profit": "-10" });
    let patch = admin.patch(&path(&small)).if_match(&now).json(&loss);
    patch.await.expect(200);
    let told = effort(&admin, &small).await;
    assert_eq!(
        (&told["is_outsized"], &told["value"]["amount"]),
        (&json!(true), &json!("0"))
    );
}

/// GATE-30: planned tasks are effort; only open deals of the same owner are compared, values in the deal's
/// currency; what has no amount or no owner is not judged.
#[tokio::test]
async fn effort_is_compared_among_the_owners_open_deals_and_unknown_value_is_not_judged() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let mut stages = super::stages();
    stages[TALK]["tasks"] = json!(["Visit"]);
    let body = json!({ "name": "Sales", "stages": stages });
    let sales = admin.make("/funnels", body).await;
    let unknown = deal(&admin, &sales, TALK, "Unknown", json!({})).await;
    let away = deal(&admin, &sales, TALK, "Away", worth("1000")).await;
    let euros = json!({ "amount": { "amount": "70", "currency": "EUR" } });
    deal(&admin, &sales, TALK, "Euros", euros).await;
    let dollars = deal(&admin, &sales, TALK, "Dollars", worth("500")).await;
    touched(&admin, &unknown, 9, 1).await;
    touched(&admin, &away, 3, 1).await;
    let now = admin.read(&path(&away)).await;
    archived(&admin, &now).await;
    let now = admin.read(&path(&unknown)).await;
    let plan = json!({
        "stage_id": now["stage_id"], "task": "Visit", "due_on": "2030-01-01",
    });
    let plan = admin
        .post(&format!("{}/sheet/plan", path(&unknown)))
        .if_match(&now)
        .json(&plan);
    plan.await.expect(200);
    assert_eq!(
        effort(&admin, &unknown).await,
        json!({
            "is_outsized": false,
            "effort": 10, "owner_effort": 10, "effort_share": 100,
            "value": null, "owner_value": null, "value_share": 0,
        })
    );
    let told = effort(&admin, &dollars).await;
    assert_eq!(
        (&told["owner_effort"], &told["value_share"]),
        (&json!(10), &json!(100))
    );
    assert_eq!(effort(&admin, &away).await["effort"], 0);

    let now = admin.read(&path(&unknown)).await;
    let nobody = json!({ "owner_id": null });
    let patch = admin.patch(&path(&unknown)).if_match(&now).json(&nobody);
    patch.await.expect(200);
    let told = effort(&admin, &unknown).await;
    assert_eq!(
        (&told["effort"], &told["owner_effort"]),
        (&json!(0), &json!(0))
    );
}

/// GATE-30: nobody learns of a deal out of their view or of another organisation.
#[tokio::test]
async fn effort_of_a_deal_out_of_view_or_of_another_organisation_is_not_found() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    let people = team(&admin).await;
    let own = deal(&people.rep, &sales, TALK, "Own", worth("100")).await;
    let address = format!("/deals/{}/effort", id(&own));
    for who in [&people.rep, &people.manager, &admin] {
        who.get(&address).await.expect(200);
    }
    let refused = people.other.get(&address).await;
    refused.refused(404, ErrorCode::NotFound);
    let south = app.sign_up("South").await;
    let refused = south.get(&address).await;
    refused.refused(404, ErrorCode::NotFound);
}
