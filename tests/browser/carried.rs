//! Cards carried from one owner or month to another: dropped, lifted by keys, taken back, and overtaken by
//! somebody else.

use super::world::{TALK, World};
use shared::identity::Role;
use tests::browser::board::{self, HOLDS};
use tests::browser::{Page, Point, Pointer, Window, journey};
use tests::{Value, json, wait};

/// Makes a deal worth so much that is to close on a day.
async fn deal(world: &World, title: &str, amount: u32, closes: Option<&str>) -> String {
    let body = json!({
        "title": title, "funnel_id": world.funnel["id"], "stage_id": world.stage(TALK),
        "amount": { "amount": amount.to_string(), "currency": "USD" }, "expected_close_on": closes,
    });
    let made: Value = world.user.make("/deals", body).await;
    made["id"].as_str().unwrap().to_owned()
}

/// Opens the board with its columns by something else than stages.
async fn by(world: &World, page: &Page, group: &str) {
    let funnel = world.funnel["id"].as_str().unwrap();
    page.go(&format!("/board/{funnel}?group={group}")).await;
    page.until(
        "the groups show cards",
        "document.querySelector('section.col[data-lane]:not([data-stage]) .deal[data-deal]') && !document.querySelector('[aria-busy=true]')",
    )
    .await;
}

/// Where a column's first card would be.
async fn column(page: &Page, name: &str) -> Point {
    let body = page
        .middle(&format!("section.col[aria-label='{name}'] .col-h"))
        .await;
    Point {
        y: body.y + 140.0,
        ..body
    }
}

/// Waits until the column shows these cards, none of them on its way.
async fn shows(page: &Page, column: &str, titles: &[&str]) {
    let script = format!(
        "JSON.stringify([...document.querySelectorAll(`section.col[aria-label='{column}'] .deal[data-deal]:not(.ghost):not(.parked):not(.syncing) .title`)] \
           .map(e => e.textContent)) === JSON.stringify({})",
        json!(titles)
    );
    page.until(&format!("{column} shows {titles:?}"), &script)
        .await;
}

/// Waits until the server has a deal like this.
async fn is_known(world: &World, id: &str, field: &str, value: Value) {
    wait::until(&format!("{field} is {value}"), async || {
        (world.read(id).await[field] == value).then_some(())
    })
    .await;
}

async fn said(page: &Page, text: &str) {
    page.until(
        &format!("it is said: {text}"),
        &format!(
            "document.getElementById('announcements').textContent.includes({})",
            json!(text)
        ),
    )
    .await;
}

#[tokio::test]
async fn a_card_is_given_to_another_owner_by_mouse_and_keys_and_taken_back() {
    journey("carried_owner", async |journey| {
        let world = World::with_deals(journey, 0).await;
        let other = world.user.invite(Role::Rep).await;
        let id_of = |me: &Value| me["user"]["id"].as_str().unwrap().to_owned();
        let name_of = |me: &Value| me["user"]["name"].as_str().unwrap().to_owned();
        let (own_id, other_id) = (id_of(&world.user.me), id_of(&other.me));
        let (own, others) = (name_of(&world.user.me), name_of(&other.me));
        let thirty = deal(&world, "thirty", 30, None).await;
        deal(&world, "ten", 10, None).await;
        let theirs = deal(&world, "twenty", 20, None).await;
        assign(&world, &theirs, Some(&other_id)).await;
        let page = world.board(journey, Window::DESKTOP).await;
        by(&world, &page, "owner").await;
        shows(&page, &own, &["thirty", "ten"]).await;

        // By mouse: it lies where its amount puts it, and its stage stays.
        let (from, to) = (board::grip(&page, &thirty).await, column(&page, &others).await);
        page.drag(Pointer::Mouse, from, to).await;
        shows(&page, &others, &["thirty", "twenty"]).await;
        shows(&page, &own, &["ten"]).await;
        page.text(&format!("Moved to {others}")).await;
        said(&page, &format!("moved from {own} to {others}, position 1")).await;
        is_known(&world, &thirty, "owner_id", json!(other_id)).await;
        assert_eq!(board::stage_at_server(&page, &thirty).await, world.stage(TALK));

        // Taken back, by the button and by keys alike.
        page.click("Undo").await;
        shows(&page, &own, &["thirty", "ten"]).await;
        is_known(&world, &thirty, "owner_id", json!(own_id)).await;

        // By keys alone: up, across, down; the focus stays on the card.
        page.script(&format!("document.getElementById('card-{thirty}').focus()"))
            .await;
        page.keys(" ").await;
        said(&page, &format!("in {own}")).await;
        let names: Vec<String> = page.texts("section.col h2").await;
        let is_right = names.iter().position(|name| *name == others)
            > names.iter().position(|name| *name == own);
        page.keys(if is_right { "\u{e014}" } else { "\u{e012}" }).await;
        said(&page, &others).await;
        page.keys(" ").await;
        shows(&page, &others, &["thirty", "twenty"]).await;
        page.until(
            "the focus is on the card",
            &format!("document.activeElement?.id === 'card-{thirty}'"),
        )
        .await;
        is_known(&world, &thirty, "owner_id", json!(other_id)).await;
        page.control_key("z").await;
        shows(&page, &own, &["thirty", "ten"]).await;
        is_known(&world, &thirty, "owner_id", json!(own_id)).await;

        // Given up in the air, nothing changes.
        let (from, to) = (board::grip(&page, &thirty).await, column(&page, &others).await);
        page.press(Pointer::Mouse, from).await;
        page.steer(Pointer::Mouse, from, to).await;
        page.until("the card is in the air", HOLDS).await;
        page.keys("\u{e00c}").await;
        page.release(Pointer::Mouse, to).await;
        shows(&page, &own, &["thirty", "ten"]).await;

        // Somebody else is faster: who dropped it is told where it is now.
        let (from, to) = (board::grip(&page, &theirs).await, column(&page, &own).await);
        page.press(Pointer::Mouse, from).await;
        page.steer(Pointer::Mouse, from, to).await;
        page.until("the card is in the air", HOLDS).await;
        assign(&world, &theirs, None).await;
        page.release(Pointer::Mouse, to).await;
        page.text("No owner").await;
        page.until(
            "it is told",
            &format!("[...document.querySelectorAll('.toast')].some(e => e.textContent.includes('twenty') && e.textContent.includes('{own}'))"),
        )
        .await;
        is_known(&world, &theirs, "owner_id", Value::Null).await;
        page.forget_complaints("412").await;

        // The tier is the account's: there a card stays where it is.
        by(&world, &page, "tier").await;
        let from = board::grip(&page, &thirty).await;
        let to = Point { x: 900.0, y: 500.0 };
        page.press(Pointer::Mouse, from).await;
        page.steer(Pointer::Mouse, from, to).await;
        assert!(!page.shows("#drag-clone").await);
        page.release(Pointer::Mouse, to).await;
        page.text("Cards are not dragged here: Move to… changes their stage.")
            .await;
    })
    .await;
}

#[tokio::test]
async fn a_finger_carries_a_card_to_another_month() {
    journey("carried_month", async |journey| {
        let world = World::with_deals(journey, 0).await;
        let card = deal(&world, "late", 30, Some("2027-01-31")).await;
        deal(&world, "early", 10, Some("2027-02-10")).await;
        let page = world.board(journey, Window::DESKTOP).await;
        by(&world, &page, "close_month").await;
        let names: Vec<String> = page.texts("section.col h2").await;
        let [january, february] = names.as_slice() else {
            panic!("two months: {names:?}")
        };
        // Only a page that was touched before may make the device tremble.
        let beside = page.middle(".board-hint").await;
        page.finger("touchStart", Some(beside)).await;
        page.finger("touchEnd", None).await;
        let (from, to) = (
            board::grip(&page, &card).await,
            column(&page, february).await,
        );
        page.drag_with_finger(from, to, HOLDS).await;
        shows(&page, february, &["late", "early"]).await;
        is_known(&world, &card, "expected_close_on", json!("2027-02-28")).await;
        shows(&page, january, &[]).await;
        page.control_key("z").await;
        is_known(&world, &card, "expected_close_on", json!("2027-01-31")).await;
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
