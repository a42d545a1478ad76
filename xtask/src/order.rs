//! Puts functions that resemble each other side by side in a WebAssembly module, so that packing finds
//! more to share: the app is some thousand functions made of a few hundred generic ones.
//!
//! Nothing else of the module changes but the numbers by which functions are called, and their names,
//! which are left out.

use std::collections::HashMap;
use std::convert::Infallible;

use anyhow::{Context, Result, anyhow};
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{
    BinaryReaderError, CodeSectionReader, CustomSectionReader, FunctionBody, FunctionSectionReader,
    KnownCustom, Name, NameSectionReader, Parser, Payload, TypeRef,
};

/// The module with its functions by name, and without their names.
pub fn by_name(module: &[u8]) -> Result<Vec<u8>> {
    let order = Order::of(module).context("cannot read the module's functions")?;
    let mut ordered = Module::new();
    Ordered(order)
        .parse_core_module(&mut ordered, Parser::new(0), module)
        .map_err(|error| anyhow!("cannot order the module's functions: {error:?}"))?;
    Ok(ordered.finish())
}

/// In which order the module's own functions come.
struct Order {
    /// How many functions come from outside: their numbers stay.
    imported: u32,
    /// The old place of each.
    old: Vec<u32>,
    /// The new place of each.
    new: Vec<u32>,
}

impl Order {
    fn of(module: &[u8]) -> Result<Self, BinaryReaderError> {
        let mut imported = 0;
        let mut names = HashMap::new();
        let mut bodies = Vec::new();
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        if matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)) {
                            imported += 1;
                        }
                    }
                }
                Payload::CodeSectionEntry(body) => bodies.push(body),
                Payload::CustomSection(section) => {
                    if let KnownCustom::Name(section) = section.as_known() {
                        read_names(section, &mut names)?;
                    }
                }
                _ => {}
            }
        }

        let count = u32::try_from(bodies.len()).unwrap_or(u32::MAX);
        let mut old: Vec<u32> = (0..count).collect();
        let key = |body: &FunctionBody<'_>, place: u32| {
            let name = names.get(&(imported + place)).copied().unwrap_or_default();
            (family(name).to_owned(), body.as_bytes().to_vec())
        };
        let mut keys = bodies.iter().zip(0..).map(|(body, place)| key(body, place));
        let keys: Vec<_> = keys.by_ref().collect();
        old.sort_by_key(|place| keys.get(*place as usize));
        let mut new: Vec<(u32, u32)> = old.iter().copied().zip(0..).collect();
        new.sort_unstable();
        Ok(Self {
            imported,
            old,
            new: new.into_iter().map(|(_, place)| place).collect(),
        })
    }

    /// The items of the old order in the new one.
    fn arrange<T: Clone>(&self, items: &[T]) -> Vec<T> {
        let places = self.old.iter();
        places
            .filter_map(|place| items.get(*place as usize).cloned())
            .collect()
    }
}

fn read_names<'a>(
    section: NameSectionReader<'a>,
    names: &mut HashMap<u32, &'a str>,
) -> Result<(), BinaryReaderError> {
    for part in section {
        if let Name::Function(map) = part? {
            for naming in map {
                let naming = naming?;
                names.insert(naming.index, naming.name);
            }
        }
    }
    Ok(())
}

/// What the forms of one generic function have in common: their name without the hash at its end.
fn family(name: &str) -> &str {
    let end = name.rfind("::h").unwrap_or(name.len());
    name.get(..end).unwrap_or(name)
}

/// Copies a module in the new order.
struct Ordered(Order);

impl Reencode for Ordered {
    type Error = Infallible;

    fn function_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        let own = index.checked_sub(self.0.imported);
        let place = own.and_then(|place| self.0.new.get(place as usize));
        Ok(place.map_or(index, |place| place + self.0.imported))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let types: Vec<u32> = section.into_iter().collect::<Result<_, _>>()?;
        for index in self.0.arrange(&types) {
            functions.function(self.type_index(index)?);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let bodies: Vec<FunctionBody<'_>> = section.into_iter().collect::<Result<_, _>>()?;
        for body in self.0.arrange(&bodies) {
            self.parse_function_body(code, body)?;
        }
        Ok(())
    }

    fn parse_custom_section(
        &mut self,
        module: &mut Module,
        section: CustomSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        match section.as_known() {
            KnownCustom::Name(_) => Ok(()),
            _ => utils::parse_custom_section(self, module, section),
        }
    }
}
