//! The subcommands of `dipper`.

use anyhow::Context;
use backend::app::App;
use backend::config::Config;
use backend::db::{Db, migrate};
use backend::events::Hub;
use backend::exchange::console::{self, News, Order};
use backend::identity::console as people;
use backend::router;
use backend::serve::{Database, Running};
use clap::{Parser, Subcommand};
use shared::exchange::words::Sentence;
use shared::exchange::{DateFormat, ImportProgress, MissingAmount, UnmetCriteria};
use shared::identity::{Locale, Role, UserState};
use std::cell::Cell;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::Ordering;

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
    /// Make the demo organisation in a database where nobody can sign in yet, and print its sign-ins.
    Demo,
    /// Print the OpenAPI document.
    Openapi,
    /// Import CSV and XLSX files: sellers, products, accounts and deals.
    Import {
        /// Who imports: the e-mail of somebody who may, or the id of an organisation for its administrator.
        #[arg(long = "as", value_name = "WHO")]
        who: String,
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
        /// What becomes of open deals that lack what their stage asks: take_in or leave_out.
        #[arg(long, default_value = "take_in")]
        unmet_criteria: UnmetCriteria,
        /// The folder for rows that are left out, as CSV files to correct and import again.
        #[arg(long, value_name = "FOLDER", default_value = ".")]
        rejects: PathBuf,
        /// The language of what is printed, zh-CN or en; default: the terminal's.
        #[arg(long, value_name = "LANGUAGE")]
        language: Option<Locale>,
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
pub fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    if let Command::Openapi = cli.command {
        print(&router::document().to_pretty_json()?);
        return Ok(ExitCode::SUCCESS);
    }
    let config = Config::from_env()?;
    log(&config)?;
    actix_web::rt::System::new().block_on(async move {
        match cli.command {
            Command::Serve => serve(config).await.map(|()| ExitCode::SUCCESS),
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
                Ok(ExitCode::SUCCESS)
            }
            Command::Import {
                who,
                check,
                source,
                currency,
                dates,
                missing_amounts,
                unmet_criteria,
                rejects,
                language,
                files,
            } => {
                let order = Order {
                    who,
                    is_check: check,
                    source,
                    currency,
                    dates,
                    missing_amount: missing_amounts,
                    unmet_criteria,
                    rejects,
                    locale: language.unwrap_or(config.language),
                    files,
                };
                let database = Database::open_beside(&config).await?;
                let outcome = import(config, order, &database).await;
                database.close().await?;
                outcome
            }
            Command::Demo => {
                let database = Database::open_beside(&config).await?;
                let outcome = demo(config, &database).await;
                database.close().await?;
                outcome.map(|()| ExitCode::SUCCESS)
            }
            Command::User(command) => {
                let database = Database::open_beside(&config).await?;
                let outcome = user(command, &database).await;
                database.close().await?;
                outcome.map(|()| ExitCode::SUCCESS)
            }
            Command::Openapi => Ok(ExitCode::SUCCESS),
        }
    })
}

#[expect(clippy::print_stdout, reason = "this is the program's output")]
fn print(text: &str) {
    println!("{text}");
}

/// What the command ends with when all went well but for rows that were left out.
const WITH_REJECTS: u8 = 3;

/// Imports, and prints the progress and the report. A signal leaves the rest for later.
async fn import(config: Config, order: Order, database: &Database) -> anyhow::Result<ExitCode> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    database.prepare().await?;
    let db = Db::new(&database.app_url, 4, Hub::new())?;
    let app = App::for_command(db, config)?;
    let is_draining = app.is_draining.clone();
    let waiting = tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        is_draining.store(true, Ordering::Relaxed);
    });
    let meter = Meter::new(&order);
    let outcome = console::import(&app, &order, &|news| match news {
        News::Line(line) => {
            meter.end();
            print(&line);
        }
        News::Progress(progress) => meter.show(progress),
    })
    .await;
    meter.end();
    waiting.abort();
    Ok(match outcome? {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::from(WITH_REJECTS),
    })
}

/// Shows how far an import is, beside the report: at a terminal in one line that changes, else in a line
/// for each tenth.
struct Meter {
    what: String,
    locale: Locale,
    is_terminal: bool,
    tenth: Cell<Option<i64>>,
}

impl Meter {
    fn new(order: &Order) -> Self {
        let what = if order.is_check {
            Sentence::Checking
        } else {
            Sentence::Importing
        };
        Self {
            what: what.say(order.locale, &[]),
            locale: order.locale,
            is_terminal: std::io::stderr().is_terminal(),
            tenth: Cell::new(None),
        }
    }

    #[expect(clippy::print_stderr, reason = "this is for the person who waits")]
    fn show(&self, progress: ImportProgress) {
        let total = progress.rows_total.max(1);
        let percent = progress.rows_done * 100 / total;
        let tenth = Some(percent / 10);
        if !self.is_terminal && self.tenth.get() == tenth {
            return;
        }
        self.tenth.set(tenth);
        let text = Sentence::Progress.say(
            self.locale,
            &[
                ("done", &progress.rows_done.to_string()),
                ("total", &progress.rows_total.to_string()),
                ("percent", &percent.to_string()),
            ],
        );
        if self.is_terminal {
            eprint!("\r\x1b[K{} {text}", self.what);
        } else {
            eprintln!("{} {text}", self.what);
        }
    }

    /// Ends the line that changes.
    #[expect(clippy::print_stderr, reason = "this is for the person who waits")]
    fn end(&self) {
        if self.tenth.take().is_some() && self.is_terminal {
            eprintln!();
        }
    }
}

/// Makes the demo organisation, which is never added to an organisation that works.
async fn demo(config: Config, database: &Database) -> anyhow::Result<()> {
    database.prepare().await?;
    let app = App::for_command(Db::new(&database.app_url, 1, Hub::new())?, config)?;
    let is_made = backend::demo::make_once(&app.db, &app.passwords)
        .await
        .map_err(|error| anyhow::anyhow!("the demo organisation cannot be made: {error:?}"))?;
    anyhow::ensure!(
        is_made,
        "somebody can sign in here already: the demo is made in an empty database only"
    );
    print_demo();
    Ok(())
}

fn print_demo() {
    let emails: Vec<String> = backend::demo::emails().collect();
    print(&format!("Demo sign-ins: {}", emails.join(", ")));
    print(&format!("Password of each: {}", backend::demo::PASSWORD));
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
        print_demo();
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
