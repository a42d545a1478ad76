//! Who are we: organisations, teams, users, sessions; the callers of requests and what they may do.

mod caller;
mod password;
pub mod permit;
pub mod routes;
pub mod store;
mod token;

pub use caller::{Caller, Callers, Require};
pub use password::Passwords;
pub use token::{Claims, TokenKeys, TokenType};
