//! The rules of the house that the compiler cannot check, and the checks of them.
//!
//! `ARCHITECTURE.md` gives the reasons. [`rust`] reads source text, [`form`] checks how files are
//! written, [`floors`] what may be named where, [`rooms`] who may import whom, and [`words`] the
//! catalogues of both languages.

mod floors;
mod form;
mod rooms;
mod rust;
mod words;

use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use anyhow::{Context, Result, bail};

use self::rust::Source;
use crate::place::Place;
use crate::steps::step;

/// Folders that hold no text of ours.
const PASSED_OVER: [&str; 4] = ["target", "dist", "node_modules", "artifacts"];

/// A file of the repository.
struct File {
    /// The path from the repository's root, with `/`.
    path: String,
    text: String,
    /// Whether all of it is tests.
    is_test: bool,
    product: OnceLock<Source>,
}

impl File {
    fn new(path: impl Into<String>, text: impl Into<String>) -> File {
        let path = path.into();
        File {
            is_test: path.ends_with("/tests.rs") || path.split('/').any(|part| part == "tests"),
            path,
            text: text.into(),
            product: OnceLock::new(),
        }
    }

    /// The Rust source without comments and tests, read once.
    fn product(&self) -> &Source {
        self.product.get_or_init(|| Source::product(&self.text))
    }
}

/// A broken rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    path: String,
    /// Counted from one; zero for the whole file.
    line: usize,
    what: String,
}

impl Finding {
    fn new(path: &str, line: usize, what: impl Into<String>) -> Finding {
        Finding {
            path: path.to_owned(),
            line,
            what: what.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(out, "{}: {}", self.path, self.what),
            line => write!(out, "{}:{line}: {}", self.path, self.what),
        }
    }
}

/// `cargo xtask tidy`.
pub fn run(place: &Place) -> Result<()> {
    step("house rules", || check(place))
}

/// Checks every rule; the error counts what was printed.
pub fn check(place: &Place) -> Result<()> {
    let findings = findings(&place.root)?;
    for finding in &findings {
        println!("    {finding}");
    }
    if !findings.is_empty() {
        bail!("{} house rules are broken", findings.len());
    }
    Ok(())
}

fn findings(root: &Path) -> Result<Vec<Finding>> {
    let files = read_files(root)?;
    let mut findings = form::check(&files);
    findings.extend(floors::check(&files));
    findings.extend(rooms::check(&files));
    findings.extend(words::check(&files));
    findings.sort();
    findings.dedup();
    Ok(findings)
}

/// What a compiled module without the words of the whole app must not ask for, with the keys.
///
/// # Errors
/// A folder or file that cannot be read.
pub fn later_words(root: &Path) -> Result<Vec<(String, String)>> {
    Ok(words::later_words(&read_files(root)?))
}

/// Reads every text file that some rule speaks of.
fn read_files(root: &Path) -> Result<Vec<File>> {
    let mut files = Vec::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in
            fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?
        {
            let entry = entry?;
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type()?.is_dir() {
                if !name.starts_with('.') && !PASSED_OVER.contains(&name.as_str()) {
                    open.push(path);
                }
                continue;
            }
            let extension = path.extension().unwrap_or_default().to_string_lossy();
            if matches!(&*extension, "rs" | "sql" | "css" | "md" | "toml" | "yml") {
                let inside = path
                    .strip_prefix(root)?
                    .to_string_lossy()
                    .replace('\\', "/");
                match fs::read_to_string(&path) {
                    Ok(text) => files.push(File::new(inside, text)),
                    // A file may go while it is being looked for.
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                    Err(error) => return Err(error).context(format!("cannot read {inside}")),
                }
            }
        }
    }
    rust::mark_tests(&mut files);
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn house_is_tidy() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let findings = findings(root).unwrap();
        let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert!(lines.is_empty(), "\n{}", lines.join("\n"));
    }
}
