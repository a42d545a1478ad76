//! Fetches what a fresh machine lacks: PostgreSQL, Chromium and its driver, the packages that
//! compile WebAssembly.
//!
//! Each function looks first, installs second and, where it may not, says in one sentence what
//! to install.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, Result, bail};

use crate::cargo::{on_path, quiet, run};
use crate::steps::{note, step};

/// The oldest PostgreSQL that the server's migrations are written for.
const OLDEST_POSTGRES: u32 = 14;

/// The browser that the journeys drive, and its driver.
pub struct Browser {
    /// The browser's program.
    pub chromium: PathBuf,
    /// The WebDriver program of the same version.
    pub driver: PathBuf,
}

/// Finds a folder with PostgreSQL's programs, installing them where possible.
///
/// `None` means that the server downloads its own at its first start.
pub fn postgres() -> Result<Option<PathBuf>> {
    if let Some(folder) = env::var_os("DIPPER_PG_BIN").filter(|value| !value.is_empty()) {
        return Ok(Some(PathBuf::from(folder)));
    }
    if let Some(folder) = find_postgres() {
        return Ok(Some(folder));
    }

    if is_debian() && may_install() {
        step("install PostgreSQL", || {
            // Debian's package would also start a server on a TCP port: Dipper runs its own.
            apt_install(&["postgresql-common"])?;
            root_command("sed")
                .context("installing needs root")
                .and_then(|mut sed| {
                    run(sed.args([
                        "-i",
                        "s/^#\\? *create_main_cluster *=.*/create_main_cluster = false/",
                        "/etc/postgresql-common/createcluster.conf",
                    ]))
                })?;
            apt_install(&["postgresql"])
        })?;
    } else if cfg!(target_os = "macos") && on_path(&["brew"]).is_some() {
        step("install PostgreSQL", || {
            run(Command::new("brew").args(["install", "postgresql@17"]))
        })?;
    }

    let found = find_postgres();
    if found.is_none() {
        note(
            "no PostgreSQL 14 or newer on this machine: the server downloads one at its first start",
        );
    }
    Ok(found)
}

fn find_postgres() -> Option<PathBuf> {
    let mut folders = Vec::new();
    if let Some(folder) = quiet(Command::new("pg_config").arg("--bindir")) {
        folders.push(PathBuf::from(folder));
    }
    if let Some(program) = on_path(&["postgres"])
        && let Ok(program) = program.canonicalize()
    {
        folders.extend(program.parent().map(Path::to_path_buf));
    }
    for (parent, suffix) in [
        ("/usr/lib/postgresql", "bin"),
        ("/opt/homebrew/opt", "bin"),
        ("/usr/local/opt", "bin"),
    ] {
        let mut found: Vec<PathBuf> = fs::read_dir(parent)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path().join(suffix))
            .filter(|folder| folder.join("initdb").is_file())
            .collect();
        found.sort();
        folders.extend(found.into_iter().rev());
    }
    folders
        .into_iter()
        .find(|folder| postgres_major(folder).is_some_and(|major| major >= OLDEST_POSTGRES))
}

fn postgres_major(folder: &Path) -> Option<u32> {
    if !folder.join("initdb").is_file() {
        return None;
    }
    let text = quiet(Command::new(folder.join("postgres")).arg("--version"))?;
    let number = text.split_whitespace().nth(2)?;
    number
        .split(|letter: char| !letter.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

/// Finds Chromium and its driver, installing them where possible.
pub fn browser() -> Result<Browser> {
    if let Some(found) = find_browser() {
        return Ok(found);
    }
    if is_debian() && may_install() {
        step("install Chromium and ChromeDriver", || {
            apt_install(&["chromium", "chromium-driver", "fonts-noto-cjk"])
        })?;
    } else if cfg!(target_os = "macos") && on_path(&["brew"]).is_some() {
        step("install ChromeDriver", || {
            run(Command::new("brew").args(["install", "--cask", "chromedriver"]))
        })?;
    }
    find_browser().context(
        "the browser tests need Chromium (or Chrome) and ChromeDriver of the same version: \
         install them, or name them in DIPPER_TEST_CHROMIUM and DIPPER_TEST_CHROMEDRIVER",
    )
}

fn find_browser() -> Option<Browser> {
    let named = |variable: &str| {
        env::var_os(variable)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let first_file = |paths: &[&str]| {
        paths
            .iter()
            .map(PathBuf::from)
            .find(|candidate| candidate.is_file())
    };

    let chromium = named("DIPPER_TEST_CHROMIUM")
        .or_else(|| {
            on_path(&[
                "chromium",
                "chromium-browser",
                "google-chrome",
                "google-chrome-stable",
            ])
        })
        .or_else(|| {
            first_file(&[
                "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
                "/Applications/Chromium.app/Contents/MacOS/Chromium",
            ])
        })?;
    let driver = named("DIPPER_TEST_CHROMEDRIVER")
        .or_else(|| on_path(&["chromedriver", "chromium.chromedriver"]))
        .or_else(|| {
            first_file(&[
                "/usr/lib/chromium/chromedriver",
                "/usr/lib/chromium-browser/chromedriver",
            ])
        })?;
    Some(Browser { chromium, driver })
}

/// Whether this is Debian or a child of it.
pub fn is_debian() -> bool {
    let system = fs::read_to_string("/etc/os-release").unwrap_or_default();
    system
        .lines()
        .filter(|line| line.starts_with("ID=") || line.starts_with("ID_LIKE="))
        .any(|line| line.contains("debian"))
        && on_path(&["apt-get"]).is_some()
}

/// Whether packages can be installed without asking anybody.
pub fn may_install() -> bool {
    root_command("true").is_some()
}

/// Installs Debian packages, reading the package lists once per run.
pub fn apt_install(packages: &[&str]) -> Result<()> {
    static LISTS_READ: OnceLock<()> = OnceLock::new();
    let apt = || {
        root_command("apt-get")
            .context("installing packages needs root, or sudo without a password")
    };

    if LISTS_READ.get().is_none() {
        // A source that does not answer must not stop the ones that do.
        if let Err(error) = run(apt()?.args(["update", "--quiet"])) {
            note(&format!("{error:#}; trying with the lists at hand"));
        }
        LISTS_READ.get_or_init(|| ());
    }
    let installed = run(apt()?
        .args(["install", "--yes", "--no-install-recommends", "--quiet"])
        .args(packages));
    if installed.is_err() {
        bail!(
            "the packages {} could not be installed",
            packages.join(", ")
        );
    }
    Ok(())
}

/// A command that runs as root, or nothing where that takes a password.
fn root_command(program: &str) -> Option<Command> {
    static IS_ROOT: OnceLock<Option<bool>> = OnceLock::new();
    let is_root = *IS_ROOT.get_or_init(|| {
        if quiet(Command::new("id").arg("-u")).as_deref() == Some("0") {
            Some(true)
        } else {
            quiet(Command::new("sudo").args(["-n", "true"])).map(|_| false)
        }
    });
    let mut command = Command::new("env");
    if !is_root? {
        command = Command::new("sudo");
        command.args(["-n", "env"]);
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", program]);
    Some(command)
}
