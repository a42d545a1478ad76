//! Dialogs and sheets: the browser's own `<dialog>`, so focus stays inside, Escape closes and the focus
//! returns to where it was. They are open as long as they are mounted.

use super::button::IconButton;
use super::icon::Glyph;
use super::id::use_id;
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// What [`Dialog`] and [`Sheet`] need.
#[derive(Properties, PartialEq)]
pub struct DialogProps {
    /// What it is about.
    pub title: AttrValue,
    /// A line above the title, as the way between two stages.
    #[prop_or_default]
    pub above: Html,
    /// A line below the title.
    #[prop_or_default]
    pub below: Html,
    /// What it holds.
    #[prop_or_default]
    pub children: Html,
    /// Its buttons, the primary one last.
    #[prop_or_default]
    pub footer: Html,
    /// More classes.
    #[prop_or_default]
    pub class: Classes,
    /// Whether it is the wide one.
    #[prop_or_default]
    pub is_wide: bool,
    /// Whether a press beside it closes it; false where work could be lost.
    #[prop_or(true)]
    pub is_light: bool,
    /// The id of the element a dialog stands at; without one, it stands in the middle.
    #[prop_or_default]
    pub near: Option<AttrValue>,
    /// Asked to close: by Escape, the cross, or a press beside it. The owner unmounts it.
    pub on_close: Callback<()>,
}

/// A box in the middle, for a question or a short form.
#[component]
pub fn Dialog(props: &DialogProps) -> Html {
    let frame = use_modal(props);
    html! {
        <dialog
            ref={frame.element}
            class={classes!("dialog", props.is_wide.then_some("wide"), props.near.is_some().then_some("near"), props.class.clone())}
            aria-labelledby={frame.title_id.clone()}
            oncancel={frame.on_cancel}
            onclose={frame.on_closed}
            onpointerdown={frame.on_press}
        >
            <Head title_id={frame.title_id} title={props.title.clone()} above={props.above.clone()} below={props.below.clone()} on_close={props.on_close.clone()} />
            <div class="scroll">{ props.children.clone() }</div>
            if props.footer != Html::default() { <footer>{ props.footer.clone() }</footer> }
        </dialog>
    }
}

/// A sheet from the side; from below on a phone.
#[component]
pub fn Sheet(props: &DialogProps) -> Html {
    let frame = use_modal(props);
    html! {
        <dialog
            ref={frame.element}
            class={classes!("sheet", props.is_wide.then_some("wide"), props.class.clone())}
            aria-labelledby={frame.title_id.clone()}
            oncancel={frame.on_cancel}
            onclose={frame.on_closed}
            onpointerdown={frame.on_press}
        >
            <div class="grab" aria-hidden="true" />
            <Head title_id={frame.title_id} title={props.title.clone()} above={props.above.clone()} below={props.below.clone()} on_close={props.on_close.clone()} />
            <div class="scroll">{ props.children.clone() }</div>
            if props.footer != Html::default() { <footer>{ props.footer.clone() }</footer> }
        </dialog>
    }
}

#[derive(Properties, PartialEq)]
struct HeadProps {
    title_id: AttrValue,
    title: AttrValue,
    above: Html,
    below: Html,
    on_close: Callback<()>,
}

#[component]
fn Head(props: &HeadProps) -> Html {
    use_lang();
    html! {
        <header>
            <div class="fill">
                { props.above.clone() }
                <h2 id={props.title_id.clone()} tabindex="-1">{ props.title.clone() }</h2>
                { props.below.clone() }
            </div>
            <IconButton glyph={Glyph::Close} label={t!("ui.close")} on_click={props.on_close.reform(|_| ())} />
        </header>
    }
}

struct Frame {
    element: NodeRef,
    title_id: AttrValue,
    on_cancel: Callback<Event>,
    on_closed: Callback<Event>,
    on_press: Callback<PointerEvent>,
}

#[hook]
fn use_modal(props: &DialogProps) -> Frame {
    let element = use_node_ref();
    let title_id = use_id();
    use_effect_with((), {
        let element = element.clone();
        let (title_id, near) = (title_id.clone(), props.near.clone());
        move |()| {
            let before = browser::focused();
            let dialog = element.cast::<web_sys::HtmlDialogElement>();
            if let Some(dialog) = &dialog {
                let _ = dialog.show_modal();
                if let Some(near) = &near {
                    place(dialog, near);
                }
                focus_inside(dialog, &title_id);
            }
            move || {
                if let Some(dialog) = dialog {
                    dialog.close();
                }
                if let Some(before) = before.filter(|before| before.is_connected()) {
                    let _ = before.focus();
                }
            }
        }
    });
    let on_cancel = {
        let on_close = props.on_close.clone();
        Callback::from(move |event: Event| {
            // A file input inside also fires `cancel`; only the dialog's own closes it.
            let is_own = event
                .target()
                .is_some_and(|target| target.has_type::<web_sys::HtmlDialogElement>());
            if is_own {
                event.prevent_default();
                on_close.emit(());
            }
        })
    };
    let on_press = {
        let (on_close, is_light) = (props.on_close.clone(), props.is_light);
        let element = element.clone();
        Callback::from(move |event: PointerEvent| {
            if is_light && is_outside(&element, &event) {
                on_close.emit(());
            }
        })
    };
    // A browser closes a dialog at the second Escape whatever the page says; the owner has to know.
    let on_closed = props.on_close.reform(|_: Event| ());
    Frame {
        element,
        title_id,
        on_cancel,
        on_closed,
        on_press,
    }
}

/// Puts a dialog over the element it is about, inside the window.
fn place(dialog: &web_sys::HtmlDialogElement, near: &str) {
    let anchor = browser::document().and_then(|document| document.get_element_by_id(near));
    let (Some(anchor), Some(window)) = (anchor, browser::window()) else {
        return;
    };
    let size = |value: Result<wasm_bindgen::JsValue, _>| {
        value.ok().and_then(|value| value.as_f64()).unwrap_or(0.0)
    };
    let (width, height) = (size(window.inner_width()), size(window.inner_height()));
    let (at, own) = (
        anchor.get_bounding_client_rect(),
        dialog.get_bounding_client_rect(),
    );
    let left = at.left().min(width - own.width() - 8.0).max(8.0);
    let top = at.top().min(height - own.height() - 8.0).max(8.0);
    browser::set_style(dialog, "--x", &browser::px(left));
    browser::set_style(dialog, "--y", &browser::px(top));
}

/// What is to be written in first has the focus, where something is marked so. With a mouse the first field
/// has it, so that one can type. Elsewhere the title has it, so that it is read first and no keyboard covers
/// what just opened.
fn focus_inside(dialog: &web_sys::HtmlDialogElement, title_id: &str) {
    let is_touch = browser::matches("(pointer: coarse)");
    let field = dialog
        .query_selector(".scroll :is(input, select, textarea):not(:disabled, [readonly])")
        .ok()
        .flatten()
        .and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok());
    let marked = dialog
        .query_selector("[data-first] :is(input, select, textarea)")
        .ok()
        .flatten()
        .and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok());
    match marked.or_else(|| field.filter(|_| !is_touch)) {
        Some(field) => {
            let _ = field.focus();
        }
        None => browser::focus(title_id),
    }
}

/// Stands in a form that comes into an open dialog a moment later: gives its first field the focus, unless
/// somebody has gone elsewhere meanwhile.
#[component]
pub fn LateFocus() -> Html {
    let here = use_node_ref();
    use_effect_with((), {
        let here = here.clone();
        move |()| {
            let element = here.cast::<web_sys::HtmlElement>();
            let dialog = element.and_then(|element| element.closest("dialog").ok().flatten());
            let dialog =
                dialog.and_then(|dialog| dialog.dyn_into::<web_sys::HtmlDialogElement>().ok());
            if let Some(dialog) = dialog {
                let title = dialog.query_selector("header h2").ok().flatten();
                let focused = browser::focused();
                if let Some(focused) =
                    focused.filter(|focused| title.as_ref() == Some(focused.as_ref()))
                {
                    focus_inside(&dialog, &focused.id());
                }
            }
        }
    });
    html! { <span ref={here} hidden=true /> }
}

/// Whether a press hit the backdrop: it arrives at the dialog itself, outside its box.
fn is_outside(element: &NodeRef, event: &PointerEvent) -> bool {
    let Some(dialog) = element.cast::<web_sys::HtmlDialogElement>() else {
        return false;
    };
    let is_itself = event
        .target()
        .is_some_and(|target| target.has_type::<web_sys::HtmlDialogElement>());
    let bounds = dialog.get_bounding_client_rect();
    let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
    let is_within =
        x >= bounds.left() && x <= bounds.right() && y >= bounds.top() && y <= bounds.bottom();
    is_itself && !is_within
}
