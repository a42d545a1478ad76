//! The dialog in which a script is written, with the stage and the customers it is for.

use super::{kind_name, stage_name};
use crate::accounts::parts::words;
use crate::api::use_api;
use crate::browser;
use crate::i18n::t;
use crate::i18n::{Lang, use_lang};
use crate::ui::{
    Button, ButtonKind, Choice, Dialog, SelectField, TextArea, TextField, Toast, use_toasts,
};
use shared::check::Validate;
use shared::error::FieldError;
use shared::funnel::{Funnel, NewScript, Script, ScriptAim, ScriptKind, ScriptPatch, StageKind};
use std::rc::Rc;
use strum::IntoEnumIterator;
use yew::prelude::*;

/// What [`ScriptDialog`] needs.
#[derive(Properties, PartialEq)]
pub struct ScriptDialogProps {
    /// The script as it is; none for a new one.
    pub known: Option<Rc<Script>>,
    /// The funnels, for their stages.
    pub funnels: Rc<Vec<Funnel>>,
    /// Gets the script as saved.
    pub on_saved: Callback<Script>,
    /// Gives up.
    pub on_close: Callback<()>,
}

fn draft_of(known: Option<&Script>) -> NewScript {
    known.map_or_else(
        || NewScript {
            kind: ScriptKind::Script,
            title: String::new(),
            body: String::new(),
            aim: ScriptAim::default(),
            playbook: None,
        },
        |known| NewScript {
            kind: known.kind,
            title: known.title.clone(),
            body: known.body.clone(),
            aim: known.aim,
            playbook: known.playbook,
        },
    )
}

fn patch(draft: NewScript) -> ScriptPatch {
    ScriptPatch {
        kind: Some(draft.kind),
        title: Some(draft.title),
        body: Some(draft.body),
        aim: Some(draft.aim),
    }
}

/// What stands before a kind of stages among the choices, beside the ids of stages.
const KIND: &str = "kind:";

/// The stage of an aim as its choice.
fn stage_value(aim: &ScriptAim) -> String {
    match (aim.stage_id, aim.stage_kind) {
        (Some(id), _) => id.to_string(),
        (None, Some(kind)) => format!("{KIND}{}", kind.as_ref()),
        (None, None) => String::new(),
    }
}

/// Takes a choice of stage into an aim.
fn choose_stage(aim: &mut ScriptAim, value: &str) {
    aim.stage_kind = value.strip_prefix(KIND).and_then(|kind| kind.parse().ok());
    aim.stage_id = value.parse().ok();
}

fn stages(lang: Lang, funnels: &[Funnel], aim: &ScriptAim) -> Vec<Choice> {
    let mut choices: Vec<Choice> = StageKind::iter()
        .map(|kind| {
            let name = words(lang, &format!("scripts.stages.{}", kind.as_ref()));
            Choice::new(format!("{KIND}{}", kind.as_ref()), name)
        })
        .collect();
    let ids = funnels.iter().flat_map(|funnel| &funnel.stages);
    let mut ids: Vec<_> = ids.map(|stage| stage.id).collect();
    // One that is gone stays chosen until another is.
    ids.extend(aim.stage_id.filter(|id| !ids.contains(id)));
    choices.extend(ids.into_iter().map(|id| {
        let name = stage_name(lang, funnels, id);
        let name =
            name.unwrap_or_else(|| t!("scripts.one_stage", locale = lang.tag()).into_owned());
        Choice::new(id.to_string(), name)
    }));
    choices
}

/// The choices of a few, by their names on the wire.
fn few<T: IntoEnumIterator + AsRef<str>>(lang: Lang, section: &str) -> Vec<Choice> {
    T::iter()
        .map(|one| {
            let key = one.as_ref();
            Choice::new(key.to_owned(), words(lang, &format!("{section}.{key}")))
        })
        .collect()
}

fn named<T: AsRef<str>>(one: Option<T>) -> String {
    one.map(|one| one.as_ref().to_owned()).unwrap_or_default()
}

/// The dialog that adds a script or changes one.
#[component]
pub fn ScriptDialog(props: &ScriptDialogProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let draft = use_state_eq(|| draft_of(props.known.as_deref()));
    let faults = use_state_eq(Vec::<FieldError>::new);
    let is_busy = use_state_eq(|| false);
    // What was seen when the form was opened: whoever writes meanwhile is not written over.
    let seen = use_state_eq(|| props.known.as_ref().map(|known| (known.id, known.version)));
    let fault = |pointer: &str| -> Option<AttrValue> {
        let fault = faults.iter().find(|fault| fault.pointer == pointer)?;
        Some(crate::api::field_message(lang, fault).into())
    };
    let edit = |change: fn(&mut NewScript, &str)| {
        let draft = draft.clone();
        Callback::from(move |text: String| {
            let mut next = (*draft).clone();
            change(&mut next, &text);
            draft.set(next);
        })
    };
    let choose = |change: fn(&mut NewScript, &str)| {
        edit(change).reform(|value: AttrValue| value.to_string())
    };
    let onsubmit = {
        let (seen, draft, on_saved) = (*seen, draft.clone(), props.on_saved.clone());
        let (faults, is_busy) = (faults.setter(), is_busy.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if *is_busy {
                return;
            }
            let new = (*draft).clone();
            if let Err(found) = new.validated() {
                return faults.set(found);
            }
            is_busy.set(true);
            let (api, toasts, on_saved) = (api.clone(), toasts.clone(), on_saved.clone());
            let (faults, is_busy) = (faults.clone(), is_busy.setter());
            browser::spawn(async move {
                let done = match seen {
                    Some((id, version)) => api.patch_script(id, version, &patch(new)).await,
                    None => api.create_script(&new).await,
                };
                is_busy.set(false);
                match done {
                    Ok(script) => {
                        let said = t!("scripts.saved", locale = lang.tag(), name = script.title);
                        toasts.show(Toast::done(said));
                        on_saved.emit(script);
                    }
                    Err(error) => {
                        faults.set(error.fields().to_vec());
                        toasts.show(Toast::failed(error.message(lang)));
                    }
                }
            });
        })
    };
    let kinds: Vec<Choice> = ScriptKind::iter()
        .map(|kind| Choice::new(kind.as_ref().to_owned(), kind_name(lang, kind)))
        .collect();
    let footer = html! {
        <>
            <Button on_click={props.on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
            <Button kind={ButtonKind::Primary} is_submit=true form="script-form" is_busy={*is_busy}>{ t!("ui.save") }</Button>
        </>
    };
    let title = match props.known {
        Some(_) => t!("scripts.edit_title"),
        None => t!("scripts.new"),
    };
    let all = AttrValue::from(t!("scripts.all", locale = lang.tag()).into_owned());
    let aim = &draft.aim;
    html! {
        <Dialog {title} {footer} is_light=false on_close={props.on_close.clone()}>
            <form id="script-form" class="form" {onsubmit} novalidate=true>
                <SelectField label={t!("scripts.kind")} value={draft.kind.as_ref().to_owned()} choices={kinds}
                    on_change={choose(|draft, text| draft.kind = text.parse().unwrap_or(draft.kind))} />
                <TextField label={t!("scripts.title")} value={draft.title.clone()} on_input={edit(|draft, text| text.clone_into(&mut draft.title))} error={fault("/title")} max_length={120} is_required=true autocomplete="off" />
                <TextArea label={t!("scripts.body")} value={draft.body.clone()} on_input={edit(|draft, text| text.clone_into(&mut draft.body))} error={fault("/body")} rows={8} max_length={8000} is_required=true />
                <SelectField label={t!("scripts.stage")} value={stage_value(aim)} choices={stages(lang, &props.funnels, aim)} none={all.clone()} error={fault("/aim/stage_id")}
                    on_change={choose(|draft, text| choose_stage(&mut draft.aim, text))} />
                <SelectField label={t!("scripts.account_kind")} value={named(aim.account_kind)} choices={few::<shared::accounts::AccountKind>(lang, "account.kinds")} none={all.clone()}
                    on_change={choose(|draft, text| draft.aim.account_kind = text.parse().ok())} />
                <SelectField label={t!("scripts.size")} value={named(aim.size)} choices={few::<shared::accounts::SizeBand>(lang, "account.sizes")} none={all.clone()}
                    on_change={choose(|draft, text| draft.aim.size = text.parse().ok())} />
                <SelectField label={t!("scripts.tier")} value={named(aim.tier)} choices={few::<shared::accounts::Tier>(lang, "account.tiers")} none={all}
                    on_change={choose(|draft, text| draft.aim.tier = text.parse().ok())} />
            </form>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::id::StageId;
    use uuid::Uuid;

    #[test]
    fn a_stage_or_a_kind_of_stages_is_chosen_and_read_back() {
        let mut aim = ScriptAim::default();
        let id = StageId(Uuid::from_u128(5)).to_string();
        for value in ["kind:won", id.as_str(), "", "kind:open"] {
            choose_stage(&mut aim, value);
            assert_eq!(stage_value(&aim), value);
            assert!(aim.stage_id.is_none() || aim.stage_kind.is_none());
        }
    }
}
