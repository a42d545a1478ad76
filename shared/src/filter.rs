//! The body of `POST /<resource>/search`: conditions joined by and, or and not.

use crate::check::{Check, Validate};
use serde::{Deserialize, Serialize};

/// How deep conditions may be nested.
pub const MAX_DEPTH: usize = 5;
/// The most conditions of one search or list.
pub const MAX_TERMS: usize = 20;
/// The most values of one `in`.
pub const MAX_VALUES: usize = 1_000;

/// One condition: either a group (`and`, `or`, `not`), or a field with an operator and a value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(no_recursion))]
#[serde(deny_unknown_fields, default)]
pub struct Condition {
    /// All of these hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub and: Option<Vec<Condition>>,
    /// At least one of these holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub or: Option<Vec<Condition>>,
    /// This does not hold; a field without a value counts as not holding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not: Option<Box<Condition>>,
    /// The field that is compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// `eq` (when absent), `in`, `gt`, `gte`, `lt`, `lte`, `contains` or `is_null`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub op: Option<String>,
    /// What it is compared with; a list with `in`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub value: Option<serde_json::Value>,
}

/// A search: the same as a list, with nested conditions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Search {
    /// What must hold; absent: everything within view.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<Condition>,
    /// A field, with `-` before it for the other direction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Where to go on; from `next_cursor`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Items of a page, 1 to 200; default 50.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// `true`, `false` (when absent) or `any`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived: Option<String>,
    /// `exact` or `estimate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<String>,
    /// Only these fields of each item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<String>>,
    /// Referenced records to be added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expand: Option<Vec<String>>,
}

/// What is allowed depends on the resource, so the server's list mechanism checks it.
impl Validate for Search {
    fn validate(&self, _: &mut Check) {}
}
