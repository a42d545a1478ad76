//! Giving a view its name, and saying who it is for.

use crate::api::{ApiError, use_api};
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{
    Button, ButtonKind, Choice, Dialog, Notice, SelectField, TextField, Toast, Tone,
    use_first_fault, use_toasts,
};
use shared::funnel::{MAX_VIEW_NAME, NewView, SavedView, ViewPatch};
use shared::id::TeamId;
use yew::prelude::*;

/// What the dialog is for.
#[derive(Debug, Clone, PartialEq)]
pub enum Task {
    /// Saves what shows as a new view; name and team are asked for.
    New(Box<NewView>),
    /// Gives a view another name.
    Rename(Box<SavedView>),
}

/// What [`ViewDialog`] needs.
#[derive(Properties, PartialEq)]
pub struct ViewDialogProps {
    /// What it is for.
    pub task: Task,
    /// The teams one may share with.
    pub teams: Vec<Choice>,
    /// Gets the view as saved.
    pub on_saved: Callback<SavedView>,
    /// Asked to close.
    pub on_close: Callback<()>,
}

/// A name and, for a new view, who it is for.
#[component]
pub fn ViewDialog(props: &ViewDialogProps) -> Html {
    let lang = use_lang();
    let name = use_state_eq(|| match &props.task {
        Task::New(new) => new.name.clone(),
        Task::Rename(view) => view.name.clone(),
    });
    let team = use_state_eq(|| None::<TeamId>);
    let (send, is_busy, error) = use_save(props);
    let onsubmit = {
        let (name, team) = (name.clone(), team.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            send.emit((name.trim().to_owned(), *team));
        })
    };
    use_first_fault(&error);
    let fault = |pointer: &str| {
        error
            .as_ref()
            .and_then(|error| error.field(lang, pointer))
            .map(AttrValue::from)
    };
    let is_new = matches!(props.task, Task::New(_));
    let title = if is_new {
        t!("views.save_title")
    } else {
        t!("views.rename_title")
    };
    let footer = html! {
        <>
            <Button on_click={props.on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
            <Button kind={ButtonKind::Primary} is_submit=true form="view-form" {is_busy}>{ t!("ui.save") }</Button>
        </>
    };
    html! {
        <Dialog {title} on_close={props.on_close.clone()} {footer}>
            <form id="view-form" class="form" {onsubmit} novalidate=true>
                if let Some(error) = error.as_ref().filter(|error| error.fields().is_empty()) {
                    <Notice tone={Tone::Negative} is_alert=true>{ error.message(lang) }</Notice>
                }
                <TextField label={t!("views.name")} autocomplete="off" value={(*name).clone()} is_required=true is_focused=true max_length={u32::try_from(MAX_VIEW_NAME).ok()} error={fault("/name")}
                    on_input={let name = name.setter(); move |text| name.set(text)} />
                if is_new && !props.teams.is_empty() {
                    <SelectField label={t!("views.for")} value={team.map(|id| id.to_string()).unwrap_or_default()} choices={props.teams.clone()} none={t!("views.for_me")} error={fault("/team_id")}
                        on_change={let team = team.setter(); move |value: AttrValue| team.set(value.parse().ok())} />
                }
            </form>
        </Dialog>
    }
}

type Save = Callback<(String, Option<TeamId>)>;

#[hook]
fn use_save(props: &ViewDialogProps) -> (Save, bool, Option<ApiError>) {
    let (api, toasts) = (use_api(), use_toasts());
    let is_busy = use_state_eq(|| false);
    let error = use_state_eq(|| None::<ApiError>);
    let send = {
        let (is_busy, error) = (is_busy.clone(), error.clone());
        let (task, on_saved) = (props.task.clone(), props.on_saved.clone());
        Callback::from(move |(name, team_id): (String, Option<TeamId>)| {
            if *is_busy {
                return;
            }
            let (api, toasts, on_saved, task) =
                (api.clone(), toasts.clone(), on_saved.clone(), task.clone());
            let (is_busy, error) = (is_busy.clone(), error.clone());
            is_busy.set(true);
            browser::spawn(async move {
                let answer = match task {
                    Task::New(new) => {
                        let new = NewView {
                            name,
                            team_id,
                            ..*new
                        };
                        api.create_view(&new).await
                    }
                    Task::Rename(view) => {
                        let patch = ViewPatch {
                            name: Some(name),
                            ..ViewPatch::default()
                        };
                        api.patch_view(view.id, view.version, &patch).await
                    }
                };
                match answer {
                    Ok(view) => {
                        let said = t!("views.saved", name = view.name).into_owned();
                        toasts.show(Toast::done(said));
                        on_saved.emit(view);
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
