//! The five elements of a purchase, need, trust, value, price and experience, as a quiet row (SIX-01).

use super::five::{Scores, ScoresForm, bars, name, told};
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{ButtonSize, Glyph, IconButton};
use shared::funnel::gate::Fact;
use shared::funnel::{Deal, GateSheet, TestAnswer};
use std::rc::Rc;
use yew::prelude::*;

/// What [`Elements`] needs.
#[derive(Properties, PartialEq)]
pub struct ElementsProps {
    /// The deal.
    pub deal: Rc<Deal>,
    /// What its gates know.
    pub sheet: Rc<GateSheet>,
    /// Whether they may be scored.
    pub can_edit: bool,
    /// They were scored.
    pub on_change: Callback<()>,
}

/// The elements, read or written.
#[component]
pub fn Elements(props: &ElementsProps) -> Html {
    use_lang();
    let is_editing = use_state_eq(|| false);
    let edit = {
        let is_editing = is_editing.setter();
        Callback::from(move |to: bool| is_editing.set(to))
    };
    let elements = &props.sheet.elements;
    html! {
        <section class="gate-s" aria-label={t!("gate.elements")}>
            <header>
                <h3>{ t!("gate.elements") }</h3>
                if props.can_edit && !*is_editing {
                    <span class="push"><IconButton glyph={Glyph::Edit} label={t!("gate.score_elements")} size={ButtonSize::Small} on_click={edit.reform(|_| true)} /></span>
                }
            </header>
            if *is_editing {
                <ScoresForm deal={props.deal.clone()} scores={Scores::Elements(elements.clone())} version={props.sheet.version} on_change={props.on_change.clone()} on_close={edit.reform(|()| false)} />
            } else {
                <div class="elements">
                    for (fact, score) in elements.by_fact() { { element(fact, score) } }
                </div>
            }
        </section>
    }
}

fn element(fact: Fact, score: Option<&TestAnswer>) -> Html {
    let points = score.map_or(0, |score| score.score);
    let is_low = score.is_some_and(|score| score.score < 3);
    let why = score.map(|score| score.why.clone()).unwrap_or_default();
    html! {
        <div key={fact.as_ref().to_owned()} class={classes!("test", "element", is_low.then_some("low"))}>
            <span>{ name(fact) }</span>
            <span class="sc num" aria-hidden="true">{ score.map_or_else(|| "\u{2014}".to_owned(), |_| format!("{points}/5")) }</span>
            { bars(points, told(score)) }
            if !why.is_empty() { <small class="why" title={why.clone()}>{ why.clone() }</small> }
        </div>
    }
}
