//! Boards as they were last answered, kept while nothing happens: what many people look at is read from
//! the database once.
//!
//! Nothing changes without an event, so a board is as it was while every event of its organisation is
//! one that the database already showed when the board was read. That is asked for each time, in one
//! statement, so a kept board is never older than one read anew would be, whichever server wrote.
//!
//! While somebody writes all the time, a board is read by one at a time: who asks meanwhile waits, and is
//! answered with what the next one read, since that was read after everybody's asking.

use crate::app::App;
use crate::db::Scope;
use crate::error::{AppResult, query};
use crate::events::store as events;
use crate::http::Answer;
use shared::id::OrgId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Mutex as Queue, OwnedMutexGuard};
use uuid::Uuid;

/// Bytes of answers kept in all; a board of six full columns has 190,000.
const ROOM: usize = 6_000_000;
/// How long an answer is kept at most, since a hand at the database itself records no event.
const AGE: Duration = Duration::from_secs(60);

/// How long a reader waits for those before it, which are quick unless the database is not.
const TURN: Duration = Duration::from_secs(1);

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
pub struct Kept(Mutex<Shelf>);

#[derive(Default)]
struct Shelf {
    entries: HashMap<Key, Entry>,
    /// The boards that are being read, each with the queue of those who wait for it.
    queues: HashMap<Key, Arc<Queue<()>>>,
}

impl Kept {
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, key: &Key) -> Option<Entry> {
        let shelf = self.shelf();
        let entry = shelf.entries.get(key)?;
        (entry.read.elapsed() < AGE).then(|| entry.clone())
    }

    fn put(&self, key: Key, entry: Entry) {
        if entry.answer.body.len() > ROOM {
            return;
        }
        let entries = &mut self.shelf().entries;
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

    /// Waits until it is this reader's turn, and says whether there was somebody before it.
    async fn turn(&self, key: &Key) -> (Turn<'_>, bool) {
        let queue = Arc::clone(self.shelf().queues.entry(key.clone()).or_default());
        let mut turn = Turn {
            kept: self,
            key: key.clone(),
            queue: Arc::clone(&queue),
            place: Arc::clone(&queue).try_lock_owned().ok(),
        };
        let is_first = turn.place.is_some();
        if !is_first {
            turn.place = tokio::time::timeout(TURN, queue.lock_owned()).await.ok();
        }
        (turn, !is_first)
    }
}

/// A reader's turn. It ends with the value, also when whoever asked goes away.
struct Turn<'a> {
    kept: &'a Kept,
    key: Key,
    queue: Arc<Queue<()>>,
    place: Option<OwnedMutexGuard<()>>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.place = None;
        let queues = &mut self.kept.shelf().queues;
        // The queue itself, and this reader: nobody else waits.
        if Arc::strong_count(&self.queue) <= 2 {
            queues.remove(&self.key);
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
    let look = async |kept: Option<&Entry>| {
        let since = kept.map(|entry| entry.snapshot.as_str());
        app.db
            .read(scope, async |conn| {
                query(events::news(conn, scope, since)).await
            })
            .await
    };
    fresh(&app.boards, key, look, read).await
}

/// The same with the look at the database given: what it shows, and whether that is more than the entry.
async fn fresh(
    kept: &Kept,
    key: Key,
    look: impl AsyncFn(Option<&Entry>) -> AppResult<(String, bool)>,
    read: impl AsyncFnOnce() -> AppResult<Answer>,
) -> AppResult<Answer> {
    let asked = Instant::now();
    let entry = kept.find(&key);
    let (mut snapshot, is_news) = look(entry.as_ref()).await?;
    if let Some(entry) = entry.filter(|_| !is_news) {
        return Ok(entry.answer);
    }
    let (turn, has_waited) = kept.turn(&key).await;
    if has_waited {
        let entry = kept.find(&key);
        if let Some(entry) = entry.as_ref().filter(|entry| entry.read >= asked) {
            return Ok(entry.answer.clone());
        }
        let (later, is_news) = look(entry.as_ref()).await?;
        if let Some(entry) = entry.filter(|_| !is_news) {
            return Ok(entry.answer);
        }
        snapshot = later;
    }
    let began = Instant::now();
    let answer = read().await?;
    let entry = Entry {
        snapshot,
        answer: answer.clone(),
        read: began,
    };
    kept.put(key, entry);
    drop(turn);
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

    /// Reads by many who ask while something was written each time anybody looks.
    #[tokio::test]
    async fn one_reads_for_all_who_asked_before_it_began() {
        use std::cell::Cell;

        let kept = Kept::default();
        let reads = Cell::new(0_usize);
        let gate = tokio::sync::Semaphore::new(0);
        let ask = || {
            let look = async |_: Option<&Entry>| Ok(("1:1:".to_owned(), true));
            fresh(&kept, key("a"), look, async || {
                reads.set(reads.get() + 1);
                let number = reads.get();
                gate.acquire().await.unwrap().forget();
                Ok(entry(number, Instant::now()).answer)
            })
        };
        // The first reads when the nine others come: what it read may be older than they need.
        let asking = futures_util::future::join_all((0..10).map(|_| ask()));
        let opening = async {
            for _ in 0..10 {
                tokio::task::yield_now().await;
                gate.add_permits(1);
            }
        };
        let (answers, ()) = tokio::join!(asking, opening);
        let mut seen: Vec<usize> = answers
            .into_iter()
            .map(|answer| answer.unwrap().body.len())
            .collect();
        seen.sort_unstable();
        assert_eq!(seen, [1, 2, 2, 2, 2, 2, 2, 2, 2, 2]);
        assert_eq!(reads.get(), 2);
        assert!(kept.shelf().queues.is_empty(), "nobody waits any more");
    }

    #[tokio::test]
    async fn who_goes_away_or_fails_while_reading_holds_nobody_up() {
        let kept = Kept::default();
        let look = async |_: Option<&Entry>| Ok(("1:1:".to_owned(), true));
        let gone = fresh(&kept, key("a"), look, async || {
            std::future::pending::<AppResult<Answer>>().await
        });
        let gone = tokio::time::timeout(Duration::from_millis(10), gone).await;
        assert!(gone.is_err());
        let failed = fresh(&kept, key("a"), look, async || {
            Err(crate::error::AppError::NotFound)
        });
        assert!(failed.await.is_err());
        let next = fresh(&kept, key("a"), look, async || {
            Ok(entry(3, Instant::now()).answer)
        });
        assert_eq!(next.await.unwrap().body.len(), 3);
        assert!(kept.shelf().queues.is_empty());
    }
}
