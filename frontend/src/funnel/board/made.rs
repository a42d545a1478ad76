//! Deals made on the board: they show at once, unless it is narrowed to others. Then that is said: a deal
//! that came and went would look lost.

use super::focus::{Latest, show_card};
use crate::api::funnel::DealQuery;
use crate::api::{Api, use_api};
use crate::browser;
use crate::funnel::deal::filter::DealFilter;
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{Toast, use_toasts};
use shared::funnel::{BoardFilter, Deal};
use yew::prelude::*;

/// Takes over each deal made here.
#[hook]
pub(super) fn use_made(
    latest: &Latest,
    saw: &Callback<Deal>,
    filter: &BoardFilter,
    on_filter: &Callback<BoardFilter>,
) -> Callback<Deal> {
    let asked = (use_api(), use_lang(), use_toasts());
    let (latest, saw) = (latest.clone(), saw.clone());
    use_callback(
        (asked, filter.clone(), on_filter.clone()),
        move |deal: Deal, ((api, lang, toasts), filter, on_filter)| {
            let show = {
                let (latest, saw) = (latest.clone(), saw.clone());
                move |deal: Deal| {
                    show_card(&latest, deal.id);
                    saw.emit(deal);
                }
            };
            if filter.is_empty() {
                show(deal);
                return;
            }
            let (api, filter, toasts) = (api.clone(), filter.clone(), toasts.clone());
            let (on_filter, locale) = (on_filter.clone(), lang.tag());
            browser::spawn(async move {
                if passes(&api, &deal, &filter).await {
                    show(deal);
                    return;
                }
                let name = words::deal_name(&deal);
                let text = t!("board.added_hidden", locale = locale, deal = name);
                let clear = on_filter.reform(|()| BoardFilter::default());
                let words = t!("board.clear_filters", locale = locale);
                toasts.show(Toast::done(text).with_action(words, clear));
            });
        },
    )
}

/// Whether a deal just made is among those the board is narrowed to: teams and industries are for the
/// server to know. Without an answer it shows.
async fn passes(api: &Api, deal: &Deal, filter: &BoardFilter) -> bool {
    let question = DealQuery {
        id: Some(deal.id),
        ..DealFilter::of_board(deal.funnel_id, filter).query()
    };
    let found = api.deals(&question, None).await;
    found.map_or(true, |page| !page.items.is_empty())
}
