//! The tables of exchange.

pub mod files;
pub mod imports;
pub mod known;
pub mod problems;
