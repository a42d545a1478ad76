//! The values of an event's fields as people read them.

use super::super::names::Names;
use crate::format;
use crate::i18n::t;
use crate::i18n::{Lang, counted};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::Value;
use shared::accounts::Man;
use shared::event::{Event, SubjectKind};
use shared::money::Money;
use uuid::Uuid;

/// One field of an event with its previous and new value, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The field.
    pub label: String,
    /// What it was; `None` when it was empty.
    pub old: Option<String>,
    /// What it is; `None` when it was cleared.
    pub new: Option<String>,
}

/// Bookkeeping no reader asks for.
const SILENT: [&str; 9] = [
    "rank",
    "version",
    "id",
    "updated_at",
    "created_at",
    "archived_at",
    "stage_entered_at",
    "closed_at",
    "lines",
];

/// The fields an event changed, with words for each value.
#[must_use]
pub fn changes(lang: Lang, event: &Event, names: &Names) -> Vec<Change> {
    let Some(new) = event.data.get("new").and_then(Value::as_object) else {
        return Vec::new();
    };
    let old = event.data.get("old").and_then(Value::as_object);
    new.iter()
        .filter(|(field, _)| !SILENT.contains(&field.as_str()))
        .filter_map(|(field, now)| {
            let was = old.and_then(|old| old.get(field)).unwrap_or(&Value::Null);
            let label = label(lang, event.subject_kind, field)?;
            let change = Change {
                label,
                old: text(lang, field, was, names),
                new: text(lang, field, now, names),
            };
            (change.old != change.new).then_some(change)
        })
        .collect()
}

/// The name of a field; `None` for one that this version does not know.
fn label(lang: Lang, subject: SubjectKind, field: &str) -> Option<String> {
    let key = match subject {
        SubjectKind::Account => format!("account.field.{field}"),
        SubjectKind::Contact => format!("contact.field.{field}"),
        _ => format!("timeline.field.{field}"),
    };
    known(lang, &key)
}

fn known(lang: Lang, key: &str) -> Option<String> {
    crate::_rust_i18n_try_translate(lang.tag(), key).map(std::borrow::Cow::into_owned)
}

/// A value in words; `None` for an empty one.
#[must_use]
pub fn text(lang: Lang, field: &str, value: &Value, names: &Names) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(plain) => word(lang, field, plain, names),
        Value::Number(number) => Some(figure(lang, field, number)),
        Value::Bool(is) => {
            let word = if *is { "yes" } else { "no" };
            known(lang, &format!("account.answers.{word}"))
        }
        Value::Array(items) => {
            let words: Vec<_> = items
                .iter()
                .filter_map(|item| text(lang, field, item, names))
                .collect();
            joined(lang, words)
        }
        Value::Object(_) if field == "man" => man(lang, value),
        Value::Object(pairs) => match serde_json::from_value::<Money>(value.clone()) {
            Ok(money) => Some(format::money(lang, &money)),
            Err(_) => {
                let words = pairs
                    .iter()
                    .filter_map(|(key, value)| {
                        Some(format!("{key}: {}", text(lang, "", value, names)?))
                    })
                    .collect();
                joined(lang, words)
            }
        },
    }
}

/// Money, authority and need as far as they were answered.
fn man(lang: Lang, value: &Value) -> Option<String> {
    let man: Man = serde_json::from_value(value.clone()).ok()?;
    let words = man.parts().into_iter().filter_map(|(part, answer)| {
        let word = match answer.is {
            Some(true) => "yes",
            Some(false) => "no",
            None if answer.note.is_empty() => return None,
            None => "unknown",
        };
        let label = known(lang, &format!("account.field.man_{part}"))?;
        let word = known(lang, &format!("account.answers.{word}"))?;
        let note = Some(answer.note.as_str()).filter(|note| !note.is_empty());
        let note = note.map(|note| format!(" ({note})")).unwrap_or_default();
        Some(format!("{label}: {word}{note}"))
    });
    joined(lang, words.collect())
}

fn joined(lang: Lang, words: Vec<String>) -> Option<String> {
    (!words.is_empty()).then(|| words.join(&t!("timeline.joint", locale = lang.tag())))
}

fn figure(lang: Lang, field: &str, number: &serde_json::Number) -> String {
    let Some(whole) = number.as_i64() else {
        return number.to_string();
    };
    if field == "probability" {
        return format::percent(lang, Decimal::from(whole));
    }
    format::integer(lang, whole)
}

fn word(lang: Lang, field: &str, plain: &str, names: &Names) -> Option<String> {
    if plain.is_empty() {
        return None;
    }
    if field.ends_with("_id") {
        let id: Option<Uuid> = plain.parse().ok();
        let name = id.and_then(|id| {
            names
                .get(id)
                .or_else(|| names.stage(id.into()).map(|stage| stage.name.as_str()))
        });
        return Some(name.map_or_else(
            || t!("timeline.somebody", locale = lang.tag()).into_owned(),
            str::to_owned,
        ));
    }
    let list = match field {
        "kind" => Some("account.kinds"),
        "size" => Some("account.sizes"),
        "prospecting" => Some("board.channels"),
        "level" => Some("contact.levels"),
        "loss_reason" => Some("timeline.loss_reasons"),
        _ => None,
    };
    if let Some(name) = list.and_then(|list| known(lang, &format!("{list}.{plain}"))) {
        return Some(name);
    }
    if field == "expected_profit" {
        let profit = plain.parse::<Decimal>();
        return Some(profit.map_or_else(
            |_| plain.to_owned(),
            |profit| format::decimal(lang, profit, profit.normalize().scale()),
        ));
    }
    if field.ends_with("_on") {
        return Some(
            plain
                .parse::<NaiveDate>()
                .map_or_else(|_| plain.to_owned(), |date| format::date(lang, date)),
        );
    }
    if field.ends_with("_at") {
        let at = plain.parse::<DateTime<Utc>>();
        return Some(at.map_or_else(|_| plain.to_owned(), |at| format::moment_full(lang, at)));
    }
    Some(plain.to_owned())
}

/// A count of things, for a title.
#[must_use]
pub fn count(lang: Lang, base: &str, data: &Value, name: &str) -> Option<String> {
    let count = data
        .get(name)
        .or_else(|| data.get("new")?.get(name))?
        .as_i64()?;
    Some(counted(lang, base, count).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_read_by_their_field() {
        let mut names = Names::default();
        names.add(
            "01930000-0000-7000-8000-000000000002".parse().unwrap(),
            "Xia",
        );
        let say = |field: &str, value: Value| text(Lang::En, field, &value, &names);
        assert_eq!(
            say("owner_id", json!("01930000-0000-7000-8000-000000000002")).as_deref(),
            Some("Xia")
        );
        assert_eq!(
            say("amount", json!({"amount":"1860000","currency":"CNY"})).as_deref(),
            Some("¥1,860,000")
        );
        assert_eq!(say("probability", json!(45)).as_deref(), Some("45%"));
        assert_eq!(
            say("expected_close_on", json!("2026-12-18")).as_deref(),
            Some("18 Dec 2026")
        );
        assert_eq!(say("tags", json!(["a", "b"])).as_deref(), Some("a, b"));
        assert_eq!(
            say("external_ids", json!({"erp":"1"})).as_deref(),
            Some("erp: 1")
        );
        assert_eq!(say("kind", json!("company")).as_deref(), Some("Company"));
        assert_eq!(say("has_plan", json!(true)).as_deref(), Some("Yes"));
        let man = json!({ "money": { "is": true, "note": "set aside" }, "authority": { "is": null }, "need": { "is": false } });
        assert_eq!(
            say("man", man).as_deref(),
            Some("Money: Yes (set aside), Need: No")
        );
        assert_eq!(say("region", json!("")), None);
        assert_eq!(say("region", Value::Null), None);
    }
}
