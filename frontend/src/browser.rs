//! The doors to the browser: every call that only a browser answers, with a silent stand-in for native tests.

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

/// Whether the code runs in a browser.
#[must_use]
pub const fn is_here() -> bool {
    cfg!(target_arch = "wasm32")
}

/// The window, in a browser.
#[must_use]
pub fn window() -> Option<web_sys::Window> {
    if is_here() { web_sys::window() } else { None }
}

/// The document, in a browser.
#[must_use]
pub fn document() -> Option<web_sys::Document> {
    window()?.document()
}

fn storage() -> Option<web_sys::Storage> {
    window()?.local_storage().ok().flatten()
}

/// A preference kept on this device. Never for secrets.
#[must_use]
pub fn stored(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Keeps a preference on this device; `None` forgets it. A full or closed storage is no error.
pub fn store(key: &str, value: Option<&str>) {
    let Some(storage) = storage() else { return };
    let _ = match value {
        Some(value) => storage.set_item(key, value),
        None => storage.remove_item(key),
    };
}

/// The languages the browser asks for, best first.
#[must_use]
pub fn languages() -> Vec<String> {
    let Some(window) = window() else {
        return Vec::new();
    };
    window
        .navigator()
        .languages()
        .iter()
        .filter_map(|language| language.as_string())
        .collect()
}

/// An attribute of the root element.
#[must_use]
pub fn root_attribute(name: &str) -> Option<String> {
    document()?.document_element()?.get_attribute(name)
}

/// Sets or removes an attribute of the root element.
pub fn set_root_attribute(name: &str, value: Option<&str>) {
    let Some(root) = document().and_then(|document| document.document_element()) else {
        return;
    };
    let _ = match value {
        Some(value) => root.set_attribute(name, value),
        None => root.remove_attribute(name),
    };
}

/// Sets the title of the browser's tab.
pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

/// Whether the browser believes it has a network.
#[must_use]
pub fn is_online() -> bool {
    window().is_none_or(|window| window.navigator().on_line())
}

/// Scheme, host and port the app was loaded from, such as `https://crm.example.com`.
#[must_use]
pub fn origin() -> String {
    window()
        .and_then(|window| window.location().origin().ok())
        .unwrap_or_default()
}

/// The element that has the focus.
#[must_use]
pub fn focused() -> Option<web_sys::HtmlElement> {
    document()?.active_element()?.dyn_into().ok()
}

/// Moves the focus to the element with this id, if it is there.
pub fn focus(id: &str) {
    let element = document().and_then(|document| document.get_element_by_id(id));
    if let Some(element) =
        element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
    {
        let _ = element.focus();
    }
}

/// Brings an element into view and the focus to the first thing in it that can be pressed or written in;
/// whether it is there.
pub fn focus_within(id: &str) -> bool {
    let Some(element) = document().and_then(|document| document.get_element_by_id(id)) else {
        return false;
    };
    element.scroll_into_view();
    let first = element
        .query_selector(":is(button, a[href], input, select, textarea):not(:disabled)")
        .ok()
        .flatten();
    if let Some(first) = first.and_then(|first| first.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = first.focus();
    }
    true
}

/// Presses the element with this id, if it is there.
pub fn press(id: &str) {
    let element = document().and_then(|document| document.get_element_by_id(id));
    if let Some(element) =
        element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
    {
        element.click();
    }
}

/// Whether the screen is a phone's, by the width the stylesheet uses.
#[must_use]
pub fn is_phone() -> bool {
    matches("(max-width: 640px)")
}

/// Whether a media query holds now.
#[must_use]
pub fn matches(query: &str) -> bool {
    window()
        .and_then(|window| window.match_media(query).ok().flatten())
        .is_some_and(|list| list.matches())
}

/// Whether the machine is an Apple one, where shortcuts are written with ⌘.
#[must_use]
pub fn is_apple() -> bool {
    window().is_some_and(|window| {
        let agent = window.navigator().user_agent().unwrap_or_default();
        agent.contains("Mac OS") || agent.contains("iPhone") || agent.contains("iPad")
    })
}

/// Puts a text on the clipboard; answers whether it went there.
pub async fn copy(text: &str) -> bool {
    let Some(window) = window() else { return false };
    let clipboard = js_sys::Reflect::get(&window.navigator(), &"clipboard".into()).ok();
    let Some(clipboard) = clipboard.filter(|clipboard| clipboard.is_object()) else {
        return false;
    };
    let Ok(write) = js_sys::Reflect::get(&clipboard, &"writeText".into()) else {
        return false;
    };
    let Some(write) = write.dyn_ref::<js_sys::Function>() else {
        return false;
    };
    let Ok(promise) = write.call1(&clipboard, &text.into()) else {
        return false;
    };
    let Ok(promise) = promise.dyn_into::<js_sys::Promise>() else {
        return false;
    };
    wasm_bindgen_futures::JsFuture::from(promise).await.is_ok()
}

/// Sets a style property of an element through the object model, which the content security policy
/// allows where a `style` attribute is refused.
pub fn set_style(element: &web_sys::HtmlElement, property: &str, value: &str) {
    let _ = element.style().set_property(property, value);
}

/// Tells the scripts of the page that something happened.
pub fn announce(name: &str) {
    if let (Some(window), Ok(event)) = (window(), web_sys::Event::new(name)) {
        let _ = window.dispatch_event(&event);
    }
}

/// The longest that [`after_frame`] waits, in milliseconds: a page in the background draws no frames.
const FRAME_AT_MOST: u32 = 100;

/// Runs once the page has been drawn anew, so that what somebody just did shows before anything else is
/// done about it; at once when the page is being left.
pub fn after_frame(run: impl FnOnce() + 'static) {
    let Some(window) = window() else {
        run();
        return;
    };
    let run = Rc::new(Cell::new(Some(Box::new(run) as Box<dyn FnOnce()>)));
    let now = move || {
        if let Some(run) = run.take() {
            run();
        }
    };
    let leaving = Rc::new(Cell::new(None));
    let left = now.clone();
    leaving.set(Some(EventListener::once(&window, "pagehide", move |_| {
        left()
    })));
    let once = move || {
        drop(leaving.take());
        now();
    };
    Timeout::new(FRAME_AT_MOST, once.clone()).forget();
    let drawing = Closure::once_into_js(move || Timeout::new(0, once).forget());
    let _ = window.request_animation_frame(drawing.unchecked_ref());
}

/// Runs a future that nobody waits for.
pub fn spawn<F: Future<Output = ()> + 'static>(future: F) {
    spawn_boxed(Box::pin(future));
}

/// Boxed, so that what runs a future is compiled once and not for every future.
fn spawn_boxed(future: std::pin::Pin<Box<dyn Future<Output = ()>>>) {
    if is_here() {
        wasm_bindgen_futures::spawn_local(future);
    } else {
        yew::platform::spawn_local(future);
    }
}

/// A length in pixels for a style, in whole pixels: printing fractions would bring in a printer of its own.
#[must_use]
pub fn px(length: f64) -> String {
    format!("{}px", whole(length))
}

/// The nearest whole number.
#[must_use]
pub fn whole(value: f64) -> i32 {
    // `as` takes what lies outside to the nearest end and no number to zero.
    value.round() as i32
}
