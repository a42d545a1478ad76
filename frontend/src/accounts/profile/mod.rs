//! The profile of an account: who decides there, what is on, what is known, and what happened.

mod archive;
mod deals;
pub mod edit;
mod fact_form;
mod facts;
mod family;
mod foreseen;
mod head;
mod people;
mod priority;
pub mod reach;
mod source;
mod standing;
mod tabs;

use super::account_form::AccountDialog;
use super::contact_form::ContactDialog;
use super::names::Names;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::identity::use_can;
use crate::live::use_live;
use crate::page::{Page, use_go};
use crate::route::Route;
use crate::ui::{ErrorView, Glyph, Icon, Skeleton, Waiting};
use archive::{ArchiveAccount, ArchivedNotice};
use facts::{Editor, use_editor};
use head::Head;
use shared::accounts::Account;
use shared::id::AccountId;
use shared::identity::Permission;
use source::{Source, use_source};
use std::rc::Rc;
use tabs::{Shown, TabBar, TabBody, use_tab};
use yew::prelude::*;
use yew_router::prelude::*;

/// What a new deal's dialog is given.
#[derive(Clone, PartialEq)]
pub struct NewDealFor {
    /// The account.
    pub account_id: AccountId,
    /// Its name.
    pub account_name: AttrValue,
    /// Closes the dialog.
    pub on_close: Callback<()>,
}

/// What [`AccountPage`] needs.
#[derive(Properties, PartialEq)]
pub struct AccountPageProps {
    /// The account's id as the address has it.
    pub id: AttrValue,
    /// Draws the dialog of a new deal; deals belong to another room, so the app hands it in.
    #[prop_or_default]
    pub new_deal: Option<Callback<NewDealFor, Html>>,
}

/// The profile of an account.
#[component]
pub fn AccountPage(props: &AccountPageProps) -> Html {
    use_lang();
    match props.id.parse::<AccountId>() {
        Ok(id) => html! { <Profile {id} new_deal={props.new_deal.clone()} /> },
        Err(_) => html! { <crate::page::NotFoundPage /> },
    }
}

#[derive(Properties, PartialEq)]
struct ProfileProps {
    id: AccountId,
    new_deal: Option<Callback<NewDealFor, Html>>,
}

/// Asks for the pieces and shows the profile once the account is there.
#[component]
fn Profile(props: &ProfileProps) -> Html {
    use_lang();
    let source = use_source(props.id);
    let round = use_state_eq(|| 0u32);
    use_own_events(props.id, &source, &round);
    let changed = {
        let (reload, round) = (source.reload(), round.clone());
        Callback::from(move |()| {
            reload.emit(());
            round.set(round.wrapping_add(1));
        })
    };
    let names = Rc::new(source.names());
    match source.account.loaded.data.clone() {
        Some(account) => html! {
            <Open {account} shown={Shown::from_source(&source)} {names} round={*round} on_account={let handle = source.account.clone(); move |account| handle.replace(account)} on_change={changed} new_deal={props.new_deal.clone()} />
        },
        None => {
            html! { <Page title={t!("account.one_title")} lead={lead(None)}>{ instead(&source) }</Page> }
        }
    }
}

/// Follows what others change at this account, once for a burst of changes.
#[hook]
fn use_own_events(id: AccountId, source: &Source, round: &UseStateHandle<u32>) {
    let timer = use_mut_ref(|| None::<gloo::timers::callback::Timeout>);
    use_effect_with((), {
        let timer = timer.clone();
        move |()| move || drop(timer.take())
    });
    let (reload, round) = (source.reload(), round.clone());
    use_live(move |event| {
        let is_ours = event.account_id == Some(id) || event.subject_id == id.0;
        if is_ours {
            let (reload, round) = (reload.clone(), round.clone());
            timer.replace(Some(gloo::timers::callback::Timeout::new(400, move || {
                reload.emit(());
                round.set(round.wrapping_add(1));
            })));
        }
    });
}

fn instead(source: &Source) -> Html {
    match &source.account.loaded.error {
        Some(error) if !source.account.loaded.is_busy => {
            html! { <ErrorView error={error.clone()} on_retry={Some(source.reload())} /> }
        }
        _ => html! {
            <Waiting>
                <div class="acc-h"><Skeleton lines={4} /></div>
                <div class="acc"><section class="panel"><Skeleton lines={9} /></section><section class="panel"><Skeleton lines={9} /></section></div>
            </Waiting>
        },
    }
}

/// The way back to the list, and the name.
fn lead(account: Option<&Account>) -> Html {
    html! {
        <>
            <Back />
            if account.is_none() { <h1 class="sr">{ t!("account.one_title") }</h1> }
            <nav class="crumb own" aria-label={t!("account.trail")}>
                <span class="up"><Link<Route> to={Route::Accounts}>{ t!("account.list_title") }</Link<Route>></span>
                <span class="sep up" aria-hidden="true">{ "/" }</span>
                <b class="trunc" aria-current="page">{ account.map(|account| account.name.clone()) }</b>
            </nav>
        </>
    }
}

/// On a phone: back to the list.
#[component]
fn Back() -> Html {
    use_lang();
    let onclick = use_go(&Route::Accounts);
    html! {
        <a class="btn ghost icon back phone-only" href={Route::Accounts.to_path()} aria-label={t!("ui.back")} {onclick}><Icon glyph={Glyph::Left} class="i-20" /></a>
    }
}

/// What is open over the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    Nothing,
    Deal,
    Contact,
    Child,
    Archive,
}

#[derive(Properties, PartialEq)]
struct OpenProps {
    account: Rc<Account>,
    shown: Shown,
    names: Rc<Names>,
    round: u32,
    on_account: Callback<Account>,
    on_change: Callback<()>,
    new_deal: Option<Callback<NewDealFor, Html>>,
}

/// The profile of an account that is there.
#[component]
fn Open(props: &OpenProps) -> Html {
    use_lang();
    let account = &props.account;
    let is_live = account.archived_at.is_none();
    let can_edit = use_can(Permission::EditAccounts) && is_live;
    let can_deal = use_can(Permission::EditDeals) && is_live && props.new_deal.is_some();
    let over = use_state_eq(|| Over::Nothing);
    let (tab, set_tab) = use_tab(account.id);
    let on_account = {
        let (on_account, on_change) = (props.on_account.clone(), props.on_change.clone());
        Callback::from(move |account: Account| {
            on_account.emit(account);
            on_change.emit(());
        })
    };
    let editor = use_editor(
        account.clone(),
        props.names.clone(),
        props.shown.users.clone(),
        can_edit,
        on_account,
    );
    let begin = |what: Over, may: bool| {
        let over = over.setter();
        may.then(|| Callback::from(move |()| over.set(what)))
    };
    html! {
        <Page title={account.name.clone()} lead={lead(Some(account))}>
            <Head editor={editor.clone()} summary={props.shown.summary.clone()} on_deal={begin(Over::Deal, can_deal)} on_contact={begin(Over::Contact, can_edit)} on_archive={begin(Over::Archive, can_edit)}>
                <TabBar tab={tab} shown={props.shown.clone()} on_tab={set_tab.clone()} />
            </Head>
            if !is_live { <ArchivedNotice account={account.clone()} on_restored={editor_account(&props.on_account, &props.on_change)} /> }
            <TabBody {tab} shown={props.shown.clone()} names={props.names.clone()} round={props.round} on_tab={set_tab} on_change={props.on_change.clone()}
                on_deal={begin(Over::Deal, can_deal)} on_child={begin(Over::Child, can_edit)} editor={editor.clone()} />
            { dialogs(*over, props, &editor, &over.setter()) }
        </Page>
    }
}

fn editor_account(on_account: &Callback<Account>, on_change: &Callback<()>) -> Callback<Account> {
    let (on_account, on_change) = (on_account.clone(), on_change.clone());
    Callback::from(move |account: Account| {
        on_account.emit(account);
        on_change.emit(());
    })
}

fn dialogs(over: Over, props: &OpenProps, editor: &Editor, set: &UseStateSetter<Over>) -> Html {
    let account = &editor.account;
    let close = {
        let set = set.clone();
        Callback::from(move |()| set.set(Over::Nothing))
    };
    let done = {
        let (close, on_change) = (close.clone(), props.on_change.clone());
        Callback::from(move |()| {
            close.emit(());
            on_change.emit(());
        })
    };
    let name = AttrValue::from(account.name.clone());
    match over {
        Over::Nothing => Html::default(),
        Over::Contact => {
            html! { <ContactDialog account_id={account.id} on_saved={done.reform(|_| ())} on_close={close} /> }
        }
        Over::Child => {
            html! { <AccountDialog parent={Some((account.id, name))} on_made={done.reform(|_| ())} on_close={close} /> }
        }
        Over::Archive => {
            html! { <ArchiveAccount account={account.clone()} on_done={done} on_close={close} /> }
        }
        Over::Deal => props
            .new_deal
            .as_ref()
            .map_or_else(Html::default, |new_deal| {
                new_deal.emit(NewDealFor {
                    account_id: account.id,
                    account_name: name,
                    on_close: done,
                })
            }),
    }
}
