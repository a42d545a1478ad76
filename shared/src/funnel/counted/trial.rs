//! A trial: what rules would have done over everything that was recorded, before they are set.

use super::{CountedRule, CountedRules, Course};
use crate::check::{Check, Validate};
use crate::funnel::{StageKind, TouchKind};
use crate::id::{DealId, RuleId, StageId};
use crate::page::MAX_LIMIT;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::BuildHasher;

/// Which rules to try over what was recorded, and which of the moves they would have made to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct TrialSearch {
    /// The rules; absent: those in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set: Option<CountedRules>,
    /// Where to go on in the list of moves; from `next_cursor`. The figures are answered without it only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Moves of a page, 1 to 200; default 50.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

impl Validate for TrialSearch {
    fn validate(&self, check: &mut Check) {
        if let Some(set) = &self.set {
            check.within("/set", set);
        }
        if let Some(limit) = self.limit {
            check.range("/limit", limit, 1, MAX_LIMIT);
        }
        check.opt("/cursor", self.cursor.as_ref(), 500);
    }
}

/// What a trial found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Trial {
    /// The figures; absent on further pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figures: Option<RulesTrial>,
    /// The moves that would have been made, deal by deal.
    pub moves: Vec<TrialMove>,
    /// Where to go on; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// What rules would have done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RulesTrial {
    /// The touches read: those within view that were not withdrawn.
    pub touches: i64,
    /// The deals they belong to.
    pub deals: i64,
    /// By rule, in their order.
    pub rules: Vec<RuleTrial>,
    /// The open stages: how the deals are spread now, as they would be, and as is expected.
    pub stages: Vec<StageTrial>,
}

/// What one rule would have done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RuleTrial {
    /// The rule.
    pub rule_id: RuleId,
    /// How often it would have moved a deal, before asking the stages' criteria.
    pub moves: i64,
    /// How many deals it would have moved.
    pub deals: i64,
    /// How often it would have been stopped from going back.
    pub stopped: i64,
    /// Of those deals, how many are open today.
    pub open: i64,
    /// How many were won.
    pub won: i64,
    /// How many were lost.
    pub lost: i64,
}

/// How an open stage's share would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StageTrial {
    /// The stage.
    pub stage_id: StageId,
    /// The deals in it now.
    pub deals: i64,
    /// Their share of all open deals, in percent.
    pub percent: i16,
    /// The deals that would be in it.
    pub replayed: i64,
    /// Their share.
    pub replayed_percent: i16,
    /// The share that is expected, where one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<i16>,
}

/// A move that a rule would have made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrialMove {
    /// The deal.
    pub deal_id: DealId,
    /// Its title.
    pub deal_title: String,
    /// When: at which touch.
    pub at: DateTime<Utc>,
    /// The rule.
    pub rule_id: RuleId,
    /// The stage it would have left.
    pub from_stage_id: StageId,
    /// The stage it would have come into.
    pub to_stage_id: StageId,
    /// The stage it is in today.
    pub stage_id: StageId,
    /// What became of it: the kind of that stage.
    pub status: StageKind,
}

/// Something in a deal's past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Past {
    /// Somebody moved it to a stage, or it was made there.
    Moved(StageId),
    /// Something was recorded.
    Touched(TouchKind),
}

/// What a rule would have done to one deal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replayed<'a> {
    /// At which touch.
    pub at: DateTime<Utc>,
    /// The rule.
    pub rule: &'a CountedRule,
    /// The stage the deal was in.
    pub from: StageId,
    /// Whether it was stopped from going back.
    pub is_stopped: bool,
}

/// Goes through a deal's past, in order, and answers what the rules would have done and where the deal
/// would be. Moves by people stand as they were made; those by rules must be left out.
pub fn replay<'a, S: BuildHasher>(
    rules: &'a [CountedRule],
    open: &HashSet<StageId, S>,
    first: StageId,
    past: impl IntoIterator<Item = (DateTime<Utc>, Past)>,
) -> (Vec<Replayed<'a>>, StageId) {
    let mut course = Course::new(first);
    let mut done = Vec::new();
    for (at, past) in past {
        let kind = match past {
            Past::Moved(stage) => {
                course.enters(stage);
                continue;
            }
            Past::Touched(kind) => kind,
        };
        course.add(kind);
        let from = course.stage();
        if !open.contains(&from) {
            continue;
        }
        if let Some(ruled) = course.ruled(rules, kind) {
            if !ruled.is_back {
                course.taken_from(from);
                course.enters(ruled.rule.to_stage_id);
            }
            done.push(Replayed {
                at,
                rule: ruled.rule,
                from,
                is_stopped: ruled.is_back,
            });
        }
    }
    (done, course.stage())
}

/// Sums trials of single deals up.
#[derive(Debug, Clone)]
pub struct TrialSums<'a> {
    set: &'a CountedRules,
    touches: i64,
    deals: i64,
    by_rule: HashMap<RuleId, RuleTrial>,
    /// By stage, how many more deals would be there than are.
    shift: BTreeMap<StageId, i64>,
}

impl<'a> TrialSums<'a> {
    /// Nothing yet.
    #[must_use]
    pub fn new(set: &'a CountedRules) -> Self {
        let none = |rule: &CountedRule| RuleTrial {
            rule_id: rule.id,
            moves: 0,
            deals: 0,
            stopped: 0,
            open: 0,
            won: 0,
            lost: 0,
        };
        Self {
            set,
            touches: 0,
            deals: 0,
            by_rule: set.rules.iter().map(|rule| (rule.id, none(rule))).collect(),
            shift: BTreeMap::new(),
        }
    }

    /// Adds what was replayed of a deal that is in a stage of that kind today.
    pub fn add(
        &mut self,
        touches: usize,
        (now, status): (StageId, StageKind),
        (done, end): &(Vec<Replayed<'_>>, StageId),
    ) {
        self.touches += i64::try_from(touches).unwrap_or(i64::MAX);
        self.deals += 1;
        let mut seen: Vec<RuleId> = Vec::new();
        for one in done {
            let Some(sum) = self.by_rule.get_mut(&one.rule.id) else {
                continue;
            };
            if one.is_stopped {
                sum.stopped += 1;
                continue;
            }
            sum.moves += 1;
            if !seen.contains(&one.rule.id) {
                seen.push(one.rule.id);
                sum.deals += 1;
                *match status {
                    StageKind::Open => &mut sum.open,
                    StageKind::Won => &mut sum.won,
                    StageKind::Lost => &mut sum.lost,
                } += 1;
            }
        }
        if *end != now {
            *self.shift.entry(now).or_default() -= 1;
            *self.shift.entry(*end).or_default() += 1;
        }
    }

    /// The whole, beside how many deals the open stages hold now, in their order.
    #[must_use]
    pub fn finish(self, stages: &[(StageId, i64)]) -> RulesTrial {
        let replayed = |(id, now): (StageId, i64)| now + self.shift.get(&id).copied().unwrap_or(0);
        let all_now: i64 = stages.iter().map(|(_, now)| now).sum();
        let all_replayed: i64 = stages.iter().copied().map(replayed).sum();
        let expected = |id: StageId| {
            let mut shares = self.set.shares.iter();
            Some(shares.find(|share| share.stage_id == id)?.percent)
        };
        let stages = stages.iter().map(|&(id, now)| StageTrial {
            stage_id: id,
            deals: now,
            percent: percent(now, all_now),
            replayed: replayed((id, now)),
            replayed_percent: percent(replayed((id, now)), all_replayed),
            expected: expected(id),
        });
        RulesTrial {
            stages: stages.collect(),
            touches: self.touches,
            deals: self.deals,
            rules: (self.set.rules.iter())
                .filter_map(|rule| self.by_rule.get(&rule.id).cloned())
                .collect(),
        }
    }
}

/// A share in whole percent.
fn percent(part: i64, whole: i64) -> i16 {
    if whole <= 0 {
        return 0;
    }
    let rounded = (part.clamp(0, whole) * 100 + whole / 2) / whole;
    i16::try_from(rounded).unwrap_or(100)
}
