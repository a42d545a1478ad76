//! What rules cost: a move that twenty criteria judge, a trial of counted rules over what was recorded, and
//! weighing all deals anew by the evidence.

use super::load::Outcome;
use super::seed::{World, deal_id, text};
use super::server::{Place, Server};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use shared::funnel::methods::Method;
use shared::identity::Locale;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Criteria that one stage asks for.
const CRITERIA: usize = 20;
/// Moves of each sort.
const MOVES: i64 = 600;
/// Touches of each deal that a trial goes over.
const TOUCHES: u32 = 10;

/// Moves in a funnel that asks for nothing, and in another whose first stage asks for criteria that are all
/// met, in turn. A funnel of which any stage asks has the facts of each deal gathered that moves, so they
/// cannot be the same.
pub async fn moves(place: &Place, server: &Server, world: &World) -> Result<(Outcome, Outcome)> {
    let [free, after_free, ..] = *world.stages.as_slice() else {
        anyhow::bail!("the funnel has fewer than two open stages");
    };
    let http = tests::http().build()?;
    let make = async |path: &str, body: Value| -> Result<Value> {
        let request = http.post(format!("{}/api/v1{path}", server.base));
        let request = request.bearer_auth(&world.token).json(&body);
        let request = request.header("Idempotency-Key", Uuid::now_v7().to_string());
        Ok(request.send().await?.error_for_status()?.json().await?)
    };
    // Ranges, so that the deal is weighed in the stage it leaves, and in the one it comes to.
    let mut stages = Method::SixSteps.stages(Locale::En);
    for stage in stages.iter_mut().take(2) {
        stage.fields.probability_high = Some(95);
    }
    let funnel = make("/funnels", json!({ "name": "Asking", "stages": stages })).await?;
    let asking = text(&funnel, "/stages/0/id")?;
    let after_asking: Uuid = text(&funnel, "/stages/1/id")?.parse()?;
    let client = place.connect().await?;
    let sql = "select id from accounts where org_id = $1 order by id limit 1";
    let account: Uuid = client.query_one(sql, &[&world.org]).await?.get(0);
    let mut asked = Vec::new();
    for number in 0..MOVES {
        let deal = json!({
            "title": format!("Judged {number}"), "funnel_id": text(&funnel, "/id")?, "stage_id": asking,
            "account_id": account, "amount": { "amount": "1000", "currency": "CNY" },
            "next_step": "Visit", "next_step_on": "2099-12-01",
        });
        asked.push(text(&make("/deals", deal).await?, "/id")?.parse::<Uuid>()?);
    }
    ask(server, world, &asking, criteria()).await?;
    let mut next = criteria();
    next.truncate(2);
    for criterion in &mut next {
        criterion["mandatory"] = json!(false);
    }
    ask(server, world, &after_asking.to_string(), next).await?;

    let sql = "select id from deals where org_id = $1 and stage_id = $2 order by id limit $3";
    let rows = client.query(sql, &[&world.org, &free, &MOVES]).await?;
    let plain: Vec<Uuid> = rows.iter().map(|row| row.get(0)).collect();
    let pairs = plain.into_iter().zip(asked);
    let (mut none, mut judged) = (Outcome::default(), Outcome::default());
    let begun = Instant::now();
    for (plain, asked) in pairs {
        for (outcome, deal, to) in [
            (&mut none, plain, after_free),
            (&mut judged, asked, after_asking),
        ] {
            let sent = Instant::now();
            let response = http
                .post(format!("{}/api/v1/deals/{deal}/move", server.base))
                .bearer_auth(&world.token)
                .header("If-Match", "*")
                .header("Idempotency-Key", Uuid::now_v7().to_string())
                .json(&json!({ "to_stage_id": to }))
                .send()
                .await?;
            if response.status().is_success() {
                response.bytes().await?;
                outcome.add(vec![sent.elapsed()], 0);
            } else {
                outcome.add(Vec::new(), 1);
            }
        }
    }
    none.end(begun);
    judged.end(begun);
    Ok((none, judged))
}

/// Sets the criteria of a stage.
async fn ask(server: &Server, world: &World, stage: &str, criteria: Vec<Value>) -> Result<()> {
    let http = tests::http().build()?;
    let path = format!("{}/api/v1/stages/{stage}/gate", server.base);
    let gate = http.get(&path).bearer_auth(&world.token).send().await?;
    let gate: Value = gate.error_for_status()?.json().await?;
    let version = gate.get("version").context("the gate's version")?;
    http.put(&path)
        .bearer_auth(&world.token)
        .header("If-Match", format!("\"{version}\""))
        .json(&json!({ "criteria": criteria }))
        .send()
        .await?
        .error_for_status()?;
    Ok(())
}

/// Criteria that every deal made here meets, about the deal, its account, its people and its rounds.
fn criteria() -> Vec<Value> {
    let at_least =
        |fact: &str, number: i64| json!({ "fact": { "fact": fact, "is": { "at_least": number } } });
    let yes = |fact: &str| json!({ "fact": { "fact": fact, "is": { "flag": true } } });
    let one_of =
        |fact: &str, texts: &[&str]| json!({ "fact": { "fact": fact, "is": { "one_of": texts } } });
    let rules = [
        at_least("amount", 1),
        at_least("age_days", 0),
        at_least("days_in_stage", 0),
        at_least("people", 0),
        at_least("products", 0),
        at_least("rounds", 0),
        yes("next_step"),
        yes("has_account"),
        one_of("account_kind", &["company"]),
        one_of("industry", &["software", "retail", "medical"]),
    ];
    let all = rules.iter().cycle().take(CRITERIA).enumerate();
    all.map(|(number, rule)| {
        json!({
            "id": Uuid::now_v7(), "side": "exit", "name": format!("Criterion {number}"),
            "mandatory": true, "rule": rule,
        })
    })
    .collect()
}

/// The rules of the three-layer funnel (CLS-23..25), for the first stages of the one there is.
fn set(stages: &[Uuid]) -> Result<Value> {
    let [lower, middle, upper, out, ..] = *stages else {
        anyhow::bail!("the funnel has fewer than four open stages");
    };
    let rule = |name: &str, from: Uuid, to: Uuid, tests: Value| {
        json!({
            "id": Uuid::now_v7(), "name": name, "enabled": true, "from": [from], "since": "life",
            "tests": tests, "to_stage_id": to,
        })
    };
    Ok(json!({ "rules": [
        rule("up", middle, upper, json!([
            { "count": "showing", "at_most": 4 }, { "count": "offer", "at_least": 1 }, { "count": "raise", "at_least": 1 },
        ])),
        rule("down", middle, lower, json!([{ "count": "showing", "without": "offer", "at_least": 3 }])),
        rule("out", lower, out, json!([{ "count": "recommendation", "without": "showing", "at_least": 2 }])),
    ] }))
}

/// A trial of counted rules over some touches of each deal; answers the number of touches and the time.
pub async fn trial(place: &Place, server: &Server, world: &World) -> Result<(i64, Duration)> {
    let client = place.connect().await?;
    let recorded = "insert into touches (org_id, id, deal_id, kind, at) \
        select $1, gen_random_uuid(), d.id, \
        (array['recommendation','showing','showing','offer','raise','recommendation','showing'])[1 + (n * 5 + d.number) % 7], \
        now() - make_interval(hours => n) \
        from unnest($2::uuid[]) with ordinality d (id, number), generate_series(1, $3::int) n";
    let times = i32::try_from(TOUCHES)?;
    let ids: Vec<Uuid> = (0..world.deals).map(deal_id).collect();
    for ids in ids.chunks(10_000) {
        client
            .execute(recorded, &[&world.org, &ids, &times])
            .await?;
    }
    client.batch_execute("vacuum analyze touches").await?;
    let http = tests::http().build()?;
    let set = set(&world.stages)?;
    let begun = Instant::now();
    let trial: Value = http
        .post(format!(
            "{}/api/v1/funnels/{}/trial/search",
            server.base, world.funnel
        ))
        .bearer_auth(&world.token)
        .json(&json!({ "set": set }))
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    let took = begun.elapsed();
    let touches = trial.pointer("/figures/touches").and_then(Value::as_i64);
    Ok((touches.context("the touches counted")?, took))
}

/// Weighs the deals of one stage anew by what was recorded of them, and of its account; answers how many have
/// a figure then, and the time from the change of the criteria until the last one has.
pub async fn weigh(place: &Place, server: &Server, world: &World) -> Result<(i64, Duration)> {
    let client = place.connect().await?;
    let stage = *world.stages.first().context("a stage")?;
    let range =
        "update stages set probability = 5, probability_high = 95 where org_id = $1 and id = $2";
    client.execute(range, &[&world.org, &stage]).await?;
    let at_least = |fact: &str| {
        json!({
            "id": Uuid::now_v7(), "side": "exit", "name": fact, "weight": 3,
            "rule": { "fact": { "fact": fact, "is": { "at_least": 1 } } },
        })
    };
    let criteria = ["showings", "people", "products", "amount"].map(at_least);
    let begun = Instant::now();
    ask(server, world, &stage.to_string(), criteria.to_vec()).await?;
    let left = "select exists (select from job_queue where kind = 'weigh_stage')";
    while client.query_one(left, &[]).await?.get::<_, bool>(0) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let took = begun.elapsed();
    let weighed = "select count(*) from deals where org_id = $1 and evidence_probability is not null \
        and stage_id = $2";
    let weighed = client.query_one(weighed, &[&world.org, &stage]).await?;
    Ok((weighed.get(0), took))
}
