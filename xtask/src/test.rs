//! `cargo xtask test`: every check and test of the project, the cheapest first, up to the first
//! failure.
//!
//! The last line it prints is `N passed, N failed`, summed over all runs of tests.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::cargo::{cargo, line, output, quiet, run as run_command};
use crate::place::Place;
use crate::run::build_server;
use crate::steps::{note, step};
use crate::{tidy, tools, web};

/// The packages whose builds share their features; xtask is built for itself by `cargo xtask`.
const PRODUCT: [&str; 3] = ["--workspace", "--exclude", "xtask"];

/// What `shared` must stay free of: it compiles for the browser and knows no I/O.
const NOT_IN_SHARED: [&str; 4] = ["actix", "diesel", "tokio", "yew"];

/// The flags of `cargo xtask test`.
#[derive(clap::Args)]
pub struct Options {
    /// Runs only the tests whose names contain this, and none of the other checks.
    filter: Option<String>,
    /// Leaves out the web app and the browser journeys.
    #[arg(long)]
    no_browser: bool,
}

/// How many tests ran, and how they ended.
#[derive(Default)]
struct Tally {
    passed: u64,
    failed: u64,
}

/// Runs everything and prints the closing line. Returns whether all of it passed.
pub fn run(place: &Place, options: &Options) -> bool {
    let begun = Instant::now();
    let mut tally = Tally::default();
    let outcome = run_steps(place, options, &mut tally);

    let minutes = begun.elapsed().as_secs_f64() / 60.0;
    match &outcome {
        Ok(()) => println!("==> everything passed in {minutes:.1} min"),
        Err(error) => {
            // A check that is no test counts as one, lest the line below reads like success.
            tally.failed = tally.failed.max(1);
            println!("==> FAILED after {minutes:.1} min: {error:#}");
        }
    }
    println!("{} passed, {} failed", tally.passed, tally.failed);
    std::io::stdout().flush().ok();
    outcome.is_ok()
}

fn run_steps(place: &Place, options: &Options, tally: &mut Tally) -> Result<()> {
    // First, so that a machine that lacks something says so before an hour of building.
    let postgres = tools::postgres()?;
    let browser = if options.no_browser {
        None
    } else {
        Some(tools::browser()?)
    };

    if options.filter.is_none() {
        checks(place)?;
        step("tests of xtask", || {
            let mut tests = cargo(place);
            tests.args(["test", "--package", "xtask"]);
            run_tests(&mut tests, tally)
        })?;
    }
    step("unit tests", || {
        let mut tests = cargo(place);
        tests.arg("test").args(PRODUCT).args(["--lib", "--bins"]);
        tests.args(&options.filter);
        run_tests(&mut tests, tally)
    })?;

    if browser.is_some() {
        web::build_for_tests(place)?;
    }
    let server = build_server(place, false)?;
    step("tests of the product", || {
        let mut tests = cargo(place);
        tests.arg("test").args(PRODUCT).args(["--test", "product"]);
        tests.args(&options.filter);
        tests.env("DIPPER_TEST_SERVER", &server);
        if let Some(folder) = &postgres {
            tests.env("DIPPER_PG_BIN", folder);
        }
        if let Some(browser) = &browser {
            tests
                .env("DIPPER_TEST_WEB", "1")
                .env("DIPPER_TEST_CHROMIUM", &browser.chromium)
                .env("DIPPER_TEST_CHROMEDRIVER", &browser.driver);
        }
        run_tests(&mut tests, tally)
    })
}

/// Everything that is not a test: form, house rules, lints, documentation, licences.
fn checks(place: &Place) -> Result<()> {
    step("formatting", || {
        run_command(cargo(place).args(["fmt", "--all", "--check"]))
    })?;
    step("house rules", || tidy::check(place))?;
    step("shared stays pure", || check_shared(place))?;
    step("lints", || {
        let strict = ["--all-targets", "--", "-D", "warnings"];
        run_command(cargo(place).arg("clippy").args(PRODUCT).args(strict))?;
        run_command(
            cargo(place)
                .args(["clippy", "--package", "xtask"])
                .args(strict),
        )
    })?;
    step("documentation", || {
        let mut doc = cargo(place);
        // The readers are those who work on the house, so links into its private parts resolve.
        doc.args(["doc", "--no-deps", "--document-private-items"])
            .args(PRODUCT);
        run_command(doc.env("RUSTDOCFLAGS", "-D warnings"))
    })?;
    step("licences and sources", || {
        if quiet(cargo(place).args(["deny", "--version"])).is_none() {
            note("cargo-deny is not installed: left out");
            return Ok(());
        }
        run_command(cargo(place).args([
            "deny",
            "--offline",
            "check",
            "bans",
            "licenses",
            "sources",
        ]))
    })
}

fn check_shared(place: &Place) -> Result<()> {
    let tree = output(cargo(place).args([
        "tree",
        "--package",
        "shared",
        "--edges",
        "normal",
        "--all-features",
        "--prefix",
        "none",
    ]))?;
    let found = impurities(&tree);
    if !found.is_empty() {
        bail!(
            "the crate `shared` depends on {}: it must compile for the browser and do no I/O",
            found.join(", ")
        );
    }
    Ok(())
}

/// The packages of a dependency tree that `shared` must not have.
fn impurities(tree: &str) -> Vec<String> {
    let mut found: Vec<String> = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| {
            NOT_IN_SHARED
                .iter()
                .any(|banned| name == banned || name.starts_with(&format!("{banned}-")))
        })
        .map(str::to_owned)
        .collect();
    found.sort();
    found.dedup();
    found
}

/// Runs tests, passing their output on and counting their results.
fn run_tests(command: &mut Command, tally: &mut Tally) -> Result<()> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{}`", line(command)))?;
    let mut stdout = std::io::stdout();
    if let Some(pipe) = child.stdout.take() {
        let mut reader = BufReader::new(pipe);
        let mut text = Vec::new();
        while reader.read_until(b'\n', &mut text)? > 0 {
            stdout.write_all(&text)?;
            if let Some((passed, failed)) = result_of(&String::from_utf8_lossy(&text)) {
                tally.passed += passed;
                tally.failed += failed;
            }
            text.clear();
        }
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("`{}` failed ({status})", line(command));
    }
    Ok(())
}

/// Reads `test result: ok. 12 passed; 0 failed; 0 ignored; …`.
fn result_of(text: &str) -> Option<(u64, u64)> {
    let (_, counts) = text.trim().strip_prefix("test result:")?.split_once('.')?;
    let count = |what: &str| {
        counts.split(';').find_map(|part| {
            let (number, word) = part.trim().split_once(' ')?;
            (word == what).then(|| number.parse().ok())?
        })
    };
    Some((count("passed")?, count("failed")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_lines_are_read_and_others_are_not() {
        let line = "test result: ok. 12 passed; 3 failed; 0 ignored; 0 measured; 7 filtered out; finished in 0.02s\n";
        assert_eq!(result_of(line), Some((12, 3)));
        let line = "test result: FAILED. 0 passed; 1 failed; 0 ignored";
        assert_eq!(result_of(line), Some((0, 1)));
        assert_eq!(result_of("test result::parse ... ok"), None);
        assert_eq!(result_of("running 3 tests"), None);
    }

    #[test]
    fn impure_dependencies_are_found_by_whole_names() {
        let tree = "shared v0.1.0\nserde v1.0.0\ntokio-util v0.7.0\nactix v1\nyewish v1\n";
        assert_eq!(impurities(tree), ["actix", "tokio-util"]);
    }
}
