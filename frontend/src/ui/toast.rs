//! Toasts: a sentence about what just happened, perhaps with Undo. Never for something that needs a decision.

use super::icon::{Glyph, Icon};
use super::live_region::use_announcer;
use crate::i18n::t;
use crate::i18n::use_lang;
use std::rc::Rc;
use yew::prelude::*;

/// One sentence to show.
#[derive(Debug, Clone, PartialEq)]
pub struct Toast {
    /// The sentence.
    pub text: AttrValue,
    /// A symbol before it.
    pub icon: Glyph,
    /// The words of a button, and what it does.
    pub action: Option<(AttrValue, Callback<()>)>,
    /// Replaces an earlier toast with the same key, as the next state of the same thing.
    pub key: Option<AttrValue>,
    /// Whether a screen reader has heard of it elsewhere, in better words.
    pub is_said: bool,
}

impl Toast {
    /// Something went well.
    pub fn done(text: impl Into<AttrValue>) -> Self {
        Self {
            text: text.into(),
            icon: Glyph::Check,
            action: None,
            key: None,
            is_said: false,
        }
    }

    /// Something did not.
    pub fn failed(text: impl Into<AttrValue>) -> Self {
        Self {
            text: text.into(),
            icon: Glyph::Alert,
            action: None,
            key: None,
            is_said: false,
        }
    }

    /// With a button; it stays longer, so that there is time to press it.
    #[must_use]
    pub fn with_action(mut self, label: impl Into<AttrValue>, action: Callback<()>) -> Self {
        self.action = Some((label.into(), action));
        self
    }

    /// Without its button, where that would do nothing.
    #[must_use]
    pub fn plain(mut self) -> Self {
        self.action = None;
        self
    }

    /// As the next state of an earlier toast with the same key.
    #[must_use]
    pub fn keyed(mut self, key: impl Into<AttrValue>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// To be seen only: what it says was said already, and to say less after it would talk over that.
    #[must_use]
    pub const fn said(mut self) -> Self {
        self.is_said = true;
        self
    }

    const fn millis(&self) -> u32 {
        if self.action.is_some() { 10_000 } else { 5_000 }
    }
}

#[derive(Clone, PartialEq, Default)]
struct Shown {
    next_id: u32,
    toasts: Vec<(u32, Toast)>,
}

enum Change {
    Show(Toast),
    Hide(u32),
    HideKey(AttrValue),
}

impl Reducible for Shown {
    type Action = ChangeBox;

    fn reduce(self: Rc<Self>, change: Self::Action) -> Rc<Self> {
        const MOST: usize = 3;
        let mut next = (*self).clone();
        match change.0 {
            Change::Show(toast) => {
                next.toasts
                    .retain(|(_, old)| toast.key.is_none() || old.key != toast.key);
                next.toasts.push((next.next_id, toast));
                next.next_id = next.next_id.wrapping_add(1);
                let surplus = next.toasts.len().saturating_sub(MOST);
                next.toasts.drain(..surplus);
            }
            Change::Hide(id) => next.toasts.retain(|(other, _)| *other != id),
            Change::HideKey(key) => next
                .toasts
                .retain(|(_, toast)| toast.key.as_ref() != Some(&key)),
        }
        next.into()
    }
}

struct ChangeBox(Change);

/// Shows toasts.
#[derive(Clone, PartialEq)]
pub struct Toasts {
    change: Callback<ChangeKind>,
}

/// What [`Toasts`] asks its provider for.
#[derive(Clone)]
enum ChangeKind {
    Show(Box<Toast>),
    HideKey(AttrValue),
}

impl Toasts {
    /// Shows a toast.
    pub fn show(&self, toast: Toast) {
        self.change.emit(ChangeKind::Show(Box::new(toast)));
    }

    /// Takes the toast with this key away, if it still shows.
    pub fn hide(&self, key: impl Into<AttrValue>) {
        self.change.emit(ChangeKind::HideKey(key.into()));
    }
}

/// The toasts of the app.
#[hook]
pub fn use_toasts() -> Toasts {
    use_context::<Toasts>().unwrap_or_else(|| Toasts {
        change: Callback::noop(),
    })
}

/// What [`ToastProvider`] needs.
#[derive(Properties, PartialEq)]
pub struct ToastProviderProps {
    /// The app.
    #[prop_or_default]
    pub children: Html,
}

/// Holds the toasts of everything inside. Stands within [`super::LiveRegion`], which reads them out.
#[component]
pub fn ToastProvider(props: &ToastProviderProps) -> Html {
    use_lang();
    let announcer = use_announcer();
    let shown = use_reducer_eq(Shown::default);
    let region = use_node_ref();
    let change = use_callback(announcer, {
        let dispatch = shown.dispatcher();
        move |change: ChangeKind, announcer| match change {
            ChangeKind::Show(toast) => {
                if !toast.is_said {
                    announcer.say(toast.text.clone());
                }
                dispatch.dispatch(ChangeBox(Change::Show(*toast)));
            }
            ChangeKind::HideKey(key) => dispatch.dispatch(ChangeBox(Change::HideKey(key))),
        }
    });
    // Shown anew at each change, so that it lies above a dialog that opened meanwhile.
    use_effect_with((shown.next_id, shown.toasts.is_empty()), {
        let region = region.clone();
        move |(_, is_empty)| {
            if let Some(region) = region.cast::<web_sys::HtmlElement>() {
                let _ = region.hide_popover();
                if !is_empty {
                    let _ = region.show_popover();
                }
            }
        }
    });
    let hide = use_callback((), {
        let dispatch = shown.dispatcher();
        move |id: u32, ()| dispatch.dispatch(ChangeBox(Change::Hide(id)))
    });
    html! {
        <ContextProvider<Toasts> context={Toasts { change }}>
            { props.children.clone() }
            <div ref={region} class="toasts" popover="manual" role="region" aria-label={t!("ui.notifications")}>
                <ul>
                    for (id, toast) in &shown.toasts {
                        <ToastView key={*id} id={*id} toast={toast.clone()} on_hide={hide.clone()} />
                    }
                </ul>
            </div>
        </ContextProvider<Toasts>>
    }
}

#[derive(Properties, PartialEq)]
struct ToastViewProps {
    id: u32,
    toast: Toast,
    on_hide: Callback<u32>,
}

#[component]
fn ToastView(props: &ToastViewProps) -> Html {
    use_lang();
    let is_held = use_state_eq(|| false);
    let hide = {
        let (id, on_hide) = (props.id, props.on_hide.clone());
        Callback::from(move |()| on_hide.emit(id))
    };
    // While the pointer or the focus rests on it, it stays.
    use_effect_with((*is_held, props.id), {
        let (hide, millis) = (hide.clone(), props.toast.millis());
        move |(is_held, _)| {
            let timer = (!is_held)
                .then(|| gloo::timers::callback::Timeout::new(millis, move || hide.emit(())));
            move || drop(timer)
        }
    });
    let hold = |hold: bool| {
        let is_held = is_held.setter();
        Callback::from(move |()| is_held.set(hold))
    };
    let on_action = props.toast.action.clone().map(|(_, action)| {
        let hide = hide.clone();
        Callback::from(move |_: MouseEvent| {
            hide.emit(());
            action.emit(());
        })
    });
    html! {
        <li
            class="toast"
            onmouseenter={hold(true).reform(|_| ())}
            onmouseleave={hold(false).reform(|_| ())}
            onfocusin={hold(true).reform(|_| ())}
            onfocusout={hold(false).reform(|_| ())}
        >
            <Icon glyph={props.toast.icon} />
            <span class="msg">{ props.toast.text.clone() }</span>
            if let Some((label, _)) = &props.toast.action {
                <button type="button" onclick={on_action}>{ label.clone() }</button>
            }
            <button type="button" class="x" aria-label={t!("ui.close")} onclick={hide.reform(|_| ())}><Icon glyph={Glyph::Close} /></button>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(shown: Shown, toast: Toast) -> Shown {
        (*Rc::new(shown).reduce(ChangeBox(Change::Show(toast)))).clone()
    }

    #[test]
    fn the_next_state_of_a_thing_takes_the_place_of_the_last() {
        let shown = show(
            Shown::default(),
            Toast::done("1 change waits").keyed("offline"),
        );
        let shown = show(shown, Toast::done("2 changes wait").keyed("offline"));
        let shown = show(shown, Toast::done("Saved"));
        let texts: Vec<_> = shown
            .toasts
            .iter()
            .map(|(_, toast)| toast.text.as_str())
            .collect();
        assert_eq!(texts, ["2 changes wait", "Saved"]);
    }

    #[test]
    fn at_most_three_show_at_once() {
        let shown = (0..5).fold(Shown::default(), |shown, n| {
            show(shown, Toast::done(n.to_string()))
        });
        assert_eq!(shown.toasts.len(), 3);
        assert_eq!(shown.toasts[0].1.text, "2");
    }
}
