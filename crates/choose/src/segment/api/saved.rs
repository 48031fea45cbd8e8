//! The segments there are.

use super::WrittenRule;
use crate::segment::members::{self, Cause};
use crate::segment::moves::{self, Moves};
use crate::segment::rule::{Book, Rule, SegmentId, from_json, print, to_json};
use crate::segment::store::{self, Draft, Saved};
use crate::segment::why::Both;
use ::store::{Lane, Tx, sql};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use futures::FutureExt;
use kernel::{Day, Instant, limits};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use web::{Actor, Answer, App, IfMatch, Problem, ProblemBody, Sight, etag};

/// A segment.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::segment) struct Segment {
    /// Which.
    #[schema(value_type = String)]
    id: SegmentId,
    /// Its name.
    name: String,
    /// The folder it lies in; empty for none.
    folder: String,
    /// `rule`, or `static` for people who were put in by hand.
    kind: String,
    /// The rule as text; none when this program does not understand it any more.
    text: Option<String>,
    /// The rule as JSON.
    #[schema(value_type = Object)]
    rule: Value,
    /// The rule as a sentence.
    sentence: Option<Both>,
    /// Which version of the rule it is.
    version: i64,
    /// People it means; none before they were counted first.
    size: Option<i64>,
    /// Whether its members follow the present version; while it is not, they are being looked for.
    current: bool,
    /// Whether some conditions move with time in no order an index knows: it is brought up each night.
    nightly: bool,
    /// Whether the log is told who enters and leaves.
    heard: bool,
    /// Why its members could not be looked at; they stay as they were until the rule is changed or tried again.
    failure: Option<String>,
    /// When that was.
    #[schema(value_type = Option<String>)]
    failed_at: Option<Instant>,
    /// When everyone was last looked at.
    #[schema(value_type = Option<String>)]
    built_at: Option<Instant>,
    /// When it was changed.
    #[schema(value_type = String)]
    changed_at: Instant,
}

impl Segment {
    /// As somebody sees it: names and the values of rules may hold contacts.
    fn of(saved: Saved, book: &Book, sight: Sight) -> Self {
        let rule = saved.rule().ok();
        let fixed = saved.kind == "static";
        Self {
            id: saved.id,
            text: rule.as_ref().map(|rule| sight.text(print(rule, book))),
            sentence: rule
                .as_ref()
                .filter(|_| !fixed)
                .map(|rule| Both::of(|locale| sight.text(book.sentence(rule, locale)))),
            nightly: rule.as_ref().is_some_and(|rule| moves::moves(rule).contains(&Moves::Nightly)),
            rule: sight.json(saved.rule.0),
            current: saved.built == Some(saved.version),
            name: sight.text(saved.name),
            folder: sight.text(saved.folder),
            kind: saved.kind,
            version: saved.version,
            size: saved.size,
            heard: saved.heard,
            failure: sight.maybe(saved.failure),
            failed_at: saved.failed_at,
            built_at: saved.built_at,
            changed_at: saved.changed_at,
        }
    }
}

/// The segments.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::segment) struct Segments {
    /// By folder and name.
    segments: Vec<Segment>,
}

/// All segments, by folder and name.
#[utoipa::path(get, path = "/choose/segments", tag = "choose", responses((status = 200, body = Segments)))]
pub(in crate::segment) async fn list(State(app): State<App>, actor: Actor) -> Answer<Json<Segments>> {
    let mut tx = app.db().read().await?;
    let book = store::book(&mut tx).await?;
    let all = store::all(&mut tx).await?;
    let all = seen(&mut tx, all, actor.sight).await?;
    let segments = all.into_iter().map(|saved| Segment::of(saved, &book, actor.sight)).collect();
    Ok(Json(Segments { segments }))
}

/// A segment to save.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::segment) struct NewSegment {
    /// Its name.
    name: String,
    /// The folder it lies in.
    #[serde(default)]
    folder: String,
    /// Its rule, in one of the forms; a `static` segment has none, or that of nobody.
    #[serde(flatten)]
    written: WrittenRule,
    /// `rule`, or `static`.
    kind: Option<String>,
    /// Whether the log is told who enters and leaves.
    #[serde(default)]
    heard: bool,
}

impl NewSegment {
    fn is_fixed(&self) -> bool {
        self.kind.as_deref() == Some("static")
    }

    fn draft(&self, book: &Book, fixed: bool, sight: Sight) -> Answer<Draft> {
        let mut problem = Problem::invalid("invalid");
        let (name, folder) = (self.name.trim(), self.folder.trim());
        if name.is_empty() {
            problem = problem.field("name", "required");
        }
        if name.chars().count() > limits::NAME_CHARS {
            problem = problem.field("name", "too_long").with("max", limits::NAME_CHARS);
        }
        if folder.chars().count() > limits::NAME_CHARS {
            problem = problem.field("folder", "too_long").with("max", limits::NAME_CHARS);
        }
        if problem.has_fields() {
            return Err(problem);
        }
        let rule = match fixed {
            true => self.written.none(book)?,
            false => self.written.read(book, sight)?,
        };
        Ok(Draft { name: name.into(), folder: folder.into(), rule, heard: self.heard })
    }
}

/// Saves a segment; its members are looked for in the background.
#[utoipa::path(post, path = "/choose/segments", tag = "choose", request_body = NewSegment,
    responses((status = 201, body = Segment), (status = 422, body = ProblemBody)))]
pub(in crate::segment) async fn create(
    State(app): State<App>,
    actor: Actor,
    Json(new): Json<NewSegment>,
) -> Answer<(StatusCode, Json<Segment>)> {
    let made = app.db().write(Lane::Interactive, move |tx| {
        async move {
            let draft = new.draft(&store::book(tx).await?, new.is_fixed(), actor.sight)?;
            let id = store::create(tx, &actor, &draft, new.is_fixed()).await?;
            shown(tx, id, actor.sight).await
        }
        .boxed()
    });
    Ok((StatusCode::CREATED, Json(made.await?)))
}

pub(super) async fn shown(tx: &mut Tx, id: SegmentId, sight: Sight) -> Answer<Segment> {
    let saved = store::one(tx, id).await?.ok_or_else(Problem::not_found)?;
    let book = store::book(tx).await?;
    Ok(Segment::of(seen(tx, vec![saved], sight).await?.remove(0), &book, sight))
}

/// Segments with the sizes that somebody sees: who does not see everyone is told how many of theirs are in.
async fn seen(tx: &mut Tx, mut all: Vec<Saved>, sight: Sight) -> ::store::Result<Vec<Saved>> {
    if sight.within().is_some() {
        let sizes = store::sizes_seen(tx, sight).await?;
        for saved in &mut all {
            saved.size = saved.size.map(|_| sizes.get(&saved.id).copied().unwrap_or_default());
        }
    }
    Ok(all)
}

/// A segment with its past.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SegmentDetail)]
pub(in crate::segment) struct Detail {
    #[serde(flatten)]
    segment: Segment,
    /// People set in by hand.
    hand_in: i64,
    /// People set out by hand.
    hand_out: i64,
    /// How large it was at the end of each day it changed on; nothing for who does not see everyone.
    sizes: Vec<Size>,
    /// Its versions, the newest first.
    versions: Vec<Version>,
}

/// The size on a day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SegmentSize)]
struct Size {
    /// The day.
    #[schema(value_type = String)]
    day: Day,
    /// People.
    size: i64,
}

/// A version of a rule.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SegmentVersion)]
struct Version {
    /// Its number, from 1.
    version: i64,
    /// The rule as text.
    text: Option<String>,
    /// Since when it stands.
    #[schema(value_type = String)]
    at: Instant,
    /// Who wrote it.
    by: String,
}

/// A segment with its versions and sizes.
#[utoipa::path(get, path = "/choose/segments/{id}", tag = "choose",
    params(("id" = String, Path, description = "The segment")),
    responses((status = 200, body = Detail), (status = 404, body = ProblemBody)))]
pub(in crate::segment) async fn show(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<SegmentId>,
) -> Answer<([(HeaderName, String); 1], Json<Detail>)> {
    let mut tx = app.db().read().await?;
    let saved = store::one(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let saved = seen(&mut tx, vec![saved], actor.sight).await?.remove(0);
    let book = store::book(&mut tx).await?;
    let (hand_in, hand_out) = store::hand_counts(&mut tx, id, actor.sight).await?;
    let versions = store::versions(&mut tx, id).await?.into_iter().map(|version| Version {
        version: version.version,
        text: from_json(&version.rule.0).ok().map(|rule| actor.sight.text(print(&rule, &book))),
        at: version.at,
        by: version.by_name,
    });
    // How large it was is known of everyone alone.
    let sizes = match actor.sight.within() {
        None => store::sizes(&mut tx, id).await?,
        Some(_) => Vec::new(),
    };
    let sizes = sizes.into_iter().map(|(day, size)| Size { day, size });
    let tag = [(header::ETAG, etag(saved.revision))];
    let (sizes, versions) = (sizes.collect(), versions.collect());
    Ok((
        tag,
        Json(Detail { segment: Segment::of(saved, &book, actor.sight), hand_in, hand_out, sizes, versions }),
    ))
}

/// Changes a segment. Another rule is another version.
#[utoipa::path(put, path = "/choose/segments/{id}", tag = "choose", request_body = NewSegment,
    params(("id" = String, Path, description = "The segment")), responses((status = 200, body = Segment),
    (status = 404, body = ProblemBody), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(in crate::segment) async fn change(
    State(app): State<App>,
    actor: Actor,
    asked: IfMatch,
    Path(id): Path<SegmentId>,
    Json(new): Json<NewSegment>,
) -> Answer<([(HeaderName, String); 1], Json<Segment>)> {
    let changed = app.db().write(Lane::Interactive, move |tx| {
        async move {
            let before = store::one(tx, id).await?.ok_or_else(Problem::not_found)?;
            if !asked.allows(before.revision) {
                return Err(Problem::precondition_failed());
            }
            let draft = new.draft(&store::book(tx).await?, before.kind == "static", actor.sight)?;
            let revision = store::change(tx, &actor, &before, &draft).await?;
            Ok((revision, shown(tx, id, actor.sight).await?))
        }
        .boxed()
    });
    let (revision, segment) = changed.await?;
    Ok(([(header::ETAG, etag(revision))], Json(segment)))
}

/// Takes a segment away.
#[utoipa::path(delete, path = "/choose/segments/{id}", tag = "choose",
    params(("id" = String, Path, description = "The segment")), responses((status = 204),
    (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub(in crate::segment) async fn remove(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<SegmentId>,
) -> Answer<StatusCode> {
    let removing = app.db().write(Lane::Interactive, move |tx| {
        async move {
            let saved = store::one(tx, id).await?.ok_or_else(Problem::not_found)?;
            store::remove(tx, &actor, &saved).await
        }
        .boxed()
    });
    removing.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The name of a snapshot.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SegmentSnapshot)]
pub(in crate::segment) struct Snapshot {
    /// Its name.
    name: String,
}

/// Keeps the people a segment means now as a segment of its own that does not change by itself.
#[utoipa::path(post, path = "/choose/segments/{id}/snapshot", tag = "choose", request_body = Snapshot,
    params(("id" = String, Path, description = "The segment")), responses((status = 201, body = Segment),
    (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(in crate::segment) async fn snapshot(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<SegmentId>,
    Json(snapshot): Json<Snapshot>,
) -> Answer<(StatusCode, Json<Segment>)> {
    let keeping = app.db().write(Lane::Interactive, move |tx| {
        async move {
            let saved = store::one(tx, id).await?.ok_or_else(Problem::not_found)?;
            if saved.built != Some(saved.version) {
                return Err(Problem::conflict("segment_not_built"));
            }
            let new = NewSegment {
                name: snapshot.name,
                folder: saved.folder,
                written: WrittenRule { text: None, rule: Some(to_json(&Rule::Any(Vec::new()))) },
                kind: Some("static".into()),
                heard: false,
            };
            let draft = new.draft(&Book::default(), true, actor.sight)?;
            let made = store::create(tx, &actor, &draft, true).await?;
            sql!(
                "insert into segment_hands (segment, party, side, at) \
                 select $1, party, 'in', $2 from segment_members where segment = $3"
            )
            .bind(made)
            .bind(tx.now())
            .bind(id)
            .execute(tx)
            .await?;
            members::request(tx, Cause::Edit).await?;
            shown(tx, made, actor.sight).await
        }
        .boxed()
    });
    Ok((StatusCode::CREATED, Json(keeping.await?)))
}

/// Asks a rule again that could not be asked; its members are looked for in the background, and `failure` goes when they
/// were found.
#[utoipa::path(post, path = "/choose/segments/{id}/retry", tag = "choose",
    params(("id" = String, Path, description = "The segment")), responses((status = 200, body = Segment),
    (status = 404, body = ProblemBody)))]
pub(in crate::segment) async fn retry(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<SegmentId>,
) -> Answer<Json<Segment>> {
    let asking = app.db().write(Lane::Interactive, move |tx| {
        async move {
            store::one(tx, id).await?.ok_or_else(Problem::not_found)?;
            members::request(tx, Cause::Edit).await?;
            shown(tx, id, actor.sight).await
        }
        .boxed()
    });
    Ok(Json(asking.await?))
}
