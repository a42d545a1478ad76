//! Who may import whom: a room imports the cellar and the rooms to its left; the cellar imports no
//! room, but its own addresses ask `identity` who is calling.

use super::rust::line_at;
use super::{File, Finding};

/// The rooms from left to right, the same on every floor.
const ROOMS: [&str; 8] = [
    "identity", "accounts", "funnel", "field", "revenue", "insight", "care", "exchange",
];

/// The floors that have rooms.
const FLOORS: [&str; 3] = ["shared", "backend", "frontend"];

/// The folders that know no sales words. What else lies beside the rooms puts them together.
const CELLAR: [&str; 8] = [
    "api", "db", "events", "files", "http", "jobs", "search", "ui",
];

/// Pages that show parts of later rooms: a customer's profile is made of all of them.
const PAGES: [&str; 3] = [
    "accounts/profile/",
    "accounts/timeline/",
    "accounts/names.rs",
];

/// Checks every file of the three floors.
pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        let Some((floor, inside)) = file.path.split_once("/src/") else {
            continue;
        };
        if !FLOORS.contains(&floor) || !file.path.ends_with(".rs") || file.is_test {
            continue;
        }
        let is_page = floor == "frontend" && PAGES.iter().any(|page| inside.starts_with(page));
        if is_page {
            continue;
        }
        let own = room_of(inside);
        let folder = inside.split_once('/').map(|(folder, _)| folder);
        if own.is_none() && !folder.is_some_and(|folder| CELLAR.contains(&folder)) {
            continue;
        }
        let source = file.product();
        // Also the cellar's own addresses, such as the feed of events, ask who is calling.
        let asks_who = own.is_none() && inside.contains("/routes");
        for import in imports(&source.code) {
            if asks_who && import.room == "identity" {
                continue;
            }
            if let Some(what) = judge(own, &import) {
                let line = line_at(&source.code, import.at);
                findings.push(Finding::new(&file.path, line, what));
            }
        }
    }
    findings
}

/// The room of a file by its path inside `src/`: `funnel/board/state.rs` or `funnel.rs`.
fn room_of(inside: &str) -> Option<&str> {
    let first = inside.split('/').next()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    ROOMS.contains(&name).then_some(name)
}

/// A room named after `crate::` or `shared::`.
struct Import<'code> {
    at: usize,
    from: &'code str,
    room: &'code str,
    /// What follows the room, up to the end of this branch of the path.
    rest: &'code str,
}

fn judge(own: Option<&str>, import: &Import<'_>) -> Option<String> {
    let place = |name: &str| ROOMS.iter().position(|room| *room == name);
    let Some(own) = own else {
        // The cellar may know the words of `shared`, not the rooms of its own floor.
        return (import.from == "crate").then(|| {
            format!(
                "the cellar imports `{}`: it knows no room of its floor",
                import.room
            )
        });
    };
    // A deal has product lines, and products are revenue's.
    let is_product = import.rest.to_lowercase().contains("product");
    if own == "funnel" && import.room == "revenue" && is_product {
        return None;
    }
    (place(import.room) > place(own)).then(|| {
        format!(
            "`{own}` imports `{}`, which lies to its right ({})",
            import.room,
            ROOMS.join(", ")
        )
    })
}

/// Every room that the code names by an absolute path, in groups too.
fn imports(code: &str) -> Vec<Import<'_>> {
    let mut found = Vec::new();
    for from in ["crate", "shared"] {
        for (at, _) in code.match_indices(from) {
            let is_whole = !code
                .get(..at)
                .unwrap_or_default()
                .ends_with(|letter: char| {
                    letter.is_alphanumeric() || letter == '_' || letter == ':'
                });
            let after = code.get(at + from.len()..).unwrap_or_default();
            let Some(path) = after.trim_start().strip_prefix("::") else {
                continue;
            };
            if !is_whole {
                continue;
            }
            for branch in branches(path.trim_start()) {
                let end = branch
                    .find(|letter: char| !letter.is_alphanumeric() && letter != '_')
                    .unwrap_or(branch.len());
                let (room, rest) = branch.split_at(end);
                if ROOMS.contains(&room) {
                    found.push(Import {
                        at,
                        from,
                        room,
                        rest,
                    });
                }
            }
        }
    }
    found
}

/// The branches of `{a::b, c}`, or the one path that the text begins with.
fn branches(path: &str) -> Vec<&str> {
    let Some(group) = path.strip_prefix('{') else {
        return vec![path.get(..end_of(path)).unwrap_or(path)];
    };
    let mut found = Vec::new();
    let mut depth = 0;
    let mut begin = 0;
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                found.push(group.get(begin..at).unwrap_or_default().trim());
                begin = at + 1;
                if letter == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    found
}

/// Where a path ends: at the first thing that belongs to no path, outside braces.
fn end_of(path: &str) -> usize {
    let mut depth = 0;
    for (at, letter) in path.char_indices() {
        match letter {
            '{' if path.get(..at).is_some_and(|before| before.ends_with("::")) => depth += 1,
            '}' if depth > 0 => depth -= 1,
            _ if depth > 0 => {}
            ':' | '_' => {}
            letter if letter.is_alphanumeric() => {}
            _ => return at,
        }
    }
    path.len()
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
    fn imports_go_leftwards() {
        let left = "use crate::accounts::store; use shared::identity::UserId;\n";
        assert_eq!(found("backend/src/funnel/routes/deals.rs", left), [""; 0]);
        let right = "use crate::exchange::jobs;\n";
        assert_eq!(found("backend/src/funnel/routes/deals.rs", right).len(), 1);
        let group = "use crate::{db::Tx, identity::{Require, Scope}, care::store};\n";
        assert_eq!(found("backend/src/funnel/mod.rs", group).len(), 1);
        let inline = "fn a() { shared::care::rule(); }\n";
        assert_eq!(found("frontend/src/accounts/card.rs", inline).len(), 1);
    }

    #[test]
    fn funnel_may_know_products() {
        let products = "use shared::revenue::{Product, ProductId};\n";
        assert_eq!(found("frontend/src/funnel/form.rs", products), [""; 0]);
        let orders = "use shared::revenue::Order;\n";
        assert_eq!(found("frontend/src/funnel/form.rs", orders).len(), 1);
    }

    #[test]
    fn cellar_knows_no_room_of_its_floor() {
        let text = "use crate::identity::Me; use shared::identity::Role;\n";
        assert_eq!(found("backend/src/http/body.rs", text).len(), 1);
        assert_eq!(found("backend/src/router.rs", text), [""; 0]);
        assert_eq!(found("backend/src/demo/mod.rs", text), [""; 0]);
        assert_eq!(found("backend/src/events/routes.rs", text), [""; 0]);
    }

    #[test]
    fn names_inside_other_names_and_strings_are_no_imports() {
        let text = "let a = \"crate::care\"; use my_crate::care; use other::shared::care;\n";
        assert_eq!(found("backend/src/identity/mod.rs", text), [""; 0]);
    }
}
