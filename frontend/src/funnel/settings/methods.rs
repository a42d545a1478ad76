//! Making a funnel from a method of the library: the methods side by side with what their stages say.

use super::draft::Draft;
use super::page::first_fault;
use crate::api::use_api;
use crate::browser;
use crate::funnel::playbook::{Ours, StageFacts};
use crate::funnel::words;
use crate::i18n::t;
use crate::i18n::{counted, use_lang};
use crate::load::use_load;
use crate::ui::{
    Button, ButtonKind, Dialog, Glyph, Icon, StageGlyph, StageShape, TextField, Toast, draw,
    use_toasts,
};
use shared::funnel::methods::{Method, SalesMethod};
use shared::funnel::{Funnel, StageDraft, StageFields, StageKind, StagePart};
use std::rc::Rc;
use yew::prelude::*;

/// What [`MethodDialog`] needs.
#[derive(Properties, PartialEq)]
pub struct MethodDialogProps {
    /// The names that funnels have already.
    pub taken: Rc<Vec<String>>,
    /// Gets the funnel that was made.
    pub on_made: Callback<Funnel>,
    /// Asked to close.
    pub on_close: Callback<()>,
}

/// Chooses the method a new funnel begins with.
#[component]
pub fn MethodDialog(props: &MethodDialogProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let chosen = use_state_eq(|| None::<Method>);
    let name = use_state_eq(|| None::<String>);
    let line = use_state_eq(String::new);
    let is_busy = use_state_eq(|| false);
    let methods = use_load(lang, {
        let api = api.clone();
        move |_| {
            let api = api.clone();
            async move { api.methods().await }
        }
    });
    let known = methods.data();
    let method = chosen.and_then(|key| {
        let all = known.as_ref()?;
        all.items.iter().find(|method| method.key == key).cloned()
    });
    let wanted = match (&*name, &method) {
        (Some(name), _) => name.clone(),
        (None, Some(method)) => free_name(&method.name, &props.taken),
        (None, None) => String::new(),
    };
    let on_make = {
        let (method, wanted, line) = (method.clone(), wanted.clone(), (*line).clone());
        let (is_busy, on_made) = (is_busy.clone(), props.on_made.clone());
        Callback::from(move |_: MouseEvent| {
            let Some(method) = &method else { return };
            if *is_busy {
                return;
            }
            is_busy.set(true);
            let draft = Draft::from_method(method, wanted.clone(), line.clone());
            let (api, toasts, is_busy, on_made) = (
                api.clone(),
                toasts.clone(),
                is_busy.setter(),
                on_made.clone(),
            );
            browser::spawn(async move {
                match draft.new_funnel() {
                    Ok(funnel) => match api.create_funnel(&funnel).await {
                        Ok(made) => on_made.emit(made),
                        Err(error) => toasts.show(Toast::failed(first_fault(lang, &error))),
                    },
                    Err(faults) => {
                        let fault = faults.first();
                        let text = fault.map(|fault| crate::api::field_message(lang, fault));
                        toasts.show(Toast::failed(text.unwrap_or_default()));
                    }
                }
                is_busy.set(false);
            });
        })
    };
    let pick = |key: Method| {
        let (chosen, name) = (chosen.setter(), name.setter());
        Callback::from(move |_: MouseEvent| {
            name.set(None);
            chosen.set(Some(key));
        })
    };
    let back = {
        let chosen = chosen.setter();
        Callback::from(move |_: MouseEvent| chosen.set(None))
    };
    let footer = html! {
        if method.is_some() {
            <span class="only-narrow"><Button icon={Glyph::Left} on_click={back}>{ t!("funnel.all_methods") }</Button></span>
            <Button kind={ButtonKind::Primary} is_busy={*is_busy} on_click={on_make}>{ t!("funnel.create_this") }</Button>
        }
    };
    let typed_name = {
        let name = name.setter();
        Callback::from(move |text: String| name.set(Some(text)))
    };
    let typed_line = {
        let line = line.setter();
        Callback::from(move |text: String| line.set(text))
    };
    html! {
        <Dialog
            title={t!("funnel.from_method")}
            below={html! { <p class="muted t13">{ t!("funnel.method_text") }</p> }}
            {footer}
            class="methods-dialog"
            on_close={props.on_close.clone()}
        >
            { draw(&methods, |page| html! {
                <div class={classes!("methods", method.is_some().then_some("has-choice"))}>
                    <ul class="method-list" aria-label={t!("funnel.all_methods")}>
                        for item in &page.items {
                            <li key={item.key.as_ref().to_owned()}>
                                <button type="button" aria-pressed={if *chosen == Some(item.key) { "true" } else { "false" }} onclick={pick(item.key)}>
                                    <span class="row"><b class="fill trunc">{ &item.name }</b><span class="num muted t12">{ counted(lang, "funnel.stage_count", count(item)) }</span></span>
                                    <span class="ds">{ stage_names(item) }</span>
                                </button>
                            </li>
                        }
                    </ul>
                    <div class="method-shown">
                        if let Some(method) = &method {
                            <h3>{ &method.name }</h3>
                            <p class="muted">{ &method.about }</p>
                            <div class="form"><div class="two">
                                <TextField label={t!("funnel.name")} value={wanted.clone()} on_input={typed_name} is_required=true max_length={100} />
                                <TextField label={t!("funnel.product_line")} value={(*line).clone()} on_input={typed_line} hint={AttrValue::from(t!("funnel.product_line_hint").into_owned())} max_length={100} />
                            </div></div>
                            <Preview key={method.key.as_ref().to_owned()} method={Rc::new(method.clone())} />
                        } else {
                            <div class="method-none"><Icon glyph={Glyph::Funnel} /><p class="muted">{ t!("funnel.choose_method") }</p></div>
                        }
                    </div>
                </div>
            }) }
        </Dialog>
    }
}

fn count(method: &SalesMethod) -> i64 {
    i64::try_from(on_the_way(method).count()).unwrap_or(0)
}

fn on_the_way(method: &SalesMethod) -> impl Iterator<Item = &StageFields> {
    let stages = method.stages.iter();
    stages.filter(|stage| stage.kind != StageKind::Lost)
}

fn stage_names(method: &SalesMethod) -> String {
    let names: Vec<_> = on_the_way(method)
        .map(|stage| stage.name.as_str())
        .collect();
    names.join(" \u{2192} ")
}

/// A name no funnel has: the method's own, or with a number behind it.
fn free_name(name: &str, taken: &[String]) -> String {
    let is_free = |name: &str| !taken.iter().any(|other| other == name);
    if is_free(name) {
        return name.to_owned();
    }
    (2..)
        .map(|number| format!("{name} {number}"))
        .find(|name| is_free(name))
        .unwrap_or_default()
}

impl Draft {
    /// The draft of a funnel that begins with a method.
    #[must_use]
    pub fn from_method(method: &SalesMethod, name: String, line: String) -> Self {
        let stages = method.stages.iter().cloned();
        let stages = stages.map(|fields| StageDraft { id: None, fields });
        let mut draft = Self::new(name, stages.collect());
        draft.method = Some(method.key);
        draft.line = line;
        draft
    }
}

#[derive(Properties, PartialEq)]
struct PreviewProps {
    method: Rc<SalesMethod>,
}

/// The stages of a method, each opening to all it says.
#[component]
fn Preview(props: &PreviewProps) -> Html {
    use_lang();
    let of = on_the_way(&props.method).count();
    html! {
        <ol class="method-stages" aria-label={t!("funnel.stages")}>
            for (index, stage) in props.method.stages.iter().enumerate() {
                <li key={stage.name.clone()}>
                    <details>
                        <summary>
                            <StageGlyph shape={shape(stage.kind, index, of)} color={words::colour_number(stage.colour)} />
                            <span class="fill">
                                <span class="row wrap"><b>{ &stage.name }</b>if stage.is_ours { <Ours /> }</span>
                                <span class="ds">
                                    { &stage.definition }
                                    if stage.our_parts.has(StagePart::Definition) { { "\u{a0}" }<Ours part={StagePart::Definition} /> }
                                </span>
                            </span>
                            <span class="num muted t12">
                                { words::percent(stage) }
                                if stage.is_default(StagePart::Probability) { { "\u{a0}" }<Ours part={StagePart::Probability} /> }
                            </span>
                            <Icon glyph={Glyph::Down} />
                        </summary>
                        <StageFacts fields={Rc::new(StageFields { definition: String::new(), ..stage.clone() })} />
                    </details>
                </li>
            }
        </ol>
    }
}

/// What the ring of a stage shows that belongs to no funnel yet.
#[must_use]
pub fn shape(kind: StageKind, index: usize, of: usize) -> StageShape {
    let count = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    match kind {
        StageKind::Open => StageShape::Step {
            k: count(index + 1),
            of: count(of.max(1)),
        },
        StageKind::Won => StageShape::Won,
        StageKind::Lost => StageShape::Lost,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::identity::Locale;

    #[test]
    fn a_second_funnel_of_a_method_gets_a_name_of_its_own() {
        let taken = ["A".to_owned(), "A 2".to_owned()];
        assert_eq!(free_name("B", &taken), "B");
        assert_eq!(free_name("A", &taken), "A 3");
    }

    /// FUN-03, FUN-04: a funnel says which method it comes from and which products it is for.
    #[test]
    fn what_is_sent_is_the_method_with_its_stages() {
        let method = Method::SevenSteps.told(Locale::En);
        let draft = Draft::from_method(&method, "Mine".into(), " Cranes ".into());
        let new = draft.new_funnel().unwrap();
        assert_eq!(new.method, Some(Method::SevenSteps));
        assert_eq!(new.product_line.as_deref(), Some("Cranes"));
        let sent: Vec<_> = new.stages.into_iter().map(|stage| stage.fields).collect();
        assert_eq!(sent, method.stages);
    }
}
