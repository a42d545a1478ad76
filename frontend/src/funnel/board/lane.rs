//! A column as it shows: the head with its figures, and the cards in view.

use super::card::{CardLook, DealCard};
use super::further;
use super::head::LaneHead;
use super::lane_id::LaneId;
use super::moves::Drag;
use super::quick_row::{QuickRowProps, takes_new};
use super::rows::{Row, Rows};
use super::slots::{DropPlace, Slots, use_carried};
use super::window::{RowSizes, STEP, visible};
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{Glyph, Icon};
use chrono::NaiveDate;
use shared::funnel::{ColumnTotals, Deal, Funnel, Stage};
use shared::id::{DealId, StageId};
use shared::money::Currency;
use std::collections::BTreeSet;
use std::ops::Range;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// Cards left below the view when more are asked for.
const AHEAD: usize = 20;
/// The same where the columns are no stages: there are more of them, and fewer cards of each come first.
const GROUP_AHEAD: usize = 8;
/// The time between two columns that are drawn out of view, in milliseconds.
const TURN: u32 = 150;

/// The part of a drag one column has to show.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LaneDrag {
    /// The card that came from here and follows a pointer.
    pub source: Option<DealId>,
    /// The row it would fall at here.
    pub slot: Option<usize>,
    /// The card held by the keyboard at that row.
    pub held: Option<Rc<Deal>>,
    /// Whether the card hangs on a pointer; told only to the columns it concerns.
    pub is_pointer: bool,
    /// How many things the card lacks to come here (GATE-01).
    pub lacks: usize,
}

impl LaneDrag {
    /// What a drag means for one column, by what the card lacks to come into the one it is over.
    #[must_use]
    pub fn of(drag: Option<&Drag>, lane: LaneId, lacks: usize) -> Self {
        let Some(drag) = drag else {
            return Self::default();
        };
        let slot = drag
            .over
            .filter(|over| over.lane == lane)
            .map(|over| over.index);
        let is_source = drag.from.lane == lane;
        Self {
            source: is_source.then_some(drag.deal.id),
            slot,
            held: (!drag.input.is_pointer() && slot.is_some()).then(|| Rc::clone(&drag.deal)),
            is_pointer: drag.input.is_pointer() && (is_source || slot.is_some()),
            lacks: slot.map_or(0, |_| lacks),
        }
    }

    /// The part that the rows show: of a card on a pointer, those it came from alone.
    #[must_use]
    pub fn within(self) -> Self {
        if self.is_pointer && self.source.is_none() {
            return Self::default();
        }
        self
    }

    /// The card that gives up its row: the lifted one, unless it stays behind as a ghost.
    fn hidden(&self) -> Option<DealId> {
        self.source
            .filter(|_| !self.is_pointer || self.slot.is_some())
    }
}

/// What [`Lane`] needs.
#[derive(Properties, PartialEq)]
pub struct LaneProps {
    /// The funnel.
    pub funnel: Rc<Funnel>,
    /// The stage.
    pub stage: Rc<Stage>,
    /// Its place on the board, from the first.
    pub index: usize,
    /// Whether it is in view or next to what is, so that its cards are drawn at once.
    pub is_near: bool,
    /// Its cards.
    pub cards: Rc<Vec<Rc<Deal>>>,
    /// Its figures.
    pub totals: ColumnTotals,
    /// The currency of figures that are zero.
    pub house: Currency,
    /// Whether its conversion is the lowest of the board.
    pub is_lowest: bool,
    /// Whether there are cards that are not loaded.
    pub has_more: bool,
    /// Whether it shows as a strip.
    pub is_collapsed: bool,
    /// The drag, as far as it is here and the reducer knows of it.
    pub drag: LaneDrag,
    /// Where a card on a pointer would fall.
    pub slots: Rc<Slots>,
    /// Cards whose moves are on their way.
    pub syncing: Rc<Vec<DealId>>,
    /// The card whose move was just refused.
    pub refused: Option<DealId>,
    /// The card the Tab key stops at.
    pub tab_stop: Option<DealId>,
    /// The cards chosen for an action on many.
    pub chosen: Rc<BTreeSet<DealId>>,
    /// The date.
    pub today: NaiveDate,
    /// Whether it is a phone's.
    pub is_phone: bool,
    /// Whether the person may add deals.
    pub can_edit: bool,
    /// Asks for more cards.
    pub on_more: Callback<LaneId>,
    /// Folds or unfolds it.
    pub on_fold: Callback<StageId>,
    /// Whether its row for new deals is open.
    pub is_adding: bool,
    /// Opens that row.
    pub on_add: Callback<StageId>,
    /// Closes it.
    pub on_added: Callback<StageId>,
    /// Gets each deal made there.
    pub on_made: Callback<Deal>,
    /// Shows what the stage means.
    pub on_explain: Callback<StageId>,
}

/// A column.
#[component]
pub fn Lane(props: &LaneProps) -> Html {
    use_lang();
    let is_due = use_due(props.index, props.is_near);
    let drag = use_carried(&props.slots, props.stage.id.into(), &props.drag);
    let is_carried = drag != LaneDrag::default();
    let is_target = drag.slot.is_some();
    let class = classes!(
        "col",
        is_target.then_some("target"),
        (drag.lacks > 0).then_some("lacks"),
        props.is_collapsed.then_some("collapsed")
    );
    let name = props.stage.fields.name.clone();
    html! {
        <section {class} data-lane={props.stage.id.to_string()} data-stage={props.stage.id.to_string()} aria-label={name.clone()}>
            <LaneHead
                funnel={props.funnel.clone()}
                stage={props.stage.clone()}
                totals={props.totals.clone()}
                house={props.house}
                is_lowest={props.is_lowest}
                is_collapsed={props.is_collapsed}
                can_edit={props.can_edit}
                on_fold={props.on_fold.clone()}
                on_add={props.on_add.clone()}
                on_explain={props.on_explain.clone()}
            />
            if props.is_adding {
                { quick_row(props) }
            }
            if props.is_collapsed {
                // The card the pointer took from here must stay in the page.
                if let Some(deal) = parked_card(props, &drag) { <div role="list">{ deal }</div> }
            } else if props.is_near || is_due || is_carried {
                <LaneBody ..body_props(props, drag.within()) />
            }
        </section>
    }
}

/// Whether a column out of view has its turn to be drawn: one after the other, so that none keeps the
/// columns in view waiting.
#[hook]
fn use_due(index: usize, is_near: bool) -> bool {
    let is_due = use_state_eq(|| is_near);
    use_effect_with((), {
        let (is_due, is_waiting) = (is_due.setter(), !is_near);
        move |()| {
            let turn = u32::try_from(index)
                .unwrap_or(u32::MAX)
                .saturating_mul(TURN);
            let timer = is_waiting
                .then(|| gloo::timers::callback::Timeout::new(turn, move || is_due.set(true)));
            move || drop(timer)
        }
    });
    *is_due
}

fn quick_row(props: &LaneProps) -> Html {
    further::quick_row(QuickRowProps {
        funnel: props.funnel.clone(),
        stage: props.stage.clone(),
        house: props.house,
        on_made: props.on_made.clone(),
        on_close: props.on_added.clone(),
    })
}

fn parked_card(props: &LaneProps, drag: &LaneDrag) -> Option<Html> {
    let id = drag.source?;
    let deal = props.cards.iter().find(|card| card.id == id)?;
    let look = CardLook {
        is_parked: true,
        ..CardLook::default()
    };
    Some(
        html! { <DealCard key={id.to_string()} deal={deal.clone()} stage={props.stage.clone()} today={props.today} {look} /> },
    )
}

fn body_props(props: &LaneProps, drag: LaneDrag) -> LaneBodyProps {
    LaneBodyProps {
        lane: props.stage.id.into(),
        name: props.stage.fields.name.clone().into(),
        grouped: None,
        stages: Rc::new(vec![props.stage.clone()]),
        cards: props.cards.clone(),
        has_more: props.has_more,
        drag,
        slots: props.slots.clone(),
        syncing: props.syncing.clone(),
        refused: props.refused,
        tab_stop: props.tab_stop,
        chosen: props.chosen.clone(),
        today: props.today,
        is_phone: props.is_phone,
        can_edit: props.can_edit,
        on_more: props.on_more.clone(),
        on_add: Some(props.on_add.clone()),
    }
}

/// What [`LaneBody`] needs; see [`LaneProps`] for what is not said here.
#[derive(Properties, PartialEq)]
pub struct LaneBodyProps {
    /// The column.
    pub lane: LaneId,
    /// What it is called.
    pub name: AttrValue,
    /// The funnel, where the columns are no stages and each card shows its own.
    #[prop_or_default]
    pub grouped: Option<Rc<Funnel>>,
    /// The stages its cards may be in.
    pub stages: Rc<Vec<Rc<Stage>>>,
    /// Its cards.
    pub cards: Rc<Vec<Rc<Deal>>>,
    /// Whether there are cards that are not loaded.
    pub has_more: bool,
    /// The drag, as far as it is here.
    #[prop_or_default]
    pub drag: LaneDrag,
    /// Where a card on a pointer would fall.
    pub slots: Rc<Slots>,
    /// Cards whose moves are on their way.
    pub syncing: Rc<Vec<DealId>>,
    /// The card whose move was just refused.
    pub refused: Option<DealId>,
    /// The card the Tab key stops at.
    pub tab_stop: Option<DealId>,
    /// The cards chosen for an action on many.
    pub chosen: Rc<BTreeSet<DealId>>,
    /// The date.
    pub today: NaiveDate,
    /// Whether it is a phone's.
    pub is_phone: bool,
    /// Whether the person may change deals.
    pub can_edit: bool,
    /// Asks for more cards.
    pub on_more: Callback<LaneId>,
    /// Adds a deal, where the column is a stage.
    #[prop_or_default]
    pub on_add: Option<Callback<StageId>>,
}

impl LaneBodyProps {
    /// The stage, where the column is one.
    fn stage(&self) -> Option<&Rc<Stage>> {
        let stage = self.lane.stage()?;
        self.stages.iter().find(|known| known.id == stage)
    }
}

/// The part that scrolls.
#[component]
pub fn LaneBody(props: &LaneBodyProps) -> Html {
    use_lang();
    let mut sizes = sizes_of(props.is_phone);
    if props.grouped.is_some() {
        sizes.margin = 1;
    }
    let hidden = props.drag.hidden();
    // A card held by keys stands in a row of its own, one on a pointer is shown a place (`slots`).
    let held = props.drag.slot.filter(|_| !props.drag.is_pointer);
    let rows = Rows::new(&props.cards, hidden, held);
    let (body, list) = (use_node_ref(), use_node_ref());
    use_effect({
        let slots = props.slots.clone();
        move || slots.settle()
    });
    // Only the rows in view are state: scrolling within them draws nothing.
    let view = use_state_eq(|| (0.0, 900.0));
    let (top, height) = *view;
    let range = if props.drag.is_pointer {
        rows.left_of(visible(top, height, props.cards.len(), sizes))
    } else {
        rows.widened(visible(top, height, rows.without_slot(), sizes))
    };

    let look = use_callback(props.is_phone, {
        let view = view.setter();
        move |body: web_sys::Element, is_phone| {
            let sizes = sizes_of(*is_phone);
            // Rounded to the step of the window, so that scrolling within it draws nothing.
            let first = sizes.row_at(f64::from(body.scroll_top()), usize::MAX) / STEP * STEP;
            view.set((sizes.offset(first), f64::from(body.client_height())));
        }
    });
    let onscroll = look.reform(|event: Event| event.target_unchecked_into::<web_sys::Element>());
    use_effect_with(look, {
        let body = body.clone();
        move |look| {
            let look = look.clone();
            let measure = move || {
                if let Some(body) = body.cast::<web_sys::Element>() {
                    look.emit(body);
                }
            };
            measure();
            let window = crate::browser::window();
            let listener = window.map(|window| {
                gloo::events::EventListener::new(&window, "resize", move |_| measure())
            });
            move || drop(listener)
        }
    });
    let ahead = if props.grouped.is_some() {
        GROUP_AHEAD
    } else {
        AHEAD
    };
    let wants_more = props.has_more && range.end + ahead >= rows.len();
    use_effect_with((wants_more, props.cards.len()), {
        let (on_more, lane) = (props.on_more.clone(), props.lane);
        move |(wants_more, _)| {
            if *wants_more {
                on_more.emit(lane);
            }
        }
    });

    // One list of keyed children, so that a card keeps its element while rows come and go around it.
    let above = spacer("above", range.start, sizes);
    let below = spacer("below", rows.len() - range.end, sizes);
    let drawn = drawn(props, &rows, range);
    let items: Html = above.into_iter().chain(drawn).chain(below).collect();
    let adds = props.on_add.clone().filter(|_| props.can_edit);
    let adds = adds.zip(props.stage().filter(|stage| takes_new(stage)));
    html! {
        <div class="col-v"><div class="col-b" ref={body} {onscroll}>
            <div class="cards" role="list" ref={list.clone()} aria-label={props.name.clone()}>
                { items }
                <DropPlace key="place" slots={props.slots.clone()} lane={props.lane} name={props.name.clone()} stage={props.stage().cloned()} {list} cards={props.cards.clone()} without={hidden} {sizes} />
            </div>
            if props.has_more { <div class="sk-card still" aria-hidden="true"><span class="sk w50" /><span class="sk w70" /></div> }
            if let Some((on_add, stage)) = adds {
                <button type="button" class="col-add" onclick={let id = stage.id; on_add.reform(move |_| id)}>
                    <Icon glyph={Glyph::Plus} />{ t!("board.add_deal") }
                </button>
            }
        </div></div>
    }
}

/// Room for rows that are not drawn; the gap beside it is the list's own.
fn spacer(key: &'static str, rows: usize, sizes: RowSizes) -> Option<Html> {
    // In whole pixels, as sizes are: printing fractions would bring in a printer of its own.
    let height = browser::whole(sizes.height(rows) - sizes.gap);
    (rows > 0).then(|| html! { <svg {key} class="pad" width="1" height={height.to_string()} aria-hidden="true" /> })
}

/// The rows in view. The card that was taken is among them also when its row is not drawn, between those
/// it was between: its element must not go, nor be put elsewhere, while a finger rests on it.
fn drawn(props: &LaneBodyProps, rows: &Rows<'_>, range: Range<usize>) -> Vec<Html> {
    let taken = props.drag.source.filter(|_| props.drag.is_pointer);
    let mut parked = taken.and_then(|id| props.cards.iter().position(|card| card.id == id));
    let mut items = Vec::with_capacity(range.len() + 1);
    for row in range {
        match rows.get(row) {
            Some(Row::Card(index, deal)) => {
                let at = parked.take_if(|at| *at <= index);
                if at.is_some_and(|at| at < index) {
                    items.extend(at.and_then(|at| park(props, at)));
                }
                let look = CardLook {
                    is_ghost: taken == Some(deal.id),
                    ..look_of(props, deal.id)
                };
                // A card held by keys is counted where it stands, one that hangs on a pointer where it was.
                let place = match &props.drag.held {
                    Some(_) => (row, rows.len()),
                    None => (index, props.cards.len()),
                };
                items.push(card(props, deal, place, look));
            }
            Some(Row::Slot) => items.extend(held(props, (row, rows.len()))),
            None => {}
        }
    }
    items.extend(parked.and_then(|at| park(props, at)));
    items
}

/// The card that is held by keys, at the place it would fall.
fn held(props: &LaneBodyProps, place: (usize, usize)) -> Option<Html> {
    let deal = props.drag.held.as_ref()?;
    let look = CardLook {
        is_held: true,
        is_tab_stop: true,
        ..CardLook::default()
    };
    Some(card(props, deal, place, look))
}

/// The card that was taken, out of sight.
fn park(props: &LaneBodyProps, at: usize) -> Option<Html> {
    let deal = props.cards.get(at)?;
    let look = CardLook {
        is_parked: true,
        ..look_of(props, deal.id)
    };
    Some(card(props, deal, (at, props.cards.len()), look))
}

fn look_of(props: &LaneBodyProps, id: DealId) -> CardLook {
    CardLook {
        is_syncing: props.syncing.contains(&id),
        is_refused: props.refused == Some(id),
        is_tab_stop: props.tab_stop == Some(id),
        is_chosen: props.can_edit.then(|| props.chosen.contains(&id)),
        ..CardLook::default()
    }
}

fn card(props: &LaneBodyProps, deal: &Rc<Deal>, place: (usize, usize), look: CardLook) -> Html {
    let (row, of) = place;
    // A card that is carried into another column still has the stage it came from.
    let own = props.stages.iter().find(|stage| stage.id == deal.stage_id);
    let Some(stage) = props.stage().or(own) else {
        return Html::default();
    };
    html! {
        <DealCard
            key={deal.id.to_string()}
            deal={Rc::clone(deal)}
            stage={stage.clone()}
            grouped={props.grouped.clone()}
            today={props.today}
            {look}
            position={row + 1}
            {of}
            is_phone={props.is_phone}
        />
    }
}

/// The sizes of rows on this screen.
#[must_use]
pub const fn sizes_of(is_phone: bool) -> RowSizes {
    if is_phone {
        RowSizes::PHONE
    } else {
        RowSizes::DESK
    }
}

/// The scrolled part of a column's element.
#[must_use]
pub fn body_of(lane: &web_sys::Element) -> Option<web_sys::HtmlElement> {
    lane.query_selector(".col-b")
        .ok()
        .flatten()?
        .dyn_into()
        .ok()
}
