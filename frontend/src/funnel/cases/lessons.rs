//! What the closings of some days say together, beside as many days before them.

use crate::accounts::live::use_reload_on;
use crate::api::use_api;
use crate::format;
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::identity::use_me;
use crate::load::use_load;
use crate::ui::{Choice, SelectField, draw_again};
use shared::funnel::case::lessons::{CaseLessons, ClosedFigures, NowAndBefore};
use shared::id::FunnelId;
use shared::money::Currency;
use yew::prelude::*;

/// How many reasons and tags are shown.
const SHOWN: usize = 6;

/// What [`Lessons`] needs.
#[derive(Properties, PartialEq)]
pub struct LessonsProps {
    /// Over how many days.
    pub days: i64,
    /// Only of this funnel.
    pub funnel: Option<FunnelId>,
    /// Counts up when they are to be counted again.
    pub round: u32,
    /// Asks for all of the page again.
    pub again: Callback<()>,
    /// Gets another number of days.
    pub on_days: Callback<i64>,
    /// Gets a tag that was pressed.
    pub on_tag: Callback<String>,
}

/// The figures, the reasons and the tags.
#[component]
pub fn Lessons(props: &LessonsProps) -> Html {
    let lang = use_lang();
    let api = use_api();
    let told = use_load(
        (props.days, props.funnel, props.round),
        move |(days, funnel, _)| {
            let api = api.clone();
            async move { api.case_lessons(days, funnel).await }
        },
    );
    use_reload_on("deal.case_", told.reload.clone());
    use_reload_on("deal.moved", told.reload.clone());
    let house = use_me().map_or(Currency::CNY, |me| me.organisation.currency);
    let windows: Vec<Choice> = super::filter::WINDOWS
        .iter()
        .map(|days| {
            let name = t!("cases.last_days", n = days.to_string()).into_owned();
            Choice::new(days.to_string(), name)
        })
        .collect();
    let on_change = {
        let on_days = props.on_days.clone();
        Callback::from(move |value: AttrValue| {
            if let Ok(days) = value.parse() {
                on_days.emit(days);
            }
        })
    };
    html! {
        <section class="panel lessons" aria-label={t!("cases.lessons")}>
            <header>
                <h2>{ t!("cases.lessons") }</h2>
                <span class="sub">{ t!("cases.beside", n = props.days.to_string()) }</span>
                <span class="push script-filter"><SelectField label={t!("cases.window")} is_label_hidden=true value={props.days.to_string()} choices={windows} {on_change} /></span>
            </header>
            { draw_again(&told, &props.again, |told| html! {
                <>
                    { figures(lang, told, house) }
                    <div class="halves">
                        { reasons(lang, told, house) }
                        { tags(lang, told, &props.on_tag) }
                    </div>
                </>
            }) }
        </section>
    }
}

/// How one figure reads now and read before.
fn figure(name: String, now: String, more: Option<String>, before: String) -> Html {
    html! {
        <div>
            <dt>{ name }</dt>
            <dd>
                <b class="num">{ now }</b>
                if let Some(more) = more { <span class="num muted">{ more }</span> }
                <small class="num muted">{ t!("cases.before", n = before) }</small>
            </dd>
        </div>
    }
}

fn figures(lang: Lang, told: &CaseLessons, house: Currency) -> Html {
    let count = |figures: &ClosedFigures| format::integer(lang, figures.count);
    let sums = |figures: &ClosedFigures| {
        (!figures.amounts.is_empty()).then(|| words::sums(lang, &figures.amounts, house))
    };
    let days = |figures: &ClosedFigures| {
        let days = figures.average_days.map(|days| format::days(lang, days));
        days.unwrap_or_else(|| "\u{2014}".to_owned())
    };
    let share = |figures: &ClosedFigures| {
        let share = figures.case_share();
        share.map_or_else(
            || "\u{2014}".to_owned(),
            |share| format::percent(lang, share.into()),
        )
    };
    let one = |name: String, of: &NowAndBefore, read: &dyn Fn(&ClosedFigures) -> String, more| {
        figure(name, read(&of.now), more, read(&of.before))
    };
    let NowAndBefore { now, .. } = &told.closed;
    let written = t!(
        "cases.of_all",
        n = format::integer(lang, now.with_case),
        all = format::integer(lang, now.count)
    );
    html! {
        <dl class="strip">
            { one(t!("cases.won_deals").into_owned(), &told.won, &count, sums(&told.won.now)) }
            { one(t!("cases.lost_deals").into_owned(), &told.lost, &count, sums(&told.lost.now)) }
            { one(t!("cases.won_days").into_owned(), &told.won, &days, None) }
            { one(t!("cases.lost_days").into_owned(), &told.lost, &days, None) }
            { one(t!("cases.share").into_owned(), &told.closed, &share, Some(written.into_owned())) }
        </dl>
    }
}

/// A bar as long as its share of the longest one; the figures beside it say the same.
fn bar(count: i64, most: i64) -> Html {
    let width = format!("{}%", count * 100 / most.max(1));
    html! { <svg class="bar" aria-hidden="true"><rect {width} height="100%" rx="2" /></svg> }
}

fn reasons(lang: Lang, told: &CaseLessons, house: Currency) -> Html {
    let most = told.reasons.iter().map(|one| one.figures.now.count).max();
    html! {
        <section aria-label={t!("cases.why_lost")}>
            <h3>{ t!("cases.why_lost") }</h3>
            if told.reasons.is_empty() { <p class="muted">{ t!("cases.none_lost") }</p> }
            <ol class="ranks">
                for one in told.reasons.iter().take(SHOWN) {
                    <li key={one.loss_reason.as_ref().to_owned()}>
                        <span class="name">{ words::reason_name(one.loss_reason) }</span>
                        <span class="num muted t12">{ words::sums(lang, &one.figures.now.amounts, house) }</span>
                        { counts(lang, &one.figures) }
                        { bar(one.figures.now.count, most.unwrap_or_default()) }
                    </li>
                }
            </ol>
        </section>
    }
}

fn counts(lang: Lang, figures: &NowAndBefore) -> Html {
    let before = format::integer(lang, figures.before.count);
    html! {
        <span class="count"><b class="num">{ format::integer(lang, figures.now.count) }</b><small class="num muted">{ t!("cases.before", n = before) }</small></span>
    }
}

fn tags(lang: Lang, told: &CaseLessons, on_tag: &Callback<String>) -> Html {
    let most = told.tags.iter().map(|one| one.figures.now.count).max();
    let press = |tag: &String| {
        let tag = tag.clone();
        on_tag.reform(move |_: MouseEvent| tag.clone())
    };
    html! {
        <section aria-label={t!("cases.by_tag")}>
            <h3>{ t!("cases.by_tag") }</h3>
            if told.tags.is_empty() { <p class="muted">{ t!("cases.none_tagged") }</p> }
            <ol class="ranks">
                for one in told.tags.iter().take(SHOWN) {
                    <li key={one.tag.clone()}>
                        <button type="button" class="link name" onclick={press(&one.tag)}>{ one.tag.clone() }</button>
                        <span class="num muted t12">{ t!("cases.of_them_won", n = format::integer(lang, one.won)) }</span>
                        { counts(lang, &one.figures) }
                        { bar(one.figures.now.count, most.unwrap_or_default()) }
                    </li>
                }
            </ol>
        </section>
    }
}
