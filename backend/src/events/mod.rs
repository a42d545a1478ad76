//! Events: recording them with each write, reading them as feed, and waking live readers.

mod hub;
pub mod routes;
pub mod store;

pub use hub::Hub;

use crate::db::Conn;
use crate::error::AppResult;
use crate::{clock, jobs};
use chrono::{DateTime, Utc};
use shared::event::{EventKind, SubjectKind, Weighs};
use shared::id::{AccountId, DealId, OrgId, UserId};
use std::collections::BTreeSet;
use uuid::Uuid;

/// More accounts than this at once, and the whole organisation is weighed.
const MANY_ACCOUNTS: usize = 20;

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

impl NewEvent {
    /// Whose deals must be weighed anew after it, by the work and its subject.
    fn weighs(&self, org: OrgId) -> Vec<(Weighs, Uuid)> {
        let Some(what) = self.kind.weighs() else {
            return Vec::new();
        };
        let subjects = match what {
            Weighs::Stage | Weighs::Funnel => vec![self.subject_id],
            Weighs::Organisation => vec![org.0],
            Weighs::Account => {
                // Who goes from one account to another is missed at the first.
                let before = self.data.get("old").and_then(|old| old.get("account_id"));
                let before = before.and_then(|id| id.as_str()?.parse().ok());
                let here = self.account_id.map(|id| id.0);
                here.into_iter().chain(before).collect()
            }
        };
        subjects.into_iter().map(|id| (what, id)).collect()
    }
}

/// Queues the weighing of deals that these events make necessary, in their transaction.
///
/// # Errors
/// Those of the database.
pub async fn queue_weighing(conn: &mut Conn, org: OrgId, events: &[NewEvent]) -> AppResult<()> {
    let mut wanted: BTreeSet<(Weighs, Uuid)> = BTreeSet::new();
    for event in events {
        wanted.extend(event.weighs(org));
    }
    let is_account = |(what, _): &(Weighs, Uuid)| *what == Weighs::Account;
    if wanted.iter().filter(|one| is_account(one)).count() > MANY_ACCOUNTS {
        wanted.retain(|one| !is_account(one));
        wanted.insert((Weighs::Organisation, org.0));
    }
    for (what, subject) in wanted {
        jobs::enqueue(conn, org, what.as_ref(), subject, clock::now()).await?;
    }
    Ok(())
}
