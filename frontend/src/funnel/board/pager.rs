//! The phone's head of the board: all stages as a line of rings, and the figures of the one in view.

use super::head::figures;
use super::lane_id::LaneId;
use super::quick_row::takes_new;
use crate::format;
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::{counted, use_lang};
use crate::ui::{Glyph, Icon, IconButton};
use shared::funnel::{ColumnTotals, Funnel};
use shared::id::StageId;
use shared::money::Currency;
use std::rc::Rc;
use yew::prelude::*;

/// What [`Pager`] needs.
#[derive(Properties, PartialEq)]
pub struct PagerProps {
    /// The funnel.
    pub funnel: Rc<Funnel>,
    /// Which stage is in view, from 0.
    pub page: usize,
    /// Its figures.
    pub totals: ColumnTotals,
    /// The currency of figures that are zero.
    pub house: Currency,
    /// Whether its conversion is the lowest of the board.
    pub is_lowest: bool,
    /// Goes to a stage.
    pub on_pick: Callback<StageId>,
    /// Adds a deal in the stage in view, where one may.
    #[prop_or_default]
    pub on_add: Option<Callback<StageId>>,
}

/// The stages and where one is among them.
#[component]
pub fn Pager(props: &PagerProps) -> Html {
    let lang = use_lang();
    let totals = &props.totals;
    let stage = props.funnel.stages.get(props.page);
    let add = props
        .on_add
        .clone()
        .zip(stage.filter(|stage| takes_new(stage)));
    html! {
        <>
            <nav class="pager" aria-label={t!("board.stages")}>
                for (index, stage) in props.funnel.stages.iter().enumerate() {
                    <button
                        key={stage.id.to_string()}
                        type="button"
                        aria-label={stage.fields.name.clone()}
                        aria-current={(index == props.page).then_some("true")}
                        onclick={let (on_pick, id) = (props.on_pick.clone(), stage.id); move |_| on_pick.emit(id)}
                    >
                        { words::stage_glyph(&props.funnel, stage) }
                        <span aria-hidden="true">{ short(&stage.fields.name) }</span>
                    </button>
                }
            </nav>
            <div class="m-sum">
                { figures(lang, totals, props.house) }
                <span class="num">{ "\u{b7} " }{ counted(lang, "board.deals", totals.count) }</span>
                if let Some(percent) = totals.conversion {
                    <span class="push num row out">
                        <span class="on">{ t!("board.goes_on") }</span>
                        <b class={props.is_lowest.then_some("warn")}>{ format::percent(lang, percent.into()) }</b>
                        <Icon glyph={Glyph::Arrow} class="i-12" />
                    </span>
                }
                if let Some((on_add, stage)) = add {
                    <IconButton glyph={Glyph::Plus} class="m-add" label={t!("board.add_deal_to", stage = stage.fields.name)} on_click={let id = stage.id; move |_| on_add.emit(id)} />
                }
            </div>
        </>
    }
}

/// What [`GroupPager`] needs.
#[derive(Properties, PartialEq)]
pub struct GroupPagerProps {
    /// The columns with their names.
    pub lanes: Vec<(LaneId, AttrValue)>,
    /// Which column is in view, from 0.
    pub page: usize,
    /// Its figures.
    pub totals: ColumnTotals,
    /// The currency of figures that are zero.
    pub house: Currency,
    /// Goes to a column.
    pub on_pick: Callback<LaneId>,
}

/// The columns of a grouped board and where one is among them.
#[component]
pub fn GroupPager(props: &GroupPagerProps) -> Html {
    let lang = use_lang();
    html! {
        <>
            <nav class="pager groups" aria-label={t!("board.columns")}>
                for (index, (lane, name)) in props.lanes.iter().enumerate() {
                    <button
                        key={lane.to_string()}
                        type="button"
                        aria-current={(index == props.page).then_some("true")}
                        onclick={let (on_pick, lane) = (props.on_pick.clone(), *lane); move |_| on_pick.emit(lane)}
                    >
                        <span class="trunc">{ name }</span>
                    </button>
                }
            </nav>
            <div class="m-sum">
                { figures(lang, &props.totals, props.house) }
                <span class="num">{ "\u{b7} " }{ counted(lang, "board.deals", props.totals.count) }</span>
            </div>
        </>
    }
}

/// A stage's name where there is no room: a Chinese name of four shows its last two characters.
fn short(name: &str) -> String {
    let count = name.chars().count();
    let is_han = name.chars().all(|c| u32::from(c) > 0x2E7F);
    if is_han && count > 3 {
        name.chars().skip(count - 2).collect()
    } else {
        name.split(' ').next_back().unwrap_or(name).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_shortened_by_their_script() {
        assert_eq!(
            short("\u{5ba2}\u{6237}\u{5206}\u{6790}"),
            "\u{5206}\u{6790}"
        );
        assert_eq!(short("\u{4e22}\u{5355}"), "\u{4e22}\u{5355}");
        assert_eq!(short("Build trust"), "trust");
    }
}
