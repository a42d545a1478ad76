//! The first day of a team: sign up, bring the pipeline in, move deals by mouse, finger and keys while
//! somebody else watches, open a customer, change the language and the light.

use serde_json::Value;
use std::path::PathBuf;
use std::time::Duration;
use tests::PASSWORD;
use tests::browser::board::{
    self, Column, HOLDS, at, columns, lies, opened, stage_at_server, total, turn_to,
};
use tests::browser::{Journey, Page, Point, Window, journey};
use tests::{data, root, wait};

/// Four files and what is known of them.
struct Files {
    folder: PathBuf,
    names: [&'static str; 4],
    /// Deals in them.
    deals: i64,
    /// Deals in each stage, in order.
    stages: &'static [(&'static str, i64)],
}

impl Files {
    fn paths(&self) -> Vec<PathBuf> {
        self.names
            .iter()
            .map(|name| self.folder.join(name))
            .collect()
    }

    /// The small set of the project's own.
    fn own() -> Self {
        Self {
            folder: root().join("tests/fixtures/import"),
            names: [
                "accounts.csv",
                "products.csv",
                "sales_teams.csv",
                "pipeline.csv",
            ],
            deals: 32,
            stages: &[],
        }
    }

    /// The published CRM data set, where it lies beside the project.
    fn published() -> Option<Self> {
        let folder = data()?.join("crm-sales-opportunities");
        folder.is_dir().then_some(Self {
            folder,
            names: [
                "accounts.csv",
                "products.csv",
                "sales_teams.csv",
                "sales_pipeline.csv",
            ],
            deals: 8_800,
            stages: &[
                ("Prospecting", 500),
                ("Engaging", 1_589),
                ("Won", 4_238),
                ("Lost", 2_473),
            ],
        })
    }
}

async fn sign_up(page: &Page) -> String {
    page.go("/").await;
    page.arrived("/sign-in").await;
    page.click("set up an organisation").await;
    page.fill("Organisation", "North Star Instruments").await;
    page.fill("Name", "Ann Marlow").await;
    let email = format!("ann-{}@north.example.com", uuid::Uuid::now_v7().simple());
    page.fill("Email", &email).await;
    page.fill("Choose a password", PASSWORD).await;
    page.click("Create and enter").await;
    page.until("signed in", "!location.pathname.startsWith('/sign-')")
        .await;
    email
}

async fn sign_in(page: &Page, email: &str) {
    page.go("/sign-in").await;
    page.fill("Email", email).await;
    page.fill("Password", PASSWORD).await;
    page.click("Sign in").await;
    page.until("signed in", "location.pathname !== '/sign-in'")
        .await;
}

async fn import(page: &Page, files: &Files) {
    page.go("/import").await;
    page.find("input[type=file], .dz").await;
    page.choose_files(&files.paths()).await;
    // Nothing is to choose among the files, so the wizard opens at their columns.
    page.until(
        "all files are read",
        "document.querySelectorAll('.file-tabs [role=tab]').length === 4 && !document.querySelector('section.sending')",
    )
    .await;
    page.find("table.columns").await;
    page.click("Next").await;
    page.find("nav.steps li:nth-child(3).is-now").await;
    page.click("Next").await;
    page.click("Check").await;
    slowly(page, "the check is done", "[...document.querySelectorAll('.wizard-foot button')].some(b => b.textContent.trim() === 'Import' && b.ariaDisabled !== 'true')").await;
    page.click_at(".wizard-foot button.primary").await;
    slowly(page, "the import is done", "[...document.querySelectorAll('a.btn.primary')].some(a => a.textContent.trim() === 'See the board')").await;
}

/// Waits long: for work on thousands of rows.
async fn slowly(page: &Page, what: &str, expression: &str) {
    let script = format!("return Boolean({expression})");
    wait::within(Duration::from_mins(2), what, async || {
        (page.script(&script).await == Value::Bool(true)).then_some(())
    })
    .await;
}

/// Moves the first card of the first column into the second by mouse.
async fn by_mouse(page: &Page) -> (String, Column) {
    let before = columns(page).await;
    let (from, to) = (at(&before, 0), at(&before, 1));
    let card = from.card(0).to_owned();
    let start = board::grip(page, &card).await;
    let target = board::place(page, to.card(0)).await;
    page.drag_with_mouse(start, target).await;
    lies(page, &card, &to.stage).await;
    assert_eq!(stage_at_server(page, &card).await, to.stage);
    (card, to.clone())
}

/// Moves the second card of the first column one column on by keys alone.
async fn by_keys(page: &Page) -> (String, Column) {
    let before = columns(page).await;
    let (from, to) = (at(&before, 0), at(&before, 1));
    let card = from.card(1).to_owned();
    page.script(&format!("document.getElementById('card-{card}').focus()"))
        .await;
    page.keys(" ").await;
    page.until("the card is lifted", "document.querySelector('.deal.held')")
        .await;
    page.keys("\u{e014}").await;
    page.until(
        "the card stands in the next column",
        &format!(
            "document.querySelector(\"section.col[data-stage='{}'] .deal.held\")",
            to.stage
        ),
    )
    .await;
    page.keys(" ").await;
    lies(page, &card, &to.stage).await;
    assert_eq!(stage_at_server(page, &card).await, to.stage);
    page.until(
        "the focus is back on the card",
        &format!("document.activeElement?.id === 'card-{card}'"),
    )
    .await;
    (card, to.clone())
}

/// Moves the first card of the first column on a phone: a long press, then over the edge.
async fn by_finger(page: &Page) -> (String, Column) {
    let before = columns(page).await;
    let (from, to) = (at(&before, 0), at(&before, 1));
    turn_to(page, &from.stage, &from.name).await;
    let card = at(&columns(page).await, 0).card(0).to_owned();
    let start = board::grip(page, &card).await;
    page.finger("touchStart", Some(start)).await;
    page.until("the finger holds the card", HOLDS).await;
    let edge = f64::from(Window::PHONE.width) - 8.0;
    for step in 1..=12 {
        let part = f64::from(step) / 12.0;
        let x = start.x + (edge - start.x) * part;
        page.finger("touchMove", Some(Point { x, y: start.y }))
            .await;
    }
    page.until(
        "the board turned to the next column",
        &format!("document.querySelector(\"section.col[data-stage='{}']\").getBoundingClientRect().left < 60", to.stage),
    )
    .await;
    let middle = Point {
        x: f64::from(Window::PHONE.width) / 2.0,
        y: start.y,
    };
    page.finger("touchMove", Some(middle)).await;
    page.until(
        "the card would fall into the next column",
        &format!(
            "document.querySelector(\"section.col.target[data-stage='{}']\")",
            to.stage
        ),
    )
    .await;
    page.finger("touchEnd", None).await;
    lies(page, &card, &to.stage).await;
    assert_eq!(stage_at_server(page, &card).await, to.stage);
    (card, to.clone())
}

/// Waits until a page's heads show these counts for the first two columns.
async fn counts(page: &Page, first: i64, second: i64) {
    wait::within(Duration::from_secs(10), "the counts follow", async || {
        let now = columns(page).await;
        (at(&now, 0).count() == first && at(&now, 1).count() == second).then_some(())
    })
    .await;
}

async fn walk(journey: &Journey, files: &Files) {
    let desk = journey.browser(Window::DESKTOP).await;
    let email = sign_up(&desk).await;
    import(&desk, files).await;
    desk.click("See the board").await;
    let board = opened(&desk).await;
    assert_eq!(total(&board), files.deals, "all deals are on the board");
    for (index, (name, count)) in files.stages.iter().enumerate() {
        let column = at(&board, index);
        assert_eq!((column.name.as_str(), column.count()), (*name, *count));
    }
    let (first, second) = (at(&board, 0).count(), at(&board, 1).count());

    // A second browser watches.
    let watcher = journey.browser(Window::DESKTOP).await;
    sign_in(&watcher, &email).await;
    watcher.go(&desk.path().await).await;
    opened(&watcher).await;
    watcher
        .until(
            "the stream is open",
            "!document.querySelector('.offline, .live-lost')",
        )
        .await;

    let (card, to) = by_mouse(&desk).await;
    counts(&desk, first - 1, second + 1).await;
    lies(&watcher, &card, &to.stage).await;
    counts(&watcher, first - 1, second + 1).await;

    let (card, to) = by_keys(&desk).await;
    lies(&watcher, &card, &to.stage).await;

    let phone = journey.browser(Window::PHONE).await;
    sign_in(&phone, &email).await;
    phone.go(&desk.path().await).await;
    opened(&phone).await;
    let (card, to) = by_finger(&phone).await;
    lies(&watcher, &card, &to.stage).await;
    lies(&desk, &card, &to.stage).await;
    counts(&watcher, first - 3, second + 3).await;

    // Nothing of it was only on the screen.
    desk.go(&desk.path().await).await;
    opened(&desk).await;
    counts(&desk, first - 3, second + 3).await;

    // A customer, one click from a card.
    desk.click_at("section.col .deal[data-deal] a.acct").await;
    desk.arrived("/accounts/").await;
    desk.find("h1").await;

    // Language and light change without a reload.
    desk.script("window.dipperWasHere = true").await;
    desk.click_at("a[href='/settings']").await;
    desk.click("简体中文").await;
    desk.until(
        "the page speaks Chinese",
        "document.documentElement.lang === 'zh-CN'",
    )
    .await;
    desk.click("深色").await;
    desk.until(
        "the page is dark",
        "document.documentElement.dataset.theme === 'dark'",
    )
    .await;
    desk.click_at("a[href^='/board']").await;
    opened(&desk).await;
    assert_eq!(
        desk.script("return window.dipperWasHere === true").await,
        true,
        "the page was loaded anew"
    );
    let ground = desk
        .script("return getComputedStyle(document.body).backgroundColor")
        .await;
    let ground = ground.as_str().unwrap_or_default().to_owned();
    let levels: Vec<u32> = ground
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|part| part.parse().ok())
        .collect();
    assert!(
        levels.iter().take(3).all(|level| *level < 80),
        "{ground} is not dark"
    );
}

#[tokio::test]
async fn first_day_with_the_projects_own_files() {
    journey("first_day", async |journey| {
        walk(journey, &Files::own()).await
    })
    .await;
}

#[tokio::test]
async fn first_day_with_the_published_files() {
    let Some(files) = Files::published() else {
        println!("the published files are not beside the project: left out");
        return;
    };
    journey("first_day_published", async |journey| {
        walk(journey, &files).await
    })
    .await;
}
