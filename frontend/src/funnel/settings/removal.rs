//! Where the deals go of stages that are taken out of a funnel, and how far that has come.

use crate::api::use_api;
use crate::i18n::t;
use crate::i18n::{counted, use_lang};
use crate::load::use_load;
use crate::ui::{Button, ButtonKind, Choice, Dialog, Glyph, Icon, SelectField};
use shared::funnel::{BoardFilter, Funnel, Grouping, Stage, StageDraft, nearest};
use shared::id::{FunnelId, StageId};
use std::collections::BTreeMap;
use std::rc::Rc;
use yew::prelude::*;

/// How often it is asked how many deals are left, in milliseconds.
const LOOK: u32 = 1_500;

/// A stage that goes, with the deals in it where that is known.
pub type Gone = (StageId, Option<i64>);

/// What [`RemovalDialog`] needs.
#[derive(Properties, PartialEq)]
pub struct RemovalDialogProps {
    /// The funnel as the server has it.
    pub funnel: Rc<Funnel>,
    /// The stages it is to have.
    pub stages: Rc<Vec<StageDraft>>,
    /// The stages that go and whose deals need a place.
    pub gone: Rc<Vec<Gone>>,
    /// Gets where each of them goes.
    pub on_choose: Callback<BTreeMap<StageId, StageId>>,
    /// Asked to close.
    pub on_close: Callback<()>,
}

/// The stages that stay and may take the deals of one that goes.
fn destinations<'a>(
    gone: &Stage,
    stages: &'a [StageDraft],
) -> impl Iterator<Item = &'a StageDraft> {
    let kind = gone.fields.kind;
    let kept = stages.iter().filter(|stage| stage.id.is_some());
    kept.filter(move |stage| stage.fields.kind == kind)
}

/// Where deals go when nobody chooses.
fn usual(funnel: &Funnel, gone: &Stage, stages: &[StageDraft]) -> Option<StageId> {
    let now: Vec<Stage> = destinations(gone, stages)
        .filter_map(|draft| {
            let id = draft.id?;
            funnel.stages.iter().find(|stage| stage.id == id).cloned()
        })
        .map(|stage| Stage {
            fields: gone.fields.clone(),
            ..stage
        })
        .collect();
    nearest(gone, &funnel.stages, &now).map(|stage| stage.id)
}

/// Asks for the destination of the deals of each stage that goes.
#[component]
pub fn RemovalDialog(props: &RemovalDialogProps) -> Html {
    let lang = use_lang();
    let chosen = use_state(BTreeMap::<StageId, StageId>::new);
    let gone: Vec<(&Stage, Option<i64>)> = props
        .gone
        .iter()
        .filter_map(|(id, count)| {
            let stage = props.funnel.stages.iter().find(|stage| stage.id == *id)?;
            Some((stage, *count))
        })
        .collect();
    let to = |stage: &Stage| {
        let chosen = chosen.get(&stage.id).copied();
        chosen.or_else(|| usual(&props.funnel, stage, &props.stages))
    };
    let all: BTreeMap<StageId, StageId> = gone
        .iter()
        .filter_map(|(stage, _)| Some((stage.id, to(stage)?)))
        .collect();
    let is_whole = all.len() == gone.len();
    let on_save = {
        let on_choose = props.on_choose.clone();
        Callback::from(move |_: MouseEvent| on_choose.emit(all.clone()))
    };
    let footer = html! {
        <>
            <Button on_click={props.on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
            <Button kind={ButtonKind::Primary} is_disabled={!is_whole} on_click={on_save}>{ t!("funnel.move_and_save") }</Button>
        </>
    };
    html! {
        <Dialog
            title={t!("funnel.removal_title")}
            below={html! { <p class="muted t13">{ t!("funnel.removal_text") }</p> }}
            {footer}
            on_close={props.on_close.clone()}
        >
            <div class="form">
                for (stage, count) in &gone {
                    <SelectField
                        key={stage.id.to_string()}
                        label={match count {
                            Some(count) => t!("funnel.deals_of_n", stage = stage.fields.name, n = counted(lang, "funnel.deals_n", *count)).into_owned(),
                            None => t!("funnel.deals_of", stage = stage.fields.name).into_owned(),
                        }}
                        value={to(stage).map(|id| id.to_string()).unwrap_or_default()}
                        choices={destinations(stage, &props.stages).filter_map(|draft| Some(Choice::new(draft.id?.to_string(), draft.fields.name.clone()))).collect::<Vec<_>>()}
                        on_change={let (chosen, id) = (chosen.clone(), stage.id); move |value: AttrValue| {
                            if let Ok(to) = value.parse() {
                                let mut next = (*chosen).clone();
                                next.insert(id, to);
                                chosen.set(next);
                            }
                        }}
                        hint={destinations(stage, &props.stages).next().is_none().then(|| AttrValue::from(t!("funnel.no_destination").into_owned()))}
                    />
                }
            </div>
        </Dialog>
    }
}

/// What [`Leaving`] needs.
#[derive(Properties, PartialEq)]
pub struct LeavingProps {
    /// The funnel, with stages on their way out.
    pub funnel: Rc<Funnel>,
}

/// The stages that are being emptied, with the deals left in them.
#[component]
pub fn Leaving(props: &LeavingProps) -> Html {
    let lang = use_lang();
    let api = use_api();
    let totals = use_load(props.funnel.id, move |id: FunnelId| {
        let api = api.clone();
        async move {
            let all = BoardFilter::default();
            api.board_totals(id, &all, Grouping::Stage).await
        }
    });
    use_effect_with((), {
        let reload = totals.reload.clone();
        move |()| {
            let timer = gloo::timers::callback::Interval::new(LOOK, move || reload.emit(()));
            move || drop(timer)
        }
    });
    let known = totals.data();
    let left = |id: StageId| {
        let totals = known.as_ref()?;
        let column = totals.columns.iter().find(|column| column.stage_id == id)?;
        Some(column.totals.count)
    };
    let name = |id: StageId| {
        let stage = props.funnel.stages.iter().find(|stage| stage.id == id);
        stage
            .map(|stage| stage.fields.name.clone())
            .unwrap_or_default()
    };
    html! {
        <ul class="leaving" aria-label={t!("funnel.leaving")}>
            for stage in &props.funnel.stages {
                if let Some(to) = stage.moving_to {
                    <li key={stage.id.to_string()} class="row">
                        <Icon glyph={Glyph::Archive} />
                        <span class="fill">{ t!("funnel.leaving_to", stage = stage.fields.name, to = name(to)) }</span>
                        if let Some(left) = left(stage.id) { <span class="num muted">{ counted(lang, "funnel.left", left) }</span> }
                    </li>
                }
            }
        </ul>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::funnel::board::fixture;

    /// FUN-03: a stage's deals go to one of its kind that stays.
    #[test]
    fn only_stages_of_the_same_kind_that_stay_take_the_deals() {
        let funnel = fixture::funnel();
        let kept: Vec<StageDraft> = funnel
            .stages
            .iter()
            .skip(1)
            .map(|stage| StageDraft {
                id: Some(stage.id),
                fields: stage.fields.clone(),
            })
            .collect();
        let gone = &funnel.stages[0];
        let names: Vec<_> = destinations(gone, &kept)
            .map(|draft| draft.fields.name.as_str())
            .collect();
        assert_eq!(names, ["stage 1"]);
        assert_eq!(usual(&funnel, gone, &kept), Some(funnel.stages[1].id));
        let won = &funnel.stages[2];
        let without: Vec<StageDraft> = kept
            .iter()
            .filter(|draft| draft.id != Some(won.id))
            .cloned()
            .collect();
        assert_eq!(destinations(won, &without).count(), 0);
        assert_eq!(usual(&funnel, won, &without), None);
    }
}
