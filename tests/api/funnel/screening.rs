//! The account's screening as a fact that stages ask for.

use super::gate::{ask, criterion, missing, read};
use super::{OFFER, TALK, deal, funnel, id, moving, stage};
use tests::{TestApp, json};
use uuid::Uuid;

/// GATE-23: a stage may ask that the account passed the screening; a deal is held back until it did, by the
/// fact that its card shows, and again when the account is found unsuitable.
#[tokio::test]
async fn a_stage_lets_in_whose_account_passed_the_screening() {
    let app = TestApp::start().await;
    let admin = app.sign_up("North").await;
    let (asked, good, bad) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    let set = json!({
        "criteria": [{
            "id": asked, "topic": "decision_structure", "name": "Who decides?", "weight": 1,
            "mandatory": true, "test": { "question": [
                { "id": good, "name": "One person", "says": "for" },
                { "id": bad, "name": "Nobody knows", "says": "against" },
            ] },
        }],
        "pass_share": 60, "review_days": 90,
    });
    let now = admin.read("/screening").await;
    let request = admin.put("/screening").if_match(&now).json(&set);
    request.await.expect(200);

    let sales = funnel(&admin, "Sales").await;
    let is_target = json!({ "fact": { "fact": "screening", "is": { "one_of": ["target"] } } });
    let mut entry = criterion("The account is a target", is_target);
    entry["side"] = json!("entry");
    ask(&admin, &sales, OFFER, json!({ "criteria": [entry] })).await;
    let account = admin.make("/accounts", json!({ "name": "Acme" })).await;
    let with = json!({ "account_id": account["id"] });
    let made = deal(&admin, &sales, TALK, "Cranes", with).await;
    let bare = deal(&admin, &sales, TALK, "Hooks", json!({})).await;

    let fact = async || {
        let board = admin.read(&format!("/funnels/{}/board", id(&sales))).await;
        let cards = board["columns"][0]["cards"].as_array().unwrap().clone();
        let card = cards
            .into_iter()
            .find(|card| card["id"] == made["id"])
            .unwrap();
        assert_eq!(card["facts"], read(&admin, &made).await["facts"]);
        card["facts"]["values"]["screening"].clone()
    };
    let answer = async |choice: Uuid| {
        let address = format!("/accounts/{}/screening", id(&account));
        let seen = admin.read(&address).await;
        let body = json!({ "answers": { asked.to_string(): choice } });
        let request = admin.put(&address).if_match(&seen).json(&body);
        request.await.expect(200);
    };
    assert_eq!(fact().await, "incomplete");
    for deal in [&made, &bare] {
        let refused = moving(&admin, deal, stage(&sales, OFFER), None).await;
        assert_eq!(missing(&refused), ["The account is a target"]);
        assert_eq!(&read(&admin, deal).await["version"], &deal["version"]);
    }
    answer(bad).await;
    assert_eq!(fact().await, "unsuitable");
    let refused = moving(&admin, &made, stage(&sales, OFFER), None).await;
    assert_eq!(missing(&refused), ["The account is a target"]);

    answer(good).await;
    assert_eq!(fact().await, "target");
    let there = moving(&admin, &made, stage(&sales, OFFER), None).await;
    assert_eq!(there.expect(200).value()["stage_id"], stage(&sales, OFFER));
    let without = moving(&admin, &bare, stage(&sales, OFFER), None).await;
    assert_eq!(missing(&without), ["The account is a target"]);
}
