//! The subcommands of `dipper`.

use anyhow::Context;
use backend::app::App;
use backend::config::Config;
use backend::db::{Db, migrate};
use backend::events::Hub;
use backend::exchange::console::{self, Order};
use backend::identity::console as people;
use backend::router;
use backend::serve::{Database, Running};
use clap::{Parser, Subcommand};
use shared::exchange::{DateFormat, MissingAmount};
use shared::identity::{Role, UserState};
use std::io::IsTerminal;
use std::path::PathBuf;

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
    /// Import CSV and XLSX files: sellers, products, accounts and deals.
    Import {
        /// Who imports: the e-mail of somebody who may, or the id of an organisation for its administrator.
        #[arg(long)]
        org: String,
        /// Only check: report what would be, write nothing.
        #[arg(long)]
        check: bool,
        /// The system the files come from; external ids are kept under this name.
        #[arg(long, default_value = "csv")]
        source: String,
        /// The currency of amounts whose row names none, such as USD; default: the organisation's.
        #[arg(long)]
        currency: Option<String>,
        /// How days are written where the file does not tell, such as dd-mm-yy.
        #[arg(long)]
        dates: Option<DateFormat>,
        /// What open deals without an amount get: empty or list_price.
        #[arg(long, default_value = "empty")]
        missing_amounts: MissingAmount,
        /// The files, in any order.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// List people, add one, or give one a new password.
    #[command(subcommand)]
    User(UserCommand),
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// List everybody.
    List,
    /// Add a person who can sign in; the first one makes the organisation and runs it.
    Create {
        /// The e-mail they sign in with.
        #[arg(long)]
        email: String,
        /// Their name.
        #[arg(long)]
        name: String,
        /// Their job: rep, manager, executive or administrator.
        #[arg(long, default_value = "rep")]
        role: Role,
        /// Name or id of the organisation, where there is none yet or more than one.
        #[arg(long)]
        organisation: Option<String>,
        /// Read the password from the first line of the input instead of making one.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Give a person a new password, and sign them out everywhere.
    ResetPassword {
        /// The e-mail they sign in with.
        #[arg(long)]
        email: String,
        /// Read the password from the first line of the input instead of making one.
        #[arg(long)]
        password_stdin: bool,
    },
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
                // What deletes everything is not done beside a server that serves it.
                let database = if revert_all {
                    Database::open(&config).await?
                } else {
                    Database::open_beside(&config).await?
                };
                let done = if revert_all {
                    migrate::revert_all(&database.owner_url).await
                } else {
                    migrate::run(&database.owner_url).await
                };
                database.close().await?;
                print(&format!("{} migrations done", done?));
                Ok(())
            }
            Command::Import {
                org,
                check,
                source,
                currency,
                dates,
                missing_amounts,
                files,
            } => {
                let order = Order {
                    org,
                    is_check: check,
                    source,
                    currency,
                    dates,
                    missing_amount: missing_amounts,
                    files,
                };
                let database = Database::open(&config).await?;
                let outcome = import(config, order, &database).await;
                database.close().await?;
                outcome
            }
            Command::User(command) => {
                let database = Database::open_beside(&config).await?;
                let outcome = user(command, &database).await;
                database.close().await?;
                outcome
            }
            Command::Openapi => Ok(()),
        }
    })
}

#[expect(clippy::print_stdout, reason = "this is the program's output")]
fn print(text: &str) {
    println!("{text}");
}

/// Imports, prints the report, and fails when rows were left out.
async fn import(config: Config, order: Order, database: &Database) -> anyhow::Result<()> {
    migrate::run(&database.owner_url).await?;
    let db = Db::new(&database.app_url, 4, Hub::new())?;
    let app = App::for_command(db, config)?;
    let import = console::import(&app, &order).await?;
    for line in console::lines(&import) {
        print(&line);
    }
    match console::rejected(&import) {
        0 => Ok(()),
        1 => anyhow::bail!("1 row was left out"),
        count => anyhow::bail!("{count} rows were left out"),
    }
}

async fn user(command: UserCommand, database: &Database) -> anyhow::Result<()> {
    migrate::run(&database.owner_url).await?;
    let db = Db::new(&database.app_url, 1, Hub::new())?;
    match command {
        UserCommand::List => {
            for (organisation, user) in people::list(&db).await? {
                let email = user.email.as_deref().unwrap_or("-");
                let (role, state) = (user.role.as_ref(), user.state.as_ref());
                let (name, organisation) = (user.name, organisation.name);
                print(&format!("{email}\t{name}\t{role}\t{state}\t{organisation}"));
            }
        }
        UserCommand::Create {
            email,
            name,
            role,
            organisation,
            password_stdin,
        } => {
            let newcomer = people::Newcomer {
                organisation,
                email,
                name,
                role,
                password: password(password_stdin)?,
            };
            let (organisation, user) = people::create(&db, &newcomer).await?;
            let (role, email) = (user.role.as_ref(), user.email.unwrap_or_default());
            print(&format!("{email} is {role} of {}", organisation.name));
            if !password_stdin {
                print(&format!("password: {}", newcomer.password));
            }
        }
        UserCommand::ResetPassword {
            email,
            password_stdin,
        } => {
            let password = password(password_stdin)?;
            let user = people::reset_password(&db, &email, &password).await?;
            print(&format!("{email} has a new password"));
            if !password_stdin {
                print(&format!("password: {password}"));
            }
            if user.state != UserState::Active {
                print("this person is disabled and still cannot sign in");
            }
        }
    }
    Ok(())
}

/// The first line of the input, or a password made here.
fn password(is_given: bool) -> anyhow::Result<String> {
    if !is_given {
        return people::make_password();
    }
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
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
    let is_demo = config.demo;
    let mut running = Running::start(config, database).await?;
    tracing::info!(address = %running.address, "serving");
    print(&format!("Dipper is at http://{}", running.address));
    if is_demo {
        let emails: Vec<String> = backend::demo::emails().collect();
        print(&format!("Demo sign-ins: {}", emails.join(", ")));
        print(&format!("Password of each: {}", backend::demo::PASSWORD));
    }
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        ended = running.ended() => ended.context("the listener ended")?,
        reason = database.failed() => anyhow::bail!("{reason}"),
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
