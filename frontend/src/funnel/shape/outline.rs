//! A funnel in one line: what came in, what was won and lost, for how much and in how many days.

use super::chart::days;
use crate::format;
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::Money;
use shared::funnel::shape::{outline, percent};
use shared::funnel::{Funnel, FunnelShape, ShapeFigures};
use shared::money::Money as Sum;
use std::rc::Rc;
use yew::prelude::*;

/// What [`OutlinePanel`] needs.
#[derive(Properties, PartialEq)]
pub struct OutlinePanelProps {
    /// The funnel.
    pub funnel: Rc<Funnel>,
    /// Its shape.
    pub shape: Rc<FunnelShape>,
}

/// The figures above the funnel.
#[component]
pub fn OutlinePanel(props: &OutlinePanelProps) -> Html {
    let lang = use_lang();
    let told = outline(&props.funnel.stages, &props.shape);
    let none = "\u{2013}";
    let share = told.won_share.map(|share| format!("{share}%"));
    let of = t!(
        "shape.won_of",
        won = format::integer(lang, told.won.count),
        entered = format::integer(lang, told.entered)
    );
    let house = props.shape.currency;
    let sum = |figures: &ShapeFigures| Sum::new(figures.in_currency(house), house);
    let first = props.shape.stages.first();
    let came = first.map(|first| format::sum(lang, &sum(&first.entered)).to_string());
    // Amounts in other currencies are not added up with the organisation's own.
    let others = told
        .won
        .sums
        .iter()
        .filter(|sum| sum.currency != house)
        .count();
    let lost = percent(told.lost.into(), told.entered.into());
    let lost = lost.map(|share| t!("shape.share_of_entered", share = share).into_owned());
    html! {
        <dl class="panel fs-outline">
            <div><dt>{ t!("shape.entered") }</dt><dd class="num">{ format::integer(lang, told.entered) }<small>{ came }</small></dd></div>
            <div><dt>{ t!("shape.won_share") }</dt><dd class="num">{ share.as_deref().unwrap_or(none) }<small>{ of }</small></dd></div>
            <div><dt>{ t!("shape.way_days") }</dt><dd class="num">{ days(lang, told.days).as_deref().unwrap_or(none) }<small>{ t!("shape.way_days_sub") }</small></dd></div>
            <div><dt>{ t!("shape.won_amount") }</dt><dd><Money figure={format::sum(lang, &sum(&told.won))} title={AttrValue::from(words::sums(lang, &told.won.sums, house))} />if others > 0 { <small class="num">{ format!("+{others}") }</small> }</dd></div>
            <div><dt>{ t!("shape.lost") }</dt><dd class="num">{ format::integer(lang, told.lost) }<small>{ lost }</small></dd></div>
        </dl>
    }
}
