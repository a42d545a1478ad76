//! Events that came with a dump from another cluster: their transaction numbers mean nothing here and may
//! lie ahead, above the horizon under which the feed is read (`docs/decisions/0003-event-feed.md`).

use super::dial::Dialer;
use super::migrate::LOCK;
use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use uuid::Uuid;

/// Gives an organisation's foreign events numbers below everything that was or will be recorded here, in
/// the order they have.
///
/// A row that can be seen is of a transaction that had ended, so its number is below the snapshot's end
/// unless another cluster gave it. With them goes everything up to the last of them, since a number of the
/// other cluster may also be a small one. Rows that follow each other with growing sequences share a number,
/// as those of one transaction do; so few numbers are needed, and should even these be too many, the oldest
/// events share the lowest.
const RENUMBER: &str = "
    with foreign_to as materialized (
        select max(sequence) as last from events
        where org_id = $1 and xid >= pg_snapshot_xmax(pg_current_snapshot())
    ), ceiling as materialized (
        select least(
            pg_snapshot_xmin(pg_current_snapshot()),
            (select xid from events where org_id = $1 and sequence > last order by xid limit 1)
        )::text::bigint as xid
        from foreign_to
    ), ordered as (
        select sequence, xid, sequence < lag(sequence) over (order by xid, sequence) as is_step
        from events, foreign_to where org_id = $1 and sequence <= last
    ), numbered as (
        select sequence,
            count(*) filter (where is_step) over () - count(*) filter (where is_step) over (order by xid, sequence) as steps_after
        from ordered
    )
    update events e set xid = greatest(0, ceiling.xid - 1 - steps_after)::text::xid8
    from numbered, ceiling where e.org_id = $1 and e.sequence = numbered.sequence";

/// Settles the events of all organisations; answers how many got another number.
///
/// Where nothing was restored, it asks one index once for each organisation.
///
/// # Errors
/// Those of the database.
pub async fn settle(dialer: &Dialer) -> anyhow::Result<usize> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
    }
    let mut conn = dialer.open().await?;
    let conn = &mut conn;
    let organisations: Vec<Row> =
        diesel::sql_query("select distinct organisation_id as id from logins order by 1")
            .load(conn)
            .await?;
    let mut settled = 0;
    for Row { id } in organisations {
        // Row-level security binds the tables' owner too. Servers that start together go one by one.
        conn.batch_execute(&format!(
            "begin; set local app.org_id = '{id}'; select pg_advisory_xact_lock({LOCK})"
        ))
        .await?;
        let outcome = diesel::sql_query(RENUMBER)
            .bind::<SqlUuid, _>(id)
            .execute(conn)
            .await;
        // Dropped on an error, the connection rolls back.
        settled += outcome?;
        conn.batch_execute("commit").await?;
    }
    Ok(settled)
}
