//! The set of rules: criteria with their tests, how much of their weight makes a target, and after how many
//! days an account is due again.

use super::super::{ContactLevel, SizeBand};
use crate::check::{Check, Validate};
use crate::error::{ErrorCode, FieldError};
use crate::id::{ChoiceId, OrgId, ScreeningCriterionId};
use crate::text::folded;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashSet};
use strum::{AsRefStr, EnumDiscriminants, EnumIter, EnumString};

/// The most criteria of a set.
pub const MAX_SCREENING_CRITERIA: usize = 20;
/// The most answers to choose from.
pub const MAX_CHOICES: usize = 6;
/// The most texts of one test.
const MAX_TEXTS: usize = 30;

/// What a criterion is about (GATE-23).
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
pub enum ScreeningTopic {
    /// 决策结构: who decides there, and how.
    DecisionStructure,
    /// 购买特点: how they buy.
    PurchaseTraits,
    /// 收入状况: what they earn.
    Income,
    /// 区域消费心理: what people of the region think of buying.
    Region,
    /// 预计签约周期: how soon they might sign.
    SigningCycle,
    /// Anything else.
    Other,
}

/// Which way an answer points.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString, EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Says {
    /// It speaks for the account.
    For,
    /// Neither: half the weight counts.
    Neutral,
    /// It speaks against it.
    Against,
}

/// One answer to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ScreeningChoice {
    /// Its id: made by whoever writes it first and kept for ever, since answers hang on it.
    pub id: ChoiceId,
    /// The answer, in the organisation's words.
    pub name: String,
    /// Which way it points.
    pub says: Says,
}

/// How many people must be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PeopleKnown {
    /// On this level; on any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<ContactLevel>,
    /// So many or more, 1 to 100.
    pub at_least: i16,
}

/// A question of money, authority and need (CLS-38).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString, EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ManPart {
    /// It can pay.
    Money,
    /// Those we talk to can decide.
    Authority,
    /// It needs it.
    Need,
}

/// When a criterion is met: by what is on record, or by an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, EnumDiscriminants)]
#[strum_discriminants(
    name(ScreeningTestKind),
    derive(AsRefStr, EnumString, EnumIter, Hash),
    strum(serialize_all = "snake_case"),
    doc = "What sort of test it is, by its name on the wire."
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ScreeningTest {
    /// The industry is one of these, upper and lower case alike.
    Industry(Vec<String>),
    /// The legal nature is one of these, upper and lower case alike.
    Nature(Vec<String>),
    /// One of these stands in the region, upper and lower case alike: 深圳 stands in 广东深圳.
    Region(Vec<String>),
    /// The size is one of these.
    Size(Vec<SizeBand>),
    /// So many staff or more.
    Employees(i32),
    /// So many people there are known.
    People(PeopleKnown),
    /// That question is answered with yes.
    Man(ManPart),
    /// The next day a purchase is expected, by an open deal or the account itself, is so many days off or
    /// fewer.
    SignsWithin(i16),
    /// Somebody answers.
    Question(Vec<ScreeningChoice>),
}

/// One thing accounts are screened by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ScreeningCriterion {
    /// Its id: made by whoever writes it first and kept for ever, since answers hang on it.
    pub id: ScreeningCriterionId,
    /// What it is about.
    pub topic: ScreeningTopic,
    /// What must hold, or what is asked, in the organisation's words.
    pub name: String,
    /// How much it counts, 1 to 10.
    pub weight: i16,
    /// Whether nobody is a target without it.
    #[serde(default)]
    pub mandatory: bool,
    /// When it is met.
    pub test: ScreeningTest,
}

/// What accounts are screened by in an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScreeningRules {
    /// The organisation.
    pub id: OrgId,
    /// The criteria in the order they are shown.
    pub criteria: Vec<ScreeningCriterion>,
    /// From which share of the weight on an account is a target, in percent; 60 unless said otherwise.
    pub pass_share: i16,
    /// After how many days an account is to be looked at again; 90 unless said otherwise.
    pub review_days: i16,
    /// Whether the set is the one that comes with the product, in words of ours.
    pub is_usual: bool,
    /// Counts up with every change.
    pub version: i32,
    /// The version with which the criteria or the share last changed: who was looked at before is due.
    pub criteria_version: i32,
}

/// The set as it is written: it takes the place of the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewScreeningRules {
    /// 1 to 20 criteria.
    pub criteria: Vec<ScreeningCriterion>,
    /// From which share of the weight on an account is a target, 1 to 100 percent.
    pub pass_share: i16,
    /// After how many days an account is to be looked at again, 7 to 730.
    pub review_days: i16,
}

impl ScreeningRules {
    /// The set after it was written anew.
    #[must_use]
    pub fn replaced(self, new: NewScreeningRules) -> Self {
        let version = self.version + 1;
        let new = new.tidied();
        let is_same = self.criteria == new.criteria && self.pass_share == new.pass_share;
        Self {
            id: self.id,
            criteria: new.criteria,
            pass_share: new.pass_share,
            review_days: new.review_days,
            is_usual: false,
            version,
            criteria_version: if is_same {
                self.criteria_version
            } else {
                version
            },
        }
    }

    /// The set as it would be written.
    #[must_use]
    pub fn draft(&self) -> NewScreeningRules {
        NewScreeningRules {
            criteria: self.criteria.clone(),
            pass_share: self.pass_share,
            review_days: self.review_days,
        }
    }

    /// The choices of a criterion that asks something.
    #[must_use]
    pub fn choices(&self, id: ScreeningCriterionId) -> Option<&[ScreeningChoice]> {
        let criterion = self.criteria.iter().find(|one| one.id == id)?;
        match &criterion.test {
            ScreeningTest::Question(choices) => Some(choices),
            _ => None,
        }
    }
}

impl NewScreeningRules {
    /// The set with its texts as they are kept, without blanks around them.
    #[must_use]
    pub fn tidied(mut self) -> Self {
        let tidy = |text: &mut String| *text = text.trim().to_owned();
        for criterion in &mut self.criteria {
            tidy(&mut criterion.name);
            match &mut criterion.test {
                ScreeningTest::Industry(texts)
                | ScreeningTest::Nature(texts)
                | ScreeningTest::Region(texts) => texts.iter_mut().for_each(tidy),
                ScreeningTest::Question(choices) => {
                    choices.iter_mut().for_each(|choice| tidy(&mut choice.name));
                }
                _ => {}
            }
        }
        self
    }
}

impl Validate for NewScreeningRules {
    fn validate(&self, check: &mut Check) {
        check.range("/pass_share", self.pass_share, 1, 100);
        check.range("/review_days", self.review_days, 7, 730);
        if self.criteria.is_empty() {
            check.fail("/criteria", ErrorCode::Required);
        }
        if self.criteria.len() > MAX_SCREENING_CRITERIA {
            let error = FieldError::new("/criteria", ErrorCode::TooManyItems);
            return check.add(error.with_limit(MAX_SCREENING_CRITERIA));
        }
        let mut ids = HashSet::new();
        for (index, criterion) in self.criteria.iter().enumerate() {
            let base = format!("/criteria/{index}");
            if !ids.insert(criterion.id) {
                check.fail(&format!("{base}/id"), ErrorCode::Taken);
            }
            check.text(&format!("{base}/name"), &criterion.name, 120);
            check.range(&format!("{base}/weight"), criterion.weight, 1, 10);
            criterion.test.check(check, &format!("{base}/test"));
        }
        contradictions(&self.criteria, check);
    }
}

impl ScreeningTest {
    fn check(&self, check: &mut Check, base: &str) {
        let base = format!("{base}/{}", ScreeningTestKind::from(self).as_ref());
        match self {
            Self::Industry(texts) | Self::Nature(texts) | Self::Region(texts) => {
                if texts.is_empty() {
                    check.fail(&base, ErrorCode::Required);
                }
                check.list(&base, texts, MAX_TEXTS, 100);
            }
            Self::Size(sizes) => {
                if sizes.is_empty() {
                    check.fail(&base, ErrorCode::Required);
                }
                if sizes.len() > 4 {
                    check.add(FieldError::new(&base, ErrorCode::TooManyItems).with_limit(4));
                }
            }
            Self::Employees(least) => check.range(&base, *least, 1, 10_000_000),
            Self::People(known) => {
                check.range(&format!("{base}/at_least"), known.at_least, 1, 100);
            }
            Self::Man(_) => {}
            Self::SignsWithin(days) => check.range(&base, *days, 1, 3_650),
            Self::Question(choices) => question(choices, check, &base),
        }
    }

    /// The texts of which one must be the account's, as they are compared; none where another test is asked
    /// or two of its kind can hold at once.
    fn excluding(&self) -> Option<BTreeSet<String>> {
        match self {
            Self::Industry(texts) | Self::Nature(texts) => {
                Some(texts.iter().map(|text| folded(text)).collect())
            }
            Self::Size(sizes) => Some(sizes.iter().map(|size| size.as_ref().to_owned()).collect()),
            _ => None,
        }
    }
}

/// What is wrong with the answers to a question: too few or too many, two alike, or none that speaks for
/// the account, so that nobody could ever meet it.
fn question(choices: &[ScreeningChoice], check: &mut Check, base: &str) {
    if choices.len() > MAX_CHOICES {
        let error = FieldError::new(base, ErrorCode::TooManyItems);
        return check.add(error.with_limit(MAX_CHOICES));
    }
    let speaks_for = choices.iter().any(|choice| choice.says == Says::For);
    if choices.len() < 2 || !speaks_for {
        check.fail(base, ErrorCode::Required);
    }
    let (mut ids, mut names) = (HashSet::new(), HashSet::new());
    for (index, choice) in choices.iter().enumerate() {
        let at = |field: &str| format!("{base}/{index}/{field}");
        check.text(&at("name"), &choice.name, 80);
        if !ids.insert(choice.id) {
            check.fail(&at("id"), ErrorCode::Taken);
        }
        if !names.insert(folded(&choice.name)) && !choice.name.trim().is_empty() {
            check.fail(&at("name"), ErrorCode::Taken);
        }
    }
}

/// Names the mandatory criteria that nobody can meet together: an account has one industry, one nature and
/// one size.
fn contradictions(criteria: &[ScreeningCriterion], check: &mut Check) {
    let mandatory = || (0_usize..).zip(criteria).filter(|(_, one)| one.mandatory);
    for kind in [
        ScreeningTestKind::Industry,
        ScreeningTestKind::Nature,
        ScreeningTestKind::Size,
    ] {
        let mut common: Option<BTreeSet<String>> = None;
        for (index, criterion) in mandatory() {
            if ScreeningTestKind::from(&criterion.test) != kind {
                continue;
            }
            let Some(texts) = criterion.test.excluding().filter(|all| !all.is_empty()) else {
                continue;
            };
            let both = common.as_ref().map_or_else(
                || texts.clone(),
                |before| before.intersection(&texts).cloned().collect(),
            );
            if both.is_empty() {
                let pointer = format!("/criteria/{index}/test/{}", kind.as_ref());
                check.fail(&pointer, ErrorCode::LimitsContradict);
            } else {
                common = Some(both);
            }
        }
    }
}
