//! Putting an account away and taking it out again.

use crate::api::use_api;
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{Button, ButtonKind, ButtonSize, Dialog, Notice, Toast, Tone, use_toasts};
use shared::accounts::Account;
use std::rc::Rc;
use yew::prelude::*;

/// What [`ArchiveAccount`] needs.
#[derive(Properties, PartialEq)]
pub struct ArchiveAccountProps {
    /// The account.
    pub account: Rc<Account>,
    /// Hears that it is done.
    pub on_done: Callback<()>,
    /// Gives up.
    pub on_close: Callback<()>,
}

/// Asks before an account is put away.
#[component]
pub fn ArchiveAccount(props: &ArchiveAccountProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let is_busy = use_state_eq(|| false);
    let on_yes = {
        let (account, is_busy) = (props.account.clone(), is_busy.setter());
        let (on_done, on_close) = (props.on_done.clone(), props.on_close.clone());
        Callback::from(move |_: MouseEvent| {
            is_busy.set(true);
            let (api, toasts, account) = (api.clone(), toasts.clone(), account.clone());
            let (on_done, on_close) = (on_done.clone(), on_close.clone());
            browser::spawn(async move {
                match api.archive_account(account.id, account.version).await {
                    Ok(()) => {
                        toasts.show(Toast::done(t!(
                            "account.archived_done",
                            name = account.name.clone()
                        )));
                        on_done.emit(());
                    }
                    Err(error) => {
                        toasts.show(Toast::failed(error.message(lang)));
                        on_close.emit(());
                    }
                }
            });
        })
    };
    let footer = html! {
        <>
            <Button on_click={props.on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
            <Button kind={ButtonKind::Danger} is_busy={*is_busy} on_click={on_yes}>{ t!("ui.archive") }</Button>
        </>
    };
    html! {
        <Dialog title={t!("account.archive_title", name = props.account.name.clone())} {footer} on_close={props.on_close.clone()}>
            <p>{ t!("account.archive_text") }</p>
        </Dialog>
    }
}

/// What [`ArchivedNotice`] needs.
#[derive(Properties, PartialEq)]
pub struct ArchivedNoticeProps {
    /// The account.
    pub account: Rc<Account>,
    /// Gets the account as it is after.
    pub on_restored: Callback<Account>,
}

/// Says that the account is put away, with the way to take it out.
#[component]
pub fn ArchivedNotice(props: &ArchivedNoticeProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let can_edit = crate::identity::use_can(shared::identity::Permission::EditAccounts);
    let on_restore = {
        let (account, on_restored) = (props.account.clone(), props.on_restored.clone());
        Callback::from(move |_: MouseEvent| {
            let (api, toasts, account, on_restored) = (
                api.clone(),
                toasts.clone(),
                account.clone(),
                on_restored.clone(),
            );
            browser::spawn(async move {
                match api.restore_account(account.id, account.version).await {
                    Ok(account) => {
                        toasts.show(Toast::done(t!(
                            "account.restored",
                            name = account.name.clone()
                        )));
                        on_restored.emit(account);
                    }
                    Err(error) => toasts.show(Toast::failed(error.message(lang))),
                }
            });
        })
    };
    let action = html! { if can_edit { <Button size={ButtonSize::Small} on_click={on_restore}>{ t!("account.restore") }</Button> } };
    html! { <div class="acc-note"><Notice tone={Tone::Warning} {action}>{ t!("account.archived_text") }</Notice></div> }
}
