//! Evaluation rounds: numbered, dated snapshots of how a deal stands (GATE-10..14).

use super::gate::{Known, Side, Truth};
use super::{Stage, TestsRule};
use crate::check::{Check, Validate};
use crate::error::ErrorCode;
use crate::id::{CriterionId, DealId, RoundId, StageId, UserId};
use crate::money::Money;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// The first quote, split as the customer weighs it (GATE-13).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct QuoteSplit {
    /// For software, or the product itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software: Option<Money>,
    /// For putting it to work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub implementation: Option<Money>,
    /// For service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<Money>,
}

impl QuoteSplit {
    /// The parts with their names.
    #[must_use]
    pub fn parts(&self) -> [(&'static str, Option<&Money>); 3] {
        [
            ("software", self.software.as_ref()),
            ("implementation", self.implementation.as_ref()),
            ("service", self.service.as_ref()),
        ]
    }
}

/// How a criterion stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoundResult {
    /// The criterion.
    pub criterion_id: CriterionId,
    /// What it asked then.
    pub name: String,
    /// Whether nobody passed without it.
    pub mandatory: bool,
    /// Whether it was met; absent when nobody knew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub met: Option<bool>,
}

/// What is judged at a round beside what is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct NewRound {
    /// How many vendors are left, we among them (GATE-12).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shortlist: Option<i16>,
    /// The first quote (GATE-13).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<QuoteSplit>,
    /// Whether the quote meets what the customer expects (GATE-13).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote_fits: Option<bool>,
    /// The chance to sign within three months, in percent (GATE-14).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chance_soon: Option<i16>,
    /// What was found.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// When the next round is due: today or later, where the organisation is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_on: Option<NaiveDate>,
}

impl Validate for NewRound {
    fn validate(&self, check: &mut Check) {
        if let Some(shortlist) = self.shortlist {
            check.range("/shortlist", shortlist, 1, 100);
        }
        if let Some(chance) = self.chance_soon {
            check.range("/chance_soon", chance, 0, 100);
        }
        check.long("/note", &self.note, 2_000);
        if let Some(day) = self.next_on {
            check.date("/next_on", day);
        }
        let parts = self.quote.iter().flat_map(QuoteSplit::parts);
        let mut currency = None;
        for (name, money) in parts {
            let Some(money) = money else { continue };
            check.money(&format!("/quote/{name}"), money);
            if *currency.get_or_insert(money.currency) != money.currency {
                check.fail(&format!("/quote/{name}/currency"), ErrorCode::NotAllowed);
            }
        }
    }
}

/// A round as it was held; it never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Round {
    /// Its id.
    pub id: RoundId,
    /// The deal.
    pub deal_id: DealId,
    /// Its number, from 1.
    pub number: i32,
    /// The stage the deal was in.
    pub stage_id: StageId,
    /// The version of its criteria.
    pub gate_version: i32,
    /// How the criteria to go on from that stage stood.
    pub results: Vec<RoundResult>,
    /// The points of the five tests, of a hundred; absent before all were answered.
    pub points: Option<i16>,
    /// What was judged.
    #[serde(flatten)]
    pub judged: NewRound,
    /// Who held it.
    pub held_by: Option<UserId>,
    /// Their name.
    pub held_by_name: Option<String>,
    /// When.
    pub held_at: DateTime<Utc>,
}

impl Round {
    /// How many criteria were met, of how many.
    #[must_use]
    pub fn met(&self) -> (usize, usize) {
        let met = self.results.iter().filter(|one| one.met == Some(true));
        (met.count(), self.results.len())
    }
}

/// How the criteria to go on from a stage stand, and the points of the five tests.
#[must_use]
pub fn snapshot(stage: &Stage, known: &Known<'_>) -> (Vec<RoundResult>, Option<i16>) {
    let results = stage.gate.side(Side::Exit).map(|criterion| RoundResult {
        criterion_id: criterion.id,
        name: criterion.name.clone(),
        mandatory: criterion.mandatory,
        met: match criterion.truth(known) {
            Truth::True => Some(true),
            Truth::False => Some(false),
            Truth::Unknown => None,
        },
    });
    let rule: TestsRule = stage.gate.tests.unwrap_or_default();
    (results.collect(), rule.points(known))
}
