//! What an import works with: its plan, the matcher, the funnel, and what the person behind it may do.

use super::batch::Batch;
use super::tally::{Became, Oddity, Tally};
use crate::accounts::store::classes;
use crate::app::App;
use crate::db::{Scope, Tx};
use crate::error::{AppError, AppResult, optional};
use crate::exchange::reading::Row;
use crate::exchange::store::files::{self, StoredFile};
use crate::exchange::store::imports::{self, Stored};
use crate::exchange::store::known;
use crate::funnel::routes::funnels;
use crate::funnel::store::stages::{self, KnownStage};
use crate::identity::store::{callers, users};
use shared::accounts::{Account, SizeBands};
use shared::error::ErrorCode;
use shared::exchange::matching::{Class, Found, Matcher, Meaning};
use shared::exchange::plan::{FileInput, Plan};
use shared::exchange::row::{CellProblem, Layout};
use shared::exchange::{
    Field, FileKind, FunnelChoice, ImportColumn, MatchKind, NewStage, ProblemCode, Severity,
};
use shared::funnel::{Funnel, NewFunnel, Stage, StageColour, StageDraft, StageFields, StageKind};
use shared::id::{FunnelId, ImportFileId, ImportId, StageId, TeamId, UserId};
use shared::identity::{Locale, Permission, Role, UserState};
use shared::money::Money;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use uuid::Uuid;

/// What an import works with.
pub struct Context {
    /// The organisation, the person behind it and their view.
    pub scope: Scope,
    /// The import.
    pub job: Stored,
    /// Its files of a known kind.
    pub stored: Vec<StoredFile>,
    /// The same files as the engine sees them.
    pub files: Vec<FileContext>,
    /// Knows what values mean.
    pub matcher: Matcher,
    /// The funnel that deals go to.
    pub funnel_id: FunnelId,
    /// Its stages in order; of one that is to be made, with ids that only count here.
    pub stages: Vec<Stage>,
    /// Stages that were removed since the import was taken up; a row that names one ends it.
    removed: Vec<Stage>,
    /// The size bands of the organisation.
    pub sizes: SizeBands,
    /// Whether nothing is written.
    pub is_dry_run: bool,
    /// Whether the funnel is made by this import.
    pub makes_funnel: bool,
    /// List prices of products, as far as they were asked for.
    pub prices: HashMap<Uuid, Option<Money>>,
    /// Parents that accounts got in this import.
    pub parents: HashMap<Uuid, Uuid>,
    /// Teams of managers by name.
    pub teams: HashMap<String, TeamId>,
    /// Of a check, accounts as the import would leave them, where criteria may ask for them.
    pub drafted: HashMap<Uuid, Account>,
    /// The language of the person behind it.
    pub locale: Locale,
    /// Accounts within view.
    accounts: HashSet<Uuid>,
    /// Records that this import would make, were it not a check.
    imagined: HashSet<Uuid>,
    role: Role,
    team: Option<TeamId>,
}

/// A file as the engine sees it.
#[derive(Clone)]
pub struct FileContext {
    /// Its id.
    pub id: ImportFileId,
    /// Its name.
    pub name: String,
    /// What its rows are.
    pub kind: FileKind,
    /// Where its fields are.
    pub layout: Layout,
    /// Its columns.
    pub columns: Vec<ImportColumn>,
    /// What came before and must not come twice.
    seen: HashSet<u64>,
    /// How often a row said the same.
    same: HashMap<u64, u32>,
}

/// What is odd about a row, until it is known what becomes of it.
#[derive(Default)]
pub struct Notes(Vec<(ProblemCode, Oddity)>);

impl Notes {
    /// Adds something.
    pub fn add(&mut self, code: ProblemCode, oddity: Oddity) {
        self.0.push((code, oddity));
    }

    /// All of it.
    #[must_use]
    pub fn into_list(self) -> Vec<(ProblemCode, Oddity)> {
        self.0
    }

    /// Whether the row must be left out.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.0
            .iter()
            .any(|(code, _)| code.severity() == Severity::Error)
    }
}

impl FileContext {
    /// What is odd about a cell of a field.
    #[must_use]
    pub fn odd(&self, field: Field, value: Option<&str>, taken: Option<&str>) -> Oddity {
        Oddity {
            field: Some(field),
            column: self
                .columns
                .iter()
                .find(|column| column.field == Some(field))
                .map(|column| column.header.clone()),
            value: value.map(str::to_owned),
            taken: taken.map(str::to_owned),
        }
    }

    /// Takes a cell's reading, or notes what is wrong with it.
    pub fn take<T>(&self, read: Result<Option<T>, CellProblem>, notes: &mut Notes) -> Option<T> {
        match read {
            Ok(value) => value,
            Err(problem) => {
                let oddity = self.odd(problem.field, Some(&problem.value), None);
                notes.add(problem.code, oddity);
                None
            }
        }
    }

    /// Notes what is wrong with the number of cells.
    pub fn check_shape(&self, row: &Row, notes: &mut Notes) {
        let mut extra = row.cells.iter().skip(self.layout.columns());
        if let Some(cell) = extra.find(|cell| !cell.is_empty()) {
            let oddity = Oddity {
                value: Some(cell.clone()),
                ..Oddity::default()
            };
            notes.add(ProblemCode::TooManyCells, oddity);
        } else if row.is_short {
            notes.add(ProblemCode::TooFewCells, Oddity::default());
        }
    }

    /// Whether this comes for the first time in the file.
    pub fn is_first(&mut self, key: impl Hash) -> bool {
        self.seen.insert(hash(key))
    }

    /// How often a row said the same before.
    pub fn repeats(&mut self, cells: &[String]) -> u32 {
        let count = self.same.entry(hash(cells)).or_default();
        *count += 1;
        *count - 1
    }

    /// Counts a row and what was odd about it: of a row that is left out, only why.
    pub fn settle(&self, tally: &mut Tally, row: &Row, notes: Notes, became: Became) {
        let is_refused = notes.is_refused();
        let mut cells = Some(row.cells.as_slice());
        for (code, oddity) in notes.0 {
            let is_error = code.severity() == Severity::Error;
            if is_refused && !is_error {
                continue;
            }
            // The cells go with the first reason only.
            let kept = if is_error { cells.take() } else { None };
            tally.problem(self.id, row.line, code, oddity, kept);
        }
        let became = if is_refused { Became::Rejected } else { became };
        tally.row(self.id, &self.name, self.kind, became);
    }
}

fn hash(key: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

impl Context {
    /// Lets an import go on only while its person is who they were when it was taken up: whoever was
    /// disabled, or has another job or team since, imports nothing more by it.
    ///
    /// # Errors
    /// 403 then, or those of the database.
    pub async fn demand_same_rights(&self, tx: &mut Tx) -> AppResult<()> {
        let (conn, scope) = tx.parts();
        let user = users::find(conn, scope.org, self.job.head.created_by).await?;
        // Who manages people sees all whatever their team, and may be put into one by this very import.
        let has_same_view = user.team_id == self.team || self.may(Permission::ManageUsers);
        if user.state == UserState::Active && user.role == self.role && has_same_view {
            Ok(())
        } else {
            Err(AppError::Forbidden(ErrorCode::Forbidden))
        }
    }

    /// Loads all of it; `None` when the import is gone.
    ///
    /// # Errors
    /// Those of the database, and 403 when the person behind it may not import any more.
    pub async fn load(
        app: &App,
        scope: Scope,
        id: ImportId,
        is_dry_run: bool,
    ) -> AppResult<Option<Self>> {
        let mut tx = app.db.begin(&scope).await?;
        let (conn, scope) = tx.parts();
        let Some(job) = optional(imports::find(conn, scope, id).await)? else {
            return Ok(None);
        };
        let user = users::find(conn, scope.org, job.head.created_by).await?;
        if user.state != UserState::Active || !user.role.may(Permission::ImportFiles) {
            return Err(AppError::Forbidden(ErrorCode::Forbidden));
        }
        let team = user.team_id.map(|team| team.0);
        let view = callers::view(conn, scope.org, user.id, user.role, team).await?;
        let scope = Scope {
            user: Some(user.id),
            view,
            ..scope.clone()
        };
        let known = known::load(conn, &scope).await?;
        let sizes = classes::rules(conn, scope.org).await?.sizes;
        let mut stored = files::list(conn, scope.org, id).await?;
        tx.commit().await?;

        let (plan, matcher) = draw(&stored, &job, &known);
        let mut list = Vec::new();
        for file in &plan.files {
            let Some(kind) = file.kind else {
                stored.retain(|stored| stored.id != file.id);
                continue;
            };
            list.push(FileContext {
                id: file.id,
                name: file.name.clone(),
                kind,
                layout: Layout::of(file),
                columns: file.columns.clone(),
                seen: HashSet::new(),
                same: HashMap::new(),
            });
        }
        let (funnel_id, stages) = stages_of(plan.funnel.as_ref(), &known.funnels);
        let makes_funnel = matches!(plan.funnel, Some(FunnelChoice::New { .. }));
        let mut job = job;
        job.plan = plan;
        Ok(Some(Self {
            scope,
            job,
            stored,
            files: list,
            matcher,
            funnel_id,
            stages,
            removed: Vec::new(),
            sizes,
            is_dry_run,
            makes_funnel,
            prices: HashMap::new(),
            parents: HashMap::new(),
            teams: HashMap::new(),
            drafted: HashMap::new(),
            locale: user.locale,
            accounts: known.accounts.iter().map(|account| account.id).collect(),
            imagined: HashSet::new(),
            role: user.role,
            team: user.team_id,
        }))
    }

    /// Whether the person behind the import holds a permission.
    #[must_use]
    pub const fn may(&self, permission: Permission) -> bool {
        self.role.may(permission)
    }

    /// Reads the stages of the funnel again in the transaction of a batch, as a move does in its own: what is
    /// asked of deals may have become another thing since the batch before.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn read_stages(&mut self, tx: &mut Tx) -> AppResult<()> {
        // That of a check is only imagined.
        if self.funnel_id.0.is_nil() {
            return Ok(());
        }
        let (conn, scope) = tx.parts();
        let known = stages::list(conn, scope.org, self.funnel_id).await?;
        let now: Vec<Stage> = known
            .into_iter()
            .filter(KnownStage::takes_deals)
            .map(|known| known.stage)
            .collect();
        let before = std::mem::replace(&mut self.stages, now);
        let is_there = |stage: &Stage| self.stages.iter().any(|now| now.id == stage.id);
        self.removed
            .extend(before.into_iter().filter(|stage| !is_there(stage)));
        Ok(())
    }

    /// A stage that rows may name, also one that was removed meanwhile.
    #[must_use]
    pub fn stage(&self, id: Uuid) -> Option<&Stage> {
        let mut all = self.stages.iter().chain(&self.removed);
        all.find(|stage| stage.id.0 == id)
    }

    /// Makes the funnel, where it is to be made.
    ///
    /// # Errors
    /// 422 when the name is taken meanwhile.
    pub async fn make_funnel(&mut self, tx: &mut Tx) -> AppResult<()> {
        let Some(FunnelChoice::New { name, stages }) = self.job.plan.funnel.clone() else {
            return Ok(());
        };
        if !self.may(Permission::EditFunnels) {
            return Err(AppError::Forbidden(ErrorCode::Forbidden));
        }
        let new = NewFunnel {
            name,
            stages: drafts(&stages),
            ..NewFunnel::default()
        };
        let funnel = funnels::insert(tx, new).await?;
        self.funnel_id = funnel.id;
        let ids = funnel
            .stages
            .iter()
            .map(|stage| (stage.id.0, stage.fields.name.clone(), stage.fields.kind))
            .collect();
        self.matcher.set_stages(ids);
        self.stages = funnel.stages;
        let choice = FunnelChoice::Existing {
            funnel_id: self.funnel_id,
        };
        self.job.choices.funnel = Some(choice.clone());
        self.job.plan.funnel = Some(choice);
        Ok(())
    }

    /// Finds what a value means, and notes how where it is not the very same.
    pub fn find(
        &mut self,
        file: &FileContext,
        field: Field,
        value: &str,
        notes: &mut Notes,
    ) -> Meaning {
        let Some(class) = Class::of(file.kind, field) else {
            return Meaning::Word(value.to_owned());
        };
        let found = self.matcher.find(file.id, field, class, value);
        note(file, field, value, &found, notes);
        found.meaning
    }

    /// Says that a record of a name is being made.
    pub fn made(&mut self, class: Class, name: &str, id: Uuid) {
        self.matcher.made(class, name, id);
        if class == Class::Account {
            self.accounts.insert(id);
        }
        if self.is_dry_run {
            self.imagined.insert(id);
        }
    }

    /// Keeps in mind what a check would have written of accounts, where the criteria of a stage may ask it.
    pub fn imagine(&mut self, batch: Batch) {
        if !self.is_dry_run || self.stages.iter().all(|stage| stage.gate.is_open()) {
            return;
        }
        let changed = batch.changed_accounts.into_iter().map(|(_, new)| new);
        let accounts = batch.accounts.into_iter().chain(changed);
        self.drafted
            .extend(accounts.map(|account| (account.id.0, account)));
    }

    /// Whether a check imagined this record: no table knows it.
    #[must_use]
    pub fn is_imagined(&self, id: Uuid) -> bool {
        self.imagined.contains(&id)
    }

    /// Whether an account is within view.
    #[must_use]
    pub fn sees_account(&self, id: Uuid) -> bool {
        self.accounts.contains(&id)
    }

    /// Finds whom the owner's cell means, and notes where the record may not be theirs.
    pub fn owner(&mut self, file: &FileContext, row: &Row, notes: &mut Notes) -> Meaning {
        let Some(cell) = file
            .layout
            .cell(&row.cells, Field::Owner)
            .map(str::to_owned)
        else {
            if file.kind == FileKind::Deals || file.layout.has(Field::Owner) {
                notes.add(ProblemCode::NoOwner, file.odd(Field::Owner, None, None));
            }
            return Meaning::Empty;
        };
        if let Err(problem) = file.layout.text(&row.cells, Field::Owner, 100) {
            let oddity = file.odd(problem.field, Some(&problem.value), None);
            notes.add(problem.code, oddity);
            return Meaning::Empty;
        }
        let meaning = self.find(file, Field::Owner, &cell, notes);
        let is_allowed = match &meaning {
            Meaning::Record(id, _) => {
                let is_self = self.scope.user.is_some_and(|user| user.0 == *id);
                let is_seen = self.scope.sees(Some(*id)) || self.is_imagined(*id);
                is_self || (is_seen && self.may(Permission::AssignOwner))
            }
            Meaning::Make(_) => self.may(Permission::ManageUsers),
            _ => true,
        };
        if !is_allowed {
            notes.add(
                ProblemCode::NotAllowed,
                file.odd(Field::Owner, Some(&cell), None),
            );
        }
        meaning
    }

    /// The id of whom a cell means; a seller who is not there yet is made.
    pub fn user_of(
        &mut self,
        meaning: &Meaning,
        batch: &mut Batch,
        tally: &mut Tally,
    ) -> Option<UserId> {
        match meaning {
            Meaning::Record(id, _) => Some(UserId(*id)),
            // An earlier row of this batch may have made them meanwhile.
            Meaning::Make(name) => match self.matcher.id_of(Class::User, name) {
                Some(id) => Some(UserId(id)),
                None => {
                    let id = batch.seller(tally, name);
                    self.made(Class::User, name, id.0);
                    Some(id)
                }
            },
            _ => None,
        }
    }

    /// Learns from a row that is in already.
    pub fn skip(&mut self, file: &mut FileContext, row: &Row) {
        match file.kind {
            FileKind::Deals => {
                let id = super::deals::external_id(file, row);
                file.is_first(id);
            }
            FileKind::Sellers => {
                if let Some((_, name)) = self.record_of(file, row) {
                    file.is_first(&name);
                }
            }
            FileKind::Products | FileKind::Accounts => {
                if let Some((id, _)) = self.record_of(file, row) {
                    file.is_first(id);
                }
            }
        }
    }

    fn record_of(&mut self, file: &FileContext, row: &Row) -> Option<(Uuid, String)> {
        let name = file.layout.cell(&row.cells, Field::Name)?.to_owned();
        match self.find(file, Field::Name, &name, &mut Notes::default()) {
            Meaning::Record(id, name) => Some((id, name)),
            _ => None,
        }
    }
}

/// The plan of an import and the matcher its rows are read by.
#[must_use]
pub fn draw(
    stored: &[StoredFile],
    job: &Stored,
    known: &shared::exchange::plan::Known,
) -> (Plan, Matcher) {
    let inputs: Vec<FileInput<'_>> = stored
        .iter()
        .map(|file| FileInput {
            id: file.id,
            name: &file.name,
            bytes: file.bytes,
            facts: &file.facts,
        })
        .collect();
    Plan::draw(&inputs, &job.choices, known)
}

fn note(file: &FileContext, field: Field, value: &str, found: &Found, notes: &mut Notes) {
    let code = match (found.how, &found.meaning) {
        (
            _,
            Meaning::Open {
                is_ambiguous: true, ..
            },
        ) => ProblemCode::AmbiguousName,
        (_, Meaning::Open { .. }) => ProblemCode::UnmatchedValue,
        (Some(MatchKind::Unmatched), Meaning::Empty) => ProblemCode::UnknownParent,
        (Some(MatchKind::Normalised), _) => ProblemCode::MatchedNormalised,
        (Some(MatchKind::Near), _) => ProblemCode::MatchedNear,
        (Some(MatchKind::Synonym | MatchKind::Chosen), _) => ProblemCode::MatchedOther,
        (Some(MatchKind::New), _) if found.suggestion.is_some() => ProblemCode::LooksLike,
        _ => return,
    };
    let taken = match code {
        ProblemCode::LooksLike | ProblemCode::UnknownParent => found.suggestion.as_deref(),
        _ => found.taken(),
    };
    notes.add(code, file.odd(field, Some(value), taken));
}

/// The funnel and its stages; of one that is to be made, with the ids the plan gave them.
fn stages_of(choice: Option<&FunnelChoice>, funnels: &[Funnel]) -> (FunnelId, Vec<Stage>) {
    match choice {
        Some(FunnelChoice::Existing { funnel_id }) => (
            *funnel_id,
            funnels
                .iter()
                .find(|funnel| funnel.id == *funnel_id)
                .map(|funnel| {
                    let stages = funnel.stages.iter();
                    stages
                        .filter(|stage| stage.takes_deals())
                        .cloned()
                        .collect()
                })
                .unwrap_or_default(),
        ),
        Some(FunnelChoice::New { stages, .. }) => {
            let funnel_id = FunnelId(Uuid::nil());
            let stages = (0..)
                .zip(drafts(stages))
                .map(|(position, draft)| {
                    let number = u128::try_from(position).unwrap_or_default() + 1;
                    let id = StageId(Uuid::from_u128(number));
                    Stage::new(id, funnel_id, position, draft.fields)
                })
                .collect();
            (funnel_id, stages)
        }
        None => (FunnelId(Uuid::nil()), Vec::new()),
    }
}

/// The stages of a new funnel with colours along the way.
fn drafts(stages: &[NewStage]) -> Vec<StageDraft> {
    let colours = [
        StageColour::Slate,
        StageColour::Violet,
        StageColour::Indigo,
        StageColour::Blue,
        StageColour::Teal,
    ];
    stages
        .iter()
        .zip(colours.into_iter().cycle())
        .map(|(stage, colour)| StageDraft {
            id: None,
            fields: StageFields {
                name: stage.name.trim().to_owned(),
                kind: stage.kind,
                probability: stage.probability,
                colour: match stage.kind {
                    StageKind::Open => colour,
                    StageKind::Won => StageColour::Green,
                    StageKind::Lost => StageColour::Slate,
                },
                ..StageFields::default()
            },
        })
        .collect()
}
