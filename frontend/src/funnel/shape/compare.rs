//! A funnel beside another telling: its deals by the stages of another funnel, or those before a day beside
//! those since.

use super::chart::Chart;
use super::days::Days;
use crate::api::use_api;
use crate::browser;
use crate::format;
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::identity::use_can;
use crate::ui::{
    Button, ButtonKind, ButtonSize, Choice, Dialog, Notice, SelectField, TextField, Toast,
    use_toasts,
};
use chrono::NaiveDate;
use shared::funnel::mapping::{NewMapping, way};
use shared::funnel::shape::{bottleneck, outline};
use shared::funnel::{BoardFilter, Funnel, FunnelShape, StagePair};
use shared::id::{FunnelId, StageId};
use shared::identity::Permission;
use std::rc::Rc;
use yew::prelude::*;

/// What a funnel stands beside.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Against {
    /// Nothing.
    #[default]
    Nothing,
    /// Its own deals, told by the stages of this funnel (FUN-04).
    Through(FunnelId),
    /// Itself: the deals that came in before a day, and those since (FUN-26).
    Before(NaiveDate),
}

impl Against {
    /// The name of its pair in an address.
    const PAIR: &str = "beside";

    /// Reads it from the pairs of an address; what is neither a funnel nor a day is passed over.
    #[must_use]
    pub fn read(pairs: &[(String, String)]) -> Self {
        let Some((_, value)) = pairs.iter().find(|(key, _)| key == Self::PAIR) else {
            return Self::Nothing;
        };
        let day = || value.parse().ok().map(Self::Before);
        let funnel = value.parse().ok().map(Self::Through);
        funnel.or_else(day).unwrap_or_default()
    }

    /// The pair that says the same.
    #[must_use]
    pub fn pair(self) -> Option<(&'static str, String)> {
        match self {
            Self::Nothing => None,
            Self::Through(id) => Some((Self::PAIR, id.to_string())),
            Self::Before(day) => Some((Self::PAIR, day.to_string())),
        }
    }

    /// The days of each side, of all days asked for: those before, and those since.
    #[must_use]
    pub fn sides(self, all: Days) -> (Days, Days) {
        let Self::Before(day) = self else {
            return (all, all);
        };
        let eve = day.pred_opt().unwrap_or(day);
        let before = Days {
            to: Some(all.to.map_or(eve, |to| to.min(eve))),
            ..all
        };
        let since = Days {
            from: Some(all.from.map_or(day, |from| from.max(day))),
            ..all
        };
        (before, since)
    }
}

/// One of two shapes side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// Whose stages tell it.
    pub funnel: Rc<Funnel>,
    /// What they tell.
    pub shape: Rc<FunnelShape>,
    /// The days on which the deals came in.
    pub days: Days,
    /// What it is called.
    pub title: AttrValue,
}

/// What [`Compare`] needs.
#[derive(Properties, PartialEq)]
pub struct CompareProps {
    /// The funnel whose deals are told.
    pub funnel: Rc<Funnel>,
    /// Both sides.
    pub sides: Rc<[Side; 2]>,
    /// What it is narrowed to.
    pub filter: BoardFilter,
    /// What stands for what is another now.
    pub on_change: Callback<()>,
}

/// Two shapes side by side, with what is compared of them.
#[component]
pub fn Compare(props: &CompareProps) -> Html {
    let lang = use_lang();
    let is_mapping = use_state_eq(|| false);
    let can_edit = use_can(Permission::EditFunnels);
    let [_, other] = &*props.sides;
    let on_change = {
        let (is_mapping, on_change) = (is_mapping.setter(), props.on_change.clone());
        Callback::from(move |()| {
            is_mapping.set(false);
            on_change.emit(());
        })
    };
    let note = other.shape.reading.as_ref().map(|reading| {
        let mapping = is_mapping.setter();
        let action = html! {
            if can_edit {
                <Button size={ButtonSize::Small} on_click={move |_| mapping.set(true)}>{ t!("shape.change_mapping") }</Button>
            }
        };
        let said = if !reading.is_guess {
            t!("shape.mapped").into_owned()
        } else if reading.guessed.len() == reading.pairs.len() {
            t!("shape.guessed").into_owned()
        } else {
            let of = |id: &StageId| {
                let mut stages = props.funnel.stages.iter();
                let stage = stages.find(|stage| stage.id == *id)?;
                Some(stage.fields.name.clone())
            };
            let stages: Vec<String> = reading.guessed.iter().filter_map(of).collect();
            t!(
                "shape.partly_mapped",
                stages = stages.join(&t!("timeline.joint"))
            )
            .into_owned()
        };
        html! { <Notice {action}>{ said }</Notice> }
    });
    html! {
        <>
            { for note }
            <div class="fs-pair">
                for side in props.sides.iter() {
                    <Chart
                        key={side.title.to_string()}
                        funnel={side.funnel.clone()}
                        shape={side.shape.clone()}
                        filter={props.filter.clone()}
                        days={side.days}
                        title={side.title.clone()}
                        source={Some(props.funnel.id)}
                    />
                }
            </div>
            { table(lang, props) }
            if let Some(reading) = other.shape.reading.clone().filter(|_| *is_mapping) {
                <MappingDialog funnel={props.funnel.clone()} other={other.funnel.clone()} pairs={reading.pairs} {on_change} on_close={let mapping = is_mapping.setter(); move |()| mapping.set(false)} />
            }
        </>
    }
}

/// What is compared of a shape: came in, got to the sale, that share, the step with the lowest share, days.
fn told(lang: Lang, funnel: &Funnel, shape: &FunnelShape) -> [String; 5] {
    let none = || "\u{2013}".to_owned();
    let outline = outline(&funnel.stages, shape);
    let shares: Vec<Option<i16>> = shape.stages.iter().map(|stage| stage.conversion).collect();
    let name = |index: usize| {
        let id = shape.stages.get(index)?.stage_id;
        let stage = funnel.stages.iter().find(|stage| stage.id == id)?;
        Some(stage.fields.name.clone())
    };
    let lowest = bottleneck(&shares).and_then(|index| {
        let share = shares.get(index).copied().flatten()?;
        Some(format!(
            "{} \u{2192} {} {share}%",
            name(index)?,
            name(index + 1)?
        ))
    });
    let share = outline.won_share;
    [
        format::integer(lang, outline.entered),
        format::integer(lang, outline.won.count),
        share.map_or_else(none, |share| format!("{share}%")),
        lowest.unwrap_or_else(none),
        outline.days.map_or_else(none, |days| format!("{days:.1}")),
    ]
}

fn table(lang: Lang, props: &CompareProps) -> Html {
    let heads = [
        t!("shape.entered"),
        t!("shape.won"),
        t!("shape.won_share"),
        t!("shape.lowest"),
        t!("shape.way_days"),
    ];
    html! {
        <section class="panel" aria-label={t!("shape.compared")}>
            <header><h2>{ t!("shape.compared") }</h2></header>
            <div class="table-scroll">
                <table class="table rows dense" role="table" aria-label={t!("shape.compared")}>
                    <thead role="rowgroup">
                        <tr role="row">
                            <th scope="col" role="columnheader">{ t!("shape.side") }</th>
                            for head in &heads { <th scope="col" role="columnheader" class="r">{ head.clone() }</th> }
                        </tr>
                    </thead>
                    <tbody role="rowgroup">
                        for side in props.sides.iter() {
                            <tr key={side.title.to_string()} role="row">
                                <td role="cell" class="lead">{ side.title.clone() }</td>
                                for (head, cell) in heads.iter().zip(told(lang, &side.funnel, &side.shape)) { <td role="cell" class="r num" data-label={head.to_string()}>{ cell }</td> }
                            </tr>
                        }
                    </tbody>
                </table>
            </div>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct MappingDialogProps {
    funnel: Rc<Funnel>,
    other: Rc<Funnel>,
    pairs: Vec<StagePair>,
    on_change: Callback<()>,
    on_close: Callback<()>,
}

/// Says what each stage stands for.
#[component]
fn MappingDialog(props: &MappingDialogProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let pairs = use_state(|| props.pairs.clone());
    let is_busy = use_state_eq(|| false);
    let faults = use_state(Vec::new);
    let other = &props.other;
    let on_save = {
        let (pairs, faults, is_busy) = (pairs.clone(), faults.clone(), is_busy.clone());
        let (funnel, other, on_change) =
            (props.funnel.clone(), other.clone(), props.on_change.clone());
        Callback::from(move |_: MouseEvent| {
            // The rule the server asks too.
            if let Err(wrong) =
                shared::funnel::mapping::check_pairs(&funnel.stages, &other.stages, &pairs)
            {
                return faults.set(wrong);
            }
            is_busy.set(true);
            let body = NewMapping {
                through_id: other.id,
                pairs: Some((*pairs).clone()),
            };
            let (api, toasts, id) = (api.clone(), toasts.clone(), funnel.id);
            let (faults, is_busy, on_change) =
                (faults.setter(), is_busy.setter(), on_change.clone());
            browser::spawn(async move {
                match api.map_funnel(id, &body).await {
                    Ok(_) => on_change.emit(()),
                    Err(error) => {
                        toasts.show(Toast::failed(error.message(lang)));
                        faults.set(error.fields().to_vec());
                    }
                }
                is_busy.set(false);
            });
        })
    };
    let pick = |from: StageId| {
        let (pairs, faults) = (pairs.clone(), faults.setter());
        Callback::from(move |value: AttrValue| {
            let Ok(to) = value.parse() else { return };
            let mut next = (*pairs).clone();
            for pair in &mut next {
                if pair.from_stage_id == from {
                    pair.to_stage_id = to;
                }
            }
            faults.set(Vec::new());
            pairs.set(next);
        })
    };
    let fault = |index: usize| {
        let base = format!("/pairs/{index}/");
        let at = faults
            .iter()
            .find(|fault: &&shared::error::FieldError| fault.pointer.starts_with(&base))?;
        Some(AttrValue::from(crate::api::field_message(lang, at)))
    };
    let row = |(index, pair): (usize, &StagePair)| {
        let stages = props.funnel.stages.iter();
        let stage = stages
            .clone()
            .find(|stage| stage.id == pair.from_stage_id)?;
        let choices = way(&other.stages).filter(|other| other.fields.kind == stage.fields.kind);
        let choices: Vec<_> = choices
            .map(|stage| Choice::new(stage.id.to_string(), stage.fields.name.clone()))
            .collect();
        Some(html! {
            <li key={stage.id.to_string()} class="map-row">
                <span class="row">{ words::stage_glyph(&props.funnel, stage) }<span class="trunc">{ &stage.fields.name }</span></span>
                <SelectField label={t!("shape.stands_for", stage = stage.fields.name)} value={pair.to_stage_id.to_string()} {choices} on_change={pick(stage.id)} error={fault(index)} />
            </li>
        })
    };
    let footer = html! {
        <>
            <Button on_click={props.on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
            <Button kind={ButtonKind::Primary} is_busy={*is_busy} on_click={on_save}>{ t!("ui.save") }</Button>
        </>
    };
    html! {
        <Dialog
            title={t!("shape.mapping_title", from = props.funnel.name, to = other.name)}
            below={html! { <p class="muted t13">{ t!("shape.mapping_text") }</p> }}
            {footer}
            on_close={props.on_close.clone()}
        >
            <ol class="form">for line in pairs.iter().enumerate().filter_map(row) { { line } }</ol>
        </Dialog>
    }
}

/// What [`AgainstFields`] needs.
#[derive(Properties, PartialEq)]
pub struct AgainstFieldsProps {
    /// The funnels there are.
    pub funnels: Rc<Vec<Funnel>>,
    /// The funnel of the page.
    pub funnel: Rc<Funnel>,
    /// What it stands beside.
    pub against: Against,
    /// Chooses something else.
    pub on_change: Callback<Against>,
}

/// The choice of what a funnel stands beside.
#[component]
pub fn AgainstFields(props: &AgainstFieldsProps) -> Html {
    use_lang();
    let before = "before";
    // The day its stages were last changed, as far as it is past.
    let changed = props.funnel.updated_at.date_naive().min(format::today());
    let others = props.funnels.iter();
    let others = others.filter(|other| other.id != props.funnel.id);
    let own = Choice::new(before, t!("shape.before_and_since"));
    let choices: Vec<_> = std::iter::once(own)
        .chain(others.map(|other| {
            let name = t!("shape.through_name", name = other.name);
            Choice::new(other.id.to_string(), name)
        }))
        .collect();
    let (value, day) = match props.against {
        Against::Nothing => (String::new(), None),
        Against::Through(id) => (id.to_string(), None),
        Against::Before(day) => (before.to_owned(), Some(day)),
    };
    let on_change = props.on_change.reform(move |value: AttrValue| {
        if value == before {
            return Against::Before(changed);
        }
        value.parse().map_or(Against::Nothing, Against::Through)
    });
    // A day half typed is none, and leaves the one before.
    let on_day = {
        let on_change = props.on_change.clone();
        Callback::from(move |text: String| {
            if let Ok(day) = text.parse() {
                on_change.emit(Against::Before(day));
            }
        })
    };
    html! {
        <div class="fs-days">
            <SelectField label={t!("shape.compare_with")} {value} {choices} none={AttrValue::from(t!("shape.nothing").into_owned())} {on_change} />
            if let Some(day) = day {
                <TextField label={t!("shape.since")} kind="date" value={day.to_string()} on_input={on_day} />
            }
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::funnel::{ShapeFigures, StageShape};
    use shared::money::Currency;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn what_a_funnel_stands_beside_comes_through_the_address() {
        let id = FunnelId(uuid::Uuid::now_v7());
        for against in [
            Against::Nothing,
            Against::Through(id),
            Against::Before(day("2026-03-01")),
        ] {
            let pairs: Vec<_> = against.pair().into_iter().collect();
            let pairs: Vec<_> = pairs
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect();
            assert_eq!(Against::read(&pairs), against);
        }
        let odd = [("beside".to_owned(), "something".to_owned())];
        assert_eq!(Against::read(&odd), Against::Nothing);
    }

    #[test]
    fn a_side_without_deals_has_no_days() {
        let funnel = crate::funnel::board::fixture::funnel();
        let stage = |days| StageShape {
            stage_id: funnel.stages[0].id,
            entered: ShapeFigures::default(),
            onward: ShapeFigures::default(),
            still: ShapeFigures::default(),
            lost: ShapeFigures::default(),
            back: ShapeFigures::default(),
            conversion: None,
            median_days: days,
            p80_days: None,
        };
        let days = |stages| {
            let shape = FunnelShape {
                currency: Currency::CNY,
                stages,
                reading: None,
            };
            let [.., days] = told(Lang::En, &funnel, &shape);
            days
        };
        assert_eq!(days(vec![stage(None), stage(None)]), "\u{2013}");
        assert_eq!(days(vec![stage(Some(0.0)), stage(None)]), "0.0");
        assert_eq!(days(vec![stage(Some(1.5)), stage(Some(2.0))]), "3.5");
    }

    #[test]
    fn each_day_asked_for_is_on_one_side() {
        let all = Days {
            from: Some(day("2026-01-01")),
            to: Some(day("2026-06-30")),
        };
        let (before, since) = Against::Before(day("2026-03-01")).sides(all);
        assert_eq!(
            (before.from, before.to),
            (all.from, Some(day("2026-02-28")))
        );
        assert_eq!((since.from, since.to), (Some(day("2026-03-01")), all.to));
        let open = Against::Before(day("2026-03-01")).sides(Days::default());
        assert_eq!(open.0.to, Some(day("2026-02-28")));
        assert_eq!(open.1.from, Some(day("2026-03-01")));
        assert_eq!(Against::Nothing.sides(all), (all, all));
    }
}
