//! The columns of a board that is grouped by something other than stages: which group a deal is in.

use super::{CardOrder, Deal, DealPatch, Grouping};
use crate::accounts::Tier;
use crate::id::{AccountId, UserId};
use chrono::{Datelike, Months, NaiveDate};

/// What stands for deals that have no owner, month, tier or account.
const NONE: &str = "none";

/// A month of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month(NaiveDate);

impl Month {
    /// The month of a day.
    #[must_use]
    pub fn of(day: NaiveDate) -> Self {
        Self(day.with_day(1).unwrap_or(day))
    }

    /// Reads `2026-12`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        if year.len() != 4 || month.len() != 2 {
            return None;
        }
        NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1).map(Self)
    }

    /// Its first day.
    #[must_use]
    pub const fn first(self) -> NaiveDate {
        self.0
    }

    /// The first day of the next one.
    #[must_use]
    pub fn end(self) -> NaiveDate {
        self.0
            .checked_add_months(Months::new(1))
            .unwrap_or(NaiveDate::MAX)
    }
}

impl Month {
    /// The day of this month that is like another: the same day, or the last where the month is shorter.
    /// Where there is none to be like, the last.
    #[must_use]
    pub fn like(self, day: Option<NaiveDate>) -> NaiveDate {
        let same = day.and_then(|day| self.0.with_day(day.day()));
        same.or_else(|| self.end().pred_opt()).unwrap_or(self.0)
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

/// A group; `None` inside stands for deals that have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GroupKey {
    /// Of an owner.
    Owner(Option<UserId>),
    /// Expected to close in a month.
    CloseMonth(Option<Month>),
    /// Of accounts of a tier.
    Tier(Option<Tier>),
    /// Of an account.
    Account(Option<AccountId>),
}

impl GroupKey {
    /// The group a deal is in; none when the columns are stages.
    #[must_use]
    pub fn of(by: Grouping, deal: &Deal) -> Option<Self> {
        match by {
            Grouping::Stage => None,
            Grouping::Owner => Some(Self::Owner(deal.owner_id)),
            Grouping::CloseMonth => Some(Self::CloseMonth(deal.expected_close_on.map(Month::of))),
            Grouping::Tier => Some(Self::Tier(deal.account_tier)),
            Grouping::Account => Some(Self::Account(deal.account_id)),
        }
    }

    /// Reads what stands for a group on the wire.
    #[must_use]
    pub fn parse(by: Grouping, text: &str) -> Option<Self> {
        let is_none = text == NONE;
        match by {
            Grouping::Stage => None,
            Grouping::Owner if is_none => Some(Self::Owner(None)),
            Grouping::Owner => text.parse().ok().map(|id| Self::Owner(Some(id))),
            Grouping::CloseMonth if is_none => Some(Self::CloseMonth(None)),
            Grouping::CloseMonth => Month::parse(text).map(|month| Self::CloseMonth(Some(month))),
            Grouping::Tier if is_none => Some(Self::Tier(None)),
            Grouping::Tier => text.parse().ok().map(|tier| Self::Tier(Some(tier))),
            Grouping::Account if is_none => Some(Self::Account(None)),
            Grouping::Account => text.parse().ok().map(|id| Self::Account(Some(id))),
        }
    }

    /// The change that brings a deal into this group. None where no deal says which group it is in: the
    /// tier is its account's, and another account is another deal.
    #[must_use]
    pub fn entry(self, deal: &Deal) -> Option<DealPatch> {
        match self {
            Self::Owner(owner) => Some(DealPatch {
                owner_id: Some(owner),
                ..DealPatch::default()
            }),
            Self::CloseMonth(month) => Some(DealPatch {
                expected_close_on: Some(month.map(|month| month.like(deal.expected_close_on))),
                ..DealPatch::default()
            }),
            Self::Tier(_) | Self::Account(_) => None,
        }
    }

    /// Whether it is the group of deals that have none.
    #[must_use]
    pub const fn is_none(self) -> bool {
        matches!(
            self,
            Self::Owner(None) | Self::CloseMonth(None) | Self::Tier(None) | Self::Account(None)
        )
    }
}

impl std::fmt::Display for GroupKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Owner(Some(id)) => write!(f, "{id}"),
            Self::CloseMonth(Some(month)) => write!(f, "{month}"),
            Self::Tier(Some(tier)) => f.write_str(tier.as_ref()),
            Self::Account(Some(id)) => write!(f, "{id}"),
            Self::Owner(None) | Self::CloseMonth(None) | Self::Tier(None) | Self::Account(None) => {
                f.write_str(NONE)
            }
        }
    }
}

/// How a board is laid out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Layout {
    /// What the columns are.
    pub group_by: Grouping,
    /// The order of the cards of a column, as it was chosen.
    pub sort: CardOrder,
}

impl Layout {
    /// The order the cards are in. The one by hand is within a stage: where the columns are something
    /// else, amounts take its place.
    #[must_use]
    pub fn order(self) -> CardOrder {
        match (self.group_by, self.sort) {
            (Grouping::Stage, sort) => sort,
            (_, CardOrder::Hand) => CardOrder::Amount,
            (_, sort) => sort,
        }
    }

    /// Whether the columns are stages.
    #[must_use]
    pub fn has_stages(self) -> bool {
        self.group_by == Grouping::Stage
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::IntoEnumIterator;
    use uuid::Uuid;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn every_key_is_read_back_from_what_stands_for_it() {
        let december = Month::of(day("2026-12-31"));
        let keys = [
            (
                Grouping::Owner,
                GroupKey::Owner(Some(UserId(Uuid::from_u128(7)))),
            ),
            (Grouping::Owner, GroupKey::Owner(None)),
            (Grouping::CloseMonth, GroupKey::CloseMonth(Some(december))),
            (Grouping::CloseMonth, GroupKey::CloseMonth(None)),
            (Grouping::Tier, GroupKey::Tier(Some(Tier::B))),
            (Grouping::Tier, GroupKey::Tier(None)),
            (
                Grouping::Account,
                GroupKey::Account(Some(AccountId(Uuid::from_u128(9)))),
            ),
            (Grouping::Account, GroupKey::Account(None)),
        ];
        for (by, key) in keys {
            assert_eq!(GroupKey::parse(by, &key.to_string()), Some(key));
            assert_eq!(key.is_none(), key.to_string() == "none");
        }
        for by in Grouping::iter() {
            for text in ["", "2026-13", "26-12", "2026-1", "me", "Z"] {
                assert_eq!(GroupKey::parse(by, text), None, "{text}");
            }
        }
    }

    #[test]
    fn a_month_ends_where_the_next_begins() {
        let december = Month::of(day("2026-12-31"));
        assert_eq!(
            (december.first(), december.end()),
            (day("2026-12-01"), day("2027-01-01"))
        );
        assert_eq!(december.to_string(), "2026-12");
    }

    #[test]
    fn a_day_in_another_month_is_the_same_or_the_last_there_is() {
        let like = |month: &str, on: &str| Month::parse(month).unwrap().like(on.parse().ok());
        assert_eq!(like("2027-02", "2026-12-31"), day("2027-02-28"));
        assert_eq!(like("2028-02", "2026-12-30"), day("2028-02-29"));
        assert_eq!(like("2027-03", "2026-12-31"), day("2027-03-31"));
        assert_eq!(like("2027-03", "2026-12-05"), day("2027-03-05"));
        assert_eq!(like("2027-04", ""), day("2027-04-30"));
    }

    #[test]
    fn there_is_no_order_by_hand_but_within_stages() {
        for group_by in Grouping::iter() {
            for sort in CardOrder::iter() {
                let layout = Layout { group_by, sort };
                let is_by_hand = layout.order() == CardOrder::Hand;
                assert_eq!(is_by_hand, layout == Layout::default());
            }
        }
    }
}
