//! The frame of the wizard: where one is, what is open, and the way on.

use super::check::CheckStep;
use super::columns::ColumnsStep;
use super::files::FilesStep;
use super::job::{Command, Job, JobAction, use_job};
use super::outcome::RunStep;
use super::steps::{Step, is_reachable, open, shown};
use super::values::ValuesStep;
use crate::accounts::first_run::take_files;
use crate::accounts::parts::words;
use crate::i18n::t;
use crate::i18n::{counted, use_lang};
use crate::page::{NotFoundPage, Page, use_go};
use crate::route::Route;
use crate::ui::{Button, ButtonKind, ErrorView, Glyph, Icon, Notice, Skeleton, Tone, Waiting};
use serde::{Deserialize, Serialize};
use shared::exchange::Import;
use shared::id::ImportId;
use std::rc::Rc;
use std::str::FromStr;
use strum::IntoEnumIterator;
use yew::prelude::*;
use yew_router::prelude::*;

/// What [`ImportJobPage`] needs.
#[derive(Properties, PartialEq)]
pub struct ImportJobPageProps {
    /// The import's id as the address has it.
    pub id: AttrValue,
}

/// The wizard of one import.
#[component]
pub fn ImportJobPage(props: &ImportJobPageProps) -> Html {
    match props.id.parse::<ImportId>() {
        Ok(id) => html! { <Wizard {id} /> },
        Err(_) => html! { <NotFoundPage /> },
    }
}

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct Address {
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<String>,
}

/// The step in the page's address, and how it is changed.
#[hook]
fn use_step(id: ImportId) -> (Option<Step>, Callback<Step>) {
    let (location, navigator) = (use_location(), use_navigator());
    let step = location
        .and_then(|location| location.query::<Address>().ok())
        .and_then(|address| address.step);
    let set = Callback::from(move |step: Step| {
        if let Some(navigator) = &navigator {
            let address = Address {
                step: Some(step.as_ref().to_owned()),
            };
            let _ = navigator.replace_with_query(
                &Route::ImportJob {
                    job_id: id.to_string(),
                },
                &address,
            );
        }
    });
    (step.and_then(|step| Step::from_str(&step).ok()), set)
}

#[derive(Properties, PartialEq)]
struct WizardProps {
    id: ImportId,
}

#[component]
fn Wizard(props: &WizardProps) -> Html {
    use_lang();
    let job = use_job(props.id);
    let (asked, set_step) = use_step(props.id);
    use_effect_with((), {
        let run = job.run.clone();
        move |()| {
            for file in take_files() {
                run.emit(Command::Add(file));
            }
        }
    });
    let body = match (&job.state.import, &job.state.error) {
        (Some(import), _) => {
            let step = shown(import, asked);
            html! {
                <>
                    <Steps import={import.clone()} {step} on_step={set_step.clone()} />
                    <Body job={job.clone()} import={import.clone()} {step} on_step={set_step} />
                </>
            }
        }
        (None, Some(error)) => {
            html! { <ErrorView error={error.clone()} on_retry={Some(job.look)} /> }
        }
        (None, None) => {
            html! { <Waiting><div class="sheetlike"><section class="panel"><Skeleton lines={8} /></section></div></Waiting> }
        }
    };
    html! { <Page title={t!("import.title")} lead={lead()} is_filling=true>{ body }</Page> }
}

/// The way back to all imports.
fn lead() -> Html {
    html! { <Lead /> }
}

#[component]
fn Lead() -> Html {
    use_lang();
    let onclick = use_go(&Route::Import);
    html! {
        <nav class="crumb" aria-label={t!("account.trail")}>
            <a href={Route::Import.to_path()} {onclick}>{ t!("import.title") }</a>
            <span class="sep" aria-hidden="true">{ "/" }</span>
            <h1 class="trunc">{ t!("import.this") }</h1>
        </nav>
    }
}

#[derive(Properties, PartialEq)]
struct StepsProps {
    import: Rc<Import>,
    step: Step,
    on_step: Callback<Step>,
}

/// The steps in order, with the number of open questions at each.
#[component]
fn Steps(props: &StepsProps) -> Html {
    let lang = use_lang();
    html! {
        <nav class="toolbar steps" aria-label={t!("import.steps")}>
            <ol>
                for (index, step) in Step::iter().enumerate() {
                    <li key={step.as_ref().to_owned()} class={classes!((step < props.step).then_some("is-done"), (step == props.step).then_some("is-now"))}>
                        <button type="button" disabled={!is_reachable(&props.import, step)} aria-current={(step == props.step).then_some("step")}
                            onclick={let on_step = props.on_step.clone(); move |_| on_step.emit(step)}>
                            <span class="k num" aria-hidden="true">if step < props.step { <Icon glyph={Glyph::Check} class="i-12" /> } else { { index + 1 } }</span>
                            { words(lang, &format!("import.step.{}", step.as_ref())) }
                            if open(&props.import, step) > 0 && props.import.head.state.is_open() {
                                <span class="badge warning num">{ counted(lang, "import.open_short", i64::try_from(open(&props.import, step)).unwrap_or(0)) }</span>
                            }
                        </button>
                    </li>
                }
            </ol>
        </nav>
    }
}

#[derive(Properties, PartialEq)]
struct BodyProps {
    job: Job,
    import: Rc<Import>,
    step: Step,
    on_step: Callback<Step>,
}

#[component]
fn Body(props: &BodyProps) -> Html {
    let lang = use_lang();
    let (job, import) = (&props.job, &props.import);
    let content = match props.step {
        Step::Files => html! { <FilesStep job={job.clone()} import={import.clone()} /> },
        Step::Columns => html! { <ColumnsStep job={job.clone()} import={import.clone()} /> },
        Step::Values => html! { <ValuesStep job={job.clone()} import={import.clone()} /> },
        Step::Check => html! { <CheckStep job={job.clone()} import={import.clone()} /> },
        Step::Run => html! { <RunStep job={job.clone()} import={import.clone()} /> },
    };
    let seen = {
        let state = job.state.dispatcher();
        Callback::from(move |_: MouseEvent| state.dispatch(JobAction::Seen))
    };
    html! {
        <>
            <div class="scroller">
                <div class="sheetlike wizard" aria-busy={job.is_busy().then_some("true")}>
                    if let Some(error) = &job.state.error { <Notice tone={Tone::Negative} is_alert=true>{ if error.is_stale() { t!("import.changed").into_owned() } else { error.message(lang) } }</Notice> }
                    if !job.state.refused.is_empty() {
                        <Notice tone={Tone::Negative} is_alert=true action={html! { <Button size={crate::ui::ButtonSize::Small} on_click={seen}>{ t!("ui.close") }</Button> }}>
                            for (index, (name, error)) in job.state.refused.iter().enumerate() { <p key={index}><b>{ name.clone() }</b>{ t!("account.colon") }{ error.message(lang) }</p> }
                        </Notice>
                    }
                    { content }
                </div>
            </div>
            if import.head.state.is_open() || props.step == Step::Check { <Foot job={job.clone()} import={import.clone()} step={props.step} on_step={props.on_step.clone()} /> }
        </>
    }
}

/// The way back and on; what is missing stands beside the button that needs it.
#[component]
fn Foot(props: &BodyProps) -> Html {
    let lang = use_lang();
    let (job, import) = (&props.job, &props.import);
    let go = |step: Step| {
        let on_step = props.on_step.clone();
        Callback::from(move |_: MouseEvent| on_step.emit(step))
    };
    let run = |command: fn() -> Command| job.run.reform(move |_: MouseEvent| command());
    let is_checking = import.head.state.is_busy();
    let questions = import.open_questions.len();
    let missing = (questions > 0)
        .then(|| counted(lang, "import.open", i64::try_from(questions).unwrap_or(0)));
    let back = match props.step {
        Step::Files | Step::Run => None,
        Step::Columns => Some(Step::Files),
        Step::Values => Some(Step::Columns),
        Step::Check => Some(Step::Values),
    };
    let next = match props.step {
        Step::Files => {
            html! { <Button kind={ButtonKind::Primary} is_busy={job.is_busy()} is_disabled={import.files.is_empty()} title={t!("import.need_file")} on_click={go(Step::Columns)}>{ t!("import.next") }</Button> }
        }
        Step::Columns => {
            html! { <Button kind={ButtonKind::Primary} is_busy={job.is_busy()} on_click={go(Step::Values)}>{ t!("import.next") }</Button> }
        }
        Step::Values => {
            html! { <Button kind={ButtonKind::Primary} is_busy={job.is_busy()} on_click={go(Step::Check)}>{ t!("import.next") }</Button> }
        }
        Step::Check => html! {
            if import.report.is_some() || is_checking {
                <Button is_busy={is_checking} on_click={run(|| Command::Check)}>{ t!("import.check_again") }</Button>
                <Button kind={ButtonKind::Primary} is_busy={job.is_busy()} is_disabled={questions > 0 || is_checking} title={missing.clone()} on_click={run(|| Command::Start)}>{ t!("import.start") }</Button>
            } else {
                <Button kind={ButtonKind::Primary} is_busy={job.is_busy()} on_click={run(|| Command::Check)}>{ t!("import.check") }</Button>
            }
        },
        Step::Run => Html::default(),
    };
    html! {
        <footer class="wizard-foot">
            if let Some(back) = back { <Button is_disabled={is_checking} on_click={go(back)}>{ t!("ui.back") }</Button> }
            if let Some(missing) = &missing { <span class="warn t12" role="status">{ missing.clone() }</span> }
            <span class="push" />
            { next }
        </footer>
    }
}
