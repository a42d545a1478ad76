//! The third step: what the values of the files stand for, and where deals go.

use super::files::StepProps;
use super::funnel_choice::FunnelPanel;
use super::job::Job;
use super::target::{OTHER, choices, from_key, key, tone};
use crate::accounts::parts::words;
use crate::api::use_api;
use crate::i18n::t;
use crate::i18n::{counted, use_lang};
use crate::identity::session::locale_of;
use crate::load::use_load;
use crate::ui::{Badge, Button, ButtonSize, Empty, Glyph, SelectField, TextField};
use shared::exchange::{
    Field, Import, ImportPatch, MatchKind, ValueMapping, ValuePatch, ValueTarget,
};
use shared::funnel::Funnel;
use shared::id::ImportFileId;
use std::rc::Rc;
use yew::prelude::*;

/// Rows of one group that show at first.
const FIRST: usize = 30;

/// The values.
#[component]
pub fn ValuesStep(props: &StepProps) -> Html {
    use_lang();
    let api = use_api();
    let funnels = use_load((), move |()| {
        let api = api.clone();
        async move { Ok(api.funnels().await?.items) }
    });
    let funnels = funnels.loaded.data.clone().unwrap_or_default();
    let import = &props.import;
    html! {
        <>
            if let Some(choice) = &import.funnel { <FunnelPanel job={props.job.clone()} choice={choice.clone()} funnels={funnels.clone()} /> }
            if import.values.is_empty() {
                <section class="panel"><Empty icon={Glyph::Check} title={t!("import.no_values_title")} text={t!("import.no_values_text")} /></section>
            }
            for group in groups(import).into_iter().map(Rc::new) {
                <Group key={format!("{}-{}", group.file_id, group.field.as_ref())} group={group.clone()} import={import.clone()} job={props.job.clone()} funnels={funnels.clone()} />
            }
        </>
    }
}

/// The values of one field in one file.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueGroup {
    /// The file.
    pub file_id: ImportFileId,
    /// The field.
    pub field: Field,
    /// The values: those that need a choice first, then by how far the match is.
    pub values: Vec<ValueMapping>,
}

/// How much a match wants to be looked at.
const fn weight(how: MatchKind) -> u8 {
    match how {
        MatchKind::Unmatched => 0,
        MatchKind::Near => 1,
        MatchKind::New => 2,
        MatchKind::Normalised => 3,
        MatchKind::Synonym => 4,
        MatchKind::Chosen => 5,
    }
}

/// Brings the values of a field in a file together; groups with open questions lead.
#[must_use]
pub fn groups(import: &Import) -> Vec<ValueGroup> {
    let mut groups: Vec<ValueGroup> = Vec::new();
    for value in &import.values {
        match groups
            .iter_mut()
            .find(|group| (group.file_id, group.field) == (value.file_id, value.field))
        {
            Some(group) => group.values.push(value.clone()),
            None => groups.push(ValueGroup {
                file_id: value.file_id,
                field: value.field,
                values: vec![value.clone()],
            }),
        }
    }
    for group in &mut groups {
        group.values.sort_by_key(|value| {
            (
                value.target.is_some(),
                weight(value.how),
                std::cmp::Reverse(value.rows),
            )
        });
    }
    groups.sort_by_key(|group| group.values.iter().all(|value| value.target.is_some()));
    groups
}

#[derive(Properties, PartialEq)]
struct GroupProps {
    group: Rc<ValueGroup>,
    import: Rc<Import>,
    job: Job,
    funnels: Rc<Vec<Funnel>>,
}

#[component]
fn Group(props: &GroupProps) -> Html {
    let lang = use_lang();
    let is_all = use_state_eq(|| false);
    let group = &props.group;
    let file = props
        .import
        .files
        .iter()
        .find(|file| file.id == group.file_id);
    let shown = if *is_all {
        group.values.len()
    } else {
        FIRST.min(group.values.len())
    };
    let more = group.values.len().saturating_sub(shown);
    html! {
        <section class="panel" aria-label={group.field.title(locale_of(lang))}>
            <header>
                <h2>{ group.field.title(locale_of(lang)) }</h2>
                <span class="sub trunc">{ file.map(|file| file.name.clone()) }</span>
                <span class="sub num push">{ counted(lang, "import.value_count", i64::try_from(group.values.len()).unwrap_or(0)) }</span>
            </header>
            <table class="table rows values" role="table" aria-label={group.field.title(locale_of(lang))}>
                <thead role="rowgroup">
                    <tr role="row">
                        <th scope="col" role="columnheader">{ t!("import.value") }</th>
                        <th scope="col" role="columnheader" class="r">{ t!("import.rows_head") }</th>
                        <th scope="col" role="columnheader">{ t!("import.how_label") }</th>
                        <th scope="col" role="columnheader">{ t!("import.stands_for") }</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    for value in group.values.iter().take(shown) {
                        <Value key={value.value.clone()} mapping={Rc::new(value.clone())} import={props.import.clone()} job={props.job.clone()} funnels={props.funnels.clone()} />
                    }
                </tbody>
            </table>
            if more > 0 {
                <div class="foot"><Button size={ButtonSize::Small} on_click={let is_all = is_all.setter(); move |_| is_all.set(true)}>{ counted(lang, "import.more_values", i64::try_from(more).unwrap_or(0)) }</Button></div>
            }
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct ValueProps {
    mapping: Rc<ValueMapping>,
    import: Rc<Import>,
    job: Job,
    funnels: Rc<Vec<Funnel>>,
}

/// One value and what it stands for.
#[component]
fn Value(props: &ValueProps) -> Html {
    let lang = use_lang();
    let mapping = &props.mapping;
    let is_typing = use_state_eq(|| false);
    let choose = {
        let (job, mapping, is_typing) = (props.job.clone(), mapping.clone(), is_typing.setter());
        Callback::from(move |target: Option<ValueTarget>| {
            is_typing.set(false);
            let value = ValuePatch {
                file_id: mapping.file_id,
                field: mapping.field,
                value: mapping.value.clone(),
                target,
            };
            job.choose(ImportPatch {
                values: vec![value],
                ..ImportPatch::default()
            });
        })
    };
    let on_change = {
        let (choose, is_typing) = (choose.clone(), is_typing.setter());
        Callback::from(move |picked: AttrValue| {
            if *picked == *OTHER {
                is_typing.set(true);
            } else {
                choose.emit(from_key(&picked));
            }
        })
    };
    let on_text = choose.reform(|text: String| {
        let text = text.trim().to_owned();
        (!text.is_empty()).then_some(ValueTarget::Text { text })
    });
    let label = t!("import.target_of", value = mapping.value.clone());
    let is_open = mapping.target.is_none();
    html! {
        <tr role="row" class={is_open.then_some("is-open")}>
            <td role="cell" class="lead"><span class="strong trunc">{ mapping.value.clone() }</span></td>
            <td role="cell" class="r num muted" data-label={t!("import.rows_head")}>{ crate::format::integer(lang, mapping.rows) }</td>
            <td role="cell"><Badge tone={tone(mapping.how)}>{ words(lang, &format!("import.how.{}", mapping.how.as_ref())) }</Badge></td>
            <td role="cell" class="pick">
                if *is_typing {
                    <span class="hidden-label"><TextField {label} value={mapping.suggestion.clone().unwrap_or_default()} is_focused=true on_change={on_text} autocomplete="off" /></span>
                } else {
                    <SelectField is_label_hidden=true {label} value={mapping.target.as_ref().map(key).unwrap_or_default()} choices={choices(lang, mapping, &props.import, &props.funnels)}
                        none={is_open.then(|| AttrValue::from(t!("import.choose_one")))} {on_change} />
                }
            </td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::super::steps::tests::import;
    use super::*;
    use serde_json::json;

    #[test]
    fn what_must_be_chosen_stands_first() {
        let value = |field: &str, value: &str, how: &str, target: serde_json::Value| {
            json!({ "file_id": "01930000-0000-7000-8000-000000000003", "field": field, "value": value,
                    "rows": 1, "how": how, "target": target })
        };
        let mut import = import("draft", &[]);
        import.values = serde_json::from_value(json!([
            value(
                "product",
                "GTXPro",
                "normalised",
                json!({ "take": "text", "text": "GTX Pro" })
            ),
            value(
                "stage",
                "Won",
                "synonym",
                json!({ "take": "text", "text": "Won" })
            ),
            value("stage", "Limbo", "unmatched", json!(null)),
        ]))
        .unwrap();
        let groups = groups(&import);
        assert_eq!(groups[0].field, Field::Stage);
        assert_eq!(groups[0].values[0].value, "Limbo");
        assert_eq!(groups.len(), 2);
    }
}
