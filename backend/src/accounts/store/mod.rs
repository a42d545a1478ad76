//! The tables of accounts.

pub mod accounts;
pub mod contacts;
pub mod lists;
pub mod parents;
pub mod summary;
