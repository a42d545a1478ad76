//! Nothing acknowledged is lost: the real program is killed, stopped, and robbed of its database
//! (DUR-1, DUR-2, DUR-3).

use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tests::postgres::TestDatabase;
use tests::program::{Program, TestFolder};
use tests::{Client, PASSWORD, wait};
use tokio::sync::mpsc;

/// Who writes at the same time.
const WRITERS: usize = 4;

async fn sign_up(program: &Program) -> Client {
    let client = program.anonymous();
    let body = json!({
        "organisation_name": "North", "name": "Somebody",
        "email": "somebody@north.example.com", "password": PASSWORD,
    });
    client.post("/organisations").json(&body).await.expect(201);
    client
}

/// What became of a write.
enum Outcome {
    /// The server said that it is done.
    Done(String),
    /// There was no answer.
    InDoubt(String),
}

/// Makes teams until told to stop, or until the server is gone; the name is also the key.
async fn write(
    client: Client,
    writer: usize,
    stop: Arc<AtomicBool>,
    told: mpsc::UnboundedSender<Outcome>,
) {
    for number in 0.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let name = format!("team {writer}-{number}");
        let request = client
            .post("/teams")
            .key(&name)
            .json(&json!({ "name": name }));
        match request.try_send().await {
            Ok(response) if response.status == 201 => told.send(Outcome::Done(name)).unwrap(),
            // The database is away: said, and to be tried again.
            Ok(response) if response.status == 503 => told.send(Outcome::InDoubt(name)).unwrap(),
            Ok(response) => panic!("{}", response.text()),
            Err(_) => {
                told.send(Outcome::InDoubt(name)).unwrap();
                return;
            }
        }
    }
}

/// Writers at work, and what they were told.
struct Writers {
    stop: Arc<AtomicBool>,
    told: mpsc::UnboundedReceiver<Outcome>,
    done: Vec<String>,
    in_doubt: Vec<String>,
}

impl Writers {
    fn start(client: &Client) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (sender, told) = mpsc::unbounded_channel();
        for writer in 0..WRITERS {
            tokio::spawn(write(
                client.clone(),
                writer,
                Arc::clone(&stop),
                sender.clone(),
            ));
        }
        Self {
            stop,
            told,
            done: Vec::new(),
            in_doubt: Vec::new(),
        }
    }

    fn note(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Done(name) => self.done.push(name),
            Outcome::InDoubt(name) => self.in_doubt.push(name),
        }
    }

    /// Reads on until so many writes were acknowledged.
    async fn acknowledged(&mut self, count: usize) {
        while self.done.len() < count {
            match tokio::time::timeout(wait::PATIENCE, self.told.recv()).await {
                Ok(Some(outcome)) => self.note(outcome),
                Ok(None) => panic!("the writers are gone"),
                Err(_) => panic!("writes do not go on"),
            }
        }
    }

    /// Ends the writers and reads what they were told last.
    async fn finish(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        while let Some(outcome) = self.told.recv().await {
            self.note(outcome);
        }
    }
}

/// The teams that are there, with how often.
async fn teams(client: &Client) -> BTreeMap<String, usize> {
    let mut teams = BTreeMap::new();
    let mut next = Some("/api/v1/teams?limit=200".to_owned());
    while let Some(address) = next {
        let page: Value = client
            .request(Method::GET, &address)
            .await
            .expect(200)
            .value();
        for team in page["items"].as_array().unwrap() {
            *teams
                .entry(team["name"].as_str().unwrap().to_owned())
                .or_default() += 1;
        }
        let cursor = page["next_cursor"].as_str();
        next = cursor.map(|cursor| format!("/api/v1/teams?limit=200&cursor={cursor}"));
    }
    teams
}

/// Sends what is in doubt once more, and demands that everything is there, once.
async fn everything_is_there_once(client: &Client, writers: &Writers) {
    let before = teams(client).await;
    for name in &writers.done {
        assert_eq!(before.get(name), Some(&1), "{name} was acknowledged");
    }
    for name in &writers.in_doubt {
        let request = client
            .post("/teams")
            .key(name)
            .json(&json!({ "name": name }));
        request.await.expect(201);
    }
    let after = teams(client).await;
    for name in writers.done.iter().chain(&writers.in_doubt) {
        assert_eq!(after.get(name), Some(&1), "{name}");
    }
    assert_eq!(after.len(), writers.done.len() + writers.in_doubt.len());
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_when_the_server_is_killed() {
    let folder = TestFolder::new();
    let settings = [("DIPPER_DATA_DIR", folder.path().to_str().unwrap())];
    let program = Program::serve(&settings).await;
    let client = sign_up(&program).await;
    let mut writers = Writers::start(&client);
    writers.acknowledged(60).await;

    program.kill().await;
    writers.finish().await;
    let program = Program::serve(&settings).await;

    // The secret is kept, so the browser is still signed in.
    let client = client.at(format!("http://{}", program.address()));
    everything_is_there_once(&client, &writers).await;
    program.terminate().await;
    assert!(program.ended_within(Duration::from_secs(25)).await);
}

#[tokio::test]
async fn server_outlives_the_death_of_its_database() {
    let folder = TestFolder::new();
    let settings = [("DIPPER_DATA_DIR", folder.path().to_str().unwrap())];
    let program = Program::serve(&settings).await;
    let client = sign_up(&program).await;
    let mut writers = Writers::start(&client);
    writers.acknowledged(40).await;

    let pid =
        std::fs::read_to_string(folder.path().join("postgres/cluster/postmaster.pid")).unwrap();
    let pid = pid.lines().next().unwrap().trim().to_owned();
    let killed = std::process::Command::new("kill")
        .args(["-KILL", &pid])
        .status();
    assert!(killed.unwrap().success());
    let begun = writers.done.len();
    writers.acknowledged(begun + 20).await;
    writers.finish().await;

    everything_is_there_once(&client, &writers).await;
    let new_pid =
        std::fs::read_to_string(folder.path().join("postgres/cluster/postmaster.pid")).unwrap();
    assert_ne!(new_pid.lines().next().unwrap().trim(), pid);
    program.terminate().await;
    assert!(program.ended_within(Duration::from_secs(25)).await);
}

#[tokio::test]
async fn accepted_requests_are_served_when_the_server_is_asked_to_stop() {
    let database = TestDatabase::migrated().await;
    let folder = TestFolder::new();
    let settings = [
        ("DIPPER_DATA_DIR", folder.path().to_str().unwrap()),
        ("DIPPER_DATABASE_URL", database.owner_url.as_str()),
    ];
    let program = Program::serve(&settings).await;
    let client = sign_up(&program).await;
    let organisation = client.read("/organisation").await;
    let live = client.live().await;

    // A request that waits for a row is on its way when the signal comes.
    let mut db = database.connect().await;
    let transaction = db.transaction().await.unwrap();
    transaction
        .execute("select from organisations for update", &[])
        .await
        .unwrap();
    let request = client
        .patch("/organisation")
        .if_match(&organisation)
        .json(&json!({ "name": "South" }));
    let waiting = tokio::spawn(async move { request.await });
    let watcher = database.connect().await;
    wait::until("the request waits for the row", async || {
        let sql = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        let count: i64 = watcher.query_one(sql, &[]).await.unwrap().get(0);
        (count > 0).then_some(())
    })
    .await;

    program.terminate().await;
    live.ended_within(Duration::from_secs(3)).await;
    transaction.commit().await.unwrap();

    let response = waiting.await.unwrap();
    assert_eq!(response.expect(200).value()["name"], "South");
    assert!(program.ended_within(Duration::from_secs(25)).await);
    let name: String = watcher
        .query_one("select name from organisations", &[])
        .await
        .unwrap()
        .get(0);
    assert_eq!(name, "South");
}

#[tokio::test]
async fn stop_under_load_loses_nothing_that_was_acknowledged() {
    let database = TestDatabase::migrated().await;
    let folder = TestFolder::new();
    let settings = [
        ("DIPPER_DATA_DIR", folder.path().to_str().unwrap()),
        ("DIPPER_DATABASE_URL", database.owner_url.as_str()),
    ];
    let program = Program::serve(&settings).await;
    let client = sign_up(&program).await;
    let mut writers = Writers::start(&client);
    writers.acknowledged(40).await;

    program.terminate().await;
    assert!(program.ended_within(Duration::from_secs(25)).await);
    writers.finish().await;

    let program = Program::serve(&settings).await;
    let client = client.at(format!("http://{}", program.address()));
    everything_is_there_once(&client, &writers).await;
}
