//! Dragging on the board: every input, every outcome (DND-1, DND-2, DND-3, DND-6, DND-7, DND-11, DND-12).

use super::world::{LOST, OFFER, TALK, TERMS, World};
use tests::browser::board::{self, HOLDS, at, columns, lies, stage_at_server};
use tests::browser::{Page, Point, Pointer, Window, journey};
use tests::wait;

/// The titles in a column as the page shows them.
async fn titles(page: &Page, stage: &str) -> Vec<String> {
    page.texts(&format!(
        "section.col[data-stage='{stage}'] .deal[data-deal]:not(.ghost):not(.parked) .title"
    ))
    .await
}

/// Waits until page and server agree on a column's order.
async fn agrees(page: &Page, world: &World, place: usize, expected: &[&str]) {
    let what = format!("the order {expected:?}");
    wait::until(&what, async || {
        let shown = titles(page, world.stage(place)).await;
        let known = world.column(place).await;
        (shown == expected && known == expected).then_some(())
    })
    .await;
}

async fn said(page: &Page, text: &str) {
    let text = tests::json!(text);
    page.until(
        &format!("it is said: {text}"),
        &format!("document.getElementById('announcements').textContent.includes({text})"),
    )
    .await;
}

fn above(point: Point, by: f64) -> Point {
    Point {
        y: point.y - by,
        ..point
    }
}

async fn pointer_drags(name: &str, pointer: Pointer) {
    journey(name, async |journey| {
        let world = World::with_deals(journey, 4).await;
        let page = world.board(journey, Window::DESKTOP).await;
        let board = columns(&page).await;
        let (talk, offer) = (at(&board, TALK), at(&board, OFFER));

        // Within its column: the first card below the third.
        let start = board::grip(&page, talk.card(0)).await;
        let end = board::place(&page, talk.card(2)).await;
        let below = Point {
            y: end.y + 30.0,
            ..end
        };
        page.drag(pointer, start, below).await;
        agrees(
            &page,
            &world,
            TALK,
            &["Talk 2", "Talk 3", "Talk 1", "Talk 4"],
        )
        .await;

        // To another column, between two cards.
        let card = talk.card(3).to_owned();
        let start = board::grip(&page, &card).await;
        let end = board::place(&page, offer.card(1)).await;
        page.drag(pointer, start, above(end, 40.0)).await;
        lies(&page, &card, world.stage(OFFER)).await;
        agrees(
            &page,
            &world,
            OFFER,
            &["Offer 1", "Talk 4", "Offer 2", "Offer 3", "Offer 4"],
        )
        .await;
        said(&page, "moved from Talk to Offer, position 2").await;

        // Given up with Escape: nothing changes, here and there.
        let card = talk.card(0).to_owned();
        let start = board::grip(&page, &card).await;
        let end = board::place(&page, offer.card(0)).await;
        page.press(pointer, start).await;
        page.steer(pointer, start, end).await;
        page.until("the card is in the air", HOLDS).await;
        page.keys("\u{e00c}").await;
        page.until("nothing is in the air", &format!("!({HOLDS})"))
            .await;
        page.release(pointer, end).await;
        agrees(&page, &world, TALK, &["Talk 2", "Talk 3", "Talk 1"]).await;

        // Beside the board: back where it was.
        page.press(pointer, start).await;
        page.steer(pointer, start, Point { x: start.x, y: 4.0 })
            .await;
        page.release(pointer, Point { x: start.x, y: 4.0 }).await;
        page.until("nothing is in the air", &format!("!({HOLDS})"))
            .await;
        agrees(
            &page,
            &world,
            OFFER,
            &["Offer 1", "Talk 4", "Offer 2", "Offer 3", "Offer 4"],
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn mouse_drags_within_a_column_to_another_and_gives_up() {
    pointer_drags("drag_mouse", Pointer::Mouse).await;
}

#[tokio::test]
async fn pen_drags_within_a_column_to_another_and_gives_up() {
    pointer_drags("drag_pen", Pointer::Pen).await;
}

#[tokio::test]
async fn card_held_at_an_edge_scrolls_its_column_and_falls_where_it_is_shown() {
    journey("drag_scrolls", async |journey| {
        let world = World::with_deals(journey, 30).await;
        let page = world.board(journey, Window::DESKTOP).await;
        let card = at(&columns(&page).await, TALK).card(0).to_owned();
        let target = format!("section.col[data-stage='{}'] .col-b", world.stage(OFFER));
        let middle = page.middle(&target).await;
        let edge = Point {
            x: middle.x,
            y: f64::from(Window::DESKTOP.height) - 12.0,
        };
        let start = board::grip(&page, &card).await;

        page.press(Pointer::Mouse, start).await;
        page.steer(Pointer::Mouse, start, edge).await;
        page.until(
            "the column scrolled far",
            &format!("document.querySelector(\"{target}\").scrollTop > 1200"),
        )
        .await;
        let rest = Point {
            x: middle.x,
            y: middle.y,
        };
        page.steer(Pointer::Mouse, edge, rest).await;
        page.release(Pointer::Mouse, rest).await;

        lies(&page, &card, world.stage(OFFER)).await;
        let order = world.column(OFFER).await;
        let row = order.iter().position(|title| title == "Talk 1");
        assert!(
            row.is_some_and(|row| row > 6),
            "it fell at {row:?} of {order:?}"
        );
        // The element under the pointer was never lost, and the board keeps few of them.
        let nodes = page
            .script("return document.querySelectorAll('*').length")
            .await;
        assert!(
            nodes.as_u64().is_some_and(|nodes| nodes < 2_500),
            "{nodes} elements"
        );
    })
    .await;
}

#[tokio::test]
async fn keys_lift_carry_drop_and_give_up_and_each_step_is_said() {
    journey("drag_keys", async |journey| {
        let world = World::with_deals(journey, 3).await;
        let page = world.board(journey, Window::DESKTOP).await;
        let card = at(&columns(&page).await, TALK).card(1).to_owned();
        let has_focus = format!("document.activeElement?.id === 'card-{card}'");
        let (left, right, down, escape) = ("\u{e012}", "\u{e014}", "\u{e015}", "\u{e00c}");
        page.script(&format!("document.getElementById('card-{card}').focus()"))
            .await;

        page.keys(" ").await;
        said(&page, "Talk 2, in Talk, position 2 of 3").await;
        page.keys(down).await;
        said(&page, "Talk, position 3 of 3").await;
        page.keys(right).await;
        said(&page, "Offer, position 3 of 4").await;
        page.keys(escape).await;
        said(&page, "Cancelled").await;
        page.until("the focus is on the card", &has_focus).await;
        agrees(&page, &world, TALK, &["Talk 1", "Talk 2", "Talk 3"]).await;

        page.keys(" ").await;
        page.keys(down).await;
        page.keys(" ").await;
        agrees(&page, &world, TALK, &["Talk 1", "Talk 3", "Talk 2"]).await;
        page.until("the focus is on the card", &has_focus).await;

        page.keys(" ").await;
        page.keys(right).await;
        page.keys(right).await;
        page.keys(left).await;
        page.keys(" ").await;
        lies(&page, &card, world.stage(OFFER)).await;
        said(&page, "moved from Talk to Offer").await;
        page.until("the focus is on the card", &has_focus).await;
        assert_eq!(stage_at_server(&page, &card).await, world.stage(OFFER));
    })
    .await;
}

/// DND-1: one card is in the air at a time, whichever input took it.
#[tokio::test]
async fn a_card_held_by_keys_stays_held_while_a_pointer_pulls_at_another() {
    journey("drag_two", async |journey| {
        let world = World::with_deals(journey, 3).await;
        let page = world.board(journey, Window::DESKTOP).await;
        let board = columns(&page).await;
        let (held, other) = (
            at(&board, TALK).card(0).to_owned(),
            at(&board, TALK).card(2),
        );
        page.script(&format!("document.getElementById('card-{held}').focus()"))
            .await;
        page.keys(" ").await;
        page.keys("\u{e014}").await;
        said(&page, "Offer, position 1 of 4").await;

        let start = board::grip(&page, other).await;
        let end = board::place(&page, at(&board, TERMS).card(0)).await;
        page.press(Pointer::Mouse, start).await;
        page.steer(Pointer::Mouse, start, end).await;
        page.until("nothing hangs on the pointer", &format!("!{HOLDS}"))
            .await;
        page.release(Pointer::Mouse, end).await;
        page.frames(2).await;
        let offer = world.stage(OFFER);
        let is_held = format!("section.col[data-stage='{offer}'] #card-{held}.held");
        assert!(page.shows(&is_held).await, "the held card was given up");

        page.script(&format!("document.getElementById('card-{held}').focus()"))
            .await;
        page.keys("\u{e00c}").await;
        said(&page, "Cancelled").await;
        agrees(&page, &world, TALK, &["Talk 1", "Talk 2", "Talk 3"]).await;
    })
    .await;
}

#[tokio::test]
async fn every_outcome_of_a_drag_is_three_presses_away_without_dragging() {
    journey("drag_menu", async |journey| {
        let world = World::with_deals(journey, 3).await;
        let page = world.board(journey, Window::DESKTOP).await;
        let board = columns(&page).await;
        let card = at(&board, TALK).card(0).to_owned();

        // From the card's own key: M, then Enter on the next stage, which has the focus.
        page.script(&format!("document.getElementById('card-{card}').focus()")).await;
        page.keys("m").await;
        page.find("dialog[open] .mv-list .is-next:focus").await;
        page.keys("\u{e007}").await;
        lies(&page, &card, world.stage(OFFER)).await;

        // From its button: within the column, to the end.
        page.script(&format!("document.querySelector('#card-{card} [data-move]').click()")).await;
        page.click("To the end").await;
        agrees(&page, &world, OFFER, &["Offer 1", "Offer 2", "Offer 3", "Talk 1"]).await;

        // Between two cards of another column: the menu, the stage's rows, the row.
        let other = at(&board, TALK).card(1).to_owned();
        page.script(&format!("document.querySelector('#card-{other} [data-move]').click()")).await;
        page.click_at(&format!("dialog[open] .mv-rows[aria-label='Choose the row in Offer for {}']", "Talk 2")).await;
        page.find("dialog[open] .mv-to:focus").await;
        page.click_at("dialog[open] .mv-to:nth-child(3)").await;
        agrees(&page, &world, OFFER, &["Offer 1", "Offer 2", "Talk 2", "Offer 3", "Talk 1"]).await;
        page.until("the focus is on the card", &format!("document.activeElement?.id === 'card-{other}'")).await;

        // Every button names its deal.
        let nameless = page
            .script("return [...document.querySelectorAll('[data-move]')].filter(b => !/(Talk|Offer|Terms) \\d/.test(b.ariaLabel)).length")
            .await;
        assert_eq!(nameless, 0);

        // From the record's own page: the stepper.
        page.go(&format!("/deals/{card}")).await;
        page.find("ol.stepper").await;
        page.click("Terms").await;
        page.until("the stepper stands at Terms", "document.querySelector('ol.stepper .is-now')?.textContent.includes('Terms')").await;
        wait::until("the server knows", async || {
            (world.read(&card).await["stage_id"] == world.stage(TERMS)).then_some(())
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn move_is_taken_back_by_the_toast_and_by_keys_unless_somebody_moved_it_since() {
    journey("drag_undo", async |journey| {
        let world = World::with_deals(journey, 3).await;
        let page = world.board(journey, Window::DESKTOP).await;
        let board = columns(&page).await;
        let card = at(&board, TALK).card(1).to_owned();
        let other = at(&board, OFFER).card(0).to_owned();
        let go = async || {
            let start = board::grip(&page, &card).await;
            let end = board::place(&page, &other).await;
            page.drag_with_mouse(start, end).await;
            lies(&page, &card, world.stage(OFFER)).await;
            // Whoever moves it next comes after this move.
            wait::until("the move arrived", async || {
                (world.read(&card).await["stage_id"] == world.stage(OFFER)).then_some(())
            })
            .await;
        };

        go().await;
        page.click("Undo").await;
        agrees(&page, &world, TALK, &["Talk 1", "Talk 2", "Talk 3"]).await;
        // The button is gone; the focus is on what it was about.
        page.until(
            "the focus is on the card",
            &format!("document.activeElement?.id === 'card-{card}'"),
        )
        .await;

        go().await;
        page.control_key("z").await;
        agrees(&page, &world, TALK, &["Talk 1", "Talk 2", "Talk 3"]).await;
        // Both facts stay in the history.
        let history = page
            .get(&format!("/deals/{card}/stage-history?limit=200"))
            .await;
        let stays = history["items"].as_array().map_or(0, Vec::len);
        assert!(stays >= 5, "{history}");

        go().await;
        world.moves(&card, TERMS).await;
        // The page has heard of it; before, it would ask the server, and be told who moved the card.
        lies(&page, &card, world.stage(TERMS)).await;
        page.click("Undo").await;
        page.text("Cannot undo: the card was moved again since.")
            .await;
        lies(&page, &card, world.stage(TERMS)).await;
    })
    .await;
}

#[tokio::test]
async fn losing_a_deal_asks_why_before_anything_is_saved() {
    journey("drag_lost", async |journey| {
        let world = World::with_deals(journey, 2).await;
        let page = world.board(journey, Window::DESKTOP).await;
        let card = at(&columns(&page).await, TALK).card(0).to_owned();
        page.script(&format!("document.getElementById('card-{card}').focus()"))
            .await;
        let to_lost = async || {
            page.script(&format!(
                "document.querySelector('#card-{card} [data-move]').click()"
            ))
            .await;
            page.click("Mark as Lost").await;
            page.find("dialog[open] #lost-form").await;
        };

        to_lost().await;
        assert_eq!(
            world.read(&card).await["stage_id"],
            world.stage(TALK),
            "nothing is saved yet"
        );
        page.keys("\u{e00c}").await;
        agrees(&page, &world, TALK, &["Talk 1", "Talk 2"]).await;
        page.until(
            "the focus is on the card",
            &format!("document.activeElement?.id === 'card-{card}'"),
        )
        .await;

        to_lost().await;
        page.click("Record loss").await;
        page.find("dialog[open] .err").await;
        page.choose("Reason", "price").await;
        page.click("Record loss").await;
        wait::until("the deal is lost", async || {
            let deal = world.read(&card).await;
            (deal["stage_id"] == world.stage(LOST) && deal["loss_reason"] == "price").then_some(())
        })
        .await;
    })
    .await;
}

/// DND-3, DND-5: a press alone takes the focus from where it was and gives it to nobody, since that would cost
/// more than the press; a card that is let go of where it was pressed, or dropped, has it.
#[tokio::test]
async fn a_press_gives_no_focus_and_what_ends_it_does() {
    journey("press", async |journey| {
        let world = World::with_deals(journey, 2).await;
        let page = world.board(journey, Window::DESKTOP).await;
        let board = columns(&page).await;
        let (card, offer) = (at(&board, TALK).card(0).to_owned(), at(&board, OFFER));
        let has_focus = format!("document.activeElement?.dataset.deal === '{card}'");
        page.script("document.querySelector('.search').focus()")
            .await;
        let start = board::grip(&page, &card).await;
        page.press(Pointer::Mouse, start).await;
        assert_eq!(
            page.script("return document.activeElement === document.body")
                .await,
            true
        );
        let end = above(board::place(&page, offer.card(0)).await, 40.0);
        page.steer(Pointer::Mouse, start, end).await;
        page.release(Pointer::Mouse, end).await;
        lies(&page, &card, world.stage(OFFER)).await;
        page.until("the dropped card has the focus", &has_focus)
            .await;

        // A click opens the deal, so where the focus is when it comes is kept for later.
        page.script(
            "document.activeElement.blur(); \
             addEventListener('click', () => window.heldFocus = document.activeElement.dataset.deal, true)",
        )
        .await;
        let start = board::grip(&page, &card).await;
        page.press(Pointer::Mouse, start).await;
        page.release(Pointer::Mouse, start).await;
        page.arrived("/deals/").await;
        assert_eq!(page.script("return window.heldFocus").await, card);
    })
    .await;
}
