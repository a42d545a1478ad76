//! The case of a deal, on its page: the invitation to write it when the deal has just been closed, and what was
//! written.

use super::entry::Told;
use super::form::CaseDialog;
use super::outcome_badge;
use crate::api::use_api;
use crate::browser;
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::load::use_load;
use crate::route::Route;
use crate::ui::{
    Button, ButtonKind, ButtonSize, Dialog, Glyph, Notice, Toast, Tone, draw, use_toasts,
};
use shared::funnel::{CaseOutcome, CaseSheet, Deal};
use std::rc::Rc;
use yew::prelude::*;
use yew_router::prelude::*;

/// What [`CaseCard`] needs.
#[derive(Properties, PartialEq)]
pub struct CaseCardProps {
    /// The deal.
    pub deal: Rc<Deal>,
    /// How it ended; none while it is open, when a case of before is shown and none is asked for.
    pub outcome: Option<CaseOutcome>,
    /// Whether something may be written.
    pub can_edit: bool,
    /// Gets the deal as it is afterwards.
    pub on_deal: Callback<Deal>,
}

/// What is open over the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    Nothing,
    Form,
    Removing,
}

/// The case of a deal; nothing on an open deal that has none.
#[component]
pub fn CaseCard(props: &CaseCardProps) -> Html {
    use_lang();
    let api = use_api();
    let over = use_state_eq(|| Over::Nothing);
    let deal = &props.deal;
    // Each writing counts the deal's version up.
    let sheet = use_load((deal.id, deal.version), {
        let api = api.clone();
        move |(id, _)| {
            let api = api.clone();
            async move { api.case(id).await }
        }
    });
    let show = {
        let over = over.setter();
        Callback::from(move |what: Over| over.set(what))
    };
    let close = show.reform(|()| Over::Nothing);
    let on_changed = {
        let (id, close, on_deal) = (deal.id, close.clone(), props.on_deal.clone());
        Callback::from(move |()| {
            close.emit(());
            let (api, on_deal) = (api.clone(), on_deal.clone());
            browser::spawn(async move {
                // Where it cannot be read now, the event of the change brings it.
                if let Ok(deal) = api.deal(id).await {
                    on_deal.emit(deal);
                }
            });
        })
    };
    let known = sheet.data().and_then(|sheet| sheet.case.clone());
    if props.outcome.is_none() && known.is_none() {
        return Html::default();
    }
    let can_write = props.can_edit && props.outcome.is_some();
    html! {
        <section class="panel case-card" aria-label={t!("cases.title_one")}>
            <header>
                <h2>{ t!("cases.title_one") }</h2>
                if let Some(outcome) = props.outcome { { outcome_badge(outcome) } }
                <span class="push"><Link<Route> to={Route::Cases} classes="link">{ t!("cases.to_library") }</Link<Route>></span>
            </header>
            <div class="body">
                { draw(&sheet, |sheet| written(sheet, props, can_write, &show)) }
            </div>
            if *over == Over::Form {
                <CaseDialog deal={deal.id} version={deal.version} title={deal.title.clone()} {known} on_saved={on_changed.reform(|_: CaseSheet| ())} on_close={close} />
            } else if *over == Over::Removing {
                <Removal deal={deal.clone()} on_removed={on_changed} on_close={close} />
            }
        </section>
    }
}

/// What was written, or the invitation to write.
fn written(
    sheet: &CaseSheet,
    props: &CaseCardProps,
    can_write: bool,
    show: &Callback<Over>,
) -> Html {
    let form = show.reform(|_: MouseEvent| Over::Form);
    let Some(case) = &sheet.case else {
        return html! {
            <>
                <p>{ invitation(props) }</p>
                if can_write { <Button kind={ButtonKind::Primary} icon={Glyph::Edit} on_click={form}>{ t!("cases.write") }</Button> }
            </>
        };
    };
    html! {
        <>
            if props.outcome.is_none() { <Notice tone={Tone::Warning}>{ t!("cases.reopened") }</Notice> }
            <p class="lesson">{ &case.lesson }</p>
            <Told case={case.clone()} />
            if props.can_edit {
                <div class="row">
                    if can_write { <Button size={ButtonSize::Small} icon={Glyph::Edit} on_click={form}>{ t!("cases.change") }</Button> }
                    <Button size={ButtonSize::Small} icon={Glyph::Trash} on_click={show.reform(|_: MouseEvent| Over::Removing)}>{ t!("cases.remove") }</Button>
                </div>
            }
        </>
    }
}

/// The question a closing asks.
fn invitation(props: &CaseCardProps) -> String {
    match (props.outcome, props.deal.loss_reason) {
        (Some(CaseOutcome::Lost), Some(reason)) => {
            t!(
                "cases.ask_lost",
                reason = words::reason_name(reason).to_string()
            )
        }
        (Some(CaseOutcome::Lost), None) => t!("cases.ask_lost_somehow"),
        _ => t!("cases.ask_won"),
    }
    .into_owned()
}

#[derive(Properties, PartialEq)]
struct RemovalProps {
    deal: Rc<Deal>,
    on_removed: Callback<()>,
    on_close: Callback<()>,
}

/// The question before a case is taken away.
#[component]
fn Removal(props: &RemovalProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let remove = {
        let (deal, on_removed) = (props.deal.clone(), props.on_removed.clone());
        let on_close = props.on_close.clone();
        Callback::from(move |_: MouseEvent| {
            let (api, toasts, deal) = (api.clone(), toasts.clone(), deal.clone());
            let (on_removed, on_close) = (on_removed.clone(), on_close.clone());
            browser::spawn(async move {
                match api.remove_case(deal.id, deal.version).await {
                    Ok(_) => {
                        toasts.show(Toast::done(t!("cases.removed", locale = lang.tag())));
                        on_removed.emit(());
                    }
                    Err(error) => {
                        toasts.show(Toast::failed(error.message(lang)));
                        on_close.emit(());
                    }
                }
            });
        })
    };
    let footer = html! {
        <>
            <Button on_click={props.on_close.reform(|_: MouseEvent| ())}>{ t!("ui.cancel") }</Button>
            <Button kind={ButtonKind::Danger} on_click={remove}>{ t!("cases.remove") }</Button>
        </>
    };
    html! {
        <Dialog title={t!("cases.remove_title")} {footer} on_close={props.on_close.clone()}><p>{ t!("cases.remove_text") }</p></Dialog>
    }
}
