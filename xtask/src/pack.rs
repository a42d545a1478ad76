//! Small pieces of the web build: content hashes, compression, style sheets, the page's head.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail};
use sha2::{Digest as _, Sha256};

/// The first 16 hex digits of the content's SHA-256: short, and no two versions share it.
pub fn hash(content: &[u8]) -> String {
    Sha256::digest(content)
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Whether compressing a file of this name makes it smaller.
pub fn is_compressible(name: &str) -> bool {
    let extension = Path::new(name)
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    matches!(
        extension.as_str(),
        "html" | "js" | "css" | "wasm" | "svg" | "json" | "webmanifest" | "txt" | "ico" | "ttf"
    )
}

/// Brotli at quality 11 for the shipped form, 5 for a quick build.
pub fn brotli(content: &[u8], release: bool) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: if release { 11 } else { 5 },
        lgwin: 24,
        size_hint: content.len(),
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut packed, &parameters)?;
    Ok(packed)
}

/// Gzip, for the few clients without brotli (plain http among them).
pub fn gzip(content: &[u8], release: bool) -> Result<Vec<u8>> {
    let level = if release { 9 } else { 5 };
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(level));
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

/// Reads `main.css` and puts each `@import "other.css";` line's file in its place, without comments and
/// needless space.
///
/// Imports stand on lines of their own, name files beside the importing one, and go one level
/// deep or more; a circle is an error.
pub fn styles(main: &Path) -> Result<String> {
    Ok(squeeze(&inline(main, &mut Vec::new())?))
}

/// Drops comments and makes one blank of any space between words, in quotes neither.
fn squeeze(style: &str) -> String {
    let mut short = String::with_capacity(style.len());
    let mut rest = style;
    while let Some(next) = rest.chars().next() {
        let length = if let Some(comment) = rest.strip_prefix("/*") {
            comment.find("*/").map_or(rest.len(), |end| end + 4)
        } else if next == '"' || next == '\'' {
            let end = rest.chars().skip(1).position(|other| other == next);
            let quoted = rest.chars().take(end.map_or(usize::MAX, |end| end + 2));
            let before = short.len();
            short.extend(quoted);
            short.len() - before
        } else if next.is_ascii_whitespace() {
            if !short.ends_with(' ') {
                short.push(' ');
            }
            1
        } else {
            short.push(next);
            next.len_utf8()
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    short
}

/// A script without the lines that are comments alone, and without what stands before a line's first word.
/// Lines stay lines, since a script may end a statement with one. One whose texts go over lines is left as
/// it is.
pub fn script(text: &str) -> String {
    if text.lines().any(|line| line.matches('`').count() % 2 == 1) {
        return text.to_owned();
    }
    let mut short = String::with_capacity(text.len());
    let mut is_comment = false;
    for mut line in text.lines().map(str::trim) {
        if is_comment || line.starts_with("/*") {
            let end = line.find("*/");
            is_comment = end.is_none();
            // What follows a comment within its last line stays.
            let rest = end.and_then(|end| line.get(end + 2..));
            line = rest.unwrap_or_default().trim_start();
        }
        if line.is_empty() || line.starts_with("//") {
            continue;
        }
        short.push_str(line);
        short.push('\n');
    }
    short
}

fn inline(file: &Path, open: &mut Vec<std::path::PathBuf>) -> Result<String> {
    if open.iter().any(|other| other == file) {
        bail!("{} imports itself", file.display());
    }
    open.push(file.to_path_buf());
    let text =
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut whole = String::with_capacity(text.len());
    for line in text.lines() {
        match imported(line) {
            Some(name) => whole.push_str(&inline(&file.with_file_name(name), open)?),
            None => {
                whole.push_str(line);
                whole.push('\n');
            }
        }
    }
    open.pop();
    Ok(whole)
}

/// The file named by a line such as `@import "tokens.css";` or `@import url('tokens.css');`.
fn imported(line: &str) -> Option<&str> {
    let rest = line.trim().strip_prefix("@import")?.trim();
    let rest = rest.strip_suffix(';')?.trim();
    let rest = rest
        .strip_prefix("url(")
        .and_then(|inner| inner.strip_suffix(')'))
        .unwrap_or(rest);
    let name = rest.trim_matches(['"', '\'']);
    let is_plain = name.ends_with(".css") && !name.contains(['"', '\'', ' ', ':']);
    is_plain.then(|| name.trim_start_matches("./"))
}

/// Puts the app's links and its script where the page says `<!-- head -->`.
pub fn page(template: &str, head: &str) -> Result<String> {
    let Some((before, after)) = template.split_once("<!-- head -->\n") else {
        bail!("frontend/index.html has no line <!-- head --> for the app's links");
    };
    Ok(format!(
        "{before}{head}{}",
        after.replace("<!-- body -->\n", "")
    ))
}

/// The page's own addresses: what its `href` and `src` attributes name on this server.
pub fn local_links(page: &str) -> Vec<String> {
    let mut links = Vec::new();
    for attribute in ["href=\"", "src=\""] {
        for part in page.split(attribute).skip(1) {
            if let Some((link, _)) = part.split_once('"')
                && let Some(path) = link.strip_prefix('/')
                && !path.starts_with('/')
                && !path.is_empty()
            {
                links.push(path.split(['?', '#']).next().unwrap_or(path).to_owned());
            }
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_is_short_and_follows_the_content() {
        assert_eq!(hash(b"a").len(), 16);
        assert_ne!(hash(b"a"), hash(b"b"));
    }

    #[test]
    fn both_packings_unpack_to_the_content() {
        let content = b"deals deals deals deals".repeat(50);
        let mut plain = Vec::new();
        let packed = brotli(&content, false).unwrap();
        brotli::BrotliDecompress(&mut &packed[..], &mut plain).unwrap();
        assert_eq!(plain, content);

        let packed = gzip(&content, true).unwrap();
        let mut plain = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&packed[..]), &mut plain)
            .unwrap();
        assert_eq!(plain, content);
    }

    #[test]
    fn import_lines_name_their_file() {
        assert_eq!(imported("@import \"a.css\";"), Some("a.css"));
        assert_eq!(imported("  @import url('./a/b.css');"), Some("a/b.css"));
        assert_eq!(imported("@import url(\"https://x.test/a.css\");"), None);
        assert_eq!(imported(".a { color: red; }"), None);
    }

    #[test]
    fn styles_lose_comments_and_space_but_nothing_in_quotes() {
        let style = ".a::before {\n  content: \"/*  \\201c  */\"; /* \"why\" */\n}\n\n.b  > .c { color : red; }\n";
        assert_eq!(
            squeeze(style),
            ".a::before { content: \"/*  \\201c  */\"; } .b > .c { color : red; } "
        );
        assert_eq!(squeeze("a /* open"), "a ");
    }

    #[test]
    fn scripts_lose_lines_of_comments_and_indents_but_nothing_within_a_line() {
        let text = "// why\n/** What. */\nfunction f() {\n  /*\n   * more\n   */\n\n  return \"// a  b\" // so\n}\n";
        assert_eq!(
            script(text),
            "function f() {\nreturn \"// a  b\" // so\n}\n"
        );
        assert_eq!(script("/* a */ f()\n/* b\n c */ g()\n"), "f()\ng()\n");
        let lines = "  f(`a\n  // b`)\n";
        assert_eq!(script(lines), lines);
    }

    #[test]
    fn links_to_other_servers_are_not_local() {
        let page = r##"<link href="/a/b.svg?x"><a href="#top"></a><script src="//cdn/x.js"></script><img src="/c.png">"##;
        assert_eq!(local_links(page), ["a/b.svg", "c.png"]);
    }

    #[test]
    fn page_without_a_place_for_the_links_is_refused() {
        assert!(page("<p>no head</p>", "x").is_err());
        assert_eq!(page("a\n<!-- head -->\nb", "<x>\n").unwrap(), "a\n<x>\nb");
    }
}
