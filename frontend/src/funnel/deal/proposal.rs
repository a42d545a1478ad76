//! The proposal on a deal's page: its points as feature, advantage and benefit in their order, whom each
//! serves or goes against, and what the decision chain lacks in it (SIX-07, SIX-09).

mod form;

use crate::accounts::parts::words;
use crate::api::use_api;
use crate::browser;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::load::use_load;
use crate::ui::{
    Button, ButtonSize, Glyph, Icon, IconButton, Notice, Toast, Tone, draw, use_toasts,
};
use form::PointDialog;
use shared::accounts::ContactLevel;
use shared::funnel::{Deal, PointOrder, Proposal, ProposalConflict, ProposalPerson, ProposalPoint};
use shared::id::{ContactId, PointId};
use std::rc::Rc;
use yew::prelude::*;

/// How many contradictions are told before one asks for the rest.
const SHOWN: usize = 5;

/// What [`ProposalCard`] needs.
#[derive(Properties, PartialEq)]
pub struct ProposalProps {
    /// The deal.
    pub deal: Rc<Deal>,
    /// Whether something may be written.
    pub can_edit: bool,
    /// Gets the deal as it is afterwards.
    pub on_deal: Callback<Deal>,
}

/// What the dialog is open for.
#[derive(Debug, Clone, PartialEq)]
enum Asked {
    New,
    Known(Box<ProposalPoint>),
}

/// What a press in the list does.
enum Change {
    Ordered(PointOrder),
    Removed(PointId),
}

/// The proposal on a deal.
#[component]
pub fn ProposalCard(props: &ProposalProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let asked = use_state_eq(|| None::<Asked>);
    let is_whole = use_state_eq(|| false);
    let proposal = use_load((props.deal.id, props.deal.version), {
        let api = api.clone();
        move |(id, _)| {
            let api = api.clone();
            async move { api.proposal(id).await }
        }
    });
    let close = {
        let asked = asked.setter();
        Callback::from(move |()| asked.set(None))
    };
    let open = {
        let asked = asked.setter();
        Callback::from(move |what: Asked| asked.set(Some(what)))
    };
    let on_saved = {
        let (close, toasts, on_deal) = (close.clone(), toasts.clone(), props.on_deal.clone());
        Callback::from(move |deal: Deal| {
            toasts.show(Toast::done(t!("proposal.kept", locale = lang.tag())));
            close.emit(());
            on_deal.emit(deal);
        })
    };
    let change = {
        let (deal, version) = (props.deal.id, props.deal.version);
        let on_deal = props.on_deal.clone();
        Callback::from(move |what: Change| {
            let (api, toasts, on_deal) = (api.clone(), toasts.clone(), on_deal.clone());
            browser::spawn(async move {
                let (done, said) = match what {
                    Change::Ordered(order) => (
                        api.order_proposal(deal, version, &order).await,
                        "proposal.ordered",
                    ),
                    Change::Removed(id) => (
                        api.remove_point(deal, version, id).await,
                        "proposal.removed",
                    ),
                };
                match done {
                    Ok(deal) => {
                        toasts.show(Toast::done(t!(said, locale = lang.tag())));
                        on_deal.emit(deal);
                    }
                    Err(error) => toasts.show(Toast::failed(error.message(lang))),
                }
            });
        })
    };
    let people = proposal
        .data()
        .map(|proposal| proposal.people.clone())
        .unwrap_or_default();
    html! {
        <section class="panel proposal" aria-label={t!("proposal.title")}>
            <header>
                <h2>{ t!("proposal.title") }</h2>
                if props.can_edit {
                    <span class="push"><Button size={ButtonSize::Small} icon={Glyph::Plus} on_click={open.reform(|_| Asked::New)}>{ t!("proposal.add") }</Button></span>
                }
            </header>
            <div class="body">
                { draw(&proposal, |proposal| html! {
                    <>
                        { review(lang, proposal, if *is_whole { usize::MAX } else { SHOWN }) }
                        if proposal.review.conflicts.len() > SHOWN && !*is_whole {
                            <Button size={ButtonSize::Small} on_click={let is_whole = is_whole.setter(); move |_| is_whole.set(true)}>{ t!("proposal.all") }</Button>
                        }
                        if proposal.points.is_empty() { <p class="muted">{ t!("proposal.none") }</p> }
                        <ol class="stays">
                            for (place, point) in proposal.points.iter().enumerate() {
                                { row(lang, props.can_edit, proposal, place, point, &open, &change) }
                            }
                        </ol>
                    </>
                }) }
            </div>
            if let Some(what) = &*asked {
                <PointDialog known={match what { Asked::New => None, Asked::Known(known) => Some((**known).clone()) }} {people} deal={props.deal.clone()} {on_saved} on_close={close} />
            }
        </section>
    }
}

/// A level in words.
pub fn level_name(lang: Lang, level: ContactLevel) -> AttrValue {
    words(lang, &format!("contact.levels.{}", level.as_ref()))
}

fn name(people: &[ProposalPerson], id: ContactId) -> Option<&str> {
    let mut people = people.iter();
    people
        .find(|person| person.id == id)
        .map(|person| person.name.as_str())
}

/// The numbers of these points, as they are listed.
fn numbers(lang: Lang, points: &[ProposalPoint], of: &[PointId]) -> String {
    let places = points.iter().zip(1..);
    let numbers: Vec<String> = places
        .filter(|(point, _)| of.contains(&point.id))
        .map(|(_, number): (_, usize)| number.to_string())
        .collect();
    numbers.join(&t!("proposal.and", locale = lang.tag()))
}

/// A contradiction in words.
fn sentence(lang: Lang, proposal: &Proposal, conflict: &ProposalConflict) -> String {
    let who = name(&proposal.people, conflict.contact_id).unwrap_or_default();
    let serves = numbers(lang, &proposal.points, &conflict.serves);
    let harms = numbers(lang, &proposal.points, &conflict.harms);
    if conflict.is_contradiction() {
        t!(
            "proposal.torn",
            locale = lang.tag(),
            who = who,
            serves = serves,
            harms = harms
        )
        .into_owned()
    } else {
        t!(
            "proposal.harmed",
            locale = lang.tag(),
            who = who,
            harms = harms
        )
        .into_owned()
    }
}

/// Whom of the decision chain no point serves, those who decide first, in words.
fn unserved(lang: Lang, proposal: &Proposal) -> Option<String> {
    let people: Vec<String> = proposal
        .people
        .iter()
        .filter(|person| proposal.review.unserved.contains(&person.id))
        .map(|person| match person.level {
            Some(level) => t!(
                "proposal.person",
                locale = lang.tag(),
                name = person.name,
                level = level_name(lang, level)
            )
            .into_owned(),
            None => person.name.clone(),
        })
        .collect();
    let who = people.join(&t!("proposal.and", locale = lang.tag()));
    (!people.is_empty())
        .then(|| t!("proposal.unserved", locale = lang.tag(), who = who).into_owned())
}

/// What the proposal lacks, or that it lacks nothing.
fn review(lang: Lang, proposal: &Proposal, shown: usize) -> Html {
    let has_chain = proposal.people.iter().any(|person| person.level.is_some());
    let unserved = unserved(lang, proposal);
    let is_whole = unserved.is_none() && proposal.review.conflicts.is_empty();
    html! {
        <div class="review">
            for conflict in proposal.review.conflicts.iter().take(shown) {
                <Notice key={conflict.contact_id.to_string()} tone={Tone::Negative}>{ sentence(lang, proposal, conflict) }</Notice>
            }
            if let Some(unserved) = unserved {
                // Nothing is amiss where nobody has begun.
                if proposal.points.is_empty() {
                    <p class="t12 muted">{ unserved }</p>
                } else {
                    <Notice tone={Tone::Warning}>{ unserved }</Notice>
                }
            }
            if !has_chain {
                <p class="t12 muted">{ t!("proposal.no_chain") }</p>
            } else if is_whole {
                <Notice tone={Tone::Positive}>{ t!("proposal.whole") }</Notice>
            }
        </div>
    }
}

/// The order with one point a place further up or down.
fn swapped(points: &[ProposalPoint], place: usize, with: usize) -> PointOrder {
    let mut points: Vec<PointId> = points.iter().map(|point| point.id).collect();
    if place < points.len() && with < points.len() {
        points.swap(place, with);
    }
    PointOrder { points }
}

fn row(
    lang: Lang,
    can_edit: bool,
    proposal: &Proposal,
    place: usize,
    point: &ProposalPoint,
    open: &Callback<Asked>,
    change: &Callback<Change>,
) -> Html {
    let id = point.id;
    let number = place + 1;
    let step = |glyph: Glyph, label: String, with: Option<usize>| {
        let order = with.map(|with| swapped(&proposal.points, place, with));
        let is_disabled = order.is_none();
        let on_click = change.clone();
        let on_click = Callback::from(move |_: MouseEvent| {
            if let Some(order) = order.clone() {
                on_click.emit(Change::Ordered(order));
            }
        });
        html! { <IconButton {glyph} size={ButtonSize::Small} {label} {is_disabled} {on_click} /> }
    };
    let edit = {
        let known = point.clone();
        open.reform(move |_| Asked::Known(Box::new(known.clone())))
    };
    let remove = change.reform(move |_| Change::Removed(id));
    let badges = |of: &[ContactId], label: String, glyph: Glyph, class: &'static str| {
        let names: Vec<String> = of
            .iter()
            .filter_map(|id| name(&proposal.people, *id))
            .map(str::to_owned)
            .collect();
        if names.is_empty() {
            return Html::default();
        }
        html! {
            <div class="row wrap whom">
                <span class="t12 muted">{ label }</span>
                for name in names { <span class={classes!("badge", class)}><Icon {glyph} /><span class="trunc">{ name }</span></span> }
            </div>
        }
    };
    let below = place
        .checked_add(1)
        .filter(|with| *with < proposal.points.len());
    html! {
        <li key={id.to_string()} class="stay">
            <div class="fill">
                <dl class="fab">
                    <div><dt>{ t!("proposal.feature") }</dt><dd><b>{ format!("{number}. ") }{ &point.feature }</b></dd></div>
                    <div><dt>{ t!("proposal.advantage") }</dt><dd>{ &point.advantage }</dd></div>
                    <div><dt>{ t!("proposal.benefit") }</dt><dd>{ &point.benefit }</dd></div>
                </dl>
                { badges(&point.serves, t!("proposal.serves").into_owned(), Glyph::Check, "positive") }
                { badges(&point.harms, t!("proposal.harms").into_owned(), Glyph::Alert, "negative") }
                if can_edit {
                    <div class="row">
                        <Button size={ButtonSize::Small} on_click={edit}>{ t!("proposal.edit") }</Button>
                        { step(Glyph::Up, t!("proposal.up", locale = lang.tag(), number = number).into_owned(), place.checked_sub(1)) }
                        { step(Glyph::Down, t!("proposal.down", locale = lang.tag(), number = number).into_owned(), below) }
                        <IconButton glyph={Glyph::Trash} size={ButtonSize::Small} label={t!("proposal.remove", locale = lang.tag(), number = number)} on_click={remove} />
                    </div>
                }
            </div>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::id::DealId;
    use uuid::Uuid;

    fn point(n: u128, serves: &[u128], harms: &[u128]) -> ProposalPoint {
        let who = |ids: &[u128]| {
            ids.iter()
                .map(|id| ContactId(Uuid::from_u128(*id)))
                .collect()
        };
        ProposalPoint {
            id: PointId(Uuid::from_u128(n)),
            deal_id: DealId(Uuid::from_u128(1)),
            feature: "Two sensors".into(),
            advantage: "One may fail".into(),
            benefit: "No stops".into(),
            serves: who(serves),
            harms: who(harms),
            created_at: "2026-11-22T08:00:00Z".parse().unwrap(),
        }
    }

    fn person(n: u128, name: &str, level: ContactLevel) -> ProposalPerson {
        ProposalPerson {
            id: ContactId(Uuid::from_u128(n)),
            name: name.into(),
            title: None,
            level: Some(level),
        }
    }

    /// SIX-09
    #[test]
    fn a_contradiction_is_told_with_the_numbers_of_its_points() {
        let people = vec![
            person(1, "Zhou", ContactLevel::Deciding),
            person(2, "Li", ContactLevel::Managing),
            person(3, "Wu", ContactLevel::Operating),
        ];
        let points = vec![
            point(11, &[1], &[]),
            point(12, &[1], &[2]),
            point(13, &[], &[1]),
        ];
        let proposal = Proposal::new(points, people);
        let told: Vec<String> = proposal
            .review
            .conflicts
            .iter()
            .map(|conflict| sentence(Lang::En, &proposal, conflict))
            .collect();
        assert_eq!(
            told,
            [
                "Points contradict for Zhou: served by 1, 2, gone against by 3.",
                "Point 2 goes against the interest of Li, who is part of the decision chain.",
            ]
        );
        assert_eq!(
            unserved(Lang::En, &proposal).unwrap(),
            "No point serves Li (Managing), Wu (Operating)."
        );
    }

    #[test]
    fn a_step_swaps_two_points_and_keeps_the_rest() {
        let points = [point(1, &[], &[]), point(2, &[], &[]), point(3, &[], &[])];
        let order: Vec<u128> = swapped(&points, 2, 1)
            .points
            .iter()
            .map(|id| id.0.as_u128())
            .collect();
        assert_eq!(order, [1, 3, 2]);
    }
}
