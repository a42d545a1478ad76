//! Sends the moves of a reducer to the server, one request each, and reports what became of them.
//!
//! The board and the deal's own page share it, so a drag, a key, a menu and the stepper end alike.

use super::action::BoardAction;
use super::focus::{focus_card, focused_card, is_on_toast};
use super::moves::{Input, OpId, Outgoing};
use super::state::BoardState;
use crate::api::{Api, ApiError, use_api};
use crate::browser;
use crate::format;
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::load::use_here;
use crate::ui::{Toast, use_announcer, use_toasts};
use shared::error::ErrorCode;
use shared::event::EventKind;
use shared::funnel::Deal;
use shared::id::{DealId, StageId};
use std::rc::Rc;
use std::time::Duration;
use yew::prelude::*;

/// Pauses before a move without an answer is sent again with the same key, in milliseconds.
const RETRIES: [u32; 2] = [800, 2_500];
/// The one toast of moves; the next takes its place.
pub(super) const TOAST: &str = "board-move";

/// What a mover offers.
#[derive(Clone, PartialEq)]
pub struct Mover {
    /// Takes back the last confirmed move, or says why not.
    pub undo_last: Callback<()>,
    /// Takes back a confirmed move with those made together with it, or says why not.
    pub undo: Callback<OpId>,
    /// The card whose move was refused last, with a count that grows.
    pub refused: Option<(DealId, u32)>,
}

/// What a mover tells the page.
#[derive(Clone, PartialEq)]
pub struct MoverPorts {
    /// A deal the server confirmed or corrected.
    pub on_settled: Callback<Deal>,
    /// What is shown can no longer be trusted, as after a stage was archived.
    pub on_reload: Callback<()>,
}

/// What became of a move.
enum Answer {
    Done(Box<Deal>),
    NeighbourLeft,
    GateNotMet(String),
    Refused {
        text: String,
        current: Option<Box<Deal>>,
        is_outdated: bool,
    },
    Gone(String),
}

/// Sends every move of the reducer that may go.
#[hook]
pub fn use_mover(state: &UseReducerHandle<BoardState>, ports: &MoverPorts) -> Mover {
    let (api, lang, toasts, announcer) = (use_api(), use_lang(), use_toasts(), use_announcer());
    let latest = use_mut_ref(|| state.clone());
    latest.replace(state.clone());
    let here = use_here();
    let refused = use_state_eq(|| None::<(DealId, u32)>);
    let count = use_mut_ref(|| 0u32);

    let undo = use_callback((lang, toasts.clone()), {
        let latest = latest.clone();
        move |op: OpId, (lang, toasts)| {
            let state = latest.borrow().clone();
            let mut together = state.together(op);
            together.retain(|op| state.can_undo(*op));
            // The button that was pressed goes: the focus is given to the card it was about.
            let about = state.done_to(op);
            let held = focused_card().filter(|_| !together.is_empty());
            let held = held.or_else(|| about.filter(|_| is_on_toast()));
            for op in &together {
                state.dispatch(BoardAction::Undone(*op, format::now()));
            }
            if let Some(deal) = held {
                focus_card(&latest, deal);
            }
            if together.is_empty() {
                toasts.show(
                    Toast::failed(t!("board.undo_refused", locale = lang.tag())).keyed(TOAST),
                );
            }
        }
    });
    let report = use_callback((lang, toasts.clone(), announcer, ports.clone()), {
        let (latest, refused, undo) = (latest.clone(), refused.setter(), undo.clone());
        move |(asked, answer): (Outgoing, Answer), (lang, toasts, announcer, ports)| {
            let state = latest.borrow().clone();
            match answer {
                Answer::Done(deal) => {
                    let toast = done_toast(*lang, &state, asked.op, &deal, &undo);
                    // Nobody is left to undo it where the board was left.
                    let is_here = here.get();
                    toasts.show(if is_here { toast } else { toast.plain() });
                    ports.on_settled.emit((*deal).clone());
                    state.dispatch(BoardAction::MoveConfirmed { op: asked.op, deal });
                }
                Answer::NeighbourLeft => state.dispatch(BoardAction::AnchorLost(asked.op)),
                Answer::GateNotMet(text) => {
                    *count.borrow_mut() += 1;
                    refused.set(Some((asked.deal, *count.borrow())));
                    // One sheet at a time, and none over a card in the air: those refused meanwhile are told.
                    if state.blocked().is_some() || state.drag().is_some() {
                        toasts.show(Toast::failed(text.clone()).keyed(TOAST).said());
                        let failed = || BoardAction::MoveFailed {
                            op: asked.op,
                            current: None,
                        };
                        announcer.say(returned(*lang, &state, asked.op, failed(), &text));
                        state.dispatch(failed());
                    } else {
                        state.dispatch(BoardAction::GateMissed(asked.op));
                    }
                }
                Answer::Refused {
                    text,
                    current,
                    is_outdated,
                } => {
                    *count.borrow_mut() += 1;
                    refused.set(Some((asked.deal, *count.borrow())));
                    toasts.show(Toast::failed(text.clone()).keyed(TOAST).said());
                    if let Some(deal) = &current {
                        ports.on_settled.emit((**deal).clone());
                    }
                    let failed = || BoardAction::MoveFailed {
                        op: asked.op,
                        current: current.clone(),
                    };
                    announcer.say(returned(*lang, &state, asked.op, failed(), &text));
                    let has_focus = focused_card() == Some(asked.deal);
                    state.dispatch(failed());
                    if has_focus {
                        focus_card(&latest, asked.deal);
                    }
                    if is_outdated {
                        ports.on_reload.emit(());
                    }
                }
                Answer::Gone(text) => {
                    toasts.show(Toast::failed(text).keyed(TOAST));
                    state.dispatch(BoardAction::MoveFailed {
                        op: asked.op,
                        current: None,
                    });
                    state.dispatch(BoardAction::DealGone {
                        deal: asked.deal,
                        version: None,
                    });
                }
            }
        }
    });
    let is_waiting = use_mut_ref(|| false);
    use_effect({
        let (state, latest) = (state.clone(), latest.clone());
        move || {
            // A drop is drawn first: to send it draws the board once more.
            if state.ready().is_empty() || is_waiting.replace(true) {
                return;
            }
            browser::after_frame(move || {
                is_waiting.replace(false);
                let state = latest.borrow().clone();
                for asked in state.ready() {
                    state.dispatch(BoardAction::Sent(asked.op));
                    let (api, report) = (api.clone(), report.clone());
                    let funnel = Rc::clone(&state.funnel);
                    browser::spawn(async move {
                        let answer = send(&api, lang, &asked, &funnel).await;
                        report.emit((asked, answer));
                    });
                }
            });
        }
    });
    // An offer to undo makes no sense where the board is gone.
    use_effect_with(toasts, |toasts| {
        let toasts = toasts.clone();
        move || toasts.hide(TOAST)
    });
    let undo_last = use_callback(undo.clone(), move |(), undo| {
        let last = latest.borrow().last_done();
        if let Some(op) = last {
            undo.emit(op);
        }
    });
    Mover {
        undo_last,
        undo,
        refused: *refused,
    }
}

fn done_toast(
    lang: Lang,
    state: &BoardState,
    op: OpId,
    deal: &Deal,
    undo: &Callback<OpId>,
) -> Toast {
    let pending = state.pending().iter().find(|pending| pending.op == op);
    let locale = lang.tag();
    let stage = stage_name(state, deal);
    if pending.is_some_and(|pending| pending.input == Input::Undo) {
        return Toast::done(t!("board.undone", locale = locale, stage = stage)).keyed(TOAST);
    }
    let stays = pending.is_some_and(|pending| pending.origin.stage == deal.stage_id);
    let text = if stays {
        t!("board.reordered", locale = locale)
    } else {
        t!("board.moved", locale = locale, stage = stage)
    };
    let undo = undo.reform(move |()| op);
    // The drop itself was said with the deal, both stages and the position.
    Toast::done(text)
        .with_action(t!("board.undo", locale = locale), undo)
        .keyed(TOAST)
        .said()
}

fn stage_name(state: &BoardState, deal: &Deal) -> String {
    state
        .stage(deal.stage_id)
        .map(|stage| stage.fields.name.clone())
        .unwrap_or_default()
}

/// What a screen reader hears when a card goes back: why, which card, from where, to where.
fn returned(lang: Lang, state: &BoardState, op: OpId, failed: BoardAction, why: &str) -> String {
    let pending = state.pending().iter().find(|pending| pending.op == op);
    let Some(pending) = pending else {
        return why.to_owned();
    };
    let mut after = state.clone();
    after.apply(failed);
    let place = after.place_of(pending.deal());
    let back = after.card(pending.deal());
    let name = |stage: StageId| {
        let stage = state.stage(stage);
        stage.map_or("", |stage| stage.fields.name.as_str())
    };
    t!(
        "board.said_back",
        locale = lang.tag(),
        why = why,
        deal = words::deal_name(&pending.card),
        from = name(pending.to()),
        to = name(back.map_or(pending.origin.stage, |card| card.stage_id)),
        position = place.map_or(1, |place| place.index + 1)
    )
    .into_owned()
}

async fn send(api: &Api, lang: Lang, asked: &Outgoing, funnel: &shared::funnel::Funnel) -> Answer {
    let key = uuid::Uuid::now_v7().to_string();
    let mut pauses = RETRIES.into_iter();
    let error = loop {
        match api
            .move_deal(asked.deal, asked.version, &asked.body, &key)
            .await
        {
            Ok(deal) => return Answer::Done(Box::new(deal)),
            // No answer is no refusal: the same key asks what became of it.
            Err(ApiError::Offline) => match pauses.next() {
                Some(millis) => {
                    yew::platform::time::sleep(Duration::from_millis(u64::from(millis))).await
                }
                None => break ApiError::Offline,
            },
            Err(error) => break error,
        }
    };
    let text = error.message(lang);
    match error.code() {
        Some(ErrorCode::NeighbourLeft) => Answer::NeighbourLeft,
        Some(ErrorCode::GateNotMet) => Answer::GateNotMet(text),
        Some(ErrorCode::NotFound) => Answer::Gone(text),
        Some(ErrorCode::Stale) => stale(api, lang, asked.deal, &error, funnel).await,
        Some(ErrorCode::StageArchived | ErrorCode::StageOfAnotherFunnel | ErrorCode::Archived) => {
            Answer::Refused {
                text,
                current: None,
                is_outdated: true,
            }
        }
        _ => Answer::Refused {
            text,
            current: None,
            is_outdated: false,
        },
    }
}

/// Somebody was faster: who, with what, and where the card is now.
async fn stale(
    api: &Api,
    lang: Lang,
    id: DealId,
    error: &ApiError,
    funnel: &shared::funnel::Funnel,
) -> Answer {
    let current: Option<Deal> = match error.current() {
        Some(deal) => Some(deal),
        None => api.deal(id).await.ok(),
    };
    let Some(deal) = current else {
        return Answer::Gone(error.message(lang));
    };
    let history = api
        .deal_audit(id, None)
        .await
        .map(|page| page.items)
        .unwrap_or_default();
    // What was done last is what the move came too late for.
    let newest = history.into_iter().next();
    let kind = newest.as_ref().map(|event| event.kind);
    let who = newest.and_then(|event| event.actor_name);
    let who = who.unwrap_or_else(|| t!("board.somebody", locale = lang.tag()).into_owned());
    if deal.archived_at.is_some() {
        let text = t!("board.stale_archived", locale = lang.tag(), who = who);
        return Answer::Gone(text.into_owned());
    }
    let stage = funnel.stages.iter().find(|stage| stage.id == deal.stage_id);
    let stage = stage.map_or("", |stage| stage.fields.name.as_str());
    let text = match kind {
        None | Some(EventKind::DealMoved) => t!(
            "board.stale_by",
            locale = lang.tag(),
            who = who,
            stage = stage
        ),
        Some(_) => t!("board.stale_changed", locale = lang.tag(), who = who),
    };
    Answer::Refused {
        text: text.into_owned(),
        current: Some(Box::new(deal)),
        is_outdated: false,
    }
}
