//! Where a deal has been: one row for each stay in a stage, the latest first.

use crate::api::use_api;
use crate::format;
use crate::funnel::gate::words::missing_kind;
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::load::use_load;
use crate::ui::draw;
use shared::funnel::gate::{MissingKind, Passage};
use shared::funnel::{Deal, Funnel, Stay};
use shared::id::CriterionId;
use std::rc::Rc;
use yew::prelude::*;

/// What [`History`] needs.
#[derive(Properties, PartialEq)]
pub struct HistoryProps {
    /// The funnel.
    pub funnel: Rc<Funnel>,
    /// The deal; its history is asked for again when it changed.
    pub deal: Rc<Deal>,
}

/// The stays of a deal.
#[component]
pub fn History(props: &HistoryProps) -> Html {
    let lang = use_lang();
    let api = use_api();
    let stays = use_load((props.deal.id, props.deal.version), move |(id, _)| {
        let api = api.clone();
        async move { api.stage_history(id).await }
    });
    html! {
        <section class="panel" aria-label={t!("deal.history")}>
            <header><h2>{ t!("deal.history") }</h2></header>
            <div class="body">
                { draw(&stays, |stays| html! {
                    <ol class="stays">
                        for stay in stays.iter().rev() { { row(lang, &props.funnel, stays, stay) } }
                    </ol>
                }) }
            </div>
        </section>
    }
}

fn row(lang: Lang, funnel: &Funnel, stays: &[Stay], stay: &Stay) -> Html {
    let now = format::now();
    let days = (stay.left_at.unwrap_or(now) - stay.entered_at).num_days();
    let from = format::moment_full(lang, stay.entered_at);
    let to = stay.left_at.map_or_else(
        || t!("deal.present").into_owned(),
        |at| format::moment_full(lang, at),
    );
    let mut stages = funnel.stages.iter();
    let stage = stages.find(|stage| stage.id == stay.stage_id);
    html! {
        <li key={stay.entered_at.to_rfc3339()} class="stay">
            { stage.map(|stage| words::stage_glyph(funnel, stage)) }
            <div class="fill">
                <div class="row"><b class="trunc">{ &stay.stage_name }</b><span class="push num muted">{ format::days(lang, days) }</span></div>
                <p class="t12 muted num">{ t!("deal.from_to", from = from, to = to) }</p>
                if let Some(reason) = &stay.override_reason { <p class="t12 warn">{ t!("gate.overridden", reason = reason) }</p> }
                if stay.passage == Passage::Imported { <p class="t12 muted">{ t!("gate.imported") }</p> }
                if let Some(criteria) = lacked(funnel, stay) { <p class="t12 warn">{ t!("gate.lacked", criteria = criteria) }</p> }
                if let Some(versions) = judged_by(funnel, stays, stay) { <p class="t12 muted">{ t!("gate.judged_by", versions = versions) }</p> }
                if let Some(rule) = &stay.moved_by_rule { <p class="t12 muted">{ t!("touch.by_rule", rule = rule) }</p> }
                if let Some(who) = &stay.moved_by_name { <p class="t12 muted">{ t!("deal.history_by", who = who) }</p> }
            </div>
        </li>
    }
}

/// What was missing when it came in all the same: criteria, of which those that nobody asks for any more have
/// no name, and what else the stages ask.
fn lacked(funnel: &Funnel, stay: &Stay) -> Option<String> {
    let name = |id: &CriterionId| {
        let gates = funnel.stages.iter().map(|stage| &stage.gate);
        let mut criteria = gates.flat_map(|gate| &gate.criteria);
        let known = criteria.find(|criterion| criterion.id == *id);
        known.map_or("\u{2013}", |criterion| criterion.name.as_str())
    };
    let criteria = stay.missing.iter().map(|id| name(id).to_owned());
    let otherwise = stay.missing_otherwise.iter();
    let otherwise = otherwise.map(|item| {
        let what = missing_kind(item.kind);
        let mut stages = funnel.stages.iter();
        let by = stages.find(|stage| stage.id == item.stage_id);
        // That a stage is passed by or gone back from makes no sense without its name.
        let is_of_stage = matches!(
            item.kind,
            MissingKind::StageSkipped | MissingKind::GoingBack
        );
        match by.filter(|_| is_of_stage) {
            Some(by) => t!("gate.missing_of", stage = by.fields.name, what = what).into_owned(),
            None => what,
        }
    });
    let names: Vec<_> = criteria.chain(otherwise).collect();
    Some(names.join(&t!("gate.and"))).filter(|_| !names.is_empty())
}

/// The criteria it was judged by, each with its stage and version. A stage that is gone from the funnel is
/// called as the deal's stays in it call it; one it only passed over has no name any more.
fn judged_by(funnel: &Funnel, stays: &[Stay], stay: &Stay) -> Option<String> {
    let name = |id| {
        let mut stages = funnel.stages.iter();
        let stage = stages.find(|stage| stage.id == id);
        let known = stage.map(|stage| stage.fields.name.as_str());
        let was_in = || stays.iter().find(|stay| stay.stage_id == id);
        known
            .or_else(|| was_in().map(|stay| stay.stage_name.as_str()))
            .unwrap_or("\u{2013}")
    };
    let told = stay.judged_by.iter().map(|gate| {
        t!(
            "gate.judged_version",
            stage = name(gate.stage_id),
            n = gate.version
        )
        .into_owned()
    });
    let mut told: Vec<_> = told.collect();
    // Moves from before all of them were kept say that of the stage left alone.
    if told.is_empty() && stay.gate_version > 0 {
        told.push(t!("gate.version", n = stay.gate_version).into_owned());
    }
    Some(told.join(&t!("gate.and"))).filter(|told| !told.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::funnel::board::fixture;
    use shared::funnel::gate::{GateVersion, MissingOtherwise};

    fn stay_in(stage: usize, judged: &[usize]) -> Stay {
        Stay {
            stage_id: fixture::stage_id(stage),
            stage_name: format!("was {stage}"),
            entered_at: fixture::at(0),
            left_at: None,
            moved_by: None,
            moved_by_name: None,
            passage: Passage::default(),
            gate_version: 0,
            judged_by: judged
                .iter()
                .map(|stage| GateVersion {
                    stage_id: fixture::stage_id(*stage),
                    version: 2,
                })
                .collect(),
            missing: Vec::new(),
            missing_otherwise: Vec::new(),
            override_reason: None,
            moved_by_rule: None,
        }
    }

    /// GATE-20, GATE-24: what is no criterion of somebody's own is said as well.
    #[test]
    fn the_five_tests_and_the_next_step_are_among_what_was_missing() {
        let funnel = fixture::funnel();
        let kinds = [
            MissingKind::FiveTests,
            MissingKind::NextStep,
            MissingKind::StageSkipped,
            MissingKind::GoingBack,
        ];
        let mut stay = stay_in(0, &[]);
        assert_eq!(lacked(&funnel, &stay), None);
        stay.missing_otherwise = kinds
            .map(|kind| MissingOtherwise {
                kind,
                stage_id: fixture::stage_id(1),
            })
            .into();
        let told = lacked(&funnel, &stay).unwrap();
        for kind in &kinds {
            assert!(told.contains(&missing_kind(*kind)), "{told}");
        }
        assert_eq!(told.matches("stage 1").count(), 2, "{told}");
    }

    #[test]
    fn criteria_of_a_stage_that_is_gone_are_named_by_a_stay_in_it() {
        let mut funnel = fixture::funnel();
        funnel.stages.remove(0);
        let stays = [stay_in(0, &[]), stay_in(1, &[0, 1, 9])];
        let told = judged_by(&funnel, &stays, &stays[1]).unwrap();
        assert!(told.contains("was 0"), "{told}");
        assert!(told.contains("stage 1"), "{told}");
        assert!(told.contains('\u{2013}'), "{told}");
        assert_eq!(judged_by(&funnel, &stays, &stays[0]), None);
    }
}
