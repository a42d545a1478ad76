//! The fourth step: what would happen, before anything is written.

use super::files::StepProps;
use super::report::Report;
use super::steps::percent;
use crate::format;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{Empty, Glyph, Progress};
use shared::exchange::{Import, ImportState};
use yew::prelude::*;

/// The check: its progress, then its report.
#[component]
pub fn CheckStep(props: &StepProps) -> Html {
    use_lang();
    let import = &props.import;
    match (import.head.state, &import.report) {
        (ImportState::Checking, _) => {
            html! { <ProgressPanel import={import.clone()} title={t!("import.checking")} /> }
        }
        (ImportState::Checked, Some(_)) => {
            html! { <Report job={props.job.clone()} import={import.clone()} /> }
        }
        _ => html! {
            <section class="panel">
                <Empty icon={Glyph::Search} title={t!("import.check_title")} text={t!("import.check_text")} />
            </section>
        },
    }
}

/// What [`ProgressPanel`] needs.
#[derive(Properties, PartialEq)]
pub struct ProgressPanelProps {
    /// The import.
    pub import: std::rc::Rc<Import>,
    /// What goes on.
    pub title: AttrValue,
    /// What can be done meanwhile.
    #[prop_or_default]
    pub children: Html,
}

/// How far it has come.
#[component]
pub fn ProgressPanel(props: &ProgressPanelProps) -> Html {
    let lang = use_lang();
    let progress = props.import.head.progress;
    let (done, total) = (
        format::integer(lang, progress.rows_done),
        format::integer(lang, progress.rows_total),
    );
    html! {
        <section class="panel progress" aria-busy="true">
            <div class="row"><h2>{ props.title.clone() }</h2><span class="push strong num">{ format!("{}%", percent(&props.import)) }</span></div>
            <Progress percent={percent(&props.import)} label={props.title.clone()} />
            <div class="row"><span class="muted t12 num" role="status">{ t!("import.rows_of", done = done, total = total) }</span><span class="push">{ props.children.clone() }</span></div>
        </section>
    }
}
