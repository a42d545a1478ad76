//! Work on the board without leaving it: deals added in a column, figures changed on a card.

use super::world::{LOST, OFFER, TALK, TERMS, World};
use shared::identity::Role;
use tests::browser::board::lies;
use tests::browser::{Page, Window, journey};
use tests::{User, Value, json, wait};

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

/// The id of a column's first card.
async fn first_card(page: &Page, stage: &str) -> String {
    let id = page
        .script(&format!(
            "return document.querySelector(\"section.col[data-stage='{stage}'] .deal[data-deal]\").dataset.deal"
        ))
        .await;
    id.as_str().unwrap_or_default().to_owned()
}

/// Changes fields of a deal as somebody else would.
async fn changes(user: &User, id: &str, fields: Value) {
    let path = format!("/deals/{id}");
    let deal = user.get(&path).await.expect(200).value();
    let request = user.patch(&path).if_match(&deal);
    request.json(&fields).await.expect(200);
}

/// Waits until a part of a card says this.
async fn reads(page: &Page, card: &str, part: &str, text: &str) {
    let selector = json!(format!(".deal[data-deal='{card}']:not(.syncing) {part}"));
    let text = json!(text);
    page.until(
        &format!("{part} of the card reads {text}"),
        &format!("document.querySelector({selector})?.textContent === {text}"),
    )
    .await;
}

async fn until_server(world: &World, id: &str, what: &str, is: impl Fn(&Value) -> bool) {
    wait::until(what, async || is(&world.read(id).await).then_some(())).await;
}

#[tokio::test]
async fn figures_of_a_card_are_changed_by_key_press_and_menu() {
    journey("card_edit", async |journey| {
        let world = World::with_deals(journey, 2).await;
        let page = world.board(journey, Window::DESKTOP).await;
        let talk = world.stage(TALK).to_owned();
        let card = first_card(&page, &talk).await;

        // By key: the amount first, Enter saves, the focus is back, the sum follows.
        on_first_card(&page, &talk).await;
        page.keys("e").await;
        page.until("the amount is written in", "document.activeElement.ariaLabel === 'Amount'")
            .await;
        page.control_key("a").await;
        page.keys("5k").await;
        page.keys(ENTER).await;
        reads(&page, &card, ".amt", "¥5,000").await;
        let sum = format!("document.querySelector(\"[data-stage='{talk}'] .col-h .amt\").textContent === '¥6,000'");
        page.until("the sum follows", &sum).await;
        page.until("the focus is on the card", "document.activeElement.matches('.deal')")
            .await;
        until_server(&world, &card, "the amount is saved", |deal| deal["amount"]["amount"] == "5000").await;

        // By a press on the value; the press neither opens the deal nor takes the card.
        page.click_at(&format!(".deal[data-deal='{card}'] [data-edit=next_step]")).await;
        page.until("the step is written in", "document.activeElement.ariaLabel === 'Next step'")
            .await;
        page.keys("Call the buyer").await;
        page.keys(ENTER).await;
        reads(&page, &card, ".next .trunc", "Call the buyer").await;
        assert!(page.path().await.starts_with("/board"));
        assert!(!page.shows("#drag-clone").await);

        // By the card's menu.
        page.click_at(&format!(".deal[data-deal='{card}'] [data-move]")).await;
        page.click("Edit…").await;
        page.script("const day = document.querySelector('input[aria-label=\"Expected close\"]'); day.value = '2031-05-07'; day.dispatchEvent(new Event('input', { bubbles: true }))")
            .await;
        page.click("Save").await;
        until_server(&world, &card, "the day is saved", |deal| deal["expected_close_on"] == "2031-05-07").await;

        // A press that moves is still a drag.
        let from = page.middle(&format!(".deal[data-deal='{card}'] [data-edit=next_step]")).await;
        let to = page.middle(&format!("section.col[data-stage='{}'] .col-b", world.stage(OFFER))).await;
        page.drag_with_mouse(from, to).await;
        lies(&page, &card, world.stage(OFFER)).await;
        assert!(!page.shows("dialog").await);
    })
    .await;
}

#[tokio::test]
async fn a_change_that_is_in_the_way_is_told_by_name_and_what_was_typed_stays() {
    journey("card_edit_clash", async |journey| {
        let world = World::with_deals(journey, 1).await;
        let other = world.user.invite(Role::Administrator).await;
        let page = world.board(journey, Window::PHONE).await;
        let card = first_card(&page, world.stage(TALK)).await;
        page.click_at(&format!(".deal[data-deal='{card}'] [data-edit=amount]"))
            .await;
        page.until(
            "the amount is written in",
            "document.activeElement.ariaLabel === 'Amount'",
        )
        .await;
        page.control_key("a").await;
        page.keys("7k").await;
        // What somebody else does in another field is no hindrance.
        changes(&other, &card, json!({ "next_step": "Call" })).await;
        page.click("Save").await;
        reads(&page, &card, ".amt", "¥7,000").await;
        until_server(&world, &card, "both are kept", |deal| {
            deal["amount"]["amount"] == "7000" && deal["next_step"] == "Call"
        })
        .await;

        // The same field is: the card shows theirs, the form keeps mine and says whose theirs is.
        page.click_at(&format!(".deal[data-deal='{card}'] [data-edit=amount]"))
            .await;
        page.until(
            "the amount is written in",
            "document.activeElement.ariaLabel === 'Amount'",
        )
        .await;
        page.control_key("a").await;
        page.keys("8k").await;
        let theirs = json!({ "amount": { "amount": "9000", "currency": "CNY" } });
        changes(&other, &card, theirs).await;
        page.click("Save").await;
        page.until(
            "their change is told",
            "document.querySelector('dialog [role=alert]')?.textContent.includes('9000')",
        )
        .await;
        page.forget_complaints("status of 412").await;
        let name = &other.me["user"]["name"];
        page.until(
            "by name",
            &format!("document.querySelector('dialog [role=alert]').textContent.includes({name})"),
        )
        .await;
        let typed = page
            .script("return document.querySelector('dialog input[aria-label=Amount]').value")
            .await;
        assert_eq!(typed, json!("8k"));
        reads(&page, &card, ".amt", "¥9,000").await;
        page.click("Save").await;
        reads(&page, &card, ".amt", "¥8,000").await;
        until_server(&world, &card, "mine is saved", |deal| {
            deal["amount"]["amount"] == "8000"
        })
        .await;
    })
    .await;
}

/// Holds every answer up for so long.
async fn slow(page: &Page, millis: u32) {
    page.control("Network.enable", json!({})).await;
    let conditions = json!({ "offline": false, "latency": millis, "downloadThroughput": -1, "uploadThroughput": -1 });
    page.control("Network.emulateNetworkConditions", conditions)
        .await;
}

#[tokio::test]
async fn what_was_begun_on_the_board_ends_well_after_one_has_left_it() {
    journey("board_left", async |journey| {
        let world = World::with_deals(journey, 2).await;
        let view = json!({ "name": "Ours", "funnel_id": world.funnel["id"], "kind": "board", "filter": { "text": "Talk" } });
        let view = world.user.make("/views", view).await;
        let page = world.board(journey, Window::DESKTOP).await;
        let board = page.path().await;
        let id = view["id"].as_str().unwrap();
        page.go(&format!("{board}?view={id}&text=Talk 1")).await;
        shows(&page, world.stage(TALK), &["Talk 1"]).await;

        // A save that is answered elsewhere does not call one back.
        slow(&page, 900).await;
        page.click_at(".chip.views").await;
        page.click("Save changes").await;
        page.click("Accounts").await;
        page.arrived("/accounts").await;
        page.text("View Ours saved").await;
        assert_eq!(page.path().await, "/accounts");
        let saved = world.user.get(&format!("/views/{id}")).await.expect(200).value();
        assert_eq!(saved["filter"]["text"], "Talk 1");

        // Deleted, left, taken back: the view is there again.
        slow(&page, 0).await;
        page.go(&format!("{board}?view={id}")).await;
        shows(&page, world.stage(TALK), &["Talk 1"]).await;
        page.click_at(".chip.views").await;
        page.click("Delete view").await;
        page.text("View Ours deleted").await;
        page.click("Accounts").await;
        page.arrived("/accounts").await;
        page.click("Undo").await;
        page.text("View Ours is back").await;
        page.go(&board).await;
        page.click_at(".chip.views").await;
        page.text("Ours").await;
        page.keys(ESCAPE).await;

        // Cards that are moved together while one leaves: told, and no offer that would do nothing.
        page.click_at(".chip.views").await;
        page.click("Whole board").await;
        shows(&page, world.stage(TALK), &["Talk 1", "Talk 2"]).await;
        let card = first_card(&page, world.stage(TALK)).await;
        on_first_card(&page, world.stage(TALK)).await;
        page.keys("x").await;
        slow(&page, 900).await;
        page.click_at(".bulk-bar .btn.primary").await;
        page.click("Offer").await;
        page.click("Accounts").await;
        page.arrived("/accounts").await;
        page.text("Done: 1").await;
        assert!(!page.shows(".toast button:not(.x)").await);
        assert_eq!(world.read(&card).await["stage_id"], world.stage(OFFER));
    })
    .await;
}

#[tokio::test]
async fn cards_moved_together_show_in_their_stage_before_the_server_answers() {
    journey("bulk_at_once", async |journey| {
        let world = World::with_deals(journey, 2).await;
        let page = world.board(journey, Window::DESKTOP).await;
        let (talk, offer) = (world.stage(TALK).to_owned(), world.stage(OFFER).to_owned());
        on_first_card(&page, &talk).await;
        page.keys("x\u{e015}").await;
        page.until(
            "the second card has the focus",
            "document.activeElement.querySelector('.title')?.textContent === 'Talk 2'",
        )
        .await;
        page.keys("x").await;
        slow(&page, 1_500).await;
        page.click_at(".bulk-bar .btn.primary").await;
        page.click("Offer").await;
        page.until(
            "both are there, on their way",
            &format!("document.querySelectorAll(\"section.col[data-stage='{offer}'] .deal.syncing\").length === 2"),
        )
        .await;
        shows(&page, &offer, &["Talk 1", "Talk 2", "Offer 1", "Offer 2"]).await;
        assert!(!page.shows(".toast").await, "nothing is done yet");
        page.text("Done: 2").await;
        slow(&page, 0).await;
        assert_eq!(
            world.column(OFFER).await,
            ["Talk 1", "Talk 2", "Offer 1", "Offer 2"]
        );
        page.click("Undo").await;
        shows(&page, &talk, &["Talk 1", "Talk 2"]).await;
    })
    .await;
}

#[tokio::test]
async fn list_of_deals_is_sorted_by_every_column_that_has_an_order() {
    journey("list_orders", async |journey| {
        let world = World::with_deals(journey, 1).await;
        let account = world.user.make("/accounts", json!({ "name": "Steel" })).await;
        let terms = json!({
            "title": "Terms 0", "funnel_id": world.funnel["id"], "stage_id": world.stage(TERMS),
            "account_id": account["id"], "next_step": "Call", "next_step_on": "2031-01-01",
        });
        world.user.make("/deals", terms).await;
        let page = world.board(journey, Window::DESKTOP).await;
        page.go("/deals").await;
        for (head, first, sorted) in [
            ("Stage", "Talk 1", "ascending"),
            ("Next step", "Terms 0", "ascending"),
            ("Owner", "Talk 1", "ascending"),
            // The one that has stayed longest comes first.
            ("In stage", "Talk 1", "descending"),
            ("Account", "Talk 1", "ascending"),
            ("Account", "Terms 0", "descending"),
        ] {
            page.click(head).await;
            let (head, first) = (json!(head), json!(first));
            page.until(
                &format!("{head} is {sorted}, {first} first"),
                &format!(
                    "[...document.querySelectorAll('th[aria-sort={sorted}]')].some(th => th.textContent === {head}) \
                     && document.querySelector('tbody td.lead').textContent === {first}"
                ),
            )
            .await;
        }
    })
    .await;
}
