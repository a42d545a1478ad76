//! The days on which the deals of a funnel view came in; kept in the page's address.

use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{Button, ButtonSize, TextField};
use chrono::NaiveDate;
use yew::prelude::*;

/// From one day to another, both with them; open where there is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Days {
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub to: Option<NaiveDate>,
}

impl Days {
    /// Reads them from the pairs of an address; what is no day is passed over.
    #[must_use]
    pub fn read(pairs: &[(String, String)]) -> Self {
        let day = |name: &str| {
            let pair = pairs.iter().find(|(key, _)| key == name);
            pair.and_then(|(_, day)| day.parse().ok())
        };
        Self {
            from: day("from"),
            to: day("to"),
        }
    }

    /// The pairs that say the same.
    #[must_use]
    pub fn pairs(self) -> Vec<(&'static str, String)> {
        let pairs = [("from", self.from), ("to", self.to)].into_iter();
        pairs
            .filter_map(|(name, day)| Some((name, day?.to_string())))
            .collect()
    }

    /// Whether it is any day.
    #[must_use]
    pub fn is_open(self) -> bool {
        self == Self::default()
    }

    /// Whether they end before they begin.
    #[must_use]
    pub fn is_backwards(self) -> bool {
        self.from.zip(self.to).is_some_and(|(from, to)| to < from)
    }

    /// What is asked for: of days that end before they begin, the first counts.
    #[must_use]
    pub fn asked(self) -> Self {
        Self {
            to: self.to.filter(|_| !self.is_backwards()),
            ..self
        }
    }
}

/// What [`DaysFields`] needs.
#[derive(Properties, PartialEq)]
pub struct DaysFieldsProps {
    /// What happened on the days, and the names of the first and the last of them; that deals came in, when
    /// absent.
    #[prop_or_default]
    pub labels: Option<[AttrValue; 3]>,
    /// The days chosen.
    pub days: Days,
    /// Gets others.
    pub on_days: Callback<Days>,
}

/// Two fields for the days.
#[component]
pub fn DaysFields(props: &DaysFieldsProps) -> Html {
    use_lang();
    let days = props.days;
    let chosen = |make: fn(Days, Option<NaiveDate>) -> Days| {
        props
            .on_days
            .reform(move |text: String| make(days, text.parse().ok()))
    };
    let said = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let [label, from, to] = props.labels.clone().unwrap_or_else(|| {
        [t!("shape.days"), t!("shape.from"), t!("shape.to")].map(|label| label.into_owned().into())
    });
    let wrong = t!("shape.days_backwards").into_owned();
    let error = days.is_backwards().then(|| AttrValue::from(wrong));
    html! {
        <div class="fs-days" role="group" aria-label={label}>
            <TextField label={from} kind="date" value={said(days.from)} on_input={chosen(|days, from| Days { from, ..days })} />
            <TextField label={to} kind="date" value={said(days.to)} on_input={chosen(|days, to| Days { to, ..days })} {error} />
            if !days.is_open() {
                <Button size={ButtonSize::Small} on_click={props.on_days.reform(|_: MouseEvent| Days::default())}>{ t!("shape.any_day") }</Button>
            }
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(from: &str, to: &str) -> Days {
        Days {
            from: from.parse().ok(),
            to: to.parse().ok(),
        }
    }

    #[test]
    fn days_survive_the_address() {
        for days in [
            days("2026-01-01", "2026-03-31"),
            days("2026-01-01", ""),
            Days::default(),
        ] {
            let pairs = days.pairs().into_iter();
            let pairs: Vec<_> = pairs.map(|(name, day)| (name.to_owned(), day)).collect();
            assert_eq!(Days::read(&pairs), days);
        }
    }

    #[test]
    fn of_days_that_end_before_they_begin_only_the_first_is_asked_for() {
        let backwards = days("2026-03-31", "2026-01-01");
        assert!(backwards.is_backwards());
        assert_eq!(backwards.asked(), days("2026-03-31", ""));
        let one = days("2026-03-31", "2026-03-31");
        assert_eq!(one.asked(), one);
    }
}
