//! The next step, asked for where a stage demands one (GATE-24).

use crate::api::use_api;
use crate::browser;
use crate::format;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{Button, TextField, Toast, use_toasts};
use shared::funnel::{Deal, DealPatch};
use std::rc::Rc;
use yew::prelude::*;

/// What [`NextStepForm`] needs.
#[derive(Properties, PartialEq)]
pub struct NextStepFormProps {
    /// The deal.
    pub deal: Rc<Deal>,
    /// Gets the deal with its next step.
    pub on_deal: Callback<Deal>,
}

/// What happens next, and when.
#[component]
pub fn NextStepForm(props: &NextStepFormProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let text = use_state_eq(|| props.deal.next_step.clone().unwrap_or_default());
    let day = use_state_eq(|| {
        let day = props.deal.next_step_on;
        day.map(|day| day.to_string()).unwrap_or_default()
    });
    let is_tried = use_state_eq(|| false);
    let is_busy = use_state_eq(|| false);
    let required = |is_empty: bool| -> Option<AttrValue> {
        (*is_tried && is_empty).then(|| t!("errors.required").into_owned().into())
    };
    let onsubmit = {
        let (deal, on_deal) = (props.deal.clone(), props.on_deal.clone());
        let (text, day, is_tried, is_busy) = (
            text.clone(),
            day.clone(),
            is_tried.setter(),
            is_busy.clone(),
        );
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let step = text.trim().to_owned();
            let Some(on) = day.parse().ok().filter(|_| !step.is_empty() && !*is_busy) else {
                return is_tried.set(true);
            };
            is_busy.set(true);
            let patch = DealPatch {
                next_step: Some(Some(step)),
                next_step_on: Some(Some(on)),
                ..DealPatch::default()
            };
            let (api, toasts, deal, on_deal, is_busy) = (
                api.clone(),
                toasts.clone(),
                deal.clone(),
                on_deal.clone(),
                is_busy.setter(),
            );
            browser::spawn(async move {
                match api.patch_deal(deal.id, deal.version, &patch).await {
                    Ok(deal) => on_deal.emit(deal),
                    Err(error) => toasts.show(Toast::failed(error.message(lang))),
                }
                is_busy.set(false);
            });
        })
    };
    html! {
        <form class="form file-form" {onsubmit} novalidate=true>
            <div class="two">
                <TextField label={t!("deal.field.next_step")} value={(*text).clone()} on_input={let text = text.setter(); move |value| text.set(value)} error={required(text.trim().is_empty())} is_required=true max_length={500} />
                <TextField label={t!("deal.field.next_step_on")} kind="date" value={(*day).clone()} on_input={let day = day.setter(); move |value| day.set(value)} error={required(day.is_empty())} is_required=true min={AttrValue::from(format::today().to_string())} />
            </div>
            <div class="row end"><Button is_submit=true is_busy={*is_busy}>{ t!("gate.save_next_step") }</Button></div>
        </form>
    }
}
