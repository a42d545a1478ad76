//! First loads that are shown together: a page counts them, so that nothing on it is pushed away by what
//! comes a moment later (UX-1).
//!
//! [`crate::load::use_load`] and [`crate::accounts::pages::use_pages`] take a seat where they are
//! drawn inside a [`crate::ui::Gathered`], and leave it with their first answer or when they go. The small
//! app gathers nothing.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use yew::prelude::*;

/// Who is still waited for.
#[derive(Default)]
pub struct Table {
    taken: Cell<u32>,
    on_empty: RefCell<Option<Callback<()>>>,
}

impl Table {
    /// Whether nobody is waited for.
    pub fn is_empty(&self) -> bool {
        self.taken.get() == 0
    }

    /// Says whom to tell when the last one has left; others may still sit down afterwards.
    pub fn when_empty(&self, on_empty: Callback<()>) {
        self.on_empty.replace(Some(on_empty));
    }

    fn leave(&self) {
        self.taken.set(self.taken.get().saturating_sub(1));
        let on_empty = self.on_empty.borrow().clone();
        if let Some(on_empty) = on_empty.filter(|_| self.is_empty()) {
            on_empty.emit(());
        }
    }
}

/// What those inside find.
#[derive(Clone)]
pub struct Gathering {
    /// Who is waited for.
    pub table: Rc<Table>,
    /// Whether it is over: everything shows, and nobody is waited for any more.
    pub is_over: bool,
}

impl PartialEq for Gathering {
    fn eq(&self, other: &Self) -> bool {
        self.is_over == other.is_over && Rc::ptr_eq(&self.table, &other.table)
    }
}

/// The place of one that is waited for, free again at the latest when it is dropped.
struct Taken(RefCell<Option<Rc<Table>>>);

impl Taken {
    fn at(table: Option<Rc<Table>>) -> Self {
        if let Some(table) = &table {
            table.taken.set(table.taken.get().saturating_add(1));
        }
        Self(RefCell::new(table))
    }

    fn leave(&self) {
        let table = self.0.take();
        if let Some(table) = table {
            table.leave();
        }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.leave();
    }
}

/// A place among those that are waited for.
#[derive(Clone)]
pub struct Seat(Weak<Taken>);

impl Seat {
    /// The first answer is there, good or not.
    pub fn leave(&self) {
        if let Some(taken) = self.0.upgrade() {
            taken.leave();
        }
    }
}

/// Takes a seat where a gathering goes on.
#[cfg(feature = "whole")]
#[hook]
pub fn use_seat() -> Seat {
    let gathering = use_context::<Gathering>();
    let taken = use_memo((), |()| {
        let open = gathering.filter(|gathering| !gathering.is_over);
        Taken::at(open.map(|gathering| gathering.table))
    });
    Seat(Rc::downgrade(&taken))
}

/// Gives no seat: the small app has nothing that gathers.
#[cfg(not(feature = "whole"))]
#[hook]
pub fn use_seat() -> Seat {
    Seat(Weak::new())
}

/// Whether what is drawn here can be seen, so that the focus can go to it.
#[hook]
pub fn use_is_gathered() -> bool {
    use_context::<Gathering>().is_none_or(|gathering| gathering.is_over)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_when_the_last_has_left_by_answer_or_by_going() {
        let (table, told) = (Rc::new(Table::default()), Rc::new(Cell::new(0)));
        table.when_empty({
            let told = told.clone();
            Callback::from(move |()| told.set(told.get() + 1))
        });
        let (one, other) = (
            Taken::at(Some(table.clone())),
            Taken::at(Some(table.clone())),
        );
        one.leave();
        one.leave();
        drop(one);
        assert_eq!((table.is_empty(), told.get()), (false, 0));
        drop(other);
        assert_eq!((table.is_empty(), told.get()), (true, 1));
    }
}
