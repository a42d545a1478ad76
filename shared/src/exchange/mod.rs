//! How do data come and go: file imports.
//!
//! Reading order: [`Import`] is the job with its [`ImportFile`]s, [`ImportPatch`] what one may choose
//! about it, [`ImportReport`] what it found.

mod choice;
mod field;
mod file;
mod job;
mod report;

pub use choice::*;
pub use field::*;
pub use file::*;
pub use job::*;
pub use report::*;
