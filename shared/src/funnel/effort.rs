//! Effort against value: whether an open deal takes much of its owner's effort for little value, so that no
//! time is wasted on it unseen (GATE-30).
//!
//! Effort is what profit by stage counts ([`super::worth`]): touches of the last days, tasks planned or done
//! in them, and next steps with a day.

use super::worth::percent;
use crate::money::{Currency, Money};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// How many times its share of the value a deal's share of the effort must be to be called outsized.
pub const OUTSIZED_TIMES: i64 = 2;

/// The share of its owner's effort, in hundredths, below which no deal is called outsized.
pub const OUTSIZED_SHARE: i64 = 10;

/// How much effort a deal must have taken before it is called outsized: of less there is nothing to say.
pub const OUTSIZED_LEAST: i64 = 5;

/// What an open deal takes of its owner's effort, and what it is worth beside their other open deals.
///
/// Of what is closed or put away nothing counts; where nobody owns the deal every figure is zero.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DealEffort {
    /// Whether it takes an outsized share of the effort: at least 5 pieces and 10 % of it, and at least
    /// twice its share of the value.
    pub is_outsized: bool,
    /// What was done for the deal and is planned: touches of the last 30 days, tasks planned or done in
    /// that time, a next step with a day.
    pub effort: i64,
    /// The same of all open deals of its owner.
    pub owner_effort: i64,
    /// The deal's share of that, in percent.
    pub effort_share: i16,
    /// What the deal is worth: its expected profit, or else its amount by its probability; a loss is worth
    /// nothing. Absent where it has no amount.
    pub value: Option<Money>,
    /// The same of all open deals of its owner in the deal's currency.
    pub owner_value: Option<Money>,
    /// The deal's share of that, in percent.
    pub value_share: i16,
}

/// What was counted of a deal and of all open deals of its owner.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EffortCounted {
    /// The deal's effort.
    pub effort: i64,
    /// The effort of all, the deal's among it.
    pub owner_effort: i64,
    /// The deal's value, not below zero; none where nobody said.
    pub value: Option<Decimal>,
    /// The value of all in its currency, the deal's among it.
    pub owner_value: Decimal,
}

impl EffortCounted {
    /// Whether the share of effort is outsized beside the share of value. What nobody said may be worth
    /// much, and where nothing is worth anything there is nothing to compare: neither is outsized.
    #[must_use]
    pub fn is_outsized(&self) -> bool {
        let Some(value) = self.value else {
            return false;
        };
        // Shares are compared multiplied out, so that no rounding decides.
        let takes = Decimal::from(self.effort).saturating_mul(self.owner_value);
        let gives = Decimal::from(self.owner_effort).saturating_mul(value);
        self.effort >= OUTSIZED_LEAST
            && self.effort * 100 >= self.owner_effort * OUTSIZED_SHARE
            && self.owner_value > Decimal::ZERO
            && takes >= gives.saturating_mul(OUTSIZED_TIMES.into())
    }
}

/// Says what was counted, with shares, in the deal's currency.
#[must_use]
pub fn effort(counted: &EffortCounted, currency: Option<Currency>) -> DealEffort {
    let known = counted.value.zip(currency);
    DealEffort {
        is_outsized: counted.is_outsized(),
        effort: counted.effort,
        owner_effort: counted.owner_effort,
        effort_share: percent(counted.effort.into(), counted.owner_effort.into()),
        value: known.map(|(value, currency)| Money::new(value, currency)),
        owner_value: known.map(|(_, currency)| Money::new(counted.owner_value, currency)),
        value_share: known.map_or(0, |(value, _)| percent(value, counted.owner_value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A deal's effort and value among the effort and value of the others.
    fn counted(effort: i64, others: i64, value: i64, other_value: i64) -> EffortCounted {
        EffortCounted {
            effort,
            owner_effort: effort + others,
            value: Some(value.into()),
            owner_value: Decimal::from(value) + Decimal::from(other_value),
        }
    }

    /// GATE-30.
    #[test]
    fn outsized_is_what_takes_twice_its_share_of_the_value() {
        assert!(counted(20, 80, 10, 90).is_outsized());
        assert!(!counted(19, 81, 10, 90).is_outsized());
        assert!(counted(20, 80, 0, 1).is_outsized());
    }

    #[test]
    fn little_effort_is_never_outsized() {
        assert!(!counted(4, 0, 0, 100).is_outsized());
        assert!(counted(5, 0, 0, 100).is_outsized());
        assert!(!counted(9, 91, 0, 100).is_outsized());
        assert!(counted(10, 90, 0, 100).is_outsized());
    }

    #[test]
    fn what_is_unknown_or_alone_is_not_outsized() {
        let mut unknown = counted(50, 50, 0, 100);
        unknown.value = None;
        assert!(!unknown.is_outsized());
        assert!(!counted(50, 50, 0, 0).is_outsized());
        assert!(!counted(50, 0, 100, 0).is_outsized());
        assert!(!EffortCounted::default().is_outsized());
    }

    #[test]
    fn the_figures_are_told_with_their_shares() {
        let told = effort(&counted(30, 70, 2, 198), Some(Currency::CNY));
        assert!(told.is_outsized);
        assert_eq!((told.effort, told.owner_effort), (30, 100));
        assert_eq!((told.effort_share, told.value_share), (30, 1));
        let whole = Money::new(200.into(), Currency::CNY);
        assert_eq!(told.owner_value, Some(whole));
        let nobody = effort(&EffortCounted::default(), None);
        assert_eq!(nobody, DealEffort::default());
    }

    const MOST: i64 = 1_000_000_000_000;

    proptest! {
        #[test]
        fn more_value_never_makes_a_fine_deal_outsized(
            (effort, others) in (0i64..200, 0i64..2_000), value in 0..MOST, other_value in 0..MOST, more in 0..MOST
        ) {
            let before = counted(effort, others, value, other_value);
            let after = counted(effort, others, value + more, other_value);
            prop_assert!(before.is_outsized() || !after.is_outsized());
        }

        #[test]
        fn more_effort_never_makes_an_outsized_deal_fine(
            (effort, others) in (0i64..200, 0i64..2_000), value in 0..MOST, other_value in 0..MOST, more in 0i64..200
        ) {
            let before = counted(effort, others, value, other_value);
            let after = counted(effort + more, others, value, other_value);
            prop_assert!(!before.is_outsized() || after.is_outsized());
        }
    }
}
