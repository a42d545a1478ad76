//! The harness of the product's tests: a real server on a database of its own, and people who use it.
//!
//! Reading order: [`TestApp`] (a server for one test), [`User`] and [`Client`] (who talks to it, only
//! through its public doors), [`Response`] (what it answered), [`rows`] (what is in the database),
//! [`LiveEvents`] (the event stream), [`raw`] (requests no client would
//! send), [`program`] (the real `dipper`),
//! [`browser`] (people in front of a screen), [`wait`] (polling with a deadline), [`postgres`] (where the databases come from).

#![expect(
    clippy::expect_used,
    reason = "a test that cannot go on stops with a message"
)]

mod app;
pub mod browser;
mod client;
mod live;
mod logged;
pub mod postgres;
pub mod program;
pub mod raw;
mod response;
pub mod rows;
mod settings;
mod user;
pub mod wait;

pub use app::{TestApp, TestConfig};
pub use client::{Client, Request, http};
pub use live::{LiveEvent, LiveEvents};
pub use response::{Expected, Response};
pub use serde_json::{Value, json};
pub use settings::{data, root, touches};
pub use user::{PASSWORD, User};
