//! A fact of a deal, edited in place: the pencil opens it, Enter saves, Escape gives up. What somebody
//! else changed meanwhile is never written over silently.

use super::fields::{Control, DealField};
use crate::accounts::parts::{AccountPicker, PersonPicker};
use crate::api::{ApiError, field_message, use_api};
use crate::browser;
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::field::event_value;
use crate::ui::{
    Button, ButtonKind, ButtonSize, Choice, Glyph, Icon, IconButton, Notice, SelectField, Toast,
    Tone, use_toasts,
};
use shared::funnel::Deal;
use shared::id::AccountId;
use shared::identity::User;
use shared::money::Currency;
use std::rc::Rc;
use yew::prelude::*;

/// A field's name.
#[must_use]
pub fn label(field: DealField) -> AttrValue {
    let key = format!("deal.field.{}", field.as_ref());
    t!(&key).into_owned().into()
}

/// What [`Fact`] needs.
#[derive(Properties, PartialEq)]
pub struct FactProps {
    /// Which field.
    pub field: DealField,
    /// The deal as it is known now.
    pub deal: Rc<Deal>,
    /// The colleagues.
    pub people: Rc<Vec<User>>,
    /// The currency of an amount that has none yet.
    pub house: Currency,
    /// Whether it may be changed.
    pub can_edit: bool,
    /// Gets the deal whenever a newer one is known.
    pub on_deal: Callback<Deal>,
    /// The value as it is read.
    #[prop_or_default]
    pub children: Html,
}

/// One fact with its pencil, or being edited.
#[component]
pub fn Fact(props: &FactProps) -> Html {
    use_lang();
    let is_open = use_state_eq(|| false);
    let field = props.field;
    let label = label(field);
    let pencil = format!("edit-{}", field.as_ref());
    let was_open = use_mut_ref(|| false);
    use_effect_with(*is_open, {
        let pencil = pencil.clone();
        move |is_open| {
            // The focus comes back to the pencil when the field closes.
            if was_open.replace(*is_open) && !is_open {
                browser::focus(&pencil);
            }
        }
    });
    let set = |to: bool| {
        let is_open = is_open.setter();
        Callback::from(move |()| is_open.set(to))
    };
    let is_long = matches!(field.control(), Control::Lines).then_some("is-long");
    html! {
        <div class={classes!("fact", is_open.then_some("is-open"), is_long)}>
            <dt>{ label.clone() }</dt>
            <dd>
                if *is_open {
                    <FactForm
                        {field}
                        {label}
                        deal={props.deal.clone()}
                        people={props.people.clone()}
                        house={props.house}
                        on_deal={props.on_deal.clone()}
                        on_close={set(false)}
                    />
                } else {
                    <span class="value">{ props.children.clone() }</span>
                    if props.can_edit {
                        <IconButton id={pencil} glyph={Glyph::Edit} label={t!("deal.edit", field = label)} size={ButtonSize::Small} class="pencil" on_click={set(true).reform(|_| ())} />
                    }
                }
            </dd>
        </div>
    }
}

/// What went wrong with the field being edited.
#[derive(Debug, Clone, PartialEq)]
enum Fault {
    /// It is not acceptable, or could not be saved.
    Said(String),
    /// Somebody changed it to this meanwhile.
    Changed(String),
}

/// What [`FactForm`] needs.
#[derive(Properties, PartialEq)]
pub struct FactFormProps {
    /// Which field.
    pub field: DealField,
    /// Its name.
    pub label: AttrValue,
    /// The deal.
    pub deal: Rc<Deal>,
    /// The colleagues.
    pub people: Rc<Vec<User>>,
    /// The currency of an amount that has none yet.
    pub house: Currency,
    /// Gets the deal whenever a newer one is known.
    pub on_deal: Callback<Deal>,
    /// Closes it.
    pub on_close: Callback<()>,
}

/// A field being edited.
#[component]
pub fn FactForm(props: &FactFormProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let field = props.field;
    let first = use_memo((), |()| field.read(&props.deal));
    let text = use_state_eq(|| (*first).clone());
    // What the person's change begins from; another value of the deal is somebody else's change.
    let base = use_state_eq(|| (*first).clone());
    let fault = use_state_eq(|| None::<Fault>);
    let is_busy = use_state_eq(|| false);
    let currency = props
        .deal
        .amount
        .map_or(props.house, |money| money.currency);
    let onsubmit = {
        let (text, fault, is_busy, deal) = (
            text.clone(),
            fault.clone(),
            is_busy.clone(),
            props.deal.clone(),
        );
        let (on_deal, on_close) = (props.on_deal.clone(), props.on_close.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if *is_busy {
                return;
            }
            let now = field.read(&deal);
            if *text == now {
                return on_close.emit(());
            }
            if now != *base {
                base.set(now.clone());
                return fault.set(Some(Fault::Changed(now)));
            }
            let patch = match field.write(&text, currency) {
                Ok(patch) => patch,
                Err(wrong) => return fault.set(Some(Fault::Said(field_message(lang, &wrong)))),
            };
            is_busy.set(true);
            let (api, toasts, fault, is_busy) = (
                api.clone(),
                toasts.clone(),
                fault.setter(),
                is_busy.setter(),
            );
            let (on_deal, on_close, before, base) = (
                on_deal.clone(),
                on_close.clone(),
                deal.clone(),
                base.setter(),
            );
            browser::spawn(async move {
                let mut version = before.version;
                let outcome = loop {
                    match api.patch_deal(before.id, version, &patch).await {
                        Ok(saved) => {
                            on_deal.emit(saved);
                            toasts.show(Toast::done(t!("deal.saved", locale = lang.tag())));
                            on_close.emit(());
                            break None;
                        }
                        Err(error) => match current(&error) {
                            // Something else was changed: the person's change goes on top of it.
                            Some(now) if field.read(&now) == field.read(&before) => {
                                version = now.version;
                                on_deal.emit(now);
                            }
                            Some(now) => {
                                let theirs = field.read(&now);
                                base.set(theirs.clone());
                                on_deal.emit(now);
                                break Some(Fault::Changed(theirs));
                            }
                            None => {
                                let said = error.field(lang, &field.pointer());
                                break Some(Fault::Said(
                                    said.unwrap_or_else(|| error.message(lang)),
                                ));
                            }
                        },
                    }
                };
                is_busy.set(false);
                fault.set(outcome);
            });
        })
    };
    let onkeydown = {
        let on_close = props.on_close.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" && !event.default_prevented() {
                event.stop_propagation();
                on_close.emit(());
            }
        })
    };
    let on_typed = {
        let (text, fault) = (text.setter(), fault.setter());
        Callback::from(move |typed: String| {
            text.set(typed);
            fault.set(None);
        })
    };
    let is_bad = matches!(*fault, Some(Fault::Said(_)));
    html! {
        <form class="fact-form" {onsubmit} {onkeydown} novalidate=true>
            <Input {field} label={props.label.clone()} text={(*text).clone()} deal={props.deal.clone()} people={props.people.clone()} {currency} {on_typed} {is_bad} />
            { said(fault.as_ref()) }
            <div class="row">
                <Button kind={ButtonKind::Primary} size={ButtonSize::Small} is_submit=true is_busy={*is_busy}>{ t!("deal.save") }</Button>
                <Button size={ButtonSize::Small} on_click={props.on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
            </div>
        </form>
    }
}

fn said(fault: Option<&Fault>) -> Html {
    match fault {
        Some(Fault::Said(said)) => html! {
            <p class="hint err" role="alert" id="fact-error"><Icon glyph={Glyph::Alert} /><span>{ said.clone() }</span></p>
        },
        Some(Fault::Changed(theirs)) => html! {
            <Notice tone={Tone::Accent} is_alert=true>{ t!("deal.theirs", text = theirs) }</Notice>
        },
        None => Html::default(),
    }
}

/// The deal as it is now, when the error says that it was changed meanwhile.
#[must_use]
pub fn current(error: &ApiError) -> Option<Deal> {
    match error {
        ApiError::Problem(problem) if error.is_stale() => {
            serde_json::from_value(problem.current.clone()?).ok()
        }
        _ => None,
    }
}

#[derive(Properties, PartialEq)]
struct InputProps {
    field: DealField,
    label: AttrValue,
    text: String,
    deal: Rc<Deal>,
    people: Rc<Vec<User>>,
    currency: Currency,
    on_typed: Callback<String>,
    is_bad: bool,
}

/// The control of a field.
#[component]
fn Input(props: &InputProps) -> Html {
    use_lang();
    let control = use_node_ref();
    use_effect_with((), {
        let control = control.clone();
        move |()| {
            let element = control.cast::<web_sys::Element>();
            let input = element.and_then(|element| {
                element
                    .query_selector("input, select, textarea")
                    .ok()
                    .flatten()
            });
            let input = input.and_then(|input| {
                wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(input).ok()
            });
            if let Some(input) = input {
                let _ = input.focus();
            }
        }
    });
    let InputProps {
        label,
        text,
        on_typed,
        is_bad,
        ..
    } = props;
    let value = AttrValue::from(text.clone());
    let oninput = on_typed.reform(|event: InputEvent| event_value(&event));
    let invalid = is_bad.then_some("true");
    let described = is_bad.then_some("fact-error");
    let line = |kind: &'static str, mode: Option<&'static str>| {
        html! {
            <input class="input" type={kind} inputmode={mode} aria-label={label.clone()} value={value.clone()} oninput={oninput.clone()} autocomplete="off" aria-invalid={invalid} aria-describedby={described} />
        }
    };
    let inner = match props.field.control() {
        Control::Line => line("text", None),
        Control::Day => line("date", None),
        Control::Percent => line("text", Some("numeric")),
        Control::Money => html! {
            <>
                { line("text", Some("decimal")) }
                <p class="hint">{ props.currency.to_string() }{ " \u{b7} " }{ t!("deal.amount_hint") }</p>
            </>
        },
        Control::Lines => html! {
            <>
                <textarea class="input" rows="2" aria-label={label.clone()} {value} {oninput} aria-invalid={invalid} aria-describedby={described} />
                if props.field == DealField::ExternalIds { <p class="hint">{ t!("deal.external_hint") }</p> }
            </>
        },
        Control::Person => html! {
            <PersonPicker is_label_hidden=true label={label.clone()} {value} none={t!("deal.nobody").into_owned()} people={props.people.clone()} on_change={on_typed.clone()} />
        },
        Control::Reason => {
            let choices: Vec<_> = words::reasons()
                .map(|reason| Choice::new(reason.as_ref().to_owned(), words::reason_name(reason)))
                .collect();
            html! { <SelectField is_label_hidden=true label={label.clone()} {value} {choices} on_change={on_typed.reform(|value: AttrValue| value.to_string())} /> }
        }
        Control::Account => {
            html! { <AccountInput label={label.clone()} deal={props.deal.clone()} on_typed={on_typed.clone()} /> }
        }
    };
    html! { <div ref={control} class="control">{ inner }</div> }
}

#[derive(Properties, PartialEq)]
struct AccountInputProps {
    label: AttrValue,
    deal: Rc<Deal>,
    on_typed: Callback<String>,
}

#[component]
fn AccountInput(props: &AccountInputProps) -> Html {
    let text =
        use_state_eq(|| AttrValue::from(props.deal.account_name.clone().unwrap_or_default()));
    let on_pick = {
        let (text, on_typed) = (text.setter(), props.on_typed.clone());
        Callback::from(move |picked: Option<(AccountId, AttrValue)>| {
            let (id, name) = picked
                .map(|(id, name)| (id.to_string(), name))
                .unwrap_or_default();
            on_typed.emit(id);
            text.set(name);
        })
    };
    html! { <AccountPicker label={props.label.clone()} text={(*text).clone()} {on_pick} /> }
}
