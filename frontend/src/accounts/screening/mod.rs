//! Screening of potential customers: how an account stands, the set of rules and its editor, and the report
//! by seller (GATE-23).
//!
//! Reading order: `words`, [`panel`], `answers`, [`page`], `editor`, `test_form`, `report`.

mod answers;
mod choices;
mod editor;
pub mod page;
pub mod panel;
mod report;
mod test_form;
mod words;

pub use page::ScreeningPage;
pub use panel::ScreeningPanel;
