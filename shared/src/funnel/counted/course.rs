//! What was counted of one deal, in the order in which it happened, and what the rules say to it.

use super::{CountSince, CountedRule};
use crate::funnel::TouchKind;
use crate::id::StageId;

/// The kinds of touches.
const KINDS: usize = 4;

const fn place(kind: TouchKind) -> usize {
    match kind {
        TouchKind::Recommendation => 0,
        TouchKind::Showing => 1,
        TouchKind::Offer => 2,
        TouchKind::Raise => 3,
    }
}

/// Counts of touches: altogether, and since the last one of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    total: [u32; KINDS],
    /// By what is counted, then by what it is counted without.
    row: [[u32; KINDS]; KINDS],
}

impl Tally {
    /// Counts one more.
    pub fn add(&mut self, kind: TouchKind) {
        let kind = place(kind);
        if let Some(total) = self.total.get_mut(kind) {
            *total = total.saturating_add(1);
        }
        for (counted, row) in self.row.iter_mut().enumerate() {
            if counted == kind {
                for count in row {
                    *count = count.saturating_add(1);
                }
            } else if let Some(count) = row.get_mut(kind) {
                *count = 0;
            }
        }
    }

    /// How many of a kind; in a row, only those since the last of the other kind.
    #[must_use]
    pub fn count(&self, kind: TouchKind, without: Option<TouchKind>) -> u32 {
        let count = match without {
            None => self.total.get(place(kind)),
            Some(other) => {
                let row = self.row.get(place(kind));
                row.and_then(|row| row.get(place(other)))
            }
        };
        count.copied().unwrap_or(0)
    }
}

/// What was counted of a deal up to a moment.
#[derive(Debug, Clone)]
pub struct Course {
    stage: StageId,
    life: Tally,
    here: Tally,
    /// From which stages rules took it, with the counts of then.
    taken: Vec<(StageId, Tally)>,
}

/// A rule that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ruled<'a> {
    /// The rule.
    pub rule: &'a CountedRule,
    /// Whether it would take the deal back to where a rule took it from, by nothing that happened since:
    /// then it is not moved.
    pub is_back: bool,
}

impl Course {
    /// A deal in a stage, of which nothing was counted.
    #[must_use]
    pub const fn new(stage: StageId) -> Self {
        const NOTHING: Tally = Tally {
            total: [0; KINDS],
            row: [[0; KINDS]; KINDS],
        };
        Self {
            stage,
            life: NOTHING,
            here: NOTHING,
            taken: Vec::new(),
        }
    }

    /// The stage it is in.
    #[must_use]
    pub const fn stage(&self) -> StageId {
        self.stage
    }

    /// Counts a touch.
    pub fn add(&mut self, kind: TouchKind) {
        self.life.add(kind);
        self.here.add(kind);
    }

    /// It came into a stage: what is counted there begins anew.
    pub fn enters(&mut self, stage: StageId) {
        if self.stage != stage {
            self.stage = stage;
            self.here = Tally::default();
        }
    }

    /// What is counted since it came into its stage begins now.
    pub fn begins_here(&mut self) {
        self.here = Tally::default();
    }

    /// A rule took it from a stage now.
    pub fn taken_from(&mut self, stage: StageId) {
        self.taken.retain(|(from, _)| *from != stage);
        self.taken.push((stage, self.life));
    }

    /// What the rules say to the touch of this kind that was counted last: the first in their order that
    /// names it, applies where the deal is, and holds. The stage must be an open one.
    #[must_use]
    pub fn ruled<'a>(&self, rules: &'a [CountedRule], kind: TouchKind) -> Option<Ruled<'a>> {
        let rule = rules.iter().find(|rule| {
            let tally = match rule.since {
                CountSince::Life => &self.life,
                CountSince::Stage => &self.here,
            };
            rule.enabled && rule.applies(self.stage) && rule.names(kind) && rule.holds(tally)
        })?;
        // What counts since the stage was entered held for nothing that was before.
        let is_back = rule.since == CountSince::Life
            && self
                .taken
                .iter()
                .any(|(from, then)| *from == rule.to_stage_id && rule.holds(then));
        Some(Ruled { rule, is_back })
    }
}
