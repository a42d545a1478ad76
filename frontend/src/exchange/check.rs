//! The fourth step: what would happen, before anything is written.

use super::files::StepProps;
use super::job::Command;
use super::report::Report;
use super::steps::percent;
use crate::api::error::code_message;
use crate::format;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::ui::{Button, ButtonSize, Empty, Glyph, Notice, Progress, Tone};
use shared::exchange::{Import, ImportState};
use yew::prelude::*;

/// The check: its progress, then its report.
#[component]
pub fn CheckStep(props: &StepProps) -> Html {
    let lang = use_lang();
    let (job, import) = (&props.job, &props.import);
    match (import.head.state, &import.report) {
        (ImportState::Checking, _) => {
            let on_cancel = job.run.reform(|_: MouseEvent| Command::Cancel);
            html! {
                <>
                    <ProgressPanel import={import.clone()} title={t!("import.checking")}>
                        <Button size={ButtonSize::Small} is_busy={job.is_busy()} on_click={on_cancel}>{ t!("import.cancel") }</Button>
                    </ProgressPanel>
                    <p class="muted t12">{ t!("import.check_can_stop") }</p>
                </>
            }
        }
        (ImportState::Checked, Some(_)) => {
            html! { <Report job={props.job.clone()} import={import.clone()} /> }
        }
        _ => html! {
            <>
                if let Some(why) = failed(lang, import) { <Notice tone={Tone::Negative} is_alert=true>{ why }</Notice> }
                <section class="panel">
                    <Empty icon={Glyph::Search} title={t!("import.check_title")} text={t!("import.check_text")} />
                </section>
            </>
        },
    }
}

/// Why the last check did not come to its end, which left a draft behind.
fn failed(lang: Lang, import: &Import) -> Option<String> {
    let code = import
        .head
        .failure
        .filter(|_| import.head.state == ImportState::Draft)?;
    let reason = code_message(lang, code).unwrap_or_default();
    Some(t!("import.check_failed", locale = lang.tag(), reason = reason).into_owned())
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

#[cfg(test)]
mod tests {
    use super::super::steps::tests::import;
    use super::*;
    use shared::error::ErrorCode;

    #[test]
    fn a_check_that_failed_says_why_in_both_languages_until_it_is_tried_again() {
        let mut import = import("draft", &[]);
        assert_eq!(failed(Lang::En, &import), None);
        import.head.failure = Some(ErrorCode::UnreadableFile);
        for lang in Lang::ALL {
            let why = failed(lang, &import).unwrap();
            let reason = code_message(lang, ErrorCode::UnreadableFile).unwrap();
            assert!(why.contains(&reason), "{why}");
        }
        import.head.state = ImportState::Checking;
        assert_eq!(failed(Lang::En, &import), None);
    }
}
