//! The accounts that belong to this one.

use crate::accounts::parts::{TierMark, monogram};
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::route::Route;
use crate::ui::{ButtonSize, Glyph, IconButton};
use shared::accounts::Account;
use std::rc::Rc;
use yew::prelude::*;
use yew_router::prelude::*;

/// What [`Children`] needs.
#[derive(Properties, PartialEq)]
pub struct ChildrenProps {
    /// The accounts that belong to it.
    pub accounts: Rc<Vec<Account>>,
    /// Begins a new one, where one may.
    #[prop_or_default]
    pub on_add: Option<Callback<()>>,
}

/// The panel of the accounts that belong to this one.
#[component]
pub fn Children(props: &ChildrenProps) -> Html {
    use_lang();
    html! {
        <section class="panel" aria-label={t!("account.children")}>
            <header>
                <h2>{ t!("account.children") }</h2>
                <span class="sub num">{ props.accounts.len() }</span>
                if let Some(on_add) = &props.on_add {
                    <IconButton glyph={Glyph::Plus} label={t!("account.add_child")} size={ButtonSize::Small} class="push edge" on_click={on_add.reform(|_| ())} />
                }
            </header>
            if props.accounts.is_empty() {
                <p class="muted body">{ t!("account.no_children") }</p>
            } else {
                <ul class="family">
                    for account in props.accounts.iter() {
                        <li key={account.id.to_string()} class="who">
                            <span class="mono sm" aria-hidden="true">{ monogram(&account.name) }</span>
                            <Link<Route> to={Route::Account { id: account.id.to_string() }} classes="link trunc">{ account.name.clone() }</Link<Route>>
                            if let Some(tier) = account.tier { <TierMark {tier} /> }
                            if let Some(region) = &account.region { <span class="push t12 muted trunc">{ region.clone() }</span> }
                        </li>
                    }
                </ul>
            }
        </section>
    }
}
