//! The servers' log: on the terminal, and its errors kept for whoever tells why a test failed.

use crate::settings;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::panic;
use std::sync::{Mutex, OnceLock};
use std::time::Instant;

/// How many errors are kept; a test that fails has few.
const KEPT: usize = 20;

static ERRORS: Mutex<VecDeque<(Instant, String)>> = Mutex::new(VecDeque::new());

/// From now on the servers' log goes to the terminal: errors, or what `DIPPER_TEST_LOG` says, such as
/// `debug`.
pub fn begin() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        let filter = settings::var("DIPPER_TEST_LOG").unwrap_or_else(|| "error".into());
        tracing_subscriber::fmt()
            .with_env_filter(tracing_subscriber::EnvFilter::new(filter))
            .with_ansi(false)
            .with_writer(|| Terminal)
            .try_init()
            .ok();
        tell_reasons_last();
    });
}

/// Says once more, after the trace, why a test failed: of a run elsewhere the end of a long output is all
/// that is seen.
fn tell_reasons_last() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        usual(info);
        eprintln!("{info}");
    }));
}

/// The last errors of all servers of this process since a moment.
pub fn errors_since(moment: Instant) -> Vec<String> {
    let Ok(errors) = ERRORS.lock() else {
        return Vec::new();
    };
    let since = errors.iter().filter(|(at, _)| *at >= moment);
    since.map(|(_, line)| line.clone()).collect()
}

struct Terminal;

impl Write for Terminal {
    /// Gets a whole entry at a time.
    fn write(&mut self, entry: &[u8]) -> io::Result<usize> {
        let line = String::from_utf8_lossy(entry);
        if line.contains(" ERROR ")
            && let Ok(mut errors) = ERRORS.lock()
        {
            if errors.len() == KEPT {
                errors.pop_front();
            }
            errors.push_back((Instant::now(), line.trim_end().to_owned()));
        }
        io::stderr().write_all(entry)?;
        Ok(entry.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
