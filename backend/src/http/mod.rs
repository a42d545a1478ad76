//! What every request passes: ids, limits, headers, bodies, versions, idempotency, pages and errors.

mod address;
mod answer;
pub mod body;
mod connections;
pub mod docs;
mod figures;
mod headers;
pub mod list;
mod once;
mod packed;
pub mod page;
mod problem;
pub mod shape;
pub mod spa;
mod version;

pub use address::{Network, address_of};
pub use answer::Answer;
pub use body::{Body, NoParams, Params};
pub use connections::Connections;
pub use figures::Figures;
pub use headers::{RequestId, around};
pub use once::{Once, Replay, clear_keys};
pub use page::{Cursor, PageParams};
pub use problem::{About, language, path_errors, problem_of, write_problem};
pub use version::{IfMatch, etag};
