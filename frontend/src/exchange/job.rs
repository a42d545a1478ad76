//! The job behind the wizard: asks how it stands while the server works, and sends choices one after the
//! other, so that quick ones do not overtake each other.

use crate::api::{Api, ApiError, ApiResult, use_api};
use crate::browser;
use shared::exchange::{Import, ImportPatch};
use shared::id::{ImportFileId, ImportId};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use yew::prelude::*;

/// Milliseconds between two looks at a job that is at work.
const LOOK: u32 = 700;

/// Something to be done with the job.
#[derive(Debug, Clone)]
pub enum Command {
    /// Make choices.
    Choose(Box<ImportPatch>),
    /// Take a file out.
    Remove(ImportFileId),
    /// Add a file.
    Add(web_sys::File),
    /// Begin the dry run.
    Check,
    /// Begin the import.
    Start,
    /// End it.
    Cancel,
}

/// The job as it is known.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct JobState {
    /// The job, once it came.
    pub import: Option<Rc<Import>>,
    /// Why the last request failed.
    pub error: Option<ApiError>,
    /// Commands under way or waiting.
    pub pending: usize,
    /// Files the server did not take, with the reason.
    pub refused: Vec<(String, ApiError)>,
    /// The file being sent.
    pub sending: Option<String>,
}

/// What happens to it.
pub enum JobAction {
    /// The job as it is now.
    Came(Box<Import>),
    /// A request failed.
    Failed(ApiError),
    /// A command was put in line.
    Queued,
    /// A command is done, well or not.
    Ended,
    /// A file is being sent.
    Sending(String),
    /// The server did not take a file.
    Refused(String, ApiError),
    /// The person has seen what was not taken.
    Seen,
}

impl Reducible for JobState {
    type Action = JobAction;

    fn reduce(self: Rc<Self>, action: JobAction) -> Rc<Self> {
        let mut next = (*self).clone();
        match action {
            JobAction::Came(import) => {
                // A look that was under way while a choice was sent is older than its answer.
                let known = next
                    .import
                    .as_ref()
                    .map_or(i32::MIN, |known| known.head.version);
                if import.head.version >= known {
                    next.import = Some(Rc::new(*import));
                }
                next.error = None;
            }
            JobAction::Failed(error) => next.error = Some(error),
            JobAction::Queued => {
                next.pending += 1;
                next.error = None;
            }
            JobAction::Ended => {
                next.pending = next.pending.saturating_sub(1);
                next.sending = None;
            }
            JobAction::Sending(name) => next.sending = Some(name),
            JobAction::Refused(name, error) => next.refused.push((name, error)),
            JobAction::Seen => next.refused.clear(),
        }
        next.into()
    }
}

/// The job and what can be done with it.
#[derive(Clone, PartialEq)]
pub struct Job {
    /// Its id.
    pub id: ImportId,
    /// The job as it is known.
    pub state: UseReducerHandle<JobState>,
    /// Does something with it, after what is already in line.
    pub run: Callback<Command>,
    /// Asks how it stands.
    pub look: Callback<()>,
}

impl Job {
    /// Makes choices.
    pub fn choose(&self, patch: ImportPatch) {
        self.run.emit(Command::Choose(Box::new(patch)));
    }

    /// Whether a command is under way.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.state.pending > 0
    }
}

async fn carry_out(api: &Api, id: ImportId, version: i32, command: &Command) -> ApiResult<Import> {
    match command {
        Command::Choose(patch) => api.patch_import(id, version, patch).await,
        Command::Remove(file) => api.remove_import_file(id, version, *file).await,
        Command::Add(file) => {
            api.add_import_file(id, &file.name(), file.clone().into())
                .await
        }
        Command::Check => api.check_import(id, version).await,
        Command::Start => api.start_import(id, version).await,
        Command::Cancel => api.cancel_import(id).await,
    }
}

/// One command at a time, each on the version the one before left.
struct Line {
    waiting: RefCell<VecDeque<Command>>,
    is_running: RefCell<bool>,
    version: RefCell<i32>,
}

impl Command {
    /// Whether it may be said again by itself on a job that somebody changed meanwhile: what is about to be
    /// written has to be seen first.
    const fn may_repeat(&self) -> bool {
        !matches!(self, Self::Start)
    }
}

/// What came of a command: the job as it was found when it had changed meanwhile, and the answer.
struct Carried {
    found: Option<Import>,
    answer: ApiResult<Import>,
}

/// Carries a command out; on a job that changed meanwhile once more, if the command allows it.
async fn carry(api: &Api, id: ImportId, version: i32, command: &Command) -> Carried {
    let answer = carry_out(api, id, version, command).await;
    let is_stale = matches!(&answer, Err(error) if error.is_stale());
    let found = if is_stale {
        api.import(id).await.ok()
    } else {
        None
    };
    let answer = match &found {
        Some(now) if command.may_repeat() => carry_out(api, id, now.head.version, command).await,
        _ => answer,
    };
    Carried { found, answer }
}

async fn work(api: Api, id: ImportId, line: Rc<Line>, job: UseReducerDispatcher<JobState>) {
    loop {
        let Some(command) = line.waiting.borrow_mut().pop_front() else {
            break;
        };
        if let Command::Add(file) = &command {
            job.dispatch(JobAction::Sending(file.name()));
        }
        let version = *line.version.borrow();
        let Carried { found, answer } = carry(&api, id, version, &command).await;
        if let Some(now) = found {
            line.version.replace(now.head.version);
            job.dispatch(JobAction::Came(Box::new(now)));
        }
        match answer {
            Ok(import) => {
                line.version.replace(import.head.version);
                job.dispatch(JobAction::Came(Box::new(import)));
            }
            Err(error) => match command {
                Command::Add(file) => job.dispatch(JobAction::Refused(file.name(), error)),
                _ => {
                    line.waiting.borrow_mut().clear();
                    job.dispatch(JobAction::Failed(error));
                }
            },
        }
        job.dispatch(JobAction::Ended);
    }
    line.is_running.replace(false);
}

/// The job with this id.
#[hook]
pub fn use_job(id: ImportId) -> Job {
    let api = use_api();
    let state = use_reducer_eq(JobState::default);
    let line = use_memo((), |()| Line {
        waiting: RefCell::default(),
        is_running: RefCell::default(),
        version: RefCell::default(),
    });
    if let Some(import) = &state.import {
        line.version
            .replace_with(|known| (*known).max(import.head.version));
    }
    let look = use_callback(id, {
        let (api, dispatch) = (api.clone(), state.dispatcher());
        move |(), id| {
            let (api, dispatch, id) = (api.clone(), dispatch.clone(), *id);
            browser::spawn(async move {
                dispatch.dispatch(match api.import(id).await {
                    Ok(import) => JobAction::Came(Box::new(import)),
                    Err(error) => JobAction::Failed(error),
                });
            });
        }
    });
    use_effect_with(id, {
        let look = look.clone();
        move |_| look.emit(())
    });
    // While the server works: look, wait, look again; also after a look that failed.
    let is_at_work = state
        .import
        .as_ref()
        .is_some_and(|import| import.head.state.is_busy());
    let seen = state.import.as_ref().map(Rc::as_ptr);
    use_effect_with((is_at_work, seen, state.error.clone()), {
        let look = look.clone();
        move |(is_at_work, _, _)| {
            let timer = is_at_work
                .then(|| gloo::timers::callback::Interval::new(LOOK, move || look.emit(())));
            move || drop(timer)
        }
    });
    let run = {
        let dispatch = state.dispatcher();
        Callback::from(move |command: Command| {
            line.waiting.borrow_mut().push_back(command);
            dispatch.dispatch(JobAction::Queued);
            if !line.is_running.replace(true) {
                browser::spawn(work(api.clone(), id, line.clone(), dispatch.clone()));
            }
        })
    };
    Job {
        id,
        state,
        run,
        look,
    }
}

#[cfg(test)]
mod tests {
    use super::super::steps::tests::import;
    use super::*;
    use crate::api::Answer;
    use crate::api::transport::canned::Canned;
    use serde_json::json;

    fn with_version(version: i32) -> Box<Import> {
        let mut import = import("draft", &[]);
        import.head.version = version;
        Box::new(import)
    }

    fn version(state: &JobState) -> i32 {
        state.import.as_ref().unwrap().head.version
    }

    #[test]
    fn an_older_look_does_not_undo_a_newer_answer() {
        let state = Rc::new(JobState::default()).reduce(JobAction::Came(with_version(4)));
        let state = state.reduce(JobAction::Came(with_version(3)));
        assert_eq!(version(&state), 4);
        let state = state.reduce(JobAction::Came(with_version(5)));
        assert_eq!(version(&state), 5);
    }

    #[test]
    fn a_file_that_is_refused_does_not_hide_the_job() {
        let state = Rc::new(JobState::default()).reduce(JobAction::Came(with_version(1)));
        let state = state.reduce(JobAction::Refused("a.pdf".into(), ApiError::Unreadable));
        assert!(state.import.is_some());
        assert_eq!(state.error, None);
        assert!(state.reduce(JobAction::Seen).refused.is_empty());
    }

    fn stale() -> Answer {
        Answer::json(
            412,
            &json!({
                "type": "about:blank", "title": "Stale", "status": 412, "detail": "", "code": "stale",
                "request_id": "r", "errors": []
            }),
        )
    }

    fn now(version: i32) -> Answer {
        let import = *with_version(version);
        Answer::json(200, &serde_json::to_value(import).unwrap())
    }

    #[tokio::test]
    async fn a_start_on_what_somebody_else_changed_shows_what_is_there_and_is_not_said_again() {
        let canned = Canned::new([stale(), now(9), now(10)]);
        let api = Api::new(canned.clone());
        let id = with_version(1).head.id;
        let carried = carry(&api, id, 4, &Command::Start).await;
        assert_eq!(carried.found.unwrap().head.version, 9);
        assert!(carried.answer.is_err_and(|error| error.is_stale()));
        assert_eq!(canned.sent().len(), 2, "one start, one look");
    }

    #[tokio::test]
    async fn a_choice_on_what_somebody_else_changed_is_said_once_more() {
        let canned = Canned::new([stale(), now(9), now(10)]);
        let api = Api::new(canned.clone());
        let id = with_version(1).head.id;
        let choice = Command::Choose(Box::default());
        let carried = carry(&api, id, 4, &choice).await;
        assert_eq!(carried.answer.unwrap().head.version, 10);
        assert_eq!(canned.sent()[2].header("If-Match"), Some("\"9\""));
    }
}
