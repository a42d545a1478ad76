//! The order of the cards of a column: the same on the screen as in the database.

use super::{CardOrder, Deal};
use crate::money::{Currency, Money};
use rust_decimal::Decimal;
use std::cmp::{Ordering, Reverse};

/// How cards are ordered, and the currency whose amounts come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardSort {
    /// By what.
    pub by: CardOrder,
    /// The organisation's currency.
    pub house: Currency,
}

impl CardSort {
    /// Which of two cards of one column comes first; the id decides between equals.
    ///
    /// Amounts of different currencies are not compared, as they are not added up: those in the
    /// organisation's currency come first, then the others by the code of their currency, then deals
    /// without an amount.
    #[must_use]
    pub fn compare(self, a: &Deal, b: &Deal) -> Ordering {
        let order = match self.by {
            CardOrder::Hand => a.rank.cmp(&b.rank),
            CardOrder::Amount => self.amount(a).cmp(&self.amount(b)),
            CardOrder::Profit => self.profit(a).cmp(&self.profit(b)),
            CardOrder::CloseDate => {
                let close =
                    |deal: &Deal| (deal.expected_close_on.is_none(), deal.expected_close_on);
                close(a).cmp(&close(b))
            }
            CardOrder::Age => a.stage_entered_at.cmp(&b.stage_entered_at),
        };
        order.then_with(|| a.id.cmp(&b.id))
    }

    /// The place of an amount: the organisation's currency, another one, none; the largest first.
    fn amount(self, deal: &Deal) -> (u8, Option<Currency>, Reverse<Decimal>) {
        self.place(deal.amount)
    }

    /// The place of an expected profit, in the same way.
    fn profit(self, deal: &Deal) -> (u8, Option<Currency>, Reverse<Decimal>) {
        self.place(deal.profit())
    }

    fn place(self, money: Option<Money>) -> (u8, Option<Currency>, Reverse<Decimal>) {
        match money {
            Some(money) if money.currency == self.house => (0, None, Reverse(money.amount)),
            Some(money) => (1, Some(money.currency), Reverse(money.amount)),
            None => (2, None, Reverse(Decimal::ZERO)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{DealId, FunnelId, StageId};
    use chrono::DateTime;
    use uuid::Uuid;

    fn deal(number: u128) -> Deal {
        let now = DateTime::UNIX_EPOCH;
        Deal {
            id: DealId(Uuid::from_u128(number)),
            title: String::new(),
            account_id: None,
            account_name: None,
            account_tier: None,
            funnel_id: FunnelId(Uuid::nil()),
            stage_id: StageId(Uuid::nil()),
            reached_stage_id: StageId(Uuid::nil()),
            rank: String::new(),
            amount: None,
            expected_profit: None,
            probability: None,
            evidence_probability: None,
            is_low_investment: false,
            expected_close_on: None,
            next_step: None,
            next_step_on: None,
            owner_id: None,
            owner_name: None,
            loss_reason: None,
            loss_note: None,
            stage_entered_at: now,
            closed_at: None,
            override_reason: None,
            facts: None,
            external_ids: std::collections::BTreeMap::new(),
            lines: None,
            version: 1,
            archived_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    fn order(by: CardOrder, deals: impl IntoIterator<Item = Deal>) -> Vec<u128> {
        let house = Currency::USD;
        let mut deals: Vec<Deal> = deals.into_iter().collect();
        deals.sort_by(|a, b| CardSort { by, house }.compare(a, b));
        deals.iter().map(|deal| deal.id.0.as_u128()).collect()
    }

    #[test]
    fn amounts_are_compared_within_a_currency_and_the_organisations_own_comes_first() {
        let worth = |number, amount: i64, code| Deal {
            amount: Currency::parse(code).map(|currency| Money::new(amount.into(), currency)),
            ..deal(number)
        };
        let deals = [
            worth(1, 9_000, "EUR"),
            worth(2, 5, "USD"),
            deal(3),
            worth(4, 7, "USD"),
            worth(5, 900_000, "CNY"),
            worth(6, 0, "USD"),
        ];
        assert_eq!(order(CardOrder::Amount, deals), [4, 2, 6, 5, 1, 3]);
    }

    /// CLS-41.
    #[test]
    fn profits_are_compared_as_amounts_are_and_a_loss_comes_before_what_is_not_known() {
        let bringing = |number, profit: Option<i64>, code| Deal {
            amount: Currency::parse(code).map(|currency| Money::new(10.into(), currency)),
            expected_profit: profit.map(Decimal::from),
            ..deal(number)
        };
        let deals = [
            bringing(1, Some(9_000), "EUR"),
            bringing(2, Some(-5), "USD"),
            bringing(3, None, "USD"),
            bringing(4, Some(7), "USD"),
            bringing(5, Some(0), "USD"),
            bringing(6, None, "EUR"),
        ];
        assert_eq!(order(CardOrder::Profit, deals), [4, 5, 2, 1, 3, 6]);
    }

    #[test]
    fn the_earliest_close_and_the_longest_stay_come_first_and_ids_decide_between_equals() {
        let closing = |number, day: Option<&str>| Deal {
            expected_close_on: day.map(|day| day.parse().unwrap()),
            ..deal(number)
        };
        let deals = [
            closing(1, None),
            closing(4, Some("2027-01-01")),
            closing(3, Some("2027-01-01")),
            closing(2, Some("2026-12-31")),
        ];
        assert_eq!(order(CardOrder::CloseDate, deals), [2, 3, 4, 1]);
        let since = |number, seconds| Deal {
            stage_entered_at: DateTime::from_timestamp(seconds, 0).unwrap(),
            ..deal(number)
        };
        let deals = [since(1, 50), since(2, 30), since(3, 40)];
        assert_eq!(order(CardOrder::Age, deals), [2, 3, 1]);
    }

    #[test]
    fn by_hand_the_rank_decides_byte_by_byte() {
        let ranked = |number, rank: &str| Deal {
            rank: rank.into(),
            ..deal(number)
        };
        let deals = [ranked(1, "b"), ranked(2, "a"), ranked(3, "Z")];
        assert_eq!(order(CardOrder::Hand, deals), [3, 2, 1]);
    }
}
