//! Mixes and limits in words.

use super::super::parts::words;
use crate::format;
use crate::i18n::t;
use crate::i18n::{Lang, counted};
use shared::accounts::{Limits, Measure, Mix, Range, Standing};
use strum::IntoEnumIterator;
use yew::AttrValue;

/// A measure by its name.
pub(super) fn measure_name(lang: Lang, measure: Measure) -> AttrValue {
    words(lang, &format!("portfolio.measures.{}", measure.as_ref()))
}

/// A share of all accounts, or a dash without any.
pub(super) fn share(lang: Lang, mix: &Mix, measure: Measure) -> String {
    match mix.share(measure) {
        Some(share) => format::percent(lang, share.into()),
        None => t!("account.nothing").into_owned(),
    }
}

/// A limit, such as "at most 40%".
pub(super) fn limit(lang: Lang, range: Range) -> String {
    let percent = |value: i16| format::percent(lang, value.into());
    match (range.min, range.max) {
        (None, None) => t!("portfolio.no_limit").into_owned(),
        (Some(min), None) => t!("portfolio.at_least", share = percent(min)).into_owned(),
        (None, Some(max)) => t!("portfolio.at_most", share = percent(max)).into_owned(),
        (Some(min), Some(max)) => {
            t!("portfolio.between", min = percent(min), max = percent(max)).into_owned()
        }
    }
}

/// All shares in one line.
pub(super) fn shares(lang: Lang, mix: &Mix) -> String {
    let unclassed = (mix.unclassed > 0).then(|| {
        let count = format::integer(lang, mix.unclassed);
        format!("{} {count}", t!("account.class.none"))
    });
    let parts: Vec<String> = Measure::iter()
        .map(|measure| {
            format!(
                "{} {}",
                measure_name(lang, measure),
                share(lang, mix, measure)
            )
        })
        .chain(unclassed)
        .collect();
    parts.join(&t!("timeline.joint"))
}

/// How a measure stands, in words: colour alone would not tell everybody.
pub(super) fn standing(lang: Lang, mix: &Mix, measure: Measure, limits: &Limits) -> String {
    let points = mix.points_beyond(measure, limits);
    match mix.standing(measure, limits) {
        Standing::Within => String::new(),
        Standing::Open => t!("portfolio.open").into_owned(),
        Standing::Over => counted(lang, "portfolio.over", points).to_string(),
        Standing::Under => counted(lang, "portfolio.under", points).to_string(),
    }
}
