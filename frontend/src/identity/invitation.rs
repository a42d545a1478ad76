//! The page behind an invitation's link.

use super::frame::Welcome;
use super::password::NewPassword;
use super::session::{locale_of, use_session};
use super::words::role_name;
use crate::api::{ApiError, use_api};
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::load::use_load;
use crate::route::Route;
use crate::ui::{Button, ButtonKind, ButtonSize, Notice, TextField, Tone, draw, use_first_fault};
use shared::identity::{AcceptInvitation, Invitation};
use yew::prelude::*;
use yew_router::prelude::*;

/// What [`InvitationPage`] needs.
#[derive(Properties, PartialEq)]
pub struct InvitationPageProps {
    /// The secret of the link.
    pub token: AttrValue,
}

/// Name, password, and in.
#[component]
pub fn InvitationPage(props: &InvitationPageProps) -> Html {
    let lang = use_lang();
    let api = use_api();
    let invitation = use_load(props.token.clone(), move |token| {
        let api = api.clone();
        async move { api.invitation(&token).await }
    });
    let below = invitation.data().map(|invitation| {
        let role = role_name(lang, invitation.role);
        html! { { t!("identity.invitation.to", organisation = invitation.organisation_name, role = role) } }
    });
    let error = invitation
        .loaded
        .error
        .clone()
        .filter(|error| error.code().is_some());
    html! {
        <Welcome title={t!("identity.invitation.title")} below={below.unwrap_or_default()}>
            if let Some(error) = error {
                <Notice tone={Tone::Warning} is_alert=true>{ error.message(lang) }{ " " }{ t!("identity.invitation.ask_again") }</Notice>
                <Link<Route> to={Route::SignIn} classes="btn lg block">{ t!("identity.sign_in.title") }</Link<Route>>
            } else {
                { draw(&invitation, |data| html! { <AcceptForm token={props.token.clone()} invitation={data.clone()} /> }) }
            }
        </Welcome>
    }
}

#[derive(Properties, PartialEq)]
struct AcceptFormProps {
    token: AttrValue,
    invitation: Invitation,
}

#[component]
fn AcceptForm(props: &AcceptFormProps) -> Html {
    let lang = use_lang();
    let (api, session, navigator) = (use_api(), use_session(), use_navigator());
    let name = use_state_eq(|| props.invitation.name.clone());
    let password = use_state_eq(String::new);
    let is_busy = use_state_eq(|| false);
    let error = use_state_eq(|| None::<ApiError>);
    let onsubmit = {
        let (name, password, is_busy, error) = (
            name.clone(),
            password.clone(),
            is_busy.clone(),
            error.clone(),
        );
        let token = props.token.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if *is_busy {
                return;
            }
            let body = AcceptInvitation {
                name: name.trim().to_owned(),
                password: (*password).clone(),
                locale: locale_of(lang),
            };
            let (api, session, navigator, token) = (
                api.clone(),
                session.clone(),
                navigator.clone(),
                token.clone(),
            );
            let (is_busy, error) = (is_busy.clone(), error.clone());
            is_busy.set(true);
            browser::spawn(async move {
                match api.accept_invitation(&token, &body).await {
                    Ok(me) => {
                        session.signed_in(me);
                        if let Some(navigator) = navigator {
                            navigator.replace(&Route::Board);
                        }
                    }
                    Err(reason) => {
                        error.set(Some(reason));
                        is_busy.set(false);
                    }
                }
            });
        })
    };
    use_first_fault(&*error);
    let fault = |pointer: &str| {
        error
            .as_ref()
            .and_then(|error| error.field(lang, pointer))
            .map(AttrValue::from)
    };
    html! {
        <form class="form" {onsubmit} novalidate=true>
            if let Some(error) = error.as_ref().filter(|error| error.fields().is_empty()) {
                <Notice tone={Tone::Negative} is_alert=true>{ error.message(lang) }</Notice>
            }
            <TextField label={t!("identity.email")} kind="email" name="email" autocomplete="username" value={props.invitation.email.clone()}
                is_read_only=true is_large=true />
            <TextField label={t!("identity.name")} name="name" autocomplete="name" value={(*name).clone()}
                on_input={let name = name.setter(); move |text| name.set(text)} error={fault("/name")} is_large=true is_required=true />
            <NewPassword value={(*password).clone()} email={props.invitation.email.clone()}
                on_input={let password = password.setter(); move |text| password.set(text)} error={fault("/password")} />
            <Button kind={ButtonKind::Primary} size={ButtonSize::Large} class="block" is_submit=true is_busy={*is_busy}>
                { t!("identity.invitation.submit") }
            </Button>
        </form>
    }
}
