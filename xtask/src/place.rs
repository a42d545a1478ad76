//! Where things lie: the repository, the build cache and the outputs.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The folders that every command works with.
pub struct Place {
    /// The repository's root.
    pub root: PathBuf,
    /// Builds shared by all clones of this user.
    pub cache: PathBuf,
}

impl Place {
    /// Finds the folders: the repository from cargo, the cache from `DIPPER_CACHE_DIR` or the home
    /// folder.
    pub fn find() -> Result<Place> {
        let package = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = package
            .parent()
            .context("the xtask package has no parent folder")?
            .to_path_buf();

        let cache = match env::var_os("DIPPER_CACHE_DIR").filter(|value| !value.is_empty()) {
            Some(folder) => std::path::absolute(folder)?,
            None => match env::home_dir().filter(|home| home.is_absolute()) {
                Some(home) => home.join(".cache").join("dipper"),
                None => root.join("target").join("cache"),
            },
        };

        Ok(Place { root, cache })
    }

    /// The folder for the server's and the tests' builds.
    pub fn native_target(&self) -> PathBuf {
        match env::var_os("CARGO_TARGET_DIR").filter(|value| !value.is_empty()) {
            Some(folder) => self.root.join(folder),
            None => self.cache.join("native"),
        }
    }

    /// The web app as the server carries it.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// A path as a reader wants to see it: relative to the repository where that is shorter.
    pub fn show(&self, path: &Path) -> String {
        path.strip_prefix(&self.root)
            .unwrap_or(path)
            .display()
            .to_string()
    }
}
