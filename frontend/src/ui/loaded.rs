//! The one place that draws loading, error, denied, missing and offline.

use super::bits::{Empty, Notice, Skeleton, Tone};
use super::button::{Button, ButtonSize};
use super::icon::Glyph;
use crate::api::ApiError;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::load::LoadHandle;
use yew::prelude::*;

/// Draws the data, or what there is instead of it.
///
/// With data and a failed refresh, a notice stands above the data of before. Whether the data are
/// empty is for `view` to say, with [`Empty`].
pub fn draw<T: 'static>(handle: &LoadHandle<T>, view: impl FnOnce(&T) -> Html) -> Html {
    draw_again(handle, &handle.reload.reform(|_: ()| ()), view)
}

/// The same, where more than this is asked for when somebody tries again.
pub fn draw_again<T: 'static>(
    handle: &LoadHandle<T>,
    retry: &Callback<()>,
    view: impl FnOnce(&T) -> Html,
) -> Html {
    match (handle.data(), &handle.loaded.error) {
        (Some(data), None) => view(data),
        (Some(data), Some(error)) => html! {
            <>
                <StaleNotice error={error.clone()} on_retry={retry.clone()} />
                { view(data) }
            </>
        },
        (None, Some(error)) if !handle.loaded.is_busy => {
            html! { <ErrorView error={error.clone()} on_retry={Some(retry.clone())} /> }
        }
        (None, _) => html! { <Waiting /> },
    }
}

/// What [`Waiting`] needs.
#[derive(Properties, PartialEq)]
pub struct WaitingProps {
    /// What shows in place of the data, in its final shape.
    #[prop_or_else(|| html! { <Skeleton lines={6} /> })]
    pub children: Html,
}

/// Milliseconds before anything says that one has to wait (UX-1).
const LATE: u32 = 300;

/// A skeleton, after a while; nothing before, so that a quick answer does not flicker.
#[component]
pub fn Waiting(props: &WaitingProps) -> Html {
    use_lang();
    let is_late = use_state_eq(|| false);
    use_effect_with((), {
        let is_late = is_late.setter();
        move |()| {
            let timer = gloo::timers::callback::Timeout::new(LATE, move || is_late.set(true));
            move || drop(timer)
        }
    });
    html! {
        <div aria-busy="true">
            if *is_late {
                <span class="sr" role="status">{ t!("load.waiting") }</span>
                { props.children.clone() }
            }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct StaleNoticeProps {
    error: ApiError,
    on_retry: Callback<()>,
}

#[component]
fn StaleNotice(props: &StaleNoticeProps) -> Html {
    let lang = use_lang();
    let retry = props.on_retry.reform(|_: MouseEvent| ());
    html! {
        <Notice
            tone={Tone::Warning}
            action={html! { <Button size={ButtonSize::Small} on_click={retry}>{ t!("load.retry") }</Button> }}
        >
            { props.error.message(lang) }{ " " }{ t!("load.stale") }
        </Notice>
    }
}

/// What [`ErrorView`] needs.
#[derive(Properties, PartialEq)]
pub struct ErrorViewProps {
    /// What went wrong.
    pub error: ApiError,
    /// Asks again, where that can help.
    #[prop_or_default]
    pub on_retry: Option<Callback<()>>,
}

/// In place of data that could not be had: what happened, and what helps.
#[component]
pub fn ErrorView(props: &ErrorViewProps) -> Html {
    let lang = use_lang();
    let error = &props.error;
    let (glyph, title) = if error.is_denied() {
        (Glyph::Lock, t!("load.denied_title"))
    } else if error.is_missing() {
        (Glyph::Search, t!("load.missing_title"))
    } else if error.is_offline() {
        (Glyph::CloudOff, t!("load.offline_title"))
    } else {
        (Glyph::Alert, t!("load.failed_title"))
    };
    let can_retry = !error.is_denied() && !error.is_missing();
    let text = match error.request_id() {
        Some(id) => t!("load.with_id", text = error.message(lang), id = id).into_owned(),
        None => error.message(lang),
    };
    html! {
        <div role="alert">
            <Empty icon={glyph} title={title} text={text}>
                if let Some(on_retry) = props.on_retry.clone().filter(|_| can_retry) {
                    <Button on_click={on_retry.reform(|_| ())}>{ t!("load.retry") }</Button>
                }
            </Empty>
        </div>
    }
}
