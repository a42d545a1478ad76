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

/// A text's value in words; as it is where anything can be written.
#[must_use]
pub fn text(fact: Fact, text: &str) -> String {
    let list = match fact {
        Fact::AccountKind => "account.kinds",
        Fact::SizeBand => "account.sizes",
        Fact::Prospecting => "board.channels",
        Fact::Screening => "screening.outcomes",
        _ => return text.to_owned(),
    };
    let known = fact.choices().into_iter();
    let mut known = known.filter(|known| known.eq_ignore_ascii_case(text));
    known.next().map_or_else(
        || text.to_owned(),
        |known| {
            let key = format!("{list}.{known}");
            t!(&key).into_owned()
        },
    )
}

/// What a test asks.
#[must_use]
pub fn test(lang: Lang, one: &FactTest) -> String {
    match &one.is {
        Test::Known => t!("gate.tests.known").into_owned(),
        Test::Flag(true) => t!("gate.tests.yes").into_owned(),
        Test::Flag(false) => t!("gate.tests.no").into_owned(),
        Test::AtLeast(least) => {
            t!("gate.tests.at_least", n = format::integer(lang, *least)).into_owned()
        }
        Test::AtMost(most) => {
            t!("gate.tests.at_most", n = format::integer(lang, *most)).into_owned()
        }
        Test::OneOf(texts) => {
            let texts: Vec<String> = texts.iter().map(|value| text(one.fact, value)).collect();
            t!("gate.tests.one_of", list = texts.join(" / ")).into_owned()
        }
    }
}

/// A value as it is read.
#[must_use]
pub fn value(lang: Lang, fact: Fact, value: &FactValue) -> String {
    match value {
        FactValue::Flag(true) => t!("gate.yes").into_owned(),
        FactValue::Flag(false) => t!("gate.no").into_owned(),
        FactValue::Number(number) => format::integer(lang, *number),
        FactValue::Text(value) => text(fact, value),
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
            let asked = test(lang, one);
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
        kind => missing_kind(kind),
    }
}

/// What is missing where it is no criterion, in words.
#[must_use]
pub fn missing_kind(kind: MissingKind) -> String {
    let key = format!("gate.missing.{}", kind.as_ref());
    t!(&key).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::IntoEnumIterator;

    #[test]
    fn whatever_a_coded_fact_may_be_is_read_in_words_and_other_texts_as_they_are() {
        for fact in Fact::iter().filter(|fact| *fact != Fact::Tier) {
            for choice in fact.choices() {
                let words = text(fact, &choice);
                assert!(!words.contains('.') && words != choice, "{choice}: {words}");
                assert_eq!(text(fact, &choice.to_uppercase()), words);
            }
        }
        assert_eq!(text(Fact::SizeBand, "huge"), "huge");
        assert_eq!(text(Fact::Region, "large"), "large");
    }
}
