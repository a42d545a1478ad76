//! The Dipper web app: funnel boards that people drag deals across, and customer profiles.
//!
//! Reading order: [`route`] (the addresses), [`app`] (what is mounted around every page), [`pages`]
//! (which page an address shows), [`shell`] (rail, navigation, search), then one folder per room. Below the rooms lies what knows no sales
//! words: [`browser`], [`i18n`], [`theme`], [`mod@format`], [`api`], [`load`], [`gather`], [`live`], [`page`], [`ui`].

// The small app compiles what it leaves to the whole one and drops it when it is linked.
#![cfg_attr(not(feature = "whole"), allow(dead_code))]

#[cfg(feature = "whole")]
rust_i18n::i18n!("locales", fallback = "en");
// A first visit's words alone; `cargo xtask web --release` tells when one is missing.
#[cfg(not(feature = "whole"))]
rust_i18n::i18n!("locales/first", fallback = "en");

// The catalogues are read by the macros above without cargo's knowledge; naming them here makes an
// edit of a catalogue rebuild the crate.
const _: [&str; 4] = [
    include_str!("../locales/zh-CN.yml"),
    include_str!("../locales/en.yml"),
    include_str!("../locales/first/zh-CN.yml"),
    include_str!("../locales/first/en.yml"),
];

pub mod app;
pub mod pages;
pub mod route;
pub mod shell;

pub mod accounts;
pub mod exchange;
pub mod funnel;
pub mod identity;
pub mod revenue;

pub mod api;
pub mod browser;
pub mod format;
pub mod gather;
pub mod i18n;
pub mod later;
pub mod live;
pub mod load;
pub mod page;
pub mod theme;
pub mod ui;

#[cfg(test)]
mod house;

#[cfg(target_arch = "wasm32")]
thread_local! {
    static RUNNING: std::cell::Cell<Option<yew::AppHandle<app::App>>> = const { std::cell::Cell::new(None) };
}

/// Starts the app in the page that loaded it.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn start() {
    theme::apply(theme::stored());
    i18n::apply(i18n::first());
    RUNNING.set(Some(yew::Renderer::<app::App>::new().render()));
}

/// Takes the app out of the page, so that another can take its place. What it is sending goes on.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn stop() {
    if let Some(app) = RUNNING.take() {
        app.destroy();
    }
}
