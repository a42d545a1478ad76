//! The catalogues of both languages: the same keys, no empty values, every key used and every used
//! key there.
//!
//! A catalogue is in two parts: `first/` has what the app of a first visit says, the folder itself the
//! rest (docs/decisions/0011-two-apps.md). What is in the wrong part is found in the compiled module, by
//! [`later_words`].

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
        let sources = sources(files, users);
        let mut parts = Vec::new();
        for part in [format!("{folder}/first"), folder.to_owned()] {
            let mut catalogues = Vec::new();
            for language in LANGUAGES {
                let path = format!("{part}/{language}.yml");
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
                unused(en, en_path, &sources, &mut findings);
            }
            parts.extend(catalogues);
        }
        if let [(_, first_en), (_, first_zh), (path, en), (_, zh)] = &parts[..] {
            divided(first_en, en, path, &sources, &mut findings);
            if folder == "frontend/locales" {
                unknown(&[first_en, first_zh, en, zh], &sources, &mut findings);
            }
        }
    }
    findings
}

/// What the words of the whole app alone look like in a compiled module that asks for them, and the keys
/// they belong to: the key itself, the name of a counted phrase, the beginning of names made from values.
pub(super) fn later_words(files: &[File]) -> Vec<(String, String)> {
    let mut words = Vec::new();
    for (folder, users) in CATALOGUES {
        let path = format!("{folder}/en.yml");
        let Some(file) = files.iter().find(|file| file.path == path) else {
            continue;
        };
        let beginnings = beginnings(&sources(files, users));
        for key in read(file, &mut Vec::new()).into_keys() {
            let group = beginnings.iter().find(|group| key.starts_with(**group));
            let counted = key
                .strip_suffix(".one")
                .or_else(|| key.strip_suffix(".other"));
            let sign = group.copied().or(counted).unwrap_or(&key).to_owned();
            words.push((sign, key));
        }
    }
    words
}

fn sources<'a>(files: &'a [File], users: &[&str]) -> Vec<(&'a File, &'a Source)> {
    files
        .iter()
        .filter(|file| file.path.ends_with(".rs") && !file.is_test)
        .filter(|file| users.iter().any(|user| file.path.starts_with(user)))
        .map(|file| (file, file.product()))
        .collect()
}

/// The beginnings of names that are made from values, as `gate.facts.` of `"gate.facts.{fact}"`.
fn beginnings<'a>(sources: &[(&File, &'a Source)]) -> HashSet<&'a str> {
    sources
        .iter()
        .flat_map(|(_, source)| source.words.split('"'))
        .filter_map(|piece| piece.split_once('{').map(|(start, _)| start))
        .filter(|start| start.ends_with('.') && is_name(start))
        .collect()
}

fn is_name(text: &str) -> bool {
    text.chars()
        .all(|letter| matches!(letter, 'a'..='z' | '_' | '.'))
}

/// Names made from values are all in one part, since nobody can tell which of them a module asks for.
fn divided(
    first: &Keys,
    rest: &Keys,
    path: &str,
    sources: &[(&File, &Source)],
    findings: &mut Vec<Finding>,
) {
    for (key, (line, _)) in rest {
        if first.contains_key(key) {
            let what = format!("`{key}` is in first/ too");
            findings.push(Finding::new(path, *line, what));
        }
    }
    for group in beginnings(sources) {
        let is_in = |keys: &Keys| keys.keys().any(|key| key.starts_with(group));
        if is_in(first) && is_in(rest) {
            let what = format!("some of `{group}…` is in first/ and some is not");
            findings.push(Finding::new(path, 0, what));
        }
    }
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
fn unknown(catalogues: &[&Keys], sources: &[(&File, &Source)], findings: &mut Vec<Finding>) {
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
            if !catalogues.iter().any(|keys| keys.contains_key(key)) {
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
        let first = "app:\n  name: Dipper\n";
        let files = [
            file("frontend/locales/en.yml", en),
            file("frontend/locales/zh-CN.yml", zh),
            file("frontend/locales/first/en.yml", first),
            file("frontend/locales/first/zh-CN.yml", first),
            file("frontend/src/app.rs", &format!("t!(\"app.name\"); {code}")),
        ];
        let findings = check(&files);
        findings.into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn parts_of_a_catalogue_share_no_key_and_no_names_made_from_values() {
        let catalogue = "app:\n  name: Dipper\n  kinds:\n    a: A\n";
        let found = found(catalogue, catalogue, "format!(\"app.{kind}\")");
        assert_eq!(
            found,
            [
                "`app.name` is in first/ too",
                "some of `app.…` is in first/ and some is not"
            ]
        );
    }

    #[test]
    fn words_of_the_whole_app_are_known_by_key_by_count_and_by_beginning() {
        let text =
            "gate:\n  title: T\n  open:\n    one: 1\n    other: n\n  facts:\n    amount: A\n";
        let files = [
            File::new("frontend/locales/en.yml", text),
            File::new("frontend/src/gate.rs", "format!(\"gate.facts.{fact}\")"),
        ];
        let signs: Vec<String> = later_words(&files)
            .into_iter()
            .map(|(sign, _)| sign)
            .collect();
        assert_eq!(
            signs,
            ["gate.facts.", "gate.open", "gate.open", "gate.title"]
        );
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
