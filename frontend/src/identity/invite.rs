//! Inviting a colleague: a short form, then the link to hand over. It is shown once.

use super::words::{level_choices, role_choices, role_hint};
use crate::api::{ApiError, use_api};
use crate::browser;
use crate::format;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::route::Route;
use crate::ui::{
    Button, ButtonKind, Choice, Dialog, Glyph, Notice, SelectField, TextField, Toast, Tone,
    use_first_fault, use_toasts,
};
use shared::id::{TeamId, UserId};
use shared::identity::{InvitationMade, NewInvitation, Role, SellerLevel, User};
use yew::prelude::*;
use yew_router::prelude::*;

/// What [`InviteDialog`] needs.
#[derive(Properties, PartialEq)]
pub struct InviteDialogProps {
    /// Somebody known by name only who becomes this person.
    #[prop_or_default]
    pub named: Option<User>,
    /// The team proposed.
    #[prop_or_default]
    pub team: Option<TeamId>,
    /// The teams to choose from, indented by depth.
    pub teams: Vec<Choice>,
    /// Asked to close.
    pub on_close: Callback<()>,
}

/// The form, then the link.
#[component]
pub fn InviteDialog(props: &InviteDialogProps) -> Html {
    use_lang();
    let made = use_state_eq(|| None::<InvitationMade>);
    match &*made {
        Some(made) => {
            html! { <LinkDialog made={made.clone()} on_close={props.on_close.clone()} /> }
        }
        None => html! {
            <InviteForm
                named={props.named.clone()}
                team={props.team}
                teams={props.teams.clone()}
                on_close={props.on_close.clone()}
                on_made={let made = made.setter(); move |done| made.set(Some(done))}
            />
        },
    }
}

#[derive(Debug, Clone, PartialEq)]
struct Draft {
    email: String,
    name: String,
    role: Role,
    level: SellerLevel,
    team: Option<TeamId>,
    user: Option<UserId>,
}

impl Draft {
    fn body(&self) -> NewInvitation {
        NewInvitation {
            email: self.email.trim().to_owned(),
            name: self.name.trim().to_owned(),
            role: self.role,
            level: self.level,
            team_id: self.team,
            user_id: self.user,
        }
    }
}

#[derive(Properties, PartialEq)]
struct InviteFormProps {
    named: Option<User>,
    team: Option<TeamId>,
    teams: Vec<Choice>,
    on_close: Callback<()>,
    on_made: Callback<InvitationMade>,
}

#[component]
fn InviteForm(props: &InviteFormProps) -> Html {
    let lang = use_lang();
    let draft = use_state_eq(|| match &props.named {
        Some(user) => Draft {
            email: String::new(),
            name: user.name.clone(),
            role: user.role,
            level: user.level,
            team: user.team_id,
            user: Some(user.id),
        },
        None => Draft {
            email: String::new(),
            name: String::new(),
            role: Role::Rep,
            level: SellerLevel::Junior,
            team: props.team,
            user: None,
        },
    });
    let (send, is_busy, error) = use_invite(&props.on_made);
    let onsubmit = {
        let draft = draft.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            send.emit(draft.body());
        })
    };
    let edit = |change: fn(&mut Draft, AttrValue)| {
        let draft = draft.clone();
        Callback::from(move |value: AttrValue| {
            let mut next = (*draft).clone();
            change(&mut next, value);
            draft.set(next);
        })
    };
    use_first_fault(&error);
    let fault = |pointer: &str| {
        error
            .as_ref()
            .and_then(|error| error.field(lang, pointer))
            .map(AttrValue::from)
    };
    let footer = html! {
        <>
            <Button on_click={props.on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
            <Button kind={ButtonKind::Primary} is_submit=true form="invite-form" {is_busy}>{ t!("identity.team.make_link") }</Button>
        </>
    };
    html! {
        <Dialog title={t!("identity.team.invite_title")} is_light=false on_close={props.on_close.clone()} {footer}>
            <form id="invite-form" class="form" {onsubmit} novalidate=true>
                if let Some(error) = error.as_ref().filter(|error| error.fields().is_empty()) {
                    <Notice tone={Tone::Negative} is_alert=true>{ error.message(lang) }</Notice>
                }
                <TextField label={t!("identity.email")} kind="email" autocomplete="off" value={draft.email.clone()} is_required=true is_focused=true error={fault("/email")}
                    on_input={edit(|draft, text| draft.email = text.to_string()).reform(AttrValue::from)} />
                <TextField label={t!("identity.name")} autocomplete="off" value={draft.name.clone()} is_required=true error={fault("/name")}
                    on_input={edit(|draft, text| draft.name = text.to_string()).reform(AttrValue::from)} />
                <SelectField label={t!("identity.team.role")} value={draft.role.as_ref().to_owned()} choices={role_choices(lang)} hint={role_hint(lang, draft.role)}
                    on_change={edit(|draft, value| draft.role = value.parse().unwrap_or(draft.role))} />
                <div class="two">
                    <SelectField label={t!("identity.team.level")} value={draft.level.as_ref().to_owned()} choices={level_choices(lang)}
                        on_change={edit(|draft, value| draft.level = value.parse().unwrap_or(draft.level))} />
                    <SelectField label={t!("identity.team.team")} value={draft.team.map(|id| id.to_string()).unwrap_or_default()} choices={props.teams.clone()} none={t!("ui.none")}
                        on_change={edit(|draft, value| draft.team = value.parse().ok())} />
                </div>
            </form>
        </Dialog>
    }
}

#[hook]
fn use_invite(
    on_made: &Callback<InvitationMade>,
) -> (Callback<NewInvitation>, bool, Option<ApiError>) {
    let api = use_api();
    let is_busy = use_state_eq(|| false);
    let error = use_state_eq(|| None::<ApiError>);
    let send = {
        let (is_busy, error, on_made) = (is_busy.clone(), error.clone(), on_made.clone());
        Callback::from(move |body: NewInvitation| {
            if *is_busy {
                return;
            }
            let (api, is_busy, error, on_made) =
                (api.clone(), is_busy.clone(), error.clone(), on_made.clone());
            is_busy.set(true);
            browser::spawn(async move {
                match api.invite(&body).await {
                    Ok(made) => on_made.emit(made),
                    Err(reason) => {
                        error.set(Some(reason));
                        is_busy.set(false);
                    }
                }
            });
        })
    };
    (send, *is_busy, (*error).clone())
}

#[derive(Properties, PartialEq)]
struct LinkDialogProps {
    made: InvitationMade,
    on_close: Callback<()>,
}

#[component]
fn LinkDialog(props: &LinkDialogProps) -> Html {
    let lang = use_lang();
    let toasts = use_toasts();
    let InvitationMade { invitation, token } = &props.made;
    let link = format!(
        "{}{}",
        browser::origin(),
        Route::Invitation {
            token: token.clone()
        }
        .to_path()
    );
    let until = format::moment_full(lang, invitation.expires_at);
    let copy = {
        let link = link.clone();
        Callback::from(move |_: MouseEvent| {
            let (link, toasts) = (link.clone(), toasts.clone());
            browser::spawn(async move {
                if browser::copy(&link).await {
                    toasts.show(Toast::done(t!("ui.copied")).keyed("copied"));
                }
            });
        })
    };
    let footer = html! {
        <>
            <Button on_click={props.on_close.reform(|_| ())}>{ t!("ui.close") }</Button>
            <Button kind={ButtonKind::Primary} icon={Glyph::Copy} on_click={copy}>{ t!("identity.team.copy_link") }</Button>
        </>
    };
    html! {
        <Dialog title={t!("identity.team.link_title", name = invitation.name)} is_light=false on_close={props.on_close.clone()} {footer}>
            <div class="form">
                <TextField label={t!("identity.team.link")} value={link} is_read_only=true hint={t!("identity.team.link_hint", until = until)} />
            </div>
        </Dialog>
    }
}
