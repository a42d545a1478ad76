//! An import in words, line by line: what a terminal shows of the files, the choices and the report.

use super::{
    Import, ImportColumn, ImportFile, ImportReport, ProblemCount, Severity, ValueMapping,
    ValueTarget,
};
use crate::error::FieldError;
use crate::identity::Locale;
use strum::{AsRefStr, EnumIter};

/// A sentence, whose words are in the catalogues under `import.console`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsRefStr, EnumIter)]
#[strum(serialize_all = "snake_case")]
pub enum Sentence {
    /// `file` cannot be imported: `reason`.
    CannotImport,
    /// There is no such file.
    NoFile,
    /// It may not be read.
    NoAccess,
    /// It is a folder.
    IsFolder,
    /// It is larger than `max`.
    TooLarge,
    /// An error's `title` and its `remedy`.
    Reason,
    /// The field `name` of what was asked for: `reason`.
    Setting,
    /// `code` is no currency.
    NoCurrency,
    /// Nobody signs in as `who`.
    Nobody,
    /// There is no organisation `who`.
    NoOrganisation,
    /// `who` may not import files.
    MayNot,
    /// Before the open questions.
    OpenQuestions,
    /// What the rows of `file` are.
    AskKind,
    /// Which column of `file` is the `field`.
    AskColumn,
    /// How days of a `column` of `file` are written; `formats`.
    AskDates,
    /// How numbers of a `column` of `file` are written.
    AskNumbers,
    /// What a `value` of a `field` stands for.
    AskValue,
    /// The `file`, the `kind` of its `rows`, its `form`.
    File,
    /// A column fills no field.
    NotImported,
    /// A `value` of a `field` is `taken` for something, in `rows`.
    Value,
    /// Before what a check found.
    WouldBe,
    /// Before what an import did.
    Imported,
    /// Of a `kind` of record, how many `created` and `found`.
    Record,
    /// Rows with a problem are left out.
    LeftOut,
    /// Rows with a problem should be looked at.
    Look,
    /// How rows were read.
    Note,
    /// A `mark`, a problem's `title`, what it is `about`, its `rows`, and the `lines` of the first of them.
    Problem,
    /// How many `rows` took how many `seconds`.
    Took,
    /// Before the progress of a check.
    Checking,
    /// Before the progress of an import.
    Importing,
    /// How many rows are `done`, of the `total`, and in `percent`.
    Progress,
    /// `rows` were left out and are in the file at `path`.
    Rejects,
    /// `rows` would be left out.
    WouldReject,
    /// An import of `files` that was interrupted goes on.
    GoesOn,
    /// The import was interrupted.
    Interrupted,
    /// The import was cancelled by somebody else.
    Cancelled,
    /// The import failed for a `reason`.
    Failed,
}

impl Sentence {
    /// The sentence with its values.
    #[must_use]
    pub fn say(self, locale: Locale, values: &[(&str, &str)]) -> String {
        let key = format!("import.console.{}", self.as_ref());
        let mut text = rust_i18n::t!(&key, locale = locale.as_ref()).into_owned();
        for (name, value) in values {
            text = text.replace(&format!("%{{{name}}}"), value);
        }
        text
    }
}

/// A number of rows.
#[must_use]
pub fn rows(count: i64, locale: Locale) -> String {
    let key = match (count, locale) {
        (1, Locale::En) => "import.console.rows.one",
        _ => "import.console.rows.other",
    };
    rust_i18n::t!(key, locale = locale.as_ref()).replace("%{count}", &count.to_string())
}

/// How many rows were left out, or would be.
#[must_use]
pub fn rejected(import: &Import) -> i64 {
    let files = import.report.iter().flat_map(|report| &report.files);
    files.map(|file| file.rejected).sum()
}

/// The files as they were read, the values as they are taken, and the report.
#[must_use]
pub fn lines(import: &Import, locale: Locale) -> Vec<String> {
    let mut lines = Vec::new();
    for file in &import.files {
        lines.push(file_line(file, locale));
        lines.extend(
            file.columns
                .iter()
                .map(|column| column_line(column, locale)),
        );
    }
    lines.extend(
        import
            .values
            .iter()
            .filter_map(|value| value_line(value, locale)),
    );
    if let Some(report) = &import.report {
        lines.extend(report_lines(report, locale));
        let seconds = format!(
            "{}.{}",
            report.milliseconds / 1_000,
            report.milliseconds / 100 % 10
        );
        let done = rows(import.head.progress.rows_done, locale);
        lines.push(Sentence::Took.say(locale, &[("rows", &done), ("seconds", &seconds)]));
    }
    lines
}

fn file_line(file: &ImportFile, locale: Locale) -> String {
    let form: Vec<&str> = [
        file.encoding.as_ref().map(AsRef::as_ref),
        file.delimiter.as_ref().map(AsRef::as_ref),
        file.sheet.as_deref(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let kind = file
        .kind
        .map_or_else(|| "?".to_owned(), |kind| kind.title(locale));
    Sentence::File.say(
        locale,
        &[
            ("kind", &kind),
            ("rows", &rows(file.rows, locale)),
            ("form", &form.join(", ")),
            ("file", &file.name),
        ],
    )
}

fn column_line(column: &ImportColumn, locale: Locale) -> String {
    let field = column.field.map_or_else(
        || Sentence::NotImported.say(locale, &[]),
        |field| field.title(locale),
    );
    let format = column
        .dates
        .as_ref()
        .filter(|_| column.field.is_some_and(|field| field.is_date()))
        .and_then(|dates| dates.format)
        .map_or_else(String::new, |format| format!(" ({})", format.as_ref()));
    format!("  {} → {field}{format}", column.header)
}

/// A value that is taken for another one; of others there is nothing to say.
fn value_line(value: &ValueMapping, locale: Locale) -> Option<String> {
    let Some(ValueTarget::Text { text }) = &value.target else {
        return None;
    };
    Some(Sentence::Value.say(
        locale,
        &[
            ("field", &value.field.title(locale)),
            ("rows", &rows(value.rows, locale)),
            ("value", &value.value),
            ("taken", text),
        ],
    ))
}

fn report_lines(report: &ImportReport, locale: Locale) -> Vec<String> {
    let heading = if report.is_dry_run {
        Sentence::WouldBe
    } else {
        Sentence::Imported
    };
    let records = report.records.iter().map(|count| {
        let record = Sentence::Record.say(
            locale,
            &[
                ("kind", &count.kind.title(locale)),
                ("created", &count.created.to_string()),
                ("found", &count.found.to_string()),
            ],
        );
        format!("  {record}")
    });
    let problems = report
        .problems
        .iter()
        .map(|problem| format!("  {}", problem_line(problem, locale)));
    std::iter::once(heading.say(locale, &[]))
        .chain(records)
        .chain(problems)
        .collect()
}

fn problem_line(problem: &ProblemCount, locale: Locale) -> String {
    let mark = match problem.severity {
        Severity::Error => Sentence::LeftOut,
        Severity::Warning => Sentence::Look,
        Severity::Note => Sentence::Note,
    };
    let mut about = String::new();
    if let Some(column) = &problem.column {
        about.push_str(&format!(" [{column}]"));
    }
    if let Some(value) = &problem.value {
        about.push_str(&format!(" “{value}”"));
        if let Some(taken) = &problem.taken {
            about.push_str(&format!(" → “{taken}”"));
        }
    }
    let lines: Vec<String> = problem
        .examples
        .iter()
        .map(|example| example.row.to_string())
        .collect();
    Sentence::Problem.say(
        locale,
        &[
            ("mark", &mark.say(locale, &[])),
            ("title", &problem.code.title(locale)),
            ("rows", &rows(problem.rows, locale)),
            ("lines", &lines.join(", ")),
            ("about", &about),
        ],
    )
}

/// An open question with the names of its file, column and value instead of a pointer.
#[must_use]
pub fn question(import: &Import, question: &FieldError, locale: Locale) -> String {
    let parts: Vec<&str> = question.pointer.split('/').skip(1).collect();
    let number = |place: usize| parts.get(place).and_then(|part| part.parse::<usize>().ok());
    let asked = match parts.as_slice() {
        ["files", _, rest @ ..] => number(1)
            .and_then(|place| import.files.get(place))
            .and_then(|file| {
                let column = number(3).and_then(|place| file.columns.get(place));
                file_question(file, column, rest, question, locale)
            }),
        ["values", ..] => number(1)
            .and_then(|place| import.values.get(place))
            .map(|value| {
                let field = value.field.title(locale);
                Sentence::AskValue.say(locale, &[("field", &field), ("value", &value.value)])
            }),
        _ => None,
    };
    asked.unwrap_or_else(|| format!("{}: {}", question.pointer, question.code.title(locale)))
}

fn file_question(
    file: &ImportFile,
    column: Option<&ImportColumn>,
    rest: &[&str],
    question: &FieldError,
    locale: Locale,
) -> Option<String> {
    let name = ("file", file.name.as_str());
    match (rest, column) {
        (["kind"], _) => Some(Sentence::AskKind.say(locale, &[name])),
        (["columns"], _) => {
            let field = question.limit.as_deref().unwrap_or_default();
            let title = field
                .parse::<super::Field>()
                .map_or_else(|_| field.to_owned(), |field| field.title(locale));
            Some(Sentence::AskColumn.say(locale, &[("field", &title), name]))
        }
        ([.., "format"], Some(column)) => {
            let formats: Vec<&str> = column
                .dates
                .iter()
                .flat_map(|dates| &dates.possible)
                .map(AsRef::as_ref)
                .collect();
            Some(Sentence::AskDates.say(
                locale,
                &[
                    ("formats", &formats.join(" | ")),
                    ("column", &column.header),
                    name,
                ],
            ))
        }
        (_, Some(column)) => {
            Some(Sentence::AskNumbers.say(locale, &[("column", &column.header), name]))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::IntoEnumIterator;

    #[test]
    fn every_sentence_has_words_in_both_languages() {
        for locale in [Locale::ZhCn, Locale::En] {
            for sentence in Sentence::iter() {
                let text = sentence.say(locale, &[]);
                assert!(!text.is_empty() && !text.contains("import."), "{text}");
            }
        }
        // A sentence has the same values in both.
        for sentence in Sentence::iter() {
            let values = |locale| {
                let text = sentence.say(locale, &[]);
                let mut values: Vec<String> = text
                    .split("%{")
                    .skip(1)
                    .filter_map(|part| Some(part.split_once('}')?.0.to_owned()))
                    .collect();
                values.sort();
                values
            };
            assert_eq!(values(Locale::ZhCn), values(Locale::En), "{sentence:?}");
        }
    }

    #[test]
    fn one_row_is_a_row() {
        assert_eq!(rows(1, Locale::En), "1 row");
        assert_eq!(rows(0, Locale::En), "0 rows");
        assert_eq!(rows(1, Locale::ZhCn), "1 行");
    }
}
