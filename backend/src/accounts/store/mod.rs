//! The tables of accounts.
