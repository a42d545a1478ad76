//! The steps of the wizard, and which of them an import can show.
//!
//! The server's job is the truth: a reload, or another browser, opens the wizard where the job stands.

use shared::error::FieldError;
use shared::exchange::{Import, ImportState};
use strum::{AsRefStr, EnumIter, EnumString};

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, AsRefStr, EnumString, EnumIter)]
#[strum(serialize_all = "snake_case")]
pub enum Step {
    /// Which files, and how they are read.
    Files,
    /// Which column fills which field.
    Columns,
    /// What the values stand for, and where deals go.
    Values,
    /// What would happen.
    Check,
    /// What happens, and what happened.
    Run,
}

/// The step to show: the one asked for, as far as the job has come.
#[must_use]
pub fn shown(import: &Import, asked: Option<Step>) -> Step {
    match import.head.state {
        ImportState::Queued | ImportState::Running => Step::Run,
        state if state.is_over() => Step::Run,
        ImportState::Checking => Step::Check,
        _ if import.files.is_empty() => Step::Files,
        ImportState::Checked => asked
            .filter(|step| *step != Step::Run)
            .unwrap_or(Step::Check),
        _ => asked
            .filter(|step| *step != Step::Run)
            .unwrap_or_else(|| first_open(import)),
    }
}

/// The first step with something to choose; the check when nothing is open.
fn first_open(import: &Import) -> Step {
    [Step::Files, Step::Columns, Step::Values]
        .into_iter()
        .find(|step| open(import, *step) > 0)
        .unwrap_or(
            if import.report.is_some() || import.head.failure.is_some() {
                Step::Check
            } else {
                Step::Columns
            },
        )
}

/// The step where an open question is answered.
#[must_use]
pub fn step_of(question: &FieldError) -> Step {
    let parts: Vec<&str> = question
        .pointer
        .trim_start_matches('/')
        .split('/')
        .collect();
    match parts.as_slice() {
        ["files", _, "columns", ..] => Step::Columns,
        ["files", ..] => Step::Files,
        _ => Step::Values,
    }
}

/// How many questions a step has open.
#[must_use]
pub fn open(import: &Import, step: Step) -> usize {
    import
        .open_questions
        .iter()
        .filter(|question| step_of(question) == step)
        .count()
}

/// Whether the step can be opened now.
#[must_use]
pub fn is_reachable(import: &Import, step: Step) -> bool {
    match step {
        Step::Files => import.head.state.is_open(),
        Step::Columns | Step::Values => import.head.state.is_open() && !import.files.is_empty(),
        Step::Check => {
            !import.files.is_empty()
                && (import.head.state.is_open() || import.head.state == ImportState::Checking)
        }
        Step::Run => {
            import.head.state.is_over()
                || matches!(
                    import.head.state,
                    ImportState::Queued | ImportState::Running
                )
        }
    }
}

/// The percentage that is done.
#[must_use]
pub fn percent(import: &Import) -> u8 {
    let progress = import.head.progress;
    if progress.rows_total <= 0 {
        return if import.head.state == ImportState::Done {
            100
        } else {
            0
        };
    }
    u8::try_from((progress.rows_done.clamp(0, progress.rows_total) * 100) / progress.rows_total)
        .unwrap_or(100)
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use serde_json::json;

    /// An import with one file of deals, in this state.
    pub fn import(state: &str, questions: &[&str]) -> Import {
        let questions: Vec<_> = questions
            .iter()
            .map(|pointer| json!({ "pointer": pointer, "code": "required" }))
            .collect();
        serde_json::from_value(json!({
            "id": "01930000-0000-7000-8000-000000000001", "state": state, "file_names": ["deals.csv"],
            "created_by": "01930000-0000-7000-8000-000000000002", "created_by_name": "Xia",
            "progress": { "rows_done": 30, "rows_total": 120 }, "version": 1,
            "created_at": "2026-11-22T08:00:00Z", "started_at": null, "finished_at": null,
            "source": "csv", "currency": "USD", "missing_amount": "empty",
            "files": [{
                "id": "01930000-0000-7000-8000-000000000003", "name": "deals.csv", "bytes": 100, "format": "csv",
                "encoding": "utf8", "delimiter": "comma", "header_row": 1, "kind": "deals", "rows": 120,
                "columns": []
            }],
            "funnel": null, "values": [], "open_questions": questions, "report": null
        }))
        .unwrap()
    }

    #[test]
    fn a_reload_opens_the_wizard_where_the_job_stands() {
        assert_eq!(shown(&import("running", &[]), Some(Step::Files)), Step::Run);
        assert_eq!(shown(&import("done", &[]), None), Step::Run);
        assert_eq!(
            shown(&import("checking", &[]), Some(Step::Values)),
            Step::Check
        );
        assert_eq!(shown(&import("checked", &[]), None), Step::Check);
        assert_eq!(
            shown(&import("checked", &[]), Some(Step::Columns)),
            Step::Columns
        );
        assert_eq!(shown(&import("draft", &[]), Some(Step::Run)), Step::Columns);
    }

    #[test]
    fn a_draft_opens_at_its_first_open_question() {
        assert_eq!(
            shown(
                &import("draft", &["/values/3/target", "/files/0/kind"]),
                None
            ),
            Step::Files
        );
        assert_eq!(
            shown(&import("draft", &["/funnel/stages"]), None),
            Step::Values
        );
        assert_eq!(shown(&import("draft", &[]), None), Step::Columns);
    }

    #[test]
    fn questions_belong_to_the_step_that_answers_them() {
        let of = |pointer: &str| {
            step_of(&FieldError::new(
                pointer,
                shared::error::ErrorCode::Required,
            ))
        };
        assert_eq!(of("/files/0/columns/5/dates/format"), Step::Columns);
        assert_eq!(of("/files/1/columns"), Step::Columns);
        assert_eq!(of("/files/0/kind"), Step::Files);
        assert_eq!(of("/values/3/target"), Step::Values);
    }

    #[test]
    fn what_runs_cannot_be_changed() {
        let running = import("running", &[]);
        assert!(!is_reachable(&running, Step::Columns));
        assert!(is_reachable(&running, Step::Run));
        assert!(!is_reachable(&import("draft", &[]), Step::Run));
        assert_eq!(percent(&running), 25);
    }
}
