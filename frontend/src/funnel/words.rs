//! Words and marks of stages and deals that several pages share.

use crate::format;
use crate::i18n::Lang;
use crate::i18n::t;
use crate::ui::{StageGlyph, StageShape};
use chrono::NaiveDate;

use shared::funnel::{
    Attention, Deal, Funnel, LossReason, Stage, StageColour, StageFields, StageKind,
};
use shared::money::Money;
use strum::IntoEnumIterator;
use yew::prelude::*;

/// The ring of a stage: filled by its place among those that lead to the win.
pub fn stage_glyph(funnel: &Funnel, stage: &Stage) -> Html {
    html! { <StageGlyph shape={stage_shape(funnel, stage)} color={colour_number(stage.fields.colour)} /> }
}

/// What the ring of a stage shows.
#[must_use]
pub fn stage_shape(funnel: &Funnel, stage: &Stage) -> StageShape {
    match stage.fields.kind {
        StageKind::Won => StageShape::Won,
        StageKind::Lost => StageShape::Lost,
        StageKind::Open => {
            let on_the_way = funnel
                .stages
                .iter()
                .filter(|other| other.fields.kind != StageKind::Lost);
            let ids: Vec<_> = on_the_way.map(|other| other.id).collect();
            let k = ids
                .iter()
                .position(|id| *id == stage.id)
                .map_or(1, |index| index + 1);
            StageShape::Step {
                k: count(k),
                of: count(ids.len()),
            }
        }
    }
}

fn count(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// The number of a colour in the stylesheet, from one to six.
#[must_use]
pub const fn colour_number(colour: StageColour) -> u8 {
    match colour {
        StageColour::Slate => 1,
        StageColour::Violet => 2,
        StageColour::Indigo => 3,
        StageColour::Blue => 4,
        StageColour::Teal => 5,
        StageColour::Green => 6,
    }
}

/// A colour's name.
#[must_use]
pub fn colour_name(colour: StageColour) -> AttrValue {
    let key = format!("funnel.colours.{}", colour.as_ref());
    t!(&key).into_owned().into()
}

/// A stage kind's name.
#[must_use]
pub fn kind_name(kind: StageKind) -> AttrValue {
    let key = format!("funnel.kinds.{}", kind.as_ref());
    t!(&key).into_owned().into()
}

/// A level of attention.
#[must_use]
pub fn attention_name(level: Attention) -> AttrValue {
    let key = format!("funnel.attentions.{}", level.as_ref());
    t!(&key).into_owned().into()
}

/// The probability of a stage, as a range where it has one.
#[must_use]
pub fn percent(fields: &StageFields) -> String {
    let high = fields.probability_high;
    match high.filter(|_| fields.kind == StageKind::Open) {
        Some(high) => format!("{}\u{2013}{high}%", fields.probability),
        None => format!("{}%", fields.usual_probability()),
    }
}

/// A loss reason in words.
#[must_use]
pub fn reason_name(reason: LossReason) -> AttrValue {
    let key = format!("deal.reasons.{}", reason.as_ref());
    t!(&key).into_owned().into()
}

/// The loss reasons a person may choose from.
pub fn reasons() -> impl Iterator<Item = LossReason> {
    LossReason::iter().filter(|reason| *reason != LossReason::Unknown)
}

/// Several sums in one line, the organisation's currency first; a zero where there is none.
#[must_use]
pub fn sums(lang: Lang, figures: &[Money], house: shared::money::Currency) -> String {
    if figures.is_empty() {
        return format::sum(lang, &Money::new(0.into(), house)).to_string();
    }
    figures
        .iter()
        .map(|money| format::sum(lang, money).to_string())
        .collect::<Vec<_>>()
        .join(" + ")
}

/// A deal's amount in one short text; a dash while it is not known.
#[must_use]
pub fn amount(lang: Lang, deal: &Deal) -> String {
    deal.amount.map_or_else(
        || "\u{2014}".to_owned(),
        |money| format::amount(lang, &money).to_string(),
    )
}

/// The account's name; that it is not known otherwise.
#[must_use]
pub fn account_name(deal: &Deal) -> AttrValue {
    deal.account_name
        .clone()
        .map_or_else(|| t!("deal.no_account").into_owned().into(), Into::into)
}

/// A deal's name for announcements and labels: account and title.
#[must_use]
pub fn deal_name(deal: &Deal) -> String {
    match &deal.account_name {
        Some(account) => t!("deal.name", account = account, title = deal.title).into_owned(),
        None => deal.title.clone(),
    }
}

/// How long a deal has stayed, against what its stage allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// In time.
    Fresh,
    /// Past two thirds of the stage's days.
    Aging,
    /// Past all of them.
    Rotten,
}

/// Days in the stage and what they mean; won and lost deals do not rot.
#[must_use]
pub fn age(deal: &Deal, stage: &Stage, today: NaiveDate) -> (i64, Age) {
    let days = format::days_since(format::local(deal.stage_entered_at).date(), today);
    let limit = stage
        .fields
        .rot_days
        .filter(|_| stage.fields.kind == StageKind::Open)
        .map(i64::from);
    let age = match limit {
        Some(limit) if days > limit => Age::Rotten,
        Some(limit) if days * 3 > limit * 2 => Age::Aging,
        _ => Age::Fresh,
    };
    (days, age)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::funnel::board::fixture;

    #[test]
    fn a_deal_ages_at_two_thirds_and_rots_past_the_limit() {
        let funnel = fixture::funnel();
        let deal = fixture::deal(1, 0, "a");
        let entered = format::local(deal.stage_entered_at).date();
        let after = |days| age(&deal, &funnel.stages[0], format::in_days(entered, days));
        assert_eq!(after(20), (20, Age::Fresh));
        assert_eq!(after(21), (21, Age::Aging));
        assert_eq!(after(30), (30, Age::Aging));
        assert_eq!(after(31), (31, Age::Rotten));
        assert_eq!(
            age(&deal, &funnel.stages[2], format::in_days(entered, 99)).1,
            Age::Fresh
        );
    }

    #[test]
    fn the_ring_counts_the_steps_to_the_win() {
        let funnel = fixture::funnel();
        assert_eq!(
            stage_shape(&funnel, &funnel.stages[1]),
            StageShape::Step { k: 2, of: 3 }
        );
        assert_eq!(stage_shape(&funnel, &funnel.stages[2]), StageShape::Won);
        assert_eq!(stage_shape(&funnel, &funnel.stages[3]), StageShape::Lost);
    }
}
