//! The settings page of scripts: the library by kind, the dialog that writes one, the playbooks beside it.

use super::form::ScriptDialog;
use super::playbooks::Playbooks;
use super::{aim_names, kind_name};
use crate::accounts::live::use_reload_on;
use crate::accounts::pages::{Pages, use_pages};
use crate::accounts::{MoreRows, stale_notice};
use crate::api::use_api;
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::identity::{SettingsFrame, SettingsTab, use_can};
use crate::load::use_load;
use crate::ui::{
    Button, ButtonKind, CheckBox, Choice, Empty, ErrorView, Glyph, Icon, Menu, MenuItem,
    SelectField, Skeleton, Toast, Waiting, use_toasts,
};
use shared::funnel::{Funnel, Script, ScriptKind};
use shared::identity::Permission;
use std::rc::Rc;
use strum::IntoEnumIterator;
use yew::prelude::*;

/// What is open over the list.
#[derive(Debug, Clone, PartialEq)]
enum Over {
    Nothing,
    Form(Option<Rc<Script>>),
}

/// The library of scripts.
#[component]
pub fn ScriptsPage() -> Html {
    let lang = use_lang();
    let api = use_api();
    let can_edit = use_can(Permission::EditFunnels);
    let over = use_state_eq(|| Over::Nothing);
    let kind = use_state_eq(|| None::<ScriptKind>);
    let is_archived = use_state_eq(|| false);
    let round = use_state_eq(|| 0u32);
    let funnels = use_load((), {
        let api = api.clone();
        move |()| {
            let api = api.clone();
            async move { api.funnels().await }
        }
    });
    let list = use_pages((*kind, *is_archived), move |(kind, is_archived), cursor| {
        let api = api.clone();
        async move { api.scripts(kind, is_archived, cursor).await }
    });
    use_reload_on("script.", list.refresh());
    let set = {
        let over = over.setter();
        Callback::from(move |next: Over| over.set(next))
    };
    let changed = {
        let (set, reload, round) = (set.clone(), list.reload.clone(), round.clone());
        Callback::from(move |()| {
            set.emit(Over::Nothing);
            reload.emit(());
            round.set(round.wrapping_add(1));
        })
    };
    let funnels = Rc::new(
        funnels
            .data()
            .map(|page| page.items.clone())
            .unwrap_or_default(),
    );
    let kinds: Vec<Choice> = ScriptKind::iter()
        .map(|kind| Choice::new(kind.as_ref().to_owned(), kind_name(lang, kind)))
        .collect();
    let on_kind = {
        let kind = kind.setter();
        Callback::from(move |value: AttrValue| kind.set(value.parse().ok()))
    };
    let on_archived = {
        let is_archived = is_archived.setter();
        Callback::from(move |is: bool| is_archived.set(is))
    };
    let actions = html! {
        if can_edit {
            <Button kind={ButtonKind::Primary} icon={Glyph::Plus} class="collapse" on_click={set.reform(|_| Over::Form(None))}>{ t!("scripts.new") }</Button>
        }
    };
    html! {
        <SettingsFrame tab={SettingsTab::Scripts} {actions}>
            <div class="row wrap script-filter">
                <SelectField label={t!("scripts.kind")} is_label_hidden=true value={kind.map(|kind| kind.as_ref().to_owned()).unwrap_or_default()} choices={kinds} none={AttrValue::from(t!("scripts.all_kinds").into_owned())} on_change={on_kind} />
                <CheckBox label={t!("scripts.archived_too")} is_checked={*is_archived} on_change={on_archived} />
            </div>
            { stale_notice(lang, &list.pages, &list.reload) }
            { rows(&list.pages, &list.reload, &list.more, can_edit, &set, &funnels, &changed) }
            if can_edit && list.pages.rows.is_some() { <Playbooks round={*round} on_taken={changed.clone()} /> }
            if let Over::Form(known) = &*over {
                <ScriptDialog known={known.clone()} {funnels} on_saved={changed.reform(|_| ())} on_close={set.reform(|()| Over::Nothing)} />
            }
        </SettingsFrame>
    }
}

fn rows(
    pages: &Pages<Script>,
    reload: &Callback<()>,
    more: &Callback<()>,
    can_edit: bool,
    set: &Callback<Over>,
    funnels: &Rc<Vec<Funnel>>,
    changed: &Callback<()>,
) -> Html {
    let Some(rows) = &pages.rows else {
        return match &pages.error {
            Some(error) if !pages.is_busy => {
                html! { <ErrorView error={error.clone()} on_retry={Some(reload.clone())} /> }
            }
            _ => {
                html! { <Waiting><section class="panel"><Skeleton lines={5} /></section></Waiting> }
            }
        };
    };
    if rows.is_empty() {
        return html! {
            <section class="panel">
                <Empty icon={Glyph::Message} title={t!("scripts.none_title")} text={t!("scripts.none_text")} />
            </section>
        };
    }
    html! {
        <>
            <section class="panel table-scroll" aria-busy={pages.is_busy.then_some("true")}>
                <table class="table rows" role="table" aria-label={t!("identity.settings.scripts")}>
                    <thead role="rowgroup">
                        <tr role="row">
                            <th scope="col" role="columnheader">{ t!("scripts.title") }</th>
                            <th scope="col" role="columnheader">{ t!("scripts.kind") }</th>
                            <th scope="col" role="columnheader">{ t!("scripts.aim") }</th>
                            if can_edit { <th scope="col" role="columnheader"><span class="sr">{ t!("account.actions") }</span></th> }
                        </tr>
                    </thead>
                    <tbody role="rowgroup">
                        for script in rows { <Row key={script.id.to_string()} script={script.clone()} {can_edit} funnels={funnels.clone()} set={set.clone()} changed={changed.clone()} /> }
                    </tbody>
                </table>
            </section>
            <MoreRows shown={rows.len()} total={pages.total} has_more={pages.next.is_some()} is_busy={pages.is_busy} on_more={more.clone()} />
        </>
    }
}

#[derive(Properties, PartialEq)]
struct RowProps {
    script: Rc<Script>,
    can_edit: bool,
    funnels: Rc<Vec<Funnel>>,
    set: Callback<Over>,
    changed: Callback<()>,
}

#[component]
fn Row(props: &RowProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let script = &props.script;
    let is_archived = script.archived_at.is_some();
    let edit = {
        let script = script.clone();
        props.set.reform(move |()| Over::Form(Some(script.clone())))
    };
    let put = {
        let (script, changed) = (script.clone(), props.changed.clone());
        Callback::from(move |()| {
            let (api, toasts) = (api.clone(), toasts.clone());
            let (script, changed) = (script.clone(), changed.clone());
            browser::spawn(async move {
                let (done, said) = if script.archived_at.is_some() {
                    let done = api.restore_script(script.id, script.version).await;
                    (done, "scripts.restored")
                } else {
                    let done = api.archive_script(script.id, script.version).await;
                    (done, "scripts.archived")
                };
                match done {
                    Ok(script) => {
                        let said = t!(said, locale = lang.tag(), name = script.title);
                        toasts.show(Toast::done(said));
                    }
                    Err(error) => toasts.show(Toast::failed(error.message(lang))),
                }
                changed.emit(());
            });
        })
    };
    let mut entries = Vec::new();
    if is_archived {
        let item = MenuItem::new(t!("scripts.restore"), put).icon(Glyph::Undo);
        entries.push(item.into());
    } else {
        entries.push(
            MenuItem::new(t!("ui.edit"), edit.clone())
                .icon(Glyph::Edit)
                .into(),
        );
        let item = MenuItem::new(t!("ui.archive"), put).icon(Glyph::Archive);
        entries.push(item.danger().into());
    }
    let mut aim = aim_names(lang, &props.funnels, &script.aim);
    if aim.is_empty() {
        aim.push(
            t!("scripts.for_all", locale = lang.tag())
                .into_owned()
                .into(),
        );
    }
    html! {
        <tr role="row">
            <td role="cell" class="lead">
                if props.can_edit && !is_archived {
                    <button type="button" class="over strong trunc" onclick={edit.reform(|_| ())}>{ script.title.clone() }</button>
                } else {
                    <span class="strong trunc">{ script.title.clone() }</span>
                }
            </td>
            <td role="cell"><span class="badge accent">{ kind_name(lang, script.kind) }</span></td>
            <td role="cell" class="aim-cell"><span class="row wrap">for part in aim { <span class="badge">{ part }</span> }</span></td>
            if props.can_edit {
                <td role="cell" class="r end-cell">
                    <Menu label={t!("scripts.menu", name = script.title.clone())} is_named=true class={classes!("btn", "ghost", "icon", "sm")} {entries}><Icon glyph={Glyph::More} /></Menu>
                </td>
            }
        </tr>
    }
}
