//! What the library of cases is narrowed to; kept in the page's address.

use crate::api::cases::CaseQuery;
use crate::funnel::shape::Days;
use serde::{Deserialize, Serialize};
use shared::funnel::case::lessons::USUAL_DAYS;
use shared::funnel::{CaseOutcome, LossReason};
use shared::id::{FunnelId, UserId};

/// The days one may look back over what was closed.
pub const WINDOWS: [i64; 4] = [30, 90, 180, 366];

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CaseFilter {
    /// A part of the words, of the deal's title or of the account's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Only won or lost ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<CaseOutcome>,
    /// Only in this funnel; of what the closings say too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub funnel: Option<FunnelId>,
    /// Only lost for this reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<LossReason>,
    /// Only of accounts in this industry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub industry: Option<String>,
    /// Only with this tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Only deals of this owner; of what waits for a lesson too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<UserId>,
    /// Only closed on this day or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<chrono::NaiveDate>,
    /// Only closed on this day or earlier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<chrono::NaiveDate>,
    /// Over how many days one looks back; the usual ones when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<i64>,
}

impl CaseFilter {
    /// Over how many days one looks back.
    #[must_use]
    pub fn window(&self) -> i64 {
        let known = self.days.filter(|days| WINDOWS.contains(days));
        known.unwrap_or(USUAL_DAYS)
    }

    /// The days on which the cases of the library were closed.
    #[must_use]
    pub const fn closed(&self) -> Days {
        Days {
            from: self.from,
            to: self.to,
        }
    }

    /// Whether the library is not narrowed.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.query() == CaseQuery::default()
    }

    /// The same without what narrows the library; one goes on looking back as far.
    #[must_use]
    pub fn opened(&self) -> Self {
        Self {
            days: self.days,
            ..Self::default()
        }
    }

    /// The question to the API.
    #[must_use]
    pub fn query(&self) -> CaseQuery {
        let closed = self.closed().asked();
        let text = self.q.as_deref().map(str::trim);
        CaseQuery {
            text: text.filter(|text| !text.is_empty()).map(str::to_owned),
            outcome: self.outcome,
            funnel_id: self.funnel,
            loss_reason: self.reason,
            industry: self.industry.clone(),
            tag: self.tag.clone(),
            owner_id: self.owner,
            from: closed.from,
            to: closed.to,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SIX-13
    #[test]
    fn the_filter_survives_the_address_and_looks_back_over_known_days_alone() {
        let filter = CaseFilter {
            q: Some("trial".into()),
            outcome: Some(CaseOutcome::Lost),
            reason: Some(LossReason::NoDecision),
            tag: Some("价格".into()),
            from: "2026-01-01".parse().ok(),
            days: Some(180),
            ..CaseFilter::default()
        };
        let text = serde_json::to_string(&filter).unwrap();
        assert_eq!(serde_json::from_str::<CaseFilter>(&text).unwrap(), filter);
        assert_eq!(filter.window(), 180);
        assert!(!filter.is_open());
        assert!(filter.opened().is_open());
        assert_eq!(filter.opened().window(), 180);
        let strange = CaseFilter {
            days: Some(7_000),
            q: Some(" ".into()),
            ..CaseFilter::default()
        };
        assert_eq!(strange.window(), 90);
        assert!(strange.is_open());
    }
}
