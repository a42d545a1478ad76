//! Money: a decimal amount with its currency, never a float.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The largest amount of one figure, in currency units (10^12; OPP-18 asks for 100+ 亿).
pub const MAX_UNITS: i64 = 1_000_000_000_000;
/// The most decimals an amount may carry.
pub const MAX_DECIMALS: u32 = 4;

/// An ISO 4217 code, such as `CNY`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Chinese yuan, the default of a new organisation in Chinese.
    pub const CNY: Self = Self(*b"CNY");
    /// United States dollar, the default of a new organisation in English.
    pub const USD: Self = Self(*b"USD");

    /// Reads three ASCII capitals; `None` for anything else.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        bytes
            .iter()
            .all(u8::is_ascii_uppercase)
            .then_some(Self(bytes))
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).ok_or_else(|| {
            serde::de::Error::custom("a currency is three capital letters, as in ISO 4217")
        })
    }
}

/// An amount of money. On the wire `{ "amount": "12.50", "currency": "CNY" }`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Units of the currency, up to 10^12 with four decimals, as a string.
    #[serde(with = "rust_decimal::serde::str")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "1860000.00"))]
    pub amount: Decimal,
    /// ISO 4217 code.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "CNY"))]
    pub currency: Currency,
}

impl Money {
    /// Makes an amount.
    #[must_use]
    pub const fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Whether the amount is not negative, at most [`MAX_UNITS`] and has at most [`MAX_DECIMALS`] decimals.
    #[must_use]
    pub fn is_in_range(&self) -> bool {
        !self.amount.is_sign_negative()
            && self.amount <= Decimal::from(MAX_UNITS)
            && self.amount.normalize().scale() <= MAX_DECIMALS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn money_survives_the_wire(units in 0i64..10_000_000_000_000_000, scale in 0u32..=4) {
            let money = Money::new(Decimal::new(units, scale), Currency::CNY);
            let text = serde_json::to_string(&money).unwrap();
            prop_assert_eq!(serde_json::from_str::<Money>(&text).unwrap(), money);
        }
    }

    #[test]
    fn a_currency_is_three_capitals() {
        assert!(Currency::parse("cny").is_none());
        assert!(Currency::parse("CNYX").is_none());
        assert_eq!(Currency::parse("EUR").unwrap().as_str(), "EUR");
    }

    #[test]
    fn absurd_amounts_are_out_of_range() {
        let out = |text: &str| !Money::new(text.parse().unwrap(), Currency::CNY).is_in_range();
        assert!(out("-0.01"));
        assert!(out("1000000000000.0001"));
        assert!(out("1.00001"));
        assert!(!out("1.00000"));
    }
}
