//! All contacts within one's view, with a line to call each of them.

use super::address::{use_debounced, use_filter};
use super::filter::{ContactFilter, narrowed};
use super::table::MoreRows;
use super::toolbar::SearchBox;
use super::{instead, stale_notice};
use crate::accounts::pages::{Pages, use_pages};
use crate::accounts::parts::words;
use crate::accounts::profile::reach::{Call, Level, Reach, Who};
use crate::api::accounts::ContactQuery;
use crate::api::use_api;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::page::Page;
use crate::route::Route;
use crate::ui::{Choice, Empty, Glyph, SelectField};
use shared::accounts::Contact;
use std::rc::Rc;
use yew::prelude::*;
use yew_router::prelude::*;

/// All contacts within one's view.
#[component]
pub fn ContactsPage() -> Html {
    let lang = use_lang();
    let api = use_api();
    let (filter, set_filter) = use_filter::<ContactFilter>(Route::Contacts);
    let question = ContactQuery {
        text: filter.q.clone(),
        level: filter.level.clone(),
        sort: Some("name".to_owned()),
        ..ContactQuery::default()
    };
    let list = use_pages(question, move |question, cursor| {
        let api = api.clone();
        async move { api.contacts(&question, cursor).await }
    });
    crate::accounts::live::use_reload_on("contact.", list.refresh());
    let on_text = {
        let (filter, set) = (filter.clone(), set_filter.clone());
        Callback::from(move |text: String| {
            set.emit(ContactFilter {
                q: narrowed(&text),
                ..filter.clone()
            })
        })
    };
    let (text, on_input) = use_debounced(filter.q.as_deref().unwrap_or_default(), on_text);
    let on_level = {
        let (filter, set) = (filter.clone(), set_filter);
        Callback::from(move |level: AttrValue| {
            set.emit(ContactFilter {
                level: narrowed(&level),
                ..filter.clone()
            })
        })
    };
    let levels = crate::accounts::contact_form::LEVELS.map(|level| {
        Choice::new(
            level.as_ref().to_owned(),
            words(lang, &format!("contact.levels.{}", level.as_ref())),
        )
    });
    html! {
        <Page title={t!("contact.list_title")}>
            <div class="toolbar filters" role="search">
                <SearchBox label={t!("contact.search")} {text} {on_input} />
                <SelectField is_label_hidden=true label={t!("contact.field.level")} none={t!("contact.any_level")} choices={levels.to_vec()} value={filter.level.clone().unwrap_or_default()} on_change={on_level} />
            </div>
            <div class="sheetlike">
                { stale_notice(lang, &list.pages, &list.reload) }
                { rows(&list.pages, &list.reload, &list.more, filter == ContactFilter::default()) }
            </div>
        </Page>
    }
}

fn rows(pages: &Pages<Contact>, reload: &Callback<()>, more: &Callback<()>, is_open: bool) -> Html {
    let Some(rows) = &pages.rows else {
        return instead(pages, reload);
    };
    if rows.is_empty() {
        let (title, text) = if is_open {
            (t!("contact.none_title"), t!("contact.none_text"))
        } else {
            (t!("contact.no_match_title"), t!("account.no_match_text"))
        };
        return html! { <section class="panel"><Empty icon={Glyph::Users} {title} {text} /></section> };
    }
    html! {
        <>
            <section class="panel table-scroll" aria-busy={pages.is_busy.then_some("true")}>
                <table class="table rows" role="table" aria-label={t!("contact.list_title")}>
                    <thead role="rowgroup">
                        <tr role="row">
                            <th scope="col" role="columnheader">{ t!("contact.field.name") }</th>
                            <th scope="col" role="columnheader">{ t!("contact.account") }</th>
                            <th scope="col" role="columnheader">{ t!("contact.field.level") }</th>
                            <th scope="col" role="columnheader">{ t!("contact.field.department") }</th>
                            <th scope="col" role="columnheader">{ t!("contact.reach") }</th>
                        </tr>
                    </thead>
                    <tbody role="rowgroup">
                        for contact in rows { <ContactRow key={contact.id.to_string()} contact={contact.clone()} /> }
                    </tbody>
                </table>
            </section>
            <MoreRows shown={rows.len()} total={pages.total} has_more={pages.next.is_some()} is_busy={pages.is_busy} on_more={more.clone()} />
        </>
    }
}

#[derive(Properties, PartialEq)]
struct ContactRowProps {
    contact: Rc<Contact>,
}

#[component]
fn ContactRow(props: &ContactRowProps) -> Html {
    let contact = &props.contact;
    html! {
        <tr role="row">
            <td role="cell" class="lead"><Who contact={contact.clone()} /></td>
            <td role="cell">
                <Link<Route> to={Route::Account { id: contact.account_id.to_string() }} classes="link trunc">{ contact.account_name.clone() }</Link<Route>>
            </td>
            <td role="cell" class="level-cell">if let Some(level) = contact.level { <Level {level} /> }</td>
            <td role="cell" class="trunc level-cell">{ contact.department.clone() }</td>
            <td role="cell" class="reach-cell"><Reach contact={contact.clone()} /></td>
            <td role="cell" class="end-cell phone-cell"><Call contact={contact.clone()} /></td>
        </tr>
    }
}
