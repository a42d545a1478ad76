//! The second pass over accounts: who belongs to whom, once all of them are there.

use super::accounts::linked;
use super::batch::account_event;
use super::context::{Context, FileContext, Notes};
use super::tally::Tally;
use crate::accounts::store::{accounts, parents};
use crate::db::Tx;
use crate::error::AppResult;
use crate::exchange::reading::Row;
use shared::accounts::Account;
use shared::exchange::matching::Meaning;
use shared::exchange::{Field, ProblemCode};
use shared::id::AccountId;
use std::collections::HashMap;
use uuid::Uuid;

/// Takes rows of accounts again, for their parents. They were counted in the first pass.
///
/// # Errors
/// Those of the database.
pub async fn take(
    context: &mut Context,
    file: &FileContext,
    rows: &[Row],
    tx: &mut Tx,
    tally: &mut Tally,
) -> AppResult<()> {
    let by_external = linked(context, file, rows, tx).await?;
    let mut links: Vec<(&Row, Uuid, Uuid)> = Vec::new();
    for row in rows {
        let mut notes = Notes::default();
        let cell = |field| file.layout.cell(&row.cells, field).map(str::to_owned);
        let Some(parent) = cell(Field::Parent) else {
            continue;
        };
        let child = cell(Field::ExternalId)
            .and_then(|id| by_external.get(&id).copied())
            .filter(|id| context.sees_account(*id))
            .or_else(|| {
                let name = cell(Field::Name)?;
                match context.find(file, Field::Name, &name, &mut Notes::default()) {
                    Meaning::Record(id, _) => Some(id),
                    _ => None,
                }
            });
        // A row whose account is out of the importer's view was left out.
        let Some(child) = child else { continue };
        match context.find(file, Field::Parent, &parent, &mut notes) {
            Meaning::Record(id, _) => links.push((row, child, id)),
            // Named in a row that was left out.
            Meaning::Make(_) => notes.add(
                ProblemCode::UnknownParent,
                file.odd(Field::Parent, Some(&parent), None),
            ),
            _ => {}
        }
        tell(file, row, notes, tally);
    }

    let ids: Vec<Uuid> = links.iter().map(|(_, child, _)| *child).collect();
    let (conn, scope) = tx.parts();
    let ours: HashMap<Uuid, Account> = accounts::find_all(conn, scope.org, &ids)
        .await?
        .into_iter()
        .map(|account| (account.id.0, account))
        .collect();
    if !context.is_dry_run && !links.is_empty() {
        parents::lock(conn, scope.org).await?;
    }
    for (row, child, parent) in links {
        // A second row of the same account: the first one has given it a parent.
        if context.parents.contains_key(&child) {
            continue;
        }
        let mut notes = Notes::default();
        let known = ours.get(&child).and_then(|account| account.parent_id);
        match known {
            Some(known) if known.0 == parent => {}
            Some(_) => notes.add(
                ProblemCode::DiffersFromOurs,
                file.odd(
                    Field::Parent,
                    file.layout.cell(&row.cells, Field::Parent),
                    None,
                ),
            ),
            None if is_circle(context, tx, child, parent).await? => notes.add(
                ProblemCode::ParentCycle,
                file.odd(
                    Field::Parent,
                    file.layout.cell(&row.cells, Field::Parent),
                    None,
                ),
            ),
            None => {
                context.parents.insert(child, parent);
                if let Some(old) = ours.get(&child)
                    && !context.is_dry_run
                {
                    write(tx, old, AccountId(parent)).await?;
                }
            }
        }
        tell(file, row, notes, tally);
    }
    Ok(())
}

fn tell(file: &FileContext, row: &Row, notes: Notes, tally: &mut Tally) {
    for (code, oddity) in notes.into_list() {
        // The row is in: what would refuse it only leaves the parent empty.
        let code = match code {
            ProblemCode::AmbiguousName | ProblemCode::UnmatchedValue => ProblemCode::UnknownParent,
            code => code,
        };
        tally.problem(file.id, row.line, code, oddity, None);
    }
}

/// Whether the child is above the parent, by links of this import or those that were there.
async fn is_circle(context: &Context, tx: &mut Tx, child: Uuid, parent: Uuid) -> AppResult<bool> {
    let mut above = Some(parent);
    // As many steps as there are links at most, so that the walk ends.
    for _ in 0..=context.parents.len() {
        match above {
            Some(id) if id == child => return Ok(true),
            Some(id) => above = context.parents.get(&id).copied(),
            None => break,
        }
    }
    if context.is_imagined(child) || context.is_imagined(parent) {
        return Ok(false);
    }
    let (conn, scope) = tx.parts();
    let (child, parent) = (AccountId(child), AccountId(parent));
    Ok(parents::is_above(conn, scope.org, child, parent).await?)
}

async fn write(tx: &mut Tx, old: &Account, parent: AccountId) -> AppResult<()> {
    let mut new = old.clone();
    new.parent_id = Some(parent);
    new.version += 1;
    new.updated_at = crate::clock::now();
    let (conn, scope) = tx.parts();
    accounts::update(conn, scope.org, &new).await?;
    tx.record(account_event(Some(old), &new)).await?;
    Ok(())
}
