//! Work beside the requests: it runs in the background, resumes after a crash and shows its progress.

use crate::app::App;

/// Runs until the server stops.
#[expect(clippy::unused_async, reason = "the rooms add their loops here")]
pub async fn run(_: App) {}
