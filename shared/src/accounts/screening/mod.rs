//! Which potential customers are targets: a set of rules an organisation writes for itself, the verdict on
//! an account by it, and when that is to be looked at again (GATE-23).
//!
//! The verdict is computed whenever it is asked for and kept nowhere, as a priority is; only the answers to
//! the set's questions are kept, with who gave them.
//!
//! Reading order: [`rules`](ScreeningRules), [`verdict`](screen), `usual` (the set that comes with the
//! product), [`wire`](AccountScreening).

mod rules;
mod usual;
mod verdict;
mod wire;

pub use rules::*;
pub use verdict::*;
pub use wire::*;

#[cfg(test)]
mod laws;
