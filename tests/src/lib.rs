//! The harness of the product's tests: a real server on a database of its own, and people who use it.
//!
//! Reading order: [`TestApp`] (a server for one test), [`User`] and [`Client`] (who talks to it, only
//! through its public doors), [`Response`] (what it answered), [`rows`] (what is in the database),
//! [`LiveEvents`] (the event stream), [`wait`] (polling with a deadline), [`postgres`] (where the
//! databases come from).

#![expect(
    clippy::expect_used,
    reason = "a test that cannot go on stops with a message"
)]

mod app;
mod client;
mod live;
pub mod postgres;
mod response;
pub mod rows;
mod settings;
mod user;
pub mod wait;

pub use app::{TestApp, TestConfig};
pub use client::{Client, Request};
pub use live::{LiveEvent, LiveEvents};
pub use response::{Expected, Response};
pub use serde_json::{Value, json};
pub use user::{PASSWORD, User};
