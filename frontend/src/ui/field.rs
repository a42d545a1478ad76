//! Form controls: label above, hint or error below, tied together for a screen reader.

use super::icon::{Glyph, Icon};
use super::id::use_id;
use crate::i18n::t;
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// The text of the control an input or change event came from.
pub(crate) fn event_value(event: &Event) -> String {
    let Some(target) = event.target() else {
        return String::new();
    };
    if let Some(input) = target.dyn_ref::<web_sys::HtmlInputElement>() {
        input.value()
    } else if let Some(area) = target.dyn_ref::<web_sys::HtmlTextAreaElement>() {
        area.value()
    } else if let Some(select) = target.dyn_ref::<web_sys::HtmlSelectElement>() {
        select.value()
    } else {
        String::new()
    }
}

/// What [`Field`] needs.
#[derive(Properties, PartialEq)]
pub struct FieldProps {
    /// The id of the control inside.
    pub id: AttrValue,
    /// The label.
    pub label: AttrValue,
    /// What helps to fill it in.
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// What is wrong with it.
    #[prop_or_default]
    pub error: Option<AttrValue>,
    /// Whether it must be filled in.
    #[prop_or_default]
    pub is_required: bool,
    /// Something at the label's end, such as a link.
    #[prop_or_default]
    pub aside: Html,
    /// The control, with `aria-describedby` from [`described_by`].
    #[prop_or_default]
    pub children: Html,
}

/// The ids of the hint and the error of a control.
#[must_use]
pub fn described_by(id: &str, hint: bool, error: bool) -> Option<AttrValue> {
    match (hint, error) {
        (_, true) => Some(format!("{id}-error").into()),
        (true, false) => Some(format!("{id}-hint").into()),
        (false, false) => None,
    }
}

/// Puts the focus on the first field at fault when a form comes back with `faults`, so that nobody has
/// to look for it.
#[hook]
pub fn use_first_fault<E: PartialEq + Clone + 'static>(faults: &Option<E>) {
    use_effect_with(faults.clone(), |faults| {
        if faults.is_none() {
            return;
        }
        let field = crate::browser::document()
            .and_then(|document| {
                document
                    .query_selector("[aria-invalid=true]")
                    .ok()
                    .flatten()
            })
            .and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok());
        if let Some(field) = field {
            let _ = field.focus();
        }
    });
}

/// A label, a control and what is to be said about it.
#[component]
pub fn Field(props: &FieldProps) -> Html {
    let FieldProps {
        id,
        label,
        hint,
        error,
        is_required,
        aside,
        children,
    } = props;
    let name = html! {
        <>
            { label.clone() }
            if *is_required { <span class="req" aria-hidden="true">{ "\u{a0}*" }</span> }
        </>
    };
    html! {
        <div class="field">
            if *aside == Html::default() {
                <label for={id.clone()}>{ name }</label>
            } else {
                <div class="top">
                    <label class="label" for={id.clone()}>{ name }</label>
                    <span class="push">{ aside.clone() }</span>
                </div>
            }
            { children.clone() }
            if let Some(error) = error {
                <p class="hint err" id={format!("{id}-error")}>
                    <Icon glyph={Glyph::Alert} />
                    <span>{ error.clone() }</span>
                </p>
            } else if let Some(hint) = hint {
                <p class="hint" id={format!("{id}-hint")}>{ hint.clone() }</p>
            }
        </div>
    }
}

/// What [`TextField`] needs.
#[derive(Properties, PartialEq)]
pub struct TextFieldProps {
    /// The label.
    pub label: AttrValue,
    /// The text.
    pub value: AttrValue,
    /// Gets the text as it is typed.
    #[prop_or_default]
    pub on_input: Callback<String>,
    /// Gets the text once it is left or confirmed.
    #[prop_or_default]
    pub on_change: Callback<String>,
    /// `text`, `email`, `password`, `date`, `number`, `search`, `tel` or `url`.
    #[prop_or(AttrValue::Static("text"))]
    pub kind: AttrValue,
    /// The name browsers and password managers fill by, such as `email` or `current-password`.
    #[prop_or_default]
    pub autocomplete: Option<AttrValue>,
    /// Which keyboard a phone shows, such as `decimal`.
    #[prop_or_default]
    pub inputmode: Option<AttrValue>,
    /// What helps to fill it in.
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// What is wrong with it.
    #[prop_or_default]
    pub error: Option<AttrValue>,
    /// An example; never in place of the label.
    #[prop_or_default]
    pub placeholder: Option<AttrValue>,
    /// Whether it must be filled in.
    #[prop_or_default]
    pub is_required: bool,
    /// Whether it cannot be changed.
    #[prop_or_default]
    pub is_disabled: bool,
    /// Whether it can be read and copied but not changed.
    #[prop_or_default]
    pub is_read_only: bool,
    /// Whether it is the tall one.
    #[prop_or_default]
    pub is_large: bool,
    /// Whether it has the focus when it appears.
    #[prop_or_default]
    pub is_focused: bool,
    /// A unit after the text.
    #[prop_or_default]
    pub unit: Option<AttrValue>,
    /// A control after the text, such as show-password.
    #[prop_or_default]
    pub end: Html,
    /// Something at the label's end, such as a link.
    #[prop_or_default]
    pub aside: Html,
    /// The most characters.
    #[prop_or_default]
    pub max_length: Option<u32>,
    /// The earliest date or least number.
    #[prop_or_default]
    pub min: Option<AttrValue>,
    /// The latest date or greatest number.
    #[prop_or_default]
    pub max: Option<AttrValue>,
    /// The name of the form field.
    #[prop_or_default]
    pub name: Option<AttrValue>,
}

/// Gives a control the focus when it appears, or is to have it.
#[hook]
fn use_focus(control: &NodeRef, is_focused: bool) {
    let control = control.clone();
    use_effect_with(is_focused, move |is_focused| {
        let control = control.cast::<web_sys::HtmlElement>();
        if let Some(control) = control.filter(|_| *is_focused) {
            let _ = control.focus();
        }
    });
}

/// One line of text.
#[component]
pub fn TextField(props: &TextFieldProps) -> Html {
    let id = use_id();
    let input = use_node_ref();
    use_focus(&input, props.is_focused);
    let oninput = props
        .on_input
        .reform(|event: InputEvent| event_value(&event));
    let onchange = props.on_change.reform(|event: Event| event_value(&event));
    let is_bad = props.error.is_some();
    let large = props.is_large.then_some("lg");
    let is_wrapped = props.unit.is_some() || props.end != Html::default();
    let class = if is_wrapped {
        Classes::new()
    } else {
        classes!("input", large)
    };
    let control = html! {
        <input
            ref={input}
            id={id.clone()}
            {class}
            type={props.kind.clone()}
            name={props.name.clone()}
            value={props.value.clone()}
            autocomplete={props.autocomplete.clone()}
            inputmode={props.inputmode.clone()}
            placeholder={props.placeholder.clone()}
            maxlength={props.max_length.map(|max| max.to_string())}
            min={props.min.clone()}
            max={props.max.clone()}
            disabled={props.is_disabled}
            readonly={props.is_read_only}
            aria-required={props.is_required.then_some("true")}
            aria-invalid={is_bad.then_some("true")}
            aria-describedby={described_by(&id, props.hint.is_some(), is_bad)}
            {oninput}
            {onchange}
        />
    };
    html! {
        <Field
            id={id}
            label={props.label.clone()}
            hint={props.hint.clone()}
            error={props.error.clone()}
            is_required={props.is_required}
            aside={props.aside.clone()}
        >
            if is_wrapped {
                <div class={classes!("input", large, is_bad.then_some("is-bad"))}>
                    { control }
                    if let Some(unit) = &props.unit { <span class="unit">{ unit.clone() }</span> }
                    { props.end.clone() }
                </div>
            } else {
                { control }
            }
        </Field>
    }
}

/// What [`TextArea`] needs.
#[derive(Properties, PartialEq)]
pub struct TextAreaProps {
    /// The label.
    pub label: AttrValue,
    /// The text.
    pub value: AttrValue,
    /// Gets the text as it is typed.
    #[prop_or_default]
    pub on_input: Callback<String>,
    /// What helps to fill it in.
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// What is wrong with it.
    #[prop_or_default]
    pub error: Option<AttrValue>,
    /// Whether it must be filled in.
    #[prop_or_default]
    pub is_required: bool,
    /// Lines it shows at first.
    #[prop_or(3)]
    pub rows: u32,
    /// The most characters.
    #[prop_or_default]
    pub max_length: Option<u32>,
    /// Whether it has the focus when it appears.
    #[prop_or_default]
    pub is_focused: bool,
    /// Something at the label's end, such as a mark.
    #[prop_or_default]
    pub aside: Html,
}

/// Several lines of text.
#[component]
pub fn TextArea(props: &TextAreaProps) -> Html {
    let id = use_id();
    let area = use_node_ref();
    use_focus(&area, props.is_focused);
    let oninput = props
        .on_input
        .reform(|event: InputEvent| event_value(&event));
    let is_bad = props.error.is_some();
    html! {
        <Field
            id={id.clone()}
            label={props.label.clone()}
            hint={props.hint.clone()}
            error={props.error.clone()}
            is_required={props.is_required}
            aside={props.aside.clone()}
        >
            <textarea
                ref={area}
                id={id.clone()}
                class="input"
                rows={props.rows.to_string()}
                maxlength={props.max_length.map(|max| max.to_string())}
                value={props.value.clone()}
                aria-required={props.is_required.then_some("true")}
                aria-invalid={is_bad.then_some("true")}
                aria-describedby={described_by(&id, props.hint.is_some(), is_bad)}
                {oninput}
            />
        </Field>
    }
}

/// One of several values to choose from.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// What the callback gets.
    pub value: AttrValue,
    /// The words.
    pub label: AttrValue,
}

impl Choice {
    /// A value with its words.
    pub fn new(value: impl Into<AttrValue>, label: impl Into<AttrValue>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
        }
    }
}

/// What [`SelectField`] needs.
#[derive(Properties, PartialEq)]
pub struct SelectFieldProps {
    /// The label.
    pub label: AttrValue,
    /// Whether the label is for a screen reader alone, as in a table.
    #[prop_or_default]
    pub is_label_hidden: bool,
    /// The value chosen; empty for none.
    pub value: AttrValue,
    /// What there is to choose from.
    pub choices: Vec<Choice>,
    /// The words for no choice; without them one must be made.
    #[prop_or_default]
    pub none: Option<AttrValue>,
    /// Gets the value chosen.
    #[prop_or_default]
    pub on_change: Callback<AttrValue>,
    /// What helps to choose.
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// What is wrong with it.
    #[prop_or_default]
    pub error: Option<AttrValue>,
    /// Whether one must be chosen.
    #[prop_or_default]
    pub is_required: bool,
    /// Whether it cannot be changed.
    #[prop_or_default]
    pub is_disabled: bool,
    /// Whether it is the tall one.
    #[prop_or_default]
    pub is_large: bool,
}

/// A choice of one from a few, by the system's own list.
#[component]
pub fn SelectField(props: &SelectFieldProps) -> Html {
    let id = use_id();
    let onchange = props
        .on_change
        .reform(|event: Event| event_value(&event).into());
    let is_bad = props.error.is_some();
    let hidden_label = props.is_label_hidden.then(|| props.label.clone());
    let control = html! {
        <span class="select">
            <select
                id={id.clone()}
                class={classes!("input", props.is_large.then_some("lg"))}
                disabled={props.is_disabled}
                aria-label={hidden_label}
                aria-required={props.is_required.then_some("true")}
                aria-invalid={is_bad.then_some("true")}
                aria-describedby={described_by(&id, props.hint.is_some(), is_bad)}
                {onchange}
            >
                if let Some(none) = &props.none {
                    <option value="" selected={props.value.is_empty()}>{ none.clone() }</option>
                }
                for choice in &props.choices {
                    <option key={choice.value.to_string()} value={choice.value.clone()} selected={choice.value == props.value}>
                        { choice.label.clone() }
                    </option>
                }
            </select>
            <Icon glyph={Glyph::Down} />
        </span>
    };
    if props.is_label_hidden {
        return control;
    }
    html! {
        <Field
            id={id}
            label={props.label.clone()}
            hint={props.hint.clone()}
            error={props.error.clone()}
            is_required={props.is_required}
        >
            { control }
        </Field>
    }
}

/// What [`CheckBox`] needs.
#[derive(Properties, PartialEq)]
pub struct CheckBoxProps {
    /// The words.
    pub label: AttrValue,
    /// More about it.
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// Whether it is on.
    pub is_checked: bool,
    /// Whether it cannot be changed.
    #[prop_or_default]
    pub is_disabled: bool,
    /// Whether the words are for a screen reader alone, as in a table.
    #[prop_or_default]
    pub is_label_hidden: bool,
    /// Gets the new state.
    #[prop_or_default]
    pub on_change: Callback<bool>,
}

/// Something that is on or off.
#[component]
pub fn CheckBox(props: &CheckBoxProps) -> Html {
    let onchange = props.on_change.reform(|event: Event| {
        let input = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
        input.is_some_and(|input| input.checked())
    });
    let label = props.is_label_hidden.then(|| props.label.clone());
    html! {
        <label class="option">
            <input
                class="check"
                type="checkbox"
                checked={props.is_checked}
                disabled={props.is_disabled}
                aria-label={label.clone()}
                {onchange}
            />
            if label.is_none() {
                <span>
                    { props.label.clone() }
                    if let Some(hint) = &props.hint { <small>{ hint.clone() }</small> }
                </span>
            }
        </label>
    }
}

/// What [`PasswordField`] needs.
#[derive(Properties, PartialEq)]
pub struct PasswordFieldProps {
    /// The label.
    pub label: AttrValue,
    /// The password.
    pub value: AttrValue,
    /// Gets the password as it is typed or pasted.
    pub on_input: Callback<String>,
    /// Whether it is a new one, which a password manager may propose.
    #[prop_or_default]
    pub is_new: bool,
    /// What helps to fill it in.
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// What is wrong with it.
    #[prop_or_default]
    pub error: Option<AttrValue>,
    /// Whether it is the tall one.
    #[prop_or_default]
    pub is_large: bool,
}

/// A password; it can be pasted, filled by a manager, and shown.
#[component]
pub fn PasswordField(props: &PasswordFieldProps) -> Html {
    crate::i18n::use_lang();
    let is_shown = use_state_eq(|| false);
    let toggle = {
        let is_shown = is_shown.clone();
        Callback::from(move |_: MouseEvent| is_shown.set(!*is_shown))
    };
    let (glyph, label) = if *is_shown {
        (Glyph::EyeOff, t!("field.hide_password"))
    } else {
        (Glyph::Eye, t!("field.show_password"))
    };
    let end = html! {
        <super::IconButton {glyph} {label} size={super::ButtonSize::Small} on_click={toggle} />
    };
    html! {
        <TextField
            label={props.label.clone()}
            value={props.value.clone()}
            on_input={props.on_input.clone()}
            kind={if *is_shown { "text" } else { "password" }}
            autocomplete={if props.is_new { "new-password" } else { "current-password" }}
            name="password"
            hint={props.hint.clone()}
            error={props.error.clone()}
            is_large={props.is_large}
            is_required=true
            {end}
        />
    }
}
