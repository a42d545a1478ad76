//! The five elements of a purchase are scored on a deal's page and stand there as a row of bars.

use super::world::{TALK, World};
use tests::browser::{Window, journey};
use tests::{json, wait};

/// SIX-01.
#[tokio::test]
async fn the_elements_of_a_purchase_are_scored_on_the_deals_page() {
    journey("elements", async |journey| {
        let world = World::with_deals(journey, 0).await;
        let deal = world.deal(TALK, "Cranes").await;
        let address = format!("/deals/{}", deal["id"].as_str().unwrap());
        let page = world.board(journey, Window::DESKTOP).await;
        page.go(&address).await;
        page.find(".elements .element:nth-child(5)").await;
        assert_eq!(page.texts(".elements .sc").await, ["\u{2014}"; 5]);
        page.click("Score the elements").await;
        let set = "const select = document.querySelectorAll('.test-form select')[1]; \
                   select.value = '2'; select.dispatchEvent(new Event('change', { bubbles: true }))";
        page.find(".test-form select").await;
        page.script(set).await;
        page.click("Save").await;
        page.until(
            "two bars of trust are filled",
            "document.querySelectorAll('.elements .element:nth-child(2) .five .on').length === 2",
        )
        .await;
        let sheet = format!("{address}/gate");
        wait::until("it is kept", async || {
            let now = world.user.read(&sheet).await;
            (now["elements"] == json!({ "trust": { "score": 2 } })).then_some(())
        })
        .await;
    })
    .await;
}
