//! The test of a criterion in the editor: of what is on record, or a question with its answers.

use super::super::parts::words;
use super::choices::{Choices, new_choice};
use super::words::choices;
use crate::api::field_message;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{CheckBox, SelectField, TextField};
use shared::accounts::{
    ContactLevel, ManPart, PeopleKnown, Says, ScreeningTest, ScreeningTestKind, SizeBand,
};
use shared::error::FieldError;
use std::rc::Rc;
use strum::IntoEnumIterator;
use yew::prelude::*;

/// What [`TestForm`] needs.
#[derive(Properties, PartialEq)]
pub struct TestFormProps {
    /// The test.
    pub test: ScreeningTest,
    /// Where it stands in the body, such as `/criteria/0/test`.
    pub base: AttrValue,
    /// What is wrong with the body.
    pub faults: Rc<Vec<FieldError>>,
    /// Gets it changed.
    pub on_change: Callback<ScreeningTest>,
}

/// A first test of a kind.
#[must_use]
pub fn first(kind: ScreeningTestKind) -> ScreeningTest {
    match kind {
        ScreeningTestKind::Industry => ScreeningTest::Industry(Vec::new()),
        ScreeningTestKind::Nature => ScreeningTest::Nature(Vec::new()),
        ScreeningTestKind::Region => ScreeningTest::Region(Vec::new()),
        ScreeningTestKind::Size => ScreeningTest::Size(vec![SizeBand::Large]),
        ScreeningTestKind::Employees => ScreeningTest::Employees(50),
        ScreeningTestKind::People => ScreeningTest::People(PeopleKnown {
            level: None,
            at_least: 1,
        }),
        ScreeningTestKind::Man => ScreeningTest::Man(ManPart::Money),
        ScreeningTestKind::SignsWithin => ScreeningTest::SignsWithin(90),
        ScreeningTestKind::Question => {
            ScreeningTest::Question([Says::For, Says::Against].map(new_choice).to_vec())
        }
    }
}

/// Texts as they are typed: with commas of either script between them.
fn parts(text: &str) -> Vec<String> {
    text.split([',', '\u{ff0c}', '\u{3001}'])
        .map(|part| part.trim().to_owned())
        .filter(|part| !part.is_empty())
        .collect()
}

/// The fields of a test.
#[component]
pub fn TestForm(props: &TestFormProps) -> Html {
    let lang = use_lang();
    let kind = ScreeningTestKind::from(&props.test);
    let own = format!("{}/{}", props.base, kind.as_ref());
    let fault = props
        .faults
        .iter()
        .find(|fault| fault.pointer.starts_with(&own))
        .map(|fault| AttrValue::from(field_message(lang, fault)));
    let set = props.on_change.clone();
    let texts = |label: std::borrow::Cow<'static, str>,
                 texts: &[String],
                 made: fn(Vec<String>) -> ScreeningTest| {
        let on_change = set.reform(move |text: String| made(parts(&text)));
        html! { <TextField {label} value={texts.join(", ")} {on_change} error={fault.clone()} hint={t!("screening.edit.commas").into_owned()} /> }
    };
    let number = |label: std::borrow::Cow<'static, str>,
                  value: i32,
                  made: Rc<dyn Fn(i32) -> ScreeningTest>| {
        let on_change = set.reform(move |text: String| made(text.trim().parse().unwrap_or(0)));
        html! { <TextField {label} value={value.to_string()} {on_change} error={fault.clone()} inputmode="numeric" /> }
    };
    match &props.test {
        ScreeningTest::Industry(list) => {
            texts(t!("account.field.industry"), list, ScreeningTest::Industry)
        }
        ScreeningTest::Nature(list) => {
            texts(t!("account.field.nature"), list, ScreeningTest::Nature)
        }
        ScreeningTest::Region(list) => {
            texts(t!("screening.edit.region"), list, ScreeningTest::Region)
        }
        ScreeningTest::Size(chosen) => {
            let one = |size: SizeBand| {
                let is_checked = chosen.contains(&size);
                let chosen = chosen.clone();
                let on_change = set.reform(move |is: bool| {
                    let all = SizeBand::iter();
                    let kept = all.filter(|one| match *one == size {
                        true => is,
                        false => chosen.contains(one),
                    });
                    ScreeningTest::Size(kept.collect())
                });
                html! { <CheckBox key={size.as_ref().to_owned()} label={words(lang, &format!("account.sizes.{}", size.as_ref()))} {is_checked} {on_change} /> }
            };
            html! {
                <fieldset class="cond-values sizes">
                    <legend>{ t!("account.field.size") }</legend>
                    for size in SizeBand::iter() { { one(size) } }
                    if let Some(fault) = fault { <p class="hint err" role="alert">{ fault }</p> }
                </fieldset>
            }
        }
        ScreeningTest::Employees(least) => number(
            t!("screening.edit.employees"),
            *least,
            Rc::new(ScreeningTest::Employees),
        ),
        ScreeningTest::SignsWithin(days) => number(
            t!("screening.edit.days"),
            (*days).into(),
            Rc::new(|days| ScreeningTest::SignsWithin(days.try_into().unwrap_or(0))),
        ),
        ScreeningTest::People(known) => {
            let known = *known;
            let on_level = set.reform(move |value: AttrValue| {
                let level = value.parse().ok();
                ScreeningTest::People(PeopleKnown { level, ..known })
            });
            let made = Rc::new(move |count: i32| {
                let at_least = count.try_into().unwrap_or(0);
                ScreeningTest::People(PeopleKnown { at_least, ..known })
            });
            html! {
                <div class="two">
                    { number(t!("screening.edit.people"), known.at_least.into(), made) }
                    <SelectField label={t!("screening.edit.level")} none={AttrValue::from(t!("screening.edit.any_level").into_owned())} value={known.level.map(|level| level.as_ref().to_owned()).unwrap_or_default()} choices={choices::<ContactLevel>(lang, |name| format!("contact.levels.{name}"))} on_change={on_level} />
                </div>
            }
        }
        ScreeningTest::Man(part) => {
            let on_change = set.reform(move |value: AttrValue| {
                ScreeningTest::Man(value.parse().unwrap_or(ManPart::Money))
            });
            html! { <SelectField label={t!("screening.edit.man")} value={part.as_ref().to_owned()} choices={choices::<ManPart>(lang, |name| format!("screening.man.{name}"))} {on_change} /> }
        }
        ScreeningTest::Question(list) => {
            html! { <Choices choices={list.clone()} base={own} faults={props.faults.clone()} on_change={set.reform(ScreeningTest::Question)} /> }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_parted_by_commas_of_either_script() {
        assert_eq!(
            parts(" 广东，深圳、 Nairobi ,"),
            ["广东", "深圳", "Nairobi"]
        );
    }
}
