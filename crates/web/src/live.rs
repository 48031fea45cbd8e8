//! `/live`: changes as server-sent events (WHATWG HTML §9.2), so that pages need not be loaded again.
//!
//! One task looks at the database twice a second, only while someone listens, and tells all listeners. Events carry
//! job states and topics, never data; pages fetch what they may see. A stream ends after [`STREAM`], so that a
//! session that has ended is noticed when the browser connects again.

use crate::{App, Permission, Registry};
use axum::extract::State;
use axum::response::sse::{self, KeepAlive, Sse};
use futures::stream::{self, Stream};
use kernel::Instant;
use serde_json::json;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;
use store::job::{self, JobState};
use store::tasks::Stop;
use store::{FromRow, Result, Tx, sql};
use tokio::sync::Notify;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::broadcast::{Receiver, Sender, channel};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How often the database is looked at while someone listens.
const TICK: Duration = Duration::from_millis(500);
/// How long one stream lasts.
const STREAM: Duration = Duration::from_secs(600);
/// Events a slow listener may be behind before some are dropped.
const BEHIND: usize = 64;
/// How long a job that ended is still looked at.
const ENDED: i64 = 60 * Instant::SECOND;

/// Every topic.
const ALL: &[&str] = &["parties", "imports", "today", "measure"];

/// An event as it goes out.
#[derive(Debug, Clone)]
enum Event {
    /// A job moved on.
    Job(JobState),
    /// Something about these topics changed.
    Changed(&'static [&'static str]),
    /// The program stops.
    End,
}

/// The listeners.
pub(crate) struct Live {
    events: Sender<Event>,
    arrived: Notify,
}

impl Default for Live {
    fn default() -> Self {
        Self { events: channel(BEHIND).0, arrived: Notify::new() }
    }
}

pub(crate) fn register(registry: &mut Registry) {
    registry.routes(OpenApiRouter::new().routes(routes!(listen)));
    registry.allow("GET", "/live", Permission::SignedIn);
}

/// Changes as they happen: events `job` (a job's state) and `changed` (`topics`).
#[utoipa::path(get, path = "/live", tag = "jobs",
    responses((status = 200, body = String, content_type = "text/event-stream")))]
async fn listen(State(app): State<App>) -> Sse<impl Stream<Item = Result<sse::Event, Infallible>>> {
    let receiver = app.live().events.subscribe();
    app.live().arrived.notify_one();
    let until = tokio::time::Instant::now() + STREAM;
    let events = stream::unfold(receiver, move |mut receiver| async move {
        let event = tokio::time::timeout_at(until, next(&mut receiver)).await.ok()??;
        Some((Ok(event), receiver))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

async fn next(receiver: &mut Receiver<Event>) -> Option<sse::Event> {
    let (name, data) = match receiver.recv().await {
        Ok(Event::Job(job)) => ("job", serde_json::to_value(job).ok()?),
        Ok(Event::Changed(topics)) => ("changed", json!({ "topics": topics })),
        // Whoever missed something looks at everything again.
        Err(RecvError::Lagged(_)) => ("changed", json!({ "topics": ALL })),
        Ok(Event::End) | Err(RecvError::Closed) => return None,
    };
    Some(sse::Event::default().event(name).data(data.to_string()))
}

/// Looks for changes until the program stops.
pub(crate) async fn run(app: App, mut stop: Stop) {
    let mut seen = None;
    while !stop.is_set() {
        if app.live().events.receiver_count() == 0 {
            seen = None;
            tokio::select! { () = app.live().arrived.notified() => {}, () = stop.wait() => break }
        }
        match look(&app).await {
            Ok(now) => seen = Some(tell(&app, seen.take(), now)),
            Err(error) => tracing::warn!(%error, "changes could not be looked for; trying again"),
        }
        stop.sleep(TICK).await;
    }
    let _ = app.live().events.send(Event::End);
}

/// What a look at the database shows.
struct Seen {
    jobs: BTreeMap<i64, JobState>,
    probe: Probe,
}

/// Numbers that move when something changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
struct Probe {
    /// The end of the log.
    log: i64,
    /// How far the reactions are, together.
    reactions: i64,
    /// When a setting was last changed.
    settings: i64,
    /// When a card was last put to rest.
    rests: i64,
}

async fn look(app: &App) -> Result<Seen> {
    let mut tx = app.db().read().await?;
    let jobs = job::recent(&mut tx, app.clock().now().plus(-ENDED)).await?;
    let jobs = jobs.into_iter().map(|job| (job.id.number(), job)).collect();
    Ok(Seen { jobs, probe: probe(&mut tx).await? })
}

async fn probe(tx: &mut Tx) -> Result<Probe> {
    sql!(
        "select coalesce((select max(seq) from interactions), 0) as log, \
         cast(coalesce((select sum(seq) from reactions), 0) as bigint) as reactions, \
         coalesce((select max(changed_at) from settings), 0) as settings, \
         coalesce((select max(at) from card_rests), 0) as rests"
    )
    .fetch_one(tx)
    .await
}

/// Tells the listeners what is new; gives what to compare with next time.
fn tell(app: &App, before: Option<Seen>, now: Seen) -> Seen {
    let Some(before) = before else { return now };
    // Sending fails when the last listener has just left, which is no fault.
    let send = |event| drop(app.live().events.send(event));
    let moved = now.jobs.iter().filter(|(id, job)| before.jobs.get(*id) != Some(*job));
    let (mut imports, mut ended) = (false, false);
    for (_, job) in moved {
        imports |= job.kind.contains("import");
        ended |= job.finished_at.is_some();
        send(Event::Job(job.clone()));
    }
    match (ended, imports, now.probe != before.probe) {
        (true, ..) | (_, true, true) => send(Event::Changed(ALL)),
        (_, true, false) => send(Event::Changed(&["imports"])),
        (_, false, true) => send(Event::Changed(&["parties", "today", "measure"])),
        (_, false, false) => {}
    }
    now
}
