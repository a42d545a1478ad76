//! The tables of accounts.

pub mod accounts;
pub mod classes;
pub mod contacts;
pub mod lists;
pub mod parents;
pub mod portfolio;
pub mod priority;
pub mod screening;
pub mod summary;
