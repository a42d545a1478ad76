//! The library of cases: what it is narrowed to, and the cases.

use super::entry::Entry;
use super::filter::CaseFilter;
use crate::accounts::live::use_reload_on;
use crate::accounts::pages::use_pages;
use crate::accounts::parts::use_people;
use crate::accounts::{MoreRows, SearchBox, stale_notice, use_debounced};
use crate::api::use_api;
use crate::funnel::shape::{Days, DaysFields};
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::load::use_load;
use crate::ui::{
    Button, ButtonKind, ButtonSize, Chip, Choice, Empty, ErrorView, Glyph, SelectField, Skeleton,
    Waiting,
};
use shared::funnel::{CaseOutcome, Funnel};
use std::rc::Rc;
use strum::IntoEnumIterator;
use yew::prelude::*;

/// What [`CaseToolbar`] needs.
#[derive(Properties, PartialEq)]
pub struct CaseToolbarProps {
    /// The filter now.
    pub filter: CaseFilter,
    /// Gets the filter as changed.
    pub on_filter: Callback<CaseFilter>,
    /// The funnels.
    pub funnels: Rc<Vec<Funnel>>,
}

/// The bar over the page: words, outcome, funnel, reason, industry, owner, tag.
#[component]
pub fn CaseToolbar(props: &CaseToolbarProps) -> Html {
    use_lang();
    let api = use_api();
    let people = use_people();
    let industries = use_load((), move |()| {
        let api = api.clone();
        async move { api.account_words().await.map(|words| words.industries) }
    });
    let filter = &props.filter;
    let with = |change: fn(&mut CaseFilter, String)| {
        let (filter, on_filter) = (filter.clone(), props.on_filter.clone());
        Callback::from(move |text: String| {
            let mut next = filter.clone();
            change(&mut next, text);
            on_filter.emit(next);
        })
    };
    let chosen = |change| with(change).reform(|value: AttrValue| value.to_string());
    let (text, on_input) = use_debounced(
        filter.q.as_deref().unwrap_or_default(),
        with(|filter, text| filter.q = (!text.trim().is_empty()).then_some(text)),
    );
    let outcomes = CaseOutcome::iter().map(|outcome| {
        let name = match outcome {
            CaseOutcome::Won => t!("cases.won"),
            CaseOutcome::Lost => t!("cases.lost"),
        };
        Choice::new(outcome.as_ref().to_owned(), name.into_owned())
    });
    let funnels = props.funnels.iter();
    let funnels = funnels.map(|funnel| Choice::new(funnel.id.to_string(), funnel.name.clone()));
    let reasons = words::reasons()
        .map(|reason| Choice::new(reason.as_ref().to_owned(), words::reason_name(reason)));
    let mut trades: Vec<String> = industries.data().cloned().unwrap_or_default();
    trades.extend(filter.industry.clone().filter(|one| !trades.contains(one)));
    let trades = trades
        .into_iter()
        .map(|name| Choice::new(name.clone(), name));
    let people = people
        .iter()
        .map(|user| Choice::new(user.id.to_string(), user.name.clone()));
    let clear = {
        let (filter, on_filter) = (filter.clone(), props.on_filter.clone());
        Callback::from(move |_: MouseEvent| on_filter.emit(filter.opened()))
    };
    let untag = with(|filter, _| filter.tag = None).reform(|_: MouseEvent| String::new());
    html! {
        <div class="toolbar filters" role="search">
            <SearchBox label={t!("cases.search")} {text} {on_input} />
            <SelectField is_label_hidden=true label={t!("cases.outcome")} none={AttrValue::from(t!("cases.any_outcome").into_owned())} choices={outcomes.collect::<Vec<_>>()}
                value={filter.outcome.map(|outcome| outcome.as_ref().to_owned()).unwrap_or_default()}
                on_change={chosen(|filter, text| filter.outcome = text.parse().ok())} />
            <SelectField is_label_hidden=true label={t!("board.funnels")} none={AttrValue::from(t!("deal.all_funnels").into_owned())} choices={funnels.collect::<Vec<_>>()}
                value={filter.funnel.map(|id| id.to_string()).unwrap_or_default()}
                on_change={chosen(|filter, text| filter.funnel = text.parse().ok())} />
            <SelectField is_label_hidden=true label={t!("cases.why_lost")} none={AttrValue::from(t!("cases.any_reason").into_owned())} choices={reasons.collect::<Vec<_>>()}
                value={filter.reason.map(|reason| reason.as_ref().to_owned()).unwrap_or_default()}
                on_change={chosen(|filter, text| filter.reason = text.parse().ok())} />
            <SelectField is_label_hidden=true label={t!("board.industry")} none={AttrValue::from(t!("board.all_industries").into_owned())} choices={trades.collect::<Vec<_>>()}
                value={filter.industry.clone().unwrap_or_default()}
                on_change={chosen(|filter, text| filter.industry = (!text.is_empty()).then_some(text))} />
            <SelectField is_label_hidden=true label={t!("board.owner")} none={AttrValue::from(t!("board.everybody").into_owned())} choices={people.collect::<Vec<_>>()}
                value={filter.owner.map(|id| id.to_string()).unwrap_or_default()}
                on_change={chosen(|filter, text| filter.owner = text.parse().ok())} />
            if let Some(tag) = &filter.tag { <Chip pressed={true} icon={Glyph::Close} on_click={untag}>{ t!("cases.tagged", tag = tag) }</Chip> }
            if !filter.is_open() {
                <Button kind={ButtonKind::Ghost} size={ButtonSize::Small} icon={Glyph::Close} on_click={clear}>{ t!("account.clear_filters") }</Button>
            }
        </div>
    }
}

/// What [`Library`] needs.
#[derive(Properties, PartialEq)]
pub struct LibraryProps {
    /// The filter now.
    pub filter: CaseFilter,
    /// Gets the filter as changed.
    pub on_filter: Callback<CaseFilter>,
    /// Counts up when the cases are to be read again.
    pub round: u32,
    /// Asks for all of the page again.
    pub again: Callback<()>,
}

/// The cases, those closed last first.
#[component]
pub fn Library(props: &LibraryProps) -> Html {
    let lang = use_lang();
    let api = use_api();
    let filter = &props.filter;
    let list = use_pages(
        (filter.query(), props.round),
        move |(question, _), cursor| {
            let api = api.clone();
            async move { api.cases(&question, cursor).await }
        },
    );
    use_reload_on("deal.case_", list.refresh());
    use_reload_on("deal.moved", list.refresh());
    let on_days = {
        let (filter, on_filter) = (filter.clone(), props.on_filter.clone());
        Callback::from(move |days: Days| {
            on_filter.emit(CaseFilter {
                from: days.from,
                to: days.to,
                ..filter.clone()
            });
        })
    };
    let on_tag = {
        let (filter, on_filter) = (filter.clone(), props.on_filter.clone());
        Callback::from(move |tag: String| {
            on_filter.emit(CaseFilter {
                tag: Some(tag),
                ..filter.clone()
            });
        })
    };
    let labels = [
        t!("cases.closed_days"),
        t!("cases.closed_from"),
        t!("cases.closed_to"),
    ];
    let labels = labels.map(|label| AttrValue::from(label.into_owned()));
    let body = match &list.pages.rows {
        None => match &list.pages.error {
            Some(error) if !list.pages.is_busy => {
                html! { <ErrorView error={error.clone()} on_retry={Some(props.again.clone())} /> }
            }
            _ => html! { <Waiting><Skeleton lines={6} /></Waiting> },
        },
        Some(rows) if rows.is_empty() && filter.is_open() => html! {
            <Empty icon={Glyph::Lamp} title={t!("cases.none_title")} text={AttrValue::from(t!("cases.none_text").into_owned())} />
        },
        Some(rows) if rows.is_empty() => {
            let clear = {
                let (filter, on_filter) = (filter.clone(), props.on_filter.clone());
                Callback::from(move |_: MouseEvent| on_filter.emit(filter.opened()))
            };
            html! { <Empty icon={Glyph::Lamp} title={t!("cases.none_found")}><Button on_click={clear}>{ t!("account.clear_filters") }</Button></Empty> }
        }
        Some(rows) => html! {
            <>
                for case in rows { <Entry key={case.told.deal_id.to_string()} case={case.clone()} on_tag={Some(on_tag.clone())} /> }
                <MoreRows shown={rows.len()} total={list.pages.total} has_more={list.pages.next.is_some()} is_busy={list.pages.is_busy} on_more={list.more.clone()} />
            </>
        },
    };
    html! {
        <section class="panel library" aria-label={t!("cases.library")} aria-busy={list.pages.is_busy.then_some("true")}>
            <header><h2>{ t!("cases.library") }</h2></header>
            <div class="body">
                <DaysFields labels={Some(labels)} days={filter.closed()} {on_days} />
                { stale_notice(lang, &list.pages, &props.again) }
                { body }
            </div>
        </section>
    }
}
