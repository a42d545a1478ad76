//! The records of one batch, gathered row by row and written together.

use super::context::Context;
use crate::accounts::store::accounts;
use crate::clock;
use crate::db::{Tx, external_ids};
use crate::error::{AppError, AppResult};
use crate::events::NewEvent;
use crate::funnel::judging::Allowed;
use crate::funnel::placing;
use crate::funnel::routes::moves::moved;
use crate::funnel::store::deals::{self, DealRow};
use crate::funnel::store::{lines, ranks, stages};
use crate::funnel::weighing;
use crate::identity::people;
use crate::identity::store::users::NewUser;
use crate::revenue::store::products;
use crate::search::{self, Entry};
use chrono::{DateTime, Utc};
use shared::accounts::{Account, AccountKind, HitKind, Man, Signs};
use shared::error::ErrorCode;
use shared::event::{EventKind, SubjectKind};
use shared::exchange::RecordKind;
use shared::exchange::backfill::History;
use shared::funnel::{Deal, DealLine, rank};
use shared::id::{DealId, StageId, TeamId, UserId};
use shared::identity::{Locale, Role, SellerLevel};
use shared::revenue::Product;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

use super::tally::Tally;

/// A deal to be written.
pub struct NewDeal {
    /// The row, without its rank.
    pub row: DealRow,
    /// Where it stood since when.
    pub history: History,
    /// Its product.
    pub line: Option<DealLine>,
    /// Its id in the system the file comes from.
    pub external_id: String,
    /// The verdict on where it stands now.
    pub allowed: Allowed,
}

/// A seller known by name only.
pub struct NewSeller {
    /// Their id.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Their job.
    pub role: Role,
    /// Their maturity.
    pub level: SellerLevel,
    /// Their team.
    pub team_id: Option<TeamId>,
}

/// The records of one batch.
pub struct Batch {
    is_dry_run: bool,
    /// Sellers to be made.
    pub sellers: Vec<NewSeller>,
    /// Products to be made.
    pub products: Vec<Product>,
    /// Accounts to be made.
    pub accounts: Vec<Account>,
    /// Accounts to be changed: as they were and as they will be.
    pub changed_accounts: Vec<(Account, Account)>,
    /// Ids of accounts in the system the file comes from.
    pub account_ids: Vec<(Uuid, String)>,
    /// Deals to be made.
    pub deals: Vec<NewDeal>,
}

impl Batch {
    /// An empty one; of a dry run, nothing is written.
    #[must_use]
    pub const fn new(is_dry_run: bool) -> Self {
        Self {
            is_dry_run,
            sellers: Vec::new(),
            products: Vec::new(),
            accounts: Vec::new(),
            changed_accounts: Vec::new(),
            account_ids: Vec::new(),
            deals: Vec::new(),
        }
    }

    /// Adds a seller and answers their id.
    pub fn seller(&mut self, tally: &mut Tally, name: &str) -> UserId {
        let id = clock::new_id();
        self.sellers.push(NewSeller {
            id,
            name: name.to_owned(),
            role: Role::Rep,
            level: SellerLevel::Junior,
            team_id: None,
        });
        tally.records(RecordKind::User, 1, 0);
        id
    }

    /// Adds a product of which only the name is known and answers its id.
    pub fn product(&mut self, tally: &mut Tally, name: &str) -> Uuid {
        let product = bare_product(name);
        let id = product.id.0;
        self.products.push(product);
        tally.records(RecordKind::Product, 1, 0);
        id
    }

    /// Adds an account of which only the name and owner are known and answers its id.
    pub fn account(&mut self, tally: &mut Tally, name: &str) -> Uuid {
        let account = bare_account(name);
        let id = account.id.0;
        self.accounts.push(account);
        tally.records(RecordKind::Account, 1, 0);
        id
    }

    /// Writes all of it, with events and for the search.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn write(&mut self, tx: &mut Tx, context: &Context) -> AppResult<()> {
        if self.is_dry_run {
            return Ok(());
        }
        for seller in &self.sellers {
            add_seller(tx, seller).await?;
        }
        self.write_products(tx).await?;
        self.write_accounts(tx, &context.job.source).await?;
        self.write_deals(tx, &context.job.source).await
    }

    async fn write_products(&mut self, tx: &mut Tx) -> AppResult<()> {
        if self.products.is_empty() {
            return Ok(());
        }
        let (conn, scope) = tx.parts();
        products::insert_all(conn, scope.org, &self.products).await?;
        let events = self
            .products
            .iter()
            .map(|product| {
                NewEvent::new(
                    EventKind::ProductCreated,
                    SubjectKind::Product,
                    product.id.0,
                )
                .with_change(None, Some(product))
            })
            .collect();
        tx.record_all(events).await
    }

    async fn write_accounts(&mut self, tx: &mut Tx, source: &str) -> AppResult<()> {
        let (conn, scope) = tx.parts();
        accounts::insert_all(conn, scope.org, &self.accounts).await?;
        for (_, account) in &self.changed_accounts {
            accounts::update(conn, scope.org, account).await?;
        }
        external_ids::insert_all(
            conn,
            scope.org,
            SubjectKind::Account,
            source,
            &self.account_ids,
        )
        .await?;
        let entries: Vec<Entry<'_>> = self
            .accounts
            .iter()
            .map(|account| Entry {
                kind: HitKind::Account,
                id: account.id.0,
                name: &account.name,
            })
            .collect();
        search::index_all(conn, scope.org, &entries).await?;
        let made = self.accounts.iter().map(|account| (None, account));
        let changed = self
            .changed_accounts
            .iter()
            .map(|(old, new)| (Some(old), new));
        let events: Vec<NewEvent> = made
            .chain(changed)
            .map(|(old, account)| account_event(old, account))
            .collect();
        if events.is_empty() {
            return Ok(());
        }
        tx.record_all(events).await
    }

    async fn write_deals(&mut self, tx: &mut Tx, source: &str) -> AppResult<()> {
        if self.deals.is_empty() {
            return Ok(());
        }
        self.rank(tx).await?;
        let rows: Vec<DealRow> = self.deals.iter().map(|deal| deal.row.clone()).collect();
        let ids: Vec<(Uuid, String)> = self
            .deals
            .iter()
            .map(|deal| (deal.row.id, deal.external_id.clone()))
            .collect();
        let products: Vec<(DealId, DealLine)> = self
            .deals
            .iter()
            .filter_map(|deal| Some((DealId(deal.row.id), deal.line.clone()?)))
            .collect();
        let entries: Vec<Entry<'_>> = rows
            .iter()
            .map(|row| Entry {
                kind: HitKind::Deal,
                id: row.id,
                name: &row.title,
            })
            .collect();
        let (conn, scope) = tx.parts();
        deals::insert_all(conn, &rows).await?;
        lines::insert_all(conn, scope.org, &products).await?;
        external_ids::insert_all(conn, scope.org, SubjectKind::Deal, source, &ids).await?;
        search::index_all(conn, scope.org, &entries).await?;
        let made: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        weighing::several(conn, scope.org, &made).await?;
        let events = self
            .deals
            .iter()
            .flat_map(|deal| history_events(deal, source))
            .collect();
        tx.record_all(events).await
    }

    /// Gives the deals places below the cards that are there, in the order of the file. The stages are
    /// locked in one order everywhere, so that nobody waits in a circle.
    async fn rank(&mut self, tx: &mut Tx) -> AppResult<()> {
        let stages: BTreeSet<Uuid> = self.deals.iter().map(|deal| deal.row.stage_id).collect();
        let mut next: BTreeMap<Uuid, String> = BTreeMap::new();
        for stage in stages {
            let (conn, scope) = tx.parts();
            ranks::lock(conn, StageId(stage)).await?;
            // Removed since the import began; a deal there would stand on no board.
            let known = stages::find(conn, scope.org, StageId(stage)).await?;
            if !known.takes_deals() {
                return Err(AppError::Conflict(ErrorCode::StageArchived));
            }
            let first = placing::rank_at_end(conn, scope.org, StageId(stage)).await?;
            next.insert(stage, first);
        }
        for deal in &mut self.deals {
            let Some(place) = next.get_mut(&deal.row.stage_id) else {
                continue;
            };
            let after = rank::between(Some(place), None)
                .ok_or_else(|| AppError::Internal(anyhow::anyhow!("a stage has no more places")))?;
            deal.row.rank = std::mem::replace(place, after);
        }
        Ok(())
    }
}

/// Adds a seller known by name only.
///
/// # Errors
/// Those of the database.
pub async fn add_seller(tx: &mut Tx, seller: &NewSeller) -> AppResult<()> {
    let new = NewUser {
        id: seller.id,
        name: &seller.name,
        sign_in: None,
        role: seller.role,
        level: seller.level,
        team_id: seller.team_id,
        locale: Locale::default(),
    };
    people::add(tx, &new, || AppError::Conflict(ErrorCode::Taken)).await?;
    Ok(())
}

/// A product of which only the name is known.
#[must_use]
pub fn bare_product(name: &str) -> Product {
    let now = clock::now();
    Product {
        id: clock::new_id(),
        name: name.to_owned(),
        line: None,
        list_price: None,
        version: 1,
        archived_at: None,
        created_at: now,
        updated_at: now,
    }
}

/// An account of which only the name is known; without an owner, everybody sees it.
#[must_use]
pub fn bare_account(name: &str) -> Account {
    let now = clock::now();
    Account {
        id: clock::new_id(),
        name: name.to_owned(),
        kind: AccountKind::Company,
        industry: None,
        nature: None,
        size: None,
        employees: None,
        region: None,
        address: None,
        website: None,
        phones: Vec::new(),
        parent_id: None,
        owner_id: None,
        source: None,
        prospecting: None,
        tier: None,
        signs: Signs::default(),
        man: Man::default(),
        tags: Vec::new(),
        external_ids: BTreeMap::new(),
        version: 1,
        archived_at: None,
        created_at: now,
        updated_at: now,
    }
}

/// The event of an account that was made or changed.
#[must_use]
pub fn account_event(old: Option<&Account>, account: &Account) -> NewEvent {
    let kind = match old {
        None => EventKind::AccountCreated,
        Some(_) => EventKind::AccountUpdated,
    };
    NewEvent::new(kind, SubjectKind::Account, account.id.0)
        .on_account(Some(account.id))
        .owned_by(old.and_then(|old| old.owner_id), account.owner_id)
        .with_change(old, Some(account))
}

/// The events of a deal's history: made where it first stood, then moved.
fn history_events(deal: &NewDeal, source: &str) -> Vec<NewEvent> {
    let at_stage = |stage: StageId, version: i32, at: DateTime<Utc>| DealRow {
        stage_id: stage.0,
        version,
        stage_entered_at: at,
        ..deal.row.clone()
    };
    let mut events = Vec::new();
    let mut last: Option<DealRow> = None;
    // Only where it stands now is judged: what it went through is told, as it was.
    let told = Allowed::imported();
    let count = i32::try_from(deal.history.stays.len()).unwrap_or(i32::MAX);
    for (number, (stage, at)) in (1..).zip(&deal.history.stays) {
        let row = at_stage(*stage, number, *at);
        let allowed = if number == count {
            &deal.allowed
        } else {
            &told
        };
        let event = match &last {
            None => created(&row, deal, source, allowed),
            Some(last) => moved(last, &row, allowed),
        };
        events.push(event.at(*at));
        last = Some(row);
    }
    events
}

fn created(row: &DealRow, deal: &NewDeal, source: &str, allowed: &Allowed) -> NewEvent {
    let mut first: Deal = row.clone().into_deal(None, None, None);
    // What came with the end was not known at the start.
    if deal.history.stays.len() > 1 {
        first.closed_at = None;
        first.loss_reason = None;
        first.loss_note = None;
    }
    first.external_ids = BTreeMap::from([(source.to_owned(), deal.external_id.clone())]);
    first.lines = deal.line.clone().map(|line| vec![line]);
    let event = NewEvent::new(EventKind::DealCreated, SubjectKind::Deal, row.id)
        .on_deal(first.id)
        .on_account(first.account_id)
        .owned_by(None, first.owner_id)
        .with_change(None, Some(&first));
    allowed.tell(event)
}
