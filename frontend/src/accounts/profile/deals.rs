//! The deals of an account: the open ones on the overview, all of them on their own tab.

use crate::accounts::names::Names;
use crate::format;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::route::Route;
use crate::ui::{Button, ButtonSize, Empty, Glyph, IconButton, Money, StageGlyph, StageShape};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use shared::accounts::AccountSummary;
use shared::funnel::{Deal, StageKind};
use std::rc::Rc;
use yew::prelude::*;
use yew_router::prelude::*;

/// What [`Deals`] needs.
#[derive(Properties, PartialEq)]
pub struct DealsProps {
    /// The account's deals as far as loaded.
    pub deals: Rc<Vec<Rc<Deal>>>,
    /// The stages.
    pub names: Rc<Names>,
    /// The figures over all of them.
    pub summary: Option<Rc<AccountSummary>>,
    /// Whether only open ones show.
    #[prop_or_default]
    pub is_open_only: bool,
    /// How many show; all without.
    #[prop_or_default]
    pub at_most: Option<usize>,
    /// Begins a new deal, where one may.
    #[prop_or_default]
    pub on_add: Option<Callback<()>>,
    /// Shows all of them.
    #[prop_or_default]
    pub on_all: Option<Callback<()>>,
    /// What stands at the end, as a button for more.
    #[prop_or_default]
    pub children: Html,
}

/// Whether a deal is still on its way; one in a stage we do not know counts as open until it is closed.
#[must_use]
pub fn is_open(deal: &Deal, names: &Names) -> bool {
    names
        .stage(deal.stage_id)
        .map_or(deal.closed_at.is_none(), |stage| {
            stage.kind == StageKind::Open
        })
}

/// A panel of deals.
#[component]
pub fn Deals(props: &DealsProps) -> Html {
    let lang = use_lang();
    let deals: Vec<_> = props
        .deals
        .iter()
        .filter(|deal| !props.is_open_only || is_open(deal, &props.names))
        .cloned()
        .collect();
    let shown = props.at_most.unwrap_or(usize::MAX).min(deals.len());
    let sub = subtitle(lang, props, deals.len());
    html! {
        <section class="panel col-flex" aria-label={if props.is_open_only { t!("account.open_deals") } else { t!("account.deals") }}>
            <header>
                <h2>{ if props.is_open_only { t!("account.open_deals") } else { t!("account.deals") } }</h2>
                <span class="sub num">{ sub }</span>
                if let Some(on_add) = &props.on_add {
                    <IconButton glyph={Glyph::Plus} label={t!("account.add_deal")} size={ButtonSize::Small} class="push edge" on_click={on_add.reform(|_| ())} />
                }
            </header>
            if deals.is_empty() {
                <Empty title={if props.is_open_only { t!("account.no_open_deals") } else { t!("account.no_deals") }}>
                    if let Some(on_add) = &props.on_add { <Button icon={Glyph::Plus} on_click={on_add.reform(|_| ())}>{ t!("account.add_deal") }</Button> }
                </Empty>
            } else {
                <ul>
                    for deal in deals.iter().take(shown) { <DealRow key={deal.id.to_string()} deal={deal.clone()} names={props.names.clone()} /> }
                </ul>
            }
            if let Some(on_all) = props.on_all.clone().filter(|_| shown < deals.len()) {
                <div class="floor foot"><button type="button" class="link t12" onclick={on_all.reform(|_| ())}>{ t!("account.all_deals", n = format::integer(lang, i64::try_from(deals.len()).unwrap_or(0))) }</button></div>
            }
            { props.children.clone() }
        </section>
    }
}

fn subtitle(lang: Lang, props: &DealsProps, count: usize) -> String {
    let count = i64::try_from(count).unwrap_or(0);
    let Some(summary) = props.summary.as_ref().filter(|_| props.is_open_only) else {
        return format::integer(lang, count);
    };
    let total = format::integer(lang, summary.open_deals);
    match summary
        .weighted_amounts
        .first()
        .filter(|money| !money.amount.is_zero())
    {
        Some(weighted) => t!(
            "account.weighted",
            n = total,
            amount = format::sum(lang, weighted).to_string()
        )
        .into_owned(),
        None => total,
    }
}

#[derive(Properties, PartialEq)]
struct DealRowProps {
    deal: Rc<Deal>,
    names: Rc<Names>,
}

#[component]
fn DealRow(props: &DealRowProps) -> Html {
    let lang = use_lang();
    let deal = &props.deal;
    let today = format::today();
    let stage = props.names.stage(deal.stage_id);
    let shape = stage.map_or(StageShape::Step { k: 0, of: 1 }, |stage| stage.shape);
    let stage_name = stage.map(|stage| stage.name.clone()).unwrap_or_default();
    let is_open = is_open(deal, &props.names);
    let probability = stage.filter(|_| is_open).map(|stage| {
        let fields = &stage.fields;
        fields.weight(deal.probability, deal.evidence_probability)
    });
    let close = deal
        .expected_close_on
        .map(|day| format::day_short(lang, day, today));
    let closed = deal
        .closed_at
        .map(|at| format::day_short(lang, format::local(at).date(), today));
    let figures: Vec<String> = probability
        .map(|percent| format::percent(lang, Decimal::from(percent)))
        .into_iter()
        .chain(if is_open { close } else { closed })
        .collect();
    html! {
        <li class="drow">
            <span title={stage_name.clone()}><StageGlyph {shape} color={stage.map_or(1, |stage| stage.color)} /><span class="sr">{ stage_name.clone() }</span></span>
            <Link<Route> to={Route::Deal { id: deal.id.to_string() }} classes="t trunc over">{ deal.title.clone() }</Link<Route>>
            if let Some(amount) = &deal.amount {
                <Money figure={format::amount(lang, amount)} title={format::money(lang, amount)} />
            } else {
                <span class="faint">{ t!("account.no_amount") }</span>
            }
            <span class="s">
                if is_open { { next_step(lang, deal, today) } } else { <span class="trunc">{ stage_name }</span> }
                <span class="num">{ figures.join(" \u{b7} ") }</span>
            </span>
        </li>
    }
}

/// The next step with its day: amber today, red when late.
fn next_step(lang: Lang, deal: &Deal, today: NaiveDate) -> Html {
    let Some(step) = &deal.next_step else {
        return html! { <span class="warn">{ t!("account.no_next_step") }</span> };
    };
    let tone = match deal.next_step_on {
        Some(day) if day < today => Some("neg"),
        Some(day) if day == today => Some("warn"),
        _ => None,
    };
    let when = deal
        .next_step_on
        .map(|day| format!("{} ", format::due(lang, day, today)))
        .unwrap_or_default();
    html! { <span class={classes!("trunc", tone)}>{ when }{ step.clone() }</span> }
}
