//! The dialog in which a case is written: the lesson first, for that is what is read again.

use crate::accounts::items;
use crate::api::use_api;
use crate::browser;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::load::use_load;
use crate::ui::{
    Button, ButtonKind, Chip, Dialog, Glyph, TextArea, TextField, Toast, use_first_fault,
    use_toasts,
};
use shared::check::Validate;
use shared::error::FieldError;
use shared::funnel::case::lessons::MAX_DAYS;
use shared::funnel::{CaseSheet, DealCase, NewCase, tidy_tags};
use shared::id::DealId;
use yew::prelude::*;

/// How many tags in use are offered.
const OFFERED: usize = 10;

/// What [`CaseDialog`] needs.
#[derive(Properties, PartialEq)]
pub struct CaseDialogProps {
    /// The deal, which is closed.
    pub deal: DealId,
    /// Its version as it was seen.
    pub version: i32,
    /// What it is about.
    pub title: AttrValue,
    /// The case as it is; none for a new one.
    #[prop_or_default]
    pub known: Option<DealCase>,
    /// Gets the case as saved.
    pub on_saved: Callback<CaseSheet>,
    /// Gives up.
    pub on_close: Callback<()>,
}

/// What is typed; the tags as one text.
#[derive(Debug, Clone, Default, PartialEq)]
struct Draft {
    lesson: String,
    worked: String,
    failed: String,
    tags: String,
}

impl Draft {
    fn of(known: Option<&DealCase>) -> Self {
        known.map_or_else(Self::default, |known| Self {
            lesson: known.lesson.clone(),
            worked: known.worked.clone(),
            failed: known.failed.clone(),
            tags: known.tags.join(", "),
        })
    }

    fn read(&self) -> NewCase {
        let new = NewCase {
            worked: self.worked.clone(),
            failed: self.failed.clone(),
            lesson: self.lesson.clone(),
            tags: items(&self.tags),
        };
        new.tidied()
    }

    /// Adds a tag behind those typed, once.
    fn take(&mut self, tag: &str) {
        let mut tags = items(&self.tags);
        tags.push(tag.to_owned());
        self.tags = tidy_tags(&tags).join(", ");
    }
}

/// The error at a field, or at one of its items.
fn fault_at<'a>(faults: &'a [FieldError], pointer: &str) -> Option<&'a FieldError> {
    faults.iter().find(|fault| {
        let rest = fault.pointer.strip_prefix(pointer);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// The dialog that writes a case or changes it.
#[component]
pub fn CaseDialog(props: &CaseDialogProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let draft = use_state_eq(|| Draft::of(props.known.as_ref()));
    let faults = use_state_eq(|| None::<Vec<FieldError>>);
    let is_busy = use_state_eq(|| false);
    use_first_fault(&*faults);
    // What was seen when the form was opened: whoever writes meanwhile is not written over.
    let version = use_state_eq(|| props.version);
    let used = use_load((), {
        let api = api.clone();
        move |()| {
            let api = api.clone();
            async move { api.case_lessons(MAX_DAYS, None).await }
        }
    });
    let fault = |pointer: &str| -> Option<AttrValue> {
        let fault = fault_at(faults.as_deref()?, pointer)?;
        Some(crate::api::field_message(lang, fault).into())
    };
    let edit = |change: fn(&mut Draft, String)| {
        let draft = draft.clone();
        Callback::from(move |text: String| {
            let mut next = (*draft).clone();
            change(&mut next, text);
            draft.set(next);
        })
    };
    let onsubmit = {
        let (deal, version) = (props.deal, *version);
        let (draft, on_saved) = (draft.clone(), props.on_saved.clone());
        let (faults, is_busy) = (faults.setter(), is_busy.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if *is_busy {
                return;
            }
            let new = draft.read();
            if let Err(found) = new.validated() {
                return faults.set(Some(found));
            }
            is_busy.set(true);
            let (api, toasts, on_saved) = (api.clone(), toasts.clone(), on_saved.clone());
            let (faults, is_busy) = (faults.clone(), is_busy.setter());
            browser::spawn(async move {
                let done = api.write_case(deal, version, &new).await;
                is_busy.set(false);
                match done {
                    Ok(sheet) => {
                        toasts.show(Toast::done(t!("cases.kept", locale = lang.tag())));
                        on_saved.emit(sheet);
                    }
                    Err(error) => {
                        faults.set(Some(error.fields().to_vec()));
                        toasts.show(Toast::failed(error.message(lang)));
                    }
                }
            });
        })
    };
    let known = items(&draft.tags);
    let offered: Vec<String> = used
        .data()
        .into_iter()
        .flat_map(|told| &told.tags)
        .map(|one| one.tag.clone())
        .filter(|tag| !known.contains(tag))
        .take(OFFERED)
        .collect();
    let take = |tag: &String| {
        let (draft, tag) = (draft.clone(), tag.clone());
        Callback::from(move |_: MouseEvent| {
            let mut next = (*draft).clone();
            next.take(&tag);
            draft.set(next);
        })
    };
    let footer = html! {
        <>
            <Button on_click={props.on_close.reform(|_| ())}>{ t!("ui.cancel") }</Button>
            <Button kind={ButtonKind::Primary} is_submit=true form="case-form" is_busy={*is_busy}>{ t!("ui.save") }</Button>
        </>
    };
    html! {
        <Dialog title={t!("cases.write_title", title = props.title)} {footer} is_light=false on_close={props.on_close.clone()}>
            <form id="case-form" class="form" {onsubmit} novalidate=true>
                <TextArea label={t!("cases.lesson")} hint={AttrValue::from(t!("cases.lesson_hint").into_owned())} value={draft.lesson.clone()} on_input={edit(|draft, text| draft.lesson = text)} error={fault("/lesson")} rows={2} max_length={500} is_required=true />
                <TextArea label={t!("cases.worked")} value={draft.worked.clone()} on_input={edit(|draft, text| draft.worked = text)} error={fault("/worked")} rows={3} max_length={2000} />
                <TextArea label={t!("cases.failed")} value={draft.failed.clone()} on_input={edit(|draft, text| draft.failed = text)} error={fault("/failed")} rows={3} max_length={2000} />
                <TextField label={t!("cases.tags")} hint={AttrValue::from(t!("cases.tags_hint").into_owned())} value={draft.tags.clone()} on_input={edit(|draft, text| draft.tags = text)} error={fault("/tags")} max_length={300} autocomplete="off" />
                if !offered.is_empty() {
                    <div class="answers" role="group" aria-label={t!("cases.used")}>
                        <p class="t12 muted">{ t!("cases.used") }</p>
                        for tag in &offered { <Chip key={tag.clone()} icon={Glyph::Plus} on_click={take(tag)}>{ tag.clone() }</Chip> }
                    </div>
                }
            </form>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::error::ErrorCode;

    /// SIX-13
    #[test]
    fn a_tag_that_is_offered_is_added_once_behind_those_typed() {
        let mut draft = Draft {
            tags: "Price，试用".into(),
            ..Draft::default()
        };
        draft.take("trial");
        draft.take("price");
        assert_eq!(draft.tags, "price, 试用, trial");
        assert_eq!(draft.read().tags, ["price", "试用", "trial"]);
    }

    #[test]
    fn an_error_at_one_tag_stands_at_the_tags() {
        let faults = [FieldError::new("/tags/1", ErrorCode::TooLong)];
        assert!(fault_at(&faults, "/tags").is_some());
        assert!(fault_at(&faults, "/tag").is_none());
        assert!(fault_at(&faults, "/lesson").is_none());
    }
}
