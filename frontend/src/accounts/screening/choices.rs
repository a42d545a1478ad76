//! The answers to a question, in the editor: their words and which way each points.

use super::words::choices;
use crate::api::field_message;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{Button, ButtonSize, Glyph, IconButton, SelectField, TextField};
use shared::accounts::{MAX_CHOICES, Says, ScreeningChoice};
use shared::error::FieldError;
use shared::id::ChoiceId;
use std::rc::Rc;
use yew::prelude::*;

/// What [`Choices`] needs.
#[derive(Properties, PartialEq)]
pub struct ChoicesProps {
    /// The answers.
    pub choices: Vec<ScreeningChoice>,
    /// Where they stand in the body, such as `/criteria/0/test/question`.
    pub base: AttrValue,
    /// What is wrong with the body.
    pub faults: Rc<Vec<FieldError>>,
    /// Gets them changed.
    pub on_change: Callback<Vec<ScreeningChoice>>,
}

/// A new answer without words.
#[must_use]
pub fn new_choice(says: Says) -> ScreeningChoice {
    ScreeningChoice {
        id: ChoiceId(uuid::Uuid::now_v7()),
        name: String::new(),
        says,
    }
}

/// The rows of answers.
#[component]
pub fn Choices(props: &ChoicesProps) -> Html {
    let lang = use_lang();
    let put = |index: usize| {
        let (choices, on_change) = (props.choices.clone(), props.on_change.clone());
        move |edit: &dyn Fn(&mut ScreeningChoice)| {
            let mut next = choices.clone();
            if let Some(choice) = next.get_mut(index) {
                edit(choice);
            }
            on_change.emit(next);
        }
    };
    let add = {
        let (choices, on_change) = (props.choices.clone(), props.on_change.clone());
        Callback::from(move |_: MouseEvent| {
            let mut next = choices.clone();
            next.push(new_choice(Says::Neutral));
            on_change.emit(next);
        })
    };
    let row = |index: usize, choice: &ScreeningChoice| {
        let fault = |field: &str| {
            let pointer = format!("{}/{index}/{field}", props.base);
            let mut faults = props.faults.iter();
            let fault = faults.find(|fault| fault.pointer == pointer)?;
            Some(AttrValue::from(field_message(lang, fault)))
        };
        let (named, said) = (put(index), put(index));
        let on_name = Callback::from(move |text: String| {
            named(&|choice| choice.name.clone_from(&text));
        });
        let on_says = Callback::from(move |value: AttrValue| {
            said(&|choice| choice.says = value.parse().unwrap_or(choice.says));
        });
        let remove = {
            let (choices, on_change) = (props.choices.clone(), props.on_change.clone());
            Callback::from(move |_: MouseEvent| {
                let mut next = choices.clone();
                next.remove(index);
                on_change.emit(next);
            })
        };
        html! {
            <div key={choice.id.to_string()} class="cond choice">
                <TextField label={t!("screening.edit.choice", n = index + 1)} value={choice.name.clone()} on_input={on_name} error={fault("name")} max_length={80} />
                <SelectField label={t!("screening.edit.says")} value={choice.says.as_ref().to_owned()} choices={choices::<Says>(lang, |name| format!("screening.says.{name}"))} on_change={on_says} />
                if props.choices.len() > 2 {
                    <IconButton glyph={Glyph::Close} size={ButtonSize::Small} label={t!("screening.edit.remove_choice", name = choice.name)} on_click={remove} />
                }
            </div>
        }
    };
    let whole = props
        .faults
        .iter()
        .find(|fault| props.base == fault.pointer);
    html! {
        <>
            for (index, choice) in props.choices.iter().enumerate() { { row(index, choice) } }
            if whole.is_some() { <p class="hint err" role="alert">{ t!("screening.edit.none_for") }</p> }
            if props.choices.len() < MAX_CHOICES {
                <div class="row"><Button size={ButtonSize::Small} icon={Glyph::Plus} on_click={add}>{ t!("screening.edit.add_choice") }</Button></div>
            }
        </>
    }
}
