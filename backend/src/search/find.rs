//! Answers a query: asks for what begins like it, reads the names, keeps what fits, best first.

use super::grams::{self, SLIP_FROM, SPELLED, WRITTEN, slips};
use super::name::{Name, Unit};
use super::rank::{Fit, Query};
use super::store::{self, Among, Subject, number};
use crate::db::{Conn, Scope};
use diesel::QueryResult;
use futures_util::future::try_join_all;
use shared::accounts::{HitKind, SearchHit};
use std::collections::{BTreeSet, HashSet};
use uuid::Uuid;

/// Records looked at for one sort of beginning.
const LOOKED_AT: i64 = 200;
/// Records in one's view of each kind that are looked through by somebody who sees only some, when others'
/// take all places.
const OWN: i64 = 2_000;

/// Finds what fits the query, best first.
///
/// # Errors
/// Those of the database.
pub async fn find(
    conn: &Conn,
    scope: &Scope,
    query: &Query,
    limit: usize,
    with_deals: bool,
) -> QueryResult<Vec<SearchHit>> {
    let mut search = Finding {
        conn,
        scope,
        query,
        with_deals,
        seen: HashSet::new(),
        found: Vec::new(),
    };
    let whole = beginnings(&query.name);
    let mut is_cut = search.look_for(whole).await?;
    if search.found.len() < limit {
        // The longest term leaves the fewest names to look at.
        let longest = query
            .terms
            .iter()
            .max_by_key(|term| term.text_from(0).len());
        if let Some(term) = longest.filter(|_| query.terms.len() > 1) {
            is_cut |= search.look_for(beginnings(term)).await?;
        }
        search.look_for_slips().await?;
    }
    if is_cut
        && search.found.len() < limit
        && let Some(owners) = scope.owners()
    {
        search.look_through_own(owners).await?;
    }
    Ok(search.best(limit))
}

/// The grams whose beginnings a text can be.
pub(super) fn beginnings(text: &Name) -> Vec<String> {
    let joined = text.text_from(0);
    let gram = |sort: char, letters: &str, length: usize| {
        let mut gram = String::from(sort);
        gram.extend(letters.chars().take(length));
        gram
    };
    if text.has_sign() {
        return vec![gram('C', &joined, WRITTEN), gram('c', &joined, WRITTEN)];
    }
    let mut list = vec![gram('P', &joined, SPELLED), gram('p', &joined, SPELLED)];
    if joined.len() > 1 {
        // `zh` may be typed for the `z` that is kept.
        let short = joined
            .replace("zh", "z")
            .replace("ch", "c")
            .replace("sh", "s");
        for letters in BTreeSet::from([&joined, &short]) {
            list.push(gram('I', letters, grams::INITIALS));
            list.push(gram('i', letters, grams::INITIALS));
        }
    }
    list
}

struct Finding<'a> {
    conn: &'a Conn,
    scope: &'a Scope,
    query: &'a Query,
    with_deals: bool,
    seen: HashSet<Subject>,
    found: Vec<(Fit, SearchHit)>,
}

impl Finding<'_> {
    /// Looks at what begins so; answers whether there was more than may be looked at.
    async fn look_for(&mut self, grams: Vec<String>) -> QueryResult<bool> {
        let (conn, org) = (self.conn, self.scope.org);
        let asked = grams
            .iter()
            .map(|gram| store::beginning(conn, org, gram, LOOKED_AT));
        let lists = try_join_all(asked).await?;
        let is_cut = lists
            .iter()
            .any(|list| i64::try_from(list.len()).unwrap_or(i64::MAX) >= LOOKED_AT);
        self.look_at(lists.into_iter().flatten()).await?;
        Ok(is_cut)
    }

    async fn look_for_slips(&mut self) -> QueryResult<()> {
        let words = self.query.name.units.iter().chain(
            // Typed in two, written in one.
            self.query.terms.iter().flat_map(|term| &term.units),
        );
        let mut some: BTreeSet<String> = BTreeSet::new();
        for unit in words {
            match unit {
                Unit::Word(word) if word.chars().count() >= SLIP_FROM => some.extend(slips(word)),
                _ => {}
            }
        }
        if some.is_empty() {
            return Ok(());
        }
        let some = some.into_iter().collect();
        let list = store::having(self.conn, self.scope.org, some, LOOKED_AT).await?;
        self.look_at(list.into_iter()).await
    }

    async fn look_at(&mut self, subjects: impl Iterator<Item = Subject>) -> QueryResult<()> {
        let mut ids: [Vec<Uuid>; 3] = Default::default();
        for subject in subjects {
            if self.seen.insert(subject)
                && let Some(ids) = usize::try_from(subject.0 - 1)
                    .ok()
                    .and_then(|place| ids.get_mut(place))
            {
                ids.push(subject.1);
            }
        }
        let [accounts, contacts, deals] = ids;
        let (conn, scope, with_deals) = (self.conn, self.scope, self.with_deals);
        let (accounts, contacts, deals) = futures_util::try_join!(
            async {
                if accounts.is_empty() {
                    return Ok(Vec::new());
                }
                store::accounts(conn, scope, Among::Ids(accounts)).await
            },
            async {
                if contacts.is_empty() {
                    return Ok(Vec::new());
                }
                store::contacts(conn, scope, contacts).await
            },
            async {
                if deals.is_empty() || !with_deals {
                    return Ok(Vec::new());
                }
                store::deals(conn, scope, Among::Ids(deals)).await
            },
        )?;
        self.keep(accounts.into_iter().chain(contacts).chain(deals));
        Ok(())
    }

    /// Looks at what is in view because of these owners: their accounts, those where they have deals, the
    /// contacts there, and their deals.
    async fn look_through_own(&mut self, owners: Vec<Uuid>) -> QueryResult<()> {
        let (conn, scope, with_deals) = (self.conn, self.scope, self.with_deals);
        let own = Among::Owned(owners.clone(), OWN);
        let (accounts, mut others, deals) = futures_util::try_join!(
            store::accounts(conn, scope, own.clone()),
            store::accounts_with_deals(conn, scope, owners, OWN),
            async {
                if !with_deals {
                    return Ok(Vec::new());
                }
                store::deals(conn, scope, own).await
            },
        )?;
        let mut ids: HashSet<Uuid> = accounts.iter().map(|hit| hit.id).collect();
        others.retain(|id| ids.insert(*id));
        let (others, contacts) = futures_util::try_join!(
            async {
                if others.is_empty() {
                    return Ok(Vec::new());
                }
                store::accounts(conn, scope, Among::Ids(others)).await
            },
            store::contacts_at(conn, scope, ids.into_iter().collect(), OWN),
        )?;
        let accounts = accounts.into_iter().chain(others);
        self.keep(accounts.chain(contacts).chain(deals));
        Ok(())
    }

    /// Keeps what fits and is not there yet.
    fn keep(&mut self, hits: impl Iterator<Item = SearchHit>) {
        let mut known: HashSet<(HitKind, Uuid)> = self
            .found
            .iter()
            .map(|(_, hit)| (hit.kind, hit.id))
            .collect();
        for hit in hits {
            if known.insert((hit.kind, hit.id))
                && let Some(fit) = self.query.fit(&Name::new(&hit.name))
            {
                self.found.push((fit, hit));
            }
        }
    }

    /// The best ones; of those that fit alike, the shortest.
    fn best(mut self, limit: usize) -> Vec<SearchHit> {
        self.found.sort_by_cached_key(|(fit, hit)| {
            let length = hit.name.chars().count();
            (*fit, length, number(hit.kind), hit.name.clone(), hit.id)
        });
        let hits = self.found.into_iter().map(|(_, hit)| hit);
        hits.take(limit).collect()
    }
}
