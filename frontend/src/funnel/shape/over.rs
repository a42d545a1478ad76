//! The deals over the limit of their stage: how many, for how much, and those that are there longest.

use super::behind::{Way, over_limit};
use super::days::Days;
use crate::api::{Api, ApiResult};
use crate::format;
use crate::funnel::deal::filter::DealFilter;
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::{counted, use_lang};
use crate::route::Route;
use crate::ui::Tier;
use chrono::NaiveDate;
use shared::funnel::{BoardFilter, Deal, ShapeFigures};
use shared::id::FunnelId;
use shared::money::Currency;
use std::rc::Rc;
use yew::prelude::*;
use yew_router::prelude::*;

/// How many of them are named.
const NAMED: u32 = 3;

/// What is over the limit under one filter.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Over {
    /// How many and for how much.
    pub figures: ShapeFigures,
    /// Those in their stage for longest.
    pub longest: Vec<Deal>,
}

/// Asks for it, as it is on a day.
pub async fn over(
    api: &Api,
    funnel: FunnelId,
    (filter, days): (&BoardFilter, Days),
    today: NaiveDate,
) -> ApiResult<Over> {
    let asked = BoardFilter {
        over_limit_on: Some(today),
        ..filter.clone()
    };
    let shape = api
        .funnel_shape(funnel, &asked, (days.from, days.to))
        .await?;
    let figures = shape.stages.into_iter().next();
    let figures = figures.map(|first| first.entered).unwrap_or_default();
    if figures.count == 0 {
        return Ok(Over::default());
    }
    let mut query = DealFilter {
        from: days.from,
        to: days.to,
        ..DealFilter::of_board(funnel, &asked)
    }
    .query();
    query.sort = Some("stage_entered_at".to_owned());
    query.limit = Some(NAMED);
    let longest = api.deals(&query, None).await?.items;
    Ok(Over { figures, longest })
}

/// What [`OverPart`] needs.
#[derive(Properties, PartialEq)]
pub struct OverPartProps {
    /// The funnel.
    pub funnel: FunnelId,
    /// What it is narrowed to.
    pub filter: BoardFilter,
    /// The days on which its deals came in.
    pub days: Days,
    /// The organisation's currency.
    pub house: Currency,
    /// What is over the limit.
    pub over: Rc<Over>,
}

/// The part of the panel of stays that names them.
#[component]
pub fn OverPart(props: &OverPartProps) -> Html {
    let lang = use_lang();
    let Over { figures, longest } = &*props.over;
    if figures.count == 0 {
        return Html::default();
    }
    let today = format::today();
    let count = counted(lang, "shape.over_n", figures.count);
    let sum = words::sums(lang, &figures.sums, props.house);
    let sub = t!("shape.over_for", count = count, sum = sum).into_owned();
    let all = over_limit(props.funnel, (&props.filter, props.days), today);
    html! {
        <section class="fs-over" aria-label={t!("shape.over")}>
            <header><h3>{ t!("shape.over") }</h3><span class="sub num">{ sub }</span><Way to={all} class={classes!("link", "push")}>{ t!("shape.over_all") }</Way></header>
            <ul>
                for deal in longest { { row(lang, deal, today) } }
            </ul>
        </section>
    }
}

fn row(lang: crate::i18n::Lang, deal: &Deal, today: NaiveDate) -> Html {
    let days = format::days_since(format::local(deal.stage_entered_at).date(), today);
    let to = Route::Deal {
        id: deal.id.to_string(),
    };
    html! {
        <li key={deal.id.to_string()}>
            if let Some(tier) = deal.account_tier {
                <Tier letter={tier.as_ref().chars().next().unwrap_or('C')} label={t!("board.tier", tier = tier.as_ref()).into_owned()} />
            }
            <Link<Route> {to} classes="trunc">{ words::deal_name(deal) }</Link<Route>>
            <span class="badge negative num">{ format::days(lang, days) }</span>
        </li>
    }
}
