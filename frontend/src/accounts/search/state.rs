//! What the search palette knows: the words typed, what was found for them and which row is active.
//!
//! A pure reducer. Every word typed opens a new generation, and an answer to an older one is dropped, so
//! a slow answer never replaces a newer one.

use shared::accounts::{HitKind, SearchHit};

/// Rows kept of what was opened last.
pub const RECENT: usize = 8;

/// How the present search stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// Nothing is asked: the box is empty.
    #[default]
    Idle,
    /// The answer is on its way.
    Asking,
    /// The rows answer the words.
    Answered,
    /// The server could not be asked.
    Failed,
}

/// The palette while it is open.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SearchState {
    /// The words in the box.
    pub words: String,
    /// Counts up with every change of the words.
    pub generation: u32,
    /// How the search stands.
    pub standing: Standing,
    /// What was found, in the order it is shown.
    pub hits: Vec<SearchHit>,
    /// What was opened last, newest first.
    pub recent: Vec<SearchHit>,
    /// The row Enter would open.
    pub active: usize,
}

/// What happens in the palette.
#[derive(Debug, Clone, PartialEq)]
pub enum SearchAction {
    /// The words changed.
    Typed(String),
    /// The server answered the words of this generation.
    Answered(u32, Vec<SearchHit>),
    /// The server could not be asked for this generation.
    Failed(u32),
    /// The active row goes down (or up) by so many rows, around the ends.
    Stepped(isize),
    /// The first row becomes active.
    First,
    /// The last row becomes active.
    Last,
    /// The pointer is over this row.
    Pointed(usize),
}

impl SearchState {
    /// An open palette with nothing typed.
    #[must_use]
    pub fn new(recent: Vec<SearchHit>) -> Self {
        Self {
            recent,
            ..Self::default()
        }
    }

    /// The rows that show: what was found, or what was opened last while the box is empty.
    #[must_use]
    pub fn rows(&self) -> &[SearchHit] {
        if self.is_blank() {
            &self.recent
        } else {
            &self.hits
        }
    }

    /// Whether nothing is asked.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.words.trim().is_empty()
    }

    /// The row Enter would open.
    #[must_use]
    pub fn chosen(&self) -> Option<&SearchHit> {
        self.rows().get(self.active)
    }

    /// The rows in groups of one kind, each with the place of its first row.
    #[must_use]
    pub fn groups(&self) -> Vec<(HitKind, usize, &[SearchHit])> {
        let mut start = 0;
        self.rows()
            .chunk_by(|a, b| a.kind == b.kind)
            .filter_map(|rows| {
                let first = start;
                start += rows.len();
                Some((rows.first()?.kind, first, rows))
            })
            .collect()
    }

    /// The state after the action.
    #[must_use]
    pub fn apply(mut self, action: SearchAction) -> Self {
        match action {
            SearchAction::Typed(words) => {
                self.generation += 1;
                self.words = words;
                self.active = 0;
                if self.is_blank() {
                    self.standing = Standing::Idle;
                    self.hits.clear();
                } else {
                    self.standing = Standing::Asking;
                }
            }
            SearchAction::Answered(generation, hits) if generation == self.generation => {
                self.hits = by_kind(hits);
                self.standing = Standing::Answered;
                self.active = 0;
            }
            SearchAction::Failed(generation) if generation == self.generation => {
                self.hits.clear();
                self.standing = Standing::Failed;
            }
            SearchAction::Answered(..) | SearchAction::Failed(_) => {}
            SearchAction::Stepped(by) => self.active = step(self.active, by, self.rows().len()),
            SearchAction::First => self.active = 0,
            SearchAction::Last => self.active = self.rows().len().saturating_sub(1),
            SearchAction::Pointed(row) => {
                if row < self.rows().len() {
                    self.active = row;
                }
            }
        }
        self
    }
}

fn step(active: usize, by: isize, rows: usize) -> usize {
    let Ok(rows) = isize::try_from(rows) else {
        return 0;
    };
    if rows == 0 {
        return 0;
    }
    let active = isize::try_from(active).unwrap_or(0);
    usize::try_from((active + by).rem_euclid(rows)).unwrap_or(0)
}

/// Brings hits of one kind together; the kind with the best hit leads, and within a kind the order stays.
fn by_kind(hits: Vec<SearchHit>) -> Vec<SearchHit> {
    let mut kinds: Vec<HitKind> = Vec::new();
    for hit in &hits {
        if !kinds.contains(&hit.kind) {
            kinds.push(hit.kind);
        }
    }
    let mut sorted = hits;
    sorted.sort_by_key(|hit| kinds.iter().position(|kind| *kind == hit.kind));
    sorted
}

/// The list of what was opened last with one more in front; nothing stands in it twice.
#[must_use]
pub fn remembered(mut recent: Vec<SearchHit>, hit: SearchHit) -> Vec<SearchHit> {
    recent.retain(|old| (old.kind, old.id) != (hit.kind, hit.id));
    recent.insert(0, hit);
    recent.truncate(RECENT);
    // Rows show in groups, so the kinds are brought together here too.
    by_kind(recent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn hit(kind: HitKind, number: u128) -> SearchHit {
        SearchHit {
            kind,
            id: Uuid::from_u128(number),
            name: number.to_string(),
            account_id: Some(Uuid::from_u128(number).into()),
            account_name: None,
        }
    }

    fn ids(state: &SearchState) -> Vec<u128> {
        state.rows().iter().map(|hit| hit.id.as_u128()).collect()
    }

    #[test]
    fn a_late_answer_to_older_words_is_dropped() {
        let state = SearchState::default()
            .apply(SearchAction::Typed("a".into()))
            .apply(SearchAction::Typed("ab".into()))
            .apply(SearchAction::Answered(2, vec![hit(HitKind::Deal, 2)]))
            .apply(SearchAction::Answered(1, vec![hit(HitKind::Deal, 1)]))
            .apply(SearchAction::Failed(1));
        assert_eq!(ids(&state), [2]);
        assert_eq!(state.standing, Standing::Answered);
    }

    #[test]
    fn rows_stand_in_groups_led_by_the_best_hit() {
        let found = vec![
            hit(HitKind::Deal, 1),
            hit(HitKind::Account, 2),
            hit(HitKind::Deal, 3),
            hit(HitKind::Contact, 4),
        ];
        let state = SearchState::default()
            .apply(SearchAction::Typed("x".into()))
            .apply(SearchAction::Answered(1, found));
        assert_eq!(ids(&state), [1, 3, 2, 4]);
        let starts: Vec<_> = state
            .groups()
            .iter()
            .map(|(kind, at, _)| (*kind, *at))
            .collect();
        assert_eq!(
            starts,
            [
                (HitKind::Deal, 0),
                (HitKind::Account, 2),
                (HitKind::Contact, 3)
            ]
        );
    }

    #[test]
    fn arrows_go_around_and_an_empty_list_is_no_trouble() {
        let empty = SearchState::default().apply(SearchAction::Stepped(1));
        assert_eq!(empty.chosen(), None);
        let three = SearchState::new((1..=3).map(|id| hit(HitKind::Account, id)).collect());
        let at = |action| three.clone().apply(action).active;
        assert_eq!(at(SearchAction::Stepped(-1)), 2);
        assert_eq!(at(SearchAction::Stepped(4)), 1);
        assert_eq!(at(SearchAction::Last), 2);
        assert_eq!(at(SearchAction::Pointed(9)), 0);
    }

    #[test]
    fn clearing_the_box_brings_back_what_was_opened_last() {
        let state = SearchState::new(vec![hit(HitKind::Account, 7)])
            .apply(SearchAction::Typed("x".into()))
            .apply(SearchAction::Answered(1, Vec::new()));
        assert!(state.rows().is_empty());
        let state = state.apply(SearchAction::Typed("  ".into()));
        assert_eq!(ids(&state), [7]);
        assert_eq!(state.standing, Standing::Idle);
    }

    #[test]
    fn what_is_opened_again_moves_to_the_front() {
        let mut recent = Vec::new();
        for id in [1, 2, 3, 1] {
            recent = remembered(recent, hit(HitKind::Account, id));
        }
        let order: Vec<_> = recent.iter().map(|hit| hit.id.as_u128()).collect();
        assert_eq!(order, [1, 3, 2]);
    }
}
