//! What a value of the file can stand for: the choices of its select, as pure rules.

use crate::accounts::parts::words;
use crate::i18n::Lang;
use crate::i18n::t;
use crate::ui::{Choice, Tone};
use shared::accounts::Prospecting;
use shared::exchange::{Field, FunnelChoice, Import, MatchKind, ValueMapping, ValueTarget};
use shared::funnel::{Funnel, LossReason};
use shared::identity::SellerLevel;
use strum::IntoEnumIterator;

/// The choice that opens a box for another text.
pub const OTHER: &str = "other";

/// A target as the value of a choice.
#[must_use]
pub fn key(target: &ValueTarget) -> String {
    serde_json::to_string(target).unwrap_or_default()
}

/// The target a choice stands for.
#[must_use]
pub fn from_key(key: &str) -> Option<ValueTarget> {
    serde_json::from_str(key).ok()
}

/// Whether a value of the field can make a record, or stand as it is.
const fn can_stand(field: Field) -> bool {
    !matches!(
        field,
        Field::Stage
            | Field::Tier
            | Field::Prospecting
            | Field::Level
            | Field::LossReason
            | Field::Currency
    )
}

/// Whether a value of the field makes a record of its own.
const fn makes_record(field: Field) -> bool {
    matches!(
        field,
        Field::Account
            | Field::Product
            | Field::Owner
            | Field::Manager
            | Field::Team
            | Field::Parent
    )
}

/// The names a field can only have one of.
#[must_use]
pub fn closed_list(field: Field, import: &Import, funnels: &[Funnel]) -> Vec<String> {
    match field {
        Field::Stage => stages(import, funnels),
        Field::Tier => ["A", "B", "C"].map(str::to_owned).to_vec(),
        Field::Prospecting => Prospecting::iter()
            .map(|method| method.as_ref().to_owned())
            .collect(),
        Field::Level => SellerLevel::iter()
            .map(|level| level.as_ref().to_owned())
            .collect(),
        Field::LossReason => LossReason::iter()
            .map(|reason| reason.as_ref().to_owned())
            .collect(),
        _ => Vec::new(),
    }
}

/// The stages deals can go to: those of the funnel that is there, or of the one to be made.
fn stages(import: &Import, funnels: &[Funnel]) -> Vec<String> {
    match &import.funnel {
        Some(FunnelChoice::New { stages, .. }) => {
            stages.iter().map(|stage| stage.name.clone()).collect()
        }
        Some(FunnelChoice::Existing { funnel_id }) => funnels
            .iter()
            .filter(|funnel| funnel.id == *funnel_id)
            .flat_map(|funnel| funnel.stages.iter().map(|stage| stage.fields.name.clone()))
            .collect(),
        None => Vec::new(),
    }
}

/// The words of a name from a closed list.
fn listed(lang: Lang, field: Field, name: &str) -> String {
    match field {
        Field::Prospecting => words(lang, &format!("board.channels.{name}")).to_string(),
        Field::Level => words(lang, &format!("identity.level.{name}")).to_string(),
        Field::LossReason => words(lang, &format!("timeline.loss_reasons.{name}")).to_string(),
        _ => name.to_owned(),
    }
}

/// What there is to choose for a value.
#[must_use]
pub fn choices(
    lang: Lang,
    mapping: &ValueMapping,
    import: &Import,
    funnels: &[Funnel],
) -> Vec<Choice> {
    let (field, tag) = (mapping.field, lang.tag());
    let mut choices: Vec<Choice> = Vec::new();
    let mut add = |target: ValueTarget, label: String| {
        let key = key(&target);
        if !choices.iter().any(|known| *known.value == key) {
            choices.push(Choice::new(key, label));
        }
    };
    let text = |text: &str| ValueTarget::Text {
        text: text.to_owned(),
    };
    if let Some(suggestion) = &mapping.suggestion {
        add(
            text(suggestion),
            t!("import.take_for", locale = tag, name = suggestion.clone()).into_owned(),
        );
    }
    if let Some(ValueTarget::Text { text: chosen }) = &mapping.target {
        let name = listed(lang, field, chosen);
        add(
            text(chosen),
            t!("import.take_for", locale = tag, name = name).into_owned(),
        );
    }
    for name in closed_list(field, import, funnels) {
        let label = t!(
            "import.take_for",
            locale = tag,
            name = listed(lang, field, &name)
        )
        .into_owned();
        add(text(&name), label);
    }
    if let Some(record @ ValueTarget::Record { .. }) = &mapping.target {
        add(
            record.clone(),
            t!("import.take_record", locale = tag).into_owned(),
        );
    }
    if can_stand(field) && mapping.how != MatchKind::Unmatched
        || mapping.target == Some(ValueTarget::AsIs)
    {
        let key = if makes_record(field) {
            "import.make"
        } else {
            "import.leave"
        };
        add(
            ValueTarget::AsIs,
            t!(key, locale = tag, name = mapping.value.clone()).into_owned(),
        );
    }
    if field != Field::Stage {
        add(
            ValueTarget::Empty,
            t!("import.leave_empty", locale = tag).into_owned(),
        );
    }
    if can_stand(field) || field == Field::Currency {
        choices.push(Choice::new(
            OTHER,
            t!("import.other", locale = tag).into_owned(),
        ));
    }
    choices
}

/// The colour a kind of match shows in.
#[must_use]
pub const fn tone(how: MatchKind) -> Tone {
    match how {
        MatchKind::Unmatched => Tone::Negative,
        MatchKind::Near => Tone::Warning,
        MatchKind::New => Tone::Accent,
        MatchKind::Chosen => Tone::Positive,
        MatchKind::Normalised | MatchKind::Synonym => Tone::Neutral,
    }
}

#[cfg(test)]
mod tests {
    use super::super::steps::tests::import;
    use super::*;
    use serde_json::json;

    fn mapping(
        field: &str,
        how: &str,
        target: serde_json::Value,
        suggestion: Option<&str>,
    ) -> ValueMapping {
        serde_json::from_value(json!({
            "file_id": "01930000-0000-7000-8000-000000000003", "field": field, "value": "GTXPro", "rows": 12,
            "how": how, "target": target, "suggestion": suggestion
        }))
        .unwrap()
    }

    fn keys(mapping: &ValueMapping) -> Vec<String> {
        let choices = choices(Lang::En, mapping, &import("draft", &[]), &[]);
        choices
            .into_iter()
            .map(|choice| choice.value.to_string())
            .collect()
    }

    #[test]
    fn a_matched_product_can_be_kept_made_anew_or_left_out() {
        let target = json!({ "take": "text", "text": "GTX Pro" });
        let keys = keys(&mapping("product", "normalised", target.clone(), None));
        assert_eq!(keys.len(), 4);
        assert_eq!(from_key(&keys[0]), serde_json::from_value(target).unwrap());
        assert_eq!(from_key(&keys[1]), Some(ValueTarget::AsIs));
        assert_eq!(from_key(&keys[2]), Some(ValueTarget::Empty));
        assert_eq!(keys[3], OTHER);
    }

    #[test]
    fn a_stage_is_one_of_the_funnel_and_never_empty() {
        let mut import = import("draft", &[]);
        import.funnel = Some(
            serde_json::from_value(json!({ "kind": "new", "name": "F", "stages": [
                { "name": "Prospecting", "kind": "open", "probability": 10 },
                { "name": "Won", "kind": "won", "probability": 100 }
            ] }))
            .unwrap(),
        );
        let mapping = mapping("stage", "unmatched", serde_json::Value::Null, Some("Won"));
        let choices = choices(Lang::En, &mapping, &import, &[]);
        let targets: Vec<_> = choices
            .iter()
            .map(|choice| from_key(&choice.value))
            .collect();
        let text = |text: &str| {
            Some(ValueTarget::Text {
                text: text.to_owned(),
            })
        };
        assert_eq!(targets, [text("Won"), text("Prospecting")]);
    }
}
