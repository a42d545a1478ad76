//! Fingers on the board: a long press takes a card, a swipe scrolls (DND-6).

use super::world::{TALK, World};
use tests::browser::board::{HOLDS, lies};
use tests::browser::{Page, Point, Window, journey};
use tests::{Value, touches, wait};

#[tokio::test]
async fn every_long_press_drags_and_no_swipe_does() {
    journey("drag_touch", async |journey| {
        let world = World::with_deals(journey, 12).await;
        let page = world.board(journey, Window::PHONE).await;
        let stage = world.stage(TALK).to_owned();
        let body = format!("section.col[data-stage='{stage}'] .col-b");

        // Somebody who uses a page has touched it before; only then may it make the phone tremble.
        let (middle, head) = (f64::from(Window::PHONE.width) / 2.0, 20.0);
        page.finger("touchStart", Some(Point { x: middle, y: head }))
            .await;
        page.finger("touchEnd", None).await;

        let (mut lifted, mut scrolled) = (0, 0);
        for turn in 0..touches() {
            page.script(&format!(
                "document.querySelector(\"{body}\").scrollTop = {}",
                (turn % 3) * 150
            ))
            .await;
            page.frames(2).await;
            let top = page
                .script(&format!(
                    "return document.querySelector(\"{body}\").scrollTop"
                ))
                .await;
            let from = page.middle(&body).await;
            let up = turn % 2 == 0;
            page.finger("touchStart", Some(from)).await;
            for step in 1..=8 {
                let by = f64::from(step) * if up { -20.0 } else { 20.0 };
                page.finger(
                    "touchMove",
                    Some(Point {
                        y: from.y + by,
                        ..from
                    }),
                )
                .await;
            }
            lifted += usize::from(page.shows("#drag-clone").await);
            page.finger("touchEnd", None).await;
            page.frames(2).await;
            let now = page
                .script(&format!(
                    "return document.querySelector(\"{body}\").scrollTop"
                ))
                .await;
            scrolled += usize::from(now != top);
        }
        assert_eq!(lifted, 0, "swipes that took a card along, of {}", touches());
        assert!(
            scrolled * 2 >= touches(),
            "swipes scroll: {scrolled} of {}",
            touches()
        );

        for turn in 0..touches() {
            // Now and then from further down, so that rows come and go around the finger.
            page.script(&format!(
                "document.querySelector(\"{body}\").scrollTop = {}",
                (turn % 3) * 300
            ))
            .await;
            page.frames(3).await;
            let before = world.column(TALK).await;
            let (card, start) = card_in_view(&page, &stage).await;
            page.finger("touchStart", Some(start)).await;
            page.until("the finger holds a card", HOLDS).await;
            let to = Point {
                y: start.y + if turn % 2 == 0 { 170.0 } else { -170.0 },
                ..start
            };
            for step in 1..=8 {
                let y = start.y + (to.y - start.y) * f64::from(step) / 8.0;
                page.finger("touchMove", Some(Point { y, ..to })).await;
            }
            page.frames(2).await;
            page.finger("touchEnd", None).await;
            page.until("nothing is in the air", &format!("!({HOLDS})"))
                .await;
            wait::until(&format!("press {turn} arrives"), async || {
                (world.column(TALK).await != before).then_some(())
            })
            .await;
            lies(&page, &card, &stage).await;
        }
    })
    .await;
}

/// A card in the middle of a phone's column, and where to take it.
async fn card_in_view(page: &Page, stage: &str) -> (String, Point) {
    let script = format!(
        "for (const card of document.querySelectorAll(\"section.col[data-stage='{stage}'] .deal[data-deal]\")) {{ \
           const r = card.querySelector('.ev').getBoundingClientRect(); \
           if (r.top > 330 && r.bottom < 620) return [card.dataset.deal, r.x + r.width / 2, r.y + r.height / 2] }} return null"
    );
    let found: Value = page.script(&script).await;
    let card = found[0].as_str().map(str::to_owned);
    let card = card.unwrap_or_else(|| panic!("no card is in view"));
    let point = Point {
        x: found[1].as_f64().unwrap_or_default(),
        y: found[2].as_f64().unwrap_or_default(),
    };
    (card, point)
}
