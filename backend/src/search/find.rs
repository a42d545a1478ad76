//! Answers a query: asks for what begins like it, reads the names, keeps what fits, best first.

use super::grams::{self, SLIP_FROM, SPELLED, WRITTEN, slips};
use super::name::{Name, Unit};
use super::rank::{Fit, Query};
use super::store::{self, Among, Subject, number};
use crate::db::{Conn, Scope, View};
use diesel::QueryResult;
use futures_util::future::try_join_all;
use shared::accounts::{HitKind, SearchHit};
use std::collections::{BTreeSet, HashSet};
use uuid::Uuid;

/// Records looked at for one sort of beginning.
const LOOKED_AT: i64 = 200;
/// The same for somebody who sees only some of them.
const LOOKED_AT_BY_SOME: i64 = 600;
/// Records of one's own of each kind that are looked through, when others' take all places.
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
    let is_some = scope.view != View::All;
    let most = if is_some {
        LOOKED_AT_BY_SOME
    } else {
        LOOKED_AT
    };
    let mut search = Finding {
        conn,
        scope,
        query,
        with_deals,
        most,
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
    most: i64,
    seen: HashSet<Subject>,
    found: Vec<(Fit, SearchHit)>,
}

impl Finding<'_> {
    /// Looks at what begins so; answers whether there was more than may be looked at.
    async fn look_for(&mut self, grams: Vec<String>) -> QueryResult<bool> {
        let (conn, org, most) = (self.conn, self.scope.org, self.most);
        let asked = grams
            .iter()
            .map(|gram| store::beginning(conn, org, gram, most));
        let lists = try_join_all(asked).await?;
        let is_cut = lists
            .iter()
            .any(|list| i64::try_from(list.len()).unwrap_or(i64::MAX) >= most);
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
        let list = store::having(self.conn, self.scope.org, some, self.most).await?;
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
        self.read(
            Among::Ids(accounts),
            Among::Ids(contacts),
            Among::Ids(deals),
        )
        .await
    }

    async fn look_through_own(&mut self, owners: Vec<Uuid>) -> QueryResult<()> {
        let own = Among::Owned(owners, OWN);
        self.read(own.clone(), own.clone(), own).await
    }

    async fn read(&mut self, accounts: Among, contacts: Among, deals: Among) -> QueryResult<()> {
        let (conn, scope) = (self.conn, self.scope);
        let is_none = |among: &Among| matches!(among, Among::Ids(ids) if ids.is_empty());
        let (no_accounts, no_contacts) = (is_none(&accounts), is_none(&contacts));
        let no_deals = is_none(&deals) || !self.with_deals;
        let (accounts, contacts, deals) = futures_util::try_join!(
            async {
                if no_accounts {
                    return Ok(Vec::new());
                }
                store::accounts(conn, scope, accounts).await
            },
            async {
                if no_contacts {
                    return Ok(Vec::new());
                }
                store::contacts(conn, scope, contacts).await
            },
            async {
                if no_deals {
                    return Ok(Vec::new());
                }
                store::deals(conn, scope, deals).await
            },
        )?;
        let known: HashSet<(HitKind, Uuid)> = self
            .found
            .iter()
            .map(|(_, hit)| (hit.kind, hit.id))
            .collect();
        for hit in accounts.into_iter().chain(contacts).chain(deals) {
            if known.contains(&(hit.kind, hit.id)) {
                continue;
            }
            if let Some(fit) = self.query.fit(&Name::new(&hit.name)) {
                self.found.push((fit, hit));
            }
        }
        Ok(())
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
