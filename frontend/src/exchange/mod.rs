//! How do data come in: the import wizard, from dropped files to the report.
//!
//! Reading order: [`steps`] (what shows when), [`job`] (the server's job), [`start`] (the first page),
//! [`wizard`] (the frame), then one file a step: [`files`], [`columns`], [`values`], [`check`], [`outcome`].

mod check;
mod columns;
mod files;
mod funnel_choice;
mod job;
mod outcome;
mod report;
mod start;
mod steps;
mod target;
mod values;
mod wizard;

pub use start::ImportPage;
pub use wizard::ImportJobPage;
