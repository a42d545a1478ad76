//! The funnel view: how many deals came into each stage of the same filter as the board, what became of
//! them, and the way to the deals behind each figure.
//!
//! Reading order: [`behind`] (addresses), [`bars`] (what is drawn, pure), [`chart`], [`outline`] (above it),
//! [`stays`] and [`over`] (beside it), [`compare`] (two side by side), [`page`], [`views`].

pub mod bars;
pub mod behind;
pub mod chart;
pub mod compare;
mod days;
mod outline;
mod over;
pub mod page;
mod stays;
pub mod views;

pub use days::{Days, DaysFields};
pub use page::ShapePage;
pub use views::Views;
