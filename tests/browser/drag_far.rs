//! What a drag costs, and how far it carries (DND-5, DND-7).

use super::world::{OFFER, TALK, World};
use tests::browser::board::{self, HOLDS, at, columns, lies};
use tests::browser::{Point, Pointer, Window, journey};
use tests::{Value, json};

/// Notes from now on which cards of the board are put elsewhere, changed or drawn anew. The mark of the one that
/// makes room is none of its content.
const WATCH: &str = "window.touched = []; new MutationObserver(all => { for (const one of all) { \
      if (one.attributeName === 'data-pushed') continue; \
      for (const node of [one.target, ...one.addedNodes, ...one.removedNodes]) { \
        const card = (node.nodeType === 1 ? node : node.parentElement)?.closest('.deal[data-deal]'); \
        if (card) touched.push(card.dataset.deal); } } }) \
    .observe(document.querySelector('.board'), { subtree: true, childList: true, attributes: true, characterData: true })";

#[tokio::test]
async fn carrying_a_card_over_others_touches_none_of_them() {
    journey("drag_cost", async |journey| {
        let world = World::with_deals(journey, 4).await;
        let page = world.board(journey, Window::DESKTOP).await;
        let board = columns(&page).await;
        let (talk, offer) = (at(&board, TALK), at(&board, OFFER));
        let card = talk.card(1).to_owned();
        let start = board::grip(&page, &card).await;
        let mut way = Vec::new();
        for over in [
            talk.card(3),
            offer.card(3),
            offer.card(0),
            talk.card(0),
            talk.card(2),
        ] {
            way.push(board::place(&page, over).await);
        }

        page.press(Pointer::Mouse, start).await;
        let mut last = Point {
            x: start.x + 9.0,
            ..start
        };
        page.steer(Pointer::Mouse, start, last).await;
        page.until("the card is in the air", HOLDS).await;
        page.script(WATCH).await;
        for next in way {
            page.steer(Pointer::Mouse, last, next).await;
            last = next;
        }
        let touched = page.script("return [...new Set(window.touched)]").await;
        assert_eq!(
            touched,
            json!([card]),
            "only what stays behind of it changes"
        );
        // One of them makes room, where the place lies, and none once the card is back.
        let room = "const [pushed, ...others] = document.querySelectorAll('[data-pushed]'); \
            const top = one => Math.round(one.getBoundingClientRect().top), drop = document.querySelector('.drop'); \
            return [others.length, top(pushed) - top(drop), drop.offsetHeight + 8]";
        let room = page.script(room).await;
        assert_eq!((&room[0], &room[1]), (&json!(0), &room[2]), "{room}");
        page.keys("\u{e00c}").await;
        page.until("none is marked", "!document.querySelector('[data-pushed], .drop')").await;
        page.release(Pointer::Mouse, last).await;
    })
    .await;
}

#[tokio::test]
async fn a_finger_at_the_edge_carries_a_card_to_the_eighth_column_within_four_seconds() {
    journey("drag_far", async |journey| {
        let user = journey.app.sign_up("North").await;
        let open = |number: usize| json!({ "name": format!("Stage {number}"), "kind": "open", "probability": number * 10 });
        let mut stages: Vec<Value> = (1..=8).map(open).collect();
        stages.push(json!({ "name": "Won", "kind": "won", "probability": 100 }));
        stages.push(json!({ "name": "Lost", "kind": "lost", "probability": 0 }));
        let funnel = user
            .make("/funnels", json!({ "name": "Long", "stages": stages }))
            .await;
        let world = World { user, funnel };
        for title in ["Pumps", "Valves"] {
            world.deal(TALK, title).await;
        }
        let page = world.board(journey, Window::PHONE).await;
        let card = at(&columns(&page).await, TALK).card(0).to_owned();
        let eighth = world.stage(7).to_owned();

        // Somebody who uses a page has touched it before; only then may it make the phone tremble.
        let head = Point { x: 195.0, y: 20.0 };
        page.finger("touchStart", Some(head)).await;
        page.finger("touchEnd", None).await;
        // By the clock of the page, from the finger's first touch until the column fills the view.
        page.script(&format!(
            "const column = document.querySelector(\"section.col[data-stage='{eighth}']\"); \
             const look = () => {{ if (column.getBoundingClientRect().left < 60) window.arrived = performance.now(); else requestAnimationFrame(look) }}; \
             addEventListener('pointerdown', () => {{ window.began = performance.now(); look() }}, {{ capture: true, once: true }})"
        ))
        .await;
        let start = board::grip(&page, &card).await;
        let edge = Point {
            x: f64::from(Window::PHONE.width) - 6.0,
            ..start
        };
        page.finger("touchStart", Some(start)).await;
        page.until("the finger holds a card", HOLDS).await;
        page.finger("touchMove", Some(edge)).await;
        page.until("the eighth column is in view", "window.arrived").await;
        let rest = Point {
            x: f64::from(Window::PHONE.width) / 2.0,
            ..start
        };
        page.finger("touchMove", Some(rest)).await;
        page.frames(2).await;
        page.finger("touchEnd", None).await;
        lies(&page, &card, &eighth).await;
        let took = page.script("return window.arrived - window.began").await;
        let took = took.as_f64().unwrap_or(f64::INFINITY);
        println!("from the first column to the eighth: {took:.0} ms");
        assert!(took <= 4_000.0, "it took {took:.0} ms");
    })
    .await;
}
