//! Numbers, money, dates and times as people read them, in both languages.
//!
//! Pure functions: the clock comes in as an argument, and [`now`] and [`today`] are the one place that
//! reads it. Digits are grouped by the platform's `Intl` in a browser; words come from the catalogue.

use crate::i18n::t;
use crate::i18n::{Lang, counted};
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, Timelike, Utc};
use rust_decimal::{Decimal, RoundingStrategy};
use shared::money::{Currency, Money};
use yew::AttrValue;

/// A figure with what stands around it, so that a card can set the number bold and the unit quiet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Before the number: a sign and the currency, often empty.
    pub prefix: String,
    /// The number.
    pub number: String,
    /// After the number: a unit such as `M`, often empty.
    pub unit: String,
    /// Whether a space stands between number and unit.
    pub is_spaced: bool,
}

impl std::fmt::Display for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let space = if self.is_spaced && !self.unit.is_empty() {
            "\u{a0}"
        } else {
            ""
        };
        write!(f, "{}{}{space}{}", self.prefix, self.number, self.unit)
    }
}

impl From<Figure> for AttrValue {
    fn from(figure: Figure) -> Self {
        figure.to_string().into()
    }
}

/// The time now. The only place of the app that reads the clock.
#[must_use]
pub fn now() -> DateTime<Utc> {
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    Utc::now()
}

/// The date now where the person is.
#[must_use]
pub fn today() -> NaiveDate {
    local(now()).date()
}

/// A moment on the person's own clock; natively, where there is no person, on the clock of Greenwich.
#[must_use]
pub fn local(at: DateTime<Utc>) -> NaiveDateTime {
    at.naive_utc() - chrono::Duration::minutes(offset_minutes(at))
}

/// Minutes to take from universal time to get the person's, as the browser counts them at that moment.
#[cfg(target_arch = "wasm32")]
fn offset_minutes(at: DateTime<Utc>) -> i64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of any date people mean are exact in a float"
    )]
    let millis = at.timestamp_millis() as f64;
    let minutes = js_sys::Date::new(&millis.into()).get_timezone_offset();
    if minutes.is_finite() {
        minutes as i64
    } else {
        0
    }
}

#[cfg(not(target_arch = "wasm32"))]
const fn offset_minutes(_at: DateTime<Utc>) -> i64 {
    0
}

/// A whole number with grouped digits.
#[must_use]
pub fn integer(lang: Lang, value: i64) -> String {
    decimal(lang, Decimal::from(value), 0)
}

/// A number with grouped digits and exactly `places` decimals, halves rounded away from zero.
#[must_use]
pub fn decimal(lang: Lang, value: Decimal, places: u32) -> String {
    let rounded = round(value, places);
    grouped(
        lang,
        &format!("{rounded:.*}", usize::try_from(places).unwrap_or(0)),
        places,
    )
}

fn round(value: Decimal, places: u32) -> Decimal {
    value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

#[cfg(target_arch = "wasm32")]
fn grouped(lang: Lang, plain: &str, places: u32) -> String {
    use std::cell::RefCell;
    thread_local! {
        static FORMATS: RefCell<Vec<((Lang, u32), js_sys::Function)>> = const { RefCell::new(Vec::new()) };
    }
    let key = (lang, places);
    let format = FORMATS.with_borrow_mut(|formats| {
        if let Some((_, format)) = formats.iter().find(|(other, _)| *other == key) {
            return format.clone();
        }
        let options = js_sys::Object::new();
        for name in ["minimumFractionDigits", "maximumFractionDigits"] {
            let _ = js_sys::Reflect::set(&options, &name.into(), &places.into());
        }
        let locales = js_sys::Array::of1(&lang.tag().into());
        let format = js_sys::Intl::NumberFormat::new(&locales, &options).format();
        formats.push((key, format.clone()));
        format
    });
    // A string, not a float: large amounts keep their last digit.
    format
        .call1(&wasm_bindgen::JsValue::UNDEFINED, &plain.into())
        .ok()
        .and_then(|text| text.as_string())
        .unwrap_or_else(|| plain.to_owned())
}

#[cfg(not(target_arch = "wasm32"))]
fn grouped(_lang: Lang, plain: &str, _places: u32) -> String {
    let (sign, digits) = plain
        .strip_prefix('-')
        .map_or(("", plain), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut out = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// A share of a hundred: `45%`.
#[must_use]
pub fn percent(lang: Lang, value: Decimal) -> String {
    format!("{}%", decimal(lang, value, 0))
}

/// The sign a currency is written with; the plain one for the currency that goes without saying.
fn sign(lang: Lang, currency: Currency) -> String {
    let sign = match currency.as_str() {
        "CNY" => "¥",
        "USD" if lang == Lang::ZhCn => "US$",
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        "JPY" => "JP¥",
        "HKD" => "HK$",
        "TWD" => "NT$",
        "KRW" => "₩",
        "INR" => "₹",
        "SGD" => "S$",
        code => return format!("{code}\u{a0}"),
    };
    sign.to_owned()
}

/// An amount on a card: one decimal of 万, two of 亿; in English up to three digits with K, M or B.
#[must_use]
pub fn amount(lang: Lang, money: &Money) -> Figure {
    short(lang, money, 1)
}

/// A sum over several deals: as [`amount`], but whole 万.
#[must_use]
pub fn sum(lang: Lang, money: &Money) -> Figure {
    short(lang, money, 0)
}

fn short(lang: Lang, money: &Money, places: u32) -> Figure {
    match lang {
        Lang::ZhCn => short_zh(money, places),
        Lang::En => short_en(money),
    }
}

fn short_zh(money: &Money, places: u32) -> Figure {
    let lang = Lang::ZhCn;
    let wan = Decimal::from(10_000);
    // The currency of the house goes without saying; another one is written.
    let prefix = if money.currency == Currency::CNY {
        String::new()
    } else {
        sign(lang, money.currency)
    };
    let is_below_wan = round(money.amount.abs(), 0) < wan;
    let in_wan = money.amount / wan;
    let (number, unit) = if money.amount.is_zero() {
        ("0".to_owned(), t!("format.wan", locale = lang.tag()))
    } else if is_below_wan {
        let unit = if prefix.is_empty() {
            t!("format.yuan", locale = lang.tag())
        } else {
            "".into()
        };
        (decimal(lang, money.amount, 0), unit)
    } else if round(in_wan.abs(), places) < wan {
        (
            decimal(lang, in_wan, places),
            t!("format.wan", locale = lang.tag()),
        )
    } else {
        (
            decimal(lang, in_wan / wan, 2),
            t!("format.yi", locale = lang.tag()),
        )
    };
    Figure {
        prefix,
        number,
        unit: unit.into_owned(),
        is_spaced: true,
    }
}

fn short_en(money: &Money) -> Figure {
    let lang = Lang::En;
    let size = money.amount.abs();
    let minus = if money.amount.is_sign_negative() && !size.is_zero() {
        "\u{2212}"
    } else {
        ""
    };
    let prefix = format!("{minus}{}", sign(lang, money.currency));
    if round(size, 0) < Decimal::from(10_000) {
        return Figure {
            prefix,
            number: decimal(lang, size, 0),
            unit: String::new(),
            is_spaced: false,
        };
    }
    let steps = [
        (1_000i64, "K"),
        (1_000_000, "M"),
        (1_000_000_000, "B"),
        (1_000_000_000_000, "T"),
    ];
    let mut number = String::new();
    let mut unit = "";
    for (step, name) in steps {
        let scaled = three_digits(size / Decimal::from(step));
        number = grouped(lang, &scaled.to_string(), scaled.scale());
        unit = name;
        if scaled < Decimal::from(1000) {
            break;
        }
    }
    Figure {
        prefix,
        number,
        unit: unit.to_owned(),
        is_spaced: false,
    }
}

/// At most three significant digits, without zeros at the end.
fn three_digits(value: Decimal) -> Decimal {
    let places = if value >= Decimal::from(100) {
        0
    } else if value >= Decimal::from(10) {
        1
    } else {
        2
    };
    let rounded = round(value, places).normalize();
    // Whole hundreds normalise to a negative exponent's look-alike; keep them plain.
    if rounded.scale() == 0 {
        Decimal::from(rounded.trunc().mantissa() as i64)
    } else {
        rounded
    }
}

/// The whole amount with its currency: `¥1,860,000`; cents only where there are any.
#[must_use]
pub fn money(lang: Lang, money: &Money) -> String {
    let places = if money.amount.fract().is_zero() {
        0
    } else {
        money.amount.normalize().scale().clamp(2, 4)
    };
    let minus = if money.amount.is_sign_negative() && !money.amount.is_zero() {
        "\u{2212}"
    } else {
        ""
    };
    format!(
        "{minus}{}{}",
        sign(lang, money.currency),
        decimal(lang, money.amount.abs(), places)
    )
}

fn word(lang: Lang, list: &str, index: u32) -> String {
    let names = t!(list, locale = lang.tag());
    names
        .split(' ')
        .nth(usize::try_from(index).unwrap_or(0))
        .unwrap_or_default()
        .to_owned()
}

fn weekday(lang: Lang, date: NaiveDate) -> String {
    word(
        lang,
        "format.weekdays",
        date.weekday().num_days_from_monday(),
    )
}

/// A day without words: `12-18`, or `18 Dec`.
fn month_day(lang: Lang, date: NaiveDate) -> String {
    match lang {
        Lang::ZhCn => format!("{:02}-{:02}", date.month(), date.day()),
        Lang::En => format!(
            "{} {}",
            date.day(),
            word(lang, "format.months", date.month0())
        ),
    }
}

/// A web address with its scheme, which people leave out.
#[must_use]
pub fn web(url: &str) -> String {
    let start = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    if start.starts_with("http://") || start.starts_with("https://") {
        url.to_owned()
    } else {
        format!("https://{url}")
    }
}

/// A day with its year: `2027-01-30`, or `30 Jan 2027`.
#[must_use]
pub fn date(lang: Lang, date: NaiveDate) -> String {
    match lang {
        Lang::ZhCn => format!("{}-{}", date.year(), month_day(lang, date)),
        Lang::En => format!("{} {}", month_day(lang, date), date.year()),
    }
}

/// A day as one speaks of it: today, tomorrow, a weekday within a week, then the day, then with its year.
#[must_use]
pub fn day(lang: Lang, date: NaiveDate, today: NaiveDate) -> String {
    match (date - today).num_days() {
        -1 => t!("format.yesterday", locale = lang.tag()).into_owned(),
        0 => t!("format.today", locale = lang.tag()).into_owned(),
        1 => t!("format.tomorrow", locale = lang.tag()).into_owned(),
        2..=6 => weekday(lang, date),
        _ if date.year() == today.year() => month_day(lang, date),
        _ => self::date(lang, date),
    }
}

/// A day in a narrow column: `12-18` while it cannot be mistaken, else with its year.
#[must_use]
pub fn day_short(lang: Lang, date: NaiveDate, today: NaiveDate) -> String {
    let is_near = (-90..300).contains(&(date - today).num_days());
    if is_near || date.year() == today.year() {
        month_day(lang, date)
    } else {
        self::date(lang, date)
    }
}

/// A month as the head of a list: `11 月`, or `November`; with its year when that is another.
#[must_use]
pub fn month(lang: Lang, date: NaiveDate, today: NaiveDate) -> String {
    let key = if date.year() == today.year() {
        "format.month"
    } else {
        "format.month_of_year"
    };
    let name = word(lang, "format.month_names", date.month0());
    t!(key, locale = lang.tag(), month = name, year = date.year()).into_owned()
}

/// A time of day: `14:00`.
#[must_use]
pub fn time(at: NaiveDateTime) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// A moment in a list: the time when it is today, else the day.
#[must_use]
pub fn moment(lang: Lang, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let (at, now) = (local(at), local(now));
    if at.date() == now.date() {
        time(at)
    } else {
        day(lang, at.date(), now.date())
    }
}

/// A moment in full: day with year and time, for titles and tables.
#[must_use]
pub fn moment_full(lang: Lang, at: DateTime<Utc>) -> String {
    let at = local(at);
    format!("{} {}", date(lang, at.date()), time(at))
}

/// A span of days in a card's corner: `18 天`, or `18 d`.
#[must_use]
pub fn days(lang: Lang, count: i64) -> String {
    t!("format.days", locale = lang.tag(), n = integer(lang, count)).into_owned()
}

/// Days since something: `3 天前`, or `3 days ago`; `today` for none.
#[must_use]
pub fn days_ago(lang: Lang, count: i64) -> AttrValue {
    if count <= 0 {
        return t!("format.today", locale = lang.tag()).into_owned().into();
    }
    counted(lang, "format.days_ago", count)
}

/// When a task is due: overdue days in words, else the day.
#[must_use]
pub fn due(lang: Lang, date: NaiveDate, today: NaiveDate) -> String {
    let late = (today - date).num_days();
    if late > 0 {
        t!(
            "format.overdue",
            locale = lang.tag(),
            n = integer(lang, late)
        )
        .into_owned()
    } else {
        day(lang, date, today)
    }
}

/// The days from one date to another, none when it lies ahead.
#[must_use]
pub fn days_since(date: NaiveDate, today: NaiveDate) -> i64 {
    (today - date).num_days().max(0)
}

/// The date some days after another, for forms that propose one.
#[must_use]
pub fn in_days(today: NaiveDate, count: u64) -> NaiveDate {
    today.checked_add_days(Days::new(count)).unwrap_or(today)
}

/// A file's size: `1.4 MB`.
#[must_use]
pub fn bytes(lang: Lang, size: u64) -> String {
    let size = Decimal::from(size);
    let kilo = Decimal::from(1000);
    if size < kilo {
        return format!("{} B", decimal(lang, size, 0));
    }
    let (scaled, unit) = if size < kilo * kilo {
        (size / kilo, "KB")
    } else {
        (size / kilo / kilo, "MB")
    };
    format!(
        "{} {unit}",
        decimal(lang, scaled, u32::from(scaled < Decimal::from(10)))
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use Lang::{En, ZhCn};

    fn cny(text: &str) -> Money {
        Money::new(text.parse().unwrap(), Currency::CNY)
    }

    fn usd(text: &str) -> Money {
        Money::new(text.parse().unwrap(), Currency::USD)
    }

    fn d(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn amounts_on_cards_in_chinese() {
        let cases = [
            ("1860000", "186.0\u{a0}万"),
            ("245000", "24.5\u{a0}万"),
            ("99999999", "1.00\u{a0}亿"),
            ("12345678900", "123.46\u{a0}亿"),
            ("9999", "9,999\u{a0}元"),
            ("9999.5", "1.0\u{a0}万"),
            ("0", "0\u{a0}万"),
        ];
        for (given, expected) in cases {
            assert_eq!(amount(ZhCn, &cny(given)).to_string(), expected, "{given}");
        }
        assert_eq!(amount(ZhCn, &usd("26768")).to_string(), "US$2.7\u{a0}万");
        assert_eq!(amount(ZhCn, &usd("1054")).to_string(), "US$1,054");
    }

    #[test]
    fn sums_carry_no_decimal_of_wan() {
        assert_eq!(sum(ZhCn, &cny("14420000")).to_string(), "1,442\u{a0}万");
        assert_eq!(sum(ZhCn, &cny("99995000")).to_string(), "1.00\u{a0}亿");
    }

    #[test]
    fn amounts_in_english_have_three_digits() {
        let cases = [
            ("1860000", "¥1.86M"),
            ("860000", "¥860K"),
            ("24500", "¥24.5K"),
            ("12000000", "¥12M"),
            ("100000", "¥100K"),
            ("999999", "¥1M"),
            ("2000000000", "¥2B"),
            ("1000000000000", "¥1T"),
            ("4821", "¥4,821"),
            ("0", "¥0"),
        ];
        for (given, expected) in cases {
            assert_eq!(amount(En, &cny(given)).to_string(), expected, "{given}");
        }
    }

    #[test]
    fn the_whole_amount_shows_cents_only_when_there_are_any() {
        assert_eq!(money(En, &usd("1860000.00")), "$1,860,000");
        assert_eq!(money(ZhCn, &cny("12.5")), "¥12.50");
        assert_eq!(money(En, &cny("-3")), "\u{2212}¥3");
        assert_eq!(
            money(
                En,
                &Money::new(Decimal::ONE, Currency::parse("CHF").unwrap())
            ),
            "CHF\u{a0}1"
        );
    }

    #[test]
    fn days_read_as_one_speaks() {
        let today = d("2026-11-22");
        let cases = [
            ("2026-11-22", "今天", "Today"),
            ("2026-11-23", "明天", "Tomorrow"),
            ("2026-11-21", "昨天", "Yesterday"),
            ("2026-11-26", "周四", "Thu"),
            ("2026-11-29", "11-29", "29 Nov"),
            ("2026-12-18", "12-18", "18 Dec"),
            ("2027-01-30", "2027-01-30", "30 Jan 2027"),
        ];
        for (given, zh, en) in cases {
            assert_eq!(day(ZhCn, d(given), today), zh);
            assert_eq!(day(En, d(given), today), en);
        }
        assert_eq!(day_short(ZhCn, d("2027-01-30"), today), "01-30");
        assert_eq!(day_short(En, d("2028-01-30"), today), "30 Jan 2028");
    }

    #[test]
    fn late_tasks_say_how_late() {
        let today = d("2026-11-22");
        assert_eq!(due(ZhCn, d("2026-11-16"), today), "逾期 6 天");
        assert_eq!(due(En, d("2026-11-16"), today), "6 d late");
        assert_eq!(due(En, today, today), "Today");
        assert_eq!(days_ago(En, 1), "1 day ago");
        assert_eq!(days_ago(ZhCn, 41), "41 天前");
    }

    #[test]
    fn months_head_the_timeline() {
        let today = d("2026-11-22");
        assert_eq!(month(ZhCn, d("2026-09-30"), today), "9 月");
        assert_eq!(month(En, d("2026-09-30"), today), "September");
        assert_eq!(month(ZhCn, d("2025-09-30"), today), "2025 年 9 月");
        assert_eq!(month(En, d("2025-09-30"), today), "September 2025");
    }

    #[test]
    fn numbers_are_grouped_and_rounded_away_from_zero() {
        assert_eq!(integer(En, 1_234_567), "1,234,567");
        assert_eq!(decimal(En, "-0.05".parse().unwrap(), 1), "-0.1");
        assert_eq!(percent(ZhCn, "42.5".parse().unwrap()), "43%");
        assert_eq!(bytes(En, 1_440_000), "1.4 MB");
    }
}
