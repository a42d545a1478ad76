//! Reads Rust source just far enough to tell code, strings, comments and tests apart.

use super::File;

/// The text of a Rust file with parts blanked out; lines and columns stay where they were.
pub(super) struct Source {
    /// Without comments, and with the insides of strings blank.
    pub(super) code: String,
    /// Without comments, strings as they are.
    pub(super) words: String,
}

impl Source {
    /// Reads a text, leaving out the tests at its end.
    pub(super) fn product(text: &str) -> Source {
        let source = Source::read(text);
        let end = tests_begin(&source.code).unwrap_or(source.code.len());
        let cut = |text: &str| text.get(..end).unwrap_or(text).to_owned();
        Source {
            code: cut(&source.code),
            words: cut(&source.words),
        }
    }

    /// Reads a text.
    pub(super) fn read(text: &str) -> Source {
        let mut source = Source {
            code: String::with_capacity(text.len()),
            words: String::with_capacity(text.len()),
        };
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            let (kind, length) = part(rest, next, source.code.chars().next_back());
            let (taken, left) = rest.split_at(length);
            match kind {
                Kind::Code => source.code.push_str(taken),
                Kind::Text | Kind::Comment => blank(taken, &mut source.code),
            }
            match kind {
                Kind::Code | Kind::Text => source.words.push_str(taken),
                Kind::Comment => blank(taken, &mut source.words),
            }
            rest = left;
        }
        source
    }
}

/// Marks the files that are modules of tests by their declaration, `#[cfg(test)] mod name;`.
pub(super) fn mark_tests(files: &mut [File]) {
    let mut modules = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with(".rs")) {
        let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
        let folder = match name {
            "lib.rs" | "main.rs" | "mod.rs" => folder.to_owned(),
            _ => file.path.trim_end_matches(".rs").to_owned(),
        };
        if !file.text.contains("#[cfg(test)]") {
            continue;
        }
        let code = Source::read(&file.text).code;
        for (at, _) in code.match_indices("#[cfg(test)]") {
            let declared = after_attributes(code.get(at..).unwrap_or_default());
            let declared = declared.trim_start_matches("pub ");
            if let Some(module) = declared
                .strip_prefix("mod ")
                .and_then(|rest| rest.strip_suffix(';'))
            {
                modules.push(format!("{folder}/{module}.rs"));
                modules.push(format!("{folder}/{module}/"));
            }
        }
    }
    for file in files {
        file.is_test = file.is_test
            || modules.iter().any(|module| {
                file.path == *module || (module.ends_with('/') && file.path.starts_with(module))
            });
    }
}

/// The line after an attribute and the others that may follow it.
fn after_attributes(code: &str) -> &str {
    code.lines()
        .skip(1)
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with("#["))
        .unwrap_or_default()
}

/// The number of the line at a byte of the text.
pub(super) fn line_at(text: &str, byte: usize) -> usize {
    let before = text.as_bytes().get(..byte).unwrap_or_default();
    1 + before.iter().filter(|one| **one == b'\n').count()
}

enum Kind {
    Code,
    Text,
    Comment,
}

/// The next part of the source: what it is and how many bytes it has.
fn part(rest: &str, next: char, before: Option<char>) -> (Kind, usize) {
    if rest.starts_with("//") {
        return (Kind::Comment, rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (Kind::Comment, block_comment(rest));
    }
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let begins_word = !before.is_some_and(is_word);
    match next {
        '"' => (Kind::Text, quoted(rest)),
        'r' if begins_word => match raw_string(rest) {
            Some(length) => (Kind::Text, length),
            None => (Kind::Code, 1),
        },
        '\'' => match char_literal(rest) {
            Some(length) => (Kind::Text, length),
            None => (Kind::Code, 1),
        },
        _ => (Kind::Code, next.len_utf8()),
    }
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while let Some(left) = rest.get(at..).filter(|left| !left.is_empty()) {
        if left.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if left.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += left.chars().next().map_or(1, char::len_utf8);
        }
    }
    at.min(rest.len())
}

fn quoted(rest: &str) -> usize {
    let mut is_escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

fn raw_string(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix('r')?;
    let hashes = after.bytes().take_while(|byte| *byte == b'#').count();
    let inside = after.get(hashes..)?.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = inside.find(&end).map_or(inside.len(), |at| at + end.len());
    Some(1 + hashes + 1 + length)
}

/// The length of a character, or nothing for a lifetime.
fn char_literal(rest: &str) -> Option<usize> {
    let mut letters = rest.char_indices().skip(1);
    let (_, first) = letters.next()?;
    if first == '\\' {
        letters.next();
        return letters
            .find(|(_, letter)| *letter == '\'')
            .map(|(at, _)| at + 1);
    }
    let (at, second) = letters.next()?;
    (second == '\'').then_some(at + 1)
}

fn blank(text: &str, out: &mut String) {
    for byte in text.bytes() {
        out.push(if byte == b'\n' { '\n' } else { ' ' });
    }
}

/// Where the module of tests at the end of the file begins.
fn tests_begin(code: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(found) = code.get(from..)?.find("#[cfg(test)]") {
        let at = from + found;
        let declared = after_attributes(code.get(at..)?);
        let opens = declared.starts_with("mod ") && declared.ends_with('{');
        if opens {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_told_from_code() {
        let text =
            "let a = \"// no\"; // yes\nlet b: &'a str = r#\"q\"q\"#; /* x /* y */ z */ c('\"');\n";
        let source = Source::read(text);
        assert_eq!(source.code.len(), text.len());
        assert!(source.words.contains("// no"));
        assert!(!source.words.contains("yes"));
        assert!(!source.code.contains("no"));
        assert!(source.words.contains("q\"q"));
        assert!(!source.code.contains("q\"q"));
        assert!(!source.code.contains('z'));
        assert!(source.code.contains("&'a str"));
        assert!(source.code.contains("c("));
    }

    #[test]
    fn tests_at_the_end_are_left_out() {
        let text = "fn a() {}\n#[cfg(test)]\nmod outside;\n#[cfg(test)]\n#[path = \"x\"]\nmod tests {\n fn b() {}\n}\n";
        let source = Source::product(text);
        assert!(source.code.contains("mod outside"));
        assert!(!source.code.contains("fn b"));
    }

    #[test]
    fn files_declared_as_tests_are_tests() {
        let mut files = [
            File::new("web/src/lib.rs", "#[cfg(test)]\nmod house;\nmod app;\n"),
            File::new("web/src/house.rs", ""),
            File::new("web/src/app.rs", ""),
            File::new("web/src/deal.rs", "#[cfg(test)]\nmod cases;\n"),
            File::new("web/src/deal/cases.rs", ""),
        ];
        mark_tests(&mut files);
        let marked: Vec<bool> = files.iter().map(|file| file.is_test).collect();
        assert_eq!(marked, [false, true, false, false, true]);
    }
}
