//! The dialog that adds or changes a person at an account.

use super::fields::items;
use super::form::{Form, FormAction, Texts};
use super::parts::Clash;
use crate::api::use_api;
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{
    Button, ButtonKind, Choice, Dialog, Notice, SelectField, TextField, Toast, Tone, use_toasts,
};
use shared::accounts::{Contact, ContactLevel, ContactPatch, NewContact};
use shared::check::Validate;
use shared::id::AccountId;
use std::rc::Rc;
use yew::prelude::*;

/// The levels, from the one who decides down.
pub const LEVELS: [ContactLevel; 3] = [
    ContactLevel::Deciding,
    ContactLevel::Managing,
    ContactLevel::Operating,
];

/// What [`ContactDialog`] needs.
#[derive(Properties, PartialEq)]
pub struct ContactDialogProps {
    /// Where they work.
    pub account_id: AccountId,
    /// The person to change; a new one without.
    #[prop_or_default]
    pub contact: Option<Rc<Contact>>,
    /// Gets the person as saved.
    pub on_saved: Callback<Contact>,
    /// Gives up.
    pub on_close: Callback<()>,
}

fn texts(contact: &Contact) -> Texts {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    Texts::from([
        ("name", contact.name.clone()),
        ("title", text(&contact.title)),
        ("department", text(&contact.department)),
        (
            "level",
            contact
                .level
                .map(|level| level.as_ref().to_owned())
                .unwrap_or_default(),
        ),
        ("phones", contact.phones.join(", ")),
        ("mail", text(&contact.mail)),
        ("wechat", text(&contact.wechat)),
    ])
}

fn level(form: &Form) -> Option<ContactLevel> {
    form.value("level").and_then(|level| level.parse().ok())
}

fn phones(form: &Form) -> Vec<String> {
    items(&form.value("phones").unwrap_or_default())
}

fn new_contact(form: &Form, account_id: AccountId) -> NewContact {
    NewContact {
        account_id,
        name: form.value("name").unwrap_or_default(),
        title: form.value("title"),
        department: form.value("department"),
        level: level(form),
        phones: phones(form),
        mail: form.value("mail"),
        wechat: form.value("wechat"),
    }
}

fn change(form: &Form) -> ContactPatch {
    ContactPatch {
        account_id: None,
        name: form.patch("name").map(Option::unwrap_or_default),
        title: form.patch("title"),
        department: form.patch("department"),
        level: form.is_changed("level").then(|| level(form)),
        phones: form.is_changed("phones").then(|| phones(form)),
        mail: form.patch("mail"),
        wechat: form.patch("wechat"),
    }
}

/// Adds or changes a person.
#[component]
pub fn ContactDialog(props: &ContactDialogProps) -> Html {
    let lang = use_lang();
    let api = use_api();
    let toasts = use_toasts();
    let form =
        use_reducer_eq(|| Form::new(props.contact.as_deref().map(texts).unwrap_or_default()));
    let version = use_mut_ref(|| props.contact.as_ref().map_or(0, |contact| contact.version));

    let on_submit = {
        let (form, account_id, contact) = (form.clone(), props.account_id, props.contact.clone());
        let (on_saved, on_close) = (props.on_saved.clone(), props.on_close.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if form.is_busy {
                return;
            }
            let verdict = match &contact {
                None => new_contact(&form, account_id).validated(),
                Some(_) => change(&form).validated(),
            };
            if let Err(faults) = verdict {
                form.dispatch(FormAction::Refused(faults));
                return;
            }
            if contact.is_some() && !form.is_touched() {
                on_close.emit(());
                return;
            }
            form.dispatch(FormAction::Sent);
            let (api, form, contact, toasts) =
                (api.clone(), form.clone(), contact.clone(), toasts.clone());
            let (on_saved, version) = (on_saved.clone(), version.clone());
            browser::spawn(async move {
                let answer = match &contact {
                    None => api.create_contact(&new_contact(&form, account_id)).await,
                    Some(contact) => {
                        let seen = *version.borrow();
                        api.patch_contact(contact.id, seen, &change(&form)).await
                    }
                };
                match answer {
                    Ok(saved) => {
                        let key = if contact.is_some() {
                            "contact.saved"
                        } else {
                            "contact.added"
                        };
                        toasts.show(Toast::done(t!(key, name = saved.name.clone())));
                        on_saved.emit(saved);
                    }
                    Err(error) => match error.current::<Contact>() {
                        Some(now) => {
                            version.replace(now.version);
                            form.dispatch(FormAction::Overtaken(texts(&now)));
                        }
                        None => form.dispatch(FormAction::Failed(error)),
                    },
                }
            });
        })
    };
    let title = if props.contact.is_some() {
        t!("contact.edit_title")
    } else {
        t!("contact.new_title")
    };
    let footer = html! {
        <>
            <Button on_click={props.on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
            <Button kind={ButtonKind::Primary} is_submit=true form="contact-form" is_busy={form.is_busy}>{ t!("ui.save") }</Button>
        </>
    };
    html! {
        <Dialog {title} {footer} is_light=false on_close={props.on_close.clone()}>
            <form id="contact-form" class="form" onsubmit={on_submit} novalidate=true>
                <Clash section="contact.field" conflicts={form.conflicts.clone()} />
                if let Some(error) = &form.error { <Notice tone={Tone::Negative} is_alert=true>{ error.message(lang) }</Notice> }
                <Fields form={form.clone()} />
            </form>
        </Dialog>
    }
}

#[derive(Properties, PartialEq)]
struct FieldsProps {
    form: UseReducerHandle<Form>,
}

#[component]
fn Fields(props: &FieldsProps) -> Html {
    let lang = use_lang();
    let form = &props.form;
    let typed = |name: &'static str| {
        let form = form.dispatcher();
        Callback::from(move |text: String| form.dispatch(FormAction::Typed(name, text)))
    };
    let levels = LEVELS
        .iter()
        .map(|level| {
            Choice::new(
                level.as_ref().to_owned(),
                t!(format!("contact.levels.{}", level.as_ref())).into_owned(),
            )
        })
        .collect::<Vec<_>>();
    html! {
        <>
            <TextField label={t!("contact.field.name")} value={form.text("name")} on_input={typed("name")} error={form.fault(lang, "name")} is_required=true is_focused=true autocomplete="off" />
            <div class="two">
                <TextField label={t!("contact.field.title")} value={form.text("title")} on_input={typed("title")} error={form.fault(lang, "title")} autocomplete="off" />
                <TextField label={t!("contact.field.department")} value={form.text("department")} on_input={typed("department")} error={form.fault(lang, "department")} autocomplete="off" />
            </div>
            <SelectField label={t!("contact.field.level")} value={form.text("level")} choices={levels} none={t!("contact.no_level")} on_change={typed("level").reform(|value: AttrValue| value.to_string())} error={form.fault(lang, "level")} />
            <TextField label={t!("contact.field.phones")} value={form.text("phones")} on_input={typed("phones")} error={form.fault(lang, "phones")} hint={t!("account.several")} inputmode="tel" autocomplete="off" />
            <div class="two">
                <TextField label={t!("contact.field.mail")} value={form.text("mail")} on_input={typed("mail")} error={form.fault(lang, "mail")} kind="email" autocomplete="off" />
                <TextField label={t!("contact.field.wechat")} value={form.text("wechat")} on_input={typed("wechat")} error={form.fault(lang, "wechat")} autocomplete="off" />
            </div>
        </>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yew::Reducible;

    #[test]
    fn a_change_carries_the_touched_fields_alone() {
        let contact: Contact = serde_json::from_value(serde_json::json!({
            "id": "01930000-0000-7000-8000-000000000003", "account_id": "01930000-0000-7000-8000-000000000001",
            "account_name": "H", "name": "Chen", "title": "Head", "department": null, "level": "managing",
            "phones": ["1"], "mail": null, "wechat": "w", "version": 2, "archived_at": null,
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"
        }))
        .unwrap();
        let form = Rc::new(Form::new(texts(&contact)));
        let form = form.reduce(FormAction::Typed("title", String::new()));
        let form = form.reduce(FormAction::Typed("level", "deciding".into()));
        let patch = serde_json::to_value(change(&form)).unwrap();
        assert_eq!(
            patch,
            serde_json::json!({ "title": null, "level": "deciding" })
        );
    }
}
