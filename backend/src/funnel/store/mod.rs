//! The tables of funnel.
