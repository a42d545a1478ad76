//! The figures of the process in Prometheus' text form.

use dashmap::DashMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper edges of the duration buckets, in seconds.
const EDGES: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

#[derive(Debug, Default)]
struct Series {
    buckets: [AtomicU64; 10],
    count: AtomicU64,
    micros: AtomicU64,
}

/// Counts requests by method, route and status.
#[derive(Debug, Default)]
pub struct Figures {
    requests: DashMap<(String, String, u16), Series>,
    streams: AtomicU64,
    refused: AtomicU64,
    removed: DashMap<&'static str, u64>,
}

impl Figures {
    /// Adds one served request.
    pub fn observe(&self, method: &str, route: &str, status: u16, elapsed: Duration) {
        let key = (method.to_owned(), route.to_owned(), status);
        let series = self.requests.entry(key).or_default();
        let seconds = elapsed.as_secs_f64();
        for (edge, bucket) in EDGES.iter().zip(&series.buckets) {
            if seconds <= *edge {
                bucket.fetch_add(1, Ordering::Relaxed);
            }
        }
        series.count.fetch_add(1, Ordering::Relaxed);
        series.micros.fetch_add(
            u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX),
            Ordering::Relaxed,
        );
    }

    /// Counts a live stream that opened.
    pub fn stream_opened(&self) {
        self.streams.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a live stream that ended.
    pub fn stream_closed(&self) {
        self.streams.fetch_sub(1, Ordering::Relaxed);
    }

    /// Counts a connection that was closed because its address holds too many.
    pub fn connection_refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts rows that were cleared away because their time was over.
    pub fn rows_removed(&self, table: &'static str, count: usize) {
        *self.removed.entry(table).or_default() += u64::try_from(count).unwrap_or(u64::MAX);
    }

    /// All figures as text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::from(
            "# HELP dipper_http_request_duration_seconds Time from request to answer.\n\
             # TYPE dipper_http_request_duration_seconds histogram\n",
        );
        for entry in &self.requests {
            let (method, route, status) = entry.key();
            let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
            let name = "dipper_http_request_duration_seconds";
            let count = entry.count.load(Ordering::Relaxed);
            for (edge, bucket) in EDGES.iter().zip(&entry.buckets) {
                let _ = writeln!(
                    out,
                    "{name}_bucket{{{labels},le=\"{edge}\"}} {}",
                    bucket.load(Ordering::Relaxed)
                );
            }
            let seconds = Duration::from_micros(entry.micros.load(Ordering::Relaxed)).as_secs_f64();
            let _ = writeln!(out, "{name}_bucket{{{labels},le=\"+Inf\"}} {count}");
            let _ = writeln!(out, "{name}_sum{{{labels}}} {seconds}");
            let _ = writeln!(out, "{name}_count{{{labels}}} {count}");
        }
        let _ = writeln!(
            out,
            "# HELP dipper_live_streams Open event streams.\n# TYPE dipper_live_streams gauge\ndipper_live_streams {}",
            self.streams.load(Ordering::Relaxed)
        );
        let _ = writeln!(
            out,
            "# HELP dipper_connections_refused_total Connections closed because their address held too many.\n\
             # TYPE dipper_connections_refused_total counter\ndipper_connections_refused_total {}",
            self.refused.load(Ordering::Relaxed)
        );
        out.push_str(
            "# HELP dipper_rows_removed_total Rows cleared away because their time was over.\n\
             # TYPE dipper_rows_removed_total counter\n",
        );
        for entry in &self.removed {
            let (table, count) = entry.pair();
            let _ = writeln!(
                out,
                "dipper_rows_removed_total{{table=\"{table}\"}} {count}"
            );
        }
        out
    }
}
