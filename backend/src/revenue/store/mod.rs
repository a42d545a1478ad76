//! The tables of revenue.
