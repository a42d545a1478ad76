//! Whom do we sell to: accounts and the people at them.

mod account;
mod contact;
mod search;

pub use account::*;
pub use contact::*;
pub use search::*;
