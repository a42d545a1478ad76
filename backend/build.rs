//! Puts the web app into the server.
//!
//! A release build carries the files of `dist/` (or of the folder in `DIPPER_WEB_DIST`) inside. A
//! development build reads them from that folder at run time, so a changed web app costs no
//! compilation of the server. Where there is no web app yet, the server builds all the same and
//! shows a page that says so.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hasher as _};
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let package = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(variable("OUT_DIR")?);
    let dist = match env::var_os("DIPPER_WEB_DIST").filter(|value| !value.is_empty()) {
        Some(folder) => package.join(folder),
        None => package.join("..").join("dist"),
    };
    let dist = std::path::absolute(dist)?;
    println!("cargo:rerun-if-changed=build.rs");
    // They are inside too; that a folder came is not seen by what reads them.
    println!("cargo:rerun-if-changed=../migrations");
    println!("cargo:rerun-if-env-changed=DIPPER_WEB_DIST");

    let is_embedded = variable("PROFILE")? == "release";
    let mut files = Vec::new();
    if is_embedded {
        // A folder that is missing counts as changed at each build, so it is noticed when it comes.
        println!("cargo:rerun-if-changed={}", dist.display());
        if dist.is_dir() {
            list(&dist, &dist, &mut files)?;
            files.sort();
        }
    }

    let mut table = format!(
        "/// Where a development build finds the web app.\n\
         const DIST: &str = {:?};\n\
         /// Whether the files are inside the program.\n\
         const IS_EMBEDDED: bool = {};\n\
         /// Every file: its name, its content and a mark of the content; sorted by name.\n\
         static FILES: &[(&str, &[u8], &str)] = &[\n",
        dist.display().to_string(),
        is_embedded && !files.is_empty(),
    );
    for (name, path) in &files {
        let mut mark = DefaultHasher::new();
        mark.write(&fs::read(path)?);
        writeln!(
            table,
            "    ({name:?}, include_bytes!({:?}), \"{:016x}\"),",
            path.display().to_string(),
            mark.finish()
        )?;
    }
    table.push_str("];\n");
    fs::write(out.join("web.rs"), table)?;
    Ok(())
}

fn variable(name: &str) -> Result<String, Box<dyn Error>> {
    let value = env::var_os(name).ok_or_else(|| format!("cargo did not set {name}"))?;
    value
        .into_string()
        .map_err(|_| format!("{name} is not UTF-8").into())
}

/// Lists the files below a folder by their names inside it, without hidden ones.
fn list(
    top: &Path,
    folder: &Path,
    files: &mut Vec<(String, PathBuf)>,
) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .strip_prefix(top)?
            .to_str()
            .ok_or("a file of the web app has a name that is not UTF-8")?
            .to_owned();
        if path
            .file_name()
            .is_some_and(|last| last.as_encoded_bytes().starts_with(b"."))
        {
            continue;
        }
        if path.is_dir() {
            list(top, &path, files)?;
        } else {
            files.push((name, path));
        }
    }
    Ok(())
}
