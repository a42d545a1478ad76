//! The web app: its size on the wire; and boards of several sizes in Chromium: how soon they can be
//! used, what a drag through all columns costs, and what they hold in memory (DND-5).

use super::seed;
use super::server::{Place, Server};
use super::trace::{self, BEGIN, CATEGORIES, END, Work};
use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tests::browser::{Chromium, Programs};
use thirtyfour::WebDriver;

/// Bytes of the web app compressed with brotli.
#[derive(Default)]
pub struct Weight {
    /// The first visit, to the sign-in or the board: the page, the styles, the small app and its loader.
    pub first: u64,
    /// The whole app, which follows when nobody waits.
    pub whole: u64,
}

/// Weighs the web app in `dist`; `None` when it was not built.
pub fn weigh() -> Option<Weight> {
    let dist = PathBuf::from(std::env::var_os("DIPPER_WEB_DIST").unwrap_or_else(|| "dist".into()));
    let mut weight = Weight::default();
    add(&dist, &mut weight).ok()?;
    (weight.first > 0).then_some(weight)
}

fn add(folder: &Path, weight: &mut Weight) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            add(&entry.path(), weight)?;
        } else if entry.path().extension().is_some_and(|kind| kind == "br") {
            let is_later = entry.file_name().to_string_lossy().starts_with("whole-");
            let bytes = entry.metadata()?.len();
            if is_later {
                weight.whole += bytes;
            } else {
                weight.first += bytes;
            }
        }
    }
    Ok(())
}

/// How many times a board is opened.
const OPENINGS: usize = 5;
/// The processor is slowed by this during a drag, to that of a usual phone (DND-5).
const SLOWER: u32 = 4;
/// Steps of the drag.
const STEPS: u32 = 150;
/// A task of more than these milliseconds is felt.
const LONG: f64 = 50.0;

/// Waits for the first card and answers the milliseconds since the navigation began.
const FIRST_CARD: &str = "const done = arguments[arguments.length - 1]; \
    const look = () => document.querySelector('.deal[data-deal]') ? done(performance.now()) : requestAnimationFrame(look); look();";

/// Signs in from within the page, so that the cookies are the browser's.
const SIGN_IN: &str = "const done = arguments[arguments.length - 1]; \
    fetch('/api/v1/sessions', { method: 'POST', headers: { 'content-type': 'application/json' }, \
    body: JSON.stringify({ email: arguments[0], password: arguments[1] }) }).then(answer => done(answer.status));";

/// Keeps hold of the app's memory, which is no part of the script's heap.
const WATCH: &str = "for (const name of ['instantiate', 'instantiateStreaming']) { \
      const own = WebAssembly[name].bind(WebAssembly); \
      WebAssembly[name] = async (...given) => { const made = await own(...given); \
        window.appMemory = (made.instance ?? made).exports.memory; return made; }; }";

/// The middle of the first card, and the right and lower ends of the board.
const PLACES: &str = "const card = document.querySelector('.deal[data-deal]').getBoundingClientRect(); \
    const board = document.querySelector('.board').getBoundingClientRect(); \
    return { x: card.x + card.width / 2, y: card.y + card.height / 2, right: board.right - 40, bottom: board.bottom - 60 };";

/// Waits until whatever follows the opening is over, as the fetching of the whole app.
const QUIET: &str = "const done = arguments[arguments.length - 1]; \
    setTimeout(() => requestIdleCallback(() => done(null)), 4000);";

/// The middle of the first column's first card, and the same height in the second column.
const NEIGHBOURS: &str = "const [one, two] = document.querySelectorAll('section.col'); \
    const card = one.querySelector('.deal[data-deal] .ev').getBoundingClientRect(); \
    const beside = two.getBoundingClientRect(); const y = card.y + card.height / 2; \
    return [card.x + card.width / 2, y, beside.x + beside.width / 2, y];";

/// Measures from now on how long the page takes from a pointer that is let go to the next frame.
const RELEASES: &str = "window.releases = []; new PerformanceObserver(list => window.releases.push( \
    ...list.getEntries().filter(event => event.name === 'pointerup').map(event => event.duration))) \
    .observe({ type: 'event', durationThreshold: 16 });";

/// Waits for the drawing after a drop, and answers the longest time.
const RELEASED: &str = "const done = arguments[arguments.length - 1]; \
    setTimeout(() => done(Math.max(0, ...window.releases)), 1000);";

/// What a board of some size was seen to need.
pub struct Seen {
    /// Cards on the board.
    pub cards: u32,
    /// From the navigation to the first card, the median, in milliseconds.
    pub opened: f64,
    /// Elements of the page.
    pub elements: u64,
    /// The script's heap and the app's own memory, in bytes.
    pub memory: u64,
    /// What a frame of the drag cost the main thread in script, styles and layout, 95th percentile, in
    /// milliseconds, on a processor slowed to a quarter.
    pub frame: f64,
    /// Tasks of more than 50 ms during that drag, from taking the card to giving it up, and the longest of
    /// them in milliseconds.
    pub long_tasks: (usize, f64),
    /// From letting a card go to the next frame, in milliseconds by the clock; 0 for less than 16.
    pub drop: f64,
}

/// Loads the verdicts from the script and the module that are given in base64, judges a board of so many cards
/// and criteria a few times, and answers the cards that may go and the median in milliseconds.
const JUDGE: &str = "const [script, module, cards, criteria, done] = arguments; \
    (async () => { \
      const app = await import('data:text/javascript;base64,' + script); \
      await app.default({ module_or_path: Uint8Array.from(atob(module), byte => byte.charCodeAt(0)) }); \
      if (app.prepare(cards, criteria) !== cards) throw new Error('not all cards were read'); \
      const times = []; let allowed = 0; \
      for (let round = 0; round < 9; round += 1) { \
        const begun = performance.now(); allowed = app.judge_all(); times.push(performance.now() - begun); } \
      return [allowed, times.sort((a, b) => a - b)[4]]; \
    })().then(done, error => done(String(error)));";

/// Judges a whole board in Chromium: how many of its cards may go on, and the milliseconds that took; `None`
/// when the verdicts were not compiled.
pub async fn verdicts(cards: u32, criteria: u32) -> Result<Option<(u32, f64)>> {
    let Some(folder) = std::env::var_os("DIPPER_BENCH_VERDICTS").map(PathBuf::from) else {
        return Ok(None);
    };
    let programs = Programs::find().map_err(anyhow::Error::msg)?;
    let packed =
        |name: &str| Ok::<_, std::io::Error>(STANDARD.encode(std::fs::read(folder.join(name))?));
    let (script, module) = (packed("app.js")?, packed("app_bg.wasm")?);
    let browser = Chromium::start(&programs, "en").await;
    browser.driver.goto("about:blank").await?;
    let given = vec![json!(script), json!(module), json!(cards), json!(criteria)];
    let answer = browser.driver.execute_async(JUDGE, given).await?;
    let answer = answer.json().clone();
    browser.quit().await;
    let read = serde_json::from_value(answer.clone());
    Ok(Some(read.with_context(|| answer.to_string())?))
}

/// Opens boards of these sizes, each in an organisation of its own.
pub async fn boards(place: &Place, sizes: &[u32]) -> Result<Vec<Seen>> {
    let programs = Programs::find().map_err(anyhow::Error::msg)?;
    let server = place.start().await?;
    let mut seen = Vec::new();
    for cards in sizes {
        let email = format!("browser-{cards}@example.com");
        let world = seed::sign_up(&server, &email).await?;
        let world = seed::fill(place, world, *cards).await?;
        let board = format!("{}/board/{}", server.base, world.funnel);

        let browser = Chromium::start(&programs, "en").await;
        enter(&server, &browser.driver, &email).await?;
        let mut times = Vec::new();
        for _ in 0..OPENINGS {
            times.push(open(&browser.driver, &board).await?);
        }
        times.sort_by(f64::total_cmp);
        browser.quit().await;

        // One of its own, whose trace holds little else than the drag.
        let browser = Chromium::start_tracing(&programs, "en", CATEGORIES).await;
        enter(&server, &browser.driver, &email).await?;
        open(&browser.driver, &board).await?;
        seen.push(used(&browser.driver, *cards, at(&times, 50)).await?);
        browser.quit().await;
    }
    server.stop().await?;
    Ok(seen)
}

/// Signs a fresh browser in.
async fn enter(server: &Server, driver: &WebDriver, email: &str) -> Result<()> {
    let control =
        async |command: &str, arguments: Value| driver.cdp().send_raw(command, arguments).await;
    let window = json!({ "width": 1440, "height": 900, "deviceScaleFactor": 1, "mobile": false });
    control("Emulation.setDeviceMetricsOverride", window).await?;
    let watch = json!({ "source": WATCH });
    control("Page.addScriptToEvaluateOnNewDocument", watch).await?;
    control("Performance.enable", json!({})).await?;
    driver.goto(format!("{}/sign-in", server.base)).await?;
    let who = vec![email.into(), seed::PASSWORD.into()];
    driver.execute_async(SIGN_IN, who).await?;
    Ok(())
}

/// Opens a board; answers the milliseconds from the navigation to the first card.
async fn open(driver: &WebDriver, board: &str) -> Result<f64> {
    driver.goto(board).await?;
    let shown = driver.execute_async(FIRST_CARD, Vec::new()).await?;
    Ok(shown.convert()?)
}

/// Drags on the board that is open, and weighs it.
async fn used(driver: &WebDriver, cards: u32, opened: f64) -> Result<Seen> {
    let control =
        async |command: &str, arguments: Value| driver.cdp().send_raw(command, arguments).await;
    driver.execute_async(QUIET, Vec::new()).await?;
    control("Emulation.setCPUThrottlingRate", json!({ "rate": SLOWER })).await?;
    let work = drag(driver, cards).await?;
    let drop = let_go(driver).await?;
    control("Emulation.setCPUThrottlingRate", json!({ "rate": 1 })).await?;
    let long = work.tasks.iter().filter(|task| **task > LONG).count();

    control("HeapProfiler.collectGarbage", json!({})).await?;
    let own = "return window.appMemory?.buffer.byteLength ?? 0";
    let own: u64 = driver.execute(own, Vec::new()).await?.convert()?;
    let elements = "return document.querySelectorAll('*').length";
    let elements = driver.execute(elements, Vec::new()).await?.convert()?;
    let metrics = control("Performance.getMetrics", json!({})).await?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "bytes"
    )]
    let heap = metric(&metrics, "JSHeapUsedSize")? as u64;
    Ok(Seen {
        cards,
        opened,
        elements,
        memory: own + heap,
        frame: at(&work.frames, 95),
        long_tasks: (long, at(&work.tasks, 100)),
        drop,
    })
}

/// Moves the mouse with its button down.
async fn mouse(driver: &WebDriver, kind: &str, (x, y): (f64, f64)) -> Result<()> {
    let event =
        json!({ "type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1 });
    driver
        .cdp()
        .send_raw("Input.dispatchMouseEvent", event)
        .await?;
    Ok(())
}

/// Carries the first card through all columns and back up and down, then lets it return; answers what
/// that cost.
async fn drag(driver: &WebDriver, cards: u32) -> Result<Work> {
    let places = driver.execute(PLACES, Vec::new()).await?;
    let place = |name: &str| {
        let number = places.json().get(name).and_then(Value::as_f64);
        number.with_context(|| format!("no {name} of the board"))
    };
    let (left, top, right, bottom) = (place("x")?, place("y")?, place("right")?, place("bottom")?);
    let mark = async |name: &str| {
        let script = format!("performance.mark('{name}')");
        driver.execute(script, Vec::new()).await
    };
    mark(BEGIN).await?;
    mouse(driver, "mousePressed", (left, top)).await?;
    mouse(driver, "mouseMoved", (left + 12.0, top + 6.0)).await?;
    let held = "return !!document.querySelector('#drag-clone')";
    if !driver.execute(held, Vec::new()).await?.convert::<bool>()? {
        bail!("the card was not lifted");
    }
    for step in 1..=STEPS {
        let share = f64::from(step) / f64::from(STEPS);
        // Over the columns to the right, and four times up and down on the way.
        let wave = (1.0 - (share * 8.0 * std::f64::consts::PI).cos()) / 2.0;
        let (x, y) = (left + (right - left) * share, top + (bottom - top) * wave);
        mouse(driver, "mouseMoved", (x, y)).await?;
    }
    let escape = json!({ "type": "keyDown", "key": "Escape", "code": "Escape", "windowsVirtualKeyCode": 27 });
    driver
        .cdp()
        .send_raw("Input.dispatchKeyEvent", escape)
        .await?;
    mouse(driver, "mouseReleased", (right, bottom)).await?;
    mark(END).await?;
    let log = driver.get_log("performance").await?;
    if let Some(folder) = std::env::var_os("DIPPER_BENCH_TRACES") {
        let file = PathBuf::from(folder).join(format!("drag-{cards}.json"));
        std::fs::write(
            file,
            trace::to_show(log.iter().map(|entry| entry.message.as_str()))?,
        )?;
    }
    Work::read(log.iter().map(|entry| entry.message.as_str()))
}

/// Carries a card into the next column and lets it go there; answers how long the drawing after that took.
async fn let_go(driver: &WebDriver) -> Result<f64> {
    let places: Vec<f64> = driver.execute(NEIGHBOURS, Vec::new()).await?.convert()?;
    let [x, y, to_x, to_y] = *places.as_slice() else {
        bail!("no two columns with cards");
    };
    driver.execute(RELEASES, Vec::new()).await?;
    mouse(driver, "mousePressed", (x, y)).await?;
    for step in 1..=10 {
        let share = f64::from(step) / 10.0;
        let at = (x + (to_x - x) * share, y + (to_y - y) * share);
        mouse(driver, "mouseMoved", at).await?;
    }
    mouse(driver, "mouseReleased", (to_x, to_y)).await?;
    let longest = driver.execute_async(RELEASED, Vec::new()).await?;
    Ok(longest.convert()?)
}

fn metric(metrics: &Value, name: &str) -> Result<f64> {
    let list = metrics.get("metrics").and_then(Value::as_array);
    let named = list
        .into_iter()
        .flatten()
        .find(|one| one.get("name").is_some_and(|it| it == name));
    let value = named
        .and_then(|one| one.get("value"))
        .and_then(Value::as_f64);
    value.with_context(|| format!("Chromium does not tell {name}"))
}

/// The value below which this share of a sorted list lies.
fn at(sorted: &[f64], percent: usize) -> f64 {
    let index = sorted.len().saturating_sub(1) * percent / 100;
    sorted.get(index).copied().unwrap_or_default()
}
