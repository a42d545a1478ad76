//! The proposal on a deal: its points as feature, advantage and benefit (SIX-07), whom each serves or goes
//! against, and what the decision chain lacks in it (SIX-09).

use super::gate::{Fact, Facts};
use crate::accounts::ContactLevel;
use crate::check::{Check, Validate};
use crate::error::ErrorCode;
use crate::id::{ContactId, DealId, PointId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The most points of a deal's proposal.
pub const MAX_PROPOSAL_POINTS: usize = 50;

/// The most people of an account that a proposal looks at: those who decide before those who manage, these
/// before those who operate, and last those whose level is unknown.
pub const MAX_PROPOSAL_PEOPLE: usize = 200;

/// The most people a point serves, and the most it goes against.
const MAX_STAKES: usize = 50;

/// The most characters of each of the three texts.
const MAX_TEXT: usize = 500;

/// A point of a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProposalPoint {
    /// Its id.
    pub id: PointId,
    /// The deal.
    pub deal_id: DealId,
    /// What it is or has.
    pub feature: String,
    /// What that does better.
    pub advantage: String,
    /// What the customer has of it.
    pub benefit: String,
    /// The people at the deal's account whose interest it serves.
    pub serves: Vec<ContactId>,
    /// Those whose interest it goes against.
    pub harms: Vec<ContactId>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
}

/// A point to be added, behind those there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "see the same fields of `ProposalPoint`")]
pub struct NewPoint {
    pub feature: String,
    pub advantage: String,
    pub benefit: String,
    #[serde(default)]
    pub serves: Vec<ContactId>,
    #[serde(default)]
    pub harms: Vec<ContactId>,
}

impl Validate for NewPoint {
    fn validate(&self, check: &mut Check) {
        check.text("/feature", &self.feature, MAX_TEXT);
        check.text("/advantage", &self.advantage, MAX_TEXT);
        check.text("/benefit", &self.benefit, MAX_TEXT);
        check_stakes(check, &self.serves, &self.harms);
    }
}

/// A change of a point; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "see the same fields of `ProposalPoint`")]
pub struct PointPatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feature: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advantage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub benefit: Option<String>,
    /// All whom it serves, in place of those before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serves: Option<Vec<ContactId>>,
    /// All whom it goes against, in place of those before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub harms: Option<Vec<ContactId>>,
}

impl Validate for PointPatch {
    fn validate(&self, check: &mut Check) {
        for (pointer, text) in [
            ("/feature", &self.feature),
            ("/advantage", &self.advantage),
            ("/benefit", &self.benefit),
        ] {
            if let Some(text) = text {
                check.text(pointer, text, MAX_TEXT);
            }
        }
        let (serves, harms) = (self.serves.as_deref(), self.harms.as_deref());
        check_stakes(check, serves.unwrap_or_default(), harms.unwrap_or_default());
    }
}

/// Each person is named once: a point that both serves and harms one says nothing.
fn check_stakes(check: &mut Check, serves: &[ContactId], harms: &[ContactId]) {
    let mut named = BTreeSet::new();
    for (pointer, people) in [("/serves", serves), ("/harms", harms)] {
        if people.len() > MAX_STAKES {
            check.fail(pointer, ErrorCode::TooManyItems);
        }
        if !people.iter().all(|person| named.insert(*person)) {
            check.fail(pointer, ErrorCode::NotAllowed);
        }
    }
}

/// The order of a proposal's points: each of them once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PointOrder {
    /// The points, the first one first.
    pub points: Vec<PointId>,
}

impl Validate for PointOrder {
    fn validate(&self, check: &mut Check) {
        if self.points.len() > MAX_PROPOSAL_POINTS {
            check.fail("/points", ErrorCode::TooManyItems);
        }
    }
}

impl PointOrder {
    /// Whether it names each of these points once, and no other.
    #[must_use]
    pub fn is_of(&self, points: &[ProposalPoint]) -> bool {
        let asked: BTreeSet<PointId> = self.points.iter().copied().collect();
        let known: BTreeSet<PointId> = points.iter().map(|point| point.id).collect();
        self.points.len() == points.len() && asked == known
    }
}

impl ProposalPoint {
    /// It as it is after a change.
    #[must_use]
    pub fn patched(mut self, patch: PointPatch) -> Self {
        for (kept, new) in [
            (&mut self.feature, patch.feature),
            (&mut self.advantage, patch.advantage),
            (&mut self.benefit, patch.benefit),
        ] {
            if let Some(new) = new {
                new.trim().clone_into(kept);
            }
        }
        self.serves = patch.serves.unwrap_or(self.serves);
        self.harms = patch.harms.unwrap_or(self.harms);
        self
    }

    /// Whether nobody is named twice.
    #[must_use]
    pub fn names_each_once(&self) -> bool {
        let mut check = Check::default();
        check_stakes(&mut check, &self.serves, &self.harms);
        check.into_result().is_ok()
    }
}

/// A person at the deal's account, as far as a proposal looks at them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProposalPerson {
    /// Their id.
    pub id: ContactId,
    /// Their name.
    pub name: String,
    /// Their position.
    pub title: Option<String>,
    /// Their level; who has one is part of the decision chain.
    pub level: Option<ContactLevel>,
}

/// Points that contradict each other, or a person's interest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProposalConflict {
    /// Whose interest it is.
    pub contact_id: ContactId,
    /// The points that serve them.
    pub serves: Vec<PointId>,
    /// The points that go against them.
    pub harms: Vec<PointId>,
}

impl ProposalConflict {
    /// Whether points pull in both directions, not only against the person.
    #[must_use]
    pub const fn is_contradiction(&self) -> bool {
        !self.serves.is_empty()
    }
}

/// What a proposal lacks (SIX-09).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProposalReview {
    /// The people of the decision chain whom no point serves.
    pub unserved: Vec<ContactId>,
    /// The people against whom a point goes: anybody whom another one serves, and everybody of the chain.
    pub conflicts: Vec<ProposalConflict>,
}

/// A point as far as the review looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stake {
    /// The point.
    pub point: PointId,
    /// The person.
    pub person: ContactId,
    /// Whether it goes against them rather than serving them.
    pub is_harm: bool,
}

impl ProposalReview {
    /// The review of a proposal: `people` are those at the account, beside whether they are of the decision
    /// chain. Who is not among them counts no more.
    #[must_use]
    pub fn of(people: impl IntoIterator<Item = (ContactId, bool)>, stakes: &[Stake]) -> Self {
        let mut by_person: BTreeMap<ContactId, (Vec<PointId>, Vec<PointId>)> = BTreeMap::new();
        for stake in stakes {
            let (serves, harms) = by_person.entry(stake.person).or_default();
            if stake.is_harm { harms } else { serves }.push(stake.point);
        }
        let mut review = Self::default();
        for (person, is_of_chain) in people {
            let (serves, harms) = by_person.remove(&person).unwrap_or_default();
            if is_of_chain && serves.is_empty() {
                review.unserved.push(person);
            }
            if !harms.is_empty() && (is_of_chain || !serves.is_empty()) {
                review.conflicts.push(ProposalConflict {
                    contact_id: person,
                    serves,
                    harms,
                });
            }
        }
        review
    }

    /// Tells a gate of it.
    pub fn tell(&self, points: usize, facts: &mut Facts) {
        let count = |many: usize| i64::try_from(many).unwrap_or(i64::MAX);
        facts.number(Fact::ProposalPoints, count(points));
        facts.number(Fact::ProposalUnserved, count(self.unserved.len()));
        facts.number(Fact::ProposalConflicts, count(self.conflicts.len()));
    }
}

/// The proposal on a deal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Proposal {
    /// Its points in their order.
    pub points: Vec<ProposalPoint>,
    /// The people at the deal's account, at most 200: those who decide first.
    pub people: Vec<ProposalPerson>,
    /// What it lacks.
    pub review: ProposalReview,
}

impl Proposal {
    /// That of these points and people.
    #[must_use]
    pub fn new(points: Vec<ProposalPoint>, people: Vec<ProposalPerson>) -> Self {
        let mut stakes = Vec::new();
        for point in &points {
            let of = |is_harm: bool| {
                move |person: &ContactId| Stake {
                    point: point.id,
                    person: *person,
                    is_harm,
                }
            };
            stakes.extend(point.serves.iter().map(of(false)));
            stakes.extend(point.harms.iter().map(of(true)));
        }
        let chain = people.iter().map(|one| (one.id, one.level.is_some()));
        let review = ProposalReview::of(chain, &stakes);
        Self {
            points,
            people,
            review,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn who(n: u128) -> ContactId {
        ContactId(Uuid::from_u128(n))
    }

    fn point(n: u128, serves: &[u128], harms: &[u128]) -> ProposalPoint {
        ProposalPoint {
            id: PointId(Uuid::from_u128(n)),
            deal_id: DealId(Uuid::from_u128(1)),
            feature: "Two sensors".into(),
            advantage: "One may fail".into(),
            benefit: "No stops at night".into(),
            serves: serves.iter().copied().map(who).collect(),
            harms: harms.iter().copied().map(who).collect(),
            created_at: "2026-11-22T08:00:00Z".parse().unwrap(),
        }
    }

    fn person(n: u128, level: Option<ContactLevel>) -> ProposalPerson {
        ProposalPerson {
            id: who(n),
            name: format!("P{n}"),
            title: None,
            level,
        }
    }

    /// SIX-09: every side of the chain is served, and nobody's interest is gone against.
    #[test]
    fn a_review_names_who_is_not_served_and_where_points_contradict() {
        let deciding = Some(ContactLevel::Deciding);
        let people = vec![
            person(1, deciding),
            person(2, Some(ContactLevel::Managing)),
            person(3, Some(ContactLevel::Operating)),
            person(4, None),
            person(5, None),
        ];
        let points = vec![point(10, &[1, 4], &[2]), point(11, &[2, 9], &[4, 5])];
        let review = Proposal::new(points, people).review;
        assert_eq!(review.unserved, [who(3)], "4 and 5 are not of the chain");
        let told: Vec<(ContactId, bool)> = review
            .conflicts
            .iter()
            .map(|conflict| (conflict.contact_id, conflict.is_contradiction()))
            .collect();
        assert_eq!(told, [(who(2), true), (who(4), true)]);

        let points = vec![point(10, &[1], &[2])];
        let people = vec![person(1, deciding), person(2, deciding)];
        let review = Proposal::new(points, people).review;
        assert_eq!(review.unserved, [who(2)]);
        assert_eq!(review.conflicts.len(), 1);
        assert!(!review.conflicts[0].is_contradiction(), "only against them");
    }

    /// SIX-07: the three texts are needed; a person is named once in a point.
    #[test]
    fn a_point_says_feature_advantage_and_benefit_and_names_each_person_once() {
        let new = |feature: &str, serves: &[u128], harms: &[u128]| NewPoint {
            feature: feature.into(),
            advantage: "a".into(),
            benefit: "b".into(),
            serves: serves.iter().copied().map(who).collect(),
            harms: harms.iter().copied().map(who).collect(),
        };
        assert!(new(&"x".repeat(500), &[1], &[2]).validated().is_ok());
        let many: Vec<u128> = (1..=51).collect();
        for (bad, pointer) in [
            (new(" ", &[], &[]), "/feature"),
            (new(&"x".repeat(501), &[], &[]), "/feature"),
            (new("f", &[1, 1], &[]), "/serves"),
            (new("f", &[1], &[1]), "/harms"),
            (new("f", &many, &[]), "/serves"),
        ] {
            assert_eq!(bad.validated().unwrap_err()[0].pointer, pointer);
        }
        for missing in ["advantage", "benefit"] {
            let mut bad = new("f", &[], &[]);
            if missing == "advantage" {
                bad.advantage.clear();
            } else {
                bad.benefit.clear();
            }
            let faults = bad.validated().unwrap_err();
            assert_eq!(faults[0].pointer, format!("/{missing}"));
        }
    }

    #[test]
    fn a_change_leaves_what_it_does_not_name_and_is_seen_to_name_nobody_twice() {
        let patch = PointPatch {
            harms: Some(vec![who(1)]),
            benefit: Some(" Quiet nights ".into()),
            ..PointPatch::default()
        };
        let changed = point(1, &[1], &[]).patched(patch);
        assert_eq!(changed.benefit, "Quiet nights");
        assert_eq!(changed.feature, "Two sensors");
        assert!(!changed.names_each_once(), "serves and harms the same");
        assert!(point(1, &[1], &[2]).names_each_once());
    }

    #[test]
    fn an_order_names_every_point_once() {
        let points = [point(1, &[], &[]), point(2, &[], &[])];
        let order = |ids: &[u128]| PointOrder {
            points: ids.iter().map(|id| PointId(Uuid::from_u128(*id))).collect(),
        };
        assert!(order(&[2, 1]).is_of(&points));
        for wrong in [&[1][..], &[1, 1], &[1, 3], &[1, 2, 2]] {
            assert!(!order(wrong).is_of(&points), "{wrong:?}");
        }
    }

    proptest! {
        /// SIX-09: a person of the chain is unserved exactly when no point serves them, and in conflict exactly
        /// when one goes against them.
        #[test]
        fn nobody_of_the_chain_is_overlooked(
            stakes in proptest::collection::vec((0u128..5, 0u128..6, any::<bool>()), 0..20),
        ) {
            let stakes: Vec<Stake> = stakes
                .into_iter()
                .map(|(point, person, is_harm)| Stake {
                    point: PointId(Uuid::from_u128(point)),
                    person: who(person),
                    is_harm,
                })
                .collect();
            let review = ProposalReview::of((0..6).map(|n| (who(n), n < 4)), &stakes);
            for n in 0..6 {
                let has = |is_harm| stakes.iter().any(|one| one.person == who(n) && one.is_harm == is_harm);
                prop_assert_eq!(review.unserved.contains(&who(n)), n < 4 && !has(false));
                let is_in_conflict = review.conflicts.iter().any(|one| one.contact_id == who(n));
                prop_assert_eq!(is_in_conflict, has(true) && (n < 4 || has(false)));
            }
        }
    }
}
