//! Profit by stage: what the open deals of a funnel should bring, stage by stage, beside the effort that
//! goes into them (CLS-19). A second way to read the funnel view, with the same filter.
//!
//! Reading order: [`matrix`], [`page`], [`readings`].

mod matrix;
mod page;
mod readings;

pub use page::WorthPage;
pub use readings::Readings;
