//! How do data come and go: file imports.

pub mod routes;
pub mod store;
