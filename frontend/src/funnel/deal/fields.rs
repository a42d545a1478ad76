//! The fields of a deal as text in a form: how each is read from a deal and written as a change.

use crate::accounts::form::{Form, Texts};
use rust_decimal::Decimal;
use shared::check::Validate;
use shared::error::{ErrorCode, FieldError};
use shared::funnel::{Deal, DealPatch};
use shared::money::{Currency, Money};
use strum::{AsRefStr, EnumIter, IntoStaticStr};

/// One field of a deal that a person may change; the stage is none of them, it is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsRefStr, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "see the same fields of a deal")]
pub enum DealField {
    Title,
    AccountId,
    Amount,
    ExpectedProfit,
    Probability,
    ExpectedCloseOn,
    NextStep,
    NextStepOn,
    OwnerId,
    LossReason,
    LossNote,
    ExternalIds,
}

/// The control a field is changed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// One line of text.
    Line,
    /// Several lines of text.
    Lines,
    /// An amount of money.
    Money,
    /// A share of a hundred.
    Percent,
    /// A day.
    Day,
    /// A colleague.
    Person,
    /// An account.
    Account,
    /// A loss reason.
    Reason,
}

impl DealField {
    /// The fields of the facts panel, in its order.
    pub const FACTS: [Self; 9] = [
        Self::AccountId,
        Self::Amount,
        Self::ExpectedProfit,
        Self::Probability,
        Self::ExpectedCloseOn,
        Self::NextStep,
        Self::NextStepOn,
        Self::OwnerId,
        Self::ExternalIds,
    ];

    /// The fields that are changed on a card.
    pub const CARD: [Self; 4] = [
        Self::Amount,
        Self::ExpectedCloseOn,
        Self::NextStep,
        Self::NextStepOn,
    ];

    /// The further ones of a lost deal.
    pub const LOSS: [Self; 2] = [Self::LossReason, Self::LossNote];

    /// The field's name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Where the server points when it refuses the field.
    #[must_use]
    pub fn pointer(self) -> String {
        format!("/{}", self.as_ref())
    }

    /// The control the field is changed with.
    #[must_use]
    pub const fn control(self) -> Control {
        match self {
            Self::Title => Control::Line,
            Self::Amount | Self::ExpectedProfit => Control::Money,
            Self::Probability => Control::Percent,
            Self::ExpectedCloseOn | Self::NextStepOn => Control::Day,
            Self::OwnerId => Control::Person,
            Self::AccountId => Control::Account,
            Self::LossReason => Control::Reason,
            Self::NextStep | Self::LossNote | Self::ExternalIds => Control::Lines,
        }
    }

    /// The field's value as text in a form; empty for none.
    #[must_use]
    pub fn read(self, deal: &Deal) -> String {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let shown = |value: Option<String>| value.unwrap_or_default();
        match self {
            Self::Title => deal.title.clone(),
            Self::AccountId => shown(deal.account_id.map(|id| id.to_string())),
            Self::Amount => shown(
                deal.amount
                    .map(|money| money.amount.normalize().to_string()),
            ),
            Self::ExpectedProfit => shown(
                deal.expected_profit
                    .map(|profit| profit.normalize().to_string()),
            ),
            Self::Probability => shown(deal.probability.map(|percent| percent.to_string())),
            Self::ExpectedCloseOn => shown(deal.expected_close_on.map(|day| day.to_string())),
            Self::NextStep => text(&deal.next_step),
            Self::NextStepOn => shown(deal.next_step_on.map(|day| day.to_string())),
            Self::OwnerId => shown(deal.owner_id.map(|id| id.to_string())),
            Self::LossReason => shown(deal.loss_reason.map(|reason| reason.as_ref().to_owned())),
            Self::LossNote => text(&deal.loss_note),
            Self::ExternalIds => {
                let lines: Vec<_> = deal
                    .external_ids
                    .iter()
                    .map(|(system, id)| format!("{system}={id}"))
                    .collect();
                lines.join("\n")
            }
        }
    }

    /// Puts this text into a change; refused when it cannot be read.
    fn put(self, patch: &mut DealPatch, text: &str, currency: Currency) -> Result<(), FieldError> {
        let bad = |code| FieldError::new(self.pointer(), code);
        let text = text.trim();
        let some = (!text.is_empty()).then(|| text.to_owned());
        match self {
            Self::Title => patch.title = Some(text.to_owned()),
            Self::AccountId => {
                patch.account_id = Some(parsed(some).ok_or_else(|| bad(ErrorCode::BadFormat))?)
            }
            Self::Amount => {
                let amount = some
                    .map(|text| parse_amount(&text).ok_or_else(|| bad(ErrorCode::BadFormat)))
                    .transpose()?;
                patch.amount = Some(amount.map(|amount| Money::new(amount, currency)));
            }
            Self::ExpectedProfit => {
                let profit = some
                    .map(|text| parse_amount(&text).ok_or_else(|| bad(ErrorCode::BadFormat)))
                    .transpose()?;
                patch.expected_profit = Some(profit);
            }
            Self::Probability => {
                let text = some.map(|text| text.trim_end_matches(['%', ' ']).to_owned());
                patch.probability = Some(parsed(text).ok_or_else(|| bad(ErrorCode::BadFormat))?);
            }
            Self::ExpectedCloseOn => {
                patch.expected_close_on =
                    Some(parsed(some).ok_or_else(|| bad(ErrorCode::BadFormat))?);
            }
            Self::NextStep => patch.next_step = Some(some),
            Self::NextStepOn => {
                patch.next_step_on = Some(parsed(some).ok_or_else(|| bad(ErrorCode::BadFormat))?)
            }
            Self::OwnerId => {
                patch.owner_id = Some(parsed(some).ok_or_else(|| bad(ErrorCode::BadFormat))?)
            }
            Self::LossReason => {
                patch.loss_reason = parsed(some).ok_or_else(|| bad(ErrorCode::BadFormat))?
            }
            Self::LossNote => patch.loss_note = Some(some),
            Self::ExternalIds => {
                let pairs = text
                    .lines()
                    .filter(|line| !line.trim().is_empty())
                    .map(|line| {
                        let (system, id) = line
                            .split_once('=')
                            .ok_or_else(|| bad(ErrorCode::BadFormat))?;
                        Ok((system.trim().to_owned(), id.trim().to_owned()))
                    });
                patch.external_ids = Some(pairs.collect::<Result<_, FieldError>>()?);
            }
        }
        Ok(())
    }
}

/// The change that writes the texts which differ; refused here when one cannot be read, or by the shared
/// rule.
///
/// # Errors
/// Everything that is wrong with them.
pub fn change(
    fields: &[DealField],
    form: &Form,
    currency: Currency,
) -> Result<DealPatch, Vec<FieldError>> {
    let mut patch = DealPatch::default();
    let mut faults = Vec::new();
    for field in fields {
        if form.is_changed(field.name()) {
            let put = field.put(&mut patch, &form.text(field.name()), currency);
            faults.extend(put.err());
        }
    }
    faults.extend(patch.validated().err().unwrap_or_default());
    if faults.is_empty() {
        Ok(patch)
    } else {
        Err(faults)
    }
}

/// A deal's fields as the texts of a form.
#[must_use]
pub fn texts(fields: &[DealField], deal: &Deal) -> Texts {
    let text = |field: &DealField| (field.name(), field.read(deal));
    fields.iter().map(text).collect()
}

/// Reads a text that may be absent: `None` when it cannot be read, `Some(None)` when there is none.
#[expect(
    clippy::option_option,
    reason = "unreadable, absent and a value are three things"
)]
fn parsed<T: std::str::FromStr>(text: Option<String>) -> Option<Option<T>> {
    match text {
        None => Some(None),
        Some(text) => text.parse().ok().map(Some),
    }
}

/// Reads an amount as people write it: `1,860,000`, `186 wan` by its Chinese sign, `1.86M`, `860k`.
#[must_use]
pub fn parse_amount(text: &str) -> Option<Decimal> {
    const WAN: char = '\u{4e07}';
    const YI: char = '\u{4ebf}';
    let signs = ['\u{a5}', '\u{ffe5}', '$', '\u{20ac}', '\u{a3}', '\u{5143}'];
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != ',' && *c != '\u{ff0c}' && !signs.contains(c))
        .collect();
    let last = plain.chars().next_back()?;
    let unit: i64 = match last.to_ascii_lowercase() {
        WAN => 10_000,
        YI => 100_000_000,
        'k' => 1_000,
        'm' => 1_000_000,
        'b' => 1_000_000_000,
        _ => 1,
    };
    let digits = if unit == 1 {
        plain.as_str()
    } else {
        plain.trim_end_matches(last)
    };
    let amount: Decimal = digits.parse().ok()?;
    amount
        .checked_mul(Decimal::from(unit))
        .map(|amount| amount.normalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::form::FormAction;
    use crate::funnel::board::fixture;
    use strum::IntoEnumIterator;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        let cases = [
            ("1860000", "1860000"),
            ("1,860,000.50", "1860000.5"),
            ("186 \u{4e07}", "1860000"),
            ("1.2\u{4ebf}", "120000000"),
            ("\u{a5}860k", "860000"),
            ("1.86M", "1860000"),
        ];
        for (text, amount) in cases {
            assert_eq!(parse_amount(text), Some(amount.parse().unwrap()), "{text}");
        }
        assert_eq!(parse_amount("a lot"), None);
        assert_eq!(parse_amount(""), None);
    }

    #[test]
    fn every_field_reads_back_what_it_wrote_nothing_for() {
        let deal = fixture::deal(1, 0, "a");
        for field in DealField::iter() {
            let (text, mut patch) = (field.read(&deal), DealPatch::default());
            let is_cleared = field.put(&mut patch, &text, Currency::CNY).is_ok();
            let is_fine = is_cleared && patch.validated().is_ok();
            assert!(is_fine, "{field:?} refuses its own text {text:?}");
        }
    }

    fn typed(field: DealField, text: &str) -> Result<DealPatch, Vec<FieldError>> {
        let deal = fixture::deal(1, 0, "a");
        let form = Form::new(texts(&[field], &deal));
        let form = form.after(FormAction::Typed(field.name(), text.to_owned()));
        change(&[field], &form, Currency::CNY)
    }

    #[test]
    fn a_fault_names_its_field() {
        let cases = [
            (DealField::Probability, "140", ErrorCode::OutOfRange),
            (DealField::Title, " ", ErrorCode::Required),
            (DealField::Amount, "x", ErrorCode::BadFormat),
        ];
        for (field, text, code) in cases {
            let faults = typed(field, text).unwrap_err();
            assert_eq!(faults.len(), 1, "{faults:?}");
            assert_eq!(
                (faults[0].pointer.clone(), faults[0].code),
                (field.pointer(), code)
            );
        }
    }

    #[test]
    fn an_empty_text_clears_the_field() {
        let patch = typed(DealField::Amount, "").unwrap();
        assert_eq!(patch.amount, Some(None));
    }

    #[test]
    fn only_what_was_changed_is_written_and_all_faults_are_told() {
        let deal = fixture::deal(1, 0, "a");
        let form = Form::new(texts(&DealField::CARD, &deal))
            .after(FormAction::Typed("next_step", "Call".into()));
        let patch = change(&DealField::CARD, &form, Currency::CNY).unwrap();
        let expected = DealPatch {
            next_step: Some(Some("Call".into())),
            ..DealPatch::default()
        };
        assert_eq!(patch, expected);
        let form = form
            .after(FormAction::Typed("amount", "much".into()))
            .after(FormAction::Typed("next_step_on", "soon".into()));
        let faults = change(&DealField::CARD, &form, Currency::CNY).unwrap_err();
        let pointers: Vec<_> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/amount", "/next_step_on"]);
    }
}
