//! Finds and starts Chromium and its driver.

use crate::program::TestFolder;
use crate::settings;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use thirtyfour::{
    Capabilities, ChromeCapabilities, ChromiumLikeCapabilities, LoggingPrefsLogLevel, WebDriver,
};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// The longest a driver may take to start.
const START: Duration = Duration::from_secs(20);

/// What keeps Chromium quiet, quick and off the network.
const FLAGS: [&str; 16] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--disable-extensions",
    "--disable-features=Translate,OptimizationHints,MediaRouter",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--mute-audio",
];

/// Where the programs are.
#[derive(Debug, Clone)]
pub struct Programs {
    chromium: PathBuf,
    driver: PathBuf,
}

impl Programs {
    /// The programs, when both are there and the web app is built; why not, otherwise.
    pub fn find() -> Result<Self, &'static str> {
        let is_demanded = settings::var("DIPPER_TEST_WEB").is_some();
        let page = settings::root().join("dist/index.html");
        if !is_demanded && !page.is_file() {
            return Err("the web app is not built: cargo xtask web");
        }
        let chromium = program(
            "DIPPER_TEST_CHROMIUM",
            &["chromium", "chromium-browser", "google-chrome"],
        );
        let driver = program(
            "DIPPER_TEST_CHROMEDRIVER",
            &["chromedriver", "chromium.chromedriver"],
        );
        match (chromium, driver) {
            (Some(chromium), Some(driver)) => Ok(Self { chromium, driver }),
            _ if is_demanded => panic!("Chromium or ChromeDriver is not there"),
            _ => Err("Chromium or ChromeDriver is not there"),
        }
    }
}

/// The program of a variable, else the first of these on the path.
fn program(variable: &str, names: &[&str]) -> Option<PathBuf> {
    if let Some(path) = settings::var(variable) {
        return Some(path.into());
    }
    let path = settings::var("PATH")?;
    let folders: Vec<&Path> = path.split(':').map(Path::new).collect();
    names.iter().find_map(|name| {
        let candidates = folders.iter().map(|folder| folder.join(name));
        candidates.into_iter().find(|candidate| candidate.is_file())
    })
}

/// A browser with a profile of its own, gone when dropped.
#[derive(Debug)]
pub struct Chromium {
    /// Its remote control.
    pub driver: WebDriver,
    _process: Child,
    profile: TestFolder,
}

impl Chromium {
    /// Starts a fresh one.
    pub async fn start(programs: &Programs, language: &str) -> Self {
        Self::start_with(programs, language, None).await
    }

    /// Starts a fresh one that keeps a trace of these categories in its log of performance.
    pub async fn start_tracing(programs: &Programs, language: &str, categories: &str) -> Self {
        Self::start_with(programs, language, Some(categories)).await
    }

    async fn start_with(programs: &Programs, language: &str, trace: Option<&str>) -> Self {
        crate::client::settle_tls();
        let profile = TestFolder::new();
        let mut process = Command::new(&programs.driver)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            // A group of its own, so that the browser's processes can be ended with the driver.
            .process_group(0)
            .spawn()
            .expect("chromedriver");
        let port = tokio::time::timeout(START, port(&mut process)).await;
        let port = port.ok().flatten().expect("chromedriver's port");
        let capabilities = capabilities(programs, profile.path(), language, trace);
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities).await;
        Self {
            driver: driver.expect("a browser"),
            _process: process,
            profile,
        }
    }

    /// Where files go that pages give to the person.
    pub fn downloads(&self) -> PathBuf {
        downloads(self.profile.path())
    }

    /// Ends it.
    pub async fn quit(self) {
        self.driver.quit().await.ok();
    }
}

/// Reads the port that the driver was given.
async fn port(process: &mut Child) -> Option<u16> {
    let mut lines = BufReader::new(process.stdout.take()?).lines();
    let mut port = None;
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some((_, rest)) = line.split_once("started successfully on port ") {
            port = rest.trim_end_matches('.').parse().ok();
            break;
        }
    }
    // Read on, lest it stops at a full pipe.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    port
}

fn downloads(profile: &Path) -> PathBuf {
    profile.join("downloads")
}

fn capabilities(
    programs: &Programs,
    profile: &Path,
    language: &str,
    trace: Option<&str>,
) -> Capabilities {
    let mut chrome = ChromeCapabilities::new();
    let set = |outcome: Result<(), thirtyfour::error::WebDriverError>| {
        outcome.expect("a capability of Chromium");
    };
    set(chrome.set_binary(&programs.chromium.to_string_lossy()));
    for flag in FLAGS {
        set(chrome.add_arg(flag));
    }
    set(chrome.add_arg(&format!("--user-data-dir={}", profile.display())));
    set(chrome.add_arg(&format!("--lang={language}")));
    set(chrome.add_arg(&format!("--accept-lang={language}")));
    set(chrome.set_browser_log_level(LoggingPrefsLogLevel::All));
    if let Some(categories) = trace {
        let of_trace = serde_json::json!({
            "enableNetwork": false, "enablePage": false, "traceCategories": categories,
        });
        set(chrome.set_logging_prefs("performance", LoggingPrefsLogLevel::All));
        set(chrome.add_experimental_option("perfLoggingPrefs", of_trace));
    }
    set(chrome.add_experimental_option(
        "prefs",
        serde_json::json!({
            "intl.accept_languages": language,
            "download.default_directory": downloads(profile),
            "credentials_enable_service": false,
            "profile.password_manager_enabled": false,
        }),
    ));
    chrome.into()
}
