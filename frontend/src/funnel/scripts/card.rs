//! The scripts that fit a deal, on its page: those for its stage and type of customer before the general ones.

use super::{aim_names, kind_name};
use crate::accounts::live::use_reload_on;
use crate::accounts::pages::use_pages;
use crate::api::use_api;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::identity::use_can;
use crate::route::Route;
use crate::ui::{Button, ButtonSize, ErrorView, Glyph, Icon, Skeleton, Waiting};
use shared::funnel::{Deal, Funnel, Script};
use shared::identity::Permission;
use std::rc::Rc;
use yew::prelude::*;
use yew_router::prelude::*;

/// What [`ScriptsCard`] needs.
#[derive(Properties, PartialEq)]
pub struct ScriptsCardProps {
    /// The funnel, for the names of its stages.
    pub funnel: Rc<Funnel>,
    /// The deal.
    pub deal: Rc<Deal>,
}

/// The scripts that fit a deal.
#[component]
pub fn ScriptsCard(props: &ScriptsCardProps) -> Html {
    let lang = use_lang();
    let api = use_api();
    let can_edit = use_can(Permission::EditFunnels);
    let deal = &props.deal;
    let list = use_pages(
        (deal.id, deal.stage_id, deal.account_id, deal.account_tier),
        move |(id, ..), cursor| {
            let api = api.clone();
            async move { api.deal_scripts(id, None, cursor).await }
        },
    );
    use_reload_on("script.", list.refresh());
    let funnels = std::slice::from_ref(&*props.funnel);
    let body = match &list.pages.rows {
        None => match &list.pages.error {
            Some(error) if !list.pages.is_busy => {
                html! { <ErrorView error={error.clone()} on_retry={Some(list.reload.clone())} /> }
            }
            _ => html! { <Waiting><Skeleton lines={2} /></Waiting> },
        },
        Some(rows) if rows.is_empty() => html! {
            <p class="muted">
                { t!("scripts.none_fit") }
                if can_edit { { " " }<Link<Route> to={Route::ScriptSettings} classes="link">{ t!("scripts.to_library") }</Link<Route>> }
            </p>
        },
        Some(rows) => html! {
            <>
                for script in rows { { row(lang, funnels, script) } }
                if list.pages.next.is_some() {
                    <Button size={ButtonSize::Small} is_busy={list.pages.is_busy} on_click={list.more.reform(|_| ())}>{ t!("scripts.more") }</Button>
                }
            </>
        },
    };
    html! {
        <section class="panel scripts" aria-label={t!("scripts.fitting")}>
            <header><h2>{ t!("scripts.fitting") }</h2></header>
            <div class="body">{ body }</div>
        </section>
    }
}

fn row(lang: Lang, funnels: &[Funnel], script: &Script) -> Html {
    let mut aim = aim_names(lang, funnels, &script.aim);
    if aim.is_empty() {
        aim.push(
            t!("scripts.for_all", locale = lang.tag())
                .into_owned()
                .into(),
        );
    }
    html! {
        <details key={script.id.to_string()} class="earlier script">
            <summary>
                <span class="fill"><b>{ &script.title }</b></span>
                <Icon glyph={Glyph::Down} />
            </summary>
            <div class="row wrap">
                <span class="badge accent">{ kind_name(lang, script.kind) }</span>
                for part in aim { <span class="badge">{ part }</span> }
            </div>
            <p class="said">{ &script.body }</p>
        </details>
    }
}
