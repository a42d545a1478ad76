//! Facts: what criteria may ask about a deal, its account, the people there and the work done.

use super::super::{Deal, Stage, TestAnswer, TestAnswers};
use super::Side;
use crate::accounts::{AccountKind, Prospecting, ScreeningOutcome, SizeBand, Tier};
use crate::id::CriterionId;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use strum::{AsRefStr, EnumIter, EnumString, IntoEnumIterator};

/// One thing that can be asked about a deal. Append-only: criteria keep these names.
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
pub enum Fact {
    /// The amount, in whole units of its currency.
    Amount,
    /// The seller's own probability, in percent.
    Probability,
    /// Days until it should be signed; negative when that day is past.
    DaysToClose,
    /// Whether a next step is named with its day (GATE-24).
    NextStep,
    /// Days until the next step is due; negative when it is overdue.
    DaysToNextStep,
    /// Days in the present stage.
    DaysInStage,
    /// Days since the deal was made.
    AgeDays,
    /// Whether the account is known.
    HasAccount,
    /// How many products it has.
    Products,
    /// Person or company (CLS-15).
    AccountKind,
    /// The account's industry.
    Industry,
    /// The account's nature, such as state-owned.
    Nature,
    /// The account's size band.
    SizeBand,
    /// The account's staff (GATE-04).
    Employees,
    /// The account's region.
    Region,
    /// The account's tier.
    Tier,
    /// Where the account came from.
    Source,
    /// Whether the account can pay (CLS-38).
    ManMoney,
    /// Whether those we talk to there can decide (CLS-38).
    ManAuthority,
    /// Whether the account needs it (CLS-38).
    ManNeed,
    /// People known at the account.
    People,
    /// Of those, on the operating level (ORG-03).
    PeopleOperating,
    /// On the managing level.
    PeopleManaging,
    /// On the deciding level (ORG-15).
    PeopleDeciding,
    /// With a telephone number or a mail address.
    PeopleReachable,
    /// Points for "what is the budget?", 0 to 5 (GATE-20).
    TestBudget,
    /// Points for "is there a date of purchase?", 0 to 5.
    TestTiming,
    /// Points for "is it what we are good at?", 0 to 5.
    TestFit,
    /// Points for "is it worth it?", 0 to 5.
    TestWorth,
    /// Points for "can we win?", 0 to 5.
    TestWin,
    /// The number of evaluation rounds held (GATE-10).
    Rounds,
    /// How many vendors are left, by the last round (GATE-12).
    Shortlist,
    /// The chance to sign within three months, in percent, by the last round (GATE-14).
    ChanceSoon,
    /// How far the relation with the people who decide has come; not supplied yet.
    RelationLevel,
    /// Visits; not supplied yet.
    Visits,
    /// Visits to people who decide (ORG-26); not supplied yet.
    VisitsToDeciders,
    /// Quotes sent; not supplied yet.
    Quotes,
    /// Payments received, in whole units; not supplied yet.
    Payments,
    /// Showings (CLS-23).
    Showings,
    /// Recommendations (CLS-25).
    Recommendations,
    /// Offers the customer made (CLS-22).
    Offers,
    /// Push questions of the stage the deal is in that are answered (GATE-25..27).
    QuestionsAnswered,
    /// How often the customer raised an offer (CLS-22).
    Raises,
    /// By which method the account was found (LEAD-01).
    Prospecting,
    /// Push questions of the stage the deal is in that are not answered.
    QuestionsOpen,
    /// Tasks of the stage the deal is in that are done (FUN-28).
    TasksDone,
    /// Tasks of the stage the deal is in that are not done.
    TasksOpen,
    /// Objections that are not settled (SIX-10).
    ObjectionsOpen,
    /// How strong "they need it" is, 0 to 5 (SIX-01).
    ElementNeed,
    /// How strong "they trust us" is, 0 to 5.
    ElementTrust,
    /// How strong "they see its worth" is, 0 to 5.
    ElementValue,
    /// How strong "they take the price" is, 0 to 5.
    ElementPrice,
    /// How strong "it was good where they saw it" is, 0 to 5.
    ElementExperience,
    /// The expected profit, in whole units of the amount's currency (CLS-41).
    ExpectedProfit,
    /// Points of the proposal (SIX-07).
    ProposalPoints,
    /// People of the decision chain whom no point of the proposal serves (SIX-09).
    ProposalUnserved,
    /// People whose interest a point of the proposal goes against (SIX-09).
    ProposalConflicts,
    /// What the account is by the organisation's screening (GATE-23).
    Screening,
    /// How many of the stage's target roles somebody there plays (ORG-07); not supplied yet.
    RolesPresent,
    /// People there who guide us from within (ORG-16); not supplied yet.
    Guides,
}

/// What sort of value a fact has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactKind {
    /// Yes or no.
    Flag,
    /// A whole number.
    Number,
    /// A text.
    Text,
}

/// From where a fact is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FactSource {
    /// The deal itself.
    Deal,
    /// The deal's products.
    Lines,
    /// Its account.
    Account,
    /// The people at the account.
    People,
    /// What the account is screened by, and all that rests on.
    Screening,
    /// The five tests.
    Tests,
    /// The evaluation rounds.
    Rounds,
    /// The recommendations, showings, offers and raises recorded.
    Touches,
    /// The answers and tasks of the stage the deal is in, which is the one it leaves while a move is judged;
    /// unknown to the exit of a stage that it passes by. A deal that is being made has the stage it begins in.
    Sheet,
    /// The objections.
    Objections,
    /// The proposal and the people at the account.
    Proposal,
    /// Nowhere yet: always unknown.
    Later,
}

impl Fact {
    /// What sort of value it has.
    #[must_use]
    pub const fn kind(self) -> FactKind {
        match self {
            Self::NextStep
            | Self::HasAccount
            | Self::ManMoney
            | Self::ManAuthority
            | Self::ManNeed => FactKind::Flag,
            Self::AccountKind
            | Self::Industry
            | Self::Nature
            | Self::SizeBand
            | Self::Region
            | Self::Tier
            | Self::Source
            | Self::Prospecting
            | Self::Screening => FactKind::Text,
            _ => FactKind::Number,
        }
    }

    /// The values a text can have, by their names on the wire, where they are a few; none where anything can
    /// be written.
    #[must_use]
    pub fn choices(self) -> Vec<String> {
        fn names<T: IntoEnumIterator + AsRef<str>>() -> Vec<String> {
            T::iter().map(|one| one.as_ref().to_owned()).collect()
        }
        match self {
            Self::AccountKind => names::<AccountKind>(),
            Self::SizeBand => names::<SizeBand>(),
            Self::Tier => names::<Tier>(),
            Self::Prospecting => names::<Prospecting>(),
            Self::Screening => names::<ScreeningOutcome>(),
            _ => Vec::new(),
        }
    }

    /// Whether it counts days, which end where the organisation is.
    #[must_use]
    pub const fn counts_days(self) -> bool {
        matches!(
            self,
            Self::DaysToClose | Self::DaysToNextStep | Self::DaysInStage | Self::AgeDays
        )
    }

    /// From where it is known.
    #[must_use]
    pub const fn source(self) -> FactSource {
        match self {
            Self::Amount
            | Self::ExpectedProfit
            | Self::Probability
            | Self::DaysToClose
            | Self::NextStep
            | Self::DaysToNextStep
            | Self::DaysInStage
            | Self::AgeDays
            | Self::HasAccount => FactSource::Deal,
            Self::Products => FactSource::Lines,
            Self::AccountKind
            | Self::Industry
            | Self::Nature
            | Self::SizeBand
            | Self::Employees
            | Self::Region
            | Self::Tier
            | Self::Source
            | Self::Prospecting
            | Self::ManMoney
            | Self::ManAuthority
            | Self::ManNeed => FactSource::Account,
            Self::People
            | Self::PeopleOperating
            | Self::PeopleManaging
            | Self::PeopleDeciding
            | Self::PeopleReachable => FactSource::People,
            Self::TestBudget
            | Self::TestTiming
            | Self::TestFit
            | Self::TestWorth
            | Self::TestWin
            | Self::ElementNeed
            | Self::ElementTrust
            | Self::ElementValue
            | Self::ElementPrice
            | Self::ElementExperience => FactSource::Tests,
            Self::Screening => FactSource::Screening,
            Self::Rounds | Self::Shortlist | Self::ChanceSoon => FactSource::Rounds,
            Self::RelationLevel
            | Self::Visits
            | Self::VisitsToDeciders
            | Self::Quotes
            | Self::Payments
            | Self::RolesPresent
            | Self::Guides => FactSource::Later,
            Self::QuestionsAnswered | Self::QuestionsOpen | Self::TasksDone | Self::TasksOpen => {
                FactSource::Sheet
            }
            Self::ObjectionsOpen => FactSource::Objections,
            Self::ProposalPoints | Self::ProposalUnserved | Self::ProposalConflicts => {
                FactSource::Proposal
            }
            Self::Showings | Self::Recommendations | Self::Offers | Self::Raises => {
                FactSource::Touches
            }
        }
    }
}

/// The value of a fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum FactValue {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
}

/// What is known of a deal besides its own fields: what the criteria of its funnel ask for, no more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Facts {
    /// Values by fact; one that is absent is unknown.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub values: BTreeMap<Fact, FactValue>,
    /// The criteria for which evidence was filed.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<CriterionId>))]
    pub evidence: BTreeSet<CriterionId>,
    /// How far the organisation's clock is ahead of UTC, in minutes: the day it is there is what facts that
    /// count days go by. 0 where no criterion counts any.
    #[serde(skip_serializing_if = "is_zero")]
    pub utc_offset: i16,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
const fn is_zero(offset: &i16) -> bool {
    *offset == 0
}

impl Facts {
    /// Adds a number.
    pub fn number(&mut self, fact: Fact, value: i64) {
        self.values.insert(fact, FactValue::Number(value));
    }

    /// Adds a yes or no, where it is known.
    pub fn flag(&mut self, fact: Fact, value: Option<bool>) {
        if let Some(value) = value {
            self.values.insert(fact, FactValue::Flag(value));
        }
    }

    /// Adds a text, where there is one.
    pub fn text(&mut self, fact: Fact, value: Option<String>) {
        if let Some(value) = value {
            self.values.insert(fact, FactValue::Text(value));
        }
    }

    /// What is known where a stage asks it: of answers and tasks, what a stage asks of deals that leave it
    /// is of its own sheet, so that one passed by knows nothing of them, whatever was said elsewhere.
    #[must_use]
    pub fn asked_by<'a>(&'a self, stage: &Stage, side: Side, deal: &Deal) -> Cow<'a, Self> {
        let is_own = side == Side::Entry || stage.id == deal.stage_id;
        if is_own || !stage.gate.asks(FactSource::Sheet) {
            return Cow::Borrowed(self);
        }
        let mut facts = self.clone();
        facts
            .values
            .retain(|fact, _| fact.source() != FactSource::Sheet);
        Cow::Owned(facts)
    }

    /// Adds the answers of the five tests that were given (GATE-20).
    pub fn tests(&mut self, answers: &TestAnswers) {
        self.scores(answers.by_fact());
    }

    /// Adds the scores that were given.
    pub fn scores(&mut self, scores: [(Fact, Option<&TestAnswer>); 5]) {
        for (fact, answer) in scores {
            if let Some(answer) = answer {
                self.number(fact, i64::from(answer.score));
            }
        }
    }
}

/// Everything known of a deal at a moment.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The deal as it is.
    pub deal: &'a Deal,
    /// What else is known.
    pub gathered: &'a Facts,
    /// When.
    pub now: DateTime<Utc>,
}

impl Known<'_> {
    /// The value of a fact; none when it is not known.
    #[must_use]
    pub fn value(&self, fact: Fact) -> Option<FactValue> {
        let deal = self.deal;
        let ahead = TimeDelta::minutes(self.gathered.utc_offset.into());
        let day = |at: DateTime<Utc>| (at + ahead).date_naive();
        let today = day(self.now);
        let until = |day: NaiveDate| FactValue::Number((day - today).num_days());
        let since = |at: DateTime<Utc>| FactValue::Number((today - day(at)).num_days().max(0));
        match fact {
            Fact::Amount => {
                let units = deal.amount.as_ref()?.amount.trunc().to_i64()?;
                Some(FactValue::Number(units))
            }
            Fact::ExpectedProfit => {
                let units = deal.expected_profit?.trunc().to_i64()?;
                Some(FactValue::Number(units))
            }
            Fact::Probability => deal
                .probability
                .map(|own| FactValue::Number(i64::from(own))),
            Fact::DaysToClose => deal.expected_close_on.map(until),
            Fact::NextStep => {
                let is_named = deal.next_step.is_some() && deal.next_step_on.is_some();
                Some(FactValue::Flag(is_named))
            }
            Fact::DaysToNextStep => deal.next_step_on.map(until),
            Fact::DaysInStage => Some(since(deal.stage_entered_at)),
            Fact::AgeDays => Some(since(deal.created_at)),
            Fact::HasAccount => Some(FactValue::Flag(deal.account_id.is_some())),
            Fact::Tier => deal
                .account_tier
                .map(|tier| FactValue::Text(tier.as_ref().to_owned())),
            _ => self.gathered.values.get(&fact).cloned(),
        }
    }
}
