//! An objection is logged on a deal's page, answered with what helps against it, and settled.

use super::world::{TALK, World};
use tests::browser::{Window, journey};
use tests::{json, wait};

/// SIX-10, SIX-11.
#[tokio::test]
async fn an_objection_is_logged_answered_with_what_helps_and_settled() {
    journey("objections", async |journey| {
        let world = World::with_deals(journey, 0).await;
        let deal = world.deal(TALK, "Cranes").await;
        // What the company answers itself stands before what comes with the product.
        let own = json!({ "kind": "objection_answer", "title": "Our certificates",
            "body": "Show our own certificates.", "playbook": "certificates" });
        world.user.make("/scripts", own).await;
        let address = format!("/deals/{}", deal["id"].as_str().unwrap());
        let page = world.board(journey, Window::DESKTOP).await;
        page.go(&address).await;
        page.click("Log an objection").await;
        page.click("Save").await;
        page.find("#objection-form [aria-invalid]").await;
        page.choose("About", "quality").await;
        page.fill("What was said", "They had trouble with the last one")
            .await;
        page.click_at("#objection-form .move:first-of-type .check")
            .await;
        page.fill("Note on “Listen”", "Let her finish").await;
        page.until(
            "the company's own answer is offered first",
            "document.querySelector('#objection-form .answers .chip')?.textContent.includes('Our certificates')",
        )
        .await;
        page.click_at("#objection-form .answers .chip").await;
        page.click_at("button[form='objection-form']").await;
        page.find(".objections .stay").await;
        page.until(
            "two of the four moves are marked",
            "document.querySelectorAll('.objections .four .on').length === 2",
        )
        .await;
        let objections = format!("{address}/objections");
        let known = world.user.get(&objections).await.items();
        assert_eq!(known[0]["moves"]["listen"], "Let her finish");
        assert!(
            known[0]["moves"]["lead"]
                .as_str()
                .unwrap()
                .contains("our own certificates")
        );

        page.click("Settle").await;
        page.find(".objections .badge.positive").await;
        page.click("Change the answer").await;
        page.click_at("#objection-form .move:nth-of-type(2) .check")
            .await;
        page.fill("Note on “Ask and turn”", "Which one was it?")
            .await;
        page.click_at("button[form='objection-form']").await;
        wait::until("the third move is kept", async || {
            let known = world.user.get(&objections).await.items();
            let is_kept = known[0]["moves"]["ask"] == "Which one was it?";
            (is_kept && known[0]["settled_at"] != json!(null)).then_some(())
        })
        .await;
        page.click("Withdraw this objection").await;
        page.find(".objections .is-gone").await;
    })
    .await;
}
