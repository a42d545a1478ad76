//! What a stage says: what it means, where it starts and ends, what to do, what to ask, whom to talk to.

use super::words;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::Badge;
use shared::funnel::StageFields;
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
    let text = |name: std::borrow::Cow<'static, str>, text: &str, is_shown: bool| {
        html! {
            if is_shown && !text.is_empty() {
                <div key={name.to_string()}><dt>{ name }</dt><dd>{ text.to_owned() }</dd></div>
            }
        }
    };
    html! {
        <dl class="stage-facts">
            { text(t!("funnel.definition"), &fields.definition, is_long) }
            { text(t!("funnel.goal"), &fields.goal, true) }
            { text(t!("funnel.attention"), &attention, true) }
            { text(t!("funnel.next_step"), &step, is_long) }
            { text(t!("funnel.entry"), &fields.entry_text, is_long) }
            { text(t!("funnel.exit"), &fields.exit_text, true) }
            if is_long {
                { list(t!("funnel.tasks"), &fields.tasks) }
                { list(t!("funnel.questions"), &fields.questions) }
            }
            if !fields.roles.is_empty() {
                <div key="roles">
                    <dt>{ t!("funnel.roles") }</dt>
                    <dd class="row wrap">for role in &fields.roles { <Badge key={role.clone()}>{ role.clone() }</Badge> }</dd>
                </div>
            }
            { text(t!("funnel.rot_days"), &rot, is_long) }
            if fields.is_ours && is_long {
                <p class="t12 muted">{ t!("funnel.ours_text") }</p>
            }
        </dl>
    }
}

fn list(name: std::borrow::Cow<'static, str>, texts: &[String]) -> Html {
    html! {
        if !texts.is_empty() {
            <div key={name.to_string()}>
                <dt>{ name }</dt>
                <dd><ul class="dots">for text in texts { <li key={text.clone()}>{ text.clone() }</li> }</ul></dd>
            </div>
        }
    }
}

/// Whether a stage says anything that helps at work, beside its tasks and questions.
#[must_use]
pub fn helps(fields: &StageFields) -> bool {
    !(fields.goal.is_empty()
        && fields.exit_text.is_empty()
        && fields.roles.is_empty()
        && fields.attention.is_none())
}
