//! A deal is lost, its lesson is written where the closing asks for it, found in the library, and suggested on
//! a deal that is like it.

use super::world::{LOST, OFFER, World};
use tests::browser::{Window, journey};
use tests::{json, wait};

/// SIX-13.
#[tokio::test]
async fn a_lesson_is_written_after_losing_found_in_the_library_and_suggested_on_a_like_deal() {
    journey("cases", async |journey| {
        let world = World::with_deals(journey, 0).await;
        let user = &world.user;
        let body = json!({ "name": "Harbour", "industry": "ports" });
        let account = user.make("/accounts", body).await;
        let of = json!({ "account_id": account["id"] });
        let mut deals = Vec::new();
        for title in ["Cranes", "Rails"] {
            let deal = world.deal(OFFER, title).await;
            let address = format!("/deals/{}", deal["id"].as_str().unwrap());
            let change = user.patch(&address).if_match(&deal).json(&of);
            deals.push(change.await.expect(200).value());
        }
        let address = |n: usize| format!("/deals/{}", deals[n]["id"].as_str().unwrap());

        // Nothing is like the deal that is open, and nothing asks for its lesson.
        let page = world.board(journey, Window::DESKTOP).await;
        page.go(&address(0)).await;
        page.text("No case is like this deal yet.").await;
        assert!(!page.shows(".case-card").await);
        let lost = json!({ "to_stage_id": world.stage(LOST), "loss_reason": "price" });
        let request = user.post(&format!("{}/move", address(0)));
        request.if_match(&deals[0]).json(&lost).await.expect(200);

        // The closing asks, on the open page too.
        page.find(".case-card").await;
        page.text("This deal is lost: Price too high. What should we do differently next time? One sentence is enough.")
            .await;
        page.click("Write the lesson").await;
        page.click_at("button[form='case-form']").await;
        page.find("#case-form [aria-invalid]").await;
        page.fill("The lesson", "Ask who holds the budget first").await;
        page.fill("What did not", "We quoted to the wrong man").await;
        page.fill("Tags", "Price, Budget").await;
        page.click_at("button[form='case-form']").await;
        page.find(".case-card .lesson").await;
        wait::until("the case is kept", async || {
            let kept = user.get(&format!("{}/case", address(0))).await.value();
            (kept["case"]["tags"] == json!(["price", "budget"])).then_some(())
        })
        .await;

        // In the library, by the way from the list of deals.
        page.go("/deals").await;
        page.click("Lessons and cases").await;
        page.arrived("/cases").await;
        page.find(".library .case").await;
        let told = page.texts(".library .case summary b").await;
        assert_eq!(told, ["Ask who holds the budget first"]);
        page.text("Every closing of the last 90 days has its lesson.").await;
        page.choose("Outcome", "won").await;
        page.text("No case fits these filters").await;
        page.click("Clear filters").await;
        page.find(".library .case").await;
        page.click_at(".lessons .ranks button.name").await;
        page.find(".toolbar .chip[aria-pressed='true']").await;
        page.click_at(".library .case summary").await;
        page.text("We quoted to the wrong man").await;
        assert_eq!(page.complaints().await, Vec::<String>::new());

        // On the deal that is like it, with why.
        page.go(&address(1)).await;
        page.find(".similar .case").await;
        let why = page.texts(".similar .case .why .badge").await;
        assert_eq!(
            why,
            ["Same customer", "Lost from this stage", "Same industry", "Amount alike", "Same funnel"]
        );

        // What was removed is nowhere any more, and waits again.
        page.go(&address(0)).await;
        page.find(".case-card .lesson").await;
        page.click("Remove").await;
        page.click_at("dialog .btn.danger").await;
        page.text("Write the lesson").await;
        page.go("/cases").await;
        page.find(".due .stay").await;
        assert_eq!(page.texts(".due .stay .link").await, ["Cranes"]);
    })
    .await;
}
