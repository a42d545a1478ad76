//! The form of an objection, with what helps to answer it (SIX-10, SIX-11).

use super::{class_name, move_name};
use crate::accounts::parts::words;
use crate::api::accounts::ContactQuery;
use crate::api::{ApiError, use_api};
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::identity::locale_of;
use crate::load::use_load;
use crate::ui::{
    Button, ButtonKind, CheckBox, Chip, Choice, Dialog, Glyph, LateFocus, SelectField, Skeleton,
    TextArea, TextField, Toast, Waiting, use_toasts,
};
use shared::accounts::Contact;
use shared::check::Validate;
use shared::error::FieldError;
use shared::funnel::playbook::Playbook;
use shared::funnel::{
    Deal, NewObjection, Objection, ObjectionAnswer, ObjectionClass, ObjectionMoves, ObjectionPatch,
    Script, ScriptKind,
};
use shared::id::ContactId;
use std::rc::Rc;
use strum::IntoEnumIterator;
use yew::prelude::*;

/// The most characters of a script that are taken over into a note.
const MAX_TAKEN: usize = 300;

/// What [`ObjectionDialog`] needs.
#[derive(Properties, PartialEq)]
pub struct ObjectionDialogProps {
    /// The objection that is answered; none for a new one.
    pub known: Option<Objection>,
    /// The deal.
    pub deal: Rc<Deal>,
    /// Gets the deal as it is afterwards.
    pub on_saved: Callback<Deal>,
    /// Asked to close.
    pub on_close: Callback<()>,
}

/// What is typed.
#[derive(Debug, Clone, PartialEq)]
struct Draft {
    class: ObjectionClass,
    said: String,
    contact: Option<ContactId>,
    moves: ObjectionMoves,
    is_settled: bool,
}

impl Draft {
    fn of(known: Option<&Objection>) -> Self {
        match known {
            Some(known) => Self {
                class: known.class,
                said: known.said.clone(),
                contact: known.contact_id,
                moves: known.moves.clone(),
                is_settled: known.settled_at.is_some(),
            },
            None => Self {
                class: ObjectionClass::Price,
                said: String::new(),
                contact: None,
                moves: ObjectionMoves::default(),
                is_settled: false,
            },
        }
    }

    fn new_objection(&self) -> NewObjection {
        NewObjection {
            class: self.class,
            said: self.said.trim().to_owned(),
            contact_id: self.contact,
            moves: self.moves.clone(),
            settled: self.is_settled,
        }
    }

    fn patch(&self) -> ObjectionPatch {
        ObjectionPatch {
            class: Some(self.class),
            said: Some(self.said.trim().to_owned()),
            contact_id: Some(self.contact),
            moves: Some(self.moves.clone()),
            settled: Some(self.is_settled),
        }
    }

    /// Takes a script of the company: its words, or its title where they are too long for a note.
    fn take_script(&mut self, script: &Script) {
        let is_short = script.body.chars().count() <= MAX_TAKEN;
        self.take(if is_short {
            &script.body
        } else {
            &script.title
        });
    }

    /// Takes an answer that helps into the note of leading from the front, behind what is there.
    fn take(&mut self, answer: &str) {
        let note = self.moves.lead.get_or_insert_default();
        if note.is_empty() {
            answer.clone_into(note);
        } else if !note.contains(answer) {
            *note = format!("{note} {answer}");
        }
    }
}

/// Whether a script answers objections of a class: it was taken over from an answer to such ones, or is
/// nobody's but the company's.
fn answers(script: &Script, class: ObjectionClass) -> bool {
    let of = script.playbook.and_then(Playbook::answer);
    of.is_none_or(|answer| answer.class() == class)
}

/// The people of the deal's account.
async fn people(
    api: crate::api::Api,
    account: Option<shared::id::AccountId>,
) -> crate::api::ApiResult<Vec<Contact>> {
    let Some(account) = account else {
        return Ok(Vec::new());
    };
    let asked = ContactQuery {
        account_id: Some(account),
        limit: Some(200),
        ..ContactQuery::default()
    };
    Ok(api.contacts(&asked, None).await?.items)
}

/// The dialog that logs an objection or changes the answer to one.
#[component]
pub fn ObjectionDialog(props: &ObjectionDialogProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let draft = use_state_eq(|| Draft::of(props.known.as_ref()));
    let faults = use_state_eq(Vec::<FieldError>::new);
    let is_busy = use_state_eq(|| false);
    // What was seen when the form was opened: whoever writes meanwhile is not written over.
    let version = use_state_eq(|| props.deal.version);
    let there = use_load(props.deal.account_id, {
        let api = api.clone();
        move |account| people(api.clone(), account)
    });
    // What the company answers itself, the closest to this deal first (SIX-11, SIX-12).
    let scripts = use_load(props.deal.id, {
        let api = api.clone();
        move |deal| {
            let api = api.clone();
            async move {
                let kind = Some(ScriptKind::ObjectionAnswer);
                api.deal_scripts(deal, kind, None).await
            }
        }
    });
    // The form at once: whatever came later would move what somebody is about to press.
    let is_there = there.loaded.is_settled() && scripts.loaded.is_settled();
    let fault = |pointer: &str| -> Option<AttrValue> {
        let fault = faults.iter().find(|fault| fault.pointer == pointer)?;
        Some(crate::api::field_message(lang, fault).into())
    };
    let edit = |change: fn(&mut Draft, String)| {
        let draft = draft.clone();
        Callback::from(move |text: String| {
            let mut next = (*draft).clone();
            change(&mut next, text);
            draft.set(next);
        })
    };
    let onsubmit = {
        let (deal, version, known) = (props.deal.id, *version, props.known.clone());
        let (draft, on_saved) = (draft.clone(), props.on_saved.clone());
        let (faults, is_busy) = (faults.setter(), is_busy.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if *is_busy {
                return;
            }
            let new = draft.new_objection();
            if let Err(found) = new.validated() {
                return faults.set(found);
            }
            is_busy.set(true);
            let (api, toasts, on_saved) = (api.clone(), toasts.clone(), on_saved.clone());
            let (faults, is_busy) = (faults.clone(), is_busy.setter());
            let (known, patch) = (known.clone(), draft.patch());
            browser::spawn(async move {
                let done: Result<Deal, ApiError> = match known {
                    Some(known) => api.update_objection(deal, version, known.id, &patch).await,
                    None => match api.log_objection(deal, &new).await {
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
    let classes = ObjectionClass::iter()
        .map(|class| Choice::new(class.as_ref().to_owned(), class_name(lang, class)))
        .collect::<Vec<_>>();
    let persons: Vec<Choice> = there
        .data()
        .into_iter()
        .flatten()
        .map(|contact| Choice::new(contact.id.to_string(), contact.name.clone()))
        .collect();
    let own: Vec<&Script> = scripts
        .data()
        .into_iter()
        .flat_map(|page| &page.items)
        .filter(|script| answers(script, draft.class))
        .collect();
    // What was taken over is offered in the company's words alone.
    let answers: Vec<String> = ObjectionAnswer::of(draft.class)
        .filter(|answer| {
            !own.iter()
                .any(|own| own.playbook.and_then(Playbook::answer) == Some(*answer))
        })
        .map(|answer| answer.text(locale_of(lang)))
        .collect();
    let moves = draft.moves.by_move().map(|(of, note)| {
        let toggle = {
            let draft = draft.clone();
            Callback::from(move |is: bool| {
                let mut next = (*draft).clone();
                *next.moves.note_mut(of) = is.then(String::new);
                draft.set(next);
            })
        };
        let noted = {
            let draft = draft.clone();
            Callback::from(move |text: String| {
                let mut next = (*draft).clone();
                *next.moves.note_mut(of) = Some(text);
                draft.set(next);
            })
        };
        html! {
            <div key={of.as_ref().to_owned()} class="move">
                <CheckBox label={move_name(lang, of)} hint={words(lang, &format!("objection.hints.{}", of.as_ref()))} is_checked={note.is_some()} on_change={toggle} />
                if let Some(note) = note {
                    <TextField label={t!("objection.note_on", of = move_name(lang, of))} value={note.clone()} on_input={noted} error={fault(&format!("/moves/{}", of.as_ref()))} max_length={500} />
                }
            </div>
        }
    });
    let take = |answer: String| {
        let draft = draft.clone();
        Callback::from(move |_: MouseEvent| {
            let mut next = (*draft).clone();
            next.take(&answer);
            draft.set(next);
        })
    };
    let take_own = |script: &Script| {
        let (draft, script) = (draft.clone(), script.clone());
        Callback::from(move |_: MouseEvent| {
            let mut next = (*draft).clone();
            next.take_script(&script);
            draft.set(next);
        })
    };
    let footer = html! {
        <>
            <Button on_click={props.on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
            <Button kind={ButtonKind::Primary} is_submit=true form="objection-form" is_busy={*is_busy} is_disabled={!is_there}>{ t!("ui.save") }</Button>
        </>
    };
    let settle = {
        let draft = draft.clone();
        Callback::from(move |is_settled: bool| {
            draft.set(Draft {
                is_settled,
                ..(*draft).clone()
            });
        })
    };
    let title = match props.known {
        Some(_) => t!("objection.answer_title"),
        None => t!("objection.log"),
    };
    html! {
        <Dialog {title} {footer} class="tall" is_light=false on_close={props.on_close.clone()}>
            if is_there {
                <form id="objection-form" class="form" {onsubmit} novalidate=true>
                    <LateFocus />
                    <SelectField label={t!("objection.class")} value={draft.class.as_ref().to_owned()} choices={classes}
                        on_change={edit(|draft, text| draft.class = text.parse().unwrap_or(draft.class)).reform(|value: AttrValue| value.to_string())} />
                    <TextArea label={t!("objection.said")} value={draft.said.clone()} on_input={edit(|draft, text| draft.said = text)} error={fault("/said")} rows={3} max_length={1000} is_required=true />
                    if !persons.is_empty() {
                        <SelectField label={t!("objection.by")} value={draft.contact.map(|id| id.to_string()).unwrap_or_default()} choices={persons} none={AttrValue::from(t!("objection.nobody").into_owned())}
                            error={fault("/contact_id")}
                            on_change={edit(|draft, text| draft.contact = text.parse().ok()).reform(|value: AttrValue| value.to_string())} />
                    }
                    <fieldset class="moves">
                        <legend>{ t!("objection.four") }</legend>
                        { for moves }
                    </fieldset>
                    if !answers.is_empty() || !own.is_empty() {
                        <div class="answers" role="group" aria-label={t!("objection.helps")}>
                            <p class="t12 muted">{ t!("objection.helps") }</p>
                            for script in own { <Chip key={script.id.to_string()} icon={Glyph::Plus} on_click={take_own(script)}>{ script.title.clone() }</Chip> }
                            for answer in answers { <Chip key={answer.clone()} icon={Glyph::Plus} on_click={take(answer.clone())}>{ answer.clone() }</Chip> }
                        </div>
                    }
                    <CheckBox label={t!("objection.is_settled")} is_checked={draft.is_settled} on_change={settle} />
                </form>
            } else {
                <Waiting><Skeleton lines={12} /></Waiting>
            }
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SIX-11
    #[test]
    fn an_answer_that_helps_becomes_the_note_of_leading_once() {
        let mut draft = Draft::of(None);
        draft.take("Offer a trial.");
        draft.take("Offer a trial.");
        assert_eq!(draft.moves.lead.as_deref(), Some("Offer a trial."));
        draft.take("Compare.");
        assert_eq!(draft.moves.lead.as_deref(), Some("Offer a trial. Compare."));
        assert_eq!(draft.moves.listen, None);
    }
}
