//! What does it earn: products.

pub mod routes;
pub mod store;
