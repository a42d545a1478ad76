//! The board's filter in the page's address, so that a view survives a reload and can be sent to a
//! colleague.

use crate::api::funnel::filter_pairs;
use shared::funnel::BoardFilter;

/// Reads the filter from the pairs of an address; what is not understood is passed over.
#[must_use]
pub fn from_pairs(pairs: &[(String, String)]) -> BoardFilter {
    let value = |name: &str| {
        pairs
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.trim().to_owned())
    };
    let text = |name: &str| value(name).filter(|value| !value.is_empty());
    BoardFilter {
        owner_id: value("owner_id").and_then(|id| id.parse().ok()),
        team_id: value("team_id").and_then(|id| id.parse().ok()),
        industry: text("industry"),
        tier: value("tier").and_then(|tier| tier.parse().ok()),
        source: text("source"),
        prospecting: value("prospecting").and_then(|method| method.parse().ok()),
        overdue_on: value("overdue_on").and_then(|day| day.parse().ok()),
        over_limit_on: value("over_limit_on").and_then(|day| day.parse().ok()),
        is_low_investment: value("is_low_investment").is_some_and(|is| is == "true"),
        text: text("text"),
    }
}

/// The pairs of an address that hold the filter.
#[must_use]
pub fn to_pairs(filter: &BoardFilter) -> Vec<(&'static str, String)> {
    filter_pairs(filter)
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::accounts::{Prospecting, Tier};
    use shared::id::{TeamId, UserId};
    use uuid::Uuid;

    #[test]
    fn a_filter_survives_the_address() {
        let filter = BoardFilter {
            owner_id: Some(UserId(Uuid::from_u128(7))),
            team_id: Some(TeamId(Uuid::from_u128(8))),
            industry: Some("A & B".into()),
            tier: Some(Tier::B),
            source: Some("fair, 2026".into()),
            prospecting: Some(Prospecting::Chain),
            overdue_on: "2026-11-22".parse().ok(),
            over_limit_on: "2026-11-23".parse().ok(),
            is_low_investment: true,
            text: Some("x=y".into()),
        };
        let pairs: Vec<_> = to_pairs(&filter)
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        assert_eq!(from_pairs(&pairs), filter);
    }

    #[test]
    fn nonsense_in_the_address_narrows_nothing() {
        let pairs = [
            ("tier", "Z"),
            ("prospecting", "luck"),
            ("owner_id", "me"),
            ("overdue_on", "soon"),
            ("over_limit_on", "2026-13-01"),
            ("is_low_investment", "perhaps"),
            ("text", " "),
            ("page", "2"),
        ];
        let pairs: Vec<_> = pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        assert!(from_pairs(&pairs).is_empty());
    }
}
