//! The palette: a dialog with one box and what it found, worked by keys, mouse and touch.

use super::ask::{Question, question};
use super::recent::{recent, remember};
use super::state::{SearchAction, SearchState, Standing};
use crate::accounts::parts::{monogram, words};
use crate::api::use_api;
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::identity::use_me;
use crate::route::Route;
use crate::ui::field::event_value;
use crate::ui::{Avatar, AvatarSize, Glyph, Icon, IconButton, use_announcer};
use gloo::timers::callback::Timeout;
use shared::accounts::{HitKind, SearchHit};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use yew::prelude::*;
use yew_router::prelude::*;

/// Milliseconds after the last key before the server is asked.
const PAUSE: u32 = 120;
const LIMIT: u32 = 20;
const LIST: &str = "search-hits";

/// The palette's state as a reducer.
#[derive(Debug, Clone, PartialEq, Default)]
struct Palette(SearchState);

impl Reducible for Palette {
    type Action = SearchAction;

    fn reduce(self: Rc<Self>, action: SearchAction) -> Rc<Self> {
        Rc::new(Self(self.0.clone().apply(action)))
    }
}

/// The page a hit opens; a contact opens its account.
fn target(hit: &SearchHit) -> Route {
    match hit.kind {
        HitKind::Account => Route::Account {
            id: hit.id.to_string(),
        },
        HitKind::Contact => Route::Account {
            id: hit.account_id.map(|id| id.to_string()).unwrap_or_default(),
        },
        HitKind::Deal => Route::Deal {
            id: hit.id.to_string(),
        },
    }
}

/// What [`SearchPalette`] needs.
#[derive(Properties, PartialEq)]
pub struct SearchPaletteProps {
    /// Asked to close.
    pub on_close: Callback<()>,
}

/// The palette; open as long as it is mounted.
#[component]
pub fn SearchPalette(props: &SearchPaletteProps) -> Html {
    use_lang();
    let user = use_me().map(|me| me.user.id.0);
    let navigator = use_navigator();
    let state = use_reducer_eq(|| Palette(SearchState::new(recent(user))));
    let dialog = use_open_dialog();
    use_answers(&state);
    use_sight(&state.0);

    let open = {
        let on_close = props.on_close.clone();
        Callback::from(move |hit: SearchHit| {
            let route = target(&hit);
            remember(user, hit);
            on_close.emit(());
            if let Some(navigator) = &navigator {
                navigator.push(&route);
            }
        })
    };
    let oncancel = {
        let on_close = props.on_close.clone();
        Callback::from(move |event: Event| {
            event.prevent_default();
            on_close.emit(());
        })
    };
    let onpointerdown = {
        let on_close = props.on_close.clone();
        Callback::from(move |event: PointerEvent| {
            // What the dialog holds fills it, so a press that arrives at the dialog itself hit the backdrop.
            let is_backdrop = event
                .target()
                .is_some_and(|target| target.has_type::<web_sys::HtmlDialogElement>());
            if is_backdrop {
                on_close.emit(());
            }
        })
    };
    html! {
        <dialog ref={dialog} class="palette" aria-label={t!("search.title")} {oncancel} {onpointerdown}>
            <div class="inside">
                <Box state={state.clone()} on_open={open.clone()} on_close={props.on_close.clone()} />
                <Hits state={state.clone()} on_open={open} />
                <Keys />
            </div>
        </dialog>
    }
}

/// Opens the dialog once mounted, and gives the focus back once it goes.
#[hook]
fn use_open_dialog() -> NodeRef {
    let dialog = use_node_ref();
    use_effect_with((), {
        let dialog = dialog.clone();
        move |()| {
            let before = browser::focused();
            let dialog = dialog.cast::<web_sys::HtmlDialogElement>();
            if let Some(dialog) = &dialog {
                let _ = dialog.show_modal();
            }
            move || {
                if let Some(dialog) = dialog {
                    dialog.close();
                }
                if let Some(before) = before.filter(|before| before.is_connected()) {
                    let _ = before.focus();
                }
            }
        }
    });
    dialog
}

/// Asks the server a moment after the last key; a question that is no longer asked is taken back.
#[hook]
fn use_answers(state: &UseReducerHandle<Palette>) {
    let api = use_api();
    let running = use_mut_ref(|| None::<Question>);
    use_effect_with(state.0.generation, {
        let state = state.clone();
        move |generation| {
            running.replace(None);
            let (generation, text) = (*generation, state.0.words.clone());
            let timer = (!state.0.is_blank()).then(|| {
                Timeout::new(PAUSE, move || {
                    let dispatch = state.dispatcher();
                    let (handle, run) = question(async move {
                        dispatch.dispatch(match api.search(&text, LIMIT).await {
                            Ok(hits) => SearchAction::Answered(generation, hits.items),
                            Err(_) => SearchAction::Failed(generation),
                        });
                    });
                    running.replace(Some(handle));
                    browser::spawn(run);
                })
            });
            move || drop(timer)
        }
    });
}

/// Keeps the active row in sight, and tells who listens how many were found.
#[hook]
fn use_sight(state: &SearchState) {
    let announcer = use_announcer();
    let lang = use_lang();
    use_effect_with((state.active, state.rows().len()), |(active, _)| {
        let row =
            browser::document().and_then(|document| document.get_element_by_id(&row_id(*active)));
        if let Some(row) = row {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            row.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
    let count = (state.standing == Standing::Answered).then_some(state.hits.len());
    use_effect_with((state.generation, count), move |(_, count)| {
        if let Some(count) = count {
            let count = i64::try_from(*count).unwrap_or(0);
            announcer.say(crate::i18n::counted(lang, "search.found", count));
        }
    });
}

fn row_id(row: usize) -> String {
    format!("{LIST}-{row}")
}

#[derive(Properties, PartialEq)]
struct BoxProps {
    state: UseReducerHandle<Palette>,
    on_open: Callback<SearchHit>,
    on_close: Callback<()>,
}

/// The box.
#[component]
fn Box(props: &BoxProps) -> Html {
    use_lang();
    let state = &props.state.0;
    let oninput = {
        let dispatch = props.state.dispatcher();
        Callback::from(move |event: InputEvent| {
            dispatch.dispatch(SearchAction::Typed(event_value(&event)))
        })
    };
    let onkeydown = {
        let (state, on_open) = (props.state.clone(), props.on_open.clone());
        Callback::from(move |event: KeyboardEvent| {
            // Enter that ends the writing of Chinese is not Enter.
            if event.is_composing() {
                return;
            }
            let action = match event.key().as_str() {
                "ArrowDown" => SearchAction::Stepped(1),
                "ArrowUp" => SearchAction::Stepped(-1),
                "PageDown" => SearchAction::Last,
                "PageUp" => SearchAction::First,
                "Enter" => {
                    event.prevent_default();
                    if let Some(hit) = state.0.chosen() {
                        on_open.emit(hit.clone());
                    }
                    return;
                }
                _ => return,
            };
            event.prevent_default();
            state.dispatch(action);
        })
    };
    let active = state.chosen().map(|_| row_id(state.active));
    html! {
        <div class="ask">
            <Icon glyph={Glyph::Search} />
            <input
                type="text"
                role="combobox"
                autofocus=true
                autocomplete="off"
                spellcheck="false"
                enterkeyhint="go"
                aria-label={t!("search.title")}
                aria-expanded={if state.rows().is_empty() { "false" } else { "true" }}
                aria-controls={LIST}
                aria-autocomplete="list"
                aria-activedescendant={active}
                placeholder={t!("shell.search")}
                value={state.words.clone()}
                {oninput}
                {onkeydown}
            />
            if state.standing == Standing::Asking { <span class="ring" aria-hidden="true" /> }
            <IconButton glyph={Glyph::Close} label={t!("ui.close")} on_click={props.on_close.reform(|_| ())} />
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct HitsProps {
    state: UseReducerHandle<Palette>,
    on_open: Callback<SearchHit>,
}

/// What was found, in groups, or what was opened last.
#[component]
fn Hits(props: &HitsProps) -> Html {
    let lang = use_lang();
    let state = &props.state.0;
    // A list of nothing is no list.
    let role = if state.rows().is_empty() {
        "group"
    } else {
        "listbox"
    };
    html! {
        <div class="hits" id={LIST} {role} aria-label={t!("search.results")} aria-busy={(state.standing == Standing::Asking).then_some("true")}>
            if state.is_blank() && !state.rows().is_empty() { <p class="cap" role="presentation">{ t!("search.recent") }</p> }
            for (kind, first, rows) in state.groups() {
                <div key={kind.as_ref().to_owned()} role="group" aria-label={words(lang, &format!("search.kinds.{}", kind.as_ref()))}>
                    if !state.is_blank() { <p class="cap" role="presentation">{ words(lang, &format!("search.kinds.{}", kind.as_ref())) }</p> }
                    for (offset, hit) in rows.iter().enumerate() {
                        <Hit key={hit.id.to_string()} hit={hit.clone()} row={first + offset} is_active={state.active == first + offset} state={props.state.clone()} on_open={props.on_open.clone()} />
                    }
                </div>
            }
            { note(state) }
        </div>
    }
}

fn note(state: &SearchState) -> Html {
    let text = match state.standing {
        Standing::Idle if state.rows().is_empty() => t!("shell.search_hint"),
        Standing::Answered if state.hits.is_empty() => t!("search.nothing"),
        Standing::Failed => t!("search.failed"),
        _ => return Html::default(),
    };
    html! { <p class="note" role={(state.standing == Standing::Failed).then_some("alert")}>{ text }</p> }
}

#[derive(Properties, PartialEq)]
struct HitProps {
    hit: SearchHit,
    row: usize,
    is_active: bool,
    state: UseReducerHandle<Palette>,
    on_open: Callback<SearchHit>,
}

/// One row.
#[component]
fn Hit(props: &HitProps) -> Html {
    let hit = &props.hit;
    let onclick = {
        let hit = hit.clone();
        props.on_open.reform(move |_: MouseEvent| hit.clone())
    };
    let onpointermove = {
        let (dispatch, row, is_active) = (props.state.dispatcher(), props.row, props.is_active);
        Callback::from(move |_: PointerEvent| {
            if !is_active {
                dispatch.dispatch(SearchAction::Pointed(row));
            }
        })
    };
    let mark = match hit.kind {
        HitKind::Account => {
            html! { <span class="mono sm" aria-hidden="true">{ monogram(&hit.name) }</span> }
        }
        HitKind::Contact => html! { <Avatar name={hit.name.clone()} size={AvatarSize::S24} /> },
        HitKind::Deal => {
            html! { <span class="mono sm quiet" aria-hidden="true"><Icon glyph={Glyph::Target} class="i-14" /></span> }
        }
    };
    let aside = hit
        .account_name
        .clone()
        .filter(|_| hit.kind != HitKind::Account);
    html! {
        <div id={row_id(props.row)} role="option" class={props.is_active.then_some("is-active")} aria-selected={if props.is_active { "true" } else { "false" }} {onclick} {onpointermove}>
            { mark }
            <span class="trunc">{ hit.name.clone() }</span>
            if let Some(aside) = aside { <span class="push t12 muted trunc">{ aside }</span> }
        </div>
    }
}

/// The keys, for who has some.
#[component]
fn Keys() -> Html {
    use_lang();
    html! {
        <footer class="keys" aria-hidden="true">
            <span><kbd class="kbd">{ "\u{2191}" }</kbd><kbd class="kbd">{ "\u{2193}" }</kbd>{ t!("search.key_move") }</span>
            <span><kbd class="kbd">{ "\u{21b5}" }</kbd>{ t!("search.key_open") }</span>
            <span><kbd class="kbd">{ "Esc" }</kbd>{ t!("ui.close") }</span>
        </footer>
    }
}
