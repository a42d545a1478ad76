//! A deal that takes much effort for little value says so on its page.

use super::world::{OFFER, TALK, World};
use tests::browser::{Window, journey};
use tests::json;

/// GATE-30: the warning comes with the touch that makes the effort outsized, with its figures, and goes
/// when the deal turns out to bring more.
#[tokio::test]
async fn a_deal_that_takes_much_effort_for_little_value_warns_on_its_page() {
    journey("effort", async |journey| {
        let world = World::with_deals(journey, 0).await;
        let user = &world.user;
        let small = world.deal(TALK, "Small").await;
        let big = world.deal(OFFER, "Big").await;
        let address = |deal: &tests::Value| format!("/deals/{}", deal["id"].as_str().unwrap());
        let now = json!({ "expected_profit": "9900" });
        let change = user.patch(&address(&big)).if_match(&big).json(&now);
        change.await.expect(200);
        let profit = json!({ "expected_profit": "100" });
        let change = user.patch(&address(&small)).if_match(&small).json(&profit);
        change.await.expect(200);
        for _ in 0..4 {
            let touch = json!({ "kind": "showing" });
            user.make(&format!("{}/touches", address(&small)), touch)
                .await;
        }

        let page = world.board(journey, Window::DESKTOP).await;
        page.go(&address(&small)).await;
        page.click("Record: Showing").await;
        assert!(!page.shows(".deal-page > .notice.warning").await);
        page.click_at("button[form='touch-form']").await;
        page.find(".deal-page > .notice.warning").await;
        let said = page.texts(".deal-page > .notice.warning .fill > *").await;
        for (sentence, part) in [
            (0, "100% of"),
            (0, "for 1% of the value"),
            (1, "5 of 5 touches"),
        ] {
            assert!(said[sentence].contains(part), "{said:?}");
        }

        page.click("Edit Expected profit").await;
        page.fill("Expected profit", "20k").await;
        page.click("Save").await;
        page.until(
            "the warning goes",
            "!document.querySelector('.deal-page > .notice.warning')",
        )
        .await;
    })
    .await;
}
