//! The web app: its size on the wire; and boards of several sizes in Chromium: how soon they can be
//! used, what a drag through all columns costs, and what they hold in memory (DND-5).

use super::seed;
use super::server::{Place, Server};
use anyhow::{Context, Result, bail};
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

/// Counts tasks of more than 50 ms from now on.
const LONG_TASKS: &str = "window.longTasks = []; \
    new PerformanceObserver(list => window.longTasks.push(...list.getEntries().map(task => task.duration))) \
      .observe({ type: 'longtask' });";

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
    /// What a step of the drag cost the main thread in script, styles and layout, 95th percentile, in
    /// milliseconds, on a processor slowed to a quarter.
    pub step: f64,
    /// Tasks of more than 50 ms during that drag, and the longest of them in milliseconds.
    pub long_tasks: (usize, f64),
}

/// Opens boards of these sizes, each in an organisation of its own.
pub async fn boards(place: &Place, sizes: &[u32]) -> Result<Vec<Seen>> {
    let programs = Programs::find().map_err(anyhow::Error::msg)?;
    let server = place.start().await?;
    let mut seen = Vec::new();
    for cards in sizes {
        let browser = Chromium::start(&programs, "en").await;
        seen.push(board(place, &server, &browser.driver, *cards).await?);
        browser.quit().await;
    }
    server.stop().await?;
    Ok(seen)
}

async fn board(place: &Place, server: &Server, driver: &WebDriver, cards: u32) -> Result<Seen> {
    let email = format!("browser-{cards}@example.com");
    let world = seed::sign_up(server, &email).await?;
    let world = seed::fill(place, world, cards).await?;
    let control =
        async |command: &str, arguments: Value| driver.cdp().send_raw(command, arguments).await;
    let window = json!({ "width": 1440, "height": 900, "deviceScaleFactor": 1, "mobile": false });
    control("Emulation.setDeviceMetricsOverride", window).await?;
    control(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({ "source": WATCH }),
    )
    .await?;
    control("Performance.enable", json!({})).await?;

    driver.goto(format!("{}/sign-in", server.base)).await?;
    let who = vec![email.into(), seed::PASSWORD.into()];
    driver.execute_async(SIGN_IN, who).await?;
    let mut times = Vec::new();
    for _ in 0..OPENINGS {
        let address = format!("{}/board/{}", server.base, world.funnel);
        driver.goto(address).await?;
        let shown: f64 = driver
            .execute_async(FIRST_CARD, Vec::new())
            .await?
            .convert()?;
        times.push(shown);
    }
    times.sort_by(f64::total_cmp);

    control("Emulation.setCPUThrottlingRate", json!({ "rate": SLOWER })).await?;
    driver.execute(LONG_TASKS, Vec::new()).await?;
    let steps = drag(driver).await?;
    control("Emulation.setCPUThrottlingRate", json!({ "rate": 1 })).await?;
    let long = driver
        .execute("return window.longTasks", Vec::new())
        .await?;
    let long: Vec<f64> = long.convert()?;

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
        opened: at(&times, 50),
        elements,
        memory: own + heap,
        step: at(&steps, 95),
        long_tasks: (long.len(), long.iter().copied().fold(0.0, f64::max)),
    })
}

/// Carries the first card through all columns and back up and down, then lets it return; answers what
/// each step cost, in order of cost.
async fn drag(driver: &WebDriver) -> Result<Vec<f64>> {
    let control =
        async |command: &str, arguments: Value| driver.cdp().send_raw(command, arguments).await;
    let mouse = async |kind: &str, x: f64, y: f64| {
        let event = json!({ "type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1 });
        control("Input.dispatchMouseEvent", event).await
    };
    let places = driver.execute(PLACES, Vec::new()).await?;
    let place = |name: &str| {
        let number = places.json().get(name).and_then(Value::as_f64);
        number.with_context(|| format!("no {name} of the board"))
    };
    let (left, top, right, bottom) = (place("x")?, place("y")?, place("right")?, place("bottom")?);
    mouse("mousePressed", left, top).await?;
    mouse("mouseMoved", left + 12.0, top + 6.0).await?;
    let held = "return !!document.querySelector('#drag-clone')";
    if !driver.execute(held, Vec::new()).await?.convert::<bool>()? {
        bail!("the card was not lifted");
    }
    let mut costs = Vec::new();
    let mut before = busy(&control("Performance.getMetrics", json!({})).await?)?;
    for step in 1..=STEPS {
        let share = f64::from(step) / f64::from(STEPS);
        // Over the columns to the right, and four times up and down on the way.
        let wave = (1.0 - (share * 8.0 * std::f64::consts::PI).cos()) / 2.0;
        let (x, y) = (left + (right - left) * share, top + (bottom - top) * wave);
        mouse("mouseMoved", x, y).await?;
        let now = busy(&control("Performance.getMetrics", json!({})).await?)?;
        costs.push((now - before) * 1e3);
        before = now;
    }
    let escape = json!({ "type": "keyDown", "key": "Escape", "code": "Escape", "windowsVirtualKeyCode": 27 });
    control("Input.dispatchKeyEvent", escape).await?;
    mouse("mouseReleased", right, bottom).await?;
    costs.sort_by(f64::total_cmp);
    Ok(costs)
}

/// Seconds the main thread has spent on script, styles and layout.
fn busy(metrics: &Value) -> Result<f64> {
    let names = ["ScriptDuration", "RecalcStyleDuration", "LayoutDuration"];
    names.iter().map(|name| metric(metrics, name)).sum()
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
