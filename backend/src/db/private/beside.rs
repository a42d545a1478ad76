//! The private database of a server that runs, for a command beside it.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::cluster::Cluster;
use super::{APP_ROLE, DATABASE, OWNER_ROLE, postmaster, socket_url};

/// How long a server that is just starting may take to have its database up.
const PATIENCE: Duration = Duration::from_secs(15);

/// Where a command connects that works beside a server.
#[derive(Debug)]
pub struct Beside {
    /// For the role that migrates.
    pub owner_url: String,
    /// For the role that serves.
    pub app_url: String,
}

impl Beside {
    /// Finds the database that the server of a data folder has running.
    ///
    /// # Errors
    /// When it is not up, or out of reach for this user.
    pub async fn find(data_dir: &Path) -> Result<Self> {
        let data_dir = data_dir.canonicalize()?;
        let data = Cluster::root_of(&data_dir).canonicalize()?.join("cluster");
        let begun = Instant::now();
        loop {
            if let Some(socket_dir) = postmaster::recorded_socket_dir(&data)
                && postmaster::connect(&socket_dir, DATABASE).await.is_ok()
            {
                return Ok(Self {
                    owner_url: socket_url(&socket_dir, OWNER_ROLE, DATABASE),
                    app_url: socket_url(&socket_dir, APP_ROLE, DATABASE),
                });
            }
            if begun.elapsed() > PATIENCE {
                bail!(
                    "a Dipper server uses the data folder {}, and its database cannot be reached from here: \
                     run this as the user of the server",
                    data_dir.display()
                );
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
