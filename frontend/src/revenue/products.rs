//! The products: a table, and the dialogs that make, change and archive them.

use super::product_form::ProductDialog;
use crate::accounts::live::use_reload_on;
use crate::accounts::pages::{Pages, use_pages};
use crate::accounts::{MoreRows, Order, SortHead, stale_notice};
use crate::api::use_api;
use crate::browser;
use crate::format;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::identity::use_can;
use crate::page::Page;
use crate::ui::{
    Button, ButtonKind, Dialog, Empty, ErrorView, Glyph, Icon, Menu, MenuItem, Skeleton, Toast,
    Waiting, use_toasts,
};
use shared::identity::Permission;
use shared::revenue::Product;
use std::rc::Rc;
use yew::prelude::*;

/// What is open over the list.
#[derive(Debug, Clone, PartialEq)]
enum Over {
    Nothing,
    Form(Option<Rc<Product>>),
    Archive(Rc<Product>),
}

/// All products.
#[component]
pub fn ProductsPage() -> Html {
    let lang = use_lang();
    let api = use_api();
    let can_edit = use_can(Permission::EditProducts);
    let over = use_state_eq(|| Over::Nothing);
    let order = use_state_eq(|| Order::up("name"));
    let list = use_pages((*order).clone(), move |order: Order, cursor| {
        let api = api.clone();
        async move { api.products(order.as_str(), cursor).await }
    });
    use_reload_on("product.", list.refresh());
    let set = {
        let over = over.setter();
        Callback::from(move |next: Over| over.set(next))
    };
    let close = set.reform(|()| Over::Nothing);
    let done = {
        let (close, reload) = (close.clone(), list.reload.clone());
        Callback::from(move |()| {
            close.emit(());
            reload.emit(());
        })
    };
    let actions = html! {
        if can_edit {
            <Button kind={ButtonKind::Primary} icon={Glyph::Plus} class="collapse" on_click={set.reform(|_| Over::Form(None))}>{ t!("product.new") }</Button>
        }
    };
    let on_order = {
        let order = order.setter();
        Callback::from(move |next: Order| order.set(next))
    };
    html! {
        <Page title={t!("product.list_title")} {actions}>
            <div class="sheetlike">
                { stale_notice(lang, &list.pages, &list.reload) }
                { rows(&list.pages, &list.reload, &list.more, can_edit, &set, (*order).clone(), on_order) }
            </div>
            { dialogs(&over, &done, &close) }
        </Page>
    }
}

fn dialogs(over: &Over, done: &Callback<()>, close: &Callback<()>) -> Html {
    match over {
        Over::Nothing => Html::default(),
        Over::Form(product) => html! {
            <ProductDialog product={product.clone()} on_saved={done.reform(|_| ())} on_close={close.clone()} />
        },
        Over::Archive(product) => html! {
            <ArchiveProduct product={product.clone()} on_done={done.clone()} on_close={close.clone()} />
        },
    }
}

fn rows(
    pages: &Pages<Product>,
    reload: &Callback<()>,
    more: &Callback<()>,
    can_edit: bool,
    set: &Callback<Over>,
    order: Order,
    on_order: Callback<Order>,
) -> Html {
    let Some(rows) = &pages.rows else {
        return match &pages.error {
            Some(error) if !pages.is_busy => {
                html! { <ErrorView error={error.clone()} on_retry={Some(reload.clone())} /> }
            }
            _ => {
                html! { <Waiting><section class="panel"><Skeleton lines={7} /></section></Waiting> }
            }
        };
    };
    if rows.is_empty() {
        return html! {
            <section class="panel">
                <Empty icon={Glyph::Product} title={t!("product.none_title")} text={t!("product.none_text")}>
                    if can_edit { <Button kind={ButtonKind::Primary} icon={Glyph::Plus} on_click={set.reform(|_| Over::Form(None))}>{ t!("product.new") }</Button> }
                </Empty>
            </section>
        };
    }
    html! {
        <>
            <section class="panel table-scroll" aria-busy={pages.is_busy.then_some("true")}>
                <table class="table rows" role="table" aria-label={t!("product.list_title")}>
                    <thead role="rowgroup">
                        <tr role="row">
                            <SortHead label={t!("product.field.name")} field="name" order={order} on_order={on_order} />
                            <th scope="col" role="columnheader">{ t!("product.field.line") }</th>
                            <th scope="col" role="columnheader" class="r">{ t!("product.field.list_price") }</th>
                            if can_edit { <th scope="col" role="columnheader"><span class="sr">{ t!("account.actions") }</span></th> }
                        </tr>
                    </thead>
                    <tbody role="rowgroup">
                        for product in rows { <Row key={product.id.to_string()} product={product.clone()} {can_edit} set={set.clone()} /> }
                    </tbody>
                </table>
            </section>
            <MoreRows shown={rows.len()} total={pages.total} has_more={pages.next.is_some()} is_busy={pages.is_busy} on_more={more.clone()} />
        </>
    }
}

#[derive(Properties, PartialEq)]
struct RowProps {
    product: Rc<Product>,
    can_edit: bool,
    set: Callback<Over>,
}

#[component]
fn Row(props: &RowProps) -> Html {
    let lang = use_lang();
    let product = &props.product;
    let open = |over: fn(Rc<Product>) -> Over| {
        let product = product.clone();
        props.set.reform(move |()| over(product.clone()))
    };
    let edit = open(|product| Over::Form(Some(product)));
    let entries = vec![
        MenuItem::new(t!("ui.edit"), edit.clone())
            .icon(Glyph::Edit)
            .into(),
        MenuItem::new(t!("ui.archive"), open(Over::Archive))
            .icon(Glyph::Archive)
            .danger()
            .into(),
    ];
    html! {
        <tr role="row">
            <td role="cell" class="lead">
                if props.can_edit {
                    <button type="button" class="over strong trunc" onclick={edit.reform(|_| ())}>{ product.name.clone() }</button>
                } else {
                    <span class="strong trunc">{ product.name.clone() }</span>
                }
            </td>
            <td role="cell">if let Some(line) = &product.line { <span class="badge">{ line.clone() }</span> }</td>
            <td role="cell" class="r num">{ product.list_price.map(|price| format::money(lang, &price)) }</td>
            if props.can_edit {
                <td role="cell" class="r end-cell">
                    <Menu label={t!("product.menu", name = product.name.clone())} is_named=true class={classes!("btn", "ghost", "icon", "sm")} {entries}><Icon glyph={Glyph::More} /></Menu>
                </td>
            }
        </tr>
    }
}

#[derive(Properties, PartialEq)]
struct ArchiveProductProps {
    product: Rc<Product>,
    on_done: Callback<()>,
    on_close: Callback<()>,
}

/// Asks before a product is put away.
#[component]
fn ArchiveProduct(props: &ArchiveProductProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let is_busy = use_state_eq(|| false);
    let on_yes = {
        let (product, is_busy) = (props.product.clone(), is_busy.setter());
        let (on_done, on_close) = (props.on_done.clone(), props.on_close.clone());
        Callback::from(move |_: MouseEvent| {
            is_busy.set(true);
            let (api, toasts, product) = (api.clone(), toasts.clone(), product.clone());
            let (on_done, on_close) = (on_done.clone(), on_close.clone());
            browser::spawn(async move {
                match api.archive_product(product.id, product.version).await {
                    Ok(()) => {
                        toasts.show(Toast::done(t!(
                            "product.archived",
                            name = product.name.clone()
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
        <Dialog title={t!("product.archive_title", name = props.product.name.clone())} {footer} on_close={props.on_close.clone()}>
            <p>{ t!("product.archive_text") }</p>
        </Dialog>
    }
}
