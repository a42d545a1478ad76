//! A password to be set: the rule, how strong it looks, and what is wrong with it.

use super::words::{password_fault, strength};
use crate::api::error::field_message;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::ui::field::PasswordField;
use yew::prelude::*;

/// What [`NewPassword`] needs.
#[derive(Properties, PartialEq)]
pub struct NewPasswordProps {
    /// The password.
    pub value: AttrValue,
    /// The e-mail it must not resemble.
    pub email: AttrValue,
    /// Gets the password as it is typed.
    pub on_input: Callback<String>,
    /// What the server found wrong with it.
    #[prop_or_default]
    pub error: Option<AttrValue>,
    /// Whether it is the tall one.
    #[prop_or(true)]
    pub is_large: bool,
}

/// A password to be set, with the rule and how strong it looks.
#[component]
pub fn NewPassword(props: &NewPasswordProps) -> Html {
    let lang = use_lang();
    let strength = strength(&props.value, &props.email);
    let look = match strength {
        0 | 1 => Some("weak"),
        4 => Some("good"),
        _ => None,
    };
    html! {
        <div class="stack">
            <PasswordField
                label={t!("identity.new_password")}
                value={props.value.clone()}
                on_input={props.on_input.clone()}
                hint={AttrValue::from(hint(lang, &props.value, &props.email))}
                error={props.error.clone()}
                is_large={props.is_large}
                is_new=true
            />
            <div class={classes!("strength", look)} aria-hidden="true">
                for step in 0..4 { <i class={(step < strength).then_some("on")} /> }
            </div>
        </div>
    }
}

fn hint(lang: Lang, password: &str, email: &str) -> String {
    let rule = t!(
        "identity.password_rule",
        locale = lang.tag(),
        n = shared::identity::PASSWORD_MIN
    )
    .into_owned();
    match password_fault(password, email) {
        Some(fault) if password.chars().count() >= shared::identity::PASSWORD_MIN => {
            field_message(lang, &fault)
        }
        Some(_) => rule,
        None => t!("identity.password_good", locale = lang.tag()).into_owned(),
    }
}
