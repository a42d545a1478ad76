//! One case: how the deal ended and the lesson first, the rest on opening.

use super::outcome_badge;
use crate::format;
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::route::Route;
use crate::ui::{Chip, Glyph, Icon};
use shared::funnel::{Case, CaseOutcome, DealCase};
use std::rc::Rc;
use yew::prelude::*;
use yew_router::prelude::*;

/// What [`Entry`] needs.
#[derive(Properties, PartialEq)]
pub struct EntryProps {
    /// The case.
    pub case: Rc<Case>,
    /// Why it is shown, where that needs saying.
    #[prop_or_default]
    pub why: Html,
    /// Gets a tag that was pressed; without it tags are only shown.
    #[prop_or_default]
    pub on_tag: Option<Callback<String>>,
}

/// One case of the library.
#[component]
pub fn Entry(props: &EntryProps) -> Html {
    let lang = use_lang();
    let case = &props.case;
    let to = Route::Deal {
        id: case.told.deal_id.to_string(),
    };
    html! {
        <details class="earlier case">
            <summary>
                <span class="fill">
                    <span class="case-head">{ outcome_badge(case.outcome) }<b>{ &case.told.lesson }</b></span>
                    <span class="case-facts t12 muted">{ facts(lang, case) }</span>
                    { props.why.clone() }
                </span>
                <Icon glyph={Glyph::Down} />
            </summary>
            <Told case={case.told.clone()} on_tag={props.on_tag.clone()} />
            if let Some(note) = &case.loss_note { <p class="said muted">{ note }</p> }
            <p><Link<Route> {to} classes="link">{ t!("cases.to_deal", title = case.title) }</Link<Route>></p>
        </details>
    }
}

/// What the deal says: with whom, what, why lost, for how much, after how long, when.
fn facts(lang: Lang, case: &Case) -> Html {
    let account = case.account_name.clone();
    let account = account.unwrap_or_else(|| t!("deal.no_account").into_owned());
    let amount = case
        .amount
        .map(|money| format::amount(lang, &money).to_string());
    let reason = case
        .loss_reason
        .filter(|_| case.outcome == CaseOutcome::Lost);
    let closed = case
        .closed_at
        .map(|at| format::date(lang, format::local(at).date()));
    let parts = [
        Some(account),
        Some(case.title.clone()),
        reason.map(|reason| words::reason_name(reason).to_string()),
        amount,
        case.cycle_days.map(|days| format::days(lang, days)),
        closed,
        case.owner_name.clone(),
    ];
    html! { for part in parts.into_iter().flatten() { <span>{ part }</span> } }
}

/// What [`Told`] needs.
#[derive(Properties, PartialEq)]
pub struct ToldProps {
    /// The words.
    pub case: DealCase,
    /// Gets a tag that was pressed; without it tags are only shown.
    #[prop_or_default]
    pub on_tag: Option<Callback<String>>,
}

/// The words of a case below its lesson.
#[component]
pub fn Told(props: &ToldProps) -> Html {
    let lang = use_lang();
    let case = &props.case;
    let tag = |tag: &String| match &props.on_tag {
        Some(on_tag) => {
            let (on_tag, named) = (on_tag.clone(), tag.clone());
            let on_click = Callback::from(move |_: MouseEvent| on_tag.emit(named.clone()));
            html! { <Chip key={tag.clone()} {on_click}>{ tag.clone() }</Chip> }
        }
        None => html! { <span key={tag.clone()} class="badge">{ tag.clone() }</span> },
    };
    let by = case.author_name.clone();
    let by = by.unwrap_or_else(|| t!("cases.somebody").into_owned());
    html! {
        <div class="told">
            <dl class="fab">
                if !case.worked.is_empty() { <div><dt>{ t!("cases.worked") }</dt><dd>{ &case.worked }</dd></div> }
                if !case.failed.is_empty() { <div><dt>{ t!("cases.failed") }</dt><dd>{ &case.failed }</dd></div> }
            </dl>
            if !case.tags.is_empty() { <div class="row wrap">for one in &case.tags { { tag(one) } }</div> }
            <p class="t12 muted">{ t!("cases.by", who = by, when = format::moment_full(lang, case.updated_at)) }</p>
        </div>
    }
}
