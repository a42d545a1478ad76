//! What a profile shows, asked for piece by piece: the account first, the rest beside it.

use crate::accounts::names::Names;
use crate::accounts::parts::everybody;
use crate::api::accounts::{AccountQuery, ContactQuery};
use crate::api::{Api, ApiResult, use_api};
use crate::load::{LoadHandle, use_load};
use shared::accounts::{Account, AccountSummary, Contact};
use shared::funnel::{Deal, Funnel};
use shared::id::AccountId;
use shared::identity::User;
use std::rc::Rc;
use yew::prelude::*;

/// The pieces of a profile.
#[derive(Clone)]
pub struct Source {
    /// The account.
    pub account: LoadHandle<Account>,
    /// Its figures.
    pub summary: LoadHandle<AccountSummary>,
    /// Its people.
    pub people: LoadHandle<Vec<Rc<Contact>>>,
    /// Its open deals.
    pub open_deals: LoadHandle<Vec<Rc<Deal>>>,
    /// The accounts that belong to it.
    pub children: LoadHandle<Vec<Account>>,
    /// The colleagues.
    pub users: LoadHandle<Vec<User>>,
    /// The funnels.
    pub funnels: LoadHandle<Vec<Funnel>>,
}

async fn people(api: Api, id: AccountId) -> ApiResult<Vec<Rc<Contact>>> {
    let asked = ContactQuery {
        account_id: Some(id),
        sort: Some("name".to_owned()),
        limit: Some(200),
        ..ContactQuery::default()
    };
    let mut people = api.contacts(&asked, None).await?.items;
    // Who decides stands first; within a level the names stay in order.
    people
        .sort_by_key(|contact| std::cmp::Reverse(contact.level.map_or(0, |level| level as u8 + 1)));
    Ok(people.into_iter().map(Rc::new).collect())
}

async fn open_deals(api: Api, id: AccountId) -> ApiResult<Vec<Rc<Deal>>> {
    let page = api.open_deals(id).await?;
    Ok(page.items.into_iter().map(Rc::new).collect())
}

async fn children(api: Api, id: AccountId) -> ApiResult<Vec<Account>> {
    let asked = AccountQuery {
        parent_id: Some(id),
        sort: Some("name".to_owned()),
        limit: Some(200),
        ..AccountQuery::default()
    };
    Ok(api.accounts(&asked, None).await?.items)
}

/// Asks for the pieces of a profile.
#[hook]
pub fn use_source(id: AccountId) -> Source {
    let api = use_api();
    let with = |api: &Api| api.clone();
    let account = use_load(id, {
        let api = with(&api);
        move |id| {
            let api = api.clone();
            async move { api.account(id).await }
        }
    });
    let summary = use_load(id, {
        let api = with(&api);
        move |id| {
            let api = api.clone();
            async move { api.account_summary(id).await }
        }
    });
    let people = use_load(id, {
        let api = with(&api);
        move |id| people(api.clone(), id)
    });
    let children = use_load(id, {
        let api = with(&api);
        move |id| children(api.clone(), id)
    });
    let users = use_load((), {
        let api = with(&api);
        move |()| everybody(api.clone())
    });
    let funnels = use_load((), {
        let api = with(&api);
        move |()| {
            let api = api.clone();
            async move { Ok(api.funnels().await?.items) }
        }
    });
    let open_deals = use_load(id, {
        let api = with(&api);
        move |id| open_deals(api.clone(), id)
    });
    Source {
        account,
        summary,
        people,
        open_deals,
        children,
        users,
        funnels,
    }
}

impl Source {
    /// Asks again for everything that events about the account may have changed.
    #[must_use]
    pub fn reload(&self) -> Callback<()> {
        let all = [
            self.account.reload.clone(),
            self.summary.reload.clone(),
            self.people.reload.clone(),
            self.open_deals.reload.clone(),
            self.children.reload.clone(),
        ];
        Callback::from(move |()| all.iter().for_each(|reload| reload.emit(())))
    }

    /// Names for the ids the profile mentions.
    #[must_use]
    pub fn names(&self) -> Names {
        let mut names = Names::default();
        names.add_users(self.users.data().map(Vec::as_slice).unwrap_or_default());
        names.add_funnels(self.funnels.data().map(Vec::as_slice).unwrap_or_default());
        for contact in self.people.data().into_iter().flatten() {
            names.add(contact.id.0, contact.name.clone());
        }
        for deal in self.open_deals.data().into_iter().flatten() {
            names.add(deal.id.0, deal.title.clone());
        }
        for child in self.children.data().into_iter().flatten() {
            names.add(child.id.0, child.name.clone());
        }
        if let (Some(account), Some(summary)) = (self.account.data(), self.summary.data()) {
            names.add(account.id.0, account.name.clone());
            if let (Some(id), Some(name)) = (account.parent_id, &summary.parent_name) {
                names.add(id.0, name.clone());
            }
            if let (Some(id), Some(name)) = (account.owner_id, &summary.owner_name) {
                names.add(id.0, name.clone());
            }
        }
        names
    }
}
