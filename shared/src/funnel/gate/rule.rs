//! The rule language of criteria: typed, total and bounded.
//!
//! A rule is true, false or unknown (Kleene's three values): what is not known is neither met nor
//! broken, and never passes.

use super::fact::{Fact, FactKind, FactValue, Known};
use crate::check::Check;
use crate::error::{ErrorCode, FieldError};
use crate::id::CriterionId;
use crate::text::folded;
use serde::{Deserialize, Serialize};

/// The most levels of a rule.
pub const MAX_DEPTH: usize = 4;
/// The most parts of a rule.
pub const MAX_PARTS: usize = 24;
/// The most texts of one test.
const MAX_TEXTS: usize = 30;

/// What must hold for a criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Somebody filed evidence for the criterion: a link or a record, not a tick.
    Evidence,
    /// A fact passes a test.
    Fact(FactTest),
    /// Each part holds.
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    All(Vec<Rule>),
    /// At least one part holds.
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    Any(Vec<Rule>),
    /// The part does not hold.
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    Not(Box<Rule>),
}

/// A fact with the test it must pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FactTest {
    /// Which fact.
    pub fact: Fact,
    /// Which test.
    pub is: Test,
}

/// What a value must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// Known at all.
    Known,
    /// Yes, or no.
    Flag(bool),
    /// This number or more.
    AtLeast(i64),
    /// This number or less.
    AtMost(i64),
    /// One of these texts, upper and lower case alike.
    OneOf(Vec<String>),
}

/// True, false or not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// It does not hold.
    False,
    /// Nobody knows.
    Unknown,
    /// It holds.
    True,
}

impl std::ops::Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }
}

impl From<bool> for Truth {
    fn from(is: bool) -> Self {
        if is { Self::True } else { Self::False }
    }
}

impl Rule {
    /// Whether it holds for criterion `id` by what is known.
    #[must_use]
    pub fn truth(&self, id: CriterionId, known: &Known<'_>) -> Truth {
        match self {
            Self::Evidence => known.gathered.evidence.contains(&id).into(),
            Self::Fact(test) => test.truth(known),
            // In the order of the values, "and" is the least and "or" the greatest.
            Self::All(parts) => parts
                .iter()
                .map(|part| part.truth(id, known))
                .min()
                .unwrap_or(Truth::True),
            Self::Any(parts) => parts
                .iter()
                .map(|part| part.truth(id, known))
                .max()
                .unwrap_or(Truth::False),
            Self::Not(part) => !part.truth(id, known),
        }
    }

    /// Calls `visit` with each test of a fact in it.
    pub fn each_test<'a>(&'a self, visit: &mut impl FnMut(&'a FactTest)) {
        match self {
            Self::Evidence => {}
            Self::Fact(test) => visit(test),
            Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.each_test(visit);
                }
            }
            Self::Not(part) => part.each_test(visit),
        }
    }

    /// Whether evidence can meet it, alone or with facts.
    #[must_use]
    pub fn asks_evidence(&self) -> bool {
        match self {
            Self::Evidence => true,
            Self::Fact(_) => false,
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::asks_evidence),
            Self::Not(part) => part.asks_evidence(),
        }
    }

    /// Whether it has a "not" anywhere.
    #[must_use]
    pub fn has_negation(&self) -> bool {
        match self {
            Self::Evidence | Self::Fact(_) => false,
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::has_negation),
            Self::Not(_) => true,
        }
    }

    /// Calls `visit` with the least and the most that each number must be for it to hold at all; a flag counts
    /// as 0 or 1.
    pub(super) fn each_bound(&self, visit: &mut impl FnMut(Fact, Option<i64>, Option<i64>)) {
        match self {
            Self::Fact(FactTest { fact, is }) => match is {
                Test::AtLeast(least) => visit(*fact, Some(*least), None),
                Test::AtMost(most) => visit(*fact, None, Some(*most)),
                Test::Flag(flag) => visit(*fact, Some((*flag).into()), Some((*flag).into())),
                Test::Known | Test::OneOf(_) => {}
            },
            Self::All(parts) => parts.iter().for_each(|part| part.each_bound(visit)),
            Self::Evidence | Self::Any(_) | Self::Not(_) => {}
        }
    }

    /// Adds what is wrong with it under `base`: too large, empty, or a test its fact cannot pass.
    pub fn check(&self, check: &mut Check, base: &str) {
        let mut parts = 0;
        self.check_part(check, base, 1, &mut parts);
        if parts > MAX_PARTS {
            check.add(FieldError::new(base, ErrorCode::TooManyItems).with_limit(MAX_PARTS));
        }
    }

    fn check_part(&self, check: &mut Check, base: &str, depth: usize, parts: &mut usize) {
        *parts += 1;
        if depth > MAX_DEPTH {
            check.add(FieldError::new(base, ErrorCode::OutOfRange).with_limit(MAX_DEPTH));
            return;
        }
        match self {
            Self::Evidence => {}
            Self::Fact(test) => test.check(check, &format!("{base}/fact")),
            Self::All(list) | Self::Any(list) => {
                let name = if matches!(self, Self::All(_)) {
                    "all"
                } else {
                    "any"
                };
                if list.is_empty() {
                    check.fail(&format!("{base}/{name}"), ErrorCode::Required);
                }
                for (index, part) in list.iter().enumerate() {
                    part.check_part(check, &format!("{base}/{name}/{index}"), depth + 1, parts);
                }
            }
            Self::Not(part) => part.check_part(check, &format!("{base}/not"), depth + 1, parts),
        }
    }
}

impl FactTest {
    /// Whether the fact passes.
    #[must_use]
    pub fn truth(&self, known: &Known<'_>) -> Truth {
        let Some(value) = known.value(self.fact) else {
            return Truth::Unknown;
        };
        match (&self.is, value) {
            (Test::Known, _) => Truth::True,
            (Test::Flag(wanted), FactValue::Flag(is)) => (*wanted == is).into(),
            (Test::AtLeast(least), FactValue::Number(value)) => (value >= *least).into(),
            (Test::AtMost(most), FactValue::Number(value)) => (value <= *most).into(),
            (Test::OneOf(texts), FactValue::Text(value)) => {
                let value = folded(&value);
                texts.iter().any(|text| folded(text) == value).into()
            }
            // A test its fact cannot pass is refused when it is written; should one be kept all the
            // same, nobody can say that it is met.
            _ => Truth::Unknown,
        }
    }

    fn check(&self, check: &mut Check, base: &str) {
        let fits = match self.is {
            Test::Known => true,
            Test::Flag(_) => self.fact.kind() == FactKind::Flag,
            Test::AtLeast(_) | Test::AtMost(_) => self.fact.kind() == FactKind::Number,
            Test::OneOf(_) => self.fact.kind() == FactKind::Text,
        };
        if !fits {
            check.fail(&format!("{base}/is"), ErrorCode::TestDoesNotFit);
        }
        if let Test::OneOf(texts) = &self.is {
            if texts.is_empty() {
                check.fail(&format!("{base}/is/one_of"), ErrorCode::Required);
            }
            check.list(&format!("{base}/is/one_of"), texts, MAX_TEXTS, 100);
        }
    }
}
