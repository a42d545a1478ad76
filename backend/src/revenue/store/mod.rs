//! The tables of revenue.

pub mod products;
