//! What sellers' accounts are made of: by seller against the limits, what one more would do, and the
//! limits themselves (CLS-30..35).
//!
//! Reading order: `words`, [`page`], [`effect`], [`limits`].

pub mod effect;
mod limit_form;
pub mod limits;
pub mod page;
mod priorities;
mod rules;
mod words;

pub use limits::ClassSettingsPage;
pub use page::PortfolioPage;
