//! The people at an account: who they are, on which level, and how to reach them.

use super::reach::{Call, Level, Reach, Who, ways};
use crate::accounts::contact_form::ContactDialog;
use crate::api::use_api;
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{
    Badge, Button, ButtonKind, ButtonSize, Dialog, Empty, Glyph, Icon, IconButton, Menu, MenuEntry,
    MenuItem, Toast, use_toasts,
};
use shared::accounts::Contact;
use shared::id::AccountId;
use std::rc::Rc;
use yew::prelude::*;

/// What is open over the people.
#[derive(Debug, Clone, PartialEq)]
enum Over {
    Nothing,
    Form(Option<Rc<Contact>>),
    Archive(Rc<Contact>),
}

/// What [`People`] needs.
#[derive(Properties, PartialEq)]
pub struct PeopleProps {
    /// The account.
    pub account_id: AccountId,
    /// Its people.
    pub people: Rc<Vec<Rc<Contact>>>,
    /// How many show; all without.
    #[prop_or_default]
    pub at_most: Option<usize>,
    /// Whether people may be added and changed.
    pub can_edit: bool,
    /// Hears that something changed.
    pub on_change: Callback<()>,
    /// Shows all of them.
    #[prop_or_default]
    pub on_all: Option<Callback<()>>,
}

/// The panel of the people at an account.
#[component]
pub fn People(props: &PeopleProps) -> Html {
    use_lang();
    let over = use_state_eq(|| Over::Nothing);
    let set = {
        let over = over.setter();
        Callback::from(move |next: Over| over.set(next))
    };
    let close = set.reform(|()| Over::Nothing);
    let changed = {
        let (close, on_change) = (close.clone(), props.on_change.clone());
        Callback::from(move |()| {
            close.emit(());
            on_change.emit(());
        })
    };
    let shown = props.at_most.unwrap_or(usize::MAX).min(props.people.len());
    let count = if shown < props.people.len() {
        format!("{shown}/{}", props.people.len())
    } else {
        props.people.len().to_string()
    };
    let edit = set.reform(|contact: Rc<Contact>| Over::Form(Some(contact)));
    let archive = set.reform(Over::Archive);
    html! {
        <section class="panel people" aria-label={t!("contact.panel")}>
            <header>
                <h2>{ t!("contact.panel") }</h2>
                <span class="sub num">{ count }</span>
                if let Some(on_all) = props.on_all.clone().filter(|_| shown < props.people.len()) {
                    <button type="button" class="link t12" onclick={on_all.reform(|_| ())}>{ t!("contact.all") }</button>
                }
                if props.can_edit {
                    <IconButton glyph={Glyph::Plus} label={t!("contact.add")} size={ButtonSize::Small} class="push edge" on_click={set.reform(|_| Over::Form(None))} />
                }
            </header>
            if props.people.is_empty() {
                <Empty title={t!("contact.none_title")} text={t!("contact.none_here")}>
                    if props.can_edit { <Button icon={Glyph::Plus} on_click={set.reform(|_| Over::Form(None))}>{ t!("contact.add") }</Button> }
                </Empty>
            } else {
                <PeopleTable people={Rc::new(props.people.iter().take(shown).cloned().collect::<Vec<_>>())} can_edit={props.can_edit} on_edit={edit} on_archive={archive} />
            }
            { dialogs(&over, props.account_id, &changed, &close) }
        </section>
    }
}

fn dialogs(
    over: &Over,
    account_id: AccountId,
    changed: &Callback<()>,
    close: &Callback<()>,
) -> Html {
    match over {
        Over::Nothing => Html::default(),
        Over::Form(contact) => html! {
            <ContactDialog {account_id} contact={contact.clone()} on_saved={changed.reform(|_| ())} on_close={close.clone()} />
        },
        Over::Archive(contact) => html! {
            <ArchiveContact contact={contact.clone()} on_done={changed.clone()} on_close={close.clone()} />
        },
    }
}

#[derive(Properties, PartialEq)]
struct PeopleTableProps {
    people: Rc<Vec<Rc<Contact>>>,
    can_edit: bool,
    on_edit: Callback<Rc<Contact>>,
    on_archive: Callback<Rc<Contact>>,
}

#[component]
fn PeopleTable(props: &PeopleTableProps) -> Html {
    use_lang();
    html! {
        <table class="table rows" role="table" aria-label={t!("contact.panel")}>
            <thead role="rowgroup">
                <tr role="row">
                    <th scope="col" role="columnheader">{ t!("contact.field.name") }</th>
                    <th scope="col" role="columnheader">{ t!("contact.level_and_department") }</th>
                    <th scope="col" role="columnheader">{ t!("contact.reach") }</th>
                    <th scope="col" role="columnheader"><span class="sr">{ t!("account.actions") }</span></th>
                </tr>
            </thead>
            <tbody role="rowgroup">
                for contact in props.people.iter() {
                    <Person key={contact.id.to_string()} contact={contact.clone()} can_edit={props.can_edit} on_edit={props.on_edit.clone()} on_archive={props.on_archive.clone()} />
                }
            </tbody>
        </table>
    }
}

#[derive(Properties, PartialEq)]
struct PersonProps {
    contact: Rc<Contact>,
    can_edit: bool,
    on_edit: Callback<Rc<Contact>>,
    on_archive: Callback<Rc<Contact>>,
}

#[component]
fn Person(props: &PersonProps) -> Html {
    use_lang();
    let toasts = use_toasts();
    let contact = &props.contact;
    let emit = |callback: &Callback<Rc<Contact>>| {
        let contact = contact.clone();
        callback.reform(move |()| contact.clone())
    };
    let mut entries = ways(contact, &toasts);
    if props.can_edit {
        if !entries.is_empty() {
            entries.push(MenuEntry::Divider);
        }
        entries.push(
            MenuItem::new(t!("ui.edit"), emit(&props.on_edit))
                .icon(Glyph::Edit)
                .into(),
        );
        let archive = MenuItem::new(t!("ui.archive"), emit(&props.on_archive));
        entries.push(archive.icon(Glyph::Archive).danger().into());
    }
    html! {
        <tr role="row">
            <td role="cell" class="lead"><Who contact={contact.clone()} /></td>
            <td role="cell" class="level-cell">
                <span class="row tight">
                    if let Some(level) = contact.level { <Level {level} /> }
                    if let Some(department) = &contact.department { <Badge is_outline=true>{ department.clone() }</Badge> }
                </span>
            </td>
            <td role="cell" class="reach-cell"><Reach contact={contact.clone()} /></td>
            <td role="cell" class="r end-cell">
                <Call contact={contact.clone()} />
                if !entries.is_empty() {
                    <Menu label={t!("contact.menu", name = contact.name.clone())} is_named=true class={classes!("btn", "ghost", "icon", "sm")} {entries}><Icon glyph={Glyph::More} /></Menu>
                }
            </td>
        </tr>
    }
}

#[derive(Properties, PartialEq)]
struct ArchiveContactProps {
    contact: Rc<Contact>,
    on_done: Callback<()>,
    on_close: Callback<()>,
}

/// Asks before a person is put away.
#[component]
fn ArchiveContact(props: &ArchiveContactProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let is_busy = use_state_eq(|| false);
    let on_yes = {
        let (contact, is_busy) = (props.contact.clone(), is_busy.setter());
        let (on_done, on_close) = (props.on_done.clone(), props.on_close.clone());
        Callback::from(move |_: MouseEvent| {
            is_busy.set(true);
            let (api, toasts, contact) = (api.clone(), toasts.clone(), contact.clone());
            let (on_done, on_close) = (on_done.clone(), on_close.clone());
            browser::spawn(async move {
                match api.archive_contact(contact.id, contact.version).await {
                    Ok(()) => {
                        toasts.show(Toast::done(t!(
                            "contact.archived",
                            name = contact.name.clone()
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
        <Dialog title={t!("contact.archive_title", name = props.contact.name.clone())} {footer} on_close={props.on_close.clone()}>
            <p>{ t!("contact.archive_text") }</p>
        </Dialog>
    }
}
