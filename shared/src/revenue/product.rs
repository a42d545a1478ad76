//! Products: what we sell.

use crate::check::{Check, Validate};
use crate::id::ProductId;
use crate::money::Money;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A thing we sell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// Its name, unique in the organisation.
    pub name: String,
    /// The product line it belongs to.
    pub line: Option<String>,
    /// Its list price.
    pub list_price: Option<Money>,
    /// Counts up with every change; also the `ETag`.
    pub version: i32,
    /// Since when it is put away.
    pub archived_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A product to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "see the same fields of `Product`")]
pub struct NewProduct {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_price: Option<Money>,
}

impl Validate for NewProduct {
    fn validate(&self, check: &mut Check) {
        check.text("/name", &self.name, 200);
        check.opt("/line", self.line.as_ref(), 100);
        if let Some(price) = &self.list_price {
            check.money("/list_price", price);
        }
    }
}

/// A change of a product; absent fields stay, `null` clears.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "see the same fields of `Product`")]
pub struct ProductPatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub line: Option<Option<String>>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Money>))]
    pub list_price: Option<Option<Money>>,
}

impl Validate for ProductPatch {
    fn validate(&self, check: &mut Check) {
        if let Some(name) = &self.name {
            check.text("/name", name, 200);
        }
        check.opt("/line", self.line.as_ref().and_then(Option::as_ref), 100);
        if let Some(Some(price)) = &self.list_price {
            check.money("/list_price", price);
        }
    }
}
