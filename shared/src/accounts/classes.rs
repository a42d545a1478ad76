//! How important and urgent an account is (CLS-27..29), and what the people there can do (CLS-38).
//!
//! The class is computed whenever it is asked for and kept nowhere: it changes as days pass. It is one
//! of three classifications that are never one grade, see `docs/decisions/0015-three-classes.md`.

use super::{AccountPatch, AmountClass, AmountCuts};
use crate::check::{Check, Validate};
use crate::error::ErrorCode;
use crate::id::OrgId;
use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};
use strum::{AsRefStr, EnumIter, EnumString};

/// The class of an account by importance and urgency; no grade and no tier.
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
pub enum UrgencyClass {
    /// Important and urgent (CLS-27).
    A,
    /// Important, without a date or with one that is far (CLS-28).
    B,
    /// Not important (CLS-29).
    C,
}

/// What shows how important and urgent a purchase is; each is yes, no or not known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Signs {
    /// Whether they see what it is good for, or bought such a thing before.
    pub values_it: Option<bool>,
    /// Whether there is a budget or a plan.
    pub has_plan: Option<bool>,
    /// Whether somebody there is responsible for it.
    pub has_person: Option<bool>,
    /// Whether there is a time of purchase.
    pub has_date: Option<bool>,
    /// The day it is expected on.
    pub purchase_on: Option<NaiveDate>,
}

impl Signs {
    /// The same where a day says that there is one.
    #[must_use]
    pub const fn settled(mut self) -> Self {
        if self.purchase_on.is_some() {
            self.has_date = Some(true);
        }
        self
    }

    /// The signs after a change; without a time of purchase there is no day either.
    #[must_use]
    pub fn patched(mut self, patch: &AccountPatch) -> Self {
        self.values_it = patch.values_it.unwrap_or(self.values_it);
        self.has_plan = patch.has_plan.unwrap_or(self.has_plan);
        self.has_person = patch.has_person.unwrap_or(self.has_person);
        if let Some(has_date) = patch.has_date {
            self.has_date = has_date;
            if has_date != Some(true) {
                self.purchase_on = None;
            }
        }
        self.purchase_on = patch.purchase_on.unwrap_or(self.purchase_on);
        self.settled()
    }

    /// Adds what is wrong with them: a day where there is said to be none.
    pub fn check(&self, check: &mut Check) {
        if let Some(day) = self.purchase_on {
            check.date("/purchase_on", day);
            if self.has_date == Some(false) {
                check.fail("/purchase_on", ErrorCode::NotAllowed);
            }
        }
    }
}

/// The days on which a purchase is urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UrgentDays {
    /// Today, where the organisation is.
    pub today: NaiveDate,
    /// The last day that is urgent.
    pub until: NaiveDate,
}

impl UrgentDays {
    /// The days from today on, for so many months; a month without that day ends on its last one.
    #[must_use]
    pub fn from(today: NaiveDate, months: i16) -> Self {
        let months = u32::try_from(months).unwrap_or_default();
        let until = today.checked_add_months(Months::new(months));
        Self {
            today,
            until: until.unwrap_or(NaiveDate::MAX),
        }
    }
}

/// What has to be known before an account has a class.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString, EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MissingSign {
    /// Whether they see what it is good for.
    ValuesIt,
    /// Whether there is a budget or a plan.
    HasPlan,
    /// Whether somebody is responsible.
    HasPerson,
    /// Whether there is a time of purchase, and its day.
    PurchaseOn,
    /// The day that was expected is past: a new one.
    NewDay,
}

/// The class by importance and urgency, or what is missing for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Urgency {
    /// The class; none while something is missing.
    pub class: Option<UrgencyClass>,
    /// What is not known, where that leaves the class open.
    pub missing: Vec<MissingSign>,
}

impl Urgency {
    const fn of(class: UrgencyClass) -> Self {
        Self {
            class: Some(class),
            missing: Vec::new(),
        }
    }
}

/// The class of an account with these signs. Important is who values it, has a budget or plan, and has
/// somebody responsible; a single "no" is enough not to be. What is unknown decides nothing.
#[must_use]
pub fn urgency(signs: &Signs, days: &UrgentDays) -> Urgency {
    let important = [
        (signs.values_it, MissingSign::ValuesIt),
        (signs.has_plan, MissingSign::HasPlan),
        (signs.has_person, MissingSign::HasPerson),
    ];
    if important.iter().any(|(is, _)| *is == Some(false)) {
        return Urgency::of(UrgencyClass::C);
    }
    let when = match (signs.purchase_on, signs.has_date) {
        (Some(day), _) if day < days.today => Err(MissingSign::NewDay),
        (Some(day), _) if day <= days.until => Ok(UrgencyClass::A),
        (Some(_), _) | (None, Some(false)) => Ok(UrgencyClass::B),
        (None, _) => Err(MissingSign::PurchaseOn),
    };
    let unknown = important
        .iter()
        .filter(|(is, _)| is.is_none())
        .map(|(_, missing)| *missing);
    let missing: Vec<MissingSign> = unknown.chain(when.err()).collect();
    match when {
        Ok(class) if missing.is_empty() => Urgency::of(class),
        _ => Urgency {
            class: None,
            missing,
        },
    }
}

/// An answer about money, authority or need.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ManAnswer {
    /// Yes, no, or not known.
    pub is: Option<bool>,
    /// What it rests on.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Whether a target can buy: money, authority, need (CLS-38).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Man {
    /// It can pay.
    pub money: ManAnswer,
    /// Those we talk to can decide.
    pub authority: ManAnswer,
    /// It needs it.
    pub need: ManAnswer,
}

impl Man {
    /// The answers with their names.
    #[must_use]
    pub const fn parts(&self) -> [(&'static str, &ManAnswer); 3] {
        [
            ("money", &self.money),
            ("authority", &self.authority),
            ("need", &self.need),
        ]
    }

    /// The answers after a change.
    #[must_use]
    pub fn patched(mut self, patch: ManPatch) -> Self {
        for (answer, new) in [
            (&mut self.money, patch.money),
            (&mut self.authority, patch.authority),
            (&mut self.need, patch.need),
        ] {
            if let Some(new) = new {
                *answer = new;
            }
        }
        self.tidied()
    }

    /// The same with notes as they are kept.
    #[must_use]
    pub fn tidied(mut self) -> Self {
        for answer in [&mut self.money, &mut self.authority, &mut self.need] {
            answer.note = answer.note.trim().to_owned();
        }
        self
    }
}

/// A change of money, authority and need; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "see the same fields of `Man`")]
pub struct ManPatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub money: Option<ManAnswer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority: Option<ManAnswer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub need: Option<ManAnswer>,
}

impl ManPatch {
    /// Adds what is wrong with the notes.
    pub fn check(&self, check: &mut Check) {
        for (name, answer) in [
            ("money", &self.money),
            ("authority", &self.authority),
            ("need", &self.need),
        ] {
            if let Some(answer) = answer {
                check.long(&format!("/man/{name}/note"), &answer.note, 500);
            }
        }
    }
}

/// Where one size band ends and the next begins, in employees (CLS-33..36).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SizeBands {
    /// From here on a firm is small.
    pub small: i32,
    /// From here on it is of medium size.
    pub medium: i32,
    /// With more than this it is large.
    pub large: i32,
}

impl Default for SizeBands {
    fn default() -> Self {
        Self {
            small: 50,
            medium: 500,
            large: 1000,
        }
    }
}

/// What the classes of an organisation's accounts go by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClassRules {
    /// The organisation.
    pub id: OrgId,
    /// How many months ahead a purchase is urgent; 2 unless said otherwise (CLS-27, CLS-28).
    pub urgent_months: i16,
    /// The size bands; 50, 500 and 1000 unless said otherwise.
    pub sizes: SizeBands,
    /// Where the classes by amount end; 80 and 95 percent unless said otherwise (CLS-01).
    pub amount: AmountCuts,
    /// Counts up with every change.
    pub version: i32,
}

impl ClassRules {
    /// The rules of an organisation that said nothing else.
    #[must_use]
    pub fn usual(id: OrgId) -> Self {
        Self {
            id,
            urgent_months: 2,
            sizes: SizeBands::default(),
            amount: AmountCuts::default(),
            version: 1,
        }
    }
}

/// A change of what classes go by; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ClassRulesPatch {
    /// How many months ahead a purchase is urgent, 1 to 24.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub urgent_months: Option<i16>,
    /// The size bands, ascending.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sizes: Option<SizeBands>,
    /// Where the classes by amount end, ascending.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<AmountCuts>,
}

impl Validate for ClassRulesPatch {
    fn validate(&self, check: &mut Check) {
        if let Some(months) = self.urgent_months {
            check.range("/urgent_months", months, 1, 24);
        }
        if let Some(sizes) = self.sizes {
            check.range("/sizes/small", sizes.small, 1, 10_000_000);
            check.range("/sizes/medium", sizes.medium, sizes.small + 1, 10_000_000);
            check.range("/sizes/large", sizes.large, sizes.medium, 10_000_000);
        }
        if let Some(cuts) = self.amount {
            check.range("/amount/a", cuts.a, 1, 99);
            check.range("/amount/b", cuts.b, cuts.a.saturating_add(1), 100);
        }
    }
}

/// How an account is classed: by importance and urgency, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountClasses {
    /// By importance and urgency.
    pub urgency: Urgency,
    /// The days it was judged by.
    pub days: UrgentDays,
    /// By what it bought, among all accounts; none where nothing was bought in the organisation's currency.
    pub amount: Option<AmountClass>,
    /// Whether it counts as a large firm (CLS-33).
    pub is_large: bool,
    /// What sizes are told apart by, so that it can be told of other figures too.
    pub sizes: SizeBands,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn important() -> Signs {
        Signs {
            values_it: Some(true),
            has_plan: Some(true),
            has_person: Some(true),
            ..Signs::default()
        }
    }

    fn on(text: &str) -> Signs {
        Signs {
            purchase_on: Some(day(text)),
            ..important()
        }
        .settled()
    }

    fn days() -> UrgentDays {
        UrgentDays::from(day("2026-03-10"), 2)
    }

    /// CLS-27, CLS-28: two months to the day are urgent, the day after is not.
    #[test]
    fn a_purchase_within_two_months_is_urgent_and_a_later_one_is_not() {
        for (date, class) in [
            ("2026-03-10", UrgencyClass::A),
            ("2026-05-10", UrgencyClass::A),
            ("2026-05-11", UrgencyClass::B),
        ] {
            assert_eq!(urgency(&on(date), &days()).class, Some(class), "{date}");
        }
    }

    /// CLS-28: important without a time of purchase.
    #[test]
    fn an_important_account_without_a_time_of_purchase_is_not_urgent() {
        let none = Signs {
            has_date: Some(false),
            ..important()
        };
        assert_eq!(urgency(&none, &days()).class, Some(UrgencyClass::B));
    }

    /// CLS-29: who doubts it, has no budget or nobody responsible is in neither.
    #[test]
    fn a_single_no_makes_an_account_unimportant_whatever_else_is_unknown() {
        for signs in [
            Signs {
                values_it: Some(false),
                ..Signs::default()
            },
            Signs {
                has_plan: Some(false),
                ..on("2026-04-01")
            },
            Signs {
                has_person: Some(false),
                ..important()
            },
        ] {
            let urgency = urgency(&signs, &days());
            assert_eq!(urgency.class, Some(UrgencyClass::C));
            assert_eq!(urgency.missing, []);
        }
    }

    #[test]
    fn what_is_not_known_is_named_and_leaves_the_account_without_a_class() {
        use MissingSign::{HasPerson, HasPlan, NewDay, PurchaseOn, ValuesIt};
        let cases = [
            (
                Signs::default(),
                vec![ValuesIt, HasPlan, HasPerson, PurchaseOn],
            ),
            (important(), vec![PurchaseOn]),
            (
                Signs {
                    has_date: Some(true),
                    ..important()
                },
                vec![PurchaseOn],
            ),
            (
                Signs {
                    has_plan: None,
                    ..on("2026-04-01")
                },
                vec![HasPlan],
            ),
            // A day that is past says nothing of now.
            (on("2026-03-09"), vec![NewDay]),
        ];
        for (signs, missing) in cases {
            let found = urgency(&signs, &days());
            assert_eq!(found.class, None, "{signs:?}");
            assert_eq!(found.missing, missing, "{signs:?}");
        }
    }

    #[test]
    fn a_month_without_that_day_ends_on_its_last_one() {
        let days = UrgentDays::from(day("2026-12-31"), 2);
        assert_eq!(days.until, day("2027-02-28"));
    }

    #[test]
    fn a_day_says_that_there_is_one_and_no_time_takes_the_day_away() {
        let patch = |json: &str| serde_json::from_str::<AccountPatch>(json).unwrap();
        let with = important().patched(&patch(r#"{"purchase_on":"2026-04-01"}"#));
        assert_eq!(with.has_date, Some(true));
        let without = with.patched(&patch(r#"{"has_date":false}"#));
        assert_eq!((without.has_date, without.purchase_on), (Some(false), None));
        let cleared = with.patched(&patch(r#"{"purchase_on":null}"#));
        assert_eq!((cleared.has_date, cleared.purchase_on), (Some(true), None));
    }

    #[test]
    fn size_bands_must_ascend() {
        let patch = |small, medium, large| ClassRulesPatch {
            sizes: Some(SizeBands {
                small,
                medium,
                large,
            }),
            ..ClassRulesPatch::default()
        };
        assert!(patch(50, 500, 1000).validated().is_ok());
        let wrong = patch(500, 50, 40).validated().unwrap_err();
        let pointers: Vec<_> = wrong.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/sizes/medium", "/sizes/large"]);
    }

    fn any_signs() -> impl Strategy<Value = Signs> {
        let is = || proptest::option::of(any::<bool>());
        (is(), is(), is(), is(), proptest::option::of(-200i64..200)).prop_map(
            |(values_it, has_plan, has_person, has_date, from_today)| {
                Signs {
                    values_it,
                    has_plan,
                    has_person,
                    has_date,
                    purchase_on: from_today
                        .map(|days| day("2026-03-10") + chrono::Duration::days(days)),
                }
                .settled()
            },
        )
    }

    proptest! {
        /// CLS-27..29: a class or what is missing for it, never both and never neither.
        #[test]
        fn an_account_has_a_class_or_a_reason_for_none(signs in any_signs()) {
            let found = urgency(&signs, &days());
            prop_assert_eq!(found.class.is_none(), !found.missing.is_empty());
        }

        /// What is learned later never takes a class away, whatever else was unknown, but for a "no".
        #[test]
        fn an_answer_more_never_takes_a_class_away(signs in any_signs(), is in any::<bool>()) {
            let before = urgency(&signs, &days()).class;
            for more in [
                Signs { values_it: signs.values_it.or(Some(is)), ..signs },
                Signs { has_plan: signs.has_plan.or(Some(is)), ..signs },
                Signs { has_person: signs.has_person.or(Some(is)), ..signs },
            ] {
                let after = urgency(&more, &days()).class;
                prop_assert!(before.is_none() || after == before);
            }
        }

        /// As days pass, an account with a day goes from B to A and then has to be asked again.
        #[test]
        fn a_day_comes_nearer_and_is_then_past(from_today in 0i64..400) {
            let signs = on("2027-01-01");
            let today = day("2027-01-01") - chrono::Duration::days(from_today);
            let now = urgency(&signs, &UrgentDays::from(today, 2)).class;
            let next = urgency(&signs, &UrgentDays::from(today.succ_opt().unwrap(), 2)).class;
            let place = |class| match class {
                Some(UrgencyClass::B) => 0,
                Some(UrgencyClass::A) => 1,
                _ => 2,
            };
            prop_assert!(place(now) <= place(next));
        }
    }
}
