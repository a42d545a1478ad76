//! How do data come and go: file imports.

pub mod reading;
pub mod routes;
pub mod store;
