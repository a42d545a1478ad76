//! Changing a card's figures without leaving the board: what asks for them, what sends them, and how they
//! come back when they were not taken.

use super::action::BoardAction;
use super::card::element_id;
use super::edits::OutgoingEdit;
use super::focus::{Latest, focus_card};
use super::further::lane_name;
use super::lane_id::LaneId;
use super::mover::{Mover, TOAST as MOVED};
use super::moves::OpId;
use super::regroup::Regroup;
use super::state::BoardState;
use super::view::Ask;
use crate::api::use_api;
use crate::browser;
use crate::funnel::deal::edit::{self, Back, Draft, Edit};
use crate::funnel::deal::fields::DealField;
use crate::funnel::deal::inline::FactForm;
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::load::{Same, use_here};
use crate::ui::media::use_phone;
use crate::ui::{Dialog, Sheet, Toast, use_announcer, use_toasts};
use shared::funnel::{Deal, Grouping};
use shared::money::Currency;
use std::rc::Rc;
use yew::prelude::*;

/// The one toast of changes on cards.
const TOAST: &str = "board-edit";

/// A card to be changed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct EditAsk {
    /// The deal, should it leave the board meanwhile.
    pub deal: Rc<Deal>,
    /// Where to begin.
    pub first: DealField,
    /// What came back from the last try.
    pub draft: Option<Rc<Draft>>,
}

impl EditAsk {
    /// A card to be changed from there on.
    pub(super) fn of(deal: Rc<Deal>, first: DealField) -> Self {
        Self {
            deal,
            first,
            draft: None,
        }
    }
}

/// Sends every change of the reducer that may go.
#[hook]
pub(super) fn use_editor(
    state: &UseReducerHandle<BoardState>,
    latest: &Latest,
    ask: &UseStateHandle<Ask>,
    saw: &Callback<Deal>,
    mover: &Mover,
) {
    use_said_regroups(state);
    let (api, lang, here) = (use_api(), use_lang(), use_here());
    let (toasts, announcer) = (use_toasts(), use_announcer());
    let asked = use_mut_ref(|| ask.clone());
    asked.replace(ask.clone());
    let report = {
        let (latest, saw, toasts) = (latest.clone(), saw.clone(), toasts.clone());
        let undo = mover.undo.clone();
        Callback::from(move |(sent, answer): (OutgoingEdit, Result<Deal, Back>)| {
            let state = latest.borrow().clone();
            let (op, locale) = (sent.op, lang.tag());
            let back = match answer {
                Ok(deal) => {
                    match &sent.regroup {
                        // The drop itself was said with the deal, both groups and the position.
                        Some(regroup) => {
                            let toast = regrouped(lang, &state, op, regroup, &undo);
                            toasts.show(if here.get() { toast } else { toast.plain() });
                        }
                        None => announcer.say(t!("deal.saved", locale = locale).into_owned()),
                    }
                    saw.emit(deal.clone());
                    let deal = Box::new(deal);
                    return state.dispatch(BoardAction::EditConfirmed { op, deal });
                }
                Err(back) => back,
            };
            if let Some(current) = &back.current {
                saw.emit((**current).clone());
            }
            let (is_gone, current) = (back.is_gone(), back.current.clone());
            state.dispatch(BoardAction::EditFailed { op, current });
            if is_gone {
                let (deal, version) = (sent.deal.id, None);
                state.dispatch(BoardAction::DealGone { deal, version });
            }
            let deal = words::deal_name(&sent.deal);
            let why = match &sent.regroup {
                Some(_) => overtaken(lang, &state, &back),
                None => None,
            };
            let why = why.unwrap_or_else(|| back.error.message(lang));
            let said = t!("board.not_saved", locale = locale, deal = deal, why = why);
            let said = said.into_owned();
            let toast = Toast::failed(said.clone()).keyed(TOAST);
            // What was carried is carried once more; there is nothing typed to go on with.
            if is_gone || !here.get() || sent.regroup.is_some() {
                return toasts.show(toast);
            }
            let again = Ask::Edit(EditAsk {
                first: begin(&back.draft, &sent.edit),
                deal: back.current.map_or(sent.deal, Rc::from),
                draft: Some(Rc::new(back.draft)),
            });
            // Whoever does something else by now is told, and comes back to it when it suits.
            let is_free = **asked.borrow() == Ask::Nothing && state.drag().is_none();
            if is_free && state.asking().is_none() {
                announcer.say(said);
                asked.borrow().set(again);
            } else {
                let asked = asked.clone();
                let back = Callback::from(move |()| asked.borrow().set(again.clone()));
                let label = t!("board.edit_again", locale = locale).into_owned();
                toasts.show(toast.with_action(label, back));
            }
        })
    };
    use_effect({
        let state = state.clone();
        move || {
            for sent in state.ready_edits() {
                state.dispatch(BoardAction::EditSent(sent.op));
                let (api, report) = (api.clone(), report.clone());
                browser::spawn(async move {
                    let answer = edit::save(&api, &sent.deal, &sent.edit).await;
                    report.emit((sent, answer));
                });
            }
        }
    });
    // An offer to go on makes no sense where the board is gone.
    use_effect_with(toasts, |toasts| {
        let toasts = toasts.clone();
        move || toasts.hide(TOAST)
    });
}

/// What is told of a card that is in another group now, with the way back.
fn regrouped(
    lang: Lang,
    state: &BoardState,
    op: OpId,
    regroup: &Regroup,
    undo: &Callback<OpId>,
) -> Toast {
    let (locale, group) = (
        lang.tag(),
        lane_name(lang, state, LaneId::Group(regroup.to)),
    );
    if regroup.is_undo {
        return Toast::done(t!("board.undone", locale = locale, stage = group)).keyed(MOVED);
    }
    let undo = undo.reform(move |()| op);
    Toast::done(t!("board.moved", locale = locale, stage = group))
        .with_action(t!("board.undo", locale = locale), undo)
        .keyed(MOVED)
        .said()
}

/// Who put a card elsewhere while it was carried, and where it is now.
fn overtaken(lang: Lang, state: &BoardState, back: &Back) -> Option<String> {
    let now = back.current.as_deref()?;
    let lane = state.lane_of(now)?;
    let known = lane_name(lang, state, lane);
    let group = match &now.owner_name {
        Some(owner) if state.group_by == Grouping::Owner => owner,
        _ => &known,
    };
    let who = back.draft.who.clone();
    let who = who.unwrap_or_else(|| t!("board.somebody", locale = lang.tag()).into_owned());
    let told = t!(
        "board.stale_by",
        locale = lang.tag(),
        who = who,
        stage = group
    );
    Some(told.into_owned())
}

/// Says each card that is let go in another group.
#[hook]
fn use_said_regroups(state: &UseReducerHandle<BoardState>) {
    let (lang, announcer) = (use_lang(), use_announcer());
    let carried = |state: &BoardState| {
        let mut edits = state.edits().iter().rev();
        edits.find(|edit| edit.regroup.is_some()).cloned()
    };
    let newest = carried(state).map(|edit| edit.op);
    let said = use_mut_ref(|| newest);
    let state = state.clone();
    use_effect_with(newest, move |newest| {
        if *newest <= *said.borrow() {
            return;
        }
        let Some(edit) = carried(&state) else { return };
        said.replace(*newest);
        let card = state
            .card(edit.deal)
            .or(state.confirmed(edit.deal).cloned());
        if let Some((card, regroup)) = card.zip(edit.regroup) {
            let place = state.place_of(edit.deal);
            announcer.say(t!(
                "board.said_dropped",
                locale = lang.tag(),
                deal = words::deal_name(&card),
                from = lane_name(lang, &state, LaneId::Group(regroup.from)),
                to = lane_name(lang, &state, LaneId::Group(regroup.to)),
                position = place.map_or(1, |place| place.index + 1)
            ));
        }
    });
}

/// The field to go on with: one that is at fault or in the way, else the first that was changed.
fn begin(draft: &Draft, edit: &Edit) -> DealField {
    let names = |field: &&DealField| {
        draft
            .form
            .conflicts
            .iter()
            .any(|(name, _)| *name == field.name())
    };
    let is_changed = |field: &&DealField| draft.form.is_changed(field.name());
    let is_wrong = |field: &&DealField| draft.form.has_fault(field.name());
    let mut fields = edit.fields.iter();
    let found = fields.clone().find(is_wrong);
    let found = found.or_else(|| fields.clone().find(names));
    let found = found.or_else(|| fields.find(is_changed));
    found.copied().unwrap_or(DealField::Amount)
}

/// What [`CardEditor`] needs.
#[derive(Properties, PartialEq)]
pub(super) struct CardEditorProps {
    /// What is asked.
    pub ask: EditAsk,
    /// The card as it shows now, unless it has left.
    pub card: Option<Rc<Deal>>,
    /// The currency of an amount that has none yet.
    pub house: Currency,
    /// The board as last drawn.
    pub latest: Same<Latest>,
    /// Closes it.
    pub on_close: Callback<()>,
}

/// Amount, expected close and next step of a card: at the card on a desk, a sheet on a phone.
#[component]
pub(super) fn CardEditor(props: &CardEditorProps) -> Html {
    use_lang();
    let is_phone = use_phone();
    let deal = props.card.clone().unwrap_or_else(|| props.ask.deal.clone());
    let id = deal.id;
    // A press beside it closes it, unless that would lose what was typed.
    let is_touched = use_state_eq(|| props.ask.draft.is_some());
    let on_touched = {
        let is_touched = is_touched.setter();
        Callback::from(move |is: bool| is_touched.set(is))
    };
    let on_close = {
        let (latest, on_close) = (props.latest.0.clone(), props.on_close.clone());
        Callback::from(move |()| {
            on_close.emit(());
            focus_card(&latest, id);
        })
    };
    let on_edit = {
        let (latest, on_close) = (props.latest.0.clone(), on_close.clone());
        Callback::from(move |edit: Edit| {
            let edit = Box::new(edit);
            latest
                .borrow()
                .dispatch(BoardAction::Edited { deal: id, edit });
            on_close.emit(());
        })
    };
    let title = t!("board.edit_named", deal = words::deal_name(&deal));
    let form = html! {
        <FactForm fields={DealField::CARD.to_vec()} first={props.ask.first} {deal} house={props.house} draft={props.ask.draft.clone()} {on_edit} {on_touched} on_close={on_close.clone()} />
    };
    if is_phone {
        html! { <Sheet {title} is_light={!*is_touched} {on_close}>{ form }</Sheet> }
    } else {
        html! { <Dialog {title} near={AttrValue::from(element_id(id))} is_light={!*is_touched} {on_close}>{ form }</Dialog> }
    }
}
