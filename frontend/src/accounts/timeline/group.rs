//! The timeline's order: today first, then month by month, newest first.

use crate::format;
use crate::i18n::Lang;
use crate::i18n::t;
use chrono::{Datelike, NaiveDate};
use shared::event::{Event, EventKind};
use std::rc::Rc;

/// The head over a run of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// What happened today, and what is dated ahead of it.
    Today,
    /// What happened in the month this day begins.
    Month(NaiveDate),
}

impl Span {
    fn of(day: NaiveDate, today: NaiveDate) -> Self {
        if day >= today {
            Self::Today
        } else {
            Self::Month(day.with_day(1).unwrap_or(day))
        }
    }

    /// The words of the head.
    #[must_use]
    pub fn label(self, lang: Lang, today: NaiveDate) -> String {
        match self {
            Self::Today => t!("timeline.today", locale = lang.tag()).into_owned(),
            Self::Month(first) => format::month(lang, first, today),
        }
    }

    /// What the head says to a program, as a key.
    #[must_use]
    pub fn key(self) -> String {
        match self {
            Self::Today => "today".to_owned(),
            Self::Month(first) => first.to_string(),
        }
    }
}

/// A run of events under one head.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The head.
    pub span: Span,
    /// The events, newest first.
    pub events: Vec<Rc<Event>>,
}

/// Puts events, newest first, under their heads. What says nothing to a reader is left out.
#[must_use]
pub fn grouped(events: &[Rc<Event>], today: NaiveDate) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for event in events.iter().filter(|event| is_told(event)) {
        let span = Span::of(format::local(event.at).date(), today);
        match groups.last_mut() {
            Some(group) if group.span == span => group.events.push(Rc::clone(event)),
            _ => groups.push(Group {
                span,
                events: vec![Rc::clone(event)],
            }),
        }
    }
    groups
}

/// A deal that only changed its place within a stage is no news.
fn is_told(event: &Event) -> bool {
    let stage = |side: &str| {
        event
            .data
            .get(side)
            .and_then(|side| side.get("stage_id"))
            .cloned()
    };
    !(event.kind == EventKind::DealMoved && stage("old").is_some() && stage("old") == stage("new"))
}

/// The earlier events behind those already shown; an event that came in both is kept once.
#[must_use]
pub fn extended(shown: &[Rc<Event>], earlier: Vec<Event>) -> Vec<Rc<Event>> {
    let mut all = shown.to_vec();
    for event in earlier {
        if !shown.iter().any(|known| known.sequence == event.sequence) {
            all.push(Rc::new(event));
        }
    }
    all
}

/// A fresh first page in front of what was loaded before it.
#[must_use]
pub fn refreshed(shown: &[Rc<Event>], first: Vec<Event>) -> Vec<Rc<Event>> {
    let mut all: Vec<Rc<Event>> = first.into_iter().map(Rc::new).collect();
    for event in shown {
        if !all.iter().any(|known| known.sequence == event.sequence) {
            all.push(Rc::clone(event));
        }
    }
    all.sort_by(|a, b| b.at.cmp(&a.at).then(b.sequence.cmp(&a.sequence)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    pub fn event(sequence: i64, at: &str, kind: &str, data: Value) -> Rc<Event> {
        let event = json!({
            "sequence": sequence, "at": at, "actor_kind": "user", "actor_id": null, "actor_name": "Xia",
            "kind": kind, "subject_kind": "deal", "subject_id": "01930000-0000-7000-8000-000000000009",
            "account_id": null, "deal_id": null, "data": data
        });
        Rc::new(serde_json::from_value(event).unwrap())
    }

    fn sequences(groups: &[Group]) -> Vec<(Span, Vec<i64>)> {
        groups
            .iter()
            .map(|group| {
                (
                    group.span,
                    group.events.iter().map(|event| event.sequence).collect(),
                )
            })
            .collect()
    }

    fn d(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn today_leads_and_months_follow() {
        let events = [
            event(5, "2026-11-22T14:00:00Z", "account.updated", json!({})),
            event(4, "2026-11-21T09:00:00Z", "account.updated", json!({})),
            event(3, "2026-11-06T09:00:00Z", "account.updated", json!({})),
            event(2, "2026-09-30T09:00:00Z", "account.updated", json!({})),
        ];
        let groups = grouped(&events, d("2026-11-22"));
        assert_eq!(
            sequences(&groups),
            [
                (Span::Today, vec![5]),
                (Span::Month(d("2026-11-01")), vec![4, 3]),
                (Span::Month(d("2026-09-01")), vec![2])
            ]
        );
    }

    #[test]
    fn a_new_order_within_a_stage_is_not_told() {
        let same = json!({ "old": { "stage_id": "a", "rank": "1" }, "new": { "stage_id": "a", "rank": "2" } });
        let other = json!({ "old": { "stage_id": "a" }, "new": { "stage_id": "b" } });
        let events = [
            event(2, "2026-11-22T14:00:00Z", "deal.moved", same),
            event(1, "2026-11-22T13:00:00Z", "deal.moved", other),
        ];
        assert_eq!(
            sequences(&grouped(&events, d("2026-11-22"))),
            [(Span::Today, vec![1])]
        );
    }

    #[test]
    fn pages_that_overlap_show_nothing_twice() {
        let one = |sequence| {
            event(
                sequence,
                "2026-11-22T14:00:00Z",
                "account.updated",
                json!({}),
            )
        };
        let plain = |sequence: i64| (*one(sequence)).clone();
        let shown = [one(3), one(2)];
        let numbers =
            |all: &[Rc<Event>]| all.iter().map(|event| event.sequence).collect::<Vec<_>>();
        assert_eq!(
            numbers(&extended(&shown, vec![plain(2), plain(1)])),
            [3, 2, 1]
        );
        assert_eq!(
            numbers(&refreshed(&shown, vec![plain(4), plain(3)])),
            [4, 3, 2]
        );
    }
}
