//! The live stream: what others change arrives here as events, and components subscribe to them.
//!
//! The browser's `EventSource` resumes by `Last-Event-ID` on its own; when the server refuses or is
//! away for long, the stream is opened anew with growing pauses.

use crate::browser;
use shared::event::Event as Recorded;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use yew::prelude::*;

#[cfg(target_arch = "wasm32")]
const STREAM: &str = "/api/v1/events/stream";

/// Whether changes of others arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LiveState {
    /// Not opened, as before the sign-in.
    #[default]
    Closed,
    /// They arrive.
    Connected,
    /// The stream broke and is being opened again.
    Reconnecting,
    /// The browser has no network.
    Offline,
}

type Listener = Callback<Rc<Recorded>>;

#[derive(Default)]
struct Listeners {
    next: u32,
    all: BTreeMap<u32, Listener>,
}

/// The stream of the app.
#[derive(Clone)]
pub struct Live {
    /// Whether changes of others arrive.
    pub state: LiveState,
    listeners: Rc<RefCell<Listeners>>,
}

impl PartialEq for Live {
    fn eq(&self, other: &Self) -> bool {
        self.state == other.state && Rc::ptr_eq(&self.listeners, &other.listeners)
    }
}

/// Ends a subscription when dropped.
pub struct Subscription {
    id: u32,
    listeners: Rc<RefCell<Listeners>>,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Ok(mut listeners) = self.listeners.try_borrow_mut() {
            listeners.all.remove(&self.id);
        }
    }
}

impl Live {
    fn subscribe(&self, listener: Listener) -> Subscription {
        let mut listeners = self.listeners.borrow_mut();
        let id = listeners.next;
        listeners.next = id.wrapping_add(1);
        listeners.all.insert(id, listener);
        Subscription {
            id,
            listeners: self.listeners.clone(),
        }
    }
}

/// Hands one event to everybody who listens; listeners may come and go meanwhile.
fn spread(listeners: &Rc<RefCell<Listeners>>, event: &Rc<Recorded>) {
    let all: Vec<Listener> = listeners.borrow().all.values().cloned().collect();
    for listener in all {
        listener.emit(event.clone());
    }
}

/// Whether changes of others arrive.
#[hook]
pub fn use_live_state() -> LiveState {
    use_context::<Live>()
        .map(|live| live.state)
        .unwrap_or_default()
}

/// Calls `listener` with every event, as long as the component lives.
///
/// The listener of the last drawing is the one called, so it may use the state it sees.
#[hook]
pub fn use_live<F: Fn(Rc<Recorded>) + 'static>(listener: F) {
    let live = use_context::<Live>();
    let latest = use_mut_ref(|| None::<Rc<F>>);
    latest.borrow_mut().replace(Rc::new(listener));
    let listeners = live.as_ref().map(|live| Rc::as_ptr(&live.listeners));
    use_effect_with(listeners, move |_| {
        let subscription = live.map(|live| {
            live.subscribe(Callback::from(move |event| {
                let listener = latest.borrow().clone();
                if let Some(listener) = listener {
                    listener(event);
                }
            }))
        });
        move || drop(subscription)
    });
}

/// What [`LiveProvider`] needs.
#[derive(Properties, PartialEq)]
pub struct LiveProviderProps {
    /// Whether somebody is signed in, so that there is something to hear.
    pub is_open: bool,
    /// The app.
    #[prop_or_default]
    pub children: Html,
}

/// Keeps the stream open and gives everything inside its events.
#[component]
pub fn LiveProvider(props: &LiveProviderProps) -> Html {
    let listeners = use_memo((), |()| RefCell::new(Listeners::default()));
    let state = use_state_eq(LiveState::default);
    use_effect_with(props.is_open, {
        let (listeners, state) = (listeners.clone(), state.setter());
        move |is_open| {
            let stream = is_open.then(|| open(listeners, state));
            move || drop(stream)
        }
    });
    html! {
        <ContextProvider<Live> context={Live { state: *state, listeners }}>
            { props.children.clone() }
        </ContextProvider<Live>>
    }
}

/// The pause before the n-th try, in milliseconds: one second, doubled each time, at most half a minute.
fn pause(tries: u32) -> u32 {
    1000u32
        .saturating_mul(2u32.saturating_pow(tries))
        .min(30_000)
}

/// Reads an event as the stream sends it.
fn read(data: &str) -> Option<Rc<Recorded>> {
    serde_json::from_str(data).ok().map(Rc::new)
}

/// Natively there is no stream; the parts it is made of are tested on their own.
#[cfg(not(target_arch = "wasm32"))]
struct Open(UseStateSetter<LiveState>);

#[cfg(not(target_arch = "wasm32"))]
impl Drop for Open {
    fn drop(&mut self) {
        self.0.set(LiveState::Closed);
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn open(listeners: Rc<RefCell<Listeners>>, state: UseStateSetter<LiveState>) -> Open {
    let _ = (pause(0), browser::is_online());
    if let Some(event) = read("") {
        spread(&listeners, &event);
    }
    Open(state)
}

#[cfg(target_arch = "wasm32")]
use stream::open;

#[cfg(target_arch = "wasm32")]
mod stream {
    use super::{Listeners, LiveState, STREAM, browser, pause, read, spread};
    use gloo::events::EventListener;
    use gloo::timers::callback::Timeout;
    use shared::event::EventKind;
    use std::cell::RefCell;
    use std::rc::{Rc, Weak};
    use strum::IntoEnumIterator;
    use wasm_bindgen::JsCast;
    use web_sys::{EventSource, MessageEvent};
    use yew::UseStateSetter;

    struct Stream {
        listeners: Rc<RefCell<Listeners>>,
        state: UseStateSetter<LiveState>,
        open: RefCell<Option<Source>>,
        retry: RefCell<Option<Timeout>>,
        tries: RefCell<u32>,
        window: RefCell<Vec<EventListener>>,
    }

    struct Source {
        source: EventSource,
        _listeners: Vec<EventListener>,
    }

    impl Drop for Source {
        fn drop(&mut self) {
            self.source.close();
        }
    }

    /// Closes the stream when dropped.
    pub struct Open(Rc<Stream>);

    impl Drop for Open {
        fn drop(&mut self) {
            self.0.close();
            self.0.state.set(LiveState::Closed);
        }
    }

    pub fn open(listeners: Rc<RefCell<Listeners>>, state: UseStateSetter<LiveState>) -> Open {
        let stream = Rc::new(Stream {
            listeners,
            state,
            open: RefCell::default(),
            retry: RefCell::default(),
            tries: RefCell::default(),
            window: RefCell::default(),
        });
        if let Some(window) = browser::window() {
            let on = |name: &'static str, run: fn(&Rc<Stream>)| {
                let weak = Rc::downgrade(&stream);
                EventListener::new(&window, name, move |_| with(&weak, run))
            };
            *stream.window.borrow_mut() = vec![
                on("online", |stream| stream.connect()),
                on("offline", |stream| stream.state.set(LiveState::Offline)),
            ];
        }
        stream.connect();
        Open(stream)
    }

    fn with(weak: &Weak<Stream>, run: impl FnOnce(&Rc<Stream>)) {
        if let Some(stream) = weak.upgrade() {
            run(&stream);
        }
    }

    impl Stream {
        fn close(&self) {
            self.open.take();
            self.retry.take();
            self.window.take();
        }

        fn connect(self: &Rc<Self>) {
            self.retry.take();
            let Ok(source) = EventSource::new(STREAM) else {
                return;
            };
            let mut listeners = vec![
                {
                    let weak = Rc::downgrade(self);
                    EventListener::new(&source, "open", move |_| {
                        with(&weak, |stream| {
                            stream.tries.replace(0);
                            stream.state.set(LiveState::Connected);
                        });
                    })
                },
                {
                    let weak = Rc::downgrade(self);
                    EventListener::new(&source, "error", move |_| {
                        with(&weak, |stream| stream.broke())
                    })
                },
            ];
            // The server names its events, so each name is listened to, and the unnamed ones too.
            let names = EventKind::iter().map(|kind| kind.as_ref().to_owned());
            for name in names.chain(["message".to_owned()]) {
                let weak = Rc::downgrade(self);
                listeners.push(EventListener::new(&source, name, move |event| {
                    let data = event
                        .dyn_ref::<MessageEvent>()
                        .and_then(|event| event.data().as_string());
                    if let Some(event) = data.as_deref().and_then(read) {
                        with(&weak, |stream| spread(&stream.listeners, &event));
                    }
                }));
            }
            self.open.replace(Some(Source {
                source,
                _listeners: listeners,
            }));
        }

        /// A broken stream is either reopened by the browser, or closed for good and then by us.
        fn broke(self: &Rc<Self>) {
            self.state.set(if browser::is_online() {
                LiveState::Reconnecting
            } else {
                LiveState::Offline
            });
            let is_closed = self
                .open
                .borrow()
                .as_ref()
                .is_none_or(|open| open.source.ready_state() == EventSource::CLOSED);
            if is_closed {
                let tries = self.tries.replace_with(|tries| tries.saturating_add(1));
                let weak = Rc::downgrade(self);
                self.retry.replace(Some(Timeout::new(pause(tries), move || {
                    with(&weak, |stream| stream.connect())
                })));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    fn event() -> Rc<Recorded> {
        read(
            r#"{ "sequence": 7, "at": "2026-11-22T08:00:00Z", "actor_kind": "user", "actor_id": null,
                "kind": "deal.moved", "subject_kind": "deal", "subject_id": "0193523c-0000-7000-8000-000000000000",
                "account_id": null, "deal_id": null, "data": {} }"#,
        )
        .unwrap()
    }

    #[test]
    fn pauses_grow_to_half_a_minute() {
        assert_eq!(
            [0, 1, 4, 5, 40].map(pause),
            [1000, 2000, 16_000, 30_000, 30_000]
        );
    }

    #[test]
    fn who_has_left_hears_nothing_more() {
        let live = Live {
            state: LiveState::Connected,
            listeners: Rc::default(),
        };
        let heard = Rc::new(Cell::new(0));
        let count = |by: u32| {
            let heard = heard.clone();
            Callback::from(move |_| heard.set(heard.get() + by))
        };
        let _stays = live.subscribe(count(1));
        let leaves = live.subscribe(count(10));
        spread(&live.listeners, &event());
        drop(leaves);
        spread(&live.listeners, &event());
        assert_eq!(heard.get(), 12);
    }

    #[test]
    fn what_is_not_an_event_is_passed_over() {
        assert!(read("ping").is_none());
        assert_eq!(event().sequence, 7);
    }
}
