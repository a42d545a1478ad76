//! The first page of an organisation without data: drop a file, or begin by hand.

use crate::i18n::t;
use crate::i18n::use_lang;
use crate::identity::use_can;
use crate::page::use_go;
use crate::route::Route;
use crate::ui::{Button, ButtonKind, Glyph, Icon};
use shared::identity::Permission;
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, File, FileList};
use yew::prelude::*;
use yew_router::prelude::*;

thread_local! {
    static IN_HAND: RefCell<Vec<File>> = const { RefCell::new(Vec::new()) };
}

/// Keeps files for the page that opens next.
pub fn keep_files(files: Vec<File>) {
    IN_HAND.with_borrow_mut(|hand| *hand = files);
}

/// The files dropped on the first page, for the import that opens next; each is given out once.
#[must_use]
pub fn take_files() -> Vec<File> {
    IN_HAND.with_borrow_mut(std::mem::take)
}

/// What [`DropZone`] needs.
#[derive(Properties, PartialEq)]
pub struct DropZoneProps {
    /// Gets the files dropped or chosen.
    pub on_files: Callback<Vec<File>>,
    /// What stands inside, above the button.
    #[prop_or_default]
    pub children: Html,
    /// More buttons beside the one that chooses files.
    #[prop_or_default]
    pub beside: Html,
}

/// A place to drop files on, with a button that chooses them for everybody who does not drag.
#[component]
pub fn DropZone(props: &DropZoneProps) -> Html {
    use_lang();
    let is_over = use_state_eq(|| false);
    let input = use_node_ref();
    let over = |is: bool| {
        let is_over = is_over.setter();
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            is_over.set(is);
        })
    };
    let ondrop = {
        let (is_over, on_files) = (is_over.setter(), props.on_files.clone());
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            is_over.set(false);
            let files = event.data_transfer().and_then(|transfer| transfer.files());
            emit(files, &on_files);
        })
    };
    let onchange = {
        let on_files = props.on_files.clone();
        Callback::from(move |event: Event| {
            let input = event
                .target()
                .and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
            let Some(input) = input else { return };
            emit(input.files(), &on_files);
            // The same file may be chosen again after it was mended.
            input.set_value("");
        })
    };
    let on_choose = {
        let input = input.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(input) = input.cast::<web_sys::HtmlElement>() {
                input.click();
            }
        })
    };
    html! {
        <div class={classes!("dz", is_over.then_some("is-over"))} ondragover={over(true)} ondragenter={over(true)} ondragleave={over(false)} {ondrop}>
            <Icon glyph={Glyph::SheetFile} class="i-20" />
            { props.children.clone() }
            <div class="row wrap">
                <Button kind={ButtonKind::Primary} icon={Glyph::Upload} on_click={on_choose}>{ t!("import.choose") }</Button>
                { props.beside.clone() }
            </div>
            <input ref={input} type="file" multiple=true hidden=true accept=".csv,.tsv,.txt,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" {onchange} />
        </div>
    }
}

fn emit(list: Option<FileList>, on_files: &Callback<Vec<File>>) {
    let Some(list) = list else { return };
    let files: Vec<File> = (0..list.length())
        .filter_map(|index| list.item(index))
        .collect();
    if !files.is_empty() {
        on_files.emit(files);
    }
}

/// What [`FirstRun`] needs.
#[derive(Properties, PartialEq)]
pub struct FirstRunProps {
    /// Makes the first thing by hand, where one may.
    #[prop_or_default]
    pub on_create: Option<Callback<()>>,
    /// The words of that way: what it makes and what it takes.
    #[prop_or_default]
    pub create_words: Option<(AttrValue, AttrValue)>,
}

/// The first page of an organisation without data.
#[component]
pub fn FirstRun(props: &FirstRunProps) -> Html {
    use_lang();
    let navigator = use_navigator();
    let can_import = use_can(Permission::ImportFiles);
    let can_invite = use_can(Permission::ManageUsers);
    let on_files = Callback::from(move |files: Vec<File>| {
        keep_files(files);
        if let Some(navigator) = &navigator {
            navigator.push(&Route::Import);
        }
    });
    let (make, makes) = props.create_words.clone().unwrap_or_else(|| {
        (
            t!("account.first.create").into(),
            t!("account.first.create_text").into(),
        )
    });
    html! {
        <div class="first">
            <section class="boxx">
                <h2>{ t!("account.first.title") }</h2>
                <p>{ if can_import { t!("account.first.text") } else { t!("account.first.text_rep") } }</p>
                if can_import {
                    <DropZone {on_files}>
                        <p class="strong">{ t!("import.drop_here") }</p>
                        <p class="t12 muted">{ t!("import.limits") }</p>
                    </DropZone>
                }
                <div class="ways">
                    if let Some(on_create) = props.on_create.clone() {
                        <button type="button" onclick={on_create.reform(|_| ())}><Icon glyph={Glyph::Plus} /><b>{ make }</b><span>{ makes }</span></button>
                    }
                    <Way to={Route::Products} glyph={Glyph::Product} title={t!("account.first.products")} text={t!("account.first.products_text")} />
                    if can_invite {
                        <Way to={Route::Team} glyph={Glyph::Users} title={t!("account.first.team")} text={t!("account.first.team_text")} />
                    }
                </div>
            </section>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct WayProps {
    to: Route,
    glyph: Glyph,
    title: AttrValue,
    text: AttrValue,
}

#[component]
fn Way(props: &WayProps) -> Html {
    let onclick = use_go(&props.to);
    html! {
        <a href={props.to.to_path()} {onclick}><Icon glyph={props.glyph} /><b>{ props.title.clone() }</b><span>{ props.text.clone() }</span></a>
    }
}
