//! The bound: `pgbench` running the statements of an operation, as the serving role under row-level
//! security, prepared, with as many connections as we had clients.

use super::load::Operation;
use super::seed::World;
use super::server::Place;
use anyhow::{Context, Result, bail};
use std::fmt::Write;
use std::path::PathBuf;
use std::time::Duration;

/// Transactions a second.
pub async fn run(
    place: &Place,
    world: &World,
    operation: Operation,
    clients: usize,
    time: Duration,
) -> Result<f64> {
    let script = script(world, operation)?;
    let file = std::env::temp_dir().join(format!("dipper-bench-{}.sql", std::process::id()));
    std::fs::write(&file, script)?;
    let output = tokio::process::Command::new(program())
        .arg("--no-vacuum")
        .args(["--protocol", "prepared", "--jobs", "2"])
        .args([
            "--client",
            &clients.to_string(),
            "--time",
            &time.as_secs().max(1).to_string(),
        ])
        .arg("--file")
        .arg(&file)
        .arg(place.postgres.app_url())
        .output()
        .await
        .context("pgbench cannot be started")?;
    std::fs::remove_file(&file).ok();
    let text = String::from_utf8_lossy(&output.stdout);
    let rate = text
        .lines()
        .find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    match rate {
        Some(rate) => Ok(rate),
        None => bail!("pgbench: {}", String::from_utf8_lossy(&output.stderr)),
    }
}

fn program() -> PathBuf {
    match std::env::var_os("DIPPER_PG_BIN") {
        Some(folder) => PathBuf::from(folder).join("pgbench"),
        None => PathBuf::from("pgbench"),
    }
}

/// A rank in the middle of a stage. At its top it would leave ours no room: every new card after it
/// would have the stage spread first.
const RANK: &str = "'V' || substr(md5(random()::text), 1, 20) || '1'";

const CARD: &str = "select d.*, a.name, a.tier, u.name from deals d \
    left join accounts a on a.org_id = d.org_id and a.id = d.account_id \
    left join users u on u.org_id = d.org_id and u.id = d.owner_id";

/// The statements of one request, from `begin` to `commit`.
fn script(world: &World, operation: Operation) -> Result<String> {
    let org = world.org;
    let mut sql = format!(
        "\\set n random(0, {})\n\\set s random(1, {})\n",
        world.deals.max(1) - 1,
        world.stages.len()
    );
    let list: Vec<String> = world
        .stages
        .iter()
        .map(|id| format!("'{id}'::uuid"))
        .collect();
    let stage = format!("(array[{}])[:s::int]", list.join(","));
    let deal = "('00000000-0000-7000-8000-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid";
    writeln!(sql, "begin;\nset local app.org_id = '{org}';")?;
    match operation {
        Operation::Board => {
            writeln!(
                sql,
                "select sequence from events where org_id = '{org}' and xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid desc, sequence desc limit 1;"
            )?;
            writeln!(
                sql,
                "select * from funnels where org_id = '{org}' and id = '{}';",
                world.funnel
            )?;
            writeln!(
                sql,
                "select * from stages where org_id = '{org}' and funnel_id = '{}' order by position, id;",
                world.funnel
            )?;
            writeln!(
                sql,
                "select currency from organisations where id = '{org}';"
            )?;
            writeln!(
                sql,
                "select stage_id, measure, currency, sum(deals), sum(amount), sum(own_weighted), sum(loose_amount), count(*) from stage_totals where org_id = '{org}' and stage_id = any(array[{}]) group by stage_id, measure, currency;",
                list.join(",")
            )?;
            for id in &list {
                writeln!(
                    sql,
                    "{CARD} where d.org_id = '{org}' and d.stage_id = {id} and d.archived_at is null order by d.rank limit 51;"
                )?;
            }
        }
        Operation::List => {
            writeln!(
                sql,
                "select * from stages where org_id = '{org}' and id = {stage};"
            )?;
            writeln!(
                sql,
                "{CARD} where d.org_id = '{org}' and d.stage_id = {stage} and d.archived_at is null order by d.rank limit 51;"
            )?;
        }
        Operation::Get => {
            writeln!(sql, "{CARD} where d.org_id = '{org}' and d.id = {deal};")?;
            writeln!(
                sql,
                "select l.product_id, p.name, l.quantity, l.unit_price from deal_lines l join products p on p.org_id = l.org_id and p.id = l.product_id where l.org_id = '{org}' and l.deal_id = {deal} order by l.position;"
            )?;
            writeln!(
                sql,
                "select subject_id, source, external_id from external_ids where org_id = '{org}' and subject_kind = 'deal' and subject_id = {deal};"
            )?;
        }
        Operation::Move => {
            key(&mut sql, world)?;
            writeln!(sql, "select pg_advisory_xact_lock(:s::bigint);")?;
            writeln!(
                sql,
                "select * from deals where org_id = '{org}' and id = {deal} for update;"
            )?;
            writeln!(
                sql,
                "select * from stages where org_id = '{org}' and funnel_id = '{}' order by position, id;",
                world.funnel
            )?;
            writeln!(
                sql,
                "select rank from deals where org_id = '{org}' and stage_id = {stage} and id <> {deal} order by rank limit 1;"
            )?;
            writeln!(
                sql,
                "update deals set stage_id = {stage}, rank = {RANK}, version = version + 1, updated_at = now() where org_id = '{org}' and id = {deal};"
            )?;
            event(&mut sql, world, deal)?;
            writeln!(
                sql,
                "select name, tier from accounts where org_id = '{org}' and id = ('00000000-0000-7000-9000-' || lpad(to_hex(:n::bigint % 1000), 12, '0'))::uuid;"
            )?;
            writeln!(
                sql,
                "select name from users where org_id = '{org}' and id = '{}';",
                world.user
            )?;
            answer(&mut sql, world)?;
        }
        Operation::Create => {
            key(&mut sql, world)?;
            writeln!(
                sql,
                "select * from stages where org_id = '{org}' and funnel_id = '{}' order by position, id;",
                world.funnel
            )?;
            writeln!(sql, "select pg_advisory_xact_lock(:s::bigint);")?;
            writeln!(
                sql,
                "select rank from deals where org_id = '{org}' and stage_id = {stage} order by rank limit 1;"
            )?;
            writeln!(
                sql,
                "insert into deals (org_id, id, title, funnel_id, stage_id, reached_stage_id, status, rank, amount, currency, owner_id) values ('{org}', gen_random_uuid(), 'New deal', '{}', {stage}, {stage}, 'open', {RANK}, 1000, 'CNY', '{}');",
                world.funnel, world.user
            )?;
            writeln!(sql, "{CARD} where d.org_id = '{org}' and d.id = {deal};")?;
            event(&mut sql, world, deal)?;
            answer(&mut sql, world)?;
        }
    }
    writeln!(sql, "commit;")?;
    Ok(sql)
}

fn key(sql: &mut String, world: &World) -> Result<()> {
    writeln!(
        sql,
        "select pg_try_advisory_xact_lock(random(1, 2000000000) + 1000000);"
    )
    .ok();
    *sql = sql.replace(
        "random(1, 2000000000) + 1000000",
        "(random() * 9e15)::bigint + 100",
    );
    writeln!(
        sql,
        "select body from idempotency_keys where org_id = '{}' and user_id = '{}' and key = md5(random()::text);",
        world.org, world.user
    )?;
    Ok(())
}

fn event(sql: &mut String, world: &World, deal: &str) -> Result<()> {
    writeln!(
        sql,
        "insert into events (org_id, actor_kind, actor_id, kind, subject_kind, subject_id, deal_id, owner_id, data) values \
         ('{0}', 'user', '{1}', 'deal.moved', 'deal', {deal}, {deal}, '{1}', '{{\"old\":{{}},\"new\":{{}}}}');",
        world.org, world.user
    )?;
    Ok(())
}

fn answer(sql: &mut String, world: &World) -> Result<()> {
    writeln!(
        sql,
        "insert into idempotency_keys (org_id, user_id, key, operation, body_hash, status, body) values \
         ('{}', '{}', md5(random()::text || clock_timestamp()::text), 'move_deal', '\\x00', 200, convert_to(repeat('x', 700), 'UTF8'));",
        world.org, world.user
    )?;
    Ok(())
}
