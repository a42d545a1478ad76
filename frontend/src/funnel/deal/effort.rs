//! A warning on a deal that takes much of its owner's effort for little value (GATE-30).

use crate::api::use_api;
use crate::format;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::load::use_load;
use crate::ui::{Notice, Tone};
use shared::funnel::Deal;
use shared::funnel::effort::DealEffort;
use std::rc::Rc;
use yew::prelude::*;

/// What [`EffortNotice`] needs.
#[derive(Properties, PartialEq)]
pub struct EffortNoticeProps {
    /// The deal, which is open.
    pub deal: Rc<Deal>,
    /// What came with the page, and for which version of the deal: so that nothing is pushed down later.
    pub first: Option<(i32, Rc<DealEffort>)>,
}

/// The warning; nothing where the effort is in proportion.
#[component]
pub fn EffortNotice(props: &EffortNoticeProps) -> Html {
    let lang = use_lang();
    let api = use_api();
    let deal = &props.deal;
    // Each touch and each task counts the version up.
    let first = props.first.clone();
    let told = use_load((deal.id, deal.version), move |(id, version)| {
        let api = api.clone();
        let known = first.clone().filter(|(of, _)| *of == version);
        async move {
            match known {
                Some((_, known)) => Ok(known),
                None => api.deal_effort(id).await.map(Rc::new),
            }
        }
    });
    let first = props.first.as_ref().map(|(_, first)| first);
    match told.data().or(first).filter(|told| told.is_outsized) {
        Some(told) => html! {
            <Notice tone={Tone::Warning}>
                <b>{ said(lang, deal, told) }</b>
                <p class="muted">{ figures(lang, told) }</p>
            </Notice>
        },
        None => Html::default(),
    }
}

/// Which share of the effort for which share of the value.
fn said(lang: Lang, deal: &Deal, told: &DealEffort) -> String {
    let owner = deal.owner_name.clone().unwrap_or_default();
    t!(
        "effort.outsized",
        owner = owner,
        effort = format::percent(lang, told.effort_share.into()),
        value = format::percent(lang, told.value_share.into())
    )
    .into_owned()
}

/// What the shares are made of.
fn figures(lang: Lang, told: &DealEffort) -> String {
    let Some((value, whole)) = told.value.as_ref().zip(told.owner_value.as_ref()) else {
        return String::new();
    };
    t!(
        "effort.figures",
        own = format::integer(lang, told.effort),
        all = format::integer(lang, told.owner_effort),
        value = format::amount(lang, value).to_string(),
        whole = format::sum(lang, whole).to_string()
    )
    .into_owned()
}
