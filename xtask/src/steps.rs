//! Progress lines: each long step says its name when it begins and its time when it ends.

use std::time::Instant;

use anyhow::Result;

/// Runs one named step, announcing it and the time it took.
pub fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("==> {name}");
    let begun = Instant::now();
    let outcome = work();
    let seconds = begun.elapsed().as_secs_f64();
    match &outcome {
        Ok(_) => println!("    done: {name} ({seconds:.1} s)"),
        Err(_) => println!("    FAILED: {name} ({seconds:.1} s)"),
    }
    outcome
}

/// Prints a remark that belongs to the running step.
pub fn note(text: &str) {
    println!("    {text}");
}
