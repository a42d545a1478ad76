//! A push question with its answer, and the form that answers it in place.

use super::save::Write;
use super::use_focus_back;
use crate::format;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{Button, ButtonKind, ButtonSize, Glyph, Icon, IconButton, TextArea, use_id};
use shared::check::Validate;
use shared::error::{ErrorCode, FieldError};
use shared::funnel::{AnswerQuestion, PushAnswer};
use shared::id::StageId;
use std::rc::Rc;
use yew::prelude::*;

/// What [`Question`] needs.
#[derive(Properties, PartialEq)]
pub struct QuestionProps {
    /// The stage that asks.
    pub stage: StageId,
    /// The question.
    pub question: String,
    /// Its answer.
    pub answer: Option<Rc<PushAnswer>>,
    /// Whether it may be answered.
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

/// A push question.
#[component]
pub fn Question(props: &QuestionProps) -> Html {
    let lang = use_lang();
    let id = use_id();
    use_focus_back(props.is_open, &id);
    let is_met = props.answer.is_some();
    // While the form is open, only what somebody else answered meanwhile is shown beside it.
    let before = use_mut_ref(|| None::<Rc<PushAnswer>>);
    if !props.is_open {
        before.borrow_mut().clone_from(&props.answer);
    }
    let is_new = {
        let before = before.borrow();
        let text = |answer: &Option<Rc<PushAnswer>>| answer.as_ref().map(|one| one.text.clone());
        text(&before) != text(&props.answer)
    };
    let question = props.question.clone();
    let show = props.on_open.reform(|_: MouseEvent| true);
    let write = {
        let (stage_id, question) = (props.stage, props.question.clone());
        props.on_write.reform(move |text: String| {
            let question = question.clone();
            Write::Answer(AnswerQuestion {
                stage_id,
                question,
                text,
            })
        })
    };
    html! {
        <li class="crit asked">
            <span class={if is_met { "ok" } else { "open" }}>
                <Icon glyph={if is_met { Glyph::Met } else { Glyph::Unmet }} />
                <span class="sr">{ if is_met { t!("stage_sheet.is_answered") } else { t!("stage_sheet.is_open") } }</span>
            </span>
            <div>
                <p>{ &props.question }</p>
                if let Some(answer) = props.answer.as_ref().filter(|_| !props.is_open || is_new) {
                    <p class="said">{ &answer.text }</p>
                    <small>
                        if let Some(who) = &answer.answered_by_name { { who }{ " \u{b7} " } }
                        <span class="num">{ format::date(lang, format::local(answer.answered_at).date()) }</span>
                    </small>
                }
            </div>
            <span class="row acts">
                if props.can_edit && !props.is_open {
                    if is_met {
                        <IconButton {id} glyph={Glyph::Edit} size={ButtonSize::Small} label={t!("stage_sheet.change_one", question = question.clone())} on_click={show} />
                        <IconButton glyph={Glyph::Close} size={ButtonSize::Small} label={t!("stage_sheet.erase_one", question = question)} on_click={write.reform(|_: MouseEvent| String::new())} />
                    } else {
                        <Button {id} size={ButtonSize::Small} label={AttrValue::from(t!("stage_sheet.answer_one", question = question).into_owned())} on_click={show}>{ t!("stage_sheet.answer") }</Button>
                    }
                }
            </span>
            if props.is_open {
                <AnswerForm stage={props.stage} question={props.question.clone()} text={props.answer.as_ref().map(|answer| answer.text.clone()).unwrap_or_default()} is_busy={props.is_busy} on_write={write} on_close={props.on_open.reform(|()| false)} />
            }
        </li>
    }
}

#[derive(Properties, PartialEq)]
struct AnswerFormProps {
    stage: StageId,
    question: String,
    text: String,
    is_busy: bool,
    on_write: Callback<String>,
    on_close: Callback<()>,
}

#[component]
fn AnswerForm(props: &AnswerFormProps) -> Html {
    let lang = use_lang();
    let text = use_state_eq(|| props.text.clone());
    let fault = use_state_eq(|| None::<FieldError>);
    let onsubmit = {
        let (stage_id, question) = (props.stage, props.question.clone());
        let (text, fault, on_write) = (text.clone(), fault.setter(), props.on_write.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let body = AnswerQuestion {
                stage_id,
                question: question.clone(),
                text: text.trim().to_owned(),
            };
            // To erase an answer has a button of its own.
            let mut found = body.validated().err().unwrap_or_default();
            if body.text.is_empty() {
                found.push(FieldError::new("/text", ErrorCode::Required));
            }
            match found.into_iter().next() {
                Some(found) => fault.set(Some(found)),
                None => on_write.emit(body.text),
            }
        })
    };
    let error = fault
        .as_ref()
        .map(|fault| AttrValue::from(crate::api::field_message(lang, fault)));
    html! {
        <form class="form file-form" {onsubmit} novalidate=true>
            <TextArea label={t!("stage_sheet.your_answer")} value={(*text).clone()} on_input={let text = text.setter(); move |now| text.set(now)} {error} rows={3} max_length={2_000} is_focused=true />
            <div class="row end">
                <Button on_click={props.on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
                <Button kind={ButtonKind::Primary} is_submit=true is_busy={props.is_busy}>{ t!("ui.save") }</Button>
            </div>
        </form>
    }
}
