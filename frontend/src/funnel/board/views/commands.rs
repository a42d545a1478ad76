//! Saving over the open view and deleting it, with the way back.

use super::Views;
use crate::api::use_api;
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::ui::{Toast, use_toasts};
use shared::funnel::{SavedView, ViewPatch};
use yew::prelude::*;

/// What can be done with a view without a question.
pub struct Commands {
    /// Saves what shows over the view.
    pub save: Callback<SavedView>,
    /// Deletes the view; it can be taken back.
    pub delete: Callback<SavedView>,
}

/// The commands of the menu.
#[hook]
pub fn use_commands(views: &Views) -> Commands {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let save = {
        let (api, toasts, views) = (api.clone(), toasts.clone(), views.clone());
        Callback::from(move |view: SavedView| {
            let (api, toasts, views) = (api.clone(), toasts.clone(), views.clone());
            let look = views.look();
            let patch = ViewPatch {
                filter: Some(look.filter),
                group_by: Some(look.layout.group_by),
                sort: Some(look.layout.sort),
                ..ViewPatch::default()
            };
            browser::spawn(async move {
                match api.patch_view(view.id, view.version, &patch).await {
                    Ok(view) => {
                        let said = t!("views.saved", name = view.name).into_owned();
                        toasts.show(Toast::done(said));
                        views.put(view);
                    }
                    Err(error) => {
                        toasts.show(Toast::failed(error.message(lang)));
                        views.look_again();
                    }
                }
            });
        })
    };
    let delete = {
        let (api, toasts, views) = (api, toasts, views.clone());
        Callback::from(move |view: SavedView| {
            let (api, toasts, views) = (api.clone(), toasts.clone(), views.clone());
            browser::spawn(async move {
                match api.archive_view(view.id, view.version).await {
                    Ok(away) => {
                        let said = t!("views.deleted", name = away.name).into_owned();
                        views.drop_view(&away);
                        let undo = {
                            let (api, toasts) = (api.clone(), toasts.clone());
                            Callback::from(move |()| {
                                take_back(api.clone(), toasts.clone(), views.clone(), &away, lang);
                            })
                        };
                        toasts.show(
                            Toast::done(said).with_action(t!("board.undo").into_owned(), undo),
                        );
                    }
                    Err(error) => {
                        toasts.show(Toast::failed(error.message(lang)));
                        views.look_again();
                    }
                }
            });
        })
    };
    Commands { save, delete }
}

/// Puts a deleted view back into the menu.
fn take_back(
    api: crate::api::Api,
    toasts: crate::ui::Toasts,
    views: Views,
    away: &SavedView,
    lang: crate::i18n::Lang,
) {
    let (id, version) = (away.id, away.version);
    browser::spawn(async move {
        match api.restore_view(id, version).await {
            Ok(view) => {
                let said = t!("views.restored", name = view.name).into_owned();
                toasts.show(Toast::done(said));
                views.keep(view);
            }
            Err(error) => toasts.show(Toast::failed(
                error
                    .field(lang, "/name")
                    .unwrap_or_else(|| error.message(lang)),
            )),
        }
    });
}
