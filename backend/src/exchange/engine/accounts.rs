//! Accounts: made, or found by external id or name and completed where ours say nothing.

use super::batch::{Batch, bare_account};
use super::context::{Context, FileContext, Notes};
use super::tally::{Became, Tally};
use crate::accounts::store::accounts;
use crate::db::{Tx, external_ids};
use crate::error::AppResult;
use crate::exchange::reading::Row;
use rust_decimal::prelude::ToPrimitive;
use shared::accounts::{Account, SizeBand};
use shared::check::Check;
use shared::event::SubjectKind;
use shared::exchange::matching::{Class, Meaning};
use shared::exchange::{Field, ProblemCode, RecordKind};
use std::collections::HashMap;
use uuid::Uuid;

/// Ids of a batch's rows in the system the file comes from, and whose they are here.
pub type ByExternal = HashMap<String, Uuid>;

/// A row read.
struct Draft {
    account: Account,
    external_id: Option<String>,
    owner: Meaning,
    is_linked: bool,
    notes: Notes,
}

/// Takes rows of accounts; their parents come in a second pass.
///
/// # Errors
/// Those of the database.
pub async fn take(
    context: &mut Context,
    file: &mut FileContext,
    rows: &[Row],
    tx: &mut Tx,
    batch: &mut Batch,
    tally: &mut Tally,
) -> AppResult<()> {
    let linked = linked(context, file, rows, tx).await?;
    let drafts: Vec<Draft> = rows
        .iter()
        .map(|row| read(context, file, row, &linked))
        .collect();
    let ids: Vec<Uuid> = drafts.iter().map(|draft| draft.account.id.0).collect();
    let (conn, scope) = tx.parts();
    let ours: HashMap<Uuid, Account> = accounts::find_all(conn, scope.org, &ids)
        .await?
        .into_iter()
        .map(|account| (account.id.0, account))
        .collect();

    for (mut draft, row) in drafts.into_iter().zip(rows) {
        if draft.notes.is_refused() {
            file.settle(tally, row, draft.notes, Became::Rejected);
            continue;
        }
        let owner = context.user_of(&draft.owner, batch, tally);
        draft.account.owner_id = owner;
        let id = draft.account.id.0;
        let became = match ours.get(&id) {
            Some(old) => {
                tally.records(RecordKind::Account, 0, 1);
                let new = completed(old, &draft.account, file, &mut draft.notes);
                if let Some(new) = new {
                    batch.changed_accounts.push((old.clone(), new));
                }
                Became::Found
            }
            None => {
                tally.records(RecordKind::Account, 1, 0);
                let source = context.job.source.clone();
                draft
                    .account
                    .external_ids
                    .extend(draft.external_id.clone().map(|id| (source, id)));
                batch.accounts.push(draft.account);
                Became::Created
            }
        };
        let has_id = ours
            .get(&id)
            .is_some_and(|old| old.external_ids.contains_key(&context.job.source));
        if let Some(external) = draft.external_id
            && !draft.is_linked
            && !has_id
        {
            batch.account_ids.push((id, external));
        }
        file.settle(tally, row, draft.notes, became);
    }
    Ok(())
}

/// Whose the external ids of these rows are.
///
/// # Errors
/// Those of the database.
pub async fn linked(
    context: &Context,
    file: &FileContext,
    rows: &[Row],
    tx: &mut Tx,
) -> AppResult<ByExternal> {
    let ids: Vec<String> = rows
        .iter()
        .filter_map(|row| file.layout.cell(&row.cells, Field::ExternalId))
        .map(str::to_owned)
        .collect();
    if ids.is_empty() {
        return Ok(ByExternal::new());
    }
    let (conn, scope) = tx.parts();
    let source = &context.job.source;
    Ok(external_ids::find_by(conn, scope.org, SubjectKind::Account, source, &ids).await?)
}

fn read(context: &mut Context, file: &mut FileContext, row: &Row, linked: &ByExternal) -> Draft {
    let mut notes = Notes::default();
    file.check_shape(row, &mut notes);
    let cells = &row.cells;
    let text =
        |field, max, notes: &mut Notes| file.take(file.layout.text(cells, field, max), notes);
    let name = text(Field::Name, 200, &mut notes);
    let external_id = text(Field::ExternalId, 200, &mut notes);
    let mut account = bare_account(name.as_deref().unwrap_or_default());
    account.nature = text(Field::Nature, 100, &mut notes);
    account.address = text(Field::Address, 500, &mut notes);
    account.source = text(Field::Source, 100, &mut notes);
    account.website = text(Field::Website, 500, &mut notes);
    if let Some(website) = &account.website {
        let mut check = Check::default();
        check.web("", Some(website));
        if check.into_result().is_err() {
            let oddity = file.odd(Field::Website, Some(website), None);
            notes.add(ProblemCode::UnreadableText, oddity);
        }
    }
    account.phones = list(file, row, Field::Phones, (10, 40), &mut notes);
    account.tags = list(file, row, Field::Tags, (20, 50), &mut notes);
    account.employees = file
        .take(
            file.layout.number(cells, Field::Employees, 10_000_000),
            &mut notes,
        )
        .and_then(|number| number.trunc().to_i32());
    account.size = account
        .employees
        .map(|count| SizeBand::of(count, &context.sizes));
    account.industry = word(context, file, row, Field::Industry, &mut notes);
    account.region = word(context, file, row, Field::Region, &mut notes);
    account.tier =
        word(context, file, row, Field::Tier, &mut notes).and_then(|tier| tier.parse().ok());
    account.prospecting = word(context, file, row, Field::Prospecting, &mut notes)
        .and_then(|method| method.parse().ok());
    let owner = context.owner(file, row, &mut notes);

    let link = external_id.as_ref().and_then(|id| linked.get(id)).copied();
    match (&name, link) {
        (_, Some(id)) => {
            account.id = id.into();
            if !context.sees_account(id) {
                let oddity = file.odd(Field::ExternalId, external_id.as_deref(), None);
                notes.add(ProblemCode::Taken, oddity);
            }
        }
        (Some(name), None) => by_name(context, file, name, &mut account, &mut notes),
        (None, None) => {}
    }
    if name.is_none() && !notes.is_refused() {
        notes.add(
            ProblemCode::RequiredEmpty,
            file.odd(Field::Name, None, None),
        );
    }
    if !notes.is_refused() && !file.is_first(account.id.0) {
        let oddity = file.odd(Field::Name, name.as_deref(), None);
        notes.add(ProblemCode::Duplicate, oddity);
    }
    Draft {
        account,
        external_id,
        owner,
        is_linked: link.is_some(),
        notes,
    }
}

/// The account of a name: ours, or the new one.
fn by_name(
    context: &mut Context,
    file: &FileContext,
    name: &str,
    account: &mut Account,
    notes: &mut Notes,
) {
    match context.find(file, Field::Name, name, notes) {
        Meaning::Record(id, known) => {
            account.id = id.into();
            account.name = known;
        }
        Meaning::Make(known) => {
            account.name = known;
            if !notes.is_refused() {
                context.made(Class::Account, &account.name, account.id.0);
            }
        }
        _ => {}
    }
}

/// A word of an open list, of at most 100 characters.
fn word(
    context: &mut Context,
    file: &FileContext,
    row: &Row,
    field: Field,
    notes: &mut Notes,
) -> Option<String> {
    let text = file.take(file.layout.text(&row.cells, field, 100), notes)?;
    match context.find(file, field, &text, notes) {
        Meaning::Word(word) => Some(word),
        _ => None,
    }
}

/// Several texts in one cell.
fn list(
    file: &FileContext,
    row: &Row,
    field: Field,
    (max, letters): (usize, usize),
    notes: &mut Notes,
) -> Vec<String> {
    let Some(text) = file.take(file.layout.text(&row.cells, field, 1_000), notes) else {
        return Vec::new();
    };
    let parts: Vec<String> = text
        .split([';', ',', '；', '，', '、', '/', '\n'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    if parts.len() > max || parts.iter().any(|part| part.chars().count() > letters) {
        notes.add(ProblemCode::TooLong, file.odd(field, Some(&text), None));
    }
    parts
}

/// Ours with what it lacks from the row, if anything; notes where they differ.
fn completed(
    old: &Account,
    row: &Account,
    file: &FileContext,
    notes: &mut Notes,
) -> Option<Account> {
    let mut new = old.clone();
    for (field, ours, theirs) in [
        (Field::Industry, &mut new.industry, &row.industry),
        (Field::Nature, &mut new.nature, &row.nature),
        (Field::Region, &mut new.region, &row.region),
        (Field::Address, &mut new.address, &row.address),
        (Field::Website, &mut new.website, &row.website),
        (Field::Source, &mut new.source, &row.source),
    ] {
        match (&ours, theirs) {
            (None, Some(_)) => ours.clone_from(theirs),
            (Some(_), Some(_)) if ours != theirs => notes.add(
                ProblemCode::DiffersFromOurs,
                file.odd(field, theirs.as_deref(), ours.as_deref()),
            ),
            _ => {}
        }
    }
    let mut differs = |field, theirs: String, ours: String| {
        notes.add(
            ProblemCode::DiffersFromOurs,
            file.odd(field, Some(&theirs), Some(&ours)),
        );
    };
    match (old.employees, row.employees) {
        (None, Some(_)) => {
            new.employees = row.employees;
            new.size = old.size.or(row.size);
        }
        (Some(ours), Some(theirs)) if ours != theirs => {
            differs(Field::Employees, theirs.to_string(), ours.to_string());
        }
        _ => {}
    }
    match (old.tier, row.tier) {
        (None, Some(_)) => new.tier = row.tier,
        (Some(ours), Some(theirs)) if ours != theirs => differs(
            Field::Tier,
            theirs.as_ref().to_owned(),
            ours.as_ref().to_owned(),
        ),
        _ => {}
    }
    match (old.prospecting, row.prospecting) {
        (None, Some(_)) => new.prospecting = row.prospecting,
        (Some(ours), Some(theirs)) if ours != theirs => differs(
            Field::Prospecting,
            theirs.as_ref().to_owned(),
            ours.as_ref().to_owned(),
        ),
        _ => {}
    }
    if new.owner_id.is_none() {
        new.owner_id = row.owner_id;
    }
    for (ours, theirs) in [(&mut new.phones, &row.phones), (&mut new.tags, &row.tags)] {
        if ours.is_empty() {
            ours.clone_from(theirs);
        }
    }
    if new == *old {
        return None;
    }
    new.version += 1;
    new.updated_at = crate::clock::now();
    Some(new)
}
