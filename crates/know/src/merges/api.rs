//! `/merges`: making one customer of several records, the ledger, and the way back.

use super::meanwhile::Happened;
use super::model::{Choice, Edit, MergeId, PartyId};
use super::store::{self, Listed};
use super::undo;
use crate::parties::root;
use ::store::{Lane, Tx};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::Instant;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Answer, App, Page, PageQuery, Permission, Person, Problem, ProblemBody, Registry, Sight};

/// Records merged in one request.
const AT_ONCE: usize = 50;

/// Registers the routes.
pub fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    let routes = utoipa_axum::router::OpenApiRouter::new()
        .routes(routes!(list_merges, create))
        .routes(routes!(read))
        .routes(routes!(take_back));
    registry.routes(routes);
    registry.allow("GET", "/merges", Permission::PartiesRead);
    registry.allow("POST", "/merges", Permission::PartiesWrite);
    registry.allow("GET", "/merges/{id}", Permission::PartiesRead);
    registry.allow("POST", "/merges/{id}/undo", Permission::PartiesWrite);
}

/// A merge of two records.
#[derive(Debug, Serialize, ToSchema)]
pub struct Merge {
    /// Its id.
    #[schema(value_type = String)]
    id: MergeId,
    /// Who stands for both.
    survivor: Person,
    /// Who was merged away.
    absorbed: Person,
    /// When.
    #[schema(value_type = String)]
    at: Instant,
    /// By whom.
    by: String,
    /// When it was taken back, if it was.
    #[schema(value_type = Option<String>)]
    undone_at: Option<Instant>,
    /// By whom.
    undone_by: Option<String>,
}

impl Merge {
    fn of(row: Listed, sight: Sight) -> Self {
        let name = |name: Option<String>| sight.text(name.unwrap_or_default());
        Self {
            id: row.id,
            survivor: Person { id: row.survivor, name: name(row.survivor_name) },
            absorbed: Person { id: row.absorbed, name: name(row.absorbed_name) },
            at: row.merged_at,
            by: row.merged_by_name,
            undone_at: row.undone_at,
            undone_by: row.undone_by_name,
        }
    }
}

/// Whose merges.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct WhoseQuery {
    /// Only those in which this customer took part; all when left out.
    #[param(value_type = Option<String>)]
    party: Option<PartyId>,
}

/// The ledger of merges, the newest first.
#[utoipa::path(get, path = "/merges", tag = "know", params(WhoseQuery, PageQuery),
    responses((status = 200, body = Page<Merge>)))]
async fn list_merges(
    State(app): State<App>,
    actor: Actor,
    Query(whose): Query<WhoseQuery>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Merge>>> {
    let before = page.cursor.as_deref().map(web::cursor::decode::<i64>).transpose()?.unwrap_or(i64::MAX);
    let limit = page.limit();
    let mut tx = app.db().read().await?;
    let root = match whose.party {
        Some(party) => Some(root::of(&mut tx, party).await?),
        None => None,
    };
    let mut rows = store::list(&mut tx, root, before, limit + 1).await?;
    let more = i64::try_from(rows.len()).is_ok_and(|count| count > limit);
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = rows.last().filter(|_| more).map(|last| web::cursor::encode(&last.id.number()));
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        if store::is_seen(&mut tx, [row.survivor, row.absorbed], actor.sight).await? {
            items.push(Merge::of(row, actor.sight));
        }
    }
    Ok(Json(Page { items, next }))
}

/// Records to merge.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewMerge {
    /// Who stands for all of them afterwards.
    #[schema(value_type = String)]
    survivor: PartyId,
    /// Who is merged into the survivor.
    #[schema(value_type = Vec<String>)]
    absorbed: Vec<PartyId>,
}

/// What was merged.
#[derive(Debug, Serialize, ToSchema)]
pub struct Merged {
    /// A merge for each record that was merged away, in the order they were given.
    #[schema(value_type = Vec<String>)]
    merges: Vec<MergeId>,
    /// Who stands for them.
    #[schema(value_type = String)]
    survivor: PartyId,
}

/// Makes one customer of several records: all of them or, if one cannot be merged, none.
#[utoipa::path(post, path = "/merges", tag = "know", request_body = NewMerge,
    responses((status = 201, body = Merged), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
    (status = 410, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create(
    State(app): State<App>,
    actor: Actor,
    Json(new): Json<NewMerge>,
) -> Answer<(StatusCode, Json<Merged>)> {
    if new.absorbed.is_empty() || new.absorbed.len() > AT_ONCE {
        return Err(Problem::invalid("invalid").field("absorbed", "record_count").with("max", AT_ONCE));
    }
    let survivor = new.survivor;
    let merges = app
        .db()
        .write(Lane::Interactive, move |tx| async move { merge_all(tx, &actor, new).await }.boxed())
        .await?;
    app.reactor().drain().await?;
    Ok((StatusCode::CREATED, Json(Merged { merges, survivor })))
}

async fn merge_all(tx: &mut Tx, actor: &Actor, new: NewMerge) -> Answer<Vec<MergeId>> {
    let mut merges = Vec::with_capacity(new.absorbed.len());
    for absorbed in new.absorbed {
        merges.push(store::merge(tx, actor, new.survivor, absorbed).await?);
    }
    Ok(merges)
}

/// What taking a merge back would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct Unmerge {
    /// The merge.
    #[schema(value_type = String)]
    id: MergeId,
    /// Who stands for both now.
    #[schema(value_type = String)]
    survivor: PartyId,
    /// Who would be told apart again.
    #[schema(value_type = String)]
    absorbed: PartyId,
    /// What came for the absorbed record since, by a contact of its own, and is its own again.
    returns: Vec<Happened>,
    /// What was recorded for both since, and stays with the survivor.
    stays: Vec<Happened>,
    /// What was edited since: the rest is as it was before the merge, byte for byte.
    edits: Vec<Edit>,
}

/// What taking a merge back would do.
#[utoipa::path(get, path = "/merges/{id}", tag = "know", params(("id" = String, Path, description = "The merge")),
    responses((status = 200, body = Unmerge), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn read(State(app): State<App>, actor: Actor, Path(id): Path<MergeId>) -> Answer<Json<Unmerge>> {
    let mut tx = app.db().read().await?;
    let foreseen = undo::foresee(&mut tx, &actor, id).await?;
    let sight = actor.sight;
    let happened = |it: Happened| Happened { text: sight.maybe(it.text), ..it };
    let edit = |edit: Edit| Edit { before: sight.maybe(edit.before), now: sight.maybe(edit.now), ..edit };
    Ok(Json(Unmerge {
        id,
        survivor: foreseen.merge.survivor,
        absorbed: foreseen.merge.absorbed,
        returns: foreseen.returns.into_iter().map(happened).collect(),
        stays: foreseen.stays.into_iter().map(happened).collect(),
        edits: foreseen.edits.into_iter().map(edit).collect(),
    }))
}

/// How to take a merge back.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct UndoMerge {
    /// What becomes of edits, by their keys; the default of each when left out.
    #[serde(default)]
    choices: BTreeMap<String, Choice>,
}

/// What was told apart.
#[derive(Debug, Serialize, ToSchema)]
pub struct Unmerged {
    /// The one.
    #[schema(value_type = String)]
    survivor: PartyId,
    /// The other, who is there again.
    #[schema(value_type = String)]
    absorbed: PartyId,
    /// Contacts that could not be given back, because somebody else has them by now.
    lost: Vec<String>,
}

/// Takes a merge back.
#[utoipa::path(post, path = "/merges/{id}/undo", tag = "know", request_body = UndoMerge,
    params(("id" = String, Path, description = "The merge")),
    responses((status = 200, body = Unmerged), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
    (status = 422, body = ProblemBody)))]
async fn take_back(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<MergeId>,
    Json(asked): Json<UndoMerge>,
) -> Answer<Json<Unmerged>> {
    let unmerged = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let lost = undo::undo(tx, &actor, id, &asked.choices).await?;
                let lost = lost.into_iter().map(|contact| actor.sight.text(contact)).collect();
                let merge = store::find(tx, id).await?.ok_or_else(Problem::not_found)?;
                Ok::<_, Problem>(Unmerged { survivor: merge.survivor, absorbed: merge.absorbed, lost })
            }
            .boxed()
        })
        .await?;
    app.reactor().drain().await?;
    Ok(Json(unmerged))
}
