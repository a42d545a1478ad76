//! The settings page of funnels: which there are, one of them open, a new one from a method.

use super::draft::Draft;
use super::editor::Editor;
use crate::api::use_api;
use crate::browser;
use crate::i18n::t;
use crate::i18n::{counted, use_lang};
use crate::identity::session::locale_of;
use crate::identity::{SettingsFrame, SettingsTab, use_can};
use crate::live::use_live;
use crate::load::use_load;
use crate::ui::{Button, ButtonKind, Dialog, Empty, Glyph, Icon, Toast, draw, use_toasts};
use shared::funnel::Funnel;
use shared::funnel::methods::Method;
use shared::id::FunnelId;
use shared::identity::Permission;
use std::rc::Rc;
use strum::IntoEnumIterator;
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
            if *is_making { <MethodDialog {on_made} on_close={making(false)} /> }
        </SettingsFrame>
    }
}

#[derive(Properties, PartialEq)]
struct MethodDialogProps {
    on_made: Callback<Funnel>,
    on_close: Callback<()>,
}

/// Chooses the method a new funnel begins with.
#[component]
fn MethodDialog(props: &MethodDialogProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let is_busy = use_state_eq(|| false);
    let make = |method: Method| {
        let (api, toasts, is_busy, on_made) = (
            api.clone(),
            toasts.clone(),
            is_busy.clone(),
            props.on_made.clone(),
        );
        Callback::from(move |_: MouseEvent| {
            if *is_busy {
                return;
            }
            is_busy.set(true);
            let (api, toasts, is_busy, on_made) = (
                api.clone(),
                toasts.clone(),
                is_busy.setter(),
                on_made.clone(),
            );
            browser::spawn(async move {
                let locale = locale_of(lang);
                match Draft::new(method.name(locale), method.stages(locale)).new_funnel() {
                    Ok(funnel) => match api.create_funnel(&funnel).await {
                        Ok(made) => on_made.emit(made),
                        Err(error) => toasts.show(Toast::failed(first_fault(lang, &error))),
                    },
                    Err(_) => {
                        toasts.show(Toast::failed(t!("funnel.needs_kinds", locale = lang.tag())))
                    }
                }
                is_busy.set(false);
            });
        })
    };
    html! {
        <Dialog title={t!("funnel.from_method")} below={html! { <p class="muted">{ t!("funnel.method_text") }</p> }} on_close={props.on_close.clone()}>
            <div class="mv-list">
                for method in Method::iter() {
                    <button key={method.as_ref().to_owned()} type="button" onclick={make(method)}>
                        <Icon glyph={Glyph::Funnel} />
                        <span class="fill">
                            <span class="nm">{ method_name(method) }</span>
                            <span class="ds">{ stage_names(method, lang) }</span>
                        </span>
                    </button>
                }
            </div>
        </Dialog>
    }
}

fn method_name(method: Method) -> AttrValue {
    let key = format!("funnel.methods.{}", method.as_ref());
    t!(&key).into_owned().into()
}

fn stage_names(method: Method, lang: crate::i18n::Lang) -> String {
    let stages = method.stages(locale_of(lang));
    stages
        .into_iter()
        .map(|stage| stage.fields.name)
        .collect::<Vec<_>>()
        .join(" \u{2192} ")
}

/// What went wrong, with the field's own words where one is at fault.
pub(super) fn first_fault(lang: crate::i18n::Lang, error: &crate::api::ApiError) -> String {
    match error.fields().first() {
        Some(fault) => crate::api::field_message(lang, fault),
        None => error.message(lang),
    }
}
