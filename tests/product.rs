//! Tests of the whole product through its public doors, in one program.
//!
//! `api/` talks HTTP, one folder per room; `db/` looks at the schema; `browser/` clicks.

mod api;
