//! Funnels, boards, deals and their moves.

mod board;
mod deals;
mod funnels;
mod work;

pub use board::{AccountWords, filter_pairs};
pub use deals::{DealQuery, ProfitRange};
