//! How do data come and go: file imports.
//!
//! Reading order: [`Import`] is the job with its [`ImportFile`]s, [`ImportPatch`] what one may choose
//! about it, [`ImportReport`] what it found. Then the rules: [`text`], [`dates`], [`numbers`] read cells,
//! [`header`] and [`vocabulary`] know words, [`facts`] is what a file holds, [`matching`] finds what a
//! value means, [`plan`] draws it all together, [`row`] reads a row by it, [`backfill`] writes the history
//! of a deal, [`words`] puts an import into words.

pub mod backfill;
mod choice;
pub mod dates;
pub mod facts;
mod field;
mod file;
pub mod header;
mod job;
pub mod matching;
pub mod numbers;
pub mod plan;
mod report;
pub mod row;
pub mod text;
pub mod vocabulary;
pub mod words;

pub use choice::*;
pub use field::*;
pub use file::*;
pub use job::*;
pub use numbers::DecimalMark;
pub use report::*;
