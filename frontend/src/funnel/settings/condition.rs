//! A criterion's rule as rows: evidence and tests of facts, all or any of which must hold.

use crate::funnel::gate::words;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{Button, ButtonSize, CheckBox, Choice, Glyph, IconButton, SelectField, TextField};
use shared::funnel::gate::{Fact, FactKind, FactSource, FactTest, Rule, Test};
use strum::IntoEnumIterator;
use yew::prelude::*;

/// A rule that fits into rows: one level of "all" or "any" over evidence and facts.
#[derive(Debug, Clone, PartialEq)]
pub struct Conditions {
    /// Whether one of them is enough.
    pub is_any: bool,
    /// What must hold; never empty.
    pub parts: Vec<Part>,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// Evidence was filed.
    Evidence,
    /// A fact passes a test.
    Fact(FactTest),
}

impl Conditions {
    /// The rule in rows; none when it is nested deeper, as only the API can write it.
    #[must_use]
    pub fn read(rule: &Rule) -> Option<Self> {
        let (is_any, list) = match rule {
            Rule::All(list) => (false, list.as_slice()),
            Rule::Any(list) => (true, list.as_slice()),
            one => (false, std::slice::from_ref(one)),
        };
        let parts = list.iter().map(|part| match part {
            Rule::Evidence => Some(Part::Evidence),
            Rule::Fact(test) => Some(Part::Fact(test.clone())),
            _ => None,
        });
        let parts: Vec<Part> = parts.collect::<Option<_>>()?;
        (!parts.is_empty()).then_some(Self { is_any, parts })
    }

    /// The rows as a rule.
    #[must_use]
    pub fn rule(&self) -> Rule {
        let mut parts: Vec<Rule> = self
            .parts
            .iter()
            .map(|part| match part {
                Part::Evidence => Rule::Evidence,
                Part::Fact(test) => Rule::Fact(test.clone()),
            })
            .collect();
        match (parts.len(), self.is_any) {
            (1, _) => parts.remove(0),
            (_, false) => Rule::All(parts),
            (_, true) => Rule::Any(parts),
        }
    }
}

/// What [`Condition`] needs.
#[derive(Properties, PartialEq)]
pub struct ConditionProps {
    /// The rows.
    pub conditions: Conditions,
    /// Gets them changed.
    pub on_change: Callback<Conditions>,
}

/// The rows of a rule.
#[component]
pub fn Condition(props: &ConditionProps) -> Html {
    use_lang();
    let conditions = &props.conditions;
    let emit = {
        let (conditions, on_change) = (conditions.clone(), props.on_change.clone());
        move |change: &dyn Fn(&mut Conditions)| {
            let mut next = conditions.clone();
            change(&mut next);
            on_change.emit(next);
        }
    };
    let is_many = conditions.parts.len() > 1;
    let matches = vec![
        Choice::new("all", t!("gate.edit.match_all").into_owned()),
        Choice::new("any", t!("gate.edit.match_any").into_owned()),
    ];
    let on_match = {
        let emit = emit.clone();
        Callback::from(move |value: AttrValue| emit(&|all| all.is_any = value == "any"))
    };
    let add = {
        let emit = emit.clone();
        Callback::from(move |_: MouseEvent| emit(&|all| all.parts.push(first(Fact::Amount))))
    };
    let row = |index: usize, part: &Part| {
        let put = {
            let (conditions, on_change) = (conditions.clone(), props.on_change.clone());
            move |new: Part| {
                let mut next = conditions.clone();
                if let Some(old) = next.parts.get_mut(index) {
                    *old = new;
                }
                on_change.emit(next);
            }
        };
        let on_proof = {
            let put = put.clone();
            Callback::from(move |value: AttrValue| {
                put(value.parse().map_or(Part::Evidence, first));
            })
        };
        let test = match part {
            Part::Evidence => None,
            Part::Fact(test) => Some(test.clone()),
        };
        let set = test.clone().map(|test| {
            let put = put.clone();
            Callback::from(move |is: Test| {
                let fact = test.fact;
                put(Part::Fact(FactTest { fact, is }));
            })
        });
        let remove = {
            let emit = emit.clone();
            Callback::from(move |_: MouseEvent| emit(&|all| _ = all.parts.remove(index)))
        };
        html! {
            <div key={index} class={classes!("cond", test.is_none().then_some("lone"))}>
                <SelectField label={t!("gate.edit.proof")} value={test.as_ref().map_or("evidence".to_owned(), |test| test.fact.as_ref().to_owned())} choices={proofs()} on_change={on_proof} />
                if let (Some(test), Some(set)) = (test, set) { { asked(&test, &set) } }
                if is_many { <IconButton glyph={Glyph::Close} label={t!("gate.edit.remove_condition")} size={ButtonSize::Small} on_click={remove} /> }
            </div>
        }
    };
    html! {
        <>
            if is_many {
                <SelectField label={t!("gate.edit.match")} value={if conditions.is_any { "any" } else { "all" }} choices={matches} on_change={on_match} />
            }
            for (index, part) in conditions.parts.iter().enumerate() { { row(index, part) } }
            <div class="row"><Button size={ButtonSize::Small} icon={Glyph::Plus} on_click={add}>{ t!("gate.edit.add_condition") }</Button></div>
        </>
    }
}

/// A first test of a fact.
fn first(fact: Fact) -> Part {
    let is = match fact.kind() {
        FactKind::Flag => Test::Flag(true),
        FactKind::Number => Test::AtLeast(1),
        FactKind::Text => Test::Known,
    };
    Part::Fact(FactTest { fact, is })
}

/// What can show that a criterion is met.
fn proofs() -> Vec<Choice> {
    let evidence = Choice::new("evidence", t!("gate.edit.by_evidence").into_owned());
    let facts = Fact::iter().map(|fact| {
        let name = words::fact_name(fact);
        let label = match fact.source() {
            FactSource::Later => t!("gate.edit.fact_later", fact = name),
            _ => t!("gate.edit.by_fact", fact = name),
        };
        Choice::new(fact.as_ref().to_owned(), label.into_owned())
    });
    std::iter::once(evidence).chain(facts).collect()
}

/// The comparison and its value.
fn asked(test: &FactTest, set: &Callback<Test>) -> Html {
    let choice = |value: &'static str, words: std::borrow::Cow<'static, str>| {
        Choice::new(value, words.into_owned())
    };
    let (choices, now) = match test.fact.kind() {
        FactKind::Flag => (
            vec![
                choice("yes", t!("gate.tests.yes")),
                choice("no", t!("gate.tests.no")),
            ],
            if test.is == Test::Flag(false) {
                "no"
            } else {
                "yes"
            },
        ),
        FactKind::Number => (
            vec![
                choice("at_least", t!("gate.tests.at_least", n = "")),
                choice("at_most", t!("gate.tests.at_most", n = "")),
                choice("known", t!("gate.tests.known")),
            ],
            match test.is {
                Test::AtMost(_) => "at_most",
                Test::Known => "known",
                _ => "at_least",
            },
        ),
        FactKind::Text => (
            vec![
                choice("known", t!("gate.tests.known")),
                choice("one_of", t!("gate.tests.one_of", list = "\u{2026}")),
            ],
            if matches!(test.is, Test::OneOf(_)) {
                "one_of"
            } else {
                "known"
            },
        ),
    };
    let number = match &test.is {
        Test::AtLeast(number) | Test::AtMost(number) => Some(*number),
        _ => None,
    };
    let texts = match &test.is {
        Test::OneOf(texts) => Some(texts),
        _ => None,
    };
    let is_coded = !test.fact.choices().is_empty();
    let on_comparison = {
        let (set, number) = (set.clone(), number.unwrap_or(1));
        Callback::from(move |value: AttrValue| {
            set.emit(match value.as_str() {
                "yes" => Test::Flag(true),
                "no" => Test::Flag(false),
                "at_least" => Test::AtLeast(number),
                "at_most" => Test::AtMost(number),
                "one_of" => Test::OneOf(Vec::new()),
                _ => Test::Known,
            });
        })
    };
    let on_number = {
        let (set, is_most) = (set.clone(), matches!(test.is, Test::AtMost(_)));
        Callback::from(move |text: String| {
            let number = text.trim().parse().unwrap_or(0);
            set.emit(if is_most {
                Test::AtMost(number)
            } else {
                Test::AtLeast(number)
            });
        })
    };
    let on_texts = {
        let set = set.clone();
        Callback::from(move |text: String| {
            let parts = text.split([',', '\u{ff0c}', '\u{3001}']);
            let parts = parts.map(|part| part.trim().to_owned());
            set.emit(Test::OneOf(parts.filter(|part| !part.is_empty()).collect()));
        })
    };
    html! {
        <>
            <SelectField label={t!("gate.edit.comparison")} value={now} {choices} on_change={on_comparison} />
            if let Some(number) = number {
                <TextField label={t!("gate.edit.value")} value={number.to_string()} on_change={on_number} inputmode="numeric" />
            } else if let Some(texts) = texts.filter(|_| !is_coded) {
                <TextField label={t!("gate.edit.values")} value={texts.join(", ")} on_change={on_texts} />
            } else {
                <span />
            }
            if let Some(texts) = texts.filter(|_| is_coded) { { chosen(test.fact, texts, set) } }
        </>
    }
}

/// The values of a fact that has but a few, to be ticked; one that it never has can be taken away.
fn chosen(fact: Fact, texts: &[String], set: &Callback<Test>) -> Html {
    let mut all = fact.choices();
    let known = |text: &&String| all.iter().any(|choice| choice.eq_ignore_ascii_case(text));
    let others: Vec<String> = texts.iter().filter(|text| !known(text)).cloned().collect();
    all.extend(others);
    let one = |choice: String| {
        let rest: Vec<String> = texts
            .iter()
            .filter(|text| !text.eq_ignore_ascii_case(&choice))
            .cloned()
            .collect();
        let is_checked = rest.len() < texts.len();
        let label = words::text(fact, &choice);
        let (set, ticked) = (set.clone(), choice.clone());
        let on_change = Callback::from(move |is_on: bool| {
            let ticked = is_on.then(|| ticked.clone());
            set.emit(Test::OneOf(rest.iter().cloned().chain(ticked).collect()));
        });
        html! { <CheckBox key={choice} {label} {is_checked} {on_change} /> }
    };
    html! {
        <fieldset class="cond-values">
            <legend class="sr">{ t!("gate.edit.chosen_values") }</legend>
            for choice in all { { one(choice) } }
        </fieldset>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_written_as_the_rule_they_were_read_from_and_deeper_rules_are_left_alone() {
        let fact = |least| {
            Rule::Fact(FactTest {
                fact: Fact::People,
                is: Test::AtLeast(least),
            })
        };
        for rule in [
            Rule::Evidence,
            fact(2),
            Rule::All(vec![Rule::Evidence, fact(1)]),
            Rule::Any(vec![fact(1), fact(3)]),
        ] {
            assert_eq!(Conditions::read(&rule).unwrap().rule(), rule);
        }
        let deep = Rule::All(vec![Rule::Not(Box::new(Rule::Evidence))]);
        assert_eq!(Conditions::read(&deep), None);
    }
}
