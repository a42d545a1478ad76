//! The commands of the project: `cargo xtask run` starts Dipper, `cargo xtask test` proves it.
//!
//! Reading order: `run` and `test` are the two commands as lists of steps, `web` builds the
//! web app, `tools` fetches what a fresh machine lacks, `tidy` checks the house rules, and
//! `place` and `steps` hold the paths and the progress lines that all of them share.

mod bench;
mod cargo;
mod names;
mod order;
mod pack;
mod place;
mod run;
mod steps;
mod test;
mod tidy;
mod tools;
mod wasm;
mod web;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::place::Place;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Builds, starts and tests Dipper",
    disable_help_subcommand = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds everything and serves it at http://127.0.0.1:8080, with a database of its own.
    Run(run::Options),
    /// Gets what the tests need and runs all of them.
    Test(test::Options),
    /// Builds the web app into `dist/`.
    Web {
        /// Builds the small form that is shipped.
        #[arg(long, conflicts_with = "for_tests")]
        release: bool,
        /// Adds the pages of a first visit as an app of their own, which journeys need.
        #[arg(long)]
        for_tests: bool,
    },
    /// Checks the rules of the house that the compiler cannot.
    Tidy,
    /// Measures the product and prints one table.
    Bench {
        /// Handed to the benchmark.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    let found = match &command {
        Command::Tidy => Place::find(),
        _ => Place::find().and_then(Place::with_builds),
    };
    let place = match found {
        Ok(place) => place,
        Err(error) => return fail(&error),
    };
    let done = match command {
        Command::Run(options) => run::run(&place, &options),
        // It says itself what failed: its closing line has to be the last.
        Command::Test(options) => {
            let has_passed = test::run(&place, &options);
            return if has_passed {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            };
        }
        Command::Web {
            for_tests: true, ..
        } => web::build_for_tests(&place),
        Command::Web { release, .. } => web::build(&place, release),
        Command::Tidy => tidy::run(&place),
        Command::Bench { arguments } => bench::run(&place, &arguments),
    };

    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("error: {error:#}");
    ExitCode::FAILURE
}
