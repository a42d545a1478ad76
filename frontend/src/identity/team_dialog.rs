//! Making, naming and moving a team.

use crate::api::{ApiError, use_api};
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{
    Button, ButtonKind, Choice, Dialog, Notice, SelectField, TextField, Toast, Tone,
    use_first_fault, use_toasts,
};
use shared::id::TeamId;
use shared::identity::{NewTeam, Team, TeamPatch};
use yew::prelude::*;

/// What [`TeamDialog`] needs.
#[derive(Properties, PartialEq)]
pub struct TeamDialogProps {
    /// The team to change; none makes a new one.
    #[prop_or_default]
    pub team: Option<Team>,
    /// The teams it can stand below, indented by depth.
    pub teams: Vec<Choice>,
    /// Gets the team as saved.
    pub on_saved: Callback<Team>,
    /// Asked to close.
    pub on_close: Callback<()>,
}

/// A name and the team above.
#[component]
pub fn TeamDialog(props: &TeamDialogProps) -> Html {
    let lang = use_lang();
    let name = use_state_eq(|| {
        props
            .team
            .as_ref()
            .map(|team| team.name.clone())
            .unwrap_or_default()
    });
    let parent = use_state_eq(|| props.team.as_ref().and_then(|team| team.parent_id));
    let (send, is_busy, error) = use_save(props);
    let onsubmit = {
        let (name, parent) = (name.clone(), parent.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            send.emit((name.trim().to_owned(), *parent));
        })
    };
    use_first_fault(&error);
    let fault = |pointer: &str| {
        error
            .as_ref()
            .and_then(|error| error.field(lang, pointer))
            .map(AttrValue::from)
    };
    let title = if props.team.is_some() {
        t!("identity.team.edit_team")
    } else {
        t!("identity.team.new_team")
    };
    let footer = html! {
        <>
            <Button on_click={props.on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
            <Button kind={ButtonKind::Primary} is_submit=true form="team-form" {is_busy}>{ t!("ui.save") }</Button>
        </>
    };
    html! {
        <Dialog {title} on_close={props.on_close.clone()} {footer}>
            <form id="team-form" class="form" {onsubmit} novalidate=true>
                if let Some(error) = error.as_ref().filter(|error| error.fields().is_empty()) {
                    <Notice tone={Tone::Negative} is_alert=true>{ error.message(lang) }</Notice>
                }
                <TextField label={t!("identity.team.team_name")} autocomplete="off" value={(*name).clone()} is_required=true is_focused=true error={fault("/name")}
                    on_input={let name = name.setter(); move |text| name.set(text)} />
                <SelectField label={t!("identity.team.above")} value={parent.map(|id| id.to_string()).unwrap_or_default()} choices={props.teams.clone()} none={t!("identity.team.top")} error={fault("/parent_id")}
                    on_change={let parent = parent.setter(); move |value: AttrValue| parent.set(value.parse().ok())} />
            </form>
        </Dialog>
    }
}

type Save = Callback<(String, Option<TeamId>)>;

#[hook]
fn use_save(props: &TeamDialogProps) -> (Save, bool, Option<ApiError>) {
    let (api, toasts) = (use_api(), use_toasts());
    let is_busy = use_state_eq(|| false);
    let error = use_state_eq(|| None::<ApiError>);
    let send = {
        let (is_busy, error) = (is_busy.clone(), error.clone());
        let (team, on_saved) = (props.team.clone(), props.on_saved.clone());
        Callback::from(move |(name, parent_id): (String, Option<TeamId>)| {
            if *is_busy {
                return;
            }
            let (api, toasts, on_saved, team) =
                (api.clone(), toasts.clone(), on_saved.clone(), team.clone());
            let (is_busy, error) = (is_busy.clone(), error.clone());
            is_busy.set(true);
            browser::spawn(async move {
                let answer = match team {
                    None => api.create_team(&NewTeam { name, parent_id }).await,
                    Some(team) => {
                        let patch = TeamPatch {
                            name: Some(name),
                            parent_id: Some(parent_id),
                        };
                        api.patch_team(team.id, team.version, &patch).await
                    }
                };
                match answer {
                    Ok(team) => {
                        toasts.show(Toast::done(t!("ui.saved")));
                        on_saved.emit(team);
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
