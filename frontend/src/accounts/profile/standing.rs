//! How an account is classed by importance and urgency, why, and what people there can do: each
//! answer edited in place (CLS-27..29, CLS-38).

use super::facts::{Editor, Fact};
use crate::accounts::fields::AccountField;
use crate::accounts::parts::words;
use crate::api::use_api;
use crate::format;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::load::use_load;
use crate::ui::{Badge, Tone};
use shared::accounts::{AccountClasses, UrgencyClass};
use yew::prelude::*;

/// What [`Standing`] needs.
#[derive(Properties, PartialEq)]
pub struct StandingProps {
    /// Editing in place.
    pub editor: Editor,
}

/// The panel of classes.
#[component]
pub fn Standing(props: &StandingProps) -> Html {
    let lang = use_lang();
    let api = use_api();
    let account = &props.editor.account;
    let classes = use_load((account.id, account.version), move |(id, _)| {
        let api = api.clone();
        async move { api.account_classes(id).await }
    });
    html! {
        <section class="panel" aria-label={t!("account.class.title")}>
            <header class="wrap">
                <h2>{ t!("account.class.title") }</h2>
                if let Some(classes) = classes.data() { { said(lang, classes) } }
            </header>
            <dl class="fact-list">
                for field in AccountField::SIGNS {
                    <Fact key={field.as_ref().to_owned()} {field} editor={props.editor.clone()} />
                }
            </dl>
            if let Some(classes) = classes.data() { <p class="part muted">{ by_amount(classes) }</p> }
            <h3 class="part">{ t!("account.man") }</h3>
            <dl class="fact-list">
                for field in AccountField::MAN {
                    <Fact key={field.as_ref().to_owned()} {field} editor={props.editor.clone()} />
                }
            </dl>
        </section>
    }
}

/// The class and why, or what is missing.
fn said(lang: Lang, classes: &AccountClasses) -> Html {
    let why = why(lang, classes);
    match classes.urgency.class {
        Some(class) => html! {
            <>
                <Badge tone={tone(class)}>{ words(lang, &format!("account.class.names.{}", class.as_ref())) }</Badge>
                <span class="sub">{ why }</span>
            </>
        },
        None => html! {
            <>
                <Badge is_outline=true>{ t!("account.class.none") }</Badge>
                <span class="sub">{ why }</span>
            </>
        },
    }
}

/// The class by amount, which is another one.
fn by_amount(classes: &AccountClasses) -> String {
    match classes.amount {
        Some(class) => t!("account.class.amount", class = class.as_ref()).into_owned(),
        None => t!("account.class.amount_none").into_owned(),
    }
}

const fn tone(class: UrgencyClass) -> Tone {
    match class {
        UrgencyClass::A => Tone::Accent,
        UrgencyClass::B => Tone::Positive,
        UrgencyClass::C => Tone::Neutral,
    }
}

/// One sentence on what decided.
fn why(lang: Lang, classes: &AccountClasses) -> String {
    match classes.urgency.class {
        Some(UrgencyClass::A) => t!(
            "account.class.why_a",
            day = format::date(lang, classes.days.until)
        )
        .into_owned(),
        Some(UrgencyClass::B) => t!("account.class.why_b").into_owned(),
        Some(UrgencyClass::C) => t!("account.class.why_c").into_owned(),
        None => {
            let missing = classes.urgency.missing.iter().map(|sign| {
                let key = format!("account.class.missing.{}", sign.as_ref());
                words(lang, &key).to_string()
            });
            let missing: Vec<String> = missing.collect();
            t!(
                "account.class.why_none",
                missing = missing.join(&t!("timeline.joint"))
            )
            .into_owned()
        }
    }
}
