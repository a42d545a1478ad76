//! The report of a check or an import: counts of records and rows, and every oddity with its rows.

use super::job::Job;
use crate::accounts::pages::use_pages;
use crate::accounts::parts::words;
use crate::api::exchange::ProblemQuery;
use crate::api::use_api;
use crate::format;
use crate::i18n::t;
use crate::i18n::{Lang, counted, use_lang};
use crate::identity::session::locale_of;
use crate::ui::{Badge, Button, ButtonSize, Glyph, Icon, Skeleton, Tone, Waiting};
use shared::exchange::{
    FileCount, Import, ImportProblem, ImportReport, ProblemCode, ProblemCount, Severity,
};
use shared::id::ImportId;
use std::rc::Rc;
use yew::prelude::*;

/// What [`Report`] needs.
#[derive(Properties, PartialEq)]
pub struct ReportProps {
    /// The job.
    pub job: Job,
    /// The import with its report.
    pub import: Rc<Import>,
}

/// The report.
#[component]
pub fn Report(props: &ReportProps) -> Html {
    let lang = use_lang();
    let Some(report) = &props.import.report else {
        return Html::default();
    };
    html! {
        <>
            { records(lang, report) }
            { files(lang, report) }
            for severity in [Severity::Error, Severity::Warning, Severity::Note] {
                { problems(lang, props, report, severity) }
            }
        </>
    }
}

/// What is made and what is there already, per sort of record.
fn records(lang: Lang, report: &ImportReport) -> Html {
    html! {
        <section class="panel" aria-label={t!("import.records")}>
            <dl class="counts">
                for record in &report.records {
                    <div key={record.kind.as_ref().to_owned()}>
                        <dt>{ record.kind.title(locale_of(lang)) }</dt>
                        <dd class="num">{ format::integer(lang, record.created) }
                            <small>{ if report.is_dry_run { t!("import.will_make") } else { t!("import.made") } }</small>
                        </dd>
                        if record.found > 0 { <dd class="t12 muted num">{ t!("import.found", n = format::integer(lang, record.found)) }</dd> }
                    </div>
                }
            </dl>
        </section>
    }
}

fn files(lang: Lang, report: &ImportReport) -> Html {
    html! {
        <section class="panel table-scroll" aria-label={t!("import.step.files")}>
            <table class="table rows dense" role="table" aria-label={t!("import.step.files")}>
                <thead role="rowgroup">
                    <tr role="row">
                        <th scope="col" role="columnheader">{ t!("import.file") }</th>
                        <th scope="col" role="columnheader" class="r">{ t!("import.rows_head") }</th>
                        <th scope="col" role="columnheader" class="r">{ t!("import.rows_new") }</th>
                        <th scope="col" role="columnheader" class="r">{ t!("import.rows_found") }</th>
                        <th scope="col" role="columnheader" class="r">{ t!("import.rows_rejected") }</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    for file in &report.files { { file_row(lang, file) } }
                </tbody>
            </table>
        </section>
    }
}

fn file_row(lang: Lang, file: &FileCount) -> Html {
    let rejected = (file.rejected > 0).then_some("neg strong");
    html! {
        <tr key={file.file_id.to_string()} role="row">
            <td role="cell" class="lead"><span class="strong">{ file.name.clone() }</span>{ " " }<span class="muted t12">{ file.kind.title(locale_of(lang)) }</span></td>
            <td role="cell" class="r num" data-label={t!("import.rows_head")}>{ format::integer(lang, file.rows) }</td>
            <td role="cell" class="r num" data-label={t!("import.rows_new")}>{ format::integer(lang, file.created) }</td>
            <td role="cell" class="r num" data-label={t!("import.rows_found")}>{ format::integer(lang, file.found) }</td>
            <td role="cell" class={classes!("r", "num", rejected)} data-label={t!("import.rows_rejected")}>{ format::integer(lang, file.rejected) }</td>
        </tr>
    }
}

/// The oddities of one severity.
fn problems(lang: Lang, props: &ReportProps, report: &ImportReport, severity: Severity) -> Html {
    let list: Vec<_> = report
        .problems
        .iter()
        .filter(|problem| problem.severity == severity)
        .collect();
    if list.is_empty() {
        return Html::default();
    }
    // Of what was checked it says what will be, of what was imported what was.
    let (tone, base, text) = match (severity, report.is_dry_run) {
        (Severity::Error, true) => (Tone::Negative, "import.errors", "import.errors_text"),
        (Severity::Error, false) => (
            Tone::Negative,
            "import.errors_done",
            "import.errors_done_text",
        ),
        (Severity::Warning, true) => (Tone::Warning, "import.warnings", "import.warnings_text"),
        (Severity::Warning, false) => (
            Tone::Warning,
            "import.warnings",
            "import.warnings_done_text",
        ),
        (Severity::Note, _) => (Tone::Neutral, "import.notes", "import.notes_text"),
    };
    let rows: i64 = list.iter().map(|problem| problem.rows).sum();
    html! {
        <section class="panel problems" aria-label={words(lang, base)}>
            <header>
                <h2>{ words(lang, base) }</h2>
                <Badge {tone}>{ counted(lang, "import.places", rows) }</Badge>
                <span class="sub push">{ words(lang, text) }</span>
            </header>
            <ul>
                for (index, problem) in list.into_iter().enumerate() {
                    <Problem key={index} problem={Rc::new(problem.clone())} import={props.import.clone()} {tone} />
                }
            </ul>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct ProblemProps {
    problem: Rc<ProblemCount>,
    import: Rc<Import>,
    tone: Tone,
}

/// One sort of oddity: how many rows, an example, and all rows on demand.
#[component]
fn Problem(props: &ProblemProps) -> Html {
    let lang = use_lang();
    let is_open = use_state_eq(|| false);
    let problem = &props.problem;
    let file = props
        .import
        .files
        .iter()
        .find(|file| file.id == problem.file_id)
        .map(|file| file.name.clone());
    let place: Vec<String> = file.into_iter().chain(problem.column.clone()).collect();
    // A column that is left out concerns the file, not single rows.
    let has_rows = !problem.examples.is_empty() && problem.code != ProblemCode::ColumnLeftOut;
    let toggle = {
        let is_open = is_open.clone();
        Callback::from(move |_: MouseEvent| is_open.set(!*is_open))
    };
    html! {
        <li>
            <div class="problem">
                <span class={classes!("n", "num", "strong", tone_class(props.tone))}>{ format::integer(lang, problem.rows) }</span>
                <div class="fill">
                    <p>
                        { problem.code.title(locale_of(lang)) }
                        if let Some(value) = &problem.value { { " " }<b>{ value.clone() }</b> }
                        if let Some(taken) = &problem.taken { { " " }<Icon glyph={Glyph::Arrow} class="i-12" />{ " " }<b>{ taken.clone() }</b> }
                    </p>
                    <p class="t12 muted">{ place.join(" \u{b7} ") }if has_rows { { examples(lang, problem) } }</p>
                </div>
                if has_rows { <Button size={ButtonSize::Small} expanded={Some(*is_open)} on_click={toggle}>{ if *is_open { t!("import.hide_rows") } else { t!("import.show_rows") } }</Button> }
            </div>
            if *is_open { <Rows id={props.import.head.id} problem={problem.clone()} /> }
        </li>
    }
}

const fn tone_class(tone: Tone) -> Option<&'static str> {
    match tone {
        Tone::Negative => Some("neg"),
        Tone::Warning => Some("warn"),
        _ => None,
    }
}

fn examples(lang: Lang, problem: &ProblemCount) -> String {
    let words: Vec<_> = problem
        .examples
        .iter()
        .map(|example| {
            let row = t!("import.row", n = format::integer(lang, example.row)).into_owned();
            // What all of them have in common stands above.
            if example.value.is_empty() || problem.value.as_ref() == Some(&example.value) {
                row
            } else {
                format!("{row} \u{201c}{}\u{201d}", example.value)
            }
        })
        .collect();
    if words.is_empty() {
        String::new()
    } else {
        format!(" \u{b7} {}", words.join(&t!("timeline.joint")))
    }
}

#[derive(Properties, PartialEq)]
struct RowsProps {
    id: ImportId,
    problem: Rc<ProblemCount>,
}

/// The rows with a problem.
#[component]
fn Rows(props: &RowsProps) -> Html {
    let lang = use_lang();
    let api = use_api();
    let question = (
        props.id,
        ProblemQuery {
            code: props.problem.code,
            file_id: props.problem.file_id,
        },
    );
    let list = use_pages(question, move |(id, asked), cursor| {
        let api = api.clone();
        async move { api.import_problems(id, asked, cursor).await }
    });
    let Some(rows) = &list.pages.rows else {
        return match &list.pages.error {
            Some(error) => html! { <p class="hint err pad">{ error.message(lang) }</p> },
            None => html! { <Waiting><Skeleton lines={2} /></Waiting> },
        };
    };
    // The same code may stand at several columns of a file; each shows its own rows.
    let own = rows.iter().filter(|row| {
        row.column == props.problem.column
            && (props.problem.value.is_none() || row.value == props.problem.value)
    });
    html! {
        <div class="problem-rows">
            <ul>for row in own { { row_line(lang, row) } }</ul>
            if list.pages.next.is_some() { <Button size={ButtonSize::Small} is_busy={list.pages.is_busy} on_click={list.more.reform(|_| ())}>{ t!("account.load_more") }</Button> }
        </div>
    }
}

fn row_line(lang: Lang, row: &ImportProblem) -> Html {
    html! {
        <li key={row.row}>
            <span class="num muted">{ t!("import.row", n = format::integer(lang, row.row)) }</span>
            <span>{ row.value.clone() }</span>
            if let Some(taken) = &row.taken { <span><Icon glyph={Glyph::Arrow} class="i-12" />{ " " }{ taken.clone() }</span> }
            if let Some(cells) = &row.cells { <span class="muted trunc">{ cells.join(" | ") }</span> }
        </li>
    }
}
