//! The class of an account by what it bought (CLS-01): computed from won deals, never set.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use strum::{AsRefStr, EnumIter, EnumString};

/// The class of an account by amount; no grade, no tier, and not the class by urgency.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, AsRefStr, EnumString, EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AmountClass {
    /// Few and large.
    A,
    /// Between.
    B,
    /// Many and small.
    C,
}

/// Where the classes by amount end, as shares of all that was bought, the largest buyers first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AmountCuts {
    /// Who brings the first so many percent is A.
    pub a: i16,
    /// Who brings what follows up to so many percent is B; the rest is C.
    pub b: i16,
}

impl Default for AmountCuts {
    /// 80 and 95 percent: the few who bring 80 are the key customers (CLS-03), the 95 are ours.
    fn default() -> Self {
        Self { a: 80, b: 95 }
    }
}

/// The class of who bought something, where larger buyers bought `before` of `total` together.
#[must_use]
pub fn amount_class(before: Decimal, total: Decimal, cuts: AmountCuts) -> AmountClass {
    let is_below = |cut: i16| before * Decimal::ONE_HUNDRED < Decimal::from(cut) * total;
    if is_below(cuts.a) {
        AmountClass::A
    } else if is_below(cuts.b) {
        AmountClass::B
    } else {
        AmountClass::C
    }
}

/// The classes of these amounts, in their order; who bought nothing has none.
#[must_use]
pub fn amount_classes(amounts: &[Decimal], cuts: AmountCuts) -> Vec<Option<AmountClass>> {
    let total: Decimal = amounts.iter().sum();
    amounts
        .iter()
        .map(|own| {
            let before: Decimal = amounts.iter().filter(|other| *other > own).sum();
            (*own > Decimal::ZERO).then(|| amount_class(before, total, cuts))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn classes(amounts: &[i64]) -> String {
        let amounts: Vec<Decimal> = amounts.iter().copied().map(Decimal::from).collect();
        let found = amount_classes(&amounts, AmountCuts::default());
        let letters = found
            .iter()
            .map(|class| class.as_ref().map_or("-", AsRef::as_ref));
        letters.collect()
    }

    /// CLS-01, CLS-03: the few who bring 80 of a hundred are A.
    #[test]
    fn the_few_who_bring_most_are_a_and_the_many_who_bring_little_are_c() {
        assert_eq!(classes(&[70, 15, 10, 2, 2, 1]), "AABCCC");
        assert_eq!(classes(&[1, 0, 99]), "C-A");
        assert_eq!(classes(&[5]), "A");
        assert_eq!(classes(&[]), "");
        // Who bought the same is of the same class.
        assert_eq!(classes(&[50, 50, 50]), "AAA");
    }

    proptest! {
        #[test]
        fn who_bought_more_is_never_of_a_lesser_class(amounts in proptest::collection::vec(0i64..1000, 1..20)) {
            let decimals: Vec<Decimal> = amounts.iter().copied().map(Decimal::from).collect();
            let found = amount_classes(&decimals, AmountCuts::default());
            let place = |class: Option<AmountClass>| class.map_or(3, |class| class as u8);
            for (one, first) in amounts.iter().zip(&found) {
                for (other, second) in amounts.iter().zip(&found) {
                    prop_assert!(one < other || place(*first) <= place(*second));
                }
            }
            prop_assert!(amounts.iter().all(|own| *own == 0) || found.contains(&Some(AmountClass::A)));
        }
    }
}
