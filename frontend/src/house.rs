//! The house rules of the web app, kept by tests: words, languages, styles, contrast.

#![expect(
    clippy::string_slice,
    reason = "the places come from searching the same text"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources_below(folder: &Path, out: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources_below(&path, out);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            let text = std::fs::read_to_string(&path).unwrap();
            // What tests say is not on screen, and tests stand last in a file.
            let shown = text.split("#[cfg(test)]\n").next().unwrap_or_default();
            let shown = if name.ends_with("lib.rs") {
                &text
            } else {
                shown
            };
            let is_comment = |line: &&str| line.trim_start().starts_with("//");
            let shown: Vec<_> = shown
                .lines()
                .map(|line| if is_comment(&line) { "" } else { line })
                .collect();
            out.push((name, shown.join("\n")));
        }
    }
}

/// Every source file with its text up to its tests, this one left out.
fn sources() -> Vec<(String, String)> {
    let mut out = Vec::new();
    sources_below(&root().join("src"), &mut out);
    out.retain(|(name, _)| !name.ends_with("house.rs") && !name.ends_with("fixture.rs"));
    out
}

fn keys(lang: &str) -> BTreeSet<String> {
    let messages = crate::_rust_i18n_backend()
        .messages_for_locale(lang)
        .unwrap();
    messages
        .into_iter()
        .map(|(key, _)| key.into_owned())
        .collect()
}

fn messages(lang: &str) -> BTreeMap<String, String> {
    let messages = crate::_rust_i18n_backend()
        .messages_for_locale(lang)
        .unwrap();
    messages
        .into_iter()
        .map(|(key, text)| (key.into_owned(), text.into_owned()))
        .collect()
}

#[test]
fn both_catalogues_have_the_same_keys() {
    let (zh, en) = (keys("zh-CN"), keys("en"));
    let alone: Vec<_> = zh.symmetric_difference(&en).collect();
    assert!(alone.is_empty(), "only in one catalogue: {alone:#?}");
}

#[test]
fn both_catalogues_fill_in_the_same_values() {
    let (zh, en) = (messages("zh-CN"), messages("en"));
    for (key, text) in &zh {
        // A month stands beside its year in one language only.
        let Some(other) = en.get(key).filter(|_| !key.starts_with("format.")) else {
            continue;
        };
        assert_eq!(holes_of(text), holes_of(other), "{key}");
    }
}

fn holes_of(text: &str) -> BTreeSet<String> {
    text.match_indices("%{")
        .filter_map(|(at, _)| text[at + 2..].split('}').next().map(str::to_owned))
        .collect()
}

/// The places where the translator is called, each from after its opening bracket.
fn calls(text: &str) -> Vec<&str> {
    text.match_indices("t!(")
        .filter(|(at, _)| {
            !text[..*at].ends_with(|before: char| before.is_alphanumeric() || before == '_')
        })
        .map(|(at, call)| &text[at + call.len()..])
        .collect()
}

#[test]
fn every_word_asked_for_is_in_the_catalogue() {
    let known = keys("en");
    let mut missing = Vec::new();
    for (name, text) in sources() {
        for call in calls(&text) {
            let literal = call
                .trim_start()
                .strip_prefix('"')
                .and_then(|rest| rest.split('"').next());
            if let Some(key) = literal.filter(|key| !known.contains(*key)) {
                missing.push(format!("{name}: {key}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn a_component_that_speaks_follows_the_language() {
    let mut deaf = Vec::new();
    for (name, text) in sources() {
        for component in text.split("#[component]").skip(1) {
            let end = component.find("\n}\n").unwrap_or(component.len());
            let body = &component[..end];
            let speaks = !calls(body).is_empty();
            let asks = ["use_lang()", "use_lang_handle()", "props.lang"];
            let is_told = body.contains("Props {") && body.contains(" lang,");
            let follows = is_told || asks.iter().any(|asks| body.contains(asks));
            if speaks && !follows {
                let title = body
                    .lines()
                    .find(|line| line.contains("fn "))
                    .unwrap_or_default();
                deaf.push(format!("{name}: {title}"));
            }
        }
    }
    assert!(deaf.is_empty(), "call use_lang() in: {deaf:#?}");
}

#[test]
fn no_word_on_screen_is_written_in_the_sources() {
    let is_han =
        |c: char| matches!(u32::from(c), 0x3000..=0x303F | 0x3400..=0x9FFF | 0xFF00..=0xFFEF);
    let mut found = Vec::new();
    for (name, text) in sources() {
        for (index, line) in text.lines().enumerate() {
            if line.chars().any(is_han) {
                found.push(format!("{name}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn no_element_carries_its_own_style() {
    for (name, text) in sources() {
        assert!(
            !text.contains("style=\"") && !text.contains("style={"),
            "{name} has a style attribute"
        );
    }
}

mod styles {
    use super::{BTreeMap, root};

    fn tokens() -> String {
        std::fs::read_to_string(root().join("styles/tokens.css")).unwrap()
    }

    /// The declarations of the first block whose head is this line.
    fn block(css: &str, head: &str) -> BTreeMap<String, String> {
        let start = css.find(head).unwrap_or_else(|| panic!("no block {head}")) + head.len();
        let body = &css[start..start + css[start..].find('}').unwrap()];
        let body = strip_comments(body);
        body.split(';')
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
            .collect()
    }

    fn strip_comments(text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("/*") {
            out.push_str(&rest[..at]);
            rest = rest[at..].split_once("*/").map_or("", |(_, rest)| rest);
        }
        out + rest
    }

    fn light() -> BTreeMap<String, String> {
        block(&tokens(), ":root, [data-theme=\"light\"] {")
    }

    fn dark() -> BTreeMap<String, String> {
        block(&tokens(), "\n[data-theme=\"dark\"] {")
    }

    /// Follows `var(--x)` to its colour.
    fn color(theme: &BTreeMap<String, String>, name: &str) -> [f64; 3] {
        let value = theme.get(name).unwrap_or_else(|| panic!("no {name}"));
        if let Some(other) = value.strip_prefix("var(") {
            return color(theme, other.trim_end_matches(')'));
        }
        let digits = value
            .strip_prefix('#')
            .unwrap_or_else(|| panic!("{name} is {value}"));
        [0, 2, 4].map(|at| f64::from(u8::from_str_radix(&digits[at..at + 2], 16).unwrap()) / 255.0)
    }

    /// The contrast of two colours as WCAG 2 counts it.
    fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
        let light = |color: [f64; 3]| {
            let linear = color.map(|c| {
                if c <= 0.040_45 {
                    c / 12.92
                } else {
                    ((c + 0.055) / 1.055).powf(2.4)
                }
            });
            0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        };
        let (a, b) = (light(a), light(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn dark_by_the_system_is_dark_by_choice() {
        let by_system = block(&tokens(), ":root:not([data-theme]) {");
        assert_eq!(by_system, dark());
    }

    #[test]
    fn every_text_can_be_read_in_both_themes() {
        let grounds = ["--canvas", "--surface", "--surface-raised", "--fill"];
        let mut pairs: Vec<(&str, &str, f64)> = Vec::new();
        for ground in grounds {
            pairs.extend([
                ("--text", ground, 7.0),
                ("--text-muted", ground, 4.5),
                ("--text-faint", ground, 4.5),
            ]);
        }
        for ground in ["--canvas", "--surface", "--surface-raised"] {
            pairs.extend([("--accent-text", ground, 4.5), ("--positive", ground, 4.5)]);
            pairs.extend([("--warning", ground, 4.5), ("--negative", ground, 4.5)]);
            pairs.extend([
                ("--border-control", ground, 3.0),
                ("--focus", ground, 3.0),
                ("--icon", ground, 3.0),
            ]);
        }
        pairs.extend([
            ("--text-muted", "--fill-hover", 4.5),
            ("--accent-text", "--accent-bg", 4.5),
            ("--on-accent", "--accent", 4.5),
            ("--positive", "--positive-bg", 4.5),
            ("--warning", "--warning-bg", 4.5),
            ("--warning", "--warning-bg-strong", 4.5),
            ("--negative", "--negative-bg", 4.5),
            ("--negative", "--negative-bg-strong", 4.5),
            ("--n-1", "--n-12", 7.0),
        ]);
        let avatars: Vec<_> = (1..=6)
            .map(|n| (format!("--av-{n}-fg"), format!("--av-{n}-bg")))
            .collect();
        pairs.extend(
            avatars
                .iter()
                .map(|(fg, bg)| (fg.as_str(), bg.as_str(), 4.5)),
        );
        let stages: Vec<_> = (1..=6).map(|n| format!("--stage-{n}")).collect();
        pairs.extend(
            stages
                .iter()
                .map(|stage| (stage.as_str(), "--surface", 3.0)),
        );
        for (theme, name) in [(light(), "light"), (dark(), "dark")] {
            for (front, back, least) in &pairs {
                let ratio = contrast(color(&theme, front), color(&theme, back));
                assert!(
                    ratio >= *least,
                    "{name}: {front} on {back} is {ratio:.2}, needs {least}"
                );
            }
        }
    }

    #[test]
    fn every_part_is_pulled_by_one_of_the_two_sheets() {
        let folder = root().join("styles");
        let sheets = ["main.css", "further.css"];
        let pulled = sheets.map(|sheet| std::fs::read_to_string(folder.join(sheet)).unwrap());
        for entry in std::fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let line = format!("@import \"{name}\";");
            let times = pulled.iter().map(|sheet| sheet.matches(&line).count());
            let expected = usize::from(!sheets.contains(&name.as_str()));
            assert_eq!(times.sum::<usize>(), expected, "{name}");
        }
    }

    #[test]
    fn colours_come_from_the_tokens() {
        // The night sky is the same in both themes, so its few tints stand where they are used.
        for entry in std::fs::read_dir(root().join("styles")).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if matches!(name.as_str(), "tokens.css" | "identity.css") {
                continue;
            }
            let css = strip_comments(&std::fs::read_to_string(&path).unwrap());
            for value in css
                .split([':', ';', ' '])
                .filter(|word| word.starts_with('#'))
            {
                let is_color =
                    value.len() >= 4 && value[1..].chars().all(|c| c.is_ascii_hexdigit());
                assert!(
                    !is_color || value == "#000",
                    "{name} names the colour {value}"
                );
            }
        }
    }
}

mod pages {
    use crate::api::Api;
    use crate::api::transport::Nowhere;
    use crate::app::Providers;
    use crate::i18n::{Lang, LangProvider};
    use crate::identity::{SignInPage, SignUpPage};
    use crate::ui::*;
    use yew::prelude::*;
    use yew_router::Router;
    use yew_router::history::{AnyHistory, History, MemoryHistory};

    /// The language is one for the whole process, so tests that draw words take turns.
    static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

    #[derive(Properties, PartialEq)]
    struct StageProps {
        lang: Lang,
        path: AttrValue,
        children: Html,
    }

    /// Everything a page finds around it, without a browser and without a server.
    #[component]
    fn Stage(props: &StageProps) -> Html {
        let history = MemoryHistory::new();
        history.push(props.path.as_str());
        html! {
            <LangProvider first={props.lang}>
                <Router history={AnyHistory::from(history)}>
                    <Providers api={Api::new(Nowhere)}>{ props.children.clone() }</Providers>
                </Router>
            </LangProvider>
        }
    }

    async fn drawn(lang: Lang, path: &'static str, children: fn() -> Html) -> String {
        let _turn = TURN.lock().await;
        let props = move || StageProps {
            lang,
            path: path.into(),
            children: children(),
        };
        let html = yew::LocalServerRenderer::<Stage>::with_props(props())
            .hydratable(false)
            .render()
            .await;
        html.split("</symbol></svg>")
            .last()
            .unwrap_or_default()
            .to_owned()
    }

    async fn piece(children: fn() -> Html) -> String {
        drawn(Lang::En, "/sign-in", children).await
    }

    #[tokio::test]
    async fn the_sign_in_speaks_both_languages() {
        let en = drawn(Lang::En, "/sign-in", || html! { <SignInPage /> }).await;
        assert!(en.contains("<h1>Sign in</h1>"), "{en}");
        let zh = drawn(Lang::ZhCn, "/sign-in", || html! { <SignInPage /> }).await;
        assert!(zh.contains("<h1>登录</h1>"), "{zh}");
        assert!(!zh.contains("zh-CN."), "an untranslated key shows: {zh}");
    }

    #[tokio::test]
    async fn passwords_can_be_filled_by_a_manager() {
        let html = drawn(Lang::En, "/sign-in", || html! { <SignInPage /> }).await;
        assert!(html.contains(r#"autocomplete="current-password""#));
        assert!(html.contains(r#"autocomplete="username""#));
        let html = drawn(Lang::En, "/sign-up", || html! { <SignUpPage /> }).await;
        assert!(html.contains(r#"autocomplete="new-password""#));
    }

    #[tokio::test]
    async fn a_field_is_tied_to_its_label_and_its_error() {
        let html = piece(|| html! { <TextField label="Amount" value="" error="Fill this in" is_required=true /> }).await;
        let id = html
            .split("for=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .unwrap();
        assert!(html.contains(&format!("id=\"{id}\"")));
        assert!(html.contains(&format!("aria-describedby=\"{id}-error\"")));
        assert!(html.contains("aria-invalid=\"true\""));
    }

    #[tokio::test]
    async fn a_button_that_cannot_be_pressed_stays_reachable() {
        let html = piece(|| html! { <Button is_disabled=true title="Why">{ "Go" }</Button> }).await;
        assert!(html.contains("aria-disabled=\"true\"") && !html.contains(" disabled"));
        let html = piece(|| html! { <IconButton glyph={Glyph::Close} label="Close" /> }).await;
        assert!(html.contains("aria-label=\"Close\""));
    }

    #[tokio::test]
    async fn an_amount_reads_as_number_and_unit() {
        let html = piece(|| {
            let money = shared::money::Money::new(1_860_000.into(), shared::money::Currency::CNY);
            html! { <Money figure={crate::format::amount(Lang::ZhCn, &money)} /> }
        })
        .await;
        assert!(html.contains("186.0<small>"), "{html}");
    }

    #[tokio::test]
    async fn a_menu_is_a_menu_of_its_button() {
        let html = piece(|| {
            let entries = vec![
                MenuItem::new("Move", Callback::noop()).into(),
                MenuEntry::Divider,
            ];
            html! { <Menu label="More" is_named=true {entries}>{ "x" }</Menu> }
        })
        .await;
        assert!(html.contains("aria-haspopup=\"menu\"") && html.contains("role=\"menuitem\""));
    }
}
