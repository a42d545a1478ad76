//! What every main page shows when not all is well: nothing yet, no right, a slow line, no network, a
//! server that cannot answer, an answer that is none (UX-1).

use super::catalogue::word;
use super::looks::faults;
use shared::identity::Role;
use tests::browser::{Journey, Page, Window, journey};
use tests::{PASSWORD, TestApp, User, Value, json};

/// An organisation with one of everything, and the pages on it.
struct World {
    user: User,
    funnel: Value,
    pages: Vec<(&'static str, String)>,
}

impl World {
    async fn new(app: &TestApp) -> Self {
        let user = app.sign_up("North").await;
        let body = json!({ "name": "Acme Works", "kind": "company" });
        let account = user.make("/accounts", body).await;
        let body = json!({ "name": "Mei Lin", "account_id": account["id"] });
        user.make("/contacts", body).await;
        user.make("/products", json!({ "name": "Pump 40" })).await;
        let stages = json!([
            { "name": "Talk", "kind": "open", "probability": 20 },
            { "name": "Won", "kind": "won", "probability": 100 },
            { "name": "Lost", "kind": "lost", "probability": 0 },
        ]);
        let body = json!({ "name": "Sales", "stages": stages });
        let funnel = user.make("/funnels", body).await;
        let body = json!({ "title": "Nine pumps", "funnel_id": funnel["id"], "account_id": account["id"] });
        let deal = user.make("/deals", body).await;
        let id = |thing: &Value| thing["id"].as_str().unwrap().to_owned();
        let pages = pages(&id(&funnel), &id(&account), &id(&deal));
        let funnel = funnel["id"].clone();
        Self {
            user,
            funnel,
            pages,
        }
    }
}

/// The main pages by their names.
fn pages(funnel: &str, account: &str, deal: &str) -> Vec<(&'static str, String)> {
    [
        ("board", "/board".to_owned()),
        ("funnel view", format!("/board/{funnel}/shape")),
        ("profit by stage", format!("/board/{funnel}/worth")),
        ("list", "/deals".to_owned()),
        ("deal", format!("/deals/{deal}")),
        ("accounts", "/accounts".to_owned()),
        ("account", format!("/accounts/{account}")),
        ("contacts", "/contacts".to_owned()),
        ("products", "/products".to_owned()),
        ("imports", "/import".to_owned()),
        ("team", "/settings/team".to_owned()),
        ("funnels", "/settings/funnels".to_owned()),
        ("portfolio", "/portfolio".to_owned()),
        ("classes", "/settings/classes".to_owned()),
        ("screening", "/settings/screening".to_owned()),
        ("scripts", "/settings/scripts".to_owned()),
        ("cases", "/cases".to_owned()),
    ]
    .into()
}

/// A browser of somebody, at a page that needs nothing, in a language.
async fn enter(journey: &Journey, user: &User, language: &str) -> Page {
    let page = journey.browser_in(Window::DESKTOP, language).await;
    page.go("/sign-in").await;
    page.find("input[type=password]").await;
    page.sign_in(&user.email, PASSWORD).await;
    page.set_stored("dipper.lang", language).await;
    page.go("/settings").await;
    page.find("main h1").await;
    page
}

/// Goes to a page as a link of the app does, without loading the app anew.
async fn turn_to(page: &Page, path: &str) {
    let script = format!(
        "history.pushState(null, '', {}); dispatchEvent(new PopStateEvent('popstate'))",
        json!(path)
    );
    page.script(&script).await;
    page.arrived(path).await;
}

/// Waits until a page is there and has said what it has to say.
async fn settled(page: &Page) {
    page.until(
        "the page is settled",
        "document.querySelector('main h1') && !document.querySelector('main [aria-busy=true]')",
    )
    .await;
}

/// Waits until the page says these words, where they can be seen.
async fn says(page: &Page, what: &str, words: &str) {
    page.until(
        &format!("the page {what} says {words:?}"),
        &format!(
            "document.querySelector('main').innerText.includes({})",
            json!(words)
        ),
    )
    .await;
}

/// Fails if the form of the page is wrong, or nothing leads on from it.
async fn is_whole(page: &Page, what: &str) {
    let found = faults(page).await;
    assert!(found.is_empty(), "{what}: {}", found.join("\n"));
    // The menu shows, and nothing lies over it.
    let ways = page
        .script(
            "return [...document.querySelectorAll('nav.rail a[href]')].filter(a => { const r = a.getBoundingClientRect(); \
               return r.width && a.contains(document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2)) }).length",
        )
        .await;
    assert!(
        ways.as_u64() > Some(4),
        "{what}: the menu cannot be pressed"
    );
}

/// Lets no request through, or all again.
async fn cut_off(page: &Page, is_cut: bool) {
    line(page, is_cut, 0).await;
}

/// What the line to the server is like.
async fn line(page: &Page, is_cut: bool, latency: u32) {
    page.control("Network.enable", json!({})).await;
    let conditions = json!({ "offline": is_cut, "latency": latency, "downloadThroughput": -1, "uploadThroughput": -1 });
    page.control("Network.emulateNetworkConditions", conditions)
        .await;
}

/// Something between browser and server answers in its place, as a hotel's network does, or no more.
async fn intrude(page: &Page, is_between: bool) {
    let script = if is_between {
        "window.dipperFetch ??= window.fetch; \
         window.fetch = () => Promise.resolve(new Response('<h1>Welcome to our network</h1>', { status: 502 }))"
    } else {
        "window.fetch = window.dipperFetch"
    };
    page.script(script).await;
}

/// Takes a page through a fault and back: it says what happened and, told to try again, shows itself.
async fn fails_and_recovers(
    page: &Page,
    language: &str,
    (name, path): &(&'static str, String),
    title: &str,
    text: &str,
    fault: impl AsyncFn(&Page, bool),
) {
    let what = format!("{name} in {language}");
    fault(page, true).await;
    turn_to(page, path).await;
    says(page, &what, &word(language, title)).await;
    says(page, &what, &word(language, text)).await;
    is_whole(page, &what).await;
    fault(page, false).await;
    page.click(&word(language, "load.retry")).await;
    page.until(
        &format!("the page {what} is there again"),
        "!document.querySelector('main [role=alert]') && !document.querySelector('main [aria-busy=true]')",
    )
    .await;
}

async fn walk_faults(language: &'static str) {
    journey(&format!("states_{language}"), async |journey| {
        let world = World::new(&journey.app).await;
        let page = enter(journey, &world.user, language).await;
        for at in &world.pages {
            let (title, text) = ("load.offline_title", "errors.offline");
            fails_and_recovers(&page, language, at, title, text, cut_off).await;
            // Another page, so that the next begins without what is known now.
            turn_to(&page, "/settings").await;
            let (title, text) = ("load.failed_title", "errors.unreadable");
            fails_and_recovers(&page, language, at, title, text, intrude).await;
        }

        // The server itself answers, but its database is away.
        turn_to(&page, "/settings").await;
        settled(&page).await;
        journey.app.database().refuse_connections().await;
        for (name, path) in &world.pages {
            turn_to(&page, path).await;
            says(&page, name, &word(language, "load.failed_title")).await;
            says(&page, name, &word(language, "errors.unavailable")).await;
            is_whole(&page, name).await;
        }
        journey.app.database().take_connections().await;
        page.click(&word(language, "load.retry")).await;
        page.until(
            "the page is there again",
            "!document.querySelector('main [role=alert]')",
        )
        .await;
        page.forget_complaints("Failed to load resource").await;
    })
    .await;
}

#[tokio::test]
async fn every_page_says_in_english_that_it_cannot_be_loaded_and_comes_back() {
    walk_faults("en").await;
}

#[tokio::test]
async fn every_page_says_in_chinese_that_it_cannot_be_loaded_and_comes_back() {
    walk_faults("zh-CN").await;
}

/// Notes in the page when something first says that one has to wait, and what it says.
const WATCH: &str = "window.dipperWaits = { from: performance.now(), first: null, said: '' }; \
    const look = () => { \
        const waits = window.dipperWaits; \
        const shown = e => e.getClientRects().length && getComputedStyle(e).visibility !== 'hidden'; \
        if (waits.first === null && [...document.querySelectorAll('main .sk, main .ring')].some(shown)) { \
            waits.first = performance.now() - waits.from; \
            waits.said = document.querySelector('main [aria-busy=true] [role=status]')?.textContent ?? ''; \
        } \
        if (window.dipperWaits === waits) requestAnimationFrame(look); \
    }; \
    look();";

#[tokio::test]
async fn slow_page_says_that_it_is_loading_and_no_sooner_than_a_person_notices() {
    journey("states_slow", async |journey| {
        let world = World::new(&journey.app).await;
        let page = enter(journey, &world.user, "en").await;
        settled(&page).await;
        let mut waited = 0;
        for (name, path) in &world.pages {
            line(&page, false, 1_200).await;
            page.script(WATCH).await;
            turn_to(&page, path).await;
            settled(&page).await;
            line(&page, false, 0).await;
            let waits = page.script("return window.dipperWaits").await;
            let first = waits["first"].as_f64();
            // The page of imports has its main part at once; the list of earlier ones joins it.
            assert!(
                first.is_some() || *name == "imports",
                "{name}: nothing says that it loads"
            );
            assert!(
                first.is_none_or(|first| first >= 295.0),
                "{name}: it says so after {first:?} ms"
            );
            if first.is_some() {
                assert_eq!(waits["said"], word("en", "load.waiting"), "{name}");
                waited += 1;
            }
        }
        assert!(waited >= 10, "{waited} pages were slow");
    })
    .await;
}

/// What pages of an organisation without any data say, and the words of the way on from there.
const NOTHING: [(&str, &str, Option<&str>); 12] = [
    ("/board", "board.no_funnel", Some("funnel.settings")),
    ("/deals", "deal.none", None),
    ("/cases", "cases.none_title", None),
    ("/accounts", "account.first.title", Some("import.choose")),
    ("/contacts", "contact.none_title", None),
    ("/products", "product.none_title", Some("product.new")),
    ("/import", "import.start_title", Some("import.choose")),
    (
        "/settings/team",
        "identity.team.everybody",
        Some("identity.team.invite"),
    ),
    (
        "/settings/funnels",
        "funnel.none",
        Some("funnel.from_method"),
    ),
    (
        "/settings/scripts",
        "scripts.none_title",
        Some("scripts.new"),
    ),
    // A funnel, an account and a deal that are not there.
    (
        "/board/01930000-0000-7000-8000-000000000001/shape",
        "load.missing_title",
        None,
    ),
    (
        "/board/01930000-0000-7000-8000-000000000001/worth",
        "load.missing_title",
        None,
    ),
];

#[tokio::test]
async fn page_without_anything_says_so_and_offers_the_first_thing() {
    journey("states_empty", async |journey| {
        let admin = journey.app.sign_up("Empty").await;
        for language in ["en", "zh-CN"] {
            let page = enter(journey, &admin, language).await;
            for (path, title, way) in NOTHING {
                turn_to(&page, path).await;
                settled(&page).await;
                says(&page, path, &word(language, title)).await;
                if let Some(way) = way {
                    page.button(&word(language, way)).await;
                }
                is_whole(&page, &format!("{path} in {language}")).await;
            }
            for path in ["/accounts", "/deals"] {
                turn_to(
                    &page,
                    &format!("{path}/01930000-0000-7000-8000-000000000001"),
                )
                .await;
                says(&page, path, &word(language, "load.missing_title")).await;
                is_whole(&page, path).await;
            }
            page.forget_complaints("status of 404").await;
        }
        // A funnel without deals.
        let stages = json!([
            { "name": "Talk", "kind": "open", "probability": 20 },
            { "name": "Won", "kind": "won", "probability": 100 },
            { "name": "Lost", "kind": "lost", "probability": 0 },
        ]);
        let funnel = admin
            .make("/funnels", json!({ "name": "Sales", "stages": stages }))
            .await;
        let shape = format!("/board/{}/shape", funnel["id"].as_str().unwrap());
        let worth = format!("/board/{}/worth", funnel["id"].as_str().unwrap());
        for language in ["en", "zh-CN"] {
            let page = enter(journey, &admin, language).await;
            for path in ["/board", &shape, &worth] {
                turn_to(&page, path).await;
                says(&page, path, &word(language, "board.none_yet")).await;
                is_whole(&page, path).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn seller_is_offered_nothing_that_is_denied_and_told_why_at_its_address() {
    journey("states_denied", async |journey| {
        let world = World::new(&journey.app).await;
        let import = world.user.make("/imports", json!({})).await;
        let import = format!("/import/{}", import["id"].as_str().unwrap());
        let seller = world.user.invite(Role::Rep).await;
        for language in ["en", "zh-CN"] {
            let page = enter(journey, &seller, language).await;
            for (path, text) in [("/import", "import.denied"), (&*import, "errors.forbidden")] {
                turn_to(&page, path).await;
                says(&page, path, &word(language, "load.denied_title")).await;
                says(&page, path, &word(language, text)).await;
                assert!(
                    !page.shows("main input, main .dz").await,
                    "{path} offers to import"
                );
                is_whole(&page, path).await;
            }
            assert!(!page.shows("nav.rail a[href='/import']").await);
            // What one may see and not change has nothing to change it with.
            for (path, shown, change) in [
                ("/settings/funnels", "Sales", "funnel.create"),
                ("/settings/team", &*seller.email, "identity.team.invite"),
                ("/products", "Pump 40", "product.new"),
            ] {
                turn_to(&page, path).await;
                settled(&page).await;
                says(&page, path, shown).await;
                let offered = page.texts("main button, main a").await;
                assert!(
                    !offered.contains(&word(language, change)),
                    "{path} offers {change}"
                );
                is_whole(&page, path).await;
            }
            page.forget_complaints("status of 403").await;
        }
    })
    .await;
}

#[tokio::test]
async fn lists_that_cannot_be_refreshed_keep_their_rows_and_say_that_they_are_from_before() {
    journey("states_stale", async |journey| {
        let world = World::new(&journey.app).await;
        let page = enter(journey, &world.user, "en").await;
        let deal = json!({ "title": "Ten", "funnel_id": world.funnel });
        for (path, row, more) in [
            ("/deals", "Nine pumps", deal),
            ("/products", "Pump 40", json!({ "name": "Pump 50" })),
            ("/accounts", "Acme Works", json!({ "name": "Beta", "kind": "company" })),
        ] {
            turn_to(&page, path).await;
            says(&page, path, row).await;
            intrude(&page, true).await;
            // Somebody else makes one more, and the list hears of it.
            world.user.make(path, more).await;
            says(&page, path, &word("en", "load.stale")).await;
            says(&page, path, row).await;
            intrude(&page, false).await;
            page.click(&word("en", "load.retry")).await;
            page.until(
                "the list is as it is now",
                "document.querySelectorAll('main tbody tr').length === 2 && !document.querySelector('main .notice')",
            )
            .await;
        }
    })
    .await;
}
