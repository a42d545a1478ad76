//! The first page of imports: drop files to begin one, and the imports of before.

use crate::accounts::first_run::{DropZone, keep_files, take_files};
use crate::accounts::pages::use_pages;
use crate::accounts::parts::words;
use crate::api::{ApiError, use_api};
use crate::browser;
use crate::format;
use crate::i18n::t;
use crate::i18n::{counted, use_lang};
use crate::identity::use_can;
use crate::page::Page;
use crate::route::Route;
use crate::ui::{Badge, Button, Empty, ErrorView, Glyph, Notice, Tone};
use shared::exchange::{ImportHead, ImportState, NewImport};
use shared::identity::Permission;
use std::rc::Rc;
use web_sys::File;
use yew::prelude::*;
use yew_router::prelude::*;

/// The first page of imports.
#[component]
pub fn ImportPage() -> Html {
    let lang = use_lang();
    let can_import = use_can(Permission::ImportFiles);
    let error = use_state_eq(|| None::<ApiError>);
    let begin = use_begin(error.setter());
    // Files dropped on the first page of an empty organisation go straight in.
    use_effect_with((), {
        let begin = begin.clone();
        move |()| {
            let files = take_files();
            if !files.is_empty() {
                begin.emit(files);
            }
        }
    });
    if !can_import {
        return html! {
            <Page title={t!("import.title")}>
                <Empty icon={Glyph::Lock} title={t!("load.denied_title")} text={t!("import.denied")} />
            </Page>
        };
    }
    html! {
        <Page title={t!("import.title")}>
            <div class="sheetlike narrow">
                if let Some(error) = &*error { <Notice tone={Tone::Negative} is_alert=true>{ error.message(lang) }</Notice> }
                <section class="panel import-start">
                    <h2>{ t!("import.start_title") }</h2>
                    <p class="muted">{ t!("import.start_text") }</p>
                    <DropZone on_files={begin}>
                        <p class="strong">{ t!("import.drop_here") }</p>
                        <p class="t12 muted">{ t!("import.limits") }</p>
                    </DropZone>
                </section>
                <Before />
            </div>
        </Page>
    }
}

/// Begins an import and opens it; the files go in from there.
#[hook]
fn use_begin(error: UseStateSetter<Option<ApiError>>) -> Callback<Vec<File>> {
    let (api, navigator) = (use_api(), use_navigator());
    Callback::from(move |files: Vec<File>| {
        let (api, navigator, error) = (api.clone(), navigator.clone(), error.clone());
        browser::spawn(async move {
            match api.create_import(&NewImport::default()).await {
                Ok(import) => {
                    keep_files(files);
                    if let Some(navigator) = &navigator {
                        navigator.push(&Route::ImportJob {
                            job_id: import.head.id.to_string(),
                        });
                    }
                }
                Err(fault) => error.set(Some(fault)),
            }
        });
    })
}

/// The imports of before.
#[component]
fn Before() -> Html {
    use_lang();
    let api = use_api();
    let list = use_pages((), move |(), cursor| {
        let api = api.clone();
        async move { api.imports(cursor).await }
    });
    let rows = match (&list.pages.rows, &list.pages.error) {
        (Some(rows), _) => rows.clone(),
        (None, Some(error)) if !list.pages.is_busy => {
            return html! { <ErrorView error={error.clone()} on_retry={Some(list.reload)} /> };
        }
        _ => return Html::default(),
    };
    if rows.is_empty() {
        return Html::default();
    }
    html! {
        <section class="panel" aria-label={t!("import.before")}>
            <header><h2>{ t!("import.before") }</h2></header>
            <ul class="jobs">
                for head in &rows { <Row key={head.id.to_string()} head={head.clone()} /> }
            </ul>
            if list.pages.next.is_some() {
                <div class="foot"><Button is_busy={list.pages.is_busy} on_click={list.more.reform(|_| ())}>{ t!("account.load_more") }</Button></div>
            }
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct RowProps {
    head: Rc<ImportHead>,
}

/// The colour a state shows in.
#[must_use]
pub const fn tone(state: ImportState) -> Tone {
    match state {
        ImportState::Done => Tone::Positive,
        ImportState::Failed => Tone::Negative,
        ImportState::Checking | ImportState::Queued | ImportState::Running => Tone::Accent,
        ImportState::Draft | ImportState::Checked | ImportState::Cancelled => Tone::Neutral,
    }
}

#[component]
fn Row(props: &RowProps) -> Html {
    let lang = use_lang();
    let head = &props.head;
    let names = if head.file_names.is_empty() {
        t!("import.no_files").into_owned()
    } else {
        head.file_names.join(", ")
    };
    let rows = (head.progress.rows_total > 0)
        .then(|| counted(lang, "import.rows", head.progress.rows_total));
    html! {
        <li>
            <Link<Route> to={Route::ImportJob { job_id: head.id.to_string() }} classes="over trunc">{ names }</Link<Route>>
            <Badge tone={tone(head.state)}>{ words(lang, &format!("import.states.{}", head.state.as_ref())) }</Badge>
            <span class="t12 muted trunc by">{ head.created_by_name.clone() }</span>
            <span class="t12 muted num">{ rows }</span>
            <time class="t12 muted num" title={format::moment_full(lang, head.created_at)}>{ format::moment(lang, head.created_at, format::now()) }</time>
        </li>
    }
}
