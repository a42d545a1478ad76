//! The priority of an account by size, need and purchase intent (CLS-17), what each priority gets, and when
//! it is to be looked at again (CLS-18).
//!
//! It is computed whenever it is asked for and kept nowhere, as the three classes are, and it is none of
//! them: who is large and needs it is of high priority also where no day is known, which makes no class by
//! urgency (1.18, point 1). Size, need and intent each give 0, 1 or 2 points; what is not known decides
//! nothing.

use super::{Account, SizeBand, UrgentDays};
use crate::check::{Check, Validate};
use crate::id::OrgId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{AsRefStr, EnumIter, EnumString};

/// The most points a factor gives.
pub const MOST_POINTS: i16 = 2;

/// How much of everybody's time an account deserves.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    AsRefStr,
    EnumString,
    EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Priority {
    /// First.
    High,
    /// Between.
    Middle,
    /// Last.
    Low,
}

/// What a priority is judged by.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString, EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum PriorityFactor {
    /// How large it is: large firms 2, small and medium ones 1.
    Size,
    /// Whether it needs what we sell: yes 2.
    Need,
    /// How near it is to buying: a day that is near 2, another day, a plan or seeing its worth 1.
    Intent,
}

/// The points of a factor; none where it is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FactorPoints {
    /// The factor.
    pub factor: PriorityFactor,
    /// 0 to 2.
    pub points: Option<i16>,
}

/// The points of an account's size, need and intent.
#[must_use]
pub fn factor_points(account: &Account, days: &UrgentDays) -> [FactorPoints; 3] {
    let size = account.size.map(|size| match size {
        SizeBand::Large => 2,
        SizeBand::Medium | SizeBand::Small => 1,
        SizeBand::Micro => 0,
    });
    let need = account.man.need.is.map(|is| if is { 2 } else { 0 });
    let signs = &account.signs;
    let is_near = signs
        .purchase_on
        .is_some_and(|day| days.today <= day && day <= days.until);
    let said = [signs.values_it, signs.has_plan, signs.has_date];
    let intent = if is_near {
        Some(2)
    } else if said.contains(&Some(true)) {
        Some(1)
    } else if said.contains(&Some(false)) {
        Some(0)
    } else {
        None
    };
    let of = |factor, points| FactorPoints { factor, points };
    [
        of(PriorityFactor::Size, size),
        of(PriorityFactor::Need, need),
        of(PriorityFactor::Intent, intent),
    ]
}

/// The priority these points give: who needs nothing is last; else what is not known may give nothing or
/// everything, and where that makes a difference, there is no priority yet.
#[must_use]
pub fn priority(points: &[FactorPoints; 3], rules: &PriorityRules) -> Option<Priority> {
    let needs_nothing = points
        .iter()
        .any(|one| one.factor == PriorityFactor::Need && one.points == Some(0));
    if needs_nothing {
        return Some(Priority::Low);
    }
    let sum = |unknown: i16| -> i16 {
        let points = points.iter();
        points.map(|one| one.points.unwrap_or(unknown)).sum()
    };
    let of = |sum: i16| {
        if sum >= rules.high_from {
            Priority::High
        } else if sum >= rules.middle_from {
            Priority::Middle
        } else {
            Priority::Low
        }
    };
    let (least, most) = (of(sum(0)), of(sum(MOST_POINTS)));
    (least == most).then_some(least)
}

/// Who looks after accounts of a priority.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString, EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum PriorityLead {
    /// Any seller.
    Seller,
    /// A senior seller.
    Senior,
    /// Management takes part.
    Management,
}

/// What accounts of a priority get: a strategy and a plan of resources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PriorityPlan {
    /// How to sell to them; empty for the one that comes with the product.
    #[serde(default)]
    pub strategy: String,
    /// Visits in three months.
    pub visits: i16,
    /// At most so many days from contact to contact.
    pub contact_days: i16,
    /// Who leads.
    pub lead: PriorityLead,
    /// The share of the team's time for all of them, in percent.
    pub time_share: i16,
}

/// The plans of the three priorities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PriorityPlans {
    /// Of high priority.
    pub high: PriorityPlan,
    /// Of middle priority.
    pub middle: PriorityPlan,
    /// Of low priority.
    pub low: PriorityPlan,
}

impl Default for PriorityPlans {
    fn default() -> Self {
        let plan = |visits, contact_days, lead, time_share| PriorityPlan {
            strategy: String::new(),
            visits,
            contact_days,
            lead,
            time_share,
        };
        Self {
            high: plan(6, 7, PriorityLead::Management, 60),
            middle: plan(3, 14, PriorityLead::Senior, 30),
            low: plan(0, 90, PriorityLead::Seller, 10),
        }
    }
}

impl PriorityPlans {
    /// The plan of a priority.
    #[must_use]
    pub const fn of(&self, priority: Priority) -> &PriorityPlan {
        match priority {
            Priority::High => &self.high,
            Priority::Middle => &self.middle,
            Priority::Low => &self.low,
        }
    }

    /// The plans with their names.
    #[must_use]
    pub const fn all(&self) -> [(Priority, &PriorityPlan); 3] {
        [
            (Priority::High, &self.high),
            (Priority::Middle, &self.middle),
            (Priority::Low, &self.low),
        ]
    }

    fn check(&self, check: &mut Check) {
        let mut shares = 0;
        for (priority, plan) in self.all() {
            let at = |field: &str| format!("/plans/{}/{field}", priority.as_ref());
            check.long(&at("strategy"), &plan.strategy, 1_000);
            check.range(&at("visits"), plan.visits, 0, 100);
            check.range(&at("contact_days"), plan.contact_days, 1, 365);
            // Together they are one team's time.
            check.range(&at("time_share"), plan.time_share, 0, (100 - shares).max(0));
            shares += plan.time_share.clamp(0, 100);
        }
    }
}

/// What priorities go by, what each gets, and how often they are looked at again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PriorityRules {
    /// The organisation.
    pub id: OrgId,
    /// From how many of 6 points on a priority is high; 5 unless said otherwise.
    pub high_from: i16,
    /// The same of middle; 3 unless said otherwise.
    pub middle_from: i16,
    /// After how many days without a word a priority is due to be looked at again; 90 unless said
    /// otherwise.
    pub review_days: i16,
    /// What each priority gets.
    pub plans: PriorityPlans,
    /// Counts up with every change.
    pub version: i32,
}

impl PriorityRules {
    /// The rules of an organisation that said nothing else.
    #[must_use]
    pub fn usual(id: OrgId) -> Self {
        Self {
            id,
            high_from: 5,
            middle_from: 3,
            review_days: 90,
            plans: PriorityPlans::default(),
            version: 1,
        }
    }

    /// The rules after a change.
    #[must_use]
    pub fn patched(mut self, patch: PriorityRulesPatch) -> Self {
        if let Some(points) = patch.points {
            (self.high_from, self.middle_from) = (points.high, points.middle);
        }
        self.review_days = patch.review_days.unwrap_or(self.review_days);
        if let Some(mut plans) = patch.plans {
            for plan in [&mut plans.high, &mut plans.middle, &mut plans.low] {
                plan.strategy = plan.strategy.trim().to_owned();
            }
            self.plans = plans;
        }
        self.version += 1;
        self
    }
}

/// From how many of 6 points on priorities are high and middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PriorityCuts {
    /// High from here on.
    pub high: i16,
    /// Middle from here on.
    pub middle: i16,
}

/// A change of what priorities go by; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct PriorityRulesPatch {
    /// From how many points on, ascending from middle to high.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<PriorityCuts>,
    /// After how many days a priority is due again, 7 to 730.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_days: Option<i16>,
    /// What each priority gets; the shares of time make at most 100 percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plans: Option<PriorityPlans>,
}

impl Validate for PriorityRulesPatch {
    fn validate(&self, check: &mut Check) {
        if let Some(points) = self.points {
            check.range("/points/middle", points.middle, 1, 5);
            check.range(
                "/points/high",
                points.high,
                points.middle.clamp(1, 5) + 1,
                6,
            );
        }
        if let Some(days) = self.review_days {
            check.range("/review_days", days, 7, 730);
        }
        if let Some(plans) = &self.plans {
            plans.check(check);
        }
    }
}

/// An account's priority today, why, what it gets, and when it was last confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountPriority {
    /// The priority; none while too little is known.
    pub priority: Option<Priority>,
    /// The points it comes from.
    pub points: [FactorPoints; 3],
    /// What accounts of this priority get.
    pub plan: Option<PriorityPlan>,
    /// When somebody last confirmed or changed what it rests on; at first when the account was made.
    pub confirmed_at: DateTime<Utc>,
    /// Who that was, where it was said.
    pub confirmed_by_name: Option<String>,
    /// From when on it is to be looked at again.
    pub due_at: DateTime<Utc>,
    /// Whether that is so now.
    pub is_due: bool,
}

/// Whether a change of an account touches what its priority rests on.
#[must_use]
pub fn changes_priority(old: &Account, new: &Account) -> bool {
    let resting = |account: &Account| (account.size, account.man.need.is, account.signs);
    resting(old) != resting(new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn rules() -> PriorityRules {
        PriorityRules::usual(Uuid::nil().into())
    }

    fn points(points: [Option<i16>; 3]) -> [FactorPoints; 3] {
        let [size, need, intent] = points;
        let of = |factor, points| FactorPoints { factor, points };
        [
            of(PriorityFactor::Size, size),
            of(PriorityFactor::Need, need),
            of(PriorityFactor::Intent, intent),
        ]
    }

    fn judged(given: [Option<i16>; 3]) -> Option<Priority> {
        priority(&points(given), &rules())
    }

    /// CLS-17.
    #[test]
    fn size_need_and_intent_make_the_priority() {
        for (given, expected) in [
            ([2, 2, 2], Priority::High),
            ([1, 2, 2], Priority::High),
            ([2, 2, 0], Priority::Middle),
            ([1, 2, 0], Priority::Middle),
            ([0, 2, 0], Priority::Low),
            ([2, 0, 2], Priority::Low),
        ] {
            assert_eq!(judged(given.map(Some)), Some(expected), "{given:?}");
        }
    }

    #[test]
    fn what_is_not_known_decides_nothing() {
        assert_eq!(judged([None, None, None]), None);
        assert_eq!(judged([Some(2), Some(2), None]), None);
        assert_eq!(judged([Some(0), Some(2), None]), None);
        // Whatever its size, who needs nothing is last.
        assert_eq!(judged([None, Some(0), None]), Some(Priority::Low));
    }

    #[test]
    fn what_each_priority_gets_is_bounded_and_shares_one_teams_time() {
        let patch = |plans| PriorityRulesPatch {
            plans: Some(plans),
            ..PriorityRulesPatch::default()
        };
        assert!(patch(PriorityPlans::default()).validated().is_ok());
        let mut plans = PriorityPlans::default();
        plans.low.time_share = 11;
        let faults = patch(plans).validated().unwrap_err();
        assert_eq!(faults[0].pointer, "/plans/low/time_share");
        let crossed = PriorityRulesPatch {
            points: Some(PriorityCuts { high: 3, middle: 3 }),
            ..PriorityRulesPatch::default()
        };
        assert_eq!(crossed.validated().unwrap_err()[0].pointer, "/points/high");
    }

    proptest! {
        #[test]
        fn learning_more_never_turns_a_priority_into_another(
            known in prop::array::uniform3(0i16..=2), is_known in prop::array::uniform3(any::<bool>())
        ) {
            let some = [0, 1, 2].map(|n| is_known[n].then_some(known[n]));
            if let Some(before) = judged(some) {
                prop_assert_eq!(judged(known.map(Some)), Some(before));
            }
        }
    }
}
