//! How to reach a person: every number is a link that calls, and on a phone one press is enough.

use crate::accounts::parts::words;
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{
    Avatar, AvatarSize, Badge, Glyph, Icon, MenuEntry, MenuItem, Toast, Toasts, use_toasts,
};
use shared::accounts::{Contact, ContactLevel};
use std::rc::Rc;
use yew::prelude::*;

/// What [`Level`] needs.
#[derive(Properties, PartialEq)]
pub struct LevelProps {
    /// The level.
    pub level: ContactLevel,
}

/// The level a person works on.
#[component]
pub fn Level(props: &LevelProps) -> Html {
    let lang = use_lang();
    html! { <Badge>{ words(lang, &format!("contact.levels.{}", props.level.as_ref())) }</Badge> }
}

/// What [`Reach`] needs.
#[derive(Properties, PartialEq)]
pub struct ReachProps {
    /// The person.
    pub contact: Rc<Contact>,
}

/// How to reach a person: every number is a link that calls.
#[component]
pub fn Reach(props: &ReachProps) -> Html {
    use_lang();
    let toasts = use_toasts();
    let contact = &props.contact;
    let on_copy = contact
        .wechat
        .clone()
        .map(|wechat| Callback::from(move |_: MouseEvent| copy_wechat(&wechat, &toasts)));
    html! {
        <span class="reach">
            for phone in &contact.phones {
                <a key={phone.clone()} class="link num" href={tel(phone)} aria-label={t!("contact.call", name = contact.name.clone(), phone = phone.clone())}>
                    <Icon glyph={Glyph::Phone} class="i-14" /><span>{ phone.clone() }</span>
                </a>
            }
            if let Some(mail) = &contact.mail {
                <a class="link" href={format!("mailto:{mail}")} aria-label={t!("contact.write", name = contact.name.clone(), mail = mail.clone())}>
                    <Icon glyph={Glyph::Mail} class="i-14" /><span class="trunc">{ mail.clone() }</span>
                </a>
            }
            if let Some(wechat) = &contact.wechat {
                <button type="button" class="link" onclick={on_copy} title={t!("contact.copy_wechat")} aria-label={t!("contact.wechat_of", name = contact.name.clone(), wechat = wechat.clone())}>
                    <Icon glyph={Glyph::Message} class="i-14" /><span class="trunc">{ wechat.clone() }</span>
                </button>
            }
        </span>
    }
}

/// What [`Who`] needs.
#[derive(Properties, PartialEq)]
pub struct WhoProps {
    /// The person.
    pub contact: Rc<Contact>,
}

/// A person with their title; on a phone their level stands beside it.
#[component]
pub fn Who(props: &WhoProps) -> Html {
    let lang = use_lang();
    let contact = &props.contact;
    let level = contact
        .level
        .map(|level| words(lang, &format!("contact.levels.{}", level.as_ref())));
    let both = [contact.title.clone(), level.map(|level| level.to_string())];
    let both: Vec<String> = both.into_iter().flatten().collect();
    html! {
        <div class="person">
            <Avatar name={contact.name.clone()} size={AvatarSize::S28} />
            <div class="fill">
                <div class="nm trunc">{ contact.name.clone() }</div>
                if let Some(title) = &contact.title { <div class="ti trunc desk-only">{ title.clone() }</div> }
                if !both.is_empty() { <div class="ti trunc phone-only">{ both.join(" \u{b7} ") }</div> }
            </div>
        </div>
    }
}

/// On a phone: one press calls.
#[component]
pub fn Call(props: &WhoProps) -> Html {
    use_lang();
    let contact = &props.contact;
    let Some(phone) = contact.phones.first() else {
        return Html::default();
    };
    html! {
        <a class="btn ghost icon call phone-only" href={tel(phone)} aria-label={t!("contact.call", name = contact.name.clone(), phone = phone.clone())}>
            <Icon glyph={Glyph::Phone} />
        </a>
    }
}

/// On a phone: the other ways to reach a person, for the menu of their row.
pub(super) fn ways(contact: &Contact, toasts: &Toasts) -> Vec<MenuEntry> {
    if !browser::is_phone() {
        return Vec::new();
    }
    let follow = |address: String| {
        Callback::from(move |()| {
            if let Some(window) = browser::window() {
                let _ = window.location().set_href(&address);
            }
        })
    };
    let mut entries: Vec<MenuEntry> = Vec::new();
    for phone in &contact.phones {
        entries.push(
            MenuItem::new(phone.clone(), follow(tel(phone)))
                .icon(Glyph::Phone)
                .into(),
        );
    }
    if let Some(mail) = &contact.mail {
        entries.push(
            MenuItem::new(mail.clone(), follow(format!("mailto:{mail}")))
                .icon(Glyph::Mail)
                .into(),
        );
    }
    if let Some(wechat) = &contact.wechat {
        let (id, toasts) = (wechat.clone(), toasts.clone());
        let copy = Callback::from(move |()| copy_wechat(&id, &toasts));
        entries.push(
            MenuItem::new(wechat.clone(), copy)
                .hint(t!("contact.copy_wechat"))
                .icon(Glyph::Message)
                .into(),
        );
    }
    entries
}

fn copy_wechat(wechat: &str, toasts: &Toasts) {
    let (wechat, toasts) = (wechat.to_owned(), toasts.clone());
    browser::spawn(async move {
        if browser::copy(&wechat).await {
            toasts.show(Toast::done(t!("contact.copied")));
        }
    });
}

/// The address that calls a number: digits and a leading plus alone.
#[must_use]
pub fn tel(phone: &str) -> String {
    let dialled: String = phone
        .chars()
        .filter(|c| c.is_ascii_digit() || matches!(c, '+' | '*' | '#' | ','))
        .collect();
    format!("tel:{dialled}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_dialled_without_its_ornaments() {
        assert_eq!(tel("+86 (519) 8888-6666"), "tel:+8651988886666");
    }
}
