//! What may be named where: SQL in the stores, error statuses in one file, visible text in the
//! catalogues.

use super::rust::{Source, line_at};
use super::{File, Finding};

/// The folders of the server's cellar that speak to the database.
const DATABASE_FOLDERS: [&str; 4] = ["db", "events", "search", "jobs"];

/// What makes a line one that speaks to the database.
const DATABASE_NAMES: [&str; 7] = [
    "diesel::",
    "diesel_async::",
    "diesel_migrations::",
    "tokio_postgres::",
    "sql_query",
    "batch_execute",
    "simple_query",
];

/// A result and its error are no query: a handler turns a breached constraint into a field's error.
const RESULTS: [&str; 2] = ["diesel::result::", "diesel::QueryResult"];

/// The one file that names error statuses.
const ERRORS: &str = "backend/src/error.rs";

/// The names that HTTP's error statuses have in actix, as `StatusCode::X_Y` and
/// `HttpResponse::XY`.
const STATUSES: [&str; 31] = [
    "BAD_REQUEST",
    "UNAUTHORIZED",
    "PAYMENT_REQUIRED",
    "FORBIDDEN",
    "NOT_FOUND",
    "METHOD_NOT_ALLOWED",
    "NOT_ACCEPTABLE",
    "PROXY_AUTHENTICATION_REQUIRED",
    "REQUEST_TIMEOUT",
    "CONFLICT",
    "GONE",
    "LENGTH_REQUIRED",
    "PRECONDITION_FAILED",
    "PRECONDITION_REQUIRED",
    "PAYLOAD_TOO_LARGE",
    "URI_TOO_LONG",
    "UNSUPPORTED_MEDIA_TYPE",
    "RANGE_NOT_SATISFIABLE",
    "EXPECTATION_FAILED",
    "IM_A_TEAPOT",
    "MISDIRECTED_REQUEST",
    "UNPROCESSABLE_ENTITY",
    "LOCKED",
    "FAILED_DEPENDENCY",
    "TOO_MANY_REQUESTS",
    "REQUEST_HEADER_FIELDS_TOO_LARGE",
    "INTERNAL_SERVER_ERROR",
    "NOT_IMPLEMENTED",
    "BAD_GATEWAY",
    "SERVICE_UNAVAILABLE",
    "GATEWAY_TIMEOUT",
];

/// Checks every Rust file of the product.
pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        if !file.path.ends_with(".rs") || file.is_test {
            continue;
        }
        if let Some(inside) = file.path.strip_prefix("backend/src/") {
            let source = file.product();
            if !speaks_to_database(inside) {
                queries(file, source, &mut findings);
            }
            if file.path != ERRORS {
                statuses(file, source, &mut findings);
            }
        }
        if file.path.starts_with("frontend/src/") {
            visible_text(file, file.product(), &mut findings);
        }
    }
    findings
}

fn speaks_to_database(inside: &str) -> bool {
    let mut parts = inside.split('/');
    parts
        .clone()
        .any(|part| part == "store" || part == "store.rs")
        || parts
            .next()
            .is_some_and(|first| DATABASE_FOLDERS.contains(&first))
}

fn queries(file: &File, source: &Source, findings: &mut Vec<Finding>) {
    for (index, line) in source.code.lines().enumerate() {
        let line = RESULTS
            .iter()
            .fold(line.to_owned(), |line, result| line.replace(result, ""));
        if let Some(name) = DATABASE_NAMES.iter().find(|name| line.contains(*name)) {
            let what = format!(
                "`{}` outside a store: only store/, db/, events/, search/ and jobs/ speak to the database",
                name.trim_end_matches(':')
            );
            findings.push(Finding::new(&file.path, index + 1, what));
        }
    }
}

fn statuses(file: &File, source: &Source, findings: &mut Vec<Finding>) {
    for (kind, shape) in [
        ("StatusCode::", str::to_owned as fn(&str) -> String),
        ("HttpResponse::", camel),
        ("HttpResponseBuilder::", camel),
        ("error::Error", camel),
    ] {
        for (at, _) in source.code.match_indices(kind) {
            let name = word(source.code.get(at + kind.len()..).unwrap_or_default());
            if STATUSES.iter().any(|status| shape(status) == name) {
                let what = format!("`{kind}{name}`: only {ERRORS} names error statuses");
                findings.push(Finding::new(&file.path, line_at(&source.code, at), what));
            }
        }
    }
}

/// `NOT_FOUND` as `NotFound`.
fn camel(name: &str) -> String {
    let mut camel = String::new();
    for part in name.split('_') {
        let mut letters = part.chars();
        camel.extend(letters.next());
        camel.extend(letters.map(|letter| letter.to_ascii_lowercase()));
    }
    camel
}

/// The identifier that a text begins with.
fn word(text: &str) -> &str {
    let end = text
        .find(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

fn visible_text(file: &File, source: &Source, findings: &mut Vec<Finding>) {
    for (index, line) in source.words.lines().enumerate() {
        if let Some(letter) = line.chars().find(|letter| is_chinese(*letter)) {
            let what = format!("`{letter}`: visible text belongs into frontend/locales/");
            findings.push(Finding::new(&file.path, index + 1, what));
        }
    }
}

fn is_chinese(letter: char) -> bool {
    // Punctuation alone is no text: the parsers of what people type know it.
    matches!(letter, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        let file = File::new(path, text);
        check(&[file]).len()
    }

    #[test]
    fn queries_live_in_stores() {
        let text = "//! x\nuse diesel::prelude::*;\n";
        assert_eq!(found("backend/src/funnel/routes/deals.rs", text), 1);
        assert_eq!(found("backend/src/funnel/store/deals.rs", text), 0);
        assert_eq!(found("backend/src/db/mod.rs", text), 0);
        assert_eq!(found("backend/src/error.rs", text), 1);
        assert_eq!(
            found("backend/src/error.rs", "use diesel::result::Error;\n"),
            0
        );
        assert_eq!(found("backend/src/app.rs", "// diesel::x\n"), 0);
        let text = "fn a(result: diesel::QueryResult<()>) {}\n";
        assert_eq!(found("backend/src/funnel/routes/deals.rs", text), 0);
    }

    #[test]
    fn error_statuses_live_in_one_file() {
        let text =
            "fn a() { HttpResponse::NotFound(); HttpResponse::Ok(); StatusCode::CONFLICT; }\n";
        assert_eq!(found("backend/src/funnel/routes/deals.rs", text), 2);
        assert_eq!(found("backend/src/error.rs", text), 0);
        let text = "fn a() { HttpResponse::NotModified(); }\n";
        assert_eq!(found("backend/src/http/spa.rs", text), 0);
    }

    #[test]
    fn visible_text_lives_in_catalogues() {
        assert_eq!(found("frontend/src/app.rs", "// 北斗\nlet a = \"x\";\n"), 0);
        assert_eq!(found("frontend/src/app.rs", "let a = \"北斗\";\n"), 1);
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n let a = \"北斗\";\n}\n";
        assert_eq!(found("frontend/src/app.rs", text), 0);
    }
}
