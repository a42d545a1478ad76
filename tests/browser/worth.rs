//! Profit by stage: what a person enters on a deal's page shows in the matrix, which leads to the deals
//! behind each cell.

use super::world::{OFFER, TALK, World};
use tests::browser::{Page, Window, journey};
use tests::{Value, json};

/// The texts of the cells that hold deals, by stage.
async fn cells(page: &Page) -> Value {
    page.script("return [...document.querySelectorAll('table.worth tbody tr')].map(row => [...row.querySelectorAll('.heat-cell .link')].map(link => link.getAttribute('aria-label')))")
        .await
}

/// CLS-19, CLS-41: a person says what a deal should bring, sees where most profit gets least effort, and
/// opens the deals behind a cell, sorted by their profit.
#[tokio::test]
async fn profit_entered_on_a_deal_shows_by_stage_and_leads_to_the_deals() {
    journey("worth", async |journey| {
        let world = World::with_deals(journey, 0).await;
        let made = async |place: usize, title: &str, profit: Option<&str>| {
            let body = json!({
                "title": title, "funnel_id": world.funnel["id"], "stage_id": world.stage(place),
                "amount": { "amount": "5000", "currency": "USD" }, "expected_profit": profit,
                "next_step_on": profit.map(|_| "2030-01-01"), "next_step": "Call",
            });
            world.user.make("/deals", body).await
        };
        for (title, profit) in [("Small", "10"), ("Fair", "20"), ("Fine", "40")] {
            made(TALK, title, Some(profit)).await;
        }
        let big = made(OFFER, "Big", None).await;

        let page = world.board(journey, Window::DESKTOP).await;
        page.go(&format!("/deals/{}", big["id"].as_str().unwrap()))
            .await;
        page.click("Edit Expected profit").await;
        page.fill("Expected profit", "2.5k").await;
        page.click("Save").await;
        page.text("$2,500").await;

        page.go(&format!(
            "/board/{}/shape",
            world.funnel["id"].as_str().unwrap()
        ))
        .await;
        page.find(".fs-row").await;
        page.click_at(".fs-asks .seg a:nth-child(2)").await;
        page.find("table.worth").await;
        assert_eq!(
            cells(&page).await,
            json!([
                ["Talk, Middle: 1 deal", "Talk, Low: 2 deals"],
                ["Offer, High: 1 deal"],
                []
            ])
        );
        page.text(
            "The best people belong in Offer, High: 97% of the profit gets 0% of the effort.",
        )
        .await;
        page.click_at("table.worth tbody tr:first-child td:nth-child(4) .link")
            .await;
        page.arrived("/deals?").await;
        page.until(
            "the two deals behind",
            "document.querySelectorAll('main tbody tr').length === 2",
        )
        .await;
        page.text("Profit $0 \u{2013} $40").await;
        page.click("Expected profit").await;
        page.until(
            "the list is sorted by profit",
            "location.search.includes('sort=') && location.search.includes('expected_profit')",
        )
        .await;
    })
    .await;
}
