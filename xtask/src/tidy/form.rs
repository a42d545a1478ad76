//! How files are written: what each opens with, blanks, whole migrations.

use std::collections::BTreeMap;

use super::{File, Finding};

/// Checks every file.
pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        blanks(file, &mut findings);
        if file.path.ends_with(".rs") && !file.text.starts_with("//!") {
            let what = "begin the file with `//!` and a sentence on what it is for";
            findings.push(Finding::new(&file.path, 1, what));
        }
    }
    migrations(files, &mut findings);
    findings
}

fn blanks(file: &File, findings: &mut Vec<Finding>) {
    for (index, line) in file.text.lines().enumerate() {
        if line.contains('\t') {
            findings.push(Finding::new(&file.path, index + 1, "a tab: use spaces"));
        }
        if line.ends_with(' ') {
            findings.push(Finding::new(&file.path, index + 1, "blanks end the line"));
        }
    }
    if !file.text.is_empty() && !file.text.ends_with('\n') {
        let last = file.text.lines().count();
        findings.push(Finding::new(&file.path, last, "the last line has no end"));
    }
}

fn migrations(files: &[File], findings: &mut Vec<Finding>) {
    let mut folders: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for file in files {
        if let Some((folder, name)) = file
            .path
            .strip_prefix("migrations/")
            .and_then(|path| path.split_once('/'))
        {
            folders.entry(folder).or_default().push((name, &file.text));
        }
    }
    let mut numbers = BTreeMap::new();
    for (folder, parts) in folders {
        let path = format!("migrations/{folder}");
        let number = folder.split_once('_').map_or(folder, |(number, _)| number);
        if let Some(other) = numbers.insert(number, folder) {
            let what = format!("{other} has the same number: one of them would never run");
            findings.push(Finding::new(&path, 0, what));
        }
        let is_named = folder.split_once('_').is_some_and(|(number, what)| {
            number.bytes().all(|byte| byte.is_ascii_digit())
                && !number.is_empty()
                && !what.is_empty()
        });
        if !is_named {
            findings.push(Finding::new(&path, 0, "name it <number>_<what>"));
        }
        for wanted in ["up.sql", "down.sql"] {
            let is_there = parts
                .iter()
                .any(|(name, text)| *name == wanted && !text.trim().is_empty());
            if !is_there {
                findings.push(Finding::new(
                    &path,
                    0,
                    format!("{wanted} is missing or empty"),
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let file = File::new(path, text);
        let findings = check(&[file]);
        findings.into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn untidy_files_are_found() {
        assert_eq!(found("a.md", "fine\n"), [""; 0]);
        assert_eq!(found("a.md", "end \n"), ["blanks end the line"]);
        assert_eq!(found("a.css", "\ta\n"), ["a tab: use spaces"]);
        assert_eq!(found("a.md", "x"), ["the last line has no end"]);
        assert_eq!(found("a.rs", "fn a() {}\n").len(), 1);
    }

    #[test]
    fn half_a_migration_is_found() {
        assert_eq!(
            found("migrations/1_deals/up.sql", "select 1;\n"),
            ["down.sql is missing or empty"]
        );
        assert_eq!(found("migrations/README.md", "x\n"), [""; 0]);
        assert!(
            found("migrations/deals/up.sql", "x\n").contains(&"name it <number>_<what>".to_owned())
        );
    }

    #[test]
    fn two_migrations_of_one_number_are_found() {
        let parts = ["up.sql", "down.sql"];
        let files = ["9_amounts", "9_views", "10_views"].map(|folder| {
            parts.map(|part| File::new(format!("migrations/{folder}/{part}"), "select 1;\n"))
        });
        let findings = check(files.as_flattened());
        assert_eq!(findings.len(), 1);
        assert!(findings.iter().all(|one| one.what.contains("same number")));
    }
}
