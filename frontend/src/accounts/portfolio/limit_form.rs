//! Sets the limits of a level from a day on.

use super::super::form::{Form, FormAction, Texts};
use super::words::measure_name;
use crate::api::use_api;
use crate::browser;
use crate::format;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::identity::level_name;
use crate::ui::{
    Button, ButtonKind, Choice, Notice, SelectField, TextField, Toast, Tone, use_toasts,
};
use chrono::NaiveDate;
use shared::accounts::{LimitSetting, Limits, Measure, NewLimits, Range, in_force};
use shared::check::Validate;
use shared::error::{ErrorCode, FieldError};
use shared::identity::SellerLevel;
use std::rc::Rc;
use strum::IntoEnumIterator;
use yew::prelude::*;

/// What [`LimitForm`] needs.
#[derive(Properties, PartialEq)]
pub struct LimitFormProps {
    /// What was set so far.
    pub history: Vec<Rc<LimitSetting>>,
    /// Hears that limits were set.
    pub on_set: Callback<()>,
}

/// The fields of a measure: at least, at most.
const fn ends(measure: Measure) -> [&'static str; 2] {
    match measure {
        Measure::A => ["limits/a/min", "limits/a/max"],
        Measure::B => ["limits/b/min", "limits/b/max"],
        Measure::C => ["limits/c/min", "limits/c/max"],
        Measure::Large => ["limits/large/min", "limits/large/max"],
    }
}

fn texts(level: SellerLevel, day: NaiveDate, limits: &Limits) -> Texts {
    let mut texts = Texts::from([
        ("level", level.as_ref().to_owned()),
        ("valid_from", day.to_string()),
    ]);
    for measure in Measure::iter() {
        let range = limits.of(measure);
        for (name, value) in ends(measure).into_iter().zip([range.min, range.max]) {
            let text = value.map(|value| value.to_string());
            texts.insert(name, text.unwrap_or_default());
        }
    }
    texts
}

/// Reads the form; what is no number is refused here, the rest by the shared rule.
fn read(form: &Form) -> Result<NewLimits, Vec<FieldError>> {
    let bad = |name: &str| vec![FieldError::new(format!("/{name}"), ErrorCode::BadFormat)];
    let number = |name: &str| -> Result<Option<i16>, Vec<FieldError>> {
        let Some(text) = form.value(name) else {
            return Ok(None);
        };
        let text = text.trim_end_matches('%').trim();
        text.parse().map(Some).map_err(|_| bad(name))
    };
    let range = |measure: Measure| -> Result<Range, Vec<FieldError>> {
        let [min, max] = ends(measure);
        Ok(Range {
            min: number(min)?,
            max: number(max)?,
        })
    };
    let parsed = |name: &str| form.value(name).unwrap_or_default();
    let new = NewLimits {
        level: parsed("level").parse().map_err(|_| bad("level"))?,
        valid_from: parsed("valid_from")
            .parse()
            .map_err(|_| bad("valid_from"))?,
        limits: Limits {
            a: range(Measure::A)?,
            b: range(Measure::B)?,
            c: range(Measure::C)?,
            large: range(Measure::Large)?,
        },
    };
    new.validated().map(|()| new)
}

/// The form of limits.
#[component]
pub fn LimitForm(props: &LimitFormProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let today = format::today();
    let start = {
        let history = props.history.clone();
        move |level: SellerLevel| {
            let limits = in_force(history.iter().map(AsRef::as_ref), level, today);
            texts(level, today, &limits)
        }
    };
    let form = use_reducer_eq(|| Form::new(start(SellerLevel::Junior)));
    let typed = |name: &'static str| {
        let form = form.dispatcher();
        Callback::from(move |text: String| form.dispatch(FormAction::Typed(name, text)))
    };
    // Another level begins with what holds for it.
    let on_level = {
        let form = form.dispatcher();
        Callback::from(move |level: AttrValue| {
            let Ok(level) = level.parse::<SellerLevel>() else {
                return;
            };
            for (name, text) in start(level) {
                form.dispatch(FormAction::Typed(name, text));
            }
        })
    };
    let onsubmit = {
        let (form, on_set) = (form.clone(), props.on_set.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if form.is_busy {
                return;
            }
            let new = match read(&form) {
                Ok(new) => new,
                Err(faults) => return form.dispatch(FormAction::Refused(faults)),
            };
            form.dispatch(FormAction::Sent);
            let (api, toasts, on_set) = (api.clone(), toasts.clone(), on_set.clone());
            let (form, kept) = (form.dispatcher(), (*form).clone());
            browser::spawn(async move {
                match api.set_limits(&new).await {
                    Ok(_) => {
                        toasts.show(Toast::done(t!("portfolio.set_done")));
                        let back = Form::new(kept.texts().clone());
                        form.dispatch(FormAction::Back(Box::new(back)));
                        on_set.emit(());
                    }
                    Err(error) => form.dispatch(FormAction::Failed(error)),
                }
            });
        })
    };
    let levels: Vec<Choice> = SellerLevel::iter()
        .map(|level| Choice::new(level.as_ref().to_owned(), level_name(lang, level)))
        .collect();
    html! {
        <section class="panel" aria-label={t!("portfolio.set_title")}>
            <header><h2>{ t!("portfolio.set_title") }</h2></header>
            <form class="form in-panel" {onsubmit} novalidate=true>
                if let Some(error) = &form.error { <Notice tone={Tone::Negative} is_alert=true>{ error.message(lang) }</Notice> }
                <div class="two">
                    <SelectField label={t!("portfolio.level")} value={form.text("level")} choices={levels} on_change={on_level} error={form.fault(lang, "level")} />
                    <TextField label={t!("portfolio.valid_from")} kind="date" value={form.text("valid_from")} on_input={typed("valid_from")} error={form.fault(lang, "valid_from")} />
                </div>
                for measure in Measure::iter() {
                    <fieldset key={measure.as_ref().to_owned()} class="two">
                        <legend>{ measure_name(lang, measure) }</legend>
                        for (name, label) in ends(measure).into_iter().zip([t!("portfolio.least"), t!("portfolio.most")]) {
                            <TextField key={name} {label} value={form.text(name)} on_input={typed(name)} error={form.fault(lang, name)} inputmode="numeric" unit="%" autocomplete="off" />
                        }
                    </fieldset>
                }
                <div class="row end"><Button kind={ButtonKind::Primary} is_submit=true is_busy={form.is_busy}>{ t!("portfolio.set") }</Button></div>
            </form>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(change: &[(&'static str, &str)]) -> Form {
        let day = "2026-03-01".parse().unwrap();
        let usual = Limits::usual(SellerLevel::Senior);
        let mut texts = texts(SellerLevel::Senior, day, &usual);
        for (name, text) in change {
            texts.insert(name, (*text).to_owned());
        }
        Form::new(texts)
    }

    #[test]
    fn what_holds_can_be_set_again_unchanged() {
        let new = read(&form(&[])).unwrap();
        assert_eq!(new.limits, Limits::usual(SellerLevel::Senior));
        assert_eq!(new.level, SellerLevel::Senior);
        let none = read(&form(&[("limits/a/max", " "), ("limits/c/max", "5 %")])).unwrap();
        assert_eq!((none.limits.a.max, none.limits.c.max), (None, Some(5)));
    }

    #[test]
    fn what_cannot_be_kept_is_refused_before_it_is_sent() {
        let wrong = |change| {
            let errors = read(&form(change)).unwrap_err();
            let pointers = errors.into_iter().map(|error| error.pointer);
            pointers.collect::<Vec<_>>()
        };
        assert_eq!(wrong(&[("limits/a/max", "many")]), ["/limits/a/max"]);
        assert_eq!(
            wrong(&[("limits/b/min", "70")]),
            ["/limits/a/max", "/limits/b/min"]
        );
        assert_eq!(wrong(&[("valid_from", "")]), ["/valid_from"]);
    }
}
