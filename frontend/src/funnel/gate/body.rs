//! What the stages on a deal's way ask, row by row: met with its evidence, missing with what would meet it.

use super::file::FileEvidence;
use super::words;
use crate::api::use_api;
use crate::browser;
use crate::format;
use crate::funnel::deal::sheet;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::route::Route;
use crate::ui::{Button, ButtonSize, Glyph, Icon, IconButton, Notches, Toast, use_toasts};
use shared::accounts::Contact;
use shared::funnel::gate::{Criterion, Fact, FactSource, Known, Side, Truth};
use shared::funnel::{Deal, Evidence, GateSheet, Stage};
use shared::id::{CriterionId, DealId, EvidenceId};
use std::rc::Rc;
use yew::prelude::*;
use yew_router::prelude::*;

/// What [`Criteria`] needs.
#[derive(Properties, PartialEq)]
pub struct CriteriaProps {
    /// The stage that asks.
    pub stage: Rc<Stage>,
    /// Which way it stands in.
    pub side: Side,
    /// The deal.
    pub deal: Rc<Deal>,
    /// What its gates know.
    pub sheet: Rc<GateSheet>,
    /// The people at its account.
    pub people: Rc<Vec<Contact>>,
    /// Whether evidence may be filed and withdrawn.
    pub can_edit: bool,
    /// Whether the stage's name is said, as where there are several.
    pub is_named: bool,
    /// Something was filed or withdrawn.
    pub on_change: Callback<()>,
}

/// The criteria of one side of a stage.
#[component]
pub fn Criteria(props: &CriteriaProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let open = use_state_eq(|| None::<CriterionId>);
    let facts = &props.sheet.facts;
    let known = Known {
        deal: &props.deal,
        gathered: &facts.asked_by(&props.stage, props.side, &props.deal),
        now: format::now(),
    };
    let progress = props.stage.gate.progress(props.side, &known);
    if progress.total == 0 {
        return Html::default();
    }
    let title = match (props.side, props.is_named) {
        (Side::Exit, false) => t!("gate.exit").into_owned(),
        (Side::Entry, false) => t!("gate.entry").into_owned(),
        (Side::Exit, true) => t!("gate.exit_of", stage = props.stage.fields.name).into_owned(),
        (Side::Entry, true) => t!("gate.entry_of", stage = props.stage.fields.name).into_owned(),
    };
    let withdraw = {
        let (deal, version, on_change) =
            (props.deal.id, props.sheet.version, props.on_change.clone());
        Callback::from(move |id: EvidenceId| {
            let (api, toasts, on_change) = (api.clone(), toasts.clone(), on_change.clone());
            browser::spawn(async move {
                match api.withdraw_evidence(deal, version, id).await {
                    Ok(_) => toasts.show(Toast::done(t!("gate.withdrawn", locale = lang.tag()))),
                    Err(error) => toasts.show(Toast::failed(error.message(lang))),
                }
                on_change.emit(());
            });
        })
    };
    let row = |criterion: &Criterion| {
        let id = criterion.id;
        let filed: Vec<&Evidence> = props
            .sheet
            .evidence
            .iter()
            .filter(|one| one.criterion_id == id)
            .collect();
        let is_met = criterion.truth(&known) == Truth::True;
        let is_open = *open == Some(id);
        let show = {
            let open = open.setter();
            Callback::from(move |_: MouseEvent| open.set((!is_open).then_some(id)))
        };
        html! {
            <li key={id.to_string()} class="crit" id={format!("criterion-{id}")}>
                <span class={if is_met { "ok" } else { "no" }}>
                    <Icon glyph={if is_met { Glyph::Met } else { Glyph::Unmet }} />
                    <span class="sr">{ if is_met { t!("gate.is_met") } else { t!("gate.is_missing") } }</span>
                </span>
                <div>
                    <p>
                        { &criterion.name }
                        if !criterion.mandatory { <span class="muted t12">{ " " }{ t!("gate.optional") }</span> }
                    </p>
                    { under(lang, criterion, &filed, &known) }
                </div>
                <span class="row acts">
                    for one in &filed { { link(one, props.can_edit, &withdraw) } }
                    if props.can_edit && criterion.rule.asks_evidence() && !is_open {
                        if filed.is_empty() {
                            <Button size={ButtonSize::Small} icon={Glyph::Upload} on_click={show}>{ t!("gate.add_evidence") }</Button>
                        } else {
                            <IconButton glyph={Glyph::Plus} label={t!("gate.add_evidence")} size={ButtonSize::Small} on_click={show} />
                        }
                    } else if !is_met && !criterion.rule.asks_evidence() {
                        { place(criterion, &props.deal) }
                    }
                </span>
                if is_open {
                    <FileEvidence
                        deal={props.deal.id}
                        criterion={id}
                        people={props.people.clone()}
                        on_filed={let (open, on_change) = (open.setter(), props.on_change.clone()); move |()| { open.set(None); on_change.emit(()); }}
                        on_close={let open = open.setter(); move |()| open.set(None)}
                    />
                }
            </li>
        }
    };
    html! {
        <section class="gate-s" aria-label={title.clone()}>
            <header>
                <h3>{ title }</h3>
                <span class="muted t12 num">{ format!("{}/{}", progress.met, progress.total) }</span>
                <span class="push notches"><Notches met={progress.met} of={progress.total} is_wide=true /></span>
            </header>
            <ul>for criterion in props.stage.gate.side(props.side) { { row(criterion) } }</ul>
        </section>
    }
}

/// Who filed what and when; the figures that decide; else what would meet it.
fn under(lang: Lang, criterion: &Criterion, filed: &[&Evidence], known: &Known<'_>) -> Html {
    let mut parts: Vec<String> = Vec::new();
    if let Some(last) = filed.last() {
        let who = last.contact_name.clone().or(last.filed_by_name.clone());
        let when = format::date(lang, format::local(last.filed_at).date());
        parts.extend(who);
        parts.push(when);
    }
    parts.extend(words::reading(lang, criterion, known));
    if parts.is_empty() && !criterion.hint.is_empty() {
        parts.push(criterion.hint.clone());
    }
    html! { if !parts.is_empty() { <small>{ parts.join(" \u{b7} ") }</small> } }
}

/// A piece of evidence: where it lies, and a way to withdraw it.
fn link(one: &Evidence, can_edit: bool, withdraw: &Callback<EvidenceId>) -> Html {
    let id = one.id;
    let title = one.title.clone();
    html! {
        <span key={id.to_string()} class="row proof">
            if let Some(url) = &one.url {
                <a href={format::web(url)} target="_blank" rel="noopener noreferrer" title={title.clone()}><Icon glyph={Glyph::Link} /><span class="trunc">{ title.clone() }</span></a>
            } else {
                <span class="t12 muted" title={title.clone()}><span class="trunc">{ title.clone() }</span></span>
            }
            if can_edit {
                <IconButton glyph={Glyph::Close} label={t!("gate.withdraw", title = title)} size={ButtonSize::Small} on_click={withdraw.reform(move |_| id)} />
            }
        </span>
    }
}

/// Where the facts of a criterion are written.
fn place(criterion: &Criterion, deal: &Deal) -> Html {
    let mut first = None;
    criterion.rule.each_test(&mut |test| {
        first = first.or(Some(test.fact));
    });
    let Some(fact) = first else {
        return Html::default();
    };
    let to_account = |words: String| match deal.account_id {
        Some(id) => html! {
            <Link<Route> to={Route::Account { id: id.to_string() }} classes="btn sm">{ words }</Link<Route>>
        },
        None => to_deal(deal),
    };
    match fact.source() {
        FactSource::Account => to_account(t!("gate.fill_account").into_owned()),
        FactSource::People => to_account(t!("gate.add_people").into_owned()),
        FactSource::Screening => to_account(t!("gate.screen_account").into_owned()),
        FactSource::Sheet => html! { <ToSheet deal={deal.id} {fact} /> },
        FactSource::Deal
        | FactSource::Lines
        | FactSource::Touches
        | FactSource::Objections
        | FactSource::Proposal => to_deal(deal),
        FactSource::Tests | FactSource::Rounds => Html::default(),
        FactSource::Later => html! { <span class="muted t12">{ t!("gate.later") }</span> },
    }
}

#[derive(Properties, PartialEq)]
struct ToSheetProps {
    deal: DealId,
    fact: Fact,
}

/// Leads to the answers and tasks: on the deal's own page to their card, elsewhere to that page.
#[component]
fn ToSheet(props: &ToSheetProps) -> Html {
    use_lang();
    let navigator = use_navigator();
    let go = {
        let id = props.deal.to_string();
        Callback::from(move |_: MouseEvent| {
            if !browser::focus_within(sheet::ANCHOR)
                && let Some(navigator) = &navigator
            {
                navigator.push_with_state(&Route::Deal { id: id.clone() }, sheet::Wanted);
            }
        })
    };
    let words = match props.fact {
        Fact::TasksDone | Fact::TasksOpen => t!("gate.do_tasks"),
        _ => t!("gate.answer_questions"),
    };
    html! { <Button size={ButtonSize::Small} on_click={go}>{ words }</Button> }
}

fn to_deal(deal: &Deal) -> Html {
    let id = deal.id.to_string();
    html! { <Link<Route> to={Route::Deal { id }} classes="btn sm">{ t!("gate.fill_deal") }</Link<Route>> }
}
