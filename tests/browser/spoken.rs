//! Moving without dragging (DND-2), and what a screen reader hears of a move, and how soon (DND-3).

use super::catalogue::word;
use super::world::{OFFER, TALK, TERMS, World};
use tests::browser::board::{self, at, columns, lies};
use tests::browser::{Page, Window, journey};
use tests::json;

const ESCAPE: &str = "\u{e00c}";
const RIGHT: &str = "\u{e014}";

/// How soon a move is said, in milliseconds (DND-3).
const SOON: f64 = 100.0;

/// What the open menu offers: its name, the words about its deal, the stages, the places in the column.
const OFFERS: &str = "const menu = document.querySelector('dialog[open]'); return { \
    says: menu.innerText, \
    stages: [...menu.querySelectorAll('.mv-list .mv-to')].map(b => b.querySelector('.nm').textContent), \
    present: menu.querySelector('.mv-list [aria-current]')?.querySelector('.nm').textContent, \
    places: [...menu.querySelectorAll('.mv-order button')].length, \
    others: [...menu.querySelectorAll('button')].map(b => b.textContent.trim()) };";

#[tokio::test]
async fn from_every_card_each_stage_and_place_is_two_presses_away_by_controls_that_name_the_deal() {
    journey("spoken_menu", async |journey| {
        let world = World::with_deals(journey, 5).await;
        let page = world.board(journey, Window::DESKTOP).await;
        let mut seen = 0;
        for place in [TALK, OFFER, TERMS] {
            let column = at(&columns(&page).await, place).clone();
            for card in &column.cards {
                let title = world.read(card).await["title"].as_str().unwrap().to_owned();
                // Every control on the card says which card it is about.
                let nameless = page
                    .script(&format!(
                        "return [...document.querySelectorAll('#card-{card} :is(button, a, input)')] \
                           .filter(e => !(e.ariaLabel ?? e.textContent).includes({})).map(e => e.outerHTML)",
                        json!(title)
                    ))
                    .await;
                assert_eq!(nameless, json!([]), "{title}");

                // The first press opens the menu, the second would move the card.
                page.script(&format!("document.querySelector('#card-{card} [data-move]').click()")).await;
                page.find("dialog[open] .mv-list").await;
                let offers = page.script(OFFERS).await;
                assert!(offers["says"].as_str().unwrap().contains(&title), "{offers}");
                assert_eq!(offers["stages"], json!(["Talk", "Offer", "Terms", "Won"]), "{title}");
                assert_eq!(offers["present"], column.name, "{title}");
                assert_eq!(offers["places"], 4, "{title}: to the top, up, down, to the end");
                assert!(offers["others"].as_array().unwrap().contains(&json!("Mark as Lost")), "{offers}");
                page.keys(ESCAPE).await;
                page.until("the menu is gone", "!document.querySelector('dialog[open]')").await;
                seen += 1;
            }
        }
        assert!(seen >= 12, "{seen} cards were drawn");
    })
    .await;
}

/// Writes down when a key is pressed, when a card shows in another column, and when something is said.
const LISTEN: &str = "window.heard = []; window.shown = []; \
    addEventListener('keydown', () => window.pressed = performance.now(), true); \
    new MutationObserver(() => { \
      for (const card of document.querySelectorAll('.deal[data-deal]:not(.ghost):not(.parked)')) { \
        const [deal, stage] = [card.dataset.deal, card.closest('section.col').dataset.stage]; \
        if (window.shown.findLast(one => one[0] === deal)?.[1] !== stage) window.shown.push([deal, stage, performance.now()]); } }) \
      .observe(document.querySelector('.board'), { childList: true, subtree: true, attributes: true }); \
    new MutationObserver(() => { const text = document.getElementById('announcements').textContent; \
      window.heard.push([performance.now(), text, window.pressed]); }) \
      .observe(document.getElementById('announcements'), { childList: true, subtree: true, characterData: true });";

/// Waits for a sentence and gives when it was said, and when the last key before it was pressed.
async fn heard(page: &Page, sentence: &str) -> (f64, f64) {
    let find = format!("window.heard.find(one => one[1] === {})", json!(sentence));
    page.until(&format!("it is said: {sentence}"), &find).await;
    let found = page.script(&format!("return {find}")).await;
    (found[0].as_f64().unwrap(), found[2].as_f64().unwrap())
}

/// A sentence of the catalogue with its values.
fn sentence(language: &str, key: &str, values: &[(&str, &str)]) -> String {
    values
        .iter()
        .fold(word(language, key), |text, (name, value)| {
            text.replace(&format!("%{{{name}}}"), value)
        })
}

/// The same card, not another in its place, has the focus.
async fn has_focus(page: &Page, card: &str) {
    let script = format!("document.activeElement?.id === 'card-{card}'");
    page.until("the focus is on the card", &script).await;
}

async fn listen(language: &'static str) {
    journey(&format!("spoken_{language}"), async |journey| {
        let world = World::with_deals(journey, 4).await;
        let page = world.board(journey, Window::DESKTOP).await;
        page.set_stored("dipper.lang", language).await;
        // Nobody tells this page what others do, so its moves can meet what it does not know.
        page.control("Network.enable", json!({})).await;
        page.control(
            "Network.setBlockedURLs",
            json!({ "urls": ["*/events/stream*"] }),
        )
        .await;
        page.go(&page.path().await).await;
        board::opened(&page).await;
        page.script(LISTEN).await;
        let cards = at(&columns(&page).await, TALK).cards.clone();

        // Let go: three times, since a machine that does other things may be late once.
        let mut delays = Vec::new();
        for card in &cards[..3] {
            let title = world.read(card).await["title"].as_str().unwrap().to_owned();
            page.script(&format!("document.getElementById('card-{card}').focus()"))
                .await;
            for key in [" ", RIGHT, " "] {
                page.keys(key).await;
            }
            let said = [
                ("deal", &*title),
                ("from", "Talk"),
                ("to", "Offer"),
                ("position", "1"),
            ];
            let (at, pressed) =
                heard(&page, &sentence(language, "board.said_dropped", &said)).await;
            delays.push(at - pressed);
            lies(&page, card, world.stage(OFFER)).await;
            has_focus(&page, card).await;
        }
        assert!(
            delays.iter().any(|delay| *delay <= SOON),
            "a drop was said after {delays:?} ms"
        );

        // Taken back: somebody else was faster, so the card goes where they put it.
        let card = &cards[3];
        world.moves(card, TERMS).await;
        page.script(&format!("document.getElementById('card-{card}').focus()"))
            .await;
        for key in [" ", RIGHT, " "] {
            page.keys(key).await;
        }
        let why = sentence(
            language,
            "board.stale_by",
            &[("who", "Administrator"), ("stage", "Terms")],
        );
        let said = [
            ("why", &*why),
            ("deal", "Talk 4"),
            ("from", "Offer"),
            ("to", "Terms"),
            ("position", "1"),
        ];
        let (at, _) = heard(&page, &sentence(language, "board.said_back", &said)).await;
        lies(&page, card, world.stage(TERMS)).await;
        has_focus(&page, card).await;
        let shown = page
            .script(&format!(
                "return window.shown.findLast(one => one[0] === '{card}')"
            ))
            .await;
        assert_eq!(shown[1], world.stage(TERMS));
        let delay = at - shown[2].as_f64().unwrap();
        assert!(
            delay <= SOON,
            "the rollback was said {delay} ms after it showed"
        );
        page.forget_complaints("net::ERR_BLOCKED_BY_CLIENT").await;
        page.forget_complaints("412").await;
    })
    .await;
}

#[tokio::test]
async fn drop_and_rollback_are_said_in_english_and_the_focus_stays_on_the_card() {
    listen("en").await;
}

#[tokio::test]
async fn drop_and_rollback_are_said_in_chinese_and_the_focus_stays_on_the_card() {
    listen("zh-CN").await;
}
