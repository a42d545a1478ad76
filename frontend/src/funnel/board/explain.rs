//! What a stage means, in a dialog at its column.

use crate::funnel::playbook::StageFacts;
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::Dialog;
use shared::funnel::gate::{Side, StageGate};
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
    html! {
        <Dialog
            title={fields.name.clone()}
            above={html! { <div class="row t12 muted">{ words::stage_glyph(&props.funnel, &props.stage) }{ words::kind_name(fields.kind) }<span class="num">{ words::percent(fields) }</span></div> }}
            on_close={props.on_close.clone()}
        >
            <StageFacts fields={Rc::new(fields.clone())} />
            { criteria(&props.stage.gate) }
        </Dialog>
    }
}

/// What the stage asks of the deals that come and go.
fn criteria(gate: &StageGate) -> Html {
    let list = |side: Side, title: String| {
        let criteria: Vec<_> = gate.side(side).collect();
        if criteria.is_empty() {
            return Html::default();
        }
        html! {
            <section class="gate-s">
                <header><h3>{ title }</h3></header>
                <ul class="plain-list">
                    for criterion in criteria {
                        <li key={criterion.id.to_string()}>
                            { &criterion.name }
                            if !criterion.mandatory { <span class="muted t12">{ " " }{ t!("gate.optional") }</span> }
                        </li>
                    }
                </ul>
            </section>
        }
    };
    html! {
        <>
            { list(Side::Entry, t!("gate.entry").into_owned()) }
            { list(Side::Exit, t!("gate.exit").into_owned()) }
        </>
    }
}
