//! The board itself: columns, the card in the air, keys and presses, the questions a move may raise.

use super::action::BoardAction;
use super::bulk::BulkBarProps;
use super::editor::{CardEditorProps, EditAsk};
use super::explain::StageDialogProps;
use super::floating::floating;
use super::focus::{Latest, focus_card, go_to_lane, lanes_in_view, page_of, use_kept_focus};
use super::folded;
use super::follow::{FollowPorts, use_follower};
use super::further;
use super::grip::card_of;
use super::group_lane::Grouped;
use super::head::lowest;
use super::hooks::{
    Picks, use_grip, use_keys, use_lacks, use_more, use_near, use_new_board, use_presses,
    use_said_drops, use_undo_key,
};
use super::keys::May;
use super::lane::{Lane, LaneDrag};
use super::lane_id::LaneId;
use super::lost::LostDialog;
use super::move_menu::MoveMenu;
use super::mover::{MoverPorts, use_mover};
use super::moves::{Input, Place};
use super::pager::Pager;
use super::quick_row::use_quick;
use super::select::SelectAction;
use super::slots::Slots;
use super::state::BoardState;
use super::toolbar::Toolbar;
use super::views::Views;
use crate::format;
use crate::funnel::deal::NewDealDialogProps;
use crate::funnel::deal::fields::DealField;
use crate::funnel::gate::GateSheetProps;
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::identity::{use_can, use_me};
use crate::load::Same;
use crate::ui::media::use_phone;
use crate::ui::{Button, ButtonKind, Empty, Glyph};
use chrono::NaiveDate;
use gloo::timers::callback::Timeout;
use shared::funnel::{Board, BoardFilter, ColumnTotals, Deal, Layout, Stage, StageKind};
use shared::id::{DealId, StageId};
use shared::identity::Permission;
use shared::money::{Currency, Money};
use std::collections::BTreeSet;
use std::rc::Rc;
use yew::prelude::*;

/// What [`BoardView`] needs.
#[derive(Properties, PartialEq)]
pub struct BoardViewProps {
    /// The board as it came.
    pub board: Rc<Board>,
    /// What it is narrowed to.
    pub filter: BoardFilter,
    /// How it is laid out.
    pub layout: Layout,
    /// The date.
    pub today: NaiveDate,
    /// Whether the "New deal" dialog is asked for from outside.
    pub is_adding: bool,
    /// It was closed.
    pub on_added: Callback<()>,
    /// Narrows it to something else.
    pub on_filter: Callback<BoardFilter>,
    /// Lays it out otherwise.
    pub on_layout: Callback<Layout>,
    /// The saved views.
    pub views: Views,
}

/// What asks the person something.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Ask {
    Nothing,
    Move(DealId),
    Explain(StageId),
    Add(StageId),
    Edit(EditAsk),
}

/// The board.
#[component]
pub fn BoardView(props: &BoardViewProps) -> Html {
    let lang = use_lang();
    let is_phone = use_phone();
    let can_edit = use_can(Permission::EditDeals);
    let can_assign = use_can(Permission::AssignOwner);
    let house = use_me().map_or(Currency::CNY, |me| me.organisation.currency);
    let state = use_reducer({
        let board = props.board.clone();
        move || further::blocked_before(BoardState::new(&board))
    });
    let latest: Latest = use_mut_ref(|| state.clone());
    latest.replace(state.clone());
    let board_ref = use_node_ref();
    let ask = use_state_eq(|| further::asked_before(&props.board));
    let active = use_state_eq(|| None::<DealId>);
    let page = use_state_eq(|| 0usize);
    let near = use_near(&board_ref, state.group_by, is_phone);
    let folds = use_state_eq(|| folded::load(&props.board.funnel));

    use_new_board(&state, &props.board);
    let may = May {
        can_edit,
        can_carry: can_edit && further::carries(state.group_by, can_assign),
    };
    let follower = use_follower(
        &state,
        &FollowPorts {
            funnel: props.board.funnel.id,
            filter: props.filter.clone(),
            layout: props.layout,
        },
    );
    let ports = MoverPorts {
        on_settled: follower.saw.clone(),
        on_reload: follower.reload.clone(),
    };
    let mover = use_mover(&state, &ports);
    further::use_editor(&state, &latest, &ask, &follower.saw, &mover);
    let selection = use_reducer_eq(further::chosen_before);
    let picks = Picks {
        selection: selection.clone(),
        latest: latest.clone(),
        can_edit,
    };
    let select = use_callback((), {
        let selection = selection.dispatcher();
        move |action: SelectAction, ()| selection.dispatch(action)
    });
    let slots = use_memo((), |()| Slots::default());
    use_grip(&board_ref, &latest, &slots, may.can_carry);
    use_undo_key(&mover.undo_last);
    use_said_drops(&state);
    use_kept_focus(&latest);

    let on_more = use_more(&latest, &props.filter, props.layout);
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
    let quick = use_quick(&latest);
    let on_made = further::use_made(&latest, &follower.saw, &props.filter, &props.on_filter);
    use_effect_with((), {
        let add = quick.on_add.clone();
        move |()| {
            if let Some(stage) = further::added_before() {
                add.emit(stage);
            }
        }
    });
    let act = use_callback((), {
        let latest = latest.clone();
        move |action: BoardAction, ()| latest.borrow().dispatch(action)
    });
    let onkeydown = use_keys(&latest, &ask, may, &folds, &picks, &quick.on_add);
    let onclick = use_presses(&ask, &picks, is_phone);
    let onfocusin = use_callback((), {
        let active = active.setter();
        move |event: FocusEvent, ()| {
            if let Some((deal, _)) = card_of(&event) {
                // In a task of its own: a press gives the focus and may begin to lift (DND-5).
                let active = active.clone();
                Timeout::new(0, move || active.set(Some(deal))).forget();
            }
        }
    });
    // Turned to a phone's width, it may stand at another column than the pager saw last.
    use_effect_with(is_phone, {
        let (board, page) = (board_ref.clone(), page.setter());
        move |is_phone| {
            let board = board.cast::<web_sys::Element>();
            if let Some(board) = board.filter(|_| *is_phone) {
                page.set(page_of(&board));
            }
        }
    });
    // What nobody shows is not asked: each answer has the browser work out the page.
    let onscroll = use_callback((is_phone, state.has_stages()), {
        let (page, near) = (page.setter(), near.setter());
        move |event: Event, (is_phone, has_stages)| {
            let board = event.target_unchecked_into();
            if *is_phone {
                page.set(page_of(&board));
            }
            if !has_stages {
                near.set(lanes_in_view(&board));
            }
        }
    });

    // The same while they are the same, so that a column need not look into them to know it.
    let stages = use_memo(state.funnel.clone(), |funnel| {
        let all = funnel.stages.iter();
        all.map(|stage| Rc::new(stage.clone())).collect::<Vec<_>>()
    });
    let totals: Vec<_> = stages.iter().map(|stage| state.totals(stage.id)).collect();
    let conversions = stages.iter().zip(&totals);
    let conversions: Vec<_> = conversions
        .map(|(stage, totals)| (stage.id, totals.conversion))
        .collect();
    let bottleneck = lowest(&conversions);
    let open: Rc<Vec<StageId>> = Rc::new(
        stages
            .iter()
            .filter(|stage| stage.fields.kind == StageKind::Open)
            .map(|stage| stage.id)
            .collect(),
    );
    let syncing: Rc<Vec<DealId>> = Rc::new(state.busy());
    let lacks = use_lacks(&state);
    // A column that none of them is in need not be drawn when they change.
    let none: Rc<Vec<DealId>> = Rc::default();
    let lane = |(index, (stage, totals)): (usize, (&Rc<Stage>, &ColumnTotals))| {
        let cards = state.cards(stage.id);
        let tab_stop = (*active)
            .filter(|id| cards.iter().any(|card| card.id == *id))
            .or_else(|| cards.first().map(|card| card.id));
        let is_busy = cards.iter().any(|card| syncing.contains(&card.id));
        let syncing = if is_busy { &syncing } else { &none };
        html! {
            <Lane
                key={stage.id.to_string()}
                funnel={state.funnel.clone()}
                stage={stage.clone()}
                {index}
                is_near={!is_phone || index.abs_diff(*page) <= 1}
                {cards}
                totals={totals.clone()}
                {house}
                is_lowest={bottleneck == Some(stage.id)}
                has_more={state.has_more(stage.id)}
                is_collapsed={!is_phone && folds.contains(&stage.id)}
                drag={LaneDrag::of(state.drag(), stage.id.into(), *lacks)}
                slots={slots.clone()}
                syncing={syncing.clone()}
                refused={mover.refused.map(|(deal, _)| deal)}
                {tab_stop}
                chosen={selection.ids().clone()}
                today={props.today}
                {is_phone}
                {can_edit}
                on_more={on_more.clone()}
                on_fold={on_fold.clone()}
                is_adding={quick.open.contains(&stage.id)}
                on_add={quick.on_add.clone()}
                on_added={quick.on_close.clone()}
                on_made={on_made.clone()}
                on_explain={on_explain.clone()}
            />
        }
    };
    let grouped = Grouped {
        stages: stages.clone(),
        house,
        near: *near,
        active: *active,
        syncing: syncing.clone(),
        refused: mover.refused.map(|(deal, _)| deal),
        chosen: selection.ids().clone(),
        today: props.today,
        is_phone,
        can_edit,
        slots: slots.clone(),
        on_more: on_more.clone(),
    };
    let chosen = Rc::new(selection.cards(&state));
    let bulk = BulkBarProps {
        funnel: state.funnel.clone(),
        cards: chosen.clone(),
        latest: latest.clone(),
        undo: mover.undo.clone(),
        on_settled: follower.saw.clone(),
        select: select.clone(),
    };
    html! {
        <>
            <Toolbar funnel={state.funnel.id} views={props.views.clone()} open={open.clone()} filter={props.filter.clone()} on_filter={props.on_filter.clone()} opened={props.views.address.view} layout={props.layout} on_layout={props.on_layout.clone()} today={props.today} weighted={weighted(&state, &open, house)} epoch={state.epoch} />
            if is_phone && !state.has_stages() {
                { further::group_pager(lang, &state, &grouped, *page) }
            } else if is_phone {
                <Pager funnel={state.funnel.clone()} page={*page} totals={totals.get(*page).cloned().unwrap_or_default()} {house} is_lowest={stages.get(*page).is_some_and(|stage| bottleneck == Some(stage.id))} on_pick={go_to_lane::<StageId>} on_add={can_edit.then(|| quick.on_add.clone())} />
            }
            { nothing(props, &state, can_edit, &ask) }
            <p class="sr" id="board-keys">{ further::keys_hint(&state, may.can_carry) }</p>
            if can_edit { { further::board_hint(&state, may.can_carry) } }
            <div ref={board_ref} class={classes!("board", (!chosen.is_empty()).then_some("choosing"))} role="group" aria-label={props.board.funnel.name.clone()} {onkeydown} {onclick} {onfocusin} {onscroll}>
                if state.has_stages() {
                    for stage in stages.iter().zip(&totals).enumerate() { { lane(stage) } }
                } else {
                    { further::group_lanes(lang, &state, &grouped) }
                }
            </div>
            { further::bulk_bar(bulk) }
            { floating() }
            { questions(props, &state, &latest, &ask, (&act, &on_made, &follower.saw), (selection.ids(), &select), house) }
        </>
    }
}

/// What stands above the columns while they are all empty.
fn nothing(
    props: &BoardViewProps,
    state: &BoardState,
    can_edit: bool,
    ask: &UseStateHandle<Ask>,
) -> Html {
    if state.lanes().any(|(lane, _)| state.totals(lane).count > 0) {
        return Html::default();
    }
    if !props.filter.is_empty() {
        let clear = props
            .on_filter
            .reform(|_: MouseEvent| BoardFilter::default());
        return html! {
            <div class="board-empty">
                <Empty icon={Glyph::Filter} title={t!("board.none_found")}><Button on_click={clear}>{ t!("board.clear_filters") }</Button></Empty>
            </div>
        };
    }
    if !state.has_stages() {
        return html! {
            <div class="board-empty"><Empty icon={Glyph::Funnel} title={t!("board.none_open")} /></div>
        };
    }
    let first = state.funnel.stages.first().map(|stage| stage.id);
    let ask = ask.setter();
    let add = Callback::from(move |_: MouseEvent| {
        if let Some(stage) = first {
            ask.set(Ask::Add(stage));
        }
    });
    html! {
        <div class="board-empty">
            <Empty icon={Glyph::Funnel} title={t!("board.none_yet")} text={t!("board.none_yet_text")}>
                if can_edit { <Button kind={ButtonKind::Primary} icon={Glyph::Plus} on_click={add}>{ t!("board.new_deal") }</Button> }
            </Empty>
        </div>
    }
}

/// The weighted sum of what is open, in the organisation's currency.
fn weighted(state: &BoardState, open: &[StageId], house: Currency) -> Money {
    let lanes: Vec<LaneId> = if state.has_stages() {
        open.iter().copied().map(LaneId::Stage).collect()
    } else {
        state.lanes().map(|(lane, _)| lane).collect()
    };
    let others = state.others.iter().map(|others| others.totals.clone());
    let figures = lanes.into_iter().map(|lane| state.totals(lane));
    let figures = figures.chain(others).flat_map(|totals| totals.weighted);
    let amount = figures
        .filter(|money| money.currency == house)
        .map(|money| money.amount)
        .sum();
    Money::new(amount, house)
}

fn questions(
    props: &BoardViewProps,
    state: &UseReducerHandle<BoardState>,
    latest: &Latest,
    ask: &UseStateHandle<Ask>,
    (act, made, on_deal): (&Callback<BoardAction>, &Callback<Deal>, &Callback<Deal>),
    (chosen, select): (&Rc<BTreeSet<DealId>>, &Callback<SelectAction>),
    house: Currency,
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
        return html! { <LostDialog {key} about={words::deal_name(&deal)} {on_give} {on_decline} /> };
    }
    if let Some(blocked) = state.blocked() {
        let id = blocked.deal();
        let deal = state.confirmed(id).unwrap_or(&blocked.card).clone();
        let on_left = {
            let (act, latest) = (act.clone(), latest.clone());
            Callback::from(move |()| {
                act.emit(BoardAction::GateLeft);
                focus_card(&latest, id);
            })
        };
        return further::gate_sheet(GateSheetProps {
            funnel: state.funnel.clone(),
            deal,
            to: blocked.to(),
            act: act.clone(),
            on_deal: on_deal.clone(),
            on_left,
        });
    }
    let add = |stage: Option<StageId>, on_close: Callback<()>| {
        let on_made = {
            let (made, latest, on_close) = (made.clone(), latest.clone(), on_close.clone());
            Callback::from(move |deal: Deal| {
                let id = deal.id;
                made.emit(deal);
                on_close.emit(());
                focus_card(&latest, id);
            })
        };
        further::new_deal(NewDealDialogProps {
            funnel: state.funnel.clone(),
            stage,
            account: None,
            on_made,
            on_close,
        })
    };
    if props.is_adding {
        return add(None, props.on_added.clone());
    }
    match &**ask {
        Ask::Nothing => Html::default(),
        Ask::Add(stage) => add(Some(*stage), close),
        Ask::Edit(edit) => {
            let card = state.card(edit.deal.id);
            further::card_editor(CardEditorProps {
                ask: edit.clone(),
                card,
                house,
                latest: Same(latest.clone()),
                on_close: close,
            })
        }
        Ask::Explain(stage) => match state.stage(*stage) {
            Some(stage) => further::stage_dialog(StageDialogProps {
                funnel: state.funnel.clone(),
                stage: Rc::new(stage.clone()),
                on_close: close,
            }),
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
                let on_choose = {
                    let (select, close, id) = (select.clone(), close.clone(), *id);
                    Callback::from(move |()| {
                        close.emit(());
                        select.emit(SelectAction::Toggled(id));
                    })
                };
                let on_edit = {
                    let (ask, deal) = (ask.setter(), deal.clone());
                    Callback::from(move |()| {
                        ask.set(Ask::Edit(EditAsk::of(deal.clone(), DealField::Amount)));
                    })
                };
                let is_chosen = chosen.contains(id);
                html! { <MoveMenu state={Rc::new((**state).clone())} {deal} today={props.today} {on_pick} {on_choose} {is_chosen} {on_edit} on_close={close} /> }
            }
            None => Html::default(),
        },
    }
}
