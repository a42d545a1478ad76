//! Contacts: the people at an account (PRO-02, ORG-03).

use crate::check::{Check, Validate};
use crate::id::{AccountId, ContactId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{AsRefStr, EnumIter, EnumString};

/// The level a person works on (ORG-03).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString, EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ContactLevel {
    /// 操作层: touches the product.
    Operating,
    /// 管理层: runs a department.
    Managing,
    /// 决策层: decides.
    Deciding,
}

/// A person at an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Contact {
    /// Their id.
    pub id: ContactId,
    /// Where they work.
    pub account_id: AccountId,
    /// That account's name.
    pub account_name: String,
    /// Their name.
    pub name: String,
    /// Their position.
    pub title: Option<String>,
    /// Their department.
    pub department: Option<String>,
    /// Their level.
    pub level: Option<ContactLevel>,
    /// Telephone numbers.
    pub phones: Vec<String>,
    /// Mail address.
    pub mail: Option<String>,
    /// WeChat id.
    pub wechat: Option<String>,
    /// Counts up with every change; also the `ETag`.
    pub version: i32,
    /// Since when they are put away.
    pub archived_at: Option<DateTime<Utc>>,
    /// When they were added.
    pub created_at: DateTime<Utc>,
    /// When last changed.
    pub updated_at: DateTime<Utc>,
}

/// A person to be added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "see the same fields of `Contact`")]
pub struct NewContact {
    pub account_id: AccountId,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<ContactLevel>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wechat: Option<String>,
}

impl Validate for NewContact {
    fn validate(&self, check: &mut Check) {
        check.text("/name", &self.name, 100);
        check.opt("/title", self.title.as_ref(), 100);
        check.opt("/department", self.department.as_ref(), 100);
        check.list("/phones", &self.phones, 10, 40);
        check.opt("/wechat", self.wechat.as_ref(), 100);
        if let Some(mail) = &self.mail {
            check.mail("/mail", mail);
        }
    }
}

/// A change of a person; absent fields stay, `null` clears.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "see the same fields of `Contact`")]
pub struct ContactPatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub title: Option<Option<String>>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub department: Option<Option<String>>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ContactLevel>))]
    pub level: Option<Option<ContactLevel>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phones: Option<Vec<String>>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub mail: Option<Option<String>>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub wechat: Option<Option<String>>,
}

impl Validate for ContactPatch {
    fn validate(&self, check: &mut Check) {
        if let Some(name) = &self.name {
            check.text("/name", name, 100);
        }
        for (pointer, value) in [
            ("/title", &self.title),
            ("/department", &self.department),
            ("/wechat", &self.wechat),
        ] {
            check.opt(pointer, value.as_ref().and_then(Option::as_ref), 100);
        }
        if let Some(phones) = &self.phones {
            check.list("/phones", phones, 10, 40);
        }
        if let Some(Some(mail)) = &self.mail {
            check.mail("/mail", mail);
        }
    }
}
