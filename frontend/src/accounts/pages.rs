//! A list that grows page by page: the first page when the question changes, the next one on demand.
//!
//! An answer to a question no longer asked is thrown away; a failed refresh keeps the rows of before.

use crate::api::{ApiError, ApiResult};
use crate::browser;
use crate::gather::use_seat;
use shared::page::Page;
use std::rc::Rc;
use yew::prelude::*;

/// The rows so far.
#[derive(Debug)]
pub struct Pages<T> {
    /// The rows, once a first page came.
    pub rows: Option<Vec<Rc<T>>>,
    /// How many there are in all, when the server counted.
    pub total: Option<i64>,
    /// Where the next page begins; none at the end.
    pub next: Option<String>,
    /// Why the last request failed.
    pub error: Option<ApiError>,
    /// Whether a request runs.
    pub is_busy: bool,
    /// How many pages the rows are from.
    pub depth: u32,
    generation: u32,
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Self {
            rows: None,
            total: None,
            next: None,
            error: None,
            is_busy: true,
            depth: 0,
            generation: 0,
        }
    }
}

impl<T> Clone for Pages<T> {
    fn clone(&self) -> Self {
        Self {
            rows: self.rows.clone(),
            total: self.total,
            next: self.next.clone(),
            error: self.error.clone(),
            is_busy: self.is_busy,
            depth: self.depth,
            generation: self.generation,
        }
    }
}

/// What happens to the rows.
pub enum PagesAction<T> {
    /// A new question is asked.
    Asked(u32),
    /// The next page of the same question is asked.
    AskedMore,
    /// The first page came.
    Came(u32, ApiResult<Page<T>>),
    /// The next page came.
    CameMore(u32, ApiResult<Page<T>>),
    /// One row was changed or added in place; the function says which rows are the same.
    Put(Rc<T>, fn(&T, &T) -> bool),
    /// One row is gone.
    Gone(Rc<T>, fn(&T, &T) -> bool),
}

impl<T> Pages<T> {
    fn after(mut self, action: PagesAction<T>) -> Self {
        match action {
            PagesAction::Asked(generation) => {
                self.generation = generation;
                self.is_busy = true;
            }
            PagesAction::AskedMore => self.is_busy = true,
            PagesAction::Came(generation, page) if generation == self.generation => {
                self.is_busy = false;
                match page {
                    Ok(page) => {
                        self.error = None;
                        self.total = page.total;
                        self.depth = 1;
                        self.next = page.next_cursor;
                        self.rows = Some(page.items.into_iter().map(Rc::new).collect());
                    }
                    Err(error) => self.error = Some(error),
                }
            }
            PagesAction::CameMore(generation, page) if generation == self.generation => {
                self.is_busy = false;
                match page {
                    Ok(page) => {
                        self.error = None;
                        self.depth += 1;
                        self.next = page.next_cursor;
                        self.rows
                            .get_or_insert_default()
                            .extend(page.items.into_iter().map(Rc::new));
                    }
                    Err(error) => self.error = Some(error),
                }
            }
            PagesAction::Came(..) | PagesAction::CameMore(..) => {}
            PagesAction::Put(row, is_same) => self.put(row, is_same),
            PagesAction::Gone(row, is_same) => {
                let rows = self.rows.get_or_insert_default();
                let before = rows.len();
                rows.retain(|old| !is_same(old, &row));
                if rows.len() < before {
                    self.total = self.total.map(|total| total - 1);
                }
            }
        }
        self
    }

    fn put(&mut self, row: Rc<T>, is_same: fn(&T, &T) -> bool) {
        let rows = self.rows.get_or_insert_default();
        match rows.iter_mut().find(|old| is_same(old, &row)) {
            Some(old) => *old = row,
            None => {
                rows.insert(0, row);
                self.total = self.total.map(|total| total + 1);
            }
        }
    }
}

impl<T> Reducible for Pages<T> {
    type Action = PagesAction<T>;

    fn reduce(self: Rc<Self>, action: Self::Action) -> Rc<Self> {
        Rc::new((*self).clone().after(action))
    }
}

/// What [`use_pages`] gives.
pub struct PagesHandle<T: 'static> {
    /// The rows so far.
    pub pages: UseReducerHandle<Pages<T>>,
    /// Asks the question again.
    pub reload: Callback<()>,
    /// Asks for the next page.
    pub more: Callback<()>,
}

impl<T> Clone for PagesHandle<T> {
    fn clone(&self) -> Self {
        Self {
            pages: self.pages.clone(),
            reload: self.reload.clone(),
            more: self.more.clone(),
        }
    }
}

impl<T> PagesHandle<T> {
    /// Asks again as long as one page shows; who has loaded more is not thrown back to the top.
    #[must_use]
    pub fn refresh(&self) -> Callback<()> {
        let (reload, is_short) = (self.reload.clone(), self.pages.depth <= 1);
        Callback::from(move |()| {
            if is_short {
                reload.emit(());
            }
        })
    }
}

/// Asks for the first page at first and whenever the question changes, and for the next one when told to.
#[hook]
pub fn use_pages<T, D, L, F>(question: D, load: L) -> PagesHandle<T>
where
    T: 'static,
    D: PartialEq + Clone + 'static,
    L: Fn(D, Option<String>) -> F + 'static,
    F: Future<Output = ApiResult<Page<T>>> + 'static,
{
    let pages = use_reducer(Pages::<T>::default);
    let counter = use_mut_ref(|| 0u32);
    let round = use_state_eq(|| 0u32);
    let load = Rc::new(load);
    let seat = use_seat();
    use_effect_with((question.clone(), *round), {
        let (pages, load) = (pages.dispatcher(), Rc::clone(&load));
        move |(question, _)| {
            let generation = {
                let mut counter = counter.borrow_mut();
                *counter += 1;
                *counter
            };
            pages.dispatch(PagesAction::Asked(generation));
            let answer = load(question.clone(), None);
            browser::spawn(async move {
                pages.dispatch(PagesAction::Came(generation, answer.await));
                seat.leave();
            });
        }
    });
    let reload = {
        let round = round.clone();
        Callback::from(move |()| round.set(round.wrapping_add(1)))
    };
    let more = {
        let pages = pages.clone();
        Callback::from(move |()| {
            let Some(cursor) = pages.next.clone().filter(|_| !pages.is_busy) else {
                return;
            };
            let generation = pages.generation;
            pages.dispatch(PagesAction::AskedMore);
            let answer = load(question.clone(), Some(cursor));
            let pages = pages.dispatcher();
            browser::spawn(async move {
                pages.dispatch(PagesAction::CameMore(generation, answer.await))
            });
        })
    };
    PagesHandle {
        pages,
        reload,
        more,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(items: &[u32], next: Option<&str>) -> ApiResult<Page<u32>> {
        Ok(Page {
            items: items.to_vec(),
            next_cursor: next.map(Into::into),
            next: None,
            total: Some(9),
        })
    }

    fn rows(pages: &Pages<u32>) -> Vec<u32> {
        pages.rows.iter().flatten().map(|row| **row).collect()
    }

    fn asked() -> Pages<u32> {
        Pages::default()
            .after(PagesAction::Asked(1))
            .after(PagesAction::Came(1, page(&[1, 2], Some("c"))))
    }

    #[test]
    fn the_next_page_comes_behind_the_first() {
        let pages = asked()
            .after(PagesAction::AskedMore)
            .after(PagesAction::CameMore(1, page(&[3], None)));
        assert_eq!(rows(&pages), [1, 2, 3]);
        assert_eq!(pages.next, None);
        assert_eq!(pages.total, Some(9));
    }

    #[test]
    fn a_page_of_the_question_before_is_thrown_away() {
        let pages = asked()
            .after(PagesAction::Asked(2))
            .after(PagesAction::CameMore(1, page(&[3], None)))
            .after(PagesAction::Came(2, page(&[7], None)));
        assert_eq!(rows(&pages), [7]);
    }

    #[test]
    fn a_failed_refresh_keeps_the_rows() {
        let pages = asked()
            .after(PagesAction::Asked(2))
            .after(PagesAction::Came(2, Err(ApiError::Offline)));
        assert_eq!(rows(&pages), [1, 2]);
        assert_eq!(pages.error, Some(ApiError::Offline));
    }

    #[test]
    fn a_row_is_replaced_added_in_front_or_taken_out() {
        let is_same = |a: &u32, b: &u32| a % 10 == b % 10;
        let pages = asked().after(PagesAction::Put(Rc::new(12), is_same));
        assert_eq!((rows(&pages), pages.total), (vec![1, 12], Some(9)));
        let pages = pages.after(PagesAction::Put(Rc::new(5), is_same));
        assert_eq!((rows(&pages), pages.total), (vec![5, 1, 12], Some(10)));
        let pages = pages.after(PagesAction::Gone(Rc::new(1), is_same));
        assert_eq!((rows(&pages), pages.total), (vec![5, 12], Some(9)));
    }
}
