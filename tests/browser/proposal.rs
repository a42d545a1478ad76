//! A proposal is written on a deal's page, point by point, until it serves everybody of the decision chain.

use super::world::{TALK, World};
use tests::browser::{Window, journey};
use tests::{json, wait};

/// SIX-07, SIX-09.
#[tokio::test]
async fn a_proposal_is_written_until_it_serves_the_whole_chain() {
    journey("proposal", async |journey| {
        let world = World::with_deals(journey, 0).await;
        let user = &world.user;
        let account = user.make("/accounts", json!({ "name": "Harbour" })).await;
        for (name, level) in [("Zhou", "deciding"), ("Wu", "operating")] {
            let person = json!({ "account_id": account["id"], "name": name, "level": level });
            user.make("/contacts", person).await;
        }
        let deal = world.deal(TALK, "Cranes").await;
        let address = format!("/deals/{}", deal["id"].as_str().unwrap());
        let of = json!({ "account_id": account["id"] });
        let change = user.patch(&address).if_match(&deal).json(&of);
        change.await.expect(200);

        let page = world.board(journey, Window::DESKTOP).await;
        page.go(&address).await;
        page.text("No point serves Zhou (Deciding), Wu (Operating).")
            .await;
        page.click("Add a point").await;
        page.click("Save").await;
        page.find("#proposal-form [aria-invalid]").await;
        page.fill("Feature", "Two sensors").await;
        page.fill("Advantage", "One may fail").await;
        page.fill("Benefit", "No stops at night").await;
        page.click_at("#proposal-form .person:nth-of-type(1) .seg button:nth-child(2)")
            .await;
        page.click_at("#proposal-form .person:nth-of-type(2) .seg button:nth-child(3)")
            .await;
        page.click_at("button[form='proposal-form']").await;
        page.text("Point 1 goes against the interest of Wu, who is part of the decision chain.")
            .await;
        page.text("No point serves Wu (Operating).").await;

        page.click("Add a point").await;
        page.fill("Feature", "Training").await;
        page.fill("Advantage", "On site").await;
        page.fill("Benefit", "No fear of it").await;
        page.click_at("#proposal-form .person:nth-of-type(2) .seg button:nth-child(2)")
            .await;
        page.click_at("button[form='proposal-form']").await;
        page.text("Points contradict for Wu: served by 2, gone against by 1.")
            .await;
        page.click("Move point 2 up").await;
        let proposal = format!("{address}/proposal");
        wait::until("the order is kept", async || {
            let known = user.get(&proposal).await.value();
            (known["points"][0]["feature"] == "Training").then_some(())
        })
        .await;
        page.text("Points contradict for Wu: served by 1, gone against by 2.")
            .await;

        page.click("Remove point 2").await;
        page.text("No point serves Zhou (Deciding).").await;
        page.click_at(".proposal .stay .btn:not(.icon)").await;
        page.click_at("#proposal-form .person:nth-of-type(1) .seg button:nth-child(2)")
            .await;
        page.click_at("button[form='proposal-form']").await;
        page.text("Everybody of the decision chain is served, and no point contradicts.")
            .await;
    })
    .await;
}
