//! The search box over many names in one organisation (I18N-3), asked as an administrator, who sees all of
//! them, and as a seller, who sees a few.

use super::load::Outcome;
use super::names::{self, Name, SORTS, mix};
use super::note;
use super::server::{Place, Server};
use anyhow::{Result, anyhow};
use backend::db::{Db, Scope};
use backend::events::Hub;
use backend::search::{self, Entry};
use serde_json::Value;
use shared::accounts::HitKind;
use shared::event::ActorKind;
use shared::id::OrgId;
use shared::identity::Role;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use tests::{Client, User};
use uuid::Uuid;

/// Queries of each sort.
const QUERIES: usize = 300;
/// Clients that ask everything at the same time.
const CLIENTS: usize = 8;
/// Names written at once.
const BATCH: u64 = 5_000;
/// The seller owns one account of this many.
const OWN: u64 = 200;

/// How one sort of query was answered.
pub struct Seen {
    /// Who asked, and what.
    pub name: String,
    /// At the same time.
    pub clients: usize,
    /// The times.
    pub outcome: Outcome,
    /// Queries without a hit.
    pub empty: usize,
}

/// Makes an organisation with so many names, half accounts and half contacts, and asks for some of them.
pub async fn run(place: &Place, names: u32) -> Result<Vec<Seen>> {
    let server = place.start().await?;
    let admin = User::sign_up(Client::new(server.base.clone()), "Search").await;
    let seller = admin.invite(Role::Rep).await;
    fill(place, &admin, &seller, u64::from(names) / 2).await?;
    let mut seen = Vec::new();
    for (who, user) in [("administrator", &admin), ("seller", &seller)] {
        let token = user.token().await;
        note(&format!("search as {who}"));
        let mut all = Vec::new();
        for (sort, query) in SORTS {
            let asked = queries(u64::from(names) / 2, query);
            seen.push(ask(&server, &token, format!("{who}: {sort}"), 1, &asked).await?);
            all.extend(asked);
        }
        all.sort_by_key(|query| query.bytes().fold(0, |sum, byte| mix(sum, byte.into())));
        let name = format!("{who}: all of these, mixed");
        seen.push(ask(&server, &token, name, CLIENTS, &all).await?);
    }
    server.stop().await?;
    Ok(seen)
}

fn queries(half: u64, query: fn(&Name, u64) -> Option<String>) -> Vec<String> {
    (0..)
        .map(|n| mix(n, 20))
        .filter_map(|n| {
            let name = if n % 2 == 0 {
                names::company(n / 2 % half)
            } else {
                names::person(n / 2 % half)
            };
            query(&name, n >> 32)
        })
        .take(QUERIES)
        .collect()
}

async fn ask(
    server: &Server,
    token: &str,
    name: String,
    clients: usize,
    queries: &[String],
) -> Result<Seen> {
    let http = tests::http().build()?;
    let (next, empty) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let begun = Instant::now();
    let asking = (0..clients).map(|_| async {
        let (mut times, mut errors) = (Vec::new(), 0);
        while let Some(query) = queries.get(next.fetch_add(1, Ordering::Relaxed)) {
            let request = http
                .get(format!("{}/api/v1/search", server.base))
                .query(&[("q", query.as_str()), ("limit", "10")])
                .bearer_auth(token);
            let asked = Instant::now();
            let answer = async { request.send().await?.error_for_status()?.json().await };
            let answer: reqwest::Result<Value> = answer.await;
            match answer {
                Ok(answer) => {
                    times.push(asked.elapsed());
                    let hits = answer.get("items").and_then(Value::as_array);
                    if hits.is_none_or(Vec::is_empty) {
                        empty.fetch_add(1, Ordering::Relaxed);
                    }
                }
                Err(_) => errors += 1,
            }
        }
        (times, errors)
    });
    let mut outcome = Outcome::default();
    for (times, errors) in futures_util::future::join_all(asking).await {
        outcome.add(times, errors);
    }
    outcome.end(begun);
    Ok(Seen {
        name,
        clients,
        outcome,
        empty: empty.into_inner(),
    })
}

/// Writes the accounts and contacts straight into their tables and indexes them as the server does.
async fn fill(place: &Place, admin: &User, seller: &User, half: u64) -> Result<()> {
    let client = place.connect().await?;
    let org = admin.org();
    let (admin, seller): (Uuid, Uuid) = (admin.id().parse()?, seller.id().parse()?);
    let db = Db::new(&place.postgres.app_url(), 1, Hub::new())?;
    let scope = Scope::of_system(OrgId(org), ActorKind::System, None);
    let account = |n: u64| Uuid::from_u128(0x7000_9100_0000_0000_0000_0000_0000 | u128::from(n));
    let contact = |n: u64| Uuid::from_u128(0x7000_9200_0000_0000_0000_0000_0000 | u128::from(n));
    for first in (0..half).step_by(usize::try_from(BATCH)?) {
        note(&format!("search: {} names", first * 2));
        let numbers: Vec<u64> = (first..half.min(first + BATCH)).collect();
        let accounts: Vec<Uuid> = numbers.iter().map(|n| account(*n)).collect();
        let contacts: Vec<Uuid> = numbers.iter().map(|n| contact(*n)).collect();
        let companies: Vec<String> = numbers.iter().map(|n| names::company(*n).text).collect();
        let people: Vec<String> = numbers.iter().map(|n| names::person(*n).text).collect();
        let owners: Vec<Uuid> = numbers
            .iter()
            .map(|n| if n % OWN == 0 { seller } else { admin })
            .collect();
        client
            .execute(
                "insert into accounts (org_id, id, name, kind, owner_id) select $1, id, name, 'company', owner \
                 from unnest($2::uuid[], $3::text[], $4::uuid[]) n (id, name, owner)",
                &[&org, &accounts, &companies, &owners],
            )
            .await?;
        client
            .execute(
                "insert into contacts (org_id, id, account_id, name) select $1, id, account, name \
                 from unnest($2::uuid[], $3::uuid[], $4::text[]) n (id, account, name)",
                &[&org, &contacts, &accounts, &people],
            )
            .await?;
        let entry = |kind| move |(id, name): (&Uuid, &'_ String)| (kind, *id, name.clone());
        let named = accounts.iter().zip(&companies).map(entry(HitKind::Account));
        let named = named.chain(contacts.iter().zip(&people).map(entry(HitKind::Contact)));
        let named: Vec<(HitKind, Uuid, String)> = named.collect();
        let entries: Vec<Entry<'_>> = named
            .iter()
            .map(|(kind, id, name)| Entry {
                kind: *kind,
                id: *id,
                name,
            })
            .collect();
        let failed = |error| anyhow!("the names cannot be indexed: {error:?}");
        let mut tx = db.begin(&scope).await.map_err(failed)?;
        search::index_all(tx.conn(), OrgId(org), &entries).await?;
        tx.commit().await.map_err(failed)?;
    }
    client.batch_execute("vacuum analyze").await?;
    Ok(())
}
