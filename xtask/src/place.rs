//! Where things lie: the repository, the builds that all clones share, and the outputs.
//!
//! Clones share one folder of builds, so that a fresh clone need not compile the world again. Cargo
//! names what it builds of *our* packages alike in every clone and tells them apart by file times
//! alone, which would take one clone's program for another's. So the folder has an owner: a clone
//! that takes it over first deletes what was built of our packages, and a clone that finds it in
//! use by another builds in a folder of its own.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::pack;
use crate::steps::note;

/// The packages of the workspace, whose builds belong to one clone.
const MEMBERS: [&str; 6] = [
    "backend", "frontend", "shared", "tests", "verdicts", "xtask",
];

/// The folders that every command works with.
pub struct Place {
    /// The repository's root.
    pub root: PathBuf,
    /// Holds a folder of builds for each compiler.
    pub builds: PathBuf,
    /// Says that this clone uses `builds`, until the process ends.
    _in_use: Option<File>,
}

impl Place {
    /// Finds the repository, from cargo.
    pub fn find() -> Result<Place> {
        let package = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = package
            .parent()
            .context("the xtask package has no parent folder")?
            .canonicalize()?;
        Ok(Place {
            builds: root.join("target"),
            root,
            _in_use: None,
        })
    }

    /// Takes the folder of builds: `DIPPER_CACHE_DIR`, or `dipper` in the user's cache folder.
    pub fn with_builds(mut self) -> Result<Place> {
        let cache = match named_folder("DIPPER_CACHE_DIR") {
            Some(folder) => std::path::absolute(folder)?,
            None => match env::home_dir().filter(|home| home.is_absolute()) {
                Some(home) => home.join(".cache").join("dipper"),
                None => self.root.join("target").join("cache"),
            },
        };
        fs::create_dir_all(&cache).with_context(|| format!("cannot make {}", cache.display()))?;
        match take(&cache, &self.root)? {
            Some(in_use) => {
                self._in_use = Some(in_use);
                self.builds = cache;
            }
            None => {
                let name = pack::hash(self.root.as_os_str().as_encoded_bytes());
                self.builds = cache.join(format!("clone-{name}"));
                note(&format!(
                    "another clone is building in {}: building in {}",
                    cache.display(),
                    self.builds.display()
                ));
            }
        }
        Ok(self)
    }

    /// The folder for the server's and the tests' builds: the user's choice, or a shared one.
    pub fn native_target(&self) -> PathBuf {
        match named_folder("CARGO_TARGET_DIR") {
            Some(folder) => self.root.join(folder),
            None => self.builds.join("native"),
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

fn named_folder(variable: &str) -> Option<PathBuf> {
    env::var_os(variable)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

/// Takes a folder of builds for a clone, unless another clone is using it.
///
/// Everybody who uses it holds a shared lock; changing the owner takes the lock for oneself.
fn take(cache: &Path, root: &Path) -> Result<Option<File>> {
    let lock = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(cache.join("builds.lock"))?;
    let owner = cache.join("builds.owner");
    let root = root.to_string_lossy();
    let is_ours = || fs::read_to_string(&owner).is_ok_and(|name| name == root);
    // Between giving the lock up and taking it again another clone may come in between.
    for _ in 0..20 {
        if lock.try_lock().is_ok() {
            if !is_ours() {
                fs::remove_file(&owner).ok();
                forget_members(cache)?;
                fs::write(&owner, root.as_bytes())?;
            }
            lock.unlock()?;
        }
        if lock.try_lock_shared().is_ok() {
            return if is_ours() {
                Ok(Some(lock))
            } else {
                lock.unlock()?;
                Ok(None)
            };
        }
        sleep(Duration::from_millis(100));
    }
    Ok(None)
}

/// Deletes what cargo knows of our packages' builds, in every build folder; what it built of others
/// stays.
fn forget_members(cache: &Path) -> Result<()> {
    let mut open: Vec<(PathBuf, u32)> = vec![(cache.to_path_buf(), 0)];
    while let Some((folder, depth)) = open.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            if !entry.file_type()?.is_dir() {
                continue;
            }
            let name = entry.file_name().to_string_lossy().into_owned();
            if matches!(name.as_str(), ".fingerprint" | "build" | "incremental") {
                for built in fs::read_dir(entry.path())? {
                    let built = built?;
                    if is_member(&built.file_name().to_string_lossy()) {
                        fs::remove_dir_all(built.path())?;
                    }
                }
            } else if depth < 3 && name != "deps" && name != "doc" {
                // native/debug, or wasm/wasm32-unknown-unknown/web-fast.
                open.push((entry.path(), depth + 1));
            }
        }
    }
    Ok(())
}

/// Whether a build of this name, `<package>-<hash>`, is one of ours.
fn is_member(name: &str) -> bool {
    name.rsplit_once('-')
        .is_some_and(|(package, _)| MEMBERS.contains(&package) || package == "dipper")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_of_our_packages_go_when_another_clone_takes_over() {
        let cache = env::temp_dir().join(format!("xtask-place-{}", std::process::id()));
        let fingerprints = cache.join("native").join("debug").join(".fingerprint");
        let ours = fingerprints.join("backend-0123456789abcdef");
        let others = fingerprints.join("serde-0123456789abcdef");
        let (one, two) = (Path::new("/clone/one"), Path::new("/clone/two"));
        fs::create_dir_all(&others).unwrap();
        drop(take(&cache, one).unwrap().unwrap());

        fs::create_dir_all(&ours).unwrap();
        let first = take(&cache, one).unwrap();
        assert!(first.is_some());
        assert!(ours.exists(), "the same clone keeps its builds");
        let again = take(&cache, one).unwrap();
        assert!(again.is_some(), "two commands of one clone share them");
        assert!(take(&cache, two).unwrap().is_none(), "they are in use");

        drop((first, again));
        assert!(take(&cache, two).unwrap().is_some());
        assert!(!ours.exists());
        assert!(others.exists());
        fs::remove_dir_all(&cache).unwrap();
    }

    #[test]
    fn builds_are_told_apart_by_whole_names() {
        assert!(is_member("backend-0123456789abcdef"));
        assert!(!is_member("shared_child-0123456789abcdef"));
        assert!(!is_member("backend"));
    }
}
