//! The dialog that makes a deal for a known account: in the funnel looked at last.

use super::new::NewDealDialog;
use crate::api::use_api;
use crate::browser;
use crate::funnel::board::page::LAST;
use crate::load::use_load;
use shared::id::{AccountId, FunnelId};
use std::rc::Rc;
use yew::prelude::*;

/// What [`NewDealForAccount`] needs.
#[derive(Properties, PartialEq)]
pub struct NewDealForAccountProps {
    /// The account.
    pub account_id: AccountId,
    /// Its name.
    pub account_name: AttrValue,
    /// It was made, or given up.
    pub on_close: Callback<()>,
}

/// Makes a deal for an account.
#[component]
pub fn NewDealForAccount(props: &NewDealForAccountProps) -> Html {
    let api = use_api();
    let funnels = use_load((), move |()| {
        let api = api.clone();
        async move { api.funnels().await }
    });
    let Some(page) = funnels.data() else {
        return Html::default();
    };
    let last: Option<FunnelId> = browser::stored(LAST).and_then(|id| id.parse().ok());
    let funnel = page
        .items
        .iter()
        .find(|funnel| Some(funnel.id) == last)
        .or_else(|| page.items.first());
    let Some(funnel) = funnel else {
        return Html::default();
    };
    let on_close = props.on_close.clone();
    html! {
        <NewDealDialog
            funnel={Rc::new(funnel.clone())}
            account={Some((props.account_id, props.account_name.clone()))}
            on_made={on_close.reform(|_| ())}
            {on_close}
        />
    }
}
