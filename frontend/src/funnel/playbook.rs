//! What a stage says: what it means, where it starts and ends, what to do, what to ask, whom to talk to.

use super::words;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::Badge;
use shared::funnel::{StageFields, StagePart};
use std::borrow::Cow;
use std::rc::Rc;
use yew::prelude::*;

/// What [`StageFacts`] needs.
#[derive(Properties, PartialEq)]
pub struct StageFactsProps {
    /// The stage's fields.
    pub fields: Rc<StageFields>,
    /// Whether only what helps at work is shown, beside the sheet of tasks and questions: goal, roles, end
    /// marker.
    #[prop_or_default]
    pub is_short: bool,
}

/// A stage in words.
#[component]
pub fn StageFacts(props: &StageFactsProps) -> Html {
    use_lang();
    let fields = &props.fields;
    let rot = fields
        .rot_days
        .map(|days| t!("funnel.rot_after", days = days).into_owned())
        .unwrap_or_default();
    let step = fields.next_step_days.map(|days| {
        t!(
            "funnel.next_step_in",
            step = fields.next_step.clone(),
            days = days
        )
        .into_owned()
    });
    let step = step.unwrap_or_default();
    let attention = fields.attention.map(words::attention_name);
    let attention = attention.unwrap_or_default();
    let is_long = !props.is_short;
    let head = |name: Cow<'static, str>, part: Option<StagePart>| {
        let mark = part.filter(|part| is_long && fields.our_parts.has(*part));
        html! { <dt class={mark.map(|_| "row")}>{ name }if let Some(part) = mark { <Ours {part} /> }</dt> }
    };
    let text = |name: Cow<'static, str>, part: Option<StagePart>, text: &str, is_shown: bool| {
        html! {
            if is_shown && !text.is_empty() {
                <div key={name.to_string()}>{ head(name, part) }<dd>{ text.to_owned() }</dd></div>
            }
        }
    };
    let list = |name: Cow<'static, str>, part: StagePart, texts: &[String]| {
        html! {
            if is_long && !texts.is_empty() {
                <div key={name.to_string()}>
                    { head(name, Some(part)) }
                    <dd><ul class="dots">for text in texts { <li key={text.clone()}>{ text.clone() }</li> }</ul></dd>
                </div>
            }
        }
    };
    html! {
        <dl class="stage-facts">
            { text(t!("funnel.definition"), Some(StagePart::Definition), &fields.definition, is_long) }
            { text(t!("funnel.goal"), Some(StagePart::Goal), &fields.goal, true) }
            { text(t!("funnel.attention"), None, &attention, true) }
            { text(t!("funnel.next_step"), None, &step, is_long) }
            { text(t!("funnel.entry"), Some(StagePart::EntryText), &fields.entry_text, is_long) }
            { text(t!("funnel.exit"), Some(StagePart::ExitText), &fields.exit_text, true) }
            { list(t!("funnel.tasks"), StagePart::Tasks, &fields.tasks) }
            { list(t!("funnel.questions"), StagePart::Questions, &fields.questions) }
            if !fields.roles.is_empty() {
                <div key="roles">
                    { head(t!("funnel.roles"), Some(StagePart::Roles)) }
                    <dd class="row wrap">for role in &fields.roles { <Badge key={role.clone()}>{ role.clone() }</Badge> }</dd>
                </div>
            }
            { text(t!("funnel.rot_days"), None, &rot, is_long) }
            if fields.is_ours && is_long {
                <p class="t12 muted">{ t!("funnel.ours_text") }</p>
            }
        </dl>
    }
}

/// What [`Ours`] needs.
#[derive(Properties, PartialEq)]
pub struct OursProps {
    /// The part that is marked; none where it is the whole stage.
    #[prop_or_default]
    pub part: Option<StagePart>,
}

/// The mark of what came with the product and not from a method's source (FUN-28).
#[component]
pub fn Ours(props: &OursProps) -> Html {
    use_lang();
    let (name, text) = match props.part {
        None => (t!("funnel.ours"), t!("funnel.ours_text")),
        Some(StagePart::Probability) => (t!("funnel.ours_value"), t!("funnel.ours_value_text")),
        Some(_) => (t!("funnel.ours"), t!("funnel.ours_part_text")),
    };
    html! { <span class="ours" title={text}><Badge>{ name }</Badge></span> }
}

/// Whether a stage says anything that helps at work, beside its tasks and questions.
#[must_use]
pub fn helps(fields: &StageFields) -> bool {
    !(fields.goal.is_empty()
        && fields.exit_text.is_empty()
        && fields.roles.is_empty()
        && fields.attention.is_none())
}
