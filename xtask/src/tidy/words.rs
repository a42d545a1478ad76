//! The catalogues of both languages: the same keys, no empty values, every key used and every used
//! key there.

use std::collections::{BTreeMap, HashSet};

use super::rust::{Source, line_at};
use super::{File, Finding};

/// The folders with catalogues, and where their keys are used.
const CATALOGUES: [(&str, &[&str]); 2] = [
    ("frontend/locales", &["frontend/src/"]),
    (
        "shared/locales",
        &["shared/src/", "backend/src/", "frontend/src/"],
    ),
];

const LANGUAGES: [&str; 2] = ["en", "zh-CN"];

/// A catalogue's keys with their lines and values.
type Keys = BTreeMap<String, (usize, String)>;

/// Checks every catalogue.
pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (folder, users) in CATALOGUES {
        let mut catalogues = Vec::new();
        for language in LANGUAGES {
            let path = format!("{folder}/{language}.yml");
            if let Some(file) = files.iter().find(|file| file.path == path) {
                catalogues.push((path, read(file, &mut findings)));
            } else if files.iter().any(|file| file.path.starts_with(folder)) {
                findings.push(Finding::new(&path, 0, "this catalogue is missing"));
            }
        }
        if let [(en_path, en), (zh_path, zh)] = &catalogues[..] {
            // English has a form for one; Chinese has one form for all counts.
            missing(en, zh, zh_path, |key| key.ends_with(".one"), &mut findings);
            missing(zh, en, en_path, |_| false, &mut findings);

            let sources: Vec<(&File, &Source)> = files
                .iter()
                .filter(|file| file.path.ends_with(".rs") && !file.is_test)
                .filter(|file| users.iter().any(|user| file.path.starts_with(user)))
                .map(|file| (file, file.product()))
                .collect();
            unused(en, en_path, &sources, &mut findings);
            if folder == "frontend/locales" {
                unknown(en, zh, &sources, &mut findings);
            }
        }
    }
    findings
}

/// Reads the form of YAML that the catalogues use: nested keys, values on their line, plain or in
/// quotes.
fn read(file: &File, findings: &mut Vec<Finding>) -> Keys {
    let mut keys = Keys::new();
    let mut open: Vec<(usize, String)> = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        let number = index + 1;
        let text = line.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        let Some((key, value)) = text.split_once(':') else {
            let what = "write `key: \"value\"` on one line, or `key:` above deeper keys";
            findings.push(Finding::new(&file.path, number, what));
            continue;
        };
        open.retain(|(depth, _)| *depth < indent);
        let key = key.trim().trim_matches(['"', '\'']);
        let path: Vec<&str> = open
            .iter()
            .map(|(_, part)| part.as_str())
            .chain([key])
            .collect();
        let path = path.join(".");
        let value = value.trim();
        if value.is_empty() {
            open.push((indent, key.to_owned()));
            continue;
        }
        if path.starts_with('_') {
            continue;
        }
        let plain = value.trim_matches(['"', '\'']);
        if plain.trim().is_empty() {
            let what = format!("`{path}` is empty");
            findings.push(Finding::new(&file.path, number, what));
        }
        if matches!(value, "|" | ">" | "|-" | ">-") {
            let what = format!("`{path}`: write the value on the key's own line");
            findings.push(Finding::new(&file.path, number, what));
        }
        if keys
            .insert(path.clone(), (number, plain.to_owned()))
            .is_some()
        {
            let what = format!("`{path}` is there twice");
            findings.push(Finding::new(&file.path, number, what));
        }
    }
    keys
}

fn missing(
    keys: &Keys,
    other: &Keys,
    other_path: &str,
    may_miss: impl Fn(&str) -> bool,
    findings: &mut Vec<Finding>,
) {
    for key in keys.keys() {
        if !other.contains_key(key) && !may_miss(key) {
            findings.push(Finding::new(other_path, 0, format!("`{key}` is missing")));
        }
    }
}

/// A key is used by its whole name in quotes, by a name that is made from its beginning
/// (`"errors.{}"`, `"errors."`), or as a plural form of a name in quotes.
fn unused(keys: &Keys, path: &str, sources: &[(&File, &Source)], findings: &mut Vec<Finding>) {
    // What stands between two quotes, and its beginning where a value is put in.
    let named: HashSet<&str> = sources
        .iter()
        .flat_map(|(_, source)| source.words.split('"'))
        .flat_map(|piece| [Some(piece), piece.split_once('{').map(|(start, _)| start)])
        .flatten()
        .collect();
    for (key, (line, _)) in keys {
        let is_plural = key
            .rsplit_once('.')
            .is_some_and(|(base, form)| matches!(form, "one" | "other") && named.contains(base));
        let is_used = is_plural
            || named.contains(key.as_str())
            || key
                .match_indices('.')
                .filter_map(|(at, _)| key.get(..=at))
                .any(|beginning| named.contains(beginning));
        if !is_used {
            findings.push(Finding::new(path, *line, format!("`{key}` is never used")));
        }
    }
}

/// `t!("…")` with a name that no catalogue has would show the name itself.
fn unknown(en: &Keys, zh: &Keys, sources: &[(&File, &Source)], findings: &mut Vec<Finding>) {
    for (file, source) in sources {
        for (at, start) in source.words.match_indices("t!(\"") {
            let before = source.words.get(..at).unwrap_or_default();
            if before.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_') {
                continue;
            }
            let after = source.words.get(at + start.len()..).unwrap_or_default();
            let Some((key, _)) = after.split_once('"') else {
                continue;
            };
            if !en.contains_key(key) && !zh.contains_key(key) {
                let line = line_at(&source.words, at);
                let what = format!("`{key}` is in no catalogue");
                findings.push(Finding::new(&file.path, line, what));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(en: &str, zh: &str, code: &str) -> Vec<String> {
        let file = |path: &str, text: &str| File::new(path, text);
        let files = [
            file("frontend/locales/en.yml", en),
            file("frontend/locales/zh-CN.yml", zh),
            file("frontend/src/app.rs", code),
        ];
        let findings = check(&files);
        findings.into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn catalogues_that_agree_with_each_other_and_the_code_are_fine() {
        let en = "_version: 1\nui:\n  save: \"Save: now\"\n  deals:\n    one: 1 deal\n    other: '%{n} deals'\nerrors:\n  a: A\n";
        let zh = "ui:\n  save: 保存\n  deals:\n    other: x\nerrors:\n  a: A\n";
        let code = "t!(\"ui.save\"); counted(\"ui.deals\"); format!(\"errors.{code}\");\n";
        assert_eq!(found(en, zh, code), [""; 0]);
    }

    #[test]
    fn differences_are_found() {
        let found = found(
            "ui:\n  save: Save\n  gone: x\n  empty: \"\"\n",
            "ui:\n  save: S\n  save: T\n",
            "t!(\"ui.save\"); t!(\"ui.typo\"); format!(\"ui.empty\");\n",
        );
        for expected in [
            "`ui.gone` is missing",
            "`ui.gone` is never used",
            "`ui.empty` is empty",
            "`ui.save` is there twice",
            "`ui.typo` is in no catalogue",
        ] {
            assert!(
                found.contains(&expected.to_owned()),
                "{expected}: {found:?}"
            );
        }
    }
}
