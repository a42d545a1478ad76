//! How many accounts of each seller are targets, unsuitable, not decided or due; a press on a figure shows
//! the accounts behind it.

use super::super::list::{AccountFilter, instead, stale_notice};
use super::super::live::use_reload_on;
use super::super::pages::use_pages;
use crate::accounts::MoreRows;
use crate::accounts::parts::words;
use crate::api::use_api;
use crate::format;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::route::Route;
use crate::ui::{Avatar, Empty, Glyph};
use shared::accounts::ScreeningTally;
use std::rc::Rc;
use yew::prelude::*;
use yew_router::prelude::*;

/// The columns, as the filter of the list names them.
const COLUMNS: [&str; 4] = ["target", "unsuitable", "incomplete", "due"];

const fn figures(tally: &ScreeningTally) -> [i64; 4] {
    let count = &tally.count;
    [count.target, count.unsuitable, count.incomplete, tally.due]
}

/// The report by seller.
#[component]
pub fn Report() -> Html {
    let lang = use_lang();
    let api = use_api();
    let list = use_pages((), move |(), cursor| {
        let api = api.clone();
        async move { api.screening_report(cursor).await }
    });
    use_reload_on("account.", list.refresh());
    use_reload_on("screening_rules.", list.refresh());
    let pages = &list.pages;
    match &pages.rows {
        None => instead(pages, &list.reload),
        Some(rows) if rows.is_empty() => html! {
            <section class="panel"><Empty icon={Glyph::Users} title={t!("portfolio.nobody")} text={t!("portfolio.nobody_text")} /></section>
        },
        Some(rows) => html! {
            <>
                { stale_notice(lang, pages, &list.reload) }
                <section class="panel table-scroll" aria-busy={pages.is_busy.then_some("true")}>
                    <header class="wrap"><h2>{ t!("screening.report") }</h2><span class="sub">{ t!("screening.report_sub") }</span></header>
                    { table(lang, rows) }
                </section>
                <MoreRows shown={rows.len()} total={pages.total} has_more={pages.next.is_some()} is_busy={pages.is_busy} on_more={list.more.clone()} />
            </>
        },
    }
}

fn table(lang: Lang, rows: &[Rc<ScreeningTally>]) -> Html {
    html! {
        <table class="table rows heat" role="table" aria-label={t!("screening.report")}>
            <thead role="rowgroup">
                <tr role="row">
                    <th scope="col" role="columnheader">{ t!("portfolio.seller") }</th>
                    for column in COLUMNS { <th key={column} scope="col" role="columnheader" class="r">{ words(lang, &format!("screening.columns.{column}")) }</th> }
                </tr>
            </thead>
            <tbody role="rowgroup">
                for row in rows {
                    <tr key={row.id.to_string()} role="row">
                        <td role="cell" class="lead"><span class="who"><Avatar name={row.name.clone()} /><span class="trunc">{ row.name.clone() }</span></span></td>
                        for (column, count) in COLUMNS.into_iter().zip(figures(row)) { { cell(lang, row, column, count) } }
                    </tr>
                }
            </tbody>
        </table>
    }
}

fn cell(lang: Lang, tally: &ScreeningTally, column: &'static str, count: i64) -> Html {
    let behind = AccountFilter {
        owner: Some(tally.id),
        screening: Some(column.to_owned()),
        ..AccountFilter::default()
    };
    let name = words(lang, &format!("screening.columns.{column}"));
    html! {
        <td key={column} role="cell" class="r heat-cell">
            <Link<Route, AccountFilter> to={Route::Accounts} query={Some(behind)} classes="link">
                <span class="name">{ name }{ t!("account.colon") }</span>
                <b class="num">{ format::integer(lang, count) }</b>
            </Link<Route, AccountFilter>>
        </td>
    }
}
