//! A funnel is made from a method, its deals are worked by what its stages say, and a stage goes while deals
//! stand in it.

use serde_json::json;
use tests::browser::{Window, journey};
use tests::{PASSWORD, wait};

/// FUN-03, FUN-05, FUN-14, FUN-28, ORG-07, GATE-25.
#[tokio::test]
async fn a_funnel_from_a_method_leads_its_deals_and_lets_a_stage_go() {
    journey("methods", async |journey| {
        let admin = journey.app.sign_up("North").await;
        let page = journey.browser(Window::DESKTOP).await;
        page.go("/sign-in").await;
        page.sign_in(&admin.email, PASSWORD).await;
        page.go("/settings/funnels").await;
        page.click("From a method").await;
        page.click_at(".method-list li:nth-child(7) button").await;
        page.fill("Product line", "Cranes").await;
        page.click_at(".method-stages li:nth-child(4) summary").await;
        page.text("Who is in the chain of decision, and how do I reach its top?")
            .await;
        assert_eq!(
            page.texts(".method-stages li:nth-child(4) .badge").await,
            ["User", "Technical evaluator", "Initiator", "Purchase approver", "Decision maker"]
        );
        page.click("Create this funnel").await;
        page.find(".stage-rows").await;
        let funnel = admin.read("/funnels").await["items"][0].clone();
        assert_eq!(funnel["method"], "seven_steps");
        assert_eq!(funnel["product_line"], "Cranes");
        assert_eq!(funnel["stages"][3]["probability_high"], 50);

        // Two deals in the fourth step; their page says what to ask there.
        let body = json!({
            "title": "Pumps", "funnel_id": funnel["id"], "stage_id": funnel["stages"][3]["id"],
        });
        let deal = admin.make("/deals", body.clone()).await;
        admin.make("/deals", body).await;
        page.go(&format!("/deals/{}", deal["id"].as_str().unwrap()))
            .await;
        page.text("What does the decision maker want to reach?").await;

        // The company's own words are no default any more; those it left are.
        page.go("/settings/funnels").await;
        page.click_at(".stage-row:nth-child(1) .name").await;
        assert!(page.shows(".stage-row:nth-child(1) .row > .ours").await);
        page.fill("Tasks", "Call the works").await;
        page.until("it is not all ours", "!document.querySelector('.stage-row:nth-child(1) .row > .ours')")
            .await;
        let marked = page.texts(".stage-row:nth-child(1) .top:has(.ours) label").await;
        assert!(!marked.is_empty() && !marked.contains(&"Tasks".to_owned()), "{marked:?}");

        page.click("Remove Reach the shortlist").await;
        page.click("Save funnel").await;
        page.text("2 deals in Reach the shortlist go to").await;
        page.click("Move the deals and save").await;
        let address = format!("/deals/{}", deal["id"].as_str().unwrap());
        wait::until("the deal is in the stage before", async || {
            let now = admin.read(&address).await;
            (now["stage_id"] == funnel["stages"][2]["id"]).then_some(())
        })
        .await;
        page.until("the stage is gone", "document.querySelectorAll('.stage-row').length === 7 && !document.querySelector('.leaving')")
            .await;
        let now = admin
            .read(&format!("/funnels/{}", funnel["id"].as_str().unwrap()))
            .await;
        assert_eq!(now["stages"][0]["tasks"], json!(["Call the works"]));
    })
    .await;
}

/// FUN-28: what of a stage came with the product is marked part by part, before a funnel is made from its
/// method and after, and other words take the mark of their part alone.
#[tokio::test]
async fn the_parts_of_a_stage_that_are_ours_say_so_until_other_words_stand_there() {
    journey("stage_parts", async |journey| {
        let admin = journey.app.sign_up("North").await;
        let page = journey.browser(Window::DESKTOP).await;
        page.go("/sign-in").await;
        page.sign_in(&admin.email, PASSWORD).await;
        page.go("/settings/funnels").await;
        page.click("From a method").await;
        page.click_at(".method-list li:nth-child(2) button").await;
        page.click_at(".method-stages li:nth-child(3) summary")
            .await;
        page.text("Is the first payment in the budget, and who approves it?")
            .await;
        assert_eq!(
            page.texts(".method-stages li:nth-child(3) dt:has(.ours)")
                .await,
            [
                "Push questionsDefault text",
                "People to talk toDefault text"
            ]
        );
        let percent = ".method-stages li:nth-child(3) summary .num:has(.ours)";
        let percent = page.texts(percent).await;
        assert!(percent[0].ends_with("Default"), "{percent:?}");
        page.click("Create this funnel").await;
        page.find(".stage-rows").await;
        page.click_at(".stage-row:nth-child(3) .name").await;
        let marked = ".stage-row:nth-child(3) .top:has(.ours) label";
        assert_eq!(
            page.texts(marked).await,
            ["Probability to win", "Push questions", "People to talk to"]
        );
        page.fill("Push questions", "Who signs?").await;
        page.until(
            "its mark is gone",
            "document.querySelectorAll('.stage-row:nth-child(3) .ours').length === 2",
        )
        .await;
        assert_eq!(
            page.texts(marked).await,
            ["Probability to win", "People to talk to"]
        );
        page.click("Save funnel").await;
        wait::until("it is kept so", async || {
            let now = admin.read("/funnels").await["items"][0]["stages"][2].clone();
            let is_ours = now["our_parts"] == json!(["roles", "probability"]);
            (is_ours && now["questions"] == json!(["Who signs?"])).then_some(())
        })
        .await;
    })
    .await;
}
