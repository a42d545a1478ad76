//! The lists of accounts and of contacts.

mod address;
mod contacts;
mod filter;
mod table;
mod toolbar;

pub use address::{use_debounced, use_filter};
pub use contacts::ContactsPage;
pub use filter::{AccountFilter, Order};
pub use table::{MoreRows, SortHead};
pub use toolbar::SearchBox;

use super::account_form::AccountDialog;
use super::first_run::FirstRun;
use super::pages::{Pages, use_pages};
use super::parts::use_people;
use crate::api::use_api;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::identity::use_can;
use crate::page::Page;
use crate::route::Route;
use crate::ui::{Button, ButtonKind, Empty, ErrorView, Glyph, Notice, Skeleton, Tone, Waiting};
use shared::accounts::Account;
use shared::identity::{Permission, User};
use std::rc::Rc;
use table::AccountTable;
use toolbar::AccountToolbar;
use yew::prelude::*;
use yew_router::prelude::*;

/// All accounts within one's view.
#[component]
pub fn AccountsPage() -> Html {
    let lang = use_lang();
    let api = use_api();
    let navigator = use_navigator();
    let people = use_people();
    let can_edit = use_can(Permission::EditAccounts);
    let is_making = use_state_eq(|| false);
    let (filter, set_filter) = use_filter::<AccountFilter>(Route::Accounts);
    let list = use_pages(filter.query(), move |question, cursor| {
        let api = api.clone();
        async move { api.accounts(&question, cursor).await }
    });
    super::live::use_reload_on("account.", list.refresh());

    let open = {
        let is_making = is_making.setter();
        Callback::from(move |()| is_making.set(true))
    };
    let on_made = Callback::from(move |account: Account| {
        if let Some(navigator) = &navigator {
            navigator.push(&Route::Account {
                id: account.id.to_string(),
            });
        }
    });
    let is_first_run = filter.is_open() && list.pages.rows.as_ref().is_some_and(Vec::is_empty);
    let actions = html! {
        <>
        if !is_first_run { <Link<Route> to={Route::Portfolio} classes="btn">{ t!("portfolio.title") }</Link<Route>> }
        if can_edit && !is_first_run {
            <Button kind={ButtonKind::Primary} icon={Glyph::Plus} class="collapse" on_click={open.reform(|_| ())}>{ t!("account.new") }</Button>
        }
        </>
    };
    let on_order = {
        let (filter, set) = (filter.clone(), set_filter.clone());
        Callback::from(move |sort: Order| {
            set.emit(AccountFilter {
                sort,
                ..filter.clone()
            })
        })
    };
    html! {
        <Page title={t!("account.list_title")} {actions}>
            if is_first_run {
                <FirstRun on_create={can_edit.then_some(open)} />
            } else {
                <AccountToolbar filter={filter.clone()} on_filter={set_filter.clone()} people={people.clone()} />
                <div class="sheetlike">
                    { stale_notice(lang, &list.pages, &list.reload) }
                    { rows(&list.pages, &list.reload, &list.more, people, &filter, &set_filter, on_order) }
                </div>
            }
            if *is_making {
                <AccountDialog {on_made} on_close={let is_making = is_making.setter(); move |()| is_making.set(false)} />
            }
        </Page>
    }
}

/// Above rows of before, why they could not be refreshed.
pub fn stale_notice<T>(lang: crate::i18n::Lang, pages: &Pages<T>, reload: &Callback<()>) -> Html {
    match (&pages.rows, &pages.error) {
        (Some(_), Some(error)) => html! {
            <Notice tone={Tone::Warning} action={html! { <Button size={crate::ui::ButtonSize::Small} on_click={reload.reform(|_| ())}>{ t!("load.retry") }</Button> }}>
                { error.message(lang) }{ " " }{ t!("load.stale") }
            </Notice>
        },
        _ => Html::default(),
    }
}

/// In place of rows: on their way, or why there are none.
pub(super) fn instead<T>(pages: &Pages<T>, reload: &Callback<()>) -> Html {
    match &pages.error {
        Some(error) if !pages.is_busy => {
            html! { <ErrorView error={error.clone()} on_retry={Some(reload.clone())} /> }
        }
        _ => html! { <Waiting><section class="panel"><Skeleton lines={9} /></section></Waiting> },
    }
}

fn rows(
    pages: &Pages<Account>,
    reload: &Callback<()>,
    more: &Callback<()>,
    people: Rc<Vec<User>>,
    filter: &AccountFilter,
    set_filter: &Callback<AccountFilter>,
    on_order: Callback<Order>,
) -> Html {
    let Some(rows) = &pages.rows else {
        return instead(pages, reload);
    };
    if rows.is_empty() {
        let open = AccountFilter {
            sort: filter.sort.clone(),
            ..AccountFilter::default()
        };
        let clear = set_filter.reform(move |_: MouseEvent| open.clone());
        return html! {
            <section class="panel">
                <Empty icon={Glyph::Search} title={t!("account.no_match_title")} text={t!("account.no_match_text")}>
                    <Button on_click={clear}>{ t!("account.clear_filters") }</Button>
                </Empty>
            </section>
        };
    }
    html! {
        <>
            <section class="panel table-scroll" aria-busy={pages.is_busy.then_some("true")}>
                <AccountTable rows={rows.clone()} {people} order={filter.sort.clone()} {on_order} />
            </section>
            <MoreRows shown={rows.len()} total={pages.total} has_more={pages.next.is_some()} is_busy={pages.is_busy} on_more={more.clone()} />
        </>
    }
}
