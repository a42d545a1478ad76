//! The parts of what a stage says, and which of them are ours: a method's source says some things about a
//! stage, and the defaults that came with the product fill in the others (FUN-28).

use super::{StageFields, StageKind};
use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

/// A part of what is said about a stage; each by the name of its field.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    IntoStaticStr,
    EnumString,
    EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum StagePart {
    /// What the stage means.
    Definition,
    /// What must be reached.
    Goal,
    /// The start marker.
    EntryText,
    /// The end marker.
    ExitText,
    /// What is to be done.
    Tasks,
    /// The push questions, all of them.
    Questions,
    /// Whom to talk to.
    Roles,
    /// The probability, or its range.
    Probability,
}

impl StagePart {
    const fn bit(self) -> u8 {
        match self {
            Self::Definition => 1,
            Self::Goal => 2,
            Self::EntryText => 4,
            Self::ExitText => 8,
            Self::Tasks => 16,
            Self::Questions => 32,
            Self::Roles => 64,
            Self::Probability => 128,
        }
    }
}

/// Some of the parts of a stage: each at most once, in their order, so that two that say the same are equal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<StagePart>", into = "Vec<StagePart>")]
pub struct StageParts(u8);

impl StageParts {
    /// No part.
    pub const NONE: Self = Self(0);

    /// These and one more.
    #[must_use]
    pub const fn with(self, part: StagePart) -> Self {
        Self(self.0 | part.bit())
    }

    /// These but one.
    #[must_use]
    pub const fn without(self, part: StagePart) -> Self {
        Self(self.0 & !part.bit())
    }

    /// Whether one is among them.
    #[must_use]
    pub const fn has(self, part: StagePart) -> bool {
        self.0 & part.bit() != 0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// They, in their order.
    pub fn iter(self) -> impl Iterator<Item = StagePart> {
        StagePart::iter().filter(move |part| self.has(*part))
    }
}

impl FromIterator<StagePart> for StageParts {
    fn from_iter<I: IntoIterator<Item = StagePart>>(parts: I) -> Self {
        parts.into_iter().fold(Self::NONE, Self::with)
    }
}

impl From<Vec<StagePart>> for StageParts {
    fn from(parts: Vec<StagePart>) -> Self {
        parts.into_iter().collect()
    }
}

impl From<StageParts> for Vec<StagePart> {
    fn from(parts: StageParts) -> Self {
        parts.iter().collect()
    }
}

impl StageFields {
    /// Whether both say the same in a part.
    #[must_use]
    pub fn says_the_same_in(&self, part: StagePart, other: &Self) -> bool {
        match part {
            StagePart::Definition => self.definition == other.definition,
            StagePart::Goal => self.goal == other.goal,
            StagePart::EntryText => self.entry_text == other.entry_text,
            StagePart::ExitText => self.exit_text == other.exit_text,
            StagePart::Tasks => self.tasks == other.tasks,
            StagePart::Questions => self.questions == other.questions,
            StagePart::Roles => self.roles == other.roles,
            StagePart::Probability => {
                (self.probability, self.probability_high)
                    == (other.probability, other.probability_high)
            }
        }
    }

    /// Whether anything is said in a part; a stage where deals are closed has no probability to be said.
    #[must_use]
    pub fn says(&self, part: StagePart) -> bool {
        match part {
            StagePart::Definition => !self.definition.is_empty(),
            StagePart::Goal => !self.goal.is_empty(),
            StagePart::EntryText => !self.entry_text.is_empty(),
            StagePart::ExitText => !self.exit_text.is_empty(),
            StagePart::Tasks => !self.tasks.is_empty(),
            StagePart::Questions => !self.questions.is_empty(),
            StagePart::Roles => !self.roles.is_empty(),
            StagePart::Probability => self.kind == StageKind::Open,
        }
    }

    /// Whether a part is still the default that came with the product, on its own or with the whole stage.
    #[must_use]
    pub fn is_default(&self, part: StagePart) -> bool {
        self.our_parts.has(part) || self.is_ours && self.says(part)
    }

    /// Takes the marks of ours away from what differs from `before`: whoever writes other words makes them
    /// the company's own. Of a stage that was all ours, the parts nobody changed go on being ours.
    pub fn keep_marks_of(&mut self, before: &Self) {
        let mut parts = StagePart::iter();
        if self.is_ours && !parts.all(|part| self.says_the_same_in(part, before)) {
            self.is_ours = false;
            self.our_parts = StagePart::iter()
                .filter(|part| before.is_default(*part))
                .collect();
        }
        self.our_parts = self
            .our_parts
            .iter()
            .filter(|part| self.says_the_same_in(*part, before))
            .collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts() -> impl Strategy<Value = Vec<StagePart>> {
        let all: Vec<StagePart> = StagePart::iter().collect();
        prop::collection::vec(prop::sample::select(all), 0..20)
    }

    /// Other words in one part.
    fn reworded(fields: &StageFields, part: StagePart) -> StageFields {
        let mut other = fields.clone();
        match part {
            StagePart::Definition => other.definition.push('!'),
            StagePart::Goal => other.goal.push('!'),
            StagePart::EntryText => other.entry_text.push('!'),
            StagePart::ExitText => other.exit_text.push('!'),
            StagePart::Tasks => other.tasks.push("!".to_owned()),
            StagePart::Questions => other.questions.push("!".to_owned()),
            StagePart::Roles => other.roles.push("!".to_owned()),
            StagePart::Probability => other.probability += 1,
        }
        other
    }

    /// FUN-28: each part has a name of its own, that of its field.
    #[test]
    fn a_part_is_called_like_its_field() {
        let fields = StageFields::default();
        for part in StagePart::iter() {
            let full = reworded(&fields, part);
            let sent = serde_json::to_value(&full).unwrap();
            let name: &str = part.into();
            assert!(sent.get(name).is_some(), "{part:?}");
            assert_eq!(name.parse(), Ok(part));
            assert_eq!(serde_json::to_value(part).unwrap(), name);
            assert!(full.says(part), "{part:?}");
        }
    }

    proptest! {
        /// Each part once and in order, however it was sent.
        #[test]
        fn parts_sent_twice_or_in_disorder_are_the_same(sent in parts()) {
            let text = serde_json::to_string(&sent).unwrap();
            let kept: StageParts = serde_json::from_str(&text).unwrap();
            let told: Vec<StagePart> = kept.into();
            let expected: Vec<StagePart> =
                StagePart::iter().filter(|part| sent.contains(part)).collect();
            prop_assert_eq!(&told, &expected);
            prop_assert_eq!(kept.is_empty(), sent.is_empty());
            let again: StageParts = told.into();
            prop_assert_eq!(again, kept);
        }

        /// FUN-28: other words in a part take its mark away and leave all others.
        #[test]
        fn other_words_take_the_mark_of_their_part_alone(marked in parts(), is_ours: bool) {
            let said = StagePart::iter().fold(StageFields::default(), |fields, part| reworded(&fields, part));
            let before = StageFields {
                our_parts: marked.into_iter().collect(),
                is_ours,
                ..said
            };
            let mut same = before.clone();
            same.keep_marks_of(&before);
            prop_assert_eq!(&same, &before);
            for part in StagePart::iter() {
                let mut after = reworded(&before, part);
                after.keep_marks_of(&before);
                for other in StagePart::iter().filter(|other| *other != part) {
                    prop_assert_eq!(after.is_default(other), before.is_default(other), "{:?}", other);
                }
                prop_assert!(!after.is_default(part) && !after.is_ours, "{:?}", part);
            }
        }
    }
}
