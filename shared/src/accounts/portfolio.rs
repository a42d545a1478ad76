//! What a seller's accounts should be made of (CLS-30..35): limits by seller level and day, the mix
//! there is, and which account to hand back.

use super::UrgencyClass;
use crate::check::{Check, Validate};
use crate::error::{ErrorCode, FieldError};
use crate::id::{AccountId, LimitsId, UserId};
use crate::identity::SellerLevel;
use crate::money::Money;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use strum::{AsRefStr, EnumIter, EnumString, IntoEnumIterator};

/// What is limited.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString, EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Measure {
    /// Important and urgent ones.
    A,
    /// Important ones.
    B,
    /// The others.
    C,
    /// Large firms, of whatever class.
    Large,
}

/// How much of all accounts there may be, in percent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Range {
    /// At least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i16>,
    /// At most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i16>,
}

impl Range {
    /// Without a least share.
    #[must_use]
    pub const fn at_most(max: i16) -> Self {
        Self {
            min: None,
            max: Some(max),
        }
    }
}

/// What a seller's accounts should be made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "see `Measure`")]
pub struct Limits {
    pub a: Range,
    pub b: Range,
    pub c: Range,
    pub large: Range,
}

impl Limits {
    /// What holds for a level of which nothing was said: A at most 40 %, B at least 55 %, C at most 5 %,
    /// large firms at most 20 %, none for juniors (CLS-30..35).
    #[must_use]
    pub const fn usual(level: SellerLevel) -> Self {
        Self {
            a: Range::at_most(40),
            b: Range {
                min: Some(55),
                max: None,
            },
            c: Range::at_most(5),
            large: Range::at_most(match level {
                SellerLevel::Junior => 0,
                SellerLevel::Middle | SellerLevel::Senior => 20,
            }),
        }
    }

    /// The range of a measure.
    #[must_use]
    pub const fn of(&self, measure: Measure) -> Range {
        match measure {
            Measure::A => self.a,
            Measure::B => self.b,
            Measure::C => self.c,
            Measure::Large => self.large,
        }
    }

    /// Adds what is wrong with them under `base`: percentages out of range, and fields that contradict
    /// each other, all of which are named.
    pub fn check(&self, check: &mut Check, base: &str) {
        let at = |measure: Measure, end: &str| format!("{base}/{}/{end}", measure.as_ref());
        let mut is_whole = true;
        for measure in Measure::iter() {
            let range = self.of(measure);
            for (end, value) in [("min", range.min), ("max", range.max)] {
                if let Some(value) = value {
                    check.range(&at(measure, end), value, 0, 100);
                    is_whole &= (0..=100).contains(&value);
                }
            }
        }
        if !is_whole {
            return;
        }
        let mut wrong: Vec<String> = Vec::new();
        for measure in Measure::iter() {
            let range = self.of(measure);
            if range.min.zip(range.max).is_some_and(|(min, max)| min > max) {
                wrong.extend([at(measure, "min"), at(measure, "max")]);
            }
        }
        // The three classes are parts of one whole.
        let parts = [Measure::A, Measure::B, Measure::C];
        let floor = |measure: Measure| self.of(measure).min.unwrap_or(0);
        let floors: i16 = parts.into_iter().map(floor).sum();
        if floors > 100 {
            let named = parts.into_iter().filter(|part| floor(*part) > 0);
            wrong.extend(named.map(|part| at(part, "min")));
        }
        let tops: Option<i16> = parts.into_iter().map(|part| self.of(part).max).sum();
        if tops.is_some_and(|sum| sum < 100) {
            wrong.extend(parts.into_iter().map(|part| at(part, "max")));
        }
        // What the others must have leaves less than is said to be allowed.
        for part in parts {
            let others = floors - floor(part);
            if self.of(part).max.is_some_and(|max| max > 100 - others) && floors <= 100 {
                wrong.push(at(part, "max"));
                let named = parts.into_iter().filter(|one| *one != part);
                let named = named.filter(|one| floor(*one) > 0);
                wrong.extend(named.map(|one| at(one, "min")));
            }
        }
        wrong.sort_unstable();
        wrong.dedup();
        for pointer in wrong {
            check.add(FieldError::new(pointer, ErrorCode::LimitsContradict));
        }
    }
}

/// Limits as they were set for a level, from a day on. They are never changed, only followed by others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LimitSetting {
    /// Its id; of two for the same day the later made counts.
    pub id: LimitsId,
    /// For sellers of this level.
    pub level: SellerLevel,
    /// From this day on.
    pub valid_from: NaiveDate,
    /// The limits.
    pub limits: Limits,
    /// Who set them.
    pub set_by: Option<UserId>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// Limits to be set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewLimits {
    /// For sellers of this level.
    pub level: SellerLevel,
    /// From this day on; not before today.
    pub valid_from: NaiveDate,
    /// The limits; what is absent is not limited.
    pub limits: Limits,
}

impl Validate for NewLimits {
    fn validate(&self, check: &mut Check) {
        check.date("/valid_from", self.valid_from);
        self.limits.check(check, "/limits");
    }
}

/// The limits that hold for a level on a day: the last set from that day or before.
#[must_use]
pub fn in_force<'a>(
    settings: impl IntoIterator<Item = &'a LimitSetting>,
    level: SellerLevel,
    day: NaiveDate,
) -> Limits {
    settings
        .into_iter()
        .filter(|setting| setting.level == level && setting.valid_from <= day)
        .max_by_key(|setting| (setting.valid_from, setting.id))
        .map_or_else(|| Limits::usual(level), |setting| setting.limits)
}

/// How many accounts of each class somebody has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mix {
    /// Important and urgent.
    pub a: i64,
    /// Important.
    pub b: i64,
    /// The others.
    pub c: i64,
    /// Of which too little is known.
    pub unclassed: i64,
    /// Large firms among all of them.
    pub large: i64,
}

impl Mix {
    /// All accounts.
    #[must_use]
    pub const fn total(&self) -> i64 {
        self.a + self.b + self.c + self.unclassed
    }

    /// How many count for a measure.
    #[must_use]
    pub const fn count(&self, measure: Measure) -> i64 {
        match measure {
            Measure::A => self.a,
            Measure::B => self.b,
            Measure::C => self.c,
            Measure::Large => self.large,
        }
    }

    /// The mix with an account more, or with `-1` one less.
    #[must_use]
    pub const fn with(mut self, class: Option<UrgencyClass>, is_large: bool, by: i64) -> Self {
        match class {
            Some(UrgencyClass::A) => self.a += by,
            Some(UrgencyClass::B) => self.b += by,
            Some(UrgencyClass::C) => self.c += by,
            None => self.unclassed += by,
        }
        if is_large {
            self.large += by;
        }
        self
    }

    /// The share of a measure in percent, rounded down; none without accounts.
    #[must_use]
    pub const fn share(&self, measure: Measure) -> Option<i64> {
        percent(self.count(measure), self.total())
    }

    /// How a measure stands to its limits.
    #[must_use]
    pub const fn standing(&self, measure: Measure, limits: &Limits) -> Standing {
        let range = limits.of(measure);
        let (count, total) = (self.count(measure), self.total());
        if over(count, total, range.max) > 0 {
            return Standing::Over;
        }
        if short(count, total, range.min) > 0 {
            // Those without a class may turn out to be what is missing.
            let at_best = count + self.unclassed;
            return if short(at_best, total, range.min) > 0 {
                Standing::Under
            } else {
                Standing::Open
            };
        }
        Standing::Within
    }

    /// By how many points of a hundred a measure is beyond its limits, from the share as it is shown, at least 1;
    /// 0 within.
    #[must_use]
    pub const fn points_beyond(&self, measure: Measure, limits: &Limits) -> i64 {
        let (range, share) = (limits.of(measure), self.share(measure));
        let (Some(share), true) = (share, self.beyond(measure, limits) > 0) else {
            return 0;
        };
        let over = match range.max {
            Some(max) => share - max as i64,
            None => 1,
        };
        let short = match range.min {
            Some(min) => min as i64 - share,
            None => 1,
        };
        let points = if over > short { over } else { short };
        if points > 1 { points } else { 1 }
    }

    /// By how much a measure is beyond its limits, in hundredths of an account.
    const fn beyond(&self, measure: Measure, limits: &Limits) -> i64 {
        let range = limits.of(measure);
        let (count, total) = (self.count(measure), self.total());
        let over = over(count, total, range.max);
        let short = short(count, total, range.min);
        if over > short { over } else { short }
    }

    fn all_beyond(&self, limits: &Limits) -> i64 {
        Measure::iter()
            .map(|measure| self.beyond(measure, limits))
            .sum()
    }

    /// What is beyond its limits here and was less so before.
    #[must_use]
    pub fn worsened(&self, before: &Self, limits: &Limits) -> Vec<Measure> {
        let is_worse = |measure: &Measure| {
            let is_out = matches!(
                self.standing(*measure, limits),
                Standing::Over | Standing::Under
            );
            // As shares: hundredths of an account weigh less the more accounts there are.
            let (now, then) = (
                self.beyond(*measure, limits),
                before.beyond(*measure, limits),
            );
            is_out && now * before.total().max(1) > then * self.total().max(1)
        };
        Measure::iter().filter(is_worse).collect()
    }
}

const fn percent(count: i64, total: i64) -> Option<i64> {
    if total == 0 {
        None
    } else {
        Some((count * 200 + total) / (total * 2))
    }
}

const fn over(count: i64, total: i64, max: Option<i16>) -> i64 {
    match max {
        Some(max) if count * 100 > max as i64 * total => count * 100 - max as i64 * total,
        _ => 0,
    }
}

const fn short(count: i64, total: i64, min: Option<i16>) -> i64 {
    match min {
        Some(min) if count * 100 < min as i64 * total => min as i64 * total - count * 100,
        _ => 0,
    }
}

/// How a measure stands to its limits.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString, EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Standing {
    /// As it should be.
    Within,
    /// Too few by what is known; accounts without a class may make up for it.
    Open,
    /// Too many.
    Over,
    /// Too few.
    Under,
}

/// What one seller's accounts are made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Portfolio {
    /// The seller.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Their level.
    pub level: SellerLevel,
    /// Their accounts, archived ones left out.
    pub mix: Mix,
    /// The limits that hold for them today.
    pub limits: Limits,
    /// The days by which accounts are urgent.
    pub days: super::UrgentDays,
}

/// An account that could be handed back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SwapAccount {
    /// The account.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// Its class.
    pub class: Option<UrgencyClass>,
    /// Whether it is a large firm.
    pub is_large: bool,
    /// What its open deals are expected to bring, in the organisation's currency.
    pub expected: Money,
}

/// What an account more, or one of another class, does to a seller's accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Effect {
    /// The seller.
    pub owner_id: UserId,
    /// Their accounts now.
    pub before: Mix,
    /// Their accounts afterwards.
    pub after: Mix,
    /// The limits that hold for them today.
    pub limits: Limits,
    /// What is beyond its limits afterwards and was less so before.
    pub worsened: Vec<Measure>,
    /// The account whose handing back would leave nothing worse than before; none where no single one does.
    pub swap: Option<SwapAccount>,
}

/// Which of these accounts to hand back so that nothing is worse than before the change (CLS-30..33): what
/// got worse is no further beyond its limits than it was, and nothing else is either. Of those that mend it,
/// the one that leaves the mix nearest to its limits; of those that do equally well, the one that promises
/// least. None where nothing got worse or none mends it.
#[must_use]
pub fn swap<'a>(
    before: &Mix,
    after: &Mix,
    limits: &Limits,
    accounts: &'a [SwapAccount],
) -> Option<&'a SwapAccount> {
    if after.worsened(before, limits).is_empty() {
        return None;
    }
    let left = |account: &SwapAccount| after.with(account.class, account.is_large, -1);
    let is_out = |mix: &Mix, measure: Measure| {
        let standing = mix.standing(measure, limits);
        matches!(standing, Standing::Over | Standing::Under)
    };
    let mends = |account: &&SwapAccount| {
        let left = left(account);
        let mut measures = Measure::iter();
        // Those without a class who might have made up for what is missing may be the ones that go.
        let breaks = measures.any(|measure| is_out(&left, measure) && !is_out(before, measure));
        !breaks && left.worsened(before, limits).is_empty()
    };
    accounts.iter().filter(mends).min_by_key(|account| {
        // Of two alike, the one that matters least.
        let unimportance = match account.class {
            Some(UrgencyClass::C) => 0,
            None => 1,
            Some(UrgencyClass::B) => 2,
            Some(UrgencyClass::A) => 3,
        };
        let expected: Decimal = account.expected.amount;
        let beyond = left(account).all_beyond(limits);
        (beyond, unimportance, expected, account.id)
    })
}

#[cfg(test)]
#[path = "portfolio_tests.rs"]
mod tests;
