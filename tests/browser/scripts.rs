//! A playbook is taken over, a script is written for a stage and a type of customer, and a deal shows both.

use super::world::{TALK, World};
use tests::browser::{Window, journey};
use tests::{json, wait};

/// SIX-08, SIX-12.
#[tokio::test]
async fn a_playbook_is_taken_over_and_a_script_is_shown_where_it_fits() {
    journey("scripts", async |journey| {
        let world = World::with_deals(journey, 0).await;
        let user = &world.user;
        let body = json!({ "name": "Harbour", "tier": "A" });
        let account = user.make("/accounts", body).await;
        let deal = world.deal(TALK, "Cranes").await;
        let address = format!("/deals/{}", deal["id"].as_str().unwrap());
        let of = json!({ "account_id": account["id"] });
        let change = user.patch(&address).if_match(&deal).json(&of);
        change.await.expect(200);

        let page = world.board(journey, Window::DESKTOP).await;
        page.go(&address).await;
        page.click("To the library").await;
        page.arrived("/settings/scripts").await;
        page.click_at(".script:nth-of-type(1) summary").await;
        page.click("Take over").await;
        page.find(".script:nth-of-type(1) .badge.positive").await;
        page.text("SPIN: questions in their order").await;

        page.click("New script").await;
        page.click("Save").await;
        page.find("#script-form [aria-invalid]").await;
        page.fill("Title", "First call").await;
        page.fill("Text", "Fifteen minutes, no more").await;
        page.choose("Stage", world.stage(TALK)).await;
        page.choose("Tier", "A").await;
        page.click_at("button[form='script-form']").await;
        wait::until("the script is kept", async || {
            let kept = user.get("/scripts").await.items();
            let is_kept = kept.len() == 2
                && kept[0]["title"] == "First call"
                && kept[0]["aim"] == json!({ "stage_id": world.stage(TALK), "tier": "A" });
            is_kept.then_some(())
        })
        .await;
        page.until(
            "both are listed",
            "document.querySelectorAll('.table.rows tbody tr').length === 2",
        )
        .await;

        page.go(&address).await;
        page.find(".deal-cols .script").await;
        let shown = page.texts(".deal-cols .script summary b").await;
        assert_eq!(shown, ["First call", "SPIN: questions in their order"]);
        page.click_at(".deal-cols .script summary").await;
        page.text("Fifteen minutes, no more").await;
    })
    .await;
}
