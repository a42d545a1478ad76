//! What a stage means: its definition, its goal, what leads in and what leads on.

use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::Dialog;
use shared::funnel::{Funnel, Stage};
use std::rc::Rc;
use yew::prelude::*;

/// What [`StageDialog`] needs.
#[derive(Properties, PartialEq)]
pub struct StageDialogProps {
    /// The funnel.
    pub funnel: Rc<Funnel>,
    /// The stage.
    pub stage: Rc<Stage>,
    /// Asked to close.
    pub on_close: Callback<()>,
}

/// A stage in words.
#[component]
pub fn StageDialog(props: &StageDialogProps) -> Html {
    use_lang();
    let fields = &props.stage.fields;
    let rot = fields
        .rot_days
        .map(|days| t!("funnel.rot_after", days = days).into_owned())
        .unwrap_or_default();
    let facts = [
        (t!("funnel.definition"), &fields.definition),
        (t!("funnel.goal"), &fields.goal),
        (t!("funnel.entry"), &fields.entry_text),
        (t!("funnel.exit"), &fields.exit_text),
        (t!("funnel.rot_days"), &rot),
    ];
    html! {
        <Dialog
            title={fields.name.clone()}
            above={html! { <div class="row t12 muted">{ words::stage_glyph(&props.funnel, &props.stage) }{ words::kind_name(fields.kind) }</div> }}
            on_close={props.on_close.clone()}
        >
            <dl class="stage-facts">
                for (name, text) in facts.into_iter().filter(|(_, text)| !text.is_empty()) {
                    <div key={name.to_string()}><dt>{ name }</dt><dd>{ text }</dd></div>
                }
            </dl>
        </Dialog>
    }
}
