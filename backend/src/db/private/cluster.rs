//! The cluster on disk: which folders, which user, and how they come to be.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use uuid::Uuid;

use super::OWNER_ROLE;
use super::binaries::Binaries;

/// Marks a folder as Dipper's, so that nothing else is ever taken for one or deleted as one.
const MARKER: &str = ".dipper-data";
/// Names the cluster's folder where it does not lie in the data folder.
const LOCATION: &str = "postgres.location";

/// A socket's path may have 103 bytes on macOS and 107 on Linux.
const LONGEST_SOCKET_PATH: usize = 103;
/// What PostgreSQL appends to the socket's folder.
const SOCKET_NAME: &str = "/.s.PGSQL.5432";

/// The unprivileged user that runs the cluster for root.
#[derive(Debug, Clone)]
pub(super) struct Account {
    name: &'static str,
    /// The user's number.
    pub(super) uid: u32,
    /// The number of the user's group.
    pub(super) gid: u32,
}

impl Account {
    /// Makes a command run as this user.
    pub(super) fn apply(&self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }
}

/// The user for the cluster's processes: nobody else's unless this is root.
pub(super) fn account() -> Result<Option<Account>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    for name in ["postgres", "_postgres", "nobody"] {
        if let (Some(uid), Some(gid)) = (id("-u", name), id("-g", name)) {
            return Ok(Some(Account { name, uid, gid }));
        }
    }
    bail!("PostgreSQL does not run as root and this machine has no user postgres or nobody")
}

fn id(which: &str, name: &str) -> Option<u32> {
    let output = Command::new("id")
        .args([which, name])
        .stderr(Stdio::null())
        .output()
        .ok()?;
    String::from_utf8_lossy(&output.stdout).trim().parse().ok()
}

/// Makes the data folder if it is missing, marks it, and returns its true path.
pub(super) fn prepare_data_dir(data_dir: &Path) -> Result<PathBuf> {
    let failed = || format!("cannot use the data folder {}", data_dir.display());
    if !data_dir.exists() {
        // Others may pass through to their own files, as the cluster's user must, and list nothing.
        DirBuilder::new()
            .recursive(true)
            .mode(0o711)
            .create(data_dir)
            .with_context(failed)?;
        open_for_passing(data_dir)?;
    }
    let data_dir = data_dir.canonicalize().with_context(failed)?;
    let marker = data_dir.join(MARKER);
    let is_empty = fs::read_dir(&data_dir)
        .with_context(failed)?
        .next()
        .is_none();
    if is_empty {
        fs::write(&marker, "This folder holds the data of Dipper.\n").with_context(failed)?;
    }
    Ok(data_dir)
}

/// Makes a folder for a throwaway cluster that the cluster's user can pass through.
pub(super) fn make_temporary_folder() -> Result<PathBuf> {
    // The system's own folder, not the user's: as root the latter may be closed to the cluster.
    let folder = Path::new("/tmp").join(format!("dipper-{}", random_name()));
    DirBuilder::new().mode(0o711).create(&folder)?;
    open_for_passing(&folder)?;
    Ok(folder)
}

/// Lets others pass through a folder, whatever the user's mask for new files says.
fn open_for_passing(folder: &Path) -> Result<()> {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o711))
        .with_context(|| format!("cannot use the data folder {}", folder.display()))
}

fn random_name() -> String {
    let (_, random) = Uuid::now_v7().as_u64_pair();
    format!("{random:016x}")
}

/// Another server has the data folder.
#[derive(Debug, thiserror::Error)]
#[error(
    "the data folder {} is in use by another Dipper server (process {holder}): \
     stop that one, or choose another folder with DIPPER_DATA_DIR",
    data_dir.display()
)]
pub struct InUse {
    data_dir: PathBuf,
    holder: String,
}

/// Takes the data folder for this process; the kernel gives it back when the process ends.
pub(super) fn lock(data_dir: &Path) -> Result<File> {
    let path = data_dir.join("dipper.lock");
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => {
            file.set_len(0)?;
            writeln!(file, "{}", std::process::id())?;
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            file.read_to_string(&mut holder).ok();
            bail!(InUse {
                data_dir: data_dir.to_owned(),
                holder: holder.trim().to_owned(),
            })
        }
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock {}", path.display()))
        }
    }
}

/// A cluster's folders and user.
#[derive(Debug, Clone)]
pub(super) struct Cluster {
    /// Holds everything of the cluster.
    pub(super) root: PathBuf,
    /// PostgreSQL's own data folder.
    pub(super) data: PathBuf,
    /// The folder of the socket.
    pub(super) socket_dir: PathBuf,
    /// The user that runs it, if not this one.
    pub(super) account: Option<Account>,
}

impl Cluster {
    /// Where everything of the cluster of a data folder lies, once that is decided.
    pub(super) fn root_of(data_dir: &Path) -> PathBuf {
        match fs::read_to_string(data_dir.join(LOCATION)) {
            Ok(named) => PathBuf::from(named.trim()),
            Err(_) => data_dir.join("postgres"),
        }
    }

    /// Decides where the cluster of a data folder lies, and makes its outermost folder.
    pub(super) fn place(data_dir: &Path, account: Option<Account>) -> Result<Cluster> {
        let location = data_dir.join(LOCATION);
        let root = match &account {
            Some(account) if !location.exists() && !can_enter(data_dir, account) => {
                let root = PathBuf::from(format!("/var/lib/dipper-{}", random_name()));
                tracing::info!(
                    folder = %root.display(),
                    "the user {} cannot reach {}: the database lies elsewhere",
                    account.name,
                    data_dir.display()
                );
                fs::write(&location, format!("{}\n", root.display()))?;
                root
            }
            _ => Cluster::root_of(data_dir),
        };
        make_folder(&root, account.as_ref())?;
        let root = root.canonicalize()?;
        let cluster = Cluster {
            data: root.join("cluster"),
            socket_dir: root.join("run"),
            root,
            account,
        };
        if cluster.root.parent() != Some(data_dir) {
            let marker = cluster.root.join(MARKER);
            fs::write(marker, format!("{}\n", data_dir.display()))?;
        }
        Ok(cluster)
    }

    /// The major version that made the cluster, or nothing before the first start.
    pub(super) fn version(&self) -> Result<Option<u32>> {
        match fs::read_to_string(self.data.join("PG_VERSION")) {
            Ok(text) => text
                .trim()
                .parse()
                .map(Some)
                .with_context(|| format!("{} is not a PostgreSQL folder", self.data.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => {
                Err(error).with_context(|| format!("cannot read {}", self.data.display()))
            }
        }
    }

    /// Makes the cluster. It appears under its name only when it is whole.
    pub(super) async fn create(&self, programs: &Binaries, durable: bool) -> Result<()> {
        tracing::info!(folder = %self.data.display(), "creating the private database");
        let half_made = self.root.join("cluster.new");
        let mut said = String::new();
        // Characters are told apart by the locale's type; sorting and equality go by code point.
        for locale in ["C.UTF-8", "en_US.UTF-8", "UTF-8", "C"] {
            if half_made.exists() {
                fs::remove_dir_all(&half_made)?;
            }
            make_folder(&half_made, self.account.as_ref())?;
            let mut command = Command::new(programs.program("initdb"));
            command
                .arg("--pgdata")
                .arg(&half_made)
                .args(["--username", OWNER_ROLE, "--encoding", "UTF8"])
                .args(["--locale", "C", "--lc-ctype", locale])
                .args(["--auth", "trust", "--no-instructions"])
                .arg(if durable {
                    "--data-checksums"
                } else {
                    "--no-sync"
                })
                .env("LC_ALL", "C")
                .current_dir(&self.root)
                .stdin(Stdio::null());
            if let Some(account) = &self.account {
                account.apply(&mut command);
            }
            let output = tokio::process::Command::from(command)
                .output()
                .await
                .context("cannot start initdb")?;
            if output.status.success() {
                fs::rename(&half_made, &self.data)?;
                return Ok(());
            }
            said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            if !said.contains("invalid locale name") {
                break;
            }
        }
        bail!("initdb failed: {said}")
    }

    /// Makes a folder for the socket, in a shorter place where the path is too long for one.
    pub(super) fn make_socket_dir(&mut self) -> Result<()> {
        if self.socket_dir.as_os_str().len() + SOCKET_NAME.len() > LONGEST_SOCKET_PATH {
            self.socket_dir = Path::new("/tmp").join(format!("dipper-{}", random_name()));
        }
        make_folder(&self.socket_dir, self.account.as_ref())
    }
}

/// Makes a folder that only the cluster's user can enter, if it is not there.
fn make_folder(folder: &Path, account: Option<&Account>) -> Result<()> {
    let failed = || format!("cannot make {}", folder.display());
    match DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => {
            if let Some(account) = account {
                chown(folder, Some(account.uid), Some(account.gid)).with_context(failed)?;
            }
            Ok(())
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error).with_context(failed),
    }
}

/// Whether a user can reach a folder: only the kernel knows, so a shell of theirs tries.
fn can_enter(folder: &Path, account: &Account) -> bool {
    let mut command = Command::new("sh");
    command
        .args(["-c", "cd \"$0\""])
        .arg(folder)
        .current_dir("/")
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    account.apply(&mut command);
    command.status().is_ok_and(|status| status.success())
}
