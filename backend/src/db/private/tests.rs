//! Runs real clusters: the ordinary life, and every way an earlier server can have died.

use super::*;

/// A data folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        Folder(cluster::make_temporary_folder().unwrap())
    }

    fn options(&self) -> StartOptions {
        StartOptions {
            durable: false,
            max_connections: 10,
            ..StartOptions::new(&self.0)
        }
    }

    async fn start(&self) -> PrivatePostgres {
        PrivatePostgres::start_with(self.options()).await.unwrap()
    }

    /// As a server does it, for tests that kill what holds the data.
    async fn start_durably(&self) -> PrivatePostgres {
        PrivatePostgres::start(&self.0, None).await.unwrap()
    }

    fn data(&self) -> PathBuf {
        self.0.join("postgres").join("cluster")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

async fn query(url: &str, sql: &str) -> Result<String, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    let messages = client.simple_query(sql).await?;
    Ok(messages
        .iter()
        .filter_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        })
        .collect::<Vec<_>>()
        .join(","))
}

/// Asks until the cluster answers: a restart takes a moment.
async fn query_soon(url: &str, sql: &str) -> String {
    let begun = Instant::now();
    loop {
        match query(url, sql).await {
            Ok(answer) => return answer,
            Err(error) if begun.elapsed() > Duration::from_secs(30) => panic!("{error:?}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn until(what: impl Fn() -> bool) {
    let begun = Instant::now();
    while !what() {
        assert!(begun.elapsed() < Duration::from_secs(30));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Leaves the cluster running without a server, as SIGKILL would if the watcher died too.
async fn abandon(mut postgres: PrivatePostgres) {
    postgres.is_stopping.store(true, Ordering::SeqCst);
    postgres.end_watcher();
    postgres.supervisor.abort();
    (&mut postgres.supervisor).await.ok();
}

fn kill(pid: i32) {
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

#[tokio::test]
async fn data_outlive_a_stop_and_a_second_start() {
    let folder = Folder::new();

    let postgres = folder.start().await;
    query(&postgres.owner_url(), "create table kept (id int)")
        .await
        .unwrap();
    postgres.stop().await.unwrap();
    assert_eq!(postmaster::recorded_pid(&folder.data()), None);

    let postgres = folder.start().await;
    let count = query(&postgres.owner_url(), "select count(*) from kept").await;
    assert_eq!(count.unwrap(), "0");
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn app_role_is_bound_by_row_level_security() {
    let folder = Folder::new();
    let postgres = folder.start().await;

    let rights = query(
        &postgres.app_url(),
        "select current_user || rolsuper || rolbypassrls || rolcreaterole
         from pg_roles where rolname = current_user",
    )
    .await
    .unwrap();
    assert_eq!(rights, "dipper_appfalsefalsefalse");
    let made = query(&postgres.app_url(), "create table mine (id int)").await;
    assert!(made.is_err());

    let ports = query(&postgres.owner_url(), "show listen_addresses").await;
    assert_eq!(ports.unwrap(), "");
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn letters_of_every_script_are_letters() {
    let folder = Folder::new();
    let postgres = folder.start().await;

    // Trigram search and case folding depend on it.
    let answer = query(
        &postgres.owner_url(),
        "select lower('ÉÀ') || ('北斗' ~ '^\\w+$')",
    )
    .await
    .unwrap();
    assert_eq!(answer, "éàtrue");
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn killed_postmaster_is_restarted() {
    let folder = Folder::new();
    let postgres = folder.start_durably().await;
    query(&postgres.owner_url(), "create table kept (id int)")
        .await
        .unwrap();
    let first = postgres.pid().unwrap();

    kill(first);
    until(|| postgres.pid().is_some_and(|pid| pid != first)).await;

    let count = query_soon(&postgres.owner_url(), "select count(*) from kept").await;
    assert_eq!(count, "0");
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn cluster_of_a_killed_server_is_stopped_and_started_again() {
    let folder = Folder::new();
    let postgres = folder.start().await;
    let first = postgres.pid().unwrap();
    abandon(postgres).await;

    let postgres = folder.start().await;

    assert_ne!(postgres.pid().unwrap(), first);
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn server_and_postmaster_killed_together_recover() {
    let folder = Folder::new();
    let postgres = folder.start_durably().await;
    query(&postgres.owner_url(), "create table kept (id int)")
        .await
        .unwrap();
    let first = postgres.pid().unwrap();
    abandon(postgres).await;
    kill(first);

    let postgres = folder.start_durably().await;

    let count = query(&postgres.owner_url(), "select count(*) from kept").await;
    assert_eq!(count.unwrap(), "0");
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn pid_file_that_names_another_process_is_stale() {
    let folder = Folder::new();
    folder.start().await.stop().await.unwrap();
    // As after a reboot: the number now belongs to something of the same user.
    let mut other = std::process::Command::new("sleep");
    other.arg("60");
    if let Some(account) = cluster::account().unwrap() {
        account.apply(&mut other);
    }
    let mut other = other.current_dir("/").spawn().unwrap();
    fs::write(
        folder.data().join("postmaster.pid"),
        format!("{}\n{}\n", other.id(), folder.data().display()),
    )
    .unwrap();

    let postgres = folder.start().await;

    assert!(other.try_wait().unwrap().is_none(), "it was left alone");
    other.kill().unwrap();
    other.wait().unwrap();
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn second_server_on_the_same_folder_is_refused() {
    let folder = Folder::new();
    let postgres = folder.start().await;

    let refused = PrivatePostgres::start_with(folder.options()).await;

    let sentence = refused.unwrap_err().to_string();
    assert!(sentence.contains("in use by another Dipper server"));
    assert!(sentence.contains(&std::process::id().to_string()));
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn deep_data_folder_gets_a_short_socket() {
    let folder = Folder::new();
    let deep = folder.0.join("a-rather-long-name".repeat(8));
    let options = StartOptions {
        data_dir: deep,
        ..folder.options()
    };

    let postgres = PrivatePostgres::start_with(options).await.unwrap();

    let socket_dir = postgres.socket_dir().to_path_buf();
    assert!(socket_dir.starts_with("/tmp"));
    assert_eq!(query(&postgres.app_url(), "select 1").await.unwrap(), "1");
    postgres.stop().await.unwrap();
    assert!(!socket_dir.exists());
}

#[tokio::test]
async fn folder_of_another_version_is_refused_in_one_sentence() {
    let folder = Folder::new();
    let postgres = folder.start().await;
    let bin = query(
        &postgres.owner_url(),
        "select setting from pg_config where name = 'BINDIR'",
    )
    .await
    .unwrap();
    postgres.stop().await.unwrap();
    fs::write(folder.data().join("PG_VERSION"), "12\n").unwrap();

    let options = StartOptions {
        pg_bin: Some(PathBuf::from(bin)),
        ..folder.options()
    };
    let refused = PrivatePostgres::start_with(options).await;

    let sentence = refused.unwrap_err().to_string();
    assert!(sentence.contains("made by PostgreSQL 12"), "{sentence}");
}

#[tokio::test]
async fn throwaway_cluster_leaves_nothing_behind() {
    let stopped = PrivatePostgres::throwaway(None, 10).await.unwrap();
    let folder = stopped.temporary.clone().unwrap();
    stopped.stop().await.unwrap();
    assert!(!folder.exists());

    let dropped = PrivatePostgres::throwaway(None, 10).await.unwrap();
    let folder = dropped.temporary.clone().unwrap();
    drop(dropped);
    until(|| !folder.exists()).await;
}

#[tokio::test]
async fn watcher_stops_the_cluster_when_its_server_is_killed() {
    let folder = Folder::new();
    let mut postgres = folder.start().await;

    // What the kernel does when a process ends: the pipe closes.
    postgres.is_stopping.store(true, Ordering::SeqCst);
    drop(postgres.watcher.as_mut().unwrap().stdin.take());

    until(|| postmaster::recorded_pid(&folder.data()).is_none()).await;
}
