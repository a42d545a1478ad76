//! The playbooks that come with the product, each to be read and taken over into the library.

use super::kind_name;
use crate::api::use_api;
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::load::use_load;
use crate::ui::{Button, ButtonSize, Glyph, Icon, Toast, draw, use_toasts};
use shared::funnel::playbook::OfferedPlaybook;
use shared::funnel::{NewScript, ScriptAim};
use std::rc::Rc;
use yew::prelude::*;

/// What [`Playbooks`] needs.
#[derive(Properties, PartialEq)]
pub struct PlaybooksProps {
    /// Counts up whenever the library changed.
    pub round: u32,
    /// Called when one was taken over.
    pub on_taken: Callback<()>,
}

/// The playbooks that come with the product.
#[component]
pub fn Playbooks(props: &PlaybooksProps) -> Html {
    let lang = use_lang();
    let api = use_api();
    let playbooks = use_load((props.round, lang), move |_| {
        let api = api.clone();
        async move { api.playbooks().await }
    });
    html! {
        <section class="panel scripts" aria-label={t!("scripts.built_in")}>
            <header><h2>{ t!("scripts.built_in") }</h2></header>
            <div class="body">
                <p class="t12 muted">{ t!("scripts.built_in_text") }</p>
                { draw(&playbooks, |page| html! {
                    <>
                        for playbook in &page.items {
                            <One key={playbook.key.as_ref().to_owned()} playbook={Rc::new(playbook.clone())} on_taken={props.on_taken.clone()} />
                        }
                    </>
                }) }
            </div>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct OneProps {
    playbook: Rc<OfferedPlaybook>,
    on_taken: Callback<()>,
}

#[component]
fn One(props: &OneProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let is_busy = use_state_eq(|| false);
    let playbook = &props.playbook;
    let take = {
        let (playbook, is_busy) = (playbook.clone(), is_busy.setter());
        let on_taken = props.on_taken.clone();
        Callback::from(move |_: MouseEvent| {
            is_busy.set(true);
            let new = NewScript {
                kind: playbook.kind,
                title: playbook.title.clone(),
                body: playbook.body.clone(),
                aim: ScriptAim::default(),
                playbook: Some(playbook.key),
            };
            let (api, toasts) = (api.clone(), toasts.clone());
            let (is_busy, on_taken) = (is_busy.clone(), on_taken.clone());
            browser::spawn(async move {
                match api.create_script(&new).await {
                    Ok(script) => {
                        let said = t!("scripts.taken", locale = lang.tag(), name = script.title);
                        toasts.show(Toast::done(said));
                        on_taken.emit(());
                    }
                    Err(error) => toasts.show(Toast::failed(error.message(lang))),
                }
                is_busy.set(false);
            });
        })
    };
    html! {
        <details class="earlier script">
            <summary>
                <span class="fill"><b>{ &playbook.title }</b></span>
                if playbook.is_taken { <span class="badge positive"><Icon glyph={Glyph::Check} />{ t!("scripts.is_taken") }</span> }
                <Icon glyph={Glyph::Down} />
            </summary>
            <div class="row wrap">
                <span class="badge accent">{ kind_name(lang, playbook.kind) }</span>
                if playbook.is_ours { <span class="badge">{ t!("scripts.is_ours") }</span> }
            </div>
            <p class="said">{ &playbook.body }</p>
            if !playbook.is_taken {
                <Button size={ButtonSize::Small} icon={Glyph::Plus} is_busy={*is_busy} on_click={take}>{ t!("scripts.take") }</Button>
            }
        </details>
    }
}
