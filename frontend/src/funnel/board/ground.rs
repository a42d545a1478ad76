//! Where the columns lie while a card is carried over them.
//!
//! To ask the browser for each of them in each frame would cost more than all the rest of it. They do not
//! move by themselves: they are measured when the card is taken and follow the board's own scrolling;
//! now and then they are measured anew, should the page have changed around them.

use super::lane::body_of;
use super::lane_id::LaneId;
use gloo::events::{EventListener, EventListenerOptions, EventListenerPhase};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Milliseconds until everything is measured anew.
const FRESH: f64 = 1_000.0;

/// The part of a column that scrolls.
#[derive(Debug)]
pub(super) struct Body {
    /// Its element.
    pub element: HtmlElement,
    /// Its upper end in the window.
    pub top: f64,
    /// Its lower end.
    pub bottom: f64,
    /// How far it is scrolled.
    pub scrolled: i32,
}

/// A column.
#[derive(Debug)]
pub(super) struct Strip {
    /// Which.
    pub lane: LaneId,
    /// The part that scrolls; none where the column is folded.
    pub body: Option<Body>,
    /// Its ends from left to right, when it was measured.
    ends: (f64, f64),
}

/// The board in the window, with its columns.
#[derive(Debug)]
pub(super) struct Ground {
    /// The board's left end.
    pub left: f64,
    /// Its right end.
    pub right: f64,
    /// Its upper end.
    pub top: f64,
    /// Its lower end.
    pub bottom: f64,
    lanes: Vec<Strip>,
    /// All columns of the board.
    known: Rc<Vec<LaneId>>,
    /// How far the board was scrolled when it was measured.
    measured: i32,
    /// How far it is scrolled now.
    scrolled: i32,
    /// The first frame that asked, by the clock of frames.
    since: Option<f64>,
    /// What was scrolled since anybody looked, and to where. It is asked when it happens: later in the frame, when
    /// rows were drawn for it, to ask would have the browser work out the page there and then.
    scrolls: Rc<RefCell<Vec<(Element, i32)>>>,
    _listener: EventListener,
}

impl Ground {
    /// Measures a board with these columns as it lies now.
    pub fn measure(board: &HtmlElement, known: Rc<Vec<LaneId>>) -> Self {
        let bounds = board.get_bounding_client_rect();
        let children = board.children();
        let lanes = 0..children.length();
        let lanes = lanes.filter_map(|index| Strip::of(&children.item(index)?, &known));
        let scrolled = board.scroll_left();
        let scrolls = Rc::new(RefCell::new(Vec::<(Element, i32)>::new()));
        let on_scroll = {
            let (scrolls, board) = (Rc::clone(&scrolls), board.clone());
            move |event: &web_sys::Event| {
                let target = event.target();
                let Some(target) = target.and_then(|target| target.dyn_into::<Element>().ok())
                else {
                    return;
                };
                let to = match target == *board {
                    true => target.scroll_left(),
                    false => target.scroll_top(),
                };
                let mut scrolls = scrolls.borrow_mut();
                scrolls.retain(|(known, _)| *known != target);
                scrolls.push((target, to));
            }
        };
        // Scrolling does not bubble: the columns' is heard on its way down.
        let options = EventListenerOptions {
            phase: EventListenerPhase::Capture,
            passive: true,
        };
        Self {
            left: bounds.left(),
            right: bounds.right(),
            top: bounds.top(),
            bottom: bounds.bottom(),
            lanes: lanes.collect(),
            known,
            measured: scrolled,
            scrolled,
            since: None,
            scrolls,
            _listener: EventListener::new_with_options(board, "scroll", options, on_scroll),
        }
    }

    /// Goes along with scrolling, and now and then with whatever else changed.
    pub fn follow(&mut self, board: &HtmlElement, now: f64) {
        if now - *self.since.get_or_insert(now) > FRESH {
            *self = Self::measure(board, Rc::clone(&self.known));
        }
        let scrolls = self.scrolls.take();
        for (target, to) in scrolls {
            if target == **board {
                self.scrolled = to;
            } else if let Some(body) = self.bodies().find(|body| *body.element == target) {
                body.scrolled = to;
            }
        }
    }

    /// Looks where the board and its columns are scrolled to.
    pub fn catch_up(&mut self, board: &HtmlElement) {
        self.scrolls.take();
        self.scrolled = board.scroll_left();
        for body in self.bodies() {
            body.scrolled = body.element.scroll_top();
        }
    }

    fn bodies(&mut self) -> impl Iterator<Item = &mut Body> {
        self.lanes.iter_mut().filter_map(|lane| lane.body.as_mut())
    }

    /// The column at a distance from the window's left end.
    pub fn lane_at(&self, x: f64) -> Option<&Strip> {
        let x = x + f64::from(self.scrolled - self.measured);
        self.lanes.iter().find(|lane| {
            let (left, right) = lane.ends;
            x >= left && x < right
        })
    }
}

impl Strip {
    fn of(element: &Element, known: &[LaneId]) -> Option<Self> {
        let name = element.get_attribute("data-lane")?;
        let lane = known.iter().find(|lane| lane.to_string() == name);
        let bounds = element.get_bounding_client_rect();
        let body = body_of(element).map(|element| {
            let bounds = element.get_bounding_client_rect();
            Body {
                top: bounds.top(),
                bottom: bounds.bottom(),
                scrolled: element.scroll_top(),
                element,
            }
        });
        Some(Self {
            lane: *lane?,
            body,
            ends: (bounds.left(), bounds.right()),
        })
    }
}
