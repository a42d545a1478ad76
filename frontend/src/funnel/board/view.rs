//! The board itself: columns, the card in the air, keys and presses, the questions a move may raise.

use super::card::CardLines;
use super::explain::StageDialog;
use super::focus::{Latest, focus_card, lane_element, show_lane};
use super::follow::{FollowPorts, use_follower};
use super::grip::{CLONE_ID, Grip, GripPorts, card_of, is_on};
use super::head::lowest;
use super::keys::{Command, command};
use super::lane::{Lane, LaneDrag};
use super::lost::LostDialog;
use super::move_menu::MoveMenu;
use super::mover::{MoverPorts, use_mover};
use super::moves::{Input, Place};
use super::pager::Pager;
use super::state::{BoardAction, BoardState};
use super::toolbar::Toolbar;
use super::{folded, say};
use crate::api::use_api;
use crate::browser;
use crate::format;
use crate::funnel::deal::NewDealDialog;
use crate::i18n::use_lang;
use crate::identity::{use_can, use_me};
use crate::route::{self, Route};
use crate::ui::media::use_phone;
use crate::ui::use_announcer;
use chrono::NaiveDate;
use crate::i18n::t;
use shared::funnel::{Board, BoardFilter, Deal, Stage, StageKind};
use shared::id::{DealId, StageId};
use shared::identity::Permission;
use shared::money::{Currency, Money};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use yew::prelude::*;
use yew_router::prelude::*;

/// What [`BoardView`] needs.
#[derive(Properties, PartialEq)]
pub struct BoardViewProps {
    /// The board as it came.
    pub board: Rc<Board>,
    /// What it is narrowed to.
    pub filter: BoardFilter,
    /// The date.
    pub today: NaiveDate,
    /// Whether the "New deal" dialog is asked for from outside.
    pub is_adding: bool,
    /// It was closed.
    pub on_added: Callback<()>,
    /// Narrows it to something else.
    pub on_filter: Callback<BoardFilter>,
}

/// What asks the person something.
#[derive(Debug, Clone, PartialEq)]
enum Ask {
    Nothing,
    Move(DealId),
    Explain(StageId),
    Add(StageId),
}

/// The board.
#[component]
pub fn BoardView(props: &BoardViewProps) -> Html {
    let lang = use_lang();
    let is_phone = use_phone();
    let can_edit = use_can(Permission::EditDeals);
    let house = use_me().map_or(Currency::CNY, |me| me.organisation.currency);
    let state = use_reducer({
        let board = props.board.clone();
        move || BoardState::new(&board)
    });
    let latest: Latest = use_mut_ref(|| state.clone());
    latest.replace(state.clone());
    let board_ref = use_node_ref();
    let ask = use_state_eq(|| Ask::Nothing);
    let active = use_state_eq(|| None::<DealId>);
    let page = use_state_eq(|| 0usize);
    let folds = use_state_eq(|| folded::load(&props.board.funnel));

    use_new_board(&state, &props.board);
    let follower = use_follower(
        &state,
        &FollowPorts {
            funnel: props.board.funnel.id,
            filter: props.filter.clone(),
        },
    );
    let ports = MoverPorts {
        on_settled: follower.saw.clone(),
        on_reload: follower.reload.clone(),
    };
    let mover = use_mover(&state, &ports);
    use_grip(&board_ref, &latest, can_edit);
    use_undo_key(&mover.undo_last);
    use_said_drops(&state);

    let on_more = use_more(&latest, &props.filter);
    let on_fold = use_callback((), {
        let (folds, funnel) = (folds.setter(), props.board.funnel.clone());
        move |stage: StageId, ()| {
            let mut next = folded::load(&funnel);
            if !next.remove(&stage) {
                next.insert(stage);
            }
            folded::store(funnel.id, &next);
            folds.set(next);
        }
    });
    let asks = |make: fn(StageId) -> Ask| {
        let ask = ask.setter();
        move |stage: StageId, (): &()| ask.set(make(stage))
    };
    let on_explain = use_callback((), asks(Ask::Explain));
    let on_add = use_callback((), asks(Ask::Add));
    let act = use_callback((), {
        let latest = latest.clone();
        move |action: BoardAction, ()| latest.borrow().dispatch(action)
    });
    let onkeydown = use_keys(&latest, &ask, can_edit, &folds);
    let onclick = use_presses(&ask);
    let onfocusin = use_callback((), {
        let active = active.setter();
        move |event: FocusEvent, ()| {
            if let Some((deal, _)) = card_of(&event) {
                active.set(Some(deal));
            }
        }
    });
    let onscroll = use_callback((), {
        let page = page.setter();
        move |event: Event, ()| page.set(page_of(&event.target_unchecked_into()))
    });

    let stages: Vec<Rc<Stage>> = state
        .funnel
        .stages
        .iter()
        .map(|stage| Rc::new(stage.clone()))
        .collect();
    let conversions: Vec<_> = stages
        .iter()
        .map(|stage| (stage.id, state.totals(stage.id).conversion))
        .collect();
    let bottleneck = lowest(&conversions);
    let open: Rc<Vec<StageId>> = Rc::new(
        stages
            .iter()
            .filter(|stage| stage.fields.kind == StageKind::Open)
            .map(|stage| stage.id)
            .collect(),
    );
    let syncing: Rc<Vec<DealId>> = Rc::new(
        state
            .pending()
            .iter()
            .map(super::moves::PendingMove::deal)
            .collect(),
    );
    let lane = |stage: &Rc<Stage>| {
        let cards = state.cards(stage.id);
        let tab_stop = (*active)
            .filter(|id| cards.iter().any(|card| card.id == *id))
            .or_else(|| cards.first().map(|card| card.id));
        html! {
            <Lane
                key={stage.id.to_string()}
                funnel={state.funnel.clone()}
                stage={stage.clone()}
                {cards}
                totals={state.totals(stage.id)}
                {house}
                is_lowest={bottleneck == Some(stage.id)}
                has_more={state.has_more(stage.id)}
                is_collapsed={!is_phone && folds.contains(&stage.id)}
                drag={LaneDrag::of(state.drag(), stage.id)}
                syncing={syncing.clone()}
                refused={mover.refused.map(|(deal, _)| deal)}
                {tab_stop}
                today={props.today}
                {is_phone}
                {can_edit}
                on_more={on_more.clone()}
                on_fold={on_fold.clone()}
                on_add={on_add.clone()}
                on_explain={on_explain.clone()}
            />
        }
    };
    html! {
        <>
            <Toolbar funnel={state.funnel.id} open={open.clone()} filter={props.filter.clone()} on_filter={props.on_filter.clone()} today={props.today} weighted={weighted(&state, &open, house)} epoch={state.epoch} />
            if is_phone {
                <Pager funnel={state.funnel.clone()} page={*page} totals={stages.get(*page).map(|stage| state.totals(stage.id)).unwrap_or_default()} {house} is_lowest={stages.get(*page).is_some_and(|stage| bottleneck == Some(stage.id))} on_pick={go_to_lane} />
            }
            <p class="sr" id="board-keys">{ t!("board.keys") }</p>
            <div ref={board_ref} class="board" role="group" aria-label={props.board.funnel.name.clone()} {onkeydown} {onclick} {onfocusin} {onscroll}>
                for stage in stages.iter() { { lane(stage) } }
            </div>
            { floating(&state, lang, props.today) }
            { questions(props, &state, &latest, &ask, &act) }
        </>
    }
}

/// The weighted sum of what is open, in the organisation's currency.
fn weighted(state: &BoardState, open: &[StageId], house: Currency) -> Money {
    let figures = open.iter().flat_map(|stage| state.totals(*stage).weighted);
    let amount = figures
        .filter(|money| money.currency == house)
        .map(|money| money.amount)
        .sum();
    Money::new(amount, house)
}

fn go_to_lane(stage: StageId) {
    if let Some(lane) = lane_element(stage) {
        show_lane(&lane, true);
    }
}

/// The column a phone shows, by how far the board is scrolled.
fn page_of(board: &web_sys::Element) -> usize {
    let lanes = board
        .query_selector_all("[data-stage]")
        .map_or(0, |lanes| lanes.length());
    let middle = board.get_bounding_client_rect().left() + f64::from(board.client_width()) / 2.0;
    let children = board.children();
    (0..lanes)
        .filter_map(|index| children.item(index))
        .position(|lane| {
            let bounds = lane.get_bounding_client_rect();
            bounds.left() <= middle && bounds.right() > middle
        })
        .unwrap_or(0)
}

/// The copy that follows the pointer; the grip places it.
fn floating(state: &BoardState, lang: crate::i18n::Lang, today: NaiveDate) -> Html {
    let drag = state.drag().filter(|drag| drag.input.is_pointer());
    let Some((drag, stage)) = drag.and_then(|drag| Some((drag, state.stage(drag.deal.stage_id)?)))
    else {
        return Html::default();
    };
    html! {
        <div id={CLONE_ID} class="deal lifted" aria-hidden="true">
            <CardLines {lang} deal={drag.deal.clone()} stage={Rc::new(stage.clone())} {today} />
        </div>
    }
}

fn questions(
    props: &BoardViewProps,
    state: &UseReducerHandle<BoardState>,
    latest: &Latest,
    ask: &UseStateHandle<Ask>,
    act: &Callback<BoardAction>,
) -> Html {
    let close = {
        let ask = ask.setter();
        Callback::from(move |()| ask.set(Ask::Nothing))
    };
    if let Some(asking) = state.asking() {
        let deal = asking.card.clone();
        let back = {
            let (latest, id) = (latest.clone(), deal.id);
            Callback::from(move |()| focus_card(&latest, id))
        };
        let on_give = {
            let (act, back) = (act.clone(), back.clone());
            Callback::from(move |(reason, note)| {
                act.emit(BoardAction::ReasonGiven { reason, note });
                back.emit(());
            })
        };
        let on_decline = {
            let act = act.clone();
            Callback::from(move |()| {
                act.emit(BoardAction::ReasonDeclined);
                back.emit(());
            })
        };
        let key = deal.id.to_string();
        return html! { <LostDialog {key} {deal} {on_give} {on_decline} /> };
    }
    let add = |stage: Option<StageId>, on_close: Callback<()>| {
        let on_made = {
            let (act, latest, on_close) = (act.clone(), latest.clone(), on_close.clone());
            Callback::from(move |deal: Deal| {
                let id = deal.id;
                act.emit(BoardAction::DealSeen(Box::new(deal)));
                on_close.emit(());
                focus_card(&latest, id);
            })
        };
        html! { <NewDealDialog funnel={state.funnel.clone()} {stage} {on_made} {on_close} /> }
    };
    if props.is_adding {
        return add(None, props.on_added.clone());
    }
    match &**ask {
        Ask::Nothing => Html::default(),
        Ask::Add(stage) => add(Some(*stage), close),
        Ask::Explain(stage) => match state.stage(*stage) {
            Some(stage) => {
                html! { <StageDialog funnel={state.funnel.clone()} stage={Rc::new(stage.clone())} on_close={close} /> }
            }
            None => Html::default(),
        },
        Ask::Move(id) => match state.card(*id) {
            Some(deal) => {
                let on_pick = {
                    let (act, latest, close, id) =
                        (act.clone(), latest.clone(), close.clone(), *id);
                    Callback::from(move |place: Place| {
                        close.emit(());
                        act.emit(BoardAction::Lifted {
                            deal: id,
                            input: Input::Menu,
                        });
                        act.emit(BoardAction::MovedOver(Some(place)));
                        act.emit(BoardAction::Dropped(format::now()));
                        focus_card(&latest, id);
                    })
                };
                html! { <MoveMenu state={Rc::new((**state).clone())} {deal} today={props.today} {on_pick} on_close={close} /> }
            }
            None => Html::default(),
        },
    }
}

/// Takes over a board that came by another filter.
#[hook]
fn use_new_board(state: &UseReducerHandle<BoardState>, board: &Rc<Board>) {
    let dispatch = state.dispatcher();
    let is_first = use_mut_ref(|| true);
    use_effect_with(board.clone(), move |board| {
        if !std::mem::take(&mut *is_first.borrow_mut()) {
            dispatch.dispatch(BoardAction::Loaded(board.clone()));
        }
    });
}

#[hook]
fn use_grip(board: &NodeRef, latest: &Latest, can_edit: bool) {
    let (board, latest) = (board.clone(), latest.clone());
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
fn use_undo_key(undo_last: &Callback<()>) {
    use_effect_with(undo_last.clone(), |undo_last| {
        let undo_last = undo_last.clone();
        let listener = browser::document().map(|document| {
            let options = gloo::events::EventListenerOptions::enable_prevent_default();
            gloo::events::EventListener::new_with_options(
                &document,
                "keydown",
                options,
                move |event| {
                    let Some(key) = event.dyn_ref::<KeyboardEvent>() else {
                        return;
                    };
                    let is_z =
                        key.key().eq_ignore_ascii_case("z") && !key.shift_key() && !key.alt_key();
                    if is_z
                        && (key.ctrl_key() || key.meta_key())
                        && !is_on(event, "input, textarea, select, dialog")
                    {
                        event.prevent_default();
                        undo_last.emit(());
                    }
                },
            )
        });
        move || drop(listener)
    });
}

/// Says each move as it is made, whoever's hand made it.
#[hook]
fn use_said_drops(state: &UseReducerHandle<BoardState>) {
    let (lang, announcer) = (use_lang(), use_announcer());
    let newest = state.pending().last().map(|pending| pending.op);
    let said = use_mut_ref(|| newest);
    let state = state.clone();
    use_effect_with(newest, move |newest| {
        if *newest > *said.borrow()
            && let Some(pending) = state.pending().last()
        {
            announcer.say(say::dropped(lang, &state, pending));
            said.replace(*newest);
        }
    });
}

#[hook]
fn use_more(latest: &Latest, filter: &BoardFilter) -> Callback<StageId> {
    let (api, latest) = (use_api(), latest.clone());
    use_callback(
        (api, filter.clone()),
        move |stage: StageId, (api, filter)| {
            let state = latest.borrow().clone();
            let Some(cursor) = state.more(stage).map(str::to_owned) else {
                return;
            };
            state.dispatch(BoardAction::CardsAsked(stage));
            let (api, filter) = (api.clone(), filter.clone());
            browser::spawn(async move {
                match api.cards(stage, &filter, &cursor).await {
                    Ok(page) => state.dispatch(BoardAction::CardsLoaded {
                        stage,
                        cursor,
                        page,
                    }),
                    Err(_) => state.dispatch(BoardAction::CardsFailed(stage)),
                }
            });
        },
    )
}

/// Keys on cards.
#[hook]
fn use_keys(
    latest: &Latest,
    ask: &UseStateHandle<Ask>,
    can_edit: bool,
    folds: &std::collections::BTreeSet<StageId>,
) -> Callback<KeyboardEvent> {
    let (lang, announcer, navigator) = (use_lang(), use_announcer(), use_navigator());
    let (latest, ask, folds) = (latest.clone(), ask.setter(), folds.clone());
    Callback::from(move |event: KeyboardEvent| {
        let Some((id, card)) = card_of(&event) else {
            return;
        };
        let is_own = event
            .target()
            .is_some_and(|target| target == *card.as_ref());
        if !is_own || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let state = latest.borrow().clone();
        let shown: Vec<StageId> = state
            .funnel
            .stages
            .iter()
            .map(|stage| stage.id)
            .filter(|id| !folds.contains(id))
            .collect();
        let Some(command) = command(&event.key(), id, &state, &shown, can_edit) else {
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
                state.dispatch(BoardAction::MovedOver(Some(place)));
                if let Some(drag) = state.drag() {
                    announcer.say(say::over(lang, &state, drag, place));
                }
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
            Command::Open => open(navigator.as_ref(), &Route::Deal { id: id.to_string() }),
            Command::Hold => {}
        }
    })
}

fn open(navigator: Option<&Navigator>, route: &Route) {
    if let Some(navigator) = navigator {
        navigator.push(route);
    }
}

/// Presses on cards: the account's name leads to the account, "Move" to the stages, the rest to the deal.
#[hook]
fn use_presses(ask: &UseStateHandle<Ask>) -> Callback<MouseEvent> {
    let navigator = use_navigator();
    let ask = ask.setter();
    Callback::from(move |event: MouseEvent| {
        let Some((id, _)) = card_of(&event) else {
            return;
        };
        let is_plain =
            event.button() == 0 && !event.ctrl_key() && !event.meta_key() && !event.shift_key();
        if is_on(&event, "[data-move]") {
            ask.set(Ask::Move(id));
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

fn link_of(event: &Event) -> Option<String> {
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    target
        .closest("a[href]")
        .ok()
        .flatten()?
        .get_attribute("href")
}
