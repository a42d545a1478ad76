//! Facts of a deal, edited in place: the pencil opens one, Enter saves, Escape gives up. What somebody
//! else changed meanwhile is never written over silently. The same form changes a card on the board.

use super::edit::{self, Draft, Edit};
use super::fields::{Control, DealField, change, texts};
use crate::accounts::form::{Form, FormAction};
use crate::accounts::parts::{AccountPicker, PersonPicker};
use crate::api::use_api;
use crate::browser;
use crate::funnel::board::grip::is_on;
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
                        fields={vec![field]}
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

/// What [`FactForm`] needs.
#[derive(Properties, PartialEq)]
pub struct FactFormProps {
    /// Which fields; several are labelled.
    pub fields: Vec<DealField>,
    /// The one that has the focus first; the first without.
    #[prop_or_default]
    pub first: Option<DealField>,
    /// The deal.
    pub deal: Rc<Deal>,
    /// The colleagues.
    #[prop_or_default]
    pub people: Rc<Vec<User>>,
    /// The currency of an amount that has none yet.
    pub house: Currency,
    /// A change that came back, to begin with.
    #[prop_or_default]
    pub draft: Option<Rc<Draft>>,
    /// Gets the change in place of saving it here, and closes the form.
    #[prop_or_default]
    pub on_edit: Option<Callback<Edit>>,
    /// Told whether anything was typed.
    #[prop_or_default]
    pub on_touched: Callback<bool>,
    /// Gets the deal whenever a newer one is known.
    #[prop_or_default]
    pub on_deal: Callback<Deal>,
    /// Closes it.
    pub on_close: Callback<()>,
}

/// Fields being edited.
#[component]
pub fn FactForm(props: &FactFormProps) -> Html {
    let lang = use_lang();
    let fields = &props.fields;
    let form = use_reducer_eq(|| match &props.draft {
        Some(draft) => draft.form.clone(),
        None => Form::new(texts(fields, &props.deal)),
    });
    // Who changed what is in the way.
    let who = use_state_eq(|| props.draft.as_ref().and_then(|draft| draft.who.clone()));
    let currency = props
        .deal
        .amount
        .map_or(props.house, |money| money.currency);
    let submit = use_submit(props, &form, &who, currency);
    let onsubmit = submit.reform(|event: SubmitEvent| event.prevent_default());
    use_effect_with(form.is_touched(), {
        let on_touched = props.on_touched.clone();
        move |is| on_touched.emit(*is)
    });
    let onkeydown = {
        let on_close = props.on_close.clone();
        Callback::from(move |event: KeyboardEvent| {
            let is_taken = event.default_prevented() || event.is_composing();
            if event.key() == "Enter"
                && !event.shift_key()
                && !is_taken
                && is_on(&event, ".one-line")
            {
                // Long as it may be, it is one line: Enter saves here too.
                event.prevent_default();
                submit.emit(());
            } else if event.key() == "Escape" && !is_taken {
                // Also keeps a dialog around the form from closing by itself.
                event.prevent_default();
                event.stop_propagation();
                on_close.emit(());
            }
        })
    };
    let names: Vec<&str> = fields.iter().map(|field| field.name()).collect();
    let whole = form.error.as_ref().map(|error| error.message(lang).into());
    let whole = whole.or_else(|| form.fault_beside(lang, &names));
    let first = props.first.or(fields.first().copied());
    let one = |field: DealField| {
        let on_typed = {
            let form = form.dispatcher();
            Callback::from(move |text: String| {
                form.dispatch(FormAction::Typed(field.name(), text));
            })
        };
        let fault = form.fault(lang, field.name());
        let is_bad = fault.is_some();
        html! {
            <div key={field.name()} class="edit-field">
                if fields.len() > 1 { <span class="label" aria-hidden="true">{ label(field) }</span> }
                <Input {field} label={label(field)} text={form.text(field.name()).to_string()} deal={props.deal.clone()} people={props.people.clone()} {currency} {on_typed} {is_bad} is_first={first == Some(field)} />
                if let Some(said) = fault {
                    <p class="hint err" role="alert" id={format!("fact-error-{}", field.name())}><Icon glyph={Glyph::Alert} /><span>{ said }</span></p>
                }
                { theirs(&form, field, who.as_deref()) }
            </div>
        }
    };
    html! {
        <form class="fact-form" {onsubmit} {onkeydown} novalidate=true>
            if let Some(said) = whole { <Notice tone={Tone::Negative} is_alert=true>{ said }</Notice> }
            for field in fields.iter().copied() { { one(field) } }
            <div class="row">
                <Button kind={ButtonKind::Primary} size={ButtonSize::Small} is_submit=true is_busy={form.is_busy}>{ t!("deal.save") }</Button>
                <Button size={ButtonSize::Small} on_click={props.on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
            </div>
        </form>
    }
}

/// What somebody else made of a field meanwhile.
fn theirs(form: &Form, field: DealField, who: Option<&str>) -> Html {
    let clash = form
        .conflicts
        .iter()
        .find(|(name, _)| *name == field.name());
    let Some((_, text)) = clash else {
        return Html::default();
    };
    let text = if text.is_empty() {
        t!("deal.nothing").into_owned()
    } else {
        text.clone()
    };
    let said = match who {
        Some(who) => t!("deal.theirs_by", who = who, text = text),
        None => t!("deal.theirs", text = text),
    };
    html! { <Notice tone={Tone::Accent} is_alert=true>{ said }</Notice> }
}

#[hook]
fn use_submit(
    props: &FactFormProps,
    form: &UseReducerHandle<Form>,
    who: &UseStateHandle<Option<String>>,
    currency: Currency,
) -> Callback<()> {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let (form, who, deal) = (form.clone(), who.setter(), props.deal.clone());
    let (fields, on_edit) = (props.fields.clone(), props.on_edit.clone());
    let (on_deal, on_close) = (props.on_deal.clone(), props.on_close.clone());
    Callback::from(move |()| {
        if form.is_busy {
            return;
        }
        if !form.is_touched() {
            return on_close.emit(());
        }
        // What is known to have changed since is laid beside the person's own before anything is sent.
        let now = texts(&fields, &deal);
        let seen = (*form).clone().after(FormAction::Overtaken(now.clone()));
        if !seen.conflicts.is_empty() {
            form.dispatch(FormAction::Overtaken(now));
            let (api, who, id, seen) = (api.clone(), who.clone(), deal.id, seen);
            return browser::spawn(async move { who.set(edit::who(&api, id, &seen).await) });
        }
        let patch = match change(&fields, &seen, currency) {
            Ok(patch) => patch,
            Err(faults) => return form.dispatch(FormAction::Refused(faults)),
        };
        let edit = Edit {
            fields: fields.clone(),
            form: seen,
            patch,
        };
        if let Some(on_edit) = &on_edit {
            return on_edit.emit(edit);
        }
        form.dispatch(FormAction::Sent);
        let (api, toasts, form, who) =
            (api.clone(), toasts.clone(), form.dispatcher(), who.clone());
        let (on_deal, on_close, deal) = (on_deal.clone(), on_close.clone(), deal.clone());
        browser::spawn(async move {
            match edit::save(&api, &deal, &edit).await {
                Ok(saved) => {
                    on_deal.emit(saved);
                    toasts.show(Toast::done(t!("deal.saved", locale = lang.tag())));
                    on_close.emit(());
                }
                Err(back) => {
                    form.dispatch(FormAction::Back(Box::new(back.draft.form)));
                    who.set(back.draft.who);
                    if let Some(now) = back.current {
                        on_deal.emit(*now);
                    }
                }
            }
        });
    })
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
    is_first: bool,
}

/// The control of a field.
#[component]
fn Input(props: &InputProps) -> Html {
    use_lang();
    let control = use_node_ref();
    use_effect_with(props.is_first, {
        let control = control.clone();
        move |is_first| {
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
            if let Some(input) = input.filter(|_| *is_first) {
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
    let described = is_bad.then(|| format!("fact-error-{}", props.field.name()));
    let line = |kind: &'static str, mode: Option<&'static str>| {
        html! {
            <input class="input" type={kind} inputmode={mode} aria-label={label.clone()} value={value.clone()} oninput={oninput.clone()} autocomplete="off" aria-invalid={invalid} aria-describedby={described.clone()} />
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
                <textarea class={classes!("input", (props.field == DealField::NextStep).then_some("one-line"))} rows="2" aria-label={label.clone()} {value} {oninput} aria-invalid={invalid} aria-describedby={described} />
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
    html! { <div ref={control} class="control" data-first={props.is_first.then_some("")}>{ inner }</div> }
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
