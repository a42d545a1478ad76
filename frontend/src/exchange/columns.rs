//! The second step: which column fills which field, with samples, and how days are written.

use super::files::{StepProps, no_change};
use super::job::Job;
use crate::accounts::parts::words;
use crate::format;
use crate::i18n::t;
use crate::i18n::{Lang, counted, use_lang};
use crate::identity::session::locale_of;
use crate::ui::{Badge, Choice, Notice, SelectField, Tab, Tabs, Tone};
use shared::exchange::{
    ColumnPatch, DecimalMark, Field, FileKind, Import, ImportColumn, ImportFile, ImportPatch,
};
use std::rc::Rc;
use yew::prelude::*;

const PANEL: &str = "import-columns";

/// The columns of each file.
#[component]
pub fn ColumnsStep(props: &StepProps) -> Html {
    use_lang();
    let import = &props.import;
    let chosen = use_state_eq(|| first_with_question(import));
    let at = (*chosen).min(import.files.len().saturating_sub(1));
    let tabs = import
        .files
        .iter()
        .enumerate()
        .map(|(index, file)| {
            let tab = Tab::new(index.to_string(), file.name.clone());
            let open = questions(import, index);
            if open > 0 {
                tab.with_count(t!("import.open_mark", n = open).into_owned())
            } else {
                tab
            }
        })
        .collect::<Vec<_>>();
    let on_change = {
        let chosen = chosen.setter();
        Callback::from(move |key: AttrValue| chosen.set(key.parse().unwrap_or(0)))
    };
    let Some(file) = import.files.get(at) else {
        return Html::default();
    };
    html! {
        <section class="panel" aria-label={t!("import.step.columns")}>
            if import.files.len() > 1 {
                <div class="file-tabs"><Tabs {tabs} current={at.to_string()} label={t!("import.step.files")} panel_id={PANEL} {on_change} /></div>
            }
            <div id={PANEL} role="tabpanel" aria-label={file.name.clone()}>
                <Columns key={file.id.to_string()} file={Rc::new(file.clone())} job={props.job.clone()} />
            </div>
        </section>
    }
}

/// Open questions about a file's columns.
fn questions(import: &Import, file: usize) -> usize {
    let prefix = format!("/files/{file}/columns");
    import
        .open_questions
        .iter()
        .filter(|question| question.pointer.starts_with(&prefix))
        .count()
}

fn first_with_question(import: &Import) -> usize {
    (0..import.files.len())
        .find(|index| questions(import, *index) > 0)
        .unwrap_or(0)
}

/// Fields a file of the kind needs and no column fills.
#[must_use]
pub fn missing(file: &ImportFile) -> Vec<Field> {
    let Some(kind) = file.kind else {
        return Vec::new();
    };
    Field::of(kind)
        .iter()
        .copied()
        .filter(|field| {
            field.is_required(kind)
                && !file
                    .columns
                    .iter()
                    .any(|column| column.field == Some(*field))
        })
        .collect()
}

#[derive(Properties, PartialEq)]
struct ColumnsProps {
    file: Rc<ImportFile>,
    job: Job,
}

#[component]
fn Columns(props: &ColumnsProps) -> Html {
    let lang = use_lang();
    let file = &props.file;
    let Some(kind) = file.kind else {
        return html! { <div class="body"><Notice tone={Tone::Warning}>{ t!("import.choose_kind") }</Notice></div> };
    };
    let lacking: Vec<_> = missing(file)
        .into_iter()
        .map(|field| field.title(locale_of(lang)))
        .collect();
    html! {
        <>
            if !lacking.is_empty() {
                <div class="pad"><Notice tone={Tone::Warning} is_alert=true>{ t!("import.lacking", fields = lacking.join(&t!("timeline.joint"))) }</Notice></div>
            }
            <table class="table rows columns" role="table" aria-label={file.name.clone()}>
                <thead role="rowgroup">
                    <tr role="row">
                        <th scope="col" role="columnheader">{ t!("import.column") }</th>
                        <th scope="col" role="columnheader">{ t!("import.samples") }</th>
                        <th scope="col" role="columnheader">{ t!("import.field_label") }</th>
                        <th scope="col" role="columnheader">{ t!("import.reading") }</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    for column in &file.columns { <Column key={column.index} column={Rc::new(column.clone())} file={file.clone()} {kind} job={props.job.clone()} /> }
                </tbody>
            </table>
        </>
    }
}

#[derive(Properties, PartialEq)]
struct ColumnProps {
    column: Rc<ImportColumn>,
    file: Rc<ImportFile>,
    kind: FileKind,
    job: Job,
}

/// One column.
#[component]
fn Column(props: &ColumnProps) -> Html {
    let lang = use_lang();
    let (column, file) = (&props.column, &props.file);
    let choose = |apply: fn(&mut ColumnPatch, &str)| {
        let (job, file, index) = (props.job.clone(), file.clone(), column.index);
        Callback::from(move |value: AttrValue| {
            let mut patch = ColumnPatch {
                index,
                field: None,
                date_format: None,
                decimal_mark: None,
            };
            apply(&mut patch, &value);
            let file = shared::exchange::FilePatch {
                columns: vec![patch],
                ..no_change(&file)
            };
            job.choose(ImportPatch {
                files: vec![file],
                ..ImportPatch::default()
            });
        })
    };
    let fields = Field::of(props.kind)
        .iter()
        .map(|field| {
            Choice::new(
                field.as_ref().to_owned(),
                field_words(lang, *field, props.kind),
            )
        })
        .collect::<Vec<_>>();
    let header = if column.header.is_empty() {
        t!("import.unnamed", n = column.index + 1).into_owned()
    } else {
        column.header.clone()
    };
    html! {
        <tr role="row" class={column.field.is_none().then_some("is-off")}>
            <td role="cell" class="lead">
                <div class="strong trunc">{ header.clone() }</div>
                <div class="ti t12 muted">{ counted(lang, "import.filled", column.filled) }</div>
            </td>
            <td role="cell" class="samples">{ samples(&column.samples) }</td>
            <td role="cell" class="pick">
                <SelectField is_label_hidden=true label={t!("import.field_of", column = header.clone())} value={column.field.map(|field| field.as_ref().to_owned()).unwrap_or_default()}
                    choices={fields} none={t!("import.not_imported")} on_change={choose(|patch, value| patch.field = Some(value.parse().ok()))} />
            </td>
            <td role="cell" class="pick">
                { dates(lang, column, &header, choose(|patch, value| patch.date_format = value.parse().ok())) }
                { numbers(lang, column, &header, choose(|patch, value| patch.decimal_mark = value.parse().ok())) }
            </td>
        </tr>
    }
}

fn field_words(lang: Lang, field: Field, kind: FileKind) -> String {
    let title = field.title(locale_of(lang));
    if field.is_required(kind) {
        format!("{title} *")
    } else {
        title
    }
}

fn samples(samples: &[String]) -> Html {
    html! {
        <span class="row wrap tight">
            for sample in samples.iter().take(4) { <Badge key={sample.clone()} is_outline=true class="trunc">{ sample.clone() }</Badge> }
        </span>
    }
}

/// How the numbers of a column are written; shown where that can be told apart, or has to be chosen.
fn numbers(
    lang: Lang,
    column: &ImportColumn,
    header: &str,
    on_change: Callback<AttrValue>,
) -> Html {
    let Some(numbers) = column
        .numbers
        .filter(|_| column.field.is_some_and(Field::is_number))
    else {
        return Html::default();
    };
    let choices = [DecimalMark::Point, DecimalMark::Comma]
        .into_iter()
        .map(|mark| {
            let words = words(lang, &format!("import.decimal_marks.{}", mark.as_ref()));
            Choice::new(mark.as_ref().to_owned(), words)
        })
        .collect::<Vec<_>>();
    html! {
        <div class="stack flush">
            <SelectField is_label_hidden=true label={t!("import.numbers_of", column = header.to_owned())} value={numbers.mark.as_ref().to_owned()} {choices} {on_change} />
            if numbers.is_ambiguous { <span class="t12 warn">{ t!("import.ambiguous_numbers") }</span> }
        </div>
    }
}

/// How the days of a column are written; shown for columns that fill a day.
fn dates(lang: Lang, column: &ImportColumn, header: &str, on_change: Callback<AttrValue>) -> Html {
    let Some(dates) = column
        .dates
        .as_ref()
        .filter(|_| column.field.is_some_and(Field::is_date))
    else {
        return Html::default();
    };
    let choices = dates
        .possible
        .iter()
        .map(|one| Choice::new(one.as_ref().to_owned(), one.as_ref().to_owned()))
        .collect::<Vec<_>>();
    let example = dates
        .example
        .zip(column.samples.first())
        .map(|(day, sample)| format!("{sample} \u{2192} {}", format::date(lang, day)));
    html! {
        <div class="stack flush">
            <SelectField is_label_hidden=true label={t!("import.dates_of", column = header.to_owned())} value={dates.format.map(|one| one.as_ref().to_owned()).unwrap_or_default()}
                {choices} none={dates.format.is_none().then(|| AttrValue::from(t!("import.choose_one")))} {on_change} />
            if dates.is_ambiguous && dates.format.is_none() { <span class="t12 warn">{ t!("import.ambiguous_dates") }</span> }
            else if let Some(example) = example { <span class="t12 muted num">{ example }</span> }
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::super::steps::tests::import;
    use super::*;

    #[test]
    fn a_file_of_deals_needs_a_stage() {
        let import = import("draft", &["/files/0/columns"]);
        assert_eq!(missing(&import.files[0]), [Field::Stage]);
        assert_eq!(questions(&import, 0), 1);
        assert_eq!(first_with_question(&import), 0);
    }
}
