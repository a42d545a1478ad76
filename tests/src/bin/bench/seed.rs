//! The world the figures are measured in: one organisation, a six-step funnel, many open deals.

use super::server::{Place, Server};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use shared::funnel::methods::Method;
use shared::funnel::rank;
use shared::identity::Locale;
use uuid::Uuid;

/// What the load needs to know.
#[derive(Debug, Clone)]
pub struct World {
    /// The organisation.
    pub org: Uuid,
    /// Its administrator.
    pub user: Uuid,
    /// Signs in.
    pub token: String,
    /// The funnel.
    pub funnel: Uuid,
    /// Its open stages in order.
    pub stages: Vec<Uuid>,
    /// Deals made.
    pub deals: u32,
}

/// What everybody here signs in with.
pub const PASSWORD: &str = "seven stars point north";

/// The id of the n-th deal made here; `pgbench` can compute it too.
pub fn deal_id(n: u32) -> Uuid {
    Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0000 | u128::from(n))
}

/// Signs an organisation up through the API and makes its funnel.
pub async fn sign_up(server: &Server, email: &str) -> Result<World> {
    let client = tests::http().build()?;
    let api = |path: &str| format!("{}/api/v1{path}", server.base);
    let password = PASSWORD;
    let me: Value = client
        .post(api("/organisations"))
        .json(&json!({ "organisation_name": "Bench", "name": "Bench", "email": email, "password": password }))
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    let tokens: Value = client
        .post(api("/tokens"))
        .json(&json!({ "grant_type": "password", "email": email, "password": password }))
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    let token = text(&tokens, "/access_token")?;
    let stages = Method::SixSteps.stages(Locale::En);
    let funnel: Value = client
        .post(api("/funnels"))
        .bearer_auth(&token)
        .json(&json!({ "name": "Bench", "stages": stages }))
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    let open = funnel
        .get("stages")
        .and_then(Value::as_array)
        .context("stages")?
        .iter()
        .filter(|stage| stage.get("kind").is_some_and(|kind| kind == "open"));
    Ok(World {
        org: text(&me, "/organisation/id")?.parse()?,
        user: text(&me, "/user/id")?.parse()?,
        token,
        funnel: text(&funnel, "/id")?.parse()?,
        stages: open
            .map(|stage| Ok(text(stage, "/id")?.parse()?))
            .collect::<Result<_>>()?,
        deals: 0,
    })
}

/// A text inside an answer.
pub fn text(value: &Value, pointer: &str) -> Result<String> {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .with_context(|| format!("{pointer} is missing"))
}

/// Makes accounts and deals straight in the tables.
pub async fn fill(place: &Place, mut world: World, deals: u32) -> Result<World> {
    let client = place.connect().await?;
    client
        .execute(
            "insert into accounts (org_id, id, name, kind, industry, tier, owner_id) \
             select $1, ('00000000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid, 'Account ' || n, 'company', \
             (array['software','retail','medical'])[1 + n % 3], (array['A','B','C'])[1 + n % 3], $2 \
             from generate_series(0, 999) n",
            &[&world.org, &world.user],
        )
        .await?;
    let stages = u32::try_from(world.stages.len())?;
    let ranks = rank::spread(usize::try_from(deals / stages + 1)?);
    for first in (0..deals).step_by(10_000) {
        let numbers: Vec<u32> = (first..deals.min(first + 10_000)).collect();
        let ids: Vec<Uuid> = numbers.iter().map(|n| deal_id(*n)).collect();
        let stage: Vec<Uuid> = numbers
            .iter()
            .filter_map(|n| world.stages.get(usize::try_from(n % stages).ok()?).copied())
            .collect();
        let rank: Vec<String> = numbers
            .iter()
            .filter_map(|n| ranks.get(usize::try_from(n / stages).ok()?).cloned())
            .collect();
        client
            .execute(
                "insert into deals (org_id, id, title, account_id, funnel_id, stage_id, reached_stage_id, status, rank, \
                 amount, currency, expected_close_on, next_step, next_step_on, owner_id) \
                 select $1, id, 'Deal ' || n, ('00000000-0000-7000-9000-' || lpad(to_hex(n % 1000), 12, '0'))::uuid, $2, \
                 stage, stage, 'open', rank, 1000 + n, 'CNY', date '2026-12-31', 'Visit', date '2026-12-01', $3 \
                 from unnest($4::uuid[], $5::uuid[], $6::text[]) with ordinality d (id, stage, rank, n)",
                &[&world.org, &world.funnel, &world.user, &ids, &stage, &rank],
            )
            .await?;
    }
    client.batch_execute("vacuum analyze").await?;
    world.deals = deals;
    Ok(world)
}
