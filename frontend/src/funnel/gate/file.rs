//! The form that files evidence for one criterion: a link or a person, never a tick.

use crate::api::use_api;
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{Button, ButtonKind, Choice, SelectField, TextField, Toast, use_toasts};
use shared::accounts::Contact;
use shared::check::Validate;
use shared::error::FieldError;
use shared::funnel::NewEvidence;
use shared::id::{ContactId, CriterionId, DealId};
use std::rc::Rc;
use yew::prelude::*;

/// What [`FileEvidence`] needs.
#[derive(Properties, PartialEq)]
pub struct FileEvidenceProps {
    /// The deal.
    pub deal: DealId,
    /// The criterion.
    pub criterion: CriterionId,
    /// The people at the deal's account.
    pub people: Rc<Vec<Contact>>,
    /// It was filed.
    pub on_filed: Callback<()>,
    /// It is given up.
    pub on_close: Callback<()>,
}

/// The form.
#[component]
pub fn FileEvidence(props: &FileEvidenceProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let title = use_state_eq(String::new);
    let url = use_state_eq(String::new);
    let person = use_state_eq(AttrValue::default);
    let faults = use_state_eq(Vec::<FieldError>::new);
    let is_busy = use_state_eq(|| false);
    let fault = |pointer: &str| -> Option<AttrValue> {
        let fault = faults.iter().find(|fault| fault.pointer == pointer)?;
        Some(crate::api::field_message(lang, fault).into())
    };
    let onsubmit = {
        let (deal, criterion, on_filed) = (props.deal, props.criterion, props.on_filed.clone());
        let (title, url, person) = (title.clone(), url.clone(), person.clone());
        let (faults, is_busy) = (faults.setter(), is_busy.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if *is_busy {
                return;
            }
            let address = url.trim();
            let new = NewEvidence {
                criterion_id: criterion,
                title: title.trim().to_owned(),
                url: (!address.is_empty()).then(|| address.to_owned()),
                contact_id: person.parse().ok().map(ContactId),
            };
            if let Err(found) = new.validated() {
                return faults.set(found);
            }
            is_busy.set(true);
            let (api, toasts, on_filed) = (api.clone(), toasts.clone(), on_filed.clone());
            let (faults, is_busy) = (faults.clone(), is_busy.setter());
            browser::spawn(async move {
                match api.file_evidence(deal, &new).await {
                    Ok(_) => {
                        toasts.show(Toast::done(t!("gate.filed", locale = lang.tag())));
                        on_filed.emit(());
                    }
                    Err(error) => {
                        faults.set(error.fields().to_vec());
                        toasts.show(Toast::failed(error.message(lang)));
                    }
                }
                is_busy.set(false);
            });
        })
    };
    let choices: Vec<_> = props
        .people
        .iter()
        .map(|contact| {
            let label = match &contact.title {
                Some(title) => format!("{} \u{b7} {title}", contact.name),
                None => contact.name.clone(),
            };
            Choice::new(contact.id.to_string(), label)
        })
        .collect();
    html! {
        <form class="form file-form" {onsubmit} novalidate=true>
            <TextField label={t!("gate.evidence_title")} value={(*title).clone()} on_input={let title = title.setter(); move |text| title.set(text)} error={fault("/title")} is_required=true is_focused=true max_length={200} />
            <TextField label={t!("gate.evidence_url")} value={(*url).clone()} on_input={let url = url.setter(); move |text| url.set(text)} error={fault("/url")} hint={AttrValue::from(t!("gate.evidence_hint").into_owned())} inputmode="url" max_length={500} />
            if !props.people.is_empty() {
                <SelectField label={t!("gate.evidence_person")} value={(*person).clone()} {choices} none={AttrValue::from(t!("gate.nobody").into_owned())} on_change={let person = person.setter(); move |value| person.set(value)} error={fault("/contact_id")} />
            }
            <div class="row end">
                <Button on_click={props.on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
                <Button kind={ButtonKind::Primary} is_submit=true is_busy={*is_busy}>{ t!("gate.file") }</Button>
            </div>
        </form>
    }
}
