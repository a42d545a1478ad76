//! The subcommands of `dipper`.

use anyhow::Context;
use backend::config::Config;
use backend::db::migrate;
use backend::router;
use backend::serve::{Database, Running};
use clap::{Parser, Subcommand};
use std::io::IsTerminal;

/// A key-account sales CRM: funnel boards and customer profiles, with a REST API.
#[derive(Debug, Parser)]
#[command(name = "dipper", version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API and the web app.
    Serve,
    /// Bring the database up to date and stop.
    Migrate {
        /// Take all migrations back instead; deletes everything.
        #[arg(long)]
        revert_all: bool,
    },
    /// Print the OpenAPI document.
    Openapi,
}

/// Runs a subcommand.
///
/// # Errors
/// One sentence for the person at the terminal.
pub fn run(cli: Cli) -> anyhow::Result<()> {
    if let Command::Openapi = cli.command {
        print(&router::document().to_pretty_json()?);
        return Ok(());
    }
    let config = Config::from_env()?;
    log(&config)?;
    actix_web::rt::System::new().block_on(async move {
        match cli.command {
            Command::Serve => serve(config).await,
            Command::Migrate { revert_all } => {
                let database = Database::open(&config).await?;
                let done = if revert_all {
                    migrate::revert_all(&database.owner_url).await
                } else {
                    migrate::run(&database.owner_url).await
                };
                database.close().await?;
                print(&format!("{} migrations done", done?));
                Ok(())
            }
            Command::Openapi => Ok(()),
        }
    })
}

#[expect(clippy::print_stdout, reason = "this is the program's output")]
fn print(text: &str) {
    println!("{text}");
}

async fn serve(config: Config) -> anyhow::Result<()> {
    let database = Database::open(&config).await?;
    let outcome = run_until_signal(config, &database).await;
    database.close().await?;
    outcome
}

async fn run_until_signal(config: Config, database: &Database) -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut running = Running::start(config, database).await?;
    tracing::info!(address = %running.address, "serving at http://{}", running.address);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        ended = running.ended() => ended.context("the listener ended")?,
    }
    tracing::info!("stopping");
    running.stop().await;
    Ok(())
}

/// Structured logs: text for people at a terminal, JSON for machines.
fn log(config: &Config) -> anyhow::Result<()> {
    use tracing_subscriber::EnvFilter;

    let filter = EnvFilter::try_new(&config.log).context("DIPPER_LOG is not a log filter")?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let is_json = config
        .log_json
        .unwrap_or_else(|| !std::io::stderr().is_terminal());
    let outcome = if is_json {
        builder.json().try_init()
    } else {
        builder.try_init()
    };
    outcome.map_err(|error| anyhow::anyhow!("the log cannot be set up: {error}"))
}
