//! A stage in the funnel's editor: one row, and below it, when open, everything about the stage.

use super::draft::{Draft, DraftAction};
use super::editor::with;
use super::gate::GateButton;
use super::methods::shape;
use crate::funnel::playbook::Ours;
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{
    ButtonSize, Choice, Glyph, IconButton, SelectField, StageGlyph, TextArea, TextField,
};
use shared::funnel::{Attention, Stage, StageColour, StageFields, StageKind, StagePart};
use shared::id::StageId;
use std::rc::Rc;
use strum::IntoEnumIterator;
use yew::prelude::*;

/// What [`StageRow`] needs.
#[derive(Properties, PartialEq)]
pub struct StageRowProps {
    /// Its place, from 0.
    pub index: usize,
    /// How many there are.
    pub of: usize,
    /// Its fields.
    pub fields: Rc<StageFields>,
    /// The draft it is in.
    pub draft: Rc<Draft>,
    /// Whether it may be changed.
    pub can_edit: bool,
    /// Gets what is done to it.
    pub on_action: Callback<DraftAction>,
    /// The stage as the server has it; none for one that is not saved yet.
    pub kept: Option<Rc<Stage>>,
    /// Opens what it asks of deals.
    pub on_gate: Callback<StageId>,
}

/// A stage.
#[component]
pub fn StageRow(props: &StageRowProps) -> Html {
    use_lang();
    let StageRowProps {
        index,
        of,
        fields,
        draft,
        ..
    } = props;
    let (index, of) = (*index, *of);
    let is_open = draft.open == Some(index);
    let tool = |glyph: Glyph, label: String, action: DraftAction, is_disabled: bool| {
        html! { <IconButton {glyph} {label} size={ButtonSize::Small} {is_disabled} on_click={props.on_action.reform(move |_| action.clone())} /> }
    };
    let name = &fields.name;
    html! {
        <li class={classes!("stage-row", is_open.then_some("is-open"), draft.is_bad(index).then_some("is-bad"))}>
            <div class="row">
                <StageGlyph shape={shape(fields.kind, index, draft.stages.iter().filter(|stage| stage.fields.kind != StageKind::Lost).count())} color={words::colour_number(fields.colour)} />
                <button type="button" class="fill name" aria-expanded={if is_open { "true" } else { "false" }} onclick={props.on_action.reform(move |_| DraftAction::Toggled(index))}>
                    <b class="trunc">{ name }</b>
                    <span class="muted t12 trunc">{ &fields.definition }</span>
                </button>
                if fields.is_ours { <Ours /> }
                <span class="badge">{ words::kind_name(fields.kind) }</span>
                <span class="num muted">{ words::percent(fields) }</span>
                if props.can_edit {
                    <span class="row tools">
                        { tool(Glyph::Up, t!("funnel.move_up", stage = name).into_owned(), DraftAction::Raised(index), index == 0) }
                        { tool(Glyph::Down, t!("funnel.move_down", stage = name).into_owned(), DraftAction::Lowered(index), index + 1 == of) }
                        { tool(Glyph::Trash, t!("funnel.remove_stage", stage = name).into_owned(), DraftAction::Removed(index), false) }
                    </span>
                }
            </div>
            if let Some(stage) = props.kept.as_ref().filter(|stage| is_open && stage.fields.kind != StageKind::Lost) {
                <div class="gate-line"><GateButton stage={stage.clone()} on_click={let id = stage.id; props.on_gate.reform(move |_| id)} /></div>
            }
            if is_open { <StageForm index={index} fields={fields.clone()} draft={draft.clone()} can_edit={props.can_edit} on_action={props.on_action.clone()} /> }
        </li>
    }
}

#[derive(Properties, PartialEq)]
struct StageFormProps {
    index: usize,
    fields: Rc<StageFields>,
    draft: Rc<Draft>,
    can_edit: bool,
    on_action: Callback<DraftAction>,
}

/// Everything about a stage.
#[component]
fn StageForm(props: &StageFormProps) -> Html {
    let lang = use_lang();
    let (index, fields) = (props.index, &props.fields);
    let fault = |field: &str| props.draft.fault(lang, &format!("/stages/{index}/{field}"));
    let typed = |change: fn(&mut StageFields, String)| {
        let (fields, on_action) = (fields.clone(), props.on_action.clone());
        Callback::from(move |text: String| {
            on_action.emit(DraftAction::Changed(
                index,
                Box::new(with(&fields, |fields| change(fields, text))),
            ))
        })
    };
    let chosen = |change: fn(&mut StageFields, String)| {
        typed(change).reform(|value: AttrValue| value.to_string())
    };
    let number = |value: Option<i16>| {
        AttrValue::from(value.map(|value| value.to_string()).unwrap_or_default())
    };
    let kinds: Vec<_> = StageKind::iter()
        .map(|kind| Choice::new(kind.as_ref().to_owned(), words::kind_name(kind)))
        .collect();
    let colours: Vec<_> = StageColour::iter()
        .map(|colour| Choice::new(colour.as_ref().to_owned(), words::colour_name(colour)))
        .collect();
    let levels: Vec<_> = Attention::iter()
        .rev()
        .map(|level| Choice::new(level.as_ref().to_owned(), words::attention_name(level)))
        .collect();
    let is_open = fields.kind == StageKind::Open;
    let mark = |part: StagePart| html! { if fields.our_parts.has(part) { <Ours {part} /> } };
    let area = |label: std::borrow::Cow<'static, str>,
                value: &str,
                part: StagePart,
                change: fn(&mut StageFields, String)| {
        html! { <TextArea label={label.into_owned()} value={value.to_owned()} on_input={typed(change)} error={fault(part.into())} rows={2} max_length={2_000} aside={mark(part)} /> }
    };
    let list = |label: std::borrow::Cow<'static, str>,
                values: &[String],
                part: StagePart,
                change: fn(&mut StageFields, Vec<String>)| {
        let (kept, on_action) = (fields.clone(), props.on_action.clone());
        let on_input = Callback::from(move |text: String| {
            on_action.emit(DraftAction::Changed(
                index,
                Box::new(with(&kept, |fields| change(fields, lines(&text)))),
            ))
        });
        let error = list_fault(props, lang, part.into());
        html! { <TextArea label={label.into_owned()} value={values.join("\n")} {on_input} {error} hint={AttrValue::from(t!("funnel.one_a_line").into_owned())} rows={3} max_length={6_000} aside={mark(part)} /> }
    };
    html! {
        <fieldset class="form" disabled={!props.can_edit}>
            <div class="two">
                <TextField label={t!("funnel.stage_name")} value={fields.name.clone()} on_input={typed(|fields, text| fields.name = text)} error={fault("name")} is_required=true max_length={60} />
                <SelectField label={t!("funnel.kind")} value={fields.kind.as_ref().to_owned()} choices={kinds} on_change={chosen(|fields, kind| fields.kind = kind.parse().unwrap_or_default())} />
            </div>
            <div class="three">
                <TextField label={t!("funnel.probability")} value={number(Some(fields.probability))} on_input={typed(|fields, text| fields.probability = text.trim().parse().unwrap_or(-1))} error={fault("probability")} aside={mark(StagePart::Probability)} unit={AttrValue::from("%")} inputmode="numeric" is_disabled={!is_open} />
                <TextField label={t!("funnel.probability_high")} value={number(fields.probability_high)} on_input={typed(|fields, text| fields.probability_high = text.trim().parse().ok())} error={fault("probability_high")} unit={AttrValue::from("%")} inputmode="numeric" is_disabled={!is_open} />
                <TextField label={t!("funnel.rot_days")} value={number(fields.rot_days)} on_input={typed(|fields, text| fields.rot_days = text.trim().parse().ok())} error={fault("rot_days")} hint={AttrValue::from(t!("funnel.rot_hint").into_owned())} inputmode="numeric" />
            </div>
            if fields.kind != StageKind::Lost {
                <div class="two">
                    <TextField label={t!("funnel.next_step")} value={fields.next_step.clone()} on_input={typed(|fields, text| fields.next_step = text)} error={fault("next_step")} hint={AttrValue::from(t!("funnel.next_step_hint").into_owned())} max_length={200} />
                    <TextField label={t!("funnel.next_step_days")} value={number(fields.next_step_days)} on_input={typed(|fields, text| fields.next_step_days = text.trim().parse().ok())} error={fault("next_step_days")} unit={AttrValue::from(t!("funnel.days_unit").into_owned())} inputmode="numeric" />
                </div>
            }
            <div class="two">
                <SelectField label={t!("funnel.attention")} value={fields.attention.map(|level| level.as_ref().to_owned()).unwrap_or_default()} choices={levels} none={AttrValue::from(t!("funnel.attention_unsaid").into_owned())} on_change={chosen(|fields, level| fields.attention = level.parse().ok())} />
                <SelectField label={t!("funnel.colour")} value={fields.colour.as_ref().to_owned()} choices={colours} on_change={chosen(|fields, colour| fields.colour = colour.parse().unwrap_or_default())} />
            </div>
            <div class="two">
                { area(t!("funnel.definition"), &fields.definition, StagePart::Definition, |fields, text| fields.definition = text) }
                { area(t!("funnel.goal"), &fields.goal, StagePart::Goal, |fields, text| fields.goal = text) }
                { area(t!("funnel.entry"), &fields.entry_text, StagePart::EntryText, |fields, text| fields.entry_text = text) }
                { area(t!("funnel.exit"), &fields.exit_text, StagePart::ExitText, |fields, text| fields.exit_text = text) }
                { list(t!("funnel.tasks"), &fields.tasks, StagePart::Tasks, |fields, texts| fields.tasks = texts) }
                { list(t!("funnel.questions"), &fields.questions, StagePart::Questions, |fields, texts| fields.questions = texts) }
                { list(t!("funnel.roles"), &fields.roles, StagePart::Roles, |fields, texts| fields.roles = texts) }
            </div>
        </fieldset>
    }
}

/// What is written line by line; nothing is no line.
fn lines(text: &str) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    text.split('\n').map(str::to_owned).collect()
}

/// What is wrong with a list of a stage, or with one of its lines.
fn list_fault(props: &StageFormProps, lang: crate::i18n::Lang, field: &str) -> Option<AttrValue> {
    let base = format!("/stages/{}/{field}", props.index);
    let at = props.draft.faults.iter().find(|fault| {
        fault
            .pointer
            .strip_prefix(&base)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })?;
    Some(crate::api::field_message(lang, at).into())
}
