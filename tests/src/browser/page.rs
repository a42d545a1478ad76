//! A page as a person uses it: what it shows, and mouse, finger and keys. Presses on what it shows are in
//! `hand`.

use crate::wait;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use thirtyfour::prelude::ElementQueryable;
use thirtyfour::{By, Key, WebDriver, WebElement};

/// The longest a page may take to show what is expected.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);
/// Steps of a drag.
const STEPS: u32 = 12;

/// The size of a window, and whether it is a phone's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// In CSS pixels.
    pub width: u32,
    /// In CSS pixels.
    pub height: u32,
    /// Touched instead of clicked.
    pub is_phone: bool,
}

impl Window {
    /// A usual desktop.
    pub const DESKTOP: Self = Self {
        width: 1440,
        height: 900,
        is_phone: false,
    };
    /// A usual phone, upright.
    pub const PHONE: Self = Self {
        width: 390,
        height: 844,
        is_phone: true,
    };
}

/// A place on the page, in CSS pixels from its upper left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

/// What is led over the page by hand, apart from fingers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pointer {
    /// A mouse with its left button.
    Mouse,
    /// A pen on the glass.
    Pen,
}

/// A page; copies are the same page.
#[derive(Clone)]
pub struct Page {
    driver: WebDriver,
    origin: String,
    downloads: PathBuf,
    said: Arc<Mutex<Vec<String>>>,
}

impl Page {
    pub(super) fn new(driver: &WebDriver, origin: String, downloads: PathBuf) -> Self {
        Self {
            driver: driver.clone(),
            origin,
            downloads,
            said: Arc::default(),
        }
    }

    /// The driver, for what has no name here.
    #[must_use]
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// Goes to an address of the app.
    pub async fn go(&self, path: &str) {
        let address = format!("{}{path}", self.origin);
        self.driver.goto(address).await.expect("a page");
    }

    /// The path of the address now, with its query.
    pub async fn path(&self) -> String {
        let url = self.driver.current_url().await.expect("an address");
        match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        }
    }

    /// Waits until the address is one that begins so.
    pub async fn arrived(&self, path: &str) {
        wait::within(PATIENCE, &format!("the page {path}"), async || {
            self.path().await.starts_with(path).then_some(())
        })
        .await;
    }

    /// Sets the size of the window; a phone's is touched.
    pub async fn resize(&self, window: Window) {
        self.control(
            "Emulation.setDeviceMetricsOverride",
            json!({
                "width": window.width, "height": window.height,
                "deviceScaleFactor": if window.is_phone { 2 } else { 1 }, "mobile": window.is_phone,
            }),
        )
        .await;
        self.control(
            "Emulation.setTouchEmulationEnabled",
            json!({ "enabled": window.is_phone, "maxTouchPoints": 5 }),
        )
        .await;
    }

    /// Puts the browser on a line that answers later, by so many milliseconds.
    pub async fn slow_line(&self, latency: f64) {
        self.control("Network.enable", json!({})).await;
        let line = json!({ "offline": false, "latency": latency, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.control("Network.emulateNetworkConditions", line).await;
    }

    /// Sends a command of the DevTools protocol.
    pub async fn control(&self, command: &str, arguments: Value) -> Value {
        let outcome = self.driver.cdp().send_raw(command, arguments).await;
        outcome.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// Runs a script and gives what it returns.
    pub async fn script(&self, script: &str) -> Value {
        let outcome = self.driver.execute(script, Vec::new()).await;
        let outcome = outcome.unwrap_or_else(|error| panic!("{script}: {error}"));
        outcome.json().clone()
    }

    /// Asks the API from within the page, so with the cookies of whoever is signed in there.
    pub async fn get(&self, path: &str) -> Value {
        let script = "const done = arguments[arguments.length - 1]; \
            fetch('/api/v1' + arguments[0]).then(answer => answer.json()).then(done, error => done({ error: String(error) }))";
        let answer = self.driver.execute_async(script, vec![json!(path)]).await;
        answer.expect("an answer").json().clone()
    }

    /// Signs in without the form, from within the page, so that the cookies are the browser's.
    pub async fn sign_in(&self, email: &str, password: &str) {
        let script = "const done = arguments[arguments.length - 1]; \
            fetch('/api/v1/sessions', { method: 'POST', headers: { 'content-type': 'application/json' }, \
            body: JSON.stringify({ email: arguments[0], password: arguments[1] }) }).then(answer => done(answer.status))";
        let arguments = vec![json!(email), json!(password)];
        let answer = self.driver.execute_async(script, arguments).await;
        let status = answer.expect("an answer").json().as_u64();
        assert!(matches!(status, Some(200 | 201)), "{email}: {status:?}");
    }

    /// Keeps a choice on the device, as the app itself does.
    pub async fn set_stored(&self, key: &str, value: &str) {
        let script = format!("localStorage.setItem({}, {})", json!(key), json!(value));
        self.script(&script).await;
    }

    /// Waits until an expression is true.
    pub async fn until(&self, what: &str, expression: &str) {
        let script = format!("return Boolean({expression})");
        wait::within(PATIENCE, what, async || {
            (self.script(&script).await == Value::Bool(true)).then_some(())
        })
        .await;
    }

    /// Waits for the first element that shows and matches a CSS selector.
    pub async fn find(&self, selector: &str) -> WebElement {
        self.query(selector, By::Css(selector)).await
    }

    /// Waits for an element that shows this text, and no other.
    pub async fn text(&self, text: &str) -> WebElement {
        let path = format!("//*[normalize-space(text())={}]", quoted(text));
        self.query(text, By::XPath(path)).await
    }

    /// Waits for a button or link with this name.
    pub async fn button(&self, name: &str) -> WebElement {
        let name_quoted = quoted(name);
        let path = format!(
            "//*[self::button or self::a or @role='button' or @role='menuitem' or @role='option']\
             [normalize-space(.)={name_quoted} or @aria-label={name_quoted} or @title={name_quoted}]"
        );
        self.query(name, By::XPath(path)).await
    }

    /// Waits for the field with this label.
    pub async fn field(&self, label: &str) -> WebElement {
        let label_quoted = quoted(label);
        let path = format!(
            "//*[self::input or self::textarea or self::select]\
             [@aria-label={label_quoted} or @id=//label[starts-with(normalize-space(.), {label_quoted})]/@for \
              or ancestor::label[starts-with(normalize-space(.), {label_quoted})]]"
        );
        self.query(label, By::XPath(path)).await
    }

    /// Whether something that matches shows at this moment.
    pub async fn shows(&self, selector: &str) -> bool {
        let script = format!(
            "return [...document.querySelectorAll({})].some(e => e.getClientRects().length > 0)",
            json!(selector)
        );
        self.script(&script).await == Value::Bool(true)
    }

    /// All texts that match a selector, in order.
    pub async fn texts(&self, selector: &str) -> Vec<String> {
        let script = format!(
            "return [...document.querySelectorAll({})].map(e => e.textContent.trim())",
            json!(selector)
        );
        let texts = self.script(&script).await;
        serde_json::from_value(texts).expect("texts")
    }

    async fn query(&self, what: &str, by: By) -> WebElement {
        wait::within(PATIENCE, &format!("{what:?} on the page"), async || {
            let found = self
                .driver
                .query(by.clone())
                .nowait()
                .all_from_selector()
                .await
                .ok()?;
            for element in found {
                if element.is_displayed().await.unwrap_or(false) {
                    return Some(element);
                }
            }
            None
        })
        .await
    }

    /// Waits for a file that the page gave to the person, and reads it.
    pub async fn downloaded(&self, name: &str) -> Vec<u8> {
        let file = self.downloads.join(name);
        // Until it is whole it has another name.
        wait::within(PATIENCE, &format!("the file {name}"), async || {
            std::fs::read(&file).ok()
        })
        .await
    }

    /// Types keys to whatever has the focus.
    pub async fn keys(&self, keys: &str) {
        let typed = self.driver.action_chain().send_keys(keys).perform().await;
        typed.expect("typing");
    }

    /// Presses a key together with Ctrl.
    pub async fn control_key(&self, key: &str) {
        let chain = self.driver.action_chain().key_down(Key::Control);
        let typed = chain.send_keys(key).key_up(Key::Control).perform().await;
        typed.expect("typing");
    }

    /// The middle of what matches a selector.
    pub async fn middle(&self, selector: &str) -> Point {
        let script = format!(
            "const e = document.querySelector({}); if (!e) return null; const r = e.getBoundingClientRect(); \
             return r.width ? [r.x + r.width / 2, r.y + r.height / 2] : null",
            json!(selector)
        );
        wait::within(PATIENCE, &format!("{selector} has a place"), async || {
            let place: Option<(f64, f64)> =
                serde_json::from_value(self.script(&script).await).ok()?;
            place.map(|(x, y)| Point { x, y })
        })
        .await
    }

    /// Drags with the mouse.
    pub async fn drag_with_mouse(&self, from: Point, to: Point) {
        self.drag(Pointer::Mouse, from, to).await;
    }

    /// Drags with a mouse or a pen.
    pub async fn drag(&self, pointer: Pointer, from: Point, to: Point) {
        self.press(pointer, from).await;
        self.steer(pointer, from, to).await;
        self.release(pointer, to).await;
    }

    /// Puts a mouse's button or a pen down.
    pub async fn press(&self, pointer: Pointer, at: Point) {
        self.point(pointer, "mouseMoved", at, 0).await;
        self.point(pointer, "mousePressed", at, 1).await;
    }

    /// Leads it to another place while it is down.
    pub async fn steer(&self, pointer: Pointer, from: Point, to: Point) {
        for step in 1..=STEPS {
            self.point(pointer, "mouseMoved", between(from, to, step), 1)
                .await;
        }
        self.frames(2).await;
    }

    /// Lets go.
    pub async fn release(&self, pointer: Pointer, at: Point) {
        self.point(pointer, "mouseReleased", at, 0).await;
    }

    async fn point(&self, pointer: Pointer, kind: &str, at: Point, buttons: u8) {
        let button = if kind == "mouseMoved" && buttons == 0 {
            "none"
        } else {
            "left"
        };
        let pointer = match pointer {
            Pointer::Mouse => "mouse",
            Pointer::Pen => "pen",
        };
        self.control(
            "Input.dispatchMouseEvent",
            json!({
                "type": kind, "x": at.x, "y": at.y, "button": button, "buttons": buttons, "clickCount": 1,
                "pointerType": pointer,
            }),
        )
        .await;
    }

    /// Puts a finger down and keeps it there until the page says that it holds something; then drags.
    pub async fn drag_with_finger(&self, from: Point, to: Point, holds: &str) {
        self.finger("touchStart", Some(from)).await;
        self.until("the finger holds something", holds).await;
        for step in 1..=STEPS {
            self.finger("touchMove", Some(between(from, to, step)))
                .await;
        }
        self.frames(2).await;
        self.finger("touchEnd", None).await;
    }

    /// Moves a finger, or puts it down, or takes it away.
    pub async fn finger(&self, kind: &str, at: Option<Point>) {
        let points: Vec<Value> = at
            .iter()
            .map(|at| json!({ "x": at.x, "y": at.y, "radiusX": 6, "radiusY": 6, "force": 1 }))
            .collect();
        let event = json!({ "type": kind, "touchPoints": points });
        self.control("Input.dispatchTouchEvent", event).await;
    }

    /// Lets the page draw.
    pub async fn frames(&self, count: u32) {
        let script = "const done = arguments[arguments.length - 1]; requestAnimationFrame(() => requestAnimationFrame(done))";
        for _ in 0..count {
            let drawn = self.driver.execute_async(script, Vec::new()).await;
            drawn.expect("a frame");
        }
    }

    /// Keeps a picture.
    pub async fn picture(&self, file: &Path) {
        if let Err(error) = self.driver.screenshot(file).await {
            println!("no picture in {}: {error}", file.display());
        }
    }

    /// The source of the page as it is now.
    pub(super) async fn source(&self) -> String {
        self.driver.source().await.unwrap_or_default()
    }

    /// Everything the page said on its console until now.
    pub async fn said(&self) -> Vec<String> {
        let fresh = self.driver.browser_log().await.unwrap_or_default();
        let lines = fresh
            .into_iter()
            .map(|entry| format!("{}: {}", entry.level, entry.message));
        match self.said.lock() {
            Ok(mut said) => {
                said.extend(lines);
                said.clone()
            }
            Err(_) => lines.collect(),
        }
    }

    /// Lets complaints pass that hold these words, because the journey itself gave cause for them.
    pub async fn forget_complaints(&self, words: &str) {
        self.said().await;
        if let Ok(mut said) = self.said.lock() {
            said.retain(|line| !line.contains(words));
        }
    }

    /// What the page said that it should not have to say: errors, warnings, breaches of the policy. A
    /// 401 is how a page learns that nobody is signed in.
    pub async fn complaints(&self) -> Vec<String> {
        let mut said = self.said().await;
        said.retain(|line| {
            let is_loud = line.starts_with("SEVERE") || line.starts_with("WARNING");
            is_loud && !line.contains("status of 401")
        });
        said
    }
}

fn between(from: Point, to: Point, step: u32) -> Point {
    let part = f64::from(step) / f64::from(STEPS);
    Point {
        x: from.x + (to.x - from.x) * part,
        y: from.y + (to.y - from.y) * part,
    }
}

/// A text inside an XPath.
fn quoted(text: &str) -> String {
    if text.contains('\'') {
        format!("\"{text}\"")
    } else {
        format!("'{text}'")
    }
}
