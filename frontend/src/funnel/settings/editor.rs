//! One funnel being changed: its name, its stages in their order, and its end.

use super::draft::{Draft, DraftAction};
use super::gate::GateDialog;
use super::page::first_fault;
use super::removal::{Gone, Leaving, RemovalDialog};
use super::rules::RulesDialog;
use super::stage::StageRow;
use crate::api::{Api, use_api};
use crate::browser;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::ui::{
    Button, ButtonKind, Dialog, Glyph, Notice, TextField, Toast, Toasts, Tone, use_toasts,
};
use shared::error::{ErrorCode, FieldError};
use shared::funnel::{BoardFilter, Funnel, FunnelPatch, Grouping, StageFields};
use shared::id::StageId;
use std::collections::BTreeMap;
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
    let is_ruling = use_state_eq(|| false);
    let gate_of = use_state_eq(|| None::<StageId>);
    // A newer version takes over, unless something is being changed here.
    use_effect_with(props.funnel.clone(), {
        let draft = draft.clone();
        move |funnel| {
            if !draft.is_touched() {
                draft.dispatch(DraftAction::Reset(funnel.clone()));
            }
        }
    });
    let asked = use_state(|| None::<Rc<Vec<Gone>>>);
    let send = {
        let (funnel, on_change) = (props.funnel.clone(), props.on_change.clone());
        let (api, toasts, asked) = (api.clone(), toasts.clone(), asked.setter());
        let dispatcher = draft.dispatcher();
        Callback::from(move |draft: Draft| {
            let patch = match draft.patch() {
                Ok(patch) => patch,
                Err(faults) => return dispatcher.dispatch(DraftAction::Refused(faults)),
            };
            dispatcher.dispatch(DraftAction::Sent);
            let sent = Sent {
                api: api.clone(),
                toasts: toasts.clone(),
                draft: dispatcher.clone(),
                funnel: funnel.clone(),
                on_change: on_change.clone(),
                asked: asked.clone(),
                gone: draft.gone(),
                lang,
            };
            browser::spawn(sent.save(patch));
        })
    };
    let on_save = {
        let (draft, send) = (draft.clone(), send.clone());
        Callback::from(move |_: MouseEvent| send.emit((*draft).clone()))
    };
    let on_choose = {
        let (draft, asked) = (draft.clone(), asked.setter());
        Callback::from(move |moved: BTreeMap<StageId, StageId>| {
            asked.set(None);
            draft.dispatch(DraftAction::Destined(moved.clone()));
            let mut draft = (*draft).clone();
            draft.moved = moved;
            send.emit(draft);
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
    let kept = |id: StageId| {
        let mut stages = props.funnel.stages.iter();
        let stage = stages.find(|stage| stage.id == id)?;
        Some(Rc::new(stage.clone()))
    };
    let whole = draft.fault(lang, "/stages");
    html! {
        <section class="panel funnel-editor" aria-label={props.funnel.name.clone()}>
            <div class="body form">
                <div class="two">
                <TextField
                    label={t!("funnel.name")}
                    value={draft.name.clone()}
                    on_input={on_stage.reform(DraftAction::Named)}
                    error={draft.fault(lang, "/name")}
                    is_read_only={!props.can_edit}
                    is_required=true
                    max_length={100}
                />
                <TextField
                    label={t!("funnel.product_line")}
                    value={draft.line.clone()}
                    on_input={on_stage.reform(DraftAction::Lined)}
                    error={draft.fault(lang, "/product_line")}
                    hint={AttrValue::from(t!("funnel.product_line_hint").into_owned())}
                    is_read_only={!props.can_edit}
                    max_length={100}
                />
                </div>
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
                        kept={stage.id.and_then(&kept)}
                        on_gate={let of = gate_of.setter(); move |id| of.set(Some(id))}
                    />
                }
            </ol>
            if props.funnel.stages.iter().any(|stage| !stage.takes_deals()) { <Leaving funnel={props.funnel.clone()} /> }
            if props.can_edit {
                <div class="body row wrap">
                    <Button icon={Glyph::Plus} on_click={on_stage.reform(|_| DraftAction::Added(t!("funnel.new_stage").into_owned()))}>{ t!("funnel.add_stage") }</Button>
                    <Button icon={Glyph::Sliders} on_click={let ruling = is_ruling.setter(); move |_| ruling.set(true)}>{ t!("rules.title") }</Button>
                    <Button kind={ButtonKind::Danger} icon={Glyph::Archive} on_click={let archiving = is_archiving.setter(); move |_| archiving.set(true)}>{ t!("funnel.archive") }</Button>
                    <span class="push" />
                    if draft.is_touched() {
                        <span class="muted t12" role="status">{ t!("funnel.unsaved") }</span>
                        <Button on_click={discard}>{ t!("funnel.discard") }</Button>
                    }
                    <Button kind={ButtonKind::Primary} is_disabled={!draft.is_touched()} is_busy={draft.is_busy} on_click={on_save}>{ t!("funnel.save") }</Button>
                </div>
            }
            if let Some(gone) = &*asked { <RemovalDialog funnel={props.funnel.clone()} stages={Rc::new(draft.stages.clone())} gone={gone.clone()} {on_choose} on_close={let asked = asked.setter(); move |()| asked.set(None)} /> }
            if let Some(stage) = (*gate_of).and_then(&kept) {
                <GateDialog {stage} can_edit={props.can_edit} on_saved={props.on_change.clone()} on_close={let of = gate_of.setter(); move |()| of.set(None)} />
            }
            if *is_ruling { <RulesDialog funnel={props.funnel.clone()} can_edit={props.can_edit} on_saved={props.on_change.clone()} on_close={let ruling = is_ruling.setter(); move |()| ruling.set(false)} /> }
            if *is_archiving { <ArchiveDialog funnel={props.funnel.clone()} on_change={props.on_change.clone()} on_close={let archiving = is_archiving.setter(); move |()| archiving.set(false)} /> }
        </section>
    }
}

/// A draft on its way to the server.
struct Sent {
    api: Api,
    toasts: Toasts,
    draft: UseReducerDispatcher<Draft>,
    funnel: Rc<Funnel>,
    on_change: Callback<()>,
    asked: UseStateSetter<Option<Rc<Vec<Gone>>>>,
    gone: Vec<StageId>,
    lang: Lang,
}

impl Sent {
    /// Saves the change, or finds out what has to be asked first.
    async fn save(self, patch: FunnelPatch) {
        let lang = self.lang;
        if patch.moved.is_empty() && !self.gone.is_empty() {
            let mut held = self.counted().await;
            held.retain(|(_, count)| count.is_some());
            if !held.is_empty() {
                return self.ask(held);
            }
        }
        let error = match self
            .api
            .patch_funnel(self.funnel.id, self.funnel.version, &patch)
            .await
        {
            Ok(saved) => {
                let text = match patch.moved.is_empty() {
                    true => t!("funnel.saved", locale = lang.tag()),
                    false => t!("funnel.saved_moving", locale = lang.tag()),
                };
                self.toasts.show(Toast::done(text));
                self.draft.dispatch(DraftAction::Reset(Rc::new(saved)));
                return self.on_change.emit(());
            }
            Err(error) => error,
        };
        let is_held =
            |fault: &FieldError| fault.pointer == "/stages" && fault.code == ErrorCode::NotEmpty;
        if !self.gone.is_empty() && error.fields().iter().any(is_held) {
            // Deals out of one's view are there as well, or came in just now.
            let gone = self.counted().await;
            return self.ask(gone);
        }
        let text = match error.code() {
            Some(ErrorCode::Stale) => t!("funnel.stale", locale = lang.tag()).into_owned(),
            _ => first_fault(lang, &error),
        };
        self.toasts.show(Toast::failed(text));
        self.draft
            .dispatch(DraftAction::Refused(error.fields().to_vec()));
        if let Some(now) = error.current::<Funnel>() {
            self.draft.dispatch(DraftAction::Reset(Rc::new(now)));
            self.on_change.emit(());
        }
    }

    /// Asks where the deals go of these stages.
    fn ask(self, gone: Vec<Gone>) {
        self.draft.dispatch(DraftAction::Refused(Vec::new()));
        self.asked.set(Some(Rc::new(gone)));
    }

    /// The stages that go, with how many deals stand in them as far as one sees.
    async fn counted(&self) -> Vec<Gone> {
        let all = BoardFilter::default();
        let totals = self
            .api
            .board_totals(self.funnel.id, &all, Grouping::Stage)
            .await;
        let columns = totals.map(|totals| totals.columns).unwrap_or_default();
        let count = |id: StageId| {
            let column = columns.iter().find(|column| column.stage_id == id)?;
            Some(column.totals.count).filter(|count| *count > 0)
        };
        self.gone.iter().map(|id| (*id, count(*id))).collect()
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
