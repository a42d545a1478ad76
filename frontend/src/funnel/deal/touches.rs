//! What is counted of a deal, on its page: how often, what it was, what rules did on it, and the dialog that
//! records more.

use crate::api::use_api;
use crate::browser;
use crate::format;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::load::use_load;
use crate::ui::{
    Button, ButtonKind, ButtonSize, Dialog, Glyph, IconButton, TextArea, TextField, Toast, draw,
    use_toasts,
};
use chrono::{DateTime, NaiveDate, Utc};
use shared::check::Validate;
use shared::error::FieldError;
use shared::funnel::{Deal, Funnel, NewTouch, RuleOutcome, RuleResult, Touch, TouchKind};
use shared::id::{StageId, TouchId};
use shared::page::Page;
use std::rc::Rc;
use strum::IntoEnumIterator;
use yew::prelude::*;

/// How many are listed before one asks for the rest.
const SHOWN: usize = 6;

/// What [`Touches`] needs.
#[derive(Properties, PartialEq)]
pub struct TouchesProps {
    /// The funnel, for the names of its stages.
    pub funnel: Rc<Funnel>,
    /// The deal.
    pub deal: Rc<Deal>,
    /// Whether something may be recorded.
    pub can_edit: bool,
    /// Gets the deal as it is afterwards.
    pub on_deal: Callback<Deal>,
}

/// What was counted of a deal.
#[component]
pub fn Touches(props: &TouchesProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let recording = use_state_eq(|| None::<TouchKind>);
    let is_whole = use_state_eq(|| false);
    let touches = use_load((props.deal.id, props.deal.version), {
        let api = api.clone();
        move |(id, _)| {
            let api = api.clone();
            async move { api.touches(id).await }
        }
    });
    let close = {
        let recording = recording.setter();
        Callback::from(move |()| recording.set(None))
    };
    // The deal has another version then, and perhaps another stage.
    let read_again = {
        let (api, id, on_deal) = (api.clone(), props.deal.id, props.on_deal.clone());
        Callback::from(move |()| {
            let (api, on_deal) = (api.clone(), on_deal.clone());
            browser::spawn(async move {
                if let Ok(deal) = api.deal(id).await {
                    on_deal.emit(deal);
                }
            });
        })
    };
    let on_recorded = {
        let (close, funnel, toasts) = (close.clone(), props.funnel.clone(), toasts.clone());
        let read_again = read_again.clone();
        Callback::from(move |touch: Touch| {
            let said = touch.outcome.as_ref();
            let text = said.map_or_else(
                || t!("touch.recorded", locale = lang.tag()).into_owned(),
                |outcome| told(lang, &funnel, outcome),
            );
            toasts.show(Toast::done(text));
            close.emit(());
            read_again.emit(());
        })
    };
    let on_withdraw = {
        let (deal, version) = (props.deal.id, props.deal.version);
        let on_deal = props.on_deal.clone();
        Callback::from(move |touch: TouchId| {
            let (api, toasts, on_deal) = (api.clone(), toasts.clone(), on_deal.clone());
            browser::spawn(async move {
                match api.withdraw_touch(deal, version, touch).await {
                    Ok(deal) => {
                        toasts.show(Toast::done(t!("touch.withdrawn", locale = lang.tag())));
                        on_deal.emit(deal);
                    }
                    Err(error) => toasts.show(Toast::failed(error.message(lang))),
                }
            });
        })
    };
    let counts = |page: &Page<Touch>| {
        html! {
            <div class="touch-kinds">
                for kind in TouchKind::iter() {
                    <div key={kind.as_ref().to_owned()} class="row">
                        <span>{ kind_name(kind) }</span>
                        <b class="num">{ count(page, kind) }</b>
                        if props.can_edit {
                            <Button size={ButtonSize::Small} icon={Glyph::Plus} label={AttrValue::from(t!("touch.record_one", kind = kind_name(kind)).into_owned())} on_click={let recording = recording.setter(); move |_| recording.set(Some(kind))}>{ t!("touch.record") }</Button>
                        }
                    </div>
                }
            </div>
        }
    };
    let list = |page: &Page<Touch>| {
        let most = if *is_whole { page.items.len() } else { SHOWN };
        html! {
            <ol class="stays">
                for touch in page.items.iter().take(most) { { row(lang, props, touch, &on_withdraw) } }
            </ol>
        }
    };
    html! {
        <section class="panel touches" aria-label={t!("touch.title")}>
            <header><h2>{ t!("touch.title") }</h2></header>
            <div class="body">
                { draw(&touches, |page| html! {
                    <>
                        { counts(page) }
                        if !page.items.is_empty() { { list(page) } }
                        if page.items.len() > SHOWN && !*is_whole {
                            <Button size={ButtonSize::Small} on_click={let is_whole = is_whole.setter(); move |_| is_whole.set(true)}>{ t!("touch.all") }</Button>
                        }
                    </>
                }) }
            </div>
            if let Some(kind) = *recording {
                <RecordDialog {kind} deal={props.deal.clone()} {on_recorded} on_close={close} />
            }
        </section>
    }
}

/// How many of a kind count; with a plus where the page does not have all.
fn count(page: &Page<Touch>, kind: TouchKind) -> String {
    let counted = page.items.iter();
    let counted = counted.filter(|touch| touch.kind == kind && touch.withdrawn_at.is_none());
    let more = if page.next_cursor.is_some() { "+" } else { "" };
    format!("{}{more}", counted.count())
}

/// A kind in words.
pub fn kind_name(kind: TouchKind) -> AttrValue {
    let key = format!("touch.kinds.{}", kind.as_ref());
    t!(&key).into_owned().into()
}

fn stage_name(funnel: &Funnel, id: StageId) -> String {
    let stage = funnel.stages.iter().find(|stage| stage.id == id);
    stage.map_or_else(
        || t!("touch.some_stage").into_owned(),
        |stage| stage.fields.name.clone(),
    )
}

/// What a rule did, in words.
fn told(lang: Lang, funnel: &Funnel, outcome: &RuleOutcome) -> String {
    let (rule, stage) = (
        outcome.rule_name.clone(),
        stage_name(funnel, outcome.to_stage_id),
    );
    let key = format!("touch.results.{}", outcome.result.as_ref());
    let said = t!(&key, locale = lang.tag(), rule = rule, stage = stage).into_owned();
    let lacking = outcome.missing.iter().map(|item| item.name.clone());
    let lacking: Vec<String> = lacking.collect();
    let why = match (lacking.is_empty(), outcome.code) {
        (false, _) => lacking.join(&*t!("timeline.joint", locale = lang.tag())),
        (true, Some(code)) => crate::api::field_message(lang, &FieldError::new("", code)),
        (true, None) => return said,
    };
    t!("touch.because", locale = lang.tag(), said = said, why = why).into_owned()
}

fn row(lang: Lang, props: &TouchesProps, touch: &Touch, on_withdraw: &Callback<TouchId>) -> Html {
    let is_gone = touch.withdrawn_at.is_some();
    let tone = |result: RuleResult| (result != RuleResult::Moved).then_some("warn");
    let name = kind_name(touch.kind);
    let withdraw = on_withdraw.reform({
        let id = touch.id;
        move |_| id
    });
    html! {
        <li key={touch.id.to_string()} class={classes!("stay", is_gone.then_some("is-gone"))}>
            <div class="fill">
                <div class="row">
                    <b>{ name.clone() }</b>
                    if let Some(who) = &touch.recorded_by_name { <span class="t12 muted trunc">{ who }</span> }
                    <span class="push num muted">{ format::moment_full(lang, touch.at) }</span>
                    if props.can_edit && !is_gone {
                        <IconButton glyph={Glyph::Undo} size={ButtonSize::Small} label={t!("touch.withdraw", kind = name)} on_click={withdraw} />
                    }
                </div>
                if !touch.note.is_empty() { <p class="t12">{ &touch.note }</p> }
                if let Some(outcome) = &touch.outcome { <p class={classes!("t12", tone(outcome.result))}>{ told(lang, &props.funnel, outcome) }</p> }
                if is_gone { <p class="t12 muted">{ t!("touch.gone") }</p> }
            </div>
        </li>
    }
}

#[derive(Properties, PartialEq)]
struct RecordDialogProps {
    kind: TouchKind,
    deal: Rc<Deal>,
    on_recorded: Callback<Touch>,
    on_close: Callback<()>,
}

/// The moment that a day stands for: now for today, noon for one before.
fn moment_of(day: NaiveDate, today: NaiveDate, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let noon = day.and_hms_opt(12, 0, 0)?.and_utc();
    // A day behind ours may still be ahead of the server's noon.
    (day != today).then(|| if day < today { noon.min(now) } else { noon })
}

#[component]
fn RecordDialog(props: &RecordDialogProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let today = format::today();
    let day = use_state_eq(|| today.to_string());
    let note = use_state_eq(String::new);
    let faults = use_state_eq(Vec::<FieldError>::new);
    let is_busy = use_state_eq(|| false);
    let fault = |pointer: &str| -> Option<AttrValue> {
        let fault = faults.iter().find(|fault| fault.pointer == pointer)?;
        Some(crate::api::field_message(lang, fault).into())
    };
    let onsubmit = {
        let (deal, kind, on_recorded) = (props.deal.id, props.kind, props.on_recorded.clone());
        let (day, note) = (day.clone(), note.clone());
        let (faults, is_busy) = (faults.setter(), is_busy.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if *is_busy {
                return;
            }
            let Ok(on) = day.parse::<NaiveDate>() else {
                let code = shared::error::ErrorCode::BadFormat;
                return faults.set(vec![FieldError::new("/at", code)]);
            };
            let touch = NewTouch {
                kind,
                at: moment_of(on, today, format::now()),
                note: note.trim().to_owned(),
            };
            if let Err(found) = touch.validated() {
                return faults.set(found);
            }
            is_busy.set(true);
            let (api, toasts, on_recorded) = (api.clone(), toasts.clone(), on_recorded.clone());
            let (faults, is_busy) = (faults.clone(), is_busy.setter());
            browser::spawn(async move {
                match api.record_touch(deal, &touch).await {
                    Ok(touch) => on_recorded.emit(touch),
                    Err(error) => {
                        faults.set(error.fields().to_vec());
                        toasts.show(Toast::failed(error.message(lang)));
                    }
                }
                is_busy.set(false);
            });
        })
    };
    let footer = html! {
        <>
            <Button on_click={props.on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
            <Button kind={ButtonKind::Primary} is_submit=true form="touch-form" is_busy={*is_busy}>{ t!("touch.keep") }</Button>
        </>
    };
    html! {
        <Dialog title={t!("touch.record_one", kind = kind_name(props.kind))} {footer} on_close={props.on_close.clone()}>
            <form id="touch-form" class="form" {onsubmit} novalidate=true>
                <TextField label={t!("touch.day")} kind="date" value={(*day).clone()} on_input={let day = day.setter(); move |text| day.set(text)} error={fault("/at")} max={AttrValue::from(today.to_string())} is_required=true />
                <TextArea label={t!("touch.note")} value={(*note).clone()} on_input={let note = note.setter(); move |text| note.set(text)} error={fault("/note")} rows={3} max_length={500} />
            </form>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn today_is_now_and_a_day_before_is_its_noon_but_never_in_the_future() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        let now: DateTime<Utc> = "2026-11-22T08:00:00Z".parse().unwrap();
        assert_eq!(moment_of(day(22), day(22), now), None);
        let noon = "2026-11-20T12:00:00Z".parse().unwrap();
        assert_eq!(moment_of(day(20), day(22), now), Some(noon));
        // Where the calendar is a day ahead, yesterday's noon is still to come.
        assert_eq!(moment_of(day(22), day(23), now), Some(now));
        assert!(moment_of(day(23), day(22), now).unwrap() > now);
    }
}
