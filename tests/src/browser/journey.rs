//! One test in the browser: a server, its browsers, and a picture when it fails.

use super::chromium::{Chromium, Programs};
use super::page::{Page, Window};
use crate::app::{TestApp, TestConfig};
use crate::{logged, settings};
use futures_util::FutureExt;
use std::any::Any;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A test in the browser.
pub struct Journey {
    /// The server.
    pub app: TestApp,
    programs: Programs,
    name: String,
    begun: Instant,
    browsers: Mutex<Vec<Chromium>>,
    pages: Mutex<Vec<Page>>,
    _turn: OwnedSemaphorePermit,
}

/// Walks a journey, unless there is no browser on this machine.
///
/// The journey fails as well when a page complained on its console.
pub async fn journey(name: &str, walk: impl AsyncFnOnce(&Journey)) {
    journey_with(name, TestConfig::default(), walk).await;
}

/// The same on a server with other settings.
pub async fn journey_with(name: &str, config: TestConfig, walk: impl AsyncFnOnce(&Journey)) {
    let programs = match Programs::find() {
        Ok(programs) => programs,
        Err(reason) => {
            println!("the journey {name} is left out: {reason}");
            return;
        }
    };
    let journey = Journey {
        _turn: turns().acquire_owned().await.expect("turns never end"),
        app: TestApp::start_with(config).await,
        programs,
        name: name.to_owned(),
        begun: Instant::now(),
        browsers: Mutex::default(),
        pages: Mutex::default(),
    };

    let walked = AssertUnwindSafe(async {
        walk(&journey).await;
        journey.complaints().await
    })
    .catch_unwind()
    .await;

    let complaints = match walked {
        Ok(complaints) => complaints,
        Err(cause) => journey.fail(cause).await,
    };
    if !complaints.is_empty() {
        let complaints = complaints.join("\n");
        let cause = format!("the pages of {name} complained:\n{complaints}");
        journey.fail(Box::new(cause)).await;
    }
    journey.end().await;
}

impl Journey {
    /// Opens a fresh browser, in English, at the server's first page.
    pub async fn browser(&self, window: Window) -> Page {
        self.browser_in(window, "en").await
    }

    /// The same in another language.
    pub async fn browser_in(&self, window: Window, language: &str) -> Page {
        let chromium = Chromium::start(&self.programs, language).await;
        let page = Page::new(&chromium.driver, self.app.origin(), chromium.downloads());
        push(&self.browsers, chromium);
        push(&self.pages, page.clone());
        page.resize(window).await;
        if let Some(latency) = settings::var("DIPPER_TEST_LATENCY") {
            let latency: f64 = latency.parse().expect("milliseconds");
            page.slow_line(latency).await;
        }
        page
    }

    /// What all pages said on their consoles that they should not have to say.
    async fn complaints(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        for page in copy(&self.pages) {
            complaints.extend(page.complaints().await);
        }
        complaints
    }

    /// Keeps a picture and the source of every page, for whoever looks for the reason.
    async fn record(&self) {
        let folder = settings::root().join("tests/artifacts");
        std::fs::create_dir_all(&folder).ok();
        for (index, page) in copy(&self.pages).iter().enumerate() {
            let file = folder.join(format!("{}-{}.png", self.name, index + 1));
            page.picture(&file).await;
            let source = page.source().await;
            std::fs::write(file.with_extension("html"), source).ok();
            let said = page.said().await.join("\n");
            std::fs::write(file.with_extension("log"), said).ok();
            println!("see {}", file.display());
        }
    }

    /// Fails, and says why after everything else: the end of the output is what is read first.
    async fn fail(&self, cause: Box<dyn Any + Send>) -> ! {
        self.record().await;
        self.end().await;
        for line in logged::errors_since(self.begun) {
            println!("{line}");
        }
        let said = cause.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| cause.downcast_ref::<&str>().copied());
        println!(
            "{} failed: {}",
            self.name,
            said.unwrap_or("it does not say why")
        );
        resume_unwind(cause)
    }

    async fn end(&self) {
        let browsers = match self.browsers.lock() {
            Ok(mut browsers) => std::mem::take(&mut *browsers),
            Err(_) => Vec::new(),
        };
        for browser in browsers {
            browser.quit().await;
        }
    }
}

/// The file of a picture for the documents, when this run makes them: `DIPPER_TEST_SCREENSHOTS` names the
/// folder.
#[must_use]
pub fn picture_for_documents(name: &str) -> Option<PathBuf> {
    let folder = settings::var("DIPPER_TEST_SCREENSHOTS")?;
    let folder = settings::root().join(folder);
    std::fs::create_dir_all(&folder).ok()?;
    Some(folder.join(format!("{name}.png")))
}

fn push<T>(list: &Mutex<Vec<T>>, value: T) {
    if let Ok(mut list) = list.lock() {
        list.push(value);
    }
}

fn copy<T: Clone>(list: &Mutex<Vec<T>>) -> Vec<T> {
    list.lock().map(|list| list.clone()).unwrap_or_default()
}

/// Browsers are heavy: as many journeys at a time as there are pairs of cores.
fn turns() -> Arc<Semaphore> {
    static TURNS: OnceLock<Arc<Semaphore>> = OnceLock::new();
    let turns = TURNS.get_or_init(|| {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Arc::new(Semaphore::new((cores / 2).clamp(1, 4)))
    });
    Arc::clone(turns)
}
