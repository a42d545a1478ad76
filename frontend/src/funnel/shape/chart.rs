//! The funnel drawn, its bottleneck named, and the same figures as a table.

use super::bars::{Bar, By, bars, figure};
use super::behind::{Way, deals};
use super::days::Days;
use super::outline::OutlinePanel;
use super::over::Over;
use super::stays::StaysPanel;
use crate::format;
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::{Lang, counted, use_lang};
use crate::ui::{Notice, Segment, Segmented, Tone};
use shared::funnel::{
    BoardFilter, Funnel, FunnelShape, ShapeFigures, Stage, StageKind, StageShape,
};
use shared::id::{FunnelId, StageId};
use shared::money::Money;
use std::rc::Rc;
use yew::prelude::*;

/// So many points below everybody's share stand out.
const FAR: i16 = 10;
/// The height of a bar's field.
const HEIGHT: u16 = 40;

/// What [`Chart`] needs.
#[derive(Properties, PartialEq)]
pub struct ChartProps {
    /// The funnel.
    pub funnel: Rc<Funnel>,
    /// Its shape.
    pub shape: Rc<FunnelShape>,
    /// What it is narrowed to.
    pub filter: BoardFilter,
    /// The days on which its deals came in.
    pub days: Days,
    /// What is over the limit of its stage now.
    #[prop_or_default]
    pub over: Rc<Over>,
    /// The shape of everybody's deals, where these are one person's or one team's.
    #[prop_or_default]
    pub everybody: Option<Rc<FunnelShape>>,
    /// Its title where it stands beside another one: then it has no table.
    #[prop_or_default]
    pub title: Option<AttrValue>,
    /// The funnel whose deals are shown, where it is another one that is read through this.
    #[prop_or_default]
    pub source: Option<FunnelId>,
}

/// One stage with its figures and its bar.
struct Line<'a> {
    stage: &'a Stage,
    told: &'a StageShape,
    bar: Bar,
    /// The stages whose deals got no further than this one: itself, or what stands for it.
    own: Vec<StageId>,
    /// The same of this stage and those after it.
    further: Vec<StageId>,
}

fn lines<'a>(funnel: &'a Funnel, shape: &'a FunnelShape, by: By) -> Vec<Line<'a>> {
    // Read through it, the deals stand in the stages of another funnel.
    let own = |id: StageId| match &shape.reading {
        None => vec![id],
        Some(reading) => {
            let pairs = reading.pairs.iter().filter(|pair| pair.to_stage_id == id);
            pairs.map(|pair| pair.from_stage_id).collect()
        }
    };
    let ids: Vec<Vec<StageId>> = shape.stages.iter().map(|told| own(told.stage_id)).collect();
    let told = shape.stages.iter().zip(bars(shape, by)).enumerate();
    told.filter_map(|(index, (told, bar))| {
        let stage = funnel
            .stages
            .iter()
            .find(|stage| stage.id == told.stage_id)?;
        Some(Line {
            stage,
            told,
            bar,
            own: own(told.stage_id),
            further: ids.get(index..).unwrap_or_default().concat(),
        })
    })
    .collect()
}

/// The funnel and its figures.
#[component]
pub fn Chart(props: &ChartProps) -> Html {
    let lang = use_lang();
    let by = use_state_eq(By::default);
    let lines = lines(&props.funnel, &props.shape, *by);
    let on_by = {
        let by = by.setter();
        Callback::from(move |key: AttrValue| by.set(key.parse().unwrap_or_default()))
    };
    let segments = vec![
        Segment::new(
            By::Count.as_ref().to_owned(),
            t!("shape.by_count").into_owned(),
        ),
        Segment::new(
            By::Amount.as_ref().to_owned(),
            t!("shape.by_amount").into_owned(),
        ),
    ];
    let sub = match *by {
        By::Count => t!("shape.sub_count"),
        By::Amount => t!(
            "shape.sub_amount",
            currency = props.shape.currency.to_string()
        ),
    };
    let is_alone = props.title.is_none();
    let title = props.title.clone();
    let title = title.unwrap_or_else(|| t!("shape.title").into_owned().into());
    html! {
        <div class={classes!("fs-grid", is_alone.then_some("is-alone"), props.everybody.is_some().then_some("has-usual"))}>
            if is_alone { <OutlinePanel funnel={props.funnel.clone()} shape={props.shape.clone()} /> }
            <section class="panel fs" aria-label={title.clone()}>
                <header>
                    <h2>{ title }</h2>
                    <span class="sub">{ sub }</span>
                    <span class="push" />
                    <Segmented {segments} current={by.as_ref().to_owned()} label={t!("shape.by")} on_change={on_by} />
                </header>
                <ol class="fs-rows">
                    for line in &lines { { row(lang, props, line, *by) } }
                </ol>
                { finding(lang, props, &lines, *by) }
            </section>
            if is_alone {
                <StaysPanel funnel={props.funnel.clone()} shape={props.shape.clone()} filter={props.filter.clone()} days={props.days} over={props.over.clone()} />
                <section class="panel wide" aria-label={t!("shape.figures")}>
                    <header><h2>{ t!("shape.figures") }</h2><span class="sub">{ t!("shape.figures_sub") }</span></header>
                    <div class="table-scroll">{ table(lang, props, &lines, *by) }</div>
                </section>
            }
        </div>
    }
}

/// The funnel whose deals are shown.
fn source(props: &ChartProps) -> FunnelId {
    props.source.unwrap_or(props.funnel.id)
}

/// A figure in the words of what was chosen.
fn said(lang: Lang, shape: &FunnelShape, figures: &ShapeFigures, by: By) -> String {
    match by {
        By::Count => format::integer(lang, figures.count),
        By::Amount => {
            let money = Money::new(figure(by, figures, shape), shape.currency);
            format::sum(lang, &money).to_string()
        }
    }
}

/// Days in words, in whole ones.
pub(super) fn days(lang: Lang, days: Option<f64>) -> Option<String> {
    #[expect(clippy::cast_possible_truncation, reason = "days of a deal are few")]
    days.map(|days| format::days(lang, days.round() as i64))
}

/// One stage: its bar, the share that went on, and what was lost.
fn row(lang: Lang, props: &ChartProps, line: &Line<'_>, by: By) -> Html {
    let shape = &props.shape;
    let (name, funnel) = (line.stage.fields.name.clone(), source(props));
    let entered = said(lang, shape, &line.told.entered, by);
    let came = t!(
        "shape.show_entered",
        stage = name.clone(),
        n = entered.clone()
    )
    .into_owned();
    let lost = said(lang, shape, &line.told.lost, by);
    let show_lost = t!("shape.show_lost", stage = name.clone(), n = lost.clone()).into_owned();
    let low = line.bar.is_bottleneck.then_some("is-low");
    html! {
        <li key={line.stage.id.to_string()} class={classes!("fs-row", low)}>
            <span class="fs-stage">{ words::stage_glyph(&props.funnel, line.stage) }<span class="trunc">{ name }</span></span>
            <Way to={deals(funnel, (&props.filter, props.days), &line.further, None)} class={classes!("fs-bar")} label={AttrValue::from(came)}>
                <svg viewBox={format!("0 0 1000 {HEIGHT}")} preserveAspectRatio="none" aria-hidden="true" focusable="false">
                    <polygon points={line.bar.points(HEIGHT)} />
                </svg>
                <b class="num">{ entered }</b>
            </Way>
            <span class="fs-step">
                if let Some(share) = line.bar.share {
                    <b class="num" title={t!("board.conversion")}>{ format!("{share}%") }</b>
                    if let Some(usual) = everybody(props, line.stage.id, by) {
                        <span class="fs-usual num">{ t!("shape.everybody", share = usual) }</span>
                        <span class={classes!("fs-apart", "num", (usual - share >= FAR).then_some("warn"))}>{ apart(share - usual) }</span>
                    }
                }
                if line.told.lost.count > 0 {
                    <Way to={deals(funnel, (&props.filter, props.days), &line.own, Some(StageKind::Lost))} class={classes!("link", "num")} label={AttrValue::from(show_lost)}>
                        { t!("shape.lost_n", n = lost) }
                    </Way>
                }
                if let Some(days) = days(lang, line.told.median_days).filter(|_| props.title.is_some()) { <span class="muted num" title={t!("shape.median_days")}>{ days }</span> }
            </span>
        </li>
    }
}

/// The share of everybody's deals that went on from a stage.
fn everybody(props: &ChartProps, stage: StageId, by: By) -> Option<i16> {
    let shape = props.everybody.as_ref()?;
    let place = shape
        .stages
        .iter()
        .position(|told| told.stage_id == stage)?;
    bars(shape, by).get(place)?.share
}

/// By how many points a share is above or below another one.
fn apart(points: i16) -> String {
    match points {
        0 => "\u{b1}0".to_owned(),
        1.. => format!("+{points}"),
        _ => format!("\u{2212}{}", points.unsigned_abs()),
    }
}

/// Where the least goes on, in words, with the deals that did not.
fn finding(lang: Lang, props: &ChartProps, lines: &[Line<'_>], by: By) -> Html {
    let Some(index) = lines.iter().position(|line| line.bar.is_bottleneck) else {
        return Html::default();
    };
    let (Some(line), Some(next)) = (lines.get(index), lines.get(index + 1)) else {
        return Html::default();
    };
    let stuck = line.told.entered.count - line.told.onward.count;
    if stuck == 0 {
        return Html::default();
    }
    let say = |figures: &ShapeFigures| said(lang, &props.shape, figures, by);
    let to = deals(source(props), (&props.filter, props.days), &line.own, None);
    let action = html! { <Way {to} class={classes!("btn", "sm")}>{ counted(lang, "shape.show_stuck", stuck) }</Way> };
    html! {
        <div class="fs-finding">
            <Notice tone={Tone::Warning} {action}>
                <b>{ t!("shape.bottleneck", from = line.stage.fields.name.clone(), to = next.stage.fields.name.clone()) }</b>
                <br />
                { t!("shape.bottleneck_text", entered = say(&line.told.entered), lost = say(&line.told.lost), still = say(&line.told.still), back = say(&line.told.back)) }
            </Notice>
        </div>
    }
}

/// The same figures as a table.
fn table(lang: Lang, props: &ChartProps, lines: &[Line<'_>], by: By) -> Html {
    let heads = [
        t!("shape.entered"),
        t!("shape.onward"),
        t!("shape.share"),
        t!("shape.still"),
        t!("shape.lost"),
        t!("shape.back"),
        t!("shape.median_days"),
        t!("shape.p80_days"),
    ];
    html! {
        <table class="table rows dense" role="table" aria-label={t!("shape.figures")}>
            <thead role="rowgroup">
                <tr role="row">
                    <th scope="col" role="columnheader">{ t!("shape.stage") }</th>
                    for head in &heads { <th scope="col" role="columnheader" class="r">{ head.clone() }</th> }
                </tr>
            </thead>
            <tbody role="rowgroup">
                for line in lines {
                    <tr key={line.stage.id.to_string()} role="row">
                        <td role="cell" class="lead"><span class="row">{ words::stage_glyph(&props.funnel, line.stage) }<span class="trunc">{ &line.stage.fields.name }</span></span></td>
                        for (head, cell) in heads.iter().zip(cells(lang, props, line, by)) {
                            <td role="cell" class="r num" data-label={head.to_string()}>{ cell }</td>
                        }
                    </tr>
                }
            </tbody>
        </table>
    }
}

fn cells(lang: Lang, props: &ChartProps, line: &Line<'_>, by: By) -> [String; 8] {
    let say = |figures: &ShapeFigures| said(lang, &props.shape, figures, by);
    let none = || "\u{2013}".to_owned();
    [
        say(&line.told.entered),
        line.bar.share.map_or_else(none, |_| say(&line.told.onward)),
        line.bar
            .share
            .map_or_else(none, |share| format!("{share}%")),
        say(&line.told.still),
        say(&line.told.lost),
        say(&line.told.back),
        days(lang, line.told.median_days).unwrap_or_else(none),
        days(lang, line.told.p80_days).unwrap_or_else(none),
    ]
}
