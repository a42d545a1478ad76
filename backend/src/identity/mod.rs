//! Who are we: organisations, teams, users, sessions; the callers of requests and what they may do.

mod caller;
pub mod console;
mod cookies;
mod entry;
mod password;
pub mod people;
pub mod permit;
pub mod routes;
mod seal;
pub mod store;
mod token;
mod tries;

pub use caller::{Caller, Callers, Require};
pub use password::{Passwords, hash_here};
pub use token::{Claims, TokenKeys, TokenType};
