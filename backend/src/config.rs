//! Configuration: environment variables with the prefix `DIPPER_`, read once.
//!
//! An unknown `DIPPER_` variable is an error, so a misspelt setting cannot be silently ignored.

use crate::http::Network;
use anyhow::{Context, bail};
use chrono::TimeDelta;
use secrecy::SecretString;
use shared::identity::Locale;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// A megabyte.
const MB: u64 = 1024 * 1024;

/// Who may make a new organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignUp {
    /// Only the first one; then the door is closed.
    First,
    /// Anybody who reaches the server.
    Open,
    /// Nobody.
    Closed,
}

/// All settings of the server.
#[derive(Debug, Clone)]
pub struct Config {
    /// `DIPPER_LISTEN`: address and port, default `127.0.0.1:8080`.
    pub listen: SocketAddr,
    /// `DIPPER_DATA_DIR`: where the private database and secrets live, default `dipper-data`.
    pub data_dir: PathBuf,
    /// `DIPPER_DATABASE_URL`: a Postgres to use instead of the private one.
    pub database_url: Option<SecretString>,
    /// `DIPPER_PG_BIN`: the folder of Postgres programs for the private database.
    pub pg_bin: Option<PathBuf>,
    /// `DIPPER_POOL_SIZE`: database connections of each worker, default 8.
    pub pool_size: usize,
    /// `DIPPER_WORKERS`: worker threads, default one per core.
    pub workers: usize,
    /// `DIPPER_SECRET`: signs tokens; at least 32 bytes. Default: made once and kept in the data folder.
    /// Several servers on one database need the same one.
    pub secret: Option<SecretString>,
    /// `DIPPER_SIGN_UP`: `first` (default), `open` or `closed`.
    pub sign_up: SignUp,
    /// `DIPPER_DEMO`: `true` makes the demo organisation on the first start; default `false`.
    pub demo: bool,
    /// `DIPPER_SECURE_COOKIES`: `true` behind https; default by address: off on loopback, on elsewhere.
    pub secure_cookies: bool,
    /// `DIPPER_ORIGIN`: the address people type, such as `https://crm.example.com`; writes from pages of
    /// other origins are refused. Default: the request's own host.
    pub origin: Option<String>,
    /// `DIPPER_PROXIES`: addresses or networks of our own proxies, separated by commas, such as
    /// `127.0.0.1,10.0.0.0/8`; only what they say in `X-Forwarded-For` is believed. Default: none.
    pub proxies: Vec<Network>,
    /// `DIPPER_CONNECTIONS_PER_ADDRESS`: connections that one address may hold at a time, our own proxies
    /// excepted; default 50, 0 is no limit.
    pub connections_per_address: usize,
    /// `DIPPER_MIN_FREE_DISK_MB`: with less than this left on the private database's disk the server is
    /// not ready; in bytes here, default 256 MB.
    pub min_free_disk: u64,
    /// `DIPPER_KEEP_KEYS_DAYS`: how long an idempotency key is good, default 7 days.
    pub keep_keys: TimeDelta,
    /// `DIPPER_KEEP_SESSIONS_DAYS`: how long sessions are kept after their end, default 7 days.
    pub keep_sessions: TimeDelta,
    /// `DIPPER_KEEP_INVITATIONS_DAYS`: how long invitations are kept after their end, default 30 days.
    pub keep_invitations: TimeDelta,
    /// `DIPPER_LOG`: log filter such as `info` or `backend=debug`, default `info`.
    pub log: String,
    /// `DIPPER_LOG_FORMAT`: `json` or `text`; default `text` on a terminal, `json` otherwise.
    pub log_json: Option<bool>,
    /// `DIPPER_DRAIN_SECONDS`: time for running requests at shutdown, default 25.
    pub drain: Duration,
    /// `LC_ALL`, `LC_MESSAGES` or `LANG`: the language of what `dipper import` prints.
    pub language: Locale,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data_dir: PathBuf::from("dipper-data"),
            database_url: None,
            pg_bin: None,
            pool_size: 8,
            workers: std::thread::available_parallelism().map_or(2, usize::from),
            secret: None,
            sign_up: SignUp::First,
            demo: false,
            secure_cookies: false,
            origin: None,
            proxies: Vec::new(),
            connections_per_address: 50,
            min_free_disk: 256 * MB,
            keep_keys: TimeDelta::days(7),
            keep_sessions: TimeDelta::days(7),
            keep_invitations: TimeDelta::days(30),
            log: "info".into(),
            log_json: None,
            drain: Duration::from_secs(25),
            language: Locale::En,
        }
    }
}

impl Config {
    /// Reads the process environment.
    ///
    /// # Errors
    /// A sentence naming the variable that is unknown or unreadable.
    pub fn from_env() -> anyhow::Result<Self> {
        Self::from_vars(std::env::vars())
    }

    /// Reads settings from pairs of name and value; those without the prefix are passed over.
    ///
    /// # Errors
    /// A sentence naming the variable that is unknown or unreadable.
    pub fn from_vars(vars: impl IntoIterator<Item = (String, String)>) -> anyhow::Result<Self> {
        let vars: Vec<(String, String)> = vars.into_iter().collect();
        let mut config = Self {
            language: language(&vars),
            ..Self::default()
        };
        let mut vars: BTreeMap<String, String> = vars
            .into_iter()
            .filter_map(|(name, value)| Some((name.strip_prefix("DIPPER_")?.to_owned(), value)))
            .filter(|(name, _)| {
                !name.starts_with("TEST_") && name != "CACHE_DIR" && name != "WEB_DIST"
            })
            .collect();
        let mut take = |name: &str| vars.remove(name).filter(|value| !value.is_empty());

        if let Some(value) = take("LISTEN") {
            config.listen = value
                .parse()
                .context("DIPPER_LISTEN is not an address such as 127.0.0.1:8080")?;
        }
        if let Some(value) = take("DATA_DIR") {
            config.data_dir = value.into();
        }
        config.database_url = take("DATABASE_URL").map(SecretString::from);
        config.pg_bin = take("PG_BIN").map(PathBuf::from);
        if let Some(value) = take("POOL_SIZE") {
            config.pool_size = value.parse().context("DIPPER_POOL_SIZE is not a number")?;
        }
        if let Some(value) = take("WORKERS") {
            config.workers = value.parse().context("DIPPER_WORKERS is not a number")?;
        }
        if let Some(value) = take("SECRET") {
            if value.len() < 32 {
                bail!("DIPPER_SECRET is shorter than 32 bytes");
            }
            config.secret = Some(value.into());
        }
        if let Some(value) = take("SIGN_UP") {
            config.sign_up = match value.as_str() {
                "first" => SignUp::First,
                "open" => SignUp::Open,
                "closed" => SignUp::Closed,
                _ => bail!("DIPPER_SIGN_UP is not first, open or closed"),
            };
        }
        if let Some(value) = take("DEMO") {
            config.demo = value.parse().context("DIPPER_DEMO is not true or false")?;
        }
        config.secure_cookies = match take("SECURE_COOKIES") {
            Some(value) => value
                .parse()
                .context("DIPPER_SECURE_COOKIES is not true or false")?,
            None => !config.listen.ip().is_loopback(),
        };
        config.origin = take("ORIGIN").map(|origin| origin.trim_end_matches('/').to_owned());
        if let Some(value) = take("PROXIES") {
            config.proxies = value
                .split(',')
                .map(|network| network.trim().parse())
                .collect::<anyhow::Result<_>>()
                .context(
                    "DIPPER_PROXIES is not a list of addresses such as 127.0.0.1,10.0.0.0/8",
                )?;
        }
        if let Some(value) = take("CONNECTIONS_PER_ADDRESS") {
            config.connections_per_address = value
                .parse()
                .context("DIPPER_CONNECTIONS_PER_ADDRESS is not a number")?;
        }
        if let Some(value) = take("MIN_FREE_DISK_MB") {
            let least: u64 = value
                .parse()
                .context("DIPPER_MIN_FREE_DISK_MB is not a number")?;
            config.min_free_disk = least.saturating_mul(MB);
        }
        for (name, keep) in [
            ("KEEP_KEYS_DAYS", &mut config.keep_keys),
            ("KEEP_SESSIONS_DAYS", &mut config.keep_sessions),
            ("KEEP_INVITATIONS_DAYS", &mut config.keep_invitations),
        ] {
            if let Some(value) = take(name) {
                let days = value
                    .parse()
                    .ok()
                    .filter(|days| (1..=36_500).contains(days));
                let days =
                    days.with_context(|| format!("DIPPER_{name} is not a number of days"))?;
                *keep = TimeDelta::days(days);
            }
        }
        if let Some(value) = take("LOG") {
            config.log = value;
        }
        if let Some(value) = take("LOG_FORMAT") {
            config.log_json = match value.as_str() {
                "json" => Some(true),
                "text" => Some(false),
                _ => bail!("DIPPER_LOG_FORMAT is not json or text"),
            };
        }
        if let Some(value) = take("DRAIN_SECONDS") {
            config.drain = Duration::from_secs(
                value
                    .parse()
                    .context("DIPPER_DRAIN_SECONDS is not a number")?,
            );
        }
        if let Some(name) = vars.keys().next() {
            bail!("DIPPER_{name} is not a setting of dipper; see docs/configuration.md");
        }
        if config.pool_size == 0 || config.workers == 0 {
            bail!("DIPPER_POOL_SIZE and DIPPER_WORKERS must be at least 1");
        }
        Ok(config)
    }
}

/// The language of a terminal: Chinese where the first of its variables that is set says so.
fn language(vars: &[(String, String)]) -> Locale {
    let set = |wanted: &str| {
        let mut found = vars.iter().filter(|(name, _)| name == wanted);
        found.find_map(|(_, value)| (!value.is_empty()).then_some(value.as_str()))
    };
    match set("LC_ALL").or(set("LC_MESSAGES")).or(set("LANG")) {
        Some(value) if value.starts_with("zh") => Locale::ZhCn,
        _ => Locale::En,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> anyhow::Result<Config> {
        Config::from_vars(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        )
    }

    #[test]
    fn an_unknown_variable_is_named() {
        let error = read(&[("DIPPER_PROT", "1"), ("PATH", "/bin")]).unwrap_err();
        assert!(error.to_string().contains("DIPPER_PROT"));
    }

    #[test]
    fn cookies_are_secure_off_loopback() {
        assert!(!read(&[]).unwrap().secure_cookies);
        assert!(
            read(&[("DIPPER_LISTEN", "0.0.0.0:80")])
                .unwrap()
                .secure_cookies
        );
    }

    #[test]
    fn proxies_are_addresses_and_networks() {
        let proxies = "127.0.0.1, 10.0.0.0/8";
        assert_eq!(
            read(&[("DIPPER_PROXIES", proxies)]).unwrap().proxies.len(),
            2
        );
        assert!(read(&[("DIPPER_PROXIES", "localhost")]).is_err());
    }

    #[test]
    fn the_terminal_says_the_language() {
        for (pairs, language) in [
            (&[("LANG", "zh_CN.UTF-8")][..], Locale::ZhCn),
            (&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C")], Locale::En),
            (&[("LANG", "en_GB"), ("LC_MESSAGES", "zh_TW")], Locale::ZhCn),
            (&[("LANG", "zh_CN"), ("LC_ALL", "")], Locale::ZhCn),
            (&[], Locale::En),
        ] {
            assert_eq!(read(pairs).unwrap().language, language, "{pairs:?}");
        }
    }

    #[test]
    fn a_short_secret_is_refused() {
        assert!(read(&[("DIPPER_SECRET", "short")]).is_err());
    }
}
