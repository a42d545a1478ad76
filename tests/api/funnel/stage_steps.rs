//! The next step a stage gives the deals that come in, and whose it is.

use super::counted::{layers, touch};
use super::gate::read;
use super::{LOST, OFFER, TALK, TERMS, WON, deal, funnel, id, moved, moving, path, stage};
use shared::error::ErrorCode;
use tests::{Client, TestApp, Value, json};

/// Three open stages, of which the second wants a call within two days and the third a visit.
async fn calling(admin: &Client) -> Value {
    let made = funnel(admin, "Sales").await;
    let steps = [(OFFER, "Call back", 2), (TERMS, "Visit", 9)];
    stepping(admin, &made, &steps).await
}

async fn stepping(admin: &Client, funnel: &Value, steps: &[(usize, &str, i16)]) -> Value {
    let mut stages = funnel["stages"].clone();
    for stage in stages.as_array_mut().unwrap() {
        let stage = stage.as_object_mut().unwrap();
        for told in ["funnel_id", "position", "gate", "gate_version"] {
            stage.remove(told);
        }
    }
    for (place, step, days) in steps {
        stages[place]["next_step"] = json!(step);
        stages[place]["next_step_days"] = json!(days);
    }
    let request = admin.patch(&format!("/funnels/{}", id(funnel)));
    let request = request.if_match(funnel).json(&json!({ "stages": stages }));
    request.await.expect(200).value()
}

/// The step of a deal and in how many days of its coming in it is due.
fn step(deal: &Value) -> (Option<&str>, Option<i64>) {
    let day = deal["next_step_on"].as_str();
    let days = day.map(|day| {
        let day: chrono::NaiveDate = day.parse().unwrap();
        let since: chrono::DateTime<chrono::Utc> =
            deal["stage_entered_at"].as_str().unwrap().parse().unwrap();
        (day - since.date_naive()).num_days()
    });
    (deal["next_step"].as_str(), days)
}

/// CLS-26: whom a counted rule moves to A is called back within days, on every path the same.
#[tokio::test]
async fn who_comes_into_class_a_has_a_day_to_be_called_back_on() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let zone = json!({ "time_zone": "Etc/UTC" });
    let organisation = admin.read("/organisation").await;
    let set = admin.patch("/organisation").if_match(&organisation);
    set.json(&zone).await.expect(200);
    let layers = layers(&admin).await;
    let (b, a) = (1, 2);
    let made = deal(&admin, &layers, b, "Flat", json!({})).await;
    assert_eq!(step(&made), (None, None));
    touch(&admin, &made, "showing", 1).await;
    touch(&admin, &made, "offer", 1).await;
    let raise = touch(&admin, &made, "raise", 1).await;
    assert_eq!(raise["outcome"]["result"], "moved");
    let call = (Some("Call the customer back"), Some(2));
    assert_eq!(step(&read(&admin, &made).await), call);

    let told = app.feed(&admin).await;
    let told = told.iter().find(|event| event["kind"] == "deal.moved");
    let told = &told.unwrap()["data"]["step"];
    assert_eq!(told["next_step"], "Call the customer back");

    // The same by hand, for several at once, and where a deal begins there.
    let made = deal(&admin, &layers, b, "House", json!({})).await;
    assert_eq!(
        step(&moved(&admin, &made, stage(&layers, a), None).await),
        call
    );
    assert_eq!(
        step(&deal(&admin, &layers, a, "Barn", json!({})).await),
        call
    );
    let made = deal(&admin, &layers, b, "Shed", json!({})).await;
    let body = json!({
        "action": { "move": { "to_stage_id": stage(&layers, a) } },
        "deals": [{ "id": made["id"], "version": made["version"] }],
    });
    admin.post("/deals/bulk").json(&body).await.expect(200);
    assert_eq!(step(&read(&admin, &made).await), call);
}

/// CLS-26, GATE-24: what a seller wrote stays; what a stage gave goes on with the next stage, or goes.
#[tokio::test]
async fn a_step_that_somebody_wrote_is_never_taken_away() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = calling(&admin).await;
    let own = json!({ "next_step": "Send the plans", "next_step_on": "2031-05-04" });
    let mut made = deal(&admin, &sales, TALK, "Cranes", own.clone()).await;
    for place in [OFFER, TERMS, WON, OFFER] {
        made = moved(&admin, &made, stage(&sales, place), None).await;
        assert_eq!(made["next_step"], own["next_step"]);
        assert_eq!(made["next_step_on"], own["next_step_on"]);
    }

    let mut made = deal(&admin, &sales, TALK, "Hoists", json!({})).await;
    for (place, given) in [
        (OFFER, Some("Call back")),
        (TERMS, Some("Visit")),
        (OFFER, Some("Call back")),
        (WON, None),
    ] {
        made = moved(&admin, &made, stage(&sales, place), None).await;
        assert_eq!(step(&made).0, given);
        assert_eq!(made["next_step_on"].is_null(), given.is_none());
    }
    // Within a stage nothing comes anew, and nobody is called back about what is lost.
    let mut made = deal(&admin, &sales, OFFER, "Belts", json!({})).await;
    let none = json!({ "next_step": null, "next_step_on": null });
    let change = admin.patch(&path(&made)).if_match(&made).json(&none).await;
    made = change.expect(200).value();
    made = moved(&admin, &made, stage(&sales, OFFER), None).await;
    assert_eq!(step(&made), (None, None));
    made = moved(&admin, &made, stage(&sales, TERMS), None).await;
    let lost = json!({ "to_stage_id": stage(&sales, LOST), "loss_reason": "price" });
    let lost = admin
        .post(&format!("{}/move", path(&made)))
        .if_match(&made)
        .json(&lost);
    assert_eq!(step(&lost.await.expect(200).value()), (None, None));
}

/// A dry run says what would be judged and gives no step.
#[tokio::test]
async fn a_dry_run_gives_no_step() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = calling(&admin).await;
    let made = deal(&admin, &sales, TALK, "Cranes", json!({})).await;
    let body = json!({ "to_stage_id": stage(&sales, OFFER) });
    let dry = admin.post(&format!("{}/move?dry_run=true", path(&made)));
    dry.if_match(&made).json(&body).await.expect(200);
    assert_eq!(step(&read(&admin, &made).await), (None, None));
    moving(&admin, &made, stage(&sales, OFFER), None)
        .await
        .expect(200);
}

/// Bad input: a day without a step, a step without a day, one that is too far.
#[tokio::test]
async fn a_step_without_its_day_is_refused_at_its_field() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let sales = funnel(&admin, "Sales").await;
    for (step, days, field, code) in [
        (
            json!("Call back"),
            Value::Null,
            "next_step_days",
            ErrorCode::Required,
        ),
        (json!(""), json!(2), "next_step", ErrorCode::Required),
        (
            json!("Call back"),
            json!(400),
            "next_step_days",
            ErrorCode::OutOfRange,
        ),
        (
            json!("Call back"),
            json!(-1),
            "next_step_days",
            ErrorCode::OutOfRange,
        ),
        (
            json!("x".repeat(201)),
            json!(1),
            "next_step",
            ErrorCode::TooLong,
        ),
    ] {
        let mut stages = super::stages();
        stages[1]["next_step"] = step;
        stages[1]["next_step_days"] = days;
        let body = json!({ "name": "Other", "stages": stages });
        let refused = admin.post("/funnels").json(&body).await;
        refused.invalid(&[(&format!("/stages/1/{field}"), code)]);
    }
    let now = admin.read(&format!("/funnels/{}", id(&sales))).await;
    assert_eq!(now, sales);
    assert_eq!(admin.get("/funnels").await.items().len(), 1);
}
