//! A column's figures, kept right while moves are on their way.

use crate::format;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use shared::funnel::gate::{Known, Weight};
use shared::funnel::{ColumnTotals, Deal, Stage};
use shared::money::Money;

/// The probability a deal shows and weighs in a stage, in percent: while open its own, or that by the
/// evidence, else the stage's. What the evidence says is of the stage it is in; carried over another one, the
/// card shows what it will weigh there.
#[must_use]
pub fn probability(deal: &Deal, stage: &Stage) -> i16 {
    let placed = if deal.stage_id == stage.id {
        deal.evidence_probability
    } else {
        weight(deal, stage, format::now()).and_then(|weight| weight.probability)
    };
    stage.fields.weight(deal.probability, placed)
}

/// What a card on its way weighs in the stage it goes to, as far as the board knows: what is
/// answered and done there counts once the server has said so.
#[must_use]
pub fn weight(deal: &Deal, to: &Stage, at: DateTime<Utc>) -> Option<Weight> {
    let coming = Deal {
        stage_entered_at: at,
        facts: None,
        ..deal.clone()
    };
    let known = Known {
        deal: &coming,
        gathered: deal.facts.as_ref()?,
        now: at,
    };
    Some(Weight::of(to, &known))
}

/// Counts a deal in.
pub fn add(totals: &mut ColumnTotals, deal: &Deal, stage: &Stage) {
    change(totals, deal, stage, 1);
}

/// Counts a deal out.
pub fn take(totals: &mut ColumnTotals, deal: &Deal, stage: &Stage) {
    change(totals, deal, stage, -1);
}

fn change(totals: &mut ColumnTotals, deal: &Deal, stage: &Stage, sign: i64) {
    totals.count += sign;
    let Some(amount) = deal.amount else { return };
    let signed = amount.amount * Decimal::from(sign);
    let share = Decimal::from(probability(deal, stage)) / Decimal::ONE_HUNDRED;
    shift(&mut totals.sums, Money::new(signed, amount.currency));
    shift(
        &mut totals.weighted,
        Money::new(signed * share, amount.currency),
    );
}

/// Adds to the figure of that currency. A figure that comes to nothing goes, except the first.
fn shift(figures: &mut Vec<Money>, by: Money) {
    match figures
        .iter_mut()
        .find(|figure| figure.currency == by.currency)
    {
        Some(figure) => figure.amount = (figure.amount + by.amount).normalize(),
        None => figures.push(Money::new(by.amount.normalize(), by.currency)),
    }
    figures.retain(|figure| !figure.amount.is_zero());
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;
    use shared::money::Currency;

    #[test]
    fn a_deal_counted_in_and_out_leaves_nothing() {
        let funnel = fixture::funnel();
        let mut totals = ColumnTotals::default();
        let deal = fixture::deal(1, 0, "a");
        add(&mut totals, &deal, &funnel.stages[1]);
        assert_eq!(totals.count, 1);
        assert_eq!(
            totals.sums,
            [Money::new(Decimal::from(1_000), Currency::CNY)]
        );
        assert_eq!(
            totals.weighted,
            [Money::new(Decimal::from(500), Currency::CNY)]
        );
        take(&mut totals, &deal, &funnel.stages[1]);
        assert_eq!(totals, ColumnTotals::default());
    }

    #[test]
    fn a_sellers_own_probability_shows_only_while_the_deal_is_open() {
        let funnel = fixture::funnel();
        let mut deal = fixture::deal(1, 0, "a");
        deal.probability = Some(35);
        assert_eq!(probability(&deal, &funnel.stages[0]), 35);
        assert_eq!(probability(&deal, &funnel.stages[2]), 100);
        assert_eq!(probability(&deal, &funnel.stages[3]), 0);
    }

    #[test]
    fn the_evidence_weighs_where_the_seller_says_nothing() {
        let funnel = fixture::funnel();
        let mut deal = fixture::deal(1, 0, "a");
        deal.evidence_probability = Some(23);
        assert_eq!(probability(&deal, &funnel.stages[0]), 23);
        let carried = probability(&deal, &funnel.stages[1]);
        assert_eq!(carried, funnel.stages[1].fields.usual_probability());
        deal.probability = Some(35);
        assert_eq!(probability(&deal, &funnel.stages[0]), 35);
        assert_eq!(probability(&deal, &funnel.stages[2]), 100);
    }

    #[test]
    fn currencies_are_kept_apart() {
        let funnel = fixture::funnel();
        let mut totals = ColumnTotals::default();
        let mut dollars = fixture::deal(2, 0, "b");
        dollars.amount = Some(Money::new(Decimal::from(7), Currency::USD));
        add(&mut totals, &fixture::deal(1, 0, "a"), &funnel.stages[0]);
        add(&mut totals, &dollars, &funnel.stages[0]);
        let sums: Vec<_> = totals
            .sums
            .iter()
            .map(|money| money.currency.as_str())
            .collect();
        assert_eq!(sums, ["CNY", "USD"]);
    }
}
