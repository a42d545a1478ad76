//! The search palette: one box over accounts, contacts and deals.

mod ask;
mod recent;
mod state;
mod view;

pub use view::SearchPalette;
