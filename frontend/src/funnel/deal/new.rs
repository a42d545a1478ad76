//! The dialog that makes a deal: a title is enough, the rest can follow on its page.

use super::fields::parse_amount;
use crate::accounts::form::{Form, FormAction, Texts};
use crate::accounts::parts::{AccountPicker, PersonPicker, use_people};
use crate::api::use_api;
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::identity::{use_can, use_me};
use crate::ui::{
    Button, ButtonKind, Choice, Dialog, Notice, SelectField, TextField, Toast, Tone, use_toasts,
};
use shared::check::Validate;
use shared::error::{ErrorCode, FieldError};
use shared::funnel::{Deal, Funnel, NewDeal, StageKind};
use shared::id::{AccountId, StageId};
use shared::identity::{Me, Permission};
use shared::money::{Currency, Money};
use std::collections::BTreeMap;
use std::rc::Rc;
use yew::prelude::*;

/// What [`NewDealDialog`] needs.
#[derive(Properties, PartialEq)]
pub struct NewDealDialogProps {
    /// The funnel it will be in.
    pub funnel: Rc<Funnel>,
    /// The stage it begins in; the first without.
    #[prop_or_default]
    pub stage: Option<StageId>,
    /// The account it begins with.
    #[prop_or_default]
    pub account: Option<(AccountId, AttrValue)>,
    /// Gets the deal as made.
    pub on_made: Callback<Deal>,
    /// Gives up.
    pub on_close: Callback<()>,
}

/// The texts a new deal begins with: its stage, and whoever makes it as its owner.
#[must_use]
pub fn first_texts(stage: Option<StageId>, me: Option<&Me>) -> Texts {
    let mut texts = Texts::new();
    if let Some(stage) = stage {
        texts.insert("stage_id", stage.to_string());
    }
    if let Some(me) = me {
        texts.insert("owner_id", me.user.id.to_string());
    }
    texts
}

/// Reads the form; what is no amount or day is refused here, the rest by the shared rule.
///
/// # Errors
/// Everything that is wrong with it.
pub fn new_deal(
    form: &Form,
    funnel: &Funnel,
    currency: Currency,
) -> Result<NewDeal, Vec<FieldError>> {
    let mut faults = Vec::new();
    let amount = form.value("amount").and_then(|text| {
        let amount = parse_amount(&text);
        if amount.is_none() {
            faults.push(FieldError::new("/amount", ErrorCode::BadFormat));
        }
        amount
    });
    let expected_profit = form.value("expected_profit").and_then(|text| {
        let profit = parse_amount(&text);
        if profit.is_none() {
            faults.push(FieldError::new("/expected_profit", ErrorCode::BadFormat));
        }
        profit
    });
    let deal = NewDeal {
        title: form.value("title").unwrap_or_default(),
        account_id: form.value("account_id").and_then(|id| id.parse().ok()),
        funnel_id: funnel.id,
        stage_id: form.value("stage_id").and_then(|id| id.parse().ok()),
        amount: amount.map(|amount| Money::new(amount, currency)),
        expected_profit,
        probability: None,
        expected_close_on: form
            .value("expected_close_on")
            .and_then(|day| day.parse().ok()),
        next_step: form.value("next_step"),
        next_step_on: form.value("next_step_on").and_then(|day| day.parse().ok()),
        owner_id: form.value("owner_id").and_then(|id| id.parse().ok()),
        lines: Vec::new(),
        loss_reason: None,
        loss_note: None,
        override_reason: None,
        external_ids: BTreeMap::new(),
    };
    faults.extend(deal.validated().err().unwrap_or_default());
    if faults.is_empty() {
        Ok(deal)
    } else {
        Err(faults)
    }
}

/// Makes a deal.
#[component]
pub fn NewDealDialog(props: &NewDealDialogProps) -> Html {
    let lang = use_lang();
    let (api, toasts, me) = (use_api(), use_toasts(), use_me());
    let currency = me
        .as_ref()
        .map_or(Currency::CNY, |me| me.organisation.currency);
    let form = use_reducer_eq(|| {
        let first = props.funnel.stages.first().map(|stage| stage.id);
        let mut texts = first_texts(props.stage.or(first), me.as_deref());
        if let Some((id, _)) = &props.account {
            texts.insert("account_id", id.to_string());
        }
        Form::new(texts)
    });
    let onsubmit = {
        let (form, funnel, on_made) = (form.clone(), props.funnel.clone(), props.on_made.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if form.is_busy {
                return;
            }
            let deal = match new_deal(&form, &funnel, currency) {
                Ok(deal) => deal,
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
                match api.create_deal(&deal).await {
                    Ok(made) => {
                        toasts.show(Toast::done(t!("deal.made", title = made.title.clone())));
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
            <Button kind={ButtonKind::Primary} is_submit=true form="deal-form" is_busy={form.is_busy}>{ t!("deal.create") }</Button>
        </>
    };
    html! {
        <Dialog title={t!("board.new_deal")} {footer} is_light=false on_close={props.on_close.clone()}>
            <form id="deal-form" class="form" {onsubmit} novalidate=true>
                if let Some(error) = &form.error { <Notice tone={Tone::Negative} is_alert=true>{ error.message(lang) }</Notice> }
                <Fields form={form.clone()} funnel={props.funnel.clone()} account={props.account.as_ref().map(|(_, name)| name.clone())} {currency} />
            </form>
        </Dialog>
    }
}

#[derive(Properties, PartialEq)]
struct FieldsProps {
    form: UseReducerHandle<Form>,
    funnel: Rc<Funnel>,
    account: Option<AttrValue>,
    currency: Currency,
}

#[component]
fn Fields(props: &FieldsProps) -> Html {
    let lang = use_lang();
    let form = &props.form;
    let people = use_people();
    let can_assign = use_can(Permission::AssignOwner);
    let account = use_state_eq(|| props.account.clone().unwrap_or_default());
    let typed = |name: &'static str| {
        let form = form.dispatcher();
        Callback::from(move |text: String| form.dispatch(FormAction::Typed(name, text)))
    };
    let on_account = {
        let (account, typed) = (account.setter(), typed("account_id"));
        Callback::from(move |picked: Option<(AccountId, AttrValue)>| {
            let (id, name) = picked
                .map(|(id, name)| (id.to_string(), name))
                .unwrap_or_default();
            typed.emit(id);
            account.set(name);
        })
    };
    let stages = props
        .funnel
        .stages
        .iter()
        .filter(|stage| stage.fields.kind != StageKind::Lost && stage.takes_deals());
    let stages: Vec<_> = stages
        .map(|stage| Choice::new(stage.id.to_string(), stage.fields.name.clone()))
        .collect();
    html! {
        <>
            <TextField label={t!("deal.field.title")} value={form.text("title")} on_input={typed("title")} error={form.fault(lang, "title")} is_required=true is_focused=true max_length={200} />
            <AccountPicker label={t!("deal.field.account_id")} text={(*account).clone()} on_pick={on_account} error={form.fault(lang, "account_id")} />
            <div class="two">
                <TextField label={t!("deal.field.amount")} value={form.text("amount")} on_input={typed("amount")} error={form.fault(lang, "amount")} hint={AttrValue::from(t!("deal.amount_hint").into_owned())} unit={AttrValue::from(props.currency.to_string())} inputmode="decimal" />
                <TextField label={t!("deal.field.expected_close_on")} value={form.text("expected_close_on")} on_input={typed("expected_close_on")} error={form.fault(lang, "expected_close_on")} kind="date" />
            </div>
            <TextField label={t!("deal.field.expected_profit")} value={form.text("expected_profit")} on_input={typed("expected_profit")} error={form.fault(lang, "expected_profit")} hint={AttrValue::from(t!("deal.profit_hint").into_owned())} unit={AttrValue::from(props.currency.to_string())} inputmode="decimal" />
            <div class="two">
                <TextField label={t!("deal.field.next_step")} value={form.text("next_step")} on_input={typed("next_step")} error={form.fault(lang, "next_step")} max_length={500} />
                <TextField label={t!("deal.field.next_step_on")} value={form.text("next_step_on")} on_input={typed("next_step_on")} error={form.fault(lang, "next_step_on")} kind="date" />
            </div>
            <div class="two">
                <SelectField label={t!("deal.field.stage_id")} value={form.text("stage_id")} choices={stages} on_change={typed("stage_id").reform(|value: AttrValue| value.to_string())} error={form.fault(lang, "stage_id")} />
                if can_assign {
                    <PersonPicker label={t!("deal.field.owner_id")} value={form.text("owner_id")} none={AttrValue::from(t!("deal.nobody").into_owned())} {people} on_change={typed("owner_id")} error={form.fault(lang, "owner_id")} />
                }
            </div>
        </>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::funnel::board::fixture;

    #[test]
    fn a_title_is_enough() {
        let form = Form::new(Texts::from([
            ("title", " Gauges ".to_owned()),
            ("amount", "186 \u{4e07}".to_owned()),
        ]));
        let deal = new_deal(&form, &fixture::funnel(), Currency::CNY).unwrap();
        assert_eq!(deal.title, "Gauges");
        assert_eq!(
            deal.amount,
            Some(Money::new(1_860_000.into(), Currency::CNY))
        );
    }

    #[test]
    fn what_is_wrong_is_said_all_at_once() {
        let form = Form::new(Texts::from([("amount", "lots".to_owned())]));
        let faults = new_deal(&form, &fixture::funnel(), Currency::CNY).unwrap_err();
        let pointers: Vec<_> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/amount", "/title"]);
    }
}
