//! The matrix of stages and bands of profit, and in words where the best people should be.

use crate::format;
use crate::funnel::deal::filter::{DealFilter, ProfitRange};
use crate::funnel::shape::behind::Way;
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::{Lang, counted, use_lang};
use crate::route::Route;
use crate::ui::{Notice, Tone};
use rust_decimal::Decimal;
use shared::funnel::{
    BoardFilter, Funnel, ProfitBand, Stage, StageKind, Worth, WorthCell, WorthPlace,
};
use shared::money::Money;
use std::rc::Rc;
use strum::IntoEnumIterator;
use yew::prelude::*;

/// What [`Matrix`] needs.
#[derive(Properties, PartialEq)]
pub struct MatrixProps {
    /// The funnel.
    pub funnel: Rc<Funnel>,
    /// What its deals should bring.
    pub worth: Rc<Worth>,
    /// What it is narrowed to.
    pub filter: BoardFilter,
}

/// Stages down, bands across.
#[component]
pub fn Matrix(props: &MatrixProps) -> Html {
    let lang = use_lang();
    let (funnel, worth) = (&props.funnel, &props.worth);
    let open = funnel
        .stages
        .iter()
        .filter(|stage| stage.fields.kind == StageKind::Open);
    html! {
        <section class="panel" aria-label={t!("worth.title")}>
            <header><h2>{ t!("worth.title") }</h2><span class="sub">{ t!("worth.sub", currency = worth.currency.to_string()) }</span></header>
            { findings(lang, props) }
            <div class="table-scroll">
                <table class="table rows heat worth" role="table" aria-label={t!("worth.title")}>
                    <thead role="rowgroup">
                        <tr role="row">
                            <th scope="col" role="columnheader">{ t!("shape.stage") }</th>
                            for band in ProfitBand::iter() {
                                <th key={band.as_ref().to_owned()} scope="col" role="columnheader">{ band_name(band) }<small class="muted num">{ range(lang, worth, band) }</small></th>
                            }
                        </tr>
                    </thead>
                    <tbody role="rowgroup">
                        for stage in open {
                            <tr key={stage.id.to_string()} role="row">
                                <td role="cell" class="lead"><span class="row">{ words::stage_glyph(funnel, stage) }<span class="trunc">{ &stage.fields.name }</span></span></td>
                                for band in ProfitBand::iter() { { cell(lang, props, stage, band) } }
                            </tr>
                        }
                    </tbody>
                </table>
            </div>
            <p class="hint worth-note">
                { t!("worth.note") }
                if worth.other_currencies > 0 { { " " }{ counted(lang, "worth.other_currencies", worth.other_currencies) } }
            </p>
        </section>
    }
}

/// What a band is called.
fn band_name(band: ProfitBand) -> String {
    let key = format!("worth.bands.{}", band.as_ref());
    t!(&key).into_owned()
}

/// From where to where a band goes, in words.
fn range(lang: Lang, worth: &Worth, band: ProfitBand) -> String {
    let said = |profit: Decimal| format::sum(lang, &Money::new(profit, worth.currency)).to_string();
    match band {
        ProfitBand::High => worth
            .high_from
            .map(|from| t!("worth.from", from = said(from)).into_owned()),
        ProfitBand::Middle => worth
            .middle_from
            .map(|from| t!("worth.from", from = said(from)).into_owned()),
        ProfitBand::Low => worth
            .middle_from
            .map(|to| t!("worth.below", to = said(to)).into_owned()),
        ProfitBand::Nothing | ProfitBand::Unknown => None,
    }
    .unwrap_or_default()
}

/// The deals behind a cell.
fn behind(props: &MatrixProps, at: WorthPlace) -> (Route, Vec<(&'static str, String)>) {
    let worth = &props.worth;
    let profit = match worth.range(at.band) {
        Some((from, below)) => ProfitRange::Known {
            currency: worth.currency,
            from,
            below,
        },
        None => ProfitRange::Unknown,
    };
    let list = DealFilter {
        stage: Some(at.stage_id),
        status: Some(StageKind::Open),
        profit: Some(profit.to_string()),
        ..DealFilter::of_board(props.funnel.id, &props.filter)
    };
    (Route::Deals, list.pairs())
}

/// One cell: how many deals, what they should bring, and the shares of profit and effort.
fn cell(lang: Lang, props: &MatrixProps, stage: &Stage, band: ProfitBand) -> Html {
    let worth = &props.worth;
    let place = WorthPlace {
        stage_id: stage.id,
        band,
    };
    let Some(cell) = worth.cell(stage.id, band) else {
        return html! { <td key={band.as_ref().to_owned()} role="cell" class="heat-cell none"></td> };
    };
    let mark = if worth.deserves == Some(place) {
        Some(("is-deserving", t!("worth.deserves_mark")))
    } else if worth.takes == Some(place) {
        Some(("warm-2", t!("worth.takes_mark")))
    } else {
        None
    };
    let count = counted(lang, "worth.deals", cell.count).to_string();
    let label = format!("{}, {}: {count}", stage.fields.name, band_name(band));
    let sum = |figure: Decimal| format::sum(lang, &Money::new(figure, worth.currency)).to_string();
    html! {
        <td key={band.as_ref().to_owned()} role="cell" class={classes!("heat-cell", mark.as_ref().map(|(class, _)| *class))}>
            <span class="name">{ band_name(band) }{ t!("account.colon") }</span>
            <Way to={behind(props, place)} class={classes!("link")} label={AttrValue::from(label)}><b class="num">{ count }</b></Way>
            if band != ProfitBand::Unknown { <small class="num">{ t!("worth.profit", sum = sum(cell.profit)) }</small> }
            <small class="num muted">{ t!("worth.amount", sum = sum(cell.amount)) }</small>
            <small class="num muted">{ shares(cell, band) }</small>
            if let Some((_, said)) = mark { <small class="mark">{ said }</small> }
        </td>
    }
}

/// A cell's shares in words.
fn shares(cell: &WorthCell, band: ProfitBand) -> String {
    let effort = format!("{}%", cell.effort_share);
    if band == ProfitBand::Unknown {
        return t!("worth.effort_share", effort = effort).into_owned();
    }
    t!(
        "worth.shares",
        profit = format!("{}%", cell.profit_share),
        effort = effort
    )
    .into_owned()
}

/// Where the shares lie furthest apart, in words, with the deals.
fn findings(lang: Lang, props: &MatrixProps) -> Html {
    let worth = &props.worth;
    let said = |at: Option<WorthPlace>, key: &str, tone: Tone| -> Html {
        let found = at.and_then(|at| {
            let cell = worth.cell(at.stage_id, at.band)?;
            let stages = props.funnel.stages.iter();
            let stage = stages.clone().find(|stage| stage.id == at.stage_id)?;
            Some((at, cell, stage.fields.name.clone()))
        });
        let Some((at, cell, stage)) = found else {
            return Html::default();
        };
        let action = html! { <Way to={behind(props, at)} class={classes!("btn", "sm")}>{ counted(lang, "shape.show_stuck", cell.count) }</Way> };
        let text = t!(
            key,
            stage = stage,
            band = band_name(at.band),
            profit = format!("{}%", cell.profit_share),
            effort = format!("{}%", cell.effort_share)
        );
        html! { <Notice {tone} {action}>{ text }</Notice> }
    };
    if worth.deserves.is_none() && worth.takes.is_none() {
        return Html::default();
    }
    html! {
        <div class="worth-findings">
            { said(worth.deserves, "worth.deserves", Tone::Accent) }
            { said(worth.takes, "worth.takes", Tone::Warning) }
        </div>
    }
}
