//! What the closings of some days say together, beside as many days before them (SIX-13): how many were won
//! and lost, why, for how much, and of how many somebody wrote down what was learnt.

use super::CaseOutcome;
use crate::funnel::LossReason;
use crate::money::{Currency, Money};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use strum::IntoEnumIterator;

/// The days looked at when nobody says how many.
pub const USUAL_DAYS: i64 = 90;

/// The most days looked at.
pub const MAX_DAYS: i64 = 366;

/// The most tags that are told.
pub const MAX_LESSON_TAGS: i64 = 20;

/// Some closed deals.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClosedFigures {
    /// How many.
    pub count: i64,
    /// How many of them have a case.
    pub with_case: i64,
    /// The sums of their amounts, by currency.
    pub amounts: Vec<Money>,
    /// How many days they took on average; absent where there are none.
    pub average_days: Option<i64>,
}

impl ClosedFigures {
    /// The share of them that have a case, in percent; none where there are none.
    #[must_use]
    pub fn case_share(&self) -> Option<i64> {
        (self.count > 0).then(|| (self.with_case * 200 + self.count) / (self.count * 2))
    }
}

/// Closings of one kind in the days looked at and in as many before them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NowAndBefore {
    /// In the days looked at.
    pub now: ClosedFigures,
    /// In as many days before them.
    pub before: ClosedFigures,
}

impl NowAndBefore {
    /// Whether nothing was closed at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.now.count == 0 && self.before.count == 0
    }
}

/// Deals that were lost for a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReasonLessons {
    /// The reason.
    pub loss_reason: LossReason,
    /// The deals.
    #[serde(flatten)]
    pub figures: NowAndBefore,
}

/// Deals whose case has a tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TagLessons {
    /// The tag.
    pub tag: String,
    /// How many of those in the days looked at were won.
    pub won: i64,
    /// The deals.
    #[serde(flatten)]
    pub figures: NowAndBefore,
}

/// What closed deals say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CaseLessons {
    /// How many days are looked at.
    pub days: i64,
    /// All closings.
    pub closed: NowAndBefore,
    /// Those won.
    pub won: NowAndBefore,
    /// Those lost.
    pub lost: NowAndBefore,
    /// Why deals were lost; the most frequent now first.
    pub reasons: Vec<ReasonLessons>,
    /// What their cases are tagged with; the most frequent now first, at most 20.
    pub tags: Vec<TagLessons>,
}

/// Closed deals that were counted together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedCell {
    /// Whether they were closed in the days before.
    pub is_before: bool,
    /// How they ended.
    pub outcome: CaseOutcome,
    /// Why they were lost.
    pub loss_reason: Option<LossReason>,
    /// What their cases are tagged with, where tags are counted.
    pub tag: Option<String>,
    /// Their currency; none for those without an amount.
    pub currency: Option<Currency>,
    /// How many.
    pub count: i64,
    /// How many of them have a case.
    pub with_case: i64,
    /// The sum of their amounts.
    pub amount: Decimal,
    /// The sum of the days they took.
    pub days: Decimal,
}

/// What is added up of one kind.
#[derive(Default)]
struct Sum {
    count: i64,
    with_case: i64,
    amounts: BTreeMap<Currency, Decimal>,
    days: Decimal,
}

impl Sum {
    fn add(&mut self, cell: &ClosedCell) {
        self.count += cell.count;
        self.with_case += cell.with_case;
        self.days += cell.days;
        if let Some(currency) = cell.currency {
            *self.amounts.entry(currency).or_default() += cell.amount;
        }
    }

    fn figures(self) -> ClosedFigures {
        let average = self.days.checked_div(Decimal::from(self.count));
        let amounts = self.amounts.into_iter();
        ClosedFigures {
            count: self.count,
            with_case: self.with_case,
            amounts: amounts
                .map(|(currency, amount)| Money::new(amount.normalize(), currency))
                .collect(),
            average_days: average.and_then(|days| days.round().to_i64()),
        }
    }
}

fn sum<'a>(cells: impl Iterator<Item = &'a ClosedCell>) -> NowAndBefore {
    let (mut now, mut before) = (Sum::default(), Sum::default());
    for cell in cells {
        if cell.is_before {
            before.add(cell);
        } else {
            now.add(cell);
        }
    }
    NowAndBefore {
        now: now.figures(),
        before: before.figures(),
    }
}

/// Puts together what was counted: `closed` by outcome, reason and currency, `tagged` by tag besides.
#[must_use]
pub fn lessons(days: i64, closed: &[ClosedCell], tagged: &[ClosedCell]) -> CaseLessons {
    let of = |outcome| sum(closed.iter().filter(move |cell| cell.outcome == outcome));
    let mut by_tag: BTreeMap<&str, Vec<&ClosedCell>> = BTreeMap::new();
    for cell in tagged {
        if let Some(tag) = &cell.tag {
            by_tag.entry(tag).or_default().push(cell);
        }
    }
    let mut reasons: Vec<ReasonLessons> = LossReason::iter()
        .map(|loss_reason| ReasonLessons {
            loss_reason,
            figures: sum(closed
                .iter()
                .filter(|cell| cell.loss_reason == Some(loss_reason))),
        })
        .filter(|one| !one.figures.is_empty())
        .collect();
    let mut tags: Vec<TagLessons> = by_tag
        .into_iter()
        .map(|(tag, cells)| TagLessons {
            tag: tag.to_owned(),
            won: cells
                .iter()
                .filter(|cell| cell.outcome == CaseOutcome::Won && !cell.is_before)
                .map(|cell| cell.count)
                .sum(),
            figures: sum(cells.into_iter()),
        })
        .collect();
    let often = |figures: &NowAndBefore| Reverse((figures.now.count, figures.before.count));
    reasons.sort_by_key(|one| often(&one.figures));
    tags.sort_by_key(|one| often(&one.figures));
    CaseLessons {
        days,
        closed: sum(closed.iter()),
        won: of(CaseOutcome::Won),
        lost: of(CaseOutcome::Lost),
        reasons,
        tags,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::option;
    use proptest::prelude::*;

    fn cells() -> impl Strategy<Value = Vec<ClosedCell>> {
        let reasons = prop_oneof![Just(LossReason::Price), Just(LossReason::Fit)];
        let tags = prop_oneof![Just("price"), Just("trial"), Just("team")];
        let currencies = prop_oneof![Just(Currency::CNY), Just(Currency::USD)];
        let one = (
            any::<bool>(),
            option::of(reasons),
            option::of(tags),
            option::of(currencies),
            (1i64..50, 0i64..50, 0i64..1_000, 0i64..1_000),
        );
        let one = one.prop_map(
            |(is_before, loss_reason, tag, currency, (count, cases, amount, days))| ClosedCell {
                is_before,
                outcome: if loss_reason.is_some() {
                    CaseOutcome::Lost
                } else {
                    CaseOutcome::Won
                },
                loss_reason,
                tag: tag.map(str::to_owned),
                currency,
                count,
                with_case: cases.min(count),
                amount: currency.map_or(Decimal::ZERO, |_| Decimal::from(amount)),
                days: Decimal::from(days),
            },
        );
        proptest::collection::vec(one, 0..20)
    }

    fn total(figures: &ClosedFigures) -> Decimal {
        figures.amounts.iter().map(|money| money.amount).sum()
    }

    proptest! {
        /// SIX-13: every closing is told once among all, once among won or lost, and once among the reasons
        /// where it was lost; nothing is told that was not counted.
        #[test]
        fn every_closing_is_counted_once(closed in cells()) {
            let told = lessons(90, &closed, &closed);
            for is_before in [false, true] {
                let side = |one: &NowAndBefore| {
                    if is_before { one.before.clone() } else { one.now.clone() }
                };
                let counted: Vec<&ClosedCell> =
                    closed.iter().filter(|cell| cell.is_before == is_before).collect();
                let all = side(&told.closed);
                prop_assert_eq!(all.count, counted.iter().map(|cell| cell.count).sum::<i64>());
                prop_assert_eq!(total(&all), counted.iter().map(|cell| cell.amount).sum::<Decimal>());
                let (won, lost) = (side(&told.won), side(&told.lost));
                prop_assert_eq!(won.count + lost.count, all.count);
                prop_assert_eq!(won.with_case + lost.with_case, all.with_case);
                let reasons: i64 = told.reasons.iter().map(|one| side(&one.figures).count).sum();
                prop_assert_eq!(reasons, lost.count);
                prop_assert!(all.case_share().is_none_or(|share| (0..=100).contains(&share)));
                prop_assert_eq!(all.case_share().is_none(), all.count == 0);
                prop_assert_eq!(all.average_days.is_none(), all.count == 0);
            }
            let reasons: Vec<i64> = told.reasons.iter().map(|one| one.figures.now.count).collect();
            let tags: Vec<i64> = told.tags.iter().map(|one| one.figures.now.count).collect();
            prop_assert!(reasons.is_sorted_by(|one, next| one >= next));
            prop_assert!(tags.is_sorted_by(|one, next| one >= next));
            prop_assert!(told.tags.iter().all(|one| one.won <= one.figures.now.count));
        }
    }

    #[test]
    fn a_share_is_rounded_to_the_nearest() {
        let of = |with_case, count| {
            let figures = ClosedFigures {
                count,
                with_case,
                ..ClosedFigures::default()
            };
            figures.case_share()
        };
        assert_eq!(
            [of(1, 3), of(2, 3), of(1, 200), of(3, 3)],
            [33, 67, 1, 100].map(Some)
        );
        assert_eq!(of(0, 0), None);
    }
}
