//! What the customer objects, on a deal's page: what was said and by whom, which of the four moves answered
//! it, whether it is settled, and the dialog that logs and answers (SIX-10, SIX-11).

use crate::accounts::parts::words;
use crate::api::accounts::ContactQuery;
use crate::api::{ApiError, use_api};
use crate::browser;
use crate::format;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::identity::locale_of;
use crate::load::use_load;
use crate::ui::{
    Button, ButtonKind, ButtonSize, CheckBox, Chip, Choice, Dialog, Glyph, Icon, IconButton,
    SelectField, TextArea, TextField, Toast, draw, use_toasts,
};
use shared::accounts::Contact;
use shared::check::Validate;
use shared::error::FieldError;
use shared::funnel::playbook::Playbook;
use shared::funnel::{
    Deal, NewObjection, Objection, ObjectionAnswer, ObjectionClass, ObjectionMove, ObjectionMoves,
    ObjectionPatch, Script, ScriptKind,
};
use shared::id::{ContactId, ObjectionId};
use std::rc::Rc;
use strum::IntoEnumIterator;
use yew::prelude::*;

/// How many are listed before one asks for the rest.
const SHOWN: usize = 5;

/// The most characters of a script that are taken over into a note.
const MAX_TAKEN: usize = 300;

/// What [`Objections`] needs.
#[derive(Properties, PartialEq)]
pub struct ObjectionsProps {
    /// The deal.
    pub deal: Rc<Deal>,
    /// Whether something may be written.
    pub can_edit: bool,
    /// Gets the deal as it is afterwards.
    pub on_deal: Callback<Deal>,
}

/// What the dialog is open for.
#[derive(Debug, Clone, PartialEq)]
enum Asked {
    New,
    Known(Box<Objection>),
}

/// The objections of a deal.
#[component]
pub fn Objections(props: &ObjectionsProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let asked = use_state_eq(|| None::<Asked>);
    let is_whole = use_state_eq(|| false);
    let objections = use_load((props.deal.id, props.deal.version), {
        let api = api.clone();
        move |(id, _)| {
            let api = api.clone();
            async move { api.objections(id).await }
        }
    });
    let close = {
        let asked = asked.setter();
        Callback::from(move |()| asked.set(None))
    };
    let open = {
        let asked = asked.setter();
        Callback::from(move |what: Asked| asked.set(Some(what)))
    };
    let on_saved = {
        let (close, toasts, on_deal) = (close.clone(), toasts.clone(), props.on_deal.clone());
        Callback::from(move |deal: Deal| {
            toasts.show(Toast::done(t!("objection.kept", locale = lang.tag())));
            close.emit(());
            on_deal.emit(deal);
        })
    };
    let change = {
        let (deal, version) = (props.deal.id, props.deal.version);
        let on_deal = props.on_deal.clone();
        Callback::from(move |what: Change| {
            let (api, toasts, on_deal) = (api.clone(), toasts.clone(), on_deal.clone());
            browser::spawn(async move {
                let (done, said) = match what {
                    Change::Settled(id, is) => {
                        let patch = ObjectionPatch {
                            settled: Some(is),
                            ..ObjectionPatch::default()
                        };
                        let key = if is {
                            "objection.settled"
                        } else {
                            "objection.reopened"
                        };
                        (api.update_objection(deal, version, id, &patch).await, key)
                    }
                    Change::Withdrawn(id) => (
                        api.withdraw_objection(deal, version, id).await,
                        "objection.withdrawn",
                    ),
                };
                match done {
                    Ok(deal) => {
                        toasts.show(Toast::done(t!(said, locale = lang.tag())));
                        on_deal.emit(deal);
                    }
                    Err(error) => toasts.show(Toast::failed(error.message(lang))),
                }
            });
        })
    };
    html! {
        <section class="panel objections" aria-label={t!("objection.title")}>
            <header>
                <h2>{ t!("objection.title") }</h2>
                if props.can_edit {
                    <span class="push"><Button size={ButtonSize::Small} icon={Glyph::Plus} on_click={open.reform(|_| Asked::New)}>{ t!("objection.log") }</Button></span>
                }
            </header>
            <div class="body">
                { draw(&objections, |page| html! {
                    <>
                        if page.items.is_empty() { <p class="muted">{ t!("objection.none") }</p> }
                        <ol class="stays">
                            for objection in page.items.iter().take(if *is_whole { page.items.len() } else { SHOWN }) {
                                { row(lang, props.can_edit, objection, &open, &change) }
                            }
                        </ol>
                        if page.items.len() > SHOWN && !*is_whole {
                            <Button size={ButtonSize::Small} on_click={let is_whole = is_whole.setter(); move |_| is_whole.set(true)}>{ t!("objection.all") }</Button>
                        }
                    </>
                }) }
            </div>
            if let Some(what) = &*asked {
                <ObjectionDialog known={match what { Asked::New => None, Asked::Known(known) => Some((**known).clone()) }} deal={props.deal.clone()} {on_saved} on_close={close} />
            }
        </section>
    }
}

/// What a press in the list does.
enum Change {
    Settled(ObjectionId, bool),
    Withdrawn(ObjectionId),
}

/// A class in words.
pub fn class_name(lang: Lang, class: ObjectionClass) -> AttrValue {
    words(lang, &format!("objection.classes.{}", class.as_ref()))
}

fn move_name(lang: Lang, of: ObjectionMove) -> AttrValue {
    words(lang, &format!("objection.moves.{}", of.as_ref()))
}

fn row(
    lang: Lang,
    can_edit: bool,
    objection: &Objection,
    open: &Callback<Asked>,
    change: &Callback<Change>,
) -> Html {
    let (id, is_gone) = (objection.id, objection.withdrawn_at.is_some());
    let is_settled = objection.settled_at.is_some();
    let made = objection.moves.by_move();
    let state = if is_gone {
        html! { <span class="t12 muted">{ t!("objection.gone") }</span> }
    } else if is_settled {
        html! { <span class="badge positive"><Icon glyph={Glyph::Check} class="i-14" />{ t!("objection.is_settled") }</span> }
    } else {
        html! { <span class="badge warning">{ t!("objection.is_open") }</span> }
    };
    let settle = change.reform(move |_| Change::Settled(id, !is_settled));
    let withdraw = change.reform(move |_| Change::Withdrawn(id));
    let edit = {
        let known = objection.clone();
        open.reform(move |_| Asked::Known(Box::new(known.clone())))
    };
    html! {
        <li key={id.to_string()} class={classes!("stay", is_gone.then_some("is-gone"))}>
            <div class="fill">
                <div class="row wrap">
                    <b>{ class_name(lang, objection.class) }</b>
                    { state }
                    if let Some(who) = &objection.contact_name { <span class="t12 muted trunc">{ who }</span> }
                    <span class="push num muted">{ format::moment_full(lang, objection.logged_at) }</span>
                </div>
                <p class="said">{ &objection.said }</p>
                <ol class="four" aria-label={t!("objection.four")}>
                    for (of, note) in made {
                        <li key={of.as_ref().to_owned()} class={note.is_some().then_some("on")}>
                            <span class="name">if note.is_some() { <Icon glyph={Glyph::Check} class="i-14" /> }{ move_name(lang, of) }</span>
                            if let Some(note) = note.filter(|note| !note.is_empty()) { <span class="t12 muted">{ note }</span> }
                        </li>
                    }
                </ol>
                if can_edit && !is_gone {
                    <div class="row">
                        <Button size={ButtonSize::Small} on_click={settle}>{ if is_settled { t!("objection.reopen") } else { t!("objection.settle") } }</Button>
                        <Button size={ButtonSize::Small} on_click={edit}>{ t!("objection.answer") }</Button>
                        <IconButton glyph={Glyph::Undo} size={ButtonSize::Small} label={t!("objection.withdraw")} on_click={withdraw} />
                    </div>
                }
            </div>
        </li>
    }
}

#[derive(Properties, PartialEq)]
struct ObjectionDialogProps {
    known: Option<Objection>,
    deal: Rc<Deal>,
    on_saved: Callback<Deal>,
    on_close: Callback<()>,
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

#[component]
fn ObjectionDialog(props: &ObjectionDialogProps) -> Html {
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
            <Button kind={ButtonKind::Primary} is_submit=true form="objection-form" is_busy={*is_busy}>{ t!("ui.save") }</Button>
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
    // Whatever came later would move what somebody is about to press.
    if !(there.loaded.is_settled() && scripts.loaded.is_settled()) {
        return Html::default();
    }
    let title = match props.known {
        Some(_) => t!("objection.answer_title"),
        None => t!("objection.log"),
    };
    html! {
        <Dialog {title} {footer} is_light=false on_close={props.on_close.clone()}>
            <form id="objection-form" class="form" {onsubmit} novalidate=true>
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
