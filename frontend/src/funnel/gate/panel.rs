//! The gate of a deal on its own page: what its stage asks before it goes on, and the five tests.

use super::body::Criteria;
use super::elements::Elements;
use super::five::FiveTests;
use super::next_step::NextStepForm;
use crate::api::accounts::ContactQuery;
use crate::api::{ApiError, use_api};
use crate::browser;
use crate::format;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::load::use_load;
use crate::ui::{Skeleton, Waiting};
use shared::accounts::Contact;
use shared::funnel::gate::{Known, Side, evidence_probability};
use shared::funnel::{Deal, Funnel, GateSheet, Stage, StageKind};
use std::rc::Rc;
use yew::prelude::*;

/// What the gates know of a deal, and how to ask again.
pub(super) struct Gate {
    pub sheet: Option<Rc<GateSheet>>,
    pub people: Rc<Vec<Contact>>,
    pub error: Option<ApiError>,
    pub reload: Callback<()>,
    /// Something was written: asks for sheet and deal again.
    pub on_change: Callback<()>,
}

/// Asks what the gates know of a deal, again with each of its versions, and when it weighs something else.
#[hook]
pub(super) fn use_gate(deal: &Rc<Deal>, on_deal: &Callback<Deal>) -> Gate {
    let api = use_api();
    let sheet = use_load((deal.id, deal.version, deal.evidence_probability), {
        let api = api.clone();
        move |(id, _, _)| {
            let api = api.clone();
            async move { api.gate_sheet(id).await }
        }
    });
    let people = use_load(deal.account_id, {
        let api = api.clone();
        move |account| {
            let api = api.clone();
            async move {
                match account {
                    Some(account) => {
                        let asked = ContactQuery {
                            account_id: Some(account),
                            limit: Some(200),
                            ..ContactQuery::default()
                        };
                        Ok(api.contacts(&asked, None).await?.items)
                    }
                    None => Ok(Vec::new()),
                }
            }
        }
    });
    let on_change = {
        let (id, on_deal, reload) = (deal.id, on_deal.clone(), sheet.reload.clone());
        Callback::from(move |()| {
            let (api, on_deal, reload) = (api.clone(), on_deal.clone(), reload.clone());
            browser::spawn(async move {
                if let Ok(deal) = api.deal(id).await {
                    on_deal.emit(deal);
                }
                reload.emit(());
            });
        })
    };
    Gate {
        sheet: sheet.loaded.data.clone(),
        people: people.loaded.data.clone().unwrap_or_default(),
        error: sheet.loaded.error.clone().filter(|_| !sheet.loaded.is_busy),
        reload: sheet.reload.clone(),
        on_change,
    }
}

/// What [`GatePanel`] needs.
#[derive(Properties, PartialEq)]
pub struct GatePanelProps {
    /// The funnel.
    pub funnel: Rc<Funnel>,
    /// The deal.
    pub deal: Rc<Deal>,
    /// Whether evidence may be filed.
    pub can_edit: bool,
    /// Gets the deal as it is after a change.
    pub on_deal: Callback<Deal>,
}

/// What the deal's stage asks before it goes on.
#[component]
pub fn GatePanel(props: &GatePanelProps) -> Html {
    use_lang();
    let gate = use_gate(&props.deal, &props.on_deal);
    let stage = props
        .funnel
        .stages
        .iter()
        .find(|stage| stage.id == props.deal.stage_id)
        .filter(|stage| stage.fields.kind == StageKind::Open);
    let Some(stage) = stage else {
        return Html::default();
    };
    let body = match &gate.sheet {
        None if gate.error.is_some() => Html::default(),
        None => html! { <Waiting><Skeleton lines={4} /></Waiting> },
        Some(sheet) => html! {
            <>
                if let Some(reason) = &props.deal.override_reason {
                    <p class="gate-s muted">{ t!("gate.overridden", reason = reason) }</p>
                }
                { by_evidence(stage, &props.deal, sheet) }
                <Criteria stage={Rc::new(stage.clone())} side={Side::Exit} deal={props.deal.clone()} sheet={sheet.clone()} people={gate.people.clone()} can_edit={props.can_edit} is_named=false on_change={gate.on_change.clone()} />
                if stage.gate.needs_next_step && (props.deal.next_step.is_none() || props.deal.next_step_on.is_none()) {
                    <section class="gate-s" aria-label={t!("gate.next_step_asked")}>
                        <header><h3>{ t!("gate.next_step_asked") }</h3></header>
                        if props.can_edit { <NextStepForm deal={props.deal.clone()} on_deal={props.on_deal.clone()} /> }
                    </section>
                }
                <FiveTests deal={props.deal.clone()} sheet={sheet.clone()} rule={stage.gate.tests.unwrap_or_default()} is_asked={stage.gate.tests.is_some()} can_edit={props.can_edit} on_change={gate.on_change.clone()} />
                <Elements deal={props.deal.clone()} sheet={sheet.clone()} can_edit={props.can_edit} on_change={gate.on_change.clone()} />
            </>
        },
    };
    html! {
        <section class="panel" id="gate" aria-label={t!("gate.panel", stage = stage.fields.name)}>
            <header><h2>{ t!("gate.panel", stage = stage.fields.name) }</h2></header>
            <div class="body gate">{ body }</div>
        </section>
    }
}

/// Where the evidence places the deal in its stage's range of probability, and whether sums go by that or by
/// the seller's own figure.
fn by_evidence(stage: &Stage, deal: &Deal, sheet: &GateSheet) -> Html {
    let known = Known {
        deal,
        gathered: &sheet.facts,
        now: format::now(),
    };
    let fields = &stage.fields;
    let placed = fields
        .probability_high
        .zip(evidence_probability(stage, &known));
    let Some((high, percent)) = placed else {
        return Html::default();
    };
    let text = match deal.probability {
        None => t!(
            "gate.by_evidence",
            low = fields.probability,
            high = high,
            percent = percent
        ),
        Some(own) => t!(
            "gate.beside_own",
            low = fields.probability,
            high = high,
            percent = percent,
            own = own
        ),
    };
    html! { <p class="gate-s muted">{ text }</p> }
}
