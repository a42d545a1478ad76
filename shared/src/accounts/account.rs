//! Accounts: companies and persons we sell to (PRO-01..04, PRO-08, CLS-15).

use super::{Man, ManPatch, Prospecting, Signs, SizeBands};
use crate::check::{Check, Validate};
use crate::error::ErrorCode;
use crate::id::{AccountId, UserId};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use strum::{AsRefStr, EnumIter, EnumString};

/// A key account may be a person or a company (CLS-15).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    AsRefStr,
    EnumString,
    EnumIter,
    Default,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum AccountKind {
    /// A company, an authority, an institution.
    #[default]
    Company,
    /// A person.
    Person,
}

/// How much the account matters, as somebody judged; computed classes are kept apart from it.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    AsRefStr,
    EnumString,
    EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Tier {
    /// Few and large.
    A,
    /// Between.
    B,
    /// Many and small.
    C,
}

/// Size bands by employees; where they end is a setting (`SizeBands`), these are the defaults (1.18.4).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString, EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum SizeBand {
    /// Under 50 employees.
    Micro,
    /// 50 to 499.
    Small,
    /// 500 to 1000.
    Medium,
    /// More than 1000 (CLS-33).
    Large,
}

impl SizeBand {
    /// The band of a number of employees (CLS-33..36).
    #[must_use]
    pub const fn of(employees: i32, bands: &SizeBands) -> Self {
        if employees > bands.large {
            Self::Large
        } else if employees >= bands.medium {
            Self::Medium
        } else if employees >= bands.small {
            Self::Small
        } else {
            Self::Micro
        }
    }
}

/// Whether a firm is large: by its employees, else by the size somebody said (CLS-33).
#[must_use]
pub fn is_large(employees: Option<i32>, size: Option<SizeBand>, bands: &SizeBands) -> bool {
    let size = employees.map_or(size, |employees| Some(SizeBand::of(employees, bands)));
    size == Some(SizeBand::Large)
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// Company or person.
    pub kind: AccountKind,
    /// Its industry.
    pub industry: Option<String>,
    /// Its legal nature, such as state-owned or private (PRO-08).
    pub nature: Option<String>,
    /// Its size band; by employees when those are known.
    pub size: Option<SizeBand>,
    /// People employed.
    pub employees: Option<i32>,
    /// Province, city or country.
    pub region: Option<String>,
    /// Postal address.
    pub address: Option<String>,
    /// Web address.
    pub website: Option<String>,
    /// Telephone numbers.
    pub phones: Vec<String>,
    /// The account it belongs to (CLS-12).
    pub parent_id: Option<AccountId>,
    /// Who looks after it; without one, everybody sees it.
    pub owner_id: Option<UserId>,
    /// Where we got it from (PRO-31).
    pub source: Option<String>,
    /// By which method we found it (LEAD-01).
    #[serde(default)]
    pub prospecting: Option<Prospecting>,
    /// How much it matters by amount.
    pub tier: Option<Tier>,
    /// What shows how important and urgent a purchase is (CLS-27..29).
    #[serde(flatten)]
    pub signs: Signs,
    /// Money, authority and need (CLS-38).
    #[serde(default)]
    pub man: Man,
    /// Free labels.
    pub tags: Vec<String>,
    /// Its ids in other systems, by system.
    pub external_ids: BTreeMap<String, String>,
    /// Counts up with every change; also the `ETag`.
    pub version: i32,
    /// Since when it is put away.
    pub archived_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// The fields of an account one may write.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "see the same fields of `Account`")]
pub struct NewAccount {
    pub name: String,
    #[serde(default)]
    pub kind: AccountKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub industry: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nature: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<SizeBand>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub employees: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<AccountId>,
    /// Absent: oneself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prospecting: Option<Prospecting>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values_it: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_plan: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_person: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_date: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase_on: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub man: Option<ManPatch>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub external_ids: BTreeMap<String, String>,
}

impl Validate for NewAccount {
    fn validate(&self, check: &mut Check) {
        check.text("/name", &self.name, 200);
        for (pointer, value, max) in [
            ("/industry", &self.industry, 100),
            ("/nature", &self.nature, 100),
            ("/region", &self.region, 100),
            ("/address", &self.address, 500),
            ("/source", &self.source, 100),
        ] {
            check.opt(pointer, value.as_ref(), max);
        }
        check.web("/website", self.website.as_ref());
        if let Some(employees) = self.employees {
            check.range("/employees", employees, 0, 10_000_000);
        }
        check.list("/phones", &self.phones, 10, 40);
        check.list("/tags", &self.tags, 20, 50);
        external_ids(check, &self.external_ids);
        self.signs().check(check);
        if let Some(man) = &self.man {
            man.check(check);
        }
    }
}

impl NewAccount {
    /// What shows how important and urgent a purchase is.
    #[must_use]
    pub const fn signs(&self) -> Signs {
        Signs {
            values_it: self.values_it,
            has_plan: self.has_plan,
            has_person: self.has_person,
            has_date: self.has_date,
            purchase_on: self.purchase_on,
        }
    }
}

/// The rule for external ids: at most ten systems, each with a short lower-case name.
pub fn external_ids(check: &mut Check, ids: &BTreeMap<String, String>) {
    if ids.len() > 10 {
        check.fail("/external_ids", ErrorCode::TooManyItems);
    }
    for (source, id) in ids {
        let pointer = format!("/external_ids/{source}");
        let is_name = !source.is_empty()
            && source.len() <= 40
            && source
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-'));
        if !is_name {
            check.fail(&pointer, ErrorCode::BadFormat);
        }
        check.text(&pointer, id, 200);
    }
}

/// A change of an account; absent fields stay, `null` clears.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "see the same fields of `Account`")]
pub struct AccountPatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<AccountKind>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub industry: Option<Option<String>>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub nature: Option<Option<String>>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<SizeBand>))]
    pub size: Option<Option<SizeBand>>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i32>))]
    pub employees: Option<Option<i32>>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub region: Option<Option<String>>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub address: Option<Option<String>>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub website: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phones: Option<Vec<String>>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<AccountId>))]
    pub parent_id: Option<Option<AccountId>>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<UserId>))]
    pub owner_id: Option<Option<UserId>>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub source: Option<Option<String>>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Prospecting>))]
    pub prospecting: Option<Option<Prospecting>>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Tier>))]
    pub tier: Option<Option<Tier>>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<bool>))]
    pub values_it: Option<Option<bool>>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<bool>))]
    pub has_plan: Option<Option<bool>>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<bool>))]
    pub has_person: Option<Option<bool>>,
    /// `false` and `null` take `purchase_on` away.
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<bool>))]
    pub has_date: Option<Option<bool>>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<NaiveDate>))]
    pub purchase_on: Option<Option<NaiveDate>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub man: Option<ManPatch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_ids: Option<BTreeMap<String, String>>,
}

impl Validate for AccountPatch {
    fn validate(&self, check: &mut Check) {
        if let Some(name) = &self.name {
            check.text("/name", name, 200);
        }
        for (pointer, value, max) in [
            ("/industry", &self.industry, 100),
            ("/nature", &self.nature, 100),
            ("/region", &self.region, 100),
            ("/address", &self.address, 500),
            ("/source", &self.source, 100),
        ] {
            check.opt(pointer, value.as_ref().and_then(Option::as_ref), max);
        }
        check.web("/website", self.website.as_ref().and_then(Option::as_ref));
        if let Some(Some(employees)) = self.employees {
            check.range("/employees", employees, 0, 10_000_000);
        }
        if let Some(phones) = &self.phones {
            check.list("/phones", phones, 10, 40);
        }
        if let Some(tags) = &self.tags {
            check.list("/tags", tags, 20, 50);
        }
        if let Some(ids) = &self.external_ids {
            external_ids(check, ids);
        }
        let said = Signs {
            has_date: self.has_date.flatten(),
            purchase_on: self.purchase_on.flatten(),
            ..Signs::default()
        };
        said.check(check);
        if let Some(man) = &self.man {
            man.check(check);
        }
    }
}

/// What the head of the profile says beyond the account's own fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountSummary {
    /// People known there.
    pub contacts: i64,
    /// Open deals within the caller's view.
    pub open_deals: i64,
    /// Their amounts, one per currency.
    pub open_amounts: Vec<crate::money::Money>,
    /// Their amounts weighted by probability, one per currency.
    pub weighted_amounts: Vec<crate::money::Money>,
    /// Won deals within the caller's view.
    pub won_deals: i64,
    /// Their amounts, one per currency.
    pub won_amounts: Vec<crate::money::Money>,
    /// The parent's name.
    pub parent_name: Option<String>,
    /// The owner's name.
    pub owner_name: Option<String>,
    /// Accounts that name this one as parent.
    pub children: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_bands_touch_without_gap_or_overlap() {
        let usual = SizeBands::default();
        let bands = [49, 50, 499, 500, 1000, 1001].map(|count| SizeBand::of(count, &usual));
        use SizeBand::{Large, Medium, Micro, Small};
        assert_eq!(bands, [Micro, Small, Small, Medium, Medium, Large]);
    }

    #[test]
    fn a_patch_tells_null_from_absent() {
        let patch: AccountPatch = serde_json::from_str(r#"{"industry":null}"#).unwrap();
        assert_eq!(patch.industry, Some(None));
        assert_eq!(patch.region, None);
        assert_eq!(
            serde_json::to_string(&patch).unwrap(),
            r#"{"industry":null}"#
        );
    }
}
