//! Suspension: a person's data is kept and not used, because they asked for it or object (Korea: article 37; GDPR:
//! articles 18 and 21).
//!
//! Invariants:
//! - Whoever is suspended is in no segment and gets no score; what already happened stays in sums.
//! - Of a merged person one suspended record suspends all: the most restrictive wins.

use crate::parties::root::members;
use crate::requests::api::{may_disclose, seen};
use crate::requests::model::{Kind, RequestId};
use ::store::log::{self, Entry};
use ::store::{Lane, Result, Tx, sql};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Id, Instant, kinds};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use web::{Actor, Answer, App, Permission, Problem, ProblemBody, Registry, audit};

type PartyId = Id<kinds::Party>;

/// The condition on `facts f` that leaves out whoever asked not to be used, and whoever was erased, for `concat!`.
#[macro_export]
macro_rules! used {
    () => {
        "f.party not in (select coalesce(r.root, s.party) from suspensions s \
         left join party_root r on r.party = s.party) and f.party not in (select e.party from erasures e)"
    };
}

/// The same, for texts that are built at run time.
pub const USED: &str = used!();

/// Registers the route.
pub fn register(registry: &mut Registry) {
    registry.routes(utoipa_axum::router::OpenApiRouter::new().routes(utoipa_axum::routes!(change)));
    registry.allow("PUT", "/requests/{id}/suspension", Permission::RequestsAnswer);
}

/// Since when a person's data is not used, if so.
pub async fn since(tx: &mut Tx, root: PartyId) -> Result<Option<Instant>> {
    let row: (Option<Instant>,) =
        sql!(concat!("select min(since) from suspensions where party in ", members!("$1")))
            .bind(root)
            .fetch_one(tx)
            .await?;
    Ok(row.0)
}

/// Everyone whose data is not used, as who stands for them.
pub async fn all(tx: &mut Tx) -> Result<std::collections::HashSet<PartyId>> {
    let rows: Vec<(PartyId,)> = sql!(
        "select coalesce(r.root, s.party) from suspensions s left join party_root r on r.party = s.party"
    )
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|(party,)| party).collect())
}

/// Whether their data is used.
#[derive(Debug, Deserialize, ToSchema)]
struct Suspension {
    /// Whether it is not used from now on.
    suspended: bool,
}

/// Stops using a person's data, or begins again when they ask for it.
#[utoipa::path(put, path = "/requests/{id}/suspension", tag = "know", request_body = Suspension,
    params(("id" = String, Path, description = "The request")),
    responses((status = 204), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn change(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<RequestId>,
    Json(asked): Json<Suspension>,
) -> Answer<StatusCode> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let request = seen(tx, id, actor.sight).await?;
                may_disclose(&request)?;
                let root = request.root.ok_or_else(|| Problem::conflict("request_of_nobody"))?;
                if request.kind != Kind::Suspension {
                    return Err(Problem::conflict("request_of_another_kind"));
                }
                set(tx, root, id, asked.suspended).await?;
                let what = if asked.suspended { "party.suspended" } else { "party.resumed" };
                audit::write(tx, Some(&actor), what, Some(root.number()), json!({ "request": id })).await?;
                Ok::<_, Problem>(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await
}

async fn set(tx: &mut Tx, root: PartyId, request: RequestId, suspended: bool) -> Result<()> {
    let statement = match suspended {
        true => sql!(
            "insert into suspensions (party, since, request) values ($1, $2, $3) on conflict (party) do nothing"
        )
        .bind(root)
        .bind(tx.now())
        .bind(request),
        false => sql!(concat!("delete from suspensions where party in ", members!("$1"))).bind(root),
    };
    statement.execute(tx).await?;
    let time: Id<kinds::Run> = tx.id();
    let kind = if suspended { "party.suspended" } else { "party.resumed" };
    let entry = Entry::live(tx, kind, root.number()).about(root);
    log::append(tx, entry.named(format!("{kind}:{}:{}", root.number(), time.number()))).await
}
