//! The priority of an account, why, what accounts of it get, and whether it is to be looked at again
//! (CLS-17, CLS-18).

use crate::accounts::parts::words;
use crate::api::use_api;
use crate::browser;
use crate::format;
use crate::i18n::t;
use crate::i18n::{Lang, counted, use_lang};
use crate::identity::use_can;
use crate::load::use_load;
use crate::ui::{Badge, Button, ButtonSize, Toast, Tone, use_toasts};
use shared::accounts::{Account, AccountPriority, FactorPoints, Priority, PriorityPlan};
use shared::identity::Permission;
use std::rc::Rc;
use yew::prelude::*;

/// What [`PriorityPanel`] needs.
#[derive(Properties, PartialEq)]
pub struct PriorityPanelProps {
    /// The account.
    pub account: Rc<Account>,
}

/// The panel of the priority.
#[component]
pub fn PriorityPanel(props: &PriorityPanelProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let account = &props.account;
    let can_confirm = use_can(Permission::EditAccounts) && account.archived_at.is_none();
    let is_busy = use_state_eq(|| false);
    let told = use_load((account.id, account.version), {
        let api = api.clone();
        move |(id, _)| {
            let api = api.clone();
            async move { api.account_priority(id).await }
        }
    });
    let Some(priority) = told.data().cloned() else {
        return Html::default();
    };
    let confirm = {
        let (account, told, busy) = (account.clone(), told.clone(), is_busy.setter());
        Callback::from(move |_: MouseEvent| {
            busy.set(true);
            let (api, toasts, busy) = (api.clone(), toasts.clone(), busy.clone());
            let (account, told) = (account.clone(), told.clone());
            browser::spawn(async move {
                match api.confirm_priority(account.id, account.version).await {
                    Ok(now) => {
                        toasts.show(Toast::done(t!("priority.confirmed", locale = lang.tag())));
                        told.replace(now);
                    }
                    Err(error) => toasts.show(Toast::failed(error.message(lang))),
                }
                busy.set(false);
            });
        })
    };
    html! {
        <section class="panel" aria-label={t!("priority.title")}>
            <header class="wrap">
                <h2>{ t!("priority.title") }</h2>
                { badge(lang, priority.priority) }
                <span class="sub">{ why(lang, &priority) }</span>
            </header>
            if let Some(found) = priority.priority.zip(priority.plan.as_ref()) { { plan(lang, found) } }
            <div class="row wrap part">
                <span class={classes!(if priority.is_due { "warn" } else { "muted" })}>{ last(lang, &priority) }</span>
                <span class="push" />
                if can_confirm {
                    <Button size={ButtonSize::Small} is_busy={*is_busy} on_click={confirm}>{ t!("priority.confirm") }</Button>
                }
            </div>
        </section>
    }
}

/// A priority as a badge.
fn badge(lang: Lang, priority: Option<Priority>) -> Html {
    let tone = match priority {
        Some(Priority::High) => Tone::Accent,
        Some(Priority::Middle) => Tone::Positive,
        Some(Priority::Low) | None => Tone::Neutral,
    };
    match priority {
        Some(found) => {
            html! { <Badge {tone}>{ words(lang, &format!("priority.names.{}", found.as_ref())) }</Badge> }
        }
        None => html! { <Badge is_outline=true>{ t!("priority.none") }</Badge> },
    }
}

/// What each factor gives.
fn why(lang: Lang, priority: &AccountPriority) -> String {
    let said = |one: &FactorPoints| {
        let name = words(lang, &format!("priority.factors.{}", one.factor.as_ref()));
        let points = one
            .points
            .map_or_else(|| t!("priority.unknown").into_owned(), |n| n.to_string());
        t!("priority.factor", name = name, points = points).into_owned()
    };
    let said: Vec<String> = priority.points.iter().map(said).collect();
    said.join(&t!("timeline.joint"))
}

/// What accounts of the priority get: the organisation's words, or those that come with the product.
fn plan(lang: Lang, (priority, plan): (Priority, &PriorityPlan)) -> Html {
    let strategy = if plan.strategy.is_empty() {
        words(lang, &format!("priority.strategies.{}", priority.as_ref()))
    } else {
        AttrValue::from(plan.strategy.clone())
    };
    let parts = [
        counted(lang, "priority.visits", plan.visits.into()).to_string(),
        counted(lang, "priority.contact", plan.contact_days.into()).to_string(),
        words(lang, &format!("priority.leads.{}", plan.lead.as_ref())).to_string(),
        t!(
            "priority.time",
            share = format::percent(lang, plan.time_share.into())
        )
        .into_owned(),
    ];
    html! {
        <div class="part stack">
            <p>{ strategy }</p>
            <ul class="row wrap">for part in parts { <li><Badge is_outline=true>{ part }</Badge></li> }</ul>
        </div>
    }
}

/// When it was last confirmed, by whom, and whether it is due.
fn last(lang: Lang, priority: &AccountPriority) -> String {
    let day = format::date(lang, format::local(priority.confirmed_at).date());
    if priority.is_due {
        return t!("priority.due", day = day).into_owned();
    }
    let due = format::date(lang, format::local(priority.due_at).date());
    match &priority.confirmed_by_name {
        Some(who) => t!("priority.last_by", day = day, who = who, due = due).into_owned(),
        None => t!("priority.last", day = day, due = due).into_owned(),
    }
}
