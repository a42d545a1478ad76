//! Numbers as files write them: `1,054.50`, `1.054,50`, `￥4,821`, `3.5万`.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use strum::{AsRefStr, EnumString};

/// Which character parts whole from fraction.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, AsRefStr, EnumString,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum DecimalMark {
    /// `1,054.50`
    #[default]
    Point,
    /// `1.054,50`
    Comma,
}

/// Reads a cell as a number; signs of currencies and 千, 万, 亿 behind it are understood.
#[must_use]
pub fn parse(text: &str, mark: DecimalMark) -> Option<Decimal> {
    let (digits, unit) = strip(text)?;
    let (grouping, decimal) = match mark {
        DecimalMark::Point => (',', '.'),
        DecimalMark::Comma => ('.', ','),
    };
    let (whole, fraction) = match digits.split_once(decimal) {
        Some((whole, fraction)) => (whole, fraction),
        None => (digits.as_str(), ""),
    };
    let (sign, whole) = match whole.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", whole),
    };
    let mut groups = whole.split(grouping);
    let first = groups.next()?;
    let is_grouped = groups.clone().next().is_some();
    let are_groups_whole = groups.clone().all(|group| group.len() == 3);
    if is_grouped && (first.is_empty() || first.len() > 3 || !are_groups_whole) {
        return None;
    }
    let whole: String = whole.chars().filter(|c| *c != grouping).collect();
    let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !is_number(&whole) || !is_number(fraction) {
        return None;
    }
    let plain: Decimal = format!("{sign}0{whole}.{fraction}0").parse().ok()?;
    Some(plain.checked_mul(unit)?.normalize())
}

/// The number without signs of currency and blanks, and what its unit multiplies by.
fn strip(text: &str) -> Option<(String, Decimal)> {
    if text.len() > 60 {
        return None;
    }
    let mut plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\u{feff}' | '\'' | '’'))
        .map(|c| match c {
            '，' => ',',
            '．' => '.',
            '－' | '−' => '-',
            c @ '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10).unwrap_or(c),
            c => c,
        })
        .collect();
    // Accountants write a loss in brackets.
    if let Some(inner) = plain.strip_prefix('(').and_then(|p| p.strip_suffix(')')) {
        plain = format!("-{inner}");
    }
    let mut unit = Decimal::ONE;
    loop {
        let before = plain.len();
        for sign in [
            "¥", "￥", "$", "€", "£", "元", "RMB", "CNY", "USD", "EUR", "GBP", "%",
        ] {
            plain = plain.trim_end_matches(sign).to_owned();
            let (minus, rest) = match plain.strip_prefix('-') {
                Some(rest) => ("-", rest),
                None => ("", plain.as_str()),
            };
            plain = format!("{minus}{}", rest.trim_start_matches(sign));
        }
        for (sign, factor) in [("千", 1_000), ("万", 10_000), ("亿", 100_000_000)] {
            if let Some(rest) = plain.strip_suffix(sign) {
                plain = rest.to_owned();
                unit = unit.checked_mul(Decimal::from(factor))?;
            }
        }
        if plain.len() == before {
            break;
        }
    }
    (!plain.is_empty()).then_some((plain, unit))
}

/// What a column's cells tell about their marks; collected cell by cell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberFacts {
    /// Cells seen.
    pub cells: i64,
    /// Cells that are numbers with the point as decimal mark.
    pub by_point: i64,
    /// Cells that are numbers with the comma as decimal mark.
    pub by_comma: i64,
    /// Cells that mean another number by the other mark, such as `1,054`.
    pub differing: i64,
}

impl NumberFacts {
    /// Takes a cell in.
    pub fn add(&mut self, cell: &str) {
        self.cells += 1;
        if self.cells > 1_000 && self.by_point + self.by_comma == 0 {
            return;
        }
        let point = parse(cell, DecimalMark::Point);
        let comma = parse(cell, DecimalMark::Comma);
        self.by_point += i64::from(point.is_some());
        self.by_comma += i64::from(comma.is_some());
        self.differing += i64::from(point.is_some() && comma.is_some() && point != comma);
    }

    /// Whether its cells look like numbers.
    #[must_use]
    pub const fn is_numeric(&self) -> bool {
        let most = if self.by_point > self.by_comma {
            self.by_point
        } else {
            self.by_comma
        };
        most > 0 && most * 100 >= self.cells * 90
    }

    /// The mark that reads the most cells; the point when both do.
    #[must_use]
    pub const fn mark(&self) -> DecimalMark {
        if self.by_comma > self.by_point {
            DecimalMark::Comma
        } else {
            DecimalMark::Point
        }
    }

    /// Whether both marks read all cells, but not as the same numbers.
    #[must_use]
    pub const fn is_ambiguous(&self) -> bool {
        self.differing > 0 && self.by_point == self.by_comma
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        use DecimalMark::{Comma, Point};
        for (text, mark, expect) in [
            ("1054", Point, Some("1054")),
            ("1,054.50", Point, Some("1054.5")),
            ("1.054,50", Comma, Some("1054.5")),
            ("1.054,50", Point, None),
            ("1,05", Point, None),
            ("1,05", Comma, Some("1.05")),
            ("￥4,821.00", Point, Some("4821")),
            ("$ 55", Point, Some("55")),
            ("-3", Point, Some("-3")),
            ("(3)", Point, Some("-3")),
            ("3.5万", Point, Some("35000")),
            ("2亿元", Point, Some("200000000")),
            ("１２", Point, Some("12")),
            (".5", Point, Some("0.5")),
            ("1e5", Point, None),
            ("abc", Point, None),
            ("", Point, None),
            ("-", Point, None),
            ("1-2", Point, None),
            ("NaN", Point, None),
            ("99999999999999999999999999999999", Point, None),
        ] {
            let expect: Option<Decimal> = expect.map(|text| text.parse().unwrap());
            assert_eq!(parse(text, mark), expect, "{text} {mark:?}");
        }
    }

    #[test]
    fn the_mark_is_that_of_the_column() {
        let facts = |cells: &[&str]| {
            let mut facts = NumberFacts::default();
            cells.iter().for_each(|cell| facts.add(cell));
            (facts.mark(), facts.is_ambiguous())
        };
        assert_eq!(facts(&["1.200", "12,50"]), (DecimalMark::Comma, false));
        assert_eq!(facts(&["1,200", "12.50"]), (DecimalMark::Point, false));
        assert_eq!(facts(&["1,200", "3,400"]), (DecimalMark::Point, true));
        assert_eq!(facts(&["1200", "55"]), (DecimalMark::Point, false));
    }

    proptest! {
        #[test]
        fn a_written_number_is_read_back(units in -10_000_000_000_000i64..10_000_000_000_000, scale in 0u32..=4) {
            let number = Decimal::new(units, scale).normalize();
            let text = number.to_string();
            prop_assert_eq!(parse(&text, DecimalMark::Point), Some(number));
            prop_assert_eq!(parse(&text.replace('.', ","), DecimalMark::Comma), Some(number));
        }

        #[test]
        fn any_cell_is_read_without_panic(cell in ".{0,70}") {
            let _ = parse(&cell, DecimalMark::Point);
            let _ = parse(&cell, DecimalMark::Comma);
        }
    }
}
