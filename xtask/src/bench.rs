//! `cargo xtask bench`: runs the benchmark program of the `tests` package.

use anyhow::Result;

use crate::cargo;
use crate::place::Place;
use crate::run;
use crate::tools;
use crate::web;

/// Builds everything in release form, the server with the web app inside, and runs the benchmark with
/// these arguments.
pub fn run(place: &Place, arguments: &[String]) -> Result<()> {
    web::build(place, true)?;
    let verdicts = web::verdicts(place)?;
    run::build_server(place, true)?;

    let mut command = cargo::cargo(place);
    command.args(["run", "--release", "--package", "tests", "--bin", "bench"]);
    command.arg("--").args(arguments);
    command.env("DIPPER_WEB_DIST", place.root.join("dist"));
    command.env("DIPPER_BENCH_VERDICTS", verdicts);
    if let Some(folder) = tools::postgres()? {
        command.env("DIPPER_PG_BIN", folder);
    }
    let browser = tools::browser()?;
    command.env("DIPPER_TEST_CHROMIUM", &browser.chromium);
    command.env("DIPPER_TEST_CHROMEDRIVER", &browser.driver);
    cargo::run(&mut command)
}
