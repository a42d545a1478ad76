//! `cargo xtask bench`: runs the benchmark program of the `tests` package.

use anyhow::Result;

use crate::cargo;
use crate::place::Place;
use crate::tools;

/// Builds the benchmark in release form and runs it with these arguments.
pub fn run(place: &Place, arguments: &[String]) -> Result<()> {
    let mut server = cargo::cargo(place);
    server.args(["build", "--release", "--package", "backend"]);
    cargo::run(&mut server)?;

    let mut command = cargo::cargo(place);
    command.args(["run", "--release", "--package", "tests", "--bin", "bench"]);
    command.arg("--").args(arguments);
    if let Some(folder) = tools::postgres()? {
        command.env("DIPPER_PG_BIN", folder);
    }
    cargo::run(&mut command)
}
