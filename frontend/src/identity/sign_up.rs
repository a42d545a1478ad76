//! Sign-up: an organisation with its first administrator.

use super::frame::Welcome;
use super::password::NewPassword;
use super::session::{locale_of, use_session};
use crate::api::{ApiError, use_api};
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::route::Route;
use crate::ui::{Button, ButtonKind, ButtonSize, Notice, TextField, Tone, use_first_fault};
use shared::identity::NewOrganisation;
use yew::prelude::*;
use yew_router::prelude::*;

#[derive(Debug, Clone, PartialEq, Default)]
struct Draft {
    organisation: String,
    name: String,
    email: String,
    password: String,
}

/// Organisation, name, e-mail, password, and in.
#[component]
pub fn SignUpPage() -> Html {
    let lang = use_lang();
    let (api, session) = (use_api(), use_session());
    let draft = use_state_eq(Draft::default);
    let is_busy = use_state_eq(|| false);
    let error = use_state_eq(|| None::<ApiError>);

    let onsubmit = {
        let (draft, is_busy, error) = (draft.clone(), is_busy.clone(), error.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if *is_busy {
                return;
            }
            let body = NewOrganisation {
                organisation_name: draft.organisation.trim().to_owned(),
                name: draft.name.trim().to_owned(),
                email: draft.email.trim().to_owned(),
                password: draft.password.clone(),
                locale: locale_of(lang),
                currency: None,
            };
            let (api, session, is_busy, error) =
                (api.clone(), session.clone(), is_busy.clone(), error.clone());
            is_busy.set(true);
            browser::spawn(async move {
                match api.sign_up(&body).await {
                    Ok(me) => session.signed_in(me),
                    Err(reason) => {
                        error.set(Some(reason));
                        is_busy.set(false);
                    }
                }
            });
        })
    };
    let edit = |change: fn(&mut Draft, String)| {
        let draft = draft.clone();
        Callback::from(move |text: String| {
            let mut next = (*draft).clone();
            change(&mut next, text);
            draft.set(next);
        })
    };
    use_first_fault(&*error);
    let fault = |pointer: &str| {
        error
            .as_ref()
            .and_then(|error| error.field(lang, pointer))
            .map(AttrValue::from)
    };
    let below = html! {
        <>{ t!("identity.sign_up.has_account") }{ " " }<Link<Route> to={Route::SignIn} classes="link">{ t!("identity.sign_in.title") }</Link<Route>></>
    };
    html! {
        <Welcome title={t!("identity.sign_up.title")} {below}>
            <form class="form" {onsubmit} novalidate=true>
                if let Some(error) = error.as_ref().filter(|error| error.fields().is_empty()) {
                    <Notice tone={Tone::Negative} is_alert=true>{ error.message(lang) }</Notice>
                }
                <TextField label={t!("identity.organisation")} name="organization" autocomplete="organization" value={draft.organisation.clone()}
                    on_input={edit(|draft, text| draft.organisation = text)} error={fault("/organisation_name")} is_large=true is_required=true is_focused=true />
                <TextField label={t!("identity.name")} name="name" autocomplete="name" value={draft.name.clone()}
                    on_input={edit(|draft, text| draft.name = text)} error={fault("/name")} is_large=true is_required=true />
                <TextField label={t!("identity.email")} kind="email" name="email" autocomplete="username" value={draft.email.clone()}
                    on_input={edit(|draft, text| draft.email = text)} error={fault("/email")} is_large=true is_required=true />
                <NewPassword value={draft.password.clone()} email={draft.email.clone()}
                    on_input={edit(|draft, text| draft.password = text)} error={fault("/password")} />
                <Button kind={ButtonKind::Primary} size={ButtonSize::Large} class="block" is_submit=true is_busy={*is_busy}>
                    { t!("identity.sign_up.submit") }
                </Button>
            </form>
        </Welcome>
    }
}
