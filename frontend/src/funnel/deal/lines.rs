//! The products of a deal: how many, at what price, and what it comes to.

use crate::accounts::form::{Form, FormAction, Texts};
use crate::api::use_api;
use crate::browser;
use crate::format;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::load::use_load;
use crate::ui::{
    Button, ButtonKind, ButtonSize, Choice, Glyph, IconButton, Notice, SelectField, TextField,
    Toast, Tone, use_toasts,
};
use rust_decimal::Decimal;
use shared::error::{ErrorCode, FieldError};
use shared::funnel::{Deal, DealLine, DealPatch};
use shared::id::ProductId;
use shared::money::{Currency, Money};
use std::rc::Rc;
use yew::prelude::*;

/// What [`Lines`] needs.
#[derive(Properties, PartialEq)]
pub struct LinesProps {
    /// The deal, with its lines.
    pub deal: Rc<Deal>,
    /// The currency of a deal without an amount.
    pub house: Currency,
    /// Whether they may be changed.
    pub can_edit: bool,
    /// Gets the deal whenever a newer one is known.
    pub on_deal: Callback<Deal>,
}

/// What a line comes to; none while its price is not known.
#[must_use]
pub fn line_sum(line: &DealLine) -> Option<Decimal> {
    line.unit_price
        .and_then(|price| price.checked_mul(line.quantity))
        .map(|sum| sum.normalize())
}

/// The panel of products.
#[component]
pub fn Lines(props: &LinesProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let is_adding = use_state_eq(|| false);
    let error = use_state_eq(|| None::<String>);
    let lines = props.deal.lines.clone().unwrap_or_default();
    let currency = props
        .deal
        .amount
        .map_or(props.house, |money| money.currency);
    let save = {
        let (deal, on_deal) = (props.deal.clone(), props.on_deal.clone());
        let (error, is_adding) = (error.setter(), is_adding.setter());
        Callback::from(move |lines: Vec<DealLine>| {
            let (api, toasts, deal, on_deal) =
                (api.clone(), toasts.clone(), deal.clone(), on_deal.clone());
            let (error, is_adding) = (error.clone(), is_adding.clone());
            browser::spawn(async move {
                let patch = DealPatch {
                    lines: Some(lines),
                    ..DealPatch::default()
                };
                match api.patch_deal(deal.id, deal.version, &patch).await {
                    Ok(saved) => {
                        error.set(None);
                        is_adding.set(false);
                        toasts.show(Toast::done(t!("deal.saved", locale = lang.tag())));
                        on_deal.emit(saved);
                    }
                    Err(failed) => {
                        if let Some(now) = failed.current::<Deal>() {
                            on_deal.emit(now);
                        }
                        error.set(Some(failed.message(lang)));
                    }
                }
            });
        })
    };
    let total: Decimal = lines.iter().filter_map(line_sum).sum();
    let remove = |index: usize| {
        let (save, lines) = (save.clone(), lines.clone());
        Callback::from(move |_: MouseEvent| {
            let rest = lines
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != index)
                .map(|(_, line)| line.clone());
            save.emit(rest.collect());
        })
    };
    let add = {
        let (save, lines) = (save.clone(), lines.clone());
        Callback::from(move |line: DealLine| {
            save.emit(lines.iter().cloned().chain([line]).collect())
        })
    };
    let money = |amount: Decimal| format::money(lang, &Money::new(amount, currency));
    html! {
        <section class="panel" aria-label={t!("deal.lines")}>
            <header>
                <h2>{ t!("deal.lines") }</h2>
                if props.can_edit && !*is_adding {
                    <IconButton glyph={Glyph::Plus} label={t!("deal.add_line")} size={ButtonSize::Small} class="push" on_click={let is_adding = is_adding.setter(); move |_| is_adding.set(true)} />
                }
            </header>
            if let Some(error) = &*error { <div class="body"><Notice tone={Tone::Negative} is_alert=true>{ error.clone() }</Notice></div> }
            if lines.is_empty() && !*is_adding {
                <p class="body muted">{ t!("deal.empty_lines") }</p>
            } else if !lines.is_empty() {
                <div class="table-scroll">
                    <table class="table dense" aria-label={t!("deal.lines")}>
                        <thead><tr><th scope="col">{ t!("deal.product") }</th><th scope="col" class="r">{ t!("deal.quantity") }</th><th scope="col" class="r">{ t!("deal.price") }</th><th scope="col" class="r">{ t!("deal.line_sum") }</th><th /></tr></thead>
                        <tbody>
                            for (index, line) in lines.iter().enumerate() {
                                <tr key={index}>
                                    <td class="trunc">{ &line.product_name }</td>
                                    <td class="r num">{ format::decimal(lang, line.quantity, line.quantity.normalize().scale()) }</td>
                                    <td class="r num">{ line.unit_price.map(&money) }</td>
                                    <td class="r num">{ line_sum(line).map(&money) }</td>
                                    <td class="r">
                                        if props.can_edit { <IconButton glyph={Glyph::Trash} label={t!("deal.remove_line", product = line.product_name)} size={ButtonSize::Small} on_click={remove(index)} /> }
                                    </td>
                                </tr>
                            }
                        </tbody>
                        <tfoot><tr><td>{ t!("deal.total") }</td><td /><td /><td class="r num strong">{ money(total) }</td><td /></tr></tfoot>
                    </table>
                </div>
            }
            if *is_adding { <NewLine {currency} on_add={add} on_close={let is_adding = is_adding.setter(); move |()| is_adding.set(false)} /> }
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct NewLineProps {
    currency: Currency,
    on_add: Callback<DealLine>,
    on_close: Callback<()>,
}

fn new_line(form: &Form) -> Result<DealLine, Vec<FieldError>> {
    let mut faults = Vec::new();
    let product: Option<ProductId> = form.value("product_id").and_then(|id| id.parse().ok());
    if product.is_none() {
        faults.push(FieldError::new("/product_id", ErrorCode::Required));
    }
    let mut number = |name: &str| match form
        .value(name)
        .map(|text| super::fields::parse_amount(&text))
    {
        Some(None) => {
            faults.push(FieldError::new(format!("/{name}"), ErrorCode::BadFormat));
            None
        }
        number => number.flatten(),
    };
    let (quantity, unit_price) = (number("quantity"), number("unit_price"));
    match product.filter(|_| faults.is_empty()) {
        Some(product_id) => Ok(DealLine {
            product_id,
            product_name: String::new(),
            quantity: quantity.unwrap_or(Decimal::ONE),
            unit_price,
        }),
        None => Err(faults),
    }
}

/// A line being added.
#[component]
fn NewLine(props: &NewLineProps) -> Html {
    let lang = use_lang();
    let api = use_api();
    let products = use_load((), move |()| {
        let api = api.clone();
        async move { api.products("name", None).await }
    });
    let form = use_reducer_eq(|| Form::new(Texts::from([("quantity", "1".to_owned())])));
    let typed = |name: &'static str| {
        let form = form.dispatcher();
        Callback::from(move |text: String| form.dispatch(FormAction::Typed(name, text)))
    };
    let onsubmit = {
        let (form, on_add) = (form.clone(), props.on_add.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            match new_line(&form) {
                Ok(line) => on_add.emit(line),
                Err(faults) => form.dispatch(FormAction::Refused(faults)),
            }
        })
    };
    let choices: Vec<_> = products
        .data()
        .map(|page| {
            page.items
                .iter()
                .map(|product| Choice::new(product.id.to_string(), product.name.clone()))
                .collect()
        })
        .unwrap_or_default();
    html! {
        <form class="body form" {onsubmit} novalidate=true>
            <SelectField label={t!("deal.product")} value={form.text("product_id")} {choices} none={AttrValue::from(t!("deal.choose_reason").into_owned())} on_change={typed("product_id").reform(|value: AttrValue| value.to_string())} error={form.fault(lang, "product_id")} is_required=true />
            <div class="two">
                <TextField label={t!("deal.quantity")} value={form.text("quantity")} on_input={typed("quantity")} error={form.fault(lang, "quantity")} inputmode="decimal" />
                <TextField label={t!("deal.price")} value={form.text("unit_price")} on_input={typed("unit_price")} error={form.fault(lang, "unit_price")} unit={AttrValue::from(props.currency.to_string())} inputmode="decimal" />
            </div>
            <div class="row">
                <Button kind={ButtonKind::Primary} size={ButtonSize::Small} is_submit=true>{ t!("deal.add_line") }</Button>
                <Button size={ButtonSize::Small} on_click={props.on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
            </div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_line_comes_to_quantity_times_price() {
        let line = DealLine {
            product_id: ProductId(Uuid::from_u128(1)),
            product_name: "x".into(),
            quantity: "2.5".parse().unwrap(),
            unit_price: Some("10.20".parse().unwrap()),
        };
        assert_eq!(line_sum(&line), Some("25.5".parse().unwrap()));
        assert_eq!(
            line_sum(&DealLine {
                unit_price: None,
                ..line
            }),
            None
        );
    }

    #[test]
    fn a_line_needs_a_product_and_readable_numbers() {
        let form = Form::new(Texts::from([("quantity", "many".to_owned())]));
        let faults = new_line(&form).unwrap_err();
        let pointers: Vec<_> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/product_id", "/quantity"]);
    }
}
