//! Which cases are like a deal, and why (SIX-13).
//!
//! A likeness is a plain fact with a weight; what weighs more in all comes first. The weights say what a
//! seller would look for: the same customer, then those who failed where this deal stands now, then the same
//! thing sold and the same trade. The funnel alone, or a tier and a size alone, are no likeness: nearly every
//! deal has them.

use super::CaseOutcome;
use crate::accounts::{SizeBand, Tier};
use crate::id::{AccountId, DealId, FunnelId, ProductId, StageId};
use crate::money::Money;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use strum::{AsRefStr, EnumIter, EnumString, IntoEnumIterator};

/// The most cases that are named.
pub const MAX_SIMILAR: usize = 5;

/// The most cases that are looked at.
pub const MAX_CANDIDATES: i64 = 300;

/// The least weight that is a likeness at all.
const LEAST: u32 = 4;

/// The fewest characters of a tag that is looked for in a title: one letter is in many.
const LEAST_TAG: usize = 2;

/// In what a case is like a deal; the weightiest first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString, EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Likeness {
    /// With the same account.
    Account,
    /// Lost from the stage in which this deal is now.
    Stage,
    /// Of a product that is on this deal too.
    Product,
    /// Of the same industry.
    Industry,
    /// With a tag that is a label of the account or stands in this deal's title.
    Tag,
    /// Of an amount at most twice and at least half of this one's.
    Amount,
    /// In the same funnel.
    Funnel,
    /// With an account of the same tier.
    Tier,
    /// With an account of the same size.
    Size,
}

impl Likeness {
    const fn weight(self) -> u32 {
        match self {
            Self::Account => 8,
            Self::Stage => 7,
            Self::Product => 6,
            Self::Industry => 5,
            Self::Tag => 4,
            Self::Amount => 3,
            Self::Funnel | Self::Tier => 2,
            Self::Size => 1,
        }
    }
}

/// What a deal is compared by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DealTraits {
    /// What it is about.
    pub title: String,
    /// With whom.
    pub account_id: Option<AccountId>,
    /// Its funnel.
    pub funnel_id: FunnelId,
    /// The stage it is in.
    pub stage_id: StageId,
    /// Its account's industry.
    pub industry: Option<String>,
    /// Its account's tier.
    pub tier: Option<Tier>,
    /// Its account's size.
    pub size: Option<SizeBand>,
    /// Its account's labels.
    pub labels: Vec<String>,
    /// What it is worth.
    pub amount: Option<Money>,
    /// Its products.
    pub products: Vec<ProductId>,
}

/// What a case is compared by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseTraits {
    /// Its deal.
    pub deal_id: DealId,
    /// How that ended.
    pub outcome: CaseOutcome,
    /// With whom.
    pub account_id: Option<AccountId>,
    /// Its funnel.
    pub funnel_id: FunnelId,
    /// The furthest stage it ever reached.
    pub reached_stage_id: StageId,
    /// Its account's industry.
    pub industry: Option<String>,
    /// Its account's tier.
    pub tier: Option<Tier>,
    /// Its account's size.
    pub size: Option<SizeBand>,
    /// What it was worth.
    pub amount: Option<Money>,
    /// Its products.
    pub products: Vec<ProductId>,
    /// The case's tags, tidied.
    pub tags: Vec<String>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
}

/// A case that is like a deal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike {
    /// The case's deal.
    pub deal_id: DealId,
    /// In what, the weightiest first.
    pub reasons: Vec<Likeness>,
    /// The tags they share.
    pub tags: Vec<String>,
}

/// A case with why it is like a deal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SimilarCase {
    /// The case.
    pub case: super::Case,
    /// In what it is like the deal, the weightiest first.
    pub reasons: Vec<Likeness>,
    /// The tags they share, where that is one of the reasons.
    pub shared_tags: Vec<String>,
}

/// The cases most like a deal, at most five, the likest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SimilarCases {
    /// The cases.
    pub cases: Vec<SimilarCase>,
}

fn is_same<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
    one.is_some() && one == other
}

/// Whether the greater is at most twice the other; nothing is like nothing.
fn is_within_twice(one: Option<&Money>, other: Option<&Money>) -> bool {
    let (Some(one), Some(other)) = (one, other) else {
        return false;
    };
    let (low, high) = (one.amount.min(other.amount), one.amount.max(other.amount));
    one.currency == other.currency && low > Decimal::ZERO && high - low <= low
}

impl DealTraits {
    /// The tags of a case that are also this deal's.
    fn shared(&self, tags: &[String]) -> Vec<String> {
        let labels = super::tidy_tags(&self.labels);
        let title = super::tidy_tag(&self.title);
        let is_shared = |tag: &&String| {
            labels.contains(tag) || tag.chars().count() >= LEAST_TAG && title.contains(*tag)
        };
        tags.iter().filter(is_shared).cloned().collect()
    }

    fn is_alike(&self, case: &CaseTraits, tags: &[String], of: Likeness) -> bool {
        match of {
            Likeness::Account => is_same(self.account_id.as_ref(), case.account_id.as_ref()),
            Likeness::Stage => {
                case.outcome == CaseOutcome::Lost && case.reached_stage_id == self.stage_id
            }
            Likeness::Product => case.products.iter().any(|one| self.products.contains(one)),
            Likeness::Industry => is_same(self.industry.as_ref(), case.industry.as_ref()),
            Likeness::Tag => !tags.is_empty(),
            Likeness::Amount => is_within_twice(self.amount.as_ref(), case.amount.as_ref()),
            Likeness::Funnel => case.funnel_id == self.funnel_id,
            Likeness::Tier => is_same(self.tier.as_ref(), case.tier.as_ref()),
            Likeness::Size => is_same(self.size.as_ref(), case.size.as_ref()),
        }
    }

    /// In what a case is like this deal, and with what weight; none where that is too little.
    fn compare(&self, case: &CaseTraits) -> Option<(u32, Alike)> {
        let tags = self.shared(&case.tags);
        let reasons: Vec<Likeness> = Likeness::iter()
            .filter(|of| self.is_alike(case, &tags, *of))
            .collect();
        let weight: u32 = reasons.iter().map(|reason| reason.weight()).sum();
        let alike = Alike {
            deal_id: case.deal_id,
            reasons,
            tags,
        };
        (weight >= LEAST).then_some((weight, alike))
    }
}

/// The cases most like a deal, at most [`MAX_SIMILAR`]: the weightiest first, of those alike the last closed.
#[must_use]
pub fn rank_cases(to: &DealTraits, cases: impl IntoIterator<Item = CaseTraits>) -> Vec<Alike> {
    let mut found: Vec<_> = cases
        .into_iter()
        .filter_map(|case| {
            let (weight, alike) = to.compare(&case)?;
            Some((Reverse((weight, case.closed_at, case.deal_id)), alike))
        })
        .collect();
    found.sort_by_key(|(place, _)| *place);
    found.truncate(MAX_SIMILAR);
    found.into_iter().map(|(_, alike)| alike).collect()
}

#[cfg(test)]
#[path = "similar_tests.rs"]
mod tests;
