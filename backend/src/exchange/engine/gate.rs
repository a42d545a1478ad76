//! What the stage of a row asks of its deal: the verdict that everybody's move gets, before anything is
//! made of the row.

use super::batch::bare_account;
use super::context::{Context, FileContext, Notes};
use super::tally::Oddity;
use crate::accounts::store::accounts;
use crate::clock;
use crate::db::Tx;
use crate::error::AppResult;
use crate::funnel::judging::Allowed;
use crate::funnel::store::deals::DealRow;
use crate::funnel::store::facts::{self, Needs, Subject};
use shared::accounts::Account;
use shared::exchange::matching::{Class, Meaning};
use shared::exchange::{Field, ProblemCode, UnmetCriteria};
use shared::funnel::gate::{
    Fact, Facts, Known, MoveFacts, Passage, Verdict, evidence_probability, judge, judged_by,
};
use shared::funnel::{Deal, LossReason, Stage, StageKind};
use std::borrow::Cow;
use std::collections::HashMap;
use uuid::Uuid;

/// A row that would make a deal.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// The id its deal would get.
    pub id: Uuid,
    /// Where it would stand.
    pub stage: &'a Stage,
    /// Its account.
    pub account: &'a Meaning,
}

/// What is known of the candidates of a batch.
#[derive(Default)]
pub struct Gathered {
    facts: HashMap<Uuid, Facts>,
    accounts: HashMap<Uuid, Account>,
}

/// Gathers, in a few queries for all, what the criteria of the funnel ask of candidates.
///
/// # Errors
/// Those of the database.
pub async fn gather(
    context: &Context,
    candidates: &[Candidate<'_>],
    tx: &mut Tx,
) -> AppResult<Gathered> {
    let asked: Vec<&Candidate<'_>> = candidates
        .iter()
        .filter(|one| is_asked(context, one.stage))
        .collect();
    if asked.is_empty() {
        return Ok(Gathered::default());
    }
    let account_of = |one: &Candidate<'_>| match one.account {
        Meaning::Record(id, _) => Some(*id),
        // Nobody is known at an account that is only being made.
        Meaning::Make(_) => Some(one.id),
        _ => None,
    };
    let subjects: Vec<Subject> = asked
        .iter()
        .map(|one| Subject {
            deal: one.id,
            stage: one.stage.id.0,
            account: account_of(one),
        })
        .collect();
    let ids: Vec<Uuid> = subjects.iter().filter_map(|one| one.account).collect();
    let (conn, scope) = tx.parts();
    let facts = facts::gather(conn, scope.org, Needs::of(&context.stages), &subjects).await?;
    let known = accounts::find_all(conn, scope.org, &ids).await?;
    Ok(Gathered {
        facts,
        accounts: known.into_iter().map(|one| (one.id.0, one)).collect(),
    })
}

/// Whether anything is asked of a deal of a file that stands in a stage. What is closed is history, which
/// nobody can make good any more.
fn is_asked(context: &Context, stage: &Stage) -> bool {
    stage.fields.kind == StageKind::Open && context.stages.iter().any(|one| !one.gate.is_open())
}

/// A deal as a row tells of it, before its account, product and owner are made.
pub struct Told<'a> {
    /// What would be written.
    pub row: &'a DealRow,
    /// Where it stands.
    pub stage: &'a Stage,
    /// Its account.
    pub account: &'a Meaning,
    /// Its product.
    pub product: &'a Meaning,
}

/// The verdict on the deal of a row, and what it weighs by the evidence where it stands: found here, it is
/// written with the row, which would be written twice otherwise. Where it is not that the deal may stand
/// there, the notes say so; whether that leaves the row out is for the one who imports to choose.
pub fn pass(
    context: &Context,
    file: &FileContext,
    gathered: &mut Gathered,
    told: &Told<'_>,
    notes: &mut Notes,
) -> (Allowed, Option<i16>) {
    let Told { row, stage, .. } = *told;
    // Where nothing is asked, nothing is put together: a file has rows by the hundred thousand.
    let known = is_asked(context, stage).then(|| assemble(context, gathered, told));
    let known = known.as_ref().map(|(deal, facts)| Known {
        deal,
        gathered: facts,
        now: clock::now(),
    });
    let stages: Vec<&Stage> = context.stages.iter().collect();
    let asked = MoveFacts {
        funnel_id: context.funnel_id,
        is_archived: false,
        stages: &stages,
        from: None,
        reached: None,
        to: stage,
        is_stage_archived: false,
        loss_reason: row
            .loss_reason
            .as_ref()
            .and_then(|word| word.parse::<LossReason>().ok()),
        known_loss_reason: None,
        known,
        override_reason: None,
    };
    let judged_by = match asked.known {
        Some(_) => judged_by(&asked),
        None => Vec::new(),
    };
    let missing = match judge(&asked) {
        Verdict::Allowed | Verdict::Overridden(_) => Vec::new(),
        Verdict::Missing(miss) => miss.missing,
        Verdict::Refused(_) => {
            let name = stage.fields.name.as_str();
            notes.add(
                ProblemCode::UnmatchedValue,
                file.odd(Field::Stage, Some(name), None),
            );
            Vec::new()
        }
    };
    let code = match context.job.unmet_criteria {
        UnmetCriteria::TakeIn => ProblemCode::CriterionNotMet,
        UnmetCriteria::LeaveOut => ProblemCode::GateNotMet,
    };
    if !missing.is_empty() {
        // The column is the same for all: a file has rows by the hundred thousand, each with all it lacks.
        let column = file.odd(Field::Stage, None, None);
        for item in &missing {
            let by = context.stages.iter().find(|one| one.id == item.stage_id);
            let by = by.map_or("", |stage| stage.fields.name.as_str());
            let mut item = Cow::Borrowed(item);
            if item.name.is_empty() {
                item.to_mut().fill_in(context.locale);
            }
            let oddity = Oddity {
                value: Some([by, &item.name].join(": ")),
                ..column.clone()
            };
            notes.add(code, oddity);
        }
    }
    let weighs = known.and_then(|known| evidence_probability(stage, &known));
    let allowed = Allowed {
        passage: Passage::Imported,
        judged_by,
        missing,
        ..Allowed::default()
    };
    (allowed, weighs)
}

/// The deal as it would be, and what is known of it.
fn assemble(context: &Context, gathered: &mut Gathered, told: &Told<'_>) -> (Deal, Facts) {
    let mut facts = gathered.facts.remove(&told.row.id).unwrap_or_default();
    let account = account_of(context, gathered, told.account);
    if let Some(account) = &account {
        facts::tell_account(account, &mut facts);
    }
    let has_product = matches!(told.product, Meaning::Record(..) | Meaning::Make(_));
    facts.number(Fact::Products, i64::from(has_product));
    let mut deal = told.row.clone().into_deal(None, None, None);
    deal.account_tier = account.as_ref().and_then(|account| account.tier);
    deal.account_id = account.map(|account| account.id);
    (deal, facts)
}

/// The account that a cell means, as this import leaves it.
fn account_of(context: &Context, gathered: &Gathered, meaning: &Meaning) -> Option<Account> {
    let known = |id: Uuid| {
        let drafted = context.drafted.get(&id);
        drafted.or_else(|| gathered.accounts.get(&id)).cloned()
    };
    match meaning {
        Meaning::Record(id, _) => known(*id),
        Meaning::Make(name) => {
            let made = context.matcher.id_of(Class::Account, name);
            made.and_then(known).or_else(|| Some(bare_account(name)))
        }
        _ => None,
    }
}
