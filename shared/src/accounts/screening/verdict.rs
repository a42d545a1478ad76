//! The verdict on an account by a set of rules; pure, so that the server and every browser give the same.

use super::super::{ContactLevel, SizeBand};
use super::rules::{
    ManPart, Says, ScreeningChoice, ScreeningCriterion, ScreeningRules, ScreeningTest,
};
use crate::id::{ChoiceId, ScreeningCriterionId};
use crate::text::folded;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use strum::{AsRefStr, EnumIter, EnumString};

/// The answers to a set's questions, by criterion.
pub type Answers = BTreeMap<ScreeningCriterionId, ChoiceId>;

/// People known at an account, by level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PeopleCount {
    /// All.
    pub all: i64,
    /// On the operating level.
    pub operating: i64,
    /// On the managing level.
    pub managing: i64,
    /// On the deciding level.
    pub deciding: i64,
}

impl PeopleCount {
    /// Those of a level, or all.
    #[must_use]
    pub const fn of(&self, level: Option<ContactLevel>) -> i64 {
        match level {
            None => self.all,
            Some(ContactLevel::Operating) => self.operating,
            Some(ContactLevel::Managing) => self.managing,
            Some(ContactLevel::Deciding) => self.deciding,
        }
    }
}

/// What is on record of an account, as far as tests ask for it; what is absent is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScreeningFacts {
    /// Its industry.
    pub industry: Option<String>,
    /// Its legal nature.
    pub nature: Option<String>,
    /// Its region.
    pub region: Option<String>,
    /// Its size.
    pub size: Option<SizeBand>,
    /// Its staff.
    pub employees: Option<i32>,
    /// Whether it can pay.
    pub money: Option<bool>,
    /// Whether those we talk to can decide.
    pub authority: Option<bool>,
    /// Whether it needs it.
    pub need: Option<bool>,
    /// People known there.
    pub people: PeopleCount,
    /// Days until the next purchase expected; a day that is past is none.
    pub days_to_sign: Option<i32>,
}

/// How a criterion stands.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString, EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum CriterionState {
    /// It holds.
    Met,
    /// The answer is neutral: half its weight counts, and it is not met where it is mandatory.
    Half,
    /// It does not hold.
    Unmet,
    /// Nobody knows.
    Unknown,
}

impl CriterionState {
    /// Half weights that count: none where it is not known.
    const fn halves(self) -> Option<i32> {
        match self {
            Self::Met => Some(2),
            Self::Half => Some(1),
            Self::Unmet => Some(0),
            Self::Unknown => None,
        }
    }
}

/// What would settle a criterion that nobody knows about.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString, EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum SettledBy {
    /// An answer to its question.
    Answer,
    /// A field of the account.
    Field,
    /// An answer to money, authority or need.
    Man,
    /// A person more.
    Person,
    /// A day of purchase, of the account or an open deal.
    Day,
}

/// How one criterion stands with an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CriterionVerdict {
    /// The criterion.
    pub criterion_id: ScreeningCriterionId,
    /// How it stands.
    pub state: CriterionState,
    /// What would settle it, where nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_by: Option<SettledBy>,
}

/// What an account is, by the set of rules.
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
pub enum ScreeningOutcome {
    /// None of ours, whatever else may be found out.
    Unsuitable,
    /// Too little is known.
    Incomplete,
    /// A target, whatever else may be found out.
    Target,
}

/// The verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Screening {
    /// What it is.
    pub outcome: ScreeningOutcome,
    /// The share of the weight that is met, in percent, rounded down.
    pub score: i16,
    /// The share it can still come to, if everything not known speaks for it.
    pub reachable: i16,
    /// How each criterion stands, in the order of the set.
    pub criteria: Vec<CriterionVerdict>,
}

/// Screens an account: a mandatory criterion that is not met makes it unsuitable, and so does a share that
/// cannot be reached any more; it is a target once every mandatory criterion is met and the share is
/// reached. What is not known is neither, so that learning more turns no target into anything else.
#[must_use]
pub fn screen(rules: &ScreeningRules, facts: &ScreeningFacts, answers: &Answers) -> Screening {
    let mut criteria = Vec::with_capacity(rules.criteria.len());
    let (mut least, mut most, mut all) = (0, 0, 0);
    let (mut is_out, mut is_open) = (false, false);
    for criterion in &rules.criteria {
        let state = criterion.state(facts, answers);
        let weight = i32::from(criterion.weight);
        let halves = state.halves();
        least += weight * halves.unwrap_or(0);
        most += weight * halves.unwrap_or(2);
        all += weight * 2;
        is_out |= criterion.mandatory && matches!(halves, Some(0 | 1));
        is_open |= criterion.mandatory && halves.is_none();
        criteria.push(CriterionVerdict {
            criterion_id: criterion.id,
            state,
            settled_by: (state == CriterionState::Unknown).then(|| criterion.test.settled_by()),
        });
    }
    let asked = i32::from(rules.pass_share) * all;
    let outcome = if is_out || most * 100 < asked {
        ScreeningOutcome::Unsuitable
    } else if is_open || least * 100 < asked {
        ScreeningOutcome::Incomplete
    } else {
        ScreeningOutcome::Target
    };
    let share = |halves: i32| i16::try_from(halves * 100 / all.max(1)).unwrap_or(0);
    Screening {
        outcome,
        score: share(least),
        reachable: share(most),
        criteria,
    }
}

impl ScreeningCriterion {
    /// How it stands.
    #[must_use]
    pub fn state(&self, facts: &ScreeningFacts, answers: &Answers) -> CriterionState {
        let one_of = |texts: &[String], value: &Option<String>| {
            let value = folded(value.as_ref()?);
            Some(texts.iter().any(|text| folded(text) == value))
        };
        let holds = match &self.test {
            ScreeningTest::Industry(texts) => one_of(texts, &facts.industry),
            ScreeningTest::Nature(texts) => one_of(texts, &facts.nature),
            ScreeningTest::Region(texts) => facts.region.as_ref().map(|region| {
                let region = folded(region);
                texts.iter().any(|text| region.contains(&folded(text)))
            }),
            ScreeningTest::Size(sizes) => facts.size.map(|size| sizes.contains(&size)),
            ScreeningTest::Employees(least) => facts.employees.map(|staff| staff >= *least),
            // Who is not known yet may still be there.
            ScreeningTest::People(known) => {
                let is_met = facts.people.of(known.level) >= i64::from(known.at_least);
                is_met.then_some(true)
            }
            ScreeningTest::Man(part) => match part {
                ManPart::Money => facts.money,
                ManPart::Authority => facts.authority,
                ManPart::Need => facts.need,
            },
            ScreeningTest::SignsWithin(most) => {
                facts.days_to_sign.map(|days| days <= i32::from(*most))
            }
            ScreeningTest::Question(choices) => {
                return said(choices, answers.get(&self.id).copied());
            }
        };
        match holds {
            Some(true) => CriterionState::Met,
            Some(false) => CriterionState::Unmet,
            None => CriterionState::Unknown,
        }
    }
}

/// What an answer says; one that is no choice any more says nothing.
fn said(choices: &[ScreeningChoice], answer: Option<ChoiceId>) -> CriterionState {
    let chosen = answer.and_then(|id| choices.iter().find(|choice| choice.id == id));
    match chosen.map(|choice| choice.says) {
        Some(Says::For) => CriterionState::Met,
        Some(Says::Neutral) => CriterionState::Half,
        Some(Says::Against) => CriterionState::Unmet,
        None => CriterionState::Unknown,
    }
}

impl ScreeningTest {
    /// What would settle it.
    #[must_use]
    pub const fn settled_by(&self) -> SettledBy {
        match self {
            Self::Question(_) => SettledBy::Answer,
            Self::People(_) => SettledBy::Person,
            Self::SignsWithin(_) => SettledBy::Day,
            Self::Man(_) => SettledBy::Man,
            Self::Industry(_)
            | Self::Nature(_)
            | Self::Region(_)
            | Self::Size(_)
            | Self::Employees(_) => SettledBy::Field,
        }
    }
}
