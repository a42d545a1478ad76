//! Facts, tests and what is missing, in words.

use crate::format;
use crate::i18n::Lang;
use crate::i18n::t;
use shared::funnel::gate::{
    Criterion, Fact, FactTest, FactValue, Known, MissingCriterion, MissingKind, Test, Truth,
};

/// A fact's name.
#[must_use]
pub fn fact_name(fact: Fact) -> String {
    let key = format!("gate.facts.{}", fact.as_ref());
    t!(&key).into_owned()
}

/// What a test asks.
#[must_use]
pub fn test(lang: Lang, test: &Test) -> String {
    match test {
        Test::Known => t!("gate.tests.known").into_owned(),
        Test::Flag(true) => t!("gate.tests.yes").into_owned(),
        Test::Flag(false) => t!("gate.tests.no").into_owned(),
        Test::AtLeast(least) => {
            t!("gate.tests.at_least", n = format::integer(lang, *least)).into_owned()
        }
        Test::AtMost(most) => {
            t!("gate.tests.at_most", n = format::integer(lang, *most)).into_owned()
        }
        Test::OneOf(texts) => t!("gate.tests.one_of", list = texts.join(" / ")).into_owned(),
    }
}

/// A value as it is read.
#[must_use]
pub fn value(lang: Lang, fact: Fact, value: &FactValue) -> String {
    match value {
        FactValue::Flag(true) => t!("gate.yes").into_owned(),
        FactValue::Flag(false) => t!("gate.no").into_owned(),
        FactValue::Number(number) => format::integer(lang, *number),
        FactValue::Text(text) => match fact {
            Fact::AccountKind => {
                let key = format!("account.kinds.{text}");
                t!(&key).into_owned()
            }
            _ => text.clone(),
        },
    }
}

/// Why a criterion is not met, or by which figures it is.
#[must_use]
pub fn reading(lang: Lang, criterion: &Criterion, known: &Known<'_>) -> Option<String> {
    let mut tests: Vec<&FactTest> = Vec::new();
    criterion.rule.each_test(&mut |one| tests.push(one));
    let is_met = criterion.truth(known) == Truth::True;
    let parts: Vec<String> = tests
        .into_iter()
        .filter(|one| is_met || one.truth(known) != Truth::True)
        .map(|one| {
            let name = fact_name(one.fact);
            let asked = test(lang, &one.is);
            match known.value(one.fact) {
                Some(now) => t!(
                    "gate.reading",
                    fact = name,
                    now = value(lang, one.fact, &now),
                    asked = asked
                ),
                None => t!("gate.reading_unknown", fact = name, asked = asked),
            }
            .into_owned()
        })
        .collect();
    (!parts.is_empty()).then(|| parts.join(&t!("gate.and")))
}

/// What is missing, in words.
#[must_use]
pub fn missing(item: &MissingCriterion) -> String {
    match item.kind {
        MissingKind::Criterion => item.name.clone(),
        kind => {
            let key = format!("gate.missing.{}", kind.as_ref());
            t!(&key).into_owned()
        }
    }
}
