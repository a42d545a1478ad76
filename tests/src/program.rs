//! The real `dipper` program, started as an operator starts it.

use crate::client::Client;
use crate::settings;
use serde_json::Value;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// The longest that a start may take: the first one makes a database.
const START: Duration = Duration::from_secs(60);

/// A folder that goes when the test does.
#[derive(Debug)]
pub struct TestFolder(PathBuf);

impl TestFolder {
    /// A folder that others may pass through, as the database's user must.
    #[must_use]
    pub fn new() -> Self {
        use std::os::unix::fs::DirBuilderExt;

        let name = format!("dipper-test-{}", uuid::Uuid::now_v7().simple());
        let path = Path::new("/tmp").join(name);
        std::fs::DirBuilder::new()
            .mode(0o711)
            .create(&path)
            .expect("a folder for the test");
        Self(path)
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Default for TestFolder {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for TestFolder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// A running `dipper serve`; killed when dropped.
#[derive(Debug)]
pub struct Program {
    child: Child,
    address: SocketAddr,
}

impl Program {
    /// Starts it with these settings and waits until it serves.
    pub async fn serve(settings: &[(&str, &str)]) -> Self {
        let mut child = command(settings)
            .arg("serve")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the program");
        let mut lines = BufReader::new(child.stderr.take().expect("its log")).lines();
        let mut log = Vec::new();
        let starting = async {
            while let Ok(Some(line)) = lines.next_line().await {
                let entry: Value = serde_json::from_str(&line).unwrap_or_default();
                let address = match entry.pointer("/fields/message").and_then(Value::as_str) {
                    Some("serving") => entry.pointer("/fields/address"),
                    _ => None,
                };
                let address = address.and_then(|address| address.as_str()?.parse().ok());
                log.push(line);
                if address.is_some() {
                    return address;
                }
            }
            None
        };
        let address = tokio::time::timeout(START, starting).await.ok().flatten();
        let Some(address) = address else {
            panic!("dipper does not serve; it said:\n{}", log.join("\n"));
        };
        // Read on, lest it stops at a full pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { child, address }
    }

    /// Somebody who has not signed in.
    #[must_use]
    pub fn anonymous(&self) -> Client {
        Client::new(format!("http://{}", self.address))
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The most memory it ever held, in bytes; `None` where the system does not tell.
    #[must_use]
    pub fn peak_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()?)).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
        let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kilobytes * 1024)
    }

    /// Ends it without a word, as a crash does.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("an end");
    }

    /// Asks it to stop, as a service manager does.
    pub async fn terminate(&self) {
        let pid = self.child.id().expect("a running program").to_string();
        let status = Command::new("kill").args(["-TERM", &pid]).status().await;
        assert!(status.is_ok_and(|status| status.success()));
    }

    /// Waits for its end; whether it ended well.
    pub async fn ended_within(mut self, time: Duration) -> bool {
        let ended = tokio::time::timeout(time, self.child.wait()).await;
        match ended {
            Ok(status) => status.is_ok_and(|status| status.success()),
            Err(_) => panic!("dipper still runs {time:?} after it was asked to stop"),
        }
    }
}

/// What a program that ended left.
#[derive(Debug)]
pub struct Ended {
    /// What it ended with; `None` when it was killed.
    pub code: Option<i32>,
    /// What it printed.
    pub output: String,
    /// What it said beside that.
    pub errors: String,
}

impl Ended {
    /// Whether it ended well, and all that it said.
    #[must_use]
    pub fn said(self) -> (bool, String) {
        (
            self.code == Some(0),
            format!("{}{}", self.output, self.errors),
        )
    }
}

/// Runs it to its end.
pub async fn run(arguments: &[&str], settings: &[(&str, &str)]) -> Ended {
    let output = command(settings).args(arguments).output().await;
    let output = output.expect("the program");
    Ended {
        code: output.status.code(),
        output: String::from_utf8_lossy(&output.stdout).into_owned(),
        errors: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Runs it until it says, beside its output, a line such as this, and kills it then.
pub async fn kill_at(
    arguments: &[&str],
    settings: &[(&str, &str)],
    is_time: impl Fn(&str) -> bool,
) {
    let mut child = command(settings)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the program");
    let mut lines = BufReader::new(child.stderr.take().expect("its words")).lines();
    let mut said = Vec::new();
    while let Ok(Some(line)) = lines.next_line().await {
        if is_time(&line) {
            child.kill().await.expect("an end");
            return;
        }
        said.push(line);
    }
    panic!("it ended before its time; it said:\n{}", said.join("\n"));
}

fn command(settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(binary());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("DIPPER_") {
            command.env_remove(name);
        }
    }
    if let Some(folder) = settings::pg_bin() {
        command.env("DIPPER_PG_BIN", folder);
    }
    command
        .env("DIPPER_LISTEN", "127.0.0.1:0")
        .env("DIPPER_LOG_FORMAT", "json")
        .envs(settings.iter().copied());
    command
}

/// `DIPPER_TEST_SERVER`, else the one beside the test program.
fn binary() -> PathBuf {
    if let Some(path) = settings::var("DIPPER_TEST_SERVER") {
        return path.into();
    }
    let test = std::env::current_exe().expect("the path of this program");
    let path = test
        .parent()
        .and_then(Path::parent)
        .map(|folder| folder.join("dipper"))
        .filter(|path| path.is_file());
    path.expect("the program: run `cargo build -p backend`, or name it in DIPPER_TEST_SERVER")
}
