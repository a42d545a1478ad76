//! Whom do we sell to: accounts and contacts.

pub mod routes;
pub mod store;
