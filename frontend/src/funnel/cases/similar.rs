//! Cases like a deal that is open, on its page: what others learnt where it stands now.

use super::entry::Entry;
use crate::accounts::parts::words;
use crate::api::use_api;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::load::use_load;
use crate::route::Route;
use crate::ui::draw;
use shared::funnel::Deal;
use shared::funnel::case::similar::{Likeness, SimilarCase};
use std::rc::Rc;
use yew::prelude::*;
use yew_router::prelude::*;

/// What [`SimilarCard`] needs.
#[derive(Properties, PartialEq)]
pub struct SimilarCardProps {
    /// The deal, which is open.
    pub deal: Rc<Deal>,
}

/// At most five cases, the likest first, each with why.
#[component]
pub fn SimilarCard(props: &SimilarCardProps) -> Html {
    let lang = use_lang();
    let api = use_api();
    // Stage, amount, account and products count the version up.
    let found = use_load((props.deal.id, props.deal.version), move |(id, _)| {
        let api = api.clone();
        async move { api.similar_cases(id).await }
    });
    html! {
        <section class="panel similar" aria-label={t!("cases.similar")}>
            <header>
                <h2>{ t!("cases.similar") }</h2>
                <span class="push"><Link<Route> to={Route::Cases} classes="link">{ t!("cases.to_library") }</Link<Route>></span>
            </header>
            <div class="body">
                { draw(&found, |found| html! {
                    <>
                        if found.cases.is_empty() { <p class="muted">{ t!("cases.none_similar") }</p> }
                        for one in &found.cases {
                            <Entry key={one.case.told.deal_id.to_string()} case={Rc::new(one.case.clone())} why={why(lang, one)} />
                        }
                    </>
                }) }
            </div>
        </section>
    }
}

/// In what a case is like the deal, in words.
fn reasons(lang: Lang, one: &SimilarCase) -> Vec<AttrValue> {
    let reasons = one.reasons.iter().flat_map(|reason| match reason {
        Likeness::Tag => one
            .shared_tags
            .iter()
            .cloned()
            .map(AttrValue::from)
            .collect(),
        reason => vec![words(lang, &format!("cases.like.{}", reason.as_ref()))],
    });
    reasons.collect()
}

fn why(lang: Lang, one: &SimilarCase) -> Html {
    html! {
        <span class="why">
            <span class="sr">{ t!("cases.why") }</span>
            for reason in reasons(lang, one) { <span key={reason.to_string()} class="badge outline">{ reason }</span> }
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// SIX-13: each likeness has its words, and of tags those that are shared are named.
    #[test]
    fn a_case_says_in_words_why_it_is_like_the_deal() {
        let id = uuid::Uuid::nil();
        let one: SimilarCase = serde_json::from_value(json!({
            "case": {
                "deal_id": id, "worked": "", "failed": "", "lesson": "Ask", "tags": ["price"],
                "author_id": null, "author_name": null, "created_at": "2026-01-01T00:00:00Z",
                "updated_at": "2026-01-01T00:00:00Z", "outcome": "lost", "title": "Cranes",
                "account_id": null, "account_name": null, "account_tier": null, "industry": null,
                "funnel_id": id, "reached_stage_id": id, "owner_id": null, "owner_name": null,
                "amount": null, "loss_reason": "price", "loss_note": null, "closed_at": null,
                "cycle_days": null,
            },
            "reasons": ["stage", "tag", "amount"], "shared_tags": ["price"],
        }))
        .unwrap();
        let told: Vec<String> = reasons(Lang::En, &one)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(told, ["Lost from this stage", "price", "Amount alike"]);
    }
}
