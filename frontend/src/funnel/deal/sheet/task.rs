//! A task with its day and person, ticked off in place, and the form that plans it.

use super::save::Write;
use super::use_focus_back;
use crate::accounts::parts::PersonPicker;
use crate::format;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::ui::{
    Button, ButtonKind, ButtonSize, CheckBox, Glyph, Icon, IconButton, TextField, use_id,
};
use shared::check::Validate;
use shared::error::{ErrorCode, FieldError};
use shared::funnel::{PlanTask, StageTask};
use shared::id::StageId;
use shared::identity::User;
use std::rc::Rc;
use yew::prelude::*;

/// What [`Task`] needs.
#[derive(Properties, PartialEq)]
pub struct TaskProps {
    /// The stage it belongs to.
    pub stage: StageId,
    /// The task.
    pub task: String,
    /// What is planned and done of it.
    pub known: Option<Rc<StageTask>>,
    /// The colleagues.
    pub people: Rc<Vec<User>>,
    /// Whether it may be planned.
    pub can_edit: bool,
    /// Whether its form is open.
    pub is_open: bool,
    /// Whether something is being written.
    pub is_busy: bool,
    /// Opens and closes the form.
    pub on_open: Callback<bool>,
    /// Gets what is to be written.
    pub on_write: Callback<Write>,
}

/// A task of a stage.
#[component]
pub fn Task(props: &TaskProps) -> Html {
    let lang = use_lang();
    let id = use_id();
    use_focus_back(props.is_open, &id);
    let known = props.known.as_deref();
    let plan = PlanTask::of(props.stage, &props.task, known);
    let is_done = plan.is_done;
    // While the form is open, only what somebody else planned meanwhile is shown beside it.
    let before = use_mut_ref(|| None::<Rc<StageTask>>);
    if !props.is_open {
        before.borrow_mut().clone_from(&props.known);
    }
    let is_new = *before.borrow() != props.known;
    let tick = {
        let plan = plan.clone();
        props.on_write.reform(move |is_done: bool| {
            Write::Plan(PlanTask {
                is_done,
                ..plan.clone()
            })
        })
    };
    html! {
        <li class={classes!("chore", is_done.then_some("is-done"))}>
            <CheckBox label={props.task.clone()} is_checked={is_done} is_disabled={!props.can_edit || props.is_busy} on_change={tick} />
            if props.can_edit && !props.is_open {
                <IconButton {id} glyph={Glyph::Calendar} size={ButtonSize::Small} label={t!("stage_sheet.plan_one", task = props.task.clone())} on_click={props.on_open.reform(|_: MouseEvent| true)} />
            }
            if let Some(known) = known.filter(|_| !props.is_open || is_new) { { told(lang, known) } }
            if props.is_open {
                <PlanForm {plan} people={props.people.clone()} is_busy={props.is_busy} on_write={props.on_write.reform(Write::Plan)} on_close={props.on_open.reform(|()| false)} />
            }
        </li>
    }
}

/// What is planned and done of a task, in words.
fn told(lang: Lang, known: &StageTask) -> Html {
    let today = format::today();
    let is_late = known.is_overdue(today);
    let due = known.due_on.map(|day| {
        if is_late {
            format::due(lang, day, today)
        } else {
            t!("stage_sheet.due", day = format::day(lang, day, today)).into_owned()
        }
    });
    let when = known.done_at.map(|at| {
        let day = format::date(lang, format::local(at).date());
        match &known.done_by_name {
            Some(who) => t!("stage_sheet.done_by", who = who, day = day).into_owned(),
            None => t!("stage_sheet.done_on", day = day).into_owned(),
        }
    });
    let is_done = when.is_some();
    html! {
        <div class="told">
            if let Some(when) = when { <span>{ when }</span> }
            if let Some(due) = due.filter(|_| !is_done) { <span class={classes!("num", is_late.then_some("warn"))}>{ due }</span> }
            if let Some(who) = known.person_name.clone().filter(|_| !is_done) { <span>{ who }</span> }
            if !known.note.is_empty() { <span>{ &known.note }</span> }
            if let Some(url) = &known.url {
                <a href={format::web(url)} target="_blank" rel="noopener noreferrer"><Icon glyph={Glyph::Link} /><span class="trunc">{ url }</span></a>
            }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct PlanFormProps {
    plan: PlanTask,
    people: Rc<Vec<User>>,
    is_busy: bool,
    on_write: Callback<PlanTask>,
    on_close: Callback<()>,
}

#[component]
fn PlanForm(props: &PlanFormProps) -> Html {
    let lang = use_lang();
    let plan = use_state_eq(|| props.plan.clone());
    let day = use_state_eq(|| {
        let day = props.plan.due_on.map(|day| day.to_string());
        day.unwrap_or_default()
    });
    let faults = use_state_eq(Vec::<FieldError>::new);
    let fault = |pointer: &str| -> Option<AttrValue> {
        let fault = faults.iter().find(|fault| fault.pointer == pointer)?;
        Some(crate::api::field_message(lang, fault).into())
    };
    let set = |change: fn(&mut PlanTask, String)| {
        let plan = plan.clone();
        Callback::from(move |text: String| {
            let mut next = (*plan).clone();
            change(&mut next, text);
            plan.set(next);
        })
    };
    let onsubmit = {
        let (plan, day) = (plan.clone(), day.clone());
        let (faults, on_write) = (faults.setter(), props.on_write.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let due_on = match day.trim() {
                "" => None,
                text => match text.parse() {
                    Ok(day) => Some(day),
                    Err(_) => {
                        let fault = FieldError::new("/due_on", ErrorCode::BadFormat);
                        return faults.set(vec![fault]);
                    }
                },
            };
            let body = PlanTask {
                due_on,
                url: shared::check::tidy(plan.url.clone()),
                ..(*plan).clone()
            };
            match body.validated() {
                Ok(()) => on_write.emit(body),
                Err(found) => faults.set(found),
            }
        })
    };
    html! {
        <form class="form file-form" {onsubmit} novalidate=true>
            <div class="two">
                <TextField label={t!("stage_sheet.due_on")} kind="date" value={(*day).clone()} on_input={let day = day.setter(); move |text| day.set(text)} error={fault("/due_on")} is_focused=true />
                <PersonPicker label={t!("stage_sheet.person")} value={plan.person_id.map(|id| id.to_string()).unwrap_or_default()} none={AttrValue::from(t!("stage_sheet.nobody").into_owned())} people={props.people.clone()} on_change={set(|plan, id| plan.person_id = id.parse().ok())} error={fault("/person_id")} />
            </div>
            <TextField label={t!("stage_sheet.note")} value={plan.note.clone()} on_input={set(|plan, text| plan.note = text)} error={fault("/note")} max_length={500} />
            <TextField label={t!("stage_sheet.link")} value={plan.url.clone().unwrap_or_default()} on_input={set(|plan, text| plan.url = Some(text))} error={fault("/url")} inputmode="url" max_length={500} />
            <div class="row end">
                <Button on_click={props.on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
                <Button kind={ButtonKind::Primary} is_submit=true is_busy={props.is_busy}>{ t!("ui.save") }</Button>
            </div>
        </form>
    }
}
