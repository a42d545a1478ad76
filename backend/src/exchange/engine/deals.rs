//! Deals: made with their history, or found by external id and left as they are.

use super::batch::{Batch, NewDeal};
use super::context::{Context, FileContext, Notes};
use super::gate::{self, Candidate, Gathered, Told};
use super::products::currency;
use super::tally::{Became, Tally};
use crate::clock;
use crate::db::{Tx, external_ids};
use crate::error::AppResult;
use crate::exchange::reading::Row;
use crate::funnel::store::deals::{self, DealRow};
use crate::revenue::store::products;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use sha2::{Digest, Sha256};
use shared::event::SubjectKind;
use shared::exchange::backfill::{Days, history};
use shared::exchange::matching::{Class, Meaning};
use shared::exchange::{Field, MissingAmount, ProblemCode, RecordKind};
use shared::funnel::{DealLine, LossReason, Stage, StageKind};
use shared::id::ProductId;
use shared::identity::Permission;
use shared::money::{MAX_UNITS, Money};
use std::collections::HashMap;
use uuid::Uuid;

/// What a row says.
struct Draft {
    /// The id of the deal, if it makes one.
    id: Uuid,
    external_id: String,
    title: Option<String>,
    account: Meaning,
    product: Meaning,
    owner: Meaning,
    stage: Option<Stage>,
    quantity: Option<Decimal>,
    amount: Option<Money>,
    expected_profit: Option<Decimal>,
    probability: Option<i16>,
    days: Days,
    expected_close_on: Option<chrono::NaiveDate>,
    next_step: Option<String>,
    next_step_on: Option<chrono::NaiveDate>,
    loss_reason: Option<LossReason>,
    loss_note: Option<String>,
}

/// Takes rows of deals.
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
    context.read_stages(tx).await?;
    let mut drafts: Vec<(Draft, Notes)> = Vec::with_capacity(rows.len());
    for row in rows {
        let mut notes = Notes::default();
        let draft = read(context, file, row, &mut notes);
        drafts.push((draft, notes));
    }
    let ours = known(context, &drafts, tx).await?;
    let mut gathered = {
        let new = drafts
            .iter()
            .filter(|(draft, notes)| !notes.is_refused() && !ours.contains_key(&draft.external_id));
        let candidates: Vec<Candidate<'_>> = new
            .filter_map(|(draft, _)| {
                Some(Candidate {
                    id: draft.id,
                    stage: draft.stage.as_ref()?,
                    account: &draft.account,
                })
            })
            .collect();
        gate::gather(context, &candidates, tx).await?
    };
    for ((draft, mut notes), row) in drafts.into_iter().zip(rows) {
        if notes.is_refused() {
            file.settle(tally, row, notes, Became::Rejected);
            continue;
        }
        let became = match ours.get(&draft.external_id) {
            Some(old) => {
                compare(context, file, old, &draft, &mut notes);
                if !notes.is_refused() {
                    tally.records(RecordKind::Deal, 0, 1);
                }
                Became::Found
            }
            None => {
                let mut hands = Hands {
                    tx,
                    batch,
                    tally,
                    gathered: &mut gathered,
                };
                make(context, file, draft, &mut hands, &mut notes).await?;
                if !notes.is_refused() {
                    tally.records(RecordKind::Deal, 1, 0);
                }
                Became::Created
            }
        };
        file.settle(tally, row, notes, became);
    }
    Ok(())
}

/// The deals that are here already, by their ids in the system the file comes from.
async fn known(
    context: &Context,
    drafts: &[(Draft, Notes)],
    tx: &mut Tx,
) -> AppResult<HashMap<String, DealRow>> {
    let ids: Vec<String> = drafts
        .iter()
        .map(|(draft, _)| draft.external_id.clone())
        .collect();
    let source = &context.job.source;
    let (conn, scope) = tx.parts();
    let known = external_ids::find_by(conn, scope.org, SubjectKind::Deal, source, &ids).await?;
    if known.is_empty() {
        return Ok(HashMap::new());
    }
    let deals: Vec<Uuid> = known.values().copied().collect();
    let rows: HashMap<Uuid, DealRow> = deals::find_all(conn, scope.org, &deals)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    Ok(known
        .into_iter()
        .filter_map(|(external, id)| Some((external, rows.get(&id)?.clone())))
        .collect())
}

/// The id of a row in the system the file comes from. Without a column of ids, it is drawn from what the
/// row says, and from how often a row said the same.
pub fn external_id(file: &mut FileContext, row: &Row) -> Option<String> {
    if file.layout.has(Field::ExternalId) {
        return file
            .layout
            .cell(&row.cells, Field::ExternalId)
            .map(str::to_owned);
    }
    let digest = Sha256::digest(row.cells.join("\u{1f}").as_bytes());
    let text: String = digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Some(match file.repeats(&row.cells) {
        0 => format!("row-{text}"),
        number => format!("row-{text}-{}", number + 1),
    })
}

fn read(context: &mut Context, file: &mut FileContext, row: &Row, notes: &mut Notes) -> Draft {
    let external_id = external_id(file, row);
    file.check_shape(row, notes);
    let cells = &row.cells;
    file.take(file.layout.text(cells, Field::ExternalId, 200), notes);
    match &external_id {
        None => notes.add(
            ProblemCode::RequiredEmpty,
            file.odd(Field::ExternalId, None, None),
        ),
        Some(id) if !file.is_first(Some(id)) => notes.add(
            ProblemCode::Duplicate,
            file.odd(Field::ExternalId, Some(id), None),
        ),
        Some(_) => {}
    }
    let file = &*file;
    let stage = stage(context, file, row, notes);
    let account = named(context, file, row, Field::Account, 200, notes);
    let has_account = file.layout.cell(cells, Field::Account).is_some();
    if account == Meaning::Empty && !has_account {
        notes.add(ProblemCode::NoAccount, file.odd(Field::Account, None, None));
    }
    let product = named(context, file, row, Field::Product, 200, notes);
    let owner = context.owner(file, row, notes);
    let day = |field, notes: &mut Notes| file.take(file.layout.day(cells, field), notes);
    let closed_on = day(Field::ClosedOn, notes);
    let expected = day(Field::ExpectedCloseOn, notes);
    let is_open = stage
        .as_ref()
        .is_some_and(|stage| stage.fields.kind == StageKind::Open);
    let days = Days {
        created: day(Field::CreatedOn, notes),
        engaged: day(Field::EngagedOn, notes),
        closed: closed_on.filter(|_| !is_open),
    };
    let (loss_reason, loss_note) = loss(context, file, row, stage.as_ref(), notes);
    let amount = amount(context, file, row, stage.as_ref(), notes);
    Draft {
        id: clock::new_id(),
        external_id: external_id.unwrap_or_default(),
        title: file.take(file.layout.text(cells, Field::Title, 200), notes),
        account,
        product,
        owner,
        quantity: file.take(
            file.layout.number(cells, Field::Quantity, 1_000_000_000),
            notes,
        ),
        amount,
        expected_profit: file.take(
            file.layout.signed(cells, Field::ExpectedProfit, MAX_UNITS),
            notes,
        ),
        probability: file
            .take(file.layout.number(cells, Field::Probability, 100), notes)
            .and_then(percent),
        days,
        expected_close_on: expected.or(closed_on.filter(|_| is_open)),
        next_step: file.take(file.layout.text(cells, Field::NextStep, 500), notes),
        next_step_on: day(Field::NextStepOn, notes),
        loss_reason,
        loss_note,
        stage,
    }
}

/// A probability in whole percent; spreadsheets keep 35 % as 0.35.
fn percent(number: Decimal) -> Option<i16> {
    let percent = if number < Decimal::ONE {
        number * Decimal::from(100)
    } else {
        number
    };
    percent.round().to_i16()
}

/// What a name means: a record, one to be made, or nothing.
fn named(
    context: &mut Context,
    file: &FileContext,
    row: &Row,
    field: Field,
    max: usize,
    notes: &mut Notes,
) -> Meaning {
    let Some(text) = file.take(file.layout.text(&row.cells, field, max), notes) else {
        return Meaning::Empty;
    };
    let meaning = context.find(file, field, &text, notes);
    let needed = match field {
        Field::Product => Permission::EditProducts,
        _ => Permission::EditAccounts,
    };
    if matches!(meaning, Meaning::Make(_)) && !context.may(needed) {
        notes.add(ProblemCode::NotAllowed, file.odd(field, Some(&text), None));
    }
    meaning
}

/// The stage of a row, if it may stand there.
fn stage(context: &mut Context, file: &FileContext, row: &Row, notes: &mut Notes) -> Option<Stage> {
    let cell = file
        .layout
        .cell(&row.cells, Field::Stage)
        .map(str::to_owned);
    let meaning = cell
        .as_ref()
        .map(|cell| context.find(file, Field::Stage, cell, notes));
    match meaning {
        Some(Meaning::Record(id, _)) => context.stage(id).cloned(),
        Some(Meaning::Open { .. }) => None,
        _ => {
            notes.add(
                ProblemCode::RequiredEmpty,
                file.odd(Field::Stage, cell.as_deref(), None),
            );
            None
        }
    }
}

fn loss(
    context: &mut Context,
    file: &FileContext,
    row: &Row,
    stage: Option<&Stage>,
    notes: &mut Notes,
) -> (Option<LossReason>, Option<String>) {
    let is_lost = stage.is_some_and(|stage| stage.fields.kind == StageKind::Lost);
    if !is_lost {
        return (None, None);
    }
    let Some(cell) = file.take(
        file.layout.text(&row.cells, Field::LossReason, 2_000),
        notes,
    ) else {
        notes.add(
            ProblemCode::NoLossReason,
            file.odd(Field::LossReason, None, None),
        );
        return (Some(LossReason::Unknown), None);
    };
    let reason = match context.find(file, Field::LossReason, &cell, notes) {
        Meaning::Word(word) => word.parse().unwrap_or(LossReason::Other),
        _ => LossReason::Unknown,
    };
    // The file's own words are kept where ours say less.
    let note = (cell != reason.as_ref()).then_some(cell);
    (Some(reason), note)
}

fn amount(
    context: &mut Context,
    file: &FileContext,
    row: &Row,
    stage: Option<&Stage>,
    notes: &mut Notes,
) -> Option<Money> {
    let currency = currency(context, file, row, notes);
    let number = file.take(
        file.layout.number(&row.cells, Field::Amount, MAX_UNITS),
        notes,
    );
    let is_lost = stage.is_some_and(|stage| stage.fields.kind == StageKind::Lost);
    match number {
        Some(number) if is_lost && number.is_zero() => {
            let cell = file.layout.cell(&row.cells, Field::Amount);
            notes.add(
                ProblemCode::ZeroAmountOfLost,
                file.odd(Field::Amount, cell, None),
            );
            None
        }
        Some(number) => Some(Money::new(number, currency)),
        None => None,
    }
}

/// Notes where ours differs from the row. Ours stays: people may have worked on it since.
fn compare(context: &Context, file: &FileContext, old: &DealRow, draft: &Draft, notes: &mut Notes) {
    if !context.scope.sees(old.owner_id) {
        notes.add(
            ProblemCode::Taken,
            file.odd(Field::ExternalId, Some(&draft.external_id), None),
        );
        return;
    }
    let id_of = |meaning: &Meaning| match meaning {
        Meaning::Record(id, _) => Some(*id),
        _ => None,
    };
    let is_new = |meaning: &Meaning| matches!(meaning, Meaning::Make(_));
    let mut differs = |field: Field, is_different: bool| {
        if is_different {
            notes.add(ProblemCode::DiffersFromOurs, file.odd(field, None, None));
        }
    };
    differs(
        Field::Stage,
        draft.stage.as_ref().map(|stage| stage.id.0) != Some(old.stage_id),
    );
    differs(
        Field::Account,
        is_new(&draft.account) || id_of(&draft.account) != old.account_id,
    );
    differs(
        Field::Owner,
        is_new(&draft.owner) || id_of(&draft.owner) != old.owner_id,
    );
    let has_other_amount = draft.amount.is_some() && draft.amount != old.money();
    differs(Field::Amount, has_other_amount);
    let profit = draft.expected_profit;
    differs(
        Field::ExpectedProfit,
        profit.is_some() && profit != old.expected_profit,
    );
    if let Some(title) = &draft.title {
        differs(Field::Title, *title != old.title);
    }
}

/// What rows are made into records with.
struct Hands<'a> {
    tx: &'a mut Tx,
    batch: &'a mut Batch,
    tally: &'a mut Tally,
    gathered: &'a mut Gathered,
}

async fn make(
    context: &mut Context,
    file: &FileContext,
    draft: Draft,
    hands: &mut Hands<'_>,
    notes: &mut Notes,
) -> AppResult<()> {
    let Some(stage) = draft.stage else {
        return Ok(());
    };
    let kind = stage.fields.kind;
    let mut amount = draft.amount;
    if amount.is_none() && kind == StageKind::Open {
        amount = list_price(context, hands.tx, &draft.product).await?;
        if amount.is_some() {
            notes.add(
                ProblemCode::AmountFromListPrice,
                file.odd(Field::Amount, None, None),
            );
        }
    }
    if amount.is_none() && kind != StageKind::Lost {
        notes.add(ProblemCode::NoAmount, file.odd(Field::Amount, None, None));
    }
    if amount.is_none() && draft.expected_profit.is_some() {
        notes.add(
            ProblemCode::ProfitWithoutAmount,
            file.odd(Field::ExpectedProfit, None, None),
        );
    }
    let now = clock::now();
    let history = history(&context.stages, &stage, draft.days, now);
    tell_days(
        file,
        kind,
        &draft.days,
        &history,
        draft.expected_close_on,
        notes,
    );

    let is_closed = kind != StageKind::Open;
    let entered = history.stays.last().map_or(now, |(_, at)| *at);
    let created = history.stays.first().map_or(now, |(_, at)| *at);
    let mut row = DealRow {
        org_id: context.scope.org.0,
        id: draft.id,
        title: draft.title.unwrap_or_default(),
        account_id: None,
        funnel_id: context.funnel_id.0,
        stage_id: stage.id.0,
        reached_stage_id: history.reached.0,
        status: kind.as_ref().to_owned(),
        rank: String::new(),
        amount: amount.map(|money| money.amount),
        currency: amount.map(|money| money.currency.to_string()),
        probability: draft.probability,
        expected_close_on: draft.expected_close_on,
        next_step: draft.next_step,
        next_step_on: draft.next_step_on,
        owner_id: None,
        loss_reason: draft.loss_reason.map(|reason| reason.as_ref().to_owned()),
        loss_note: draft.loss_note,
        stage_entered_at: entered,
        closed_at: history.closed_at.filter(|_| is_closed),
        version: i32::try_from(history.stays.len()).unwrap_or(1),
        archived_at: None,
        created_at: created,
        updated_at: now,
        override_reason: None,
        expected_profit: draft.expected_profit.filter(|_| amount.is_some()),
        evidence_probability: None,
        is_low_investment: false,
    };
    let told = Told {
        row: &row,
        stage: &stage,
        account: &draft.account,
        product: &draft.product,
    };
    let (allowed, weighs) = gate::pass(context, file, hands.gathered, &told, notes);
    if notes.is_refused() {
        return Ok(());
    }
    row.evidence_probability = weighs;
    let Hands { batch, tally, .. } = hands;
    let account = record(context, Class::Account, &draft.account, batch, tally);
    let product = record(context, Class::Product, &draft.product, batch, tally);
    let owner = context.user_of(&draft.owner, batch, tally);
    row.account_id = account.as_ref().map(|(id, _)| *id);
    row.owner_id = owner.map(|id| id.0);
    if row.title.is_empty() {
        let names = [&product, &account].map(|named| named.as_ref().map(|(_, name)| name.as_str()));
        row.title = title(names, &draft.external_id);
    }
    let line = product.map(|(id, name)| line(id, name, draft.quantity, draft.amount));
    batch.deals.push(NewDeal {
        row,
        history,
        line,
        external_id: draft.external_id,
        allowed,
    });
    Ok(())
}

/// Notes what the days of a row leave open.
fn tell_days(
    file: &FileContext,
    kind: StageKind,
    days: &Days,
    history: &shared::exchange::backfill::History,
    expected: Option<chrono::NaiveDate>,
    notes: &mut Notes,
) {
    let is_closed = kind != StageKind::Open;
    for (is_odd, code, field) in [
        (
            history.is_start_unknown,
            ProblemCode::NoStartDay,
            Field::EngagedOn,
        ),
        (
            history.is_out_of_order,
            ProblemCode::DaysOutOfOrder,
            Field::ClosedOn,
        ),
        (
            is_closed && days.closed.is_none(),
            ProblemCode::ClosedWithoutDay,
            Field::ClosedOn,
        ),
        (
            !is_closed && expected.is_none(),
            ProblemCode::NoCloseDay,
            Field::ClosedOn,
        ),
    ] {
        if is_odd {
            notes.add(code, file.odd(field, None, None));
        }
    }
}

/// The record a cell names; one that is not there yet is made.
fn record(
    context: &mut Context,
    class: Class,
    meaning: &Meaning,
    batch: &mut Batch,
    tally: &mut Tally,
) -> Option<(Uuid, String)> {
    match meaning {
        Meaning::Record(id, name) => Some((*id, name.clone())),
        Meaning::Make(name) => {
            // An earlier row of this batch may have made it meanwhile.
            let id = match context.matcher.id_of(class, name) {
                Some(id) => id,
                None => {
                    let id = match class {
                        Class::Product => batch.product(tally, name),
                        _ => batch.account(tally, name),
                    };
                    context.made(class, name, id);
                    id
                }
            };
            Some((id, name.clone()))
        }
        _ => None,
    }
}

/// The list price of a deal's product, where that was chosen for deals without an amount.
async fn list_price(
    context: &mut Context,
    tx: &mut Tx,
    product: &Meaning,
) -> AppResult<Option<Money>> {
    // One that is only being made has none.
    let Meaning::Record(id, _) = product else {
        return Ok(None);
    };
    if context.job.missing_amount != MissingAmount::ListPrice {
        return Ok(None);
    }
    if let Some(price) = context.prices.get(id) {
        return Ok(*price);
    }
    let (conn, scope) = tx.parts();
    let found = products::find_all(conn, scope.org, &[*id]).await?;
    let price = found.first().and_then(|product| product.list_price);
    context.prices.insert(*id, price);
    Ok(price)
}

/// One product of a deal. Where one of it makes the whole amount, that is its price.
fn line(id: Uuid, name: String, quantity: Option<Decimal>, amount: Option<Money>) -> DealLine {
    let quantity = quantity.unwrap_or(Decimal::ONE);
    DealLine {
        product_id: ProductId(id),
        product_name: name,
        quantity,
        unit_price: amount
            .filter(|_| quantity == Decimal::ONE)
            .map(|money| money.amount),
    }
}

/// A title for a row without one: product and account, or what there is of them.
fn title(names: [Option<&str>; 2], external_id: &str) -> String {
    let known: Vec<&str> = names.into_iter().flatten().collect();
    let text = match known.as_slice() {
        [] => external_id.to_owned(),
        [one] => format!("{one} · {external_id}"),
        _ => known.join(" · "),
    };
    text.chars().take(200).collect()
}
