//! One search box over accounts, contacts and deals (I18N-3).

use crate::id::AccountId;
use serde::{Deserialize, Serialize};
use strum::{AsRefStr, EnumString};
use uuid::Uuid;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum HitKind {
    /// An account.
    Account,
    /// A contact.
    Contact,
    /// A deal.
    Deal,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchHit {
    /// What it is.
    pub kind: HitKind,
    /// Its id.
    pub id: Uuid,
    /// Its name or title.
    pub name: String,
    /// The account it belongs to; the account itself for an account. A deal may have none yet.
    pub account_id: Option<AccountId>,
    /// That account's name.
    pub account_name: Option<String>,
}

/// What was found, best first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchHits {
    /// At most `limit` of them.
    pub items: Vec<SearchHit>,
}
