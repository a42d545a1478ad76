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
use gloo::events::{EventListener, EventListenerOptions};
use shared::id::DealId;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, PointerEvent};
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
        let mut listeners = vec![
            on(&holder, &board, "pointerdown", |holder, event| {
                if let Some(event) = event.dyn_ref::<PointerEvent>() {
                    holder.press(event);
                }
            }),
            on(&holder, &board, "mousedown", |holder, event| {
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
            on(&holder, &board, "touchmove", |holder, event| {
                if holder.holds_touch() && event.cancelable() {
                    event.prevent_default();
                }
            }),
            on(&holder, &board, "contextmenu", |holder, event| {
                if holder.is_touched() {
                    event.prevent_default();
                }
            }),
            on(&holder, &board, "dragstart", |_, event| {
                event.prevent_default()
            }),
        ];
        if let Some(window) = browser::window() {
            listeners.extend(window_listeners(&holder, &window));
        }
        if let Some(document) = browser::document() {
            listeners.push(on(&holder, &document, "visibilitychange", |holder, _| {
                holder.cancel()
            }));
        }
        Self {
            holder,
            _listeners: listeners,
        }
    }
}

fn window_listeners(holder: &Rc<Holder>, window: &web_sys::Window) -> Vec<EventListener> {
    let pointer = |name: &'static str, run: fn(&Rc<Holder>, &PointerEvent)| {
        on(holder, window, name, move |holder, event| {
            if let Some(event) = event
                .dyn_ref::<PointerEvent>()
                .filter(|event| holder.is_held_by(event.pointer_id()))
            {
                run(holder, event);
            }
        })
    };
    let capture = |name: &'static str, run: fn(&Rc<Holder>, &Event)| {
        let weak = Rc::downgrade(holder);
        let options = EventListenerOptions {
            phase: gloo::events::EventListenerPhase::Capture,
            passive: false,
        };
        EventListener::new_with_options(window, name, options, move |event| {
            with(&weak, |holder| run(holder, event))
        })
    };
    vec![
        pointer("pointermove", Holder::follow),
        pointer("pointerup", |holder, _| holder.release()),
        pointer("pointercancel", |holder, _| holder.cancel()),
        on(holder, window, "resize", |holder, _| holder.cancel()),
        on(holder, window, "blur", |holder, _| holder.cancel()),
        capture("keydown", |holder, event| {
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
        capture("click", |holder, event| {
            if holder.swallow_click.take() {
                event.prevent_default();
                event.stop_propagation();
            }
        }),
    ]
}

fn on(
    holder: &Rc<Holder>,
    target: &web_sys::EventTarget,
    name: &'static str,
    run: impl Fn(&Rc<Holder>, &Event) + 'static,
) -> EventListener {
    let weak = Rc::downgrade(holder);
    let options = EventListenerOptions::enable_prevent_default();
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
