//! Closed deals that wait for somebody to write down what was learnt.

use super::form::CaseDialog;
use super::outcome_badge;
use crate::accounts::live::use_reload_on;
use crate::accounts::pages::use_pages;
use crate::accounts::stale_notice;
use crate::api::use_api;
use crate::format;
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::identity::use_can;
use crate::route::Route;
use crate::ui::{Button, ButtonSize, ErrorView, Glyph, Icon, Skeleton, Waiting};
use shared::funnel::{CaseOutcome, Deal};
use shared::id::UserId;
use shared::identity::Permission;
use std::rc::Rc;
use yew::prelude::*;
use yew_router::prelude::*;

/// What [`DueCases`] needs.
#[derive(Properties, PartialEq)]
pub struct DueCasesProps {
    /// Closed within so many days.
    pub days: i64,
    /// Only of this owner.
    pub owner: Option<UserId>,
    /// Counts up when they are to be read again.
    pub round: u32,
    /// Asks for all of the page again.
    pub again: Callback<()>,
}

/// How a deal without a case ended.
const fn outcome(deal: &Deal) -> CaseOutcome {
    if deal.loss_reason.is_some() {
        CaseOutcome::Lost
    } else {
        CaseOutcome::Won
    }
}

/// The deals that wait, with their number.
#[component]
pub fn DueCases(props: &DueCasesProps) -> Html {
    let lang = use_lang();
    let api = use_api();
    let can_edit = use_can(Permission::EditDeals);
    let writing = use_state_eq(|| None::<Rc<Deal>>);
    let list = use_pages(
        (props.days, props.owner, props.round),
        move |(days, owner, _), cursor| {
            let api = api.clone();
            async move { api.due_cases(days, owner, cursor).await }
        },
    );
    use_reload_on("deal.case_", list.refresh());
    use_reload_on("deal.moved", list.refresh());
    let close = {
        let writing = writing.setter();
        Callback::from(move |()| writing.set(None))
    };
    let write = {
        let writing = writing.setter();
        Callback::from(move |deal: Rc<Deal>| writing.set(Some(deal)))
    };
    let on_saved = {
        let (close, again) = (close.clone(), props.again.clone());
        Callback::from(move |_| {
            close.emit(());
            again.emit(());
        })
    };
    let body = match &list.pages.rows {
        None => match &list.pages.error {
            Some(error) if !list.pages.is_busy => {
                html! { <ErrorView error={error.clone()} on_retry={Some(props.again.clone())} /> }
            }
            _ => html! { <Waiting><Skeleton lines={3} /></Waiting> },
        },
        Some(rows) if rows.is_empty() => html! {
            <p class="row muted"><Icon glyph={Glyph::Check} />{ t!("cases.none_due", n = props.days.to_string()) }</p>
        },
        Some(rows) => html! {
            <>
                <ol class="stays due">for deal in rows { { row(lang, deal, can_edit, &write) } }</ol>
                if list.pages.next.is_some() {
                    <Button size={ButtonSize::Small} is_busy={list.pages.is_busy} on_click={list.more.reform(|_| ())}>{ t!("cases.more") }</Button>
                }
            </>
        },
    };
    html! {
        <section class="panel" aria-label={t!("cases.due")}>
            <header>
                <h2>{ t!("cases.due") }</h2>
                if let Some(total) = list.pages.total.filter(|total| *total > 0) { <span class="badge warning num">{ format::integer(lang, total) }</span> }
            </header>
            <div class="body">
                { stale_notice(lang, &list.pages, &props.again) }
                { body }
            </div>
            if let Some(deal) = &*writing {
                <CaseDialog deal={deal.id} version={deal.version} title={deal.title.clone()} {on_saved} on_close={close} />
            }
        </section>
    }
}

fn row(lang: Lang, deal: &Rc<Deal>, can_edit: bool, write: &Callback<Rc<Deal>>) -> Html {
    let to = Route::Deal {
        id: deal.id.to_string(),
    };
    let closed = deal
        .closed_at
        .map(|at| format::date(lang, format::local(at).date()));
    let reason = deal
        .loss_reason
        .map(|reason| words::reason_name(reason).to_string());
    let parts = [
        Some(words::account_name(deal).to_string()),
        reason,
        Some(words::amount(lang, deal)),
        closed,
        deal.owner_name.clone(),
    ];
    let on_click = {
        let deal = deal.clone();
        write.reform(move |_: MouseEvent| deal.clone())
    };
    html! {
        <li key={deal.id.to_string()} class="stay">
            <div class="fill">
                <span class="case-head">{ outcome_badge(outcome(deal)) }<Link<Route> {to} classes="link">{ deal.title.clone() }</Link<Route>></span>
                <span class="case-facts t12 muted">for part in parts.into_iter().flatten() { <span>{ part }</span> }</span>
            </div>
            if can_edit { <Button size={ButtonSize::Small} icon={Glyph::Edit} label={t!("cases.write_of", title = deal.title)} {on_click}>{ t!("cases.write") }</Button> }
        </li>
    }
}
