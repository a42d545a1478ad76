//! The settings of classes and portfolio limits: what holds now, what will, and what did.

use super::super::pages::use_pages;
use super::limit_form::LimitForm;
use super::priorities::PrioritiesForm;
use super::rules::RulesForm;
use super::words::{limit, measure_name};
use crate::accounts::MoreRows;
use crate::accounts::list::{instead, stale_notice};
use crate::accounts::live::use_reload_on;
use crate::api::use_api;
use crate::format;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::identity::{SettingsFrame, SettingsTab, level_name};
use crate::load::use_load;
use crate::ui::draw_again;
use shared::accounts::{LimitSetting, Limits, Measure, in_force};
use shared::identity::SellerLevel;
use std::rc::Rc;
use strum::IntoEnumIterator;
use yew::prelude::*;

/// Settings of classes and limits.
#[component]
pub fn ClassSettingsPage() -> Html {
    let lang = use_lang();
    let api = use_api();
    let rules = use_load((), {
        let api = api.clone();
        move |()| {
            let api = api.clone();
            async move { api.class_rules().await }
        }
    });
    let priorities = use_load((), {
        let api = api.clone();
        move |()| {
            let api = api.clone();
            async move { api.priority_rules().await }
        }
    });
    let history = use_pages((), move |(), cursor| {
        let api = api.clone();
        async move { api.limits(cursor).await }
    });
    use_reload_on("class_rules.", rules.reload.clone());
    use_reload_on("priority_rules.", priorities.reload.clone());
    use_reload_on("portfolio_limits.", history.refresh());
    let on_rules = {
        let rules = rules.clone();
        Callback::from(move |new| rules.replace(new))
    };
    let on_priorities = {
        let priorities = priorities.clone();
        Callback::from(move |new| priorities.replace(new))
    };
    let pages = &history.pages;
    // What cannot be had is said once, and asked for together.
    let retry = {
        let (rules, history) = (rules.reload.clone(), history.reload.clone());
        Callback::from(move |()| {
            rules.emit(());
            history.emit(());
        })
    };
    let list = match &pages.rows {
        None if rules.data().is_none() => Html::default(),
        None => instead(pages, &retry),
        Some(rows) => html! {
            <>
                { stale_notice(lang, pages, &history.reload) }
                { now(lang, rows) }
                <LimitForm history={rows.clone()} on_set={history.reload.clone()} />
                if !rows.is_empty() {
                    { past(lang, rows) }
                    <MoreRows shown={rows.len()} total={pages.total} has_more={pages.next.is_some()} is_busy={pages.is_busy} on_more={history.more.clone()} />
                }
            </>
        },
    };
    html! {
        <SettingsFrame tab={SettingsTab::Classes}>
            { draw_again(&rules, &retry, |rules| html! { <RulesForm key={rules.version} rules={rules.clone()} on_saved={on_rules.clone()} /> }) }
            if let Some(found) = priorities.data() { <PrioritiesForm key={found.version} rules={found.clone()} on_saved={on_priorities} /> }
            { list }
        </SettingsFrame>
    }
}

/// The limits that hold today, by level.
fn now(lang: Lang, rows: &[Rc<LimitSetting>]) -> Html {
    let today = format::today();
    let line = |level: SellerLevel| {
        let limits = in_force(rows.iter().map(AsRef::as_ref), level, today);
        html! { <tr key={level.as_ref().to_owned()}><th scope="row">{ level_name(lang, level) }</th>{ cells(lang, &limits) }</tr> }
    };
    html! {
        <section class="panel table-scroll">
            <header><h2>{ t!("portfolio.now") }</h2></header>
            <table class="table">
                { head(lang, t!("portfolio.level").into_owned(), None) }
                <tbody>for level in SellerLevel::iter() { { line(level) } }</tbody>
            </table>
        </section>
    }
}

/// Everything that was set, the latest first.
fn past(lang: Lang, rows: &[Rc<LimitSetting>]) -> Html {
    html! {
        <section class="panel table-scroll">
            <header><h2>{ t!("portfolio.history") }</h2></header>
            <table class="table">
                { head(lang, t!("portfolio.valid_from").into_owned(), Some(t!("portfolio.level").into_owned())) }
                <tbody>
                    for row in rows {
                        <tr key={row.id.to_string()}>
                            <th scope="row" class="num">{ format::date(lang, row.valid_from) }</th>
                            <td>{ level_name(lang, row.level) }</td>
                            { cells(lang, &row.limits) }
                        </tr>
                    }
                </tbody>
            </table>
        </section>
    }
}

fn head(lang: Lang, first: String, second: Option<String>) -> Html {
    html! {
        <thead>
            <tr>
                <th scope="col">{ first }</th>
                if let Some(second) = second { <th scope="col">{ second }</th> }
                for measure in Measure::iter() { <th key={measure.as_ref().to_owned()} scope="col">{ measure_name(lang, measure) }</th> }
            </tr>
        </thead>
    }
}

fn cells(lang: Lang, limits: &Limits) -> Html {
    html! {
        for measure in Measure::iter() { <td key={measure.as_ref().to_owned()} class="num">{ limit(lang, limits.of(measure)) }</td> }
    }
}
