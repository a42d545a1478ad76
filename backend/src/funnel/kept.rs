//! Boards as they were last answered, kept while nothing happens: what many people look at is read from
//! the database once.
//!
//! Nothing changes without an event, so a board is as it was while every event of its organisation is
//! one that the database already showed when the board was read. That is asked for each time, in one
//! statement, so a kept board is never older than one read anew would be, whichever server wrote.

use crate::app::App;
use crate::db::Scope;
use crate::error::{AppResult, query};
use crate::events::store as events;
use crate::http::Answer;
use shared::id::OrgId;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Bytes of answers kept in all; a board of six full columns has 190,000.
const ROOM: usize = 6_000_000;
/// How long an answer is kept at most, since a hand at the database itself records no event.
const AGE: Duration = Duration::from_secs(60);

/// Whose board, and which.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    org: OrgId,
    owners: Option<Vec<Uuid>>,
    what: String,
}

impl Key {
    /// The key of what is asked for within a scope's view.
    #[must_use]
    pub fn new(scope: &Scope, what: String) -> Self {
        Self {
            org: scope.org,
            owners: scope.owners(),
            what,
        }
    }
}

#[derive(Clone)]
struct Entry {
    /// What the database showed before the board was read (`pg_snapshot`).
    snapshot: String,
    answer: Answer,
    read: Instant,
}

/// The answers kept, for all workers of a server.
#[derive(Default)]
pub struct Kept(Mutex<HashMap<Key, Entry>>);

impl Kept {
    fn find(&self, key: &Key) -> Option<Entry> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.get(key)?;
        (entry.read.elapsed() < AGE).then(|| entry.clone())
    }

    fn put(&self, key: Key, entry: Entry) {
        if entry.answer.body.len() > ROOM {
            return;
        }
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.insert(key, entry);
        let mut bytes: usize = entries.values().map(|one| one.answer.body.len()).sum();
        while bytes > ROOM {
            let oldest = entries.iter().min_by_key(|(_, entry)| entry.read);
            let Some((oldest, entry)) = oldest.map(|(key, entry)| (key.clone(), entry)) else {
                break;
            };
            bytes -= entry.answer.body.len();
            entries.remove(&oldest);
        }
    }
}

/// Answers with the kept board, or reads it and keeps it.
///
/// # Errors
/// Those of `read`, and of the database.
pub async fn board(
    app: &App,
    scope: &Scope,
    what: String,
    read: impl AsyncFnOnce() -> AppResult<Answer>,
) -> AppResult<Answer> {
    let key = Key::new(scope, what);
    let kept = app.boards.find(&key);
    let since = kept.as_ref().map(|entry| entry.snapshot.as_str());
    let (snapshot, is_news) = app
        .db
        .read(scope, async |conn| {
            query(events::news(conn, scope, since)).await
        })
        .await?;
    if let Some(entry) = kept.filter(|_| !is_news) {
        return Ok(entry.answer);
    }
    let began = Instant::now();
    let answer = read().await?;
    let entry = Entry {
        snapshot,
        answer: answer.clone(),
        read: began,
    };
    app.boards.put(key, entry);
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn key(what: &str) -> Key {
        Key {
            org: OrgId(Uuid::nil()),
            owners: None,
            what: what.to_owned(),
        }
    }

    fn entry(bytes: usize, read: Instant) -> Entry {
        let answer = Answer {
            body: Bytes::from(vec![b' '; bytes]),
            ..Answer::empty()
        };
        Entry {
            snapshot: "1:1:".to_owned(),
            answer,
            read,
        }
    }

    #[test]
    fn what_was_read_first_makes_room() {
        let kept = Kept::default();
        let now = Instant::now();
        for (index, what) in ["a", "b", "c"].into_iter().enumerate() {
            let read = now + Duration::from_millis(u64::try_from(index).unwrap());
            kept.put(key(what), entry(ROOM / 2, read));
        }
        assert!(kept.find(&key("a")).is_none());
        assert!(kept.find(&key("b")).is_some() && kept.find(&key("c")).is_some());
        kept.put(key("d"), entry(ROOM + 1, now));
        assert!(kept.find(&key("d")).is_none());
    }

    #[test]
    fn nothing_is_kept_for_ever() {
        let kept = Kept::default();
        let Some(long_ago) = Instant::now().checked_sub(AGE) else {
            return;
        };
        kept.put(key("a"), entry(1, long_ago));
        assert!(kept.find(&key("a")).is_none());
    }
}
