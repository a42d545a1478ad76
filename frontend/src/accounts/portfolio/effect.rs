//! What an account more, or one of another class, does to a seller's accounts: said before it is
//! done, as a warning and never as a bar.

use super::super::parts::words;
use super::words::{limit, measure_name, share, shares};
use crate::api::accounts::EffectQuery;
use crate::api::use_api;
use crate::format;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::load::use_load;
use crate::route::Route;
use crate::ui::{Notice, Tone};
use shared::accounts::{Effect, SwapAccount};
use yew::prelude::*;
use yew_router::prelude::*;

/// What [`EffectNotice`] needs.
#[derive(Properties, PartialEq)]
pub struct EffectNoticeProps {
    /// What is asked.
    pub asked: EffectQuery,
}

/// The mix afterwards, and what could be handed back.
#[component]
pub fn EffectNotice(props: &EffectNoticeProps) -> Html {
    let lang = use_lang();
    let api = use_api();
    let effect = use_load(props.asked.clone(), move |asked| {
        let api = api.clone();
        async move { api.effect(&asked).await }
    });
    // It is no more than a hint: where it cannot be told, nothing is in the way.
    let Some(effect) = effect.data() else {
        return Html::default();
    };
    let after = t!("portfolio.after", shares = shares(lang, &effect.after));
    if effect.worsened.is_empty() {
        return html! { <p class="hint" role="status">{ after }</p> };
    }
    html! {
        <Notice tone={Tone::Warning}>
            <p>{ after }</p>
            <p>{ beyond(lang, effect) }</p>
            { effect.swap.as_ref().map_or_else(no_swap, |swap| proposal(lang, swap)) }
        </Notice>
    }
}

fn beyond(lang: Lang, effect: &Effect) -> String {
    let parts = effect.worsened.iter().map(|measure| {
        t!(
            "portfolio.beyond",
            what = measure_name(lang, *measure),
            share = share(lang, &effect.after, *measure),
            limit = limit(lang, effect.limits.of(*measure))
        )
        .into_owned()
    });
    let parts: Vec<String> = parts.collect();
    parts.join(&t!("timeline.joint"))
}

/// Where no single account would mend it, that is said rather than nothing.
fn no_swap() -> Html {
    html! { <p>{ t!("portfolio.no_swap") }</p> }
}

fn proposal(lang: Lang, swap: &SwapAccount) -> Html {
    let class = match swap.class {
        Some(class) => words(lang, &format!("account.class.names.{}", class.as_ref())),
        None => AttrValue::from(t!("account.class.none")),
    };
    let expected = format::money(lang, &swap.expected);
    html! {
        <p>
            { t!("portfolio.swap") }{ " " }
            <Link<Route> to={Route::Account { id: swap.id.to_string() }} classes="link">{ swap.name.clone() }</Link<Route>>
            { " " }<span class="muted">{ t!("portfolio.swap_what", class = class.to_string(), expected = expected) }</span>
        </p>
    }
}
