//! `cargo xtask web`: compiles the web app and lays it out in `dist/`, as the server carries it.
//!
//! ```text
//! dist/index.html            never cached
//! dist/static/*-<hash>.*     cached for ever: a new content gets a new name
//!   boot, style              what every visit takes
//!   app                      the app: as shipped the pages of a first visit, else every page
//!   whole                    the app with every page, as shipped alone
//!   small                    the pages of a first visit, for tests alone: no script names it
//! dist/assets/**             frontend/assets as it is
//! dist/**.br, dist/**.gz     the same files packed
//! ```

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;
use wasmparser::{Parser, Payload};

use crate::place::Place;
use crate::steps::{note, step};
use crate::wasm::{self, Form};
use crate::{names, order, pack, tidy};

/// Changes when this module lays `dist/` out in a new way, so that no old one passes for current.
const LAYOUT: &str = "6";

/// The script that starts the app, with a place for the names of its files.
const BOOT: &str = include_str!("boot.js");

/// The app with every page where there is another one, and the styles that come with it.
const WHOLE: &str = "whole";

/// The app of a first visit where tests alone start it.
const SMALL: &str = "small";

/// What `dist/` was made from, written into it.
const FINGERPRINT: &str = ".fingerprint";

/// Builds the web app: compiles it, and unless nothing changed lays out `dist/`.
pub fn build(place: &Place, release: bool) -> Result<()> {
    let modules = if release {
        let first = step(
            "web app: compile the pages of a first visit (release)",
            || wasm::compile(place, Form::First),
        )?;
        let whole = step("web app: compile (release)", || {
            wasm::compile(place, Form::Whole)
        })?;
        vec![("app", first), (WHOLE, whole)]
    } else {
        let quick = step("web app: compile (development)", || {
            wasm::compile(place, Form::Quick)
        })?;
        vec![("app", quick)]
    };
    step("web app: lay out", || lay_out(place, &modules, release))
}

/// Builds the web app for its tests: as for development, with the pages of a first visit beside it.
pub fn build_for_tests(place: &Place) -> Result<()> {
    let small = step(
        "web app: compile the pages of a first visit (development)",
        || wasm::compile(place, Form::QuickFirst),
    )?;
    let quick = step("web app: compile (development)", || {
        wasm::compile(place, Form::Quick)
    })?;
    let modules = [("app", quick), (SMALL, small)];
    step("web app: lay out", || lay_out(place, &modules, false))
}

/// Compiles the verdicts of a board for a browser, and answers the folder of the module and its script.
pub fn verdicts(place: &Place) -> Result<PathBuf> {
    let raw = step("verdicts: compile (release)", || {
        wasm::compile(place, Form::Verdicts)
    })?;
    generate(place, "verdicts", &raw)
}

fn lay_out(place: &Place, modules: &[(&str, PathBuf)], release: bool) -> Result<()> {
    // Two commands in one clone would otherwise write the same folder.
    fs::create_dir_all(place.root.join("target"))?;
    let lock = File::create(place.root.join("target").join("dist.lock"))?;
    lock.lock()?;

    let dist = place.dist();
    let fingerprint = fingerprint(place, modules, release)?;
    if fs::read_to_string(dist.join(FINGERPRINT)).is_ok_and(|last| last == fingerprint) {
        note("unchanged");
        return Ok(());
    }

    let files = collect(place, modules, release)?;
    let fresh = place.root.join("target").join("dist.new");
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    let mut sizes = Vec::new();
    for (name, content) in &files {
        let path = fresh.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, content)?;
        let mut packed_size = content.len();
        if pack::is_compressible(name) {
            let brotli = pack::brotli(content, release)?;
            packed_size = brotli.len();
            fs::write(fresh.join(format!("{name}.br")), brotli)?;
            let gzip = pack::gzip(content, release)?;
            fs::write(fresh.join(format!("{name}.gz")), gzip)?;
        }
        sizes.push((name.clone(), content.len(), packed_size));
    }
    fs::write(fresh.join(FINGERPRINT), fingerprint)?;

    if dist.exists() {
        fs::remove_dir_all(&dist)?;
    }
    fs::rename(&fresh, &dist)?;
    print_sizes(&sizes);
    Ok(())
}

/// Every file of `dist/` by its name, without the packed forms.
fn collect(
    place: &Place,
    modules: &[(&str, PathBuf)],
    release: bool,
) -> Result<BTreeMap<String, Vec<u8>>> {
    let frontend = place.root.join("frontend");
    let mut files = BTreeMap::new();
    let mut apps = Vec::new();
    for (name, raw) in modules {
        let app = bind(place, name, raw, release, &mut files)?;
        let is_first = *name == SMALL || (release && *name == "app");
        if is_first && let Some(module) = files.get(&app.wasm) {
            has_its_words(place, module)?;
        }
        if *name != SMALL {
            apps.push(app);
        }
    }

    let first = style(&frontend, "main.css", "style", &mut files)?;
    let further = style(&frontend, "further.css", WHOLE, &mut files)?;
    let boot = pack::script(&boot_script(&apps, &further)).into_bytes();
    let boot_name = format!("static/boot-{}.js", pack::hash(&boot));
    let head = format!(
        "<link rel=\"stylesheet\" href=\"/{first}\">\n\
         <script type=\"module\" src=\"/{boot_name}\"></script>\n"
    );
    files.insert(boot_name, boot);

    for (name, content) in folder(&frontend.join("assets"))? {
        // Browsers ask for this one by its place, whatever the page says.
        if name == "favicon.ico" {
            files.insert(name.clone(), content.clone());
        }
        files.insert(format!("assets/{name}"), content);
    }

    let template = fs::read_to_string(frontend.join("index.html"))
        .context("cannot read frontend/index.html")?;
    let page = pack::page(&template, &head)?;
    for link in pack::local_links(&page) {
        if Path::new(&link).extension().is_some() && !files.contains_key(&link) {
            bail!(
                "frontend/index.html names /{link}, which the build does not make \
                 (files of frontend/assets/ appear under /assets/)"
            );
        }
    }
    files.insert("index.html".to_owned(), page.into_bytes());
    Ok(files)
}

/// Puts a style sheet with all it imports among the files, and answers its name.
fn style(
    frontend: &Path,
    sheet: &str,
    name: &str,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<String> {
    let style = pack::styles(&frontend.join("styles").join(sheet))?.into_bytes();
    let name = format!("static/{name}-{}.css", pack::hash(&style));
    files.insert(name.clone(), style);
    Ok(name)
}

/// The names of an app's two files.
struct App {
    glue: String,
    wasm: String,
}

/// Writes the script that goes with a compiled module, `app.js`, and the module as it wants it, `app_bg.wasm`.
fn generate(place: &Place, name: &str, raw: &Path) -> Result<PathBuf> {
    let bound = place.root.join("target").join("web-bindgen").join(name);
    if bound.exists() {
        fs::remove_dir_all(&bound)?;
    }
    Bindgen::new()
        .input_path(raw)
        .out_name("app")
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_producers_section(true)
        .generate(&bound)?;
    Ok(bound)
}

/// Makes of a compiled module the two files a browser takes.
fn bind(
    place: &Place,
    name: &str,
    raw: &Path,
    release: bool,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<App> {
    let bound = generate(place, name, raw)?;
    let mut module = fs::read(bound.join("app_bg.wasm"))?;
    if release {
        // wasm-opt would make the module a sixth smaller and its packed form, which travels, larger.
        module = order::by_name(&module)?;
    }
    let glue = pack::script(&fs::read_to_string(bound.join("app.js"))?);
    let (glue, module) = names::shorten(&glue, &module)?;
    let glue = glue.into_bytes();
    for (name, content) in folder(&bound.join("snippets"))? {
        files.insert(format!("static/snippets/{name}"), content);
    }
    let app = App {
        glue: format!("static/{name}-{}.js", pack::hash(&glue)),
        wasm: format!("static/{name}-{}_bg.wasm", pack::hash(&module)),
    };
    files.insert(app.glue.clone(), glue);
    files.insert(app.wasm.clone(), module);
    Ok(app)
}

/// Checks that the app of a first visit asks for no word that only the whole one carries: it would show the
/// word's key. Texts stand in a module's data as they are.
fn has_its_words(place: &Place, module: &[u8]) -> Result<()> {
    let asked = asked(module, tidy::later_words(&place.root)?)?;
    if !asked.is_empty() {
        bail!(
            "the app of a first visit asks for words that are not in locales/first/: {}",
            asked.join(", ")
        );
    }
    Ok(())
}

/// Which of these words, each with what it looks like in a module, a module asks for.
fn asked(module: &[u8], words: Vec<(String, String)>) -> Result<Vec<String>> {
    let mut data = Vec::new();
    for part in Parser::new(0).parse_all(module) {
        if let Payload::DataSection(segments) = part? {
            for segment in segments {
                data.extend_from_slice(segment?.data);
            }
        }
    }
    let data = String::from_utf8_lossy(&data);
    let words = words.into_iter();
    Ok(words
        .filter(|(sign, _)| data.contains(sign))
        .map(|(_, key)| key)
        .collect())
}

/// The script that starts the app: a file of its own, since the page's policy allows no inline
/// script. The last app is the whole one: the styles of its further pages go with it.
fn boot_script(apps: &[App], further: &str) -> String {
    let mut list: Vec<String> = apps
        .iter()
        .map(|App { glue, wasm }| format!("[\"/{glue}\", \"/{wasm}\"]"))
        .collect();
    if let Some(whole) = list.last_mut() {
        whole.insert_str(whole.len() - 1, &format!(", \"/{further}\""));
    }
    BOOT.replace("/* apps */", &list.join(", "))
}

/// Every file under a folder with its path inside it; none if the folder is not there.
fn folder(path: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut found = Vec::new();
    let mut open = vec![path.to_path_buf()];
    while let Some(current) = open.pop() {
        if !current.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&current)? {
            let entry = entry?.path();
            let name = entry.strip_prefix(path)?.to_string_lossy().into_owned();
            if entry.is_dir() {
                open.push(entry);
            } else if !name.split('/').any(|part| part.starts_with('.')) {
                found.push((name, fs::read(&entry)?));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A line that changes whenever `dist/` would.
///
/// The compiled module counts by its time and size: cargo leaves both alone when nothing changed.
fn fingerprint(place: &Place, modules: &[(&str, PathBuf)], release: bool) -> Result<String> {
    let mut inputs = format!("{LAYOUT} {release} {}\n", pack::hash(BOOT.as_bytes()));
    for (_, raw) in modules {
        let module = fs::metadata(raw).with_context(|| format!("cannot read {}", raw.display()))?;
        inputs.push_str(&format!(
            "{} {} {:?}\n",
            raw.display(),
            module.len(),
            module.modified()?
        ));
    }
    let frontend = place.root.join("frontend");
    for (name, content) in folder(&frontend.join("styles"))?
        .into_iter()
        .chain(folder(&frontend.join("assets"))?)
    {
        inputs.push_str(&format!("{name} {}\n", pack::hash(&content)));
    }
    if let Ok(page) = fs::read(frontend.join("index.html")) {
        inputs.push_str(&pack::hash(&page));
    }
    Ok(pack::hash(inputs.as_bytes()))
}

fn print_sizes(sizes: &[(String, usize, usize)]) {
    let kilobytes = |bytes: usize| format!("{}.{} KB", bytes / 1000, bytes % 1000 / 100);
    let (mut visit, mut later) = (0, 0);
    for (name, raw, packed) in sizes {
        if !name.starts_with("static/") && name != "index.html" || name.starts_with("static/small-")
        {
            continue;
        }
        if name.starts_with("static/whole-") {
            later += packed;
        } else {
            visit += packed;
        }
        note(&format!(
            "{name}: {} ({} brotli)",
            kilobytes(*raw),
            kilobytes(*packed)
        ));
    }
    note(&format!("first visit: {} brotli", kilobytes(visit)));
    if later > 0 {
        note(&format!(
            "the whole app, which follows while nobody waits: {} brotli",
            kilobytes(later)
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_a_module_asks_for_are_found_in_its_data() {
        let mut data = wasm_encoder::DataSection::new();
        data.passive(*b"ui.savegate.facts.");
        let mut module = wasm_encoder::Module::new();
        module.section(&data);
        let word = |sign: &str, key: &str| (sign.to_owned(), key.to_owned());
        let words = vec![
            word("gate.facts.", "gate.facts.amount"),
            word("gate.title", "gate.title"),
        ];
        assert_eq!(
            asked(&module.finish(), words).unwrap(),
            ["gate.facts.amount"]
        );
    }

    #[test]
    fn boot_script_names_the_files_of_each_app() {
        let app = |name: &str| App {
            glue: format!("static/{name}-1.js"),
            wasm: format!("static/{name}-2_bg.wasm"),
        };
        let script = boot_script(&[app("app"), app("whole")], "static/whole-3.css");
        assert!(script.contains(
            "[[\"/static/app-1.js\", \"/static/app-2_bg.wasm\"], \
             [\"/static/whole-1.js\", \"/static/whole-2_bg.wasm\", \"/static/whole-3.css\"]]"
        ));
    }
}
