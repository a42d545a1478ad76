//! What the board listens to: keys, presses, the grip, new boards.

use super::action::BoardAction;
use super::editor::EditAsk;
use super::focus::{Latest, focus_card, lanes_in_view};
use super::grip::{Grip, GripPorts, card_of, is_on};
use super::keys::{Command, May, command};
use super::lane_id::LaneId;
use super::moves::Input;
use super::say;
use super::select::{SelectAction, Selection};
use super::slots::Slots;
use super::state::BoardState;
use super::view::Ask;
use crate::api::{Api, ApiResult, use_api};
use crate::browser;
use crate::format;
use crate::funnel::deal::fields::DealField;
use crate::i18n::use_lang;
use crate::route::{self, Route};
use crate::ui::keys::{is_with_control, use_document_keys};
use crate::ui::use_announcer;
use shared::funnel::{Board, BoardFilter, Deal, Grouping, Layout};
use shared::id::{DealId, FunnelId, StageId};
use shared::page::Page;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use yew::prelude::*;
use yew_router::prelude::*;

/// Takes over a board that came by another filter.
#[hook]
pub(super) fn use_new_board(state: &UseReducerHandle<BoardState>, board: &Rc<Board>) {
    let dispatch = state.dispatcher();
    let is_first = use_mut_ref(|| true);
    use_effect_with(board.clone(), move |board| {
        if !std::mem::take(&mut *is_first.borrow_mut()) {
            dispatch.dispatch(BoardAction::Loaded(board.clone()));
        }
    });
}

/// How many things the card in the air lacks to come into the column it is over; asked once for each column
/// it enters, since a frame has no time for it (DND-5).
#[hook]
pub(super) fn use_lacks(state: &BoardState) -> Rc<usize> {
    let drag = state.drag();
    let over = drag.and_then(|drag| Some((drag.deal.id, drag.over?.lane)));
    use_memo(over, |over| {
        let lane = over.map(|(_, lane)| lane);
        drag.zip(lane).map_or(0, |(drag, lane)| {
            state.lacks(&drag.deal, lane, format::now())
        })
    })
}

#[hook]
pub(super) fn use_grip(board: &NodeRef, latest: &Latest, slots: &Rc<Slots>, can_edit: bool) {
    let (board, latest, slots) = (board.clone(), latest.clone(), slots.clone());
    use_effect_with(can_edit, move |can_edit| {
        let can_edit = *can_edit;
        let grip = board.cast::<web_sys::HtmlElement>().map(|board| {
            let on_end = {
                let latest = latest.clone();
                Callback::from(move |deal| focus_card(&latest, deal))
            };
            Grip::new(
                board,
                GripPorts {
                    state: latest,
                    slots,
                    can_edit,
                    on_end,
                },
            )
        });
        move || drop(grip)
    });
}

/// Control Z, or Command Z, takes back the last move, except where text is typed.
#[hook]
pub(super) fn use_undo_key(undo_last: &Callback<()>) {
    let undo_last = undo_last.clone();
    use_document_keys(move |key| {
        if is_with_control(key, "z") && !is_on(key, "input, textarea, select, dialog") {
            key.prevent_default();
            undo_last.emit(());
        }
    });
}

/// Says each move as it is made, whoever's hand made it.
#[hook]
pub(super) fn use_said_drops(state: &UseReducerHandle<BoardState>) {
    let (lang, announcer) = (use_lang(), use_announcer());
    // Many at once are told by their toast.
    let own = |state: &BoardState| {
        let mut moves = state.pending().iter().rev();
        moves.find(|pending| pending.bulk.is_none()).cloned()
    };
    let newest = own(state).map(|pending| pending.op);
    let said = use_mut_ref(|| newest);
    let state = state.clone();
    use_effect_with(newest, move |newest| {
        if *newest > *said.borrow()
            && let Some(pending) = own(&state)
        {
            announcer.say(say::dropped(lang, &state, &pending));
            said.replace(*newest);
        }
    });
}

#[hook]
pub(super) fn use_more(latest: &Latest, filter: &BoardFilter, layout: Layout) -> Callback<LaneId> {
    let (api, latest) = (use_api(), latest.clone());
    use_callback(
        (api, filter.clone(), layout),
        move |lane: LaneId, (api, filter, layout)| {
            let state = latest.borrow().clone();
            let Some(cursor) = state.more(lane).map(str::to_owned) else {
                return;
            };
            state.dispatch(BoardAction::CardsAsked(lane));
            let (api, filter, layout) = (api.clone(), filter.clone(), *layout);
            browser::spawn(async move {
                let funnel = state.funnel.id;
                match cards(&api, funnel, lane, &filter, &layout, &cursor).await {
                    Ok(page) => state.dispatch(BoardAction::CardsLoaded { lane, cursor, page }),
                    Err(_) => state.dispatch(BoardAction::CardsFailed(lane)),
                }
            });
        },
    )
}

/// The first and the last column in view, as measured; until then as many as a wide screen shows.
#[hook]
pub(super) fn use_near(
    board: &NodeRef,
    group_by: Grouping,
    is_phone: bool,
) -> UseStateHandle<(usize, usize)> {
    let near = use_state_eq(|| (0, if is_phone { 1 } else { 5 }));
    use_effect_with((group_by, is_phone), {
        let (board, near) = (board.clone(), near.setter());
        move |_| {
            let measure = move || {
                if let Some(board) = board.cast::<web_sys::Element>() {
                    near.set(lanes_in_view(&board));
                }
            };
            measure();
            let window = browser::window();
            let listener = window.map(|window| {
                gloo::events::EventListener::new(&window, "resize", move |_| measure())
            });
            move || drop(listener)
        }
    });
    near
}

/// More cards of a column, whatever it is.
pub(super) async fn cards(
    api: &Api,
    funnel: FunnelId,
    lane: LaneId,
    filter: &BoardFilter,
    layout: &Layout,
    cursor: &str,
) -> ApiResult<Page<Deal>> {
    match lane {
        LaneId::Stage(stage) => api.cards(stage, filter, layout, cursor).await,
        LaneId::Group(key) => api.group_cards(funnel, key, filter, layout, cursor).await,
    }
}

/// Keys on cards.
#[hook]
pub(super) fn use_keys(
    latest: &Latest,
    ask: &UseStateHandle<Ask>,
    may: May,
    folds: &std::collections::BTreeSet<StageId>,
    picks: &Picks,
    on_add: &Callback<StageId>,
) -> Callback<KeyboardEvent> {
    let (lang, announcer, navigator) = (use_lang(), use_announcer(), use_navigator());
    let board = latest;
    let (latest, ask, folds) = (latest.clone(), ask.setter(), folds.clone());
    let (picks, on_add) = (picks.clone(), on_add.clone());
    let act = Callback::from(move |(id, event): (DealId, KeyboardEvent)| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let state = latest.borrow().clone();
        let is_folded = |lane: &LaneId| lane.stage().is_some_and(|stage| folds.contains(&stage));
        let lanes = state.lanes().map(|(lane, _)| lane);
        let shown: Vec<LaneId> = lanes.filter(|lane| !is_folded(lane)).collect();
        let Some(command) = command(&event.key(), id, &state, &shown, may) else {
            return;
        };
        event.prevent_default();
        match command {
            Command::Focus(other) => focus_card(&latest, other),
            Command::Lift => {
                state.dispatch(BoardAction::Lifted {
                    deal: id,
                    input: Input::Keyboard,
                });
                let mut lifted = (*state).clone();
                lifted.apply(BoardAction::Lifted {
                    deal: id,
                    input: Input::Keyboard,
                });
                if let Some(drag) = lifted.drag() {
                    announcer.say(say::lifted(lang, &state, drag));
                }
                focus_card(&latest, id);
            }
            Command::Carry(place) => {
                // Before it is there: a column just entered is told otherwise than one it was in.
                if let Some(drag) = state.drag() {
                    announcer.say(say::over(lang, &state, drag, place));
                }
                state.dispatch(BoardAction::MovedOver(Some(place)));
                focus_card(&latest, id);
            }
            Command::Drop => {
                state.dispatch(BoardAction::Dropped(format::now()));
                focus_card(&latest, id);
            }
            Command::Cancel => {
                if let Some(drag) = state.drag() {
                    announcer.say(say::cancelled(lang, &state, drag));
                }
                state.dispatch(BoardAction::Cancelled);
                focus_card(&latest, id);
            }
            Command::Menu => ask.set(Ask::Move(id)),
            Command::Choose => {
                let chosen = picks.choose(id);
                announcer.say(say::chosen(lang, &state, id, chosen));
            }
            Command::Edit => {
                if let Some(deal) = state.card(id) {
                    ask.set(Ask::Edit(EditAsk::of(deal, DealField::Amount)));
                }
            }
            Command::Add(stage) => on_add.emit(stage),
            Command::Open => open(navigator.as_ref(), &Route::Deal { id: id.to_string() }),
            Command::Hold => {}
        }
    });
    use_stray_keys(board, act.clone());
    Callback::from(move |event: KeyboardEvent| {
        if let Some((id, card)) = card_of(&event)
            && event
                .target()
                .is_some_and(|target| target == *card.as_ref())
        {
            act.emit((id, event));
        }
    })
}

/// A card that is carried into another column is drawn anew there, and gets the focus back a moment
/// later. What is typed in between belongs to it all the same.
#[hook]
fn use_stray_keys(latest: &Latest, act: Callback<(DealId, KeyboardEvent)>) {
    let latest = latest.clone();
    use_document_keys(move |event| {
        let body = browser::document().and_then(|document| document.body());
        let is_stray = event
            .target()
            .zip(body)
            .is_some_and(|(target, body)| target == *body.as_ref());
        let held = latest
            .borrow()
            .drag()
            .filter(|drag| is_stray && !drag.input.is_pointer())
            .map(|drag| drag.deal.id);
        if let Some(id) = held {
            act.emit((id, event.clone()));
        }
    });
}

fn open(navigator: Option<&Navigator>, route: &Route) {
    if let Some(navigator) = navigator {
        navigator.push(route);
    }
}

/// Presses on cards: the account's name leads to the account, "Move" to the stages, the rest to the deal.
/// A value that can be changed is changed. The box chooses a card, and so does a press with Control, Command or Shift, or any press of a finger
/// once something is chosen.
#[hook]
pub(super) fn use_presses(
    ask: &UseStateHandle<Ask>,
    picks: &Picks,
    is_phone: bool,
) -> Callback<MouseEvent> {
    let navigator = use_navigator();
    let ask = ask.setter();
    let picks = picks.clone();
    Callback::from(move |event: MouseEvent| {
        let Some((id, _)) = card_of(&event) else {
            return;
        };
        let is_plain =
            event.button() == 0 && !event.ctrl_key() && !event.meta_key() && !event.shift_key();
        if is_on(&event, "[data-move]") {
            ask.set(Ask::Move(id));
        } else if picks.can_edit && event.shift_key() && link_of(&event).is_none() {
            picks.reach(id);
        } else if picks.can_edit && picks.is_meant(&event, is_phone) {
            event.prevent_default();
            picks.choose(id);
        } else if let Some((field, deal)) = field_of(&event).zip(picks.card(id)) {
            ask.set(Ask::Edit(EditAsk::of(deal, field)));
        } else if let Some(link) = link_of(&event) {
            if let Some(navigator) = navigator.as_ref().filter(|_| is_plain) {
                event.prevent_default();
                route::push(navigator, &link);
            }
        } else if is_plain {
            open(navigator.as_ref(), &Route::Deal { id: id.to_string() });
        }
    })
}

/// Chooses cards.
#[derive(Clone)]
pub(super) struct Picks {
    /// What is chosen.
    pub selection: UseReducerHandle<Selection>,
    /// The board as last drawn.
    pub latest: Latest,
    /// Whether the person may change deals; if not, there is nothing to choose for.
    pub can_edit: bool,
}

impl Picks {
    /// Chooses a card, or no more; answers whether it is chosen now.
    fn choose(&self, deal: DealId) -> bool {
        self.selection.dispatch(SelectAction::Toggled(deal));
        !self.selection.ids().contains(&deal)
    }

    /// The card as it shows, where the person may change it.
    fn card(&self, deal: DealId) -> Option<Rc<Deal>> {
        let state = self.latest.borrow().clone();
        state.card(deal).filter(|_| self.can_edit)
    }

    fn reach(&self, to: DealId) {
        let state = self.latest.borrow().clone();
        let Some(place) = state.place_of(to) else {
            return;
        };
        let cards = state.cards(place.lane);
        let column = cards.iter().map(|card| card.id).collect();
        self.selection
            .dispatch(SelectAction::Reached { column, to });
    }

    /// Whether a press on a card chooses it.
    fn is_meant(&self, event: &MouseEvent, is_phone: bool) -> bool {
        let has_key = event.ctrl_key() || event.meta_key();
        is_on(event, "[data-pick]")
            || (has_key && link_of(event).is_none())
            || (is_phone && !self.selection.cards(&self.latest.borrow()).is_empty())
    }
}

/// The value of a card that was pressed.
fn field_of(event: &Event) -> Option<DealField> {
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let value = target.closest("[data-edit]").ok().flatten()?;
    let name = value.get_attribute("data-edit")?;
    DealField::CARD
        .into_iter()
        .find(|field| field.name() == name)
}

fn link_of(event: &Event) -> Option<String> {
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    target
        .closest("a[href]")
        .ok()
        .flatten()?
        .get_attribute("href")
}
