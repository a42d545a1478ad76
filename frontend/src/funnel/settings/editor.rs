//! One funnel being changed: its name, its stages in their order, and its end.

use super::draft::{Draft, DraftAction};
use super::page::first_fault;
use super::stage::StageRow;
use crate::api::use_api;
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{Button, ButtonKind, Dialog, Glyph, Notice, TextField, Toast, Tone, use_toasts};
use shared::error::ErrorCode;
use shared::funnel::{Funnel, StageFields};
use std::rc::Rc;
use yew::prelude::*;

/// What [`Editor`] needs.
#[derive(Properties, PartialEq)]
pub struct EditorProps {
    /// The funnel as the server has it.
    pub funnel: Rc<Funnel>,
    /// Whether it may be changed.
    pub can_edit: bool,
    /// It was changed.
    pub on_change: Callback<()>,
}

/// A funnel with its stages.
#[component]
pub fn Editor(props: &EditorProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let draft = use_reducer(|| Draft::of(&props.funnel));
    let is_archiving = use_state_eq(|| false);
    // A newer version takes over, unless something is being changed here.
    use_effect_with(props.funnel.clone(), {
        let draft = draft.clone();
        move |funnel| {
            if !draft.is_touched() {
                draft.dispatch(DraftAction::Reset(funnel.clone()));
            }
        }
    });
    let save = {
        let (draft, funnel, on_change) =
            (draft.clone(), props.funnel.clone(), props.on_change.clone());
        let (api, toasts) = (api.clone(), toasts.clone());
        Callback::from(move |_: MouseEvent| {
            let patch = match draft.patch() {
                Ok(patch) => patch,
                Err(faults) => return draft.dispatch(DraftAction::Refused(faults)),
            };
            draft.dispatch(DraftAction::Sent);
            let (api, toasts, draft, funnel, on_change) = (
                api.clone(),
                toasts.clone(),
                draft.dispatcher(),
                funnel.clone(),
                on_change.clone(),
            );
            browser::spawn(async move {
                match api.patch_funnel(funnel.id, funnel.version, &patch).await {
                    Ok(saved) => {
                        toasts.show(Toast::done(t!("funnel.saved", locale = lang.tag())));
                        draft.dispatch(DraftAction::Reset(Rc::new(saved)));
                        on_change.emit(());
                    }
                    Err(error) => {
                        let text = match error.code() {
                            Some(ErrorCode::Stale) => {
                                t!("funnel.stale", locale = lang.tag()).into_owned()
                            }
                            Some(ErrorCode::NotEmpty) => {
                                t!("funnel.not_empty", locale = lang.tag()).into_owned()
                            }
                            _ => first_fault(lang, &error),
                        };
                        toasts.show(Toast::failed(text));
                        draft.dispatch(DraftAction::Refused(error.fields().to_vec()));
                        if let Some(now) = current(&error) {
                            draft.dispatch(DraftAction::Reset(Rc::new(now)));
                            on_change.emit(());
                        }
                    }
                }
            });
        })
    };
    let discard = {
        let (draft, funnel) = (draft.clone(), props.funnel.clone());
        Callback::from(move |_: MouseEvent| draft.dispatch(DraftAction::Reset(funnel.clone())))
    };
    let on_stage = {
        let draft = draft.dispatcher();
        Callback::from(move |action: DraftAction| draft.dispatch(action))
    };
    let whole = draft.fault(lang, "/stages");
    html! {
        <section class="panel funnel-editor" aria-label={props.funnel.name.clone()}>
            <div class="body form">
                <TextField
                    label={t!("funnel.name")}
                    value={draft.name.clone()}
                    on_input={on_stage.reform(DraftAction::Named)}
                    error={draft.fault(lang, "/name")}
                    is_read_only={!props.can_edit}
                    is_required=true
                    max_length={100}
                />
                if let Some(whole) = whole { <Notice tone={Tone::Negative} is_alert=true>{ whole }</Notice> }
            </div>
            <ol class="stage-rows" aria-label={t!("funnel.stages")}>
                for (index, stage) in draft.stages.iter().enumerate() {
                    <StageRow
                        key={stage.id.map_or_else(|| format!("new-{index}"), |id| id.to_string())}
                        {index}
                        of={draft.stages.len()}
                        fields={Rc::new(stage.fields.clone())}
                        draft={Rc::new((*draft).clone())}
                        can_edit={props.can_edit}
                        on_action={on_stage.clone()}
                    />
                }
            </ol>
            if props.can_edit {
                <div class="body row wrap">
                    <Button icon={Glyph::Plus} on_click={on_stage.reform(|_| DraftAction::Added(t!("funnel.new_stage").into_owned()))}>{ t!("funnel.add_stage") }</Button>
                    <Button kind={ButtonKind::Danger} icon={Glyph::Archive} on_click={let archiving = is_archiving.setter(); move |_| archiving.set(true)}>{ t!("funnel.archive") }</Button>
                    <span class="push" />
                    if draft.is_touched() {
                        <span class="muted t12" role="status">{ t!("funnel.unsaved") }</span>
                        <Button on_click={discard}>{ t!("funnel.discard") }</Button>
                    }
                    <Button kind={ButtonKind::Primary} is_disabled={!draft.is_touched()} is_busy={draft.is_busy} on_click={save}>{ t!("funnel.save") }</Button>
                </div>
            }
            if *is_archiving { <ArchiveDialog funnel={props.funnel.clone()} on_change={props.on_change.clone()} on_close={let archiving = is_archiving.setter(); move |()| archiving.set(false)} /> }
        </section>
    }
}

fn current(error: &crate::api::ApiError) -> Option<Funnel> {
    match error {
        crate::api::ApiError::Problem(problem) if error.is_stale() => {
            serde_json::from_value(problem.current.clone()?).ok()
        }
        _ => None,
    }
}

#[derive(Properties, PartialEq)]
struct ArchiveDialogProps {
    funnel: Rc<Funnel>,
    on_change: Callback<()>,
    on_close: Callback<()>,
}

#[component]
fn ArchiveDialog(props: &ArchiveDialogProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let archive = {
        let (funnel, on_change, on_close) = (
            props.funnel.clone(),
            props.on_change.clone(),
            props.on_close.clone(),
        );
        Callback::from(move |_: MouseEvent| {
            let (api, toasts, funnel, on_change, on_close) = (
                api.clone(),
                toasts.clone(),
                funnel.clone(),
                on_change.clone(),
                on_close.clone(),
            );
            browser::spawn(async move {
                match api.archive_funnel(funnel.id, funnel.version).await {
                    Ok(()) => toasts.show(Toast::done(t!("funnel.archived", locale = lang.tag()))),
                    Err(error) => toasts.show(Toast::failed(first_fault(lang, &error))),
                }
                on_close.emit(());
                on_change.emit(());
            });
        })
    };
    let footer = html! {
        <>
            <Button on_click={props.on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
            <Button kind={ButtonKind::Danger} on_click={archive}>{ t!("funnel.archive") }</Button>
        </>
    };
    html! {
        <Dialog title={t!("funnel.archive_title", name = props.funnel.name)} {footer} on_close={props.on_close.clone()}><p>{ t!("funnel.archive_text") }</p></Dialog>
    }
}

/// A stage's fields with one of them changed.
pub(super) fn with(fields: &StageFields, change: impl FnOnce(&mut StageFields)) -> StageFields {
    let mut fields = fields.clone();
    change(&mut fields);
    fields
}
