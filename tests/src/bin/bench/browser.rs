//! The web app: its size on the wire, and the time from navigation to a usable board.

use super::server::Place;
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Bytes of the first visit: the page, the styles, the program and its loader, compressed with brotli.
/// `None` when the web app in `dist` was not built, or not for release.
pub fn first_visit() -> Option<u64> {
    let dist = PathBuf::from(std::env::var_os("DIPPER_WEB_DIST").unwrap_or_else(|| "dist".into()));
    let mut bytes = 0;
    add(&dist, &mut bytes).ok()?;
    (bytes > 0).then_some(bytes)
}

fn add(folder: &Path, bytes: &mut u64) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            add(&entry.path(), bytes)?;
        } else if entry.path().extension().is_some_and(|kind| kind == "br") {
            *bytes += entry.metadata()?.len();
        }
    }
    Ok(())
}

/// The median time until the board of an organisation with 8,800 deals shows its cards.
pub async fn board(_: &Place) -> Result<Duration> {
    bail!("the browser part is not there yet")
}
