//! The dialog that makes or changes a product.

use crate::accounts::form::{Form, FormAction, Texts};
use crate::accounts::parts::Clash;
use crate::api::use_api;
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::identity::use_me;
use crate::ui::{
    Button, ButtonKind, Choice, Dialog, Notice, SelectField, TextField, Toast, Tone, use_toasts,
};
use rust_decimal::Decimal;
use shared::check::Validate;
use shared::error::{ErrorCode, FieldError};
use shared::money::{Currency, Money};
use shared::revenue::{NewProduct, Product, ProductPatch};
use std::rc::Rc;
use yew::prelude::*;

/// Currencies to choose from, after the organisation's own.
const CURRENCIES: [&str; 8] = ["CNY", "USD", "EUR", "HKD", "JPY", "GBP", "SGD", "TWD"];

/// What [`ProductDialog`] needs.
#[derive(Properties, PartialEq)]
pub struct ProductDialogProps {
    /// The product to change; a new one without.
    #[prop_or_default]
    pub product: Option<Rc<Product>>,
    /// Gets the product as saved.
    pub on_saved: Callback<Product>,
    /// Gives up.
    pub on_close: Callback<()>,
}

fn texts(product: &Product) -> Texts {
    let price = product.list_price;
    let mut texts = Texts::from([
        ("name", product.name.clone()),
        ("line", product.line.clone().unwrap_or_default()),
        (
            "list_price",
            price
                .map(|price| price.amount.normalize().to_string())
                .unwrap_or_default(),
        ),
    ]);
    if let Some(price) = price {
        texts.insert("currency", price.currency.to_string());
    }
    texts
}

fn price(form: &Form) -> Result<Option<Money>, Vec<FieldError>> {
    let Some(text) = form.value("list_price") else {
        return Ok(None);
    };
    let bad = || vec![FieldError::new("/list_price", ErrorCode::BadFormat)];
    let amount: Decimal = text.replace([',', ' '], "").parse().map_err(|_| bad())?;
    let currency = form
        .value("currency")
        .and_then(|code| Currency::parse(&code))
        .ok_or_else(bad)?;
    Ok(Some(Money::new(amount, currency)))
}

fn new_product(form: &Form) -> Result<NewProduct, Vec<FieldError>> {
    let product = NewProduct {
        name: form.value("name").unwrap_or_default(),
        line: form.value("line"),
        list_price: price(form)?,
    };
    product.validated().map(|()| product)
}

fn change(form: &Form) -> Result<ProductPatch, Vec<FieldError>> {
    let has_price = form.is_changed("list_price") || form.is_changed("currency");
    let patch = ProductPatch {
        name: form.patch("name").map(Option::unwrap_or_default),
        line: form.patch("line"),
        list_price: if has_price { Some(price(form)?) } else { None },
    };
    patch.validated().map(|()| patch)
}

enum Write {
    New(NewProduct),
    Change(Rc<Product>, ProductPatch),
}

fn read(form: &Form, product: Option<&Rc<Product>>) -> Result<Write, Vec<FieldError>> {
    match product {
        None => new_product(form).map(Write::New),
        Some(product) => change(form).map(|patch| Write::Change(product.clone(), patch)),
    }
}

/// Makes or changes a product.
#[component]
pub fn ProductDialog(props: &ProductDialogProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let own = use_me().map_or(Currency::CNY, |me| me.organisation.currency);
    let form = use_reducer_eq(|| {
        let mut texts = props.product.as_deref().map(texts).unwrap_or_default();
        texts.entry("currency").or_insert_with(|| own.to_string());
        Form::new(texts)
    });
    let version = use_mut_ref(|| props.product.as_ref().map_or(0, |product| product.version));
    let on_submit = {
        let (form, product) = (form.clone(), props.product.clone());
        let (on_saved, on_close) = (props.on_saved.clone(), props.on_close.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if form.is_busy {
                return;
            }
            let write = match read(&form, product.as_ref()) {
                Ok(write) => write,
                Err(faults) => return form.dispatch(FormAction::Refused(faults)),
            };
            if product.is_some() && !form.is_touched() {
                return on_close.emit(());
            }
            form.dispatch(FormAction::Sent);
            let (api, form, toasts) = (api.clone(), form.dispatcher(), toasts.clone());
            let (on_saved, version) = (on_saved.clone(), version.clone());
            browser::spawn(async move {
                let seen = *version.borrow();
                let answer = match &write {
                    Write::New(product) => api.create_product(product).await,
                    Write::Change(product, patch) => {
                        api.patch_product(product.id, seen, patch).await
                    }
                };
                match answer {
                    Ok(saved) => {
                        toasts.show(Toast::done(t!("product.saved", name = saved.name.clone())));
                        on_saved.emit(saved);
                    }
                    Err(error) => match error.current::<Product>() {
                        Some(now) => {
                            version.replace(now.version);
                            form.dispatch(FormAction::Overtaken(self::texts(&now)));
                        }
                        None => form.dispatch(FormAction::Failed(error)),
                    },
                }
            });
        })
    };
    let title = if props.product.is_some() {
        t!("product.edit_title")
    } else {
        t!("product.new_title")
    };
    let footer = html! {
        <>
            <Button on_click={props.on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
            <Button kind={ButtonKind::Primary} is_submit=true form="product-form" is_busy={form.is_busy}>{ t!("ui.save") }</Button>
        </>
    };
    html! {
        <Dialog {title} {footer} is_light=false on_close={props.on_close.clone()}>
            <form id="product-form" class="form" onsubmit={on_submit} novalidate=true>
                <Clash section="product.field" conflicts={form.conflicts.clone()} />
                if let Some(error) = &form.error { <Notice tone={Tone::Negative} is_alert=true>{ error.message(lang) }</Notice> }
                <Fields form={form.clone()} {own} />
            </form>
        </Dialog>
    }
}

#[derive(Properties, PartialEq)]
struct FieldsProps {
    form: UseReducerHandle<Form>,
    own: Currency,
}

#[component]
fn Fields(props: &FieldsProps) -> Html {
    let lang = use_lang();
    let form = &props.form;
    let typed = |name: &'static str| {
        let form = form.dispatcher();
        Callback::from(move |text: String| form.dispatch(FormAction::Typed(name, text)))
    };
    let mut codes = vec![props.own.to_string(), form.text("currency").to_string()];
    codes.extend(CURRENCIES.map(str::to_owned));
    codes.dedup();
    let mut seen = std::collections::HashSet::new();
    codes.retain(|code| !code.is_empty() && seen.insert(code.clone()));
    let choices = codes
        .into_iter()
        .map(|code| Choice::new(code.clone(), code))
        .collect::<Vec<_>>();
    html! {
        <>
            <TextField label={t!("product.field.name")} value={form.text("name")} on_input={typed("name")} error={form.fault(lang, "name")} is_required=true is_focused=true autocomplete="off" />
            <TextField label={t!("product.field.line")} value={form.text("line")} on_input={typed("line")} error={form.fault(lang, "line")} hint={t!("product.line_hint")} autocomplete="off" />
            <div class="two">
                <TextField label={t!("product.field.list_price")} value={form.text("list_price")} on_input={typed("list_price")} error={form.fault(lang, "list_price")} inputmode="decimal" autocomplete="off" />
                <SelectField label={t!("product.field.currency")} value={form.text("currency")} {choices} on_change={typed("currency").reform(|value: AttrValue| value.to_string())} />
            </div>
        </>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&'static str, &str)]) -> Form {
        Form::new(
            pairs
                .iter()
                .map(|(name, text)| (*name, (*text).to_owned()))
                .collect(),
        )
    }

    #[test]
    fn a_price_is_read_as_people_type_it() {
        let product = new_product(&form(&[
            ("name", "GTX Pro"),
            ("list_price", "4,821"),
            ("currency", "USD"),
        ]))
        .unwrap();
        assert_eq!(product.list_price.unwrap().amount, Decimal::from(4821));
        assert_eq!(
            new_product(&form(&[("name", "G")])).unwrap().list_price,
            None
        );
    }

    #[test]
    fn a_price_that_is_none_or_below_nothing_is_refused_at_its_field() {
        let refused = |text: &str| {
            new_product(&form(&[
                ("name", "G"),
                ("list_price", text),
                ("currency", "USD"),
            ]))
            .unwrap_err()[0]
                .clone()
        };
        assert_eq!(refused("cheap").code, ErrorCode::BadFormat);
        assert_eq!(refused("-1").code, ErrorCode::OutOfRange);
        assert!(refused("-1").pointer.starts_with("/list_price"));
    }
}
