//! The shape of a funnel: how many deals came into each stage, and what became of them.
//!
//! A deal counts at every stage up to the furthest one on the way to winning it ever reached; whoever
//! jumped over a stage passed it. At the furthest one it is still there, lost, or gone back; at those
//! before it went on. So every deal that came in is counted once at each stage, and every lost deal is
//! lost at one stage only.

use super::{Reading, Stage, StageKind};
use crate::id::StageId;
use crate::money::{Currency, Money};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

/// The least width of a bar that stands for something, in thousandths: it can be seen and touched.
pub const LEAST_WIDTH: u16 = 12;

/// A funnel's shape.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FunnelShape {
    /// The organisation's currency, which stands first in sums.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub currency: Currency,
    /// The stages on the way to winning, in order; lost stages are what deals are lost to.
    pub stages: Vec<StageShape>,
    /// The other funnel these stages are of, and what stands for them, when it is read through one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<Reading>,
}

/// What became of the deals that came into a stage; `entered` is the sum of the other four.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StageShape {
    /// The stage.
    pub stage_id: StageId,
    /// Deals that came this far.
    pub entered: ShapeFigures,
    /// Those that reached a later stage.
    pub onward: ShapeFigures,
    /// Those that got no further and are here.
    pub still: ShapeFigures,
    /// Those that got no further and were lost.
    pub lost: ShapeFigures,
    /// Those that got no further and are open in an earlier stage.
    pub back: ShapeFigures,
    /// Share of deals that went on, in percent; absent where none came in, and at the last stage.
    pub conversion: Option<i16>,
    /// The median of the days deals stay here at a time; a stay that goes on counts until now. Absent
    /// without any, and for stages where deals are won.
    pub median_days: Option<f64>,
    /// The days that four out of five of those stays last at most; absent where the median is.
    pub p80_days: Option<f64>,
}

/// How long deals stay in a stage at a time, in days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stays {
    /// Half of the stays last at most so long.
    pub median: f64,
    /// Four out of five do.
    pub p80: f64,
}

/// A number of deals and their amounts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShapeFigures {
    /// How many deals.
    pub count: i64,
    /// Their amounts, one per currency, the organisation's currency first.
    pub sums: Vec<Money>,
}

impl ShapeFigures {
    /// The sum in one currency.
    #[must_use]
    pub fn in_currency(&self, currency: Currency) -> Decimal {
        let own = self.sums.iter().find(|money| money.currency == currency);
        own.map_or(Decimal::ZERO, |money| money.amount)
    }
}

/// Deals that reached the same stage, stand in the same one and have the same currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The furthest stage on the way to winning they reached.
    pub reached: StageId,
    /// The stage they are in.
    pub at: StageId,
    /// The currency of their amounts.
    pub currency: Option<Currency>,
    /// How many.
    pub count: i64,
    /// The sum of their amounts.
    pub amount: Decimal,
}

/// Counts and amounts being added up.
#[derive(Debug, Clone, Default)]
struct Sum {
    count: i64,
    amounts: BTreeMap<(bool, Currency), Decimal>,
}

impl Sum {
    fn add(&mut self, cell: &Cell, first: Currency) {
        self.count += cell.count;
        if let Some(currency) = cell.currency {
            *self
                .amounts
                .entry((currency != first, currency))
                .or_default() += cell.amount;
        }
    }

    fn figures(self) -> ShapeFigures {
        let amounts = self.amounts.into_iter();
        ShapeFigures {
            count: self.count,
            sums: amounts
                .map(|((_, currency), sum)| Money::new(sum.normalize(), currency))
                .collect(),
        }
    }
}

/// The figures of one stage being added up.
#[derive(Debug, Clone, Default)]
struct Sums {
    entered: Sum,
    onward: Sum,
    still: Sum,
    lost: Sum,
    back: Sum,
}

/// The shape of a funnel with these stages, in order, whose deals are these; `stays` say how long they last.
#[must_use]
pub fn shape<S: BuildHasher>(
    stages: &[Stage],
    cells: &[Cell],
    stays: &HashMap<StageId, Stays, S>,
    first: Currency,
) -> FunnelShape {
    let path: Vec<&Stage> = stages
        .iter()
        .filter(|stage| stage.fields.kind != StageKind::Lost)
        .collect();
    let place = |id: StageId| path.iter().position(|stage| stage.id == id);
    let mut sums = vec![Sums::default(); path.len()];
    for cell in cells {
        let at = place(cell.at);
        // A stage that is put away since, or moved in the order, counts as where the deal is now.
        let furthest = place(cell.reached).max(at).unwrap_or(0);
        for (index, sum) in sums.iter_mut().enumerate().take(furthest + 1) {
            sum.entered.add(cell, first);
            let fate = match at {
                _ if index < furthest => &mut sum.onward,
                Some(at) if at == index => &mut sum.still,
                Some(_) => &mut sum.back,
                None => &mut sum.lost,
            };
            fate.add(cell, first);
        }
    }
    let last = path.len().saturating_sub(1);
    let tenths = |days: f64| (days * 10.0).round() / 10.0;
    let told = path
        .iter()
        .zip(sums)
        .enumerate()
        .map(|(index, (stage, sums))| {
            let is_open = stage.fields.kind == StageKind::Open;
            let stays = stays.get(&stage.id).filter(|_| is_open);
            StageShape {
                stage_id: stage.id,
                conversion: (index < last)
                    .then(|| percent(sums.onward.count.into(), sums.entered.count.into()))
                    .flatten(),
                entered: sums.entered.figures(),
                onward: sums.onward.figures(),
                still: sums.still.figures(),
                lost: sums.lost.figures(),
                back: sums.back.figures(),
                median_days: stays.map(|stays| tenths(stays.median)),
                p80_days: stays.map(|stays| tenths(stays.p80)),
            }
        });
    FunnelShape {
        currency: first,
        stages: told.collect(),
        reading: None,
    }
}

/// What is told of a whole funnel in one line.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline {
    /// How many deals came in.
    pub entered: i64,
    /// Those that got to the sale: to the first stage where deals are won.
    pub won: ShapeFigures,
    /// That share, in percent; none where nothing came in.
    pub won_share: Option<i16>,
    /// How many were lost, at whatever stage.
    pub lost: i64,
    /// The medians of the open stages added up; none where there is none, which is not the same as no
    /// time spent.
    pub days: Option<f64>,
}

/// The outline of a shape whose stages are these.
#[must_use]
pub fn outline(stages: &[Stage], shape: &FunnelShape) -> Outline {
    let is_won = |told: &&StageShape| {
        let stage = stages.iter().find(|stage| stage.id == told.stage_id);
        stage.is_some_and(|stage| stage.fields.kind == StageKind::Won)
    };
    let entered = shape.stages.first().map_or(0, |stage| stage.entered.count);
    let sale = shape.stages.iter().find(is_won);
    let won = sale.map_or_else(ShapeFigures::default, |stage| stage.entered.clone());
    let days = shape.stages.iter().filter_map(|stage| stage.median_days);
    Outline {
        entered,
        won_share: percent(won.count.into(), entered.into()),
        won,
        lost: shape.stages.iter().map(|stage| stage.lost.count).sum(),
        days: days.reduce(|days, more| days + more),
    }
}

/// A part of a whole in percent, rounded; nothing of nothing is no share.
#[must_use]
pub fn percent(part: Decimal, whole: Decimal) -> Option<i16> {
    if whole <= Decimal::ZERO {
        return None;
    }
    let share = part.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole)?;
    share
        .round_dp_with_strategy(0, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
        .to_i16()
}

/// The widths of bars for these figures, in thousandths of the widest.
#[must_use]
pub fn widths(figures: &[Decimal]) -> Vec<u16> {
    let widest = figures.iter().max().copied().unwrap_or_default();
    figures
        .iter()
        .map(|figure| {
            if *figure <= Decimal::ZERO {
                return 0;
            }
            // The division comes first: figures may be as large as they like.
            let share = figure.checked_div(widest).unwrap_or_default() * Decimal::ONE_THOUSAND;
            share.to_u16().unwrap_or(0).clamp(LEAST_WIDTH, 1_000)
        })
        .collect()
}

/// The step with the lowest share that went on, by its place; the first of several.
#[must_use]
pub fn bottleneck(shares: &[Option<i16>]) -> Option<usize> {
    let known = shares.iter().enumerate();
    known
        .filter_map(|(index, share)| share.map(|share| (share, index)))
        .min()
        .map(|(_, index)| index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::funnel::StageFields;
    use crate::id::FunnelId;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn id(place: usize) -> StageId {
        StageId(Uuid::from_u128(place as u128 + 1))
    }

    /// Four open stages, won, lost.
    fn stages() -> Vec<Stage> {
        use StageKind::{Lost, Open, Won};
        let kinds = [Open, Open, Open, Open, Won, Lost];
        (0..)
            .zip(kinds)
            .map(|(position, kind)| Stage {
                id: id(usize::try_from(position).unwrap()),
                funnel_id: FunnelId(Uuid::nil()),
                position,
                moving_to: None,
                fields: StageFields {
                    kind,
                    ..StageFields::default()
                },
                gate: Default::default(),
                gate_version: 0,
            })
            .collect()
    }

    fn cell() -> impl Strategy<Value = Cell> {
        // Stage 8 is one that is put away since.
        let reached = prop_oneof![9 => 0usize..5, 1 => Just(8usize)];
        (reached, 0usize..6, 0u8..3, 1i64..50, 0i64..1_000_000).prop_map(
            |(reached, at, currency, count, amount)| Cell {
                reached: id(reached),
                at: id(at),
                currency: [None, Currency::parse("EUR"), Some(Currency::CNY)]
                    [usize::from(currency)],
                count,
                amount: if currency == 0 {
                    Decimal::ZERO
                } else {
                    Decimal::new(amount, 2)
                },
            },
        )
    }

    proptest! {
        #[test]
        fn whoever_came_in_went_on_is_there_was_lost_or_went_back(cells in prop::collection::vec(cell(), 0..40)) {
            let shape = shape(&stages(), &cells, &HashMap::new(), Currency::CNY);
            prop_assert_eq!(shape.stages.len(), 5);
            for stage in &shape.stages {
                let parts = [&stage.onward, &stage.still, &stage.lost, &stage.back];
                prop_assert_eq!(stage.entered.count, parts.iter().map(|part| part.count).sum::<i64>());
                for currency in [Currency::CNY, Currency::parse("EUR").unwrap()] {
                    let sum: Decimal = parts.iter().map(|part| part.in_currency(currency)).sum();
                    prop_assert_eq!(stage.entered.in_currency(currency), sum);
                }
                prop_assert!(stage.conversion.is_none_or(|share| (0..=100).contains(&share)));
                prop_assert!(stage.conversion.is_none() || stage.entered.count > 0);
            }
            for pair in shape.stages.windows(2) {
                prop_assert_eq!(&pair[0].onward, &pair[1].entered);
            }
            let all: i64 = cells.iter().map(|cell| cell.count).sum();
            let lost: i64 = cells.iter().filter(|cell| cell.at == id(5)).map(|cell| cell.count).sum();
            prop_assert_eq!(shape.stages[0].entered.count, all);
            prop_assert_eq!(shape.stages.iter().map(|stage| stage.lost.count).sum::<i64>(), lost);
        }

        #[test]
        fn a_larger_figure_has_no_narrower_bar(figures in prop::collection::vec(0i64..i64::MAX, 1..12)) {
            let figures: Vec<Decimal> = figures.into_iter().map(Decimal::from).collect();
            let widths = widths(&figures);
            for (a, wide) in figures.iter().zip(&widths) {
                prop_assert!(*wide <= 1_000);
                prop_assert_eq!(*wide == 0, a.is_zero());
                for (b, other) in figures.iter().zip(&widths) {
                    prop_assert!(a > b || wide <= other);
                }
            }
            if figures.iter().any(|figure| !figure.is_zero()) {
                prop_assert!(widths.contains(&1_000));
            }
        }

        #[test]
        fn a_share_is_of_something(part in 0i64..1_000_000, more in 0i64..1_000_000) {
            let share = percent(part.into(), (part + more).into());
            prop_assert_eq!(share.is_none(), part + more == 0);
            prop_assert!(share.is_none_or(|share| (0..=100).contains(&share)));
        }
    }

    #[test]
    fn the_lowest_share_is_the_bottleneck_and_nothing_has_none() {
        assert_eq!(
            bottleneck(&[Some(64), None, Some(42), Some(42), None]),
            Some(2)
        );
        assert_eq!(bottleneck(&[None, None]), None);
        assert_eq!(widths(&[Decimal::ZERO, Decimal::ZERO]), [0, 0]);
        assert_eq!(widths(&[]), Vec::<u16>::new());
    }

    #[test]
    fn an_outline_says_what_was_won_of_what_came_in() {
        let cell = |reached, at, count, amount: i64| Cell {
            reached: id(reached),
            at: id(at),
            currency: Some(Currency::CNY),
            count,
            amount: amount.into(),
        };
        let stays = Stays {
            median: 2.0,
            p80: 5.0,
        };
        let days = HashMap::from([(id(0), stays), (id(1), stays)]);
        let is_won = |stage: &Stage| stage.fields.kind == StageKind::Won;
        let won = stages().iter().position(is_won).unwrap();
        let cells = [cell(0, 0, 5, 100), cell(1, 5, 2, 40), cell(won, won, 3, 90)];
        let told = outline(&stages(), &shape(&stages(), &cells, &days, Currency::CNY));
        assert_eq!((told.entered, told.won.count, told.lost), (10, 3, 2));
        assert_eq!(told.won_share, Some(30));
        assert_eq!(told.won.in_currency(Currency::CNY), 90.into());
        assert_eq!(told.days, Some(4.0));
        let nothing = shape(&stages(), &[], &HashMap::new(), Currency::CNY);
        let told = outline(&stages(), &nothing);
        assert_eq!((told.won.count, told.won_share, told.days), (0, None, None));
    }

    #[test]
    fn days_are_told_for_open_stages_only() {
        let stays = |median, p80| Stays { median, p80 };
        let days = HashMap::from([(id(0), stays(12.34, 20.06)), (id(4), stays(3.0, 4.0))]);
        let shape = shape(&stages(), &[], &days, Currency::CNY);
        let most: Vec<_> = shape.stages.iter().map(|stage| stage.p80_days).collect();
        assert_eq!(most, [Some(20.1), None, None, None, None]);
        let told: Vec<_> = shape.stages.iter().map(|stage| stage.median_days).collect();
        assert_eq!(told, [Some(12.3), None, None, None, None]);
    }
}
