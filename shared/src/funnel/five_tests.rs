//! What is scored from 0 to 5, five at a time: the tests of an opportunity, budget, date, fit, worth, chance
//! (GATE-20, GATE-21), and the elements of a purchase, need, trust, value, price, experience (SIX-01).

use super::gate::{Fact, FactValue, Known};
use crate::check::{Check, Validate};
use crate::error::ErrorCode;
use serde::{Deserialize, Serialize};

/// How good the answer to one test is, or how strong an element, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TestAnswer {
    /// Points, 0 to 5.
    pub score: i16,
    /// What it rests on.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// The answers to the five tests; one that is absent was not answered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct TestAnswers {
    /// What is the customer's budget?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<TestAnswer>,
    /// Is there a concrete date of purchase?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timing: Option<TestAnswer>,
    /// Is it a product we are strong in?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fit: Option<TestAnswer>,
    /// Is it worth it: profit, cost, risk of delivery?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worth: Option<TestAnswer>,
    /// Can we win?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub win: Option<TestAnswer>,
}

impl TestAnswers {
    /// The answers beside the facts they are.
    #[must_use]
    pub const fn by_fact(&self) -> [(Fact, Option<&TestAnswer>); 5] {
        [
            (Fact::TestBudget, self.budget.as_ref()),
            (Fact::TestTiming, self.timing.as_ref()),
            (Fact::TestFit, self.fit.as_ref()),
            (Fact::TestWorth, self.worth.as_ref()),
            (Fact::TestWin, self.win.as_ref()),
        ]
    }

    /// The answer that a fact stands for.
    pub fn answer_mut(&mut self, fact: Fact) -> Option<&mut Option<TestAnswer>> {
        Some(match fact {
            Fact::TestBudget => &mut self.budget,
            Fact::TestTiming => &mut self.timing,
            Fact::TestFit => &mut self.fit,
            Fact::TestWorth => &mut self.worth,
            Fact::TestWin => &mut self.win,
            _ => return None,
        })
    }
}

impl Validate for TestAnswers {
    fn validate(&self, check: &mut Check) {
        check_scores(check, "test_", self.by_fact());
    }
}

/// The rule for scores; each is named as its fact without what they have in common.
fn check_scores(check: &mut Check, common: &str, scores: [(Fact, Option<&TestAnswer>); 5]) {
    for (fact, score) in scores {
        if let Some(score) = score {
            let name = fact.as_ref().trim_start_matches(common);
            check.range(&format!("/{name}/score"), score.score, 0, 5);
            check.long(&format!("/{name}/why"), &score.why, 200);
        }
    }
}

/// How strong the five elements of a purchase are; one that is absent is not judged (SIX-01).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct PurchaseElements {
    /// Do they need it?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub need: Option<TestAnswer>,
    /// Do they trust us?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trust: Option<TestAnswer>,
    /// Do they see what it is worth to them?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<TestAnswer>,
    /// Do they take the price?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<TestAnswer>,
    /// Have they seen it at work, and was it good?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub experience: Option<TestAnswer>,
}

impl PurchaseElements {
    /// The scores beside the facts they are.
    #[must_use]
    pub const fn by_fact(&self) -> [(Fact, Option<&TestAnswer>); 5] {
        [
            (Fact::ElementNeed, self.need.as_ref()),
            (Fact::ElementTrust, self.trust.as_ref()),
            (Fact::ElementValue, self.value.as_ref()),
            (Fact::ElementPrice, self.price.as_ref()),
            (Fact::ElementExperience, self.experience.as_ref()),
        ]
    }

    /// The score that a fact stands for.
    pub fn answer_mut(&mut self, fact: Fact) -> Option<&mut Option<TestAnswer>> {
        Some(match fact {
            Fact::ElementNeed => &mut self.need,
            Fact::ElementTrust => &mut self.trust,
            Fact::ElementValue => &mut self.value,
            Fact::ElementPrice => &mut self.price,
            Fact::ElementExperience => &mut self.experience,
            _ => return None,
        })
    }
}

impl Validate for PurchaseElements {
    fn validate(&self, check: &mut Check) {
        check_scores(check, "element_", self.by_fact());
    }
}

/// How much each test counts, in percent. Of the five the first two weigh most (GATE-20).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "see the same fields of `TestAnswers`")]
pub struct TestWeights {
    pub budget: i16,
    pub timing: i16,
    pub fit: i16,
    pub worth: i16,
    pub win: i16,
}

impl Default for TestWeights {
    fn default() -> Self {
        Self {
            budget: 30,
            timing: 25,
            fit: 20,
            worth: 10,
            win: 15,
        }
    }
}

impl TestWeights {
    /// The weights beside the facts they weigh.
    #[must_use]
    pub const fn by_fact(&self) -> [(Fact, i16); 5] {
        [
            (Fact::TestBudget, self.budget),
            (Fact::TestTiming, self.timing),
            (Fact::TestFit, self.fit),
            (Fact::TestWorth, self.worth),
            (Fact::TestWin, self.win),
        ]
    }
}

/// The points it takes, and how they are weighed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TestsRule {
    /// The least points of a hundred.
    pub at_least: i16,
    /// How much each test counts; the weights sum to 100.
    #[serde(default)]
    pub weights: TestWeights,
}

impl Default for TestsRule {
    fn default() -> Self {
        Self {
            at_least: 70,
            weights: TestWeights::default(),
        }
    }
}

impl TestsRule {
    /// The points of a deal, of a hundred; none before all five are answered.
    #[must_use]
    pub fn points(&self, known: &Known<'_>) -> Option<i16> {
        let mut sum = 0;
        for (fact, weight) in self.weights.by_fact() {
            let Some(FactValue::Number(score)) = known.value(fact) else {
                return None;
            };
            sum += i64::from(weight) * score.clamp(0, 5);
        }
        // Half a point counts for the deal.
        i16::try_from((sum * 2 + 5) / 10).ok()
    }

    /// Whether all five were answered and it is not enough: little is to be spent on it (GATE-21).
    #[must_use]
    pub fn is_failed(&self, known: &Known<'_>) -> bool {
        self.points(known)
            .is_some_and(|points| points < self.at_least)
    }

    /// Adds what is wrong with it under `base`.
    pub fn check(&self, check: &mut Check, base: &str) {
        check.range(&format!("{base}/at_least"), self.at_least, 0, 100);
        let mut sum = 0;
        for (fact, weight) in self.weights.by_fact() {
            let name = fact.as_ref().trim_start_matches("test_");
            check.range(&format!("{base}/weights/{name}"), weight, 0, 100);
            sum += i64::from(weight);
        }
        if sum != 100 {
            check.fail(&format!("{base}/weights"), ErrorCode::NotAHundred);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::funnel::gate::{FactSource, Facts};

    /// SIX-01: need, trust, value, price and experience, each from 0 to 5 with a note, are facts of their own.
    #[test]
    fn the_five_elements_of_a_purchase_are_scored_and_asked_for_by_criteria() {
        let mut elements = PurchaseElements::default();
        let names = elements.by_fact().map(|(fact, _)| fact);
        for (fact, score) in names.into_iter().zip(1..) {
            assert_eq!(fact.source(), FactSource::Tests);
            let why = "seen on site".to_owned();
            *elements.answer_mut(fact).unwrap() = Some(TestAnswer { score, why });
        }
        assert!(elements.answer_mut(Fact::TestFit).is_none());
        assert!(elements.validated().is_ok());
        assert_eq!(
            serde_json::to_value(&elements).unwrap()["experience"],
            serde_json::json!({ "score": 5, "why": "seen on site" })
        );
        let mut facts = Facts::default();
        facts.scores(elements.by_fact());
        for (fact, score) in names.into_iter().zip(1..) {
            assert_eq!(facts.values.get(&fact), Some(&FactValue::Number(score)));
        }
    }

    #[test]
    fn a_score_beyond_five_and_a_long_note_are_named() {
        let elements = PurchaseElements {
            trust: Some(TestAnswer {
                score: 6,
                why: "x".repeat(201),
            }),
            ..PurchaseElements::default()
        };
        let faults = elements.validated().unwrap_err();
        let pointers: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/trust/score", "/trust/why"]);
    }
}
