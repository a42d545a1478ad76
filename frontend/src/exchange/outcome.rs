//! The last step: what happens while rows go in, and what happened.

use super::check::ProgressPanel;
use super::files::StepProps;
use super::job::Command;
use super::report::Report;
use crate::api::error::code_message;
use crate::api::use_api;
use crate::browser;
use crate::i18n::t;
use crate::i18n::{counted, use_lang};
use crate::page::use_go;
use crate::route::Route;
use crate::ui::{Button, ButtonKind, ButtonSize, Glyph, Notice, Toast, Tone, use_toasts};
use shared::exchange::{FunnelChoice, Import, ImportState};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use yew::prelude::*;
use yew_router::prelude::*;

/// The import itself.
#[component]
pub fn RunStep(props: &StepProps) -> Html {
    let lang = use_lang();
    let (job, import) = (&props.job, &props.import);
    let on_cancel = job.run.reform(|_: MouseEvent| Command::Cancel);
    let state = import.head.state;
    if state.is_busy() {
        let title = if state == ImportState::Queued {
            t!("import.queued")
        } else {
            t!("import.running")
        };
        return html! {
            <>
                <ProgressPanel import={import.clone()} title={title}>
                    <Button size={ButtonSize::Small} is_busy={job.is_busy()} on_click={on_cancel}>{ t!("import.cancel") }</Button>
                </ProgressPanel>
                <p class="muted t12">{ t!("import.can_leave") }</p>
            </>
        };
    }
    let (tone, text) = match state {
        ImportState::Done => (Tone::Positive, t!("import.done").into_owned()),
        ImportState::Cancelled => (Tone::Warning, t!("import.cancelled").into_owned()),
        _ => {
            let reason = import
                .head
                .failure
                .and_then(|code| code_message(lang, code))
                .unwrap_or_default();
            (
                Tone::Negative,
                t!("import.failed", reason = reason).into_owned(),
            )
        }
    };
    html! {
        <>
            <Notice {tone} action={html! { <Onward import={import.clone()} /> }}>{ text }</Notice>
            <Rejects import={import.clone()} />
            if import.report.is_some() { <Report job={job.clone()} import={import.clone()} /> }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct ImportProps {
    import: Rc<Import>,
}

/// Where to look at what came in.
#[component]
fn Onward(props: &ImportProps) -> Html {
    use_lang();
    let board = match &props.import.funnel {
        Some(FunnelChoice::Existing { funnel_id }) => Some(Route::BoardOf {
            funnel_id: funnel_id.to_string(),
        }),
        _ => None,
    };
    let has_board = board.is_some();
    let route = board.unwrap_or(Route::Accounts);
    let onclick = use_go(&route);
    html! {
        <a class="btn primary" href={route.to_path()} {onclick}>{ if has_board { t!("import.to_board") } else { t!("import.to_accounts") } }</a>
    }
}

/// The rows that were left out, as a file to mend.
#[component]
fn Rejects(props: &ImportProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let is_busy = use_state_eq(|| false);
    let rejected: i64 = props
        .import
        .report
        .iter()
        .flat_map(|report| &report.files)
        .map(|file| file.rejected)
        .sum();
    if rejected == 0 {
        return Html::default();
    }
    let on_click = {
        let (id, is_busy) = (props.import.head.id, is_busy.setter());
        Callback::from(move |_: MouseEvent| {
            is_busy.set(true);
            let (api, toasts, is_busy) = (api.clone(), toasts.clone(), is_busy.clone());
            browser::spawn(async move {
                match api.import_rejects(id, None).await {
                    Ok(bytes) => save(&bytes, "rejects.csv"),
                    Err(error) => toasts.show(Toast::failed(error.message(lang))),
                }
                is_busy.set(false);
            });
        })
    };
    let action = html! { <Button kind={ButtonKind::Plain} icon={Glyph::Download} is_busy={*is_busy} {on_click}>{ t!("import.rejects") }</Button> };
    html! {
        <Notice tone={Tone::Warning} {action}>
            <b>{ counted(lang, "import.rejected", rejected) }</b>{ " " }{ t!("import.rejects_text") }
        </Notice>
    }
}

/// Hands bytes to the person as a file.
fn save(bytes: &[u8], name: &str) {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    let options = web_sys::BlobPropertyBag::new();
    options.set_type("text/csv;charset=utf-8");
    let Ok(blob) = web_sys::Blob::new_with_u8_array_sequence_and_options(&parts, &options) else {
        return;
    };
    let Ok(url) = web_sys::Url::create_object_url_with_blob(&blob) else {
        return;
    };
    let link = browser::document().and_then(|document| document.create_element("a").ok());
    if let Some(link) = link.and_then(|link| link.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = link.set_attribute("href", &url);
        let _ = link.set_attribute("download", name);
        link.click();
    }
    let _ = web_sys::Url::revoke_object_url(&url);
}
