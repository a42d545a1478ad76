//! The fields of an account as text in a form: how each is read from an account and written as a change.

use shared::accounts::{
    Account, AccountKind, AccountPatch, ManAnswer, ManPatch, Prospecting, SizeBand, Tier,
};
use shared::check::Validate;
use shared::error::{ErrorCode, FieldError};
use std::collections::BTreeMap;
use std::str::FromStr;
use strum::{AsRefStr, EnumIter};

/// One field of an account that a person may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsRefStr, EnumIter)]
#[strum(serialize_all = "snake_case")]
pub enum AccountField {
    Name,
    Kind,
    Tier,
    Industry,
    Nature,
    Size,
    Employees,
    Region,
    Address,
    Website,
    Phones,
    OwnerId,
    ParentId,
    Source,
    Prospecting,
    Tags,
    ExternalIds,
    ValuesIt,
    HasPlan,
    HasPerson,
    HasDate,
    PurchaseOn,
    ManMoney,
    ManAuthority,
    ManNeed,
}

/// The control a field is changed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// One line of text.
    Line,
    /// Several lines of text.
    Lines,
    /// A whole number.
    Number,
    /// One of a few values, by their wire names; whether none is a choice too.
    Choice(&'static [&'static str], bool),
    /// A colleague.
    Person,
    /// Another account.
    Account,
    /// Yes, no or not known.
    Flag,
    /// A day.
    Day,
    /// Yes, no or not known, with a note.
    Answer,
}

/// Separators people type between items: commas, semicolons and line breaks of both scripts.
const SEPARATORS: [char; 6] = [',', ';', '\n', '\u{ff0c}', '\u{ff1b}', '\u{3001}'];

impl AccountField {
    /// The fields of the facts panel, in its order; the name is changed in the head.
    pub const FACTS: [Self; 16] = [
        Self::Kind,
        Self::Tier,
        Self::Industry,
        Self::Nature,
        Self::Size,
        Self::Employees,
        Self::Region,
        Self::Address,
        Self::Website,
        Self::Phones,
        Self::OwnerId,
        Self::ParentId,
        Self::Source,
        Self::Prospecting,
        Self::Tags,
        Self::ExternalIds,
    ];

    /// What an account is classed by, in the order of its panel.
    pub const SIGNS: [Self; 5] = [
        Self::ValuesIt,
        Self::HasPlan,
        Self::HasPerson,
        Self::HasDate,
        Self::PurchaseOn,
    ];

    /// Money, authority and need.
    pub const MAN: [Self; 3] = [Self::ManMoney, Self::ManAuthority, Self::ManNeed];

    /// Where the server points when it refuses the field.
    #[must_use]
    pub fn pointer(self) -> String {
        match self.as_ref().strip_prefix("man_") {
            Some(part) => format!("/man/{part}"),
            None => format!("/{}", self.as_ref()),
        }
    }

    /// The control the field is changed with.
    #[must_use]
    pub const fn control(self) -> Control {
        match self {
            Self::Kind => Control::Choice(&["company", "person"], false),
            Self::Tier => Control::Choice(&["A", "B", "C"], true),
            Self::Size => Control::Choice(&["micro", "small", "medium", "large"], true),
            Self::Prospecting => Control::Choice(
                &[
                    "carpet",
                    "advertising",
                    "centre",
                    "chain",
                    "seminar",
                    "meeting",
                ],
                true,
            ),
            Self::Employees => Control::Number,
            Self::OwnerId => Control::Person,
            Self::ParentId => Control::Account,
            Self::Address | Self::ExternalIds => Control::Lines,
            Self::ValuesIt | Self::HasPlan | Self::HasPerson | Self::HasDate => Control::Flag,
            Self::PurchaseOn => Control::Day,
            Self::ManMoney | Self::ManAuthority | Self::ManNeed => Control::Answer,
            _ => Control::Line,
        }
    }

    /// The field's value as text in a form; empty for none.
    #[must_use]
    pub fn read(self, account: &Account) -> String {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        match self {
            Self::Name => account.name.clone(),
            Self::Kind => account.kind.as_ref().to_owned(),
            Self::Tier => account
                .tier
                .map(|tier| tier.as_ref().to_owned())
                .unwrap_or_default(),
            Self::Industry => text(&account.industry),
            Self::Nature => text(&account.nature),
            Self::Size => account
                .size
                .map(|size| size.as_ref().to_owned())
                .unwrap_or_default(),
            Self::Employees => account
                .employees
                .map(|count| count.to_string())
                .unwrap_or_default(),
            Self::Region => text(&account.region),
            Self::Address => text(&account.address),
            Self::Website => text(&account.website),
            Self::Phones => account.phones.join(", "),
            Self::OwnerId => account
                .owner_id
                .map(|id| id.to_string())
                .unwrap_or_default(),
            Self::ParentId => account
                .parent_id
                .map(|id| id.to_string())
                .unwrap_or_default(),
            Self::Source => text(&account.source),
            Self::Prospecting => account
                .prospecting
                .map(|method| method.as_ref().to_owned())
                .unwrap_or_default(),
            Self::Tags => account.tags.join(", "),
            Self::ExternalIds => external_text(&account.external_ids),
            Self::ValuesIt => flag_text(account.signs.values_it),
            Self::HasPlan => flag_text(account.signs.has_plan),
            Self::HasPerson => flag_text(account.signs.has_person),
            Self::HasDate => flag_text(account.signs.has_date),
            Self::PurchaseOn => account
                .signs
                .purchase_on
                .map(|day| day.to_string())
                .unwrap_or_default(),
            Self::ManMoney => answer_text(&account.man.money),
            Self::ManAuthority => answer_text(&account.man.authority),
            Self::ManNeed => answer_text(&account.man.need),
        }
    }

    /// The change that gives the field this text.
    ///
    /// # Errors
    /// What is wrong with the text, by the same rule the server applies.
    pub fn write(self, input: &str) -> Result<AccountPatch, FieldError> {
        let input = input.trim();
        let text = || Some((!input.is_empty()).then(|| input.to_owned()));
        let mut patch = AccountPatch::default();
        match self {
            Self::Name => patch.name = Some(input.to_owned()),
            Self::Kind => patch.kind = Some(self.parse::<AccountKind>(input)?),
            Self::Tier => patch.tier = Some(self.optional::<Tier>(input)?),
            Self::Industry => patch.industry = text(),
            Self::Nature => patch.nature = text(),
            Self::Size => patch.size = Some(self.optional::<SizeBand>(input)?),
            Self::Employees => patch.employees = Some(self.optional::<i32>(&digits(input))?),
            Self::Region => patch.region = text(),
            Self::Address => patch.address = text(),
            Self::Website => patch.website = text(),
            Self::Phones => patch.phones = Some(items(input)),
            Self::OwnerId => patch.owner_id = Some(self.optional(input)?),
            Self::ParentId => patch.parent_id = Some(self.optional(input)?),
            Self::Source => patch.source = text(),
            Self::Prospecting => patch.prospecting = Some(self.optional::<Prospecting>(input)?),
            Self::Tags => patch.tags = Some(items(input)),
            Self::ExternalIds => patch.external_ids = Some(self.external(input)?),
            Self::ValuesIt => patch.values_it = Some(self.flag(input)?),
            Self::HasPlan => patch.has_plan = Some(self.flag(input)?),
            Self::HasPerson => patch.has_person = Some(self.flag(input)?),
            Self::HasDate => patch.has_date = Some(self.flag(input)?),
            Self::PurchaseOn => patch.purchase_on = Some(self.optional(input)?),
            Self::ManMoney | Self::ManAuthority | Self::ManNeed => {
                patch.man = Some(self.man(input)?);
            }
        }
        let mine = self.pointer();
        match patch.validated() {
            Ok(()) => Ok(patch),
            Err(errors) => Err(errors
                .into_iter()
                .find(|error| error.pointer.starts_with(&mine))
                .unwrap_or_else(|| FieldError::new(mine, ErrorCode::Invalid))),
        }
    }

    fn flag(self, input: &str) -> Result<Option<bool>, FieldError> {
        match input {
            "" => Ok(None),
            "yes" => Ok(Some(true)),
            "no" => Ok(Some(false)),
            _ => Err(FieldError::new(self.pointer(), ErrorCode::BadFormat)),
        }
    }

    fn man(self, input: &str) -> Result<ManPatch, FieldError> {
        let (is, note) = answer_parts(input);
        let answer = Some(ManAnswer {
            is: self.flag(is)?,
            note: note.trim().to_owned(),
        });
        let mut man = ManPatch::default();
        match self {
            Self::ManMoney => man.money = answer,
            Self::ManAuthority => man.authority = answer,
            _ => man.need = answer,
        }
        Ok(man)
    }

    fn parse<T: FromStr>(self, input: &str) -> Result<T, FieldError> {
        input
            .parse()
            .map_err(|_| FieldError::new(self.pointer(), ErrorCode::BadFormat))
    }

    fn optional<T: FromStr>(self, input: &str) -> Result<Option<T>, FieldError> {
        if input.is_empty() {
            Ok(None)
        } else {
            self.parse(input).map(Some)
        }
    }

    fn external(self, input: &str) -> Result<BTreeMap<String, String>, FieldError> {
        let lines = input.lines().map(str::trim).filter(|line| !line.is_empty());
        lines
            .map(|line| {
                let (system, id) = line
                    .split_once([':', '\u{ff1a}'])
                    .ok_or_else(|| FieldError::new(self.pointer(), ErrorCode::BadFormat))?;
                Ok((system.trim().to_lowercase(), id.trim().to_owned()))
            })
            .collect()
    }
}

fn flag_text(is: Option<bool>) -> String {
    let word = |is| if is { "yes" } else { "no" };
    is.map(word).unwrap_or_default().to_owned()
}

/// An answer as text in a form: its word, a stroke, its note; nothing where there is neither.
#[must_use]
pub fn answer_text(answer: &ManAnswer) -> String {
    joined_answer(&flag_text(answer.is), &answer.note)
}

/// The same of a word and a note.
#[must_use]
pub fn joined_answer(word: &str, note: &str) -> String {
    if word.is_empty() && note.is_empty() {
        String::new()
    } else {
        format!("{word}|{note}")
    }
}

/// The word of such a text, which may be none, and its note.
#[must_use]
pub fn answer_parts(text: &str) -> (&str, &str) {
    text.split_once('|').unwrap_or((text, ""))
}

/// Items typed with any usual separator between them.
#[must_use]
pub fn items(input: &str) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for item in input
        .split(SEPARATORS)
        .map(str::trim)
        .filter(|item| !item.is_empty())
    {
        if !items.iter().any(|known| known == item) {
            items.push(item.to_owned());
        }
    }
    items
}

/// A number as typed, without the marks between groups.
fn digits(input: &str) -> String {
    input
        .chars()
        .filter(|c| !matches!(c, ',' | '\u{ff0c}' | ' ' | '\u{a0}'))
        .collect()
}

fn external_text(ids: &BTreeMap<String, String>) -> String {
    let lines: Vec<_> = ids
        .iter()
        .map(|(system, id)| format!("{system}: {id}"))
        .collect();
    lines.join("\n")
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use proptest::prelude::*;
    use strum::IntoEnumIterator;

    /// An account with a value in every field.
    pub fn account() -> Account {
        serde_json::from_value(serde_json::json!({
            "id": "01930000-0000-7000-8000-000000000001",
            "name": "Hengtuo Rail", "kind": "company", "industry": "Rail", "nature": "Private",
            "size": "large", "employees": 2400, "region": "Changzhou", "address": "1 Road",
            "website": "hengtuo.example", "phones": ["0519 1", "0519 2"], "parent_id": null,
            "owner_id": "01930000-0000-7000-8000-000000000002", "source": "Fair", "prospecting": "meeting", "tier": "A",
            "values_it": true, "has_plan": null, "has_person": false, "has_date": true,
            "purchase_on": "2026-05-01",
            "man": { "money": { "is": true, "note": "set aside" }, "authority": { "is": false }, "need": { "is": null } },
            "tags": ["key", "group"], "external_ids": { "erp": "C-1", "crm": "9" }, "version": 3,
            "archived_at": null, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"
        }))
        .unwrap()
    }

    #[test]
    fn what_is_read_can_be_written_back_unchanged() {
        let account = account();
        let before = serde_json::to_value(&account).unwrap();
        for field in AccountField::iter() {
            let patch = field.write(&field.read(&account)).unwrap();
            let patch = serde_json::to_value(&patch).unwrap();
            let at = field.pointer();
            assert_eq!(patch.as_object().unwrap().len(), 1, "{field:?}");
            assert!(patch.pointer(&at).is_some(), "{field:?}");
            assert_eq!(patch.pointer(&at), before.pointer(&at), "{field:?}");
        }
    }

    #[test]
    fn an_emptied_field_is_cleared_but_a_name_is_needed() {
        let cleared = AccountField::Industry.write("  ").unwrap();
        assert_eq!(cleared.industry, Some(None));
        assert_eq!(
            AccountField::Name.write(" ").unwrap_err().code,
            ErrorCode::Required
        );
    }

    #[test]
    fn numbers_and_lists_are_read_as_people_type_them() {
        assert_eq!(
            AccountField::Employees.write("2,400").unwrap().employees,
            Some(Some(2400))
        );
        assert_eq!(
            AccountField::Employees.write("many").unwrap_err().code,
            ErrorCode::BadFormat
        );
        assert_eq!(
            AccountField::Employees.write("-1").unwrap_err().code,
            ErrorCode::OutOfRange
        );
        let tags = AccountField::Tags
            .write("key, key，group、 ;")
            .unwrap()
            .tags
            .unwrap();
        assert_eq!(tags, ["key", "group"]);
    }

    #[test]
    fn external_ids_are_lines_of_system_and_id() {
        let ids = AccountField::ExternalIds
            .write("ERP: C-1\n\ncrm：9")
            .unwrap()
            .external_ids
            .unwrap();
        assert_eq!(ids["erp"], "C-1");
        assert_eq!(ids["crm"], "9");
        assert_eq!(
            AccountField::ExternalIds
                .write("no colon")
                .unwrap_err()
                .code,
            ErrorCode::BadFormat
        );
    }

    #[test]
    fn an_answer_and_its_note_are_one_text() {
        for (is, note) in [
            (None, ""),
            (None, "yes | no"),
            (Some(true), "a b"),
            (Some(false), ""),
        ] {
            let note = note.to_owned();
            let answer = ManAnswer { is, note };
            let man = AccountField::ManNeed.write(&answer_text(&answer)).unwrap();
            assert_eq!(man.man.unwrap().need, Some(answer));
        }
    }

    proptest! {
        #[test]
        fn no_input_breaks_a_form(input in "\\PC{0,40}") {
            for field in AccountField::iter() {
                let _ = field.write(&input);
            }
        }
    }
}
