//! A column's head: the stage, how many deals, their sums, and the share that goes on from here.

use super::quick_row::takes_new;
use crate::format;
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::ui::{Glyph, Icon, Money};
use shared::funnel::{ColumnTotals, Funnel, Stage};
use shared::id::StageId;
use shared::money::{Currency, Money as Amount};
use std::rc::Rc;
use yew::prelude::*;

/// What [`LaneHead`] needs.
#[derive(Properties, PartialEq)]
pub struct LaneHeadProps {
    /// The funnel.
    pub funnel: Rc<Funnel>,
    /// The stage.
    pub stage: Rc<Stage>,
    /// Its figures.
    pub totals: ColumnTotals,
    /// The currency of figures that are zero.
    pub house: Currency,
    /// Whether its conversion is the lowest of the board.
    pub is_lowest: bool,
    /// Whether it shows as a strip.
    pub is_collapsed: bool,
    /// Whether the person may add deals.
    pub can_edit: bool,
    /// Folds or unfolds it.
    pub on_fold: Callback<StageId>,
    /// Adds a deal.
    pub on_add: Callback<StageId>,
    /// Shows what the stage means.
    pub on_explain: Callback<StageId>,
}

/// A column's head; the whole of a folded column.
#[component]
pub fn LaneHead(props: &LaneHeadProps) -> Html {
    let lang = use_lang();
    let LaneHeadProps { stage, totals, .. } = props;
    let id = stage.id;
    let conversion = conversion(totals.conversion, props.is_lowest);
    if props.is_collapsed {
        return html! {
            <>
                <header class="col-h">
                    { words::stage_glyph(&props.funnel, stage) }
                    <span class="num t12 muted">{ format::integer(lang, totals.count) }</span>
                    { conversion }
                </header>
                <button type="button" class="unfold" aria-expanded="false" title={t!("board.unfold", stage = stage.fields.name)} onclick={props.on_fold.reform(move |_| id)}>
                    <span class="vert"><b>{ &stage.fields.name }</b><span class="num">{ words::sums(lang, &totals.sums, props.house) }</span></span>
                    <span class="open"><Icon glyph={Glyph::Right} /></span>
                </button>
            </>
        };
    }
    html! {
        <header class="col-h">
            <div class="l1">
                { words::stage_glyph(&props.funnel, stage) }
                <h2 class="trunc" title={stage.fields.name.clone()}>{ &stage.fields.name }</h2>
                <span class="count num">{ format::integer(lang, totals.count) }</span>
                <span class="tools">
                    if props.can_edit && takes_new(stage) {
                        { tool(Glyph::Plus, t!("board.add_deal_to", stage = stage.fields.name), &props.on_add, id, true) }
                    }
                    { tool(Glyph::Left, t!("board.fold", stage = stage.fields.name), &props.on_fold, id, true) }
                    { tool(Glyph::ExitIn, t!("board.explain", stage = stage.fields.name), &props.on_explain, id, false) }
                </span>
            </div>
            { figures(lang, totals, props.house) }
            { conversion }
        </header>
    }
}

fn tool(
    glyph: Glyph,
    label: impl Into<AttrValue>,
    on_click: &Callback<StageId>,
    id: StageId,
    is_quiet: bool,
) -> Html {
    let label: AttrValue = label.into();
    html! {
        <button type="button" class={classes!("hintbtn", is_quiet.then_some("quiet"))} title={label.clone()} aria-label={label} onclick={on_click.reform(move |_| id)}>
            <Icon {glyph} />
        </button>
    }
}

/// Sum and weighted sum; further currencies follow the first on hover.
pub fn figures(lang: Lang, totals: &ColumnTotals, house: Currency) -> Html {
    let zero = Amount::new(0.into(), house);
    let sum = totals.sums.first().copied().unwrap_or(zero);
    let weighted = totals
        .weighted
        .first()
        .copied()
        .unwrap_or(Amount::new(0.into(), sum.currency));
    let all = words::sums(lang, &totals.sums, house);
    let more = totals.sums.len().saturating_sub(1);
    html! {
        <div class="l2">
            <Money figure={format::sum(lang, &sum)} title={all} />
            if more > 0 { <span class="w num">{ format!("+{more}") }</span> }
            <span class="w num">{ t!("board.weighted", sum = format::sum(lang, &weighted)) }</span>
        </div>
    }
}

/// The pill on the hairline between two columns.
fn conversion(percent: Option<i16>, is_lowest: bool) -> Html {
    let Some(percent) = percent else {
        return Html::default();
    };
    let title = if is_lowest {
        t!("board.conversion_lowest")
    } else {
        t!("board.conversion")
    };
    html! {
        <span class={classes!("conv", is_lowest.then_some("low"))} title={title.clone()}>
            <span class="sr">{ title }{ " " }</span>{ format!("{percent}%") }<Icon glyph={Glyph::Arrow} />
        </span>
    }
}

/// The stage with the lowest conversion, when at least two can be compared.
#[must_use]
pub fn lowest(columns: &[(StageId, Option<i16>)]) -> Option<StageId> {
    let known: Vec<_> = columns
        .iter()
        .filter_map(|(stage, percent)| Some((*percent.as_ref()?, *stage)))
        .collect();
    if known.len() < 2 {
        return None;
    }
    known
        .into_iter()
        .min_by_key(|(percent, _)| *percent)
        .map(|(_, stage)| stage)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::stage_id;
    use super::*;

    #[test]
    fn the_bottleneck_is_the_lowest_of_several() {
        let columns = [
            (stage_id(0), Some(64)),
            (stage_id(1), Some(42)),
            (stage_id(2), None),
        ];
        assert_eq!(lowest(&columns), Some(stage_id(1)));
        assert_eq!(lowest(&columns[..1]), None);
    }
}
