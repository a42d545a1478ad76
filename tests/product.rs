//! Tests of the whole product through its public doors, in one program.
//!
//! `api/` talks HTTP, one folder per room; `db/` looks at the schema; `browser/` clicks.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on stops with a message"
)]

mod api;
mod browser;
mod db;
