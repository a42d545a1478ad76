//! The one place that reads the clock.

use chrono::{DateTime, SubsecRound, Utc};

/// The time now, in UTC, to the microsecond, which is what the database keeps.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// A new id that sorts by the time of its making.
#[must_use]
pub fn new_id<T: From<uuid::Uuid>>() -> T {
    uuid::Uuid::now_v7().into()
}
