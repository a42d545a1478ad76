//! The operations of the API, read from its own document.

use reqwest::Method;
use serde_json::Value;
use shared::identity::Permission;
use std::collections::BTreeSet;

/// The operations that need no sign-in. Everything else does; a new line here is a decision.
const ANONYMOUS: [(&str, &str); 6] = [
    ("POST", "/organisations"),
    ("POST", "/sessions"),
    ("POST", "/sessions/refresh"),
    ("POST", "/tokens"),
    ("GET", "/invitations/by-token/{token}"),
    ("POST", "/invitations/by-token/{token}/accept"),
];

/// A file, for operations that take one.
pub const FILE: &str = "account,sector\nNorthlight,retail\n";

/// The OpenAPI document.
pub struct Document {
    value: Value,
}

/// One operation of it.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its name, such as `create_deal`.
    pub id: String,
    /// Its method.
    pub method: Method,
    /// Its address below `/api/v1`, with `{…}` for what varies.
    pub path: String,
    /// What the document says about it.
    pub value: Value,
}

/// A declared parameter.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// `path`, `query` or `header`.
    pub place: String,
    /// Its name.
    pub name: String,
}

impl Document {
    /// The document of this build.
    pub fn read() -> Self {
        let document = backend::router::document();
        Self {
            value: serde_json::to_value(&document).unwrap(),
        }
    }

    /// All operations in the order of their addresses.
    pub fn operations(&self) -> Vec<Operation> {
        let mut operations = Vec::new();
        for (path, item) in self.value["paths"].as_object().unwrap() {
            for (method, value) in item.as_object().unwrap() {
                let Ok(method) = method.to_uppercase().parse::<Method>() else {
                    continue;
                };
                if !value.is_object() {
                    continue;
                }
                operations.push(Operation {
                    id: value["operationId"].as_str().unwrap_or("").to_owned(),
                    method,
                    path: path.strip_prefix("/api/v1").unwrap_or(path).to_owned(),
                    value: value.clone(),
                });
            }
        }
        assert!(operations.len() > 20, "the document is nearly empty");
        operations
    }

    /// Whether there is such an operation.
    pub fn has(&self, method: &str, path: &str) -> bool {
        self.value["paths"][format!("/api/v1{path}")][method.to_lowercase()].is_object()
    }

    /// What a reference stands for, or the schema itself.
    pub fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(reference) => {
                let pointer = reference.strip_prefix('#').unwrap();
                let target = self.value.pointer(pointer);
                self.resolve(target.unwrap_or_else(|| panic!("{reference} leads nowhere")))
            }
            None => schema,
        }
    }

    /// The JSON types a value of this schema may have; empty when anything goes.
    pub fn types(&self, schema: &Value) -> BTreeSet<String> {
        let schema = self.resolve(schema);
        let mut types = BTreeSet::new();
        match &schema["type"] {
            Value::String(one) => _ = types.insert(one.clone()),
            Value::Array(many) => {
                types.extend(many.iter().filter_map(Value::as_str).map(str::to_owned));
            }
            _ => {}
        }
        for of in ["oneOf", "anyOf", "allOf"] {
            for part in schema[of].as_array().into_iter().flatten() {
                types.extend(self.types(part));
            }
        }
        types
    }

    /// The properties of an object's schema; none for one of several shapes.
    pub fn properties(&self, schema: &Value) -> Vec<(String, Value)> {
        let schema = self.resolve(schema);
        let own = schema["properties"].as_object().into_iter().flatten();
        own.map(|(name, schema)| (name.clone(), schema.clone()))
            .collect()
    }

    /// Every reference in the document.
    pub fn references(&self) -> Vec<String> {
        fn collect(value: &Value, into: &mut Vec<String>) {
            match value {
                Value::Object(map) => {
                    if let Some(Value::String(reference)) = map.get("$ref") {
                        into.push(reference.clone());
                    }
                    map.values().for_each(|value| collect(value, into));
                }
                Value::Array(list) => list.iter().for_each(|value| collect(value, into)),
                _ => {}
            }
        }
        let mut references = Vec::new();
        collect(&self.value, &mut references);
        references
    }

    /// Where a pointer leads.
    pub fn at(&self, pointer: &str) -> Option<&Value> {
        self.value.pointer(pointer)
    }
}

impl Operation {
    /// How failures name it.
    pub fn label(&self) -> String {
        format!("{} {} ({})", self.method, self.path, self.id)
    }

    /// Whether it is on the short list of those without a sign-in.
    pub fn is_anonymous(&self) -> bool {
        ANONYMOUS.contains(&(self.method.as_str(), self.path.as_str()))
    }

    /// The permissions it demands; `None` when no sign-in is needed.
    pub fn permissions(&self) -> Option<Vec<Permission>> {
        let security = self.value["security"].as_array()?;
        let names = security.first()?.get("bearer")?.as_array()?;
        let permissions = names.iter().map(|name| {
            serde_json::from_value(name.clone())
                .unwrap_or_else(|_| panic!("{}: {name} is no permission", self.label()))
        });
        Some(permissions.collect())
    }

    /// Its declared parameters.
    pub fn parameters(&self) -> Vec<Parameter> {
        let list = self.value["parameters"].as_array();
        list.into_iter()
            .flatten()
            .map(|parameter| Parameter {
                place: parameter["in"].as_str().unwrap().to_owned(),
                name: parameter["name"].as_str().unwrap().to_owned(),
            })
            .collect()
    }

    /// Whether it declares a parameter.
    pub fn has(&self, place: &str, name: &str) -> bool {
        self.parameters()
            .iter()
            .any(|parameter| parameter.place == place && parameter.name == name)
    }

    /// Whether it declares that it may answer with a status.
    pub fn declares(&self, status: u16) -> bool {
        self.value["responses"][status.to_string()].is_object()
    }

    /// The names in its address.
    pub fn variables(&self) -> Vec<String> {
        self.path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .map(str::to_owned)
            .collect()
    }

    /// The kind of thing its address names: what stands before the variable, such as `deals`.
    pub fn subject(&self) -> Option<&str> {
        let (before, _) = self.path.split_once("/{")?;
        before.rsplit('/').next()
    }

    /// Its address with ids in it.
    pub fn address(&self, id: &str) -> String {
        let parts: Vec<&str> = self
            .path
            .split('/')
            .map(|part| if part.starts_with('{') { id } else { part })
            .collect();
        parts.join("/")
    }

    /// Whether it changes a thing that is there, so that `If-Match` must say which version was seen.
    pub fn needs_version(&self) -> bool {
        let is_change = matches!(self.method, Method::PATCH | Method::PUT | Method::DELETE)
            || [
                "/move", "/restore", "/check", "/start", "/cancel", "/answer", "/plan", "/confirm",
            ]
            .iter()
            .any(|command| self.path.ends_with(command));
        // Sessions and invitations have no versions: they are only ever ended.
        is_change && !self.path.starts_with("/sessions") && !self.path.starts_with("/invitations")
    }

    /// Whether it only reads, by its address.
    pub fn is_read(&self) -> bool {
        self.method == Method::GET
    }

    /// Whether it only reads, by a body that says what.
    pub fn is_search(&self) -> bool {
        self.method == Method::POST && self.path.ends_with("/search")
    }

    /// Whether its answer never ends.
    pub fn is_stream(&self) -> bool {
        self.value["responses"]["200"]["content"]["text/event-stream"].is_object()
    }

    /// Whether its body is a file.
    pub fn takes_file(&self) -> bool {
        self.value["requestBody"]["content"]["text/csv"].is_object()
    }

    /// Whether what it begins goes on in the background after the answer.
    pub fn goes_on(&self) -> bool {
        self.path.ends_with("/check") || self.path.ends_with("/start")
    }

    /// The schema of its JSON body.
    pub fn body(&self) -> Option<&Value> {
        let content = &self.value["requestBody"]["content"];
        Some(&content["application/json"]["schema"]).filter(|schema| schema.is_object())
    }
}
