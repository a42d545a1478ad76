//! The page of cases: what the closings say, what waits for a lesson, and the library.

use super::due::DueCases;
use super::filter::CaseFilter;
use super::lessons::Lessons;
use super::library::{CaseToolbar, Library};
use crate::accounts::use_filter;
use crate::api::use_api;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::load::use_load;
use crate::page::Page;
use crate::route::Route;
use shared::funnel::Funnel;
use std::rc::Rc;
use yew::prelude::*;

/// What was learnt from won and lost deals.
#[component]
pub fn CasesPage() -> Html {
    use_lang();
    let api = use_api();
    let (filter, set) = use_filter::<CaseFilter>(Route::Cases);
    let funnels = use_load((), move |()| {
        let api = api.clone();
        async move { api.funnels().await }
    });
    let funnels: Rc<Vec<Funnel>> = Rc::new(
        funnels
            .data()
            .map(|page| page.items.clone())
            .unwrap_or_default(),
    );
    // What is asked again by one part is asked by all: what kept one away kept all away.
    let round = use_state_eq(|| 0u32);
    let again = {
        let round = round.clone();
        Callback::from(move |()| round.set(round.wrapping_add(1)))
    };
    let on_days = {
        let (filter, set) = (filter.clone(), set.clone());
        Callback::from(move |days: i64| {
            set.emit(CaseFilter {
                days: Some(days),
                ..filter.clone()
            });
        })
    };
    let on_tag = {
        let (filter, set) = (filter.clone(), set.clone());
        Callback::from(move |tag: String| {
            set.emit(CaseFilter {
                tag: Some(tag),
                ..filter.clone()
            });
        })
    };
    html! {
        <Page title={t!("cases.title")}>
            <CaseToolbar filter={filter.clone()} on_filter={set.clone()} {funnels} />
            <div class="sheetlike">
                <Lessons days={filter.window()} funnel={filter.funnel} round={*round} again={again.clone()} {on_days} {on_tag} />
                <DueCases days={filter.window()} owner={filter.owner} round={*round} again={again.clone()} />
                <Library {filter} on_filter={set} round={*round} {again} />
            </div>
        </Page>
    }
}
