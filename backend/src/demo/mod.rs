//! The demo organisation: made on the first start when the settings ask for it.

mod cases;
mod data;
mod gates;
mod objections;
mod proposals;
mod screening;
mod scripts;
mod sheets;

use crate::accounts::store::{accounts, contacts, priority};
use crate::clock::{self, new_id};
use crate::db::{Db, Scope, Tx};
use crate::error::{AppError, AppResult};
use crate::events::NewEvent;
use crate::funnel::judging::Allowed;
use crate::funnel::routes::funnels;
use crate::funnel::routes::moves::moved;
use crate::funnel::store::deals::{self, DealRow};
use crate::identity::Passwords;
use crate::identity::people::{add, found};
use crate::identity::store::users::NewUser;
use crate::identity::store::{logins, teams};
use crate::revenue::store::products;
use crate::search;
use chrono::{DateTime, Duration, Utc};
use data::{ACCOUNTS, AccountData, DEALS, DealData, KEY_DEALS, PEOPLE, PRODUCTS};
use rust_decimal::Decimal;
use shared::accounts::{
    Account, AccountKind, Contact, HitKind, Man, ManAnswer, Prospecting, Signs, SizeBand, SizeBands,
};
use shared::error::ErrorCode;
use shared::event::{ActorKind, EventKind, SubjectKind};
use shared::funnel::methods::Method;
use shared::funnel::{Funnel, LossReason, NewFunnel, StageDraft, StageKind, rank};
use shared::id::{AccountId, DealId, TeamId, UserId};
use shared::identity::{Locale, Role, SellerLevel};
use shared::money::{Currency, Money};
use shared::revenue::Product;
use std::collections::BTreeMap;
use std::collections::HashMap;

/// What every demo person signs in with.
pub const PASSWORD: &str = "seven stars point north";

/// Where demo people's mail goes: nowhere (RFC 2606).
const HOST: &str = "demo.example";

/// The e-mails of the demo's people, the administrator first.
pub fn emails() -> impl Iterator<Item = String> {
    PEOPLE.iter().map(|(_, mail, ..)| email(mail))
}

fn email(name: &str) -> String {
    format!("{name}@{HOST}")
}

/// Makes the demo organisation in a database that has none at all. Answers whether it did.
///
/// # Errors
/// Those of the database; then nothing was made.
pub async fn make_once(db: &Db, passwords: &Passwords) -> AppResult<bool> {
    if !logins::is_empty(&mut *db.conn().await?).await? {
        return Ok(false);
    }
    let hash = passwords.hash(PASSWORD.to_owned()).await?;
    let org = new_id();
    let mut tx = db
        .begin(&Scope::of_system(org, ActorKind::System, None))
        .await?;
    // Two servers may start at once; the second finds the first one's sign-ins.
    logins::lock_first(tx.conn()).await?;
    if !logins::is_empty(tx.conn()).await? {
        return Ok(false);
    }
    let people = make_people(&mut tx, &hash).await?;
    make_products(&mut tx).await?;
    let accounts = make_accounts(&mut tx, &people).await?;
    for (method, name, list) in [
        (Method::SixSteps, "大客户新签", DEALS),
        (Method::KeyCustomers, "重点客户漏斗", KEY_DEALS),
    ] {
        let mut stages = method.stages(Locale::ZhCn);
        if method == Method::SixSteps {
            range(&mut stages);
        }
        let new = NewFunnel {
            name: name.to_owned(),
            method: Some(method),
            product_line: None,
            stages,
        };
        let funnel = funnels::insert(&mut tx, new).await?;
        let made = make_deals(&mut tx, &funnel, list, &people, &accounts).await?;
        if method == Method::SixSteps {
            gates::furnish(&mut tx, &funnel, &made).await?;
            sheets::furnish(&mut tx, &funnel, &made).await?;
            objections::log(&mut tx, &made).await?;
            proposals::propose(&mut tx, &made).await?;
            scripts::write(&mut tx, &funnel).await?;
            cases::write(&mut tx, list, &made).await?;
        }
    }
    screening::answer(&mut tx, &accounts, &people).await?;
    tx.commit().await?;
    Ok(true)
}

/// Lets the probability of a stage reach up to that of the next, so that the evidence places deals in it.
fn range(stages: &mut [StageDraft]) {
    let next: Vec<i16> = stages
        .iter()
        .skip(1)
        .map(|next| next.fields.probability)
        .collect();
    for (stage, next) in stages.iter_mut().zip(next) {
        let is_range = stage.fields.kind == StageKind::Open && next > stage.fields.probability;
        stage.fields.probability_high = is_range.then_some(next.min(95));
    }
}

type People = HashMap<&'static str, UserId>;
type Accounts = HashMap<&'static str, AccountId>;

async fn make_people(tx: &mut Tx, hash: &str) -> AppResult<People> {
    let org = tx.scope().org;
    let mut people = People::new();
    let mut team: Option<TeamId> = None;
    for (index, (name, mail, role, level)) in PEOPLE.iter().enumerate() {
        let id: UserId = new_id();
        let address = email(mail);
        let role: Role = role.parse().unwrap_or(Role::Rep);
        let person = NewUser {
            id,
            name,
            sign_in: Some((&address, hash)),
            role,
            level: level.parse().unwrap_or(SellerLevel::Junior),
            team_id: team.filter(|_| matches!(role, Role::Rep | Role::Manager)),
            locale: Locale::ZhCn,
        };
        if index == 0 {
            found(tx, "明鉴检测", Currency::CNY, &person).await?;
            let region: TeamId = new_id();
            teams::insert(tx.conn(), org, region, "华东大区", None).await?;
            let group: TeamId = new_id();
            teams::insert(tx.conn(), org, group, "华东一组", Some(region)).await?;
            team = Some(group);
        } else {
            add(tx, &person, || AppError::Conflict(ErrorCode::Taken)).await?;
        }
        people.insert(mail, id);
    }
    Ok(people)
}

async fn make_products(tx: &mut Tx) -> AppResult<()> {
    let org = tx.scope().org;
    for (name, line, price) in PRODUCTS {
        let now = clock::now();
        let product = Product {
            id: new_id(),
            name: (*name).to_owned(),
            line: Some((*line).to_owned()),
            list_price: Some(Money::new(Decimal::from(*price), Currency::CNY)),
            version: 1,
            archived_at: None,
            created_at: now,
            updated_at: now,
        };
        products::insert(tx.conn(), org, &product).await?;
        let event = NewEvent::new(
            EventKind::ProductCreated,
            SubjectKind::Product,
            product.id.0,
        );
        tx.record(event.with_change(None, Some(&product))).await?;
    }
    Ok(())
}

async fn make_accounts(tx: &mut Tx, people: &People) -> AppResult<Accounts> {
    let mut accounts = Accounts::new();
    for (index, data) in ACCOUNTS.iter().enumerate() {
        let known = (signs(index), needs_it(index), channel_of(index));
        let id = make_account(tx, data, known, people).await?;
        // Some were looked at lately, the others are due.
        if let Some(owner) = people.get(data.6).filter(|_| index % 3 != 2) {
            let org = tx.scope().org;
            priority::confirm(tx.shared(), org, id, *owner).await?;
        }
        accounts.insert(data.0, id);
    }
    Ok(accounts)
}

/// What is known of an account: of each class some, and some of which little is known.
fn signs(index: usize) -> Signs {
    let today = clock::now().date_naive();
    let important = |in_days: Option<i64>| Signs {
        values_it: Some(true),
        has_plan: Some(true),
        has_person: Some(true),
        has_date: Some(in_days.is_some()),
        purchase_on: in_days.map(|days| today + Duration::days(days)),
    };
    match index % 6 {
        0 => important(Some(40)),
        1 => important(Some(120)),
        2 | 3 => important(None),
        4 => Signs {
            values_it: Some(true),
            ..Signs::default()
        },
        _ => Signs {
            values_it: Some(false),
            ..Signs::default()
        },
    }
}

/// Whether an account needs what is sold.
const fn needs_it(index: usize) -> Option<bool> {
    match index % 5 {
        2 => None,
        4 => Some(false),
        _ => Some(true),
    }
}

/// Where an account came from, and by which method it was found.
const fn channel_of(index: usize) -> (&'static str, Prospecting) {
    match index % 6 {
        0 => ("展会", Prospecting::Meeting),
        1 => ("老客户转介绍", Prospecting::Chain),
        2 => ("技术研讨会", Prospecting::Seminar),
        3 => ("搜索广告", Prospecting::Advertising),
        4 => ("行业协会", Prospecting::Centre),
        _ => ("园区走访", Prospecting::Carpet),
    }
}

async fn make_account(
    tx: &mut Tx,
    data: &AccountData,
    (signs, need, (source, prospecting)): (Signs, Option<bool>, (&str, Prospecting)),
    people: &People,
) -> AppResult<AccountId> {
    let (name, industry, nature, employees, region, tier, owner, contacts_of) = *data;
    let org = tx.scope().org;
    let at = clock::now() - Duration::days(240);
    let owner = people.get(owner).copied();
    let account = Account {
        id: new_id(),
        name: name.to_owned(),
        kind: AccountKind::Company,
        industry: Some(industry.to_owned()),
        nature: Some(nature.to_owned()),
        size: Some(SizeBand::of(employees, &SizeBands::default())),
        employees: Some(employees),
        region: Some(region.to_owned()),
        address: None,
        website: None,
        phones: Vec::new(),
        parent_id: None,
        owner_id: owner,
        source: Some(source.to_owned()),
        prospecting: Some(prospecting),
        tier: tier.parse().ok(),
        signs,
        man: Man {
            need: ManAnswer {
                is: need,
                ..ManAnswer::default()
            },
            ..Man::default()
        },
        tags: Vec::new(),
        external_ids: BTreeMap::new(),
        version: 1,
        archived_at: None,
        created_at: at,
        updated_at: at,
    };
    accounts::insert(tx.conn(), org, &account).await?;
    search::index(
        tx.conn(),
        org,
        HitKind::Account,
        account.id.0,
        &account.name,
    )
    .await?;
    let event = NewEvent::new(
        EventKind::AccountCreated,
        SubjectKind::Account,
        account.id.0,
    );
    tx.record(
        event
            .on_account(Some(account.id))
            .owned_by(None, owner)
            .at(at)
            .with_change(None, Some(&account)),
    )
    .await?;
    for (days, (name, title, department, level)) in (0i64..).zip(contacts_of) {
        let at = at + Duration::days(10 + days * 12);
        let contact = Contact {
            id: new_id(),
            account_id: account.id,
            account_name: account.name.clone(),
            name: (*name).to_owned(),
            title: Some((*title).to_owned()),
            department: Some((*department).to_owned()),
            level: level.parse().ok(),
            phones: Vec::new(),
            mail: None,
            wechat: None,
            version: 1,
            archived_at: None,
            created_at: at,
            updated_at: at,
        };
        contacts::insert(tx.conn(), org, &contact).await?;
        search::index(
            tx.conn(),
            org,
            HitKind::Contact,
            contact.id.0,
            &contact.name,
        )
        .await?;
        let event = NewEvent::new(
            EventKind::ContactCreated,
            SubjectKind::Contact,
            contact.id.0,
        );
        tx.record(
            event
                .on_account(Some(account.id))
                .owned_by(None, owner)
                .at(at)
                .with_change(None, Some(&contact)),
        )
        .await?;
    }
    Ok(account.id)
}

async fn make_deals(
    tx: &mut Tx,
    funnel: &Funnel,
    list: &[DealData],
    people: &People,
    accounts: &Accounts,
) -> AppResult<Vec<(DealId, usize, Option<UserId>)>> {
    let ranks = rank::spread(list.len());
    let mut made = Vec::with_capacity(list.len());
    for (data, rank) in list.iter().zip(ranks) {
        let (_, _, stage, .., owner) = *data;
        if let Some(id) = make_deal(tx, funnel, data, rank, people, accounts).await? {
            made.push((id, stage, people.get(owner).copied()));
        }
    }
    Ok(made)
}

/// Writes a deal as it would stand after walking stage by stage to where it is, with the events of the
/// way.
async fn make_deal(
    tx: &mut Tx,
    funnel: &Funnel,
    data: &DealData,
    rank: String,
    people: &People,
    accounts: &Accounts,
) -> AppResult<Option<DealId>> {
    let (account, title, stage, yuan, probability, close_in, days, step, due_in, owner) = *data;
    let now = clock::now();
    let Some(to) = funnel.stages.get(stage) else {
        return Ok(None);
    };
    let kind = to.fields.kind;
    // A lost deal got as far as the third stage before.
    let way: Vec<_> = match kind {
        StageKind::Lost => funnel.stages.iter().take(3).chain([to]).collect(),
        _ => funnel.stages.iter().take(stage + 1).collect(),
    };
    let entered = now - Duration::days(days) - Duration::hours(2);
    let steps = i64::try_from(way.len()).unwrap_or(1) - 1;
    let created = entered - Duration::days(steps * 19);
    let reached = way
        .iter()
        .rev()
        .find(|stage| stage.fields.kind != StageKind::Lost)
        .map_or(to.id, |stage| stage.id);
    let is_lost = kind == StageKind::Lost;
    let row = DealRow {
        org_id: tx.scope().org.0,
        id: new_id::<DealId>().0,
        title: title.to_owned(),
        account_id: accounts.get(account).map(|id| id.0),
        funnel_id: funnel.id.0,
        stage_id: to.id.0,
        reached_stage_id: reached.0,
        status: kind.as_ref().to_owned(),
        rank,
        amount: Some(Decimal::from(yuan)),
        currency: Some(Currency::CNY.to_string()),
        probability: (probability > 0).then_some(probability),
        expected_close_on: Some((now + Duration::days(close_in)).date_naive()),
        next_step: (!step.is_empty()).then(|| step.to_owned()),
        next_step_on: (!step.is_empty()).then(|| (now + Duration::days(due_in)).date_naive()),
        owner_id: people.get(owner).map(|id| id.0),
        loss_reason: is_lost.then(|| LossReason::Price.as_ref().to_owned()),
        loss_note: None,
        stage_entered_at: entered,
        closed_at: (kind != StageKind::Open).then_some(entered),
        version: i32::try_from(way.len()).unwrap_or(1),
        archived_at: None,
        created_at: created,
        updated_at: entered,
        override_reason: None,
        expected_profit: profit(yuan, days),
        evidence_probability: None,
        is_low_investment: false,
    };
    deals::insert(tx.conn(), &row).await?;
    let org = tx.scope().org;
    search::index(tx.conn(), org, HitKind::Deal, row.id, &row.title).await?;
    let events = way_events(
        &row,
        &way.iter().map(|stage| stage.id.0).collect::<Vec<_>>(),
        created,
    );
    tx.record_all(events).await?;
    Ok(Some(DealId(row.id)))
}

/// What a deal should bring: margins differ, some lose, of some nobody knows yet.
fn profit(yuan: i64, days: i64) -> Option<Decimal> {
    let margin = match (yuan / 10_000 + days).rem_euclid(8) {
        0 => None,
        1 => Some(34),
        2 => Some(9),
        3 => Some(26),
        4 => Some(18),
        5 => Some(-4),
        6 => Some(22),
        _ => Some(13),
    };
    Some(Decimal::from(yuan * margin? / 100))
}

/// The events of a deal that walked these stages, a stage every 19 days.
fn way_events(row: &DealRow, way: &[uuid::Uuid], created: DateTime<Utc>) -> Vec<NewEvent> {
    let at = |index: i64| created + Duration::days(index * 19);
    let in_stage = |stage: &uuid::Uuid, version| DealRow {
        stage_id: *stage,
        version,
        ..row.clone()
    };
    let mut events = Vec::new();
    if let Some(first) = way.first() {
        let deal = in_stage(first, 1).into_deal(None, None, None);
        events.push(
            NewEvent::new(EventKind::DealCreated, SubjectKind::Deal, row.id)
                .on_deal(DealId(row.id))
                .on_account(deal.account_id)
                .owned_by(None, row.owner())
                .at(created)
                .with_change(None, Some(&deal)),
        );
    }
    for (index, pair) in (1..).zip(way.windows(2)) {
        if let [from, to] = pair {
            let version = i32::try_from(index).unwrap_or(1);
            let (old, new) = (in_stage(from, version), in_stage(to, version + 1));
            events.push(moved(&old, &new, &Allowed::default()).at(at(index)));
        }
    }
    events
}
