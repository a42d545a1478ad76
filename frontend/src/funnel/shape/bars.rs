//! What is drawn for each stage: pure, from the shape and the figure chosen.

use rust_decimal::Decimal;
use shared::funnel::shape::{bottleneck, percent, widths};
use shared::funnel::{FunnelShape, ShapeFigures};
use strum::{AsRefStr, EnumIter, EnumString};

/// Which figure makes the widths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, AsRefStr, EnumString, EnumIter)]
#[strum(serialize_all = "snake_case")]
pub enum By {
    /// How many deals.
    #[default]
    Count,
    /// Their amounts in the organisation's currency.
    Amount,
}

/// One bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// Its width at the top, in thousandths.
    pub top: u16,
    /// Its width at the foot, which is the next one's at the top.
    pub foot: u16,
    /// The share that went on, in percent.
    pub share: Option<i16>,
    /// Whether it is where the least goes on.
    pub is_bottleneck: bool,
}

impl Bar {
    /// The corners of the bar in a field of 1000 by `height`, for a polygon.
    #[must_use]
    pub fn points(&self, height: u16) -> String {
        let side = |width: u16| {
            (
                f32::from(1_000 - width) / 2.0,
                f32::from(1_000 + width) / 2.0,
            )
        };
        let ((a, b), (c, d)) = (side(self.top.min(1_000)), side(self.foot.min(1_000)));
        format!("{a},0 {b},0 {d},{height} {c},{height}")
    }
}

/// The figure chosen.
#[must_use]
pub fn figure(by: By, figures: &ShapeFigures, shape: &FunnelShape) -> Decimal {
    match by {
        By::Count => figures.count.into(),
        By::Amount => figures.in_currency(shape.currency),
    }
}

/// The bars of a funnel.
#[must_use]
pub fn bars(shape: &FunnelShape, by: By) -> Vec<Bar> {
    let entered: Vec<Decimal> = shape
        .stages
        .iter()
        .map(|stage| figure(by, &stage.entered, shape))
        .collect();
    let tops = widths(&entered);
    let last = shape.stages.len().saturating_sub(1);
    let shares: Vec<Option<i16>> = shape
        .stages
        .iter()
        .enumerate()
        .map(|(index, stage)| {
            let share = percent(
                figure(by, &stage.onward, shape),
                figure(by, &stage.entered, shape),
            );
            share.filter(|_| index < last)
        })
        .collect();
    let lowest = bottleneck(&shares);
    tops.iter()
        .enumerate()
        .map(|(index, top)| Bar {
            top: *top,
            foot: tops.get(index + 1).copied().unwrap_or(*top),
            share: shares.get(index).copied().flatten(),
            is_bottleneck: lowest == Some(index),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shape() -> FunnelShape {
        let sum = |count: i64, amount: &str| json!({ "count": count, "sums": [{ "amount": amount, "currency": "CNY" }] });
        let none = || json!({ "count": 0, "sums": [] });
        let stage = |n: u8, entered, onward| {
            json!({
                "stage_id": format!("01930000-0000-7000-8000-00000000000{n}"), "entered": entered,
                "onward": onward, "still": none(), "lost": none(), "back": none(), "conversion": null, "median_days": null
            })
        };
        serde_json::from_value(json!({ "currency": "CNY", "stages": [
            stage(1, sum(100, "1000"), sum(40, "900")),
            stage(2, sum(40, "900"), sum(20, "90")),
            stage(3, sum(20, "90"), none()),
        ] }))
        .unwrap()
    }

    #[test]
    fn each_bar_ends_as_wide_as_the_next_begins_and_the_lowest_share_stands_out() {
        let bars = bars(&shape(), By::Count);
        let widths: Vec<_> = bars.iter().map(|bar| (bar.top, bar.foot)).collect();
        assert_eq!(widths, [(1_000, 400), (400, 200), (200, 200)]);
        let shares: Vec<_> = bars.iter().map(|bar| bar.share).collect();
        assert_eq!(shares, [Some(40), Some(50), None]);
        assert!(bars[0].is_bottleneck && !bars[1].is_bottleneck);
        assert_eq!(bars[1].points(40), "300,0 700,0 600,40 400,40");
    }

    #[test]
    fn by_amount_another_step_may_be_the_bottleneck() {
        let bars = super::bars(&shape(), By::Amount);
        let shares: Vec<_> = bars.iter().map(|bar| bar.share).collect();
        assert_eq!(shares, [Some(90), Some(10), None]);
        assert!(bars[1].is_bottleneck);
    }
}
