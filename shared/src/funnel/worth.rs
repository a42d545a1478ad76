//! Profit by stage: what the open deals of a funnel should bring, in bands, stage by stage, and how much of
//! the effort goes where (CLS-19).
//!
//! The bands are cut by the deals themselves: the fifth that brings most, the rest of the better half, and
//! the lower half of what brings something. So the view says something for an organisation whose deals
//! are worth thousands as for one whose deals are worth 100 million, and nobody sets limits that grow old.
//! The cuts are those of all open deals of the funnel within one's view, whatever the view is narrowed to,
//! so that a deal is in the same band whoever's deals are looked at.

use super::{Stage, StageKind};
use crate::id::StageId;
use crate::money::Currency;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use strum::{AsRefStr, EnumIter, EnumString};

/// The share of deals, in hundredths, that are in the highest band: at least so many (CLS-03).
pub const HIGH_SHARE: u8 = 20;

/// The share of those in the highest and the middle band together.
pub const MIDDLE_SHARE: u8 = 50;

/// How many days back effort counts.
pub const EFFORT_DAYS: i64 = 30;

/// How far shares of profit and effort must lie apart to be named, in points of a hundred.
pub const NAMED_GAP: i16 = 10;

/// How much a deal should bring beside the others.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    AsRefStr,
    EnumString,
    EnumIter,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ProfitBand {
    /// The fifth that brings most.
    High,
    /// The rest of the better half.
    Middle,
    /// The lower half of what brings something.
    Low,
    /// Nothing, or a loss.
    Nothing,
    /// Nobody said.
    Unknown,
}

/// The open deals of a stage in a band.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorthCell {
    /// The stage.
    pub stage_id: StageId,
    /// The band.
    pub band: ProfitBand,
    /// How many deals.
    pub count: i64,
    /// The sum of their amounts in the organisation's currency.
    #[serde(with = "rust_decimal::serde::str")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub amount: Decimal,
    /// The sum of their expected profits; below zero for a loss.
    #[serde(with = "rust_decimal::serde::str")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub profit: Decimal,
    /// What was done for them and is planned: touches of the last 30 days, tasks planned or done in that
    /// time, next steps with a day.
    pub effort: i64,
    /// Their share of all profit, in percent; losses take nothing away.
    pub profit_share: i16,
    /// Their share of all effort, in percent.
    pub effort_share: i16,
}

/// One cell, by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorthPlace {
    /// The stage.
    pub stage_id: StageId,
    /// The band.
    pub band: ProfitBand,
}

/// The expected profit of a funnel's open deals by stage and band, with the effort that goes into each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Worth {
    /// The organisation's currency: what is in another one is counted in `other_currencies` alone.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub currency: Currency,
    /// From which profit on a deal is in the highest band; absent where none brings anything.
    #[serde(with = "rust_decimal::serde::str_option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub high_from: Option<Decimal>,
    /// The same of the middle band.
    #[serde(with = "rust_decimal::serde::str_option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub middle_from: Option<Decimal>,
    /// The cells that hold deals, stage by stage and from the highest band down.
    pub cells: Vec<WorthCell>,
    /// Deals whose amount is in another currency; they are in no cell.
    pub other_currencies: i64,
    /// The cell whose share of effort falls furthest behind its share of profit: here the best people
    /// should be. Absent where no share lies 10 points behind.
    pub deserves: Option<WorthPlace>,
    /// The cell whose share of effort goes furthest beyond its share of profit.
    pub takes: Option<WorthPlace>,
}

impl Worth {
    /// A cell; none where it holds no deal.
    #[must_use]
    pub fn cell(&self, stage: StageId, band: ProfitBand) -> Option<&WorthCell> {
        self.cells
            .iter()
            .find(|cell| cell.stage_id == stage && cell.band == band)
    }

    /// The expected profits of a band: from the first, below the second. None for what nobody said.
    #[must_use]
    pub fn range(&self, band: ProfitBand) -> Option<(Option<Decimal>, Option<Decimal>)> {
        // Profits have four decimals.
        let least = Some(Decimal::new(1, crate::money::MAX_DECIMALS));
        match band {
            ProfitBand::High => Some((self.high_from, None)),
            ProfitBand::Middle => Some((self.middle_from, self.high_from)),
            ProfitBand::Low => Some((least, self.middle_from)),
            ProfitBand::Nothing => Some((None, least)),
            ProfitBand::Unknown => None,
        }
    }
}

/// What was counted: the cells without their shares, the cuts, and the deals of other currencies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    /// The cells; their shares are made here.
    pub cells: Vec<WorthCell>,
    /// From where on a deal is in the highest band.
    pub high_from: Option<Decimal>,
    /// The same of the middle band.
    pub middle_from: Option<Decimal>,
    /// Deals whose amount is in another currency.
    pub other_currencies: i64,
}

/// Puts what was counted in the order of the stages, with shares, and names where they lie furthest apart.
#[must_use]
pub fn worth(stages: &[Stage], counted: Counted, currency: Currency) -> Worth {
    let place = |id: StageId| stages.iter().position(|stage| stage.id == id);
    let is_open = |id: StageId| {
        stages
            .iter()
            .any(|stage| stage.id == id && stage.fields.kind == StageKind::Open)
    };
    let mut cells = counted.cells;
    cells.retain(|cell| is_open(cell.stage_id));
    cells.sort_by_key(|cell| (place(cell.stage_id), cell.band));
    let gain = |cell: &WorthCell| cell.profit.max(Decimal::ZERO);
    let profit: Decimal = cells.iter().map(gain).sum();
    let effort: i64 = cells.iter().map(|cell| cell.effort).sum();
    for cell in &mut cells {
        cell.profit_share = percent(gain(cell), profit);
        cell.effort_share = percent(cell.effort.into(), effort.into());
    }
    // Without any effort or any profit there is nothing to compare.
    let is_compared = effort > 0 && profit > Decimal::ZERO;
    let gap = |cell: &WorthCell| cell.profit_share - cell.effort_share;
    let named = |cell: &&WorthCell| is_compared && gap(cell).abs() >= NAMED_GAP;
    let at = |cell: &WorthCell| WorthPlace {
        stage_id: cell.stage_id,
        band: cell.band,
    };
    let deserves = cells.iter().filter(named).filter(|cell| gap(cell) > 0);
    // What nobody said may bring much: no effort is wasted there.
    let takes = cells
        .iter()
        .filter(named)
        .filter(|cell| gap(cell) < 0 && cell.band != ProfitBand::Unknown);
    Worth {
        currency,
        high_from: counted.high_from,
        middle_from: counted.middle_from,
        other_currencies: counted.other_currencies,
        deserves: deserves.max_by_key(|cell| gap(cell)).map(at),
        takes: takes.min_by_key(|cell| gap(cell)).map(at),
        cells,
    }
}

/// The share of a whole, in percent; of nothing it is none.
pub(super) fn percent(part: Decimal, whole: Decimal) -> i16 {
    if whole.is_zero() {
        return 0;
    }
    let share = (part * Decimal::from(100) / whole).round();
    share.to_i16().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::funnel::StageFields;
    use crate::id::FunnelId;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn stages() -> Vec<Stage> {
        let stage = |number: u128, kind: StageKind| {
            let fields = StageFields {
                kind,
                ..StageFields::default()
            };
            let funnel = FunnelId(Uuid::nil());
            Stage::new(StageId(Uuid::from_u128(number)), funnel, 0, fields)
        };
        vec![
            stage(1, StageKind::Open),
            stage(2, StageKind::Open),
            stage(3, StageKind::Won),
        ]
    }

    fn cell(stage: u128, band: ProfitBand, profit: i64, effort: i64) -> WorthCell {
        WorthCell {
            stage_id: StageId(Uuid::from_u128(stage)),
            band,
            count: 1,
            amount: Decimal::ONE,
            profit: profit.into(),
            effort,
            profit_share: 0,
            effort_share: 0,
        }
    }

    fn told(cells: Vec<WorthCell>) -> Worth {
        let counted = Counted {
            cells,
            high_from: Some(100.into()),
            middle_from: Some(20.into()),
            other_currencies: 0,
        };
        worth(&stages(), counted, Currency::CNY)
    }

    /// CLS-19.
    #[test]
    fn the_best_people_belong_where_most_profit_gets_least_effort() {
        let worth = told(vec![
            cell(2, ProfitBand::High, 700, 2),
            cell(1, ProfitBand::Low, 100, 15),
            cell(1, ProfitBand::High, 200, 3),
            cell(3, ProfitBand::High, 900, 9),
        ]);
        let shares: Vec<_> = worth
            .cells
            .iter()
            .map(|cell| (cell.profit_share, cell.effort_share))
            .collect();
        assert_eq!(shares, [(20, 15), (10, 75), (70, 10)]);
        let at = |stage, band| {
            Some(WorthPlace {
                stage_id: StageId(Uuid::from_u128(stage)),
                band,
            })
        };
        assert_eq!(worth.deserves, at(2, ProfitBand::High));
        assert_eq!(worth.takes, at(1, ProfitBand::Low));
    }

    #[test]
    fn nothing_is_named_where_shares_are_close_or_nothing_is_known() {
        let close = told(vec![
            cell(1, ProfitBand::High, 55, 50),
            cell(2, ProfitBand::High, 45, 50),
        ]);
        assert_eq!((close.deserves, close.takes), (None, None));
        let idle = told(vec![cell(1, ProfitBand::High, 55, 0)]);
        assert_eq!((idle.deserves, idle.takes), (None, None));
        let unknown = told(vec![
            cell(1, ProfitBand::High, 55, 10),
            cell(1, ProfitBand::Unknown, 0, 90),
        ]);
        assert_eq!(unknown.takes, None);
        assert!(unknown.deserves.is_some());
    }

    #[test]
    fn the_bands_touch_and_leave_nothing_between_them() {
        let worth = told(Vec::new());
        let range = |band| worth.range(band).unwrap();
        assert_eq!(range(ProfitBand::High).0, range(ProfitBand::Middle).1);
        assert_eq!(range(ProfitBand::Middle).0, range(ProfitBand::Low).1);
        assert_eq!(range(ProfitBand::Low).0, range(ProfitBand::Nothing).1);
        assert_eq!(worth.range(ProfitBand::Unknown), None);
    }

    proptest! {
        #[test]
        fn shares_are_of_a_hundred_and_losses_take_nothing_away(
            figures in prop::collection::vec((1u128..3, -1_000_000_000_000i64..=1_000_000_000_000, 0i64..1_000), 0..8)
        ) {
            let cells = figures.iter().map(|(stage, profit, effort)| cell(*stage, ProfitBand::Low, *profit, *effort));
            let worth = told(cells.collect());
            for cell in &worth.cells {
                prop_assert!((0..=100).contains(&cell.profit_share) && (0..=100).contains(&cell.effort_share));
                prop_assert!(cell.profit > Decimal::ZERO || cell.profit_share == 0);
            }
        }
    }
}
