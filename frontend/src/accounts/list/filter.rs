//! What the list of accounts is narrowed to and how it is ordered; kept in the page's address.

use crate::api::accounts::AccountQuery;
use serde::{Deserialize, Serialize};
use shared::accounts::{Prospecting, Tier};
use shared::id::UserId;

/// The order of a list, as the address and the API write it: a field, with a minus for descending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Order(String);

impl Order {
    /// Ascending by this field.
    #[must_use]
    pub fn up(field: &str) -> Self {
        Self(field.to_owned())
    }

    /// The field it goes by.
    #[must_use]
    pub fn field(&self) -> &str {
        self.0.trim_start_matches('-')
    }

    /// Whether it goes from the greatest down.
    #[must_use]
    pub fn is_down(&self) -> bool {
        self.0.starts_with('-')
    }

    /// The order after a press on a column's head: this column, and the other way round if it was already.
    #[must_use]
    pub fn pressed(&self, field: &str) -> Self {
        if self.field() == field && !self.is_down() {
            Self(format!("-{field}"))
        } else {
            Self::up(field)
        }
    }

    /// As the API writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the list of accounts is narrowed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountFilter {
    /// A part of the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Only of this tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// Only in this industry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub industry: Option<String>,
    /// Only found by this method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prospecting: Option<Prospecting>,
    /// Only of this class by importance and urgency; `none` for those without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub urgency: Option<String>,
    /// Only large firms, or only others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub large: Option<bool>,
    /// Only of this priority; `none` for those without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// Only those whose priority is to be looked at again.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub due: bool,
    /// Only of this verdict of the screening; `due` for those to be looked at again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub screening: Option<String>,
    /// Only looked after by this person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<UserId>,
    /// The order.
    #[serde(skip_serializing_if = "is_usual")]
    pub sort: Order,
}

const USUAL: &str = "name";
/// The fields the API sorts by.
const SORTED: [&str; 4] = ["name", "created_at", "updated_at", "purchase_on"];
/// The classes the API filters by, and none.
pub const URGENCIES: [&str; 4] = ["A", "B", "C", "none"];

/// The priorities the API filters by, and none.
pub const PRIORITIES: [&str; 4] = ["high", "middle", "low", "none"];

/// The verdicts of the screening the API filters by, and those to be looked at again.
pub const SCREENINGS: [&str; 4] = ["target", "incomplete", "unsuitable", "due"];

fn is_usual(order: &Order) -> bool {
    order.as_str() == USUAL
}

impl Default for AccountFilter {
    fn default() -> Self {
        Self {
            q: None,
            tier: None,
            industry: None,
            prospecting: None,
            urgency: None,
            large: None,
            priority: None,
            due: false,
            screening: None,
            owner: None,
            sort: Order::up(USUAL),
        }
    }
}

impl AccountFilter {
    /// Whether nothing is narrowed; the order does not narrow.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *self
            == Self {
                sort: self.sort.clone(),
                ..Self::default()
            }
    }

    /// The question to the API; an order it does not know, as in an old address, becomes the usual one.
    #[must_use]
    pub fn query(&self) -> AccountQuery {
        let sort = if SORTED.contains(&self.sort.field()) {
            self.sort.as_str()
        } else {
            USUAL
        };
        AccountQuery {
            text: self.q.clone(),
            tier: self.tier,
            industry: self.industry.clone(),
            prospecting: self.prospecting,
            // A class of an old address is no class.
            urgency: self
                .urgency
                .clone()
                .filter(|class| URGENCIES.contains(&class.as_str())),
            is_large: self.large,
            priority: self
                .priority
                .clone()
                .filter(|name| PRIORITIES.contains(&name.as_str())),
            is_due: self.due,
            screening: self
                .screening
                .clone()
                .filter(|name| SCREENINGS.contains(&name.as_str())),
            owner_id: self.owner,
            parent_id: None,
            sort: Some(sort.to_owned()),
            limit: None,
        }
    }
}

/// What the list of contacts is narrowed to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactFilter {
    /// A part of the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Only on this level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
}

/// A text as a filter: none when it is blank.
#[must_use]
pub fn narrowed(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_press_on_a_head_sorts_by_it_and_a_second_one_turns_it() {
        let order = Order::up("name");
        assert_eq!(order.pressed("name").as_str(), "-name");
        assert_eq!(order.pressed("name").pressed("name").as_str(), "name");
        assert_eq!(order.pressed("updated_at").as_str(), "updated_at");
    }

    #[test]
    fn only_what_is_narrowed_stands_in_the_address() {
        let filter = AccountFilter {
            tier: Some(Tier::A),
            ..AccountFilter::default()
        };
        assert_eq!(
            serde_json::to_value(&filter).unwrap(),
            serde_json::json!({ "tier": "A" })
        );
        assert!(!filter.is_open());
        let filter = AccountFilter {
            sort: Order::up("-updated_at"),
            ..AccountFilter::default()
        };
        assert!(filter.is_open());
    }

    #[test]
    fn a_class_stands_in_the_address_and_an_unknown_one_asks_for_nothing() {
        let filter = AccountFilter {
            urgency: Some("none".to_owned()),
            large: Some(true),
            ..AccountFilter::default()
        };
        assert_eq!(
            serde_json::to_value(&filter).unwrap(),
            serde_json::json!({ "urgency": "none", "large": true })
        );
        assert!(!filter.is_open());
        assert_eq!(filter.query().urgency.as_deref(), Some("none"));
        let filter = AccountFilter {
            urgency: Some("Z".to_owned()),
            ..AccountFilter::default()
        };
        assert_eq!(filter.query().urgency, None);
    }

    #[test]
    fn a_priority_that_is_due_stands_in_the_address() {
        let filter = AccountFilter {
            priority: Some("high".to_owned()),
            due: true,
            ..AccountFilter::default()
        };
        assert_eq!(
            serde_json::to_value(&filter).unwrap(),
            serde_json::json!({ "priority": "high", "due": true })
        );
        let asked = filter.query();
        assert_eq!(
            (asked.priority.as_deref(), asked.is_due),
            (Some("high"), true)
        );
        let filter = AccountFilter {
            priority: Some("first".to_owned()),
            ..AccountFilter::default()
        };
        assert_eq!(filter.query().priority, None);
    }

    #[test]
    fn an_order_of_an_old_address_is_no_error() {
        let filter = AccountFilter {
            sort: Order::up("shoe_size"),
            ..AccountFilter::default()
        };
        assert_eq!(filter.query().sort.as_deref(), Some("name"));
    }
}
