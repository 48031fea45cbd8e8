//! `/requests`: writing requests down, making sure who asks, answering.

use super::clock::{Jurisdiction, Urgency};
use super::letter;
use super::model::{Identity, Kind, Reason, Request, RequestId, State as Stands, Way};
use super::settings;
use super::store::{self, By, New};
use crate::parties::{self, keepers};
use crate::privacy;
use ::store::log::{self, Entry};
use ::store::{Lane, Tx};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Day, Id, Instant, kinds, limits};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use web::{
    Actor, Answer, App, Company, Page, PageQuery, Permission, Person, Problem, ProblemBody, Registry, Sight,
    audit,
};

type PartyId = Id<kinds::Party>;

/// Requests of one customer that are shown.
const OF_ONE: i64 = 100;
/// Days back to which a request may have come before it is written down.
const LATEST: i64 = 366;

/// Registers the routes.
pub fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    let routes = utoipa_axum::router::OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(read))
        .routes(routes!(identify))
        .routes(routes!(answer))
        .routes(routes!(refuse));
    registry.routes(routes);
    registry.allow("GET", "/requests", Permission::PartiesRead);
    registry.allow("POST", "/requests", Permission::PartiesWrite);
    registry.allow("GET", "/requests/{id}", Permission::PartiesRead);
    registry.allow("POST", "/requests/{id}/identity", Permission::RequestsAnswer);
    registry.allow("POST", "/requests/{id}/answer", Permission::RequestsAnswer);
    registry.allow("POST", "/requests/{id}/refuse", Permission::RequestsAnswer);
}

/// A request.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Request)]
pub struct RequestView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: RequestId,
    /// Who asks, if somebody knows them.
    pub party: Option<Person>,
    /// What somebody called themselves whom nobody knows.
    pub who: Option<String>,
    /// What they ask.
    pub kind: Kind,
    /// How it came.
    pub way: Way,
    /// Whose law.
    pub jurisdiction: Jurisdiction,
    /// When it came.
    #[schema(value_type = String)]
    pub received_at: Instant,
    /// When it becomes urgent.
    #[schema(value_type = String)]
    pub alarm_day: Day,
    /// By when it must be answered.
    #[schema(value_type = String)]
    pub due_day: Day,
    /// Days until then; below zero when it is over.
    pub days_left: i64,
    /// How urgent it is.
    pub urgency: Urgency,
    /// What they said.
    pub words: String,
    /// Where it stands.
    pub state: Stands,
    /// How it was made sure who asks: a code of `Identity`.
    pub identity: Option<Step>,
    /// The answer, or why it was refused.
    pub closed: Option<Step>,
    /// What was answered.
    pub answer: Option<String>,
    /// Who wrote it down.
    pub created_by: String,
}

/// A step that was taken: how, when and by whom.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RequestStep)]
pub struct Step {
    /// How, or why, as a code.
    pub how: Option<String>,
    /// When.
    #[schema(value_type = String)]
    pub at: Instant,
    /// By whom.
    pub by: String,
}

impl RequestView {
    /// The request as `sight` shows it on `today`.
    pub fn of(row: Request, today: Day, sight: Sight) -> Self {
        let step = |how: Option<String>, at: Option<Instant>, by: Option<String>| {
            Some(Step { how, at: at?, by: by.unwrap_or_default() })
        };
        let urgency = match row.state.waits() {
            true => Urgency::on(today, row.alarm_day, row.due_day),
            false => Urgency::Done,
        };
        Self {
            id: row.id,
            party: row.root.map(|id| Person { id, name: sight.text(row.name.unwrap_or_default()) }),
            who: sight.maybe(row.who),
            kind: row.kind,
            way: row.way,
            jurisdiction: row.jurisdiction,
            received_at: row.received_at,
            alarm_day: row.alarm_day,
            due_day: row.due_day,
            days_left: row.due_day.since(today),
            urgency,
            words: sight.text(row.words),
            state: row.state,
            identity: step(row.identity, row.identity_at, row.identity_by_name),
            closed: step(row.reason, row.closed_at, row.closed_by_name),
            answer: sight.maybe(row.answer),
            created_by: row.created_by_name,
        }
    }
}

/// The request `id`, if `sight` reaches who asks. Whom nobody knows is seen by who sees everyone.
pub async fn seen(tx: &mut Tx, id: RequestId, sight: Sight) -> Answer<Request> {
    let request = store::find(tx, id).await?.ok_or_else(Problem::not_found)?;
    if is_seen(tx, &request, sight).await? { Ok(request) } else { Err(Problem::not_found()) }
}

async fn is_seen(tx: &mut Tx, request: &Request, sight: Sight) -> ::store::Result<bool> {
    match request.root {
        Some(root) => keepers::is_seen(tx, root, sight).await,
        None => Ok(sight.within().is_none()),
    }
}

async fn view(app: &App, tx: &mut Tx, id: RequestId, sight: Sight) -> Answer<Json<RequestView>> {
    let today = Company::load(tx).await?.today(app.clock());
    Ok(Json(RequestView::of(seen(tx, id, sight).await?, today, sight)))
}

/// Which requests.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct WhichQuery {
    /// `true` for those that were answered or refused; those that wait when left out.
    closed: Option<bool>,
    /// Everything this customer asked.
    #[param(value_type = Option<String>)]
    party: Option<PartyId>,
}

/// Requests: those that wait, the one that is due first before the others; or those that are closed, or one customer's,
/// the newest first.
#[utoipa::path(get, path = "/requests", tag = "know", params(WhichQuery, PageQuery),
    responses((status = 200, body = Page<RequestView>), (status = 404, body = ProblemBody)))]
async fn list(
    State(app): State<App>,
    actor: Actor,
    Query(which): Query<WhichQuery>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<RequestView>>> {
    let mut tx = app.db().read().await?;
    let today = Company::load(&mut tx).await?.today(app.clock());
    if let Some(party) = which.party {
        let party = parties::root::of(&mut tx, party).await?;
        parties::store::find(&mut tx, party, actor.sight).await?.ok_or_else(Problem::not_found)?;
        let rows = store::of_party(&mut tx, party, OF_ONE).await?;
        let items = rows.into_iter().map(|row| RequestView::of(row, today, actor.sight)).collect();
        return Ok(Json(Page { items, next: None }));
    }
    let closed = which.closed == Some(true);
    let limit = page.limit();
    let mut rows = if closed {
        let before = page.cursor.as_deref().map(web::cursor::decode::<i64>).transpose()?;
        store::page_closed(&mut tx, before.unwrap_or(i64::MAX), limit + 1).await?
    } else {
        let after = page.cursor.as_deref().map(web::cursor::decode::<(i64, i64)>).transpose()?;
        store::page_waiting(&mut tx, after.unwrap_or((i64::MIN, 0)), limit + 1).await?
    };
    let more = i64::try_from(rows.len()).is_ok_and(|count| count > limit);
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = rows.last().filter(|_| more).map(|last| match closed {
        true => web::cursor::encode(&last.id.number()),
        false => web::cursor::encode(&(last.due_day.epoch(), last.id.number())),
    });
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        if is_seen(&mut tx, &row, actor.sight).await? {
            items.push(RequestView::of(row, today, actor.sight));
        }
    }
    Ok(Json(Page { items, next }))
}

/// One request.
#[utoipa::path(get, path = "/requests/{id}", tag = "know", params(("id" = String, Path, description = "The request")),
    responses((status = 200, body = RequestView), (status = 404, body = ProblemBody)))]
async fn read(State(app): State<App>, actor: Actor, Path(id): Path<RequestId>) -> Answer<Json<RequestView>> {
    let mut tx = app.db().read().await?;
    view(&app, &mut tx, id, actor.sight).await
}

/// A request to write down.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewRequest {
    /// Who asks, if somebody knows them.
    #[schema(value_type = Option<String>)]
    party: Option<PartyId>,
    /// What they call themselves, if nobody does.
    who: Option<String>,
    /// What they ask.
    kind: Kind,
    /// How it came.
    way: Way,
    /// When it came; now when left out. The clock runs from then.
    #[schema(value_type = Option<String>)]
    received_at: Option<Instant>,
    /// Whose law; the company's when left out.
    jurisdiction: Option<Jurisdiction>,
    /// What they said.
    #[serde(default)]
    words: String,
}

impl NewRequest {
    fn check(&self, now: Instant) -> Answer<()> {
        let mut problem = Problem::invalid("invalid");
        let who = self.who.as_deref().map_or("", str::trim);
        if self.party.is_none() && who.is_empty() {
            problem = problem.field("party", "required");
        }
        if who.chars().count() > limits::NAME_CHARS {
            problem = problem.field("who", "too_long");
        }
        if self.words.chars().count() > limits::NOTE_CHARS {
            problem = problem.field("words", "too_long");
        }
        let oldest = now.plus(-LATEST * Instant::DAY);
        if self.received_at.is_some_and(|at| at > now || at < oldest) {
            problem = problem.field("received_at", "received_out_of_range");
        }
        if problem.has_fields() { Err(problem) } else { Ok(()) }
    }
}

/// Writes a request down. Its clock begins to run on the day it came.
#[utoipa::path(post, path = "/requests", tag = "know", request_body = NewRequest,
    responses((status = 201, body = RequestView), (status = 404, body = ProblemBody), (status = 410, body = ProblemBody),
    (status = 422, body = ProblemBody)))]
async fn create(
    State(app): State<App>,
    actor: Actor,
    Json(new): Json<NewRequest>,
) -> Answer<(StatusCode, Json<RequestView>)> {
    new.check(app.clock().now())?;
    let sight = actor.sight;
    let id = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                if let Some(party) = new.party {
                    parties::store::standing(tx, party, actor.sight).await?;
                } else if actor.sight.within().is_some() {
                    return Err(Problem::invalid("invalid").field("party", "required"));
                }
                let at = new.received_at.unwrap_or_else(|| tx.now());
                let asked = Asked { kind: new.kind, way: new.way, words: new.words, at, who: new.who };
                let id = receive(tx, new.party, asked, new.jurisdiction, &By::from(&actor)).await?;
                let detail = json!({ "kind": new.kind, "party": new.party });
                audit::write(tx, Some(&actor), "request.received", Some(id.number()), detail).await?;
                Ok::<_, Problem>(id)
            }
            .boxed()
        })
        .await?;
    let mut tx = app.db().read().await?;
    Ok((StatusCode::CREATED, view(&app, &mut tx, id, sight).await?))
}

/// What somebody asks.
#[derive(Debug)]
pub struct Asked {
    /// What.
    pub kind: Kind,
    /// How it came.
    pub way: Way,
    /// What they said.
    pub words: String,
    /// When.
    pub at: Instant,
    /// What they call themselves, where nobody knows them.
    pub who: Option<String>,
}

/// Keeps what somebody asks and tells the log: for staff and for the member page.
pub async fn receive(
    tx: &mut Tx,
    party: Option<PartyId>,
    asked: Asked,
    jurisdiction: Option<Jurisdiction>,
    by: &By,
) -> Answer<RequestId> {
    let day = asked.at.day_in(&Company::load(tx).await?.zone());
    let rule = settings::rule(tx, jurisdiction, asked.kind.about(), day).await?;
    let who = asked.who.map(|who| who.trim().to_owned()).filter(|who| party.is_none() && !who.is_empty());
    let new = New {
        party,
        who,
        kind: asked.kind,
        way: asked.way,
        received_at: asked.at,
        received_day: day,
        words: asked.words.trim().to_owned(),
    };
    let id = store::insert(tx, &new, &rule, by).await?;
    tell(tx, "request.received", id, party, asked.kind).await?;
    Ok(id)
}

/// Tells the log of a request, in ids and codes.
pub async fn tell(
    tx: &mut Tx,
    what: &'static str,
    id: RequestId,
    party: Option<PartyId>,
    kind: Kind,
) -> Answer<()> {
    let entry = Entry::live(tx, what, id.number()).with(json!({ "kind": kind }));
    let entry = match party {
        Some(party) => entry.about(party),
        None => entry,
    };
    Ok(log::append(tx, entry.named(format!("{what}:{}", id.number()))).await?)
}

/// How it was made sure who asks.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewRequestIdentity)]
struct NewIdentity {
    /// How.
    how: Identity,
}

/// Writes down how it was made sure who asks: before that nothing is given out.
#[utoipa::path(post, path = "/requests/{id}/identity", tag = "know", request_body = NewIdentity,
    params(("id" = String, Path, description = "The request")),
    responses((status = 200, body = RequestView), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn identify(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<RequestId>,
    Json(new): Json<NewIdentity>,
) -> Answer<Json<RequestView>> {
    let sight = actor.sight;
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                seen(tx, id, actor.sight).await?;
                if !store::identify(tx, id, new.how, &By::from(&actor)).await? {
                    return Err(Problem::conflict("request_identified"));
                }
                let detail = json!({ "how": new.how });
                Ok(audit::write(tx, Some(&actor), "request.identified", Some(id.number()), detail).await?)
            }
            .boxed()
        })
        .await?;
    view(&app, &mut app.db().read().await?, id, sight).await
}

/// Refuses to go on while nobody has made sure who asks, and once the request is closed.
pub fn may_disclose(request: &Request) -> Answer<()> {
    match request.state {
        Stands::IdentityChecked => Ok(()),
        Stands::Open => Err(Problem::conflict("request_identity_first")),
        Stands::Answered | Stands::Refused => Err(Problem::conflict("request_closed")),
    }
}

fn said(text: &str) -> Answer<String> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Problem::invalid("invalid").field("text", "required")),
        count if count > limits::NOTE_CHARS => Err(Problem::invalid("invalid").field("text", "too_long")),
        _ => Ok(text.to_owned()),
    }
}

/// An answer.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewRequestAnswer)]
struct NewAnswer {
    /// What they were told.
    text: String,
}

/// Answers a request: what was asked must have been done.
#[utoipa::path(post, path = "/requests/{id}/answer", tag = "know", request_body = NewAnswer,
    params(("id" = String, Path, description = "The request")),
    responses((status = 200, body = RequestView), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
    (status = 422, body = ProblemBody)))]
async fn answer(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<RequestId>,
    Json(new): Json<NewAnswer>,
) -> Answer<Json<RequestView>> {
    let text = said(&new.text)?;
    close(&app, actor, id, None, text).await
}

/// A refusal.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = RequestRefusal)]
struct Refusal {
    /// Why.
    reason: Reason,
    /// What they were told, with how they can object.
    text: String,
}

/// Refuses a request, for a reason that the law knows.
#[utoipa::path(post, path = "/requests/{id}/refuse", tag = "know", request_body = Refusal,
    params(("id" = String, Path, description = "The request")),
    responses((status = 200, body = RequestView), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
    (status = 422, body = ProblemBody)))]
async fn refuse(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<RequestId>,
    Json(refusal): Json<Refusal>,
) -> Answer<Json<RequestView>> {
    let text = said(&refusal.text)?;
    close(&app, actor, id, Some(refusal.reason), text).await
}

/// Refuses an answer that says what was not done.
async fn is_done(tx: &mut Tx, request: &Request) -> Answer<()> {
    let (Kind::Access | Kind::Erasure | Kind::Suspension) = request.kind else { return Ok(()) };
    let root = request.root.ok_or_else(|| Problem::conflict("request_of_nobody"))?;
    match request.kind {
        Kind::Access if privacy::store::export_of(tx, request.id).await?.is_none() => {
            Err(Problem::conflict("request_export_first"))
        }
        Kind::Erasure if privacy::store::of_request(tx, request.id).await?.is_none() => {
            Err(Problem::conflict("request_erase_first"))
        }
        Kind::Suspension if privacy::suspension::since(tx, root).await?.is_none() => {
            Err(Problem::conflict("request_suspend_first"))
        }
        _ => Ok(()),
    }
}

async fn close(
    app: &App,
    actor: Actor,
    id: RequestId,
    reason: Option<Reason>,
    text: String,
) -> Answer<Json<RequestView>> {
    let sight = actor.sight;
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let request = seen(tx, id, actor.sight).await?;
                match reason {
                    None => {
                        may_disclose(&request)?;
                        is_done(tx, &request).await?;
                    }
                    Some(_) if request.state.waits() => {}
                    Some(_) => return Err(Problem::conflict("request_closed")),
                }
                // After an erasure a request proves what was done, without any words.
                let is_erased = match request.root {
                    Some(root) => privacy::store::is_erased(tx, root).await?,
                    None => false,
                };
                let text = if is_erased { String::new() } else { text };
                if !store::close(tx, id, request.state, reason, &text, &By::from(&actor)).await? {
                    return Err(Problem::conflict("request_closed"));
                }
                let what = if reason.is_some() { "request.refused" } else { "request.answered" };
                tell(tx, what, id, request.party, request.kind).await?;
                letter::put(tx, &request).await?;
                let detail = json!({ "kind": request.kind, "reason": reason });
                Ok::<_, Problem>(audit::write(tx, Some(&actor), what, Some(id.number()), detail).await?)
            }
            .boxed()
        })
        .await?;
    view(app, &mut app.db().read().await?, id, sight).await
}
