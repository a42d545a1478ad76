//! Where the card that hangs on a pointer would fall, told to the column it is over alone.
//!
//! Within a column that place changes with every few frames of a drag, and the rest of the board says the
//! same: the reducer hears only which column the card is over, and the row when the card is let go (DND-5).

use super::lane::LaneDrag;
use super::lane_id::LaneId;
use super::moves::Place;
use std::cell::{Cell, RefCell};
use yew::prelude::*;

/// The place, shared by the hand that holds the card and the columns.
#[derive(Default)]
pub struct Slots {
    at: Cell<Option<Place>>,
    column: RefCell<Option<(LaneId, Callback<()>)>>,
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

    /// Keeps a new place, and draws the column again if the place before was in it too; answers whether
    /// that is so. Else the reducer has to be told.
    pub fn go_to(&self, place: Option<Place>) -> bool {
        let before = self.at.replace(place);
        let lane = |place: Option<Place>| place.map(|place| place.lane);
        let column = self.column.borrow();
        let hears = column
            .as_ref()
            .filter(|(known, _)| lane(before) == Some(*known) && lane(place) == Some(*known));
        if let Some((_, draw)) = hears {
            draw.emit(());
        }
        hears.is_some()
    }

    /// The row in a column; none while the card is elsewhere.
    fn row_in(&self, lane: LaneId) -> Option<usize> {
        let here = self.at.get().filter(|place| place.lane == lane);
        here.map(|place| place.index)
    }
}

/// The row of a column at which the card in the air would fall.
#[hook]
pub fn use_slot(slots: &std::rc::Rc<Slots>, lane: LaneId, drag: &LaneDrag) -> Option<usize> {
    let draw = use_force_update();
    let is_over = drag.is_pointer && drag.slot.is_some();
    use_effect_with((is_over, lane), {
        let slots = slots.clone();
        move |(is_over, lane)| {
            let lane = *lane;
            if *is_over {
                let draw = Callback::from(move |()| draw.force_update());
                slots.column.replace(Some((lane, draw)));
            }
            move || {
                let mut column = slots.column.borrow_mut();
                if column.as_ref().is_some_and(|(known, _)| *known == lane) {
                    column.take();
                }
            }
        }
    });
    if is_over {
        slots.row_in(lane).or(drag.slot)
    } else {
        drag.slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::id::StageId;
    use std::rc::Rc;

    fn place(stage: u128, index: usize) -> Option<Place> {
        let lane = StageId(uuid::Uuid::from_u128(stage)).into();
        Some(Place { lane, index })
    }

    #[test]
    fn a_column_hears_of_its_own_rows_and_the_board_of_the_rest() {
        let (slots, drawn) = (Slots::default(), Rc::new(Cell::new(0)));
        let draw = {
            let drawn = drawn.clone();
            Callback::from(move |()| drawn.set(drawn.get() + 1))
        };
        assert!(!slots.go_to(place(1, 0)), "nobody listens yet");
        let lane = place(1, 0).unwrap().lane;
        slots.column.replace(Some((lane, draw)));
        assert!(slots.go_to(place(1, 3)));
        assert_eq!((drawn.get(), slots.row_in(lane)), (1, Some(3)));
        assert!(!slots.go_to(place(2, 3)), "another column");
        assert!(!slots.go_to(place(1, 2)), "back, from another");
        assert!(!slots.go_to(None));
        assert_eq!((drawn.get(), slots.row_in(lane)), (1, None));
    }
}
