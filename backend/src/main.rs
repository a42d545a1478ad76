//! The `dipper` program.

mod cli;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run(cli::Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("dipper: {error:#}");
            ExitCode::FAILURE
        }
    }
}
