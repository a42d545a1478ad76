//! A board that is narrowed and laid out otherwise: what is made on it, and the way to the list and the
//! funnel and back.

use super::world::{TALK, World};
use tests::browser::{Page, Window, journey};
use tests::wait;

const ENTER: &str = "\u{e007}";

async fn shows(page: &Page, titles: &[&str]) {
    wait::until(&format!("{titles:?}"), async || {
        let shown = page.texts(".deal[data-deal] .title").await;
        (shown == titles).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_deal_that_the_filter_hides_is_said_to_be_made_and_hidden() {
    journey("made_hidden", async |journey| {
        let world = World::with_deals(journey, 0).await;
        world.deal(TALK, "Pump one").await;
        let page = world.board(journey, Window::DESKTOP).await;
        let board = page.path().await;
        page.go(&format!("{board}?text=pump")).await;
        shows(&page, &["Pump one"]).await;
        page.script("document.querySelector('.deal[data-deal]').focus()")
            .await;
        page.keys("n").await;
        page.find(".quick-row input:focus").await;

        page.keys("Pump two").await;
        page.keys(ENTER).await;
        shows(&page, &["Pump two", "Pump one"]).await;
        assert!(!page.shows(".toast").await, "what shows need not be said");

        page.keys("Valve").await;
        page.keys(ENTER).await;
        page.text("Valve was added, but the filter hides it.").await;
        shows(&page, &["Pump two", "Pump one"]).await;
        page.click_at(".toast button:not(.x)").await;
        shows(&page, &["Valve", "Pump two", "Pump one"]).await;
        assert!(!page.path().await.contains("text="));
    })
    .await;
}

#[tokio::test]
async fn who_comes_back_from_list_and_funnel_finds_the_board_laid_out_as_before() {
    journey("laid_out", async |journey| {
        let world = World::with_deals(journey, 2).await;
        let page = world.board(journey, Window::DESKTOP).await;
        let board = page.path().await;
        let laid_out = format!("{board}?text=2&group=owner&sort=amount");
        page.go(&laid_out).await;
        let by_owner = "document.querySelectorAll('section.col').length === 1 && document.querySelectorAll('.deal[data-deal]').length === 3";
        page.until("one owner's cards", by_owner).await;

        for (way, path) in [(2, "/deals?"), (3, "/board/")] {
            page.click_at(&format!(".seg a:nth-child({way})")).await;
            page.arrived(path).await;
            page.find(".seg a:first-child:not([aria-current])").await;
            // What is narrowed there goes back as well.
            let found = if way == 2 { "tbody tr" } else { ".fs-row" };
            page.find(found).await;
            page.click_at(".seg a:first-child").await;
            page.until("one owner's cards", by_owner).await;
            assert_eq!(page.path().await, laid_out);
        }
    })
    .await;
}
