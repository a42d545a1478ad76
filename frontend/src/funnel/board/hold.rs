//! A card held by a pointer: when it is lifted, what is under it each frame, how it ends.

use super::action::BoardAction;
use super::autoscroll;
use super::card::element_id;
use super::floating::Carried;
use super::focus::take_focus;
use super::grip::{GripPorts, card_of, is_on};
use super::ground::Ground;
use super::lane::sizes_of;
use super::moves::{Input, Place};
use super::state::BoardState;
use crate::browser;
use crate::format;
use gloo::timers::callback::Timeout;
use shared::id::DealId;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{HtmlElement, PointerEvent};

/// How far a mouse may go, in pixels, before it is a drag.
const MOUSE_SLOP: f64 = 3.9;
/// How far a finger may tremble during the long press.
const TOUCH_SLOP: f64 = 8.0;
/// The long press, in milliseconds.
const PRESS: u32 = 220;
/// How far the card is carried towards an edge before the board scrolls sideways.
const CARRY: f64 = 24.0;

/// Scrolling makes up for a slow frame up to these milliseconds; beyond, it would jump.
const LONG_FRAME: f64 = 100.0;

#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Point {
    x: f64,
    y: f64,
}

impl Point {
    fn of(event: &PointerEvent) -> Self {
        Self {
            x: f64::from(event.client_x()),
            y: f64::from(event.client_y()),
        }
    }

    /// Whether another point is further away than that.
    fn is_beyond(self, other: Self, reach: f64) -> bool {
        let (x, y) = (self.x - other.x, self.y - other.y);
        x * x + y * y > reach * reach
    }
}

/// A pointer that is down on a card.
#[derive(Debug, Clone, PartialEq)]
struct Hold {
    pointer: i32,
    input: Input,
    deal: DealId,
    start: Point,
    at: Point,
    /// From the card's corner to the pointer, once it is lifted.
    offset: Point,
    is_lifted: bool,
    is_phone: bool,
    /// When scrolling began along each axis, in the page's milliseconds.
    scrolls: [Option<f64>; 2],
    /// Where it was when what lies below was seen last.
    seen: Option<Point>,
    /// How many frames there were since it was lifted.
    drawn: u32,
    last_frame: f64,
}

/// The nearest number of a range; the standard library's own says which one is wrong, and brings the printing of
/// numbers along.
const fn within(at: f64, least: f64, most: f64) -> f64 {
    at.max(least).min(most)
}

/// How far a point is from the corner of a card.
fn offset_in(deal: DealId, at: Point) -> Point {
    let card = browser::document().and_then(|page| page.get_element_by_id(&element_id(deal)));
    card.map_or_else(Point::default, |card| {
        let bounds = card.get_bounding_client_rect();
        Point {
            x: at.x - bounds.left(),
            y: at.y - bounds.top(),
        }
    })
}

/// Called by the browser before each frame, with its clock.
type OnFrame = Closure<dyn FnMut(f64)>;

/// The board and the pointer on it.
pub(super) struct Holder {
    board: HtmlElement,
    ports: GripPorts,
    hold: RefCell<Option<Hold>>,
    press: RefCell<Option<Timeout>>,
    ground: RefCell<Option<Ground>>,
    carried: RefCell<Option<Carried>>,
    frame: RefCell<Option<OnFrame>>,
    frame_id: Cell<Option<i32>>,
    /// Whether the next click ends a drag and is none on the card.
    pub swallow_click: Cell<bool>,
}

/// Runs with the holder, if it still lives.
pub(super) fn with(weak: &Weak<Holder>, run: impl FnOnce(&Rc<Holder>)) {
    if let Some(holder) = weak.upgrade() {
        run(&holder);
    }
}

impl Holder {
    /// Nothing held yet.
    pub(super) fn new(board: HtmlElement, ports: GripPorts) -> Rc<Self> {
        let holder = Rc::new(Self {
            board,
            ports,
            hold: RefCell::default(),
            press: RefCell::default(),
            ground: RefCell::default(),
            carried: RefCell::default(),
            frame: RefCell::default(),
            frame_id: Cell::default(),
            swallow_click: Cell::default(),
        });
        let on_frame = Closure::new({
            let weak = Rc::downgrade(&holder);
            move |now| with(&weak, |holder| holder.step(now))
        });
        holder.frame.replace(Some(on_frame));
        holder
    }

    pub(super) fn is_held_by(&self, pointer: i32) -> bool {
        self.hold
            .borrow()
            .as_ref()
            .is_some_and(|hold| hold.pointer == pointer)
    }

    pub(super) fn is_dragging(&self) -> bool {
        self.hold
            .borrow()
            .as_ref()
            .is_some_and(|hold| hold.is_lifted)
    }

    /// Whether a mouse or a pen was pressed on a card.
    pub(super) fn is_pressed(&self) -> bool {
        let hold = self.hold.borrow();
        hold.as_ref().is_some_and(|hold| hold.input != Input::Touch)
    }

    pub(super) fn is_touched(&self) -> bool {
        self.hold
            .borrow()
            .as_ref()
            .is_some_and(|hold| hold.input == Input::Touch)
    }

    /// Whether the browser must not scroll: a card is lifted, or a pen is on one.
    pub(super) fn holds_touch(&self) -> bool {
        self.hold
            .borrow()
            .as_ref()
            .is_some_and(|hold| hold.is_lifted || hold.input == Input::Pen)
    }

    pub(super) fn press(self: &Rc<Self>, event: &PointerEvent) {
        if self.hold.borrow().is_some() {
            // A second finger ends it.
            self.cancel();
            return;
        }
        let is_plain =
            event.button() == 0 && event.is_primary() && !event.ctrl_key() && !event.meta_key();
        if !self.ports.can_edit || !is_plain || is_on(event, "button, input, select, textarea") {
            return;
        }
        let Some((deal, _)) = card_of(event) else {
            return;
        };
        let input = match event.pointer_type().as_str() {
            "touch" => Input::Touch,
            "pen" => Input::Pen,
            _ => Input::Mouse,
        };
        let start = Point::of(event);
        self.hold.replace(Some(Hold {
            pointer: event.pointer_id(),
            input,
            deal,
            start,
            at: start,
            offset: Point::default(),
            is_lifted: false,
            is_phone: browser::is_phone(),
            scrolls: [None; 2],
            seen: None,
            drawn: 0,
            last_frame: 0.0,
        }));
        if input == Input::Touch {
            let weak = Rc::downgrade(self);
            self.press
                .replace(Some(Timeout::new(PRESS, move || with(&weak, Self::lift))));
        }
    }

    pub(super) fn follow(self: &Rc<Self>, event: &PointerEvent) {
        let (is_touch, is_gone) = {
            let mut hold = self.hold.borrow_mut();
            let Some(hold) = hold.as_mut() else { return };
            hold.at = Point::of(event);
            let is_touch = hold.input == Input::Touch;
            let slop = if is_touch { TOUCH_SLOP } else { MOUSE_SLOP };
            let is_gone = hold.at.is_beyond(hold.start, slop);
            (is_touch, is_gone && !hold.is_lifted)
        };
        match (is_gone, is_touch) {
            (true, true) => self.forget(),
            (true, false) => self.lift(),
            (false, _) => {}
        }
    }

    fn lift(self: &Rc<Self>) {
        self.press.take();
        let lifted = {
            let mut hold = self.hold.borrow_mut();
            hold.as_mut().map(|hold| {
                hold.is_lifted = true;
                hold.offset = offset_in(hold.deal, hold.start);
                (hold.deal, hold.input)
            })
        };
        let Some((deal, input)) = lifted else {
            return;
        };
        self.ports.slots.go_to(None, &|_| 0);
        browser::set_root_attribute("data-dragging", Some(""));
        if input == Input::Touch
            && let Some(window) = browser::window()
        {
            let _ = window.navigator().vibrate_with_duration(10);
        }
        self.carried.replace(Carried::copy(deal));
        self.ask_frame();
    }

    pub(super) fn release(self: &Rc<Self>) {
        if !self.is_dragging() {
            // Before the click, which may open something that gives the focus back to where it was.
            let pressed = self.hold.borrow().as_ref().map(|hold| hold.deal);
            if let Some(deal) = pressed.filter(|_| self.is_pressed()) {
                take_focus(deal);
            }
            self.forget();
            return;
        }
        // The last movement counts, even if no frame came after it.
        self.tell();
        if !self.is_in_air() {
            self.end(BoardAction::Cancelled);
            return;
        }
        self.measure();
        if let Some(ground) = self.ground.borrow_mut().as_mut() {
            ground.catch_up(&self.board);
        }
        self.look();
        let over = self.ports.slots.at();
        let told = self.ports.state.borrow().drag().map(|drag| drag.over);
        if told != Some(over) {
            self.ports.act(BoardAction::MovedOver(over));
        }
        self.end(BoardAction::Dropped(format::now()));
    }

    pub(super) fn cancel(self: &Rc<Self>) {
        if self.is_dragging() {
            self.end(BoardAction::Cancelled);
        } else {
            self.forget();
        }
    }

    fn forget(&self) {
        self.press.take();
        self.hold.take();
    }

    /// Lets go of the card; the reducer hears of it only where it has that card in the air by this pointer: another
    /// one may be held by keys.
    fn end(self: &Rc<Self>, action: BoardAction) {
        let is_in_air = self.is_in_air();
        let Some(hold) = self.hold.take() else { return };
        self.press.take();
        self.ground.take();
        self.carried.take();
        let _ = self.board.release_pointer_capture(hold.pointer);
        browser::set_root_attribute("data-dragging", None);
        if let (Some(id), Some(window)) = (self.frame_id.take(), browser::window()) {
            let _ = window.cancel_animation_frame(id);
        }
        self.swallow_click.set(true);
        let weak = Rc::downgrade(self);
        Timeout::new(50, move || {
            with(&weak, |holder| holder.swallow_click.set(false))
        })
        .forget();
        if is_in_air {
            self.ports.act(action);
        }
        self.ports.slots.go_to(None, &|_| 0);
        self.ports.on_end.emit(hold.deal);
    }

    fn ask_frame(&self) {
        let Some(window) = browser::window() else {
            return;
        };
        if let Some(closure) = self.frame.borrow().as_ref() {
            self.frame_id.set(
                window
                    .request_animation_frame(closure.as_ref().unchecked_ref())
                    .ok(),
            );
        }
    }

    /// One frame of a drag: scroll at the edges, see what is under the card, move the copy.
    fn step(self: &Rc<Self>, now: f64) {
        if !self.is_dragging() {
            return;
        }
        // The first frame shows the copy, the second leaves a ghost where the card was, the third gives the pointer
        // its new owner, and what lies below is looked for after that: all at once would be more than one
        // frame has time for.
        match self.count_frame() {
            0 => {}
            1 => {
                self.tell();
                if !self.is_in_air() {
                    self.end(BoardAction::Cancelled);
                    return;
                }
            }
            2 => {
                self.measure();
                self.capture();
            }
            _ => self.see(now),
        }
        self.carry();
        self.ask_frame();
    }

    /// Measures the board, unless that is done.
    fn measure(&self) {
        let mut ground = self.ground.borrow_mut();
        ground.get_or_insert_with(|| {
            let state = self.ports.state.borrow();
            let lanes = state.lanes().map(|(lane, _)| lane).collect();
            Ground::measure(&self.board, Rc::new(lanes))
        });
    }

    /// How many frames there were before since the card was lifted.
    fn count_frame(&self) -> u32 {
        let mut hold = self.hold.borrow_mut();
        hold.as_mut().map_or(0, |hold| {
            let drawn = hold.drawn;
            hold.drawn = drawn.saturating_add(1);
            drawn
        })
    }

    /// Tells the reducer which card is in the air, unless it knows.
    fn tell(&self) {
        let lifted = self.hold.borrow().as_ref().map(|hold| BoardAction::Lifted {
            deal: hold.deal,
            input: hold.input,
        });
        // Taken once, it is not taken anew: the reducer knows of one card in the air at most.
        if let Some(lifted) = lifted {
            self.ports.act(lifted);
        }
    }

    /// Whether the reducer has this card in the air, by this pointer.
    fn is_in_air(&self) -> bool {
        let (state, hold) = (self.ports.state.borrow(), self.hold.borrow());
        let both = state.drag().zip(hold.as_ref());
        both.is_some_and(|(drag, hold)| drag.deal.id == hold.deal && drag.input == hold.input)
    }

    /// Has the board hold the pointer, so that the card's own element may come and go.
    fn capture(&self) {
        if let Some(hold) = self.hold.borrow().as_ref() {
            let _ = self.board.set_pointer_capture(hold.pointer);
        }
    }

    /// Scrolls at the edges, and looks for what is under the card where that may be something else now.
    fn see(&self, now: f64) {
        if let Some(ground) = self.ground.borrow_mut().as_mut() {
            ground.follow(&self.board, now);
        }
        let is_scrolled = self.scroll(now);
        let mut hold = self.hold.borrow_mut();
        let is_moved = hold
            .as_mut()
            .is_some_and(|hold| hold.seen.replace(hold.at) != Some(hold.at));
        drop(hold);
        if !self.is_in_air() {
            // Gone meanwhile, by somebody else's hand: it falls nowhere.
            self.ports.slots.go_to(None, &|_| 0);
        } else if is_scrolled || is_moved {
            self.look();
        }
    }

    fn carry(&self) {
        let hold = self.hold.borrow();
        let Some(hold) = hold.as_ref() else { return };
        let mut carried = self.carried.borrow_mut();
        if carried.is_none() {
            // Its row was scrolled out of the page before it was lifted.
            *carried = Carried::copy(hold.deal);
        }
        if let Some(carried) = carried.as_mut() {
            carried.put(hold.at.x - hold.offset.x, hold.at.y - hold.offset.y);
        }
    }

    /// Scrolls at the edges; answers whether it did.
    fn scroll(&self, now: f64) -> bool {
        let mut hold = self.hold.borrow_mut();
        let mut ground = self.ground.borrow_mut();
        let (Some(hold), Some(ground)) = (hold.as_mut(), ground.as_mut()) else {
            return false;
        };
        let elapsed = if hold.last_frame > 0.0 {
            (now - hold.last_frame).min(LONG_FRAME)
        } else {
            0.0
        };
        hold.last_frame = now;
        let (left, right) = (ground.left, ground.right);
        let x = {
            let (at, start) = (hold.at.x, hold.start.x);
            let speed = autoscroll::speed(at, left, right, 1e3);
            // A card taken near an edge does not run away: it is carried towards the edge first.
            if (speed > 0.0 && at - start < CARRY) || (speed < 0.0 && start - at < CARRY) {
                None
            } else {
                Some((at, left, right))
            }
        };
        let lane = ground.lane_at(hold.at.x);
        let body = lane.and_then(|lane| lane.body.as_ref());
        let y = body.map(|body| (hold.at.y, body.top, body.bottom));
        let body = body.map(|body| body.element.clone());
        let mut by = [0.0; 2];
        for ((axis, since), by) in [x, y].into_iter().zip(&mut hold.scrolls).zip(&mut by) {
            let zone = axis.filter(|(at, start, end)| autoscroll::is_in_zone(*at, *start, *end));
            let Some((at, start, end)) = zone else {
                *since = None;
                continue;
            };
            let held = now - *since.get_or_insert(now);
            *by = autoscroll::speed(at, start, end, held) * elapsed / 1000.0;
        }
        let [x, y] = by;
        if x != 0.0 {
            self.board.scroll_by_with_x_and_y(x, 0.0);
        }
        if let Some(body) = body.filter(|_| y != 0.0) {
            body.scroll_by_with_x_and_y(0.0, y);
        }
        let is_scrolled = x != 0.0 || y != 0.0;
        if is_scrolled {
            ground.catch_up(&self.board);
        }
        is_scrolled
    }

    /// Sees what is under the card and tells the columns when that changed.
    fn look(&self) {
        let (at, deal, is_phone) = match self.hold.borrow().as_ref() {
            Some(hold) => (hold.at, hold.deal, hold.is_phone),
            None => return,
        };
        let state = self.ports.state.borrow().clone();
        let Some(drag) = state.drag().filter(|drag| drag.deal.id == deal) else {
            return;
        };
        let over = self
            .place_at(at, &state, is_phone)
            .filter(|place| state.takes(&drag.deal, place.lane))
            .map(|place| state.landing(&drag.deal, place));
        if over != self.ports.slots.at() {
            let lacks = |lane| state.lacks(&drag.deal, lane, format::now());
            self.ports.slots.go_to(over, &lacks);
        }
    }

    fn place_at(&self, at: Point, state: &BoardState, is_phone: bool) -> Option<Place> {
        let ground = self.ground.borrow();
        let ground = ground.as_ref()?;
        let tolerance = 60.0;
        if at.y < ground.top - tolerance || at.y > ground.bottom + tolerance {
            return None;
        }
        let x = within(at.x, ground.left + 1.0, ground.right - 1.0);
        let strip = ground.lane_at(x)?;
        let lane = strip.lane;
        let Some(body) = &strip.body else {
            return Some(Place { lane, index: 0 });
        };
        let scrolled = f64::from(body.scrolled);
        let y = within(at.y, body.top, body.bottom) - body.top + scrolled;
        let is_home = state.drag().is_some_and(|drag| drag.from.lane == lane);
        let rows = state.cards(lane).len() - usize::from(is_home);
        let index = sizes_of(is_phone).row_at(y, rows);
        Some(Place { lane, index })
    }
}
