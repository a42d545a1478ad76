//! The API, over real HTTP.

mod errors;
mod identity;
