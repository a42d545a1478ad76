//! What was opened last, kept for the browser tab's life: names of customers stay off the device.

use super::state::remembered;
use crate::browser;
use shared::accounts::SearchHit;
use uuid::Uuid;

const KEY: &str = "dipper.recent";

/// The tab's storage, which ends with the tab.
fn storage() -> Option<web_sys::Storage> {
    browser::window()?.session_storage().ok().flatten()
}

/// Whose list it is: another person at the same screen does not see it.
fn key(user: Uuid) -> String {
    format!("{KEY}.{user}")
}

/// What this person opened last.
#[must_use]
pub fn recent(user: Option<Uuid>) -> Vec<SearchHit> {
    let text = user.and_then(|user| storage()?.get_item(&key(user)).ok().flatten());
    text.and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default()
}

/// Puts what was opened in front.
pub fn remember(user: Option<Uuid>, hit: SearchHit) {
    let Some(user) = user else { return };
    let list = remembered(recent(Some(user)), hit);
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(&list)) {
        let _ = storage.set_item(&key(user), &text);
    }
}
