//! The postmaster as a process: starting it, waiting for it, stopping it, and dealing with one
//! that an earlier server left behind.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child as StdChild, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStderr};
use tokio::sync::mpsc;

use super::OWNER_ROLE;
use super::cluster::Cluster;

/// How long an orphan or a stopping postmaster may take before it is hurried.
const PATIENCE: Duration = Duration::from_secs(60);

/// Everything needed to start the postmaster, again and again.
#[derive(Debug)]
pub(super) struct Launch {
    /// The program `postgres`.
    pub(super) program: PathBuf,
    /// The cluster it serves.
    pub(super) cluster: Cluster,
    /// Whether it waits for the disk.
    pub(super) durable: bool,
    /// Its limit of connections.
    pub(super) max_connections: u32,
}

impl Launch {
    /// Starts the postmaster and waits until it accepts connections.
    ///
    /// Backends that outlive a killed postmaster hold its shared memory for a moment: then it is
    /// tried again.
    pub(super) async fn start(&self) -> Result<Child> {
        let begun = Instant::now();
        loop {
            match self.start_once().await? {
                Started::Ready(child) => return Ok(child),
                Started::Ended(said) => {
                    let is_held = said.contains("is still in use");
                    if !is_held || begun.elapsed() > PATIENCE {
                        bail!("the private database did not start: {said}");
                    }
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
            }
        }
    }

    async fn start_once(&self) -> Result<Started> {
        let mut child = tokio::process::Command::from(self.command())
            .spawn()
            .with_context(|| format!("cannot start {}", self.program.display()))?;
        let mut lines = child.stderr.take().map(relay_log);
        let begun = Instant::now();
        let mut next_remark = Duration::from_secs(3);
        loop {
            if let Some(status) = child.try_wait()? {
                let mut said = Vec::new();
                if let Some(lines) = &mut lines {
                    // A child of it may keep the pipe open a little longer.
                    let moment = Duration::from_secs(2);
                    while let Ok(Some(line)) = tokio::time::timeout(moment, lines.recv()).await {
                        said.push(line);
                    }
                }
                let said = said.join("; ");
                return Ok(Started::Ended(if said.is_empty() {
                    status.to_string()
                } else {
                    said
                }));
            }
            if connect(&self.cluster.socket_dir, "postgres").await.is_ok() {
                return Ok(Started::Ready(child));
            }
            if begun.elapsed() > next_remark {
                tracing::info!(
                    seconds = begun.elapsed().as_secs(),
                    "the private database is still starting; after a crash it replays its log"
                );
                next_remark += Duration::from_secs(5);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn command(&self) -> Command {
        let socket_dir = self
            .cluster
            .socket_dir
            .to_string_lossy()
            .replace('"', "\"\"");
        let mut settings = vec![
            "listen_addresses=".to_owned(),
            format!("unix_socket_directories=\"{socket_dir}\""),
            "unix_socket_permissions=0700".to_owned(),
            "port=5432".to_owned(),
            format!("max_connections={}", self.max_connections),
            "shared_buffers=128MB".to_owned(),
            "timezone=UTC".to_owned(),
            "log_timezone=UTC".to_owned(),
            "lc_messages=C".to_owned(),
            // Compiling a query costs more than any of ours takes.
            "jit=off".to_owned(),
            // The server reports failed statements itself; here they would carry customers' data.
            "log_min_messages=log".to_owned(),
            "log_min_error_statement=panic".to_owned(),
            "log_destination=stderr".to_owned(),
            "logging_collector=off".to_owned(),
            "log_line_prefix=".to_owned(),
        ];
        if !self.durable {
            settings.extend(
                [
                    "fsync=off",
                    "synchronous_commit=off",
                    "full_page_writes=off",
                    "autovacuum=off",
                ]
                .map(str::to_owned),
            );
        }

        let mut command = Command::new(&self.program);
        command.arg("-D").arg(&self.cluster.data);
        for setting in settings {
            command.arg("-c").arg(setting);
        }
        command
            .current_dir(&self.cluster.data)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            // Ctrl-C reaches the terminal's whole group: the server stops first, then its database.
            .process_group(0);
        if let Some(account) = &self.cluster.account {
            account.apply(&mut command);
        }
        command
    }
}

enum Started {
    /// It accepts connections.
    Ready(Child),
    /// It ended, and this is what it said.
    Ended(String),
}

/// Connects as the owner.
pub(super) async fn connect(socket_dir: &Path, database: &str) -> Result<tokio_postgres::Client> {
    let (client, connection) = tokio_postgres::Config::new()
        .host_path(socket_dir)
        .user(OWNER_ROLE)
        .dbname(database)
        .application_name("dipper private")
        .connect_timeout(Duration::from_secs(5))
        .connect(tokio_postgres::NoTls)
        .await?;
    tokio::spawn(connection);
    Ok(client)
}

/// Passes PostgreSQL's log on to ours; the first lines also go to whoever waits for the start.
fn relay_log(stderr: ChildStderr) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(16);
    tokio::spawn(async move {
        let mut lines = BufReader::new(stderr).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            match line.split_once(':').map_or("", |(level, _)| level) {
                "PANIC" => tracing::error!(target: "postgres", "{line}"),
                "WARNING" => tracing::warn!(target: "postgres", "{line}"),
                _ => tracing::debug!(target: "postgres", "{line}"),
            }
            // Asking whether it is up yet leaves lines that say it is not.
            if !line.starts_with("LOG:") && !line.contains("the database system is") {
                sender.try_send(line).ok();
            }
        }
    });
    receiver
}

/// The process id in the postmaster's own file.
pub(super) fn recorded_pid(data: &Path) -> Option<i32> {
    let text = fs::read_to_string(data.join("postmaster.pid")).ok()?;
    text.lines().next()?.trim().parse().ok()
}

/// The folder of the socket in the postmaster's own file, while it is at work.
pub(super) fn recorded_socket_dir(data: &Path) -> Option<PathBuf> {
    recorded_pid(data).filter(|pid| is_postmaster_of(*pid, data))?;
    let text = fs::read_to_string(data.join("postmaster.pid")).ok()?;
    let folder = text.lines().nth(4)?.trim();
    (!folder.is_empty()).then(|| folder.into())
}

/// Makes sure that no process uses the cluster: stops the postmaster of an earlier, killed server
/// and waits for what a killed postmaster left.
pub(super) async fn clear_the_way(data: &Path) -> Result<()> {
    if let Some(pid) = recorded_pid(data)
        && is_alive(pid)
    {
        if is_postmaster_of(pid, data) {
            tracing::info!(pid, "stopping the database of an earlier server");
            stop(data).await?;
        } else {
            // The number has since gone to another process, which PostgreSQL would mistake for a
            // postmaster.
            tracing::info!(pid, "removing a stale postmaster.pid");
            fs::remove_file(data.join("postmaster.pid"))?;
        }
    }

    let begun = Instant::now();
    loop {
        let left = processes_of(data);
        if left.is_empty() {
            return Ok(());
        }
        let waited = begun.elapsed();
        if waited > Duration::from_secs(15) {
            bail!("processes of an earlier database do not end: {left:?}");
        }
        if waited > Duration::from_secs(5) {
            for pid in left {
                signal(pid, Signal::QUIT);
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Asks the postmaster to roll back what is open and end.
pub(super) fn ask_to_stop(data: &Path) {
    if let Some(pid) = recorded_pid(data).filter(|pid| is_postmaster_of(*pid, data)) {
        signal(pid, Signal::INT);
    }
}

/// Stops the postmaster and waits until it is gone.
pub(super) async fn stop(data: &Path) -> Result<()> {
    let Some(pid) = recorded_pid(data).filter(|pid| is_postmaster_of(*pid, data)) else {
        return Ok(());
    };
    for how in [Signal::INT, Signal::QUIT] {
        signal(pid, how);
        let begun = Instant::now();
        let mut next_remark = Duration::from_secs(5);
        while begun.elapsed() < PATIENCE {
            // It removes its file last of all; a killed one leaves the file and is no process.
            if recorded_pid(data) != Some(pid) || !is_alive(pid) {
                return Ok(());
            }
            if begun.elapsed() > next_remark {
                tracing::info!("waiting for the private database to stop");
                next_remark += Duration::from_secs(5);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tracing::warn!("the private database takes too long to stop");
    }
    bail!("the private database (process {pid}) does not stop")
}

/// Starts the watching shell: when its input closes, because this process stopped or was killed,
/// it stops whichever postmaster has the cluster then.
pub(super) fn watch(cluster: &Cluster, temporary: Option<&Path>) -> Result<StdChild> {
    let mut command = Command::new("sh");
    command.arg("-c");
    match temporary {
        Some(folder) => {
            command
                .arg(
                    "read -r _; pid=$(head -n 1 \"$0\") && kill -INT \"$pid\"; \
                     while kill -0 \"$pid\"; do sleep 0.1; done; rm -rf \"$1\"",
                )
                .arg(cluster.data.join("postmaster.pid"))
                .arg(folder);
        }
        None => {
            command
                .arg("read -r _; kill -INT \"$(head -n 1 \"$0\")\"")
                .arg(cluster.data.join("postmaster.pid"));
            if let Some(account) = &cluster.account {
                account.apply(&mut command);
            }
        }
    }
    command
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .context("cannot start the shell that watches the private database")
}

fn signal(pid: i32, signal: Signal) {
    if let Some(pid) = Pid::from_raw(pid) {
        rustix::process::kill_process(pid, signal).ok();
    }
}

/// Whether a process has this number, be it ours or another user's.
fn is_alive(pid: i32) -> bool {
    Pid::from_raw(pid).is_some_and(|pid| {
        !matches!(
            rustix::process::test_kill_process(pid),
            Err(rustix::io::Errno::SRCH)
        )
    })
}

/// Whether a process is PostgreSQL at work in this folder: its working folder is its data folder.
fn is_postmaster_of(pid: i32, data: &Path) -> bool {
    if Path::new("/proc/self/cwd").exists() {
        let process = PathBuf::from(format!("/proc/{pid}"));
        let is_there = fs::read_link(process.join("cwd")).is_ok_and(|folder| folder == data);
        is_there && fs::read_to_string(process.join("comm")).is_ok_and(|name| is_postgres(&name))
    } else {
        let named = Command::new("ps")
            .args(["-ww", "-o", "command=", "-p", &pid.to_string()])
            .output();
        named.is_ok_and(|output| {
            let line = String::from_utf8_lossy(&output.stdout);
            line.contains("postgres") && line.contains(&*data.to_string_lossy())
        })
    }
}

fn is_postgres(name: &str) -> bool {
    matches!(name.trim(), "postgres" | "postmaster")
}

/// Every PostgreSQL process at work in this folder, where the system can tell.
fn processes_of(data: &Path) -> Vec<i32> {
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid| is_postmaster_of(*pid, data))
        .collect()
}
