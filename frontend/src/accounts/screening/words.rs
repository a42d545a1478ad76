//! Verdicts, criteria and what is on record, in words.

use super::super::parts::words;
use crate::format;
use crate::i18n::t;
use crate::i18n::{Lang, counted};
use crate::ui::{Badge, Choice, Tone};
use shared::accounts::{
    ContactLevel, ManPart, ScreeningFacts, ScreeningOutcome, ScreeningTest, SizeBand,
};
use strum::IntoEnumIterator;
use yew::prelude::*;

/// A verdict as a badge.
pub fn badge(lang: Lang, outcome: ScreeningOutcome) -> Html {
    let tone = match outcome {
        ScreeningOutcome::Target => Tone::Positive,
        ScreeningOutcome::Incomplete => Tone::Neutral,
        ScreeningOutcome::Unsuitable => Tone::Warning,
    };
    let is_outline = outcome == ScreeningOutcome::Incomplete;
    html! { <Badge {tone} {is_outline}>{ outcome_name(lang, outcome) }</Badge> }
}

/// The name of a verdict.
pub fn outcome_name(lang: Lang, outcome: ScreeningOutcome) -> AttrValue {
    words(lang, &format!("screening.outcomes.{}", outcome.as_ref()))
}

/// The share that is met beside the one asked for.
pub fn score(lang: Lang, score: i16, asked: i16) -> String {
    let percent = |share: i16| format::percent(lang, share.into());
    t!(
        "screening.score",
        locale = lang.tag(),
        share = percent(score),
        asked = percent(asked)
    )
    .into_owned()
}

/// Every value of an enum as a choice, named by the words under the key of its name.
pub fn choices<T: IntoEnumIterator + AsRef<str>>(
    lang: Lang,
    key: fn(&str) -> String,
) -> Vec<Choice> {
    T::iter()
        .map(|one| {
            let name = one.as_ref().to_owned();
            let label = words(lang, &key(&name));
            Choice::new(name, label)
        })
        .collect()
}

fn size(lang: Lang, size: SizeBand) -> String {
    words(lang, &format!("account.sizes.{}", size.as_ref())).to_string()
}

fn level(lang: Lang, level: ContactLevel) -> String {
    words(lang, &format!("contact.levels.{}", level.as_ref())).to_string()
}

fn man(lang: Lang, part: ManPart) -> String {
    words(lang, &format!("account.field.man_{}", part.as_ref())).to_string()
}

/// What a test of the record asks; nothing of a question, which its criterion's name asks.
pub fn test(lang: Lang, test: &ScreeningTest) -> Option<String> {
    let list = |key: &str, parts: &[String]| {
        t!(key, locale = lang.tag(), list = parts.join(" / ")).into_owned()
    };
    Some(match test {
        ScreeningTest::Industry(texts) => list("screening.asks.industry", texts),
        ScreeningTest::Nature(texts) => list("screening.asks.nature", texts),
        ScreeningTest::Region(texts) => list("screening.asks.region", texts),
        ScreeningTest::Size(sizes) => {
            let sizes: Vec<String> = sizes.iter().map(|one| size(lang, *one)).collect();
            list("screening.asks.size", &sizes)
        }
        ScreeningTest::Employees(least) => {
            counted(lang, "screening.asks.employees", (*least).into()).to_string()
        }
        ScreeningTest::People(known) => {
            let text = counted(lang, "screening.asks.people", known.at_least.into());
            match known.level {
                Some(of) => t!(
                    "timeline.dot",
                    locale = lang.tag(),
                    a = text,
                    b = level(lang, of)
                )
                .into_owned(),
                None => text.to_string(),
            }
        }
        ScreeningTest::Man(part) => list("screening.asks.man", &[man(lang, *part)]),
        ScreeningTest::SignsWithin(most) => {
            counted(lang, "screening.asks.signs_within", (*most).into()).to_string()
        }
        ScreeningTest::Question(_) => return None,
    })
}

/// What is on record for a test.
pub fn found(lang: Lang, test: &ScreeningTest, facts: &ScreeningFacts) -> Option<String> {
    match test {
        ScreeningTest::Industry(_) => facts.industry.clone(),
        ScreeningTest::Nature(_) => facts.nature.clone(),
        ScreeningTest::Region(_) => facts.region.clone(),
        ScreeningTest::Size(_) => facts.size.map(|one| size(lang, one)),
        ScreeningTest::Employees(_) => facts
            .employees
            .map(|staff| format::integer(lang, staff.into())),
        ScreeningTest::People(known) => Some(format::integer(lang, facts.people.of(known.level))),
        ScreeningTest::Man(part) => {
            let is = match part {
                ManPart::Money => facts.money,
                ManPart::Authority => facts.authority,
                ManPart::Need => facts.need,
            };
            let word = |is: bool| if is { "screening.yes" } else { "screening.no" };
            is.map(|is| words(lang, word(is)).to_string())
        }
        ScreeningTest::SignsWithin(_) => facts
            .days_to_sign
            .map(|days| counted(lang, "screening.days", days.into()).to_string()),
        ScreeningTest::Question(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::accounts::{PeopleCount, ScreeningRules};
    use shared::identity::Locale;

    #[test]
    fn every_test_of_the_record_is_told_with_what_is_known() {
        let rules = ScreeningRules::usual(uuid::Uuid::nil().into(), Locale::En);
        let facts = ScreeningFacts {
            need: Some(true),
            people: PeopleCount {
                deciding: 2,
                ..PeopleCount::default()
            },
            days_to_sign: Some(1),
            ..ScreeningFacts::default()
        };
        let told: Vec<_> = rules
            .criteria
            .iter()
            .filter_map(|one| {
                let asks = test(Lang::En, &one.test)?;
                Some((asks, found(Lang::En, &one.test, &facts)))
            })
            .collect();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            told,
            [
                (
                    "At least 1 person known \u{b7} Deciding".to_owned(),
                    some("2")
                ),
                ("Need: yes".to_owned(), some("Yes")),
                ("Money: yes".to_owned(), None),
                ("A purchase within 180 days".to_owned(), some("1 day")),
            ]
        );
        let size = ScreeningTest::Size(vec![SizeBand::Small, SizeBand::Large]);
        assert_eq!(
            test(Lang::En, &size).as_deref(),
            Some("Size: Small / Large")
        );
    }
}
