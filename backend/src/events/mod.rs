//! Events: recording them with each write, reading them as feed, and waking live readers.

mod hub;
pub mod routes;
pub mod store;

pub use hub::Hub;

use chrono::{DateTime, Utc};
use shared::event::{EventKind, SubjectKind};
use shared::id::{AccountId, DealId, UserId};
use uuid::Uuid;

/// An event to be recorded. The actor and the request come from the transaction's scope.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// What happened.
    pub kind: EventKind,
    /// The sort of thing it happened to.
    pub subject_kind: SubjectKind,
    /// Its id.
    pub subject_id: Uuid,
    /// The account whose timeline shows it.
    pub account_id: Option<AccountId>,
    /// The deal whose history shows it.
    pub deal_id: Option<DealId>,
    /// The owner after the write; decides with `previous_owner_id` who may read the event.
    pub owner_id: Option<UserId>,
    /// The owner before the write, when it was another.
    pub previous_owner_id: Option<UserId>,
    /// When it happened; absent: now. Imports give the file's date.
    pub at: Option<DateTime<Utc>>,
    /// `{ "old": …, "new": … }`.
    pub data: serde_json::Value,
}

impl NewEvent {
    /// An event about a subject, with nothing else set.
    #[must_use]
    pub fn new(kind: EventKind, subject_kind: SubjectKind, subject_id: impl Into<Uuid>) -> Self {
        Self {
            kind,
            subject_kind,
            subject_id: subject_id.into(),
            account_id: None,
            deal_id: None,
            owner_id: None,
            previous_owner_id: None,
            at: None,
            data: serde_json::json!({}),
        }
    }

    /// Shows it on an account's timeline.
    #[must_use]
    pub const fn on_account(mut self, id: Option<AccountId>) -> Self {
        self.account_id = id;
        self
    }

    /// Shows it in a deal's history.
    #[must_use]
    pub const fn on_deal(mut self, id: DealId) -> Self {
        self.deal_id = Some(id);
        self
    }

    /// Says whose record it is, before and after.
    #[must_use]
    pub fn owned_by(mut self, before: Option<UserId>, after: Option<UserId>) -> Self {
        self.owner_id = after;
        self.previous_owner_id = before.filter(|before| Some(*before) != after);
        self
    }

    /// Says when it happened.
    #[must_use]
    pub const fn at(mut self, at: DateTime<Utc>) -> Self {
        self.at = Some(at);
        self
    }

    /// Adds the values, as they are.
    #[must_use]
    pub fn with(mut self, data: serde_json::Value) -> Self {
        self.data = data;
        self
    }

    /// Adds previous and new values, keeping only the fields that differ. Versions and times of change
    /// are left out: every write changes them.
    #[must_use]
    pub fn with_change<T: serde::Serialize>(mut self, old: Option<&T>, new: Option<&T>) -> Self {
        let to_map = |value: Option<&T>| match value.map(serde_json::to_value) {
            Some(Ok(serde_json::Value::Object(map))) => map,
            _ => serde_json::Map::new(),
        };
        let (mut old, mut new) = (to_map(old), to_map(new));
        for key in ["version", "updated_at", "created_at"] {
            old.remove(key);
            new.remove(key);
        }
        let same: Vec<String> = old
            .iter()
            .filter(|(key, value)| new.get(*key) == Some(*value))
            .map(|(key, _)| key.clone())
            .collect();
        for key in same {
            old.remove(&key);
            new.remove(&key);
        }
        if old.is_empty() {
            new.retain(|_, value| !value.is_null());
        }
        self.data = serde_json::json!({ "old": old, "new": new });
        self
    }
}
