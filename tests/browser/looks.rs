//! How every page looks: in both languages, light and dark, on a desk, a phone and the smallest phone.
//!
//! The pictures go to `tests/artifacts/looks/`; two of them are the README's when `DIPPER_TEST_SCREENSHOTS`
//! names its folder of images.

use super::catalogue;
use serde_json::Value;
use tests::TestConfig;
use tests::browser::{Journey, Page, Window, board, journey_with, picture_for_documents};
use tests::{PASSWORD, root};

/// Pages that need nothing but a sign-in, by the name of their pictures.
const PAGES: [(&str, &str); 14] = [
    ("board", "/board"),
    ("accounts", "/accounts"),
    ("contacts", "/contacts"),
    ("deals", "/deals"),
    ("products", "/products"),
    ("import", "/import"),
    ("me", "/settings"),
    ("team", "/settings/team"),
    ("funnels", "/settings/funnels"),
    ("portfolio", "/portfolio"),
    ("classes", "/settings/classes"),
    ("screening", "/settings/screening"),
    ("scripts", "/settings/scripts"),
    ("cases", "/cases"),
];

/// The smallest screen the pages must fit (MOB-6).
const NARROW: Window = Window {
    width: 320,
    height: 640,
    is_phone: true,
};

async fn sign_in(page: &Page, language: &str) {
    page.go("/sign-in").await;
    page.find("input[type=password]").await;
    page.sign_in("admin@demo.example", PASSWORD).await;
    page.set_stored("dipper.lang", language).await;
}

/// The first of a list of the API, by its id.
async fn first(page: &Page, path: &str) -> String {
    let list = page.get(path).await;
    let id = list.pointer("/items/0/id").and_then(Value::as_str);
    id.map_or_else(|| panic!("{path} is empty: {list}"), str::to_owned)
}

/// Waits until nothing on the page says that it is still loading.
async fn settled(page: &Page) {
    page.until(
        "the page is there",
        "document.querySelector('h1, h2') && !document.querySelector('main [aria-busy=true], main .sk')",
    )
    .await;
    page.frames(2).await;
}

/// Faults of a page's form: wider than its window, things to press without a name, words
/// that the catalogue does not have, ids that occur twice.
const FAULTS: &str = r#"
    const faults = [];
    const shown = e => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== 'hidden';
    if (document.documentElement.scrollWidth > innerWidth + 1) faults.push('scrolls sideways: ' + document.documentElement.scrollWidth);
    const named = e => (e.ariaLabel || e.textContent || e.title || e.getAttribute('aria-labelledby') || (e.labels && e.labels.length) || '').toString().trim();
    for (const e of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea')) {
        if (shown(e) && !named(e)) faults.push('without a name: ' + e.outerHTML.slice(0, 120));
    }
    for (const e of document.querySelectorAll('img')) if (!e.hasAttribute('alt')) faults.push('without a text: ' + e.outerHTML.slice(0, 120));
    const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
    for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) faults.push('id twice: ' + id);
    if (document.querySelectorAll('main').length !== 1) faults.push('not one main');
    const missing = document.body.innerText.match(/\b[a-z]+(?:_[a-z]+)*(?:\.[a-z_]+){1,3}\b(?=\s|$)/g) || [];
    for (const word of missing) if (/^(/* words */)\./.test(word)) faults.push('no words for ' + word);
    return faults;
"#;

/// What is wrong with the form of the page as it shows now.
pub async fn faults(page: &Page) -> Vec<String> {
    let script = FAULTS.replace("/* words */", &catalogue::first_parts());
    match serde_json::from_value(page.script(&script).await) {
        Ok(found) => found,
        Err(error) => panic!("the page gave no list of faults: {error}"),
    }
}

async fn look(page: &Page, what: &str, found: &mut Vec<String>) {
    settled(page).await;
    let fresh = faults(page).await;
    found.extend(fresh.into_iter().map(|fault| format!("{what}: {fault}")));
    let file = root().join(format!("tests/artifacts/looks/{what}.png"));
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).ok();
    }
    page.picture(&file).await;
}

async fn keep(page: &Page, name: &str) {
    if let Some(file) = picture_for_documents(name) {
        page.frames(3).await;
        page.picture(&file).await;
    }
}

async fn walk(journey: &Journey, language: &str) {
    let page = journey.browser_in(Window::DESKTOP, language).await;
    sign_in(&page, language).await;
    let deal = first(&page, "/deals?limit=1&sort=-amount").await;
    let largest = page.get(&format!("/deals/{deal}")).await;
    let text = |field: &str| match largest[field].as_str() {
        Some(text) => text.to_owned(),
        None => panic!("the largest deal has no {field}: {largest}"),
    };
    let (account, funnel) = (text("account_id"), text("funnel_id"));
    let mut pages: Vec<(&str, String)> = PAGES
        .iter()
        .map(|(name, path)| (*name, (*path).to_owned()))
        .collect();
    pages.push(("account", format!("/accounts/{account}")));
    pages.push(("deal", format!("/deals/{deal}")));
    pages.push(("funnel", format!("/board/{funnel}/shape")));
    pages.push(("worth", format!("/board/{funnel}/worth")));
    // What a page must say to be the one it is taken for.
    let says = |name: &str| match name {
        "account" => text("account_name"),
        "deal" => text("title"),
        _ => String::new(),
    };

    let mut faults = Vec::new();
    for theme in ["light", "dark"] {
        page.set_stored("dipper.theme", theme).await;
        for window in [Window::DESKTOP, Window::PHONE, NARROW] {
            // The smallest is looked at in one theme: it is about room alone.
            if window == NARROW && theme == "dark" {
                continue;
            }
            page.resize(window).await;
            for (name, path) in &pages {
                page.go(path).await;
                let what = format!("{name}-{language}-{theme}-{}", window.width);
                look(&page, &what, &mut faults).await;
                let shown = page.script("return document.body.innerText").await;
                let shown = shown.as_str().unwrap_or_default();
                assert!(
                    shown.contains(&says(name)),
                    "{what} shows something else: {shown}"
                );
                if (theme, window) == ("light", Window::DESKTOP)
                    && language == "zh-CN"
                    && ["board", "account"].contains(name)
                {
                    keep(&page, name).await;
                }
            }
        }
    }
    page.resize(Window::DESKTOP).await;
    page.go("/board").await;
    assert!(
        !board::opened(&page).await.is_empty(),
        "the demo's board has columns"
    );
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn with_demo() -> TestConfig {
    TestConfig {
        has_demo: true,
        ..TestConfig::default()
    }
}

#[tokio::test]
async fn every_page_fits_and_names_what_it_offers_in_chinese() {
    journey_with("looks_zh", with_demo(), async |journey| {
        walk(journey, "zh-CN").await
    })
    .await;
}

#[tokio::test]
async fn every_page_fits_and_names_what_it_offers_in_english() {
    journey_with("looks_en", with_demo(), async |journey| {
        walk(journey, "en").await
    })
    .await;
}
