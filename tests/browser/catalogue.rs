//! The words of the web app, so that journeys look for what the page should say in either language.

/// The catalogues of a language: the words of a first visit and all others.
fn catalogues(language: &str) -> [&'static str; 2] {
    match language {
        "zh-CN" => [
            include_str!("../../frontend/locales/first/zh-CN.yml"),
            include_str!("../../frontend/locales/zh-CN.yml"),
        ],
        _ => [
            include_str!("../../frontend/locales/first/en.yml"),
            include_str!("../../frontend/locales/en.yml"),
        ],
    }
}

/// What the catalogues of a language have for a key such as `load.retry`.
pub fn word(language: &str, key: &str) -> String {
    let mut path: Vec<&str> = Vec::new();
    for line in catalogues(language).into_iter().flat_map(str::lines) {
        let Some((name, text)) = line.trim_start().split_once(':') else {
            continue;
        };
        path.truncate((line.len() - line.trim_start().len()) / 2);
        path.push(name);
        if path.join(".") == key {
            return text.trim().trim_matches('"').to_owned();
        }
    }
    panic!("the catalogue has no {key}")
}

/// The first parts of the catalogue's keys, as alternatives of a pattern.
pub fn first_parts() -> String {
    let parts: Vec<&str> = catalogues("en")
        .into_iter()
        .flat_map(str::lines)
        .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
        .filter_map(|line| line.strip_suffix(':'))
        .collect();
    assert!(
        parts.len() > 10,
        "the catalogue has its parts at the left: {parts:?}"
    );
    parts.join("|")
}
