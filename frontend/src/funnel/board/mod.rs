//! The funnel board.
//!
//! Reading order: [`moves`] (what a move is), [`state`] (the one reducer), its two halves [`local`] (what
//! the person does) and [`confirmed`] (what the server says).

mod column;
mod confirmed;
mod local;
pub mod moves;
pub mod state;
pub mod totals;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod state_tests;
