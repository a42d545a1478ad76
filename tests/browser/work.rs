//! Work on the board without leaving it: deals added in a column, figures changed on a card.

use super::world::{LOST, OFFER, TALK, World};
use tests::browser::{Page, Window, journey};
use tests::{json, wait};

const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";

/// The titles in a column as the page shows them.
async fn titles(page: &Page, stage: &str) -> Vec<String> {
    let cards = format!("section.col[data-stage='{stage}'] .deal[data-deal] .title");
    page.texts(&cards).await
}

/// Waits until a column shows these deals, and no other.
async fn shows(page: &Page, stage: &str, expected: &[&str]) {
    wait::until(&format!("{expected:?}"), async || {
        (titles(page, stage).await == expected).then_some(())
    })
    .await;
}

async fn said(page: &Page, text: &str) {
    let text = json!(text);
    page.until(
        &format!("it is said: {text}"),
        &format!("document.getElementById('announcements').textContent.includes({text})"),
    )
    .await;
}

/// Puts the focus on a column's first card.
async fn on_first_card(page: &Page, stage: &str) {
    page.script(&format!(
        "document.querySelector(\"section.col[data-stage='{stage}'] .deal[data-deal]\").focus()"
    ))
    .await;
}

/// Waits until a field of the row has the focus, by its label.
async fn writes_in(page: &Page, label: &str) {
    let label = json!(label);
    page.until(
        &format!("the focus is on {label}"),
        &format!("document.activeElement.labels?.[0]?.textContent === {label}"),
    )
    .await;
}

#[tokio::test]
async fn deals_are_added_in_a_column_one_after_the_other_by_keys_alone() {
    journey("quick_add", async |journey| {
        let world = World::with_deals(journey, 2).await;
        let page = world.board(journey, Window::DESKTOP).await;
        let offer = world.stage(OFFER).to_owned();
        on_first_card(&page, &offer).await;
        page.keys("n").await;
        writes_in(&page, "Title").await;
        page.keys("Pumps").await;
        page.keys(ENTER).await;
        page.keys("Valves\u{e004}\u{e004}1.2M").await;
        page.keys(ENTER).await;
        shows(&page, &offer, &["Valves", "Pumps", "Offer 1", "Offer 2"]).await;
        said(&page, "Valves added in Offer.").await;
        writes_in(&page, "Title").await;
        assert_eq!(
            world.column(OFFER).await,
            ["Valves", "Pumps", "Offer 1", "Offer 2"]
        );
        page.until(
            "the figures follow",
            &format!("document.querySelector(\"[data-stage='{offer}'] .count\").textContent === '4'"),
        )
        .await;

        // Nothing is sent without a title, and what is missing is said at its field.
        page.keys(ENTER).await;
        page.until(
            "the title is asked for",
            "document.querySelector('.quick-row .hint.err') && document.activeElement.ariaInvalid === 'true'",
        )
        .await;
        page.keys(ESCAPE).await;
        page.until(
            "the row is gone and the focus is back",
            "!document.querySelector('.quick-row') && document.activeElement.matches('.deal')",
        )
        .await;
        // A lost deal needs its reason, so no row adds one.
        let lost = format!("section.col[data-stage='{}']", world.stage(LOST));
        assert!(!page.shows(&format!("{lost} .col-add")).await);
    })
    .await;
}

#[tokio::test]
async fn what_the_server_refuses_is_said_at_its_field_and_stays_typed() {
    journey("quick_add_refused", async |journey| {
        let world = World::with_deals(journey, 1).await;
        let account = world.user.make("/accounts", json!({ "name": "Steel" })).await;
        let page = world.board(journey, Window::PHONE).await;
        let talk = world.stage(TALK).to_owned();
        page.click_at(".m-add").await;
        writes_in(&page, "Title").await;
        page.keys("Pumps").await;
        page.fill("Account", "Ste").await;
        page.click("Steel").await;
        // Meanwhile the account is put away.
        let away = world.user.delete(&format!("/accounts/{}", account["id"].as_str().unwrap()));
        away.if_match(&account).await.expect(200);
        page.click("Add").await;
        page.until(
            "the account is refused",
            "document.querySelector('.quick-row [role=combobox][aria-invalid=true]')",
        )
        .await;
        page.forget_complaints("status of 422").await;
        let typed = page
            .script("return [...document.querySelectorAll('.quick-row input')].map(input => input.value)")
            .await;
        assert_eq!(typed, json!(["Pumps", "Steel", ""]));
        assert_eq!(world.column(TALK).await, ["Talk 1"]);
        page.click_at(".quick-row [role=combobox]").await;
        page.control_key("a").await;
        page.keys("\u{e003}").await;
        // The first Escape closes the list of accounts, not the row.
        page.keys(ESCAPE).await;
        page.click("Add").await;
        shows(&page, &talk, &["Pumps", "Talk 1"]).await;
        let is_wide = page
            .script("return document.documentElement.scrollWidth > innerWidth")
            .await;
        assert_eq!(is_wide, false);
        page.click("Close").await;
        page.until("the row is gone", "!document.querySelector('.quick-row')")
            .await;
    })
    .await;
}
