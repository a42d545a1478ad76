//! The tables of identity.

pub mod callers;
