//! The language both sides of Dipper speak: wire types, typed ids, money, permissions, error codes
//! and every pure rule.
//!
//! No I/O, no clock, no database, no browser: the crate compiles natively and to WebAssembly, and
//! the board asks the same rule before a drop that the server asks after it.
//!
//! Reading order: [`id`], [`money`], [`error`], [`check`], [`page`], [`event`], then the rooms
//! [`identity`], [`accounts`], [`revenue`] (products), [`funnel`], [`exchange`].

rust_i18n::i18n!("locales", fallback = "en");

pub mod check;
pub mod error;
pub mod event;
pub mod filter;
pub mod id;
pub mod money;
pub mod page;

pub mod accounts;
pub mod exchange;
pub mod funnel;
pub mod identity;
pub mod revenue;
