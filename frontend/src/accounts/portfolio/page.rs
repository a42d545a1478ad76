//! What the accounts of each seller are made of, against the limits; a press on a share shows the
//! accounts behind it.

use super::super::list::{AccountFilter, instead, stale_notice};
use super::super::live::use_reload_on;
use super::super::pages::use_pages;
use super::words::{limit, measure_name, share, standing};
use crate::accounts::MoreRows;
use crate::api::use_api;
use crate::format;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::identity::level_name;
use crate::page::Page;
use crate::route::Route;
use crate::ui::{Avatar, Empty, Glyph};
use shared::accounts::{Measure, Portfolio, Standing};
use std::rc::Rc;
use strum::IntoEnumIterator;
use yew::prelude::*;
use yew_router::prelude::*;

/// The mix by seller.
#[component]
pub fn PortfolioPage() -> Html {
    let lang = use_lang();
    let api = use_api();
    let list = use_pages((), move |(), cursor| {
        let api = api.clone();
        async move { api.portfolios(cursor).await }
    });
    use_reload_on("account.", list.refresh());
    let pages = &list.pages;
    let body = match &pages.rows {
        None => instead(pages, &list.reload),
        Some(rows) if rows.is_empty() => html! {
            <section class="panel"><Empty icon={Glyph::Users} title={t!("portfolio.nobody")} text={t!("portfolio.nobody_text")} /></section>
        },
        Some(rows) => html! {
            <>
                <section class="panel table-scroll" aria-busy={pages.is_busy.then_some("true")}>{ table(lang, rows) }</section>
                <MoreRows shown={rows.len()} total={pages.total} has_more={pages.next.is_some()} is_busy={pages.is_busy} on_more={list.more.clone()} />
            </>
        },
    };
    html! {
        <Page title={t!("portfolio.title")}>
            <div class="sheetlike">
                <p class="muted">{ t!("portfolio.lead") }</p>
                { stale_notice(lang, pages, &list.reload) }
                { body }
            </div>
        </Page>
    }
}

fn table(lang: Lang, rows: &[Rc<Portfolio>]) -> Html {
    html! {
        <table class="table rows heat" role="table" aria-label={t!("portfolio.title")}>
            <thead role="rowgroup">
                <tr role="row">
                    <th scope="col" role="columnheader">{ t!("portfolio.seller") }</th>
                    for measure in Measure::iter() { <th key={measure.as_ref().to_owned()} scope="col" role="columnheader">{ measure_name(lang, measure) }</th> }
                    <th scope="col" role="columnheader">{ t!("account.class.none") }</th>
                    <th scope="col" role="columnheader" class="r">{ t!("portfolio.total") }</th>
                </tr>
            </thead>
            <tbody role="rowgroup">
                for row in rows { <SellerRow key={row.id.to_string()} seller={row.clone()} /> }
            </tbody>
        </table>
    }
}

#[derive(Properties, PartialEq)]
struct SellerRowProps {
    seller: Rc<Portfolio>,
}

#[component]
fn SellerRow(props: &SellerRowProps) -> Html {
    let lang = use_lang();
    let seller = &props.seller;
    let of = |urgency: Option<&str>, large: Option<bool>| AccountFilter {
        owner: Some(seller.id),
        urgency: urgency.map(str::to_owned),
        large,
        ..AccountFilter::default()
    };
    let everything = format::integer(lang, seller.mix.total());
    html! {
        <tr role="row">
            <td role="cell" class="lead">
                <span class="who"><Avatar name={seller.name.clone()} /><span class="trunc">{ seller.name.clone() }</span><small class="muted">{ level_name(lang, seller.level) }</small></span>
            </td>
            for measure in Measure::iter() {
                <td key={measure.as_ref().to_owned()} role="cell" class={classes!("heat-cell", tint(seller, measure))}>
                    <Link<Route, AccountFilter> to={Route::Accounts} query={Some(behind(measure, &of))} classes="link">
                        <span class="name">{ measure_name(lang, measure) }{ t!("account.colon") }</span>
                        <b class="num">{ share(lang, &seller.mix, measure) }</b>
                        <small class="num">{ format::integer(lang, seller.mix.count(measure)) }</small>
                    </Link<Route, AccountFilter>>
                    <small class="muted">{ limit(lang, seller.limits.of(measure)) }</small>
                    <small class="mark">{ standing(lang, &seller.mix, measure, &seller.limits) }</small>
                </td>
            }
            <td role="cell" class="heat-cell">
                <Link<Route, AccountFilter> to={Route::Accounts} query={Some(of(Some("none"), None))} classes="link">
                    <span class="name">{ t!("account.class.none") }{ t!("account.colon") }</span>
                    <b class="num">{ format::integer(lang, seller.mix.unclassed) }</b>
                </Link<Route, AccountFilter>>
            </td>
            <td role="cell" class="r num">
                <Link<Route, AccountFilter> to={Route::Accounts} query={Some(of(None, None))} classes="link"><span class="name">{ t!("portfolio.total") }{ t!("account.colon") }</span>{ everything }</Link<Route, AccountFilter>>
            </td>
        </tr>
    }
}

fn behind(
    measure: Measure,
    of: &impl Fn(Option<&str>, Option<bool>) -> AccountFilter,
) -> AccountFilter {
    match measure {
        Measure::A => of(Some("A"), None),
        Measure::B => of(Some("B"), None),
        Measure::C => of(Some("C"), None),
        Measure::Large => of(None, Some(true)),
    }
}

/// How warm a share is: by its distance from the limit.
fn tint(seller: &Portfolio, measure: Measure) -> Option<&'static str> {
    let beyond = seller.mix.points_beyond(measure, &seller.limits);
    match seller.mix.standing(measure, &seller.limits) {
        Standing::Within => None,
        Standing::Open => Some("warm-1"),
        Standing::Over | Standing::Under if beyond <= 10 => Some("warm-2"),
        Standing::Over | Standing::Under => Some("warm-3"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::accounts::{Limits, Mix, UrgentDays};
    use shared::identity::SellerLevel;

    fn seller(a: i64, b: i64, unclassed: i64) -> Portfolio {
        Portfolio {
            id: uuid::Uuid::nil().into(),
            name: "Xia".to_owned(),
            level: SellerLevel::Senior,
            mix: Mix {
                a,
                b,
                unclassed,
                ..Mix::default()
            },
            limits: Limits::usual(SellerLevel::Senior),
            days: UrgentDays::from("2026-01-01".parse().unwrap(), 2),
        }
    }

    #[test]
    fn a_share_is_warmer_the_further_it_is_from_its_limit() {
        assert_eq!(tint(&seller(4, 6, 0), Measure::A), None);
        assert_eq!(tint(&seller(5, 5, 0), Measure::A), Some("warm-2"));
        assert_eq!(tint(&seller(9, 1, 0), Measure::A), Some("warm-3"));
        assert_eq!(tint(&seller(0, 5, 5), Measure::B), Some("warm-1"));
    }

    #[test]
    fn a_press_on_a_share_asks_for_the_accounts_behind_it() {
        let of = |urgency: Option<&str>, large: Option<bool>| AccountFilter {
            urgency: urgency.map(str::to_owned),
            large,
            ..AccountFilter::default()
        };
        assert_eq!(behind(Measure::B, &of).urgency.as_deref(), Some("B"));
        assert_eq!(behind(Measure::Large, &of).large, Some(true));
    }
}
