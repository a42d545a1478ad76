//! What the customer objects, on a deal's page: what was said and by whom, which of the four moves answered
//! it, whether it is settled, and the dialog that logs and answers (SIX-10, SIX-11).

mod form;

use crate::accounts::parts::words;
use crate::api::use_api;
use crate::browser;
use crate::format;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::load::use_load;
use crate::ui::{Button, ButtonSize, Glyph, Icon, IconButton, Toast, draw, use_toasts};
use form::ObjectionDialog;
use shared::funnel::{Deal, Objection, ObjectionClass, ObjectionMove, ObjectionPatch};
use shared::id::ObjectionId;
use std::rc::Rc;
use yew::prelude::*;

/// How many are listed before one asks for the rest.
const SHOWN: usize = 5;

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
