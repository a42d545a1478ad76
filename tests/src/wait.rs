//! Waiting without sleeping: ask again until it is so, or a deadline passes.

use std::time::{Duration, Instant};

/// How long a test waits for something that should happen soon.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// How often it looks.
const PAUSE: Duration = Duration::from_millis(15);

/// Asks until there is an answer, and gives it; stops the test after [`PATIENCE`].
pub async fn until<T>(what: &str, ask: impl AsyncFnMut() -> Option<T>) -> T {
    within(PATIENCE, what, ask).await
}

/// Asks until there is an answer, and gives it; stops the test when the time is over.
pub async fn within<T>(time: Duration, what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    tried(time, what, async || ask().await.ok_or_else(String::new)).await
}

/// The same for what can be said to have failed: the last reason is told when the time is over.
pub async fn tried<T>(
    time: Duration,
    what: &str,
    mut attempt: impl AsyncFnMut() -> Result<T, String>,
) -> T {
    let end = Instant::now() + time;
    loop {
        let why = match attempt().await {
            Ok(answer) => return answer,
            Err(why) if why.is_empty() => why,
            Err(why) => format!(" ({why})"),
        };
        assert!(
            Instant::now() < end,
            "waited {time:?}, but it did not happen: {what}{why}"
        );
        tokio::time::sleep(PAUSE).await;
    }
}
