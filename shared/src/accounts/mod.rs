//! Whom do we sell to: accounts and the people at them.

mod account;
mod amount;
mod classes;
mod contact;
mod portfolio;
mod priority;
mod prospecting;
mod screening;
mod search;

pub use account::*;
pub use amount::*;
pub use classes::*;
pub use contact::*;
pub use portfolio::*;
pub use priority::*;
pub use prospecting::*;
pub use screening::*;
pub use search::*;
