//! Asks why a deal was lost, before anything is saved. Escape takes the move back.

use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{Button, ButtonKind, Choice, Dialog, SelectField, TextArea};
use shared::funnel::LossReason;
use yew::prelude::*;

/// What [`LostDialog`] needs.
#[derive(Properties, PartialEq)]
pub struct LostDialogProps {
    /// What it is about: the deal, or how many.
    pub about: AttrValue,
    /// Gets the reason and the note.
    pub on_give: Callback<(LossReason, Option<String>)>,
    /// The move is given up.
    pub on_decline: Callback<()>,
}

/// The loss reason and a note.
#[component]
pub fn LostDialog(props: &LostDialogProps) -> Html {
    use_lang();
    let reason = use_state_eq(AttrValue::default);
    let note = use_state_eq(String::new);
    let is_tried = use_state_eq(|| false);
    let chosen = words::reasons().find(|known| known.as_ref() == reason.as_str());
    let needs_note = chosen == Some(LossReason::Other) && note.trim().is_empty();
    let choices: Vec<_> = words::reasons()
        .map(|known| Choice::new(known.as_ref().to_owned(), words::reason_name(known)))
        .collect();
    let onsubmit = {
        let (note, is_tried, on_give) = ((*note).clone(), is_tried.setter(), props.on_give.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            match chosen.filter(|_| !needs_note) {
                Some(reason) => {
                    let note = note.trim().to_owned();
                    on_give.emit((reason, (!note.is_empty()).then_some(note)));
                }
                None => is_tried.set(true),
            }
        })
    };
    let error: Option<AttrValue> = (*is_tried && chosen.is_none())
        .then(|| t!("errors.loss_reason_required").into_owned().into());
    let note_error: Option<AttrValue> =
        (*is_tried && needs_note).then(|| t!("deal.note_needed").into_owned().into());
    let footer = html! {
        <>
            <Button on_click={props.on_decline.reform(|_| ())}>{ t!("deal.not_lost") }</Button>
            <Button kind={ButtonKind::Primary} is_submit=true form="lost-form">{ t!("deal.record_loss") }</Button>
        </>
    };
    html! {
        <Dialog
            title={t!("deal.why_lost")}
            below={html! { <p class="muted trunc">{ &props.about }</p> }}
            {footer}
            is_light=false
            on_close={props.on_decline.clone()}
        >
            <form class="form" id="lost-form" {onsubmit} novalidate=true>
                <SelectField
                    label={t!("deal.loss_reason")}
                    value={(*reason).clone()}
                    {choices}
                    none={AttrValue::from(t!("deal.choose_reason").into_owned())}
                    on_change={let reason = reason.setter(); move |value| reason.set(value)}
                    {error}
                    is_required=true
                />
                <TextArea
                    label={t!("deal.loss_note")}
                    value={(*note).clone()}
                    on_input={let note = note.setter(); move |value| note.set(value)}
                    error={note_error}
                    max_length={2_000}
                />
            </form>
        </Dialog>
    }
}
