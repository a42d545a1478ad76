//! Evaluation rounds on a deal's page: the last ones side by side, all of them when asked for, and the form
//! that holds the next.

use crate::api::use_api;
use crate::browser;
use crate::format;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::load::use_load;
use crate::ui::{
    Button, ButtonKind, ButtonSize, CheckBox, Dialog, Glyph, Icon, TextArea, TextField, Toast,
    draw, use_toasts,
};
use chrono::NaiveDate;
use shared::check::Validate;
use shared::error::FieldError;
use shared::funnel::{Deal, NewRound, QuoteSplit, Round, RoundResult};
use shared::money::{Currency, Money};
use std::rc::Rc;
use yew::prelude::*;

/// How many rounds stand side by side before one asks for the rest.
const SHOWN: usize = 3;

/// What [`Rounds`] needs.
#[derive(Properties, PartialEq)]
pub struct RoundsProps {
    /// The deal.
    pub deal: Rc<Deal>,
    /// The currency of a quote where the deal has none.
    pub house: Currency,
    /// Whether a round may be held.
    pub can_edit: bool,
    /// Gets the deal as it is after a round.
    pub on_deal: Callback<Deal>,
}

/// The rounds of a deal.
#[component]
pub fn Rounds(props: &RoundsProps) -> Html {
    let lang = use_lang();
    let api = use_api();
    let is_holding = use_state_eq(|| false);
    let is_whole = use_state_eq(|| false);
    let rounds = use_load((props.deal.id, props.deal.version), {
        let api = api.clone();
        move |(id, _)| {
            let api = api.clone();
            async move { api.rounds(id).await }
        }
    });
    let hold = |to: bool| {
        let is_holding = is_holding.setter();
        Callback::from(move |()| is_holding.set(to))
    };
    let on_held = {
        let (id, on_deal, close) = (props.deal.id, props.on_deal.clone(), hold(false));
        Callback::from(move |()| {
            let (api, on_deal, close) = (api.clone(), on_deal.clone(), close.clone());
            browser::spawn(async move {
                if let Ok(deal) = api.deal(id).await {
                    on_deal.emit(deal);
                }
                close.emit(());
            });
        })
    };
    // Nothing is due any more of a deal that is closed or put away.
    let waits = props.deal.closed_at.is_none() && props.deal.archived_at.is_none();
    html! {
        <section class="panel" aria-label={t!("gate.rounds.title")}>
            <header>
                <h2>{ t!("gate.rounds.title") }</h2>
                if props.can_edit {
                    <span class="push"><Button size={ButtonSize::Small} icon={Glyph::Plus} on_click={hold(true).reform(|_| ())}>{ t!("gate.rounds.hold") }</Button></span>
                }
            </header>
            <div class="body">
                { draw(&rounds, |page| html! {
                    <>
                        { table(lang, &page.items, if *is_whole { page.items.len() } else { SHOWN }, waits) }
                        if page.items.len() > SHOWN && !*is_whole {
                            <Button size={ButtonSize::Small} on_click={let is_whole = is_whole.setter(); move |_| is_whole.set(true)}>{ t!("gate.rounds.all") }</Button>
                        }
                    </>
                }) }
            </div>
            if *is_holding {
                <HoldDialog deal={props.deal.clone()} house={props.house} {on_held} on_close={hold(false)} />
            }
        </section>
    }
}

/// The day the next round was meant for, where it went by without one; the latest round is the first.
fn overdue(rounds: &[Round], today: NaiveDate) -> Option<NaiveDate> {
    let day = rounds.first()?.judged.next_on?;
    (day < today).then_some(day)
}

/// Whether something held.
fn mark(is_met: bool) -> Html {
    if is_met {
        html! { <span class="ok"><Icon glyph={Glyph::Met} /><span class="sr">{ t!("gate.is_met") }</span></span> }
    } else {
        html! { <span class="no"><Icon glyph={Glyph::Unmet} /><span class="sr">{ t!("gate.is_missing") }</span></span> }
    }
}

/// So many of the last rounds, the oldest of them first, and how each criterion stood.
fn table(lang: Lang, rounds: &[Round], most: usize, waits: bool) -> Html {
    if rounds.is_empty() {
        return html! { <p class="muted">{ t!("gate.rounds.none") }</p> };
    }
    let shown: Vec<&Round> = rounds.iter().take(most).rev().collect();
    let mut criteria: Vec<&RoundResult> = Vec::new();
    for result in shown.iter().rev().flat_map(|round| &round.results) {
        if !criteria
            .iter()
            .any(|known| known.criterion_id == result.criterion_id)
        {
            criteria.push(result);
        }
    }
    let stood = |round: &Round, criterion: &RoundResult| {
        let result = round
            .results
            .iter()
            .find(|one| one.criterion_id == criterion.criterion_id);
        match result.map(|one| one.met) {
            Some(Some(is_met)) => mark(is_met),
            Some(None) => html! { <span class="muted">{ t!("gate.rounds.unknown") }</span> },
            None => html! { <span class="muted">{ "\u{2014}" }</span> },
        }
    };
    let drawn = |name: String, value: &dyn Fn(&Round) -> Option<Html>| {
        let values: Vec<Option<Html>> = shown.iter().map(|round| value(round)).collect();
        if values.iter().all(Option::is_none) {
            return Html::default();
        }
        html! {
            <tr>
                <th scope="row">{ name }</th>
                for (place, value) in values.into_iter().enumerate() { <td key={place} class="num">{ value.unwrap_or_else(|| html! { "\u{2014}" }) }</td> }
            </tr>
        }
    };
    let row = |name: String, value: &dyn Fn(&Round) -> Option<String>| {
        drawn(name, &|round| value(round).map(|text| html! { text }))
    };
    let late = overdue(rounds, format::today()).filter(|_| waits);
    let last = rounds.first().map(|round| round.number);
    let next = |round: &Round| {
        let day = round.judged.next_on?;
        let is_late = late.is_some() && last == Some(round.number);
        Some(html! {
            <>
                { format::date(lang, day) }
                if is_late { { " " }<span class="badge warning">{ t!("gate.rounds.overdue") }</span> }
            </>
        })
    };
    let quote = |part: usize| {
        move |round: &Round| {
            let quote = round.judged.quote.as_ref()?;
            let money = quote.parts().into_iter().nth(part)?.1?;
            Some(format::money(lang, money))
        }
    };
    html! {
        <div class="scroll-x">
            <table class="rounds">
                <thead><tr>
                    <td />
                    for round in &shown {
                        <th key={round.number} scope="col">
                            { t!("gate.rounds.number", n = round.number) }
                            <small class="muted num">{ format::date(lang, format::local(round.held_at).date()) }</small>
                        </th>
                    }
                </tr></thead>
                <tbody>
                    for criterion in criteria {
                        <tr key={criterion.criterion_id.to_string()}>
                            <th scope="row">{ &criterion.name }</th>
                            for round in &shown { <td key={round.number}>{ stood(round, criterion) }</td> }
                        </tr>
                    }
                    { row(t!("gate.five_tests").into_owned(), &|round| round.points.map(|points| points.to_string())) }
                    { row(t!("gate.facts.shortlist").into_owned(), &|round| round.judged.shortlist.map(|list| list.to_string())) }
                    { row(t!("gate.facts.chance_soon").into_owned(), &|round| round.judged.chance_soon.map(|chance| format!("{chance}%"))) }
                    { row(t!("gate.rounds.software").into_owned(), &quote(0)) }
                    { row(t!("gate.rounds.implementation").into_owned(), &quote(1)) }
                    { row(t!("gate.rounds.service").into_owned(), &quote(2)) }
                    { drawn(t!("gate.rounds.fits").into_owned(), &|round| round.judged.quote_fits.map(mark)) }
                    { drawn(t!("gate.rounds.next_on").into_owned(), &next) }
                    { row(t!("gate.rounds.note").into_owned(), &|round| Some(round.judged.note.clone()).filter(|note| !note.is_empty())) }
                    { row(t!("gate.rounds.held_by").into_owned(), &|round| round.held_by_name.clone()) }
                </tbody>
            </table>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct HoldDialogProps {
    deal: Rc<Deal>,
    house: Currency,
    on_held: Callback<()>,
    on_close: Callback<()>,
}

/// What is typed into the form.
#[derive(Debug, Clone, Default, PartialEq)]
struct Typed {
    shortlist: String,
    chance: String,
    quote: [String; 3],
    fits: bool,
    note: String,
    next_on: String,
}

impl Typed {
    /// The round, or the field that cannot be read.
    fn round(&self, currency: Currency) -> Result<NewRound, &'static str> {
        let number = |text: &str, name| match text.trim() {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| name),
        };
        let money = |text: &str, name| match text.trim() {
            "" => Ok(None),
            text => match text.replace(',', "").parse() {
                Ok(amount) => Ok(Some(Money::new(amount, currency))),
                Err(_) => Err(name),
            },
        };
        let [software, implementation, service] = &self.quote;
        let quote = QuoteSplit {
            software: money(software, "/quote/software")?,
            implementation: money(implementation, "/quote/implementation")?,
            service: money(service, "/quote/service")?,
        };
        let has_quote = quote.parts().iter().any(|(_, money)| money.is_some());
        Ok(NewRound {
            shortlist: number(&self.shortlist, "/shortlist")?,
            chance_soon: number(&self.chance, "/chance_soon")?,
            quote_fits: has_quote.then_some(self.fits),
            quote: has_quote.then_some(quote),
            note: self.note.trim().to_owned(),
            next_on: self.next_on.parse().ok(),
        })
    }
}

#[component]
fn HoldDialog(props: &HoldDialogProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let typed = use_state_eq(Typed::default);
    let faults = use_state_eq(Vec::<FieldError>::new);
    let is_busy = use_state_eq(|| false);
    let currency = props
        .deal
        .amount
        .as_ref()
        .map_or(props.house, |money| money.currency);
    let fault = |pointer: &str| -> Option<AttrValue> {
        let fault = faults
            .iter()
            .find(|fault| fault.pointer.starts_with(pointer))?;
        Some(crate::api::field_message(lang, fault).into())
    };
    let change = |change: fn(&mut Typed, String)| {
        let typed = typed.clone();
        Callback::from(move |text: String| {
            let mut next = (*typed).clone();
            change(&mut next, text);
            typed.set(next);
        })
    };
    let onsubmit = {
        let (deal, on_held) = (props.deal.id, props.on_held.clone());
        let (typed, faults, is_busy) = (typed.clone(), faults.setter(), is_busy.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if *is_busy {
                return;
            }
            let round = match typed.round(currency) {
                Ok(round) => round,
                Err(pointer) => {
                    let code = shared::error::ErrorCode::BadFormat;
                    return faults.set(vec![FieldError::new(pointer, code)]);
                }
            };
            if let Err(found) = round.validated() {
                return faults.set(found);
            }
            is_busy.set(true);
            let (api, toasts, on_held) = (api.clone(), toasts.clone(), on_held.clone());
            let (faults, is_busy) = (faults.clone(), is_busy.setter());
            browser::spawn(async move {
                match api.hold_round(deal, &round).await {
                    Ok(_) => on_held.emit(()),
                    Err(error) => {
                        faults.set(error.fields().to_vec());
                        toasts.show(Toast::failed(error.message(lang)));
                    }
                }
                is_busy.set(false);
            });
        })
    };
    let footer = html! {
        <>
            <Button on_click={props.on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
            <Button kind={ButtonKind::Primary} is_submit=true form="round-form" is_busy={*is_busy}>{ t!("gate.rounds.keep") }</Button>
        </>
    };
    let unit = || AttrValue::from(currency.to_string());
    html! {
        <Dialog title={t!("gate.rounds.hold")} below={html! { <p class="muted">{ t!("gate.rounds.what") }</p> }} {footer} is_light=false on_close={props.on_close.clone()}>
            <form id="round-form" class="form" {onsubmit} novalidate=true>
                <div class="two">
                    <TextField label={t!("gate.facts.shortlist")} value={typed.shortlist.clone()} on_input={change(|typed, text| typed.shortlist = text)} error={fault("/shortlist")} inputmode="numeric" />
                    <TextField label={t!("gate.facts.chance_soon")} value={typed.chance.clone()} on_input={change(|typed, text| typed.chance = text)} error={fault("/chance_soon")} unit={AttrValue::from("%")} inputmode="numeric" />
                </div>
                <div class="three">
                    <TextField label={t!("gate.rounds.software")} value={typed.quote[0].clone()} on_input={change(|typed, text| typed.quote[0] = text)} error={fault("/quote/software")} unit={unit()} inputmode="decimal" />
                    <TextField label={t!("gate.rounds.implementation")} value={typed.quote[1].clone()} on_input={change(|typed, text| typed.quote[1] = text)} error={fault("/quote/implementation")} unit={unit()} inputmode="decimal" />
                    <TextField label={t!("gate.rounds.service")} value={typed.quote[2].clone()} on_input={change(|typed, text| typed.quote[2] = text)} error={fault("/quote/service")} unit={unit()} inputmode="decimal" />
                </div>
                <CheckBox label={t!("gate.rounds.fits")} is_checked={typed.fits} on_change={let typed = typed.clone(); move |is| typed.set(Typed { fits: is, ..(*typed).clone() })} />
                <TextArea label={t!("gate.rounds.note")} value={typed.note.clone()} on_input={change(|typed, text| typed.note = text)} error={fault("/note")} rows={3} max_length={2_000} />
                <TextField label={t!("gate.rounds.next_on")} kind="date" value={typed.next_on.clone()} on_input={change(|typed, text| typed.next_on = text)} error={fault("/next_on")} />
            </form>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use shared::id::{DealId, RoundId, StageId};
    use uuid::Uuid;

    #[test]
    fn a_next_round_is_overdue_once_its_day_is_past_and_no_round_followed() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let round = |number, next_on| Round {
            id: RoundId(Uuid::from_u128(1)),
            deal_id: DealId(Uuid::from_u128(2)),
            number,
            stage_id: StageId(Uuid::from_u128(3)),
            gate_version: 1,
            results: Vec::new(),
            points: None,
            judged: NewRound {
                next_on,
                ..NewRound::default()
            },
            held_by: None,
            held_by_name: None,
            held_at: DateTime::UNIX_EPOCH,
        };
        let planned = round(1, Some(day("2026-03-10")));
        let on = |rounds: &[Round], today| overdue(rounds, day(today));
        assert_eq!(on(std::slice::from_ref(&planned), "2026-03-10"), None);
        let late = on(std::slice::from_ref(&planned), "2026-03-11");
        assert_eq!(late, Some(day("2026-03-10")));
        assert_eq!(on(&[round(2, None), planned], "2026-03-11"), None);
        assert_eq!(on(&[], "2026-03-11"), None);
    }

    #[test]
    fn what_is_typed_is_read_as_a_round_and_what_cannot_be_read_is_named() {
        let typed = Typed {
            shortlist: " 3 ".into(),
            chance: "60".into(),
            quote: ["900,000".into(), String::new(), "6".into()],
            fits: true,
            ..Typed::default()
        };
        let round = typed.round(Currency::CNY).unwrap();
        assert_eq!((round.shortlist, round.chance_soon), (Some(3), Some(60)));
        assert_eq!(round.quote_fits, Some(true));
        let quote = round.quote.unwrap();
        assert_eq!(quote.software.unwrap().amount, 900_000.into());
        assert_eq!(quote.implementation, None);
        let empty = Typed::default().round(Currency::CNY).unwrap();
        assert_eq!(empty, NewRound::default());
        let wrong = Typed {
            chance: "likely".into(),
            ..Typed::default()
        };
        assert_eq!(wrong.round(Currency::CNY), Err("/chance_soon"));
    }
}
