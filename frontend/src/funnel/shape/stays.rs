//! How long deals stay in each stage: the median, what four out of five stays last at most, and the stage's
//! limit, on one scale.

use super::chart::days;
use super::days::Days;
use super::over::{Over, OverPart};
use crate::format;
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use shared::funnel::{BoardFilter, Funnel, FunnelShape, Stage, StageShape};
use std::rc::Rc;
use yew::prelude::*;

/// What [`StaysPanel`] needs.
#[derive(Properties, PartialEq)]
pub struct StaysPanelProps {
    /// The funnel.
    pub funnel: Rc<Funnel>,
    /// Its shape.
    pub shape: Rc<FunnelShape>,
    /// What it is narrowed to.
    pub filter: BoardFilter,
    /// The days on which its deals came in.
    pub days: Days,
    /// What is over the limit now.
    pub over: Rc<Over>,
}

/// One stage's stays.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Stay {
    median: f64,
    p80: f64,
    limit: Option<f64>,
}

impl Stay {
    fn of(stage: &Stage, told: &StageShape) -> Option<Self> {
        Some(Self {
            median: told.median_days?,
            p80: told.p80_days?,
            limit: stage.fields.rot_days.map(f64::from),
        })
    }

    /// The longest of its bars.
    fn longest(&self) -> f64 {
        self.p80.max(self.median).max(self.limit.unwrap_or(0.0))
    }

    /// Whether more than one stay in five goes beyond the limit.
    fn is_over(&self) -> bool {
        self.limit.is_some_and(|limit| self.p80 > limit)
    }
}

/// A part of the longest, as a length of a drawing.
fn length(days: f64, longest: f64) -> String {
    let share = if longest > 0.0 { days / longest } else { 0.0 };
    format!("{:.1}%", share.clamp(0.0, 1.0) * 100.0)
}

/// The panel beside the funnel, also where no deal ever stayed anywhere.
#[component]
pub fn StaysPanel(props: &StaysPanelProps) -> Html {
    let lang = use_lang();
    let stays: Vec<(&Stage, Stay)> = props
        .shape
        .stages
        .iter()
        .filter_map(|told| {
            let stage = props
                .funnel
                .stages
                .iter()
                .find(|stage| stage.id == told.stage_id)?;
            Some((stage, Stay::of(stage, told)?))
        })
        .collect();
    // A little room behind the longest, so that its limit can be seen.
    let longest = stays
        .iter()
        .map(|(_, stay)| stay.longest())
        .fold(0.0, f64::max)
        * 1.02;
    let over: Vec<&str> = stays
        .iter()
        .filter(|(_, stay)| stay.is_over())
        .map(|(stage, _)| stage.fields.name.as_str())
        .collect();
    let over = over.join(&t!("timeline.joint"));
    html! {
        <section class="panel fs-stays" aria-label={t!("shape.stays")}>
            <header>
                <h2>{ t!("shape.stays") }</h2>
                <span class="push fs-keys" aria-hidden="true">
                    <span><i class="med" />{ t!("shape.median") }</span>
                    <span><i class="p80" />{ t!("shape.p80") }</span>
                    <span><i class="lim" />{ t!("shape.limit") }</span>
                </span>
            </header>
            if stays.is_empty() {
                <p class="muted pad">{ t!("shape.no_stays") }</p>
            } else {
                <ol>
                    for (stage, stay) in &stays { { row(lang, &props.funnel, stage, stay, longest) } }
                </ol>
                <p class="fs-floor">
                    if over.is_empty() { { t!("shape.in_time") } } else { <b>{ t!("shape.over_time", stages = over) }</b>{ " " }{ t!("shape.over_time_why") } }
                    if props.over.figures.count == 0 { { " " }{ t!("shape.none_over") } }
                </p>
            }
            <OverPart funnel={props.funnel.id} filter={props.filter.clone()} days={props.days} house={props.shape.currency} over={props.over.clone()} />
        </section>
    }
}

fn row(lang: Lang, funnel: &Funnel, stage: &Stage, stay: &Stay, longest: f64) -> Html {
    let said = |value: f64| days(lang, Some(value)).unwrap_or_default();
    #[expect(clippy::cast_possible_truncation, reason = "days of a deal are few")]
    let whole = |value: f64| format::integer(lang, value.round() as i64);
    let limit = stay
        .limit
        .map(|limit| t!("shape.stay_limit", days = said(limit)).into_owned());
    html! {
        <li key={stage.id.to_string()} class={classes!("fs-stay", format!("st-{}", words::colour_number(stage.fields.colour)))}>
            <span class="fs-stage">{ words::stage_glyph(funnel, stage) }<span class="trunc" title={stage.fields.name.clone()}>{ &stage.fields.name }</span></span>
            <svg width="100%" height="18" aria-hidden="true" focusable="false">
                <rect class="p80" x="0" y="5" width={length(stay.p80, longest)} height="8" rx="2" />
                <rect class="med" x="0" y="5" width={length(stay.median, longest)} height="8" rx="2" />
                if let Some(limit) = stay.limit { <rect class="lim" x={length(limit, longest)} y="0" width="1.5" height="18" /> }
            </svg>
            <span class="v num" title={limit.clone()}>
                { said(stay.median) }<small class={classes!(stay.is_over().then_some("warn"))}>{ format!(" / {}", whole(stay.p80)) }</small>
                if let Some(limit) = limit { <span class="sr">{ limit }</span> }
            </span>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_shares_of_the_longest() {
        assert_eq!(length(30.0, 60.0), "50.0%");
        assert_eq!(length(90.0, 60.0), "100.0%");
        assert_eq!(length(0.0, 0.0), "0.0%");
    }

    #[test]
    fn a_stage_is_over_its_limit_when_more_than_one_stay_in_five_is() {
        let stay = |p80, limit| Stay {
            median: 10.0,
            p80,
            limit,
        };
        assert!(!stay(20.0, Some(20.0)).is_over());
        assert!(stay(20.1, Some(20.0)).is_over());
        assert!(!stay(90.0, None).is_over());
        assert!((stay(20.0, Some(30.0)).longest() - 30.0).abs() < f64::EPSILON);
    }
}
