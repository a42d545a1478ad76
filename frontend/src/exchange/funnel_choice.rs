//! Where deals go: into a funnel that is there, or into one made from the file's stages.

use super::job::Job;
use crate::accounts::parts::words;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{Choice, Glyph, IconButton, Segment, Segmented, SelectField, TextField};
use shared::exchange::{FunnelChoice, ImportPatch, NewStage};
use shared::funnel::{Funnel, StageKind};
use std::rc::Rc;
use strum::IntoEnumIterator;
use yew::prelude::*;

/// What [`FunnelPanel`] needs.
#[derive(Properties, PartialEq)]
pub struct FunnelPanelProps {
    /// The job.
    pub job: Job,
    /// Where deals go now.
    pub choice: FunnelChoice,
    /// The funnels that are there.
    pub funnels: Rc<Vec<Funnel>>,
}

/// The stages of a funnel as a draft of a new one.
#[must_use]
pub fn draft_of(funnel: &Funnel) -> Vec<NewStage> {
    funnel
        .stages
        .iter()
        .map(|stage| NewStage {
            name: stage.fields.name.clone(),
            kind: stage.fields.kind,
            probability: stage.fields.usual_probability(),
        })
        .collect()
}

/// Moves a stage up or down; at the ends it stays.
#[must_use]
pub fn moved(mut stages: Vec<NewStage>, from: usize, up: bool) -> Vec<NewStage> {
    let to = if up {
        from.checked_sub(1)
    } else {
        Some(from + 1)
    };
    if let Some(to) = to.filter(|to| *to < stages.len() && from < stages.len()) {
        stages.swap(from, to);
    }
    stages
}

/// Where deals go.
#[component]
pub fn FunnelPanel(props: &FunnelPanelProps) -> Html {
    let lang = use_lang();
    let job = props.job.clone();
    let choose = Callback::from(move |choice: Option<FunnelChoice>| {
        job.choose(ImportPatch {
            funnel: Some(choice),
            ..ImportPatch::default()
        });
    });
    let segments = vec![
        Segment::new("existing", t!("import.funnel_existing")),
        Segment::new("new", t!("import.funnel_new")),
    ];
    let current = if matches!(props.choice, FunnelChoice::Existing { .. }) {
        "existing"
    } else {
        "new"
    };
    let on_kind = {
        let (choose, funnels, choice) =
            (choose.clone(), props.funnels.clone(), props.choice.clone());
        let name = AttrValue::from(t!("import.funnel_name"));
        Callback::from(move |kind: AttrValue| {
            let next = match (&*kind, &choice) {
                ("existing", FunnelChoice::New { .. }) => {
                    funnels.first().map(|funnel| FunnelChoice::Existing {
                        funnel_id: funnel.id,
                    })
                }
                ("new", FunnelChoice::Existing { funnel_id }) => funnels
                    .iter()
                    .find(|funnel| funnel.id == *funnel_id)
                    .map(|funnel| FunnelChoice::New {
                        name: name.to_string(),
                        stages: draft_of(funnel),
                    }),
                _ => return,
            };
            choose.emit(next);
        })
    };
    let error = props
        .job
        .state
        .error
        .as_ref()
        .and_then(|error| error.field(lang, "/funnel/stages"));
    html! {
        <section class="panel" aria-label={t!("import.funnel")}>
            <header>
                <h2>{ t!("import.funnel") }</h2>
                <span class="push"><Segmented {segments} current={current} label={t!("import.funnel")} on_change={on_kind} /></span>
            </header>
            <div class="body form">
                if let Some(error) = error { <p class="hint err">{ error }</p> }
                if let FunnelChoice::Existing { funnel_id } = &props.choice {
                    <SelectField label={t!("import.funnel_which")} value={funnel_id.to_string()} choices={props.funnels.iter().map(|funnel| Choice::new(funnel.id.to_string(), funnel.name.clone())).collect::<Vec<_>>()}
                        on_change={choose.reform(|id: AttrValue| id.parse().ok().map(|funnel_id| FunnelChoice::Existing { funnel_id }))} />
                }
                if let FunnelChoice::New { name, stages } = &props.choice {
                    <NewFunnel name={name.clone()} stages={stages.clone()} on_change={choose.reform(Some)} />
                }
            </div>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct NewFunnelProps {
    name: String,
    stages: Vec<NewStage>,
    on_change: Callback<FunnelChoice>,
}

/// The funnel to be made.
#[component]
fn NewFunnel(props: &NewFunnelProps) -> Html {
    use_lang();
    let with_stages = {
        let name = props.name.clone();
        props
            .on_change
            .reform(move |stages: Vec<NewStage>| FunnelChoice::New {
                name: name.clone(),
                stages,
            })
    };
    let on_name = {
        let stages = props.stages.clone();
        props
            .on_change
            .reform(move |name: String| FunnelChoice::New {
                name,
                stages: stages.clone(),
            })
    };
    html! {
        <>
            <TextField label={t!("import.funnel_name_label")} value={props.name.clone()} on_change={on_name} max_length=100 autocomplete="off" />
            <ol class="new-stages">
                for (index, stage) in props.stages.iter().enumerate() {
                    <StageRow key={index} {index} stage={stage.clone()} stages={props.stages.clone()} on_change={with_stages.clone()} />
                }
            </ol>
            <p class="hint">{ t!("import.funnel_hint") }</p>
        </>
    }
}

#[derive(Properties, PartialEq)]
struct StageRowProps {
    index: usize,
    stage: NewStage,
    stages: Vec<NewStage>,
    on_change: Callback<Vec<NewStage>>,
}

#[component]
fn StageRow(props: &StageRowProps) -> Html {
    let lang = use_lang();
    let (index, stage) = (props.index, &props.stage);
    let change = |apply: fn(&mut NewStage, &str)| {
        let stages = props.stages.clone();
        props.on_change.reform(move |value: String| {
            let mut stages = stages.clone();
            if let Some(stage) = stages.get_mut(index) {
                apply(stage, &value);
            }
            stages
        })
    };
    let step = |up: bool| {
        let stages = props.stages.clone();
        props
            .on_change
            .reform(move |_: MouseEvent| moved(stages.clone(), index, up))
    };
    let kinds = StageKind::iter()
        .map(|kind| {
            Choice::new(
                kind.as_ref().to_owned(),
                words(lang, &format!("import.stage_kinds.{}", kind.as_ref())),
            )
        })
        .collect::<Vec<_>>();
    html! {
        <li>
            <span class="hidden-label grow"><TextField label={t!("import.stage_name", n = index + 1)} value={stage.name.clone()} on_change={change(|stage, value| stage.name = value.trim().to_owned())} max_length=60 autocomplete="off" /></span>
            <SelectField is_label_hidden=true label={t!("import.stage_kind", name = stage.name.clone())} value={stage.kind.as_ref().to_owned()} choices={kinds}
                on_change={change(|stage, value| stage.kind = value.parse().unwrap_or_default()).reform(|value: AttrValue| value.to_string())} />
            <span class="hidden-label short"><TextField label={t!("import.stage_probability", name = stage.name.clone())} value={stage.probability.to_string()} unit="%" inputmode="numeric"
                on_change={change(|stage, value| stage.probability = value.trim().parse().unwrap_or(stage.probability))} autocomplete="off" /></span>
            <IconButton glyph={Glyph::Up} label={t!("import.stage_up", name = stage.name.clone())} is_disabled={index == 0} on_click={step(true)} />
            <IconButton glyph={Glyph::Down} label={t!("import.stage_down", name = stage.name.clone())} is_disabled={index + 1 == props.stages.len()} on_click={step(false)} />
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(stages: &[NewStage]) -> Vec<&str> {
        stages.iter().map(|stage| stage.name.as_str()).collect()
    }

    #[test]
    fn a_stage_moves_by_one_and_stays_at_the_ends() {
        let stages: Vec<_> = ["a", "b", "c"]
            .map(|name| NewStage {
                name: name.into(),
                kind: StageKind::Open,
                probability: 10,
            })
            .to_vec();
        assert_eq!(names(&moved(stages.clone(), 1, true)), ["b", "a", "c"]);
        assert_eq!(names(&moved(stages.clone(), 0, true)), ["a", "b", "c"]);
        assert_eq!(names(&moved(stages.clone(), 2, false)), ["a", "b", "c"]);
        assert_eq!(names(&moved(stages, 9, true)), ["a", "b", "c"]);
    }
}
