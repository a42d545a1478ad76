//! `cargo xtask bench`: measures the server and the web app and prints one table.
//!
//! Every figure of ours stands beside `pgbench` running the same statements in the same run on the
//! same cluster, because machines differ and are noisy. It reports; it never fails for being slow.

mod browser;
mod load;
mod names;
mod pgbench;
mod rules;
mod search;
mod seed;
mod server;
mod trace;

use anyhow::Result;
use clap::Parser;
use std::time::Duration;

/// Cards of the boards that are opened in the browser.
const BOARDS: [u32; 4] = [100, 1_000, 8_800, 10_000];

/// Moves a second beside the readers of a busy organisation's board.
const MOVES: u32 = 20;

/// What to measure.
#[derive(Debug, Parser)]
struct Options {
    /// Seconds for each figure.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Open deals in the organisation.
    #[arg(long, default_value_t = 100_000)]
    deals: u32,
    /// Clients of the single operations.
    #[arg(long, default_value_t = 32)]
    clients: usize,
    /// Names to search among; one in two is an account's.
    #[arg(long, default_value_t = 100_000)]
    names: u32,
    /// Leave out the load on the server.
    #[arg(long)]
    no_load: bool,
    /// Leave out the search.
    #[arg(long)]
    no_search: bool,
    /// Leave out the part in the browser.
    #[arg(long)]
    no_browser: bool,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let time = Duration::from_secs(options.seconds);
    note("starting a database and the server");
    let place = server::Place::open().await?;
    if !options.no_load {
        load(&place, &options, time).await?;
    }
    if !options.no_search {
        note(&format!("making {} names", options.names));
        print_search(options.names, &search::run(&place, options.names).await?);
    }
    if !options.no_browser {
        note("verdicts in Chromium");
        match browser::verdicts(10_000, 20).await {
            Ok(Some((allowed, took))) => println!(
                "\nVerdicts on 10,000 cards by 20 criteria each, in Chromium: {took:.1} ms, median of 9 (≤ 100); {allowed} may go on."
            ),
            Ok(None) => println!("\nVerdicts in Chromium: not measured, not compiled."),
            Err(error) => println!("\nVerdicts in Chromium: not measured: {error:#}"),
        }
        note("boards in Chromium");
        match browser::boards(&place, &BOARDS).await {
            Ok(boards) => print_boards(&boards),
            Err(error) => println!("\nBoards in Chromium: not measured: {error:#}"),
        }
    }
    place.close().await
}

/// Loads the server with each operation in turn, and tells what it needs for itself.
async fn load(place: &server::Place, options: &Options, time: Duration) -> Result<()> {
    let server = place.start().await?;
    let world = seed::sign_up(&server, "bench@example.com").await?;
    note(&format!("making {} deals", options.deals));
    let figures_memory_idle = server.memory_kib();
    let world = seed::fill(place, world, options.deals).await?;

    let mut table = Table::default();
    for operation in load::Operation::ALL {
        note(&format!("{}: through the API", operation.name()));
        let clients = if operation == load::Operation::Board {
            16
        } else {
            options.clients
        };
        let ours = load::run(&server, &world, operation, clients, time).await?;
        note(&format!(
            "{}: the same statements by pgbench",
            operation.name()
        ));
        let bound = pgbench::run(place, &world, operation, clients, time).await?;
        table.add(operation.name(), clients, &ours, bound);
        if operation == load::Operation::Board {
            note("board beside a writer");
            let (reading, writing) =
                load::run_beside_moves(&server, &world, operation, clients, time, MOVES).await?;
            let name = format!("the same beside {:.0} moves/s", writing.rate());
            table.add(&name, clients, &reading, bound);
        }
    }
    let memory = server.memory_kib();
    note("moves that criteria judge");
    let (free, judged) = rules::moves(place, &server, &world).await?;
    note("a trial of counted rules");
    let (touches, trial) = rules::trial(place, &server, &world).await?;
    note("weighing the deals of a stage");
    let (weighed, weighing) = rules::weigh(place, &server, &world).await?;
    server.stop().await?;

    note("cold start");
    let mut starts = Vec::new();
    for _ in 0..5 {
        let begun = std::time::Instant::now();
        let server = place.start().await?;
        starts.push(begun.elapsed());
        server.stop().await?;
    }
    starts.sort();

    table.print(options.deals);
    println!(
        "| resident memory of `dipper serve`, idle / after the load | {:.1} / {:.1} MiB | ≤ 80 MB |",
        mib(figures_memory_idle),
        mib(memory)
    );
    println!(
        "| cold start with the database up, median of 5 | {:.0} ms | ≤ 1 s |",
        ms(starts.get(2).copied().unwrap_or_default())
    );
    println!(
        "| one client: a move judged by 20 criteria, one by none; medians of {} each, ratio | {:.2} ms; {:.2} ms; {:.2}{} | ≤ 1.5 |",
        judged.count(),
        ms(judged.percentile(0.50)),
        ms(free.percentile(0.50)),
        ms(judged.percentile(0.50)) / ms(free.percentile(0.50)),
        match free.errors + judged.errors {
            0 => String::new(),
            errors => format!(" ({errors} refused)"),
        },
    );
    println!(
        "| trial of three counted rules over {touches} touches | {:.1} s | ≤ 10 s for 1,000,000 |",
        trial.as_secs_f64()
    );
    println!(
        "| {weighed} deals weighed anew by four criteria, beside the requests | {:.1} s | none set |",
        weighing.as_secs_f64()
    );
    match browser::weigh() {
        Some(weight) => println!(
            "| first visit (sign-in, board), brotli in all; the whole app, later | {:.0} KB; {:.0} KB | ≤ 450 KB |",
            kb(weight.first),
            kb(weight.whole)
        ),
        None => println!(
            "| first visit | not measured: the web app was not built for release | ≤ 450 KB |"
        ),
    }
    Ok(())
}

/// The search box, sort by sort.
fn print_search(names: u32, all: &[search::Seen]) {
    println!("\nThe search box over {names} names of one organisation, 10 hits (p95 ≤ 50 ms).\n");
    println!(
        "| who: what is typed | clients | requests/s | p50 ms | p95 ms | p99 ms | without a hit |"
    );
    println!("|---|---|---|---|---|---|---|");
    for seen in all {
        let outcome = &seen.outcome;
        let errors = match outcome.errors {
            0 => String::new(),
            errors => format!(" ({errors} errors)"),
        };
        println!(
            "| {} | {} | {:.0}{errors} | {:.1} | {:.1} | {:.1} | {} |",
            seen.name,
            seen.clients,
            outcome.rate(),
            ms(outcome.percentile(0.50)),
            ms(outcome.percentile(0.95)),
            ms(outcome.percentile(0.99)),
            seen.empty,
        );
    }
}

/// Boards as the web app shows them.
fn print_boards(boards: &[browser::Seen]) {
    println!(
        "\nBoards in Chromium; the drag goes through all columns on a processor slowed to a quarter, and \
         what it costs is the page's own time on the processor.\n"
    );
    println!(
        "| cards | navigation to the first card, ms (≤ 1500) | elements (≤ 2500) | memory, MB (≤ 60) | \
         script, style and layout of a frame, p95 ms (≤ 8) | tasks over 50 ms, the longest (0) | \
         from letting go to the next frame, ms (≤ 100) |"
    );
    println!("|---|---|---|---|---|---|---|");
    for seen in boards {
        let (count, longest) = seen.long_tasks;
        println!(
            "| {} | {:.0} | {} | {:.1} | {:.1} | {count}, {longest:.0} ms | {:.0} |",
            seen.cards,
            seen.opened,
            seen.elements,
            kb(seen.memory) / 1e3,
            seen.frame,
            seen.drop,
        );
    }
}

/// The rows of the first table.
#[derive(Debug, Default)]
struct Table {
    rows: Vec<String>,
}

impl Table {
    fn add(&mut self, name: &str, clients: usize, ours: &load::Outcome, bound: f64) {
        let rate = ours.rate();
        let errors = if ours.errors == 0 {
            String::new()
        } else {
            format!(" ({} errors)", ours.errors)
        };
        self.rows.push(format!(
            "| {name} | {clients} | {rate:.0}{errors} | {:.1} | {:.1} | {:.1} | {bound:.0} | {:.2} |",
            ms(ours.percentile(0.50)),
            ms(ours.percentile(0.95)),
            ms(ours.percentile(0.99)),
            rate / bound,
        ));
    }

    fn print(&self, deals: u32) {
        println!(
            "\n{deals} open deals in one organisation, everything on one machine over loopback.\n"
        );
        println!(
            "| operation | clients | requests/s | p50 ms | p95 ms | p99 ms | pgbench/s, same statements | ratio |"
        );
        println!("|---|---|---|---|---|---|---|---|");
        for row in &self.rows {
            println!("{row}");
        }
        println!("\n| what | measured | aim |\n|---|---|---|");
    }
}

fn note(text: &str) {
    eprintln!("bench: {text}");
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn kb(bytes: u64) -> f64 {
    bytes as f64 / 1000.0
}
