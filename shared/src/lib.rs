//! The language both sides of Dipper speak: wire types, typed ids, money, permissions, error codes
//! and every pure rule.
//!
//! No I/O, no clock, no database, no browser: the crate compiles natively and to WebAssembly, and
//! the board asks the same rule before a drop that the server asks after it.
//!
//! Reading order: [`id`], [`money`], [`error`], [`check`], [`text`], [`page`], [`event`], then the rooms
//! [`identity`], [`accounts`], [`revenue`] (products), [`funnel`], [`exchange`].

#[cfg(feature = "whole")]
rust_i18n::i18n!("locales", fallback = "en");
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

pub mod check;
pub mod error;
pub mod event;
pub mod filter;
pub mod id;
pub mod money;
pub mod page;
pub mod text;

pub mod accounts;
pub mod exchange;
pub mod funnel;
pub mod identity;
pub mod revenue;
