//! The load: clients that ask one after the other over HTTP, for a time.

use super::seed::{World, deal_id};
use super::server::Server;
use anyhow::Result;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// The first page of a board.
    Board,
    /// Fifty cards of a stage with their accounts.
    List,
    /// One deal with its account, lines and external ids.
    Get,
    /// A move to another stage.
    Move,
    /// A new deal.
    Create,
}

impl Operation {
    /// All of them, in order.
    pub const ALL: [Self; 5] = [Self::Board, Self::List, Self::Get, Self::Move, Self::Create];

    /// Its name in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Board => "board, first page",
            Self::List => "list 50 of a stage",
            Self::Get => "get one",
            Self::Move => "move one",
            Self::Create => "create one",
        }
    }
}

/// What a run of the load gave.
#[derive(Debug, Default)]
pub struct Outcome {
    times: Vec<Duration>,
    elapsed: Duration,
    /// Answers that were not a success.
    pub errors: usize,
}

impl Outcome {
    /// Adds what one client measured.
    pub fn add(&mut self, times: Vec<Duration>, errors: usize) {
        self.times.extend(times);
        self.errors += errors;
    }

    /// Ends a measurement that began then.
    pub fn end(&mut self, begun: Instant) {
        self.elapsed = begun.elapsed();
        self.times.sort();
    }

    /// Successful requests.
    pub fn count(&self) -> usize {
        self.times.len()
    }

    /// Successful requests a second.
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    pub fn rate(&self) -> f64 {
        self.times.len() as f64 / self.elapsed.as_secs_f64()
    }

    /// The time below which this share of requests was answered.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index"
    )]
    pub fn percentile(&self, share: f64) -> Duration {
        let index = (self.times.len().saturating_sub(1) as f64 * share) as usize;
        self.times.get(index).copied().unwrap_or_default()
    }
}

/// Runs the load.
pub async fn run(
    server: &Server,
    world: &World,
    operation: Operation,
    clients: usize,
    time: Duration,
) -> Result<Outcome> {
    // Connections and caches warm up first.
    measure(server, world, operation, clients, Duration::from_secs(1)).await?;
    measure(server, world, operation, clients, time).await
}

async fn measure(
    server: &Server,
    world: &World,
    operation: Operation,
    clients: usize,
    time: Duration,
) -> Result<Outcome> {
    let http = tests::http().pool_max_idle_per_host(clients).build()?;
    let turn = Arc::new(AtomicU32::new(0));
    let begun = Instant::now();
    let tasks: Vec<_> = (0..clients)
        .map(|_| {
            let (http, world, base, turn) = (
                http.clone(),
                world.clone(),
                server.base.clone(),
                Arc::clone(&turn),
            );
            tokio::spawn(async move {
                let mut times = Vec::new();
                let mut errors = 0;
                while begun.elapsed() < time {
                    let n = turn.fetch_add(1, Ordering::Relaxed).wrapping_mul(7919);
                    let asked = Instant::now();
                    match ask(&http, &base, &world, operation, n).await {
                        Ok(()) => times.push(asked.elapsed()),
                        Err(_) => errors += 1,
                    }
                }
                (times, errors)
            })
        })
        .collect();
    let mut outcome = Outcome::default();
    for task in tasks {
        let (times, errors) = task.await?;
        outcome.add(times, errors);
    }
    outcome.end(begun);
    Ok(outcome)
}

/// Runs the load while one more client moves deals at a steady rate; answers the load's outcome and the
/// writer's.
pub async fn run_beside_moves(
    server: &Server,
    world: &World,
    operation: Operation,
    clients: usize,
    time: Duration,
    moves_a_second: u32,
) -> Result<(Outcome, Outcome)> {
    let (server_base, world_moved) = (server.base.clone(), world.clone());
    let writing = tokio::spawn(async move {
        let http = tests::http().build()?;
        let mut outcome = Outcome::default();
        // With the second in which the readers warm up.
        let (begun, whole) = (Instant::now(), time + Duration::from_secs(1));
        let mut beat = tokio::time::interval(Duration::from_secs(1) / moves_a_second);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut n = 0_u32;
        while begun.elapsed() < whole {
            beat.tick().await;
            n = n.wrapping_add(7919);
            let asked = Instant::now();
            match ask(&http, &server_base, &world_moved, Operation::Move, n).await {
                Ok(()) => outcome.add(vec![asked.elapsed()], 0),
                Err(_) => outcome.add(Vec::new(), 1),
            }
        }
        outcome.end(begun);
        anyhow::Ok(outcome)
    });
    let reading = run(server, world, operation, clients, time).await?;
    Ok((reading, writing.await??))
}

async fn ask(
    http: &reqwest::Client,
    base: &str,
    world: &World,
    operation: Operation,
    n: u32,
) -> Result<()> {
    let stage = world
        .stages
        .get(usize::try_from(n)? % world.stages.len())
        .copied()
        .unwrap_or_default();
    let deal = deal_id(n % world.deals.max(1));
    let api = |path: String| format!("{base}/api/v1{path}");
    let request = match operation {
        Operation::Board => http.get(api(format!("/funnels/{}/board", world.funnel))),
        Operation::List => http.get(api(format!("/stages/{stage}/cards?limit=50"))),
        Operation::Get => http.get(api(format!("/deals/{deal}"))),
        Operation::Move => http
            .post(api(format!("/deals/{deal}/move")))
            .header("If-Match", "*")
            .header("Idempotency-Key", Uuid::now_v7().to_string())
            .json(&json!({ "to_stage_id": stage })),
        Operation::Create => http
            .post(api("/deals".into()))
            .header("Idempotency-Key", Uuid::now_v7().to_string())
            .json(&json!({
                "title": "New deal", "funnel_id": world.funnel, "stage_id": stage,
                "amount": { "amount": "1000", "currency": "CNY" },
            })),
    };
    let response = request
        .bearer_auth(&world.token)
        .send()
        .await?
        .error_for_status()?;
    response.bytes().await?;
    Ok(())
}
