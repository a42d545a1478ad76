//! The row at the top of a column that adds deals: a title, perhaps an account and an amount. Enter saves
//! and leaves the row open for the next; Escape closes it.

use super::focus::{Latest, lane_element};
use super::quick::{Quick, QuickAction, QuickId, Refused};
use crate::accounts::form::{Form, FormAction, Texts};
use crate::accounts::parts::AccountPicker;
use crate::api::use_api;
use crate::browser;
use crate::funnel::deal::new::{first_texts, new_deal};
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::identity::use_me;
use crate::load::use_here;
use crate::ui::{
    Button, ButtonKind, ButtonSize, Glyph, Icon, IconButton, TextField, Toast, use_announcer,
    use_toasts,
};
use shared::funnel::{Deal, Funnel, NewDeal, Stage, StageKind};
use shared::id::{AccountId, StageId};
use shared::money::Currency;
use std::collections::BTreeSet;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// The fields of the row, which show their own faults.
const FIELDS: [&str; 3] = ["title", "account_id", "amount"];

/// Whether deals can be added in a stage: a lost one asks why first, and no row does.
#[must_use]
pub fn takes_new(stage: &Stage) -> bool {
    stage.fields.kind != StageKind::Lost && stage.takes_deals()
}

/// The columns whose row is open, and how it opens and closes.
pub(super) struct QuickLanes {
    /// The columns.
    pub open: Rc<BTreeSet<StageId>>,
    /// Opens the row of a column, or returns to it.
    pub on_add: Callback<StageId>,
    /// Closes it.
    pub on_close: Callback<StageId>,
}

/// The rows of a board.
#[hook]
pub(super) fn use_quick(latest: &Latest) -> QuickLanes {
    let open = use_state_eq(Rc::<BTreeSet<StageId>>::default);
    // The same, for callbacks that outlive a drawing.
    let now = use_mut_ref(BTreeSet::new);
    // What had the focus before a row took it.
    let before = use_mut_ref(|| None::<web_sys::HtmlElement>);
    let on_add = use_callback((), {
        let (open, now) = (open.setter(), now.clone());
        let (before, latest) = (before.clone(), latest.clone());
        move |stage: StageId, ()| {
            if !latest.borrow().stage(stage).is_some_and(takes_new) {
                return;
            }
            before.replace(browser::focused());
            if now.borrow_mut().insert(stage) {
                open.set(Rc::new(now.borrow().clone()));
            } else if let Some(lane) = lane_element(stage) {
                focus_title(&lane);
            }
        }
    });
    let on_close = use_callback((), {
        let open = open.setter();
        move |stage: StageId, ()| {
            now.borrow_mut().remove(&stage);
            open.set(Rc::new(now.borrow().clone()));
            let is_left = |element: &web_sys::HtmlElement| {
                element.is_connected() && element.tag_name() != "BODY"
            };
            // Nothing is left of it where the small app opened the row and the whole one took its place.
            let back = before.take().filter(is_left);
            if let Some(element) = back.or_else(|| first_in(stage)) {
                let _ = element.focus();
            }
        }
    });
    QuickLanes {
        open: (*open).clone(),
        on_add,
        on_close,
    }
}

/// What is first in a column to have the focus.
fn first_in(stage: StageId) -> Option<web_sys::HtmlElement> {
    let first = lane_element(stage)?.query_selector(".deal[data-deal], .col-add");
    first.ok().flatten()?.dyn_into().ok()
}

fn focus_title(within: &web_sys::Element) {
    let title = within.query_selector(".quick-row input").ok().flatten();
    if let Some(title) = title.and_then(|title| title.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = title.focus();
    }
}

/// What [`QuickRow`] needs.
#[derive(Properties, PartialEq)]
pub struct QuickRowProps {
    /// The funnel.
    pub funnel: Rc<Funnel>,
    /// The stage the deals begin in.
    pub stage: Rc<Stage>,
    /// The currency of amounts.
    pub house: Currency,
    /// Gets each deal as made.
    pub on_made: Callback<Deal>,
    /// Asked to close.
    pub on_close: Callback<StageId>,
}

/// The row.
#[component]
pub fn QuickRow(props: &QuickRowProps) -> Html {
    let lang = use_lang();
    let me = use_me();
    let stage = props.stage.id;
    let row = use_reducer_eq(|| Quick::new(first_texts(Some(stage), me.as_deref())));
    let frame = use_node_ref();
    let send = use_send(props, &row);
    let onsubmit = {
        let (frame, row, send) = (frame.clone(), row.clone(), send.clone());
        let (funnel, house) = (props.funnel.clone(), props.house);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            match new_deal(&row.form, &funnel, house) {
                Ok(deal) => send.emit(deal),
                Err(faults) => row.dispatch(QuickAction::Form(FormAction::Refused(faults))),
            }
            if let Some(frame) = frame.cast::<web_sys::Element>() {
                focus_title(&frame);
            }
        })
    };
    let onkeydown = {
        let on_close = props.on_close.clone();
        Callback::from(move |event: KeyboardEvent| {
            let is_taken = event.default_prevented() || event.is_composing();
            if event.key() == "Escape" && !is_taken {
                event.prevent_default();
                event.stop_propagation();
                on_close.emit(stage);
            }
        })
    };
    let label = t!("board.add_deal_to", stage = props.stage.fields.name);
    html! {
        <form ref={frame} class="quick-row" aria-label={label.into_owned()} {onsubmit} {onkeydown} novalidate=true>
            { waiting(&row.sent) }
            { came_back(&row, lang) }
            { fields(&row, lang, props.house) }
            if let Some(wrong) = beside(&row.form, lang) {
                <p class="hint err" role="alert"><Icon glyph={Glyph::Alert} /><span>{ wrong }</span></p>
            }
            <div class="row">
                <Button kind={ButtonKind::Primary} size={ButtonSize::Small} is_submit=true>{ t!("board.quick_add") }</Button>
                <Button size={ButtonSize::Small} on_click={props.on_close.reform(move |_| stage)}>{ t!("ui.close") }</Button>
            </div>
        </form>
    }
}

/// What is wrong with more than one field, or with one that the row does not show.
fn beside(form: &Form, lang: Lang) -> Option<AttrValue> {
    let whole = form.error.as_ref().map(|error| error.message(lang).into());
    whole.or_else(|| form.fault_beside(lang, &FIELDS))
}

fn fields(row: &UseReducerHandle<Quick>, lang: Lang, house: Currency) -> Html {
    let form = &row.form;
    let typed = |name: &'static str| {
        let row = row.dispatcher();
        Callback::from(move |text: String| {
            row.dispatch(QuickAction::Form(FormAction::Typed(name, text)));
        })
    };
    let on_pick = {
        let (id, name) = (typed("account_id"), typed("account_name"));
        Callback::from(move |picked: Option<(AccountId, AttrValue)>| {
            let picked = picked.map(|(id, name)| (id.to_string(), name.to_string()));
            let (picked, words) = picked.unwrap_or_default();
            id.emit(picked);
            name.emit(words);
        })
    };
    let words = |name: &str| {
        let key = format!("deal.field.{name}");
        AttrValue::from(t!(&key).into_owned())
    };
    html! {
        <>
            <TextField label={words("title")} placeholder={words("title")} value={form.text("title")} on_input={typed("title")} error={form.fault(lang, "title")} autocomplete="off" is_focused=true max_length={200} />
            <div class="two">
                <AccountPicker label={words("account_id")} placeholder={words("account_id")} text={form.text("account_name")} {on_pick} error={form.fault(lang, "account_id")} />
                <TextField label={words("amount")} placeholder={words("amount")} value={form.text("amount")} on_input={typed("amount")} error={form.fault(lang, "amount")} autocomplete="off" inputmode="decimal" unit={AttrValue::from(house.to_string())} />
            </div>
        </>
    }
}

/// The deals on their way, by their titles.
fn waiting(sent: &[(QuickId, Texts)]) -> Html {
    html! {
        for (id, texts) in sent {
            <p key={*id} class="quick-sent trunc"><span class="ring" aria-hidden="true" />{ texts.get("title").cloned() }</p>
        }
    }
}

/// The deals that were not made while something else was typed.
fn came_back(row: &UseReducerHandle<Quick>, lang: Lang) -> Html {
    let line = |it: &Refused| {
        let (id, dispatch) = (it.id, row.dispatcher());
        let act = |action: QuickAction| {
            let dispatch = dispatch.clone();
            Callback::from(move |_: MouseEvent| dispatch.dispatch(action.clone()))
        };
        let title = it.texts.get("title").cloned().unwrap_or_default();
        html! {
            <div key={id} class="quick-back">
                <span class="fill"><b class="trunc">{ title }</b>{ it.error.as_ref().map(|error| error.message(lang)) }</span>
                <IconButton glyph={Glyph::Edit} size={ButtonSize::Small} label={t!("board.quick_again")} on_click={act(QuickAction::Taken(id))} />
                <IconButton glyph={Glyph::Close} size={ButtonSize::Small} label={t!("board.quick_drop")} on_click={act(QuickAction::Dropped(id))} />
            </div>
        }
    };
    html! { for it in &row.refused { { line(it) } } }
}

/// Sends a deal; the answer finds the row, or a toast when it was closed meanwhile.
#[hook]
fn use_send(props: &QuickRowProps, row: &UseReducerHandle<Quick>) -> Callback<NewDeal> {
    let (api, lang, here) = (use_api(), use_lang(), use_here());
    let (toasts, announcer) = (use_toasts(), use_announcer());
    let (row, on_made, stage) = (row.clone(), props.on_made.clone(), props.stage.clone());
    Callback::from(move |deal: NewDeal| {
        let id = row.next();
        row.dispatch(QuickAction::Sent);
        let (api, row, on_made, stage) = (
            api.clone(),
            row.dispatcher(),
            on_made.clone(),
            stage.clone(),
        );
        let (here, toasts, announcer) = (here.clone(), toasts.clone(), announcer.clone());
        browser::spawn(async move {
            match api.create_deal(&deal).await {
                Ok(made) => {
                    let (locale, title) = (lang.tag(), made.title.clone());
                    let said = t!(
                        "board.said_added",
                        locale = locale,
                        deal = title,
                        stage = stage.fields.name
                    );
                    announcer.say(said.into_owned());
                    on_made.emit(made);
                    row.dispatch(QuickAction::Made(id));
                }
                Err(error) => {
                    let why = error.message(lang);
                    let said = t!(
                        "board.not_added",
                        locale = lang.tag(),
                        deal = deal.title,
                        why = why
                    );
                    if here.get() {
                        announcer.say(said.into_owned());
                    } else {
                        toasts.show(Toast::failed(said.into_owned()));
                    }
                    row.dispatch(QuickAction::Failed(id, error));
                }
            }
        });
    })
}
