//! Takes cards by mouse, pen and finger, and drives the drag frame by frame.
//!
//! Pointer events, not the browser's own drag and drop: that one knows no touch and hides its data. A
//! mouse lifts after 4 px, a finger after a long press; a swipe before that scrolls as ever. What is
//! under the card is worked out once a frame; a change of it is told to the columns (`slots`).

use super::action::BoardAction;
use super::hold::{Holder, with};
use super::slots::Slots;
use super::state::BoardState;
use crate::browser;
use gloo::events::{EventListener, EventListenerOptions, EventListenerPhase};
use shared::id::DealId;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, EventTarget, HtmlElement, KeyboardEvent, PointerEvent};
use yew::{Callback, UseReducerHandle};

/// What the grip tells and asks.
pub struct GripPorts {
    /// The board as last drawn.
    pub state: Rc<RefCell<UseReducerHandle<BoardState>>>,
    /// Where the card would fall.
    pub slots: Rc<Slots>,
    /// Whether the person may move cards.
    pub can_edit: bool,
    /// Told when a card was let go or given up, so that the focus returns to it.
    pub on_end: Callback<DealId>,
}

impl GripPorts {
    pub(super) fn act(&self, action: BoardAction) {
        self.state.borrow().dispatch(action);
    }
}

/// Listens as long as it lives.
pub struct Grip {
    holder: Rc<Holder>,
    _listeners: Vec<EventListener>,
}

impl Drop for Grip {
    fn drop(&mut self) {
        self.holder.cancel();
    }
}

impl Grip {
    /// Begins to listen on a board.
    #[must_use]
    pub fn new(board: HtmlElement, ports: GripPorts) -> Self {
        let holder = Holder::new(board.clone(), ports);
        let (window, document) = (browser::window(), browser::document());
        let window = window.as_ref().map(AsRef::as_ref);
        let document = document.as_ref().map(AsRef::as_ref);
        let listeners = HEARD.into_iter().filter_map(|(at, name, run)| {
            let (target, phase) = match at {
                At::Board => (Some(board.as_ref()), EventListenerPhase::Bubble),
                At::Window => (window, EventListenerPhase::Bubble),
                At::WindowFirst => (window, EventListenerPhase::Capture),
                At::Document => (document, EventListenerPhase::Bubble),
            };
            Some(on(&holder, target?, name, phase, run))
        });
        Self {
            _listeners: listeners.collect(),
            holder,
        }
    }
}

/// Where something is heard.
#[derive(Clone, Copy)]
enum At {
    Board,
    Window,
    /// Before anybody else hears it.
    WindowFirst,
    Document,
}

/// What is done on an event. No closure, so that one piece of code listens for all.
type Run = fn(&Rc<Holder>, &Event);

/// All that is heard, and what is done then.
const HEARD: [(At, &str, Run); 13] = [
    (At::Board, "pointerdown", |holder, event| {
        if let Some(event) = event.dyn_ref::<PointerEvent>() {
            holder.press(event);
        }
    }),
    (At::Board, "mousedown", |holder, event| {
        if holder.is_pressed() {
            // To give the focus costs a press as much as all else, and the focus would go again with the
            // card where it is dropped: who only clicks gets it on release (DND-5).
            event.prevent_default();
            if let Some(focused) = browser::focused() {
                let _ = focused.blur();
            }
        }
    }),
    // Installed before any touch: a browser that decided to scroll cannot be told otherwise later.
    (At::Board, "touchmove", |holder, event| {
        if holder.holds_touch() && event.cancelable() {
            event.prevent_default();
        }
    }),
    (At::Board, "contextmenu", |holder, event| {
        if holder.is_touched() {
            event.prevent_default();
        }
    }),
    (At::Board, "dragstart", |_, event| event.prevent_default()),
    (At::Window, "pointermove", |holder, event| {
        if let Some(event) = of_hold(holder, event) {
            holder.follow(event);
        }
    }),
    (At::Window, "pointerup", |holder, event| {
        if of_hold(holder, event).is_some() {
            holder.release();
        }
    }),
    (At::Window, "pointercancel", |holder, event| {
        if of_hold(holder, event).is_some() {
            holder.cancel();
        }
    }),
    (At::Window, "resize", |holder, _| holder.cancel()),
    (At::Window, "blur", |holder, _| holder.cancel()),
    (At::WindowFirst, "keydown", |holder, event| {
        let is_escape = event
            .dyn_ref::<KeyboardEvent>()
            .is_some_and(|event| event.key() == "Escape");
        if is_escape && holder.is_dragging() {
            event.prevent_default();
            event.stop_propagation();
            holder.cancel();
        }
    }),
    // The click that ends a drag is no click on the card.
    (At::WindowFirst, "click", |holder, event| {
        if holder.swallow_click.take() {
            event.prevent_default();
            event.stop_propagation();
        }
    }),
    (At::Document, "visibilitychange", |holder, _| {
        holder.cancel()
    }),
];

/// The event of the pointer that holds a card.
fn of_hold<'a>(holder: &Holder, event: &'a Event) -> Option<&'a PointerEvent> {
    let event = event.dyn_ref::<PointerEvent>()?;
    holder.is_held_by(event.pointer_id()).then_some(event)
}

fn on(
    holder: &Rc<Holder>,
    target: &EventTarget,
    name: &'static str,
    phase: EventListenerPhase,
    run: Run,
) -> EventListener {
    let weak = Rc::downgrade(holder);
    let options = EventListenerOptions {
        phase,
        passive: false,
    };
    EventListener::new_with_options(target, name, options, move |event| {
        with(&weak, |holder| run(holder, event))
    })
}

/// The card an event happened on.
#[must_use]
pub fn card_of(event: &Event) -> Option<(DealId, HtmlElement)> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    let card = target.closest("[data-deal]").ok().flatten()?;
    let id = card.get_attribute("data-deal")?.parse().ok()?;
    Some((id, card.dyn_into().ok()?))
}

/// Whether an event happened on a control inside a card.
#[must_use]
pub fn is_on(event: &Event, selector: &str) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| target.closest(selector).ok().flatten().is_some())
}
