//! What no checker sees: the focus on its way over the pages, motion, colours of the system, pasting
//! (A11Y-2).

use super::world::{OFFER, TALK, World};
use tests::browser::board::{at, columns, lies, opened};
use tests::browser::{Page, Window, journey};
use tests::{Value, json};

/// A desktop's window at 200 % zoom.
const ZOOMED: Window = Window {
    width: 720,
    height: 450,
    is_phone: false,
};

/// Stops of the Tab key that are looked at on one page.
const STOPS: usize = 24;

/// The fault of what has the focus now: none shows, it is covered (2.4.11), or nothing marks it (2.4.7).
const FOCUS: &str = "const e = document.activeElement; if (!e || e === document.body) return null; \
    const r = e.getBoundingClientRect(), name = e.outerHTML.slice(0, 110); \
    if (!r.width || !r.height) return 'shows nothing: ' + name; \
    const [left, right] = [Math.max(r.left, 0), Math.min(r.right, innerWidth)], [top, bottom] = [Math.max(r.top, 0), Math.min(r.bottom, innerHeight)]; \
    if (left >= right || top >= bottom) return 'is out of view: ' + name; \
    const at = [.5, .1, .9].flatMap(x => [.5, .15, .85].map(y => document.elementFromPoint(left + (right - left) * x, top + (bottom - top) * y))); \
    if (!at.some(hit => hit && (e.contains(hit) || hit.contains(e)))) return 'is covered: ' + name; \
    const near = [e, e.parentElement, e.closest('tr, li') ?? e, ...e.querySelectorAll('*')]; \
    const marks = near.flatMap(one => [null, '::before', '::after'].map(part => getComputedStyle(one, part))); \
    if (!marks.some(s => (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none')) return 'is not marked: ' + name; \
    return '';";

/// Walks over a page with the Tab key.
async fn tabs(page: &Page, what: &str) {
    page.script("document.activeElement?.blur()").await;
    let mut stops = 0;
    for _ in 0..STOPS {
        page.keys("\u{e004}").await;
        match page.script(FOCUS).await {
            // Past the last one, the browser's own controls have it.
            Value::Null => break,
            Value::String(fault) => assert_eq!(fault, "", "{what}, stop {stops}"),
            other => panic!("{what}: {other}"),
        }
        stops += 1;
    }
    assert!(stops >= 8, "{what} has {stops} stops");
}

#[tokio::test]
async fn focus_shows_and_is_never_covered_at_full_size_and_at_twice_the_size() {
    journey("access_focus", async |journey| {
        let world = World::with_deals(journey, 8).await;
        let account = json!({ "name": "Acme Works", "kind": "company" });
        let account = world.user.make("/accounts", account).await;
        let page = world.board(journey, Window::DESKTOP).await;
        let card = at(&columns(&page).await, TALK).card(0).to_owned();
        let board = page.path().await;
        let pages = [
            board,
            format!("/deals/{card}"),
            format!("/accounts/{}", account["id"].as_str().unwrap()),
            "/deals".to_owned(),
            "/import".to_owned(),
            "/settings/funnels".to_owned(),
        ];
        for window in [Window::DESKTOP, ZOOMED] {
            page.resize(window).await;
            for path in &pages {
                page.go(path).await;
                page.until("the page is there", "document.querySelector('main h1, main h2') && !document.querySelector('main [aria-busy=true]')").await;
                let what = format!("{path} at {} pixels", window.width);
                let is_wide = page.script("return document.documentElement.scrollWidth > innerWidth + 1").await;
                assert_eq!(is_wide, false, "{what} scrolls sideways");
                tabs(&page, &what).await;
            }
        }
    })
    .await;
}

async fn prefers(page: &Page, feature: &str, value: &str) {
    let features = json!({ "features": [{ "name": feature, "value": value }] });
    page.control("Emulation.setEmulatedMedia", features).await;
}

/// Writes down every motion that begins on the page; what only shows late moves nothing.
const MOTIONS: &str = "window.motions = []; const look = () => { \
    for (const one of document.getAnimations()) { \
      const name = one.animationName ?? one.transitionProperty; \
      const time = one.effect.getComputedTiming().activeDuration; \
      if (!['late', 'stay'].includes(name) && time > 10 && !['color', 'background-color', 'opacity', 'visibility', 'border-color', 'fill'].some(p => name?.includes(p))) window.motions.push(name + ' of ' + one.effect.target?.className); } \
    requestAnimationFrame(look); }; look();";

#[tokio::test]
async fn nothing_moves_for_who_asked_for_no_motion() {
    journey("access_motion", async |journey| {
        let world = World::with_deals(journey, 4).await;
        let page = world.board(journey, Window::DESKTOP).await;
        let card = at(&columns(&page).await, TALK).card(0).to_owned();
        prefers(&page, "prefers-reduced-motion", "reduce").await;
        page.script(MOTIONS).await;
        page.script(&format!("document.getElementById('card-{card}').focus()"))
            .await;
        page.keys("m").await;
        page.find("dialog[open] .mv-list .is-next:focus").await;
        page.keys("\u{e007}").await;
        lies(&page, &card, world.stage(OFFER)).await;
        page.text("Moved to Offer").await;
        page.control_key("k").await;
        page.find("dialog[open] input").await;
        page.keys("\u{e00c}").await;
        page.click_at(".topbar .btn.primary").await;
        page.find("dialog[open]").await;
        page.frames(3).await;
        let motions = page.script("return window.motions").await;
        assert_eq!(motions, json!([]));
    })
    .await;
}

#[tokio::test]
async fn cards_and_the_focus_show_in_the_colours_of_the_system() {
    journey("access_colours", async |journey| {
        let world = World::with_deals(journey, 4).await;
        let page = world.board(journey, Window::DESKTOP).await;
        prefers(&page, "forced-colors", "active").await;
        opened(&page).await;
        let unmarked = page
            .script(
                "return [...document.querySelectorAll('.deal[data-deal], .topbar .btn, .chip')].filter(e => e.getClientRects().length) \
                   .filter(e => { const s = getComputedStyle(e); return s.borderTopStyle === 'none' || parseFloat(s.borderTopWidth) === 0 }) \
                   .map(e => e.outerHTML.slice(0, 100))",
            )
            .await;
        assert_eq!(unmarked, json!([]), "no edge shows");
        tabs(&page, "the board in the colours of the system").await;
        // Outlines alone mark the focus here: shadows are not drawn.
        let card = at(&columns(&page).await, TALK).card(0).to_owned();
        page.script(&format!("document.getElementById('card-{card}').focus()")).await;
        page.keys("\u{e015}").await;
        page.until(
            "the focused card has an outline",
            "(() => { const s = getComputedStyle(document.activeElement); return document.activeElement.dataset.deal && s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 })()",
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn password_can_be_pasted_at_the_sign_in() {
    journey("access_paste", async |journey| {
        let page = journey.browser(Window::DESKTOP).await;
        page.go("/sign-in").await;
        let field = page.find("input[type=password]").await;
        field.click().await.unwrap();
        let is_kept = page
            .script(
                "const data = new DataTransfer(); data.setData('text/plain', 'seven stars'); \
                 return document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))",
            )
            .await;
        assert_eq!(is_kept, true, "the page refuses what is pasted");
        let told = page.script("return [...document.querySelectorAll('input')].map(e => e.autocomplete)").await;
        assert_eq!(told, json!(["username", "current-password"]));
    })
    .await;
}
