//! What the page's main thread did, frame by frame, from Chromium's own trace.
//!
//! Time is the thread's own on the processor where the trace tells it, so that whatever else runs on the
//! machine does not count.

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;

/// What has to be traced.
pub const CATEGORIES: &str = "blink.user_timing,devtools.timeline,disabled-by-default-devtools.timeline,\
    disabled-by-default-devtools.timeline.frame";

/// The mark the page sets before what is measured.
pub const BEGIN: &str = "bench-begin";
/// The mark it sets after.
pub const END: &str = "bench-end";

/// Script, styles and layout, by the names they have in a trace.
const COUNTED: [&str; 9] = [
    "EvaluateScript",
    "EventDispatch",
    "FireAnimationFrame",
    "FireIdleCallback",
    "FunctionCall",
    "Layout",
    "RunMicrotasks",
    "TimerFire",
    "UpdateLayoutTree",
];
/// Where the page's main thread begins a frame.
const FRAME: &str = "BeginMainThreadFrame";
/// One task of a thread.
const TASK: &str = "RunTask";

/// One event of a trace; times in microseconds.
#[derive(Debug, Clone, Deserialize)]
struct Event {
    name: String,
    pid: i64,
    tid: i64,
    ts: f64,
    #[serde(default)]
    dur: f64,
    tdur: Option<f64>,
}

impl Event {
    fn end(&self) -> f64 {
        self.ts + self.dur
    }

    /// What it took, in milliseconds.
    fn cost(&self) -> f64 {
        self.tdur.unwrap_or(self.dur) / 1e3
    }
}

/// What a while took.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Work {
    /// Script, styles and layout of each frame in milliseconds, in order of cost.
    pub frames: Vec<f64>,
    /// The milliseconds of each task, in order of cost.
    pub tasks: Vec<f64>,
}

/// The trace in the form that Chromium's own panel for performance opens.
pub fn to_show<'a>(entries: impl Iterator<Item = &'a str>) -> Result<String> {
    let mut events = Vec::new();
    for entry in entries {
        let mut entry: Value = serde_json::from_str(entry)?;
        let method = entry.pointer("/message/method").and_then(Value::as_str);
        if method == Some("Tracing.dataCollected") {
            events.extend(entry.pointer_mut("/message/params").map(Value::take));
        }
    }
    Ok(serde_json::json!({ "traceEvents": events }).to_string())
}

impl Work {
    /// Reads the entries of the driver's log.
    pub fn read<'a>(entries: impl Iterator<Item = &'a str>) -> Result<Self> {
        let mut events = Vec::new();
        for entry in entries {
            let entry: Value = serde_json::from_str(entry)?;
            let is_event = entry.pointer("/message/method").and_then(Value::as_str);
            if is_event != Some("Tracing.dataCollected") {
                continue;
            }
            let event = entry.pointer("/message/params").cloned();
            // What has no time, as the names of processes, does not matter here.
            events.extend(event.and_then(|event| serde_json::from_value::<Event>(event).ok()));
        }
        Self::of(events)
    }

    fn of(mut events: Vec<Event>) -> Result<Self> {
        let mark = |name: &str| {
            let found = events.iter().find(|event| event.name == name);
            let found = found.map(|event| (event.pid, event.tid, event.ts));
            found.with_context(|| format!("the trace of {} events lacks {name}", events.len()))
        };
        let ((pid, tid, begin), (.., end)) = (mark(BEGIN)?, mark(END)?);
        events.retain(|event| {
            let is_page = event.pid == pid && event.tid == tid;
            is_page && begin <= event.ts && event.ts <= end
        });
        events.sort_by(|a, b| a.ts.total_cmp(&b.ts).then(b.dur.total_cmp(&a.dur)));

        let mut work = Self::default();
        let mut frame = None::<f64>;
        // What lies within something counted is counted with it.
        let mut until = f64::MIN;
        for event in &events {
            if event.name == FRAME {
                work.frames.extend(frame.replace(0.0));
            } else if event.name == TASK {
                work.tasks.push(event.cost());
            } else if COUNTED.contains(&event.name.as_str()) && event.end() > until {
                until = event.end();
                if let Some(cost) = &mut frame {
                    *cost += event.cost();
                }
            }
        }
        work.frames.extend(frame);
        work.frames.sort_by(f64::total_cmp);
        work.tasks.sort_by(f64::total_cmp);
        Ok(work)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(name: &str, ts: f64, dur: f64) -> Event {
        let (pid, tid, tdur) = (1, 1, None);
        let name = name.to_owned();
        Event {
            name,
            pid,
            tid,
            ts,
            dur,
            tdur,
        }
    }

    #[test]
    fn a_frame_is_charged_with_what_happens_until_the_next_and_nothing_twice() {
        let other = Event {
            tid: 2,
            ..event("Layout", 1_100.0, 90_000.0)
        };
        let work = Work::of(vec![
            event(FRAME, 0.0, 0.0),
            event("Layout", 10.0, 70_000.0),
            event(BEGIN, 100.0, 0.0),
            event("FunctionCall", 200.0, 5_000.0),
            event(FRAME, 10_000.0, 0.0),
            event(TASK, 10_000.0, 9_000.0),
            event("FireAnimationFrame", 10_500.0, 4_000.0),
            event("FunctionCall", 11_000.0, 3_000.0),
            event("UpdateLayoutTree", 12_000.0, 1_000.0),
            event("Layout", 15_000.0, 2_000.0),
            event("Paint", 17_000.0, 2_000.0),
            event(FRAME, 26_000.0, 0.0),
            event("Layout", 27_000.0, 1_000.0),
            event(END, 30_000.0, 0.0),
            event(FRAME, 31_000.0, 0.0),
            other,
        ]);
        let expected = Work {
            frames: vec![1.0, 6.0],
            tasks: vec![9.0],
        };
        assert_eq!(work.ok(), Some(expected));
    }

    #[test]
    fn the_threads_own_time_counts_where_it_is_told() {
        let slow = Event {
            tdur: Some(2_000.0),
            ..event("Layout", 1.0, 50_000.0)
        };
        let (begin, end) = (event(BEGIN, 0.0, 0.0), event(END, 2.0, 0.0));
        let work = Work::of(vec![begin, event(FRAME, 0.0, 0.0), slow, end]);
        assert_eq!(work.map(|work| work.frames).ok(), Some(vec![2.0]));
    }
}
