//! The plan of an import: what the files' facts, what is known here and a person's choices come to.
//!
//! Drawn up anew after each change, so that proposals and choices never drift apart.

use super::facts::FileFacts;
use super::matching::{Class, Found, Matcher, Meaning};
use super::{
    ColumnNumbers, DateFormat, DecimalMark, Field, FileKind, FunnelChoice, ImportColumn,
    ImportFile, MatchKind, NewStage, ValueMapping, ValueTarget, dates, header, vocabulary,
};
use crate::check::Check;
use crate::error::{ErrorCode, FieldError};
use crate::funnel::{Funnel, StageKind};
use crate::id::ImportFileId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use strum::IntoEnumIterator;
use uuid::Uuid;

/// Values that are shown per column.
const MAX_SHOWN: usize = 200;

/// A record that is there, by name.
#[derive(Debug, Clone)]
pub struct Named {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// What is known before the import, as far as the one who imports may see.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Teams.
    pub teams: Vec<Named>,
    /// Sellers and everybody else.
    pub users: Vec<Named>,
    /// Products.
    pub products: Vec<Named>,
    /// Accounts.
    pub accounts: Vec<Named>,
    /// Industries that accounts have.
    pub industries: Vec<String>,
    /// Regions that accounts have.
    pub regions: Vec<String>,
    /// Product lines that products have.
    pub lines: Vec<String>,
    /// Funnels with their stages.
    pub funnels: Vec<Funnel>,
}

/// What a person chose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// Where deals go.
    pub funnel: Option<FunnelChoice>,
    /// About files.
    pub files: BTreeMap<Uuid, FileChoices>,
    /// About values.
    pub values: Vec<ValueChoice>,
}

/// What a person chose about a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FileChoices {
    /// What its rows are.
    pub kind: Option<FileKind>,
    /// About its columns.
    pub columns: BTreeMap<u32, ColumnChoices>,
}

/// What a person chose about a column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ColumnChoices {
    /// Whether they chose the field.
    pub is_field_chosen: bool,
    /// The field.
    pub field: Option<Field>,
    /// How its days are written.
    pub date_format: Option<DateFormat>,
    /// How its numbers are written.
    pub decimal_mark: Option<DecimalMark>,
}

/// What a person chose about a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueChoice {
    /// The file.
    pub file_id: ImportFileId,
    /// The field.
    pub field: Field,
    /// The value.
    pub value: String,
    /// What it stands for.
    pub target: ValueTarget,
}

/// A file with its facts.
#[derive(Debug, Clone, Copy)]
pub struct FileInput<'a> {
    /// Its id.
    pub id: ImportFileId,
    /// Its name.
    pub name: &'a str,
    /// Its size.
    pub bytes: i64,
    /// What is in it.
    pub facts: &'a FileFacts,
}

/// What it all comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Plan {
    /// The files, in the order they were added.
    pub files: Vec<ImportFile>,
    /// Where deals go.
    pub funnel: Option<FunnelChoice>,
    /// The values to look at.
    pub values: Vec<ValueMapping>,
    /// What must be chosen before it can start.
    pub open_questions: Vec<FieldError>,
}

impl Plan {
    /// Draws the plan up, and hands the matcher that rows will be read by along with it.
    #[must_use]
    pub fn draw(files: &[FileInput<'_>], choices: &Choices, known: &Known) -> (Self, Matcher) {
        let mut matcher = knowing(known);
        for choice in &choices.values {
            matcher.choose(
                choice.file_id,
                choice.field,
                &choice.value,
                choice.target.clone(),
            );
        }
        let mut plan = Self {
            files: files.iter().map(|file| describe(file, choices)).collect(),
            ..Self::default()
        };
        let stages = stage_values(&plan.files, files);
        if let Some((deals, values)) = &stages {
            let chosen = choices.funnel.clone().filter(|choice| match choice {
                FunnelChoice::New { .. } => true,
                FunnelChoice::Existing { funnel_id } => {
                    known.funnels.iter().any(|funnel| funnel.id == *funnel_id)
                }
            });
            let choice = chosen.unwrap_or_else(|| propose_funnel(&deals.name, values, known));
            matcher.set_stages(stages_of(&choice, known));
            plan.funnel = Some(choice);
        }
        plan.match_values(files, &mut matcher);
        plan.ask();
        (plan, matcher)
    }

    /// Finds a meaning for every value the facts hold, and lists those to look at. The kinds of files go
    /// in their order, so that products know their names before deals use them.
    fn match_values(&mut self, inputs: &[FileInput<'_>], matcher: &mut Matcher) {
        for kind in FileKind::iter() {
            for (file, input) in self.files.iter().zip(inputs) {
                if file.kind != Some(kind) {
                    continue;
                }
                for name_first in [true, false] {
                    for (column, facts) in file.columns.iter().zip(&input.facts.columns) {
                        let Some(field) = column.field else { continue };
                        let (Some(class), Some(values)) = (Class::of(kind, field), &facts.values)
                        else {
                            continue;
                        };
                        if (field == Field::Name) != name_first {
                            continue;
                        }
                        let mut shown = 0;
                        let mut sorted: Vec<&(String, i64)> = values.iter().collect();
                        // The commonest spelling of a new name is the one the others are matched with.
                        sorted.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
                        for (value, rows) in sorted {
                            let found = matcher.find(file.id, field, class, value);
                            if shown < MAX_SHOWN && is_to_be_seen(kind, field, &found) {
                                shown += 1;
                                self.values
                                    .push(mapping(file.id, field, value, *rows, found));
                            }
                        }
                    }
                }
            }
        }
    }

    /// Lists what must be chosen before the import can start.
    fn ask(&mut self) {
        let mut open = Vec::new();
        if self.files.is_empty() {
            open.push(FieldError::new("/files", ErrorCode::Required));
        }
        for (place, file) in self.files.iter().enumerate() {
            let pointer = format!("/files/{place}");
            let Some(kind) = file.kind else {
                open.push(FieldError::new(
                    format!("{pointer}/kind"),
                    ErrorCode::Required,
                ));
                continue;
            };
            for field in Field::of(kind) {
                let is_filled = file
                    .columns
                    .iter()
                    .any(|column| column.field == Some(*field));
                if field.is_required(kind) && !is_filled {
                    open.push(
                        FieldError::new(format!("{pointer}/columns"), ErrorCode::Required)
                            .with_limit(field.as_ref()),
                    );
                }
            }
            for (index, column) in file.columns.iter().enumerate() {
                let Some(field) = column.field else { continue };
                let is_open = |dates: &super::ColumnDates| dates.format.is_none();
                if field.is_date() && column.dates.as_ref().is_some_and(is_open) {
                    open.push(FieldError::new(
                        format!("{pointer}/columns/{index}/dates/format"),
                        ErrorCode::UnmappedValue,
                    ));
                }
                if field.is_number() && column.numbers.is_some_and(|numbers| numbers.is_ambiguous) {
                    open.push(FieldError::new(
                        format!("{pointer}/columns/{index}/numbers/mark"),
                        ErrorCode::UnmappedValue,
                    ));
                }
            }
        }
        for (place, value) in self.values.iter().enumerate() {
            if value.target.is_none() {
                open.push(FieldError::new(
                    format!("/values/{place}/target"),
                    ErrorCode::UnmappedValue,
                ));
            }
        }
        if let Some(funnel) = &self.funnel {
            let mut check = Check::default();
            funnel.check(&mut check, "/funnel");
            open.extend(check.into_result().err().unwrap_or_default());
        }
        self.open_questions = open;
    }
}

/// A matcher that knows every name there is.
fn knowing(known: &Known) -> Matcher {
    let mut matcher = Matcher::new();
    for (class, list) in [
        (Class::Team, &known.teams),
        (Class::User, &known.users),
        (Class::Product, &known.products),
        (Class::Account, &known.accounts),
    ] {
        for record in list {
            matcher.learn(class, &record.name, Some(record.id));
        }
    }
    for (class, list) in [
        (Class::Industry, &known.industries),
        (Class::Region, &known.regions),
        (Class::Line, &known.lines),
    ] {
        for word in list {
            matcher.learn(class, word, None);
        }
    }
    matcher
}

/// A file with its columns, proposals under choices.
fn describe(input: &FileInput<'_>, choices: &Choices) -> ImportFile {
    let facts = input.facts;
    let headers = facts.headers();
    let chosen = choices.files.get(&input.id.0);
    let kind = chosen
        .and_then(|file| file.kind)
        .or_else(|| header::kind(&headers));
    let column_choices = |index: usize| {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        chosen.and_then(|file| file.columns.get(&index))
    };
    let mut fields: Vec<Option<Field>> = match kind {
        Some(kind) => header::fields(kind, &headers),
        None => vec![None; headers.len()],
    };
    for index in 0..fields.len() {
        let Some(choice) = column_choices(index).filter(|choice| choice.is_field_chosen) else {
            continue;
        };
        let allowed = choice
            .field
            .filter(|field| kind.is_some_and(|kind| Field::of(kind).contains(field)));
        // A field that is chosen here leaves the column that had it.
        for (other, field) in fields.iter_mut().enumerate() {
            if other == index {
                *field = allowed;
            } else if field.is_some() && *field == allowed {
                *field = None;
            }
        }
    }
    let date_choice = |index: usize| column_choices(index).and_then(|choice| choice.date_format);
    // Formats that are certain somewhere in the file settle its other columns.
    let hints: Vec<DateFormat> = (0..)
        .zip(&facts.columns)
        .filter_map(|(index, column)| {
            date_choice(index).or_else(|| column.dates.verdict(&[]).and_then(|dates| dates.format))
        })
        .collect();
    let columns = facts
        .columns
        .iter()
        .zip(fields)
        .enumerate()
        .map(|(index, (column, field))| {
            let mut found = column.dates.verdict(&hints);
            if let (Some(format), Some(dates)) = (date_choice(index), &mut found) {
                dates.format = Some(format);
                dates.is_ambiguous = false;
                if !dates.possible.contains(&format) {
                    dates.possible.push(format);
                }
            }
            if let Some(dates) = &mut found {
                dates.example = dates.format.and_then(|format| {
                    column
                        .samples
                        .iter()
                        .find_map(|cell| dates::parse(cell, format))
                });
            }
            let mark = column_choices(index).and_then(|choice| choice.decimal_mark);
            ImportColumn {
                index: u32::try_from(index).unwrap_or(u32::MAX),
                header: column.header.clone(),
                field,
                is_chosen: column_choices(index).is_some_and(|choice| choice.is_field_chosen),
                samples: column.samples.clone(),
                filled: column.filled,
                distinct: column
                    .values
                    .as_ref()
                    .and_then(|values| i64::try_from(values.len()).ok()),
                numbers: (column.numbers.is_numeric() && found.is_none()).then(|| ColumnNumbers {
                    mark: mark.unwrap_or_else(|| column.numbers.mark()),
                    is_ambiguous: mark.is_none() && column.numbers.is_ambiguous(),
                }),
                dates: found,
            }
        })
        .collect();
    ImportFile {
        id: input.id,
        name: input.name.to_owned(),
        bytes: input.bytes,
        format: facts.format,
        sheets: facts.sheets.clone(),
        sheet: facts.sheet.clone(),
        encoding: facts.encoding,
        delimiter: facts.delimiter,
        header_row: facts.header_row,
        kind,
        rows: facts.rows,
        columns,
    }
}

/// The first file of deals with a column of stages, and all values of such columns with their counts, in
/// order of appearance.
fn stage_values<'a>(
    files: &'a [ImportFile],
    inputs: &[FileInput<'_>],
) -> Option<(&'a ImportFile, Vec<String>)> {
    let mut first = None;
    let mut all: Vec<String> = Vec::new();
    for (file, input) in files.iter().zip(inputs) {
        if file.kind != Some(FileKind::Deals) {
            continue;
        }
        for (column, facts) in file.columns.iter().zip(&input.facts.columns) {
            if column.field != Some(Field::Stage) {
                continue;
            }
            first.get_or_insert(file);
            for (value, _) in facts.values.iter().flatten() {
                if !all.contains(value) {
                    all.push(value.clone());
                }
            }
        }
    }
    first.map(|file| (file, all))
}

/// The funnel whose stages these values name, or a new one made from them.
fn propose_funnel(file: &str, values: &[String], known: &Known) -> FunnelChoice {
    // How many of the values a funnel's stages name, and whether any of them is on the way: that a funnel
    // has won and lost says little.
    let named = |funnel: &Funnel| {
        let kinds: Vec<StageKind> = values
            .iter()
            .filter_map(|value| {
                let value = super::text::normalise(value);
                let mut stages = funnel.stages.iter();
                let stage =
                    stages.find(|stage| super::text::normalise(&stage.fields.name) == value)?;
                Some(stage.fields.kind)
            })
            .collect();
        (kinds.len(), kinds.contains(&StageKind::Open))
    };
    let best = known
        .funnels
        .iter()
        .map(|funnel| (named(funnel), funnel))
        .filter(|((count, is_on_the_way), _)| {
            *count == values.len() || (*is_on_the_way && count * 2 > values.len())
        })
        .rev()
        .max_by_key(|((count, _), _)| *count);
    if let Some((_, funnel)) = best
        && !values.is_empty()
    {
        return FunnelChoice::Existing {
            funnel_id: funnel.id,
        };
    }
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let words: Vec<&str> = stem
        .split(['_', '-', ' '])
        .filter(|w| !w.is_empty())
        .collect();
    let mut base: String = words.join(" ").chars().take(80).collect();
    if let Some(first) = base.chars().next() {
        base = first.to_uppercase().chain(base.chars().skip(1)).collect();
    } else {
        base = "Import".to_owned();
    }
    let is_taken = |name: &str| known.funnels.iter().any(|funnel| funnel.name == name);
    let name = std::iter::once(base.clone())
        .chain((2..).map(|number| format!("{base} ({number})")))
        .find(|name| !is_taken(name))
        .unwrap_or(base);
    FunnelChoice::New {
        name,
        stages: propose_stages(values),
    }
}

/// Stages for these values: the open ones in their usual order, then won, then lost; a kind that no value
/// has is added, for a funnel needs all three.
fn propose_stages(values: &[String]) -> Vec<NewStage> {
    let mut sorted: Vec<(StageKind, u8, &String)> = values
        .iter()
        .map(|value| {
            (
                vocabulary::stage_kind(value),
                vocabulary::stage_place(value),
                value,
            )
        })
        .collect();
    let order = |kind: StageKind| match kind {
        StageKind::Open => 0,
        StageKind::Won => 1,
        StageKind::Lost => 2,
    };
    sorted.sort_by_key(|(kind, place, _)| (order(*kind), *place));
    let mut stages: Vec<NewStage> = Vec::new();
    let is_chinese = values.iter().any(|value| !value.is_ascii());
    for (kind, fallback) in [
        (StageKind::Open, if is_chinese { "跟进中" } else { "Open" }),
        (StageKind::Won, if is_chinese { "赢单" } else { "Won" }),
        (StageKind::Lost, if is_chinese { "丢单" } else { "Lost" }),
    ] {
        let its: Vec<&String> = sorted
            .iter()
            .filter(|(its, _, _)| *its == kind)
            .map(|(_, _, value)| *value)
            .collect();
        let count = i16::try_from(its.len()).unwrap_or(i16::MAX);
        for (place, value) in (0..).zip(&its) {
            stages.push(NewStage {
                name: value.chars().take(60).collect(),
                kind,
                probability: match kind {
                    StageKind::Won => 100,
                    StageKind::Lost => 0,
                    // From 10 up to 60 in even steps; a person who knows better says so.
                    StageKind::Open => 10 + 50 * place / (count - 1).max(1),
                },
            });
        }
        if its.is_empty() {
            stages.push(NewStage {
                name: fallback.to_owned(),
                kind,
                probability: match kind {
                    StageKind::Open => 10,
                    StageKind::Won => 100,
                    StageKind::Lost => 0,
                },
            });
        }
    }
    stages
}

/// The stages that deals can go to; those of a funnel that is to be made get ids that only count here.
fn stages_of(choice: &FunnelChoice, known: &Known) -> Vec<(Uuid, String, StageKind)> {
    match choice {
        FunnelChoice::Existing { funnel_id } => known
            .funnels
            .iter()
            .find(|funnel| funnel.id == *funnel_id)
            .map(|funnel| {
                funnel
                    .stages
                    .iter()
                    .map(|stage| (stage.id.0, stage.fields.name.clone(), stage.fields.kind))
                    .collect()
            })
            .unwrap_or_default(),
        FunnelChoice::New { stages, .. } => (1..)
            .zip(stages)
            .map(|(number, stage)| (Uuid::from_u128(number), stage.name.clone(), stage.kind))
            .collect(),
    }
}

/// Whether a person should look at what was found: matches that are not the very same, open questions,
/// choices, and records that deals would make. Records that their own file makes are its purpose.
fn is_to_be_seen(kind: FileKind, field: Field, found: &Found) -> bool {
    match found.how {
        None => false,
        Some(MatchKind::New) => {
            let is_reference = kind == FileKind::Deals
                && matches!(field, Field::Account | Field::Product | Field::Owner);
            found.suggestion.is_some()
                || (is_reference && matches!(found.meaning, Meaning::Make(_)))
        }
        Some(_) => true,
    }
}

fn mapping(
    file_id: ImportFileId,
    field: Field,
    value: &str,
    rows: i64,
    found: Found,
) -> ValueMapping {
    let target = match &found.meaning {
        Meaning::Open { .. } => None,
        Meaning::Empty => Some(ValueTarget::Empty),
        Meaning::Record(_, text) | Meaning::Make(text) | Meaning::Word(text) => {
            Some(if text == value {
                ValueTarget::AsIs
            } else {
                ValueTarget::Text { text: text.clone() }
            })
        }
    };
    ValueMapping {
        file_id,
        field,
        value: value.to_owned(),
        rows,
        how: found.how.unwrap_or(MatchKind::Chosen),
        target,
        suggestion: found.suggestion,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::facts::Collector;
    use crate::exchange::{Encoding, FileFormat};

    fn facts(text: &str) -> FileFacts {
        let mut lines = text.lines().map(|line| {
            let cells: Vec<String> = line.split(',').map(|cell| cell.trim().to_owned()).collect();
            cells
        });
        let mut collector = Collector::new(&lines.next().unwrap());
        lines.for_each(|cells| collector.add(&cells));
        let (columns, rows) = collector.finish();
        FileFacts {
            format: FileFormat::Csv,
            sheets: Vec::new(),
            sheet: None,
            encoding: Some(Encoding::Utf8),
            delimiter: None,
            header_row: 1,
            rows,
            columns,
        }
    }

    fn draw(files: &[(&str, &str)], choices: &Choices, known: &Known) -> Plan {
        let facts: Vec<FileFacts> = files.iter().map(|(_, text)| facts(text)).collect();
        let inputs: Vec<FileInput<'_>> = (1..)
            .zip(files)
            .zip(&facts)
            .map(|((number, (name, _)), facts)| FileInput {
                id: ImportFileId(Uuid::from_u128(number)),
                name,
                bytes: 1,
                facts,
            })
            .collect();
        Plan::draw(&inputs, choices, known).0
    }

    const PRODUCTS: (&str, &str) = ("products.csv", "product,series\nGTX Pro,GTX\nMG Special,MG");
    const DEALS: (&str, &str) = (
        "sales_pipeline.csv",
        "id,product,account,stage,engage_date,close_date,amount\n\
         1,GTXPro,Acme,Won,25-10-16,10-03-17,5\n\
         2,GTX Pro,Acme,Lost,03-11-16,31-03-17,0\n\
         3,MG Special,,Engaging,17-12-16,,\n\
         4,MG Special,Bolt,Prospecting,,,",
    );

    #[test]
    fn files_teach_each_other_whatever_order_they_come_in() {
        for files in [[PRODUCTS, DEALS], [DEALS, PRODUCTS]] {
            let plan = draw(&files, &Choices::default(), &Known::default());
            let found = plan
                .values
                .iter()
                .find(|value| value.field == Field::Product && value.value == "GTXPro")
                .unwrap();
            assert_eq!(found.how, MatchKind::Normalised);
            let text = ValueTarget::Text {
                text: "GTX Pro".into(),
            };
            assert_eq!(found.target, Some(text));
            // A product of the products' own file is nothing to look at.
            assert!(!plan.values.iter().any(|value| value.value == "MG Special"));
            assert!(plan.open_questions.is_empty(), "{:?}", plan.open_questions);
        }
    }

    #[test]
    fn a_funnel_is_proposed_from_the_stages_in_their_usual_order() {
        let plan = draw(&[DEALS], &Choices::default(), &Known::default());
        let Some(FunnelChoice::New { name, stages }) = plan.funnel else {
            panic!("a new funnel");
        };
        assert_eq!(name, "Sales pipeline");
        let names: Vec<&str> = stages.iter().map(|stage| stage.name.as_str()).collect();
        assert_eq!(names, ["Prospecting", "Engaging", "Won", "Lost"]);
    }

    #[test]
    fn one_column_of_days_settles_the_others() {
        let text = "id,stage,engage_date,close_date\n1,Won,25-10-16,01-02-17\n2,Won,26-10-16,03-04-17\n3,Won,14-10-16,05-06-17";
        let plan = draw(&[("x.csv", text)], &Choices::default(), &Known::default());
        let formats: Vec<_> = plan.files[0]
            .columns
            .iter()
            .filter_map(|column| column.dates.as_ref()?.format)
            .collect();
        assert_eq!(formats, [DateFormat::DmyShort, DateFormat::DmyShort]);
    }

    #[test]
    fn a_choice_wins_and_a_field_moves_with_it() {
        let mut choices = Choices::default();
        let file = choices.files.entry(Uuid::from_u128(1)).or_default();
        // The amount is in the second column, says a person.
        file.columns.insert(
            1,
            ColumnChoices {
                is_field_chosen: true,
                field: Some(Field::Amount),
                ..ColumnChoices::default()
            },
        );
        let plan = draw(&[DEALS], &choices, &Known::default());
        let fields: Vec<_> = plan.files[0].columns.iter().map(|c| c.field).collect();
        assert_eq!(fields[1], Some(Field::Amount));
        assert_eq!(fields[6], None);
    }

    #[test]
    fn what_only_a_person_can_say_is_asked() {
        let text = "id,stage,engage_date\n1,Won,01-02-17\n2,Won,03-04-17";
        let plan = draw(
            &[("x.csv", text), ("y.csv", "a,b\n1,2")],
            &Choices::default(),
            &Known::default(),
        );
        let pointers: Vec<&str> = plan
            .open_questions
            .iter()
            .map(|question| question.pointer.as_str())
            .collect();
        assert_eq!(
            pointers,
            ["/files/0/columns/2/dates/format", "/files/1/kind"]
        );
    }
}
