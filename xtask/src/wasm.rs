//! Compiles the web app to WebAssembly with whichever toolchain the machine can have.
//!
//! The first choice is rustup's own target. Where rustup cannot download, Debian's `rustc-web`
//! packages bring a compiler and the standard library's source, which is then built along.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cargo::{cargo, on_path, output, plain, quiet, run};
use crate::place::Place;
use crate::steps::{note, step};
use crate::tools;

const TARGET: &str = "wasm32-unknown-unknown";

/// The packages of Debian that can stand in; they move together.
const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];

/// How this machine compiles to WebAssembly.
enum Toolchain {
    /// The target is installed beside the everyday compiler.
    Installed,
    /// Debian's compiler builds the standard library itself and borrows a linker.
    Debian {
        /// An `rust-lld` or `wasm-ld`.
        linker: PathBuf,
    },
}

/// One of the forms the web app is built in; `pages.rs` of the frontend says what they hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Every page, quick to build: for development and tests.
    Quick,
    /// The pages of a first visit, quick to build: for the tests of how one app gives way to the other.
    QuickFirst,
    /// The pages of a first visit, as shipped.
    First,
    /// Every page, as shipped.
    Whole,
    /// The verdicts of a board alone, compiled as shipped: for the benchmark.
    Verdicts,
}

impl Form {
    /// The profile. Cargo names the module alike in all, so those shipped have folders of their own.
    const fn profile(self) -> &'static str {
        match self {
            Self::Quick | Self::QuickFirst => "web-fast",
            Self::First => "web-first",
            Self::Whole | Self::Verdicts => "web",
        }
    }

    /// The package, which also names the module.
    const fn package(self) -> &'static str {
        match self {
            Self::Verdicts => "verdicts",
            Self::Quick | Self::QuickFirst | Self::First | Self::Whole => "frontend",
        }
    }
}

/// Builds the web app and returns the path of the raw module.
pub fn compile(place: &Place, form: Form) -> Result<PathBuf> {
    let toolchain = toolchain(place)?;
    let profile = form.profile();
    let (mut command, target_dir) = match &toolchain {
        Toolchain::Installed => {
            let target_dir = place.builds.join("wasm");
            let mut command = cargo(place);
            command.env("CARGO_TARGET_DIR", &target_dir);
            command.args(["build", "--package", form.package(), "--lib"]);
            (command, target_dir)
        }
        Toolchain::Debian { linker } => {
            let target_dir = place.builds.join("wasm-debian");
            let mut command = plain("/usr/bin/cargo");
            command
                .current_dir(&place.root)
                .env("RUSTC", "/usr/bin/rustc")
                .env("RUSTC_BOOTSTRAP", "1")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker)
                .env("CARGO_TARGET_DIR", &target_dir)
                // The libraries of the everyday compiler are not those of this one.
                .env_remove("LD_LIBRARY_PATH")
                .env_remove("CARGO")
                .env_remove("RUSTUP_TOOLCHAIN")
                .args(["build", "--package", form.package(), "--lib"])
                .args(["-Z", "build-std=std,panic_abort"]);
            (command, target_dir)
        }
    };
    command.args(["--target", TARGET, "--profile", profile]);
    if matches!(form, Form::First | Form::QuickFirst) {
        command.arg("--no-default-features");
    }
    run(&mut command)?;

    let name = format!("{}.wasm", form.package());
    let module = target_dir.join(TARGET).join(profile).join(name);
    if form != Form::QuickFirst {
        return Ok(module);
    }
    // Both quick forms share what they are made of; the other one would be written over this one.
    let kept = module.with_file_name("first.wasm");
    if fs::read(&kept).ok() != fs::read(&module).ok() {
        fs::copy(&module, &kept)?;
    }
    Ok(kept)
}

/// Chooses a toolchain, fetching what is missing.
fn toolchain(place: &Place) -> Result<Toolchain> {
    let sysroot = PathBuf::from(output(Command::new("rustc").args(["--print", "sysroot"]))?);
    if is_target_in(&sysroot) {
        return Ok(Toolchain::Installed);
    }

    // rustup is asked once per cache: offline it would fail at each start again.
    let remembered = place.builds.join("wasm-from-debian");
    if !remembered.is_file() && on_path(&["rustup"]).is_some() {
        let added = step("add the WebAssembly target", || {
            let mut add = Command::new("rustup");
            add.args(["target", "add", TARGET]);
            // Being offline is expected here and needs no trace.
            add.env_remove("RUST_BACKTRACE");
            Ok(run(&mut add).is_ok())
        })?;
        if added && is_target_in(&sysroot) {
            return Ok(Toolchain::Installed);
        }
        note("rustup cannot add it here; trying Debian's packages");
    }

    if !has_debian_compiler() && tools::is_debian() && tools::may_install() {
        step("install Debian's WebAssembly compiler", || {
            tools::apt_install(&DEBIAN_PACKAGES)
        })?;
    }
    if !has_debian_compiler() {
        bail!(
            "the web app needs the WebAssembly target: run `rustup target add {TARGET}`, \
             or on Debian install the packages {}",
            DEBIAN_PACKAGES.join(", ")
        );
    }
    let linker = find_linker(&sysroot)
        .context("the web app needs a WebAssembly linker: install the package lld")?;
    fs::create_dir_all(&place.builds)?;
    fs::write(
        &remembered,
        "rustup could not add the WebAssembly target; delete this file to ask it again\n",
    )?;
    Ok(Toolchain::Debian { linker })
}

fn is_target_in(sysroot: &Path) -> bool {
    sysroot
        .join("lib/rustlib")
        .join(TARGET)
        .join("lib")
        .is_dir()
}

/// Whether Debian's compiler is there: the plain `rustc` package has the same path but is older
/// and comes without the source.
fn has_debian_compiler() -> bool {
    Path::new("/usr/bin/cargo").is_file()
        && Path::new("/usr/lib/rustlib/src/rust/library/std/Cargo.toml").is_file()
        && quiet(Command::new("/usr/bin/rustc").arg("--version"))
            .and_then(|text| minor_version(&text))
            .is_some_and(|minor| minor >= 95)
}

fn minor_version(text: &str) -> Option<u32> {
    let number = text.split_whitespace().nth(1)?;
    number.split('.').nth(1)?.parse().ok()
}

fn find_linker(sysroot: &Path) -> Option<PathBuf> {
    let host = format!("{}-unknown-linux-gnu", env::consts::ARCH);
    let bundled = sysroot
        .join("lib/rustlib")
        .join(host)
        .join("bin")
        .join("rust-lld");
    if bundled.is_file() {
        return Some(bundled);
    }
    on_path(&["rust-lld", "wasm-ld"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minor_version_is_read_from_what_rustc_prints() {
        assert_eq!(
            minor_version("rustc 1.96.0 (ac68faa20 2026-05-25)"),
            Some(96)
        );
        assert_eq!(
            minor_version("rustc 1.63.0 (4b91a6ea7 2022-08-08)"),
            Some(63)
        );
        assert_eq!(minor_version("cannot run"), None);
    }
}
