//! `cargo xtask web`: compiles the web app and lays it out in `dist/`, as the server carries it.
//!
//! ```text
//! dist/index.html            never cached
//! dist/static/*-<hash>.*     cached for ever: a new content gets a new name
//! dist/assets/**             frontend/assets as it is
//! dist/**.br, dist/**.gz     the same files packed
//! ```

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::cargo::{on_path, quiet};
use crate::pack;
use crate::place::Place;
use crate::steps::{note, step};
use crate::wasm;

/// Changes when this module lays `dist/` out in a new way, so that no old one passes for current.
const LAYOUT: &str = "1";

/// What `dist/` was made from, written into it.
const FINGERPRINT: &str = ".fingerprint";

/// Builds the web app: compiles it, and unless nothing changed lays out `dist/`.
pub fn build(place: &Place, release: bool) -> Result<()> {
    let form = if release { "release" } else { "development" };
    let raw = step(&format!("web app: compile ({form})"), || {
        wasm::compile(place, release)
    })?;
    step("web app: lay out", || lay_out(place, &raw, release))
}

fn lay_out(place: &Place, raw: &Path, release: bool) -> Result<()> {
    // Two commands in one clone would otherwise write the same folder.
    fs::create_dir_all(place.root.join("target"))?;
    let lock = File::create(place.root.join("target").join("dist.lock"))?;
    lock.lock()?;

    let dist = place.dist();
    let optimiser = release.then(find_optimiser).flatten();
    let fingerprint = fingerprint(place, raw, release, optimiser.as_deref())?;
    if fs::read_to_string(dist.join(FINGERPRINT)).is_ok_and(|last| last == fingerprint) {
        note("unchanged");
        return Ok(());
    }

    let files = collect(place, raw, release, optimiser.as_deref())?;
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
    raw: &Path,
    release: bool,
    optimiser: Option<&Path>,
) -> Result<BTreeMap<String, Vec<u8>>> {
    let frontend = place.root.join("frontend");
    let mut files = BTreeMap::new();

    let bound = place.root.join("target").join("web-bindgen");
    if bound.exists() {
        fs::remove_dir_all(&bound)?;
    }
    Bindgen::new()
        .input_path(raw)
        .out_name("app")
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(release)
        .remove_producers_section(true)
        .generate(&bound)?;

    let module_path = bound.join("app_bg.wasm");
    if release {
        optimise(optimiser, &module_path);
    }
    let module = fs::read(&module_path)?;
    let glue = fs::read(bound.join("app.js"))?;
    for (name, content) in folder(&bound.join("snippets"))? {
        files.insert(format!("static/snippets/{name}"), content);
    }

    let wasm_name = format!("static/app-{}_bg.wasm", pack::hash(&module));
    let glue_name = format!("static/app-{}.js", pack::hash(&glue));
    let boot = boot_script(&glue_name, &wasm_name).into_bytes();
    let boot_name = format!("static/boot-{}.js", pack::hash(&boot));
    let mut head = String::new();

    let main_style = frontend.join("styles").join("main.css");
    if main_style.is_file() {
        let style = pack::styles(&main_style)?.into_bytes();
        let style_name = format!("static/style-{}.css", pack::hash(&style));
        head.push_str(&format!(
            "<link rel=\"stylesheet\" href=\"/{style_name}\">\n"
        ));
        files.insert(style_name, style);
    }
    head.push_str(&format!(
        "<link rel=\"modulepreload\" href=\"/{glue_name}\">\n\
         <link rel=\"preload\" href=\"/{wasm_name}\" as=\"fetch\" type=\"application/wasm\" crossorigin>\n\
         <script type=\"module\" src=\"/{boot_name}\"></script>\n"
    ));
    files.insert(wasm_name, module);
    files.insert(glue_name, glue);
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

/// The script that starts the app: a file of its own, since the page's policy allows no inline
/// script.
fn boot_script(glue: &str, wasm: &str) -> String {
    format!(
        "import init from \"/{glue}\";\n\
         init({{ module_or_path: \"/{wasm}\" }}).catch((error) => {{\n  \
         console.error(error);\n  \
         document.documentElement.dataset.boot = \"failed\";\n\
         }});\n"
    )
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
fn fingerprint(
    place: &Place,
    raw: &Path,
    release: bool,
    optimiser: Option<&Path>,
) -> Result<String> {
    let module = fs::metadata(raw).with_context(|| format!("cannot read {}", raw.display()))?;
    let mut inputs = format!(
        "{LAYOUT} {} {release} {} {:?} {optimiser:?}\n",
        raw.display(),
        module.len(),
        module.modified()?
    );
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

fn find_optimiser() -> Option<PathBuf> {
    on_path(&["wasm-opt"])
}

/// Shrinks the module with `wasm-opt` where there is one that understands it.
fn optimise(optimiser: Option<&Path>, module: &Path) {
    let Some(program) = optimiser else {
        note("wasm-opt is not installed (npm's binaryen has it): the app is somewhat larger");
        return;
    };
    let smaller = module.with_extension("opt.wasm");
    let mut command = Command::new(program);
    command
        .arg("-Oz")
        .args([
            "--enable-bulk-memory",
            "--enable-mutable-globals",
            "--enable-nontrapping-float-to-int",
            "--enable-sign-ext",
            "--enable-reference-types",
            "--enable-multivalue",
        ])
        .arg(module)
        .arg("-o")
        .arg(&smaller);
    let before = fs::metadata(module).map_or(0, |file| file.len());
    if quiet(&mut command).is_some() && fs::rename(&smaller, module).is_ok() {
        let after = fs::metadata(module).map_or(0, |file| file.len());
        note(&format!("wasm-opt: {before} to {after} bytes"));
    } else {
        note("this wasm-opt does not understand today's modules: the app is somewhat larger");
    }
}

fn print_sizes(sizes: &[(String, usize, usize)]) {
    let kilobytes = |bytes: usize| format!("{}.{} KB", bytes / 1000, bytes % 1000 / 100);
    let mut visit = 0;
    for (name, raw, packed) in sizes {
        let is_first_visit = name.starts_with("static/") || name == "index.html";
        if is_first_visit {
            visit += packed;
            note(&format!(
                "{name}: {} ({} brotli)",
                kilobytes(*raw),
                kilobytes(*packed)
            ));
        }
    }
    note(&format!("first visit: {} brotli", kilobytes(visit)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boot_script_names_both_files_and_takes_no_inline_code() {
        let script = boot_script("static/app-1.js", "static/app-2_bg.wasm");
        assert!(script.contains("from \"/static/app-1.js\""));
        assert!(script.contains("\"/static/app-2_bg.wasm\""));
    }
}
