//! The sheet in which an administrator changes a colleague.

use super::words::{level_choices, role_choices, role_hint};
use crate::api::{ApiError, use_api};
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{
    Button, ButtonKind, Choice, Notice, SelectField, Sheet, TextField, Toast, Tone,
    use_first_fault, use_toasts,
};
use shared::id::TeamId;
use shared::identity::{Role, SellerLevel, User, UserPatch, UserState};
use yew::prelude::*;

/// What [`UserSheet`] needs.
#[derive(Properties, PartialEq)]
pub struct UserSheetProps {
    /// Who it is about.
    pub user: User,
    /// The teams to choose from, indented by depth.
    pub teams: Vec<Choice>,
    /// Whether it is oneself, who cannot be disabled here.
    pub is_me: bool,
    /// Gets the colleague as changed.
    pub on_saved: Callback<User>,
    /// Asked to close.
    pub on_close: Callback<()>,
}

#[derive(Debug, Clone, PartialEq)]
struct Draft {
    name: String,
    role: Role,
    level: SellerLevel,
    team: Option<TeamId>,
}

impl Draft {
    fn of(user: &User) -> Self {
        Self {
            name: user.name.clone(),
            role: user.role,
            level: user.level,
            team: user.team_id,
        }
    }

    /// Only what differs.
    fn patch(&self, user: &User) -> UserPatch {
        let name = self.name.trim();
        UserPatch {
            name: (name != user.name).then(|| name.to_owned()),
            role: (self.role != user.role).then_some(self.role),
            level: (self.level != user.level).then_some(self.level),
            team_id: (self.team != user.team_id).then_some(self.team),
            state: None,
        }
    }
}

/// Name, role, level, team, and whether they can sign in.
#[component]
pub fn UserSheet(props: &UserSheetProps) -> Html {
    let lang = use_lang();
    let draft = use_state_eq(|| Draft::of(&props.user));
    let (send, is_busy, error) = use_save(props);
    let onsubmit = {
        let (draft, user, send) = (draft.clone(), props.user.clone(), send.clone());
        let on_close = props.on_close.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let patch = draft.patch(&user);
            if patch == UserPatch::default() {
                on_close.emit(())
            } else {
                send.emit(patch)
            }
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
            <Button kind={ButtonKind::Primary} is_submit=true form="user-form" {is_busy}>{ t!("ui.save") }</Button>
        </>
    };
    html! {
        <Sheet title={props.user.name.clone()} below={html! { <p class="muted">{ props.user.email.clone().unwrap_or_default() }</p> }} on_close={props.on_close.clone()} {footer}>
            <form id="user-form" class="form" {onsubmit} novalidate=true>
                if let Some(error) = error.as_ref().filter(|error| error.fields().is_empty()) {
                    <Notice tone={Tone::Negative} is_alert=true>{ error.message(lang) }</Notice>
                }
                <TextField label={t!("identity.name")} value={draft.name.clone()} is_required=true error={fault("/name")}
                    on_input={edit(|draft, text| draft.name = text.to_string()).reform(AttrValue::from)} />
                <SelectField label={t!("identity.team.role")} value={draft.role.as_ref().to_owned()} choices={role_choices(lang)} hint={role_hint(lang, draft.role)} error={fault("/role")}
                    on_change={edit(|draft, value| draft.role = value.parse().unwrap_or(draft.role))} />
                <SelectField label={t!("identity.team.level")} value={draft.level.as_ref().to_owned()} choices={level_choices(lang)}
                    on_change={edit(|draft, value| draft.level = value.parse().unwrap_or(draft.level))} />
                <SelectField label={t!("identity.team.team")} value={draft.team.map(|id| id.to_string()).unwrap_or_default()} choices={props.teams.clone()} none={t!("ui.none")} error={fault("/team_id")}
                    on_change={edit(|draft, value| draft.team = value.parse().ok())} />
            </form>
            if !props.is_me { <Access state={props.user.state} {is_busy} on_change={send.reform(|state| UserPatch { state: Some(state), ..UserPatch::default() })} /> }
        </Sheet>
    }
}

#[hook]
fn use_save(props: &UserSheetProps) -> (Callback<UserPatch>, bool, Option<ApiError>) {
    let (api, toasts) = (use_api(), use_toasts());
    let is_busy = use_state_eq(|| false);
    let error = use_state_eq(|| None::<ApiError>);
    let send = {
        let (is_busy, error) = (is_busy.clone(), error.clone());
        let (user, on_saved) = (props.user.clone(), props.on_saved.clone());
        Callback::from(move |patch: UserPatch| {
            if *is_busy {
                return;
            }
            let (api, toasts, on_saved) = (api.clone(), toasts.clone(), on_saved.clone());
            let (is_busy, error) = (is_busy.clone(), error.clone());
            let (id, version) = (user.id, user.version);
            is_busy.set(true);
            browser::spawn(async move {
                match api.patch_user(id, version, &patch).await {
                    Ok(user) => {
                        toasts.show(Toast::done(t!("ui.saved")));
                        on_saved.emit(user);
                    }
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
struct AccessProps {
    state: UserState,
    is_busy: bool,
    on_change: Callback<UserState>,
}

/// Disabling and enabling, apart from the form: it takes effect at once.
#[component]
fn Access(props: &AccessProps) -> Html {
    use_lang();
    let (label, hint, next, kind) = match props.state {
        UserState::Active => (
            t!("identity.team.disable"),
            t!("identity.team.disable_hint"),
            UserState::Disabled,
            ButtonKind::Danger,
        ),
        UserState::Disabled => (
            t!("identity.team.enable"),
            t!("identity.team.enable_hint"),
            UserState::Active,
            ButtonKind::Plain,
        ),
        UserState::Named => return Html::default(),
    };
    html! {
        <div class="apart">
            <p class="hint">{ hint }</p>
            <Button {kind} is_disabled={props.is_busy} on_click={props.on_change.reform(move |_| next)}>{ label }</Button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_sent() {
        let at = "2026-11-22T08:00:00Z".parse().unwrap();
        let user = User {
            id: shared::id::UserId(uuid::Uuid::from_u128(1)),
            name: "A".into(),
            email: None,
            role: Role::Rep,
            level: SellerLevel::Junior,
            team_id: Some(TeamId(uuid::Uuid::from_u128(2))),
            state: UserState::Active,
            locale: shared::identity::Locale::En,
            version: 1,
            created_at: at,
            updated_at: at,
        };
        let mut draft = Draft::of(&user);
        assert_eq!(draft.patch(&user), UserPatch::default());
        draft.name = " A ".into();
        draft.team = None;
        let patch = draft.patch(&user);
        assert_eq!(patch.name, None);
        assert_eq!(
            serde_json::to_string(&patch).unwrap(),
            r#"{"team_id":null}"#
        );
    }
}
