//! Who are we: organisations, teams, users, roles, permissions, sessions.

mod permission;
mod wire;

pub use permission::{Permission, Reach, Role};
pub use wire::*;
