//! How do data come and go: file imports.
//!
//! Reading order: [`reading`] turns files into rows, [`routes`] takes files and choices, [`engine`] takes
//! the rows through, [`console`] does the same for the command line.

pub mod console;
mod engine;
mod intake;
pub mod reading;
mod rejects;
pub mod routes;
pub mod store;

pub use engine::work;
