//! Days as files write them, and which of the ways a column uses.

use super::{ColumnDates, DateFormat};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use strum::IntoEnumIterator;

/// Reads a cell as a day in a format; a time of day behind it is passed over.
#[must_use]
pub fn parse(text: &str, format: DateFormat) -> Option<NaiveDate> {
    Parts::of(text)?.read(format)
}

/// The pieces of a written day: three runs of digits or a month's name, or eight or six digits in one.
struct Parts<'a>(Vec<&'a str>);

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let text = text.trim();
        // `2016-10-20T08:00:00Z`, `20/10/2016 08:00`.
        let day = text.split(['T', ' ']).next().filter(|first| {
            first.len() >= 6 && first.chars().filter(|c| c.is_ascii_digit()).count() >= 4
        });
        let day = day.unwrap_or(text);
        if day.len() > 20 {
            return None;
        }
        let parts: Vec<&str> = day
            .split(|c: char| {
                matches!(
                    c,
                    '-' | '/' | '.' | ' ' | ',' | '年' | '月' | '日' | '号' | '—' | '－'
                )
            })
            .filter(|part| !part.is_empty())
            .collect();
        let is_word = |part: &&str| {
            part.chars().all(|c| c.is_ascii_digit())
                || (part.len() >= 3 && part.chars().all(|c| c.is_ascii_alphabetic()))
        };
        (matches!(parts.len(), 1 | 3) && parts.iter().all(is_word)).then_some(Self(parts))
    }

    /// The day, read in the order of the format.
    fn read(&self, format: DateFormat) -> Option<NaiveDate> {
        let [first, second, third] = self.split(format)?;
        let (year, month, day, is_short) = match format {
            DateFormat::Ymd => (first, second, third, false),
            DateFormat::Dmy => (third, second, first, false),
            DateFormat::Mdy => (third, first, second, false),
            DateFormat::DmyShort => (third, second, first, true),
            DateFormat::MdyShort => (third, first, second, true),
            DateFormat::YmdShort => (first, second, third, true),
        };
        let year = match (is_short, year.len()) {
            (false, 4) => number(year)?,
            // Two digits mean 1970 to 2069.
            (true, 2) => match number(year)? {
                short @ 70.. => 1900 + short,
                short => 2000 + short,
            },
            _ => return None,
        };
        NaiveDate::from_ymd_opt(
            i32::try_from(year).ok()?,
            month_number(month)?,
            number(day)?,
        )
    }

    /// Year, month and day in the order of the format.
    fn split(&self, format: DateFormat) -> Option<[&'a str; 3]> {
        if let [first, second, third] = *self.0.as_slice() {
            return Some([first, second, third]);
        }
        let [all] = *self.0.as_slice() else {
            return None;
        };
        if !all.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let lengths = match (all.len(), format) {
            (8, DateFormat::Ymd) => [4, 2, 2],
            (8, DateFormat::Dmy | DateFormat::Mdy) => [2, 2, 4],
            (6, DateFormat::DmyShort | DateFormat::MdyShort | DateFormat::YmdShort) => [2, 2, 2],
            _ => return None,
        };
        let (first, rest) = all.split_at_checked(lengths[0])?;
        let (second, third) = rest.split_at_checked(lengths[1])?;
        Some([first, second, third])
    }
}

fn number(text: &str) -> Option<u32> {
    (text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

fn month_number(text: &str) -> Option<u32> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    if let Some(number) = number(text) {
        return Some(number);
    }
    let text = text.to_ascii_lowercase();
    let mut fits = (1..)
        .zip(NAMES)
        .filter(|(_, name)| name.starts_with(&text) || (text == "sept" && *name == "september"));
    let (month, _) = fits.next()?;
    fits.next().is_none().then_some(month)
}

/// What a column's cells tell about how its days are written; collected cell by cell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateFacts {
    /// Cells seen.
    pub cells: i64,
    /// Per format, in the order of [`DateFormat`]: cells it reads, and how its years and days spread.
    pub formats: Vec<FormatFacts>,
}

/// What one format makes of a column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormatFacts {
    /// Cells it reads.
    pub readable: i64,
    /// The years it reads, up to a limit.
    pub years: BTreeSet<i32>,
    /// The days of the month it reads.
    pub days: BTreeSet<u32>,
    /// The months it reads.
    pub months: BTreeSet<u32>,
}

/// Years that are kept apart; more than any file of deals spans.
const MAX_YEARS: usize = 64;
/// The share of cells that must be readable for a column to count as one of days.
const SHARE: i64 = 60;

impl DateFacts {
    /// Takes a cell in.
    pub fn add(&mut self, cell: &str) {
        use chrono::Datelike;

        self.cells += 1;
        if self.formats.is_empty() {
            self.formats = DateFormat::iter().map(|_| FormatFacts::default()).collect();
        }
        // Most columns are not of days, and a thousand cells settle that.
        let is_settled = self.cells > 1_000 && self.formats.iter().all(|f| f.readable == 0);
        if is_settled || !cell.chars().any(|c| c.is_ascii_digit()) {
            return;
        }
        let Some(parts) = Parts::of(cell) else {
            return;
        };
        for (facts, format) in self.formats.iter_mut().zip(DateFormat::iter()) {
            if let Some(day) = parts.read(format) {
                facts.readable += 1;
                if facts.years.len() < MAX_YEARS {
                    facts.years.insert(day.year());
                }
                facts.days.insert(day.day());
                facts.months.insert(day.month());
            }
        }
    }

    fn of(&self, format: DateFormat) -> Option<&FormatFacts> {
        DateFormat::iter()
            .position(|known| known == format)
            .and_then(|place| self.formats.get(place))
    }

    /// The formats that read the most cells, the likeliest first; empty when the column does not look
    /// like days.
    #[must_use]
    pub fn possible(&self) -> Vec<DateFormat> {
        let sensible = |format: DateFormat| self.of(format).filter(|facts| !facts.is_absurd());
        let most = DateFormat::iter()
            .filter_map(sensible)
            .map(|facts| facts.readable)
            .max()
            .unwrap_or(0);
        if most == 0 || most * 100 < self.cells * SHARE {
            return Vec::new();
        }
        DateFormat::iter()
            .filter(|format| sensible(*format).is_some_and(|facts| facts.readable == most))
            .collect()
    }

    /// How the days are written, with `hint` as the formats of other columns of the same file, which
    /// settle what this column leaves open.
    #[must_use]
    pub fn verdict(&self, hint: &[DateFormat]) -> Option<ColumnDates> {
        let possible = self.possible();
        let mut left: Vec<DateFormat> = possible.clone();
        if left.len() > 1 {
            let hinted: Vec<DateFormat> = left
                .iter()
                .copied()
                .filter(|format| hint.contains(format))
                .collect();
            if hinted.len() == 1 {
                left = hinted;
            }
        }
        let format = match left.as_slice() {
            [] => return None,
            [only] => Some(*only),
            _ => None,
        };
        Some(ColumnDates {
            format,
            is_ambiguous: format.is_none(),
            possible,
            example: None,
        })
    }
}

impl FormatFacts {
    /// Whether the reading makes no sense: as in `20-10-16` read with the year first, the years jump over
    /// decades while the days of the month are always the same few.
    fn is_absurd(&self) -> bool {
        let (years, days) = (self.years.len(), self.days.len());
        let span = match (self.years.first(), self.years.last()) {
            (Some(first), Some(last)) => usize::try_from(last - first + 1).unwrap_or(usize::MAX),
            _ => 0,
        };
        let jumps = span >= years * 3;
        days * 2 < years && (years > 8 || (years >= 3 && jumps))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        use DateFormat as D;
        for (text, format, expect) in [
            ("2016-10-20", D::Ymd, Some(day(2016, 10, 20))),
            ("2016/1/2", D::Ymd, Some(day(2016, 1, 2))),
            ("20161020", D::Ymd, Some(day(2016, 10, 20))),
            ("2016年10月20日", D::Ymd, Some(day(2016, 10, 20))),
            ("2016-10-20T08:00:00Z", D::Ymd, Some(day(2016, 10, 20))),
            ("2016-10-20 08:00", D::Ymd, Some(day(2016, 10, 20))),
            ("20.10.2016", D::Dmy, Some(day(2016, 10, 20))),
            ("20 Oct 2016", D::Dmy, Some(day(2016, 10, 20))),
            ("Oct 20, 2016", D::Mdy, Some(day(2016, 10, 20))),
            ("10/20/2016", D::Mdy, Some(day(2016, 10, 20))),
            ("10/20/2016", D::Dmy, None),
            ("20-10-16", D::DmyShort, Some(day(2016, 10, 20))),
            ("20-10-16", D::YmdShort, Some(day(2020, 10, 16))),
            ("01-02-75", D::DmyShort, Some(day(1975, 2, 1))),
            ("31-02-17", D::DmyShort, None),
            ("29-02-17", D::DmyShort, None),
            ("2016-10-20", D::DmyShort, None),
            ("soon", D::Dmy, None),
            ("", D::Ymd, None),
            ("1-2", D::Dmy, None),
            ("1-2-3-4", D::Dmy, None),
        ] {
            assert_eq!(parse(text, format), expect, "{text} {format:?}");
        }
    }

    fn verdict(cells: &[&str], hint: &[DateFormat]) -> Option<ColumnDates> {
        let mut facts = DateFacts::default();
        for cell in cells {
            facts.add(cell);
        }
        facts.verdict(hint)
    }

    #[test]
    fn a_day_past_the_twelfth_tells_day_from_month() {
        let found = verdict(&["01-03-2017", "25-10-2016"], &[]).unwrap();
        assert_eq!(found.format, Some(DateFormat::Dmy));
        let found = verdict(&["03/01/2017", "10/25/2016"], &[]).unwrap();
        assert_eq!(found.format, Some(DateFormat::Mdy));
    }

    #[test]
    fn what_nothing_tells_apart_is_left_to_a_person() {
        let found = verdict(&["01-03-2017", "05-10-2016"], &[]).unwrap();
        assert_eq!((found.format, found.is_ambiguous), (None, true));
        assert_eq!(found.possible, [DateFormat::Dmy, DateFormat::Mdy]);
        let found = verdict(&["01-03-2017"], &[DateFormat::Dmy]).unwrap();
        assert_eq!(found.format, Some(DateFormat::Dmy));
    }

    #[test]
    fn a_year_that_would_run_from_2001_to_2031_is_a_day() {
        let cells: Vec<String> = (1..=28)
            .map(|d| format!("{d:02}-{:02}-{}", d % 12 + 1, 16 + d % 2))
            .collect();
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        assert_eq!(
            verdict(&cells, &[]).unwrap().format,
            Some(DateFormat::DmyShort)
        );
    }

    #[test]
    fn three_rows_tell_a_day_from_a_year_but_not_the_first_of_each_month() {
        let found = verdict(&["25-10-24", "17-01-24", "30-06-24"], &[]).unwrap();
        assert_eq!(found.format, Some(DateFormat::DmyShort));
        let found = verdict(&["01-03-15", "01-07-16", "01-09-17"], &[]).unwrap();
        assert!(found.is_ambiguous);
    }

    #[test]
    fn a_day_that_does_not_exist_does_not_turn_the_column_around() {
        let cells = [
            "31-02-24", "01-02-24", "13-02-24", "14-02-24", "15-02-24", "16-02-24", "17-02-24",
            "18-02-24", "19-02-24",
        ];
        assert_eq!(
            verdict(&cells, &[]).unwrap().format,
            Some(DateFormat::DmyShort)
        );
    }

    #[test]
    fn a_column_of_words_or_amounts_is_not_one_of_days() {
        assert_eq!(verdict(&["Won", "Lost"], &[]), None);
        assert_eq!(verdict(&["1054", "4514", "50"], &[]), None);
    }

    #[test]
    fn one_bad_cell_does_not_hide_the_format() {
        let mut cells = vec!["25-10-2016"; 20];
        cells.push("n/a");
        assert_eq!(verdict(&cells, &[]).unwrap().format, Some(DateFormat::Dmy));
    }

    proptest! {
        #[test]
        fn a_written_day_is_read_back(days in 0i32..36_000, separator in "[-/. ]") {
            let date = day(1970, 1, 1) + chrono::TimeDelta::days(days.into());
            let write = |order: &str| date.format(&order.replace('-', &separator)).to_string();
            prop_assert_eq!(parse(&write("%Y-%m-%d"), DateFormat::Ymd), Some(date));
            prop_assert_eq!(parse(&write("%d-%m-%Y"), DateFormat::Dmy), Some(date));
            prop_assert_eq!(parse(&write("%m-%d-%Y"), DateFormat::Mdy), Some(date));
            prop_assert_eq!(parse(&date.format("%Y%m%d").to_string(), DateFormat::Ymd), Some(date));
        }

        #[test]
        fn any_cell_is_read_without_panic(cell in ".{0,40}") {
            for format in DateFormat::iter() {
                let _ = parse(&cell, format);
            }
            let mut facts = DateFacts::default();
            facts.add(&cell);
            let _ = facts.verdict(&[]);
        }
    }
}
