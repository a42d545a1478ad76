//! `cargo xtask run`: gets what is missing, builds, and serves with a database of its own.

use std::env;
use std::fs::{self, File, TryLockError};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::cargo::{cargo, plain, run as run_command};
use crate::place::Place;
use crate::steps::{note, step};
use crate::{tools, web};

/// What the server writes into a data folder when it makes one.
const MARKER: &str = ".dipper-data";

/// The flags of `cargo xtask run`.
#[derive(clap::Args)]
pub struct Options {
    /// The port on this machine.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Where the data are kept; `.data` in the repository by default.
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Deletes the data first.
    #[arg(long)]
    fresh: bool,
    /// Builds the small, fast form that is shipped.
    #[arg(long)]
    release: bool,
}

/// Builds everything and becomes the server.
pub fn run(place: &Place, options: &Options) -> Result<()> {
    let data_dir = match &options.data_dir {
        Some(folder) => std::path::absolute(folder)?,
        None => place.root.join(".data"),
    };
    if options.fresh {
        delete_data(&data_dir)?;
    }
    let has_server = env::var_os("DIPPER_DATABASE_URL").is_some_and(|value| !value.is_empty());
    if !has_server {
        // The server finds them by itself, and those that fit its data.
        tools::postgres()?;
    }

    web::build(place, options.release)?;
    let program = build_server(place, options.release)?;

    let mut server = plain(&program);
    server
        .arg("serve")
        .env("DIPPER_LISTEN", format!("127.0.0.1:{}", options.port))
        .env("DIPPER_DATA_DIR", &data_dir);
    for (name, value) in [("DIPPER_DEMO", "true"), ("DIPPER_SIGN_UP", "open")] {
        if env::var_os(name).is_none() {
            server.env(name, value);
        }
    }
    println!("==> serve (Ctrl-C stops it)");
    note(&format!("data: {}", place.show(&data_dir)));
    // The server takes this process over, so signals and its exit code are its own.
    Err(server.exec()).with_context(|| format!("cannot start {}", program.display()))
}

/// Builds the server and returns its program.
///
/// The workspace is named, not the package: with the features of both commands the same,
/// `run` and `test` share what they compile.
pub fn build_server(place: &Place, release: bool) -> Result<PathBuf> {
    step("server: compile", || {
        let mut build = cargo(place);
        build.args(["build", "--workspace", "--exclude", "xtask"]);
        build.args(["--bin", "dipper"]);
        if release {
            build.arg("--release");
        }
        run_command(&mut build)
    })?;
    let profile = if release { "release" } else { "debug" };
    Ok(place.native_target().join(profile).join("dipper"))
}

/// Deletes a data folder: only one that Dipper made, and only while no server uses it.
fn delete_data(data_dir: &Path) -> Result<()> {
    if !data_dir.exists() {
        return Ok(());
    }
    if !data_dir.join(MARKER).is_file() {
        bail!(
            "{} was not made by Dipper (it has no {MARKER}), so --fresh leaves it alone",
            data_dir.display()
        );
    }
    let lock = File::create(data_dir.join("dipper.lock"))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => bail!(
            "a server is using {}: stop it before starting afresh",
            data_dir.display()
        ),
        Err(TryLockError::Error(error)) => return Err(error.into()),
    }

    // As root the database may lie elsewhere; that folder names this one.
    if let Ok(elsewhere) = fs::read_to_string(data_dir.join("postgres.location")) {
        let elsewhere = PathBuf::from(elsewhere.trim());
        let owner = fs::read_to_string(elsewhere.join(MARKER)).unwrap_or_default();
        if data_dir
            .canonicalize()
            .is_ok_and(|this| this == Path::new(owner.trim()))
        {
            fs::remove_dir_all(&elsewhere)
                .with_context(|| format!("cannot delete {}", elsewhere.display()))?;
        }
    }
    fs::remove_dir_all(data_dir)
        .with_context(|| format!("cannot delete {}", data_dir.display()))?;
    note(&format!("deleted {}", data_dir.display()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = env::temp_dir().join(format!("xtask-run-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn folder_that_dipper_did_not_make_is_not_deleted() {
        let folder = folder("foreign");
        fs::write(folder.join("thesis.txt"), "precious").unwrap();

        let refused = delete_data(&folder);

        assert!(
            refused
                .unwrap_err()
                .to_string()
                .contains("was not made by Dipper")
        );
        assert!(folder.join("thesis.txt").is_file());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn folder_in_use_is_not_deleted() {
        let folder = folder("busy");
        fs::write(folder.join(MARKER), "").unwrap();
        let lock = File::create(folder.join("dipper.lock")).unwrap();
        lock.lock().unwrap();

        assert!(delete_data(&folder).is_err());
        drop(lock);
        delete_data(&folder).unwrap();

        assert!(!folder.exists());
    }

    #[test]
    fn database_elsewhere_goes_along_only_if_it_belongs_to_the_folder() {
        let data = folder("data");
        let other = folder("elsewhere");
        fs::write(data.join(MARKER), "").unwrap();
        fs::write(data.join("postgres.location"), other.to_str().unwrap()).unwrap();
        fs::write(other.join(MARKER), "/somewhere/else").unwrap();

        delete_data(&data).unwrap();

        assert!(!data.exists());
        assert!(other.exists());
        fs::remove_dir_all(&other).unwrap();
    }
}
