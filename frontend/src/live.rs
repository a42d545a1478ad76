//! The live stream: what others change arrives here as events, and components subscribe to them.
//!
//! The browser's `EventSource` resumes by `Last-Event-ID` on its own. When the server refuses, as after
//! the session's short pass has run out, the session is renewed and the stream opened anew from the last
//! event seen, with growing pauses. A page that lies in the background for long gives its connection back.

use crate::api::{Api, use_api};
use crate::browser;
use shared::event::Event as Recorded;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use yew::prelude::*;

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
    let api = use_api();
    let listeners = use_memo((), |()| RefCell::new(Listeners::default()));
    let state = use_state_eq(LiveState::default);
    use_effect_with(props.is_open, {
        let (listeners, state) = (listeners.clone(), state.setter());
        move |is_open| {
            let stream = is_open.then(|| open(api, listeners, state));
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

/// The address of the stream, from after the last event seen.
fn address(stream: &str, last: &str) -> String {
    if last.is_empty() {
        stream.to_owned()
    } else {
        format!("{stream}?after={last}")
    }
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
fn open(api: Api, listeners: Rc<RefCell<Listeners>>, state: UseStateSetter<LiveState>) -> Open {
    let _ = (pause(0), browser::is_online(), address(STREAM, ""), api);
    if let Some(event) = read("") {
        spread(&listeners, &event);
    }
    Open(state)
}

#[cfg(target_arch = "wasm32")]
use stream::open;

#[cfg(target_arch = "wasm32")]
mod stream {
    use super::{Api, Listeners, LiveState, STREAM, address, browser, pause, read, spread};
    use gloo::events::EventListener;
    use gloo::timers::callback::Timeout;
    use shared::event::EventKind;
    use std::cell::{Cell, RefCell};
    use std::rc::{Rc, Weak};
    use strum::IntoEnumIterator;
    use wasm_bindgen::JsCast;
    use web_sys::{Event, EventSource, MessageEvent, VisibilityState};
    use yew::UseStateSetter;

    /// How long a page may lie in the background before it gives its connection back, in milliseconds. A
    /// browser has only six of them for one server, over all its tabs; whoever comes back catches up.
    const PATIENCE: u32 = 5_000;

    struct Stream {
        api: Api,
        listeners: Rc<RefCell<Listeners>>,
        state: UseStateSetter<LiveState>,
        open: RefCell<Option<Source>>,
        retry: RefCell<Option<Timeout>>,
        rest: RefCell<Option<Timeout>>,
        tries: Cell<u32>,
        last: RefCell<String>,
        page: RefCell<Vec<EventListener>>,
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
        }
    }

    pub fn open(
        api: Api,
        listeners: Rc<RefCell<Listeners>>,
        state: UseStateSetter<LiveState>,
    ) -> Open {
        let stream = Rc::new(Stream {
            api,
            listeners,
            state,
            open: RefCell::default(),
            retry: RefCell::default(),
            rest: RefCell::default(),
            tries: Cell::default(),
            last: RefCell::default(),
            page: RefCell::default(),
        });
        stream.watch_page();
        stream.connect();
        // A page that was opened in the background is not told that it is there.
        stream.page_turned();
        Open(stream)
    }

    fn with(weak: &Weak<Stream>, run: impl FnOnce(&Rc<Stream>)) {
        if let Some(stream) = weak.upgrade() {
            run(&stream);
        }
    }

    impl Stream {
        fn watch_page(self: &Rc<Self>) {
            let (Some(window), Some(document)) = (browser::window(), browser::document()) else {
                return;
            };
            let on = |target: &web_sys::EventTarget, name: &'static str, run: fn(&Rc<Self>)| {
                let weak = Rc::downgrade(self);
                EventListener::new(target, name, move |_| with(&weak, run))
            };
            *self.page.borrow_mut() = vec![
                on(&window, "online", |stream| {
                    stream.connect();
                    stream.page_turned();
                }),
                on(&window, "offline", |stream| {
                    stream.state.set(LiveState::Offline)
                }),
                on(&document, "visibilitychange", Self::page_turned),
                // A page that was left is kept for the way back, and would keep its connection with it.
                on(&window, "pagehide", |stream| stream.pause()),
                on(&window, "pageshow", Self::page_turned),
            ];
        }

        fn page_turned(self: &Rc<Self>) {
            let is_hidden = browser::document()
                .is_some_and(|document| document.visibility_state() == VisibilityState::Hidden);
            if is_hidden {
                let weak = Rc::downgrade(self);
                let rest = Timeout::new(PATIENCE, move || with(&weak, |stream| stream.pause()));
                self.rest.replace(Some(rest));
            } else {
                self.rest.take();
                if self.open.borrow().is_none() {
                    self.tries.set(0);
                    self.connect();
                }
            }
        }

        fn pause(&self) {
            self.open.take();
            self.retry.take();
        }

        fn close(&self) {
            self.pause();
            self.rest.take();
            self.page.take();
            self.state.set(LiveState::Closed);
        }

        fn connect(self: &Rc<Self>) {
            self.retry.take();
            let Ok(source) = EventSource::new(&address(STREAM, &self.last.borrow())) else {
                return;
            };
            let on = |name: String, run: fn(&Rc<Self>, &Event)| {
                let weak = Rc::downgrade(self);
                EventListener::new(&source, name, move |event| {
                    with(&weak, |stream| run(stream, event))
                })
            };
            // The server names its events, so each name is listened to.
            let names = EventKind::iter().map(|kind| kind.as_ref().to_owned());
            let mut listeners: Vec<_> = names
                .chain(["hello".to_owned()])
                .map(|name| on(name, Self::hear))
                .collect();
            listeners.push(on("open".to_owned(), |stream, _| {
                stream.tries.set(0);
                stream.state.set(LiveState::Connected);
            }));
            listeners.push(on("error".to_owned(), |stream, _| stream.broke()));
            self.open.replace(Some(Source {
                source,
                _listeners: listeners,
            }));
        }

        fn hear(self: &Rc<Self>, event: &Event) {
            let Some(message) = event.dyn_ref::<MessageEvent>() else {
                return;
            };
            self.last.replace(message.last_event_id());
            if let Some(event) = message.data().as_string().as_deref().and_then(read) {
                spread(&self.listeners, &event);
            }
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
            if !is_closed {
                return;
            }
            let tries = self.tries.replace(self.tries.get().saturating_add(1));
            let weak = Rc::downgrade(self);
            let retry = Timeout::new(pause(tries), move || {
                let weak = weak.clone();
                browser::spawn(async move {
                    // An ordinary call renews the session where that is what ended the stream.
                    if let Some(stream) = weak.upgrade() {
                        let _ = stream.api.me().await;
                    }
                    with(&weak, |stream| {
                        if stream.retry.borrow().is_some() {
                            stream.connect();
                        }
                    });
                });
            });
            self.retry.replace(Some(retry));
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
    fn the_stream_goes_on_after_the_last_event_seen() {
        assert_eq!(address("/s", ""), "/s");
        assert_eq!(address("/s", "42"), "/s?after=42");
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
