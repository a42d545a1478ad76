//! A fact being edited: its control, what is wrong with it, and what somebody else wrote meanwhile.

use super::edit::{EditAction, Fault, Open};
use super::facts::{Editor, value};
use super::foreseen::Foreseen;
use crate::accounts::fields::{AccountField, Control, answer_parts, joined_answer};
use crate::accounts::parts::{AccountPicker, PersonPicker, words};
use crate::api::field_message;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::field::event_value;
use crate::ui::{Button, ButtonKind, ButtonSize, Choice, Glyph, Icon, SelectField};
use yew::prelude::*;

/// What [`FactForm`] needs.
#[derive(Properties, PartialEq)]
pub struct FactFormProps {
    /// The field that is open.
    pub open: Open,
    /// Its name.
    pub label: AttrValue,
    /// Editing in place.
    pub editor: Editor,
}

/// A field being edited.
#[component]
pub fn FactForm(props: &FactFormProps) -> Html {
    let lang = use_lang();
    let (open, editor) = (&props.open, &props.editor);
    let state = editor.state.dispatcher();
    let onsubmit = editor
        .save
        .reform(|event: SubmitEvent| event.prevent_default());
    let cancel = {
        let state = state.clone();
        Callback::from(move |()| state.dispatch(EditAction::Cancelled))
    };
    let onkeydown = {
        let cancel = cancel.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" && !event.default_prevented() {
                event.stop_propagation();
                cancel.emit(());
            }
        })
    };
    let typed = Callback::from(move |text: String| state.dispatch(EditAction::Typed(text)));
    let error = match &open.fault {
        Some(Fault::Refused(fault)) => Some(field_message(lang, fault)),
        Some(Fault::Failed(error)) => Some(error.message(lang)),
        Some(Fault::Changed(_)) | None => None,
    };
    let is_foreseen =
        open.field == AccountField::OwnerId || AccountField::SIGNS.contains(&open.field);
    html! {
        <form class="fact-form" {onsubmit} {onkeydown} novalidate=true>
            <Input open={open.clone()} label={props.label.clone()} editor={editor.clone()} on_typed={typed.clone()} is_bad={error.is_some()} />
            if let Some(error) = error { <p class="hint err" role="alert" id="fact-error"><Icon glyph={Glyph::Alert} /><span>{ error }</span></p> }
            if is_foreseen { <Foreseen open={open.clone()} editor={editor.clone()} /> }
            if let Some(Fault::Changed(theirs)) = &open.fault { <Changed theirs={theirs.clone()} open={open.clone()} on_take={cancel.clone()} editor={editor.clone()} /> }
            <div class="row">
                <Button kind={ButtonKind::Primary} size={ButtonSize::Small} is_submit=true is_busy={open.is_saving}>
                    { if matches!(open.fault, Some(Fault::Changed(_))) { t!("account.keep_mine") } else { t!("ui.save") } }
                </Button>
                <Button size={ButtonSize::Small} on_click={cancel.reform(|_| ())}>{ t!("ui.cancel") }</Button>
            </div>
        </form>
    }
}

#[derive(Properties, PartialEq)]
struct ChangedProps {
    theirs: String,
    open: Open,
    editor: Editor,
    on_take: Callback<()>,
}

/// Somebody changed the same field meanwhile: their value, and a way to take it.
#[component]
fn Changed(props: &ChangedProps) -> Html {
    let lang = use_lang();
    // The account already holds their value, so it is drawn as any other.
    let shown = if props.theirs.is_empty() {
        html! { { t!("account.nothing") } }
    } else {
        value(lang, props.open.field, &props.editor)
    };
    let action = html! { <Button size={ButtonSize::Small} on_click={props.on_take.reform(|_| ())}>{ t!("account.take_theirs") }</Button> };
    html! {
        <crate::ui::Notice tone={crate::ui::Tone::Accent} is_alert=true {action}>{ t!("account.changed_to") }{ " " }<b>{ shown }</b></crate::ui::Notice>
    }
}

#[derive(Properties, PartialEq)]
struct InputProps {
    open: Open,
    label: AttrValue,
    editor: Editor,
    on_typed: Callback<String>,
    is_bad: bool,
}

/// The control of a field.
#[component]
fn Input(props: &InputProps) -> Html {
    let lang = use_lang();
    let field = props.open.field;
    let value: AttrValue = props.open.input.clone().into();
    let oninput = props
        .on_typed
        .reform(|event: InputEvent| event_value(&event));
    let first = use_node_ref();
    use_effect_with((), {
        let first = first.clone();
        move |()| focus_within(&first)
    });
    let control = match field.control() {
        Control::Line | Control::Number => html! {
            <input class="input" type="text" aria-label={props.label.clone()} {value} {oninput} autocomplete="off"
                inputmode={matches!(field.control(), Control::Number).then_some("numeric")}
                aria-invalid={props.is_bad.then_some("true")} aria-describedby={props.is_bad.then_some("fact-error")} />
        },
        Control::Lines => html! {
            <textarea class="input" rows="2" aria-label={props.label.clone()} {value} {oninput}
                aria-invalid={props.is_bad.then_some("true")} aria-describedby={props.is_bad.then_some("fact-error")} />
        },
        Control::Day => html! {
            <input class="input" type="date" aria-label={props.label.clone()} {value} {oninput}
                aria-invalid={props.is_bad.then_some("true")} aria-describedby={props.is_bad.then_some("fact-error")} />
        },
        Control::Flag => html! {
            <SelectField is_label_hidden=true label={props.label.clone()} {value} choices={answers()} none={t!("account.answers.unknown")} on_change={props.on_typed.reform(|value: AttrValue| value.to_string())} />
        },
        Control::Answer => {
            html! { <AnswerInput label={props.label.clone()} {value} on_typed={props.on_typed.clone()} /> }
        }
        Control::Choice(names, has_none) => {
            let section = match field {
                AccountField::Kind => "account.kinds",
                AccountField::Size => "account.sizes",
                AccountField::Prospecting => "board.channels",
                _ => "account.tiers",
            };
            let choices = names
                .iter()
                .map(|name| Choice::new(*name, words(lang, &format!("{section}.{name}"))))
                .collect::<Vec<_>>();
            html! { <SelectField is_label_hidden=true label={props.label.clone()} {value} {choices} none={has_none.then(|| AttrValue::from(t!("account.nothing")))} on_change={props.on_typed.reform(|value: AttrValue| value.to_string())} /> }
        }
        Control::Person => html! {
            <PersonPicker is_label_hidden=true label={props.label.clone()} {value} none={t!("account.no_owner")} people={props.editor.people.clone()} on_change={props.on_typed.clone()} />
        },
        Control::Account => {
            html! { <ParentInput label={props.label.clone()} editor={props.editor.clone()} on_typed={props.on_typed.clone()} /> }
        }
    };
    html! {
        <div ref={first} class="control">
            { control }
            if let Some(hint) = hint(field) { <p class="hint">{ hint }</p> }
        </div>
    }
}

/// Yes and no as choices.
fn answers() -> Vec<Choice> {
    vec![
        Choice::new("yes", t!("account.answers.yes")),
        Choice::new("no", t!("account.answers.no")),
    ]
}

#[derive(Properties, PartialEq)]
struct AnswerInputProps {
    label: AttrValue,
    value: AttrValue,
    on_typed: Callback<String>,
}

/// An answer with what it rests on.
#[component]
fn AnswerInput(props: &AnswerInputProps) -> Html {
    use_lang();
    let (word, note) = answer_parts(&props.value);
    let (word, note) = (word.to_owned(), note.to_owned());
    let on_word = {
        let (note, on_typed) = (note.clone(), props.on_typed.clone());
        Callback::from(move |word: AttrValue| on_typed.emit(joined_answer(&word, &note)))
    };
    let oninput = {
        let (word, on_typed) = (word.clone(), props.on_typed.clone());
        Callback::from(move |event: InputEvent| {
            on_typed.emit(joined_answer(&word, &event_value(&event)));
        })
    };
    html! {
        <>
            <SelectField is_label_hidden=true label={props.label.clone()} value={word} choices={answers()} none={t!("account.answers.unknown")} on_change={on_word} />
            <input class="input" type="text" aria-label={t!("account.answers.note_of", field = props.label.to_string())} placeholder={t!("account.answers.note")} value={note} {oninput} maxlength="500" autocomplete="off" />
        </>
    }
}

fn hint(field: AccountField) -> Option<String> {
    match field {
        AccountField::Phones | AccountField::Tags => Some(t!("account.several").into_owned()),
        AccountField::ExternalIds => Some(t!("account.external_hint").into_owned()),
        AccountField::ValuesIt => Some(t!("account.worth_hint").into_owned()),
        AccountField::PurchaseOn => Some(t!("account.purchase_hint").into_owned()),
        _ => None,
    }
}

#[derive(Properties, PartialEq)]
struct ParentInputProps {
    label: AttrValue,
    editor: Editor,
    on_typed: Callback<String>,
}

#[component]
fn ParentInput(props: &ParentInputProps) -> Html {
    let account = &props.editor.account;
    let text = use_state_eq(|| {
        account
            .parent_id
            .and_then(|id| props.editor.names.get(id.0))
            .map(AttrValue::from)
            .unwrap_or_default()
    });
    let on_pick = {
        let (text, on_typed) = (text.setter(), props.on_typed.clone());
        Callback::from(move |picked: Option<(shared::id::AccountId, AttrValue)>| {
            on_typed.emit(
                picked
                    .as_ref()
                    .map(|(id, _)| id.to_string())
                    .unwrap_or_default(),
            );
            text.set(picked.map(|(_, name)| name).unwrap_or_default());
        })
    };
    html! { <AccountPicker label={props.label.clone()} text={(*text).clone()} except={Some(account.id)} {on_pick} /> }
}

/// Puts the focus on the first control inside.
fn focus_within(element: &NodeRef) {
    use wasm_bindgen::JsCast;
    let control = element
        .cast::<web_sys::Element>()
        .and_then(|element| {
            element
                .query_selector("input, select, textarea")
                .ok()
                .flatten()
        })
        .and_then(|control| control.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(control) = control {
        let _ = control.focus();
    }
}
