//! Where the card that hangs on a pointer would fall, told to the columns it concerns alone.
//!
//! That changes with every few frames of a drag, and the rest of the board says the same meanwhile: the
//! reducer hears of it when the card is let go. Of another column, the two that it is about hear and draw
//! themselves; within one, nothing is drawn: the place is put over the row, and the card behind it, or the
//! end of the list, makes room: two properties of as many elements, whatever the column holds (DND-5).

use super::card::element_id;
use super::lane::LaneDrag;
use super::lane_id::LaneId;
use super::moves::Place;
use super::rows::{Row, Rows};
use super::window::RowSizes;
use crate::browser;
use crate::i18n::{t, use_lang};
use shared::funnel::{Deal, Stage};
use shared::id::DealId;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

/// Marks the card that makes room, or the list where that is at its end.
const PUSHED: &str = "data-pushed";

/// The place, shared by the hand that holds the card and the columns.
#[derive(Default)]
pub struct Slots {
    at: Cell<Option<Place>>,
    lacks: Cell<usize>,
    columns: RefCell<Vec<(LaneId, Callback<()>)>>,
    open: RefCell<Option<Open>>,
    pushed: RefCell<Option<Element>>,
}

/// The same place for all who ask, so one board's slots never differ from themselves.
impl PartialEq for Slots {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Slots {
    /// The place.
    #[must_use]
    pub fn at(&self) -> Option<Place> {
        self.at.get()
    }

    /// Keeps a new place, and has it shown. How many things the card lacks to come there (GATE-01) is asked
    /// when it enters a column alone.
    pub fn go_to(&self, place: Option<Place>, lacks: &dyn Fn(LaneId) -> usize) {
        let before = self.at.replace(place).map(|place| place.lane);
        let now = place.map(|place| place.lane);
        if before == now {
            self.settle();
            return;
        }
        self.lacks.set(now.map_or(0, lacks));
        let columns = self.columns.borrow().clone();
        for (lane, draw) in columns {
            if before == Some(lane) || now == Some(lane) {
                draw.emit(());
            }
        }
    }

    /// What a drag means for a column, by what the board was told of it.
    fn seen_from(&self, lane: LaneId, told: &LaneDrag) -> LaneDrag {
        let Some(place) = self.at.get() else {
            return told.clone();
        };
        let here = Some(place.index).filter(|_| place.lane == lane);
        LaneDrag {
            slot: here,
            is_pointer: told.is_pointer || here.is_some(),
            lacks: here.map_or(0, |_| self.lacks.get()),
            ..told.clone()
        }
    }

    /// Shows the place in the column that is open for it, in whatever rows that has drawn.
    pub fn settle(&self) {
        let open = self.open.borrow();
        let Some(open) = &*open else { return };
        if let Some(place) = self.at.get().filter(|place| place.lane == open.lane) {
            self.push(open.show(place.index));
        }
    }

    /// From now on that column shows the place, or none does.
    fn open(&self, open: Option<Open>) {
        if open.is_none() {
            self.push(None);
        }
        self.open.replace(open);
    }

    /// Has that one make room, and no other.
    fn push(&self, pushed: Option<Element>) {
        let before = self.pushed.replace(pushed.clone());
        if before == pushed {
            return;
        }
        if let Some(before) = before {
            let _ = before.remove_attribute(PUSHED);
        }
        if let Some(pushed) = pushed {
            let _ = pushed.set_attribute(PUSHED, "");
        }
    }
}

/// What a drag means for a column now; draws it again when a card on a pointer comes or leaves.
#[hook]
pub fn use_carried(slots: &Rc<Slots>, lane: LaneId, told: &LaneDrag) -> LaneDrag {
    let draw = use_force_update();
    use_effect_with(lane, {
        let slots = slots.clone();
        move |lane| {
            let draw = Callback::from(move |()| draw.force_update());
            slots.columns.borrow_mut().push((*lane, draw.clone()));
            move || {
                let mut columns = slots.columns.borrow_mut();
                columns.retain(|(_, known)| *known != draw);
            }
        }
    });
    slots.seen_from(lane, told)
}

/// A column over which a card hangs on a pointer.
struct Open {
    lane: LaneId,
    list: NodeRef,
    place: NodeRef,
    cards: Rc<Vec<Rc<Deal>>>,
    without: Option<DealId>,
    sizes: RowSizes,
}

impl Open {
    /// Puts the place over a row; answers what has to make room for it.
    fn show(&self, row: usize) -> Option<Element> {
        let place = self.place.cast::<HtmlElement>()?;
        let rows = Rows::new(&self.cards, self.without, None);
        let row = row.min(rows.len());
        let top = browser::whole(self.sizes.height(row));
        browser::set_style(&place, "translate", &format!("0 {top}px"));
        match rows.get(row) {
            Some(Row::Card(_, deal)) => {
                browser::document()?.get_element_by_id(&element_id(deal.id))
            }
            _ => self.list.cast(),
        }
    }
}

/// What [`DropPlace`] needs.
#[derive(Properties, PartialEq)]
pub struct DropPlaceProps {
    /// The place.
    pub slots: Rc<Slots>,
    /// The column.
    pub lane: LaneId,
    /// What it is called.
    pub name: AttrValue,
    /// Its stage, where it is one.
    pub stage: Option<Rc<Stage>>,
    /// The list of its cards.
    pub list: NodeRef,
    /// The cards.
    pub cards: Rc<Vec<Rc<Deal>>>,
    /// The one that is in the air.
    pub without: Option<DealId>,
    /// The sizes of its rows.
    pub sizes: RowSizes,
}

/// Where a card on a pointer would fall in a column, while it is over it: at the end of its list, put over the
/// row by hand.
#[component]
pub fn DropPlace(props: &DropPlaceProps) -> Html {
    use_lang();
    let DropPlaceProps { slots, lane, .. } = props;
    let drag = use_carried(slots, *lane, &LaneDrag::default());
    let place = use_node_ref();
    use_effect_with((drag.slot.is_some(), props.cards.clone(), props.without), {
        let (slots, lane, list) = (slots.clone(), *lane, props.list.clone());
        let (place, sizes) = (place.clone(), props.sizes);
        move |(is_open, cards, without)| {
            if *is_open {
                slots.open(Some(Open {
                    lane,
                    list,
                    place,
                    cards: cards.clone(),
                    without: *without,
                    sizes,
                }));
                slots.settle();
            }
            move || {
                let is_own = slots
                    .open
                    .borrow()
                    .as_ref()
                    .is_some_and(|open| open.lane == lane);
                if is_own {
                    slots.open(None);
                }
            }
        }
    });
    if drag.slot.is_none() {
        return Html::default();
    }
    let lacks = (drag.lacks > 0).then_some("lacks");
    let hint = match (lacks, &props.stage) {
        (Some(_), _) => t!("gate.still_missing", count = drag.lacks).into_owned(),
        (None, Some(stage)) => stage.fields.entry_text.clone(),
        (None, None) => String::new(),
    };
    html! {
        <div ref={place} class={classes!("drop", lacks)} aria-hidden="true">
            <b>{ t!("board.drop_here", stage = props.name) }</b>{ hint }
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::id::StageId;

    fn place(stage: u128, index: usize) -> Option<Place> {
        let lane = StageId(uuid::Uuid::from_u128(stage)).into();
        Some(Place { lane, index })
    }

    #[test]
    fn another_column_has_both_drawn_and_another_row_neither() {
        let (slots, drawn) = (Slots::default(), Rc::new(RefCell::new(Vec::new())));
        let lane = |stage| place(stage, 0).unwrap().lane;
        for stage in 1..=3_u128 {
            let drawn = drawn.clone();
            let draw = Callback::from(move |()| drawn.borrow_mut().push(stage));
            slots.columns.borrow_mut().push((lane(stage), draw));
        }
        let go_to = |at, lacks: usize| {
            drawn.borrow_mut().clear();
            slots.go_to(at, &|_| lacks);
            drawn.borrow().clone()
        };
        assert_eq!(go_to(place(1, 0), 2), [1]);
        assert!(go_to(place(1, 3), 9).is_empty(), "the same column");
        assert_eq!(slots.at(), place(1, 3));
        let told = LaneDrag::default();
        let seen = slots.seen_from(lane(1), &told);
        assert_eq!((seen.slot, seen.is_pointer, seen.lacks), (Some(3), true, 2));
        assert_eq!(slots.seen_from(lane(2), &told), told);
        assert_eq!(go_to(place(2, 1), 0), [1, 2]);
        assert_eq!(slots.seen_from(lane(1), &told), told);
        assert_eq!(go_to(None, 0), [2]);
        let by_keys = LaneDrag {
            slot: Some(4),
            ..LaneDrag::default()
        };
        assert_eq!(slots.seen_from(lane(2), &by_keys), by_keys);
    }
}
