//! Gives the functions that a WebAssembly module takes from its script short names, the same on both sides.
//!
//! Their own end in a hash, which neither side packs: two files of some three hundred hashes are 4 KB of a
//! first visit that nobody reads.

use std::collections::HashMap;
use std::convert::Infallible;

use anyhow::{Context, Result, anyhow};
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{ImportSection, Module};
use wasmparser::{ImportSectionReader, Parser, Payload};

/// What stands between a function's name and its parameters in the script.
const DEFINED: &str = ": function(";

/// The script and the module with short names. A name that the script does not define once, as a function,
/// stays on both sides.
pub fn shorten(script: &str, module: &[u8]) -> Result<(String, Vec<u8>)> {
    let mut short = Short::of(script, module).context("cannot read the module's imports")?;
    let mut renamed = String::with_capacity(script.len());
    for line in script.split_inclusive('\n') {
        let (name, rest) = line.split_once(DEFINED).unwrap_or((line, ""));
        match short.0.get(name) {
            Some(name) => renamed.extend([name, DEFINED, rest]),
            None => renamed.push_str(line),
        }
    }
    let mut copy = Module::new();
    short
        .parse_core_module(&mut copy, Parser::new(0), module)
        .map_err(|error| anyhow!("cannot rename the module's imports: {error:?}"))?;
    Ok((renamed, copy.finish()))
}

/// The short name of each long one.
struct Short(HashMap<String, String>);

impl Short {
    fn of(script: &str, module: &[u8]) -> Result<Self> {
        let defined = |name: &str| {
            let lines = script.lines().filter_map(|line| line.split_once(DEFINED));
            lines.filter(|(defined, _)| *defined == name).count()
        };
        let mut short = HashMap::new();
        for payload in Parser::new(0).parse_all(module) {
            let Payload::ImportSection(section) = payload? else {
                continue;
            };
            for import in section.into_imports() {
                let name = import?.name;
                if defined(name) == 1 {
                    short.insert(name.to_owned(), nth(short.len()));
                }
            }
        }
        Ok(Self(short))
    }
}

/// The name of the function with that number: a word of letters and digits that no language keeps for itself.
fn nth(mut number: usize) -> String {
    let mut name = String::from("_");
    loop {
        name.extend(char::from_digit((number % 36) as u32, 36));
        number /= 36;
        if number == 0 {
            return name;
        }
    }
}

impl Reencode for Short {
    type Error = Infallible;

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        for import in section.into_imports() {
            let import = import?;
            let kind = self.entity_type(import.ty)?;
            let name = self.0.get(import.name).map_or(import.name, String::as_str);
            imports.import(import.module, name, kind);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{EntityType, TypeSection};

    fn module(names: &[&str]) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut imports = ImportSection::new();
        for name in names {
            imports.import("./app_bg.js", name, EntityType::Function(0));
        }
        let mut module = Module::new();
        module.section(&types).section(&imports);
        module.finish()
    }

    #[test]
    fn what_the_script_defines_is_called_alike_on_both_sides() {
        let names = [
            "__wbg_now_0123456789abcdef",
            "__wbg_max_0",
            "__wbg_log_fedcba9876543210",
        ];
        let script = "const import0 = {\n__wbg_now_0123456789abcdef: function(a) {\nreturn Date.now();\n},\n\
                      __wbg_max_0: Math.max,\n__wbg_log_fedcba9876543210: function() {\n},\n};\n";
        let (renamed, copy) = shorten(script, &module(&names)).unwrap();
        let expected = "const import0 = {\n_0: function(a) {\nreturn Date.now();\n},\n\
                        __wbg_max_0: Math.max,\n_1: function() {\n},\n};\n";
        assert_eq!(renamed, expected);
        assert_eq!(copy, module(&["_0", "__wbg_max_0", "_1"]));
    }

    #[test]
    fn no_two_names_are_alike() {
        let names: std::collections::HashSet<String> = (0..2_000).map(nth).collect();
        assert_eq!(names.len(), 2_000);
    }
}
