//! `/health/live`, `/health/ready` and `/metrics`: what machines ask, outside of `/api/v1`.
//!
//! The first two say nothing of anybody and answer everyone who reaches the door. Figures are for this machine's own
//! programs, asked without a proxy in between, or for whoever knows the token (`DANGOL_METRICS_TOKEN`).

use crate::{Answer, App, Problem};
use async_trait::async_trait;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Response, StatusCode, header};
use axum::response::IntoResponse;
use axum::{Json, Router, routing};
use serde_json::json;
use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use store::{Result, Tx, freeze, health, migrate, sql};

/// How long the database may take to answer before the program is not ready.
const PATIENCE: Duration = Duration::from_secs(5);
/// Upper ends of the buckets of the time an answer takes, in milliseconds.
const BUCKETS: [u64; 8] = [5, 10, 25, 50, 100, 250, 1_000, 5_000];

/// Brings figures for monitoring.
#[async_trait]
pub trait Gauges: Send + Sync {
    /// The figures as they stand.
    async fn gauges(&self, tx: &mut Tx) -> Result<Vec<Gauge>>;
}

/// One figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Gauge {
    /// Its name, without the prefix `dangol_`; with its base unit at the end.
    pub name: &'static str,
    /// What it says.
    pub help: &'static str,
    /// Which of several: a label's name and value.
    pub label: Option<(&'static str, String)>,
    /// The figure.
    pub value: f64,
}

impl Gauge {
    /// A figure without a label.
    #[expect(clippy::cast_precision_loss, reason = "a figure for charts")]
    pub fn of(name: &'static str, help: &'static str, value: i64) -> Self {
        Self { name, help, label: None, value: value as f64 }
    }

    /// The same of one of several.
    #[must_use]
    pub fn which(mut self, label: &'static str, value: impl Into<String>) -> Self {
        self.label = Some((label, value.into()));
        self
    }
}

/// Answers counted since the start.
#[derive(Default)]
pub(crate) struct Answers {
    /// By the hundreds of their status, 1xx to 5xx.
    classes: [AtomicU64; 5],
    /// By the time they took; the last has no upper end.
    times: [AtomicU64; BUCKETS.len() + 1],
    /// Microseconds they took together.
    micros: AtomicU64,
}

impl Answers {
    /// Counts an answer.
    pub fn count(&self, status: u16, took: Duration) {
        let class = usize::from(status / 100).clamp(1, 5) - 1;
        self.classes[class].fetch_add(1, Ordering::Relaxed);
        let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let bucket = BUCKETS.iter().position(|end| millis < *end).unwrap_or(BUCKETS.len());
        self.times[bucket].fetch_add(1, Ordering::Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    fn tell(&self, text: &mut String) -> std::fmt::Result {
        writeln!(text, "# HELP dangol_answers_total Answers by the hundreds of their status.")?;
        writeln!(text, "# TYPE dangol_answers_total counter")?;
        for (class, count) in self.classes.iter().enumerate() {
            writeln!(
                text,
                "dangol_answers_total{{status=\"{}xx\"}} {}",
                class + 1,
                count.load(Ordering::Relaxed)
            )?;
        }
        writeln!(text, "# HELP dangol_answer_seconds How long answers took.")?;
        writeln!(text, "# TYPE dangol_answer_seconds histogram")?;
        let mut below = 0;
        for (bucket, count) in self.times.iter().enumerate() {
            below += count.load(Ordering::Relaxed);
            let end = BUCKETS.get(bucket).map_or("+Inf".to_owned(), |end| seconds(end * 1_000));
            writeln!(text, "dangol_answer_seconds_bucket{{le=\"{end}\"}} {below}")?;
        }
        writeln!(text, "dangol_answer_seconds_sum {}", seconds(self.micros.load(Ordering::Relaxed)))?;
        writeln!(text, "dangol_answer_seconds_count {below}")
    }
}

/// Microseconds as seconds, exactly.
fn seconds(micros: u64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

/// The routes.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/health/live", routing::get(async || Json(json!({ "status": "ok" }))))
        .route("/health/ready", routing::get(ready))
        .route("/metrics", routing::get(metrics))
}

/// Whether requests can be answered: the database answers, and its schema is this program's.
async fn ready(State(app): State<App>) -> Response<Body> {
    let looked = tokio::time::timeout(PATIENCE, migrate::pending(app.db())).await;
    let why = match looked {
        Ok(Ok(missing)) if missing.is_empty() => return Json(json!({ "status": "ok" })).into_response(),
        Ok(Ok(_)) => "schema",
        Ok(Err(_)) | Err(_) => "database",
    };
    (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "unavailable", "why": why }))).into_response()
}

async fn metrics(State(app): State<App>, request: Request) -> Answer<Response<Body>> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0);
    if !may(&app, peer, request.headers()) {
        return Err(Problem::forbidden("metrics_refused"));
    }
    let mut text = String::new();
    app.answers().tell(&mut text).map_err(Problem::internal)?;
    tell(&mut text, figures(&app).await?).map_err(Problem::internal)?;
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((kind, text).into_response())
}

fn may(app: &App, peer: Option<SocketAddr>, headers: &HeaderMap) -> bool {
    let told = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let told = told.and_then(|value| value.strip_prefix("Bearer "));
    if let (Some(told), Some(token)) = (told, &app.config().metrics_token) {
        return crate::session::Token::sent(told).hash()
            == crate::session::Token::sent(token.as_str()).hash();
    }
    // A proxy on this machine is this machine as well: what it passes on says so.
    let passed_on =
        ["x-forwarded-for", "forwarded", "x-real-ip"].iter().any(|name| headers.contains_key(*name));
    peer.is_some_and(|peer| peer.ip().to_canonical().is_loopback()) && !passed_on
}

async fn figures(app: &App) -> Answer<Vec<Gauge>> {
    let began = Instant::now();
    let health = health::look(app.db(), app.data_folder()).await?;
    let mut all = vec![
        Gauge::of("info", "The program and the engine.", 1)
            .which("version", format!("{} on {}", env!("CARGO_PKG_VERSION"), health.engine)),
        Gauge::of("database_bytes", "Bytes of the database.", health.bytes),
        Gauge::of(
            "clock_ahead_seconds",
            "Seconds by which the clock differs from the database's.",
            health.clock_ahead_seconds,
        ),
    ];
    let write_ahead = health
        .log_bytes
        .map(|bytes| Gauge::of("database_log_bytes", "Bytes of SQLite's write-ahead log.", bytes));
    let oldest = health.oldest_transaction_seconds.map(|seconds| {
        Gauge::of(
            "oldest_transaction_seconds",
            "For how long the server's oldest transaction is open.",
            seconds,
        )
    });
    all.extend(write_ahead.into_iter().chain(oldest));
    for lag in app.reactor().lags().await? {
        let which = |gauge: Gauge| gauge.which("reaction", lag.reaction.clone());
        all.push(which(Gauge::of("reaction_behind", "Interactions a reaction has not seen.", lag.behind)));
        all.push(which(Gauge::of(
            "reaction_parked",
            "Interactions a reaction could not take in.",
            lag.parked,
        )));
    }
    let mut tx = app.db().read().await?;
    all.extend(waiting(&mut tx).await?);
    for gauges in app.registry().gauges() {
        all.extend(gauges.gauges(&mut tx).await?);
    }
    let micros = i64::try_from(began.elapsed().as_micros()).unwrap_or(i64::MAX);
    all.push(Gauge::of("metrics_microseconds", "How long these figures took.", micros));
    Ok(all)
}

/// What waits: jobs, parcels, rows of the audit log.
async fn waiting(tx: &mut Tx) -> Result<Vec<Gauge>> {
    let (queued, running, parcels, given_up, unsealed): (i64, i64, i64, i64, i64) = sql!(
        "select (select count(*) from jobs where state = 'queued'), (select count(*) from jobs where state = 'running'), \
         (select count(*) from outbox where sent_at is null and given_up_at is null), \
         (select count(*) from outbox where given_up_at is not null), (select count(*) from audit_pending)"
    )
    .fetch_one(tx)
    .await?;
    let frozen = i64::from(freeze::state(tx).await?.is_some());
    let jobs =
        |state: &'static str, count| Gauge::of("jobs", "Jobs that wait or run.", count).which("state", state);
    Ok(vec![
        jobs("queued", queued),
        jobs("running", running),
        Gauge::of("outbox_waiting", "Parcels that are to be sent.", parcels),
        Gauge::of("outbox_given_up", "Parcels that could not be delivered.", given_up),
        Gauge::of("sending_frozen", "1 while nothing is sent after a restore.", frozen),
        Gauge::of("audit_unsealed", "Rows of the audit log that wait to be sealed.", unsealed),
    ])
}

/// Writes the figures in the text form of Prometheus, each name once with its help.
fn tell(text: &mut String, mut figures: Vec<Gauge>) -> std::fmt::Result {
    figures.sort_by_key(|gauge| gauge.name);
    let mut before = "";
    for Gauge { name, help, label, value } in &figures {
        if *name != before {
            writeln!(text, "# HELP dangol_{name} {help}\n# TYPE dangol_{name} gauge")?;
            before = name;
        }
        match label {
            Some((label, of)) => writeln!(text, "dangol_{name}{{{label}=\"{}\"}} {value}", escaped(of))?,
            None => writeln!(text, "dangol_{name} {value}")?,
        }
    }
    Ok(())
}

/// A label's value as the text form writes it.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
