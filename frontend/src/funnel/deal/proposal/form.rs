//! The dialog in which a point of a proposal is written, with whom it serves and whom it goes against.

use super::level_name;
use crate::api::{ApiError, use_api};
use crate::browser;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::ui::{Button, ButtonKind, Dialog, Segment, Segmented, TextArea, Toast, use_toasts};
use shared::check::Validate;
use shared::error::FieldError;
use shared::funnel::{Deal, NewPoint, PointPatch, ProposalPerson, ProposalPoint};
use shared::id::ContactId;
use std::rc::Rc;
use yew::prelude::*;

/// What [`PointDialog`] needs.
#[derive(Properties, PartialEq)]
pub struct PointDialogProps {
    /// The point as it is; none for a new one.
    pub known: Option<ProposalPoint>,
    /// Who can be named.
    pub people: Vec<ProposalPerson>,
    /// The deal.
    pub deal: Rc<Deal>,
    /// Gets the deal as it is afterwards.
    pub on_saved: Callback<Deal>,
    /// Called when it should close.
    pub on_close: Callback<()>,
}

/// Where a person stands in a point, by its key in the form.
const SIDES: [&str; 3] = ["none", "serves", "harms"];

/// What is typed.
fn draft_of(known: Option<&ProposalPoint>) -> NewPoint {
    known.map_or_else(NewPoint::default, |known| NewPoint {
        feature: known.feature.clone(),
        advantage: known.advantage.clone(),
        benefit: known.benefit.clone(),
        serves: known.serves.clone(),
        harms: known.harms.clone(),
    })
}

fn side(draft: &NewPoint, person: ContactId) -> &'static str {
    if draft.serves.contains(&person) {
        SIDES[1]
    } else if draft.harms.contains(&person) {
        SIDES[2]
    } else {
        SIDES[0]
    }
}

/// Puts a person on a side, and on no other.
fn place(draft: &mut NewPoint, person: ContactId, side: &str) {
    draft.serves.retain(|one| *one != person);
    draft.harms.retain(|one| *one != person);
    if side == SIDES[1] {
        draft.serves.push(person);
    } else if side == SIDES[2] {
        draft.harms.push(person);
    }
}

fn patch(draft: NewPoint) -> PointPatch {
    PointPatch {
        feature: Some(draft.feature),
        advantage: Some(draft.advantage),
        benefit: Some(draft.benefit),
        serves: Some(draft.serves),
        harms: Some(draft.harms),
    }
}

fn segments() -> Vec<Segment> {
    vec![
        Segment::new(SIDES[0], t!("proposal.side_none").into_owned()),
        Segment::new(SIDES[1], t!("proposal.side_serves").into_owned()),
        Segment::new(SIDES[2], t!("proposal.side_harms").into_owned()),
    ]
}

fn person(lang: Lang, draft: &UseStateHandle<NewPoint>, of: &ProposalPerson) -> Html {
    let id = of.id;
    let on_change = {
        let draft = draft.clone();
        Callback::from(move |side: AttrValue| {
            let mut next = (*draft).clone();
            place(&mut next, id, &side);
            draft.set(next);
        })
    };
    html! {
        <div key={id.to_string()} class="row wrap person">
            <span class="fill"><b>{ &of.name }</b>{ " " }<span class="t12 muted">{ of.title.clone().unwrap_or_default() }{ " " }{ of.level.map(|level| level_name(lang, level)).unwrap_or_default() }</span></span>
            <Segmented segments={segments()} current={side(draft, id)} label={of.name.clone()} {on_change} />
        </div>
    }
}

/// The dialog that adds a point or changes one.
#[component]
pub fn PointDialog(props: &PointDialogProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let draft = use_state_eq(|| draft_of(props.known.as_ref()));
    let faults = use_state_eq(Vec::<FieldError>::new);
    let is_busy = use_state_eq(|| false);
    // What was seen when the form was opened: whoever writes meanwhile is not written over.
    let version = use_state_eq(|| props.deal.version);
    let fault = |pointer: &str| -> Option<AttrValue> {
        let fault = faults.iter().find(|fault| fault.pointer == pointer)?;
        Some(crate::api::field_message(lang, fault).into())
    };
    let edit = |change: fn(&mut NewPoint, String)| {
        let draft = draft.clone();
        Callback::from(move |text: String| {
            let mut next = (*draft).clone();
            change(&mut next, text);
            draft.set(next);
        })
    };
    let onsubmit = {
        let (deal, version) = (props.deal.id, *version);
        let known = props.known.as_ref().map(|known| known.id);
        let (draft, on_saved) = (draft.clone(), props.on_saved.clone());
        let (faults, is_busy) = (faults.setter(), is_busy.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if *is_busy {
                return;
            }
            let new = (*draft).clone();
            if let Err(found) = new.validated() {
                return faults.set(found);
            }
            is_busy.set(true);
            let (api, toasts, on_saved) = (api.clone(), toasts.clone(), on_saved.clone());
            let (faults, is_busy) = (faults.clone(), is_busy.setter());
            browser::spawn(async move {
                let done: Result<Deal, ApiError> = match known {
                    Some(known) => api.update_point(deal, version, known, &patch(new)).await,
                    None => match api.add_point(deal, &new).await {
                        Ok(_) => api.deal(deal).await,
                        Err(error) => Err(error),
                    },
                };
                is_busy.set(false);
                match done {
                    Ok(deal) => on_saved.emit(deal),
                    Err(error) => {
                        faults.set(error.fields().to_vec());
                        toasts.show(Toast::failed(error.message(lang)));
                    }
                }
            });
        })
    };
    let footer = html! {
        <>
            <Button on_click={props.on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
            <Button kind={ButtonKind::Primary} is_submit=true form="proposal-form" is_busy={*is_busy}>{ t!("ui.save") }</Button>
        </>
    };
    let title = match props.known {
        Some(_) => t!("proposal.edit_title"),
        None => t!("proposal.add"),
    };
    html! {
        <Dialog {title} {footer} is_light=false on_close={props.on_close.clone()}>
            <form id="proposal-form" class="form" {onsubmit} novalidate=true>
                <TextArea label={t!("proposal.feature")} hint={t!("proposal.feature_hint")} value={draft.feature.clone()} on_input={edit(|draft, text| draft.feature = text)} error={fault("/feature")} rows={2} max_length={500} is_required=true />
                <TextArea label={t!("proposal.advantage")} hint={t!("proposal.advantage_hint")} value={draft.advantage.clone()} on_input={edit(|draft, text| draft.advantage = text)} error={fault("/advantage")} rows={2} max_length={500} is_required=true />
                <TextArea label={t!("proposal.benefit")} hint={t!("proposal.benefit_hint")} value={draft.benefit.clone()} on_input={edit(|draft, text| draft.benefit = text)} error={fault("/benefit")} rows={2} max_length={500} is_required=true />
                <fieldset class="moves whom">
                    <legend>{ t!("proposal.whom") }</legend>
                    if props.people.is_empty() { <p class="muted">{ t!("proposal.no_people") }</p> }
                    for of in &props.people { { person(lang, &draft, of) } }
                </fieldset>
            </form>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_person_stands_on_one_side_at_a_time() {
        let who = ContactId(Uuid::from_u128(7));
        let mut draft = NewPoint::default();
        for side_of in ["serves", "harms", "harms", "none", "serves"] {
            place(&mut draft, who, side_of);
            assert_eq!(side(&draft, who), side_of);
            assert!(draft.serves.len() + draft.harms.len() <= 1);
        }
    }
}
