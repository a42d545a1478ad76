//! The settings page of funnels: which there are, one of them open, a new one from a method.

use super::editor::Editor;
use super::methods::MethodDialog;
use crate::api::use_api;
use crate::i18n::t;
use crate::i18n::{counted, use_lang};
use crate::identity::{SettingsFrame, SettingsTab, use_can};
use crate::live::use_live;
use crate::load::use_load;
use crate::ui::{Button, ButtonKind, Empty, Glyph, Icon, draw};
use shared::funnel::Funnel;
use shared::id::FunnelId;
use shared::identity::Permission;
use std::rc::Rc;
use yew::prelude::*;

/// Settings of funnels.
#[component]
pub fn FunnelSettingsPage() -> Html {
    let lang = use_lang();
    let api = use_api();
    let can_edit = use_can(Permission::EditFunnels);
    let open = use_state_eq(|| None::<FunnelId>);
    let is_making = use_state_eq(|| false);
    let funnels = use_load((), move |()| {
        let api = api.clone();
        async move { api.funnels().await }
    });
    use_live({
        let reload = funnels.reload.clone();
        move |event| {
            if event.kind.as_ref().starts_with("funnel.") {
                reload.emit(());
            }
        }
    });
    let making = |to: bool| {
        let is_making = is_making.setter();
        Callback::from(move |()| is_making.set(to))
    };
    let actions = html! {
        if can_edit {
            <Button kind={ButtonKind::Primary} icon={Glyph::Plus} class="collapse" on_click={making(true).reform(|_| ())}>{ t!("funnel.create") }</Button>
        }
    };
    let on_made = {
        let (open, reload, close) = (open.setter(), funnels.reload.clone(), making(false));
        Callback::from(move |funnel: Funnel| {
            open.set(Some(funnel.id));
            close.emit(());
            reload.emit(());
        })
    };
    let names = funnels.data().map(|page| {
        let names = page.items.iter().map(|funnel| funnel.name.clone());
        names.collect::<Vec<_>>()
    });
    let taken = Rc::new(names.unwrap_or_default());
    let body = draw(&funnels, |page| {
        if page.items.is_empty() {
            return html! {
                <Empty icon={Glyph::Funnel} title={t!("funnel.none")} text={t!("funnel.method_text")}>
                    if can_edit { <Button kind={ButtonKind::Primary} on_click={making(true).reform(|_| ())}>{ t!("funnel.from_method") }</Button> }
                </Empty>
            };
        }
        let shown = page
            .items
            .iter()
            .find(|funnel| Some(funnel.id) == *open)
            .or_else(|| page.items.first());
        html! {
            <>
                <div class="funnel-tabs" role="group" aria-label={t!("board.funnels")}>
                    for funnel in &page.items {
                        <button
                            key={funnel.id.to_string()}
                            type="button"
                            class="chip"
                            aria-pressed={if shown.is_some_and(|shown| shown.id == funnel.id) { "true" } else { "false" }}
                            onclick={let (open, id) = (open.setter(), funnel.id); move |_| open.set(Some(id))}
                        >
                            <Icon glyph={Glyph::Funnel} /><b>{ &funnel.name }</b>
                            if let Some(line) = &funnel.product_line { <span>{ line.clone() }</span> }
                            <span class="num">{ counted(lang, "funnel.stage_count", i64::try_from(funnel.stages.len()).unwrap_or(0)) }</span>
                        </button>
                    }
                </div>
                if let Some(funnel) = shown {
                    <Editor key={funnel.id.to_string()} funnel={Rc::new(funnel.clone())} {can_edit} on_change={funnels.reload.clone()} />
                }
            </>
        }
    });
    html! {
        <SettingsFrame tab={SettingsTab::Funnels} {actions}>
            { body }
            if *is_making { <MethodDialog {taken} {on_made} on_close={making(false)} /> }
        </SettingsFrame>
    }
}

/// What went wrong, with the field's own words where one is at fault.
pub(super) fn first_fault(lang: crate::i18n::Lang, error: &crate::api::ApiError) -> String {
    match error.fields().first() {
        Some(fault) => crate::api::field_message(lang, fault),
        None => error.message(lang),
    }
}
