//! The board laid out otherwise: its cards in another order, its columns something else than stages.

use super::world::{OFFER, TALK, TERMS, World};
use shared::identity::Role;
use tests::browser::board::{self, lies};
use tests::browser::{Page, Pointer, Window, journey};
use tests::{Value, json};

/// The titles in a column, as the page shows them, once they are these.
async fn shows(page: &Page, stage: &str, titles: &[&str]) {
    let script = format!(
        "JSON.stringify([...document.querySelectorAll(\"section.col[data-stage='{stage}'] \
           .deal[data-deal]:not(.ghost):not(.parked) .title\")].map(e => e.textContent)) === JSON.stringify({})",
        json!(titles)
    );
    page.until(&format!("the column shows {titles:?}"), &script)
        .await;
}

/// Chooses from the menu of columns and orders.
async fn arrange(page: &Page, choice: &str) {
    page.click_at(".chip.arrange").await;
    let item = format!(
        "[...document.querySelectorAll('.chip.arrange + .menu [role^=menuitem]')].find(e => e.textContent.trim() === {})",
        json!(choice)
    );
    page.until("the menu is open", &format!("{item}?.checkVisibility()"))
        .await;
    page.script(&format!("{item}.click()")).await;
}

/// Makes a deal at the top of a stage.
async fn deal(world: &World, place: usize, title: &str, amount: u32) -> String {
    let body = json!({
        "title": title, "funnel_id": world.funnel["id"], "stage_id": world.stage(place),
        "amount": { "amount": amount.to_string(), "currency": "USD" },
    });
    let made: Value = world.user.make("/deals", body).await;
    made["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn sorted_cards_land_where_their_amount_puts_them_and_the_order_by_hand_is_kept() {
    journey("sorted", async |journey| {
        let world = World::with_deals(journey, 0).await;
        for (title, amount) in [("ten", 10), ("thirty", 30), ("twenty", 20)] {
            deal(&world, TALK, title, amount).await;
        }
        for (title, amount) in [("five", 5), ("forty", 40)] {
            deal(&world, OFFER, title, amount).await;
        }
        let page = world.board(journey, Window::DESKTOP).await;
        let (talk, offer) = (world.stage(TALK), world.stage(OFFER));
        shows(&page, talk, &["twenty", "thirty", "ten"]).await;

        arrange(&page, "Amount").await;
        shows(&page, talk, &["thirty", "twenty", "ten"]).await;
        shows(&page, offer, &["forty", "five"]).await;
        assert!(page.path().await.contains("sort=amount"));

        // In its own column nothing changes; in another one it lands by its amount.
        let cards = board::columns(&page).await;
        let (first, last) = (
            cards[TALK].card(0).to_owned(),
            cards[TALK].card(2).to_owned(),
        );
        let (from, to) = (
            board::grip(&page, &last).await,
            board::place(&page, &first).await,
        );
        page.drag(Pointer::Mouse, from, to).await;
        shows(&page, talk, &["thirty", "twenty", "ten"]).await;
        let top = board::place(&page, cards[OFFER].card(0)).await;
        page.drag(Pointer::Mouse, from, top).await;
        lies(&page, &last, offer).await;
        shows(&page, offer, &["forty", "ten", "five"]).await;

        // What somebody else changes finds its place as well.
        let known = world.read(&first).await;
        let change = json!({ "amount": { "amount": "1", "currency": "USD" } });
        let request = world.user.patch(&format!("/deals/{first}"));
        request.if_match(&known).json(&change).await.expect(200);
        shows(&page, talk, &["twenty", "thirty"]).await;

        // A reload keeps the order, undoing was possible all along, and by hand all is as people put it.
        page.control_key("z").await;
        shows(&page, talk, &["twenty", "ten", "thirty"]).await;
        let address = page.path().await;
        page.go(&address).await;
        shows(&page, talk, &["twenty", "ten", "thirty"]).await;
        arrange(&page, "By hand").await;
        shows(&page, talk, &["twenty", "thirty", "ten"]).await;
        assert_eq!(world.column(TALK).await, ["twenty", "thirty", "ten"]);
        assert!(!page.path().await.contains("sort"));
    })
    .await;
}

/// The names of the columns, once they are these.
async fn columns_are(page: &Page, names: &[&str]) {
    let script = format!(
        "JSON.stringify([...document.querySelectorAll('section.col')].map(e => e.getAttribute('aria-label'))) === JSON.stringify({})",
        json!(names)
    );
    page.until(&format!("the columns are {names:?}"), &script)
        .await;
}

/// The count in a column's head, and what its cards say of title and stage.
async fn column(page: &Page, name: &str, count: u32, cards: &[(&str, &str)]) {
    let script = format!(
        "(() => {{ const c = document.querySelector(`section.col[aria-label=\"{name}\"]`); \
           const cards = [...c.querySelectorAll('.deal[data-deal]:not(.syncing)')].map(e => [e.querySelector('.title').textContent, e.querySelector('.ev .at').textContent]); \
           return c.querySelector('.count').textContent === '{count}' && JSON.stringify(cards) === JSON.stringify({}) }})()",
        json!(cards)
    );
    page.until(&format!("{name} shows {count}: {cards:?}"), &script)
        .await;
}

#[tokio::test]
async fn a_board_by_owners_moves_cards_by_the_menu_and_follows_who_owns_them() {
    journey("grouped", async |journey| {
        let world = World::with_deals(journey, 0).await;
        let other = world.user.invite(Role::Rep).await;
        let other_id = other.me["user"]["id"].as_str().unwrap();
        let other_name = other.me["user"]["name"].as_str().unwrap();
        let own_name = world.user.me["user"]["name"].as_str().unwrap();
        for (title, amount) in [("ten", 10), ("thirty", 30)] {
            deal(&world, TALK, title, amount).await;
        }
        let given = deal(&world, OFFER, "hundred", 100).await;
        assign(&world, &given, Some(other_id)).await;

        let page = world.board(journey, Window::DESKTOP).await;
        arrange(&page, "Owner").await;
        columns_are(&page, &[other_name, own_name]).await;
        column(&page, other_name, 1, &[("hundred", "Offer")]).await;
        column(&page, own_name, 2, &[("thirty", "Talk"), ("ten", "Talk")]).await;
        assert!(page.path().await.contains("group=owner"));
        page.find(".board-hint").await;

        // The menu changes the stage; the card stays in its column, and leaves it when it is won.
        page.script(&format!("document.getElementById('card-{given}').focus()"))
            .await;
        page.keys("m").await;
        page.click("Terms").await;
        column(&page, other_name, 1, &[("hundred", "Terms")]).await;
        page.script(&format!("document.getElementById('card-{given}').focus()"))
            .await;
        page.keys("m").await;
        page.click("Won").await;
        column(&page, other_name, 0, &[]).await;
        page.text("Moved to Won").await;
        page.control_key("z").await;
        column(&page, other_name, 1, &[("hundred", "Terms")]).await;
        assert_eq!(
            board::stage_at_server(&page, &given).await,
            world.stage(TERMS)
        );

        // Given to somebody else by somebody else, it changes its column; to nobody, it gets a new one.
        assign(&world, &given, None).await;
        columns_are(&page, &[own_name, "No owner"]).await;
        column(&page, "No owner", 1, &[("hundred", "Terms")]).await;
        let own_id = world.user.me["user"]["id"].as_str().unwrap();
        assign(&world, &given, Some(own_id)).await;
        column(
            &page,
            own_name,
            3,
            &[("hundred", "Terms"), ("thirty", "Talk"), ("ten", "Talk")],
        )
        .await;

        // It is kept with a view, and its address opens it like this.
        page.click_at(".chip.views").await;
        page.click("Save as new view\u{2026}").await;
        page.fill("Name", "By owner").await;
        page.click("Save").await;
        page.until(
            "the view is open",
            "location.search.startsWith('?view=') && !location.search.includes('group')",
        )
        .await;
        let address = page.path().await;
        page.go(&address).await;
        columns_are(&page, &[own_name]).await;
        arrange(&page, "Stage").await;
        columns_are(&page, &["Talk", "Offer", "Terms", "Won", "Lost"]).await;
        assert!(page.path().await.contains("changed=true"));
    })
    .await;
}

/// Gives a deal to somebody, or to nobody, as somebody else would.
async fn assign(world: &World, deal: &str, owner: Option<&str>) {
    let known = world.read(deal).await;
    let request = world.user.patch(&format!("/deals/{deal}"));
    let change = json!({ "owner_id": owner });
    request.if_match(&known).json(&change).await.expect(200);
}
