//! Wakes live readers after commits, in this process at once and in others through the database.
//!
//! `NOTIFY` inside a transaction would serialise every commit of the database, so a pump beside the
//! pool sends one coalesced notification for all commits of the last moment; readers then fetch from
//! the table.

use crate::db::dial::Dialer;
use dashmap::DashMap;
use shared::id::OrgId;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

/// The channel processes talk on.
const CHANNEL: &str = "dipper_events";
/// Commits within this time share one notification.
const COALESCE: Duration = Duration::from_millis(25);

/// The wake-up service of one process.
#[derive(Debug)]
pub struct Hub {
    orgs: DashMap<OrgId, watch::Sender<u64>>,
    outgoing: mpsc::UnboundedSender<OrgId>,
    waiting: std::sync::Mutex<Option<mpsc::UnboundedReceiver<OrgId>>>,
}

impl Hub {
    /// A hub that wakes readers of this process; [`Hub::run`] connects it to the others.
    #[must_use]
    pub fn new() -> Arc<Self> {
        let (outgoing, waiting) = mpsc::unbounded_channel();
        Arc::new(Self {
            orgs: DashMap::new(),
            outgoing,
            waiting: std::sync::Mutex::new(Some(waiting)),
        })
    }

    /// Says that an organisation has new events.
    pub fn touched(&self, org: OrgId) {
        self.wake(org);
        // The receiver only goes when the process ends.
        let _ = self.outgoing.send(org);
    }

    /// A receiver that changes whenever the organisation has new events.
    #[must_use]
    pub fn subscribe(&self, org: OrgId) -> watch::Receiver<u64> {
        self.orgs
            .entry(org)
            .or_insert_with(|| watch::channel(0).0)
            .subscribe()
    }

    /// The organisations that anybody reads live.
    #[must_use]
    pub fn listened(&self) -> Vec<OrgId> {
        self.orgs
            .iter()
            .filter(|entry| entry.receiver_count() > 0)
            .map(|entry| *entry.key())
            .collect()
    }

    fn wake(&self, org: OrgId) {
        if let Some(sender) = self.orgs.get(&org) {
            sender.send_modify(|count| *count = count.wrapping_add(1));
        }
    }

    fn wake_all(&self) {
        for entry in &self.orgs {
            entry.send_modify(|count| *count = count.wrapping_add(1));
        }
    }

    /// Sends and hears notifications until the process ends; reconnects after a lost connection and
    /// then wakes everybody, since something may have been missed.
    pub async fn run(self: Arc<Self>, url: String) {
        let Some(mut waiting) = self.waiting.lock().ok().and_then(|mut slot| slot.take()) else {
            return;
        };
        loop {
            if let Err(error) = self.serve(&url, &mut waiting).await {
                tracing::warn!(error = %error, "live updates between processes are interrupted");
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
            self.wake_all();
        }
    }

    async fn serve(
        &self,
        url: &str,
        waiting: &mut mpsc::UnboundedReceiver<OrgId>,
    ) -> anyhow::Result<()> {
        let (client, mut connection) = Dialer::new(url)?.dial().await?;
        let (heard, mut hearing) = mpsc::unbounded_channel();
        let listener = tokio::spawn(async move {
            loop {
                match std::future::poll_fn(|cx| connection.poll_message(cx)).await {
                    Some(Ok(tokio_postgres::AsyncMessage::Notification(note))) => {
                        if heard.send(note.payload().to_owned()).is_err() {
                            return;
                        }
                    }
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return,
                }
            }
        });
        client.batch_execute(&format!("listen {CHANNEL}")).await?;
        let outcome = loop {
            tokio::select! {
                note = hearing.recv() => match note {
                    Some(payload) => {
                        for org in payload.split(',').filter_map(|org| org.parse().ok()) {
                            self.wake(OrgId(org));
                        }
                    }
                    None => break Err(anyhow::anyhow!("the connection ended")),
                },
                first = waiting.recv() => {
                    let Some(first) = first else { break Ok(()) };
                    tokio::time::sleep(COALESCE).await;
                    let mut orgs: HashSet<Uuid> = HashSet::from([first.0]);
                    while let Ok(org) = waiting.try_recv() {
                        orgs.insert(org.0);
                    }
                    let orgs: Vec<String> = orgs.iter().map(Uuid::to_string).collect();
                    // A payload is limited to 8000 bytes; 200 ids fit.
                    for part in orgs.chunks(200) {
                        client.execute("select pg_notify($1, $2)", &[&CHANNEL, &part.join(",")]).await?;
                    }
                }
            }
        };
        listener.abort();
        outcome
    }
}
