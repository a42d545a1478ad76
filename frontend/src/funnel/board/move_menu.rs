//! "Move to…": every outcome of a drag from a list, for fingers and keys alike. A sheet on a phone, a
//! dialog on a desk.

use super::arrange::order_name;
use super::further;
use super::moves::Place;
use super::state::BoardState;
use crate::browser;
use crate::format;
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::media::use_phone;
use crate::ui::{Button, ButtonKind, Dialog, Glyph, Icon, Sheet};
use chrono::NaiveDate;
use shared::funnel::gate::Verdict;
use shared::funnel::{Deal, Stage, StageKind};
use shared::id::StageId;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// What [`MoveMenu`] needs.
#[derive(Properties, PartialEq)]
pub struct MoveMenuProps {
    /// The board.
    pub state: Rc<BoardState>,
    /// The deal to move.
    pub deal: Rc<Deal>,
    /// The date.
    pub today: NaiveDate,
    /// Whether its place among the cards of its column can be changed too.
    #[prop_or(true)]
    pub has_order: bool,
    /// Chooses the card for an action on many, where there is one.
    #[prop_or_default]
    pub on_choose: Option<Callback<()>>,
    /// Whether the card is chosen so.
    #[prop_or_default]
    pub is_chosen: bool,
    /// Changes the card's figures, where that can be done.
    #[prop_or_default]
    pub on_edit: Option<Callback<()>>,
    /// Gets the place chosen.
    pub on_pick: Callback<Place>,
    /// Asked to close.
    pub on_close: Callback<()>,
}

/// The stages a deal can go to, and its place in the column.
#[component]
pub fn MoveMenu(props: &MoveMenuProps) -> Html {
    let lang = use_lang();
    let is_phone = use_phone();
    let deal = &props.deal;
    let title = t!("board.move_to");
    let below = html! {
        <p class="muted trunc">{ t!("board.card_name", deal = words::deal_name(deal), amount = words::amount(lang, deal)) }</p>
    };
    let stages = props
        .state
        .funnel
        .stages
        .iter()
        .filter(|stage| stage.fields.kind != StageKind::Lost);
    let list = use_node_ref();
    // The stage of which the rows show.
    let within = use_state_eq(|| None::<StageId>);
    use_effect_with(*within, {
        let list = list.clone();
        move |within| {
            let first = if within.is_some() {
                ".mv-to"
            } else {
                ".is-next"
            };
            focus_row(&list, first, None);
        }
    });
    let onkeydown = {
        let list = list.clone();
        Callback::from(move |event: KeyboardEvent| {
            let step = match event.key().as_str() {
                "ArrowDown" => 1,
                "ArrowUp" => -1,
                _ => return,
            };
            event.prevent_default();
            focus_row(&list, ".mv-to", Some(step));
        })
    };
    let body = html! {
        <>
            <div class="mv-list" ref={list} {onkeydown}>
                if let Some(stage) = *within {
                    { further::places(props, stage) }
                } else {
                    for stage in stages {
                        { stage_row(props, stage, lang, &within.setter()) }
                    }
                }
            </div>
            if within.is_none() { { order(props) } }
        </>
    };
    let choose = props.on_choose.as_ref().map(|on_choose| {
        let on_click = on_choose.reform(|_: MouseEvent| ());
        let words = if props.is_chosen {
            t!("board.unchoose")
        } else {
            t!("board.choose")
        };
        html! { <Button icon={Glyph::Check} {on_click}>{ words }</Button> }
    });
    let edit = props.on_edit.as_ref().map(|on_edit| {
        let on_click = on_edit.reform(|_: MouseEvent| ());
        html! { <Button icon={Glyph::Edit} {on_click}>{ t!("board.edit") }</Button> }
    });
    let footer = html! { <>{ choose }{ edit }{ lost(props) }</> };
    let on_close = props.on_close.clone();
    if is_phone {
        html! { <Sheet {title} {below} {footer} {on_close}>{ body }</Sheet> }
    } else {
        html! { <Dialog {title} {below} {footer} {on_close}>{ body }</Dialog> }
    }
}

/// Puts the focus on a row: the one that fits the selector, or the one some steps from the present.
fn focus_row(list: &NodeRef, selector: &str, step: Option<i32>) {
    let Some(rows) = list
        .cast::<web_sys::Element>()
        .and_then(|list| list.query_selector_all(selector).ok())
    else {
        return;
    };
    let elements = (0..rows.length())
        .filter_map(|index| rows.item(index)?.dyn_into::<web_sys::HtmlElement>().ok());
    let elements: Vec<_> = elements.collect();
    let focused = browser::focused();
    let at = elements
        .iter()
        .position(|element| Some(element) == focused.as_ref())
        .and_then(|at| i32::try_from(at).ok());
    let to = match (step, at) {
        (Some(step), Some(at)) => usize::try_from(at + step).ok(),
        _ => Some(0),
    };
    if let Some(element) = to.and_then(|to| elements.get(to)) {
        let _ = element.focus();
    }
}

fn stage_row(
    props: &MoveMenuProps,
    stage: &Stage,
    lang: crate::i18n::Lang,
    within: &UseStateSetter<Option<StageId>>,
) -> Html {
    let (deal, here) = (&props.deal, props.deal.stage_id == stage.id);
    let next = next_stage(props);
    let is_closed = props.state.verdict(deal, stage.id) != Verdict::Allowed;
    let missing = props.state.lacks(deal, stage.id.into(), format::now());
    let hint = if missing > 0 {
        t!("gate.still_missing", count = missing).into_owned()
    } else if here {
        let (days, _) = words::age(deal, stage, props.today);
        t!("board.present_stage", days = format::days(lang, days)).into_owned()
    } else if stage.fields.entry_text.is_empty() {
        stage.fields.definition.clone()
    } else {
        stage.fields.entry_text.clone()
    };
    let (on_pick, on_close, id) = (props.on_pick.clone(), props.on_close.clone(), stage.id);
    let onclick = Callback::from(move |_: MouseEvent| {
        if here {
            on_close.emit(());
        } else if !is_closed {
            on_pick.emit(Place::top(id));
        }
    });
    let name = stage.fields.name.as_str();
    let has_rows = props.has_order && props.state.has_stages() && props.state.is_by_hand();
    let rows = (has_rows && !is_closed).then(|| {
        let within = within.clone();
        let label = t!("board.place_in", stage = name, deal = words::deal_name(deal)).into_owned();
        html! {
            <button type="button" class="mv-rows" title={t!("board.place")} aria-label={label} onclick={move |_| within.set(Some(id))}>
                <Icon glyph={Glyph::List} />
            </button>
        }
    });
    html! {
        <div key={stage.id.to_string()} class="mv-row">
        <button type="button" class={classes!("mv-to", (next == Some(stage.id)).then_some("is-next"))} aria-disabled={is_closed.then_some("true")} aria-current={here.then_some("step")} {onclick}>
            { words::stage_glyph(&props.state.funnel, stage) }
            <span class="fill"><span class="nm">{ &stage.fields.name }</span><span class="ds">{ hint }</span></span>
            <span class="r">
                if here { <Icon glyph={Glyph::Check} /> } else if next == Some(stage.id) { <Icon glyph={Glyph::Right} /> }
            </span>
        </button>
        { rows }
        </div>
    }
}

/// The stage after the present one.
fn next_stage(props: &MoveMenuProps) -> Option<shared::id::StageId> {
    let stages = &props.state.funnel.stages;
    let at = stages
        .iter()
        .position(|stage| stage.id == props.deal.stage_id)?;
    stages
        .get(at + 1)
        .filter(|stage| stage.fields.kind != StageKind::Lost)
        .map(|stage| stage.id)
}

/// To the top, up, down, to the end: the card's place in its own column.
fn order(props: &MoveMenuProps) -> Html {
    if !props.state.has_stages() {
        return Html::default();
    }
    if props.has_order && !props.state.is_by_hand() {
        let by = order_name(props.state.sort.by);
        return html! { <p class="muted mv-note">{ t!("board.sorted_hint", by = by) }</p> };
    }
    let place = props
        .state
        .place_of(props.deal.id)
        .filter(|_| props.has_order);
    let Some(place) = place else {
        return Html::default();
    };
    let last = props.state.cards(place.lane).len().saturating_sub(1);
    if last == 0 {
        return Html::default();
    }
    let step = |glyph: Glyph, label: std::borrow::Cow<'static, str>, index: usize| {
        let on_pick = props.on_pick.clone();
        html! {
            <button type="button" class="btn" disabled={index == place.index} onclick={move |_| on_pick.emit(Place { index, ..place })}>
                <Icon {glyph} />{ label }
            </button>
        }
    };
    html! {
        <div class="mv-order" role="group" aria-label={t!("board.order")}>
            { step(Glyph::Up, t!("board.to_top"), 0) }
            { step(Glyph::Up, t!("board.one_up"), place.index.saturating_sub(1)) }
            { step(Glyph::Down, t!("board.one_down"), (place.index + 1).min(last)) }
            { step(Glyph::Down, t!("board.to_end"), last) }
        </div>
    }
}

fn lost(props: &MoveMenuProps) -> Html {
    let stages = props
        .state
        .funnel
        .stages
        .iter()
        .filter(|stage| stage.fields.kind == StageKind::Lost);
    let other = stages.filter(|stage| stage.id != props.deal.stage_id);
    html! {
        for stage in other {
            <Button
                key={stage.id.to_string()}
                kind={ButtonKind::Danger}
                icon={Glyph::Flag}
                on_click={let (on_pick, stage) = (props.on_pick.clone(), stage.id); move |_| on_pick.emit(Place::top(stage))}
            >
                { t!("board.mark_lost", stage = stage.fields.name) }
            </Button>
        }
    }
}
