//! The web app: its size on the wire, and the time from navigation to a usable board.

use super::seed;
use super::server::Place;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use thirtyfour::prelude::*;

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

/// Waits for the first card and answers the milliseconds since the navigation began.
const FIRST_CARD: &str = "const done = arguments[arguments.length - 1]; \
    const look = () => document.querySelector('article.deal, .deal') ? done(performance.now()) : requestAnimationFrame(look); look();";

/// Signs in from within the page, so that the cookies are the browser's.
const SIGN_IN: &str = "const done = arguments[arguments.length - 1]; \
    fetch('/api/v1/sessions', { method: 'POST', headers: { 'content-type': 'application/json' }, \
    body: JSON.stringify({ email: arguments[0], password: arguments[1] }) }).then(answer => done(answer.status));";

/// The median time until the board of an organisation with 8,800 deals shows its cards.
pub async fn board(place: &Place) -> Result<Duration> {
    let server = place.start().await?;
    let email = "browser@example.com";
    let world = seed::sign_up(&server, email).await?;
    let world = seed::fill(place, world, 8_800).await?;

    let port = std::net::TcpListener::bind("127.0.0.1:0")?
        .local_addr()?
        .port();
    let driver = Driver::start(port)?;
    let profile = std::env::temp_dir().join(format!("dipper-bench-browser-{}", std::process::id()));
    let mut capabilities = DesiredCapabilities::chrome();
    for argument in [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1440,900",
    ] {
        capabilities.add_arg(argument)?;
    }
    capabilities.add_arg(&format!("--user-data-dir={}", profile.display()))?;
    if let Some(program) = std::env::var_os("DIPPER_TEST_CHROMIUM") {
        capabilities.set_binary(&program.to_string_lossy())?;
    }
    let address = format!("http://127.0.0.1:{port}");
    let mut browser = WebDriver::new(&address, capabilities.clone()).await;
    for _ in 0..50 {
        if browser.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        browser = WebDriver::new(&address, capabilities.clone()).await;
    }
    let browser = browser.context("no browser")?;
    browser.set_script_timeout(Duration::from_secs(20)).await?;

    browser.goto(format!("{}/sign-in", server.base)).await?;
    browser
        .execute_async(SIGN_IN, vec![email.into(), seed::PASSWORD.into()])
        .await?;
    let mut times = Vec::new();
    for _ in 0..5 {
        browser
            .goto(format!("{}/board/{}", server.base, world.funnel))
            .await?;
        let shown: f64 = browser
            .execute_async(FIRST_CARD, Vec::new())
            .await?
            .convert()?;
        times.push(shown);
    }
    browser.quit().await?;
    drop(driver);
    std::fs::remove_dir_all(&profile).ok();
    server.stop().await?;
    times.sort_by(f64::total_cmp);
    Ok(Duration::from_secs_f64(
        times.get(2).copied().unwrap_or_default() / 1e3,
    ))
}

/// A running `chromedriver`, ended with the value.
struct Driver(Child);

impl Driver {
    fn start(port: u16) -> Result<Self> {
        let program =
            std::env::var_os("DIPPER_TEST_CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into());
        let child = Command::new(program)
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("chromedriver cannot be started")?;
        Ok(Self(child))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}
