//! How do we sell: funnels, stages, deals, the board and moves.

pub mod routes;
pub mod store;
