//! Files on their way through: spooled to disk, so that memory does not grow with them.

use crate::error::{AppError, AppResult};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file that is only there for a moment; it goes when the value does.
#[derive(Debug)]
pub struct Spool {
    path: PathBuf,
    file: io::BufWriter<File>,
}

impl Spool {
    /// Makes an empty one in the folder for such files, readable by this user only.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn new(data_dir: &Path) -> io::Result<Self> {
        use std::os::unix::fs::OpenOptionsExt;

        let folder = data_dir.join("tmp");
        std::fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{}.part", uuid::Uuid::now_v7().simple()));
        let file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        Ok(Self {
            path,
            file: io::BufWriter::with_capacity(64 * 1024, file),
        })
    }

    /// Adds bytes. Short writes into the system's cache, so that this may be called between awaits.
    ///
    /// # Errors
    /// When the disk is full or gone.
    pub fn write(&mut self, bytes: &[u8]) -> AppResult<()> {
        self.file.write_all(bytes).map_err(internal)
    }

    /// Ends writing, so that the file can be read by its path.
    ///
    /// # Errors
    /// When the disk is full or gone.
    pub fn seal(mut self) -> AppResult<Sealed> {
        self.file.flush().map_err(internal)?;
        let path = std::mem::take(&mut self.path);
        Ok(Sealed { path })
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        // Sealed, the path has moved on.
        if !self.path.as_os_str().is_empty() {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// A spooled file that is complete.
#[derive(Debug)]
pub struct Sealed {
    path: PathBuf,
}

impl Sealed {
    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Sealed {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Removes what a killed process left behind: files older than a day.
pub fn sweep(data_dir: &Path) {
    let Ok(entries) = std::fs::read_dir(data_dir.join("tmp")) else {
        return;
    };
    for entry in entries.flatten() {
        let is_old = entry
            .metadata()
            .and_then(|meta| meta.modified())
            .is_ok_and(|at| {
                at.elapsed()
                    .is_ok_and(|age| age > std::time::Duration::from_secs(86_400))
            });
        if is_old {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

fn internal(error: io::Error) -> AppError {
    AppError::Internal(error.into())
}
