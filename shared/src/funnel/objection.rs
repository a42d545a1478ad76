//! Objections of a customer: what was said, how it was answered in four moves, whether it is settled
//! (SIX-10, SIX-11).

use crate::check::{Check, Validate};
use crate::id::{ContactId, DealId, ObjectionId, UserId};
use crate::identity::Locale;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{AsRefStr, EnumIter, EnumString, IntoEnumIterator};

/// The most objections of a deal.
pub const MAX_OBJECTIONS: i64 = 200;

/// The most characters of what was said.
const MAX_SAID: usize = 1_000;

/// The most characters of the note on a move.
const MAX_NOTE: usize = 500;

/// What an objection is about (SIX-11).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    AsRefStr,
    EnumString,
    EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ObjectionClass {
    /// Whether it is good enough.
    Quality,
    /// Whether it is worth its price.
    Price,
    /// Whether somebody comes when it fails.
    AfterSales,
    /// Anything else.
    Other,
}

/// The four moves by which an objection is answered, in their order (SIX-10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, AsRefStr, EnumIter)]
#[strum(serialize_all = "snake_case")]
pub enum ObjectionMove {
    /// Listen to it (倾听拒绝).
    Listen,
    /// Ask, and turn it (询问转向).
    Ask,
    /// Go with the flow (顺水推舟).
    Flow,
    /// Lead from the front (正面引导).
    Lead,
}

/// The moves that were made, each with a note that may be empty; one that is absent was not made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ObjectionMoves {
    /// Listened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<String>,
    /// Asked and turned it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ask: Option<String>,
    /// Went with the flow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow: Option<String>,
    /// Led from the front.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead: Option<String>,
}

impl ObjectionMoves {
    /// The notes beside their moves, in order.
    #[must_use]
    pub const fn by_move(&self) -> [(ObjectionMove, Option<&String>); 4] {
        [
            (ObjectionMove::Listen, self.listen.as_ref()),
            (ObjectionMove::Ask, self.ask.as_ref()),
            (ObjectionMove::Flow, self.flow.as_ref()),
            (ObjectionMove::Lead, self.lead.as_ref()),
        ]
    }

    /// The note of a move.
    pub const fn note_mut(&mut self, of: ObjectionMove) -> &mut Option<String> {
        match of {
            ObjectionMove::Listen => &mut self.listen,
            ObjectionMove::Ask => &mut self.ask,
            ObjectionMove::Flow => &mut self.flow,
            ObjectionMove::Lead => &mut self.lead,
        }
    }

    fn check(&self, check: &mut Check) {
        for (of, note) in self.by_move() {
            check.opt(&format!("/moves/{}", of.as_ref()), note, MAX_NOTE);
        }
    }
}

/// What helps against an objection of a class (SIX-11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsRefStr, EnumIter)]
#[strum(serialize_all = "snake_case")]
pub enum ObjectionAnswer {
    /// Quality: certificates.
    Certificates,
    /// Quality: cases of happy customers.
    Cases,
    /// Price: a comparison.
    Comparison,
    /// Price: what is added to it.
    AddedValue,
    /// Price: flexible plans.
    FlexiblePlans,
    /// Price: a trial.
    Trial,
    /// After-sales: how service goes.
    Process,
    /// After-sales: who serves.
    Team,
    /// After-sales: a signed agreement.
    Agreement,
}

impl ObjectionAnswer {
    /// The class it answers.
    #[must_use]
    pub const fn class(self) -> ObjectionClass {
        match self {
            Self::Certificates | Self::Cases => ObjectionClass::Quality,
            Self::Comparison | Self::AddedValue | Self::FlexiblePlans | Self::Trial => {
                ObjectionClass::Price
            }
            Self::Process | Self::Team | Self::Agreement => ObjectionClass::AfterSales,
        }
    }

    /// Those that answer a class, in their order.
    pub fn of(class: ObjectionClass) -> impl Iterator<Item = Self> {
        Self::iter().filter(move |answer| answer.class() == class)
    }

    /// It in words.
    #[must_use]
    pub fn text(self, locale: Locale) -> String {
        let key = format!("objection.answers.{}", self.as_ref());
        rust_i18n::t!(&key, locale = locale.as_ref()).into_owned()
    }
}

/// An objection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Objection {
    /// Its id.
    pub id: ObjectionId,
    /// The deal.
    pub deal_id: DealId,
    /// What it is about.
    pub class: ObjectionClass,
    /// What was said.
    pub said: String,
    /// Who said it: a person at the deal's account.
    pub contact_id: Option<ContactId>,
    /// That person's name at the time of reading.
    #[serde(default)]
    pub contact_name: Option<String>,
    /// The moves that were made.
    pub moves: ObjectionMoves,
    /// Since when it is settled.
    pub settled_at: Option<DateTime<Utc>>,
    /// Who logged it.
    pub logged_by: Option<UserId>,
    /// Their name at the time of reading.
    #[serde(default)]
    pub logged_by_name: Option<String>,
    /// When.
    pub logged_at: DateTime<Utc>,
    /// Since when it counts no more, as it was logged by mistake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<DateTime<Utc>>,
}

/// An objection to be logged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "see the same fields of `Objection`")]
pub struct NewObjection {
    pub class: ObjectionClass,
    pub said: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_id: Option<ContactId>,
    #[serde(default)]
    pub moves: ObjectionMoves,
    /// Whether it is settled already.
    #[serde(default)]
    pub settled: bool,
}

impl Validate for NewObjection {
    fn validate(&self, check: &mut Check) {
        check.text("/said", &self.said, MAX_SAID);
        self.moves.check(check);
    }
}

/// A change of an objection; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "see the same fields of `Objection`")]
pub struct ObjectionPatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<ObjectionClass>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
    #[serde(with = "crate::check::patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ContactId>))]
    pub contact_id: Option<Option<ContactId>>,
    /// All moves that were made, in place of those before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moves: Option<ObjectionMoves>,
    /// Whether it is settled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled: Option<bool>,
}

impl Validate for ObjectionPatch {
    fn validate(&self, check: &mut Check) {
        if let Some(said) = &self.said {
            check.text("/said", said, MAX_SAID);
        }
        if let Some(moves) = &self.moves {
            moves.check(check);
        }
    }
}

impl Objection {
    /// It as it is after a change; one that is settled already stays settled since then.
    #[must_use]
    pub fn patched(mut self, patch: ObjectionPatch, now: DateTime<Utc>) -> Self {
        self.class = patch.class.unwrap_or(self.class);
        if let Some(said) = patch.said {
            said.trim().clone_into(&mut self.said);
        }
        self.contact_id = patch.contact_id.unwrap_or(self.contact_id);
        self.moves = patch.moves.unwrap_or(self.moves);
        self.settled_at = match patch.settled {
            Some(true) => self.settled_at.or(Some(now)),
            Some(false) => None,
            None => self.settled_at,
        };
        self
    }

    /// Whether it still stands between the customer and us.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.settled_at.is_none() && self.withdrawn_at.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn at(hour: u32) -> DateTime<Utc> {
        format!("2026-11-22T{hour:02}:00:00Z").parse().unwrap()
    }

    fn objection() -> Objection {
        Objection {
            id: ObjectionId(Uuid::from_u128(1)),
            deal_id: DealId(Uuid::from_u128(2)),
            class: ObjectionClass::Price,
            said: "Too dear".into(),
            contact_id: Some(ContactId(Uuid::from_u128(3))),
            contact_name: None,
            moves: ObjectionMoves::default(),
            settled_at: None,
            logged_by: None,
            logged_by_name: None,
            logged_at: at(8),
            withdrawn_at: None,
        }
    }

    /// SIX-10: four moves, in their order, each with a note of its own.
    #[test]
    fn there_are_four_moves_in_order_and_each_keeps_its_note() {
        let names: Vec<&str> = ObjectionMoves::default()
            .by_move()
            .map(|(of, _)| of)
            .map(|of| match of {
                ObjectionMove::Listen => "listen",
                ObjectionMove::Ask => "ask",
                ObjectionMove::Flow => "flow",
                ObjectionMove::Lead => "lead",
            })
            .into();
        assert_eq!(names, ["listen", "ask", "flow", "lead"]);
        let mut moves = ObjectionMoves::default();
        for of in ObjectionMove::iter() {
            *moves.note_mut(of) = Some(of.as_ref().to_owned());
        }
        for (of, note) in moves.by_move() {
            assert_eq!(note.map(String::as_str), Some(of.as_ref()));
        }
        let made = ObjectionMoves {
            listen: Some(String::new()),
            ..ObjectionMoves::default()
        };
        assert_eq!(
            serde_json::to_value(&made).unwrap(),
            serde_json::json!({ "listen": "" })
        );
    }

    /// SIX-11: quality has two answers, price four, after-sales three, in both languages.
    #[test]
    fn each_class_has_the_answers_its_source_names() {
        let of = |class| -> Vec<String> {
            ObjectionAnswer::of(class)
                .map(|answer| answer.as_ref().to_owned())
                .collect()
        };
        assert_eq!(of(ObjectionClass::Quality), ["certificates", "cases"]);
        assert_eq!(
            of(ObjectionClass::Price),
            ["comparison", "added_value", "flexible_plans", "trial"]
        );
        assert_eq!(
            of(ObjectionClass::AfterSales),
            ["process", "team", "agreement"]
        );
        assert!(of(ObjectionClass::Other).is_empty());
        let mut texts = std::collections::BTreeSet::new();
        for answer in ObjectionAnswer::iter() {
            for locale in [Locale::ZhCn, Locale::En] {
                let text = answer.text(locale);
                assert!(!text.contains("objection."), "{answer:?}: {text}");
                assert!(texts.insert(text), "{answer:?} says what another says");
            }
        }
    }

    #[test]
    fn what_is_said_is_needed_and_bounded_and_so_is_each_note() {
        let new = |said: &str, note: &str| NewObjection {
            class: ObjectionClass::Quality,
            said: said.into(),
            contact_id: None,
            moves: ObjectionMoves {
                flow: Some(note.into()),
                ..ObjectionMoves::default()
            },
            settled: false,
        };
        assert!(new("It breaks", "").validated().is_ok());
        assert!(
            new(&"x".repeat(1_000), &"x".repeat(500))
                .validated()
                .is_ok()
        );
        for (said, note, pointer) in [
            (" ", "", "/said"),
            (&*"x".repeat(1_001), "", "/said"),
            ("It breaks", &*"x".repeat(501), "/moves/flow"),
        ] {
            let faults = new(said, note).validated().unwrap_err();
            assert_eq!(faults[0].pointer, pointer);
        }
    }

    #[test]
    fn a_change_leaves_what_it_does_not_name_and_settles_once() {
        let settled = objection().patched(
            ObjectionPatch {
                settled: Some(true),
                contact_id: Some(None),
                ..ObjectionPatch::default()
            },
            at(9),
        );
        assert_eq!(settled.said, "Too dear");
        assert_eq!(
            (settled.contact_id, settled.settled_at),
            (None, Some(at(9)))
        );
        assert!(objection().is_open() && !settled.is_open());
        let again = settled.clone().patched(
            ObjectionPatch {
                settled: Some(true),
                ..ObjectionPatch::default()
            },
            at(10),
        );
        assert_eq!(again, settled, "settled since then");
        let open = again.patched(
            ObjectionPatch {
                settled: Some(false),
                ..ObjectionPatch::default()
            },
            at(11),
        );
        assert!(open.is_open());
    }
}
