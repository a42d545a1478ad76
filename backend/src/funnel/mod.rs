//! How do we sell: funnels, stages, deals, the board and the one move command.

mod counting;
pub mod emptying;
pub mod judging;
pub mod kept;
pub mod placing;
mod restaging;
pub mod routes;
pub mod store;
mod trying;
pub mod upkeep;
pub mod weighing;
mod writing;
