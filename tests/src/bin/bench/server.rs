//! A durable database of its own and the real `dipper` program on it.

use anyhow::{Context, Result, bail};
use backend::db::private::{PrivatePostgres, StartOptions};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Where the benchmark runs.
pub struct Place {
    /// The cluster, with the durability of production.
    pub postgres: PrivatePostgres,
    folder: PathBuf,
    program: PathBuf,
}

impl Place {
    /// Starts the cluster.
    pub async fn open() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("dipper-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let mut options = StartOptions::new(folder.join("cluster"));
        options.pg_bin = std::env::var_os("DIPPER_PG_BIN").map(PathBuf::from);
        options.max_connections = 120;
        let postgres = PrivatePostgres::start_with(options).await?;
        let program = std::env::current_exe()?.with_file_name("dipper");
        if !program.exists() {
            bail!(
                "{} is missing; `cargo xtask bench` builds it",
                program.display()
            );
        }
        Ok(Self {
            postgres,
            folder,
            program,
        })
    }

    /// Starts the server and waits until it is ready.
    pub async fn start(&self) -> Result<Server> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?
            .local_addr()?
            .port();
        let log = std::fs::File::create(self.folder.join("server.log"))?;
        let child = Command::new(&self.program)
            .arg("serve")
            .env_clear()
            .env("DIPPER_LISTEN", format!("127.0.0.1:{port}"))
            .env("DIPPER_DATA_DIR", self.folder.join("data"))
            .env("DIPPER_DATABASE_URL", self.postgres.owner_url())
            .env("DIPPER_SIGN_UP", "open")
            .env("DIPPER_LOG", "warn")
            .env("DIPPER_POOL_SIZE", "16")
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .context("the server cannot be started")?;
        let server = Server {
            child,
            base: format!("http://127.0.0.1:{port}"),
        };
        let http = tests::http().build()?;
        let begun = Instant::now();
        loop {
            if let Ok(response) = http.get(format!("{}/readyz", server.base)).send().await
                && response.status().is_success()
            {
                return Ok(server);
            }
            if begun.elapsed() > Duration::from_secs(30) {
                bail!(
                    "the server did not become ready; see {}",
                    self.folder.join("server.log").display()
                );
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// A connection as the owner of the tables, for making data.
    pub async fn connect(&self) -> Result<tokio_postgres::Client> {
        let (client, connection) =
            tokio_postgres::connect(&self.postgres.owner_url(), tokio_postgres::NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// Stops the cluster and removes everything.
    pub async fn close(self) -> Result<()> {
        self.postgres.stop().await?;
        std::fs::remove_dir_all(&self.folder)?;
        Ok(())
    }
}

/// The running program.
pub struct Server {
    child: Child,
    /// Its address.
    pub base: String,
}

impl Drop for Server {
    /// A benchmark that ends early leaves no server behind.
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Server {
    /// Resident memory now, in KiB.
    pub fn memory_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))
            .unwrap_or_default();
        status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
            .unwrap_or_default()
    }

    /// Asks it to stop and waits.
    pub async fn stop(mut self) -> Result<()> {
        Command::new("kill")
            .arg("-TERM")
            .arg(self.child.id().to_string())
            .status()?;
        let begun = Instant::now();
        while self.child.try_wait()?.is_none() {
            if begun.elapsed() > Duration::from_secs(30) {
                self.child.kill()?;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }
}
