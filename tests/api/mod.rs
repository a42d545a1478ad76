//! The API, over real HTTP.

mod errors;
mod every_endpoint;
mod identity;
