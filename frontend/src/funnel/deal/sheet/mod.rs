//! The sheet of a deal's stage on its page: push questions with their answers, tasks with their plan, and
//! what was answered and planned before.

mod question;
mod save;
mod task;

use crate::api::use_api;
use crate::browser;
use crate::gather::use_is_gathered;
use crate::i18n::t;
use crate::i18n::use_lang;
use crate::load::use_load;
use crate::ui::{Glyph, Icon, Notches, Toast, draw, use_toasts};
use question::Question;
use save::{Write, save};
use shared::funnel::{Deal, DealSheet, Funnel, PushAnswer, SheetCount, Stage, StageTask};
use shared::id::StageId;
use shared::identity::User;
use std::rc::Rc;
use task::Task;
use yew::prelude::*;
use yew_router::prelude::*;

/// The id of the card, to lead there.
pub const ANCHOR: &str = "stage-sheet";

/// Came along with the address: the card is what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted;

/// What [`StageSheet`] needs.
#[derive(Properties, PartialEq)]
pub struct StageSheetProps {
    /// The funnel.
    pub funnel: Rc<Funnel>,
    /// The deal.
    pub deal: Rc<Deal>,
    /// The colleagues, of whom one does a task.
    pub people: Rc<Vec<User>>,
    /// Whether something may be written.
    pub can_edit: bool,
    /// Gets the deal as it is afterwards.
    pub on_deal: Callback<Deal>,
}

/// The row that is being written in.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    stage: StageId,
    words: String,
    is_task: bool,
}

impl Row {
    fn question(stage: StageId, words: &str) -> Self {
        Self {
            stage,
            words: words.to_owned(),
            is_task: false,
        }
    }

    fn task(stage: StageId, words: &str) -> Self {
        Self {
            is_task: true,
            ..Self::question(stage, words)
        }
    }
}

/// The row being written in, with the sheet as it was when its form opened: what is written meanwhile is not
/// written over unseen.
#[derive(Debug, Clone, PartialEq)]
struct Open {
    row: Row,
    seen: Rc<DealSheet>,
}

/// What belongs to one stage and is not asked or planned now.
#[derive(Debug, PartialEq)]
struct Before<'a> {
    stage: Option<&'a Stage>,
    answers: Vec<&'a PushAnswer>,
    tasks: Vec<&'a StageTask>,
}

/// What was answered and planned in other stages, and in this one in words it has no more; in the order of
/// the stages, those that are gone last.
fn before<'a>(funnel: &'a Funnel, now: &'a Stage, sheet: &'a DealSheet) -> Vec<Before<'a>> {
    let of = |stage: &'a Stage| {
        let is_now = stage.id == now.id;
        Before {
            stage: Some(stage),
            answers: if is_now {
                sheet.asked_earlier(stage).collect()
            } else {
                let all = sheet.answers.iter();
                all.filter(|one| one.stage_id == stage.id).collect()
            },
            tasks: if is_now {
                sheet.planned_earlier(stage).collect()
            } else {
                let all = sheet.tasks.iter();
                all.filter(|one| one.stage_id == stage.id).collect()
            },
        }
    };
    let is_gone = |id: StageId| funnel.stages.iter().all(|stage| stage.id != id);
    let (answers, tasks) = (sheet.answers.iter(), sheet.tasks.iter());
    let gone = Before {
        stage: None,
        answers: answers.filter(|one| is_gone(one.stage_id)).collect(),
        tasks: tasks.filter(|one| is_gone(one.stage_id)).collect(),
    };
    let all = funnel.stages.iter().map(of).chain([gone]);
    all.filter(|one| !one.answers.is_empty() || !one.tasks.is_empty())
        .collect()
}

/// The sheet of the stage a deal is in.
#[component]
pub fn StageSheet(props: &StageSheetProps) -> Html {
    let lang = use_lang();
    let (api, toasts) = (use_api(), use_toasts());
    let open = use_state_eq(|| None::<Open>);
    let is_busy = use_state_eq(|| false);
    let sheet = use_load((props.deal.id, props.deal.version), {
        let api = api.clone();
        move |(id, _)| {
            let api = api.clone();
            async move { api.deal_sheet(id).await }
        }
    });
    let is_shown = use_is_gathered();
    use_arrival(is_shown && sheet.loaded.data.is_some());
    let stages = &props.funnel.stages;
    let Some(stage) = stages.iter().find(|stage| stage.id == props.deal.stage_id) else {
        return Html::default();
    };
    let asks = !stage.fields.questions.is_empty() || !stage.fields.tasks.is_empty();
    let known = sheet.loaded.data.as_ref();
    if !asks && known.is_none_or(|sheet| sheet.answers.is_empty() && sheet.tasks.is_empty()) {
        return Html::default();
    }
    let on_write = {
        let (sheet, open, is_busy) = (sheet.clone(), open.clone(), is_busy.clone());
        let (deal, on_deal) = (props.deal.id, props.on_deal.clone());
        Callback::from(move |write: Write| {
            let row = write.row();
            let opened = open.as_ref().filter(|open| open.row == row).cloned();
            let seen = opened.as_ref().map(|opened| opened.seen.clone());
            let seen = seen.or_else(|| sheet.loaded.data.clone());
            let Some(seen) = seen.filter(|_| !*is_busy) else {
                return;
            };
            is_busy.set(true);
            let (api, toasts, on_deal) = (api.clone(), toasts.clone(), on_deal.clone());
            let (sheet, open, is_busy) = (sheet.clone(), open.setter(), is_busy.setter());
            browser::spawn(async move {
                match save(&api, deal, &seen, &write).await {
                    Ok(now) => {
                        toasts.show(Toast::done(write.told(lang)));
                        sheet.replace(now);
                        open.set(None);
                        if let Ok(deal) = api.deal(deal).await {
                            on_deal.emit(deal);
                        }
                    }
                    Err(error) => {
                        toasts.show(Toast::failed(error.message(lang)));
                        // What is there now stands beside what was typed; who saves again has seen it.
                        if let Ok(now) = api.deal_sheet(deal).await {
                            let seen = Rc::new(now.clone());
                            sheet.replace(now);
                            if opened.is_some() {
                                open.set(Some(Open { row, seen }));
                            }
                        }
                    }
                }
                is_busy.set(false);
            });
        })
    };
    let list = List {
        props,
        known: sheet.loaded.data.clone(),
        open: &open,
        is_busy: *is_busy,
        on_write: &on_write,
    };
    html! {
        <section class="panel" id={ANCHOR} aria-label={t!("stage_sheet.title")}>
            <header><h2>{ t!("stage_sheet.title") }</h2><span class="sub">{ &stage.fields.name }</span></header>
            <div class="body gate">{ draw(&sheet, |sheet| list.all(stage, sheet)) }</div>
        </section>
    }
}

/// Brings the card into view where the address asked for it, once it is there.
#[hook]
fn use_arrival(is_there: bool) {
    let location = use_location();
    let is_wanted = location.is_some_and(|location| location.state::<Wanted>().is_some());
    use_effect_with(is_there && is_wanted, |is| {
        if *is {
            browser::focus_within(ANCHOR);
        }
    });
}

/// The rows of a card, with what they need.
struct List<'a> {
    props: &'a StageSheetProps,
    known: Option<Rc<DealSheet>>,
    open: &'a UseStateHandle<Option<Open>>,
    is_busy: bool,
    on_write: &'a Callback<Write>,
}

impl List<'_> {
    fn all(&self, stage: &Stage, sheet: &DealSheet) -> Html {
        let count = SheetCount::of(stage, sheet);
        let fields = &stage.fields;
        html! {
            <>
                if count.questions > 0 {
                    <section class="gate-s" aria-label={t!("stage_sheet.questions")}>
                        { head(t!("stage_sheet.questions").into_owned(), t!("stage_sheet.answered", n = count.answered, of = count.questions).into_owned(), (count.answered, count.questions)) }
                        <ul>for question in &fields.questions { { self.question(stage.id, question, sheet.answer(stage.id, question)) } }</ul>
                    </section>
                }
                if count.tasks > 0 {
                    <section class="gate-s" aria-label={t!("stage_sheet.tasks")}>
                        { head(t!("stage_sheet.tasks").into_owned(), t!("stage_sheet.done", n = count.done, of = count.tasks).into_owned(), (count.done, count.tasks)) }
                        <ul>for task in &fields.tasks { { self.task(stage.id, task, sheet.task(stage.id, task)) } }</ul>
                    </section>
                }
                { self.earlier(&before(&self.props.funnel, stage, sheet)) }
            </>
        }
    }

    fn earlier(&self, all: &[Before<'_>]) -> Html {
        if all.is_empty() {
            return Html::default();
        }
        let many: usize = all
            .iter()
            .map(|one| one.answers.len() + one.tasks.len())
            .sum();
        let name = |one: &Before<'_>| match one.stage {
            Some(stage) => stage.fields.name.clone(),
            None => t!("stage_sheet.gone_stage").into_owned(),
        };
        html! {
            <details class="gate-s earlier">
                <summary><h3>{ t!("stage_sheet.earlier") }</h3><span class="muted t12 num">{ many }</span><Icon glyph={Glyph::Down} /></summary>
                for one in all {
                    <div key={one.stage.map(|stage| stage.id.to_string()).unwrap_or_default()}>
                        <h4>{ name(one) }</h4>
                        <ul>
                            for answer in &one.answers { { self.question(answer.stage_id, &answer.question, Some(answer)) } }
                            for task in &one.tasks { { self.task(task.stage_id, &task.task, Some(task)) } }
                        </ul>
                    </div>
                }
            </details>
        }
    }

    fn question(&self, stage: StageId, question: &str, answer: Option<&PushAnswer>) -> Html {
        let row = Row::question(stage, question);
        html! {
            <Question
                key={format!("{stage} {question}")}
                {stage}
                question={question.to_owned()}
                answer={answer.cloned().map(Rc::new)}
                can_edit={self.props.can_edit}
                is_open={self.is_open(&row)}
                is_busy={self.is_busy}
                on_open={self.opening(row)}
                on_write={self.on_write.clone()}
            />
        }
    }

    fn task(&self, stage: StageId, task: &str, known: Option<&StageTask>) -> Html {
        let row = Row::task(stage, task);
        html! {
            <Task
                key={format!("{stage} {task}")}
                {stage}
                task={task.to_owned()}
                known={known.cloned().map(Rc::new)}
                people={self.props.people.clone()}
                can_edit={self.props.can_edit}
                is_open={self.is_open(&row)}
                is_busy={self.is_busy}
                on_open={self.opening(row)}
                on_write={self.on_write.clone()}
            />
        }
    }

    fn is_open(&self, row: &Row) -> bool {
        self.open.as_ref().is_some_and(|open| open.row == *row)
    }

    fn opening(&self, row: Row) -> Callback<bool> {
        let (open, known) = (self.open.setter(), self.known.clone());
        Callback::from(move |to: bool| {
            let seen = known.clone().filter(|_| to);
            let row = row.clone();
            open.set(seen.map(|seen| Open { row, seen }));
        })
    }
}

fn head(title: String, told: String, (met, of): (usize, usize)) -> Html {
    html! {
        <header>
            <h3>{ title }</h3>
            <span class="muted t12 num">{ told }</span>
            <span class="push notches"><Notches {met} {of} is_wide=true /></span>
        </header>
    }
}

/// Gives the focus back to the button with this id when its form closes.
#[hook]
fn use_focus_back(is_open: bool, id: &AttrValue) {
    let was_open = use_mut_ref(|| false);
    use_effect_with((is_open, id.clone()), move |(is_open, id)| {
        if was_open.replace(*is_open) && !is_open {
            browser::focus(id);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const FUNNEL: &str = "01930000-0000-7000-8000-000000000009";

    fn id(number: u8) -> String {
        format!("01930000-0000-7000-8000-0000000000{number:02}")
    }

    #[test]
    fn what_was_said_before_is_listed_by_stage_and_what_is_gone_comes_last() {
        let stage = |number: u8, asks: &str| {
            json!({ "id": id(number), "funnel_id": FUNNEL, "position": number, "name": number.to_string(),
                    "questions": [asks], "tasks": [asks] })
        };
        let funnel: Funnel = serde_json::from_value(json!({
            "id": FUNNEL, "name": "F", "version": 1, "archived_at": null,
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
            "stages": [stage(1, "Why?"), stage(2, "Who?")],
        }))
        .unwrap();
        let answer = |stage: u8, question: &str| {
            json!({ "stage_id": id(stage), "question": question, "text": "So", "answered_by": null,
                    "answered_at": "2026-01-01T00:00:00Z" })
        };
        let sheet: DealSheet = serde_json::from_value(json!({
            "answers": [answer(3, "What?"), answer(2, "Who?"), answer(2, "Whom?"), answer(1, "Why?")],
            "tasks": [{ "stage_id": id(1), "task": "Why?" }, { "stage_id": id(2), "task": "Who?" }],
            "version": 1,
        }))
        .unwrap();
        let all = before(&funnel, &funnel.stages[1], &sheet);
        let told: Vec<(Option<&str>, Vec<&str>, usize)> = all
            .iter()
            .map(|one| {
                let name = one.stage.map(|stage| stage.fields.name.as_str());
                let asked = one.answers.iter().map(|one| one.question.as_str());
                (name, asked.collect(), one.tasks.len())
            })
            .collect();
        assert_eq!(
            told,
            [
                (Some("1"), vec!["Why?"], 1),
                (Some("2"), vec!["Whom?"], 0),
                (None, vec!["What?"], 0),
            ]
        );
    }
}
