//! The tables of exchange.
