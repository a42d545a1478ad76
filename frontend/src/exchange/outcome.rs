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
use shared::exchange::{FileCount, FunnelChoice, Import, ImportState};
use shared::id::ImportFileId;
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
            <Notice {tone} action={html! { <Onward import={import.clone()} /> }}>
                <p>{ text }</p>
                for (name, rows) in left_over(import) {
                    <p key={name.clone()}>{ t!("import.left_over", name = name.clone(), rows = counted(lang, "import.rows", rows)) }</p>
                }
            </Notice>
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

/// The files with rows that an import which ended early did not come to, and how many.
fn left_over(import: &Import) -> Vec<(String, i64)> {
    if import.head.state == ImportState::Done {
        return Vec::new();
    }
    let counts = import.report.as_ref().map(|report| &report.files);
    let dealt_with = |id: ImportFileId| {
        let mut counts = counts.into_iter().flatten();
        let count = counts.find(|count| count.file_id == id);
        count.map_or(0, |count| count.rows)
    };
    let files = import.files.iter();
    files
        .map(|file| (file.name.clone(), file.rows - dealt_with(file.id)))
        .filter(|(_, rows)| *rows > 0)
        .collect()
}

/// The files that have rows left out, with the name their rejects are kept under.
fn with_rejects(import: &Import) -> Vec<(FileCount, String)> {
    let files = import.report.iter().flat_map(|report| &report.files);
    files
        .filter(|file| file.rejected > 0)
        .map(|file| {
            let stem = file.name.rsplit_once('.');
            let stem = stem.map_or(file.name.as_str(), |(stem, _)| stem);
            (file.clone(), format!("{stem}-rejects.csv"))
        })
        .collect()
}

/// The rows that were left out, each file's as a file to mend.
#[component]
fn Rejects(props: &ImportProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let busy = use_state_eq(|| None::<ImportFileId>);
    let files = with_rejects(&props.import);
    let rejected: i64 = files.iter().map(|(file, _)| file.rejected).sum();
    if files.is_empty() {
        return Html::default();
    }
    let is_one = files.len() == 1;
    let download = |file_id: ImportFileId, name: String| {
        let (id, busy) = (props.import.head.id, busy.setter());
        let (api, toasts) = (api.clone(), toasts.clone());
        Callback::from(move |_: MouseEvent| {
            busy.set(Some(file_id));
            let (api, toasts, busy) = (api.clone(), toasts.clone(), busy.clone());
            let name = name.clone();
            browser::spawn(async move {
                match api.import_rejects(id, Some(file_id)).await {
                    Ok(bytes) => save(&bytes, &name),
                    Err(error) => toasts.show(Toast::failed(error.message(lang))),
                }
                busy.set(None);
            });
        })
    };
    let buttons = files.into_iter().map(|(file, name)| {
        let label = if is_one {
            t!("import.rejects").into_owned()
        } else {
            t!("import.rejects_of", name = file.name.clone()).into_owned()
        };
        html! {
            <Button key={file.file_id.to_string()} kind={ButtonKind::Plain} icon={Glyph::Download} is_busy={*busy == Some(file.file_id)}
                on_click={download(file.file_id, name)}>{ label }</Button>
        }
    });
    let buttons: Html = buttons.collect();
    let action = if is_one {
        buttons.clone()
    } else {
        Html::default()
    };
    html! {
        <Notice tone={Tone::Warning} {action}>
            <b>{ counted(lang, "import.rejected", rejected) }</b>{ " " }{ t!("import.rejects_text") }
            if !is_one { <div class="row wrap">{ buttons }</div> }
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

#[cfg(test)]
mod tests {
    use super::super::steps::tests::import;
    use super::*;
    use serde_json::json;

    #[test]
    fn an_import_that_was_stopped_tells_the_rows_it_did_not_come_to() {
        let mut import = import("cancelled", &[]);
        assert_eq!(left_over(&import), [("deals.csv".to_owned(), 120)]);
        let file = &import.files[0];
        let count = json!({
            "file_id": file.id, "name": file.name, "kind": "deals", "rows": 100, "created": 90, "found": 2,
            "rejected": 8
        });
        let report = json!({
            "is_dry_run": false, "at": "2026-11-22T08:00:00Z", "milliseconds": 5, "records": [], "problems": [],
            "files": [count]
        });
        import.report = Some(serde_json::from_value(report).unwrap());
        assert_eq!(left_over(&import), [("deals.csv".to_owned(), 20)]);
        import.head.state = ImportState::Done;
        assert_eq!(left_over(&import), []);
    }

    #[test]
    fn the_rejects_of_each_file_have_their_own_name_and_files_without_any_none() {
        let mut import = import("done", &[]);
        let count = |n: u8, name: &str, rejected: i64| {
            json!({
                "file_id": format!("01930000-0000-7000-8000-00000000000{n}"), "name": name,
                "kind": "deals", "rows": 9, "created": 9 - rejected, "found": 0, "rejected": rejected
            })
        };
        import.report = Some(
            serde_json::from_value(json!({
                "is_dry_run": false, "at": "2026-11-22T08:00:00Z", "milliseconds": 5, "records": [], "problems": [],
                "files": [count(1, "accounts.csv", 2), count(2, "products.csv", 0), count(3, "deals.v2.xlsx", 1)]
            }))
            .unwrap(),
        );
        let names: Vec<_> = with_rejects(&import)
            .into_iter()
            .map(|(file, name)| (file.rejected, name))
            .collect();
        assert_eq!(
            names,
            [
                (2, "accounts-rejects.csv".to_owned()),
                (1, "deals.v2-rejects.csv".to_owned())
            ]
        );
    }
}
