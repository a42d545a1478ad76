//! The small app gives its place to the whole one in the same document, as shipped
//! (`docs/decisions/0011-two-apps.md`): the shipped script, and both apps as a development build makes them.

use std::collections::{BTreeMap, BTreeSet};

use super::gate::{ask, criterion, move_first, sheet_says};
use super::world::{OFFER, TALK, World};
use tests::browser::board::{at, columns, lies, opened};
use tests::browser::{Journey, Page, Window, journey};
use tests::{PASSWORD, Value, json, root, wait};

/// The shipped script with the two apps filled in.
fn boot() -> String {
    let folder = root().join("dist/static");
    let names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|file| file.ok()?.file_name().into_string().ok())
        .collect();
    let named = |start: &str, end: &str| {
        let found = names
            .iter()
            .find(|name| name.starts_with(start) && name.ends_with(end));
        let Some(found) = found else {
            panic!("both apps: `cargo xtask web --for-tests` makes them");
        };
        format!("/static/{found}")
    };
    let small = [named("small-", ".js"), named("small-", "_bg.wasm")];
    // An address of its own, so that its coming can be told from what the page had before.
    let whole = [
        named("app-", ".js"),
        named("app-", "_bg.wasm"),
        named("whole-", ".css"),
    ];
    let whole = whole.map(|name| name + "?whole");
    let apps = format!("{}, {}", json!(small), json!(whole));
    include_str!("../../xtask/src/boot.js").replace("/* apps */", &apps)
}

/// The classes that a sheet of the build has rules for.
fn classes(sheet: &str) -> BTreeSet<String> {
    let files = std::fs::read_dir(root().join("dist/static")).unwrap();
    let mut paths = files.filter_map(|file| Some(file.ok()?.path()));
    let path = paths.find(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(sheet) && name.ends_with(".css")
    });
    let style = std::fs::read_to_string(path.unwrap()).unwrap();
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    let found = style.split('.').skip(1).filter_map(|rest| {
        let end = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
        let is_name = rest.starts_with(|letter: char| letter.is_ascii_alphabetic());
        is_name.then(|| rest[..end].to_owned())
    });
    found.collect()
}

/// What is drawn has its styles: no class whose rules come with the whole app alone.
async fn is_dressed(page: &Page) {
    let (first, further) = (classes("style-"), classes("whole-"));
    assert!(first.contains("deal") && further.contains("gate"));
    let drawn = "return [...new Set([...document.querySelectorAll('body [class]')].flatMap(one => [...one.classList]))]";
    let drawn: BTreeSet<String> = serde_json::from_value(page.script(drawn).await).unwrap();
    let missing = drawn
        .iter()
        .filter(|class| further.contains(*class) && !first.contains(*class));
    assert_eq!(
        missing.collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "rules in further.css"
    );
}

/// Opens a page with the small app in place of the one this build has.
async fn open_small(page: &Page, path: &str) {
    page.control("Network.enable", json!({})).await;
    page.control(
        "Network.setBlockedURLs",
        json!({ "urls": ["*/static/boot-*"] }),
    )
    .await;
    page.go(path).await;
    page.control("Network.setBlockedURLs", json!({ "urls": [] }))
        .await;
    page.forget_complaints("net::ERR_BLOCKED_BY_CLIENT").await;
    // The page before had every style: this one must not.
    page.script(
        "localStorage.removeItem('dipper.whole'); window.dipperWasHere = true; \
         document.querySelectorAll('link[href*=\"/whole-\"]').forEach(link => link.remove())",
    )
    .await;
    page.script(&boot()).await;
}

/// A browser in which the administrator is signed in, at no page yet.
async fn signed_in(journey: &Journey, world: &World) -> Page {
    let page = journey.browser(Window::DESKTOP).await;
    page.go("/sign-in").await;
    page.find("input[type=password]").await;
    page.sign_in(&world.user.email, PASSWORD).await;
    page
}

/// Waits until the whole app is there, in the same document and alone.
async fn is_whole(page: &Page) {
    page.until(
        "the whole app is there",
        "localStorage.getItem('dipper.whole')?.endsWith('?whole')",
    )
    .await;
    page.until(
        "one app is drawn",
        "document.querySelectorAll('#announcements').length === 1 && document.querySelectorAll('main').length === 1",
    )
    .await;
    assert_eq!(
        page.script("return window.dipperWasHere").await,
        true,
        "the page was loaded anew"
    );
}

#[tokio::test]
async fn whole_app_takes_the_place_of_the_small_one_and_loses_nothing_on_its_way() {
    journey("two_apps", async |journey| {
        let world = World::with_deals(journey, 3).await;
        let page = signed_in(journey, &world).await;
        let funnel = world.funnel["id"].as_str().unwrap();
        open_small(&page, &format!("/board/{funnel}")).await;
        let card = at(&opened(&page).await, TALK).card(0).to_owned();
        page.until("the stream is open", "document.querySelector('.sync.is-ok')").await;
        is_dressed(&page).await;
        assert_eq!(page.script("return localStorage.getItem('dipper.whole')").await, json!(null));

        // A move is on its way over a slow line when the person opens a page that the small app lacks.
        let line = |latency: u32| json!({ "offline": false, "latency": latency, "downloadThroughput": -1, "uploadThroughput": -1 });
        page.control("Network.emulateNetworkConditions", line(1_500)).await;
        page.script(&format!("document.getElementById('card-{card}').focus()")).await;
        for key in [" ", "\u{e014}", " "] {
            page.keys(key).await;
        }
        page.click_at("nav.rail a.at[href='/accounts']").await;
        is_whole(&page).await;
        page.control("Network.emulateNetworkConditions", line(0)).await;
        page.until("the page asked for is there", "document.title.startsWith('Accounts')").await;
        wait::until("the move arrived", async || {
            (world.read(&card).await["stage_id"] == world.stage(OFFER)).then_some(())
        })
        .await;

        // It is a whole app: it goes on, and hears what others do.
        page.click_at("nav.rail a.at[href='/board']").await;
        opened(&page).await;
        lies(&page, &card, world.stage(OFFER)).await;
        page.until("the stream is open", "document.querySelector('.sync.is-ok')").await;
        let other = at(&columns(&page).await, TALK).card(0).to_owned();
        world.moves(&other, OFFER).await;
        lies(&page, &other, world.stage(OFFER)).await;
    })
    .await;
}

#[tokio::test]
async fn whole_app_that_cannot_be_fetched_comes_when_the_network_does() {
    journey("two_apps_offline", async |journey| {
        let page = journey.browser(Window::DESKTOP).await;
        // Who saves data does not get the whole app before it is asked for; else a slow machine might have it
        // before the line is cut.
        let saves = "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })";
        page.control("Page.addScriptToEvaluateOnNewDocument", json!({ "source": saves }))
            .await;
        open_small(&page, "/sign-in").await;
        page.find("input[type=password]").await;
        is_dressed(&page).await;
        let line = |is_cut: bool| json!({ "offline": is_cut, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        page.control("Network.emulateNetworkConditions", line(true)).await;
        page.click("set up an organisation").await;
        wait::until("it failed once", async || {
            page.said().await.iter().any(|line| line.contains("Failed to fetch")).then_some(())
        })
        .await;
        // The small one stays in place meanwhile, and goes back at will.
        page.script("history.back()").await;
        page.find("input[type=password]").await;
        page.control("Network.emulateNetworkConditions", line(false)).await;
        is_whole(&page).await;
        page.find("input[type=password]").await;
        page.forget_complaints("Failed to fetch").await;
        page.forget_complaints("net::ERR_INTERNET_DISCONNECTED").await;
    })
    .await;
}

/// What the small app leaves out is granted at once by the whole one.
#[tokio::test]
async fn a_move_that_lacks_something_opens_its_sheet_in_the_whole_app() {
    journey("two_apps_gate", async |journey| {
        let world = World::with_deals(journey, 1).await;
        let pain = criterion("Pain confirmed in writing", json!("evidence"));
        ask(&world, TALK, std::slice::from_ref(&pain)).await;
        let page = signed_in(journey, &world).await;
        let funnel = world.funnel["id"].as_str().unwrap();
        open_small(&page, &format!("/board/{funnel}")).await;
        let card = at(&opened(&page).await, TALK).card(0).to_owned();

        move_first(&page, world.stage(TALK)).await;
        is_whole(&page).await;
        sheet_says(&page, "1 thing is missing to go on").await;
        page.keys("\u{e00c}").await;
        lies(&page, &card, world.stage(TALK)).await;
    })
    .await;
}

/// A filter that the small app only names opens in the whole one; that of low investment it has itself
/// (GATE-21).
#[tokio::test]
async fn a_filter_pressed_in_the_small_app_is_opened_by_the_whole_one() {
    journey("two_apps_filters", async |journey| {
        let world = World::with_deals(journey, 2).await;
        let gate = format!("/stages/{}/gate", world.stage(TALK));
        let now = world.user.read(&gate).await;
        let put = world.user.put(&gate).if_match(&now);
        put.json(&json!({ "tests": { "at_least": 70 } }))
            .await
            .expect(200);
        let page = signed_in(journey, &world).await;
        let funnel = world.funnel["id"].as_str().unwrap();
        open_small(&page, &format!("/board/{funnel}")).await;
        let all = opened(&page).await;
        let cards = at(&all, TALK);
        let (poor, other) = (cards.card(0).to_owned(), cards.card(1).to_owned());
        let tests = ["budget", "timing", "fit", "worth", "win"];
        let tests: BTreeMap<_, _> = tests.map(|test| (test, json!({ "score": 2 }))).into();
        let deal = world.read(&poor).await;
        let put = world
            .user
            .put(&format!("/deals/{poor}/tests"))
            .if_match(&deal);
        put.json(&json!(tests)).await.expect(200);
        page.until(
            "the card says so",
            &format!("document.getElementById('card-{poor}')?.textContent.includes('Low effort')"),
        )
        .await;

        page.click("Filters").await;
        page.click("Low effort").await;
        page.until(
            "one is left",
            &format!("!document.getElementById('card-{other}')"),
        )
        .await;
        page.find(&format!("#card-{poor}")).await;
        assert!(page.path().await.contains("is_low_investment=true"));
        is_dressed(&page).await;
        page.click("Channel").await;
        is_whole(&page).await;
        page.until(
            "its menu is open",
            "document.querySelector('#narrow-channel[aria-expanded=true]')",
        )
        .await;
        page.click("Chain of referrals").await;
        page.until(
            "none is left",
            "!document.querySelector('.deal[data-deal]')",
        )
        .await;
        let path = page.path().await;
        assert!(path.contains("is_low_investment=true") && path.contains("prospecting=chain"));

        // The list takes the filter along.
        page.go(&path
            .replace("&prospecting=chain", "")
            .replace("prospecting=chain&", ""))
            .await;
        page.find(&format!("#card-{poor}")).await;
        page.click_at(".seg a:nth-child(2)").await;
        page.until(
            "the list has that deal alone",
            "document.querySelectorAll('tbody tr').length === 1",
        )
        .await;
        assert!(page.path().await.contains("is_low_investment=true"));
        page.click("Low effort").await;
        page.until(
            "the others are there",
            "document.querySelectorAll('tbody tr').length > 2",
        )
        .await;
    })
    .await;
}

/// What was fetched from an address so far: when each began, in the order of the page's own record.
async fn fetched(page: &Page, part: &str) -> Vec<f64> {
    let script = format!(
        "return performance.getEntriesByType('resource').filter(entry => entry.name.includes({part:?})).map(entry => entry.startTime)"
    );
    serde_json::from_value(page.script(&script).await).unwrap()
}

/// PERF-1, MOB-5: what a board shows is on its way before the app is there, asked for once and used.
#[tokio::test]
async fn a_board_is_asked_for_while_the_app_is_on_its_way() {
    journey("early", async |journey| {
        let world = World::with_deals(journey, 3).await;
        let page = signed_in(journey, &world).await;
        let funnel = world.funnel["id"].as_str().unwrap();
        let board = format!("/board/{funnel}");
        page.go(&board).await;
        opened(&page).await;
        let app = fetched(&page, "_bg.wasm").await[0];
        let me = fetched(&page, "/api/v1/me").await;
        assert!(me.len() == 1 && me[0] <= app, "{me:?}, the app {app}");
        let figures = format!("/funnels/{funnel}/board");
        for asked in ["/api/v1/funnels?", &figures, "/api/v1/views?"] {
            assert_eq!(fetched(&page, asked).await.len(), 1, "{asked}");
        }

        // Where the token has run out, a new one is had on the way, and once.
        page.control("Network.enable", json!({})).await;
        let cookies = page.control("Network.getAllCookies", json!({})).await;
        for cookie in cookies["cookies"].as_array().unwrap() {
            let name = cookie["name"].as_str().unwrap();
            if name.contains("access") {
                let gone =
                    json!({ "name": name, "domain": cookie["domain"], "path": cookie["path"] });
                page.control("Network.deleteCookies", gone).await;
            }
        }
        page.go(&board).await;
        opened(&page).await;
        assert_eq!(fetched(&page, "/sessions/refresh").await.len(), 1);
        assert_eq!(fetched(&page, &figures).await.len(), 1);
        page.forget_complaints("status of 401").await;
    })
    .await;
}

/// Has each document note something after each of its changes.
fn notes(what: &str) -> Value {
    let observer = format!(
        "new MutationObserver(() => {{ {what} }}).observe(document, {{ childList: true, subtree: true }})"
    );
    json!({ "source": observer })
}

/// PERF-1: on a phone the columns out of view are drawn one after the other, after those in view.
#[tokio::test]
async fn the_columns_out_of_a_phones_view_are_drawn_in_turn() {
    journey("in_turn", async |journey| {
        let world = World::with_deals(journey, 3).await;
        let page = world.board(journey, Window::PHONE).await;
        let note = notes(
            "document.querySelectorAll('section.col').forEach((column, index) => { \
               if (column.querySelector('.cards')) (window.noted ??= [])[index] ??= performance.now(); })",
        );
        page.control("Page.addScriptToEvaluateOnNewDocument", note).await;
        page.script("location.reload()").await;
        page.until("all are drawn", "window.noted?.filter(Boolean).length === 5").await;
        let drawn: Vec<f64> = serde_json::from_value(page.script("return window.noted").await).unwrap();
        assert!((drawn[0] - drawn[1]).abs() < f64::EPSILON, "together: {drawn:?}");
        assert!(drawn.is_sorted() && drawn[1] < drawn[2], "{drawn:?}");
        assert!(drawn[2] < drawn[3] && drawn[3] < drawn[4], "in turn: {drawn:?}");
    })
    .await;
}

/// PERF-1, MOB-5: who waits for the app on a slow line reads the names of what is to come meanwhile, in the
/// place where they will be, and nothing of it stays once the app is there.
#[tokio::test]
async fn the_names_of_a_page_are_there_before_the_app_is() {
    journey("glimpse", async |journey| {
        let world = World::with_deals(journey, 3).await;
        let page = signed_in(journey, &world).await;
        let funnel = world.funnel["id"].as_str().unwrap();
        let account = world.user.make("/accounts", json!({ "name": "Riverbank" })).await;
        let account = account["id"].as_str().unwrap();
        page.control("Network.enable", json!({})).await;
        page.control("Network.setCacheDisabled", json!({ "cacheDisabled": true })).await;
        let note = notes("if (document.querySelector('.glimpse')) window.noted ??= performance.now();");
        page.control("Page.addScriptToEvaluateOnNewDocument", note).await;
        let pages = [
            (format!("/board/{funnel}"), ".deal .title", true),
            (format!("/accounts/{account}"), "h1", false),
        ];
        for (path, name, is_in_place) in pages {
            let line = json!({ "offline": false, "latency": 20, "downloadThroughput": 2_000_000, "uploadThroughput": -1 });
            page.control("Network.emulateNetworkConditions", line).await;
            page.script(&format!("location.assign({path:?})")).await;
            page.until(
                "the names are there",
                &format!("document.querySelector('.glimpse[inert] {name}')?.innerText"),
            )
            .await;
            let drawn = page.script("return window.noted").await;
            assert!(drawn.as_f64() >= Some(400.0), "nothing flashes by: {drawn}");
            let read = |scope: &str| {
                format!(
                    "const one = document.querySelector('{scope} {name}'), box = one.getBoundingClientRect(); \
                     return [one.textContent, box.x, box.y]"
                )
            };
            let before = page.script(&read(".glimpse")).await;
            let line = json!({ "offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
            page.control("Network.emulateNetworkConditions", line).await;
            page.until(
                "the app is there alone",
                &format!("!document.querySelector('.glimpse, .splash') && document.querySelector('#main {name}')"),
            )
            .await;
            let after = page.script(&read("#main")).await;
            if is_in_place {
                assert_eq!(before, after);
            } else {
                assert_eq!(before[0], after[0]);
            }
        }
    })
    .await;
}
