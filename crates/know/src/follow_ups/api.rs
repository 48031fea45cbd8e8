//! `/follow-ups`, those of a customer, and reading a memo for what could be followed up.

use super::cards::FollowUpCard;
use super::model::{DAYS_AHEAD, FollowUp, NewFollowUp, State};
use super::store::{self, After, Asked};
use crate::cues::{self, Cue};
use crate::parties;
use ::store::{Lane, Tx};
use axum::Json;
use axum::extract::{Path, Query, State as Of};
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Day, Id, kinds, limits};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Answer, App, Company, Page, PageQuery, Permission, Problem, ProblemBody, Registry, Sight};

type FollowUpId = Id<kinds::FollowUp>;

/// Registers the routes and the card.
pub fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    let routes = utoipa_axum::router::OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(enter))
        .routes(routes!(change, forget))
        .routes(routes!(read_memo));
    registry.routes(routes);
    registry.allow("GET", "/follow-ups", Permission::PartiesRead);
    registry.allow("POST", "/parties/{id}/follow-ups", Permission::PartiesWrite);
    registry.allow("PUT", "/follow-ups/{id}", Permission::PartiesWrite);
    registry.allow("DELETE", "/follow-ups/{id}", Permission::PartiesWrite);
    registry.allow("POST", "/memos/read", Permission::PartiesWrite);
    // It says what may not be kept, and keeps nothing.
    registry.looks_itself("POST", "/memos/read");
    registry.cards(FollowUpCard);
}

/// Which follow-ups.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AskedQuery {
    /// Those of this customer.
    #[param(value_type = Option<String>)]
    party: Option<Id<kinds::Party>>,
    /// `true`: those to be done now; `false`: all others.
    due: Option<bool>,
    /// Those in this state.
    #[param(inline)]
    state: Option<State>,
}

/// Follow-ups, by their day.
#[utoipa::path(get, path = "/follow-ups", tag = "know", params(AskedQuery, PageQuery),
    responses((status = 200, body = Page<FollowUp>), (status = 422, body = ProblemBody)))]
async fn list(
    Of(app): Of<App>,
    actor: Actor,
    Query(query): Query<AskedQuery>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<FollowUp>>> {
    let after = page.cursor.as_deref().map(web::cursor::decode::<After>).transpose()?;
    let mut tx = app.db().read().await?;
    let today = Company::load(&mut tx).await?.today(app.clock());
    let asked = Asked { party: query.party, state: query.state, due: query.due, id: None };
    let limit = page.limit();
    let mut items = store::page(&mut tx, asked, today, after, limit + 1, actor.sight).await?;
    let more = i64::try_from(items.len()).is_ok_and(|count| count > limit);
    items.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = items.last().filter(|_| more).map(|last| web::cursor::encode(&(last.due, last.id)));
    Ok(Json(Page { items, next }))
}

/// Enters something to say or do for a customer.
#[utoipa::path(post, path = "/parties/{id}/follow-ups", tag = "know", request_body = NewFollowUp,
    params(("id" = String, Path, description = "The customer")),
    responses((status = 201, body = FollowUp), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn enter(
    Of(app): Of<App>,
    actor: Actor,
    Path(party): Path<Id<kinds::Party>>,
    Json(new): Json<NewFollowUp>,
) -> Answer<(StatusCode, Json<FollowUp>)> {
    let made = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                parties::store::standing(tx, party, actor.sight).await?;
                let today = today(tx).await?;
                new.check(today)?;
                let id = store::insert(tx, &actor, party, None, &new, today).await?;
                one(tx, id, today, actor.sight).await
            }
            .boxed()
        })
        .await?;
    Ok((StatusCode::CREATED, Json(made)))
}

async fn today(tx: &mut Tx) -> Answer<Day> {
    Ok(Company::load(tx).await?.today(&*tx.environment().clock.clone()))
}

/// The follow-up `id`, where `sight` reaches whom it is for.
async fn one(tx: &mut Tx, id: FollowUpId, today: Day, sight: Sight) -> Answer<FollowUp> {
    let asked = Asked { id: Some(id), ..Asked::default() };
    store::page(tx, asked, today, None, 1, sight).await?.pop().ok_or_else(Problem::not_found)
}

/// What becomes of a follow-up: closed, opened again, or put off.
#[derive(Debug, Deserialize, ToSchema)]
pub struct FollowUpEdit {
    /// `done`, `not_done`, or `open` again; as it is when left out.
    state: Option<State>,
    /// Until when an open one is put off.
    #[schema(value_type = Option<String>)]
    due: Option<Day>,
}

/// Closes a follow-up, opens it again or puts it off. A yearly one that is closed is there again for the next year.
#[utoipa::path(put, path = "/follow-ups/{id}", tag = "know", request_body = FollowUpEdit,
    params(("id" = String, Path, description = "The follow-up")),
    responses((status = 200, body = FollowUp), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn change(
    Of(app): Of<App>,
    actor: Actor,
    Path(id): Path<FollowUpId>,
    Json(edit): Json<FollowUpEdit>,
) -> Answer<Json<FollowUp>> {
    let changed = app
        .db()
        .write(Lane::Interactive, move |tx| async move { keep(tx, &actor, id, &edit).await }.boxed())
        .await?;
    Ok(Json(changed))
}

async fn keep(tx: &mut Tx, actor: &Actor, id: FollowUpId, edit: &FollowUpEdit) -> Answer<FollowUp> {
    let today = today(tx).await?;
    one(tx, id, today, actor.sight).await?;
    if edit.due.is_some_and(|due| !(0..=DAYS_AHEAD).contains(&due.since(today))) {
        return Err(Problem::invalid("follow_up_invalid").field("due", "day_out_of_range"));
    }
    // What stands as it is asked for is no fault: the same answer told twice.
    let _changed = match edit.state {
        Some(State::Open) => store::reopen(tx, id).await?,
        Some(closed) => store::close(tx, actor, id, closed).await?,
        None => false,
    };
    if let Some(due) = edit.due {
        store::put_off(tx, id, due).await?;
    }
    one(tx, id, today, actor.sight).await
}

/// Forgets a follow-up that was entered by mistake.
#[utoipa::path(delete, path = "/follow-ups/{id}", tag = "know", params(("id" = String, Path, description = "The follow-up")),
    responses((status = 204), (status = 404, body = ProblemBody)))]
async fn forget(Of(app): Of<App>, actor: Actor, Path(id): Path<FollowUpId>) -> Answer<StatusCode> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let today = today(tx).await?;
                one(tx, id, today, actor.sight).await?;
                store::delete(tx, id).await?;
                Ok(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await
}

/// A memo that somebody is writing.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Memo {
    /// Its text so far.
    text: String,
}

/// What a memo speaks of.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadMemo {
    /// Occasions that could be followed up.
    cues: Vec<Cue>,
    /// What may not be kept: `health`, `belief`, `union`, `sexual`, `crime` or `resident`.
    sensitive: Option<&'static str>,
    /// The word that says so.
    word: Option<String>,
}

/// Reads a memo for occasions and for what may not be kept, and keeps nothing of it.
#[utoipa::path(post, path = "/memos/read", tag = "know", request_body = Memo,
    responses((status = 200, body = ReadMemo), (status = 422, body = ProblemBody)))]
async fn read_memo(Of(app): Of<App>, _: Actor, Json(memo): Json<Memo>) -> Answer<Json<ReadMemo>> {
    if memo.text.chars().count() > limits::NOTE_CHARS {
        return Err(Problem::invalid("note_too_long")
            .field("text", "too_long")
            .with("max", limits::NOTE_CHARS));
    }
    let mut tx = app.db().read().await?;
    let today = Company::load(&mut tx).await?.today(app.clock());
    let found = cues::sensitive(&memo.text);
    let sensitive = found.as_ref().map(|found| found.category);
    let word = found.map(|found| found.word).filter(|word| !word.is_empty());
    Ok(Json(ReadMemo { cues: cues::cues(&memo.text, today), sensitive, word }))
}
