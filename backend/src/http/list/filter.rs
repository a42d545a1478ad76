//! The tree of typed conditions that a list or a search asks for.

use super::spec::{FieldSpec, Kind, ListSpec, Op, Value};
use crate::error::{AppError, AppResult};
use shared::error::{ErrorCode, FieldError};
use shared::filter::{Condition, MAX_DEPTH, MAX_TERMS, MAX_VALUES};

/// What the rows of a list must fulfil.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// All of these; without any, everything.
    All(Vec<Filter>),
    /// At least one of these.
    Any(Vec<Filter>),
    /// Not this; an absent value fulfils it.
    Not(Box<Filter>),
    /// One comparison.
    Leaf(Leaf),
}

/// One comparison of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// The field, one of the resource's list.
    pub field: &'static str,
    /// How it is compared, and with what.
    pub test: Test,
}

/// How a field is compared, and with what. The values have the field's kind.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "see `Op`")]
pub enum Test {
    Eq(Value),
    In(Vec<Value>),
    Gt(Value),
    Gte(Value),
    Lt(Value),
    Lte(Value),
    Contains(String),
    IsNull(bool),
}

impl Filter {
    /// Whether any comparison in it is of this field.
    #[must_use]
    pub fn asks(&self, field: &str) -> bool {
        match self {
            Self::All(list) | Self::Any(list) => list.iter().any(|filter| filter.asks(field)),
            Self::Not(inner) => inner.asks(field),
            Self::Leaf(leaf) => leaf.field == field,
        }
    }
}

impl Leaf {
    /// Reads one comparison of a query string: `parameter` is its whole name, such as `amount[gte]`.
    pub(super) fn of_parameter(
        spec: &'static ListSpec,
        parameter: &str,
        text: &str,
    ) -> AppResult<Self> {
        let unknown = || AppError::UnknownParameter(parameter.to_owned());
        let (name, op) = match parameter.split_once('[') {
            None => (parameter, Op::Eq),
            Some((name, rest)) => {
                let op = rest.strip_suffix(']').ok_or_else(unknown)?;
                (name, op.parse().map_err(|_| unknown())?)
            }
        };
        let field = spec.field(name, parameter)?;
        let values = match op {
            Op::In => text.split(',').map(str::to_owned).collect(),
            _ => vec![text.to_owned()],
        };
        Self::read(field, op, &values, parameter, unknown)
    }

    fn of_condition(spec: &'static ListSpec, node: &Condition, pointer: &str) -> AppResult<Self> {
        let name = node.field.as_deref().unwrap_or_default();
        let at = |part: &str| format!("{pointer}/{part}");
        let field = spec.field(name, name)?;
        let word = node.op.as_deref().unwrap_or("eq");
        let unknown = || AppError::UnknownParameter(format!("{name}[{word}]"));
        let op: Op = word.parse().map_err(|_| unknown())?;
        let pointer = at("value");
        let Some(value) = &node.value else {
            return Err(AppError::field(pointer, ErrorCode::Required));
        };
        let text = |value: &serde_json::Value| match value {
            serde_json::Value::String(text) => Ok(text.clone()),
            serde_json::Value::Number(number) => Ok(number.to_string()),
            serde_json::Value::Bool(flag) => Ok(flag.to_string()),
            _ => Err(AppError::field(&pointer, ErrorCode::BadFormat)),
        };
        let values = match (op, value) {
            (Op::In, serde_json::Value::Array(values)) => {
                values.iter().map(text).collect::<AppResult<Vec<_>>>()?
            }
            (Op::In, _) => return Err(AppError::field(pointer, ErrorCode::BadFormat)),
            (_, value) => vec![text(value)?],
        };
        Self::read(field, op, &values, &pointer, unknown)
    }

    fn read(
        field: &'static FieldSpec,
        op: Op,
        values: &[String],
        pointer: &str,
        unknown: impl FnOnce() -> AppError,
    ) -> AppResult<Self> {
        if !field.takes(op) {
            return Err(unknown());
        }
        if values.len() > MAX_VALUES {
            let error = FieldError::new(pointer, ErrorCode::TooManyItems).with_limit(MAX_VALUES);
            return Err(vec![error].into());
        }
        let first = values.first().map_or("", String::as_str);
        let value = || Value::read(field.kind, first, pointer);
        let test = match op {
            Op::Eq => Test::Eq(value()?),
            Op::Gt => Test::Gt(value()?),
            Op::Gte => Test::Gte(value()?),
            Op::Lt => Test::Lt(value()?),
            Op::Lte => Test::Lte(value()?),
            Op::In => Test::In(
                values
                    .iter()
                    .map(|text| Value::read(field.kind, text, pointer))
                    .collect::<AppResult<_>>()?,
            ),
            Op::Contains => {
                Value::read(Kind::Text, first, pointer)?;
                if first.is_empty() {
                    return Err(AppError::field(pointer, ErrorCode::Required));
                }
                Test::Contains(first.to_owned())
            }
            Op::IsNull => Test::IsNull(
                first
                    .parse()
                    .map_err(|_| AppError::field(pointer, ErrorCode::BadFormat))?,
            ),
        };
        Ok(Self {
            field: field.name,
            test,
        })
    }
}

impl Filter {
    /// Everything.
    #[must_use]
    pub const fn everything() -> Self {
        Self::All(Vec::new())
    }

    /// Reads the tree of a search.
    ///
    /// # Errors
    /// 400 for a field or operator the resource does not have, 422 at the place of a bad value.
    pub fn of_condition(spec: &'static ListSpec, node: &Condition) -> AppResult<Self> {
        let mut terms = 0;
        Self::read(spec, node, "/filter", 1, &mut terms)
    }

    fn read(
        spec: &'static ListSpec,
        node: &Condition,
        pointer: &str,
        depth: usize,
        terms: &mut usize,
    ) -> AppResult<Self> {
        let fail = |code| AppError::field(pointer, code);
        if depth > MAX_DEPTH {
            let error = FieldError::new(pointer, ErrorCode::OutOfRange).with_limit(MAX_DEPTH);
            return Err(vec![error].into());
        }
        let mut group = |nodes: &[Condition], name: &str| {
            if nodes.is_empty() {
                return Err(AppError::field(
                    format!("{pointer}/{name}"),
                    ErrorCode::Required,
                ));
            }
            nodes
                .iter()
                .enumerate()
                .map(|(index, node)| {
                    let pointer = format!("{pointer}/{name}/{index}");
                    Self::read(spec, node, &pointer, depth + 1, terms)
                })
                .collect::<AppResult<Vec<_>>>()
        };
        let is_leaf = node.field.is_some() || node.op.is_some() || node.value.is_some();
        match (&node.and, &node.or, &node.not, is_leaf) {
            (Some(nodes), None, None, false) => Ok(Self::All(group(nodes, "and")?)),
            (None, Some(nodes), None, false) => Ok(Self::Any(group(nodes, "or")?)),
            (None, None, Some(node), false) => {
                let pointer = format!("{pointer}/not");
                let inner = Self::read(spec, node, &pointer, depth + 1, terms)?;
                Ok(Self::Not(Box::new(inner)))
            }
            (None, None, None, true) if node.field.is_some() => {
                *terms += 1;
                check_terms(*terms, pointer)?;
                Ok(Self::Leaf(Leaf::of_condition(spec, node, pointer)?))
            }
            (None, None, None, _) => Err(AppError::field(
                format!("{pointer}/field"),
                ErrorCode::Required,
            )),
            _ => Err(fail(ErrorCode::NotAllowed)),
        }
    }
}

/// Refuses more comparisons than one request may carry.
pub(super) fn check_terms(terms: usize, pointer: &str) -> AppResult<()> {
    if terms > MAX_TERMS {
        let error = FieldError::new(pointer, ErrorCode::TooManyItems).with_limit(MAX_TERMS);
        return Err(vec![error].into());
    }
    Ok(())
}
