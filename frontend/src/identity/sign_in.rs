//! The sign-in page.

use super::frame::Welcome;
use super::session::{lang_of, use_session};
use crate::api::{ApiError, use_api};
use crate::browser;
use crate::i18n::t;
use crate::i18n::{use_lang, use_lang_handle};
use crate::route::Route;
use crate::ui::field::PasswordField;
use crate::ui::{Button, ButtonKind, ButtonSize, Notice, TextField, Tone};
use shared::identity::NewSession;
use yew::prelude::*;
use yew_router::prelude::*;

/// E-mail, password, and in.
#[component]
pub fn SignInPage() -> Html {
    let lang = use_lang();
    let (api, session, lang_handle) = (use_api(), use_session(), use_lang_handle());
    let email = use_state_eq(String::new);
    let password = use_state_eq(String::new);
    let is_busy = use_state_eq(|| false);
    let error = use_state_eq(|| None::<ApiError>);

    let onsubmit = {
        let (email, password, is_busy, error) = (
            email.clone(),
            password.clone(),
            is_busy.clone(),
            error.clone(),
        );
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if *is_busy {
                return;
            }
            let body = NewSession {
                email: email.trim().to_owned(),
                password: (*password).clone(),
            };
            let (api, session, lang_handle) = (api.clone(), session.clone(), lang_handle.clone());
            let (is_busy, error) = (is_busy.clone(), error.clone());
            is_busy.set(true);
            browser::spawn(async move {
                match api.sign_in(&body).await {
                    Ok(me) => {
                        lang_handle.set(lang_of(me.user.locale));
                        session.signed_in(me);
                    }
                    Err(reason) => {
                        error.set(Some(reason));
                        is_busy.set(false);
                    }
                }
            });
        })
    };
    let below = html! {
        <>{ t!("identity.sign_in.no_account") }{ " " }<Link<Route> to={Route::SignUp} classes="link">{ t!("identity.sign_in.to_sign_up") }</Link<Route>></>
    };
    html! {
        <Welcome title={t!("identity.sign_in.title")} {below}>
            <form class="form" {onsubmit} novalidate=true>
                if let Some(error) = (*error).clone() {
                    <Notice tone={Tone::Negative} is_alert=true>{ error.message(lang) }</Notice>
                }
                <TextField
                    label={t!("identity.email")}
                    kind="email"
                    name="email"
                    autocomplete="username"
                    value={(*email).clone()}
                    on_input={let email = email.setter(); move |text| email.set(text)}
                    is_large=true
                    is_focused=true
                    is_required=true
                    error={error.as_ref().and_then(|error| error.field(lang, "/email")).map(AttrValue::from)}
                />
                <PasswordField
                    label={t!("identity.password")}
                    value={(*password).clone()}
                    on_input={let password = password.setter(); move |text| password.set(text)}
                    is_large=true
                    error={error.as_ref().and_then(|error| error.field(lang, "/password")).map(AttrValue::from)}
                />
                <Button kind={ButtonKind::Primary} size={ButtonSize::Large} class="block" is_submit=true is_busy={*is_busy}>
                    { t!("identity.sign_in.submit") }
                </Button>
            </form>
        </Welcome>
    }
}
