//! The dialog that makes an account: a name is enough, the rest can follow on its page.

use super::form::{Form, FormAction, Texts};
use super::parts::{AccountPicker, PersonPicker, prospecting_choices, use_people, words};
use super::portfolio::effect::EffectNotice;
use crate::api::accounts::EffectQuery;
use crate::api::use_api;
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::identity::{use_can, use_me};
use crate::load::use_load;
use crate::ui::{
    Button, ButtonKind, Choice, Dialog, Notice, SelectField, TextField, Toast, Tone, use_toasts,
};
use shared::accounts::{Account, NewAccount};
use shared::check::Validate;
use shared::error::{ErrorCode, FieldError};
use shared::id::AccountId;
use shared::identity::Permission;
use yew::prelude::*;

/// What [`AccountDialog`] needs.
#[derive(Properties, PartialEq)]
pub struct AccountDialogProps {
    /// The parent it begins with.
    #[prop_or_default]
    pub parent: Option<(AccountId, AttrValue)>,
    /// Gets the account as made.
    pub on_made: Callback<Account>,
    /// Gives up.
    pub on_close: Callback<()>,
}

/// Reads the form; a number that is none is refused here, the rest by the shared rule.
fn new_account(form: &Form) -> Result<NewAccount, Vec<FieldError>> {
    let employees = form
        .value("employees")
        .map(|text| text.replace([',', ' '], ""));
    let employees = match employees.map(|text| text.parse::<i32>()) {
        None => None,
        Some(Ok(count)) => Some(count),
        Some(Err(_)) => return Err(vec![FieldError::new("/employees", ErrorCode::BadFormat)]),
    };
    let account = NewAccount {
        name: form.value("name").unwrap_or_default(),
        kind: form
            .value("kind")
            .and_then(|kind| kind.parse().ok())
            .unwrap_or_default(),
        tier: form.value("tier").and_then(|tier| tier.parse().ok()),
        industry: form.value("industry"),
        source: form.value("source"),
        prospecting: form
            .value("prospecting")
            .and_then(|method| method.parse().ok()),
        region: form.value("region"),
        website: form.value("website"),
        phones: super::fields::items(&form.value("phones").unwrap_or_default()),
        employees,
        owner_id: form.value("owner_id").and_then(|id| id.parse().ok()),
        parent_id: form.value("parent_id").and_then(|id| id.parse().ok()),
        ..NewAccount::default()
    };
    account.validated().map(|()| account)
}

/// Makes an account.
#[component]
pub fn AccountDialog(props: &AccountDialogProps) -> Html {
    let lang = use_lang();
    let api = use_api();
    let toasts = use_toasts();
    let me = use_me();
    let form = use_reducer_eq(|| {
        let mut texts = Texts::from([("kind", "company".to_owned())]);
        if let Some((id, _)) = &props.parent {
            texts.insert("parent_id", id.to_string());
        }
        if let Some(me) = &me {
            texts.insert("owner_id", me.user.id.to_string());
        }
        Form::new(texts)
    });
    let on_submit = {
        let (form, on_made) = (form.clone(), props.on_made.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if form.is_busy {
                return;
            }
            let account = match new_account(&form) {
                Ok(account) => account,
                Err(faults) => return form.dispatch(FormAction::Refused(faults)),
            };
            form.dispatch(FormAction::Sent);
            let (api, form, toasts, on_made) = (
                api.clone(),
                form.dispatcher(),
                toasts.clone(),
                on_made.clone(),
            );
            browser::spawn(async move {
                match api.create_account(&account).await {
                    Ok(made) => {
                        toasts.show(Toast::done(t!("account.made", name = made.name.clone())));
                        on_made.emit(made);
                    }
                    Err(error) => form.dispatch(FormAction::Failed(error)),
                }
            });
        })
    };
    let footer = html! {
        <>
            <Button on_click={props.on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
            <Button kind={ButtonKind::Primary} is_submit=true form="account-form" is_busy={form.is_busy}>{ t!("account.create") }</Button>
        </>
    };
    html! {
        <Dialog title={t!("account.new_title")} {footer} is_light=false on_close={props.on_close.clone()}>
            <form id="account-form" class="form" onsubmit={on_submit} novalidate=true>
                if let Some(error) = &form.error { <Notice tone={Tone::Negative} is_alert=true>{ error.message(lang) }</Notice> }
                <Fields form={form.clone()} parent={props.parent.as_ref().map(|(_, name)| name.clone())} />
            </form>
        </Dialog>
    }
}

#[derive(Properties, PartialEq)]
struct FieldsProps {
    form: UseReducerHandle<Form>,
    parent: Option<AttrValue>,
}

#[component]
fn Fields(props: &FieldsProps) -> Html {
    let lang = use_lang();
    let form = &props.form;
    let people = use_people();
    let api = use_api();
    let rules = use_load((), move |()| {
        let api = api.clone();
        async move { api.class_rules().await }
    });
    let asked = rules.data().map(|rules| {
        let employees: Option<i32> = form
            .value("employees")
            .and_then(|text| text.replace([',', ' '], "").parse().ok());
        EffectQuery {
            owner_id: form.value("owner_id").and_then(|id| id.parse().ok()),
            is_large: employees.map(|count| count > rules.sizes.large),
            ..EffectQuery::default()
        }
    });
    let can_assign = use_can(Permission::AssignOwner);
    let parent = use_state_eq(|| props.parent.clone().unwrap_or_default());
    let typed = |name: &'static str| {
        let form = form.dispatcher();
        Callback::from(move |text: String| form.dispatch(FormAction::Typed(name, text)))
    };
    let chosen = |name: &'static str| typed(name).reform(|value: AttrValue| value.to_string());
    let kinds = ["company", "person"]
        .map(|kind| Choice::new(kind, words(lang, &format!("account.kinds.{kind}"))));
    let tiers = ["A", "B", "C"]
        .map(|tier| Choice::new(tier, t!("account.tier_label", tier = tier).into_owned()));
    let on_parent = {
        let (parent, typed) = (parent.setter(), typed("parent_id"));
        Callback::from(move |picked: Option<(AccountId, AttrValue)>| {
            typed.emit(
                picked
                    .as_ref()
                    .map(|(id, _)| id.to_string())
                    .unwrap_or_default(),
            );
            parent.set(picked.map(|(_, name)| name).unwrap_or_default());
        })
    };
    html! {
        <>
            <TextField label={t!("account.field.name")} value={form.text("name")} on_input={typed("name")} error={form.fault(lang, "name")} is_required=true is_focused=true autocomplete="off" />
            <div class="two">
                <SelectField label={t!("account.field.kind")} value={form.text("kind")} choices={kinds.to_vec()} on_change={chosen("kind")} error={form.fault(lang, "kind")} />
                <SelectField label={t!("account.field.tier")} value={form.text("tier")} choices={tiers.to_vec()} none={t!("account.no_tier")} on_change={chosen("tier")} error={form.fault(lang, "tier")} />
            </div>
            <div class="two">
                <TextField label={t!("account.field.industry")} value={form.text("industry")} on_input={typed("industry")} error={form.fault(lang, "industry")} autocomplete="off" />
                <TextField label={t!("account.field.region")} value={form.text("region")} on_input={typed("region")} error={form.fault(lang, "region")} autocomplete="off" />
            </div>
            <div class="two">
                <TextField label={t!("account.field.employees")} value={form.text("employees")} on_input={typed("employees")} error={form.fault(lang, "employees")} inputmode="numeric" autocomplete="off" />
                <TextField label={t!("account.field.phones")} value={form.text("phones")} on_input={typed("phones")} error={form.fault(lang, "phones")} inputmode="tel" autocomplete="off" />
            </div>
            <div class="two">
                <TextField label={t!("account.field.source")} value={form.text("source")} on_input={typed("source")} error={form.fault(lang, "source")} autocomplete="off" />
                <SelectField label={t!("account.field.prospecting")} value={form.text("prospecting")} choices={prospecting_choices(lang)} none={t!("account.nothing")} on_change={chosen("prospecting")} error={form.fault(lang, "prospecting")} />
            </div>
            <AccountPicker label={t!("account.field.parent_id")} text={(*parent).clone()} on_pick={on_parent} error={form.fault(lang, "parent_id")} />
            if can_assign {
                <PersonPicker label={t!("account.field.owner_id")} value={form.text("owner_id")} none={t!("account.no_owner")} {people} on_change={typed("owner_id")} error={form.fault(lang, "owner_id")} />
            }
            if let Some(asked) = asked.filter(|asked| asked.owner_id.is_some()) { <EffectNotice {asked} /> }
        </>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&'static str, &str)]) -> Form {
        Form::new(
            pairs
                .iter()
                .map(|(name, text)| (*name, (*text).to_owned()))
                .collect(),
        )
    }

    #[test]
    fn a_name_is_enough_and_the_server_finds_the_size_by_the_employees() {
        let account = new_account(&form(&[("name", " Hengtuo ")])).unwrap();
        assert_eq!(account.name, "Hengtuo");
        assert_eq!(account.size, None);
        let account = new_account(&form(&[("name", "H"), ("employees", "2,400")])).unwrap();
        assert_eq!((account.employees, account.size), (Some(2400), None));
    }

    #[test]
    fn what_is_missing_or_no_number_is_refused_at_its_field() {
        assert_eq!(new_account(&form(&[])).unwrap_err()[0].pointer, "/name");
        assert_eq!(
            new_account(&form(&[("name", "H"), ("employees", "many")])).unwrap_err()[0].pointer,
            "/employees"
        );
    }
}
