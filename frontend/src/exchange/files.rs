//! The first step: the files, what their rows are and how they are read.

use super::job::{Command, Job};
use crate::accounts::first_run::DropZone;
use crate::accounts::parts::words;
use crate::format;
use crate::i18n::t;
use crate::i18n::{Lang, counted, use_lang};
use crate::identity::session::locale_of;
use crate::ui::{Choice, Glyph, Icon, IconButton, SelectField, TextField};
use shared::exchange::{
    Delimiter, Encoding, FileFormat, FileKind, FilePatch, Import, ImportFile, ImportPatch,
    MissingAmount, UnmetCriteria,
};
use shared::money::Currency;
use std::rc::Rc;
use strum::IntoEnumIterator;
use web_sys::File;
use yew::prelude::*;

/// What a step needs.
#[derive(Properties, PartialEq)]
pub struct StepProps {
    /// The job.
    pub job: Job,
    /// The import as it stands.
    pub import: Rc<Import>,
}

/// A change of nothing, to be filled in.
#[must_use]
pub const fn no_change(file: &ImportFile) -> FilePatch {
    FilePatch {
        id: file.id,
        kind: None,
        encoding: None,
        delimiter: None,
        sheet: None,
        header_row: None,
        columns: Vec::new(),
    }
}

/// The files.
#[component]
pub fn FilesStep(props: &StepProps) -> Html {
    use_lang();
    let run = props.job.run.clone();
    let on_files = Callback::from(move |files: Vec<File>| {
        for file in files {
            run.emit(Command::Add(file));
        }
    });
    html! {
        <>
            for file in &props.import.files { <FileCard key={file.id.to_string()} file={Rc::new(file.clone())} job={props.job.clone()} /> }
            if let Some(name) = &props.job.state.sending {
                <section class="panel sending" role="status"><span class="ring" />{ t!("import.sending", name = name.clone()) }</section>
            }
            <DropZone {on_files}>
                <p class="strong">{ if props.import.files.is_empty() { t!("import.drop_here") } else { t!("import.drop_more") } }</p>
                <p class="t12 muted">{ t!("import.several") }</p>
            </DropZone>
            if !props.import.files.is_empty() { <Rules job={props.job.clone()} import={props.import.clone()} /> }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct FileCardProps {
    file: Rc<ImportFile>,
    job: Job,
}

/// One file: what was found out about it, and the way to correct that.
#[component]
fn FileCard(props: &FileCardProps) -> Html {
    let lang = use_lang();
    let file = &props.file;
    let size = format::bytes(lang, u64::try_from(file.bytes).unwrap_or(0));
    let rows = counted(lang, "import.rows", file.rows);
    let on_remove = {
        let id = file.id;
        props
            .job
            .run
            .reform(move |_: MouseEvent| Command::Remove(id))
    };
    let change = {
        let (job, file) = (props.job.clone(), file.clone());
        move |apply: fn(&mut FilePatch, &str)| {
            let (job, file) = (job.clone(), file.clone());
            Callback::from(move |value: AttrValue| {
                let mut patch = no_change(&file);
                apply(&mut patch, &value);
                job.choose(ImportPatch {
                    files: vec![patch],
                    ..ImportPatch::default()
                });
            })
        }
    };
    let kinds = FileKind::iter()
        .map(|kind| Choice::new(kind.as_ref().to_owned(), kind.title(locale_of(lang))))
        .collect::<Vec<_>>();
    let need = file
        .kind
        .is_none()
        .then(|| AttrValue::from(t!("import.choose_kind")));
    html! {
        <section class="panel file" aria-label={file.name.clone()}>
            <header>
                <Icon glyph={Glyph::SheetFile} />
                <h2 class="trunc">{ file.name.clone() }</h2>
                <span class="sub num">{ format!("{rows} \u{b7} {size}") }</span>
                <IconButton glyph={Glyph::Trash} label={t!("import.remove", name = file.name.clone())} class="push edge" on_click={on_remove} />
            </header>
            <div class="body form four">
                <SelectField label={t!("import.kind_label")} value={file.kind.map(|kind| kind.as_ref().to_owned()).unwrap_or_default()} choices={kinds}
                    none={file.kind.is_none().then(|| AttrValue::from(t!("import.choose_one")))} error={need} on_change={change(|patch, value| patch.kind = value.parse().ok())} />
                { reading(lang, file, &change) }
                <SelectField label={t!("import.header_row")} value={file.header_row.to_string()} choices={(1..=20.max(file.header_row)).map(|row| Choice::new(row.to_string(), row.to_string())).collect::<Vec<_>>()}
                    on_change={change(|patch, value| patch.header_row = value.parse().ok())} />
            </div>
        </section>
    }
}

/// How the bytes are read: encoding and delimiter of text, the sheet of a workbook.
fn reading(
    lang: Lang,
    file: &ImportFile,
    change: &impl Fn(fn(&mut FilePatch, &str)) -> Callback<AttrValue>,
) -> Html {
    match file.format {
        FileFormat::Csv => {
            let encodings = Encoding::iter()
                .map(|one| {
                    Choice::new(
                        one.as_ref().to_owned(),
                        words(lang, &format!("import.encodings.{}", one.as_ref())),
                    )
                })
                .collect::<Vec<_>>();
            let delimiters = Delimiter::iter()
                .map(|one| {
                    Choice::new(
                        one.as_ref().to_owned(),
                        words(lang, &format!("import.delimiters.{}", one.as_ref())),
                    )
                })
                .collect::<Vec<_>>();
            html! {
                <>
                    <SelectField label={t!("import.encoding")} value={file.encoding.map(|one| one.as_ref().to_owned()).unwrap_or_default()} choices={encodings} on_change={change(|patch, value| patch.encoding = value.parse().ok())} />
                    <SelectField label={t!("import.delimiter")} value={file.delimiter.map(|one| one.as_ref().to_owned()).unwrap_or_default()} choices={delimiters} on_change={change(|patch, value| patch.delimiter = value.parse().ok())} />
                </>
            }
        }
        FileFormat::Xlsx => {
            let sheets = file
                .sheets
                .iter()
                .map(|name| Choice::new(name.clone(), name.clone()))
                .collect::<Vec<_>>();
            html! {
                <SelectField label={t!("import.sheet")} value={file.sheet.clone().unwrap_or_default()} choices={sheets} on_change={change(|patch, value| patch.sheet = Some(value.to_owned()))} />
            }
        }
    }
}

/// The currency a text names, however it is written.
fn read_currency(text: &str) -> Option<Currency> {
    Currency::parse(&text.trim().to_uppercase())
}

/// What holds for all files: the source's name, the currency, amounts that are missing.
#[component]
fn Rules(props: &StepProps) -> Html {
    let lang = use_lang();
    let import = &props.import;
    // What stands at the currency and is none; kept, so that it can be mended.
    let unread = use_state_eq(|| None::<String>);
    let choose = |apply: fn(&mut ImportPatch, &str)| {
        let job = props.job.clone();
        Callback::from(move |value: String| {
            let mut patch = ImportPatch::default();
            apply(&mut patch, &value);
            job.choose(patch);
        })
    };
    let error = |name: &str| {
        props
            .job
            .state
            .error
            .as_ref()
            .and_then(|error| error.field(lang, name))
            .map(AttrValue::from)
    };
    let missing = [MissingAmount::Empty, MissingAmount::ListPrice].map(|one| {
        Choice::new(
            one.as_ref().to_owned(),
            words(lang, &format!("import.missing.{}", one.as_ref())),
        )
    });
    let unmet = [UnmetCriteria::TakeIn, UnmetCriteria::LeaveOut].map(|one| {
        Choice::new(
            one.as_ref().to_owned(),
            words(lang, &format!("import.unmet.{}", one.as_ref())),
        )
    });
    let on_currency = {
        let (job, unread) = (props.job.clone(), unread.setter());
        Callback::from(move |text: String| match read_currency(&text) {
            Some(currency) => {
                unread.set(None);
                job.choose(ImportPatch {
                    currency: Some(currency),
                    ..ImportPatch::default()
                });
            }
            None => unread.set(Some(text)),
        })
    };
    let currency = (*unread)
        .clone()
        .unwrap_or_else(|| import.currency.to_string());
    let currency_error = match &*unread {
        Some(_) => Some(AttrValue::from(t!("import.no_currency"))),
        None => error("/currency"),
    };
    html! {
        <section class="panel" aria-label={t!("import.rules")}>
            <header><h2>{ t!("import.rules") }</h2></header>
            <div class="body form four">
                <TextField label={t!("import.source")} value={import.source.clone()} hint={t!("import.source_hint")} error={error("/source")}
                    on_change={choose(|patch, value| patch.source = Some(value.trim().to_lowercase()))} autocomplete="off" />
                <TextField label={t!("import.currency")} value={currency} hint={t!("import.currency_hint")} error={currency_error} max_length=10
                    on_change={on_currency} autocomplete="off" />
                <SelectField label={t!("import.missing_amount")} value={import.missing_amount.as_ref().to_owned()} choices={missing.to_vec()}
                    on_change={choose(|patch, value| patch.missing_amount = value.parse().ok()).reform(|value: AttrValue| value.to_string())} />
                <SelectField label={t!("import.unmet_criteria")} value={import.unmet_criteria.as_ref().to_owned()} choices={unmet.to_vec()}
                    on_change={choose(|patch, value| patch.unmet_criteria = value.parse().ok()).reform(|value: AttrValue| value.to_string())} />
            </div>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_is_read_in_small_letters_too_and_anything_else_is_none() {
        assert_eq!(read_currency(" eur "), Currency::parse("EUR"));
        for text in ["", "EU", "EURO", "12A", "\u{20ac}"] {
            assert_eq!(read_currency(text), None, "{text}");
        }
    }
}
